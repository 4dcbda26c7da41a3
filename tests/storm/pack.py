#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A new programme pack comes out while the fleet is connected over poor lines: everybody gets the whole of it, and the collector stays
below what it may take. Each peer asks at once, for as much as may be asked, and reads a chunk now and then, which is worse than agents
do; what is not read stays in the collector.

    pack.py                    200 peers
    pack.py --agents 2845      as many as the country has county offices
    pack.py --unbounded        what it would be without the bound: ends with an error
"""
import hashlib
import random
import re
import shutil
import sys
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests")]
from storm import Storm, memory_kib, parser_of, save  # noqa: E402
import zmq  # noqa: E402
from foreign.client import NACKS, SESSION, TYPES, envelope  # noqa: E402
from hostile.honest import IS_SANITIZED, MIB  # noqa: E402

ANSWERS, CHUNKS, READ_S, LIMIT_S = 8 * MIB, 8, 0.1, 600
# Beside connections and registers: what is on the way, once in libzmq and once on its way there, and a group of the files.
ROOM = 2 * ANSWERS + 8 * MIB


class Peer:
    def __init__(self, context, endpoint, server, public, secret):
        self.socket = context.socket(zmq.DEALER)
        # What it does not read is to wait at the collector, not here.
        for option, value in ((zmq.LINGER, 0), (zmq.RECONNECT_IVL, -1), (zmq.RCVHWM, 1), (zmq.RCVBUF, 4096), (zmq.CURVE_SERVERKEY, server),
                              (zmq.CURVE_PUBLICKEY, public), (zmq.CURVE_SECRETKEY, secret)):
            self.socket.setsockopt(option, value)
        self.socket.connect(endpoint)
        self.gen = 0
        self.data, self.file_id, self.next_chunk, self.due, self.read_at = b"", None, 0, None, 0.0
        self.is_done, self.refusals = False, 0

    def send(self, kind, message):
        self.socket.send(envelope(2 if self.gen else 1, TYPES[kind], self.gen) + message.SerializeToString())

    def greet(self):
        self.send("HELLO", SESSION.Hello(protocol_min=1, protocol_max=2, outbox_uuid=uuid.uuid4().bytes))

    def ask(self, now):
        if self.due is not None and now >= self.due:
            self.due = None
            self.send("WANT", SESSION.Want(file_id=self.file_id, first_chunk=self.next_chunk, count=CHUNKS))

    def read(self, now):
        """One message, as the line is slow."""
        data = self.socket.recv()
        kind, body = data[3], data[16:]
        if kind == TYPES["WELCOME"]:
            self.gen = SESSION.Welcome.FromString(body).session_gen
        elif kind == TYPES["PING"]:
            self.send("PONG", SESSION.Pong(token=SESSION.Ping.FromString(body).token))
        elif kind == TYPES["DOWNLINK"]:
            message = SESSION.Downlink.FromString(body)
            if message.programme_version == 2:
                self.file_id, self.due = message.file_id, now
        elif kind == TYPES["CHUNK"]:
            chunk = SESSION.Chunk.FromString(body)
            assert chunk.chunk_no == self.next_chunk
            self.data, self.next_chunk, self.read_at = self.data + chunk.data, self.next_chunk + 1, now + READ_S
            if self.next_chunk % CHUNKS == 0:
                self.due = now
        elif kind == TYPES["FILE_DONE"]:
            assert hashlib.blake2b(self.data, digest_size=32).digest() == self.file_id
            self.is_done, self.data, self.due = True, b"", None
        elif kind == TYPES["NACK"]:
            nack = SESSION.Nack.FromString(body)
            assert (NACKS[nack.code], nack.refused_type) == ("BUSY", TYPES["WANT"]), nack
            self.refusals += 1
            self.due = now + nack.retry_after_ms / 1000 * random.uniform(1, 2)


def run(peers, is_over, storm, peak):
    """Every peer does what it has to until all are ready; the most memory that was seen."""
    until, looked = time.monotonic() + LIMIT_S, 0.0
    while not all(map(is_over, peers)):
        now = time.monotonic()
        assert now < until, f"{sum(map(is_over, peers))} of {len(peers)} peers after {LIMIT_S} s"
        assert storm.centre.processes["collector"].poll() is None, "the collector is gone"
        if now - looked > 0.05:
            peak, looked = max(peak, memory_kib(storm.collector())), now
        ready = {p.socket: p for p in peers if p.read_at <= now}
        for peer in peers:
            peer.ask(now)
        poller = zmq.Poller()
        for sock in ready:
            poller.register(sock, zmq.POLLIN)
        for sock, _ in poller.poll(20):
            ready[sock].read(now)
    return peak


def configure(storm, bound, limit):
    conf = storm.centre.etc / "collector.conf"
    conf.write_text(conf.read_text(encoding="utf-8") + f'session {{ answers = "{bound >> 20} MiB" }}\n'
                    f'store {{ file_queue_bytes = "{max(32, bound >> 20)} MiB" }}\nprocess {{ max_memory = "{limit >> 20} MiB" }}\n', encoding="utf-8")


def load_next_version(storm):
    pack = storm.centre.home / "second"
    shutil.copytree(storm.centre.home / "country", pack)
    text = (pack / "programme.csv").read_text(encoding="utf-8")
    assert "version,1" in text
    (pack / "programme.csv").write_text(text.replace("version,1", "version,2"), encoding="utf-8")
    storm.centre.collector_command("programme", "load", pack)


def measure(agents, is_unbounded):
    storm, context = Storm(agents), zmq.Context(io_threads=2)
    context.max_sockets = agents + 100
    peers = []
    try:
        storm.make_keys()
        # Registers of the country twice, and 64 KiB a peer: more than it needs, far less than the packs of all.
        limit = (128 if not IS_SANITIZED else 1024) * MIB + agents * 64 * 1024
        configure(storm, 4096 * MIB if is_unbounded else ANSWERS, limit)
        storm.start_collector(1)
        server = re.search(r"public (\S+)", (storm.centre.etc / "collector.pub").read_text()).group(1).encode()
        for file in sorted(storm.centre.home.glob("storm-*.keys")):
            for line in file.read_text().splitlines():
                peers.append(Peer(context, storm.centre.endpoint, server, *line.encode().split()))
        for peer in peers:
            peer.greet()
        before = run(peers, lambda p: p.gen > 0, storm, 0)
        load_next_version(storm)
        began = time.monotonic()
        peak = run(peers, lambda p: p.is_done, storm, before)
        size = int(storm.cluster.psql("SELECT max(size_bytes) FROM zhibao.file"))
        assert size > 200_000, size
        log = storm.log.read_text(encoding="utf-8")
        assert "memory.full" not in log, "the collector ended all connections"
        answer = {"peers": agents, "pack_bytes": size, "seconds": time.monotonic() - began, "refusals": sum(p.refusals for p in peers),
                  "rss_before_kib": before, "rss_peak_kib": peak, "answers_bytes": ANSWERS}
        assert answer["refusals"] > 0, "there was room for all: too few peers to show anything"
        assert IS_SANITIZED or (peak - before) * 1024 <= ROOM, answer
        return answer
    finally:
        for peer in peers:
            peer.socket.close()
        context.term()
        storm.close()


def main():
    parser = parser_of(__doc__, agents=200)
    parser.add_argument("--unbounded", action="store_true", help="with room for all answers at once")
    args = parser.parse_args()
    answer = measure(args.agents, args.unbounded)
    print(f"{answer['peers']:,} peers had a pack of {answer['pack_bytes'] / 1024:.0f} KiB in {answer['seconds']:.1f} s after {answer['refusals']:,} "
          f"refusals; the collector took {(answer['rss_peak_kib'] - answer['rss_before_kib']) / 1024:.1f} MiB more")
    save(args, answer, settings={})


if __name__ == "__main__":
    main()
