"""The page that trains, in a real browser and in Node.js: it computes what nnlib computes, and says what goes wrong."""

import base64
import gzip
import json
import re
import subprocess
from pathlib import Path

import npm
import numpy as np
import pytest
import train_data
from chromium import drawn, find_chromium
from figure_page import looks, served, windows
from gpu_devices import CHROMIUM

from nnlib import data, io, optim
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.train import evaluate
from nnlib.two_layer import TwoLayerNet

TRAINING = "document.querySelector('.train').training"
TRAINED = f"{TRAINING}.finished && {TRAINING}.state === 'idle'"
# every drawing, by the newest network: between two rounds there is no reader, but a frame is waited for
ALL_READ = f"!{TRAINING}.reader && !{TRAINING}.readingFrame && !{TRAINING}.frame"
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
    page = Path(train_data.FOLDER.parents[1], "train.md").read_text(encoding="utf-8")
    assert f"first {train_data.COUNT:,} training digits" in page
    assert f"MNIST's own file, {len(train_data.grey()['images.bin']) / 1e6:.1f} MB" in page
    still = (train_data.FOLDER / "still.svg").read_text(encoding="utf-8")
    assert still == train_data.still(io.load(io.SHIPPED)), again


# ---- it computes what nnlib computes --------------------------------------------------------------------------------


def steps(**given):
    """Return the weights and the mean loss after some steps of trainer.js."""
    program = Path(__file__).with_name("steps.js")
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
    assert facts == {
        "drawings": 0,
        "made": "in the page that trains",
        "recipe": "fast",
        "seed": 0,
        "step": facts["step"],
    }
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


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(1, 6))
def test_any_seed_will_do(page_of, tmp_path, mnist, seed):
    tab = page_of(accept_downloads=True)
    tab.evaluate(f"{TRAINING}.seed.value = {seed}")
    press(tab, "Train")
    trained(tab)
    score = evaluate(io.load(saved(tab, tmp_path)), mnist.X_test, mnist.y_test).accuracy
    assert score >= 0.974, f"{score:.2%}"
    assert score > tab.evaluate(f"{TRAINING}.latest.read.test.right") / 10_000  # of black and white digits, as said


# ---- the buttons ----------------------------------------------------------------------------------------------------


def settings(tab, **chosen):
    """Choose *my settings*, and values of selections by their names."""
    tab.locator(".train .options").get_by_text("my settings", exact=True).click()
    for name, value in chosen.items():
        tab.get_by_label(name.replace("_", " "), exact=True).select_option(value)


def steps_done(tab):
    return tab.evaluate(f"{TRAINING}.latest?.step ?? -1")


def test_one_step_pause_and_what_changes_while_it_trains(page_of):
    tab = page_of()
    settings(tab, digits="20000", passes="100", hidden_units="16", batch="32")
    press(tab, "One step")
    tab.wait_for_function(f"{TRAINING}.latest?.step === 1")
    first = tab.evaluate(f"[...{TRAINING}.latest.weights.b2]")
    press(tab, "One step")
    tab.wait_for_function(f"{TRAINING}.latest?.step === 2")
    tab.locator(".status", has_text="Paused at step 2 of 62,500").wait_for()
    assert tab.evaluate(f"[...{TRAINING}.latest.weights.b2]") != first
    press(tab, "Go on")
    tab.wait_for_function(f"{TRAINING}.latest?.step > 40")
    tab.get_by_label("batch", exact=True).select_option("128")  # now, and not from the next training on
    press(tab, "Pause")
    stopped = None
    while stopped != (stopped := steps_done(tab)):  # until it stands
        tab.wait_for_timeout(400)
    assert stopped < 62_500
    press(tab, "One step")
    tab.wait_for_function(f"{TRAINING}.latest?.step !== {stopped}")
    assert steps_done(tab) == stopped + 1  # what was shown was where it stood
    assert tab.evaluate(f"{TRAINING}.latest.weights.b1.length") == 16
    rate = tab.get_by_label("step size η")
    rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "0.3"


