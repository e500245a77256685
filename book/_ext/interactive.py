"""Figures one can play with: an ordinary figure whose still picture has the class ``interactive``.

    ```{figure} ../book/_static/figures/still/softmax.svg
    :class: interactive
    :name: fig-04-shares
    :alt: What the still picture shows.
    The caption.
    ```

It is numbered and referred to as any figure. Where scripts run, the module of the same name, figures/softmax.js, takes
the picture's place; only pages with such a figure load it. JupyterLab, which knows no extension of ours, shows the
still picture.
"""

from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.util import logging

STILLS = "book/_static/figures/still"
logger = logging.getLogger(__name__)


def mark(app, doctree):
    """Give the class to the figure, where mount.js looks for it, and check that there is a module to load."""
    for picture in doctree.findall(nodes.image):
        if "interactive" not in picture["classes"]:
            continue
        picture["classes"].remove("interactive")
        path = PurePosixPath(picture["uri"])
        module = Path(app.srcdir, path.parent.parent, f"{path.stem}.js")
        if not isinstance(picture.parent, nodes.figure) or path.parent != PurePosixPath(STILLS) or not module.is_file():
            logger.warning(
                "expected an interactive figure to show %s/NAME.svg of a module NAME.js, got %s",
                STILLS,
                path,
                location=picture,
            )
            continue
        picture.parent["classes"].append("interactive")


def load(app, pagename, templatename, context, doctree):
    """Load the modules on the pages that have such a figure."""
    if doctree and any("interactive" in figure["classes"] for figure in doctree.findall(nodes.figure)):
        app.add_css_file("figures/figures.css")
        app.add_js_file("figures/mount.js", type="module")


def setup(app):
    app.connect("doctree-read", mark)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
