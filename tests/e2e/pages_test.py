# SPDX-License-Identifier: Apache-2.0
"""The operators' pages in Chromium over a real centre with an invented year: by click and by keyboard, every figure on
them against the answer of the API; a database that is away; a narrow screen."""
import json
import re

import pytest

from onpage import centre_of, closed, command, commands, fraction, press_until, run_shown, settled, texts, unrated, visit
from pastyear import simulate
from pgcluster import wait_for

CITY, OTHER = "420500", "420502"
OFFICES = "420500,420502,420503,420529,420102"
THEN = "2024-12-31"
MILESTONE = "2024-11-30"


@pytest.fixture(scope="module")
def centre():
    centre = centre_of(OFFICES)
    cluster = centre.cluster
    cluster.psql(f"""INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at)
        VALUES ('hubei-2024', '{CITY}', 34, '2024-07-05+08', '汛期防汛', 'prov', '420000', '2024-06-28 10:00+08')""")
    centre.start_aggregator()
    centre.wait_folded()
    command(centre, "account", "set", "--login", "prov", "--name", "省厅审核", "--office", "420000", "--roles", "provincial_operator")
    command(centre, "account", "set", "--login", "yc", "--name", "宜昌审核", "--office", CITY, "--roles", "city_operator")
    wait_for(lambda: cluster.psql(f"SELECT count(*) FROM zhibao.frozen_set WHERE milestone_on = '{MILESTONE}'"
                                  " AND indicator IN ('coverage', 'completion', 'I-04')") == "3", 300, "frozen figures")
    # More arrives after the freeze, for days before it.
    simulate(centre, centre.home / "keys", "more", seed=8, scale="0.3", offices=CITY)
    yield centre
    centre.stop()
    cluster.remove()


@pytest.mark.parametrize("as_of", ["2024-06-25", THEN])
def test_deadlines(centre, browser, as_of):
    """Rates, counts and every cell of the matrix as of a day are those of the API."""
    visit(centre, browser, f"deadlines/{CITY}?as_of={as_of}")
    answer = centre.get(f"deadlines?node={CITY}&as_of={as_of}")
    total = answer["total"]
    assert total["due"] > 50
    for name, key in (("timeliness", "timeliness"), ("completeness", "completeness"), ("accepted", "accepted_rate")):
        assert browser.text(f"[data-testid={name}-percent]") == total[key]["percent"] + "%"
        assert browser.text(f"[data-testid={name}-fraction]") == fraction(total[key])
    assert browser.text("[data-filter=missing]") == f"缺报{total['missing']}"
    assert browser.text("[data-filter=late]") == f"迟报{total['late']}"
    cells = {tuple(c[:2]): c[2:] for c in browser.eval("""[...document.querySelectorAll('.cell')].map(c => [
        c.closest('tr').dataset.code, Number(c.dataset.milestone), c.dataset.state, c.innerText])""")}
    assert len(cells) == len(answer["obligations"])
    words = {"missing": "缺 {days_overdue} 天", "late": "迟 {days_late} 天", "on_time": "", "not_due": "", "exempt": "免报"}
    for one in answer["obligations"]:
        state, text = cells[one["office_code"], one["milestone_no"]]
        assert state == one["state"]
        assert words[state].format(**one) in text, one
        assert ("延期" in text) == (one["extended_until"] is not None), one
    assert {c[0] for c in cells.values()} >= ({"missing", "not_due"} if as_of < THEN else {"missing", "late", "on_time"})


