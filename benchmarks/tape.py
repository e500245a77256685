"""What the tape of chapter 18 costs beside gradients written by hand, and a digit number by number beside arrays.

    python benchmarks/tape.py
    python benchmarks/tape.py --rounds 3

writes benchmarks/results/tape.csv, one row a program and round, and prints ratios. The programs run in one process
with one thread, and take turns step by step, so that what else the machine does meets all of them. A round's number
is the processor time of the fastest of its 200 steps (of number by number, two). A step is the loss and the gradients
of 784-64-10 for 128 digits in float32; the last two programs take one digit, in Python's floats.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import datetime
import platform
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from nnlib import data, functional
from nnlib.two_layer import TwoLayerNet

ROOT = Path(__file__).resolve().parents[1]

RESULTS = ROOT / "benchmarks" / "results" / "tape.csv"
TURNS = 200  # in a round
WANTED = """order unbroadcast value Node exp log relu add_up backward cross_entropy from_primitives network gradients
    numbers weigh"""


def programs():
    """Return {name: (function, in which turns it runs: each, or each hundredth)}."""
    sys.path.insert(0, str(ROOT / "tests"))
    from chapter_names import names

    chapter = names("18_autodiff", *WANTED.split())
    node, backward, gradients = chapter["Node"], chapter["backward"], chapter["gradients"]
    mnist = data.load_mnist()
    X = data.scale(mnist.X_train[:128], np.float32)
    Y = data.one_hot(mnist.y_train[:128], 10, np.float32)
    x, y, label = X[:1], Y[:1], mnist.y_train[0]
    net = TwoLayerNet(np.random.default_rng(0), dtype=np.float32)
    params = list(net.params.values())

    def by_hand():
        states = net.forward(X)
        return functional.softmax_cross_entropy(states[2], Y), net.backward(X, Y, *states)

    def one_by_one():
        lit = x[0].nonzero()[0]
        W1, b1, W2, b2 = map(chapter["numbers"], (net.W1[lit], net.b1, net.W2, net.b2))
        hidden = [chapter["relu"](z) for z in chapter["weigh"](x[0, lit].tolist(), W1, b1)]
        scores = chapter["weigh"](hidden, W2, b2)
        backward(chapter["log"](sum(chapter["exp"](z) for z in scores)) - scores[label])

    return {
        "by hand": (by_hand, 1),
        "tape": (lambda: gradients(params, X, Y), 1),
        "tape, from primitives": (lambda: gradients(params, X, Y, chapter["from_primitives"]), 1),
        "tape, pixels too": (lambda: gradients(params, node(X), Y), 1),
        "one digit, tape": (lambda: gradients(params, x, y), 1),
        "one digit, number by number": (one_by_one, 100),
    }


def fastest(programs, turns, warm=False):
    """Return the seconds of each program's fastest call of so many; they take turns. `warm`: each call comes after one
    that nobody measures.
    """
    seconds = {name: [] for name in programs}
    for turn in range(turns):
        for name, (function, seldom) in programs.items():
            if turn % seldom == 0:
                if warm:
                    function()
                before = time.process_time()
                function()
                seconds[name].append(time.process_time() - before)
    return {name: min(found) for name, found in seconds.items()}


def main():
    """Let the programs take turns, write the table, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="of all programs (default: 15)")
    rounds, contestants = parser.parse_args().rounds, programs()
    for function, _ in contestants.values():
        function()
    rows = [(turn, *found) for turn in range(rounds) for found in fastest(contestants, TURNS).items()]
    table = pd.DataFrame(rows, columns=["round", "program", "seconds"]).assign(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(), python=platform.python_version(),
        numpy=np.__version__, machine=platform.machine(),
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False, float_format="%.7f")
    seconds = table.pivot(index="round", columns="program", values="seconds")[list(contestants)]
    print(seconds.div(seconds["by hand"], axis=0).agg(["median", "min", "max"]).T.round(2).to_string())


if __name__ == "__main__":
    main()
