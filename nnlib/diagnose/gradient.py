"""Probes of the backward pass, in float64, against differences; at weights drawn anew, so that no gradient is 0 by
chance.
"""

import numpy as np

from .case import generators, matrices
from .forward import last_layer

_TOLERANCE = 1e-4


def gradients_fit(case):
    """There is a gradient for each parameter, in its shape."""
    net, (X, Y) = case.fresh(), case.pairs(16, float)
    before, given = {name: param.copy() for name, param in net.params.items()}, (X.copy(), Y.copy())
    Z, grads = case.scores_and_grads(net, X, Y)
    words = ""
    missing = [name for name in net.params if name not in grads]
    wrong = [n for n in net.params if n in grads and grads[n].shape != net.params[n].shape]
    moved = [name for name, old in before.items() if not np.array_equal(net.params[name], old)]
    if missing or wrong:
        words = f"expected a gradient for each parameter in its shape, not so for {', '.join(missing + wrong)}"
    elif moved:
        words = f"to ask for gradients changes {', '.join(moved)}: only a step is to move weights"
    elif not (np.array_equal(X, given[0]) and np.array_equal(Y, given[1])):
        words = "to ask for gradients changes the inputs or the labels that it is given"
    elif np.shape(Z) != (16, case.K):
        words = f"scores in training have the shape {np.shape(Z)}: expected {(16, case.K)}"
    return len(grads), str(len(net.params)), words


def gradients_repeat(case):
    """The same batch again has the same gradients: none is added to the last."""
    net, (X, Y) = case.fresh(), case.pairs(16, float)
    f = frozen(net)
    first, again = (f(lambda: case.scores_and_grads(net, X, Y)[1]) for _ in range(2))
    ratios = {name: _size(again[name]) / max(_size(first[name]), 1e-300) for name in first}
    name = max(ratios, key=lambda name: abs(ratios[name] - 1) if _size(first[name]) > 1e-12 else 0)
    worst = ratios[name]
    off = abs(worst - 1) > 1e-6 and _size(first[name]) > 1e-12
    words = f"the gradient of {name} is another one for the same batch again, {worst:.3g} times as long"
    words += ": gradients add up, set them to 0 first" if abs(worst - 2) < 0.01 else ""
    return worst, "1", words if off else ""


def far_scores(case):
    """The same number added to all scores of an example changes no gradient, also if it is a thousand."""
    last, net, (X, Y) = last_layer(case.net) or [], case.fresh(), case.pairs(16, float)
    if len(last) < 2:
        return None
    call, found = frozen(net), []
    for rise in (0, 0.5, 1000, -1000):
        old = net.params[last[1]].copy()
        net.params[last[1]][...] += rise
        found.append(call(lambda: case.scores_and_grads(net, X, Y)[1][last[0]]))
        net.params[last[1]][...] = old
    size = max(_size(found[0]), 1e-300)
    if _size(found[1] - found[0]) > 1e-6 * size:
        return None  # another loss than one of differences
    off = max(_size(g - found[0]) if np.isfinite(g).all() else np.inf for g in found[2:]) / size
    words = "gradients change when all scores rise by a thousand: subtract the largest one before the exponential"
    return off, "0", words if not off < 1e-3 else ""


def gradients(case):
    """Each gradient is the slope of the loss along several random directions."""
    found, weights = case.once("slopes", lambda: slopes(case))
    errors = {name: _error(*pair, _floor(found)) for name, pair in found.items()}
    wrong = [name for name, error in errors.items() if error > _TOLERANCE]
    name = max(errors, key=errors.get)
    if not wrong:
        return errors[name], "< 1e-4", ""
    decay = [_decay(*found[n], weights[n]) for n in wrong]
    if all(decay):  # the gradient of a penalty on the weights, which the loss does not name
        most = max(decay, key=abs)
        words = "" if 0 < most < 0.05 else f"gradients have {most:.3g} times the weights added to them"
        return f"decay {most:.3g}", "0 to 0.05", words
    return ", ".join(f"{n}: {errors[n]:.1g}" for n in wrong), "< 1e-4", _where(case, found, wrong)


