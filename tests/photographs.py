"""Photographs of digits, made up: python tests/photographs.py [--each 100] [--training] [KIND …]

Each is one MNIST digit, enlarged and drawn with soft edges on a sheet of paper, lit, taken by a camera with grain, and
read back from its JPEG file. The command prints how many are read, kind by kind. The method in nnlib.picture was tuned
on training digits (--training); what is reported, and tested, are test digits.
"""

import argparse
import io as streams
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageFilter

from nnlib import data, io, picture

PAPER, INK, PENCIL = (228, 228, 226), (38, 38, 46), (158, 158, 160)  # red, green, blue


# ---- on the paper -----------------------------------------------------------------------------------------------


def drawn(x, rng, shape, height=(0.3, 0.6), thick=0.0):
    """Return the digit as a cover of ink, 0 to 1, somewhere on a sheet of this (height, width).

    thick: how much wider (or, below 0, narrower) the pen is, in pixels of MNIST.
    """
    square = x.reshape(28, 28)
    rows, columns = (square.any(axis=axis).nonzero()[0] for axis in (1, 0))
    tight = np.pad(square[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 2)  # room for a wider pen
    scale = rng.uniform(*height) * min(shape) / 20
    size = (max(1, round(scale * tight.shape[1])), max(1, round(scale * tight.shape[0])))
    large = Image.fromarray(tight).resize(size, Image.Resampling.BICUBIC)
    large = large.filter(ImageFilter.GaussianBlur(0.45 * scale))
    # Blurred, the edge of a stroke falls by about 70 greys a pixel of MNIST: another level is another width.
    cover = np.clip((np.asarray(large, float) - 110 + 35 * thick) / 30 + 0.5, 0, 1)
    top, left = (round((0.06 + 0.88 * rng.random()) * (a - b)) for a, b in zip(shape, cover.shape, strict=True))
    sheet = np.zeros(shape)
    sheet[top : top + cover.shape[0], left : left + cover.shape[1]] = cover
    return sheet


def coloured(cover, ink=INK, paper=PAPER):
    """Return red, green and blue, (height, width, 3)."""
    return np.asarray(paper) + cover[..., None] * (np.asarray(ink, float) - paper)


def ruled(shape, rng, squared=False):
    """Return a cover of printed lines, a little aslant."""
    rows, columns = np.indices(shape) / min(shape)
    tilt, step, width = rng.uniform(-0.03, 0.03), rng.uniform(0.07, 0.14), rng.uniform(0.003, 0.006)
    across = np.abs((rows + tilt * columns) / step % 1 - 0.5) * step < width / 2
    down = np.abs((columns - tilt * rows) / step % 1 - 0.5) * step < width / 2
    return (across | (down & squared)).astype(float)


# ---- in the light -----------------------------------------------------------------------------------------------


def slope(shape, rng, fall):
    """Return the light: falling by a share of itself from one side of the sheet to the other, in any direction."""
    rows, columns = (np.linspace(-0.5, 0.5, n) for n in shape)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * rows[:, None] + np.sin(angle) * columns
    return 1 - fall * (along - along.min()) / np.ptp(along)


def vignette(shape, rng, fall):
    """Return the light of a lens: falling with the square of the distance from a point near the middle."""
    rows, columns = (np.linspace(-0.5, 0.5, n) - rng.uniform(-0.2, 0.2) for n in shape)
    square = rows[:, None] ** 2 + columns**2
    return 1 - fall * square / square.max()


def shadow(shape, rng, dark=0.45):
    """Return the light beside a phone held between lamp and paper: a tilted rectangle with a soft edge."""
    rows, columns = np.indices(shape) / min(shape)
    angle, corner = rng.uniform(-0.5, 0.5), (rng.uniform(0.15, 0.7), rng.uniform(0.2, 0.9))
    down = np.cos(angle) * (rows - corner[0]) - np.sin(angle) * (columns - corner[1])
    across = np.sin(angle) * (rows - corner[0]) + np.cos(angle) * (columns - corner[1])
    soft = rng.uniform(0.01, 0.06)
    depth = np.clip(down / soft + 0.5, 0, 1) * np.clip(across / soft + 0.5, 0, 1)
    turned = np.rot90(depth, 2) if rng.random() < 0.5 else depth
    return 1 - dark * turned


def table(picture_, rng, wood=(92, 66, 48)):
    """Return the picture with the sheet's edge: a dark table beside one side of it or two."""
    rows, columns = np.indices(picture_.shape[:2]) / min(picture_.shape[:2])
    tilt, depth = rng.uniform(-0.08, 0.08, 2), rng.uniform(0.02, 0.06, 2)
    beside = rows + tilt[0] * columns < depth[0]
    if rng.random() < 0.5:
        beside = beside | (columns + tilt[1] * rows < depth[1])
    grain = 8 * np.sin(40 * columns + 6 * np.sin(9 * rows))[..., None]
    return np.where(beside[..., None], np.asarray(wood) + grain, picture_)


# ---- the kinds --------------------------------------------------------------------------------------------------

SHAPES = [(480, 640), (640, 480), (300, 400), (400, 400), (720, 960)]
LINES = (158, 176, 208)


def photograph(
    x, rng, shape=None, ink=INK, paper=PAPER, tooth=False, lines=None, squared=False, edge=False, light=None, grain=0.0,
    quality=80, **pen,
):  # fmt: skip
    """Return one photograph of the row x, (784,), as the bytes of a JPEG file.

    The paper, what is printed on it and what is written; the table beside it; the light; the lens; the camera's grain.
    """
    shape = shape or SHAPES[rng.integers(len(SHAPES))]
    cover = drawn(x, rng, shape, **pen)
    if tooth:  # the paper's, some pixels wide, by which a pencil leaves gaps
        coarse = rng.normal(0.8, 0.3, [n // 3 + 1 for n in shape])
        cover *= np.clip(coarse.repeat(3, axis=0).repeat(3, axis=1)[: shape[0], : shape[1]], 0.1, 1)
    made = coloured(cover, ink, paper)
    if lines:
        made = np.minimum(made, coloured(ruled(shape, rng, squared), lines, paper))
    if edge:
        made = table(made, rng)
    if light:
        made = made * light(shape, rng)[..., None]
    made = np.asarray(as_image(made).filter(ImageFilter.GaussianBlur(0.7)), float)
    if grain:
        made += rng.normal(0, grain, shape)[..., None]
    file = streams.BytesIO()
    as_image(made).save(file, "JPEG", quality=quality)
    return file.getvalue()


def as_image(made):
    return Image.fromarray(np.clip(np.rint(made), 0, 255).astype(np.uint8))


def sloping(fall):
    return {"light": lambda shape, rng: slope(shape, rng, fall)}


KINDS = {
    "flat paper": {},
    "light falls by 10 %": sloping(0.1),
    "light falls by 20 %": sloping(0.2),
    "light falls by 40 %": sloping(0.4),
    "light falls by 70 %": sloping(0.7),
    "a lens's dark corners": {"light": lambda shape, rng: vignette(shape, rng, 0.5)},
    "grain, σ 8": {"grain": 8},
    "grain, σ 16": {"grain": 16},
    "grain, σ 16, slope": {"grain": 16, **sloping(0.3)},
    "pencil": {"ink": PENCIL, "tooth": True, "grain": 3},
    "pencil, slope, grain": {"ink": PENCIL, "tooth": True, "grain": 8, **sloping(0.2)},
    "ruled paper": {"lines": LINES},
    "squared paper": {"lines": LINES, "squared": True},
    "ruled, slope, grain": {"lines": LINES, "grain": 5, **sloping(0.2)},
    "dark lines": {"lines": (110, 120, 160)},
    "pencil on ruled paper": {"ink": PENCIL, "tooth": True, "lines": LINES, "grain": 3},
    "a phone's shadow": {"light": shadow},
    "the sheet's edge": {"edge": True, "height": (0.3, 0.55)},
    "a fine pen": {"thick": -1.2},
    "a broad pen": {"thick": 1.2},
    "blue ink": {"ink": (40, 60, 170)},
    "red ink": {"ink": (200, 40, 40)},
    "a warm lamp": {"paper": (236, 202, 150), **sloping(0.2)},
    "dim, slope": {"paper": (112, 110, 108), "ink": (30, 30, 32), "grain": 4, **sloping(0.3)},
    "a small digit": {"height": (0.08, 0.12), "grain": 4, **sloping(0.2)},
    "12 megapixels": {"shape": (3000, 4000), "height": (0.1, 0.4), "grain": 6, **sloping(0.2)},
    "140 × 100 pixels": {"shape": (100, 140), "height": (0.4, 0.7), **sloping(0.2)},
    "chalk on a board": {"paper": (52, 62, 56), "ink": (215, 215, 210), "grain": 4, **sloping(0.3)},
    "JPEG of quality 20": {"quality": 20, **sloping(0.2)},
}
LARGE = ("12 megapixels",)


def photographs(name, X, seed=0):
    """Yield each row of X, (N, 784), as the bytes of a JPEG file of this kind."""
    rng = np.random.default_rng([seed, *name.encode()])
    for x in X:
        yield photograph(x, rng, **KINDS[name])


def read(name, X, y, net, folder, seed=0):
    """Return a row for each photograph of a kind: its label, the answer (−1: refused), the confidence, the warning."""
    path, rows = Path(folder) / "digit.jpg", []
    for content, label in zip(photographs(name, X, seed), y, strict=True):
        path.write_bytes(content)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                p = net.forward(data.scale(picture.load_picture(path)[None]))[3][0]
            except ValueError:
                rows.append((label, -1, np.nan, ""))
            else:
                rows.append((label, p.argmax(), p.max(), " ".join(str(w.message) for w in said)))
    return pd.DataFrame(rows, columns=["label", "answer", "confidence", "warning"])


def table_of(rows):
    """Return a line for each kind, in per cent of its photographs."""
    lines = {}
    for name, seen in rows.items():
        right, warned = seen.answer == seen.label, seen.warning != ""
        refused = seen.answer == -1
        lines[name] = {
            "read": right.mean(),
            "refused": refused.mean(),
            "warned, read": (warned & right).mean(),
            "warned, misread": (warned & ~right).mean(),
            "misread in silence": (~warned & ~right & ~refused).mean(),
        }
    return (100 * pd.DataFrame(lines).T).round(0).astype(int)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--each", type=int, default=100, help="photographs of a kind (100)")
    parser.add_argument("--training", action="store_true", help="training digits, on which the method was tuned")
    args = parser.parse_args()
    mnist, net = data.load_mnist(), io.load(io.SHIPPED)
    X, y = (mnist.X_train, mnist.y_train) if args.training else (mnist.X_test, mnist.y_test)
    some = np.arange(0, len(X), len(X) // args.each)[: args.each]
    with tempfile.TemporaryDirectory() as folder:
        rows = {name: read(name, X[some], y[some], net, folder) for name in args.kinds or KINDS}
    print(table_of(rows).to_string())


if __name__ == "__main__":
    main()
