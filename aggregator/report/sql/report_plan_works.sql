-- What was made and published for the lines of annex 2 (A2-R01 the mini-program, A2-R08 booklets, A2-R23 the poster template).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint row, date day, text office, text sort or channel, text title, bigint copies printed, bigint cities and counties
-- with a message that names its file, bigint cities and counties; NULL for what is not sent out.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), work AS MATERIALIZED (
	SELECT w.* FROM args a CROSS JOIN LATERAL zhibao.annex_line_work(a.on_day, a.as_of) w
)
SELECT false, l.row_no::bigint, w.done_on, o.short_name, w.word_zh, w.title, w.printed_copies::bigint, w.received, w.offices
FROM args a CROSS JOIN LATERAL zhibao.led_line(a.register, a.node) l JOIN work w USING (plan_item_id)
JOIN zhibao.office o ON o.register_version = a.register AND o.code = w.office_code
ORDER BY l.row_no, w.done_on, w.office_code, w.item_id
