# SPDX-License-Identifier: Apache-2.0
"""Coverage, sessions, plans and completion (rulings R3 to R11, R18) by brute force over what counts at an instant."""
import datetime as dt
from collections import defaultdict

from book import counting
from world import FIVE, MILESTONES, YEAR_START, Line, day_end, label_id

MICROSECOND = dt.timedelta(microseconds=1)


def fingerprint(body):
    """R8: date, townships, place, theme."""
    return (body["occurred_on"], tuple(sorted(set(body.get("township_codes") or []))), body["place"], body["theme"])


class Known:
    """What the centre knows at as_of, and the registers it reads it with."""

    def __init__(self, history, as_of):
        self.history, self.as_of, self.register = history, as_of, history.register_at(as_of)
        self.records = counting(history.book, as_of)
        # An event of a day before the year, and a plan line whose window ended before it, are nothing here.
        self.held = [r for r in self.records["lecture_event"] if r.body["status"] == "held" and r.body["occurred_on"] >= YEAR_START]
        self.lectures = self._lectures()
        # R8: twins of one office count once, the one received first.
        seen = set()
        self.sessions = []  # (record, category)
        for record in sorted(self.lectures, key=lambda r: r.revision.order):
            mark = (record.office, fingerprint(record.body))
            if mark not in seen:
                seen.add(mark)
                self.sessions.append((record, record.body["category"]))
        # R18, item 14: what the staff studies is a session of 进系统, page views of the mini-program are not.
        for record in self.records["study_event"]:
            if (record.body["status"] == "held" and record.body["target"] == "staff" and record.body["form"] != "mini_program_study"
                    and record.body["occurred_on"] >= YEAR_START):
                self.sessions.append((record, "system"))

    def _lectures(self):
        """Lectures that count as sessions; of joined ones (two offices, one fingerprint, one claims the other's) the own record does not."""
        held = {r.key: r for r in self.held}
        ids = {(office, label_id(item)): (office, item) for office, item in held}
        joins = defaultdict(set)  # record -> records its office claims
        for claim in self.records["claim"]:
            host = ids.get((claim.body["host_office_code"], claim.body["host_item_id"]))
            if host is None or host[0] == claim.office:
                continue
            for key, own in held.items():
                if key[0] == claim.office and fingerprint(own.body) == fingerprint(held[host].body):
                    joins[key].add(host)

        def reached(key):
            found, edge = set(), [key]
            while edge:
                edge = [host for k in edge for host in joins[k] if host not in found]
                found |= set(edge)
            return found
        reach = {key: reached(key) for key in held}

        def is_joined(key):
            # Where offices claim one another's, the record received first stays.
            circle = {other for other in reach[key] if key in reach[other]} | {key}
            if any(other not in circle for other in reach[key]):
                return True
            first = min(circle, key=lambda k: held[k].revision.order)
            return key != first
        return [record for key, record in held.items() if not is_joined(key)]

    def sessions_until(self, on):
        return [(record, category) for record, category in self.sessions if record.body["occurred_on"] <= on]

    # R7
    def covers(self, record):
        body, register = record.body, self.register
        codes = set(body.get("township_codes") or [])
        if not codes or body["mode"] == "online" and register.rule("coverage.online_counts", "no") != "yes":
            return False
        if (body.get("area_explanation") or "").strip():
            return True
        if len(codes) > int(register.rule("coverage.max_townships", "3")):
            return False
        return register.is_provincial(record.office) or all(
            register.is_below(register.unit_of(code, body["occurred_on"]).county, record.office) for code in codes)

    def named(self, on, is_strict, is_asked=lambda record: True):
        # R8 is about sessions. Coverage follows the place (R7): a twin, a joined one too, is evidence of the place it names.
        return {self.register.unit_of(code, r.body["occurred_on"]).unit_id for r in self.held
                if r.body["occurred_on"] <= on and self.covers(r) and (r.body["category"] == "village" or not is_strict) and is_asked(r)
                for code in r.body["township_codes"]}

    # R5, R6
    def lineage(self, on):
        before = defaultdict(list)
        for change, day, source, target in self.register.lineage:
            if day <= on and change in ("merge", "split"):
                before[target].append((change, source))
        return before

    def covered(self, on, named):
        """Units covered by those named: a merged unit inherits, a split one does not."""
        before = self.lineage(on)

        def is_covered(unit):
            return unit in named or any(change == "merge" and is_covered(source) for change, source in before[unit])
        return {u.unit_id for u in self.register.units if is_covered(u.unit_id)}

    def coverage(self, on):
        """{unit: (unit version, covered broad, covered strict, inherited)} over the units valid on the day."""
        before = self.lineage(on)

        def touched(unit, named):
            return unit in named or any(touched(source, named) for _, source in before[unit])
        named = self.named(on, False)
        broad, strict = self.covered(on, named), self.covered(on, self.named(on, True))
        return {u.unit_id: (u, u.unit_id in broad, u.unit_id in strict, touched(u.unit_id, named) and u.unit_id not in broad)
                for u in self.register.units if u.holds(on)}

    # R8 to R11
    def credits(self, on):
        """{plan line: {(who credits it, event)}}."""
        made = defaultdict(set)
        held = {}
        for record, _ in self.sessions_until(on):
            held[record.office, label_id(record.item)] = record.key
            if record.body.get("plan_item_id"):
                made[record.body["plan_item_id"]].add((record.office, record.key))
        for claim in self.records["claim"]:
            event = held.get((claim.body["host_office_code"], claim.body["host_item_id"]))
            if event and claim.body.get("plan_item_id"):
                made[claim.body["plan_item_id"]].add((claim.office, event))
        return made

    def lines(self, on):
        """[(office, minimum, end of the window, sessions held, item)] of the plans in force and of annex 2."""
        made = self.credits(on)
        result = [self._line(record, made) for record in self.of_year(self.records["plan_item"])]
        for line in self.register.lines:
            events = {event for who, event in made[line.item_id] if self.register.is_provincial(who)}
            result.append((line.lead, line.planned_min, line.window_end, len(events), line))
        return result

    @staticmethod
    def of_year(plan):
        return [record for record in plan if record.body["window_end"] >= YEAR_START]

    @staticmethod
    def _line(record, made):
        events = {event for who, event in made[label_id(record.item)] if who == record.office}
        return (record.office, record.body["planned_min"], record.body["window_end"], len(events), record)

    def baseline(self, on):
        """R10: the same of the plans at the due instant; asked earlier the current plan; a late plan as of the batch that
        brought its first line."""
        made = self.credits(on)
        result = []
        for office in self.register.offices.values():
            due = [m.due_on for m in MILESTONES if m.submission_kind == "lecture_plan" and m.applies_to == office.level]
            if not due:
                continue
            d = day_end(due[0])
            # Late is a plan of which no line was in force at the due instant; its first line is the first that came from then on.
            after = [r.received_at for r in self.history.revisions if r.kind == "plan_item" and r.office == office.code and not r.is_quarantined
                     and r.op != "withdraw" and d <= r.received_at <= self.as_of and r.body["window_end"] >= YEAR_START]
            at = min(self.as_of, d - MICROSECOND)
            if self.as_of >= d and after and not any(
                    r.office == office.code for r in self.of_year(counting(self.history.book, at)["plan_item"])):
                at = min(after)
            then = self.of_year(counting(self.history.book, at)["plan_item"])
            result += [self._line(record, made) for record in then if record.office == office.code]
        return result

    def completion(self, offices, on, scope, lines):
        def ours(code):
            return code in offices and self.register.in_scope(code, scope)
        mine = [x for x in lines if ours(x[0])]
        counted = [x for x in mine if x[1]]
        ended = [x for x in counted if x[2] <= on]
        free = [x[3] for x in mine if not x[1]]
        held = [(r, c) for r, c in self.sessions_until(on) if ours(r.office)]
        return {
            "completion": (sum(min(x[3], x[1]) for x in counted), sum(x[1] for x in counted)),
            "lines": len(counted),
            "raw": (sum(x[3] for x in counted), sum(x[1] for x in counted)),
            "ended_window": (sum(min(x[3], x[1]) for x in ended), sum(x[1] for x in ended)),
            "ended_lines": len(ended),
            "unquantified": (sum(f == 0 for f in free), sum(f == 1 for f in free), sum(f >= 2 for f in free)),
            "categories": [c for c in FIVE if any(category == c for _, category in held)],
            "sessions": len(held),
            "by_category": {c: sum(category == c for _, category in held) for c in ["general"] + FIVE},
            "unplanned": sum(not r.body.get("plan_item_id") for r, _ in held),
            "attendance": sum(r.body.get("attendance") or 0 for r, _ in held),
            "started": (sum(x[3] > 0 for x in mine), len(mine)),
        }


def is_annex(line):
    return isinstance(line[4], Line)
