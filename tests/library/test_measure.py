"""The noise of gradients, against gradients made one by one and every batch that can be drawn; and dead units."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import data, measure
from nnlib.activations import GELU, LeakyReLU, ReLU, Sigmoid
from nnlib.init import orthogonal
from nnlib.layers import Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.measure import dead_units, mean_squares
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

sizes = st.integers(1, 6)


def layers_and_gradients(seed, N, D, H, K):
    """What a network's layers met, the gradient of each example, (N, numbers), and those of their mean loss."""
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(rng, D, H, K)
    net.b1[...], net.b2[...] = rng.normal(size=H), rng.normal(size=K)
    X, Y = rng.normal(size=(N, D)), np.eye(K)[rng.integers(K, size=N)]
    z1, a1, _, a2 = states = net.forward(X)
    dz2 = a2 - Y
    layers = [(X, dz2 @ net.W2.T * (z1 > 0)), (a1, dz2)]
    pairs = zip(X[:, None], Y[:, None], strict=True)
    each = [np.concatenate([g.ravel() for g in net.backward(x, y, *net.forward(x))]) for x, y in pairs]
    return layers, np.array(each), net.backward(X, Y, *states)


@pytest.mark.equation("eq-example-lengths")
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, sizes)
def test_the_lengths_are_those_of_gradients_made_one_by_one(seed, N, D, H, K):
    layers, each, _ = layers_and_gradients(seed, N, D, H, K)
    np.testing.assert_allclose(measure.squared_lengths(layers), (each**2).sum(axis=1), rtol=1e-11, atol=1e-30)


@pytest.mark.equation("eq-gradient-noise", "eq-noise-scale")
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, sizes)
def test_the_noise_is_the_mean_squared_distance_from_the_mean(seed, N, D, H, K):
    layers, each, grads = layers_and_gradients(seed, N, D, H, K)
    noise, g = measure.gradient_noise(measure.squared_lengths(layers), grads), each.mean(axis=0)
    close = {"rel": 1e-9, "abs": 1e-12 * (each**2).sum()}
    assert noise.signal == pytest.approx(g @ g, **close)
    assert noise.trace == pytest.approx(((each - g) ** 2).sum(axis=1).mean(), **close)
    assert noise.trace >= 0
    if noise.signal > 1e-20:
        assert noise.scale == noise.trace / noise.signal
    if noise.signal > 1e-20 and noise.trace > 0:  # two examples may be as good as one: no unit awake
        assert noise.of_batch(noise.scale) == pytest.approx(noise.signal)  # as much noise as signal


@pytest.mark.equation("eq-batch-noise")
@pytest.mark.parametrize(("N", "B"), [(5, 1), (4, 2), (3, 3), (2, 5)])
def test_the_noise_of_a_batch_is_that_of_all_batches_that_can_be_drawn(N, B):
    """An expectation without chance: the mean over all N^B draws."""
    layers, each, grads = layers_and_gradients(3, N, 4, 3, 3)
    means = [each[list(rows)].mean(axis=0) for rows in product(range(N), repeat=B)]
    expected = ((np.array(means) - each.mean(axis=0)) ** 2).sum(axis=1).mean()
    noise = measure.gradient_noise(measure.squared_lengths(layers), grads)
    assert noise.of_batch(B) == pytest.approx(expected, rel=1e-12)


def test_without_a_signal_no_batch_is_large_enough():
    noise = measure.gradient_noise(np.array([4.0, 4.0]), [np.zeros(3)])
    assert (noise.signal, noise.trace, noise.scale) == (0, 4, np.inf)


@pytest.mark.parametrize("shapes", [((3, 2), (4, 5)), ((3,), (3, 5)), ((3, 2), (3,))])
def test_what_are_no_rows_of_the_same_examples_is_said(shapes):
    with pytest.raises(ValueError, match=r"expected pairs \(N, D\) and \(N, H\), got"):
        measure.squared_lengths([tuple(np.zeros(shape) for shape in shapes)])


# ---- dead units ------------------------------------------------------------------------------------------------------


def network(rng, *kinds, dtype=np.float64):
    layers, D = [], 6
    for kind in kinds:
        layers += [Linear(D, 8, rng), kind()]
        D = 8
    return Sequential(*layers, Linear(8, 3, rng), dtype=dtype)


def pixels(rng, N):
    return rng.integers(0, 256, (N, 6)).astype(np.uint8)


@pytest.mark.equation("eq-dead-unit")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_unit_is_dead_where_its_column_of_the_gradient_is_0_for_each_example(dtype):
    rng = np.random.default_rng(0)
    net, X = network(rng, ReLU, ReLU, dtype=dtype), pixels(rng, 40)
    net.params["0.b"][:3] = -100, 0, -1.5
    net.params["2.b"][5] = -100
    x, Y = data.scale(X, dtype), np.eye(3, dtype=dtype)[rng.integers(3, size=40)]
    moved = {1: np.zeros(8, bool), 3: np.zeros(8, bool)}
    for n in range(40):  # one by one: in a sum they might cancel
        net.backward(SoftmaxCrossEntropy().backward(net.forward(x[[n]], train=True), Y[[n]]))
        for place in moved:
            moved[place] |= net.grads[f"{place - 1}.b"] != 0
    for chunk in (1, 7, 40, 2000):
        dead = dead_units(net, X, chunk)
        assert [*dead] == [1, 3]
        for place in dead:
            np.testing.assert_array_equal(dead[place], ~moved[place])
    assert dead[1][0] and dead[3][5] and not dead[1].all()


