#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the whole fleet reaches on a slow disk, against one connection that copies: every sync takes 8 ms longer. Four writers, as
such a disk asks for: two of them wait for it while the others work.

    slowdisk.py                 200 agents
    slowdisk.py --quick         small counts, to see that everything works
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench import SLOW_US, SLOWSYNC  # noqa: E402
from question import ask, options, parser_of, throughput  # noqa: E402


def slowdisk(bench, args):
    bench.slow_down()
    batches = max(1, args.rows // (args.agents * args.records))
    rows = args.agents * args.records * batches
    title = f"{args.agents} agents against bare COPY, every sync {SLOW_US} us longer"
    return throughput(bench, args.rounds, title, args.agents, args.records, 4, batches, min(2000, rows // 2), 1)


def main():
    args = options(parser_of(__doc__, agents=200, records=350, rows=700000))
    if not SLOWSYNC.exists():
        print("skipped: a build with sanitizers has no slowsync, which goes into PostgreSQL")
        return 77
    ask(slowdisk, args, conf=['store { writers = "4" }'])
    return 0


if __name__ == "__main__":
    sys.exit(main())
