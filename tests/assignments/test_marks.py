"""Marks: the table for the LMS, nbgrader's gradebook, and what a person gives over what tests found."""

import csv
import shutil
import warnings

import pandas as pd
import pytest
from nbgrader.api import Gradebook

from assignments import course, feedback, grade, marks

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own
ASSIGNMENT = course.assignment("softmax")
QUESTIONS = list(ASSIGNMENT.questions)
WRITTEN = list(ASSIGNMENT.written)


def result(student, outcome="graded", reason="", name="", missed=(), written=None):
    """Return a result in which all tests pass but those of some questions."""
    made = grade.record(ASSIGNMENT, outcome, reason, written=written or dict.fromkeys(WRITTEN, ""))
    if outcome == "graded":
        for check in made["checks"]:
            passed = check["question"] not in missed
            check |= {"points": check["max"] if passed else 0.0, "outcome": "passed" if passed else "failed"}
            made["checks"][[each["name"] for each in made["checks"]].index(check["name"])] = check
        made["score"] = sum(check["points"] for check in made["checks"])
    return made | {"student": student, "name": name or student}


ADA = result("ada", written=dict.fromkeys(WRITTEN, "Because."))
BOB = result("bob", missed=["set_surprise"])
CAT = result("cat", "timed out", "no answer within 10 seconds")
DAN = result("dan", "unreadable", "the file is empty")
EVA = result("eva", "missing")
CLASS = [EVA, DAN, CAT, BOB, ADA]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A new gradebook, which takes seconds to make."""
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    with marks.Gradebook(path) as book:
        assert book.given(ASSIGNMENT) == ({}, {})
    return path


@pytest.fixture
def path(tmp_path, empty):
    return shutil.copy(empty, tmp_path / "gradebook.db")


def enter(path, results=CLASS):
    with marks.Gradebook(path) as book:
        book.enter(ASSIGNMENT, results)


def give(path, student, question, points=None, words=None):
    """Do what a person does in formgrader."""
    with Gradebook(f"sqlite:///{path}") as book:
        where = (ASSIGNMENT.points_cell(question), ASSIGNMENT.name, ASSIGNMENT.name, student)
        if points is not None:
            found = book.find_grade(*where)
            found.manual_score, found.needs_manual_grade = points, False
        if words is not None:
            book.find_comment(question, *where[1:]).manual_comment = words
        book.db.commit()


def given(path):
    with marks.Gradebook(path) as book:
        return book.given(ASSIGNMENT)


# ---- the table -------------------------------------------------------------------------------------------------------


def test_a_table_has_a_row_a_student_in_order():
    table = marks.table(ASSIGNMENT, CLASS)
    assert list(table["student"]) == ["ada", "bob", "cat", "dan", "eva"]
    assert list(table["outcome"]) == ["graded", "graded", "timed out", "unreadable", "missing"]
    assert list(table.columns[:3]) == ["student", "name", "outcome"]
    assert list(table.columns[3 : 3 + len(QUESTIONS)]) == QUESTIONS


def test_what_was_not_graded_has_no_points_and_what_is_missing_has_0():
    table = marks.table(ASSIGNMENT, CLASS).set_index("student")
    assert table.loc["ada", "points"] == 40 and table.loc["bob", "points"] == 30
    assert pd.isna(table.loc["cat", "points"]) and pd.isna(table.loc["dan", "points"])
    assert table.loc["cat", QUESTIONS].isna().all()
    assert table.loc["eva", "points"] == 0 and (table.loc["eva", QUESTIONS] == 0).all()
    assert (table["of"] == ASSIGNMENT.points).all()


def test_written_answers_wait_where_something_was_written():
    table = marks.table(ASSIGNMENT, CLASS).set_index("student")
    assert list(table["to mark"]) == [len(WRITTEN), 0, 0, 0, 0]
    assert table.loc["ada", WRITTEN].isna().all() and (table.loc["bob", WRITTEN] == 0).all()


def test_a_remark_on_how_it_was_handed_in_reaches_the_table_and_the_page():
    result = CLASS[0] | {"remark": "the LMS marks it as late", "notes": ["a BOM"]}
    assert marks.table(ASSIGNMENT, [result]).loc[0, "notes"] == "the LMS marks it as late; a BOM"
    page = feedback.page(ASSIGNMENT, result)
    assert "Note: the LMS marks it as late." in page and "Note: a BOM." in page


def test_a_person_wins_over_the_tests():
    table = marks.table(
        ASSIGNMENT, CLASS, {"bob": {"set_surprise": 7.5}, "ada": {WRITTEN[0]: 3.0}, "cat": {"prediction": 1.0}}
    )
    table = table.set_index("student")
    assert table.loc["bob", "set_surprise"] == 7.5 and table.loc["bob", "points"] == 37.5
    assert table.loc["ada", "points"] == 43 and table.loc["ada", "to mark"] == len(WRITTEN) - 1
    assert table.loc["cat", "points"] == 1 and table.loc["cat", "outcome"] == "timed out"


def test_an_empty_class_has_a_head(tmp_path):
    marks.write(tmp_path / "marks.csv", marks.table(ASSIGNMENT, []))
    (head,) = list(csv.reader((tmp_path / "marks.csv").open()))
    assert head[0] == "student" and "points" in head


# ---- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+41 79", "'+41 79"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r\n =1", "'=1"),
        ("\0=1", "'=1"),
        ("\x0b=1", "'=1"),
        ("\u00a0=1", "'=1"),
        ("Zoë, the \"second\"\nof two", 'Zoë, the "second" of two'),
        ("half \ud83d", "half ?"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)  # fmt: skip
def test_no_spreadsheet_computes_a_text(text, expected):
    assert marks.harmless(text) == expected


@pytest.mark.parametrize("first", ["\u200b", "\ufeff", "\u202e", "\x1b", "\x01", "\x7f", "\u2066"])
def test_nor_one_behind_what_cannot_be_seen(first):
    assert marks.harmless(f"{first}=1+1").startswith("'")


@pytest.mark.parametrize("sign", ["＝", "＋", "－", "＠"])
def test_nor_one_with_wide_signs(sign):
    assert marks.harmless(f"{sign}1+1").startswith("'")


def test_the_lms_reads_what_was_written(tmp_path):
    odd = [
        result("a1", name="=cmd|' /C calc'!A0", reason="@x"),
        result("a2", name='Ng, "Zoë"\r\nLi\0\ud83d', reason="one, two\n=three"),
        result("a3", "crashed", "-1", name="<script>"),
    ]
    marks.write(tmp_path / "marks.csv", marks.table(ASSIGNMENT, odd))
    content = (tmp_path / "marks.csv").read_bytes()
    assert content.count(b"\n") == 4 and b"\r" not in content and b"\0" not in content
    head, *rows = csv.reader(content.decode("utf-8").splitlines())
    assert [len(row) for row in rows] == [len(head)] * 3
    assert not any(cell.startswith(marks.FORMULAS) for row in rows for cell in row)
    table = pd.read_csv(tmp_path / "marks.csv")
    assert list(table["points"].fillna(-1)) == [40, 40, -1]
    assert table.loc[1, "name"] == 'Ng, "Zoë" Li ?' and table.loc[1, "reason"] == "one, two =three"


# ---- nbgrader's gradebook --------------------------------------------------------------------------------------------


def test_the_gradebook_says_the_same(path):
    """Without a warning of a library's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # of what another test left to be collected
        enter(path)
    table = marks.table(ASSIGNMENT, CLASS, given(path)[0]).set_index("student")
    with Gradebook(f"sqlite:///{path}") as book:
        assert book.find_assignment("softmax").max_score == ASSIGNMENT.points
        assert {student.id for student in book.students} == {"ada", "bob", "cat", "dan", "eva"}
        scores = {s.student.id: (s.score, s.needs_manual_grade) for s in book.assignment_submissions("softmax")}
    assert scores == {"ada": (40, True), "bob": (30, False), "cat": (0, True), "dan": (0, True)}
    assert table.loc["ada", "points"] == 40


