# SPDX-License-Identifier: Apache-2.0
"""What supervisors read of the aggregator while the fold stands still and when it goes on."""
import urllib.request

import psycopg2

from pgcluster import wait_for


def metric(centre, name):
    with urllib.request.urlopen(f"{centre.api}/metrics") as answer:
        return float(next(line.split()[1] for line in answer.read().decode().splitlines() if line.startswith(name + " ")))


def test_fold_lag(centre):
    """The age of the newest folded instant grows while another holds the fold, and is below a second again when it goes on."""
    wait_for(lambda: metric(centre, "zhibao_fold_lag_seconds") < 1, 30, "a fold that is up to date")
    assert metric(centre, "zhibao_fold_up") == 1
    with psycopg2.connect(centre.cluster.conninfo()) as other:
        other.autocommit = True
        other.cursor().execute("SELECT pg_advisory_lock(zhibao.fold_lock_key())")
        wait_for(lambda: metric(centre, "zhibao_fold_lag_seconds") > 2, 30, "the lag of a fold that stands")
        other.cursor().execute("SELECT pg_advisory_unlock(zhibao.fold_lock_key())")
    wait_for(lambda: metric(centre, "zhibao_fold_lag_seconds") < 1, 30, "the fold that goes on")
