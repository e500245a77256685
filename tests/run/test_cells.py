"""What the worker does with a cell (book/_static/run/cells.py), here in this Python and without a browser."""

import importlib.util
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "book" / "_static" / "run"


@pytest.fixture
def page(monkeypatch):
    """A page's cells, and the list of what they have shown."""
    monkeypatch.syspath_prepend(STATIC)
    spec = importlib.util.spec_from_file_location("cells", STATIC / "cells.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("display", "input"):  # put back what the cells put there
        monkeypatch.setattr(f"builtins.{name}", None, raising=False)
    shown = []
    cells = module.Cells(lambda kind, value: shown.append((kind, value)))
    cells.shown = shown
    cells.module = module
    return cells


def printed(page):
    """What has been printed since this was last asked."""
    text = "".join(value for kind, value in page.shown if kind == "text")
    page.shown.clear()
    return text


def test_a_cell_prints_and_its_last_line_is_shown(page):
    assert page.run(1, "x = 3\nprint('x is', x)\nx + 1")
    assert printed(page) == "x is 3\n4\n"
    assert page.run(2, "x + 1;", 1)
    assert page.run(3, "", 2)
    assert page.run(4, "# a comment", 3)
    assert printed(page) == ""


def test_a_value_with_an_html_form_is_shown_as_html(page):
    assert page.run(1, "class Table:\n    def _repr_html_(self):\n        return '<b>1</b>'\nprint('a')\nTable()")
    assert page.shown == [("text", "a"), ("text", "\n"), ("html", "<b>1</b>")]


def test_the_traceback_begins_in_the_cell_and_quotes_it(page):
    assert not page.run(7, "def half(n):\n    return 1 / n\n\nhalf(0)")
    [(kind, text)] = page.shown
    assert kind == "error"
    assert text.startswith('Traceback (most recent call last):\n  File "<cell 7>", line 4, in <module>\n    half(0)')
    assert "return 1 / n" in text and "cells.py" not in text
    assert text.endswith("ZeroDivisionError: division by zero\n")
    assert not page.run(7, "x = = 3") and "SyntaxError" in page.shown[-1][1]
    assert not page.run(7, "raise SystemExit") and "SystemExit" in page.shown[-1][1]
    assert not page.run(7, "input('name')") and "write the value into the code" in page.shown[-1][1]


@pytest.mark.parametrize(
    ("source", "word"), [("%timeit 1", "JupyterLite"), ("x = 1\n!ls", "JupyterLite"), ("import no_such", "pandas")]
)
def test_a_word_is_added_on_what_a_page_has_not(page, source, word):
    assert not page.run(1, source)
    assert word in page.shown[-1][1].splitlines()[-1]


def test_each_cell_runs_on_what_the_one_before_it_left(page):
    page.run(1, "x = 1")
    page.run(2, "x += 1; y = x", 1)
    page.run(3, "x = 'other'; del y", 2)
    printed(page)
    assert page.run(2, "x += 1; y = x\nprint(x, y)", 1)  # once more: as the first time
    assert printed(page) == "2 2\n"
    assert page.run(4, "print(x, y)", 2)
    assert printed(page) == "2 2\n"
    assert not page.run(1, "y")  # the first cell starts from nothing


def test_what_changes_in_place_is_put_back(page):
    page.run(1, "import numpy as np\nrng = np.random.default_rng(0)\nW, seen = np.zeros(3), [1]\nalias = W")
    page.run(2, "class Net: pass\nnet = Net()\nnet.W = np.ones(2)\nnet.deep = {'b': [W]}", 1)
    change = "W += 1; seen.append(2); net.W *= 5; net.more = 1; draw = rng.random()\nprint(W, alias, seen, net.W, draw)"
    page.run(3, change, 2)
    first = printed(page)
    page.run(3, change, 2)
    assert printed(page) == first
    page.run(4, "print(hasattr(net, 'more'), net.deep['b'][0] is W)", 2)
    assert printed(page) == "False True\n"


def test_a_function_sees_what_a_later_cell_defines(page):
    page.run(1, "def f():\n    return later")
    page.run(2, "later = 5\nprint(f())", 1)
    assert printed(page) == "5\n"


def test_a_cell_that_raises_leaves_nothing_behind(page):
    page.run(1, "x = 1")
    page.run(2, "x = 2\n1 / 0", 1)
    page.run(3, "print(x)", 1)
    assert printed(page) == "1\n"


def test_what_was_run_on_a_cell_is_forgotten_with_it(page):
    page.run(1, "x = 1")
    page.run(2, "y = 1", 1)
    page.run(3, "z = 1", 2)
    page.run(1, "x = 2")
    assert list(page.moments) == [1] and not page.kept


def test_a_flood_of_text_is_gathered_and_cut(page):
    page.run(1, "for n in range(100_000):\n    print(n)")
    pieces = [value for _, value in page.shown]
    assert len(pieces) < 3000
    assert len("".join(pieces)) < page.module.LONGEST + 100
    assert pieces[-1].endswith("is not shown\n")


def test_a_missing_module_is_named_once(page):
    assert page.run(1, "import no_such_module", None, True) == "no_such_module"
    assert [kind for kind, _ in page.shown] == ["error"]
    page.shown.clear()
    assert page.run(1, "import no_such_module") is False
    assert "ModuleNotFoundError" in page.shown[-1][1]


def test_a_long_chain_of_objects_is_remembered(page):
    chain = "class Node:\n    def __init__(self, before):\n        self.before, self.x = before, [0]\n\n"
    assert page.run(1, chain + "first = last = Node(None)\nfor _ in range(5000):\n    last = Node(last)")
    assert page.run(2, "first.x[0] = 1", 1)
    assert page.run(3, "print(first.x)", 1)
    assert printed(page) == "[0]\n"


def test_an_array_that_a_later_cell_locks_is_brought_back(page):
    assert page.run(1, "import numpy as np\nx = np.zeros(2)")
    assert page.run(2, "x += 1; x.flags.writeable = False", 1)
    assert page.run(3, "x += 2; print(x)", 1)
    assert printed(page) == "[2. 2.]\n"


def test_what_a_progress_bar_writes_over_does_not_count_as_printed(page):
    assert page.run(1, "for i in range(9000):\n    print(f'\\r{i:060d}', end='')\nprint('\\nthe end')")
    assert printed(page).endswith("the end\n")
