"""Saving a network's weights in a safetensors file, and loading only what is exactly such a file."""

import json
import math
import struct
from pathlib import Path

import numpy as np

from .two_layer import TwoLayerNet

# The network that chapter 08 trains, as shipped with the repository.
SHIPPED = Path(__file__).parent.parent / "data" / "weights" / "784-64-10.safetensors"
_LIMIT = 64_000_000  # bytes; far above any network of this book, far below what hurts


def save(path, net):
    """Write the four parameters in float32; the file appears under its name only when it is whole.

    Raises
    ------
    ValueError
        If a weight is nan or infinite: such a network is not worth a file.
    """
    import safetensors.numpy  # here, because the browser has no safetensors

    tensors = {}
    for name, value in net.params.items():
        tensors[name] = np.ascontiguousarray(value, np.float32)  # the library stores other layouts wrongly
        if not np.isfinite(tensors[name]).all():
            raise ValueError(f"expected finite weights, got nan or infinity in {name}")
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(safetensors.numpy.save(tensors))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path):
    """Return the `TwoLayerNet` in a file that `save` wrote, or any file of the same four float32 arrays.

    Raises
    ------
    FileNotFoundError
        If there is no file; the message says how to make one.
    ValueError
        If the file is damaged or foreign, or holds other names, types or shapes, or a number that is not finite.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected a file of weights; python -m nnlib train --save FILE makes one")
    if path.stat().st_size > _LIMIT:
        raise ValueError(f"{path}: expected at most {_LIMIT:,} bytes, got {path.stat().st_size:,}")
    content = path.read_bytes()
    header, data = _parts(content, path)
    if header.keys() - {"__metadata__"} != {"W1", "b1", "W2", "b2"}:
        raise ValueError(f"{path}: expected the arrays W1, b1, W2 and b2, got {', '.join(sorted(header)) or 'none'}")
    for name in ("W1", "b1", "W2", "b2"):
        entry = header[name]
        dtype = entry.get("dtype") if isinstance(entry, dict) else None
        if dtype != "F32":
            raise ValueError(f"{path}: expected {name} in F32, got {dtype}")
    try:
        arrays = _arrays(header, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: expected a whole safetensors file; {error}") from error
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(shapes["W1"]) != 2 or len(shapes["W2"]) != 2:
        raise ValueError(f"{path}: expected W1 and W2 to be matrices, got {shapes['W1']} and {shapes['W2']}")
    (D, H), K = shapes["W1"], shapes["W2"][1]
    expected = {"W1": (D, H), "b1": (H,), "W2": (H, K), "b2": (K,)}
    if shapes != expected or min(D, H, K) < 1:
        raise ValueError(f"{path}: expected shapes that fit together, {expected}, got {shapes}")
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{path}: expected finite numbers, got nan or infinity in {name}")
    net = TwoLayerNet(np.random.default_rng(), D, H, K)
    for name, param in net.params.items():
        param[...] = arrays[name]
    return net


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
        raise ValueError(f"{path}: expected a safetensors file, got something else ({error})") from error


def _arrays(header, data):
    """Return the four arrays, which must lie one behind the other and fill the bytes."""
    arrays, end = {}, 0
    for name in sorted(("W1", "b1", "W2", "b2"), key=lambda name: header[name]["data_offsets"]):
        shape, (start, stop) = header[name]["shape"], header[name]["data_offsets"]
        if not all(type(n) is int and n >= 0 for n in (start, stop, *shape)):
            raise ValueError(f"sizes of {name} that are no whole numbers")
        if start != end or stop - start != 4 * math.prod(shape):
            raise ValueError(f"{name} of shape {shape} in bytes {start} to {stop}, where {end} comes next")
        arrays[name] = np.frombuffer(data[start:stop], "<f4").reshape(shape)
        end = stop
    if end != len(data):
        raise ValueError(f"arrays of {end:,} bytes in a file that has {len(data):,} behind its header")
    return arrays
