"""The kernels of ``nnlib.gpu`` in the site, unmodified, and where a cell prints one: a button to edit and run it.

Such a cell has the tag ``kernel`` and prints ``source("NAME")``. Where the browser has WebGPU, gpu/mount.js offers
below it to run the kernel on the reader's graphics card; only pages with such a cell load it.
"""

from pathlib import Path

from run_cells import code_cells
from sphinx.util.fileutil import copy_asset

KERNELS = "nnlib/gpu"
PLACE = "_static/gpu/kernels"


def load(app, pagename, templatename, context, doctree):
    """Load the module on the pages that have such a cell."""
    if doctree and any("tag_kernel" in cell["classes"] for cell in code_cells(doctree)):
        app.add_css_file("gpu/gpu.css", priority=910)
        app.add_js_file("gpu/mount.js", type="module")


def copy_kernels(app, exception):
    if not exception and app.builder.format == "html":
        for path in sorted(Path(app.srcdir, KERNELS).glob("*.wgsl")):
            copy_asset(path, Path(app.outdir, PLACE))


def setup(app):
    app.connect("html-page-context", load)
    app.connect("build-finished", copy_kernels)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
