-- Puts down what the calendar asks for up to now; again puts nothing down twice.
-- $1 text: kinds for each week, comma between · $2 text: kinds for each month · $3 bigint: catch up at most so long, unit ms
-- Result: bigint reports put down.
SELECT zhibao.report_schedule(zhibao.fold_horizon(), coalesce(string_to_array(nullif($1, ''), ','), '{}'),
	coalesce(string_to_array(nullif($2, ''), ','), '{}'), $3 * interval '1 millisecond')
