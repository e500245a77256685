"""`pytest --equation LABEL` runs what holds one equation up; `-m equation -k LABEL` runs its family."""

import pytest

MODULE = """
import pytest

@pytest.mark.equation("eq-softmax")
def test_shares(): pass

@pytest.mark.equation("eq-softmax-dZ")
def test_slope(): pass

@pytest.mark.equation("eq-softmax", "eq-relu")
@pytest.mark.parametrize("n", [1, 2])
def test_both(n): pass

def test_eq_softmax_by_name_only(): pass
"""


@pytest.fixture
def run(pytester):
    pytester.makeini("[pytest]\nmarkers = equation(label, ...): holds up equations\naddopts = --strict-markers")
    pytester.makepyfile(MODULE)
    return lambda *arguments: pytester.runpytest("-p", "equation_option", *arguments)


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 5),
        (("--equation", "eq-softmax"), 3),
        (("--equation=eq-softmax-dZ",), 1),
        (("--equation", "eq-relu", "--equation", "eq-softmax-dZ"), 3),
        (("-m", "equation", "-k", "eq-softmax"), 4),
        (("-m", "equation", "-k", "eq-softmax and not eq-softmax-dZ"), 3),
        (("-m", "equation", "-k", "eq-softmax-dZ"), 1),
        (("-m", "equation", "-k", "eq-relu"), 2),
    ],
)
def test_selection(run, arguments, count):
    run(*arguments).assert_outcomes(passed=count, deselected=5 - count)


def test_an_unknown_label_is_an_error(run):
    result = run("--equation", "eq-sofmax")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--equation eq-sofmax: no collected test is marked with this label*eq-softmax*"])
