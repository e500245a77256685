"""The sheet to draw on, in a real browser: it computes what nnlib computes, reads drawings, and refuses bad files."""

import base64
import random

import bad_weights
import make_digit
import numpy as np
import pytest
import safetensors.numpy
from chromium import drawn
from figure_page import looks, served, windows

from benchmarks.drawing import drawings as drawn_anew
from nnlib import data, functional, gradcheck, io, picture, strokes
from nnlib.activations import ELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.conv import Conv2d
from nnlib.layers import Dropout, Flatten, Linear, Reshape
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.pool import AvgPool2d, MaxPool2d
from nnlib.sequential import Sequential
from nnlib.train import evaluate

DIGIT = "document.querySelector('.digit').digit"


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def mnist():
    return data.load_mnist()


@pytest.fixture(scope="module")
def net():
    return io.load(io.SHIPPED)


@pytest.fixture
def page_of(browser, address):
    """A function: the sheet."""
    with windows(browser, address) as open_page:
        yield lambda **options: open_page("sheet.digit", **options)


@pytest.fixture(scope="module")
def modules(browser, address):
    """A page from which the modules are called: modules(function, argument)."""
    tab = browser.new_page()
    tab.goto(f"{address}/sheet.digit")
    tab.evaluate(
        """async () => {
          for (const name of ['network', 'layers', 'compare', 'picture', 'examples', 'digit', 'tested'])
            window[name] = await import(`/digit/${name}.js`);
          window.net = network.load(await (await fetch('/digit/784-64-10.safetensors')).arrayBuffer());
          window.conv = network.load(await (await fetch('/digit/convolution.safetensors')).arrayBuffer());
          window.rows = (text, n) => {  // base64 of bytes, n a row
            const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
            return Array.from({length: bytes.length / n}, (_, i) => bytes.slice(i * n, (i + 1) * n));
          };
        }"""
    )
    yield tab.evaluate
    tab.close()


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, np.uint8).tobytes()).decode()


# ---- it computes what nnlib computes --------------------------------------------------------------------------------


def test_a_thousand_digits_are_read_as_nnlib_reads_them(modules, net, mnist):
    X = mnist.X_test[:1000]
    A2 = modules(
        "text => rows(text, 784).map(x => [...network.forward(net, Float64Array.from(x, v => v / 255)).a2])", packed(X)
    )
    expected = net.forward(data.scale(X))[3]
    assert np.array_equal(np.argmax(A2, axis=1), expected.argmax(axis=1))
    assert np.abs(A2 - expected).max() < 1e-5  # the promise
    assert np.abs(A2 - expected).max() < 1e-12  # both compute in float64, in another order


def test_every_array_and_the_gradient_are_those_of_nnlib(modules, net, mnist):
    names = ["z1", "a1", "z2", "a2", "dz2", "da1", "dz1", "dx"]
    code = """([text, names]) => rows(text, 784).map(bytes => {
      const x = Float64Array.from(bytes, v => v / 255), passed = network.forward(net, x);
      const back = network.backward(net, passed, passed.a2.indexOf(Math.max(...passed.a2)));
      return names.map(name => [...({...passed, ...back})[name]]);
    })"""
    X = np.vstack([mnist.X_test[:20], np.zeros((1, 784), np.uint8)])
    for x, arrays in zip(data.scale(X), modules(code, [packed(X), names]), strict=True):
        forward = net.forward(x[None])
        Y = data.one_hot(forward[3].argmax(axis=1))
        _, db1, _, db2 = net.backward(x[None], Y, *forward)  # with one picture, db is dz
        dx = functional.linear_backward(db1[None], x[None], net.W1)[0]
        expected = [*forward, db2, db2 @ net.W2.T, db1, dx]
        for name, array, right in zip(names, arrays, expected, strict=True):
            assert np.allclose(array, np.ravel(right), rtol=1e-10, atol=1e-13), name
    unsure = int((net.forward(data.scale(mnist.X_test[:1000]))[3].max(axis=1)).argmin())
    x = data.scale(mnist.X_test[unsure : unsure + 1])
    Y = data.one_hot(net.predict(x))
    (arrays,) = modules(code, [packed(mnist.X_test[unsure]), names])
    numerical = gradcheck.numerical_gradient(lambda: net.loss(x, Y), x)
    assert gradcheck.relative_error(np.array(arrays[-1]), numerical[0]) < 1e-5


