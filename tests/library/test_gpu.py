"""The kernels of nnlib.gpu, each against NumPy in float64, as nnlib.gpu.trial tries them: with their threads reversed
too, among NaN and sentinels.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from gpu_devices import InChromium, device, own
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import functional as F
from nnlib.data import one_hot, scale
from nnlib.gpu import Device, NoDevice
from nnlib.gpu import device as module
from nnlib.gpu.device import ALIGNMENT, LIMITS, on_device, source, tiles
from nnlib.gpu.flat import Vector
from nnlib.gpu.trial import ORDERS, SENTINEL, Field, reversed_order, trials
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.optim import SGD, Adam, Momentum

__all__ = ["device"]
KERNELS = sorted({path.stem for path in Path(module.__file__).parent.glob("*.wgsl")} - {"blocks"})  # a part of three
SHAPES = [(1, 785, 10), (100, 785, 17), (127, 64, 10), (127, 785, 1), (1, 1, 1), (64, 16, 64), (65, 17, 65)]


def run(device, kernel, sizes, arrays, groups, order="in order"):
    text = source(kernel) if kernel in KERNELS else kernel
    device.run([device.call(ORDERS[order](text), sizes, *arrays, groups=groups)])


def error(found, wanted):
    """The distance of two arrays, as a share of the second's length."""
    length = np.linalg.norm(wanted)
    return np.linalg.norm(found - wanted) / (length or 1)


# ---- the device -----------------------------------------------------------------------------------------------------


def test_no_more_is_asked_for_than_a_browser_grants(device):
    if isinstance(device, InChromium):  # what a page gets that asks for nothing
        name = {name: re.sub(r"-(\w)", lambda match: match[1].upper(), name) for name in LIMITS}
        assert {limit: device.limits[name[limit]] for limit in LIMITS} == LIMITS
    else:
        assert {limit: device.gpu.limits[limit] for limit in LIMITS} == LIMITS


def test_a_kernel_that_asks_for_more_is_refused(device):
    text = source("sgd").replace("@workgroup_size(256)", "@workgroup_size(512)")
    with pytest.raises(Exception, match=r"512|[Ii]nvocations|workgroup"):
        device.call(text, (0.1,), device.empty((4,)), device.empty((4,)), groups=(1, 1))


@pytest.mark.parametrize("kernel", KERNELS)
def test_no_thread_leaves_before_a_barrier(kernel):
    """Some compilers accept it, browsers do not."""
    text = source(kernel)
    assert "workgroupBarrier" not in text or not re.search(r"\breturn;", text)


def test_numbers_come_back_as_they_went(device):
    rng = np.random.default_rng(0)
    for dtype, shape in ((np.float32, (3, 5)), (np.uint32, (7,)), (np.uint8, (3, 3))):
        numbers = rng.integers(0, 200, shape).astype(dtype)
        back = device.read(device.array(numbers))
        assert back.dtype == dtype and np.array_equal(back, numbers)


def test_rows_are_a_view(device):
    A = device.array(np.arange(20, dtype=np.float32).reshape(5, 4))
    device.write(A.rows(1, 3), np.zeros((2, 4)))
    assert np.array_equal(device.read(A)[:, 0], [0, 0, 0, 12, 16]) and A.rows(3, 5).shape == (2, 4)


def test_arrays_lie_one_behind_the_other(device):
    arrays = {"W": np.ones((3, 5)), "b": np.full(5, 2.0), "V": np.full((70, 2), 3.0)}
    vector = Vector(device, {name: array.shape for name, array in arrays.items()})
    vector.put(arrays)
    assert all(part.start % ALIGNMENT == 0 for part in vector.parts.values())
    assert device.read(vector.whole).sum() == 15 + 10 + 420  # and zeros between
    assert np.array_equal(device.read(vector.parts["V"]), arrays["V"])
    back = {name: np.zeros_like(array) for name, array in arrays.items()}
    vector.get(back)
    assert all(np.array_equal(back[name], arrays[name]) for name in arrays)


def test_what_is_too_large_is_said_in_words(device):
    with pytest.raises(ValueError, match=r"at most 134,217,728 bytes on the device, got 188,160,000, \(60000, 784\)"):
        device.empty((60_000, 784))
    with pytest.raises(ValueError, match=r"at most 65,535 groups of threads on a side, got \(1, 70000\)"):
        device.call("sgd", (0.1,), device.empty((4,)), device.empty((4,)), groups=(1, 70_000))


