# SPDX-License-Identifier: Apache-2.0
"""Edge cases that need the real pack, a real agent or the API: notes on events of odd days, acting for another office, areas without a
township, the lines of annex 2. The others are in tests/integration; docs/indicators.md lists them all."""
import csv
import datetime as dt
import hashlib
import io
import shutil
import urllib.request

from pgcluster import AGGREGATOR, PACK, wait_for

CITY, COUNTY = "420100", "420102"
OFFICE = CITY  # the agent is that of a city, above the county it acts for
TODAY = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(hours=8)).date()


def lecture(agent, *more, day="2024-05-06", wait="20"):
    return agent.command("record", "lecture_event", "--category", "进村居", "--theme", "社保政策", "--occurred_on", day, "--place", "党群服务中心",
                         "--mode", "线下", "--status", "已开展", *more, *(["--wait", wait] if wait else []))


def test_annex_2_reaches_past_the_check(centre):
    """R9: 13 of 30 lines have a number, 45 sessions; rows 17 to 20, 3 + 25 + 6 + 2 = 36 sessions, end after 10-31, so 9 have ended."""
    figures = centre.get("completion?node=420000&on=2024-10-31&scope=provincial")
    assert figures["completion"] == {"numerator": 0, "denominator": 45, "percent": "0.00", "lines": 13}
    assert figures["ended_window"] == {"numerator": 0, "denominator": 9, "percent": "0.00", "lines": 9}
    assert figures["unquantified"] == {"none": 17, "started": 0, "met": 0}
    lines = centre.cluster.psql("SELECT row_no, planned_min FROM zhibao.plan_line WHERE planned_min IS NOT NULL AND window_end > '2024-10-31' ORDER BY 1")
    assert lines.split() == ["17|3", "18|25", "19|6", "20|2"]


def in_every_answer(centre, indicator, part, on):
    """By name, the figure of each office below the city: in the answer of the indicator and, which must say the same, in the export.
    A rate that cannot exist has no percent in the one and the status M in the other."""
    shown = {}
    for child in centre.get(f"indicators?node={CITY}&id={indicator}&depth=children&on={on}")["children"]:
        figure = next(f for f in child["figures"] if f["part"] == part)
        shown[child["name_zh"], child["code"]] = (figure["numerator"], figure["denominator"], figure["percent"])
    with urllib.request.urlopen(f"{centre.api}/api/v1/export/sdmx?node={CITY}&on={on}") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode(), newline="")))
    exported = {r["REF_AREA"]: r for r in rows if r["INDICATOR"] == indicator and r["BREAKDOWN"] == (part.replace(".", "$2E") or "_T")}
    for (_, code), (numerator, denominator, percent) in shown.items():
        row = exported[code]
        assert (row["NUMERATOR"], row["DENOMINATOR"]) == (str(numerator), str(denominator))
        assert (row["OBS_VALUE"], row["OBS_STATUS"]) == (("NaN", "M") if percent is None else (percent, "A"))
    return {name: figure for (name, _), figure in shown.items()}


def test_an_area_without_a_township_is_named(centre):
    """|T| = 0: no 乡 or 镇 in the inner districts: not applicable, listed by name, and no part of the sum above."""
    with open(PACK / "townships.csv", encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["county_code"].startswith("4201") and not r["valid_to"]]
    rural = {r["county_code"] for r in rows if r["kind"] != "街道"}
    answer = centre.get(f"coverage?node={CITY}&on=2024-11-30")
    figures = {c["name_zh"]: next(f for f in c["figures"] if (f["breadth"], f["base"]) == ("broad", "rural")) for c in answer["children"]}
    none = {c["name_zh"] for c in answer["children"] if c["code"] not in rural}
    assert none and {name for name, f in figures.items() if f["denominator"] == 0 and f["percent"] is None} == none
    whole = next(f for f in answer["figures"] if (f["breadth"], f["base"]) == ("broad", "rural"))
    assert whole["denominator"] == sum(r["kind"] != "街道" for r in rows)
    assert in_every_answer(centre, "I-03", "broad.rural", "2024-11-30") == {n: (f["numerator"], f["denominator"], f["percent"]) for n, f in figures.items()}


