"""gradcheck.py: finite differences where the truth is known, and what must not pass."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib.gradcheck import check_gradients, directional_derivative, numerical_gradient, relative_error

some = settings(max_examples=40)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, max_side=3)
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.equation("eq-central-difference")
@some
@given(shapes, seeds)
def test_numerical_gradient_is_exact_on_quadratics(shape, seed):
    rng = np.random.default_rng(seed)
    x, a, b = (np.asarray(rng.normal(size=shape)) for _ in range(3))
    before = x.copy()
    gradient = numerical_gradient(lambda: (a * x**2 + b * x).sum(), x, step=0.5)  # no step is too long for a parabola
    assert gradient.shape == shape
    np.testing.assert_allclose(gradient, 2 * a * x + b, rtol=1e-9, atol=1e-11)
    assert x.tobytes() == before.tobytes()


@pytest.mark.equation("eq-central-difference")
def test_the_error_is_the_one_that_taylor_gives():
    """3x² + h² for x³, h²/6 times the third derivative. Products of quarters are exact; a library's pow need not be."""
    x = np.array([2.0])
    assert numerical_gradient(lambda: x[0] * x[0] * x[0], x, step=0.25)[0] == 12 + 0.0625
    assert numerical_gradient(lambda: abs(x[0] - 2), x)[0] == 0  # symmetric, so 0 at a symmetric kink


@pytest.mark.equation("eq-directional-derivative")
def test_the_error_along_a_direction_is_the_one_that_taylor_gives():
    x = np.array([2.0])
    assert directional_derivative(lambda: x[0] * x[0] * x[0], [x], [np.ones(1)], step=0.25) == 12 + 0.0625


def test_a_view_is_nudged_in_place_too():
    x = np.arange(12.0).reshape(3, 4)
    np.testing.assert_allclose(numerical_gradient(lambda: (x**2).sum(), x.T[1:3]), 2 * x.T[1:3], rtol=1e-8)


def test_x_is_put_back_when_the_loss_raises():
    x = np.array([1.0, 0.1, 3])
    before = x.tobytes()

    def loss():
        if x[1] > 0.1:
            raise ZeroDivisionError
        return 0.0

    for measure in (
        lambda: numerical_gradient(loss, x),
        lambda: directional_derivative(loss, [x], [np.ones(3)]),
    ):
        with pytest.raises(ZeroDivisionError):
            measure()
        assert x.tobytes() == before


@pytest.mark.parametrize("dtype", [np.float32, np.float16, int])
def test_lower_precision_is_refused(dtype):
    with pytest.raises(TypeError, match=f"expected a float64 array, got {np.dtype(dtype)}"):
        numerical_gradient(lambda: 0.0, np.ones(2, dtype))


@pytest.mark.equation("eq-relative-error")
def test_relative_error_by_hand():
    assert relative_error([100.0, 1], [101.0, 1]) == pytest.approx(1 / 101, rel=1e-14)
    assert relative_error([1.0, 2], [1.0, 1]) == 0.5
    assert relative_error([-1.0], [1.0]) == 2
    assert relative_error([3e-5], [1e-5], floor=1e-4) == pytest.approx(0.2)
    assert relative_error([3e-5], [1e-5], floor=1e-8) == pytest.approx(2 / 3)
    assert relative_error(np.zeros((2, 2)), np.zeros((2, 2))) == 0
    assert np.isnan(relative_error([1.0, np.nan], [1.0, 1]))  # never counts as small


@pytest.mark.equation("eq-relative-error")
@some
@given(shapes, seeds, st.floats(1e-3, 1e3))
def test_relative_error_is_symmetric_and_blind_to_units(shape, seed, unit):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=shape), rng.normal(size=shape)
    error = relative_error(a, b)
    assert 0 <= error <= 2
    assert relative_error(b, a) == error
    assert relative_error(unit * a, unit * b, unit * 1e-4) == pytest.approx(relative_error(a, b, 1e-4), rel=1e-9)


def test_relative_error_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"got \(2, 1\) and \(2,\)"):
        relative_error(np.zeros((2, 1)), np.zeros(2))


@pytest.mark.equation("eq-directional-derivative")
@some
@given(shapes, shapes, seeds)
def test_directional_derivative_is_gradient_times_direction(shape1, shape2, seed):
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(rng.normal(size=shape)) for shape in (shape1, shape2)]
    directions = [np.asarray(rng.normal(size=shape)) for shape in (shape1, shape2)]
    before = [x.tobytes() for x in arrays]

    def loss():
        return np.sin(arrays[0]).sum() * np.exp(arrays[1]).sum()

    gradients = np.cos(arrays[0]) * np.exp(arrays[1]).sum(), np.sin(arrays[0]).sum() * np.exp(arrays[1])
    slope = sum((g * v).sum() for g, v in zip(gradients, directions, strict=True))
    assert directional_derivative(loss, arrays, directions) == pytest.approx(slope, rel=1e-6, abs=1e-6)
    assert [x.tobytes() for x in arrays] == before


