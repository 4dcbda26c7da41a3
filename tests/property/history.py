# SPDX-License-Identifier: Apache-2.0
"""Histories as hypothesis strategies: what offices sent, what reviewers decided, when the centre learned of it, in which
order the transactions committed, and at which points it is asked."""
import datetime as dt
from collections import defaultdict

from hypothesis import strategies as st

import bodies
import world
from book import Book, Pick, Review, Revision
from deadlines import Deadlines
from dice import Dice
from events import Known
from world import SHANGHAI, day_end, local_day

MICROSECOND = dt.timedelta(microseconds=1)
STEPS = [dt.timedelta(0), dt.timedelta(days=6), dt.timedelta(minutes=1), dt.timedelta(days=2), dt.timedelta(days=11), dt.timedelta(hours=7),
         dt.timedelta(0), dt.timedelta(days=19), "due"]
DUE = sorted({m.due_on for m in world.MILESTONES if m.due_on})
# How often a new record is of which kind.
KINDS = (["lecture_event"] * 12 + ["plan_item"] * 6 + ["study_event"] * 2 + ["claim"] * 5 + ["twin"] * 3 + ["speaker"] * 2 + ["submission"] * 4
         + ["publication"] * 3 + ["office_profile"] * 2 + ["statistics_form"] * 9 + ["filing"] * 4 + ["import"] * 7 + ["feedback_stat"] * 2
         + ["policy_document", "interpretation", "media_product", "window_report", "inspection", "filing_receipt", "feedback_stat", "exchange",
            "circular", "news_item", "public_input"])
IMPORTED = ["policy_document", "interpretation", "media_product", "window_report", "window_report", "study_event", "publication", "speaker", "lecture_event",
            "window_report", "interpretation", "feedback_stat", "office_profile"]

# What an office records before it fills in a form.
BESIDE = [("publication", {"object_kind": "arrangement", "channel": "portal"}), ("window_report", {"report_kind": "brochure", "quantity": 90}),
          ("publication", {"object_kind": "column", "channel": "portal"}), ("office_profile", {"portal_host": "x"}), ("speaker", {"is_active": True})]


class Grant:
    """An extension or an exemption."""

    def __init__(self, what, office, milestone, until, at):
        self.what, self.office, self.milestone, self.until, self.at = what, office, milestone, until, at
        self.withdrawn_at = None

    def __repr__(self):
        return f"{self.what} {self.office} milestone {self.milestone} until {self.until} withdrawn {self.withdrawn_at}"


class History:
    def __init__(self, registers):
        self.registers = registers
        self.revisions, self.reviews, self.picks, self.grants = [], [], [], []
        self.sources = []  # in the order received: ("batch", office, [revisions]), ("review", review), ("pick", pick)
        self.now = dt.datetime(2024, 2, 25, 10, tzinfo=SHANGHAI)
        self.commit_order, self.folds, self.points = [], [], []
        self.by_kind, self.made = defaultdict(list), defaultdict(int)
        self.held_back = []  # first revisions that come after what was built on them

    def register_at(self, as_of):
        return [r for r in self.registers if r.loaded_at <= as_of][-1]

    def register_now(self):
        return self.register_at(self.now)

    def of_kind(self, kind):
        return self.by_kind[kind]

    @property
    def book(self):
        return Book(self.revisions, self.reviews, self.picks)

    def source_time(self, source):
        return source[2][0].received_at if source[0] == "batch" else source[1].at

    # How a failure is read: everything in the order it was received.
    def __repr__(self):
        lines = []
        for register in self.registers:
            lines.append(f"registers {register.version}, loaded {register.loaded_at}, rules {register.rules}")
            lines += [f"  {o.code} under {o.parent} {o.level}" for o in register.offices.values()]
            lines += [f"  unit {u.unit_id} code {u.code} {u.kind} of {u.county}, {u.valid_from} to {u.valid_to}" for u in register.units]
            lines += [f"  {change} {day} {before} -> {after}" for change, day, before, after in register.lineage]
            lines += [f"  line {x.label} ends {x.window_end} minimum {x.planned_min} lead {x.lead} {x.item_id}" for x in register.lines]
        for source in self.sources:
            when = self.source_time(source)
            if source[0] == "batch":
                for r in source[2]:
                    by = f" by {r.author_office}" if r.author_office != r.office else ""
                    body = {k: str(v) if isinstance(v, dt.date) else v for k, v in r.body.items() if v is not None}
                    lines.append(f"{when} {r.kind} {r.office}{by} {r.item} {r.op} {r.label} on {r.base}{' QUARANTINED' * r.is_quarantined} batch {r.batch}/{r.seq} {body}")
            else:
                lines.append(f"{when} {source[1]}")
        lines += [f"{g.at} {g!r}" for g in self.grants]
        lines += [f"committed in the order {self.commit_order}", f"folded at {[str(f) for f in self.folds]}", f"asked at {[(str(a), str(b)) for a, b in self.points]}"]
        return "\n".join(lines)


