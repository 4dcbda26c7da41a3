# SPDX-License-Identifier: Apache-2.0
"""The overview in Chromium over a real centre: from the province down to a record and back, by click and by keyboard, wide
and narrow, every figure on the way against the answer of the API; the interval of silent offices and the plan baseline."""
import pytest

from onmap import check_map
from onpage import centre_of, closed, count, fraction, percent, press_until, settled, texts, visit
from pgcluster import wait_for

PROVINCE, CITY, COUNTY, ELSEWHERE = "420000", "420500", "420502", "420102"
OFFICES = "420500,420502,420503,420529,420102,420000U03"
THEN = "2024-12-31"


@pytest.fixture(scope="module")
def centre():
    centre = centre_of(OFFICES)
    # A county of another city held it together with ours; ours has the same claim twice.
    centre.cluster.psql(f"""SET session_replication_role = replica;
        INSERT INTO zhibao.claim (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version,
                host_office_code, host_item_id)
            SELECT '{COUNTY}', gen_random_uuid(), gen_random_uuid(), 'submit', l.recorded_at, 'x', '{COUNTY}', l.received_at, l.batch_id, l.seq, l.programme_version,
                l.office_code, l.item_id
            FROM (SELECT l.* FROM zhibao.counted_lecture c JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
                WHERE l.office_code = '{ELSEWHERE}' AND c.is_session ORDER BY l.occurred_on LIMIT 1) l, generate_series(1, 2);
        -- The study of a lead unit is that of row 27 of annex 2.
        UPDATE zhibao.study_event SET plan_item_id = (SELECT plan_item_id FROM zhibao.plan_line WHERE row_no = 27) WHERE office_code = '420000U03'""")
    centre.start_aggregator()
    centre.wait_folded()
    yield centre
    centre.stop()
    centre.cluster.remove()


def official(figures):
    return next(f for f in figures if f["is_official"])


def check_headline(centre, browser, node):
    """Coverage and completion of the node with all that stands beside them."""
    coverage = centre.get(f"coverage?node={node}&as_of={THEN}")
    complete = centre.get(f"completion?node={node}&scope=cities&as_of={THEN}")
    shown = {"coverage-official": official(coverage["figures"]), "completion": complete["completion"],
             "ended-window": complete["ended_window"], "raw": complete["raw"],
             **{f"coverage-{f['breadth']}-{f['base']}": f for f in coverage["figures"] if not f["is_official"]}}
    assert len(shown) == 7
    for name, rate in shown.items():
        assert browser.text(f"[data-testid={name}-percent]") == percent(rate), (node, name)
        assert browser.text(f"[data-testid={name}-fraction]") == fraction(rate), (node, name)
    for name, key in (("sessions", "sessions"), ("unplanned", "unplanned_sessions"), ("attendance", "attendance")):
        assert browser.text(f"[data-testid={name}] .strip-value") == count(complete[key]), (node, name)
    assert texts(browser, "[data-testid=unquantified] b") == [count(complete["unquantified"][k]) for k in ("none", "started", "met")]
    assert len(texts(browser, "[data-testid=categories] li.held")) == len([c for c in complete["categories"]["held"] if c != "general"])
    assert [int(t.replace(",", "")) for t in texts(browser, ".strip-part.wide .chips b")] == [
        complete["sessions_by_category"].get(c, 0) for c in ("general", "enterprise", "campus", "village", "site", "system")]
    return coverage, complete


def check_ranking(browser, coverage):
    """Every child with its rate; the order is that of the exact rates."""
    children = {c["code"]: official(c["figures"]) for c in coverage["children"] if c["figures"]}
    codes = browser.eval("[...document.querySelectorAll('[data-testid=rank-table] tbody tr')].map(r => r.dataset.code)")
    assert sorted(codes) == sorted(children) and len(codes) > 5
    rates = [children[c] for c in codes]
    assert texts(browser, "[data-testid=rank-table] .rank-percent") == [percent(r) for r in rates]
    assert texts(browser, "[data-testid=rank-table] .rank-fraction") == [fraction(r) for r in rates]
    exact = [r["numerator"] / r["denominator"] for r in rates if r["percent"] is not None]
    assert exact == sorted(exact, reverse=True)


