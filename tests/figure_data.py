"""What the figures carry inside: the constants of their modules, made from the data and the shipped weights.

    python tests/figure_data.py NAME

prints them as they stand in book/_static/figures/NAME.js, and test_figures.py compares.
"""

import base64
import json
import sys
from functools import cache
from textwrap import fill

import numpy as np

from nnlib import data, functional, io


def packed(values):
    """Return bytes as base64, in lines; `atob` takes no notice of the line breaks."""
    return fill(base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode(), 116)


def nibbles(values):
    """Return an array of numbers 0 to 15, two in a byte, the first one above."""
    pairs = np.asarray(values, np.uint8).reshape(-1, 2)
    return pairs[:, 0] * 16 + pairs[:, 1]


def without_gaps(values, longest=256):
    """Return bytes with each run of zeros as a 0 and its length, less 1; no run is longer than `longest`."""
    out, zeros = [], 0
    for value in [*np.asarray(values, np.uint8).ravel().tolist(), -1]:
        if zeros and (value or zeros == longest):
            out += [0, zeros - 1]
            zeros = 0
        if value:
            out.append(value)
        else:
            zeros += 1
    return out[:-1]


# ---- digits: the first twenty training digits, and the mean pictures of the ten classes ---------------------------


def first_digits():
    """Return twenty pictures, uint8 (20, 784), and their labels."""
    mnist = data.load_mnist()
    return mnist.X_train[:20], mnist.y_train[:20]


def mean_pictures():
    """Return the mean picture of each class of the training set, rounded to bytes: uint8 (10, 784)."""
    mnist = data.load_mnist()
    means = np.stack([mnist.X_train[mnist.y_train == k].mean(axis=0) for k in range(10)])
    return np.rint(means).astype(np.uint8)


def digits():
    X, labels = first_digits()
    return {
        "LABELS": json.dumps(labels.tolist()),
        "DIGITS": packed(without_gaps(X)),
        "MEANS": packed(without_gaps(mean_pictures())),
    }


# ---- linear: a 5, and the trained linear layer of chapter 02 ------------------------------------------------------

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


def linear():
    W, b = linear_layer()
    return {
        "X": packed(first_digit()),
        "W": packed(np.rint(STEPS * W.T).astype(np.int8).view(np.uint8)),
        "STEPS": str(STEPS),
        "B": json.dumps(b.tolist()),
    }


# ---- sgd: the first twelve 3s and the first twelve 5s of the training set -----------------------------------------


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


def sgd():
    pictures, _ = threes_and_fives()
    small = pictures.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return {
        "X": fill(json.dumps((contrasts(pictures).round(2) + 0.0).tolist()), 116),
        "SHUFFLED": '"' + "".join(chr(ord("a") + n) for n in epochs()) + '"',
        "PICTURES": packed(nibbles(np.round(15 * small))),
    }


# ---- reading_the_result: the shipped network on the test digits ----------------------------------------------------

STOPS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]  # least confidences


def on_the_test_digits():
    """Return the test pictures, their labels, and the shipped network's shares for them, (10000, 10)."""
    mnist = data.load_mnist()
    return mnist.X_test, mnist.y_test, io.load(io.SHIPPED).forward(data.scale(mnist.X_test))[3]


def chosen(labels, P):
    """Return the rows of all wrong digits and of the four least sure right ones of each class, cell by cell of the
    confusion matrix; in a cell of mistakes the surest come first, in one of right answers the least sure.
    """
    answers, confidence = P.argmax(axis=1), P.max(axis=1)
    order = np.lexsort((np.where(answers == labels, confidence, -confidence), answers, labels))
    return np.concatenate(
        [order[(labels[order] == i) & (answers[order] == j)][: 4 if i == j else None] for i, j in np.ndindex(10, 10)]
    )


def reading_the_result():
    X, labels, P = on_the_test_digits()
    rows, right, confidence = chosen(labels, P), P.argmax(axis=1) == labels, P.max(axis=1)
    shades = without_gaps(np.round(X[rows] / 17), longest=16)
    records = np.column_stack([rows, labels[rows], np.round(65535 * P[rows])]).astype(">u2")
    kept = [[int((right & (labels == k) & (confidence >= stop)).sum()) for k in range(10)] for stop in STOPS]
    return {
        "STOPS": json.dumps(STOPS),
        "RIGHT": fill(json.dumps(kept), 116),
        "RECORDS": packed(records.view(np.uint8)),
        "PICTURES": packed(nibbles(shades + [0] * (len(shades) % 2))),
    }


CONSTANTS = {"digits": digits, "linear": linear, "sgd": sgd, "reading_the_result": reading_the_result}

if __name__ == "__main__":
    for name, literal in CONSTANTS[sys.argv[1]]().items():
        print(f"{name}\n{literal}\n")