# One network with each kind of layer that the page knows, of odd sizes, strides and paddings.
EVERY_LAYER = [
    lambda rng: [
        Reshape(1, 28, 28), Conv2d(1, 3, 5, rng, stride=2, padding=1), BatchNorm(3), LeakyReLU(0.1), AvgPool2d(2),
        Conv2d(3, 4, 2, rng, padding=2), ELU(), MaxPool2d(3), Dropout(0.5, rng), Flatten(), Linear(36, 10, rng),
    ],
    lambda rng: [
        Linear(784, 12, rng, bias=False), BatchNorm(12), Sigmoid(), Linear(12, 9, rng), Tanh(), Linear(9, 8, rng),
        SiLU(), Linear(8, 7, rng), ReLU(), Linear(7, 10, rng),
    ],
]  # fmt: skip


def layered(make):
    rng = np.random.default_rng(0)
    net = Sequential(*make(rng))
    for arrays in (net.params, net.state):
        for name, array in arrays.items():
            signs = 1 if "variance" in name else rng.choice([-1, 1], array.shape)
            array += signs * rng.uniform(0.1, 0.5, array.shape)
    return net


def of_layers(modules, net, X):
    """What the page finds of each picture: the scores, and their gradient where answer 3 is the label."""
    return modules(
        """([text, pictures]) => {
          const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
          const net = network.load(bytes.buffer);
          return rows(pictures, 784).map((pixels) => {
            const x = Float64Array.from(pixels, v => v / 255), found = layers.through(net, x), z = found.at(-1);
            const dz = network.softmax(z).map((a, k) => a - (k === 3));
            return [[...z], [...layers.gradient(net, x, found, dz)]];
          });
        }""",
        [base64.b64encode(bad_weights.saved(net)).decode(), packed(X)],
    )


@pytest.mark.parametrize("make", EVERY_LAYER)
def test_networks_of_layers_compute_what_nnlib_computes(modules, make):
    """On noise: where pixels are equal, a largest one has a kink, and differences disagree with any gradient."""
    net, X = layered(make), np.random.default_rng(1).integers(0, 256, (3, 784), dtype=np.uint8)
    label, loss = np.eye(10)[3:4], SoftmaxCrossEntropy()
    for x, (z, dx) in zip(data.scale(X)[:, None], of_layers(modules, net, X), strict=True):
        assert np.allclose(z, net.forward(x)[0], rtol=1e-10, atol=1e-12)
        numerical = gradcheck.numerical_gradient(lambda x=x: loss.forward(net.forward(x), label), x)[0]
        assert gradcheck.relative_error(np.array(dx), numerical) < 1e-5


def test_the_convolutional_network_reads_as_nnlib_and_pytorch_read(modules, mnist):
    """The shipped file in three programs: the page, nnlib, and PyTorch, which reads the arrays by their names."""
    torch = pytest.importorskip("torch")
    path, X = make_digit.CONVOLUTION, mnist.X_test[:200]
    ours = io.load(path, np.float64).forward(data.scale(X))
    page = modules(
        "text => rows(text, 784).map(x => [...layers.through(conv, Float64Array.from(x, v => v / 255)).at(-1)])",
        packed(X),
    )
    assert np.abs(functional.softmax(np.array(page)) - functional.softmax(ours)).max() < 1e-5  # the promise
    assert np.allclose(page, ours, rtol=1e-10, atol=1e-12)
    arrays = safetensors.numpy.load_file(path)
    nn, state = torch.nn, {}
    for name, array in arrays.items():
        place, kind = name.split(".")
        state[f"{place}.{'bias' if kind == 'b' else 'weight'}"] = torch.tensor(array.T if kind == "W" else array)
    theirs = nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)), nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10),
    )  # fmt: skip
    theirs.load_state_dict(state)
    with torch.no_grad():
        scores = theirs.double()(torch.tensor(data.scale(X)).double()).numpy()
    assert np.allclose(scores, ours, rtol=1e-9, atol=1e-9)


