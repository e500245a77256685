"""Probes of the loss alone: scores are made up, no network is asked."""

import numpy as np


def shift(case):
    """The same number added to all scores of an example changes nothing, also if it is a thousand: then an exponential
    overflows, unless the largest score is subtracted first.
    """
    Z, Y = _scores(case)
    before = case.mean_loss(Z, Y)
    if not _shift_invariant(case, Z, Y, before):
        return None
    far = 1000 if case.dtype != np.float16 else 60
    rooms = (np.float64, np.dtype(case.dtype).type)
    found = [case.mean_loss((Z + s).astype(t), Y.astype(t)) for t in rooms for s in (far, -far)]
    off = max(abs(loss - before) if np.isfinite(loss) else np.inf for loss in found)
    words = "the loss changes when all scores rise by a thousand: subtract the largest one first"
    return off, "about 0", words if not off < 0.5 else ""


def wide_scores(case):
    """A label's score that lies a thousand below another one costs a thousand. No number is left of it where the
    probability was rounded to 0 before its logarithm is taken.
    """
    Z, Y = np.zeros((1, case.K)), np.eye(case.K)[:1]
    if not _shift_invariant(case, Z, Y, case.mean_loss(Z, Y)):
        return None
    Z[0, 1] = 1000
    found = case.mean_loss(Z, Y)
    words = "the loss of a very wrong score is no number: take the logarithm of the softmax at once"
    return found, "a number", "" if np.isfinite(found) else words


def equal_scores(case):
    """The loss of equal scores is ln K."""
    Z, Y = np.zeros((6, case.K)), np.eye(case.K)[np.arange(6) % case.K]
    found = case.mean_loss(Z, Y)
    if not _shift_invariant(case, *_scores(case)):
        return None
    ratio = found / np.log(case.K)
    words = ""
    if abs(ratio - 6) < 0.1:
        words = "the loss is a sum over the batch, not a mean: its gradient grows with the batch"
    elif abs(ratio - 1 / np.log(10)) < 0.005:
        words = "the loss has logarithms to the base 10, its slope is another"
    elif abs(ratio - 1 / np.log(2)) < 0.005:
        words = "the loss has logarithms to the base 2, its slope is another"
    elif abs(ratio - 1) > 0.01:
        words = f"the loss of equal scores is {ratio:.3g} times ln K: a factor, or another loss"
    return found, f"ln {case.K} = {np.log(case.K):.3f}", words


def mean(case):
    """Twice the same rows have the loss of once."""
    Z, Y = _scores(case)
    once, twice = case.mean_loss(Z, Y), case.mean_loss(np.concatenate([Z, Z]), np.concatenate([Y, Y]))
    ratio = twice / once
    words = "" if abs(ratio - 1) < 1e-3 else "the loss is no mean over the rows: it depends on how many there are"
    return ratio, "1", words


def falls(case):
    """The loss falls where the label's score rises, and is lowest for a large one."""
    Y = np.eye(case.K)
    losses = [case.mean_loss(5 * np.roll(Y, s, axis=1), Y) for s in range(case.K)]
    best = int(np.argmin(losses))
    words = f"the loss is lowest for the class {best} beyond the label: labels are shifted" if best else ""
    return best, "0", words


def slope(case):
    """The gradient is the slope of the loss, by differences: the cosine of the two is 1, and so is their ratio."""
    if not hasattr(case.loss, "backward"):
        return None
    words, worst = "", (1.0, 1.0)
    for N in (7, 3):
        Z, Y = _scores(case, N)
        given, numeric = np.array(case.loss.backward(Z.copy(), Y)), np.empty_like(Z)
        if given.shape != Z.shape:
            return f"{given.shape}", f"{Z.shape}", f"the gradient of the loss has the shape {given.shape}"
        for at in np.ndindex(Z.shape):
            E = np.zeros_like(Z)
            E[at] = 1e-5
            numeric[at] = (case.mean_loss(Z + E, Y) - case.mean_loss(Z - E, Y)) / 2e-5
        sizes = np.linalg.norm(given), np.linalg.norm(numeric)
        cosine, ratio = float((given * numeric).sum() / max(np.prod(sizes), 1e-300)), sizes[0] / max(sizes[1], 1e-300)
        if abs(cosine - 1) + abs(ratio - 1) > abs(worst[0] - 1) + abs(worst[1] - 1):
            worst = cosine, ratio
        words = words or _slope_words(cosine, ratio, N)
    return f"cosine {worst[0]:.3f}, ratio {worst[1]:.3g}", "1 and 1", words


def _slope_words(cosine, ratio, N):
    if cosine < -0.999:
        return "the gradient of the loss has the wrong sign"
    if not cosine > 0.9999:
        return f"the gradient of the loss is not its slope (cosine {cosine:.2f}): a term or the Jacobian is wrong"
    if abs(ratio - N) < 0.01 * N:
        return "the gradient of the loss is N times too long: 1/N is forgotten"
    if abs(ratio * N - 1) < 0.01:
        return "the gradient of the loss is N times too short: 1/N is there twice"
    if abs(ratio - 1) > 1e-3:
        return f"the gradient of the loss is {ratio:.3g} times its slope"
    return ""


def points_to_label(case):
    """From equal scores, the label's score is the one that is to rise."""
    if not hasattr(case.loss, "backward"):
        return None
    Y = np.eye(case.K)
    share = float(np.mean(np.asarray(case.loss.backward(np.zeros_like(Y), Y)).argmin(axis=1) == np.arange(case.K)))
    return share, "1", "" if share == 1 else "the gradient of the loss raises another score than the label's"


def pull(case):
    """From equal scores, the label's score rises by (1 − 1/K) of a step, and the others fall by 1/K; label smoothing
    takes a little off. Scores that are divided by a temperature pull less.
    """
    Y = np.eye(case.K)
    Z = np.zeros_like(Y)
    if not hasattr(case.loss, "backward") or not _shift_invariant(case, *_scores(case)):
        return None
    given, right = np.asarray(case.loss.backward(Z, Y)), (1 / case.K - Y) / case.K
    ratio = float((given * right).sum() / (right * right).sum())
    words = f"the loss pulls {ratio:.2g} times as much as cross-entropy: smoothing, a factor or a temperature"
    return ratio, "0.6 to 1.5", words if not 0.6 < ratio < 1.5 else ""


PROBES = (shift, wide_scores, equal_scores, mean, falls, slope, points_to_label, pull)


def _scores(case, N=7):
    rng = np.random.default_rng(3)
    return rng.normal(size=(N, case.K)), np.eye(case.K)[rng.integers(case.K, size=N)]


def _shift_invariant(case, Z, Y, before=None):
    """Return whether the loss is one of differences, as cross-entropy is."""
    before = case.mean_loss(Z, Y) if before is None else before
    return abs(case.mean_loss(Z + 0.5, Y) - before) < 1e-6