def test_deadlines_by_click(centre, browser):
    """A count narrows the matrix, a cell opens the obligation, an office name goes there; going back undoes each."""
    visit(centre, browser, f"deadlines/{CITY}?as_of={THEN}")
    answer = centre.get(f"deadlines?node={CITY}&as_of={THEN}")
    browser.click("[data-filter=late]")
    late = {o["office_code"] for o in answer["obligations"] if o["state"] == "late"}
    browser.wait("location.hash.includes('state=late')")
    assert set(browser.eval("[...document.querySelectorAll('.matrix tbody tr')].map(r => r.dataset.code)")) == late
    browser.click("[data-filter=late]")
    browser.click(f"tr[data-code='{CITY}'] .cell[data-milestone='34']")
    browser.says("[data-testid=page-drawer]", "汛期防汛")
    detail = centre.get(f"deadlines/{CITY}/34?as_of={THEN}")
    assert detail["state"] == "missing"
    assert browser.text("[data-testid=obligation-state]") == f"缺报，已逾期{detail['days_overdue']}天·期限2024-07-0424:00"
    assert "延至2024-07-0424:00，2024-06-2810:00:00由湖北prov批准：汛期防汛" in browser.text("[data-testid=obligation-extensions]")
    browser.eval("history.back()")
    closed(browser)
    browser.click(f".matrix tr[data-code='{OTHER}'] th a")
    browser.wait(f"location.hash.startsWith('#/deadlines/{OTHER}?as_of={THEN}')")
    settled(browser)
    assert len(browser.eval("[...document.querySelectorAll('.cell')].map(c => 1)")) == len(
        centre.get(f"deadlines?node={OTHER}&as_of={THEN}")["obligations"])


def test_deadlines_by_keyboard(centre, browser):
    """Tab into the matrix, arrows to a cell, Enter opens it, a received record's history, Escape closes."""
    received = next(o for o in centre.get(f"deadlines?node={CITY}&as_of={THEN}")["obligations"] if o["state"] == "on_time")
    office = received["office_code"]
    visit(centre, browser, f"deadlines/{office}?as_of={THEN}")
    browser.focus("[data-filter=on_time]")
    browser.key("Tab")
    assert browser.eval("document.activeElement.closest('table')?.dataset.testid") == f"matrix-{'city' if office == CITY else 'county'}"
    press_until(browser, "ArrowRight", "data-milestone", str(received["milestone_no"]))
    browser.key("Enter")
    assert browser.text("[data-testid=obligation-state]").startswith("按时")
    browser.focus("[data-testid=obligation-records] button")
    browser.key("Enter")
    browser.wait(f"location.hash.includes('item={office}.{received['received_item_id']}')")
    browser.says("[data-testid=item-history]", received["received_item_id"])
    assert browser.eval("document.activeElement.closest('.el-drawer') !== null"), "the keyboard is in the drawer"
    browser.key("Escape")
    closed(browser)


def test_reminder_is_shown(centre, browser):
    """The command that the page shows is the command that works; the page then shows what it did."""
    visit(centre, browser, f"deadlines/{OTHER}?pick={OTHER}.10")
    assert browser.text("[data-testid=obligation-reminders]") == "没有催过"
    shown = commands(browser, ".el-drawer")[0]
    run_shown(centre, shown, "yc")
    wait_for(lambda: centre.get(f"deadlines/{OTHER}/10")["reminders"], 180, "the reminder in what is folded")
    visit(centre, browser, f"deadlines/{OTHER}?pick={OTHER}.10")
    browser.says("[data-testid=obligation-reminders]", "人工第1次·yc·未送达")


def test_filings(centre, browser):
    visit(centre, browser, f"deadlines/{CITY}?as_of={THEN}&tab=filing")
    city = centre.get(f"deadlines/matrix?node={CITY}&as_of={THEN}")["cities"][0]
    browser.wait("document.querySelector('[data-testid=filing-table]')")
    assert f"（{fraction(city['filed'])}）" in browser.text("main section h3")
    assert browser.eval("[...document.querySelectorAll('[data-testid=filing-table] tbody tr')].map(r => r.dataset.code)") == [
        o["code"] for o in city["offices"]]


def review_counts(centre, as_of=""):
    """Of papers: waiting and returned. The newest are as of what is folded, some time after a verdict."""
    kinds = centre.get(f"reviews/summary?node={CITY}&as_of={as_of}")["kinds"]
    return next((k["pending"], k["returned"]) for k in kinds if k["kind"] == "submission")


