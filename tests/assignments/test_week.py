"""The usual week of a course is three commands of make."""

import os
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from assignments import course

ROOT = Path(__file__).parents[2]


@pytest.fixture
def make(tmp_path):
    """Run a command of make for the course in a folder whose name has blanks."""

    def run(*words, **settings):
        environment = {**os.environ, "COURSE": str(tmp_path / "this year")} | settings
        command = ["make", "-s", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.sweep
def test_a_week(make, tmp_path):
    """Release, grade with marks and feedback, and these again after marking by hand."""
    its = tmp_path / "this year"
    assert make("release").returncode == 0
    assert sorted(path.stem for path in its.glob("release/*/*.ipynb")) == sorted(course.names())
    handed_in = tmp_path / "from the LMS"
    handed_in.mkdir()
    (handed_in / "ada.ipynb").write_bytes((its / "release" / "softmax" / "softmax.ipynb").read_bytes())
    result = make("grade", NAME="softmax", FROM=str(handed_in))
    assert result.returncode == 0, result.stdout + result.stderr
    table, page = its / "marks" / "softmax.csv", its / "feedback" / "ada" / "softmax" / "softmax.html"
    assert pd.read_csv(table)["reason"][0].startswith("empty") and "empty" in page.read_text(encoding="utf-8")
    for path in (table, page):
        path.unlink()
    result = make("marks", NAME="softmax")
    assert result.returncode == 0 and table.exists() and page.exists(), result.stdout + result.stderr


def test_what_is_missing_is_said(make):
    result = make("grade", NAME="")
    assert result.returncode == 2 and "expected an assignment of" in result.stderr
    result = make("marks", NAME="softmax")
    assert result.returncode == 2 and "python -m assignments grade comes first" in result.stderr
