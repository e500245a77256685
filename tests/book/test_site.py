"""The built site: no warning, no dead link, nothing from another host, and pages that a screen reader can read."""

import re
from functools import cache
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup
from built_site import pages
from chapter_numbers import chapter_number


@cache
def parsed(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def documents(site):
    """Each built page, parsed, by its path."""
    return {path: parsed(path) for path in site.files() if path != site.html / "index.html"}


def test_strict_build_is_clean(site):
    warnings = [line for line in site.log.splitlines() if re.search(r"WARNING|ERROR", line)]
    assert site.returncode == 0 and not warnings, "the strict build complains:\n" + ("\n".join(warnings) or site.log)


def test_every_page_of_the_contents_is_built(site):
    assert [name for name in pages() if not (site.html / f"{name}.html").is_file()] == []


def test_internal_links_and_anchors_resolve(site, documents):
    dead = []
    for path, document in documents.items():
        for tag in document.find_all(["a", "link", "script", "img", "source", "iframe"]):
            address = tag.get("href") or tag.get("src") or ""
            if not address or urlsplit(address).scheme or address.startswith("//"):
                continue
            place, fragment = urldefrag(address)
            place = unquote(place.partition("?")[0])
            target = (path.parent / place).resolve() if place else path
            if not target.is_file():
                dead.append(f"{path.relative_to(site.html)}: {address}: no such file")
            elif fragment and target.suffix == ".html":
                document_there = documents.get(target) or parsed(target)
                if not (document_there.find(id=unquote(fragment)) or document_there.find(attrs={"name": fragment})):
                    dead.append(f"{path.relative_to(site.html)}: {address}: no such anchor")
    assert dead == []


def test_nothing_is_loaded_from_another_host(site, documents):
    """Links may lead away; what a page needs in order to show itself may not come from elsewhere."""
    elsewhere = []
    for path, document in documents.items():
        for tag in document.find_all(["link", "script", "img", "source", "iframe", "object", "embed", "video"]):
            address = tag.get("src") or tag.get("href") or tag.get("data") or ""
            if re.match(r"(\w+:)?//", address):
                elsewhere.append(f"{path.relative_to(site.html)}: <{tag.name}> {address}")
    for sheet in site.html.rglob("*.css"):
        remote = re.findall(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)", sheet.read_text(encoding="utf-8"))
        elsewhere += [f"{sheet.relative_to(site.html)}: {address}" for address in remote]
    assert elsewhere == []


def test_every_picture_has_words(site, documents):
    """An alternative text that says something; the logo beside the book's title may be silent."""
    silent = []
    for path, document in documents.items():
        for image in document.find_all("img"):
            decoration = image.has_attr("alt") and image.find_parent(class_="navbar-brand")
            text = image.get("alt", "").strip()
            if not decoration and (len(text) < 10 or re.search(r"_images/|\.(svg|png)$", text)):
                silent.append(f"{path.relative_to(site.html)}: {image.get('src')}: alt={text!r}")
    assert silent == []


def test_ids_are_unique(site, documents):
    repeated = []
    for path, document in documents.items():
        ids = [tag["id"] for tag in document.find_all(id=True)]
        repeated += [f"{path.relative_to(site.html)}: {name}" for name in sorted({i for i in ids if ids.count(i) > 1})]
    assert repeated == []


def test_each_page_has_one_first_heading(site, documents):
    counts = {name: len(documents[site.html / f"{name}.html"].find_all("h1")) for name in pages()}
    assert {name: count for name, count in counts.items() if count != 1} == {}


def test_no_button_needs_an_address_that_is_not_set(site, documents):
    labels = {tag.get_text(strip=True) for document in documents.values() for tag in document.select(".dropdown-item")}
    assert labels <= {".ipynb", ".md", ".pdf"}, "only downloads, while repository: url: is empty"


@pytest.mark.parametrize("name", [name for name in pages() if chapter_number(name) is not None])
def test_chapter_is_numbered_by_its_file(site, documents, name):
    """The title opens with the number in the file's name, and so do figures, equations and exercises."""
    number = chapter_number(name)
    document = documents[site.html / f"{name}.html"]
    assert document.h1.get_text().startswith(f"{number:02} · "), f"expected a title like '{number:02} · Name'"
    numbers = [tag.get_text() for tag in document.select(".eqno, .caption-number")]
    wrong = [text for text in numbers if f"{number}." not in text]
    assert numbers and not wrong, f"numbers outside chapter {number}: {wrong}"
