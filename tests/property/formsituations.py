# SPDX-License-Identifier: Apache-2.0
"""What a history holds of statistics forms, answers to filings, feedback and draws: the states that must really occur."""
from deadlines import Deadlines
from sheet import COPIES, Answer

FINDINGS = ["E_FORM_INCOMPLETE", "F_URL_REQUIRED", "F_GAP", "F_GAP_REOPENED", "F_RATE", "F_COVERED_TOTAL", "F_BELOW_MID_YEAR", "F_AVERAGE_PEOPLE",
            "F_PARTICIPATION", "F_AVERAGE_EVENTS", "F_POLICY_YES", "F_POLICY_NO", "F_WINDOW_WORKS", "F_MATERIALS", "F_URL_HOST", "F_UNSTAMPED",
            "F_SCAN_MISSING", "F_SCAN_UNKNOWN", "F_UNAPPROVED", "F_PROXY", "F_PERIOD"]
FORM_SITUATIONS = [
    "form mid_year", "form year_end", "form own", "form with_subordinates", "form current", "form superseded", "form proxy", "form incomplete",
    "form returned", "form rejected", "form withdrawn", "form accepted", "form amended", "form in conflict", "form incomplete beside one that stands",
    "form returned beside one that stands", "form first and accepted differ", "form filled in after its period",
    "cell value", "cell zero", "cell not_applicable", "cell not_answered", "cell left out", "cell supported", "cell over_claimed", "cell under_claimed",
    "cell unsupported", "cell differs", "cell copies within the tolerance", "cell rate without a point", "cell evidence above zero", "cell evidence of the seal moved",
    "member own", "member with_subordinates", "member none", "member left_out", "member below a form of its own",
    "form on time", "form late", "form missing", "accepted in time", "accepted late", "filing accepted", "filing returned", "filing pending",
    "feedback change", "draw", "draw of some cities", "draw refused E_DRAW_CITIES", "draw of an unequal list", *(f"finding {code}" for code in FINDINGS)]


def of_forms(filings):
    for f in filings.filings:
        if not f.judged.body:
            yield f"form {f.state}"
            continue
        body = f.judged.body
        yield from (f"form {f.period}", f"form {body['scope']}", f"form {f.state}")
        if f.verdict == "accepted":
            yield "form accepted"
        if f.judged.op == "amend":
            yield "form amended"
        if f.stands and f.state in ("incomplete", "returned"):
            yield f"form {f.state} beside one that stands"
        if filings.items[f.office, f.item].standing().is_disputed:
            yield "form in conflict"
        if body["filled_on"] > body["period_end"]:
            yield "form filled in after its period"
        yield from of_cells(filings.cells(f.judged))
        yield from (f"finding {code}" for code, *_ in filings.findings(f.judged))
    for item in filings.items.values():
        if any(one != two for one, two, _ in filings.revised(item).values()):
            yield "form first and accepted differ"


def of_cells(cells):
    for cell, c in cells.items():
        state = "zero" if c.answer.state == "value" and c.answer.value in (0, "0", "0.00") and c.answer.value is not False else c.answer.state
        yield from (f"cell {state}", f"cell {c.support}")
        if c.answer == Answer():
            yield "cell left out"
        if c.seal != c.live:
            yield "cell evidence of the seal moved"
        if c.answer.state == "value" and c.seal and c.seal is not True and c.seal != (0, 0):
            yield "cell evidence above zero"
        if cell == COPIES and c.support == "supported" and c.answer.value != c.seal:
            yield "cell copies within the tolerance"
        if cell[1] in ("coverage_rate", "avg_sessions_per_person") and c.answer.state == "value" and "." not in c.answer.value:
            yield "cell rate without a point"


def of_members(filings):
    for period in ("mid_year", "year_end"):
        members = filings.members("P", period)
        yield from (f"member {role}" for _, role, _ in members)
        own = {office for office, role, _ in members if role == "own"}
        if any(filings.register.offices[office].parent in own - {"P"} and f for office, _, f in members):
            yield "member below a form of its own"


def of_obligations(known):
    register = known.register
    for o in Deadlines(known).obligations():
        if o.milestone in (35, 49):
            yield f"form {o.state.replace('_', ' ')}"
        if o.review == "accepted":
            yield "accepted in time" if o.is_accepted_on_time else "accepted late"
        if o.milestone == 15 and o.received_at and register.offices[o.office].level == "county":
            yield f"filing {o.review}"


def form_situations(comparison, instant):
    known = comparison.knower(instant)
    filings = comparison.filings_at(known)
    yield from of_forms(filings)
    yield from of_members(filings)
    yield from of_obligations(known)
    if comparison.has_change:
        yield "feedback change"
    yield from comparison.drawn

