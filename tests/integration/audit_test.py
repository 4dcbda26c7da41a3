# SPDX-License-Identifier: Apache-2.0
"""Runs the pgTAP files of reports in fresh databases: tables of the audit and the circular say what the indicators say."""
import subprocess
from pathlib import Path

import pytest

from pgcluster import ROOT, Cluster


@pytest.mark.parametrize("file,tests", [("audit.sql", 123), ("audit_bounds.sql", 32), ("closed.sql", 11), ("circular.sql", 16), ("audit_totals.sql", 27)])
def test_audit(file, tests):
    cluster = Cluster()
    try:
        cluster.create()
        cluster.psql("CREATE EXTENSION pgtap")
        run = subprocess.run(
            ["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-v", f"statements={ROOT}/aggregator/report/sql", cluster.conninfo(), "-f",
             Path(__file__).with_name(file)], text=True, capture_output=True, check=False)
        print(run.stdout, run.stderr)
        lines = run.stdout.splitlines()
        assert run.returncode == 0
        assert not [line for line in lines if line.startswith("not ok")]
        assert len([line for line in lines if line.startswith("ok")]) == tests
    finally:
        cluster.remove()
