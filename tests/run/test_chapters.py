"""Every cell of every chapter, run on its page with the site's own Python, gives what is stored.

nbval has run them all before, so this is for a sweep.
"""

from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from budget import processor_seconds
from chapter_page import CHAPTERS, PATIENCE, Chapter, notebook_cells
from compare import DEVICE_TAG, Tolerance, found_no_device, svg_parts, words_difference
from served_site import listen

MARGIN = 3  # a cell may take so many times what it says: machines differ by a factor of two and more
UNSAID = 30  # seconds of one core that a cell may take here without saying it first


def announced(name):
    """The seconds that the cells of a chapter say they take in a browser."""
    return sum(cell.metadata.get("slow", {}).get("seconds", 0) for cell in notebook_cells(name))


def stored(cell):
    """A stored cell's text, the words of its tables, and the words of its figures."""
    text, tables, figures = "", [], []
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream":
            text += output.text
        elif "image/svg+xml" in data:
            figures.append(words_of_figure(data["image/svg+xml"]))
        elif "text/html" in data:
            tables.append(words_of_table(data["text/html"]))
        else:
            text += data["text/plain"] + "\n"
    return text, tables, figures


def shown(chapter, number):
    """The same of what the page shows after a run."""
    fresh = chapter.cell(number).locator(".run-fresh")
    tables = fresh.locator(".text_html").evaluate_all("boxes => boxes.map(box => box.innerHTML)")
    figures = fresh.locator("img").evaluate_all("pictures => pictures.map(picture => picture.src)")
    figures = [unquote(address.partition(",")[2]) for address in figures]
    return chapter.printed(number), list(map(words_of_table, tables)), list(map(words_of_figure, figures))


def words_of_table(html):
    return BeautifulSoup(html, "html.parser").get_text(" ")


def words_of_figure(svg):
    """The words that matplotlib writes as comments; versions differ in the layout, and in what a log axis labels."""
    words = [part.text.strip() for part in svg_parts(svg) if part.tag == "comment"]
    return " ".join(sorted(word for word in words if "mathdefault" not in word))


def differences(cell, chapter, number):
    tags = cell.metadata.get("tags", [])
    if "nbval-ignore-output" in tags:
        return
    if DEVICE_TAG in tags:  # Python in a browser has none, and the cell must say so
        if not found_no_device(cell, text := chapter.printed(number)):
            yield f"expected one sentence, that there is no graphics card, got {text!r}"
        return
    tolerance = Tolerance.from_tags(tags)
    (old_text, *old), (new_text, *new) = stored(cell), shown(chapter, number)
    if problem := words_difference(old_text, new_text, tolerance):
        yield problem
    for kind, old_words, new_words in zip(("tables", "figures"), old, new, strict=True):
        if len(old_words) != len(new_words):
            yield f"{len(old_words)} {kind} were stored, {len(new_words)} came"
        yield from filter(None, map(words_difference, old_words, new_words, [tolerance] * len(old_words)))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.sweep(seconds=MARGIN * announced(name) + 60)) for name in CHAPTERS]
)
def test_every_cell_gives_what_is_stored(browser, address, request, name):
    """Press Run at each cell, the solutions too. What takes long says so, and runs as it is."""
    complaints = []
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    request.addfinalizer(tab.close)
    listen(tab, address, complaints)
    chapter = Chapter(tab, address, name)
    problems = []
    for number, cell in enumerate(notebook_cells(name), 1):
        assert chapter.cell(number).locator(".cell_input pre").first.text_content().rstrip("\n") == cell.source
        before = processor_seconds(whole=True)
        slow = cell.metadata.get("slow", {"seconds": 0})
        asked, end = chapter.run_as_it_is(number, PATIENCE + 20_000 * slow["seconds"])
        seconds = processor_seconds(whole=True) - before
        where = f"cell {number}, which begins {cell.source[:40]!r}"
        if asked != ("slow" in cell.metadata):
            problems.append(f"{where}: expected the page to ask first where a cell takes long, and nowhere else")
        if "started anew" in chapter.status(number):
            problems.append(f"{where}: {chapter.status(number)}")
        if end != "ran":
            problems.append(f"{where}: {end}. {chapter.status(number)}\n{chapter.printed(number)}")
        elif "run-edited" not in chapter.cell(number).get_attribute("class"):
            problems += [f"{where}: {difference}" for difference in differences(cell, chapter, number)]
            if number > 1 and seconds > MARGIN * slow["seconds"] + UNSAID:
                problems.append(f"{where}: took {seconds:.0f} s, and says {slow['seconds']} (tests/make_seconds.py)")
    assert not problems, "\n".join(problems)
    assert complaints == []
