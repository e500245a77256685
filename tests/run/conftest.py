"""What a page's worker does with its cells, here in this Python and without a browser."""

import importlib.util
import sys
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "book" / "_static" / "run"
NOT_ON_A_PAGE = ("torch", "torchgen", "sympy", "playwright")  # other tests have imported them; to look at them costs


@pytest.fixture
def page(monkeypatch):
    """A page's cells: `shown` lists what they have shown, `printed()` returns what they have printed since."""
    monkeypatch.syspath_prepend(STATIC)
    for name in [name for name in sys.modules if name.partition(".")[0] in NOT_ON_A_PAGE]:
        monkeypatch.delitem(sys.modules, name)
    spec = importlib.util.spec_from_file_location("cells", STATIC / "cells.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("display", "input"):  # put back what the cells put there
        monkeypatch.setattr(f"builtins.{name}", None, raising=False)
    shown = []

    def printed():
        text = "".join(value for kind, value in shown if kind == "text")
        shown.clear()
        return text

    cells = module.Cells(lambda kind, value: shown.append((kind, value)))
    cells.shown, cells.module, cells.printed = shown, module, printed
    return cells
