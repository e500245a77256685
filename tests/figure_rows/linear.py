"""Chapter 02: a 5 on the weights of the trained linear layer."""

from functools import cache

import numpy as np
from figure_data import listed, packed

from nnlib import data, functional

STATES = [
    {"k": 3},
    {"k": 5, "dx": 1, "pixel": 320},
    {"k": 4, "dx": -4, "dy": 4, "pixel": 0},
    {"dx": 4, "dy": -4, "k": 9},
]

STEPS = 175  # of a weight in one unit: all weights lie between −127 and 127 such steps


def first_digit():
    """Return training picture 0, a 5, as (28, 28) bytes."""
    return data.load_mnist().X_train[0].reshape(28, 28)


@cache
def linear_layer():
    """Return W (784, 10), rounded to whole steps, and b (10,), to two digits: trained as in chapter 02, in a second."""
    mnist = data.load_mnist()
    X, Y = data.scale(mnist.X_train), data.one_hot(mnist.y_train)
    W, b, rng = np.zeros((784, 10)), np.zeros(10), np.random.default_rng(0)
    for _ in range(3):
        for rows in rng.permutation(60_000).reshape(-1, 100):
            dZ = functional.softmax_cross_entropy_backward(functional.linear(X[rows], W, b), Y[rows])
            _, dW, db = functional.linear_backward(dZ, X[rows], W)
            W, b = W - 0.2 * dW, b - 0.2 * db
    return np.rint(STEPS * W) / STEPS, b.round(2)


def constants():
    W, b = linear_layer()
    return {
        "X": packed(first_digit()),
        "W": packed(np.rint(STEPS * W.T).astype(np.int8).view(np.uint8)),
        "STEPS": str(STEPS),
        "B": listed(b.tolist()),
    }


def shows(state):
    """Scores of the moved digit; evidence for and against is the score of the weights' two signs, without a bias."""
    W, b = linear_layer()
    dx, dy, k, d = (state[name] for name in ("dx", "dy", "k", "pixel"))
    x = data.scale(np.pad(first_digit(), 4)[4 - dy : 32 - dy, 4 - dx : 32 - dx].reshape(1, 784))
    return {
        "z": functional.linear(x, W, b)[0],
        "plus": functional.linear(x, functional.relu(W), np.zeros(10))[0, k],  # x is nowhere negative
        "minus": functional.linear(x, functional.relu(-W), np.zeros(10))[0, k],
        "b": b[k],
        "x": x[0, d],
        "w": W[d, k],
        "product": x[0, d] * W[d, k],
    }
