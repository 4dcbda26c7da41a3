-- Events that look like one: same day, townships, place and theme (ruling R8). Of one office: counted once. Of several: all
-- counted until one is withdrawn or joined.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, date day, text theme, text place, text offices, bigint records, bigint counted, text kind.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), held AS MATERIALIZED (
	SELECT w.*, l.theme, l.place FROM args a CROSS JOIN LATERAL zhibao.suspected_twin(a.on_day, a.as_of) w
	JOIN zhibao.counting_revision('lecture_event', a.as_of, NULL, NULL) c ON c.office_code = w.office_code AND c.item_id = w.item_id
	JOIN zhibao.lecture_event l ON l.office_code = c.office_code AND l.item_id = c.item_id AND l.revision_id = c.revision_id
)
SELECT false, h.occurred_on, min(h.theme), min(h.place), string_agg(DISTINCT o.short_name, '、' ORDER BY o.short_name), count(*),
	count(*) FILTER (WHERE h.is_session), CASE WHEN bool_and(h.is_same_office) THEN '同一单位重复，计 1 场' ELSE '不同单位疑似同一活动，暂各计 1 场' END
FROM args a CROSS JOIN held h
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = h.office_code
GROUP BY h.fingerprint, h.occurred_on
HAVING bool_or(EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = a.register AND t.ancestor_code = a.node
	AND t.code = h.office_code))
ORDER BY h.occurred_on, h.fingerprint
