# SPDX-License-Identifier: Apache-2.0
"""The foreign client against the real centre: what the page promises, and what it says is refused."""
import hashlib
import os
import re
import socket
import struct
import subprocess
import time
import uuid

import pytest
import zmq
import zmq.utils.z85

from foreign.client import BODIES, RECORD, SESSION, TYPES, Client, EnrolFile, Keys, Stream, blake, envelope, receipt_is_valid, receipt_text
from pgcluster import COLLECTOR, PACK, Centre, Cluster, wait_for

OFFICE = "420102"
DAY = 19849  # 2024-05-06


@pytest.fixture(scope="module")
def centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster)
    (centre.etc / "collector.conf").write_text(
        (centre.etc / "collector.conf").read_text() + 'limit { records_per_day = "400" }\nsession { credit = "512 KiB" }\n')
    centre.start_collector()
    centre.zmq = zmq.Context()
    centre.server = re.search(r"public (\S+)", (centre.etc / "collector.pub").read_text()).group(1).encode()
    yield centre
    centre.zmq.destroy(0)
    centre.stop()
    cluster.remove()


def enrolled(centre, office=OFFICE):
    """New keys of an office, enrolled directly; collectors learn of them within a second."""
    keys = Keys()
    file = centre.home / f"{uuid.uuid4()}.pub"
    file.write_text(f"zhibao-key v1\npublic {keys.public.decode()}\n")
    centre.enrol(office, file)
    return keys


def connect(centre, keys, stream=None, version=2, seconds=10):
    """A connection once the key is admitted; with a stream, an open session."""
    until = time.monotonic() + seconds
    while True:
        client = Client(centre.zmq, centre.endpoint, centre.server, keys, version)
        if client.socket.poll(1000, zmq.POLLOUT):
            break
        client.close()
        assert time.monotonic() < until, "never admitted"
    if stream:
        client.open(stream)
    return client


@pytest.fixture
def session(centre):
    stream = Stream()
    client = connect(centre, enrolled(centre), stream)
    yield client, stream
    client.close()


def lecture(theme, **change):
    event = BODIES.LectureEvent(category=BODIES.LECTURE_CATEGORY_VILLAGE, theme=theme, place="村", mode=BODIES.MODE_OFFLINE,
                                status=BODIES.EVENT_STATUS_HELD, occurred_on=DAY)
    for name, value in change.items():
        getattr(event, name).extend(value) if isinstance(value, list) else setattr(event, name, value)
    now = int(time.time() * 1000)

    def v7():
        raw = bytearray(now.to_bytes(6, "big") + os.urandom(10))
        raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
        return bytes(raw)

    record = RECORD.Record(item_id=v7(), revision_id=v7(), operation=RECORD.OPERATION_SUBMIT, recorded_at_us=now * 1000, author="甲",
                           programme="hubei-2024", programme_version=1, lecture_event=event)
    return record.SerializeToString()


def fill(stream, count, name="讲"):
    for i in range(count):
        stream.add(lecture(f"{name}{len(stream.bodies)}-{i}"))


def test_send_and_resume(centre, session):
    client, stream = session
    assert client.welcome.acked_seq == 0 and client.welcome.chain == stream.chains[0] and client.welcome.office_code == OFFICE
    fill(stream, 10)
    assert client.deliver(stream, 1, 4).acked_seq == 4
    client.send("BATCH", stream.batch(5, 8))
    client.close()  # whether it arrived or not, Welcome tells
    again = connect(centre, enrolled(centre), stream)
    assert again.welcome.acked_seq in (4, 8) and again.welcome.chain == stream.chains[again.welcome.acked_seq]
    assert again.first_ack.acked_seq == again.welcome.acked_seq
    assert again.deliver(stream, again.welcome.acked_seq + 1, 10).acked_seq == 10
    stored = centre.cluster.psql(f"SELECT count(*) FROM zhibao.lecture_event JOIN zhibao.batch USING (batch_id) JOIN zhibao.stream s USING (stream_id)"
                                 f" WHERE s.outbox_uuid = '\\x{stream.uuid.hex()}'")
    assert stored == "10"
    again.close()


