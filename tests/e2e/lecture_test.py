# SPDX-License-Identifier: Apache-2.0
"""One lecture, from the clerk's command to the changed figure on the API and on the page in a browser; and the
ledger of the agent through a kill -9."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing

import psycopg2
import pytest

from pgcluster import AGENT, AGGREGATOR, BUILD, PACK, wait_for

OFFICE = "420102"


def browse(url, screenshot=None):
    """The page as headless Chromium shows it, after its requests were answered."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
                   f"--user-data-dir={profile}", "--window-size=1280,900", "--virtual-time-budget=15000", "--dump-dom"]
        if screenshot:
            command.insert(-1, f"--screenshot={screenshot}")
        run = subprocess.run([*command, url], text=True, capture_output=True, timeout=120, check=True, env={**os.environ, "LANG": "C.UTF-8"})
        return run.stdout


def shown(dom, testid):
    found = re.search(rf'data-testid="{testid}"[^>]*>(.*?)</', dom, re.S)
    assert found, f"{testid} is not on the page"
    return re.sub(r"<[^>]+>|\s", "", found.group(1))


def coverage(centre):
    answer = centre.get(f"coverage?node={OFFICE}&on=2024-11-30")
    return next(f for f in answer["figures"] if f["is_official"])


def completion(centre):
    return centre.get(f"completion?node={OFFICE}&on=2024-11-30")["completion"]


def record(agent, *words):
    run = agent.command("record", *words, "--wait", "20")
    assert run.returncode == 0, run.stderr
    assert "已送达" in run.stdout
    return run.stdout.split()[0]


def lecture(plan, township):
    return ["lecture_event", "--category", "进村居", "--theme", "社保政策宣讲", "--occurred_on", "2024-05-06", "--place", "党群服务中心",
            "--township_codes", township, "--mode", "线下", "--status", "已开展", "--attendance", "55", "--plan_item_id", plan]


def test_one_lecture(centre, agent):
    plan = record(agent, "plan_item", "--item_no", "1", "--category", "进村居", "--theme", "社保政策", "--window_start", "2024-03-01",
                  "--window_end", "2024-11-30", "--quota_kind", "counted", "--planned_min", "2")
    centre.wait_folded()
    before, planned = coverage(centre), completion(centre)
    assert (planned["numerator"], planned["denominator"]) == (0, 2)
    item = record(agent, *lecture(plan, "420102002"))
    wait_for(lambda: coverage(centre) != before, 20, "the figure")
    after, done = coverage(centre), completion(centre)
    assert after["numerator"] == before["numerator"] + 1
    assert (done["numerator"], done["denominator"], done["percent"]) == (1, 2, "50.00")
    members = centre.get(f"items?node={OFFICE}&unit=420102002&on=2024-11-30")
    assert [m["item_id"] for m in members["items"]] == [item]
    history = centre.get(f"items/{OFFICE}/{item}")["revisions"]
    assert history[0]["stream"]["seq"] == 2 and len(history[0]["stream"]["chain"]) == 64

    dom = browse(f"{centre.api}/#/{OFFICE}?on=2024-11-30", BUILD / "county.png")
    assert after["percent"] in shown(dom, "coverage-official-percent")
    assert f'{after["numerator"]}/{after["denominator"]}' in shown(dom, "coverage-official-fraction")
    assert "50.00" in shown(dom, "completion-percent")
    assert "1/2" in shown(dom, "completion-fraction")


def test_pages(centre):
    """Province, city, a city that is a county at once, and county: each shows its own name and the right table."""
    for node, name, table in (("420000", "湖北", "rank-table"), ("420500", "宜昌", "rank-table"),
                              ("429021", "神农架", "township-table"), (OFFICE, "江岸区", "township-table")):
        dom = browse(f"{centre.api}/#/{node}?on=2024-11-30")
        assert name in shown(dom, "breadcrumb") or name in dom
        assert f'data-testid="{table}"' in dom, f"{node}: {table}"
        answer = centre.get(f"coverage?node={node}&on=2024-11-30")
        official = next(f for f in answer["figures"] if f["is_official"])
        assert official["percent"] in shown(dom, "coverage-official-percent"), node
        for child in answer["children"]:
            assert child["short_name"] in dom, child["code"]
    assert "天地图" in browse(f"{centre.api}/#/420000")


