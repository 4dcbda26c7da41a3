# SPDX-License-Identifier: Apache-2.0
"""ZMTP with CURVE by hand (ZeroMQ RFC 23 and 26), for peers that do what libzmq's own client never does."""
import ctypes
import os
import socket
import struct

import zmq
from zmq.utils import z85

SODIUM = ctypes.CDLL("libsodium.so.23")
assert SODIUM.sodium_init() >= 0
SHORT, LONG = 0, 2  # flags of a frame
COMMAND = 4


def greeting(mechanism):
    return b"\xff" + bytes(8) + b"\x7f\x03\x01" + mechanism.ljust(20, b"\0") + bytes(32)


def frame(body, flags=0):
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return struct.pack(">BQ", flags | LONG, len(body)) + body


def box(plain, nonce, public, secret):
    out = ctypes.create_string_buffer(len(plain) + 16)
    assert SODIUM.crypto_box_easy(out, plain, ctypes.c_ulonglong(len(plain)), nonce, public, secret) == 0
    return out.raw


def unbox(cipher, nonce, public, secret):
    out = ctypes.create_string_buffer(len(cipher) - 16)
    assert SODIUM.crypto_box_open_easy(out, cipher, ctypes.c_ulonglong(len(cipher)), nonce, public, secret) == 0
    return out.raw


def pair():
    return [z85.decode(k) for k in zmq.curve_keypair()]


class RawCurve:
    """A connection of an enrolled key after its handshake."""

    def __init__(self, port, server_key, keys):
        server, public, secret = z85.decode(server_key), z85.decode(keys.public), z85.decode(keys.secret)
        brief_public, brief_secret = pair()
        self.line = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.line.sendall(greeting(b"CURVE"))
        assert self.read(64)[12:17] == b"CURVE"
        hello = box(bytes(64), b"CurveZMQHELLO---" + bytes(7) + b"\1", server, brief_secret)
        self.command(b"\x05HELLO\1\0" + bytes(72) + brief_public + bytes(7) + b"\1" + hello)
        welcome = self.read_command()
        assert welcome[:8] == b"\x07WELCOME"
        opened = unbox(welcome[24:], b"WELCOME-" + welcome[8:24], server, brief_secret)
        brief_server, cookie = opened[:32], opened[32:]
        vouch_nonce = os.urandom(16)
        vouch = box(brief_public + server, b"VOUCH---" + vouch_nonce, brief_server, secret)
        metadata = b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
        initiate = box(public + vouch_nonce + vouch + metadata, b"CurveZMQINITIATE" + bytes(7) + b"\2", brief_server, brief_secret)
        self.command(b"\x08INITIATE" + cookie + bytes(7) + b"\2" + initiate)
        assert self.read_command()[:6] == b"\x05READY"
        self.shared = ctypes.create_string_buffer(32)
        assert SODIUM.crypto_box_beforenm(self.shared, brief_server, brief_secret) == 0
        self.count = 2

    def read(self, length):
        data = b""
        while len(data) < length:
            piece = self.line.recv(length - len(data))
            if not piece:
                raise ConnectionError("closed")
            data += piece
        return data

    def read_command(self):
        flags, length = self.read(2)
        if flags & LONG:
            length = struct.unpack(">Q", bytes([length]) + self.read(7))[0]
        return self.read(length)

    def command(self, body):
        self.line.sendall(frame(body, COMMAND))

    def message(self, payload, more=False):
        """One frame of a message as it goes over the wire."""
        self.count += 1
        nonce = struct.pack(">Q", self.count)
        plain = bytes([more]) + payload
        out = ctypes.create_string_buffer(len(plain) + 16)
        assert SODIUM.crypto_box_easy_afternm(out, plain, ctypes.c_ulonglong(len(plain)), b"CurveZMQMESSAGEC" + nonce, self.shared) == 0
        return frame(b"\x07MESSAGE" + nonce + out.raw)

    def send(self, payload, more=False):
        self.line.sendall(self.message(payload, more))

    def close(self):
        self.line.close()


def is_closed(line, seconds):
    """Does the other end hang up in that time?"""
    line.settimeout(max(seconds, 0.01))
    try:
        while line.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except ConnectionError:
        return True