def check_townships(browser, coverage):
    rows = browser.eval("""[...document.querySelectorAll('[data-testid=township-table] tbody tr')].map(r => [r.dataset.code, r.dataset.state,
        ...['场次', '其中进村居', '首次', '最近'].map(l => r.querySelector(`[data-label='${l}']`).innerText.trim())])""")
    assert sorted(rows) == sorted([t["code"], t["state"], str(t["sessions_broad"]), str(t["sessions_strict"]), t["first_on"] or "—",
                                   t["last_on"] or "—"] for t in coverage["townships"])
    assert [r[1] for r in rows] == sorted((r[1] for r in rows), key=["uncovered", "inherited_unproven", "covered"].index)


def check_plan(browser, complete):
    rows = browser.eval("""[...document.querySelectorAll('[data-testid=plan-table] tbody tr')].map(r => [r.dataset.line,
        ...['已开展', '计入'].map(l => r.querySelector(`[data-label='${l}']`).innerText.trim())])""")
    assert rows == [[line["plan_item_id"], str(line["held"]), "—" if line["counted"] is None else str(line["counted"])]
                    for line in sorted(complete["lines"], key=lambda x: x["item_no"])]
    assert len(rows) > 3


def check_drawer(centre, browser, query):
    """The list behind a figure is the one of the API, in its order; its first page is whole."""
    answer = centre.get(f"items?{query}&limit=100&as_of={THEN}")
    browser.says("[data-testid=members-total]", f"共{count(answer['total'])}条")
    browser.wait(f"document.querySelectorAll('[data-testid=members-list] > li').length === {len(answer['items'])}")
    assert texts(browser, "[data-testid=members-list] .record-theme") == ["".join(i["theme"].split()) for i in answer["items"]]
    return answer


def test_map_by_click(centre, browser):
    """The province by city, a city by county; an area that is pressed is where the reader goes."""
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    for layer, node, below in (("cities", PROVINCE, CITY), ("counties", CITY, COUNTY)):
        children = centre.get(f"coverage?node={node}&as_of={THEN}")["children"]
        x, y = check_map(centre, browser, layer, {c["code"]: official(c["figures"]) for c in children if c["figures"]})[below]
        left, top = browser.eval("(r => [r.x, r.y])(document.querySelector('[data-testid=map] canvas').getBoundingClientRect())")
        browser.click_at(left + x, top + y)
        at(browser, below)


def test_figure_of_the_map_by_keyboard(centre, browser):
    """Arrows and Enter choose what map and ranking show, an arrow the counties in place of the cities."""
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    browser.focus("[data-testid=figure-select] input")
    browser.key("Enter")
    for _ in range(10):
        browser.key("ArrowDown")
        if browser.eval("document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText") == "完成率（考核）":
            break
    browser.key("Enter")
    browser.wait("location.hash.includes('figure=completion')")
    settled(browser)
    rates = {c["code"]: c["completion"] for c in centre.get(f"completion?node={PROVINCE}&scope=cities&as_of={THEN}")["children"]}
    codes = browser.eval("[...document.querySelectorAll('[data-testid=rank-table] tbody tr')].map(r => r.dataset.code)")
    assert sorted(codes) == sorted(rates) and texts(browser, "[data-testid=rank-table] .rank-percent") == [percent(rates[c]) for c in codes]
    assert "完成率（考核）" in browser.eval("document.querySelector('[data-testid=map]').getAttribute('aria-label')")
    check_map(centre, browser, "cities", rates)
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    browser.focus(".switches .el-radio-group input")
    browser.key("ArrowRight")
    browser.wait("location.hash.includes('depth=counties')")
    settled(browser)
    coverage = centre.get(f"coverage?node={PROVINCE}&depth=counties&as_of={THEN}")
    assert len(coverage["children"]) > 100
    browser.wait(f"document.querySelectorAll('[data-testid=rank-table] tbody tr').length === {len([c for c in coverage['children'] if c['figures']])}")
    check_ranking(browser, coverage)
    check_map(centre, browser, "counties", {c["code"]: official(c["figures"]) for c in coverage["children"] if c["figures"]})


def at(browser, node):
    browser.wait(f"location.hash === '#/{node}?as_of={THEN}'")
    settled(browser)


def covered(coverage):
    return next(t for t in coverage["townships"] if t["sessions_broad"] > 1)


