"""What each page knows of the exercises, so that it can show a reader's progress; and how little that weighs."""

import gzip
import json
import re

import nbformat
import progress
import pytest
from built_site import ROOT, pages
from nbformat import v4

LIGHT = 8_000  # bytes that a page has more for it, compressed


def task(title, label):
    return v4.new_markdown_cell(f":::{{exercise}} {title}\n:label: {label}\n\nDo it.\n\n:::")


def check(name, body="pass"):
    return v4.new_code_cell(f"def check_{name}(answer):\n    {body}", metadata={"tags": ["check", "hide-cell"]})


def exercises_of(folder, *cells):
    path = folder / "00_made_up.ipynb"
    path.write_text(nbformat.writes(v4.new_notebook(cells=list(cells))), encoding="utf-8")
    return progress.exercises_of(path)


def test_an_exercise_has_its_label_its_title_and_its_checks_checksum(tmp_path):
    pencil = task("Prove", "ex-00-2")
    found = exercises_of(tmp_path, task("One", "ex-00-1"), check("one"), pencil, task("Two", "ex-00-3"), check("two"))
    assert {name: its[:2] for name, its in found.items()} == {"one": ("ex-00-1", "One"), "two": ("ex-00-3", "Two")}
    checksum = found["one"][2]
    assert re.fullmatch("[0-9a-f]{8}", checksum)
    assert exercises_of(tmp_path, task("New", "ex-00-9"), check("one"))["one"][2] == checksum
    assert exercises_of(tmp_path, task("One", "ex-00-1"), check("one", "assert answer"))["one"][2] != checksum


@pytest.mark.parametrize(
    "cells",
    [
        [check("one")],
        [task("One", "ex-00-1"), check("one"), check("two")],
        [task("One", "ex-00-1"), check("one"), task("Two", "ex-00-2"), check("one")],
    ],
)
def test_a_check_without_a_task_or_a_name_of_its_own_is_refused(tmp_path, cells):
    with pytest.raises(ValueError, match="labelled task"):
        exercises_of(tmp_path, *cells)


def test_every_page_knows_all_exercises_and_is_hardly_heavier_for_it(site):
    modules = sum(len(gzip.compress(path.read_bytes())) for path in (site.html / "_static/progress").iterdir())
    known = set()
    for name in [*pages(), "search"]:
        page = (site.html / f"{name}.html").read_text(encoding="utf-8")
        facts = re.search(r'<script id="progress-exercises"[^>]*>(.*?)</script>', page)
        (place,) = (found.start() for found in re.finditer(r'src="[^"]*progress/mount\.js\?v=', page))
        assert page.index('type="importmap"') < page.index('type="module"') <= place
        assert modules + len(gzip.compress(facts[0].encode())) < LIGHT
        known.add(facts[1])
    (facts,) = known
    checks = sum(path.read_text(encoding="utf-8").count("exercise.report(check_") for path in ROOT.glob("notebooks/*"))
    published = {chapter: set(its) for chapter, its in json.loads(facts).items()}
    assert sum(map(len, published.values())) == checks / 2 > 50, "each stands in an answer and in a solution"
    labels = {label for its in json.loads(facts).values() for label, _ in its.values()}
    table = (site.html / "book/progress.html").read_text(encoding="utf-8")
    assert labels == set(re.findall(r'href="[^"]*#(ex-[\d-]+)"', table))
