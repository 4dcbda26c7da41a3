-- Items of a kind below a node for a reviewer at the command line, as known at an instant; disputed ones first, then the oldest.
-- $1 text: node · $2 timestamptz: as_of, NULL for now · $3 text: kind
-- $4 text: state, pending, accepted, returned, rejected, disputed, flagged (with findings other than notes) or any · $5 bigint: limit
-- Result: text office, text item, text revision, text operation, text state, text verdict, all in Chinese where they are words;
-- text received at, text author, text reason of the correction, text what is to be said.
WITH args AS (
	SELECT coalesce($2, statement_timestamp()) AS as_of, zhibao.register_at(coalesce($2, statement_timestamp())) AS register
), below AS MATERIALIZED ( -- the whole province is read as one, part of it by its offices
	SELECT CASE WHEN count(*) FILTER (WHERE o.level = 'province') = 0 THEN coalesce(array_agg(t.code), '{}') END AS offices
	FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = $1
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
)
SELECT t.office_code, t.item_id::text, t.revision_id::text,
	CASE t.operation WHEN 'submit' THEN '报送' WHEN 'amend' THEN '更正' ELSE '撤回' END,
	CASE t.state WHEN 'counting' THEN '计入' WHEN 'withdrawn' THEN '已撤回' WHEN 'returned' THEN '已退回' ELSE '已终止' END,
	zhibao.verdict_zh(v.verdict),
	to_char(r.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), r.author,
	coalesce(translate(r.correction_reason, E'\t\r\n', '   '), ''),
	concat_ws('；', CASE WHEN t.is_disputed THEN '版本有冲突' END, (SELECT string_agg((e.finding ->> 'code') || ' ' || (e.finding ->> 'text'), '；')
		FROM json_array_elements(f.findings) AS e (finding)))
FROM args a CROSS JOIN below b CROSS JOIN LATERAL zhibao.revision_tip($3, a.as_of, b.offices, NULL) t
JOIN zhibao.office_tree o ON o.register_version = a.register AND o.ancestor_code = $1 AND o.code = t.office_code
JOIN zhibao.item_revision r ON r.kind = $3 AND r.office_code = t.office_code AND r.item_id = t.item_id AND r.revision_id = t.revision_id
LEFT JOIN zhibao.verdicts_at(a.as_of) v ON v.office_code = t.office_code AND v.item_id = t.item_id AND v.revision_id = t.revision_id
LEFT JOIN zhibao.open_findings($3, a.as_of, b.offices, NULL) f ON f.office_code = t.office_code AND f.item_id = t.item_id
WHERE $4 = 'any' OR coalesce(v.verdict, 'pending') = $4 OR ($4 = 'disputed' AND t.is_disputed) OR ($4 = 'flagged' AND f.is_flagged)
ORDER BY t.is_disputed DESC, r.received_at, t.office_code, t.item_id LIMIT $5
