# SPDX-License-Identifier: Apache-2.0
"""Bad input at the desk: a clear message in Chinese with field, line and a stable code, exit 65 or 78, nothing lost."""
import json
import os
import shutil
import socket
import subprocess

import pytest

from pgcluster import AGENT, COLLECTOR, PACK

OFFICE = "420102"
GOOD = {"category": "village", "theme": "主题", "occurred_on": "2024-05-06", "place": "村", "mode": "offline", "status": "held"}


def count(agent):
    return agent.command("list", "--limit", "1000").stdout.count("宣讲活动")


@pytest.mark.parametrize("change,code,field", [
    ({"theme": ""}, "E_FIELD_MISSING", "theme"),
    ({"attendance": "99999999"}, "E_NUMBER_RANGE", "attendance"),
    ({"attendance": "很多"}, "E_NUMBER_BAD", "attendance"),
    ({"township_codes": "999999999"}, "E_TOWNSHIP_UNKNOWN", "township_codes"),
    ({"township_codes": "全省"}, "E_TOWNSHIP_UNKNOWN", "township_codes"),
    ({"township_codes": "420102002;全县"}, "E_TOWNSHIP_UNKNOWN", "township_codes"),
    ({"attendance": "-1"}, "E_NUMBER_BAD", "attendance"),
    ({"township_codes": "420103001"}, "E_AREA_EXPLANATION", "area_explanation"),
    ({"township_codes": "420102002;420102003;420102004;420102005"}, "E_AREA_EXPLANATION", "area_explanation"),
    ({"occurred_on": "2999-01-01"}, "E_DATE_BAD", "occurred_on"),
    ({"occurred_on": "2190-01-01"}, "E_DATE_FUTURE", "occurred_on"),
    ({"theme": "字" * 201}, "E_TEXT_LONG", "theme"),
    ({"theme": "a\x01b"}, "E_TEXT_CONTROL", "theme"),
    ({"theme": " \u3000"}, "E_TEXT_BLANK", "theme"),
    ({"area_explanation": "\u00a0\t", "township_codes": "420103001"}, "E_TEXT_BLANK", "area_explanation"),
    ({"category": "进城"}, "E_ENUM_UNKNOWN", "category"),
    ({"colour": "red"}, "E_FIELD_UNKNOWN", "colour"),
    ({"plan_item_id": "01900000-0000-7000-8000-000000000000"}, "E_PLAN_ITEM_UNKNOWN", "plan_item_id"),
])
def test_one_record(agent, change, code, field):
    before = count(agent)
    words = [w for name, value in {**GOOD, **change}.items() for w in (f"--{name}", value)]
    run = agent.command("record", "lecture_event", *words)
    assert run.returncode == 65
    assert code in run.stderr and field in run.stderr
    assert any("\u4e00" <= c <= "\u9fff" for c in run.stderr)
    assert count(agent) == before


FEEDBACK = {"source": "hotline_12333", "period_start": "2024-04-01", "period_end": "2024-06-30", "total_count": "40", "closed_count": "45"}


@pytest.mark.parametrize("kind,fields,code,field,words", [
    ("feedback_stat", {**FEEDBACK, "response_count": "30", "satisfied_count": "50"}, "E_NUMBER_ORDER", "response_count", "满意份数多于有效答复份数"),
    ("feedback_stat", {**FEEDBACK, "policy_related_count": "41"}, "E_NUMBER_ORDER", "total_count", "政策类件数多于总数"),
    ("window_report", {"hall_id": "h1", "report_kind": "staff_training", "quantity": "1", "reported_on": "2024-05-06", "staff_trained": "5", "staff_total": "2"},
     "E_NUMBER_ORDER", "staff_total", "培训人数多于窗口人数"),
    ("public_input", {"received_on": "2024-05-06", "channel": "hotline", "topic": "咨询", "handled_on": "2024-05-03"},
     "E_DATE_ORDER", "handled_on", "办理日期早于收到日期"),
    ("news_item", {"news_kind": "work_news", "title": "动态", "happened_on": "2024-05-06", "reported_on": "2024-05-03"},
     "E_DATE_ORDER", "reported_on", "报送日期早于发生日期"),
    ("inspection", {"scheme": "filing_spot_check", "checked_on": "2024-05-06", "rectification_closed_on": "2024-05-03"},
     "E_DATE_ORDER", "rectification_closed_on", "整改完成日期早于检查日期"),
    ("policy_document", {"document_kind": "policy", "title": "文件", "issuer": "局", "issued_on": "2024-05-06", "status": "abolished",
                         "disclosure": "public", "status_changed_on": "2024-05-03"}, "E_DATE_ORDER", "status_changed_on", "效力变更日期早于发文日期"),
])
def test_no_part_above_its_whole_and_no_day_before_its_own(agent, kind, fields, code, field, words):
    """No rate above 100 % and no negative number of days: refused at the desk; without the last answer it is a sound record."""
    words_in = [w for name, value in fields.items() for w in (f"--{name}", value)]
    run = agent.command("record", kind, *words_in)
    assert run.returncode == 65 and all(part in run.stderr for part in (code, field, words)), run.stderr
    run = agent.command("record", kind, *words_in[:-2])
    assert run.returncode == 0, run.stderr