def test_the_shipped_convolutional_network_is_what_its_file_says(mnist):
    net, facts = io.load(make_digit.CONVOLUTION), io.facts(make_digit.CONVOLUTION)
    said = facts["options"]
    assert (said["conv"], said["epochs"], said["batch_size"], said["optimizer"], said["seed"]) == (
        True, 4, 64, "adam", 0,
    )  # fmt: skip
    assert make_digit.CONVOLUTION.stat().st_size < 60_000
    assert evaluate(net, mnist.X_test, mnist.y_test, chunk=500).accuracy > 0.991


def test_strokes_become_the_picture_that_nnlib_makes_of_the_same_ink(modules):
    """Random strokes, a dot, two lines; their ink in 8 × 8 samples a pixel also goes through to_mnist_form."""
    rng = np.random.default_rng(0)
    drawings = [
        [(rng.random(2) + rng.normal(0, rng.choice([0.02, 0.2]), (n, 2)).cumsum(axis=0)).tolist() for n in counts]
        for counts in (rng.integers(1, 9, rng.integers(1, 4)) for _ in range(60))
    ] + [[[[0.5, 0.5]]], [[[0.1, 0.2], [0.9, 0.2]]], [[[0.3, 0.1], [0.3, 0.8]]]]
    made = modules(
        """drawings => drawings.map(strokes => {
          const {ink, rows, columns} = picture.rasterise(strokes);
          return [[...ink], 8 * rows, 8 * columns, [...picture.pictureOf(strokes)].map(v => 255 * v)];
        })""",
        drawings,
    )
    for ink, height, width, x in made:
        sheet = np.pad(255 * np.reshape(ink, (height, width)), 3)
        assert max(height, width) == 160
        assert np.array_equal(picture.to_mnist_form(sheet), np.rint(x))


def drawings(count, seed=0):
    """Random strokes on the sheet, from 0 to 1; a dot, two lines."""
    rng = np.random.default_rng(seed)
    return [
        [
            np.clip(rng.random(2) + rng.normal(0, rng.choice([0.02, 0.2]), (n, 2)).cumsum(axis=0), 0, 1).tolist()
            for n in rng.integers(1, 9, rng.integers(1, 4))
        ]
        for _ in range(count)
    ] + [[[[0.5, 0.5]]], [[[0.1, 0.2], [0.9, 0.2]]], [[[0.3, 0.1], [0.3, 0.8]]], []]


def test_each_step_left_out_is_left_out_in_python_too(modules):
    """`nnlib.strokes` and the page's picture.js make the same 784 numbers of the same strokes, whatever is left out."""
    for scale in (True, False):
        for soft in (True, False):
            for pen in (0.12, 0.3, None):
                for place in ("mass", "half", "box", "sheet"):
                    options = {"scale": scale, "soft": soft, "pen": pen, "place": place}
                    drawn = drawings(12, seed=len(place))
                    made = modules(
                        "([all, options]) => all.map(strokes => [...picture.pictureOf(strokes, options)])",
                        [drawn, options],
                    )
                    for one, x in zip(drawn, made, strict=True):
                        assert np.array_equal(strokes.picture_of(one, **options), np.rint(255 * np.array(x))), options


# ---- it reads what is drawn -----------------------------------------------------------------------------------------


def test_two_hundred_digits_replayed_as_strokes_are_read(modules, mnist):
    """Each at a place and in a size of its own. `benchmarks/drawing.py` says how many of 2,000 are read."""
    rng = np.random.default_rng(0)
    some = np.arange(0, 10_000, 50)
    replayed = [[stroke.tolist() for stroke in drawing] for drawing in drawn_anew(mnist.X_test[some], rng)]
    answers = modules(
        """drawings => drawings.map(strokes => {
          const {a2} = network.forward(net, picture.pictureOf(strokes));
          return a2.indexOf(Math.max(...a2));
        })""",
        replayed,
    )
    read = (answers == mnist.y_test[some]).mean()
    assert read >= 0.95, f"{read:.1%} read"


