"""Continuous integration runs the commands of the tests, and fails where one fails or tests nothing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSED, NONE = "=== 12 passed, 1 skipped in 3.21s ===", "=== 12 deselected in 0.21s ==="
COMMANDS = ["test", "test-browser-all MINUTES=10"]
MAKE = """#!/bin/sh
echo "$*" >> asked
[ "$1" = "{}" ] || {{ echo "{}"; exit 0; }}
echo "{}"
exit {}
"""


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    ("closing", "status", "passes"), [(PASSED, 0, True), (PASSED, 2, False), (NONE, 0, False), ("", 0, False)]
)
def test_the_commands_run_and_count(tmp_path, place, closing, status, passes):
    """One of them ends like this, the others pass; after one that fails comes none."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(MAKE.format(COMMANDS[place].split()[0], PASSED, closing, status))
    make.chmod(0o755)
    path = f"{make.parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run([tmp_path / ".ci" / "run"], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert (tmp_path / "asked").read_text().splitlines() == (COMMANDS if passes else COMMANDS[: place + 1])
    assert (run.returncode == 0) == passes, run.stdout + run.stderr
    assert f"make {COMMANDS[place]}: {closing}" in run.stdout
