"""The assignments of the course, each a folder with ``source.ipynb`` and ``checks.py``, and what they are worth."""

import importlib
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from . import notebook
from .checks import checks_of
from .process import Limits

ROOT = Path(__file__).parent


class Assignment(NamedTuple):
    """An assignment: its name, which is that of its folder, and what a student gets and gives.

    Attributes
    ----------
    name, title : str
    number, minutes : int
    limits : Limits
        On what a student's code may use: the usual ones, or for as many seconds a call as the notebook's metadata say.
    release : dict
        The notebook that students get.
    released : Submission
        The same, as it is read when it comes back.
    answers : list of str
        The questions that tests mark.
    checks : list of Check
    written : dict
        From each question that a person marks to what it is worth.
    """

    name: str
    number: int
    title: str
    minutes: int
    limits: Limits
    release: dict
    released: notebook.Submission
    answers: list
    checks: list
    written: dict

    @property
    def questions(self):
        """From each question to what it is worth, in the order of the notebook: {grade_id: points}."""
        tested = dict.fromkeys(self.answers, 0.0)
        for check in self.checks:
            tested[check.question] += check.points
        return tested | self.written

    def points_cell(self, question):
        """Return the grade_id of the cell that has a question's points: a written answer has its own."""
        return question if question in self.written else f"points-{question}"

    @property
    def points(self):
        """What the whole assignment is worth."""
        return sum(self.questions.values())


def names():
    """Return the names of all assignments, in the order of the course."""
    return [name for _, name in sorted((assignment(path.parent.name).number, path.parent.name) for path in _sources())]


@cache
def assignment(name):
    """Return an assignment.

    Raises
    ------
    ValueError
        If there is none of this name.
    """
    path = ROOT / name / "source.ipynb"
    if path not in _sources():
        there = ", ".join(sorted(path.parent.name for path in _sources()))
        raise ValueError(f"expected an assignment of {there}, got {name!r}")
    source = json.loads(path.read_text(encoding="utf-8"))
    released = notebook.release(source)
    read, said = notebook.read(released), source["metadata"]["assignment"]
    points = {
        cell["metadata"]["nbgrader"]["grade_id"]: float(cell["metadata"]["nbgrader"]["points"])
        for cell in source["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    answers = [cell.grade_id for cell in read.cells if cell.role == "answer"]
    written = {cell.grade_id: points[cell.grade_id] for cell in read.cells if cell.role == "written"}
    checks = checks_of(importlib.import_module(f"assignments.{name}.checks"))
    about = said["number"], said["title"], said["minutes"], Limits.of(said.get("seconds", Limits.call))
    return Assignment(name, *about, released, read, answers, checks, written)


def _sources():
    return set(ROOT.glob("*/source.ipynb"))
