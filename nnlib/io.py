"""Saving a network's weights in a safetensors file, and loading only what is exactly such a file."""

import json
import math
import struct
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

import numpy as np

from . import architecture, files
from .flat import arrays_of
from .sequential import Sequential
from .two_layer import TwoLayerNet

# The network that chapter 08 trains, as shipped with the repository.
SHIPPED = Path(__file__).parent.parent / "data" / "weights" / "784-64-10.safetensors"
_LIMIT = 64_000_000  # bytes; far above any network of this book, far below what hurts
_LAYERS = "nnlib.layers"  # under this name the metadata say what a network is made of
_OF_ONE_S_OWN = ". A network with layers of one's own is made as it was, and load_into reads its numbers"
_TYPES = {"F32": "<f4", "F64": "<f8"}


def save(path, net):
    """Write the parameters of a network in its own type, under their names,
    and its ``state``, where it has any.

    The file appears under its name only when it is whole. Of a link, the file
    it leads to is written.

    Parameters
    ----------
    path : path
    net : nnlib.train.Network
        Or whatever has ``params``, a dictionary of arrays. Of a Sequential of
        nnlib's layers the file says what it is made of, so that `load` builds
        it.

    Raises
    ------
    ValueError
        If a weight is nan or infinite, or would be in float32: such a network
        is not worth a file. If it is neither float64 nor float32. If what is at the path is no
        ordinary file.
    """
    import safetensors.numpy  # here, because the browser has no safetensors

    tensors, metadata = {}, None
    for name, value in arrays_of(net).items():
        if value.dtype.name not in ("float64", "float32"):
            raise ValueError(f"expected weights in float64 or float32, got {name} in {value.dtype}")
        if not _sound(value):
            raise ValueError(f"expected finite weights, in float32 too, got {_unsound(value)} in {name}")
        # The library stores other layouts, and bytes in another order, wrongly.
        tensors[name] = np.ascontiguousarray(value, value.dtype.newbyteorder("="))
    if (described := _describe(net)) is not None:
        metadata = {_LAYERS: json.dumps(described)}
    with files.whole(path) as part:
        part.write_bytes(safetensors.numpy.save(tensors, metadata))


def load(path, dtype=None, rng=None):
    """Return the network in a file that `save` wrote: a Sequential, where the
    file says what it is made of, or a `TwoLayerNet`, also from any
    safetensors file of its four arrays.

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
    header, data = _read(path)
    description = _description(path, header)
    if description is not None:
        arrays = _checked(path, header, data)
        numbers = sum(array.size for array in arrays.values())
        dtype = dtype or np.result_type(np.float32, *arrays.values())
        try:
            net = architecture.build(description, dtype, numbers, rng)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        _put(path, arrays_of(net), arrays)
        return net
    arrays = _checked(path, header, data, ("W1", "b1", "W2", "b2"), _OF_ONE_S_OWN)
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
    places, (header, data) = arrays_of(net), _read(path)
    arrays = _checked(path, header, data, places)
    ours, theirs = _describe(net), _description(path, header)
    if None not in (ours, theirs) and ours != theirs:
        one, other = next(pair for pair in zip_longest(ours, theirs) if pair[0] != pair[1])
        raise ValueError(f"{path}: expected the network's layers, {str(one)[:80]}, got {str(other)[:80]}")
    _put(path, places, arrays)


def _put(path, places, arrays):
    """Fill a network's arrays, all or none, from those of a file, which must be as many."""
    _check_names(path, arrays, places)
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


def read_arrays(path, names=None):
    """Return {name: array} of a safetensors file of float32 and float64.

    Parameters
    ----------
    path : path
    names : names, optional
        What the file must hold, no more and no less; by default anything.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load`.
    """
    return _checked(path, *_read(path), names)


def _check_names(path, found, names, advice=""):
    if found.keys() != set(names):
        *most, last = names or ["none"]
        expected = f"{', '.join(most)} and {last}" if most else last
        raise ValueError(f"{path}: expected the arrays {expected}, got {_list(found)}{advice}")


