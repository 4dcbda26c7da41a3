-- Counting records of a kind below a node, for other systems. An as_of at or after the folded instant is what is folded.
-- $1 text: node · $2 text: kind · $3 timestamptz: as_of, NULL for what is folded
-- Result: text office name, integer depth, boolean disputed, json record.
SELECT r.office_name, r.depth, r.is_disputed, r.record
FROM zhibao.export_records($2, $1, CASE WHEN $3 < (SELECT s.as_of FROM zhibao.fold_state s) THEN $3 END) r