def test_an_office_without_a_minimum_is_listed(centre, agent):
    """Σ req = 0: of two counties one plans two sessions and one plans without a number; it and all others are not applicable and stay in
    the list by name; its line stands apart and the city has the two sessions."""
    other = "420103"
    for office, quota in ((COUNTY, ("counted", "--planned_min", "2")), (other, ("many",))):
        run = agent.command("record", "plan_item", "--on-behalf-of", office, "--item_no", "1", "--category", "village", "--theme", "社保政策",
                            "--window_start", "2024-04-01", "--window_end", "2024-10-31", "--quota_kind", *quota, "--wait", "20")
        assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    centre.wait_folded()
    answer = centre.get(f"completion?node={CITY}&on=2024-10-31")
    figures = {c["name_zh"]: (c["completion"]["numerator"], c["completion"]["denominator"], c["completion"]["percent"]) for c in answer["children"]}
    names = dict(line.split("|") for line in centre.cluster.psql(f"SELECT code, name_zh FROM zhibao.office WHERE parent_code = '{CITY}'").splitlines())
    assert figures == {name: (0, 2, "0.00") if code == COUNTY else (0, 0, None) for code, name in names.items()} and len(names) > 10
    assert in_every_answer(centre, "I-02", "", "2024-10-31") == figures
    assert answer["completion"] == {"numerator": 0, "denominator": 2, "percent": "0.00", "lines": 1}
    apart = {c["code"]: c["unquantified"]["none"] for c in answer["children"]}
    assert apart == {code: int(code == other) for code in names}


def test_an_event_of_an_odd_day_is_noted(centre, agent):
    """Accepted: entered late, and of a day before its office was enrolled. The operator reads it on the record."""
    items = {}
    for name, day in (("today", TODAY), ("yesterday", TODAY - dt.timedelta(days=1)), ("long ago", TODAY - dt.timedelta(days=40))):
        run = lecture(agent, day=str(day))
        assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
        items[name] = run.stdout.split()[0]
    centre.wait_folded()
    shown = {name: centre.get(f"items/{CITY}/{item}") for name, item in items.items()}
    assert {s["state"] for s in shown.values()} == {"counting"}
    findings = {name: [(f["code"], f["severity"]) for f in s["revisions"][0]["findings"]] for name, s in shown.items()}
    assert findings == {"today": [], "yesterday": [("F_BEFORE_ENROLMENT", "note")],
                        "long ago": [("F_BEFORE_ENROLMENT", "note"), ("F_LATE_ENTRY", "note")]}
    texts = [f["text"] for f in shown["long ago"]["revisions"][0]["findings"]]
    assert "早于本单位接入系统的日期" in texts[0] and "超过 30 天" in texts[1]
    assert centre.get(f"reviews?node={CITY}&kind=lecture_event&state=flagged")["items"] == [], "nothing waits for it"


def work(agent, digest):
    run = agent.command("record", "media_product", "--media_kind", "short_video", "--title", "社保短视频", "--made_on", "2024-05-01",
                        "--file_digest", digest, "--wait", "20")
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    return run.stdout.split()[0]


def aggregator(centre, *words):
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", *words)


def test_a_note_is_no_work_that_waits(centre, agent):
    """A work whose file is not here: said beside it, in none of the lists and counts of what has findings."""
    item = work(agent, "ab" * 32)
    centre.wait_folded()
    listed = {state: centre.get(f"reviews?node={CITY}&kind=media_product&state={state}")["items"] for state in ("pending", "flagged")}
    assert [[(f["code"], f["severity"]) for f in i["findings"]] for i in listed["pending"]] == [[("F_FILE_UNKNOWN", "note")]]
    assert listed["flagged"] == []
    counts = next(k for k in centre.get(f"reviews/summary?node={CITY}")["kinds"] if k["kind"] == "media_product")
    assert (counts["pending"], counts["flagged"]) == (1, 0)
    shown = {state: aggregator(centre, "review", "list", "--node", CITY, "--kind", "media_product", "--state", state).stdout
             for state in ("pending", "flagged")}
    assert "F_FILE_UNKNOWN" in shown["pending"] and item not in shown["flagged"]


