"""Run, beside each code cell: the pages with cells get the scripts of ``_static/run`` and what those need to know.

A cell says with its classes (``tag_exercise``, ``tag_check``, ``tag_solution``) what it is, and with its text what it
runs. One that takes longer than ten seconds in a browser has the metadata ``slow``, and where a smaller setting
teaches the same, its name and what it replaces in the source::

    "slow": {"seconds": 40, "smaller": {"seconds": 4, "name": "one epoch", "replace": {"epochs=10": "epochs=1"}}}
"""

import json
import re
from functools import cache

import pyodide_folder
from docutils import nodes
from module_versions import version

PYODIDE = "_static/pyodide"  # where the runtime and the packages lie in the site: pyodide_folder.py
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PYTHON = ("cells.py", "memory.py", "outputs.py", "svg_figures.py")  # modules of _static/run
STATIC = pyodide_folder.ROOT / "book" / "_static" / "run"
IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)


def code_cells(doctree):
    """List the code cells of a page."""
    return [node for node in doctree.findall(nodes.container) if node.get("nb_element") == "cell_code"]


def source(cell):
    return cell.next_node(nodes.literal_block).astext()


def smaller(text, slow):
    """Return `slow` for the page: with the whole smaller source instead of the replacements.

    Raises
    ------
    ValueError
        If something that is to be replaced does not stand in the source exactly once.
    """
    if "smaller" not in slow:
        return slow
    setting = dict(slow["smaller"])
    for old, new in setting.pop("replace").items():
        if text.count(old) != 1:
            raise ValueError(f"expected {old!r} once in a slow cell, found it {text.count(old)} times:\n{text}")
        text = text.replace(old, new)
    return slow | {"smaller": setting | {"source": text}}


def mark_slow_cells(app, doctree, docname):
    """Put what a slow cell says of itself into the page, for the script to read."""
    for cell in code_cells(doctree) if app.builder.format == "html" else ():
        slow = cell.get("cell_metadata", {}).get("slow")
        if slow:
            facts = json.dumps(smaller(source(cell), slow)).replace("<", "\\u003c")
            cell += nodes.raw("", f'<script type="application/json" class="run-slow">{facts}</script>', format="html")


def imported(packages, sources):
    """Return the packages that sources import; a package that those need in turn is among them."""
    owner = {module: name for name, package in packages.items() for module in package["imports"]}
    wanted = [owner[module] for text in sources for module in IMPORT.findall(text) if module in owner]
    needed = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += packages[name]["depends"]
    return sorted(needed)


def download(sources):
    """Return which packages the sources need, and how many bytes the browser fetches for them, the runtime included."""
    folder = pyodide_folder.prepare()
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    packages["nnlib"] = {"imports": ["nnlib"], "depends": pyodide_folder.NNLIB_NEEDS}
    names = imported(packages, sources)
    files = [*RUNTIME, *(packages[name]["file_name"] for name in names if name != "nnlib")]
    return names, sum((folder / file).stat().st_size for file in files)


@cache
def known(path):
    """Return a file's size and its checksum, by which the worker sees that it came whole."""
    content = path.read_bytes()
    return [len(content), pyodide_folder.sha256(content)]


def checks():
    """Return the facts of all files that start Python, by their names; the packages have theirs in Pyodide's list."""
    paths = [pyodide_folder.prepare() / name for name in RUNTIME if name != "pyodide-lock.json"]
    return {path.name: known(path) for path in [*paths, *(STATIC / name for name in PYTHON)]}


def add_scripts(app, pagename, templatename, context, doctree):
    """Give a page with code cells its scripts; the others stay as they are."""
    cells = code_cells(doctree) if doctree else []
    if not cells:
        return
    root = "../" * pagename.count("/") or "./"
    static = f"{root}_static"
    packages, size = download([source(cells[0])])  # a chapter's first cell imports what it needs

    def script(name):
        return f"{static}/run/{name}?v={version(STATIC / name)}"

    config = {
        "bytes": size,
        "script": script("worker.js"),
        "worker": {
            "pyodide": f"{root}{PYODIDE}/",
            "packages": packages,
            "python": [script(name) for name in PYTHON],
            "checks": checks(),
            "files": {
                "mount": script("site_files.js"),
                "site": f"{static}/files/",
                "sizes": {name: known(pyodide_folder.ROOT / name)[0] for name in pyodide_folder.FILES},
            },
        },
    }
    app.add_js_file(None, type="application/json", id="run-config", body=json.dumps(config))
    app.add_js_file("run/start.js", defer="defer")
    app.add_css_file("run/run.css", priority=900)


def setup(app):
    app.connect("doctree-resolved", mark_slow_cells)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
