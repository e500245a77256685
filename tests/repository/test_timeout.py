"""A test that waits for ever is red, by its name and with the line at which it waits; the others go on."""

from pathlib import Path

import pytest
from chromium import drawn

ROOT = Path(__file__).parents[2]
TESTS = """
def test_waits(browser):
    browser.new_page().evaluate("new Promise(() => {})")  # here

def test_goes_on(browser):
    assert browser.new_page().evaluate("1 + 1") == 2
"""


def test_a_test_that_waits_for_ever_is_red(pytester, monkeypatch):
    assert "\ntimeout = " in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-n", "1", "--timeout", "5", "-o", "timeout_func_only=true")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*# here", "*Timeout (>5.0s) from pytest-timeout.*"])


def test_a_page_that_is_drawn_no_more_is_asked_for_pictures_and_then_red(browser, monkeypatch):
    with browser.new_context() as context:
        tab = context.new_page()
        drawn(tab)
        tab.evaluate("() => { window.requestAnimationFrame = () => 0; }")
        with pytest.raises(AssertionError, match="expected it to be drawn; three times it was not"):
            drawn(tab, patience=0.1)

        def helps(timeout):
            tab.evaluate("() => { window.requestAnimationFrame = (draw) => draw(); }")

        monkeypatch.setattr(tab, "screenshot", helps)
        drawn(tab, patience=0.1)
