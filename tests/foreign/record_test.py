# SPDX-License-Identifier: Apache-2.0
"""Records of the foreign client at the real centre: what is stored, put aside, proposed and signed."""
import re
import time
import uuid

from foreign.client import BODIES, RECORD, SESSION, Stream, receipt_is_valid, receipt_text
from foreign.office import DAY, OFFICE, connect, enrolled, fill, lecture


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
    stream.add(lecture("村", area_explanation="\u3000"))
    answer = client.deliver(stream, 1, 4)
    assert answer.acked_seq == 4, "no record blocks a stream"
    assert [(q.seq, q.code) for q in answer.quarantined] == [(2, "E_TOWNSHIP_UNKNOWN"), (3, "E_WIRE_BAD"), (4, "E_TEXT_BLANK")]
    assert re.search("[\u4e00-\u9fff]", answer.quarantined[0].text) and answer.quarantined[0].field == "township_codes"
    for known, told in ((0, [2, 3, 4]), (2, [3, 4]), (4, [])):
        again = connect(centre, enrolled(centre))
        again.open(stream, acked=known)
        assert [q.seq for q in again.first_ack.quarantined] == told
        again.close()


def test_office_is_that_of_the_key(centre, session):
    client, stream = session
    record = RECORD.Record.FromString(lecture("冒名"))
    record.on_behalf_of = "420500"
    stream.add(record.SerializeToString())
    assert client.deliver(stream, 1, 1).quarantined[0].code.startswith("E_")
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420500'") == "0"
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.quarantine WHERE item_office_code = '420500'") == "0"


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
