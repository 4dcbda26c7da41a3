# SPDX-License-Identifier: Apache-2.0
"""Runs freezes.sql and causes.sql (pgTAP) in a fresh database: frozen figures, differences that add up, what moved each figure, draws. And what
roles may do."""
import subprocess
from pathlib import Path

import pytest

from pgcluster import Cluster


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.create()
    cluster.psql("CREATE EXTENSION pgtap")
    yield cluster
    cluster.remove()


@pytest.mark.parametrize(("file", "tests"), [("freezes.sql", 85), ("causes.sql", 35)])
def test_freezes(cluster, file, tests):
    run = subprocess.run(
        ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", cluster.conninfo(), "-f", Path(__file__).with_name(file)],
        text=True, capture_output=True, check=False)
    print(run.stdout, run.stderr)
    lines = run.stdout.splitlines()
    assert run.returncode == 0
    assert not [line for line in lines if line.startswith("not ok")]
    assert len([line for line in lines if line.startswith("ok")]) == tests


@pytest.mark.parametrize("user", ["aggregator", "collector"])
@pytest.mark.parametrize("statement", [
    "UPDATE zhibao.frozen_figure SET numerator = 0",
    "DELETE FROM zhibao.frozen_set",
    "INSERT INTO zhibao.frozen_set SELECT * FROM zhibao.frozen_set",
    "SELECT seed FROM zhibao.draw_seed",
    "INSERT INTO zhibao.draw_sample SELECT * FROM zhibao.draw_sample",
    "UPDATE zhibao.draw_run SET seed = ''",
    "UPDATE zhibao.figure_source SET order_no = 0",
])
def test_no_daemon_may(cluster, user, statement):
    with pytest.raises(RuntimeError, match="permission denied"):
        cluster.psql(statement, user=user)
