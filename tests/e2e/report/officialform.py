# SPDX-License-Identifier: Apache-2.0
"""Annex 3 as issued: annex3.csv has its cells word by word, each with its line in the text of the annexes; drawn here as the
official page has them, without any part of the software."""
import csv
import html
import subprocess
from itertools import groupby
from pathlib import Path

STYLE = """@page { size: A4; margin: 22mm 20mm 20mm } body { font: 11pt 'Noto Serif CJK SC'; margin: 0 }
p { margin: 0 0 4pt; font-size: 12pt } p.title { font-size: 19pt; font-weight: bold; text-align: center } p.year { text-align: center }
table { border-collapse: collapse; width: 100%; table-layout: fixed } td, th { border: 0.75pt solid black; padding: 4pt 5pt }
td:last-child { text-align: center } td[rowspan] { text-align: center }"""


def rows(place):
    with open(Path(__file__).with_name("annex3.csv"), encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["place"] == place]


def heads():
    """Title, year, office with room for the seal, date."""
    return [row["section"] for row in rows("head")]


def items():
    """(section, content, answer) in order; the section stands in its first row only, as issued."""
    section, found = "", []
    for row in rows("item"):
        section = row["section"] or section
        found.append((section, row["content"], row["answer"]))
    return found


def cell(text, tag="td", more=""):
    return f"<{tag}{more}>{html.escape(text)}</{tag}>"


def page():
    title, year, *lines = heads()
    table = ["<col style='width:13%'><col style='width:43%'><col style='width:44%'>",
             "<tr>" + "".join(cell(rows("heads")[0][name], "th") for name in ("section", "content", "answer")) + "</tr>"]
    for section, group in groupby(items(), key=lambda item: item[0]):
        group = list(group)
        for number, (_, content, answer) in enumerate(group):
            first = cell(section, more=f" rowspan={len(group)}") if number == 0 else ""
            table.append(f"<tr>{first}{cell(content)}{cell(answer)}</tr>")
    return (f"<!doctype html><meta charset=utf-8><title>附件3</title><style>{STYLE}</style>" + cell(title, "p", " class=title")
            + cell(year, "p", " class=year") + "".join(cell(line, "p") for line in lines) + f"<table>{''.join(table)}</table>")


def write_pdf(folder):
    source, pdf = folder / "annex3.html", folder / "annex3.pdf"
    source.write_text(page(), encoding="utf-8")
    subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    f"--user-data-dir={folder}/chromium", "--no-pdf-header-footer", f"--print-to-pdf={pdf}", source.as_uri()],
                   capture_output=True, timeout=120, check=True)
    return pdf
