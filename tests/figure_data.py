"""What the figures carry inside: the constants of their modules, made from the data and the shipped weights.

    python tests/figure_data.py NAME

prints them as they stand in book/_static/figures/NAME.js, and test_figures.py compares. Which they are says the
figure's row, figure_rows/NAME.py; here are the forms in which they are written.
"""

import base64
import sys
from textwrap import fill

import numpy as np


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


if __name__ == "__main__":
    from figure_rows import FIGURES

    for name, literal in FIGURES[sys.argv[1]].constants().items():
        print(f"{name}\n{literal}\n")
