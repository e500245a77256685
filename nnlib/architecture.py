"""What a network is made of, as plain data: so that a file of weights says it, and code need not."""

from inspect import signature

import numpy as np

from . import activations, conv, layers, norm, pool
from .sequential import Sequential

_LARGEST = 16_000_000  # numbers in one array, far above any network of this book: a foreign file cannot ask for more


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
        If a layer is not one of nnlib's: how to build it is known to its author alone.
    """
    known, found = kinds(), []
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


def build(description, dtype=np.float64):
    """Return the `nnlib.sequential.Sequential` that `describe` described, its weights not yet drawn: all 0.

    Raises
    ------
    ValueError
        If it describes none.
    """
    return Sequential(*_layers(description, kinds()), dtype=dtype)


def _layers(description, known):
    if not isinstance(description, list) or not description:
        raise ValueError(f"expected a list of layers, got {str(description)[:80]}")
    for entry in description:
        match entry:
            case [str(name), dict(settings)] if name in known and settings.keys() == set(known[name].settings):
                yield _layer(known[name], settings)
            case [list(), *_]:
                yield Sequential(*_layers(entry, known))
            case _:
                raise ValueError(f"expected a layer of nnlib with its settings, got {str(entry)[:80]}")


def _layer(kind, settings):
    for name, value in settings.items():
        numbers = value if isinstance(value, list) else [value]
        if not all(isinstance(number, int | float) and abs(number) <= _LARGEST for number in numbers):
            raise ValueError(f"expected settings of {kind.__name__} that are numbers, got {name} {str(value)[:80]}")
    asked = signature(kind).parameters
    drawn = {"rng": np.random.default_rng(), "init": _nothing}
    drawn = {name: value for name, value in drawn.items() if name in asked}
    try:
        return kind(*settings["shape"]) if kind is layers.Reshape else kind(**settings, **drawn)
    except TypeError as error:  # a number where a list belongs, or a list where a number does
        raise ValueError(f"expected settings that fit, got {kind.__name__} with {settings}") from error


def _nothing(rng, fan_in, fan_out):
    if fan_in * fan_out > _LARGEST:
        raise ValueError(f"expected at most {_LARGEST:,} weights in a layer, got {fan_in} × {fan_out}")
    return np.zeros((fan_in, fan_out))
