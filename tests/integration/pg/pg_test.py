# SPDX-License-Identifier: Apache-2.0
"""Gives each C test of common/pg a private cluster, and kills the server of one while a COMMIT waits."""
import os
import subprocess
import time

import pytest

from pgcluster import BUILD, Cluster

# What test_commit_server_killed calls itself.
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_test_killed' AND wait_event = 'SyncRep'"


def kill_when_it_waits(cluster, run):
    deadline = time.monotonic() + 90
    while run.poll() is None and time.monotonic() < deadline:
        if cluster.psql(WAITS) == "1":
            cluster.stop("immediate")
            cluster.start()
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def cluster():
    cluster = Cluster()
    cluster.psql("CREATE DATABASE zhibao", database="postgres")
    cluster.psql("CREATE SCHEMA zhibao")
    yield cluster
    cluster.remove()


def test_commit(cluster):
    log = cluster.home / "pg_commit_test.log"
    with open(log, "wb") as out, subprocess.Popen(
            [BUILD / "tests/integration/pg_commit_test"], stdout=out, stderr=out,
            env={**os.environ, "ZHIBAO_CONNINFO": cluster.conninfo(), "ZHIBAO_PG_KILLER": "1"}) as run:
        try:
            was_killed = kill_when_it_waits(cluster, run)
            code = run.wait(90)
        finally:
            run.kill()
    assert code == 0, log.read_text()
    assert was_killed, "the server was never killed\n" + log.read_text()
    print(log.read_text())


@pytest.mark.parametrize("program", ["pg_test", "pg_value_test", "pg_pool_test", "pg_group_test", "pg_cursor_test"])
def test_pg(cluster, program):
    run = subprocess.run([BUILD / "tests/integration" / program], capture_output=True, text=True, timeout=90, check=False,
                         env={**os.environ, "ZHIBAO_CONNINFO": cluster.conninfo()})
    assert run.returncode == 0, run.stdout + run.stderr
