"""exercise.py: what stands under an exercise."""

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


def test_what_is_taken_away_comes_back_also_after_an_error():
    before = functional.softmax
    with pytest.raises(AssertionError, match="write it yourself"), exercise.without(functional, "softmax"):
        functional.softmax([1.0])
    assert functional.softmax is before
