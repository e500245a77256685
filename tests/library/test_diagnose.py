"""The noise of gradients against its definition: gradients made one by one, and every batch that can be drawn."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import diagnose
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
    np.testing.assert_allclose(diagnose.squared_lengths(layers), (each**2).sum(axis=1), rtol=1e-11, atol=1e-30)


@pytest.mark.equation("eq-gradient-noise", "eq-noise-scale")
@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, sizes)
def test_the_noise_is_the_mean_squared_distance_from_the_mean(seed, N, D, H, K):
    layers, each, grads = layers_and_gradients(seed, N, D, H, K)
    noise, g = diagnose.gradient_noise(diagnose.squared_lengths(layers), grads), each.mean(axis=0)
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
    noise = diagnose.gradient_noise(diagnose.squared_lengths(layers), grads)
    assert noise.of_batch(B) == pytest.approx(expected, rel=1e-12)


def test_without_a_signal_no_batch_is_large_enough():
    noise = diagnose.gradient_noise(np.array([4.0, 4.0]), [np.zeros(3)])
    assert (noise.signal, noise.trace, noise.scale) == (0, 4, np.inf)


@pytest.mark.parametrize("shapes", [((3, 2), (4, 5)), ((3,), (3, 5)), ((3, 2), (3,))])
def test_what_are_no_rows_of_the_same_examples_is_said(shapes):
    with pytest.raises(ValueError, match=r"expected pairs \(N, D\) and \(N, H\), got"):
        diagnose.squared_lengths([tuple(np.zeros(shape) for shape in shapes)])
