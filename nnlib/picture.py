"""A digit's picture: read from a file, brought to MNIST's form, shown as text."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from . import files
from .ink import FAINTEST, find_ink
from .tables import read_picture

_LIMIT = 50_000_000  # pixels in a picture file; above it decompressing is an attack or a mistake


def load_picture(path):
    """Return the digit in a file as a uint8 row, (784,), white ink on black,
    in MNIST's form.

    A ``.csv`` of 28 × 28 numbers, of one row of 784, or of a label and 784,
    also below a header, is taken as it is; a comma, a semicolon, a tabulator or
    spaces stand between them, and Excel's first line ``sep=;`` may say which.
    The label is in the first column, or in the one that the header calls so
    (as in `nnlib.data.read_csv`). Any other file is opened as a picture (PNG,
    JPEG, …), turned as its camera was held, laid on white paper where it is
    transparent, and goes through `to_mnist_form`.

    Warns
    -----
    UserWarning
        As `to_mnist_form` does, and if the numbers of a ``.csv`` show white
        paper.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is no picture, or damaged: it says what the file is, where
        that can be told, and what to do. If it has more than fifty million
        pixels. If there is no ink. Of a ``.csv``: if it is empty, a folder or
        of another kind, or has other rows than these; if the label stands last
        and no header says so; if a value is no whole number from 0 to 255, for
        one with a decimal comma, or stands in a comment; if none is above 1.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        return read_picture(path)
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
                if np.ptp(grey) >= FAINTEST:
                    break
    except FileNotFoundError:
        raise
    except Exception as error:  # the library raises its own and, on damaged files, any of Python's
        raise ValueError(f"{path}: expected a picture or a .csv file{_what_it_is(path) or f'; {error}'}") from error
    try:
        return to_mnist_form(grey)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


_JPEG = "save it as JPEG or PNG, which every picture viewer can, and give that"
_WEIGHTS = "give a picture; weights go to --weights"
_ADVICE = {  # by a part of what a file is
    "HEIC": _JPEG,
    "AVIF": _JPEG,
    "raw data": _JPEG,
    "PDF": _JPEG,
    "SVG": _JPEG,
    "film": "give one picture of it, as JPEG or PNG",
    ".npy": "write it with numpy.savetxt as a .csv of whole numbers from 0 to 255",
    ".npz": _WEIGHTS,
    ".pt": _WEIGHTS,
    "Keras": _WEIGHTS,
    "zip": _WEIGHTS,
    "safetensors": _WEIGHTS,
}


def _what_it_is(path):
    """Return in words what a file is that is no picture, and what to do; None
    where it cannot be told.
    """
    if not path.is_file():
        return None
    kind = "weights in safetensors" if path.suffix.lower() == ".safetensors" else files.kind_at(path)
    advice = next((f": {words}" for part, words in _ADVICE.items() if kind and part in kind), "")
    if not kind or (kind.endswith("picture") and not advice):  # damaged, or too large
        return None
    return f", got {kind}{advice}"


def to_mnist_form(grey):
    """Return a grey picture, (height, width) of 0..255, as MNIST made its
    digits: a uint8 row, (784,).

    White ink on black, whatever the paper was (`nnlib.ink.find_ink`); the ink
    scaled to fit 20 × 20, its proportions kept, by the mean over each new
    pixel's area; its centre of mass in the middle of 28 × 28 (LeCun et al.,
    1998).

    Warns
    -----
    UserWarning
        As `nnlib.ink.find_ink` warns.

    Raises
    ------
    ValueError
        If the shape or a value is no grey picture's, or it has no ink.
    """
    grey = np.asarray(grey, dtype=float)
    if grey.ndim != 2 or 0 in grey.shape:
        raise ValueError(f"expected a grey picture, (height, width), got shape {grey.shape}")
    if not (grey.min() >= 0 and grey.max() <= 255):
        raise ValueError(f"expected greys from 0 to 255, got {grey.min()} to {grey.max()}")
    ink = find_ink(grey)
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
