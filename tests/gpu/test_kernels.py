"""The kernels that a reader edits and runs on their page, in Chromium, which has WebGPU in software, and where there is
none.
"""

import re
from contextlib import contextmanager

import axe
import pytest
from chromium import drawn, find_chromium
from engines import engine, settled
from gpu_devices import CHROMIUM
from gpu_page import KERNELS
from served_site import listen

from nnlib.gpu.device import source
from nnlib.gpu.trial import reversed_order

__all__ = ["engine"]

NAMES = sorted(path.stem for path in KERNELS.glob("*.wgsl") if path.stem != "blocks")
OPEN = "Edit and run it in this browser"
DONE = "[...document.querySelectorAll('.kernel-bar .run-stop')].every(stop => stop.hidden)"


class Page:
    """A page with kernels, of which the first is open."""

    def __init__(self, tab):
        self.tab = tab

    @property
    def status(self):
        return self.tab.locator(".run-status").first.inner_text()

    @property
    def result(self):
        return self.tab.locator(".kernel-result").first.inner_text()

    def open(self):
        self.tab.locator(".run-open").first.click()
        self.tab.wait_for_selector(".kernel-editor > *")
        return self

    def change(self, old, new):
        """Replace what stands once in the published text."""
        self.tab.evaluate(
            """([old, now]) => {
              const { kernel } = document.querySelector('.tag_kernel');
              if (kernel.published.split(old).length !== 2) throw new Error(`expected once: ${old}`);
              kernel.change(kernel.published.replace(old, now));
            }""",
            [old, new],
        )

    def start(self):
        self.tab.evaluate("document.querySelector('.run-run').click()")  # a hung card draws no page to point at

    def run(self):
        self.start()
        self.tab.wait_for_function(DONE, timeout=60_000)
        return self.status


@pytest.fixture
def page_of(chromium, kernels):
    """A function: the page of some kernels, the first open; at the end it must have complained of nothing."""
    found, contexts = [], []

    def page(names, browser=chromium, opened=True, theme="light", script=None, **options):
        context = browser.new_context(**({"viewport": {"width": 900, "height": 1000}, "color_scheme": theme} | options))
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(20_000)
        listen(tab, kernels, found)
        if script:
            tab.add_init_script(script)
        tab.goto(f"{kernels}/{names}.kernels?theme={theme}")
        return Page(tab).open() if opened else Page(tab)

    page.found = found
    yield page
    for context in contexts:
        context.close()
    assert found == []


@pytest.fixture(scope="module")
def modules(chromium, kernels):
    """A page from which the modules are called."""
    tab = chromium.new_page()
    tab.goto(f"{kernels}/sgd.kernels")
    tab.evaluate(
        """async () => {
          for (const name of ['cases', 'device', 'trial']) window[name] = await import(`/gpu/${name}.js`);
        }"""
    )
    yield tab.evaluate
    tab.close()


# ---- as published ---------------------------------------------------------------------------------------------------


def test_every_kernel_has_its_case(modules):
    assert modules("Object.keys(cases.CASES).sort()") == sorted(NAMES)


def test_the_text_is_the_file_s(modules):
    texts = modules("names => Promise.all(names.map(device.source))", NAMES)
    assert texts == [source(name) for name in NAMES]


def test_reversed_threads_are_those_of_the_tests(modules):
    """The kernels of the tests are reversed by Python."""
    texts = [source(name) for name in NAMES]
    assert modules("texts => texts.map(trial.reversed)", texts) == [reversed_order(text) for text in texts]


TRY = """async name => {
  const text = await device.source(name), tried = await trial.trial(await device.find(), text, name);
  const runs = tried.results.flatMap(({ found }) => Object.values(found)).flatMap(Object.values);
  return { runs, orders: Object.keys(tried.results[0].found), messages: tried.messages.length,
           verdict: trial.verdict(tried, text, text) };
}"""
QUICK = ["adam", "gather", "product_naive", "softmax_cross_entropy"]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.sweep(seconds=5)) for name in NAMES]
)
def test_a_kernel_as_published_is_right(modules, name):
    tried = modules(TRY, name)
    assert tried["orders"] == ["in order", "reversed"] and tried["messages"] == 0
    for run in tried["runs"]:
        assert run["largest"] < 1e-6 and run["wrong"] == run["nan"] == run["outside"] == run["untouched"] == 0
    (said,) = tried["verdict"]
    assert said.startswith("Right: at ")


