"""The pages for those who read them in another way: by keyboard, in their own colours, without scripts, on paper."""

import pytest
from figure_page import NAMES, served, windows

# The tab stops between each two Run buttons that follow each other, and those that are formulas.
TAB_STOPS = """() => {
  const stops = [...document.querySelectorAll('article *')].filter(
    e => e.tabIndex >= 0 && e.matches('[tabindex], a[href], button, input, select, summary') && e.checkVisibility());
  const runs = stops.flatMap((e, i) => (e.matches('.cell .run-run') ? [i] : []));
  return { between: runs.slice(1).map((place, i) => place - runs[i] - 1),
           formulas: stops.filter(e => e.closest('mjx-container')).map(e => e.outerHTML.slice(0, 80)) };
}"""

# How strongly a colour stands out from the page (WCAG 2: 3 for what is not text).
CONTRAST = """
  const page = getComputedStyle(document.body).backgroundColor;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = colour => {
    for (canvas.fillStyle of [page, colour]) canvas.fillRect(0, 0, 1, 1);  // what is transparent shows the page
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [a, b] = [one, other].map(colour => light(channels(colour)));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
"""

# What of a drawing does not stand out: lines, fills and words of a role, in the state that is shown.
DIM = f"""() => {{
  {CONTRAST}
  return [...document.querySelectorAll('.stage :is(.stroke, .fill:not(.pale), .knob, text:not(.cell))')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().width + e.getBoundingClientRect().height > 0)
    .map(e => [e, getComputedStyle(e)])
    .map(([e, style]) => [e, e.matches('.stroke') || style.fill === 'none' ? style.stroke : style.fill])
    .filter(([e, colour]) => colour === 'none' || contrast(colour, page) < 3)
    .filter(([e]) => e.localName !== 'text' || !e.getAttribute('style')?.includes('fill'))
    .map(([e, colour]) => `${{e.outerHTML.slice(0, 90)}}: ${{colour}} on ${{page}}`);
}}"""

# Whether a chosen option or a pressed button differs from its neighbours by its ground and its words.
CHOICES = f"""() => {{
  {CONTRAST}
  const look = e => {{ const s = getComputedStyle(e); return [s.backgroundColor, s.color]; }};
  const groups = [...document.querySelectorAll('.live .options')].map(group => {{
    const labels = [...group.querySelectorAll('label')];
    return [labels.find(e => e.querySelector(':checked')), labels.find(e => !e.querySelector(':checked'))];
  }});
  const plain = [...document.querySelectorAll('.live button')].find(e => e.getAttribute('aria-pressed') !== 'true');
  const pressed = [...document.querySelectorAll('.live button[aria-pressed=true]')].map(e => [e, plain]);
  return [...groups, ...pressed].filter(([on, off]) => on && off).map(([on, off]) => {{
    const [[a, words], [b]] = [look(on), look(off)];
    return {{ name: on.textContent, grounds: contrast(a, b), words: contrast(words, a) }};
  }});
}}"""


