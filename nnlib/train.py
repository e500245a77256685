"""The training loop, and measuring what it made."""

import sys
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from tqdm import tqdm

from . import gate
from .checkpoint import Checkpoint
from .checks import check_size
from .data import one_hot, scale
from .losses import SoftmaxCrossEntropy
from .metrics import accuracy
from .optim import SGD
from .schedules import linear_decay
from .watch import Best, Watch


class Score(NamedTuple):
    """Mean loss, cross-entropy in nats if no other is asked for, and the share
    of right answers, over a set.
    """

    loss: float
    accuracy: float


class Network(Protocol):
    """What `fit`, `evaluate` and `nnlib.io` ask of a network: any class with
    these names can be trained. `nnlib.two_layer.TwoLayerNet` is one, and
    `nnlib.sequential.Sequential`.

    A network that also has ``step(x, label, learning_rate)``, one whole update
    on one example that returns the scores from before it, is trained by it
    when batches have one example and nothing else is asked for. One whose
    ``scores_and_grads`` takes a third argument is trained with any loss.

    Attributes
    ----------
    inputs, classes : int
        D, the numbers in an example, and K, its scores.
    dtype : numpy dtype
        In which it computes, float64 or float32.
    params : dict of arrays
        The parameters by name, always the same arrays: training moves them in
        place.
    """

    inputs: int
    classes: int
    dtype: np.dtype
    params: dict

    def scores(self, X):
        """Return the scores before softmax, (N, K), of rows X, (N, D)."""

    def scores_and_grads(self, X, Y):
        """Return the scores of rows X and {name: gradient}, of the mean
        cross-entropy with one-hot rows Y, (N, K), for each parameter.
        """


@dataclass
class History:
    """What each epoch showed; the training figures are running means, taken
    before each update.
    """

    epochs: list = field(default_factory=list)
    curves: list = field(default_factory=list)  # of each epoch, (2, updates): their losses and step sizes

    @property
    def table(self):
        """A pandas DataFrame, one row an epoch."""
        import pandas as pd  # here, because a page that shows no table need not fetch it

        columns = None if self.epochs else ["epoch", "loss", "train_accuracy"]
        return pd.DataFrame(self.epochs, columns=columns).set_index("epoch")

    @property
    def steps(self):
        """A pandas DataFrame, one row an update, with the mean loss of its
        batch before it, and its step size.
        """
        import pandas as pd

        loss, rate = np.concatenate([np.empty((2, 0)), *self.curves], axis=1)
        return pd.DataFrame({"loss": loss, "learning_rate": rate}).rename_axis("step")


