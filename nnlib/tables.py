"""Digits in CSV files: tables with a label and 784 pixels a row, and single
pictures.
"""

import csv
import math
import re
import warnings
from pathlib import Path

import numpy as np

from . import files

PIXELS = 28 * 28
CLASSES = 10
_SPACES = r"\s+"  # as a separator
_LABEL_NAMES = {"label", "labels", "class", "digit", "target", "y"}
_INDEX_NAMES = {"id", "index", "imageid", "image_id", "row", "unnamed: 0"}
_LAST = "end in it, it seems: move that column to the front, or name it label in a header line"


def read_csv(path):
    """Return (X, y), uint8 (N, 784) and (N,), from rows of a label and 784
    pixels.

    Values may stand between commas, semicolons, tabs or spaces, quoted or not;
    Excel's first line ``sep=;`` may name what stands between them. A header
    line may come first; where one of its names is ``label``, ``class``,
    ``digit``, ``target`` or ``y``, the label is in that column. Else it is in
    the first.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is empty, a folder or of another kind: packed, a
        spreadsheet, ARFF, text in UTF-16. If the first line is empty or a
        comment, if the header names two labels or a counter of the rows and no
        label, or if no row is below it. If a row is short or long, for one
        because the label is missing or the rows are counted. If a value is no
        whole number, for one with a decimal comma, or in a comment; if a pixel
        lies outside 0 to 255 or a label outside 0 to 9; the message names the
        line. If no pixel is above 1. If the labels stand last and no header
        says so.

    Warns
    -----
    UserWarning
        If pictures show white paper.
    """
    import pandas as pd  # here, because a page that reads no CSV need not fetch it

    expected = f"rows of a label and {PIXELS} pixels"
    lines = _lines(path, expected, 100_000)
    separator, above = _separator(lines)
    header, label = _header(path, expected, lines[above], separator)
    form = {"header": None, "skip_blank_lines": False, "keep_default_na": False, "low_memory": False}
    form |= {"sep": separator, "skiprows": above, "compression": None, "chunksize": 1000}  # all at once: over 1 GB
    try:
        with pd.read_csv(path, **form) as frames:
            numbers = np.concatenate([_digits(frame, path, above, header, label) for frame in frames])
    except (pd.errors.ParserError, UnicodeDecodeError, OverflowError) as error:
        what = str(error).strip().removeprefix("Error tokenizing data. C error: ")  # pandas' words for its own parts
        raise ValueError(f"{path}: expected {expected}; {what}") from None
    if len(numbers) == 0:
        raise ValueError(f"{path}: expected rows below the header, got none")
    X, y = np.delete(numbers, label or 0, axis=1), numbers[:, label or 0].copy()
    # A corner without ink read as labels that are all 0, and labels as a corner.
    if label is None and np.mean(y == 0) > 0.9 and X[:, -1].max() < CLASSES and np.mean(X[:, -1] == 0) < 0.5:
        raise ValueError(f"{path}: expected the label first, got rows that {_LAST}")
    if X.max() == 1:
        raise ValueError(f"{path}: expected pixels from 0 to 255, got none above 1: multiply them by 255")
    _warn_of_white_paper(X, stacklevel=3)
    return np.ascontiguousarray(X), y


def write_csv(path, X, y):
    """Write rows of ``label, 784 pixels`` under a header line: the form the
    seed program reads.

    The file appears under its name only when it is whole. Of a link, the file
    it leads to is written.

    Raises
    ------
    ValueError
        If there are not as many pictures of 784 pixels as labels, or what is
        at the path is no ordinary file.
    FileNotFoundError, PermissionError
        If there is no folder to write into, or one may not.
    """
    import pandas as pd

    if X.shape != (len(y), PIXELS):
        raise ValueError(f"expected pictures of shape ({len(y)}, {PIXELS}) for {len(y)} labels, got {X.shape}")
    frame = pd.DataFrame(X, columns=[f"pixel{d}" for d in range(PIXELS)])
    frame.insert(0, "label", y)
    with files.whole(path) as part:
        frame.to_csv(part, index=False)


