"""Saving a network's weights in a safetensors file, and loading them."""

import json
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

import numpy as np

from . import architecture, tensors
from .flat import arrays_of
from .sequential import Sequential
from .two_layer import TwoLayerNet

# The network that chapter 08 trains, as shipped with the repository.
SHIPPED = Path(__file__).parent.parent / "data" / "weights" / "784-64-10.safetensors"
_LAYERS = "layers"  # under this name a file says what its network is made of
_OF_ONE_S_OWN = ". A network with layers of one's own is made as it was, and load_into reads its numbers"


def save(path, net, facts=None):
    """Write the parameters of a network in its own type, under their names,
    and its ``state``, where it has any.

    The file appears under its name only when it is whole. Of a link, the file
    it leads to is written. A sum over all that it says goes with it, so that
    one changed byte is seen, unless it lies in the name nnlib of the header.

    Parameters
    ----------
    path : path
    net : nnlib.train.Network
        Or whatever has ``params``, a dictionary of arrays. Of a Sequential of
        nnlib's layers the file says what it is made of, so that `load` builds
        it.
    facts : dict, optional
        Plain data about the training, for `facts`: how long, with which seed,
        what came out.

    Raises
    ------
    ValueError
        If a weight is nan or infinite, or would be in float32: such a network
        is not worth a file. If it is neither float64 nor float32. If facts are
        no plain data. If what is at the path is no ordinary file.
    """
    told = {} if facts is None else {"facts": facts}
    if (described := _describe(net)) is not None:
        told[_LAYERS] = described
    tensors.write(path, arrays_of(net), told)


def facts(path):
    """Return what `save` was told of the training, as JSON gives it back, with words for names: {1: 2} comes back as
    {"1": 2}. {} if nothing.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load`, of any network.
    """
    return tensors.read(path)[1].get("facts", {})


def load(path, dtype=None, rng=None):
    """Return the network in a file that `save` wrote: a Sequential, where the
    file says what it is made of, or a `TwoLayerNet`, also from any
    safetensors file of its four arrays. On the way it takes about six times
    the memory of the file.

    Parameters
    ----------
    path : path
    dtype : numpy dtype, optional
        Of the network; by default the file's.
    rng : numpy.random.Generator, optional
        Draws what the layers of dropout drop, where training goes on.

    Raises
    ------
    FileNotFoundError
        If there is no file; the message says how to make one.
    ValueError
        If the file is damaged or foreign, or holds other names, types or
        shapes, or a number that is not finite.
    """
    arrays, told = _read(path)
    if _LAYERS in told:
        numbers = sum(array.size for array in arrays.values())
        dtype = dtype or np.result_type(np.float32, *arrays.values())
        try:
            net = architecture.build(told[_LAYERS], dtype, numbers, rng)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        _put(path, arrays_of(net), arrays)
        return net
    tensors.check_names(path, arrays, ("W1", "b1", "W2", "b2"), _OF_ONE_S_OWN)
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(shapes["W1"]) != 2 or len(shapes["W2"]) != 2:
        raise ValueError(f"{path}: expected W1 and W2 to be matrices, got {shapes['W1']} and {shapes['W2']}")
    (D, H), K = shapes["W1"], shapes["W2"][1]
    expected = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    if shapes != expected or min(D, H, K) < 1:
        raise ValueError(f"{path}: expected shapes that fit together, {expected}, got {shapes}")
    net = TwoLayerNet(None, D, H, K, init=_nothing, dtype=dtype or np.result_type(*arrays.values()))
    for name, param in net.params.items():
        param[...] = arrays[name]
    return net


def load_into(net, path):
    """Read the parameters of any network, and its state, from a file that
    `save` wrote: all of them, or none if one does not fit.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load`, and if a name or a shape is not the network's, or the layers are not those that the file names.
    """
    places, (arrays, told) = arrays_of(net), _read(path)
    tensors.check_names(path, arrays, places)
    ours, theirs = _describe(net), told.get(_LAYERS)
    if None not in (ours, theirs) and ours != theirs:
        one, other = next(pair for pair in zip_longest(ours, theirs) if pair[0] != pair[1])
        raise ValueError(f"{path}: expected the network's layers, {str(one)[:80]}, got {str(other)[:80]}")
    _put(path, places, arrays)


def _read(path):
    """Return the arrays of a network's file, and what is told beside them."""
    arrays, told = tensors.read(path)
    if "settings" in told:
        raise ValueError(f"{path}: expected a network, got a training that was stopped: fit(…, checkpoint=…) goes on")
    return arrays, told


def _put(path, places, arrays):
    """Fill a network's arrays, all or none, from those of a file, which must be as many."""
    tensors.check_names(path, arrays, places)
    for name, place in places.items():
        if arrays[name].shape != place.shape:
            raise ValueError(f"{path}: expected {name} of shape {place.shape}, got {arrays[name].shape}")
    for name, place in places.items():
        place[...] = arrays[name]


def _describe(net):
    """Return what a network is made of, as JSON gives it back, or None, as of one with layers of one's own."""
    if isinstance(net, Sequential):
        with suppress(ValueError):
            return json.loads(json.dumps(architecture.describe(net)))
    return None


def _nothing(rng, fan_in, fan_out):
    return np.zeros((fan_in, fan_out))
