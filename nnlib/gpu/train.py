"""The training loop on a graphics card: the loop of `nnlib.train`, with all that a step needs on the device."""

import math

import numpy as np

from .. import gate
from ..checks import check_size
from ..data import one_hot
from ..losses import SoftmaxCrossEntropy
from ..metrics import accuracy
from ..optim import SGD
from ..schedules import linear_decay
from ..train import History, Score, _bar
from ..watch import Best, Watch
from .device import find
from .network import Network
from .optim import Descent

CHUNK = 2000  # held-out examples at a time


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def fit(
    net, X, y, *, rng, epochs=10, batch_size=1, learning_rate=None, decay=True,
    optimizer=None, loss=None, augment=None, shuffle=True, validation=None,
    patience=None, history=None, checkpoint=None, verbose=True, device=None,
):  # fmt: skip
    """Train a network as `nnlib.train.fit` does, on a graphics card.

    The examples go to the device once, as bytes. From then on a step sends the numbers of its rows and its step size,
    and nothing comes back before the epoch is over: then the scores, the weights, and what the optimizer keeps. A card
    has thousands of threads, so it pays where batches and layers are large.

    Parameters
    ----------
    net : Sequential
        Of Linear layers, each with a ReLU behind it or none. The device computes in float32, whatever its dtype.
    optimizer : SGD, Momentum or Adam, optional
    loss : SoftmaxCrossEntropy, optional
    augment, checkpoint
        Not to be had here: None.
    device : Device, optional
        By default the one that `find` returns.
    X, y, rng, epochs, batch_size, learning_rate, decay, shuffle, validation, patience, history, verbose
        As of `nnlib.train.fit`. The same rng draws the same order.

    Returns
    -------
    History

    Raises
    ------
    NoDevice
        If there is no graphics card.
    ValueError
        If something does not fit, or is not to be had on the device; before anything is changed.
    FloatingPointError
        As of `nnlib.train.fit`, but noticed at the end of an epoch.
    """
    X, y, validation = gate.training(net, X, y, validation, epochs, batch_size, learning_rate, patience)
    _check_absent(augment=augment, checkpoint=checkpoint)
    _check_loss(loss)
    gate.check_parts(net, rng, optimizer, loss, augment, learning_rate, decay, history)
    N, Y, loss = len(y), one_hot(y, net.classes, net.dtype), loss or SoftmaxCrossEntropy()
    first = 0.01 if learning_rate is None else learning_rate
    optimizer = optimizer or SGD(linear_decay(first) if decay else first)
    history = History() if history is None else history
    rows = batch_size if validation is None else max(batch_size, min(CHUNK, len(validation[1])))
    network = Network(device or find(), net, rows)
    descent = Descent(network, optimizer)
    turns = Turns(network, X, y, lambda n: network.backward(n, loss.smoothing) + descent.calls)
    best = Best(patience)
    watch = Watch(net, loss, batch_size, best)
    judge = validation and Judge(network, *validation, loss)
    if patience is not None and history.epochs:
        best.note(net, judge.score().loss)
    before, updates = len(history.epochs), optimizer.t + epochs * math.ceil(N / batch_size)
    for epoch in range(before, before + epochs):
        order = rng.permutation(N) if shuffle else np.arange(N)
        watch.begin(epoch, Y[order])
        rates, bar = [], _bar(range(0, N, batch_size), f"epoch {epoch}", verbose)
        try:
            for start in bar:
                rates.append(optimizer.rate(updates))
                descent.begin(rates[-1])
                turns.take(start, order[start : start + batch_size])
        finally:  # after a Ctrl-C too
            network.get()
            descent.get()
        Z = turns.scores()
        watch.go_on(Z[:start], [], np.array(rates[:-1]))
        watch.note(Z[start:], rates[-1], bar)  # it raises where training is lost

        row = watch.figures()
        if judge:
            score = judge.score()
            row |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            best.note(net, score.loss)
        history.epochs.append(row)
        history.curves.append(watch.curves())
        if verbose:
            print(f"Epoch {epoch}: Avg Loss = {row['loss']:.4f}, Train Acc = {row['train_accuracy']:.2%}")
        if best.is_over:
            break
    best.restore(net)
    return history


def evaluate(net, X, y, chunk=CHUNK, loss=None, device=None):
    """Return the `Score` of a network as `nnlib.train.evaluate` does, with the scores computed on a graphics card.

    Raises
    ------
    NoDevice
        If there is none.
    ValueError
        If something does not fit, or is not to be had on the device.
    """
    X, y = gate.examples(net, X, y)
    gate.check_loss(loss)
    network = Network(device or find(), net, min(check_size("chunk", chunk), len(y)))
    return Judge(network, X, y, loss or SoftmaxCrossEntropy()).score()


class Turns:
    """Examples on the device, and their scores in the order of their turns.

    Parameters
    ----------
    network : Network
    X, y : arrays (N, D) of uint8, and (N,)
    behind : callable (n) -> list of Call
        What is done behind the forward pass of n rows.
    """

    def __init__(self, network, X, y, behind=lambda n: []):
        self.network, self.behind, self.calls, device = network, behind, {}, network.device
        self.pixels, self.labels = device.array(X), device.array(np.asarray(y, np.uint32))
        self.rows = device.empty((network.rows,), np.uint32)
        self.all_scores = device.empty((len(y), network.net.classes))

    def take(self, start, rows):
        """Run examples `rows` through the network: their turns are start, start + 1, …"""
        n, device, network = len(rows), self.network.device, self.network
        if n not in self.calls:  # recorded once for each size of a batch: usually one, and the last
            arrays = self.pixels, self.labels, self.rows
            self.calls[n] = network.gather(n, *arrays) + network.forward(n) + self.behind(n)
        device.write(self.rows, rows)
        device.run(self.calls[n], copy=(network.scores, self.all_scores.rows(start, start + n)))

    def scores(self):
        """Return the scores of all turns, (N, K)."""
        return self.network.device.read(self.all_scores)


class Judge:
    """Held-out examples on the device: the `Score` of a network on them, as often as one asks."""

    def __init__(self, network, X, y, loss):
        self.turns, self.y, self.Y, self.loss = Turns(network, X, y), y, one_hot(y, network.net.classes), loss

    def score(self):
        N, rows = len(self.y), self.turns.network.rows
        for start in range(0, N, rows):
            self.turns.take(start, np.arange(start, min(start + rows, N)))
        Z = self.turns.scores()
        return Score(float(self.loss.each(Z, self.Y).sum()) / N, accuracy(Z.argmax(axis=1), self.y))


def _check_absent(**parts):
    for name, part in parts.items():
        if part is not None:
            raise ValueError(f"expected no {name} for the device, got {part!r}: nnlib.train.fit takes one")


def _check_loss(loss):
    if loss is not None and type(loss) is not SoftmaxCrossEntropy:
        raise ValueError(f"expected for the device SoftmaxCrossEntropy(), got {loss!r}")
