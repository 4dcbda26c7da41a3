# SPDX-License-Identifier: Apache-2.0
"""A centre with store.keep_batches = "false": chains without bytes. What can no longer be done is said, not failed at."""
import json
import re

from foreign.client import RECORD, SESSION, Stream
from foreign.office import OFFICE, connect, enrolled, fill, lecture

SETTINGS = 'store { keep_batches = "false" }\n'


def verify(centre):
    return centre.collector_command("verify", check=False)


def test_chain_without_bytes(centre, session):
    client, stream = session
    fill(stream, 6)
    for first in (1, 4):
        client.deliver(stream, first, first + 2)
    stored = centre.cluster.psql("SELECT first_seq, last_seq, encode(chain, 'hex'), body IS NULL FROM zhibao.batch ORDER BY 1").split("\n")
    assert stored == [f"1|3|{stream.chains[3].hex()}|t", f"4|6|{stream.chains[6].hex()}|t"]
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event") == "6"
    sound = verify(centre)
    assert sound.returncode == 0, sound.stdout
    assert "记录 6 条，其批次 2 个未保留原文" in sound.stdout and "不符 0 处" in sound.stdout


def test_a_repeat_is_compared_by_its_values(centre, session):
    client, stream = session
    fill(stream, 3)
    client.deliver(stream, 1, 3)
    fresh = Stream()
    fresh.add(stream.bodies[1])
    fresh.add(lecture("新"))
    again = connect(centre, enrolled(centre), fresh)
    answer = again.deliver(fresh, 1, 2)
    assert answer.acked_seq == 2 and not answer.quarantined, "the same values: harmless"
    for change in ({"theme": "另一内容"}, {"township_codes": ["420102003"]}):
        record = RECORD.Record.FromString(stream.bodies[0])
        for name, value in change.items():
            if isinstance(value, list):
                getattr(record.lecture_event, name).extend(value)
            else:
                setattr(record.lecture_event, name, value)
        fresh.add(record.SerializeToString())
    answer = again.deliver(fresh, 3, 4)
    assert [q.code for q in answer.quarantined] == ["E_REVISION_CHANGED"] * 2
    again.close()
    assert verify(centre).returncode == 0


def test_recall_says_what_it_cannot_give(centre, session):
    client, _ = session
    stored = int(centre.cluster.psql("SELECT sum(last_seq - first_seq + 1) FROM zhibao.batch"))
    assert stored > 0
    client.send("RECALL", SESSION.Recall())
    answer = client.receive("RECALLED")
    assert (list(answer.records), answer.has_more, answer.not_kept_records) == ([], False, stored)


def test_receipt_is_settled_by_the_chain(centre, session):
    client, stream = session
    fill(stream, 4)
    ack = client.deliver(stream, 1, 4)
    name = re.search(r"name (\S+)", (centre.etc / "collector.sign.pub").read_text()).group(1)
    proof = {"office_code": OFFICE, "outbox_uuid": stream.uuid.hex(), "first_seq": ack.first_seq, "acked_seq": ack.acked_seq,
             "chain": ack.chain.hex(), "received_at_us": ack.centre_time_us, "signing_key": name, "signature": ack.signature.hex(),
             "seq": 2, "prev_chain": stream.chains[1].hex(), "records": [b.hex() for b in stream.bodies[1:4]]}
    file = centre.home / "proof.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    run = centre.collector_command("verify-receipt", file, check=False)
    assert run.returncode == 0 and "未保留原文，但链值相符" in run.stdout, run.stderr
    chain = f"'\\x{ack.chain.hex()}'::bytea"
    centre.cluster.psql(f"UPDATE zhibao.batch SET chain = sha256(chain) WHERE chain = {chain}")
    run = centre.collector_command("verify-receipt", file, check=False)
    assert run.returncode == 65 and "E_RECEIPT_LOST" in run.stderr
    found = verify(centre)
    assert found.returncode == 65 and "V_STREAM_ALTERED" in found.stdout
    centre.cluster.psql(f"UPDATE zhibao.batch SET chain = {chain} WHERE chain = sha256({chain})")
