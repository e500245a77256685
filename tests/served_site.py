"""The fixture `address`: the built site, served on this machine; and what a browser complains about."""

import os
import socket
import threading
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a page asks for many files at once; a reader whom a full queue turns away waits for 1 s


def free_port():
    """Return a port for another program: one that the system gives nobody meanwhile, and no other worker takes."""
    first = 20_000 + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    for port in range(first, first + 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError(f"expected a free port, {first} to {first + 99} are all taken")


@contextmanager
def serve(folder, handler=QuietHandler):
    """Serve a folder on this machine, at a free port; yield the address."""
    with Server(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
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
