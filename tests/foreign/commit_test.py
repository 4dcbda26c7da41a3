# SPDX-License-Identifier: Apache-2.0
"""A commit whose wait for the standby is broken off is unknown: visible here, perhaps not there, and never acknowledged.
The repeat writes too, so that it waits as well."""
import pytest

from foreign.client import SESSION, Stream
from foreign.office import connect, enrolled, fill
from pgcluster import wait_for

WAITING = "SELECT pid FROM pg_stat_activity WHERE application_name = 'zhibao-collector' AND wait_event = 'SyncRep'"


def standby(centre, name):
    centre.cluster.psql(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    centre.cluster.psql("SELECT pg_reload_conf()")
    wait_for(lambda: centre.cluster.psql("SHOW synchronous_standby_names") == name, 10, "reload")


def waiting(centre):
    return wait_for(lambda: centre.cluster.psql(WAITING), 20, "a commit that waits for the standby")


@pytest.mark.parametrize("how", ["pg_cancel_backend", "pg_terminate_backend"])
def test_unknown_commit_is_not_acknowledged(centre, how):
    stream = Stream()
    keys = enrolled(centre)
    client = connect(centre, keys, stream)
    fill(stream, 2)
    rows = f"SELECT count(*) FROM zhibao.batch b JOIN zhibao.stream s USING (stream_id) WHERE outbox_uuid = '\\x{stream.uuid.hex()}'"
    standby(centre, "absent")
    try:
        client.send("BATCH", stream.batch(1, 2))
        pid = waiting(centre)
        centre.cluster.psql(f"SELECT {how}({pid})")
        refusal = client.receive("NACK")
        assert SESSION.NackCode.Name(refusal.code).endswith("DB_DOWN")
        wait_for(lambda: centre.cluster.psql(rows) == "1", 10, "the batch is visible all the same")
        client.send("BATCH", stream.batch(1, 2))
        waiting(centre)  # the repeat waits too: a read alone would have been answered at once
        assert client.receive("ACK", seconds=1) is None, "acknowledged without a standby"
    finally:
        standby(centre, "")
    answer = client.receive("ACK", seconds=20)
    assert answer.acked_seq == 2
    assert centre.cluster.psql(rows) == "1"
    client.close()
