"""What each step from strokes to 28 × 28 is worth: test digits drawn anew by pen, and read.

    python benchmarks/drawing.py

takes the first 2,000 test digits, thins each to lines one pixel wide (Zhang and Suen, 1984), follows these as a pen
would, and draws them at a place and in a size of their own. `nnlib.strokes` makes pictures of the drawings, with each
step done and left out, and the two networks of data/weights read them. It writes

* benchmarks/results/drawing.csv, a row for each form and network: how many of the digits were read; how many are lost
  by it, read as MNIST and not so, and how many are won;
* benchmarks/results/strokes.npz, the strokes of 200 of the digits: `points` (n, 2) on the sheet in 1/65535, `ends`, the
  number of points up to the end of each stroke, and `digits`, the number of strokes up to the end of each digit.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from tqdm import tqdm

from nnlib import data, io
from nnlib.strokes import picture_of

RESULTS = Path(__file__).parent / "results"
COUNT, KEPT, SIDE = 2000, 200, 112
CONVOLUTION = io.SHIPPED.with_name("convolution.safetensors")
FORMS = {
    "as MNIST": {},
    "half a pixel off": {"place": "half"},
    "centred by its box": {"place": "box"},
    "scaled, where it lay": {"place": "sheet"},
    "centred, not scaled": {"scale": False},
    "the whole sheet": {"scale": False, "place": "sheet"},
    "hard edges": {"soft": False},
    "pen 0.05": {"pen": 0.05},
    "pen 0.08": {"pen": 0.08},
    "pen 0.16": {"pen": 0.16},
    "pen 0.30": {"pen": 0.30},
    "the sheet's pen": {"pen": None},
}


def thinned(ink):
    """Return the skeleton of a boolean picture, by Zhang and Suen's thinning."""
    ink = np.pad(ink, 1).astype(np.uint8)
    around = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]
    while True:
        before = ink.sum()
        for first in (True, False):
            p = [np.roll(ink, (-dr, -dc), axis=(0, 1)) for dr, dc in around]
            count = sum(p)
            turns = sum((p[i] == 0) & (p[(i + 1) % 8] == 1) for i in range(8))
            n, e, s, w = p[0], p[2], p[4], p[6]
            ends = (n * e * s, e * s * w) if first else (n * e * w, n * s * w)
            removed = (ink == 1) & (count >= 2) & (count <= 6) & (turns == 1) & (ends[0] == 0) & (ends[1] == 0)
            ink[removed] = 0
        if ink.sum() == before:
            return ink[1:-1, 1:-1].astype(bool)


def strokes_of(x):
    """Return strokes that a pen would draw along the digit of a picture, (784,): its skeleton, followed from its ends;
    each an array (n, 2) of [x, y] from 0 to 1.
    """
    large = Image.fromarray(x.reshape(28, 28)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    lit = {tuple(p) for p in np.argwhere(thinned(np.asarray(large) > 110))}
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]

    def beside(point):
        return [(point[0] + dr, point[1] + dc) for dr, dc in steps if (point[0] + dr, point[1] + dc) in lit]

    drawn, strokes = set(), []
    for start in sorted(lit, key=lambda point: (len(beside(point)) != 1, point)):  # from the ends first
        way = [start]
        while True:
            onward = [to for to in beside(way[-1]) if frozenset((way[-1], to)) not in drawn]
            if not onward:
                break
            drawn.add(frozenset((way[-1], onward[0])))
            way.append(onward[0])
        if len(way) > 1 or not beside(start):
            kept = way[::3] + ([way[-1]] if (len(way) - 1) % 3 else [])  # three pixels are less than one of MNIST's
            strokes.append((np.array(kept)[:, ::-1] + 0.5) / SIDE)
    return strokes


def drawings(X, rng):
    """Yield the strokes of each digit at a place and in a size of its own, from a fifth of the sheet to all of it."""
    for x in X:
        size, corner = rng.uniform(0.2, 1.0), rng.random(2)
        yield [size * stroke + (1 - size) * corner for stroke in strokes_of(x)]


def main():
    mnist, rng = data.load_mnist(), np.random.default_rng(0)
    X, y = mnist.X_test[:COUNT], mnist.y_test[:COUNT]
    drawn = list(tqdm(drawings(X, rng), total=COUNT, desc="thinning"))
    nets = {"dense": io.load(io.SHIPPED), "convolutional": io.load(CONVOLUTION, np.float64)}
    read = {}
    for form, options in {"its own pixels": None, **FORMS}.items():
        pictures = X if options is None else [picture_of(strokes, **options) for strokes in tqdm(drawn, desc=form)]
        for name, net in nets.items():
            read[form, name] = net.predict(data.scale(np.array(pictures))) == y
            print(f"{form}, {name}: {100 * read[form, name].mean():.2f} %", flush=True)
    rows = [
        (form, name, COUNT, one.sum(), (read["as MNIST", name] & ~one).sum(), (one & ~read["as MNIST", name]).sum())
        for (form, name), one in read.items()
    ]
    columns = ["form", "network", "digits", "read", "lost", "won"]
    pd.DataFrame(rows, columns=columns).to_csv(RESULTS / "drawing.csv", index=False)
    kept = drawn[:KEPT]
    points = np.concatenate([stroke for strokes in kept for stroke in strokes])
    np.savez_compressed(
        RESULTS / "strokes.npz",
        points=np.rint(65535 * points).astype(np.uint16),
        ends=np.cumsum([len(stroke) for strokes in kept for stroke in strokes]).astype(np.uint16),
        digits=np.cumsum([len(strokes) for strokes in kept]).astype(np.uint16),
    )


if __name__ == "__main__":
    main()
