# SPDX-License-Identifier: Apache-2.0
"""What another process changed, as the collector learns of it: it looks at a mark each second, and reads keys and newest messages,
thousands of rows, when the mark is another one. Told by the statements that PostgreSQL ran."""
import pytest

from foreign.office import OFFICE, connect, enrolled
from pgcluster import wait_for

STATEMENTS = {"mark": "bit_xor(hashint8extended(key_id", "keys": "SELECT key_id, public_key, office_code, false FROM zhibao.agent_key",
              "heads": "SELECT office_code, last_seq FROM zhibao.downlink_head"}


@pytest.fixture(name="ran")
def statements_ran(centre):
    """Counts of what ran since the log of statements began."""
    centre.cluster.psql("ALTER SYSTEM SET log_statement = 'all'")
    centre.cluster.psql("SELECT pg_reload_conf()")
    log = centre.cluster.pg / "log"

    def ran():
        text = log.read_text(encoding="utf-8")
        return {name: text.count(words) for name, words in STATEMENTS.items()}

    wait_for(lambda: ran()["mark"], 20, "a look at the mark")
    return ran


def looked(ran, times):
    """Until the mark was looked at so often: what the look before the last one found was read by then."""
    until = ran()["mark"] + times
    return wait_for(lambda: (now := ran())["mark"] >= until and now, 30, f"{times} looks at the mark")


def test_read_when_changed(centre, ran):
    connect(centre, enrolled(centre)).close()
    before = looked(ran, 2)
    after = looked(ran, 3)
    assert (after["keys"], after["heads"]) == (before["keys"], before["heads"])
    connect(centre, enrolled(centre)).close()  # a key more: admitted, so it was read
    keyed = looked(ran, 2)
    assert keyed["keys"] == after["keys"] + 1
    centre.collector_command("notice", "--office", OFFICE, "--title", "题", "--text", "文")
    wait_for(lambda: ran()["heads"] == keyed["heads"] + 1, 20, "newest messages")
    again = looked(ran, 3)
    assert (again["keys"], again["heads"]) == (keyed["keys"] + 1, keyed["heads"] + 1)
