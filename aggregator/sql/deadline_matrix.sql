-- Filings of counties with their cities (备案矩阵, requirement A1-16): per city its counties, what was filed and what the
-- city answered, and how every other obligation of the county stands. An exempt county is listed and in no count (R12).
-- $1 text: node · $2 date: on, the day by which answers are dated, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.register_at(coalesce($3, f.as_of)) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), filing AS MATERIALIZED (
	SELECT f.* FROM args a CROSS JOIN zhibao.filing_standing(a.as_of, a.day) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = $1 AND t.code = f.county_code
), other AS (
	SELECT s.office_code, json_object_agg(s.milestone_no, s.state ORDER BY s.milestone_no) AS states
	FROM args a CROSS JOIN zhibao.obligation_standing(a.as_of) s
	WHERE s.office_code IN (SELECT f.county_code FROM filing f)
	GROUP BY s.office_code
), city AS (
	SELECT f.city_code, count(*) FILTER (WHERE f.state <> 'exempt') AS counties,
		count(*) FILTER (WHERE f.state <> 'exempt' AND f.received_at IS NOT NULL) AS filed,
		count(*) FILTER (WHERE f.state = 'on_time') AS on_time, count(*) FILTER (WHERE f.state = 'late') AS late,
		count(*) FILTER (WHERE f.state = 'missing') AS missing,
		count(*) FILTER (WHERE f.state <> 'exempt' AND f.received_at IS NOT NULL AND f.confirmation = 'accepted' AND f.is_confirmed) AS accepted,
		count(*) FILTER (WHERE f.state <> 'exempt' AND f.received_at IS NOT NULL AND f.confirmation = 'returned' AND f.is_confirmed) AS returned,
		count(*) FILTER (WHERE f.state <> 'exempt' AND NOT f.is_confirmed) AS unconfirmed,
		json_agg(json_build_object('code', f.county_code, 'name_zh', o.name_zh, 'short_name', o.short_name, 'milestone_no', f.milestone_no,
			'state', f.state, 'days_late', f.days_late, 'effective_at', f.effective_at, 'received_at', f.received_at,
			'confirmation', f.confirmation, 'is_confirmed', f.is_confirmed, 'filing_no', f.filing_no, 'reason', f.reason,
			'filed_on', f.filed_on, 'answered_at', f.answered_at, 'receipt_item_id', f.receipt_item_id, 'states', t.states)
			ORDER BY f.county_code) AS counties_json
	FROM args a CROSS JOIN filing f
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = f.county_code
	LEFT JOIN other t ON t.office_code = f.county_code
	GROUP BY f.city_code
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'cities', (SELECT coalesce(json_agg(json_build_object('code', c.city_code, 'name_zh', o.name_zh, 'short_name', o.short_name,
		'counties', c.counties, 'on_time', c.on_time, 'late', c.late, 'missing', c.missing, 'returned', c.returned,
		'unconfirmed', c.unconfirmed, 'filed', zhibao.rate_json(c.filed, c.counties), 'accepted', zhibao.rate_json(c.accepted, c.counties),
		'offices', c.counties_json) ORDER BY c.city_code), '[]')
		FROM city c JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.city_code)) AS answer
FROM args a CROSS JOIN node n
