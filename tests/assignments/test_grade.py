"""Grading, where what goes wrong is not the student's doing."""

import json
import sys

import pytest

from assignments import course, grade, sandbox
from assignments.sandbox import NoSandbox

ASSIGNMENT = course.assignment("softmax")
linux = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")


def touched(text="x = 1"):
    """Return the bytes of the released notebook with a cell of a student's own."""
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
    return json.dumps(ASSIGNMENT.release | {"cells": [*ASSIGNMENT.release["cells"], own]}).encode()


def test_a_sandbox_that_is_lost_in_the_middle_is_nobodys_zero(monkeypatch):
    def start(self, limits=None):
        raise NoSandbox("expected to start a sandbox, got: no memory")

    monkeypatch.setattr(sandbox.Sandbox, "start", start)
    with pytest.raises(NoSandbox, match="no memory"):
        grade.grade(ASSIGNMENT, touched(), "secret")


def test_an_empty_folder_is_missing_not_unreadable(tmp_path):
    (tmp_path / "in" / "ada").mkdir(parents=True)
    its = folder.Course(tmp_path / "course")
    its.collect(ASSIGNMENT, tmp_path / "in")
    (found,) = its.grade(ASSIGNMENT, verbose=False)
    assert (found["student"], found["outcome"], found["score"]) == ("ada", "missing", 0)
