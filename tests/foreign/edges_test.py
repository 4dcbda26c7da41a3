# SPDX-License-Identifier: Apache-2.0
"""The limits and the small print of docs/protocol.md against the real centre: each sentence that a client may rely on."""
import os
import re
import struct
import time

import pytest
import zmq

from foreign.client import RECORD, SESSION, TYPES, Stream, blake, envelope, receipt_is_valid, receipt_text
from foreign.office import OFFICE, batches_locked, chunks_of, connect, enrolled, fill, lecture
from pgcluster import wait_for

DAY_US = 86_400_000_000
# Small limits, so that they are reached.
SETTINGS = 'session { credit = "512 KiB" }\nlimit { office_file_bytes = "64 KiB" }\n'


def close_to_now(us):
    return abs(us - time.time() * 1e6) < DAY_US


def test_records_in_a_batch(session):
    """4,096 are a batch, one more is not; 4,096 verdicts come in Acks of at most 500, none lost and none twice, and the
    last of these Acks carries a receipt for the whole batch."""
    client, stream = session
    for _ in range(4097):
        stream.add(b"\x08\x08\x08\x08")
    client.send("BATCH", stream.batch(1, 4097))
    assert client.nack() == "BAD"
    client.send("BATCH", stream.batch(1, 4096))
    told, newest = [], 0
    while len(told) < 4096:
        answer = client.receive("ACK")
        assert answer is not None and len(answer.quarantined) <= 500, len(told)
        assert answer.acked_seq >= newest, "cumulative"
        newest = answer.acked_seq
        told += [q.seq for q in answer.quarantined]
    assert told == list(range(1, 4097)) and (answer.first_seq, answer.acked_seq) == (1, 4096)
    assert receipt_is_valid(client.welcome.signing_public_key, receipt_text(OFFICE, stream.uuid, answer), answer.signature)


def test_fork_probes_are_at_most_64_and_newest_first(centre, session):
    client, stream = session
    fill(stream, 70)
    for seq in range(1, 71):
        assert client.deliver(stream, seq, seq).acked_seq == seq
    again = connect(centre, enrolled(centre), stream)
    probes = again.welcome.fork_probes
    assert 0 < len(probes) <= 64
    assert [p.seq for p in probes] == sorted((p.seq for p in probes), reverse=True)
    assert all(p.chain == stream.chains[p.seq] for p in probes)
    again.close()


def test_fifth_session_of_a_key_ends_the_oldest(centre):
    keys = enrolled(centre)
    clients = [connect(centre, keys, Stream()) for _ in range(5)]
    for no, client in enumerate(clients):
        client.send("PING", SESSION.Ping(token=no))
    assert clients[0].nack() == "FENCED"
    assert [c.receive("PONG").token for c in clients[1:]] == [1, 2, 3, 4]
    for client in clients:
        client.close()


def test_nothing_before_hello(centre):
    client = connect(centre, enrolled(centre))
    stream = Stream()
    fill(stream, 1)
    for name, message in (("BATCH", stream.batch(1, 1)), ("PING", SESSION.Ping(token=1)), ("RECALL", SESSION.Recall())):
        client.send(name, message, gen=0, version=2)
        assert client.nack() == "FENCED"
    client.open(stream)
    assert client.welcome.acked_seq == 0
    client.close()


def test_bye_ends_the_session(session):
    client, stream = session
    fill(stream, 1)
    client.send("BYE", SESSION.Bye(reason="shutdown"))
    client.send("BATCH", stream.batch(1, 1))
    assert client.nack() == "FENCED"
    client.open(stream)
    assert client.deliver(stream, 1, 1).acked_seq == 1


@pytest.mark.parametrize("change", [{"outbox_uuid": b"short"}, {"software": "a\0b"}])
def test_bad_hello(centre, change):
    client = connect(centre, enrolled(centre))
    message = SESSION.Hello(protocol_min=1, protocol_max=2, outbox_uuid=os.urandom(16))
    for name, value in change.items():
        setattr(message, name, value)
    client.send("HELLO", message, gen=0, version=1)
    assert client.nack() == "BAD"
    client.open(Stream())
    client.close()


