"""Chapter 01: one of the first twenty training digits, moved, among the mean pictures of the ten classes."""

from functools import cache

import numpy as np
from figure_data import listed, packed, without_gaps

from nnlib import data, functional

STATES = [
    {"right": 0},
    {"n": 1, "right": -4, "down": -4},
    {"n": 19, "right": 4, "down": 4, "ink": 2},
    {"n": 7, "ink": 0},
    {"n": 12, "right": 0, "down": -3, "ink": 0.3},
]


def first_digits():
    """Return twenty pictures, uint8 (20, 784), and their labels."""
    mnist = data.load_mnist()
    return mnist.X_train[:20], mnist.y_train[:20]


def mean_pictures():
    """Return the mean picture of each class of the training set, rounded to bytes: uint8 (10, 784)."""
    mnist = data.load_mnist()
    means = np.stack([mnist.X_train[mnist.y_train == k].mean(axis=0) for k in range(10)])
    return np.rint(means).astype(np.uint8)


def constants():
    X, labels = first_digits()
    return {
        "LABELS": listed(labels.tolist()),
        "DIGITS": packed(without_gaps(X)),
        "MEANS": packed(without_gaps(mean_pictures())),
    }


def rolled(x, state):
    """A picture, a row of 784 numbers, moved as the state says."""
    return np.roll(x.reshape(28, 28), (state["down"], state["right"]), axis=(0, 1)).ravel()


digits_and_means = cache(lambda: (data.scale(first_digits()[0]), data.scale(mean_pictures())))


def shows(state):
    """The distances by the chapter's definition, a sum of squares; the parts of the expanded one by nnlib's layer."""
    X, means = digits_and_means()
    x, squares = np.minimum(1, state["ink"] * X[state["n"]]), (means**2).sum(axis=1)
    places = np.stack([rolled(x, {"right": right, "down": down}) for down in range(-4, 5) for right in range(-4, 5)])
    all_distances = ((places[:, None] - means) ** 2).sum(axis=2)
    scores = functional.linear(places, means.T, -squares / 2)
    here = 9 * (state["down"] + 4) + state["right"] + 4
    assert np.allclose(all_distances, (x**2).sum() - 2 * scores)
    return {
        "d": all_distances[here],
        "x2": (x**2).sum(),
        "xm": scores[here] + squares / 2,
        "m2": squares,
        "map": all_distances.argmin(axis=1),
    }
