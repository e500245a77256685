"""axe-core, which judges the pages for those who see or point differently."""

import npm


def script():
    """Return axe-core as JavaScript."""
    npm.install(everything=True)
    return (npm.PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
