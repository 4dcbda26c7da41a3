# SPDX-License-Identifier: Apache-2.0
"""Figures of the audit and of the circular against the store."""
import csv
import json

from pgcluster import PACK
from reports import files_of, pdf_text, report, tables


def test_json_against_the_store(centre, document):
    """Figures of the report against counts of the test's own."""
    assert document["as_of"] == "2024-12-31T15:59:59.999999Z"
    assert document["on"] == "2024-12-31"
    assert document["rule_version"] == "hubei-2024@1"
    found = tables(document)
    coverage = found["coverage"]["rows"]
    assert coverage[-1]["is_total"] and coverage[-1]["broad_all"]["denominator"] == 1260
    assert coverage[-1]["broad_rural"]["denominator"] == 922
    assert len(coverage) == 18
    for key in ("broad_all", "broad_rural", "strict_all", "strict_rural"):
        for part in ("numerator", "denominator"):
            assert sum(r[key][part] for r in coverage[:-1]) == coverage[-1][key][part]
    covered = int(centre.cluster.psql("""
        SELECT count(DISTINCT c) FROM zhibao.lecture_event l, unnest(l.township_codes) c
        WHERE l.status = 'held' AND l.mode <> 'online' AND l.operation <> 'withdraw'
            AND NOT EXISTS (SELECT FROM zhibao.lecture_event n WHERE n.office_code = l.office_code AND n.item_id = l.item_id
                AND n.base_revision_id = l.revision_id)"""))
    assert coverage[-1]["broad_all"]["numerator"] == covered
    uncovered = found["uncovered"]["rows"][:-1]
    assert sum(len(r["names"].split("、")) for r in uncovered if r["names"]) == 1260 - covered
    assert len(found["provincial_plan"]["rows"]) == 31
    assert found["provincial_plan"]["rows"][-1]["completion"]["denominator"] == 45
    check_plan_events(found)
    assert found["links"]["rows"][-1]["records"] == int(centre.cluster.psql("SELECT count(*) FROM zhibao.item_revision"))


def check_plan_events(found):
    """The sessions of annex 2 one by one: as many as its lines count, and of each line those outside the window that the pack has for it."""
    events, lines = found["plan_events"]["rows"], found["plan_line_sessions"]["rows"]
    assert len(events) == found["provincial_plan"]["rows"][-1]["held"] == lines[-1]["held"] > 0
    with open(PACK / "plan-lines.csv", encoding="utf-8", newline="") as file:
        window = {int(row["row_no"]): (row["window_start"], row["window_end"]) for row in csv.DictReader(file)}
    for line in lines[:-1]:
        days = [event["day"] for event in events if event["row_no"] == line["row_no"]]
        first, last = window[line["row_no"]]
        assert line["held"] == len(days) and line["before_start"] == sum(day < "2024-03-01" for day in days)
        assert line["outside_window"] == sum(not first <= day <= last for day in days), line
        assert line["held"] == sum(line[mode] for mode in ("offline", "online", "mixed", "no_mode"))
    assert {(row["row_no"], row["office"], row["copies"]) for row in found["plan_works"]["rows"]} == {(8, "牵头单位二", 500)}, "no work of a county"
    assert lines[0]["both"] in ("是", "否") and lines[1]["both"] == "未要求"


def test_papers_received(centre, document):
    """One by one: as many as the store has, those that were late with the days that the list of the late has."""
    found = tables(document)
    received = found["received"]["rows"]
    assert len(received) == int(centre.cluster.psql("SELECT count(received_at) FROM zhibao.obligation_standing('2024-12-31 23:59:59.999999+08')")) > 0
    assert all(r["revision"] >= 1 and r["received_at"] for r in received)
    late = sorted((r["office"], r["material"], r["days"]) for r in found["late"]["rows"] if r["state"].startswith("逾期"))
    assert sorted((r["office"], r["material"], r["days"]) for r in received if r["days"]) == late and late
    assert found["filings"]["rows"][-1]["unconfirmed"] == int(centre.cluster.psql(
        "SELECT count(*) FILTER (WHERE NOT is_confirmed) FROM zhibao.filing_standing('2024-12-31 23:59:59.999999+08')"))
    assert any(row["mid_year"] for row in found["reconciliation"]["rows"])


