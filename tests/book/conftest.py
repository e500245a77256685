"""The tests of the built pages share one build."""

from built_site import site

__all__ = ["site"]