def test_lost_acknowledgement(centre, session):
    """A batch that comes again is acknowledged again and counted; nothing is stored twice."""
    client, stream = session
    fill(stream, 3)
    for _ in range(3):
        assert client.deliver(stream, 1, 3).acked_seq == 3
    assert centre.cluster.psql(f"SELECT duplicate_count FROM zhibao.stream WHERE outbox_uuid = '\\x{stream.uuid.hex()}'") == "2"


def test_places_in_the_stream(session):
    client, stream = session
    fill(stream, 12)
    client.deliver(stream, 1, 4)
    for first, last, code in ((7, 8, "GAP"), (3, 6, "RESYNC")):
        client.send("BATCH", stream.batch(first, last))
        refusal = client.receive("NACK")
        assert SESSION.NackCode.Name(refusal.code).endswith(code)
        assert refusal.acked_seq == 4 and refusal.chain == stream.chains[4]
    other = Stream()
    other.bodies, other.chains = list(stream.bodies), [blake(c) for c in stream.chains]
    other.chains[5:] = []
    for body in stream.bodies[4:6]:
        other.chains.append(blake(other.chains[-1], struct.pack("<Q", len(other.chains)), body))
    client.send("BATCH", other.batch(5, 6))
    refusal = client.receive("NACK")
    assert SESSION.NackCode.Name(refusal.code).endswith("FORK") and refusal.fork_probes[0].seq == 4
    assert refusal.fork_probes[0].chain == stream.chains[4]
    assert client.deliver(stream, 5, 12).acked_seq == 12, "the session goes on"


def test_fencing(centre, session):
    first, stream = session
    fill(stream, 4)
    second = connect(centre, enrolled(centre), stream)
    assert second.gen > first.gen
    first.send("BATCH", stream.batch(1, 2))
    assert first.nack() == "FENCED"
    assert second.deliver(stream, 1, 2).acked_seq == 2
    second.send("BATCH", stream.batch(3, 4), gen=second.gen + 1)
    assert second.nack() == "FENCED"
    second.close()


def test_fork(centre, session):
    """A restored outbox finds the last shared point among the probes and goes on as a new stream; repeats are harmless."""
    client, stream = session
    fill(stream, 9)
    for first in (1, 4, 7):
        client.deliver(stream, first, first + 2)
    restored = Stream()
    restored.uuid, restored.bodies, restored.chains = stream.uuid, stream.bodies[:6], stream.chains[:7]
    restored.add(lecture("恢复后"))
    back = connect(centre, enrolled(centre), restored)
    assert back.welcome.acked_seq == 9 > len(restored.bodies)
    shared = next(p.seq for p in back.welcome.fork_probes if p.seq <= 7 and p.chain == restored.chains[p.seq])
    assert shared == 6
    fresh = Stream()
    fresh.add(stream.bodies[5])  # known already, byte for byte
    fresh.add(restored.bodies[6])
    again = connect(centre, enrolled(centre))
    again.open(fresh, forked_from_uuid=stream.uuid, fork_seq=shared)
    answer = again.deliver(fresh, 1, 2)
    assert answer.acked_seq == 2 and not answer.quarantined
    assert centre.cluster.psql(f"SELECT fork_seq, encode(forked_from, 'hex') FROM zhibao.stream WHERE outbox_uuid = '\\x{fresh.uuid.hex()}'") == f"6|{stream.uuid.hex()}"
    record = RECORD.Record.FromString(stream.bodies[0])
    record.lecture_event.theme = "同一版本，另一内容"
    fresh.add(record.SerializeToString())
    assert again.deliver(fresh, 3, 3).quarantined[0].code == "E_REVISION_CHANGED"
    back.close()
    again.close()


