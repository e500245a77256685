"""Make what the page that trains learns from, out of data/mnist: python tests/train_data.py

* book/_static/train/digits.bin: the first 20,000 training digits;
* book/_static/train/test.bin: the 10,000 test digits;
* book/_static/train/files.js: how large they are, and their checksums, those of MNIST's own files of the test set too,
  which the site has beside them;
* book/_static/train/still.svg: what the page shows without scripts and on paper.

The two hold the middle 24 × 24 pixels of each digit with one bit a pixel, sorted by label, since alike pictures side by
side pack better: ten counts of 16 bits, the lowest byte first, then 72 bytes a digit, all of it packed by gzip. The
names end in .bin because a server may send a .gz in a way that makes the browser unpack it by itself.
"""

import base64
import gzip
import hashlib
import io as streams
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

from nnlib import data, io

FOLDER = Path(__file__).parents[1] / "book" / "_static" / "train"
COUNT = 20_000  # training digits; all 60,000 would be three times the bytes
AXES = {"images": 3, "labels": 1}
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


def grey():
    """Return MNIST's own files of the test set, by their names on the site."""
    mnist = Path(__file__).parents[1] / "data" / "mnist"
    return {f"{part}.bin": (mnist / f"t10k-{part}-idx{axes}-ubyte.gz").read_bytes() for part, axes in AXES.items()}


def facts(packed):
    """Return the module files.js, from the packed files by name."""
    lines = [
        f'  {Path(name).stem}: {{ name: "{name}", bytes: {len(file)},\n'
        f'    sha256: "{hashlib.sha256(file).hexdigest()}" }},'
        for name, file in packed.items()
    ]
    return "\n".join(["// Made by tests/train_data.py.", "export const FILES = {", *lines, "};\n"])


def still(net):
    """Return the templates of a network, 4 × 8 of them, as SVG text."""
    sheet = np.full((4 * 30, 8 * 30, 3), 255, np.uint8)
    for h in range(32):
        template = net.W1[:, h].reshape(28, 28) / np.abs(net.W1[:, h]).max()
        row, column = 30 * (h // 8) + 1, 30 * (h % 8) + 1
        sheet[row : row + 28, column : column + 28] = mpl.colormaps["PuOr"]((template + 1) / 2, bytes=True)[..., :3]
    picture = streams.BytesIO()
    Image.fromarray(sheet).save(picture, "PNG")
    png = base64.b64encode(picture.getvalue()).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="704" height="360" viewBox="0 0 704 360">\n'
        '<rect x="0.5" y="0.5" width="703" height="353" fill="#fff" stroke="#767f8a"/>\n'
        f'<image x="2" y="2" width="700" height="350" style="image-rendering: pixelated" '
        f'href="data:image/png;base64,{png}"/>\n</svg>\n'
    )


def main():
    packed = {name: gzip.compress(inside, 9, mtime=0) for name, inside in contents().items()}
    for name, file in packed.items():
        (FOLDER / name).write_bytes(file)
        print(f"{name}: {len(file):,} bytes")
    (FOLDER / "files.js").write_text(facts(packed | grey()), encoding="utf-8")
    (FOLDER / "still.svg").write_text(still(io.load(io.SHIPPED)), encoding="utf-8")


if __name__ == "__main__":
    main()
