# SPDX-License-Identifier: Apache-2.0
"""Peers that know the protocol well and break it in one place: below ZeroMQ, inside CURVE, inside our messages, inside
records. Ten honest agents go on meanwhile; around every test each of them gets something acknowledged.

Figures are printed as `FIGURE ...`."""
import csv
import json
import os
import re
import socket
import struct
import threading
import time
from pathlib import Path

import pytest
import zmq

from foreign.client import NACKS, RECORD, SESSION, TYPES, Stream, blake, envelope
from foreign.office import batches_locked, connect, enrolled
from hostile.rawcurve import LONG, RawCurve, greeting, is_closed
from pgcluster import BUILD, PACK, Agent, Centre, Cluster, wait_for

MIB = 1 << 20
HONEST = 10
# What connections, sessions and the queues of the store need; a sanitizer keeps freed memory and its own maps.
IS_SANITIZED = bool(re.search(r"^ZHIBAO_SANITIZE:STRING=.+", (BUILD / "CMakeCache.txt").read_text(encoding="utf-8"), re.M))
MEMORY_BOUND = (1536 if IS_SANITIZED else 320) * MIB
# What the collector may take altogether. It looks ten times a second: what arrives between two looks comes on top.
MEMORY_LIMIT = 160 * MIB
BETWEEN_LOOKS = 96 * MIB


class Clerk(threading.Thread):
    """Enters one record after the other at one agent and waits until the centre has each."""

    def __init__(self, agent):
        super().__init__(daemon=True)
        self.agent = agent
        self.delivered, self.slowest, self.faults = 0, 0.0, []
        self.is_over = threading.Event()

    def run(self):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.agent.home / "s"))
            answers = line.makefile("r", encoding="utf-8")
            while not self.is_over.wait(0.05):
                fields = {"category": "village", "theme": f"主题{self.delivered}", "occurred_on": "2024-05-06", "place": "村",
                          "mode": "offline", "status": "held"}
                request = {"op": "enter", "author": "张三", "entries": [{"kind": "lecture_event", "fields": fields}], "wait_ms": 60000}
                started = time.monotonic()
                line.sendall((json.dumps(request) + "\n").encode())
                text = answers.readline()
                if not text:
                    return  # the agent was ended
                answer = json.loads(text)
                if not answer["ok"] or answer["stored"][0].get("state") != "delivered":
                    self.faults.append(answer)
                self.delivered += 1
                self.slowest = max(self.slowest, time.monotonic() - started)


class Watch(threading.Thread):
    """The collector's memory and descriptors, twenty times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.now, self.descriptors = pid, 0, 0, 0
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(0.05):
            try:
                status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
                self.now = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024
                self.descriptors = max(self.descriptors, len(os.listdir(f"/proc/{self.pid}/fd")))
            except (OSError, TypeError):
                return
            self.peak = max(self.peak, self.now)


@pytest.fixture(scope="module", name="centre")
def start_centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster)
    if not IS_SANITIZED:
        with open(centre.etc / "collector.conf", "a", encoding="utf-8") as conf:
            conf.write(f'process {{ max_memory = "{MEMORY_LIMIT // MIB} MiB" }}\n')
    centre.start_collector()
    centre.process = centre.processes["collector"]
    centre.zmq = zmq.Context()
    centre.server = (centre.etc / "collector.pub").read_text(encoding="ascii").split()[-1].encode()
    with open(PACK / "offices.csv", encoding="utf-8-sig") as file:
        offices = [row["code"] for row in csv.DictReader(file) if row["level"] == "county"]
    centre.honest, centre.hostile = offices[:HONEST], offices[HONEST:]
    centre.clerks = []
    for office in centre.honest:
        agent = Agent(centre, office)
        centre.enrol(office, agent.home / "agent.pub")
        agent.start()
        centre.clerks.append(Clerk(agent))
    centre.watch = Watch(centre.process.pid)
    centre.watch.start()
    for clerk in centre.clerks:
        clerk.start()
    wait_for(lambda: all(c.delivered for c in centre.clerks), 60, "first records")
    yield centre
    for clerk in centre.clerks:
        clerk.is_over.set()
    centre.watch.is_over.set()
    centre.zmq.destroy(0)
    centre.stop()
    cluster.remove()


@pytest.fixture(autouse=True)
def honest_go_on(centre, request):
    watch, before = centre.watch, [c.delivered for c in centre.clerks]
    for clerk in centre.clerks:
        clerk.slowest = 0
    started, memory, watch.peak = time.monotonic(), watch.now, watch.now
    yield
    took, total = time.monotonic() - started, sum(c.delivered for c in centre.clerks) - sum(before)
    wait_for(lambda: all(c.delivered > b + 1 or c.is_over.is_set() for c, b in zip(centre.clerks, before)), 60, "honest records")
    assert centre.process.poll() is None, (centre.home / "collector.log").read_text(encoding="utf-8")[-3000:]
    assert not [f for c in centre.clerks for f in c.faults]
    print(f"\nFIGURE {request.node.name}: {took:.1f} s, {total} honest records delivered, slowest {max(c.slowest for c in centre.clerks):.2f} s, "
          f"memory {memory / MIB:.0f} MiB, at most {watch.peak / MIB:.0f} MiB, descriptors at most {watch.descriptors}")
    assert watch.peak < MEMORY_BOUND


def new_keys(centre):
    """Of an office of its own: what one attack earns, no other one pays."""
    return enrolled(centre, centre.hostile.pop())


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


def test_many_connections_of_one_key(centre):
    """Four sessions stay open, the others are told that they are over. Then the same outbox on all of them again and again:
    every Hello is a transaction."""
    keys = new_keys(centre)
    clients = [connect(centre, keys, Stream()) for _ in range(200)]
    for client in clients:
        client.send("PING", SESSION.Ping())
    fenced = 0
    for client in clients:
        answer = wait_for(lambda c=client: c.receive("NACK", 0.01) or c.receive("PONG", 0.01), 10, "an answer")
        fenced += isinstance(answer, SESSION.Nack) and NACKS[answer.code] == "FENCED"
    assert fenced == len(clients) - 4
    stream, started, sent = Stream(), time.monotonic(), 0
    for _ in range(3):
        for client in clients:
            client.version, client.gen = 1, 0
            client.hello(stream)
            sent += 1
    # Connections are heard in turn, not in the order of sending: the one heard last is let in, and who was let in before.
    admitted = wait_for(lambda: sum(c.receive("WELCOME", 0) is not None for c in clients), 30, "the newest session")
    print(f"\nFIGURE Hello again and again: {sent} of one outbox, let in after {time.monotonic() - started:.1f} s, {admitted} on the way")
    for client in clients:
        client.close()


def test_everything_honest_arrived(centre):
    """The last word: what the agents were told is durable is in the database, each once."""
    for clerk in centre.clerks:
        clerk.is_over.set()
    for clerk in centre.clerks:
        clerk.join(60)
    offices = ",".join(f"'{o}'" for o in centre.honest)
    stored, aside = (int(centre.cluster.psql(f"SELECT count(*) FROM zhibao.{table} WHERE office_code IN ({offices})"))
                     for table in ("item_revision", "quarantine"))
    delivered = sum(c.delivered for c in centre.clerks)
    print(f"\nFIGURE honest records: {delivered} delivered, {stored} stored, {aside} put aside")
    assert stored == delivered and aside == 0