@pytest.mark.parametrize(
    ("network", "confidence", "words"),
    [
        ("dense", 0.9999, "more than 99.9 % sure on 7,424, and it read all of these"),
        ("dense", 0.6, "60 to 70 % sure on 86, and it read 62.8\u00a0% (±\u00a05.2) of these"),
        ("convolution", 0.9999, "more than 99.9 % sure on 8,964, and it read all but 3 of these"),
    ],
)
def test_how_far_to_trust_a_confidence_is_said(modules, network, confidence, words):
    said = modules("([network, sure]) => digit.trust(sure, tested.TESTED[network])", [network, confidence])
    assert words in said


def test_the_stored_digits_are_read(modules):
    answers = modules(
        """() => examples.DIGITS.map(strokes => {
          const {a2} = network.forward(net, picture.pictureOf(strokes));
          return a2.indexOf(Math.max(...a2));
        })"""
    )
    assert answers == list(range(10))


def answer(tab):
    return tab.locator(".answer").text_content()


def drag(tab, points, box):
    for i, (x, y) in enumerate(points):
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if i == 0:
            tab.mouse.down()
    tab.mouse.up()


def test_the_mouse_draws_and_every_part_follows(page_of):
    tab = page_of()
    assert answer(tab).startswith("Read as 5")
    box = tab.locator(".pad").bounding_box()
    drag(tab, [(0.1, 0.1), (0.24, 0.1), (0.17, 0.4)], box)  # a small 7 in a corner takes the place of the example
    assert tab.evaluate(f"{DIGIT}.pad.strokes.length") == 1
    assert answer(tab).startswith("Read as 7")
    drag(tab, [(0.14, 0.25), (0.24, 0.25)], box)  # and its bar
    assert answer(tab).startswith("Read as 7")
    shown = [cell.text_content() for cell in tab.locator(".classes .best td").all()]
    a2 = tab.evaluate(f"[...{DIGIT}.now.a2]")
    assert tab.locator(".classes .best th").text_content() == "7" and shown[-1].rstrip(" %")
    assert abs(sum(a2) - 1) < 1e-12
    tab.wait_for_function("document.querySelector('.heard[role=status]').textContent.startsWith('Read as 7')")
    tab.get_by_role("button", name="Undo").click()
    assert tab.evaluate(f"{DIGIT}.pad.strokes.length") == 1
    tab.get_by_role("button", name="Clear").click()
    assert answer(tab) == "An empty sheet" and not tab.evaluate(f"{DIGIT}.now.x.some(v => v)")
    tab.get_by_label("a stored drawing").select_option("a crossed 7")
    assert answer(tab).startswith("Read as 7")
    tab.locator(".units canvas").first.hover(position={"x": 5, "y": 5})
    assert "unit 0" in tab.locator(".of").text_content()


MOVES = """() => new Promise((resolve) => {
  const { pad } = document.querySelector(".digit").digit, { canvas } = pad, counts = [];
  for (const name of ["draw", "changed"]) {
    const original = pad[name];
    pad[name] = () => { counts.push(name); original.call(pad); };
  }
  canvas.setPointerCapture = () => {};
  const box = canvas.getBoundingClientRect();
  const send = (type, u) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: 1, bubbles: true,
    clientX: box.left + u * box.width, clientY: box.top + u * box.height }));
  send("pointerdown", 0);
  counts.length = 0;
  for (let i = 1; i <= 200; i++) send("pointermove", i / 250);
  const atOnce = [...counts];
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const later = [...counts], points = pad.strokes[0].length;
    send("pointermove", 0.9);
    send("pointerup", 0.9);
    resolve({ atOnce, later, ended: counts.length - later.length, points, all: pad.strokes[0].length });
  }));
})"""


def test_a_pointer_that_moves_often_is_followed_once_a_frame(page_of):
    """Between two frames come many moves; no point is lost, and the end of a stroke is read at once."""
    tab = page_of()
    drawn(tab)  # the sheet draws itself once when it gets its size
    counted = tab.evaluate(MOVES)
    assert counted["atOnce"] == []
    assert counted["later"] == ["draw", "changed"]
    assert counted["ended"] == 2 and counted["points"] == 201 and counted["all"] == 202


