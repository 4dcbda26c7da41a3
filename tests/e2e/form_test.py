# SPDX-License-Identifier: Apache-2.0
"""The statistics form of an office, from the proposal of the centre to its support and consolidation over the API; forms that
break a rule are refused with code and sentence, at the desk and at the collector."""
import csv
import hashlib
import io
import urllib.request

import pytest

from pgcluster import AGGREGATOR, wait_for

OFFICE = "420102"


def record(agent, *words):
    run = agent.command("record", *words, "--wait", "20")
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    return run.stdout.split()[0]


def lecture(agent, category, day, *more):
    return record(agent, "lecture_event", "--category", category, "--theme", "社保", "--occurred_on", day, "--place", f"{category}{day}",
                  "--mode", "线下", "--status", "已开展", *more)


@pytest.fixture(scope="module")
def sheet(centre, agent):
    """Some work of the half-year, and what the centre proposes for the form."""
    speaker = record(agent, "speaker", "--role", "backbone", "--display_name", "李老师", "--trained_on", "2024-02-01", "--is_active", "是")
    lecture(agent, "enterprise", "2024-03-01", "--speaker_item_ids", speaker)
    lecture(agent, "enterprise", "2024-03-02")
    lecture(agent, "village", "2024-04-01", "--township_codes", "420102002", "--speaker_item_ids", speaker)
    lecture(agent, "enterprise", "2024-06-21")
    record(agent, "publication", "--object_kind", "column", "--channel", "portal", "--title", "政策直通车", "--url", "https://a.example/c",
           "--published_on", "2024-02-01")
    record(agent, "publication", "--object_kind", "arrangement", "--channel", "portal", "--title", "安排", "--url", "https://a.example/p",
           "--published_on", "2024-02-02")
    record(agent, "window_report", "--hall_id", "h1", "--report_kind", "brochure", "--quantity", "500", "--reported_on", "2024-05-01")
    path = agent.home / "form.csv"
    run = agent.command("form", "propose", "--period", "mid_year", "--scope", "own", "--filled_on", "2024-06-20", "--out", str(path))
    assert run.returncode == 0, run.stderr
    assert "建议数截至" in run.stderr
    return path


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def write(path, rows):
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def change(rows, item, sub_field="", **cells):
    row = next(r for r in rows if r["项号"] == item and r["子项"] == sub_field)
    row.update({{"value": "改填", "reason": "说明"}[key]: text for key, text in cells.items()})


def fill(agent, path, *words):
    return agent.command("form", "fill", "--from", str(path), *words, "--wait", "20")


def test_proposal(sheet):
    rows = rows_of(sheet)
    proposed = {(r["项号"], r["子项"]): r["建议值"] for r in rows}
    assert len([r for r in rows if r["项号"].isdigit()]) == 29
    assert proposed["period", ""] == "mid_year" and proposed["period_end", ""] == "2024-06-30"
    assert proposed["filled_by", ""] == "张三" and proposed["participation_total", ""] == "2"
    assert proposed["10", ""] == "2"  # the one after the filling day does not count
    assert proposed["12", "sessions"] == "1" and proposed["12", "townships_covered"] == "1"
    assert proposed["12", "coverage_rate"] != "" and proposed["15", "avg_sessions_per_person"] == "2.00"
    assert proposed["4", "portal_has_column"] == "是" and proposed["4", "wechat_has_column"] == "否"
    assert proposed["4", "column_names"] == "政策直通车" and proposed["16", ""] == "https://a.example/p"
    assert proposed["21", ""] == "500"
    assert next(r for r in rows if r["项号"] == "10")["依据记录数"] == "2"
    assert {r["改填"] for r in rows} == {""}


