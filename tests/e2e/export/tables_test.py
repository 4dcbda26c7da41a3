# SPDX-License-Identifier: Apache-2.0
"""Figures and records as tables for other systems: SDMX, DHIS2, CSV; large ones, too."""
import csv
import io
import json
import re
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from commands import command
from pgcluster import AGGREGATOR, wait_for

ROWS = 200_000


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
    assert not [r["BREAKDOWN_NAME"] for r in rows if re.search("[a-z]{2}", r["BREAKDOWN_NAME"]) or not r["BREAKDOWN_NAME"]]  # no codes for people
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
    for suffix, key in (("NUM", "numerator"), ("DEN", "denominator")):
        assert sum(value for (element, _), value in by_key.items() if element == f"ZB_COVERAGE_BROAD_ALL_{suffix}") == figure[key]
    added = {}
    for value in values:
        words = value["comment"].split("，as_of")[0]
        added[words] = added.get(words, 0) + int(value["value"])
    rows = csv.DictReader(io.StringIO(export(centre, "sdmx", "--on", "2024-11-30").decode(), newline=""))
    figures = {f"{r['INDICATOR_NAME']}·{r['BREAKDOWN_NAME']} {word}": r[column] for r in rows if r["REF_AREA"] == "420000"
               for word, column in (("分子", "NUMERATOR"), ("分母", "DENOMINATOR"))}
    assert len(added) > 300 and {words: figures[words] for words in added} == {words: str(total) for words, total in added.items()}
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
    # Half of them stand on a revision that never came: what joins corrections must not compare all with all.
    copies(centre, ROWS, "'note', g::text, 'operation', (ARRAY['submit', 'amend'])[1 + g % 2], 'base_revision_id', CASE g % 2 WHEN 1 THEN gen_random_uuid() END")
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
