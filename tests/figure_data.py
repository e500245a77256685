"""What the figures carry inside: the constants of their modules, made from the data and the shipped weights.

    python tests/figure_data.py NAME

prints them as they stand in book/_static/figures/NAME.js, and test_figures.py compares.
"""

import base64
import json
import sys
from textwrap import fill

import numpy as np

from nnlib import data


def packed(values):
    """Return bytes as base64, in lines; `atob` takes no notice of the line breaks."""
    return fill(base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode(), 116)


def in_runs(values):
    """Return bytes with each run of zeros as a 0 and its length, less 1."""
    out, zeros = [], 0
    for value in [*np.asarray(values, np.uint8).ravel().tolist(), -1]:
        if zeros and (value or zeros == 256):
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
        "DIGITS": packed(in_runs(X)),
        "MEANS": packed(in_runs(mean_pictures())),
    }


CONSTANTS = {"digits": digits}

if __name__ == "__main__":
    for name, literal in CONSTANTS[sys.argv[1]]().items():
        print(f"{name}\n{literal}\n")
