"""Small corrections to what other extensions make of a page.

sphinx-exercise gives the text of every exercise the same id and puts titles in brackets. MathJax lets a line end
between a formula and the comma after it. In a docstring |x| is an absolute value, and not a substitution. Some
labels and roles for those who hear a page contradict what stands on it.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx_exercise.nodes import is_exercise_node

PUNCTUATION = ".,:;?!)’”"
# A list without list items; names that hide the words of a button or an answer; what stands there is the better name.
MISNAMED = re.compile(
    r'(?<=<div) role="list"(?= class="citation-list")'
    r'|(?<=<summary) aria-label="Toggle hidden content"'
    r'|(?<=pst-js-only" title="Search") aria-label="Search"'
)


def correct_exercise(exercise):
    title, text = exercise.children[:2]
    text["ids"] = [f"{exercise['label']}-text"]
    for bracket in [child for child in title.children if isinstance(child, nodes.Text) and child in (" (", ")")]:
        title.remove(bracket)


def keep_with_punctuation(formula):
    """Put a formula and the punctuation that follows it into one unbreakable box."""
    parent, after = formula.parent, formula.parent.index(formula) + 1
    following = parent[after] if after < len(parent) else None
    if isinstance(following, nodes.Text) and following[:1] in PUNCTUATION and following:
        rest = following.lstrip(PUNCTUATION)
        mark = following[: len(following) - len(rest)]
        parent[after] = nodes.Text(rest)  # by its place: texts are equal by what they say
        formula.replace_self(nodes.inline("", "", formula.deepcopy(), nodes.Text(mark), classes=["unbroken"]))


def correct(app, doctree, docname):
    for exercise in doctree.findall(is_exercise_node):
        correct_exercise(exercise)
    for formula in list(doctree.findall(nodes.math)):
        keep_with_punctuation(formula)


def escape_bars(app, what, name, obj, options, lines):
    lines[:] = [line.replace("|", r"\|") for line in lines]


def name_by_what_stands_there(app, exception):
    if exception is None and app.builder.format == "html":
        for path in (Path(app.outdir, f"{page}.html") for page in app.env.found_docs | {"search"}):
            path.write_text(MISNAMED.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app):
    app.connect("build-finished", name_by_what_stands_there)
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("doctree-resolved", correct)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
