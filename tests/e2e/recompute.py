#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The independent check: coverage and completion of every office, recomputed from the CSV files of the programme
pack and from what the simulator logged as sent, compared with the API to the last digit. Shares no code with the
product and reads no database. Rulings R1 to R11.

    recompute.py --pack DIR --log sent.jsonl --api http://127.0.0.1:5680 [--on DATE ...]
"""
import argparse
import csv
import json
import sys
import urllib.request
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

FIVE = ["enterprise", "campus", "village", "site", "system"]
CATEGORIES = ["general"] + FIVE


def rows(pack, name):
    with open(Path(pack) / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def percent(numerator, denominator):
    if denominator == 0:
        return None
    exact = Decimal(100) * numerator / Decimal(denominator)
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def rate(numerator, denominator):
    return {"numerator": numerator, "denominator": denominator, "percent": percent(numerator, denominator)}


class Programme:
    def __init__(self, pack):
        self.offices = {o["code"]: o for o in rows(pack, "offices.csv")}
        self.townships = rows(pack, "townships.csv")
        self.lines = rows(pack, "plan-lines.csv")
        self.county_codes = {t["county_code"] for t in self.townships}

    def is_below(self, code, node):
        """The node itself or anything under it."""
        while code:
            if code == node:
                return True
            code = self.offices[code]["parent_code"] if code in self.offices else ""
        return False

    def is_provincial(self, code):
        return self.offices[code]["level"] in ("province", "province_unit")

    def in_scope(self, code, scope):
        return {"cities": not self.is_provincial(code), "provincial": self.is_provincial(code), "all": True}[scope]

    def valid_units(self, on):
        return [t for t in self.townships if (not t["valid_from"] or t["valid_from"] <= on) and (not t["valid_to"] or on < t["valid_to"])]


def counting(log):
    """R1, R2: per item the newest revision on the branch received first; withdrawn items fall out.
    Returns {kind: [(office, item, body, place in the log)]}."""
    items = defaultdict(list)
    with open(log, encoding="utf-8") as file:
        for place, line in enumerate(file):
            revision = json.loads(line)
            revision["place"] = place
            items[(revision["office"], revision["item_id"])].append(revision)
    result = defaultdict(list)
    for (office, item), revisions in items.items():
        first_child = {}
        for revision in revisions:
            first_child.setdefault(revision.get("base_revision_id"), revision)
        tip, step = None, first_child.get(None)
        while step:
            tip, step = step, first_child.get(step["revision_id"])
        if tip and tip["op"] != "withdraw":
            result[tip["kind"]].append((office, item, tip["body"], tip["place"]))
    return result


def covers(programme, office, body):
    """R7."""
    codes = body.get("township_codes", [])
    if not codes or body["mode"] == "online":
        return False
    if body.get("area_explanation"):
        return True
    if len(codes) > 3:
        return False
    by_code = {t["code"]: t for t in programme.townships}
    return programme.is_provincial(office) or all(programme.is_below(by_code[c]["county_code"], office) for c in codes)


class Year:
    def __init__(self, programme, log):
        self.programme = programme
        kinds = counting(log)
        held = [(o, i, b, p) for o, i, b, p in kinds["lecture_event"] if b["status"] == "held"]
        by_code = defaultdict(list)
        for township in programme.townships:
            by_code[township["code"]].append(township["unit_id"])
        self.covering = []
        for office, _, body, _ in held:
            if covers(programme, office, body):
                for code in set(body["township_codes"]):
                    for unit in by_code[code]:
                        self.covering.append((unit, body["occurred_on"], body["category"] == "village"))
        # R8: twins of one office count once, the first received.
        seen, self.sessions = set(), []
        for office, item, body, _ in sorted(held, key=lambda h: h[3]):
            print_of = (office, body["occurred_on"], tuple(sorted(body.get("township_codes", []))), body["place"], body["theme"])
            if print_of not in seen:
                seen.add(print_of)
                self.sessions.append((office, item, body))
        # R18 item 14: study of the staff, page views of the mini-program not, are sessions of 进系统.
        for office, item, body, _ in kinds["study_event"]:
            if body["status"] == "held" and body["target"] == "staff" and body["form"] != "mini_program_study":
                self.sessions.append((office, item, dict(occurred_on=body["occurred_on"], category="system", plan_item_id=body.get("plan_item_id"))))
        self.plans = [(o, i, b) for o, i, b, _ in kinds["plan_item"]]
        self.claims = [(o, b) for o, _, b, _ in kinds["claim"]]

    def coverage(self, on):
        broad = {u for u, day, _ in self.covering if day <= on}
        strict = {u for u, day, is_strict in self.covering if day <= on and is_strict}
        units = self.programme.valid_units(on)
        figures = {}
        for node in self.programme.offices:
            own = [u for u in units if self.programme.is_below(u["county_code"], node)]
            rural = [u for u in own if u["kind"] != "街道"]
            figures[node] = {
                (breadth, base): rate(sum(u["unit_id"] in reached for u in among), len(among))
                for breadth, reached in (("broad", broad), ("strict", strict))
                for base, among in (("all", own), ("rural", rural))
            }
        return figures

    def plan_lines(self, on):
        """(office shown under, minimum or None, last day, sessions held)."""
        held = {(o, i): b for o, i, b in self.sessions if b["occurred_on"] <= on}
        credits = defaultdict(set)  # plan line -> {(credited by, host, item)}
        for (office, item), body in held.items():
            if body.get("plan_item_id"):
                credits[body["plan_item_id"]].add((office, office, item))
        for office, body in self.claims:
            key = (body["host_office_code"], body["host_item_id"])
            if key in held and body.get("plan_item_id"):
                credits[body["plan_item_id"]].add((office,) + key)
        lines = []
        for office, item, body in self.plans:
            count = len({c[1:] for c in credits[item] if c[0] == office})
            lines.append((office, body.get("planned_min"), body["window_end"], count))
        for line in self.programme.lines:
            count = len({c[1:] for c in credits[line["plan_item_id"]] if self.programme.is_provincial(c[0])})
            least = int(line["planned_min"]) if line["planned_min"] else None
            lines.append((line["lead_office_code"], least, line["window_end"], count))
        return lines

    def completion(self, on, scope):
        lines = self.plan_lines(on)
        figures = {}
        for node in self.programme.offices:
            mine = [x for x in lines if self.programme.is_below(x[0], node) and self.programme.in_scope(x[0], scope)]
            counted = [x for x in mine if x[1]]
            ended = [x for x in counted if x[2] <= on]
            free = [x[3] for x in mine if not x[1]]
            held = [
                b for o, _, b in self.sessions
                if b["occurred_on"] <= on and self.programme.is_below(o, node) and self.programme.in_scope(o, scope)
            ]
            by_category = {c: sum(b["category"] == c for b in held) for c in CATEGORIES}
            five = [c for c in FIVE if by_category[c]]
            required = sum(x[1] for x in counted)
            figures[node] = {
                "completion": dict(rate(sum(min(x[3], x[1]) for x in counted), required), lines=len(counted)),
                "raw": rate(sum(x[3] for x in counted), required),
                "ended_window": dict(rate(sum(min(x[3], x[1]) for x in ended), sum(x[1] for x in ended)), lines=len(ended)),
                "unquantified": {"none": sum(f == 0 for f in free), "started": sum(f == 1 for f in free), "met": sum(f >= 2 for f in free)},
                "categories": dict(rate(len(five), 5), held=five),
                "sessions": len(held),
                "sessions_by_category": by_category,
                "unplanned_sessions": sum(not b.get("plan_item_id") for b in held),
                "attendance": sum(b.get("attendance", 0) for b in held),
            }
        return figures


class Comparison:
    def __init__(self, api, nodes):
        self.api, self.nodes, self.compared, self.different = api, nodes, 0, 0

    def get(self, path):
        with urllib.request.urlopen(f"{self.api}/api/v1/{path}") as answer:
            return json.load(answer)

    def check(self, where, ours, theirs):
        self.compared += 1
        if ours != theirs:
            self.different += 1
            print(f"DIFFERENT {where}\n  recomputed {ours}\n  answered   {theirs}")

    def of_nodes(self, figures):
        return [(node, of_node) for node, of_node in figures.items() if not self.nodes or node in self.nodes]

    def coverage(self, year, on, as_of=""):
        for node, figures in self.of_nodes(year.coverage(on)):
            answer = self.get(f"coverage?node={node}&on={on}{as_of}")
            theirs = {(f["breadth"], f["base"]): {k: f[k] for k in ("numerator", "denominator", "percent")} for f in answer["figures"]}
            self.check(f"coverage {node} {on}", figures, theirs)

    def completion(self, year, on, scope, as_of=""):
        for node, figures in self.of_nodes(year.completion(on, scope)):
            answer = self.get(f"completion?node={node}&on={on}&scope={scope}{as_of}")
            for name, value in figures.items():
                self.check(f"completion {node} {on} {scope} {name}", value, answer[name])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pack", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--on", nargs="*", default=["2024-06-30", "2024-10-31", "2024-11-30", "2024-12-31"])
    parser.add_argument("--nodes", nargs="*", help="only these; all without it")
    parser.add_argument("--as-of", default="", help="compare with the answer as known at this instant")
    arguments = parser.parse_args()
    year = Year(Programme(arguments.pack), arguments.log)
    comparison = Comparison(arguments.api, arguments.nodes)
    as_of = f"&as_of={arguments.as_of}" if arguments.as_of else ""
    for on in arguments.on:
        comparison.coverage(year, on, as_of)
        for scope in ("cities", "provincial", "all"):
            comparison.completion(year, on, scope, as_of)
    print(f"{comparison.compared} figures compared, {comparison.different} different")
    return 1 if comparison.different or not comparison.compared else 0


if __name__ == "__main__":
    sys.exit(main())
