"""Every page in a real browser, light and dark, on a phone, a tablet and a desk: it loads, it typesets, it fits.

A page is opened once for all that is judged of it: laying out the mathematics of a chapter takes seconds.
"""

import gzip
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from axe import script
from built_site import pages
from chromium import NotDrawnError, drawn
from served_site import listen

WIDTHS = (1280, 820, 390, 320)  # the last is also a desk at 400 %
MODES = ("light", "dark")
MOST_SCROLLING = 2  # displays of a page that are too wide for a phone in their narrowest form
TYPESET = """async () => {
  if (!document.querySelector('.math')) return {formulas: 0, typeset: 0, errors: [], stops: 0};
  await MathJax.startup.promise;
  return {
    formulas: document.querySelectorAll('.math').length,
    typeset: document.querySelectorAll('.math > mjx-container').length,
    errors: [...document.querySelectorAll('mjx-merror')].map(e => e.textContent),
    stops: document.querySelectorAll('mjx-container[tabindex]').length,
  };
}"""

# Everything that folds is open, and the displays have the form for the width: they change it after the window does.
OPEN = "() => document.querySelectorAll('article details').forEach(details => { details.open = true; })"
SETTLED = """() => Promise.race([
  window.MathJax?.startup.promise.then(() => true) ?? true,
  new Promise(done => setTimeout(() => done(false), 60_000)),
])"""

# On a phone: displays whose reasons stand beside their lines, and which of them scroll in their box without a sign.
BESIDE = """() => [...document.querySelectorAll('div.math mjx-mtr')]
  .filter(row => row.children.length === 4 && !row.children[2].textContent && row.children[3].querySelector('mjx-c'))
  .map(row => row.closest('div.math').querySelector('math').textContent.slice(0, 80))"""
# What scrolls sideways where it is wider than the page.
BOXES = "div.math mjx-container, .scrolls, article pre, .output.text_html, .pst-scrollable-table-container"
UNSIGNED = """boxes => [...document.querySelectorAll(boxes)]
  .filter(e => e.scrollWidth > e.clientWidth + 1)
  .filter(e => !getComputedStyle(e).backgroundImage.includes('gradient'))
  .map(e => `<${e.localName}> shows ${e.clientWidth} of ${e.scrollWidth} pixels, and no sign of more`)"""
SCROLLING = """() => [...document.querySelectorAll('div.math mjx-container')]
  .filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.scrollWidth} in ${e.clientWidth}: ${e.querySelector('math').textContent.slice(0, 80)}`)"""

# Covers of these shadows that show, as they have another colour than what lies behind them.
STAINED = """boxes => [...document.querySelectorAll(boxes)]
  .filter(e => getComputedStyle(e).backgroundImage.includes('gradient'))
  .filter(e => {
    const ground = e => getComputedStyle(e).backgroundColor;
    let below = e;
    while (below.parentElement && ground(below) === 'rgba(0, 0, 0, 0)') below = below.parentElement;
    return !getComputedStyle(e).backgroundImage.includes(ground(below));
  }).map(e => `<${e.localName}> ${e.textContent.slice(0, 60)}`)"""

# How high the smallest words of each drawing of a cell are, in pixels.
SMALL = """() => Promise.all([...document.querySelectorAll('.cell_output img[src*=".svg"]')].map(async img => {
  const svg = await (await fetch(img.src)).text();
  const sizes = [...svg.matchAll(/scale\\((0?\\.\\d+) -\\1\\)/g)].map(found => 100 * 4 / 3 * found[1]);
  const natural = 4 / 3 * svg.match(/<svg[^>]* width="([\\d.]+)pt"/)[1];
  return [img.alt.slice(0, 60), Math.min(...sizes) * img.clientWidth / natural, sizes.length];
})).then(all => all.filter(([, size]) => size < 8.95).map(([alt, size]) => `${size.toFixed(1)} px: ${alt}`))"""

# What sticks out at the right and is not inside a box that scrolls.
OVERFLOW = """() => {
  const clips = e => getComputedStyle(e).overflowX !== 'visible';
  const scrolls = e => e && e !== document.body && (clips(e) || scrolls(e.parentElement));
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('main *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && !scrolls(e.parentElement))
    .map(e => `<${e.localName} class="${e.className}"> ends at ${Math.round(e.getBoundingClientRect().right)}`)
    .concat(`the document is ${document.documentElement.scrollWidth} wide`);
}"""

