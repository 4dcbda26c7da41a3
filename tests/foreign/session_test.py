# SPDX-License-Identifier: Apache-2.0
"""Sessions of the foreign client at the real centre: versions, refusals, credit, quotas, keys."""
import os
import socket

import zmq
import zmq.utils.z85

from foreign.client import SESSION, TYPES, Client, EnrolFile, Keys, Stream, envelope
from foreign.office import connect, enrolled, fill

SETTINGS = 'limit { records_per_day = "400" }\nsession { credit = "512 KiB" }\n'


def bad_batches(stream):
    good = stream.batch(1, 2)
    for change in ({"chain": bytes(32)}, {"chain": b"short"}, {"first_seq": 0}, {"prev_chain": bytes(31)}):
        message = SESSION.Batch.FromString(good.SerializeToString())
        for name, value in change.items():
            setattr(message, name, value)
        yield message
    yield SESSION.Batch(first_seq=1, prev_chain=stream.chains[0], chain=stream.chains[0])
    both = SESSION.Batch.FromString(good.SerializeToString())
    both.gap = b"\x08\x02"
    yield both


def test_bad_messages_are_refused_and_then_barred(centre):
    """Each is refused with BAD; the third within a minute bars the key for ten minutes, also on a new connection."""
    stream = Stream()
    fill(stream, 2)
    kinds = list(bad_batches(stream))
    for i in range(0, len(kinds), 2):
        keys = enrolled(centre)
        client = connect(centre, keys, Stream())
        for message in kinds[i:i + 2]:
            client.send("BATCH", message)
            assert client.nack() == "BAD"
        client.send_bytes(envelope(2, TYPES["PING"], client.gen) + b"\xff\xff\xff")
        assert client.nack() == "BAD"
        client.send("PING", SESSION.Ping(token=1))
        assert client.nack() == "QUOTA"
        client.close()
        again = connect(centre, keys)
        again.hello(Stream())
        refusal = again.receive("NACK")
        assert SESSION.NackCode.Name(refusal.code).endswith("QUOTA") and refusal.retry_after_ms > 500000
        again.close()


def test_envelope(centre, session):
    client, _ = session
    ping = SESSION.Ping(token=7).SerializeToString()
    client.send_bytes(envelope(2, TYPES["PING"], client.gen, flags=1) + ping)
    assert client.nack() == "BAD"
    for version, kind in ((3, TYPES["PING"]), (0, TYPES["PING"]), (2, 99), (2, TYPES["WELCOME"])):
        client.send_bytes(envelope(version, kind, client.gen) + ping)
        assert client.nack() == "VERSION"
    client.send_bytes(envelope(2, TYPES["BATCH"], client.gen) + bytes(270000))
    assert client.nack() == "TOO_BIG"
    client.drain(0)
    client.socket.send_multipart([envelope(2, TYPES["PING"], client.gen), ping])  # two frames: nobody's
    client.socket.send_multipart([envelope(2, TYPES["PING"], client.gen) + ping, b""])
    client.send("PING", SESSION.Ping(token=8))
    answers = client.drain_until("PONG")
    assert [kind for kind, _ in answers] == ["PONG"] and answers[0][1].token == 8, "the dropped ones got no answer, not even a refusal"


def test_versions(centre):
    """Version 1 is still served, without what came with version 2; a version beyond is not."""
    stream = Stream()
    fill(stream, 2)
    old = connect(centre, enrolled(centre), stream, version=1)
    assert old.version == 1 and not old.welcome.signing_key
    answer = old.deliver(stream, 1, 2)
    assert answer.acked_seq == 2 and not answer.signature
    for name in ("OFFER", "ENROL", "RECALL", "WANT", "DOWNLINK_ACK", "PROPOSE"):
        old.send(name, SESSION.Want())
        assert old.nack() == "VERSION"
    old.close()
    new = connect(centre, enrolled(centre))
    new.send("HELLO", SESSION.Hello(protocol_min=3, protocol_max=4, outbox_uuid=bytes(16)), gen=0, version=1)
    assert new.nack() == "VERSION"
    new.close()