def test_gap_takes_its_place(centre, session):
    client, stream = session
    fill(stream, 2)
    client.deliver(stream, 1, 2)
    client.send("BATCH", stream.gap(3, "damaged" + "长" * 500))
    assert client.receive("ACK").acked_seq == 5
    fill(stream, 1)
    assert client.deliver(stream, 6, 6).acked_seq == 6
    assert centre.cluster.psql(f"SELECT first_seq, last_seq, left(reason, 7), length(reason) FROM zhibao.stream_gap g JOIN zhibao.stream s USING (stream_id)"
                               f" WHERE outbox_uuid = '\\x{stream.uuid.hex()}'") == "3|5|damaged|120"


def judge(centre, record, verdict):
    centre.cluster.psql(f"INSERT INTO zhibao.review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)"
                        f" VALUES ('{OFFICE}', '{uuid.UUID(bytes=record.item_id)}', '{uuid.UUID(bytes=record.revision_id)}', '{verdict}', 'x', 'r',"
                        f" '420100', clock_timestamp())")


def correction(first, place, **head):
    """An amendment of an encoded record."""
    record = RECORD.Record.FromString(first)
    record.base_revision_id, record.revision_id = record.revision_id, RECORD.Record.FromString(lecture("x")).revision_id
    record.operation, record.lecture_event.place = RECORD.OPERATION_AMEND, place
    for name, value in head.items():
        setattr(record, name, value)
    return record.SerializeToString()


def test_corrections_of_an_ended_item_are_put_aside(centre, session):
    """Ruling R2, among others of the same batch, alone, as a second first revision, and come again under another stream."""
    client, stream = session
    fill(stream, 2)
    client.deliver(stream, 1, 2)
    ended, sound = stream.bodies
    judge(centre, RECORD.Record.FromString(ended), "rejected")
    stream.add(correction(ended, "一"))  # 3
    stream.add(lecture("未知乡镇", township_codes=["999999999"]))  # 4
    stream.add(correction(sound, "二", correction_reason="地点有误"))  # 5
    fill(stream, 1)  # 6
    stream.add(correction(sound, "三", correction_reason=" \u3000"))  # 7
    answer = client.deliver(stream, 3, 7)
    assert answer.acked_seq == 7
    assert [(q.seq, q.code) for q in answer.quarantined] == [(3, "E_ITEM_ENDED"), (4, "E_TOWNSHIP_UNKNOWN"), (7, "E_REASON_BLANK")]
    assert "作为新记录" in answer.quarantined[0].text
    time.sleep(1.1)  # a first revision this much younger than its item is a correction too
    stream.add(correction(ended, "四", operation=RECORD.OPERATION_SUBMIT, base_revision_id=b""))
    assert [q.code for q in client.deliver(stream, 8, 8).quarantined] == ["E_ITEM_ENDED"]
    stream.add(correction(sound, "五", operation=RECORD.OPERATION_WITHDRAW, correction_reason="重复录入"))
    assert not client.deliver(stream, 9, 9).quarantined, "alone in its group, it is stored"
    judge(centre, RECORD.Record.FromString(ended), "pending")
    fresh = Stream()
    for body in (stream.bodies[0], stream.bodies[2], correction(stream.bodies[2], "六")):
        fresh.add(body)
    again = connect(centre, enrolled(centre), fresh)
    answer = again.deliver(fresh, 1, 3)
    assert [(q.seq, q.code) for q in answer.quarantined] == [(2, "E_ITEM_ENDED")], "it stays put aside; the next one is stored"
    again.close()

    def rows(first):
        return centre.cluster.psql("SELECT place, operation, coalesce(correction_reason, '-') FROM zhibao.lecture_event WHERE item_id ="
                                   f" '{uuid.UUID(bytes=RECORD.Record.FromString(first).item_id)}' ORDER BY received_at, seq").split("\n")
    assert rows(ended) == ["村|submit|-", "六|amend|-"]
    assert rows(sound) == ["村|submit|-", "二|amend|地点有误", "五|withdraw|重复录入"]
    checked = centre.collector_command("verify", check=False)
    assert checked.returncode == 0 and "不符 0 处" in checked.stdout, checked.stdout


