# SPDX-License-Identifier: Apache-2.0
"""Runs forms.sql (pgTAP) in a fresh database: the statistics form cell by cell; and the cells agree with the pack."""
import csv
import json
import subprocess
from pathlib import Path

import pytest

from pgcluster import BUILD, PACK, ROOT, Cluster


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.create()
    cluster.psql("CREATE EXTENSION pgtap")
    yield cluster
    cluster.remove()


def test_forms(cluster):
    run = subprocess.run(
        ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-v", f"statements={ROOT}/aggregator/sql", cluster.conninfo(), "-f",
         Path(__file__).with_name("forms.sql")],
        text=True, capture_output=True, check=False)
    print(run.stdout, run.stderr)
    lines = run.stdout.splitlines()
    assert run.returncode == 0
    assert not [line for line in lines if line.startswith("not ok")]
    assert len([line for line in lines if line.startswith("ok")]) == 177


def test_cells_are_those_of_the_pack(cluster):
    """Every item of form.csv and each of its sub-fields is a cell, of the same type and unit."""
    wanted = set()
    with open(PACK / "form.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            parts = [part.split(":") for part in row["sub_fields"].split(";") if part]
            if row["item_no"] == "22":
                continue
            if row["value_type"] != "count" or not parts:
                wanted.add((row["item_no"], "", row["value_type"], row["unit"]))
            wanted |= {(row["item_no"], part[0], part[1], part[2] if len(part) > 2 else "") for part in parts}
    cells = {tuple(line.split("|")) for line in
             cluster.psql("SELECT item_no, sub_field, value_type, coalesce(unit, '') FROM zhibao.form_cell").splitlines()}
    assert cells == wanted


def test_cells_are_those_of_the_catalogue(cluster):
    """Agent and collector check the same cells, in the same order, as the centre judges."""
    run = subprocess.run([BUILD / "tests/integration/catalog_dump", "--form"], capture_output=True, check=True)
    assert json.loads(run.stdout) == json.loads(cluster.psql(
        "SELECT json_agg(json_build_array(item_no, sub_field, value_type, label_zh, coalesce(unit, ''), is_mandatory) ORDER BY place) FROM zhibao.form_cell"))


def test_mandatory_cells_are_those_of_the_pack(cluster):
    """R14: every row of form.csv but words; where a row has sub-figures, each of them but words."""
    wanted = set()
    with open(PACK / "form.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["value_type"] != "text":
                parts = [part.split(":") for part in row["sub_fields"].split(";") if part] or [["", row["value_type"]]]
                wanted |= {(row["item_no"], part[0]) for part in parts if part[1] != "text"}
    cells = {tuple(line.split("|")) for line in cluster.psql("SELECT item_no, sub_field FROM zhibao.form_cell WHERE is_mandatory").splitlines()}
    assert cells == wanted and len(cells) == 26
