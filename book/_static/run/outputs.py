"""What a run shows: text, tables and pictures on one budget, so that the page can lay out all that it gets.

A program that computes hears nothing, so the page cannot ask it to wait. Instead a run may show so much and no more;
the rest is counted, and its end is kept. The page starts a run when it has worked off the one before, so that never
more than one budget is on its way to it.
"""

import base64
import io
import re
import time

ROOM = 240_000  # characters that a run may show,
RESERVE = 40_000  # and so many of them are no text: what has been drawn after a flood is seen
BOX = 1_000  # what a table or a picture costs besides its source: it has a place of its own
PRICE = {"html": 1, "svg": 0.1, "png": 0.02}  # of a character of its source
LARGEST_SVG = 1_000_000  # characters; a drawing with more, or with so many elements, is shown as pixels
ELEMENTS = 10_000
ERROR = 20_000  # characters of a traceback, which always finds room
TAIL = 2_000  # characters of the end of what did not find room
LINE = 1_000  # a progress bar writes over its line; each time costs what is longer than this
BURST, RATE = 100, 20  # so many pieces of text are shown at once, and then so many a second

FORMS = {"html": str, "svg": str, "png": bytes}  # what the method _repr_html_ returns, and so on
OVERWRITTEN = re.compile(r"^[^\n]*\r(?!\r|$)", re.MULTILINE)  # a carriage return begins its line anew


class Outputs(io.TextIOBase):
    """The outputs of a run, and the file that it prints to; `show(kind, value)` gets what finds room."""

    encoding = "utf-8"

    def __init__(self, show):
        self.show = show
        self.pieces, self.then = BURST, time.monotonic()
        self.begin()

    def begin(self):
        """Start a run, with a whole budget."""
        self.room = ROOM
        self.waiting, self.length = [], 0
        self.returned = False  # the last piece ended in a carriage return
        self.characters = self.boxes = 0  # of what did not find room
        self.tail = ""
        self.counted = -1

    # ---- text ----

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"expected a str to print, got {type(text).__name__}")
        if self.room <= RESERVE:
            self.leave_out(text)
        else:
            self.waiting.append(text)
            self.length += len(text)
            if self.length > ROOM or self.soon():
                self.send()
        return len(text)

    def flush(self):
        """Show what waits, if the page can follow: a program may ask for it after each character."""
        if self.waiting and self.soon():
            self.send()

    def soon(self):
        """Whether one more piece is not too many."""
        now = time.monotonic()
        self.pieces, self.then = min(BURST, self.pieces + RATE * (now - self.then)), now
        enough = self.pieces >= 1
        self.pieces -= enough
        return enough

    def send(self):
        text, self.waiting, self.length = "".join(self.waiting), [], 0
        over = text.startswith("\r")
        if "\r" in text:
            text = OVERWRITTEN.sub("", text)
            text = "\r" * (over and not text.startswith("\r")) + text
        free = LINE if over or self.returned else 0
        fits = text[: max(0, self.room - RESERVE) + free]
        self.room -= max(0, len(fits) - free)
        if fits:
            self.show("text", fits)
            self.returned = fits.endswith("\r")
        if len(fits) < len(text):
            self.leave_out(text[len(fits) :])

    def leave_out(self, text):
        self.characters += len(text)
        self.tail = (self.tail + text[-TAIL:])[-TAIL:]
        self.count()

    def count(self, often=False):
        """Say how much is not shown; twice a second while it grows."""
        now = time.monotonic()
        if often or now - self.counted > 0.5:
            self.counted = now
            characters = f"{self.characters - often * len(self.tail):,} characters"
            boxes = f"{self.boxes:,} tables or pictures"
            parts = [characters] * (self.characters > 0) + [boxes] * (self.boxes > 0)
            self.show("cut", f"… {' and '.join(parts)} more than a page can show …")

    def settle(self):
        """Show what waits; of what did not find room, how much it is, and its end."""
        self.send()
        if self.characters or self.boxes:
            self.count(often=True)
        if self.tail:
            text = OVERWRITTEN.sub("", self.tail)
            self.room -= len(text)
            self.show("text", text)
        self.characters, self.boxes, self.tail = 0, 0, ""

    # ---- values ----

    def display(self, value):
        """Show a value as a notebook does: as a table or a picture if it has such a form, else as text."""
        kinds = [kind for kind in FORMS if not isinstance(value, type) and hasattr(value, f"_repr_{kind}_")]
        if kinds and self.room < BOX:  # do not even draw it
            return self.leave_out_box()
        for kind in kinds:
            source = getattr(value, f"_repr_{kind}_")()
            if isinstance(source, FORMS[kind]) and self.show_box(kind, source):
                return None
        self.write(shortened(repr(value), self.room - RESERVE) + "\n")
        return None

    def show_box(self, kind, source):
        """Show a table or a picture; return whether it is one that a page can show."""
        if kind == "png":
            source = base64.b64encode(source).decode()
        cost = BOX + int(PRICE[kind] * len(source))
        if cost > ROOM or (kind == "svg" and (len(source) > LARGEST_SVG or source.count("<") > ELEMENTS)):
            return False
        if cost > self.room:
            self.leave_out_box()
        else:
            self.settle()
            self.room -= cost
            self.show(kind, source)
        return True

    def leave_out_box(self):
        self.boxes += 1
        self.count()

    def show_error(self, report):
        self.settle()
        self.show("error", shortened(report, ERROR))


def shortened(text, limit):
    """Return the text, or where it is longer than `limit` its head and its tail, and how much is between them."""
    if len(text) <= limit or limit < TAIL:
        return text
    half = limit // 2 - 50
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters are left out here …\n{text[-half:]}"
