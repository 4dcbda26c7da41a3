-- The agent has stored messages up to a number. A repeat changes nothing.
-- $1 text: office · $2 bigint: stream · $3 bigint: number
UPDATE zhibao.stream SET downlink_acked_seq = greatest(downlink_acked_seq, $3) WHERE office_code = $1 AND stream_id = $2
