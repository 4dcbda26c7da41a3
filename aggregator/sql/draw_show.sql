-- All that is public about a draw.
-- $1 bigint: number of the draw
-- Result: json, one row; NULL when there is none.
SELECT zhibao.draw_json($1)::json
