"""Bringing any picture of a digit to MNIST's form, and showing one in a
terminal.
"""

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .data import PIXELS

_LIMIT = 50_000_000  # pixels in a picture file; above it decompressing is an attack or a mistake
_FAINTEST = 16  # greys between paper and ink; below it there is none


def load_picture(path):
    """Return the digit in a file as a uint8 row, (784,), white ink on black,
    in MNIST's form.

    A ``.csv`` of 28 × 28 numbers, of one row of 784, or of a label and 784,
    also below a header, is taken as it is. Any other file is opened as a
    picture (PNG, JPEG, …) and goes through `to_mnist_form`.

    Raises
    ------
    ValueError
        If the file holds neither, or a picture without ink.
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
        raise ValueError(f"{path}: expected a picture or a .csv file; {error}") from error
    try:
        return to_mnist_form(grey)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _from_csv(path):
    form = "28 rows of 28 numbers, or one of 784 or 785"
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except (ValueError, csv.Error) as error:  # no text
        raise ValueError(f"{path}: expected {form}; {error}") from None
    if len(rows) == 2 and rows[0][0].strip().lower() == "label":  # the header that write_csv gives
        del rows[0]
    lengths = [len(row) for row in rows] or [0]
    if (len(rows), min(lengths), max(lengths)) not in ((28, 28, 28), (1, PIXELS, PIXELS), (1, PIXELS + 1, PIXELS + 1)):
        length = " to ".join(map(str, sorted({min(lengths), max(lengths)})))
        raise ValueError(f"{path}: expected {form}, got {len(rows)} × {length}")
    pixels = [cell for row in rows for cell in row][-PIXELS:]  # without the label
    for place, pixel in enumerate(pixels):
        if not _is_pixel(pixel):
            raise ValueError(
                f"{path}: expected whole numbers from 0 to 255, got {pixel[:40]!r} in row {place // 28}, "
                f"column {place % 28} of the picture"
            )
    return np.array(pixels, dtype=float).astype(np.uint8)


def _is_pixel(text):
    try:
        return float(text) in range(256)
    except ValueError:
        return False


def to_mnist_form(grey):
    """Return a grey picture, (height, width) of 0..255, as MNIST made its
    digits: a uint8 row, (784,).

    White ink on black; the ink scaled to fit 20 × 20, its proportions kept, by
    the mean over each new pixel's area; its centre of mass in the middle of 28
    × 28 (LeCun et al., 1998).

    Raises
    ------
    ValueError
        If the shape or a value is no grey picture's, or it has no ink: every
        pixel is like its border.
    """
    ink = np.asarray(grey, dtype=float)
    if ink.ndim != 2 or 0 in ink.shape:
        raise ValueError(f"expected a grey picture, (height, width), got shape {ink.shape}")
    if not (ink.min() >= 0 and ink.max() <= 255):
        raise ValueError(f"expected greys from 0 to 255, got {ink.min()} to {ink.max()}")
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    paper = np.median(border)
    ink = paper - ink if paper > 127 else ink - paper  # dark on light is turned round
    ink = np.clip(ink, 0, None)
    if ink.max() < _FAINTEST:
        raise ValueError("expected a digit, got a picture without ink: every pixel is like its border")
    ink *= 255 / ink.max()
    ink[ink < 32] = 0  # paper grain, pencil smudges, JPEG noise

    rows, columns = ink.any(axis=1).nonzero()[0], ink.any(axis=0).nonzero()[0]
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
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
