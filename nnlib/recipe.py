"""From the words of a command line to the parts of a training."""

import re
from itertools import pairwise

import numpy as np

from . import activations, augment, init, optim, schedules
from .conv import Conv2d
from .data import CLASSES, PIXELS
from .layers import Dropout, Flatten, Linear, Reshape
from .norm import BatchNorm
from .pool import MaxPool2d
from .sequential import Sequential
from .two_layer import TwoLayerNet

ACTIVATIONS = {
    "relu": activations.ReLU,
    "leaky-relu": activations.LeakyReLU,
    "elu": activations.ELU,
    "gelu": activations.GELU,
    "silu": activations.SiLU,
    "sigmoid": activations.Sigmoid,
    "tanh": activations.Tanh,
}
INITS = ("he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "orthogonal", "uniform")
# Of each: how it is made, its usual step size (at 128 examples an update, of sgd at one), and how that changes.
OPTIMIZERS = {
    "sgd": (optim.SGD, 0.01, "linear"),
    "momentum": (optim.Momentum, 0.1, "linear"),
    "nesterov": (lambda schedule: optim.Momentum(schedule, nesterov=True), 0.1, "linear"),
    "rmsprop": (optim.RMSprop, 0.005, "warm-up"),
    "adam": (lambda schedule: optim.Adam(schedule, beta2=0.99), 0.01, "warm-up"),
    "adamw": (lambda schedule, **options: optim.AdamW(schedule, beta2=0.99, **options), 0.01, "warm-up"),
}
SCHEDULES = {
    "constant": schedules.constant,
    "linear": schedules.linear_decay,
    "cosine": schedules.cosine_decay,
    "warm-up": schedules.warm_up_and_decay,
}
AUGMENTATIONS = {"shifts": augment.Shifts, "affine": augment.Affine}


def network(rng, layers="784-64-10", activation="relu", dropout=0.0, batch_norm=False, conv=False, first="he_normal",
            dtype=np.float32):  # fmt: skip
    """Return a network on MNIST's pixels.

    Parameters
    ----------
    rng : numpy.random.Generator
    layers : str
        The sizes, from 784 pixels to 10 classes, with "-" between them.
    activation : str
        One of `ACTIVATIONS`.
    dropout : float
        The share that is dropped behind each hidden layer, or, of a convolutional network, before the last one.
    batch_norm : bool
        Whether each hidden layer is normalised.
    conv : bool
        Whether two convolutions come first, in place of the hidden layers.
    first : str
        One of `INITS`, for the first weights.
    dtype : numpy dtype

    Returns
    -------
    TwoLayerNet or Sequential
        The network of the book, written out, where it is that: its file can be read by the page that draws.

    Raises
    ------
    ValueError
        If a word is none of these, or a size does not fit.
    """
    draw = getattr(init, _known("first weights", INITS, first))
    act = ACTIVATIONS[_known("an activation", ACTIVATIONS, activation)]
    if conv:
        parts = [Reshape(1, 28, 28)]
        for channels, filters in ((1, 16), (16, 32)):
            parts += [Conv2d(channels, filters, 3, rng, init=draw), *_between(filters, act, 0, batch_norm, rng)]
            parts += [MaxPool2d(2)]
        last = [Dropout(dropout, rng)] if dropout else []
        return Sequential(*parts, Flatten(), *last, Linear(800, CLASSES, rng, init=draw), dtype=dtype)
    sizes = _sizes(layers)
    if len(sizes) == 3 and activation == "relu" and not dropout and not batch_norm:
        return TwoLayerNet(rng, hidden=sizes[1], init=draw, dtype=dtype)
    parts = []
    for inputs, outputs in pairwise(sizes[:-1]):
        parts += [Linear(inputs, outputs, rng, init=draw), *_between(outputs, act, dropout, batch_norm, rng)]
    return Sequential(*parts, Linear(sizes[-2], sizes[-1], rng, init=draw), dtype=dtype)


def optimizer(name="sgd", learning_rate=None, schedule=None, weight_decay=None):
    """Return an optimizer with its schedule.

    Parameters
    ----------
    name : str
        One of `OPTIMIZERS`.
    learning_rate : float, optional
        The first or highest step size, by default the optimizer's usual one.
    schedule : str, optional
        One of `SCHEDULES`, by default the optimizer's usual one.
    weight_decay : float, optional
        AdamW's.

    Raises
    ------
    ValueError
        If a word is none of these, or another optimizer than AdamW is given a weight decay.
    """
    make, usual_rate, usual_schedule = OPTIMIZERS[_known("an optimizer", OPTIMIZERS, name)]
    name_of_schedule = _known("a schedule", SCHEDULES, schedule or usual_schedule)
    steps = SCHEDULES[name_of_schedule](usual_rate if learning_rate is None else learning_rate)
    if weight_decay is None:
        return make(steps)
    if name != "adamw":
        raise ValueError(f"expected a weight decay with adamw alone, got it with {name}")
    return make(steps, weight_decay=weight_decay)


def _known(what, words, word):
    """Return a word; raise a ValueError unless it is one of these."""
    if word not in words:
        raise ValueError(f"expected {what} of {', '.join(words)}, got {word!r}")
    return word


def _between(size, act, dropout, batch_norm, rng):
    """Return what stands behind the weights of a hidden layer."""
    return [*([BatchNorm(size)] if batch_norm else []), act(), *([Dropout(dropout, rng)] if dropout else [])]


def _sizes(layers):
    sizes = [int(size) for size in layers.split("-")] if re.fullmatch(r"[1-9]\d*(-[1-9]\d*)+", layers) else []
    if len(sizes) < 2 or sizes[0] != PIXELS or sizes[-1] != CLASSES:
        raise ValueError(f"expected sizes from {PIXELS} pixels to {CLASSES} digits, as 784-64-10, got {layers}")
    return sizes
