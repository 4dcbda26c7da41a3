# SPDX-License-Identifier: Apache-2.0
"""Inspection draws (docs/draws.md): who is in the list, with which weight, and who is drawn by a seed, by brute force."""
import datetime as dt
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction

import psycopg2
from deadlines import Deadlines
from events import fingerprint
from pgcluster import ROOT
from records import Records
from world import MILESTONES, local_day

sys.path.insert(0, str(ROOT / "tests/e2e"))
from drawreplay import replay  # noqa: E402


class Weights:
    """Points from what was known at an instant, up to its day."""

    def __init__(self, known, filings):
        self.known, self.register, self.filings, self.day = known, known.register, filings, local_day(known.as_of)
        self.states = Counter((o.office, o.state) for o in Deadlines(known).obligations())
        self.units = known.coverage(self.day)
        self.twins = self.suspected()

    def suspected(self):
        """R8: records of one event that count apart, and twins of one office, which count once.

        An office none of whose records of the event counts has joined them to another's."""
        groups = defaultdict(list)
        sessions = {r.key for r, _ in self.known.sessions}
        counted = {(r.office, fingerprint(r.body)) for r in self.known.held if r.key in sessions}
        for r in self.known.held:
            if r.body["occurred_on"] <= self.day and (r.office, fingerprint(r.body)) in counted:
                groups[fingerprint(r.body)].append(r)
        return Counter(r.office for group in groups.values() for r in group
                       if len(group) > 1 and (len({x.office for x in group}) == 1 or sum(x.key in sessions for x in group) > 1))

    def facts(self, office):
        area = [u for u in self.units.values() if self.register.is_below(u[0].county, office)]
        held = [r.body["occurred_on"] for r, _ in self.known.sessions if r.kind == "lecture_event" and r.office == office and r.body["occurred_on"] <= self.day]
        checks = [m.due_on for m in MILESTONES if m.submission_kind in ("completion_check", "coverage_check") and m.due_on <= self.day]
        burst = sum(any(due - dt.timedelta(days=6) <= day <= due for due in checks) for day in held)
        return {"missing": self.states[office, "missing"], "late": self.states[office, "late"], "units": len(area), "uncovered": sum(not u[1] for u in area),
                "sessions": len(held), "burst": burst, "twins": self.twins[office], "support_percent": self.support(office)}

    def support(self, office):
        """Mean verification factor of the newest form."""
        form = self.filings.current(office, "year_end") or self.filings.current(office, "mid_year")
        factors = [Fraction(c.factor) for c in self.filings.cells(form.stands).values() if c.factor is not None] if form else []
        return max(0, min(100, 100 * sum(factors) // len(factors))) if factors else None

    def weight(self, office):
        f = self.facts(office)
        return (100 + min(100, 20 * f["missing"]) + min(50, 10 * f["late"]) + (100 * f["uncovered"] // f["units"] if f["units"] else 0)
                + (100 * f["burst"] // f["sessions"] if f["sessions"] else 0) + min(100, 10 * f["twins"])
                + (0 if f["support_percent"] is None else 100 - f["support_percent"]))


def population(register, levels, is_county_level):
    """{office: city} of the open offices of the levels of a scheme."""
    return {o.code: o.parent if o.level == "county" else o.code for o in register.offices.values()
            if o.level in levels and (o.is_county_level or not is_county_level) and register.is_open(o.code)}


@dataclass
class Size:
    size: int
    per_city: int
    cities: int


def size(choice, members):
    """Some size that the list allows, of all cities that it allows or of fewer."""
    count = 1 + choice % len(members)
    per_city = choice // 7 % (min(count, 3) + 1)
    most = min(len(set(members.values())), count // max(per_city, 1))
    return Size(count, per_city, most if choice % 3 else 1 + choice // 11 % most)


class DrawComparison:
    """A part of Comparison: one draw of a history, committed to and run after its last fold."""

    def draws(self):
        history, store = self.history, self.store
        known, choice = self.knower(history.folds[-1]), sum(len(str(r.body)) for r in history.revisions)
        schemes = store.rows("SELECT scheme, levels, is_county_level FROM draw_scheme ORDER BY scheme")
        scheme, levels, is_county_level = schemes[choice % len(schemes)]
        weights = Weights(known, self.filings_at(known))
        members = population(known.register, levels, is_county_level)
        store.insert("account", [{"login": "drawer", "display_name": "x", "office_code": "P", "roles": ["provincial_operator"], "created_at": history.now}])
        number = store.rows("SELECT draw_commit('drawer', %s, NULL)", scheme)[0][0]
        published = store.rows("SELECT draw_json(%s, NULL)", number)[0][0]
        self.check(f"draw list {scheme}", [{"code": o, "stratum": members[o], "weight": weights.weight(o), "facts": weights.facts(o)} for o in sorted(members)],
                   [{k: m[k] for k in ("code", "stratum", "weight", "facts")} for m in published["population"] or []])
        self.check("draw committed to and not run", (None, None), (published["seed"], published["sample"]))
        if len({weights.weight(o) for o in members}) > 1:
            self.drawn.append("draw of an unequal list")
        if members:
            self.draw(number, published, size(choice, members), members == population(history.registers[-1], levels, is_county_level))

    def draw(self, number, published, wanted, is_unchanged):
        store = self.store
        seed = store.rows("SELECT encode(seed, 'hex') FROM draw_seed WHERE draw_id = %s", number)[0][0]
        ours = replay({**published, "seed": seed, "sample_size": wanted.size, "per_city": wanted.per_city, "cities": wanted.cities})
        refusal = "E_DRAW_POPULATION" if not is_unchanged else "E_DRAW_CITIES" if len(ours) < wanted.size else None
        store.run("SAVEPOINT drawing")
        try:
            store.run("SELECT draw_run_post('drawer', %s, %s, %s, %s)", number, wanted.size, wanted.per_city, wanted.cities)
            refused = None
        except psycopg2.Error as error:
            refused = next((code for code in ("E_DRAW_POPULATION", "E_DRAW_CITIES") if code in str(error) or code in str(error.diag.message_detail)), str(error))
            store.run("ROLLBACK TO drawing")
        self.check("draw refused", refusal, refused)
        self.drawn.append(f"draw refused {refusal}" if refusal else "draw of some cities"
                          if wanted.cities < len({m["stratum"] for m in published["population"]}) else "draw")
        if not refusal and not refused:
            record = store.rows("SELECT draw_json(%s, NULL)", number)[0][0]
            self.check("draw sample", ours, [s["code"] for s in record["sample"]])
            self.check("draw seed", seed, record["seed"])
            self.inspected(published["scheme"], [m["code"] for m in published["population"]], ours)

    def inspected(self, scheme, members, sample):
        """I-12 once the centre has drawn: asked as of this moment, which is long after the history."""
        as_of = self.store.rows("SELECT clock_timestamp()")[0][0]
        known = self.knower(as_of)
        figures = Records(known, local_day(as_of), None, {scheme: (members, sample)})
        self.indicator("I-12", figures.i_12, known, local_day(as_of), as_of, "after a draw")
