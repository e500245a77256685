"""Open in JupyterLite: the button of each chapter, one chapter from top to bottom, and what the folders weigh."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyodide_folder
import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, pages
from served_site import listen, serve

CHAPTERS = [name for name in pages() if name.startswith("notebooks/")]
READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return Boolean(panel?.context?.isReady && panel.sessionContext?.isReady && panel.sessionContext.session?.kernel);
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"  # settles after the last reply
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
# JupyterLab hides the cells that are out of sight.
SHOW_WIDGET = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  return content.scrollToItem(content.widgets.findIndex(cell => cell.model.toJSON().source.includes("figures.play")));
}"""


def weight(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def printed(cell):
    """Return what a cell printed, which the stored notebook and the browser may cut into pieces differently."""
    texts = (output["text"] for output in cell.get("outputs", []) if output["output_type"] == "stream")
    return "".join("".join(text) for text in texts)


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_a_button_that_leads_to_its_notebook(site, page):
    soup = BeautifulSoup((site.html / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    (button,) = (link for link in soup.find_all("a") if "Open in JupyterLite" in link.text)
    target = urlsplit(button["href"])
    assert (site.html / page).parent.joinpath(target.path).resolve() == site.html / "lite/notebooks/index.html"
    assert parse_qs(target.query) == {"path": [f"{page}.ipynb"]}
    assert (site.html / f"lite/files/{page}.ipynb").read_bytes() == (ROOT / f"{page}.ipynb").read_bytes()
    listing = json.loads((site.html / "lite/api/contents/notebooks/all.json").read_text(encoding="utf-8"))
    assert f"{page}.ipynb" in [entry["path"] for entry in listing["content"]]


def test_a_chapter_runs_from_top_to_bottom_below_another_address(browser, site):
    """The site lies in a folder of its server here, and no other host is asked for anything."""
    page, found = CHAPTERS[0], []
    with serve(site.html.parent) as server, browser.new_context() as context:
        listen(context, server, found)
        context.on("weberror", lambda error: found.append(f"script: {error.error}"))
        context.on("console", lambda message: message.type == "error" and found.append(f"error: {message.text}"))
        tab = context.new_page()
        tab.set_default_timeout(180_000)
        tab.goto(f"{server}/{site.html.name}/{page}.html")
        with tab.expect_popup() as popup:
            tab.get_by_role("link", name="Open in JupyterLite").click()
        notebook = popup.value
        notebook.set_default_timeout(180_000)
        notebook.wait_for_function(READY)
        assert notebook.evaluate(RUN_ALL)
        notebook.wait_for_timeout(500)  # what is shown comes after the last reply
        cells = notebook.evaluate(CELLS)
        notebook.evaluate(SHOW_WIDGET)
        handle = notebook.locator(".live .handle").first
        handle.focus()
        before = float(handle.get_attribute("aria-valuenow"))
        handle.press("ArrowRight")  # a shortcut of JupyterLab's elsewhere
        notebook.wait_for_function("([e, old]) => e.ariaValueNow > old", arg=[handle.element_handle(), before])
        assert notebook.locator(".myst .katex").count()  # MyST and its mathematics are rendered
    stored = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    assert len(cells) == len(stored)
    for number, (cell, expected) in enumerate(zip(cells, stored, strict=True)):
        if cell["cell_type"] == "code":
            assert cell["execution_count"] is not None, f"cell {number} has not run"
            if not any("tol" in tag for tag in expected["metadata"].get("tags", [])):
                assert printed(cell) == printed(expected), f"cell {number}"
    assert any("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    known = ("console: ", "error: Cross reference target was not found: ")  # JupyterLab's own; another chapter's labels
    assert not [complaint for complaint in found if not complaint.startswith(known)]


def test_python_for_the_browser_and_the_whole_site_are_light_enough(site):
    assert weight(site.html / "_static/pyodide") < 35e6
    assert weight(site.html) < 100e6
    assert not list(Path(site.html, "lite").rglob("*.map"))


def test_the_wheel_has_the_subpackages_of_the_library_too(tmp_path):
    for name in ("__init__.py", "gpu/__init__.py", "gpu/kernels/product.wgsl", "gpu/__pycache__/old.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    files = pyodide_folder.nnlib_files(tmp_path)
    assert sorted(files) == ["nnlib/__init__.py", "nnlib/gpu/__init__.py", "nnlib/gpu/kernels/product.wgsl"]
