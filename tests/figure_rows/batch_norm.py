"""Chapter 15: the scores that one trained unit gives to the first 128 digits, normalised in any company, and back."""

from functools import cache

import numpy as np
from figure_data import listed

from nnlib import data
from nnlib.activations import ReLU
from nnlib.layers import Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.sequential import Sequential
from nnlib.train import fit

STATES = [
    {"N": 2, "mate": -1.3, "pull": "one"},
    {"N": 128},
    {"N": 16, "pull": "loss", "draw": 2, "mate": -3},
    {"N": 4, "pull": "alike"},
    {"N": 3, "pull": "zhat", "mate": 1.1},
    {"N": 32, "stats": "running", "pull": "loss"},
    {"N": 8, "stats": "running", "mate": 0.4, "draw": 5, "pull": "one"},
]
UNIT = 15


@cache
def unit():
    """Return the unit's scores for 128 digits, what the loss sends back to its zhat (its mean square made 1), both in
    thousandths, and its running mean and variance.
    """
    mnist = data.load_mnist()
    X, y = mnist.X_train[:20_000], mnist.y_train[:20_000]
    rng = np.random.default_rng(0)
    linear, norm = Linear(784, 64, rng, bias=False), BatchNorm(64)
    net = Sequential(linear, norm, ReLU(), Linear(64, 10, rng))
    rng = np.random.default_rng(0)
    fit(net, X, y, rng=rng, epochs=1, batch_size=64, learning_rate=0.3, verbose=False)
    state = norm.state["mean"][UNIT], norm.state["variance"][UNIT]
    mean, variance = (round(float(number), 6) for number in state)
    x = data.scale(X[:128])
    Z = linear.forward(x)[:, UNIT]
    dA = SoftmaxCrossEntropy().backward(net.forward(x, train=True), data.one_hot(y[:128]))
    for layer in net.layers[:1:-1]:
        dA = layer.backward(dA)
    G = dA[:, UNIT] / np.sqrt((dA[:, UNIT] ** 2).mean())
    thousandths = (np.round(1000 * numbers).astype(int).tolist() for numbers in (Z, G))
    return *thousandths, mean, variance


def constants():
    Z, G, mean, variance = unit()
    return {"SCORES": listed(Z), "GRADIENTS": listed(G), "MEAN": listed(mean), "VARIANCE": listed(variance)}


def shows(state):
    Z, G, mean, variance = unit()
    N, batch = state["N"], state["stats"] == "batch"
    rows = [0, 1, *(2 + (i + 21 * state["draw"]) % 126 for i in range(N - 2))]
    z = np.array(Z)[rows] / 1000
    z[1] = state["mate"]
    layer = BatchNorm(1)
    if not batch:
        layer.state["mean"][...], layer.state["variance"][...] = mean, variance
    zhat = layer.forward(z[:, None], train=batch)
    loss = np.array(G)[rows, None] / 1000
    dzhat = {"one": np.eye(N)[:, :1], "alike": np.ones((N, 1)), "zhat": zhat, "loss": loss}[state["pull"]]
    mu, s = (z.mean(), np.sqrt(z.var() + layer.eps)) if batch else (mean, np.sqrt(variance + layer.eps))
    dz = layer.backward(dzhat) if batch else dzhat / s
    return {
        "mu": mu,
        "s": s,
        "zhat": zhat[0, 0],
        "flat": dzhat.mean() if batch else 0,
        "slope": (dzhat * zhat).mean() if batch else 0,
        "dz": dz[0, 0],
        "share": ((s * dz) ** 2).sum() / (dzhat**2).sum() if batch else 1,
    }
