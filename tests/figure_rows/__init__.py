"""What the tests must know of each figure: a module for a figure, with the figure's name.

    STATES      some states besides the first one: what they set
    LOOSE       by how much a number may differ besides the rounding of its print; without it, not at all
    shows       a function: state -> every number that is printed with a name, computed with nnlib
    constants   where the figure carries data: a function that makes what stands in data/NAME.js

The forms of such data are in figure_data.py.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # where benchmarks are: a script finds its own folder only


@dataclass
class Row:
    """What a module says."""

    shows: Callable
    states: list
    loose: float
    constants: Callable | None


def row(name):
    module = import_module(f"figure_rows.{name}")
    return Row(module.shows, module.STATES, getattr(module, "LOOSE", 0.0), getattr(module, "constants", None))


FIGURES = {path.stem: row(path.stem) for path in sorted(Path(__file__).parent.glob("[a-z]*.py"))}
