"""The IDX format, in which MNIST is published: a short header, then the values of one array."""

import gzip
import zlib

import numpy as np

from . import files

_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path):
    """Return the array in an IDX file, plain or gzip-compressed, in the file's
    own shape and type.

    An IDX file opens with two zero bytes, a byte that names the type and one
    that counts the dimensions; the sizes follow as big-endian 32-bit integers,
    then the values, row by row (LeCun, Cortes and Burges' description of
    MNIST).

    Raises
    ------
    FileNotFoundError
        If there is no file.
    ValueError
        If the file is damaged, foreign, or shorter or longer than its header
        says.
    """
    content = files.read(path, "an IDX file")
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path}: expected a whole gzip file, got a damaged one ({error})") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _DTYPES:
        got = files.kind_of(content) or content[:4].hex(" ")
        raise ValueError(f"{path}: expected an IDX file, which opens 00 00 <type> <dimensions>, got {got}")
    dtype, dimensions = np.dtype(_DTYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise ValueError(f"{path}: expected {dimensions} sizes, {start} bytes, got a file of {len(content)} bytes")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, offset=4))
    expected = start + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise ValueError(f"{path}: expected {expected} bytes for shape {shape}, got {len(content)}")
    try:
        return np.frombuffer(content, dtype, offset=start).reshape(shape)
    except ValueError as error:  # more dimensions than NumPy has, or sizes beyond its reach around a 0
        raise ValueError(f"{path}: expected a shape that NumPy can hold, got {shape}; {error}") from error
