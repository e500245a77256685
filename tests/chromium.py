"""The one browser of the tests: where it is, and how it is started."""

import os
import shutil
from contextlib import suppress

from playwright.sync_api import TimeoutError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def find_chromium():
    """Return the browser's path, or say how to get one."""
    candidates = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    found = next(filter(None, map(shutil.which, candidates)), None)
    if found is None:
        raise FileNotFoundError(
            f"no browser: looked for {', '.join(candidates)}. The tests of the pages need one. Install it with "
            "`sudo apt-get install chromium`, or say where it is: CHROMIUM=/path/to/chrome."
        )
    return found


def open_browser(playwright):
    """Start the browser without a window; `playwright` is what sync_playwright() gives."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)


DRAWN = """patience => Promise.race([
  new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
  new Promise(done => setTimeout(() => done(false), 1000 * patience)),
])"""


class NotDrawnError(AssertionError):
    """A page that the browser does not draw."""


def drawn(tab, patience=10):
    """Wait until the page has been drawn twice: what a change of its size or of its colours brings about has happened.

    Once in some thousand changes of size a browser without a window draws a page no more, and would be waited for
    forever. To be asked for a picture makes it draw.
    """
    for _ in range(3):
        if tab.evaluate(DRAWN, patience):
            return
        with suppress(TimeoutError):
            tab.screenshot(timeout=10_000)
    raise NotDrawnError(f"{tab.url}: expected it to be drawn; three times it was not within {patience} s")
