"""Schedules: how long a step an optimizer takes, as a function of the number of updates so far and in all.

Each is a small object that is called like a function, compares by its numbers and can be pickled, with an optimizer
that follows it too.
"""
# ruff: noqa: N801 - they are read as functions, beside an optimizer: AdamW(warm_up_and_decay(0.02))

import math
from dataclasses import dataclass

from .checks import check_from_zero, check_share, check_size


@dataclass(frozen=True)
class constant:
    """The schedule of one step size.

    Parameters
    ----------
    eta : float
    """

    eta: float

    def __post_init__(self):
        check_from_zero("the step size", self.eta)

    def __call__(self, t, total):
        return self.eta


@dataclass(frozen=True)
class step_decay:
    """The schedule that multiplies η by `factor` after each `every` updates.

    Parameters
    ----------
    eta : float
    every : int
    factor : float
    """

    eta: float
    every: int
    factor: float = 0.1

    def __post_init__(self):
        check_from_zero("the step size", self.eta)
        check_size("every", self.every)
        check_from_zero("factor", self.factor)

    def __call__(self, t, total):
        return self.eta * self.factor ** (t // self.every)  # eq-step-decay


@dataclass(frozen=True)
class linear_decay:
    """The schedule that falls from η on a line, and reaches 0 after the last update.

    Parameters
    ----------
    eta : float
    steps : int, optional
        The updates of the whole training; by default what the training says. Whoever trains on in a second call of
        `nnlib.train.fit` says here how long both are.
    """

    eta: float
    steps: int | None = None

    def __post_init__(self):
        _check(self.eta, self.steps)

    def __call__(self, t, total):
        return self.eta * (1 - _share(t, self.steps or total))  # eq-linear-decay


@dataclass(frozen=True)
class cosine_decay:
    """The schedule η (1 + cos πτ)/2 over the share τ of the training: slow at both ends (Loshchilov and Hutter, 2017).

    Parameters
    ----------
    eta, steps
        As of `linear_decay`.
    """

    eta: float
    steps: int | None = None

    def __post_init__(self):
        _check(self.eta, self.steps)

    def __call__(self, t, total):
        return self.eta * (1 + math.cos(math.pi * _share(t, self.steps or total))) / 2  # eq-cosine-decay


@dataclass(frozen=True)
class warm_up_and_decay:
    """The schedule that rises to η on a line over a share of the training, and then falls to 0 on a line.

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

    eta: float
    warm_up: float = 0.2
    start: float = 0.04
    steps: int | None = None

    def __post_init__(self):
        _check(self.eta, self.steps)
        check_share("warm_up", self.warm_up)
        check_from_zero("start", self.start)

    def __call__(self, t, total):
        tau, omega = _share(t, self.steps or total), self.warm_up
        if tau < omega:
            return self.eta * (self.start + (1 - self.start) * tau / omega)  # eq-warm-up
        return self.eta * ((1 - tau) / (1 - omega))


def _share(t, steps):
    if steps is None:
        raise ValueError("expected the number of updates in all, for a step size that changes over the training")
    return min(t / steps, 1)


def _check(eta, steps):
    check_from_zero("the step size", eta)
    if steps is not None:
        check_size("steps", steps)
