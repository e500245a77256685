"""mutants.py: each has the planted fault, and no other."""

import numpy as np
import pytest

from nnlib import mutants
from nnlib.layers import Linear


def test_each_fault_of_gradients_is_one():
    right = {"W": np.arange(1.0, 7).reshape(3, 2), "b": np.array([1.0, -2])}
    faults = dict(mutants.of_gradients(lambda params, X, Y: right, "Wb"))
    assert len(faults) == 16
    for what, program in faults.items():
        found = program(None, np.zeros((3, 2)), None)
        wrong = [name for name in "Wb" if not np.array_equal(found[name], right[name])]
        assert wrong == [what[1]], what
    assert np.array_equal(faults["dW right for 5 examples alone"](None, np.zeros((5, 2)), None)["W"], right["W"])
    assert right["W"][0, 0] == 1, "the right program's own gradients stay as they were"


def bits(layer, X, dA, look):
    """What a layer does in two passes, with a look between forward and backward: and what it was given."""
    found = []
    for turn in range(2):
        x, d = X[turn].copy(), dA[turn].copy()
        found += [layer.forward(x, train=True), x.copy()]
        layer.forward(look.copy())
        found += [layer.backward(d), d, *(grad.copy() for grad in layer.grads.values())]
    try:
        layer.backward(dA[0].copy())
    except RuntimeError:
        found.append(np.ones(1))
    return [array.tobytes() for array in found]


def test_each_faulty_layer_differs_from_the_right_one_and_from_the_others():
    rng = np.random.default_rng(0)
    X, dA, look = rng.normal(size=(2, 6, 4)), rng.normal(size=(2, 6, 3)), rng.normal(size=(6, 4))
    right = bits(Linear(4, 3, np.random.default_rng(1)), X, dA, look)
    assert bits(mutants.MutantLinear(None, 4, 3, np.random.default_rng(1)), X, dA, look) == right
    square = rng.normal(size=(2, 6, 4))
    found = {
        f: bits(mutants.MutantLinear(f, 4, 4, np.random.default_rng(1)), X, square, look) for f in mutants.LAYER_FAULTS
    }
    found[None] = bits(Linear(4, 4, np.random.default_rng(1)), X, square, look)
    assert len({tuple(map(bytes, each)) for each in found.values()}) == len(found)


def test_a_fault_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"expected a fault, one of no transpose, .* got 'a typo'"):
        mutants.MutantLinear("a typo", 4, 3, np.random.default_rng(0))
