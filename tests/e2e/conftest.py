# SPDX-License-Identifier: Apache-2.0
"""The real centre, one office and a browser for one file of tests. Files that need another centre have a fixture of their own."""
import pytest

from browser import Browser
from pgcluster import BUILD, running_centre


@pytest.fixture(scope="module")
def centre():
    with running_centre(static_dir=BUILD / "web") as centre:
        centre.start_aggregator()
        yield centre


@pytest.fixture(scope="module")
def agent(centre, request):
    """The agent of the OFFICE of the file of tests."""
    return centre.agent(request.module.OFFICE)


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
