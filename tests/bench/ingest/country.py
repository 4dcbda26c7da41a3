#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A year's backlog of the whole country at once: 2,845 county offices (an invented pack), each with 113 records, which is what an
office has in the invented year. Against bare COPY of the same rows.

    country.py                  three rounds
    country.py --quick          small counts, to see that everything works
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import countrypack  # noqa: E402
from bench import Bench  # noqa: E402
from question import ask, options, parser_of, throughput  # noqa: E402


class CountryBench(Bench):
    def __init__(self, agents, conf):
        super().__init__(agents, conf, pack=lambda home: countrypack.make(home / "country"))


def country(bench, args):
    title = f"{args.agents:,} offices with {args.records} records each against bare COPY"
    rows = args.agents * args.records
    return throughput(bench, args.rounds, title, args.agents, args.records, 1, 1, min(10000, rows // 2), 2, may_refuse=True)


def main():
    ask(country, options(parser_of(__doc__, agents=countrypack.COUNTY_OFFICES, records=113, rounds=3)), bench_type=CountryBench)


if __name__ == "__main__":
    main()
