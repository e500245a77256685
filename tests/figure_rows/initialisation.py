"""Chapter 13: values and gradients in twenty layers, before training, for weights of any scale."""

from functools import cache
from itertools import pairwise

import numpy as np
from figure_data import nibbles, packed, without_gaps

from nnlib import data, measure
from nnlib.activations import ReLU, Sigmoid, Tanh
from nnlib.layers import Linear
from nnlib.sequential import Sequential

STATES = [
    {"c": 2**0.5, "layer": 19},
    {"f": "sigmoid", "layer": 2},
    {"f": "tanh", "c": 1.1, "draw": 1, "layer": 7},
    {"f": "tanh", "c": 3, "layer": 1},
    {"c": 0.5, "draw": 2, "layer": 19},
    {"c": 3, "draw": 1},
]
FUNCTIONS = {"ReLU": ReLU, "tanh": Tanh, "sigmoid": Sigmoid}
SIZES = [784, *[64] * 19, 10]


@cache
def shades():
    """Return (10, 784) whole numbers from 0 to 15: the first training picture of each class."""
    mnist = data.load_mnist()
    rows = [np.flatnonzero(mnist.y_train == k)[0] for k in range(10)]
    return np.round(mnist.X_train[rows] / 17).astype(int)


def constants():
    return {"DIGITS": packed(nibbles(without_gaps(shades(), longest=16)))}


@cache
def draws(draw):
    """Return for each layer draws from N(0, 1), (D, H), from the generator that the figure has too."""
    i = (1 + 2**18 * draw + np.arange(2 * sum(D * H for D, H in pairwise(SIZES)))).astype(np.uint32)
    t = i * np.uint32(0x6D2B79F5)
    t = (t ^ t >> np.uint32(15)) * (t | np.uint32(1))
    t ^= t + (t ^ t >> np.uint32(7)) * (t | np.uint32(61))
    u = ((t ^ t >> np.uint32(14)).astype(float) + 0.5) / 2**32
    normal, found = np.sqrt(-2 * np.log(u[::2])) * np.cos(2 * np.pi * u[1::2]), []
    for D, H in pairwise(SIZES):
        found.append(normal[: D * H].reshape(D, H))
        normal = normal[D * H :]
    return found


def shows(state):
    layers, X, place, rng = [], shades() / 15, state["layer"], np.random.default_rng(0)
    for W in draws(state["draw"]):
        D, H = W.shape
        layers += [Linear(D, H, rng, init=lambda *_, W=W, D=D: W * state["c"] / D**0.5), FUNCTIONS[state["f"]]()]
    net = Sequential(*layers[:-1])
    grads = net.scores_and_grads(X, np.eye(10))[1]
    squares = measure.mean_squares(net, X)[::2]
    A = Sequential(*layers[: 2 * place]).forward(X)
    A /= np.linalg.norm(A, axis=1, keepdims=True)
    return {
        "rms": squares[place] ** 0.5,
        "length": np.linalg.norm(grads[f"{2 * (place - 1)}.W"]),
        "cosine": ((A @ A.T).sum() - 10) / 90,
        "factor": (squares[19] / squares[1]) ** (1 / 18),
        "predicted": state["c"] ** 2 / 2,
    }
