"""What differs between a stored output and a fresh one, within a tolerance: text, tables, pictures, figures.

It applies to text, HTML, streams and the words of a figure alike. nan and inf count as words. A figure's date and
the spelling of its ids do not count; everything else does.
"""

import base64
import io
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from PIL import Image

# ---- tolerance ------------------------------------------------------------------------------------------------------

TOLERANCE_TAG = re.compile(r"(rtol|atol|svg-atol)=(\d+(?:\.\d*)?(?:e[-+]?\d+)?)")


@dataclass(frozen=True)
class Tolerance:
    """How far a fresh output may lie from the stored one."""

    rtol: float = 0.0
    atol: float = 0.0
    svg_atol: float = 2.0

    @property
    def levels(self):
        """How far a colour channel may lie from the stored one, of 255."""
        return 4 * self.svg_atol

    def allows(self, stored, fresh):
        bound = self.atol + self.rtol * abs(stored)
        return stored == fresh or abs(fresh - stored) <= bound * (1 + 1e-9) + 1e-15 * abs(stored)  # 0.4 - 0.1 > 0.3

    @classmethod
    def from_tags(cls, tags):
        """Read the tolerance tags among a cell's `tags`; a ValueError names a malformed one."""
        found = {}
        for tag in tags:
            if "=" not in tag and not re.match("rtol|atol|svg", tag, re.IGNORECASE):
                continue
            match = TOLERANCE_TAG.fullmatch(tag)
            if not match:
                raise ValueError(f"expected a tag like rtol=1e-6, atol=0.3 or svg-atol=10, got {tag!r}")
            name, value = match[1].replace("-", "_"), float(match[2])
            if name in found:
                raise ValueError(f"expected one {match[1]} tag, got a second one, {tag!r}")
            if not math.isfinite(value) or (name == "rtol" and value >= 1):
                raise ValueError(f"expected an rtol below 1 and finite tolerances, got {tag!r}")
            found[name] = value
        return cls(**found)


# ---- text -----------------------------------------------------------------------------------------------------------

# A number does not continue a word (W1, float32) or another number (1.2.3); a minus after a word, a number or a
# bracket is a hyphen or a subtraction (ex-04, 5-3). Thousands may be grouped: 60,000.
NUMBER = re.compile(
    r"(?:(?<![\w.)\]])[-+\u2212]|(?<![\w.]))"
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
)


def value(number):
    """The value of a number as NUMBER finds it."""
    return float(number.replace(",", "").replace("\u2212", "-"))


def text_difference(stored, fresh, allows):
    """Say where `fresh` departs from `stored`, or return None.

    Between the numbers the words must be the same, in the same order; the white space between them may differ,
    because a column of numbers is as wide as its widest. `allows(stored, fresh)` judges a pair of numbers.
    """
    for old, new in zip_longest(NUMBER.split(stored), NUMBER.split(fresh)):
        if old is None or new is None:
            counts = [len(NUMBER.findall(text)) for text in (stored, fresh)]
            return "{} numbers were stored, {} came".format(*counts)
        if old.split() != new.split():
            return f"{shorten(old)} was stored, {shorten(new)} came"
    for old, new in zip(NUMBER.findall(stored), NUMBER.findall(fresh), strict=True):
        if not allows(value(old), value(new)):
            return f"{old} was stored, {new} came: further apart than the cell's tolerance"
    return None


def shorten(text):
    text = " ".join(text.split())
    return repr(text if len(text) <= 80 else text[:77] + "…")


# ---- pictures -------------------------------------------------------------------------------------------------------

RASTER = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]*)")


def raster_difference(stored, fresh, tolerance):
    """Say how two base64 pictures differ, or return None: size exactly, content on average."""
    old, new = (Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA") for data in (stored, fresh))
    if old.size != new.size:
        return "a picture of {}×{} pixels was stored, one of {}×{} came".format(*old.size, *new.size)
    levels = np.abs(np.asarray(old, dtype=float) - np.asarray(new, dtype=float)).mean()
    if levels > tolerance.levels:
        return f"a picture changed by {levels:.0f} levels of 255 on average, {tolerance.levels:g} are allowed"
    return None


GEOMETRY = frozenset("d points transform viewBox x y x1 x2 y1 y2 cx cy r rx ry dx dy width height".split())  # noqa: SIM905
COLOUR = re.compile("#([0-9a-f]{6})", re.IGNORECASE)
STYLE_ATOL = 0.05  # widths and opacities, where they are computed


class Part(NamedTuple):
    """An element of a figure: the nearest name above it, what it is, and the words in it and after it."""

    place: str
    tag: str
    attributes: dict
    text: str
    outlines: tuple = ()  # where it draws words as letters: the words, and the letters' shapes

    def __str__(self):
        return f"<{self.tag}> in {self.place}"


def svg_parts(svg):
    """List the parts of a figure, its ids renamed in the order of appearance.

    matplotlib draws words as outlines and puts the words in a comment before them. The comment counts, and where the
    outlines stand; the outlines themselves, kept beside their words, count where the words are exactly the same.
    """
    root = ElementTree.fromstring(svg, ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True)))
    ids = {element.get("id") for element in root.iter()}
    names = defaultdict(lambda: f"id{len(names)}")
    parts = []

    def rename(match):
        return "#" + names[match[1]] if match[1] in ids else match[0]

    def visit(element, place, drawn=()):
        place = element.get("id", place)
        tag = "comment" if element.tag is ElementTree.Comment else local(element.tag)
        attributes = {local(name): re.sub(r"#([^()#\s]+)", rename, text) for name, text in element.items()}
        if "id" in attributes:
            attributes["id"] = names[place]
        parts.append(Part(place, tag, attributes, f"{element.text or ''} {element.tail or ''}", drawn))
        return place

    def walk(element, place):
        place = visit(element, place)
        words = None
        for child in element:
            if local(str(child.tag)) == "metadata":  # a date
                continue
            if words is None:
                walk(child, place)
            else:
                visit(child, place, (words, outlines(child)))
            words = child.text if child.tag is ElementTree.Comment else None

    walk(root, "figure")
    return parts