class Clerk:
    """Turns choices into the next thing that happens, if the rules allow it."""

    def __init__(self, history, dice):
        self.history, self.dice = history, dice

    def office(self):
        register = self.history.register_now()
        return self.dice.pick([c for c in register.offices if register.is_open(c) and c != "P"] + ["P"])

    def send(self, revision):
        history = self.history
        history.revisions.append(revision)
        last = history.sources[-1] if history.sources else None
        if last and last[0] == "batch" and last[1] == revision.author_office and last[2][0].received_at == revision.received_at:
            last[2].append(revision)
        else:
            history.sources.append(("batch", revision.author_office, [revision]))
        revision.batch, revision.seq = 1000 + len(history.sources), len(history.sources[-1][2])

    def file(self):
        """Papers of a county, or its city's answer to some county."""
        register = self.history.register_now()
        counties = [o.code for o in register.offices.values() if o.level == "county" and register.is_open(o.code)]
        if not counties:
            return
        county = self.dice.pick(counties)
        if any(key[0] == county for key in self.history.of_kind("submission")) and self.dice.below(3):
            self.new("filing_receipt", register.offices[county].parent)
            return
        self.new("plan_item", county)
        for paper in ("work_plan", "lecture_plan"):
            self.new("submission", county, {"submission_kind": paper, "file_name": "a.pdf"})
        if self.dice.chance(2):
            self.new("filing_receipt", register.offices[county].parent, {"county_office_code": county, "filing_status": "returned",
                     "submission_item_ids": [world.label_id(key[1]) for key in self.history.of_kind("submission") if key[0] == county]})

    def new(self, kind, office=None, fixed=None):
        history, dice = self.history, self.dice
        office = office or self.office()
        body = twin = None
        if kind in ("statistics_form", "feedback_stat") and history.of_kind(kind) and dice.chance(2):
            # Periods that follow one another at one office.
            before = dice.pick(history.of_kind(kind)[::-1])[0]
            office = before if history.register_now().is_open(before) else office
        if kind == "statistics_form":
            for other, wanted in dice.some(BESIDE, 3):
                self.new(other, office, wanted)
        if kind == "twin":
            kind = "lecture_event"
            others = history.of_kind(kind)
            if not others:
                return
            twin = others[-1 - dice.below(min(len(others), 3))]
            office = dice.pick([twin[0], office])
            body = next(r for r in reversed(history.revisions) if r.key == twin and r.body).body
            body = dict(body, plan_item_id=bodies.own_lines(dice, history, office), category=dice.pick([body["category"], "site"]), status="held",
                        area_explanation=dice.pick([None, "联合"]))
        history.made[office, kind] += 1
        item = f"{office}/{kind}{history.made[office, kind]}"
        if body is None:
            groups = bodies.MAKERS[kind](dice, history, office, item)
            if groups is None:
                return
            body = {k: v for group in groups for k, v in group.items()} | (fixed or {})
        author = office
        if kind in ("lecture_event", "plan_item", "submission", "publication", "statistics_form") and dice.chance(9):
            author = history.register_now().offices[office].parent or office
        is_quarantined = dice.chance(30)
        if not is_quarantined:
            history.by_kind[kind].append((office, item))
        base = None
        if not is_quarantined and dice.chance(25):
            # Of two machines of one office the one that built on it is heard first.
            base = f"{item}#0"
            history.held_back.append(Revision(kind, office, item, base, None, "submit", dict(body), author, None, is_quarantined=dice.chance(3)))
        self.send(Revision(kind, office, item, f"{item}#1", base, "amend" if base else "submit", body, author, history.now, is_quarantined=is_quarantined))
        if is_quarantined:
            history.by_kind[kind].append((office, item))
            self.correct((office, item))
        elif kind == "statistics_form" and history.register_now().offices[office].level == "county" and dice.chance(2):
            # The city sends its own beside its county's.
            self.new(kind, history.register_now().offices[office].parent, {k: body[k] for k in ("period", "period_start", "period_end")} | {"scope": "own"})
        elif twin and twin[0] != office and dice.chance(2):
            history.made[office, "claim"] += 1
            claim = f"{office}/claim{history.made[office, 'claim']}"
            history.by_kind["claim"].append((office, claim))
            self.send(Revision("claim", office, claim, f"{claim}#1", None, "submit", {
                "host_office_code": twin[0], "host_item_id": world.label_id(twin[1]), "plan_item_id": bodies.own_lines(dice, history, office)}, office, history.now))

    def bring(self):
        """A file of records of one office in one batch."""
        office = self.office()
        for kind in self.dice.some(IMPORTED, 7):
            self.new(kind, office)

    def catch_up(self):
        """The other machine is heard."""
        revision = self.history.held_back.pop(0)
        revision.received_at = self.history.now
        self.send(revision)

    def some_item(self, wanted=None):
        """An item, often a late one; on request one that a rare thing has happened to."""
        items = [key for keys in self.history.by_kind.values() for key in keys]
        rare = {"picked": {(p.office, p.item) for p in self.history.picks},
                "withdrawn": {r.key for r in self.history.revisions if r.op == "withdraw"},
                "refused": {r.key for r in self.history.reviews},
                "form": set(self.history.of_kind("statistics_form")), "paper": set(self.history.of_kind("submission"))}.get(wanted)
        if rare and (wanted in ("form", "paper") or self.dice.chance(3)):
            return self.dice.pick(sorted(rare)[::-1])
        lectures = self.history.of_kind("lecture_event") + self.history.of_kind("plan_item")
        items = self.dice.pick([lectures[-5:], items]) or items
        return self.dice.pick(items[::-1]) if items else None

    def correct(self, key=None):
        history, dice = self.history, self.dice
        key = key or self.some_item(dice.pick(["picked", "refused", "form"]))
        if key is None or not history.register_now().is_open(key[0]):
            return
        item = history.book.item(key, history.now)
        everything = [r for r in history.revisions if r.key == key]
        standing = item.standing()
        if standing.is_ended:
            return
        tip = standing.last or everything[-1]
        base = dice.pick([tip, tip, tip, dice.pick(everything)])
        base_label = base.base if dice.chance(8) and base.op != "submit" else base.label
        kind = everything[0].kind
        body = dict(next((r for r in reversed(everything) if r.body), everything[0]).body)
        op = "withdraw" if tip.op != "withdraw" and dice.chance(5) else "amend"
        if op == "withdraw":
            body = {}
        else:
            groups = bodies.MAKERS[kind](dice, history, key[0], key[1])
            for group in groups or []:
                if dice.chance(2 if kind == "statistics_form" else 3) and not (kind == "claim" and "host_item_id" in group):
                    body.update(group)
        revision = Revision(kind, *key, f"{key[1]}#{len(everything) + 1}", base_label, op, body, everything[0].author_office, history.now,
                            is_quarantined=dice.chance(40))
        self.send(revision)
        if kind == "statistics_form" and op == "amend" and key[0] != "P" and not revision.is_quarantined and dice.chance(2):
            self.decide(revision, "accepted" if len(everything) % 3 else "returned")

    def judge(self):
        history, dice = self.history, self.dice
        key = self.some_item(dice.pick(["withdrawn", "refused", "form", "refused", "paper", "form"]))
        if key is None or key[0] == "P":
            return
        item = history.book.item(key, history.now)
        standing = item.standing()
        target = dice.pick([standing.last or item.revisions[-1], dice.pick(item.revisions)]) if item.revisions else None
        verdict = dice.pick(["returned", "accepted", "returned", "rejected", "pending"])
        if target and target.kind in ("statistics_form", "submission"):
            verdict = dice.pick(["accepted", "returned", "rejected", verdict])
        refused = [r for r in item.revisions if r.label in item.out]
        if refused and dice.chance(3):
            target, verdict = dice.pick(refused[::-1]), "pending"
        elif target and target.op == "withdraw":
            verdict = dice.pick(["returned", verdict])
        if target:
            self.decide(target, verdict)

    def decide(self, revision, verdict):
        if self.history.book.item(revision.key, self.history.now).may_judge(revision, verdict):
            review = Review(*revision.key, revision.label, verdict, self.history.now)
            self.history.reviews.append(review)
            self.history.sources.append(("review", review))

    def pick(self):
        history = self.history
        disputes = []
        for key, item in history.book.items(history.now).items():
            standing = item.standing()
            if standing.is_disputed and key[0] != "P":
                disputes.append((key, standing.branches))
        if disputes:
            key, branches = self.dice.pick(disputes[::-1])
            pick = Pick(*key, self.dice.pick(branches[::-1]), history.now)
            history.picks.append(pick)
            history.sources.append(("pick", pick))
            if self.dice.chance(2):
                self.reopen(key, [label for label in branches if label != pick.revision])

    def reopen(self, key, others):
        """Somebody goes on with a branch that was not picked."""
        history = self.history
        history.now += dt.timedelta(minutes=5)
        everything = [r for r in history.revisions if r.key == key]
        other = self.dice.pick(others)
        base = next(r for r in everything if r.label == other)
        body = next(r for r in reversed(everything) if r.body).body
        self.send(Revision(base.kind, *key, f"{key[1]}#{len(everything) + 1}", base.label, "amend", dict(body), base.author_office, history.now))

    def grant(self):
        history, dice = self.history, self.dice
        register = history.register_now()
        office = self.office()
        papers = [key[0] for kind in ("submission", "office_profile", "publication") for key in history.of_kind(kind)]
        if papers and dice.chance(2):
            office = dice.pick(papers[::-1])
        owed = [m for m in world.MILESTONES if m.evidence and register.offices[office].level in m.actors]
        if office == "P" or not owed:
            return
        milestone, what = dice.pick(owed), dice.pick(["extension", "extension", "exemption"])
        late = [o for o in Deadlines(Known(history, history.now)).obligations() if o.state == "late"]
        if late and dice.chance(2):
            # Late already: the grant makes it on time after the due day.
            office, what = dice.pick(late[::-1]).office, "extension"
            milestone = next(m for m in world.MILESTONES if m.number in {o.milestone for o in late if o.office == office})
        mine = [g for g in history.grants if g.office == office and g.milestone == milestone.number and g.withdrawn_at is None]
        if mine and dice.chance(2):
            mine[-1].withdrawn_at = history.now
            return
        exempt = [g for g in mine if g.what == "exemption"]
        if exempt:
            return
        until = max(day_end(milestone.due_on), history.now) + dice.pick([dt.timedelta(days=4), dt.timedelta(days=90), dt.timedelta(hours=3)])
        history.grants.append(Grant(what, office, milestone.number, until, history.now))

    def act(self, place):
        history, dice = self.history, self.dice
        what = dice.below(256)
        if what == 0:
            return  # what a failing history shrinks to
        what %= 24
        step = dice.pick(STEPS)
        if place < 4:
            # Many a year begins with its plan.
            step = dice.pick([step, dt.timedelta(days=1)])
            self.new(dice.pick(["plan_item", dice.pick(KINDS[:30])]))
        if step == "due":
            coming = [day_end(day) for day in DUE if day_end(day) > history.now]
            history.now = coming[0] - dice.pick([MICROSECOND, dt.timedelta(0)]) if coming else history.now
        elif history.now + step < dt.datetime(2025, 1, 5, tzinfo=SHANGHAI):
            history.now += step
        if history.held_back and dice.chance(3):
            self.catch_up()
        if what < 11:
            kind = dice.pick(KINDS)
            special = {"import": self.bring, "filing": self.file}.get(kind)
            special() if special else self.new(kind)
        elif what < 16:
            self.correct()
        elif what < 19:
            self.judge()
        elif what < 22:
            self.pick()
        else:
            self.grant()


