"""The glossary: in order, and each chapter that an entry names uses its words."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^(\S.*)\n((?:  .*\n)+)", re.MULTILINE)
ENTRIES = ENTRY.findall(PAGE.partition("```{glossary}\n")[2])


def text(name):
    """What a chapter, or the page of refreshers, says in words."""
    if name.startswith("refresh"):
        return (ROOT / "book" / "refreshers.md").read_text(encoding="utf-8").casefold()
    cells = nbformat.read(next(ROOT.glob(f"notebooks/{name[3:]}_*.ipynb")), as_version=4).cells
    return " ".join("\n".join(c.source for c in cells if c.cell_type == "markdown").split()).casefold()


def test_its_words_are_in_order():
    words = [word.casefold() for word, _ in ENTRIES]
    assert len(words) > 80, "read from the page"
    assert words == sorted(set(words))


@pytest.mark.parametrize(("word", "meaning"), ENTRIES, ids=[word for word, _ in ENTRIES])
def test_a_chapter_that_is_named_uses_the_word(word, meaning):
    names = re.findall(r"<(ch-\d\d|refresh-[a-z-]+)>", meaning)
    assert names, "expected the chapter that first uses it"
    for name in names:
        for part in re.split("[ -]", word.casefold()):
            assert part.rstrip("s") in text(name), f"{name} does not say {part!r}"
