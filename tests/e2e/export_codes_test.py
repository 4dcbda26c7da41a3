# SPDX-License-Identifier: Apache-2.0
"""What other systems are given, down from the records of a few agents: codes that differ where the words differ, values in
their own units, and shares that add up over the tree of offices."""
import csv
import io
import json
import re

import pytest

from pgcluster import AGGREGATOR, running_centre

PROVINCE, CITY, COUNTY = "420000", "420500", "420502"
TOPICS = ["社保", "就业", "a", "A", "a b", "a_b", "灵活就业人员参加企业职工基本养老保险有关政策的咨询和投诉", "灵活就业人员参加企业职工基本养老保险有关政策的咨询"]
ITEMS = ["政策公开", "政策解读", "政策宣传"]  # annex 1 L16
TREE = {PROVINCE: {PROVINCE, CITY, COUNTY}, CITY: {CITY, COUNTY}, COUNTY: {COUNTY}}
ON = ("--on", "2024-12-31")


def record(agent, *words):
    run = agent.command("record", *words, "--wait", "30")
    assert run.returncode == 0, run.stderr
    return run.stdout.split()[0]


def news(agent, title, reported_on):
    record(agent, "news_item", "--news_kind", "工作动态", "--title", title, "--happened_on", "2024-05-01", "--reported_on", reported_on)


@pytest.fixture(scope="module")
def centre():
    with running_centre() as centre:
        county, city, province = (centre.agent(office) for office in (COUNTY, CITY, PROVINCE))
        speakers = [record(county, "speaker", "--role", "宣讲骨干", "--display_name", name, "--trained_on", "2024-03-05", "--is_active", "是") for name in "甲乙"]
        for place, who in (("大厅", ";".join(speakers)), ("广场", speakers[0])):
            record(county, "lecture_event", "--category", "进企业", "--theme", "社保政策", "--occurred_on", "2024-05-06", "--place", place, "--mode", "线下",
                   "--status", "已开展", "--speaker_item_ids", who)
        news(county, "一", "2024-05-16")
        news(county, "二", "2024-05-17")
        for i, topic in enumerate(TOPICS):
            record(province, "feedback_stat", "--source", "petition", "--about_office_code", CITY if i % 2 else COUNTY, "--period_start", "2024-05-01",
                   "--period_end", "2024-05-31", "--topic", topic, "--total_count", str(10 + i))
        record(province, "inspection", "--scheme", "online_check", "--inspected_office_code", CITY, "--checked_on", "2024-09-02", "--channel", "门户网站", "--result", "partly", "--findings",
               json.dumps([{"item": item, "is_found": item != "政策宣传"} for item in ITEMS], ensure_ascii=False))
        centre.start_aggregator()
        centre.wait_folded()
        centre.before = centre.get("offices")["as_of"]
        news(city, "三", "2024-06-10")
        centre.wait_folded()
        yield centre


def command(centre, *words):
    return centre.run(AGGREGATOR, *words, "--config", centre.etc / "aggregator.conf").stdout


def sdmx(centre):
    return list(csv.DictReader(io.StringIO(command(centre, "export", "sdmx", *ON, "--out", "-"), newline="")))


def unescaped(code):
    return re.sub(rb"\$([0-9A-F]{2})", lambda found: bytes([int(found[1], 16)]), code.encode()).decode()


def of(rows, office, indicator, breakdown="_T"):
    return next(r for r in rows if (r["REF_AREA"], r["INDICATOR"], unescaped(r["BREAKDOWN"])) == (office, indicator, breakdown))


def test_codes_tell_words_apart(centre):
    rows = sdmx(centre)
    assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", r[column]) for r in rows for column in ("REF_AREA", "INDICATOR", "BREAKDOWN"))
    keys = [(r["REF_AREA"], r["INDICATOR"], r["BREAKDOWN"]) for r in rows]
    assert len(keys) == len(set(keys))
    for parts, indicator, names in (([f"petition#{t}" for t in TOPICS], "I-14", [f"分主题：信访诉求 {t}" for t in TOPICS]),
                                    ([f"online_check.portal#{i}" for i in ITEMS], "I-12", [f"检查事项：线上抽查 门户网站 {i}" for i in ITEMS])):
        assert [of(rows, PROVINCE, indicator, part)["BREAKDOWN_NAME"] for part in parts] == names
    values = json.loads(command(centre, "export", "dhis2", *ON, "--out", "-"))["dataValues"]
    keys = [(v["dataElement"], v["orgUnit"]) for v in values]
    assert len(keys) == len(set(keys))
    assert all(len(v["dataElement"]) <= 50 and re.fullmatch(r"[A-Z0-9_$a-f]+", v["dataElement"]) for v in values)
    told = {v["comment"].split("，as_of")[0]: int(v["value"]) for v in values if v["orgUnit"] in (CITY, COUNTY) and "分主题：信访诉求" in v["comment"] and v["value"] != "0"}
    assert told == {f"反馈统计·分主题：信访诉求 {t} 分子": 10 + i for i, t in enumerate(TOPICS)}


