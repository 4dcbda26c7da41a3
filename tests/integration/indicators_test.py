# SPDX-License-Identifier: Apache-2.0
"""Runs indicators.sql (pgTAP) in a fresh database: a worked example per indicator, one test per edge case. The page that says which
test shows what is held against the tests."""
import re
import subprocess
from pathlib import Path

from pgcluster import ROOT, Cluster


def test_indicators():
    cluster = Cluster()
    try:
        cluster.create()
        cluster.psql("CREATE EXTENSION pgtap")
        run = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", cluster.conninfo(), "-f", Path(__file__).with_name("indicators.sql")],
            text=True, capture_output=True, check=False)
        print(run.stdout, run.stderr)
        lines = run.stdout.splitlines()
        assert run.returncode == 0
        assert not [line for line in lines if line.startswith("not ok")]
        assert len([line for line in lines if line.startswith("ok")]) == TESTS
        document = (ROOT / "docs/indicators.md").read_text(encoding="utf-8")
        for row in cluster.psql("SELECT indicator_id, function_name, name_zh FROM zhibao.indicator_definition").splitlines():
            for word in row.split("|"):
                assert word in document, word
    finally:
        cluster.remove()


def test_tests_named_in_the_document_exist():
    file_name = r"[a-z_]+\.(?:sql|py|c)"
    rows = [row for row in (ROOT / "docs/indicators.md").read_text(encoding="utf-8").splitlines() if row.startswith("|")]
    cells = [row.rsplit("|", 2)[1].strip() for row in rows]
    named = [found for cell in cells for found in re.findall(rf"({file_name}): (.+?)(?=; {file_name}: |$)", cell)]
    assert {f"R{n}" for n in range(1, 20)} <= {row.split("|")[1].strip() for row in rows}, "every ruling has its row"
    texts = {name: "".join(f.read_text(encoding="utf-8") for f in (ROOT / "tests").rglob(name)) for name in {file for file, _ in named}}
    assert len(named) > 200 and [(file, test) for file, test in named if test not in texts[file]] == []


TESTS = 162