def test_text_that_is_not_utf8(centre):
    client = connect(centre, enrolled(centre))
    good = SESSION.Hello(protocol_min=1, protocol_max=2, outbox_uuid=os.urandom(16), software="abc").SerializeToString()
    client.send_bytes(envelope(1, TYPES["HELLO"], 0) + good.replace(b"abc", b"\xc3\x28c"))
    assert client.nack() == "BAD"
    client.close()


def test_size_of_a_message(session):
    """266,240 bytes after the envelope are read (and found BAD, being no message); one more is TOO_BIG. The limit of a frame
    is one of the encrypted frame: CURVE adds 33 bytes (command name 8, nonce 8, authenticator 16, flags 1)."""
    client, _ = session
    frame = 393216 - 33
    for size, answer in ((266240, "BAD"), (266241, "TOO_BIG"), (frame - 16, "TOO_BIG")):
        client.send_bytes(envelope(2, TYPES["BATCH"], client.gen) + b"\xff" * size)
        assert client.nack() == answer, size
    client.send("PING", SESSION.Ping(token=1))
    assert client.receive("PONG"), "still there"
    client.send_bytes(envelope(2, TYPES["BATCH"], client.gen) + bytes(frame - 16 + 1))
    assert wait_for(lambda: not client.socket.poll(100, zmq.POLLOUT), 10, "the connection is cut")


def test_envelope_of_what_comes(session):
    """Every envelope of the session carries its version and generation, those of the centre too."""
    client, stream = session
    fill(stream, 1)
    client.send("BATCH", stream.batch(1, 1))
    client.send("PING", SESSION.Ping(token=1))
    seen = set()
    while TYPES["ACK"] not in seen or TYPES["PONG"] not in seen:
        assert client.socket.poll(10000)
        _, version, kind, _, _, gen = struct.unpack("<HBBHHQ", client.socket.recv()[:16])
        assert (version, gen) == (2, client.gen), kind
        seen.add(kind)


def test_gap_is_not_part_of_version_1(centre):
    stream = Stream()
    client = connect(centre, enrolled(centre), stream, version=1)
    client.send("BATCH", stream.gap(2))
    assert client.nack() in ("BAD", "VERSION")
    again = connect(centre, enrolled(centre), stream)
    assert again.welcome.acked_seq == 0
    for c in (client, again):
        c.close()


def test_version_1_gets_nothing_of_version_2(centre):
    """A notice that waits is not sent in a version-1 session, and comes in the next one of version 2."""
    office = "420106"
    centre.collector_command("notice", "--office", office, "--title", "等着", "--text", "文")
    old = connect(centre, enrolled(centre, office), Stream(), version=1)
    old.send("PING", SESSION.Ping(token=1))
    kinds = {kind for kind, _ in old.drain_until("PONG")} | {kind for kind, _ in old.drain(0.5)}
    assert kinds == {"PONG"}
    new = connect(centre, enrolled(centre, office), Stream())
    assert new.receive("DOWNLINK") and new.receive("DOWNLINK").title == "等着"
    for client in (old, new):
        client.close()


def test_credit_is_never_passed(session):
    """Three times the credit goes through, held back by it on the way; the centre refuses none of it."""
    client, stream = session
    window = client.welcome.credit_bytes
    body = RECORD.Record.FromString(lecture("长"))
    body.lecture_event.note = "注" * 1000
    while sum(map(len, stream.bodies)) < 3 * window:
        body.item_id, body.revision_id = (os.urandom(6) + b"\x70" + os.urandom(1) + b"\x80" + os.urandom(7) for _ in range(2))
        stream.add(body.SerializeToString())
    sent, held = client.send_all(stream, 1, 40)
    assert sent > 3 * window and held > 0
    assert not [m for k, m in client.later if k == "NACK"]


def test_batch_beyond_credit_is_not_stored(centre, session):
    """While the store waits no credit comes: what exceeds it is refused, granted again, and the stream ends before it."""
    client, stream = session
    limit = client.welcome.credit_bytes
    for _ in range(3):
        stream.add(os.urandom(100_000))
    with batches_locked(centre):
        for seq in (1, 2, 3):
            client.send("BATCH", stream.batch(seq, seq))
        refusal = client.receive("NACK")
    assert refusal is not None and refusal.credit_bytes > limit
    while client.receive("ACK").acked_seq < 2:
        pass
    again = connect(centre, enrolled(centre), stream)
    assert again.welcome.acked_seq == 2
    again.close()


