"""A page with kernels to edit and run, and nothing else; for the tests.

`served` serves book/_static as the site does, with the kernels and the bundled editor, and NAMES.kernels, a page with
the cells of these kernels: /sgd+adam.kernels?theme=dark.
"""

import html
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bundles
import figure_page

from nnlib.gpu.device import source

ROOT = Path(__file__).parents[1]
KERNELS = ROOT / "nnlib" / "gpu"


PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><title>Kernels</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/figures/colours.css"><link rel="stylesheet" href="/book.css">
<link rel="stylesheet" href="/run/run.css"><link rel="stylesheet" href="/gpu/gpu.css">
<style>body {{ background: var(--ground); color: var(--ink); margin: 16px; font: 17px/1.6 var(--sans); }}
pre {{ overflow: auto; }}</style></head>
<body><main class="bd-article"><h1>Kernels</h1>{cells}</main>
<script type="module" src="/gpu/mount.js"></script></body></html>"""
CELL = """<div class="cell tag_kernel docutils container">
<div class="cell_input docutils container"><div class="highlight"><pre>print(source("{name}"))
</pre></div></div>
<div class="cell_output docutils container"><div class="output stream"><div class="highlight"><pre>{text}</pre>
</div></div></div></div>"""


def page(address):
    """Return the page of an address such as /sgd.kernels?theme=dark, or None where it names a file."""
    address = urlsplit(address)
    path = Path(address.path)
    if path.suffix != ".kernels":
        return None
    cells = [CELL.format(name=name, text=html.escape(source(name))) for name in path.stem.split("+")]
    return PAGE.format(theme=parse_qs(address.query).get("theme", ["light"])[0], cells="".join(cells))


def served(scratch):
    """Serve it on this machine, as `figure_page.served` does. The editor is bundled into the folder `scratch`."""
    editor = Path(scratch, "editor.js")
    bundles.bundle("run/editor.js", editor)
    return figure_page.served(page, {"/run/editor.js": editor})
