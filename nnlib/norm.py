"""Normalisation of what flows through a network."""

import copy
from numbers import Real

import numpy as np

from .checks import check_from_zero, check_gradient, check_size
from .layers import Layer


class BatchNorm(Layer):
    """Each feature with the mean and variance of its batch taken out, then its own mean β and scale γ put in
    (Ioffe and Szegedy, 2015).

    Of rows (N, H) each column is a feature; of pictures (N, C, H, W) each channel is, over all examples and places.

    Parameters
    ----------
    features : int
        H or C.
    momentum : float
        The share of a new batch in the running statistics, as PyTorch counts it.
    eps : float
        Added to the variance.

    Attributes
    ----------
    params : γ and β, (features,), as ``gamma`` and ``beta``
    state : running mean and variance, (features,), as ``mean`` and ``variance``
        What is used outside training: then an answer does not depend on the other examples. The variance is the
        unbiased one, n/(n − 1) of a batch's.
    """

    settings = ("features", "momentum", "eps")

    def __init__(self, features, momentum=0.1, eps=1e-5):
        super().__init__()
        self.features, self.eps = check_size("features", features), check_from_zero("eps", eps)
        if not isinstance(momentum, Real) or not 0 < momentum <= 1:
            raise ValueError(f"expected a momentum above 0, at most 1, got {momentum!r}")
        self.momentum = float(momentum)
        self.parameter("gamma", np.ones(features))
        self.parameter("beta", np.zeros(features))
        self.state = {"mean": np.zeros(features), "variance": np.ones(features)}

    def forward(self, Z, train=False):
        if Z.ndim not in (2, 4) or Z.shape[1] != self.features:
            raise ValueError(
                f"expected rows (N, {self.features}) or pictures (N, {self.features}, H, W), got {Z.shape}"
            )
        axes = (0, *range(2, Z.ndim))
        column = (-1,) + (1,) * (Z.ndim - 2)  # a feature's number beside all its entries
        if train:
            n = Z.size // self.features
            if n < 2:
                raise ValueError(
                    f"expected two examples or more in a batch, got {len(Z)}: its variance is 0. "
                    "Choose a batch size that leaves no single example over"
                )
            mean, variance = Z.mean(axis=axes), Z.var(axis=axes)  # eq-batch-norm-statistics
            new = {"mean": mean, "variance": variance * n / (n - 1)}
            for name, running in self.state.items():
                running += self.momentum * (new[name] - running)  # eq-batch-norm-running
        else:
            mean, variance = self.state["mean"], self.state["variance"]
            if variance.min() < 0:
                raise ValueError(f"expected running variances from 0 on, got {variance.min()}")
        s = np.sqrt(variance + self.eps)
        Zhat = (Z - mean.reshape(column)) / s.reshape(column)  # eq-batch-norm
        self.remember(train, Zhat, s, axes, column)
        return self.params["gamma"].reshape(column) * Zhat + self.params["beta"].reshape(column)

    def backward(self, dA):
        Zhat, s, axes, column = self.recall()
        check_gradient(dA, Zhat.shape)
        self.grads["gamma"][...] = (dA * Zhat).sum(axis=axes)  # eq-batch-norm-gradients
        self.grads["beta"][...] = dA.sum(axis=axes)
        dZhat = dA * self.params["gamma"].reshape(column)
        along = (dZhat * Zhat).mean(axis=axes, keepdims=True)
        left = dZhat - dZhat.mean(axis=axes, keepdims=True) - Zhat * along
        return left / s.reshape(column)  # eq-batch-norm-dZ


def fold(linear, norm):
    """Return the one `Linear` that computes what a Linear and the `BatchNorm` behind it compute in use; both stay as
    they are.

    Parameters
    ----------
    linear : Linear
        With biases or without.
    norm : BatchNorm
        Over as many features as linear has outputs, with the statistics of its training.
    """
    if norm.features != linear.outputs:
        raise ValueError(f"expected a BatchNorm({linear.outputs}) behind {linear}, got {norm}")
    b = linear.params.get("b", 0)
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    both = copy.deepcopy(linear)
    both.bias = True
    both.parameter("W", linear.params["W"] * c)  # eq-fold
    both.parameter("b", (b - norm.state["mean"]) * c + norm.params["beta"])
    return both
