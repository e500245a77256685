"""What a network is made of, as plain data: so that a file of weights says it, and code need not."""

import math
from inspect import signature

import numpy as np

from . import activations, conv, layers, norm, pool
from .sequential import Sequential

_LARGEST = 1_000_000  # numbers in an example or out of a layer, far above any of this book: no foreign file gets more


def kinds():
    """Return {name: class} of all layers of `nnlib` that can be written down."""
    found = {}
    for module in (layers, activations, norm, conv, pool):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, layers.Layer) and kind.__module__ == module.__name__:
                found[name] = kind
    return {name: kind for name, kind in found.items() if name not in ("Layer", "Activation", "Pool")}


def describe(net):
    """Return [name, settings] of each layer of a `nnlib.sequential.Sequential`, in a list; of a nested one, its list.

    Raises
    ------
    ValueError
        If a layer is not one of nnlib's, or a class of one's own that derives from Sequential: how to build it, and
        what it computes, is known to its author alone.
    """
    known, found = kinds(), []
    if type(net) is not Sequential:
        raise ValueError(
            f"expected a Sequential, got {type(net).__name__}: "
            "a network of another class is saved without a description, and read by nnlib.io.load_into"
        )
    for place, layer in enumerate(net.layers):
        if isinstance(layer, Sequential):
            found.append(describe(layer))
        elif known.get(type(layer).__name__) is type(layer):
            found.append([type(layer).__name__, {name: getattr(layer, name) for name in layer.settings}])
        else:
            raise ValueError(
                f"expected layers of nnlib, got {layer} at place {place}: "
                "a network with others is saved without a description, and read by nnlib.io.load_into"
            )
    return found


def build(description, dtype=np.float64, most=16 * _LARGEST, rng=None):
    """Return the `nnlib.sequential.Sequential` that `describe` described, its weights not yet drawn: all 0.

    Parameters
    ----------
    description : list
    dtype : numpy dtype
    most : int
        How many numbers all its layers may keep, parameters and state: those that the file has.
    rng : numpy.random.Generator, optional
        Draws what is dropped, where training goes on.

    Raises
    ------
    ValueError
        If it describes none, or a larger one.
    """
    try:
        return Sequential(*_layers(description, _Room(most), rng or np.random.default_rng()), dtype=dtype)
    except RecursionError:
        raise ValueError("expected layers, got lists in lists without end") from None


class _Room:
    """The numbers that may still be kept: a foreign file gets no more memory than it brings."""

    def __init__(self, most):
        self.left = most

    def take(self, numbers):
        self.left -= numbers
        if self.left < 0:
            raise ValueError("expected layers with the numbers that are there, got layers with more")


def _layers(description, room, rng):
    known = kinds()
    if not isinstance(description, list) or not description:
        raise ValueError(f"expected a list of layers, got {str(description)[:80]}")
    for entry in description:
        match entry:
            case [str(name), dict(settings)] if name in known and settings.keys() == set(known[name].settings):
                yield _layer(known[name], settings, room, rng)
            case [list(), *_]:
                yield Sequential(*_layers(entry, room, rng))
            case _:
                raise ValueError(f"expected a layer of nnlib with its settings, got {str(entry)[:80]}")


def _layer(kind, settings, room, rng):
    for name, value in settings.items():
        numbers = value if isinstance(value, list) else [value]
        if not all(isinstance(number, int | float) for number in numbers) or not abs(math.prod(numbers)) <= _LARGEST:
            words = f"settings of {kind.__name__} that are numbers up to {_LARGEST:,}"
            raise ValueError(f"expected {words}, got {name} {str(value)[:80]}")
    weights = 0

    def nothing(rng, fan_in, fan_out):
        nonlocal weights
        weights = fan_in * fan_out
        room.take(weights)
        return np.zeros((fan_in, fan_out))

    asked = signature(kind).parameters
    drawn = {name: value for name, value in {"rng": rng, "init": nothing}.items() if name in asked}
    try:
        layer = kind(*settings["shape"]) if kind is layers.Reshape else kind(**settings, **drawn)
    except TypeError as error:  # a number where a list belongs, or a list where a number does
        raise ValueError(f"expected settings that fit, got {kind.__name__} with {settings}") from error
    room.take(sum(array.size for array in (*layer.params.values(), *layer.state.values())) - weights)
    return layer
