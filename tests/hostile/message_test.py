# SPDX-License-Identifier: Apache-2.0
"""Peers that know the protocol well and break it in one place, inside our messages or inside records, while honest agents go on."""
import os
import struct
import time

import pytest

from foreign.client import NACKS, RECORD, SESSION, TYPES, Stream, blake, envelope
from foreign.office import batches_locked, connect
from hostile.honest import MIB, honest_go_on, new_keys, start_centre  # noqa: F401: fixtures
from pgcluster import wait_for


def test_unreadable_messages(centre):
    """Each is answered; three within a minute bar the key and nobody else."""
    nested = b""
    while len(nested) < 16000:
        length = len(nested)
        nested = b"\x22" + (bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])) + nested
    pieces = {
        "magic": bytes(16), "short": b"ZB", "flags": envelope(2, TYPES["PING"], 1, flags=1),
        "noise": envelope(2, TYPES["BATCH"], 1) + b"\xff" * 1000, "length": envelope(2, TYPES["BATCH"], 1) + b"\x22\xff\xff\xff\xff\x0f",
        "large noise": envelope(2, TYPES["BATCH"], 1) + b"\x07" * 260000, "NUL": envelope(1, TYPES["HELLO"], 0) + b"\x52\x04a\0bc",
        "group": envelope(1, TYPES["HELLO"], 0) + b"\x0b" * 100000, "nested": envelope(2, TYPES["BATCH"], 1) + nested,
        "many records": envelope(2, TYPES["BATCH"], 1) + b"\x22\x00" * 100000,
    }
    seen = {}
    names = list(pieces)
    for start in range(0, len(names), 3):
        client = connect(centre, new_keys(centre), Stream())
        for name in names[start:start + 3]:
            data = bytearray(pieces[name])
            if len(data) >= 16 and name not in ("magic", "flags"):
                data[8:16] = struct.pack("<Q", client.gen)
            client.send_bytes(bytes(data))
            seen[name] = client.nack()
        if len(names[start:start + 3]) == 3:
            client.send("PING", SESSION.Ping())
            assert client.nack() == "QUOTA"
        client.close()
    print(f"\nFIGURE unreadable messages: {seen}")
    assert set(seen.values()) == {"BAD"}
    client = connect(centre, new_keys(centre), Stream())
    for kind in (0, TYPES["WELCOME"], TYPES["ACK"], 99, 255):
        client.send_bytes(envelope(2, kind, client.gen) + b"\x07" * 100)
        assert client.nack() == "VERSION"
    client.send_bytes(envelope(9, TYPES["PING"], client.gen))
    assert client.nack() == "VERSION"
    client.send("PING", SESSION.Ping(), gen=12345)
    assert client.nack() == "FENCED"
    client.send_bytes(envelope(2, TYPES["BATCH"], client.gen) + bytes(300000))
    assert client.nack() == "TOO_BIG"
    client.send("PING", SESSION.Ping())
    assert client.receive("PONG"), "the session lives on after all this"
    client.close()


def test_batches_that_do_not_fit(centre):
    """Chains and numbers wrong in one place each, then far more than the credit without waiting."""
    stream = Stream()
    for _ in range(6):
        stream.add(b"not a record")
    sound = stream.batch(1, 3)
    seen = {}
    for name, change in {"huge first_seq": {"first_seq": 1 << 63}, "first_seq 0": {"first_seq": 0}, "short chain": {"prev_chain": bytes(31)},
                         "other start": {"prev_chain": bytes(32)}, "other end": {"chain": bytes(32)}}.items():
        client = connect(centre, new_keys(centre), stream)
        wrong = SESSION.Batch()
        wrong.CopyFrom(sound)
        for field, value in change.items():
            setattr(wrong, field, value)
        client.send("BATCH", wrong)
        seen[name] = client.nack()
        client.close()
    client = connect(centre, new_keys(centre), stream)
    client.send("BATCH", stream.batch(4, 6))
    seen["from 4 on"] = client.nack()
    other = SESSION.Batch(first_seq=1, prev_chain=bytes(32), records=[b"x"])
    other.chain = blake(bytes(32), struct.pack("<Q", 1), b"x")
    client.send("BATCH", other)
    seen["another chain"] = client.nack()
    client.close()
    print(f"\nFIGURE batches that do not fit: {seen}")
    assert seen.pop("from 4 on") == "GAP" and seen.pop("another chain") == "FORK" and set(seen.values()) == {"BAD"}
    flood = Stream()
    flood.add(bytes(250000))
    client = connect(centre, new_keys(centre), flood)
    data = envelope(2, TYPES["BATCH"], client.gen) + flood.batch(1, 1).SerializeToString()
    sent, credit, answers = 0, client.welcome.credit_bytes, {}
    with batches_locked(centre):  # what is stored meanwhile would give credit
        while sent < 16 * credit and client.send_bytes(data):
            sent += len(data)
        while answers.get("QUOTA", 0) == 0 and (code := client.receive("NACK", 3)) is not None:
            answers[NACKS[code.code]] = answers.get(NACKS[code.code], 0) + 1
    print(f"\nFIGURE credit overrun: {sent / MIB:.0f} MiB against a credit of {credit / MIB:.0f} MiB, refusals {answers}")
    assert answers == {"BAD": 3, "QUOTA": 1}
    client.close()