def test_points_of_a_person_stay_when_tests_are_entered_again(path):
    enter(path)
    give(path, "ada", WRITTEN[0], 3.5)
    give(path, "bob", "set_surprise", 4)
    give(path, "cat", "prediction", 2)
    for _ in range(2):
        points, _ = given(path)
        assert points == {"ada": {WRITTEN[0]: 3.5}, "bob": {"set_surprise": 4}, "cat": {"prediction": 2}}
        table = marks.table(ASSIGNMENT, CLASS, points).set_index("student")
        with Gradebook(f"sqlite:///{path}") as book:
            for submission in book.assignment_submissions("softmax"):
                assert submission.score == table.loc[submission.student.id, "points"] or submission.student.id == "dan"
            left = book.find_grade(WRITTEN[0], "softmax", "softmax", "ada")
            assert not left.needs_manual_grade
        enter(path, [result("bob"), *(each for each in CLASS if each is not BOB)])  # graded again, and better
        assert given(path)[0]["bob"] == {"set_surprise": 4}


def test_a_tests_points_change_when_it_is_graded_again(path):
    enter(path)
    enter(path, [result("bob")])
    with Gradebook(f"sqlite:///{path}") as book:
        assert book.find_submission("softmax", "bob").score == 40
        assert book.find_submission("softmax", "ada").score == 40
    enter(path, [result("bob", "crashed", "it exits")])
    with Gradebook(f"sqlite:///{path}") as book:
        assert book.find_submission("softmax", "bob").score == 0
        assert book.find_submission("softmax", "bob").needs_manual_grade