def _checked(path, header, data, names=None, advice=""):
    """Return the arrays behind a header, after a look at all of them."""
    header = {name: entry for name, entry in header.items() if name != "__metadata__"}
    if names is not None:
        _check_names(path, header, names, advice)
    for name, entry in header.items():
        dtype = entry.get("dtype") if isinstance(entry, dict) else None
        if not isinstance(dtype, str) or dtype not in _TYPES:
            raise ValueError(f"{path}: expected {name} in F32 or F64, got {dtype}")
    try:
        arrays = _arrays(header, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: expected a whole safetensors file; {error}") from error
    for name, array in arrays.items():
        if not _sound(array):
            raise ValueError(f"{path}: expected finite numbers, in float32 too, got {_unsound(array)} in {name}")
    return arrays


def _read(path):
    """Return a file's header and the bytes behind it."""
    files.check_there(path, "a file of weights, as python -m nnlib train --save FILE makes it")
    size = Path(path).stat().st_size
    if size > _LIMIT:
        raise ValueError(f"{path}: expected at most {_LIMIT:,} bytes, got {size:,}")
    return _parts(Path(path).read_bytes(), path)


def _description(path, header):
    """Return what a file says of its network's layers, or None."""
    metadata = header.get("__metadata__")
    words = metadata.get(_LAYERS) if isinstance(metadata, dict) else None
    try:
        return None if words is None else json.loads(words)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: expected layers as JSON, got {str(words)[:80]}") from error


def _sound(array):
    """Return whether all numbers are finite in float32: then they are so in every type that a network may have."""
    return bool((np.abs(array) <= np.finfo(np.float32).max).all())


def _unsound(array):
    return array[~(np.abs(array) <= np.finfo(np.float32).max)][0]


def _nothing(rng, fan_in, fan_out):
    return np.zeros((fan_in, fan_out))


def _list(names):
    return ", ".join(sorted(name[:40] for name in list(names)[:20])) or "none"


def _parts(content, path):
    """Return a file's header, as a dictionary, and the bytes behind it."""

    def once(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a name stands twice")  # the last would win
        return dict(pairs)

    try:
        (length,) = struct.unpack("<Q", content[:8])
        if length > min(len(content) - 8, 100_000):
            raise ValueError(f"a header of {length:,} bytes in a file of {len(content):,}")
        header = json.loads(content[8 : 8 + length], object_pairs_hook=once)
        if not isinstance(header, dict):
            raise ValueError("a header that is no object")
        return header, content[8 + length :]
    except (struct.error, ValueError, RecursionError) as error:
        # Only now: a header of 640 bytes makes a good file begin like a pickle.
        kind = files.kind_of(content)
        got = kind + _advice(kind) if kind else f"something else ({error})"
        raise ValueError(f"{path}: expected a safetensors file, got {got}") from error


def _advice(kind):
    """Return what to do with the weights in a file of another kind, if there may be any, or with a picture."""
    if "picture" in kind or "photograph" in kind:
        return ". A picture of a digit is read by nnlib.picture.load_picture, and by python -m nnlib predict FILE"
    if not any(word in kind for word in ("NumPy", "PyTorch", "Keras", "pickle")):
        return ""
    transposed = ", each matrix transposed (PyTorch's are outputs × inputs)" if ".pt" in kind else ""
    return (
        f". Load it with its own library and write its arrays{transposed} by safetensors.numpy.save_file"
        '({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, FILE)'
    )


def _arrays(header, data):
    """Return the arrays, which must lie one behind the other and fill the bytes."""
    arrays, end = {}, 0
    for name in sorted(header, key=lambda name: header[name]["data_offsets"]):
        shape, (start, stop) = header[name]["shape"], header[name]["data_offsets"]
        dtype = np.dtype(_TYPES[header[name]["dtype"]])
        if not all(type(n) is int and n >= 0 for n in (start, stop, *shape)):
            raise ValueError(f"sizes of {name} that are no whole numbers")
        if start != end or stop - start != dtype.itemsize * math.prod(shape):
            raise ValueError(f"{name} of shape {shape} in bytes {start} to {stop}, where {end} comes next")
        arrays[name] = np.frombuffer(data[start:stop], dtype).reshape(shape)
        end = stop
    if end != len(data):
        raise ValueError(f"arrays of {end:,} bytes in a file that has {len(data):,} behind its header")
    return arrays
