"""Probes of the forward pass. Most look at a copy in float64 with weights drawn anew, so that what they find is no
matter of the weights.
"""

import copy

import numpy as np

from ..activations import Activation
from ..functional import logsumexp
from ..layers import Dropout, Flatten, Linear, Reshape
from ..norm import BatchNorm
from ..sequential import Sequential
from .case import generators, matrices

_AFFINE = Linear, BatchNorm, Flatten, Reshape, Dropout


def scores_fit(case):
    """Scores are a row of K numbers for each example."""
    X, _ = case.rows(64)
    Z = np.asarray(copy.deepcopy(case.net).scores(X))
    words = ""
    if Z.shape != (len(X), case.K):
        words = f"scores have the shape {Z.shape}: expected {(len(X), case.K)}"
    elif not np.isfinite(Z).all():
        words = "scores are nan or infinite"
    elif Z.dtype.itemsize < case.dtype.itemsize:
        words = f"scores are computed in {Z.dtype}, the weights are {case.dtype}"
    return str(Z.shape), f"{(len(X), case.K)}, finite", words


def repeats(case):
    """The same rows get the same scores again."""
    net, (X, _) = copy.deepcopy(case.net), case.rows(64)
    first, again = (np.array(net.scores(X)) for _ in range(2))
    words = "scores of the same rows differ: dropout, or other noise, is on in use"
    return _apart(first, again), "0", words if _apart(first, again) > 1e-6 else ""


def looks_only(case):
    """To ask for scores changes nothing: no weight, no running mean, no input."""
    net, (X, _) = copy.deepcopy(case.net), case.rows(64)
    arrays = {**net.params, **getattr(net, "state", {})}
    before, given = {name: array.copy() for name, array in arrays.items()}, X.copy()
    net.scores(X)
    changed = [name for name, old in before.items() if not np.array_equal(arrays[name], old)]
    changed += [] if np.array_equal(X, given) else ["the inputs"]
    words = f"to ask for scores changes {', '.join(changed)}" if changed else ""
    return len(changed), "0", words


def rows_by_themselves(case):
    """An example's scores do not depend on the others in its batch, nor on how many there are."""
    net, (X, _) = case.fresh(), case.rows(48, float)
    whole, worst, words = None, 0.0, ""
    tries = {"a batch of 48": np.arange(48), "another order": np.random.default_rng(4).permutation(48)}
    tries |= {"half a batch": np.arange(24), "a batch of 7": np.arange(30, 37), "one example": np.array([5])}
    for name, rows in tries.items():
        try:
            part = np.array(net.scores(X[rows]))
            if part.shape != (len(rows), case.K):
                raise ValueError(f"scores of shape {part.shape}")
            whole = part if whole is None else whole
        except Exception as error:
            return name, "the same scores", f"the network fails for {name}: {type(error).__name__}: {error}"
        worst = max(worst, _apart(whole[rows], part))
        if worst > 1e-4 and not words:
            words = f"an example gets other scores in {name}: statistics of the batch in use, or rows that are mixed"
    return worst, "0", words


def predict_agrees(case):
    """The answer is the class with the highest score."""
    if not hasattr(case.net, "predict"):
        return None
    net, (X, _) = copy.deepcopy(case.net), case.rows(64)
    right, found = np.asarray(net.scores(X)).argmax(axis=1), np.asarray(net.predict(X))
    share = float(np.mean(found == right)) if found.shape == right.shape else 0.0
    return share, "1", "" if share == 1 else f"predict, of shape {found.shape}, is not the class of the highest score"


def all_inputs(case):
    """Scores answer to each part of the inputs."""
    net, rng, blocks = case.fresh(), np.random.default_rng(5), min(28, case.D)
    X, _ = case.rows(4, float)
    many = np.repeat(X[None], blocks, axis=0)
    for block, places in enumerate(np.array_split(np.arange(case.D), blocks)):
        many[block][:, places] += rng.normal(0, 1, (len(X), len(places)))
    Z, moved = np.asarray(net.scores(X)), np.asarray(net.scores(many.reshape(-1, case.D))).reshape(blocks, len(X), -1)
    deaf = float(np.mean([np.abs(M - Z).max() < 1e-12 for M in moved]))
    words = f"{deaf:.0%} of the inputs change no score: they are cut off or never read" if deaf > 0.2 else ""
    return deaf, "0", words


