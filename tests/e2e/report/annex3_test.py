# SPDX-License-Identifier: Apache-2.0
"""The statistics form laid beside annex 3 as issued: the same items, order, units and sign-off, in PDF and XLSX alike."""
import csv
import json
import re

import openpyxl

import officialform
import pages
from pgcluster import BUILD, PACK
from reports import files_of, report

MM = pages.DPI / 25.4


def compact(text):
    return "".join(text.split())


def blank(answer):
    """An answer without what the office filled in: the words and units that annex 3 prints."""
    return re.sub(r"[\d.]", "", compact(answer))


def test_pack_has_the_items_of_annex_3():
    """Numbers, sections, items and units by which the software works are those of the annex."""
    with open(PACK / "form.csv", encoding="utf-8", newline="") as file:
        pack = list(csv.DictReader(file))
    official = officialform.items()
    assert [int(row["item_no"]) for row in pack] == list(range(1, len(official) + 1)) == list(range(1, 23))
    assert [(row["section"], row["label_zh"]) for row in pack] == [(section, content) for section, content, _ in official]
    assert [row["unit"] for row in pack] == [re.split("[，；]", answer)[0] for _, _, answer in official]


def made(centre, name, node):
    """Files of a form, and what the JSON says; made again they are the same bytes."""
    words = ("--node", node, "--period", "mid_year", "--out")
    files = files_of(centre, report(centre, name, *words, centre.home / "out"))
    (centre.home / "form-again").mkdir(exist_ok=True)
    for kind, path in files_of(centre, report(centre, name, *words, centre.home / "form-again")).items():
        assert path != files[kind] and open(path, "rb").read() == open(files[kind], "rb").read(), kind
    with open(files["json"], encoding="utf-8") as file:
        return files, json.load(file)["sections"][0]["blocks"][0]


def check_cells(official, ours, form):
    """Both pages are read by the rules and words on them; the answers of ours are those of the JSON."""
    assert official.sections == ours.sections and len(ours.sections) == 6
    assert official.words_in(0) == ours.words_in(0) and ours.words_in(0)[:2] == ["项", "目"] and ours.words_in(0)[-2:] == ["备", "注"], "blanks as issued"
    assert official.labels == ours.labels and len(ours.labels) == 23
    assert ours.labels[1:] == [compact(content) for _, content, _ in officialform.items()]
    assert ours.answers[1:] == [compact(row["answer"]) for row in form["rows"]]
    printed = [answer for answer in official.answers if answer]
    answered = [blank(answer) for answer, words in zip(ours.answers, official.answers) if words]
    assert len(printed) == 19, "the head, 16 plain counts, items 12 and 15"
    # A rate that does not apply has no unit.
    assert [re.sub("(%|场/人)$", "", words) if answer.endswith("不适用") else words for words, answer in zip(printed, answered)] == [
        answer.removesuffix("不适用") for answer in answered]
    # A section is as high as its items: its rules are among theirs, at the same items on both pages.
    places = [[min(range(24), key=lambda k: abs(page.level[1][k] - y)) for y in page.level[0]] for page in (official, ours)]
    assert places == [[0, 1, 4, 10, 17, 22, 23]] * 2


def check_sign_off(official, ours, form, filled):
    """Title and year in the middle, office with the mark for its seal and date at the left, all over the table, as on the official page."""
    heads = [compact(line) for line in officialform.heads()]
    assert official.lines == heads and len(ours.lines) == len(heads) == 4
    assert ours.lines[:2] == heads[:2]
    assert ours.lines[2] == heads[2] + compact(form["office"]) and ours.lines[3] == heads[3] + compact(filled)
    for page in (official, ours):
        left, right = page.upright[0], page.upright[-1]
        for number, (y, _) in enumerate(page.lines_between(0, page.level[0][0], 0, page.picture.width)):
            line = page.picture.ink_width(round(y))
            if number < 2:
                assert abs(sum(line) / 2 - (left + right) / 2) < 4 * MM
            else:
                assert abs(line[0] - left) < 2 * MM


def check_picture(page, blanks):
    """Ink in every cell that says something and in none that does not; nothing outside the margins of A4."""
    picture = page.picture
    assert (round(picture.width / MM), round(picture.height / MM)) == (210, 297)
    for i, cells in ((0, page.sections), (1, page.labels), (2, page.answers)):
        for row, words in enumerate(cells):
            assert (page.ink_of(i, row) > 60) == bool(words), (i, row, words)
    assert sum(not words for words in page.answers) == blanks
    margin = round(19 * MM)
    for area in ((0, 0, margin, picture.height), (picture.width - margin, 0, picture.width, picture.height),
                 (0, 0, picture.width, margin), (0, picture.height - round(9 * MM), picture.width, picture.height)):
        assert picture.count(*area) == 0, area


def check_form(centre, name, node, filled):
    files, form = made(centre, name, node)
    assert form["title"] == officialform.heads()[0] and form["year"] == officialform.heads()[1] and form["filled"] == filled
    official = pages.FormPage(officialform.write_pdf(centre.home), centre.home, "official")
    ours = pages.FormPage(files["pdf"], centre.home, "ours")
    pages.beside(official.picture, ours.picture, BUILD / f"tests/e2e/annex3-beside-{name}.png")
    assert set(pages.page_sizes(files["pdf"]) + pages.page_sizes(centre.home / "annex3.pdf")) == {(210, 297)}
    check_cells(official, ours, form)
    check_sign_off(official, ours, form, filled)
    check_picture(official, 4)
    check_picture(ours, sum(not row["answer"].strip() for row in form["rows"]))
    check_sheet(files["xlsx"], form)
    return form


def check_sheet(path, form):
    """The first sheet of the XLSX: lines over the table, merged sections, counts as numbers with their units."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    office, filled = officialform.heads()[2:]
    assert [sheet[f"A{n}"].value for n in range(1, 5)] == [form["title"], form["year"], office + form["office"], filled + form["filled"]]
    assert [cell.value for cell in sheet[5]] == [officialform.rows("heads")[0][name] for name in ("section", "content", "answer")]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    official = officialform.items()
    number = 6
    for section in dict.fromkeys(section for section, _, _ in official):
        size = sum(1 for item in official if item[0] == section)
        assert sheet[f"A{number}"].value == section
        assert size == 1 or f"A{number}:A{number + size - 1}" in merged
        number += size
    for number, ((_, content, unit), row) in enumerate(zip(official, form["rows"]), 6):
        assert sheet[f"B{number}"].value == content
        cell = sheet[f"C{number}"]
        if row["count"] is not None:
            assert (cell.value, cell.number_format, row["answer"]) == (row["count"], f'0" {unit}"', f"{row['count']} {unit}")
        else:
            assert (cell.value or "") == row["answer"]


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
