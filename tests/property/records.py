# SPDX-License-Identifier: Apache-2.0
"""Indicators I-06 to I-16 and I-18 (docs/indicators.md) by brute force from the records that count: {part: (numerator,
denominator)} of a node, as in indicators.py."""
import datetime as dt
from collections import Counter, defaultdict

from deadlines import Deadlines
from events import MICROSECOND
from world import MILESTONES, YEAR_START, day_end, label_id, local_day

VIDEO = ("short_video", "micro_animation", "micro_film", "micro_lens")
LEVELS = {"filing_spot_check": ["county"], "mid_year_check": ["city", "province_unit"], "field_visit": ["city", "county", "province_unit"],
          "online_check": ["city", "county"], "work_style_check": ["city", "county"], "year_end_visit": ["city", "county"],
          "coverage_spot_check": ["county"], "city_supervision": ["county"]}
RANKS = ["province", "province_unit", "city", "county"]


def days_parts(days, prefix="days"):
    """A median is its double over 2."""
    if not days:
        return {}
    ordered = sorted(days)
    middle = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
    return {f"{prefix}.median": (middle, 2), f"{prefix}.longest": (ordered[-1], None)}


class Records:
    def __init__(self, known, on, filings, drawn=None):
        """drawn: {scheme: (offices in the list, offices drawn)} of the draws that the centre ran."""
        self.known, self.on, self.register, self.filings, self.drawn = known, on, known.register, filings, drawn or {}
        self.sessions = known.sessions_until(on)
        self.filed = None

    def of(self, kind, offices, day=None, since=YEAR_START):
        return [r for r in self.known.records[kind] if r.office in offices and (day is None or r.body[day] is not None and since <= r.body[day] <= self.on)]

    def stock(self, kind, offices, day):
        """What is there, from whatever year."""
        return self.of(kind, offices, day, dt.date.min)

    def open_offices(self, offices, levels):
        return [o for o in offices if self.register.offices[o].level in levels and self.register.is_open(o)]

    def published(self, office, kind, channel):
        return [r.body["published_on"] for r in (self.stock if kind == "column" else self.of)("publication", [office], "published_on")
                if r.is_own and r.body["object_kind"] == kind and r.body["channel"] == channel]

    def is_due(self, milestone):
        return day_end(milestone.due_on) <= min(day_end(self.on), self.known.as_of + MICROSECOND)

    def i_06(self, offices):
        figures, not_due = defaultdict(lambda: [0, 0]), 0
        for office in self.open_offices(offices, ("city", "county")):
            milestone = next(m for m in MILESTONES if m.submission_kind == "schedule_publication" and m.applies_to == self.register.offices[office].level)
            if any(g.what == "exemption" and g.office == office and g.milestone == milestone.number and g.at <= self.known.as_of
                   and not (g.withdrawn_at and g.withdrawn_at <= self.known.as_of) for g in self.known.history.grants):
                continue
            if not self.is_due(milestone):
                not_due += 1
                continue
            days = self.published(office, "arrangement", "portal")
            first = min((r.body["occurred_on"] for r, _ in self.sessions if r.kind == "lecture_event" and r.office == office), default=None)
            by_due = any(d <= milestone.due_on for d in days)
            ahead = any(first is None or d < first for d in days)
            for part, met in (("", by_due and ahead), ("by_due", by_due), ("ahead", ahead)):
                figures[part][0] += met
                figures[part][1] += 1
        if "P" in offices:
            milestone = next(m for m in MILESTONES if m.applies_to == "province")
            if self.is_due(milestone):
                figures["province"] = [int(any(d <= milestone.due_on for d in self.published("P", "province_arrangement", "portal"))), 1]
            else:
                not_due += 1
        cities = self.open_offices(offices, ("city",))
        included = {c for r in self.of("publication", ["P"], "published_on") if r.is_own and r.body["object_kind"] == "province_arrangement"
                    and r.body["channel"] == "portal" for c in r.body.get("included_office_codes") or []}
        figures["cities"] = [len(included & set(cities)), len(cities)]
        return {**{part: tuple(pair) for part, pair in figures.items()}, "not_due": (not_due, None)}

    def documents(self, offices):
        """(record, status as of the day) of policies issued by the day; answers are no policies."""
        for record in self.stock("policy_document", offices, "issued_on"):
            if record.body["document_kind"] == "policy":
                changed = record.body.get("status_changed_on")
                yield record, "in_force" if changed and changed > self.on else record.body["status"]

    def is_exempt(self, body):
        return body["disclosure"] == "exempt" or body["disclosure"] == "on_request" and self.register.rule("disclosure.on_request", "due") == "exempt"

    def i_07(self, offices):
        valid = [r.body for r, status in self.documents(offices) if status == "in_force"]
        due = [b for b in valid if not self.is_exempt(b)]
        online = [b for b in due if b["disclosure"] == "public" and b.get("urls") and not (b.get("first_published_on") and b["first_published_on"] > self.on)]
        exempt = [b for b in valid if self.is_exempt(b)]
        everyone = self.open_offices(offices, ("province", "province_unit", "city", "county"))
        library = {o for o in everyone if any(r.office == o for r, _ in self.documents([o]))}
        return {"": (len(online), len(due)), "exempt": (len(exempt), None), "exempt_without_reason": (sum(not (b.get("exempt_reason") or "").strip() for b in exempt), None),
                "library": (len(library), len(everyone))}

    def i_08(self, offices):
        figures, days = defaultdict(lambda: [0, 0]), []
        for record, status in self.documents(offices):
            if status == "in_force":
                continue
            changed = record.body.get("status_changed_on")
            reviews = [d for d in self.reviews(record) if changed and changed <= d <= self.on]
            if reviews:
                days.append((min(reviews) - changed).days)
            for part in ("", status):
                figures[part][0] += bool(reviews)
                figures[part][1] += 1
        overdue = sum(status == "in_force" and bool(r.body.get("effective_to")) and r.body["effective_to"] < self.on for r, status in self.documents(offices))
        return {**{part: tuple(pair) for part, pair in figures.items()}, **days_parts(days), "overdue": (overdue, None)}

    def reviews(self, record):
        """Days of review in the record and in what it was corrected from, where it had the same status: a later review does not lengthen
        the delay, and one that left the document listed in force handled no change."""
        item = self.known.history.book.item(record.key, self.known.as_of)
        step, found = record.revision, []
        while step:
            if step.body.get("last_reviewed_on") and step.body["status"] == record.body["status"]:
                found.append(step.body["last_reviewed_on"])
            step = next((r for r in item.revisions if r.label == item.parent[step.label]), None)
        return found

    def i_09(self, offices):
        new = [r for r, _ in self.documents(offices) if r.body["issued_on"].year >= 2024 and not self.is_exempt(r.body)]
        forms, complete, days, unpublished = Counter(), 0, [], 0
        for record in new:
            pieces = [r.body["form"] for r in self.of("interpretation", [record.office], "published_on") if r.body.get("policy_item_id") == label_id(record.item)]
            named = ("policy_original", "press_release", "article")
            complete += all(form in pieces for form in named)
            forms.update(form if form in named else "x" for form in pieces)
            first = record.body.get("first_published_on")
            if first and first <= self.on:
                days.append(max(0, (first - record.body["issued_on"]).days))
            else:
                unpublished += 1
        # A work may explain several policies, and is one piece all the same.
        explained = {(r.office, label_id(r.item)) for r in new}
        forms["x"] += sum(any((r.office, policy) in explained for policy in r.body.get("policy_item_ids") or [])
                          for r in self.of("media_product", sorted({r.office for r in new}), "made_on"))
        forms = +forms
        return {"": (complete, len(new)), **{form: (count, None) for form, count in forms.items()}, **days_parts(days), "unpublished": (unpublished, None)}

    def i_10(self, offices):
        everyone = self.open_offices(offices, ("province", "province_unit", "city", "county"))
        has = {channel: {o for o in everyone if self.published(o, "column", channel)} for channel in ("portal", "wechat")}
        return {"": (len(has["portal"] & has["wechat"]), len(everyone)), **{c: (len(who), len(everyone)) for c, who in has.items()}}

    def halls(self, office):
        profiles = self.stock("office_profile", [office], "effective_from")
        newest = max(profiles, key=lambda r: (r.body["effective_from"], r.revision.order), default=None)
        return {h["hall_id"] for h in (newest.body.get("halls") or [])} if newest else set()

    def i_11(self, offices):
        figures, halls, staff = Counter(), [0, 0], [0, 0]
        for office in offices:
            reports = self.of("window_report", [office], "reported_on")
            by_kind = defaultdict(list)
            for r in reports:
                by_kind[r.body["report_kind"]].append(r)

            screens = [r for r in self.stock("window_report", [office], "reported_on") if r.body["report_kind"] == "screen"]

            def newest(among, where=lambda b: True):
                last = {}
                for r in sorted(among, key=lambda r: (r.body["reported_on"], r.revision.order)):
                    if where(r.body):
                        last[r.body["hall_id"]] = r.body
                return last.values()
            figures["17"] += sum(r.body["quantity"] for r in by_kind["board_or_poster"])
            figures["18"] += sum(b["quantity"] for b in newest(screens))
            figures["19"] += sum(r.body["media_kind"] in VIDEO and bool(r.body.get("for_window")) for r in self.of("media_product", [office], "made_on"))
            figures["20"] += len({r.body["product_item_id"] for r in by_kind["video_played"] if r.body.get("product_item_id")})
            figures["unnamed_video"] += sum(not r.body.get("product_item_id") for r in by_kind["video_played"])
            figures["21"] += sum(r.body["quantity"] for r in by_kind["brochure"])
            figures["21"] += sum(r.body.get("brochure_count") or 0 for r, _ in self.sessions
                                 if r.kind == "lecture_event" and r.office == office and r.body.get("is_window_brochure"))
            known = self.halls(office)
            figures["unknown_hall"] += sum(r.body["hall_id"] not in known for r in reports)
            halls[0] += len(known & {r.body["hall_id"] for r in reports})
            halls[1] += len(known)
            for b in newest(by_kind["staff_training"], lambda b: b.get("staff_trained") is not None and b.get("staff_total") is not None):
                staff[0] += b["staff_trained"]
                staff[1] += b["staff_total"]
        return {**{part: (count, None) for part, count in figures.items()}, "halls": tuple(halls), "staff": tuple(staff)}

    def may_inspect(self, record):
        """The province inspects, and the city supervises its own counties (annex 1 L10 to L23): in its own name, and not itself."""
        level = "city" if record.body["scheme"] == "city_supervision" else "province"
        inspected = record.body.get("inspected_office_code")
        below = inspected is None or inspected != record.office and self.register.is_below(inspected, record.office)
        return record.is_own and self.register.offices[record.office].level == level and below

    def is_recorded(self, record):
        """Checked or drawn in the year, by the day asked of; what names no day is of each."""
        body = record.body
        return YEAR_START <= (body.get("checked_on") or body.get("drawn_at") and local_day(body["drawn_at"]) or self.on) <= self.on

    def lists(self, inspections):
        """{scheme: (offices in the list, offices drawn, offices that keep a list)}: of the centre's own draw, else as typed."""
        found = {scheme: (set(listed), set(sample), {"P"}) for scheme, (listed, sample) in self.drawn.items()}
        for record in inspections:
            b = record.body
            if b["scheme"] in self.drawn or not self.is_recorded(record) or not self.may_inspect(record):
                continue
            for code in b.get("population_office_codes") or []:
                if code != record.office and self.register.is_below(code, record.office):
                    listed, sample, keepers = found.setdefault(b["scheme"], (set(), set(), set()))
                    listed.add(code)
                    keepers.add(record.office)
                    if code in (b.get("sample_office_codes") or []):
                        sample.add(code)
        return found

    def i_12(self, offices):
        figures = defaultdict(lambda: [0, 0])
        counts = Counter()
        everything = self.known.records["inspection"]
        checks = [r for r in everything if r.body["checked_on"] and YEAR_START <= r.body["checked_on"] <= self.on]
        lists = self.lists(everything)
        for record in everything:
            if record.office in offices and not self.may_inspect(record) and self.is_recorded(record):
                counts["unentitled"] += 1
        for scheme, levels in LEVELS.items():
            mine = [r for r in checks if r.body["scheme"] == scheme and self.may_inspect(r)]
            listed, sample, keepers = lists.get(scheme, (set(), set(), set()))
            if listed:
                figures[f"{scheme}.drawn"] = [len(sample & listed & set(offices)), len(listed & set(offices))]
            # The list drawn from where there is one, else the offices that annex 1 names; a city supervises all.
            population = {o for o in self.open_offices(offices, levels) if scheme == "city_supervision"
                          or not any(self.register.is_below(o, keeper) for keeper in keepers)}
            if scheme != "city_supervision":
                population |= listed & set(offices)
            visited = {r.body["inspected_office_code"] for r in mine}
            figures[f"{scheme}.visited"] = [len(population & visited), len(population)]
            for body in (r.body for r in mine if r.body["inspected_office_code"] in offices):
                way = f"{scheme}.{body['channel']}" if body.get("channel") else scheme
                for part in {scheme, way} if body.get("result") else ():
                    figures[f"{part}.passed"][0] += body["result"] == "passed"
                    figures[f"{part}.passed"][1] += 1
                for finding in body.get("findings") or []:
                    figures[f"{way}#{finding['item']}"][0] += finding["is_found"]
                    figures[f"{way}#{finding['item']}"][1] += 1
                counts[f"{scheme}.verified"] += len(body.get("verified_item_ids") or [])
                closed = body.get("rectification_closed_on")
                if body.get("rectification_due_on") and not (closed and closed <= self.on):
                    counts[f"{scheme}.open"] += 1
                    counts[f"{scheme}.overdue"] += body["rectification_due_on"] < self.on
        counts["exchange"] += len(self.of("exchange", offices, "held_on"))
        counts.update(f"circular:{r.body['circular_kind']}" for r in self.of("circular", offices, "issued_on"))
        return {**{part: tuple(pair) for part, pair in figures.items()}, **{part: (count, None) for part, count in counts.items()}}

    def i_13(self, offices):
        """The counties that owe a filing, and what their own city answered by the day about the papers that stand."""
        if self.filed is None:
            deadlines = Deadlines(self.known)
            owed = [(o, m) for m in MILESTONES if (m.evidence or "").startswith("filing:") for o in deadlines.obligations() if o.milestone == m.number]
            self.filed = {o.office: deadlines.filing(o.office, m.evidence, self.on) for o, m in owed if o.state != "exempt"}
        mine = Counter(answer for office, answer in self.filed.items() if office in offices)
        return {"": (mine["accepted"], sum(mine.values())), "received": (mine["received"], None), "returned": (mine["returned"], None)}

    def i_14(self, offices):
        figures = defaultdict(lambda: [0, 0])
        everything = [r for r in self.known.records["feedback_stat"] if YEAR_START <= r.body["period_start"] and r.body["period_end"] <= self.on]

        def about(r):
            return r.body.get("about_office_code") or r.office

        def inside(a, b):
            return b.body["period_start"] <= a.body["period_start"] and a.body["period_end"] <= b.body["period_end"]

        def beside(r):
            return [o for o in everything if o is not r and o.body["source"] == r.body["source"] and about(o) == about(r) and inside(r, o)]

        def place(r):
            return RANKS.index(self.register.offices[r.office].level), r.revision.order

        def is_part(r):
            """These calls stand in another row: of a longer period; of the same by a higher office, or received before."""
            return any(not inside(o, r) or place(o) < place(r) for o in beside(r)
                       if o.body.get("topic") == r.body.get("topic") or o.office != r.office and not o.body.get("topic"))

        def is_added(r):
            """A row with a topic is the breakdown of one without."""
            return not is_part(r) and not (r.body.get("topic") and any(not o.body.get("topic") for o in beside(r)))
        rows = [r for r in everything if about(r) in offices]
        added = [r for r in everything if is_added(r)]
        for r in rows:
            b, source = r.body, r.body["source"]
            if is_part(r):
                figures[f"{source}.contained"][0] += 1
            elif b.get("topic"):
                figures[f"{source}#{b['topic']}"][0] += b["total_count"]
            if not is_added(r):
                continue
            if any(o.body["source"] == source and about(o) != about(r) and self.register.is_below(about(r), about(o))
                   and o.body["period_start"] <= b["period_end"] and b["period_start"] <= o.body["period_end"] for o in added):
                figures[f"{source}.nested"][0] += 1
            figures[source][0] += b["total_count"]
            figures[f"{source}.records"][0] += 1
            for part, up, down in (("policy", "policy_related_count", "total_count"), ("closed", "closed_count", "total_count"),
                                   ("satisfied", "satisfied_count", "response_count")):
                if b.get(up) is not None and b.get(down) is not None:
                    figures[f"{source}.{part}"][0] += b[up]
                    figures[f"{source}.{part}"][1] += b[down]
            for part in ("won", "lost", "mediated"):
                figures[f"{source}.{part}"][0] += b.get(f"{part}_count") or 0
        for part, change in self.changes([r for r in added if about(r) in offices]).items():
            figures[part] = change
        hidden = int(self.register.rule("feedback.min_responses", "1"))
        result = {}
        for part, (up, down) in figures.items():
            is_rate = part.rpartition(".")[2] in ("policy", "closed", "satisfied", "change")
            result[part] = (None if part.endswith(".satisfied") and down < hidden else up, down if is_rate else None)
        received = self.of("public_input", offices, "received_on")
        days = [(r.body["handled_on"] - r.body["received_on"]).days for r in received if r.body.get("handled_on") and r.body["handled_on"] <= self.on]
        return {**result, "public_input": (len(days), len(received)), **days_parts(days, "public_input.days")}

    @staticmethod
    def changes(rows):
        """The last period minus the one right before it / the one before, about each office."""
        totals = defaultdict(Counter)
        for r in rows:
            b = r.body
            totals[b["source"], b.get("about_office_code") or r.office][b["period_end"], b["period_start"]] += b["total_count"]
        figures = defaultdict(lambda: [0, 0])
        for (source, *_), periods in totals.items():
            last = max(periods)
            for end, start in periods:
                if end == last[1] - dt.timedelta(days=1):
                    figures[f"{source}.change"][0] += periods[last] - periods[end, start]
                    figures[f"{source}.change"][1] += periods[end, start]
        return figures

    def i_15(self, offices):
        figures = Counter()
        for r in self.of("study_event", offices, "occurred_on"):
            b = r.body
            if b["status"] != "held":
                continue
            parts = [f"form:{b['form']}"]
            figures["unknown_participants"] += b.get("participants") is None
            if b["form"] != "mini_program_study":
                parts += [f"target:{b['target']}", ""]
            for part in parts:
                figures[part] += 1
                figures[f"{part}.participants" if part else "participants"] += b.get("participants") or 0
        return {part: (count, None) for part, count in figures.items()}

    def i_16(self, offices):
        news = self.of("news_item", offices, "happened_on")
        figures, days = Counter(), []
        for r in news:
            figures.update(["", f"kind:{r.body['news_kind']}"] + ([f"medium:{r.body.get('medium') or 'other'}"] if r.body["news_kind"] == "media_report" else []))
            days.append(((r.body.get("reported_on") or local_day(r.first_received_at)) - r.body["happened_on"]).days)
        everyone = self.open_offices(offices, ("province_unit", "city", "county"))  # those who report to the province
        told = {r.office for r in news}
        return {**{part: (count, None) for part, count in figures.items()}, **days_parts(days), "silent": (sum(o not in told for o in everyone), len(everyone))}

    def i_18(self, offices):
        figures = Counter()
        for r in self.of("media_product", offices, "made_on"):
            size = r.body.get("file_bytes")
            figures.update({"": 1, f"kind:{r.body['media_kind']}": 1, "bytes": size or 0, f"kind:{r.body['media_kind']}.bytes": size or 0,
                            "without_file": int(not size)})
        for r in self.of("submission", offices):
            if r.body["submission_kind"] == "materials" and local_day(r.first_received_at) <= self.on:
                figures.update({"submission": 1, "submission.bytes": r.body.get("file_bytes") or 0})
        return {**{part: (count, None) for part, count in figures.items()}, "form": self.filings.materials(offices, self.on)}


RECORDS = {"I-06": "i_06", "I-07": "i_07", "I-08": "i_08", "I-09": "i_09", "I-10": "i_10", "I-11": "i_11", "I-12": "i_12", "I-13": "i_13", "I-14": "i_14", "I-15": "i_15", "I-16": "i_16",
           "I-18": "i_18"}