def all_parameters(case):
    """Scores answer to each parameter."""
    net, rng, deaf = case.fresh(), np.random.default_rng(6), []
    X, _ = case.rows(16, float)
    Z = np.array(net.scores(X))
    for name, param in net.params.items():
        old = param.copy()
        param += rng.normal(0, 0.1, param.shape)
        deaf += [name] if np.abs(np.asarray(net.scores(X)) - Z).max() < 1e-12 else []
        param[...] = old
    words = f"no score answers to {', '.join(deaf)}: the forward pass does not use it" if deaf else ""
    return len(deaf), "0", words


def bends(case):
    """A network with hidden layers is not linear, and between two layers with weights something bends."""
    if len(matrices(case.net.params)) < 2:
        return None
    net, rng = case.fresh(), np.random.default_rng(7)
    U, V = (rng.normal(0, 3, (20, case.D)) for _ in range(2))
    parts = [np.asarray(net.scores(rows)) for rows in (U, V, U + V, 0 * U)]
    share = float(np.abs(parts[0] + parts[1] - parts[2] - parts[3]).max() / max(np.abs(parts[2]).max(), 1e-300))
    words = "the network is linear: the activation is missing" if share < 1e-9 else ""
    if not words and type(net).__name__ == "Sequential" and (place := straight(net)):
        words = f"nothing bends between {place[0]} and {place[1]}: they are one linear layer"
    return share, "> 0", words


def ends_in_scores(case):
    """The last layer is linear: its weights and biases times −1 turn all scores round. Behind a softmax, a ReLU, a
    sigmoid they do not.
    """
    net, (X, _) = case.fresh(), case.rows(48, float)
    last = last_layer(net)
    if last is None:
        return None
    Z = np.array(net.scores(X))
    found = {}
    for factor in (-1, 3):
        for name in last:
            net.params[name][...] *= factor
        found[factor] = _apart(factor * Z, np.asarray(net.scores(X)))
        for name in last:
            net.params[name][...] /= factor
    words = ""
    if max(found.values()) > 1e-6 and not np.allclose(logsumexp(Z), 0, atol=1e-6):
        kind = "an activation"
        if np.allclose(Z.sum(axis=1), 1, atol=1e-6) and Z.min() >= 0:
            kind = "a softmax, which the loss applies once more"
        elif Z.min() == 0 and np.mean(Z == 0) > 0.02:
            kind = "a ReLU, which cuts scores below 0"
        words = f"the network does not end in scores, but in {kind}"
    return max(found.values()), "0", words


def scores_independent(case):
    """Scores can move in nearly as many directions as there are classes; behind a layer of one unit, in one."""
    net, (X, _) = case.fresh(), case.rows(100, float)
    Z = np.asarray(net.scores(X))
    s = np.linalg.svd(Z - Z.mean(axis=0), compute_uv=False)
    rank = int(np.sum(s > 1e-9 * max(s[0], 1e-300)))
    least = min(3, case.K - 1)
    words = f"all scores move in {rank} direction(s) alone: a layer is too narrow" if rank < least else ""
    return rank, f">= {least}", words


def training_alike(case):
    """Without batch statistics and dropout, training computes the scores of use; with dropout, it does on average."""
    if getattr(case.net, "state", None):
        return None
    net, (X, Y) = case.fresh(), case.pairs(12, float)
    Z = np.array(net.scores(X))
    tries = np.array([case.scores_and_grads(net, X, Y)[0] for _ in range(2)])
    drops = [layer for layer in parts(net) if isinstance(layer, Dropout) and layer.p > 0]
    if not generators(net) or _apart(*tries) < 1e-9:
        apart = _apart(Z, tries[0])
        words = "training computes other scores than use" if apart > 1e-6 else ""
        words = "dropout drops nothing in training" if drops and not words else words
        return apart, "0", words
    tries = np.array([*tries, *(case.scores_and_grads(net, X, Y)[0] for _ in range(22))])
    share = float((tries.mean(axis=0) * Z).sum() / (Z * Z).sum())
    noise = float(tries.var(axis=0).sum() / (Z * Z).sum())
    words = ""
    if not 0.85 < share < 1.8:
        words = f"scores in training are on average {share:.2f} of those in use: divide what dropout leaves by 1 − p"
    elif np.mean(tries == 0) > 0.03:
        words = "scores themselves are dropped in training: dropout belongs before the last layer"
    elif noise > 8:
        words = "noise in training drowns the scores: too much is dropped"
    return f"{share:.2f}, noise {noise:.2g}", "about 1, < 8", words


