# SPDX-License-Identifier: Apache-2.0
"""Which statistics form stands for an office and what a node's forms add up to (rulings R2, R3, R14, R19; docs/statistics-form.md), by
brute force."""
import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from events import fingerprint
from sheet import CELLS, OPTIONAL, STOCK, Answer, Proof, answers, factor, is_complete, is_judged, judge, number_of, rate_text, rounded, shown
from world import label_id

PERIODS = {"mid_year": (dt.date(2024, 1, 1), dt.date(2024, 6, 30)), "year_end": (dt.date(2024, 1, 1), dt.date(2024, 12, 31))}


@dataclass
class Filing:
    """One item: its newest revision, and the one that stands."""
    office: str
    item: str
    newest: object
    stands: object
    period: str
    verdict: str
    state: str
    is_proxy: bool
    is_current: bool = False

    @property
    def judged(self):
        return self.stands or self.newest


@dataclass
class Cell:
    """One cell of a form against the records, at the seal and live."""
    answer: Answer
    seal: object
    live: object
    support: str
    live_support: str
    factor: object
    copies_percent: int = field(repr=False, default=5)


class Filings:
    """Forms as known at an instant. knower gives what is known at any instant."""

    def __init__(self, history, as_of, knower):
        self.history, self.as_of, self.knower, self.known = history, as_of, knower, knower(as_of)
        self.register = self.known.register
        self.items = {key: item for key, item in history.book.items(as_of).items() if item.revisions and item.revisions[0].kind == "statistics_form"}
        self.filings = [self.filing(key, item) for key, item in self.items.items()]
        for period in PERIODS:
            for office in self.register.offices:
                own = [f for f in self.filings if f.period == period and f.office == office and f.stands and not f.is_proxy]
                if own:
                    max(own, key=lambda f: f.stands.order).is_current = True
        for f in self.filings:
            f.state = f.state or ("proxy" if f.is_proxy else "current" if f.is_current else "superseded")
        self.cells_of = {}

    def filing(self, key, item):
        """The newest complete revision on the counting branch; a withdrawal ends what was before it. The state is that of a newest
        revision refused, otherwise of the end of that branch."""
        newest, standing = item.revisions[-1], item.standing()
        stands = standing.tip
        while stands and not is_complete(stands.body):
            base = item.parent[stands.label]
            stands = next((r for r in item.revisions if r.label == base and r.op != "withdraw"), None)
        # Of a form put aside whole only withdrawals may be stored: it has no period.
        period = (stands.body if stands else next((r.body for r in reversed(item.revisions) if r.body), {})).get("period")
        verdict = item.verdicts.get((stands or newest).label, "pending")
        refused = item.verdicts.get(newest.label)
        if refused in ("returned", "rejected"):
            state = refused
        elif standing.is_ended:
            state = "rejected"
        elif standing.last.op == "withdraw":  # on a branch that does not count it withdrew nothing
            state = "withdrawn"
        else:
            state = None if is_complete(standing.last.body) else "incomplete"
        return Filing(*key, newest, stands, period, verdict, state, newest.author_office != key[0])

    def current(self, office, period):
        return next((f for f in self.filings if f.is_current and f.office == office and f.period == period), None)

    def proof(self, known, form):
        b = form.body
        return Proof(known, form.office, b["scope"], b["period_start"], min(b["filled_on"], b["period_end"]))

    # R16: at the seal, the receipt of the revision, and live.
    def cells(self, form):
        if form.label not in self.cells_of:
            seal, live = (self.proof(known, form).evidence() for known in (self.knower(form.received_at), self.known))
            copies = int(self.history.register_at(form.received_at).rule("form.copies_tolerance_percent", "5"))
            given = answers(form.body["lines"])
            self.cells_of[form.label] = {cell: Cell(a, seal[cell], live[cell], judge(cell, a, seal[cell], copies), judge(cell, a, live[cell], copies),
                                                    factor(cell, a, seal[cell]))
                                         for cell in CELLS for a in [given.get(cell, Answer())]}
        return self.cells_of[form.label]

    def support(self, form):
        """{cell: (state, filled, evidence, support, factor, live evidence, live support)}; an optional cell left open says nothing."""
        result = {}
        for cell, c in self.cells(form).items():
            if c.answer.state == "not_answered" and cell in OPTIONAL:
                continue
            kind, value = CELLS[cell], c.answer.value
            is_zero = c.answer.state == "value" and kind in ("count", "percent", "ratio") and Fraction(value) == 0
            result[cell] = ("zero" if is_zero else c.answer.state, shown(kind, value), shown(kind, c.seal), c.support, c.factor, shown(kind, c.live),
                            c.live_support)
        return result

    # R19
    def members(self, node, period):
        """[(office, role, filing)], going down from the node."""
        mine = self.current(node, period)
        scope = mine.stands.body["scope"] if mine else "none"
        is_end = scope == "with_subordinates"
        if is_end and self.register.offices[node].level == "province":
            scope, is_end = "left_out", False
        below = [] if is_end else [m for o in self.register.offices.values() if o.parent == node for m in self.members(o.code, period)]
        return [(node, scope, mine)] + [m for m in below if m[2] or self.register.is_open(m[0])]  # a closed one is asked for none

    def consolidated(self, node, period):
        """{cell: (declared, numerator, denominator, printed, yes, reporting, accepted, derived, its numerator, its denominator)}."""
        members = self.members(node, period)
        forms = [f for _, role, f in members if role in ("own", "with_subordinates")]
        first, last = PERIODS[period]
        proof = Proof(self.known, node, "with_subordinates", first, last)
        derived, total = proof.evidence(), len(proof.area())
        flags = {f.office: Proof(self.known, f.office, "own", first, last).channels() for f in forms}
        due = {o for o, _, _ in members if self.register.offices[o].level in ("city", "province_unit") or o == node and o != "P"}
        result = {}
        for cell, kind in CELLS.items():
            given = [(f, a) for f in forms for a in [answers(f.stands.body["lines"]).get(cell, Answer())] if a.state == "value"]
            row = {"reporting": len(given), "accepted": sum(f.verdict == "accepted" for f, _ in given)}
            if kind == "count":
                row.update(declared=sum(a.value for _, a in given) if given else None, derived=derived[cell])
            elif kind == "boolean":
                row.update(pair=(sum(a.value for _, a in given), len(given)), yes=sum(a.value for _, a in given))
            elif kind == "url":
                row["pair"] = (sum(f.office in due for f, _ in given), len(due))
            elif kind == "percent":
                row.update(pair=(result[12, "townships_covered"]["declared"], total), proven=derived[cell])
            elif kind == "ratio":
                row.update(pair=self.participations(forms), proven=derived[cell])
            if kind in ("boolean", "text", "url"):
                row["derived"] = sum(bool(mine[cell]) for mine in flags.values())
            result[cell] = row
        return {cell: self.printed(CELLS[cell], row) for cell, row in result.items()}

    @staticmethod
    def participations(forms):
        """Participations over people of the offices that sent participations."""
        pairs = []
        for f in forms:
            people = answers(f.stands.body["lines"]).get((15, "people"), Answer())
            if people.state == "value" and f.stands.body.get("participation_total") is not None:
                pairs.append((f.stands.body["participation_total"], people.value))
        return (sum(n for n, _ in pairs), sum(m for _, m in pairs)) if pairs else (None, None)

    @staticmethod
    def printed(kind, row):
        pair, proven = row.get("pair", (None, None)), row.get("proven", (None, None))
        kind = kind if kind == "ratio" else "percent"
        texts = [rate_text(kind, p) if p[0] is not None and p[1] else None for p in (pair, proven)]
        return (row.get("declared"), *pair, texts[0], row.get("yes"), row["reporting"], row["accepted"], row.get("derived"), *proven, texts[1])

    # I-17 by R16: judged at the seal, the live gap beside it.
    def i_17(self, on):
        def figures(offices):
            made = defaultdict(lambda: [0, 0])
            counts = Counter()
            for f in self.filings:
                if not f.is_current or f.office not in offices or f.stands.body["filled_on"] > on:
                    continue
                for cell, c in self.cells(f.stands).items():
                    name = ".".join(filter(None, (str(cell[0]), cell[1])))
                    for part, support, proven in ((f.period, c.support, c.seal), (f"{f.period}.live", c.live_support, c.live)):
                        if is_judged(c.answer, support):
                            made[part][0] += support == "supported"
                            made[part][1] += 1
                            if CELLS[cell] == "count" and c.answer.state == "value":
                                counts[f"{part}.item:{name}"] += c.answer.value - proven
                    if is_judged(c.answer, c.support) and c.support != "supported":
                        counts[f"{f.period}.{c.support}"] += 1
                        made[f"{f.period}.explained"][0] += bool((c.answer.reason or "").strip())
                        made[f"{f.period}.explained"][1] += 1
            return {**{part: tuple(pair) for part, pair in made.items()}, **{part: (n, None) for part, n in counts.items()}}
        return figures

    # I-18: pieces against item 5 of the newest form of a city or lead unit, over its period and scope.
    def materials(self, offices, on):
        pieces = declared = 0
        for office in offices:
            if self.register.offices[office].level not in ("city", "province_unit"):
                continue
            mine = [f for p in PERIODS for f in [self.current(office, p)] if f and f.stands.body["filled_on"] <= on]
            newest = max(mine, key=lambda f: (f.stands.body["period_end"], f.stands.order), default=None)
            answer = newest and answers(newest.stands.body["lines"]).get((5, ""), Answer())
            if newest and answer.state == "value":
                proof = self.proof(self.known, newest.stands)
                proof.last = min(proof.last, on)
                pieces += sum(b["media_kind"] not in ("handbook", "poster_template") for b in proof.of("media_product", "made_on"))
                declared += answer.value
        return pieces, declared

    def revised(self, item):
        """{cell: (first, accepted, how far it moved)} of the counts of the first complete revision and of the last one accepted on the branch
        that counts."""
        branch, end = [], item.standing().last
        label = end and end.label
        while label:
            branch += [r for r in item.revisions if r.label == label]
            label = item.bases.get(label)
        whole = [r for r in reversed(branch) if r.op != "withdraw" and is_complete(r.body)]
        accepted = [r for r in whole if item.verdicts.get(r.label) == "accepted"]
        if not accepted:
            return {}
        first, last = answers(whole[0].body["lines"]), answers(accepted[-1].body["lines"])
        counts = {cell: (first[cell].value, last[cell].value) for cell, kind in CELLS.items()
                  if kind == "count" and first[cell].state == last[cell].state == "value"}
        return {cell: (one, two, rounded(Fraction(two - one, one), 4) if one else None) for cell, (one, two) in counts.items()}

    def findings(self, form):
        return set(Findings(self, form).all())


