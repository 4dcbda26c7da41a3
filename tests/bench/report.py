#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what docs/measurements holds into docs/performance.md, between its marks, and the plots beside it. Each file there is
the answer of one question with the command that asked it; what is measured again replaces its own file only.

    report.py
"""
import json
import statistics
from pathlib import Path

import plots
import rows

DOCS = Path(__file__).resolve().parents[2] / "docs"
MEASUREMENTS, PAGE, IMAGES = DOCS / "measurements", DOCS / "performance.md", DOCS / "images"
BEGIN, END = "<!-- figures: made by tests/bench/report.py -->\n", "<!-- end of figures -->\n"


def table(head, lines):
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for line in lines:
        yield f"| {' | '.join(line)} |"


def goals(found):
    """Every figure with what it is held against."""
    return table(("question", "base in the same run", "measured", "goal", "", "more", "command, rounds"), (
        (r.question, r.base, r.measured, r.goal, r.verdict, r.more, f"`{r.command}`, {r.rounds}") for r in rows.all_of(found)))


def costs(found):
    """What a row took, by process."""
    def lines():
        for name, label in rows.LABELS.items():
            for side in ("base", "subject") if name in found else ():
                part = found[name]["answer"][side]
                cpu = [rows.cpu(part, process) for process, _, _ in plots.PARTS]
                yield (label, side, *(rows.span(part[figure], 0) for figure in ("rows_per_s", "rows_per_copy")),
                       *(f"{value:.2f}" for value in (*cpu, sum(cpu))))

    return table(("question", "side", "rows/s", "rows per COPY", *(f"{words}, µs a row" for _, _, words in plots.PARTS), "together"), lines())


def draw(found):
    """The plots; the lines that show them."""
    bars = [(f"{label}: {side}", [rows.cpu(found[name]["answer"][side], part) for part, _, _ in plots.PARTS])
            for name, label in rows.LABELS.items() if name in found for side in ("base", "subject")]
    plots.cpu_of_a_row(bars, IMAGES / "performance.svg")
    plots.ratios([(r.question, *r.parts, r.limit, r.is_more_better) for r in rows.all_of(found) if r.parts], IMAGES / "performance-goals.svg")
    yield "![goals](images/performance-goals.svg)"
    yield "![processor time of a row](images/performance.svg)"
    by_size = rows.figures_by_size(found)
    if by_size:
        lines = [(label, [statistics.median(f[key] for f in runs) for _, runs in by_size.values()])
                 for label, key in (("best plain query", "plain_ms"), ("coverage of the province", "rollup_ms"),
                                    ("completion of the province", "completion_ms"))]
        plots.flatness(list(by_size), lines, IMAGES / "performance-flat.svg")
        yield "![answers by events stored](images/performance-flat.svg)"


def main():
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(MEASUREMENTS.glob("*.json"))}
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    run = found["fleet"]
    words = (f"{run['processors']} processors, PostgreSQL {run['postgres'].split()[2]}, medians and the range between them; "
             "settings of the server: " + ", ".join(f"{k} {v}" for k, v in run["settings"].items())
             + ". All answers: [measurements](measurements).")
    text = "\n".join(["", words, "", *goals(found), "", *costs(found), "", "\n\n".join(draw(found)), "", ""])
    PAGE.write_text(before + BEGIN + text + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