def test_sections_against_the_indicators(centre, document):
    """What a section of the audit says is what the indicator says, for the node as for a part of it."""
    found = tables(document)

    def figure(indicator, part, node="420000"):
        answer = centre.cluster.psql(f"SELECT numerator, denominator FROM zhibao.indicator('{indicator}', '2024-12-31',"
                                     f" '2024-12-31 23:59:59.999999+08') WHERE node_code = '{node}' AND part = '{part}'")
        numerator, denominator = (answer or "0|").split("|")
        return int(numerator), int(denominator) if denominator else None

    def told(cell):
        return (cell["numerator"], cell["denominator"]) if isinstance(cell, dict) else (cell, None)

    wuhan = {name: next(row for row in found[name]["rows"] if row["office"] == "武汉") for name in ("columns", "library", "interpretation", "study", "speakers", "windows", "media", "news")}
    for table, column, indicator, part in [
            ("columns", "both", "I-10", ""), ("interpretation", "complete", "I-09", ""), ("interpretation", "x", "I-09", "x"), ("study", "events", "I-15", ""),
            ("study", "people", "I-15", "participants"), ("study", "staff", "I-15", "target:staff"), ("media", "works", "I-18", ""),
            ("media", "video", "I-18", "kind:short_video"), ("media", "materials", "I-18", "submission"),
            ("library", "disclosure", "I-07", ""), ("library", "libraries", "I-07", "library"), ("library", "stale", "I-08", "overdue"),
            ("speakers", "average", "I-05", ""), ("windows", "halls", "I-11", "halls"), ("windows", "copies", "I-11", "21"),
            ("windows", "screens", "I-11", "18"), ("news", "items", "I-16", ""), ("news", "silent", "I-16", "silent"), ("news", "days", "I-16", "days.median")]:
        assert told(found[table]["rows"][-1][column]) == figure(indicator, part), (table, column)
        assert told(wuhan[table][column]) == figure(indicator, part, "420100"), (table, column)
    assert told(found["arrangements"]["rows"][-1]["timely"]) == figure("I-06", "")
    assert told(found["filings"]["rows"][-1]["accepted"]) == figure("I-13", "") and figure("I-13", "")[1] > 0
    assert found["feedback"]["rows"][0]["total"] == figure("I-14", "hotline_12333")[0] > 0
    effect = {row["office"]: row for row in found["effect"]["rows"]}
    assert len(effect) == int(centre.cluster.psql("SELECT count(*) FROM zhibao.office WHERE register_version = 1 AND level IN ('city', 'county')"))
    for column, indicator in (("completion", "I-02"), ("coverage", "I-03"), ("arrangement", "I-06")):
        assert told(effect["武汉"][column]) == figure(indicator, "", "420100")
    assert effect["江岸区"]["missing"] == "各来源均没有统计数据；各类检查均未开展"
    assert "没有这个来源的统计数据" in effect["武汉"]["missing"]
    with open(PACK / "plan-lines.csv", encoding="utf-8", newline="") as file:
        plan = {int(row["row_no"]): row for row in csv.DictReader(file)}
    for row in found["provincial_plan"]["rows"][:-1]:
        line = plan[row["row_no"]]
        assert (row["theme"], row["activity"], row["place"] or "", row["audience"] or "") == (
            line["theme"], line["activity"], line["place"], line["audience"])


def test_lists_against_the_store(centre, document):
    """Papers and works one by one, by conditions of the test's own on what stands in the store."""
    found = tables(document)

    def count(kind, where):
        return int(centre.cluster.psql(f"""SELECT count(*) FROM zhibao.{kind} t WHERE t.operation <> 'withdraw' AND {where}
            AND NOT EXISTS (SELECT FROM zhibao.{kind} n WHERE n.office_code = t.office_code AND n.item_id = t.item_id AND n.base_revision_id = t.revision_id)"""))

    in_force = "document_kind = 'policy' AND issued_on <= '2024-12-31' AND status = 'in_force' AND coalesce(effective_from, '-infinity') <= '2024-12-31'"
    for name, kind, where in [
            ("offline", "policy_document", f"{in_force} AND (disclosure = 'on_request' OR disclosure = 'public' AND coalesce(urls, '{{}}') = '{{}}')"),
            ("withheld", "policy_document", f"{in_force} AND disclosure = 'exempt'"),
            ("interpreted", "policy_document", "document_kind = 'policy' AND issued_on BETWEEN '2024-01-01' AND '2024-12-31' AND disclosure <> 'exempt'"),
            ("works", "media_product", "made_on BETWEEN '2024-01-01' AND '2024-12-31'"),
            ("materials", "submission", "submission_kind = 'materials'")]:
        rows = [row for row in found[name]["rows"] if not row["is_total"]] if name in found else []
        assert len(rows) == count(kind, where), name
    assert sum(row["bytes"] or 0 for row in found["works"]["rows"]) == found["media"]["rows"][-1]["bytes"] > 0
    forms = found["interpreted"]["rows"][-1]
    assert forms["article"] > 0 and forms["qa"] > 0 and found["withheld"]["rows"] and found["materials"]["rows"]
    assert forms["article"] == count("interpretation", "form = 'article' AND published_on <= '2024-12-31' AND EXISTS (SELECT FROM zhibao.policy_document d"
                                     " WHERE d.office_code = t.office_code AND d.item_id = t.policy_item_id AND d.issued_on >= '2024-01-01' AND d.disclosure <> 'exempt')")


