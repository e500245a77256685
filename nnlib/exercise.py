"""The word under an exercise, not yet or passed, and what its checks share."""

import gc
import pickle
import sys
import tracemalloc
from contextlib import contextmanager
from math import factorial
from numbers import Real
from operator import add, mul, sub

import numpy as np


def report(check, answer):
    """Run ``check(answer)`` and print whether the answer passed, or what was found; never raises.

    Parameters
    ----------
    check : callable
        Named ``check_<exercise>``; it asserts what the answer must do, each assertion with a message.
    answer : object
        What the reader wrote.
    """
    name = check.__name__.removeprefix("check_")
    try:
        check(answer)
    except Exception as error:  # whatever the reader's code does, the page goes on
        reason = str(error) or "an assertion without a message failed"
        kind = "" if isinstance(error, AssertionError | NotImplementedError) else f"{type(error).__name__}: "
        print(f"{name}: not yet: {kind}{reason}")
    else:
        print(f"{name}: passed")


def agree(got, expected, what, rtol=1e-10, atol=None):
    """Assert that an answer's numbers are the expected ones, in their shape.

    Parameters
    ----------
    got : array_like
    expected : array_like
    what : str
        What the numbers are, for the message: "the scores for N = 3".
    rtol : float
        The error allowed, relative to each number. Finite differences do not reach 1e-10, nor does float32.
    atol : float, optional
        The error allowed on top, absolute; by default 1e-13 of the largest number.
    """
    expected = np.asarray(expected)
    assert np.shape(got) == expected.shape, f"{what}: expected shape {expected.shape}, got {np.shape(got)}"
    got = np.asarray(got)
    assert got.dtype.kind in "biuf", f"{what}: expected real numbers, got {got.dtype}"
    if atol is None:
        atol = 1e-13 * np.abs(expected).max(initial=0)
    right = np.isclose(got, expected, rtol, atol, equal_nan=True)
    if not right.all():
        place = tuple(int(i) for i in np.argwhere(~right)[0])
        at = f" at {list(place)}" if place else ""
        raise AssertionError(f"{what}: expected {expected[place]:.12g}{at}, got {got[place]:.12g}")


@contextmanager
def untouched(*given):
    """Assert that a block leaves the objects that it is given as they were: arrays, lists, networks."""
    before = pickle.dumps(given)
    yield
    assert pickle.dumps(given) == before, "your function changed what it was given: copy it first"


@contextmanager
def without(module, *names):
    """Take functions out of a module for a block: an answer cannot call what it is to write."""

    def refuse(*_, **__):
        raise AssertionError(f"write it yourself: {module.__name__} is taken away here")

    taken = {name: getattr(module, name) for name in names}
    for name in names:
        setattr(module, name, refuse)
    try:
        yield
    finally:
        for name, function in taken.items():
            setattr(module, name, function)


def exact_gradient(f, x):
    """Return ∂f/∂x by imaginary nudges, right to the last digits: what an answer's gradient is compared with.

    A step of 1e-100 i changes nothing that is real, so nothing cancels; the slope is the imaginary part (chapter 06).
    f must be made of what knows complex numbers: products, exp, log, tanh, a choice by ``.real``.
    """
    x = np.array(x, complex)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        real = x[index]
        x[index] = real + 1e-100j
        gradient[index] = f(x).imag / 1e-100
        x[index] = real
    return gradient


class Table:
    """An array that gives its numbers one at a time, by whole indices: for a task that asks for loops."""

    def __init__(self, values):
        self._values = np.asarray(values).tolist()
        self.shape = np.shape(values)

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        value = self._values
        for i in index if isinstance(index, tuple) else (index,):
            assert isinstance(i, int | np.integer), "take one number at a time: expected whole indices"
            value = value[i]
        return Table(value) if isinstance(value, list) else value

    def __setitem__(self, index, value):
        raise AssertionError("your function changes what it was given: copy it first")

    def _refuse(self, *_, **__):
        raise AssertionError("take one number at a time: no operation on whole arrays")

    __array__ = __add__ = __radd__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = tolist = copy = T = _refuse


class Unknown:
    """A number without a value: it takes part in sums and differences, and fixed numbers may multiply it.
    For a task that allows nothing else; ``at`` puts values in.

    Parameters
    ----------
    rule : callable
        From the values of all unknowns to the value of this one.
    """

    def __init__(self, rule):
        self.at = rule

    def __add__(self, other):
        if isinstance(other, Unknown):
            return Unknown(lambda *values: self.at(*values) + other.at(*values))
        assert isinstance(other, Real), f"expected a sum of plain numbers, got {type(other).__name__}"
        return Unknown(lambda *values: self.at(*values) + other)

    def __mul__(self, factor):
        assert isinstance(factor, Real), "a factor must be a fixed number"
        return Unknown(lambda *values: self.at(*values) * factor)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, divisor):
        return self * (1 / divisor)

    def __array_ufunc__(self, ufunc, method, *operands, **_):  # NumPy's numbers are numbers too
        plain = {np.add: add, np.subtract: sub, np.multiply: mul}.get(ufunc, self._refuse)
        return plain(*(operand.item() if isinstance(operand, np.generic) else operand for operand in operands))

    def _refuse(self, *_, **__):
        raise AssertionError("only sums, differences and fixed factors are allowed")

    __radd__, __rmul__ = __add__, __mul__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __bool__ = __float__ = __abs__ = _refuse
    __pow__ = __rtruediv__ = __array__ = _refuse


def lines_run(function, *arguments):
    """Return how many lines of Python ran in a call, those of what it calls too: with a loop over the
    examples it grows with their number, without one it does not.
    """
    count, before, collects = 0, sys.gettrace(), gc.isenabled()

    def trace(frame, event, _):
        nonlocal count
        count += event in ("line", "call")
        return trace

    gc.disable()  # what ends in the meantime may have lines of its own
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
        if collects:
            gc.enable()
    return count


def peak(function, *arguments):
    """Return how many bytes a call held at once on top of what was there: a matrix that a task does without shows."""
    started = not tracemalloc.is_tracing()
    if started:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        function(*arguments)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if started:
            tracemalloc.stop()


def refusal(function, *arguments):
    """Return the message of the ValueError that a call raises, or None where it raises none."""
    try:
        function(*arguments)
    except ValueError as error:
        return str(error)
    return None


def random_orders(orders):
    """Assert that rows are random orders of 0 to n − 1: all equally likely, whatever the row before was.

    Parameters
    ----------
    orders : array (R, n) of int
        Many rows of few numbers: each of the n! orders should occur a hundred times or more.
    """
    orders = np.asarray(orders)
    R, n = orders.shape
    undone = np.take_along_axis(np.argsort(orders[:-1]), orders[1:], axis=1)  # how a row follows from that before
    for rows, what in ((orders, "some orders occur more often than others"), (undone, "an order tells the next one")):
        counts = np.zeros(factorial(n))
        found = np.unique(rows, axis=0, return_counts=True)[1]
        counts[: len(found)] = found
        expected, freedom = R / len(counts), len(counts) - 1
        surprise = ((counts - expected) ** 2).sum() / expected  # chi squared: its mean is the freedom
        assert surprise < freedom + 8 * (2 * freedom) ** 0.5, f"{what}: expected each to be drawn anew"
