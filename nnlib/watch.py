"""Watching a training: the running figures of an epoch, and whether the
network is lost.
"""

import numpy as np

from .functional import log_softmax
from .metrics import accuracy

_LOOK = 1000  # examples from one look at the loss to the next


class Watch:
    """The scores that a network gave before each update, in the order of the
    examples' turns. Every thousand examples their losses are looked at.

    Parameters
    ----------
    net : nnlib.train.Network
    batch_size, learning_rate
        Of its training.
    """

    def __init__(self, net, batch_size, learning_rate):
        self.net, self.batch_size, self.learning_rate = net, batch_size, learning_rate
        self.heaviest, self.first = heaviest(net), None  # weight and loss, before the first update

    def begin(self, epoch, Y):
        """Begin an epoch whose one-hot rows are Y, (N, K), in the order of
        their turns.
        """
        self.epoch, self.Y = epoch, Y
        self.Z, self.loss = np.empty(Y.shape), np.empty(len(Y))
        self.noted = self.seen = 0

    def note(self, Z):
        """Write down the scores of a batch, (N, K).

        Raises
        ------
        ValueError
            If they are of another shape.
        FloatingPointError
            If it is time to look, and a loss or a weight is no number, or the
            loss a thousand times what it was: with the cause, as far as it can
            be told.
        """
        if Z.shape[1:] != self.Y.shape[1:]:
            raise ValueError(f"expected scores (N, {self.net.classes}) from the network, got shape {Z.shape}")
        end = self.noted + len(Z)
        self.Z[self.noted : end] = Z
        self.noted = end
        if end - self.seen >= _LOOK or end == len(self.Y):
            part = slice(self.seen, end)
            self.loss[part] = -(self.Y[part] * log_softmax(self.Z[part])).sum(axis=1)
            if self.first is None:
                self.first = self.loss[: self.batch_size].mean()
            self._stop_if_lost(self.loss[part].mean())
            self.seen = end

    def figures(self):
        """Return a row of `nnlib.train.History`: what the epoch showed."""
        right = accuracy(self.Z.argmax(axis=1), self.Y.argmax(axis=1))
        return {"epoch": self.epoch, "loss": float(self.loss.mean()), "train_accuracy": right}

    def _stop_if_lost(self, loss):
        now, first, before = heaviest(self.net), self.first, self.heaviest
        if np.isfinite(now) and loss <= 1000 * max(1, np.log(self.net.classes), first):  # log K is that of guessing
            return
        what = f"a weight became {now}" if np.isfinite(loss) and not np.isfinite(now) else f"the loss became {loss:.3g}"
        if not np.isfinite(first):
            why = (
                f"already before the first update, with weights up to {before:.3g}; smaller first weights, "
                "or a look at what the network computes, may help"
            )
        elif not now <= 10 * before:
            why = (
                f"updates with the step size {self.learning_rate} took the largest weight from {before:.3g} "
                f"to {now:.3g}; try a tenth of the step"
            )
        else:
            why = f"the weights are up to {now:.3g}, as before; look at what the network computes"
        raise FloatingPointError(f"{what} in epoch {self.epoch}: {why}")


def heaviest(net):
    """Return the largest absolute weight; nan if there is a nan."""
    return float(np.max([np.abs(param).max() for param in net.params.values()]))
