"""data.py: MNIST itself, IDX and CSV there and back, and every way in which a file can be wrong."""

import gzip
import hashlib
import re
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib import data

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
FOLDER = Path(data.__file__).parent.parent / "data" / "mnist"
NAMES = [f"{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")]


def by_length(value):
    """The name of a case whose parameter is the content of a file."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else None


# MNIST as shipped


def test_mnist_is_the_file_that_the_checksums_name():
    sums = {}
    for line in (FOLDER / "SHA256SUMS").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            digest, name = line.split()
            sums[name.removeprefix("*")] = digest
    assert set(sums) == {f"{name}{end}" for name in NAMES for end in (".gz", "")}
    for name in NAMES:
        packed = (FOLDER / f"{name}.gz").read_bytes()
        assert hashlib.sha256(packed).hexdigest() == sums[f"{name}.gz"]
        assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == sums[name]


# The MD5 sums of the four files, uncompressed, by which the original distribution is known.
@pytest.mark.parametrize(
    ("name", "md5"),
    [
        ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
        ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
        ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
        ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
    ],
)
def test_mnist_is_the_original(name, md5):
    content = gzip.decompress((FOLDER / f"{name}.gz").read_bytes())
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == md5


def test_facts_about_mnist(mnist):
    assert [array.shape for array in mnist] == [(60_000, 784), (60_000,), (10_000, 784), (10_000,)]
    assert {array.dtype for array in mnist} == {np.dtype(np.uint8)}
    assert mnist.X_train.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert mnist.X_train.std() / 255 == pytest.approx(0.3081, abs=5e-5)
    np.testing.assert_array_equal(
        np.bincount(mnist.y_train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    )
    np.testing.assert_array_equal(np.bincount(mnist.y_test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9]


def test_mnist_is_looked_for_where_the_environment_says(small_mnist, monkeypatch, mnist):
    monkeypatch.setenv("NNLIB_DATA", str(small_mnist))
    small = data.load_mnist()
    np.testing.assert_array_equal(small.X_train, mnist.X_train[:300])
    np.testing.assert_array_equal(small.y_test, mnist.y_test[:100])
    monkeypatch.setenv("NNLIB_DATA", "/nowhere")
    np.testing.assert_array_equal(data.load_mnist(small_mnist).y_train, mnist.y_train[:300])  # the argument wins
    with pytest.raises(FileNotFoundError, match=r"expected train-images.*gz or train-.* in /nowhere.*neither.*--data"):
        data.load_mnist()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("train-images-idx3-ubyte.gz", np.zeros((300, 784), "u1"), r"expected pictures \(N, 28, 28\) of uint8, got"),
        ("train-images-idx3-ubyte.gz", np.zeros((300, 28, 28), "f4"), r"got \(300, 28, 28\) of >f4"),
        ("train-labels-idx1-ubyte", np.zeros(299, "u1"), r"expected labels \(300,\) of uint8, got \(299,\)"),
        ("train-labels-idx1-ubyte", np.zeros((300, 1), "u1"), r"got \(300, 1\) of uint8"),
        ("t10k-labels-idx1-ubyte", np.full(100, 0.5, "f4"), "got .* of >f4"),
        ("t10k-labels-idx1-ubyte", np.arange(100, dtype="u1"), "expected labels 0 to 9, got 10 at example 10"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(small_mnist, idx, name, content, words):
    (small_mnist / name).write_bytes(idx(content))
    with pytest.raises(ValueError, match=f"{re.escape(str(small_mnist / name))}: .*{words}"):
        data.load_mnist(small_mnist)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", ["{dotted}", "{name}/{name}", "{dotted}/{dotted}", "{name}/{dotted}"])
def test_names_that_other_programs_give(small_mnist, mnist, form, packed):
    for name in NAMES:
        old = small_mnist / name if (small_mnist / name).exists() else small_mnist / f"{name}.gz"
        content = data.read_idx(old)
        raw = old.read_bytes() if old.suffix != ".gz" else gzip.decompress(old.read_bytes())
        old.unlink()
        new = small_mnist / form.format(name=name, dotted=name.replace("-idx", ".idx"))
        if packed:
            new = new.with_name(new.name + ".gz")
        new.parent.mkdir(exist_ok=True)
        new.write_bytes(gzip.compress(raw) if packed else raw)
        np.testing.assert_array_equal(data.read_idx(new), content)
    np.testing.assert_array_equal(data.load_mnist(small_mnist).X_train, mnist.X_train[:300])


def test_what_lies_there_instead_is_named(tmp_path):
    for name in ("mnist_train.csv", "mnist_test.csv"):
        (tmp_path / name).write_text("5")
    with pytest.raises(FileNotFoundError, match=r"found neither among mnist_test\.csv, mnist_train\.csv\. NNLIB_DATA"):
        data.load_mnist(tmp_path)


def test_a_missing_file_is_named(small_mnist):
    (small_mnist / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"expected t10k-labels-idx1-ubyte\.gz or t10k-labels-idx1-ubyte in"):
        data.load_mnist(small_mnist)


# IDX

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
idx_arrays = st.sampled_from(["u1", "i1", "<i2", ">i2", "<i4", ">i4", "<f4", ">f4", "<f8", ">f8"]).flatmap(
    lambda dtype: hnp.arrays(dtype, shapes)
)


@some
@given(idx_arrays, st.booleans())
def test_idx_round_trip(tmp_path, idx, array, packed):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    read = data.read_idx(path)
    assert read.dtype == array.dtype.newbyteorder(">")
    np.testing.assert_array_equal(read, array)


def refused(path, content, words=""):
    """The file is refused in words that name it and say what was expected."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        data.read_idx(path)


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
                read = data.read_idx(path)
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
    ids=by_length,
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


