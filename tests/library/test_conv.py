"""conv.py and pool.py: the same numbers as PyTorch and as finite differences, however the pictures lie in memory."""

import copy
import pickle
import platform
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as TF

from nnlib.activations import ReLU
from nnlib.conv import Conv2d
from nnlib.data import one_hot
from nnlib.gradcheck import check_gradients, numerical_gradient, relative_error
from nnlib.init import orthogonal
from nnlib.layers import Flatten, Linear, Reshape
from nnlib.norm import BatchNorm
from nnlib.pool import AvgPool2d, MaxPool2d
from nnlib.sequential import Sequential
from nnlib.train import evaluate, fit

IN_TORCH = {MaxPool2d: TF.max_pool2d, AvgPool2d: TF.avg_pool2d}
seeds = st.integers(0, 2**32 - 1)


def conv(rng, channels=2, filters=3, size=3, dtype=np.float64, **settings):
    layer = Conv2d(channels, filters, size, rng, **settings)
    layer.params = {name: param.astype(dtype) for name, param in layer.params.items()}
    layer.grads = {name: grad.astype(dtype) for name, grad in layer.grads.items()}
    layer.params["b"][...] = rng.normal(size=filters)
    return layer


def through_torch(f, X, G, *params):
    """Return f(X, *params), and the gradients of its product with G, as arrays."""
    X, G, *params = (torch.tensor(np.ascontiguousarray(array)) for array in (X, G, *params))
    tensors = [tensor.requires_grad_() for tensor in (X, *params)]
    Z = f(*tensors)
    Z.backward(G)
    return [Z.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


@st.composite
def geometries(draw):
    """Yield the shape of a batch, and F, k, stride and padding that fit it."""
    size, padding = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    sides = st.integers(max(1, size - 2 * padding), 11)
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(sides), draw(sides))
    return shape, draw(st.integers(1, 4)), size, draw(st.integers(1, 6)), padding


@pytest.mark.equation("eq-conv2d", "eq-conv2d-dK", "eq-conv2d-dX", "eq-places")
@settings(max_examples=120)
@given(geometries(), st.sampled_from([np.float64, np.float32]), st.sampled_from([1e-4, 1, 1e4]), seeds)
def test_convolution_is_that_of_pytorch(geometry, dtype, scale, seed):
    (N, C, H, W), F, k, stride, padding = geometry
    rng = np.random.default_rng(seed)
    X = (scale * rng.normal(size=(N, C, H, W))).astype(dtype)
    layer = conv(rng, C, F, k, dtype, stride=stride, padding=padding)
    Z = layer.forward(X, train=True)
    G = rng.normal(size=Z.shape).astype(dtype)
    dX = layer.backward(G)
    ours = Z, dX, layer.grads["K"], layer.grads["b"]
    theirs = through_torch(lambda *a: TF.conv2d(*a, stride, padding), X, G, *layer.params.values())
    for array, expected in zip(ours, theirs, strict=True):
        assert array.shape == expected.shape and array.dtype == dtype
        largest = max(np.abs(expected).max(), 1e-3 * scale)
        np.testing.assert_allclose(array, expected, rtol=0, atol=largest * (1e-12 if dtype == np.float64 else 2e-5))


@pytest.mark.equation("eq-pooling", "eq-pooling-dX")
@settings(max_examples=80)
@given(st.integers(1, 4), st.integers(0, 6), st.integers(0, 6), seeds, st.sampled_from([MaxPool2d, AvgPool2d]))
def test_pooling_is_that_of_pytorch_with_ties_and_leftovers(size, more_rows, more_columns, seed, pool):
    rng = np.random.default_rng(seed)
    # Of three values many are equal; 0 and −0 are too.
    X = rng.choice([-1e4, -0.0, 0.0, 1e4], size=(2, 3, size + more_rows, size + more_columns))
    layer = pool(size)
    P = layer.forward(X, train=True)
    G = rng.normal(size=P.shape)
    expected, dX = through_torch(lambda X: IN_TORCH[pool](X, size), X, G)
    np.testing.assert_allclose(P, expected, rtol=1e-12)
    np.testing.assert_allclose(layer.backward(G), dX, rtol=1e-12)


