"""The interactive figures in a real browser: pointer, touch and keyboard move them, and the numbers are nnlib's.

A figure has one row, figure_rows/NAME.py. What it prints with a name (``data-shows="p.0"``) is compared with the row's
function, which computes it from the figure's state with nnlib, in the first state and after random input.
"""

import html
import importlib.util
import inspect
import math
import random
import re
from pathlib import Path

import figure_data
import pytest
from chromium import drawn
from figure_page import FIGURES as FOLDER
from figure_page import NAMES, served, windows
from figure_rows import FIGURES

from nnlib import two_layer

specification = importlib.util.spec_from_file_location("play", Path(__file__).parents[2] / "notebooks" / "figures.py")
play = importlib.util.module_from_spec(specification)
specification.loader.exec_module(play)


def value_of(numbers, name):
    """numbers["J"][0][1] for the name J.0.1."""
    for key in name.split("."):
        numbers = numbers[key] if isinstance(numbers, dict) else numbers[int(key)]
    return float(numbers)


NUMBER = re.compile(r"(?:[<>]\s)?[-−]?(?:\d+\.?\d*|\.\d+)(?:e[-−+]?\d+)?|nan|[-−]?inf")


def wrong(shown, numbers, loose):
    """Yield a sentence for each printed number that is not the number of its name, as far as its digits go."""
    for name, words in shown:
        text = NUMBER.findall(words)[-1].replace("−", "-")
        unit = 100 if words.endswith("%") else 1
        expected = value_of(numbers, name) * unit
        bound = 0.5001 * 10.0 ** -len(text.partition("e")[0].partition(".")[2])
        bound = bound * 10 ** int(text.partition("e")[2] or 0)
        printed = float(text.lstrip("<> \xa0"))
        low, high = printed - bound, printed + bound
        if unit == 100 and printed in (0, 100):  # only 0 is 0 %, and only 1 is 100 %
            low = high = printed
        if text[0] == "<":
            low, high = math.nextafter(0, 1), printed - 0.999 * bound
        if text[0] == ">":
            low, high = printed + 0.999 * bound, math.nextafter(100, 0)
        same = printed == expected or (math.isnan(printed) and math.isnan(expected))
        if not same and not low - loose * unit <= expected <= high + loose * unit:
            yield f"{name}: the page says {words!r}, nnlib {expected!r}"


# ---- the page -------------------------------------------------------------------------------------------------------

SHOWN = "() => [...document.querySelectorAll('[data-shows]')].map(e => [e.dataset.shows, e.textContent.trim()])"
STATE = "() => ({...document.querySelector('.live').figure.state})"

# What must not be found in a drawing, whatever the state: an attribute that is no number, a word that JavaScript made.
BROKEN = r"""() => {
  const bad = text => /NaN|undefined|Infinity|\[object/.test(text);
  return [...document.querySelectorAll('.live, .live *')].flatMap(e => [
    ...[...e.attributes].filter(a => bad(a.value)).map(a => `<${e.localName}> ${a.name}=${a.value}`),
    ...[...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE && bad(n.data)).map(n => n.data)]);
}"""

