"""A training on a graphics card: nnlib.gpu beside nnlib on the processor, and PyTorch on the same card if it sees one.

    python benchmarks/gpu.py                 784-64-10 at batch 128 and 784-1024-1024-10 at batch 1,024, with Adam
    python benchmarks/gpu.py --small         the first of them alone: for Mesa, whose card is the processor

writes benchmarks/results/gpu.csv: one row a round, network, program and kind of time, beside the rows that are there of
other cards. Three times are taken. A `step` is one update, the mean of as many as take half a second, with one wait for
the card behind them all. An `epoch` is 60,000 digits with what the loop reports of them, running loss and accuracy:
what a longer training takes more than one of a single epoch; the loss beside it is the last one's, the sixth epoch's on
a card and the second's on a processor. A `product` is X W of 1024 × 1024 matrices by each kernel, by PyTorch, and with
one number a thread whose x is the row, so that neighbours read far apart. The programs take turns in each round. All of
them compute in float32; PyTorch without TF32, which rounds each factor to eleven bits, on data that lies on the card:
as it comes, with a fused Adam, and, for the step alone, recorded as a CUDA graph, where nothing waits for Python. nnlib
on the processor takes all threads that its BLAS takes.
"""

import argparse
import datetime
import os
import platform
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from nnlib import data, train
from nnlib import gpu as card
from nnlib.activations import ReLU
from nnlib.gpu.device import source, tiles
from nnlib.gpu.network import Network
from nnlib.gpu.optim import Descent
from nnlib.gpu.train import Turns
from nnlib.layers import Linear
from nnlib.optim import Adam
from nnlib.sequential import Sequential

RESULTS = Path(__file__).parent / "results"
NETWORKS = {"784-64-10": 128, "784-1024-1024-10": 1024}
ETA, SIDE = 0.001, 1024


def made(name):
    """Return a network of nnlib by its name, in float32."""
    rng, widths = np.random.default_rng(0), [int(width) for width in name.split("-")]
    layers = [layer for D, H in pairwise(widths) for layer in (Linear(D, H, rng), ReLU())]
    return Sequential(*layers[:-1], dtype=np.float32)


# A program is made for a network and a batch. It has `steps(n)`, which makes n updates and waits until they are done,
# and `epochs(n)`, which trains a new network for n epochs and returns the loss of the last.


class OnProcessor:
    name, fit = "nnlib on the processor", staticmethod(train.fit)

    def __init__(self, name, batch, X, y):
        self.network, self.batch, self.X, self.y = name, batch, X, y
        self.net, self.adam = made(name), Adam(ETA)
        self.Y = data.one_hot(y[:batch], dtype=np.float32)

    def steps(self, n):
        for _ in range(n):
            x = data.scale(self.X[: self.batch], np.float32)
            self.adam.step(self.net.params, self.net.scores_and_grads(x, self.Y)[1])

    def epochs(self, n):
        rng, net = np.random.default_rng(1), made(self.network)
        options = {"rng": rng, "epochs": n, "batch_size": self.batch, "optimizer": Adam(ETA), "verbose": False}
        return self.fit(net, self.X, self.y, **options).epochs[-1]["loss"]


class OnCard(OnProcessor):
    name, fit = "nnlib.gpu", staticmethod(card.fit)

    def __init__(self, *args):
        super().__init__(*args)
        network = Network(card.find(), self.net, self.batch)
        self.descent = Descent(network, self.adam)
        self.turns = Turns(network, self.X, self.y, lambda n: network.backward(n, 0.0) + self.descent.calls)

    def steps(self, n):
        for i in range(n):
            self.descent.begin(ETA)
            start = i * self.batch % (len(self.X) - self.batch)
            self.turns.take(start, np.arange(start, start + self.batch))
        card.find().read(self.descent.step)