def dropout_drops(case):
    """A layer of dropout makes 1 of ones on average, and each time, and for each example, drops others."""
    off, words = 0.0, ""
    for layer in parts(case.wide()):
        if not isinstance(layer, Dropout) or not 0.02 < layer.p < 0.95:  # else chance decides too much
            continue
        A, B = (np.asarray(layer.forward(np.ones((100, 40)), train=True)) for _ in range(2))
        off = max(off, float(abs(A.mean() - 1)))
        if off > 0.25:
            words = words or f"dropout makes {A.mean():.2f} of 1 on average: divide what it leaves by 1 − p"
        elif np.array_equal(A, B):
            words = words or "dropout drops the same each time, or nothing"
        elif not np.ptp(A, axis=0).any():
            words = words or "dropout drops the same units of all examples"
    return off, "<= 0.25", words


def own_loss(case):
    """The loss that the network reports is that of its scores."""
    if case.given_loss is not None or not callable(getattr(case.net, "loss", None)):
        return None
    net, (X, Y) = case.fresh(), case.pairs(40, float)
    found, right = float(net.loss(X, Y)), case.mean_loss(np.asarray(net.scores(X)), Y)
    words = f"the network reports the loss {found:.3f}; that of its scores is {right:.3f}"
    return found / right, "1", "" if abs(found / right - 1) < 1e-6 else words


PROBES = (scores_fit, repeats, rows_by_themselves, looks_only, predict_agrees, all_inputs, all_parameters, bends,
          ends_in_scores, scores_independent, training_alike, dropout_drops, own_loss)  # fmt: skip


# ---- what the probes share -------------------------------------------------------------------------------------------


def _apart(A, B):
    """Return how far arrays of scores lie apart, in units of their spread."""
    A, B = np.asarray(A, float), np.asarray(B, float)
    if A.shape != B.shape:
        return np.inf
    return float(np.abs(A - B).max() / max(A.std(), np.abs(A).max() * 1e-3, 1e-300))


def parts(net):
    """Return all layers of a Sequential, those of nested ones too; of another network none."""
    return list(net.parts())[1:] if isinstance(net, Sequential) else []


def last_layer(net):
    """Return the names of the last layer's weights and biases, or None where it is no linear one."""
    names = list(net.params)
    matrix = [place for place, name in enumerate(names) if net.params[name].ndim == 2]
    if not matrix or net.params[names[matrix[-1]]].shape[1] != net.classes:
        return None
    last = names[matrix[-1] :]
    return last if len(last) <= 2 and all(net.params[name].shape[-1] == net.classes for name in last) else None


def straight(net):
    """Return two layers with weights between which nothing bends, or None."""
    before = None
    for layer in parts(net):
        if isinstance(layer, Sequential):
            if type(layer).forward is not Sequential.forward:  # a sum of branches, perhaps
                before = None
        elif matrices(getattr(layer, "params", {})):
            if before is not None:
                return before, layer
            before = layer
        elif not isinstance(layer, _AFFINE):
            before = None
    return None


def hidden(net, X):
    """Return what comes out of each activation for rows X, by its name; of a `TwoLayerNet` that is a1."""
    if isinstance(net, Sequential):
        found = {}
        _pass(net, X, found, "")
        return found
    states = net.forward(X) if hasattr(net, "forward") else None
    if isinstance(states, tuple) and len(states) >= 3 and all(np.ndim(A) == 2 for A in states[:2]):
        return {"a1": np.asarray(states[1])}
    return {}


def _pass(net, A, found, within):
    if type(net).forward is not Sequential.forward:
        return net.forward(A)
    for place, layer in enumerate(net.layers):
        if isinstance(layer, Sequential):
            A = _pass(layer, A, found, f"{within}{place}.")
        else:
            A = layer.forward(A)
            if isinstance(layer, Activation):
                found[f"{within}{place}"] = A
    return A