# What sticks out of the figure, or of the part of the drawing that it lies in, where words would be cut off; and words
# that lie on other words.
MISPLACED = """() => {
  const live = document.querySelector('.live'), stage = live.querySelector('.stage');
  const boxOf = e => {
    if (e.localName !== 'svg' || e === stage) return e.getBoundingClientRect();
    const { left, top } = boxOf(stage);  // of an svg inside the browser would say where its cut drawing ends
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map(name => e[name].baseVal.value);
    return new DOMRect(left + x, top + y, width, height);
  };
  const drawn = [...stage.querySelectorAll('text, rect, line, path, svg, circle:not(.reach, .ring)')]
    .map(e => [e, e.parentElement.closest('svg')])
    .filter(([e, holder]) => holder === stage || e.localName === 'text');  // an svg inside cuts off its own drawing
  const below = [...live.querySelectorAll('.equation, .settings, .settings > *')].map(e => [e, live]);
  const blank = e => (e.localName === 'text' ? 2 : 0);  // above and below: a line is higher than its letters
  const outside = [...drawn, ...below].map(([e, holder]) => [e, boxOf(e), boxOf(holder)])
    .filter(([, box]) => box.width || box.height)
    .map(([e, box, room]) => [e, { left: room.left - box.left, right: box.right - room.right,
      top: room.top - box.top - blank(e), bottom: box.bottom - room.bottom - blank(e) }])
    .filter(([, by]) => Math.max(...Object.values(by)) > 1)
    .map(([e, by]) => `<${e.localName} class="${e.className.baseVal ?? e.className}"> ${e.textContent.slice(0, 40)}: ` +
      Object.entries(by).filter(([, d]) => d > 1).map(([side, d]) => `${side} ${d.toFixed(1)}`).join(', '));
  const words = drawn.filter(([e]) => e.localName === 'text' && e.textContent.trim()).map(([e]) => [e, boxOf(e)]);
  const shared = (a, b, low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low]);
  const covered = words.flatMap(([e, a], i) => words.slice(i + 1)
    .filter(([, b]) => shared(a, b, 'left', 'right') > 2 && shared(a, b, 'top', 'bottom') > 6)
    .map(([f]) => `${e.textContent} and ${f.textContent} on one another`));
  return [...outside, ...covered];
}"""

# The same in extreme states, each reached by the controls themselves: one of them at one of its ends, or all of them.
EXTREMES = f"""states => {{
  const misplaced = {MISPLACED}, figure = document.querySelector('figure'), found = {{}}, seen = new Set();
  const look = () => {{
    const state = JSON.stringify(figure.querySelector('.live').figure.state);
    if (seen.has(state)) return;
    seen.add(state);
    const wrong = misplaced();
    if (wrong.length) found[state] = wrong;
  }};
  const end = (control, high) => {{
    if (control.matches('.handle'))
      control.dispatchEvent(new KeyboardEvent('keydown', {{ key: high ? 'End' : 'Home' }}));
    else if (control.matches('[type=range], [type=number]')) {{
      control.value = high ? control.max : control.min;
      control.dispatchEvent(new Event('input'));
    }} else control.click();
  }};
  const controls = [...figure.querySelectorAll('.handle, input, button')].filter(e => e.textContent !== 'Reset');
  for (const state of states) {{
    const begin = () => figure.model.set('state', state);
    for (const high of [false, true]) {{
      for (const control of controls) begin(), end(control, high), look();
      begin();
      for (const control of controls) end(control, high), look();
    }}
  }}
  return {{ found, states: seen.size }};
}}"""

SMALL = """() => {
  const targets = ['button', '.options label', 'input[type=range]', 'input[type=number]', '.reach'];
  return [...document.querySelectorAll(targets.map(target => `.live ${target}`))]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.height < 43.5 || box.width < 43.5)
    .map(([e]) => e.outerHTML.slice(0, 80));
}"""


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.fixture
def page_of(browser, address):
    """A function: the page of a figure."""
    with windows(browser, address) as open_page:
        yield lambda name, **options: open_page(f"{name}.page", **options)


def numbers_are_right(tab, name):
    row = FIGURES[name]
    state = tab.evaluate(STATE)
    assert list(wrong(tab.evaluate(SHOWN), row.shows(state), row.loose)) == [], f"in the state {state}"
    assert tab.evaluate(BROKEN) == [], f"in the state {state}"


def set_state(tab, state):
    tab.evaluate("state => document.querySelector('figure').model.set('state', state)", state)


# ---- the tests ------------------------------------------------------------------------------------------------------


def test_every_figure_has_a_row():
    assert sorted(FIGURES) == NAMES


@pytest.mark.parametrize("name", [name for name in FIGURES if FIGURES[name].constants])
def test_its_data_is_what_python_makes(name):
    written = (FOLDER / "data" / f"{name}.js").read_text(encoding="utf-8")
    assert written == figure_data.module(name, FIGURES[name].constants()), f"python tests/figure_data.py {name}"