@pytest.mark.equation("eq-dead-unit")
def test_one_example_is_enough_to_live_wherever_it_stands():
    net = network(np.random.default_rng(0), ReLU)
    net.params["0.W"][...], net.params["0.b"][...] = 1, -5.9  # it speaks for a full white row alone
    X = np.zeros((9, 6), np.uint8)
    assert dead_units(net, X, chunk=2)[1].all()
    for n in range(9):
        X[n] = 255
        assert not dead_units(net, X, chunk=2)[1].any()
        X[n] = 0


def test_a_score_of_exactly_0_is_silent_and_a_slope_below_0_is_not():
    rng = np.random.default_rng(0)
    for kind, expected in ((ReLU, True), (LeakyReLU, False), (Sigmoid, False), (GELU, False)):
        net = network(rng, kind)
        net.params["0.W"][...] = 0
        assert (dead_units(net, pixels(rng, 5))[1] == expected).all()
    net.params["0.b"][...] = -100
    assert dead_units(net, pixels(rng, 5))[1].all()  # so far out GELU's slope is 0 as well


def test_of_no_examples_nothing_is_known():
    with pytest.raises(ValueError, match="expected at least one example, got none"):
        dead_units(network(np.random.default_rng(0), ReLU), np.empty((0, 6), np.uint8))


# ---- mean squares ----------------------------------------------------------------------------------------------------


@pytest.mark.equation("eq-mean-square")
@pytest.mark.parametrize("kinds", [(ReLU,), (Sigmoid, GELU)])
def test_the_mean_squares_are_those_of_what_passes(kinds):
    """Counted number by number, from the program written out."""
    rng = np.random.default_rng(0)
    net, A = network(rng, *kinds), rng.normal(size=(7, 6))
    found, expected = mean_squares(net, A), []
    for layer in (*net.layers, None):
        numbers = A.ravel().tolist()
        expected.append(sum(a * a for a in numbers) / len(numbers))
        A = layer.forward(A) if layer else A
    assert found == pytest.approx(expected, rel=1e-13)
    assert len(found) == len(net.layers) + 1


@pytest.mark.equation("eq-mean-square")
def test_through_orthogonal_weights_no_mean_square_changes():
    rng = np.random.default_rng(0)
    net = Sequential(*(Linear(8, 8, rng, init=orthogonal) for _ in range(5)))
    assert np.ptp(mean_squares(net, rng.normal(size=(3, 8)))) < 1e-13


def test_bytes_are_refused_where_their_squares_would_overflow():
    with pytest.raises(
        ValueError, match=r"expected an array of numbers as nnlib\.data\.scale returns them, got pixels of uint8"
    ):
        mean_squares(network(np.random.default_rng(0)), np.full((1, 6), 200, np.uint8))


def test_in_a_nested_network_too_by_its_name():
    rng = np.random.default_rng(0)
    parts = [Linear(6, 8, rng), ReLU(), Linear(8, 8, rng), ReLU(), Linear(8, 3, rng)]
    parts[0].params["b"][2] = parts[2].params["b"][5] = -100
    X = pixels(rng, 30)
    plain = dead_units(Sequential(*parts), X)
    nested = dead_units(Sequential(Sequential(parts[0], Sequential(parts[1])), *parts[2:]), X, chunk=7)
    assert [*nested] == ["0.1.0", 2]
    for one, other in zip(plain.values(), nested.values(), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.any() and not one.all()


def test_what_cannot_be_looked_through_is_refused():
    class Skip(Sequential):
        def forward(self, X, train=False):
            return X + super().forward(X, train)

    rng = np.random.default_rng(0)
    X = pixels(rng, 5)
    for net, got in (
        (Sequential(Linear(6, 8, rng), Skip(Linear(8, 8, rng), ReLU())), "Skip"),
        (TwoLayerNet(rng, 6, 5, 3), "TwoLayerNet"),
        (ReLU(), "ReLU"),
    ):
        with pytest.raises(ValueError, match=f"expected a Sequential, whose layers .* got {got}"):
            dead_units(net, X)
    net = network(rng, ReLU)
    with pytest.raises(ValueError, match=r"expected pixels 0 to 255, \(N, 6\) of uint8, got \(5, 6\) of float64"):
        dead_units(net, X / 255)
    for chunk in (0, -1, 2.5):
        with pytest.raises(ValueError, match="expected chunk to be a whole number from 1 on"):
            dead_units(net, X, chunk)