def test_batches_stored_together_are_acknowledged_together(centre, session):
    """A backlog is told so in a few messages, whose receipts cover every record once, a thousand at most."""
    client, stream = session
    fill(stream, 1501)
    with batches_locked(centre):
        client.send("BATCH", stream.batch(1, 1))
        for first in range(2, 1501, 25):
            client.send("BATCH", stream.batch(first, min(first + 24, 1501)))
    answers = [client.receive("ACK")]
    while answers[-1].acked_seq < 1501:
        answers.append(client.receive("ACK"))
    assert not [m for k, m in client.later if k == "NACK"]
    assert len(answers) <= 12, [(a.first_seq, a.acked_seq) for a in answers]
    assert any(a.acked_seq - a.first_seq >= 25 for a in answers)
    ends = 0
    for answer in answers:
        assert answer.first_seq == ends + 1 and answer.acked_seq - ends <= 1000
        ends = answer.acked_seq
        assert answer.chain == stream.chains[ends]
        assert receipt_is_valid(client.welcome.signing_public_key, receipt_text(OFFICE, stream.uuid, answer), answer.signature)
    assert client.deliver(stream, 1501, 1501).acked_seq == 1501, "the session goes on"


def test_joined_acknowledgements_end_at_verdicts_and_gaps(centre, session):
    """Each verdict is told once, and no receipt reaches over records that nobody has."""
    client, stream = session
    fill(stream, 20)
    batches = [stream.batch(1, 1), stream.batch(2, 10), stream.batch(11, 20), stream.gap(2)]
    fill(stream, 5)
    stream.add(lecture("未知乡镇", township_codes=["999999999"]))
    fill(stream, 6)
    batches += [stream.batch(23, 25), stream.batch(26, 29), stream.batch(30, 32), stream.batch(33, 34)]
    with batches_locked(centre):
        for batch in batches:
            client.send("BATCH", batch)
    answers = [client.receive("ACK")]
    while answers[-1].acked_seq < 34:
        answers.append(client.receive("ACK"))
    told = [(a.first_seq, a.acked_seq) for a in answers]
    assert (21, 22) in told and sum(last - first + 1 for first, last in told) == 34, told
    assert [(q.seq, a.acked_seq) for a in answers for q in a.quarantined] == [(28, 29)]
    for answer in answers:
        assert receipt_is_valid(client.welcome.signing_public_key, receipt_text(OFFICE, stream.uuid, answer), answer.signature)


def test_a_repeat_with_other_records_is_a_fork(session):
    """Only what was stored is receipted: another record at the last place is no repeat."""
    client, stream = session
    fill(stream, 3)
    assert client.deliver(stream, 1, 3).acked_seq == 3
    other = Stream()
    other.uuid, other.bodies, other.chains = stream.uuid, stream.bodies[:2], stream.chains[:3]
    fill(other, 1, "冒名")
    client.send("BATCH", other.batch(3, 3))
    assert client.nack() == "FORK"


def test_receipts_of_repeats_and_gaps(session):
    """A repeat and a gap are receipted too; the Ack after Welcome answers no batch and carries none."""
    client, stream = session
    assert not client.first_ack.signature and client.first_ack.first_seq == 0
    fill(stream, 3)
    key, answers = client.welcome.signing_public_key, [client.deliver(stream, 1, 3), client.deliver(stream, 1, 3)]
    client.send("BATCH", stream.gap(2))
    answers.append(client.receive("ACK"))
    assert [(a.first_seq, a.acked_seq) for a in answers] == [(1, 3), (1, 3), (4, 5)]
    for answer in answers:
        assert answer.chain == stream.chains[answer.acked_seq] and close_to_now(answer.centre_time_us)
        text = receipt_text(OFFICE, stream.uuid, answer)
        assert receipt_is_valid(key, text, answer.signature)
        for at in (0, 20, 30, len(text) - 1):
            assert not receipt_is_valid(key, text[:at] + bytes([text[at] ^ 1]) + text[at + 1:], answer.signature), at
    head = stream.chains[0]
    for seq, body in enumerate(stream.bodies[:3], 1):
        head = blake(head, struct.pack("<Q", seq), body)
    assert head == answers[0].chain, "anyone can compute the chain from the records"


