"""flat.py: arrays that fill one vector are found, and no others, however like them."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import flat

shapes = st.lists(st.lists(st.integers(1, 4), max_size=3).map(tuple), min_size=1, max_size=5)


def named(arrays):
    return dict(enumerate(arrays))


@given(shapes, st.sampled_from([np.float32, np.float64]))
def test_what_is_laid_out_is_found_again(shapes, dtype):
    arrays = flat.zeros(named(shapes), dtype)
    assert [array.shape for array in arrays.values()] == shapes
    vector = flat.joined(arrays)
    assert vector.dtype == dtype and vector.size == sum(array.size for array in arrays.values())
    vector[...] = np.arange(vector.size)
    np.testing.assert_array_equal(np.concatenate([array.ravel() for array in arrays.values()]), vector)
    if len(shapes) > 1:  # a part is not the whole, and another order is another vector
        names = list(arrays)
        assert flat.joined({name: arrays[name] for name in names[1:]}) is None
        assert flat.joined({name: arrays[name] for name in names[:-1]}) is None
        assert flat.joined({name: arrays[name] for name in reversed(names)}) is None


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda arrays: pickle.loads(pickle.dumps(arrays))])
def test_copies_lie_anywhere(copied):
    arrays = flat.zeros({"W": (2, 3), "b": (3,)}, float)
    other = copied(arrays)
    assert (flat.joined(other) is None) == (other["W"] is not arrays["W"])


def _vector(size=5, dtype=float):
    return np.zeros(size, dtype)


@pytest.mark.parametrize(
    "arrays",
    [
        [],
        [np.zeros(3)],  # its own owner
        [1.0],
        [np.float64(1)],
        [_vector()[:2]],
        [_vector()[1:]],
        [(v := _vector())[:2], v[3:]],
        [(v := _vector())[:3], v[2:]],
        [(v := _vector())[:2], v[2:], v[2:]],
        [(v := _vector(6))[:4].reshape(2, 2).T, v[4:]],
        [(v := _vector(8))[::2], v[4:]],
        [(v := np.zeros((2, 3)))[0], v[1]],  # of a matrix
        [_vector()[::-1]],
        [_vector(16, np.uint8).view(float)],  # its vector holds other numbers
        [(v := _vector(4, np.float32))[:2].view(float), v[2:]],
        [_vector()[:5], _vector()[:5]],
        [np.frombuffer(bytearray(80)), np.zeros(2)],
    ],
)
def test_what_only_looks_like_it_is_none(arrays):
    assert flat.joined(named(arrays)) is None


def test_a_read_file_in_memory_is_no_vector(tmp_path):
    np.save(tmp_path / "W.npy", np.ones(4))
    assert flat.joined({"W": np.load(tmp_path / "W.npy", mmap_mode="r")}) is None


def test_nothing_lies_in_no_vector():
    assert flat.zeros({}, float) == {}
    assert flat.joined({}) is None
