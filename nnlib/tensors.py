"""The arrays of a safetensors file, of float32 and float64: written whole, and read where it is exactly such a file."""

import hashlib
import json
import math
import struct
from pathlib import Path

import numpy as np

from . import files

LIMIT, HEADER_LIMIT = 64_000_000, 100_000  # bytes; far above any network of this book, far below what hurts
_TYPES = {"F32": "<f4", "F64": "<f8"}
_OURS, _SEAL = "nnlib", "sha256"  # one name in the metadata, so that the same network gives the same bytes
_ONCE = "nnlib.layers"  # under which files had their layers before, and no sum
_DEEPEST = 100  # lists in lists; far above what a file needs


def write(path, arrays, told, limit=LIMIT, header_limit=HEADER_LIMIT):
    """Write arrays by name, and what is told of them, sealed: `read` refuses a file in which either was changed.

    Without the name nnlib in its header a file counts as one from elsewhere. It appears under its own name only when
    it is whole. Of a link, the file it leads to is written.

    Parameters
    ----------
    path : path
    arrays : dict of arrays
    told : dict
        Plain data for JSON. It lies in the header, as one string under one name.
    limit, header_limit : int
        How many bytes the file and its header may have.

    Raises
    ------
    ValueError
        If a reader would refuse the file: an array is neither float64 nor float32, a number is nan or infinite, or
        would be in float32, or all is too large. If `told` is no plain data, or what is at the path no ordinary file.
    OSError
        If it cannot be written; what was there stays.
    """
    stored = {}
    for name, array in arrays.items():
        if name == "__metadata__":
            raise ValueError(f"expected another name for an array, as the format has one for words, got {name}")
        if array.dtype.name not in ("float64", "float32"):
            raise ValueError(f"expected weights in float64 or float32, got {name} in {array.dtype}")
        if not sound(array):
            raise ValueError(f"expected finite weights, in float32 too, got {unsound(array)} in {name}")
        stored[name] = np.asarray(array, array.dtype.newbyteorder("<"), order="C")  # as `pack` writes it
    told = plain(told)
    told[_SEAL] = _seal(told, stored)
    content = pack(stored, {_OURS: json.dumps(told, sort_keys=True)})
    (length,) = struct.unpack("<Q", content[:8])
    if length > header_limit or len(content) > limit:
        most = f"a header of at most {header_limit:,} bytes in a file of at most {limit:,}"
        raise ValueError(f"{path}: expected {most}, got {length:,} in {len(content):,}")
    files.write(path, content)


def pack(arrays, metadata):
    """Return the bytes of a safetensors file: the length of a header, the
    header, the numbers. They are those of the format's own library, which no
    browser has.

    Parameters
    ----------
    arrays : dict of arrays
        Of float64 or float32, however they lie in memory.
    metadata : dict
        Words by name. Several names that library writes in any order.
    """

    def order(name):  # so each number begins at a multiple of its size
        return -arrays[name].itemsize, name

    header, numbers, end = {"__metadata__": metadata}, [], 0
    for name in sorted(arrays, key=order):
        array = arrays[name]
        begin, end = end, end + array.nbytes
        header[name] = {
            "dtype": f"F{8 * array.itemsize}",
            "shape": array.shape,
            "data_offsets": [begin, end],
        }
        # Row by row, also of a transposed array, and the lowest byte first.
        array = np.asarray(array, array.dtype.newbyteorder("<"))
        numbers.append(array.tobytes())
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    text = text.encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *numbers])


def read(path, limit=LIMIT, header_limit=HEADER_LIMIT):
    """Return the arrays of a safetensors file by name, and what `write` was told of them: {} of a file from elsewhere.

    Parameters
    ----------
    path : path
    limit, header_limit : int
        How many bytes the file and its header may have.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If it is a folder, too large or no such file, or was changed since it was written, or holds other types, or a
        number that is not finite: with what it is, and what to do with it.
    """
    header, data = parts(path, limit, header_limit)
    found = arrays(path, header, data)
    return found, _told(path, header.get("__metadata__"), found)


def _told(path, metadata, arrays):
    name = next((name for name in (_OURS, _ONCE) if name in (metadata or {})), None)
    if name is None:
        return {}
    try:
        told = _parsed(metadata[name])
        if name == _ONCE:
            return {"layers": told}
        whole = told.pop(_SEAL) == _seal(told, arrays)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        got = str(metadata[name])[:80]
        raise ValueError(f"{path}: expected what nnlib writes of itself, as JSON, got {got}") from error
    if not whole:
        raise ValueError(f"{path}: expected the numbers that nnlib wrote, got a file that is damaged, or was changed")
    return told


def plain(told):
    """Return plain data as they will be read: as JSON has it, with lists and words.

    Raises
    ------
    ValueError
        If they are none.
    """
    try:
        return _parsed(json.dumps(told))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"expected plain data to write beside the weights, got {str(told)[:80]}: {error}") from error


def _seal(told, arrays):
    """Return a sum over all that a file says, in any order of the arrays."""
    told = json.dumps(told, sort_keys=True)
    sums = {name: (str(a.dtype), a.shape, hashlib.sha256(a).hexdigest()) for name, a in arrays.items()}
    return hashlib.sha256(json.dumps([told, sums], sort_keys=True).encode()).hexdigest()


def parts(path, limit=LIMIT, header_limit=HEADER_LIMIT):
    """Return the header of a safetensors file, a dictionary, and the bytes behind it.

    Parameters
    ----------
    path : path
    limit, header_limit : int
        How many bytes the file and its header may have.

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If it is a folder, too large, or no such file: with what it is, and what to do with it.
    """
    files.check_there(path, "a file of weights, as python -m nnlib train --save FILE makes it")
    size = Path(path).stat().st_size
    if size > limit:
        raise ValueError(f"{path}: expected at most {limit:,} bytes, got {size:,}")
    with Path(path).open("rb") as file:
        return _split(file.read(size), path, header_limit)  # no more, though it grows meanwhile


