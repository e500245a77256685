"""Probes of one step: the optimizer on made-up gradients, and the reader's own step against it, in float64."""

import copy

import numpy as np

from .. import optim
from .case import move, rate_name

_OWN = {kind for kind in vars(optim).values() if isinstance(kind, type) and issubclass(kind, optim.Optimizer)}


def settings(case):
    """The optimizer's numbers are usual ones: it forgets within a hundred updates or a thousand, and decays slowly."""
    optimizer, words = case.optimizer, ""
    if optimizer is None:
        return None
    most = {"beta": 0.995, "beta1": 0.99, "beta2": 0.99995, "eps": 1e-2}
    seen = {name: getattr(optimizer, name) for name in most if hasattr(optimizer, name)}
    for name, value in seen.items():
        if not 0 <= value <= most[name]:
            words = f"{name} of the optimizer is {value}: expected at most {most[name]}"
    if hasattr(optimizer, "weight_decay") and rate_name(optimizer) == "schedule":
        seen["weight_decay"] = optimizer.weight_decay
        share = max(case.rates()) * optimizer.weight_decay  # of a weight, that each update takes away
        if not 0 <= share <= 0.01:
            words = f"weight_decay takes {share:.1%} of each weight away at an update: expected at most 1 %"
    return str(seen), "usual", words


