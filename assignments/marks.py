"""Marks: one table for the LMS, and nbgrader's gradebook beside it, which says the same.

A result is what `assignments.grade` found for one student, plain data. What a person gave to a written answer, in
nbgrader's formgrader, stands in the gradebook alone and is read from there.
"""

import copy
import os
import re
import sys
import unicodedata
import warnings
from contextlib import closing
from pathlib import Path

import pandas as pd

from nnlib import files

from . import notebook

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet computes what begins so


def table(assignment, results, given=None):
    """Return the marks of an assignment, a row a student.

    Parameters
    ----------
    assignment : Assignment
    results : list of dict
    given : dict, optional
        {student: {question: points}}, what persons gave, over what a test found too.

    Returns
    -------
    DataFrame
        Of each student the outcome and its reason, the points of each question, their sum, and how many written
        answers wait for a mark. Where nothing could be graded there are no points: nobody's 0 is a crash.
    """
    rows = []
    for result in sorted(results, key=lambda result: result["student"]):
        points = points_of(assignment, result) | (given or {}).get(result["student"], {})
        counted = [points[question] for question in assignment.questions if points[question] is not None]
        rows.append(
            {"student": result["student"], "name": result.get("name", ""), "outcome": result["outcome"]}
            | {question: points[question] for question in assignment.questions}
            | {"points": sum(counted) if counted else None, "of": assignment.points}
            | {"to mark": sum(points[question] is None for question in assignment.written) if counted else 0}
            | {"reason": result["reason"], "notes": "; ".join(notes_of(result))}
        )
    columns = ["student", "name", "outcome", *assignment.questions, "points", "of", "to mark", "reason", "notes"]
    return pd.DataFrame(rows, columns=columns)


def notes_of(result):
    """Return sentences on what was odd: how the file was chosen or handed in, and what was in it."""
    return [*filter(None, [result.get("remark")]), *result["notes"]]


def points_of(assignment, result):
    """Return {question: points} of one student; None for what no test can mark, and where nothing could be graded."""
    if result["outcome"] != "graded":
        missed = 0.0 if result["outcome"] == "missing" else None
        return dict.fromkeys(assignment.questions, missed)
    points = dict.fromkeys(assignment.questions, 0.0)
    for check in result["checks"]:
        points[check["question"]] += check["points"]
    for question in assignment.written:  # what was left as it was given earns nothing, and nobody need read it
        points[question] = None if result["written"].get(question) else 0.0
    return points


def write(path, marks):
    """Write a table of marks where a spreadsheet and an LMS read it; the file appears whole."""
    safe = marks.map(lambda value: harmless(value) if isinstance(value, str) else value)
    with files.whole(path) as part:
        safe.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")


def harmless(text):
    """Return a text in one line that no spreadsheet takes for a formula."""
    line = re.sub(r"[\s\x00-\x1f\x7f]+", " ", text.encode("utf-8", "replace").decode("utf-8")).strip()
    seen = unicodedata.normalize(
        "NFKC", "".join(filter(str.isprintable, line))
    )  # wide signs count, too, and hidden ones
    return f"'{line}" if seen.lstrip().startswith(FORMULAS) else line


def notebook_of(assignment, result):
    """Return the file that nbgrader's formgrader shows: the release, with the student's answers and what tests found.

    Parameters
    ----------
    assignment : Assignment
    result : dict

    Returns
    -------
    str
    """
    made = copy.deepcopy(assignment.release)
    for cell in made["cells"]:
        label = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if result["code"].get(label):
            cell["source"] = result["code"][label]
        if label in assignment.written:
            cell["source"] = result["written"].get(label) or "(nothing was written)"
        if label.startswith("points-"):
            checks = [check for check in result["checks"] if f"points-{check['question']}" == label]
            lines = [f"{check['outcome']}: {check['says']} {check['reason']}".rstrip() + "\n" for check in checks]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]
    return notebook.text(made)


class Gradebook:
    """nbgrader's gradebook of a course, for its formgrader.

    Parameters
    ----------
    path : path
        Of the database; it is made where it is not there.
    """

    def __init__(self, path):
        from nbgrader import api  # here: a release, or a student's page, needs no nbgrader

        before = os.environ["PATH"]  # a new database is made by a program that lies beside Python
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
        try:
            self._book = api.Gradebook(f"sqlite:///{path}")
        finally:
            os.environ["PATH"] = before

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with closing(self._book):
            self._book.db.commit()

    def enter(self, assignment, results):
        """Enter what tests found; what persons gave stays.

        Parameters
        ----------
        assignment : Assignment
        results : list of dict
        """
        book, name = self._book, assignment.name
        book.update_or_create_assignment(name)
        book.update_or_create_notebook(name, name)
        for question, worth in assignment.questions.items():
            written = question in assignment.written
            kind = {"max_score": worth, "cell_type": "markdown" if written else "code"}
            book.update_or_create_grade_cell(assignment.points_cell(question), name, name, **kind)
            book.update_or_create_solution_cell(question, name, name)
        for result in results:
            student = result["student"]
            book.update_or_create_student(student, last_name=harmless(result.get("name", "")))
            if result["outcome"] == "missing":
                continue
            with warnings.catch_warnings():  # of SQLAlchemy's, about how nbgrader makes one
                warnings.simplefilter("ignore")
                book.update_or_create_submission(name, student)
            for question, points in points_of(assignment, result).items():
                grade = book.find_grade(assignment.points_cell(question), name, name, student)
                grade.auto_score = points
                grade.needs_manual_grade = points is None and grade.manual_score is None
            book.db.commit()

    def given(self, assignment):
        """Return what persons gave, {student: {question: points}}, and wrote, {student: {question: words}}."""
        questions = {assignment.points_cell(question): question for question in assignment.questions}
        points, words = {}, {}
        for submission in self._book.assignment_submissions(assignment.name) if self._knows(assignment) else ():
            student = submission.student.id
            for pages in submission.notebooks:
                for grade in pages.grades:
                    if grade.manual_score is not None and grade.name in questions:
                        points.setdefault(student, {})[questions[grade.name]] = grade.manual_score
                for comment in pages.comments:
                    if comment.manual_comment:
                        words.setdefault(student, {})[comment.name.removeprefix("points-")] = comment.manual_comment
        return points, words

    def _knows(self, assignment):
        return any(known.name == assignment.name for known in self._book.assignments)
