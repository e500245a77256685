"""book/_static/gpu/trainer.js: whole steps on the device of a browser, beside the same steps in NumPy, in float64."""

import base64

import numpy as np
import pytest

from nnlib.data import load_mnist, one_hot
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.optim import SGD, Adam, Momentum
from nnlib.two_layer import TwoLayerNet

NAMES = ["W1", "b1", "W2", "b2"]
# Adam's eps as in tests/library/test_gpu_train.py, where it says why.
OPTIMIZERS = {"sgd": lambda: SGD(0.1), "momentum": lambda: Momentum(0.05), "adam": lambda: Adam(1e-3, eps=1e-6)}

TRAIN = """async ({ start, X, others, bytes, y, batches, ...options }) => {
  const { Trainer } = await import("/gpu/trainer.js");
  const decoded = (text, type) => new type(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  const trainer = new Trainer({
    start: Object.fromEntries(Object.entries(start).map(([name, text]) => [name, decoded(text, Float32Array)])),
    X: decoded(X, bytes ? Uint8Array : Float32Array), y: decoded(y, Uint8Array), ...options });
  const losses = [];
  let first = null;
  if (others) await trainer.replace(decoded(others, bytes ? Uint8Array : Float32Array));
  for (const rows of batches) {
    await trainer.step(Int32Array.from(rows));
    first ??= await trainer.gradients();
    if (trainer.t % 5 === 0) losses.push(await trainer.loss());
  }
  const plain = arrays => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array]]));
  const found = { weights: plain(await trainer.weights()), gradients: plain(first), losses };
  await trainer.dispose();
  return found;
}"""
IN_A_WORKER = """async (options) => {
  const code = `onmessage = async ({ data }) => postMessage(await (${%s})(data));`;
  const blob = new Blob([code.replaceAll("/gpu/", `${location.origin}/gpu/`)], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
  const found = await new Promise((done, failed) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = event => failed(new Error(event.message));
    worker.postMessage(options);
  });
  worker.terminate();
  return found;
}"""


