"""init.py: the distribution that each function promises, and nothing but the rng."""

import numpy as np
import pytest

from nnlib.init import he_normal, uniform


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
