"""A start of Python that fails, or that never ends: the page says what is wrong, Stop answers, a new try works."""

import pytest
from chapter_page import PATIENCE, Chapter
from misbehaving import served


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.sweep
def test_a_server_that_does_not_know_wasm_is_no_obstacle(tab, site):
    with served(site, "pyodide.asm.wasm", "another_type") as (address, _):
        assert Chapter(tab, address).run(1) == "ran"


@pytest.mark.parametrize(
    ("file", "how", "why"),
    [  # one here; the others in a sweep
        pytest.param("pyodide.asm.wasm", "truncated", "bytes where 10", marks=pytest.mark.sweep),
        ("pyodide.asm.wasm", "altered", "it is damaged"),
        pytest.param("pyodide.asm.wasm", "broken_off", "", marks=pytest.mark.sweep),
        pytest.param("pyodide.asm.wasm", "another_page", "bytes where 10", marks=pytest.mark.sweep),
        pytest.param("python_stdlib.zip", "truncated", "bytes where", marks=pytest.mark.sweep),
        pytest.param("python_stdlib.zip", "altered", "it is damaged", marks=pytest.mark.sweep),
        pytest.param("pyodide-lock.json", "truncated", "it is damaged", marks=pytest.mark.sweep),
        pytest.param("pyodide-lock.json", "another_page", "it is damaged", marks=pytest.mark.sweep),
        pytest.param("pyodide.js", "truncated", "", marks=pytest.mark.sweep),
        pytest.param("pyodide.asm.js", "truncated", "", marks=pytest.mark.sweep),
        pytest.param("pyodide.asm.js", "refused", "", marks=pytest.mark.sweep),
        pytest.param("cells.py", "another_page", "bytes where", marks=pytest.mark.sweep),
        pytest.param("outputs.py", "refused", "the server answers 503", marks=pytest.mark.sweep),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_next_try_works(tab, site, file, how, why):
    with served(site, file, how) as (address, handler):
        chapter = Chapter(tab, address)
        assert chapter.run(1) == "new"
        status = chapter.status(1)
        assert status.startswith(f"Python could not be loaded: {file}: ") and why in status
        assert status.endswith("Try again; if it fails again, tell who runs this site.")
        handler.wrong = None
        assert chapter.run(1) == "ran"


@pytest.mark.sweep
def test_a_package_that_is_damaged_is_named(tab, site):
    wheel = next(path.name for path in (site.html / "_static/pyodide").glob("numpy-*.whl"))
    with served(site, wheel, "altered") as (address, handler):
        chapter = Chapter(tab, address)
        assert chapter.run(1) == "new"
        assert wheel in chapter.status(1)
        handler.wrong = None
        assert chapter.run(1) == "ran"


@pytest.mark.sweep
def test_from_the_press_on_the_page_says_how_far_it_is_and_that_nothing_comes(tab, site):
    """Stop works all the while, and so does a new try."""
    with served(site, "pyodide.asm.wasm", "silent") as (address, handler):
        chapter = Chapter(tab, address)
        chapter.press(1)
        assert chapter.status(1).startswith("Loading Python: 0 of 2")
        says = "document.querySelector('div.cell .run-status').textContent.startsWith('Nothing of pyodide.asm.wasm')"
        tab.wait_for_function(says, timeout=PATIENCE)
        assert chapter.status(1).startswith("Nothing of pyodide.asm.wasm has arrived for ")
        chapter.press(1, "stop")
        assert chapter.wait(1) == "new"
        assert chapter.status(1) == "Stopped. Python starts again at the next run."
        handler.wrong = None
        assert chapter.run(1) == "ran"


def test_a_script_that_never_comes_is_said_too(tab, site):
    """The worker waits for it and says nothing meanwhile. Here the page takes a minute for over."""
    tab.clock.install()
    with served(site, "pyodide.asm.js", "silent") as (address, _):
        chapter = Chapter(tab, address)
        chapter.press(1)
        tab.wait_for_function("document.querySelector('div.cell .run-status').textContent.includes('asm.js')")
        tab.clock.run_for(16_000)
        assert chapter.status(1).startswith("Nothing of pyodide.asm.js has arrived for 15 s.")
        tab.clock.run_for(15_000)
        assert "for 30 s." in chapter.status(1)
        chapter.press(1, "stop")
        tab.clock.run_for(60_000)
        assert chapter.status(1) == "Stopped. Python starts again at the next run."


@pytest.mark.sweep
def test_a_data_file_that_cannot_be_had_is_an_error_and_python_goes_on(tab, site):
    file = "train-labels-idx1-ubyte.gz.bin"
    with served(site, file, "refused") as (address, handler):
        chapter = Chapter(tab, address)
        chapter.edit(2, "from nnlib import data\nkept = 1\ndata.load_mnist().y_train.shape")
        assert chapter.run(2) == "raised"
        text = chapter.printed(2)
        assert "OSError" in text and "train-labels-idx1-ubyte.gz could not be fetched from this site" in text
        assert "the server answers 503" in text
        handler.wrong = None
        assert chapter.run(2) == "ran"
        assert chapter.printed(2) == "(60000,)\n"
        assert chapter.state(1) == "ran"  # not run again: it is the same Python
