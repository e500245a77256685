"""The interactive figures in a real browser: pointer, touch and keyboard move them, and the numbers are nnlib's.

A figure has one row in FIGURES. What it prints with a name (``data-shows="p.0"``) is compared with the row's
function, which computes it from the figure's state with nnlib, in the first state and after random input.
"""

import html
import importlib.util
import inspect
import math
import random
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from figure_data import (
    CONSTANTS,
    STOPS,
    chosen,
    contrasts,
    epochs,
    first_digit,
    linear_layer,
    on_the_test_digits,
    threes_and_fives,
)
from figure_page import FIGURES as FOLDER
from figure_page import NAMES, served, watch

from nnlib import data, functional, gradcheck, metrics, two_layer

specification = importlib.util.spec_from_file_location("play", Path(__file__).parents[2] / "notebooks" / "figures.py")
play = importlib.util.module_from_spec(specification)
specification.loader.exec_module(play)

# ---- what each figure shows, computed in Python ---------------------------------------------------------------------


def warm_up(state):
    x, nudge = state["x"], state["nudge"]

    def forward(x):
        r = 3 * x
        s = x + 2 if state["twice"] else r + 2
        return r, s, r * s if state["twice"] else s**2

    r, s, L = forward(x)
    at = np.array([float(x)])
    dx = float(gradcheck.numerical_gradient(lambda: forward(at[0])[2], at)[0])
    moved = forward(x + nudge)[2] - L
    moves = {"r": 3 * nudge, "s": (1 if state["twice"] else 3) * nudge, "L": dx * nudge}
    return {"x": x, "r": r, "s": s, "L": L, "dx": dx, "moves": moves, "really": moved, "measured": moved / nudge}


def linear(state):
    """Scores of the moved digit; evidence for and against is the score of the weights' two signs, without a bias."""
    W, b = linear_layer()
    dx, dy, k, d = (state[name] for name in ("dx", "dy", "k", "pixel"))
    x = data.scale(np.pad(first_digit(), 4)[4 - dy : 32 - dy, 4 - dx : 32 - dx].reshape(1, 784))
    return {
        "z": functional.linear(x, W, b)[0],
        "plus": functional.linear(x, functional.relu(W), 0)[0, k],  # x is nowhere negative
        "minus": functional.linear(x, functional.relu(-W), 0)[0, k],
        "b": b[k],
        "x": x[0, d],
        "w": W[d, k],
        "product": x[0, d] * W[d, k],
    }


def softmax(state):
    dtype = np.dtype(state["format"]).type
    with np.errstate(all="ignore"):
        Z = (np.array(state["z"], dtype) + dtype(state["c"])) / dtype(state["T"])
        E = np.exp(Z)
        p = functional.softmax(Z) if state["shift"] else E / E.sum()
        return {"p": p, "J": functional.softmax_jacobian(p)}


def gradient_check(state):
    """The slope of 1/x at 0.7, in NumPy's arithmetic; its central difference in float64 is gradcheck's."""
    h, method = state["h"], state["method"]
    real, complex_ = {"float64": (np.float64, np.complex128), "float32": (np.float32, np.complex64)}[state["format"]]
    x, step = real(0.7), real(h)
    exact, unit = -1 / (float(x) * float(x)), np.finfo(real).eps / 2
    f, slope_size, second, third = 1 / 0.7, 1 / 0.7**2, 2 / 0.7**3, 6 / 0.7**4
    up, down = 1 / (x + step), 1 / (x if method == "forward" else x - step)
    numbers = {"up": up, "down": down, "difference": up - down, "exact": exact}
    if method == "forward":
        slope, rounding, truncation = (up - down) / step, 2 * unit * f / h, h / 2 * second
    elif method == "central":
        slope, rounding, truncation = (up - down) / (2 * step), unit * f / h, h**2 / 6 * third
        if real is np.float64:
            at = np.array([x])
            slope = gradcheck.numerical_gradient(lambda: float(1 / at[0]), at, step=h)[0]
    else:
        sideways = 1 / complex_(complex(x, step))
        numbers |= {"real": sideways.real, "imaginary": sideways.imag}
        slope, rounding, truncation = sideways.imag / step, unit * slope_size, h**2 / 6 * third
    assert slope.dtype == real
    error = abs(float(slope) - exact)
    return numbers | {"slope": slope, "error": error, "rounding": rounding, "truncation": truncation}


