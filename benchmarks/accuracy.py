"""How far networks get on MNIST's test set, and in how many seconds of one core.

    python benchmarks/accuracy.py                 the table, from benchmarks/results/accuracy.csv
    python benchmarks/accuracy.py NAME ...        train these recipes, three or five times each, and add them to it
    python benchmarks/accuracy.py --choose NAME   train on the first 50,000 digits, score on the last 10,000
    python benchmarks/accuracy.py --choose "two epochs" --set rate=0.01 smoothing=0.1

The last is how a setting is to be chosen: by digits held out of the training set. The test set was read once for each
recipe, with generators that choosing had not used. One thread, float32; seconds are processor time, from the pixels to
the trained network.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import datetime
import platform
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from nnlib import augment, data
from nnlib.activations import ReLU
from nnlib.conv import Conv2d
from nnlib.layers import Flatten, Linear, Reshape
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.optim import Adam, AdamW
from nnlib.pool import MaxPool2d
from nnlib.schedules import warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import evaluate, fit

RESULTS = Path(__file__).parent / "results" / "accuracy.csv"
CHOOSING, FRESH = range(3), (11, 12, 13, 14, 15)  # seeds


def dense(rng):
    """784 → 64 → 10: 50,890 parameters."""
    return Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng), dtype=np.float32)


def conv(*filters):
    """Return a builder of two valid 3 × 3 convolutions, each with ReLU and a pooling by two, and a linear layer."""

    def build(rng):
        first, second = filters
        return Sequential(
            Reshape(1, 28, 28), Conv2d(1, first, 3, rng), ReLU(), MaxPool2d(2), Conv2d(first, second, 3, rng), ReLU(),
            MaxPool2d(2), Flatten(), Linear(25 * second, 10, rng), dtype=np.float32,
        )  # fmt: skip

    return build


class Recipe(NamedTuple):
    """A network and how it is trained."""

    build: callable
    epochs: int
    batch_size: int
    rate: float
    smoothing: float = 0.0
    augment: object = None
    warm_up: float = 0.1
    weight_decay: float = 0.0
    runs: int = 3


RECIPES = {
    "two epochs": Recipe(dense, 2, 128, 0.02, 0.05, warm_up=0.2, weight_decay=0.1, runs=5),
    "shifted": Recipe(dense, 20, 128, 0.005, 0.02, augment.Shifts(1)),
    "moved": Recipe(dense, 60, 256, 0.01, 0.02, augment.Affine()),
    "convolution, small": Recipe(conv(4, 8), 2, 64, 0.02),
    "convolution": Recipe(conv(16, 32), 4, 64, 0.01),
    "convolution, shifted": Recipe(conv(16, 32), 8, 64, 0.01, 0.02, augment.Shifts(1)),
}


def train(recipe, examples, scored, seed):
    """Return (accuracy, loss, seconds, parameters) of one training."""
    start, rng = time.process_time(), np.random.default_rng(seed)
    net = recipe.build(rng)
    schedule = warm_up_and_decay(recipe.rate, warm_up=recipe.warm_up)
    if recipe.weight_decay:
        optimizer = AdamW(schedule, weight_decay=recipe.weight_decay, beta2=0.99)
    else:
        optimizer = Adam(schedule, beta2=0.99)
    fit(
        net, *examples, rng=rng, epochs=recipe.epochs, batch_size=recipe.batch_size, optimizer=optimizer,
        loss=SoftmaxCrossEntropy(recipe.smoothing), augment=recipe.augment, verbose=False,
    )  # fmt: skip
    seconds = time.process_time() - start
    score = evaluate(net, *scored)
    return score.accuracy, score.loss, seconds, sum(param.size for param in net.params.values())


def setting(text):
    """Read FIELD=NUMBER."""
    field, _, number = text.partition("=")
    kind = Recipe.__annotations__.get(field)
    if kind not in (int, float):
        raise argparse.ArgumentTypeError(f"expected a number of a recipe, as in rate=0.01; got {text!r}")
    return field, kind(number)


def main():
    """Train what is asked for, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(RECIPES))
    parser.add_argument("--choose", action="store_true", help="score on held-out digits, and write nothing")
    parser.add_argument("--set", nargs="+", type=setting, default=[], metavar="FIELD=NUMBER", help="other settings")
    args = parser.parse_args()
    if unknown := set(args.names) - set(RECIPES):
        parser.error(f"expected names of {', '.join(RECIPES)}; got {', '.join(sorted(unknown))}")
    if args.set and not args.choose:
        parser.error("another setting is for --choose; the table has the recipes as they stand")
    mnist = data.load_mnist()
    whole, test = (mnist.X_train, mnist.y_train), (mnist.X_test, mnist.y_test)
    part, validation = data.split(*whole, 10_000)
    rows = []
    for name in args.names:
        recipe = RECIPES[name]._replace(**dict(args.set))
        seeds, sets = (CHOOSING, (part, validation)) if args.choose else (FRESH[: recipe.runs], (whole, test))
        for seed in tqdm(seeds, name):
            accuracy, loss, seconds, parameters = train(recipe, *sets, seed)
            settings = {k: str(v) for k, v in recipe._asdict().items() if k not in ("build", "runs")}
            rows.append(
                {"recipe": name, "seed": seed, "accuracy": round(accuracy, 4), "loss": round(loss, 4),
                 "seconds": round(seconds, 1), "parameters": parameters} | settings
            )  # fmt: skip
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    table = pd.DataFrame(rows).assign(
        date=today, python=platform.python_version(), numpy=np.__version__, machine=platform.machine()
    )
    if not args.choose:
        if RESULTS.exists():
            before = pd.read_csv(RESULTS)
            table = pd.concat([before[~before["recipe"].isin(args.names)], table])
        if args.names:
            table.to_csv(RESULTS, index=False)
    shown = table.groupby("recipe", sort=False).agg(
        {"accuracy": ["mean", "min", "max"], "seconds": "median", "parameters": "first"}
    )
    print(shown.to_string())


if __name__ == "__main__":
    main()