def test_values_have_their_units(centre):
    rows = sdmx(centre)
    columns = ("OBS_VALUE", "UNIT_MEASURE", "UNIT_NAME", "OBS_STATUS", "NUMERATOR", "DENOMINATOR", "INDICATOR_NAME", "BREAKDOWN_NAME")
    for row, expected in ((of(rows, COUNTY, "I-05"), ("1.50", "SESSIONS_PER_PERSON", "场/人", "A", "3", "2", "骨干人均场次", "在岗宣讲人员")),
                          (of(rows, COUNTY, "I-16", "days.median"), ("15.50", "DAYS", "天", "A", "31", "2", "信息报送", "报送天数中位数")),
                          (of(rows, COUNTY, "I-16", "days.longest"), ("16", "DAYS", "天", "A", "16", "", "信息报送", "报送天数最长")),
                          (of(rows, CITY, "I-12", "online_check.portal#政策宣传"), ("0.00", "PT", "%", "A", "0", "1", "检查覆盖率与合格率",
                                                                            "检查事项：线上抽查 门户网站 政策宣传")),
                          (of(rows, CITY, "I-08", "days.median"), ("NaN", "DAYS", "天", "M", "", "", "文件清理率", "清理天数中位数")),
                          (of(rows, COUNTY, "I-04"), ("2", "NUMBER", "场", "A", "2", "", "分类场次", "五进合计"))):
        assert tuple(row[c] for c in columns) == expected
    assert {"I-02b", "I-02c", "I-04b"} < {r["INDICATOR"] for r in rows}


def test_shares_add_up(centre):
    """DHIS2 adds up what stands below a unit: it must come to the figure, and be given nothing that does not add up."""
    values = json.loads(command(centre, "export", "dhis2", *ON, "--out", "-"))["dataValues"]
    rows = sdmx(centre)
    below = {code: {o["code"] for o in offices_below(centre, code)} for code in (PROVINCE, CITY, COUNTY)}
    compared = 0
    for element, indicator, breakdown in (("ZB_COVERAGE_BROAD_ALL", "coverage", "broad_all"), ("ZB_I_05", "I-05", "_T"), ("ZB_I_04", "I-04", "_T"),
                                          ("ZB_I_16", "I-16", "_T"), ("ZB_I_16_SILENT", "I-16", "silent"), ("ZB_I_01", "I-01", "_T")):
        for node, units in below.items():
            row = of(rows, node, indicator, breakdown)
            for suffix, column in (("NUM", "NUMERATOR"), ("DEN", "DENOMINATOR")):
                added = sum(int(v["value"]) for v in values if v["dataElement"] == f"{element}_{suffix}" and v["orgUnit"] in units)
                assert added == int(row[column] or 0), (element, node, suffix)
                compared += added
    assert compared > 100
    elements = {v["dataElement"] for v in values}
    assert not [e for e in elements if "MEDIAN" in e or "LONGEST" in e or "I_02B" in e or "SATISFIED" in e]


def offices_below(centre, node):
    offices = centre.get("offices")["offices"]
    found = [o for o in offices if o["code"] == node]
    return found + [d for o in offices if o["parent_code"] == node for d in offices_below(centre, o["code"])]


def test_a_difference_in_words(centre):
    """The median moved: in days, with the record named, nobody's share; no code of a part or a kind is shown."""
    text = command(centre, "diff", centre.before, "live", "--indicator", "I-16")
    assert re.search(r"报送天数中位数\t31/2 15\.50 天\t32/2 16\.00 天", text), text
    assert re.search(r"记录变化\t不能按单位相加\t宜昌市?\t口径 报送天数最长、报送天数中位数\t计入 420000、420500\n\t新报\t动态信息\t", text), text
    assert re.search(r"记录变化\t分子 \+1\t分母 \+0\t宜昌市?\t口径 信息", text), text
    assert "days." not in text and "news_item" not in text and "%" not in text.split("报送天数")[1].split("\n")[0]