def test_no_card_is_one_sentence(monkeypatch):
    wgpu = pytest.importorskip("wgpu")

    def none(**options):
        raise RuntimeError("Request adapter failed (3): …\n\nCaused by: …")

    monkeypatch.setattr(wgpu.gpu, "request_adapter_sync", none)
    with pytest.raises(NoDevice, match=r"^expected a graphics card .* got none; .*mesa-vulkan-drivers$"):
        Device()


def test_no_package_is_one_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "wgpu", None)
    with pytest.raises(NoDevice, match=r"^expected the package wgpu, got none: pip install nnlib\[gpu\]$"):
        Device()


def test_a_python_in_a_browser_says_so(monkeypatch):
    monkeypatch.setattr("sys.platform", "emscripten")
    with pytest.raises(NoDevice, match=r"^expected Python on your own machine, got one in a browser, which"):
        Device()


def test_what_needs_a_device_is_run_on_it_or_says_in_one_sentence_why_not(monkeypatch, capsys):
    monkeypatch.setattr(module, "find", lambda: "a device")
    assert on_device(lambda device: device + " was given") == "a device was given"

    def none():
        raise NoDevice("expected a graphics card, got none")

    monkeypatch.setattr(module, "find", none)
    assert on_device(lambda device: pytest.fail("it was run")) is None
    assert capsys.readouterr().out == "not run: expected a graphics card, got none\n"


def test_where_a_driver_is_no_device_is_a_failure(monkeypatch, tmp_path):
    """And where none is, the tests say that they are skipped."""

    def none():
        raise NoDevice("expected a graphics card, got none")

    monkeypatch.setattr("gpu_devices.Device", none)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("gpu_devices.DRIVERS", (f"{tmp_path}/*.json",))
    with pytest.raises(pytest.skip.Exception, match="got none"):
        own()
    (tmp_path / "lvp_icd.json").touch()
    with pytest.raises(pytest.fail.Exception, match=r"lvp_icd\.json is a driver, got none"):
        own()


# ---- products -------------------------------------------------------------------------------------------------------

FORWARD = {"product_naive": 16, "product_tiled": 16, "product_blocked": 64}


def product(device, kernel, sizes, order, text=None, groups=None, seed=0):
    """Run a product of random matrices; return it, and what NumPy has in float64."""
    rng, field = np.random.default_rng(seed), Field(device)
    rows, inner, columns = sizes
    A, B = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns))
    A, B = A.astype(np.float32), B.astype(np.float32)
    left = A.T if kernel == "product_dW" else A
    right = B.T if kernel == "product_dX" else B
    Z = field.wanted(rows, columns)
    groups = groups or tiles(rows, columns, FORWARD.get(kernel, 64))
    run(device, text or kernel, sizes, [field.given(left), field.given(right), Z], groups, order)
    return field.read(Z), A.astype(float) @ B.astype(float)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("kernel", [*FORWARD, "product_dW", "product_dX"])
def test_a_product_is_numpys(device, kernel, sizes, order):
    found, wanted = product(device, kernel, sizes, order)
    assert error(found, wanted) < 1e-6


@settings(max_examples=12)
@given(st.tuples(*[st.integers(1, 70)] * 3), st.sampled_from([*FORWARD, "product_dW", "product_dX"]))
def test_a_product_of_any_shape_is_numpys(device, sizes, kernel):
    found, wanted = product(device, kernel, sizes, "reversed")
    assert error(found, wanted) < 1e-6


