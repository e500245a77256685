"""init.py: the distribution that each function promises, and nothing but the rng."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlib.init import he_normal, he_uniform, orthogonal, uniform, xavier_normal, xavier_uniform
from nnlib.layers import Linear


@pytest.mark.equation("eq-he-normal")
@pytest.mark.parametrize(("fan_in", "fan_out"), [(784, 64), (64, 10), (1, 1), (3, 200)])
def test_he_normal_is_a_scaled_standard_normal(fan_in, fan_out):
    W = he_normal(np.random.default_rng(5), fan_in, fan_out)
    same_draws = np.random.default_rng(5).standard_normal((fan_in, fan_out))
    np.testing.assert_allclose(W, same_draws * (2 / fan_in) ** 0.5, rtol=1e-14)


@pytest.mark.equation("eq-he-normal")
def test_he_normal_keeps_the_size_of_a_signal_through_relu():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(500, 300))
    for _ in range(5):  # E[relu(z)²] = E[x²] when the variance is 2/fan_in
        x = np.maximum(x @ he_normal(rng, 300, 300), 0)
    assert (x**2).mean() == pytest.approx(1, abs=0.15)


def test_uniform_fills_its_interval():
    W = uniform(np.random.default_rng(0), 300, 200)
    assert W.shape == (300, 200)
    assert -0.5 <= W.min() < -0.49 and 0.49 < W.max() < 0.5
    assert W.mean() == pytest.approx(0, abs=0.01)
    assert W.var() == pytest.approx(1 / 12, rel=0.02)
    assert np.abs(uniform(np.random.default_rng(0), 30, 20, limit=0.1)).max() <= 0.1


@pytest.mark.parametrize("init", [he_normal, uniform])
def test_equal_generators_give_equal_weights(init):
    one, two = np.random.default_rng(3), np.random.default_rng(3)
    np.testing.assert_array_equal(init(one, 4, 5), init(two, 4, 5))
    assert not np.array_equal(init(one, 4, 5), init(np.random.default_rng(3), 4, 5))  # the generator has moved on


SCALED = {
    "he_uniform": (he_uniform, lambda D, H: 2 / D),
    "xavier_normal": (xavier_normal, lambda D, H: 2 / (D + H)),
    "xavier_uniform": (xavier_uniform, lambda D, H: 2 / (D + H)),
}


@pytest.mark.equation("eq-he-uniform", "eq-xavier-normal", "eq-xavier-uniform")
@pytest.mark.parametrize(("init", "variance"), SCALED.values(), ids=SCALED)
@pytest.mark.parametrize(("D", "H"), [(400, 300), (100, 900), (900, 100), (784, 64)])
def test_the_variance_is_the_promised_one(init, variance, D, H):
    W = init(np.random.default_rng(0), D, H)
    assert W.shape == (D, H) and W.dtype == np.float64
    # The variance of N squares of normal draws is known to √(2/N), of uniform ones better: 5 standard errors.
    assert W.var() == pytest.approx(variance(D, H), rel=5 * (2 / W.size) ** 0.5)
    assert abs(W.mean()) < 5 * (variance(D, H) / W.size) ** 0.5


@pytest.mark.equation("eq-he-uniform", "eq-xavier-uniform")
@pytest.mark.parametrize(("init", "variance"), [SCALED["he_uniform"], SCALED["xavier_uniform"]])
def test_uniform_draws_fill_their_interval_and_no_more(init, variance):
    limit = (3 * variance(300, 200)) ** 0.5
    W = init(np.random.default_rng(0), 300, 200)
    assert 0.999 * limit < np.abs(W).max() <= limit


@pytest.mark.equation("eq-he-uniform", "eq-xavier-normal", "eq-xavier-uniform")
def test_the_same_variances_as_torch_s():
    for ours, theirs in (
        (he_uniform, torch.nn.init.kaiming_uniform_),
        (xavier_normal, torch.nn.init.xavier_normal_),
        (xavier_uniform, torch.nn.init.xavier_uniform_),
    ):
        W = ours(np.random.default_rng(0), 500, 250)
        tW = theirs(torch.empty(250, 500), generator=torch.Generator().manual_seed(0))  # theirs is (out, in)
        assert W.std() == pytest.approx(tW.std().item(), rel=0.02)


@pytest.mark.equation("eq-xavier-normal", "eq-xavier-uniform")
def test_xavier_keeps_the_size_of_a_signal_where_the_slope_is_1():
    rng = np.random.default_rng(0)
    for init in (xavier_normal, xavier_uniform):
        x = rng.normal(size=(500, 300))
        for _ in range(5):
            x = x @ init(rng, 300, 300)
        assert (x**2).mean() == pytest.approx(1, abs=0.15)


@pytest.mark.equation("eq-orthogonal")
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_orthogonal_keeps_all_lengths_of_the_smaller_space(D, H, seed):
    W = orthogonal(np.random.default_rng(seed), D, H)
    assert W.shape == (D, H)
    np.testing.assert_allclose(np.linalg.svd(W, compute_uv=False), 1, rtol=1e-12)
    product = W.T @ W if D >= H else W @ W.T
    np.testing.assert_allclose(product, np.eye(min(D, H)), atol=1e-12)


def test_orthogonal_favours_no_direction():
    """QR alone fixes the signs of R's diagonal: then det and the first entry would lean to one side."""
    rng = np.random.default_rng(0)
    first = [orthogonal(rng, 3, 3) for _ in range(2000)]
    assert abs(np.mean(first, axis=0)).max() < 5 * (1 / 3 / 2000) ** 0.5  # each entry has mean 0 and variance 1/3
    assert abs(np.mean(np.linalg.det(first))) < 5 / 2000**0.5


@pytest.mark.parametrize("init", [he_uniform, xavier_normal, xavier_uniform, orthogonal])
def test_only_the_generator_is_asked(init):
    assert np.array_equal(init(np.random.default_rng(3), 4, 5), init(np.random.default_rng(3), 4, 5))
    layer = Linear(4, 5, np.random.default_rng(3), init=init)
    np.testing.assert_array_equal(layer.params["W"], init(np.random.default_rng(3), 4, 5))
    for shape in ((1, 1), (1, 7), (7, 1)):
        assert np.isfinite(init(np.random.default_rng(0), *shape)).all()
