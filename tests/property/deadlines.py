# SPDX-License-Identifier: Apache-2.0
"""Obligations and timeliness (rulings R12 to R14, docs/deadlines.md) by brute force."""
import math
from dataclasses import dataclass

import sheet
from events import MICROSECOND
from world import MILESTONES, YEAR_START, day_end, label_id, local_day


@dataclass
class Obligation:
    office: str
    milestone: int
    d: object
    effective: object
    state: str
    days_late: int
    received_at: object
    review: str
    is_extended_after_due: bool
    is_accepted_on_time: bool


def is_before(revision):
    """Is it by its day of a year before? Reports and what was published are; a plan may be issued before its year."""
    day = revision.body.get("published_on") if revision.kind == "publication" else (
        revision.body.get("issued_on") if revision.body.get("submission_kind") not in ("work_plan", "lecture_plan") else None)
    return revision.kind in ("publication", "submission") and day is not None and day < YEAR_START


def is_complete(word, period, revision):
    if is_before(revision):
        return False
    body = revision.body
    if revision.kind == "statistics_form":
        return word == "statistics_form" and body["period"] == period and body["period_end"].year == 2024 and sheet.is_complete(body)
    if revision.kind == "submission" and body.get("submission_kind") == word:
        if period and body.get("period") not in (None, period):
            return False
        return word in ("lecture_plan", "materials") or bool(body.get("file_name"))
    if revision.kind == "office_profile":
        if word in ("mechanism", "ledger"):
            return bool(body.get(f"{word}_established_on"))
        until = body.get("responsible_to")
        return word == "responsible_person" and bool(body.get("responsible_name")) and (until is None or until >= local_day(revision.received_at))
    return (revision.kind == "publication" and body.get("object_kind") == word and body.get("channel") == "portal"
            and (body.get("url") or "").startswith("http"))


def path(item):
    """(place, revision) on the branch that counts, with what was taken out of it, in the order received; what came before its base stands
    behind it."""
    stored = {r.label: r for r in item.revisions}
    branch, node = [], item.standing().last
    while node is not None:
        branch.insert(0, node)
        label = node.base
        while label is not None and label not in stored:
            label = item.bases.get(label)
        node = stored.get(label)
    on_it = {None} | {r.label for r in branch}
    beside = [r for r in item.revisions if r.label in item.out and r.label not in on_it and item.parent[r.label] in on_it]
    return sorted([((max(r.order for r in branch[:depth + 1]), depth), r) for depth, r in enumerate(branch)]
                  + [((r.order, 0), r) for r in beside], key=lambda placed: placed[0])


