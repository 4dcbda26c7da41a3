# SPDX-License-Identifier: Apache-2.0
"""Gives the C test of common/pg a private cluster."""
import os
import subprocess

from pgcluster import BUILD, Cluster


def test_pg():
    cluster = Cluster()
    try:
        cluster.psql("CREATE DATABASE zhibao", database="postgres")
        cluster.psql("CREATE SCHEMA zhibao")
        run = subprocess.run([BUILD / "tests/integration/pg_test"], env={**os.environ, "ZHIBAO_CONNINFO": cluster.conninfo()},
                             capture_output=True, text=True, timeout=120, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
    finally:
        cluster.remove()
