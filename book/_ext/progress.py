"""A reader's progress: which exercises there are to pass, on every page, and the directive ``{exercise-table}``.

The exercises are those with a check: a cell that defines ``check_NAME``, below the task with its label. Each page says
in a few kilobytes how they are called and what their checks' checksums are, so that ``_static/progress`` shows on any
page how many of a chapter have passed; a check that was changed has another checksum, and a mark from before says so.
"""

import json
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from equation_index import chapter_title
from pyodide_folder import sha256
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

TASK = re.compile(r"^:{3,}\{exercise\} (.+)\n:label: (ex-\d\d-\d+)$", re.MULTILINE)
CHECK = re.compile(r"^def check_(\w+)\(", re.MULTILINE)


def exercises_of(path):
    """Return {name: (label, title, the check's checksum)} of the exercises with a check in a notebook, in its order.

    Raises
    ------
    ValueError
        If a check has no name, or one that another has, or no task of its own above it.
    """
    found, task = {}, None
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        tasks = TASK.findall(source) if cell["cell_type"] == "markdown" else []
        if tasks:
            task = tasks[-1]
        if cell["cell_type"] != "code" or "check" not in cell["metadata"].get("tags", []):
            continue
        names = CHECK.findall(source)
        if len(names) != 1 or names[0] in found or task is None:
            raise ValueError(f"{path.name}: expected a new check_NAME below a labelled task, got {names}:\n{source}")
        title, label = task
        found[names[0]] = (label, title.strip(), sha256(source.encode())[:8])
        task = None
    return found


@cache
def exercises(root):
    """Return {chapter: its exercises} of all chapters that have any."""
    found = {path.stem: exercises_of(path) for path in sorted(Path(root).glob("notebooks/[0-9][0-9]_*.ipynb"))}
    return {chapter: its for chapter, its in found.items() if its}


class ExerciseTable(SphinxDirective):
    """A table of all exercises with a check, below their chapters; a script adds what the reader has passed."""

    def run(self):
        self.env.note_reread()
        body = nodes.tbody()
        for chapter, its in exercises(self.env.srcdir).items():
            title = chapter_title(self.env.srcdir, chapter)
            body += self.row("progress-chapter", self.reference(f"ch-{chapter[:2]}", title))
            for label, name, _ in its.values():
                body += self.row("progress-exercise", self.reference(label), nodes.Text(f" {name}"))
        head = nodes.thead("", self.row("", nodes.Text("Exercise")))
        columns = nodes.colspec(colwidth=1, stub=1)
        table = nodes.table("", nodes.tgroup("", columns, head, body, cols=1))
        return [nodes.container("", table, classes=["progress-table"], is_div=True)]

    def row(self, name, *words):
        return nodes.row("", nodes.entry("", nodes.paragraph("", "", *words)), classes=[name] if name else [])

    def reference(self, label, text=""):
        return addnodes.pending_xref(
            "",
            nodes.inline("", text),
            refdomain="std",
            reftype="ref",
            reftarget=label,
            refdoc=self.env.docname,
            refexplicit=bool(text),
            refwarn=True,
        )


def add_scripts(app, pagename, templatename, context, doctree):
    published = {
        chapter: {name: [label, check] for name, (label, _, check) in its.items()}
        for chapter, its in exercises(app.srcdir).items()
    }
    body = json.dumps(published, separators=(",", ":"))
    app.add_js_file(None, type="application/json", id="progress-exercises", body=body)
    app.add_js_file("progress/mount.js", type="module")
    if doctree and any("progress-table" in node["classes"] for node in doctree.findall(nodes.container)):
        app.add_css_file("run/run.css", priority=900)


def setup(app):
    app.add_directive("exercise-table", ExerciseTable)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
