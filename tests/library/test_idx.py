"""idx.py: every array there and back, and every way in which a file can be wrong."""

import gzip
import re
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib.idx import read_idx

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
idx_arrays = st.sampled_from(["u1", "i1", "<i2", ">i2", "<i4", ">i4", "<f4", ">f4", "<f8", ">f8"]).flatmap(
    lambda dtype: hnp.arrays(dtype, shapes)
)


@some
@given(idx_arrays, st.booleans())
def test_idx_round_trip(tmp_path, idx, array, packed):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    read = read_idx(path)
    assert read.dtype == array.dtype.newbyteorder(">")
    np.testing.assert_array_equal(read, array)


def refused(path, content, words=""):
    """The file is refused in words that name it and say what was expected."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        read_idx(path)


def test_idx_cut_or_lengthened_anywhere(tmp_path, idx):
    whole = idx(np.arange(12, dtype=">i2").reshape(3, 4))
    for length in range(len(whole)):
        refused(tmp_path / "plain", whole[:length], "got")
    refused(tmp_path / "plain", whole[:-1], rf"{len(whole)} bytes for shape \(3, 4\), got {len(whole) - 1}")
    refused(tmp_path / "plain", whole + b"\0", rf"{len(whole)} bytes for shape \(3, 4\), got {len(whole) + 1}")


def test_gzip_cut_or_lengthened_anywhere(tmp_path, idx):
    packed = gzip.compress(idx(np.arange(12, dtype="u1")))
    for length in range(len(packed)):
        refused(tmp_path / "file.gz", packed[:length])
    refused(tmp_path / "file.gz", packed + b"more", "a whole gzip file, got a damaged one")
    refused(tmp_path / "file.gz", gzip.compress(idx(np.arange(12, dtype="u1"))[:-3]), "24 bytes|20 bytes")


def test_gzip_with_one_byte_changed(tmp_path, idx):
    array = np.random.default_rng(0).integers(256, size=40).astype("u1")
    packed, path = gzip.compress(idx(array)), tmp_path / "file.gz"
    for place in range(len(packed)):
        for flip in (0x01, 0x04, 0x18, 0x80, 0xFF):
            damaged = bytearray(packed)
            damaged[place] ^= flip
            path.write_bytes(damaged)
            try:
                read = read_idx(path)
            except ValueError as error:
                assert str(error).startswith(f"{path}: expected ")
            else:  # a byte that says nothing about the content, such as the time in the header
                np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got an empty file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "opens 00 00 <type> <dimensions>, got a PNG picture"),
        (b"label,pixel0\n5,0\n", "got 6c 61 62 65"),
        (b"\0\0\x07\x01\0\0\0\1\0", "got 00 00 07 01"),
        (b"\0\1\x08\x01\0\0\0\1\0", "got 00 01 08 01"),
        (b"\1\0\x08\x01\0\0\0\1\0", "got 01 00 08 01"),
        (gzip.compress(b"no digits in here", mtime=0), "got 6e 6f 20 64"),
        (gzip.compress(b"", mtime=0), "got an empty file"),
        (b"\x1f\x8b" + bytes(30), "a whole gzip file, got a damaged one"),
        (b"PK\3\4" + bytes(50), "got a zip archive"),
        (b"<!DOCTYPE html><title>404</title>", "got a web page"),
        (b"\0\0\x08\x03\0\0\0\2", "3 sizes, 16 bytes, got a file of 8 bytes"),
    ],
)
def test_foreign_files(tmp_path, content, words):
    refused(tmp_path / "file", content, words)


@pytest.mark.parametrize(
    "sizes", [(2**32 - 1,) * 3, (60_000, 28, 28), (0, 2**32 - 1, 2**32 - 1), (1,) * 70, (9,) * 255]
)
def test_a_header_that_promises_much_costs_nothing(tmp_path, sizes):
    content = bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + b"\0"
    if 0 in sizes:
        content = content[:-1]  # an empty array, and yet beyond NumPy
    tracemalloc.start()
    refused(tmp_path / "file", content)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_missing_file_and_a_folder_are_said_to_be(tmp_path):
    path = tmp_path / "none"
    with pytest.raises(FileNotFoundError, match=f"{re.escape(str(path))}: expected an IDX file, found nothing there"):
        read_idx(path)
    with pytest.raises(ValueError, match=f"{re.escape(str(tmp_path))}: expected an IDX file, got a folder"):
        read_idx(tmp_path)
