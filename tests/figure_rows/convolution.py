"""Chapter 17: a kernel on a digit: what an output sees, and which outputs saw a pixel."""

from functools import cache

import numpy as np
from figure_data import listed, nibbles, packed, without_gaps

from nnlib import data
from nnlib.conv import Conv2d

STATES = [
    {"ask": "pixel"},
    {"ask": "pixel", "pixel": 0, "n": 1},
    {"ask": "pixel", "pixel": 28 * 27 + 14, "kernel": [1, 1, 1, 1, 1, 1, 1, 1, 1]},
    {"output": 26 * 5 + 13, "kernel": [1, 0, -1, 2, 0, -2, 1, 0, -1], "n": 2},
    {"output": 0, "weight": 8, "kernel": [0, 0, 0, 0, 0, 0, 0, 0, 3]},
    {"ask": "pixel", "pixel": 28 * 13 + 15, "kernel": [3, -3, 0, 2, 1, 0, 0, -2, 1], "n": 3},
]


@cache
def shades():
    """Return (4, 784) whole numbers from 0 to 15: the first four training pictures."""
    return np.round(data.load_mnist().X_train[:4] / 17).astype(int)


def constants():
    return {
        "LABELS": listed(data.load_mnist().y_train[: len(shades())].tolist()),
        "DIGITS": packed(nibbles(without_gaps(shades(), longest=16))),
    }


def shows(state):
    """The loss is half the sum of the squared outputs, so that what comes back to an output is the output itself."""
    layer, X = Conv2d(1, 1, 3, np.random.default_rng(0)), shades()[state["n"]].reshape(1, 1, 28, 28) / 15
    layer.params["K"][...] = np.reshape(state["kernel"], (1, 1, 3, 3))
    Z = layer.forward(X, train=True)
    dX = layer.backward(Z)
    i, j = divmod(state["output"], 26)
    r, s = divmod(state["pixel"], 28)
    around = np.pad(Z[0, 0], 2)[r : r + 3, s : s + 3]  # of the pixel: outputs r − 2 to r, s − 2 to s
    return {
        "x": X[0, 0, i : i + 3, j : j + 3].ravel(),
        "w": np.ravel(state["kernel"]),
        "z": Z[0, 0, i, j],
        "dz": around.ravel(),
        "dx": dX[0, 0, r, s],
    }
