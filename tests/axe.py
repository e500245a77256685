"""axe-core, which judges the pages for those who see or point differently: fetched once, by .ci/setup.

PYTHONPATH=book/_ext python tests/axe.py
"""

import npm

AXE = npm.File("axe-core", "4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c", "axe.min.js")


def script():
    """Return axe-core as JavaScript."""
    npm.fetch([AXE])
    return AXE.place.read_text(encoding="utf-8")


if __name__ == "__main__":
    npm.fetch([AXE])