def test_strangers(centre):
    stranger = Client(centre.zmq, centre.endpoint, centre.server, Keys())
    assert not stranger.send_bytes(b"x", seconds=1), "an unknown key gets no connection"
    deceived = Client(centre.zmq, centre.endpoint, zmq.curve_keypair()[0], enrolled(centre))
    assert not deceived.send_bytes(b"x", seconds=1), "nor does a client that expects another centre"
    for client in (stranger, deceived):
        client.close()
    with socket.create_connection(("127.0.0.1", centre.port)) as raw:
        raw.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
        raw.settimeout(5)
        while data := raw.recv(4096):
            assert b"READY" not in data


def test_credit_is_absolute(session):
    client, stream = session
    window = client.welcome.credit_bytes
    fill(stream, 1)
    answer = client.deliver(stream, 1, 1)
    sent = len(stream.batch(1, 1).SerializeToString())
    assert window >= 266240, "a whole batch may always be sent"
    assert answer.credit_bytes == 512 * 1024 + sent, "alone, a session soon has the whole window of its configuration"
    client.send("PING", SESSION.Ping(token=1))
    assert client.receive("PONG").credit_bytes == answer.credit_bytes
    client.send("BATCH", stream.batch(1, 1), gen=client.gen)
    client.receive("ACK")


def test_quota_of_records(centre):
    keys = enrolled(centre, "420116")
    stream = Stream()
    client = connect(centre, keys, stream)
    fill(stream, 410)
    assert client.deliver(stream, 1, 395).acked_seq == 395
    client.send("BATCH", stream.batch(396, 410))
    refusal = client.receive("NACK")
    assert SESSION.NackCode.Name(refusal.code).endswith("QUOTA") and refusal.retry_after_ms > 3600000
    assert refusal.credit_bytes > client.welcome.credit_bytes, "what was refused is granted again"
    client.close()


def test_revoked(centre):
    keys, stream = enrolled(centre, "420117"), Stream()
    client = connect(centre, keys, stream)
    fill(stream, 2)
    assert client.deliver(stream, 1, 1).acked_seq == 1
    number = centre.cluster.psql("SELECT key_id FROM zhibao.agent_key WHERE office_code = '420117'")
    centre.collector_command("revoke", "--key-id", number)
    client.send("BATCH", stream.batch(2, 2))
    assert client.nack() == "REVOKED", "at the very next message"
    client.close()


def test_enrolment_and_rotation(centre):
    path = centre.home / "foreign.enrol"
    centre.collector_command("enrol", "--office", "420302", "--out", path)
    file = EnrolFile(path)
    assert file.office == "420302" and centre.endpoint in file.endpoints
    mine = Keys()
    client = connect(centre, file.one_time)
    client.version = 2
    client.send("HELLO", SESSION.Hello(outbox_uuid=bytes(16), protocol_min=1, protocol_max=2), gen=0)
    assert client.nack() == "REVOKED", "the one-time key can do nothing else"
    enrol = SESSION.Enrol(office_code="420302", public_key=zmq.utils.z85.decode(mine.public), label="外来")
    for _ in range(2):  # a repeat gets the same answer
        client.send("ENROL", enrol, gen=0)
        assert client.receive("ENROLLED").public_key == enrol.public_key
    client.send("ENROL", SESSION.Enrol(office_code="420302", public_key=os.urandom(32)), gen=0)
    assert client.nack() == "REVOKED"
    client.close()
    stream = Stream()
    session = connect(centre, mine, stream)
    assert session.welcome.office_code == "420302"
    next_keys = Keys()
    session.send("ENROL", SESSION.Enrol(office_code="420302", public_key=zmq.utils.z85.decode(next_keys.public)))
    answer = session.receive("ENROLLED")
    assert answer.old_valid_to_us > answer.valid_from_us
    session.send("ENROL", SESSION.Enrol(office_code="420302", public_key=os.urandom(32)))
    assert session.receive("ENROLLED").public_key == b"", "a second new key is refused"
    fill(stream, 2)
    assert session.deliver(stream, 1, 1).acked_seq == 1, "the old key still speaks"
    newer = connect(centre, next_keys, stream)
    assert newer.deliver(stream, 2, 2).acked_seq == 2, "and so does the new one"
    session.close()
    newer.close()
