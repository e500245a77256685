"""The fixtures `address` and `browser`: the built site, served on this machine, and one browser to look at it."""

import os
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def find_chromium():
    """Return the browser's path, or say how to get one."""
    candidates = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    found = next(filter(None, map(shutil.which, candidates)), None)
    if found is None:
        pytest.fail(
            f"no browser: looked for {', '.join(candidates)}. The tests of the pages need one. Install it with "
            "`sudo apt-get install chromium`, or say where it is: CHROMIUM=/path/to/chrome.",
            pytrace=False,
        )
    return found


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def serve(folder, handler=QuietHandler):
    """Serve a folder on this machine, at a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site):
    """The site's address, served for as long as the tests run."""
    with serve(site.html) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def listen(tab, address, found):
    """Write into `found` what the browser complains about: errors, warnings, failed requests, requests to elsewhere."""
    listeners = {
        "console": lambda message: message.type in ("error", "warning") and found.append(f"console: {message.text}"),
        "pageerror": lambda error: found.append(f"script: {error}"),
        "requestfailed": lambda request: found.append(f"failed: {request.url} {request.failure}"),
        "response": lambda response: response.status >= 400 and found.append(f"{response.status}: {response.url}"),
        "request": lambda request: (
            request.url.startswith((f"{address}/", "data:", "blob:")) or found.append(f"elsewhere: {request.url}")
        ),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    return listeners
