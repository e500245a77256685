"""The page that trains a network: an ordinary figure with the class ``train-here``.

    ```{figure} _static/train/still.svg
    :class: train-here
    :name: fig-train
    :alt: What the still picture shows.
    The caption.
    ```

Where scripts run, train/mount.js puts the buttons, the curves and the sheet to draw on in the picture's place; only
pages with such a figure load it. Beside it the site has MNIST's own files of the test digits, as they are: a reader may
fetch them to see how well the network reads them in all their greys.
"""

import shutil
from pathlib import Path

from docutils import nodes

MNIST = {"images.bin": "t10k-images-idx3-ubyte.gz", "labels.bin": "t10k-labels-idx1-ubyte.gz"}


def mark(app, doctree):
    """Give the class to the figure, where mount.js looks for it."""
    for picture in doctree.findall(nodes.image):
        if "train-here" in picture["classes"]:
            picture["classes"].remove("train-here")
            picture.parent["classes"].append("train-here")


def load(app, pagename, templatename, context, doctree):
    """Load the module on the pages that have the figure."""
    if doctree and any("train-here" in figure["classes"] for figure in doctree.findall(nodes.figure)):
        for sheet in ("figures/figures.css", "digit/digit.css", "train/train.css"):
            app.add_css_file(sheet)
        app.add_js_file("train/mount.js", type="module")


def copy_digits(app, exception):
    if not exception and app.builder.format == "html" and "book/train" in app.env.found_docs:
        for name, file in MNIST.items():
            shutil.copyfile(Path(app.srcdir, "data/mnist", file), Path(app.outdir, "_static/train", name))


def setup(app):
    app.connect("doctree-read", mark)
    app.connect("html-page-context", load)
    app.connect("build-finished", copy_digits)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
