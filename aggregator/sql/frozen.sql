-- Frozen figures of a node at a milestone beside the live ones (ruling R6).
-- $1 text: node · $2 date: milestone, NULL for the newest that is frozen · $3 timestamptz: unused, NULL
-- $4 text: indicator whose figures are wanted, NULL for all; the sets are listed whole
-- Result: json, one row; none when the node is unknown.
WITH chosen AS (
	SELECT coalesce($2, (SELECT max(z.milestone_on) FROM zhibao.frozen_set z)) AS day
), live AS ( -- what figures_beside calls live
	SELECT zhibao.year_instant(c.day, f.as_of) AS as_of FROM chosen c CROSS JOIN zhibao.fold_state f
), node AS (
	SELECT o.register_version, o.code, o.name_zh, o.level FROM zhibao.fold_state f JOIN zhibao.office o ON o.register_version = f.register_version AND o.code = $1
)
SELECT json_build_object('node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'level', n.level), 'date', c.day,
	'live_as_of', (SELECT to_char(l.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM live l),
	'live_on', (SELECT (l.as_of AT TIME ZONE 'Asia/Shanghai')::date FROM live l),
	'milestones', (SELECT coalesce(json_agg(m.milestone_on ORDER BY m.milestone_on), '[]') FROM (SELECT DISTINCT z.milestone_on FROM zhibao.frozen_set z) m),
	'sets', (SELECT coalesce(json_agg(json_build_object('indicator', z.indicator, 'label_zh', zhibao.figure_name(z.indicator), 'on', z.on_day,
		'as_of', to_char(z.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'register_version', z.register_version,
		'rule_version', z.rule_version, 'figures', z.figures, 'digest', encode(z.digest, 'hex'),
		'is_intact', z.digest = zhibao.figure_digest(z.milestone_on, z.indicator), 'frozen_at', z.frozen_at) ORDER BY s.order_no), '[]')
		FROM zhibao.frozen_set z JOIN zhibao.figure_source s USING (indicator) WHERE z.milestone_on = c.day),
	'figures', (SELECT coalesce(json_agg(json_build_object('indicator', b.indicator, 'part', b.part, 'part_zh', p.name_zh, 'unit', p.unit, 'style', p.style,
		'frozen', CASE WHEN b.frozen_numerator IS NOT NULL THEN zhibao.figure_json(p.style, b.frozen_numerator, b.frozen_denominator) END,
		'later', CASE WHEN b.later_numerator IS NOT NULL THEN zhibao.figure_json(p.style, b.later_numerator, b.later_denominator) END,
		'live', CASE WHEN b.live_numerator IS NOT NULL THEN zhibao.figure_json(p.style, b.live_numerator, b.live_denominator) END)), '[]')
		FROM zhibao.figures_beside(n.code, c.day, $4) b LEFT JOIN LATERAL zhibao.figure_part(n.register_version, b.indicator, b.part) p ON true)) AS answer
FROM chosen c CROSS JOIN node n
WHERE $3::timestamptz IS NULL
