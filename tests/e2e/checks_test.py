# SPDX-License-Identifier: Apache-2.0
"""Draws, effect sheets and reports on the operators' page, in Chromium over a real centre: what the page shows, links and
tells to copy is what the API has and what the commands prove. Past instants of all pages: they tell no command that acts."""
import hashlib
import json
import subprocess
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest

from drawreplay import replay
from onpage import centre_of, closed, command, commands, fraction, run_shown, settled, texts, unrated, visit
from pgcluster import AGGREGATOR, BUILD, wait_for

CITY, OTHER = "420500", "420502"
OFFICES = "420500,420502,420503,420529,420102"
THEN = "2024-12-31"


@pytest.fixture(scope="module")
def centre():
    centre = centre_of(OFFICES)
    centre.start_aggregator()
    centre.wait_folded()
    command(centre, "account", "set", "--login", "prov", "--name", "省厅审核", "--office", "420000", "--roles", "provincial_operator")
    (centre.home / "out").mkdir()
    for node in (CITY, OTHER):
        command(centre, "report", "audit", "--node", node, "--as-of", THEN, "--out", centre.home / "out")
    yield centre
    centre.stop()
    centre.cluster.remove()


def micros(text):
    return round((datetime.fromisoformat(text) - datetime.fromtimestamp(0, timezone.utc)) / timedelta(microseconds=1))