def backpropagation(state):
    """The chapter's 2-2-2 net: two_layer's gradients, or a faulty line in their place, beside those by nudging."""
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    net = two_layer.TwoLayerNet(np.random.default_rng(0), 2, 2, 2)
    net.W1[:], net.b1[:] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[:], net.b2[:] = [[1, -1], [0.5, 2]], [0, 1]
    z1, a1, z2, a2 = net.forward(x)
    nudged = {"d" + name: gradcheck.numerical_gradient(lambda: net.loss(x, y), p) for name, p in net.params.items()}
    for name, array, loss in (
        ("dz2", z2, lambda: functional.softmax_cross_entropy(z2, y)),
        ("da1", a1, lambda: functional.softmax_cross_entropy(a1 @ net.W2 + net.b2, y)),
        ("dz1", z1, lambda: functional.softmax_cross_entropy(functional.relu(z1) @ net.W2 + net.b2, y)),
    ):
        nudged[name] = gradcheck.numerical_gradient(loss, array)[0]

    dz2 = functional.softmax_cross_entropy_backward(z2, y)
    da1 = dz2 @ (net.W2 if state["bug"] == "transpose" else net.W2.T)
    dz1 = da1 * (a1 >= 0) if state["bug"] == "mask" else functional.relu_backward(da1, z1)
    _, dW2, db2 = functional.linear_backward(dz2, a1, net.W2)
    _, dW1, db1 = functional.linear_backward(dz1, x, net.W1)
    if state["bug"] == "none":
        same = zip(net.backward(x, y, z1, a1, z2, a2), (dW1, db1, dW2, db2), strict=True)
        assert all(np.allclose(a, b) for a, b in same)
    values = {"x": x[0], "z1": z1[0], "a1": a1[0], "z2": z2[0], "a2": a2[0], "y": y[0], "L": net.loss(x, y)}
    gradients = {"dz2": dz2[0], "dW2": dW2, "db2": db2, "da1": da1[0], "dz1": dz1[0], "dW1": dW1, "db1": db1}
    return values | gradients | {"nudged": nudged}


def sgd(state):
    pictures, labels = threes_and_fives()
    X, Y = contrasts(pictures).round(2), np.stack([1 - labels, labels], axis=1)
    order = np.arange(24) if state["order"] == "sorted" else epochs()

    def scores(W, rows):  # a network of two weights: the score of "it is a 3" is always 0
        z = functional.linear(X[rows], W[:, None], 0.0)
        return np.hstack([np.zeros_like(z), z])

    def loss(W):
        return functional.softmax_cross_entropy(scores(W, slice(None)), Y)

    def moved(W, rows):
        dZ = functional.softmax_cross_entropy_backward(scores(W, rows), Y[rows])
        dW = functional.linear_backward(dZ[:, 1:], X[rows], W[:, None])[1][:, 0]
        return W - state["eta"] * dW, dW

    W = np.array(state["W"], float)
    for t in range(state["t"]):
        W, _ = moved(W, order[t % len(order)][None])
    n = order[state["t"] % len(order)]
    singles = [moved(W, np.array([n])) for n in range(24)]
    meanW, dW = moved(W, slice(None))
    assert np.abs(np.mean([single for _, single in singles], axis=0) - dW).max() < 1e-12
    losses = [loss(end) for end, _ in singles]
    return {
        "x": X[n],
        "p": functional.softmax(scores(W, [n]))[0, 1],
        "W": W,
        "next": singles[n][0],
        "mean": dW,
        "raise": sum(after > loss(W) for after in losses),
        "after": losses[n],
        "afterMean": loss(meanW),
    }


network_answers = cache(on_the_test_digits)


def reading_the_result(state):
    _, labels, P = network_answers()
    answers, confidence = P.argmax(axis=1), P.max(axis=1)
    kept = confidence >= STOPS[state["stop"]]
    C = metrics.confusion_matrix(labels[kept], answers[kept])
    accuracy = metrics.accuracy(answers[kept], labels[kept])
    i, j = divmod(state["cell"], 10)
    rows = chosen(labels, P)
    return {
        "C": C,
        "right": np.trace(C),
        "answered": kept.sum(),
        "refused": 1 - kept.mean(),
        "accuracy": accuracy,
        "error": metrics.standard_error(accuracy, kept.sum()),
        "recall": metrics.precision_recall(C)[1][i],
        "p": confidence[rows[(labels[rows] == i) & (answers[rows] == j)]],
    }