FAR = (1 << 63) - 1
UUID7 = bytes.fromhex("0190000000007000800000000000")
EVENT = {"category": 1, "theme": "主题", "occurred_on": 19800, "place": "村", "mode": 1, "status": 1}
# Code that the record must be put aside with; None: stored; "": put aside or stored, but settled.
STRANGE = {
    "noise": (b"\x07" + os.urandom(499), "E_WIRE_BAD"),  # no field has such a type
    "empty": (b"", "E_ID_BAD"),
    "no body": ({"lecture_event": None}, "E_KIND_UNKNOWN"),
    "sound": ({}, None),
    "a name of 250 KB": ({"author": "x" * 250000}, "E_TEXT_LONG"),
    "recorded at the end of time": ({"recorded_at_us": FAR}, "E_INSTANT_BAD"),
    "recorded at minus infinity": ({"recorded_at_us": -FAR - 1 + 946684800000000}, "E_INSTANT_BAD"),
    "recorded before the beginning": ({"recorded_at_us": -FAR - 1}, "E_INSTANT_BAD"),
    "begins at the end of time": ({"lecture_event": {**EVENT, "started_at": FAR}}, "E_INSTANT_BAD"),
    # The words about these cut a character; they must be UTF-8 all the same, or the store refuses them for ever.
    "a cut character": ({"on_behalf_of": "武汉市" * 20}, "E_PROXY_DENIED"),
    "a long programme": ({"programme": "宣传" * 30}, "E_PROGRAMME_VERSION"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_records(centre, name):
    """In a sound batch: put aside or stored, and the stream goes on."""
    change, code = STRANGE[name]
    if isinstance(change, dict):
        ids = UUID7 + struct.pack(">H", list(STRANGE).index(name))
        fields = {"item_id": ids, "revision_id": ids, "operation": 1, "author": "张三", "programme": "hubei-2024", "programme_version": 1,
                  "recorded_at_us": 1, "lecture_event": EVENT, **change}
        body = RECORD.Record(**{k: v for k, v in fields.items() if v is not None}).SerializeToString()
    else:
        body = change
    stream = Stream()
    stream.add(body)
    client = connect(centre, new_keys(centre), stream)
    client.send("BATCH", stream.batch(1, 1))
    ack = client.receive("ACK", 10)
    assert ack is not None and ack.acked_seq == 1, client.later
    codes = [q.code for q in ack.quarantined]
    print(f"\nFIGURE {name}: {codes or 'stored'}")
    if code != "":
        assert codes == ([code] if code else [])
    client.close()


def greet(client, stream):
    """What the centre says to a Hello: it opens the session (True) or asks to wait."""
    client.version, client.gen = 1, 0
    client.hello(stream)
    name, answer = client.drain_until(("WELCOME", "NACK"))[-1]
    if name == "NACK":
        assert NACKS[answer.code] == "QUOTA" and 0 < answer.retry_after_ms <= 1000
        return False
    client.version, client.gen = answer.protocol, answer.session_gen
    assert client.receive("ACK")
    return True


def test_many_connections_of_one_key(centre):
    """Twenty greet at once, the others are told to wait, and of the sessions four stay open. Then one outbox on all of them again
    and again: every Hello would be a transaction."""
    keys = new_keys(centre)
    clients = [connect(centre, keys) for _ in range(200)]
    began = time.monotonic()
    opened = [client for client in clients if greet(client, Stream())]
    assert 20 <= len(opened) <= 21 + time.monotonic() - began
    fenced = 0
    for client in opened:
        client.send("PING", SESSION.Ping())
        name, answer = client.drain_until(("NACK", "PONG"))[-1]
        fenced += name == "NACK" and NACKS[answer.code] == "FENCED"
    assert fenced == len(opened) - 4
    stream, began, sent = Stream(), time.monotonic(), 0
    for _ in range(3):
        for client in clients:
            client.version, client.gen = 1, 0
            client.hello(stream)
            sent += 1
    last = connect(centre, keys)
    wait_for(lambda: greet(last, stream), 30, "who comes back after the wait is let in")
    print(f"\nFIGURE Hello again and again: {sent} of one outbox, let in after {time.monotonic() - began:.1f} s")
    greeted = int(centre.cluster.psql(f"SELECT session_gen FROM zhibao.stream WHERE outbox_uuid = '\\x{stream.uuid.hex()}'"))
    assert greeted <= 2 + time.monotonic() - began
    last.close()
    for client in clients:
        client.close()
