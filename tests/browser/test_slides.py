"""Slides in a browser: each fits, figures answer, a key leads there and back; on a phone, without scripts, on paper."""

import re

import pytest
from axe import script
from built_site import pages
from chapter_page import Chapter
from chromium import drawn
from served_site import listen

CHAPTERS = [name.partition("/")[2] for name in pages() if name.startswith("notebooks/")]
DECK = "04_softmax"
SIZE = {"width": 1280, "height": 720}
LEAST = 13  # pixels: the smallest letters of a slide of that size, but for those inside a figure

# All slides at once, as each is when it is the one that is shown.
SPREAD = """() => {
  const style = document.createElement('style');
  style.textContent = `.slides { transform: none !important } .slides section { display: block !important;
    position: static !important; visibility: visible !important; opacity: 1 !important; }`;
  document.head.append(style);
}"""

# What sticks out of its slide, is cut off by its box, or lies on the link at its foot; and letters that are too small.
FAULTS = """least => [...document.querySelectorAll('.slide')].flatMap(slide => {
  const found = [], box = slide.getBoundingClientRect(), foot = slide.querySelector('.foot').getBoundingClientRect();
  const say = (e, what) =>
    found.push(`${slide.closest('section').id}: <${e.localName}> ${what}: ${e.textContent.slice(0, 60)}`);
  for (const e of slide.querySelectorAll(':is(h1, h2, p, li, pre, table, img, figure, mjx-container, .caption)')) {
    if (e.closest('.live') || !e.getClientRects().length) continue;
    const its = e.getBoundingClientRect();
    if (its.left < box.left - 1 || its.right > box.right + 1 || its.bottom > box.bottom + 1) say(e, 'sticks out');
    else if (e.closest('.body') && its.bottom > foot.top + 1 && its.right > foot.left && its.left < foot.right)
      say(e, 'lies on the foot');
    if (e.matches('p, li, pre, table') && parseFloat(getComputedStyle(e).fontSize) < least)
      say(e, `is ${getComputedStyle(e).fontSize} high`);
  }
  for (const e of slide.querySelectorAll('.body, .caption'))
    if (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1) say(e, 'is cut off');
  return found;
})"""

SERIOUS = """async () => {
  const { violations } = await axe.run({ exclude: ['mjx-container'] }, { resultTypes: ['violations'] });
  return violations.filter(v => ['serious', 'critical'].includes(v.impact)).flatMap(
    v => v.nodes.map(node => `${v.id} (${v.impact}): ${node.html.slice(0, 150)}`));
}"""

SHOWN = "document.querySelector('section.present > section.present')?.id"


def ready(tab):
    tab.wait_for_selector("html.ready")


def turn(tab, key="ArrowRight"):
    tab.keyboard.press(key)


def go(tab, slide):
    """Show the slide with an id."""
    tab.evaluate("id => { location.hash = `/${id}`; }", slide)
    tab.wait_for_function(f"id => {SHOWN} === id", arg=slide)


def seen(tab, selector):
    """How many elements are seen: the slides beside the present one are there too, and hidden."""
    visible = "e.checkVisibility({ opacityProperty: true, visibilityProperty: true })"
    return tab.locator(selector).evaluate_all(f"all => all.filter(e => {visible}).length")


@pytest.fixture
def open_deck(browser, address):
    """Return a function that opens a deck in a window of its own; at the end none may have complained."""
    found, contexts = [], []

    def open_deck(name=DECK, at="", **options):
        contexts.append(browser.new_context(**({"viewport": SIZE, "color_scheme": "light"} | options)))
        tab = contexts[-1].new_page()
        tab.set_default_timeout(60_000)
        listen(tab, address, found)
        tab.goto(f"{address}/slides/{name}.html{at}")
        if options.get("java_script_enabled", True) and options.get("viewport", SIZE)["width"] >= 600:
            ready(tab)
        return tab

    yield open_deck
    for context in contexts:
        context.close()
    assert found == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_all_that_is_on_a_slide_is_seen(open_deck, name):
    tab = open_deck(name)
    assert tab.locator(".math:not(:has(> mjx-container)), mjx-merror").count() == 0
    tab.evaluate(SPREAD)
    assert tab.evaluate(FAULTS, LEAST) == []


def test_this_sees_what_does_not_fit(open_deck):
    tab = open_deck()
    tab.evaluate(SPREAD)
    tab.evaluate(
        """() => {
          const at = id => document.getElementById(id).querySelector('.body');
          at('04-equation-eq-softmax').style.setProperty('--fit', 3);
          at('04-reading-the-matrix').insertAdjacentHTML('beforeend', '<p>more</p>'.repeat(20));
          at('04-exercises').style.setProperty('--fit', 0.3);
        }"""
    )
    faults = "\n".join(tab.evaluate(FAULTS, LEAST))
    assert re.search(r"eq-softmax: .*(sticks out|cut off)", faults)
    assert re.search(r"reading-the-matrix: .*cut off", faults) and re.search(r"exercises: .*px high", faults)


