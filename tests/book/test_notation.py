"""The page Notation lists every symbol that stands in a display of a chapter.

A symbol is a letter, a Greek or another named one, with its font: what stands above, below or beside it is made of such
letters again. Whether it means what the page says, no test can read; that it is there, this one can.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))

DISPLAY = re.compile(r"^ *\$\$(.*?)\$\$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$([^$]+)\$")
WORDS = re.compile(r"\\(?:text|texttt|mathtt|tag|label) *\{[^{}]*\}|\\(?:begin|end) *\{[^{}]*\}(?:\{[^{}]*\})?")
NAMED = re.compile(r"\\(?:operatorname|mathbb|mathbf|mathcal|mathrm)\*? *\{[^{}]*\}")

# Commands that put a formula on the page, and the fraction bar: they mean nothing of their own.
LAYOUT = re.compile(
    r"\\(?:left|right|middle|[bB]igg?[lr]?|q?quad|[cl]?dots|[dt]?frac|(?:under|over)(?:set|brace)|stackrel|substack"
    r"|(?:display|text)style|phantom)(?![a-zA-Z])"
)


def symbols(formula):
    formula = WORDS.sub(" ", formula)
    found = {re.sub(r"\s|\*", "", name) for name in NAMED.findall(formula)}
    formula = LAYOUT.sub(" ", NAMED.sub(" ", formula))
    found |= set(re.findall(r"\\[a-zA-Z]+", formula))
    return found | set(re.findall(r"[a-zA-Z]", re.sub(r"\\[a-zA-Z]+", " ", formula)))


def missing(chapters, page):
    """Yield each symbol of a display that the page does not have, with the display it stands in."""
    listed = set().union(*map(symbols, FORMULA.findall(page)))
    for name, text in chapters.items():
        for display in DISPLAY.findall(text):
            for symbol in sorted(symbols(display) - listed):
                yield f"{name}: {symbol} in {' '.join(display.split())[:90]}"


def texts():
    for path in CHAPTERS:
        cells = nbformat.read(path, as_version=4).cells
        yield path.stem, "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def notation():
    """The page up to the part on columns, whose letters are those of other books."""
    page, _, rest = (ROOT / "book" / "notation.md").read_text(encoding="utf-8").partition("\n(columns)=\n")
    assert rest
    return page


def test_every_symbol_of_a_display_is_on_the_page():
    found = list(missing(dict(texts()), notation()))
    assert not found, "expected in book/notation.md:\n" + "\n".join(found)


def test_every_listed_chapter_is_one():
    named = set(re.findall(r"<(ch-\d\d)>", notation()))
    assert named <= {f"ch-{path.name[:2]}" for path in CHAPTERS}


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("z = xW + b", []),
        (r"\text{rows } z \underset{(N, D)}{x} \quad \frac{W}{b}", []),
        (r"\Xi = z", [r"\Xi"]),
        (r"\operatorname{softmax}(z)", [r"\operatorname{softmax}"]),
        (r"\mathbb{E}[x]", [r"\mathbb{E}"]),
        ("x_q", ["q"]),
        (r"\hat b", [r"\hat"]),
    ],
)
def test_a_symbol_that_is_not_listed_is_found(display, expected):
    page = "A row $x$, weights $W$, biases $b$, scores $z$; sizes $(N, D)$."
    found = list(missing({"04": f"We say:\n\n$$\n{display}\n$$ (eq-none)\n\nSo."}, page))
    assert [line.split()[1] for line in found] == expected
