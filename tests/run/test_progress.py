"""A reader's progress in a browser: what is marked, where it shows, the file that takes it elsewhere, and its end."""

import json
import re

import pytest
from axe import script
from chapter_page import QUICK, Chapter, notebook_cells
from served_site import listen

CHAIN, CHECK, SOLUTION = 18, 17, 19  # the cells of an exercise of the quick chapter
KEY = "neural networks from scratch: progress 1"
RAN = """([number, name]) => {
  const text = `def check_${name}(f):`, before = { kind: 'check', published: text, made: { text } };
  const detail = { kind: 'exercise', before, output: { printed: `${name}: passed\\n` } };
  const cell = document.querySelectorAll('div.cell')[number - 1];
  cell.dispatchEvent(new CustomEvent('cell-ran', { bubbles: true, detail }));
}"""  # what a cell says when it has run: starting Python for it takes longer than all else here
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('SecurityError'); } });"
SERIOUS = """async options => (await axe.run(
    { include: ['nav.bd-docs-nav', '.progress-buttons', '.progress-exercise'] },
    { resultTypes: ['violations'], ...options })).violations
  .filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].html}`)"""


@pytest.fixture
def window(browser, address):
    """Open tabs that share a storage of their own; at the end none has complained. With a script nobody listens: the
    theme complains of what it takes away. No formula is set, which would take longer than all else."""
    contexts, found = [], []

    def opened(script=None, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(30_000)
        context.route("**/tex-chtml.js*", lambda route: route.fulfill(body="", content_type="text/javascript"))
        if script:
            context.add_init_script(script)
        else:
            context.on("page", lambda tab: listen(tab, address, found))
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()
    assert found == []


def mark(tab, exercise):
    return tab.locator(f"#{exercise} .progress-mark").text_content()


def count(tab, chapter):
    """What stands beside a chapter in the contents; "" where nothing is shown."""
    words = tab.locator("nav.bd-docs-nav a", has_text=f"{chapter} · ").locator(".progress-count")
    return words.text_content() if words.is_visible() else ""


def table(context, address):
    """The page of the progress."""
    tab = context.new_page()
    tab.goto(f"{address}/book/progress.html")
    tab.locator(".progress-summary").wait_for()
    return tab


def give(tab, marks):
    """Let a page have marks as if another tab had made them."""
    text = json.dumps({"format": KEY[:-2], "version": 1, "passed": marks})
    tab.evaluate(
        """([key, text]) => {
          localStorage.setItem(key, text);
          dispatchEvent(new StorageEvent('storage', { key }));
        }""",
        [KEY, text],
    )


def row(tab, exercise):
    return tab.locator(f"tr:has(a[href$='#{exercise}']) td").text_content()


def published(tab, chapter=QUICK):
    """{name: checksum} of a chapter's exercises, as the page knows them."""
    facts = json.loads(tab.locator("#progress-exercises").text_content())
    return {name: check for name, (_, check) in facts[chapter].items()}


def test_an_answer_that_passes_is_marked_and_nothing_else_is(window, address):
    context = window()
    chapter, other = Chapter(context.new_page(), address), table(context, address)
    tab = chapter.tab
    assert tab.locator(".progress-mark:visible, .progress-count:visible").count() == 0
    assert chapter.run(SOLUTION) == "ran" and "chain: passed" in chapter.printed(SOLUTION)
    assert mark(tab, "ex-00-2") == count(tab, "00") == ""

    answer = notebook_cells(QUICK)[SOLUTION - 1].source
    chapter.cell(CHECK).locator("details").evaluate("fold => { fold.open = true; }")
    chapter.edit(CHECK, "def check_chain(chain):\n    pass")
    assert chapter.run(CHAIN) == "ran" and "chain: passed" in chapter.printed(CHAIN)
    assert mark(tab, "ex-00-2") == "passed an edited check: not counted" and count(tab, "00") == ""
    chapter.press(CHECK, "reset")
    chapter.edit(CHAIN, answer.replace("def chain", "print('mine')\n\n\ndef chain"))
    assert chapter.run(CHAIN) == "ran" and "mine\nchain: passed" in chapter.printed(CHAIN)
    assert mark(tab, "ex-00-2") == "passed"
    assert tab.locator("#ex-00-2 .progress-mark").get_attribute("role") == "status"
    assert [count(tab, number) for number in ("00", "01")] == ["1 of 5 exercises passed", "0 of 4 exercises passed"]

    other.locator("text=You have passed 1 of").wait_for()  # the other tab hears of it
    assert row(other, "ex-00-2") == "passed" and row(other, "ex-00-1") == "not yet"
    assert count(other, "00") == "1 of 5 exercises passed"
    chapter.press(CHAIN, "reset")
    assert chapter.run(CHAIN) == "ran" and "not yet" in chapter.printed(CHAIN)
    assert mark(tab, "ex-00-2") == "passed" and mark(tab, "ex-00-1") == ""


def test_it_is_saved_as_a_file_forgotten_and_read_back(window, address, tmp_path):
    tab = table(window(), address)
    said = tab.locator(".progress-buttons .run-status")
    buttons = {name: tab.get_by_role("button", name=name) for name in ("Save as a file", "Read a file", "Forget all")}
    for name in ("Save as a file", "Forget all"):
        buttons[name].click()
        assert said.text_content().startswith("There is nothing to ")
    checks = published(tab)
    give(tab, {QUICK: {"chain": checks["chain"], "both": checks["both"]}})
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save as a file").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".json" and path.stat().st_size < 300
    assert json.loads(path.read_text())["passed"] == {QUICK: {"chain": checks["chain"], "both": checks["both"]}}

    forget = tab.get_by_role("button", name="Forget all")
    forget.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.textContent") == "Keep them"
    tab.keyboard.press("Escape")
    assert tab.locator("text=You have passed 2 of").is_visible()
    forget.click()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert said.text_content() == "All marks are forgotten."
    assert tab.evaluate("key => localStorage.getItem(key)", KEY) is None
    assert row(tab, "ex-00-2") == "not yet" and count(tab, "00") == ""

    with tab.expect_file_chooser() as chooser:
        tab.get_by_role("button", name="Read a file").click()
    chooser.value.set_files(path)
    tab.locator(".run-status", has_text="2 marks new, 0 here already").wait_for()
    assert row(tab, "ex-00-2") == "passed" and count(tab, "00") == "2 of 5 exercises passed"
    damaged, photo = tmp_path / "damaged.json", tmp_path / "photo.jpg"
    damaged.write_text(path.read_text()[:-9])
    photo.write_bytes(b"\xff\xd8" + bytes(range(256)) * 9000)
    for file in (damaged, photo):
        tab.locator("input[type=file]").set_input_files(file)
        tab.locator(".run-status", has_text=f"{file.name} was not read: it is").wait_for()
        assert said.text_content().endswith("Nothing has changed.") and row(tab, "ex-00-2") == "passed"


def test_where_the_browser_keeps_nothing_the_page_says_so(window, address):
    context = window(NO_STORAGE)
    tab = table(context, address)
    assert tab.locator(".progress-trouble").text_content().startswith("This browser keeps nothing")
    tab.goto(f"{address}/notebooks/{QUICK}.html")
    tab.locator("#ex-00-2 .progress-mark").wait_for(state="attached")
    tab.evaluate(RAN, [CHAIN, "chain"])
    assert mark(tab, "ex-00-2") == "passed; this browser does not keep it"
    assert count(tab, "00") == "1 of 5 exercises passed"


def test_without_scripts_nothing_dead_shows(window, address):
    tab = window(java_script_enabled=False).new_page()
    tab.goto(f"{address}/book/progress.html")
    assert tab.locator("article button, article input, .progress-count, .progress-table td").count() == 0
    assert tab.get_by_role("link", name="Exercise 0.2").is_visible()


def test_for_everybody(window, address):
    """On a phone and at 400 %, light and dark, in one's own colours, heard, and on paper; a check was changed."""
    tab = table(window(width=320), address)
    give(tab, {QUICK: {"chain": published(tab)["chain"], "both": "0" * 8}})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    box = tab.locator(".progress-table .pst-scrollable-table-container")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert tab.locator("tr:has(a[href$='#ex-00-2']) th").get_attribute("scope") == "row"
    assert row(tab, "ex-00-5") == "passed an earlier check: run your answer again"
    tab.set_viewport_size({"width": 1280, "height": 900})  # the contents show
    tab.evaluate(script())
    assert tab.evaluate(SERIOUS, {}) == []
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert tab.evaluate(SERIOUS, {"runOnly": ["color-contrast"]}) == []
    link = tab.get_by_role("link", name="00 · Warm-up 1 of 5 exercises passed")
    assert re.sub(r"\s+", " ", link.inner_text()).startswith("00 · Warm-up 1 of 5")
    tab.emulate_media(media="print")
    assert not tab.locator(".progress-buttons").is_visible() and tab.locator("td", has_text="earlier").is_visible()
    tab.goto(f"{address}/notebooks/{QUICK}.html")
    assert not tab.locator("#ex-00-2 .progress-mark").is_visible(), "on paper stands what is published"
    tab.emulate_media(media="screen", forced_colors="active")
    seen = tab.locator("#ex-00-2 .progress-mark")
    seen.wait_for()
    assert seen.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    assert mark(tab, "ex-00-2") == "passed" and mark(tab, "ex-00-5") == "passed an earlier check"
