# SPDX-License-Identifier: Apache-2.0
"""The proxy does to a connection what its name says; otherwise the chaos test would prove nothing."""
import asyncio
import contextlib
import random
import time

from proxy import Port


@contextlib.asynccontextmanager
async def echo_behind_proxy():
    async def echo(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = Port(server.sockets[0].getsockname()[1], random.Random(1))
    await port.start()
    try:
        yield port
    finally:
        await port.stop()
        server.close()


async def connected(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port.port)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    return reader, writer


async def is_over(reader):
    try:
        return await asyncio.wait_for(reader.read(1), 5) == b""
    except ConnectionError:
        return True


async def cut():
    async with echo_behind_proxy() as port:
        reader, _ = await connected(port)
        port.set("cut")
        assert await is_over(reader)
        late, _ = await asyncio.open_connection("127.0.0.1", port.port)
        assert await is_over(late)
        port.set("off")
        await connected(port)


async def stall():
    async with echo_behind_proxy() as port:
        reader, writer = await connected(port)
        port.set("stall")
        writer.write(b"later")
        reading = asyncio.ensure_future(reader.readexactly(5))
        done, _ = await asyncio.wait([reading], timeout=0.3)
        assert not done, "nothing passes"
        port.set("off")
        assert await asyncio.wait_for(reading, 5) == b"later", "and nothing was lost"


async def half_close():
    async with echo_behind_proxy() as port:
        reader, _ = await connected(port)
        port.set("half-close")
        assert await is_over(reader)
        await connected(port)


async def slow():
    async with echo_behind_proxy() as port:
        reader, writer = await connected(port)
        port.set("slow", rate=20000)
        began = time.monotonic()
        writer.write(bytes(10000))
        await reader.readexactly(10000)
        assert time.monotonic() - began > 0.4


async def dead_target():
    async with echo_behind_proxy() as port:
        port.target_port = 1
        reader, _ = await asyncio.open_connection("127.0.0.1", port.port)
        assert await is_over(reader)


def test_cut():
    asyncio.run(cut())


def test_stall():
    asyncio.run(stall())


def test_half_close():
    asyncio.run(half_close())


def test_slow():
    asyncio.run(slow())


def test_dead_target():
    asyncio.run(dead_target())