def test_down_by_click(centre, browser):
    """Province, city, county, township, record; going back undoes one step each."""
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    coverage, _ = check_headline(centre, browser, PROVINCE)
    check_ranking(browser, coverage)
    browser.click(f"[data-testid=rank-table] tr[data-code='{CITY}']")
    at(browser, CITY)
    coverage, complete = check_headline(centre, browser, CITY)
    check_ranking(browser, coverage)
    check_plan(browser, complete)
    browser.click(f"[data-testid=rank-table] tr[data-code='{COUNTY}'] a")
    at(browser, COUNTY)
    coverage, complete = check_headline(centre, browser, COUNTY)
    check_townships(browser, coverage)
    check_plan(browser, complete)
    town = covered(coverage)
    browser.click(f"[data-testid=township-table] tr[data-code='{town['code']}']")
    answer = check_drawer(centre, browser, f"unit={town['unit_id']}&breadth=broad&counted=true")
    assert answer["total"] == town["sessions_broad"]
    browser.click("[data-testid=members-list] button")
    first = answer["items"][0]
    assert first["item_id"] in browser.says("[data-testid=item-history]", "当前计入")
    for gone, left in (("item=", f"open=unit.{town['unit_id']}.broad"), ("open=", f"#/{COUNTY}?as_of={THEN}"), (COUNTY, f"#/{CITY}?as_of={THEN}"),
                       (CITY, f"#/{PROVINCE}?as_of={THEN}")):
        browser.eval("history.back()")
        browser.wait(f"!location.hash.includes('{gone}') && location.hash.includes('{left}')")
    settled(browser)
    check_headline(centre, browser, PROVINCE)


def test_down_by_keyboard(centre, browser):
    """The same way with Tab, arrows, Enter and Escape alone; after each step the focus is where the reader goes on."""
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    codes = browser.eval("[...document.querySelectorAll('[data-testid=rank-table] tbody tr')].map(r => r.dataset.code)")
    press_until(browser, "Tab", "data-code", codes[0], most=80)
    press_until(browser, "ArrowDown", "data-code", CITY)
    browser.key("Enter")
    at(browser, CITY)
    assert browser.eval("document.activeElement.closest('[data-testid=rank-table]') !== null"), "in the ranking of the city"
    press_until(browser, "ArrowDown", "data-code", COUNTY)
    browser.key("Enter")
    at(browser, COUNTY)
    town = covered(centre.get(f"coverage?node={COUNTY}&as_of={THEN}"))
    browser.wait("document.activeElement.closest('[data-testid=township-table]') !== null")
    press_until(browser, "ArrowDown", "data-code", town["code"])
    browser.key("Enter")
    check_drawer(centre, browser, f"unit={town['unit_id']}&breadth=broad&counted=true")
    for _ in range(6):
        browser.key("Tab")
        if browser.eval("document.activeElement.closest('[data-testid=members-list]') !== null"):
            break
    browser.key("Enter")
    browser.says("[data-testid=item-history]", "当前计入")
    assert browser.eval("document.activeElement.closest('[data-testid=item-history]') !== null"), "on the way back to the list"
    browser.key("Enter")
    browser.wait("!location.hash.includes('item=') && location.hash.includes('open=')")
    browser.key("Escape")
    closed(browser)
    browser.wait(f"document.activeElement.dataset.code === '{town['code']}'")
    browser.focus("[data-testid=breadcrumb] a")
    browser.key("Enter")
    at(browser, PROVINCE)


@pytest.mark.parametrize("tile, query", [("[data-testid=coverage-official-percent]", "breadth=broad&counted=true"),
                                         ("[data-testid=sessions]", "counted=true"), ("[data-testid=unplanned]", "counted=true&planned=no"),
                                         (".strip-part.wide .chips li:nth-child(4) button", "category=village&counted=true")])
def test_drawer(centre, browser, tile, query):
    """The list behind a figure, page after page to its end."""
    visit(centre, browser, f"{CITY}?as_of={THEN}")
    browser.click(tile)
    answer = check_drawer(centre, browser, f"node={CITY}&{query}")
    assert answer["total"] > 0
    if answer["next"]:
        browser.click("[data-testid=members-drawer] .more")
        browser.wait(f"document.querySelectorAll('[data-testid=members-list] > li').length === {min(200, answer['total'])}")
    browser.key("Escape")
    closed(browser)


