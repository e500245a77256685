"""What the worker does with a cell (book/_static/run/cells.py), here in this Python and without a browser."""

import base64
import re
import sys

import pytest


def test_a_cell_prints_and_its_last_line_is_shown(page):
    assert page.run(1, "x = 3\nprint('x is', x)\nx + 1")
    assert page.printed() == "x is 3\n4\n"
    assert page.run(2, "x + 1;", 1)
    assert page.run(3, "", 2)
    assert page.run(4, "# a comment", 3)
    assert page.printed() == ""


def test_a_value_with_an_html_form_is_shown_as_html(page):
    assert page.run(1, "class Table:\n    def _repr_html_(self):\n        return '<b>1</b>'\nprint('a')\nTable()")
    assert page.shown == [("text", "a"), ("text", "\n"), ("html", "<b>1</b>")]
    page.shown.clear()
    assert page.run(2, "class Dots:\n    def _repr_png_(self):\n        return b'\\x89PNG'\nDots()")
    assert page.shown == [("png", base64.b64encode(b"\x89PNG").decode())]


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
    page.printed()
    assert page.run(2, "x += 1; y = x\nprint(x, y)", 1)  # once more: as the first time
    assert page.printed() == "2 2\n"
    assert page.run(4, "print(x, y)", 2)
    assert page.printed() == "2 2\n"
    assert not page.run(1, "y")  # the first cell starts from nothing


def test_what_changes_in_place_is_put_back(page):
    page.run(1, "import numpy as np\nrng = np.random.default_rng(0)\nW, seen = np.zeros(3), [1]\nalias = W")
    page.run(2, "class Net: pass\nnet = Net()\nnet.W = np.ones(2)\nnet.deep = {'b': [W]}", 1)
    change = "W += 1; seen.append(2); net.W *= 5; net.more = 1; draw = rng.random()\nprint(W, alias, seen, net.W, draw)"
    page.run(3, change, 2)
    first = page.printed()
    page.run(3, change, 2)
    assert page.printed() == first
    page.run(4, "print(hasattr(net, 'more'), net.deep['b'][0] is W)", 2)
    assert page.printed() == "False True\n"


def test_a_function_sees_what_a_later_cell_defines(page):
    page.run(1, "def f():\n    return later")
    page.run(2, "later = 5\nprint(f())", 1)
    assert page.printed() == "5\n"


def test_a_cell_that_raises_leaves_nothing_behind(page):
    page.run(1, "x = 1")
    page.run(2, "x = 2\n1 / 0", 1)
    page.run(3, "print(x)", 1)
    assert page.printed() == "1\n"


def test_what_was_run_on_a_cell_is_forgotten_with_it(page):
    page.run(1, "x = 1")
    page.run(2, "y = 1", 1)
    page.run(3, "z = 1", 2)
    page.run(1, "x = 2")
    assert list(page.moments) == [1] and not page.kept


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
    assert page.printed() == "[0]\n"


def test_an_array_that_a_later_cell_locks_is_brought_back(page):
    assert page.run(1, "import numpy as np\nx = np.zeros(2)")
    assert page.run(2, "x += 1; x.flags.writeable = False", 1)
    assert page.run(3, "x += 2; print(x)", 1)
    assert page.printed() == "[2. 2.]\n"


def test_looking_at_what_broadcast_arrays_returned_prints_no_warning(page, recwarn):
    assert page.run(1, "import numpy as np\nx, y = np.broadcast_arrays(np.ones(3), np.ones((2, 3)))")
    assert page.run(2, "x = x + 1; print(x.sum())", 1)
    assert page.printed() == "12.0\n" and not recwarn.list


def test_what_a_progress_bar_writes_over_does_not_count_as_printed(page):
    assert page.run(1, "for i in range(9000):\n    print(f'\\r{i:060d}', end='')\nprint('\\nthe end')")
    assert page.printed().endswith("8999\nthe end\n")


def test_a_line_that_ends_in_a_carriage_return_stays_until_the_next(page):
    def lines():
        return sys.modules["outputs"].OVERWRITTEN.sub("", page.printed())

    assert page.run(1, "print('10 %', end='\\r')\nprint('100 %', end='\\r')")
    assert lines() == "100 %\r"
    assert page.run(1, "print('100 %', end='\\r')\nprint('a\\r\\nb')")
    assert lines() == "a\r\nb\n"


# ---- the budget of a run --------------------------------------------------------------------------------------------

