"""Chapter 12: the scores of three units for 2,000 digits, new, trained and dead, under seven functions and slopes."""

from functools import cache

import numpy as np
from figure_data import packed

from nnlib import data, measure
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.layers import Linear
from nnlib.optim import Adam
from nnlib.sequential import Sequential
from nnlib.train import fit

STATES = [
    {"f": "GELU", "z": -2.2, "unit": 1},
    {"f": "tanh", "at": "a", "c": 4, "z": 2.5},
    {"f": "ReLU", "unit": 2, "c": 0.5},
    {"f": "SiLU", "unit": 1, "c": 16, "z": -8},
    {"f": "leaky", "unit": 2, "c": 0.25, "z": 0},
]
LOOSE = 1e-6  # the figure's own Φ is right to seven digits
UNIT = 0.001  # a score is a whole multiple of it
FUNCTIONS = {
    "ReLU": ReLU, "leaky": LeakyReLU, "ELU": ELU, "sigmoid": Sigmoid, "tanh": Tanh, "SiLU": SiLU, "GELU": GELU,
}  # fmt: skip


@cache
def scores():
    """Return (3, 2000) whole numbers: a unit before training and after it, and one that ten steps of Adam killed."""
    mnist = data.load_mnist()
    (X, y), (held_out, _) = data.split(mnist.X_train, mnist.y_train, 10_000)
    X, y, x = X[:20_000], y[:20_000], data.scale(held_out[:2000])

    def after(steps, **settings):
        rng = np.random.default_rng(0)
        net = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng))
        settings |= {"epochs": 1, "batch_size": 64, "verbose": False}
        if steps:
            fit(net, X[: 64 * steps], y[: 64 * steps], rng=rng, **settings)
        return net, net.layers[0].forward(x)

    _, new = after(0)
    _, trained = after(313, learning_rate=0.4)
    net, thrown = after(10, optimizer=Adam(0.01))
    speaks = np.abs((trained > 0).mean(axis=0) - 0.5).argmin()  # for about half of the digits
    killed = np.flatnonzero(measure.dead_units(net, X)[1] & (thrown.max(axis=0) <= 0))[0]
    return np.round(np.stack([new[:, speaks], trained[:, speaks], thrown[:, killed]]) / UNIT).astype(int)


def constants():
    return {"SCORES": packed((scores() + 32_768).astype(">u2").ravel().view(np.uint8))}


def shows(state):
    layer = FUNCTIONS[state["f"]]()
    Z = scores()[[state["unit"]]] * UNIT * state["c"]
    point = np.array([[float(state["z"])]])
    at = layer.f if state["at"] == "a" else np.positive
    sizes = np.abs(layer.slope(at(Z)))
    return {
        "a": layer.f(point).item(),
        "slope": layer.slope(at(point)).item(),
        "passes": sizes.mean(),
        "flat": (sizes < 0.01).mean(),
        "positive": (Z > 0).mean(),
        "outside": (np.abs(Z) > 8).mean(),
    }
