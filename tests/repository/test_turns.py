"""The tests of a sweep take turns: no more of them than there is time for, and none that never comes."""

from pathlib import Path

import turns

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

@pytest.mark.sweep(seconds=40)
@pytest.mark.parametrize("number", range(6))
def test_takes_turns(number):
    pass

def test_is_always_there():
    pass
"""


def test_no_more_than_there_is_time_for_and_each_in_its_turn():
    seconds, seen = {f"test {i}": 30 + 40 * i for i in range(10)}, set()
    for change in range(100):
        names = turns.chosen(seconds, "10", bytes([change]))
        assert 0 < sum(seconds[name] for name in names) <= 600
        assert names == turns.chosen(seconds, 10, bytes([change]))
        seen |= names
    assert seen == seconds.keys() == turns.chosen(seconds, 60, b"")


def test_a_notebook_and_the_library_decide(tmp_path):
    drawn = []
    for name in ("notebooks/00.ipynb", "nnlib/layers/relu.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
        drawn.append(turns.now(tmp_path))
    assert drawn[0] != drawn[1] == drawn[2]


def test_without_minutes_all_are_run(pytester, monkeypatch):
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers = sweep(seconds)\naddopts = --strict-markers")
    pytester.makepyfile(TESTS)
    for minutes, passed in (("", 7), ("2", 4)):
        monkeypatch.setenv("MINUTES", minutes)
        pytester.runpytest_inprocess("-n", "0").assert_outcomes(passed=passed, deselected=7 - passed)
