"""diagnose.py: which units are dead, against a definition by hand."""

import numpy as np
import pytest

from nnlib import data
from nnlib.activations import GELU, LeakyReLU, ReLU, Sigmoid
from nnlib.diagnose import dead_units
from nnlib.layers import Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.sequential import Sequential


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
