"""What the library's tests share: MNIST read once, and the bytes of an IDX file, which nnlib reads but never writes."""

import gzip
import struct
import warnings

import numpy as np
import pytest
import torch

from nnlib.data import load_mnist

torch.set_num_threads(1)


def pytest_make_parametrize_id(val):
    """Name a case whose parameter is the content of a file by its length."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


@pytest.fixture
def no_warning():
    """A test whose numbers go to the edge of what a float holds asks for it: warnings are errors there."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ResourceWarning)  # of what another test left to be collected
        yield


@pytest.fixture(scope="session")
def mnist():
    return load_mnist()


@pytest.fixture(scope="session")
def idx():
    """A function: the bytes of the IDX file that holds an array."""

    def encode(array):
        array = np.asarray(array)
        code = CODES[array.dtype.str[1:]]
        sizes = b"".join(struct.pack(">I", size) for size in array.shape)
        return bytes([0, 0, code, array.ndim]) + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()

    return encode


@pytest.fixture
def small_mnist(tmp_path, mnist, idx):
    """A folder with the first 300 training and 100 test digits, half of the files compressed."""
    folder = tmp_path / "small"
    folder.mkdir()
    for part, X, y, N in (("train", mnist[0], mnist[1], 300), ("t10k", mnist[2], mnist[3], 100)):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(X[:N].reshape(N, 28, 28)), 1))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(y[:N]))
    return folder