ROUNDS = 60_000
BOX = "class Box:\n    def _repr_{0}_(self):\n        return {1}\nbox = Box()\n"
SVG = BOX.format("svg", "'<svg>' + '<use/>' * n + '</svg>'") + "n = 1\n"
FLOODS = {
    "lines": "for i in range({n}):\n    print(i)",
    "flushed": "for i in range({n}):\n    print(i, end='', flush=True)",
    "values": "for i in range({n}):\n    display(i)",
    "errors": "import sys\nfor i in range({n}):\n    print(i, file=sys.stderr)",
    "one line": "print('x' * 30_000_000)",
    "a last line": "'x' * 8_000_000",
    "rewritten": "for i in range({n}):\n    print(f'\\r{{i}}', end='', flush=True)",
    "long and rewritten": "for i in range({n} // 20):\n    print('\\r' + 'x' * 100_000, end='')",
    "an error": "raise ValueError('x' * 30_000_000)",
    "a table": BOX.format("html", "'<b>' * 10_000_000") + "box",
    "tables": BOX.format("html", "'<b>1</b>'") + "for i in range({n}):\n    display(box)",
    "drawings": SVG + "for i in range({n}):\n    display(box)",
    "a drawing of many marks": SVG + "n = 60_000\nbox",
    "a large picture": BOX.format("png", "b'0' * 30_000_000") + "box",
}


@pytest.mark.parametrize("name", FLOODS)
def test_no_output_is_more_than_a_page_can_lay_out(page, name):
    """By its pieces, its characters and its boxes; after a flood the end of it and how much is missing are there."""
    page.run(1, FLOODS[name].format(n=ROUNDS))
    kinds = [kind for kind, _ in page.shown]
    rewritten = "rewritten" in name
    assert len(page.shown) < (1000 if rewritten else 500)
    assert sum(len(value) for _, value in page.shown) < (1_000_000 if rewritten else 300_000)
    assert sum(kind in ("html", "svg", "png") for kind in kinds) <= 240
    assert all(len(value) <= 240_000 for _, value in page.shown)


def test_after_a_flood_stand_how_much_is_missing_and_its_end(page):
    page.run(1, "for i in range(100_000):\n    print(i)\n1 / 0")
    *_, (first, count), (second, end), (third, error) = page.shown
    assert [first, second, third] == ["cut", "text", "error"]
    missing = int(re.search("([0-9,]+) characters", count)[1].replace(",", ""))
    assert len(page.printed()) + missing == len("".join(f"{i}\n" for i in range(100_000)))
    assert end.endswith("99998\n99999\n") and error.endswith("ZeroDivisionError: division by zero\n")


def test_what_is_drawn_after_a_flood_is_seen(page):
    page.run(1, SVG + "print('x' * 1_000_000)\ndisplay(box)\nprint('after')")
    assert ("svg", "<svg><use/></svg>") in page.shown
    assert page.shown[-1] == ("text", "after\n")


def test_boxes_that_find_no_room_are_counted_and_not_even_made(page):
    table = "class Table:\n    def _repr_html_(self):\n        global made\n        made += 1\n        return 'x'\n"
    page.run(1, "made = 0\n" + table + "for i in range(1000):\n    display(Table())")
    shown = sum(kind == "html" for kind, _ in page.shown)
    assert page.names["made"] == shown < 300
    assert f" {1000 - shown} tables or pictures more" in page.shown[-1][1]


def test_a_long_value_and_a_long_error_keep_their_beginning_and_their_end(page):
    page.run(1, "'<' + 'x' * 8_000_000 + '>'")
    text = page.printed()
    assert text.startswith("'<x") and text.endswith("x>'\n") and "7,8" in text and "characters are left out" in text
    page.run(1, "def deep(text):\n    raise ValueError(text)\n\ndeep('<' + 'x' * 30_000_000 + '>')")
    [(kind, text)] = page.shown
    assert kind == "error" and 'File "<cell 1>", line 4' in text and text.endswith("x>\n") and len(text) < 21_000


def test_a_value_whose_first_form_is_too_large_is_shown_in_another(page):
    page.run(1, BOX.format("html", "'<b>' * 1_000_000") + "Box.__repr__ = lambda self: 'a box'\nbox")
    assert page.shown == [("text", "a box\n")]
    page.shown.clear()
    page.run(1, SVG + "n = 60_000\nBox._repr_png_ = lambda self: b'pixels'\nbox")
    assert [kind for kind, _ in page.shown] == ["png"]


def test_a_run_has_a_whole_budget_whatever_the_one_before_it_showed(page):
    page.run(1, "print('x' * 1_000_000)")
    page.shown.clear()
    page.run(2, "print('short')", 1)
    assert page.printed() == "short\n"


def test_a_handler_of_an_earlier_cell_writes_into_the_run_that_goes_on(page):
    page.run(1, "import logging\nlog = logging.Logger('page')\nlog.addHandler(logging.StreamHandler())")
    page.run(2, "for i in range(50_000):\n    log.error(i)", 1)
    assert len("".join(value for _, value in page.shown)) < 250_000 and page.shown[-2][0] == "cut"


def test_an_error_that_names_no_module_is_an_error(page):
    assert page.run(1, "raise ModuleNotFoundError('x', name=3)", None, True) is False
