"""layers.py against finite differences and PyTorch, and what every layer promises: memory, copies, refusals."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import agree, agrees_with_differences, dtypes, laid, layouts, seeds, sizes

from nnlib import functional as F
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.conv import Conv2d
from nnlib.init import uniform
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.norm import BatchNorm
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=40)


def new_rng():
    return np.random.default_rng(0)


# Each takes rows (N, 6).
LAYERS = {
    "Linear": lambda: Linear(6, 4, new_rng()),
    "Linear without b": lambda: Linear(6, 4, new_rng(), bias=False),
    "Reshape": lambda: Reshape(2, 3),
    "Flatten": Flatten,
    "Dropout": lambda: Dropout(0.5, new_rng()),
    "BatchNorm": lambda: BatchNorm(6),
    "Sequential": lambda: Sequential(Linear(6, 5, new_rng()), ReLU(), Linear(5, 3, new_rng())),
    **{kind.__name__: kind for kind in (ReLU, LeakyReLU, ELU, Sigmoid, Tanh, SiLU, GELU)},
}
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


@some
@given(sizes, sizes, sizes, seeds, st.booleans(), layouts)
def test_linear_against_differences(N, D, H, seed, bias, layout):
    rng = np.random.default_rng(seed)
    layer = Linear(D, H, rng, bias=bias)
    X = laid(rng.normal(size=(N, D)), layout)
    X.flags.writeable = True  # for the nudges
    agrees_with_differences(layer, X, rng.normal(size=(N, H)))


@some
@given(sizes, sizes, sizes, seeds, st.booleans(), dtypes, layouts, layouts)
def test_linear_against_torch(N, D, H, seed, bias, dtype, layout, layout_back):
    rng = np.random.default_rng(seed)
    net = Sequential(Linear(D, H, rng, bias=bias), dtype=dtype)
    for param in net.params.values():
        param[...] = rng.normal(size=param.shape)
    X, dZ = (
        laid(rng.normal(size=(N, D)).astype(dtype), layout),
        laid(rng.normal(size=(N, H)).astype(dtype), layout_back),
    )
    theirs = torch.nn.Linear(D, H, bias, dtype=torch.tensor(X.copy()).dtype)
    with torch.no_grad():
        theirs.weight.copy_(torch.tensor(net.params["0.W"].T.copy()))
        if bias:
            theirs.bias.copy_(torch.tensor(net.params["0.b"]))
    tX = torch.tensor(X.copy(), requires_grad=True)
    tZ = theirs(tX)
    tZ.backward(torch.tensor(dZ.copy()))
    agree(net.forward(X, train=True), tZ, dtype)
    agree(net.backward(dZ), tX.grad, dtype)
    agree(net.grads["0.W"], theirs.weight.grad.T, dtype)
    if bias:
        agree(net.grads["0.b"], theirs.bias.grad, dtype)


@some
@given(sizes, sizes, sizes, seeds)
def test_linear_is_the_function_of_chapter_02_to_the_last_bit(N, D, H, seed):
    rng = np.random.default_rng(seed)
    layer = Linear(D, H, rng, init=uniform)
    layer.params["b"][...] = rng.normal(size=H)
    X, dZ = rng.normal(size=(N, D)), rng.normal(size=(N, H))
    W, b = layer.params["W"], layer.params["b"]
    np.testing.assert_array_equal(layer.forward(X, train=True), F.linear(X, W, b))
    dX, dW, db = F.linear_backward(dZ, X, W)
    np.testing.assert_array_equal(layer.backward(dZ), dX)
    np.testing.assert_array_equal(layer.grads["W"], dW)
    np.testing.assert_array_equal(layer.grads["b"], db)


def test_the_gradient_of_the_input_may_be_left_out():
    layer, X, dZ = Linear(6, 4, new_rng()), np.ones((3, 6)), np.ones((3, 4))
    layer.forward(X, train=True)
    layer.backward(dZ)
    whole = copy.deepcopy(layer.grads)
    for grad in layer.grads.values():
        grad[...] = np.nan
    layer.forward(X, train=True)
    assert layer.backward(dZ, dX=False) is None
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, whole[name])


@some
@given(sizes, st.lists(sizes, min_size=1, max_size=3), seeds, layouts)
def test_reshape_and_flatten_are_each_other_s_way_back(N, shape, seed, layout):
    rng = np.random.default_rng(seed)
    X, layers = laid(rng.normal(size=(N, int(np.prod(shape)))), layout), (Reshape(*shape), Flatten())
    A = layers[0].forward(X, train=True)
    np.testing.assert_array_equal(A, torch.tensor(X.copy()).reshape(N, *shape))
    np.testing.assert_array_equal(layers[1].forward(A, train=True), X)
    back = layers[1].backward(X)
    assert back.shape == A.shape
    np.testing.assert_array_equal(layers[0].backward(back), X)


def test_reshape_knows_its_inputs():
    assert Reshape(1, 28, 28).inputs == 784
    assert Sequential(Reshape(1, 28, 28), Flatten(), Linear(784, 10, new_rng())).classes == 10


# Dropout


@pytest.mark.equation("eq-dropout")
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_keeps_the_mean_and_drops_its_share(p, dtype):
    X = np.full((500, 400), 3, dtype)
    A = Dropout(p, np.random.default_rng(7)).forward(X, train=True)
    assert A.dtype == dtype
    assert set(np.unique(A)) <= {0, dtype(3) * dtype(1 / (1 - p))}
    se_share = (p * (1 - p) / A.size) ** 0.5
    assert np.mean(A == 0) == pytest.approx(p, abs=4 * se_share)
    assert A.mean(dtype=float) == pytest.approx(3, abs=4 * se_share * 3 / (1 - p))
    for axis in (0, 1):  # each row and column has its own draws
        assert 0 < np.std((A == 0).mean(axis=axis)) < 0.05


@some
@given(st.tuples(sizes, sizes) | st.tuples(sizes, sizes, sizes, sizes), st.floats(0, 0.95), seeds, dtypes)
def test_dropout_sends_the_gradient_back_through_the_same_mask(shape, p, seed, dtype):
    layer = Dropout(p, np.random.default_rng(seed))
    ones = np.ones(shape, dtype)
    A = layer.forward(ones, train=True)
    layer.forward(ones)  # in use: it draws nothing
    dX = layer.backward(ones)
    np.testing.assert_array_equal(dX, A)
    assert dX.dtype == dtype
    assert layer.rng.bit_generator.state == _after_one_draw(seed, shape)


def _after_one_draw(seed, shape):
    rng = np.random.default_rng(seed)
    rng.random(shape, dtype=np.float32)
    return rng.bit_generator.state


@pytest.mark.equation("eq-dropout-dX")
def test_dropout_against_differences():
    rng = np.random.default_rng(3)
    layer = Dropout(0.4, rng)

    def same_draw():
        layer.rng = np.random.default_rng(11)

    agrees_with_differences(layer, rng.normal(size=(5, 6)), rng.normal(size=(5, 6)), before=same_draw)


class Drawn:
    """In place of an rng: draws that keep what a test chose."""

    def __init__(self, kept):
        self.kept = kept

    def random(self, shape, dtype):
        assert shape == self.kept.shape
        return self.kept.astype(dtype)  # 1 is at or above every share, 0 below every one that is not 0


@pytest.mark.equation("eq-dropout", "eq-dropout-dX")
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_against_torch(p, dtype):
    rng = np.random.default_rng(2)
    X, dA = (rng.normal(size=(40, 30)).astype(dtype) for _ in range(2))
    tX = torch.tensor(X, requires_grad=True)
    torch.manual_seed(0)
    tA = torch.nn.functional.dropout(tX, p)
    tA.backward(torch.tensor(dA))
    layer = Dropout(p, new_rng())
    layer.rng = Drawn(tA.detach().numpy() != 0)
    agree(layer.forward(X, train=True), tA, dtype)
    agree(layer.backward(dA), tX.grad, dtype)
    agree(layer.forward(X), torch.nn.functional.dropout(tX, p, training=False), dtype)


@some
@given(st.tuples(sizes, sizes), seeds, dtypes)
def test_dropout_of_nothing_and_in_use_is_the_identity(shape, seed, dtype):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=shape).astype(dtype)
    nothing = Dropout(0, rng)
    np.testing.assert_array_equal(nothing.forward(X, train=True), X)
    np.testing.assert_array_equal(nothing.backward(X), X)
    before = rng.bit_generator.state
    np.testing.assert_array_equal(Dropout(0.9, rng).forward(X), X)
    assert rng.bit_generator.state == before


# Every layer


@every_layer
def test_backward_belongs_to_the_last_forward_in_training_and_is_asked_once(layer):
    layer, rng = layer(), np.random.default_rng(1)
    words = "expected a forward pass with train=True before each backward pass"
    with pytest.raises(RuntimeError, match=words):
        layer.backward(np.ones((3, 4)))
    X, other = rng.normal(size=(3, 6)), rng.normal(size=(5, 6))
    A = layer.forward(X)
    with pytest.raises(RuntimeError, match=words):
        layer.backward(np.ones_like(A))
    dA = rng.normal(size=A.shape)
    results = []
    for between in (None, other):
        if isinstance(layer, Dropout):
            layer.rng = new_rng()
        layer.forward(X, train=True)
        if between is not None:
            layer.forward(between)
        results.append((layer.backward(dA).copy(), copy.deepcopy(layer.grads)))
        with pytest.raises(RuntimeError, match=words):
            layer.backward(dA)
    (dX, grads), (dX_too, grads_too) = results
    assert dX.shape == X.shape
    np.testing.assert_array_equal(dX, dX_too)
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, grads_too[name])


@every_layer
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_another_layer_that_has_seen_no_batch(layer, copied):
    layer, X = layer(), np.random.default_rng(1).normal(size=(3, 6))
    A = layer.forward(X, train=True)
    other = copied(layer)
    np.testing.assert_array_equal(other.forward(X), layer.forward(X))
    with pytest.raises(RuntimeError, match="expected a forward pass"):
        other.backward(np.ones_like(A))
    layer.backward(np.ones_like(A))  # the original has not lost its own
    for kind in ("params", "grads", "state"):
        ours, theirs = getattr(layer, kind), getattr(other, kind)
        assert ours.keys() == theirs.keys()
        for name, array in ours.items():
            assert not np.shares_memory(array, theirs[name])
    assert repr(other) == repr(layer)


@every_layer
def test_gradients_are_overwritten_in_the_same_arrays_and_nothing_that_was_given(layer):
    layer, rng = layer(), np.random.default_rng(1)
    arrays, values = {**layer.params, **layer.grads}, []
    for _ in range(2):
        X = laid(np.random.default_rng(5).normal(size=(4, 6)), "read-only")
        if isinstance(layer, Dropout):
            layer.rng = new_rng()
        A = layer.forward(X, train=True)
        layer.backward(laid(np.ones_like(A), "read-only"))
        values.append(copy.deepcopy(layer.grads))
    assert all(array is arrays[name] for name, array in {**layer.params, **layer.grads}.items())
    for name, grad in values[0].items():
        np.testing.assert_array_equal(grad, values[1][name])
        assert grad.shape == layer.params[name].shape
    assert rng.bit_generator.state == np.random.default_rng(1).bit_generator.state


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("train", [False, True])
def test_what_is_no_number_goes_through_as_such(layer, dtype, train):
    layer = Sequential(layer(), dtype=dtype)
    X = np.ones((4, 6), dtype)
    X[2, 3] = np.nan
    A = layer.forward(X, train)
    assert A.dtype == dtype
    assert np.isnan(A[2]).any()
    if not train:
        assert not np.isnan(A[[0, 1, 3]]).any()


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "BatchNorm"])  # its batch has two examples or more
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_example_and_its_type(name, dtype):
    layer = Sequential(LAYERS[name](), dtype=dtype)
    A = layer.forward(np.ones((1, 6), dtype), train=True)
    assert A.dtype == dtype and len(A) == 1
    dX = layer.backward(np.ones_like(A))
    assert dX.dtype == dtype and dX.shape == (1, 6)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Linear(0, 3, new_rng()), "expected inputs to be a whole number from 1 on, got 0"),
        (lambda: Linear(3, -1, new_rng()), "expected outputs to be a whole number from 1 on, got -1"),
        (lambda: Linear(3.0, 1, new_rng()), r"expected inputs .* got 3\.0"),
        (lambda: Linear((3, 2), 1, new_rng()), r"expected inputs .* got \(3, 2\)"),
        (lambda: Linear(3, new_rng()), r"expected outputs .* got Generator\(PCG64\)"),
        (lambda: Linear(3, 2), r"expected rng to be a random generator, such as np.random.default_rng\(0\), got None"),
        (lambda: Linear(3, 2, 0), "expected rng to be a random generator, .* got 0"),
        (lambda: Reshape((1, 28, 28)), r"expected the sizes of one example, as .* got \(\(1, 28, 28\),\)"),
        (lambda: Reshape(1, 28, -1), r"expected the sizes of one example, as .* got \(1, 28, -1\)"),
        (lambda: Dropout(1, new_rng()), "expected p to be a number from 0 to below 1, got 1"),
        (lambda: Dropout(-0.1, new_rng()), "got -0.1"),
        (lambda: Dropout(np.nan, new_rng()), "got nan"),
        (lambda: Dropout(new_rng(), 0.5), r"expected p .* got Generator"),
        (lambda: Dropout(0.5), "expected rng to be a random generator, .* got None"),
        (lambda: Dropout(0.5, 1), "expected rng to be a random generator, .* got 1"),
    ],
)
def test_what_makes_no_layer_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("shape", [(6,), (3, 5), (2, 3, 6), (0, 3)])
def test_rows_of_another_size_are_refused(shape):
    for layer in (Linear(6, 2, new_rng()), Reshape(2, 3)):
        with pytest.raises(ValueError, match=r"expected rows \(N, 6\), got \("):
            layer.forward(np.ones(shape))


@every_layer
@pytest.mark.parametrize("shape", [(3, 1), (1, 4), (4,), (3, 5), (2, 4), (6, 4), (3, 1, 1), ()])
def test_a_gradient_that_would_be_spread_or_dealt_out_anew_is_refused(layer, shape):
    layer = layer()
    layer.forward(np.ones((4, 6)), train=True)
    with pytest.raises(ValueError):
        layer.backward(np.ones(shape))


@pytest.mark.parametrize("layer", [ReLU(), Flatten(), BatchNorm(3), Dropout(0.5, new_rng())], ids=repr)
def test_a_gradient_of_a_picture_in_another_shape_is_refused_in_words(layer):
    A = layer.forward(np.ones((4, 3, 2, 2)), train=True)
    with pytest.raises(ValueError, match=r"expected the gradient in the shape of the output, \(4, .*\), got \(8, 6\)"):
        layer.backward(np.ones((8, 6)))
    layer.forward(np.ones((4, 3, 2, 2)), train=True)
    assert layer.backward(np.ones_like(A)).shape == (4, 3, 2, 2)


def test_a_layer_that_is_not_written_says_what_is_missing():
    class Mine(Layer):
        pass

    with pytest.raises(NotImplementedError, match=r"expected Mine to have a method forward\(X, train\)"):
        Mine().forward(np.ones((1, 2)))
    with pytest.raises(NotImplementedError, match=r"expected Mine to have a method backward\(dA\)"):
        Mine().backward(np.ones((1, 2)))


def test_dropout_of_whole_numbers_is_scaled_as_any():
    X = np.full((4, 5), 3)
    np.testing.assert_array_equal(
        Dropout(0.3, new_rng()).forward(X, train=True), Dropout(0.3, new_rng()).forward(X / 1, train=True)
    )


def test_a_layer_with_a_constructor_of_its_own_has_a_name():
    class Square(Linear):
        def __init__(self, n, rng, bias=True):
            super().__init__(n, n, rng, bias=bias)

    assert repr(Square(6, new_rng())) == "Square()"
    assert repr(Square(6, new_rng(), bias=False)) == "Square(bias=False)"
    with pytest.raises(ValueError, match=r"layer 1, Square\(\): expected rows \(N, 6\), got \(1, 5\)"):
        Sequential(Linear(3, 5, new_rng()), Square(6, new_rng()))


@pytest.mark.parametrize("init", [uniform, "he_normal", lambda rng, D, H: np.zeros((H, D)), lambda rng, D, H: None])
@pytest.mark.parametrize(
    "make",
    [
        lambda init: Linear(6, 4, new_rng(), init=init),
        lambda init: Conv2d(6, 4, 1, new_rng(), init=init),
        lambda init: TwoLayerNet(new_rng(), 6, 4, 6, init=init),
    ],
)
def test_first_weights_of_another_shape_are_refused(make, init):
    if init is uniform:
        make(init)
        return
    with pytest.raises(ValueError, match=r"expected init to (be a function|return a matrix \(6, 4\))"):
        make(init)
