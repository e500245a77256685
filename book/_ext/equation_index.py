"""The directive ``{equation-index}``: every equation with its place in the book, its line of code and its tests."""

import json
import re
from itertools import groupby
from pathlib import Path

from docutils import nodes
from equations import collect
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective


def source_url(options, path, line):
    """Return the address of a line in the repository, or None while the repository's address is not set."""
    repository = options.get("repository_url")
    branch = options.get("repository_branch") or "main"
    return f"{repository.rstrip('/')}/blob/{branch}/{path}#L{line}" if repository else None


def chapter_title(root, name):
    """Return the heading that a chapter's notebook opens with."""
    notebook = json.loads(Path(root, "notebooks", f"{name}.ipynb").read_text(encoding="utf-8"))
    return re.search(r"^# (.+)$", "".join(notebook["cells"][0]["source"]), re.MULTILINE)[1]


class EquationIndex(SphinxDirective):
    """One section a chapter, one entry an equation; collected anew at each build."""

    def run(self):
        self.env.note_reread()
        equations = collect(self.env.srcdir)
        return [self.chapter(name, group) for name, group in groupby(equations, lambda equation: equation.chapter)]

    def chapter(self, name, equations):
        label = f"ch-{name[:2]}"
        title = nodes.title("", "", self.cross_reference("std", "ref", label, chapter_title(self.env.srcdir, name)))
        section = nodes.section("", title, *map(self.entry, equations), ids=[f"equations-of-{label}"])
        section["names"] = section["ids"]
        return section

    def entry(self, equation):
        head = nodes.paragraph("", "", classes=["equation-name"])
        head += [nodes.literal("", equation.label), self.cross_reference("math", "eq", equation.label)]
        formula = nodes.math_block(equation.tex, equation.tex, nowrap=False, number=None, label=None)
        rows = [self.row("Code", path, line, source.strip()) for path, line, source in equation.code]
        rows += [self.row("Test", path, line, name) for path, line, name in equation.tests]
        return nodes.container("", head, formula, *rows, classes=["equation-entry"], is_div=True)

    def row(self, kind, path, line, text):
        """A line of code or the name of a test, and where it is."""
        url = source_url(self.config.html_theme_options, path, line)
        place = nodes.inline("", "", classes=["equation-place"])
        where = f"{path}:{line}"
        place += nodes.reference("", where, refuri=url) if url else nodes.Text(where)
        kind = nodes.inline("", f"{kind} ", classes=["equation-kind"])
        return nodes.paragraph("", "", kind, nodes.literal("", text), nodes.Text(" "), place, classes=["equation-row"])

    def cross_reference(self, domain, role, target, text=""):
        """Return a reference that Sphinx resolves once every page is read; without text it shows a number."""
        return addnodes.pending_xref(
            "",
            nodes.inline("", text),
            refdomain=domain,
            reftype=role,
            reftarget=target,
            refdoc=self.env.docname,
            refexplicit=bool(text),
            refwarn=True,
        )


def setup(app):
    app.add_directive("equation-index", EquationIndex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
