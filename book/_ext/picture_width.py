"""A drawing that a cell made keeps its words legible on a phone: it scrolls in its box instead of becoming too small.

Matplotlib writes words as outlines: a group that is scaled by a hundredth of their size in points. A drawing is never
shown narrower than where its smallest words are LEAST pixels high. The same rule stands in run/picture_width.js, for
what a reader's own run draws.
"""

import math
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

LEAST = 9
WIDTH = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)pt"')
WORDS = re.compile(r"scale\((0?\.\d+) -\1\)")
PIXELS = 4 / 3  # in a point


class ScrollBox(nodes.General, nodes.Element):
    """A box round a picture that may not become narrower than `least` pixels."""


def least_width(svg):
    """Return at how many pixels' width the smallest words of a drawing are LEAST high; None where it has no words."""
    width, sizes = WIDTH.search(svg), [100 * PIXELS * float(scale) for scale in WORDS.findall(svg)]
    if not width or not sizes:
        return None
    return math.ceil(LEAST / min(sizes) * PIXELS * float(width[1]) - 1e-6)  # what rounding adds is no pixel


class Widths(SphinxPostTransform):
    default_priority = 250
    formats = ("html",)

    def run(self, **kwargs):
        for picture in list(self.document.findall(nodes.image)):
            path = Path(self.app.srcdir, picture["uri"])
            if "jupyter_execute" in path.parts and path.suffix == ".svg":
                least = least_width(path.read_text(encoding="utf-8"))
                if least:
                    box = ScrollBox(least=least)
                    picture.replace_self(box)
                    box.append(picture)


def visit(self, node):
    self.body.append(f'<div class="scrolls pst-scrollable-table-container" style="--least: {node["least"]}px">')


def depart(self, node):
    self.body.append("</div>\n")


def setup(app):
    app.add_node(ScrollBox, html=(visit, depart))
    app.add_post_transform(Widths)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
