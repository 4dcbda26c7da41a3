-- All that was public about a draw.
-- $1 bigint: number of the draw · $2 timestamptz: as_of, NULL for all there is
-- Result: json, one row; NULL when there was none.
SELECT zhibao.draw_json($1, $2)::json
