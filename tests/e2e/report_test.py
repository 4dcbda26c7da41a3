# SPDX-License-Identifier: Apache-2.0
"""Reports of an invented year: the files as a stranger reads them, the same bytes again, once and whole through kills."""
import csv
import hashlib
import html
import io
import json
import re
import signal
import subprocess
import urllib.error
import urllib.request

import openpyxl
import pytest

from pgcluster import AGGREGATOR, PACK, Centre, Cluster, free_port, wait_for

AS_OF = "2024-12-31"


@pytest.fixture(scope="module")
def centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster, reports="")
    centre.start_collector()
    centre.start_aggregator()
    run = subprocess.run(centre.sim(centre.sim_keys(), "year", seed=11, scale="0.1"), text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    centre.wait_folded()
    centre.kill("aggregator")
    # As if the programme had run in 2024: what the calendar asks for is then past, and everything arrived on its day.
    cluster.psql("UPDATE zhibao.programme_version SET loaded_at = '2024-01-02+08'")
    backdate(cluster)
    acts(cluster)
    papers(cluster)
    with open(centre.etc / "aggregator.conf", "a", encoding="utf-8") as conf:
        conf.write(f'report {{ dir = "{centre.home}/reports"\n interval = "100 ms"\n weekly = ""\n monthly = "" }}\n')
    (centre.home / "reports").mkdir()
    (centre.home / "out").mkdir()
    yield centre
    centre.stop()
    cluster.remove()


def backdate(cluster):
    """Receipt of every batch and of all it brought moves to the year of the programme, in the order it had: as far into it
    as the share of the records that came before, so that a slow machine moves nothing."""
    kinds = cluster.psql("SELECT DISTINCT kind FROM zhibao.item_revision").split()
    cluster.psql("""CREATE TABLE moved AS SELECT received_at, '2024-03-01+08'::timestamptz + interval '280 days'
        * ((sum(records) OVER (ORDER BY received_at) - records) / sum(records) OVER ())::float AS moved_at
        FROM (SELECT received_at, sum(last_seq - first_seq + 1) AS records FROM zhibao.batch GROUP BY 1) b;
        SET session_replication_role = replica;""" + "".join(
        f"UPDATE zhibao.{table} t SET received_at = m.moved_at FROM moved m WHERE m.received_at = t.received_at;"
        for table in [*kinds, "batch", "quarantine"]) + "DROP TABLE moved; DELETE FROM zhibao.fold_state")


def acts(cluster):
    """What offices decided in the year, which the commands would date today."""
    cluster.psql("""
        INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at)
            SELECT programme, '420100', 2, '2024-04-02+08', '防汛', '张三', '420000', '2024-03-20+08' FROM zhibao.programme_version;
        INSERT INTO zhibao.exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at,
                withdrawn_by, withdrawer_office_code, withdrawn_at, withdraw_reason)
            SELECT programme, '420200', 2, '机构撤并', '李四', '420000', '2024-03-20+08', '李四', '420000', '2024-03-22+08', '误批' FROM zhibao.programme_version;
        INSERT INTO zhibao.reminder (programme, office_code, milestone_no, step, due_at, step_at, made_at, made_by, text, downlink_seq)
            SELECT programme, r.office, 2, r.step, '2024-03-26+08', r.at, r.at, '', 'x', 1 FROM zhibao.programme_version,
                (VALUES ('420100', 'due-3', '2024-03-23+08'::timestamptz), ('420200', 'due-3', '2024-03-23+08'), ('420200', 'overdue', '2024-03-26+08')) r (office, step, at);
        INSERT INTO zhibao.draw OVERRIDING SYSTEM VALUE SELECT 1, 'coverage_spot_check', NULL, sha256(decode(repeat('ab', 32), 'hex')),
            decode(repeat('00', 32), 'hex'), 1, '2024-11-30+08', '张三', '420000', '2024-12-01+08';
        INSERT INTO zhibao.draw_member VALUES (1, '420102', '420100', 100, '{}'), (1, '420103', '420100', 100, '{}');
        INSERT INTO zhibao.draw_run VALUES (1, decode(repeat('ab', 32), 'hex'), 1, 1, 1, '张三', '420000', '2024-12-02+08');
        INSERT INTO zhibao.draw_sample VALUES (1, '420102', 1, 1);
        INSERT INTO zhibao.account VALUES ('wang', '赵六', '420100', '{city_operator}', '2024-03-01+08', NULL, 'admin');
        INSERT INTO zhibao.account_change (login, changes, display_name, office_code, roles, is_open, changed_by, database_role, changed_at) VALUES
            ('wang', '{created}', '王五', '420100', '{city_operator}', true, 'admin', 'zhibao_aggregator', '2024-03-01+08'),
            ('wang', '{renamed}', '赵六', '420100', '{city_operator}', true, 'admin', 'zhibao_aggregator', '2024-12-01+08')""")


def papers(cluster):
    """The invented papers are all alike; some get an address, a number, a reason, a file or an interpretation of their own."""
    cluster.psql("""SET session_replication_role = replica;
        UPDATE zhibao.policy_document SET doc_no = '鄂人社发〔2024〕1号', urls = ARRAY['https://rsj.example.gov.cn/1'], first_published_on = issued_on + 3
            WHERE office_code LIKE '4201%';
        UPDATE zhibao.policy_document SET disclosure = 'exempt', exempt_reason = '涉密' WHERE office_code LIKE '4202%';
        UPDATE zhibao.policy_document SET disclosure = 'on_request' WHERE office_code LIKE '4203%';
        UPDATE zhibao.media_product SET file_bytes = 123456789, url = 'https://rsj.example.gov.cn/2' WHERE office_code LIKE '4201%';
        UPDATE zhibao.interpretation i SET policy_item_id = d.item_id, form = CASE WHEN i.office_code LIKE '%2' THEN 'article' ELSE 'qa' END
            FROM zhibao.policy_document d WHERE d.office_code = i.office_code;
        UPDATE zhibao.submission SET submission_kind = 'materials', file_name = '作品.zip', file_bytes = 1000 WHERE office_code LIKE '4201%2';
        UPDATE zhibao.statistics_form f SET lines = (SELECT jsonb_agg(CASE WHEN l ->> 'item_no' = '3' OR l ->> 'sub_field' = 'portal_has_column' THEN
            l - 'is_yes' || '{"state": "not_applicable", "reason": "没有渠道"}' ELSE l END) FROM jsonb_array_elements(f.lines) l) WHERE office_code = '420200'""")


def report(centre, name, *words, check=True, as_of=AS_OF):
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", "report", name, "--as-of", as_of, *words, check=check)


def files_of(centre, run):
    return {line.rsplit(".", 1)[1]: line for line in run.stdout.splitlines() if line.startswith(str(centre.home))}


def pdf_text(path, *words):
    return subprocess.run(["pdftotext", *words, path, "-"], text=True, capture_output=True, check=True).stdout


def sections(document):
    return {section["name"]: section for section in document["sections"]}


def tables(document):
    return {block["name"]: block for section in document["sections"] for block in section["blocks"] if block["type"] == "table"}


@pytest.fixture(scope="module")
def audit(centre):
    files = files_of(centre, report(centre, "audit", "--out", centre.home / "out"))
    assert sorted(files) == ["csv", "json", "pdf", "xlsx"]
    return files


@pytest.fixture(scope="module")
def document(audit):
    with open(audit["json"], encoding="utf-8") as file:
        return json.load(file)


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
    assert found["links"]["rows"][-1]["records"] == int(centre.cluster.psql("SELECT count(*) FROM zhibao.item_revision"))


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
    cuts = int(centre.cluster.psql("SELECT count(*) FROM zhibao.plan_cut('2024-12-31', '2024-12-31 23:59:59.999999+08')"))
    assert len(found["plan_cuts"]["rows"] if "plan_cuts" in found else []) == cuts


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


def test_xlsx_cell_by_cell(audit, document):
    """Every cell of every sheet is what the JSON says, with its type; headings stand still."""
    book = openpyxl.load_workbook(audit["xlsx"])
    sheets = {sheet["A1"].value: sheet for sheet in book.worksheets[1:]}
    found = tables(document)
    assert len(sheets) == len(found)
    for table in found.values():
        sheet = sheets[table["caption"]]
        assert sheet.freeze_panes == "B3"
        assert sheet.max_row == len(table["rows"]) + 2
        for number, row in enumerate(table["rows"], 3):
            cells = iter(sheet[number])
            for column in table["columns"]:
                value = row[column["name"]]
                if column["type"] in ("ratio", "average"):
                    got = [next(cells).value for _ in range(3)]
                    if value is None:
                        assert got == [None] * 3
                        continue
                    assert got[:2] == [value["numerator"], value["denominator"]]
                    shown = value["percent" if column["type"] == "ratio" else "value"]
                    factor = 100 if column["type"] == "ratio" else 1
                    assert got[2] == "不适用" if shown is None else round(got[2] * factor, 2) == float(shown)
                    continue
                got = next(cells).value
                if column["type"] == "date":
                    assert (got and got.strftime("%Y-%m-%d")) == value
                elif column["type"] == "instant":
                    assert (got is None) == (value is None)
                else:
                    assert got == value or (got is None and value in ("", None)), (table["name"], column["name"])


def test_csv(audit, document):
    with open(audit["csv"], "rb") as file:
        data = file.read()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data[3:].decode("utf-8"), newline="")))
    for table in tables(document).values():
        start = lines.index(["表", table["caption"]]) + 2
        end = next(i for i in range(start, len(lines) + 1) if i == len(lines) or not lines[i])
        assert end - start == len(table["rows"]), table["name"]
    assert not [cell for line in lines for cell in line if re.match(r"[=+@\t\r]|-[^0-9]", cell)]


