"""Grading, where what goes wrong is not the student's doing."""

import functools
import json
import threading

import pytest

from assignments import course, feedback, folder, grade, sandbox
from assignments.sandbox import NoSandbox

ASSIGNMENT = course.assignment("softmax")


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


def test_a_machine_whose_sandbox_does_not_hold_grades_nothing(monkeypatch):
    """Another machine of a cluster, which nobody has tried before it is given a submission."""
    tried = []

    def probe(self):
        tried.append(self)
        if len(tried) < 3:
            raise NoSandbox("the sandbox does not hold")

    monkeypatch.setattr(sandbox.Sandbox, "probe", probe)
    monkeypatch.setattr(grade.subprocess, "run", lambda *_, **__: pytest.fail("a submission was begun"))
    grade.try_the_sandbox.cache_clear()
    for _ in range(2):
        with pytest.raises(NoSandbox, match="does not hold"):
            grade.in_a_process("softmax", touched(), "secret")
    for _ in range(2):  # it holds now, which is found out once
        grade.try_the_sandbox(unsafe=False)
    assert len(tried) == 3
    grade.try_the_sandbox.cache_clear()


@pytest.mark.parametrize(("words", "shown"), [("it reads 94.3 %", "it reads 94.3 %"), (None, "")])
def test_what_a_test_says_that_passed_stands_on_the_students_page(words, shown):
    check = ASSIGNMENT.checks[0]
    says_so = check._replace(run=functools.wraps(check.run)(lambda student, rng: words))
    entry = grade._run(says_so, None, None)
    assert (entry["outcome"], entry["points"], entry["reason"]) == ("passed", check.points, shown)
    result = grade.record(ASSIGNMENT, "graded", checks=[entry])
    page = feedback.page(ASSIGNMENT, result | {"student": "ada", "name": "Ada"})
    assert shown in page and "None" not in page


def test_an_empty_folder_is_missing_not_unreadable(tmp_path):
    (tmp_path / "in" / "ada").mkdir(parents=True)
    its = folder.Course(tmp_path / "course")
    its.collect(ASSIGNMENT, tmp_path / "in")
    (found,) = its.grade(ASSIGNMENT, verbose=False)
    assert (found["student"], found["outcome"], found["score"]) == ("ada", "missing", 0)


@pytest.mark.parametrize("left", [False, True])
def test_a_secret_is_drawn_once_and_nobody_else_reads_it(tmp_path, left):
    path = tmp_path / "course" / "secret"
    if left:  # empty, by a run that was killed as it made it
        path.parent.mkdir()
        path.touch(mode=0o600)
    drawn = folder.Course(tmp_path / "course").secret
    assert len(drawn) == 64 and folder.Course(tmp_path / "course").secret == drawn == path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert folder.Course(tmp_path / "another").secret != drawn


def class_of(*students):
    return [(student, student.title(), touched(f"# {student}"), "") for student in students]


def test_one_that_could_not_be_graded_stops_no_other(tmp_path, monkeypatch):
    def in_a_process(name, content, *_):
        if b"# bob" in content:
            raise RuntimeError("expected to start a sandbox")
        return grade.record(ASSIGNMENT, "graded")

    monkeypatch.setattr(grade, "in_a_process", in_a_process)
    with pytest.raises(RuntimeError, match=r"1 of 3 submissions could not be graded; bob: expected to start"):
        grade.everyone(ASSIGNMENT, class_of("ada", "bob", "eva"), tmp_path, "secret", verbose=False)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["ada", "eva"]


def test_a_remark_is_kept_with_the_result_and_a_new_one_grades_nothing_again(tmp_path, monkeypatch):
    graded = []
    monkeypatch.setattr(grade, "in_a_process", lambda *_: graded.append(1) or grade.record(ASSIGNMENT, "graded"))
    for remark in ("", "the latest of 2 attempts"):
        late = [("ada", "Ada", touched(), remark)]
        (result,) = grade.everyone(ASSIGNMENT, late, tmp_path, "secret", verbose=False)
        assert result == json.loads((tmp_path / "ada.json").read_text()) and result["remark"] == remark
    assert len(graded) == 1


def test_how_a_file_was_handed_in_reaches_its_result(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("lovelaceada_LATE_12345_67890_softmax-1.ipynb", "lovelaceada_LATE_12345_67891_softmax-2.ipynb"):
        (tmp_path / "in" / name).write_bytes(touched())
    monkeypatch.setattr(grade, "in_a_process", lambda *_: grade.record(ASSIGNMENT, "graded"))
    its = folder.Course(tmp_path / "course")
    its.collect(ASSIGNMENT, tmp_path / "in")
    (result,) = its.grade(ASSIGNMENT, verbose=False)
    assert "attempts" in result["remark"] and "late" in result["remark"]


def test_when_it_is_stopped_no_other_begins(tmp_path, monkeypatch):
    began, stop = [], threading.Event()

    def in_a_process(name, content, *_):
        began.append(content)
        stop.wait(10)
        return grade.record(ASSIGNMENT, "graded")

    def interrupted(futures):
        threading.Timer(0.2, stop.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(grade, "in_a_process", in_a_process)
    monkeypatch.setattr(grade, "as_completed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grade.everyone(ASSIGNMENT, class_of(*"abcdef"), tmp_path, "secret", workers=1, verbose=False)
    assert len(began) == 1


def test_what_the_grader_itself_died_of_is_tried_again(tmp_path, monkeypatch):
    class Died:
        returncode, stderr = -9, b""

    monkeypatch.setattr(grade.subprocess, "run", lambda *a, **k: Died)
    (found,) = grade.everyone(ASSIGNMENT, class_of("ada"), tmp_path, "secret", verbose=False)
    assert (found["outcome"], found["score"], found["reason"]) == ("crashed", None, "the grader ended: status -9")
    monkeypatch.setattr(grade, "in_a_process", lambda *_: grade.record(ASSIGNMENT, "graded"))
    (found,) = grade.everyone(ASSIGNMENT, class_of("ada"), tmp_path, "secret", verbose=False)
    assert found["outcome"] == "graded"


def test_marks_of_another_submission_do_not_stand_for_this_one(tmp_path, monkeypatch):
    monkeypatch.setattr(grade, "in_a_process", lambda *_: grade.record(ASSIGNMENT, "graded"))
    grade.everyone(ASSIGNMENT, class_of("ada"), tmp_path, "secret", verbose=False)

    def lost(*_):
        raise RuntimeError("no sandbox")

    monkeypatch.setattr(grade, "in_a_process", lost)
    with pytest.raises(RuntimeError):
        grade.everyone(ASSIGNMENT, [("ada", "Ada", touched("y = 2"), "")], tmp_path, "secret", verbose=False)
    assert list(tmp_path.iterdir()) == []
