-- How many items of each kind wait for a verdict below a node, were returned or rejected, are disputed or have findings other than notes (ruling R2).
-- $1 text: node · $2 date: on, for the stamp only, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: kinds with a comma between. Lectures of the whole province are too many to be gone through for this; they count
-- without a verdict, and below a city they are in. So are the findings on forms, which the list of the province has.
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), below AS MATERIALIZED (
	SELECT n.level, array_agg(t.code) AS offices
	FROM args a CROSS JOIN node n JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = n.code
	GROUP BY n.level
), kind AS (
	SELECT k.name, k.place FROM below b CROSS JOIN unnest(string_to_array($4, ',')) WITH ORDINALITY k (name, place)
	WHERE k.name <> 'lecture_event' OR b.level <> 'province'
), verdict AS MATERIALIZED (
	SELECT v.* FROM args a CROSS JOIN zhibao.verdicts_at(a.as_of) v
), flag AS MATERIALIZED (
	SELECT k.name, f.office_code, f.item_id FROM args a CROSS JOIN below b CROSS JOIN kind k
	CROSS JOIN LATERAL zhibao.open_findings(k.name, a.as_of, CASE WHEN b.level <> 'province' THEN b.offices
		WHEN k.name = 'statistics_form' THEN '{}' END, NULL) f
	WHERE f.is_flagged
), item AS MATERIALIZED (
	SELECT k.name, k.place, t.office_code, t.is_disputed, coalesce(v.verdict, 'pending') AS verdict, f.item_id IS NOT NULL AS is_flagged
	FROM args a CROSS JOIN below b CROSS JOIN kind k
	CROSS JOIN LATERAL zhibao.revision_tip(k.name, a.as_of, CASE WHEN b.level <> 'province' THEN b.offices END, NULL) t
	LEFT JOIN verdict v USING (office_code, item_id, revision_id)
	LEFT JOIN flag f ON f.name = k.name AND f.office_code = t.office_code AND f.item_id = t.item_id
	WHERE t.office_code = ANY (b.offices)
), tally AS (
	SELECT i.name, i.place, count(*) FILTER (WHERE i.verdict = 'pending') AS pending, count(*) FILTER (WHERE i.verdict = 'accepted') AS accepted,
		count(*) FILTER (WHERE i.verdict = 'returned') AS returned, count(*) FILTER (WHERE i.verdict = 'rejected') AS rejected,
		count(*) FILTER (WHERE i.is_disputed) AS disputed, count(*) FILTER (WHERE i.is_flagged) AS flagged
	FROM item i GROUP BY i.name, i.place
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'kinds', (SELECT coalesce(json_agg(json_build_object('kind', k.name, 'pending', coalesce(t.pending, 0), 'accepted', coalesce(t.accepted, 0),
		'returned', coalesce(t.returned, 0), 'rejected', coalesce(t.rejected, 0), 'disputed', coalesce(t.disputed, 0), 'flagged', coalesce(t.flagged, 0)) ORDER BY k.place), '[]')
		FROM kind k LEFT JOIN tally t USING (name))) AS answer
FROM args a CROSS JOIN node n