# CSV


@settings(some, max_examples=10)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_csv_round_trip(tmp_path, N, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(256, size=(N, 784)).astype(np.uint8), rng.integers(10, size=N).astype(np.uint8)
    data.write_csv(tmp_path / "file.csv", X, y)
    for read, wrote in zip(data.read_csv(tmp_path / "file.csv"), (X, y), strict=True):
        assert read.dtype == np.uint8 and read.flags.c_contiguous
        np.testing.assert_array_equal(read, wrote)


def test_idx_to_csv_and_back(tmp_path, mnist):
    X, y = mnist.X_test[:2500], mnist.y_test[:2500]  # more than one of the parts that are read at a time
    path = tmp_path / "mnist_test.csv"
    data.write_csv(path, X, y)
    read = data.read_csv(path)
    assert read[0].tobytes() == X.tobytes() and read[1].tobytes() == y.tobytes()
    lines = path.read_text().splitlines()
    assert lines[0].startswith("label,pixel0,pixel1,") and lines[0].endswith(",pixel783")
    assert lines[1] == ",".join(map(str, [y[0], *X[0]]))
    lines[2100] = lines[2100].replace(",", ",1.5,", 1).rsplit(",", 1)[0]
    path.write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"line 2101: expected pixel 0, 0 to 255, got '1\.5'"):
        data.read_csv(path)


def test_write_csv_refuses_what_does_not_fit_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text("old")
    for X, y in ((np.zeros((2, 783)), np.zeros(2)), (np.zeros((2, 784)), np.zeros(3)), (np.zeros((2, 28, 28)), [0, 0])):
        with pytest.raises(ValueError, match=r"expected pictures of shape \(\d, 784\) for \d labels, got"):
            data.write_csv(path, X, y)

    def broken(self, file, **options):
        Path(file).write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr(pd.DataFrame, "to_csv", broken)
    with pytest.raises(OSError, match="no space left"):
        data.write_csv(path, np.zeros((1, 784), np.uint8), np.zeros(1))
    assert [file.name for file in tmp_path.iterdir()] == ["file.csv"]
    assert path.read_text() == "old"


ROW = ["7", *map(str, (n % 256 for n in range(784)))]
HEADER = ["label", *(f"{row}x{column}" for row in range(28) for column in range(28))]


def csv(tmp_path, *rows, newline="\n", mark=b""):
    path = tmp_path / "file.csv"
    path.write_bytes(mark + newline.join(",".join(row) for row in rows).encode())
    return path


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    "header",
    [
        [],
        [HEADER],
        [["Label", *map(str, range(784))]],
        [["", *map(str, range(784))]],
        [[f'"{name}"' for name in HEADER]],
        [["", *HEADER[1:]]],
        [[*map(str, range(785))]],
        [[*map(str, range(1, 786))]],
    ],
)
def test_csv_forms(tmp_path, newline, mark, header):
    end = [[]] if mark else []  # with and without a last line end
    X, y = data.read_csv(csv(tmp_path, *header, ROW, ROW, *end, newline=newline, mark=mark))
    assert y.tolist() == [7, 7]
    assert X.tolist() == [list(map(int, ROW[1:]))] * 2


def test_csv_numbers_may_be_quoted_spaced_or_written_as_floats(tmp_path):
    for form in ('"{}"', " {}", "{}.0", "0{}"):
        X, y = data.read_csv(csv(tmp_path, [form.format(value) for value in ROW]))
        assert y.tolist() == [7] and X[0].tolist() == list(map(int, ROW[1:]))