def test_words(agent):
    assert agent.command("record", "no_such_kind", "--x", "1").returncode == 65
    assert "E_KIND_UNKNOWN" in agent.command("record", "no_such_kind").stderr
    assert agent.command("nonsense").returncode == 64
    assert agent.command("record", "lecture_event", "--theme").returncode == 64
    assert agent.command("amend", "01900000-0000-7000-8000-000000000000", "--theme", "x").returncode == 65
    assert agent.command("show", "nonsense").returncode == 65
    help_text = agent.command("record", "lecture_event", "--help")
    assert help_text.returncode == 0 and "township_codes" in help_text.stdout and "进村居" in help_text.stdout


def ask(agent, **request):
    """One line to the agent's own socket, as a page or an import would send it."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(agent.home / "s"))
        line.sendall((json.dumps(request, ensure_ascii=False) + "\n").encode())
        return json.loads(line.makefile(encoding="utf-8").readline())


def test_a_record_too_big_to_send_is_refused_at_once(agent):
    """It must not be accepted and then block everything that comes after it."""
    before = count(agent)
    rows = [{"item": "字" * 200, "note": "注" * 500, "url": "https://x/" + "a" * 1900} for _ in range(100)]
    entries = [{"kind": "inspection", "fields": {"scheme": "spot_check", "findings": rows}}, {"kind": "lecture_event", "fields": GOOD}]
    kinds = [{**entries[0], "fields": {**entries[0]["fields"], "scheme": s}} for s in ("spot_check", "filing_spot_check")]
    answers = [ask(agent, op="enter", author="甲", entries=[kind, entries[1]], wait_ms=20000) for kind in kinds]
    assert any("E_RECORD_BIG" in [p["code"] for p in a["problems"]] for a in answers), answers
    for answer in answers:
        assert answer["ok"] is False
        assert [s["state"] for s in answer["stored"]] == ["delivered"], answer
    assert count(agent) == before + len(answers)


@pytest.mark.parametrize("entry", [
    {"kind": "lecture_event", "fields": {**GOOD, "attendance": "a" + "很" * 30}},
    {"kind": "宣" * 16, "fields": GOOD},
    {"kind": "lecture_event", "fields": {**GOOD, "色" * 16: "红"}},
    {"kind": "lecture_event", "fields": {**GOOD, "主题": "又一个"}},
])
def test_a_refusal_always_has_words(agent, entry):
    """Words cut inside a character must not make the refusal vanish."""
    before = count(agent)
    answer = ask(agent, op="enter", author="甲", entries=[entry])
    assert answer["ok"] is False and answer["stored"] == [] and answer["problems"][0]["message"], answer
    assert count(agent) == before


def test_malformed_utf8(agent):
    run = subprocess.run([AGENT, "--config", agent.conf, "record", "lecture_event", "--theme", b"\xff\xfe"], capture_output=True, check=False)
    assert run.returncode == 65 and b"E_TEXT_ENCODING" in run.stderr


@pytest.mark.parametrize("words", [["show", b"\xff\xfe"], ["attach", b"NAME"], ["receipt", b"\xff"], ["list", "--kind", b"\xff"]])
def test_malformed_words(agent, words):
    """Not only the values of fields: an argument or a file name that is no UTF-8 is said to be just that."""
    if words[0] == "attach":
        words = ["attach", os.path.join(os.fsencode(agent.home), b"\xff.pdf")]
        with open(words[1], "wb") as file:
            file.write(b"x")
    run = subprocess.run([AGENT, "--config", agent.conf, *words], capture_output=True, check=False)
    assert run.returncode == 65 and b"E_TEXT_ENCODING" in run.stderr, run.stderr


HEADING = "宣讲类别,主题,开展日期,地点,方式,活动状态,乡镇代码"
ROW = "进企业,{},2024-06-01,厂区,线下,已开展,420102003"


@pytest.mark.parametrize("encode,note", [
    (lambda t: t.encode(), ""),
    (lambda t: b"\xef\xbb\xbf" + t.encode(), ""),
    (lambda t: t.replace("\n", "\r\n").encode(), ""),
    (lambda t: t.encode("gbk"), "GBK"),
])
def test_import_good_rows_stay(agent, encode, note):
    """The second row is bad: the others are stored, the bad one is listed and written aside, ready to be mended."""
    file = agent.home / "rows.csv"
    before = count(agent)
    file.write_bytes(encode(f"{HEADING}\n{ROW.format('甲')}\n{ROW.format('乙').replace('06-01', '06-31')}\n{ROW.format('丙')}\n"))
    run = agent.command("import", file, "--kind", "lecture_event")
    assert run.returncode == 65
    assert "第 3 行" in run.stderr and "E_DATE_BAD" in run.stderr and "occurred_on" in run.stderr and note in run.stderr
    assert "存入 2 行，退回 1 行" in run.stdout
    assert count(agent) == before + 2
    rejected = agent.home / "rows.csv.rejected.csv"
    mended = rejected.read_text(encoding="utf-8-sig").replace("06-31", "06-30")
    assert mended.count("乙") == 1 and "问题" in mended
    rejected.write_text(mended, encoding="utf-8-sig")
    run = agent.command("import", rejected, "--kind", "lecture_event")
    assert run.returncode == 0, run.stderr
    assert count(agent) == before + 3


def test_import_of_blanks(agent):
    """Spreadsheets leave wide blanks behind: as words they are refused, around nothing at all they are no answer."""
    file = agent.home / "blanks.csv"
    before = count(agent)
    file.write_text(f"{HEADING},备注\n{ROW.format('　')},有\n{ROW.format('白')},\n{ROW.format('白一')},\u3000\u00a0\n", encoding="utf-8")
    run = agent.command("import", file, "--kind", "lecture_event")
    assert run.returncode == 65 and "存入 1 行，退回 2 行" in run.stdout
    assert run.stderr.count("E_TEXT_BLANK") == 2 and "主题只有空白" in run.stderr and "备注只有空白" in run.stderr, run.stderr
    assert count(agent) == before + 1


@pytest.mark.parametrize("data,code", [
    ("宣讲类别,主题\n进企业,甲\n".encode(), "E_CSV_COLUMN_MISSING"),
    (f"{HEADING},颜色\n{ROW.format('甲')},红\n".encode(), "E_CSV_COLUMN"),
    (b"", "E_CSV_EMPTY"),
    (f'{HEADING}\n"{ROW.format("甲")}\n'.encode(), "E_CSV_SYNTAX"),
    (f"{HEADING}\n".encode() + b"\x00\n", "E_CSV_NUL"),
    (b"\xff\xff\xff\n1\n", "E_CSV_ENCODING"),
])
def test_import_refused_whole(agent, data, code):
    file = agent.home / "bad.csv"
    before = count(agent)
    file.write_bytes(data)
    run = agent.command("import", file, "--kind", "lecture_event")
    assert run.returncode == 65 and code in run.stderr, run.stderr
    assert count(agent) == before


@pytest.mark.parametrize("program", [AGENT, COLLECTOR])
def test_wrong_configuration(agent, program, tmp_path):
    conf = tmp_path / "x.conf"
    conf.write_text('log {\n level = "info"\n colour = "red"\n}\n', encoding="utf-8")
    run = agent.centre.run(program, "--config", conf, "check-config", check=False)
    assert run.returncode == 78
    assert f"{conf}:3" in run.stderr and "CONF_UNKNOWN_KEY" in run.stderr and "log.colour" in run.stderr


def test_pack_with_a_missing_column(agent, tmp_path):
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    (pack / "offices.csv").write_text("code,level\n1,city\n", encoding="utf-8")
    run = agent.centre.collector_command("programme", "load", pack, check=False)
    assert run.returncode == 65 and "E_PACK_COLUMN offices.csv:1" in run.stderr
