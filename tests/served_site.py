"""The fixture `address`: the built site, served on this machine; and what a browser complains about."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def serve(folder, handler=QuietHandler):
    """Serve a folder on this machine, at a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture(scope="session")
def address(site):
    """The site's address, served for as long as the tests run."""
    with serve(site.html) as address:
        yield address


def left_behind(request):
    """Whether the page was left before its icon came, which a browser fetches only when all else is there."""
    return request.url.endswith("/favicon.svg") and "ABORTED" in request.failure


def listen(tab, address, found):
    """Write into `found` what the browser complains about: errors, warnings, failed requests, requests to elsewhere."""
    listeners = {
        "console": lambda message: message.type in ("error", "warning") and found.append(f"console: {message.text}"),
        "pageerror": lambda error: found.append(f"script: {error}"),
        "requestfailed": lambda request: (
            left_behind(request) or found.append(f"failed: {request.url} {request.failure}")
        ),
        "response": lambda response: response.status >= 400 and found.append(f"{response.status}: {response.url}"),
        "request": lambda request: (
            request.url.startswith((f"{address}/", "data:", "blob:")) or found.append(f"elsewhere: {request.url}")
        ),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    return listeners