def test_unknown_fields_and_own_outbox_in_recall(centre):
    """A field of a later version is stored and comes back byte for byte; one's own outbox is not recalled."""
    office = "420107"
    client = connect(centre, enrolled(centre, office), first := Stream())
    first.add(lecture("将来") + b"\xc2\x3e\x03abc")
    answer = client.deliver(first, 1, 1)
    assert answer.acked_seq == 1 and not answer.quarantined
    client.send("RECALL", SESSION.Recall())
    answer = client.receive("RECALLED")
    assert (answer.batch, list(answer.records), answer.has_more) == (0, [], False)
    client.close()
    other = connect(centre, enrolled(centre, office), own := Stream())
    fill(own, 1)
    other.deliver(own, 1, 1)
    other.send("RECALL", SESSION.Recall())
    answer = other.receive("RECALLED")
    assert list(answer.records) == first.bodies and not answer.has_more and close_to_now(answer.received_at_us)
    other.send("WANT", SESSION.Want(file_id=os.urandom(32), count=1))
    answer = other.receive("FILE_DONE")
    assert not answer.is_verified, "there is no such file"
    other.close()


def test_records_of_another_office_are_not_recalled(centre):
    mine = connect(centre, enrolled(centre, "420112"), stream := Stream())
    fill(stream, 1)
    mine.deliver(stream, 1, 1)
    stranger = connect(centre, enrolled(centre, "420113"), Stream())
    stranger.send("RECALL", SESSION.Recall())
    assert stranger.receive("RECALLED").batch == 0
    for client in (mine, stranger):
        client.close()


def test_downlink_time_is_of_this_century(session):
    client, _ = session
    assert close_to_now(client.receive("DOWNLINK").created_at_us)


def test_file_quota_of_an_office(session):
    client, _ = session
    content = os.urandom(65536)
    offer = SESSION.Offer(file_id=blake(content), size_bytes=len(content), chunk_bytes=65536, name="a", media_type="application/pdf")
    client.send("OFFER", offer)
    assert not client.receive("OFFER_STATUS").refused_code
    client.send("CHUNK", SESSION.Chunk(file_id=offer.file_id, chunk_no=0, data=content))
    assert client.receive("FILE_DONE").is_verified
    client.send("OFFER", SESSION.Offer(file_id=os.urandom(32), size_bytes=1, chunk_bytes=4096))
    status = client.receive("OFFER_STATUS")
    assert status.refused_code == "E_FILE_QUOTA" and re.search("[\u4e00-\u9fff]", status.refused_text)


@pytest.mark.parametrize("size", [4096, 4097, 1])
def test_chunk_boundaries(centre, size):
    """A file of exactly one chunk, of one byte more, and of one byte; after FileDone the whole is known."""
    office = "420114"
    client = connect(centre, enrolled(centre, office), Stream())
    content = os.urandom(size)
    offer = SESSION.Offer(file_id=blake(content), size_bytes=size, chunk_bytes=4096, name="a")
    client.send("OFFER", offer)
    assert client.receive("OFFER_STATUS").next_chunk == 0
    for no, data in enumerate(chunks_of(content, 4096)):
        client.send("CHUNK", SESSION.Chunk(file_id=offer.file_id, chunk_no=no, data=data))
    assert client.receive("FILE_DONE").is_verified
    client.send("OFFER", offer)
    status = client.receive("OFFER_STATUS")
    assert status.is_complete and status.next_chunk == len(chunks_of(content, 4096))
    client.close()


def test_bye_of_a_collector_that_ends(centre):
    """Last: the collector says how long to wait at most before coming back; what it acknowledged is there afterwards."""
    stream = Stream()
    keys = enrolled(centre)
    client = connect(centre, keys, stream)
    fill(stream, 2)
    assert client.deliver(stream, 1, 1).acked_seq == 1
    process = centre.processes.pop("collector")
    process.terminate()
    # Read before the connection is gone: with ZMQ_IMMEDIATE a socket drops what it has not handed over when the peer leaves.
    bye = client.receive("BYE")
    assert process.wait(30) == 0
    assert bye is not None and bye.reason in ("drain", "shutdown") and bye.reconnect_after_ms > 0
    client.close()
    centre.start_collector()
    again = connect(centre, keys, stream)
    assert again.welcome.acked_seq == 1 and again.welcome.session_gen > client.gen
    assert again.deliver(stream, 2, 2).acked_seq == 2
    again.close()
