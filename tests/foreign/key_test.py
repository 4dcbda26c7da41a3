# SPDX-License-Identifier: Apache-2.0
"""Keys as docs/protocol.md has them, against the real centre: enrolment by a file, rotation, revocation."""
import os
import re
import time

import pytest
import zmq
import zmq.utils.z85

from foreign.client import SESSION, Client, EnrolFile, Keys, Stream
from foreign.office import connect, enrolled, fill
from pgcluster import wait_for

SETTINGS = 'key { overlap = "3 s" }\n'


def test_enrolment_expires(centre):
    path = centre.home / "expired.enrol"
    centre.collector_command("enrol", "--office", "420303", "--out", path)
    assert path.stat().st_mode & 0o777 == 0o600
    file = EnrolFile(path)
    connect(centre, file.one_time).close()
    centre.cluster.psql("UPDATE zhibao.enrolment SET expires_at = now() WHERE office_code = '420303'")

    def is_shut_out():
        client = Client(centre.zmq, centre.endpoint, centre.server, file.one_time)
        enrol = SESSION.Enrol(office_code="420303", public_key=os.urandom(32))
        try:
            return not client.send("ENROL", enrol, gen=0, version=2) or client.nack() == "REVOKED"
        finally:
            client.close()
    assert is_shut_out()
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.agent_key WHERE office_code = '420303'") == "0"


@pytest.mark.parametrize("office,public_key", [("420102", os.urandom(32)), ("420304", b"short")])
def test_enrolment_of_another_office_or_no_key(centre, office, public_key):
    path = centre.home / f"{os.urandom(4).hex()}.enrol"
    centre.collector_command("enrol", "--office", "420304", "--out", path)
    client = connect(centre, EnrolFile(path).one_time)
    client.send("ENROL", SESSION.Enrol(office_code=office, public_key=public_key), gen=0, version=2)
    assert client.nack() in ("REVOKED", "BAD")
    assert centre.cluster.psql("SELECT count(*) FROM zhibao.agent_key WHERE office_code = '420304'") == "0"
    client.close()


def test_old_key_ends_after_a_rotation(centre):
    """Both keys speak until old_valid_to_us; after it only the new one does."""
    office, stream = "420500", Stream()
    fill(stream, 3)
    client = connect(centre, enrolled(centre, office), stream)
    fresh = Keys()
    enrol = SESSION.Enrol(office_code=office, public_key=zmq.utils.z85.decode(fresh.public))
    client.send("ENROL", enrol)
    answer = client.receive("ENROLLED")
    client.send("ENROL", enrol)
    assert client.receive("ENROLLED") == answer, "a repeat gets the same answer"
    assert client.deliver(stream, 1, 1).acked_seq == 1

    def is_over():
        client.send("BATCH", stream.batch(1, 1))
        kind, message = client.drain_until(("ACK", "NACK"))[-1]
        if kind == "ACK":
            return False
        assert SESSION.NackCode.Name(message.code).endswith("REVOKED")
        return True
    wait_for(is_over, 20, "the old key ends")
    assert time.time() * 1e6 >= answer.old_valid_to_us, "not before"
    newer = connect(centre, fresh, stream)
    assert newer.welcome.acked_seq == 1
    assert newer.deliver(stream, 2, 3).acked_seq == 3
    for c in (client, newer):
        c.close()


def test_revoked_key_opens_no_session(centre):
    office = "420600"
    keys = enrolled(centre, office)
    waiting = connect(centre, keys)
    number = centre.cluster.psql(f"SELECT key_id FROM zhibao.agent_key WHERE office_code = '{office}'")
    assert re.search(rf"\b{number}\b.*{office}", centre.collector_command("keys").stdout)
    centre.collector_command("revoke", "--key-id", number)
    waiting.hello(Stream())
    assert waiting.nack() == "REVOKED", "whatever the collector still has in memory"

    def is_shut_out():
        client = Client(centre.zmq, centre.endpoint, centre.server, keys)
        is_connected = client.socket.poll(1000, zmq.POLLOUT)
        client.close()
        return not is_connected
    wait_for(is_shut_out, 20, "the handshake is refused")
    waiting.close()