def test_no_data_is_left_over():
    files = {path.stem for path in (FOLDER / "data").glob("*.js")}
    assert files == {name for name, row in FIGURES.items() if row.constants}


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_layout(page_of, name):
    """Its numbers, in some states; and nothing outside or cut off, nothing too small for a finger, at each width."""
    tab = page_of(name, reduced_motion="reduce")
    assert tab.evaluate(SHOWN), "expected numbers with names (data-shows) to compare"
    for state in [{}, *FIGURES[name].states]:
        set_state(tab, state)
        numbers_are_right(tab, name)
        for width in (752, 390, 320):
            tab.set_viewport_size({"width": width, "height": 1000})
            drawn(tab)
            tab.wait_for_function(f"document.querySelector('.stage').clientWidth === {width - 32}")
            assert tab.evaluate(MISPLACED) == [], f"at {width} px in the state {state}"
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(SMALL) == []
    extremes = tab.evaluate(EXTREMES, [{}])  # at 320 px, which is a desk at 400 %
    assert extremes["found"] == {} and extremes["states"] > 1


@pytest.mark.parametrize("name", NAMES)
def test_pointer_keyboard_and_words(page_of, name):
    """Each handle is dragged and moved by keys; each control is used by keyboard; the words follow; Reset resets."""
    tab = page_of(name)
    first = tab.evaluate(STATE)
    heard = tab.locator(".heard")
    words = heard.text_content()
    assert len(words) > 20
    handles = tab.locator(".handle")
    for i in range(handles.count()):
        handle = handles.nth(i)
        before = tab.evaluate(STATE)
        box = handle.locator(".knob").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        tab.mouse.move(x, y)
        tab.mouse.down()
        tab.mouse.move(x - 30, y + 30, steps=3)
        tab.mouse.up()
        assert tab.evaluate(STATE) != before, f"handle {i} does not follow the pointer"
        seen = set()
        for key in ("Home", "ArrowRight", "End", "ArrowDown", "PageDown"):
            handle.press(key)
            seen.add(handle.get_attribute("aria-valuenow") + handle.get_attribute("aria-valuetext"))
        assert len(seen) >= 3, f"handle {i} does not follow the keys"
    inputs = tab.locator(".live :is(input, button)")
    for i in range(inputs.count()):
        control = inputs.nth(i)
        keys = {"range": "ArrowRight", "number": "ArrowUp", "radio": "Space"}
        control.press(keys.get(control.get_attribute("type"), "Enter"))
    tab.get_by_role("button", name="Reset").click()
    assert tab.evaluate(STATE) == first
    if handles.count():
        handles.first.press("Home")
        tab.wait_for_function("words => document.querySelector('.heard').textContent !== words", arg=words)
    assert tab.evaluate(BROKEN) == []


@pytest.mark.parametrize("name", NAMES)
def test_touch(page_of, name):
    """A finger drags each handle, on a phone, and the page does not scroll meanwhile."""
    tab = page_of(name, has_touch=True, is_mobile=True)
    tab.set_viewport_size({"width": 390, "height": 420})
    client = tab.context.new_cdp_session(tab)
    handles = tab.locator(".handle")
    for i in range(min(2, handles.count())):
        handles.nth(i).scroll_into_view_if_needed()
        before, scroll = tab.evaluate(STATE), tab.evaluate("scrollY")
        box = handles.nth(i).locator(".knob").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for way in (0, 8, 20, 34, 50):
            points = [{"x": x - way, "y": y - way}]
            event = "touchMove" if way else "touchStart"
            client.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": points})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert tab.evaluate(STATE) != before, f"handle {i} does not follow a finger"
        drawn(tab)  # a scroll that a touch began shows in the next frame
        assert tab.evaluate("scrollY") == scroll, f"handle {i} scrolls the page"
    if not handles.count():
        before = tab.evaluate(STATE)
        tab.locator(".live :is(button, .options label)").first.tap()
        assert tab.evaluate(STATE) != before


@pytest.mark.parametrize("steps", [100, pytest.param(1000, marks=pytest.mark.sweep)])
@pytest.mark.parametrize("name", NAMES)
def test_random_input(page_of, name, steps):
    """Random drags, clicks and keys, the same at each run: nothing breaks, and the numbers stay right."""
    tab = page_of(name, theme="dark")
    rng = random.Random(steps)
    box = tab.locator(".live").bounding_box()
    for step in range(1, steps + 1):
        what = rng.random()
        x, y = box["x"] + rng.random() * box["width"], box["y"] + rng.random() * box["height"]
        if what < 0.3:
            tab.mouse.click(x, y)
        elif what < 0.6:
            tab.mouse.move(x, y)
            (tab.mouse.down if what < 0.45 else tab.mouse.up)()
        elif what < 0.7:
            tab.keyboard.press("Tab")
        else:
            tab.keyboard.press(
                rng.choice(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "Space"])
            )
        if step % 10 == 0:
            numbers_are_right(tab, name)


