-- Newest message of each office.
-- Result: text office_code, bigint last_seq.
SELECT office_code, last_seq FROM zhibao.downlink_head ORDER BY office_code