def finish(history, dice):
    """The order of the commits, the instants of the folds and the points asked for."""
    sources = history.sources
    late, newest = [], {}
    for index, source in enumerate(sources):
        # Who acts on an item has seen what was there: what concerns one item commits in its order.
        keys = {r.key for r in source[2]} if source[0] == "batch" else {(source[1].office, source[1].item)}
        late.append(max([index + dice.pick([0, 0, 0, 2, 5])] + [newest[k] for k in keys if k in newest]))
        newest.update({k: late[-1] for k in keys})
    history.commit_order = sorted(range(len(sources)), key=lambda index: (late[index], index))
    times = [history.source_time(s) for s in sources] or [history.now]
    last = max(times)
    folds = {last} | {dice.pick(times) - dice.pick([dt.timedelta(0), MICROSECOND]) for _ in range(dice.below(4))}
    history.folds = sorted(f for f in folds if f >= history.registers[0].loaded_at)
    days = sorted({dt.date(2024, 3, 31), dt.date(2024, 6, 30), dt.date(2024, 10, 31), dt.date(2024, 11, 30), dt.date(2024, 12, 31)}
                  | {day - dt.timedelta(days=less) for r in history.registers for _, day, _, _ in r.lineage for less in (0, 1)}
                  | {r.body["occurred_on"] for r in history.revisions if r.body.get("occurred_on")})
    history.points = [(dice.pick(days[::-1]), None)]
    for _ in range(2):
        as_of = dice.pick([dice.pick(times[::-1]) - dice.pick([dt.timedelta(0), MICROSECOND]), day_end(dice.pick(DUE)) - MICROSECOND])
        history.points.append((dice.pick([dice.pick(days[::-1]), local_day(as_of)]), as_of))


@st.composite
def histories(draw):
    registers = world.registers(Dice(draw(st.binary(min_size=80, max_size=80))))
    history = History(registers)
    for place, data in enumerate(draw(st.lists(st.binary(min_size=96, max_size=96), min_size=30, max_size=60))):
        Clerk(history, Dice(data)).act(place)
    finish(history, Dice(draw(st.binary(min_size=len(history.sources) + 40, max_size=len(history.sources) + 40))))
    return history
