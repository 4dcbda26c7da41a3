-- What changed between two points, and the records behind.
-- $1 text: A, a date, an instant, live or frozen:DATE · $2 text: B, the same without frozen · $3 text: node
-- $4 date: on for both, or NULL · $5 integer: version of the registers for both, or NULL · $6 text: indicator, or NULL for all
-- Result: json, one row.
SELECT zhibao.figure_diff_json($1, $2, $3, $4, $5, $6)::json
