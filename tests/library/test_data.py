"""data.py: MNIST itself, and what is made of its arrays."""

import gzip
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib import data

some = settings(max_examples=30)
FOLDER = Path(data.__file__).parent.parent / "data" / "mnist"
NAMES = [f"{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")]


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
