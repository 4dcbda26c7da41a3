# SPDX-License-Identifier: Apache-2.0
"""What the tests of the operators' page share: a centre with an invented year of a few offices, and steps of a reader."""
import json
import shlex

from pastyear import load_in_2024, past_year
from pgcluster import AGGREGATOR, BUILD


def centre_of(offices, freezing='freeze { interval = "100 ms" }\n'):
    """A centre that serves the page over a year of these offices, received in 2024; the aggregator is not running."""
    centre = past_year(offices, static_dir=BUILD / "web", reports='report { workers = "0" }\n' + freezing)
    load_in_2024(centre)
    return centre


def command(centre, *words):
    return centre.run(AGGREGATOR, "--config", centre.etc / "aggregator.conf", *words)


def run_shown(centre, shown, login, **words):
    """A command as it was copied from the page, with the login and the words filled in."""
    text = shown.replace("登录名", login)
    for old, new in words.items():
        text = text.replace(old, new)
    name, *rest = shlex.split(text)
    assert name == "zhibao-aggregator"
    return command(centre, *rest)


def commands(browser, place):
    """The commands to copy that stand there."""
    return browser.eval(f"[...document.querySelectorAll(\"{place} .command code\")].map(c => c.innerText)")


def settled(browser):
    browser.wait("document.querySelector('main section, main [role=alert]') && !document.querySelector('[aria-busy=true]')", 90)


def visit(centre, browser, view):
    browser.goto(f"{centre.api}/#/{view}")
    settled(browser)


def closed(browser):
    """The drawer is gone, and so is what it covered the page with."""
    browser.wait("!/pick|open|item/.test(location.hash) && [...document.querySelectorAll('.el-overlay')].every("
                 "e => getComputedStyle(e).display === 'none')")


def count(number):
    return f"{number:,}"


def fraction(rate):
    return f"{count(rate['numerator'])}/{count(rate['denominator'])}"


def percent(rate):
    return "不适用" if rate["percent"] is None else rate["percent"] + "%"


def unrated(figure):
    """Why a figure has no percentage: nothing to divide by, or hidden as too few answered."""
    return "样本不足，不公布" if figure["numerator"] is None and figure["denominator"] is not None else "不适用"


def texts(browser, selector):
    """Text of every such element, blanks left out."""
    return browser.eval(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText.replace(/\\s+/g, ''))")


def press_until(browser, key, attribute, value, most=60):
    """A key is pressed until the focus is where it should be: reachable without a mouse."""
    for _ in range(most):
        if browser.focused(attribute) == value:
            return
        browser.key(key)
    raise AssertionError(f"{key} does not reach {attribute}={value}; focus is on {browser.eval('document.activeElement.outerHTML')[:300]}")
