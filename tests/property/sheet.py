# SPDX-License-Identifier: Apache-2.0
"""The statistics form (annex 3, docs/statistics-form.md): its cells, what the records prove for each (rulings R15, R18) and how an
answer stands against that (R16, R17), by brute force from the records that count."""
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from events import fingerprint
from world import label_id

# (row of annex 3, part): sort of answer. Rates (percent, ratio) are pairs.
CELLS = {(1, ""): "count", (2, ""): "count", (3, ""): "boolean", (3, "portal_published"): "boolean", (3, "wechat_published"): "boolean",
         (4, ""): "boolean", (4, "portal_has_column"): "boolean", (4, "wechat_has_column"): "boolean", (4, "column_names"): "text",
         **{(row, ""): "count" for row in range(5, 12)}, (12, "sessions"): "count", (12, "townships_covered"): "count",
         (12, "coverage_rate"): "percent", (13, ""): "count", (14, ""): "count", (15, "people"): "count", (15, "avg_sessions_per_person"): "ratio",
         (16, ""): "url", **{(row, ""): "count" for row in range(17, 22)}}
# The one yes of rows 3 and 4 follows from its channels; names of columns need a column (R14: all others must be answered).
OPTIONAL = {(3, ""), (4, ""), (4, "column_names")}
STOCK = (18, "")  # may fall from mid-year to year-end; every other count is cumulative
COPIES = (21, "")
FORMS = {6: ("policy_original", "press_release", "article", "qa", "other"), 7: ("expert_interview",), 8: ("press_conference",), 9: ("reporter_qa",)}
SESSIONS = {(10, ""): "enterprise", (11, ""): "campus", (12, "sessions"): "village", (13, ""): "site", (14, ""): "system"}
FOR_WINDOWS = ("short_video", "micro_animation", "micro_film", "micro_lens")
STAFF_STUDY = ("training", "daily_study", "online_drill", "skill_contest", "law_quiz")


def rounded(number, places):
    """Half up, as text."""
    number = Fraction(number)
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def rate_text(kind, pair):
    n, d = pair
    return None if not d else rounded(Fraction((100 if kind == "percent" else 1) * n, d), 2)


class Proof:
    """What is known of some offices from a first day to a last one."""

    def __init__(self, known, office, scope, first, last):
        self.known, self.office, self.first, self.last = known, office, first, last
        self.offices = known.register.under(office) if scope == "with_subordinates" else [office]

    def of(self, kind, day, first=None):
        return [r.body for r in self.known.records[kind] if r.office in self.offices and r.body.get(day) and (first or self.first) <= r.body[day] <= self.last]

    def inside(self, record):
        return self.first <= record.body["occurred_on"] <= self.last

    def evidence(self):
        """{cell: count, yes, text or pair}."""
        found = {}
        papers = [b for b in self.of("policy_document", "first_published_on") if b["disclosure"] == "public"]
        for row, kind in ((1, "policy"), (2, "answer")):
            found[row, ""] = sum(b["document_kind"] == kind for b in papers)
        found.update(self.channels())
        works = self.of("media_product", "made_on")
        found[5, ""] = sum(b["media_kind"] not in ("handbook", "poster_template") for b in works)
        found[19, ""] = sum(b["media_kind"] in FOR_WINDOWS and bool(b.get("for_window")) for b in works)
        pieces = self.of("interpretation", "published_on")
        for row, forms in FORMS.items():
            found[row, ""] = sum(b["form"] in forms for b in pieces)
        found.update(self.sessions())
        found.update(self.townships())
        found.update(self.speakers())
        found.update(self.windows())
        return found

    def channels(self):
        """Rows 3, 4 and 16 speak for the one office."""
        own = [r for r in self.known.records["publication"] if r.office == self.office and r.body["published_on"] <= self.last]

        def on(kind, channel):
            return [r for r in own if r.body["object_kind"] == kind and r.body["channel"] == channel]
        found = {}
        for row, kind, part in ((3, "policy", "published"), (4, "column", "has_column")):
            yes = []
            for channel in ("portal", "wechat"):
                yes.append(any(row == 4 or r.body["published_on"] >= self.first for r in on(kind, channel)))
                found[row, f"{channel}_{part}"] = yes[-1]
            found[row, ""] = all(yes)
        names = {r.body["title"] for channel in ("portal", "wechat") for r in on("column", channel)}
        found[4, "column_names"] = "；".join(sorted(names)) or None
        newest = max((r for r in on("arrangement", "portal") if r.body["published_on"] >= self.first), key=lambda r: (r.body["published_on"], r.revision.order), default=None)
        found[16, ""] = newest and newest.body["url"]
        return found

    def hosted(self):
        return [(r, category) for r, category in self.known.sessions if r.office in self.offices and self.inside(r)]

    def sessions(self):
        """Row 14: what the staff studied stands among the sessions of system (R18)."""
        held = self.hosted()
        return {cell: sum(c == category and (r.kind == "lecture_event" or r.body["form"] in STAFF_STUDY) for r, c in held)
                for cell, category in SESSIONS.items()}

    def area(self):
        """Units of the office's own area on the last day, official base."""
        register = self.known.register
        own = [u for u in register.units if u.holds(self.last) and register.is_below(u.county, self.office)]
        return [u for u in own if u.kind != "街道" or register.rule("coverage.base", "all") == "all"]

    def townships(self):
        named = self.known.named(self.last, True, lambda r: r.office in self.offices and self.first <= r.body["occurred_on"])
        covered = self.known.covered(self.last, named)
        area = self.area()
        count = sum(u.unit_id in covered for u in area)
        return {(12, "townships_covered"): count, (12, "coverage_rate"): (count, len(area))}

    def events(self, office):
        """Held lectures that an office hosted or claimed."""
        claimed = {(c.body["host_office_code"], c.body["host_item_id"]) for c in self.known.records["claim"] if c.office == office}
        return [r for r in self.known.held if self.inside(r) and (r.office == office or (r.office, label_id(r.item)) in claimed)]

    def speakers(self):
        own = {(r.office, label_id(r.item)) for r in self.known.records["speaker"]
               if r.office in self.offices and r.body["is_active"] and r.body["trained_on"] <= self.last}
        pairs = {(office, speaker, fingerprint(r.body)) for office in self.offices for r in self.events(office)
                 for speaker in r.body.get("speaker_item_ids") or [] if (office, speaker) in own}
        return {(15, "people"): len(own), (15, "avg_sessions_per_person"): (len(pairs), len(own))}

    def windows(self):
        reports = self.of("window_report", "reported_on")

        def quantity(kind):
            return sum(b["quantity"] for b in reports if b["report_kind"] == kind)
        halls = {}
        for r in sorted(self.known.records["window_report"], key=lambda r: (r.body["reported_on"], r.revision.order)):
            if r.office in self.offices and r.body["report_kind"] == "screen" and r.body["reported_on"] <= self.last:
                halls[r.office, r.body["hall_id"]] = r.body["quantity"]
        played = {b["product_item_id"] for b in reports if b["report_kind"] == "video_played" and b.get("product_item_id")}
        handed_out = sum(r.body.get("brochure_count") or 0 for r, _ in self.hosted() if r.kind == "lecture_event" and r.body.get("is_window_brochure"))
        return {(17, ""): quantity("board_or_poster"), (18, ""): sum(halls.values()), (20, ""): len(played), (21, ""): quantity("brochure") + handed_out}