def test_axe_finds_nothing_serious(open_deck):
    """On the first slide, one with a figure, one with code; the sweep asks of all."""
    tab = open_deck()
    tab.evaluate(script())
    for slide in ("04-softmax", "04-fig-04-shares", "04-the-same-from-nnlib"):
        go(tab, slide)
        if slide == "04-fig-04-shares":
            tab.locator(".present .interactive.mounted").wait_for()
        assert tab.evaluate(SERIOUS) == [], slide


# ---- To the slides and back -----------------------------------------------------------------------------------------


def test_a_key_opens_them_at_what_is_read_and_escape_leads_back(browser, address):
    with browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce") as context:
        page = Chapter(context.new_page(), address, DECK)
        tab = page.tab
        tab.evaluate("MathJax.startup.promise.then(() => null)")
        tab.locator(".interactive").scroll_into_view_if_needed()
        tab.locator(".interactive.mounted").wait_for()  # what is above has its height
        place = "document.getElementById('equation-eq-softmax-jacobian')"
        tab.evaluate(f"scrollBy(0, {place}.getBoundingClientRect().top - 250)")
        tab.wait_for_function(f"Math.abs({place}.getBoundingClientRect().top - 250) < 3")
        for leave in ("Escape", "back"):
            tab.keyboard.press("Alt+p")
            ready(tab)
            assert tab.evaluate(SHOWN) == "04-equation-eq-softmax-jacobian"
            turn(tab, leave) if leave == "Escape" else tab.go_back()
            tab.wait_for_url(page.address)
            tab.wait_for_function(f"Math.abs({place}.getBoundingClientRect().top - 250) < 3")
        tab.get_by_role("link", name="Slides", exact=True).dispatch_event("click")  # a real one would scroll first
        ready(tab)
        assert tab.evaluate(SHOWN) == "04-equation-eq-softmax-jacobian"
        turn(tab)
        shown = tab.evaluate(SHOWN)
        turn(tab, "Escape")
        tab.wait_for_url(f"{page.address}#the-jacobian-entry-by-entry")
        assert shown.startswith("04-the-jacobian-entry-by-entry")


def test_what_is_typed_into_a_cell_opens_no_slides(browser, address):
    with browser.new_context() as context:
        page = Chapter(context.new_page(), address, DECK)
        page.tab.keyboard.press("p")
        page.tab.keyboard.press("Control+Alt+p")
        page.tab.wait_for_timeout(300)
        assert page.tab.url == page.address


def test_escape_closes_what_lies_over_a_slide_before_it_leaves(open_deck):
    tab = open_deck()
    turn(tab)
    here = tab.evaluate(SHOWN)
    turn(tab, "o")
    tab.wait_for_selector(".reveal.overview")
    turn(tab, "Escape")
    turn(tab, "F1")
    tab.locator(".r-overlay-help").wait_for()
    turn(tab, "Escape")
    tab.locator(".r-overlay-help").wait_for(state="detached")
    assert tab.evaluate(SHOWN) == here and "/slides/" in tab.url
    turn(tab, "Escape")
    tab.wait_for_url("**/notebooks/04_softmax.html#from-scores-to-shares")


def test_the_address_is_that_of_the_slide(open_deck):
    tab = open_deck()
    turn(tab)
    turn(tab)
    tab.wait_for_url("**#/04-from-scores-to-shares-2")
    tab = open_deck("week-5", at="#/08-equation-eq-sgd")
    assert tab.evaluate(SHOWN) == "08-equation-eq-sgd"


# ---- On a slide -----------------------------------------------------------------------------------------------------


LARGE, SMALL = {"width": 1920, "height": 1080}, {"width": 640, "height": 480}


@pytest.mark.parametrize("size", [LARGE, pytest.param(SMALL, marks=pytest.mark.sweep(seconds=10))])
def test_a_live_figure_follows_the_pointer_at_any_size(open_deck, size):
    tab = open_deck(viewport=size)
    go(tab, "04-fig-04-shares")
    handle = tab.locator(".present .interactive.mounted .handle").first
    handle.wait_for()
    drawn(tab)
    knob = handle.locator(".knob")
    start = knob.bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    down = 40 * size["height"] / 720
    before = handle.get_attribute("aria-valuetext")
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x, y + down, steps=4)
    tab.mouse.up()
    moved = knob.bounding_box()
    assert handle.get_attribute("aria-valuetext") != before
    assert abs(moved["y"] + moved["height"] / 2 - y - down) < 4 * size["height"] / 720, "a step of its scale"
    value = handle.get_attribute("aria-valuetext")
    turn(tab, "ArrowUp")  # the handle has the focus: its key, not the deck's
    assert handle.get_attribute("aria-valuetext") != value and tab.evaluate(SHOWN) == "04-fig-04-shares"
    button = tab.locator(".present .live button", has_text="Reset")
    button.press(" ")
    assert handle.get_attribute("aria-valuetext") == before and tab.evaluate(SHOWN) == "04-fig-04-shares"


