# SPDX-License-Identifier: Apache-2.0
"""Files, messages of the centre and recalls with the foreign client at the real centre."""
import hashlib
import os
import re

from foreign.client import SESSION, Stream
from foreign.office import chunks_of, connect, enrolled, fill
from pgcluster import PACK


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