def outlines(element):
    """List the shapes of the letters below `element`, and which of them stand there, one after the other."""
    attributes = ({local(name): text for name, text in glyph.items()} for glyph in element.iter())
    return [shape for glyph in attributes if (shape := glyph.get("href") or glyph.get("d"))]


def local(name):
    return name.split("}")[-1]


def svg_difference(stored, fresh, tolerance):
    """Say how the figure `fresh` departs from `stored`, or return None."""

    def near(old, new):
        return abs(new - old) <= tolerance.svg_atol

    def near_style(old, new):
        return abs(new - old) <= STYLE_ATOL

    old_parts, new_parts = svg_parts(stored), svg_parts(fresh)
    for old, new in zip_longest(old_parts, new_parts):
        kinds = [part and (part.tag, part.attributes.keys(), bool(part.outlines)) for part in (old, new)]
        if kinds[0] != kinds[1]:
            return f"another drawing: {old or 'nothing'} was stored, {new or 'nothing'} came"
        if problem := words_difference(old.text, new.text, tolerance):
            return f"{old}: {problem}"
        if old.outlines != new.outlines and old.outlines[:1] == new.outlines[:1]:
            return f"{old}: the same words in other letters"
        for name, was in old.attributes.items():
            now = new.attributes[name]
            if name in GEOMETRY:
                problem = text_difference(was, now, near)
                problem = problem and f"{problem} ({tolerance.svg_atol:g} px)"
            else:
                problem = colour_difference(was, now, tolerance)
                problem = problem or text_difference(COLOUR.sub("#", was), COLOUR.sub("#", now), near_style)
            if problem:
                return f"{old}, {name}: {problem}"
    return None


def colour_difference(stored, fresh, tolerance):
    """Say which colour of an attribute departs from the stored one, or return None."""
    for old, new in zip_longest(COLOUR.findall(stored), COLOUR.findall(fresh)):
        if old is None or new is None:
            return f"{shorten(stored)} was stored, {shorten(fresh)} came"
        if max(abs(a - b) for a, b in zip(bytes.fromhex(old), bytes.fromhex(new), strict=True)) > tolerance.levels:
            return f"the colour #{old} was stored, #{new} came"
    return None


# ---- what needs a graphics card -------------------------------------------------------------------------------------

DEVICE_TAG = "device"  # of a cell that computes nothing where there is none
# What it says there: nnlib.gpu.on_device, or the check of an exercise.
NO_DEVICE = re.compile(r"(?:not run|\w+: not yet: NoDevice): expected [^\n]+\n")


def found_no_device(cell, text):
    """Whether a cell is one that needs a graphics card, and `text`, what it has printed, says that there is none."""
    return DEVICE_TAG in cell.metadata.get("tags", []) and bool(NO_DEVICE.fullmatch(text))


def printed(outputs):
    """What a cell wrote to stdout."""
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


# ---- outputs -------------------------------------------------------------------------------------------------------


def words_difference(stored, fresh, tolerance):
    """Say how a text departs from the stored one: exactly the same, unless the cell has a tolerance."""
    if tolerance.rtol or tolerance.atol:
        return text_difference(stored, fresh, tolerance.allows)
    return None if stored.split() == fresh.split() else f"{shorten(stored)} was stored, {shorten(fresh)} came"


def difference(mime, stored, fresh, tolerance):
    """Say how one output departs from the stored one, or return None when they agree within `tolerance`."""
    if stored == fresh:
        return None
    if not (isinstance(stored, str) and isinstance(fresh, str)):
        return "the data changed"
    if mime in ("image/png", "image/jpeg"):
        return raster_difference(stored, fresh, tolerance)
    rasters = zip_longest(RASTER.findall(stored), RASTER.findall(fresh), fillvalue=None)
    for old, new in rasters:
        if old is None or new is None:
            return "a picture was " + ("added" if old is None else "lost")
        if problem := raster_difference(old, new, tolerance):
            return problem
    stored, fresh = RASTER.sub("data:picture", stored), RASTER.sub("data:picture", fresh)
    if mime == "image/svg+xml":
        return svg_difference(stored, fresh, tolerance)
    if tolerance.rtol or tolerance.atol:
        return text_difference(stored, fresh, tolerance.allows)
    return None if stored == fresh else "the text changed"