@pytest.mark.parametrize("query", ["counted=true", "counted=any", "unit={unit}&breadth=broad", "plan_item={line}"])
def test_list_of_a_node_is_its_part_of_the_province(centre, query):
    """The lectures of a node are read for its offices alone: what the province has of them, none left out; those of a township or
    a plan line also when another office holds them."""
    unit = covered(centre.get(f"coverage?node={COUNTY}&as_of={THEN}"))["unit_id"]
    line = centre.cluster.psql(f"SELECT c.plan_item_id FROM zhibao.claim c WHERE c.office_code = '{CITY}' AND c.plan_item_id IS NOT NULL LIMIT 1")
    query = query.format(unit=unit, line=line)

    def listed(node):
        items, after = [], "0"
        while after is not None:
            page = centre.get(f"items?node={node}&{query}&limit=500&after={after}&as_of={THEN}")
            items, after = items + page["items"], page["next"]
        return items

    province = listed(PROVINCE)
    for node in (CITY, COUNTY):
        below = {code for code in OFFICES.split(",") if code.startswith(node.removesuffix("00"))}
        mine = [one for one in province if one["office_code"] in below or "unit" in query or ("plan_item" in query and one["plan_item_id"] != line)]
        assert listed(node) == mine and mine, node
    assert len(province) > len(mine) or "counted" not in query


def test_joint_lecture(centre, browser):
    """R8: a lecture held elsewhere stands on the page of the county that claims it and of its city, apart from the sessions and in no
    count; not where both are below, nor with another category."""
    joint = centre.cluster.psql(f"SELECT DISTINCT host_item_id FROM zhibao.claim WHERE office_code = '{COUNTY}'")
    for node in (CITY, COUNTY):
        answer = centre.get(f"items?node={node}&limit=500&as_of={THEN}")
        assert [(one["item_id"], one["office_code"], one["claimed_by"]) for one in answer["joint"]] == [(joint, ELSEWHERE, ["西陵区"])], node
        held = centre.cluster.psql("SELECT count(*) FROM zhibao.session('2024-12-31', '2024-12-31 23:59:59.999999+08') s JOIN zhibao.office_tree t"
                                   f" ON t.code = s.office_code AND t.ancestor_code = '{node}'")
        assert joint not in {one["item_id"] for one in answer["items"]} and str(answer["total"]) == held
    category = answer["joint"][0]["category"]
    other = "village" if category != "village" else "campus"
    for query in (f"node={PROVINCE}", f"node={ELSEWHERE}", "node=420503", f"node={CITY}&after=1", f"node={CITY}&counted=false", f"node={CITY}&planned=yes",
                  f"node={CITY}&category={other}", f"node={CITY}&as_of=2024-03-02"):
        assert centre.get(f"items?{query}" + ("" if "as_of" in query else f"&as_of={THEN}"))["joint"] == [], query
    for query in (f"node={CITY}&planned=no", f"node={CITY}&category={category}"):
        assert len(centre.get(f"items?{query}&as_of={THEN}")["joint"]) == 1, query
    visit(centre, browser, f"{COUNTY}?as_of={THEN}")
    browser.click("[data-testid=sessions]")
    check_drawer(centre, browser, f"node={COUNTY}&counted=true")
    assert "联合活动（不计场次）：1条" in browser.says("[data-testid=members-drawer]", "联合活动")
    assert texts(browser, "[data-testid=joint-list] .record-head .el-tag")[-1] == "西陵区联合"
    browser.click("[data-testid=joint-list] button")
    assert joint in browser.says("[data-testid=item-history]", "当前计入")
    browser.key("Escape")
    closed(browser)


def test_drawer_of_a_plan_line(centre, browser):
    visit(centre, browser, f"{COUNTY}?as_of={THEN}")
    line = next(x for x in centre.get(f"completion?node={COUNTY}&as_of={THEN}")["lines"] if x["held"] > 1)
    browser.focus("[data-testid=plan-table] tbody tr")
    press_until(browser, "ArrowDown", "data-line", line["plan_item_id"])
    browser.key("Enter")
    assert check_drawer(centre, browser, f"plan_item={line['plan_item_id']}&counted=true")["total"] == line["held"]
    browser.key("Escape")
    closed(browser)