def test_reviews(centre, browser):
    """Counts and list, a record by keyboard, and the copied commands change what the page shows."""
    visit(centre, browser, f"reviews/{CITY}")
    pending, returned = review_counts(centre)
    assert pending >= 4 and returned == 0
    assert browser.text("tr[data-kind=submission] [data-state=pending]") == str(pending)
    assert browser.says("[data-testid=review-total]", "共") == f"共{pending}条，等得久的在前"
    items = centre.get(f"reviews?node={CITY}&kind=submission&state=pending")["items"]
    assert browser.eval("[...document.querySelectorAll('[data-testid=review-table] tbody tr')].map(r => r.dataset.item)") == [
        i["item_id"] for i in items]
    browser.focus("[data-testid=review-table] tbody tr")
    browser.key("ArrowDown", "Enter")
    item = items[1]
    browser.wait(f"location.hash.includes('{item['item_id']}')")
    assert "不能在这里审核" in browser.text("[data-testid=review-commands]")
    shown = commands(browser, "[data-testid=review-commands]")
    run_shown(centre, shown[1], "prov", 理由="缺盖章页", 整改期限="2030-01-31")
    wait_for(lambda: review_counts(centre) == (pending - 1, 1), 180, "the verdict in what is folded")
    visit(centre, browser, f"reviews/{CITY}")
    browser.click("tr[data-kind=submission] [data-state=returned]")
    browser.wait(f"document.querySelector('[data-testid=review-table] tr[data-item=\"{item['item_id']}\"]')")
    assert texts(browser, "[data-testid=review-table] tbody tr")[0].find("退回") > 0
    assert "缺盖章页" in texts(browser, "[data-testid=review-table] tbody tr")[0]
    browser.click("[data-testid=review-table] tbody tr")
    history = browser.says("[data-testid=item-history]", "缺盖章页")
    assert re.search("审核结论已退回（prov，.*）：缺盖章页；整改期限2030-01-31", history)
    # Given at the centre in its own words, shown in the page's: taken back, it waits again.
    browser.wait("document.querySelectorAll('[data-testid=review-commands] code').length === 4")
    shown = commands(browser, "[data-testid=review-commands]")
    run_shown(centre, shown[3], "prov", 理由="误退")
    wait_for(lambda: review_counts(centre) == (pending, 0), 180, "the verdict taken back")


def test_accept_by_the_command_of_the_page(centre, browser):
    """A paper that somebody else approved before it left is accepted by the first command that the page shows."""
    pending, returned = review_counts(centre)
    item = next(i for i in centre.get(f"reviews?node={CITY}&kind=submission&state=pending")["items"] if not i["findings"])
    visit(centre, browser, f"reviews/{CITY}")
    browser.click(f"[data-testid=review-table] tr[data-item='{item['item_id']}']")
    browser.wait("document.querySelectorAll('[data-testid=review-commands] code').length === 3")
    run_shown(centre, browser.eval("document.querySelector('[data-testid=review-commands] code').innerText"), "prov")
    wait_for(lambda: review_counts(centre) == (pending - 1, returned), 180, "the verdict in what is folded")
    accepted = centre.get(f"reviews?node={CITY}&kind=submission&state=accepted")["items"]
    assert [(i["item_id"], i["verdict"], i["reviewer"]) for i in accepted] == [(item["item_id"], "accepted", "prov")]


@pytest.mark.parametrize("kind, titles", [("window_report", {"宣传册"}), ("claim", {"西陵区", "伍家岗区", "五峰县"}), ("statistics_form", {"上半年"})])
def test_review_list_names_its_items(centre, browser, kind, titles):
    """Kinds without a title, theme or topic are named by what they are about, in words."""
    items = centre.get(f"reviews?node={CITY}&kind={kind}&state=any")["items"]
    assert items and {i["title"] for i in items} <= titles
    visit(centre, browser, f"reviews/{CITY}?kind={kind}&state=any")
    browser.says("[data-testid=review-table]", items[0]["title"])
    assert browser.eval("[...document.querySelectorAll('[data-testid=review-table] td[data-label=标题]')].map(c => c.innerText)") == [i["title"] for i in items]


def test_every_kind_in_the_review_list_is_named(centre):
    kinds = [k["kind"] for k in centre.get(f"reviews/summary?node=420000&as_of={THEN}")["kinds"]]
    assert len(kinds) > 10
    for kind in kinds:
        for item in centre.get(f"reviews?node=420000&kind={kind}&state=any&as_of={THEN}")["items"]:
            assert item["title"] or item["state"] == "withdrawn", item