def test_acts_of_offices(centre, document):
    """Extensions, exemptions, reminders, draws, changes of accounts and late cuts are told as the store has them."""
    found = tables(document)
    assert [(r["office"], r["kind"], r["reason"], r["by"], bool(r["withdrawn"])) for r in found["reliefs"]["rows"]] == [
        ("武汉", "延期", "防汛", "张三（湖北）", False), ("黄石", "免报", "机构撤并", "李四（湖北）", True)]
    assert [(r["offices"], r["before"], r["overdue"], r["by_hand"]) for r in found["reminders"]["rows"]] == [(2, 2, 1, 0), (2, 2, 1, 0)]
    draw = found["draws"]["rows"][0]
    assert (draw["population"], draw["drawn"], draw["seed"], draw["sample"]) == (2, 1, "ab" * 32, "江岸区")
    assert (draw["confirmed"], draw["not_confirmed"], draw["unchecked"]) == (0, 0, 1)
    assert [(r["login"], r["office"], r["what"], r["detail"], r["changed_by"]) for r in found["accounts"]["rows"]] == [
        ("wang", "武汉", "开通", "姓名 王五；单位 420100；角色 市州操作员", "admin（数据库用户 zhibao_aggregator）"),
        ("wang", "武汉", "改名", "姓名 王五 → 赵六", "admin（数据库用户 zhibao_aggregator）")]


def test_late_cuts(centre, document):
    """One lowered and one withdrawn from 10-01 on are listed with what they were; both stay in the baseline, what was lowered before does not."""
    found = tables(document)
    before = dict(line.split("|") for line in centre.cluster.psql(
        "SELECT revision_id, planned_min FROM zhibao.plan_item p WHERE EXISTS (SELECT FROM zhibao.plan_item n WHERE n.base_revision_id = p.revision_id"
        " AND n.received_at >= '2024-10-01+08')").splitlines())
    bases = centre.cluster.psql("SELECT base_revision_id FROM zhibao.plan_item WHERE revision_id IN (md5('cut1')::uuid, md5('cut2')::uuid)"
                                " ORDER BY received_at").split()
    lowered, withdrawn = (int(before[base]) for base in bases)
    rows = sorted(found["plan_cuts"]["rows"], key=lambda row: row["received_at"])
    assert [(r["received_at"], r["change"], r["before"], r["after"], r["reason"], r["state"]) for r in rows] == [
        ("2024-10-20T01:00:00.000000Z", "下调", lowered, 1, "汛情", "仍有效"), ("2024-11-02T01:00:00.000000Z", "撤回", withdrawn, None, "活动取消", "仍有效")]
    lines = centre.cluster.psql(
        "SELECT is_baseline, planned_min, is_current, current_min FROM zhibao.baseline_line('2024-12-31', '2024-12-31 23:59:59.999999+08') WHERE plan_item_id IN"
        " (SELECT item_id FROM zhibao.plan_item WHERE revision_id IN (md5('cut1')::uuid, md5('cut2')::uuid)) ORDER BY is_current DESC").splitlines()
    assert lines == [f"t|{lowered}|t|1", f"t|{withdrawn}|f|"] and lowered > 1