def test_a_note_stays_in_the_history(centre, agent):
    """After the verdict too, and beside the revision that names the file; it is gone from the instant on at which the file is here."""
    item = work(agent, "cd" * 32)
    centre.wait_folded()

    def told(as_of=""):
        return [[f["code"] for f in r["findings"]] for r in centre.get(f"items/{CITY}/{item}?as_of={as_of}")["revisions"]]
    revision = centre.get(f"items/{CITY}/{item}")["revisions"][0]["revision_id"]
    aggregator(centre, "account", "set", "--login", "prov", "--name", "省厅审核", "--office", "420000", "--roles", "provincial_operator")
    aggregator(centre, "review", "accept", "--login", "prov", "--office", CITY, "--item", item, "--revision", revision)
    (agent.home / "短视频.mp4").write_bytes(b"a short film")
    digest = hashlib.blake2b(b"a short film", digest_size=32).hexdigest()
    assert agent.command("amend", item, "--file_digest", digest, "--reason", "换成定稿", "--wait", "20").returncode == 0
    centre.wait_folded()
    before = centre.get(f"items/{CITY}/{item}")
    assert [r["review"] and r["review"]["verdict"] for r in before["revisions"]] == ["accepted", None]
    assert told() == [["F_FILE_UNKNOWN"]] * 2
    assert agent.command("attach", agent.home / "短视频.mp4", "--item", item).returncode == 0
    wait_for(lambda: "已送达" in agent.command("files").stdout, 30, "the file")
    lecture(agent)  # something after it, so that it is in what is folded
    centre.wait_folded()
    assert told() == [["F_FILE_UNKNOWN"], []] and told(before["as_of"]) == [["F_FILE_UNKNOWN"]] * 2


def test_acting_for_a_county_until_the_programme_forbids_it(centre, agent):
    """R3, proxy.allowed: an ancestor may; with “nobody” it is refused at the desk, and put aside at the centre where the desk could not know."""
    stored = "SELECT count(*) FROM zhibao.lecture_event WHERE office_code = '420102' AND author_office_code = '420100'"
    run = lecture(agent, "--township_codes", "420102002", "--on-behalf-of", COUNTY)
    assert run.returncode == 0 and "已送达" in run.stdout, run.stderr
    other = lecture(agent, "--on-behalf-of", "420502")
    assert other.returncode == 65 and "E_PROXY_DENIED" in other.stderr and "不是 420502 的上级" in other.stderr
    centre.wait_folded()
    official = next(f for f in centre.get(f"coverage?node={COUNTY}&on=2024-11-30")["figures"] if f["is_official"])
    assert official["numerator"] == 1 and centre.cluster.psql(stored) == "1", "it counts for the county"
    assert centre.get(f"items/{COUNTY}/{run.stdout.split()[0]}")["revisions"][0]["on_behalf"] is True

    pack = centre.home / "pack2"
    shutil.copytree(PACK, pack)
    for name, old, new in (("rules.csv", "proxy.allowed,ancestor,", "proxy.allowed,nobody,"), ("programme.csv", "version,1", "version,2")):
        text = (pack / name).read_text(encoding="utf-8")
        assert old in text
        (pack / name).write_text(text.replace(old, new), encoding="utf-8")
    centre.kill("collector")
    centre.collector_command("programme", "load", pack)
    run = lecture(agent, "--on-behalf-of", COUNTY, wait=None)
    assert run.returncode == 0, "the desk cannot know yet"
    item = run.stdout.split()[0]
    centre.start_collector()
    wait_for(lambda: "E_PROXY_DENIED" in agent.command("show", item).stdout, 30, "the refusal at the clerk's")
    assert "本活动不允许代报" in agent.command("show", item).stdout
    put_aside = f"SELECT office_code, item_office_code, code FROM zhibao.quarantine WHERE item_id = '{item}'"
    assert centre.cluster.psql(put_aside) == "420100|420102|E_PROXY_DENIED" and centre.cluster.psql(stored) == "1"

    log = centre.home / f"{agent.name}.log"
    wait_for(lambda: "agent.pack" in log.read_text(encoding="utf-8"), 30, "the new pack at the agent")
    entered = len(agent.command("list", "--limit", "100").stdout.splitlines())
    run = lecture(agent, "--on-behalf-of", COUNTY)
    assert run.returncode == 65 and "E_PROXY_DENIED" in run.stderr and "须由其自行报送" in run.stderr
    assert len(agent.command("list", "--limit", "100").stdout.splitlines()) == entered
    assert lecture(agent).returncode == 0, "what is its own it goes on recording"
    assert centre.cluster.psql(stored) == "1"
