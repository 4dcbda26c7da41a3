-- The chain of every stream below the node, batch by batch: numbers without holes, each batch bound to the one before. A gap is a batch
-- that brought no record.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint streams, bigint batches, bigint records, bigint holes, bigint broken links, text finding.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), link AS (
	SELECT b.office_code, b.stream_id, b.first_seq, CASE WHEN g.batch_id IS NULL THEN b.last_seq - b.first_seq + 1 ELSE 0 END AS records,
		b.first_seq <> coalesce(lag(b.last_seq) OVER w, 0) + 1 AS is_hole,
		lag(b.chain) OVER w IS NOT NULL AND b.prev_chain <> lag(b.chain) OVER w AS is_broken
	FROM args a JOIN zhibao.batch b ON b.received_at <= a.as_of
	LEFT JOIN zhibao.stream_gap g ON (g.office_code, g.stream_id, g.first_seq) = (b.office_code, b.stream_id, b.first_seq)
	WINDOW w AS (PARTITION BY b.office_code, b.stream_id ORDER BY b.first_seq)
), part AS (
	SELECT r.part_code, r.part_name, r.place, l.*
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r JOIN link l ON l.office_code = r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), count(DISTINCT (p.office_code, p.stream_id)), count(p.first_seq),
	coalesce(sum(p.records), 0)::bigint, count(*) FILTER (WHERE p.is_hole), count(*) FILTER (WHERE p.is_broken),
	CASE WHEN count(*) FILTER (WHERE p.is_hole OR p.is_broken) = 0 THEN '连续' ELSE '不连续' END
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