def cross_entropy(state):
    """One example: its loss, the gradient of it, and that of the squared error; each is right by nudging, too."""
    z, y = np.array(state["z"], float), data.one_hot(np.array([state["y"]]), 4)[0]
    p, L = functional.softmax(z), functional.softmax_cross_entropy(z, y)
    dz = functional.softmax_cross_entropy_backward(z, y)
    squared = functional.softmax_backward(2 * (p - y), p)
    nudged = gradcheck.numerical_gradient(lambda: functional.softmax_cross_entropy(z, y), z)
    assert np.abs(dz - nudged).max() < 1e-8
    nudged = gradcheck.numerical_gradient(lambda: ((functional.softmax(z) - y) ** 2).sum(), z)
    assert np.abs(squared - nudged).max() < 1e-8
    slope, answer = -1 / p[state["y"]], functional.softmax_jacobian(p)[state["y"], state["y"]]
    assert np.isclose(slope * answer, dz[state["y"]], rtol=1e-6)
    rows = {"p": p, "dz": dz, "squared": squared}
    sums = {name: row.sum() for name, row in rows.items()}
    return rows | {"sum": sums, "lse": functional.logsumexp(z), "L": L, "slope": slope, "answer": answer}


def relu(state):
    W1, b1 = np.array([[1.0, -1.0, 1.0]]), np.array([-1.0, 1.0, -1.0]) * state["kink"]
    W2 = np.array(state["W2"], float)[:, None]
    between = functional.relu if state["relu"] else np.positive
    z1 = functional.linear(np.array([[state["x"]]], float), W1, b1)
    a1 = between(z1)
    passed = functional.relu_backward(np.ones_like(z1), z1) if state["relu"] else np.ones_like(z1)
    slope = functional.linear_backward(passed * W2.T, np.ones((1, 1)), W1)[0]
    return {"z1": z1[0], "a1": a1[0], "adds": a1[0] * W2[:, 0], "z2": (a1 @ W2).item(), "slope": slope.item()}


@dataclass
class Row:
    """What the tests must know of a figure."""

    shows: object  # a function: state -> every number that is printed with a name
    states: list = field(default_factory=list)  # some states besides the first one
    loose: float = 0.0  # by how much a number may differ besides the rounding of its print


FIGURES = {
    "relu": Row(
        relu,
        [
            {"x": 2.6, "kink": [1.5, -0.5, 1.5], "W2": [2, -2, 2]},
            {"relu": False, "x": -1.2},
            {"x": 1, "kink": [1, 1, 1], "W2": [-2, 0, 0.3]},
        ],
    ),
    "cross_entropy": Row(
        cross_entropy,
        [
            {"y": 1},
            {"z": [0, 0, 0, 0]},
            {"z": [10, 10, -10, 10]},
            {"z": [-10, -10, 10, -10]},
            {"z": [10, 10, 10, 10], "y": 3},
        ],
    ),
    "backpropagation": Row(
        backpropagation,
        [{"at": at, "bug": bug} for bug in ("none", "transpose", "mask") for at in (0, 5, 9, 11, 15, 17)],
    ),
    "gradient_check": Row(
        gradient_check,
        [
            {"h": h, "format": format, "method": method}
            for h in (0.1, 1.6e-5, 3.2e-10, 1e-16)
            for format in ("float64", "float32")
            for method in ("forward", "central", "complex")
        ],
    ),
    "linear": Row(
        linear,
        [
            {"k": 3},
            {"k": 5, "dx": 1, "pixel": 320},
            {"k": 4, "dx": -4, "dy": 4, "pixel": 0},
            {"dx": 4, "dy": -4, "k": 9},
        ],
    ),
    "warm_up": Row(warm_up, [{"x": -0.7, "nudge": 0.5, "twice": True}, {"x": 1.5, "nudge": 0.01}]),
    "softmax": Row(
        softmax,
        [
            {"c": 20, "format": "float16"},
            {"c": 120, "format": "float32"},
            {"c": 1000, "format": "float64", "shift": True, "T": 0.5},
            {"c": -1000, "format": "float64"},
            {"T": 10, "format": "float32", "shift": True},
        ],
        loose=2e-3,  # of a share in float16
    ),
    "sgd": Row(
        sgd,
        [
            {"t": 24},
            {"t": 24, "order": "sorted"},
            {"W": [2, 2.5], "eta": 0.1, "t": 100},
            {"eta": 4, "t": 50, "order": "sorted"},
        ],
    ),
    "reading_the_result": Row(
        reading_the_result,
        [{"cell": 0}, {"cell": 49, "stop": 5}, {"cell": 3, "stop": 10}, {"cell": 10, "stop": 9}],
        loose=1e-5,  # the shares are stored in 16 bits
    ),
}


def value_of(numbers, name):
    """numbers["J"][0][1] for the name J.0.1."""
    for key in name.split("."):
        numbers = numbers[key] if isinstance(numbers, dict) else numbers[int(key)]
    return float(numbers)