def test_quarantine_is_told_again(centre, session):
    client, stream = session
    fill(stream, 1)
    stream.add(lecture("未知乡镇", township_codes=["999999999"]))
    stream.add(b"\xff\xff not a record")
    fill(stream, 1)
    answer = client.deliver(stream, 1, 4)
    assert answer.acked_seq == 4, "no record blocks a stream"
    assert [(q.seq, q.code) for q in answer.quarantined] == [(2, "E_TOWNSHIP_UNKNOWN"), (3, "E_WIRE_BAD")]
    assert re.search("[\u4e00-\u9fff]", answer.quarantined[0].text) and answer.quarantined[0].field == "township_codes"
    for known, told in ((0, [2, 3]), (2, [3]), (4, [])):
        again = connect(centre, enrolled(centre))
        again.open(stream, acked=known)
        assert [q.seq for q in again.first_ack.quarantined] == told
        again.close()


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


def test_office_is_that_of_the_key(centre, session):
    client, stream = session
    record = RECORD.Record.FromString(lecture("冒名"))
    record.on_behalf_of = "420500"
    stream.add(record.SerializeToString())
    assert client.deliver(stream, 1, 1).quarantined[0].code.startswith("E_")
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420500'") == "0"


def form(**change):
    """A statistics form of one line, and a record around it."""
    record = RECORD.Record.FromString(lecture("x"))
    record.statistics_form.CopyFrom(BODIES.StatisticsForm(
        period=BODIES.PERIOD_MID_YEAR, scope=BODIES.FORM_SCOPE_OWN, period_start=DAY - 126, period_end=DAY + 55, filled_on=DAY, **change))
    return record.SerializeToString()


def test_forms_that_contradict_themselves(session):
    client, stream = session

    def line(**cell):
        return BODIES.FormLine(**{"state": BODIES.FIGURE_STATE_VALUE, **cell})

    yes = [line(item_no=3, is_yes=True), line(item_no=3, sub_field="portal_published", is_yes=True),
           line(item_no=3, sub_field="wechat_published", is_yes=False)]
    for body in (form(lines=yes), form(lines=[line(item_no=12, sub_field="coverage_rate", rate_text="100.5")]),
                 form(lines=[line(item_no=10, count=1)], approved_by="甲"), form(lines=[line(item_no=10, state=BODIES.FIGURE_STATE_NOT_APPLICABLE)]),
                 form(lines=[line(item_no=10, count=1)])):
        stream.add(body)
    answer = client.deliver(stream, 1, 5)
    assert [(q.seq, q.code) for q in answer.quarantined] == [(1, "E_FORM_YES"), (2, "E_FORM_RATE"), (3, "E_SELF_APPROVED"), (4, "E_FORM_REASON")]
    assert all(re.search("[\u4e00-\u9fff]", q.text) for q in answer.quarantined), "an incomplete form is stored, as the last one was"


def test_proposal(session):
    client, _ = session
    client.send("PROPOSE", SESSION.Propose(token=7, period="mid_year", scope="own", filled_on=DAY))
    answer = client.receive("PROPOSAL")
    assert (answer.token, answer.refused_code, len(answer.cells)) == (7, "", 29)
    assert answer.cells[0].item_no == 1 and answer.cells[0].WhichOneof("count_answer") == "count"
    assert answer.cells[2].WhichOneof("is_yes_answer") == "is_yes" and answer.period_end == 19904  # 2024-06-30
    for bad in ({"period": "whole_year"}, {"scope": "all"}, {"filled_on": 1 << 30}):
        client.send("PROPOSE", SESSION.Propose(**{"token": 8, "period": "mid_year", "scope": "own", "filled_on": DAY, **bad}))
        answer = client.receive("PROPOSAL")
        assert (answer.token, answer.refused_code, len(answer.cells)) == (8, "E_PROPOSAL", 0)


