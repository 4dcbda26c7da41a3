#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the whole fleet costs against bare COPY of the same rows: 200 agents at once.
Batches are of 64 KiB (350 records), as an agent cuts a backlog.

    fleet.py                    the raw bytes of the batches kept, as they are where nothing else is said
    fleet.py --drop-bytes       neither side keeps them
    fleet.py --quick            small counts, to see that everything works
    fleet.py --at-least 0.5     fails when the fleet reaches less of what bare COPY does
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from question import ask, options, parser_of, print_sides, throughput  # noqa: E402


def fleet(bench, args):
    batches = max(1, args.rows // (args.agents * args.records))
    per_copy = min(10000, args.agents * args.records * batches // 2)
    title = f"{args.agents} agents against bare COPY, raw bytes {'not ' if args.drop_bytes else ''}kept"
    return throughput(bench, args.rounds, title, args.agents, args.records, 4, batches, per_copy, 2,
                      plain=not args.drop_bytes, more=["--no-bytes"] if args.drop_bytes else [])


def show(answer, at_least):
    print_sides(answer)
    assert answer["ratio"]["median"] >= at_least, f"{answer['ratio']['median']:.2f} of bare COPY, {at_least} at least"


def main():
    parser = parser_of(__doc__, agents=200, records=350, rows=1400000)
    parser.add_argument("--drop-bytes", action="store_true", help="store rows and batches without the bytes that came")
    parser.add_argument("--at-least", type=float, default=0, help="of bare COPY, median")
    args = options(parser)
    ask(fleet, args, show=lambda answer: show(answer, args.at_least), conf=['store { keep_batches = "false" }'] if args.drop_bytes else [])


if __name__ == "__main__":
    main()