def test_the_answer_to_a_prediction_comes_with_a_later_slide(open_deck):
    tab = open_deck()
    question = tab.locator("section:has(> .slide.predict)").first.get_attribute("id")
    go(tab, question)
    assert seen(tab, ".predict li") > 1 and seen(tab, ".answer, .printed") == 0
    for _ in range(4):
        turn(tab)
        if seen(tab, ".answer"):
            break
    assert seen(tab, ".answer") == 1 and seen(tab, ".predict li") == 0
    assert tab.evaluate(SHOWN) != question


def test_a_derivation_comes_line_by_line(open_deck):
    tab = open_deck()
    go(tab, "04-only-differences-count")
    lines = "mjx-mtable mjx-mtable mjx-mtr"
    counts = [seen(tab, lines)]
    for _ in range(2):
        turn(tab)
        tab.wait_for_timeout(400)  # a line appears within 0.2 s
        counts.append(seen(tab, lines))
    assert counts == [1, 2, 3] and tab.evaluate(SHOWN) == "04-only-differences-count"
    turn(tab)
    assert tab.evaluate(SHOWN) == "04-only-differences-count-2"


# ---- Other readers --------------------------------------------------------------------------------------------------


PHONE = {"viewport": {"width": 320, "height": 700}}


@pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}], ids=["phone", "no scripts"])
def test_they_are_read_from_top_to_bottom(open_deck, options):
    tab = open_deck(**options)
    assert tab.locator("h2").filter(visible=True).count() > 30
    assert tab.locator(".predict li").first.is_visible() and not tab.locator(".answer").first.is_visible()
    tab.locator("summary", has_text="Show what came out").first.click()
    assert tab.locator(".slide > details[open]").count() == 1
    if "viewport" in options:
        tab.evaluate("MathJax.startup.promise.then(() => null)")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    else:
        assert tab.locator(".no-scripts").is_visible()


def test_on_paper_each_slide_is_a_page_with_all_its_lines(open_deck):
    tab = open_deck(at="?print-pdf", color_scheme="dark")
    tab.wait_for_selector(".pdf-page .slide")
    count = tab.locator(".slide").count()
    tab.wait_for_function("count => document.querySelectorAll('.pdf-page').length === count", arg=count)
    tab.emulate_media(media="print")
    assert tab.locator(".fragment:not(.visible)").count() == 0 and tab.locator(".fragment").count() > 5
    assert (
        tab.locator(".interactive > img").first.is_visible() and not tab.locator(".live").filter(visible=True).count()
    )
    assert tab.evaluate("getComputedStyle(document.querySelector('.slide h2')).color") == "rgb(0, 0, 0)"
    document = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == count


def test_in_the_dark_they_are_dark(open_deck):
    tab = open_deck(color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert tab.evaluate(colour) == "rgb(20, 24, 30)"
    tab.emulate_media(color_scheme="light")
    tab.wait_for_function(f"{colour} === 'rgb(255, 255, 255)'")


# ---- The sweep ------------------------------------------------------------------------------------------------------


@pytest.mark.sweep(seconds=60)
@pytest.mark.parametrize("name", CHAPTERS)
def test_each_slide_of_each_chapter_in_turn(open_deck, name):
    """Turned by the key, in the dark: nothing sticks out, axe finds nothing, and each live figure answers."""
    tab = open_deck(name, color_scheme="dark")
    tab.evaluate(script())
    ids = tab.evaluate("[...document.querySelectorAll('section[id]')].map(slide => slide.id)")
    seen, pressed = [tab.evaluate(SHOWN)], 0
    while seen[-1] != ids[-1] and pressed < 5 * len(ids):
        turn(tab)
        pressed += 1
        shown = tab.evaluate(SHOWN)
        if shown == seen[-1]:
            continue
        seen.append(shown)
        if tab.locator(".present .present .interactive").count():
            tab.locator(".present .present .interactive.mounted .live").wait_for()
            drawn(tab)
            lost = """() => { const [frame] = document.querySelectorAll('.present .present .frame');
              const box = frame.getBoundingClientRect(), its = frame.firstElementChild.getBoundingClientRect();
              return [its.right - box.right, its.bottom - box.bottom].some(more => more > 1); }"""
            assert not tab.evaluate(lost), f"{shown}: the figure is larger than its frame"
            control = tab.locator(".present .present .live :is(button, input, .handle)").first
            before = tab.locator(".present .present .live").inner_html()
            control.focus()
            control.press("ArrowRight" if control.evaluate("e => e.localName") != "button" else " ")
            tab.wait_for_timeout(100)
            assert tab.locator(".present .present .live").inner_html() != before, shown
            assert tab.evaluate(SHOWN) == shown
            tab.evaluate("document.activeElement.blur()")
        assert tab.evaluate(SERIOUS) == [], shown
    assert seen == ids
