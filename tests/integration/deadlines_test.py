# SPDX-License-Identifier: Apache-2.0
"""Runs deadlines.sql (pgTAP) in a fresh database: one named test per rule and edge of the deadlines."""
import subprocess
from pathlib import Path

from pgcluster import Cluster


def test_deadlines():
    cluster = Cluster()
    try:
        cluster.create()
        cluster.psql("CREATE EXTENSION pgtap")
        run = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", cluster.conninfo(), "-f", Path(__file__).with_name("deadlines.sql")],
            text=True, capture_output=True, check=False)
        print(run.stdout, run.stderr)
        lines = run.stdout.splitlines()
        assert run.returncode == 0
        assert not [line for line in lines if line.startswith("not ok")]
        assert len([line for line in lines if line.startswith("ok")]) == 162
    finally:
        cluster.remove()