def test_pdf(centre, audit, document):
    """Fonts are in the file, every section and the rare characters come out as text, pages are numbered, pictures are not empty."""
    fonts = subprocess.run(["pdffonts", audit["pdf"]], text=True, capture_output=True, check=True).stdout.splitlines()[2:]
    assert fonts and all(re.search(r"\+NotoS(erif|ans)CJKsc-(Bold|Regular) .* yes yes yes ", line) for line in fonts), fonts
    text = pdf_text(audit["pdf"])
    # No column is so narrow that a day is broken over two lines; what is broken has no hyphens that are not its own.
    days = [row[column["name"]] for table in tables(document).values() for column in table["columns"] if column["type"] == "date" for row in table["rows"]]
    assert len(re.findall(r"\d{4}-\d\d-\d\d", text)) >= len([day for day in days if day]) > 500
    text = "".join(text.split())
    assert "abab" in text and not re.search("ab[-\u2010]", text)
    for section in document["sections"]:
        assert "".join(section["heading"].split()) in text
    pages = int(re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", audit["pdf"]], text=True, capture_output=True,
                                                            check=True).stdout)[1])
    assert re.findall(r"第(\d+)页，共(\d+)页", text) == [(str(n), str(pages)) for n in range(1, pages + 1)]
    assert len(re.findall("数据时点2024年12月31日24时", text)) >= pages
    # The headings of a table that goes over pages stand on each of them.
    assert len(re.findall("未覆盖乡镇（街道）名单", text)) >= 3
    subprocess.run(["pdftoppm", "-r", "40", "-gray", audit["pdf"], centre.home / "page"], check=True)
    pictures = sorted(centre.home.glob("page-*.pgm"))
    assert len(pictures) == pages
    for picture in pictures:
        pixels = picture.read_bytes()[-331 * 468:]
        dark = sum(1 for p in pixels if p < 128) / len(pixels)
        assert 0.002 < dark < 0.5, picture.name


