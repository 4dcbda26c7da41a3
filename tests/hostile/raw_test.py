# SPDX-License-Identifier: Apache-2.0
"""Peers that know the transport well and break it in one place, below ZeroMQ or inside CURVE, while honest agents go on."""
import socket
import struct
import time

import pytest

from foreign.client import TYPES, envelope
from foreign.office import connect
from hostile.honest import IS_SANITIZED, MEMORY_LIMIT, MIB, honest_go_on, new_keys, start_centre  # noqa: F401: fixtures
from hostile.rawcurve import LONG, RawCurve, greeting, is_closed
from pgcluster import wait_for

# The collector looks at its memory ten times a second: what arrives between two looks comes on top of the limit.
BETWEEN_LOOKS = 96 * MIB


def raw(centre):
    line = socket.create_connection(("127.0.0.1", centre.port), timeout=10)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def test_half_a_greeting_held_open(centre):
    """Three hundred connections that say up to half a word: closed when the time for their handshake is over."""
    lines, started = [raw(centre) for _ in range(300)], time.monotonic()
    for i, line in enumerate(lines):
        line.sendall(greeting(b"CURVE")[:i % 64])
    assert all(is_closed(line, started + 40 - time.monotonic()) for line in lines)
    print(f"\nFIGURE half greetings: all closed after {time.monotonic() - started:.0f} s")
    for line in lines:
        line.close()


@pytest.mark.parametrize("words", [
    bytes(4096), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 10, b"\x16\x03\x01" * 100, b"\xff" * 4096,
    greeting(b"NULL") + b"\x04\x26\x05READY" + bytes(33), greeting(b"PLAIN") + b"\x04\x10\x05HELLO" + bytes(10),
    greeting(b"CURVE") + b"\x06" + b"\x7f" + b"\xff" * 7, greeting(b"CURVE") + b"\x04\xff" + bytes(255),
    greeting(b"CURVE") + b"\x04\xc8\x05HELLO" + bytes(194), greeting(b"CURVE") + b"\x5a" * 5000,
    greeting(b"CURVE") + b"\x06" + struct.pack(">Q", 1 << 32) + bytes(1 << 20),
], ids=["nul", "http", "tls", "ones", "null", "plain", "longest", "no command", "hello", "noise", "four gigabytes"])
def test_wrong_words_before_a_handshake(centre, words):
    lines = []
    for _ in range(20):
        line = raw(centre)
        try:
            line.sendall(words)
        except OSError:
            pass  # hung up while we speak
        lines.append(line)
    assert all(is_closed(line, 5) for line in lines)
    for line in lines:
        line.close()


def test_wrong_words_after_a_handshake(centre):
    """CURVE broken off in the middle: a box that does not open, a nonce again, a frame of any length one can write down."""
    keys = new_keys(centre)
    connect(centre, keys).close()  # from here on the key is known

    def spoil(peer):
        data = bytearray(peer.message(b"x" * 100))
        data[-1] ^= 1
        return bytes(data)

    def again(peer):
        data = peer.message(b"x" * 100)
        return data + data
    for breach in (spoil, again, lambda _: struct.pack(">BQ", LONG, 1 << 62), lambda _: struct.pack(">BQ", LONG, 393217),
                   lambda _: b"\x00\x00", lambda _: b"\xff" * 9, lambda _: b"\x04\x05\x04PING", lambda p: p.message(bytes(500000))):
        for _ in range(10):
            peer = RawCurve(centre.port, centre.server, keys)
            data = breach(peer)
            peer.line.sendall(data)
            assert is_closed(peer.line, 5), data[:40]
            peer.close()


def rest(centre):
    """The collector's memory once it has stopped changing."""
    seen = [0]

    def is_still():
        old, seen[0] = seen[0], centre.watch.now
        time.sleep(0.3)
        return abs(seen[0] - old) < MIB / 8
    wait_for(is_still, 60, "memory at rest")
    return seen[0]


def pour(peer, size, most):
    """Parts of a message without end, until the collector hangs up; how much it took."""
    sent, pieces = 0, max(1, 200000 // size)
    while sent < most:
        try:
            peer.line.sendall(b"".join(peer.message(bytes(size), more=True) for _ in range(pieces)))
        except OSError:
            break
        sent += size * pieces
    return sent


@pytest.mark.skipif(IS_SANITIZED, reason="a sanitizer keeps what is freed")
@pytest.mark.parametrize("size", [380000, 200])
def test_message_without_end(centre, size):
    """libzmq keeps all of it while the connection lasts and no option of its bounds that: the limit of the process does."""
    keys, log = new_keys(centre), centre.home / "collector.log"
    connect(centre, keys).close()
    shut = log.read_text(encoding="utf-8").count("memory.reopened")
    peer = RawCurve(centre.port, centre.server, keys)
    sent = pour(peer, size, 16 * MEMORY_LIMIT)
    ended = time.monotonic()
    assert is_closed(peer.line, 10)
    peer.close()
    wait_for(lambda: log.read_text(encoding="utf-8").count("memory.reopened") > shut, 20, "the door to open again")
    before = [c.delivered for c in centre.clerks]
    wait_for(lambda: all(c.delivered > b + 1 for c, b in zip(centre.clerks, before)), 30, "honest records")
    print(f"\nFIGURE message without end: parts of {size} bytes, {sent / MIB:.0f} MiB sent, memory at most {centre.watch.peak / MIB:.0f} MiB of "
          f"{MEMORY_LIMIT / MIB:.0f}, all agents acknowledged again {time.monotonic() - ended:.1f} s after; then {rest(centre) / MIB:.0f} MiB")
    assert centre.watch.peak < MEMORY_LIMIT + BETWEEN_LOOKS
    assert rest(centre) < MEMORY_LIMIT


def test_messages_of_several_frames(centre):
    """Dropped whole, and the connection goes on."""
    keys = new_keys(centre)
    connect(centre, keys).close()
    peer = RawCurve(centre.port, centre.server, keys)
    for _ in range(1000):
        peer.send(envelope(2, TYPES["PING"], 1), more=True)
    peer.send(b"end")
    peer.send(envelope(2, TYPES["PING"], 1))
    assert peer.read_command()[:8] == b"\x07MESSAGE"
    assert not is_closed(peer.line, 0.5)
    peer.close()