def test_plan_totals(centre, document):
    """Plans against counts of the test's own: lines that stand, with and without a number, and what changed after plans were due."""
    found = tables(document)
    stands = """FROM zhibao.plan_item p JOIN zhibao.office o ON o.register_version = 1 AND o.code = p.office_code AND o.level IN ('city', 'county')
        WHERE p.operation <> 'withdraw' AND NOT EXISTS (SELECT FROM zhibao.plan_item n WHERE n.office_code = p.office_code AND n.item_id = p.item_id
            AND n.base_revision_id = p.revision_id)"""
    lines, quantified, sessions, offices = (int(n) for n in centre.cluster.psql(
        f"SELECT count(*), count(planned_min), sum(planned_min), count(DISTINCT office_code) {stands}").split("|"))
    total = found["plan_totals"]["rows"][-1]
    assert (total["lines"], total["quantified"], total["sessions"], total["unquantified"]) == (lines, quantified, sessions, lines - quantified)
    assert total["plans"]["numerator"] == offices and total["plans"]["denominator"] == 116 and lines > quantified > 0
    changes = dict(line.split("|") for line in centre.cluster.psql("""
        SELECT p.operation, count(*) FROM zhibao.plan_item p JOIN zhibao.plan_baseline('2024-12-31 23:59:59.999999+08') b USING (office_code)
        JOIN zhibao.office o ON o.register_version = 1 AND o.code = p.office_code AND o.level IN ('city', 'county')
        WHERE p.received_at > b.baseline_at GROUP BY 1""").splitlines())
    assert [str(total[name]) for name in ("added", "amended", "withdrawn")] == [changes.get(name, "0") for name in ("submit", "amend", "withdraw")]
    assert total["amended"] >= 2 and total["withdrawn"] >= 1
    by_category = dict(line.split("|") for line in centre.cluster.psql(
        f"SELECT (SELECT label_zh FROM zhibao.lecture_category c WHERE c.register_version = 1 AND c.name = p.category), sum(planned_min) {stands} GROUP BY p.category").splitlines())
    assert {row["category"]: str(row["sessions"]) for row in found["plan_categories"]["rows"][:-1]} == by_category


def test_windows_one_by_one(centre, document):
    """Every record of windows is listed with its hall; what the rows say adds up to the figures of I-11 and to the store."""
    found = tables(document)
    records = found["window_records"]["rows"]
    assert len([row for row in records if row["place"] and row["copies"]]) >= int(centre.cluster.psql(
        "SELECT count(DISTINCT item_id) FROM zhibao.window_report WHERE report_kind = 'brochure' AND operation <> 'withdraw' AND quantity > 0")) > 0
    for column in ("boards", "screens", "made", "shown", "copies"):
        assert records[-1][column] == found["windows"]["rows"][-1][column]
    halls = found["halls"]["rows"]
    assert len(halls) == found["windows"]["rows"][-1]["halls"]["denominator"]
    assert sum(1 for row in halls if row["reports"]) == found["windows"]["rows"][-1]["halls"]["numerator"] > 0


def test_rates_are_half_up(document):
    from decimal import ROUND_HALF_UP, Decimal
    seen = 0
    for table in tables(document).values():
        for column in table["columns"]:
            for row in table["rows"]:
                cell = row[column["name"]]
                if column["type"] != "ratio" or cell is None:
                    continue
                exact = Decimal(100 * cell["numerator"]) / cell["denominator"] if cell["denominator"] else None
                assert cell["percent"] == (exact is not None and str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP)) or None)
                seen += 1
    assert seen > 200


def test_circular(centre):
    """Offices on time, late and missing are named as the store has them."""
    files = files_of(centre, report(centre, "circular", "--node", "420000", "--on", "2024-06-30", "--out", centre.home / "out"))
    with open(files["json"], encoding="utf-8") as file:
        found = tables(json.load(file))
    stored = centre.cluster.psql("""
        SELECT m.material, m.state, count(*) FROM zhibao.obligation_standing('2024-12-31 23:59:59.999999+08') m
        WHERE m.due_on = '2024-06-30' GROUP BY 1, 2 ORDER BY 1, 2""").splitlines()
    words = {"late": "逾期报送", "missing": "未报送"}
    told = {(r["material"], r["state"]): r["offices"] for r in found["told_late"]["rows"]} if "told_late" in found else {}
    expected = {(m, words[state]): int(n) for m, state, n in (line.split("|") for line in stored) if state in words}
    assert told == expected and expected
    for row in found["told_late"]["rows"]:
        assert len(row["names"].split("、")) == row["offices"]
    assert "通报（稿）" in "".join(pdf_text(files["pdf"]).split())
    # A day that coverage judges tells of the counties, not of the papers before it.
    files = files_of(centre, report(centre, "circular", "--node", "420000", "--on", "2024-11-30", "--out", centre.home / "out"))
    with open(files["json"], encoding="utf-8") as file:
        found = tables(json.load(file))
    done, of = (int(n) for n in centre.cluster.psql("SELECT numerator, denominator FROM zhibao.indicator('I-03', '2024-11-30', '2024-12-31 23:59:59.999999+08')"
                                                    " WHERE node_code = '420000' AND part = 'counties'").split("|"))
    assert [(r["due_on"], r["on_time"]["numerator"], r["on_time"]["denominator"]) for r in found["told"]["rows"] if r["due_on"]] == [("2024-11-30", done, of)] and of > 100
    assert [(r["state"], r["offices"]) for r in found["told_late"]["rows"]] == [("未达标", of - done)] and done < of
