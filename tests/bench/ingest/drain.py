#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How fast one agent drains its backlog, against one connection that copies the same rows.

    drain.py                    batches of 350 records (64 KiB, as an agent cuts a backlog), 32 of them under way
    drain.py --window 64        the most that an agent can be set to
    drain.py --quick            small counts, to see that everything works
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from question import ask, options, parser_of, throughput  # noqa: E402


def drain(bench, args):
    batches = max(2, args.rows // args.records)
    return throughput(bench, args.rounds, "one agent drains its backlog against bare COPY", 1, args.records, args.window, batches,
                      min(2000, args.records * batches // 2), 1)


def main():
    parser = parser_of(__doc__, records=350, rows=400000)
    parser.add_argument("--window", type=int, default=32, help="batches under way; an agent can be set to 64")
    ask(drain, options(parser))


if __name__ == "__main__":
    main()
