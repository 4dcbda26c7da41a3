# SPDX-License-Identifier: Apache-2.0
"""Random bodies of every record kind, as the collector would have let them pass. A body is a list of groups of fields:
a correction takes some groups anew, and fields that must agree (day and township codes) move together."""
import datetime as dt

from paper import statistics_form
from world import CATEGORIES, YEAR_START, label_id, local_day


def near(dice, now):
    """A day, mostly shortly before; now and then one before the programme's year."""
    back = dice.pick([0, 1, 3, 20, 30, 31, 45, 90, 0, 1, 20, None])
    return dice.pick([YEAR_START, dt.date(2023, 11, 20)]) - dt.timedelta(days=1) if back is None else local_day(now) - dt.timedelta(days=back)


def codes(dice, history, office, day):
    """Codes valid on the day under the registers of the receipt; those that a later version reads otherwise are left out."""
    register = history.register_now()
    known = [u for u in register.units if u.holds(day) and all(
        (r.unit_of(u.code, day) or u).unit_id == u.unit_id and r.unit_of(u.code, day) for r in history.registers)]
    own = [u.code for u in known if register.is_below(u.county, office)]
    return dice.some(own if own and not dice.chance(6) else [u.code for u in known], dice.pick([1, 2, 5]))


def own_lines(dice, history, office):
    """A plan line of the claimant's own, or none."""
    lines = [label_id(key[1]) for key in history.of_kind("plan_item") if key[0] == office]
    if history.register_now().is_provincial(office):
        lines += [line.item_id for line in history.registers[0].lines]
    return dice.pick(lines[-3:] + [None]) if lines else None


def lecture(dice, history, office, item):
    day = near(dice, history.now)
    if dice.chance(12):
        day = local_day(history.now) + dt.timedelta(days=5)
    speakers = [label_id(key[1]) for key in history.of_kind("speaker")]
    return [
        {"occurred_on": day, "township_codes": codes(dice, history, office, day), "area_explanation": dice.pick([None, "\u3000 ", "跨区联合宣讲"])},
        {"category": dice.pick(CATEGORIES)}, {"mode": dice.pick(["offline", "offline", "mixed", "online"])},
        {"status": dice.pick(["held"] * 6 + ["planned", "cancelled"])}, {"plan_item_id": own_lines(dice, history, office)},
        {"attendance": dice.pick([None, 10, 200])}, {"place": item, "theme": "x"},
        {"speaker_item_ids": dice.some(speakers, 3)}, {"brochure_count": dice.pick([None, 7, 30]), "is_window_brochure": dice.pick([None, True, False])}]


def study(dice, history, office, _item):
    return [{"form": dice.pick(["training", "daily_study", "online_drill", "mini_program_study", "skill_contest", "law_quiz"])},
            {"target": dice.pick(["staff", "staff", "public", "employer"])}, {"occurred_on": near(dice, history.now)},
            {"status": dice.pick(["held", "held", "held", "planned"])}, {"participants": dice.pick([None, 12, 40])}, {"topic": "x"},
            {"plan_item_id": own_lines(dice, history, office)}]


def plan(dice, _history, _office, _item):
    minimum = dice.pick([1, 2, 3, None])
    end = dice.pick([dt.date(2024, 12, 31), dt.date(2024, 6, 30), dt.date(2024, 5, 1)] * 3 + [dt.date(2023, 12, 31)])
    return [{"item_no": 1 + dice.below(9), "theme": "x"}, {"category": dice.pick(CATEGORIES)},
            {"window_start": dt.date(end.year, 1, 1), "window_end": end},
            {"planned_min": minimum, "quota_kind": "counted" if minimum else "many"}]


def claim(dice, history, office, _item):
    taken = {r.body.get("host_item_id") for r in history.revisions if r.kind == "claim" and r.office == office}
    hosts = [key for key in history.of_kind("lecture_event") if key[0] != office and label_id(key[1]) not in taken]
    if not hosts:
        return None
    host = hosts[-1 - dice.below(min(len(hosts), 4))]
    # Often the event that the office has recorded as its own.
    places = {key: next((r.body["place"] for r in history.revisions if r.key == key and r.body), None) for key in history.of_kind("lecture_event")}
    twins = [key for key in hosts if key in places and any(k[0] == office and places[k] == places[key] for k in places)]
    if twins and dice.chance(2):
        host = dice.pick(twins)
    return [{"host_office_code": host[0], "host_item_id": label_id(host[1])}, {"plan_item_id": own_lines(dice, history, office)}]


def speaker(dice, history, _office, _item):
    return [{"role": dice.pick(["backbone", "lecturer", "know_all"])}, {"trained_on": near(dice, history.now) + dt.timedelta(days=dice.pick([0, 40]))},
            {"is_active": dice.pick([True, True, True, False])}, {"display_name": "x"}]