class Torch:
    name, fused = "PyTorch", None

    def __init__(self, name, batch, X, y):
        import torch

        torch.set_float32_matmul_precision("highest")
        self.torch, self.widths, self.batch = torch, [int(width) for width in name.split("-")], batch
        self.X, self.y = torch.tensor(X).cuda(), torch.tensor(y.astype(np.int64)).cuda()
        self.begin()
        self.order = torch.arange(len(X), device="cuda")

    def begin(self):
        nn = self.torch.nn
        layers = [layer for D, H in pairwise(self.widths) for layer in (nn.Linear(D, H), nn.ReLU())]
        self.net = nn.Sequential(*layers[:-1]).cuda()
        self.adam = self.torch.optim.Adam(self.net.parameters(), lr=ETA, fused=self.fused)

    def step(self, rows):
        scores, target = self.net(self.X[rows].float() / 255), self.y[rows]
        loss = self.torch.nn.functional.cross_entropy(scores, target)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        return loss.detach(), scores.detach(), target

    def steps(self, n):
        for i in range(n):
            start = i * self.batch % (len(self.X) - self.batch)
            self.step(self.order[start : start + self.batch])
        self.torch.cuda.synchronize()

    def epochs(self, n):
        self.begin()
        for _ in range(n):
            order, total, right = self.torch.randperm(len(self.X), device="cuda"), 0.0, 0
            for start in range(0, len(self.X), self.batch):
                rows = order[start : start + self.batch]
                loss, scores, target = self.step(rows)
                total += loss * len(rows)
                right += (scores.argmax(1) == target).sum()
            figures = float(total) / len(self.X), float(right) / len(self.X)
        return figures[0]


class TorchFused(Torch):
    name, fused = "PyTorch, fused Adam", True


class TorchRecorded(TorchFused):
    """Without what Python and PyTorch do between two kernels: a step is recorded once, and replayed."""

    name = "PyTorch, fused Adam, recorded"

    def __init__(self, *args):
        super().__init__(*args)
        cuda = self.torch.cuda
        self.adam = self.torch.optim.Adam(self.net.parameters(), lr=ETA, fused=True, capturable=True)
        self.rows, beside = self.order[: self.batch].clone(), cuda.Stream()
        beside.wait_stream(cuda.current_stream())
        with cuda.stream(beside):  # a few steps that make all buffers, as PyTorch asks for
            for _ in range(3):
                self.step(self.rows)
        cuda.current_stream().wait_stream(beside)
        self.graph = cuda.CUDAGraph()
        with cuda.graph(self.graph):
            self.step(self.rows)

    def steps(self, n):
        for i in range(n):
            start = i * self.batch % (len(self.X) - self.batch)
            self.rows.copy_(self.order[start : start + self.batch])
            self.graph.replay()
        self.torch.cuda.synchronize()

    epochs = None


def timed(function, *args):
    """Return the seconds that a call takes, and what it returns."""
    start = time.perf_counter()
    result = function(*args)
    return time.perf_counter() - start, result


def seconds_a_step(program):
    """Return a function that measures a step, after a first few that nobody measures."""
    program.steps(2)
    n = max(2, min(2000, round(0.5 / (timed(program.steps, 2)[0] / 2))))
    return lambda: (timed(program.steps, n)[0] / n, None)


def seconds_an_epoch(program, more):
    """Return a function that measures an epoch: what `more` of them add to a training of one."""

    def measure():
        once, _ = timed(program.epochs, 1)
        longer, loss = timed(program.epochs, 1 + more)
        return (longer - once) / more, loss

    return measure