def gradients_add(case):
    """The gradient of a batch is the mean of its examples' own, also if one has scores in the thousands."""
    net, (X, Y) = case.fresh(), case.pairs(3, float)
    if generators(net) or getattr(net, "state", None):
        return None  # each batch has its own noise, or its own statistics
    X[1] *= 1000
    whole = case.scores_and_grads(net, X, Y)[1]
    parts = [case.scores_and_grads(net, X[[n]], Y[[n]])[1] for n in range(3)]
    off = {n: _size(whole[n] - sum(p[n] for p in parts) / 3) / max(_size(whole[n]), 1e-300) for n in whole}
    name = max(off, key=lambda n: off[n] if np.isfinite(off[n]) else np.inf)
    words = f"the gradient of {name} of a batch is not the mean of its examples' own: do rows see each other?"
    return off[name], "0", words if not off[name] < 1e-6 else ""


def gradients_keep_size(case):
    """From the last layer to the first, gradients keep their size, to a few powers of ten."""
    net, (X, Y) = case.wide(), case.pairs(64, float)
    if not all(np.any(W) for W in matrices(net.params).values()):
        return None  # nothing comes back through zeros; whether they stay is asked before
    _, grads = case.scores_and_grads(net, X, Y)
    sizes = [float(np.sqrt(np.mean(grads[name] ** 2))) for name in matrices(net.params) if name in grads]
    if len(sizes) < 2 or not min(sizes[-1], max(sizes)) > 0:
        return None
    ratio = sizes[0] / sizes[-1]
    words = ""
    if ratio < 1e-4:
        words = "gradients vanish on the way to the first layer"
    elif ratio > 1e4:
        words = "gradients explode on the way to the first layer"
    return ratio, "1e-4 to 1e4", words


PROBES = (gradients_fit, gradients_repeat, gradients, far_scores, gradients_add, gradients_keep_size)


# ---- what the probes share -------------------------------------------------------------------------------------------


def frozen(net):
    """Return a function that calls another with the network's random generators where they now are."""
    kept = [(rng, rng.bit_generator.state) for rng in generators(net)]

    def call(function):
        for rng, state in kept:
            rng.bit_generator.state = state
        return function()

    return call


def slopes(case, directions=4):
    """Return for each parameter the slopes of the loss along random directions, by differences and by the gradient:
    {name: (numeric, given)}, and {name: weights along them}. The batch is not the first that the network sees.
    """
    net, (X, Y) = case.fresh(), case.pairs(_few(case), float)
    call, rng, found, weights = frozen(net), np.random.default_rng(9), {}, {}
    for count in (16, len(X)):
        case.scores_and_grads(net, *case.pairs(count, float))
    given = call(lambda: case.scores_and_grads(net, X, Y)[1])

    size = max(_size(grad) for grad in given.values())

    def loss():
        return case.mean_loss(call(lambda: case.training_scores(net, X, Y)), Y)

    for name, param in net.params.items():
        old, pairs, weights[name] = param.copy(), [], []
        for _ in range(directions):
            V = rng.normal(size=param.shape)
            analytic = float((given[name] * V).sum())
            tries = []
            for h in (1e-5, 1e-6, 1e-7):  # a shorter nudge crosses fewer kinks
                param[...] = old + h * V
                above = loss()
                param[...] = old - h * V
                tries.append((above - loss()) / (2 * h))
                param[...] = old
                if abs(tries[-1] - analytic) <= 0.1 * _TOLERANCE * max(abs(analytic), 1e-4 * size):
                    break
            weights[name].append(float((old * V).sum()))
            pairs.append((min(tries, key=lambda n: abs(n - analytic)), analytic))
        found[name] = np.array(pairs).T
    return found, weights


