"""The one browser of the tests: where it is, and how it is started."""

import os
import shutil

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