# What is no number any more is reported in words.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def fit(
    net, X, y, *, rng, epochs=10, batch_size=1, learning_rate=None, decay=True,
    optimizer=None, loss=None, augment=None, shuffle=True, validation=None,
    patience=None, history=None, checkpoint=None, verbose=True,
):  # fmt: skip
    """Train a network by stochastic gradient descent, in place.

    Parameters
    ----------
    net : Network
    X : array (N, D) of uint8
        Pixels; each picture is scaled to 0..1 when its turn comes, so the
        scaled set is never in memory.
    y : array (N,)
        Labels.
    rng : numpy.random.Generator
        Draws the order of the examples.
    epochs, batch_size : int
        Passes over the set, and examples an update. One example at a time takes
        the path of ``net.step``, where the network has one.
    learning_rate : float, optional
        The first step size, by default 0.01.
    decay : bool
        Whether the step size falls linearly to 0 over the training.
    optimizer : nnlib.optim.Optimizer, optional
        What moves the weights, in place of plain descent with the step size of
        the two settings above. One that was used before goes on.
    loss : nnlib.losses.Loss, optional
        What is to fall, cross-entropy if none is given.
    augment : callable (pixels, rng) -> pixels, optional
        Changes the pictures of a batch before they are scaled, as
        `nnlib.augment` does.
    shuffle : bool
        Whether each epoch visits the examples in a new order, or always in the
        given one.
    validation : (X, y), optional
        Held-out examples, scored after each epoch.
    patience : int, optional
        Stop after so many epochs in a row without a lower validation loss. The
        network is left with the weights of its best epoch, or with those it
        had, where it has a history and no epoch is better.
    history : History, optional
        The record to continue. Each epoch is written into it as it ends, so
        that a training that is stopped leaves the epochs before.
    checkpoint : path, optional
        A file of all that the training has, written after each epoch and on
        Ctrl-C in an update. Where it is there, the training goes on from it to
        the same bits, as if it had not been stopped: so the same call (with an
        optimizer and history as new as at first) begins, goes on, and does
        nothing more when all is done. It has to be the same: a file of a
        training with other settings or examples is refused.
    verbose : bool
        Whether to print a line an epoch and show a progress bar.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If sizes, types or settings do not fit, a weight is no number, or the
        checkpoint is another training's, before anything is changed; or if the
        network's scores or gradients do not fit.
    FloatingPointError
        If the loss or a weight is no longer a number, or the loss a thousand
        times what it was; noticed within about a thousand examples. With
        patience, the best weights are put back.
    """
    X, y, validation = gate.training(
        net, X, y, validation, epochs, batch_size, learning_rate, patience
    )
    gate.check_parts(net, rng, optimizer, loss, augment, learning_rate, decay, history)
    N, Y, dtype = len(y), one_hot(y, net.classes, net.dtype), net.dtype
    first = 0.01 if learning_rate is None else learning_rate
    optimizer = optimizer or SGD(linear_decay(first) if decay else first)
    by_step = batch_size == 1 and hasattr(net, "step") and type(optimizer) is SGD and not loss
    targets, other = gate.targets(net, loss, Y)  # other loss than the network's own
    history = History() if history is None else history
    best = Best(patience)
    watch = Watch(net, loss or SoftmaxCrossEntropy(), batch_size, best)
    if patience is not None and history.epochs:
        best.note(net, evaluate(net, *validation, loss=loss).loss)
    saved = Checkpoint(checkpoint, watch, rng, optimizer, history, epochs,
                       (X, y), validation, augment, shuffle, verbose)
    for epoch in range(len(history.epochs), saved.end):
        order = rng.permutation(N) if shuffle else np.arange(N)
        watch.begin(epoch, Y.take(order, axis=0))
        bar = _bar(range(0, N, batch_size), f"epoch {epoch}", verbose)
        for start in saved.turns(bar):
            rows = order[start : start + batch_size]
            pixels = X.take(rows, axis=0)
            if augment is not None:
                pixels = gate.augmented(pixels, augment, rng)
            x, eta = scale(pixels, dtype), optimizer.rate(saved.steps)
            if by_step:
                Z = net.step(x[0], y[rows[0]], eta)[None]
                optimizer.t += 1
            else:
                Z, grads = net.scores_and_grads(x, targets.take(rows, axis=0), *other)
                gate.check_answer(net, len(rows), Z, grads)
                optimizer.step(net.params, grads, saved.steps)
            watch.note(Z, eta, bar)  # it raises where training is lost

        row = watch.figures()
        if validation is not None:
            score = evaluate(net, *validation, loss=loss)
            row |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            best.note(net, score.loss)
        history.epochs.append(row)
        history.curves.append(watch.curves())
        saved.write()
        if verbose:
            right = row["train_accuracy"]
            print(f"Epoch {epoch}: Avg Loss = {row['loss']:.4f}, Train Acc = {right:.2%}")
        if best.is_over:
            break
    best.restore(net)
    return history


def _bar(turns, name, verbose):
    """Show how many turns are taken, where one wants to see it."""
    quiet = not verbose or sys.stderr is None  # it is where the shell closed it
    return tqdm(turns, name, leave=False, disable=quiet)


def evaluate(net, X, y, chunk=2000, loss=None):
    """Return the `Score` of a network on pixels X, (N, D) of uint8, and labels
    y, (N,); a chunk at a time. Its loss is cross-entropy if no other is given.

    Raises
    ------
    ValueError
        If they do not fit, or the chunk is no whole number from 1 on.
    """
    X, y = gate.examples(net, X, y)
    gate.check_loss(loss)
    chunk, loss = check_size("chunk", chunk), loss or SoftmaxCrossEntropy()
    Y, total, predicted = one_hot(y, net.classes), 0.0, np.empty(len(y), int)
    for start in range(0, len(y), chunk):
        part = slice(start, start + chunk)
        Z = net.scores(scale(X[part], net.dtype))
        gate.check_scores(net, Z, len(Y[part]))
        total += float(loss.each(Z, Y[part]).sum())
        predicted[part] = Z.argmax(axis=1)
    return Score(total / len(y), accuracy(predicted, y))