def changed(place, value):
    return [*ROW[:place], value, *ROW[place + 1 :]]


@pytest.mark.parametrize(
    "value", ["-1", "256", "1.5", "x", "", "nan", "inf", "1e9", "-0.5", "99999999999999999999", "True"]
)
@pytest.mark.parametrize(("place", "before"), [(1, []), (784, [ROW]), (300, [HEADER, ROW])])
def test_a_bad_pixel_is_named(tmp_path, value, place, before):
    path = csv(tmp_path, *before, changed(place, value), ROW)
    words = f"{re.escape(str(path))}, line {len(before) + 1}: expected pixel {place - 1}, 0 to 255, got '{value[:1]}"
    with pytest.raises(ValueError, match=words):
        data.read_csv(path)


@pytest.mark.parametrize("value", ["-1", "10", "0.5", "x", "", "nan", "True"])
@pytest.mark.parametrize("before", [[], [HEADER], [ROW], [HEADER, ROW]])
def test_a_bad_label_is_named(tmp_path, value, before):
    path = csv(tmp_path, *before, changed(0, value))
    words = f"{re.escape(str(path))}, line {len(before) + 1}: expected a label, 0 to 9, got"
    with pytest.raises(ValueError, match=words):
        data.read_csv(path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "expected rows of a label and 784 pixels, got an empty file"),
        ([[], []], "expected rows of a label and 784 pixels, got an empty first line"),
        ([HEADER], "expected rows below the header, got none"),
        ([ROW[:-1]], "expected 785 columns, a label and 784 pixels, got 784"),
        ([[*ROW, "0"]], "expected 785 columns, a label and 784 pixels, got 786"),
        ([["5"]], "got 1"),
        ([ROW, ROW[:-1], ROW], "line 2: expected pixel 783, 0 to 255, got ''"),
        ([ROW, ROW, [*ROW, "0"]], "Expected 785 fields in line 3, saw 786"),
        ([HEADER, ROW, [], ROW], "line 3: expected a label, 0 to 9, got"),
        ([[], ROW], "got an empty first line"),
        ([ROW, ['"7', *ROW[1:]]], "expected"),
        ([HEADER, HEADER, ROW], "line 2: expected a label, 0 to 9, got 'label'"),
        ([["|".join(ROW)]], "got 1"),
        ([HEADER[1:], ROW[1:]], "expected 785 columns, a label and 784 pixels, got 784: the label is missing, it"),
        ([["ImageId", *HEADER[1:]], ["1", *ROW[1:]]], "got 'imageid' as the first column's name and none of a label"),
        ([["Unnamed: 0", *HEADER[1:]], ["0", *ROW[1:]]], "got 'unnamed: 0' as the first column's name and none"),
        ([["7", *784 * ["0"]], ["7", *392 * ["0", "1"]]], "got none above 1: multiply them by 255"),
        ([["7", *783 * ["0"], "0.5"]], "got '0.5' in a row of none above 1: multiply the pixels by 255"),
        ([[*HEADER, "class"], [*ROW, "0"]], "expected one column with the label, got 'label' and 'class' in the"),
        ([["", *HEADER], ["0", *ROW], ["1", *ROW]], "got 786: the first counts the rows, it seems"),
        ([["0", *ROW], ["1", *ROW]], "got 786: the first counts the rows, it seems"),
        ([[ROW[0], "9" * 400, *ROW[2:]]], "expected rows of a label and 784 pixels; "),
    ],
)
def test_ragged_and_empty_csv(tmp_path, rows, words):
    path = csv(tmp_path, *rows)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{words}"):
        data.read_csv(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "got a PNG picture"),
        ("5,0,0\n".encode("utf-16"), "got text in UTF-16: save it as UTF-8"),
        (b"@RELATION mnist_784\n", "got ARFF: keep what is below @DATA"),
        (gzip.compress(b"5,0,0\n", mtime=0), "got a gzip file"),
        (b"PK\3\4" + bytes(26) + b"mnist_train.csv", "got a zip archive"),
        (b"PK\3\4" + bytes(26) + b"[Content_Types].xml xl/workbook.xml", "got an Excel file"),
        (b"\0" * 3000, ""),
    ],
    ids=by_length,
)
def test_foreign_files_are_no_csv(tmp_path, content, words):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        data.read_csv(path)