@pytest.mark.parametrize("table", ["covering_day", "lecture_event"], ids=["begin", "parts"])
def test_stop_ends_a_long_fold(centre, table):
    """A stop does not wait for roll-ups that are being made anew, whichever statement runs; the next start makes them."""
    centre.kill("aggregator")
    centre.cluster.psql("DELETE FROM zhibao.fold_state")
    with closing(psycopg2.connect(centre.cluster.conninfo())) as link, link.cursor() as cursor:
        cursor.execute(f"LOCK TABLE zhibao.{table} IN ACCESS EXCLUSIVE MODE")
        centre.start("aggregator", AGGREGATOR, "--config", centre.etc / "aggregator.conf", "run")
        waits = f"""SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND l.relation = 'zhibao.{table}'::regclass
            AND a.application_name IN ('zhibao-aggregator fold', 'zhibao-aggregator rebuild')"""
        wait_for(lambda: centre.cluster.psql(waits) != "0", 30, "a statement that waits")
        assert centre.kill("aggregator") == 0
        wait_for(lambda: centre.cluster.psql(waits) == "0", 30, "the end of that statement")
    centre.start_aggregator()
    centre.wait_folded()


def test_amend_and_withdraw(centre, agent):
    plan = record(agent, "plan_item", "--item_no", "2", "--category", "village", "--theme", "x", "--window_start", "2024-03-01",
                  "--window_end", "2024-11-30", "--quota_kind", "counted", "--planned_min", "1")
    item = record(agent, *lecture(plan, "420102003"))
    wait_for(lambda: coverage(centre)["numerator"] == 2, 20, "covered")
    run = agent.command("amend", item, "--township_codes", "420102004", "--wait", "20")
    assert run.returncode == 0, run.stderr
    wait_for(lambda: centre.get(f"items?node={OFFICE}&unit=420102003")["total"] == 0, 20, "moved")
    assert centre.get(f"items?node={OFFICE}&unit=420102004")["items"][0]["depth"] == 2
    assert agent.command("withdraw", item, "--wait", "20").returncode == 0
    wait_for(lambda: coverage(centre)["numerator"] == 1, 20, "withdrawn")
    assert centre.get(f"items/{OFFICE}/{item}")["state"] == "withdrawn"


def test_agent_killed(centre, agent):
    """Recorded while the centre is away, the agent killed: delivered once when both are back."""
    centre.kill("collector", signal.SIGKILL)
    run = agent.command("record", "news_item", "--news_kind", "work_news", "--title", "断网时记的", "--happened_on", "2024-05-06")
    assert run.returncode == 0 and "待送达" in run.stdout
    agent.kill(signal.SIGKILL)
    agent.start()
    assert "待送条数  1" in agent.command("status").stdout
    centre.start_collector()
    wait_for(lambda: "待送条数  0" in agent.command("status").stdout, 60, "delivery")
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.news_item WHERE title = '断网时记的'") == "1"


def test_quarantine_reaches_the_clerk(centre, agent):
    """A record that only the centre can judge: the register there has a newer version without this township."""
    pack = centre.home / "pack2"
    shutil.copytree(PACK, pack)
    text = (pack / "townships.csv").read_text(encoding="utf-8")
    line = next(x for x in text.splitlines() if x.startswith("420102005,"))
    closed = line.rsplit(",", 2)[0] + ",,2024-02-01"
    (pack / "townships.csv").write_text(text.replace(line, closed), encoding="utf-8")
    head = (pack / "programme.csv").read_text(encoding="utf-8")
    assert "已装载，无变化" in centre.collector_command("programme", "load", PACK).stdout
    changed = centre.collector_command("programme", "load", pack, check=False)
    assert changed.returncode == 65 and "E_PACK_CHANGED" in changed.stderr
    (pack / "programme.csv").write_text(head.replace("version,1", "version,2"), encoding="utf-8")
    # Entered while the office cannot know of the new version: once it has the pack, its own desk refuses the code.
    centre.kill("collector")
    centre.collector_command("programme", "load", pack)
    entry = subprocess.Popen([AGENT, "--config", agent.conf, "record", "lecture_event", "--category", "village", "--theme", "停用乡镇",
                              "--occurred_on", "2024-05-06", "--place", "x", "--township_codes", "420102005", "--mode", "offline",
                              "--status", "held", "--wait", "60"], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: "待送条数  1" in agent.command("status").stdout, 30, "the entry")
    centre.start_collector()
    out, complaint = entry.communicate(timeout=90)
    assert entry.returncode == 65
    # While the roll-ups are made anew with the new register there are no figures: 503, never a wrong "no such office".
    wait_for(lambda: centre.cluster.psql("SELECT register_version FROM zhibao.fold_state") == "2", 30, "register")
    assert centre.get("offices")["register_version"] == 2
    assert "E_TOWNSHIP_CLOSED" in complaint and "无效" in complaint
    item = out.split()[0]
    assert "被退回" in agent.command("show", item).stdout
    fixed = agent.command("amend", item, "--township_codes", "420102006", "--wait", "20")
    assert fixed.returncode == 0, fixed.stderr
    centre.wait_folded()
    assert centre.get(f"items/{OFFICE}/{item}")["state"] == "counting"
