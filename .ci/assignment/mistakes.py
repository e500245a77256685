"""Common mistakes and honest partial submissions of assignment NUMBER, and the points that the tests give to each.

TODO: those of your own questions. Each is (what it is, {question: code}, points); None leaves an answer as released.
"""

FULL = 12

MISTAKES = [
    (
        "row_lengths: squared lengths",
        {
            "row_lengths": """
def row_lengths(X):
    return (X * X).sum(axis=1)
"""
        },
        FULL - 3 - 1,
    ),
    (
        "row_lengths: the lengths of the columns",
        {
            "row_lengths": """
def row_lengths(X):
    return np.linalg.norm(X, axis=0)
"""
        },
        FULL - 3 - 1,
    ),
    (
        "row_lengths: a column comes back, (N, 1)",
        {
            "row_lengths": """
def row_lengths(X):
    return np.linalg.norm(X, axis=1, keepdims=True)
"""
        },
        FULL - 1,
    ),
    (
        "row_lengths: squares the array that it was given",
        {
            "row_lengths": """
def row_lengths(X):
    X **= 2
    return np.sqrt(X.sum(axis=1))
"""
        },
        FULL - 1,
    ),
    (
        "unit_rows: a row of zeros becomes nan",
        {
            "unit_rows": """
def unit_rows(X):
    return X / np.linalg.norm(X, axis=1, keepdims=True)
"""
        },
        FULL - 2,
    ),
    (
        "unit_rows: something small is added to the length",
        {
            "unit_rows": """
def unit_rows(X):
    return X / (np.linalg.norm(X, axis=1, keepdims=True) + 1e-6)
"""
        },
        FULL - 3,
    ),
    (
        "unit_rows: one length for the whole batch",
        {
            "unit_rows": """
def unit_rows(X):
    return X / np.linalg.norm(X)
"""
        },
        FULL - 3,
    ),
    (
        "unit_rows: the entries sum to 1",
        {
            "unit_rows": """
def unit_rows(X):
    sums = np.abs(X).sum(axis=1, keepdims=True)
    return X / np.where(sums > 0, sums, 1)
"""
        },
        FULL - 3,
    ),
    (
        "unit_rows: divides in place",
        {
            "unit_rows": """
def unit_rows(X):
    lengths = np.linalg.norm(X, axis=1, keepdims=True)
    X /= np.where(lengths > 0, lengths, 1)
    return X
"""
        },
        FULL - 1 - 1,
    ),
    (
        "partial: the first question, and no more",
        {"unit_rows": None},
        5,
    ),
    (
        "partial: the second question alone",
        {"row_lengths": None},
        7,
    ),
    (
        "partial: squared lengths, and nothing after them",
        {
            "row_lengths": """
def row_lengths(X):
    return (X * X).sum(axis=1)
""",
            "unit_rows": None,
        },
        1,
    ),
]
