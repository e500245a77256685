"""Chapter 20: an update under three ceilings, and the rungs that benchmarks/roofline.py has measured."""

from functools import cache
from pathlib import Path

import pandas as pd
from figure_data import listed

from nnlib import data

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"
STATES = [
    {"at": 4},
    {"at": 7},
    {"at": 12, "wide": True},
    {"at": 3, "lit": True},
    {"at": 0, "compiled": True},
    {"at": 5, "lit": True, "compiled": True, "wide": True},
]
# The rung; how often it passes over the weights, and whether it sees lit pixels only.
RUNGS = [
    ("NumPy, a row at a time", 7, False),
    ("NumPy, batches of 8", 7, False),
    ("NumPy, batches of 32", 7, False),
    ("NumPy, batches of 128", 7, False),
    ("NumPy, batches of 512", 7, False),
    ("NumPy, lit rows", 9, True),
    ("Rust, in place", 3, False),
    ("Numba, lit rows", 3, True),
]


@cache
def found():
    """Return the rates in billions a second, the µs of the calls, the lit pixels of a digit, and the rungs."""
    kernels = pd.read_csv(RESULTS / "roofline.csv").query("kind == 'roof'").groupby("name")
    seconds, first = kernels["seconds"].median(), kernels[["operations", "bytes"]].first()
    rate = {name: float(f"{first['operations'][name] / seconds[name] / 1e9:.4g}") for name in ("float32", "float64")}
    rate |= {name: float(f"{first['bytes'][name] / seconds[name] / 1e9:.4g}") for name in ("cache", "memory")}
    rate["calls"] = float(f"{1e6 * seconds['calls']:.4g}")
    rate["lit"] = float(f"{(data.load_mnist().X_train > 0).sum(axis=1).mean():.4g}")
    ladder = pd.read_csv(RESULTS / "ladder.csv").groupby("rung")
    batch, epoch = ladder["batch"].first(), ladder["seconds"].median()
    rungs = [
        [int(batch[rung]), rate["lit"] if lit else 784, passes, float(f"{epoch[rung]:.4g}")]
        for rung, passes, lit in RUNGS
    ]
    return rate, rungs


def constants():
    rate, rungs = found()
    return {name.upper(): str(number) for name, number in sorted(rate.items())} | {"RUNGS": listed(rungs)}


def shows(state):
    rate, _ = found()
    B, D = (1, rate["lit"]) if state["lit"] else (2 ** int(state["at"]), 784)
    passes = 3 if state["compiled"] else 7
    operations = 2 * (2 * B * D * 64) + 2 * D * 64
    moved = (8 if state["wide"] else 4) * (3 * B * D + passes * D * 64 + 2 * B * 64)
    top = rate["float64" if state["wide"] else "float32"]
    times = [operations / top / 1e3, moved / rate["cache"] / 1e3, 0 if state["compiled"] else rate["calls"]]
    return {"times": times, "least": max(times), "total": sum(times), "top": top, "epoch": sum(times) * 0.06 / B}
