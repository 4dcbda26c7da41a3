-- Draws from a commitment. A repeat is refused.
-- $1 text: login · $2 bigint: number of the draw · $3 integer: size · $4 integer: at least so many of each city
-- $5 integer: cities, or NULL for as many as the size allows
SELECT zhibao.draw_run_post($1, $2, $3, $4, $5)
