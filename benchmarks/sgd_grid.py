"""Chapter 08's trainings over three seeds: order, first weights and step size, each with and without the others.

    python benchmarks/sgd_grid.py

writes benchmarks/results/sgd_grid.csv, one row a training, and takes about twenty minutes on one core. The
experiments `cube` and `rate` choose settings: they train on the first 50,000 training digits and are scored on the
last 10,000. The experiment `test` trains on all 60,000 and is scored on the test set, by which nothing was chosen:
it is the cube once more, to see how much of the verdict hangs on the digits that gave it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # one picture at a time leaves a second thread nothing to do

import datetime
import itertools
import platform
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from nnlib import data, init
from nnlib.train import evaluate, fit
from nnlib.two_layer import TwoLayerNet

RESULTS = Path(__file__).parent / "results" / "sgd_grid.csv"
SEEDS = (0, 1, 2)
HELD_OUT = 10_000


def experiments():
    """Return rows (experiment, weights, order, step, learning rate), in the order of the table."""
    cube = list(itertools.product(("uniform", "he_normal"), ("fixed", "shuffled"), ("constant", "decaying"), (0.01,)))
    rates = [("he_normal", "shuffled", "constant", rate) for rate in (0.001, 0.002, 0.005)]
    rates += [("he_normal", "shuffled", "decaying", rate) for rate in (0.003, 0.02, 0.03)]
    groups = {"cube": cube, "rate": rates, "test": cube}
    return [(experiment, *settings) for experiment, group in groups.items() for settings in group]


def train(train_set, scored_set, weights, order, step, learning_rate, seed):
    """Train ten epochs in float64 and return (accuracy, loss) on `scored_set`."""
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(rng, init=getattr(init, weights))
    fit(
        net, *train_set, rng=rng, learning_rate=learning_rate, decay=step == "decaying", shuffle=order == "shuffled",
        verbose=False,
    )  # fmt: skip
    score = evaluate(net, *scored_set)
    return score.accuracy, score.loss


def main():
    """Run every training and write the table."""
    mnist = data.load_mnist()
    whole, test = (mnist.X_train, mnist.y_train), (mnist.X_test, mnist.y_test)
    part, validation = data.split(*whole, HELD_OUT)
    rows = []
    for (experiment, *settings), seed in tqdm(list(itertools.product(experiments(), SEEDS)), unit=" trainings"):
        choosing = experiment != "test"
        train_set, scored_set = (part, validation) if choosing else (whole, test)
        scored_on = "validation" if choosing else "test"
        accuracy, loss = train(train_set, scored_set, *settings, seed)
        rows.append((experiment, *settings, seed, len(train_set[1]), scored_on, round(accuracy, 6), round(loss, 6)))
    columns = "experiment weights order step learning_rate seed trained_on scored_on accuracy loss"
    table = pd.DataFrame(rows, columns=columns.split())
    table = table.assign(
        epochs=10, dtype="float64", date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        python=platform.python_version(), numpy=np.__version__, machine=platform.machine(),
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False)
    print(table.groupby(columns.split()[:5], sort=False)["accuracy"].agg(["mean", "min", "max"]).to_string())


if __name__ == "__main__":
    main()
