"""Probes of short runs, of copies: the step size, what changes in a hundred updates, and the test set."""

import copy

import numpy as np

from .. import optim
from .case import matrices, move
from .forward import hidden
from .loop import asks_for_network
from .start import _silent


def moves_smoothly(case):
    """A hundred updates leave numbers."""
    run = _run(case, 1)
    if run is None:
        return None
    words = "" if np.isfinite(run.after) else _blame(case, "after a short run the loss is no number")
    return run.after, "a number", words


def step_size(case):
    """A hundred updates lower the loss: neither a tenth of the step is much better, nor does only a hundredfold move
    anything.
    """
    run = _run(case, 1)
    if run is None:
        return None
    guess, fall = np.log(case.K), 1 - run.after / run.before
    words = ""
    if not fall > 0.5 and not run.after < 0.5 * guess:
        low, little = _run(case, 0.1), 0.05 * run.updates / 100
        if low is None:
            return None
        if low.after < 0.75 * run.after and run.after > 0.7 * guess:
            words = "the step size is too high: a tenth of it does better"
        elif fall < little and run.before > 0.5 * guess:
            best = max(1 - r.after / r.before for r in (_run(case, factor) for factor in (10, 100, 1e4)))
            if best > max(2 * little, 4 * fall):
                words = "the step size is too low: a longer one moves more"
            elif fall < 0.6 * little:
                words = "at no step size does the loss fall: the labels or the network keep it where it is"
    return fall, "a fall", words


def no_lost_updates(case):
    """Updates are not so small beside the weights that the number format rounds them away."""
    run = _run(case, 1)
    if run is None:
        return None
    words = f"{run.lost:.0%} of the updates of a matrix change nothing: they are lost to rounding in {case.dtype}"
    return run.lost, "< 0.2", words if run.lost > 0.2 else ""


def running_statistics(case):
    """After some updates the scores of use are those of training, nearly: running means have followed."""
    state = getattr(case.net, "state", None)
    run = _run(case, 1)
    if not state or run is None:
        return None
    net = copy.deepcopy(run.net)
    before = {name: array.copy() for name, array in net.state.items()}
    X, Y = case.pairs(200 if not _slow(case) else 40)
    moved = False
    for _ in range(40 if not _slow(case) else 10):  # the same batch again and again: now they are its own
        Z, _ = case.scores_and_grads(net, X, Y)
    moved = any(not np.array_equal(before[name], array) for name, array in net.state.items())
    use, training = case.mean_loss(np.asarray(net.scores(X)), Y), case.mean_loss(Z, Y)
    words = ""
    if not moved:
        words = "running statistics never move: use computes with those of the start"
    elif not use < 1.25 * training + 0.15:
        words = (
            "with its running statistics the network does worse in use than in training: they are not those of a batch"
        )
    return use / max(training, 1e-9), "about 1", words


def still_alive(case):
    """After some updates the units still answer."""
    run = _run(case, 1)
    if run is None:
        return None
    found = hidden(copy.deepcopy(run.net), case.rows(300)[0])
    share, name = max(((_silent(A), name) for name, A in found.items()), default=(0.0, ""))
    words = f"in a short run {share:.0%} of the units of {name} die: the step is too long" if share > 0.6 else ""
    return share, "<= 0.6", words


def test_follows(case):
    """After a short run the network knows test examples nearly as well as training examples."""
    run = _run(case, 1)
    if run is None or case.X_test is None:
        return None
    net = copy.deepcopy(run.net)
    shares = []
    for test in (False, True):
        X, y = case.rows(200 if _slow(case) else 500, test=test)
        shares.append(float(np.mean(np.asarray(net.scores(X)).argmax(axis=1) == y)))
    words = "a network that knows training examples does not know test examples" if shares[1] < shares[0] - 0.15 else ""
    return f"{shares[0]:.2f}, {shares[1]:.2f}", "about the same", words


