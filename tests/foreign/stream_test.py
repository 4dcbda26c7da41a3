# SPDX-License-Identifier: Apache-2.0
"""Streams of the foreign client at the real centre: resume, repeats, places, fencing, forks, gaps."""
import struct

from foreign.client import RECORD, SESSION, Stream, blake, receipt_is_valid, receipt_text
from foreign.office import OFFICE, batches_locked, connect, enrolled, fill, lecture, streams_locked
from pgcluster import wait_for

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'zhibao-collector' AND wait_event_type = 'Lock'"


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


def numbers(ack):
    return [q.seq for q in ack.quarantined]


def test_verdicts_come_with_a_repeat(centre, session):
    """An answer that was lost while the session stayed open is given whole when the batch comes again, for that batch and no other."""
    client, stream = session
    for i in range(8):
        stream.add(lecture("" if i % 2 else f"重发{i}"))
    assert numbers(client.deliver(stream, 1, 4)) == [2, 4]
    again = client.deliver(stream, 1, 4)
    assert again.acked_seq == 4 and [q.code for q in again.quarantined] == ["E_FIELD_MISSING"] * 2 and numbers(again) == [2, 4]
    assert (again.first_seq, again.chain) == (1, stream.chains[4])
    assert receipt_is_valid(client.welcome.signing_public_key, receipt_text(OFFICE, stream.uuid, again), again.signature)
    assert numbers(client.deliver(stream, 5, 8)) == [6, 8]
    # Behind the end of the stream: acknowledged as far as it goes, so that the verdicts beyond it cannot be passed over. Nothing compares
    # its chain, so nothing is signed.
    behind = client.deliver(stream, 1, 4)
    assert behind.acked_seq == 4 and numbers(behind) == [2, 4] and not behind.signature and not behind.chain
    other = client.deliver(stream, 3, 6)
    assert other.acked_seq == 6 and numbers(other) == [4, 6]
    assert numbers(client.deliver(stream, 5, 8)) == [6, 8]


def test_a_repeat_and_what_follows_it(centre, session):
    """Stored together: a repeat with verdicts is answered by itself, and the receipt of what follows does not reach over it."""
    client, stream = session
    for i in range(3):
        stream.add(lecture("" if i == 1 else f"并{i}"))
    fill(stream, 3)
    client.deliver(stream, 1, 3)
    other = Stream()
    fill(other, 1)
    neighbour = connect(centre, enrolled(centre), other)
    with batches_locked(centre):
        neighbour.send("BATCH", other.batch(1, 1))  # holds the writer of the office, whose next group has the rest
        wait_for(lambda: centre.cluster.psql(WAITING) == "1", 10, "the writer waits")
        for first, last in ((1, 3), (4, 5), (6, 6)):
            client.send("BATCH", stream.batch(first, last))
        client.send("PING", SESSION.Ping(token=1))
        assert client.receive("PONG"), "all of it is in the queue"
    acks = []
    while not acks or acks[-1].acked_seq < 6:
        acks.append(client.receive("ACK"))
    assert (acks[0].acked_seq, numbers(acks[0])) == (3, [2])
    for ack in acks[1:]:
        assert ack.first_seq >= 4 and not ack.quarantined
        assert receipt_is_valid(client.welcome.signing_public_key, receipt_text(OFFICE, stream.uuid, ack), ack.signature)
    neighbour.close()


def test_a_little_does_not_wait_behind_backlogs(centre):
    """Every writer is held up by a large batch; a record of a third office, and one of another machine of the first, are stored meanwhile,
    and what they send next, too, before they are answered or after."""
    offices = (OFFICE, "420103", "420104", OFFICE)
    streams = [Stream() for _ in offices]
    clients = [connect(centre, enrolled(centre, office), stream) for office, stream in zip(offices, streams)]
    for stream in streams[:2]:
        fill(stream, 700)
        assert sum(map(len, stream.bodies)) > 64 << 10
    with streams_locked(centre, streams[:2]):
        for client, stream in zip(clients[:2], streams[:2]):
            client.send("BATCH", stream.batch(1, 700))
        wait_for(lambda: centre.cluster.psql(WAITING) == "2", 10, "both writers wait")
        for client, stream in zip(clients[2:], streams[2:]):
            fill(stream, 7)
            for first in (1, 4):
                assert client.deliver(stream, first, first).acked_seq == first
                for seq in (first + 1, first + 2):
                    client.send("BATCH", stream.batch(seq, seq))
                while client.receive("ACK").acked_seq < first + 2:
                    pass
            assert client.deliver(stream, 7, 7).acked_seq == 7
        assert centre.cluster.psql(WAITING) == "2", "they still wait"
    for client in clients[:2]:
        assert client.receive("ACK").acked_seq == 700
    for client in clients:
        client.close()


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
