# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy that misbehaves on request. It runs in the event loop of the test, so that a fault is a method call and
needs no control connection of its own; each listening port has one fault at a time."""
import asyncio
import contextlib
import random

CHUNK = 65536
FAULTS = ("cut", "stall", "half-close", "slow")


class Link:
    """One proxied connection: two pumps, which know nothing of each other but the writers they share."""

    def __init__(self, port, client, server):
        self.port, self.client, self.server = port, client, server  # (reader, writer) each
        self.muted = set()  # writers that were half-closed: what arrives for them is thrown away

    async def run(self):
        pumps = [asyncio.ensure_future(self._pump(self.client[0], self.server[1])),
                 asyncio.ensure_future(self._pump(self.server[0], self.client[1]))]
        try:
            await asyncio.gather(*pumps)
        except OSError:
            pass
        finally:
            for pump in pumps:
                pump.cancel()
            self.abort()

    async def _pump(self, reader, writer):
        while data := await reader.read(CHUNK):
            while data and writer not in self.muted:
                await self.port.let_through()
                piece, data = data[:self.port.chunk()], data[self.port.chunk():]
                await self._pass_on(piece, writer)
        await self.port.let_through()  # a stalled network does not carry a FIN either
        self.mute(writer)

    async def _pass_on(self, piece, writer):
        if writer in self.muted:
            return
        writer.write(piece)
        self.port.bytes += len(piece)
        await writer.drain()
        await self.port.pace(len(piece))

    def mute(self, writer):
        if writer not in self.muted:
            self.muted.add(writer)
            with contextlib.suppress(OSError, RuntimeError):
                writer.write_eof()

    def half_close(self, rng):
        """Ends one direction and leaves the other: what a firewall with a short memory does."""
        self.mute(rng.choice((self.client[1], self.server[1])))

    def abort(self):
        for _, writer in (self.client, self.server):
            writer.transport.abort()


class Port:
    """A listening port on loopback in front of one target port."""

    def __init__(self, target_port, rng=None):
        self.target_port, self.rng = target_port, rng or random.Random()
        self.port, self.bytes, self.accepted = 0, 0, 0
        self.fault, self.rate = "off", 0
        self._open = asyncio.Event()  # cleared while stalled
        self._open.set()
        self._links, self._server = set(), None

    async def start(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self):
        self.set("off")
        self._server.close()
        for link in list(self._links):
            link.abort()
        await self._server.wait_closed()

    @property
    def links(self):
        return len(self._links)

    def set(self, fault, rate=4096):
        """off | cut: every connection is reset, new ones at once | stall: nothing passes, nothing is closed |
        half-close: one direction of each connection ends | slow: rate bytes per second each way."""
        if fault not in ("off", *FAULTS):
            raise ValueError(fault)
        self.fault, self.rate = fault, rate if fault == "slow" else 0
        if fault == "stall":
            self._open.clear()
        else:
            self._open.set()
        for link in list(self._links):
            if fault == "cut":
                link.abort()
            elif fault == "half-close":
                link.half_close(self.rng)

    def chunk(self):
        """Small pieces when slow, so that an end of the fault is felt at once."""
        return max(1, self.rate // 10) if self.rate else CHUNK

    async def let_through(self):
        await self._open.wait()

    async def pace(self, count):
        if self.rate:
            await asyncio.sleep(count / self.rate)

    async def _accept(self, reader, writer):
        self.accepted += 1
        if self.fault == "cut":
            writer.transport.abort()
            return
        try:
            server = await asyncio.open_connection("127.0.0.1", self.target_port, limit=CHUNK)
        except OSError:
            writer.transport.abort()  # the target is dead: the client is to see that
            return
        link = Link(self, (reader, writer), server)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)
