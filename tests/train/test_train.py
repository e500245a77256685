"""The page that trains, in a real browser and in Node.js: it computes what nnlib computes, and says what goes wrong."""

import base64
import gzip
import json
import subprocess
from pathlib import Path

import npm
import numpy as np
import pytest
import train_data
from chromium import drawn
from figure_page import served, windows

from nnlib import data, io, optim
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.train import evaluate
from nnlib.two_layer import TwoLayerNet

TRAINING = "document.querySelector('.train').training"
TRAINED = f"{TRAINING}.finished && {TRAINING}.state === 'idle'"
NUMBERS = ("W1", "b1", "W2", "b2")


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def mnist():
    return data.load_mnist()


@pytest.fixture
def page_of(browser, address):
    """A function: the page that trains."""
    with windows(browser, address) as open_page:
        yield lambda **options: open_page("here.train", **options)


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def trained(tab, patience=60_000):
    """Wait for the end of a training; return what the page says of it."""
    tab.wait_for_function(TRAINED, timeout=patience)
    drawn(tab)
    return tab.locator(".status").text_content()


def saved(tab, tmp_path):
    """Press *Save the weights*; return the file."""
    with tab.expect_download() as download:
        press(tab, "Save the weights")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


# ---- what it learns from --------------------------------------------------------------------------------------------


def test_what_a_program_made_is_current(mnist):
    again = "make it again: python tests/train_data.py"
    files = {name: (train_data.FOLDER / name).read_bytes() for name in ("digits.bin", "test.bin")}
    for name, inside in train_data.contents().items():
        assert gzip.decompress(files[name]) == inside, again  # another zlib packs the same in other bytes
    module = (train_data.FOLDER / "files.js").read_text(encoding="utf-8")
    assert module == train_data.facts(files | train_data.grey()), again
    assert len(files["digits.bin"]) <= 500_000  # the promise: what a training needs
    still = (train_data.FOLDER / "still.svg").read_text(encoding="utf-8")
    assert still == train_data.still(io.load(io.SHIPPED)), again


# ---- it computes what nnlib computes --------------------------------------------------------------------------------


