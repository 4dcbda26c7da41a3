-- Every paper received below the node, for each obligation it meets: which day, how late, the revision that stands (A1-01 and the rows like it).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text material, date due (moved or extended), timestamptz received, bigint days late, bigint revision, text review.
WITH RECURSIVE args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.*, o.short_name FROM args a CROSS JOIN LATERAL zhibao.obligation_standing(a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
	WHERE s.received_at IS NOT NULL
), chain AS ( -- back from the revision that stands
	SELECT s.office_code, s.item_id, s.revision_id AS tip, s.revision_id FROM standing s
	UNION
	SELECT c.office_code, c.item_id, c.tip, b.revision_id
	FROM args a CROSS JOIN chain c JOIN zhibao.item_revision r USING (office_code, item_id, revision_id)
	CROSS JOIN LATERAL zhibao.stored_base(r.kind, r.office_code, r.item_id, r.base_revision_id, a.as_of) AS b (revision_id)
	WHERE b.revision_id IS NOT NULL
), revision AS (
	SELECT c.office_code, c.item_id, c.tip AS revision_id, count(*) AS depth FROM chain c GROUP BY c.office_code, c.item_id, c.tip
)
SELECT false, s.short_name, s.material, ((s.effective_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date, s.received_at, coalesce(s.days_late, 0)::bigint, v.depth,
	CASE WHEN s.review_state IS NOT NULL THEN zhibao.verdict_zh(s.review_state) END
FROM standing s LEFT JOIN revision v USING (office_code, item_id, revision_id)
ORDER BY s.due_on, s.milestone_no, s.office_code
