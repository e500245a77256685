"""The assignments: what their tests give to the solution, to the released notebook, and to each mistake of the scheme.

Each folder of `assignments/` that has a ``source.ipynb`` is tried. Beside it lie

- ``checks.py``, its tests;
- ``mistakes.py`` with a list ``MISTAKES`` of ``(what it is, {question: code}, points)``: the code stands in place of
  the whole cell of that answer, None leaves the cell as it was released, and all other answers are the solution's. The
  points are those that the tests must give in all; what is marked by hand is not among them. A list ``LONG`` of the
  same kind, where there is one, has those that take a second or more, and is the sweep's;
- ``scheme.md``, with a row ``| what it is | points |`` for each of them;
- where functions are handed over that no other assignment has, ``given.py``.

The answers run here in a namespace of this process, not in the sandbox: what a test says about an answer is tried, and
not what keeps the answer in its place.
"""

import copy
import functools
import importlib
import pickle
import re
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from assignments import course, given, release  # noqa: E402
from assignments.checks import Missed, checks_of, generator  # noqa: E402
from assignments.process import Limits  # noqa: E402
from assignments.student import Given  # noqa: E402
from nnlib import data  # noqa: E402

DIGITS = functools.cache(data.load_mnist)

FOLDERS = sorted(source.parent for source in ROOT.glob("assignments/*/source.ipynb"))
SECRETS = ("one course", "another course", "a third", "a fourth")
SECONDS = 20  # of one core, for one assignment
SHARE = 0.1  # of the sandbox's seconds for a call: so long may an answer compute here, on any machine
LONG = 0.3  # seconds from which on what a call gave is kept
REGION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)
SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===\n(.*?)=== END MARK SCHEME ===", re.DOTALL)
PLAIN = (bool, int, float, complex, str, bytes, type(None))


def plain(value):
    """Return a value as it would cross from a worker: a copy, NumPy's numbers as Python's; or raise Missed."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value) in PLAIN:
        return value
    if type(value) is np.ndarray and value.dtype.kind in "biufc":
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(plain(entry) for entry in value)
    if type(value) is dict:
        return {plain(key): plain(entry) for key, entry in value.items()}
    raise Missed(f"expected numbers and arrays, got {type(value).__name__}")


@contextmanager
def limited(seconds):
    """Raise TimeoutError once the block has computed for so long; waiting for a busy machine does not count."""

    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Kept:
    """An object that stays with the student's code; its methods give plain data."""

    def __init__(self, student, instance):
        self._student, self._instance = student, instance

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **named: plain(
            self._student._call(getattr(self._instance, name, None), name, arguments, named)
        )


class StandIn:
    """A student whose cells run here, one after the other, as the worker would run them.

    What a call gave that took long, a training, is kept for all whose code it depends on is the same: most mistakes do
    not change it.
    """

    kept = {}  # noqa: RUF012

    def __init__(self, code, folder):
        self._names = {"__name__": "__main__"}
        self._texts, self.errors, self._hung = {}, [], {}
        self._seconds = SHARE * course.assignment(folder.name).limits.call
        own = load(folder, "given") if (folder / "given.py").exists() else None
        self._given = vars(given) | vars(own or given)
        for text in code:
            try:
                exec(compile(text, "<answer>", "exec"), self._names)
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            for name in re.findall(r"^(?:def|class) (\w+)|^(\w+) =", text, re.MULTILINE):
                self._texts["".join(name)] = text

    def _crossed(self, value):
        if isinstance(value, Given):
            return self._given[value.name](*copy.deepcopy(value.arguments))
        if isinstance(value, Kept):
            return value._instance
        if type(value) in (list, tuple):
            return type(value)(map(self._crossed, value))
        return plain(value)

    def _call(self, function, name, arguments, named):
        if function is None:
            raise Missed(f"there is no {name}")
        if self._hung.get(name, 0) >= Limits.hangs:
            raise Missed(f"{name} took too long before and was not called again", "timed out")
        if any(name == kept for kept, *_ in self.kept) and (key := self._key(name, arguments, named)) in self.kept:
            return copy.deepcopy(self.kept[key])
        crossed = [self._crossed(value) for value in arguments]
        named_crossed = {key: self._crossed(value) for key, value in named.items()}
        began = time.perf_counter()
        try:
            with np.errstate(all="ignore"), limited(self._seconds):
                result = function(*crossed, **named_crossed)
        except TimeoutError:
            self._hung[name] = self._hung.get(name, 0) + 1
            raise Missed(f"{name} gave no answer within {self._seconds:g} seconds", "timed out") from None
        except Exception as error:
            raise Missed(f"{name} raised {type(error).__name__}: {error}") from None
        if time.perf_counter() - began > LONG:
            self.kept[self._key(name, arguments, named)] = copy.deepcopy(result)
        return result

    def _key(self, name, arguments, named):
        """Return what a call's result depends on: its arguments, and the cells whose names stand in its own, or in
        theirs.
        """
        texts, names = set(), {name}
        while names:
            text = self._texts.get(names.pop())
            if text is not None and text not in texts:
                texts.add(text)
                names |= set(re.findall(r"\w+", text))
        return name, pickle.dumps((arguments, named)), frozenset(texts)

    def make(self, name, *arguments, **named):
        return Kept(self, self._call(self._names.get(name), name, arguments, named))

    def has(self, name):
        return name in self._names

    def value(self, name):
        if name not in self._names:
            raise Missed(f"there is no {name}")
        return plain(self._names[name])

    def source(self, name):
        return self._texts.get(name, "")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **named: plain(self._call(self._names.get(name), name, arguments, named))


