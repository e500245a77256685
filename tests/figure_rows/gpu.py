"""Chapter 21: sixteen threads and their tiles, each sum added up in NumPy as the threads' orders have it."""

import numpy as np

STATES = [
    {"step": 0},
    {"step": 8, "thread": 15},
    {"kernel": "late", "step": 2, "thread": 0},
    {"kernel": "late", "step": 5, "thread": 9},
    {"kernel": "late", "step": 8, "thread": 13},
    {"kernel": "naive", "step": 3},
    {"kernel": "naive", "step": 8, "thread": 12},
]
n, d, h = np.arange(4), np.arange(8), np.arange(4)
X = 1 + (n[:, None] + 2 * d + n[:, None] * d) % 3
W = 1 + (2 * d[:, None] + h + d[:, None] * h**2) % 3
UPPER, LOWER, ALL = slice(0, 2), slice(2, 4), slice(0, 4)
ORDERS = {  # what happens at each step, to which piece, by which rows of threads
    "tiled": [("load", 0, ALL), None, ("use", 0, ALL), None, ("load", 1, ALL), None, ("use", 1, ALL), None],
    "late": [
        ("load", 0, UPPER), ("use", 0, UPPER), ("load", 0, LOWER), ("load", 1, UPPER),
        ("use", 0, LOWER), ("use", 1, UPPER), ("load", 1, LOWER), ("use", 1, LOWER),
    ],
}  # fmt: skip


def shows(state):
    step = int(state["step"])
    if state["kernel"] == "naive":
        return {"Z": X[:, :step] @ W[:step], "fetched": 32 * step, "used": 32 * step, "mistakes": 0, "times": step > 0}
    Z, right, X_tile, W_tile = (np.zeros((4, 4), int) for _ in range(4))
    fetched = used = 0
    for event in ORDERS[state["kernel"]][:step]:
        if event:
            act, piece, rows = event
            part = slice(4 * piece, 4 * piece + 4)
            many = 16 * (rows.stop - rows.start) // 4
            if act == "load":  # row n of the threads fetches row n of either tile
                X_tile[rows], W_tile[rows] = X[rows, part], W[part][rows]
                fetched += 2 * many
            else:
                Z[rows] += X_tile[rows] @ W_tile
                right[rows] += X[rows, part] @ W[part]
                used += 8 * many
    mistakes = (right != Z).sum()
    return {"Z": Z, "fetched": fetched, "used": used, "mistakes": mistakes, "times": used / max(1, fetched)}
