"""A backend of matplotlib: plt.show() shows every open figure as SVG and closes it, as in a notebook.

A figure of very many marks is shown as pixels: a browser takes long to lay out the lines of its SVG.
"""

import io

from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from outputs import LARGEST_SVG

__all__ = ["FigureCanvas", "show"]


class TooLargeError(Exception):
    pass


class Limited(io.StringIO):
    """A file that refuses to become larger than a page can show: then nobody waits for the rest of it."""

    def write(self, text):
        if self.tell() + len(text) > LARGEST_SVG:
            raise TooLargeError
        return super().write(text)


class Drawing:
    """A figure in the forms that `display` understands."""

    def __init__(self, figure):
        self.figure = figure

    def __repr__(self):
        return repr(self.figure)

    def save(self, file, **options):
        figure = self.figure
        look = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor(), "bbox_inches": "tight"}
        figure.savefig(file, **look, **options)
        return file.getvalue()

    def _repr_svg_(self):
        try:
            return self.save(Limited(), format="svg", metadata={"Date": None}, dpi=self.figure.dpi)
        except TooLargeError:
            return None

    def _repr_png_(self):
        return self.save(io.BytesIO(), format="png", dpi=min(150, 2 * self.figure.dpi))


def show(*arguments, **options):
    try:
        for number in pyplot.get_fignums():
            display(Drawing(pyplot.figure(number)))  # noqa: F821 - the page's own, a builtin there
    finally:
        pyplot.close("all")
