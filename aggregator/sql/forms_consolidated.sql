-- The consolidated statistics form of a node, and whose forms it is made of (ruling R19).
-- $1 text: node · $2 text: period, mid_year or year_end · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, zhibao.facts_as_of($3) AS as_of
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'period', $2::text,
	'members', (SELECT coalesce(json_agg(json_build_object('office_code', m.office_code, 'office_name', m.name_zh, 'level', m.level,
		'role', m.role, 'item_id', m.item_id, 'revision_id', m.revision_id, 'received_at', m.received_at, 'verdict', m.verdict)
		ORDER BY m.office_code), '[]') FROM zhibao.form_member($1, $2, a.as_of) m),
	'rows', (SELECT json_agg(json_build_object('item_no', c.item_no, 'sub_field', c.sub_field, 'section', c.section,
		'label_zh', c.label_zh, 'unit', c.unit, 'value_type', c.value_type,
		'declared', json_build_object('count', c.declared_count, 'numerator', c.numerator, 'denominator', c.denominator,
			'percent', c.percent, 'true_count', c.true_count, 'reporting_count', c.reporting_count, 'accepted_count', c.accepted_count),
		'derived', json_build_object('count', c.derived_count, 'numerator', c.derived_numerator, 'denominator', c.derived_denominator,
			'percent', c.derived_percent), 'note', c.note) ORDER BY c.place)
		FROM zhibao.form_consolidated($1, $2, a.as_of) c)) AS answer
FROM args a CROSS JOIN node n
