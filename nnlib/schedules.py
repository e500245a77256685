"""Schedules: how long a step an optimizer takes, as a function of the number of updates so far and in all."""

import math

from .checks import check_from_zero, check_share, check_size


def constant(eta):
    """Return the schedule of one step size."""
    check_from_zero("the step size", eta)
    return lambda t, total: eta


def linear_decay(eta, steps=None):
    """Return the schedule that falls from η on a line, and reaches 0 after the last update.

    Parameters
    ----------
    eta : float
    steps : int, optional
        The updates of the whole training; by default what the training says. Whoever trains on in a second call of
        `nnlib.train.fit` says here how long both are.
    """
    _check(eta, steps)
    return lambda t, total: eta * (1 - _share(t, steps or total))  # eq-linear-decay


def cosine_decay(eta, steps=None):
    """Return the schedule η (1 + cos πs)/2 over the share s of the training: slow at both ends (Loshchilov and Hutter,
    2017). Parameters as of `linear_decay`.
    """
    _check(eta, steps)
    return lambda t, total: eta * (1 + math.cos(math.pi * _share(t, steps or total))) / 2


def step_decay(eta, every, factor=0.1):
    """Return the schedule that multiplies η by `factor` after each `every` updates."""
    check_from_zero("the step size", eta)
    check_size("every", every)
    check_from_zero("factor", factor)
    return lambda t, total: eta * factor ** (t // every)


def warm_up_and_decay(eta, warm_up=0.2, start=0.04, steps=None):
    """Return the schedule that rises to η on a line over a share of the training, and then falls to 0 on a line.

    Parameters
    ----------
    eta : float
        The peak.
    warm_up : float
        The share of the training that rises.
    start : float
        The share of the peak from which it rises.
    steps : int, optional
        As of `linear_decay`.
    """
    _check(eta, steps)
    check_share("warm_up", warm_up)
    check_from_zero("start", start)

    def schedule(t, total):
        s = _share(t, steps or total)
        return eta * (start + (1 - start) * s / warm_up if s < warm_up else (1 - s) / (1 - warm_up))

    return schedule


def _share(t, steps):
    if steps is None:
        raise ValueError("expected the number of updates in all, for a step size that changes over the training")
    return min(t / steps, 1)


def _check(eta, steps):
    check_from_zero("the step size", eta)
    if steps is not None:
        check_size("steps", steps)
