"""The book's interactive figures as widgets, for JupyterLab and JupyterLite; on a page they need no Python.

import figures

figure = figures.play("softmax")   # the last line of a cell shows it
figure.state = {"T": 0.5}          # what the reader changes is here too, and can be set
"""

import base64
import re
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "book" / "_static" / "figures"

try:
    import anywidget
    import traitlets
except ModuleNotFoundError:
    anywidget = None


class Absent:
    """What stands in for a figure where anywidget is not installed."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"The figure {self.name} comes alive where anywidget is installed, when this cell is run."


def module(name):
    """Return the figure `name` as one JavaScript module. A widget has no address to import from: all is inside."""
    path = FOLDER / f"{name}.js"
    if name in ("base", "mount") or not path.is_file():
        names = sorted(path.stem for path in FOLDER.glob("*.js") if path.stem not in ("base", "mount"))
        raise ValueError(f"expected one of the figures {', '.join(names)}, got {name!r}")

    def inside(address):
        content = base64.b64encode((FOLDER / address[1]).resolve().read_bytes()).decode()
        return f'from "data:text/javascript;base64,{content}"'

    return re.sub(r'from "(\.\.?/[\w/]+\.js)"', inside, path.read_text(encoding="utf-8"))


def play(name):
    """Return the figure `name` ("softmax"), alive where anywidget is installed.

    Its `state` is a dictionary: what differs from the figure's first state, which its module defines.
    """
    source = module(name)
    if anywidget is None:
        return Absent(name)

    class Figure(anywidget.AnyWidget):
        _esm = source
        _css = "".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in ("colours", "figures"))
        state = traitlets.Dict().tag(sync=True)

        def __repr__(self):
            return repr(Absent(name))

    return Figure()
