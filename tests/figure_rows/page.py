"""Chapter 22: the picture that nnlib makes of strokes, and what a network with weights in one byte says of it."""

from functools import cache

import numpy as np
from figure_data import listed, packed

from benchmarks.drawing import strokes_of
from nnlib import data, functional, io
from nnlib.picture import centre_of_mass
from nnlib.strokes import picture_of

STATES = [
    {"scale": False},
    {"scale": False, "place": "sheet", "pen": False},
    {"digit": 8, "soft": False, "place": "box"},
    {"digit": 4, "place": "half", "size": 0.9, "right": -10, "down": 10},
    {"strokes": []},
    {"strokes": [[[0.5, 0.5]]], "place": "sheet"},
    {"strokes": [[[-0.2, 0.3], [1.1, 0.4], [0.5, 0.9]], [[0.2, 0.2], [0.3, 0.2]]], "size": 0.2},
]
LOOSE = 1e-9
EXAMPLES = [3, 2, 1, 18, 4, 15, 11, 0, 61, 12]  # a test digit of each class


def in_bytes(W):
    """Return W as whole numbers from −127 to 127, and the scale of each column."""
    s = np.abs(W).max(axis=0) / 127
    return np.rint(W / s).astype(int), s


@cache
def network():
    net = io.load(io.SHIPPED, np.float64)
    return *in_bytes(net.W1), net.b1, *in_bytes(net.W2), net.b2


@cache
def digits():
    X = data.load_mnist().X_test
    return [[np.rint(112 * stroke).astype(int) for stroke in strokes_of(X[n])] for n in EXAMPLES]


def constants():
    W1, s1, b1, W2, s2, b2 = network()
    return {
        "DIGITS": listed([[stroke.tolist() for stroke in digit] for digit in digits()]).replace(" ", ""),
        "S1": listed(s1.tolist()), "B1": listed(b1.tolist()), "S2": listed(s2.tolist()), "B2": listed(b2.tolist()),
        "W1": packed(W1 + 128), "W2": packed(W2 + 128),
    }  # fmt: skip


def shares(x):
    W1, s1, b1, W2, s2, b2 = network()
    return functional.softmax(functional.relu(x @ W1 * s1 + b1) @ W2 * s2 + b2)


def shows(state):
    size, strokes = state["size"], state["strokes"]
    corner = [(1 - size) * (state[way] + 10) / 20 for way in ("right", "down")]
    own = [stroke / 112 for stroke in digits()[state["digit"]]] if strokes is None else map(np.array, strokes)
    lines = [corner + size * stroke for stroke in own]
    options = {name: state[name] for name in ("scale", "soft", "place")}
    x = picture_of(lines, pen=0.12 if state["pen"] else None, **options) / 255
    mass = np.array(centre_of_mass(x.reshape(28, 28))) + 0.5 if x.any() else None
    return {"p": shares(x), "mass": mass}