@pytest.mark.equation("eq-pooling-dX")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_of_equal_pixels_the_first_row_by_row_gets_the_gradient(dtype):
    layer = MaxPool2d(2)
    X = np.array([[[[0, 5, 5, 5], [5, 5, 5, 5]]]], dtype)
    np.testing.assert_array_equal(layer.forward(X, train=True), [[[[5, 5]]]])
    dX = layer.backward(np.array([[[[2, 3]]]], dtype))
    np.testing.assert_array_equal(dX, [[[[0, 2, 3, 0], [0, 0, 0, 0]]]])
    assert dX.dtype == dtype


@pytest.mark.parametrize("pool", [MaxPool2d, AvgPool2d])
def test_all_of_a_gradient_arrives_somewhere(pool):
    rng, layer = np.random.default_rng(0), pool(3)
    G = rng.integers(1, 100, layer.forward(rng.normal(size=(4, 2, 10, 11)), train=True).shape) * 1.0
    assert layer.backward(G).sum() == pytest.approx(G.sum(), rel=1e-14)


def test_what_is_no_number_stays_none():
    X = np.ones((1, 1, 4, 4), np.float32)
    X[0, 0, 1, 0] = np.nan
    assert np.isnan(MaxPool2d(2).forward(X)[0, 0]).tolist() == [[True, False], [False, False]]
    layer = MaxPool2d(2)
    layer.forward(X, train=True)
    assert layer.backward(np.ones((1, 1, 2, 2), np.float32)).sum() == 4


@pytest.mark.equation("eq-conv2d-dK", "eq-conv2d-dX")
@settings(max_examples=15)
@given(geometries(), seeds)
def test_gradients_are_those_of_finite_differences(geometry, seed):
    (N, C, H, W), F, k, stride, padding = geometry
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(min(N, 2), C, min(H, k + 2), min(W, k + 3)))
    layer = conv(rng, C, F, k, stride=stride, padding=padding)
    G = rng.normal(size=layer.forward(X, train=True).shape)
    dX = layer.backward(G)

    def loss():
        return float((layer.forward(X) * G).sum())

    errors = check_gradients(loss, layer.params | {"X": X}, layer.grads | {"X": dX})
    assert max(errors.values()) < 1e-6, errors


@pytest.mark.equation("eq-pooling-dX")
@pytest.mark.parametrize("pool", [MaxPool2d, AvgPool2d])
def test_gradients_of_pooling_are_those_of_finite_differences(pool):
    rng = np.random.default_rng(1)
    X = rng.permutation(2 * 2 * 5 * 7).reshape(2, 2, 5, 7) / 10  # none within a nudge of another
    layer = pool(2)
    G = rng.normal(size=layer.forward(X, train=True).shape)
    dX = layer.backward(G)
    assert relative_error(dX, numerical_gradient(lambda: float((layer.forward(X) * G).sum()), X)) < 1e-6


@pytest.mark.equation("eq-im2col", "eq-col2im")
@settings(max_examples=40)
@given(geometries(), seeds)
def test_with_kernels_of_a_single_1_it_is_im2col_and_backward_the_adjoint_that_adds(geometry, seed):
    (N, C, H, W), _, k, stride, padding = geometry
    rng = np.random.default_rng(seed)
    layer = conv(rng, C, C * k * k, k, stride=stride, padding=padding)
    layer.params["K"][...] = np.eye(C * k * k).reshape(-1, C, k, k)
    layer.params["b"][...] = 0
    X = rng.normal(size=(N, C, H, W))
    cols = layer.forward(X, train=True)
    padded = np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    for i, j in np.ndindex(cols.shape[2:]):
        window = padded[:, :, stride * i : stride * i + k, stride * j : stride * j + k]
        np.testing.assert_array_equal(cols[:, :, i, j], window.reshape(N, -1))
    G = rng.normal(size=cols.shape)
    assert (cols * G).sum() == pytest.approx((X * layer.backward(G)).sum(), rel=1e-10, abs=1e-10)


