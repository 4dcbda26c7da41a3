# SPDX-License-Identifier: Apache-2.0
"""A fleet sends as fast as it is taken while a collector is added and another drained: no batch is refused, no record is lost or
stored twice, and only those move that must. The agents are those of the bench, as real ones cost the machine too much to fill
queues; they see that a connection ended by 30 s of silence only, where a goodbye did not come through, a real one at once. The long form: ZHIBAO_FLOOD_BATCHES=100."""
import asyncio
import collections
import json
import os
import re
import signal
import sys
from pathlib import Path

import psycopg2
import pytest
from zmq.utils import z85

from pgcluster import PACK, ROOT
from processes import as_user, until
from scaling import Collectors, any_endpoint, order, port_of

sys.path.insert(0, str(ROOT / "tests/bench"))
from bench import AGENTS as BENCH_AGENTS, BenchCluster, enrol  # noqa: E402

AGENTS, RECORDS, WINDOW = 200, 350, 4
STEADY_BATCHES = int(os.environ.get("ZHIBAO_FLOOD_BATCHES", "8"))  # of every agent: before, between and after
MOVE_SECONDS, LIMIT_SECONDS = 30, 240
TABLES, ESTABLISHED = (Path("/proc/net/tcp"), Path("/proc/net/tcp6")), "01"  # which of them depends on how a socket was opened
PART = """
SELECT sum(records) / nullif({1} - {0}, 0), count(*)::float / count(DISTINCT received_at), max(extract(epoch FROM pause)) FROM (
	SELECT received_at, last_seq - first_seq + 1 AS records,
		received_at - lag(received_at) OVER (PARTITION BY stream_id ORDER BY first_seq) AS pause FROM zhibao.batch) b
WHERE received_at BETWEEN to_timestamp({0}) AND to_timestamp({1})"""
WHOLE = """
SELECT (SELECT count(*) FROM zhibao.lecture_event), (SELECT sum(last_seq - first_seq + 1)::bigint FROM zhibao.batch),
	(SELECT sum(acked_seq)::bigint FROM zhibao.stream), (SELECT count(*) FROM zhibao.quarantine)"""


class Flood:
    def __init__(self, collectors):
        self.collectors, self.cluster = collectors, collectors.cluster
        self.keys = self.cluster.home / "bench.keys"
        enrol(self.cluster, PACK, self.keys, AGENTS)
        self.public = [z85.decode(line.split()[0].encode()) for line in self.keys.read_text(encoding="ascii").splitlines()]
        self.connection = psycopg2.connect(self.cluster.conninfo())
        self.connection.autocommit = True
        self.program = None

    def ask(self, query):
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def close(self):
        self.connection.close()
        if self.program and self.program.returncode is None:
            self.program.kill()

    async def start(self, endpoints):
        server = re.search(r"public (\S+)", (self.collectors.centre.etc / "collector.pub").read_text(encoding="ascii"))[1]
        words = [BENCH_AGENTS, "--keys", self.keys, "--endpoint", ",".join(endpoints), "--server-key", server, "--agents", AGENTS,
                 "--records", RECORDS, "--window", WINDOW, "--seconds", LIMIT_SECONDS]
        self.program = await asyncio.create_subprocess_exec(*as_user(None), *map(str, words), stdin=asyncio.subprocess.PIPE,
                                                            stdout=asyncio.subprocess.PIPE)
        assert await self.program.stdout.readline() == b"ready\n"
        await self.settle(endpoints)
        self.program.stdin.write(b"go\n")

    async def stop(self):
        """What the agents have to say, when everything they made is acknowledged."""
        self.program.send_signal(signal.SIGINT)
        result = json.loads(await asyncio.wait_for(self.program.stdout.readline(), 120))
        self.program.stdin.close()
        assert await self.program.wait() == 0
        return result

    async def settle(self, endpoints):
        """Awaits that every agent is connected to its first choice, and nowhere else. How many are where."""
        wanted = collections.Counter(port_of(order(key, endpoints)[0]) for key in self.public)
        ports = {port_of(e) for e in self.collectors.daemons}

        def found():
            lines = [line.split() for table in TABLES for line in table.read_text(encoding="ascii").splitlines()[1:]]
            local = (int(line[1].split(":")[1], 16) for line in lines if line[3] == ESTABLISHED)
            return collections.Counter(port for port in local if port in ports)
        try:
            await until(lambda: found() == wanted, MOVE_SECONDS, "")
        except TimeoutError:
            raise AssertionError(f"connections {found()}, not {wanted}") from None
        return wanted

    async def flow(self):
        """Awaits that so many more batches of every agent are stored."""
        began = dict(self.ask("SELECT stream_id, acked_seq FROM zhibao.stream"))
        assert len(began) == AGENTS

        def is_stored():
            now = self.ask("SELECT stream_id, acked_seq FROM zhibao.stream")
            return all(seq >= began[stream] + STEADY_BATCHES * RECORDS for stream, seq in now)
        await until(is_stored, 120, "batches of every agent")

    def check(self, result):
        rows, in_batches, acknowledged, aside = self.ask(WHOLE)[0]
        assert rows == in_batches == acknowledged == result["rows"] == result["rows_made"] > 0, (rows, in_batches, acknowledged, result)
        assert result["nacks"] == result["quarantined"] == aside == 0, result
        # The drained collector answers what it took before it says goodbye, and what it did not take was not stored.
        assert self.collectors.repeats() == 0
        self.collectors.say(f"{rows:,} records sent and stored, none refused, none lost, none twice; {result['resent']} batches "
                            f"that the drained collector did not take sent again")

    def tell(self):
        for name, began, ended in self.collectors.parts():
            rows, batches, pause = self.ask(PART.format(began, ended))[0]
            print(f"{name}: {rows:,.0f} records/s, {batches:.0f} batches at a time, the longest pause of any agent was {pause:.2f} s")
            # Many at a time are stored only where many wait: the queues were not empty while it happened.
            assert batches > 4, name


async def flood(collectors, run):
    endpoints = [any_endpoint(), any_endpoint()]
    await collectors.open(endpoints)
    await run.start(endpoints)
    collectors.mark("two collectors")
    await run.flow()
    everywhere = await collectors.add(endpoints)
    at_three = await run.settle(everywhere)
    collectors.mark("three collectors")
    await run.flow()
    await collectors.drain(endpoints[0])
    await run.settle(everywhere[1:])
    collectors.mark("two again")
    await run.flow()
    result = await run.stop()
    assert result["moves"] == at_three[port_of(everywhere[2])], result
    assert result["reconnects"] == at_three[port_of(endpoints[0])], result
    collectors.say(f"{result['moves']} of {AGENTS} agents moved to the third collector, {result['reconnects']} left the one drained")
    run.check(result)
    run.tell()
    for daemon in collectors.daemons.values():
        assert daemon.starts == 1 and not daemon.crashes, daemon.name


def test_scale_flood():
    async def main():
        collectors = Collectors(BenchCluster())
        run = Flood(collectors)
        try:
            await flood(collectors, run)
        except BaseException:
            collectors.tell_logs()
            raise
        finally:
            run.close()
            await collectors.close()
    asyncio.run(main())


if __name__ == "__main__":
    pytest.main([__file__, "-q", "-s"])
