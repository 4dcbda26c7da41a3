# SPDX-License-Identifier: Apache-2.0
"""Frozen figures, differences, draws and exports with real daemons on a small invented year. The year is sent today; its receipt is then
laid over 2024, so that every milestone of the pack has passed when the aggregators start."""
import csv
import io
import json
import os
import pwd
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from drawreplay import replay
from pgcluster import AGGREGATOR, PACK, Agent, Centre, Cluster, free_port, wait_for
from recompute import Programme, Year

MILESTONES = ["2024-03-25", "2024-03-31", "2024-06-30", "2024-09-30", "2024-10-31", "2024-11-30", "2024-12-10", "2024-12-20", "2024-12-31"]
ROWS = 200_000
BACKDATE = """
    UPDATE zhibao.programme_version SET loaded_at = '2024-01-01';
    UPDATE zhibao.batch b SET received_at = '2024-01-02'::timestamptz + r.place * interval '360 days'
    FROM (SELECT batch_id, (row_number() OVER (ORDER BY received_at, batch_id) - 1)::float / count(*) OVER () AS place FROM zhibao.batch) r
    WHERE r.batch_id = b.batch_id;
    DO $$ DECLARE k text; BEGIN
        FOR k IN SELECT DISTINCT kind FROM zhibao.item_revision LOOP
            EXECUTE format('UPDATE zhibao.%I r SET received_at = b.received_at FROM zhibao.batch b WHERE b.batch_id = r.batch_id', k);
        END LOOP;
    END $$;
    ANALYZE"""