def test_a_training_that_was_replaced_is_heard_no_more(page_of):
    """*Train anew* at the very end of another: what that still has to say is not this one's."""
    tab = page_of()
    settings(tab, digits="1000", passes="1", hidden_units="16")
    press(tab, "Train")
    trained(tab)
    tab.evaluate(
        """() => new Promise(done => {
          const page = document.querySelector('.train').training, { on_trained } = page;
          page.on_trained = function (data) {
            on_trained.call(page, data);
            delete page.on_trained;
            page.passes.box.querySelector('select').value = '100';
            page.count.box.querySelector('select').value = '20000';
            page.train();
            done();
          };
          page.train();
        })"""
    )
    tab.wait_for_function(f"{TRAINING}.latest.total === 15600 && {TRAINING}.latest.step > 0")
    assert tab.evaluate(f"{TRAINING}.state") == "training"  # and Pause can be pressed
    assert tab.evaluate(f"{TRAINING}.course.points[0].step") == 0


def test_a_seed_is_a_number_that_a_file_can_have(page_of, tmp_path):
    tab = page_of(accept_downloads=True)
    settings(tab, digits="200", passes="1")
    for given, taken in (("-5", "0"), ("1.5", "2"), ("1e20", "4294967295")):
        tab.get_by_label("seed").fill(given)
        tab.get_by_label("seed").blur()
        assert tab.get_by_label("seed").input_value() == taken
    press(tab, "Train")
    trained(tab)
    assert io.facts(saved(tab, tmp_path))["seed"] == 2**32 - 1


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
    """Longer than the page offers: at those units fall silent, and the weights stay numbers."""
    tab = page_of()
    in_training(tab)
    tab.evaluate(f"{TRAINING}.send({{ do: 'set', lr: 1e60, batch: 128 }})")
    message(tab, "A weight is no number any more")
    drawn(tab)
    assert tab.evaluate(f"{TRAINING}.state") == "paused"
    assert tab.locator(".train .answer").text_content() == "Read as nothing: the scores are no numbers"
    assert tab.evaluate(BROKEN) == []
    press(tab, "Save the weights")
    message(tab, "Not saved: expected finite weights, got")


# ---- the reader's drawings ------------------------------------------------------------------------------------------


def draw(tab, points):
    box = tab.locator(".pad").bounding_box()
    for i, (x, y) in enumerate(points):
        tab.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if i == 0:
            tab.mouse.down()
    tab.mouse.up()