def schedule(case):
    """The step size is above a hundredth of its largest for most of the training, and is not largest at its end."""
    if case.optimizer is None or rate_name(case.optimizer) != "schedule":
        return None
    rates = np.array(case.rates())
    share, words = float(np.mean(rates > 0.01 * rates.max())), ""
    if not np.isfinite(rates).all() or rates.min() < 0 or not rates.max() > 0:
        words = f"step sizes lie between {rates.min()} and {rates.max()}: expected positive numbers"
    elif share < 0.35:
        words = "the step size falls to nothing early in the training: is it asked by epoch, and told by update?"
    elif rates[-1] > 3 * rates[len(rates) // 2]:
        words = "the step size grows to the end of the training"
    return share, ">= 0.35", words


def descends(case):
    """The first update moves each number against its gradient, and no other number."""
    if case.optimizer is None:
        return None
    rng = np.random.default_rng(10)
    params = {"W": np.zeros((4, 3)), "b": np.zeros(3), "c": np.zeros(2)}
    grads = {name: rng.normal(size=p.shape) for name, p in params.items()}
    grads["W"][0] = 0
    given = {name: g.copy() for name, g in grads.items()}
    optimizer = case.new_optimizer(1.0)
    move(optimizer, params, grads, case.total)
    words = ""
    for name, param in params.items():
        along = -np.sign(given[name]) * np.sign(param)
        if not np.isfinite(param).all():
            words = words or "the optimizer makes nan of a gradient of 0: add a small number to what it divides by"
        elif not np.any(param):
            words = words or f"an update does not move all parameters (not one of shape {param.shape})"
        elif np.all(along[given[name] != 0] < 0):
            words = words or "the optimizer climbs: it moves weights along the gradient, not against it"
        elif np.any(along[given[name] != 0] <= 0) or np.any(param[given[name] == 0]):
            words = words or "the optimizer does not move each number against its own gradient"
        if not np.array_equal(grads[name], given[name]):
            words = words or "the optimizer changes the gradients that it is given"
    return not words, "True", words


def step_size_counts_once(case):
    """Half the step size makes updates half as long."""
    if case.optimizer is None or rate_name(case.optimizer) is None:
        return None
    lengths, rng = [], np.random.default_rng(13)
    grads = rng.normal(size=(3, 5))
    for share in (1.0, 0.5):
        optimizer, params = case.new_optimizer(share), {"W": np.zeros(5)}
        for g in grads:
            move(optimizer, params, {"W": g.copy()}, case.total)
        lengths.append(float(np.linalg.norm(params["W"])))
    ratio = lengths[1] / max(lengths[0], 1e-300)
    words = f"with half the step size updates are {ratio:.2f} times as long: is it used twice, or not at all?"
    return ratio, "0.5", "" if 0.45 < ratio < 0.55 else words


def each_by_itself(case):
    """A parameter moves the same whichever others there are; so it has memories of its own, and counts updates once."""
    if case.optimizer is None:
        return None
    both, one = ({name: np.zeros(5) for name in names} for names in ("ab", "b"))
    first, second, rng = case.new_optimizer(1.0), case.new_optimizer(1.0), np.random.default_rng(11)
    for _ in range(4):
        grads = {name: rng.normal(size=5) for name in "ab"}
        move(first, both, {n: g.copy() for n, g in grads.items()}, case.total)
        move(second, one, {"b": grads["b"].copy()}, case.total)
    apart = float(np.abs(both["b"] - one["b"]).max() / max(np.abs(one["b"]).max(), 1e-300))
    words = "the optimizer mixes parameters: a memory, or the count of updates, is shared" if apart > 1e-9 else ""
    return apart, "0", words


def forgets(case):
    """Under a constant gradient updates come to a constant length. They grow for ever where old gradients are never
    forgotten; and where the gradient ends, so do they.
    """
    if case.optimizer is None:
        return None
    optimizer, w, path = case.new_optimizer(1.0), {"w": np.zeros(3)}, []
    for _ in range(600):
        before = w["w"].copy()
        move(optimizer, w, {"w": np.array([1.0, -0.5, 2.0])}, case.total)
        path.append(np.abs(w["w"] - before).max())
    growth = path[-1] / max(path[len(path) // 2], 1e-300)
    words = "updates grow for ever: old gradients are added up and never forgotten" if growth > 1.3 else ""
    if not words and getattr(optimizer, "weight_decay", 0) == 0:
        for _ in range(1500):
            before = w["w"].copy()
            move(optimizer, w, {"w": np.zeros(3)}, case.total)
        if np.abs(w["w"] - before).max() > 0.5 * path[-1]:
            words = "updates go on where the gradient has ended"
    return growth, "about 1", words


def as_its_kind(case):
    """An optimizer that derives from one of nnlib's moves as that one does, but for a decay or another length."""
    optimizer = case.optimizer
    kind = next((base for base in type(optimizer).__mro__ if base in _OWN), None)
    if optimizer is None or kind in (None, optim.Optimizer) or type(optimizer) is kind:
        return None
    own, base = case.new_optimizer(1.0), case.new_optimizer(1.0)
    base.__class__ = kind
    rng, worst, ratios = np.random.default_rng(12), 1.0, []
    a, b = ({"W": np.zeros((5, 4))} for _ in range(2))
    for _ in range(12):  # of small gradients: what clips large ones is the reader's own choice
        grads, olds = rng.normal(0, 1e-3, (5, 4)), (a["W"].copy(), b["W"].copy())
        move(own, a, {"W": grads.copy()}, case.total)
        move(base, b, {"W": grads.copy()}, case.total)
        moves = [w["W"] - old for w, old in zip((a, b), olds, strict=True)]
        lengths = np.linalg.norm(moves[0]) * np.linalg.norm(moves[1])
        worst = min(worst, float((moves[0] * moves[1]).sum() / max(lengths, 1e-300)))
        ratios.append(np.linalg.norm(moves[0]) / max(np.linalg.norm(moves[1]), 1e-300))
    words = ""
    if not worst > 0.999:
        words = f"{type(optimizer).__name__} does not move as {kind.__name__} does (cosine {worst:.2f})"
    elif max(ratios) > 1.05 * min(ratios):
        words = f"beside {kind.__name__}, updates of {type(optimizer).__name__} change their length as time goes on"
    return worst, "1", words


def own_step(case):
    """Three steps of the reader on three batches are three updates of a fresh optimizer with the gradients of these
    batches, all taken before anything moves.
    """
    if case.step is None:
        return None
    batches = case.some_batches(3, float)
    own, right = case.wide(), case.wide()
    first = {name: param.copy() for name, param in own.params.items()}
    optimizers = [None if case.optimizer is None else case.new_optimizer() for _ in range(2)]
    eta, words, worst = None, "", 0.0
    for turn, (X, Y) in enumerate(batches):
        before = {name: param.copy() for name, param in own.params.items()}
        grads = case.scores_and_grads(right, X, np.asarray(case.hot(Y), float))[1]
        case.update(own, optimizers[0], X.copy(), Y.copy())
        moved = {name: np.asarray(own.params[name]) - before[name] for name in before}
        if optimizers[1] is not None:
            rights = {name: param.copy() for name, param in right.params.items()}
            move(optimizers[1], right.params, grads, case.total)
            expected = {name: right.params[name] - rights[name] for name in rights}
        else:
            eta = _rate(moved, grads) if eta is None else eta
            expected = {name: -eta * grad for name, grad in grads.items()}
        for name in expected:  # a small decay of the weights is the reader's own choice
            decay = _decay(moved[name] - expected[name], before[name])
            expected[name] = expected[name] - min(max(decay, 0), 2e-3) * before[name]
        errors = {n: _off(moved[n], expected[n]) for n in moved}
        worst = max(worst, *errors.values())
        if max(errors.values()) > 1e-5 and not words:
            words = _step_words(errors, moved, expected, before, turn)
        for name, param in right.params.items():  # so that each step is judged by itself
            param[...] = own.params[name]
    still = all(np.array_equal(first[name], own.params[name]) for name in first)
    if still:
        words = "three steps leave all weights where they were: are new arrays made, and lost?"
    case.cache["eta"] = eta
    return worst, "< 1e-5", words


PROBES = (settings, schedule, descends, step_size_counts_once, each_by_itself, forgets, as_its_kind, own_step)


def _rate(moved, grads):
    """Return η of plain descent, from the parameter that moved most like it."""
    rates = {name: -float((moved[name] * g).sum() / max((g * g).sum(), 1e-300)) for name, g in grads.items()}
    return rates[min(rates, key=lambda name: _off(moved[name], -rates[name] * grads[name]))]


def _off(moved, expected):
    """Return how far a move lies from the expected one, relative to the longer."""
    size = max(np.linalg.norm(moved), np.linalg.norm(expected))
    off = float(np.linalg.norm(moved - expected) / size) if size > 1e-300 else 0.0
    return off if np.isfinite(off) else np.inf


def _decay(rest, theta):
    """Return which share of the weights a move takes away, where it does nothing else; else 0."""
    share = -float((rest * theta).sum() / max((theta * theta).sum(), 1e-300))
    return share if np.linalg.norm(rest + share * theta) < 1e-3 * np.linalg.norm(rest) else 0.0


def _step_words(errors, moved, expected, before, turn):
    """Return in words how a step differs from what it should be."""
    wrong = [name for name, error in errors.items() if error > 1e-5]
    when = "" if turn == 0 else f", from step {turn + 1} on: it keeps or forgets what it should not"
    said = []
    for name in wrong:
        move, right, rest = moved[name], expected[name], moved[name] - expected[name]
        if not np.any(move):
            said.append(f"{name} does not move")
            continue
        ratio = float((move * right).sum() / max((right * right).sum(), 1e-300))
        decay = _decay(rest, before[name]) if before[name].ndim > 1 else 0
        if decay:
            said.append(f"{name} also " + ("decays" if decay > 0 else "grows") + f" by {abs(decay):.2g} of itself")
        elif np.linalg.norm(move - ratio * right) < 1e-3 * np.linalg.norm(move):
            said.append(f"{name} moves {ratio:.4g} times as far" if ratio > 0 else f"{name} moves the other way")
        else:
            said.append(f"{name} moves another way ({errors[name]:.1g})")
    hint = ""
    if 0 < len(wrong) < len(errors) and any("another way" in words for words in said) and turn == 0:
        hint = ": is a weight moved before its old value was used?"
    return f"a step is not the optimizer's with the gradients of its batch: {', '.join(said)}{when}{hint}"


__all__ = ["PROBES", "copy"]
