"""Probes of what a training loop makes of the data: its batches, its augmentation, its metric."""

import math
from inspect import signature

import numpy as np

from .. import gate
from ..augment import pictures
from .case import call
from .data import nearest


def metric_counts(case):
    """A metric of all right answers is 1, of none 0, of half a half. (N, 1) against (N,) compares every pair."""
    if case.metric is None or asks_for_network(case.metric):
        return None
    y = case.y[: 2 * (min(case.N, 400) // 2)].astype(int)
    half = np.where(np.arange(len(y)) % 2, y, (y + 1) % case.K)
    found = [float(call(case.metric, p.copy(), y.copy())) for p in (y, (y + 1) % case.K, half)]
    unit = 100 if found[0] > 1.5 else 1
    fits = np.allclose(found, [unit, 0, unit / 2], atol=1e-6 * unit)
    words = "the metric does not count right answers: of none, half and all right it makes "
    words += f"{found[1]:.3g}, {found[2]:.3g} and {found[0]:.3g}"
    return f"{found[1]:.3g}, {found[2]:.3g}, {found[0]:.3g}", "0, 0.5, 1", "" if fits else words


def augmented_form(case):
    """Augmentation returns as many pictures, of the same type, and leaves those that it was given."""
    if case.augment is None or case.X.dtype != np.uint8:
        return None
    X = case.X[:50].copy()
    gate.augmented(X, case.augment, case.rng)
    changed = not np.array_equal(X, case.X[:50])
    return changed, "False", "augmentation changes the pictures that it was given: it adds up" if changed else ""


def augmented_upright(case):
    """An augmented picture is most like its own original upright, not mirrored or turned."""
    side = math.isqrt(case.D)
    if case.augment is None or case.X.dtype != np.uint8 or side * side != case.D:
        return None
    X = case.X[case.rng.permutation(case.N)[:300]]
    A = gate.augmented(X, case.augment, case.rng)
    strange = float(np.mean(nearest(A.astype(np.float32), X.astype(np.float32)) != np.arange(len(X))))
    copies = {row.tobytes() for row in X}
    if strange > 0.5 and np.mean([row.tobytes() in copies for row in A]) > 0.5:
        return strange, "<= 0.5", "augmentation returns pictures in another order, away from their labels"
    share, kind = turned(X, A)
    words = f"augmentation makes other figures of the pictures: {share:.0%} of them {kind}" if share > 0.1 else ""
    return share, "<= 0.1", words


def augmented_kind(case):
    """An augmented picture is still most like its class."""
    if case.augment is None or case.X.dtype != np.uint8:
        return None
    X, y = case.once("neighbourhood", lambda: case.rows(2000, np.float32))
    drawn = case.rng.permutation(case.N)[:500]
    A = case.ready(gate.augmented(case.X[drawn], case.augment, case.rng), np.float32)
    share = float(np.mean(y[nearest(A, X)] == case.y[drawn]))
    words = "augmentation changes the pictures beyond recognition" if share < 0.45 else ""
    return share, ">= 0.45", words


def batches_fit(case):
    """A batch has rows for the network, of numbers that are scaled, and a label or a one-hot row for each."""
    if case.batches is None:
        return None
    X, Y = next(case.loop())
    X, Y = np.asarray(X), np.asarray(Y)
    words = ""
    if X.ndim != 2 or X.shape[1] != case.D or X.shape[0] != len(Y):
        words = f"a batch is {X.shape} with labels {Y.shape}: expected rows (B, {case.D}) and as many labels"
    elif X.dtype == np.uint8:
        words = "the loop yields pixels from 0 to 255: expected them scaled"
    elif Y.ndim == 2 and (Y.shape[1] != case.K or not np.allclose(Y.sum(axis=1), 1, atol=1e-3) or Y.min() < 0):
        words = f"rows of labels {Y.shape} are not one-hot rows of {case.K} classes that sum to 1"
    elif Y.ndim == 1 and not (Y.min() >= 0 and Y.max() < case.K):
        words = f"labels of a batch lie between {Y.min()} and {Y.max()}: expected 0 to {case.K - 1}"
    return f"{X.shape}, {Y.shape}", f"(B, {case.D}) and B labels", words


def batch_scale(case):
    """The loop yields inputs with the spread that the network will meet in use."""
    if case.batches is None:
        return None
    seen, used = epoch(case)[0][:1000].astype(float), case.rows(1000, np.float64)[0]
    ratio, shift = seen.std() / max(used.std(), 1e-12), abs(seen.mean() - used.mean()) / max(used.std(), 1e-12)
    words = ""
    if not np.isfinite(ratio):
        words = "the loop yields inputs that are no numbers"
    elif not 0.7 < ratio < 1.4 or shift > 0.4:
        words = "the loop prepares inputs in another way than they are given: scaled twice, or not at all"
    return f"spread × {ratio:.3g}, mean {shift:.2f} away", "× 0.7 to 1.4, < 0.4", words


def batch_labels(case):
    """Each example that the loop yields has its own label, or, where it is augmented, that of its nearest neighbour."""
    if case.batches is None:
        return None
    X, labels, found = epoch(case)
    known = found >= 0
    if known.mean() > 0.5:
        share, least = float(np.mean(labels[known] == case.y[found[known]])), 0.98
    else:
        A, y = case.once("neighbourhood", lambda: case.rows(2000, np.float32))
        share, least = float(np.mean(y[nearest(X[:500].astype(np.float32), A)] == labels[:500])), 0.45
    words = "the loop yields examples with labels of others"
    if share < least and known.mean() > 0.5:
        pairs = case.y[found[known]].astype(int), labels[known].astype(int)
        shifts = np.bincount((pairs[1] - pairs[0]) % case.K)
        if shifts.max() > 0.95 * shifts.sum():
            words = f"the loop yields labels that are shifted by {shifts.argmax()}, round the {case.K} classes"
    return share, f">= {least}", words if share < least else ""


def batch_order(case):
    """In the loop neighbours have the same label as often as chance has it."""
    if case.batches is None:
        return None
    labels = epoch(case)[1]
    chance = float(np.square(np.bincount(case.y.astype(int)) / case.N).sum())
    same = float(np.mean(labels[1:] == labels[:-1]))
    words = "the loop yields examples sorted by label: shuffle them" if same > chance + 0.3 else ""
    return same, f"about {chance:.2f}", words


def batch_classes(case):
    """The loop comes to each class that the examples have."""
    if case.batches is None:
        return None
    labels = epoch(case)[1].astype(int)
    fits = labels.min() >= 0 and labels.max() < case.K
    if not fits or np.mean(labels[1:] == labels[:-1]) > 0.5:  # sorted, of which only the beginning is seen
        return None
    given, seen = (np.bincount(y.astype(int), minlength=case.K) / len(y) for y in (case.y, labels))
    counted = given * len(labels) > 50
    share = np.where(counted, seen / np.maximum(given, 1e-12), 1.0)
    words = f"the loop yields no or hardly any examples of class {share.argmin()}" if share.min() < 0.05 else ""
    return float(share.min()), ">= 0.05", words


def batches_upright(case):
    """What the loop yields is upright, if it is a picture: most like its own original, or its class, not mirrored."""
    side = math.isqrt(case.D)
    if case.batches is None or side * side != case.D or (epoch(case)[2] >= 0).mean() > 0.9:
        return None
    X, labels, _ = epoch(case)
    A, y = case.once("neighbourhood", lambda: case.rows(2000, np.float32))
    best, names = [], []
    for name, turn in TURNS.items():
        V = X[:400].astype(np.float32).reshape(-1, side, side)
        V = turn(V).reshape(len(V), -1)
        best.append(float(np.mean(y[nearest(V, A)] == labels[:400])))
        names.append(name)
    others = max(best[1:])
    words = f"the loop yields pictures that are {names[int(np.argmax(best[1:])) + 1]}"
    return f"{best[0]:.2f} upright, {others:.2f}", "most upright", words if others > max(best[0] - 0.12, 0.45) else ""


def batches_cover(case):
    """The loop comes to all examples, not to the same few."""
    if case.batches is None:
        return None
    _, _, found = epoch(case)
    found = found[found >= 0]
    if len(found) < 200:
        return None
    distinct = len(np.unique(found))
    expected = case.N * -math.expm1(-len(found) / case.N)  # if each were drawn by itself
    share = distinct / expected
    reach = (found.max() - found.min() + 1) / case.N
    words = ""
    if share < 0.7:
        words = f"the loop yields the same few examples: {distinct:,} different ones of {len(found):,}"
    elif reach < 0.8 and len(found) > 1.5 * distinct:
        words = "the loop comes to a part of the examples only"
    elif case.cache["epoch ended"] and distinct < 0.6 * case.N:
        words = f"an epoch of the loop has {distinct:,} of the {case.N:,} examples"
    return share, ">= 0.7", words


def enough_updates(case):
    """An epoch has ten updates or more."""
    B = case.batch_size if case.batches is None else len(next(case.loop())[0])
    updates = case.N / B
    words = f"batches of {B:,} leave {updates:.1f} updates an epoch: take smaller ones" if updates < 5 else ""
    if getattr(case.net, "state", None) and case.batches is None and 1 in (B, case.N % B):
        words = "a batch of one example has no variance to normalise with"
    return updates, ">= 5", words


PROBES = (metric_counts, augmented_form, augmented_upright, augmented_kind, batches_fit, batch_scale, batches_upright,
          batch_labels, batch_order, batch_classes, batches_cover, enough_updates)  # fmt: skip


# ---- what the probes share -------------------------------------------------------------------------------------------

TURNS = {
    "upright": lambda A: A,
    "mirrored": lambda A: A[:, :, ::-1],
    "upside down": lambda A: A[:, ::-1],
    "turned by half": lambda A: A[:, ::-1, ::-1],
    "transposed": lambda A: A.transpose(0, 2, 1),
    "turned": lambda A: A.transpose(0, 2, 1)[:, ::-1],
    "turned the other way": lambda A: A.transpose(0, 2, 1)[:, :, ::-1],
}


def turned(X, A):
    """Return the share of pictures A that are clearly less like their originals X than like them mirrored or turned,
    and how most of these are.
    """
    X, A = pictures(X).astype(np.float32), pictures(A).astype(np.float32)
    F = np.fft.rfft2(_unit(A))
    like = {}
    for name, turn in TURNS.items():  # the highest correlation over all shifts
        like[name] = np.fft.irfft2(F * np.conj(np.fft.rfft2(_unit(turn(X)))), A.shape[1:]).max(axis=(1, 2))
    others = np.array([like[name] for name in TURNS if name != "upright"])
    wrong = others.max(axis=0) > like["upright"] + 0.1
    kinds = [name for name in TURNS if name != "upright"]
    most = np.bincount(others[:, wrong].argmax(axis=0), minlength=len(kinds)).argmax() if wrong.any() else 0
    return float(wrong.mean()), kinds[most]


def _unit(A):
    A = A - A.mean(axis=(1, 2), keepdims=True)
    return A / np.maximum(np.sqrt((A * A).sum(axis=(1, 2), keepdims=True)), 1e-9)


def epoch(case):
    """Return what the loop yields in its first epoch, as far as 6,000 examples: rows, labels, and the place of each row
    among the examples, −1 where it is none of them.
    """

    def look():
        rows, labels, ended = [], [], True
        for X, Y in call(case.batches, case.rng):
            rows.append(np.asarray(X))
            labels.append(np.asarray(Y).argmax(axis=1) if np.ndim(Y) == 2 else np.asarray(Y))
            if sum(map(len, rows)) >= 6000:
                ended = False
                break
        case.cache["epoch ended"] = ended
        X, labels = np.concatenate(rows), np.concatenate(labels)
        return X, labels, places(case, X)

    return case.once("epoch", look)


def places(case, X):
    """Return for each row its place among the examples, −1 for none, by two random sums of a row that tell it apart."""
    R = np.random.default_rng(2).normal(size=(case.D, 2))
    own = np.concatenate([case.ready(case.X[i : i + 4000], np.float64) @ R for i in range(0, case.N, 4000)])
    sought, order = X.astype(float) @ R, np.argsort(own[:, 0])
    above = np.clip(np.searchsorted(own[order, 0], sought[:, 0]), 1, case.N - 1)
    both = np.stack([order[above], order[above - 1]])
    best = both[np.abs(own[both] - sought).sum(axis=2).argmin(axis=0), np.arange(len(sought))]
    same = np.abs(own[best] - sought).max(axis=1) < 1e-4 * np.abs(own).mean()
    return np.where(same, best, -1)


def asks_for_network(metric):
    """Return whether a metric is of a network, ``metric(net, X, y)``, and not of answers, ``metric(predicted, y)``."""
    return sum(p.default is p.empty for p in signature(metric).parameters.values()) == 3