FIRST = "workgroupBarrier();  // fetched by all, before anyone uses it"
SECOND = "workgroupBarrier();  // used by all, before anyone fetches the next"
PLANTED = {
    "no guard": ("product_naive", "if (row >= sizes.rows || column >= sizes.columns)", "if (false)"),
    "no first barrier": ("product_tiled", FIRST, ""),
    "no second barrier": ("product_tiled", SECOND, ""),
    "no zeros outside": ("product_blocked", "if (row < sizes.rows && k < sizes.inner)", "if (row < sizes.rows)"),
    "rows for columns": ("product_dW", "k * sizes.rows + row", "k * sizes.columns + row"),
    "one column too many": ("product_blocked", "column + j < sizes.columns", "column + j <= sizes.columns"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_seen(device, fault):
    """By the numbers, or by what is around them, in one of the orders at least."""
    if "barrier" in fault and not device.in_software:
        pytest.skip("without a barrier the numbers of a card are wrong now and then")
    kernel, line, other = PLANTED[fault]
    text, seen = source(kernel), []
    assert text.count(line) == 1
    for order in ORDERS:
        try:
            found, wanted = product(device, kernel, (100, 40, 10), order, text.replace(line, other))
            seen.append(not error(found, wanted) < 1e-6)
        except AssertionError:
            seen.append(True)
    assert any(seen)


def test_too_few_groups_are_seen(device):
    found, wanted = product(device, "product_naive", (100, 40, 10), "in order", groups=(100 // 16, 1))
    assert (found == np.float32(SENTINEL)).any() and error(found, wanted) > 1e-6


# ---- how a kernel is tried -------------------------------------------------------------------------------------------


def test_trials_give_what_numpy_has_in_both_orders(device):
    X, W = normal(5, 7), normal(7, 3, seed=1)
    found = dict(trials(device, "product_naive", (5, 7, 3), X, W, wanted=(5, 3), groups=tiles(5, 3, 16)))
    assert found.keys() == ORDERS.keys()
    assert all(error(Z, X.astype(float) @ W) < 1e-6 for Z in found.values())


def test_trials_see_what_is_written_beyond_an_array(device):
    text = source("bias").replace("id.y >= sizes.rows ||", "id.y >= sizes.rows + 1 ||").replace("+=", "=")
    with pytest.raises(AssertionError, match="beyond the 6 numbers"):
        list(trials(device, text, (2, 3), np.ones(3), wanted=(2, 3), groups=(1, 1)))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("let i = id.x;", "let i = id.x", r"(?s)^the device refuses the kernel: .*expected.*;"),
        (" * g[i]", "", r"^the device refuses the kernel: it must use each of its 3 bindings"),
        ("fn main", "fn mine", "main"),
    ],
)
def test_a_kernel_that_cannot_run_is_refused_in_words(old, new, says):
    with pytest.raises(ValueError, match=says):
        list(trials(own(), source("sgd").replace(old, new), (0.1,), np.ones(4), wanted=(4,), groups=(1, 1)))
    with pytest.raises(ValueError, match="expected a kernel's name or its text, got None"):
        list(trials(None, None, (), wanted=(4,), groups=(1, 1)))


def test_only_a_kernel_whose_threads_can_be_reversed_is_tried():
    with pytest.raises(ValueError, match=r"expected a kernel with @workgroup_size"):
        reversed_order("fn main() {}")
    text = source("sgd").replace("@builtin(global_invocation_id) id: vec3u", "@builtin(local_invocation_index) i: u32")
    with pytest.raises(ValueError, match="each a vec3u"):
        reversed_order(text)


# ---- what is done to each number ------------------------------------------------------------------------------------

MATRICES = [(1, 10), (100, 17), (127, 1), (16, 16), (33, 785)]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", MATRICES)
def test_bias_and_relu(device, shape, order):
    Z, b = normal(*shape), normal(shape[1], seed=1)
    wanted = Z.astype(float) + b
    for kernel, expected in (("bias", wanted), ("bias_relu", F.relu(wanted))):
        field = Field(device)
        A = field.array(Z, np.nan)
        run(device, kernel, shape, [field.given(b), A], tiles(*shape, 16), order)
        assert error(field.read(A), expected) < 1e-6


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", MATRICES)
def test_the_gradient_of_relu(device, shape, order):
    Z, dA, field = normal(*shape), normal(*shape, seed=1), Field(device)
    Z[0, 0] = 0  # at the kink the slope is 0, as in nnlib.functional
    dZ = field.array(dA, np.nan)
    run(device, "relu_gradient", shape, [field.given(F.relu(Z)), dZ], tiles(*shape, 16), order)
    assert np.array_equal(field.read(dZ), F.relu_backward(dA, Z))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("shape", MATRICES)
def test_column_sums(device, shape, order):
    dZ, field = normal(*shape), Field(device)
    db = field.wanted(shape[1])
    run(device, "column_sums", shape, [field.given(dZ), db], tiles(1, shape[1], 16), order)
    assert error(field.read(db), dZ.astype(float).sum(axis=0)) < 1e-6


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("D", [784, 785, 3])
def test_a_batch_is_gathered(device, D, order):
    rng, field, N = np.random.default_rng(0), Field(device), 21
    pixels, labels = rng.integers(0, 256, (50, D)).astype(np.uint8), rng.integers(0, 10, 50)
    rows = rng.permutation(50)[:N]
    X, y = field.wanted(N, D), field.wanted(N, dtype=np.uint32)
    given = device.array(pixels), field.given(labels, np.uint32), field.given(rows, np.uint32)
    run(device, "gather", (N, D), [*given, X, y], tiles(N, D, 16), order)
    np.testing.assert_allclose(field.read(X), scale(pixels[rows]), rtol=5e-7)
    assert np.array_equal(field.read(y), labels[rows])


# ---- the loss -------------------------------------------------------------------------------------------------------


def loss_and_gradient(device, Z, y, smoothing=0.0, order="in order"):
    (N, K), field = Z.shape, Field(device)
    losses, dZ = field.wanted(N), field.wanted(N, K)
    arrays = [field.given(Z), field.given(y, np.uint32), losses, dZ]
    run(device, "softmax_cross_entropy", (N, K, smoothing), arrays, tiles(1, N, 64), order)
    return field.read(losses), field.read(dZ)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(1, 10), (100, 10), (127, 17), (3, 1)])
