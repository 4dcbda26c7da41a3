# SPDX-License-Identifier: Apache-2.0
"""Random statistics forms, as the desk and the collector let them pass: mostly what the records propose, with some answers changed."""
import datetime as dt
from fractions import Fraction

from events import Known
from filings import PERIODS
from sheet import CELLS, COPIES, OPTIONAL, Proof, rounded, shown
from world import local_day

WAYS = ["more", "not_applicable", "not_answered", "zero", "less", "much more", "left out", "other"]
OFTEN = [(16, ""), (21, ""), (4, "column_names"), (12, "townships_covered"), (12, "coverage_rate"), (15, "avg_sessions_per_person"), (3, ""), (19, "")]


def answer(cell, proven):
    """The line of a cell as proposed."""
    line = {"item_no": cell[0], "sub_field": cell[1], "state": "value"}
    kind = CELLS[cell]
    if kind == "count":
        line["count"] = proven
    elif kind == "boolean":
        line["is_yes"] = proven
    elif shown(kind, proven) is None:
        line.update(state="not_applicable", reason="无")
    else:
        line["rate_text" if kind in ("percent", "ratio") else "text"] = shown(kind, proven)
    return line


def change(dice, line, way):
    kind = CELLS[line["item_no"], line["sub_field"]]
    old = {k: line.pop(k) for k in ("count", "is_yes", "text", "rate_text") if k in line}
    line.update(state="value", reason=dice.pick([None, "情况说明"]))
    if way in ("not_applicable", "not_answered"):
        line["state"] = way
        line["reason"] = line["reason"] or ("无" if way == "not_applicable" else None)
    elif kind == "count":
        n = old.get("count", 0)
        way = way if (line["item_no"], line["sub_field"]) != COPIES else dice.pick([way, "other"])
        line["count"] = {"more": n + 1, "much more": n + 30, "left out": n + 2, "less": max(n - 1, 0), "zero": 0}.get(way, n + n // 20)
    elif kind == "boolean":
        line["is_yes"] = not old.get("is_yes", False)
    elif kind in ("percent", "ratio"):
        rate = old.get("rate_text", "50.00")
        line["rate_text"] = {"zero": "0", "less": "0.00", "more": f"{float(rate) / 2:.4f}"}.get(way, str(min(round(float(rate)), 100)))
    else:
        line["text"] = dice.pick(["https://y/9", "https://y/9", "https://x/1"]) if kind == "url" else dice.pick(["甲；乙", "乙 ; 甲", "丙"])


def value(lines, row, part=""):
    line = lines.get((row, part), {"state": None})
    return next((line[k] for k in ("count", "is_yes", "text", "rate_text") if k in line), None) if line["state"] == "value" else None


def settle(dice, lines, total):
    """What the desk refuses: answers that contradict one another. Returns the participations sent along."""
    for row, part in ((3, "published"), (4, "has_column")):
        if row == 3 and value(lines, 3):
            for channel in ("portal", "wechat"):
                lines[row, f"{channel}_{part}"] = {"item_no": row, "sub_field": f"{channel}_{part}", "state": "value", "is_yes": True}
        portal, wechat = (value(lines, row, f"{channel}_{part}") for channel in ("portal", "wechat"))
        if (row, "") in lines and None not in (portal, wechat):
            lines[row, ""].update(state="value", is_yes=portal and wechat)
            if dice.chance(2):
                del lines[row, ""]
    names = (4, "column_names")
    columns = [value(lines, 4, f"{channel}_has_column") for channel in ("portal", "wechat")]
    if True in columns and value(lines, *names) is None:
        lines[names] = {"item_no": 4, "sub_field": names[1], "state": "value", "text": "甲"}
    elif columns == [False, False]:
        lines.pop(names, None)
    if value(lines, 12, "townships_covered") and value(lines, 12, "sessions") == 0:
        lines[12, "sessions"]["count"] = 1
    people, average = value(lines, 15, "people"), lines.get((15, "avg_sessions_per_person"))
    if people == 0 and average and average["state"] == "value":
        average.pop("rate_text")
        average.update(state="not_applicable", reason="无")
    elif people and average and average["state"] != "not_answered":
        average.update(state="value", rate_text=average.get("rate_text", "1.5"))
        if total is not None:
            average["rate_text"] = rounded(Fraction(total, people), dice.pick([2, 0]))
    return total


def statistics_form(dice, history, office, _item):
    period = dice.pick(["mid_year", "mid_year", "year_end"] if history.now.month < 8 else ["year_end", "year_end", "mid_year"])
    first, last = PERIODS[period]
    earlier = [r.body["scope"] for r in history.revisions if r.kind == "statistics_form" and r.office == office and r.body]
    scope = dice.pick(["own", "with_subordinates", earlier[-1] if earlier else "own", "own"])
    filled_on = local_day(history.now) - dt.timedelta(days=dice.pick([0, 0, 1, 30]))
    bounds = {"period_start": dt.date(2024, 3, 1) if dice.chance(12) else first, "period_end": last}
    found = Proof(Known(history, history.now), office, scope, bounds["period_start"], min(filled_on, last)).evidence()
    lines = {cell: answer(cell, found[cell]) for cell in CELLS if cell not in OPTIONAL or dice.below(3) < 2 or cell == (4, "column_names")}
    if dice.chance(2):
        for cell, line in lines.items():
            if CELLS[cell] == "count":
                line["proposed_count"] = found[cell]
    for _ in range(dice.pick([0, 1, 3, 6])):
        cell = dice.pick([dice.pick(list(lines)), dice.pick([c for c in OFTEN if c in lines] or list(lines))])
        way = dice.pick(WAYS)
        if way == "left out" and cell not in OFTEN:
            del lines[cell]
        else:
            change(dice, lines[cell], way)
    total = dice.pick([found[15, "avg_sessions_per_person"][0], None, 40])
    total = settle(dice, lines, total)
    for line in lines.values():
        if line.get("proposed_count") is not None and (line["state"] != "value" or line["proposed_count"] != line["count"]):
            line["reason"] = line.get("reason") or "情况说明"
    return [{"period": period, **bounds, "scope": scope, "filled_on": filled_on}, {"lines": list(lines.values()), "participation_total": total},
            {"is_stamped": dice.pick([None, True, False]), "scan_digest": dice.pick([None, None, "\\x" + "07" * 32])},
            {"approved_by": dice.pick(["y", "y", None])},
            {"entries": dice.pick([None, [{"label": "义诊", "count": 2, "unit": "场", "note": None}, {"label": "展板", "count": None, "unit": None, "note": "街头"}]])}]
