"""Each JavaScript module of ours has its checksum in its address, in whatever way it is imported.

Sphinx does this for the scripts that a page names. What those import is written without it, ``./bar.js``, and after a
new release a browser might join new modules with old ones out of its cache. An import map of the page says which
version each address means; the sources stay as they are.
"""

import json
from functools import cache
from pathlib import Path

from bundles import BUNDLED
from pyodide_folder import ROOT, sha256

STATIC = ROOT / "book" / "_static"
FOLDERS = ("digit", "figures", "gpu", "page", "progress", "run", "slides", "train")


@cache
def version(path):
    name = path.relative_to(STATIC).as_posix() if path.is_relative_to(STATIC) else ""
    inside = (ROOT / "package-lock.json").read_bytes() if name in BUNDLED else b""  # what is bundled with it
    return sha256(path.read_bytes() + inside)[:8]


def versions():
    """Return {the address of a module below _static: the same with its version}."""
    paths = [path for folder in FOLDERS for path in sorted((STATIC / folder).rglob("*.js"))]
    names = {path.relative_to(STATIC).as_posix(): version(path) for path in paths}
    return {name: f"{name}?v={checksum}" for name, checksum in names.items()}


def import_map(pagename):
    """Return the import map of a page, as JSON."""
    static = "../" * pagename.count("/") + "_static/"
    return json.dumps({"imports": {f"./{static}{name}": f"./{static}{its}" for name, its in versions().items()}})


def add_map(app, pagename, templatename, context, doctree):
    """Give a page with scripts of ours the map, which has to stand before the first module."""
    names = [str(getattr(script, "filename", script)) for script in context.get("script_files", [])]
    if not any(folder in Path(name).parts for name in names for folder in FOLDERS):
        return
    app.add_js_file(None, type="importmap", body=import_map(pagename), priority=100)


def setup(app):
    app.connect("html-page-context", add_map, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
