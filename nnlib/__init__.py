"""nnlib: the network that the book derives, in lines that read like its equations."""

import sys

__version__ = "0.1.0"

if sys.platform == "emscripten":  # Python in the browser, which has no repository beside it
    from .browser import mount_files

    mount_files()
