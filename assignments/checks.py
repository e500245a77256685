"""What the tests of an assignment are made of.

A test is a function of a student's answers and of a random generator. It asks for values, compares them, and says in
its messages what a student should look at, without giving the answer away::

    @check("softmax", points=2)
    def rows_sum_to_one(student, rng):
        \"\"\"Each row of the probabilities sums to 1.\"\"\"
        P = student.softmax(rng.normal(size=(4, 10)))
        agree(P.sum(axis=1), np.ones(4), "the sums of the rows")

It runs in the trusted process and sees values alone: what `student.softmax` returned has crossed as plain data. Words
that the test itself returns, such as what it measured, are shown where it passed.
"""

import hashlib
import hmac
from typing import NamedTuple

import numpy as np

from .plain import Given


class Check(NamedTuple):
    """A test, the question it belongs to (the ``grade_id`` of the answer's cell), and what it is worth."""

    question: str
    points: float
    run: callable

    @property
    def name(self):
        return self.run.__name__

    @property
    def says(self):
        """What is tested, in one sentence for the student."""
        return self.run.__doc__.strip().split("\n\n")[0]


def check(question, points):
    """Make a function a test of a question, worth so many points; all or none."""

    def mark(function):
        function.check = Check(question, points, function)
        return function

    return mark


def checks_of(module):
    """Return the tests of a module, as they stand in it."""
    return [value.check for value in vars(module).values() if isinstance(getattr(value, "check", None), Check)]


def generator(secret, assignment, name):
    """Return the random generator of a test: the same for every student of a course, another in the next course.

    Parameters
    ----------
    secret : str
        The course's, which no student knows: inputs that nobody can foresee, and the same marks twice.
    assignment, name : str
    """
    digest = hmac.new(secret.encode(), f"{assignment}/{name}".encode(), hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


class Missed(AssertionError):  # noqa: N818
    """A student's answer gave no value: it raised, it is not there, it took too long, or what it gave is no plain data.

    Parameters
    ----------
    outcome : str
        "failed", "timed out" or "crashed".
    """

    def __init__(self, words, outcome="failed"):
        super().__init__(words)
        self.outcome = outcome


# ---- what comes back -------------------------------------------------------------------------------------------------


def numbers(value, what):
    """Return a student's value as an array of real numbers, or say that it is none; `what` it is, for the message."""
    try:
        found = np.asarray(value)
    except ValueError:
        raise AssertionError(f"{what}: expected one array, got rows of different lengths") from None
    assert found.dtype.kind in "biuf", f"{what}: expected an array of real numbers, got {type(value).__name__}"
    return found


def shaped(value, shape, what):
    """Return a student's value as an array of floats of a shape, or say what it is."""
    found = numbers(value, what)
    assert found.shape == shape, f"{what}: expected shape {shape}, got {found.shape}"
    return found.astype(float)


def flat(value, N, what):
    """Return N floats in whatever shape they came: a test of its own asks for the shape."""
    found = numbers(value, what)
    assert found.size == N, f"{what}: expected shape {(N,)}, got {found.shape}"
    return found.reshape(N).astype(float)


def several(value, count, what):
    """Return so many things that came together, or say what came."""
    value = list(value) if isinstance(value, np.ndarray) and value.ndim else value
    right = isinstance(value, tuple | list) and len(value) == count
    assert right, f"{what}: expected {count} things, got {type(value).__name__}"
    return value


def untouched(function, *arguments):
    """Return what a student's function gives for arguments whose arrays cannot be written to."""
    try:
        return function(*(Given("frozen", argument) for argument in arguments))
    except Missed as missed:
        assert "read-only" not in str(missed), "your function changes what it was given: work on a copy"
        raise


def keeps(function, first, second):
    """Assert that a function leaves its arguments as they are, and that its answer depends on them."""
    first, second = (repr(untouched(function, *arguments)) for arguments in (first, second))
    assert first != second, "expected an answer that depends on the arguments, got the same for two different ones"
