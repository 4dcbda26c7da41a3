#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The chaos test: agents behind a bad network, collectors and a PostgreSQL pair, all real, all killed, frozen and cut at
random while clerks enter records. In the end nothing may be lost, nothing twice.

    chaos.py --seconds 120 --seed 7          the long form: --seconds 36000

Exit 1 on any violation, with the seed and the logs; the folder of the run is then kept."""
import argparse
import asyncio
import contextlib
import ctypes
import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# pylint: disable=wrong-import-position
from fleet import TINY_BYTES, Fleet  # noqa: E402
from nemesis import Herd, Journal, OnDaemons, OnDatabase, OnDisk, OnNetwork  # noqa: E402
from oracle import Oracle  # noqa: E402
from pair import Pair  # noqa: E402
from processes import until  # noqa: E402
from workload import Attempts, Clerk  # noqa: E402

RECORDS_MAX = 1_000_000  # of a long run: the marks of all are kept in memory
RECOVERY_SECONDS = 180
RECORD_BYTES = 1500      # what a short record takes on a small disk, journal and indexes included
ALARMS = ("Sanitizer", "runtime error:", "Assertion", "stack smashing", "PANIC", "invalid page", "could not read block")

# Damage of each kind, and what the oracle must call it.
SPOILS = {
    "lost": """DELETE FROM zhibao.news_item WHERE revision_id =
        (SELECT min(revision_id::text)::uuid FROM zhibao.news_item WHERE operation = 'submit')""",
    "duplicated": """INSERT INTO zhibao.quarantine SELECT office_code, 1, -seq, batch_id, received_at, office_code, item_id, revision_id, NULL,
        'lecture_event', 'E_TOWNSHIP_CLOSED', '', '', '' FROM zhibao.lecture_event ORDER BY revision_id LIMIT 1""",
    "invented": """INSERT INTO zhibao.news_item SELECT (r).* FROM (SELECT jsonb_populate_record(n,
        '{"revision_id": "01900000-0000-7000-8000-000000000000", "title": "1-999999999"}') AS r
        FROM zhibao.news_item n WHERE operation = 'submit' LIMIT 1) x""",
    "changed": """UPDATE zhibao.news_item SET title = title || '0' WHERE revision_id =
        (SELECT max(revision_id::text)::uuid FROM zhibao.news_item WHERE operation = 'submit')""",
    "chain": """UPDATE zhibao.batch SET body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1)
        WHERE batch_id = (SELECT max(batch_id) FROM zhibao.batch)""",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90, help="of faults; setting up and recovery come on top")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--collectors", type=int, default=3)
    parser.add_argument("--tiny", type=int, default=2, help="agents with a small disk")
    parser.add_argument("--rate", type=float, default=None, help="records per second of all agents")
    parser.add_argument("--fsync", choices=("on", "off"), default="on", help="of PostgreSQL; kill -9 does not need it")
    parser.add_argument("--synchronous-commit", default="on", help="'local' must make this test fail: commits that one failover loses")
    parser.add_argument("--spoil", action="store_true", help="damage the store before it is judged; good when each damage was seen")
    parser.add_argument("--keep", action="store_true", help="keep the folder of the run")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    if options.rate is None:
        options.rate = min(120.0, RECORDS_MAX / max(1.0, options.seconds))
    options.tiny = min(options.tiny, options.agents)
    return options


class Run:
    def __init__(self, options):
        self.options, self.began = options, time.monotonic()
        self.stop = asyncio.Event()
        self.pair = Pair(fsync=options.fsync, synchronous_commit=options.synchronous_commit)
        self.journal = Journal(self.pair.home / "nemesis.log")
        self.fleet = Fleet(self.pair, random.Random(f"{options.seed}/proxy"))
        self.clerks, self.problems, self.figures = [], [], {}
        self.oracle = None

    def say(self, text):
        print(f"{time.monotonic() - self.began:7.1f} s  {text}", flush=True)

    async def open(self):
        await self.pair.open()
        await asyncio.to_thread(self.pair.create)
        await self.fleet.open(self.options.collectors, self.options.agents, self.options.tiny)
        pace = self.options.rate / self.options.agents
        for agent in self.fleet.agents:
            # A ledger keeps what it delivered: a small disk must not fill up by that alone.
            most = TINY_BYTES * 0.6 / RECORD_BYTES / self.options.seconds if agent.disk else pace
            self.clerks.append(Clerk(agent, random.Random(f"{self.options.seed}/{agent.name}"), min(pace, most)))
        self.say(f"ready: {len(self.fleet.agents)} agents, {len(self.fleet.collectors)} collectors, a primary and a standby")

    def nemeses(self):
        common = (self.options.seed, self.stop, self.journal)
        agents, collectors = Herd("agent", self.fleet.agents), Herd("collector", self.fleet.collectors)
        found = [OnDaemons(f"agents-{n}", *common, agents, (0.3, 3)) for n in range(4)]
        found += [OnDaemons(f"collectors-{n}", *common, collectors, (1, 8)) for n in range(2)]
        found += [OnDatabase("database", *common, self.pair)]
        found += [OnNetwork(f"port-{n}", *common, port) for n, port in enumerate(self.fleet.ports)]
        return found + [OnDisk(f"disk-{a.office}", *common, a) for a in self.fleet.agents if a.disk]

    async def storm(self):
        """All at once; a nemesis that fails ends the test, since what it broke may stay broken."""
        tasks = [asyncio.ensure_future(n.run()) for n in self.nemeses()]
        tasks += [asyncio.ensure_future(c.run(self.stop)) for c in self.clerks]
        timer = asyncio.ensure_future(self._watch())
        try:
            done, _ = await asyncio.wait([*tasks, timer], return_when=asyncio.FIRST_COMPLETED)
            self.stop.set()
            await asyncio.gather(*done, *tasks)
        finally:
            self.stop.set()
            for task in [*tasks, timer]:
                task.cancel()
            self.fleet.calm()

    async def _watch(self):
        """Says how it goes; ends when the time is over."""
        end = time.monotonic() + self.options.seconds
        step = max(10.0, self.options.seconds / 100)
        while (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(step, left))
            self.say(f"{Attempts(self.clerks).figures()['accepted']} accepted, {self.journal.counts.total()} faults")

    async def recover(self):
        """From the end of the faults until every agent knows that everything was delivered; who was last, and why it says so."""
        began = time.monotonic()
        done = await asyncio.gather(*(self._recovered(agent, began) for agent in self.fleet.agents))
        seconds, name, reason = max(done)
        self.figures.update(recovery_seconds=round(seconds, 1), last_to_recover=f"{name} {reason}")
        self.say(f"recovered in {seconds:.1f} s, last {name} {reason}")

    async def _recovered(self, agent, began):
        first = await agent.status()
        try:
            await until(lambda: self._is_delivered(agent), RECOVERY_SECONDS, agent.name)
        except TimeoutError:
            self.problems.append(f"{agent.name} is not done {RECOVERY_SECONDS} s after the faults: {await agent.status()}")
        return time.monotonic() - began, agent.name, first["reason"] if first else "did not answer"

    @staticmethod
    async def _is_delivered(agent):
        status = await agent.status()
        return status and status["pending"] == 0

    async def judge(self):
        for damage in SPOILS.values() if self.options.spoil else ():
            await asyncio.to_thread(self.pair.psql, damage)
        self.oracle = Oracle(self.pair, self.clerks)
        await self.oracle.check()
        for daemon in self.fleet.daemons():
            self.problems += daemon.crashes
        for clerk in self.clerks:
            # A full disk, and to withdraw what was put aside, are the reasons to refuse what the clerks enter.
            self.problems += [f"{clerk.agent.name} refused: {code}" for code in clerk.refusals
                              if not code.startswith(("E_OUTBOX_", "E_BASE_MISSING"))]
        for log in self.pair.home.glob("*.log"):
            text = log.read_text(encoding="utf-8", errors="replace")
            self.problems += [f"{log.name}: {alarm}" for alarm in ALARMS if alarm in text]

    def sum_up(self):
        counts = self.oracle.findings.counts if self.oracle else {}
        self.figures.update(
            seed=self.options.seed, seconds=self.options.seconds, agents=len(self.fleet.agents), collectors=len(self.fleet.collectors),
            **Attempts(self.clerks).figures(),
            lost=counts.get("lost", 0) + counts.get("lost by the agent", 0), duplicated=counts.get("duplicated", 0),
            violations=dict(counts), faults=dict(sorted(self.journal.counts.items())),
            rebuilt={"pg_rewind": self.pair.rewound, "pg_basebackup": self.pair.copied - 1},
            proxied_connections=sum(p.accepted for p in self.fleet.ports), proxied_bytes=sum(p.bytes for p in self.fleet.ports),
            exits={d.name: dict(d.exits) for d in self.fleet.daemons() if d.exits},
            peak_rss_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        if self.oracle:
            self.figures.update(stored=self.oracle.stored, put_aside=self.oracle.aside, batches=self.oracle.batches,
                                repeated_batches=self.oracle.repeated, stored_without_answer=self.oracle.unsaid)

    def report(self):
        """Figures as lines, then as JSON. Is everything as it must be?"""
        self.sum_up()
        if self.oracle:
            self.oracle.findings.print()
        for problem in self.problems:
            print(f"PROBLEM {problem}")
        for name, value in self.figures.items():
            if isinstance(value, dict):
                for key, one in value.items():
                    print(f"{name:20} {key}: {one}")
            else:
                print(f"{name:20} {value}")
        is_telling = self.oracle is not None and self.oracle.stored > 0 and self.oracle.aside > 0
        is_good = is_telling and not self.problems and self._is_as_expected()
        print(json.dumps({**self.figures, "ok": is_good}, ensure_ascii=False), flush=True)
        return is_good

    def _is_as_expected(self):
        found = self.oracle.findings.counts
        return set(SPOILS) <= set(found) if self.options.spoil else not found

    def show_logs(self):
        print(f"FAILED with --seed {self.options.seed} --seconds {self.options.seconds:g}; everything is in {self.pair.home}")
        for log in sorted(self.pair.home.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            print(f"--- {log.name}, last of {len(lines)} lines", *lines[-25:], sep="\n")

    async def close(self):
        """In the private mount namespace the small disks would go by themselves, and with them what was on them."""
        await self.fleet.close()
        await self.pair.close()
        self.journal.close()


async def main(options):
    run, is_good = Run(options), False
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)
    print(f"chaos with --seed {options.seed} --seconds {options.seconds:g} --rate {options.rate:g}", flush=True)
    try:
        await run.open()
        await run.storm()
        await run.recover()
        await run.judge()
    except Exception as error:  # pylint: disable=broad-except
        run.problems.append(f"the test itself: {error!r}")
        raise
    finally:
        with contextlib.suppress(Exception):
            is_good = run.report()
        if not is_good:
            run.show_logs()
        await run.close()
        if is_good and not options.keep:
            run.pair.discard()
    return 0 if is_good else 1


def keep_mounts_private():
    """Small disks are seen by this test and its daemons only, and are gone with them, however they end."""
    new_namespace = 0x00020000  # CLONE_NEWNS
    if ctypes.CDLL(None).unshare(new_namespace) == 0:
        subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True)


if __name__ == "__main__":
    keep_mounts_private()
    sys.exit(asyncio.run(main(arguments())))