def test_a_reader_runs_a_kernel_with_the_keyboard(page_of):
    page = page_of("product_naive+sgd", opened=False)
    asked = []
    page.tab.on("request", lambda request: asked.append(request.url))
    page.tab.get_by_role("button", name="Edit and run it in this browser: the kernel product_naive").focus()
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector(".cm-content:focus")
    assert {url.split("/")[-1] for url in asked} >= {"kernel.js", "editor.js", "product_naive.wgsl"}
    page.tab.keyboard.press("Shift+Enter")
    page.tab.wait_for_function("document.querySelector('.run-status').textContent.startsWith('Right')")
    table = page.tab.locator(".kernel-result table")
    assert re.search(r"On .*swiftshader", table.locator("caption").inner_text(), re.IGNORECASE)
    assert "rows × inner × columns" in page.result and "100 × 785 × 10" in page.result
    assert table.locator("td").count() == 8
    assert all(cell.startswith("right: largest difference ") for cell in table.locator("td").all_inner_texts())
    page.tab.keyboard.press("Escape")
    assert page.tab.evaluate("document.activeElement.textContent") == "Run"
    assert page.tab.locator(".cell_output").first.inner_text().strip() == source("product_naive").strip()  # it stays


def test_nothing_is_fetched_before_the_press(page_of):
    page = page_of("product_naive+sgd", opened=False)
    files = page.tab.evaluate("performance.getEntriesByType('resource').map(entry => entry.name.split('/').pop())")
    scripts = [name for name in files if name.endswith((".js", ".wgsl"))]
    assert scripts == ["mount.js", "bar.js"]
    assert page.tab.locator(".run-open").all_inner_texts() == [OPEN, OPEN]


# ---- edited ---------------------------------------------------------------------------------------------------------

NAIVE_GUARD = "if (row >= sizes.rows || column >= sizes.columns)"
FETCHED = "workgroupBarrier();  // fetched by all, before anyone uses it"
EDITS = {
    "no guard": (
        "product_naive", NAIVE_GUARD, "if (false)", r"Wrong: at ", r"writes outside its array.*threads beyond the edge",
    ),
    "no barrier": ("product_tiled", FETCHED, "", r"Wrong: at ", r"fewer barriers than the published kernel"),
    "rows for columns": (
        "product_naive", "k * sizes.columns", "k * sizes.rows", r"Wrong: at ",
        r"does it read outside its arrays\?.*At 64 × 64 × 64 it is right.*one size in place of another",
    ),
    "a syntax error": (
        "product_naive", "var sum = 0.0;", "var sum = 0.0",
        r"Not run: .* finds (an error|\d errors), the first in line \d\d: .*';'", r"line \d\d error: .*';'",
    ),
    "a barrier that not all reach": (
        "product_tiled", "var sum = 0.0;", "if (row >= sizes.rows) { return; } var sum = 0.0;",
        r"Not run: .* must only be called from uniform control flow", r"A barrier waits for all threads of its group",
    ),
    "nothing is done": (
        "bias", "Z[id.y * sizes.columns + id.x] += b[id.x];", "", r"Wrong: at ", r"largest difference",
    ),
    "some are not written": (
        "column_sums", "thread.y == 0u && column < sizes.columns", "thread.y == 0u && column < sizes.columns / 2u",
        r"Wrong: at ", r"never written. Does every one have a thread that owns it\?",
    ),
    "an unused array": ("product_naive", "* W[k * sizes.columns + column]", "", r"Wrong: at ", r"largest difference"),
    "a warning": (
        "sgd", "w[i] -= step.eta * g[i];", "return; w[i] -= step.eta * g[i];", r"Wrong: at ",
        r"line \d\d warning: code is unreachable",
    ),
    "too many threads": (
        "sgd", "@workgroup_size(256)", "@workgroup_size(512)",
        r"Not run: it compiles, but the device does not take it.*512", r"^$",
    ),
    "another entry": ("sgd", "fn main", "fn first", r"Not run: it compiles, .*main", r"^$"),
    "another binding": (
        "sgd", "@binding(2)", "@binding(7)", r"Not run: in line \d+, .* at binding 7. .* g at 1, w at 2;",
        r"^line \d+ error",
    ),
    "no text": ("sgd", source("sgd"), " ", r"Not run: there is no text; Reset", r"^$"),
    "other words": ("sgd", "w[i] -= step.eta * g[i]", "w[i] = w[i] - step.eta * g[i]", r"Right: at 4 sizes", r"^On"),
}  # fmt: skip
COMPILER = re.compile("WGSL|[Ss]hader|ComputePipeline")  # what it says, the browser's console says too


