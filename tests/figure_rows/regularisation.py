"""Chapter 16: one digit of each class, moved, under two networks.

The one learned from digits in their places, the other from digits shifted by up to two pixels.
"""

from functools import cache

import numpy as np
from figure_data import listed, nibbles, packed, without_gaps

from nnlib import data, functional
from nnlib.augment import Shifts
from nnlib.optim import Adam
from nnlib.schedules import warm_up_and_decay
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

STATES = [
    {"right": 0, "down": 0},
    {"n": 1, "right": -4, "down": -4},
    {"n": 8, "right": 4, "down": 4},
    {"n": 4, "right": -3, "down": 2},
    {"n": 9, "right": 1, "down": -4},
    {"n": 7, "right": 0, "down": 3},
]
NETS = {"plain": None, "moved": Shifts(2)}


@cache
def shades():
    """Return (10, 784) whole numbers from 0 to 15: of each class the first validation picture, which nobody learned."""
    mnist = data.load_mnist()
    X, y = mnist.X_train[50_000:], mnist.y_train[50_000:]
    return np.round(X[[np.flatnonzero(y == k)[0] for k in range(10)]] / 17).astype(int)


@cache
def whole_numbers(name):
    """Train a network, and return each of its arrays as whole numbers from −127 to 127 and what they are multiplied by,
    with five decimals.
    """
    mnist, rng = data.load_mnist(), np.random.default_rng(0)
    net = TwoLayerNet(rng)
    optimizer = Adam(warm_up_and_decay(0.01), beta2=0.99)
    settings = {"epochs": 3, "batch_size": 64, "optimizer": optimizer, "augment": NETS[name], "verbose": False}
    fit(net, mnist.X_train[:20_000], mnist.y_train[:20_000], rng=rng, **settings)
    found = {}
    for param, array in net.params.items():
        unit = round(float(np.abs(array).max()) / 127, 5)
        found[param] = np.clip(np.round(array / unit), -127, 127).astype(np.int8), unit
    return found


def constants():
    made = {"DIGITS": packed(nibbles(without_gaps(shades(), longest=16)))}
    for name in NETS:
        arrays = whole_numbers(name)
        made[name.upper()] = packed(np.concatenate([array.ravel() for array, _ in arrays.values()]).view(np.uint8))
        made[f"{name.upper()}_UNITS"] = listed([unit for _, unit in arrays.values()])
    return made


@cache
def network(name):
    net = TwoLayerNet(np.random.default_rng(0))
    for param, (array, unit) in whole_numbers(name).items():
        net.params[param][...] = array * unit
    return net


def moved(picture, down, right):
    """A picture, (28, 28), moved; zeros come in, and what leaves is gone."""
    around = np.zeros((36, 36))
    around[4 + down : 32 + down, 4 + right : 32 + right] = picture
    return around[4:32, 4:32].ravel()


def shows(state):
    n, steps = state["n"], range(-4, 5)
    X = np.stack([moved(shades()[n].reshape(28, 28) / 15, down, right) for down in steps for right in steps])
    here, found = int(9 * (state["down"] + 4) + state["right"] + 4), {}  # a page's -0 comes as a float
    for name in NETS:
        P = functional.softmax(network(name).scores(X))
        answers = P.argmax(axis=1)
        found[name] = {"map": answers, "p": P[here, n], "read": (answers == n).sum()}
    return found
