"""Run, beside each code cell: in a real browser, with the site's own Python.

To start Python takes longer than what a test does with it, so one page serves them all, in this order.
"""

import re

import pytest
from chapter_page import QUICK, Busy, Chapter, notebook_cells
from chromium import ARGUMENTS, drawn, find_chromium
from served_site import QuietHandler, listen, serve


@pytest.fixture(scope="module")
def opened(browser, address):
    """The quick chapter in one tab, and what the browser complains about."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = []
    tab = context.new_page()
    listen(tab, address, found)
    yield Chapter(tab, address), found
    context.close()


@pytest.fixture
def chapter(opened):
    """The page as a reader finds it, except that Python may have started already."""
    chapter, found = opened
    for number in range(1, chapter.tab.locator("div.cell").count() + 1):
        chapter.press(number, "reset")
    found.clear()
    yield chapter
    assert found == []


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


# ---- what a reader does ---------------------------------------------------------------------------------------------


def test_nothing_is_fetched_before_the_first_press(browser, tab, address):
    requests = []
    tab.on("request", lambda request: requests.append(request.url.removeprefix(address)))
    chapter = Chapter(tab, address)
    tab.mouse.wheel(0, 5000)
    tab.wait_for_load_state("networkidle")
    assert [url for url in requests if re.search("pyodide|worker|cells.py|editor", url)] == []
    assert chapter.button(1, "run").get_attribute("aria-label") == "Run cell 1"

    without_scripts = browser.new_context(java_script_enabled=False).new_page()
    without_scripts.goto(f"{address}/notebooks/{QUICK}.html")
    assert without_scripts.locator(".run-button, .run-note").count() == 0
    assert without_scripts.locator("div.cell .cell_output pre").first.is_visible()
    without_scripts.context.close()


def test_an_output_that_its_text_did_not_make_says_so(chapter):
    tab = chapter.tab
    note = chapter.cell(2).locator(".run-differs")
    assert not note.is_visible()
    published = notebook_cells(QUICK)[1].source
    chapter.edit(2, "print('mine')")
    assert note.text_content() == "This is the output of the published code, not of the code above."
    tab.reload()
    chapter.cell(2).locator(".run-draft").wait_for()
    assert note.is_visible() and "published code" in note.text_content()
    assert note.get_attribute("role") == "status"
    assert chapter.run(2) == "ran"
    assert not note.is_visible() and chapter.printed(2) == "mine\n"
    chapter.press(2, "swap")
    assert note.is_visible() and "published code" in note.text_content()
    chapter.press(2, "swap")
    chapter.edit(2, "print('mine', 2)")
    assert note.is_visible() and "changed since" in note.text_content()
    chapter.edit(2, "print('mine')")
    assert not note.is_visible() and chapter.state(2) == "ran"
    assert chapter.run(4) == "new"  # it needs X
    chapter.edit(2, published + "\n# a word")
    assert chapter.run(4) == "ran"
    chapter.edit(2, "X = 0")
    later = chapter.cell(4).locator(".run-differs")
    assert later.is_visible() and "older than a cell above" in later.text_content()
    tab.emulate_media(media="print")  # on paper stand the published code and its output
    assert not note.is_visible() and not later.is_visible()
    tab.emulate_media(media="screen")


def test_what_a_cell_needs_runs_first_and_only_that(chapter):
    assert chapter.run(11) == "ran"  # in the text
    assert [chapter.state(n) for n in (1, 2, 10, 12, 14)] == ["ran", "ran", "ran", "new", "new"]
    assert chapter.run(18) == "ran"  # an answer: its own check, and no other exercise
    assert [chapter.state(n) for n in (13, 14, 15, 16, 17, 19)] == ["ran", "new", "new", "new", "ran", "new"]
    assert "chain: not yet: your turn" in chapter.printed(18)


def test_the_stored_output_can_be_brought_back(chapter):
    assert chapter.run(2) == "ran"
    cell, swap = chapter.cell(2), chapter.button(2, "swap")
    stored, fresh = cell.locator(".run-stored"), cell.locator(".run-fresh")
    assert fresh.is_visible() and not stored.is_visible()
    assert swap.text_content() == "Show the stored output"
    swap.click()
    assert stored.is_visible() and not fresh.is_visible()
    assert swap.text_content() == "Show the new output"
    swap.click()
    assert fresh.is_visible() and not stored.is_visible()

    chapter.tab.emulate_media(media="print")  # on paper stands what is published
    assert stored.is_visible() and not fresh.is_visible()
    assert not cell.locator(".run-bar").is_visible()
    chapter.tab.emulate_media(media="screen")


def test_a_figure_keeps_its_caption_and_its_alternative(chapter):
    assert chapter.run(8) == "ran"
    cell = chapter.cell(8)
    stored, fresh = cell.locator(".run-stored figure"), cell.locator(".run-fresh figure")
    assert fresh.locator("img").get_attribute("alt") == stored.locator("img").get_attribute("alt") != ""
    assert fresh.locator("figcaption").text_content() == stored.locator("figcaption").text_content()
    widths = [f.locator("img").evaluate("i => i.naturalWidth") for f in (fresh, stored)]
    assert widths[0] == pytest.approx(widths[1], rel=0.05)


def test_a_cell_that_raises_shows_where_and_the_next_run_works(chapter):
    chapter.edit(2, "X = np.arange(12.0).reshape(3, 4)\nX @ X")
    assert chapter.run(4) == "new"
    assert chapter.status(4) == "Not run: cell 2, above, raised an error."
    assert chapter.state(2) == "raised"
    text = chapter.printed(2)
    assert text.startswith('Traceback (most recent call last):\n  File "<cell 2>", line 2, in <module>\n    X @ X')
    assert "ValueError: matmul" in text and "cells.py" not in text
    chapter.press(2, "reset")
    assert chapter.run(4) == "ran"


def test_an_edit_makes_what_builds_on_it_run_again(chapter):
    assert chapter.run(4) == "ran"
    assert "79.0%" in chapter.printed(4)
    chapter.edit(2, "X = np.arange(12.0).reshape(3, 4) + 1")
    assert [chapter.state(n) for n in (1, 2, 3, 4)] == ["ran", "outdated", "outdated", "outdated"]
    assert chapter.status(3) == "A cell above was changed or run again after this one."
    assert chapter.run(3) == "ran"
    assert chapter.printed(3).startswith("[19. 30. 41. 52.]")
    assert [chapter.state(n) for n in (1, 2, 3, 4)] == ["ran", "ran", "ran", "outdated"]


def test_a_run_sees_what_is_above_it_and_not_what_is_below(chapter):
    """Cell 13 gives X and b other shapes. Cell 3, run after it, still has those of cell 2."""
    assert chapter.run(13) == "ran"
    assert chapter.run(3) == "ran"
    assert chapter.printed(3) == "".join(o.text for o in notebook_cells(QUICK)[2].outputs)


def test_a_re_run_that_leaves_the_same_outdates_nothing(chapter):
    runs = (13, 3, 8, 5, 1)
    assert [chapter.run(n) for n in runs] == ["ran"] * 5
    assert [chapter.state(n) for n in runs] == ["ran"] * 5
    chapter.edit(2, chapter.cell(2).locator(".cm-content, pre").first.inner_text() + "\nX = X + 1")
    assert chapter.state(3) == "outdated"
    chapter.press(2, "reset")  # the edit was undone before anything ran
    assert chapter.run(2) == "ran"
    assert [chapter.state(n) for n in runs] == ["ran"] * 5


def test_where_something_cannot_be_put_back_python_starts_anew(chapter):
    chapter.edit(2, "X = np.ones(2_000_000)")
    chapter.edit(3, "X *= 2")
    assert chapter.run(3) == "ran"
    chapter.edit(3, "print(X[0])")
    assert chapter.run(3) == "ran"
    assert chapter.printed(3) == "1.0\n"
    assert "Python was started anew: X could not be put back" in chapter.status(3)


def test_an_answer_opens_when_its_cell_is_run_and_not_before(chapter):
    answer = chapter.cell(4).locator("details")
    answer.evaluate("details => { details.open = false; }")
    chapter.run(5)
    assert chapter.state(4) == "ran" and not answer.evaluate("details => details.open")
    chapter.run(4)
    assert answer.evaluate("details => details.open")
    assert chapter.cell(4).locator(".run-fresh").is_visible()


def test_an_exercise_is_solved_on_the_page(chapter):
    assert chapter.run(18) == "ran"
    assert "chain: not yet: your turn" in chapter.printed(18)
    assert chapter.run(19) == "ran"  # the solution passes, and changes nothing for the answer
    assert "chain: passed" in chapter.printed(19)
    assert chapter.run(18) == "ran"
    assert "chain: not yet: your turn" in chapter.printed(18)

    report = "\n\n\nexercise.report(check_chain, chain)"
    chapter.edit(18, f"def chain(x):\n    r = np.exp(x)\n    return np.log(1 + r), r{report}")
    chapter.tab.keyboard.press("Shift+Enter")
    assert chapter.wait(18) == "ran"
    assert "not yet: at x = -2.0 the slope: expected" in chapter.printed(18)

    chapter.edit(18, notebook_cells(QUICK)[18].source)  # the solution, pasted
    assert chapter.run(18) == "ran"
    assert "chain: passed" in chapter.printed(18)


def test_an_endless_loop_is_stopped(chapter):
    """Meanwhile the page is not held up, and does not say that what comes is old."""
    chapter.edit(2, "print('one')")
    assert chapter.run(2) == "ran"
    chapter.edit(2, "while True:\n    print('on and on')")
    note = chapter.cell(2).locator(".run-differs")
    assert "output of other code" in note.text_content()
    chapter.press(2)
    chapter.cell(2).locator(".run-fresh pre", has_text="on and on").wait_for()
    assert chapter.state(2) == "running" and note.text_content() == ""
    busy = Busy(chapter.tab)
    drawn(chapter.tab)
    assert busy.since() < 2
    stop = chapter.button(2, "stop")
    stop.focus()
    stop.click()
    assert chapter.wait(2) == "new"
    assert chapter.status(2) == "Stopped. Python starts again at the next run."
    assert chapter.button(2, "run").evaluate("button => button === document.activeElement")
    assert not stop.is_visible()
    chapter.press(2, "swap")
    assert chapter.cell(2).locator(".run-stored").is_visible()
    chapter.press(2, "reset")
    assert chapter.run(2) == "ran"


def test_python_comes_back_after_it_broke(opened):
    chapter, found = opened
    chapter.edit(2, "class A:\n    def __repr__(self):\n        return repr([self])\n\n\nA()")
    assert chapter.run(2) == "new"
    assert chapter.status(2).startswith("Python broke off and starts again at the next run")
    chapter.press(2, "reset")
    assert chapter.run(2) == "ran"
    found.clear()  # Pyodide reports this as an error of its own


def test_run_all_and_reset_all(chapter):
    tab = chapter.tab
    bar = tab.locator(".run-page")
    bar.locator(".run-run").click()
    last = tab.locator("div.cell").count()
    chapter.wait(last - 1)  # the last is a solution
    kinds = [chapter.cell(n).get_attribute("class") for n in range(1, last + 1)]
    states = [chapter.state(n) for n in range(1, last + 1)]
    assert states == ["new" if "tag_solution" in kind else "ran" for kind in kinds]
    bar.locator(".run-reset").click()
    tab.wait_for_function("!document.querySelector('div.cell[data-run=ran]')")
    assert tab.locator(".run-fresh:visible").count() == 0
    assert chapter.cell(2).locator(".run-stored").is_visible()


def test_the_keyboard_alone(chapter):
    """Edit by keyboard: Tab indents, Shift+Enter runs, Escape leaves; an edit outlives the page until it is reset."""
    tab = chapter.tab
    chapter.button(2, "edit").focus()
    tab.keyboard.press("Enter")
    editor = chapter.cell(2).locator(".cm-content")
    editor.wait_for()
    assert editor.evaluate("editor => editor === document.activeElement")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("if True:\n")
    tab.keyboard.type("print('typed', 1 / 2)")  # the line has been indented; the site's own shortcuts keep silent
    tab.keyboard.press("Shift+Enter")
    assert chapter.wait(2) == "ran"
    assert chapter.printed(2) == "typed 0.5\n"
    assert editor.evaluate("editor => editor === document.activeElement")
    tab.keyboard.press("Home")
    tab.keyboard.press("Tab")
    assert "    " * 2 + "print" in editor.inner_text()
    tab.keyboard.press("Escape")
    assert chapter.button(2, "run").evaluate("button => button === document.activeElement")

    tab.reload()
    chapter.cell(2).locator(".run-draft").wait_for()
    assert "typed" in chapter.cell(2).locator(".run-draft").text_content()
    chapter.press(2, "reset")
    assert chapter.cell(2).locator(".cell_input pre:visible").text_content().startswith("X = np.arange")


def test_a_click_into_the_code_opens_the_editor_there_in_the_same_colours(tab, address):
    chapter = Chapter(tab, address)
    colour = "e => getComputedStyle(e).color"
    word = chapter.cell(1).locator("pre span", has_text="import").first
    word.scroll_into_view_if_needed()
    before, box = word.evaluate(colour), word.bounding_box()
    word.click()
    editor = chapter.cell(1).locator(".cm-content")
    editor.wait_for()
    after = editor.locator("span", has_text="import").first
    assert after.evaluate(colour) == before
    assert after.bounding_box() == pytest.approx(box, abs=1.5)
    tab.keyboard.type("!")
    assert re.match("im?p?o?r?t?!", editor.inner_text())


# ---- what takes long, what fails ------------------------------------------------------------------------------------

FILES = ["pyodide.js", "pyodide.asm.wasm", "pyodide-lock.json", "cells.py"]
SLOW = (
    '<script type="application/json" class="run-slow">{"seconds": 40, "smaller": {"seconds": 4, "name": "one epoch", '
    '"source": "print(\'small\')"}}</script>'
)


def test_a_slow_cell_says_so_first(tab, address):
    """Here cell 2 claims to be slow."""

    def with_slow_cell(route):
        page = route.fetch().text()
        start = page.index('<div class="cell ', page.index('<div class="cell ') + 1)
        start = page.index('<div class="cell_input', start)
        route.fulfill(body=page[:start] + SLOW + page[start:], content_type="text/html")

    tab.route("**/*.html", with_slow_cell)
    chapter = Chapter(tab, address)
    question = chapter.cell(3).locator(".run-question .run-button")
    chapter.press(3)
    assert chapter.status(3) == "A cell above takes about 40 s in a browser."
    assert question.all_text_contents() == ["Run with one epoch, about 4 s", "Run as it is, about 40 s"]
    assert question.first.evaluate("button => button === document.activeElement")
    tab.keyboard.press("Tab")
    assert question.last.evaluate("button => button === document.activeElement")
    tab.keyboard.press("Escape")
    assert chapter.state(3) is None and chapter.status(3) == ""

    chapter.press(2)
    assert chapter.status(2) == "This takes about 40 s in a browser."
    chapter.cell(2).locator(".run-question .run-button").first.click()
    assert chapter.wait(2) == "ran"
    assert chapter.printed(2) == "small\n"
    assert chapter.cell(2).locator(".run-draft").text_content() == "print('small')"
    chapter.press(2, "reset")
    chapter.press(2)
    chapter.cell(2).locator(".run-question .run-button").last.click()
    assert chapter.wait(2) == "ran"
    assert chapter.printed(2).startswith("(3, 4)")
    chapter.press(2)
    assert chapter.wait(2) == "ran"  # said once


@pytest.mark.sweep  # test_start.py has another way to fail that make test tries
@pytest.mark.parametrize("file", ["worker.js", *FILES])
def test_a_failed_download_is_said_and_can_be_tried_again(tab, address, file):
    tab.context.route(re.compile(rf"/{file}(\?|$)"), lambda route: route.abort())
    chapter = Chapter(tab, address)
    assert chapter.run(1) == "new"
    assert chapter.status(1).startswith("Python could not be loaded: ")
    tab.context.unroute_all()
    assert chapter.run(1) == "ran"


@pytest.mark.sweep
def test_without_the_editor_the_code_is_plain_text_to_edit(tab, address):
    tab.route("**/run/editor.js*", lambda route: route.abort())
    chapter = Chapter(tab, address)
    chapter.press(2, "edit")
    draft = chapter.cell(2).locator(".run-draft")
    draft.wait_for()
    assert draft.evaluate("draft => draft === document.activeElement")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("print('plain')")
    tab.keyboard.press("Shift+Enter")
    assert chapter.wait(2) == "ran"
    assert chapter.printed(2) == "plain\n"


def test_from_a_file_the_page_says_that_it_needs_a_server(tab, site):
    tab.goto(f"file://{site.html}/notebooks/{QUICK}.html")
    assert "make serve" in tab.locator(".run-note").text_content()
    assert tab.locator(".run-button").count() == 0


@pytest.mark.sweep
def test_two_pages_in_a_row_share_what_was_fetched(browser, site, tmp_path):
    """In a profile on the disk: a private window has no room for the largest file."""
    answers = []

    class Counting(QuietHandler):
        def log_request(self, code="-", size="-"):
            answers.append((int(code), self.path))

    def sent():
        return {path for code, path in answers if code == 200 and "/pyodide/" in path}

    profile = browser.browser_type.launch_persistent_context(tmp_path, executable_path=find_chromium(), args=ARGUMENTS)
    with profile, serve(site.html, Counting) as address:
        tab = profile.new_page()
        assert Chapter(tab, address).run(1) == "ran"
        first = sent()
        assert any("pyodide.asm.wasm" in path for path in first)
        answers.clear()
        assert Chapter(tab, address, "04_softmax").run(1) == "ran"
        assert sent() & first == set()


def test_buttons_are_large_enough_for_a_finger(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    chapter = Chapter(context.new_page(), address)
    boxes = [button.bounding_box() for button in chapter.tab.locator(".run-button:visible").all()]
    assert len(boxes) > 20
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    chapter.cell(2).locator("pre").first.tap()
    assert chapter.tab.locator(".cm-editor").count() == 0  # a finger scrolls past the code
    context.close()