def test_no_formula_is_a_tab_stop(browser, address):
    """Between two Run buttons lie buttons of cells and links of the text; a screen reader still gets the formulas."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/notebooks/07_backpropagation.html")
        tab.evaluate("MathJax.startup.promise.then(() => null)")
        tab.locator(".cell .run-run").nth(5).wait_for()
        stops = tab.evaluate(TAB_STOPS)
        formulas = tab.locator("mjx-container").count()
        assert tab.locator("mjx-container > mjx-assistive-mml > math").count() == formulas > 100
    assert stops["formulas"] == []
    assert len(stops["between"]) > 5 and max(stops["between"]) <= 20, stops["between"]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_in_the_readers_own_colours(browser, name):
    """On black, as most have it: the choices are told apart, and what is drawn stands out."""
    with served() as address, windows(browser, address) as open_page:
        tab = open_page(f"{name}.page", "dark", forced_colors="active")
        tab.set_default_timeout(120_000)
        assert tab.evaluate("matchMedia('(forced-colors: active)').matches")
        for button in tab.locator(".live button[aria-pressed=false]").element_handles():  # a click leaves the others
            button.click()
        assert tab.locator(".live :is(.options, [aria-pressed])").count() == 0 or tab.evaluate(CHOICES)
        for choice in tab.evaluate(CHOICES):
            assert choice["grounds"] >= 3 and choice["words"] >= 4.5, choice
        assert tab.evaluate(DIM) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sheet_in_the_readers_own_colours(browser, address, theme):
    """The bars are filled, the swatches have ten colours, the scales are there, the chosen unit is marked."""
    with browser.new_context(forced_colors="active", color_scheme=theme) as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/book/draw.html")
        tab.locator(".draw-a-digit").scroll_into_view_if_needed()
        tab.locator(".draw-a-digit.mounted .bar span").first.wait_for()
        found = tab.evaluate(
            f"""() => {{
              {CONTRAST}
              const looks = (selector, property) =>
                [...document.querySelectorAll(`.digit ${{selector}}`)].map(e => getComputedStyle(e)[property]);
              return {{ bars: looks('.bar span', 'backgroundColor').map(colour => contrast(colour, page)),
                swatches: looks('.score', 'backgroundColor'), scales: looks('.scale i', 'backgroundImage'),
                chosen: looks('.units .chosen', 'borderTopColor') }};
            }}"""
        )
    assert len(found["bars"]) == 10 and min(found["bars"]) >= 3, found["bars"]
    assert len(set(found["swatches"])) > 5, found["swatches"]
    assert found["scales"] and all("gradient" in image for image in found["scales"])
    assert found["chosen"] and set(found["chosen"]) == {"rgb(31, 35, 40)"}


def test_the_signs_of_run_and_stop_in_the_readers_own_colours(browser, address):
    """A triangle is drawn by transparent borders, a square by a ground; the system would repaint both."""
    with browser.new_context(forced_colors="active") as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/notebooks/04_softmax.html")
        tab.locator(".run-run").first.wait_for()
        style = "getComputedStyle(document.querySelector('.run-run'), '::before')"
        assert tab.evaluate(f"{style}.borderTopColor") == "rgba(0, 0, 0, 0)"
        assert tab.evaluate(f"{style}.borderLeftColor") == tab.evaluate(
            "getComputedStyle(document.querySelector('.run-run')).color"
        )


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_without_scripts_a_page_says_so_and_shows_no_dead_button(browser, address, width):
    with browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        for name in ("book/introduction", "notebooks/04_softmax"):
            tab.goto(f"{address}/{name}.html")
            words = tab.locator(".no-scripts")
            assert words.is_visible() and "TeX" in words.text_content()
            assert tab.locator("button:visible, input:visible, .lite-button:visible").count() == 0
            assert tab.locator("nav.bd-docs-nav a", has_text="05 · Cross-entropy").is_visible()
            assert tab.locator("article figure img").first.is_visible()
        assert tab.locator("article h1").evaluate("e => getComputedStyle(e).color") == "rgb(31, 35, 40)"


def test_with_scripts_nothing_is_said_of_them(browser, address):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/notebooks/04_softmax.html")
        assert tab.locator(".no-scripts").count() == 0


def test_paper_begins_with_the_title(browser, address):
    """Also when one came from the search, whose button to hide the matches stands above the title."""
    with browser.new_context() as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/notebooks/04_softmax.html?highlight=softmax")
        button = tab.get_by_text("Hide Search Matches")
        button.wait_for()
        tab.emulate_media(media="print")
        assert not button.is_visible()
        assert tab.evaluate("document.querySelector('main').innerText.trim()").startswith("04 · Softmax")


def test_the_search_quotes_the_article(browser, address):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/search.html?q=softmax")
        quotes = tab.locator("#search-results p.context")
        quotes.filter(has_text="04 · Softmax The network ends in ten scores.").first.wait_for()
        quotes.nth(5).wait_for()
        quoted = quotes.all_text_contents()
    assert any(words.startswith("04 · Softmax The network ends in ten scores.") for words in quoted), quoted
    for words in quoted:
        assert not words.startswith((".ipynb", ".md", ".pdf")) and "Open in JupyterLite" not in words, words


def test_the_first_page_bears_the_title_once(browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.set_default_timeout(120_000)
        tab.goto(f"{address}/book/introduction.html")
        assert tab.title() == "Neural networks from scratch"
        tab.goto(f"{address}/notebooks/04_softmax.html")
        assert tab.title() == "04 · Softmax — Neural networks from scratch"
