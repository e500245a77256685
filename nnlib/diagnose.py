"""What a gradient, a unit, a step tell about a training."""

import numpy as np

from .activations import Activation
from .data import scale


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
        For each `nnlib.activations.Activation` among the layers, by its place; each in the shape of one example.

    Raises
    ------
    ValueError
        If there is no example: nothing would be known of any unit.
    """
    if not len(X):
        raise ValueError("expected at least one example, got none")
    dead = {}
    for start in range(0, len(X), chunk):
        A = scale(X[start : start + chunk], net.dtype)
        for place, layer in enumerate(net.layers):
            if isinstance(layer, Activation):
                silent = np.all(layer.slope(A) == 0, axis=0)  # eq-dead-unit
                dead[place] = dead.get(place, True) & silent
            A = layer.forward(A)
    return dead