def load(folder, name):
    return importlib.import_module(f"assignments.{folder.name}.{name}")


def read(folder):
    return nbformat.read(folder / "source.ipynb", as_version=4)


def grader(cell):
    return cell.metadata.get("nbgrader", {})


def is_answer(cell):
    return cell.cell_type == "code" and grader(cell).get("solution", False)


def is_written(cell):
    return cell.cell_type == "markdown" and grader(cell).get("solution", False)


def is_given(cell):
    return cell.cell_type == "code" and grader(cell).get("grade_id", "").startswith("given-")


def released(folder):
    """Return the notebook as students get it."""
    return nbformat.from_dict(release.release(folder / "source.ipynb"))


def answers(notebook):
    """Return the text of each answer's cell, by its question."""
    return {grader(cell)["grade_id"]: cell.source for cell in notebook.cells if is_answer(cell)}


@pytest.fixture(autouse=True)
def digits_are_loaded_once(monkeypatch):
    monkeypatch.setattr(data, "load_mnist", DIGITS)


def code_of(notebook, instead=None, stubs=None):
    """Return what is executed: the given cells, then the answers, some of them replaced; where None stands in place of
    one, the stub.
    """
    code = answers(notebook)
    for question, text in (instead or {}).items():
        assert question in code, f"no answer {question}: {sorted(code)}"
        code[question] = stubs[question] if text is None else text
    return [*(cell.source for cell in notebook.cells if is_given(cell)), *code.values()]


def marks(folder, code, secret):
    """Return {name of a test: (question, points it gave, points it may give, what was said)}."""
    student, found = StandIn(code, folder), {}
    for test in checks_of(load(folder, "checks")):
        try:
            test.run(student, generator(secret, folder.name, test.name))
            found[test.name] = (test.question, test.points, test.points, "")
        except AssertionError as missed:
            found[test.name] = (test.question, 0, test.points, str(missed))
    return found


def total(found):
    return sum(points for _, points, _, _ in found.values())


each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


@each_folder
def test_the_notebook_has_the_form(folder):
    notebook = read(folder)
    about = notebook.metadata["assignment"]
    assert about["name"] == folder.name and about["title"] and about["number"] >= 1
    assert 90 <= about["minutes"] <= (300 if folder.name == "project" else 210)
    nbformat.validate(notebook)
    ids = [grader(cell)["grade_id"] for cell in notebook.cells if grader(cell)]
    assert len(set(ids)) == len(ids)
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, f"cell {place} has outputs: commit it without"
            assert grader(cell), f"code cell {place} is not marked"
        if not grader(cell):
            continue
        assert cell.id == grader(cell)["grade_id"]
        assert grader(cell)["schema_version"] == 3 and grader(cell)["cell_type"] == cell.cell_type
        assert grader(cell)["locked"] != grader(cell)["solution"]
        if is_answer(cell):
            assert len(REGION.findall(cell.source)) == 1, f"{cell.id}: expected one region of a solution"
            behind = [grader(after).get("grade_id") for after in notebook.cells[place + 1 : place + 3]]
            assert behind == [f"try-{cell.id}", f"points-{cell.id}"], f"behind {cell.id} stand {behind}"
        elif is_written(cell):
            assert len(SCHEME.findall(cell.source)) == 1 and SCHEME.sub("", cell.source).strip() == ""
            assert 3 <= grader(cell)["points"] <= 6
        else:
            assert re.match(r"given-|try-|points-", cell.id), f"{cell.id}: is it given, a self-check or points?"


