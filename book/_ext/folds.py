"""What a chapter folds away, as <details> that open without a script and on paper: answers, and what goes further.

A prediction is three cells: a box of class ``predict``, a code cell whose output is hidden, and a box of class
``reveal`` with the answer. The third moves behind the output, into the same fold, so that one press opens both.

A section whose heading begins ``Further: `` is a fold with its heading on it, and stays in the table of contents.

A solution of class ``dropdown``, of an exercise for pencil and paper, folds as a solution in code does.

page/mount.js lets the reader choose, and opens the folds round what a link leads to.
"""

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_solution_node

SHOW, HIDE = "Show what came out", "Hide what came out"
FURTHER = "Further: "
logger = logging.getLogger(__name__)


def is_box(node, name):
    return isinstance(node, nodes.admonition) and name in node["classes"]


def folded_output(cell):
    """Return the fold round the output of a code cell, or None."""
    if not (isinstance(cell, nodes.container) and cell.get("nb_element") == "cell_code"):
        return None
    return next((child for child in cell if isinstance(child, HideCodeCellNode) and child is cell[-1]), None)


class Predictions(SphinxPostTransform):
    default_priority = 250  # after HideInputCells of myst_nb
    formats = ("html",)

    def run(self, **kwargs):
        for box in list(self.document.findall(lambda node: is_box(node, "reveal"))):
            place = box.parent.index(box)
            question, cell = box.parent[max(0, place - 2) : place] if place >= 2 else (None, None)
            fold = folded_output(cell)
            if fold is None or not is_box(question, "predict"):
                logger.warning(
                    "expected a box of class predict and a code cell with the tag hide-output before what came out",
                    location=box,
                )
                continue
            fold["classes"].append("reveals")
            fold["prompt_show"], fold["prompt_hide"] = SHOW, HIDE
            box.parent.remove(box)
            fold.append(box)


class Solutions(SphinxPostTransform):
    default_priority = 250
    formats = ("html",)

    def run(self, **kwargs):
        for solution in list(self.document.findall(is_solution_node)):
            if "dropdown" in solution["classes"]:
                solution["classes"].remove("dropdown")
                fold = HideCodeCellNode(prompt_show="Show a solution", prompt_hide="Hide the solution")
                fold["classes"].append("worked")
                solution.replace_self(fold)
                fold.append(solution)


def goes_further(section):
    return isinstance(section, nodes.section) and section[0].astext().startswith(FURTHER)


def visit_title(self, node):
    if goes_further(node.parent):
        self.body.append('<details class="further">\n<summary>')
    type(self).visit_title(self, node)


def depart_title(self, node):
    type(self).depart_title(self, node)
    if goes_further(node.parent):
        self.body.append("</summary>\n")


def depart_section(self, node):
    if goes_further(node):
        self.body.append("</details>\n")
    HTML5Translator.depart_section(self, node)


def add_scripts(app, pagename, templatename, context, doctree):
    if doctree:
        app.add_js_file("page/mount.js", type="module", priority=400)  # before MathJax, which typesets what it leaves


def setup(app):
    app.add_post_transform(Predictions)
    app.add_post_transform(Solutions)
    app.add_node(nodes.title, override=True, html=(visit_title, depart_title))
    app.add_node(nodes.section, override=True, html=(HTML5Translator.visit_section, depart_section))
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