def read_picture(path):
    """Return the one picture in a CSV file as a uint8 row, (784,): 28 × 28
    numbers, one row of 784, or a label and 784, also below a header. What
    `nnlib.picture.load_picture` does with such a file.
    """
    header, cells = _cells(path)
    if len(cells) > PIXELS:  # one is the label
        places = [place for place, name in enumerate(header) if _bare(name) in _LABEL_NAMES]
        if not places and _number(cells[0]) == 0 and _number(cells[-1]) in range(1, 10):
            raise ValueError(
                f"{path}: expected the label first, got a row that ends in it, it seems: "
                "take that number away, or name its column label in a header line"
            )
        del cells[places[0] if places else 0]
    pixels = [_number(cell) for cell in cells]
    if all(0 <= pixel <= 1 for pixel in pixels) and any(pixels):
        raise ValueError(f"{path}: expected whole numbers from 0 to 255, got none above 1: multiply them by 255")
    for place, (pixel, cell) in enumerate(zip(pixels, cells, strict=True)):
        if pixel not in range(256):
            where = f"in row {place // 28}, column {place % 28} of the picture"
            raise ValueError(f"{path}: expected whole numbers from 0 to 255, got {_got(cell, where)}")
    x = np.array(pixels).astype(np.uint8)
    if np.ptp(x) == 0:
        raise ValueError(f"{path}: expected a digit, got a picture without ink: every pixel is {x[0]}")
    _warn_of_white_paper(x[None], stacklevel=4)  # the line that called load_picture
    return x