def packed(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode()


def error(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


@pytest.fixture(scope="module")
def tab(chromium, kernels):
    tab = chromium.new_page()
    tab.goto(f"{kernels}/sgd.kernels")
    yield tab
    tab.close()


def both(tab, pictures, y, H, name, steps=10, batch=32, worker=False, floats=False, seed=0, **options):
    """Train in the page and in NumPy from the same start; return what the page found, and NumPy's weights, gradients of
    the first step and losses, each the mean of five steps.
    """
    rng = np.random.default_rng(seed)
    X, D = pictures, pictures.shape[1]
    net = TwoLayerNet(rng, inputs=D, hidden=H, classes=10)
    for param in net.params.values():
        param[...] = param.astype(np.float32)  # the same start in both precisions
    batches = [rng.permutation(len(y))[: batch - step % 2] for step in range(steps)]  # and one of another size
    optimizer = OPTIMIZERS[name]()
    given = {
        "start": {name: packed(net.params[name], np.float32) for name in NAMES},
        "X": packed(X, np.float32 if floats else X.dtype), "bytes": X.dtype == np.uint8, "y": packed(y, np.uint8),
        "batches": [rows.tolist() for rows in batches], "hidden": H, "optimizer": name, "batch": batch,
        "lr": optimizer.rate(None),
    }  # fmt: skip
    if name == "adam":
        given["options"] = {"eps": optimizer.eps}
    found = tab.evaluate(IN_A_WORKER % TRAIN.replace("`", "\\`") if worker else TRAIN, given | options)
    losses, first = [], None
    for rows in batches:
        inputs, Y = X[rows] / 255 if X.dtype == np.uint8 else X[rows].astype(float), one_hot(y[rows], 10)
        Z, grads = net.scores_and_grads(inputs, Y)
        first = first or {name: grad.copy() for name, grad in grads.items()}
        losses.append(SoftmaxCrossEntropy().each(Z, Y).mean())
        optimizer.step(net.params, grads)
    return found, net.params, first, np.reshape(losses, (-1, 5)).mean(axis=1)


def check(found, params, grads, losses):
    for name in NAMES:
        assert np.abs(np.array(found["weights"][name]) - params[name].ravel()).max() < 1e-5, name
        assert error(np.array(found["gradients"][name]), grads[name].ravel()) < 1e-6, name
    np.testing.assert_allclose(found["losses"], losses, rtol=1e-6)


@pytest.fixture(scope="module")
def digits():
    mnist = load_mnist()
    return mnist.X_train[:500], mnist.y_train[:500]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_of_the_page_are_numpys(tab, digits, name):
    """The gradients of the first step within 1e-6, the weights after ten within 1e-5."""
    found, *wanted = both(tab, *digits, 16, name)
    check(found, *wanted)


@pytest.mark.sweep(seconds=20)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_of_the_book_s_network_are_numpys(tab, digits, name):
    found, *wanted = both(tab, *digits, 64, name, batch=128)
    check(found, *wanted)


def test_pictures_that_are_no_bytes_stay_as_they_are(tab, digits):
    """Means of 2 × 2 pixels; and float32 numbers that are 255ths go as bytes."""
    X, y = digits
    pooled = (X.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255).reshape(len(X), 196).astype(np.float32)
    check(*both(tab, pooled, y, 17, "momentum", floats=True))
    check(*both(tab, (X / 255).astype(np.float32)[:, ::3], y, 17, "sgd", floats=True))


def test_pictures_can_be_replaced(tab, digits):
    X, y = digits
    check(*both(tab, X, y, 16, "sgd", X=packed(np.zeros_like(X), np.uint8), others=packed(X, np.uint8)))
    means = X[:, :100].astype(np.float32) / 999
    others = {"X": packed(np.ones_like(means), np.float32), "others": packed(means, np.float32)}
    with pytest.raises(Exception, match="expected 50000 numbers of the kind that was given first, got 50000"):
        both(tab, means, y, 16, "sgd", floats=True, **others)
    others["X"] = packed(means[::-1], np.float32)
    check(*both(tab, means, y, 16, "sgd", floats=True, **others))


@pytest.mark.sweep(seconds=10)
def test_it_works_in_a_worker(tab, digits):
    check(*both(tab, *digits, 16, "sgd", worker=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hidden": 17}, "expected 13328 numbers in W1, got 12544"),
        ({"options": {"decay": 0.1}}, "expected no weight decay on the graphics card, got 0.1"),
        ({"optimizer": "rmsprop"}, "expected sgd, momentum or adam, got rmsprop"),
        ({"batches": [list(range(40))]}, "expected 1 to 32 rows, got 40"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tab, digits, options, message):
    with pytest.raises(Exception, match=message):
        both(tab, *digits, 16, "sgd", **options)


def test_without_a_device_it_says_why(browser, kernels, digits):
    """A browser that has WebGPU and refuses a card."""
    tab = browser.new_page()
    tab.goto(f"{kernels}/sgd.kernels")
    with pytest.raises(Exception, match=r"has WebGPU, and refuses a graphics card|has no WebGPU"):
        both(tab, *digits, 16, "sgd")
    tab.close()


def test_a_device_that_is_lost_is_said(chromium, kernels):
    tab = chromium.new_page()
    tab.goto(f"{kernels}/sgd.kernels")
    said = tab.evaluate(
        """async () => {
          const { Trainer } = await import("/gpu/trainer.js"), { find } = await import("/gpu/device.js");
          const zeros = length => new Float32Array(length), said = [];
          const trainer = new Trainer({ start: { W1: zeros(8), b1: zeros(2), W2: zeros(20), b2: zeros(10) },
            X: new Uint8Array(12), y: new Uint8Array(3), hidden: 2, optimizer: "sgd", lr: 0.1, batch: 3 });
          await trainer.step([0, 1, 2]);
          (await find()).close();
          for (const ask of ["step", "loss", "weights"]) await trainer[ask]([0]).catch(e => said.push(e.message));
          await trainer.dispose();
          return said;
        }"""
    )
    assert said == ["The graphics card was lost: it was given back"] * 3
    tab.close()
