"""mutants.py: each has the planted fault, and no other."""

import numpy as np

from nnlib import functional as F
from nnlib import mutants


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


def test_a_faulty_layer_is_right_forward():
    """So that only its way back, or what it does to others, can tell."""
    faults = list(mutants.of_layers(np.random.default_rng(0)))
    assert len({what for what, _ in faults}) == len(faults) == 14
    for what, layer in faults:
        X = np.random.default_rng(1).normal(size=(5, 4))
        right = F.linear(X, *layer.params.values()) if layer.params else F.relu(X)
        np.testing.assert_array_equal(layer.forward(X), right, err_msg=what)
        assert not layer.params or layer.params["b"].all()  # or a fault in b's part would hide
