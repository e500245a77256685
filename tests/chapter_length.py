"""How long a chapter is: its words, its displays, its exercises, and the minutes that they take.

    python tests/chapter_length.py              every chapter
    python tests/chapter_length.py 04           one

What counts is the *core*: from the title to the exercises, without the sections whose heading begins `Further: `, which
fold on the site, and without the box *Elsewhere*. A word is what stands between two spaces and holds a letter or a
digit; a formula within a line is one word. Code, what it prints and the alternatives of pictures are no words, captions
are. A display is a formula on a line of its own, `$$ … $$`, whether it has one row or six.

The minutes are one for 130 words and two for a display, and for the exercises 12 each; both sums to the nearest 5.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
WORDS_A_MINUTE, MINUTES_A_DISPLAY, MINUTES_AN_EXERCISE = 130, 2, 12
MOST_WORDS, MOST_DISPLAYS = 2000, 12

HEADING = re.compile(r"^(#{1,6}) +(.*?) *$")
CODE = re.compile(r"^( *`{3,}).*?^\1`* *$", re.MULTILINE | re.DOTALL)
DISPLAY = re.compile(r"^ *\$\$.*?\$\$(?: *\([\w-]+\))? *$", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"^:::\{admonition\} Elsewhere\n.*?^::: *$", re.MULTILINE | re.DOTALL)
EXERCISE = re.compile(r"^:{3,}\{exercise\}", re.MULTILINE)
FORMULA = re.compile(r"\$[^$\n]+(?:\n[^$\n]+)?\$")
FENCE = re.compile(r"^ *:{3,}(?:\{admonition\} *(.*)|\{.*)?\n?(?:^ *:[\w-]+:.*\n?)*", re.MULTILINE)
LABEL = re.compile(r"^\([\w-]+\)=$", re.MULTILINE)
ROLE = re.compile(r"\{[\w:-]+\}`([^`<]*)(?:<[^>]*>)?`")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass
class Length:
    words: int = 0
    displays: int = 0
    exercises: int = 0
    further_words: int = 0
    further_displays: int = 0

    @property
    def reading(self):
        """The minutes for the core, without the exercises."""
        return rounded(self.words / WORDS_A_MINUTE + MINUTES_A_DISPLAY * self.displays)

    @property
    def minutes(self):
        return self.reading + rounded(MINUTES_AN_EXERCISE * self.exercises)

    def excess(self):
        """List in words what of the core is too long."""
        if self.words > MOST_WORDS:
            yield f"expected at most {MOST_WORDS:,} words in the core, found {self.words:,}"
        if self.displays > MOST_DISPLAYS:
            yield f"expected at most {MOST_DISPLAYS} displays in the core, found {self.displays}"


def rounded(minutes):
    return 5 * round(minutes / 5)


def words(text):
    """Count the words of Markdown text without displays and code."""
    text = FENCE.sub(lambda fence: f"{fence[1] or ''}\n", text)
    text = FORMULA.sub("x", LINK.sub(r"\1", ROLE.sub(r"\1", LABEL.sub("", text))))
    return sum(bool(re.search(r"[^\W_]", word)) for word in text.split())


def parts(cells):
    """Yield the chapter in pieces, (text, whether it folds), up to the exercises; captions are pieces too."""
    level = 0  # of the heading under which everything folds
    for cell in cells:
        if cell.cell_type == "code":
            yield cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", ""), bool(level)
            continue
        piece = []
        for line in CODE.sub("", cell.source).splitlines():
            if heading := HEADING.match(line):
                depth = len(heading[1])
                yield "\n".join(piece), bool(level)
                piece = []
                if heading[2] == "Exercises":
                    return
                if not level or depth <= level:
                    level = depth if heading[2].startswith("Further: ") else 0
            piece.append(line)
        yield "\n".join(piece), bool(level)


def length(notebook):
    found = Length(exercises=sum(len(EXERCISE.findall(c.source)) for c in notebook.cells if c.cell_type == "markdown"))
    for text, folds in parts(notebook.cells):
        if not folds:
            text = ELSEWHERE.sub("", text)
        displays, count = len(DISPLAY.findall(text)), words(DISPLAY.sub("", text))
        if folds:
            found.further_words += count
            found.further_displays += displays
        else:
            found.words += count
            found.displays += displays
    return found


def main(chosen):
    print(f"{'':25}  words  displays  exercises   minutes: read + exercises   Further: words, displays")
    for path in sorted(ROOT.glob(f"notebooks/{chosen}*.ipynb")):
        it = length(nbformat.read(path, as_version=4))
        print(
            f"{path.stem:25}{it.words:7}{it.displays:10}{it.exercises:11}{it.minutes:10} = {it.reading:2} + "
            f"{it.minutes - it.reading:<17}{it.further_words:9}{it.further_displays:10}",
            *it.excess(),
            sep="  ",
        )


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
