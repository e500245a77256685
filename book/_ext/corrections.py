"""Small corrections to what other extensions make of a page.

sphinx-exercise gives the text of every exercise the same id, that of every solution too, and puts titles in brackets.
MathJax lets a line end between a formula and the comma after it. In a docstring |x| is an absolute value, and not a
substitution. Some labels and roles for those who hear a page contradict what stands on it.
"""

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_exercise_node, is_solution_node

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
    for solution in doctree.findall(is_solution_node):
        solution[1]["ids"] = [f"{solution['target_label']}-solution"]
    for formula in list(doctree.findall(nodes.math)):
        keep_with_punctuation(formula)


def escape_bars(app, what, name, obj, options, lines):
    lines[:] = [line.replace("|", r"\|") for line in lines]


def visit_citation(self, node):
    """Open a list of citations without the role of a list, which has list items."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div class="citation-list">\n')
    self.body.append(self.starttag(node, "div", classes=["citation"], role="doc-biblioentry"))


def visit_hidden_cell(self, node):
    """Open what is folded away under the words on its button, not under a name that hides them."""
    classes = " ".join(["admonition", "hide", *node["classes"]])
    self.body.append(f'<details class="{classes}">\n<summary>\n')
    for state, prompt in (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"])):
        self.body.append(f'<p class="{state} admonition-title">{escape(prompt)}</p>\n')
    self.body.append("</summary>\n")


def setup(app):
    app.add_node(nodes.citation, override=True, html=(visit_citation, HTML5Translator.depart_citation))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_cell, depart_HideCellInput))
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("doctree-resolved", correct)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