@pytest.mark.parametrize(
    "edit",
    [edit if edit in list(EDITS)[:5] else pytest.param(edit, marks=pytest.mark.sweep(seconds=2)) for edit in EDITS],
)
def test_an_edit_is_judged_in_words(page_of, edit):
    kernel, old, new, status, result = EDITS[edit]
    page = page_of(kernel)
    page.change(old, new)
    assert re.match(status, page.run())
    assert re.search(result, page.result.replace("\n", " "))
    page_of.found[:] = [text for text in page_of.found if not COMPILER.search(text)]


def test_what_the_device_refused_once_is_not_told_again(page_of):
    """A layout is refused where nobody waits; the next run has nothing to do with it."""
    page = page_of("sgd")
    page.change("@binding(2)", "@binding(99999)")
    assert page.run().startswith("Not run: ")
    page.tab.evaluate("document.querySelector('.tag_kernel').kernel.device.gpu.createBuffer({ size: 4, usage: 0 })")
    page.tab.locator(".run-reset").click()
    page.run()  # is told of the buffer
    assert page.run().startswith("Right: at 4 sizes")
    page_of.found.clear()  # the browser's console has both


def test_the_compiler_s_words_stand_below_their_line(page_of):
    page = page_of("product_tiled")
    page.change("var sum = 0.0;", "if (row >= sizes.rows) { return; } var sum = 0.0;")
    page.run()
    page_of.found.clear()  # the browser's console has it too
    below = page.tab.evaluate(
        """[...document.querySelectorAll('.editor-error')].map(message =>
          [message.textContent, message.previousElementSibling.textContent])"""
    )
    assert below == [["error: 'workgroupBarrier' must only be called from uniform control flow", " " * 8 + FETCHED]]
    number = 1 + source("product_tiled").split("\n").index(" " * 8 + FETCHED)
    page.tab.get_by_role("button", name=f"line {number}").click()
    line = "getSelection().anchorNode.parentElement.closest('.cm-line').textContent.trim()"
    assert page.tab.evaluate(line) == FETCHED
    page.tab.locator(".run-reset").click()
    assert page.tab.locator(".editor-message").count() == 0 and page.result == ""


def test_an_edit_stays_in_this_browser_until_reset(page_of):
    page = page_of("sgd")
    page.change("step.eta * g[i]", "g[i]")
    page.tab.reload()
    page.open()
    assert page.status == "This is your text, kept in this browser."
    assert page.tab.evaluate("document.querySelector('.tag_kernel').kernel.text").count("w[i] -= g[i];") == 1
    assert page.run().startswith("Wrong: at 1024 weights, 1,024 of 1,024 numbers are wrong.")
    page.change("step.eta * g[i]", "2 * g[i]")
    assert page.tab.locator(".kernel-result.kernel-old").count() == 1  # it is the other text's
    page.tab.locator(".run-reset").click()
    assert page.run().startswith("Right") and page.tab.locator(".run-reset").is_hidden()
    page.tab.reload()
    assert page.open().status == ""


