# SPDX-License-Identifier: Apache-2.0
"""A client of the protocol in another language, written from docs/protocol.md and proto/ alone."""
import hashlib
import importlib
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import zmq

ROOT = Path(__file__).resolve().parents[2]
MAGIC = 0x425A
NACKS = ["UNSPECIFIED", "GAP", "RESYNC", "FENCED", "FORK", "BUSY", "TOO_BIG", "BAD", "VERSION", "REVOKED", "DB_DOWN", "QUOTA"]


def load_messages():
    """Python modules of the wire contract, generated into a temporary folder."""
    out = tempfile.mkdtemp(prefix="zhibao-proto-")
    names = [f"zhibao/v1/{n}.proto" for n in ("bodies", "record", "session")]
    subprocess.run(["protoc", f"-I{ROOT}/proto", f"--python_out={out}", *names], check=True)
    sys.path.insert(0, out)
    return [importlib.import_module(f"zhibao.v1.{n}_pb2") for n in ("bodies", "record", "session")]


BODIES, RECORD, SESSION = load_messages()
TYPES = {name.removeprefix("MESSAGE_TYPE_"): number for name, number in SESSION.MessageType.items()}
CLASSES = {TYPES[n]: getattr(SESSION, "".join(p.capitalize() for p in n.split("_")))
           for n in TYPES if n != "UNSPECIFIED"}


def envelope(version, kind, gen, flags=0):
    return struct.pack("<HBBHHQ", MAGIC, version, kind, flags, 0, gen)


