-- Commits to a draw. A repeat makes another commitment.
-- $1 text: login · $2 text: scheme · $3 text: occasion or NULL
-- Result: bigint, number of the draw.
SELECT zhibao.draw_commit($1, $2, $3)