def test_the_loss_and_its_gradient(device, shape, smoothing, order):
    Z, y = 3 * normal(*shape), np.random.default_rng(1).integers(0, shape[1], shape[0])
    losses, dZ = loss_and_gradient(device, Z, y, smoothing, order)
    loss, Y = SoftmaxCrossEntropy(smoothing), one_hot(y, shape[1])
    assert error(losses, loss.each(Z.astype(float), Y)) < 1e-6
    assert error(dZ, loss.backward(Z.astype(float), Y)) < 1e-6


@pytest.mark.parametrize("size", [1e4, -1e4, 3e38])
def test_scores_may_be_large(device, size):
    Z = np.zeros((4, 10), np.float32)
    Z[0], Z[1, 3], Z[2, 4], Z[3] = size, size, -size, np.linspace(-abs(size) / 3, abs(size) / 3, 10)
    losses, dZ = loss_and_gradient(device, Z, np.array([0, 3, 3, 9]))
    assert np.isfinite(losses).all() and np.isfinite(dZ).all()
    np.testing.assert_allclose(
        losses, SoftmaxCrossEntropy().each(Z.astype(float), one_hot(np.array([0, 3, 3, 9]))), rtol=1e-6
    )
    np.testing.assert_allclose(dZ.sum(axis=1), 0, atol=1e-7)


# ---- optimizers -----------------------------------------------------------------------------------------------------

STEPS = {
    "sgd": (SGD(0.1), lambda t: (0.1,)),
    "momentum": (Momentum(0.1, 0.8), lambda t: (0.1, 0.8, 0.0)),
    "momentum, Nesterov": (Momentum(0.1, 0.8, nesterov=True), lambda t: (0.1, 0.8, 1.0)),
    "adam": (Adam(0.01), lambda t: (0.01 / (1 - 0.9**t), 0.9, 1 - 0.9, 0.999, 1 - 0.999, (1 - 0.999**t) ** 0.5, 1e-8)),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 255, 1000])
@pytest.mark.parametrize("name", STEPS)
def test_an_optimizer_moves_as_numpys(device, name, size, order):
    optimizer, numbers = STEPS[name]
    optimizer, field = type(optimizer)(**_settings(optimizer)), Field(device)
    w, grads = normal(size), [normal(size, seed=1 + t) for t in range(5)]
    params = {"w": w.astype(float)}
    on_device = field.array(w, np.nan, reach=False)  # its length is the number of weights
    memories = [field.array(np.zeros(size, np.float32), np.nan, reach=False) for _ in optimizer.memories]
    for t, g in enumerate(grads, 1):
        arrays = [field.given(g, reach=False), on_device, *memories]
        run(device, name.split(",")[0], numbers(t), arrays, tiles(1, size, 256), order)
        optimizer.step(params, {"w": g.astype(float)})
        assert error(field.read(on_device), params["w"]) < 1e-6
    for memory, kept in zip(memories, optimizer.kept(params).values(), strict=True):
        assert error(field.read(memory), kept) < 1e-6


def _settings(optimizer):
    """The arguments with which an optimizer was made."""
    return {"schedule": optimizer.schedule} | {
        name: value for name, value in vars(optimizer).items() if name in ("beta", "nesterov", "beta1", "beta2", "eps")
    }