@pytest.mark.parametrize(("read", "what"), [(data.read_csv, "a CSV file, rows of .*"), (data.read_idx, "an IDX file")])
def test_a_missing_file_and_a_folder_are_said_in_one_way(tmp_path, read, what):
    path = tmp_path / "none.csv"
    with pytest.raises(FileNotFoundError, match=f"{re.escape(str(path))}: expected {what}, found nothing there"):
        read(path)
    with pytest.raises(ValueError, match=f"{re.escape(str(tmp_path))}: expected {what}, got a folder"):
        read(tmp_path)


# Where the label is


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", [False, True])
def test_csv_separators(tmp_path, separator, header):
    rows = [HEADER, ROW, ROW] if header else [ROW, ROW]
    path = tmp_path / "file.csv"
    path.write_bytes("\r".join(separator.join(row) for row in rows).encode())  # the third of the line ends
    X, y = data.read_csv(path)
    assert y.tolist() == [7, 7] and X.tolist() == [list(map(int, ROW[1:]))] * 2


@pytest.mark.parametrize("header", [[], [HEADER]])
def test_csv_whose_lines_end_in_a_separator(tmp_path, header):
    X, y = data.read_csv(csv(tmp_path, *([*row, ""] for row in [*header, ROW, ROW])))
    assert y.tolist() == [7, 7] and X.tolist() == [list(map(int, ROW[1:]))] * 2


@pytest.mark.parametrize(
    ("name", "place"), [("label", 784), ("Class", 784), (" digit", 0), ('"target"', 1), ("y", 400), ("labels", 783)]
)
def test_the_header_says_where_the_label_is(tmp_path, mnist, name, place):
    X, y = mnist.X_test[:30], mnist.y_test[:30]
    table = np.insert(X.astype(int), place, y, axis=1)
    header = [f"pixel{n + 1}" for n in range(784)]
    header.insert(place, name)
    path = csv(tmp_path, header, *(map(str, row) for row in table))
    for read, wrote in zip(data.read_csv(path), (X, y), strict=True):
        assert read.dtype == np.uint8 and read.flags.c_contiguous
        np.testing.assert_array_equal(read, wrote)
    table[4, place] = 11
    with pytest.raises(ValueError, match="line 6: expected a label, 0 to 9, got '11'"):
        data.read_csv(csv(tmp_path, header, *(map(str, row) for row in table)))


@pytest.mark.parametrize(
    "header", [[], [["", *HEADER[1:]]], [[f"column{n}" for n in range(785)]], [[*map(str, range(785))]]]
)
@pytest.mark.parametrize("rows", [range(1), range(5)])
def test_labels_that_stand_last_are_refused_where_no_header_names_them(tmp_path, mnist, header, rows):
    X, y = mnist.X_test[rows], mnist.y_test[rows]
    last = np.insert(X.astype(int), 784, y, axis=1)
    path = csv(tmp_path, *header, *(map(str, row) for row in last))
    with pytest.raises(ValueError, match="expected the label first, got rows that end in it, it seems: move"):
        data.read_csv(path)
    first = np.insert(X.astype(int), 0, y, axis=1)
    np.testing.assert_array_equal(data.read_csv(csv(tmp_path, *header, *(map(str, row) for row in first)))[1], y)


def test_labels_that_stand_last_behind_pictures_with_bright_corners(tmp_path, mnist):
    X, y = mnist.X_test[:20].astype(int), mnist.y_test[:20]
    X[:, 0] = 200
    path = csv(tmp_path, *(map(str, row) for row in np.insert(X, 784, y, axis=1)))
    with pytest.raises(ValueError, match="line 1: expected a label, 0 to 9, got '200' in rows that end in it"):
        data.read_csv(path)


def test_the_right_form_is_never_taken_for_the_other(tmp_path, mnist):
    """Of no class alone, nor of all; in MNIST the last pixel is always 0, so no subset of it can look like labels."""
    assert not mnist.X_train[:, -1].any() and not mnist.X_test[:, -1].any()
    for digit in range(10):
        X = mnist.X_test[mnist.y_test == digit][:3]
        data.write_csv(tmp_path / "file.csv", X, np.full(len(X), digit))
        X_read, y = data.read_csv(tmp_path / "file.csv")
        assert set(y) == {digit}
        np.testing.assert_array_equal(X_read, X)


# Scaling, one-hot rows, splits


@pytest.mark.equation("eq-scale")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scale(dtype):
    pixels = np.arange(256, dtype=np.uint8)
    x = data.scale(pixels, dtype)
    assert x.dtype == dtype and x[0] == 0 and x[255] == 1
    np.testing.assert_array_equal(x, pixels.astype(dtype) / dtype(255))
    assert pixels[255] == 255
    assert data.scale(pixels).dtype == np.float64


