#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the roll-ups cost and what they save, on one cluster with the real schema and the real aggregator.

For every size: rows are copied by the base of the ingest benchmark (lectures and their batches, as the collector stores
them) and spread as a year has them: over 240 days, over the townships of their offices, half of them credited to plan lines, and
a study event beside every tenth. The aggregator folds them, and the provincial figures are asked of the roll-ups, over HTTP, and of
the records, by the best plain query and as of a past instant.

    figures.py                      100,000 and 1,000,000 records, three rounds
    figures.py --sizes 100000,10000000 --rounds 1
    figures.py --quick              small, and only whether both ways say the same
"""
import argparse
import json
import statistics
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import Bench, stat_of  # noqa: E402
from question import save  # noqa: E402
from pgcluster import AGGREGATOR, wait_for  # noqa: E402

AGENTS, RECORDS = 100, 200
ROLLUPS = ("counted_lecture", "covering_day", "covering_unit", "session_day", "session_month", "session_sum", "counted_study",
           "current_plan_item", "current_claim", "fold_mark", "fold_state")
# The best plain way found: the counting revision of each item, its townships, distinct ones by hash, then counted.
PLAIN = """SELECT count(*) FROM (
	SELECT DISTINCT t.unit_id FROM (
		SELECT DISTINCT ON (office_code, item_id) office_code, item_id, operation, status, occurred_on, township_codes, area_explanation
		FROM zhibao.lecture_event ORDER BY office_code, item_id, received_at DESC, batch_id DESC, seq DESC) l
	CROSS JOIN (SELECT max(register_version) AS version FROM zhibao.programme_version) p
	CROSS JOIN LATERAL unnest(l.township_codes) n (code)
	JOIN zhibao.township_version t ON t.code = n.code AND t.register_version = p.version
		AND l.occurred_on >= t.valid_from AND l.occurred_on < t.valid_to
	JOIN zhibao.office o ON o.register_version = p.version AND o.code = l.office_code
	WHERE l.operation <> 'withdraw' AND l.status = 'held' AND (l.area_explanation IS NOT NULL OR (cardinality(l.township_codes) <= 3
		AND (o.level = 'province_unit' OR EXISTS (SELECT FROM zhibao.office_tree a
			WHERE a.register_version = p.version AND a.ancestor_code = l.office_code AND a.code = t.county_code))))) u"""
# As COPY stored them, every lecture is of one day and one township for each office. p_line: a plan line of the office, of ten.
SPREAD = """
CREATE FUNCTION pg_temp.line(p_office text, p_no bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT encode(convert_to('planline' || p_no % 10 || '0' || p_office, 'UTF8'), 'hex')::uuid $$;
CREATE UNLOGGED TABLE public.copied AS TABLE zhibao.lecture_event;
TRUNCATE zhibao.lecture_event, zhibao.plan_item, zhibao.study_event;
CREATE TEMP TABLE town AS SELECT a.ancestor_code AS office_code, array_agg(DISTINCT t.code) AS codes
	FROM zhibao.office_tree a JOIN zhibao.township_version t ON t.county_code = a.code AND t.register_version = a.register_version
	WHERE t.valid_to > '2024-12-31' GROUP BY 1;
INSERT INTO zhibao.plan_item (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, item_no, category, theme, window_start, window_end, planned_min, quota_kind)
	SELECT b.office_code, pg_temp.line(b.office_code, n), pg_temp.line(b.office_code, n), 'submit', b.received_at, 'x', b.office_code, b.received_at,
		b.batch_id, n, 1, n + 1, (ARRAY['enterprise', 'campus', 'village', 'site'])[1 + n % 4], 'x', '2024-03-01', '2024-10-31', 5, 'counted'
	FROM (SELECT DISTINCT ON (office_code) * FROM zhibao.batch ORDER BY office_code, batch_id) b CROSS JOIN generate_series(0, 9) n;
INSERT INTO zhibao.study_event (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, form, target, occurred_on, topic, status)
	SELECT c.office_code, gen_random_uuid(), gen_random_uuid(), 'submit', c.recorded_at, c.author, c.author_office_code, c.received_at, c.batch_id, c.seq,
		1, 'daily_study', 'staff', date '2024-03-01' + (c.seq * 37 % 240)::integer, c.theme, 'held'
	FROM public.copied c WHERE c.seq % 10 = 0;
INSERT INTO zhibao.lecture_event SELECT {columns} FROM public.copied c JOIN town USING (office_code);
DROP TABLE public.copied;"""
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = 'zhibao.lecture_event'::regclass AND attnum > 0 ORDER BY attnum"
CHANGED = {"occurred_on": "date '2024-03-01' + (c.seq * 37 % 240)::integer",
           "township_codes": "ARRAY[town.codes[1 + c.seq / 4 % cardinality(town.codes)]]",
           "plan_item_id": "CASE WHEN c.seq % 2 = 0 THEN pg_temp.line(c.office_code, c.seq / 2) END"}
COMPLETION = "SELECT sum(capped), sum(required), sum(sessions) FROM zhibao.completion_by_office(current_date, NULL, 'all')"
# One word for all that the roll-ups hold.
ROLLED = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM (" + " UNION ALL ".join(
    f"SELECT '{t}' || md5(r::text) AS t FROM zhibao.{t} r" for t in ROLLUPS if not t.startswith("fold_")) + ") t"
FOLDED = "SELECT sum(broad_all) FROM zhibao.coverage_by_county(current_date, NULL)"
PAST = "SELECT sum(broad_all) FROM zhibao.coverage_by_county(current_date, 'infinity')"
API = ("coverage", "completion")


def fold_cpu(bench):
    """CPU microseconds of the backends of the aggregator so far."""
    found = 0
    for line in bench.cluster.psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'zhibao-aggregator fold'").splitlines():
        stat = stat_of(line)
        found += stat[1] if stat else 0
    return found


def fold(bench, rows, is_anew):
    """From nothing to all of the rows, in windows as they would have come or anew: wall and CPU microseconds an event."""
    bench.cluster.psql("TRUNCATE " + ", ".join(f"zhibao.{t}" for t in ROLLUPS))
    if not is_anew:
        bench.cluster.psql("INSERT INTO zhibao.fold_state SELECT true, '0', '-infinity', max(register_version), 0 FROM zhibao.programme_version")
    bench.cluster.psql("ANALYZE")  # autovacuum is off here
    started = time.monotonic()
    # Ready only once it has folded, which is what is timed.
    bench.centre.start("aggregator", AGGREGATOR, "--config", bench.centre.etc / "aggregator.conf", "run")
    folded = "SELECT coalesce(max(as_of), '-infinity') >= (SELECT max(received_at) FROM zhibao.batch) FROM zhibao.fold_state"
    wait_for(lambda: bench.cluster.psql(folded) == "t", 3600, "the fold")
    wall, cpu = time.monotonic() - started, fold_cpu(bench)
    bench.centre.kill("aggregator")
    bench.cluster.psql("VACUUM ANALYZE " + ", ".join(f"zhibao.{t}" for t in ROLLUPS))
    return {"wall_us": wall * 1e6 / rows, "cpu_us": cpu / rows}


def asked(bench, sql, repeats):
    """Answer and median milliseconds of a query, by the server's own clock, on a connection that was used before, as the
    aggregator's are."""
    text = bench.cluster.psql(sql + ";" + ("EXPLAIN (ANALYZE, TIMING off, FORMAT json) " + sql + ";") * (repeats + 1))
    answer, text = text.split("\n", 1)
    decoder, times = json.JSONDecoder(), []
    while text:
        plan, end = decoder.raw_decode(text)
        times.append(plan[0]["Execution Time"] + plan[0]["Planning Time"])
        text = text[end:].lstrip()
    return answer, statistics.median(times[1:])


def spread_over_the_year(bench):
    columns = [CHANGED.get(name, f"c.{name}") for name in bench.cluster.psql(COLUMNS).split()]
    bench.cluster.psql(SPREAD.format(columns=", ".join(columns)))
    bench.cluster.psql("VACUUM ANALYZE zhibao.lecture_event, zhibao.plan_item, zhibao.study_event, zhibao.batch")
    return int(bench.cluster.psql("SELECT " + " + ".join(f"(SELECT count(*) FROM zhibao.{t})" for t in ("lecture_event", "plan_item", "study_event"))))


def api_ms(bench, repeats):
    """Median milliseconds of an answer over HTTP, of those the overview asks."""
    times = {path: [] for path in API}
    bench.centre.start_aggregator()
    for path in API * (repeats + 1):
        started = time.monotonic()
        with urllib.request.urlopen(f"{bench.centre.api}/api/v1/{path}") as answer:
            answer.read()
        times[path].append(1000 * (time.monotonic() - started))
    bench.centre.kill("aggregator")
    return {path: statistics.median(found[1:]) for path, found in times.items()}


def at_size(bench, size, repeats):
    batches = max(1, size // (AGENTS * RECORDS))
    rows = batches * AGENTS * RECORDS
    # The rows were received a millisecond a group, up to now: all of them after the registers were loaded, or the first windows
    # would be folded without registers, and the state below, which names some, would hide that from the fold.
    loaded = f"SELECT max(loaded_at) < clock_timestamp() - interval '{rows / 10000:.0f} ms' FROM zhibao.programme_version"
    wait_for(lambda: bench.cluster.psql(loaded) == "t", 60, "registers older than the first row")
    copied = bench.base(rows, 10000, 2, AGENTS, RECORDS)
    events = spread_over_the_year(bench)
    anew = fold(bench, events, True)
    made_anew = bench.cluster.psql(ROLLED)
    folded = fold(bench, events, False)
    assert bench.cluster.psql(ROLLED) == made_anew
    fast, fast_ms = asked(bench, FOLDED, repeats)
    plain, plain_ms = asked(bench, PLAIN, repeats)
    started = time.monotonic()  # once: it reads all records, some minutes of ten million
    past, past_ms = bench.cluster.psql(PAST), 1000 * (time.monotonic() - started)
    assert fast == plain == past and int(fast) > 0, (fast, plain, past)
    counts = {t: int(bench.cluster.psql(f"SELECT count(*) FROM zhibao.{t}")) for t in ROLLUPS}
    return {"rows": rows, "events": events, "rollup_rows": counts, "past_ms": past_ms, "api_ms": api_ms(bench, repeats), "covered": int(fast), "copy_cpu_us": copied["cpu_us_per_row"]["backends"],
            "copy_wall_us": 1e6 / copied["rows_per_s"], "fold_cpu_us": folded["cpu_us"], "fold_wall_us": folded["wall_us"],
            "anew_wall_us": anew["wall_us"],
            "completion_ms": asked(bench, COMPLETION, repeats)[1], "rollup_ms": fast_ms, "plain_ms": plain_ms}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    sizes = [int(s) for s in args.sizes.split(",")]
    if args.quick:
        sizes, args.rounds = [20000], 1
    bench = Bench(AGENTS)
    found = []
    try:
        for _ in range(args.rounds):
            for size in sizes:
                found.append(at_size(bench, size, 5 if size < 5_000_000 else 1))
    finally:
        bench.close()
    for size in sorted({f["rows"] for f in found}):
        runs = [f for f in found if f["rows"] == size]
        mid = {k: statistics.median(f[k] for f in runs) for k, value in runs[0].items() if not isinstance(value, dict)}
        print(f"{size:,} records, {mid['covered']:.0f} townships covered")
        print(f"  an event: fold {mid['fold_cpu_us']:.2f} us of CPU, COPY {mid['copy_cpu_us']:.2f}: ratio {mid['fold_cpu_us'] / mid['copy_cpu_us']:.2f};"
              f" wall {mid['fold_wall_us']:.2f} and {mid['copy_wall_us']:.2f} us")
        print(f"  made anew on several connections: {mid['anew_wall_us']:.2f} us of wall an event")
        print(f"  provincial completion: roll-ups {mid['completion_ms']:.1f} ms; over HTTP: "
              + ", ".join(f"{path} {statistics.median(f['api_ms'][path] for f in runs):.1f} ms" for path in API))
        print(f"  provincial coverage: roll-ups {mid['rollup_ms']:.1f} ms, plain query {mid['plain_ms']:.1f} ms: 1/{mid['plain_ms'] / mid['rollup_ms']:.0f}; "
              f"as of a past instant, from the records, {mid['past_ms']:.1f} ms")
    save(args, {"runs": found})


if __name__ == "__main__":
    main()
