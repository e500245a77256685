"""What plain data are, and how much of them crosses between the trusted process and students' code."""

import math

import numpy as np

BYTES = 64_000_000  # of arrays and bytes in one text
DEPTH = 50
VALUES = 500_000  # numbers, texts and lists outside of arrays
KEYS = 2_000  # of dicts: numbers can be chosen so that each of them finds the places of all others taken
MARKS = 4 * VALUES  # commas and brackets of a text, which bound what it can become
DIGITS = 4_000
KINDS = {np.dtype(kind).str: np.dtype(kind) for kind in "?bhilqBHILQefdFD"}


class NotPlain(ValueError):  # noqa: N818
    """A value that does not cross; says in words what was found."""


class Hostile(ValueError):  # noqa: N818
    """A text that `encode` did not write."""


class Given:
    """A function that an assignment hands to a student's function: crosses as its name and plain data.

    Parameters
    ----------
    name : str
        Of a function in ``given.py``, here or in the assignment's folder, which builds it from the arguments.
    *arguments
        Plain data.
    """

    def __init__(self, name, *arguments):
        self.name, self.arguments = name, arguments


class Handle:
    """An object that stays with the student's code; what crosses is its number."""

    def __init__(self, number):
        self.number = number


def hashable(key):
    """Say whether a value can be the key of a dict that crosses."""
    plain = (type(None), bool, int, float, complex, str, bytes)
    return type(key) in plain or (type(key) is tuple and all(map(hashable, key)))


def size(shape):
    """Count an array's numbers, where an empty axis counts as one: a sum over it would make the others real."""
    return math.prod(max(n, 1) for n in shape)


def marks(text, signs):
    """Count signs in a text: what it can become is bounded by their number."""
    return sum(map(text.count, signs))


def article(kind):
    """Return a class's name with its article; no code of the class runs."""
    name = type.__dict__["__name__"].__get__(kind)
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name[:100]}"