def _cells(path):
    """Return (names of the columns, if any, and all other cells) of a picture."""
    form = "28 rows of 28 numbers, or one of 784 or 785"
    lines = [line for line in _lines(path, form) if line.strip()] or [""]
    separator, above = _separator(lines)
    lines, between = lines[above:], " " if separator == _SPACES else separator
    try:  # more lines than a picture has are counted, not taken apart
        rows = list(csv.reader((line.strip(" ") for line in lines[:30]), delimiter=between, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(f"{path}: expected {form}; {error}") from None
    if all(len(row) in (29, PIXELS + 1, PIXELS + 2) and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]  # each line ends in a separator
    count, first = len(lines), rows[0] if rows else []
    header = []
    if count in (2, 29) and (math.isnan(_number(first[0])) or first == [str(n) for n in range(len(first))]):
        header, count = rows.pop(0), count - 1
    for row in rows:
        if row and row[0].startswith("#"):
            raise ValueError(f"{path}: expected {form}, got {_got(row[0])}")
    lengths = [len(row) for row in rows] or [0]
    if (count, min(lengths), max(lengths)) not in ((28, 28, 28), (1, PIXELS, PIXELS), (1, PIXELS + 1, PIXELS + 1)):
        length = " to ".join(map(str, sorted({min(lengths), max(lengths)})))
        many = ": keep one row, of one picture" if count > 1 and min(lengths) >= PIXELS else ""
        raise ValueError(f"{path}: expected {form}, got {count} × {length}{many}")
    return header, [cell for row in rows for cell in row]


def _lines(path, expected, size=-1):
    """Return the lines of a text file, or of its first `size` bytes; raise
    where it is none.
    """
    files.check_there(path, f"a CSV file, {expected}")
    kind = files.kind_at(path)
    with Path(path).open("rb") as file:
        start = file.read(size)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        kind = "text in UTF-16: save it as UTF-8"
    if start[:9].lower() == b"@relation":
        kind = "ARFF: keep what is below @DATA, with a header line that names the column of labels"
    if kind:
        raise ValueError(f"{path}: expected {expected}, got {kind}")
    return re.split(r"\r\n|\r|\n", start.decode("utf-8-sig", errors="replace"))


def _separator(lines):
    """Return what stands between the values, and how many lines say so: one
    where Excel wrote ``sep=;``.
    """
    named = re.fullmatch('"?sep=(.)"?', lines[0].strip(" "), re.IGNORECASE)
    if named and len(lines) > 1:
        return named[1], 1
    text = "\n".join(lines[:30])
    for mark in ";\t":  # where they stand, a comma belongs to a number: so Excel writes where it is the decimal sign
        if mark in text and f",{mark}" not in text:
            return mark, 0
    return ("," if "," in text or " " not in text.strip() else _SPACES), 0


def _header(path, expected, line, separator):
    """Return (number of header lines, column of the label or None) of a table,
    from its first line.
    """
    if not line.strip():
        raise ValueError(f"{path}: expected {expected}, got an empty first line")
    names = [_bare(cell) for cell in (line.split() if separator == _SPACES else line.split(separator))]
    if line.lstrip().startswith("#") and len(names) < PIXELS:
        raise ValueError(f"{path}: expected {expected}, got {_got(line)}")
    places = [place for place, name in enumerate(names) if name in _LABEL_NAMES]
    if len(places) > 1:
        named = " and ".join(f"{names[place]!r}" for place in places)
        raise ValueError(f"{path}: expected one column with the label, got {named} in the header")
    if places:
        return 1, places[0]
    if names[0] in _INDEX_NAMES:
        raise ValueError(
            f"{path}: expected {expected}, got {names[0]!r} as the first column's name and none of a label: "
            "take that column away, or name it label if it is the label"
        )
    # Names of columns are no numbers, or numbers in turn.
    counted = [name for name in names if name.isdecimal()]
    first = int(counted[0]) if counted else 0
    in_turn = [int(name) for name in counted] == list(range(first, first + len(counted)))
    others = [name for name in names if not name.isdecimal() and math.isfinite(_number(name.replace(",", ".")))]
    return int(in_turn and not others and len(counted) != 1), None


def _digits(frame, path, above, header, label):
    """Return some lines of a table as uint8, (N, 785), without the header."""
    import pandas as pd

    if frame.shape[1] == PIXELS + 2 and ((last := frame.iloc[:, -1]).isna() | (last == "")).all():
        frame = frame.iloc[:, :-1]  # each line ends in a separator
    if frame.shape[1] != PIXELS + 1:
        why = ": the label is missing, it seems" if frame.shape[1] == PIXELS else ""
        if _counts(frame, header):
            why = ": the first counts the rows, it seems"
        raise ValueError(
            f"{path}: expected {PIXELS + 1} columns, a label and {PIXELS} pixels, got {frame.shape[1]}{why}"
        )
    if frame.index[0] == 0:
        frame = frame[header:]
    cells = frame.to_numpy()  # at once: column by column it takes five times as long
    numbers = pd.to_numeric(cells.ravel(), errors="coerce").reshape(cells.shape).astype(float)
    largest = np.full(PIXELS + 1, 255)
    largest[label or 0] = CLASSES - 1
    good = (numbers >= 0) & (numbers <= largest) & (numbers == np.floor(numbers))
    good &= (frame.dtypes != "bool").to_numpy()  # pandas reads a column of True as 1s
    if not good.all():
        row, column = np.argwhere(~good)[0]
        is_label = column == (label or 0)
        what = f"a label, 0 to {CLASSES - 1}" if is_label else f"pixel {column - (column > (label or 0))}, 0 to 255"
        why = ""
        if is_label and label is None and 0 <= numbers[row, 0] <= 255 and good[:, 1:].all():
            last = numbers[:, -1]
            if last.max() < CLASSES and np.mean(last == 0) < 0.5:
                why = f"in rows that {_LAST}"
        if not is_label and 0 < numbers[row, column] < 1 and np.nanmax(np.delete(numbers[row], label or 0)) <= 1:
            why = "in a row of none above 1: multiply the pixels by 255"
        line = above + frame.index[row] + 1
        raise ValueError(f"{path}, line {line}: expected {what}, got {_got(frame.iat[row, column], why)}")
    return numbers.astype(np.uint8)


def _counts(frame, header):
    """Return whether the first column of one too many is the number of the row."""
    import pandas as pd

    if frame.shape[1] != PIXELS + 2 or frame.index[0] != 0:
        return False
    first = pd.to_numeric(frame[0][header:], errors="coerce").to_numpy()
    return len(first) > 1 and bool((np.diff(first) == 1).all())


def _bare(name):
    """Return a column's name in small letters, without quotes and the # that
    numpy.savetxt writes before a header.
    """
    return name.strip().strip("\"'").removeprefix("#").strip().lower()


def _number(text):
    try:
        return float(text)
    except ValueError:
        return math.nan


def _got(cell, where=""):
    """Return in words a cell that is not what it should be, and what to do
    where that can be told.
    """
    text = str(cell)[:40]
    why = ""
    if text.lstrip().startswith("#"):
        why = ", a comment: take that line away"
    elif re.fullmatch(r"\s*[+-]?\d+,\d+\s*", text):
        why = ", with a decimal comma: write whole numbers, or a point"
    return f"{text!r}{where and ' ' + where}{why}"


def _warn_of_white_paper(X, stacklevel):
    """Warn if of pictures X, (N, 784), more than a tenth have a bright border:
    in MNIST none has.
    """
    squares = X.reshape(-1, 28, 28)
    border = np.concatenate([squares[:, 0], squares[:, -1], squares[:, :, 0], squares[:, :, -1]], axis=1)
    white = np.count_nonzero((border > 127).mean(axis=1) > 0.5)
    if white > len(X) / 10:
        where = f" in {white:,} of {len(X):,} pictures" if len(X) > 1 else ""
        warnings.warn(
            f"the paper is white{where}: MNIST's is 0 and its ink 255; subtract each number from 255",
            stacklevel=stacklevel,
        )
