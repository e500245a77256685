"""What the instructor's pages take from elsewhere: the plan of a course, and a chapter's objectives.

``{course-plan}``
    The weeks of the book's first page, each with its slides and the assignment that is handed out in it. Its body names
    them, one a line, ``digits: 2``; title, time and points come from their notebooks.
``{assignment-list}``
    What a student finds: each assignment with its time and its points, to be opened in JupyterLite or saved.
``{objectives} 04``
    What the reader of a chapter will be able to do, and the time it takes, as its notebook says.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective


def weeks(root):
    """Return the rows of the weekly plan: (week, chapters, hours)."""
    text = Path(root, "book", "introduction.md").read_text(encoding="utf-8")
    rows = re.search(r"^\| week \|.*\n\|[- |]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)[1]
    return [tuple(cell.strip() for cell in row.strip("|").split(" | ")[:3]) for row in rows.splitlines()]


def assignments(root):
    """Return by name what each assignment's notebook says of it, and what it is worth, in all and by hand."""
    found = {}
    for path in Path(root, "assignments").glob("*/source.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        marks = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
        points = [(mark["points"], mark["solution"]) for mark in marks if mark.get("grade")]
        found[path.parent.name] = notebook["metadata"]["assignment"] | {
            "points": sum(worth for worth, _ in points),
            "by hand": sum(worth for worth, written in points if written),
        }
    return dict(sorted(found.items(), key=lambda pair: pair[1]["number"]))


def describe(assignment):
    """Return an assignment's number and title, the time it takes and what it is worth, in words."""
    hours = f"{assignment['minutes'] / 60:.1f}".removesuffix(".0")
    title, points = f"{assignment['number']} · {assignment['title']}", assignment["points"]
    return f"**{title}**, {hours} hours, {points} points, {assignment['by hand']} of them by hand"


def objectives(path):
    """Return what a chapter says of itself, in Markdown: what its reader will be able to do, and the time it takes."""
    first = "".join(json.loads(Path(path).read_text(encoding="utf-8"))["cells"][0]["source"])
    able = re.search(r"\*\*You will be able to\*\* (.*?)\n\n", first, re.DOTALL)[1]
    minutes = re.search(r"\*\*It takes\*\* (about \d+ minutes)", first)[1]
    return " ".join(able.split()), minutes


class CoursePlan(SphinxDirective):
    """A table, a row a week."""

    has_content = True

    def run(self):
        self.env.note_reread()
        there, planned = assignments(self.env.srcdir), dict(re.split(r": *", line) for line in self.content if line)
        if set(planned) != set(there):
            raise ExtensionError(f"course-plan: expected a week for each of {sorted(there)}, got {sorted(planned)}")
        rows = ["| week | chapters | hours | assignment, handed out | slides |", "| --- " * 5 + "|"]
        for week, chapters, hours in weeks(self.env.srcdir):
            given = (describe(there[name]) for name, when in planned.items() if when == week)
            rows.append(f"| {week} | {chapters} | {hours} | {'; '.join(given)} | Week&nbsp;{week} |")
        table = self.parse_text_to_nodes("\n".join(rows))
        for row in list(table[0].findall(nodes.row))[1:]:
            address = f"../slides/week-{row[0].astext()}.html"
            words = nodes.reference("", row[-1].astext(), refuri=address, internal=True)
            row[-1].children = [nodes.paragraph("", "", words)]
        return table


class AssignmentList(SphinxDirective):
    """A list, an item an assignment."""

    def run(self):
        self.env.note_reread()
        items = []
        for name, assignment in assignments(self.env.srcdir).items():
            lite = f"../lite/notebooks/index.html?path=assignments/{name}.ipynb"
            links = nodes.paragraph("", "", nodes.reference("", "Work in the browser", refuri=lite, internal=False))
            links += nodes.Text(" · ")
            file = f"../lite/files/assignments/{name}.ipynb"
            links += nodes.reference("", "Save the notebook", refuri=file, internal=False)
            items.append(nodes.list_item("", *self.parse_text_to_nodes(f"{describe(assignment)}."), links))
        return [nodes.bullet_list("", *items)]


class Objectives(SphinxDirective):
    """A paragraph."""

    required_arguments = 1

    def run(self):
        (path,) = Path(self.env.srcdir, "notebooks").glob(f"{self.arguments[0]}_*.ipynb")
        self.env.note_dependency(str(path))
        able, minutes = objectives(path)
        return self.parse_text_to_nodes(f"**Objectives**, {minutes}: {able}")


def setup(app):
    app.add_directive("course-plan", CoursePlan)
    app.add_directive("assignment-list", AssignmentList)
    app.add_directive("objectives", Objectives)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
