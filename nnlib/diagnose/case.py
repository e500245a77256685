"""What a diagnosis looks at: a network and all that it is trained with, and copies of them to try things on."""

import copy
from inspect import Parameter, signature
from itertools import islice
from types import FunctionType, ModuleType
from typing import NamedTuple

import numpy as np

from .. import gate
from ..data import scale
from ..losses import SoftmaxCrossEntropy
from ..schedules import constant
from ..sequential import Sequential


class Finding(NamedTuple):
    """What one probe measured."""

    name: str  # the part that was looked at, and the probe
    number: object  # what was measured
    expected: str  # what a healthy training shows
    meaning: str  # what is wrong, in words; empty if nothing is

    @property
    def wrong(self):
        """Whether this is an alarm."""
        return bool(self.meaning)


class Case:
    """The pieces of a training, as `nnlib.diagnose.look` was given them.

    Attributes
    ----------
    N, D, K : int
        Examples, numbers in one, classes.
    y, y_test : arrays of int, (N,) and (M,)
    rng : numpy.random.Generator
        Draws the examples that are looked at.
    """

    def __init__(self, net, X, y, X_test, y_test, loss, optimizer, batches, step, metric, augment, batch_size, epochs):
        gate.check_network(net)
        self.net, self.given_loss, self.optimizer = net, loss, optimizer
        self.batches, self.step, self.metric, self.augment = batches, step, metric, augment
        self.loss = loss or SoftmaxCrossEntropy()
        self.D, self.K, self.dtype = net.inputs, net.classes, np.dtype(net.dtype)
        self.X, self.y = _examples(X, y, self.D, "X and y")
        if X_test is None:
            self.X_test = self.y_test = None
        else:
            self.X_test, self.y_test = _examples(X_test, y_test, self.D, "X_test and y_test")
        self.N, self.batch_size = len(self.X), min(batch_size, len(self.X))
        self.total = max(epochs * -(-self.N // self.batch_size), 1)
        self.rng, self.cache = np.random.default_rng(0), {}

    def once(self, name, make):
        """Return what `make` makes, made once."""
        if name not in self.cache:
            self.cache[name] = make()
        return self.cache[name]

    # ---- examples ------------------------------------------------------------------------------------------------

    def ready(self, X, dtype=None):
        """Return rows as the network gets them: pixels are scaled, as `nnlib.train.fit` does, other numbers kept."""
        dtype = dtype or self.dtype
        return scale(X, dtype) if X.dtype == np.uint8 else X.astype(dtype)

    def rows(self, count, dtype=None, test=False):
        """Return `count` examples drawn at random, as rows and their labels."""
        X, y = (self.X_test, self.y_test) if test else (self.X, self.y)
        drawn = self.rng.permutation(len(X))[:count]
        return self.ready(X[drawn], dtype), y[drawn]

    def one_hot(self, labels, dtype=None):
        """Return one-hot rows; a label out of range, which another probe reports, gives a row of zeros."""
        return (np.asarray(labels)[:, None] == np.arange(self.K)).astype(dtype or self.dtype)

    def pairs(self, count, dtype=None):
        """Return `count` examples as rows and one-hot rows."""
        X, labels = self.rows(count, dtype)
        return X, self.one_hot(labels, dtype)

    def loop(self):
        """Yield batches (X, Y) without end: the reader's own, or else drawn as `nnlib.train.fit` draws them."""
        while self.batches is not None:
            empty = True
            for X, Y in call(self.batches, self.rng):
                empty = False
                yield X, Y
            if empty:
                raise ValueError("expected batches() to yield batches, got none")
        while True:
            order = self.rng.permutation(self.N)
            for start in range(0, self.N - self.batch_size + 1, self.batch_size):
                rows = order[start : start + self.batch_size]
                X = self.X[rows]
                if self.augment is not None and X.dtype == np.uint8:
                    X = self.augment(X, self.rng)
                yield self.ready(X), self.one_hot(self.y[rows])

    def some_batches(self, count, dtype=None):
        """Return the first batches of the loop, (X, Y), of very large ones a part: time is short."""
        dtype = dtype or self.dtype
        cast = lambda A: A.astype(dtype) if np.asarray(A).dtype.kind == "f" else A  # noqa: E731
        return [(cast(X[:512]), cast(Y[:512])) for X, Y in islice(self.loop(), count)]

    def hot(self, Y):
        """Return labels, or one-hot rows, as one-hot rows."""
        Y = np.asarray(Y)
        return self.one_hot(Y) if Y.ndim == 1 else Y

    # ---- copies --------------------------------------------------------------------------------------------------

    def wide(self):
        """Return a copy of the network in float64."""
        net = copy.deepcopy(self.net)
        _widen(net)
        return net

    def fresh(self, seed=0):
        """Return a copy in float64 with weights drawn anew, so that what is found is no matter of their values."""
        net, rng = self.wide(), np.random.default_rng(seed)
        for param in net.params.values():
            around = 1.0 if param.ndim < 2 and np.mean(np.abs(param - 1) < 0.5) > 0.5 else 0.0  # γ, not β
            size = np.sqrt(2 / fan_in(param)) if param.ndim > 1 else 0.1
            param[...] = around + rng.normal(0, size, param.shape)
        return net

    def new_optimizer(self, factor=None):
        """Return a copy of the optimizer that has made no update; with a factor, at that share of its largest step."""
        optimizer, name = copy.deepcopy(self.optimizer), rate_name(self.optimizer)
        for kept, value in list(vars(optimizer).items()):
            if isinstance(value, dict) or kept == "t":  # memories, and the count of updates
                setattr(optimizer, kept, type(value)())
        if factor is not None and name is not None:
            at = factor * max(self.rates()) if name == "schedule" else factor * getattr(optimizer, name)
            setattr(optimizer, name, constant(at) if name == "schedule" else at)
        return optimizer

    def rates(self):
        """Return the step size at fifty places of the whole training."""
        schedule = self.optimizer.schedule
        return [float(schedule(int(t), self.total)) for t in np.linspace(0, self.total - 1, 50)]

    # ---- what a network and a loop do ----------------------------------------------------------------------------

    def scores_and_grads(self, net, X, Y):
        """Return the scores in training, and copies of the gradients, with the loss that the network is trained by."""
        targets, other = Y, ()
        if self.given_loss is not None:
            if len(signature(net.scores_and_grads).parameters) >= 3:
                other = (self.given_loss,) if hasattr(self.given_loss, "backward") else ()
            elif hasattr(self.given_loss, "targets"):
                targets = self.given_loss.targets(Y)
        Z, grads = net.scores_and_grads(X, targets, *other)
        return Z, {name: np.array(grad) for name, grad in grads.items()}

    def training_scores(self, net, X, Y):
        """Return the scores in training."""
        if getattr(type(net), "scores_and_grads", None) is Sequential.scores_and_grads:
            return net.forward(X, train=True)  # the gradients, which take most of the time, are not asked for
        return self.scores_and_grads(net, X, Y)[0]

    def mean_loss(self, Z, Y):
        """Return the loss of scores as a number."""
        return float(self.loss.forward(Z, Y) if hasattr(self.loss, "forward") else self.loss(Z, Y))

    def update(self, net, optimizer, X, Y):
        """Train once on a batch: by the reader's step, or else as `nnlib.train.fit` does."""
        if self.step is not None:
            return call(self.step, net, optimizer, X, Y)
        _, grads = self.scores_and_grads(net, X, self.hot(Y))
        return move(optimizer, net.params, grads, self.total)

    def few_updates(self):
        """Return a copy of the network after three updates: by the step and the optimizer, or by plain descent."""
        net, optimizer = copy.deepcopy(self.net), None
        if self.optimizer is not None:
            optimizer = self.new_optimizer(1.0)
        for X, Y in self.some_batches(3):
            if self.step is None and optimizer is None:
                for name, grad in self.scores_and_grads(net, X, self.hot(Y))[1].items():
                    net.params[name][...] -= 0.1 * grad
            else:
                self.update(net, optimizer, X, Y)
        return net


def fan_in(param):
    """Return how many numbers run into one unit: D of a matrix (D, H), C·k·k of kernels (F, C, k, k)."""
    return len(param) if param.ndim == 2 else int(np.prod(param.shape[1:]))


def rate_name(optimizer):
    """Return under which name an optimizer keeps its step size, None if under none that is usual."""
    names = "schedule", "learning_rate", "lr", "eta"
    return next((name for name in names if hasattr(optimizer, name)), None)


def move(optimizer, params, grads, total):
    """Move parameters once, by an optimizer that may ask how many updates there are in all, or not."""
    takes = len(signature(optimizer.step).parameters)
    return optimizer.step(params, grads, total) if takes > 2 else optimizer.step(params, grads)


def matrices(params):
    """Return the parameters that are no single rows, by name: weights and kernels, in the network's order."""
    return {name: param for name, param in params.items() if param.ndim > 1}


def generators(net):
    """Return all random generators that a network keeps."""
    found = [v for inside in _insides(net) for v in _values(inside) if isinstance(v, np.random.Generator)]
    return list({id(rng): rng for rng in found}.values())


def _widen(net):
    """Make float64 of all floating-point arrays that a network keeps, each once."""
    made = {}
    for inside in list(_insides(net)):
        if isinstance(inside, tuple):
            continue
        for key, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            if isinstance(value, np.ndarray) and value.dtype.kind == "f":
                made.setdefault(id(value), (value, value.astype(float)))  # the old one is kept: its id is not used anew
                dict.__setitem__(inside, key, made[id(value)][1]) if isinstance(inside, dict) else inside.__setitem__(
                    key, made[id(value)][1]
                )
    if any(param.dtype != float for param in net.params.values()):
        raise ValueError("expected a network whose arrays can be replaced by float64 ones in a copy")


def _insides(thing):
    """Yield the dictionaries, lists and tuples in which an object keeps what it has, from object to object."""
    seen, stack = {}, [thing]
    while stack:
        part = stack.pop()
        if id(part) in seen or isinstance(part, np.ndarray | np.random.Generator | type | ModuleType | FunctionType):
            continue
        seen[id(part)] = part
        inside = part if isinstance(part, dict | list | tuple) else getattr(part, "__dict__", None)
        if isinstance(inside, dict | list | tuple) and inside:
            yield inside
            stack.extend(_values(inside))


def _values(inside):
    return list(inside.values()) if isinstance(inside, dict) else list(inside)


def call(function, *values):
    """Call a function with as many of the values as it asks for: ``step(net, X, Y)`` needs no optimizer."""
    try:
        kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        asked = sum(p.kind in kinds and p.default is p.empty for p in signature(function).parameters.values())
    except (TypeError, ValueError):  # a function of C says nothing about itself
        asked = len(values)
    if asked == 3 and len(values) == 4:
        values = values[:1] + values[2:]
    return function(*values[:asked]) if asked < len(values) else function(*values)


def _examples(X, y, D, names):
    """Return rows and whole labels, which may be given as one-hot rows; raise a ValueError unless they fit."""
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2 or X.shape[1] != D or X.dtype.kind not in "fiub":
        raise ValueError(f"expected {names} as numbers (N, {D}) and N labels, got {X.shape} of {X.dtype}")
    if len(X) != len(y) or len(X) == 0 or y.ndim > 2 or (y.ndim == 2 and y.shape[1] < 2):
        raise ValueError(f"expected {names} with a label, or a one-hot row, for each row, got {X.shape} and {y.shape}")
    if y.dtype.kind not in "fiub":
        raise ValueError(f"expected {names} with labels that are numbers, got {y.dtype}")
    return X, (y.argmax(axis=1) if y.ndim == 2 else y)
