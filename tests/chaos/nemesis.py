# SPDX-License-Identifier: Apache-2.0
"""What goes wrong. Each part of the system has a nemesis of its own, all of them at once; every fault heals what it
broke before it ends, so that an end of the test needs no cleaning up. What is chosen follows from the seed alone."""
import asyncio
import collections
import contextlib
import random
import signal
import time

from processes import send
from proxy import FAULTS


class Journal:
    """Counts of the faults and a log of when they were."""

    def __init__(self, path):
        self.counts, self.began = collections.Counter(), time.monotonic()
        self._file = open(path, "w", encoding="utf-8", buffering=1)  # pylint: disable=consider-using-with

    def note(self, fault, text=""):
        self.counts[fault] += 1
        self.say(f"{fault} {text}")

    def say(self, text):
        self._file.write(f"{time.monotonic() - self.began:9.3f} {text}\n")

    def close(self):
        self._file.close()


class Nemesis:
    """Chooses among its faults until it is told to stop."""
    gap = (0.5, 3.0)

    def __init__(self, name, seed, stop, journal):
        self.rng = random.Random(f"{seed}/{name}")
        self.name, self.stop, self.journal = name, stop, journal

    def faults(self):
        """[(weight, coroutine function)]"""
        raise NotImplementedError

    async def pause(self, low, high):
        """Shorter when the test ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), self.rng.uniform(low, high))

    async def run(self):
        weights, faults = zip(*self.faults())
        while True:
            await self.pause(*self.gap)
            if self.stop.is_set():
                return
            await self.rng.choices(faults, weights)[0]()


class Herd:
    """Daemons of one kind that several nemeses share; nobody is hit by two of them at once."""

    def __init__(self, kind, daemons):
        self.kind, self.free = kind, list(daemons)

    @contextlib.contextmanager
    def victim(self, rng):
        chosen = self.free.pop(rng.randrange(len(self.free)))
        try:
            yield chosen
        finally:
            self.free.append(chosen)


class OnDaemons(Nemesis):
    """One daemon of a herd at a time."""

    def __init__(self, name, seed, stop, journal, herd, gap):
        super().__init__(name, seed, stop, journal)
        self.herd, self.gap = herd, gap

    def faults(self):
        return [(5, self._kill), (3, self._freeze), (1, self._end)]

    async def _kill(self):
        await self._down("kill -9", signal.SIGKILL)

    async def _end(self):
        await self._down("SIGTERM", signal.SIGTERM)

    async def _down(self, what, number):
        if not self.herd.free:
            return
        with self.herd.victim(self.rng) as daemon:
            await self._aim(daemon)
            self.journal.note(f"{self.herd.kind}: {what}", daemon.name)
            await daemon.down(number)
            await self.pause(0, 2)
            daemon.up()

    async def _aim(self, daemon):
        """Mostly in the middle of an answer: what was committed and not yet said is the hard case. A timer is too coarse for that."""
        if self.rng.random() < 0.7:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(daemon.asked.wait(), 0.5)
                until = time.perf_counter() + self.rng.uniform(0.5, 1.05) * daemon.answer_seconds
                while time.perf_counter() < until:
                    pass

    async def _freeze(self):
        if not self.herd.free:
            return
        with self.herd.victim(self.rng) as daemon:
            self.journal.note(f"{self.herd.kind}: SIGSTOP", daemon.name)
            daemon.hit(signal.SIGSTOP)
            await self.pause(1, 10)
            daemon.hit(signal.SIGCONT)


class OnNetwork(Nemesis):
    """One port of the proxy."""
    gap = (1, 6)

    def __init__(self, name, seed, stop, journal, port):
        super().__init__(name, seed, stop, journal)
        self.port = port

    def faults(self):
        return [(1, lambda fault=fault: self._break(fault)) for fault in FAULTS]

    async def _break(self, fault):
        self.journal.note(f"network: {fault}", f"{self.name}, {self.port.links} connections")
        self.port.set(fault, self.rng.choice((500, 4000, 30000)))
        await self.pause(0.2, 8)
        self.port.set("off")


class OnDisk(Nemesis):
    """The small disk of one agent."""
    gap = (4, 12)

    def __init__(self, name, seed, stop, journal, agent):
        super().__init__(name, seed, stop, journal)
        self.agent = agent

    def faults(self):
        return [(1, self._fill)]

    async def _fill(self):
        leave = self.rng.choice((0, 0, 4096, 16384))
        self.journal.note("disk: full", f"{self.agent.name}, {leave} bytes left")
        await asyncio.to_thread(self.agent.disk.fill, leave)
        await self.pause(1, 6)
        self.agent.disk.empty()


class OnDatabase(Nemesis):
    """One at a time, as the pair survives one failure."""
    gap = (2, 7)

    def __init__(self, name, seed, stop, journal, pair):
        super().__init__(name, seed, stop, journal)
        self.pair = pair

    def faults(self):
        return [(3, self._kill_primary), (2, self._kill_standby), (4, self._fail_over), (2, self._split), (2, self._freeze_primary),
                (2, self._freeze_standby), (1, self._kill_backend), (1, self._kill_both)]

    def _note(self, what, node):
        self.journal.note(f"database: {what}", node.name)

    async def _restart(self, node):
        await self.pause(0, 2)
        await node.start()

    async def _kill_primary(self):
        primary = self.pair.primary
        self._note("primary kill -9", primary)
        await primary.kill(only_postmaster=self.rng.random() < 0.5)
        await self._restart(primary)
        await self.pair.in_sync()

    async def _kill_standby(self):
        standby = self.pair.standby
        self._note("standby kill -9", standby)
        await standby.kill(only_postmaster=self.rng.random() < 0.5)
        await self._restart(standby)
        await self.pair.in_sync()

    async def _kill_both(self):
        """Power failure; the standby may be the one that comes back first, and for good."""
        self._note("both kill -9", self.pair.primary)
        await asyncio.gather(*(n.kill() for n in self.pair.nodes))
        if self.rng.random() < 0.5:
            await asyncio.gather(*(self._restart(n) for n in self.pair.nodes))
            await self.pair.in_sync()
        else:
            await self._restart(self.pair.standby)
            await self._take_over()

    async def _take_over(self):
        await self.pair.promote()
        await self.pause(0, 2)  # alone: nothing can be committed
        await self.pair.rebuild(by_rewind=self.rng.random() < 0.6)

    async def _fail_over(self):
        self._note("failover", self.pair.primary)
        await self.pair.primary.kill(only_postmaster=self.rng.random() < 0.3)
        await self._take_over()

    async def _split(self):
        """The primary hangs, the standby is promoted, the old one wakes up and takes connections: it must not be able to confirm
        anything. Then it is fenced."""
        old = self.pair.primary
        self._note("failover from a frozen primary", old)
        frozen = old.freeze()
        await self.pair.promote()
        await self.pause(0, 2)
        old.thaw(frozen)
        await self.pause(0.5, 3)
        await old.kill()
        await self.pair.rebuild(by_rewind=self.rng.random() < 0.6)

    async def _freeze(self, node):
        frozen = node.freeze()
        await self.pause(1, 10)
        node.thaw(frozen)
        await self.pair.in_sync()

    async def _freeze_primary(self):
        self._note("primary SIGSTOP", self.pair.primary)
        await self._freeze(self.pair.primary)

    async def _freeze_standby(self):
        self._note("standby SIGSTOP", self.pair.standby)
        await self._freeze(self.pair.standby)

    async def _kill_backend(self):
        """kill -9 of one backend of a collector: the server starts itself anew."""
        query = "SELECT pid FROM pg_stat_activity WHERE usename = 'collector' ORDER BY pid LIMIT 1"
        pid = await asyncio.to_thread(self.pair.primary.psql, query)
        if pid:
            self._note("backend kill -9", self.pair.primary)
            send([int(pid)], signal.SIGKILL)
        await self.pair.in_sync()