@dataclass
class Answer:
    state: str = "not_answered"
    value: object = None  # count, yes or text
    reason: str = None
    proposed: int = None


def answers(lines):
    """{cell: Answer} of what was answered. The one yes of rows 3 and 4 follows from its channels where it was left out."""
    found = {}
    for line in lines:
        value = next((line[k] for k in ("count", "is_yes", "text", "rate_text") if line.get(k) is not None), None)
        found[line["item_no"], line.get("sub_field") or ""] = Answer(line["state"], value, line.get("reason"), line.get("proposed_count"))
    for row, part in ((3, "published"), (4, "has_column")):
        both = [found.get((row, f"{channel}_{part}"), Answer()).value for channel in ("portal", "wechat")]
        if (row, "") not in found and None not in both:
            found[row, ""] = Answer("value", all(both))
    return found


def is_complete(body):
    """R14: every cell that must be is answered with a value, zero or not applicable."""
    given = answers(body["lines"])
    return all(given.get(cell, Answer()).state in ("value", "not_applicable") for cell in CELLS if cell not in OPTIONAL)


def words(text):
    return {word.strip() for word in text.replace(";", "；").replace("、", "；").split("；")}


def number_of(kind, proven):
    """Evidence as an exact number; None where there is none (a rate of nothing)."""
    if kind in ("percent", "ratio"):
        n, d = proven
        return Fraction((100 if kind == "percent" else 1) * n, d) if d else None
    return Fraction(int(proven))


def judge(cell, answer, proven, copies_percent):
    """R16 with the tolerances of R16 and R17."""
    kind = CELLS[cell]
    if answer.state == "not_answered":
        return "not_answered"
    if kind in ("text", "url"):
        if answer.state == "not_applicable":
            return "under_claimed" if proven else "not_applicable"
        return "unsupported" if not proven else "supported" if words(answer.value) == words(proven) else "differs"
    e = number_of(kind, proven) or 0
    if answer.state == "not_applicable":
        return "under_claimed" if e > 0 else "not_applicable"
    f = Fraction(answer.value)
    if f > 0 and e == 0:
        return "unsupported"
    room = Fraction(0)
    if cell == COPIES:
        room = Fraction(copies_percent, 100) * max(f, e)
    elif kind in ("percent", "ratio"):
        room = Fraction(1, 100) if "." in answer.value else Fraction(1, 2)
    return "supported" if abs(f - e) <= room else "over_claimed" if f > e else "under_claimed"


def is_judged(answer, support):
    """R16 sets F against E: whatever was answered, words too, and a cell said not to apply while there are records. Of the rest there is
    nothing to hold against the records; row 22 is never derived (R18) and is no cell here."""
    return answer.state == "value" or answer.state == "not_applicable" and support != "not_applicable"


def factor(cell, answer, proven):
    """E/F; 1 for 0/0, none for F = 0 < E. A rate as it is printed (R17)."""
    kind = CELLS[cell]
    if answer.state != "value" or kind in ("boolean", "text", "url"):
        return None
    e = Fraction(rate_text(kind, proven) or -1) if kind in ("percent", "ratio") else Fraction(proven)
    f = Fraction(answer.value)
    if e < 0:
        return None
    return Decimal(rounded(e / f, 4)) if f else Decimal(1) if e == 0 else None


def shown(kind, value):
    """As a page has it."""
    if value is None:
        return None
    return ("是" if value else "否") if kind == "boolean" else rate_text(kind, value) if isinstance(value, tuple) else str(value)
