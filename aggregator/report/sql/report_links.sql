-- What the agents of each part delivered up to as_of: streams, batches, records, what was refused, lost or forked, last heard. A gap is a
-- batch that brought no record. A closed office is in no count of offices; what it delivered stays.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint offices, bigint offices heard, bigint streams, bigint batches, bigint records,
-- bigint quarantined, bigint missing records, bigint forks, timestamptz last heard.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), member AS (
	SELECT r.part_code, r.part_name, r.place, r.office_code, w.code IS NOT NULL AS is_open
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r LEFT JOIN zhibao.open_office(a.register) w ON w.code = r.office_code
), heard AS (
	SELECT b.office_code, count(*) AS batches, count(DISTINCT b.stream_id) AS streams,
		coalesce(sum(b.last_seq - b.first_seq + 1) FILTER (WHERE g.batch_id IS NULL), 0) AS records, max(b.received_at) AS last_at
	FROM args a JOIN zhibao.batch b ON b.received_at <= a.as_of
	LEFT JOIN zhibao.stream_gap g ON (g.office_code, g.stream_id, g.first_seq) = (b.office_code, b.stream_id, b.first_seq)
	GROUP BY b.office_code
), refused AS (
	SELECT q.office_code, count(*) AS n FROM args a JOIN zhibao.quarantine q ON q.received_at <= a.as_of GROUP BY q.office_code
), gap AS (
	SELECT g.office_code, sum(g.last_seq - g.first_seq + 1) AS n FROM args a JOIN zhibao.stream_gap g ON g.received_at <= a.as_of GROUP BY g.office_code
), fork AS (
	SELECT s.office_code, count(*) AS n FROM args a JOIN zhibao.stream s ON s.created_at <= a.as_of AND s.forked_from IS NOT NULL GROUP BY s.office_code
)
SELECT GROUPING(m.part_code) = 1, coalesce(m.part_name, '合计'), count(*) FILTER (WHERE m.is_open), count(h.office_code) FILTER (WHERE m.is_open), coalesce(sum(h.streams), 0)::bigint,
	coalesce(sum(h.batches), 0)::bigint, coalesce(sum(h.records), 0)::bigint, coalesce(sum(q.n), 0)::bigint, coalesce(sum(g.n), 0)::bigint,
	coalesce(sum(f.n), 0)::bigint, max(h.last_at)
FROM member m LEFT JOIN heard h USING (office_code) LEFT JOIN refused q USING (office_code) LEFT JOIN gap g USING (office_code)
LEFT JOIN fork f USING (office_code)
GROUP BY GROUPING SETS ((m.place, m.part_code, m.part_name), ())
ORDER BY GROUPING(m.part_code), m.place, m.part_code
