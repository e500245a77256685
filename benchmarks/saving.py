"""What it costs to load a network and to ask it, on one core: 784-64-10 in float32, as nnlib saves it.

    python benchmarks/saving.py
    python benchmarks/saving.py --rounds 3

writes benchmarks/results/saving.csv, one row a program and round, and prints the median of the rounds beside what is
wanted. The programs run in one process with one thread, and take turns call by call, so that what else the machine does
meets all of them. A round's number is the processor time of the fastest of its calls, each after one that nobody
measures: so caches are warm, and a file that is read lies in the system's memory. The disk's own time is not in it.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import datetime
import platform
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import safetensors.numpy
from tape import fastest

from nnlib import data, io
from nnlib.activations import ReLU
from nnlib.layers import Linear
from nnlib.optim import Adam
from nnlib.sequential import Sequential
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

RESULTS = Path(__file__).parent / "results" / "saving.csv"
WANTED = {"load": 5e-3, "one prediction": 50e-6, "10,000 predictions": 30e-3}  # whatever follows behind a comma


def programs(folder):
    """Return {name: (function, in which turns it runs: each, or each hundredth)}."""
    rng, mnist = np.random.default_rng(0), data.load_mnist()
    net = TwoLayerNet(rng, dtype=np.float32)
    layers = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng), dtype=np.float32)
    files = {name: folder / name for name in ("net", "layers", "training", "written")}
    io.save(files["net"], net)
    io.save(files["layers"], layers)
    pixels, X = mnist.X_test, data.scale(mnist.X_test, np.float32)
    few = mnist.X_train[:1000], mnist.y_train[:1000]

    def training():
        rng = np.random.default_rng(0)
        net = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng), dtype=np.float32)
        adam = Adam(0.01)
        fit(net, *few, rng=rng, optimizer=adam, batch_size=100, checkpoint=files["training"], epochs=1, verbose=False)

    training()  # from now on it finds its file and is over

    def in_parts():
        return [net.predict(data.scale(pixels[start : start + 500], np.float32)) for start in range(0, 10_000, 500)]

    return {
        "load": (lambda: io.load(files["net"]), 1),
        "load, in layers": (lambda: io.load(files["layers"]), 1),
        "load, the library alone": (lambda: safetensors.numpy.load_file(files["net"]), 1),
        "save": (lambda: io.save(files["written"], net), 10),
        "go on from a checkpoint": (training, 10),
        "one prediction": (lambda: net.predict(X[:1]), 1),
        "one prediction, from pixels": (lambda: net.predict(data.scale(pixels[:1], np.float32)), 1),
        "one prediction, in layers": (lambda: layers.predict(X[:1]), 1),
        "10,000 predictions": (lambda: net.predict(X), 50),
        "10,000 predictions, from pixels": (lambda: net.predict(data.scale(pixels, np.float32)), 50),
        "10,000 predictions, from pixels, by 500": (in_parts, 50),
        "10,000 predictions, in layers": (lambda: layers.predict(X), 50),
    }


def main():
    """Let the programs take turns, write the table, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="of all programs (default: 7)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        contestants = programs(Path(folder))
        for function, _ in contestants.values():
            function()
        rows = [(turn, *found) for turn in range(rounds) for found in fastest(contestants, 200, warm=True).items()]
    table = pd.DataFrame(rows, columns=["round", "program", "seconds"]).assign(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(), python=platform.python_version(),
        numpy=np.__version__, machine=platform.machine(),
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False, float_format="%.7f")
    median = table.pivot(index="round", columns="program", values="seconds").median()
    for name in contestants:
        wanted = WANTED.get(name.split(", from")[0].split(", in")[0])
        wanted = f", wanted below {1e3 * wanted:g} ms" if wanted else ""
        print(f"{name:<48} {1e3 * median[name]:9.4f} ms{wanted}")


if __name__ == "__main__":
    main()