def test_where_the_editor_does_not_come_there_is_a_plain_field(page_of):
    page = page_of("sgd", opened=False)
    page.tab.route("**/run/editor.js", lambda route: route.abort())
    page.open()
    page_of.found.clear()  # the request that failed
    assert page.status == "The editor could not be loaded: this is plain text to edit."
    field = page.tab.get_by_role("textbox", name="Text of the kernel sgd")
    field.fill(source("sgd").replace("step.eta", "2.0 * step.eta"))
    field.press("Shift+Enter")
    page.tab.wait_for_function("document.querySelector('.run-status').textContent.startsWith('Wrong')")


def test_where_the_kernel_does_not_come_it_says_so(page_of):
    page = page_of("sgd", opened=False)
    page.tab.route("**/sgd.wgsl", lambda route: route.fulfill(status=404))
    page.tab.locator(".run-open").click()
    page.tab.wait_for_function("/404/.test(document.querySelector('.run-status').textContent)")
    assert page.status.startswith(
        "The kernel could not be opened: expected the kernel sgd.wgsl from this site, got 404"
    )
    page_of.found.clear()
    page.tab.unroute("**/sgd.wgsl")
    page.open()  # the next press asks again


# ---- what can go wrong with a card ----------------------------------------------------------------------------------


def test_a_lost_card_is_said_and_the_next_run_has_another(page_of):
    page = page_of("sgd")
    page.change("g[i]", "2 * g[i]")
    page.run()
    page.tab.evaluate(
        """() => {
          const { kernel } = document.querySelector('.tag_kernel'), { read } = kernel.device.constructor.prototype;
          kernel.device.read = function (...args) { this.gpu.destroy(); return read.apply(this, args); };
        }"""
    )
    assert page.run() == "The graphics card was lost: it was given back"
    assert page.run().startswith("Wrong: at 1024 weights")  # the text stayed, and there is another card


def test_a_card_that_does_not_answer_is_said_and_can_be_stopped(page_of):
    page = page_of("sgd", opened=False)
    page.tab.clock.install()
    page.open()
    page.run()
    page.tab.evaluate("() => { GPUBuffer.prototype.mapAsync = () => new Promise(() => {}); }")
    page.start()
    page.tab.clock.run_for(5_100)
    assert page.status == (
        "Nothing has come back for 5 s. Does a loop never end? The browser may end it; or press Stop. Your text stays."
    )
    page.tab.clock.run_for(5_000)
    assert page.status.startswith("Nothing has come back for 10 s.")
    page.tab.get_by_role("button", name="Stop the kernel sgd").click()
    page.tab.wait_for_function(DONE)
    assert page.status == "Stopped. The graphics card was given back; the next run asks for it again."
    assert page.tab.evaluate("document.activeElement.textContent") == "Run"


@contextmanager
def own(playwright, *arguments):
    """A browser of its own, which may come to harm."""
    browser = playwright.launch(executable_path=find_chromium(), args=[*CHROMIUM, *arguments])
    yield browser
    browser.close()


@pytest.mark.sweep(seconds=40)
def test_a_loop_that_does_not_end(chromium, page_of):
    with own(chromium.browser_type) as browser:
        page = page_of("sgd", browser)
        page.change(
            "let i = id.x;", "let i = id.x; for (var j = 0u; j < 4000000000u; j++) { w[i] = 0.5 * w[i] + f32(j); }"
        )
        page.start()
        page.tab.wait_for_function("/Nothing has come back/.test(document.querySelector('.run-status').textContent)")
        page.tab.evaluate("document.querySelector('.kernel-bar .run-stop').click()")
        assert page.status.startswith("Stopped.")


@pytest.mark.sweep(seconds=10)
def test_a_crash_of_the_browser_s_gpu_process(chromium, page_of):
    with own(chromium.browser_type) as browser:
        page = page_of("sgd", browser)
        assert page.run().startswith("Right")
        page.tab.evaluate("() => { GPUBuffer.prototype.mapAsync = () => new Promise(() => {}); }")  # it is waited for
        page.start()
        browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
        page.tab.wait_for_function(DONE, timeout=20_000, polling=100)  # a page that is not drawn
        page_of.found.clear()
        assert page.status.startswith("The graphics card was lost: "), page.status


