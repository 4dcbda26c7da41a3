# SPDX-License-Identifier: Apache-2.0
"""The real centre, one office and a browser for one file of tests. Files that need another centre have a fixture of their own."""
import pytest

from browser import Browser
from pgcluster import BUILD, Agent, Centre, Cluster


@pytest.fixture(scope="module")
def centre():
    cluster = Cluster()
    cluster.create()
    centre = Centre(cluster, BUILD / "web")
    centre.start_collector()
    centre.start_aggregator()
    yield centre
    centre.stop()
    cluster.remove()


@pytest.fixture(scope="module")
def agent(centre, request):
    """The agent of the OFFICE of the file of tests."""
    office = request.module.OFFICE
    agent = Agent(centre, office)
    centre.enrol(office, agent.home / "agent.pub")
    agent.start()
    return agent


@pytest.fixture(scope="module")
def chromium():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium):
    """Nothing that a page throws or warns of goes unseen."""
    yield chromium
    chromium.size(1440, 900)
    said, chromium.complaints[:] = list(chromium.complaints), []
    assert said == []
