"""A test that waits for ever is red, by its name and with the line at which it waits; the others go on."""

from pathlib import Path

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
    result = pytester.runpytest_subprocess("-n", "1", "--timeout", "5")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*# here", "*Timeout (>5.0s) from pytest-timeout.*"])
