"""Digits as numbers: reading MNIST from its IDX files or from CSV, scaling,
one-hot rows, splits.
"""

import gzip
import math
import os
import re
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import files

PIXELS = 28 * 28
CLASSES = 10
_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


class Mnist(NamedTuple):
    """Pictures as uint8 rows, (N, 784), and their labels as uint8, (N,); as
    shipped, the test set apart.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def load_mnist(folder=None):
    """Return the 60,000 training and 10,000 test digits.

    Parameters
    ----------
    folder : path, optional
        Where the four IDX files lie, plain or ``.gz``, under their names or as
        7-Zip and others write them: ``train-images.idx3-ubyte``, or each in a
        folder of its name. By default the environment variable
        ``NNLIB_DATA``, else ``data/mnist`` of this repository.

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message says where it was looked for.
    ValueError
        If a file is not what its name says; see `read_idx`.
    """
    folder = Path(folder or os.environ.get("NNLIB_DATA") or Path(__file__).parent.parent / "data" / "mnist")
    arrays = []
    for part in ("train", "t10k"):
        pictures = _find(folder, f"{part}-images-idx3-ubyte")
        labels = _find(folder, f"{part}-labels-idx1-ubyte")
        X, y = read_idx(pictures), read_idx(labels)
        if X.shape[1:] != (28, 28) or X.dtype != np.uint8:
            raise ValueError(f"{pictures}: expected pictures (N, 28, 28) of uint8, got {X.shape} of {X.dtype}")
        if y.shape != X.shape[:1] or y.dtype != np.uint8:
            raise ValueError(f"{labels}: expected labels ({len(X)},) of uint8, got {y.shape} of {y.dtype}")
        check_labels(y, where=f"{labels}: ")
        arrays += [X.reshape(len(X), PIXELS), y]
    return Mnist(*arrays)


def _find(folder, name):
    dotted = name.replace("-idx", ".idx")
    for place in (folder, folder / name, folder / dotted):
        for variant in (f"{name}.gz", name, f"{dotted}.gz", dotted):
            if (place / variant).is_file():
                return place / variant
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    among = f" among {', '.join(there[:8])}{', …' if there[8:] else ''}" if there else ""
    raise FileNotFoundError(
        f"expected {name}.gz or {name} in {folder.resolve()}; found neither{among}. "
        "NNLIB_DATA or --data names another folder"
    )


def read_idx(path):
    """Return the array in an IDX file, plain or gzip-compressed, in the file's
    own shape and type.

    An IDX file opens with two zero bytes, a byte that names the type and one
    that counts the dimensions; the sizes follow as big-endian 32-bit integers,
    then the values, row by row (LeCun, Cortes and Burges' description of
    MNIST).

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is damaged, foreign, or shorter or longer than its header
        says.
    """
    content = files.read(path, "an IDX file")
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path}: expected a whole gzip file, got a damaged one ({error})") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _DTYPES:
        got = files.kind_of(content) or content[:4].hex(" ")
        raise ValueError(f"{path}: expected an IDX file, which opens 00 00 <type> <dimensions>, got {got}")
    dtype, dimensions = np.dtype(_DTYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise ValueError(f"{path}: expected {dimensions} sizes, {start} bytes, got a file of {len(content)} bytes")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, offset=4))
    expected = start + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise ValueError(f"{path}: expected {expected} bytes for shape {shape}, got {len(content)}")
    try:
        return np.frombuffer(content, dtype, offset=start).reshape(shape)
    except ValueError as error:  # more dimensions than NumPy has, or sizes beyond its reach around a 0
        raise ValueError(f"{path}: expected a shape that NumPy can hold, got {shape}; {error}") from error


def read_csv(path):
    """Return (X, y), uint8 (N, 784) and (N,), from rows of a label and 784
    pixels.

    Values may stand between commas, semicolons, tabs or spaces, quoted or not.
    A header line may come first; where one of its names is ``label``,
    ``class``, ``digit``, ``target`` or ``y``, the label is in that column.
    Else it is in the first.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If a row is short or long, or a value is no whole number, or a pixel
        lies outside 0 to 255 or a label outside 0 to 9; the message names the
        line. Also if the labels stand last and no header says so.
    """
    import pandas as pd  # here, because a page that reads no CSV need not fetch it

    expected = f"rows of a label and {PIXELS} pixels"
    separator, header, label = _csv_form(path, expected)
    form = {"header": None, "skip_blank_lines": False, "keep_default_na": False, "low_memory": False}
    form |= {"sep": separator, "compression": None, "chunksize": 1000}  # all at once: over 1 GB
    try:
        with pd.read_csv(path, **form) as frames:
            numbers = np.concatenate([_digits(frame, path, header, label) for frame in frames])
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
    return np.ascontiguousarray(X), y


_LAST = "end in it, it seems: move that column to the front, or name it label in a header line"
LABEL_NAMES = {"label", "labels", "class", "digit", "target", "y"}
_INDEX_NAMES = {"id", "index", "imageid", "image_id", "row", "unnamed: 0"}


def _csv_form(path, expected):
    """Return (separator, number of header lines, column of the label or None)
    of a CSV file, from its first line.
    """
    files.check_there(path, f"a CSV file, {expected}")
    with Path(path).open("rb") as file:
        start = file.read(100_000)
    kind = files.kind_of(start)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        kind = "text in UTF-16: save it as UTF-8"
    if start[:9].lower() == b"@relation":
        kind = "ARFF: keep what is below @DATA, with a header line that names the column of labels"
    if kind:
        raise ValueError(f"{path}: expected {expected}, got {kind}")
    line = re.split(r"\r\n|\r|\n", start.decode("utf-8-sig", errors="replace"), maxsplit=1)[0]
    if not line.strip():
        raise ValueError(f"{path}: expected {expected}, got an empty first line")
    separator = max((",", ";", "\t"), key=line.count)
    if separator not in line and " " in line.strip():
        separator = r"\s+"
    cells = line.split() if separator == r"\s+" else line.split(separator)
    names = [cell.strip().strip("\"'").strip().lower() for cell in cells]
    places = [place for place, name in enumerate(names) if name in LABEL_NAMES]
    if len(places) > 1:
        named = " and ".join(f"{names[place]!r}" for place in places)
        raise ValueError(f"{path}: expected one column with the label, got {named} in the header")
    if places:
        return separator, 1, places[0]
    if names[0] in _INDEX_NAMES:
        raise ValueError(
            f"{path}: expected {expected}, got {names[0]!r} as the first column's name and none of a label: "
            "take that column away, or name it label if it is the label"
        )
    # Names of columns are no numbers, or numbers in turn.
    counted = [name for name in names if name.isdecimal()]
    first = int(counted[0]) if counted else 0
    in_turn = [int(name) for name in counted] == list(range(first, first + len(counted)))
    others = [name for name in names if not name.isdecimal() and _is_number(name)]
    return separator, int(in_turn and not others and len(counted) != 1), None


def _is_number(text):
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _digits(frame, path, header, label):
    """Return some lines of a CSV file as uint8, (N, 785), without the header."""
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
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    largest = np.full(PIXELS + 1, 255)
    largest[label or 0] = CLASSES - 1
    good = (numbers >= 0) & (numbers <= largest) & (numbers == np.floor(numbers))
    good &= (frame.dtypes != "bool").to_numpy()  # pandas reads a column of True as 1s
    if not good.all():
        row, column = np.argwhere(~good)[0]
        is_label = column == (label or 0)
        what = f"a label, 0 to {CLASSES - 1}" if is_label else f"pixel {column - (column > (label or 0))}, 0 to 255"
        got = repr(str(frame.iat[row, column])[:40])
        if is_label and label is None and 0 <= numbers[row, 0] <= 255 and good[:, 1:].all():
            last = numbers[:, -1]
            if last.max() < CLASSES and np.mean(last == 0) < 0.5:
                got += f" in rows that {_LAST}"
        if not is_label and 0 < numbers[row, column] < 1 and np.nanmax(np.delete(numbers[row], label or 0)) <= 1:
            got += " in a row of none above 1: multiply the pixels by 255"
        raise ValueError(f"{path}, line {frame.index[row] + 1}: expected {what}, got {got}")
    return numbers.astype(np.uint8)


def _counts(frame, header):
    """Return whether the first column of one too many is the number of the row."""
    import pandas as pd

    if frame.shape[1] != PIXELS + 2 or frame.index[0] != 0:
        return False
    first = pd.to_numeric(frame[0][header:], errors="coerce").to_numpy()
    return len(first) > 1 and bool((np.diff(first) == 1).all())


def write_csv(path, X, y):
    """Write rows of ``label, 784 pixels`` under a header line: the form the
    seed program reads.

    The file appears under its name only when it is whole. Of a link, the file
    it leads to is written.
    """
    import pandas as pd

    if X.shape != (len(y), PIXELS):
        raise ValueError(f"expected pictures of shape ({len(y)}, {PIXELS}) for {len(y)} labels, got {X.shape}")
    frame = pd.DataFrame(X, columns=[f"pixel{d}" for d in range(PIXELS)])
    frame.insert(0, "label", y)
    with files.whole(path) as part:
        frame.to_csv(part, index=False)


def scale(X, dtype=np.float64):
    """Return pixels 0..255 as numbers 0..1."""
    return np.divide(X, 255, dtype=dtype)  # eq-scale


def one_hot(labels, classes=CLASSES, dtype=np.float64):
    """Return Y, (N, classes), with a 1 in the column of each label and 0
    elsewhere.

    Raises
    ------
    ValueError
        If a label is outside 0 to classes − 1; a negative one would silently
        count from the end.
    """
    labels = np.asarray(labels)
    check_labels(labels, classes)
    return np.eye(classes, dtype=dtype)[labels]  # eq-one-hot


def check_labels(labels, classes=CLASSES, where=""):
    """Raise a ValueError, which opens with `where`, unless labels are a row of
    whole numbers, 0 to classes − 1.
    """
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{where}expected a row of whole numbers, got shape {labels.shape} of {labels.dtype}")
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        raise ValueError(f"{where}expected labels 0 to {classes - 1}, got {labels[wrong[0]]} at example {wrong[0]}")


def split(X, y, held_out, rng=None):
    """Return (X, y) without `held_out` examples, and those: a training and a
    validation part.

    Parameters
    ----------
    X, y : arrays (N, …) and (N,)
    held_out : int
        How many examples the second part gets.
    rng : numpy.random.Generator, optional
        Draws them; by default they are the last ones, which is right for
        examples in no order, as MNIST's are.

    Raises
    ------
    ValueError
        If a part would be empty, or if the examples are sorted by their label,
        so that the last ones are of some classes only.
    """
    X, y = np.asarray(X), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"expected a label for each example, got {len(X)} and {len(y)}")
    if not isinstance(held_out, int | np.integer) or not 0 < held_out < len(y):
        raise ValueError(f"expected to hold out 1 to {len(y) - 1} of {len(y)} examples, got {held_out}")
    if rng is not None:
        order = rng.permutation(len(y))
        X, y = X[order], y[order]
    else:
        _check_unsorted(y, held_out)
    return (X[:-held_out], y[:-held_out]), (X[-held_out:], y[-held_out:])


def _check_unsorted(y, held_out):
    """Raise a ValueError if the first and the last examples are not of the
    same classes, which by chance one set in ten thousand would show.
    """
    classes, counts = np.unique(y, return_counts=True)
    share = held_out / len(y)
    for part, others, chance in (
        (y[-held_out:], f"the last {held_out:,}", counts * math.log1p(-share)),
        (y[:-held_out], f"the first {len(y) - held_out:,}", counts * math.log(share)),
    ):
        missing = ~np.isin(classes, part)
        if not missing.any():
            continue
        # How likely it is that shuffled labels lie class after class; or that shuffling leaves a class out of the part.
        groups = 1 + np.count_nonzero(y[1:] != y[:-1])
        factorials = sum(math.lgamma(count + 1) for count in counts)
        in_groups = math.lgamma(len(classes) + 1) + factorials - math.lgamma(len(y) + 1)
        likely = in_groups if groups == len(classes) < len(y) else 0
        if min(likely, chance[missing].min()) < math.log(1e-4):
            names = ", ".join(str(name) for name in classes[missing][:10])
            raise ValueError(
                f"expected examples in no order, got {others} without any of class {names}: "
                "give split an rng, which draws the held-out ones"
            )
