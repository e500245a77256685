"""The training loop, and measuring what it made."""

import sys
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from tqdm import tqdm

from .data import check_labels, one_hot, scale
from .functional import log_softmax
from .metrics import accuracy


class Score(NamedTuple):
    """Mean cross-entropy in nats, and the share of right answers, over a set.
    """

    loss: float
    accuracy: float


class Network(Protocol):
    """What `fit`, `evaluate` and `nnlib.io` ask of a network: any class with
    these names can be trained. `nnlib.two_layer.TwoLayerNet` is one.

    A network that also has ``step(x, label, learning_rate)``, one whole update
    on one example that returns the scores from before it, is trained by it
    when batches have one example.

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

    @property
    def table(self):
        """A pandas DataFrame, one row an epoch."""
        import pandas as pd  # here, because a page that shows no table need not fetch it

        columns = None if self.epochs else ["epoch", "loss", "train_accuracy"]
        return pd.DataFrame(self.epochs, columns=columns).set_index("epoch")


_LOOK = 1000  # examples from one look at the loss to the next


# What is no number any more is reported in words.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def fit(
    net, X, y, *, rng, epochs=10, batch_size=1, learning_rate=0.01, decay=True,
    shuffle=True, validation=None, history=None, verbose=True,
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
    shuffle : bool
        Whether each epoch visits the examples in a new order, or always in the
        given one.
    validation : (X, y), optional
        Held-out examples, scored after each epoch.
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
        If sizes, types or settings do not fit, before anything is changed.
    FloatingPointError
        If the loss or a weight is no longer a number, or the loss a thousand
        times what it was; noticed within about a thousand examples.
    """
    X, y = _checked(net, X, y)
    if validation is not None:
        validation = _checked(net, *validation)
    N, dtype = len(y), net.dtype
    _check_params(net)
    if epochs < 1 or not 1 <= batch_size <= N or not 0 <= learning_rate < np.inf:
        raise ValueError(
            f"expected epochs ≥ 1, a batch of 1 to {N} and a learning rate ≥ 0, "
            f"got {epochs}, {batch_size} and {learning_rate}"
        )
    Y, heaviest = one_hot(y, net.classes, dtype), _heaviest(net)
    if not np.isfinite(heaviest):
        raise ValueError("expected finite weights to start from, got nan or infinity")
    history = History() if history is None else history
    begin, steps, t = len(history.epochs), epochs * -(-N // batch_size), 0
    quiet = not verbose or sys.stderr is None  # it is where the shell closed it
    first, by_step = None, batch_size == 1 and hasattr(net, "step")
    # Of each example, in the order of their turns and from before its update.
    Z, loss = np.empty((N, net.classes)), np.empty(N)
    for epoch in range(begin, begin + epochs):
        order, seen = rng.permutation(N) if shuffle else np.arange(N), 0
        for start in tqdm(
            range(0, N, batch_size), f"epoch {epoch}", leave=False, disable=quiet
        ):
            eta = learning_rate
            if decay:
                eta = learning_rate * (1 - t / steps)  # eq-linear-decay
            t += 1
            end = min(start + batch_size, N)
            if by_step:
                n = order[start]
                Z[start] = net.step(scale(X[n], dtype), y[n], eta)
            else:
                rows = order[start:end]
                scores, grads = net.scores_and_grads(scale(X[rows], dtype), Y[rows])
                Z[start:end] = _scores_of(net, scores, len(rows))
                _descend(net.params, grads, eta)
            if end - seen >= _LOOK or end == N:
                part = slice(seen, end)
                loss[part] = -(Y[order[part]] * log_softmax(Z[part])).sum(axis=1)
                if first is None:
                    first = loss[:batch_size].mean()
                _stop_if_lost(net, loss[part], f"epoch {epoch}", first, learning_rate, heaviest)
                seen = end
        row = {"epoch": epoch, "loss": float(loss.mean())}
        row["train_accuracy"] = accuracy(Z.argmax(axis=1), y[order])
        if validation is not None:
            score = evaluate(net, *validation)
            row |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
        history.epochs.append(row)
        if verbose:
            right = row["train_accuracy"]
            print(f"Epoch {epoch}: Avg Loss = {row['loss']:.4f}, Train Acc = {right:.2%}")
    return history


def _descend(params, grads, eta):
    """Take one step downhill, in place."""
    shapes, needed = ({name: np.shape(a) for name, a in arrays.items()} for arrays in (grads, params))
    if shapes != needed:  # a gradient of another shape would be spread over its parameter
        raise ValueError(f"expected a gradient for each parameter, in its shape, {needed}, got {shapes}")
    for name, param in params.items():
        param -= eta * grads[name]  # eq-sgd


def _check_params(net):
    """Raise a ValueError unless the parameters are arrays that training can move."""
    params, again = net.params, net.params
    for name, param in params.items():
        if not isinstance(param, np.ndarray) or param.size == 0 or not np.issubdtype(param.dtype, np.floating):
            got = f"shape {np.shape(param)} of {getattr(param, 'dtype', type(param).__name__)}"
            raise ValueError(f"expected parameters that are arrays of floating-point numbers, got {name}, {got}")
        if again[name] is not param:
            raise ValueError(f"expected params to hold the network's own arrays, got a new {name} at each look")
    if not params:
        raise ValueError("expected a network with parameters, got none in params")


def _heaviest(net):
    """Return the largest absolute weight; nan if there is a nan."""
    return float(np.max([np.abs(param).max() for param in net.params.values()]))


def _stop_if_lost(net, loss, where, first, learning_rate, before):
    """Raise a FloatingPointError if losses or weights are no numbers, or the
    losses a thousand times those of guessing and of the `first` examples: with
    the cause, as far as it was looked for.
    """
    now, mean = _heaviest(net), loss.mean()
    if np.isfinite(now) and mean <= 1000 * max(1, np.log(net.classes), first):
        return
    what = f"a weight became {now}" if np.isfinite(mean) and not np.isfinite(now) else f"the loss became {mean:.3g}"
    if not np.isfinite(first):
        why = (
            f"already before the first update, with weights up to {before:.3g}; smaller first weights, "
            "or a look at what the network computes, may help"
        )
    elif not now <= 10 * before:
        why = (
            f"updates with the step size {learning_rate} took the largest weight from {before:.3g} to {now:.3g}; "
            "try a tenth of the step"
        )
    else:
        why = f"the weights are up to {now:.3g}, as before; look at what the network computes"
    raise FloatingPointError(f"{what} in {where}: {why}")


def evaluate(net, X, y, chunk=2000):
    """Return the `Score` of a network on pixels X, (N, D) of uint8, and labels
    y, (N,); a chunk at a time.
    """
    X, y = _checked(net, X, y)
    Y, loss, predicted = one_hot(y, net.classes), 0.0, np.empty(len(y), int)
    for start in range(0, len(y), chunk):
        part = slice(start, start + chunk)
        Z = _scores_of(net, net.scores(scale(X[part], net.dtype)), len(Y[part]))
        loss -= float((Y[part] * log_softmax(Z)).sum())
        predicted[part] = Z.argmax(axis=1)
    return Score(loss / len(y), accuracy(predicted, y))


def _scores_of(net, Z, N):
    """Return the scores, which must be a row for each of N examples: others
    would be spread over the classes in silence.
    """
    if np.shape(Z) != (N, net.classes):
        raise ValueError(f"expected scores ({N}, {net.classes}) from the network, got shape {np.shape(Z)}")
    return Z


def _checked(net, X, y):
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
