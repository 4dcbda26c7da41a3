# SPDX-License-Identifier: Apache-2.0
"""docs/requirements.md held to the product: what a row names is there, and the tests named speak of it. The plan of the pack is held to annex 2."""
import calendar
import csv
import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pgcluster import BUILD, PACK, ROOT, Cluster

TEXT = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")
IDENTIFIERS = ([f"A1-{n:02}" for n in range(1, 72)] + [f"A2-{n:02}" for n in range(1, 13)] + [f"A2-R{n:02}" for n in range(1, 31)]
               + [f"A3-H{n}" for n in range(1, 5)] + [f"A3-{n:02}" for n in range(1, 23)])
FILE = re.compile(r"[a-z0-9_/]+\.(?:sql|py|c)")


def table(pattern):
    """Cells of the rows whose first cell is like the pattern."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]
    return [cells for cells in rows if re.fullmatch(pattern, cells[0])]


ROWS = [dict(zip(("row", "text", "record", "figure", "report", "shown"), cells)) for cells in table(r"A\d-\w+")]
IN_SCOPE = [row for row in ROWS if not row["shown"].startswith("out: ")]


@pytest.fixture(scope="module")
def store():
    """Functions of the schema, parts of the indicators, the function of each."""
    cluster = Cluster()
    try:
        cluster.create()

        def rows(query):
            return [tuple(line.split("|")) for line in cluster.psql(query).splitlines()]
        yield {"functions": {name for name, in rows("SELECT proname FROM pg_proc WHERE pronamespace = 'zhibao'::regnamespace")},
               "parts": rows("SELECT indicator_id, part FROM zhibao.indicator_part"),
               "indicators": dict(rows("SELECT function_name, indicator_id FROM zhibao.indicator_definition"))}
    finally:
        cluster.remove()


def listed(cell):
    return [] if cell == "none" else [re.sub(r" \(.*\)$", "", word) for word in re.split(r", (?![^(]*\))", cell)]


def reports():
    """Tables of every section, by title and by kind of report, and columns of every table, as they stand in the sources."""
    source = "".join((ROOT / "aggregator" / name).read_text(encoding="utf-8") for name in ("reportkinds.c", "reportsources.c"))
    columns = {name: set(re.findall(r'\{"(\w+)", ', body)) for name, body in re.findall(r"report_column (\w+)_columns\[\] = \{(.*?)\n\};", source, re.S)}
    lists = dict(re.findall(r"report_part (\w+)_parts\[\] = \{(.*?)\n\};", source, re.S))
    kinds = {name: lists[parts] for name, parts in re.findall(r'\{"(\w+)", "[^"]*", REPORT_STYLE_\w+, (\w+)_parts, ', source)}
    parts = re.findall(r'\{"\w+", "([^"]+)",\s*SOURCES\(([^)]*)\)', kinds["audit"])
    sections = {re.split("[、：]", title)[0]: set(re.findall(r"&(?:report_source_)?(\w+)", names)) for title, names in parts}
    return sections, {name: set(re.findall(r"&(?:report_source_)?(\w+)", body)) for name, body in kinds.items()}, columns


def test_every_obligation_has_one_row():
    assert [row["row"] for row in ROWS] == IDENTIFIERS and len(ROWS) == 139
    noted = set(re.findall(r"A\d-\w+", TEXT[TEXT.index("\n## Not answered, or in part"):]))
    assert noted and noted <= set(IDENTIFIERS)


def test_records_are_kinds():
    kinds = {kind["name"] for kind in json.loads(subprocess.run([BUILD / "tests/integration/catalog_dump"], capture_output=True, check=True).stdout)}
    assert len(kinds) == 20
    named = {word for row in ROWS for word in listed(row["record"])}
    assert named <= kinds | {"pack"}, named - kinds
    assert kinds - named == {"claim"}, "a joint event (R4) is no obligation of the annexes; every other kind answers one"
    assert not [row["row"] for row in IN_SCOPE if row["record"] == "none"]


def test_figures_are_functions(store):
    for row in IN_SCOPE:
        names = listed(row["figure"])
        assert names and set(names) <= store["functions"], row
    named = [(row["row"], indicator, part) for row in ROWS for indicator, parts in re.findall(r"\((I-\d+\w?) ([^)]*)\)", row["figure"])
             for part in re.findall("`([^`]*)`", parts)]
    assert len(named) > 15 and [(row, i, part) for row, i, part in named
                                if not any(i == j and (part == p or fnmatch(part, p) or fnmatch(p, part)) for j, p in store["parts"])] == []
    assert {name for row in ROWS for name in listed(row["figure"])} >= set(store["indicators"]) - {"late_entry"}, "an indicator answers an obligation"


def test_deadlines_are_those_of_the_pack():
    """Who owes by receipt is found among the obligations; what is seen from records is not."""
    by_receipt, by_records = set(), set()
    with open(PACK / "milestones.csv", encoding="utf-8", newline="") as file:
        for milestone in csv.DictReader(file):
            (by_receipt if milestone["judged_by"] == "receipt" else by_records).update(milestone["requirement_ids"].split(";"))
    assert by_receipt | by_records <= set(IDENTIFIERS)
    assert {row["row"] for row in ROWS if "obligation_standing" in listed(row["figure"])} == by_receipt


def test_report_tables_are_there():
    sections, kinds, columns = reports()
    place = {name: section for name, section in table(r"AR-\d")}
    assert list(place) == [f"AR-{n}" for n in range(1, 10)]
    for row in IN_SCOPE:
        for chunk in row["report"].split("; "):
            where, names = re.fullmatch(r"(AR-\d|附件.|report `\w+`)((?:,? [\w.]+)*)", chunk).groups()
            if where.startswith("report"):
                there = kinds[where.split("`")[1]]
            else:
                there = sections[place[where].split("、")[0] if where in place else where]
            for name in re.findall(r"[\w.]+", names):
                name, _, column = name.partition(".")
                assert name in there, (row["row"], chunk)
                assert not column or column in columns[name], (row["row"], chunk)
    titles = {title for title in re.findall(r'"([^"]+)"', (ROOT / "aggregator/reportkinds.c").read_text(encoding="utf-8"))}
    assert set(place.values()) <= titles


def test_tests_speak_of_what_they_show(store):
    """At least one of the tests named is about each figure, by its function or its indicator, and about each record."""
    def text_of(path):  # with the helpers it reads
        text = path.read_text(encoding="utf-8")
        return text + "".join(text_of(path.with_name(name)) for name in re.findall(r"^\\ir (\S+)", text, re.M))
    tests = {str(path.relative_to(ROOT / "tests")): text_of(path) for path in (ROOT / "tests").rglob("*.*") if path.suffix in (".sql", ".py", ".c")}
    found = {}
    for row in IN_SCOPE:
        files = FILE.findall(row["shown"])
        assert files and ", ".join(files) == row["shown"], row
        texts = []
        for file in files:
            found[file] = found.get(file) or [text for name, text in tests.items() if name == file or name.endswith("/" + file)]
            assert len(found[file]) == 1, (row["row"], file)
            texts += found[file]
        for figure in listed(row["figure"]):
            words = rf"\b{figure}\b" + (f"|{store['indicators'][figure]}\\b" if figure in store["indicators"] else "")
            assert any(re.search(words, text) for text in texts), (row["row"], figure)


def annex_2():
    with open(Path(__file__).with_name("annex2.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for before, row in zip(rows, rows[1:]):
        row["category"] = row["category"] or before["category"]
    return rows


def window(time):
    first, last = {"全年": (1, 12)}.get(time) or re.fullmatch(r"(\d+)(?:-(\d+))?月", time).groups()
    first, last = int(first), int(last or first)
    return f"2024-{first:02}-01", f"2024-{last:02}-{calendar.monthrange(2024, last)[1]}"


def number(sessions):
    """At least and at most; none for 多场次 and 全年 (Q-01, Q-03)."""
    found = re.fullmatch(r"(\d+)(?:-(\d+))?场", sessions)
    return (found[1], found[2] or found[1]) if found else ("", "")


def mode(place):
    return "mixed" if "线上线下同步" in place else "either" if "线上" in place and "或线下" in place else ""


def test_plan_lines_are_those_of_annex_2():
    """Every cell word for word, and what is made of it: window, numbers, mode and category."""
    with open(PACK / "plan-lines.csv", encoding="utf-8", newline="") as file:
        pack = list(csv.DictReader(file))
    with open(PACK / "categories.csv", encoding="utf-8", newline="") as file:
        categories = {row["name"]: row["label_zh"] for row in csv.DictReader(file)}
    official = annex_2()
    assert len(official) == 30 and [row["row_no"] for row in pack] == [str(n) for n in range(1, 31)]
    cells = ("theme", "activity", "time_text", "place", "audience", "sessions_text")
    for line, row in zip(pack, official):
        assert [line[cell] for cell in cells] == [row[cell] for cell in ("theme", "content", "time", "place", "audience", "sessions")]
        assert row["category"].endswith(categories[line["category"]])
        assert (line["window_start"], line["window_end"]) == window(row["time"])
        assert (line["planned_min"], line["planned_max"]) == number(row["sessions"])
        assert line["mode"] == mode(row["place"])
    assert sum(int(line["planned_min"] or 0) for line in pack) == 45
    told = {row["row"]: row["text"] for row in ROWS}
    assert [told[f"A2-R{n:02}"] for n in range(1, 31)] == [row["theme"] for row in official]


def test_rows_of_annex_3_are_its_items():
    with open(ROOT / "tests/e2e/report/annex3.csv", encoding="utf-8", newline="") as file:
        official = [row["content"] for row in csv.DictReader(file) if row["place"] == "item"]
    told = {row["row"]: row["text"] for row in ROWS}
    assert [told[f"A3-{n:02}"] for n in range(1, 23)] == official
