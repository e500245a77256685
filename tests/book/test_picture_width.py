"""At which width a drawing's words are still legible."""

import io

import matplotlib.pyplot as plt
import pytest
from picture_width import LEAST, PIXELS, least_width

from nnlib import plot


def drawing(*sizes):
    groups = "".join(f'<g transform="translate(3 4) scale({size} -{size})"><use/></g>' for size in sizes)
    return f'<?xml version="1.0"?>\n<svg xmlns:xlink="x" width="300pt" height="90pt">{groups}</svg>'


def test_as_in_the_module_for_the_page():
    """The cases of tests/javascript/picture_width.test.js."""
    assert [least_width(drawing(*sizes)) for sizes in ((0.09,), (0.09, 0.06, 0.12), (), (1,))] == [300, 450, None, None]
    assert least_width("<svg></svg>") is None


@pytest.mark.parametrize("size", [7, 12.5])
def test_of_what_matplotlib_draws(size):
    """Half as large words need twice the width."""
    with plt.rc_context():
        plot.use_book_style()
        fig, ax = plt.subplots(figsize=(5, 3))
        ax.set(xticks=[], yticks=[])
        ax.text(0.5, 0.5, "word", fontsize=size, rotation=90)
        file = io.StringIO()
        fig.savefig(file, format="svg")
        plt.close(fig)
    assert abs(least_width(file.getvalue()) - LEAST / (size * PIXELS) * 5 * 72 * PIXELS) <= 1
