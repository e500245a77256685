"""Digits as numbers: reading MNIST from its IDX files or from CSV, scaling,
one-hot rows, splits.
"""

import gzip
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

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
        Where the four IDX files lie, plain or ``.gz``. By default the
        environment variable ``NNLIB_DATA``, else ``data/mnist`` of this
        repository.

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
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"expected {name}.gz or {name} in {folder.resolve()}; found neither. NNLIB_DATA or --data names another folder"
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
    ValueError
        If the file is damaged, foreign, or shorter or longer than its header
        says.
    """
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path}: expected a whole gzip file, got a damaged one ({error})") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _DTYPES:
        got = content[:4].hex(" ") or "an empty file"
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
    """Return (X, y), uint8 (N, 784) and (N,), from rows of ``label, 784
    pixels`` with or without a header line.

    Raises
    ------
    ValueError
        If a row is short or long, or a value is no whole number, or a pixel
        lies outside 0 to 255 or a label outside 0 to 9; the message names the
        line.
    """
    import pandas as pd  # here, because a page that reads no CSV need not fetch it

    form = {"header": None, "skip_blank_lines": False, "keep_default_na": False, "low_memory": False}
    try:
        with pd.read_csv(path, **form, compression=None, chunksize=1000) as frames:  # all at once: over 1 GB
            numbers = np.concatenate([_digits(frame, path) for frame in frames])
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path}: expected rows of a label and {PIXELS} pixels, got an empty file") from None
    except (pd.errors.ParserError, UnicodeDecodeError, OverflowError) as error:
        raise ValueError(f"{path}: expected rows of a label and {PIXELS} pixels; {str(error).strip()}") from None
    if len(numbers) == 0:
        raise ValueError(f"{path}: expected rows below the header, got none")
    return np.ascontiguousarray(numbers[:, 1:]), numbers[:, 0].copy()


def _digits(frame, path):
    """Return the lines of a CSV file as uint8, (N, 785), without the header if
    they open with one.
    """
    import pandas as pd

    if frame.shape[1] != PIXELS + 1:
        raise ValueError(f"{path}: expected {PIXELS + 1} columns, a label and {PIXELS} pixels, got {frame.shape[1]}")
    numbers = frame.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if frame.index[0] == 0 and (np.isnan(numbers[0]).all() or str(frame.iat[0, 0]).strip().lower() == "label"):
        frame, numbers = frame[1:], numbers[1:]
    good = (numbers >= 0) & (numbers <= [CLASSES - 1] + PIXELS * [255]) & (numbers == np.floor(numbers))
    good &= (frame.dtypes != "bool").to_numpy()  # pandas reads a column of True as 1s
    if not good.all():
        row, column = np.argwhere(~good)[0]
        what = f"pixel {column - 1}, 0 to 255" if column else f"a label, 0 to {CLASSES - 1}"
        got = str(frame.iat[row, column])
        raise ValueError(f"{path}, line {frame.index[row] + 1}: expected {what}, got {got!r}")
    return numbers.astype(np.uint8)


def write_csv(path, X, y):
    """Write rows of ``label, 784 pixels`` under a header line: the form the
    seed program reads.

    The file appears under its name only when it is whole.
    """
    import pandas as pd

    if X.shape != (len(y), PIXELS):
        raise ValueError(f"expected pictures of shape ({len(y)}, {PIXELS}) for {len(y)} labels, got {X.shape}")
    frame = pd.DataFrame(X, columns=[f"pixel{d}" for d in range(PIXELS)])
    frame.insert(0, "label", y)
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        frame.to_csv(part, index=False)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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


def split(X, y, held_out):
    """Return (X, y) without the last `held_out` examples, and those: a
    training and a validation part.
    """
    if not 0 < held_out < len(y):
        raise ValueError(f"expected to hold out 1 to {len(y) - 1} of {len(y)} examples, got {held_out}")
    return (X[:-held_out], y[:-held_out]), (X[-held_out:], y[-held_out:])
