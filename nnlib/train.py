"""The training loop, and measuring what it made."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import NamedTuple, Protocol

import numpy as np
from tqdm import tqdm

from .data import check_labels, one_hot, scale
from .losses import Loss, SoftmaxCrossEntropy
from .metrics import accuracy
from .optim import SGD, Optimizer, linear_decay
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
    `nnlib.layers.Sequential`.

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
        """A pandas DataFrame, one row an update: the mean loss of its batch
        before it, and its step size.
        """
        import pandas as pd

        loss, rate = np.concatenate([np.empty((2, 0)), *self.curves], axis=1)
        return pd.DataFrame({"loss": loss, "learning_rate": rate}).rename_axis("step")


# What is no number any more is reported in words.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def fit(
    net, X, y, *, rng, epochs=10, batch_size=1, learning_rate=0.01, decay=True,
    optimizer=None, loss=None, augment=None, shuffle=True, validation=None,
    patience=None, history=None, verbose=True,
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
    learning_rate : float
        The first step size.
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
        network is left with the weights of its best epoch.
    history : History, optional
        The record to continue. Each epoch is written into it as it ends, so
        that a training that is stopped leaves the epochs before.
    verbose : bool
        Whether to print a line an epoch and show a progress bar.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If sizes, types or settings do not fit, or a weight is no number, before
        anything is changed; or if the network's scores or gradients do not fit.
    FloatingPointError
        If the loss or a weight is no longer a number, or the loss a thousand
        times what it was; noticed within about a thousand examples.
    """
    X, y, validation = _checked(
        net, X, y, validation, epochs, batch_size, learning_rate, patience
    )
    _check_parts(net, optimizer, loss, plain=(learning_rate, decay) == (0.01, True))
    N, Y, dtype = len(y), one_hot(y, net.classes, net.dtype), net.dtype
    by_step = batch_size == 1 and hasattr(net, "step") and not (optimizer or loss or augment)
    optimizer = optimizer or SGD(linear_decay(learning_rate) if decay else learning_rate)
    other = () if loss is None else (loss,)  # than the one that every network has
    history = History() if history is None else history
    watch, best = Watch(net, loss or SoftmaxCrossEntropy(), batch_size), Best(patience)
    steps = optimizer.t + epochs * math.ceil(N / batch_size)
    for epoch in range(len(history.epochs), len(history.epochs) + epochs):
        order = rng.permutation(N) if shuffle else np.arange(N)
        watch.begin(epoch, Y[order])
        for start in (bar := _bar(range(0, N, batch_size), f"epoch {epoch}", verbose)):
            rows = order[start : start + batch_size]
            pixels = X.take(rows, axis=0)
            if augment is not None:
                pixels = _changed(pixels, augment, rng)
            x, eta = scale(pixels, dtype), optimizer.rate(steps)
            if by_step:
                Z = net.step(x[0], y[rows[0]], eta)[None]
                optimizer.t += 1
            else:
                Z, grads = net.scores_and_grads(x, Y[rows], *other)
                _check_answer(net, len(rows), Z, grads)
                optimizer.step(net.params, grads, steps)
            watch.note(Z, eta, bar)  # it raises where training is lost

        row = watch.figures()
        if validation is not None:
            score = evaluate(net, *validation, loss=loss)
            row |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
            best.note(net, score.loss)
        history.epochs.append(row)
        history.curves.append(watch.curves())
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
    """
    X, y = _checked_examples(net, X, y)
    loss = loss or SoftmaxCrossEntropy()
    Y, total, predicted = one_hot(y, net.classes), 0.0, np.empty(len(y), int)
    for start in range(0, len(y), chunk):
        part = slice(start, start + chunk)
        Z = net.scores(scale(X[part], net.dtype))
        _check_scores(net, Z, len(Y[part]))
        total += float(loss.each(Z, Y[part]).sum())
        predicted[part] = Z.argmax(axis=1)
    return Score(total / len(y), accuracy(predicted, y))


def _checked(net, X, y, validation, epochs, batch_size, learning_rate, patience):
    """Return (X, y, validation) as arrays; raise a ValueError unless all that
    a training begins with fits.
    """
    X, y = _checked_examples(net, X, y)
    if validation is not None:
        validation = _checked_examples(net, *validation)
    _check_params(net)
    if epochs < 1 or not 1 <= batch_size <= len(y) or not 0 <= learning_rate < np.inf:
        raise ValueError(
            f"expected epochs ≥ 1, a batch of 1 to {len(y)} and a learning rate ≥ 0, "
            f"got {epochs}, {batch_size} and {learning_rate}"
        )
    if patience is not None and (validation is None or patience < 1):
        got = "no validation" if validation is None else patience
        raise ValueError(f"expected a patience of 1 or more epochs, and validation=(X, y) to judge them by, got {got}")
    return X, y, validation


def _check_parts(net, optimizer, loss, plain):
    """Raise a ValueError unless the parts of a training are of their kinds and
    do not say the same thing twice.
    """
    for part, kind, example in ((optimizer, Optimizer, "Momentum(0.1)"), (loss, Loss, "SoftmaxCrossEntropy()")):
        if part is not None and not isinstance(part, kind):
            raise ValueError(f"expected {kind.__name__.lower()} to be one of nnlib's, such as {example}, got {part!r}")
    if optimizer is not None and not plain:
        raise ValueError(
            "expected the step size in the optimizer alone, such as Momentum(linear_decay(0.1)), "
            "got learning_rate or decay too"
        )
    if loss is not None and len(signature(net.scores_and_grads).parameters) < 3:
        raise ValueError(
            f"expected no loss, because {type(net).__name__} has its own written in, got {loss!r}: "
            "a Sequential takes any"
        )


def _changed(pixels, augment, rng):
    """Return what augmentation makes of a batch; raise a ValueError unless it
    is a batch of pixels too.
    """
    changed = augment(pixels, rng)
    got = getattr(changed, "dtype", type(changed).__name__)
    if got != np.uint8 or changed.shape != pixels.shape:
        raise ValueError(
            f"expected augment to return pixels, {pixels.shape} of uint8, got {np.shape(changed)} of {got}"
        )
    return changed


def _checked_examples(net, X, y):
    X, y, D = np.asarray(X), np.asarray(y), net.inputs
    # Pixels scaled before would be scaled again.
    if X.ndim != 2 or X.shape[1] != D or X.dtype != np.uint8:
        raise ValueError(
            f"expected pixels 0 to 255, (N, {D}) of uint8, got {X.shape} of {X.dtype}"
        )
    if y.shape != X.shape[:1] or len(y) == 0:
        raise ValueError(
            f"expected a label for each picture and at least one, got {X.shape} and {y.shape}"
        )
    check_labels(y, net.classes)
    return X, y


def _check_params(net):
    """Raise a ValueError unless the parameters are arrays that training can
    move.
    """
    params, again = net.params, net.params
    if not isinstance(params, Mapping):
        raise ValueError(f"expected params to be a dictionary of arrays by name, got {type(params).__name__}")
    for name, param in params.items():
        if not isinstance(param, np.ndarray) or param.size == 0 or not np.issubdtype(param.dtype, np.floating):
            got = f"shape {np.shape(param)} of {getattr(param, 'dtype', type(param).__name__)}"
            raise ValueError(f"expected parameters that are arrays of floating-point numbers, got {name}, {got}")
        if again[name] is not param:
            raise ValueError(f"expected params to hold the network's own arrays, got a new {name} at each look")
        if not np.isfinite(param).all():
            wrong = param[~np.isfinite(param)]
            raise ValueError(
                f"expected finite weights to start from, got {wrong[0]} in {name}, {wrong.size} of {param.size}: "
                "draw them anew, or load them from a file that nnlib.io.save wrote"
            )
    if not params:
        raise ValueError("expected a network with parameters, got none in params")


def _check_scores(net, Z, N):
    """Raise a ValueError unless scores are a row for each of N examples:
    others would be spread over the classes in silence.
    """
    if np.shape(Z) != (N, net.classes):
        raise ValueError(f"expected scores ({N}, {net.classes}) from the network, got shape {np.shape(Z)}")


def _check_answer(net, N, Z, grads):
    """Raise a ValueError unless scores are a row for each of N examples, and
    each parameter has its gradient: one of another shape would be spread over
    it.
    """
    _check_scores(net, Z, N)
    needed = {name: param.shape for name, param in net.params.items()}
    if not isinstance(grads, Mapping):
        names = ", ".join(needed)
        raise ValueError(f"expected a dictionary with the gradients of {names}, got {type(grads).__name__}")
    shapes = {name: np.shape(grad) for name, grad in grads.items()}
    if shapes != needed:
        raise ValueError(f"expected a gradient for each parameter, in its shape, {needed}, got {shapes}")
