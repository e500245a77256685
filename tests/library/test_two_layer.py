"""TwoLayerNet against arithmetic by hand, PyTorch and finite differences; and step against the four methods."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlib import functional as F
from nnlib.gradcheck import directional_derivative, numerical_gradient
from nnlib.init import uniform
from nnlib.layers import Linear
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=40)
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
ODD_SHAPES = [(1, 3, 1, 2), (1, 1, 1, 1), (7, 1, 5, 2), (2, 3, 64, 1), (5, 5, 5, 5), (33, 784, 64, 10)]


def random_net(seed, N, D, H, K, dtype=np.float64):
    """A network whose every parameter is drawn, rows with blank pixels, and one-hot labels."""
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(rng, D, H, K, dtype=dtype)
    net.b1[...], net.b2[...] = rng.normal(size=H), rng.normal(size=K)
    X = (rng.random((N, D)) * (rng.random((N, D)) < 0.7)).astype(dtype)
    labels = rng.integers(K, size=N)
    return net, X, labels, np.eye(K, dtype=dtype)[labels]


def torch_answer(net, X, Y):
    """(z1, a1, z2, a2), loss and the four gradients, by autograd."""
    W1, b1, W2, b2 = (torch.tensor(p, requires_grad=True) for p in net.params.values())
    z1 = torch.tensor(X) @ W1 + b1
    a1 = torch.relu(z1)
    z2 = a1 @ W2 + b2
    loss = torch.nn.functional.cross_entropy(z2, torch.tensor(Y))
    loss.backward()
    states = [t.detach().numpy() for t in (z1, a1, z2, torch.softmax(z2, -1))]
    return states, loss.item(), [p.grad.numpy() for p in (W1, b1, W2, b2)]


def by_differences(net, X, Y):
    return [numerical_gradient(lambda: net.loss(X, Y), param) for param in net.params.values()]


def off_the_kinks(net, X):
    """No hidden unit so near 0 that a nudge of 1e-5 to a parameter could switch it."""
    return np.abs(net.forward(X)[0]).min() > 1e-3


def all_close(ours, theirs, rtol=1e-6, atol=1e-9):
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol, atol)


@pytest.mark.equation(
    "eq-two-layer-forward",
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
)  # fmt: skip
def test_by_hand():
    net = TwoLayerNet(np.random.default_rng(0), 2, 2, 2)
    net.W1[...], net.b1[...] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[...], net.b2[...] = [[1, -1], [0.5, 2]], [0, 1]
    X, Y = np.array([[1.0, 2]]), np.array([[0.0, 1]])
    states = net.forward(X)
    p = 1 / (1 + np.exp(-3))  # of class 0: the scores differ by 3
    all_close(states, [np.array([row]) for row in ([2, -1.5], [2, 0], [2, -1], [p, 1 - p])])
    dW1, db1, dW2, db2 = net.backward(X, Y, *states)
    np.testing.assert_allclose(db2, [p, -p])
    np.testing.assert_allclose(dW2, [[2 * p, -2 * p], [0, 0]])
    np.testing.assert_allclose(db1, [2 * p, 0])  # unit 1 is off
    np.testing.assert_allclose(dW1, [[2 * p, 0], [4 * p, 0]])


@pytest.mark.equation(
    "eq-two-layer-forward",
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
)  # fmt: skip
@some
@given(sizes, sizes, sizes, sizes, seeds)
def test_against_torch(N, D, H, K, seed):
    net, X, _, Y = random_net(seed, N, D, H, K)
    states, loss, gradients = torch_answer(net, X, Y)
    ours = net.forward(X)
    all_close(ours, states, 1e-12, 1e-14)
    assert net.loss(X, Y) == pytest.approx(loss, rel=1e-12, abs=1e-14)
    all_close(net.backward(X, Y, *ours), gradients, 1e-11, 1e-14)


@pytest.mark.equation(
    "eq-two-layer-forward",
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
)  # fmt: skip
@pytest.mark.parametrize(("N", "D", "H", "K"), ODD_SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_against_torch_on_odd_shapes(N, D, H, K, dtype):
    net, X, _, Y = random_net(3, N, D, H, K, dtype)
    states, _, gradients = torch_answer(net, X, Y)
    ours = net.forward(X)
    assert all(state.dtype == dtype for state in ours)
    tolerance = (1e-4, 1e-5) if dtype == np.float32 else (1e-10, 1e-13)
    all_close(ours, states, *tolerance)
    all_close(net.backward(X, Y, *ours), gradients, *tolerance)


@pytest.mark.equation(
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
)  # fmt: skip
@some
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), seeds)
def test_every_gradient_against_differences(N, D, H, K, seed):
    net, X, _, Y = random_net(seed, N, D, H, K)
    assume(off_the_kinks(net, X))
    all_close(net.backward(X, Y, *net.forward(X)), by_differences(net, X, Y))


@pytest.mark.equation(
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
)  # fmt: skip
def test_the_book_network_against_differences_in_random_directions():
    net, X, labels, Y = random_net(1, 5, 784, 64, 10)
    for x, label in zip(X, labels, strict=True):  # also some steps away from the first weights
        net.step(x, label, 0.05)
    assert off_the_kinks(net, X)
    gradients = net.backward(X, Y, *net.forward(X))
    rng = np.random.default_rng(2)
    for _ in range(5):
        directions = [rng.normal(size=param.shape) / 100 for param in net.params.values()]
        slope = sum((g * v).sum() for g, v in zip(gradients, directions, strict=True))
        measured = directional_derivative(lambda: net.loss(X, Y), list(net.params.values()), directions)
        assert measured == pytest.approx(slope, rel=1e-6)


@pytest.mark.equation("eq-two-layer-dZ1")
def test_a_unit_exactly_at_zero_passes_no_gradient():
    net, X, _, Y = random_net(0, 2, 3, 4, 2)
    net.W1[...], net.b1[...] = 0, 0
    dW1, db1, dW2, _ = net.backward(X, Y, *net.forward(X))
    assert not dW1.any() and not db1.any() and not dW2.any()


@pytest.mark.equation(
    "eq-two-layer-dZ2", "eq-two-layer-dW2", "eq-two-layer-db2", "eq-two-layer-dA1",
    "eq-two-layer-dZ1", "eq-two-layer-dW1", "eq-two-layer-db1",
    "eq-sgd",
)  # fmt: skip
@some
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), seeds)
def test_whole_update_is_one_gradient_step(N, D, H, K, seed):
    """(before − after)/η is the gradient of the loss before: an early update of W2 would show here."""
    net, X, _, Y = random_net(seed, N, D, H, K)
    assume(off_the_kinks(net, X))
    before, gradients = copy.deepcopy(net.params), by_differences(net, X, Y)
    net.update(*net.backward(X, Y, *net.forward(X)), 0.5)
    all_close([(before[name] - param) / 0.5 for name, param in net.params.items()], gradients)


@pytest.mark.equation("eq-lit-rows")
@some
@given(st.integers(1, 5), st.integers(1, 4), st.integers(2, 4), seeds)
def test_whole_step_is_one_gradient_step(D, H, K, seed):
    net, X, labels, Y = random_net(seed, 1, D, H, K)
    assume(off_the_kinks(net, X))
    before, gradients = copy.deepcopy(net.params), by_differences(net, X, Y)
    net.step(X[0], labels[0], 0.5)
    all_close([(before[name] - param) / 0.5 for name, param in net.params.items()], gradients)


@pytest.mark.equation("eq-lit-rows", "eq-sgd")
@some
@given(sizes, sizes, sizes, seeds, st.sampled_from([np.float32, np.float64]))
def test_step_is_forward_backward_update(D, H, K, seed, dtype):
    net, X, labels, Y = random_net(seed, 3, D, H, K, dtype)
    plain = copy.deepcopy(net)
    for x, label, y in zip(X, labels, Y, strict=True):
        z2 = net.step(x, label, 0.3)
        states = plain.forward(x[None])
        plain.update(*plain.backward(x[None], y[None], *states), 0.3)
        tolerance = (1e-4, 1e-5) if dtype == np.float32 else (1e-11, 1e-13)
        all_close([z2], [states[2][0]], *tolerance)
        all_close(net.params.values(), plain.params.values(), *tolerance)
        assert {param.dtype for param in net.params.values()} == {np.dtype(dtype)}


@pytest.mark.equation("eq-lit-rows")
def test_rows_of_blank_pixels_do_not_move():
    net, X, labels, _ = random_net(0, 1, 20, 8, 3)
    before = net.W1.copy()
    net.step(X[0], labels[0], 0.1)
    dark = X[0] == 0
    np.testing.assert_array_equal(net.W1[dark], before[dark])
    assert (net.W1[~dark] != before[~dark]).any(axis=1).all()
    net.step(np.zeros(20), 1, 0.1)  # a picture without ink moves the biases alone
    assert np.isfinite(net.W1).all()


@pytest.mark.equation("eq-sgd")
def test_update_moves_the_parameters_in_place():
    net, *_ = random_net(0, 1, 3, 4, 2)
    arrays, before = list(net.params.values()), copy.deepcopy(net.params)
    gradients = [np.full_like(param, 2 + k) for k, param in enumerate(arrays)]
    net.update(*gradients, 0.25)
    for k, (name, param) in enumerate(net.params.items()):
        assert param is arrays[k]
        np.testing.assert_allclose(param, before[name] - 0.25 * (2 + k), rtol=1e-15)


def test_predict_is_the_most_probable_class():
    net, X, _, _ = random_net(0, 50, 6, 5, 4)
    np.testing.assert_array_equal(net.predict(X), net.forward(X)[3].argmax(axis=1))


def test_what_the_training_loop_asks_for():
    net, X, _, Y = random_net(0, 5, 6, 4, 3, np.float32)
    assert (net.inputs, net.classes, net.dtype) == (6, 3, np.float32)
    states = net.forward(X)
    np.testing.assert_array_equal(net.scores(X), states[2])
    Z, grads = net.scores_and_grads(X, Y)
    np.testing.assert_array_equal(Z, states[2])
    assert list(grads) == list(net.params)
    for ours, theirs in zip(grads.values(), net.backward(X, Y, *states), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_first_weights_come_from_the_rng_alone():
    one, two = (TwoLayerNet(np.random.default_rng(7), 9, 8, 7, uniform, np.float32) for _ in range(2))
    for name, param in one.params.items():
        assert param.dtype == np.float32
        np.testing.assert_array_equal(param, two.params[name])
    assert [param.shape for param in one.params.values()] == [(9, 8), (8,), (8, 7), (7,)]
    assert not one.b1.any() and not one.b2.any()
    assert np.abs(one.W1).max() <= 0.5 < 8 * np.abs(one.W1).mean()
    assert {name: param.shape for name, param in TwoLayerNet(np.random.default_rng(0)).params.items()} == {
        "W1": (784, 64), "b1": (64,), "W2": (64, 10), "b2": (10,),
    }  # fmt: skip


@pytest.mark.parametrize("sizes", [{"inputs": 0}, {"hidden": -1}, {"classes": 0}])
def test_sizes_below_one_are_refused(sizes):
    ((name, size),) = sizes.items()
    with pytest.raises(ValueError, match=f"expected {name} to be a whole number from 1 on, got {size}"):
        TwoLayerNet(np.random.default_rng(0), **sizes)


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex, object])
def test_a_type_that_is_no_float_is_refused(dtype):
    """Every weight is below 1: as whole numbers all of them would be 0."""
    with pytest.raises(ValueError, match=f"expected dtype to be float64 or float32, got {np.dtype(dtype)}"):
        TwoLayerNet(np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 2), (1, 2, 3), (0,)])
def test_pictures_of_another_shape_are_refused(shape):
    net, *_ = random_net(0, 1, 3, 4, 2)
    for method in (net.forward, net.predict):
        with pytest.raises(ValueError, match=r"expected one picture a row, shape \(N, 3\), got"):
            method(np.zeros(shape))


@pytest.mark.parametrize("shape", [(2,), (1, 2), (2, 1), (3, 2)])
def test_labels_that_would_broadcast_are_refused(shape):
    net, X, _, _ = random_net(0, 2, 3, 4, 2)
    states = net.forward(X)
    with pytest.raises(ValueError, match=r"expected .* shape \(2, 2\), got"):
        net.backward(X, np.zeros(shape), *states)
    with pytest.raises(ValueError, match=r"expected .* shape \(2, 2\), got"):
        net.loss(X, np.zeros(shape))


@pytest.mark.parametrize(("shape", "label"), [((2,), 0), ((4,), 0), ((1, 3), 0), ((3,), -1), ((3,), 2)])
def test_step_refuses_a_wrong_picture_or_label_and_changes_nothing(shape, label):
    net, *_ = random_net(0, 1, 3, 4, 2)
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=r"expected a picture \(3,\) and a label 0 to 1, got"):
        net.step(np.ones(shape), label, 0.1)
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, before[name])


def test_a_nan_in_a_picture_is_not_hidden():
    net, X, _, _ = random_net(0, 1, 3, 4, 2)
    X[0, 0] = np.nan
    assert np.isnan(net.forward(X)[3]).all()
    assert np.isnan(net.step(X[0], 0, 0.1)).all()


@pytest.mark.equation("eq-two-layer-forward")
def test_probabilities_stay_probabilities_with_huge_weights():
    net, X, _, Y = random_net(0, 4, 5, 6, 3)
    net.W2 *= 1e6
    P = net.forward(X)[3]
    np.testing.assert_allclose(P.sum(axis=1), 1)
    assert np.isfinite(net.loss(X, Y))
    assert net.loss(X, Y) == F.softmax_cross_entropy(net.forward(X)[2], Y)


@pytest.mark.parametrize("method", ["scores", "predict", "scores_and_grads"])
@pytest.mark.parametrize("make", [TwoLayerNet, lambda rng: Sequential(Linear(784, 10, rng))])
def test_pixels_that_nobody_scaled_are_refused(method, make):
    net, labels = make(np.random.default_rng(0)), [np.eye(10)[:2]] if method == "scores_and_grads" else []
    words = "expected an array of numbers as nnlib.data.scale returns them, got "
    with pytest.raises(ValueError, match=words + "pixels of uint8"):
        getattr(net, method)(np.zeros((2, 784), np.uint8), *labels)
    with pytest.raises(ValueError, match=words + "list"):
        getattr(net, method)([[0.0] * 784] * 2, *labels)
