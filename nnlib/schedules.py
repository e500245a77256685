"""Schedules: how long a step an optimizer takes, as a function of the number of updates so far and in all."""

import math


def constant(eta):
    """Return the schedule of one step size."""
    _check_rate(eta)
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
    _check_rate(eta)
    return lambda t, total: eta * (1 - _share(t, steps or total))  # eq-linear-decay


def cosine_decay(eta, steps=None):
    """Return the schedule η (1 + cos πs)/2 over the share s of the training: slow at both ends (Loshchilov and Hutter,
    2017). Parameters as of `linear_decay`.
    """
    _check_rate(eta)
    return lambda t, total: eta * (1 + math.cos(math.pi * _share(t, steps or total))) / 2


def step_decay(eta, every, factor=0.1):
    """Return the schedule that multiplies η by `factor` after each `every` updates."""
    _check_rate(eta)
    if every < 1:
        raise ValueError(f"expected a step every 1 or more updates, got {every}")
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
    _check_rate(eta)
    if not 0 <= warm_up <= 1 or not 0 <= start <= 1:
        raise ValueError(f"expected shares from 0 to 1, got warm_up {warm_up} and start {start}")

    def schedule(t, total):
        s = _share(t, steps or total)
        return eta * (start + (1 - start) * s / warm_up if s < warm_up else (1 - s) / (1 - warm_up))

    return schedule


def _share(t, steps):
    if steps is None:
        raise ValueError("expected the number of updates in all, for a step size that changes over the training")
    return min(t / steps, 1)


def _check_rate(eta):
    if not 0 <= eta < math.inf:
        raise ValueError(f"expected a learning rate ≥ 0, got {eta}")
