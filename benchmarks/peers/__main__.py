"""One run of a program, in a process that has imported nothing else: python -m benchmarks.peers PROGRAM TASK ROUND"""

import importlib
import json
import os
import resource
import sys
from typing import NamedTuple

import numpy as np

from benchmarks.peers import RECIPES

UPDATES = 600_000  # of the seed's ten epochs
FRESH = 1000  # the generator of round 0


class Program(NamedTuple):
    """Where a program is, which recipes it has, which distribution it needs, and how many updates of the seed's recipe
    are measured.
    """

    place: str
    recipes: str
    needs: str | None = None
    part: int | None = None  # None: all of them


PROGRAMS = {
    "Rust": Program("rust:by_unit", "seed"),
    "Rust, loops exchanged": Program("rust:by_row", "seed"),
    "Rust, in place": Program("rust:in_place", "seed"),
    "NumPy": Program("plain:numpy", "seed plain pooled", "numpy"),
    "NumPy, lit rows": Program("plain:lit_rows", "seed", "numpy"),
    "Numba, lit rows": Program("plain:numba", "seed", "numba"),
    "nnlib": Program("ours:nnlib", "seed plain pooled", "nnlib"),
    "PyTorch, usual": Program("pytorch:usual", "seed plain pooled", "torch", 3000),
    "PyTorch, best": Program("pytorch:best", "plain pooled", "torch"),
    "JAX": Program("jax_:jax", "seed plain pooled", "jax"),
    "Keras on JAX": Program("others:keras", "seed plain", "keras", 1000),
    "scikit-learn": Program("others:scikit_learn", "seed plain", "scikit-learn", 3000),
    "tinygrad": Program("others:tinygrad", "seed plain", "tinygrad", 300),
}


def processor_time():
    """Return the seconds of this process and of those that it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def peak():
    """Return the most memory that this process, or one that it has waited for, has had, in MiB."""
    found = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return max(found) / (2**20 if sys.platform == "darwin" else 2**10)


def program_of(name, recipe):
    module, function = PROGRAMS[name].place.split(":")
    return getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(recipe)


def timed(train, *arguments):
    before = processor_time()
    result = train(*arguments)
    return processor_time() - before, result


def first_update(name, rng):
    """Let a program make one update, on random pixels."""
    recipe = RECIPES["plain" if "plain" in PROGRAMS[name].recipes.split() else "seed"]._replace(epochs=1)
    train = program_of(name, recipe)
    train(rng.integers(256, size=(recipe.batch, 784), dtype=np.uint8), rng.integers(10, size=recipe.batch), rng)


def run_one(name, task, round_):
    """Print what a run found, as a line of JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rng, part = np.random.default_rng(FRESH + round_), PROGRAMS[name].part
    if task == "start":
        first_update(name, rng)
        print(json.dumps({"seconds": processor_time()}))
        return
    from nnlib import data

    mnist = data.load_mnist()
    X, y = mnist.X_train, mnist.y_train
    if task == "seed" and part:
        train = program_of(name, RECIPES["seed"]._replace(epochs=1))
        train(X[:part], y[:part], rng)
        once, _ = timed(train, X[:part], y[:part], rng)
        thrice, _ = timed(train, X[: 3 * part], y[: 3 * part], rng)
        found = {"seconds": (thrice - once) / (2 * part) * UPDATES, "part": 2 * part}
    else:
        recipe = RECIPES[task]
        train = program_of(name, recipe)
        seconds, scores = timed(train, X[: recipe.digits], y[: recipe.digits], rng)
        right = np.concatenate([scores(mnist.X_test[n : n + 2000]).argmax(axis=1) for n in range(0, 10_000, 2000)])
        found = {"seconds": seconds, "accuracy": float(np.mean(right == mnist.y_test)), "memory": peak()}
    print(json.dumps(found))


if __name__ == "__main__":
    run_one(sys.argv[1], sys.argv[2], int(sys.argv[3]))