NUMBER = re.compile(r"[-−]?(?:\d+\.?\d*|\.\d+)(?:e[-−+]?\d+)?|nan|[-−]?inf")


def wrong(shown, numbers, loose):
    """Yield a sentence for each printed number that is not the number of its name, as far as its digits go."""
    for name, words in shown:
        text = NUMBER.findall(words)[-1].replace("−", "-")
        expected = value_of(numbers, name) * (100 if words.endswith("%") else 1)
        bound = 0.5001 * 10.0 ** -len(text.partition("e")[0].partition(".")[2])
        bound = bound * 10 ** int(text.partition("e")[2] or 0) + loose * (100 if words.endswith("%") else 1)
        printed = float(text)
        same = printed == expected or (math.isnan(printed) and math.isnan(expected))
        if not same and not abs(printed - expected) <= bound:
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

# What is cut off at the sides: words and marks that stick out of the figure.
CUT = """() => {
  const figure = document.querySelector('.live').getBoundingClientRect();
  return [...document.querySelectorAll('.stage text, .stage rect, .equation math, .controls > *')]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && (box.right > figure.right + 6 || box.left < figure.left - 6))
    .map(([e]) => `<${e.localName}> ${e.textContent.slice(0, 40)}`);
}"""

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
    """A function: the page of a figure, in a window of its own; when the test ends, no page may have complained."""
    found, contexts = [], []

    def open_page(name, theme="light", **options):
        context = browser.new_context(viewport={"width": 752, "height": 1000}, color_scheme=theme, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        watch(tab, address, found)
        tab.goto(f"{address}/{name}.page?theme={theme}")
        if options.get("java_script_enabled", True):
            tab.wait_for_selector(".mounted")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert found == []


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


@pytest.mark.parametrize("name", CONSTANTS)
def test_its_data_is_what_python_makes(name):
    module = "".join((FOLDER / f"{name}.js").read_text(encoding="utf-8").split())
    for constant, literal in CONSTANTS[name]().items():
        value = "".join(literal.split())
        starts = [f"const{constant}={value};", f"const{constant}=atob(`{value}`)"]
        assert any(start in module for start in starts), f"{constant}: python tests/figure_data.py {name}"


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_layout(page_of, name):
    """Its numbers, in some states; and nothing cut off, nothing too small for a finger, at each width."""
    tab = page_of(name, reduced_motion="reduce")
    assert tab.evaluate(SHOWN), "expected numbers with names (data-shows) to compare"
    for state in [{}, *FIGURES[name].states]:
        set_state(tab, state)
        numbers_are_right(tab, name)
        for width in (752, 390):
            tab.set_viewport_size({"width": width, "height": 1000})
            tab.wait_for_function(f"document.querySelector('.stage').clientWidth === {width - 32}")
            assert tab.evaluate(CUT) == [], f"cut off at {width} px in the state {state}"
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(SMALL) == []


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
        tab.wait_for_timeout(50)
        assert tab.evaluate("scrollY") == scroll, f"handle {i} scrolls the page"
    if not handles.count():
        before = tab.evaluate(STATE)
        tab.locator(".live :is(button, .options label)").first.tap()
        assert tab.evaluate(STATE) != before


@pytest.mark.parametrize("name", NAMES)
def test_random_input(page_of, name, seed=0):
    """A hundred and fifty random drags, clicks and keys: nothing breaks, and the numbers stay right."""
    tab = page_of(name, theme="dark")
    rng = random.Random(seed)
    box = tab.locator(".live").bounding_box()
    for step in range(150):
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
        if step % 10 == 9:
            numbers_are_right(tab, name)


@pytest.mark.parametrize("name", NAMES)
def test_still_picture(page_of, name):
    """It shows what the figure shows first; it is there without scripts and on paper, and there the figure is not."""
    tab = page_of(name)
    tab.set_viewport_size({"width": 704 + 32, "height": 900})
    tab.wait_for_function("document.querySelector('.stage').clientWidth === 704")
    words = tab.evaluate("() => [...document.querySelectorAll('.stage text, .equation')].map(e => e.textContent)")
    still = (FOLDER / "still" / f"{name}.svg").read_text(encoding="utf-8")
    drawn = re.sub(r"\s", "", html.unescape("".join(re.findall(r">([^<>]+)<", still))))
    assert drawn == re.sub(r"\s", "", "".join(words)), f"the still picture is old: python tests/make_stills.py {name}"
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
    assert len(list(wrong([["p.0", "56.4 %"], ["p.1", "0.00"], ["dx", "= −30.0"]], numbers, 0))) == 3
