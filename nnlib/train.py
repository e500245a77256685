"""The training loop, and measuring what it made."""

from dataclasses import dataclass, field
from typing import NamedTuple

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

        return pd.DataFrame(self.epochs).set_index("epoch")


# A loss that is no number is reported in words, at the end of its epoch.
@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def fit(
    net, X, y, *, rng, epochs=10, batch_size=1, learning_rate=0.01, decay=True,
    shuffle=True, validation=None, verbose=True,
):  # fmt: skip
    """Train a network by stochastic gradient descent, in place.

    Parameters
    ----------
    net : TwoLayerNet
    X : array (N, D) of uint8
        Pixels; each picture is scaled to 0..1 when its turn comes, so the
        scaled set is never in memory.
    y : array (N,)
        Labels.
    rng : numpy.random.Generator
        Draws the order of the examples.
    epochs, batch_size : int
        Passes over the set, and examples an update. One example at a time takes
        the path of `TwoLayerNet.step`.
    learning_rate : float
        The first step size.
    decay : bool
        Whether the step size falls linearly to 0 over the training.
    shuffle : bool
        Whether each epoch visits the examples in a new order, or always in the
        given one.
    validation : (X, y), optional
        Held-out examples, scored after each epoch.
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
        If the loss is no longer a number at the end of an epoch: the step size
        was too large.
    """
    X, y = _checked(net, X, y)
    if validation is not None:
        validation = _checked(net, *validation)
    N, dtype = len(y), net.W1.dtype
    if epochs < 1 or not 1 <= batch_size <= N or not learning_rate >= 0:
        raise ValueError(
            f"expected epochs ≥ 1, a batch of 1 to {N} and a learning rate ≥ 0, "
            f"got {epochs}, {batch_size} and {learning_rate}"
        )
    Y = one_hot(y, len(net.b2), dtype)
    history, steps, t = History(), epochs * -(-N // batch_size), 0
    # Of each example, from before its update: the share of its label, the answer.
    likelihood, predicted = np.empty(N), np.empty(N, int)
    for epoch in range(epochs):
        order = rng.permutation(N) if shuffle else np.arange(N)
        starts = range(0, N, batch_size)
        for start in tqdm(starts, f"epoch {epoch}", leave=False, disable=not verbose):
            eta = learning_rate
            if decay:
                eta = learning_rate * (1 - t / steps)  # eq-linear-decay
            t += 1
            if batch_size == 1:
                n = order[start]
                p = net.step(scale(X[n], dtype), y[n], eta)
                likelihood[n], predicted[n] = p[y[n]], p.argmax()
            else:
                rows = order[start : start + batch_size]
                batch = scale(X[rows], dtype)
                states = net.forward(batch)
                net.update(*net.backward(batch, Y[rows], *states), eta)
                P = states[-1]
                likelihood[rows] = P[np.arange(len(rows)), y[rows]]
                predicted[rows] = P.argmax(axis=1)
        loss = -np.log(likelihood).mean()  # inf where a probability has rounded to 0
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"the loss became {loss} in epoch {epoch}: the step size {learning_rate} "
                "is too large for this network and these pictures; try a tenth of it"
            )
        right = accuracy(predicted, y)
        row = {"epoch": epoch, "loss": float(loss), "train_accuracy": right}
        if validation is not None:
            score = evaluate(net, *validation)
            row |= {"validation_loss": score.loss, "validation_accuracy": score.accuracy}
        history.epochs.append(row)
        if verbose:
            print(f"Epoch {epoch}: Avg Loss = {loss:.4f}, Train Acc = {right:.2%}")
    return history


def evaluate(net, X, y, chunk=2000):
    """Return the `Score` of a network on pixels X, (N, D) of uint8, and labels
    y, (N,); a chunk at a time.
    """
    X, y = _checked(net, X, y)
    Y, loss, predicted = one_hot(y, len(net.b2)), 0.0, np.empty(len(y), int)
    for start in range(0, len(y), chunk):
        part = slice(start, start + chunk)
        _, _, z2, a2 = net.forward(scale(X[part], net.W1.dtype))
        loss -= float((Y[part] * log_softmax(z2)).sum())
        predicted[part] = a2.argmax(axis=1)
    return Score(loss / len(y), accuracy(predicted, y))


def _checked(net, X, y):
    X, y, D = np.asarray(X), np.asarray(y), len(net.W1)
    # Pixels scaled before would be scaled again.
    if X.ndim != 2 or X.shape[1] != D or X.dtype != np.uint8:
        raise ValueError(
            f"expected pixels 0 to 255, (N, {D}) of uint8, got {X.shape} of {X.dtype}"
        )
    if y.shape != X.shape[:1] or len(y) == 0:
        raise ValueError(
            f"expected a label for each picture and at least one, got {X.shape} and {y.shape}"
        )
    check_labels(y, len(net.b2))
    return X, y
