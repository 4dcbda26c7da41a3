-- What the calendar asks for until a day ahead, and how it stands.
-- $1 text: kinds for each week, comma between · $2 text: kinds for each month · $3 bigint: so far ahead, unit ms
-- Result: text report, text node, text parameters, timestamptz as_of, text origin, text state.
SELECT c.report, c.node_code, c.parameters, c.as_of, c.origin, coalesce(j.state, 'not_due')
FROM zhibao.report_calendar(clock_timestamp() + $3 * interval '1 millisecond', coalesce(string_to_array(nullif($1, ''), ','), '{}'),
	coalesce(string_to_array(nullif($2, ''), ','), '{}'), ($3 + 30 * 86400000::bigint) * interval '1 millisecond') c
LEFT JOIN zhibao.report_job j ON (j.report, j.node_code, j.parameters, j.as_of) = (c.report, c.node_code, c.parameters, c.as_of)
ORDER BY c.as_of, c.report, c.node_code
