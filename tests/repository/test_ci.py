"""Continuous integration runs the command of the tests, and fails where it fails or tests nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSED, NONE = "=== 12 passed, 1 skipped in 3.21s ===", "=== 12 deselected in 0.21s ==="
MAKE = """#!/bin/sh
echo "$1" >> asked
echo "{}"
exit {}
"""


@pytest.mark.parametrize(
    ("closing", "status", "passes"), [(PASSED, 0, True), (PASSED, 2, False), (NONE, 0, False), ("", 0, False)]
)
def test_the_command_runs_and_counts(tmp_path, closing, status, passes):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE.format(closing, status))
    make.chmod(0o755)
    path = f"{make.parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run([tmp_path / ".ci" / "run"], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert (tmp_path / "asked").read_text().split() == ["test"]
    assert (run.returncode == 0) == passes, run.stdout + run.stderr
    assert f"make test: {closing}" in run.stdout