@pytest.fixture(scope="module")
def centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster)
    centre.start_collector()
    keys = centre.sim_keys()
    run = subprocess.run(centre.sim(keys, "year", seed=11, scale="0.1"), text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    cluster.psql(BACKDATE)
    conf = centre.etc / "aggregator.conf"
    conf.write_text(conf.read_text().replace("fold {", 'freeze { interval = "100 ms" }\nfold {'), encoding="utf-8")
    second = centre.etc / "second.conf"
    centre.second_port = free_port()
    second.write_text(conf.read_text().replace(str(centre.web_port), str(centre.second_port)), encoding="utf-8")
    centre.start("second", AGGREGATOR, "--config", second, "run")
    centre.start_aggregator()
    yield centre
    centre.stop()
    cluster.remove()


def command(centre, *words, check=True):
    return centre.run(AGGREGATOR, *words, "--config", centre.etc / "aggregator.conf", check=check)


def metric(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
    raise KeyError(name)


def frozen_rows(centre, milestone, indicator):
    rows = centre.cluster.psql(f"""SELECT node_code, part, numerator, denominator FROM zhibao.frozen_figure
        WHERE milestone_on = '{milestone}' AND indicator = '{indicator}'""").splitlines()
    return {tuple(r.split("|")[:2]): tuple(int(n) for n in r.split("|")[2:]) for r in rows}


def test_frozen_once(centre):
    """Two aggregators catch up: every milestone of the pack, every figure there is, once."""
    sources = int(centre.cluster.psql("SELECT count(*) FROM zhibao.figure_source s WHERE zhibao.figure_exists(s)"))
    expected = sources * len(MILESTONES)
    wait_for(lambda: int(centre.cluster.psql("SELECT count(*) FROM zhibao.frozen_set")) >= expected, 900, "freezes")
    assert sorted(set(centre.cluster.psql("SELECT milestone_on FROM zhibao.frozen_set").splitlines())) == MILESTONES
    wait_for(lambda: metric(centre.web_port, "zhibao_frozen_sets_total") + metric(centre.second_port, "zhibao_frozen_sets_total") == expected, 30, "counts")
    assert metric(centre.web_port, "zhibao_freeze_stuck") == 0
    centre.kill("second")


def test_a_stop_does_not_wait_for_a_freeze(centre):
    """A figure that takes long is given up and made the next time, once."""
    centre.kill("aggregator")
    centre.cluster.psql("""ALTER TABLE zhibao.frozen_set DISABLE TRIGGER ALL; ALTER TABLE zhibao.frozen_figure DISABLE TRIGGER ALL;
        DELETE FROM zhibao.frozen_figure WHERE milestone_on = '2024-12-31' AND indicator = 'coverage';
        DELETE FROM zhibao.frozen_set WHERE milestone_on = '2024-12-31' AND indicator = 'coverage';
        ALTER TABLE zhibao.frozen_set ENABLE TRIGGER ALL; ALTER TABLE zhibao.frozen_figure ENABLE TRIGGER ALL;
        CREATE FUNCTION zhibao.figure_slow(p_indicator text, p_on date, p_as_of timestamptz) RETURNS TABLE (node_code text, part text, numerator bigint,
            denominator bigint) LANGUAGE sql AS $$ SELECT '1', pg_sleep(3600)::text, 1::bigint, 1::bigint $$;
        UPDATE zhibao.figure_source SET figures_function = 'figure_slow' WHERE indicator = 'coverage'""")
    centre.start_aggregator()
    wait_for(lambda: centre.cluster.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1", 60, "the slow figure")
    centre.kill("aggregator")
    centre.cluster.psql("""UPDATE zhibao.figure_source SET figures_function = 'figure_coverage' WHERE indicator = 'coverage';
        DROP FUNCTION zhibao.figure_slow(text, date, timestamptz)""")
    centre.start_aggregator()
    wait_for(lambda: centre.cluster.psql("SELECT count(*) FROM zhibao.frozen_set WHERE milestone_on = '2024-12-31' AND indicator = 'coverage'") == "1",
             120, "the figure")


def known_then(centre, milestone):
    """The log of the simulator with only what had been received by the end of the day, in the order of receipt."""
    then = centre.cluster.psql(f"""SELECT r.revision_id FROM zhibao.item_revision r
        WHERE r.received_at < ('{milestone}'::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' ORDER BY r.received_at, r.batch_id, r.seq""").splitlines()
    lines = {}
    with open(centre.home / "year.jsonl", encoding="utf-8") as file:
        for line in file:
            lines[json.loads(line)["revision_id"]] = line
    path = centre.home / f"known-{milestone}.jsonl"
    path.write_text("".join(lines[r] for r in then), encoding="utf-8")
    return path


@pytest.mark.parametrize("milestone", ["2024-06-30", "2024-10-31", "2024-11-30"])
def test_frozen_is_what_was_known(centre, milestone):
    """The frozen figures equal an independent recomputation from what had been received by then (ruling R6)."""
    year = Year(Programme(PACK), known_then(centre, milestone))
    ours = frozen_rows(centre, milestone, "coverage")
    compared = 0
    for node, figures in year.coverage(milestone).items():
        for (breadth, base), rate in figures.items():
            if (node, f"{breadth}_{base}") in ours or rate["denominator"]:
                assert ours[node, f"{breadth}_{base}"] == (rate["numerator"], rate["denominator"]), node
                compared += 1
    ours = frozen_rows(centre, milestone, "completion")
    for scope in ("cities", "provincial", "all"):
        for node, figures in year.completion(milestone, scope).items():
            for name, part in (("completion", "capped"), ("raw", "raw"), ("ended_window", "ended")):
                if (node, f"{scope}_{part}") in ours or figures[name]["denominator"]:
                    assert ours[node, f"{scope}_{part}"] == (figures[name]["numerator"], figures[name]["denominator"]), node
                    compared += 1
    assert compared > 1000


def test_frozen_beside_live(centre):
    answer = centre.get("frozen?date=2024-11-30&node=420500")
    assert answer["milestones"] == MILESTONES
    assert all(s["is_intact"] and s["on"] == "2024-11-30" and s["as_of"] == "2024-11-30T15:59:59.999999Z" for s in answer["sets"])
    official = next(f for f in answer["figures"] if (f["indicator"], f["part"]) == ("coverage", "broad_all"))
    live = next(f for f in centre.get("coverage?node=420500")["figures"] if (f["breadth"], f["base"]) == ("broad", "all"))
    assert official["live"] == {k: live[k] for k in ("numerator", "denominator", "percent")}
    then = next(f for f in centre.get("coverage?node=420500&on=2024-11-30")["figures"] if (f["breadth"], f["base"]) == ("broad", "all"))
    assert official["later"] == {k: then[k] for k in ("numerator", "denominator", "percent")}
    assert (official["frozen"]["numerator"], official["frozen"]["denominator"]) == frozen_rows(centre, "2024-11-30", "coverage")["420500", "broad_all"]
    table = command(centre, "frozen", "--date", "2024-11-30").stdout
    assert "乡镇覆盖率" in table and "相符" in table and "不符" not in table


def check_sums(diff):
    """The contributions add up to every difference; returns how many figures changed."""
    changed = 0
    for indicator in diff["indicators"]:
        listed = {}
        for c in indicator["contributions"]:
            # An obligation may become missing by the passing of its day alone, and some facts have no record of their own.
            assert c["records"] or c["step"] != "records" or indicator["indicator"].startswith("I-"), c
            for node in c["nodes"]:
                for part in c["parts"]:
                    n, d = listed.get((node, part), (0, 0))
                    listed[node, part] = (n + c["numerator"], d + c["denominator"])
        for f in indicator["figures"]:
            before, after = ((f[s]["numerator"] or 0, f[s]["denominator"] or 0) for s in ("before", "after"))
            assert listed.pop((f["node_code"], f["part"])) == (after[0] - before[0], after[1] - before[1]), f
            changed += 1
        assert all(sums == (0, 0) for sums in listed.values())
    return changed


def test_diff(centre):
    dice = random.Random(3)
    pairs = [("2024-06-30", "2024-09-30"), ("frozen:2024-10-31", "live")]
    pairs += [tuple(sorted(f"2024-{dice.randint(2, 12):02}-{dice.randint(1, 28):02}" for _ in range(2))) for _ in range(3)]
    changed = 0
    for i, pair in enumerate(pairs):
        on = [] if i % 2 or pair[0].startswith("frozen") else ["--on", "2024-11-30"]
        for indicator in ("coverage", "completion"):
            diff = json.loads(command(centre, "diff", *pair, *on, "--indicator", indicator, "--format", "json").stdout)
            changed += check_sums(diff)
            if on:
                assert {c["step"] for n in diff["indicators"] for c in n["contributions"]} <= {"records"}
    assert changed > 300
    started = time.monotonic()
    table = command(centre, "diff", "2024-06-30", "2024-09-30", "--node", "420500").stdout
    print(f"every indicator of a city: {time.monotonic() - started:.1f} s")
    assert table.count("新报") > 0 and "分类场次" in table
    answer = centre.get("diff?a=2024-06-30&b=2024-09-30&node=420500&on=2024-11-30&indicator=coverage")
    assert check_sums(answer) > 0 and answer["a"]["on"] == "2024-11-30"
    for words, code in ((("2024-09-30", "2024-06-30"), "E_POINT_ORDER"), (("frozen:2024-06-01", "live"), "E_NOT_FROZEN"),
                        (("yesterday", "live"), "E_POINT_BAD"), (("2023-01-01", "live"), "E_REGISTER")):
        run = command(centre, "diff", *words, check=False)
        assert run.returncode == 65 and run.stderr.startswith(code)
    with pytest.raises(urllib.error.HTTPError) as refused:
        centre.get("diff?a=2024-09-30&b=2024-06-30")
    assert refused.value.code == 400 and "E_POINT_ORDER" in refused.value.read().decode()


def test_diff_names_the_correction(centre):
    """One correction in the store, and the comparison names it, its author and what it changed."""
    row = centre.cluster.psql("""SELECT l.office_code, l.item_id, l.unit_ids[1] FROM zhibao.counted_lecture l
        WHERE cardinality(l.unit_ids) = 1 AND l.plan_item_id IS NULL AND (SELECT count(*) FROM zhibao.counted_lecture o
            WHERE o.unit_ids && l.unit_ids) = 1 LIMIT 1""").split("|")
    assert len(row) == 3
    before = centre.get("offices")["as_of"]
    centre.cluster.psql(f"""INSERT INTO zhibao.lecture_event SELECT c.* FROM zhibao.lecture_event e JOIN zhibao.counted_lecture l
        USING (office_code, item_id, revision_id) CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object('revision_id', gen_random_uuid(),
        'base_revision_id', e.revision_id, 'operation', 'amend', 'author', '李四', 'mode', 'online', 'received_at', clock_timestamp())) c
        WHERE e.item_id = '{row[1]}'""")
    came = centre.cluster.psql(f"SELECT max(received_at) FROM zhibao.lecture_event WHERE item_id = '{row[1]}'")
    wait_for(lambda: centre.cluster.psql(f"SELECT '{centre.get('offices')['as_of']}' >= '{came}'::timestamptz") == "t", 30, "the fold of it")
    diff = json.loads(command(centre, "diff", before, "live", "--indicator", "coverage", "--format", "json").stdout)
    assert check_sums(diff) > 0
    lost = [c for c in diff["indicators"][0]["contributions"] if "broad_all" in c["parts"]]
    assert [(c["member"], c["numerator"], c["denominator"]) for c in lost] == [(row[2], -1, 0)]
    record, = lost[0]["records"]
    assert (record["office_code"], record["item_id"], record["author"], record["change"]) == (row[0], row[1], "李四", "corrected")
    assert record["fields"] == {"mode": ["offline", "online"]} or record["fields"] == {"mode": ["mixed", "online"]}


def test_draw(centre):
    """Commit, draw, verify three ways, record it at the province's agent, and see the result beside the draw."""
    command(centre, "account", "set", "--login", "boss", "--name", "处长", "--office", "420000", "--roles", "provincial_operator")
    command(centre, "account", "set", "--login", "city", "--name", "科长", "--office", "420500", "--roles", "city_operator")
    out = command(centre, "draw", "commit", "--login", "boss", "--scheme", "filing_spot_check", "--occasion", "随机抽查").stdout
    draw_id = dict(line.split("\t")[:2] for line in out.splitlines() if "\t" in line)["抽查编号"]
    public = centre.get(f"draws/{draw_id}")
    assert public["seed"] is None and public["sample"] is None and public["population_count"] == len(public["population"]) > 90
    assert public["commitment"] in out and public["population_digest"] in out
    run = ("draw", "run", "--login", "boss", "--id", draw_id, "--size", "12", "--per-city", "2")
    for words, code in ((("draw", "run", "--login", "city", *run[4:]), "E_ROLE"), ((*run[:4], "--id", "999", *run[6:]), "E_DRAW_UNKNOWN"),
                        ((*run[:6], "--size", "150"), "E_DRAW_SIZE"), (("draw", "commit", "--login", "nobody", "--scheme", "x"), "E_ACCOUNT_UNKNOWN")):
        refused = command(centre, *words, check=False)
        assert refused.returncode == 65 and refused.stderr.startswith(code), refused.stderr
    file = centre.home / "draw.json"
    out = command(centre, *run, "--out", file).stdout
    assert command(centre, *run, check=False).stderr.startswith("E_DRAW_DONE")
    draw = json.loads(file.read_text(encoding="utf-8"))
    assert (draw["commitment"], draw["population"]) == (public["commitment"], public["population"])
    sample = [s["code"] for s in draw["sample"]]
    assert replay(draw) == sample and len(set(sample)) == 12
    strata = [m["stratum"] for m in draw["population"] if m["code"] in sample]
    assert len(set(strata)) == 6 and all(strata.count(s) >= 2 for s in strata)
    assert "验证通过" in centre.run(AGGREGATOR, "draw", "verify", file).stdout
    outside = next(m["code"] for m in draw["population"] if m["code"] not in sample)
    for name, value, code in (("seed", "00" * 32, "E_DRAW_COMMITMENT"), ("sample", [{"code": outside}] + draw["sample"][1:], "E_DRAW_SAMPLE"),
                              ("population", draw["population"][:-1], "E_DRAW_DIGEST"), ("format", "other", "E_DRAW_FORMAT")):
        forged = centre.home / "forged.json"
        forged.write_text(json.dumps(dict(draw, **{name: value})), encoding="utf-8")
        refused = centre.run(AGGREGATOR, "draw", "verify", forged, check=False)
        assert refused.returncode == 65 and refused.stderr.startswith(code), name
    agent = Agent(centre, "420000")
    centre.enrol("420000", agent.home / "agent.pub")
    agent.start()
    words = next(line for line in out.splitlines() if line.startswith("zhibao-agent record"))
    recorded = agent.command(*[w.strip("'") for w in words.split()[1:]], "--wait", "30")
    assert recorded.returncode == 0, recorded.stderr
    recorded = agent.command("record", "inspection", "--scheme", "filing_spot_check", "--seed", draw["seed"], "--inspected_office_code", sample[0],
                             "--checked_on", "2024-12-01", "--result", "passed", "--wait", "30")
    assert recorded.returncode == 0, recorded.stderr
    centre.wait_folded()
    results = wait_for(lambda: [r for d in centre.get("draws")["draws"] for r in d["results"] if r["result"]], 30, "the result")
    assert [(r["inspected_office_code"], r["result"]) for r in results] == [(sample[0], "passed")]
    agent.kill()


def test_account_history(centre, monkeypatch):
    """The command tells what a login was and who changed it; a name borne once is held against it, a name of another login is not."""
    def rename(name, *more):
        command(centre, "account", "set", "--login", "qian", "--name", name, "--office", "420500", "--roles", "city_operator", *more)

    def history(*words):
        return [line.split("\t") for line in command(centre, "account", "history", *words).stdout.splitlines()]

    office, item, revision, author = centre.cluster.psql("""SELECT l.office_code, l.item_id, l.revision_id, l.author FROM zhibao.lecture_event l
        JOIN zhibao.office o ON o.code = l.office_code AND o.parent_code = '420500' WHERE l.author <> '' AND NOT EXISTS (SELECT FROM zhibao.lecture_event n
        WHERE n.office_code = l.office_code AND n.item_id = l.item_id AND n.revision_id <> l.revision_id) ORDER BY 1, 2 LIMIT 1""").split("|")
    monkeypatch.delenv("SUDO_USER", raising=False)
    judge = ("--login", "qian", "--office", office, "--item", item, "--revision", revision)
    rename(author)
    refused = command(centre, "review", "accept", *judge, check=False)
    assert refused.returncode == 65 and refused.stderr.startswith(f"E_REVIEW_SELF “{author}”是该版本的录入人"), refused.stderr
    rename("钱二")
    rename("钱二")
    refused = command(centre, "review", "accept", *judge, check=False)
    assert refused.returncode == 65 and refused.stderr.startswith(f"E_REVIEW_SELF “{author}”（账号 qian 用过的姓名）是该版本的录入人"), refused.stderr
    monkeypatch.setenv("SUDO_USER", "王五\n")
    refused = command(centre, "account", "set", "--login", "qian", "--name", "钱二", "--office", "420500", "--roles", "city_operator", check=False)
    assert refused.returncode == 65 and refused.stderr.startswith("E_CONTROL_CHARACTER 姓名和操作人不得含"), refused.stderr
    monkeypatch.setenv("SUDO_USER", "王五")
    rename("钱二", "--open", "no")
    head, *lines = history("--login", "qian")
    assert head == ["时间", "登录名", "变更", "内容", "操作人", "数据库用户"]
    assert [line[1:4] for line in lines] == [["qian", "开通", f"姓名 {author}；单位 420500；角色 市州操作员"], ["qian", "改名", f"姓名 {author} → 钱二"],
                                             ["qian", "停用", ""]]
    user = pwd.getpwuid(os.getuid()).pw_name  # what sudo says stands beside him, never in his place
    assert [line[4:] for line in lines] == [[user, "aggregator"], [user, "aggregator"], [f"{user}（sudo：王五）", "aggregator"]]
    for words in (("list",), ("set", "--login", "qian", "--name", "钱四", "--office", "420500", "--roles", "auditor")):
        refused = command(centre, "account", *words, "--as-of", "2024-01-01", check=False)
        assert refused.returncode == 64 and refused.stderr.startswith("E_USAGE --as-of 只用于 account history"), refused.stderr
    assert history("--login", "qian", "--as-of", "2024-01-01") == [head]
    assert {line[1] for line in history()[1:]} > {"qian"}
    rename("钱三", "--open", "yes")
    command(centre, "account", "set", "--login", "boss", "--name", "处长", "--office", "420000", "--roles", "provincial_operator")
    command(centre, "review", "accept", "--login", "boss", *judge[2:])


def export(centre, *words):
    path = centre.home / "export.out"
    command(centre, "export", *words, "--out", path)
    return path.read_bytes()


def test_sdmx(centre):
    data = export(centre, "sdmx", "--on", "2024-11-30", "--node", "420500")
    assert not data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == data.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    assert list(rows[0])[:8] == ["STRUCTURE", "STRUCTURE_ID", "ACTION", "REF_AREA", "INDICATOR", "BREAKDOWN", "TIME_PERIOD", "OBS_VALUE"]
    assert {(r["STRUCTURE"], r["STRUCTURE_ID"], r["ACTION"], r["TIME_PERIOD"]) for r in rows} == {("dataflow", "ZHIBAO:DF_INDICATORS(1.0.0)", "I", "2024-11-30")}
    keys = [(r["REF_AREA"], r["INDICATOR"], r["BREAKDOWN"]) for r in rows]
    assert len(keys) == len(set(keys)) > 100
    figure = next(f for f in centre.get("coverage?node=420500&on=2024-11-30")["figures"] if (f["breadth"], f["base"]) == ("strict", "rural"))
    row = next(r for r in rows if (r["REF_AREA"], r["INDICATOR"], r["BREAKDOWN"]) == ("420500", "coverage", "strict_rural"))
    assert (row["OBS_VALUE"], row["NUMERATOR"], row["DENOMINATOR"], row["UNIT_MEASURE"]) == (
        figure["percent"], str(figure["numerator"]), str(figure["denominator"]), "PT")
    assert all((r["OBS_VALUE"] == "NaN") == (r["OBS_STATUS"] in "MQ") for r in rows)
    assert all((r["OBS_STATUS"] == "M") == (r["DENOMINATOR"] == "0") for r in rows if r["NUMERATOR"])
    assert {r["INDICATOR"] for r in rows} > {"coverage", "completion", "I-01", "I-04", "I-18"}
    with urllib.request.urlopen(f"{centre.api}/api/v1/export/sdmx?on=2024-11-30&node=420500&as_of={rows[0]['AS_OF']}") as answer:
        assert answer.headers["Content-Type"] == "application/vnd.sdmx.data+csv; version=2.0.0"
        assert answer.read() == data


def test_dhis2(centre):
    values = json.loads(export(centre, "dhis2", "--on", "2024-11-30"))["dataValues"]
    assert set(values[0]) == {"dataElement", "period", "orgUnit", "value", "comment"}
    assert {v["period"] for v in values} == {"20241130"}
    by_key = {(v["dataElement"], v["orgUnit"]): int(v["value"]) for v in values}
    assert len(by_key) == len(values) > 1000
    figure = next(f for f in centre.get("coverage?on=2024-11-30")["figures"] if (f["breadth"], f["base"]) == ("broad", "all"))
    assert by_key["ZB_COVERAGE_BROAD_ALL_NUM", "420000"] == figure["numerator"]
    assert by_key["ZB_COVERAGE_BROAD_ALL_DEN", "420000"] == figure["denominator"]
    for words in (("dhis2", "--kind", "claim"), ("csv",), ("csv", "--kind", "claim", "--on", "2024-11-30"), ("xml",)):
        assert command(centre, "export", *words, "--out", "-", check=False).returncode == 64
    refused = command(centre, "export", "dhis2", "--node", "1", "--out", centre.home / "no.json", check=False)
    assert refused.returncode == 65 and refused.stderr.startswith("E_NODE_UNKNOWN")
    assert not list(centre.home.glob("no.json*"))


def test_every_kind_as_csv(centre):
    kinds = centre.cluster.psql("SELECT DISTINCT kind FROM zhibao.item_revision").split()
    for kind in kinds:
        data = export(centre, "csv", "--kind", kind)
        assert data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        expected = int(centre.cluster.psql(f"SELECT count(*) FROM zhibao.counting(NULL::zhibao.{kind}, NULL)"))
        assert len(rows) == expected + 1 and len({len(r) for r in rows}) == 1, kind
        assert rows[0][:3] == ["单位代码", "单位名称", "记录编号"]


def copies(centre, count, changes):
    """Further lectures as the first one, straight into the store."""
    centre.cluster.psql(f"""INSERT INTO zhibao.lecture_event SELECT c.* FROM zhibao.lecture_event e CROSS JOIN generate_series(1, {count}) g
        CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object('item_id', gen_random_uuid(), 'revision_id', gen_random_uuid(), {changes})) c
        WHERE e.item_id = (SELECT min(item_id::text)::uuid FROM zhibao.lecture_event WHERE base_revision_id IS NULL AND operation = 'submit')""")


def test_formulas_and_quotes(centre):
    texts = ["=HYPERLINK(1)", "+1", "-1", "@x", "＝1", '说"好",\n第二行', "正常"]
    for i, text in enumerate(texts):
        copies(centre, 1, f"'note', '{text}', 'author', 'formula{i}'")
    rows = list(csv.DictReader(io.StringIO(export(centre, "csv", "--kind", "宣讲活动").decode("utf-8-sig"), newline="")))
    found = {r["经办人"]: r["备注"] for r in rows if r["经办人"].startswith("formula")}
    assert [found[f"formula{i}"] for i in range(len(texts))] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@x", "'＝1", texts[5], texts[6]]


def vm_hwm(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def test_large_export(centre):
    """200,000 records through the command and over HTTP: memory stays small, slow readers hold up nobody, a third has to wait."""
    copies(centre, ROWS, "'note', g::text")
    centre.cluster.psql("ANALYZE zhibao.lecture_event")
    script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    path = centre.home / "large.csv"
    run = centre.run(sys.executable, "-c", script, AGGREGATOR, "--config", centre.etc / "aggregator.conf", "export", "csv", "--kind", "lecture_event", "--out", path)
    size, rss = path.stat().st_size, int(run.stdout)
    print(f"{size} bytes, {rss} KiB")
    assert size > 50_000_000 and rss < 40_000
    pid = centre.processes["aggregator"].pid
    before = vm_hwm(pid)
    url = f"{centre.api}/api/v1/export/csv?kind=lecture_event"
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    slow.connect(("127.0.0.1", centre.web_port))
    slow.sendall(b"GET /api/v1/export/csv?kind=lecture_event HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert slow.recv(12) == b"HTTP/1.1 200"
    with urllib.request.urlopen(url) as answer, open(path, "rb") as file:
        with pytest.raises(urllib.error.HTTPError) as busy:
            urllib.request.urlopen(url)
        assert busy.value.code == 503 and "E_EXPORT_BUSY" in busy.value.read().decode()
        for _ in range(20):
            assert centre.get("coverage")["figures"]
        while piece := answer.read(1 << 20):
            assert file.read(len(piece)) == piece
        assert not file.read(1)
    print(f"daemon: {before} KiB before, {vm_hwm(pid)} KiB after")
    assert vm_hwm(pid) - before < 40_000
    slow.close()
    # Its source ends when the server finds that nobody reads; from then on others have its place.
    assert wait_for(lambda: centre.cluster.psql("""SELECT count(*) FROM pg_stat_activity WHERE application_name = 'zhibao-aggregator export'
        AND state <> 'idle'""") == "0", 90, "the connection of the reader that left")
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{url}&node=1")
    assert missing.value.code == 404