@pytest.mark.parametrize("node", [PROVINCE, "420000U03"])
def test_annex_2_line_by_line(centre, browser, node):
    """Months, modes and audiences of the lines of annex 2 beside what it asks for, down to the sessions; those are as many as the plan counts."""
    answer = centre.get(f"completion/annex2?node={node}&as_of={THEN}")["lines"]
    plan = {x["plan_item_id"]: x for x in centre.get(f"completion?node={node}&scope=provincial&as_of={THEN}")["lines"]}
    assert {x["plan_item_id"]: x["held"] for x in answer} == {i: x["held"] for i, x in plan.items()} and len(plan) == (30 if node == PROVINCE else 5)
    for line in answer:
        sessions = centre.get(f"completion/annex2/sessions?line={line['plan_item_id']}&as_of={THEN}&limit=500")["items"]
        assert sum(m["held"] for m in line["months"]) == sum(line["modes"].values()) == len(sessions) == line["held"]
        for month in line["months"]:
            days = [s for s in sessions if s["occurred_on"].startswith(month["month"])]
            assert (len(days), sum(not line["window_start"] <= s["occurred_on"] <= line["window_end"] for s in days)) == (
                month["held"], month["outside_window"])
            assert all(s["is_outside_window"] == (not line["window_start"] <= s["occurred_on"] <= line["window_end"]) for s in days)
        for one in line["audiences"]:
            assert one["sessions"] == sum(one["label_zh"] in s["audiences"] if one["audience"] else not s["audiences"] for s in sessions)
    visit(centre, browser, f"{node}?as_of={THEN}&tab=annex")
    browser.wait(f"document.querySelectorAll('[data-testid=annex-table] tbody tr').length === {len(answer)}")
    shown = browser.eval("""[...document.querySelectorAll('[data-testid=annex-table] tbody tr')].map(r => [r.dataset.line,
        ...['场次', '时间', '方式', '对象'].map(l => r.querySelector(`[data-label='${l}']`).innerText.replace(/\\s/g, ''))])""")
    for (key, held, when, how, whom), line in zip(shown, answer, strict=True):
        assert (key, held) == (line["plan_item_id"], str(line["held"]))
        assert when.startswith("".join(line["time_text"].split())) and whom.startswith("".join(line["audience"].split()))
        assert ("窗口期外" in when) == (line["outside_window"] > 0) and ("早于3月" in when) == (line["before_start"] > 0)
        assert all(f"{int(m['month'][5:])}月{m['held']}场" in when for m in line["months"])
        assert ("未按要求" in how) == (line["held"] > 0 and line["is_mode_met"] is False)
        assert all(f"{one['label_zh']}{one['sessions']}" in whom for one in line["audiences"])
    line = next(x for x in answer if x["held"] and x["category"] == "system")
    browser.focus("[data-testid=annex-table] tbody tr")
    press_until(browser, "ArrowDown", "data-line", line["plan_item_id"])
    browser.key("Enter")
    browser.says("[data-testid=annex-total]", f"共{count(line['held'])}场")
    browser.wait(f"document.querySelectorAll('[data-testid=annex-sessions] > li').length === {min(line['held'], 100)}")
    browser.click("[data-testid=annex-sessions] button")
    browser.says("[data-testid=item-history]", "当前计入")
    browser.key("Escape")
    closed(browser)