def steps(**given):
    """Return the weights and the mean loss after some steps of trainer.js."""
    program = Path(__file__).with_name("steps.mjs")
    done = subprocess.run([npm.node(), program], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


OPTIMIZERS = {
    "sgd": ({}, lambda: optim.SGD(0.1)),
    "momentum": ({}, lambda: optim.Momentum(0.03)),
    "adam": ({}, lambda: optim.Adam(0.003)),
    "the recipe's": (
        {"beta1": 0.85, "beta2": 0.97, "decay": 0.05, "smoothing": 0.03},
        lambda: optim.AdamW(0.03, weight_decay=0.05, beta1=0.85, beta2=0.97),
    ),
}
RATES = {"sgd": 0.1, "momentum": 0.03, "adam": 0.003, "the recipe's": 0.03}


@pytest.mark.equation("eq-two-layer-forward", "eq-two-layer-dW1", "eq-sgd", "eq-momentum", "eq-adam", "eq-weight-decay")
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_give_the_weights_of_nnlib(mnist, name):
    """From the same start, with the same batches; nnlib computes in float64, and so does JavaScript."""
    options, make = OPTIMIZERS[name]
    rng = np.random.default_rng(0)
    X, y = mnist.X_train[:300], mnist.y_train[:300]
    batches = [rng.permutation(300)[:64].tolist() for _ in range(10)]
    net = TwoLayerNet(rng, hidden=16)
    for param in net.params.values():
        param[...] = param.astype(np.float32)  # so that both start from the same numbers
    start = {key: param.ravel().tolist() for key, param in net.params.items()}
    optimizer, loss, losses = make(), SoftmaxCrossEntropy(options.get("smoothing", 0)), []
    scaled, Y = data.scale(X), data.one_hot(y)
    for rows in batches:
        states = net.forward(scaled[rows])
        losses.append(loss.forward(states[2], Y[rows]))
        grads = net.backward(scaled[rows], loss.targets(Y[rows]), *states)
        optimizer.step(net.params, dict(zip(net.params, grads, strict=True)))
    kind = "adam" if name == "the recipe's" else name
    given = {"optimizer": kind, "lr": RATES[name], "batch": 64, "options": options, "hidden": 16}
    found = steps(start=start, X=X.ravel().tolist(), y=y.tolist(), batches=batches, **given)
    for key in NUMBERS:
        difference = np.abs(np.array(found["weights"][key]) - net.params[key].ravel()).max()
        assert difference < 1e-5, key  # the promise
        assert difference < 1e-6, key  # what is handed out has 32 bits
    assert abs(found["loss"] - np.mean(losses)) < 1e-9


def test_a_press_trains_a_network_that_reads_the_test_digits(page_of, tmp_path, mnist):
    """One press, 784-64-10; its file is one of nnlib's, byte by byte, and reads as the page says it does."""
    tab = page_of(accept_downloads=True)
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.wait_for_load_state("networkidle")
    assert not any(url.endswith(".bin") for url in asked)  # nothing is fetched before the press
    press(tab, "Train")
    words = trained(tab)
    assert words.startswith("Trained in ") and "of 10,000 test digits" in words
    path = saved(tab, tmp_path)
    net = io.load(path)
    assert path.name == "my-784-64-10.safetensors"
    assert net.W1.shape == (784, 64) and net.dtype == np.float32
    score = evaluate(net, mnist.X_test, mnist.y_test).accuracy
    assert score >= 0.974, f"{score:.2%}"  # of the real test digits, as nnlib reads them
    facts = io.facts(path)
    assert facts == {"drawings": 0, "made": "in the page that trains", "recipe": "fast", "seed": 0, "step": facts["step"]}
    again = tmp_path / "again.safetensors"
    io.save(again, net, facts)
    assert path.read_bytes() == again.read_bytes()
    press(tab, "Read the test digits in all their greys")
    tab.wait_for_function("document.querySelector('.train .file .words').textContent.includes('10,000')")
    right = np.count_nonzero(net.predict(data.scale(mnist.X_test)) == mnist.y_test)
    said = tab.locator(".train .file .words").text_content()
    assert f"{right:,} of 10,000" in said  # the same pixels, the same answers
    here = tab.evaluate(f"{TRAINING}.latest.read.test.right") / 10_000
    assert abs(here - score) < 0.01  # black and white, as the page has them
    content = base64.b64encode(path.read_bytes()).decode()
    sizes = tab.evaluate(
        """async text => {
          const { load } = await import('/digit/network.js');
          const net = load(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
          return [net.D, net.H, net.K];
        }""",
        content,
    )
    assert sizes == [784, 64, 10]  # and the sheet to draw on takes it


# ---- the buttons ----------------------------------------------------------------------------------------------------


def settings(tab, **chosen):
    """Choose *my settings*, and values of selections by their names."""
    tab.get_by_text("my settings", exact=True).click()
    for name, value in chosen.items():
        tab.get_by_label(name.replace("_", " "), exact=True).select_option(value)


def steps_done(tab):
    return tab.evaluate(f"{TRAINING}.latest?.step ?? -1")


def test_one_step_pause_and_what_changes_while_it_trains(page_of):
    tab = page_of()
    settings(tab, digits="1000", passes="100", hidden_units="16", batch="32")
    press(tab, "One step")
    tab.wait_for_function(f"{TRAINING}.latest?.step === 1")
    first = tab.evaluate(f"[...{TRAINING}.latest.weights.b2]")
    press(tab, "One step")
    tab.wait_for_function(f"{TRAINING}.latest?.step === 2")
    assert tab.locator(".status").text_content().startswith("Paused at step 2 of 3,100")
    assert tab.evaluate(f"[...{TRAINING}.latest.weights.b2]") != first
    press(tab, "Go on")
    tab.wait_for_function(f"{TRAINING}.latest?.step > 40")
    tab.get_by_label("batch", exact=True).select_option("128")  # now, and not from the next training on
    press(tab, "Pause")
    tab.wait_for_timeout(400)
    stopped = steps_done(tab)
    tab.wait_for_timeout(400)
    assert steps_done(tab) == stopped < 3100
    assert tab.evaluate(f"{TRAINING}.latest.weights.b1.length") == 16
    rate = tab.get_by_label("step size η")
    rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "0.3"


def test_labels_that_are_shuffled_are_learned_by_heart(page_of):
    """The training digits are read as their wrong labels say, the test digits hardly better than by chance."""
    tab = page_of()
    settings(tab, digits="200", passes="100", optimizer="adam", batch="32")
    tab.get_by_label("shuffled labels").check()
    tab.get_by_label("shifted by up to a pixel").uncheck()
    press(tab, "Train")
    words = trained(tab)
    read = tab.evaluate(f"{TRAINING}.latest.read")
    assert read["training"]["right"] / read["training"]["count"] > 0.95, words
    assert read["test"]["right"] / read["test"]["count"] < 0.3, words


def test_steps_that_are_too_long_are_said_to_be(page_of):
    tab = page_of()
    settings(tab, digits="1000", passes="20")
    tab.get_by_label("step size η").press("End")
    tab.get_by_label("optimizer").select_option("momentum")
    tab.get_by_label("step size η").press("End")
    press(tab, "Train")
    tab.wait_for_function("document.querySelector('.train .message').textContent || " + TRAINED)
    words = tab.locator(".train .message").first.text_content()
    assert words.startswith("A weight is no number any more") or "1" in tab.locator(".status").text_content()


# ---- the reader's drawings ------------------------------------------------------------------------------------------


def draw(tab, points):
    box = tab.locator(".pad").bounding_box()
    for i, (x, y) in enumerate(points):
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if i == 0:
            tab.mouse.down()
    tab.mouse.up()


def test_drawings_are_kept_learned_and_taken_away(page_of):
    """A 7 that no network reads, a square: after five of them it is read, and those kept apart are too."""
    tab = page_of()
    press(tab, "Train")
    trained(tab)
    tab.get_by_label("this is a").select_option("7")
    for i in range(6):
        shift = 0.02 * i
        draw(tab, [(0.2 + shift, 0.2), (0.8, 0.2 + shift), (0.8, 0.8), (0.2 + shift, 0.8), (0.2 + shift, 0.2)])
        press(tab, "Keep it")
    assert tab.locator(".drawings li").count() == 6
    assert tab.locator(".drawings li", has_text="kept apart").count() == 3
    press(tab, "Learn my drawings")
    tab.wait_for_function(f"{TRAINING}.state !== 'idle'")
    trained(tab)
    words = tab.locator(".scores").text_content()
    assert "Of 3 that were learned it reads 0 before and 3 after. Of 3 kept apart it reads 0 before and 3 after." in words
    before, after = (float(part.split()[-2].split("\u00a0")[0]) for part in words.split("test digits: ")[1].split(", "))
    assert abs(before - after) < 3  # and the others are still read
    tab.reload()
    tab.wait_for_selector(".mounted")
    assert tab.locator(".drawings li").count() == 6  # they are in the browser, the network is not
    tab.locator(".drawings button").first.click()
    assert tab.locator(".drawings li").count() == 5