def test_notes_are_read_on_the_record(centre, browser):
    """A lecture of a day before its office was enrolled: the drawer says what the history of the record says."""
    item = centre.get(f"reviews?node={CITY}&kind=lecture_event&state=pending")["items"][0]
    notes = centre.get(f"items/{item['office_code']}/{item['item_id']}")["revisions"][-1]["findings"]
    assert "F_BEFORE_ENROLMENT" in [n["code"] for n in notes]
    visit(centre, browser, f"reviews/{CITY}?kind=lecture_event")
    browser.click(f"[data-testid=review-table] tr[data-item='{item['item_id']}']")
    history = browser.says("[data-testid=item-history]", "提示")
    assert all("提示" + re.sub(r"\s", "", n["text"]) in history for n in notes)


def with_unit(text, unit):
    if text is None:
        return "—"
    shown = f"{int(text):,}" if re.fullmatch(r"\d+", text) else text
    return shown + (unit or "")


def test_forms(centre, browser):
    """The list, each form's check, and one form cell by cell."""
    visit(centre, browser, f"forms/{CITY}")
    answer = centre.get(f"forms?node={CITY}&period=mid_year&detail=list")
    current = [f for f in answer["forms"] if f["is_current"]]
    assert len(current) == 4 and len(answer["missing"]) > 5
    assert browser.text("[data-testid=form-sum]") == (f"收到有效表的单位{len(current)}个，没有有效表的{len(answer['missing'])}个，"
                                                      f"被拒收{len(answer['refused'])}张。")
    assert browser.eval("[...document.querySelectorAll('[data-testid=form-table] tbody tr')].map(r => r.dataset.form)")[:4] == [
        f"{f['office_code']}.{f['item_id']}" for f in current]
    form = centre.get(f"forms/{CITY}/{current[0]['item_id']}")
    bad = [c for c in form["cells"] if c["support"] in ("over_claimed", "under_claimed", "unsupported", "differs")]
    good = [c for c in form["cells"] if c["support"] == "supported"]
    assert bad and good
    browser.wait("[...document.querySelectorAll('[data-testid=form-table] .check')].every(e => !e.innerText.includes('核对中'))", 60)
    assert browser.text("[data-testid=form-table] tbody tr .check") == f"{len(bad)}项不符，{len(good)}项相符"
    browser.focus("[data-testid=form-table] tbody tr")
    browser.key("Enter")
    assert browser.text("[data-testid=form-counts]").startswith(f"{len(bad)}项与记录不符，{len(good)}项相符")
    rows = browser.eval("""Object.fromEntries([...document.querySelectorAll('[data-testid=form-cells] tr[data-cell]')].map(r => [
        r.dataset.cell, Object.fromEntries([...r.querySelectorAll('[data-label]')].map(c => [c.dataset.label, c.innerText.replace(/\\s+/g, '')]))]))""")
    assert {int(key.split(".")[0]) for key in rows} >= set(range(1, 22))
    assert len(rows) == len(form["cells"])
    support = {"supported": "相符", "over_claimed": "多报", "under_claimed": "少报", "unsupported": "无记录佐证", "differs": "不一致",
               "not_applicable": "不适用", "not_answered": "未填", "not_derivable": "不核对"}
    for cell in form["cells"]:
        row = rows[f"{cell['item_no']}.{cell['sub_field']}"]
        filled = {"not_applicable": "不适用", "not_answered": "未填"}.get(cell["state"]) or with_unit(cell["filled"], cell["unit"])
        assert (row["填报"], row["记录佐证"]) == (filled.replace(" ", ""), with_unit(cell["evidence"], cell["unit"])), cell
        assert row["核对"].startswith(support[cell["support"]]), cell
    assert len(texts(browser, "[data-testid=form-findings] li")) == max(1, len(form["findings"]))


