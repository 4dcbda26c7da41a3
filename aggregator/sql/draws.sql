-- The draws, newest first, with their samples and results.
-- $1 text: scheme, or NULL for all
-- Result: json, one row.
SELECT json_build_object('draws', coalesce(json_agg(zhibao.draw_json(d.draw_id) ORDER BY d.draw_id DESC), '[]'))
FROM zhibao.draw d WHERE $1::text IS NULL OR d.scheme = $1
