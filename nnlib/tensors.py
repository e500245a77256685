"""The arrays of a safetensors file, of float32 and float64: read only where it is exactly such a file."""

import json
import math
import struct
from pathlib import Path

import numpy as np

from . import files

_LIMIT = 64_000_000  # bytes; far above any network of this book, far below what hurts
_TYPES = {"F32": "<f4", "F64": "<f8"}


def parts(path):
    """Return the header of a safetensors file, a dictionary, and the bytes behind it.

    Raises
    ------
    FileNotFoundError
        If there is no file, or a folder.
    ValueError
        If it is too large, or no such file: with what it is, and what to do with it.
    """
    files.check_there(path, "a file of weights, as python -m nnlib train --save FILE makes it")
    size = Path(path).stat().st_size
    if size > _LIMIT:
        raise ValueError(f"{path}: expected at most {_LIMIT:,} bytes, got {size:,}")
    return _split(Path(path).read_bytes(), path)


def arrays(path, header, data, names=None, advice=""):
    """Return {name: array} of what `parts` returned.

    Parameters
    ----------
    path : path
        For messages.
    header, data : dict, bytes
    names : names, optional
        What the file must hold, no more and no less; by default anything.
    advice : str
        What to do where it holds others.

    Raises
    ------
    ValueError
        If the names are others, or a type, if header and bytes do not belong together, or a number is not finite.
    """
    header = {name: entry for name, entry in header.items() if name != "__metadata__"}
    if names is not None:
        check_names(path, header, names, advice)
    for name, entry in header.items():
        dtype = entry.get("dtype") if isinstance(entry, dict) else None
        if not isinstance(dtype, str) or dtype not in _TYPES:
            raise ValueError(f"{path}: expected {name} in F32 or F64, got {dtype}")
    try:
        found = _cut(header, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: expected a whole safetensors file; {error}") from error
    for name, array in found.items():
        if not sound(array):
            raise ValueError(f"{path}: expected finite numbers, in float32 too, got {unsound(array)} in {name}")
    return found


def check_names(path, found, names, advice=""):
    """Raise a ValueError unless a dictionary has these names, no more and no less."""
    if found.keys() != set(names):
        *most, last = names or ["none"]
        expected = f"{', '.join(most)} and {last}" if most else last
        raise ValueError(f"{path}: expected the arrays {expected}, got {_list(found)}{advice}")


def sound(array):
    """Return whether all numbers are finite in float32: then they are so in every type that a network may have."""
    return bool((np.abs(array) <= np.finfo(np.float32).max).all())


def unsound(array):
    """Return the first number that is not."""
    return array[~(np.abs(array) <= np.finfo(np.float32).max)][0]


def _list(names):
    return ", ".join(sorted(name[:40] for name in list(names)[:20])) or "none"


def _split(content, path):
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


def _cut(header, data):
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
