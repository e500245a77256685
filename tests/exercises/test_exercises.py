"""The exercises of the chapters: what a check lets pass, and what it rejects.

`answers/NN_slug.py` holds a table of answers to a chapter's exercises, in cells, as Jupytext's percent format writes
them. The line above an answer says what it is:

    # %% NAME, wrong: part of what the check must say
    # %% NAME, lazy: part of what the check must say
    # %% NAME, right

A wrong answer is one that a reader may believe in, a lazy one evades the task, a right one goes another way than the
solution. Each runs where the reader's answer stands, on the text above it and on no other answer. One that is the
solution but for a few places says so: but("what stands there", "what comes in its place", and so on in pairs).
"""

import ast
import builtins
import copy
import functools
import gc
import re
import symtable
import warnings
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import matplotlib
import nbformat
import pytest
from gpu_devices import own

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONG = 100  # seconds in a browser, about ten times what it takes here: a training for which a sweep has time
HEADER = re.compile(r"^# %% (\w+), (?:(wrong|lazy): (.+)|right)$")
AT_LEAST = {"wrong": 4, "lazy": 2}


@dataclass
class Exercise:
    """One exercise of a chapter: the text's code cells above it, and its own three."""

    chapter: str
    name: str
    above: list
    check: str
    stub: str
    solution: str

    @functools.cached_property
    def needed(self):
        """Those cells above without which neither check nor solution can run: few of a chapter's trainings are."""
        wanted, cells = uses(f"{self.check}\n{self.solution}"), []
        for cell in reversed(self.above):
            bound, changed = makes(cell.source)
            if wanted & (bound | changed):
                wanted = wanted - bound | uses(cell.source)
                cells.append(cell)
        return cells[::-1]

    @property
    def long(self):
        return sum(cell.metadata.get("slow", {}).get("seconds", 0) for cell in self.needed) > LONG


def kind(cell):
    return next((tag for tag in ("exercise", "check", "solution") if tag in cell.metadata.get("tags", [])), "text")


def exercises(path):
    above, check, stub = [], None, None
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        if kind(cell) == "text":
            above.append(cell)
        elif kind(cell) == "check":
            check = cell.source
        elif kind(cell) == "exercise":
            stub = cell.source
        else:
            name = re.search(r"^def check_(\w+)\(", check, re.MULTILINE)[1]
            yield Exercise(path.stem, name, [*above], check, stub, cell.source)


def uses(source):
    """The names that a cell takes from the cells above it, and perhaps a few more."""
    waiting, names = [symtable.symtable(source, "cell", "exec")], set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return {name for name in names if not hasattr(builtins, name)}


