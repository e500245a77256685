"""Chapter 05: the loss of four scores, and its gradient."""

import numpy as np

from nnlib import data, functional, gradcheck

STATES = [
    {"y": 1},
    {"z": [0, 0, 0, 0]},
    {"z": [10, 10, -10, 10]},
    {"z": [-10, -10, 10, -10]},
    {"z": [10, 10, 10, 10], "y": 3},
]


def shows(state):
    """One example: its loss, the gradient of it, and that of the squared error; each is right by nudging, too."""
    z, y = np.array(state["z"], float), data.one_hot(np.array([state["y"]]), 4)[0]
    p, L = functional.softmax(z), functional.softmax_cross_entropy(z, y)
    dz = functional.softmax_cross_entropy_backward(z, y)
    squared = functional.softmax_backward(2 * (p - y), p)
    nudged = gradcheck.numerical_gradient(lambda: functional.softmax_cross_entropy(z, y), z)
    assert np.abs(dz - nudged).max() < 1e-8
    nudged = gradcheck.numerical_gradient(lambda: ((functional.softmax(z) - y) ** 2).sum(), z)
    assert np.abs(squared - nudged).max() < 1e-8
    slope, answer = -1 / p[state["y"]], functional.softmax_jacobian(p)[state["y"], state["y"]]
    assert np.isclose(slope * answer, dz[state["y"]], rtol=1e-6)
    rows = {"p": p, "dz": dz, "squared": squared}
    sums = {name: row.sum() for name, row in rows.items()}
    return rows | {"sum": sums, "lse": functional.logsumexp(z), "L": L, "slope": slope, "answer": answer}
