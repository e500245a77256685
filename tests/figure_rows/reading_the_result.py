"""Chapter 09: the shipped network's answers to the test digits, and which of them are surest."""

from functools import cache

import numpy as np
from figure_data import listed, nibbles, packed, without_gaps

from nnlib import data, io, metrics

STATES = [{"cell": 0}, {"cell": 49, "stop": 5}, {"cell": 3, "stop": 10}, {"cell": 10, "stop": 9}]
LOOSE = 1e-5  # the shares are stored in 16 bits

STOPS = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]  # least confidences


def on_the_test_digits():
    """Return the test pictures, their labels, and the shipped network's shares for them, (10000, 10)."""
    mnist = data.load_mnist()
    return mnist.X_test, mnist.y_test, io.load(io.SHIPPED).forward(data.scale(mnist.X_test))[3]


def chosen(labels, P):
    """Return the rows of all wrong digits and of the four least sure right ones of each class, cell by cell of the
    confusion matrix; in a cell of mistakes the surest come first, in one of right answers the least sure.
    """
    answers, confidence = P.argmax(axis=1), P.max(axis=1)
    order = np.lexsort((np.where(answers == labels, confidence, -confidence), answers, labels))
    return np.concatenate(
        [order[(labels[order] == i) & (answers[order] == j)][: 4 if i == j else None] for i, j in np.ndindex(10, 10)]
    )


def constants():
    X, labels, P = on_the_test_digits()
    rows, right, confidence = chosen(labels, P), P.argmax(axis=1) == labels, P.max(axis=1)
    shades = without_gaps(np.round(X[rows] / 17), longest=16)
    records = np.column_stack([rows, labels[rows], np.round(65535 * P[rows])]).astype(">u2")
    kept = [[int((right & (labels == k) & (confidence >= stop)).sum()) for k in range(10)] for stop in STOPS]
    return {
        "STOPS": listed(STOPS),
        "RIGHT": listed(kept),
        "RECORDS": packed(records.view(np.uint8)),
        "PICTURES": packed(nibbles(shades)),
    }


network_answers = cache(on_the_test_digits)


def shows(state):
    _, labels, P = network_answers()
    answers, confidence = P.argmax(axis=1), P.max(axis=1)
    kept = confidence >= STOPS[state["stop"]]
    C = metrics.confusion_matrix(labels[kept], answers[kept])
    accuracy = metrics.accuracy(answers[kept], labels[kept])
    i, j = divmod(state["cell"], 10)
    rows = chosen(labels, P)
    return {
        "C": C,
        "right": np.trace(C),
        "answered": kept.sum(),
        "refused": 1 - kept.mean(),
        "accuracy": accuracy,
        "error": metrics.standard_error(accuracy, kept.sum()),
        "recall": metrics.precision_recall(C)[1][i],
        "p": confidence[rows[(labels[rows] == i) & (answers[rows] == j)]],
    }
