"""Slides: every chapter's, with what its core states and shows, each in its place; and every week's."""

import re
from itertools import chain
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built_site import ROOT, pages
from slides import MOST_LINES, continued, halves, lead, sentences, weekly
from teaching import weeks

CHAPTERS = [name.partition("/")[2] for name in pages() if name.startswith("notebooks/")]
SHORT = [f"Sentence {i} says a thing." for i in range(4)]
LONG = [sentence * 4 for sentence in SHORT]


def parsed(path):
    return BeautifulSoup(Path(path).read_text(encoding="utf-8"), "html.parser")


def paragraph(html):
    return BeautifulSoup(f"<p>{html}</p>", "html.parser").p


def slides(document):
    return document.select("section[id]")


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request, site):
    """A chapter's name, its page, what of it is folded away or below an exercise left out, and its slides."""
    page = parsed(site.html / f"notebooks/{request.param}.html").article
    for aside in page.select("details.further, .exercise, .worked, .tag_solution, .tag_check, .tag_exercise"):
        aside.decompose()
    return request.param, page, parsed(site.html / f"slides/{request.param}.html")


def test_each_equation_and_figure_has_its_slide_that_leads_back(chapter):
    name, page, deck = chapter
    things = page.select("div.math[id], figure[id]")
    assert len(things) > 2
    for thing in things:
        slide = deck.find(id=f"{name[:2]}-{thing['id']}")
        assert slide is not None, f"{thing['id']} has no slide"
        back = f"../notebooks/{name}.html#{thing['id']}"
        assert slide["data-back"] == slide.select_one(".foot a")["href"] == back
        number = thing.select_one(".eqno, .caption-number")
        assert number is None or number.get_text().strip("#") in slide.get_text()
        if thing.name == "figure":
            assert slide.img["src"] == thing.img["src"] and slide.img["alt"] == thing.img["alt"]
            assert ("interactive" in thing["class"]) == bool(slide.select_one("figure.interactive"))


def test_each_display_box_and_section_is_there_in_the_order_of_the_chapter(chapter):
    _, page, deck = chapter
    displays = [display.get_text().strip() for display in page.select("div.math") if not display.find_parent("li")]
    shown = [display.get_text().strip() for display in deck.select("div.math")]
    plain = [re.sub(r"^\([\d.]+\)#?", "", tex) for tex in displays]
    assert [re.sub(r"^\([\d.]+\)", "", tex) for tex in shown] == plain
    boxes = page.select(".admonition:is(.predict, .reveal, .misconception, .remember)")
    assert len(deck.select(".admonition:is(.predict, .answer, .misconception, .remember)")) == len(boxes) > 1
    backs = {slide["data-back"].partition("#")[2] for slide in slides(deck)}
    for section in page.select("section section[id]"):
        inside = {tag["id"] for tag in section.select("[id]")} | {section["id"]}
        empty = section.get_text().strip() == "" or section["id"] == "sources"
        assert empty or backs & inside or section.find("details"), f"nothing of {section['id']} is on a slide"


def test_what_came_out_is_not_on_the_slide_of_the_question(chapter):
    """It comes after it, and where the slides are read as a page it is folded."""
    _, _, deck = chapter
    order = [("predict" if slide.select_one(".predict") else "answer", slide) for slide in slides(deck)
             if slide.select_one(".predict, .answer")]  # fmt: skip
    assert [kind for kind, _ in order] == ["predict", "answer"] * (len(order) // 2)
    for kind, slide in order:
        assert bool(slide.select_one(".slide > details")) == (kind == "answer")
    for question in deck.select(".admonition.predict"):
        assert 2 <= len(question.select("li")) <= 4


def test_no_solution_and_no_check_is_on_a_slide(chapter):
    name, _, deck = chapter
    text = deck.get_text()
    assert "your turn" not in text and "exercise.report" not in text and "def check_" not in text
    titles = deck.select(".exercises li a")
    assert 3 <= len(titles) <= 6
    assert all(link["href"].startswith(f"../notebooks/{name}.html#ex-{name[:2]}-") for link in titles)


def test_a_slide_has_not_more_lines_than_are_legible(chapter):
    _, _, deck = chapter
    assert [len(pre.get_text().splitlines()) for pre in deck.select("pre")
            if len(pre.get_text().splitlines()) > MOST_LINES + MOST_LINES // 3] == []  # fmt: skip


def test_each_week_has_the_slides_of_its_chapters_in_a_row(site):
    plan = weekly(ROOT)
    assert list(plan) == [week for week, _, _ in weeks(ROOT)] and [*chain(*plan.values())] == CHAPTERS
    links = [link["href"] for link in parsed(site.html / "book/teaching.html").article.select("table a")]
    for week, names in plan.items():
        assert f"../slides/week-{week}.html" in links
        wanted = [slide["id"] for name in names for slide in slides(parsed(site.html / f"slides/{name}.html"))]
        its = [slide["id"] for slide in slides(parsed(site.html / f"slides/week-{week}.html"))]
        assert its == [f"week-{week}", *wanted] and len(its) > 30


def test_a_chapter_loads_nothing_of_the_slides(site):
    for name in CHAPTERS:
        page = (site.html / f"notebooks/{name}.html").read_text(encoding="utf-8")
        assert not re.search(r'(?:src|<link[^>]* href)="[^"]*_static/slides/', page)
        assert page.count(f'href="../slides/{name}.html"') == 2, "in the head, and in the box below the title"


# ---- The words above what stands out --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("One. Two? Three:", ["One.", "Two?", "Three:"]),
        (r'Take <span class="unbroken"><span class="math">\(c\)</span>.</span> Then it goes:',
         [r'Take <span class="unbroken"><span class="math">\(c\)</span>.</span>', "Then it goes:"]),
        ("It is 0.5, and <strong>bold.</strong> So: <em>a. b</em> &amp; c",
         ["It is 0.5, and <strong>bold.</strong>", "So: <em>a. b</em> &amp; c"]),
        ("“It does.” It does not.", ["“It does.”", "It does not."]),
    ],
)  # fmt: skip
def test_sentences(html, expected):
    assert sentences(paragraph(html)) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (" ".join(SHORT), [f"<p>{' '.join(SHORT)}</p>"]),
        (" ".join(LONG), [f"<p>{LONG[-1]}</p>"]),
        (f"{' '.join(LONG)} So we get:", [f"<p>{LONG[-1]} So we get:</p>"]),
        (f"{' '.join(LONG)} (More of it elsewhere.)", [f"<p>{LONG[-1]}</p>"]),
    ],
)
def test_what_leads_to_a_thing(html, expected):
    assert lead(paragraph(html)) == expected


def test_a_sentence_that_goes_on_below_a_display():
    assert continued(paragraph("where <em>m</em> is the largest. More.")) == ["<p>where <em>m</em> is the largest.</p>"]
    assert continued(paragraph("Where it leads. More.")) == continued(None) == []


def test_code_is_cut_between_its_parts():
    code = ["def a():", *["    pass"] * 9, "", "def b():", *["    pass"] * 12, ")"]
    assert halves(code) == [code[:11], code[11:]]
    assert halves(["    x"] * 20) == [["    x"] * 10] * 2
