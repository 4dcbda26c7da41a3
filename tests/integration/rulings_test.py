# SPDX-License-Identifier: Apache-2.0
"""Runs the pgTAP files in a fresh database each: one named test per ruling, worked example or edge case."""
import subprocess
from pathlib import Path

import pytest

from pgcluster import Cluster

# The number of tests of each file, so that one that ends early is seen.
FILES = {"rulings": 71, "reviews": 176, "edges": 42, "year": 24, "next_year": 40}


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.create()
    cluster.psql("CREATE EXTENSION pgtap")
    yield cluster
    cluster.remove()


@pytest.mark.parametrize("name", FILES)
def test_rulings(cluster, name):
    run = subprocess.run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", cluster.conninfo(), "-f", Path(__file__).with_name(name + ".sql")],
                         text=True, capture_output=True, check=False)
    print(run.stdout, run.stderr)
    lines = run.stdout.splitlines()
    assert run.returncode == 0
    assert not [line for line in lines if line.startswith("not ok")]
    assert len([line for line in lines if line.startswith("ok")]) == FILES[name]
