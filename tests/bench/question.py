# SPDX-License-Identifier: Apache-2.0
"""How a question is asked: base and subject in turns on one cluster, medians and spread, as text and as JSON."""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path

from bench import SETTINGS, Bench
import pgcluster  # bench knows where it is

# What a question may let choose: its meaning, and how much of it is enough to see that everything works.
COUNTS = {"rounds": ("of each side", 2), "agents": ("that send", 8), "records": ("in a batch", 50), "rows": ("of a round", 4000),
          "events": ("of a round", 40), "seconds": ("of the long run", 4)}


def parser_of(doc, **counts):
    """The options of every question, and those of the counts that this one has, with what they are if nothing is said."""
    parser = argparse.ArgumentParser(description=doc.split("\n", maxsplit=1)[0])
    for name, count in {"rounds": 5, **counts}.items():
        parser.add_argument(f"--{name}", type=int, default=count, help=COUNTS[name][0])
    parser.add_argument("--collector", type=Path, help="another build of the collector")
    parser.add_argument("--conf", action="append", default=[],
                        help="a line for the collector's configuration, such as 'store { ... }'")
    parser.add_argument("--json", type=Path, help="file for all figures")
    parser.add_argument("--quick", action="store_true", help="small counts where none is said: correctness, no figures")
    return parser


def options(parser):
    args = parser.parse_args()
    if args.quick:
        parser.set_defaults(**{name: COUNTS[name][1] for name in COUNTS.keys() & vars(args).keys()})
        args = parser.parse_args()  # what is said is meant
    if args.collector:
        pgcluster.COLLECTOR = args.collector
    return args


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def summary(runs, *names):
    """Medians and spread of the named figures of some runs, and of their CPU."""
    parts = {name: spread([r[name] for r in runs]) for name in names}
    parts["cpu_us_per_row"] = {k: spread([r["cpu_us_per_row"].get(k, 0) for r in runs])
                               for k in runs[0]["cpu_us_per_row"]}
    parts["bytes_per_row"] = runs[-1]["bytes_per_row"]
    return parts


def alternate(rounds, runners):
    """Runs each runner once a round, the order turned round every time."""
    runs = {name: [] for name in runners}
    for i in range(rounds):
        for name in list(runners) if i % 2 == 0 else reversed(list(runners)):
            runs[name].append(runners[name]())
            print(f"  round {i + 1} {name}: {runs[name][-1]['rows_per_s']:.0f} rows/s", flush=True)
    return runs


def ratios(over, under, name):
    return spread([o[name] / u[name] for o, u in zip(over, under)])


def same_bytes(base, subject):
    """Base and subject must have stored the same amount, or they cannot be compared."""
    for part in ("row", "batch"):
        one, other = base["bytes_per_row"][part], subject["bytes_per_row"][part]
        assert abs(one - other) <= 0.01 * max(one, other), (part, one, other)


def throughput(bench, rounds, title, agents, records, window, batches, per_copy, connections, plain=False, more=(), may_refuse=False):
    """The same rows by bare COPY and by agents that send them in batches; if plain, also by COPY without the batches."""
    rows = agents * records * batches
    runners = {"base": lambda: bench.base(rows, per_copy, connections, agents, records, *more),
               "subject": lambda: bench.subject(agents, records, window, "--batches", batches)}
    for runner in runners.values():
        runner()  # not counted: a new cluster makes its files of WAL first
    if plain:
        runners["rows_only"] = lambda: bench.base(rows, per_copy, connections, agents, records,
                                                  "--no-batches")
    runs = alternate(rounds, runners)
    same_bytes(runs["base"][-1], runs["subject"][-1])
    for run in runs["subject"]:  # nothing fails here, so nobody is turned away, but that there are more than may send at once
        assert run["reconnects"] == 0 and (may_refuse or run["nacks"] == 0), run
    answer = {"title": title, "rows": rows, "agents": agents, "records_per_batch": records,
              "window": window, "base_connections": connections,
              "ratio": ratios(runs["subject"], runs["base"], "rows_per_s"),
              "base": summary(runs["base"], "rows_per_s", "seconds", "rows_per_copy"),
              "subject": summary(runs["subject"], "rows_per_s", "seconds", "rows_per_copy", "p50_us", "p99_us",
                                 "nacks", "resent", "reconnects")}
    if plain:
        answer["rows_only"] = summary(runs["rows_only"], "rows_per_s", "seconds", "rows_per_copy")
        answer["ratio_to_rows_only"] = ratios(runs["subject"], runs["rows_only"], "rows_per_s")
    return answer


def line_of(part, unit, digits=0):
    low, middle, high = (f"{part[n]:,.{digits}f}" for n in ("min", "median", "max"))
    return f"{middle} {unit} [{low}-{high}]"


def print_cpu(name, cpu):
    values = (f"{k} {(v['median'] if isinstance(v, dict) else v):.2f}" for k, v in cpu.items())
    print(f"  CPU us/row, {name}: " + ", ".join(values))


def print_sides(answer):
    """Base and subject with what each was measured by, and how one stands to the other."""
    print(f"{answer['title']}: {answer['rows']:,} rows")
    sides = [name for name in ("base", "rows_only", "subject") if name in answer]
    for name in sides:
        for figure, unit in (("rows_per_s", "rows/s"), ("rows_per_copy", "rows per COPY"), ("p50_us", "us p50"),
                             ("p99_us", "us p99")):
            if figure in answer[name]:
                print(f"  {name}: {line_of(answer[name][figure], unit)}")
    for ratio in ("ratio", "ratio_p99", "ratio_to_rows_only"):
        if ratio in answer:
            print(f"  {ratio}: {line_of(answer[ratio], '', 2)}")
    for name in sides:
        print_cpu(name, answer[name]["cpu_us_per_row"])


def ask(question, args, show=print_sides, bench_type=Bench, conf=()):
    """Asks on a cluster of its own, shows the answer and writes it where it is wanted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster is taken away
    bench = bench_type(getattr(args, "agents", 1), [*conf, *args.conf])
    try:
        answer = question(bench, args)
    except BaseException:
        log = bench.centre.home / "collector.log"
        print(log.read_text(errors="replace")[-3000:] if log.exists() else "", file=sys.stderr)
        raise
    finally:
        bench.close()
    show(answer)
    save(args, answer)


def save(args, answer, settings=None):
    """Writes an answer where it is wanted, with the command that asked for it."""
    if not args.json:
        return
    version = subprocess.run([pgcluster.PG_BIN / "postgres", "--version"], text=True, capture_output=True, check=True).stdout.strip()
    words = iter(sys.argv[1:])
    said = [word for word in words if not (word in ("--json", "--collector", "--agent") and next(words))]
    command = " ".join([str(Path(sys.argv[0]).resolve().relative_to(pgcluster.ROOT)), *said])
    report = {"command": command, "rounds": args.rounds, "postgres": version, "settings": SETTINGS if settings is None else settings, "processors": os.cpu_count(), "answer": answer}
    args.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
