#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the roll-ups cost and what they save, on one cluster with the real schema and the real aggregator.

For every size: rows are copied by the base of the ingest benchmark (lectures and their batches, as the collector stores
them), the aggregator folds them, and the provincial figures are asked of the roll-ups and of the records.

    figures.py                      100,000 and 1,000,000 records, three rounds
    figures.py --sizes 100000,10000000 --rounds 1
    figures.py --quick              small, and only whether both ways say the same
"""
import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import Bench, stat_of  # noqa: E402
from question import save  # noqa: E402
from pgcluster import AGGREGATOR, wait_for  # noqa: E402

AGENTS, RECORDS = 100, 200
ROLLUPS = ("counted_lecture", "covering_day", "covering_unit", "session_day", "session_month", "counted_study", "current_plan_item",
           "current_claim", "fold_state")
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
COMPLETION = "SELECT sum(capped), sum(required), sum(sessions) FROM zhibao.completion_by_office(current_date, NULL, 'all')"
# One word for all that the roll-ups hold.
ROLLED = "SELECT md5(string_agg(t, ',' ORDER BY t)) FROM (" + " UNION ALL ".join(
    f"SELECT '{t}' || md5(r::text) AS t FROM zhibao.{t} r" for t in ROLLUPS if t != "fold_state") + ") t"
FOLDED = "SELECT sum(broad_all) FROM zhibao.coverage_by_county(current_date, NULL)"


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


def at_size(bench, size, repeats):
    batches = max(1, size // (AGENTS * RECORDS))
    rows = batches * AGENTS * RECORDS
    # The rows were received a millisecond a group, up to now: all of them after the registers were loaded, or the first windows
    # would be folded without registers, and the state below, which names some, would hide that from the fold.
    loaded = f"SELECT max(loaded_at) < clock_timestamp() - interval '{rows / 10000:.0f} ms' FROM zhibao.programme_version"
    wait_for(lambda: bench.cluster.psql(loaded) == "t", 60, "registers older than the first row")
    copied = bench.base(rows, 10000, 2, AGENTS, RECORDS)
    anew = fold(bench, rows, True)
    made_anew = bench.cluster.psql(ROLLED)
    folded = fold(bench, rows, False)
    assert bench.cluster.psql(ROLLED) == made_anew
    bench.cluster.psql("VACUUM ANALYZE zhibao.lecture_event")
    fast, fast_ms = asked(bench, FOLDED, repeats)
    plain, plain_ms = asked(bench, PLAIN, repeats)
    assert fast == plain and int(fast) > 0, (fast, plain)
    return {"rows": rows, "covered": int(fast), "copy_cpu_us": copied["cpu_us_per_row"]["backends"],
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
                found.append(at_size(bench, size, 5))
    finally:
        bench.close()
    for size in sorted({f["rows"] for f in found}):
        mid = {k: statistics.median(f[k] for f in found if f["rows"] == size) for k in found[0]}
        print(f"{size:,} records, {mid['covered']:.0f} townships covered")
        print(f"  an event: fold {mid['fold_cpu_us']:.2f} us of CPU, COPY {mid['copy_cpu_us']:.2f}: ratio {mid['fold_cpu_us'] / mid['copy_cpu_us']:.2f};"
              f" wall {mid['fold_wall_us']:.2f} and {mid['copy_wall_us']:.2f} us")
        print(f"  made anew on several connections: {mid['anew_wall_us']:.2f} us of wall an event")
        print(f"  provincial completion: roll-ups {mid['completion_ms']:.1f} ms")
        print(f"  provincial coverage: roll-ups {mid['rollup_ms']:.1f} ms, plain query {mid['plain_ms']:.1f} ms: 1/{mid['plain_ms'] / mid['rollup_ms']:.0f}")
    save(args, {"runs": found})


if __name__ == "__main__":
    main()
