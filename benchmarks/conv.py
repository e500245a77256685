"""An epoch of a small convolutional network, 12,810 parameters, by nnlib and by PyTorch, side by side.

    python benchmarks/conv.py
    python benchmarks/conv.py --share 1 --rounds 3

writes benchmarks/results/conv.csv, one row a training. Each training is a fresh process with one thread; the
contestants take turns, so that what else the machine does meets all of them. Timed is the processor time of the first
`share` of an epoch at batch 64 with Adam in float32, after a few batches to warm up, and stated for a whole epoch.
PyTorch stands there twice: as installed and usually written, and tuned, with channels last, the fused Adam, pictures
gathered before they become floats, and a malloc that keeps freed memory. So does nnlib: once with the layers in the
order of PyTorch's, and once with the same function, but pooled before ReLU, a step that PyTorch could take as well.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from nnlib import data

RESULTS = Path(__file__).parent / "results" / "conv.csv"
BATCH, WARM_UP, PICTURES = 64, 640, 60_000
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KEEP_FREED = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**30)}


def nnlib(X, y, pooling_first=False):
    """Return a function that trains once through the first N of these pictures and labels."""
    from nnlib.activations import ReLU
    from nnlib.conv import Conv2d
    from nnlib.layers import Flatten, Linear, Reshape
    from nnlib.optim import Adam
    from nnlib.pool import MaxPool2d
    from nnlib.schedules import linear_decay
    from nnlib.sequential import Sequential
    from nnlib.train import fit

    rng = np.random.default_rng(0)

    def pooled():  # the largest of max(0, z) is max(0, the largest z), of a quarter of the numbers
        return [MaxPool2d(2), ReLU()] if pooling_first else [ReLU(), MaxPool2d(2)]

    net = Sequential(
        Reshape(1, 28, 28), Conv2d(1, 16, 3, rng), *pooled(), Conv2d(16, 32, 3, rng), *pooled(),
        Flatten(), Linear(800, 10, rng), dtype=np.float32,
    )  # fmt: skip
    optimizer = Adam(linear_decay(0.01))
    settings = {"rng": rng, "epochs": 1, "batch_size": BATCH, "optimizer": optimizer, "verbose": False}
    return lambda N: fit(net, X[:N], y[:N], **settings)


def pytorch(X, y, tuned=False):
    """Return a function that trains once through the first N of these pictures and labels."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 10),
    )  # fmt: skip
    if tuned:
        net = net.to(memory_format=torch.channels_last)
    optimizer, loss_of = torch.optim.Adam(net.parameters(), lr=0.01, fused=tuned or None), nn.CrossEntropyLoss()

    pixels, labels = torch.from_numpy(X).reshape(-1, 1, 28, 28), torch.from_numpy(y).long()
    # All of them, as one does, whatever share of an epoch is timed: 188 MB pass malloc by, a tenth would tune it.
    pictures = pixels if tuned else pixels.float() / 255

    def train(N):
        rates = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, total_iters=N // BATCH + 1)
        for rows in torch.randperm(N).split(BATCH):
            if tuned:
                batch = pictures.index_select(0, rows).float().div_(255).to(memory_format=torch.channels_last)
            else:
                batch = pictures[rows]
            optimizer.zero_grad()
            loss_of(net(batch), labels[rows]).backward()
            optimizer.step()
            rates.step()

    return train


CONTESTANTS = {
    "nnlib": (nnlib, {}, {}),
    "nnlib, pooling before ReLU": (nnlib, {"pooling_first": True}, {}),
    "PyTorch as installed": (pytorch, {}, {}),
    "PyTorch tuned": (pytorch, {"tuned": True}, KEEP_FREED),
}


def run(name, share):
    """Train, and print the seconds of an epoch: of the processor, and of the clock."""
    make, options, _ = CONTESTANTS[name]
    mnist, N = data.load_mnist(), max(BATCH, round(share * PICTURES))
    train = make(mnist.X_train.copy(), mnist.y_train.copy(), **options)  # PyTorch wants arrays that it might write to
    train(WARM_UP)
    cpu, clock = time.process_time(), time.perf_counter()
    train(N)
    seconds = np.array([time.process_time() - cpu, time.perf_counter() - clock]) * PICTURES / N
    print(json.dumps(seconds.round(3).tolist()))


def main():
    """Let the contestants take turns, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--share", type=float, default=0.1, help="of an epoch, for each training (default: 0.1)")
    parser.add_argument("--rounds", type=int, default=7, help="trainings of each contestant (default: 7)")
    parser.add_argument("--run", choices=CONTESTANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.run, options.share)
        return
    rows = []
    for turn in tqdm(range(options.rounds), unit=" rounds"):
        for name, (_, _, environment) in CONTESTANTS.items():
            command = [sys.executable, __file__, "--run", name, "--share", str(options.share)]
            environment = os.environ | ONE_THREAD | environment
            printed = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
            rows.append((turn, name, BATCH, options.share, *json.loads(printed)))
    columns = "round contestant batch_size share cpu_seconds clock_seconds"
    table = pd.DataFrame(rows, columns=columns.split())
    table = table.assign(
        date=datetime.datetime.now(datetime.UTC).date().isoformat(), python=platform.python_version(),
        numpy=np.__version__, torch=version("torch"), machine=platform.machine(),
    )  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False)
    seconds = table.pivot(index="round", columns="contestant", values="cpu_seconds")[list(CONTESTANTS)]
    summary = seconds.agg(["median", "min", "max"]).T
    for ours in list(CONTESTANTS)[:2]:  # round by round: what the machine did else in one, it did to both
        summary[f"{ours} / this"] = (1 / seconds.div(seconds[ours], axis=0)).median()
    print(summary.round(2).to_string())


if __name__ == "__main__":
    main()