@pytest.mark.equation("eq-conv2d")
def test_the_kernel_is_not_flipped():
    layer = conv(np.random.default_rng(0), 1, 1, 3)
    layer.params["b"][...] = 0
    X = np.zeros((1, 1, 5, 5))
    X[0, 0, 2, 2] = 1  # each place of the output reads one weight: together the kernel, flipped
    np.testing.assert_array_equal(layer.forward(X)[0, 0], layer.params["K"][0, 0, ::-1, ::-1])


ORDERS = {
    "examples first": np.ascontiguousarray,
    "columns first": np.asfortranarray,
    "rows, channels, columns, examples": lambda X: np.ascontiguousarray(X.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2),
    "channels last": lambda X: np.ascontiguousarray(X.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
    "every second": lambda X: np.repeat(X, 2, axis=3)[:, :, :, ::2],
    "backwards": lambda X: np.ascontiguousarray(X[::-1, :, ::-1])[::-1, :, ::-1],
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize(
    "new",
    [conv, lambda rng: conv(rng, padding=1, stride=2), lambda rng: MaxPool2d(2), lambda rng: AvgPool2d(3)],
    ids=["conv", "padded and strided", "max", "mean"],
)
def test_the_order_in_memory_changes_no_bit_and_nothing_is_written_to(new, order):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 2, 7, 8))
    layer = new(rng)
    Z = layer.forward(X, train=True)
    G = rng.normal(size=Z.shape)
    dX, grads = layer.backward(G), {name: grad.copy() for name, grad in layer.grads.items()}
    X2, G2 = order(X), order(G)
    X2.flags.writeable = G2.flags.writeable = False
    np.testing.assert_array_equal(X2, X)
    np.testing.assert_array_equal(layer.forward(X2, train=True), Z)
    np.testing.assert_array_equal(layer.backward(G2), dX)
    for name, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[name], grad)


def test_other_types_are_computed_in_the_wider_one():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (3, 2, 6, 6)).astype(np.uint8)
    layer = conv(rng, dtype=np.float32)
    Z = layer.forward(pixels, train=True)
    assert Z.dtype == np.float32 and layer.backward(Z).dtype == np.float32
    np.testing.assert_array_equal(Z, layer.forward(pixels.astype(np.float32)))
    assert layer.forward(pixels.astype(np.float64)).dtype == np.float64


def test_the_next_layer_finds_the_examples_last_in_memory():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6, 1, 12, 12)).astype(np.float32)
    for layer in (conv(rng, 1, 4, 3, np.float32), ReLU(), BatchNorm(4), MaxPool2d(2), conv(rng, 4, 2, 3, np.float32)):
        X = layer.forward(X, train=True)
        assert X.transpose(2, 1, 3, 0).flags.c_contiguous, layer


@pytest.mark.parametrize("new", [conv, lambda rng: MaxPool2d(2), lambda rng: AvgPool2d(2)], ids=["conv", "max", "mean"])
def test_a_look_at_other_examples_leaves_the_memory_of_training(new):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 2, 6, 6))
    layer = new(rng)
    Z = layer.forward(X, train=True)
    kept = Z.copy()
    dX = layer.backward(Z)
    layer.forward(X, train=True)
    layer.forward(rng.normal(size=X.shape))
    layer.forward(rng.normal(size=(9, 2, 5, 8)))
    np.testing.assert_array_equal(layer.backward(Z), dX)
    np.testing.assert_array_equal(Z, kept)  # what was returned before belongs to the caller
    with pytest.raises(RuntimeError, match="expected a forward pass with train=True before each backward pass"):
        layer.backward(Z)
    layer.forward(X, train=True)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        np.testing.assert_array_equal(other.forward(X), Z)
        with pytest.raises(RuntimeError, match="expected a forward pass"):
            other.backward(Z)