def test_a_finger_draws_and_the_page_does_not_scroll(page_of):
    tab = page_of(viewport={"width": 390, "height": 500}, has_touch=True, is_mobile=True)
    tab.evaluate("scrollTo(0, 60)")
    box, client = tab.locator(".pad").bounding_box(), tab.context.new_cdp_session(tab)
    before = tab.evaluate("scrollY")
    for way in range(9):
        point = {"x": box["x"] + box["width"] / 2 - way, "y": box["y"] + 0.85 * box["height"] - 24 * way}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove" if way else "touchStart", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    drawn(tab)  # a scroll that a touch began shows in the next frame
    assert before and tab.evaluate("scrollY") == before
    assert answer(tab).startswith("Read as 1")


def test_by_keyboard_alone(page_of):
    """Tab to the sheet, draw a 1, undo; a stored drawing; a hidden unit: nothing needs a pointer."""
    tab = page_of()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "pad"
    tab.keyboard.press("Space")
    assert tab.locator(".heard[role=status]").text_content() == "pen down"
    for _ in range(14):
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Space")
    assert answer(tab).startswith("Read as 1")
    tab.wait_for_function("document.querySelector('.heard[role=status]').textContent.startsWith('Read as 1')")
    tab.keyboard.press("Space")
    tab.keyboard.press("PageUp")
    tab.keyboard.press("Shift+ArrowLeft")
    tab.keyboard.press("Space")
    assert tab.evaluate(f"{DIGIT}.pad.strokes.map(s => s.length)") == [15, 3]
    tab.keyboard.press("Backspace")
    assert tab.evaluate(f"{DIGIT}.pad.strokes.length") == 1
    order = []
    for _ in range(7):
        tab.keyboard.press("Tab")
        order.append(tab.evaluate("document.activeElement.getAttribute('role') ?? document.activeElement.localName"))
    assert order == ["button", "button", "select", "button", "button", "slider", "input"]
    tab.keyboard.press("Shift+Tab")
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    assert tab.locator("[role=slider]").get_attribute("aria-valuenow") == "9"
    assert "unit 9" in tab.locator(".of").text_content()
    assert tab.locator("[role=slider]").get_attribute("aria-valuetext").startswith("unit 9. Score")


# ---- files ----------------------------------------------------------------------------------------------------------


BAD = {name: file for name, file in bad_weights.FILES.items() if file.page}


def choose(tab, name, content):
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    tab.locator("input[type=file]").set_input_files(file)
    tab.wait_for_function("name => document.querySelector('.message').textContent.startsWith(name)", arg=name)
    return tab.locator(".message").text_content()


def test_a_bad_file_is_refused_in_words_and_the_network_stays(page_of):
    tab = page_of()
    before = tab.evaluate(f"[...{DIGIT}.now.a2]")
    for i, (name, file) in enumerate(BAD.items()):
        message = choose(tab, f"{i}.safetensors", file.content)
        assert file.page in message and message.endswith("The network in use stays."), f"{name}: {message}"
        assert tab.evaluate(f"{DIGIT}.net === {DIGIT}.book && [...{DIGIT}.now.a2]") == before, name
    assert not tab.get_by_role("button", name="Back to").is_visible()


def test_a_good_file_is_taken(modules):
    """Each that stands in the table as good, float32 and float64; `tests/library/test_io.py` reads the same table."""
    files = bad_weights.FILES.items()
    good = {name: base64.b64encode(file.content).decode() for name, file in files if file.page is None}
    taken = modules(
        """files => Object.fromEntries(Object.entries(files).map(([name, text]) => {
          const net = network.load(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
          return [name, [net.D, net.H, net.K, net.W1?.length]];
        }))""",
        good,
    )
    for name, sizes in taken.items():
        hidden = 1 if name == "one hidden unit" else 32
        if name == "in layers":
            assert sizes[0] == 784 and sizes[2] == 10
            continue
        assert sizes == [784, hidden, 10, 784 * hidden], name


