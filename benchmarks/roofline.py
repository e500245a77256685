"""The roofs of a machine, products under them, and the ladder of 784-64-10, all in one run.

    .cache/peers/bin/python benchmarks/roofline.py              after `make bench`, which makes that environment
    .cache/peers/bin/python benchmarks/roofline.py --rounds 3

writes three files into benchmarks/results, which chapter 20 and its figure read. roofline.csv has a row a kernel and
round: how many seconds a call takes, with the operations and the bytes that it has to move at least. ladder.csv has a
row a rung and round: the processor seconds of an epoch of 60,000 digits, scaled up from a part of it. roofline.json
says on which machine. In each round all of them take turns, on one core with one thread, so that what else the machine
does meets all; the process keeps memory that it freed, except for the rung that shows what happens otherwise.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers import PLAIN, POOLED, SEED, ours, plain, rust  # noqa: E402
from benchmarks.peers.__main__ import processor_time  # noqa: E402
from benchmarks.seed_table import KEEP_FREED, ONE_THREAD, machine  # noqa: E402
from nnlib import data  # noqa: E402
from nnlib.two_layer import TwoLayerNet  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"
D, H = 784, 64
BATCHES = (1, 2, 4, 8, 16, 17, 20, 32, 64, 128, 256, 512, 1024, 4096)
EPOCH = 60_000
GIVEN_BACK = "NumPy, a row at a time, memory given back"
NATIVE = ", for this processor"  # what compiling for one processor gains: three rungs more


# ---- kernels --------------------------------------------------------------------------------------------------------


def product(A, B):
    """Return the call A @ B into an array that is there, its operations, and the bytes of its three arrays."""
    C = A @ B
    return partial(np.matmul, A, B, out=C), 2 * C.size * A.shape[1], A.nbytes + B.nbytes + C.nbytes


def tiny_updates(rng):
    """Return updates of the 2-2-2 net, in which all but nothing is computed: what is left are the calls. Those of the
    rungs with batches, of a row at a time, and of lit rows.
    """
    net = TwoLayerNet(rng, 2, 2, 2, dtype=np.float32)
    x, y, params = np.ones((1, 2), np.float32), np.eye(2, dtype=np.float32)[:1], list(net.params.values())
    return {
        "calls": lambda: net.update(*net.backward(x, y, *net.forward(x)), 0.0),
        "calls, a row at a time": partial(plain.step, x[0], y[0], *params, 0.0),
        "calls, lit rows": partial(plain.step_on_lit_rows, np.arange(2), x[0], y[0], *params, np.float32(0)),
    }


def kernels(rng):
    """Return {(kind, name, batch): (call, operations, bytes)}."""

    def normal(*shape, dtype=np.float32):
        return rng.normal(size=shape).astype(dtype)

    large, weights, ten = np.ones(2**25, np.float32), normal(D, H), normal(10)
    memory, cache, out = np.empty_like(large), np.empty_like(weights), np.empty_like(ten)
    found = {
        ("roof", "float32", 0): product(normal(1024, 1024), normal(1024, 1024)),
        ("roof", "float64", 0): product(*(normal(1024, 1024, dtype=np.float64) for _ in range(2))),
        ("roof", "memory", 0): (partial(np.copyto, memory, large), 0, 2 * large.nbytes),
        ("roof", "cache", 0): (partial(np.copyto, cache, weights), 0, 2 * weights.nbytes),
        **{("roof", name, 1): (call, 0, 0) for name, call in tiny_updates(rng).items()},
        ("call", "np.add, ten numbers", 0): (partial(np.add, ten, ten, out=out), 10, 3 * ten.nbytes),
        ("call", "np.outer, ten numbers", 0): (partial(np.outer, ten, ten), 100, 480),
    }
    for batch in BATCHES:
        X, dZ = normal(batch, D), normal(batch, H)
        found["forward", "X @ W", batch] = product(X, weights)
        found["backward", "X.T @ dZ", batch] = product(X.T, dZ)
        if batch == 1:
            found["backward", "np.outer", 1] = (
                partial(np.outer, X, dZ),
                2 * D * H,
                X.nbytes + dZ.nbytes + weights.nbytes,
            )
    X, W = rng.integers(-9, 9, (128, D)), rng.integers(-9, 9, (D, H))
    for dtype in (np.float32, np.float64, np.int32, np.float16):
        found["type", dtype.__name__, 128] = product(X.astype(dtype), W.astype(dtype))
    return found


def seconds(call, least=2e-3):
    """Return the processor seconds of a call: the fastest of five blocks of calls."""
    call()
    before = time.process_time()
    call()
    times = max(1, min(2000, round(least / max(time.process_time() - before, 1e-6))))
    blocks = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(times):
            call()
        blocks.append((time.process_time() - before) / times)
    return min(blocks)


# ---- the ladder -----------------------------------------------------------------------------------------------------


def batches(size):
    """Plain descent with the methods of `TwoLayerNet`, which make new arrays as the equations read."""

    def train(X, y, rng):
        net, Y = TwoLayerNet(rng, dtype=np.float32), np.eye(10, dtype=np.float32)[y]
        for start in range(0, len(X), size):
            x, target = data.scale(X[start : start + size], np.float32), Y[start : start + size]
            net.update(*net.backward(x, target, *net.forward(x)), 0.01)

    return train


def rungs():
    """Return {name: (train, the same for three epochs or None, digits that are trained on, batch)}. Where an epoch
    needs a preparation that others would not repeat, two more epochs are measured, and not the first.
    """
    once, thrice = (SEED._replace(epochs=epochs) for epochs in (1, 3))
    adam, pooled = (recipe._replace(epochs=1) for recipe in (PLAIN, POOLED))
    forms = {"Rust, by unit": rust.by_unit, "Rust, by row": rust.by_row, "Rust, in place": rust.in_place}
    return {
        "Python, lists": (plain.lists(once), None, 12, 1),
        **{
            name + where: (form(once, program=program), form(thrice, program=program), 10_000, 1)
            for where, program in (("", rust.PROGRAM), (NATIVE, rust.NATIVE))
            for name, form in forms.items()
        },
        "NumPy, a row at a time": (plain.numpy(once), plain.numpy(thrice), 3000, 1),
        "NumPy, lit rows": (plain.lit_rows(once), plain.lit_rows(thrice), 3000, 1),
        "NumPy, batches of 8": (batches(8), None, 20_000, 8),
        "NumPy, batches of 32": (batches(32), None, EPOCH, 32),
        "NumPy, batches of 128": (batches(128), None, EPOCH, 128),
        "NumPy, batches of 512": (batches(512), None, EPOCH, 512),
        "nnlib, AdamW": (ours.nnlib(adam), None, EPOCH, adam.batch),
        "nnlib, AdamW, pooled": (ours.nnlib(pooled), None, EPOCH, pooled.batch),
        "Numba, lit rows": (plain.numba(once), plain.numba(thrice), 20_000, 1),
    }


def epoch(train, longer, X, y, part, rng):
    """Return the processor seconds of an epoch, scaled up from a part."""

    def spent(train):
        before = processor_time()
        train(X[:part], y[:part], rng)
        return processor_time() - before

    taken = spent(train) if longer is None else (spent(longer) - spent(train)) / 2
    return taken / part * EPOCH


def in_a_fresh_process():
    """Return the seconds of a row at a time where malloc gives freed memory back, as glibc's does in a process that has
    not yet freed a large array.
    """
    back = {**os.environ, **dict.fromkeys(KEEP_FREED, str(2**17))}
    said = subprocess.run([sys.executable, __file__, "--one"], env=back, check=True, capture_output=True, text=True)
    return float(said.stdout)


def main():
    """Let kernels and rungs take turns, and write what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.one and not (ONE_THREAD | KEEP_FREED).items() <= os.environ.items():  # they are read at the start
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD, **KEEP_FREED})
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    mnist = data.load_mnist()
    X, y = mnist.X_train, mnist.y_train
    if args.one:
        train, longer, part, _ = rungs()["NumPy, a row at a time"]
        print(epoch(train, longer, X, y, part, np.random.default_rng(0)))
        return
    rust.build()
    rust.build(rust.NATIVE, cpu="native")
    products, ladder = kernels(np.random.default_rng(0)), rungs()
    for name, (train, longer, *_) in ladder.items():  # what is compiled and imported, before
        for each in filter(None, () if name == "Python, lists" else (train, longer)):
            each(X[:512], y[:512], np.random.default_rng(0))
    kernel_rows, rung_rows = [], []
    for round_ in tqdm(range(args.rounds), "rounds"):
        for (kind, name, batch), (call, flops, bytes_) in products.items():
            kernel_rows.append((kind, name, batch, flops, bytes_, round_, seconds(call)))
        for name, (train, longer, part, batch) in ladder.items():
            taken = epoch(train, longer, X, y, part, np.random.default_rng(round_))
            rung_rows.append((name, batch, part, round_, taken))
        rung_rows.append((GIVEN_BACK, 1, ladder["NumPy, a row at a time"][2], round_, in_a_fresh_process()))
    names = ["kind", "name", "batch", "operations", "bytes", "round", "seconds"]
    kernel_rows = pd.DataFrame(kernel_rows, columns=names)
    rung_rows = pd.DataFrame(rung_rows, columns=["rung", "batch", "digits", "round", "seconds"])
    RESULTS.mkdir(exist_ok=True)
    kernel_rows.to_csv(RESULTS / "roofline.csv", index=False, float_format="%.6g")
    rung_rows.to_csv(RESULTS / "ladder.csv", index=False, float_format="%.6g")
    (RESULTS / "roofline.json").write_text(json.dumps(machine(), indent=1) + "\n")
    found = kernel_rows.groupby(["kind", "name", "batch", "operations", "bytes"], sort=False)["seconds"].median()
    found = found.reset_index()
    found["GFLOP/s"], found["GB/s"] = (
        found["operations"] / found["seconds"] / 1e9,
        found["bytes"] / found["seconds"] / 1e9,
    )
    print(found.to_string(index=False, float_format="%.3g"))
    print(rung_rows.groupby("rung", sort=False)["seconds"].agg(["median", "min", "max"]).round(3).to_string())


if __name__ == "__main__":
    main()
