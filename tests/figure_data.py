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


def nibbles(values):
    """Return an array of numbers 0 to 15, two in a byte, the first one above."""
    pairs = np.asarray(values, np.uint8).reshape(-1, 2)
    return pairs[:, 0] * 16 + pairs[:, 1]


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


CONSTANTS = {"sgd": sgd}

if __name__ == "__main__":
    for name, literal in CONSTANTS[sys.argv[1]]().items():
        print(f"{name}\n{literal}\n")
