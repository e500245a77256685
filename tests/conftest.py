"""What every test here shares: the served site and its browser, and a hypothesis profile for busy machines."""

from built_site import site
from hypothesis import settings
from served_site import address, browser

__all__ = ["address", "browser", "site"]

settings.register_profile("book", deadline=None, print_blob=True)
settings.load_profile("book")
