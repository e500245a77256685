"""The instructor's pages follow the chapters, the weekly plan and the assignments, and give no solution away."""

import re

import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, pages
from teaching import assignments as assignments_of
from teaching import objectives, weeks

from assignments import release

CHAPTERS = [name for name in pages() if name.startswith("notebooks/")]


def page(site, name):
    return BeautifulSoup((site.html / "book" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def words(text):
    return re.findall(r"\w+", text)


def test_the_plan_has_each_week_and_each_assignment(site):
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page(site, "teaching").table.find_all("tr")[1:]]
    assert [(week, hours) for week, _, hours, _, _ in rows] == [(week, hours) for week, _, hours in weeks(ROOT)]
    planned = " ".join(row[3] for row in rows)
    there = assignments_of(ROOT)
    assert len(there) > 3
    for each in there.values():
        assert f"{each['number']} · {each['title']}, " in planned and f"{each['points']} points" in planned


def test_each_assignment_is_in_the_plan():
    text = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
    planned = dict(re.findall(r"^(\w+): (\d+)$", text.partition("{course-plan}")[2].partition("```")[0], re.MULTILINE))
    assert set(planned) == set(assignments_of(ROOT)), "give each assignment a week in book/teaching.md"
    assert set(planned.values()) <= {week for week, _, _ in weeks(ROOT)}


@pytest.mark.parametrize("name", CHAPTERS, ids=lambda name: name.partition("/")[2])
def test_each_chapter_has_its_objectives_and_misconceptions(site, name):
    """Objectives as the chapter says them; two or three misconceptions, each with a link to a section of the book."""
    number = name.partition("/")[2][:2]
    able, minutes = objectives(ROOT / f"{name}.ipynb")
    heading = next(h for h in page(site, "teaching_chapters").find_all("h3") if h.get_text().startswith(f"{number} · "))
    said = heading.find_next("p").get_text()
    plain = words(re.split(r"[$`]", able)[0])[:12]  # up to the first formula, which a page writes otherwise
    assert len(plain) > 4 and minutes in said and words(said.partition(": ")[2])[: len(plain)] == plain
    items = heading.parent.select("li")
    assert 2 <= len(items) <= 4
    for item in items:
        assert item.em and item.em.get_text().startswith("“"), item.get_text()
    linked = [link["href"] for item in items for link in item.select("a")]
    assert f"../{name}.html" in {address.partition("#")[0] for address in linked}


def test_students_find_each_assignment_without_its_solutions(site):
    """In JupyterLite and as a file: word for word what `release` gives."""
    links = [link["href"] for link in page(site, "assignments").select("article li a")]
    for name in assignments_of(ROOT):
        assert f"../lite/notebooks/index.html?path=assignments/{name}.ipynb" in links
        assert f"../lite/files/assignments/{name}.ipynb" in links
        there = (site.html / "lite" / "files" / "assignments" / f"{name}.ipynb").read_text(encoding="utf-8")
        assert there == release.text(release.release(ROOT / "assignments" / name / "source.ipynb"))
        listing = (site.html / "lite" / "api" / "contents" / "assignments" / "all.json").read_text(encoding="utf-8")
        assert f"{name}.ipynb" in listing
