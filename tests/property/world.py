# SPDX-License-Identifier: Apache-2.0
"""Registers: a random tree of offices, their townships with dated versions and lineage, the lines of annex 2, and
sometimes a second version of all of it, loaded later."""
import datetime as dt
import uuid
from dataclasses import dataclass, field

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
FIRST, LAST = dt.date.min, dt.date.max
YEAR_START = dt.date(2024, 1, 1)  # what is dated before it counts for no figure of the programme's year
FIVE = ["enterprise", "campus", "village", "site", "system"]
CATEGORIES = ["village", "general", "enterprise", "campus", "site", "system"]
KINDS = ["镇", "乡", "街道", "民族乡"]


def label_id(label):
    return str(uuid.uuid5(uuid.NAMESPACE_OID, label))


def day_end(day):
    """24:00 of a day in Shanghai."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), SHANGHAI)


def local_day(instant):
    return instant.astimezone(SHANGHAI).date()


@dataclass
class Office:
    code: str
    parent: str
    level: str
    is_county_level: bool


@dataclass
class Unit:
    """One dated version of a township-level unit."""
    unit_id: str
    code: str
    kind: str
    county: str
    valid_from: dt.date
    valid_to: dt.date

    def holds(self, day):
        return self.valid_from <= day < self.valid_to


@dataclass
class Line:
    """A line of annex 2."""
    label: str
    category: str
    window_end: dt.date
    planned_min: int
    lead: str

    @property
    def item_id(self):
        return label_id(self.label)


@dataclass
class Register:
    version: int
    loaded_at: dt.datetime
    offices: dict
    units: list = field(default_factory=list)
    lineage: list = field(default_factory=list)  # (change, day, from unit, to unit)
    lines: list = field(default_factory=list)
    rules: dict = field(default_factory=dict)

    def is_below(self, code, node):
        """The node itself or anything under it."""
        while code:
            if code == node:
                return True
            code = self.offices[code].parent
        return False

    def under(self, node):
        return [code for code in self.offices if self.is_below(code, node)]

    def is_provincial(self, code):
        return self.offices[code].level in ("province", "province_unit")

    def in_scope(self, code, scope):
        return {"cities": not self.is_provincial(code), "provincial": self.is_provincial(code), "all": True}[scope]

    def is_open(self, code):
        """A closed office hangs below its successor, an office of its own level."""
        parent = self.offices[code].parent
        return parent is None or self.offices[parent].level != self.offices[code].level

    def unit_of(self, code, day):
        for unit in self.units:
            if unit.code == code and unit.holds(day):
                return unit
        return None

    def rule(self, name, default):
        return self.rules.get(name, default)


@dataclass
class Milestone:
    number: int
    due_on: dt.date
    actors: list
    submission_kind: str = None
    applies_to: str = None
    evidence: str = None  # judged by receipt when set
    scheme: str = None  # of the inspection that is asked for


MILESTONES = [
    Milestone(1, dt.date(2024, 3, 25), ["city"], evidence="work_plan"),
    Milestone(2, dt.date(2024, 3, 25), ["city"], "lecture_plan", "city", "lecture_plan"),
    Milestone(3, dt.date(2024, 3, 25), ["city"], evidence="mechanism"),
    Milestone(5, dt.date(2024, 3, 25), ["city"], evidence="responsible_person"),
    Milestone(6, dt.date(2024, 3, 25), ["city"], "schedule_publication", "city", "arrangement"),
    Milestone(8, dt.date(2024, 3, 31), ["province"], "schedule_publication", "province", "province_arrangement"),
    Milestone(9, dt.date(2024, 3, 31), ["county"], evidence="work_plan"),
    Milestone(10, dt.date(2024, 3, 31), ["county"], "lecture_plan", "county", "lecture_plan"),
    Milestone(12, dt.date(2024, 3, 31), ["county"], evidence="ledger"),
    Milestone(14, dt.date(2024, 3, 31), ["county"], "schedule_publication", "county", "arrangement"),
    Milestone(15, dt.date(2024, 3, 31), ["county"], evidence="filing:work_plan+lecture_plan"),
    Milestone(16, None, ["province"], "inspection", "county", scheme="filing_spot_check"),
    Milestone(33, dt.date(2024, 6, 30), ["province"], "inspection", "city;province_unit", scheme="mid_year_check"),
    Milestone(34, dt.date(2024, 6, 30), ["city", "province_unit"], evidence="progress_report:mid_year"),
    Milestone(35, dt.date(2024, 6, 30), ["city", "province_unit"], evidence="statistics_form:mid_year"),
    Milestone(37, None, ["province"], "inspection", "all", scheme="field_visit"),
    Milestone(39, dt.date(2024, 9, 30), ["province"], "inspection", "city;county", scheme="online_check"),
    Milestone(40, dt.date(2024, 9, 30), ["province"], "inspection", "city;county", scheme="work_style_check"),
    Milestone(41, dt.date(2024, 10, 31), ["province"], "completion_check", "city"),
    Milestone(42, dt.date(2024, 11, 30), ["city"], "supervision", "county", scheme="city_supervision"),
    Milestone(43, dt.date(2024, 11, 30), ["county"], "coverage_check", "county;city"),
    Milestone(44, dt.date(2024, 11, 30), ["province"], "inspection", "county", scheme="coverage_spot_check"),
    Milestone(49, dt.date(2024, 12, 20), ["city", "province_unit"], evidence="statistics_form:year_end"),
    Milestone(50, dt.date(2024, 12, 20), ["city", "province_unit"], evidence="materials"),
    Milestone(52, dt.date(2024, 12, 31), ["province"], "inspection", "city;county", scheme="year_end_visit"),
]


def offices(dice):
    tree = {"P": Office("P", None, "province", False)}
    for city in "ABC"[:1 + dice.below(3)]:
        counties = dice.pick([2, 1, 0, 2])
        tree[city] = Office(city, "P", "city", counties == 0)
        for number in range(1, counties + 1):
            tree[f"{city}{number}"] = Office(f"{city}{number}", city, "county", True)
    for unit in ["U", "V"][:1 + dice.below(2)]:
        tree[unit] = Office(unit, "P", "province_unit", False)
    return tree


class Units:
    """Applies dated changes to the units of one register."""

    def __init__(self, register):
        self.register, self.made = register, len({u.unit_id for u in register.units})

    def make(self, county, kind, valid_from, code=None):
        self.made += 1
        unit = Unit(f"t{self.made}", code or str(100000 + self.made), kind, county, valid_from, LAST)
        self.register.units.append(unit)
        return unit

    def link(self, change, day, before, after):
        self.register.lineage.append((change, day, before.unit_id, after.unit_id))

    def change(self, dice, day):
        ripe = [u for u in self.register.units if u.valid_to == LAST and u.valid_from < day]
        if not ripe:
            return
        unit = dice.pick(ripe)
        what = dice.pick(["split", "merge", "reclassify", "rename"])
        others = [u for u in ripe if u.county == unit.county and u is not unit]
        if what == "merge" and others:
            other = dice.pick(others)
            unit.valid_to = other.valid_to = day
            merged = self.make(unit.county, unit.kind, day, dice.pick([None, unit.code]))
            self.link("merge", day, unit, merged)
            self.link("merge", day, other, merged)
        elif what == "split":
            unit.valid_to = day
            for code in (dice.pick([None, unit.code]), None):
                self.link("split", day, unit, self.make(unit.county, unit.kind, day, code))
        else:
            unit.valid_to = day
            kind = dice.pick(KINDS) if what == "reclassify" else unit.kind
            after = Unit(unit.unit_id, unit.code, kind, unit.county, day, LAST)
            self.register.units.append(after)
            self.link("reclassify" if what == "reclassify" else "rename", day, unit, after)


def rules(dice):
    made = {}
    if dice.chance(4):
        made["coverage.base"] = "rural"
    if dice.chance(4):
        made["coverage.breadth"] = "strict"
    if dice.chance(6):
        made["coverage.max_townships"] = "1"
    if dice.chance(6):
        made["coverage.online_counts"] = "yes"
    if dice.chance(3):
        made["feedback.min_responses"] = "5"
    if dice.chance(4):
        made["disclosure.on_request"] = "exempt"
    if dice.chance(4):
        made["form.copies_tolerance_percent"] = "40"
    return made


def registers(dice):
    first = Register(1, dt.datetime(2024, 1, 1, tzinfo=SHANGHAI), offices(dice))
    units = Units(first)
    for office in first.offices.values():
        if office.is_county_level:
            for _ in range(dice.pick([2, 3, 1, 0])):
                units.make(office.code, dice.pick(KINDS), FIRST)
    for day in [dt.date(2024, 4, 1), dt.date(2024, 5, 1), dt.date(2024, 7, 1), dt.date(2024, 9, 1)]:
        for _ in range(dice.pick([1, 0, 2])):
            units.change(dice, day)
    leads = [o.code for o in first.offices.values() if first.is_provincial(o.code)]
    for number in range(1 + dice.below(3)):
        first.lines.append(Line(f"annex2/{number + 1}", dice.pick(CATEGORIES), dice.pick([LAST.replace(year=2024), dt.date(2024, 6, 30)]),
                                dice.pick([1, 2, None]), dice.pick(leads[::-1])))
    first.rules = rules(dice)
    if not dice.chance(2):
        return [first]
    second = Register(2, dice.pick([dt.datetime(2024, 6, 20, 9, tzinfo=SHANGHAI), dt.datetime(2024, 9, 1, tzinfo=SHANGHAI)]), dict(first.offices),
                      [Unit(**vars(u)) for u in first.units], list(first.lineage), [Line(**vars(x)) for x in first.lines], dict(first.rules))
    closing = [c for c in second.offices.values() if c.level == "county" and any(
        o.parent == c.parent and o.code != c.code for o in second.offices.values())]
    if closing and dice.pick([True, True, False]):
        gone = dice.pick(closing)
        successor = next(o for o in second.offices.values() if o.parent == gone.parent and o.code != gone.code)
        second.offices[gone.code] = Office(gone.code, successor.code, gone.level, gone.is_county_level)
    for day in [dt.date(2024, 9, 15), dt.date(2024, 11, 1)]:
        Units(second).change(dice, day)
    if dice.chance(2):
        second.lines[0].planned_min = 3
    if dice.chance(4):
        second.rules = rules(dice)
    return [first, second]
