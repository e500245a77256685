"""What is asked of the numbers that a part is made of, said in words where it is made."""

import math
from numbers import Integral, Real

import numpy as np


def check_size(name, value):
    """Raise a ValueError unless a value is a whole number from 1 on."""
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"expected {name} to be a whole number from 1 on, got {value!r}")


def check_share(name, value):
    """Raise a ValueError unless a value is a number from 0 to below 1."""
    if not isinstance(value, Real) or not 0 <= value < 1:
        raise ValueError(f"expected {name} to be a number from 0 to below 1, got {value!r}")


def check_from_zero(name, value):
    """Raise a ValueError unless a value is a finite number ≥ 0."""
    if not isinstance(value, Real) or not 0 <= value < math.inf:
        raise ValueError(f"expected {name} to be a number ≥ 0, got {value!r}")


def check_rng(rng):
    """Raise a ValueError unless rng can draw."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"expected rng to be a random generator, such as np.random.default_rng(0), got {rng!r}")