def publication(dice, history, office, _item):
    kind = dice.pick(["arrangement", "arrangement", "column", "policy"])
    if office == "P" and dice.chance(2):
        kind = "province_arrangement"
    return [{"object_kind": kind, "included_office_codes": dice.some(list(history.registers[0].offices), 3)},
            {"channel": dice.pick(["portal", "portal", "wechat", "mini_program"])}, {"published_on": near(dice, history.now)},
            {"title": dice.pick(["甲", "乙"]), "url": dice.pick(["https://x/1", "https://y/9"])}]


def profile(dice, history, _office, _item):
    return [{"effective_from": near(dice, history.now)}, {"responsible_name": "x"}, {"portal_host": dice.pick([None, "x", "x"])},
            {"responsible_from": dice.pick([None, dt.date(2024, 1, 1)]), "responsible_to": dice.pick([None, None, dt.date(2024, 3, 10)])},
            {"mechanism_established_on": dice.pick([dt.date(2024, 3, 1), dt.date(2024, 4, 1), None])}, {"ledger_established_on": dice.pick([dt.date(2024, 3, 1), None])},
            {"halls": dice.pick([[{"hall_id": "h1", "name_zh": "一"}], [{"hall_id": "h1", "name_zh": "一"}, {"hall_id": "h2", "name_zh": "二"}], None])}]


def submission(dice, history, _office, _item):
    return [{"submission_kind": dice.pick(["work_plan", "lecture_plan", "progress_report", "materials", "summary_report"])},
            {"file_name": dice.pick(["a.pdf", "a.pdf", None]), "file_bytes": dice.pick([500, 40, None])},
            {"period": dice.pick([None, "mid_year", "year_end"])}, {"issued_on": dice.pick([None, near(dice, history.now)])}, {"title": "x"}]


def document(dice, history, _office, _item):
    status = dice.pick(["in_force", "in_force", "modified", "expired", "abolished"])
    issued = dice.pick([near(dice, history.now), dt.date(2024, 1, 1), dt.date(2020, 1, 1)])
    changed = dice.pick([max(issued, near(dice, history.now)), None]) if status != "in_force" else None
    return [{"document_kind": dice.pick(["policy", "policy", "policy", "answer"])}, {"title": "x", "issuer": "x"},
            {"effective_to": dice.pick([None, None, dt.date(2024, 6, 30)])}, {"disclosure": dice.pick(["public", "public", "on_request", "exempt"])},
            {"exempt_reason": dice.pick([None, "\u00a0", "涉密"])}, {"urls": dice.pick([["https://x"], None, []])},
            {"status": status, "status_changed_on": changed, "issued_on": issued,
             "first_published_on": dice.pick([issued + dt.timedelta(days=dice.pick([0, 3, 40, -2])), None])},
            {"last_reviewed_on": dice.pick([None, near(dice, history.now)])}]


def policies(history):
    return [key for key in history.of_kind("policy_document")]


def interpretation(dice, history, office, _item):
    own = [k for k in policies(history) if k[0] == office] or policies(history)
    return [{"policy_item_id": label_id(dice.pick(own)[1]) if own else None},
            {"form": dice.pick(["policy_original", "press_release", "article", "qa", "expert_interview", "press_conference", "reporter_qa", "other"])}, {"title": "x"},
            {"published_on": near(dice, history.now)}]


def media(dice, history, office, _item):
    own = [k for k in policies(history) if k[0] == office]
    return [{"media_kind": dice.pick(["short_video", "micro_animation", "micro_film", "micro_comic", "micro_lens", "chart_or_graphic", "other", "handbook", "poster_template"])},
            {"title": "x"}, {"made_on": near(dice, history.now)}, {"for_window": dice.pick([None, True, False])},
            {"file_bytes": dice.pick([None, 1000, 250])}, {"url": dice.pick([None, "https://x"])},
            {"policy_item_ids": [label_id(key[1]) for key in dice.some(own, 2)]}]


def window(dice, history, _office, _item):
    products = [label_id(key[1]) for key in history.of_kind("media_product")]
    trained = dice.pick([None, 6, 3])
    return [{"hall_id": dice.pick(["h1", "h2", "h9"])}, {"report_kind": dice.pick(["board_or_poster", "screen", "video_played", "brochure", "staff_training"])},
            {"quantity": dice.pick([1, 4, 0, 90])}, {"reported_on": near(dice, history.now)},
            {"product_item_id": dice.pick([None] + products)}, {"staff_trained": trained, "staff_total": dice.pick([12, None]) if trained else None}]


