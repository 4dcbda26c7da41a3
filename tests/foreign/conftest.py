# SPDX-License-Identifier: Apache-2.0
"""The real centre for one file of tests, and a session at it."""
import re

import pytest
import zmq

from foreign.client import Stream
from foreign.office import connect, enrolled
from pgcluster import running_centre


@pytest.fixture(scope="module")
def centre(request):
    """A centre whose collector has the SETTINGS of the file of tests, if it gives any."""
    with running_centre(settings=getattr(request.module, "SETTINGS", "")) as centre:
        centre.zmq = zmq.Context()
        centre.server = re.search(r"public (\S+)", (centre.etc / "collector.pub").read_text()).group(1).encode()
        yield centre
        centre.zmq.destroy(0)


@pytest.fixture
def session(centre):
    stream = Stream()
    client = connect(centre, enrolled(centre), stream)
    yield client, stream
    client.close()


@pytest.fixture(scope="module", autouse=True)
def sound_store(centre):
    """Whatever the tests of a file did: the collector lives, and every chain and record it stored is sound."""
    yield
    assert centre.processes["collector"].poll() is None, "the collector lives"
    checked = centre.collector_command("verify", check=False)
    assert checked.returncode == 0, checked.stdout