class Findings:
    """What does not agree in one form: (code, severity, row, part)."""

    def __init__(self, filings, form):
        self.filings, self.form, self.body, self.cells = filings, form, form.body, filings.cells(form)
        self.proof = filings.proof(filings.knower(form.received_at), form)

    def value(self, row, part=""):
        answer = self.cells[row, part].answer
        return answer.value if answer.state == "value" else None

    def all(self):
        for cell, c in self.cells.items():
            yield from self.of_cell(cell, c)
        yield from self.rate()
        yield from self.mid_year()
        yield from self.average()
        yield from self.between()
        yield from self.paper()

    @staticmethod
    def of_cell(cell, c):
        if c.answer.state == "not_answered":
            if cell not in OPTIONAL:
                yield "E_FORM_INCOMPLETE", "reject", *cell
            return
        if cell[0] == 16 and c.answer.state == "not_applicable":
            if c.support == "under_claimed":
                yield "F_URL_REQUIRED", "explain", *cell
        elif c.support in ("over_claimed", "under_claimed", "unsupported", "differs"):
            yield "F_GAP", "note" if c.answer.reason else "explain", *cell
        if shown(CELLS[cell], c.seal) != shown(CELLS[cell], c.live) and c.support != c.live_support:
            yield "F_GAP_REOPENED", "note", *cell

    def rate(self):
        covered, rate, total = self.value(12, "townships_covered"), self.value(12, "coverage_rate"), len(self.proof.area())
        severity = {sub: "note" if self.cells[12, sub].answer.reason else "explain" for sub in ("townships_covered", "coverage_rate")}
        if covered is not None and rate is not None:
            exact = number_of("percent", (covered, total))
            if exact is None or abs(Fraction(rate) - exact) > (Fraction(1, 100) if "." in rate else Fraction(1, 2)):
                yield "F_RATE", severity["coverage_rate"], 12, "coverage_rate"
        if covered is not None and covered > total:
            yield "F_COVERED_TOTAL", severity["townships_covered"], 12, "townships_covered"

    def mid_year(self):
        """No cumulative figure falls from the office's mid-year form; but its own are less than those with subordinates."""
        earlier = self.filings.current(self.form.office, "mid_year")
        if self.body["period"] != "year_end" or not earlier or (earlier.stands.body["scope"], self.body["scope"]) == ("with_subordinates", "own"):
            return
        before = answers(earlier.stands.body["lines"])
        for cell, kind in CELLS.items():
            now, then = self.value(*cell), before.get(cell, Answer())
            if kind == "count" and cell != STOCK and then.state == "value" and now is not None and now < then.value:
                yield "F_BELOW_MID_YEAR", "note" if self.cells[cell].answer.reason else "explain", *cell

    def average(self):
        people, average, total = self.value(15, "people"), self.value(15, "avg_sessions_per_person"), self.body.get("participation_total")
        held = [self.value(*cell) for cell in ((10, ""), (11, ""), (12, "sessions"), (13, ""))]
        if total is None and people is not None and average is not None:
            took_part = int(rounded(people * Fraction(average), 0))
        else:
            took_part = total
        if took_part is not None and any(h is not None for h in held) and took_part < sum(h or 0 for h in held):
            yield "F_AVERAGE_PEOPLE", "note", 15, "avg_sessions_per_person"
        if people and total is None:
            yield "F_PARTICIPATION", "note", 15, "avg_sessions_per_person"
        if average is not None and Fraction(average) > len({fingerprint(r.body) for office in self.proof.offices for r in self.proof.events(office)}):
            yield "F_AVERAGE_EVENTS", "note", 15, "avg_sessions_per_person"

    def between(self):
        policies, works = self.value(1), self.value(5)
        published = self.value(3)
        if published and policies == 0 and self.value(2) == 0:
            yield "F_POLICY_YES", "note", 3, ""
        if published is False and policies:
            yield "F_POLICY_NO", "note", 3, ""
        if works is not None and self.value(19) is not None and self.value(19) > works:
            yield "F_WINDOW_WORKS", "note", 19, ""
        records = self.filings.known.records
        if self.body["period"] == "year_end" and works and not any(
                r.office == self.form.office and r.body["submission_kind"] == "materials" for r in records["submission"]):
            yield "F_MATERIALS", "note", 5, ""
        profiles = [r for r in records["office_profile"] if r.office == self.form.office and r.body.get("portal_host")]
        newest = max(profiles, key=lambda r: (r.body["effective_from"], r.revision.order), default=None)
        if newest and self.value(16) and self.value(16).split("/")[2] != newest.body["portal_host"]:
            yield "F_URL_HOST", "note", 16, ""

    def paper(self):
        if not self.body.get("is_stamped"):
            yield "F_UNSTAMPED", "note", None, ""
        if self.body.get("scan_digest"):
            yield "F_SCAN_UNKNOWN", "explain", None, ""  # no file arrives in these histories
        elif self.body.get("is_stamped"):
            yield "F_SCAN_MISSING", "explain", None, ""
        if not self.body.get("approved_by"):
            yield "F_UNAPPROVED", "explain", None, ""
        if self.form.author_office != self.form.office:
            yield "F_PROXY", "note", None, ""
        if (self.body["period_start"], self.body["period_end"]) != PERIODS[self.body["period"]]:
            yield "F_PERIOD", "note", None, ""


def line_key(form):
    return form.office, label_id(form.item), label_id(form.label)
