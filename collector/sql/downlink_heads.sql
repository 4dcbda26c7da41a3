-- Newest message of each office, in the order of strcmp.
-- Result: text office_code, bigint last_seq.
SELECT office_code, last_seq FROM zhibao.downlink_head ORDER BY office_code COLLATE "C"