# ---- where there is no WebGPU ---------------------------------------------------------------------------------------


def check_nothing_is_lost(page, kernel="sgd"):
    assert page.tab.locator(".cell_output").first.inner_text().strip() == source(kernel).strip()


def test_without_webgpu_the_page_says_so_once(page_of):
    script = "Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })"
    page = page_of("sgd+adam", opened=False, script=script)
    (note,) = page.tab.locator(".kernel-note").all_inner_texts()
    assert note == (
        "The kernels of this page can be edited and run in a browser with WebGPU. "
        "This one has no WebGPU, or it is switched off."
    )
    assert page.tab.locator("button").count() == 0
    check_nothing_is_lost(page)


def test_a_browser_that_refuses_a_card_says_so(browser, page_of):
    """The tests' usual one has no card."""
    page = page_of("sgd", browser)
    assert re.match("This browser has WebGPU, and refuses a graphics card: ", page.run())
    assert page.status.endswith("What is printed above is the kernel as published.")
    page_of.found.clear()  # "No available adapters."
    check_nothing_is_lost(page)


def test_an_insecure_page_says_so(chromium, kernels):
    tab = chromium.new_page()
    other = "http://book.example"  # no address of this machine's, and nothing is asked of it

    def from_here(route):
        route.fulfill(response=route.fetch(url=route.request.url.replace(other, kernels)))

    tab.route(f"{other}/**", from_here)
    tab.goto(f"{other}/sgd.kernels")
    tab.wait_for_selector(".kernel-note")
    assert "WebGPU only to pages that come over https, or from this machine" in tab.locator(".kernel-note").inner_text()
    check_nothing_is_lost(Page(tab))
    tab.close()


@pytest.mark.sweep(seconds=20)
def test_other_engines_say_what_they_have(engine, kernels):
    """Run it, or say that there is no WebGPU: Debian's Firefox and WebKit have none."""
    engine.goto(f"{kernels}/sgd.kernels")
    settled(engine, "document.querySelector('.kernel-note, .run-open') !== null", "a note or a button", 60)
    if engine.evaluate("document.querySelector('.run-open') !== null"):
        engine.evaluate("void document.querySelector('.run-open').click()")
        settled(engine, "document.querySelector('.cm-editor') !== null", "the editor", 60)
        engine.evaluate("void document.querySelector('.run-run').click()")
        settled(engine, "/^(Right|This browser)/.test(document.querySelector('.run-status').textContent)", "a word", 60)
    else:
        note = engine.evaluate("document.querySelector('.kernel-note').textContent")
        assert "in a browser with WebGPU. This one has no WebGPU" in note


# ---- for everybody --------------------------------------------------------------------------------------------------

AXE = "async () => (await axe.run('.cell')).violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(page_of, theme):
    page = page_of("sgd", theme=theme)
    page.change("let i = id.x;", "let i: i32 = id.x;")
    page.run()
    page_of.found.clear()
    assert page.tab.locator(".editor-error").count() == 1
    page.tab.add_script_tag(content=axe.script())
    assert page.tab.evaluate(AXE) == []
    page.tab.locator(".run-reset").click()
    assert page.run().startswith("Right")
    assert page.tab.evaluate(AXE) == []


def test_it_fits_a_narrow_page(page_of):
    page = page_of("sgd", viewport={"width": 320, "height": 700})
    width = "document.documentElement.scrollWidth"
    page.change("let i = id.x;", "let i: i32 = id.x;")
    page.run()
    page_of.found.clear()
    drawn(page.tab)
    assert page.tab.evaluate(width) <= 320
    assert page.tab.locator(".editor-error").bounding_box()["width"] < 300
    page.tab.locator(".run-reset").click()
    page.run()
    drawn(page.tab)
    assert page.tab.evaluate(width) <= 320


def test_paper_has_what_is_published(page_of):
    page = page_of("sgd")
    page.run()
    page.tab.emulate_media(media="print")
    names = [".kernel-bar", ".kernel-editor", ".kernel-result", ".cell_output"]
    assert [page.tab.locator(name).first.is_visible() for name in names] == [False, False, False, True]
