"""What the figures carry inside: pictures, weights and numbers, made from the data and the shipped weights.

    python tests/figure_data.py NAME

writes book/_static/figures/data/NAME.js, and test_figures.py compares. What is in it says the figure's row,
figure_rows/NAME.py; here are the forms in which it is written. base.js reads them with bytes, nibbles and runs.
"""

import base64
import sys
from textwrap import fill

import numpy as np


def listed(values):
    """Return numbers, or lists of them; what is long, in lines."""
    text = str(values)
    return text if len(text) < 90 else "\n" + fill(text, 116, initial_indent="  ", subsequent_indent="  ")


def packed(values):
    """Return bytes as base64, in lines; `atob` takes no notice of the line breaks."""
    return "`\n" + fill(base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode(), 116) + "`"


def nibbles(values):
    """Return numbers 0 to 15 two in a byte, the first one above; of an odd number of them the last one stands alone."""
    values = np.asarray(values, np.uint8).ravel()
    pairs = np.pad(values, (0, values.size % 2)).reshape(-1, 2)
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


def module(name, constants):
    """Return the file for the figure `name`; `constants` are the names in it, each with its JavaScript."""
    head = f"// Made by tests/figure_data.py; what it is says tests/figure_rows/{name}.py.\n"
    return head + "".join(f"\nexport const {constant} = {literal};\n" for constant, literal in constants.items())


if __name__ == "__main__":
    from figure_page import FIGURES as FOLDER
    from figure_rows import FIGURES

    for name in sys.argv[1:]:
        path = FOLDER / "data" / f"{name}.js"
        path.parent.mkdir(exist_ok=True)
        path.write_text(module(name, FIGURES[name].constants()), encoding="utf-8")
        print(f"{path}: {path.stat().st_size:,} bytes")
