"""Probes of the weights as they are: can training move from here?"""

import copy

import numpy as np

from .case import matrices
from .forward import hidden


def weights_finite(case):
    """Every weight is a number, all of one floating-point type."""
    wrong = [name for name, param in case.net.params.items() if not np.isfinite(param).all()]
    words = f"{', '.join(wrong)} has weights that are nan or infinite" if wrong else ""
    types = {str(param.dtype) for param in case.net.params.values()}
    if len(types) > 1 or types.pop()[:5] != "float":
        words = words or "weights are of several types, or of whole numbers: expected one floating-point type"
    return len(wrong), "0", words


def weights_drawn(case):
    """No matrix of weights is 0 and stays 0: its units compute nothing, and nothing comes back through it."""
    zero = [name for name, W in matrices(case.net.params).items() if not np.any(W)]
    moved = case.few_updates().params if zero else {}
    stuck = [name for name in zero if not np.any(moved[name])]
    return len(stuck), "0", f"{', '.join(stuck)}: all weights are 0, draw them at random" if stuck else ""


def units_alive(case):
    """Of hidden units, nearly all answer to some example: their output is not always the same."""
    share, name = max(((_silent(A), name) for name, A in _hidden(case).items()), default=(0.0, ""))
    if share > 0.5:  # weights may begin at 0 on purpose: the first updates move them
        share = min(share, _silent(hidden(case.few_updates(), case.rows(300)[0])[name]))
    words = f"{share:.0%} of the units of {name} give the same for every example: they are dead" if share > 0.5 else ""
    return share, "<= 0.5", words


def units_unsaturated(case):
    """Of sigmoids and tanhs, most are not near their ends, where the slope is 0."""
    share, name = max(((_at_the_ends(A), name) for name, A in _hidden(case).items()), default=(0.0, ""))
    words = f"{share:.0%} of the outputs of {name} are at the ends, where the slope is 0: weights are too large"
    return share, "<= 0.5", words if share > 0.5 else ""


def first_loss(case):
    """The loss before training is a little above ln K, or lower in a network that has learned; not many times that."""
    X, Y = case.pairs(300)
    loss = case.mean_loss(np.asarray(copy.deepcopy(case.net).scores(X), float), Y.astype(float))
    words = ""
    if not loss < 15:
        words = "the first loss is far above that of guessing: weights, or inputs, are too large"
    return loss, f"about {np.log(case.K):.1f}, < 15", words


def scores_differ(case):
    """Scores differ from example to example. Tiny weights make them all alike, and gradients tiny."""
    X, _ = case.rows(100)
    Z = np.asarray(copy.deepcopy(case.net).scores(X), float)
    spread = float(Z.std(axis=0).mean())
    zeros = not all(np.any(W) for W in matrices(case.net.params).values())  # whether they stay was asked before
    words = (
        "scores hardly differ from example to example: weights are too small for so many layers"
        if spread < 2e-4 and not zeros
        else ""
    )
    return spread, ">= 2e-4", words


def units_differ(case):
    """After a few updates no two hidden units are alike. Units that begin alike get the same gradient for ever."""
    net, worst, where = case.few_updates(), 1.0, ""
    weights = matrices(net.params)
    if not all(np.isfinite(W).all() for W in weights.values()):
        return None  # the probes of a step say why
    for name in list(weights)[:-1]:
        W = weights[name].astype(float)
        units = W.T if W.ndim == 2 else W.reshape(len(W), -1)
        along = units @ np.random.default_rng(8).normal(size=units.shape[1])
        size = np.sqrt((units**2).sum(axis=1).mean())
        share = len(np.unique(np.round(along / max(size, 1e-300), 4))) / len(units)
        if len(units) > 3 and share < worst:
            worst, where = share, name
    words = f"units of {where} are alike and stay so: draw weights at random" if worst < 0.5 else ""
    return worst, "1", words


PROBES = (weights_finite, weights_drawn, units_alive, units_unsaturated, units_differ, first_loss, scores_differ)


def _hidden(case):
    return case.once("hidden", lambda: hidden(copy.deepcopy(case.net), case.rows(300)[0]))


def _silent(A):
    """Return the share of units, or channels, whose output is the same for all examples."""
    axes = (0, *range(2, A.ndim))
    return float(np.mean(A.max(axis=axes) == A.min(axis=axes)))


def _at_the_ends(A):
    """Return the share of outputs of a sigmoid or tanh near its ends; 0 for what is neither."""
    A = A.astype(float)
    if A.min() >= 0 and A.max() <= 1 and np.mean(A == 0) < 0.01:
        return float(np.mean((A < 0.02) | (A > 0.98)))
    if -1 <= A.min() < -0.5 and 0.5 < A.max() <= 1 and np.mean(A == 0) < 0.01:
        return float(np.mean(np.abs(A) > 0.98))
    return 0.0
