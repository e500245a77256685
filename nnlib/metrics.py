"""How good the answers are: accuracy, the confusion matrix, its rows and
columns, and calibration.
"""

from typing import NamedTuple

import numpy as np

from .data import check_labels


def accuracy(predicted, labels):
    """Return the share of answers that are right, between 0 and 1.

    Raises
    ------
    ValueError
        If the two are not one-dimensional, equally long and not empty: (N, 1)
        against (N,) would compare every pair.
    """
    predicted, labels = _aligned(predicted, labels)
    return float((predicted == labels).mean())  # eq-accuracy


def standard_error(share, N):
    """Return √(q(1 − q)/N): how far a share measured on N examples is from the
    true one, typically.
    """
    return float(np.sqrt(share * (1 - share) / N))  # eq-standard-error


def confusion_matrix(labels, predicted, classes=10):
    """Return C, (classes, classes): C[i, j] counts the examples of class i
    that were answered j.

    Raises
    ------
    ValueError
        If a class is outside 0 to classes − 1.
    """
    predicted, labels = _aligned(predicted, labels)
    check_labels(labels, classes)
    check_labels(predicted, classes)
    C = np.zeros((classes, classes), dtype=int)
    np.add.at(C, (labels, predicted), 1)  # eq-confusion-matrix
    return C


def precision_recall(C):
    """Return (precision, recall), each (K,), from a confusion matrix; nan for
    a class never answered or never seen.
    """
    right = np.diag(C)
    with np.errstate(invalid="ignore"):
        return right / C.sum(axis=0), right / C.sum(axis=1)  # eq-precision-recall


class Reliability(NamedTuple):
    """Bins of equal width over the confidence; a bin without examples has
    count 0 and nan elsewhere.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray


def reliability(P, labels, bins=10):
    """Return the mean confidence, the accuracy and the count in each bin of
    the top probability of rows P.
    """
    predicted, labels = _aligned(P.argmax(axis=1), labels)
    confidence, right = P.max(axis=1), predicted == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            np.bincount(bin_of, confidence, bins) / count,
            np.bincount(bin_of, right, bins) / count,
            count,
        )


def expected_calibration_error(P, labels, bins=10):
    """Return the mean over examples of |accuracy − confidence| of their bin
    (Guo et al., 2017).
    """
    conf, acc, count = reliability(P, labels, bins)
    filled = count > 0
    weighted = (count * np.abs(acc - conf))[filled]
    return float(weighted.sum() / count.sum())  # eq-expected-calibration-error


def _aligned(predicted, labels):
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.ndim != 1 or predicted.shape != labels.shape or labels.size == 0:
        raise ValueError(f"expected two rows of N ≥ 1 classes, got shapes {predicted.shape} and {labels.shape}")
    return predicted, labels