def inspection(dice, history, office, _item):
    # Mostly of offices below, as it ought to be.
    below = [c for c in history.registers[0].under(office) if c != office]
    everyone = below if below and not dice.chance(4) else list(history.registers[0].offices)
    scheme = "city_supervision" if history.registers[0].offices[office].level == "city" and not dice.chance(3) else dice.pick(["field_visit", "online_check", "city_supervision", "filing_spot_check", "work_style_check", "coverage_spot_check", "mid_year_check", "year_end_visit"])
    due = dice.pick([None, near(dice, history.now) + dt.timedelta(days=30)])
    checked = dice.pick([near(dice, history.now), near(dice, history.now), None])
    closed = dice.pick([None, near(dice, history.now)]) if due else None
    listed = dice.some(everyone, 5)
    draw = {"population_office_codes": listed or None, "sample_office_codes": listed[:1 + dice.below(2)] if listed else None,
            "drawn_at": history.now if listed else None}
    return [draw, {"verified_item_ids": dice.pick([None, [label_id("a"), label_id("b")]])}, {"scheme": scheme, "channel": dice.pick(["portal", "wechat"]) if scheme == "online_check" else None,
             "findings": dice.pick([None, [{"item": "政策公开", "is_found": True}, {"item": "政策解读", "is_found": False}]]) if scheme == "online_check" else None},
            {"inspected_office_code": dice.pick(everyone), "checked_on": checked,
             "rectification_due_on": due, "rectification_closed_on": max(closed, checked) if closed and checked else closed},
            {"result": dice.pick(["passed", "partly", "failed", None])}]


def receipt(dice, history, office, _item):
    counties = [c for c, o in history.registers[0].offices.items() if o.level == "county"]
    if not counties:
        return None
    own = [c for c in counties if history.registers[0].offices[c].parent == office] or counties
    filed = [c for c in own if any(key[0] == c for key in history.of_kind("submission"))]
    county = dice.pick(filed or own)
    papers = [label_id(key[1]) for key in history.of_kind("submission") if key[0] == county]
    return [{"county_office_code": county, "submission_item_ids": papers or [label_id("none")]},
            {"filing_status": dice.pick(["accepted", "returned", "received", "accepted"])}, {"filed_on": near(dice, history.now)}]


def feedback(dice, history, office, _item):
    start, end = dice.pick([(dt.date(2024, 1, 1), dt.date(2024, 3, 31)), (dt.date(2024, 4, 1), dt.date(2024, 6, 30)), (dt.date(2024, 5, 1), dt.date(2024, 5, 31)),
                            (dt.date(2024, 2, 1), dt.date(2024, 2, 29)), (dt.date(2024, 7, 1), dt.date(2024, 7, 31)), (dt.date(2024, 6, 1), dt.date(2024, 6, 30)),
                            (dt.date(2023, 12, 1), dt.date(2024, 1, 31))])
    # Often about the office and source of a row before, sometimes another office's.
    before = [r.body | {"about_office_code": r.body["about_office_code"] or r.office} for r in history.revisions
              if r.kind == "feedback_stat" and r.body and (r.office == office or dice.chance(3))]
    about = dice.pick([None] + list(history.registers[0].offices))
    source = dice.pick(["hotline_12333", "online_survey", "petition", "litigation"])
    if before and dice.below(4):
        about, source = before[-1]["about_office_code"], before[-1]["source"]
        if dice.chance(3):
            start, end = before[-1]["period_start"], before[-1]["period_end"]
    total = dice.pick([100, 50, 0])
    return [{"source": source}, {"about_office_code": about},
            {"period_start": start, "period_end": end}, {"topic": dice.pick([None, None, "社保"])},
            {"total_count": total, "policy_related_count": dice.pick([None, min(40, total)])}, {"closed_count": dice.pick([None, 30])},
            {"response_count": dice.pick([None, 20, 3]), "satisfied_count": dice.pick([None, 2])},
            {"won_count": dice.pick([None, 1]), "lost_count": dice.pick([None, 2]), "mediated_count": dice.pick([None, 3])}]


def exchange(dice, history, _office, _item):
    return [{"form": "online", "title": "x"}, {"held_on": near(dice, history.now)}]


def circular(dice, history, _office, _item):
    return [{"title": "x"}, {"circular_kind": dice.pick(["mid_year", "year_end", "spot_check", "other"])}, {"issued_on": near(dice, history.now)}]


def news(dice, history, _office, _item):
    return [{"news_kind": dice.pick(["work_news", "lecture", "experience", "media_report"])}, {"title": "x"},
            {"happened_on": near(dice, history.now), "reported_on": dice.pick([None, local_day(history.now)])}, {"medium": dice.pick([None, "tv", "portal"])}]


def public_input(dice, history, _office, _item):
    day = near(dice, history.now)
    return [{"received_on": day, "handled_on": dice.pick([None, day + dt.timedelta(days=dice.below(9))])}, {"channel": "online"}, {"topic": "x"}]


MAKERS = {"lecture_event": lecture, "study_event": study, "plan_item": plan, "claim": claim, "speaker": speaker, "publication": publication,
          "office_profile": profile, "submission": submission, "policy_document": document, "interpretation": interpretation, "media_product": media,
          "window_report": window, "inspection": inspection, "filing_receipt": receipt, "feedback_stat": feedback, "exchange": exchange,
          "circular": circular, "news_item": news, "public_input": public_input, "statistics_form": statistics_form}