@pytest.mark.parametrize("name", NAMES)
def test_still_picture(page_of, name):
    """It shows what the figure shows first; it is there without scripts and on paper, and there the figure is not."""
    tab = page_of(name)
    tab.set_viewport_size({"width": 704 + 32, "height": 900})
    drawn(tab)
    tab.wait_for_function("document.querySelector('.stage').clientWidth === 704")
    words = tab.evaluate("() => [...document.querySelectorAll('.stage text, .equation')].map(e => e.textContent)")
    still = (FOLDER / "still" / f"{name}.svg").read_text(encoding="utf-8")
    there = re.sub(r"\s", "", html.unescape("".join(re.findall(r">([^<>]+)<", still))))
    assert there == re.sub(r"\s", "", "".join(words)), f"the still picture is old: python tests/make_stills.py {name}"
    assert len(still) < 60_000
    tab.emulate_media(media="print")
    assert tab.locator("figure > img").is_visible() and not tab.locator(".live").is_visible()
    without = page_of(name, java_script_enabled=False)
    assert without.locator("figure > img").is_visible()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_widget_too(page_of, name):
    """In one piece, as JupyterLab gets it, render({ model, el }) draws, keeps its state in the model, and cleans up."""
    tab = page_of(name)
    result = tab.evaluate(
        """async source => {
          const address = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
          const {default: module} = await import(address), {Model} = await import('/figures/mount.js');
          const el = document.body.appendChild(document.createElement('div')), model = new Model({state: {}});
          let saved = 0;
          model.save_changes = () => saved++;
          const stop = module.render({model, el}), drawn = el.querySelectorAll('.stage *').length;
          [...el.querySelectorAll('button')].at(-1).click();
          const written = Object.keys(model.get('state')).length;
          stop();
          const listeners = model.listeners.get('change:state').length;
          return {drawn, saved, written, listeners, left: el.children.length};
        }""",
        play.module(name),
    )
    assert result["drawn"] > 5 and result["saved"] == 1 and result["written"] >= 1
    assert result["left"] == result["listeners"] == 0


def test_the_program_that_backpropagation_steps_through_is_the_library_s(page_of):
    code = page_of("backpropagation").locator(".stage text[font-family]").all_text_contents()
    library = inspect.getsource(two_layer.TwoLayerNet.backward).replace("self.", "")
    assert [line.split("#")[0].strip() for line in library.splitlines() if "# eq-" in line] == code


def test_in_a_notebook_a_figure_is_named_even_where_no_widget_can_be():
    assert repr(play.play("softmax")) == (
        "The figure softmax comes alive where anywidget is installed, when this cell is run."
    )
    with pytest.raises(ValueError, match=r"expected one of the figures .*softmax.*, got 'sofmax'"):
        play.play("sofmax")


def test_these_tests_see_what_is_wrong():
    numbers = {"p": [0.563, float("nan")], "dx": 30.0}
    assert list(wrong([["p.0", "56.3 %"], ["p.1", "nan"], ["dx", "dx = 30.0"]], numbers, 0)) == []
    shares = {"p": [0.99997, 0.00003, 1.0, 0.0]}
    assert list(wrong([["p.0", "> 99.9 %"], ["p.1", "< 0.1 %"], ["p.2", "100.0 %"], ["p.3", "0.0 %"]], shares, 0)) == []
    rounded = [["p.0", "100.0 %"], ["p.1", "0.0 %"], ["p.2", "> 99.9 %"], ["p.3", "< 0.1 %"], ["p.0", "99.9 %"]]
    assert len(list(wrong(rounded, shares, 0))) == 5
    assert len(list(wrong([["p.0", "56.4 %"], ["p.1", "0.00"], ["dx", "= −30.0"]], numbers, 0))) == 3
