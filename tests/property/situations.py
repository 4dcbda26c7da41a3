# SPDX-License-Identifier: Apache-2.0
"""What a history holds: the rare states that random histories must really reach. Told from the recomputation at the end and at
the instants asked for."""
from deadlines import Deadlines
from events import MICROSECOND, fingerprint
from records import Records
from formsituations import FORM_SITUATIONS, form_situations
from world import MILESTONES, YEAR_START, day_end, label_id, local_day


def verdicts(history):
    firsts = {r.label for r in history.revisions if r.base is None}
    withdrawals = {r.label for r in history.revisions if r.op == "withdraw"}
    before = {}
    for review in history.reviews:
        first = "first revision" if review.revision in firsts else "withdrawal" if review.revision in withdrawals else "amendment"
        if review.verdict in ("returned", "rejected"):
            yield f"{review.verdict} {first}"
        elif review.verdict == "pending" and before.get(review.revision) in ("returned", "rejected"):
            yield "verdict undone"
        elif review.verdict == "accepted":
            yield "accepted"
        before[review.revision] = review.verdict


def chains(history, as_of):
    by_label = {r.label: r for r in history.revisions}
    for item in history.book.items(as_of).values():
        standing = item.standing()
        if standing.is_disputed:
            yield "conflict picked and open again" if standing.is_picked else "conflict"
        elif standing.is_picked:
            yield "conflict picked"
        tip = standing.tip
        if tip and tip.base in by_label:
            base = by_label[tip.base]
            if base.op == "withdraw":
                yield "withdrawal reinstated"
            if base.is_quarantined:
                yield "correction of a quarantined revision"
            if base.label in item.out:
                yield "correction of a returned revision"
            elif item.out & {r.label for r in item.revisions if r.base == tip.base}:
                yield "correction beside a returned revision"
        if standing.last and standing.last.op == "withdraw":
            yield "withdrawn"


def places(known, on):
    register = known.register
    broad = known.named(on, False)
    into = {}
    for change, day, _, target in register.lineage:
        if day <= on and change in ("merge", "split"):
            into.setdefault(target, set()).add(change)
    for unit, (version, is_covered, _, is_inherited) in known.coverage(on).items():
        changes = into.get(unit, set())
        if is_covered and "merge" in changes and unit not in broad:
            yield "merged township covered by a predecessor"
        if is_covered and "split" in changes:
            yield "split child covered by name"
        if is_inherited:
            yield "split child inherited" if "split" in changes else "inherited through a later merge"
        if is_covered and any(u.unit_id == unit and u.kind != version.kind for u in register.units):
            yield "reclassified township covered"
    for record in known.records["lecture_event"] + known.records["study_event"]:
        if record.body["status"] == "held" and record.body["occurred_on"] < YEAR_START:
            yield f"{record.kind} before the year"
    if any(record.body["window_end"] < YEAR_START for record in known.records["plan_item"]):
        yield "plan line of before the year"
    for record in known.held:
        codes = set(record.body.get("township_codes") or [])
        if codes and record.body["mode"] == "online":
            yield "online only"
        elif codes and not known.covers(record):
            yield "too many townships" if len(codes) > int(register.rule("coverage.max_townships", "3")) else "outside the area"
        if not record.is_own:
            yield "proxy"
        if record.body["occurred_on"] > local_day(record.revision.received_at):
            yield "received before it happened"


def joint(known, on):
    if len(known.held) > len(known.lectures):
        yield "joined twins"
    if len({(r.office, fingerprint(r.body)) for r in known.lectures}) < len(known.lectures):
        yield "twins of one office"
    for who in known.credits(on).values():
        if any(office != key[0] for office, key in who):
            yield "joint claim credited"
    own = {label_id(r.item) for r in known.records["plan_item"]} | {x.item_id for x in known.register.lines}
    if any(r.body.get("plan_item_id") and r.body["plan_item_id"] not in own for r, _ in known.sessions):
        yield "session on a withdrawn line"
    for _, minimum, _, held, _ in known.lines(on):
        if minimum is None:
            yield "unquantified line " + ("none", "started", "met")[min(held, 2)]
        elif held > minimum:
            yield "line over-delivered"
    if sorted(x[:4] for x in known.baseline(on) if x[1]) != sorted(
            x[:4] for x in known.lines(on) if x[1] and not known.register.is_provincial(x[0])):
        yield "baseline unlike the current plan"


