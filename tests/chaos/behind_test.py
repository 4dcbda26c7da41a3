# SPDX-License-Identifier: Apache-2.0
"""A server that was left behind still answers: the standby was promoted without the old primary being told, and replication is not
synchronous. As soon as one writer of a collector has seen the new timeline, none of them may acknowledge at the old one."""
import asyncio
import random
import uuid

from fleet import Fleet
from pair import Pair
from processes import until
from workload import Clerk

AGENTS = 8  # on both writers
WRITERS = "SELECT pid FROM pg_stat_activity WHERE usename = 'collector' ORDER BY backend_start"
STORED = "SELECT revision_id FROM zhibao.item_revision UNION SELECT revision_id FROM zhibao.quarantine"


class Unsynchronous(Pair):
    """Who connects finds the standby first, and stays there once it is a primary."""

    def __init__(self):
        super().__init__(synchronous_standby_names="")

    def conninfo(self, user="postgres", database="zhibao"):
        hosts = ",".join(str(n.home) for n in reversed(self.nodes))
        return f"host={hosts} port=5432,5432 user={user} dbname={database} target_session_attrs=read-write connect_timeout=3"

    async def in_sync(self, seconds=90):
        await until(lambda: self._asked("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"), seconds, "the standby follows")


async def enter(clerks, count):
    """All clerks, until each has so many records more."""
    stop, wanted = asyncio.Event(), [len(c.accepted) + count for c in clerks]
    tasks = [asyncio.ensure_future(c.run(stop)) for c in clerks]
    await until(lambda: all(len(c.accepted) >= n for c, n in zip(clerks, wanted)), 60, "records")
    stop.set()
    await asyncio.gather(*tasks)


async def leave_behind(pair, fleet):
    clerks = [Clerk(agent, random.Random(agent.name), 20) for agent in fleet.agents]

    async def is_acknowledged():
        found = await asyncio.gather(*(agent.status() for agent in fleet.agents))
        return all(s and s["is_connected"] and s["pending"] == 0 for s in found)

    def missing():
        stored = set(pair.primary.psql(STORED, "zhibao").split())
        return [str(uuid.UUID(bytes=r)) for c in clerks for r in c.accepted if str(uuid.UUID(bytes=r)) not in stored]

    await enter(clerks, 5)
    await until(is_acknowledged, 60, "the old primary has everything")
    old = pair.primary
    await pair.promote()
    second = old.psql(WRITERS).split()[1]
    assert old.psql(f"SELECT pg_terminate_backend({second}, 10000)") == "t"
    await until(lambda: pair.primary.psql(WRITERS), 30, "one writer at the new primary")
    await enter(clerks, 5)
    await until(lambda: old.psql(WRITERS) == "", 30, "nobody asks the old primary")
    await until(lambda: not missing(), 60, "everything that was accepted is at the new primary")
    await until(is_acknowledged, 60, "and the agents know it")
    assert not missing()


async def run():
    pair = Unsynchronous()
    fleet = Fleet(pair, random.Random(1))
    is_good = False
    try:
        await pair.open()
        await asyncio.to_thread(pair.create)
        await fleet.open(1, AGENTS, 0)
        await leave_behind(pair, fleet)
        is_good = True
    finally:
        if not is_good:
            print(*(d.tail() for d in fleet.collectors), sep="\n")
        await fleet.close()
        await pair.close()
        pair.discard()


def test_left_behind():
    asyncio.run(run())
