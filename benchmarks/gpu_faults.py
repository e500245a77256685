"""What faults planted in a kernel do on a graphics card, and which of them a card hides.

    python benchmarks/gpu_faults.py

writes benchmarks/results/gpu_faults.csv: one row a fault, product and run, beside the rows that are there of other
cards: how many numbers of Z = X W are wrong by more than a hundredth, each a sum of hundreds of products of about 1.
What the kernel does not write stays far off. A counter's rows say what it counted, of 64,000 threads that each add 1.
"""

import argparse
import datetime

import numpy as np
import pandas as pd
from gpu import in_software, write

from nnlib.gpu import find
from nnlib.gpu.device import source, tiles

RESULTS = "gpu_faults.csv"
THREADS, GROUP = 64_000, 64
FIRST = "workgroupBarrier();  // fetched by all, before anyone uses it"
SECOND = "workgroupBarrier();  // used by all, before anyone fetches the next"
GUARD = "if (row >= sizes.rows || column >= sizes.columns)"
FAULTS = {  # kernel, and what stands in place of what
    "none": ("product_tiled", {}),
    "no barrier": ("product_tiled", {FIRST: "", SECOND: ""}),
    "no first barrier": ("product_tiled", {FIRST: ""}),
    "no second barrier": ("product_tiled", {SECOND: ""}),
    "no guard": ("product_naive", {GUARD: "if (false)"}),
    "groups rounded down": ("product_naive", {}),
}
SIZES = [(100, 784, 64), (128, 785, 10), (1024, 1024, 1024)]
COUNTER = """
@group(0) @binding(0) var<uniform> threads: u32;
@group(0) @binding(1) var<storage, read_write> count: array<{type}>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {{
    if (id.x < threads) {{ {add}; }}
}}
"""
COUNTERS = {
    "count = count + 1": COUNTER.format(type="u32", add="count[0] = count[0] + 1u"),
    "atomicAdd": COUNTER.format(type="atomic<u32>", add="atomicAdd(&count[0], 1u)"),
}


def counted(device, text):
    """Return what a counter shows when all threads have added 1."""
    count = device.array(np.zeros(1, np.uint32))
    device.run([device.call(text, (THREADS,), count, groups=(THREADS // GROUP, 1))])
    return int(device.read(count)[0])


def wrong(device, fault, sizes, rng):
    """Return how many numbers of a product are wrong, of how many."""
    kernel, replaced = FAULTS[fault]
    text, (rows, inner, columns) = source(kernel), sizes
    for line, other in replaced.items():
        text = text.replace(line, other)
    X, W = (rng.normal(size=shape).astype(np.float32) for shape in ((rows, inner), (inner, columns)))
    Z = device.array(np.full((rows, columns), -7e7, np.float32))
    groups = tiles(rows, columns, 16)
    if fault == "groups rounded down":
        groups = max(1, columns // 16), max(1, rows // 16)
    device.run([device.call(text, sizes, device.array(X), device.array(W), Z, groups=groups)])
    return int((~(np.abs(device.read(Z) - X.astype(float) @ W) < 0.01)).sum()), rows * columns


def main():
    """Plant each fault in turn, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10, help="of each fault (default: 10)")
    runs, device, rng = range(parser.parse_args().runs), find(), np.random.default_rng(0)
    rows = [(name, "", run, counted(device, text), THREADS) for name, text in COUNTERS.items() for run in runs]
    for sizes in SIZES[: 2 if in_software() else None]:  # the last takes the processor too long
        rows += [
            (fault, " × ".join(map(str, sizes)), run, *wrong(device, fault, sizes, rng))
            for fault in FAULTS for run in runs
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["fault", "product", "run", "numbers", "of"]).assign(
        device=device.name, date=datetime.datetime.now(datetime.UTC).date().isoformat()
    )
    write(table, RESULTS)
    for (fault, product), part in table.groupby(["fault", "product"], sort=False):
        print(f"{fault:<22} {product:<20} {part.numbers.min():>9,} to {part.numbers.max():,} of {part['of'].iloc[0]:,}")


if __name__ == "__main__":
    main()