def drawings_file(count):
    """A file of the page's drawings: lines of different heights, two of each label in turn."""
    drawings = [{"label": i // 2 % 10, "strokes": [[[0.5, 0.1], [0.5, 0.5 + i / 500]]]} for i in range(count)]
    return json.dumps({"format": "neural networks from scratch: drawings", "drawings": drawings})


def test_drawings_are_kept_learned_and_taken_away(page_of):
    """A 7 that no network reads, a square: after five of them it is read, and those kept apart are too."""
    tab = page_of()
    settings(tab, digits="5000", passes="1", optimizer="adam")
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
    trained(tab)
    tab.wait_for_function(ALL_READ)
    words = tab.locator(".scores").text_content()
    assert (
        "Of 3 that were learned it reads 0 before and 3 after. Of 3 kept apart it reads 0 before and 3 after." in words
    )
    before, after = (float(share) for share in re.findall(r"([\d.]+)\s%", words.split("test digits:")[1]))
    assert 80 < before < after + 3  # and the others are still read
    tab.reload()
    tab.wait_for_selector(".mounted")
    assert tab.locator(".drawings li").count() == 6  # they are in the browser, the network is not
    tab.locator(".drawings button").first.click()
    assert tab.locator(".drawings li").count() == 5


def test_many_drawings_are_read_a_few_in_a_frame(page_of):
    """The page does not stand still while the network reads all that there is room for: here a reading takes 2 ms. What
    is said in the end is of one network, the newest.
    """
    tab = page_of()
    settings(tab, digits="200", passes="1")
    press(tab, "Train")
    trained(tab)
    tab.evaluate(f"{TRAINING}.drawings.join({json.dumps(drawings_file(20))}); {TRAINING}.show()")
    tab.wait_for_function(ALL_READ)
    read = """training => {
      let clock = performance.now();
      performance.now = () => (clock += 2);
      const b2 = Float32Array.from({ length: 10 }, (_, k) => (k === 3 ? 1e4 : 0));
      const weights = { ...training.latest.weights, b2 };
      training.latest = { ...training.latest, weights };
      training.readDrawings();
      return training.drawings.all.filter(d => training.pictureOf(d).answers.has(weights)).length;
    }"""
    assert tab.evaluate(read, tab.evaluate_handle(TRAINING)) == 1
    assert "Of 10 to learn" in tab.locator(".scores").text_content()
    tab.wait_for_function(ALL_READ)
    assert tab.locator(".drawings li", has_text="read as 3").count() == 20
    assert tab.locator(".scores").text_content().startswith("Of 10 to learn it reads 1. Of 10 kept apart it reads 1.")


def test_drawings_go_into_a_file_and_come_back(page_of, tmp_path):
    tab = page_of(accept_downloads=True)
    draw(tab, [(0.5, 0.2), (0.5, 0.8)])
    tab.get_by_label("this is a").select_option("1")
    press(tab, "Keep it")
    with tab.expect_download() as download:
        press(tab, "Save drawings")
    path = tmp_path / "drawings.json"
    download.value.save_as(path)
    press(tab, "Remove this 1")
    assert tab.locator(".drawings li").count() == 0
    choose = tab.get_by_label("Add from a file …")
    choose.set_input_files(path)
    tab.wait_for_selector(".drawings li")
    choose.set_input_files({"name": "bad.json", "mimeType": "application/json", "buffer": b"{"})
    tab.wait_for_function("document.querySelector('.own .message').textContent.startsWith('bad.json: it is not whole')")
    assert tab.locator(".drawings li").count() == 1


def test_two_windows_lose_none_of_each_other_s_drawings(page_of):
    tab = page_of()
    other = tab.context.new_page()
    other.goto(tab.url)
    other.wait_for_selector(".mounted")
    for window, count in ((tab, 1), (other, 2)):
        window.bring_to_front()
        draw(window, [(0.5, 0.2), (0.5, 0.1 + 0.3 * count)])
        press(window, "Keep it")
        for each in (tab, other):
            each.wait_for_function(f"{TRAINING}.drawings.all.length === {count}")
    other.reload()
    other.wait_for_selector(".drawings li")
    assert other.locator(".drawings li").count() == 2


def test_a_storage_that_is_denied_is_said_to_be_and_drawings_stay_for_now(browser, address):
    with windows(browser, address) as open_page:
        tab = open_page("here.train")
        tab.add_init_script(
            "Object.defineProperty(window, 'localStorage', "
            "{ get() { throw new DOMException('no', 'SecurityError'); } })"
        )
        tab.reload()
        tab.wait_for_selector(".mounted")
        draw(tab, [(0.5, 0.2), (0.5, 0.8)])
        press(tab, "Keep it")
        assert tab.locator(".drawings li").count() == 1
        assert "keeps nothing for this page" in tab.locator(".own .message").text_content()


# ---- what goes wrong is said, and nothing is lost -------------------------------------------------------------------


def message(tab, begins):
    """Wait for a message that begins with these words, or has them; return all of it."""
    tab.wait_for_function("words => document.querySelector('.train .message').textContent.includes(words)", arg=begins)
    return tab.locator(".train .message").first.text_content()


def in_training(tab, **chosen):
    """A training of the reader's own settings that takes a while, some steps after its beginning."""
    settings(tab, **({"passes": "100", "hidden_units": "16"} | chosen))
    press(tab, "Train")
    tab.wait_for_function(f"{TRAINING}.state === 'training' && {TRAINING}.latest?.step > 20")


def test_a_file_that_is_missing_or_damaged(browser, address):
    tab = browser.new_page()
    tab.goto(f"{address}/here.train")
    tab.wait_for_selector(".mounted")
    tab.route("**/digits.bin*", lambda route: route.fulfill(status=404))
    press(tab, "Train")
    assert "digits.bin, is missing on this site (404)" in message(tab, "missing")
    tab.unroute("**/digits.bin*")
    tab.route("**/digits.bin*", lambda route: route.fulfill(body=b"no digits"))
    press(tab, "Train")
    message(tab, "came damaged")
    tab.unroute("**/digits.bin*")
    settings(tab, digits="200", passes="1")
    press(tab, "Train")  # and then it is there
    trained(tab)
    assert tab.locator(".train .message").first.text_content() == ""
    tab.close()


def test_a_worker_that_stops_or_goes_silent_leaves_what_it_learned(page_of, tmp_path):
    tab = page_of(accept_downloads=True)
    in_training(tab)
    tab.evaluate(f"{TRAINING}.worker.dispatchEvent(new ErrorEvent('error', {{ message: 'out of memory' }}))")
    words = message(tab, "out of memory")
    step = steps_done(tab)
    assert f"What it had learned up to step {step:,} is here" in words
    assert io.load(saved(tab, tmp_path)).W1.shape == (784, 16)
    press(tab, "Go on from the last step known")
    tab.wait_for_function(f"{TRAINING}.state === 'training' && {TRAINING}.latest.step > {step}")
    tab.evaluate(f"{TRAINING}.worker.terminate()")  # a browser in want of memory does not say so either
    tab.evaluate(f"{TRAINING}.word = performance.now() - 10_001")
    message(tab, "has not said a word for 10 s")
    assert tab.evaluate(f"{TRAINING}.state") == "idle"


def test_a_tab_in_the_background_trains_on_and_says_so(page_of):
    tab = page_of()
    in_training(tab)
    hide = """hidden => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    tab.evaluate(hide, True)
    left = tab.evaluate(f"{TRAINING}.left")  # the next report may be here already
    tab.wait_for_function(f"{TRAINING}.latest.step > {left} + 50")
    tab.evaluate(hide, False)
    assert f"in the background the training went on, from step {left:,}" in message(tab, "background")


def test_a_graphics_card_that_is_refused_is_said_to_be_and_javascript_trains(page_of):
    """This browser has none."""
    tab = page_of()
    settings(tab, digits="200", passes="1")
    tab.get_by_label("on the graphics card (WebGPU)").check()
    press(tab, "Train")
    trained(tab)
    assert message(tab, "So JavaScript trains").strip()


@pytest.mark.sweep
def test_a_graphics_card_trains_is_checked_and_lost(browser, address):
    """A browser with WebGPU in software: three steps agree; where the card is lost, JavaScript goes on from there."""
    started = browser.browser_type.launch(executable_path=find_chromium(), args=CHROMIUM)
    with started as other, windows(other, address) as open_page:
        tab = open_page("here.train")
        tab.set_default_timeout(120_000)
        settings(tab, digits="200", passes="100", hidden_units="4", batch="32")
        tab.get_by_label("on the graphics card (WebGPU)").check()
        press(tab, "Train")
        words = message(tab, "Checked against JavaScript here")
        most = float(re.search(r"by more than (\S+)\.", words)[1].replace("−", "-"))
        assert most < 1e-5
        tab.wait_for_function(f"{TRAINING}.latest?.step > 20")
        tab.workers[0].evaluate("import('/gpu/device.js').then(its => its.find()).then(card => card.gpu.destroy())")
        words = message(tab, "JavaScript goes on from step")
        assert "The graphics card was lost" in words
        step = steps_done(tab)
        assert step > 20
        trained(tab)
        assert steps_done(tab) == 600


def test_a_page_that_may_start_no_worker_says_so(browser, address):
    tab = browser.new_page()
    tab.add_init_script("window.Worker = class { constructor() { throw new Error('not from a file'); } }")
    tab.goto(f"{address}/here.train")
    tab.wait_for_selector(".mounted")
    press(tab, "Train")
    message(tab, "No worker could be started here: not from a file")
    tab.close()


# ---- the page -------------------------------------------------------------------------------------------------------

CUT, SMALL, BROKEN = looks(".train", "button, select, label, .pad", scrolls="select, .heard, svg, svg *")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_off_or_too_small(page_of, theme):
    tab = page_of(theme=theme)
    settings(tab, digits="200", passes="1")
    draw(tab, [(0.5, 0.2), (0.5, 0.8)])
    press(tab, "Keep it")
    for trains in (False, True):
        if trains:
            press(tab, "Train")
            trained(tab)
        for width in (1000, 752, 390, 320):
            tab.set_viewport_size({"width": width, "height": 900})
            drawn(tab)
            assert tab.evaluate(CUT) == [], f"cut off at {width} px"
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.evaluate(SMALL) == tab.evaluate(BROKEN) == []


def test_by_keys_alone(page_of):
    """Draw, keep, choose settings and train: each with Tab, Space, Enter and arrows."""
    tab = page_of()
    order = []
    for _ in range(24):
        tab.keyboard.press("Tab")
        focus = "(({localName, className, textContent, type}) => [localName, className, textContent, type])"
        name, kind, words, what = tab.evaluate(f"{focus}(document.activeElement)")
        order.append(words if name == "button" else kind if name == "canvas" else what)
        if kind == "pad":
            for key in ("Space", *["ArrowDown"] * 12, "Space"):
                tab.keyboard.press(key)
        if words == "Keep it":
            tab.keyboard.press("Enter")
            break
    assert order == ["Train", "One step", "radio", "pad", "Undo", "Clear", "select-one", "Keep it"]
    assert tab.locator(".drawings li").count() == 1
    tab.locator(".main").focus()
    for key in ("Tab", "Tab", "ArrowRight"):
        tab.keyboard.press(key)
    assert tab.locator(".knobs").is_visible()
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowLeft")
    assert tab.get_by_label("step size η").get_attribute("aria-valuetext") == "0.03"
    tab.get_by_label("passes", exact=True).select_option("100")  # it is not over before it is paused
    tab.locator(".main").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_function(f"{TRAINING}.latest?.step > 20")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    assert tab.evaluate(f"{TRAINING}.state") == "paused"
    assert tab.locator(".heard[role=status]").text_content() == "Paused."


def test_a_finger_draws_and_the_page_does_not_scroll(page_of):
    tab = page_of(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    tab.locator(".pad").scroll_into_view_if_needed()
    box, client = tab.locator(".pad").bounding_box(), tab.context.new_cdp_session(tab)
    before = tab.evaluate("scrollY")
    for way in range(9):
        point = {"x": box["x"] + box["width"] / 2 - way, "y": box["y"] + 0.85 * box["height"] - 20 * way}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove" if way else "touchStart", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    drawn(tab)
    assert before and tab.evaluate("scrollY") == before
    assert tab.evaluate(f"{TRAINING}.pad.strokes.length") == 1


def test_the_still_picture_is_there_without_scripts_and_on_paper(page_of):
    tab = page_of()
    assert not tab.locator("figure > img").is_visible()
    tab.emulate_media(media="print")
    assert tab.locator("figure > img").is_visible() and not tab.locator(".train").is_visible()
    assert page_of(java_script_enabled=False).locator("figure > img").is_visible()


def test_in_the_readers_own_colours(page_of):
    """What is pressed and what cannot be pressed shows; bars and curves are there."""
    tab = page_of(forced_colors="active")
    settings(tab, digits="200", passes="1")
    press(tab, "Train")
    trained(tab)
    colour = "name => getComputedStyle(document.querySelector(name)).backgroundColor"
    assert tab.evaluate(colour, ".options label:has(:checked)") != tab.evaluate(
        colour, ".options label:not(:has(:checked))"
    )
    assert tab.evaluate(colour, ".bar span") not in ("rgba(0, 0, 0, 0)", tab.evaluate(colour, "body"))
    stroke = "name => getComputedStyle(document.querySelector(name)).stroke"
    assert tab.evaluate(stroke, ".train path.value") not in ("none", tab.evaluate(colour, "body"))
