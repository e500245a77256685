"""Open in JupyterLite: the button of each chapter, one chapter from top to bottom, and what the folders weigh."""

import dis
import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import CodeType
from urllib.parse import parse_qs, urlsplit

import pyodide_folder
import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, pages
from compare import DEVICE_TAG
from misbehaving import served
from playwright.sync_api import TimeoutError
from served_site import listen, serve

CHAPTERS = [name for name in pages() if name.startswith("notebooks/")]
READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return Boolean(panel?.context?.isReady && panel.sessionContext?.isReady && panel.sessionContext.session?.kernel);
}"""
RUN_ALL = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"  # settles after the last reply
# What a cell shows comes after its reply: whether each shows what is expected, or, of a text cell, null.
SHOWN = """expected => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.every((cell, i) => {
  if (!expected[i]) return true;
  const print = cell.outputs.filter(o => o.output_type === 'stream').flatMap(o => o.text).join('');
  const same = expected[i].loose || print === expected[i].print;
  return same && cell.execution_count !== null && cell.outputs.filter(o => o.data).length === expected[i].data;
})"""
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells"
# JupyterLab hides the cells that are out of sight.
SHOW_WIDGET = """() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  return content.scrollToItem(content.widgets.findIndex(cell => cell.model.toJSON().source.includes("figures.play")));
}"""
PLAYED = re.compile(r'figures\.play\(\\"(\w+)\\"\)')
# What JupyterLab complains about of itself, and of references to other chapters.
KNOWN = re.compile(
    r"console: (Menu entry for command '(application:close|filemenu:close-and-cleanup)' is duplicated\."
    r"|No exact match found for python, using kernel python that matches language=python"
    r"|(Cross reference target was not found: (ch-\d\d|refresh-[a-z-]+|fig-\d\d-[a-z-]+)\n?)+)"  # pages, cells below
)
REGISTER = "ServiceWorkerContainer.prototype.register = () =>"
# What a browser does at an address without https, in a private window, and when it is stuck.
NO_SERVICE_WORKER = {
    "absent": "Object.defineProperty(navigator, 'serviceWorker', { value: undefined })",
    "refused": f"{REGISTER} Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'))",
    "never settles": f"{REGISTER} new Promise(() => {{}})",
}


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


def opened(context, address, page):
    notebook = context.new_page()
    notebook.set_default_timeout(180_000)
    notebook.goto(f"{address}/lite/notebooks/index.html?path={page}.ipynb")
    return notebook


def shown(cell):
    """Return what a cell must show: what it printed, unless its numbers may differ or it needs a graphics card, and how
    much that is no text.
    """
    loose = any("tol" in tag or tag == DEVICE_TAG for tag in cell["metadata"].get("tags", []))
    data = sum("data" in output for output in cell.get("outputs", []))
    return {"loose": loose, "print": None if loose else printed(cell), "data": data}


def run_all(notebook, page):
    """Run a notebook from top to bottom; all cells have run, and show what is stored."""
    notebook.wait_for_function(READY)
    assert notebook.evaluate(RUN_ALL)
    stored = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    expected = [shown(cell) if cell["cell_type"] == "code" else None for cell in stored]
    with suppress(TimeoutError):  # then it is said below of which cell
        notebook.wait_for_function(SHOWN, arg=expected, timeout=10_000)
    cells = notebook.evaluate(CELLS)
    assert len(cells) == len(stored)
    for number, (cell, wanted) in enumerate(zip(cells, stored, strict=True)):
        if cell["cell_type"] == "code":
            assert cell["execution_count"] is not None, f"cell {number} has not run"
            assert shown(cell) == shown(wanted), f"cell {number}"
    return cells


def move_the_figure(notebook):
    """Press an arrow key at the chapter's figure, and wait until it has moved."""
    notebook.evaluate(SHOW_WIDGET)
    handle = notebook.locator(".live .handle").first
    handle.focus()
    before = float(handle.get_attribute("aria-valuenow"))
    handle.press("ArrowRight")  # a shortcut of JupyterLab's elsewhere
    notebook.wait_for_function("([e, old]) => e.ariaValueNow > old", arg=[handle.element_handle(), before])