def test_consolidated_form(centre, browser):
    visit(centre, browser, f"forms/{CITY}?tab=sum")
    answer = centre.get(f"forms/consolidated?node={CITY}&period=mid_year")
    browser.wait("document.querySelector('[data-testid=consolidated-table]')")
    seen = 0
    for row in answer["rows"]:
        if row["value_type"] != "count" or row["declared"]["count"] is None:
            continue
        place = f"[data-testid=consolidated-table] tr[data-cell='{row['item_no']}.{row['sub_field']}']"
        assert browser.text(f"{place} .declared") == f"{row['declared']['count']:,}{row['unit']}"
        assert browser.text(f"{place} .derived") == f"{row['derived']['count']:,}{row['unit']}"
        seen += 1
    assert seen >= 16


def test_indicators(centre, browser):
    """Every indicator of the catalogue with the fraction of the API; its parts and the records behind one, by keyboard."""
    visit(centre, browser, f"figures/{CITY}?as_of={THEN}")
    browser.wait("[...document.querySelectorAll('[data-testid=indicator-table] tbody tr')].length > 20"
                 " && !document.querySelector('main [role=status]')", 120)
    catalogue = centre.get("indicators/catalogue")["indicators"]
    seen = 0
    for one in catalogue:
        figures = centre.get(f"indicators?id={one['id']}&node={CITY}&depth=node&as_of={THEN}")["figures"]
        main = next((f for f in figures if f["part"] == ""), None)
        if main is None or main["denominator"] is None:
            continue
        row = f"[data-testid=indicator-table] tr[data-id='{one['id']}']"
        assert browser.text(f"{row} [data-label='分子 / 分母']") == fraction(main), one["id"]
        if main["style"] == "percent":
            assert browser.text(f"{row} .figure-value") == (f"{main['percent']}%" if main["percent"] else unrated(main)), one["id"]
        seen += 1
    assert seen > 10
    browser.focus("tr[data-id='I-01']")
    browser.key("ArrowDown", "ArrowUp", "Enter")
    browser.wait("location.hash.includes('pick=I-01')")
    figures = centre.get(f"indicators?id=I-01&node={CITY}&as_of={THEN}")["figures"]
    browser.wait("document.querySelector('[data-testid=indicator-parts]')")
    assert len(texts(browser, "[data-testid=indicator-parts] tbody tr")) == len(figures)
    browser.focus("[data-testid=indicator-parts] tr[data-part=late] button")
    browser.key("Enter")
    members = centre.get(f"indicators/members?id=I-01&part=late&node={CITY}&as_of={THEN}")
    assert members["total"] > 0
    browser.wait(f"document.querySelectorAll('[data-testid=indicator-members] tbody tr').length === {min(50, members['total'])}")
    assert f"共{members['total']}条，分子合计{members['numerator']}" in browser.text("[data-testid=indicator-members-sum]")


def test_frozen(centre, browser):
    """Frozen, later and live of a milestone; the difference down to a record that came after the freeze."""
    visit(centre, browser, f"figures/{CITY}?tab=frozen&date={MILESTONE}")
    one = next(f for f in centre.get(f"frozen?node={CITY}&date={MILESTONE}&indicator=I-04")["figures"] if f["part"] == "")
    assert one["later"]["numerator"] > one["frozen"]["numerator"] > 0
    row = "[data-testid=frozen-table] tr[data-id='I-04']"
    for label, key in (("冻结", "frozen"), ("同日补录后", "later"), ("最新", "live")):
        assert browser.text(f"{row} [data-label='{label}']") == f"{one[key]['numerator']:,}场", label
    assert "个分项因补录变了" in browser.text(row)
    browser.click(row)
    diff = centre.get(f"diff?a=frozen:{MILESTONE}&b=live&node={CITY}&indicator=I-04")["indicators"][0]
    mine = [c for c in diff["contributions"] if CITY in c["nodes"]]
    assert any(r["change"] == "new" for c in mine for r in c["records"])
    browser.wait(f"document.querySelectorAll('[data-testid=contributions] > li').length === {len(mine)}")
    shown = texts(browser, "[data-testid=contributions] > li")
    assert sum("新报" in text for text in shown) == sum(any(r["change"] == "new" for r in c["records"]) for c in mine)
    browser.click("[data-testid=contributions] button")
    browser.says("[data-testid=item-history]", "个版本")
    assert browser.eval("new URLSearchParams(location.hash.split('?')[1]).get('item')").split(".")[1] in {
        r["item_id"] for c in mine for r in c["records"]}


