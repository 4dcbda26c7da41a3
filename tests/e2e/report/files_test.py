# SPDX-License-Identifier: Apache-2.0
"""The files of an audit: each says what the JSON says, the same bytes again, none that was altered is handed out."""
import contextlib
import csv
import datetime
import io
import json
import re
import subprocess
from decimal import ROUND_HALF_UP, Decimal

import openpyxl
import psycopg2

from pgcluster import AGGREGATOR, ROOT
from reports import check_all, files_of, pdf_text, report, tables


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


def test_sources(centre, document):
    """Every table names its statement, which the command prints and which gives the same rows again with the parameters of the report."""
    assert document["arguments"] == ["420000", "2024-12-31", "2024-12-31T15:59:59.999999Z", ""]
    with contextlib.closing(psycopg2.connect(centre.cluster.conninfo("aggregator"))) as store:
        store.set_session(readonly=True, autocommit=True)
        cursor = store.cursor()
        for table in tables(document).values():
            text = centre.run(AGGREGATOR, "report", "sql", table["source"]).stdout
            assert text == (ROOT / f"aggregator/report/sql/{table['source']}.sql").read_text(encoding="utf-8")
            cursor.execute(f"PREPARE again AS {text}")
            cursor.execute("EXECUTE again (%s, %s, %s, %s)", document["arguments"])
            assert [as_told(table, row) for row in cursor.fetchall()] == table["rows"], table["name"]
            cursor.execute("DEALLOCATE again")
    unknown = centre.run(AGGREGATOR, "report", "sql", "report_nothing", check=False)
    assert unknown.returncode == 64 and unknown.stderr.startswith("E_STATEMENT_UNKNOWN")


def as_told(table, values):
    """A row of a statement as the report tells it: a rate from two values, none when one of them is missing."""
    rest = iter(values)
    row = {"is_total": next(rest)}
    for column in table["columns"]:
        value = next(rest)
        if column["type"] in ("ratio", "average"):
            parts = (value, next(rest))
            shown = "percent" if column["type"] == "ratio" else "value"
            scaled = Decimal(parts[0]) * (100 if shown == "percent" else 1) / parts[1] if None not in parts and parts[1] else None
            value = None if None in parts else {"numerator": parts[0], "denominator": parts[1], 
                                                     shown: None if scaled is None else str(scaled.quantize(Decimal("0.01"), ROUND_HALF_UP))}
        elif column["type"] == "date":
            value = value and value.isoformat()
        elif column["type"] == "instant":
            value = value and value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        row[column["name"]] = value
    return row


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
    for table in tables(document).values():
        assert table["source"] in text
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


def test_same_bytes_again(centre, audit):
    """The same as_of gives the same files, though more has arrived since."""
    before = {name: open(path, "rb").read() for name, path in audit.items()}
    centre.cluster.psql("INSERT INTO zhibao.quarantine SELECT office_code, stream_id, 9000000 + seq, batch_id, now(), item_office_code, item_id, revision_id,"
                        " base_revision_id, kind, 'E_X', '', '', body FROM zhibao.quarantine"
                        " UNION ALL SELECT office_code, stream_id, 9999999, batch_id, now(), NULL, NULL, NULL, NULL, NULL, 'E_X', '', '', ''"
                        " FROM (SELECT * FROM zhibao.batch LIMIT 1) b")
    (centre.home / "again").mkdir()
    run = report(centre, "audit", "--out", centre.home / "again")
    assert "重新生成，与存档逐字节一致" in run.stdout
    for name, path in files_of(centre, run).items():
        with open(path, "rb") as file:
            assert file.read() == before[name], name
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.report_job WHERE report = 'audit' AND parameters = '{}'") == "1"


def test_tampering_is_seen(centre):
    """A stored file that was altered: neither made again as if nothing were, nor unseen by the check of all."""
    run = report(centre, "integrity", as_of="2024-07-01")
    assert run.returncode == 0 and check_all(centre).returncode == 0
    altered = ("UPDATE zhibao.report_artifact a SET content = set_byte(content, 100, get_byte(content, 100) # 1)"
               " FROM zhibao.report_job j WHERE j.job_id = a.job_id AND j.report = 'integrity' AND a.format = 'csv'")
    centre.cluster.psql(altered)
    run = report(centre, "integrity", as_of="2024-07-01", check=False)
    assert run.returncode == 65
    assert run.stderr.startswith("E_REPORT_DIFFERS")
    run = check_all(centre)
    assert run.returncode == 65 and run.stderr.startswith("E_REPORT_DIGEST") and re.search(r"报告 \d+ 的 csv：存档中的文件", run.stdout)
    centre.cluster.psql(altered)
    assert check_all(centre).returncode == 0


def test_bad_requests(centre):
    for words, code, text in [
            (("audit", "--node", "999999"), 65, "E_NODE_UNKNOWN"), (("nothing",), 64, "E_REPORT_UNKNOWN"),
            (("audit", "--format", "doc"), 64, "E_FORMAT"), (("audit", "--on", "2024-13-01"), 64, "E_DATE_BAD")]:
        run = report(centre, *words, check=False)
        assert (run.returncode, run.stderr.split()[0]) == (code, text), run.stderr
    run = report(centre, "audit", as_of="2099-01-01", check=False)
    assert (run.returncode, run.stderr.split()[0]) == (65, "E_AS_OF_FUTURE")
