# SPDX-License-Identifier: Apache-2.0
"""Corrections between an office and its reviewer: of ended, returned and accepted items, two at once, with reasons and without; one
number for a revision wherever it is shown."""
import json
import subprocess

import pytest

from pgcluster import AGGREGATOR, wait_for

OFFICE = "420102"


def aggregator(agent, *words, check=True):
    return agent.centre.run(AGGREGATOR, *words, "--config", agent.centre.etc / "aggregator.conf", check=check)


@pytest.fixture(scope="module")
def city(agent):
    """The agent of a county whose city has a reviewer."""
    aggregator(agent, "account", "set", "--login", "city", "--name", "市审核", "--office", "420100", "--roles", "city_operator")
    return agent


def psql(agent, text, **options):
    return agent.centre.cluster.psql(text, **options)


def lecture(agent, place, *more):
    run = agent.command("record", "lecture_event", "--category", "village", "--theme", "主题", "--occurred_on", "2024-05-06", "--place", place,
                        "--mode", "offline", "--status", "held", "--wait", "20", *more)
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    return run.stdout.split()[0]


def newest(agent, item):
    return psql(agent, f"SELECT revision_id FROM zhibao.lecture_event WHERE item_id = '{item}' ORDER BY received_at DESC, seq DESC LIMIT 1")


def review(agent, verdict, item, *more, revision=None, check=True):
    return aggregator(agent, "review", verdict, "--login", "city", "--office", OFFICE, "--item", item, "--revision",
                      revision or newest(agent, item), *more, check=check)


def heard(agent, item, verdict):
    """Until the office has the message about it."""
    def is_there():
        messages = json.loads(agent.command("inbox", "--json").stdout)["messages"]
        return [m["verdict"] for m in messages if m["item_id"] == item][:1] == [verdict]
    wait_for(is_there, 20, f"{verdict} at the agent")


def history(agent, item, as_of=""):
    agent.centre.wait_folded()
    return agent.centre.get(f"items/{OFFICE}/{item}{as_of}")


def binding(revision):
    """Findings that a reviewer must settle; the events here are of last year and have notes, too."""
    return [f for f in revision["findings"] if f["severity"] != "note"]


def counted(agent, item):
    """The place that counts, live and by the records, which must agree."""
    wait_for(lambda: psql(agent, "SELECT as_of > (SELECT max(reviewed_at) FROM zhibao.review) FROM zhibao.fold_state") == "t", 20, "fold of verdicts")
    agent.centre.wait_folded()
    live, then = (psql(agent, f"SELECT l.place FROM zhibao.{source} c JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)"
                       f" WHERE c.item_id = '{item}'") for source in ("counted_lecture", "lecture_at('infinity')"))
    assert live == then
    return live


def test_a_correction_of_an_ended_item_is_put_aside(city):
    """Ruling R2: a rejected first revision ends the item. What is sent to it never counts, whatever becomes of the rejection."""
    item, other = lecture(city, "原址"), lecture(city, "另一处")
    review(city, "reject", item, "--reason", "不属于本活动")
    run = city.command("amend", item, "--place", "新址", "--wait", "20")
    assert run.returncode == 65 and "E_ITEM_ENDED" in run.stderr and "作为新记录" in run.stderr, run.stderr
    file = city.home / "corrections.csv"
    file.write_text(f"记录编号,地点,更正原因\n{item},新址二,写错\n{other},另一新处,写错\n", encoding="utf-8")
    run = city.command("import", file, "--kind", "lecture_event", "--wait", "20")
    assert run.returncode == 0 and "存入 2 行" in run.stdout, run.stderr
    assert psql(city, f"SELECT place, correction_reason FROM zhibao.lecture_event WHERE item_id = '{other}' AND operation = 'amend'") == "另一新处|写错"
    put_aside = f"SELECT count(*) FROM zhibao.quarantine WHERE item_id = '{item}' AND code = 'E_ITEM_ENDED'"
    assert psql(city, put_aside) == "2"
    assert counted(city, item) == "" and counted(city, other) == "另一新处"
    review(city, "reopen", item, "--reason", "核实后恢复")
    assert counted(city, item) == "原址", "what was put aside stays so"
    assert len(history(city, item)["revisions"]) == 1 and history(city, item)["state"] == "counting"
    assert city.command("amend", item, "--place", "新址三", "--wait", "20").returncode == 0
    assert counted(city, item) == "新址三" and psql(city, put_aside) == "2"
    checked = city.centre.collector_command("verify", check=False)
    assert checked.returncode == 0, checked.stdout


