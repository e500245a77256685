"""Chapter 10: gradients of 200 digits in one plane, at four stages of a training, and the means of batches of them."""

from copy import deepcopy
from functools import cache

import numpy as np
from figure_data import listed, packed

from nnlib import data, measure
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

STATES = [
    {"stage": 1, "B": 32},
    {"stage": 3, "B": 1, "zoom": 8},
    {"stage": 3, "B": 1024, "zoom": 8, "draw": 3},
    {"stage": 2, "B": 2, "draw": 1},
]
BATCHES, MOST = 60, 1024  # the means that are drawn; the largest batch
POINTS = 200
UNIT = 0.001  # a point's coordinates are whole multiples of it


@cache
def stages():
    """The networks before training, after 100 steps, 1 epoch and 5 epochs, and the digits that were held out."""
    mnist = data.load_mnist()
    (X, y), held_out = data.split(mnist.X_train, mnist.y_train, 10_000)
    rng = np.random.default_rng(0)
    net = TwoLayerNet(rng)
    nets = [deepcopy(net)]
    for part, epochs in ((slice(12_800), 1), (slice(12_800, None), 1), (slice(None), 4)):
        settings = {"batch_size": 128, "learning_rate": 0.1, "decay": False, "verbose": False}
        fit(net, X[part], y[part], rng=rng, epochs=epochs, **settings)
        nets.append(deepcopy(net))
    return nets, data.scale(held_out[0]), data.one_hot(held_out[1])


def projections(layers, direction):
    """Return the inner product of each example's gradient with a direction that has the gradient's parts, (N,)."""
    parts = zip(layers, direction, strict=True)
    return sum(((X @ W + b) * dZ).sum(axis=1) for (X, dZ), (W, b) in parts)


@cache
def plane(stage):
    """Return points (10,000, 2), the single gradients along g and across it, and their `Noise` in all directions.

    Across is the direction, at right angles to g, in which the gradients of the first 500 differ most.
    """
    nets, X, Y = stages()
    net = nets[stage]
    z1, a1, _, a2 = states = net.forward(X)
    dz2 = a2 - Y
    layers = [(X, dz2 @ net.W2.T * (z1 > 0)), (a1, dz2)]
    dW1, db1, dW2, db2 = net.backward(X, Y, *states)
    noise = measure.gradient_noise(measure.squared_lengths(layers), (dW1, db1, dW2, db2))
    g = [(dW1, db1), (dW2, db2)]
    along = projections(layers, g) / noise.signal**0.5

    few, share = [(X[:500], dZ[:500]) for X, dZ in layers], along[:500]
    products = sum((X @ X.T + 1) * (dZ @ dZ.T) for X, dZ in few) - np.outer(share, share)
    c = np.linalg.eigh(products)[1][:, -1]  # how much of each of the 500 is in the direction, g's part taken out
    direction = [(X.T @ (c[:, None] * dZ), c @ dZ) for X, dZ in few]
    length = sum((part**2).sum() for pair in direction for part in pair) - (c @ share) ** 2
    across = (projections(layers, direction) - (c @ share) * along) / length**0.5
    across *= np.sign((across**3).sum())  # either sign would do
    return np.stack([along, across], axis=1), noise


@cache
def chosen(stage):
    """Return 200 of the points, (200, 2), spread as all are: 20 groups along g, in each group ten evenly across it."""
    points, _ = plane(stage)
    groups = np.argsort(points[:, 0]).reshape(20, -1)
    rows = np.concatenate([group[np.argsort(points[group, 1])][25::50] for group in groups])
    return np.round(points[rows] / UNIT).astype(int)


def constants():
    numbers = np.array([chosen(stage) for stage in range(4)]) + 32_768
    noises = [plane(stage)[1] for stage in range(4)]
    return {
        "G": listed([round(noise.signal**0.5, 6) for noise in noises]),
        "TRACE": listed([round(noise.trace, 4) for noise in noises]),
        "POINTS": packed(numbers.astype(">u2").ravel().view(np.uint8)),
    }


@cache
def draws(draw):
    """Return (60, 1024) of the numbers 0 to 199, drawn with replacement by the generator that the figure has too."""
    x, found = 1 + draw, []
    for _ in range(BATCHES * MOST):
        x = (1_664_525 * x + 1_013_904_223) % 2**32
        found.append(x * POINTS >> 32)
    return np.reshape(found, (BATCHES, MOST))


def shows(state):
    noise, B = plane(state["stage"])[1], state["B"]
    points, g = chosen(state["stage"]) * UNIT, np.array([noise.signal**0.5, 0])
    means = points[draws(state["draw"])[:, :B]].mean(axis=1)
    in_plane = ((points - g) ** 2).sum(axis=1).mean()
    return {
        "length": noise.signal**0.5,
        "measured": ((means - g) ** 2).sum(axis=1).mean() ** 0.5,
        "predicted": (in_plane / B) ** 0.5,
        "noise": noise.of_batch(B) ** 0.5,
        "ratio": (noise.scale / B) ** 0.5,
        "scale": noise.scale,
        "against": (means[:, 0] < 0).sum(),
    }
