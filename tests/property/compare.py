# SPDX-License-Identifier: Apache-2.0
"""The product's figures beside the recomputed ones, one by one."""
from decimal import ROUND_HALF_UP, Decimal

from deadlines import Deadlines
from draws import DrawComparison
from events import Known
from formcompare import FormComparison
from indicators import RATES, Rates
from records import RECORDS, Records
from world import FIVE, label_id

# No rule says whether a paper corrected later stands in I-18 from its first receipt or from that of the correction.
UNCOMPARED = ("submission", "submission.bytes")
SCOPES = ("cities", "provincial", "all")


def percent(numerator, denominator):
    if not denominator or numerator is None:
        return None
    exact = Decimal(100) * numerator / Decimal(denominator)
    return str(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def rate(pair):
    return {"numerator": pair[0], "denominator": pair[1], "percent": percent(*pair)}


class Comparison(FormComparison, DrawComparison):
    focus = None  # the first section that failed: while a history is made smaller only that one is asked

    def __init__(self, store, history):
        self.store, self.history = store, history
        self.compared, self.differences = 0, []
        self.turn = len(history.sources)
        self.known, self.filings, self.drawn, self.has_change = {}, {}, [], False

    def knower(self, as_of):
        """What is known at an instant, made once."""
        if as_of not in self.known:
            self.known[as_of] = Known(self.history, as_of)
        return self.known[as_of]

    def check(self, where, ours, theirs):
        self.compared += 1
        if ours != theirs:
            self.differences.append(f"{where}\n    recomputed {ours}\n    product    {theirs}")

    def point(self, on, as_of):
        """as_of None: what is folded, which is all there is."""
        known = self.knower(as_of or self.history.folds[-1])
        where = f"on {on} as of {as_of or 'now'}"
        for section in (self.counting, self.coverage, self.completion, self.deadlines, self.indicators, self.forms):
            self.section(section, known, on, as_of, where)

    def explained(self):
        """Between two instants every figure that changed has contributions, and each names what was done between them or what passed by itself."""
        instants = sorted({as_of for _, as_of in self.history.points if as_of} | {self.history.folds[-1]})
        if len(instants) < 2:
            return
        words = [instant.isoformat() for instant in (instants[0], instants[-1])]
        for on in (self.history.points[0][0], None):
            for indicator in self.store.rows("SELECT indicator FROM figure_source ORDER BY order_no"):
                diff = self.store.rows("SELECT figure_diff_json(%s, %s, 'P', %s, NULL, %s)::text", *words, on, *indicator)[0][0]
                self.check(f"difference of {indicator[0]} {' '.join(words)} on {on}: contributions unexplained, figures without any, records untouched",
                           (0, 0, 0), self.store.rows("SELECT pg_temp.nameless(d), pg_temp.silent(d), pg_temp.untouched(d) FROM (SELECT %s::jsonb) d (d)", diff)[0])

    def section(self, section, *arguments):
        if Comparison.focus in (None, section.__name__):
            before = len(self.differences)
            section(*arguments)
            if len(self.differences) > before:
                Comparison.focus = section.__name__

    def counting(self, known, _on, _as_of, where):
        standings = {key: item.standing() for key, item in self.history.book.items(known.as_of).items()}
        for kind in sorted({r.kind for r in self.history.revisions}):
            ours = {(s.last.office, label_id(s.last.item), label_id(s.last.label), s.is_disputed)
                    for s in standings.values() if s.last and s.last.kind == kind}
            theirs = set(self.store.rows("SELECT office_code, item_id::text, revision_id::text, is_disputed FROM revision_tip(%s, %s, NULL, NULL) "
                                         "WHERE state IN ('counting', 'withdrawn')", kind, known.as_of))
            self.check(f"counting {kind} {where}", ours, theirs)

    def coverage(self, known, on, as_of, where):
        units = known.coverage(on)
        theirs = {row[0]: row[1:] for row in self.store.rows(
            "SELECT unit_id, covered_broad, covered_strict, is_inherited FROM township_standing(%s, %s)", on, as_of)}
        self.check(f"townships {where}", {unit: figures[1:] for unit, figures in units.items()}, theirs)
        for depth in ("children", "counties"):
            answer = self.store.answer("coverage", "P", on, as_of, depth)
            for shown in [{"code": "P", "figures": answer["figures"]}] + answer["children"]:
                own = [u for u in units.values() if known.register.is_below(u[0].county, shown["code"])]
                rural = [u for u in own if u[0].kind != "街道"]
                ours = {(breadth, base): rate((sum(u[place] for u in among), len(among)))
                        for place, breadth in ((1, "broad"), (2, "strict")) for base, among in (("all", own), ("rural", rural))}
                theirs = {(f["breadth"], f["base"]): {k: f[k] for k in ("numerator", "denominator", "percent")} for f in shown["figures"]}
                self.check(f"coverage {shown['code']} {where}", ours, theirs)

    def completion(self, known, on, as_of, where):
        """Every office by itself in every scope, and one scope as the page of the province and of a city has it."""
        lines = known.lines(on)
        register = known.register
        for scope in SCOPES:
            theirs = {row[0]: row[1:] for row in self.store.rows(
                "SELECT office_code, lines, required, capped, held, ended_lines, ended_required, ended_capped, unquantified_none, unquantified_started, "
                "unquantified_met, sessions, unplanned, attendance, general, enterprise, campus, village, site, system FROM completion_by_office(%s, %s, %s)",
                on, as_of, scope)}
            ours = {}
            for office in register.offices:
                if register.in_scope(office, scope):
                    f = known.completion([office], on, scope, lines)
                    ours[office] = (f["lines"], f["completion"][1], f["completion"][0], f["raw"][0], f["ended_lines"], f["ended_window"][1], f["ended_window"][0],
                                    *f["unquantified"], f["sessions"], f["unplanned"], f["attendance"], *f["by_category"].values())
            self.check(f"completion by office, {scope} {where}", ours, theirs)
        self.turn += 1
        scope = SCOPES[self.turn % len(SCOPES)]
        node = ["P", "A"][self.turn % 2]
        answer = self.store.answer("completion", node, on, as_of, scope)
        for shown in [{"code": node, **answer}] + answer["children"]:
            ours = known.completion(register.under(shown["code"]), on, scope, lines)
            self.check(f"completion {shown['code']} {scope} {where}", {
                "completion": dict(rate(ours["completion"]), lines=ours["lines"]), "raw": rate(ours["raw"]),
                "ended_window": dict(rate(ours["ended_window"]), lines=ours["ended_lines"]),
                "unquantified": dict(zip(("none", "started", "met"), ours["unquantified"])),
                "categories": dict(rate((len(ours["categories"]), len(FIVE))), held=ours["categories"]), "sessions": ours["sessions"],
                "sessions_by_category": ours["by_category"], "unplanned_sessions": ours["unplanned"], "attendance": ours["attendance"],
            }, {k: shown[k] for k in ("completion", "raw", "ended_window", "unquantified", "categories", "sessions", "sessions_by_category",
                                      "unplanned_sessions", "attendance")})

    def deadlines(self, known, _on, as_of, where):
        ours = {(o.office, o.milestone): (o.state, o.days_late, o.received_at) for o in Deadlines(known).obligations()}
        theirs = {row[:2]: row[2:] for row in self.store.rows(
            "SELECT office_code, milestone_no, state, days_late, received_at FROM obligation_standing(%s)", as_of)}
        self.check_each(f"obligation {where}", ours, theirs)

    def check_each(self, where, ours, theirs):
        self.compared += len(ours)
        wrong = [key for key in sorted(set(ours) | set(theirs)) if ours.get(key) != theirs.get(key)]
        if wrong:
            self.differences.append(where + "".join(f"\n    {key}: recomputed {ours.get(key)}, product {theirs.get(key)}" for key in wrong[:6]))

    def indicators(self, known, on, as_of, where):
        for functions, figures in ((RATES, Rates(known, on)), (RECORDS, Records(known, on, self.filings_at(known)))):
            for name, function in functions.items():
                self.indicator(name, getattr(figures, function), known, on, as_of, where)

    def indicator(self, name, figures, known, on, as_of, where):
        """Rows of nothing (0, 0/0, no median) may be shown or not; everything else must be there, and nothing more."""
        def is_something(numerator, denominator):
            return bool(numerator) or bool(denominator)
        ours = {(node, part): (*pair, percent(*pair)) for node in known.register.offices for part, pair in figures(known.register.under(node)).items()
                if is_something(*pair) and not part.endswith(UNCOMPARED)}
        self.has_change |= any(part.endswith(".change") for _, part in ours)
        theirs = {row[:2]: row[2:] for row in self.store.indicator(name, on, as_of) if is_something(*row[2:4]) and not row[1].endswith(UNCOMPARED)}
        self.check_each(f"{name} {where}", ours, theirs)