def instant(at_us):
    return (datetime.fromtimestamp(0, timezone.utc) + timedelta(microseconds=at_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_draw_from_the_page(centre, browser):
    """Commit and draw by the copied commands; the page tells each stage; the linked file proves the draw in three ways."""
    visit(centre, browser, "draws/")
    assert "还没有抽查" in browser.text("main")
    run_shown(centre, commands(browser, "main")[0], "prov", 检查契机="随机抽查")
    draw = wait_for(lambda: centre.get("draws")["draws"], 30, "the commitment in what is folded")[0]
    visit(centre, browser, "draws/")
    assert browser.text("[data-filter=waiting]") == "已承诺，待抽取1"
    browser.focus("[data-testid=draw-table] tbody tr")
    browser.key("Enter")
    browser.wait("location.hash.includes('pick=1')")
    browser.wait("!!document.querySelector('[data-testid=draw-facts]')")
    facts = browser.text("[data-testid=draw-facts]")
    assert draw["commitment"] in facts and draw["population_digest"] in facts and "随机种子" not in facts
    run_shown(centre, commands(browser, "[aria-label=用命令抽取]")[0].split(" --out")[0], "prov", 抽取数量="6")
    wait_for(lambda: centre.get("draws")["draws"][0]["seed"], 30, "the draw in what is folded")
    visit(centre, browser, "draws/?pick=1")
    draw = centre.get("draws/1")
    assert browser.text("[data-testid=draw-seed]") == draw["seed"]
    assert browser.eval("[...document.querySelectorAll('[data-testid=draw-sample] tbody tr')].map(r => r.dataset.code)") == [
        s["code"] for s in draw["sample"]]
    browser.click(".el-drawer details summary")
    browser.wait(f"document.querySelectorAll('[data-testid=draw-population] tbody tr').length === {len(draw['population'])}")
    weights = browser.eval("[...document.querySelectorAll('[data-testid=draw-population] tbody tr')].map(r => [r.dataset.code,"
                           " Number(r.querySelector('[data-label=权重]').innerText)])")
    assert weights == [[m["code"], m["weight"]] for m in draw["population"]]
    with urllib.request.urlopen(browser.eval("document.querySelector('[data-testid=draw-file]').href")) as answer:
        published = answer.read()
    file = centre.home / browser.eval("document.querySelector('[data-testid=draw-file]').download")
    file.write_bytes(published)
    assert replay(json.loads(published)) == [s["code"] for s in draw["sample"]]
    seed, verify = commands(browser, "[data-testid=draw-verify]")
    assert hashlib.sha256(bytes.fromhex(seed.split()[2])).hexdigest() == draw["commitment"]
    assert verify.split() == ["zhibao-aggregator", "draw", "verify", file.name]
    assert "验证通过" in subprocess.run([AGGREGATOR, *verify.split()[1:]], cwd=centre.home, text=True, capture_output=True, check=True).stdout
    browser.key("Escape")
    closed(browser)


def test_result_of_a_draw(centre, browser):
    """The command that the page tells the province's agent records a result; it stands beside the office drawn."""
    draw = centre.get("draws")["draws"][0]
    agent = centre.agent("420000")
    visit(centre, browser, "draws/?pick=1")
    shown = commands(browser, "[aria-label=登记检查结果]")[0]
    hit = draw["sample"][0]["code"]
    for old, new in (("单位代码", hit), ("--checked_on 检查日期", "--checked_on 2024-12-01"), ("--result 检查结果", "--result passed")):
        shown = shown.replace(old, new)
    name, *words = shown.split()
    assert name == "zhibao-agent"
    run = agent.command(*words, "--wait", "30")
    assert run.returncode == 0, run.stderr
    agent.kill()
    wait_for(lambda: centre.get("draws")["draws"][0]["results"], 60, "the result in what is folded")
    visit(centre, browser, "draws/")
    assert browser.text("[data-testid=draw-table] tr[data-draw='1'] [data-label='已检查']") == "1/6"
    browser.click("[data-testid=draw-table] tr[data-draw='1']")
    browser.says(f"[data-testid=draw-sample] tr[data-code='{hit}']", "2024-12-01合格")
    assert texts(browser, "[data-testid=draw-sample] [data-label='检查结果']").count("还没有结果") == 5
    browser.click("[data-testid=draw-sample] button")
    browser.says("[data-testid=item-history]", "被检查单位")


def test_draw_of_a_past_instant(centre, browser):
    """Before its commitment there was no draw; then one without seed, sample and result; then one without a result. So says
    the list, which carries no population, the file of the draw, and the page."""
    live = centre.get("draws")
    assert set(live["draws"][0]) == set(centre.get("draws/1")) - {"population"}
    outcome = ("seed", "sample", "sample_size", "per_city", "cities", "run_by", "run_at")
    before, between, drawn = (micros(live["draws"][0][name]) + late for name, late in (("committed_at", -1), ("run_at", -1), ("run_at", 0)))
    assert centre.get(f"draws?as_of={instant(before)}")["draws"] == []
    with pytest.raises(urllib.error.HTTPError) as refused:
        centre.get(f"draws/1?as_of={instant(before)}")
    assert refused.value.code == 404 and json.load(refused.value)["error"]["code"] == "E_DRAW_UNKNOWN"
    expected = dict(live["draws"][0], results=[])
    for at, hidden in ((drawn, {}), (between, dict.fromkeys(outcome))):
        expected.update(hidden)
        answer = centre.get(f"draws?as_of={instant(at)}")
        assert (answer["as_of"], answer["draws"]) == (instant(at), [expected])
        file = centre.get(f"draws/1?as_of={instant(at)}")
        assert file.pop("population") and file == expected
    for at, words in ((before, "还没有抽查"), (between, "已承诺，待抽取1"), (drawn, "0/6")):
        visit(centre, browser, f"draws/?as_of={instant(at)}")
        assert words in "".join(browser.text("main").split()), words
        assert commands(browser, "main") == [] and "现在看的是过去时点" in browser.text("[aria-label=新的抽查]")
    visit(centre, browser, f"draws/?as_of={instant(between)}&pick=1")
    assert "还没有抽取" in browser.text(".el-drawer") and commands(browser, "body") == [] and live["draws"][0]["seed"] not in browser.eval("document.documentElement.outerHTML")
    with urllib.request.urlopen(browser.eval("document.querySelector('[data-testid=draw-file]').href")) as answer:
        assert json.load(answer)["seed"] is None
    visit(centre, browser, f"draws/?as_of={instant(drawn)}&pick=1")
    assert texts(browser, "[data-testid=draw-sample] [data-label='检查结果']") == ["还没有结果"] * 6
    assert len(commands(browser, "body")) == len(commands(browser, "[data-testid=draw-verify]")) == 2, "what was published is proven at any time"
    browser.screenshot(BUILD / "draw-past.png")
    browser.click("[aria-label=登记检查结果] [data-testid=past] button")
    browser.says("[data-testid=draw-sample]", "合格")
    assert browser.eval("location.hash") == "#/draws/?pick=1" and len(commands(browser, "[aria-label=登记检查结果]")) == 1
    browser.key("Escape")
    closed(browser)


def test_commands_act_on_the_newest_only(centre, browser):
    """At a past instant words stand where verdicts, reminders and extensions are told, with the way back; the day of today, which is
    not over, shows the newest."""
    today = (datetime.now(timezone.utc) + timedelta(hours=8)).date()
    item = centre.get(f"reviews?node={CITY}&kind=submission&state=pending&as_of={THEN}")["items"][0]
    for name, view in (("review", f"reviews/{CITY}?kind=submission&pick={item['revision_id']}&item={item['office_code']}.{item['item_id']}"),
                       ("deadline", f"deadlines/{OTHER}?pick={OTHER}.10")):
        visit(centre, browser, f"{view}&as_of={today}")
        browser.wait("document.querySelectorAll('.el-drawer .command').length === 3 && !document.querySelector('[data-testid=past]')")
        visit(centre, browser, f"{view}&as_of={THEN}")
        browser.says(".el-drawer [data-testid=past]", f"现在看的是过去时点（{THEN}24:00）")
        assert commands(browser, "body") == []
        browser.screenshot(BUILD / f"{name}-past.png")
        browser.focus(".el-drawer [data-testid=past] button")
        browser.key("Enter")
        browser.wait("document.querySelectorAll('.el-drawer .command').length === 3 && !location.hash.includes('as_of')")
        browser.key("Escape")
        closed(browser)
    visit(centre, browser, f"reviews/{CITY}?as_of={THEN}")
    assert "可复制的命令" not in browser.text("main") and "现在看的是过去时点" in browser.text("main")
    visit(centre, browser, f"reports/{CITY}?as_of={THEN}")
    assert f"reportaudit--node{CITY}--as-of{THEN}--out." in browser.text("main h2"), "a report can be made of any instant"


def test_unknown_draw(centre, browser):
    for path in ("draws/99", "draws/x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            centre.get(path)
        assert refused.value.code == 404 and json.load(refused.value)["error"]["code"] == "E_DRAW_UNKNOWN"


def test_effect_sheet(centre, browser):
    """Every figure of the sheet of a city, the reason for every one that is missing, and a figure's records by keyboard."""
    visit(centre, browser, f"figures/?tab=effect&as_of={THEN}")
    assert len(texts(browser, "[data-testid=effect-cities] a")) == 17
    browser.click("[data-testid=effect-cities] li a")
    browser.wait("location.hash.startsWith('#/figures/420100?')")
    visit(centre, browser, f"figures/{CITY}?tab=effect&as_of={THEN}")
    answer = centre.get(f"effect?node={CITY}&as_of={THEN}")["figures"]
    known = [f for f in answer if f["missing_zh"] is None]
    missing = {f["name_zh"]: f["missing_zh"] for f in answer if f["missing_zh"] is not None and "." not in f["part"].removesuffix(".visited")}
    assert len(known) > 4 and len(missing) > 4
    assert len({f["name_zh"] for f in answer if f["id"] == "I-12"}) == 8, "each scheme has its own name"
    assert browser.eval("[...document.querySelectorAll('[data-testid=effect-table] tr[data-figure]')].map(r => r.dataset.figure)") == [
        f"{f['id']}/{f['part']}" for f in known]
    for figure in known:
        row = f"[data-testid=effect-table] tr[data-figure='{figure['id']}/{figure['part']}']"
        if figure["style"] == "percent":
            assert browser.text(f"{row} .figure-value") == (f"{figure['percent']}%" if figure["percent"] else unrated(figure)), figure
        if None not in (figure["numerator"], figure["denominator"]):
            assert browser.text(f"{row} [data-label='分子 / 分母']") == fraction(figure), figure
    told = texts(browser, "[data-testid=effect-missing] li")
    for name, reason in missing.items():
        assert any(reason in text and "".join(name.split("：")[-1].split()) in text for text in told), name
    browser.focus("[data-testid=effect-table] tr[data-figure='I-03/']")
    browser.key("Enter")
    members = centre.get(f"indicators/members?id=I-03&part=&node={CITY}&as_of={THEN}")
    browser.wait(f"document.querySelectorAll('[data-testid=indicator-members] tbody tr').length === {min(50, members['total'])}")
    browser.key("Escape")
    closed(browser)


def test_reports(centre, browser):
    """What a link of the page hands out has the digest that the list names; an export starts."""
    visit(centre, browser, f"reports/{CITY}")
    job = next(r for r in centre.get("reports")["reports"] if r["report"] == "audit" and r["node"] == CITY)
    row = f"[data-testid=report-table] tr[data-job='{job['job']}']"
    assert "可下载" in browser.text(row)
    assert browser.eval(f"[...document.querySelectorAll(\"{row} .file\")].map(f => f.dataset.format)") == ["pdf", "xlsx", "csv", "json"]
    for file in job["files"]:
        href = browser.eval(f"document.querySelector(\"{row} [data-format={file['format']}]\").href")
        with urllib.request.urlopen(href) as answer:
            assert hashlib.sha256(answer.read()).hexdigest() == file["sha256"]
    href = browser.eval("document.querySelector('[data-testid=exports] [data-format=csv]').href")
    with urllib.request.urlopen(href) as answer:
        lines = answer.read().decode("utf-8-sig").splitlines()
    assert len(lines) - 1 == int(centre.cluster.psql(f"""SELECT count(*) FROM zhibao.counting(NULL::zhibao.lecture_event, now()) l
        JOIN zhibao.office o ON o.code = l.office_code AND o.register_version = 1 WHERE o.code = '{CITY}' OR o.parent_code = '{CITY}'"""))


def test_reports_of_an_office(centre, browser):
    """The office and the state are chosen at the server, and by keyboard on the page; the focus stays on what was pressed."""
    jobs = "[...document.querySelectorAll('[data-testid=report-table] tbody tr')].map(r => Number(r.dataset.job))"
    every = centre.get("reports")["reports"]
    own = [r["job"] for r in every if r["node"] == OTHER]
    assert 0 < len(own) < len(every)
    answer = centre.get(f"reports?node={OTHER}&limit=1")
    assert [r["job"] for r in answer["reports"]] == own[:1] and answer["delivered"] == len(own)
    assert answer["next"] == ("1" if len(own) > 1 else None)
    assert centre.get(f"reports?node={OTHER}&state=failed")["reports"] == []
    for query, status, code in (("node=999", 404, "E_NODE_UNKNOWN"), ("state=done", 400, "E_STATE_BAD")):
        with pytest.raises(urllib.error.HTTPError) as refused:
            centre.get(f"reports?{query}")
        assert refused.value.code == status and json.load(refused.value)["error"]["code"] == code
    visit(centre, browser, f"reports/{OTHER}")
    assert browser.eval(jobs) == [r["job"] for r in every]
    browser.focus("[data-testid=report-whose] input")
    browser.key("ArrowRight")
    browser.wait(f"location.hash === '#/reports/{OTHER}?tab=own'")
    settled(browser)
    assert browser.eval(jobs) == own and browser.text("[data-filter=delivered]") == f"可下载{len(own)}"
    browser.focus("[data-filter=failed]")
    browser.key("Enter")
    browser.wait("location.hash.includes('state=failed')")
    settled(browser)
    assert "没有这样的报告" in browser.text("main") and browser.focused("data-filter") == "failed"


def test_altered_files_are_told(centre, browser):
    """What the aggregator found at its last look stands beside the report, in words; the other reports have nothing beside them."""
    job = next(r["job"] for r in centre.get("reports")["reports"] if r["node"] == OTHER)
    centre.cluster.psql(f"UPDATE zhibao.report_artifact SET content = content || '\\x00' WHERE job_id = {job} AND format = 'xlsx'")
    before = centre.cluster.psql("SELECT loaded_at FROM zhibao.programme_version")
    centre.cluster.psql("UPDATE zhibao.programme_version SET loaded_at = now()")  # so that no report is due
    plain = (centre.etc / "aggregator.conf").read_text(encoding="utf-8")
    centre.kill("aggregator")
    try:
        (centre.etc / "aggregator.conf").write_text(plain.replace('workers = "0"', 'interval = "100 ms"'), encoding="utf-8")
        centre.start_aggregator()
        wait_for(lambda: centre.get("reports")["verified_at"], 60, "a look")
        for width, height in ((1440, 900), (390, 844)):
            browser.size(width, height)
            visit(centre, browser, "reports/")
            told = "Object.fromEntries([...document.querySelectorAll('[data-testid=report-table] tbody tr')].map(" \
                   "r => [r.dataset.job, [...r.querySelectorAll('.record-why')].map(w => w.textContent)]))"
            assert {int(one): said for one, said in browser.eval(told).items() if said} == {job: ["文件与摘要不符：XLSX（存档）"]}
            assert browser.eval("document.documentElement.scrollWidth") == width
    finally:
        centre.kill("aggregator")
        (centre.etc / "aggregator.conf").write_text(plain, encoding="utf-8")
        centre.cluster.psql(f"UPDATE zhibao.programme_version SET loaded_at = '{before}'; UPDATE zhibao.report_artifact SET content ="
                            f" substr(content, 1, octet_length(content) - 1) WHERE job_id = {job} AND format = 'xlsx'")
        centre.start_aggregator()


def test_narrow(centre, browser):
    """At the width of a phone nothing makes the page wider than the screen, drawers included."""
    browser.size(390, 844)
    for view in ("draws/", "draws/?pick=1", f"figures/{CITY}?tab=effect", "figures/?tab=effect", f"reports/{CITY}?tab=own"):
        visit(centre, browser, view)
        if "pick" in view:
            browser.click(".el-drawer details summary")
        assert browser.eval("document.documentElement.scrollWidth") == 390, view
        drawer = browser.eval("(d => d && [d.scrollWidth, d.clientWidth])(document.querySelector('.el-drawer__body'))")
        assert ("pick" not in view) or (drawer and drawer[0] <= drawer[1]), view
