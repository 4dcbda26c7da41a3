# SPDX-License-Identifier: Apache-2.0
"""Frozen figures and differences with real daemons: frozen once, equal to what was known then, and every change told by its records."""
import json
import random
import time
import urllib.error
import urllib.request

import pytest

from commands import command
from pgcluster import PACK, wait_for
from recompute import Programme, Year

MILESTONES = ["2024-03-25", "2024-03-31", "2024-06-30", "2024-09-30", "2024-10-31", "2024-11-30", "2024-12-10", "2024-12-20", "2024-12-31"]


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
    assert official["live"] == {k: live[k] for k in ("numerator", "denominator", "percent")} | {"value": None}
    then = next(f for f in centre.get("coverage?node=420500&on=2024-11-30")["figures"] if (f["breadth"], f["base"]) == ("broad", "all"))
    assert official["later"] == {k: then[k] for k in ("numerator", "denominator", "percent")} | {"value": None}
    assert (official["frozen"]["numerator"], official["frozen"]["denominator"]) == frozen_rows(centre, "2024-11-30", "coverage")["420500", "broad_all"]
    table = command(centre, "frozen", "--date", "2024-11-30").stdout
    assert "乡镇覆盖率" in table and "\t相符\n" in table and "\t不符\n" not in table


def check_sums(diff):
    """The contributions add up to every difference; returns how many figures changed."""
    changed = 0
    for indicator in diff["indicators"]:
        listed = {}
        for c in indicator["contributions"]:
            # Records, or what passed by itself; where records are compared, a due day or the end of an exemption alone.
            assert c["records"] or c["reasons"], (indicator["indicator"], c)
            assert all(r["text_zh"] and (c["step"] != "records" or r["code"] in ("due", "exemption_ended")) for r in c["reasons"]), c
            for node in c["nodes"]:
                for part in c["parts"] if c["numerator"] is not None else ():
                    n, d = listed.get((node, part), (0, 0))
                    listed[node, part] = (n + c["numerator"], d + c["denominator"])
        for f in indicator["figures"]:
            if not f["is_additive"]:  # nobody has a share of a median
                assert (f["node_code"], f["part"]) not in listed
                continue
            before, after = ((f[s]["numerator"] or 0, f[s]["denominator"] or 0) for s in ("before", "after"))
            assert listed.pop((f["node_code"], f["part"])) == (after[0] - before[0], after[1] - before[1]), f
            changed += 1
        assert all(sums == (0, 0) for sums in listed.values())
    return changed


def test_diff(centre):
    dice = random.Random(3)
    pairs = [("2024-06-30", "2024-09-30"), ("frozen:2024-10-31", "live")]
    pairs += [tuple(sorted(f"2024-{dice.randint(2, 12):02}-{dice.randint(1, 28):02}" for _ in range(2))) for _ in range(3)]
    figures = centre.cluster.psql("SELECT indicator FROM zhibao.figure_source ORDER BY order_no").splitlines()
    assert len(figures) == 23
    changed = 0
    for i, pair in enumerate(pairs):
        on = [] if i % 2 or pair[0].startswith("frozen") else ["--on", "2024-11-30"]
        for indicator in ("coverage", "completion") if i > 1 else figures:
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
