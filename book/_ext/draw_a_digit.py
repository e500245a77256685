"""The sheet to draw a digit on: an ordinary figure with the class ``draw-a-digit``.

    ```{figure} _static/digit/still.svg
    :class: draw-a-digit
    :name: fig-draw
    :alt: What the still picture shows.
    The caption.

    What stands here, the legend, is shown only where the sheet is not: without scripts, and on paper.
    ```

Where scripts run, digit/mount.js puts the sheet in the picture's place; only pages with such a figure load it. With the
class ``compact`` besides, what is inside the network stays hidden. The weights go into the site beside the
module; those of the convolutional network are fetched when it is chosen.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.fileutil import copy_asset

WEIGHTS = ("data/weights/784-64-10.safetensors", "data/weights/convolution.safetensors")


def mark(app, doctree):
    """Give the classes to the figure, where mount.js looks for them."""
    for picture in doctree.findall(nodes.image):
        if "draw-a-digit" in picture["classes"]:
            classes = picture["classes"]
            picture["classes"] = []
            picture.parent["classes"] += classes


def load(app, pagename, templatename, context, doctree):
    """Load the module on the pages that have the figure."""
    if doctree and any("draw-a-digit" in figure["classes"] for figure in doctree.findall(nodes.figure)):
        app.add_css_file("figures/figures.css")
        app.add_css_file("digit/digit.css")
        app.add_js_file("digit/mount.js", type="module")


def copy_weights(app, exception):
    if not exception and app.builder.format == "html":
        for path in WEIGHTS:
            copy_asset(Path(app.srcdir, path), Path(app.outdir, "_static/digit"))


def setup(app):
    app.connect("doctree-read", mark)
    app.connect("html-page-context", load)
    app.connect("build-finished", copy_weights)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
