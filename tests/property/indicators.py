# SPDX-License-Identifier: Apache-2.0
"""Indicators I-01 to I-05 (docs/indicators.md) by brute force: {part: (numerator, denominator)} of a node; the denominator of
a plain count is None. Zero beside a part means that nothing is shown there."""
from collections import Counter

from deadlines import Deadlines
from events import MICROSECOND, fingerprint
from world import FIVE, day_end, label_id, local_day


class Rates:
    def __init__(self, known, on):
        self.known, self.on, self.register = known, on, known.register
        self.lines, self.baseline = known.lines(on), known.baseline(on)
        self.units = known.coverage(on)
        self.sessions = known.sessions_until(on)
        self.obligations = list(Deadlines(known).obligations())

    def scoped(self, offices, scope):
        return [o for o in offices if self.register.in_scope(o, scope)]

    def i_01(self, offices):
        due = [o for o in self.obligations if o.office in offices and o.state in ("on_time", "late", "missing")
               and o.effective <= min(day_end(self.on), self.known.as_of + MICROSECOND)]
        figures = {"": (sum(o.state == "on_time" for o in due), len(due)), "late": (sum(o.state == "late" for o in due), None),
                   "missing": (sum(o.state == "missing" for o in due), None), "extended_after_due": (sum(o.is_extended_after_due for o in due), None),
                   "accepted": (sum(o.review == "accepted" for o in due), len(due)), "final": (sum(o.is_accepted_on_time for o in due), len(due))}
        for number in {o.milestone for o in due}:
            mine = [o for o in due if o.milestone == number]
            figures[f"milestone:{number}"] = (sum(o.state == "on_time" for o in mine), len(mine))
        return figures

    def i_02(self, offices):
        cities, provincial, everything = (self.known.completion(offices, self.on, scope, self.lines) for scope in ("cities", "provincial", "all"))
        base = self.known.completion(offices, self.on, "cities", self.baseline)
        return {"": cities["completion"], "raw": cities["raw"], "ended": cities["ended_window"], "baseline": base["completion"], "baseline.raw": base["raw"],
                "provincial": provincial["completion"], "provincial.raw": provincial["raw"], "provincial.ended": provincial["ended_window"],
                "all": everything["completion"], "unplanned": (everything["unplanned"], everything["sessions"])}

    def i_02b(self, offices):
        def held(scope):
            ours = self.scoped(offices, scope)
            return {c for r, c in self.sessions if r.office in ours} & set(FIVE)
        some = 1 if self.scoped(offices, "cities") else 0
        figures = {c: (int(c in held("cities")), some) for c in FIVE}
        return {"": (len(held("cities")), 5 * some), "all": (len(held("all")), 5), **figures}

    def i_02c(self, offices):
        cities = self.known.completion(offices, self.on, "cities", self.lines)
        provincial = self.known.completion(offices, self.on, "provincial", self.lines)
        free = {ahead + name: (count, sum(scope["unquantified"])) for ahead, scope in (("", cities), ("provincial.", provincial))
                for name, count in zip(("none", "started", "met"), scope["unquantified"])}
        return {"": cities["started"], "provincial": provincial["started"], **free}

    def i_03(self, offices):
        own = [u for u in self.units.values() if u[0].county in offices]
        rural = [u for u in own if u[0].kind != "街道"]
        among = {"all": own, "rural": rural}
        figures = {f"{breadth}.{base}": (sum(u[place] for u in units), len(units))
                   for place, breadth in ((1, "broad"), (2, "strict")) for base, units in among.items()}
        breadth, base = self.register.rule("coverage.breadth", "broad"), self.register.rule("coverage.base", "all")
        full = total = 0
        for county in offices:
            if self.register.offices[county].is_county_level and self.register.is_open(county):
                units = [u for u in among[base] if u[0].county in self.register.under(county)]
                total += bool(units)
                full += bool(units) and all(u[1 if breadth == "broad" else 2] for u in units)
        return {"": figures[f"{breadth}.{base}"], **figures, "counties": (full, total), "inherited": (sum(u[3] for u in own), None)}

    def i_04(self, offices):
        held = [(r, c) for r, c in self.sessions if r.office in offices]
        figures = Counter(c for _, c in held)
        figures.update(f"{c}:{r.body['occurred_on']:%Y-%m}" for r, c in held)
        figures[""] = sum(c in FIVE for _, c in held)
        return {part: (count, None) for part, count in figures.items()}

    def i_04b(self, offices):
        held = [r for r, _ in self.sessions if r.kind == "lecture_event" and r.office in offices]
        return {"": (sum((local_day(r.first_received_at) - r.body["occurred_on"]).days > 30 for r in held), len(held))}

    def i_05(self, offices):
        speakers = [r for r in self.known.records["speaker"] if r.office in offices and r.body["is_active"] and r.body["trained_on"] <= self.on]
        claims = {(c.office, c.body["host_office_code"], c.body["host_item_id"]) for c in self.known.records["claim"]}
        figures = {}
        for role in ("", "backbone", "lecturer", "know_all"):
            mine = [s for s in speakers if role in ("", s.body["role"])]
            # Records of one event, twins and joined ones, are one event of all who are named in them.
            pairs = {(s.key, fingerprint(event.body)) for s in mine for event in self.known.held if event.body["occurred_on"] <= self.on
                     and label_id(s.item) in (event.body.get("speaker_item_ids") or [])
                     and (event.office == s.office or (s.office, event.office, label_id(event.item)) in claims)}
            figures[role] = (len(pairs), len(mine))
        return figures


RATES = {"I-01": "i_01", "I-02": "i_02", "I-02b": "i_02b", "I-02c": "i_02c", "I-03": "i_03", "I-04": "i_04", "I-04b": "i_04b", "I-05": "i_05"}