def blake(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


class Stream:
    """An outbox in memory: a uuid and chained bodies. A gap stands in it as (last, bytes)."""

    def __init__(self):
        self.uuid = uuid.uuid4().bytes
        self.bodies = []
        self.chains = [self.uuid + bytes(16)]

    def add(self, body):
        self.bodies.append(body)
        self.chains.append(blake(self.chains[-1], struct.pack("<Q", len(self.bodies)), body))
        return len(self.bodies)

    def batch(self, first, last):
        message = SESSION.Batch(first_seq=first, prev_chain=self.chains[first - 1], chain=self.chains[last])
        message.records.extend(self.bodies[first - 1:last])
        return message

    def gap(self, count, reason="damaged"):
        """Takes the place of the next count records."""
        first, last = len(self.bodies) + 1, len(self.bodies) + count
        body = SESSION.Gap(last_seq=last, reason=reason).SerializeToString()
        message = SESSION.Batch(first_seq=first, prev_chain=self.chains[-1], gap=body)
        self.bodies += [b""] * count
        self.chains += [b""] * (count - 1) + [blake(self.chains[first - 1], struct.pack("<Q", last), body)]
        message.chain = self.chains[-1]
        return message


class Keys:
    def __init__(self, secret=None):
        if secret:
            self.secret, self.public = secret, zmq.curve_public(secret)
        else:
            self.public, self.secret = zmq.curve_keypair()


class EnrolFile:
    def __init__(self, path):
        lines = Path(path).read_text(encoding="ascii").splitlines()
        assert lines[0] == "zhibao-enrol v1"
        fields = dict(line.split(" ", 1) for line in lines[1:])
        self.office, self.endpoints = fields["office"], fields["endpoints"].split(",")
        self.server, self.one_time = fields["server"].encode(), Keys(fields["code"].encode())


class Client:
    """One connection. A fresh object per attempt, as the protocol wants it."""

    def __init__(self, context, endpoint, server, keys, version=2):
        self.socket = context.socket(zmq.DEALER)
        for option, value in ((zmq.LINGER, 0), (zmq.IMMEDIATE, 1), (zmq.RECONNECT_IVL, -1), (zmq.CURVE_SERVERKEY, server),
                              (zmq.CURVE_PUBLICKEY, keys.public), (zmq.CURVE_SECRETKEY, keys.secret)):
            self.socket.setsockopt(option, value)
        self.socket.connect(endpoint)
        self.highest, self.version, self.gen, self.later, self.last_name = version, 1, 0, [], None

    def close(self):
        self.socket.close()

    def send_bytes(self, data, seconds=5):
        """False when no connection came about in time."""
        if not self.socket.poll(int(seconds * 1000), zmq.POLLOUT):
            return False
        self.socket.send(data)
        return True

    def send(self, name, message, gen=None, version=None):
        head = envelope(version or self.version, TYPES[name], self.gen if gen is None else gen)
        return self.send_bytes(head + message.SerializeToString())

    def receive(self, name=None, seconds=10):
        """The next message, or the next of that name (others are kept). None when nothing comes."""
        for i, (kind, message) in enumerate(self.later):
            if name in (None, kind):
                self.last_name = kind
                return self.later.pop(i)[1]
        until = time.monotonic() + seconds
        while self.socket.poll(max(0, int((until - time.monotonic()) * 1000))):
            data = self.socket.recv()
            magic, _, kind, flags, reserved, _ = struct.unpack("<HBBHHQ", data[:16])
            assert (magic, flags, reserved) == (MAGIC, 0, 0)
            message = CLASSES[kind].FromString(data[16:])
            found = {v: k for k, v in TYPES.items()}[kind]
            if name in (None, found):
                self.last_name = found
                return message
            self.later.append((found, message))
        return None

    def drain(self, seconds):
        """All that was kept or comes before nothing comes for so long, in order, with names."""
        found, self.later = self.later, []
        while (message := self.receive(seconds=seconds)) is not None:
            found.append((self.last_name, message))
        return found

    def drain_until(self, names):
        """All messages up to the first of these names: an answer in between cannot hide."""
        found, names = [], (names,) if isinstance(names, str) else names
        while not found or found[-1][0] not in names:
            message = self.receive()
            assert message is not None, f"no {names} after {found}"
            found.append((self.last_name, message))
        return found

    def send_all(self, stream, first, size):
        """Sends the rest of the stream in batches of size records as far as credit and window allow; what went out, and how
        often the credit held it back."""
        window, limit, sent, held, acked, waiting, at = 16, self.welcome.credit_bytes, 0, 0, first - 1, [], first
        while acked < len(stream.bodies):
            while at <= len(stream.bodies) and len(waiting) < window:
                last = min(at + size - 1, len(stream.bodies))
                cost = len(stream.batch(at, last).SerializeToString())
                if sent + cost > limit:
                    held += 1
                    break
                self.send("BATCH", stream.batch(at, last))
                sent, at = sent + cost, last + 1
                waiting.append(last)
            answer = self.receive("ACK")
            assert answer is not None, (self.later, acked)
            assert answer.credit_bytes >= limit, "credit is never taken back"
            limit, acked = answer.credit_bytes, answer.acked_seq
            waiting = [w for w in waiting if w > acked]
        return sent, held

    def nack(self):
        message = self.receive("NACK")
        assert message is not None, "no refusal"
        return NACKS[message.code]

    def hello(self, stream, acked=0, downlink=0, **more):
        message = SESSION.Hello(protocol_min=1, protocol_max=self.highest, outbox_uuid=stream.uuid, last_seq=len(stream.bodies),
                                acked_seq=acked, downlink_seq=downlink, software="foreign", **more)
        assert self.send("HELLO", message, gen=0, version=1)

    def open(self, stream, **more):
        self.hello(stream, **more)
        self.welcome = self.receive("WELCOME")
        assert self.welcome, self.later
        self.version, self.gen = self.welcome.protocol, self.welcome.session_gen
        self.first_ack = self.receive("ACK")
        return self.welcome

    def deliver(self, stream, first, last):
        self.send("BATCH", stream.batch(first, last))
        return self.receive("ACK")


def receipt_text(office, stream_uuid, ack):
    code = office.encode()
    return (b"zhibao-receipt-v1\0" + bytes([len(code)]) + code + stream_uuid + struct.pack("<QQ", ack.first_seq, ack.acked_seq)
            + ack.chain + struct.pack("<q", ack.centre_time_us))


def receipt_is_valid(public_key, text, signature):
    """Ed25519 through OpenSSL, which every Debian has."""
    with tempfile.TemporaryDirectory() as folder:
        files = {n: Path(folder) / n for n in ("key", "text", "signature")}
        files["key"].write_bytes(bytes.fromhex("302a300506032b6570032100") + public_key)
        files["text"].write_bytes(text)
        files["signature"].write_bytes(signature)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", files["key"], "-keyform", "DER", "-in",
                               files["text"], "-sigfile", files["signature"]], capture_output=True, check=False).returncode == 0
