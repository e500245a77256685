"""No solution of an assignment stands in what students get, nor anywhere on the site."""

import html
import json
import re
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

from assignments import course
from assignments.notebook import leaks, text

ROOT = Path(__file__).parents[2]
NAMES = course.names()
TEXTS = {".html", ".ipynb", ".json", ".md", ".py", ".txt"}
ARCHIVES = {".whl", ".zip"}
# Lines of solutions that the chapters have too, as they derive them. Any other one must be looked at.
SHARED = {
    r"\begin{aligned}",
    r"\end{aligned}",
    "Z = Z - Z.max(axis=1, keepdims=True)",
    "dW1 = X.T @ dz1",
    "dW2 = a1.T @ dz2",
    "db1 = dz1.sum(axis=0)",
    "db2 = dz2.sum(axis=0)",
    "for name, param in params.items():",
    "if loss < lowest:",
    "if waited == patience:",
    "return Z",
    "return dX, dK",
    "return wrong",
    "waited += 1",
}
SECRET = {"checks.py", "mistakes.py", "scheme.md", "source.ipynb"}  # files of an assignment that students do not get


def source(name):
    return ROOT / "assignments" / name / "source.ipynb"


def strings(value):
    """Yield all strings of what a JSON file says."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from strings(entry)


def lines(path):
    """Return the lines of a file of the site: what a page shows, what a JSON file holds."""
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in (".json", ".ipynb"):
        content = "\n".join(strings(json.loads(content)))
    if path.suffix == ".html":
        content = html.unescape(re.sub(r"<[^>]*>", "", content))
    return {line.strip() for line in content.splitlines()}


def words(line):
    return frozenset(re.findall(r"\w+", line))


class Site:
    """The lines of the site by their words, so that a solution is compared with the few that have its words."""

    def __init__(self, folder):
        self.paths = [path for path in sorted(folder.rglob("*")) if path.suffix in TEXTS]
        self.place, self._having = {}, defaultdict(set)
        for path in self.paths:
            for line in lines(path) - self.place.keys():
                self.place[line] = path.relative_to(folder)
                for word in words(line):
                    self._having[word].add(line)

    def like(self, name):
        """Return the lines that have all the words of some line of an assignment's notebook."""
        found = set()
        for told in strings(json.loads(source(name).read_text(encoding="utf-8"))):
            for wanted in map(words, told.splitlines()):
                if len(wanted) > 1:
                    found |= set.intersection(*(self._having[word] for word in wanted))
        return found


@pytest.fixture(scope="module")
def searched(site):
    return Site(site.html)


@pytest.mark.parametrize("name", NAMES)
def test_a_release_has_no_solution(name):
    """Not of its own and not of an earlier one: assignment 4 goes on with the functions of 2 and 3."""
    released, earlier = text(course.assignment(name).release), NAMES[: NAMES.index(name) + 1]
    found = {other: set(leaks(source(other), released)) - SHARED for other in earlier}
    assert not any(found.values()), found


@pytest.mark.parametrize("name", NAMES)
def test_the_site_has_no_solution(searched, name):
    """What an earlier release tells, which has none of the solutions up to its own, may be used in a later one."""
    assert len(searched.paths) > 60 and len(searched.place) > 10_000
    near = searched.like(name)
    found = set(leaks(source(name), "\n".join(near))) - SHARED
    for earlier in NAMES[: NAMES.index(name)]:
        found -= set(leaks(source(name), text(course.assignment(earlier).release)))
    where = {line: next((str(searched.place[each]) for each in near if line in each), "") for line in found}
    assert where == {}, f"lines of the solution of {name} stand on the site"


def test_a_solution_on_the_site_is_found(tmp_path):
    """Coloured on a page, in a notebook, in a sentence: each line is."""
    line = "return (functional.softmax(Z) - shares_among(Z, candidates)) / len(Z)"
    page = line.replace("softmax", '<span class="n">softmax</span>')
    for name, content in {
        "page.html": f"<pre>    {page}\n</pre>",
        "notebook.ipynb": json.dumps({"cells": [{"source": ["def f():\n", f"    {line}\n"]}]}),
        "all.json": json.dumps({"files": {"f.py": f"def f():\n    {line}\n"}}),
        "answer.md": f"The answer is {line}, as you see.",
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text(content, encoding="utf-8")
        assert leaks(source("softmax"), "\n".join(Site(folder).like("softmax"))) == [line], name


def test_the_site_has_none_of_the_files(site):
    """No tests, mistakes, schemes or sources; not in its archives either."""
    names = [path.relative_to(site.html).as_posix() for path in site.html.rglob("*")]
    for path in site.html.rglob("*"):
        if path.suffix in ARCHIVES:
            with zipfile.ZipFile(path) as archive:
                names += archive.namelist()
    of_an_assignment = {name for name in names if set(name.split("/")) & set(NAMES)}
    assert [name for name in of_an_assignment if name.rpartition("/")[2] in SECRET] == []
    assert [name for name in names if name.rpartition("/")[2] in SECRET - {"checks.py"}] == []
