"""Finite differences: what a gradient is compared with before it is trusted."""

import numpy as np


def numerical_gradient(f, x, step=1e-5):
    """Return ∂f/∂x by central differences, entry by entry.

    Parameters
    ----------
    f : callable () -> float
        The loss; it must read x, which is nudged in place and put back bit for
        bit.
    x : array of float64
        Any shape.
    step : float
        How far each entry is nudged to either side.

    Raises
    ------
    TypeError
        If x is not float64: in float32 rounding drowns the difference (chapter
        06).
    """
    if x.dtype != np.float64:
        raise TypeError(
            f"expected a float64 array, got {x.dtype}: "
            "in lower precision rounding drowns the difference"
        )
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        try:
            x[index] = old + step
            above = f()
            x[index] = old - step
            below = f()
        finally:
            x[index] = old
        gradient[index] = (above - below) / (2 * step)  # eq-central-difference
    return gradient


def relative_error(a, b, floor=1e-4):
    """Return the largest |a − b| / max(|a|, |b|, floor) over all entries.

    Entries below the floor are compared with the floor: their finite
    difference is mostly rounding (chapter 06).
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"expected two arrays of one shape, got {a.shape} and {b.shape}")
    scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
    return float((np.abs(a - b) / scale).max())  # eq-relative-error


def directional_derivative(f, arrays, directions, step=1e-5):
    """Return the slope of f when every array moves along its direction at
    once: two evaluations see every entry.

    For a right gradient g it equals Σ g · direction, summed over all entries
    of all arrays.
    """
    olds = [x.copy() for x in arrays]

    def at(t):
        for x, old, v in zip(arrays, olds, directions, strict=True):
            x[...] = old + t * v
        return f()

    try:
        return (at(step) - at(-step)) / (2 * step)  # eq-directional-derivative
    finally:
        for x, old in zip(arrays, olds, strict=True):
            x[...] = old


def check_gradients(f, params, grads, step=1e-5, floor=1e-4):
    """Return {name: relative error} between each analytic gradient and its
    finite difference.

    Parameters
    ----------
    f : callable () -> float
        The loss, a function of the arrays in `params`.
    params, grads : dict of arrays
        The same names and shapes in both.
    step, floor : float
        As in `numerical_gradient` and `relative_error`.

    Raises
    ------
    KeyError
        If a parameter has no gradient or a gradient no parameter: an unchecked
        gradient is the one that is wrong.
    ValueError
        If a gradient's shape is not its parameter's.
    """
    if params.keys() != grads.keys():
        raise KeyError(
            f"expected a gradient for each of {sorted(params)}, "
            f"got gradients for {sorted(grads)}"
        )
    return {
        name: relative_error(grads[name], numerical_gradient(f, param, step), floor)
        for name, param in params.items()
    }
