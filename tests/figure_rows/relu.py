"""Chapter 03: three kinks, and the sum of what they pass."""

import numpy as np

from nnlib import functional

STATES = [
    {"x": 2.6, "kink": [1.5, -0.5, 1.5], "W2": [2, -2, 2]},
    {"relu": False, "x": -1.2},
    {"x": 1, "kink": [1, 1, 1], "W2": [-2, 0, 0.3]},
]


def shows(state):
    W1, b1 = np.array([[1.0, -1.0, 1.0]]), np.array([-1.0, 1.0, -1.0]) * state["kink"]
    W2 = np.array(state["W2"], float)[:, None]
    between = functional.relu if state["relu"] else np.positive
    z1 = functional.linear(np.array([[state["x"]]], float), W1, b1)
    a1 = between(z1)
    passed = functional.relu_backward(np.ones_like(z1), z1) if state["relu"] else np.ones_like(z1)
    slope = functional.linear_backward(passed * W2.T, np.ones((1, 1)), W1)[0]
    return {"z1": z1[0], "a1": a1[0], "adds": a1[0] * W2[:, 0], "z2": (a1 @ W2).item(), "slope": slope.item()}