def test_a_chapter_runs_from_top_to_bottom_below_another_address(browser, site):
    """The site lies in a folder of its server here, and no other host is asked for anything."""
    page, found = CHAPTERS[0], []
    with serve(site.html.parent) as server, browser.new_context() as context:
        listen(context, server, found)
        context.on("weberror", lambda error: found.append(f"script: {error.error}"))
        tab = context.new_page()
        tab.set_default_timeout(180_000)
        tab.goto(f"{server}/{site.html.name}/{page}.html")
        with tab.expect_popup() as popup:
            tab.get_by_role("link", name="Open in JupyterLite").click()
        notebook = popup.value
        notebook.set_default_timeout(180_000)
        cells = run_all(notebook, page)
        move_the_figure(notebook)
        assert notebook.locator(".myst .katex").count()  # MyST and its mathematics are rendered
        assert notebook.locator("#no-service-worker").count() == 0
    assert any("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    assert [complaint for complaint in found if not KNOWN.fullmatch(complaint)] == []


def test_the_kernel_is_given_what_no_cell_brings():
    """The modules beside the notebooks: a cell that imports one names no package of Pyodide's."""
    kernel = "@jupyterlite/pyodide-kernel-extension:kernel"
    config = json.loads((ROOT / "book" / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))
    asked = config["jupyter-config-data"]["litePluginSettings"][kernel]["loadPyodideOptions"]["packages"]
    packages = pyodide_folder.own_packages()
    assert {name for name, (_, _, imports) in packages.items() if not imports} <= set(asked)
    assert {path.stem for path in ROOT.glob("notebooks/*.py")} <= packages.keys()


RUN_CELL = """async number => {
  window.jupyterapp.shell.currentWidget.content.activeCellIndex = number;
  return await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
PANELS = [page for page in CHAPTERS if "panels.play(" in (ROOT / f"{page}.ipynb").read_text(encoding="utf-8")]


def names(source):
    """Return the names that a cell reads, of the whole notebook's, and those that it binds."""
    reads, binds, codes = set(), set(), [compile(source, "cell", "exec")]
    for code in codes:  # it grows: functions are constants of what defines them
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                reads.add(step.argval)
            elif step.opname == "STORE_NAME" and code is codes[0]:
                binds.add(step.argval)
    return reads, binds


def with_what_it_needs(cells):
    """Return the numbers of the cell that plays the panel, the last, and of those above that it needs."""
    sources = {n: "".join(cell["source"]) for n, cell in enumerate(cells) if cell["cell_type"] == "code"}
    numbers, wanted = [], set()
    for number in reversed(sources):
        reads, binds = names(sources[number])
        if "panels.play(" in sources[number] or (numbers and binds & wanted):
            numbers.append(number)
            wanted = (wanted - binds) | reads
    return numbers[::-1]


@pytest.mark.parametrize("page", PANELS)
def test_a_panel_needs_no_cell_that_takes_long(page):
    """A reader who wants to train need not wait for the chapter's own trainings."""
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    seconds = [cells[number]["metadata"].get("slow", {}).get("seconds", 0) for number in with_what_it_needs(cells)]
    assert len(seconds) < 5 and sum(seconds) < 20


@pytest.mark.sweep
@pytest.mark.parametrize("page", PANELS)
def test_a_panel_trains_and_stops_when_asked(browser, address, page):
    """With those cells alone before it that it needs; while it trains the kernel hears the press."""
    cells = json.loads((ROOT / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    with browser.new_context() as context:
        notebook = opened(context, address, page)
        notebook.wait_for_function(READY)
        for number in with_what_it_needs(cells):
            assert notebook.evaluate(RUN_CELL, number), notebook.evaluate(CELLS)[number]["outputs"]
        start = notebook.get_by_role("button", name="Start", exact=True)
        start.scroll_into_view_if_needed()
        start.click()
        words = notebook.locator(".widget-label", has_text="Run 1 · ")
        words.wait_for()
        notebook.wait_for_function("() => document.querySelector('.widget-image')?.naturalWidth > 0")
        notebook.get_by_role("button", name="Stop", exact=True).click()
        notebook.locator(".widget-label", has_text=re.compile(r"^Run 1 · .* · stopped$")).wait_for(timeout=30_000)
        assert start.is_enabled()


@pytest.mark.sweep
@pytest.mark.parametrize("why", NO_SERVICE_WORKER)
def test_without_a_service_worker_a_chapter_runs_too(browser, address, why):
    """This one reads the data and has a figure that reads a file of its own: none of them lies beside the notebook."""
    page = "notebooks/01_digits"
    with browser.new_context() as context:
        context.add_init_script(NO_SERVICE_WORKER[why])
        notebook = opened(context, address, page)
        run_all(notebook, page)
        move_the_figure(notebook)


@pytest.mark.parametrize(
    "why", ["absent", *(pytest.param(w, marks=pytest.mark.sweep) for w in ("refused", "never settles"))]
)
def test_a_note_says_what_is_missing_without_a_service_worker(browser, address, why):
    with browser.new_context() as context:
        context.add_init_script(NO_SERVICE_WORKER[why])
        context.route("**/pyodide/**", lambda route: route.abort())  # Python is not needed for it
        context.clock.install()
        notebook = opened(context, address, CHAPTERS[0])
        note = notebook.get_by_role("status").filter(has_text="takes a service worker")
        if why != "absent":
            assert note.count() == 0  # there is no telling yet
            context.clock.fast_forward(15_000)
        note.wait_for()
        assert f"this browser {'has none' if why == 'absent' else 'has not started one'}," in note.text_content()
        note.get_by_role("button", name="Close").click()
        assert note.count() == 0


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("file", "how", "why"),
    [
        ("pyodide.asm.wasm", "refused", "pyodide.asm.wasm: the server answers 503"),
        ("lite_kernel.js", "refused", "lite_kernel.js' failed to load"),
        ("pyodide.js", "refused", "pyodide.js: it could not be loaded. "),
        ("pyodide.asm.js", "refused", "pyodide.asm.js: "),
        ("pyodide.asm.wasm", "altered", "pyodide.asm.wasm: "),
        ("python_stdlib.zip", "broken_off", "python_stdlib.zip: "),
        ("pyodide-lock.json", "another_page", "pyodide-lock.json: "),
        ("sizes.json", "refused", "sizes.json: the server answers 503"),
    ],
)
def test_a_python_that_cannot_start_is_said(browser, site, file, how, why):
    with served(site, file, how) as (address, handler), browser.new_context() as context:
        notebook = opened(context, address, CHAPTERS[0])
        note = notebook.locator("#python")
        note.wait_for()
        words = note.text_content()
        assert words.startswith("Python could not be started: ") and why in words
        assert "Save the notebook and load this page anew; if it fails again, tell who runs this site." in words
        handler.wrong = None
        notebook.reload()
        notebook.wait_for_function(READY)
        assert notebook.evaluate(RUN_ALL) and note.count() == 0


@pytest.mark.sweep
def test_a_python_that_never_comes_is_said_too(browser, site):
    with served(site, "pyodide.asm.wasm", "silent") as (address, _), browser.new_context() as context:
        context.clock.install()
        notebook = opened(context, address, CHAPTERS[0])
        with notebook.expect_event("worker"):
            pass
        notebook.clock.fast_forward(60_000)
        assert "has not started within a minute" in notebook.locator("#python").text_content()


def test_a_notebook_has_no_module_or_data_beside_it(site):
    """Without a service worker Python would not see them; so what is imported and read must come with Python."""
    kinds = {path.suffix for path in (site.html / "lite/files").rglob("*") if path.is_file()}
    assert kinds == {".ipynb", ".svg"}


def test_python_for_the_browser_and_the_whole_site_are_light_enough(site):
    assert weight(site.html / "_static/pyodide") < 35e6
    assert weight(site.html) < 120e6
    assert not list(Path(site.html, "lite").rglob("*.map"))


def test_the_wheels_have_all_of_the_library_and_of_the_figures(tmp_path):
    """Subpackages too, and files that are no Python."""
    new = ["nnlib/gpu/__init__.py", "nnlib/gpu/kernels/product.wgsl", "book/_static/figures/data/more/digits.js"]
    picture = "book/_static/digit/picture.js"  # which a figure shares with a page
    no = ["nnlib/gpu/__pycache__/old.pyc", "book/_static/figures/still/softmax.svg"]
    for name in [
        "nnlib/__init__.py",
        "notebooks/figures.py",
        "notebooks/panels.py",
        "book/_static/figures/figures.css",
        picture,
        *new,
        *no,
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1")
    packed = {name: set(files) for name, (files, *_) in pyodide_folder.own_packages(tmp_path).items()}
    assert packed == {
        "nnlib": {"nnlib/__init__.py", *new[:2]},
        "figures": {"figures/__init__.py", "book/_static/figures/figures.css", new[2], picture},
        "panels": {"panels/__init__.py"},
    }


def test_each_figure_plays_from_its_wheel(tmp_path):
    """As unpacked in the browser, where no repository lies around it."""
    files, _, _ = pyodide_folder.own_packages()["figures"]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    names = sorted({name for page in CHAPTERS for name in PLAYED.findall((ROOT / f"{page}.ipynb").read_text("utf-8"))})
    assert len(names) == len(CHAPTERS)
    code = f"import figures; print(figures.__file__, all([figures.play(name) for name in {names}]))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert shown.stdout == f"{tmp_path}/figures/__init__.py True\n"


def test_importing_the_library_does_nothing_else():
    """In the browser neither: whoever starts Python brings the files."""
    code = "import sys; sys.platform = 'emscripten'; import nnlib; print([m for m in sys.modules if m[:5] == 'nnlib'])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout == "['nnlib']\n"
