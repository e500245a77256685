"""Chapter 16's trainings that are too long for its page: other strengths, and more passes.

    python benchmarks/regularisation.py

writes benchmarks/results/regularisation.csv, one row a training, and takes about three minutes on one core. All train
784-64-10 as the chapter does, on the first 1,000 or 15,000 digits, and are scored on the 5,000 validation digits by
which the chapter measures: percent read, loss, mean confidence less percent read, and expected calibration error.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # batches of 50 leave a second thread nothing to do

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from nnlib import data
from nnlib.activations import ReLU
from nnlib.augment import Shifts
from nnlib.functional import softmax
from nnlib.layers import Dropout, Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy, expected_calibration_error
from nnlib.optim import AdamW
from nnlib.schedules import warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import fit

RESULTS = Path(__file__).parent / "results" / "regularisation.csv"
SEEDS = (0, 1, 2)
NOTHING, STRONG = ("nothing", 0), [("decay", 1), ("dropout", 0.5), ("shifts", 1)]
# Digits, passes, and the ways with their strengths.
EXPERIMENTS = [
    (1_000, 30, [NOTHING, ("decay", 0.1), ("decay", 0.3), ("smoothing", 0.01), ("smoothing", 0.02)]),
    (1_000, 4, [NOTHING]),
    (1_000, 7, [NOTHING]),
    (15_000, 2, [NOTHING, *STRONG, ("decay", 0.1), ("decay", 0.3), ("dropout", 0.2)]),
    (15_000, 15, [NOTHING, *STRONG]),
]


def train(train_set, scored_set, passes, way, strength, seed):
    """Train once in float64 and return what the table says of it."""
    rng = np.random.default_rng(seed)
    between = [Dropout(strength, np.random.default_rng(seed + 100))] if way == "dropout" else []
    net = Sequential(*[Linear(784, 64, rng), ReLU(), *between], Linear(64, 10, rng))
    adamw = AdamW(warm_up_and_decay(0.01), weight_decay=strength if way == "decay" else 0, beta2=0.99)
    loss = SoftmaxCrossEntropy(strength if way == "smoothing" else 0)
    moves = {"augment": Shifts(strength)} if way == "shifts" else {}
    fit(net, *train_set, rng=rng, epochs=passes, batch_size=50, optimizer=adamw, loss=loss, verbose=False, **moves)
    X, y = scored_set
    P = softmax(net.scores(data.scale(X)))
    read, sure = 100 * accuracy(P.argmax(axis=1), y), 100 * P.max(axis=1).mean()
    return read, -np.log(P[np.arange(len(y)), y]).mean(), sure - read, 100 * expected_calibration_error(P, y)


def main():
    """Run every training and write the table."""
    mnist = data.load_mnist()
    (X_fit, y_fit), (X_val, y_val) = data.split(mnist.X_train, mnist.y_train, 10_000)
    scored_set = X_val[1000:6000], y_val[1000:6000]
    runs = [(digits, passes, *way) for digits, passes, ways in EXPERIMENTS for way in ways]
    rows = []
    for (digits, passes, way, strength), seed in tqdm(list(itertools.product(runs, SEEDS)), unit=" trainings"):
        scores = train((X_fit[:digits], y_fit[:digits]), scored_set, passes, way, strength, seed)
        rows.append((digits, passes, way, strength, seed, *(round(float(score), 4) for score in scores)))
    settings = ["digits", "passes", "way", "strength"]
    table = pd.DataFrame(rows, columns=[*settings, "seed", "read", "loss", "over", "ece"])
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False)
    print(table.groupby(settings, sort=False)[["read", "loss", "over", "ece"]].mean().round(3).to_string())


if __name__ == "__main__":
    main()