def test_comments_reach_the_students_page(path):
    enter(path)
    give(path, "ada", WRITTEN[0], 2, "Look at <b>chapter 05</b> again.")
    give(path, "bob", "set_surprise", 9, "A good idea.")
    enter(path)
    points, words = given(path)
    page = feedback.page(ASSIGNMENT, ADA, points.get("ada"), words.get("ada"))
    assert "Look at &lt;b&gt;chapter 05&lt;/b&gt; again." in page
    assert "42 of 48 points" in page and "1 written\nanswer waits" in page
    page = feedback.page(ASSIGNMENT, BOB, points.get("bob"), words.get("bob"))
    assert "A person has given these points" in page and "9 of 10" in page and "A good idea." in page


def test_nobody_gave_anything_in_another_assignment(path):
    assert given(path) == ({}, {})
    enter(path)
    assert given(path) == ({}, {})


def test_two_assignments_are_in_one_gradebook(path):
    other = course.assignment("digits")
    enter(path)
    with marks.Gradebook(path) as book:
        book.enter(other, [grade.record(other, "graded") | {"student": "ada", "name": "Ada"}])
    give(path, "ada", WRITTEN[0], 1)
    with marks.Gradebook(path) as book:
        assert book.given(other) == ({}, {})
        assert book.given(ASSIGNMENT)[0] == {"ada": {WRITTEN[0]: 1}}


# ---- a page ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "words"), [(CAT, "took too long"), (DAN, "could not be read"), (EVA, "Nothing was")])
def test_a_page_says_why_nothing_was_graded(entry, words):
    page = feedback.page(ASSIGNMENT, entry)
    assert words in page and "<table>" not in page
    assert entry["reason"] in page
    assert ("points</strong>" in page) == (entry is EVA)


def test_the_notebook_for_formgrader_has_the_students_answers():
    shown = result("ada", written={WRITTEN[0]: "Because </script> it is so."})
    shown["code"] = {"prediction": "def prediction():\n    return 1"}
    text = marks.notebook_of(ASSIGNMENT, shown)
    assert "def prediction():" in text and "Because </script> it is so." in text and "nothing was written" in text
    assert "YOUR ANSWER HERE" not in text and "passed: " in text