def test_receipts(session):
    client, stream = session
    fill(stream, 3)
    answer = client.deliver(stream, 1, 3)
    key = client.welcome.signing_public_key
    assert answer.signing_key == client.welcome.signing_key and (answer.first_seq, answer.acked_seq) == (1, 3)
    assert answer.chain == stream.chains[3]
    text = receipt_text(OFFICE, stream.uuid, answer)
    assert receipt_is_valid(key, text, answer.signature)
    assert not receipt_is_valid(key, text[:-1] + b"\x01", answer.signature)
    assert not receipt_is_valid(key, text, answer.signature[:-1] + bytes([answer.signature[-1] ^ 1]))


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


def chunks_of(content, size):
    return [content[i:i + size] for i in range(0, len(content), size)]


def test_file_in_chunks_with_resume(centre, session):
    client, stream = session
    content, size = os.urandom(300_000), 8192
    file_id = hashlib.blake2b(content, digest_size=32).digest()
    chunks = chunks_of(content, size)
    offer = SESSION.Offer(file_id=file_id, size_bytes=len(content), chunk_bytes=size, name="a.pdf", media_type="application/pdf")
    client.send("OFFER", offer)
    status = client.receive("OFFER_STATUS")
    assert (status.next_chunk, status.chunk_bytes, status.is_complete) == (0, size, False) and 0 < status.credit_chunk <= len(chunks)
    client.send("CHUNK", SESSION.Chunk(file_id=file_id, chunk_no=0, data=chunks[0]))
    assert client.receive("CHUNK_ACK").next_chunk == 1
    client.send("CHUNK", SESSION.Chunk(file_id=file_id, chunk_no=5, data=chunks[5]))
    assert client.receive("OFFER_STATUS").next_chunk == 1, "not the next one: told where to go on"
    client.close()
    again = connect(centre, enrolled(centre), stream)
    offer.chunk_bytes = 65536
    again.send("OFFER", offer)
    status = again.receive("OFFER_STATUS")
    assert (status.next_chunk, status.chunk_bytes) == (1, size), "the chunk size of the first offer counts"
    for no in range(1, len(chunks)):
        again.send("CHUNK", SESSION.Chunk(file_id=file_id, chunk_no=no, data=chunks[no]))
        assert again.receive("CHUNK_ACK").next_chunk == no + 1
    assert again.receive("FILE_DONE").is_verified
    other = connect(centre, enrolled(centre, "420104"), Stream())
    other.send("OFFER", offer)
    assert other.receive("OFFER_STATUS").is_complete, "known content is not sent again"
    other.send("WANT", SESSION.Want(file_id=file_id, first_chunk=0, count=1))
    assert not other.receive("FILE_DONE").is_verified, "but not given to another office either"
    again.close()
    other.close()


def test_wrong_content_is_dropped(session):
    client, _ = session
    content = os.urandom(9000)
    claimed = hashlib.blake2b(content + b"x", digest_size=32).digest()
    for _ in range(2):
        client.send("OFFER", SESSION.Offer(file_id=claimed, size_bytes=len(content), chunk_bytes=4096, name="x"))
        assert client.receive("OFFER_STATUS").next_chunk == 0
        for no, data in enumerate(chunks_of(content, 4096)):
            client.send("CHUNK", SESSION.Chunk(file_id=claimed, chunk_no=no, data=data))
        assert client.receive("FILE_DONE").is_verified is False
    for size, chunk, code in ((0, 4096, "E_FILE_EMPTY"), (10, 1, "E_FILE_CHUNK"), (10, 1 << 30, "E_FILE_CHUNK"), (1 << 40, 65536, "E_FILE_TOO_BIG")):
        client.send("OFFER", SESSION.Offer(file_id=os.urandom(32), size_bytes=size, chunk_bytes=chunk))
        assert client.receive("OFFER_STATUS").refused_code == code
    for bad in ({"name": "名" * 256}, {"name": "a\nb"}, {"media_type": "x" * 128}):
        client.send("OFFER", SESSION.Offer(file_id=os.urandom(32), size_bytes=10, chunk_bytes=4096, **bad))
        status = client.receive("OFFER_STATUS")
        assert status.refused_code == "E_FILE_NAME" and re.search("[\u4e00-\u9fff]", status.refused_text)
    client.send("CHUNK", SESSION.Chunk(file_id=os.urandom(32), data=b"x"))
    assert client.receive("OFFER_STATUS").refused_code == "E_FILE_UNKNOWN"


