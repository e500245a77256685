"""The budget of a chapter: work counts, waiting does not, and whoever is far over it fails under its own name."""

from pathlib import Path

import nbformat
import pytest
from nbformat import v4

WORK = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass"
PLUGINS = ("-p", "numeric_nbval", "-p", "budget", "--nbval", "--nbval-current-env")


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a chapter that works and waits, beside a test of a figure that works; return the result."""

    def run(work, wait, budget, figure=0.0, *arguments):
        cells = [
            v4.new_markdown_cell("# A chapter", metadata={"budget": {"seconds": budget, "why": "a test"}}),
            v4.new_code_cell(WORK.format(work), execution_count=1),
            v4.new_code_cell(f"time.sleep({wait})", execution_count=2),
            v4.new_code_cell('if not time: figures.play("wave")', execution_count=3),
        ]
        pytester.mkdir("notebooks")
        nbformat.write(v4.new_notebook(cells=cells), pytester.path / "notebooks" / "07_waves.ipynb")
        pytester.mkdir("figures").joinpath("test_figures.py").write_text(
            "import pytest\n\n@pytest.mark.parametrize('name', ['wave', 'other'])\n"
            f"def test(name):\n    exec({WORK.format(figure)!r})\n\n"
            f"@pytest.mark.sweep\n@pytest.mark.parametrize('name', ['wave'])\n"
            f"def test_long(name):\n    exec({WORK.format(2)!r})\n"
        )
        # In a process of its own: a browser that this one has open would count.
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
        return pytester.runpytest_subprocess(*PLUGINS, *arguments)

    return run


@pytest.mark.parametrize("workers", [[], ["-n", "1"]])
def test_a_chapter_far_over_its_budget_fails_alone_and_by_name(run, workers):
    result = run(0.5, 0, 0.2, 0.1, *workers)
    result.assert_outcomes(passed=6, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    seconds = r" +\d+\.\d"
    result.stdout.re_match_lines_random(
        [
            r"07_waves: \d+ s of processor time, of a budget of 0\.2 s\..*",
            r" +cells +figures +sum +budget",
            rf"07_waves{seconds}{seconds}{seconds} +0\.2  over its budget",
            rf"of no chapter: figures{seconds}",
        ]
    )


def test_waiting_costs_nothing_and_twice_the_budget_is_allowed(run):
    result = run(1, 3, 0.9)
    result.assert_outcomes(passed=6)
    result.stdout.re_match_lines([r"07_waves .* over its budget"])


def test_a_chapter_within_its_budget_is_not_marked(run):
    result = run(0.1, 0, 60)
    result.assert_outcomes(passed=6)
    assert "over its budget" not in result.stdout.str()