@pytest.mark.parametrize(("hidden", "dtype"), [(32, np.float32), (64, np.float64), (1, np.float32), (300, np.float32)])
def test_the_readers_own_network_reads(page_of, mnist, net, hidden, dtype):
    tab = page_of(viewport={"width": 390, "height": 900})
    own = bad_weights.arrays(hidden, dtype, seed=1)
    message = choose(tab, "my.safetensors", safetensors.numpy.save(own, {"made": 'by "W1": me'}))
    assert message.startswith("my.safetensors is in use. It reads ")
    x = np.array(tab.evaluate(f"[...{DIGIT}.now.x]"))
    a1 = np.maximum(0, x @ own["W1"].astype(float) + own["b1"])
    a2 = functional.softmax(a1 @ own["W2"].astype(float) + own["b2"])
    assert np.abs(tab.evaluate(f"[...{DIGIT}.now.a2]") - a2).max() < 1e-12
    assert f"yours, 784-{hidden}-10" in tab.locator(".file").text_content()
    slider = tab.locator("[role=slider]")
    slider.press("End")
    assert slider.get_attribute("aria-valuenow") == str(hidden - 1)
    grid = tab.locator("[role=slider] canvas")  # what is under the pointer is what is chosen
    columns = int(np.ceil(np.sqrt(hidden)))
    row, column = divmod(hidden // 2, columns)
    cell = grid.bounding_box()["width"] / columns
    grid.hover(position={"x": (column + 0.5) * cell, "y": (row + 0.5) * cell})
    assert slider.get_attribute("aria-valuenow") == str(hidden // 2)
    chosen = tab.locator("[role=slider] .chosen").bounding_box()
    assert abs(chosen["y"] - grid.bounding_box()["y"] - row * cell) < 2
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.get_by_role("button", name="Back to").click()
    assert answer(tab).startswith("Read as 5") and tab.locator(".message").text_content() == ""


def test_a_network_that_reads_little_is_asked_why(page_of, net):
    """The right shapes, the values in the wrong order: no check of the file sees it, ten digits do."""
    tab = page_of()
    shuffled = {name: value.astype(np.float32) for name, value in net.params.items()}
    shuffled["W1"] = shuffled["W1"].T.reshape(784, 64).copy()
    assert "That is few." in choose(tab, "shuffled.safetensors", safetensors.numpy.save(shuffled))


@pytest.mark.parametrize("width", [752, 390])
def test_the_other_network_is_chosen_fetched_once_and_compared(page_of, width):
    tab = page_of(viewport={"width": width, "height": 900})
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    assert "53 kB" in tab.locator(".choice").text_content().replace("\u00a0", " ")
    assert not tab.locator(".versus").is_visible()
    other, dense = (tab.get_by_role("button", name=name, exact=True) for name in ("convolutional", "dense"))
    other.click()
    tab.wait_for_selector(".versus:visible")
    assert other.get_attribute("aria-pressed") == "true" and dense.get_attribute("aria-pressed") == "false"
    assert answer(tab).startswith("Read as 5")
    assert "chapter 17’s, 9 layers, 12,810 numbers" in tab.locator(".file").text_content()
    assert tab.locator(".maps .panel").count() == 4 and not tab.locator("[role=slider]").is_visible()
    assert tab.locator(".versus").text_content().startswith("Both read 5")
    tab.evaluate(f"{DIGIT}.pad.put([[[0.2, 0.2], [0.8, 0.8]], [[0.8, 0.2], [0.2, 0.8]]])")  # a cross: they differ
    x = np.array(tab.evaluate(f"[...{DIGIT}.now.x]"))
    nets = io.load(io.SHIPPED), io.load(make_digit.CONVOLUTION, np.float64)
    p, q = (functional.softmax(net.scores(x[None]))[0] for net in nets)
    shifts = [np.roll(x.reshape(28, 28), way, (0, 1)).ravel() for way in ((-2, 0), (2, 0), (0, -2), (0, 2))]
    assert np.pad(x.reshape(28, 28)[2:-2, 2:-2], 2).sum() == x.sum()  # a roll moves no ink round
    kept = [int((net.predict(np.array(shifts)) == net.predict(x[None])).sum()) for net in nets]
    said = tab.locator(".versus").text_content().replace("\u00a0", " ")
    assert p.argmax() != q.argmax()
    assert said.startswith(f"They differ: the dense network reads {p.argmax()} ({100 * p.max():.1f} %), ")
    assert f"They place {100 * np.minimum(p, q).sum():.1f} % of their confidence alike." in said
    assert said.endswith(f"keeps its answer for {kept[0]} of the four, the convolutional one for {kept[1]}.")
    tab.get_by_label("a stored drawing").select_option("a 4")
    assert tab.locator(".versus").text_content() != said
    tab.get_by_role("button", name="Clear").click()
    assert answer(tab) == "An empty sheet" and not tab.locator(".versus").is_visible()
    dense.click()
    other.click()
    assert sum("convolution" in url for url in asked) == 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CUT) == [] and tab.evaluate(SMALL) == tab.evaluate(BROKEN) == []


def test_networks_that_differ_are_told_apart(modules):
    """Two made-up networks: one knows left from right, the other always says 1."""
    told = modules(
        """() => {
          const point = new Float64Array(784).fill(0).map((_, d) => Number(d === 28 * 14 + 13));
          const sure = (label) => Float64Array.from({length: 10}, (_, k) => k === label ? 0.9 : 0.1 / 9);
          const left = x => sure(x.some((v, d) => v && d % 28 < 14) ? 2 : 7);
          const one = () => Float64Array.from({length: 10}, (_, k) => k === 1 ? 0.82 : 0.02);
          const found = compare.compared(left, one, point);
          return [found.same, found.kept, compare.inWords(found, ["the first", "yours"])];
        }"""
    )
    assert abs(told[0] - (0.02 + 0.1 / 9 + 8 * 0.1 / 9)) < 1e-12  # 0.9 and 0.02 of the 2; 0.1/9 of each other
    assert told[1] == [3, 4]
    words = told[2].replace("\u00a0", " ")
    assert words.startswith("They differ: the first reads 2 (90.0 %), yours reads 1 (82.0 %).")


def test_a_convolutional_network_that_does_not_come_is_said(browser, address):
    tab = browser.new_page()
    tab.route("**/convolution.safetensors", lambda route: route.abort())
    tab.goto(f"{address}/sheet.digit")
    tab.get_by_role("button", name="convolutional", exact=True).click()
    tab.wait_for_function("document.querySelector('.choice').textContent.includes('The network in use stays')")
    assert tab.evaluate(f"{DIGIT}.net === {DIGIT}.book")
    tab.close()


LAYERS = {
    "no list": ("{}", "expected a list of 1 to 200 layers"),
    "another layer": ('[["Linear", {"inputs": 784, "outputs": 10, "bias": true}], ["GELU", {}]]', "expected layers of"),
    "other settings": ('[["Linear", {"inputs": 784}]]', "expected Linear with inputs, outputs, bias"),
    "a size that is none": (
        '[["Linear", {"inputs": 784, "outputs": -10, "bias": true}]]',
        "expected outputs of Linear that fit, got -10",
    ),
    "no pictures": (
        '[["Conv2d", {"channels": 1, "filters": 1, "size": 3, "stride": 1, "padding": 0}]]',
        "expected pictures, got (784)",
    ),
    "too small": (
        '[["Reshape", {"shape": [1, 28, 28]}], ["MaxPool2d", {"size": 29}]]',
        "to be large enough for MaxPool2d",
    ),
    "another number": ('[["Reshape", {"shape": [1, 28, 27]}]]', "expected a shape of 784 numbers, got (1, 28, 27)"),
    "not ten": ('[["ReLU", {}]]', "expected the arrays"),
    "a prototype's": ('[["constructor", {}]]', "expected layers of"),
    "no JSON": ("[[", "expected what nnlib writes of itself"),
}


def test_layers_that_do_not_fit_are_refused_in_words(modules):
    for name, (layers, words) in LAYERS.items():
        told = f'{{"layers": {layers}}}'
        content = safetensors.numpy.save({"0.W": np.ones((784, 10), np.float32)}, {"nnlib": told})
        said = modules(
            "text => { try { network.load(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer); return 'taken'; }"
            " catch (error) { return error.message; } }",
            base64.b64encode(content).decode(),
        )
        assert words in said, f"{name}: {said}"


def test_a_network_of_layers_from_a_file_reads(page_of):
    tab = page_of()
    message = choose(tab, "mine.safetensors", make_digit.CONVOLUTION.read_bytes())
    assert message == "mine.safetensors is in use. It reads 10 of the 10 stored digits."
    assert "yours, 9 layers, 12,810 numbers" in tab.locator(".file").text_content()
    assert "Both read 5: the dense network" in tab.locator(".versus").text_content()
    tab.get_by_role("button", name="Back to").click()
    assert not tab.locator(".versus").is_visible()


# ---- the page -------------------------------------------------------------------------------------------------------

CUT, SMALL, BROKEN = looks(".digit", "button, select, label.button, .units, .pad")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_or_too_small(page_of, theme):
    tab = page_of(theme=theme)
    for width in (1000, 752, 640, 390, 340):
        tab.set_viewport_size({"width": width, "height": 900})
        for drawing in ("a 5", "a crossed 7", "a house, no digit"):
            tab.get_by_label("a stored drawing").select_option(drawing)
            assert tab.evaluate(CUT) == [], f"cut off at {width} px, {drawing}"
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(SMALL) == tab.evaluate(BROKEN) == []


@pytest.mark.parametrize("steps", [100, pytest.param(1000, marks=pytest.mark.sweep)])
def test_random_input(page_of, steps):
    tab = page_of()
    rng = random.Random(steps)
    box = tab.locator(".digit").bounding_box()
    keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "Space", "Backspace", "Tab"]
    for step in range(steps):
        what = rng.random()
        if what < 0.4:
            tab.mouse.move(box["x"] + rng.random() * box["width"], box["y"] + rng.random() * 0.8 * box["height"])
        elif what < 0.6:
            (tab.mouse.down if rng.random() < 0.6 else tab.mouse.up)()
        else:
            tab.keyboard.press(rng.choice(keys))
        if step % 20 == 19:
            assert tab.evaluate(BROKEN) == []
            assert abs(sum(tab.evaluate(f"[...{DIGIT}.now.a2]")) - 1) < 1e-12


