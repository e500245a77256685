"""`make chapter` begins a chapter that is whole: it passes what every chapter must pass, and says what to replace."""

import re
import sys
from pathlib import Path

import pytest
from scratch import copied, run

ROOT = Path(__file__).parents[2]
NUMBER = f"{1 + max(int(path.name[:2]) for path in ROOT.glob('notebooks/[0-9][0-9]_*.ipynb')):02d}"
SLUG = "scaffold"
TEMPLATE = (ROOT / ".ci" / "chapter" / "cells.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what a chapter is made from."""
    trees = (".ci", "benchmarks", "book", "notebooks", "tests")
    files = ("README.md", "_toc.yml", "conftest.py", "pyproject.toml", "Makefile")
    return copied(tmp_path_factory.mktemp("book"), trees, files)


def new(folder, *arguments):
    return run(folder, ".ci/chapter/new.py", *arguments)


@pytest.fixture(scope="module")
def begun(copy):
    result = new(copy, str(int(NUMBER)), SLUG, "A title: “quoted”, with \\ and $x$")
    assert result.returncode == 0, result.stdout + result.stderr
    return copy, result.stdout


def test_it_says_what_it_wrote_and_what_comes_next(begun):
    folder, said = begun
    for name in (f"notebooks/{NUMBER}_{SLUG}.ipynb", f"tests/figure_rows/{SLUG}.py", f"still/{SLUG}.svg", "README.md"):
        assert name in said
    assert f"make check CHAPTER={NUMBER}" in said
    assert f"| {NUMBER} | A title: “quoted”, with \\ and $x$ | TODO |\n" in (folder / "README.md").read_text()


def test_a_new_chapter_passes_what_every_chapter_must_pass(begun):
    """Its form, its cells run again, its figure with all its tests, its place in every list."""
    folder, _ = begun
    tests = ["notebooks/test_structure.py", "figures", "repository/test_contents.py"]
    chosen = f"{NUMBER}_{SLUG} or [{SLUG}] or every_figure_has_a_row or (test_contents and not placeholder)"
    paths = [f"notebooks/{NUMBER}_{SLUG}.ipynb", *(f"tests/{name}" for name in tests)]
    result = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths, "-k", chosen)
    assert result.returncode == 0, result.stdout + result.stderr
    code_cells = sum(line.startswith("%% ex") * 3 + line.startswith("%% code") for line in TEMPLATE.splitlines())
    figure_tests = 6
    assert int(re.search(r"(\d+) passed", result.stdout)[1]) >= code_cells + figure_tests + 1
    result = run(folder, "-m", "ruff", "check", "--no-cache", f"tests/figure_rows/{SLUG}.py")
    assert result.returncode == 0 or "No module named ruff" in result.stderr, result.stdout


def test_what_an_author_has_not_replaced_is_found(begun):
    folder, _ = begun
    placeholder = "tests/repository/test_contents.py::test_no_placeholder_is_left"
    result = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", placeholder)
    assert result.returncode == 1
    assert f"notebooks/{NUMBER}_{SLUG}.ipynb" in result.stdout and f"figures/{SLUG}.js" in result.stdout


def test_its_part_of_the_book_is_the_right_one(begun):
    folder, _ = begun
    sys.path.insert(0, str(folder / ".ci" / "chapter"))
    try:
        from new import PARTS
    finally:
        sys.path.pop(0)
    caption = next(caption for last, caption, _ in PARTS if int(NUMBER) <= last)
    parts = (folder / "_toc.yml").read_text(encoding="utf-8").split("  - caption: ")
    assert [part.splitlines()[0] for part in parts[-3:]] == [caption, "In a course", "Reference"]
    globs = re.findall(r"glob: (\S+)", "".join(parts))
    assert len(globs) > 2 and all(list(folder.glob(f"{pattern}.ipynb")) for pattern in globs)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x", "momentum", "Momentum"), "expected the chapter's number"),
        (("04", "momentum", "Momentum"), "04_softmax.ipynb already"),
        (("77", "momentum", "Momentum"), "0 to 29"),
        (("22", "Momentum!", "Momentum"), "expected small letters"),
        (("25", "softmax", "Momentum"), "figures/softmax.js already"),
        (("22", "momentum", " "), "expected the title"),
        ((), "expected the chapter's number"),
    ],
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(copy, arguments, words):
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    result = new(copy, *arguments)
    assert result.returncode == 1 and words in result.stderr and "make chapter N=10" in result.stderr
    after = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert after == {path: time for path, time in before.items() if path.suffix != ".pyc"}


# ---- make check -----------------------------------------------------------------------------------------------------


def test_check_chooses_what_concerns_the_chapter():
    sys.path.insert(0, str(ROOT / ".ci" / "chapter"))
    try:
        from check import arguments
    finally:
        sys.path.pop(0)
    result = run(ROOT, "-m", "pytest", "-q", "--collect-only", *arguments(ROOT / "notebooks" / "04_softmax.ipynb"))
    for test in (
        "04_softmax.ipynb::Cell 0",
        "test_structure.py::test_chapter[04_softmax]",
        "test_figures.py::test_numbers_and_layout[softmax]",
        "test_functional.py::test_softmax",
        "test_site.py::test_strict_build_is_clean",
        "notebooks/04_softmax]",
        "test_promise.py",
    ):
        assert test in result.stdout, test
    assert "02_linear.ipynb::" not in result.stdout and "[relu]" not in result.stdout
    assert "expected the number of a chapter" in run(ROOT, ".ci/chapter/check.py", "99").stderr