def late_plan(history):
    first = {}
    for r in history.revisions:
        if r.kind == "plan_item" and not r.is_quarantined:
            first.setdefault(r.office, r.received_at)
    for office, at in first.items():
        level = history.registers[0].offices[office].level
        due = [m.due_on for m in MILESTONES if m.submission_kind == "lecture_plan" and m.applies_to == level]
        if due:
            yield "late plan" if at >= day_end(due[0]) else "plan in time"


def obligations(known):
    for o in Deadlines(known).obligations():
        yield f"obligation {o.state.replace('_', ' ')}"
        if o.is_extended_after_due and o.state == "on_time":
            yield "on time by an extension after the due day"
        if o.effective != o.d:
            yield "extended"


def supervision(known, on):
    records = Records(known, on, None)
    inspections = known.records["inspection"]
    if any(not records.may_inspect(r) for r in inspections):
        yield "inspection by an office that is not to inspect"
    if records.lists(inspections):
        yield "list of an inspection typed in"
    calls = [(r.office, r.body["source"], r.body.get("about_office_code") or r.office, r.body["period_start"], r.body["period_end"]) for r in known.records["feedback_stat"]]
    if len(set(calls)) < len(calls):
        yield "calls reported twice by one office"
    if len({c[1:] for c in calls}) < len(set(calls)):
        yield "calls reported by two offices"


def late_bases(history):
    first = {}
    for r in sorted((r for r in history.revisions), key=lambda r: r.order):
        first.setdefault(r.label, r)
    for r in history.revisions:
        if r.base in first and first[r.base].order > r.order:
            yield "base received later" + " into quarantine" * first[r.base].is_quarantined


def clocks(history):
    if history.commit_order != sorted(history.commit_order):
        yield "committed in another order than received"
    for limit in history.folds[:-1]:
        seen = [history.source_time(history.sources[i]) > limit for i in history.commit_order]
        if True in seen and False in seen[seen.index(True):]:
            yield "fold that must begin again before its end"
    if len(history.registers) > 1:
        yield "second version of the registers"
        if not all(history.registers[1].is_open(c) for c in history.registers[1].offices):
            yield "office closed"
        if any(history.registers[0].loaded_at <= f < history.registers[1].loaded_at for f in history.folds):
            yield "registers changed between two folds"


SITUATIONS = [
    "conflict", "conflict picked", "conflict picked and open again", "withdrawn", "withdrawal reinstated", "returned first revision", "returned amendment",
    "returned withdrawal", "rejected first revision", "rejected amendment", "verdict undone", "accepted", "correction of a returned revision",
    "correction beside a returned revision", "correction of a quarantined revision", "merged township covered by a predecessor", "split child covered by name",
    "split child inherited", "reclassified township covered", "online only", "too many townships", "outside the area", "proxy", "received before it happened",
    "lecture_event before the year", "study_event before the year", "plan line of before the year", "joined twins", "twins of one office", "joint claim credited", "session on a withdrawn line", "unquantified line none", "unquantified line started",
    "unquantified line met", "line over-delivered", "baseline unlike the current plan", "late plan", "plan in time", "committed in another order than received",
    "fold that must begin again before its end", "second version of the registers", "office closed", "registers changed between two folds",
    "obligation not due", "obligation on time", "obligation late", "obligation missing", "obligation exempt", "extended",
    "on time by an extension after the due day", "inspection by an office that is not to inspect", "list of an inspection typed in",
    "calls reported twice by one office", "calls reported by two offices", "base received later", "base received later into quarantine", *FORM_SITUATIONS,
]


def situations(history, comparison):
    found = set(verdicts(history)) | set(late_plan(history)) | set(clocks(history)) | set(late_bases(history))
    for on, as_of in history.points:
        instant = as_of or history.folds[-1] + MICROSECOND
        found |= set(chains(history, instant))
        known = comparison.knower(instant)
        found |= set(places(known, on)) | set(joint(known, on)) | set(obligations(known)) | set(supervision(known, on)) | set(form_situations(comparison, instant))
    return found