def quadratic():
    rng = np.random.default_rng(0)
    params = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    grads = {name: 2 * x for name, x in params.items()}
    return lambda: sum((x**2).sum() for x in params.values()), params, grads


@pytest.mark.equation("eq-central-difference", "eq-relative-error")
def test_check_gradients_passes_the_right_and_names_the_wrong():
    loss, params, grads = quadratic()
    assert all(error < 1e-8 for error in check_gradients(loss, params, grads).values())
    grads["b"] = grads["b"] * [1, 1.001]
    errors = check_gradients(loss, params, grads)
    assert errors["W"] < 1e-8
    assert errors["b"] == pytest.approx(1e-3, rel=1e-2)


def test_an_unchecked_gradient_does_not_pass():
    loss, params, grads = quadratic()
    for wrong in ({"W": grads["W"]}, grads | {"c": grads["b"]}, {}):
        with pytest.raises(KeyError, match="expected a gradient for each of"):
            check_gradients(loss, params, wrong)
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        check_gradients(loss, params, grads | {"W": grads["W"].T})


def relu_loss(distances):
    """Σ relu(x) at points these distances from the kink, and its gradient."""
    x = np.array(distances)
    return lambda: np.maximum(x, 0).sum(), {"x": x}, {"x": (x > 0).astype(float)}


@pytest.mark.parametrize("step", [1e-5, 1e-3])
@pytest.mark.parametrize("share", [0, 1e-3, 0.1, 0.25, 1 / 3, 0.4, 4 / 9, 0.5, 0.6, 0.75, 0.9, 0.99])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_nudge_across_a_kink_is_counted(step, share, sign):
    loss, params, grads = relu_loss([sign * share * step, 1.0, -1.0])
    with pytest.warns(UserWarning, match=f"nudges of {step:g} cross a kink of the loss .1 of 3 in x.: there"):
        errors = check_gradients(loss, params, grads, step=step)
    assert errors["x"] > 1e-3


def test_kinks_are_counted_by_name_and_the_sound_are_not_named():
    rng = np.random.default_rng(0)
    X, W, b = rng.normal(size=(20, 3)), rng.normal(size=(3, 4)), rng.normal(size=4)
    b[2] = -(X @ W)[7, 2] + 3e-6  # of one example one unit is next to its kink
    V = rng.normal(size=4)

    def loss():
        return (np.maximum(X @ W + b, 0) @ V).sum()

    dZ = V * (X @ W + b > 0)
    grads = {"W": X.T @ dZ, "b": dZ.sum(axis=0), "V": np.maximum(X @ W + b, 0).sum(axis=0)}
    with pytest.warns(UserWarning, match=r"\((\d of 12 in W, )?1 of 4 in b\)"):
        check_gradients(loss, {"W": W, "b": b, "V": V}, grads)


@pytest.mark.usefixtures("no_warning")
@settings(max_examples=60)
@given(seeds, st.sampled_from([1e-5, 1e-4, 1e-2]), st.booleans())
def test_no_kink_is_seen_in_a_smooth_loss_be_the_gradient_right_or_wrong(seed, step, wrong):
    rng = np.random.default_rng(seed)
    x, a = rng.normal(size=5), rng.normal(size=5)
    grads = np.cos(a * x) * a + np.exp(x) + 3 * x**2
    if wrong:
        grads = grads * 1.01 + 0.1
    error = check_gradients(lambda: (np.sin(a * x) + np.exp(x) + x**3).sum(), {"x": x}, {"x": grads}, step)["x"]
    assert (error > 1e-3) == wrong or step > 1e-4


@pytest.mark.parametrize("every", [1, 7])
def test_a_random_loss_is_said_to_be_one(every):
    """Drawn anew at each evaluation, as dropout is; or now and then, as a new batch."""
    x, rng, calls = np.ones(10), np.random.default_rng(0), []

    def loss():
        if len(calls) % every == 0:
            calls.append(rng.random(10) < 0.5)
        else:
            calls.append(calls[-1])
        return (x * calls[-1]).sum()

    before = x.copy()
    with pytest.raises(ValueError, match=r"expected a loss that depends on the parameters alone, got .* at one point"):
        check_gradients(loss, {"x": x}, {"x": np.ones(10)})
    np.testing.assert_array_equal(x, before)


def test_a_loss_that_is_no_number_is_not_called_random():
    x = np.ones(2)
    assert np.isnan(check_gradients(lambda: np.nan, {"x": x}, {"x": x})["x"])
