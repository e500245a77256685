"""What a chapter folds away: built from made-up cells, without the rest of the book."""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from execute_notebooks import NOTEBOOK_METADATA
from nbformat import v4, writes

EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"
CONF = f"""
import sys
sys.path.insert(0, {str(EXTENSIONS)!r})
extensions = ["myst_nb", "sphinx_exercise", "sphinx.ext.autodoc", "corrections", "folds"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
nb_execution_mode = "off"
html_sidebars = {{"**": ["localtoc.html"]}}
"""
PREDICT = "How many?\n\n- Six.\n- Seven, $7$."


def box(title, name, text):
    return f":::{{admonition}} {title}\n:class: {name}\n\n{text}\n\n:::"


def chapter():
    def code(source, text):
        output = v4.new_output("stream", name="stdout", text=text)
        return v4.new_code_cell(source, outputs=[output], metadata={"tags": ["hide-output"]}, execution_count=1)

    return [
        v4.new_markdown_cell("# A chapter\n\nIts text.\n\n" + box("Predict", "predict", PREDICT)),
        code("print(7)", "7\n"),
        v4.new_markdown_cell(
            box("What came out", "reveal", "It is seven.") + "\n\nOn to the next.\n\n## Plain\n\nText."
        ),
        code("print(8)", "8\n"),
        v4.new_markdown_cell("(far)=\n## Further: more\n\nMore.\n\n### Within\n\nInside.\n\n## After\n\nOpen again."),
        v4.new_markdown_cell(":::{exercise} Prove\n:label: ex-04-1\n:class: pencil\n\nShow it.\n\n:::"),
        v4.new_markdown_cell(":::{solution} ex-04-1\n:class: dropdown\n\nSo it is.\n\n:::"),
    ]


def build(folder, cells):
    (folder / "conf.py").write_text(CONF)
    (folder / "index.ipynb").write_text(writes(v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)))
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", "html", folder, folder / "html"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (folder / "html/index.html").exists(), result.stderr
    return result, BeautifulSoup((folder / "html/index.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    result, page = build(tmp_path_factory.mktemp("book"), chapter())
    assert result.returncode == 0, result.stderr
    return page


def prompts(fold):
    return [words.get_text() for words in fold.summary.find_all("p")]


def test_the_answer_opens_with_the_output_and_nothing_else_does(page):
    (fold,) = page.select("details.reveals")
    assert prompts(fold) == ["Show what came out", "Hide what came out"]
    output, answer = fold.select_one(".cell_output"), fold.select_one(".admonition.reveal")
    assert output.get_text().strip() == "7" and "It is seven." in answer.get_text()
    assert output in answer.find_previous_siblings()
    assert "On to the next." not in fold.get_text() and "On to the next." in page.get_text()
    before = fold.find_parent(class_="cell").find_previous_sibling()
    assert "predict" in before["class"] and before.ul.li.get_text() == "Six."
    other = next(fold for fold in page.select("details.hide") if "8" in fold.get_text())
    assert prompts(other) != prompts(fold)


def test_what_goes_further_folds_under_its_heading(page):
    (fold,) = page.select("details.further")
    assert fold.parent.name == "section" and fold.parent["id"] == "further-more"
    assert fold.summary.h2.get_text().startswith("Further: more")
    assert [text in fold.get_text() for text in ("More.", "Inside.", "Open again.")] == [True, True, False]
    assert page.find(id="far"), "a label of the section"
    contents = [link["href"] for link in page.select(".sphinxsidebar a, nav a") if "#" in link.get("href", "")]
    assert "#further-more" in contents and "#within" in contents


def test_a_solution_on_paper_folds_as_one_in_code(page):
    (fold,) = page.select("details.worked")
    assert prompts(fold) == ["Show a solution", "Hide the solution"]
    assert "So it is." in fold.select_one("div.solution").get_text() and not page.select(".dropdown")
    assert "Show it." in fold.find_previous_sibling(class_="exercise").get_text()


def test_an_answer_without_its_question_is_a_warning(tmp_path):
    cells = chapter()
    del cells[1]
    result, page = build(tmp_path, cells)
    assert result.returncode and "before what came out" in result.stderr
    assert page.select_one("section > .admonition.reveal"), "it stays where it is"