def test_downlink_in_order(centre):
    office = "420105"
    for i in range(20):
        centre.collector_command("notice", "--office", office, "--title", f"{i}", "--text", "文")
    client = connect(centre, enrolled(centre, office), Stream())
    seen = [client.receive("DOWNLINK") for _ in range(16)]
    assert [m.seq for m in seen] == list(range(1, 17))
    assert client.receive("DOWNLINK", seconds=0.5) is None, "no more than the window"
    client.send("DOWNLINK_ACK", SESSION.DownlinkAck(seq=16))
    seen += [client.receive("DOWNLINK") for _ in range(5)]
    assert [m.seq for m in seen] == list(range(1, 22)) and seen[0].kind == SESSION.DOWNLINK_KIND_PROGRAMME
    assert [m.title for m in seen[1:]] == [str(i) for i in range(20)]
    client.close()
    again = connect(centre, enrolled(centre, office))
    again.open(Stream(), downlink=19)
    assert [again.receive("DOWNLINK").seq for _ in range(2)] == [20, 21]
    centre.collector_command("notice", "--office", office, "--title", "新", "--text", "文")
    again.send("DOWNLINK_ACK", SESSION.DownlinkAck(seq=21))
    assert again.receive("DOWNLINK").title == "新"
    fetch_pack(again, seen[0])
    again.close()


def fetch_pack(client, programme):
    content, at = b"", 0
    while True:
        client.send("WANT", SESSION.Want(file_id=programme.file_id, first_chunk=at, count=4))
        for _ in range(4):
            chunk = client.receive("CHUNK", seconds=2)
            if chunk is None:
                break
            assert chunk.chunk_no == at
            content, at = content + chunk.data, at + 1
        if client.receive("FILE_DONE", seconds=0.2):
            break
    assert hashlib.blake2b(content, digest_size=32).digest() == programme.file_id
    bundle = SESSION.PackBundle.FromString(content)
    assert bundle.programme == "hubei-2024"
    for file in bundle.files:
        assert file.content == (PACK / file.name).read_bytes()


def test_recall(centre):
    """A replaced machine gets what the office sent before, in the order of receipt, byte for byte."""
    office = "420111"
    first = Stream()
    client = connect(centre, enrolled(centre, office), first)
    fill(first, 5)
    client.deliver(first, 1, 2)
    client.deliver(first, 3, 5)
    client.close()
    fresh = Stream()
    again = connect(centre, enrolled(centre, office), fresh)
    bodies, after = [], 0
    while True:
        again.send("RECALL", SESSION.Recall(after_batch=after))
        answer = again.receive("RECALLED")
        bodies += list(answer.records)
        after = answer.batch
        if not answer.has_more:
            break
    assert bodies == first.bodies
    again.send("RECALL", SESSION.Recall(after_batch=after))
    assert again.receive("RECALLED").batch == 0
    again.close()


def test_store_is_sound_at_the_end(centre):
    run = subprocess.run([str(COLLECTOR), "--config", str(centre.etc / "collector.conf"), "verify"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    print(run.stdout)
    wait_for(lambda: centre.processes["collector"].poll() is None, 1, "the collector lives")
