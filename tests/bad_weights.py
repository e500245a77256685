"""Files that are offered as weights, good and bad: one table for `nnlib.io.load` and for the digit page.

Each refuses in words of its own.
"""

import io as memory
import json
import pickle
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors.numpy

from nnlib.activations import ReLU
from nnlib.io import save
from nnlib.layers import Linear
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet


class File(NamedTuple):
    """What a file holds, and a part of what each reader says of it; None where it takes the file."""

    content: bytes
    nnlib: str | None
    page: str | None


def arrays(hidden=32, dtype=np.float32, seed=0):
    made = TwoLayerNet(np.random.default_rng(seed), hidden=hidden)
    return {name: value.astype(dtype) for name, value in made.params.items()}


GOOD = safetensors.numpy.save(arrays())
(HEADER_LENGTH,) = struct.unpack("<Q", GOOD[:8])
FIRST = json.loads(GOOD[8 : 8 + HEADER_LENGTH])


def rewritten(header, body=None):
    """The bytes of a file with this header over the body of a right one."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + (GOOD[8 + HEADER_LENGTH :] if body is None else body)


def changed(**changes):
    """The right file with some entries of some arrays changed in its header: W1={"dtype": "F16"}."""
    header = json.loads(GOOD[8 : 8 + HEADER_LENGTH])
    for name, entry in changes.items():
        header[name] |= entry
    return rewritten(header)


def with_number(number, dtype=np.float32):
    bad = arrays(dtype=dtype)
    bad["W2"][3, 4] = number
    return safetensors.numpy.save(bad)


def padded(length):
    """The right file with spaces behind its header, which is then so long."""
    return rewritten(GOOD[8 : 8 + HEADER_LENGTH].ljust(length))


def saved(net):
    """What nnlib writes now, with facts and a sum over all."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder) / "net", net, {"epochs": 10})
        return (Path(folder) / "net").read_bytes()


OURS = saved(TwoLayerNet(np.random.default_rng(0), hidden=32, dtype=np.float32))
IN_LAYERS = Sequential(Linear(784, 8, np.random.default_rng(0)), ReLU(), Linear(8, 10, np.random.default_rng(1)))


def npz():
    file = memory.BytesIO()
    np.savez(file, **arrays())
    return file.getvalue()


def npy():
    file = memory.BytesIO()
    np.save(file, arrays()["W1"])
    return file.getvalue()


def zipped(name, content=b"\0" * 300):
    file = memory.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def picture(kind, beginning):
    """A picture's first bytes: what is told, and where pictures go."""
    got = f"got a {kind}. "
    return File(
        beginning + bytes(99),
        f"{got}A picture of a digit is read by nnlib.picture.load_picture, and by python -m nnlib predict FILE",
        f"{got}Here a network is chosen. Draw your digit on the sheet; a picture of one is read by python -m nnlib "
        "predict FILE.",
    )


