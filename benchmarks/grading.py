"""How long a class takes to grade, and how much memory: the time should grow with it, the memory should not.

    python benchmarks/grading.py
    python benchmarks/grading.py --sizes 30 60

writes benchmarks/results/grading.csv, one row a class. A class hands in assignment 3; every third student leaves one
of its functions out. Each is graded as an instructor does it, `python -m assignments grade`, in a sandbox on all cores.
The memory is that of the largest process, which is the tool or one student's.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assignments import course
from assignments.folder import Course
from tests.assignments.corpus import solutions

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "grading.csv"
ASSIGNMENT = course.assignment("backpropagation")
COLUMNS = ["submissions", "seconds", "megabytes", "points", "most"]


def handed_in(number):
    """Return a student's notebook, as text; each is another one."""
    answers = list(solutions(ASSIGNMENT.name).values())
    if number % 3 == 0:
        del answers[number // 3 % len(answers)]
    own = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
    own["source"] = "\n\n".join([f"# student {number}", *answers])
    return json.dumps(ASSIGNMENT.release | {"cells": [*ASSIGNMENT.release["cells"], own]})


def graded(size):
    """Grade a class of this size; return its row."""
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(size):
            place = Path(scratch, "in", f"student-{number}", f"{ASSIGNMENT.name}.ipynb")
            place.parent.mkdir(parents=True)
            place.write_text(handed_in(number), encoding="utf-8")
        command = [sys.executable, "-m", "assignments", "--course", f"{scratch}/course", "grade", ASSIGNMENT.name]
        before = time.perf_counter()
        grading = subprocess.Popen([*command, f"{scratch}/in"], cwd=ROOT)
        _, status, used = os.wait4(grading.pid, 0)
        seconds = time.perf_counter() - before
        results = Course(Path(scratch, "course")).results(ASSIGNMENT).values()
    if status or {result["outcome"] for result in results} != {"graded"}:
        raise RuntimeError(f"expected all {size} to be graded, got the status {status}")
    scores = [result["score"] for result in results]
    return size, seconds, used.ru_maxrss / 1024, min(scores), max(scores)


def main():
    """Grade classes of growing size, write the table, print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[60, 600], help="of the classes (default: 60 600)")
    table = pd.DataFrame(map(graded, parser.parse_args().sizes), columns=COLUMNS).assign(
        cores=os.cpu_count(), date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        python=platform.python_version(), numpy=np.__version__, machine=platform.machine(),
    )  # fmt: skip
    table.to_csv(RESULTS, index=False, float_format="%.1f")
    print(table[COLUMNS].round(1).to_string(index=False))


if __name__ == "__main__":
    main()
