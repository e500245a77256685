"""Continuous integration runs both commands of the tests, and fails where one fails or tests nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSED, NONE = "=== 12 passed, 1 skipped in 3.21s ===", "=== 12 deselected in 0.21s ==="
MAKE = """#!/bin/sh
echo "$1" >> asked
case $1 in
    test) echo "{}"; exit {};;
    *) echo "{}"; exit {};;
esac
"""


@pytest.mark.parametrize(
    ("first", "status", "second", "also", "asked", "passes"),
    [
        (PASSED, 0, PASSED, 0, ["test", "test-browser-all"], True),
        (PASSED, 2, PASSED, 0, ["test"], False),
        (NONE, 0, PASSED, 0, ["test"], False),
        ("", 0, PASSED, 0, ["test"], False),
        (PASSED, 0, PASSED, 2, ["test", "test-browser-all"], False),
        (PASSED, 0, NONE, 0, ["test", "test-browser-all"], False),
        (PASSED, 0, "", 0, ["test", "test-browser-all"], False),
    ],
)
def test_both_commands_run_and_count(tmp_path, first, status, second, also, asked, passes):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE.format(first, status, second, also))
    make.chmod(0o755)
    path = f"{make.parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run([tmp_path / ".ci" / "run"], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert (tmp_path / "asked").read_text().split() == asked
    assert (run.returncode == 0) == passes, run.stdout + run.stderr
    assert f"make test: {first}" in run.stdout
