"""The table of the system that this book teaches, measured again: the same network by nnlib, Rust and other libraries.

    make bench                                 installs the libraries, in an environment of their own, and runs it all
    python benchmarks/seed_table.py --rounds 1 --only nnlib numpy

writes benchmarks/results/seed_table.csv, one row a run, and seed_table.json, the machine, the versions and the sizes;
then prints the table. The recipes are in `benchmarks/peers`. Each run is a fresh process on one core with one thread,
with a malloc that keeps freed memory; in each round the programs take turns, so that what else the machine does meets
all of them. Seconds are processor time, from pixels and labels in memory to trained weights: preparation and
compilation count, the import of the library does not. `start` is the processor time from before that import to the end
of the first update. Where 600,000 updates one by one would take too long the time of a part is scaled up, and no
accuracy stands there. Each round of a recipe has a generator of its own, which no choice of a setting has seen.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pandas as pd
from tqdm import tqdm

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}
ONE_THREAD["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
KEEP_FREED = {"MALLOC_TRIM_THRESHOLD_": str(2**30), "MALLOC_MMAP_THRESHOLD_": str(2**30)}
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers import RECIPES, rust  # noqa: E402
from benchmarks.peers.__main__ import PROGRAMS  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"


def plan(names, tasks, rounds, seed_rounds):
    """Return (round, program, task) of each run, in turns."""
    return [
        (round_, name, task)
        for round_ in range(rounds)
        for task in tasks
        for name in names
        if task in ("start", *PROGRAMS[name].recipes.split())
        if task != "seed" or round_ < seed_rounds
    ]


def size(needs):
    """Return how many MB a distribution and all that it needs take on the disk."""
    if needs == "nnlib":
        own = sum(path.stat().st_size for path in (ROOT / "nnlib").rglob("*") if "__pycache__" not in path.parts)
        asked = ["numpy", "safetensors", "tqdm"]  # what `import nnlib.train` loads; tables and plots need more
    else:
        own, asked = 0, [needs]
    seen = set()
    while asked:
        name = re.split(r"[\s;<>=!~\[(]", asked.pop())[0].lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        own += sum(Path(found.locate_file(file)).stat().st_size for file in found.files or () if _there(found, file))
        asked += [need for need in found.requires or () if "extra ==" not in need]
    return own / 1e6


def _there(found, file):
    return Path(found.locate_file(file)).is_file() and not str(file).endswith(".pyc")


def machine():
    """Return what the numbers depend on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(": ", 1)[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor()
    versions = {}
    for name in sorted({program.needs for program in PROGRAMS.values() if program.needs} - {"nnlib"} | {"jaxlib"}):
        try:
            versions[name] = distribution(name).version
        except PackageNotFoundError:
            continue
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "processor": processor, "machine": platform.machine(), "system": platform.platform(),
        "python": platform.python_version(), "rustc": rustc, "versions": versions,
    }  # fmt: skip


def table(rows, sizes):
    """Return the table of the medians, one row a program."""
    seconds = rows.pivot_table(index="program", columns="task", values="seconds", aggfunc="median", sort=False)
    accuracy = rows.pivot_table(index="program", columns="task", values="accuracy", aggfunc="mean", sort=False)
    memory = rows.pivot_table(index="program", columns="task", values="memory", aggfunc="max", sort=False)
    memory = memory["plain"].fillna(memory["seed"])  # of the same task, where there is one
    columns = {"ten epochs one by one, s": seconds.get("seed"), "accuracy": accuracy.get("seed")}
    for recipe in ("plain", "pooled"):
        columns |= {f"{recipe}, s": seconds.get(recipe), f"{recipe}, accuracy": accuracy.get(recipe)}
    columns |= {"start, s": seconds.get("start"), "memory, MiB": memory, "installed, MB": pd.Series(sizes)}
    shown = pd.DataFrame({name: column for name, column in columns.items() if column is not None})
    return shown.loc[[name for name in PROGRAMS if name in shown.index]]


def main():
    """Run all programs in turns, and write and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed-rounds", type=int, default=3, help="of the ten epochs one by one (default: 3)")
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", choices=PROGRAMS, default=list(PROGRAMS))
    parser.add_argument("--tasks", nargs="+", choices=["start", *RECIPES], default=["start", "plain", "pooled", "seed"])
    args = parser.parse_args()
    if any(name.startswith("Rust") for name in args.only):
        rust.build()
    environment = {**os.environ, **ONE_THREAD, **KEEP_FREED, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHON", None)  # make hands it on, and tinygrad would take it for the name of a device
    rows = []
    for round_, name, task in tqdm(plan(args.only, args.tasks, args.rounds, args.seed_rounds), "runs"):
        command = [sys.executable, "-m", "benchmarks.peers", name, task, str(round_)]
        said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if said.returncode:
            sys.exit(f"{name}, {task}: expected it to run, got\n{said.stderr}")
        found = json.loads(said.stdout.splitlines()[-1])
        rows.append({"program": name, "task": task, "round": round_} | found)
    rows = pd.DataFrame(rows).reindex(columns=["program", "task", "round", "seconds", "accuracy", "memory", "part"])
    sizes = {name: size(PROGRAMS[name].needs) for name in args.only if PROGRAMS[name].needs}
    whole = args.only == list(PROGRAMS)
    if whole:
        RESULTS.mkdir(exist_ok=True)
        rows.to_csv(RESULTS / "seed_table.csv", index=False, float_format="%.6g")
        about = machine() | {"installed": {name: round(each, 1) for name, each in sizes.items()}}
        (RESULTS / "seed_table.json").write_text(json.dumps(about, indent=1) + "\n")
    with pd.option_context("display.width", 250, "display.max_columns", 20):
        print(table(rows, sizes).round(4).to_string(na_rep="–"))
    if not whole:
        print("nothing was written: the table has all programs")


if __name__ == "__main__":
    main()