class Session:
    """A psql that keeps its transaction open."""

    def __init__(self, agent, *statements):
        self.process = subprocess.Popen(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", agent.centre.cluster.conninfo()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.do("BEGIN", *statements)
        self.process.stdin.write("\\echo here\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline()) != "here\n":
            assert line, "psql ended"

    def do(self, *statements):
        self.process.stdin.write("".join(f"{s};\n" for s in statements))
        self.process.stdin.flush()

    def commit(self):
        out, _ = self.process.communicate("COMMIT;\n", timeout=20)
        assert self.process.returncode == 0, out


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_remarks_name_fields(city):
    """A remark names a field of the kind, by either name; the office reads the Chinese one."""
    item = lecture(city, "欠详")
    refused = review(city, "return", item, "--reason", "请补", "--remarks", "place=请写明村;colour=红", check=False)
    assert refused.returncode == 65 and "E_REVIEW_FIELD" in refused.stderr and "colour" in refused.stderr
    assert "E_REVIEW_REMARKS" in review(city, "return", item, "--reason", "请补", "--remarks", "place", check=False).stderr
    assert psql(city, f"SELECT count(*) FROM zhibao.review WHERE item_id = '{item}'") == "0"
    review(city, "return", item, "--reason", "请补", "--remarks", "place=请写明村;主题=a=b")
    heard(city, item, "returned")
    message = next(m for m in json.loads(city.command("inbox", "--json").stdout)["messages"] if m["item_id"] == item)
    assert "地点：请写明村" in message["text"] and "主题：a=b" in message["text"] and "place" not in message["text"]
    assert [(r["field"], r["label"], r["text"]) for r in history(city, item)["revisions"][0]["review"]["remarks"]] == [
        ("place", "地点", "请写明村"), ("theme", "主题", "a=b")]


def test_a_rejection_and_a_correction_at_once(city):
    """One of the two comes first and the other sees it: never both."""
    item = lecture(city, "同时")
    session = Session(city, f"SELECT zhibao.review_post('city', '{OFFICE}', '{item}', '{newest(city, item)}', 'rejected', '重复', NULL, NULL)")
    assert city.command("amend", item, "--place", "同时改").returncode == 0
    wait_for(lambda: psql(city, WAITING) == "1", 20, "the collector waits for the reviewer")
    session.commit()
    wait_for(lambda: "E_ITEM_ENDED" in city.command("show", item).stdout, 20, "the correction put aside")
    assert counted(city, item) == ""

    item = lecture(city, "先更正")
    first = newest(city, item)
    # As a collector stores a correction, up to its commit.
    session = Session(city, f"SELECT zhibao.ended_revisions(ARRAY['{OFFICE}'], ARRAY['{OFFICE}'], ARRAY['{item}'::uuid], ARRAY[gen_random_uuid()])",
                      "INSERT INTO zhibao.lecture_event SELECT (jsonb_populate_record(l, jsonb_build_object('revision_id', gen_random_uuid(), 'base_revision_id',"
                      f" '{first}', 'operation', 'amend', 'received_at', clock_timestamp()))).* FROM zhibao.lecture_event l WHERE item_id = '{item}'")
    reviewer = subprocess.Popen([AGGREGATOR, "review", "reject", "--login", "city", "--office", OFFICE, "--item", item, "--revision", first, "--reason", "重复",
                                 "--config", city.centre.etc / "aggregator.conf"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: psql(city, WAITING) == "1", 20, "the reviewer waits for the collector")
    session.commit()
    _, complaint = reviewer.communicate(timeout=20)
    assert reviewer.returncode == 65 and "E_REVIEW_OUTDATED" in complaint
    psql(city, f"DELETE FROM zhibao.lecture_event WHERE item_id = '{item}' AND revision_id <> '{first}'")  # no batch brought it


def branch(city, item, base, place):
    """A second revision on a base, as another machine of the office sends it; returns it."""
    return psql(city, "INSERT INTO zhibao.lecture_event SELECT (jsonb_populate_record(l, jsonb_build_object('revision_id', gen_random_uuid(), 'base_revision_id',"
                f" '{base}', 'operation', 'amend', 'place', '{place}', 'received_at', clock_timestamp()))).* FROM zhibao.lecture_event l"
                f" WHERE revision_id = '{base}' RETURNING revision_id")


def test_one_number_for_a_revision(city):
    """R1: the history numbers as the lists do, by depth and not by receipt; after a pick of the branch received last, too."""
    item = lecture(city, "分支")
    first = newest(city, item)
    assert city.command("amend", item, "--place", "分支甲", "--wait", "20").returncode == 0
    second = branch(city, item, first, "分支乙")
    aggregator(city, "review", "pick", "--login", "city", "--office", OFFICE, "--item", item, "--revision", second, "--reason", "乙为签到表所载")
    wait_for(lambda: counted(city, item) == "分支乙", 20, "the pick folded")
    shown = history(city, item)["revisions"]
    assert [(r["body"]["place"], r["depth"], r["is_counting"]) for r in shown] == [("分支", 1, False), ("分支甲", 2, False), ("分支乙", 2, True)]
    listed = city.centre.get(f"items?node={OFFICE}&limit=500")["items"]
    assert [i["depth"] for i in listed if i["item_id"] == item] == [2]
    check_decisions(city, item, second)
    psql(city, f"DELETE FROM zhibao.lecture_event WHERE revision_id = '{second}'")  # no batch brought it


def check_decisions(city, item, picked):
    """The history tells the pick and every verdict, with who, when and why; as of an instant before them it does not."""
    review(city, "return", item, "--reason", "请核对", revision=picked)
    review(city, "reopen", item, "--reason", "误退", revision=picked)
    review(city, "accept", item, revision=picked)
    counted(city, item)
    told = history(city, item)
    assert [(p["revision_id"], p["reason"], p["picked_by"]) for p in told["picks"]] == [(picked, "乙为签到表所载", "city")]
    last = told["revisions"][2]
    assert [(v["verdict"], v["reason"], v["reviewer"]) for v in last["verdicts"]] == [
        ("returned", "请核对", "city"), ("pending", "误退", "city"), ("accepted", None, "city")]
    assert last["review"] == last["verdicts"][2] and [r["verdicts"] for r in told["revisions"][:2]] == [[], []]
    then = history(city, item, "?as_of=" + last["received_at"].replace("+00:00", "Z"))
    assert then["picks"] == [] and then["revisions"][2]["verdicts"] == [] and then["revisions"][2]["review"] is None


def test_a_correction_after_acceptance_says_why(city):
    item = lecture(city, "审过")
    review(city, "accept", item)
    heard(city, item, "accepted")
    for words in (["amend", item, "--place", "改"], ["withdraw", item]):
        run = city.command(*words)
        assert run.returncode == 65 and "E_REASON_MISSING" in run.stderr and "须写明原因" in run.stderr, run.stderr
    run = city.command("amend", item, "--place", "改", "--reason", " \u3000")
    assert run.returncode == 65 and "E_REASON_BLANK" in run.stderr
    run = city.command("amend", item, "--place", "改", "--reason", "字" * 501)
    assert run.returncode == 65 and "E_TEXT_LONG" in run.stderr
    file = city.home / "why.csv"
    file.write_text(f"item_id,place\n{item},改一\n", encoding="utf-8")
    run = city.command("import", file, "--kind", "lecture_event")
    assert run.returncode == 65 and "E_REASON_MISSING" in run.stderr and "第 2 行" in run.stderr
    run = city.command("import", file, "--kind", "lecture_event", "--reason", "笔误", "--wait", "20")
    assert run.returncode == 0, run.stderr
    assert city.command("amend", item, "--place", "改二", "--更正原因", "再核", "--wait", "20").returncode == 0
    assert "更正原因：再核" in city.command("show", item).stdout
    revisions = history(city, item)["revisions"]
    assert [(r["body"]["place"], r["correction_reason"], binding(r)) for r in revisions] == [("审过", None, []), ("改一", "笔误", []), ("改二", "再核", [])]
    assert [r["is_after_acceptance"] for r in revisions] == [False, True, True]
    assert "correction_reason" not in revisions[1]["body"]
    shown = aggregator(city, "review", "list", "--node", "420100", "--kind", "lecture_event").stdout
    assert [line.split("\t")[8:] for line in shown.splitlines() if item in line] == [["再核", ""]]
    file.write_text("item_id,place\n123,改\n", encoding="utf-8")
    run = city.command("import", file, "--kind", "lecture_event")
    assert run.returncode == 65 and "E_CSV_ITEM" in run.stderr and "第 2 行" in run.stderr


def test_a_correction_without_reason_is_stored_and_flagged(city):
    """From an office that had not heard of the acceptance: not lost, not refused, shown to the reviewer, who may accept it."""
    item = lecture(city, "未闻")
    city.centre.kill("collector")
    review(city, "accept", item)
    assert city.command("amend", item, "--place", "未闻改").returncode == 0, "it cannot know"
    city.centre.start_collector()
    wait_for(lambda: psql(city, f"SELECT count(*) FROM zhibao.lecture_event WHERE item_id = '{item}'") == "2", 30, "the correction")
    assert counted(city, item) == "未闻改"
    finding = {"code": "F_CORRECTION_REASON", "severity": "explain", "text": "更正缺少原因：审核通过后的更正没有写明原因"}
    revisions = history(city, item)["revisions"]
    assert [binding(r) for r in revisions] == [[], [finding]] and revisions[1]["correction_reason"] is None
    flagged = city.centre.get("reviews?node=420100&kind=lecture_event&state=flagged")
    assert [(i["item_id"], i["op"], i["verdict"], i["correction_reason"], i["findings"]) for i in flagged["items"]] == [
        (item, "amend", "pending", None, [{"revision_id": newest(city, item), **finding}])]
    shown = aggregator(city, "review", "list", "--node", "420100", "--kind", "lecture_event", "--state", "flagged").stdout
    assert item in shown and "F_CORRECTION_REASON 更正缺少原因" in shown
    nothing = aggregator(city, "review", "list", "--node", "1", "--kind", "lecture_event")
    assert item not in nothing.stdout and "没有这个单位" in nothing.stderr
    assert aggregator(city, "review", "list", "--node", "420100", "--state", "x", check=False).returncode == 64
    report = city.home / "report"
    report.mkdir()
    as_of = psql(city, "SELECT to_char(max(received_at) AT TIME ZONE 'UTC' + interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM zhibao.batch")
    wait_for(lambda: psql(city, f"SELECT as_of > '{as_of}' FROM zhibao.fold_state") == "t", 20, "fold")
    run = aggregator(city, "report", "integrity", "--node", "420100", "--as-of", as_of, "--format", "json", "--out", report, check=False)
    files = list(report.glob("*.json"))
    assert files, run.stderr  # not the code: under a sanitizer what the font libraries keep is an error
    text = files[0].read_text(encoding="utf-8")
    assert "审核通过后的更正与撤回" in text and "缺少原因" in text and "再核" in text
    review(city, "return", item, "--reason", "请写明原因")
    heard(city, item, "returned")
    assert counted(city, item) == "未闻"
    run = city.command("amend", item, "--place", "未闻再改")
    assert run.returncode == 65 and "E_REASON_MISSING" in run.stderr, "the acceptance below still stands"
    assert city.command("amend", item, "--place", "未闻再改", "--reason", "地点写错", "--wait", "20").returncode == 0
    assert counted(city, item) == "未闻再改"
    review(city, "accept", item)
    assert city.centre.get("reviews?node=420100&kind=lecture_event&state=flagged")["items"] == []