def test_weights_are_fetched_only_when_the_reader_comes_near(browser, address):
    tab = browser.new_page(viewport={"width": 752, "height": 600})
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.add_init_script(
        "document.addEventListener('readystatechange', () => "
        "(document.querySelector('main').style.paddingTop = '4000px'), {once: true})"
    )
    tab.goto(f"{address}/sheet.digit")
    tab.wait_for_load_state("networkidle")
    assert not any("safetensors" in url for url in asked)
    tab.mouse.wheel(0, 3500)
    tab.wait_for_selector(".mounted")
    assert sum("safetensors" in url for url in asked) == 1
    tab.close()


def test_the_still_picture_and_its_words_are_there_without_scripts_and_on_paper(page_of, browser, address):
    tab = page_of()
    assert not tab.locator("figure > img").is_visible()
    tab.emulate_media(media="print")
    assert tab.locator("figure > img").is_visible() and not tab.locator(".digit").is_visible()
    assert page_of(java_script_enabled=False).locator("figure > img").is_visible()
    broken = browser.new_page()
    broken.route("**/*.safetensors", lambda route: route.fulfill(status=404))
    with broken.expect_console_message(lambda message: "the still picture stays" in message.text):
        broken.goto(f"{address}/sheet.digit")
    assert broken.locator("figure > img").is_visible()
    broken.close()


def test_what_a_program_made_is_current(browser, address, mnist):
    again = "make it again: python tests/make_digit.py"
    assert (make_digit.FOLDER / "tested.js").read_text(encoding="utf-8") == make_digit.table(mnist), again
    tab = browser.new_page()
    assert (make_digit.FOLDER / "still.svg").read_text(encoding="utf-8") == make_digit.still(tab, address), again
    tab.close()
