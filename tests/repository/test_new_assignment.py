"""`make assignment` begins an assignment that is whole: it passes what every assignment must pass."""

import json
import re
from pathlib import Path

import pytest
from scratch import copied, run

ROOT = Path(__file__).parents[2]
SLUG = "scaffold"
TITLE = "A title: “quoted”, with \\ and $x$"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what an assignment is made from, and of what tries it."""
    return copied(tmp_path_factory.mktemp("course"), (".ci/assignment", "assignments", "tests/assignments"))


def new(folder, *arguments):
    return run(folder, ".ci/assignment/new.py", *arguments)


@pytest.fixture(scope="module")
def begun(copy):
    result = new(copy, "99", SLUG, TITLE)
    assert result.returncode == 0, result.stdout + result.stderr
    return copy, result.stdout


def test_it_says_what_it_wrote_and_what_comes_next(begun):
    folder, said = begun
    for name in ("source.ipynb", "checks.py", "mistakes.py", "scheme.md"):
        assert f"assignments/{SLUG}/{name}" in said
        text = (folder / "assignments" / SLUG / name).read_text(encoding="utf-8")
        assert not re.search(r"NUMBER|TITLE", text) and "TODO" in text
    assert "test_assignments.py -k scaffold" in said and "book/teaching.md" in said
    about = json.loads((folder / "assignments" / SLUG / "source.ipynb").read_text())["metadata"]["assignment"]
    assert about == {"name": SLUG, "number": 99, "title": TITLE, "minutes": 90}


def test_a_new_assignment_passes_what_every_assignment_must_pass(begun):
    """Its form, its points, full marks for its solution, none for its release, and what each mistake costs."""
    folder, _ = begun
    tests = ["tests/assignments/test_assignments.py", "-k", SLUG, "-q", "--import-mode=importlib"]
    result = run(folder, "-m", "pytest", "-p", "no:cacheprovider", *tests)
    assert result.returncode == 0, result.stdout + result.stderr
    assert int(re.search(r"(\d+) passed", result.stdout)[1]) >= 8
    for command in (["check"], ["format", "--check"]):
        options = ["--no-cache", "--config", str(ROOT / "pyproject.toml")]
        result = run(folder, "-m", "ruff", *command, *options, f"assignments/{SLUG}")
        assert result.returncode == 0 or "No module named ruff" in result.stderr, result.stdout


def test_the_course_has_it(begun):
    folder, _ = begun
    result = run(folder, "-m", "assignments", "release", SLUG)
    assert result.returncode == 0, result.stderr
    released = (folder / "course" / "release" / SLUG / f"{SLUG}.ipynb").read_text(encoding="utf-8")
    assert "your turn" in released and "YOUR ANSWER HERE" in released and "SOLUTION" not in released
    said = run(folder, "-m", "assignments", "status").stdout
    assert re.search(rf"^ *{SLUG} +16.0 +90 ", said, re.MULTILINE), said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x", "momentum", "Momentum"), "expected the assignment's number"),
        (("2", "momentum", "Momentum"), "assignments/softmax already"),
        (("98", "Momentum!", "Momentum"), "expected small letters"),
        (("98", "class", "Momentum"), "expected small letters"),
        (("98", "softmax", "Momentum"), "assignments/softmax already"),
        (("98", "grade", "Momentum"), "assignments/grade.py already"),
        (("98", "momentum", " "), "expected the title"),
        ((), "expected the assignment's number"),
    ],
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(copy, arguments, words):
    before = sorted(path for path in copy.glob("assignments/*"))
    result = new(copy, *arguments)
    assert result.returncode == 1 and words in result.stderr and "make assignment N=8" in result.stderr
    assert sorted(path for path in copy.glob("assignments/*")) == before
