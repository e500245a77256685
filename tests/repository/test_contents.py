"""Every chapter stands in every list: the contents, the README's table, the weekly plan, and the map of the API."""

import json
import re
from pathlib import Path

import pytest
from built_site import pages
from equations import collect

ROOT = Path(__file__).parents[2]


def chapters():
    """Map each chapter's number to its title, as its notebook says."""
    found = {}
    for path in sorted(ROOT.glob("notebooks/*.ipynb")):
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        found[path.name[:2]] = re.search(r"^# (?:\d\d · )?(.*)$", first, re.MULTILINE)[1]
    return found


CHAPTERS = chapters()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def table(name, head):
    """Return the rows of the table in the file `name` whose head begins with `head`, each a list of cells."""
    rows = re.search(rf"^\| {re.escape(head)} \|.*\n\|[- |]+\|\n((?:\|.*\n)+)", read(name), re.MULTILINE)[1]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows.splitlines()]


def test_every_page_is_in_the_contents_once():
    """A page that is missing there is not built, and nothing else would say so."""
    names = [path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob("notebooks/*.ipynb")]
    names += [f"book/{path.stem}" for path in ROOT.glob("book/*.md")]
    assert sorted(pages()) == sorted(names)


def test_the_contents_have_the_chapters_in_order():
    there = [name for name in pages() if name.startswith("notebooks/")]
    assert there == sorted(there) and there


def test_the_readme_has_each_chapter_with_its_title():
    rows = re.findall(r"^\| (\d\d) \| (.*?) \| (.*?) \|$", read("README.md"), re.MULTILINE)
    assert [(number, title) for number, title, _ in rows] == list(CHAPTERS.items())
    assert all(words for _, _, words in rows)


def test_the_weekly_plan_has_each_chapter_once():
    planned = [number for row in table("book/introduction.md", "week") for number in re.findall(r"<ch-(\d\d)>", row[1])]
    assert planned == list(CHAPTERS)


@pytest.mark.parametrize("path", sorted(ROOT.glob("book/*.md")), ids=lambda path: path.stem)
def test_a_chapter_is_named_by_its_own_number(path):
    named = re.findall(r"\{ref\}`(?:chapter )?(\d\d) <ch-(\d\d)>`", path.read_text(encoding="utf-8"), re.IGNORECASE)
    assert [pair for pair in named if pair[0] != pair[1]] == []


def modules():
    """Map each module of nnlib that the page of the API lists to the chapters which its section names."""
    found = {}
    for name, words in re.findall(r"^### `nnlib\.(\w+)`\n(.*?)^```", read("book/api.md"), re.MULTILINE | re.DOTALL):
        spans = re.findall(r"<ch-(\d\d)>`(?: to \{ref\}`\d\d <ch-(\d\d)>`)?", words)
        found[name] = {f"{n:02d}" for first, last in spans for n in range(int(first), int(last or first) + 1)}
    return found


def module(line):
    """The module of nnlib in which a line of code is; a folder is one, with all its files."""
    return Path(line.path).with_suffix("").parts[1]


def test_the_api_lists_every_module_that_a_chapter_uses_or_derives():
    lines = [line for equation in collect(ROOT) for line in equation.code]
    used = {module(line) for line in lines if line.path.startswith("nnlib/")}
    for path in ROOT.glob("notebooks/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for names in re.findall(r"^ *from nnlib import ([\w, ]+)", "".join(cell["source"]), re.MULTILINE):
                used.update(names.replace(" ", "").split(","))
    assert len(used) > 5 and used <= set(modules())


def test_the_api_names_the_chapters_that_a_module_comes_from():
    named, missing = modules(), []
    for equation in collect(ROOT):
        chapter = equation.chapter[:2]
        for line in equation.code:
            name = module(line)
            if name in named and chapter not in named[name]:
                missing.append(f"{name}: {equation.label} is derived in chapter {chapter}")
    assert missing == []


def test_no_placeholder_is_left():
    """What `make chapter` and `make assignment` write and an author must replace."""
    places = ["README.md", "_toc.yml", "book/*.md", "notebooks/*.ipynb", "book/_static/figures/*.js"]
    places += ["tests/figure_rows/*.py", "assignments/*/*.*"]
    paths = [path for place in places for path in ROOT.glob(place) if path.suffix != ".pyc"]
    left = [path for path in paths if re.search(r"\bTODO\b", path.read_text(encoding="utf-8"))]
    assert not left, "TODO still stands in\n" + "\n".join(path.relative_to(ROOT).as_posix() for path in left)
