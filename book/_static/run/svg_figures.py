"""A backend of matplotlib: plt.show() shows every open figure as SVG and closes it, as in a notebook."""

import io

from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


class Drawing:
    """A figure as SVG, in the form that `display` understands."""

    def __init__(self, svg):
        self.svg = svg

    def _repr_svg_(self):
        return self.svg


def show(*arguments, **options):
    try:
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            file = io.StringIO()
            look = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor(), "dpi": figure.dpi}
            figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None}, **look)
            display(Drawing(file.getvalue()))  # noqa: F821 - the page's own, a builtin there
    finally:
        pyplot.close("all")
