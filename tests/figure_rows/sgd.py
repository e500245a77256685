"""Chapter 08: the first twelve 3s and the first twelve 5s of the training set, and one step after another."""

import numpy as np
from figure_data import listed, nibbles, packed

from nnlib import data, functional

STATES = [
    {"t": 24},
    {"t": 24, "order": "sorted"},
    {"W": [2, 2.5], "eta": 0.1, "t": 100},
    {"eta": 4, "t": 50, "order": "sorted"},
]


def threes_and_fives():
    """Return pictures (24, 28, 28) between 0 and 1, and labels: 1 for a 5."""
    mnist = data.load_mnist()
    rows = np.concatenate([np.flatnonzero(mnist.y_train == k)[:12] for k in (3, 5)])
    return data.scale(mnist.X_train[rows]).reshape(-1, 28, 28), (mnist.y_train[rows] == 5).astype(float)


def contrasts(pictures):
    """Return (N, 2): ink at the left minus ink at the right, in the upper and in the lower half; 20 pixels are 1."""
    left_right = pictures[:, :, :14].sum(axis=2) - pictures[:, :, 14:].sum(axis=2)
    return np.stack([left_right[:, :14].sum(axis=1), left_right[:, 14:].sum(axis=1)], axis=1) / 20


def epochs():
    """Return four random orders of the 24, one after the other."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.permutation(24) for _ in range(4)])


def constants():
    pictures, _ = threes_and_fives()
    small = pictures.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return {
        "X": listed((contrasts(pictures).round(2) + 0.0).tolist()),
        "SHUFFLED": '"' + "".join(chr(ord("a") + n) for n in epochs()) + '"',
        "PICTURES": packed(nibbles(np.round(15 * small))),
    }


def shows(state):
    pictures, labels = threes_and_fives()
    X, Y = contrasts(pictures).round(2), np.stack([1 - labels, labels], axis=1)
    order = np.arange(24) if state["order"] == "sorted" else epochs()

    def scores(W, rows):  # a network of two weights: the score of "it is a 3" is always 0
        z = functional.linear(X[rows], W[:, None], np.zeros(1))
        return np.hstack([np.zeros_like(z), z])

    def loss(W):
        return functional.softmax_cross_entropy(scores(W, slice(None)), Y)

    def moved(W, rows):
        dZ = functional.softmax_cross_entropy_backward(scores(W, rows), Y[rows])
        dW = functional.linear_backward(dZ[:, 1:], X[rows], W[:, None])[1][:, 0]
        return W - state["eta"] * dW, dW

    W = np.array(state["W"], float)
    for t in range(state["t"]):
        W, _ = moved(W, order[t % len(order)][None])
    n = order[state["t"] % len(order)]
    singles = [moved(W, np.array([n])) for n in range(24)]
    meanW, dW = moved(W, slice(None))
    assert np.abs(np.mean([single for _, single in singles], axis=0) - dW).max() < 1e-12
    losses = [loss(end) for end, _ in singles]
    return {
        "x": X[n],
        "p": functional.softmax(scores(W, [n]))[0, 1],
        "W": W,
        "next": singles[n][0],
        "mean": dW,
        "raise": sum(after > loss(W) for after in losses),
        "after": losses[n],
        "afterMean": loss(meanW),
    }
