"""The tests of assignment NUMBER. TODO: your own; these show how tests are written."""

import numpy as np

from assignments.checks import check, shaped, untouched
from nnlib.exercise import agree


@check("row_lengths", points=3)
def lengths_of_rows(student, rng):
    """Each row of a batch has the length that Pythagoras gives it."""
    for N, D in ((2, 3), (5, 2), (4, 4)):
        X = rng.normal(size=(N, D))
        got = np.asarray(student.row_lengths(X)).ravel()  # the shape is another test's question
        agree(got, np.linalg.norm(X, axis=1), f"the lengths, N = {N}")


@check("row_lengths", points=1)
def lengths_have_a_shape(student, rng):
    """One length comes back for each row, in the shape (N,), for a single row too."""
    for N in (1, 4):
        got = shaped(student.row_lengths(rng.normal(size=(N, 3))), (N,), "the lengths")
        assert (got > 0).all(), "expected lengths above 0 for rows that are not 0"


@check("row_lengths", points=1)
def lengths_leave_the_rows(student, rng):
    """The rows are left as they were, and their lengths depend on them."""
    X = rng.normal(size=(3, 4))
    once, twice = (np.asarray(untouched(student.row_lengths, array)).ravel() for array in (X, 2 * X))
    agree(twice, 2 * once, "the lengths of rows twice as long")
    assert once.any(), "expected lengths above 0 for rows that are not 0"


@check("unit_rows", points=3)
def rows_of_length_one(student, rng):
    """Rows that are not 0 keep their direction and get the length 1."""
    for N, D in ((1, 3), (5, 2), (4, 4)):
        X = rng.normal(size=(N, D))
        got = shaped(student.unit_rows(X), (N, D), "the rows")
        agree(got, X / np.linalg.norm(X, axis=1)[:, None], f"the rows, N = {N}")


@check("unit_rows", points=2)
def rows_of_zeros(student, rng):
    """Among other rows, a row of zeros stays a row of zeros."""
    X = rng.normal(size=(4, 3))
    X[rng.integers(4)] = 0
    got = shaped(student.unit_rows(X), X.shape, "the rows")
    assert not np.isnan(got).any(), "a row of zeros becomes nan: by what is it divided?"
    blank = ~X.any(axis=1)
    assert not got[blank].any(), f"expected a row of zeros, got {got[blank][0]}"
    assert got[~blank].any(axis=1).all(), "expected rows that are not 0 to stay so"


@check("unit_rows", points=1)
def rows_of_whole_numbers(student, rng):
    """Rows of whole numbers become numbers with a fraction."""
    X = rng.integers(1, 9, (3, 4))
    got = shaped(student.unit_rows(X), X.shape, "the rows")
    agree(got, shaped(student.unit_rows(X.astype(float)), X.shape, "the rows"), "the rows of whole numbers")
    assert got.any(), "expected rows that are not 0"


@check("unit_rows", points=1)
def rows_are_left(student, rng):
    """The array that is given is left as it was, and another one comes back."""
    X = rng.normal(size=(3, 4))
    got = shaped(untouched(student.unit_rows, X), X.shape, "the rows")
    assert got.any() and not np.allclose(got, X), "expected other rows than those that were given"
