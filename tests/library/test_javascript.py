"""javascript.py: values go there and come back; what stops is said."""

import re

import numpy as np
import pytest

from nnlib import javascript
from nnlib.javascript import run


def test_values_go_there_and_back():
    given = {"x": np.array([[1, 2], [3, 4]]), "words": 'η "quoted"', "nothing": None, "deep": {"a": [True, 1e-300]}}
    assert run("", "[x, words, nothing, deep]", **given) == [[[1, 2], [3, 4]], *list(given.values())[1:]]
    assert run("export const f = (x) => x * x;", "f(3)") == 9
    assert run("", "Float64Array.of(1, 0.1)") == [1, 0.1]
    assert run("", "[NaN, -Infinity, undefined]") == ["NaN", "-Infinity", "undefined"]
    assert run("console.log('{}')", "1") == 1  # what it prints is not what it returns


def test_numbers_keep_their_last_digit():
    x = np.random.default_rng(0).normal(size=1000)
    assert run("", "x.map((v) => v)", x=x) == x.tolist()


@pytest.mark.parametrize(
    ("program", "expression", "words"),
    [
        ("function f( {", "1", "the JavaScript stopped: SyntaxError"),
        ("", "nobody", "the JavaScript stopped: ReferenceError: nobody is not defined"),
        ("throw new Error('no');", "1", "the JavaScript stopped: Error: no"),
        ("process.exit(3);", "1", "the JavaScript stopped"),
    ],
)
def test_what_stops_is_said(program, expression, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        run(program, expression)


def test_what_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(javascript, "_SECONDS", 1)
    with pytest.raises(ValueError, match="it took more than 1 seconds"):
        run("while (true);", "1")


def test_without_node_it_says_where_to_go(monkeypatch):
    monkeypatch.setattr(javascript, "_node", lambda: None)
    assert not javascript.at_hand()
    with pytest.raises(RuntimeError, match=r"expected Node\.js to run JavaScript, found none"):
        run("", "1")