def test_without_a_gradient_for_pictures_the_parameters_get_the_same_gradients():
    rng = np.random.default_rng(0)
    layer, X = conv(rng, stride=2, padding=1), rng.normal(size=(4, 2, 7, 7))
    G = rng.normal(size=layer.forward(X, train=True).shape)
    layer.backward(G)
    grads = {name: grad.copy() for name, grad in layer.grads.items()}
    arrays = dict(layer.grads)
    layer.forward(X, train=True)
    assert layer.backward(G, dX=False) is None
    for name, grad in layer.grads.items():
        assert grad is arrays[name]  # an optimizer may hold on to it
        np.testing.assert_array_equal(grad, grads[name])


def test_one_example_alone_gets_what_it_gets_in_a_batch():
    rng = np.random.default_rng(0)
    X, layer = rng.normal(size=(5, 2, 7, 7)), conv(rng, padding=1)
    Z = layer.forward(X)
    for n in range(5):
        np.testing.assert_allclose(layer.forward(X[n : n + 1]), Z[n : n + 1], rtol=1e-12, atol=1e-12)
    assert layer.forward(X[:0], train=True).shape == (0, 3, 7, 7)
    assert layer.backward(Z[:0]).shape == (0, 2, 7, 7) and not layer.grads["K"].any()


def test_first_kernels_have_the_variance_of_what_they_read():
    layer = Conv2d(16, 400, 5, np.random.default_rng(0))
    assert layer.params["K"].shape == (400, 16, 5, 5) and not layer.params["b"].any()
    assert layer.params["K"].std() == pytest.approx(np.sqrt(2 / (16 * 5 * 5)), rel=0.01)
    K = Conv2d(4, 8, 3, np.random.default_rng(0), init=orthogonal).params["K"].reshape(8, -1)
    np.testing.assert_allclose(K @ K.T, np.eye(8), atol=1e-12)


def test_the_network_of_the_book_has_12810_parameters_and_learns(mnist):
    rng = np.random.default_rng(0)
    net = Sequential(
        Reshape(1, 28, 28), Conv2d(1, 16, 3, rng), ReLU(), MaxPool2d(2), Conv2d(16, 32, 3, rng), ReLU(), MaxPool2d(2),
        Flatten(), Linear(800, 10, rng), dtype=np.float32,
    )  # fmt: skip
    assert sum(param.size for param in net.params.values()) == 160 + 4640 + 8010 == 12_810
    assert (net.inputs, net.classes) == (784, 10)
    fit(
        net,
        mnist.X_train[:2000],
        mnist.y_train[:2000],
        rng=rng,
        epochs=2,
        batch_size=64,
        learning_rate=0.2,
        verbose=False,
    )
    assert evaluate(net, mnist.X_test[:500], mnist.y_test[:500], chunk=250).accuracy > 0.85


def test_gradients_of_a_whole_network_are_those_of_finite_differences():
    rng = np.random.default_rng(3)
    net = Sequential(
        Reshape(1, 9, 9), Conv2d(1, 3, 3, rng, padding=1), BatchNorm(3), ReLU(), MaxPool2d(2),
        Conv2d(3, 2, 3, rng, stride=2, padding=1), ReLU(), AvgPool2d(2), Flatten(), Linear(2, 4, rng),
    )  # fmt: skip
    X, Y = rng.normal(size=(5, 81)), one_hot(np.arange(5) % 4, 4)
    _, grads = net.scores_and_grads(X, Y)
    grads = {name: grad.copy() for name, grad in grads.items()}

    def loss():
        Z = net.forward(X, train=True)
        shifted = Z - Z.max(axis=1, keepdims=True)
        return float((np.log(np.exp(shifted).sum(axis=1)) - (shifted * Y).sum(axis=1)).mean())

    errors = check_gradients(loss, net.params, grads)
    assert max(errors.values()) < 1e-5, errors


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"channels": 0}, "expected channels to be a whole number from 1 on, got 0"),
        ({"filters": 2.0}, "expected filters to be a whole number from 1 on, got 2.0"),
        ({"size": -3}, "expected size to be a whole number from 1 on, got -3"),
        ({"stride": 0}, "expected stride to be a whole number from 1 on, got 0"),
        ({"padding": -1}, "expected padding to be a whole number from 0 on, got -1"),
    ],
)
def test_settings_that_do_not_fit_are_refused_in_words(settings, message):
    with pytest.raises(ValueError, match=message):
        Conv2d(**({"channels": 1, "filters": 2, "size": 3} | settings), rng=np.random.default_rng(0))