def test_refused_at_the_desk(agent, sheet):
    """Each breaks one rule; nothing is stored."""
    cases = [
        ({"item": "10", "value": "3"}, "E_FORM_REASON", "须说明原因"),
        ({"item": "10", "value": "-1", "reason": "x"}, "E_NUMBER_BAD", "非负整数"),
        ({"item": "10", "value": "不适用"}, "E_FORM_REASON", "须说明原因"),
        ({"item": "4", "value": "是"}, "E_FORM_YES", "都为“是”"),
        ({"item": "4", "sub_field": "portal_has_column", "value": "否"}, "E_FORM_COLUMNS", "都填未设立"),
        ({"item": "12", "sub_field": "sessions", "value": "0", "reason": "x"}, "E_FORM_COVERED", "0 场"),
        ({"item": "12", "sub_field": "coverage_rate", "value": "101"}, "E_FORM_RATE", "100%"),
        ({"item": "15", "sub_field": "avg_sessions_per_person", "value": "5.00"}, "E_FORM_AVERAGE", "不符"),
        ({"item": "16", "value": "见网站"}, "E_URL_BAD", "完整网址"),
        ({"item": "approved_by", "value": "张三"}, "E_SELF_APPROVED", "另一人"),
        ({"item": "99", "value": "1"}, "E_FORM_CELL_UNKNOWN", "99"),
    ]
    for cells, code, words in cases:
        rows = rows_of(sheet)
        cells = dict(cells)
        item = cells.pop("item")
        if item == "99":
            rows.append({key: "" for key in rows[0]} | {"项号": "99"})
        change(rows, item, cells.pop("sub_field", ""), **cells)
        run = fill(agent, write(agent.home / "bad.csv", rows))
        assert run.returncode == 65, (code, run.stdout, run.stderr)
        assert code in run.stderr and words in run.stderr, run.stderr
    rows = [r for r in rows_of(sheet) if r["项号"] != "13"]
    run = fill(agent, write(agent.home / "bad.csv", rows))
    assert run.returncode == 65 and "E_FORM_INCOMPLETE" in run.stderr and "进工地活动" in run.stderr
    assert agent.command("list", "--kind", "statistics_form").stdout == ""


def form_of(centre):
    centre.wait_folded()
    return centre.get(f"forms?node={OFFICE}&period=mid_year")["forms"][0]


def test_sent(centre, agent, sheet):
    """One cell overridden with a reason, the scan attached: seen with its support and in the consolidation."""
    scan = agent.home / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 scan of the stamped form")
    digest = hashlib.blake2b(scan.read_bytes(), digest_size=32).hexdigest()
    rows = rows_of(sheet)
    change(rows, "10", value="3", reason="一场未录入")
    change(rows, "21", value="510", reason="")
    change(rows, "approved_by", value="王局长")
    change(rows, "is_stamped", value="是")
    change(rows, "scan_digest", value=digest)
    rows.append({key: "" for key in rows[0]} | {"项号": "22", "项目": "义务咨询", "单位": "场", "改填": "2", "说明": "广场"})
    run = fill(agent, write(sheet.with_name("filled.csv"), rows))
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr

    form = form_of(centre)
    assert (form["state"], form["verdict"], form["is_current"], form["approved_by"]) == ("current", "pending", True, "王局长")
    support = {(c["item_no"], c["sub_field"]): c for c in form["support"]}
    assert (support[10, ""]["filled"], support[10, ""]["evidence"], support[10, ""]["support"]) == ("3", "2", "over_claimed")
    assert support[10, ""]["proposed_count"] == 2 and support[10, ""]["reason"] == "一场未录入"
    assert support[21, ""]["support"] == "supported"  # within 5 % of the copies
    assert support[12, "coverage_rate"]["support"] == "supported" and support[11, ""]["state"] == "zero"
    assert {c["support"] for c in form["support"]} == {"supported", "over_claimed", "not_derivable"}
    codes = {f["code"]: f for f in form["findings"]}
    assert codes["F_GAP"]["severity"] == "note" and "一场未录入" in codes["F_GAP"]["text_zh"]
    assert codes["F_SCAN_UNKNOWN"]["severity"] == "explain"  # named, not yet here

    run = agent.command("attach", str(scan))
    assert run.stdout.split()[0] == digest
    wait_for(lambda: "已送达" in agent.command("files").stdout, 30, "the scan")
    lecture(agent, "campus", "2024-03-05")  # moves the instant of the figures past the file
    assert "F_SCAN_UNKNOWN" not in {f["code"] for f in form_of(centre)["findings"]}

    item = centre.get(f"items/{OFFICE}/{form['item_id']}")
    assert [(f["digest"], f["office_code"], f["name"], f["size_bytes"]) for f in item["files"]] == [(digest, OFFICE, "scan.pdf", len(scan.read_bytes()))]
    assert item["files"][0]["arrived_at"] > item["revisions"][0]["received_at"]
    before = centre.get(f"items/{OFFICE}/{form['item_id']}?as_of={item['revisions'][0]['received_at'].replace('+00:00', 'Z')}")
    assert before["files"] == [], "as it was known then"
    with urllib.request.urlopen(f"{centre.api}/api/v1/files/{OFFICE}/{digest}") as answer:
        assert answer.read() == scan.read_bytes()

    # What comes to light later reopens the gap of item 11, which the form says is none.
    form = form_of(centre)
    campus = next(c for c in form["support"] if c["item_no"] == 11)
    assert (campus["support"], campus["live_support"]) == ("supported", "under_claimed")

    whole = centre.get("forms/consolidated?node=420100&period=mid_year")
    assert [m["role"] for m in whole["members"] if m["office_code"] in (OFFICE, "420100")] == ["none", "own"]
    enterprise = next(r for r in whole["rows"] if r["item_no"] == 10)
    assert enterprise["declared"]["count"] == 3 and enterprise["derived"]["count"] == 3  # with the one after the filling day
    assert next(r for r in whole["rows"] if r["item_no"] == 22)["label_zh"] == "义务咨询"
    shown = centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "form", "show", "--node", "420100", "--period", "mid_year").stdout
    assert "进企业" in shown and "3场" in shown and "义务咨询" in shown and "未报" in shown
    assert any(o["code"] == "420100" for o in centre.get("forms?node=420100&period=mid_year&detail=list")["missing"])
    run = centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "form", "show", "--node", "x", "--period", "mid_year", check=False)
    assert run.returncode == 65 and "E_NODE_UNKNOWN" in run.stderr