def test_rare_characters(centre):
    """Names with characters beyond the basic plane can be read and copied out of the PDF."""
    for county, name in (("420222", "𣲗源口镇"), ("420625", "盛𡐓镇")):
        files = files_of(centre, report(centre, "audit", "--node", county, "--on", "2024-01-05", "--out", centre.home / "out"))
        with open(files["json"], encoding="utf-8") as file:
            assert name in tables(json.load(file))["uncovered"]["rows"][0]["names"]
        assert name in "".join(pdf_text(files["pdf"]).split())
        assert name in "".join(str(cell.value) for sheet in openpyxl.load_workbook(files["xlsx"]) for row in sheet for cell in row)


def official_form():
    """Sections, items and units of annex 3 as the pack has them, in order."""
    with open(PACK / "form.csv", encoding="utf-8", newline="") as file:
        return [(row["section"], row["label_zh"], row["unit"], row["value_type"]) for row in csv.DictReader(file)]


def again_folder(centre):
    folder = centre.home / "form-again"
    folder.mkdir(exist_ok=True)
    return folder


def form_columns(pdf):
    """The words of the first page by the column of the form they stand in, each from top to bottom: sections, labels, answers."""
    page = subprocess.run(["pdftotext", "-bbox", "-l", "1", pdf, "-"], text=True, capture_output=True, check=True).stdout
    words = [(float(top), float(left), float(right), html.unescape(word)) for left, top, right, word in re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', page)]
    head = next(top for top, _, _, word in words if word == "开展情况")
    heads = [sum(w[1] + w[2] for w in words if w[3] in names and abs(w[0] - head) < 1) / 2 / len(names) for names in (("内", "容"), ("开展情况",))]
    # The middles of the second and of the third column.
    width = (heads[1] - heads[0]) / (0.78 - 0.345)
    edges = [heads[0] + (share - 0.345) * width for share in (0.13, 0.56)]
    note = next(top for top, _, _, word in words if word.startswith("注："))
    below = sorted(word for word in words if head + 1 < word[0] < note - 1)
    return ["".join(w[3] for w in below if sum(w[1] >= edge for edge in edges) == column) for column in range(3)]


def check_form_page(centre, pdf, official, form):
    """All 22 labels stand in the PDF in the order of annex 3, and so do the answers with their units; drawn, the pages are not
    empty."""
    assert len(official) == 22
    sections, labels, answers = form_columns(pdf)
    assert labels == "".join("".join(line[1].split()) for line in official)
    assert sections == "".join("".join(name.split()) for name in dict.fromkeys(line[0] for line in official))
    assert answers == "".join("".join(row["answer"].split()) for row in form["rows"])
    counted = [(line[2], row["answer"]) for line, row in zip(official, form["rows"]) if line[3] == "count" and row["count"] is not None]
    assert len(counted) >= 14 and all(answer.endswith(" " + unit) for unit, answer in counted)
    for old in centre.home.glob("form-*.png"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", "40", "-png", "-gray", pdf, centre.home / "form"], check=True)
    subprocess.run(["pdftoppm", "-r", "40", "-gray", pdf, centre.home / "form"], check=True)
    drawn = sorted(centre.home.glob("form-*.png"))
    assert drawn and all(picture.read_bytes().startswith(b"\x89PNG") for picture in drawn)
    for picture in sorted(centre.home.glob("form-*.pgm")):
        pixels = picture.read_bytes()[-331 * 468:]
        dark = sum(1 for p in pixels if p < 128) / len(pixels)
        assert 0.002 < dark < 0.5, picture.name
        picture.unlink()


def check_form(centre, name, node, filled):
    """The form against the pack: title, year, sign-off, columns, items in order with their units, in PDF and XLSX alike."""
    files = files_of(centre, report(centre, name, "--node", node, "--period", "mid_year", "--out", centre.home / "out"))
    with open(files["json"], encoding="utf-8") as file:
        form = json.load(file)["sections"][0]["blocks"][0]
    official = official_form()
    assert form["title"] == "“人社惠民政策进万家”活动情况统计表" and form["year"] == "(2024 年)" and form["filled"] == filled
    assert [(row["section"], row["label"]) for row in form["rows"]] == [line[:2] for line in official]
    text = pdf_text(files["pdf"], "-f", "1", "-l", "1", "-layout")
    compact = "".join(text.split())
    check_form_page(centre, files["pdf"], official, form)
    again = files_of(centre, report(centre, name, "--node", node, "--period", "mid_year", "--out", again_folder(centre)))
    for kind, path in again.items():
        assert path != files[kind] and open(path, "rb").read() == open(files[kind], "rb").read(), kind
    for words in ("“人社惠民政策进万家”活动情况统计表", "(2024年)", "填报单位（盖章）：", "填报时间：" + "".join(filled.split()), "项目内容开展情况"):
        assert words in compact, words
    # The words of annex 3 for the two rows with several figures, without the figures.
    village, people = (re.sub(r"[\d. ]|不适用", "", form["rows"][number - 1]["answer"]) for number in (12, 15))
    assert village in ("场，覆盖乡镇个，覆盖率%", "场，覆盖乡镇个，覆盖率")
    assert people in ("人；场/人", "人；")
    sheet = openpyxl.load_workbook(files["xlsx"]).worksheets[0]
    assert [sheet["A1"].value, sheet["A2"].value] == [form["title"], form["year"]]
    assert sheet["A3"].value.startswith("填报单位（盖章）：") and sheet["A4"].value == "填报时间：" + filled
    assert [cell.value for cell in sheet[5]] == ["项 目", "内 容", "开展情况"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    number = 6
    for section in dict.fromkeys(line[0] for line in official):
        size = sum(1 for line in official if line[0] == section)
        assert sheet[f"A{number}"].value == section
        assert size == 1 or f"A{number}:A{number + size - 1}" in merged
        number += size
    for number, (line, row) in enumerate(zip(official, form["rows"]), 6):
        assert sheet[f"B{number}"].value == line[1]
        cell = sheet[f"C{number}"]
        if line[3] == "count" and row["count"] is not None:
            assert (cell.value, cell.number_format) == (row["count"], f'0" {line[2]}"')
            assert row["answer"] == f"{row['count']} {line[2]}"
        else:
            assert (cell.value or "") == row["answer"]
    return form


def test_form_of_an_office(centre):
    form = check_form(centre, "form", "420100", "2024 年 6 月 29 日")
    assert form["office"] == "武汉市人力资源和社会保障局"
    filled = json.loads(centre.cluster.psql("SELECT lines FROM zhibao.statistics_form WHERE office_code = '420100'"
                                            " ORDER BY received_at DESC LIMIT 1"))
    counts = {line["item_no"]: line["count"] for line in filled if not line.get("sub_field") and line.get("count") is not None}
    assert len(counts) > 10
    assert {n: row["count"] for n, row in enumerate(form["rows"], 1) if row["count"] is not None} == counts


def test_form_without_channels(centre):
    """Items 3 and 4 say not applicable only where neither channel says yes or no."""
    files = files_of(centre, report(centre, "form", "--node", "420200", "--period", "mid_year", "--out", centre.home / "out"))
    with open(files["json"], encoding="utf-8") as file:
        rows = json.load(file)["sections"][0]["blocks"][0]["rows"]
    assert [rows[2]["answer"], rows[3]["answer"]] == ["不适用", "否"]


def test_consolidated_form(centre):
    form = check_form(centre, "form_consolidated", "420000", "2024 年 12 月 31 日")
    assert form["office"] == "湖北省人力资源和社会保障厅（汇总）"
    declared = dict(line.split("|") for line in centre.cluster.psql(
        "SELECT item_no, declared_count FROM zhibao.form_consolidated('420000', 'mid_year', '2024-12-31 23:59:59.999999+08')"
        " WHERE sub_field = '' AND value_type = 'count'").splitlines())
    assert {str(n): str(row["count"]) for n, row in enumerate(form["rows"], 1) if row["count"] is not None} == declared
    assert len(declared) == 16


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


def test_same_bytes_again(centre, audit):
    """The same as_of gives the same files, though more has arrived since."""
    before = {name: open(path, "rb").read() for name, path in audit.items()}
    centre.cluster.psql("INSERT INTO zhibao.quarantine SELECT office_code, stream_id, 9000000 + seq, batch_id, now(), item_id, revision_id,"
                        " base_revision_id, kind, 'E_X', '', '', body FROM zhibao.quarantine"
                        " UNION ALL SELECT office_code, stream_id, 9999999, batch_id, now(), NULL, NULL, NULL, NULL, 'E_X', '', '', ''"
                        " FROM (SELECT * FROM zhibao.batch LIMIT 1) b")
    (centre.home / "again").mkdir()
    run = report(centre, "audit", "--out", centre.home / "again")
    assert "重新生成，与存档逐字节一致" in run.stdout
    for name, path in files_of(centre, run).items():
        with open(path, "rb") as file:
            assert file.read() == before[name], name
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.report_job WHERE report = 'audit' AND parameters = '{}'") == "1"


def test_tampering_is_seen(centre):
    run = report(centre, "integrity", as_of="2024-07-01")
    assert run.returncode == 0
    centre.cluster.psql("UPDATE zhibao.report_artifact a SET content = set_byte(content, 100, get_byte(content, 100) # 1)"
                        " FROM zhibao.report_job j WHERE j.job_id = a.job_id AND j.report = 'integrity' AND a.format = 'csv'")
    run = report(centre, "integrity", as_of="2024-07-01", check=False)
    assert run.returncode == 65
    assert run.stderr.startswith("E_REPORT_D")


def test_bad_requests(centre):
    for words, code, text in [
            (("audit", "--node", "999999"), 65, "E_NODE_UNKNOWN"), (("nothing",), 64, "E_REPORT_UNKNOWN"),
            (("audit", "--format", "doc"), 64, "E_FORMAT"), (("audit", "--on", "2024-13-01"), 64, "E_DATE_BAD")]:
        run = report(centre, *words, check=False)
        assert (run.returncode, run.stderr.split()[0]) == (code, text), run.stderr
    run = report(centre, "audit", as_of="2099-01-01", check=False)
    assert (run.returncode, run.stderr.split()[0]) == (65, "E_AS_OF_FUTURE")


def jobs(centre, where="true"):
    return centre.cluster.psql(f"SELECT count(*) FROM zhibao.report_job WHERE {where}")


def second_aggregator(centre):
    conf = centre.etc / "second.conf"
    text = (centre.etc / "aggregator.conf").read_text(encoding="utf-8")
    conf.write_text(text.replace(f'port = "{centre.web_port}"', f'port = "{free_port()}"'), encoding="utf-8")
    centre.start("second", AGGREGATOR, "--config", conf, "run")


def test_calendar_once_through_kills(centre):
    """Two aggregators are killed while a report is being made: nothing half is left, and after a restart each report is there once."""
    cluster = centre.cluster
    # Nine due days in the pack; this centre began in the middle of October.
    calendar = "SELECT string_agg(to_char(as_of AT TIME ZONE 'Asia/Shanghai', 'MM-DD'), ' ' ORDER BY as_of) FROM" \
               " zhibao.report_calendar('2025-01-10+08', '{{}}', '{{}}', '62 d') WHERE report = '{}'"
    assert cluster.psql(calendar.format("audit")) == "03-25 03-31 06-30 09-30 10-31 11-30 12-10 12-20 12-31"
    assert cluster.psql(calendar.format("form_consolidated")) == "06-30 12-20 12-31"
    assert cluster.psql(calendar.format("circular")) == "03-25 03-31 06-30 11-30 12-20 12-31"
    assert cluster.psql("SELECT count(*), count(DISTINCT as_of) FROM zhibao.report_calendar('2024-12-01+08', '{integrity}', '{audit,form}', '31 d')"
                        " WHERE origin <> 'milestone'") == "6|6", "four Sundays, two forms; the two audits are those of the due days"
    cluster.psql("UPDATE zhibao.programme_version SET loaded_at = '2024-10-15+08'")
    reading = "SELECT count(DISTINCT a.pid) FROM pg_stat_activity a WHERE a.application_name = 'zhibao-aggregator report'" \
              " AND a.wait_event_type = 'Lock'"
    blocker = subprocess.Popen(["psql", "-qXAt", cluster.conninfo()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    blocker.stdin.write("BEGIN; LOCK TABLE zhibao.township_version IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n")
    blocker.stdin.flush()
    assert blocker.stdout.readline().strip() == "locked"
    centre.start("aggregator", AGGREGATOR, "--config", centre.etc / "aggregator.conf", "run")
    second_aggregator(centre)
    wait_for(lambda: int(cluster.psql(reading)) == 2, 60, "both in the middle of a report")
    centre.kill("aggregator", signal.SIGKILL)
    centre.kill("second", signal.SIGKILL)
    blocker.stdin.write("COMMIT;\n")
    blocker.stdin.close()
    blocker.wait(30)
    assert jobs(centre, "origin = 'milestone' AND state = 'queued'") == jobs(centre, "origin = 'milestone'") != "0"
    assert cluster.psql("SELECT count(*) FROM zhibao.report_artifact a JOIN zhibao.report_job j USING (job_id) WHERE j.origin = 'milestone'") == "0"
    handed_out = {re.search(r"-(\d+)\.\w+$", path.name)[1] for path in (centre.home / "reports").glob("*")}
    assert not handed_out & set(cluster.psql("SELECT job_id FROM zhibao.report_job WHERE origin = 'milestone'").split()), "nothing was handed out"
    centre.start_aggregator()
    second_aggregator(centre)
    wait_for(lambda: jobs(centre, "state NOT IN ('delivered', 'failed')") == "0", 600, "all reports")
    assert jobs(centre, "state = 'failed' AND report <> 'integrity' AND origin <> 'command'") == "0", cluster.psql("SELECT report, failure FROM zhibao.report_job WHERE state = 'failed'")
    days = cluster.psql("SELECT string_agg(to_char(as_of AT TIME ZONE 'Asia/Shanghai', 'MM-DD'), ' ' ORDER BY as_of) FROM zhibao.report_job"
                        " WHERE report = 'audit' AND parameters = '{}' AND node_code = '420000'")
    assert days == "10-31 11-30 12-10 12-20 12-31"
    assert jobs(centre, "origin = 'milestone'") == "9"
    assert cluster.psql("SELECT count(*) FROM zhibao.report_artifact a JOIN zhibao.report_job j USING (job_id) WHERE state = 'delivered'"
                        " GROUP BY j.job_id HAVING count(*) <> 4") == ""
    for path in (centre.home / "reports").glob("*-audit-*"):
        job, name = re.search(r"-(\d+)\.(\w+)$", path.name).groups()
        stored = cluster.psql(f"SELECT encode(sha256, 'hex') FROM zhibao.report_artifact WHERE job_id = {job} AND format = '{name}'")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == stored
    assert len(list((centre.home / "reports").glob("420000-audit-*.pdf"))) == 5, "one of them by the command before"


def test_api(centre):
    answer = centre.get("reports?limit=5")
    assert len(answer["reports"]) == 5 and answer["next"] == "5"
    newest = answer["reports"][0]
    assert newest["state"] == "delivered"
    for file in newest["files"]:
        with urllib.request.urlopen(centre.api + file["url"]) as got:
            data = got.read()
            assert got.headers["Content-Type"].split(";")[0] in (
                "application/pdf", "text/csv", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        sm3 = subprocess.run(["openssl", "dgst", "-sm3", "-r"], input=data, capture_output=True, check=True).stdout.split()[0].decode()
        assert sm3 == file["sm3"]
    altered = ("UPDATE zhibao.report_artifact SET content = set_byte(content, 20, get_byte(content, 20) # 1)"
               f" WHERE job_id = {newest['job']} AND format = 'csv'")
    centre.cluster.psql(altered)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{centre.api}/api/v1/reports/{newest['job']}/csv")
    assert refused.value.code == 500 and json.load(refused.value)["error"]["code"] == "E_REPORT_DIGEST"
    centre.cluster.psql(altered)


def test_a_report_that_fails_its_checks(centre):
    """Two statements that no longer agree on one figure: failed, visible, never handed out."""
    cluster = centre.cluster
    whole = cluster.psql("SELECT pg_get_functiondef('zhibao.coverage_by_county(date, timestamptz)'::regprocedure)")
    cluster.psql("""
        ALTER FUNCTION zhibao.coverage_by_county(date, timestamptz) RENAME TO coverage_whole;
        CREATE FUNCTION zhibao.coverage_by_county(p_on date, p_as_of timestamptz)
        RETURNS TABLE (county_code text, units_all bigint, units_rural bigint, broad_all bigint, broad_rural bigint,
            strict_all bigint, strict_rural bigint) LANGUAGE plpgsql STABLE AS $$
        BEGIN
            RETURN QUERY SELECT w.county_code, w.units_all + 1, w.units_rural, w.broad_all, w.broad_rural, w.strict_all, w.strict_rural
            FROM zhibao.coverage_whole(p_on, p_as_of) w;
        END $$;
        GRANT EXECUTE ON FUNCTION zhibao.coverage_by_county(date, timestamptz) TO zhibao_aggregator""")
    try:
        cluster.psql("SELECT zhibao.report_enqueue('audit', '420000', '{\"on\":\"2024-08-01\"}', '2024-12-02+08', 'command')", user="aggregator")
        wait_for(lambda: jobs(centre, "parameters = '{\"on\":\"2024-08-01\"}' AND state = 'failed'") == "1", 120, "failed report")
    finally:
        cluster.psql("DROP FUNCTION zhibao.coverage_by_county(date, timestamptz);"
                     "ALTER FUNCTION zhibao.coverage_whole(date, timestamptz) RENAME TO coverage_by_county")
    assert whole == cluster.psql("SELECT pg_get_functiondef('zhibao.coverage_by_county(date, timestamptz)'::regprocedure)")
    job, failure = cluster.psql("SELECT job_id, failure FROM zhibao.report_job WHERE parameters = '{\"on\":\"2024-08-01\"}'").split("|")
    assert failure.startswith("E_REPORT_AGREE")
    assert not list((centre.home / "reports").glob(f"*-{job}.*"))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{centre.api}/api/v1/reports/{job}/pdf")
    assert refused.value.code == 404
    shown = [r for r in centre.get("reports?limit=500")["reports"] if str(r["job"]) == job][0]
    assert shown["state"] == "failed" and shown["failure"] == failure and shown["files"] is None
    with urllib.request.urlopen(f"{centre.api}/metrics") as metrics:
        assert re.search(r"^zhibao_reports_failed [1-9]", metrics.read().decode(), re.M)
    logs = "".join((centre.home / f"{name}.log").read_text() for name in ("aggregator", "second"))
    assert f"report.failed job={job}" in logs