# Words that a box which does not scroll cuts off at the side.
CLIPPED = """() => [...document.querySelectorAll('main *')]
  .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1)
  .filter(e => /hidden|clip/.test(getComputedStyle(e).overflowX))
  .filter(e => e.innerText?.trim() && !e.closest('mjx-container, svg'))
  .map(e => `<${e.localName} class="${e.className}"> shows ${e.clientWidth} of ${e.scrollWidth} pixels`)"""

# Words whose colour is too close to what lies behind them (WCAG 2: 4.5, or 3 for large words).
FAINT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((v, i) => a * v + (1 - a) * below[i]);
  const behind = e => {
    const c = e ? channels(getComputedStyle(e).backgroundColor) : [255, 255, 255];
    return (c[3] ?? 1) === 1 ? c : over(c, behind(e.parentElement));
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('script, style, svg, noscript, mjx-assistive-mml, .headerlink')) continue;
    if (!e.checkVisibility({opacityProperty: true, visibilityProperty: true}) || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize), ground = behind(e);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const [a, b] = [light(over(channels(style.color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const words = node.data.trim().slice(0, 30);
    if (ratio < needed) found.set(`${style.color} on ${ground}`, `${words} (${ratio.toFixed(2)} : 1)`);
  }
  return [...found].map(([colours, words]) => `${words}: ${colours}`);
}"""


# What axe finds. What it says of colours takes it most of the time and is left to the sweep: FAINT has judged them.
# Formulas are MathJax's own: their hidden MathML would be most of what axe looks at.
COLOURS = ["color-contrast", "link-in-text-block"]
SERIOUS = """async options => {
  const { violations } = await axe.run({ exclude: ["mjx-container"] }, { resultTypes: ["violations"], ...options });
  return violations.filter(v => ["serious", "critical"].includes(v.impact)).flatMap(
    v => v.nodes.map(node => `${v.id} (${v.impact}): ${node.html.slice(0, 150)}`));
}"""

# What a reader's browser loads for a page before anything is pressed, as a host that gzips sends it.
HEAVIEST = 800_000  # bytes
COMPRESSED = {".woff", ".woff2", ".png", ".jpg"}  # gzip gains nothing on these


def sent(path):
    content = path.read_bytes()
    return len(content if path.suffix in COMPRESSED else gzip.compress(content, 6))


def resize(tab, width):
    """Make the window as wide, until the page has taken the form for it."""
    tab.set_viewport_size({"width": width, "height": 900})
    drawn(tab)
    assert tab.evaluate(SETTLED), f"mathematics that is not typeset after a minute at {width} px"


def wear(tab, mode):
    """Follow the system into light or dark, until all has its colour."""
    tab.emulate_media(color_scheme=mode)
    tab.wait_for_function(f"document.documentElement.dataset.theme === '{mode}'")
    drawn(tab)
    tab.wait_for_function("document.getAnimations().every(animation => animation.playState !== 'running')")


@contextmanager
def opened(browser, address, site, name):
    """A page in a context of its own, all open, from top to bottom: its figures are alive."""
    with browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, color_scheme="light") as context:
        tab, complaints, files = context.new_page(), [], set()
        tab.set_default_timeout(60_000)
        listen(tab, address, complaints)
        tab.on("request", lambda request: files.add(site.html / unquote(urlsplit(request.url).path.lstrip("/"))))
        tab.goto(f"{address}/{name}.html")
        mathematics = tab.evaluate(TYPESET)
        tab.evaluate(OPEN)
        for top in range(0, tab.evaluate("document.documentElement.scrollHeight"), 700):
            tab.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
            drawn(tab)
        tab.wait_for_function(
            "() => [...document.querySelectorAll('figure.interactive')].every(e => e.classList.contains('mounted'))"
        )
        tab.wait_for_load_state("networkidle")
        yield SimpleNamespace(name=name, tab=tab, complaints=complaints, files=files, mathematics=mathematics)


@pytest.fixture(scope="module", params=[*pages(), "search"])
def page(browser, address, site, request):
    """Once in some thousand pages the browser stops to draw one for good: then it is opened anew, once."""
    with ExitStack() as stack:
        try:
            page = stack.enter_context(opened(browser, address, site, request.param))
        except NotDrawnError:
            page = stack.enter_context(opened(browser, address, site, request.param))
        yield page


@pytest.fixture(scope="session")
def tab(browser):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_default_timeout(20_000)
    return tab


@pytest.fixture
def complaints(tab, address):
    """What the browser complains about while a test runs: errors, warnings, failed requests, requests to elsewhere."""
    tab.goto("about:blank")  # what the page of another test still fetches is not this test's
    found = []
    listeners = listen(tab, address, found)
    yield found
    for event, listener in listeners.items():
        tab.remove_listener(event, listener)


def test_it_typesets_and_fits(page):
    """At each width nothing sticks out and nothing is cut off; the words stand out in both modes, wide and narrow."""
    mathematics, tab = page.mathematics, page.tab
    assert mathematics["errors"] == [], "equations that MathJax cannot read"
    assert mathematics["typeset"] == mathematics["formulas"]
    assert mathematics["stops"] == 0, "formulas that the Tab key stops at"
    assert tab.locator("h1:visible").count() == 1
    for width in WIDTHS:
        resize(tab, width)
        assert width >= 600 or tab.evaluate(BESIDE) == [], f"reasons beside their lines at {width} px"
        assert width != 390 or len(tab.evaluate(SCROLLING)) <= MOST_SCROLLING, tab.evaluate(SCROLLING)
        assert tab.evaluate(UNSIGNED, BOXES) == [], f"scrolls without a sign at {width} px"
        assert tab.evaluate(SMALL) == [], f"words too small to read at {width} px"
        assert tab.evaluate(OVERFLOW) == [], f"sticks out at {width} px"
        assert tab.evaluate(CLIPPED) == [], f"is cut off at {width} px"
        for mode in MODES if width in (1280, 390) else ():
            wear(tab, mode)
            assert tab.evaluate(STAINED, BOXES) == [], f"a stain in {mode} mode at {width} px"
            assert tab.evaluate(FAINT) == [], f"hard to read in {mode} mode at {width} px"
    resize(tab, WIDTHS[0])


def test_axe_finds_nothing_serious(page):
    page.tab.evaluate(script())
    assert page.tab.evaluate(SERIOUS, {"rules": {rule: {"enabled": False} for rule in COLOURS}}) == []


@pytest.mark.sweep
def test_axe_finds_nothing_serious_in_any_form(page):
    """Words that are hard to read, in both modes; on a phone what scrolls there, which has to be a stop of the Tab key.

    One test, as to open a page takes longer than to judge it.
    """
    tab = page.tab
    tab.evaluate(script())
    for mode in MODES:
        wear(tab, mode)
        assert tab.evaluate(SERIOUS, {"runOnly": COLOURS}) == [], mode
    resize(tab, 390)
    tab.wait_for_timeout(1000)  # the theme looks what scrolls 0.3 s after a change of the size
    assert tab.evaluate(SERIOUS, {"rules": {rule: {"enabled": False} for rule in COLOURS}}) == []


def test_it_is_light(page, site):
    """All that it loads, its figures too, before anything is pressed."""
    weights = sorted(((sent(path), path.name) for path in page.files if path.is_file()), reverse=True)
    assert site.html / f"{page.name}.html" in page.files
    assert sum(weight for weight, _ in weights) < HEAVIEST, weights[:8]


def test_the_browser_complains_about_nothing(page):
    """No error, no warning, no failed request and none to elsewhere, through all of the tests above."""
    page.tab.wait_for_load_state("networkidle")
    assert page.complaints == []


def test_these_tests_see_what_is_wrong(tab, address, complaints):
    """An unknown command in an equation, a box too wide, grey words on white, a picture from another host, no names."""
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.goto(f"{address}/notebooks/04_softmax.html")
    assert tab.evaluate(TYPESET)["errors"] == tab.evaluate(OVERFLOW) == tab.evaluate(FAINT) == complaints == []
    with tab.expect_event("requestfailed"):
        tab.evaluate(
            r"""document.querySelector('article').insertAdjacentHTML('afterbegin',
            '<p style="color: #aaa">pale</p><div style="width: 500px">wide</div>' +
            '<p class="mathjax_process">\\(\\nosuchcommand\\)</p>' +
            '<img src="http://another.invalid/picture.png" alt="">')"""
        )
    tab.evaluate("MathJax.typesetPromise()")
    assert len(tab.evaluate(TYPESET)["errors"]) == 1
    assert "wide" in tab.evaluate(OVERFLOW)[-1]
    assert "pale" in tab.evaluate(FAINT)[0]
    assert "elsewhere: http://another.invalid/picture.png" in complaints
    tab.evaluate(script())
    tab.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')"
    )
    assert {line.split(" ")[0] for line in tab.evaluate(SERIOUS, {})} >= {"image-alt", "button-name"}


def test_displays_follow_the_width_of_the_page(tab, address, complaints):
    """Opened narrow and opened wide, and back: the same display."""
    tab.emulate_media(color_scheme="light")
    forms = []
    for opened, then in ((1280, 390), (390, 1280)):
        tab.set_viewport_size({"width": opened, "height": 900})
        tab.goto(f"{address}/notebooks/04_softmax.html")
        tab.evaluate(OPEN)
        for width in (opened, then, opened):
            resize(tab, width)
            words = tab.locator("div.math mjx-container").all_text_contents()
            forms.append((width, words, len(tab.evaluate(BESIDE))))
    assert {width: len(words) for width, words, _ in forms} == {1280: len(forms[0][1]), 390: len(forms[0][1])}
    for width in (1280, 390):
        first, *others = [form for form in forms if form[0] == width]
        assert others == [first] * 2, width
        assert (first[2] > 0) == (width == 1280)
    assert tab.evaluate(TYPESET)["errors"] == complaints == []


def test_these_tests_see_what_is_too_small_or_hidden(tab, address):
    tab.set_viewport_size({"width": 390, "height": 900})
    tab.goto(f"{address}/notebooks/04_softmax.html")
    resize(tab, 390)
    assert tab.evaluate(SMALL) == tab.evaluate(UNSIGNED, BOXES) == []
    tab.evaluate("""() => document.querySelectorAll('.scrolls').forEach((box, i) => {
      if (i % 2) box.style.setProperty('background', 'none', 'important');
      else box.firstElementChild.style.setProperty('min-width', '0', 'important');
    })""")
    assert tab.evaluate(SMALL) and tab.evaluate(UNSIGNED, BOXES)


def test_a_page_that_opens_in_the_dark_is_dark(browser, address):
    tab = browser.new_page(color_scheme="dark")
    tab.goto(f"{address}/book/introduction.html")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
    tab.close()


def test_search_is_there_once_and_finds(tab, address):
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{address}/search.html?q=softmax")
    assert tab.locator("button.search-button-field:visible, button.search-button:visible").count() == 1
    tab.locator("#search-results li a").first.wait_for()
    tab.wait_for_load_state("networkidle")  # it reads the pages that it found


@pytest.mark.parametrize("name", ["draw", "introduction"])
def test_the_sheet_reads_what_is_drawn(tab, address, complaints, name):
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{address}/book/{name}.html")
    tab.locator(".draw-a-digit").scroll_into_view_if_needed()
    pad = tab.locator(".draw-a-digit.mounted .pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for i, (x, y) in enumerate([(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]):
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if i == 0:
            tab.mouse.down()
    tab.mouse.up()
    assert tab.locator(".answer").text_content().startswith("Read as 7")
    assert tab.locator(".inside:visible").count() == (name == "draw")
    assert not tab.locator(".draw-a-digit .legend").is_visible()
    assert complaints == []


def test_hidden_answers_open_by_keyboard_and_are_large_enough_for_a_finger(browser, address):
    phone = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(f"{address}/notebooks/04_softmax.html")
    summaries = phone.locator("article details > summary")
    assert summaries.count() > 4
    assert all(box["height"] >= 44 for box in (summaries.nth(i).bounding_box() for i in range(summaries.count())))
    answer = summaries.first.locator("xpath=..")
    summaries.first.focus()
    phone.keyboard.press("Enter")
    assert answer.evaluate("details => details.open")
    phone.close()


def test_paper_shows_the_text_and_the_answers_and_nothing_around(browser, address):
    tab = browser.new_page(viewport={"width": 800, "height": 1100}, color_scheme="dark")
    tab.goto(f"{address}/notebooks/04_softmax.html")
    tab.emulate_media(media="print")
    assert tab.locator("h1").is_visible()
    assert tab.evaluate(FAINT) == [], "hard to read on paper"
    assert not tab.locator(".bd-sidebar-primary, .bd-header-article").filter(visible=True).count()
    answer = tab.locator(".cell.tag_solution .cell_input, .cell.tag_solution pre").first
    assert answer.bounding_box()["height"] > 20
    labels = {"check": "The check", "exercise": "Your turn", "solution": "A solution"}  # no summary says it there
    for tag, label in labels.items():
        cell = tab.locator(f".cell.tag_{tag}").first
        assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == f'"{label}"'
    tab.close()