def test_not_answered_is_stored_and_said(centre, agent, sheet):
    """A cell openly left open is no fault of the desk; the form is incomplete and the one before stands."""
    before = form_of(centre)
    rows = rows_of(sheet)
    change(rows, "13", value="未填")
    run = fill(agent, write(agent.home / "open.csv", rows), "--item", before["item_id"])
    assert run.returncode == 0, run.stderr
    form = form_of(centre)
    assert form["state"] == "incomplete" and form["revision_id"] == before["revision_id"]
    assert "E_FORM_INCOMPLETE" in {f["code"] for f in form["findings"]}


def test_verdicts_on_a_form(centre):
    """No acceptance while a cell is open; a remark names a cell and is told by its Chinese name."""
    form = form_of(centre)
    newest = centre.cluster.psql(f"SELECT revision_id FROM zhibao.statistics_form WHERE item_id = '{form['item_id']}' ORDER BY received_at DESC LIMIT 1")

    def run(*words):
        return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", *words, check=False)

    def judge(verdict, *more):
        return run("review", verdict, "--login", "judge", "--office", OFFICE, "--item", form["item_id"], "--revision", newest, *more)

    assert run("account", "set", "--login", "judge", "--name", "赵审核", "--office", "420000", "--roles", "provincial_operator").returncode == 0
    refused = judge("accept")
    assert refused.returncode == 65 and "E_FINDINGS_OPEN" in refused.stderr and "E_FORM_INCOMPLETE" in refused.stderr, refused.stderr
    listed = centre.get("reviews?node=420100&kind=statistics_form&state=flagged")["items"]
    assert [i["item_id"] for i in listed] == [form["item_id"]] and "E_FORM_INCOMPLETE" in {f["code"] for f in listed[0]["findings"]}
    pending = centre.get("reviews?node=420100&kind=statistics_form&state=pending")["items"]
    assert [i["findings"] for i in pending if i["item_id"] == form["item_id"]] == [listed[0]["findings"]]
    kinds = {k["kind"]: k for k in centre.get("reviews/summary?node=420100")["kinds"]}
    assert kinds["statistics_form"]["flagged"] == 1
    shown = run("review", "list", "--node", "420100", "--kind", "statistics_form", "--state", "flagged").stdout
    assert form["item_id"] in shown and "E_FORM_INCOMPLETE" in shown
    assert "E_REVIEW_FIELD" in judge("return", "--reason", "请补", "--remarks", "12.nothing=x").stderr
    assert judge("return", "--reason", "请补", "--remarks", "13=请填写;12.sessions=请核对;approved_by=请核对").returncode == 0
    told = centre.cluster.psql(f"SELECT text FROM zhibao.downlink WHERE item_id = '{form['item_id']}' ORDER BY seq DESC LIMIT 1")
    assert "进工地活动：请填写" in told and "进村居活动：请核对" in told and "审核人：请核对" in told


def test_no_link(centre, agent):
    centre.kill("collector")
    changed = agent.home / "changed.pdf"
    changed.write_bytes(b"%PDF what was attached")
    digest = agent.command("attach", str(changed)).stdout.split()[0]
    (agent.home / "files" / digest).write_bytes(b"%PDF what was attacheD")
    wait_for(lambda: "未连接" in agent.command("status").stdout, 30, "the link to go")
    run = agent.command("form", "propose", "--period", "year_end")
    assert run.returncode == 75 and "E_OFFLINE" in run.stderr and "没有连接" in run.stderr
    centre.start_collector()
    wait_for(lambda: "已连接" in agent.command("status").stdout, 30, "the link")
    run = agent.command("form", "propose", "--period", "no_such")
    assert run.returncode == 65 and "E_PROPOSAL" in run.stderr
    wait_for(lambda: "E_FILE_DIGEST" in agent.command("files").stdout, 30, "the refusal of the changed file")
    assert centre.cluster.psql(f"SELECT count(*) FROM zhibao.file WHERE file_id = decode('{digest}', 'hex')") == "0"
