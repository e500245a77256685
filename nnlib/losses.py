"""Losses: how wrong rows of scores are, and which way each score should move."""

import numpy as np

from . import functional as F
from .checks import check_share


class Loss:
    """What every loss has: `each`, and the gradient of its mean over the rows. The 1/N of that mean is the only one
    of a network.
    """

    def each(self, Z, Y):
        """Return the loss of each row, (N,), from scores Z, (N, K), and one-hot rows Y, (N, K)."""
        raise NotImplementedError(f"expected {type(self).__name__} to have a method each(Z, Y)")

    def backward(self, Z, Y):
        """Return dZ, (N, K), the gradient of `forward`."""
        raise NotImplementedError(f"expected {type(self).__name__} to have a method backward(Z, Y)")

    def forward(self, Z, Y):
        """Return the mean loss of the rows."""
        return self.each(Z, Y).mean()


class SoftmaxCrossEntropy(Loss):
    """Cross-entropy of the probabilities softmax(Z), from the scores (chapters 04 and 05).

    Parameters
    ----------
    smoothing : float
        The share α of each one-hot row that is spread evenly over all K classes: label smoothing, eq-label-smoothing
        (Szegedy et al., 2016). With it the loss is lowest at finite scores.
    """

    def __init__(self, smoothing=0.0):
        self.smoothing = check_share("smoothing", smoothing)

    def targets(self, Y):
        """Return (1 − α)Y + α/K: rows that sum to 1, as Y's."""
        if not self.smoothing:
            return Y
        return Y * (1 - self.smoothing) + self.smoothing / Y.shape[-1]  # eq-label-smoothing

    def each(self, Z, Y):
        F.check_same_shape(Z, Y)
        return -(self.targets(Y) * F.log_softmax(Z)).sum(axis=-1)

    def backward(self, Z, Y):
        return F.softmax_cross_entropy_backward(Z, self.targets(Y))

    def __repr__(self):
        return f"SoftmaxCrossEntropy(smoothing={self.smoothing})"


class MeanSquaredError(Loss):
    """The mean over a row's entries of (z − y)²."""

    def each(self, Z, Y):
        F.check_same_shape(Z, Y)
        return np.square(Z - Y).mean(axis=-1)

    def backward(self, Z, Y):
        F.check_same_shape(Z, Y)
        return 2 * (Z - Y) / Z.size

    def __repr__(self):
        return "MeanSquaredError()"