def test_tabs(centre, browser):
    """From page to page without a mouse; node and dates go along."""
    visit(centre, browser, f"{CITY}?as_of={THEN}")
    browser.focus("[data-testid=tabs] [data-view=overview]")
    for view in ("deadlines", "reviews", "forms", "figures", "draws", "reports"):
        browser.key("ArrowRight", "Enter")
        browser.wait(f"location.hash === '#/{view}/{CITY}?as_of={THEN}'")
        assert browser.eval("document.querySelector('[data-testid=tabs] [aria-current=page]').dataset.view") == view
        settled(browser)
        assert "宜昌" in browser.text("[data-testid=breadcrumb]")
    assert browser.eval("document.title").startswith("报告 · 湖北 · 宜昌")


def test_out_of_reach(centre, browser):
    """The service is not reached: said in words, with a way to try again that works."""
    for view, path, sign in (("deadlines", "deadlines", ".matrix"), ("reviews", "reviews/summary", "[data-testid=review-counts]"),
                             ("forms", "forms", "[data-testid=form-table]"), ("reports", "reports", "main .el-empty"), ("draws", "draws", "main .el-empty"),
                             ("figures", "indicators/catalogue", "[data-testid=indicator-table]")):
        browser.block(f"*/api/v1/{path}*")
        visit(centre, browser, f"{view}/{CITY}")
        said = browser.text("main [role=alert]")
        assert "连不上汇总服务" in said and "E_NETWORK" in said, view
        browser.block()
        browser.focus("main [role=alert] button")
        browser.key("Enter")
        browser.wait(f"document.querySelector({json.dumps(sign)}) && !document.querySelector('main [role=alert]')")


def test_narrow(centre, browser):
    """At the width of a phone nothing makes the page wider than the screen, drawers included."""
    form = next(f for f in centre.get(f"forms?node={CITY}&period=mid_year&detail=list")["forms"] if f["office_code"] == CITY)
    browser.size(390, 844)
    for view in (f"{CITY}", f"deadlines/?as_of={THEN}", f"deadlines/{CITY}?as_of={THEN}&pick={CITY}.34",
                 f"deadlines/?as_of={THEN}&tab=filing", "reviews/", f"forms/{CITY}", f"forms/{CITY}?tab=sum",
                 f"forms/{CITY}?pick={CITY}.{form['item_id']}", f"figures/{CITY}", f"figures/{CITY}?pick=I-01&part=-",
                 f"figures/{CITY}?tab=frozen&date={MILESTONE}", f"figures/{CITY}?tab=frozen&date={MILESTONE}&pick=I-04", "reports/"):
        visit(centre, browser, view)
        assert browser.eval("document.documentElement.scrollWidth") == 390, view
        drawer = browser.eval("(d => d && [d.scrollWidth, d.clientWidth])(document.querySelector('.el-drawer__body'))")
        assert ("pick" not in view) or (drawer and drawer[0] <= drawer[1]), view


def test_database_away(centre, browser):
    """503 of the API: every page says so, and comes back when asked again."""
    visit(centre, browser, f"deadlines/{CITY}?as_of={THEN}")
    assert browser.count(".matrix") > 0
    centre.cluster.stop()
    try:
        browser.click("[data-testid=tabs] [data-view=reviews]")
        browser.wait("document.querySelector('main [role=alert]')")
        said = browser.text("main [role=alert]")
        assert "数据库暂时不可用" in said and "E_DB_DOWN" in said
        assert browser.count("[data-testid=review-counts]") == 0
    finally:
        centre.cluster.start()
    wait_for(centre.is_ready, 60, "aggregator")
    browser.click("main [role=alert] button")
    browser.wait("document.querySelector('[data-testid=review-counts]')")
    as_of = browser.wait("document.querySelector('[data-testid=footer] dd[title]')?.title")
    assert browser.text("tr[data-kind=submission] [data-state=pending]") == str(review_counts(centre, as_of)[0])
