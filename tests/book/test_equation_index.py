"""The equation index shows every equation with its number, its chapter, its code and its tests."""

import pytest
from bs4 import BeautifulSoup
from built_site import ROOT
from equations import collect


@pytest.fixture(scope="module")
def entries(site):
    page = BeautifulSoup((site.html / "book/equations.html").read_text(encoding="utf-8"), "html.parser")
    return {entry.code.get_text(): entry for entry in page.select(".equation-entry")}


def test_every_equation_has_an_entry(entries):
    assert list(entries) == [equation.label for equation in collect(ROOT)]


@pytest.mark.parametrize("equation", collect(ROOT), ids=lambda equation: equation.label)
def test_entry_is_complete(entries, equation):
    entry = entries[equation.label]
    assert entry.a["href"] == f"../notebooks/{equation.chapter}.html#equation-{equation.label.lower()}"
    assert entry.a.get_text().startswith(f"({int(equation.chapter[:2])}.")
    assert entry.select_one("div.math").get_text(strip=True)
    places = [place.get_text() for place in entry.select(".equation-place")]
    assert places == [f"{line.path}:{line.number}" for line in equation.code + equation.tests]
