-- The draws, newest first, with their samples and results, and the schemes that can be drawn for.
-- $1 text: scheme, or NULL for all
-- Result: json, one row.
SELECT json_build_object('draws', (SELECT coalesce(json_agg(zhibao.draw_json(d.draw_id) ORDER BY d.draw_id DESC), '[]')
		FROM zhibao.draw d WHERE $1::text IS NULL OR d.scheme = $1),
	'schemes', (SELECT json_agg(json_build_object('scheme', s.scheme, 'scheme_zh', s.label_zh, 'levels', s.levels) ORDER BY s.scheme)
		FROM zhibao.draw_scheme s))