def makes(source):
    """The names that a cell binds, and those in which an assignment of it changes something."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    changed = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            changed |= {node.id} if isinstance(node, ast.Name) else set()
    return bound, changed


# ---- the table of answers -------------------------------------------------------------------------------------------


@dataclass
class Answer:
    name: str
    kind: str
    says: str
    source: str
    line: int


def table(path):
    """Read the answers of a chapter; where there is no table there are none."""
    if not path.exists():
        return []
    answers = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("# %%"):
            if answers:
                answers[-1].source += line + "\n"
        elif header := HEADER.match(line):
            answers.append(Answer(header[1], header[2] or "right", header[3] or "", "\n" * number, number))
        else:
            raise ValueError(f"{path.name}, line {number}: expected {HEADER.pattern}, got {line!r}")
    return answers


@functools.cache
def answers(chapter):
    return table(ROOT / "tests" / "exercises" / "answers" / f"{chapter}.py")


# ---- running them ---------------------------------------------------------------------------------------------------


class Text:
    """The names that the text of a chapter leaves; its cells run when the first exercise needs them."""

    def __init__(self):
        self.names, self.ran = {"__name__": "__main__"}, set()

    def above(self, exercise):
        for cell in exercise.needed:
            if cell.id not in self.ran:
                exec(cell.source, self.names)
                self.ran.add(cell.id)
        return self.names


def written_out(exercise, source):
    """Return an answer's source; of one that says ``but(…)``, the solution's with its edits."""
    if not source.lstrip().startswith("but("):
        return source
    words, edited = (
        [ast.literal_eval(word) for word in ast.parse(source.strip(), mode="eval").body.args],
        exercise.solution,
    )
    for old, new in zip(words[::2], words[1::2], strict=True):
        assert edited.count(old) == 1, f"expected {old!r} once in the solution of {exercise.name}"
        edited = edited.replace(old, new)
    return edited


def judge(exercise, text, source):
    """Run an answer where the reader's stands; return what the check says of it.

    What check and answer use they get as copies: an answer that spoils them must not spoil them for the next.
    """
    names = dict(text.above(exercise))
    for name in uses(f"{exercise.check}\n{source}") & names.keys():
        with suppress(TypeError):  # a module
            names[name] = copy.deepcopy(names[name])
    exec(exercise.check, names)
    said = StringIO()
    with redirect_stdout(said):
        exec(source, names)
        names["exercise"].report(names[f"check_{exercise.name}"], names[exercise.name])
    return said.getvalue().splitlines()[-1]


@pytest.fixture(scope="module")
def texts():
    found = {path.stem: Text() for path in CHAPTERS}
    yield found
    found.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # what chapters leave to the end of Python goes here
        gc.collect()


EXERCISES = [
    pytest.param(path.stem, it, marks=[pytest.mark.sweep] if it.long else [], id=f"{path.stem}-{it.name}")
    for path in CHAPTERS
    for it in exercises(path)
]


@pytest.mark.parametrize(("chapter", "exercise"), EXERCISES)
def test_an_exercise_takes_what_is_right_and_nothing_else(chapter, exercise, texts, monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")  # as nbval does
    if "find()" in exercise.check:
        own()
    text, wrong = texts[chapter], []
    with matplotlib.rc_context({"backend": "agg"}):
        assert judge(exercise, text, exercise.stub) == f"{exercise.name}: not yet: your turn"
        assert judge(exercise, text, exercise.solution) == f"{exercise.name}: passed"
        for answer in answers(chapter):
            if answer.name == exercise.name:
                verdict = judge(exercise, text, written_out(exercise, answer.source))
                passed = verdict == f"{exercise.name}: passed"
                if passed != (answer.kind == "right") or answer.says not in verdict:
                    wrong.append(f"line {answer.line}, {answer.kind}, expected {answer.says!r}: {verdict}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_exercise_has_a_table_of_answers(path):
    names = [exercise.name for exercise in exercises(path)]
    told = answers(path.stem)
    assert {answer.name for answer in told} <= set(names), "answers to an exercise that is not in the chapter"
    for name in names:
        for which, least in AT_LEAST.items():
            found = [answer for answer in told if (answer.name, answer.kind) == (name, which)]
            assert len(found) >= least, f"{name}: expected {least} {which} answers or more, found {len(found)}"


# ---- these tests see what is wrong ----------------------------------------------------------------------------------


def test_a_table_is_read_by_its_headers(tmp_path):
    path = tmp_path / "table.py"
    path.write_text('"""Words."""\n\n# %% f, wrong: too small\ndef f():\n    return 1\n\n\n# %% f, right\nf = max\n')
    first, second = table(path)
    assert (first.name, first.kind, first.says, first.line) == ("f", "wrong", "too small", 3)
    assert (second.kind, second.says, second.source.strip()) == ("right", "", "f = max")
    path.write_text("# %% f, wrong\nf = 1\n")
    with pytest.raises(ValueError, match="line 1"):
        table(path)


def test_an_answer_may_be_the_solution_but_for_edits():
    exercise = Exercise("", "f", [], "", "", "def f():\n    return 1 + 2")
    assert written_out(exercise, '\n\nbut("1", "3", "2", "4")\n') == "def f():\n    return 3 + 4"
    assert written_out(exercise, "f = max") == "f = max"
    with pytest.raises(AssertionError, match="expected 'return 2' once in the solution of f"):
        written_out(exercise, 'but("return 2", "")')


def test_an_answer_that_spoils_what_the_text_has_spoils_it_for_itself_alone():
    cell = nbformat.v4.new_code_cell("from nnlib import exercise\nx = [1]")
    check = "def check_f(f):\n    assert f() == 1 and x == [1], 'no'"
    spoiled = Exercise("", "f", [cell], check, "", "def f():\n    return x[0]")
    text = Text()
    assert judge(spoiled, text, "def f():\n    x.append(2)\n    return x[0]") == "f: not yet: no"
    assert judge(spoiled, text, spoiled.solution) == "f: passed"
