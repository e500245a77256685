"""What chapter 22 writes in its own cells: weights in a byte, coverage and accuracy, ink by NumPy."""

import numpy as np
import pytest
from chapter_names import names

from nnlib import io

page = names("22_page", "in_bytes", "judged", "near")
in_bytes, judged, near = map(page.get, ("in_bytes", "judged", "near"))


@pytest.mark.equation("eq-int8")
@pytest.mark.parametrize("most", [127, 31, 7, 1])
def test_a_weight_comes_back_within_half_a_scale(most):
    for W in (io.load(io.SHIPPED, np.float64).W1, np.random.default_rng(0).normal(size=(9, 4)) * [1e-9, 1, 50, 1e9]):
        q, s = in_bytes(W, most)
        assert q.dtype == np.int8 and np.abs(q).max(axis=0).tolist() == [most] * W.shape[1]
        assert (np.abs(W - q * s) <= s / 2 * (1 + 1e-12)).all()
        assert np.allclose(s * most, np.abs(W).max(axis=0), rtol=1e-14)


@pytest.mark.equation("eq-int8")
def test_weights_in_bytes_agree_with_torch():
    torch = pytest.importorskip("torch")
    W = io.load(io.SHIPPED, np.float64).W1
    q, s = in_bytes(W)
    zero = torch.zeros(W.shape[1], dtype=torch.int32)
    theirs = torch.fake_quantize_per_channel_affine(
        torch.tensor(W).float(), torch.tensor(s).float(), zero, 1, -127, 127
    )
    assert (np.abs(theirs.numpy() - q * s) > s / 2).mean() < 1e-4  # in float32, where half a scale is met


@pytest.mark.equation("eq-coverage")
def test_coverage_and_accuracy_are_what_counting_says():
    rng = np.random.default_rng(1)
    c, right = rng.random(500), rng.random(500) < 0.8
    for tau in (0, 0.3, c[7], 0.99):
        given = [r for one, r in zip(c, right, strict=True) if not one < tau]
        assert judged(c, right, tau) == (len(given) / 500, sum(given) / len(given))


@pytest.mark.equation("eq-segment")
def test_ink_by_numpy_is_near_the_segment():
    rng = np.random.default_rng(2)
    u, v, r = rng.random(2), rng.random(2), rng.random((200, 2))
    along = u + np.linspace(0, 1, 4001)[:, None] * (v - u)
    apart = np.sqrt(((r[:, None] - along) ** 2).sum(axis=-1)).min(axis=1)
    assert np.array_equal(near(r, u, v, 0.3), apart <= 0.15)