def _few(case):
    """Return how many examples the slopes are of; of convolutions, which take long, fewer."""
    return 5 if any(param.ndim > 2 for param in case.net.params.values()) else 11


def _floor(found):
    """Return below which size a slope counts as 0: a small share of the largest one."""
    sizes = [float(np.sqrt(np.mean(np.square(pair)))) for pair in found.values()]
    return 1e-4 * max((size for size in sizes if np.isfinite(size)), default=0.0)


def _error(numeric, given, floor):
    """Return the middle error of the directions: one alone may cross a kink."""
    error = float(np.median(np.abs(numeric - given)) / max(np.median(np.abs([numeric, given])), floor, 1e-300))
    return error if np.isfinite(error) else np.inf


def _decay(numeric, given, weights):
    """Return λ where a gradient is the slope and λ times the weights; else 0."""
    rest, weights = given - numeric, np.array(weights)
    factor = float(rest @ weights / max(weights @ weights, 1e-300))
    return factor if np.abs(rest - factor * weights).max() < 1e-2 * np.abs(rest).max() else 0.0


def _where(case, found, wrong):
    """Return in words what is wrong with which gradient, and where to look."""
    last = last_layer(case.net) or []
    kinds = {name: _kind(*found[name]) for name in wrong}
    top = [name for name in last if name in wrong]
    if last and len(top) == len(last) and len(wrong) == len(found) > 1:
        where = "all gradients are wrong: look at the gradient of the loss by the scores"
    elif top and not set(wrong) - set(top):
        where = f"the fault is in the formula of {', '.join(top)} alone: what flows on is right"
    elif set(wrong) == set(found):
        where = "all gradients are wrong"
    else:
        right = [name for name in found if name not in wrong]
        names = list(found)
        behind = [name for name in right if names.index(name) < names.index(wrong[-1])]
        where = f"right are {', '.join(right)}; "
        if behind or len(wrong) == 1:  # what flowed on past it is right
            where += f"the fault is in the formula of {', '.join(wrong)}"
        else:
            where += f"the fault lies on the way back to {wrong[-1]}"
    said = "; ".join(f"{name} {kind}" for name, kind in kinds.items())
    return f"gradients differ from the slope of the loss: {said}. {where}{_entering(case, found, wrong)}"


def _kind(numeric, given):
    """Return how a gradient is wrong: missing, with the wrong sign, a number of times too long, or altogether."""
    size = float(np.abs(numeric).max())
    if np.abs(given).max() < 1e-9 * max(size, 1e-300):
        return "is missing, 0"
    if size < 1e-9 * np.abs(given).max():
        return "should be 0"
    ratio = float(given @ numeric / (numeric @ numeric))
    if np.abs(given - ratio * numeric).max() < 1e-2 * np.abs(given).max():
        return "has the wrong sign" if abs(ratio + 1) < 1e-2 else f"is {ratio:.4g} times the slope"
    return "is wrong"


def _entering(case, found, wrong):
    """Where all are wrong: what a single example's last bias tells of the gradient that enters the network."""
    last = last_layer(case.net) or []
    if len(last) < 2 or not set(last) <= set(wrong):
        return ""
    ratio = [given @ numeric / max(numeric @ numeric, 1e-300) for numeric, given in found.values()]
    if np.ptp(ratio) < 0.01 * abs(ratio[0]) and abs(ratio[0] - _few(case)) < 0.1:
        return ": N times too long, 1/N is forgotten"
    net, (X, labels) = case.fresh(), case.rows(30, float)
    seen = [case.scores_and_grads(net, X[[n]], case.one_hot(labels[[n]], float))[1][last[1]] for n in range(len(X))]
    rises = np.array(seen).argmin(axis=1)
    shift = (rises - labels.astype(int)) % case.K
    if np.all(shift == shift[0]) and shift[0]:
        return f": the score that is to rise is that of the class {shift[0]} beyond the label, labels are shifted"
    return ""


def _size(A):
    return float(np.sqrt(np.sum(np.square(A))))
