-- Events that look like one: same day, townships, place and theme (ruling R8). Of one office: counted once. Of several: all
-- counted until one is withdrawn or joined.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, date day, text theme, text place, text offices, bigint records, bigint counted, text kind.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), held AS MATERIALIZED (
	SELECT l.fingerprint, l.office_code, l.item_id, l.revision_id, l.occurred_on
	FROM args a CROSS JOIN LATERAL zhibao.lecture_facts(a.as_of) l WHERE l.occurred_on <= a.on_day
), twin AS (
	SELECT h.fingerprint, min(h.occurred_on) AS occurred_on, count(*) AS records, count(DISTINCT h.office_code) AS offices
	FROM held h GROUP BY h.fingerprint HAVING count(*) > 1
)
SELECT false, w.occurred_on, e.theme, e.place, (SELECT string_agg(DISTINCT coalesce(o.short_name, h.office_code), '、')
		FROM held h LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = h.office_code WHERE h.fingerprint = w.fingerprint),
	w.records, w.offices, CASE WHEN w.offices = 1 THEN '同一单位重复，计 1 场' ELSE '不同单位疑似同一活动，暂各计 1 场' END
FROM args a CROSS JOIN twin w
JOIN LATERAL (SELECT l.theme, l.place FROM held h JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
	WHERE h.fingerprint = w.fingerprint ORDER BY h.office_code, h.item_id LIMIT 1) e ON true
WHERE EXISTS (SELECT FROM held h JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
	AND t.code = h.office_code WHERE h.fingerprint = w.fingerprint)
ORDER BY w.occurred_on, w.fingerprint
