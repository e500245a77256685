"""A page with one interactive figure and nothing else, served from book/_static, for the tests and for the stills."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).parents[1] / "book" / "_static"
FIGURES = STATIC / "figures"
NAMES = sorted(path.stem for path in FIGURES.glob("*.js") if path.stem not in ("base", "mount"))

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}">
<head><meta charset="utf-8"><title>{name}</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="/favicon.svg">
<link rel="stylesheet" href="/book.css"><link rel="stylesheet" href="/figures/figures.css">
<style>body {{ background: var(--ground); color: var(--ink); margin: 16px; font: 17px/1.6 var(--sans); }}</style></head>
<body><main class="bd-article"><figure class="interactive" id="fig">
<img src="/figures/still/{name}.svg" alt="still">
<figcaption>The caption says what one sees.</figcaption>
</figure></main>
<script type="module" src="/figures/mount.js"></script></body></html>"""


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        if not address.path.endswith(".page"):
            return super().do_GET()
        theme = parse_qs(address.query).get("theme", ["light"])[0]
        body = PAGE.format(name=Path(address.path).stem, theme=theme).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments):
        pass


@contextmanager
def served():
    """Serve the figures on this machine, at a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=STATIC)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
