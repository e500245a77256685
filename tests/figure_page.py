"""A page with one interactive figure, the sheet to draw on, or what trains, and nothing else; for tests and stills.

`served` serves book/_static, as the site does, and with it NAME.page, NAME.digit and NAME.train, each also as
NAME.page?theme=dark.
"""

import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from served_site import QuietHandler, listen, serve

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "book" / "_static"
ELSEWHERE = {  # the site has the weights beside the module that reads them, and MNIST's own test digits
    **{f"/digit/{path.name}": path for path in (ROOT / "data" / "weights").glob("*.safetensors")},
    "/train/images.bin": ROOT / "data" / "mnist" / "t10k-images-idx3-ubyte.gz",
    "/train/labels.bin": ROOT / "data" / "mnist" / "t10k-labels-idx1-ubyte.gz",
}
FIGURES = STATIC / "figures"
NAMES = sorted(path.stem for path in FIGURES.glob("*.js") if path.stem not in ("base", "mount"))

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><title>{name}</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/figures/colours.css"><link rel="stylesheet" href="/book.css">
<link rel="stylesheet" href="/figures/figures.css">
<link rel="stylesheet" href="/digit/digit.css"><link rel="stylesheet" href="/train/train.css">
<style>body {{ background: var(--ground); color: var(--ink); margin: 16px; font: 17px/1.6 var(--sans); }}</style></head>
<body><main class="bd-article"><figure class="{kind}" id="fig">
<img src="{still}" alt="still">
<figcaption>The caption says what one sees.</figcaption>
</figure></main>
<script type="module" src="{module}"></script></body></html>"""


KINDS = {
    ".page": {
        "kind": "interactive",
        "still": "/figures/still/{name}.svg",
        "module": "/figures/mount.js",
    },
    ".train": {"kind": "train-here", "still": "/train/still.svg", "module": "/train/mount.js"},
    ".digit": {"kind": "draw-a-digit", "still": "/digit/still.svg", "module": "/digit/mount.js"},
}


def page(address):
    """Return the page of an address such as /softmax.page?theme=dark, or None where it names a file."""
    address = urlsplit(address)
    path = Path(address.path)
    if path.suffix not in KINDS:
        return None
    kind = KINDS[path.suffix]
    theme = parse_qs(address.query).get("theme", ["light"])[0]
    return PAGE.format(**(kind | {"name": path.stem, "theme": theme, "still": kind["still"].format(name=path.stem)}))


def served(made=page, elsewhere=ELSEWHERE):
    """Serve the site's files on this machine, at a free port, as a context that gives the address: with what `made`
    makes of an address, unless that is None, and files that lie elsewhere, {path: file}.
    """

    class Handler(QuietHandler):
        extensions_map = QuietHandler.extensions_map | {".wgsl": "text/plain"}

        def do_GET(self):  # noqa: N802 - its name there
            body = made(self.path)
            if body is None:
                return super().do_GET()
            body = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body)

        def translate_path(self, path):
            path = urlsplit(path).path
            if path.startswith("/gpu/kernels/"):
                return str(ROOT / "nnlib" / "gpu" / Path(path).name)
            return str(elsewhere.get(path) or super().translate_path(path))

        def end_headers(self):
            self.send_header("Cache-Control", "no-store")
            super().end_headers()

    return serve(STATIC, Handler)


@contextmanager
def windows(browser, address):
    """Yield a function that opens a page of `address` in a window of its own; at the end none may have complained."""
    found, contexts = [], []

    def open_page(page, theme="light", **options):
        context = browser.new_context(**({"viewport": {"width": 752, "height": 1000}, "color_scheme": theme} | options))
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        listen(tab, address, found)
        tab.goto(f"{address}/{page}?theme={theme}")
        if options.get("java_script_enabled", True):
            tab.wait_for_selector(".mounted")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert not found, found  # pytest shows no values of a module that is no test


# What is found in ROOT: cut off, CONTROLS too small to press, words that are no numbers.
_CUT = """() => {
  const root = document.querySelector('ROOT').getBoundingClientRect();
  return [...document.querySelectorAll('ROOT *')].map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width > 1 && (box.right > root.right + 3 || box.left < root.left - 3
      || e.scrollWidth > e.clientWidth + 3 && e.clientWidth && !e.matches('SCROLLS')))
    .map(([e]) => `<${e.localName} class="${e.className}"> ${e.textContent.slice(0, 40)}`);
}"""
_SMALL = """() => [...document.querySelectorAll('ROOT :is(CONTROLS)')]
  .filter(e => e.checkVisibility()).map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.height < 43.5 || box.width < 43.5).map(([e]) => e.outerHTML.slice(0, 80))"""
_BROKEN = r"""() => [...document.querySelectorAll('ROOT, ROOT *')].flatMap(e => [
  ...[...e.attributes].map(a => a.value), ...[...e.childNodes].map(n => n.data ?? '')])
  .filter(text => /NaN|undefined|Infinity|\[object/.test(text))"""


def looks(root, controls, scrolls="select, .heard"):
    """Return three scripts, each for a list of what is wrong in a page: cut off, but for what may scroll; controls
    too small for a finger; words that are no numbers.
    """
    words = {"ROOT": root, "CONTROLS": controls, "SCROLLS": scrolls}
    return [re.sub("|".join(words), lambda found: words[found[0]], script) for script in (_CUT, _SMALL, _BROKEN)]