def products(torch):
    """Return {name: function that measures a product of two square matrices}."""
    device, rng = card.find(), np.random.default_rng(0)
    X, W = (device.array(rng.normal(size=(SIDE, SIDE)).astype(np.float32)) for _ in range(2))
    Z, found = device.empty((SIDE, SIDE)), {}
    few = 2 if in_software() else 100

    def measured(run, wait, n):
        run(2)
        wait()

        def measure():
            start = time.perf_counter()
            run(n)
            wait()
            return (time.perf_counter() - start) / n, None

        return measure

    crossed = source("product_naive").replace("column = id.x", "column = id.y").replace("row = id.y", "row = id.x")
    kernels = {"product_naive, x counts rows": (crossed, 16)}
    kernels |= {name: (name, 16) for name in ("product_naive", "product_tiled")}
    kernels |= {name: (name, 64) for name in ("product_blocked", "product_dW", "product_dX")}
    for name, (kernel, side) in kernels.items():
        call = device.call(kernel, (SIDE, SIDE, SIDE), X, W, Z, groups=tiles(SIDE, SIDE, side))
        found[name] = measured(lambda n, call=call: device.run([call] * n), lambda: device.read(Z.rows(0, 1)), few)
    if torch:
        A, B = torch.randn(SIDE, SIDE, device="cuda"), torch.randn(SIDE, SIDE, device="cuda")
        found["PyTorch"] = measured(lambda n: [A @ B for _ in range(n)], torch.cuda.synchronize, 100)
    return found


def in_software():
    """Whether the card is the processor."""
    return card.find().gpu.adapter.info["adapter_type"] == "CPU"


def sees_cuda():
    """Return PyTorch, where it sees a card, else None."""
    try:
        import torch
    except ImportError:
        return None
    return torch if torch.cuda.is_available() else None


def processor():
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    """Let the programs take turns, write the table, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="of all programs (default: 5)")
    parser.add_argument("--small", action="store_true", help="784-64-10 alone, and no products")
    args = parser.parse_args()
    torch, mnist = sees_cuda(), data.load_mnist()
    X, y = mnist.X_train, mnist.y_train
    contestants = (
        {} if args.small else {("product", f"{SIDE}", SIDE, name): run for name, run in products(torch).items()}
    )
    for name, batch in list(NETWORKS.items())[: 1 if args.small else None]:
        for kind in (OnProcessor, OnCard, *((Torch, TorchFused, TorchRecorded) if torch else ())):
            program = kind(name, batch, X, y)
            contestants["step", name, batch, kind.name] = seconds_a_step(program)
            more = 1 if kind is OnProcessor or in_software() else 5
            if kind.epochs:
                contestants["epoch", name, batch, kind.name] = seconds_an_epoch(program, more)
    rows = []
    for turn in range(args.rounds):
        for key, measure in contestants.items():
            seconds, loss = measure()
            rows.append((turn, *key, seconds, loss))
        print(f"round {turn} is over", flush=True)
    columns = ["round", "time", "network", "batch_size", "program", "seconds", "loss"]
    table = pd.DataFrame(rows, columns=columns).assign(
        device=card.find().name, cuda_device=torch.cuda.get_device_name() if torch else "", processor=processor(),
        cores=os.cpu_count(), date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        python=platform.python_version(), numpy=np.__version__, torch=torch.__version__ if torch else "",
    )  # fmt: skip
    write(table, "gpu.csv")
    report(table)


def write(table, name):
    """Put a table of one card into the file `name`, beside those of others."""
    path = RESULTS / name
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        before = pd.read_csv(path, keep_default_na=False)
        table = pd.concat([before[~before["device"].isin(table["device"])], table])
    table.to_csv(path, index=False, float_format="%.7g")


def report(table):
    """Print the median of the rounds, and how many times as long as nnlib.gpu the others took."""
    print(f"{table['device'][0]}, beside {table['processor'][0]} ({table['cores'][0]} cores)")
    for (kind, network), part in table.groupby(["time", "network"], sort=False):
        by_round = part.pivot(index="round", columns="program", values="seconds")
        ours = by_round["product_blocked" if kind == "product" else "nnlib.gpu"]
        for name in part["program"].unique():
            ratio = by_round[name] / ours
            print(
                f"{network:<18} {kind:<8} {name:<30} {1e3 * by_round[name].median():10.3f} ms"
                f"   {ratio.median():7.2f} times as long  [{ratio.min():.2f}–{ratio.max():.2f}]"
            )


if __name__ == "__main__":
    main()
