"""A page for each student: what passed, what did not and why, the points, and the student's own code beside it."""

from functools import cache
from pathlib import Path

import jinja2
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from nnlib import files

from .marks import notes_of, points_of

PAGE = Path(__file__).with_name("feedback.html")
WORDS = {
    "graded": "",
    "missing": "Nothing was handed in.",
    "unreadable": "What was handed in could not be read. It was not marked; hand in a notebook that opens.",
    "timed out": "Your notebook took too long, and nothing could be tested. It was not marked.",
    "crashed": "Your notebook ended Python before anything could be tested. It was not marked.",
}


def page(assignment, result, given=None, comments=None):
    """Return the page of one student, HTML that needs nothing else.

    Parameters
    ----------
    assignment : Assignment
    result : dict
        What `assignments.grade` found.
    given, comments : dict, optional
        By question: points and words of a person. Points so given count in place of those of the tests.
    """
    given, comments = given or {}, comments or {}
    points = points_of(assignment, result) | given
    questions = [
        {
            "name": question,
            "points": points[question],
            "of": worth,
            "given": question in given and question not in assignment.written,
            "written": result["written"].get(question) if question in assignment.written else None,
            "is_written": question in assignment.written,
            "comment": comments.get(question),
            "code": _code(result["code"].get(question)),
            "checks": [check for check in result["checks"] if check["question"] == question],
        }
        for question, worth in assignment.questions.items()
    ]
    counted = [value for value in points.values() if value is not None]
    return _template().render(
        assignment=assignment,
        result=result,
        words=WORDS[result["outcome"]],
        notes=notes_of(result),
        questions=questions,
        total=sum(counted) if counted else None,
        waiting=sum(question["is_written"] and question["points"] is None for question in questions),
    )


def write(path, html):
    """Write a page; it appears whole."""
    with files.whole(path) as part:
        part.write_text(html, encoding="utf-8", errors="replace")


def _code(source):
    """Return code with its words marked for the style sheet, or None where there is none."""
    return source and highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


@cache
def _template():
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["number"] = lambda value: f"{value:g}"
    return environment.from_string(PAGE.read_text(encoding="utf-8"))
