"""What a gradient, a unit, a step tell about a training."""

from typing import NamedTuple

import numpy as np

from . import gate
from .activations import Activation
from .checks import check_scaled, check_size
from .data import scale
from .sequential import Sequential


class Noise(NamedTuple):
    """How far the gradients of single examples lie from their mean, g."""

    signal: float  # ‖g‖²
    trace: float  # tr Σ, their mean squared distance from g
    scale: float  # B*, the batch with as much noise as signal

    def of_batch(self, B):
        """Return the mean squared distance from g of a mean over B examples
        that are drawn one by one.
        """
        return self.trace / B  # eq-batch-noise


def squared_lengths(layers):
    """Return the squared length of each example's own gradient, (N,), without
    making one of these gradients (Goodfellow, 2015).

    Parameters
    ----------
    layers : iterable of pairs of arrays (N, D) and (N, H)
        Of each linear layer what came in, and the gradient of each example's
        own loss, without 1/N, by what came out.

    Raises
    ------
    ValueError
        If a pair is not of as many rows.
    """
    total = 0.0
    for X, dZ in layers:
        if X.ndim != 2 or dZ.ndim != 2 or len(X) != len(dZ):
            raise ValueError(f"expected pairs (N, D) and (N, H), got {X.shape} and {dZ.shape}")
        total = total + ((X**2).sum(axis=1) + 1) * (dZ**2).sum(axis=1)  # eq-example-lengths
    return total


def gradient_noise(squares, grads):
    """Return the `Noise` of the gradients of single examples.

    Parameters
    ----------
    squares : array (N,)
        Their squared lengths, of all examples.
    grads : iterable of arrays
        The gradient of the mean loss of the same examples, all its parts.
    """
    signal = sum(float((g**2).sum()) for g in grads)
    trace = max(float(np.mean(squares)) - signal, 0.0)  # eq-gradient-noise
    scale = trace / signal if signal else np.inf  # eq-noise-scale
    return Noise(signal, trace, scale)


def dead_units(net, X, chunk=2000):
    """Return which units of a network have the slope 0 for every example of a set, so that no gradient of these
    examples moves their weights.

    Parameters
    ----------
    net : nnlib.sequential.Sequential
    X : array (N, D) of uint8
        Pixels, all of the set: what is silent for one batch may speak for the next.
    chunk : int
        How many at a time.

    Returns
    -------
    dict of arrays of bool
        For each `nnlib.activations.Activation` among the layers, by its place, and in a nested network by its name,
        such as "2.1"; each in the shape of one example.

    Raises
    ------
    ValueError
        If there is no example: nothing would be known of any unit. If X is not of pixels, or the network, or one in it,
        does not hand each layer what the one before returns.
    """
    _check_chain(net)
    X, chunk = gate.pixels(net, X), check_size("chunk", chunk)
    if not len(X):
        raise ValueError("expected at least one example, got none")
    dead = {}
    for start in range(0, len(X), chunk):
        _look(net, scale(X[start : start + chunk], net.dtype), dead)
    return dead


def mean_squares(net, X):
    """Return the mean square of what runs into each layer of a network, and of its scores: whether the numbers keep
    their size on the way.

    Parameters
    ----------
    net : nnlib.sequential.Sequential
    X : array (N, D) of floats
        Rows, as the network gets them.

    Returns
    -------
    list of float
        One more than there are layers: entry i is of what runs into layer i, the last of the scores.

    Raises
    ------
    ValueError
        If X is of pixels, whose squares have no room in a byte, or the network is no chain of layers.
    """
    _check_chain(net)
    check_scaled(X)
    passed = [X]
    for layer in net.layers:
        passed.append(layer.forward(passed[-1]))
    return [float(np.mean(A**2)) for A in passed]  # eq-mean-square


def _look(net, A, dead, within=""):
    """Note in `dead` which units are silent for the rows A as well; return what comes out."""
    for place, layer in enumerate(net.layers):
        name = f"{within}{place}" if within else place
        if isinstance(layer, Sequential):
            _check_chain(layer)
            A = _look(layer, A, dead, f"{name}.")
            continue
        if isinstance(layer, Activation):
            dead[name] = dead.get(name, True) & np.all(layer.slope(A) == 0, axis=0)  # eq-dead-unit
        A = layer.forward(A)
    return A


def _check_chain(net):
    if getattr(type(net), "forward", None) is not Sequential.forward:
        raise ValueError(f"expected a Sequential, whose layers are looked at in their order, got {type(net).__name__}")