@pytest.mark.equation("eq-one-hot")
@some
@given(hnp.arrays(st.sampled_from([np.uint8, np.int64, np.int8]), st.integers(0, 9), elements=st.integers(0, 6)))
def test_one_hot(labels):
    Y = data.one_hot(labels, 7)
    assert Y.shape == (len(labels), 7) and Y.dtype == np.float64
    for n, label in enumerate(labels):
        assert [k for k in range(7) if Y[n, k] == 1] == [label]
        assert Y[n].sum() == 1
    assert data.one_hot(labels, 7, np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 10], "expected labels 0 to 9, got 10 at example 1"),
        ([3, 4, -1], "expected labels 0 to 9, got -1 at example 2"),
        ([0.0, 1.0], "expected a row of whole numbers, got shape .* of float64"),
        ([True], "of bool"),
        ([[1], [2]], r"got shape \(2, 1\)"),
        (3, r"got shape \(\)"),
        (["1"], "of <U1"),
    ],
)
def test_one_hot_refuses(labels, words):
    with pytest.raises(ValueError, match=words):
        data.one_hot(labels)


@some
@given(st.integers(2, 20), st.data())
def test_split_keeps_every_example_once_in_order(N, draw):
    held_out = draw.draw(st.integers(1, N - 1))
    X, y = np.arange(2 * N).reshape(N, 2), np.arange(N)  # no two of one class: no order to be seen
    (X1, y1), (X2, y2) = data.split(X, y, held_out)
    assert len(y2) == held_out == len(X2)
    np.testing.assert_array_equal(np.concatenate([y1, y2]), y)
    np.testing.assert_array_equal(np.concatenate([X1, X2]), X)


@pytest.mark.parametrize("held_out", [0, -1, 5, 6])
def test_split_refuses_an_empty_part(held_out):
    with pytest.raises(ValueError, match=f"expected to hold out 1 to 4 of 5 examples, got {held_out}"):
        data.split(np.zeros((5, 2)), np.zeros(5), held_out)


def test_split_of_mnist_is_the_last_of_it(mnist):
    (X, y), (X_val, y_val) = data.split(mnist.X_train, mnist.y_train, 10_000)
    assert X.base is not None and np.shares_memory(X, mnist.X_train)
    np.testing.assert_array_equal(X_val, mnist.X_train[50_000:])
    np.testing.assert_array_equal(y, mnist.y_train[:50_000])
    np.testing.assert_array_equal(y_val, mnist.y_train[50_000:])


@pytest.mark.parametrize(
    "y",
    [
        np.repeat(np.arange(10), 10),
        np.repeat(np.arange(10), 10)[::-1],
        np.repeat([3, 1, 2], 20),  # a folder a class, in any order
        np.repeat([0, 1], 10),
        np.concatenate([np.tile(np.arange(9), 100), np.full(60, 9)]),  # one class put behind
        np.concatenate([np.full(60, 9), np.tile(np.arange(9), 100)]),  # or before
    ],
)
def test_split_refuses_a_sorted_set_and_an_rng_mends_it(y):
    X, held_out = np.arange(len(y)), len(y) // 5
    with pytest.raises(ValueError, match=r"examples in no order, got the (last|first) \d+ without any of class"):
        data.split(X, y, held_out)
    (X1, y1), (X2, y2) = data.split(X, y, held_out, np.random.default_rng(0))
    assert len(y2) == held_out
    assert len(set(y1)) + len(set(y2)) > len(set(y[:-held_out])) + len(set(y[-held_out:]))
    assert sorted([*X1, *X2]) == list(range(len(y)))
    np.testing.assert_array_equal(y[np.concatenate([X1, X2])], np.concatenate([y1, y2]))
    again = data.split(X, y, held_out, np.random.default_rng(0))
    np.testing.assert_array_equal(again[1][0], X2)


@settings(max_examples=200, derandomize=True)  # by chance one draw in ten thousand is refused
@given(st.integers(2, 400), st.integers(1, 10), st.integers(0, 2**32 - 1), st.data())
def test_split_takes_what_is_in_no_order(N, classes, seed, draw):
    y = np.random.default_rng(seed).integers(classes, size=N)
    held_out = draw.draw(st.integers(1, N - 1))
    data.split(np.arange(N), y, held_out)


def test_split_refuses_what_does_not_belong_together():
    with pytest.raises(ValueError, match="expected a label for each example, got 5 and 4"):
        data.split(np.zeros((5, 2)), np.zeros(4), 2)
    with pytest.raises(ValueError, match=r"expected to hold out 1 to 4 of 5 examples, got 0\.2"):
        data.split(np.zeros((5, 2)), np.zeros(5), 0.2)
