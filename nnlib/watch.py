"""Watching a training: the running figures of an epoch, whether the network is
lost, and which epoch was the best.
"""

import numpy as np

from .flat import arrays_of

_LOOK = 1000  # examples from one look at the loss to the next


class Watch:
    """The scores that a network gave before each update, in the order of the
    examples' turns. Every thousand examples their losses are looked at.

    Parameters
    ----------
    net : nnlib.train.Network
    loss : nnlib.losses.Loss
    batch_size : int
    best : Best
        What is put back where the network is lost.
    """

    def __init__(self, net, loss, batch_size, best):
        self.net, self.loss_of, self.batch_size, self.best = net, loss, batch_size, best
        self.heaviest, self.first = heaviest(net), None  # weight and loss, before the first update
        self.longest = 0.0  # step so far

    def begin(self, epoch, Y):
        """Begin an epoch whose one-hot rows are Y, (N, K), in the order of
        their turns.
        """
        # A class's numbers one behind the other: sums over the few classes are then sums of long columns.
        self.epoch, self.Y = epoch, np.asfortranarray(Y)
        self.Z, self.loss, self.rates = np.empty_like(self.Y), np.empty(len(Y)), []
        self.noted = self.seen = 0

    def note(self, Z, rate, bar):
        """Write down the scores of a batch, (N, K), and the step size of its
        update; now and then show the loss on the progress bar.

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
        self.rates.append(rate)
        self.noted = end
        if end - self.seen >= _LOOK or end == len(self.Y):
            part = slice(self.seen, end)
            self.loss[part] = self.loss_of.each(self.Z[part], self.Y[part])
            self.longest = max(self.longest, *self.rates[-_LOOK:])
            if self.first is None:
                self.first = self.loss[: self.batch_size].mean()
            loss = self.loss[part].mean()
            self._stop_if_lost(loss)
            bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            self.seen = end

    def so_far(self):
        """Return what was noted in this epoch, as arrays: the scores, the
        losses that were looked at, and the step sizes.
        """
        return {"scores": self.Z[: self.noted], "losses": self.loss[: self.seen], "rates": np.array(self.rates, float)}

    def go_on(self, scores, losses, rates):
        """Take an epoch that has begun to where `so_far` was returned."""
        self.noted, self.seen, self.rates = len(scores), len(losses), rates.tolist()
        self.Z[: self.noted], self.loss[: self.seen] = scores, losses

    def figures(self):
        """Return a row of `nnlib.train.History`: what the epoch showed."""
        right = self.Y[np.arange(len(self.Y)), self.Z.argmax(axis=1)].mean(dtype=float)  # a row's 1 is at its label
        return {"epoch": self.epoch, "loss": float(self.loss.mean()), "train_accuracy": float(right)}

    def curves(self):
        """Return the mean loss and the step size of each update of the epoch,
        (2, updates).
        """
        starts = np.arange(0, len(self.loss), self.batch_size)
        sizes = np.diff(starts, append=len(self.loss))
        return np.stack([np.add.reduceat(self.loss, starts) / sizes, self.rates])

    def _stop_if_lost(self, loss):
        first, before = self.first, self.heaviest
        healthy = loss <= 1000 * max(1, first)
        if healthy and self.noted < len(self.Y):
            return  # the weights are looked at after the last batch of an epoch: it takes as long as an update
        now = heaviest(self.net)
        if healthy and np.isfinite(now):
            return
        what = f"a weight became {now}" if np.isfinite(loss) and not np.isfinite(now) else f"the loss became {loss:.3g}"
        if not np.isfinite(first):
            why = (
                f"already before the first update, with weights up to {before:.3g}; smaller first weights, "
                "or a look at what the network computes, may help"
            )
        elif not now <= 10 * before:
            why = (
                f"updates with the step size {self.longest} took the largest weight from {before:.3g} "
                f"to {now:.3g}; try a tenth of the step"
            )
        else:
            why = f"the weights are up to {now:.3g}, as before; look at what the network computes"
        self.best.restore(self.net)
        raise FloatingPointError(f"{what} in epoch {self.epoch}: {why}")


def heaviest(net):
    """Return the largest absolute weight; nan if there is a nan."""
    return float(np.abs([(param.max(), param.min()) for param in net.params.values()]).max())


class Best:
    """The weights of the epoch with the lowest validation loss.

    Parameters
    ----------
    patience : int or None
        After how many epochs without a lower one it `is_over`; with None never,
        and nothing is kept.
    """

    def __init__(self, patience):
        self.patience, self.loss, self.waited, self.kept = patience, np.inf, 0, {}

    @property
    def is_over(self):
        return self.patience is not None and self.waited >= self.patience

    def note(self, net, loss):
        """Look at a network after an epoch, and at its validation loss."""
        self.waited += 1
        if self.patience is not None and loss < self.loss:
            self.loss, self.waited = loss, 0
            self.kept = {name: array.copy() for name, array in arrays_of(net).items()}

    def restore(self, net):
        """Put the weights of the best epoch back, if any were kept."""
        for name, array in self.kept.items():
            arrays_of(net)[name][...] = array