class Deadlines:
    def __init__(self, known):
        self.known, self.history, self.as_of, self.register = known, known.history, known.as_of, known.register
        self.items = self.history.book.items(self.as_of)

    def evidence(self, office, word, period):
        """(received_at, newest complete revision, its review state, items that stand), or None."""
        received, newest, standing = None, None, set()
        for key, item in self.items.items():
            if key[0] != office:
                continue
            at = mine = None
            for place, revision in path(item):
                if revision.author_office != office:
                    continue
                if revision.op == "withdraw":
                    at, mine = (at, mine) if revision.label in item.out else (None, None)
                elif is_complete(word, period, revision):
                    at, mine = min(at or revision.received_at, revision.received_at), (place, revision)
                elif revision.label not in item.out and not self.is_about(word, period, revision):
                    at = mine = None
            if mine:
                standing.add(label_id(key[1]))
                received = min(received or at, at)
                if newest is None or newest[0] < mine[0]:
                    newest = (*mine, item.verdicts.get(mine[1].label, "pending"))
        companion = {"lecture_plan": "plan_item", "materials": "media_product"}.get(word)
        if received and companion:
            arrived = [r.received_at for r in self.history.revisions if r.kind == companion and r.office == office == r.author_office
                       and not r.is_quarantined and r.received_at <= self.as_of and r.op != "withdraw"
                       and (r.body["window_end"] >= YEAR_START if companion == "plan_item" else r.body.get("url") and r.body["made_on"] >= YEAR_START)]
            if not arrived:
                return None
            received = max(received, min(arrived))
        return received and (received, *newest[1:], standing)

    @staticmethod
    def is_about(word, period, revision):
        """Is it still that paper, only incomplete? What was amended into something else is like withdrawn."""
        if is_before(revision):
            return False
        if revision.kind == "submission":
            return revision.body.get("submission_kind") == word and (not period or revision.body.get("period") in (None, period))
        if revision.kind == "statistics_form":
            return revision.body["period"] == period
        return revision.kind == "office_profile" or (
            # Corrected to another channel it says that the portal never had it.
            revision.body.get("object_kind") == word and revision.body.get("channel") == "portal")

    def received(self, office, evidence):
        """(received_at, receipt of the newest complete revision, review state), or None."""
        if evidence.startswith("filing:"):
            papers = [self.evidence(office, word, None) for word in evidence[7:].split("+")]
            if not all(papers):
                return None
            answer = self.answer(office, set.union(*(p[3] for p in papers)))
            return max(p[0] for p in papers), max(p[1].received_at for p in papers), answer
        word, _, period = evidence.partition(":")
        found = self.evidence(office, word, period or None)
        return found and (found[0], found[1].received_at, found[2])

    def newest_answer(self, county, on):
        receipts = [r for r in self.known.records["filing_receipt"] if r.body["county_office_code"] == county and r.is_own
                    and r.office == self.register.offices[county].parent and (on is None or r.body["filed_on"] <= on)]
        return max(receipts, key=lambda r: r.revision.order, default=None)

    def filing(self, county, evidence, on):
        """accepted, returned or received of a filing that is there, as its city had said by the day."""
        papers = [self.evidence(county, word, None) for word in evidence[7:].split("+")]
        newest = self.newest_answer(county, on)
        if not newest or not all(papers):
            return None
        status = self.answer(county, set.union(*(p[3] for p in papers)), on)
        return newest.body["filing_status"] if newest.body["filing_status"] == "received" else status if status != "pending" else None

    def answer(self, county, papers, on=None):
        """What its own city answered, in its own name, about papers that stand: the newest answer; received is none yet."""
        newest = self.newest_answer(county, on)
        is_answer = newest and newest.body["filing_status"] in ("accepted", "returned") and papers & set(newest.body["submission_item_ids"])
        return newest.body["filing_status"] if is_answer else "pending"

    def in_force(self, what, office, milestone):
        grants = [g for g in self.history.grants if g.what == what and g.office == office and g.milestone == milestone and g.at <= self.as_of
                  and not (g.withdrawn_at and g.withdrawn_at <= self.as_of)]
        return grants[-1] if grants else None

    def obligations(self):
        for milestone in MILESTONES:
            if not milestone.evidence:
                continue
            # An obligation is of the offices that stood on the due day.
            then = self.history.register_at(min(day_end(milestone.due_on), self.as_of))
            for office in self.register.offices.values():
                if office.level in milestone.actors and then.is_open(office.code):
                    yield self.obligation(office.code, milestone)

    def obligation(self, office, milestone):
        d = day_end(milestone.due_on)
        extension = self.in_force("extension", office, milestone.number)
        effective = max(d, extension.until) if extension else d
        found = self.received(office, milestone.evidence)
        at, revised_at, review = found or (None, None, None)
        days = None
        if self.in_force("exemption", office, milestone.number):
            state = "exempt"
        elif at and at < effective:
            state = "on_time"
        elif self.as_of + MICROSECOND < effective:  # as_of is inclusive: a day given as as_of is its last microsecond
            state = "not_due"
        elif at is None:
            state = "missing"
        else:
            state = "late"
            days = math.floor((at - effective).total_seconds() / 86400) + 1
        return Obligation(office, milestone.number, d, effective, state, days, at, review, bool(extension and extension.at >= d),
                          review == "accepted" and revised_at < effective)