def test_works_of_annex_2_lines(centre, browser):
    """The mini-program and a handbook stand with the line of annex 2 that they were made for; a county may not name that line."""
    line = next(x for x in centre.get("completion/annex2")["lines"] if x["row_no"] == 1)
    assert line["works"] == []
    agents = {office: centre.agent(office) for office in ("420000U03", ELSEWHERE)}
    launch = ("record", "publication", "--object_kind", "column", "--channel", "mini_program", "--title", "政策法规小程序上线", "--url", "https://rst.example.gov.cn/mini",
              "--published_on", "2024-03-05", "--plan_item_id", line["plan_item_id"], "--wait", "30")
    handbook = ("record", "media_product", "--media_kind", "handbook", "--title", "惠民政策手册", "--made_on", "2024-04-01", "--edition", "2024 版",
                "--printed_copies", "500", "--is_loose_leaf", "true", "--url", "https://rst.example.gov.cn/book", "--plan_item_id", line["plan_item_id"], "--wait", "30")
    poster = ("record", "media_product", "--media_kind", "poster_template", "--title", "举报海报", "--made_on", "2024-10-08", "--file_digest", "d7" * 32,
              "--plan_item_id", line["plan_item_id"], "--wait", "30")
    for words in (launch, handbook, poster):
        run = agents["420000U03"].command(*words)
        assert run.returncode == 0, run.stderr
    refused = agents[ELSEWHERE].command(*launch)
    assert refused.returncode != 0 and "E_PLAN_ITEM_UNKNOWN" in refused.stdout + refused.stderr
    def works():
        return next(x for x in centre.get("completion/annex2")["lines"] if x["row_no"] == 1)["works"]
    wait_for(lambda: len(works()) == 3 and works()[2]["received"] == 0, 60, "the works in what is folded")
    centre.collector_command("notice", "--office", "all", "--title", "海报模版", "--text", "请张贴", "--digest", "d7" * 32)
    wait_for(lambda: works()[2]["received"] == 1, 60, "the message at the one county whose agent runs")
    for agent in agents.values():
        agent.kill()
    assert [(w["kind"], w["word_zh"], w["done_on"], w["printed_copies"], w["received"]) for w in works()] == [
        ("publication", "小程序", "2024-03-05", None, None), ("media_product", "宣传手册", "2024-04-01", 500, None),
        ("media_product", "海报模版", "2024-10-08", None, 1)]
    visit(centre, browser, f"{PROVINCE}?tab=annex")
    row = f"[data-testid=annex-table] [data-line='{line['plan_item_id']}']"
    browser.wait(f"document.querySelectorAll(\"{row} [data-work]\").length === 3")
    assert texts(browser, f"{row} [data-work]") == ["小程序“政策法规小程序上线”2024-03-05", "宣传手册“惠民政策手册”2024-04-01，印500份",
                                                    f"海报模版“举报海报”2024-10-08，送达1/{works()[2]['offices']}个单位"]
    browser.click(f"{row} [data-work='{works()[1]['item_id']}']")
    assert "2024版" in browser.says("[data-testid=item-history]", "活页")
    browser.key("Escape")
    closed(browser)


def test_interval(centre, browser):
    """What the coverage could be at most, and whose silence is the reason."""
    answer = centre.get(f"coverage/interval?node={CITY}&as_of={THEN}")
    assert answer["unheard"] and answer["high"]["numerator"] > answer["low"]["numerator"]
    visit(centre, browser, f"{CITY}?as_of={THEN}")
    shown = browser.text("[data-testid=coverage-interval] summary")
    assert f"{percent(answer['low'])}至{percent(answer['high'])}：{len(answer['unheard'])}个单位" in shown
    browser.focus("[data-testid=coverage-interval] summary")
    browser.key("Enter")
    assert fraction(answer["high"]) in browser.text("[data-testid=coverage-interval] p")
    assert len(texts(browser, "[data-testid=coverage-interval] li")) == len(answer["unheard"])
    browser.click("[data-testid=coverage-interval] li a")
    browser.wait(f"location.hash.startsWith('#/{answer['unheard'][0]['code']}?')")


@pytest.fixture(scope="module")
def changed(centre):
    """A county lowers a line, withdraws one and adds one, long after its plan was due. The lines by what became of them."""
    agent = centre.agent(COUNTY)
    # The baseline of a late plan is what came with its first line; on a slow machine that may be one line.
    centre.cluster.psql("""SET session_replication_role = replica; UPDATE zhibao.plan_item i SET received_at = (
        SELECT min(f.received_at) FROM zhibao.plan_item f WHERE f.office_code = i.office_code)""")
    lines = centre.get(f"completion/baseline?node={COUNTY}")["lines"]
    lowered = next(x for x in lines if x["baseline_min"] and x["baseline_min"] > 1)
    dropped = next(x for x in lines if x["baseline_min"] and x is not lowered)
    wait_for(lambda: all(agent.command("show", x["plan_item_id"]).returncode == 0 for x in (lowered, dropped)), 60, "the history of the office")
    for words in (("amend", lowered["plan_item_id"], "--planned_min", "1"), ("withdraw", dropped["plan_item_id"]),
                  ("record", "plan_item", "--item_no", "90", "--category", "village", "--theme", "补报的一行", "--window_start", "2024-11-01",
                   "--window_end", "2024-12-31", "--quota_kind", "counted", "--planned_min", "3")):
        run = agent.command(*words, "--wait", "30")
        assert run.returncode == 0, run.stderr
    agent.kill()
    wait_for(lambda: len(centre.get(f"completion/baseline?node={COUNTY}")["cuts"]) == 2, 60, "the cuts in what is folded")
    return {lowered["plan_item_id"]: "lowered", dropped["plan_item_id"]: "dropped"}


