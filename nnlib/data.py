"""Digits as numbers: MNIST, scaling, one-hot rows, splits."""

import math
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .idx import read_idx
from .tables import CLASSES, PIXELS, read_csv, write_csv  # noqa: F401  the last two are to be had from here too


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
