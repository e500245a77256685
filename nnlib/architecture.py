"""What a network is made of, as plain data: so that a file of weights says it, and code need not."""

import math
from inspect import signature

import numpy as np

from . import activations, conv, layers, norm, pool
from .sequential import Sequential

# Far above any network of this book: a foreign file gets no more time and memory, when it is tried on one example.
_LARGEST = 1_000_000  # numbers in an example, or in a layer
_LONGEST, _DEEPEST = 1000, 20  # layers, and lists in lists
_MOST_WORK, _EACH = 1_000_000_000, 100  # products, and how many of them an exponential of a number is worth


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
    return Sequential(*_layers(description, _Room(most), rng or np.random.default_rng()), dtype=dtype)


class _Room:
    """What may still be kept and computed: a foreign file gets no more memory than it brings, and little time."""

    def __init__(self, most):
        self.left, self.layers, self.work, self.shape = most, 0, 0, None

    def take(self, numbers):
        self.left -= numbers
        if self.left < 0:
            raise ValueError("expected layers with the numbers that are there, got layers with more")

    def enter(self, layer, depth):
        """Follow one example through a layer, which each list around it tries on its own too."""
        shape = (layer.inputs,) if layer.inputs else self.shape
        numbers, self.shape, work = _through(layer, shape or ())
        self.layers += depth
        self.work += depth * work
        if self.layers > _LONGEST:
            raise ValueError(f"expected at most {_LONGEST:,} layers, of lists in lists fewer, got more")
        if numbers > _LARGEST or self.work > _MOST_WORK:
            most = f"at most {_LARGEST:,} numbers in a layer, and {_MOST_WORK:,} products in all"
            raise ValueError(f"expected {most}, for one example, got more in {layer}")


def _through(layer, shape):
    """Return how many numbers a layer holds of one example, the shape that comes out, and the products it takes. A
    shape that does not fit is followed no further: the layer itself will say so.
    """
    numbers, weights = math.prod(shape), sum(param.size for param in layer.params.values())
    match layer:
        case conv.Conv2d() if len(shape) == 3:
            H, W = (size + 2 * layer.padding for size in shape[1:])
            out = tuple(max(0, size - layer.size) // layer.stride + 1 for size in (H, W))
            rows = max(layer.filters, layer.size * layer.channels)
            return H * W * rows, (layer.filters, *out), _EACH // 10 * H * W * rows + weights * math.prod(out)
        case pool.Pool() if len(shape) == 3:
            return numbers, (shape[0], *(size // layer.size for size in shape[1:])), _EACH // 10 * numbers
        case layers.Linear():
            return max(numbers, layer.outputs), (layer.outputs,), weights
        case layers.Reshape():
            return numbers, layer.shape, 0
        case layers.Flatten():
            return numbers, (numbers,), 0
    return numbers, shape, _EACH * numbers


def _layers(description, room, rng, depth=1):
    known = kinds()
    if not isinstance(description, list) or not description:
        raise ValueError(f"expected a list of layers, got {str(description)[:80]}")
    if depth > _DEEPEST:
        raise ValueError(f"expected layers in at most {_DEEPEST} lists in lists, got more")
    for entry in description:
        match entry:
            case [str(name), dict(settings)] if name in known and settings.keys() == set(known[name].settings):
                layer = _layer(known[name], settings, room, rng)
                room.enter(layer, depth)
                yield layer
            case [list(), *_]:
                yield Sequential(*_layers(entry, room, rng, depth + 1))
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
