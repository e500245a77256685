"""A page with kernels to edit and run, and nothing else; for the tests.

`served` serves book/_static as the site does, with the kernels and the bundled editor, and NAMES.kernels, a page with
the cells of these kernels: /sgd+adam.kernels?theme=dark.
"""

import html
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bundles
from served_site import QuietHandler, serve

from nnlib.gpu.device import source

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "book" / "_static"
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


@contextmanager
def served(scratch):
    """Serve it on this machine, at a free port; yield the address. The editor is bundled into the folder `scratch`."""
    editor = Path(scratch, "editor.js")
    bundles.bundle("run/editor.js", editor)

    class Handler(QuietHandler):
        extensions_map = QuietHandler.extensions_map | {".wgsl": "text/plain"}

        def do_GET(self):  # noqa: N802 - its name there
            body = page(self.path)
            if body is None:
                return super().do_GET()
            body = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)

        def translate_path(self, path):
            name = urlsplit(path).path
            if name == "/run/editor.js":
                return str(editor)
            if name.startswith("/gpu/kernels/"):
                return str(KERNELS / Path(name).name)
            return super().translate_path(path)

        def end_headers(self):
            self.send_header("Cache-Control", "no-store")
            super().end_headers()

    with serve(STATIC, Handler) as address:
        yield address
