-- Lectures below a node, those behind a figure by default.
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: township unit, NULL for any · $5 uuid: plan line, NULL for any · $6 text: category, NULL for any
-- $7 text: breadth, strict or broad · $8 text: counted, true, false or any · $9 bigint: limit · $10 bigint: offset
-- $11 text: planned, yes for those of a plan line, no for those of none, or any
-- Result: json, one row; none when the node is unknown. Beside the items, joint: lectures of offices elsewhere that an office below
-- claims (ruling R8), none of them in the items, the total or a count of sessions; with the first page of a node's list only.
WITH RECURSIVE args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), below AS MATERIALIZED (
	SELECT t.code FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = $1
), unit AS (
	SELECT $4::text AS unit_id WHERE $4 IS NOT NULL
	UNION
	SELECT l.from_unit_id FROM unit u CROSS JOIN args a
	JOIN zhibao.township_lineage l ON l.register_version = a.register AND l.change = 'merge' AND l.to_unit_id = u.unit_id
		AND l.changed_on <= a.day
), session AS MATERIALIZED (
	SELECT s.office_code, s.item_id FROM args a, LATERAL zhibao.session(a.day, $3) s
), covering AS MATERIALIZED (
	SELECT DISTINCT c.office_code, c.item_id FROM args a, LATERAL zhibao.covering_facts($3) c
	WHERE c.occurred_on <= a.day AND ($4 IS NULL OR c.unit_id IN (SELECT unit_id FROM unit)) AND ($7 <> 'strict' OR c.is_strict)
), claimed AS (
	SELECT c.host_office_code, c.host_item_id FROM zhibao.claim_facts($3) c WHERE c.plan_item_id = $5
), joint AS MATERIALIZED (
	SELECT c.host_office_code, c.host_item_id, array_agg(DISTINCT c.office_code) AS claimants
	FROM zhibao.claim_facts($3) c
	WHERE c.office_code IN (SELECT b.code FROM below b) AND c.host_office_code NOT IN (SELECT b.code FROM below b)
		AND $4 IS NULL AND $5 IS NULL AND $8 <> 'false' AND $10 = 0 AND ($11 = 'any' OR (c.plan_item_id IS NULL) = ($11 = 'no'))
	GROUP BY c.host_office_code, c.host_item_id
), reach AS MATERIALIZED ( -- the offices any of the lectures are of; the whole province is read as one
	SELECT CASE WHEN $4 IS NOT NULL THEN ARRAY(SELECT DISTINCT v.office_code FROM covering v)
		WHEN n.level <> 'province' THEN ARRAY(SELECT b.code FROM below b UNION SELECT c.host_office_code FROM claimed c
			UNION SELECT j.host_office_code FROM joint j) END AS offices
	FROM node n
), tip AS MATERIALIZED (
	SELECT t.* FROM args a, reach r, LATERAL zhibao.revision_tip('lecture_event', a.as_of, r.offices, NULL) t
), lecture AS MATERIALIZED (
	-- Memberships are asked as IN: a hash look-up each, whatever the planner guesses about functions.
	SELECT l.*, t.depth, t.state AS tip_state, t.is_disputed,
		(l.office_code, l.item_id) IN (SELECT s.office_code, s.item_id FROM session s) AS is_session,
		(l.office_code, l.item_id) IN (SELECT v.office_code, v.item_id FROM covering v) AS is_covering
	FROM tip t JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
	WHERE $6::text IS NULL OR l.category = $6
), found AS (
	SELECT m.* FROM lecture m
	WHERE ($4 IS NOT NULL
			OR m.office_code IN (SELECT b.code FROM below b)
			OR ($5 IS NOT NULL AND (m.office_code, m.item_id) IN (SELECT * FROM claimed)))
		AND ($4 IS NULL OR m.is_covering)
		AND ($5::uuid IS NULL OR m.plan_item_id = $5 OR (m.office_code, m.item_id) IN (SELECT * FROM claimed))
		AND ($11 = 'any' OR (m.plan_item_id IS NULL) = ($11 = 'no'))
		AND CASE $8 WHEN 'true' THEN m.is_session OR ($4 IS NOT NULL AND m.is_covering)
			WHEN 'false' THEN NOT m.is_session ELSE true END
), page AS (
	(SELECT f.*, NULL::text[] AS claimants FROM found f ORDER BY f.occurred_on DESC NULLS LAST, f.office_code, f.item_id LIMIT $9 OFFSET $10)
	UNION ALL
	SELECT m.*, j.claimants FROM lecture m JOIN joint j ON j.host_office_code = m.office_code AND j.host_item_id = m.item_id
	WHERE m.is_session
), told AS (
	SELECT p.claimants IS NOT NULL AS is_joint, row_number() OVER (ORDER BY p.occurred_on DESC NULLS LAST, p.office_code, p.item_id) AS place,
		json_build_object('office_code', p.office_code, 'office_name', o.name_zh,
		'item_id', p.item_id, 'revision_id', p.revision_id, 'depth', p.depth, 'occurred_on', p.occurred_on,
		'category', p.category, 'theme', p.theme, 'place', p.place, 'township_codes', coalesce(p.township_codes, '{}'),
		'townships', (SELECT coalesce(json_agg(coalesce(u.name_zh, g.code)), '[]') FROM unnest(p.township_codes) AS g (code)
			LEFT JOIN zhibao.township_version u ON u.register_version = a.register AND u.code = g.code
				AND u.valid_from <= p.occurred_on AND p.occurred_on < u.valid_to),
		'mode', p.mode, 'status', p.status, 'attendance', p.attendance, 'plan_item_id', p.plan_item_id,
		'is_counted', p.is_session,
		'not_counted_why', CASE WHEN p.is_session THEN NULL WHEN p.tip_state = 'withdrawn' THEN '已撤回'
			WHEN p.tip_state = 'returned' THEN '已退回' WHEN p.tip_state = 'rejected' THEN '不予采纳'
			WHEN p.status <> 'held' THEN '尚未开展或已取消' WHEN p.occurred_on > a.day THEN '晚于截至日期'
			WHEN p.occurred_on < zhibao.year_start(a.register) THEN '早于活动年度'
			ELSE '与另一条记录重复' END,
		'claimed_by', (SELECT coalesce(json_agg(k.short_name ORDER BY k.code), '[]') FROM zhibao.office k
			WHERE k.register_version = a.register AND k.code = ANY (p.claimants)),
		'is_disputed', p.is_disputed,
		'covers', p.is_covering, 'received_at', p.received_at, 'recorded_at', p.recorded_at, 'author', p.author) AS item
	FROM args a CROSS JOIN page p LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'total', (SELECT count(*) FROM found),
	'items', (SELECT coalesce(json_agg(t.item ORDER BY t.place) FILTER (WHERE NOT t.is_joint), '[]') FROM told t),
	'joint', (SELECT coalesce(json_agg(t.item ORDER BY t.place) FILTER (WHERE t.is_joint), '[]') FROM told t),
	'next', (SELECT CASE WHEN count(*) > $9 + $10 THEN ($9 + $10)::text END FROM found)) AS answer
FROM args a CROSS JOIN node n