def arrays(path, header, data):
    """Return {name: array} of what `parts` returned.

    Parameters
    ----------
    path : path
        For messages.
    header, data : dict, bytes

    Raises
    ------
    ValueError
        If a type is another, if header and bytes do not belong together, or a number is not finite.
    """
    header = {name: entry for name, entry in header.items() if name != "__metadata__"}
    for name, entry in header.items():
        dtype = entry.get("dtype") if isinstance(entry, dict) else None
        if not isinstance(dtype, str) or dtype not in _TYPES:
            raise ValueError(f"{path}: expected {name[:40]} in F32 or F64, got {str(dtype)[:40]}")
    try:
        found = _cut(header, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: expected a whole safetensors file; {str(error)[:200]}") from error
    for name, array in found.items():
        if not sound(array):
            raise ValueError(f"{path}: expected finite numbers, in float32 too, got {unsound(array)} in {name[:40]}")
    return found


def check_names(path, found, names, advice=""):
    """Raise a ValueError unless a dictionary has these names, no more and no less, with advice what to do."""
    if found.keys() != set(names):
        *most, last = names or ["none"]
        expected = f"{', '.join(most)} and {last}" if most else last
        raise ValueError(f"{path}: expected the arrays {expected}, got {_list(found)}{advice}")


def sound(array):
    """Return whether all numbers are finite in float32: then they are so in every type that a network may have."""
    most = np.finfo(np.float32).max  # a nan is neither above nor below; no array of absolute values is made
    return not array.size or bool(-most <= array.min() and array.max() <= most)


def unsound(array):
    """Return a number that is not."""
    low, high = array.min(), array.max()  # both nan where there is one
    return high if low >= -np.finfo(np.float32).max else low


def _list(names):
    return ", ".join(sorted(name[:40] for name in list(names)[:20])) or "none"


def _split(content, path, header_limit):
    """Return a file's header, as a dictionary, and the bytes behind it."""

    def once(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a name stands twice")  # the last would win
        return dict(pairs)

    def refuse(word):
        raise ValueError(f"{word}, which JSON has not")

    try:
        (length,) = struct.unpack("<Q", content[:8])
        if length > min(len(content) - 8, header_limit):
            raise ValueError(f"a header of {length:,} bytes in a file of {len(content):,}")
        header = _parsed(content[8 : 8 + length].decode(), object_pairs_hook=once, parse_constant=refuse)
        if not isinstance(header, dict) or content[8:9] != b"{":
            raise ValueError("a header that is no object")
        told = header.get("__metadata__")
        if not isinstance(told, dict | None) or not all(isinstance(words, str) for words in (told or {}).values()):
            raise ValueError("a __metadata__ that is no words by name")
        json.dumps([*header, told], ensure_ascii=False).encode()  # raises where half a letter stands, as \ud800
        return header, memoryview(content)[8 + length :]  # no copy of what may be large
    except (struct.error, ValueError, RecursionError) as error:
        # Only now: a header of 640 bytes makes a good file begin like a pickle.
        kind = files.kind_of(content)
        got = kind + _advice(kind) if kind else f"something else ({error})"
        raise ValueError(f"{path}: expected a safetensors file, got {got}") from error


def _parsed(text, **options):
    """Return what JSON says that is not too deep: in a browser its reader would end Python, as it calls itself."""
    outside = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])  # of the words in it
    depth = 0
    for letter in outside:
        depth += (letter in "[{") - (letter in "]}")
        if depth > _DEEPEST:
            raise ValueError(f"more than {_DEEPEST} lists in lists")
    return json.loads(text, **options)


def _advice(kind):
    """Return what to do with the weights in a file of another kind, if there may be any, or with a picture."""
    if "picture" in kind or "photograph" in kind:
        return ". A picture of a digit is read by nnlib.picture.load_picture, and by python -m nnlib predict FILE"
    if not any(word in kind for word in ("NumPy", "PyTorch", "Keras", "pickle")):
        return ""
    program = "pickle" in kind or ".pt" in kind
    load = ". To read it runs what it says. If you trust it, load" if program else ". Load"
    transposed = (
        ", each matrix W as numpy.ascontiguousarray(W.T) (PyTorch's are outputs × inputs)," if ".pt" in kind else ""
    )
    return (
        f"{load} it with its own library and write its arrays{transposed} by safetensors.numpy.save_file"
        '({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, FILE)'
    )


def _cut(header, data):
    """Return the arrays, which must lie one behind the other and fill the bytes."""
    arrays, end = {}, 0
    for name in sorted(header, key=lambda name: header[name]["data_offsets"]):
        shape, (start, stop) = header[name]["shape"], header[name]["data_offsets"]
        dtype = np.dtype(_TYPES[header[name]["dtype"]])
        if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in (start, stop, *shape)):
            raise ValueError(f"sizes of {name} that are no whole numbers")
        if start != end or stop - start != dtype.itemsize * math.prod(shape):  # eq-data-offsets
            raise ValueError(f"{name} of shape {shape} in bytes {start} to {stop}, where {end} comes next")
        if stop > len(data):
            raise ValueError(f"{name} in bytes {start} to {stop}, of {len(data):,} behind the header")
        arrays[name] = np.frombuffer(data[start:stop], dtype).reshape(shape)  # eq-row-major
        end = stop
    if end != len(data):
        raise ValueError(f"arrays of {end:,} bytes in a file that has {len(data):,} behind its header")
    return arrays
