# SPDX-License-Identifier: Apache-2.0
"""A collector is added to a fleet under load, another is drained: no record is refused, none is lost, none is stored twice, and
only the agents that must move do. Under full load: scale_flood_test.py. The long form: ZHIBAO_SCALE_AGENTS=100 ZHIBAO_SCALE_SECONDS=60."""
import asyncio
import contextlib
import io
import os
import random
from types import SimpleNamespace

import psycopg2
import pytest
from zmq.utils import z85

from fleet import Agent, choose_offices
from oracle import Oracle
from pgcluster import Cluster
from processes import until
from scaling import Collectors, any_endpoint, order, port_of
from workload import Attempts, Clerk

AGENTS = int(os.environ.get("ZHIBAO_SCALE_AGENTS", "36"))
STEADY_SECONDS = float(os.environ.get("ZHIBAO_SCALE_SECONDS", "6"))  # before, between and after
PER_SECOND = 3
IMPORTERS = 4  # with so many records at once that batches are always under way
MOVE_SECONDS = 30
LONGEST_WAIT = """
SELECT office_code, max(extract(epoch FROM received_at - recorded_at)) FROM zhibao.item_revision
WHERE recorded_at BETWEEN to_timestamp({0}) AND to_timestamp({1}) GROUP BY 1"""


class Only(Cluster):
    """One server, as the oracle sees the pair of the chaos test; what it asks goes over one connection."""

    _connection = None

    @property
    def nodes(self):
        return [self]

    def psql(self, text, user="postgres", database="zhibao"):
        if not text.startswith("COPY"):
            return super().psql(text, user, database)
        if self._connection is None:
            self._connection = psycopg2.connect(self.conninfo(user, database))
        out = io.StringIO()
        with self._connection, self._connection.cursor() as cursor:
            cursor.copy_expert(text, out)
        return out.getvalue()


class Office(Agent):
    """An agent with the pauses it has in use, not those of the chaos test."""

    def configure(self):
        super().configure()
        conf = self.home / "agent.conf"
        conf.write_text(conf.read_text(encoding="utf-8").split("sender {")[0], encoding="utf-8")

    def public_key(self):
        return z85.decode((self.home / "agent.pub").read_text().split("public ")[1].split()[0].encode())

    def choices(self, endpoints):
        return order(self.public_key(), endpoints)


class Importer(Clerk):
    """Enters a hundred at once, again and again."""

    async def run(self, stop):
        while not stop.is_set():
            if await self._connected():
                await self._enter([self._entry() for _ in range(100)])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
        self._hang_up()


class Run(Collectors):
    def __init__(self):
        super().__init__(Only())
        self.agents, self.clerks, self.stop = [], [], asyncio.Event()

    def enrol_agents(self, endpoints):
        # Keys straight into the table: a command for each would take longer than the rest of the test.
        centre = SimpleNamespace(etc=self.centre.etc, run=self.centre.run, enrol=lambda *_: None)
        fleet = SimpleNamespace(home=self.centre.home, centre=centre, ports=[SimpleNamespace(port=port_of(e)) for e in endpoints])
        self.agents = [Office(fleet, n, office, townships) for n, (office, townships) in enumerate(choose_offices(AGENTS).items())]
        keys = ",".join(f"('\\x{a.public_key().hex()}', '{a.office}', 'scale')" for a in self.agents)
        self.cluster.psql(f"INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES {keys}")
        assert len(self.agents) == AGENTS

    async def start_agents(self, endpoints):
        for agent in self.agents:
            agent.configure()
            agent.start()
        await self.settle(endpoints, 0, 60)

    async def at(self):
        """Where everybody is; None for who is on the way."""
        found = await asyncio.gather(*(agent.status() for agent in self.agents))
        return [s["endpoint"] if s and s["is_connected"] else None for s in found]

    async def settle(self, endpoints, rank, seconds):
        """Awaits that every agent is at its first choice. Where they are."""
        wanted = [agent.choices(endpoints)[rank] for agent in self.agents]

        async def is_settled():
            return await self.at() == wanted
        await until(is_settled, seconds, f"agents at their place; collectors say {[d.tail(5) for d in self.daemons.values()]}")
        return wanted

    async def close(self):
        await asyncio.gather(*(a.close() for a in self.agents))
        await super().close()


def work(run, rng):
    """Clerks at their desks; awaits the steady state between what is done to the fleet."""
    run.clerks = [(Importer if n < IMPORTERS else Clerk)(agent, random.Random(rng.random()), PER_SECOND)
                  for n, agent in enumerate(run.agents)]
    return [asyncio.ensure_future(clerk.run(run.stop)) for clerk in run.clerks]


