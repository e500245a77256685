"""An epoch of 784-64-10 with Adam at batch 128: the classes of nnlib beside one function written by hand, and PyTorch.

    python benchmarks/epoch.py

writes benchmarks/results/epoch.csv, one row a program and round, and prints ratios. Each program runs in a process of
its own, one after the other in each round, on one thread in float32, and reports the processor time of its fastest of
three epochs, so that ratios hold on a busy machine too. All of them also keep the running loss and accuracy that `fit`
prints. PyTorch runs in the best form that we found (uint8 data gathered into one buffer, a fused Adam) and as it is
usually written.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import datetime
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from nnlib import data

RESULTS = Path(__file__).parent / "results" / "epoch.csv"
BATCH, ETA, BETA1, BETA2, EPS = 128, 0.002, 0.9, 0.99, 1e-8


def ours(X, y):
    """`Sequential` and `fit`."""
    from nnlib.activations import ReLU
    from nnlib.layers import Linear
    from nnlib.optim import Adam
    from nnlib.sequential import Sequential
    from nnlib.train import fit

    rng = np.random.default_rng(0)
    net = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng), dtype=np.float32)
    adam = Adam(ETA, beta1=BETA1, beta2=BETA2)

    def epoch():
        history = fit(net, X, y, optimizer=adam, batch_size=BATCH, epochs=1, rng=rng, verbose=False)
        return history.epochs[0]["loss"]

    return epoch


def by_hand(X, y):
    """One function for this network alone: buffers for everything, all parameters in one vector."""
    rng = np.random.default_rng(0)
    shapes = {"W1": (784, 64), "b1": (64,), "W2": (64, 10), "b2": (10,)}
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    w, g, m, v, step = np.zeros((5, ends[-1]), np.float32)

    def views(vector):
        return [part.reshape(shape) for part, shape in zip(np.split(vector, ends[:-1]), shapes.values(), strict=True)]

    (W1, b1, W2, b2), (dW1, db1, dW2, db2) = views(w), views(g)
    W1[...], W2[...] = rng.normal(0, (2 / 784) ** 0.5, W1.shape), rng.normal(0, (2 / 64) ** 0.5, W2.shape)
    pixels, x = np.empty((BATCH, 784), np.uint8), np.empty((BATCH, 784), np.float32)
    z1, lit = np.empty((BATCH, 64), np.float32), np.empty((BATCH, 64), bool)
    Y, t = np.eye(10, dtype=np.float32)[y], 0

    def epoch():
        nonlocal t
        order, loss, right = rng.permutation(len(X)), 0.0, 0
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            B = len(rows)
            p, xb, zb, lb, yb = pixels[:B], x[:B], z1[:B], lit[:B], Y[rows]
            np.take(X, rows, axis=0, out=p)
            np.divide(p, 255, out=xb, dtype=np.float32)
            np.matmul(xb, W1, out=zb)
            np.add(zb, b1, out=zb)
            np.greater(zb, 0, out=lb)
            np.maximum(zb, 0, out=zb)
            z2 = zb @ W2
            z2 += b2
            right += (z2.argmax(axis=1) == y[rows]).sum()
            z2 -= z2.max(axis=1, keepdims=True)
            loss += (z2 * yb).sum()
            np.exp(z2, out=z2)
            total = z2.sum(axis=1, keepdims=True)
            loss -= np.log(total).sum()
            z2 /= total
            z2 -= yb
            z2 /= B
            np.matmul(zb.T, z2, out=dW2)
            np.sum(z2, axis=0, out=db2)
            dz1 = z2 @ W2.T
            dz1 *= lb
            np.matmul(xb.T, dz1, out=dW1)
            np.sum(dz1, axis=0, out=db1)
            t += 1
            np.multiply(m, BETA1, out=m)
            np.multiply(g, 1 - BETA1, out=step)
            np.add(m, step, out=m)
            np.multiply(v, BETA2, out=v)
            np.multiply(g, g, out=step)
            np.multiply(step, 1 - BETA2, out=step)
            np.add(v, step, out=v)
            np.sqrt(v, out=step)
            np.divide(step, (1 - BETA2**t) ** 0.5, out=step)
            np.add(step, EPS, out=step)
            np.divide(m, step, out=step)
            np.multiply(step, ETA / (1 - BETA1**t), out=step)
            np.subtract(w, step, out=w)
        return -loss / len(X)

    return epoch


def torch_net():
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    return torch, torch.nn.Sequential(torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))


def torch_best(X, y):
    """PyTorch, eager, in the best form that we found."""
    torch, net = torch_net()
    adam = torch.optim.Adam(net.parameters(), lr=ETA, betas=(BETA1, BETA2), eps=EPS, fused=True)
    pictures, labels = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    pixels = torch.empty((BATCH, 784), dtype=torch.uint8)

    def epoch():
        order, loss, right = torch.randperm(len(X)), 0.0, 0
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            p = pixels[: len(rows)]
            torch.index_select(pictures, 0, rows, out=p)
            target = labels[rows]
            scores = net(p.float().div_(255))
            mean = torch.nn.functional.cross_entropy(scores, target)
            adam.zero_grad(set_to_none=True)
            mean.backward()
            adam.step()
            loss += mean.detach() * len(rows)
            right += (scores.detach().argmax(1) == target).sum()
        return float(loss) / len(X)

    return epoch


def torch_usual(X, y):
    """PyTorch, eager, as it is usually written: a scaled data set, batches by indexing, Adam as it comes."""
    torch, net = torch_net()
    adam = torch.optim.Adam(net.parameters(), lr=ETA, betas=(BETA1, BETA2), eps=EPS)
    pictures, labels = torch.from_numpy(X).float() / 255, torch.from_numpy(y.astype(np.int64))

    def epoch():
        order, loss, right = torch.randperm(len(X)), 0.0, 0
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            x, target = pictures[rows], labels[rows]
            scores = net(x)
            mean = torch.nn.functional.cross_entropy(scores, target)
            adam.zero_grad()
            mean.backward()
            adam.step()
            loss += mean.item() * len(rows)
            right += (scores.argmax(1) == target).sum().item()
        return loss / len(X)

    return epoch


PROGRAMS = {program.__name__: program for program in (ours, by_hand, torch_best, torch_usual)}


def run_one(name):
    """Print the seconds of the fastest of three epochs, and the loss of the last."""
    mnist = data.load_mnist()
    epoch, seconds = PROGRAMS[name](mnist.X_train, mnist.y_train), []
    for _ in range(3):
        start = time.process_time()
        loss = epoch()
        seconds.append(time.process_time() - start)
    print(min(seconds), loss)


def main():
    """Run all programs in turn, and write and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--one", choices=PROGRAMS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        run_one(args.one)
        return
    rows = []
    for round_ in range(args.rounds):
        for name in PROGRAMS:
            said = subprocess.run([sys.executable, __file__, "--one", name], check=True, capture_output=True, text=True)
            seconds, loss = map(float, said.stdout.split())
            rows.append((name, round_, round(seconds, 4), round(loss, 4)))
            print(f"round {round_}: {name:<12} {seconds:.3f} s an epoch, loss {loss:.4f}", flush=True)
    table = pd.DataFrame(rows, columns=["program", "round", "seconds", "loss_of_third_epoch"])
    table = table.assign(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(), python=platform.python_version(),
        numpy=np.__version__, machine=platform.machine(),
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False)
    by_round = table.pivot(index="round", columns="program", values="seconds")[list(PROGRAMS)]
    for name in PROGRAMS:
        ratios = by_round["ours"] / by_round[name]
        print(f"ours / {name:<12} {ratios.median():.2f}  [{ratios.min():.2f}–{ratios.max():.2f}]")


if __name__ == "__main__":
    main()
