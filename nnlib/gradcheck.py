"""Finite differences: what a gradient is compared with before it is trusted."""

import warnings

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
        If a gradient's shape is not its parameter's; or if two evaluations of
        f at one point differ, so that no difference means anything.

    Warns
    -----
    UserWarning
        If nudges cross a kink, as ReLU's at 0: there the difference measures
        neither side, and an error says nothing about the gradient.
    """
    if params.keys() != grads.keys():
        raise KeyError(
            f"expected a gradient for each of {sorted(params)}, "
            f"got gradients for {sorted(grads)}"
        )
    loss = f()
    _check_repeats(loss, f())
    errors, crossed = {}, {}
    for name, param in params.items():
        numeric = numerical_gradient(f, param, step)
        errors[name] = relative_error(grads[name], numeric, floor)
        gaps = np.abs(grads[name] - numeric)
        for index in np.argwhere(gaps > 1e-7 * np.maximum(np.abs(numeric), floor)):
            if _crosses_a_kink(f, loss, param, tuple(index), step):
                crossed[name] = crossed.get(name, 0) + 1
    _check_repeats(loss, f())  # a loss that changes now and then is found out by now
    if crossed:
        places = ", ".join(f"{count} of {params[name].size} in {name}" for name, count in crossed.items())
        warnings.warn(
            f"nudges of {step:g} cross a kink of the loss ({places}): there the difference measures neither side. "
            "Check at another point, or with a shorter step",
            stacklevel=2,
        )
    return errors


def _check_repeats(loss, again):
    """Raise a ValueError unless two evaluations at one point agree, to rounding."""
    if not (np.isnan(loss) and np.isnan(again)) and abs(again - loss) > 1e-12 * abs(loss):
        raise ValueError(
            f"expected a loss that depends on the parameters alone, got {loss} and {again} at one point: "
            "it is random, or something else that it reads changes. Draw once, or from the same seed at each call"
        )


def _crosses_a_kink(f, loss, x, index, step):
    """Return whether the loss has a kink within a step of x[index].

    Of a smooth loss, half the step halves the difference of the two one-sided
    slopes, and quarters the error of the central one (Taylor). A kink within
    the step keeps to neither.
    """
    old = x[index]
    bends, slopes = [], []
    try:
        for h in (step, step / 2, step / 4):
            x[index] = old + h
            above = f()
            x[index] = old - h
            below = f()
            bends.append((above - 2 * loss + below) / h)
            slopes.append((above - below) / (2 * h))
    finally:
        x[index] = old
    rounding = 2e-14 * max(abs(loss), 1e-300) / step
    bend = abs(bends[0] - 2 * bends[1]) > 0.1 * abs(bends[0]) + 4 * rounding
    first, second = slopes[0] - slopes[1], slopes[1] - slopes[2]
    slope = abs(first - 4 * second) > 0.1 * abs(first) + 16 * rounding
    return bool(bend or slope)