def near(moved, share):
    """Within four standard deviations of what independent choices give."""
    return abs(moved - AGENTS * share) <= 4 * (AGENTS * share * (1 - share)) ** 0.5


async def add_third(run, endpoints):
    """Returns the new list, and who moved."""
    before = await run.at()
    # A list that cannot be read changes nothing: nobody is told anything.
    run.tell(endpoints[0], ["x" * 1001])
    await until(lambda: "conf.refused" in run.log(endpoints[0]), 10, "the refusal")
    everywhere = await run.add(endpoints)
    after = await run.settle(everywhere, 0, MOVE_SECONDS)
    moved = [a != b for a, b in zip(before, after)]
    assert {b for b, is_moved in zip(after, moved) if is_moved} == {everywhere[2]}
    return everywhere, sum(moved)


async def drain_first(run, endpoints):
    before = await run.at()
    await run.drain(endpoints[0])
    after = await run.settle(endpoints[1:], 0, MOVE_SECONDS)
    moved = [a != b for a, b in zip(before, after)]
    assert {a for a, is_moved in zip(before, moved) if is_moved} == {endpoints[0]}
    return sum(moved)


def tell_pauses(run):
    """How long any record waited from its entry to its receipt, in each part of the run."""
    for name, began, ended in run.parts():
        rows = run.cluster.psql(LONGEST_WAIT.format(began, ended)).split("\n")
        waits = sorted(float(row.split("|")[1]) for row in rows)
        print(f"{name}: the longest pause of any agent was {waits[-1]:.2f} s, of half of them {waits[len(waits) // 2] * 1000:.0f} ms or less")


async def check(run):
    """Everything that was entered is stored once, in its place; and nothing was refused on the way."""
    async def is_delivered():
        found = await asyncio.gather(*(agent.status() for agent in run.agents))
        return all(s and s["pending"] == 0 for s in found)
    await until(is_delivered, 60, "everything is delivered")
    run.say("everything is delivered")
    figures = Attempts(run.clerks).figures()
    assert figures["unknown"] == figures["refused"] == 0, figures
    refusals = {a.office: s["refusals"] for a in run.agents if (s := await a.status())["refusals"]}
    assert not refusals, refusals
    oracle = Oracle(run.cluster, run.clerks)
    await oracle.check()
    oracle.findings.print()
    assert not oracle.findings.counts
    assert oracle.stored == figures["accepted"] > 0 and oracle.aside == 0
    run.say(f"{oracle.stored} records accepted and stored, none refused, none lost, none twice, in {oracle.batches} batches")
    assert run.repeats() == 0
    for daemon in [*run.daemons.values(), *run.agents]:
        assert daemon.starts == 1 and not daemon.crashes, daemon.name


async def check_counter(run):
    """That a refusal would have been counted."""
    agent = run.agents[0]
    run.cluster.psql(f"UPDATE zhibao.agent_key SET revoked_at = now() WHERE office_code = '{agent.office}'")

    async def is_counted():
        await agent.ask({"op": "enter", "author": "张三", "entries": [
            {"kind": "news_item", "fields": {"news_kind": "work_news", "title": "迟", "happened_on": "2024-05-06", "content": ""}}]})
        return "REVOKED" in (await agent.status())["refusals"]
    await until(is_counted, 20, "a refusal in the count")


async def scale(run):
    endpoints = [any_endpoint(), any_endpoint()]
    run.enrol_agents(endpoints)
    await run.open(endpoints)
    await run.start_agents(endpoints)
    run.mark("two collectors")
    tasks = work(run, random.Random(7))
    try:
        await asyncio.sleep(STEADY_SECONDS)
        everywhere, moved = await add_third(run, endpoints)
        run.say(f"a third collector: {moved} of {AGENTS} agents moved, 1/3 would be {AGENTS / 3:.0f}")
        assert near(moved, 1 / 3)
        run.mark("three collectors")
        await asyncio.sleep(STEADY_SECONDS)
        moved = await drain_first(run, everywhere)
        run.say(f"one of three drained: {moved} of {AGENTS} agents moved")
        assert near(moved, 1 / 3)
        run.mark("two again")
        await asyncio.sleep(STEADY_SECONDS)
    finally:
        run.stop.set()
        await asyncio.gather(*tasks)
    await check(run)
    tell_pauses(run)
    await check_counter(run)


def test_scale_out():
    async def main():
        run = Run()
        try:
            await scale(run)
        except BaseException:
            run.tell_logs()
            raise
        finally:
            await run.close()
    asyncio.run(main())


if __name__ == "__main__":
    pytest.main([__file__, "-q", "-s"])