def test_baseline(centre, browser, changed):
    """The plan when it was due beside that of today, below the city and at the county, and what was cut late."""
    visit(centre, browser, CITY)
    browser.focus("[data-testid=plan-kind] input")
    browser.key("ArrowRight")
    browser.wait("location.hash.includes('tab=baseline')")
    browser.says("[data-testid=baseline-offices]", "新增1行，撤下1行，下调1行")
    answer = centre.get(f"completion/baseline?node={CITY}")
    for name in ("baseline", "current"):
        assert (browser.text(f"[data-testid={name}-percent]"), browser.text(f"[data-testid={name}-fraction]")) == (
            percent(answer[name]), fraction(answer[name]))
    assert answer["baseline"] != answer["current"]
    assert browser.eval("[...document.querySelectorAll('[data-testid=baseline-offices] tbody tr')].map(r => r.dataset.code)") == [COUNTY]
    assert len(texts(browser, "[data-testid=plan-cuts] li")) == 2
    browser.focus("[data-testid=baseline-offices] tbody tr")
    browser.key("Enter")
    browser.wait(f"location.hash.startsWith('#/{COUNTY}?tab=baseline')")
    lines = centre.get(f"completion/baseline?node={COUNTY}")["lines"]
    browser.wait(f"document.querySelectorAll('[data-testid=baseline-lines] tbody tr').length === {len(lines)}")
    shown = browser.eval("""[...document.querySelectorAll('[data-testid=baseline-lines] tbody tr')].map(r => [r.dataset.line, r.dataset.change,
        ...['基准计划', '现行计划', '已开展'].map(l => r.querySelector(`[data-label='${l}']`).innerText.trim())])""")

    def planned(is_there, number):
        return "没有" if not is_there else "未定量" if number is None else str(number)
    assert shown == [[x["plan_item_id"], changed.get(x["plan_item_id"], "same" if x["is_baseline"] else "added"),
                      planned(x["is_baseline"], x["baseline_min"]), planned(x["is_current"], x["current_min"]), str(x["held"])] for x in lines]
    assert [s[1] for s in shown].count("added") == 1
    browser.focus("[data-testid=plan-cuts] button")
    browser.key("Enter")
    browser.says("[data-testid=item-history]", "2个版本")
    browser.key("Escape")
    closed(browser)


def test_narrow(centre, browser, changed):
    """The way down at the width of a phone: nothing is wider than the screen."""
    browser.size(390, 844)
    town = covered(centre.get(f"coverage?node={COUNTY}&as_of={THEN}"))
    visit(centre, browser, f"{PROVINCE}?as_of={THEN}")
    for row, node in ((f"[data-testid=rank-table] tr[data-code='{CITY}']", CITY), (f"[data-testid=rank-table] tr[data-code='{COUNTY}']", COUNTY)):
        assert browser.eval("document.documentElement.scrollWidth") == 390
        browser.click(row)
        at(browser, node)
    check_headline(centre, browser, COUNTY)
    assert browser.eval("document.documentElement.scrollWidth") == 390
    browser.click(f"[data-testid=township-table] tr[data-code='{town['code']}']")
    check_drawer(centre, browser, f"unit={town['unit_id']}&breadth=broad&counted=true")
    assert browser.eval("(d => d.scrollWidth <= d.clientWidth)(document.querySelector('.el-drawer__body'))")
    assert browser.eval("document.querySelector('.el-drawer').offsetWidth") == 390
    for view in (f"{PROVINCE}?tab=baseline&plan=all", f"{CITY}?tab=baseline", f"{COUNTY}?tab=baseline"):
        visit(centre, browser, view)
        browser.wait("document.querySelector('[data-testid=baseline-percent]')")
        assert browser.eval("document.documentElement.scrollWidth") == 390, view
