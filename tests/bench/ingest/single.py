#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How long a single event takes until it is acknowledged, against a prepared INSERT that commits.

    single.py                   2,000 events a round, one after the other
    single.py --quick           small counts, to see that everything works
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from question import alternate, ask, options, parser_of, ratios, summary  # noqa: E402


def single(bench, args):
    events = args.events
    runners = {"base": lambda: bench.base(1, 1, 1, 1, 1, "--insert", events),
               "subject": lambda: bench.subject(1, 1, 1, "--batches", events)}
    for runner in runners.values():
        runner()  # not counted: a new cluster makes its files of WAL first
    runs = alternate(args.rounds, runners)
    return {"title": "single events against a prepared INSERT", "rows": events,
            "ratio": ratios(runs["subject"], runs["base"], "p50_us"),
            "ratio_p99": ratios(runs["subject"], runs["base"], "p99_us"),
            "base": summary(runs["base"], "p50_us", "p99_us"),
            "subject": summary(runs["subject"], "p50_us", "p99_us")}


def main():
    ask(single, options(parser_of(__doc__, events=2000)))


if __name__ == "__main__":
    main()
