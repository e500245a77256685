"""What every test here shares: a hypothesis profile for busy machines, the served site, and a browser."""

import os

import pytest
import turns
from built_site import site
from chromium import open_browser
from gpu_devices import chromium
from hypothesis import settings
from playwright.sync_api import sync_playwright
from served_site import address

__all__ = ["address", "chromium", "site"]

settings.register_profile("search", deadline=None, print_blob=True)
# make test tries the same examples everywhere: what passes here passes there. make test-matrix looks for new ones.
settings.register_profile("book", settings.get_profile("search"), derandomize=True)
settings.load_profile("book")


def pytest_collection_modifyitems(config, items):
    if minutes := os.environ.get("MINUTES"):
        turns.take(config, items, minutes)


@pytest.fixture(scope="session")
def browser():
    """One for all tests of a worker: Playwright can be started only once in a process."""
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser
        browser.close()
