"""`make test-matrix`: its rows, and the kernel that no processor has (.ci/another_order.c)."""

import os
import re
import shutil
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
SHIM = ROOT / ".ci" / "another_order.c"
ROWS = subprocess.run([ROOT / ".ci/matrix", "--list"], capture_output=True, text=True, check=True).stdout.splitlines()

# Of each kind of product that chapters make, and of each function that has a library of its own.
PROGRAM = """
import sys
import numpy as np
rng = np.random.default_rng(0)
A, B, x = rng.normal(size=(50, 784)), rng.normal(size=(784, 64)), rng.normal(size=784)
for dtype in (np.float64, np.float32):
    a, b, v = A.astype(dtype), B.astype(dtype), x.astype(dtype)
    for made in (a @ b, b.T @ a.T, a.T @ a, a @ v, v @ b, v @ v, np.asfortranarray(a) @ b, a[:, ::2] @ b[::2],
                 a[:, :1] @ b[:1], np.exp(a), np.log(np.abs(a)), np.tanh(a), np.exp(dtype(0)), np.log(dtype(1))):
        sys.stdout.buffer.write(np.ravel(made).astype(np.float64).tobytes())
"""


def test_any_two_settings_of_the_matrix_meet():
    table = [row.split() for row in ROWS]
    for one, other in combinations(range(4), 2):
        settings = [{row[column] for row in table} for column in (one, other)]
        assert {(row[one], row[other]) for row in table} == set(product(*settings))
    kernels = {row[2] for row in table}
    assert kernels == {"SkylakeX", "Haswell", "Prescott", "another"}


def test_the_workflow_runs_each_row():
    workflow = (ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8")
    (rows,) = re.findall(r"^ +row: \[(.*)\]$", workflow, re.MULTILINE)
    assert [int(number) for number in rows.split(",")] == list(range(1, len(ROWS) + 1))


def test_a_row_that_there_is_not_is_named():
    result = subprocess.run([ROOT / ".ci/matrix", "99"], capture_output=True, text=True)
    assert result.returncode == 1 and f"expected rows 1 to {len(ROWS)}, got 99" in result.stderr


@pytest.fixture(scope="module")
def another_order(tmp_path_factory):
    if sys.platform != "linux" or not shutil.which("cc"):
        pytest.skip("only Linux can put it before OpenBLAS, and it needs a C compiler, cc")
    library = tmp_path_factory.mktemp("kernel") / "another_order.so"
    options = "-O2 -Wall -Wextra -Werror -shared -fPIC -fno-builtin".split()  # noqa: SIM905
    subprocess.run(["cc", *options, "-o", library, SHIM, "-ldl", "-lm"], check=True)
    return library


def computed(**environment):
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, env=os.environ | environment)
    assert result.returncode == 0 and not result.stderr, result.stderr.decode()
    return np.frombuffer(result.stdout)


def test_another_order_of_summation_changes_the_last_digits_and_nothing_else(another_order):
    plain, one, same, two = (
        computed(), *(computed(LD_PRELOAD=str(another_order), ANOTHER_ORDER=seed) for seed in "112")
    )  # fmt: skip
    half = len(plain) // 2
    for other in (one, two):
        assert (other[:half] != plain[:half]).mean() > 0.1
        assert np.abs(other[:half] - plain[:half]).max() < 1e-11
        assert np.abs(other[half:] - plain[half:]).max() < 1e-3
    assert np.array_equal(one, same) and (one != two).mean() > 0.1
    assert plain[half - 2 : half].tolist() == one[half - 2 : half].tolist() == [1, 0]