NOT_FINITE = "expected finite numbers, in float32 too, got {} in W2"
TWICE = GOOD[8 : 8 + HEADER_LENGTH].rstrip().replace(b'{"W', b'{"\\u00571":0,"W', 1)
B2_STARTS = FIRST["b2"]["data_offsets"][0]
FOREIGN = "a safetensors file, got something else"
FILES = {
    # Taken by both
    "float32": File(GOOD, None, None),
    "float64": File(safetensors.numpy.save(arrays(dtype=np.float64)), None, None),
    "both types": File(safetensors.numpy.save(arrays() | {"b1": np.ones(32)}), None, None),
    "words about itself": File(safetensors.numpy.save(arrays(), {"made": 'by "W1": me'}), None, None),
    "one hidden unit": File(safetensors.numpy.save(arrays(1)), None, None),
    "begins like a pickle": File(padded(640), None, None),  # 80 02 00 …, the length of its header
    "as nnlib writes it": File(OURS, None, None),
    "in layers": File(saved(IN_LAYERS), None, None),
    # Taken by the page alone, which does not look at the sum
    "a bit changed": File(OURS[:-1] + bytes([OURS[-1] ^ 1]), "a file that is damaged, or was changed", None),
    # Taken by nnlib alone, which knows other networks, and such for other pictures
    "other pixels": File(
        safetensors.numpy.save(arrays() | {"W1": np.ones((144, 32), np.float32)}),
        None,
        "expected W1 of shape (784, 32), got (144, 32)",
    ),
    "in layers, cut": File(saved(IN_LAYERS)[:-8], "expected a whole safetensors file", "expected a whole file"),
    "transposed": File(
        safetensors.numpy.save({name: np.ascontiguousarray(value.T) for name, value in arrays().items()}),
        "expected shapes that fit together",
        "expected W1 of shape (784, 32), got (32, 784)",
    ),
    # Other kinds of files
    "empty": File(b"", "got an empty file", "expected a safetensors file, got an empty file"),
    "seven bytes": File(b"1234567", FOREIGN, "got 7 bytes"),
    "NumPy's npz": File(npz(), "got NumPy's .npz. Load it", "got NumPy's .npz"),
    "NumPy's npy": File(npy(), "got NumPy's .npy. Load it", "got NumPy's .npy"),
    "PyTorch": File(
        zipped("archive/data.pkl"),
        "got PyTorch's .pt. To read it runs what it says. If you trust it, load it with its own library and write its "
        "arrays, each matrix W as numpy.ascontiguousarray(W.T) (PyTorch's are outputs × inputs), "
        "by safetensors.numpy.save_file",
        "got PyTorch's .pt",
    ),
    "Keras": File(zipped("model.weights.h5"), "got Keras' .keras", "got Keras' .keras"),
    "HDF5": File(b"\x89HDF\r\n\x1a\n" + bytes(300), "got HDF5, as Keras' .h5", "got HDF5, as Keras' .h5"),
    "a pickle": File(pickle.dumps(arrays()), "got a Python pickle, as an older .pt", "got a Python pickle"),
    "an old pickle": File(pickle.dumps(arrays(), 2), "got a Python pickle", "got a Python pickle, as an older .pt"),
    "a zip": File(zipped("net.safetensors"), "got a zip archive", "got a zip archive"),
    "gzip": File(b"\x1f\x8b\x08\0" + bytes(99), "got a gzip file", "got a gzip file"),
    "a PNG": picture("PNG picture", b"\x89PNG\r\n\x1a\n"),
    "a JPEG": picture("JPEG picture", b"\xff\xd8\xff\xe0"),
    "a GIF": picture("GIF picture", b"GIF89a"),
    "a WebP": picture("WebP picture", b"RIFF\x1a\0\0\0WEBP"),
    "a HEIC": picture("HEIC photograph", b"\0\0\0\x18ftypheic"),
    "a web page": File(b"\n<!DOCTYPE html><title>404</title>", "got a web page", "got a web page"),
    "a pointer": File(b"version https://git-lfs.github.com/spec/v1\noid", "got a Git LFS pointer", "got a Git LFS p"),
    # Damaged
    "truncated": File(GOOD[:-100], "expected a whole safetensors file", "expected a whole file, got one cut off"),
    "bytes behind": File(GOOD + b"more", "expected a whole safetensors file", "bytes of numbers, got"),
    "header too long": File(
        struct.pack("<Q", 10**12) + GOOD[8:],
        "a header of 1,000,000,000,000 bytes",
        "a header of 1,000,000,000,000 bytes",
    ),
    "header beyond 2^53": File(b"\xff" * 8 + GOOD[8:], "a header of 18,446,744", "a header of 18,446,744"),
    "not JSON": File(rewritten(b"{'W1': 1}"), FOREIGN, "its header is no JSON"),
    "not UTF-8": File(rewritten(b'{"W1\xff": 1}'), FOREIGN, "its header is no JSON"),
    "a list": File(rewritten([1, 2]), "a header that is no object", "expected a header that is an object"),
    "a name twice": File(rewritten(TWICE), "a name stands twice", "expected each name once, got W1 twice"),
    # Other contents
    "nothing in it": File(
        rewritten({}, b""),
        "expected the arrays W1, b1, W2 and b2, got none",
        "expected the arrays W1, b1, W2 and b2, got none",
    ),
    "an array missing": File(
        safetensors.numpy.save({k: v for k, v in arrays().items() if k != "b2"}), "got W1, W2, b1", "got W1, W2, b1"
    ),
    "an array too many": File(
        safetensors.numpy.save(arrays() | {"W3": np.ones(2)}),
        "expected the arrays W1, b1, W2 and b2, got W1, W2, W3",
        "expected the arrays W1, b1, W2 and",
    ),
    "no entry": File(
        rewritten(FIRST | {"W1": None}),
        "expected W1 in F32 or F64, got None",
        "expected W1 in F32 or F64, got undefined",
    ),
    "another type": File(
        changed(W1={"dtype": "F16"}), "expected W1 in F32 or F64, got F16", "expected W1 in F32 or F64, got F16"
    ),
    "a type of JavaScript": File(
        changed(W1={"dtype": "constructor"}),
        "expected W1 in F32 or F64, got constructor",
        "expected W1 in F32 or F64, got constructor",
    ),
    "whole numbers": File(safetensors.numpy.save(arrays(dtype=np.int64)), "got I64", "got I64"),
    "shape that is none": File(
        changed(W1={"shape": [784, -32]}),
        "sizes of W1 that are no whole numbers",
        "expected W1 with a shape, got [784,-32]",
    ),
    "shape of another size": File(
        changed(W1={"shape": [784, 31]}),
        "W1 of shape [784, 31] in bytes",
        "expected W1 of shape (784, 31) in 97216 bytes",
    ),
    "three sizes": File(
        changed(W1={"shape": [784, 8, 4]}),
        "expected W1 and W2 to be matrices",
        "expected W1 of shape (784, 32), got (784, 8, 4)",
    ),
    "no hidden unit": File(
        safetensors.numpy.save(arrays() | {"b1": np.ones(0, np.float32)}),
        "expected shapes that fit together",
        "at least one hidden unit",
    ),
    "offsets that overlap": File(
        changed(b1={"data_offsets": [B2_STARTS, B2_STARTS + 128]}),
        "expected a whole safetensors file",
        "to begin at byte",
    ),
    "offsets backwards": File(
        changed(b1={"data_offsets": [128, 0]}), "expected a whole safetensors file", "expected b1 with two offsets"
    ),
    "nan": File(with_number(np.nan), NOT_FINITE.format("nan"), "finite numbers in W2, got NaN"),
    "infinity": File(with_number(-np.inf), NOT_FINITE.format("-inf"), "finite numbers in W2, got -Infinity"),
    "beyond float32": File(
        with_number(1e39, np.float64),
        "expected finite numbers, in float32 too, got 1e+39 in W2",
        "finite numbers in W2, got 1e+39",
    ),
    "nan in float64": File(with_number(np.nan, np.float64), NOT_FINITE.format("nan"), "finite numbers in W2, got NaN"),
}