def metric_agrees(case):
    """The reader's metric of a network is the share of right answers, and leaves the network as it is."""
    if case.metric is None or not asks_for_network(case.metric):
        return None
    run = _run(case, 1)
    net = copy.deepcopy(case.net if run is None else run.net)
    arrays = {**net.params, **getattr(net, "state", {})}
    before = {name: array.copy() for name, array in arrays.items()}
    X, y = case.rows(333)
    right = float(np.mean(np.asarray(copy.deepcopy(net).scores(X)).argmax(axis=1) == y))
    found = float(case.metric(net, X, y))
    found /= 100 if found > 1.5 else 1
    words = ""
    if any(not np.array_equal(before[name], array) for name, array in arrays.items()):
        words = "the metric changes the network that it measures"
    elif abs(found - right) > 1e-3:
        words = f"the metric is {found:.3f} where {right:.3f} of the answers are right"
    return f"{found:.3f}, {right:.3f}", "the same", words


def learns(case):
    """A short run lowers the loss on the examples as they are given, by the labels as they are given."""
    run = _run(case, 1)
    if run is None or run.before < 0.5 * np.log(case.K):
        return None
    fall = 1 - run.after / run.before
    words = "the loss does not fall, and no probe before says why" if not fall > 0.005 else ""
    return fall, "> 0.005", words


PROBES = (moves_smoothly, no_lost_updates, step_size, still_alive, running_statistics, test_follows, metric_agrees,
          learns)  # fmt: skip


class _Run:
    """What a short run showed."""

    def __init__(self, net, before, after, lost, updates):
        self.net, self.before, self.after, self.lost, self.updates = net, before, after, lost, updates


@np.errstate(all="ignore")
def _run(case, factor):
    """Return a `_Run` at a factor of the step size, made once; None where no step size is known."""
    if case.step is None and case.optimizer is None:
        return None
    return case.once(f"run at {factor}", lambda: _train(case, factor))


def _train(case, factor):
    slow = _slow(case)
    batches = case.once("short", lambda: _short_batches(case, slow))
    net, optimizer = copy.deepcopy(case.net), None
    own = case.step is not None and (factor == 1 or case.optimizer is not None)
    if case.optimizer is not None:
        optimizer = case.new_optimizer(factor)
    elif not own:
        if case.cache.get("eta") is None:
            return None
        optimizer = optim.SGD(factor * case.cache["eta"])
    X, Y = case.once("judged", lambda: case.pairs(256 if not slow else 100))
    before, lost = case.mean_loss(np.asarray(copy.deepcopy(net).scores(X), float), Y.astype(float)), []
    for turn, (x, y) in enumerate(batches):
        if turn == len(batches) // 2:
            old = {name: param.copy() for name, param in matrices(net.params).items()}
            _, grads = case.scores_and_grads(copy.deepcopy(net), x, case.hot(y))
        if own:
            case.update(net, optimizer, x.copy(), y.copy())
        else:
            _, moves = case.scores_and_grads(net, x, case.hot(y))
            move(optimizer, net.params, moves, case.total)
        if turn == len(batches) // 2:
            for name, param in old.items():
                meant = grads[name] != 0
                grown = np.abs(param).mean() > 3 * np.abs(case.net.params[name]).mean()  # too long steps are the cause
                if meant.mean() > 0.01 and not grown:
                    lost.append(float(np.mean(net.params[name][meant] == param[meant])))
    after = case.mean_loss(np.asarray(copy.deepcopy(net).scores(X), float), Y.astype(float))
    return _Run(net, before, after if np.isfinite(after) else np.inf, max(lost, default=0.0), len(batches))


def _short_batches(case, slow):
    """Return a hundred batches, or of a network of convolutions, which takes longer, sixteen small ones."""
    if not slow:
        count = int(np.clip(10_000 // case.batch_size, 20, 100))
        return case.some_batches(count)
    return [(X[:32], Y[:32]) for X, Y in case.some_batches(16)]


def _slow(case):
    """Return whether updates take long: of convolutions, and of float16, for which no processor has fast products."""
    return case.dtype == np.float16 or any(param.ndim > 2 for param in case.net.params.values())


def _blame(case, words):
    low = _run(case, 0.1)
    if low is not None and np.isfinite(low.after):
        return f"{words}, and at a tenth of the step size it is one: the step size is too high"
    return f"{words}, at a tenth of the step size too: look at what the network computes"
