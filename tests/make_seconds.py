"""Measure how long the cells of chapters take in a browser, and write it where they say so: the metadata `slow`.

    python tests/make_seconds.py [NAME …]

Every cell of the built site's page runs once, as it is. Its seconds are those of a processor, so that a busy machine
changes little; from LONG on they are said. What a smaller setting takes stays in proportion. Build the site first.
"""

import sys

import nbformat
from budget import processor_seconds
from built_site import ROOT
from chapter_page import CHAPTERS, Chapter, code_cells
from chromium import open_browser
from execute_notebooks import clean
from playwright.sync_api import sync_playwright
from served_site import serve
from tqdm import tqdm

LONG = 10  # seconds: below, a page does not ask


def said(seconds):
    """Round as a page says it: to fives, above a hundred to tens."""
    step = 5 if seconds < 100 else 10
    return step * max(1, round(seconds / step))


def measured(chapter, cells):
    """Return the seconds of each cell of a page; the first, which starts Python, counts as quick."""
    found = []
    for number, cell in enumerate(tqdm(cells, chapter.name), 1):
        before = processor_seconds(whole=True)
        _, end = chapter.run_as_it_is(number, patience=3_600_000)
        found.append(processor_seconds(whole=True) - before if number > 1 else 0)
        if end != "ran":
            raise RuntimeError(f"{chapter.name}, cell {number}: {chapter.status(number)}\n{chapter.printed(number)}")
        if cell.metadata.get("slow") or found[-1] >= LONG:
            tqdm.write(f"{chapter.name}, cell {number}: {cell.metadata.get('slow')}, took {found[-1]:.0f} s")
    return found


def write(cell, seconds):
    """Put into a cell's metadata what it took."""
    old = cell.metadata.pop("slow", {})
    if seconds < LONG:
        return
    cell.metadata["slow"] = {"seconds": said(seconds)}
    if smaller := old.get("smaller"):
        smaller["seconds"] = said(seconds * smaller["seconds"] / old["seconds"])
        cell.metadata["slow"]["smaller"] = smaller


def main(names):
    with serve(ROOT / "_build" / "html") as address, sync_playwright() as playwright:
        browser = open_browser(playwright)
        for name in names:
            path = ROOT / "notebooks" / f"{name}.ipynb"
            notebook = nbformat.read(path, as_version=4)
            cells = code_cells(notebook)
            tab = browser.new_page()
            seconds = measured(Chapter(tab, address, name), cells)
            tab.close()
            for cell, taken in zip(cells, seconds, strict=True):
                write(cell, taken)
            clean(notebook)
            nbformat.write(notebook, path)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or CHAPTERS)
