"""Chapter 21, as it stands in its cells: what groups of threads read."""

import numpy as np
import pytest
from chapter_names import names

gpu = names("21_gpu", "tile_reads", "by_groups")
SHAPES = [(1, 1, 1), (3, 5, 7), (16, 32, 16), (17, 3, 33), (100, 20, 10)]


@pytest.mark.equation("eq-tile-reads")
@pytest.mark.parametrize("q", [1, 4, 16])
@pytest.mark.parametrize("shape", SHAPES)
def test_reads_are_what_each_thread_fetches_counted_one_by_one(shape, q):
    """In each piece a thread fetches one number of either tile, if it lies within its matrix."""
    N, D, H = shape
    rows, columns, pieces = (q * -(-size // q) for size in (N, H, D))
    n, h, d = np.ogrid[:rows, :columns, :pieces:q]  # all threads of all groups, and the beginning of each piece
    of_X, of_W = (n < N) & (d + h % q < D), (d + n % q < D) & (h < H)
    assert gpu["tile_reads"](N, D, H, q) == np.broadcast_to(of_X, (rows, columns, pieces // q)).sum() + of_W.sum()


@pytest.mark.equation("eq-tile-reads")
@pytest.mark.parametrize("q", [1, 4, 16])
@pytest.mark.parametrize("shape", SHAPES)
def test_groups_compute_the_product_and_fetch_as_many(shape, q):
    N, D, H = shape
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(N, D)), rng.normal(size=(D, H))
    Z, fetched = gpu["by_groups"](X, W, q)
    np.testing.assert_allclose(Z, X @ W, rtol=1e-12, atol=1e-12)
    assert fetched == gpu["tile_reads"](N, D, H, q)


def test_without_tiles_each_product_reads_two_numbers():
    assert gpu["tile_reads"](128, 784, 64, 1) == 2 * 128 * 784 * 64
    assert gpu["tile_reads"](128, 784, 64, 16) * 16 == gpu["tile_reads"](128, 784, 64, 1)
