"""What is asked of the numbers that a part is made of, said in words where it is made."""

import math
from numbers import Integral, Real

import numpy as np


# What these five return is Python's own: a NumPy number would widen float32, and is not to be had in JSON.
def check_size(name, value, least=1):
    """Return a value as an int; raise a ValueError unless it is a whole number from `least` on."""
    if not isinstance(value, Integral) or value < least:
        raise ValueError(f"expected {name} to be a whole number from {least} on, got {value!r}")
    return int(value)


def check_share(name, value):
    """Return a value as a float; raise a ValueError unless it is a number from 0 to below 1."""
    if not isinstance(value, Real) or not 0 <= value < 1:
        raise ValueError(f"expected {name} to be a number from 0 to below 1, got {value!r}")
    return float(value)


def check_from_zero(name, value):
    """Return a value as a float; raise a ValueError unless it is a finite number ≥ 0."""
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f"expected {name} to be a number ≥ 0, got {value!r}")
    return float(value)


def check_above_zero(name, value):
    """Return a value as a float; raise a ValueError unless it is a finite number > 0."""
    if not isinstance(value, Real) or not 0 < value < math.inf:
        raise ValueError(f"expected {name} to be a number above 0, got {value!r}")
    return float(value)


def check_finite(name, value):
    """Return a value as a float; raise a ValueError unless it is a finite number."""
    if not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"expected {name} to be a finite number, got {value!r}")
    return float(value)


def check_gradient(dA, shape):
    """Raise a ValueError unless a gradient has the shape of what it is the gradient of: another may be spread over it,
    or dealt out anew, in silence.
    """
    if np.shape(dA) != shape:
        raise ValueError(f"expected the gradient in the shape of the output, {shape}, got {np.shape(dA)}")


def check_scaled(X):
    """Raise a ValueError unless X is an array, and none of pixels as `fit` takes them: their answers look like any."""
    dtype = getattr(X, "dtype", None)
    if dtype is None or dtype.kind == "u":
        got = type(X).__name__ if dtype is None else f"pixels of {dtype}"
        raise ValueError(f"expected an array of numbers as nnlib.data.scale returns them, got {got}")


def check_rng(rng):
    """Raise a ValueError unless rng can draw."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"expected rng to be a random generator, such as np.random.default_rng(0), got {rng!r}")