@each_folder
def test_the_points_add_up(folder):
    cells = {cell.id: cell for cell in read(folder).cells if grader(cell)}
    worth = {}
    for test in checks_of(load(folder, "checks")):
        worth[test.question] = worth.get(test.question, 0) + test.points
    answers = {name for name, cell in cells.items() if is_answer(cell)}
    assert set(worth) == answers, f"answers {sorted(answers)}, tests for {sorted(worth)}"
    for question, points in worth.items():
        assert grader(cells[f"points-{question}"])["points"] == points, f"{question}: its tests add up to {points}"
    by_hand = sum(grader(cell)["points"] for cell in cells.values() if is_written(cell))
    scheme = (folder / "scheme.md").read_text(encoding="utf-8")
    said = re.search(r"\*\*(\d+) points\*\*: (\d+) by the tests, (\d+) by hand", scheme)
    assert said, "expected the scheme to say **N points**: N by the tests, N by hand"
    assert tuple(map(int, said.groups())) == (sum(worth.values()) + by_hand, sum(worth.values()), by_hand)


@each_folder
def test_each_test_says_in_a_sentence_what_it_tests(folder):
    tests = checks_of(load(folder, "checks"))
    for test in tests:
        assert test.run.__doc__, f"{test.name} says nothing"
        assert re.fullmatch(r"[A-Z`].{20,}\.", " ".join(test.says.split())), f"{test.name} says: {test.says}"
    assert len({test.says for test in tests}) == len(tests)


@each_folder
def test_the_solution_gets_all_points(folder):
    for secret in SECRETS:
        for name, (_, points, most, said) in marks(folder, code_of(read(folder)), secret).items():
            assert points == most, f"{name}: {said}"


@each_folder
def test_the_released_notebook_gets_none(folder):
    notebook = released(folder)
    found = marks(folder, code_of(notebook), SECRETS[0])
    assert total(found) == 0, found
    source = folder / "source.ipynb"
    assert not release.leaks(source, release.text(release.release(source)))


def mistakes(folder):
    """Return the mistakes of an assignment, and those that take long."""
    module = load(folder, "mistakes")
    return module.MISTAKES, getattr(module, "LONG", [])


def sweep(folder):
    """Return the parameters of a test of all mistakes, which is the sweep's."""
    seconds = 90 if mistakes(folder)[1] else 30
    return pytest.param(folder, True, marks=pytest.mark.sweep(seconds=seconds), id=f"{folder.name}-whole")


@pytest.mark.parametrize(
    ("folder", "whole"),
    [*(pytest.param(folder, False, id=folder.name) for folder in FOLDERS), *map(sweep, FOLDERS)],
)
def test_each_mistake_costs_what_the_scheme_says(folder, whole):
    """Those that take long, and all of them with another secret, are the sweep's."""
    notebook, stubs, wrong = read(folder), answers(released(folder)), []
    scheme = (folder / "scheme.md").read_text(encoding="utf-8")
    usual, long = mistakes(folder)
    if whole:
        tried = [*((SECRETS[0], mistake) for mistake in long), *((SECRETS[1], mistake) for mistake in [*usual, *long])]
    else:
        tried = [(SECRETS[0], mistake) for mistake in usual]
    for secret, (what, instead, points) in tried:
        found = marks(folder, code_of(notebook, instead, stubs), secret)
        if total(found) != points:
            missed = [f"    {name} ({most}): {said}" for name, (_, got, most, said) in found.items() if got < most]
            wrong.append("\n".join([f"{what}: expected {points}, got {total(found)}", *missed]))
        if f"| {what} | {points:g} |" not in scheme:
            wrong.append(f"{what}: expected a row of the scheme, | {what} | {points:g} |")
    assert not wrong, "\n".join(wrong)


@each_folder
def test_there_are_mistakes_enough(folder):
    usual, long = mistakes(folder)
    partial = [what for what, instead, _ in usual if None in instead.values()]
    assert len(usual) - len(partial) >= 8 and len(partial) >= 3
    assert len({what for what, _, _ in usual + long}) == len(usual + long)
    broken = {question for _, instead, _ in usual + long for question, code in instead.items() if code is not None}
    assert broken == {test.question for test in checks_of(load(folder, "checks"))}, "a question without a mistake"


@each_folder
def test_it_does_not_take_long(folder, monkeypatch):
    monkeypatch.setattr(StandIn, "kept", {})
    before = time.process_time()
    marks(folder, code_of(read(folder)), SECRETS[0])
    assert time.process_time() - before < SECONDS / 4, "one submission should take a few seconds at most"
