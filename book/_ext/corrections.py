"""Small corrections to what other extensions make of a page.

sphinx-exercise gives the text of every exercise the same id and puts titles in brackets. MathJax lets a line end
between a formula and the comma after it. In a docstring |x| is an absolute value, and not a substitution.
"""

from docutils import nodes
from sphinx_exercise.nodes import is_exercise_node

PUNCTUATION = ".,:;?!)’”"


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


def setup(app):
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("doctree-resolved", correct)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
