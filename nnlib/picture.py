"""Bringing any picture of a digit to MNIST's form, and showing one in a
terminal.
"""

import csv
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from . import files
from .data import LABEL_NAMES, PIXELS

_LIMIT = 50_000_000  # pixels in a picture file; above it decompressing is an attack or a mistake
_FAINTEST = 16  # greys between paper and ink; below it there is none
_FAR, _NEAR = 288, 160  # pixels a side, in which the digit is looked for, and then looked at
_OUT_OF_GRAIN = 8  # times the grain: what stands out most on empty paper was 4 to 6 times as dark, pencil 25 and more
_OTHERS = 0.3  # of the digit's ink; more than that elsewhere, and it may be the wrong thing
_NO_INK = "expected a digit, got a picture without ink: every pixel is like its border"
_UNSURE = "the paper is uneven or shows more than the digit: crop the picture to the digit, with some paper around it"


def load_picture(path):
    """Return the digit in a file as a uint8 row, (784,), white ink on black,
    in MNIST's form.

    A ``.csv`` of 28 × 28 numbers, of one row of 784, or of a label and 784,
    also below a header, is taken as it is; a comma, a semicolon, a tabulator or
    spaces stand between them. Any other file is opened as a
    picture (PNG, JPEG, …) and goes through `to_mnist_form`.

    Warns
    -----
    UserWarning
        As `to_mnist_form` does, and if the numbers show white paper.

    Raises
    ------
    ValueError
        If the file holds neither, or a picture without ink. It says what the
        file is, where that can be told, and what to do.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        return _from_csv(path)
    try:
        with Image.open(path) as image:
            if image.width * image.height > _LIMIT:
                raise ValueError(f"at most {_LIMIT:,} pixels are read, not {image.width} × {image.height}")
            image = ImageOps.exif_transpose(image)
            if image.mode.startswith("I"):  # 16 bits of grey, which convert would cut off at 255
                image = Image.fromarray((np.asarray(image) // 256).astype(np.uint8))
            image = image.convert("RGBA")
            image.thumbnail((2000, 2000))  # a digit needs no more, and a large scan would take gigabytes
            for colour in ("white", "black"):  # of what lies behind; white ink shows on black alone
                paper = Image.new("RGBA", image.size, colour)
                grey = np.asarray(Image.alpha_composite(paper, image).convert("L"))
                if np.ptp(grey) >= _FAINTEST:
                    break
    except FileNotFoundError:
        raise
    except Exception as error:  # the library raises its own and, on damaged files, any of Python's
        raise ValueError(f"{path}: expected a picture or a .csv file; {_what_it_is(path) or error}") from error
    try:
        return to_mnist_form(grey)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


_JPEG = "save it as JPEG or PNG, which every picture viewer can, and give that"
_FOREIGN = {  # how a file begins, or its bytes 4 to 12, and what it is
    b"ftyphei": f"this is a HEIC photograph, as telephones take them: {_JPEG}",
    b"ftyphev": f"this is a HEIC photograph, as telephones take them: {_JPEG}",
    b"ftypmif1": f"this is a HEIC photograph, as telephones take them: {_JPEG}",
    b"ftypmsf1": f"this is a HEIC photograph, as telephones take them: {_JPEG}",
    b"ftypavi": f"this is an AVIF picture: {_JPEG}",
    b"ftypcrx": f"this is a camera's raw data: {_JPEG}",
    b"ftyp": "this is a film: give one picture of it, as JPEG or PNG",
    b"FUJIFILMCCD-RAW": f"this is a camera's raw data: {_JPEG}",
    b"IIRO": f"this is a camera's raw data: {_JPEG}",
    b"IIU\0": f"this is a camera's raw data: {_JPEG}",
    b"%PDF": f"this is a PDF document: {_JPEG}",
    b"<svg": f"this is an SVG drawing: {_JPEG}",
    b"<?xml": f"this is a text in XML, an SVG drawing perhaps: {_JPEG}",
    b"PK\3\4": "this is an archive, of a document or of weights (.npz, .pt): give a picture; weights go to --weights",
    b"\x93NUMPY": "this is an array of NumPy: write it with numpy.savetxt as a .csv of whole numbers from 0 to 255",
    b"\x89HDF": "these are data in HDF5, weights perhaps, and no picture",
    b"\x80": "this is a pickle of Python, weights perhaps, and no picture; it could run any code, so it is not opened",
}


def _what_it_is(path):
    """Return in words what a file is that is no picture, or None."""
    try:
        with open(path, "rb") as file:
            start = file.read(64)
    except OSError:  # a folder, for one: the error that came says it
        return None
    if not start:
        return "this file is empty"
    if path.suffix.lower() == ".safetensors":
        return "these are weights: they go to --weights"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next(
        (words for mark, words in _FOREIGN.items() if mark in (start[4 : 4 + len(mark)], text[: len(mark)])), None
    )


def _from_csv(path):
    form = "28 rows of 28 numbers, or one of 784 or 785"
    content = path.read_bytes()
    kind = files.kind_of(content)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        kind = "text in UTF-16: save it as UTF-8"
    if kind:
        raise ValueError(f"{path}: expected {form}, got {kind}")
    try:
        lines = [line for line in content.decode("utf-8-sig").splitlines() if line.strip()]
        separator = next((mark for mark in ",;\t" if any(mark in line for line in lines)), " ")
        # More lines than a picture has are counted, not taken apart.
        rows = list(csv.reader((line.strip(" ") for line in lines[:30]), delimiter=separator, skipinitialspace=True))
    except (ValueError, csv.Error) as error:  # no text
        raise ValueError(f"{path}: expected {form}; {_what_it_is(path) or error}") from None
    if all(len(row) in (29, PIXELS + 1, PIXELS + 2) and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]  # each line ends in a separator
    count, first = len(lines), rows[0] if rows else []
    header = []
    if count in (2, 29) and (_number(first[0]) is None or first == [str(n) for n in range(len(first))]):
        header, count = rows.pop(0), count - 1
    lengths = [len(row) for row in rows] or [0]
    if (count, min(lengths), max(lengths)) not in ((28, 28, 28), (1, PIXELS, PIXELS), (1, PIXELS + 1, PIXELS + 1)):
        length = " to ".join(map(str, sorted({min(lengths), max(lengths)})))
        many = ": keep one row, of one picture" if count > 1 and min(lengths) >= PIXELS else ""
        raise ValueError(f"{path}: expected {form}, got {count} × {length}{many}")
    cells = [cell for row in rows for cell in row]
    if len(cells) > PIXELS:  # one is the label
        places = [place for place, name in enumerate(header) if name.strip().lower() in LABEL_NAMES]
        if not places and _number(cells[0]) == 0 and _number(cells[-1]) in range(1, 10):
            raise ValueError(
                f"{path}: expected the label first, got a row that ends in it, it seems: "
                "take that number away, or name its column label in a header line"
            )
        del cells[places[0] if places else 0]
    pixels = [_number(cell) for cell in cells]
    if all(pixel is not None and 0 <= pixel <= 1 for pixel in pixels) and any(pixels):
        raise ValueError(f"{path}: expected whole numbers from 0 to 255, got none above 1: multiply them by 255")
    for place, (pixel, cell) in enumerate(zip(pixels, cells, strict=True)):
        if pixel not in range(256):
            raise ValueError(
                f"{path}: expected whole numbers from 0 to 255, got {cell[:40]!r} in row {place // 28}, "
                f"column {place % 28} of the picture"
            )
    x = np.array(pixels).astype(np.uint8)
    if np.ptp(x) == 0:
        raise ValueError(f"{path}: expected a digit, got a picture without ink: every pixel is {x[0]}")
    if np.median(_border(x.reshape(28, 28))) > 127:
        warnings.warn("the paper is white: MNIST's is 0 and its ink 255; subtract each number from 255", stacklevel=3)
    return x


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def to_mnist_form(grey):
    """Return a grey picture, (height, width) of 0..255, as MNIST made its
    digits: a uint8 row, (784,).

    White ink on black; the ink scaled to fit 20 × 20, its proportions kept, by
    the mean over each new pixel's area; its centre of mass in the middle of 28
    × 28 (LeCun et al., 1998).

    A drawing or a scan has paper of one grey. A photograph has not: there the
    paper is found pixel by pixel, and the digit first in the whole picture,
    then again in the part around it. Ink is what is darker than its paper by
    more than the grain, which is measured; a light picture on dark paper is
    turned round first.

    Warns
    -----
    UserWarning
        If what was found may be no digit, or not all of it: it reaches the
        border, there is much else, or it hardly stands out.

    Raises
    ------
    ValueError
        If the shape or a value is no grey picture's, or it has no ink: every
        pixel is like its border.
    """
    grey = np.asarray(grey, dtype=float)
    if grey.ndim != 2 or 0 in grey.shape:
        raise ValueError(f"expected a grey picture, (height, width), got shape {grey.shape}")
    if not (grey.min() >= 0 and grey.max() <= 255):
        raise ValueError(f"expected greys from 0 to 255, got {grey.min()} to {grey.max()}")
    if np.ptp(grey) < _FAINTEST:
        raise ValueError(_NO_INK)
    ink = _ink_on_even_paper(grey)
    return _framed(_ink_on_any_paper(grey) if ink is None else ink)


def _dark_on_light(grey, paper):
    """Return the picture, turned round where its paper is dark and what stands
    out most is light.
    """
    return 255 - grey if paper <= 127 and grey.max() - paper >= paper - grey.min() else grey


def _ink_on_even_paper(grey):
    """Return the ink, 0 to 255, on paper of one grey, or None where one grey
    does not explain the picture.

    It does where all that is faint lies beside what is strong, as the soft rim
    of a stroke does and a shadow, grain or a printed line does not; and where
    no ink reaches the border, or all of it hangs together with it and is the
    smaller part, as in a picture that is cut to the digit.
    """
    grey = _dark_on_light(grey, np.median(_border(grey)))
    ink = np.clip(np.median(_border(grey)) - grey, 0, None)
    if ink.max() == 0:
        return None
    ink *= 255 / ink.max()
    ink[ink < 32] = 0  # noise of a JPEG
    if max(grey.shape) <= 40:  # pixels: too few for a photograph, and all of a stroke is rim
        return ink
    faint, strong = (np.array(_box(ink > level)) for level in (0, 127))
    tenth = max(strong[1] - strong[0], strong[3] - strong[2]) / 10
    if np.abs(faint - strong).max() > tenth + 1:
        return None
    touched, small = (_border(ink) > 0).mean(), _shrunk(ink, _NEAR) > 127
    if touched and (touched < 0.05 or small.mean() > 0.5 or _inner(_pieces(small)).size):
        return None
    return ink


def _ink_on_any_paper(grey):
    """Return the ink, 0 to 255, of the digit in a photograph, cut to its
    surroundings.
    """
    grey = _dark_on_light(grey, np.median(grey))  # a dark table may take up most of the border
    for side in (_FAR, _NEAR):
        small = _shrunk(grey, side)
        depth, grain = _depth(small)
        if depth.max() < _OUT_OF_GRAIN * grain:
            raise ValueError(_NO_INK)
        mask = depth > max(_OUT_OF_GRAIN * grain, depth.max() / 2)  # a blurred edge is where half the ink is left
        digit = _digit(depth, mask)
        if side == _FAR:
            top, bottom, left, right = _box(digit)
            margin = max(bottom - top, right - left) / 2 + 3
            scale = len(grey) / len(small)
            top, left = (max(0, int(scale * (start - margin))) for start in (top, left))
            bottom, right = (int(scale * (end + margin)) + 1 for end in (bottom, right))
            grey = grey[top:bottom, left:right]
            others = depth[mask & ~digit].sum() / depth[digit].sum()
            alone = others < _OTHERS
    top, bottom, left, right = _box(digit)
    doubts = (
        not alone,
        _border(digit).any(),
        max(bottom - top, right - left) < 12,
        depth.max() < 2 * _OUT_OF_GRAIN * grain,
    )
    if any(doubts):
        warnings.warn(_UNSURE, stacklevel=3)
    full = np.quantile(depth[digit], 0.8)  # pressed hard; a pencil leaves gaps
    return 255 * np.clip((depth / full - 0.3) / 0.4, 0, 1) * _running(np.pad(digit, 1), 3, np.maximum)


def _depth(grey):
    """Return how much darker than its paper each pixel is, as a share of the
    paper's grey, and the grain: the standard deviation of that on paper.

    The light multiplies what the paper sends back, so a share is the same in
    light and in shadow. The paper behind a stroke is found by a *closing*
    (Serra, 1982): of all squares that hold the pixel, each with the grey of
    its lightest point, the darkest. A stroke is too narrow to hold such a
    square; a shadow or a table is not, and comes out as it is. A printed line is narrow
    too, but goes from border to border: of all such lines through the pixel,
    each as faint as its faintest point, the strongest belongs to the paper.
    The grain is 1.4826 times the median distance from the median (Hampel,
    1974), which the ink, being the smaller part, does not move.
    """
    wide = np.pad(grey, 1, mode="edge")
    wide = wide[:-2] + wide[1:-1] + wide[2:]
    f = (wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]) / 9  # no single pixel is the lightest or the darkest
    width = max(3, round(0.3 * min(f.shape)))
    paper = _running(_running(np.pad(f, width - 1, mode="edge"), width, np.maximum), width, np.minimum)
    depth = 1 - f / np.maximum(paper, 1)
    depth -= np.median(depth)
    depth -= np.maximum(_lines(depth), _lines(depth.T).T)
    depth -= np.median(depth)
    return depth, max(1.4826 * np.median(np.abs(depth)), 1 / 255)


def _lines(depth):
    """Return the strongest line from left to right through each pixel, at most
    0.1 steep, as deep as its faintest point.
    """
    rows, columns = np.indices(depth.shape)
    thick = np.pad(depth, ((1, 1), (0, 0)), mode="edge")
    thick = np.maximum(np.maximum(thick[:-2], thick[1:-1]), thick[2:])
    strongest = np.zeros_like(depth)
    for rise in range(-depth.shape[1] // 10, depth.shape[1] // 10 + 1, 2):
        shift = np.rint(rise * (np.arange(depth.shape[1]) / depth.shape[1] - 0.5)).astype(int)
        along = thick[(rows + shift).clip(0, len(depth) - 1), columns].min(axis=1)
        np.maximum(strongest, along[(rows - shift).clip(0, len(depth) - 1)], out=strongest)
    return strongest


def _digit(depth, mask):
    """Return where the digit is: the piece with the most ink that does not
    reach the border, and what lies beside it and is no speck.
    """
    pieces = _pieces(mask)
    ink = np.bincount(pieces.ravel(), (depth * mask).ravel())
    inner = _inner(pieces)
    candidates = inner if inner.size else np.arange(1, len(ink))
    main = candidates[ink[candidates].argmax()]
    top, bottom, left, right = _box(pieces == main)
    near = max(bottom - top, right - left) / 4
    digit = pieces == main
    for piece in candidates[ink[candidates] > 0.03 * ink[main]]:
        t, b, le, r = _box(pieces == piece)
        if max(t - bottom, top - b, le - right, left - r) <= near:
            digit |= pieces == piece
    return digit


def _pieces(mask):
    """Return a number for each pixel, the same for those of the mask that hang
    together, 0 outside.
    """
    label = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:  # each takes the largest number beside it, and then the number that stands there
        grown = np.where(mask, _running(np.pad(label, 1), 3, np.maximum), 0)
        grown = np.append(0, grown)[grown]
        if np.array_equal(grown, label):
            return np.unique(np.append(0, label), return_inverse=True)[1][1:].reshape(mask.shape)
        label = grown


def _inner(pieces):
    """Return the numbers of the pieces that do not reach the border."""
    return np.setdiff1d(np.arange(1, pieces.max() + 1), _border(pieces))


def _border(picture):
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _box(mask):
    """Return (top, bottom, left, right) of what is marked, the ends excluded."""
    rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _shrunk(grey, side):
    """Return the picture so small that no side is longer than this, each pixel
    the mean over its area.
    """
    scale = max(grey.shape) / side
    if scale <= 1:
        return grey
    width, height = (max(1, round(n / scale)) for n in grey.shape[::-1])
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize((width, height), Image.Resampling.BOX), float)


def _running(f, width, take):
    """Return take, the maximum or the minimum, over each square of this width
    that lies in f.
    """
    for axis in (0, 1):
        f, span = f.swapaxes(0, axis), 1
        while span < width:
            step = min(span, width - span)
            f, span = take(f[:-step], f[step:]), span + step
        f = f.swapaxes(0, axis)
    return f


def _framed(ink):
    """Return the ink, 0 to 255 in a picture of any size, in MNIST's frame."""
    top, bottom, left, right = _box(ink > 0)
    ink = ink[top:bottom, left:right]
    height, width = (max(1, round(20 * side / max(ink.shape))) for side in ink.shape)
    small = np.asarray(Image.fromarray(ink.astype(np.float32)).resize((width, height), Image.Resampling.BOX))

    framed = np.zeros((28, 28))
    # MNIST's digits balance at 14.5, counted from the picture's edge: on the centre of pixel 14, not between 13 and 14.
    row, column = (round(14 - centre) for centre in centre_of_mass(small))
    row, column = np.clip(row, 0, 28 - height), np.clip(column, 0, 28 - width)
    framed[row : row + height, column : column + width] = small
    return np.rint(framed).clip(0, 255).astype(np.uint8).ravel()


def centre_of_mass(picture):
    """Return the (row, column) where a picture, (height, width), balances,
    counted from its first pixel's centre.
    """
    row, column = np.indices(picture.shape)
    return (row * picture).sum() / picture.sum(), (column * picture).sum() / picture.sum()  # eq-centre-of-mass


def as_text(x):
    """Return a picture, a row of 784 numbers from 0 to 255, as 14 lines of
    text, two pixel rows a line.
    """
    top, bottom = np.asarray(x).reshape(14, 2, 28).transpose(1, 0, 2) > 96
    return "\n".join("".join(" ▀▄█"[code] for code in line).rstrip() for line in top + 2 * bottom)