@pytest.mark.parametrize("size", [0, 1.5, "2"])
def test_a_window_without_pixels_is_refused_in_words(size):
    with pytest.raises(ValueError, match="expected size to be a whole number from 1 on"):
        MaxPool2d(size)


def test_pictures_that_do_not_fit_are_refused_in_words():
    rng = np.random.default_rng(0)
    layer = Conv2d(2, 3, 3, rng)
    for shape in [(4, 18), (4, 3, 5, 5), (2, 5, 5)]:
        with pytest.raises(ValueError, match=r"expected pictures \(N, 2, H, W\), got \("):
            layer.forward(np.zeros(shape))
    with pytest.raises(ValueError, match="expected pictures of 3 by 3 or more, got 2 by 9"):
        layer.forward(np.zeros((1, 2, 2, 9)))
    with pytest.raises(ValueError, match="expected pictures of 5 by 5 or more, got 4 by 4"):
        Conv2d(1, 1, 7, rng, padding=1).forward(np.zeros((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"expected pictures \(N, C, H, W\) of 3 by 3 pixels or more, got"):
        MaxPool2d(3).forward(np.zeros((1, 1, 2, 9)))
    with pytest.raises(ValueError, match=r"layer 1, Conv2d\(2, 3, 3\): expected pictures \(N, 2, H, W\)"):
        Sequential(Reshape(1, 8, 8), layer)


def test_a_gradient_of_another_shape_is_refused_in_words():
    for layer in (conv(np.random.default_rng(0)), MaxPool2d(3), AvgPool2d(3)):
        _, F, H, W = layer.forward(np.zeros((2, 2, 9, 9)), train=True).shape
        with pytest.raises(
            ValueError, match=rf"expected the gradient .* \(2, {F}, {H}, {W}\), got \(1, {F}, {H}, {W}\)"
        ):
            layer.backward(np.zeros((1, F, H, W)))


def test_names_are_what_one_would_write():
    rng = np.random.default_rng(0)
    assert repr(Conv2d(1, 16, 3, rng)) == "Conv2d(1, 16, 3)"
    assert repr(Conv2d(1, 16, 3, rng, stride=2, padding=1)) == "Conv2d(1, 16, 3, stride=2, padding=1)"
    assert repr([MaxPool2d(2), AvgPool2d(3)]) == "[MaxPool2d(2), AvgPool2d(3)]"


FAULTS = """
import resource
import numpy as np
from nnlib.conv import Conv2d
Conv2d(1, 1, 1, np.random.default_rng(0))
for step in range(30):
    arrays = [np.ones(700_000, np.float32) for _ in range(5)]
    del arrays
    if step == 9:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc's malloc that gives memory back")
def test_memory_that_is_freed_is_not_fetched_anew():
    run = subprocess.run([sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 1000  # pages, in 20 steps; without it, 3,400 in each


def test_the_mean_of_pixels_does_not_overflow():
    np.testing.assert_array_equal(AvgPool2d(2).forward(np.full((1, 1, 2, 2), 200, np.uint8)), 200)


@pytest.mark.parametrize("shape", [(1, 1, 0, 0), (1, 1, 0, 5), (1, 1, 5, 0)])
def test_an_empty_picture_is_refused_also_where_zeros_stand_around_it(shape):
    with pytest.raises(ValueError, match="expected pictures of 1 by 1 or more, got"):
        Conv2d(1, 1, 3, np.random.default_rng(0), padding=2).forward(np.zeros(shape))


@pytest.mark.parametrize("rng", [None, 0])
def test_a_generator_is_asked_for(rng):
    with pytest.raises(ValueError, match="expected rng to be a random generator, such as"):
        Conv2d(1, 8, 3, rng)
