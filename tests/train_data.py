"""Make what the page that trains learns from, out of data/mnist: python tests/train_data.py

* book/_static/train/digits.bin: the first 20,000 training digits;
* book/_static/train/test.bin: the 10,000 test digits;
* book/_static/train/files.js: how many and how large they are, and their checksums.

Both hold the middle 24 × 24 pixels of each digit with one bit a pixel, sorted by label, since alike pictures side by
side pack better: ten counts of 16 bits, the lowest byte first, then 72 bytes a digit, all of it packed by gzip. The
names end in .bin because a server may send a .gz in a way that makes the browser unpack it by itself.
"""

import gzip
import hashlib
from pathlib import Path

import numpy as np

from nnlib import data

FOLDER = Path(__file__).parents[1] / "book" / "_static" / "train"
COUNT = 20_000  # training digits; all 60,000 would be three times the bytes
LEAST = 96  # from this grey level on, of 255, a pixel is ink


def content(X, y):
    """Return the bytes of a file before they are packed, from pictures, (N, 784) of uint8, and their labels."""
    order = np.argsort(y, kind="stable")
    inner = X[order].reshape(-1, 28, 28)[:, 2:26, 2:26] >= LEAST
    return np.bincount(y, minlength=10).astype("<u2").tobytes() + np.packbits(inner).tobytes()


def contents():
    """Return the content of each file, by its name."""
    mnist = data.load_mnist()
    return {
        "digits.bin": content(mnist.X_train[:COUNT], mnist.y_train[:COUNT]),
        "test.bin": content(mnist.X_test, mnist.y_test),
    }


def facts(packed):
    """Return the module files.js, from the packed files by name."""
    lines = [
        f'  {Path(name).stem}: {{ name: "{name}", bytes: {len(file)},\n'
        f'    sha256: "{hashlib.sha256(file).hexdigest()}" }},'
        for name, file in packed.items()
    ]
    return "\n".join(["// Made by tests/train_data.py.", "export const FILES = {", *lines, "};\n"])


def main():
    packed = {name: gzip.compress(inside, 9, mtime=0) for name, inside in contents().items()}
    for name, file in packed.items():
        (FOLDER / name).write_bytes(file)
        print(f"{name}: {len(file):,} bytes")
    (FOLDER / "files.js").write_text(facts(packed), encoding="utf-8")


if __name__ == "__main__":
    main()
