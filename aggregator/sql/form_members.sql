-- Whose forms a node's consolidated form is made of, and who has none.
-- $1 text: node · $2 text: period, mid_year or year_end · $3 timestamptz: as_of, NULL for now
-- Result: text office code, name, role in words, verdict in words; ordered by office. No row when the node is unknown.
SELECT m.office_code, m.name_zh, CASE m.role WHEN 'own' THEN '本级表' WHEN 'with_subordinates' THEN '含下级表' WHEN 'left_out' THEN '含下级，不采用'
	ELSE '未报' END, CASE WHEN m.verdict IN ('accepted', 'pending') THEN zhibao.verdict_zh(m.verdict) ELSE '' END
FROM zhibao.form_member($1, $2, coalesce($3, clock_timestamp())) m ORDER BY m.office_code
