"""exercise.py: what stands under an exercise."""

import gc
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from nnlib import exercise, functional


def check_double(double):
    assert double(2) == 4, "double(2) should be 4"


def check_without_words(f):
    raise AssertionError


def stub(x):
    raise NotImplementedError("your turn")


@pytest.mark.parametrize(
    ("check", "answer", "line"),
    [
        (check_double, lambda x: x + x, "double: passed"),
        (check_double, lambda x: x, "double: not yet: double(2) should be 4"),
        (check_double, stub, "double: not yet: your turn"),
        (
            check_double,
            lambda: 1,
            "double: not yet: TypeError: <lambda>() takes 0 positional arguments but 1 was given",
        ),
        (check_without_words, 1, "without_words: not yet: an assertion without a message failed"),
    ],
)
def test_report(capsys, check, answer, line):
    exercise.report(check, answer)
    assert capsys.readouterr().out.splitlines()[0].startswith(line)


def test_an_unknown_number_takes_part_in_sums_and_in_nothing_else():
    x = exercise.Unknown(lambda x, y: x)
    y = exercise.Unknown(lambda x, y: y)
    allowed = (2 * x - y / 4 + 1, 3 - x, -x + sum([x, y]), np.float64(2) * x - np.float64(1), x * np.int64(3))
    assert [it.at(5.0, 8.0) for it in allowed] == [9, -2, 8, 9, 15]
    refused = [
        lambda: abs(x),
        lambda: np.abs(x),
        lambda: max(x, y),
        lambda: np.maximum(x, 0),
        lambda: (x > 0) * x,
        lambda: x * y,
        lambda: x**2,
        lambda: 1 / x,
        lambda: np.array([x]),
        lambda: x if x else y,
        lambda: float(x),
        lambda: x + np.ones(3),
    ]
    for attempt in refused:
        with pytest.raises(AssertionError, match=r"factor|plain numbers"):
            attempt()


def test_what_is_taken_away_comes_back_also_after_an_error():
    before = functional.softmax
    with pytest.raises(AssertionError, match="write it yourself"), exercise.without(functional, "softmax"):
        functional.softmax([1.0])
    assert functional.softmax is before


def test_peak_sees_a_matrix_that_comes_and_goes():
    x = np.ones(1000)
    assert exercise.peak(lambda x: 2 * x + 1, x) < 10 * x.nbytes
    assert exercise.peak(lambda x: np.outer(x, x) @ x, x) > 900 * x.nbytes
    assert not tracemalloc.is_tracing()


def test_peak_leaves_a_trace_that_was_there():
    tracemalloc.start()
    try:
        kept = np.ones(100_000)
        assert exercise.peak(lambda: None) < kept.nbytes / 10
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_the_exact_gradient_is_exact():
    x = np.array([[0.3, -2.0], [1.5, 0.7]])
    before = x.copy()
    found = exercise.exact_gradient(lambda x: np.exp(x[0] * x[1]).sum() + np.tanh(x).sum(), x)
    expected = np.exp(x[0] * x[1]) * x[::-1] + 1 - np.tanh(x) ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert np.array_equal(x, before)


def test_refusal_is_the_message_of_a_value_error_and_of_no_other():
    assert exercise.refusal(int, "x").startswith("invalid literal")
    assert exercise.refusal(int, "1") is None
    with pytest.raises(TypeError):
        exercise.refusal(int, [])


def test_orders_are_random_where_each_is_drawn_anew():
    rng = np.random.default_rng(0)
    drawn = np.array([rng.permutation(4) for _ in range(4800)])
    for orders in (drawn, drawn[::-1], rng.permuted(np.tile(np.arange(4), (4800, 1)), axis=1)):
        exercise.random_orders(orders)
    turned = (np.arange(4) + rng.integers(4, size=(4800, 1))) % 4
    swapped = drawn.copy()  # each a swap away from the one before
    for before, after in pairwise(swapped):
        i, j = rng.choice(4, 2, replace=False)
        after[:] = before
        after[[i, j]] = before[[j, i]]
    for orders, says in ((turned, "more often"), (swapped, "tells the next"), (np.sort(drawn), "more often")):
        with pytest.raises(AssertionError, match=says):
            exercise.random_orders(orders)


def test_lines_of_what_is_collected_in_the_meantime_do_not_count():
    class Ends:
        def __del__(self):
            self.ended = True
            self.said = "so"

    def allocate():
        return [[] for _ in range(5000)]

    usual = exercise.lines_run(allocate)
    cycles = [Ends() for _ in range(3)]
    for each in cycles:
        each.itself = each
    del cycles, each
    assert exercise.lines_run(allocate) == usual and gc.isenabled()
