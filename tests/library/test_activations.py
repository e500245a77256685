"""activations.py against finite differences and PyTorch, and far out where exp overflows."""

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from twins import agree, agrees_with_differences, away_from_zero, dtypes, laid, layouts, seeds, sizes

from nnlib import activations
from nnlib.activations import (
    ELU,
    GELU,
    Activation,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Tanh,
    normal_cdf,
    normal_density,
    sigmoid,
)
from nnlib.sequential import Sequential

TWINS = {
    "ReLU": (ReLU(), torch.nn.ReLU()),
    "LeakyReLU": (LeakyReLU(), torch.nn.LeakyReLU()),
    "LeakyReLU(0.3)": (LeakyReLU(0.3), torch.nn.LeakyReLU(0.3)),
    "ELU": (ELU(), torch.nn.ELU()),
    "ELU(0.5)": (ELU(0.5), torch.nn.ELU(0.5)),
    "Sigmoid": (Sigmoid(), torch.nn.Sigmoid()),
    "Tanh": (Tanh(), torch.nn.Tanh()),
    "SiLU": (SiLU(), torch.nn.SiLU()),
    "GELU": (GELU(), torch.nn.GELU()),
}
twins = pytest.mark.parametrize(("ours", "theirs"), TWINS.values(), ids=TWINS)
pytestmark = pytest.mark.usefixtures("no_warning")
some = settings(max_examples=25)
shapes = st.tuples(sizes, sizes) | st.tuples(st.integers(1, 3), st.integers(1, 3), sizes, sizes)


@st.composite
def inputs(draw, largest=1e4):
    dtype, shape = draw(dtypes), draw(shapes)
    elements = st.floats(-largest, largest, width=32) | st.floats(-10, 10, width=32)
    return draw(hnp.arrays(dtype, shape, elements=elements | st.sampled_from([0.0, -0.0, largest, -largest])))


@pytest.mark.equation(
    "eq-activation-dZ", "eq-leaky-relu", "eq-elu", "eq-sigmoid", "eq-sigmoid-slope", "eq-tanh", "eq-tanh-slope",
    "eq-silu", "eq-gelu",
)  # fmt: skip
@twins
@some
@given(Z=inputs(), layout=layouts, seed=seeds)
def test_against_torch(ours, theirs, Z, layout, seed):
    dA = np.random.default_rng(seed).normal(size=Z.shape).astype(Z.dtype)
    tZ = torch.tensor(Z, requires_grad=True)
    tA = theirs(tZ)
    tA.backward(torch.tensor(dA))
    agree(ours.forward(laid(Z, layout), train=True), tA, Z.dtype)
    agree(ours.backward(laid(dA, layout)), tZ.grad, Z.dtype)


@pytest.mark.equation(
    "eq-activation-dZ", "eq-leaky-relu", "eq-elu", "eq-sigmoid-slope", "eq-tanh-slope", "eq-silu", "eq-gelu"
)
@twins
@some
@given(shape=shapes, seed=seeds)
def test_against_differences(ours, theirs, shape, seed):
    rng = np.random.default_rng(seed)
    agrees_with_differences(ours, away_from_zero(rng, shape), rng.normal(size=shape))


@twins
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_all_is_finite_and_without_a_warning(ours, theirs, dtype):
    top = np.sqrt(np.finfo(dtype).max)
    Z = np.array([[-top, -1e4, -800, -100, -40, -9, 9, 40, 100, 800, 1e4, top]], dtype)
    A, slopes = ours.f(Z), ours.slope(Z)
    assert np.isfinite(A).all() and np.isfinite(slopes).all()
    tZ = torch.tensor(Z, requires_grad=True)
    tA = theirs(tZ)
    tA.sum().backward()
    agree(A, tA, dtype)
    agree(ours.forward(Z, train=True), tA, dtype)
    agree(ours.backward(np.ones_like(Z)), tZ.grad, dtype)


@twins
def test_the_type_stays_whatever_type_the_settings_have(ours, theirs):
    ours = copy.deepcopy(ours)
    if hasattr(ours, "alpha"):
        ours = type(ours)(np.float64(ours.alpha))  # out of np.linspace, say
    Z = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)
    assert ours.forward(Z, train=True).dtype == np.float32
    assert ours.backward(Z).dtype == np.float32


@twins
def test_what_is_no_number_stays_so_and_touches_no_other(ours, theirs):
    Z = np.array([[0.5, np.nan, -0.5]])
    np.testing.assert_array_equal(np.isnan(ours.forward(Z, train=True)), [[False, True, False]])
    dZ = ours.backward(np.ones_like(Z))
    np.testing.assert_array_equal(np.isnan(dZ[:, [0, 2]]), [[False, False]])


def test_the_slope_at_a_kink_is_that_of_the_left_side():
    zeros = np.array([[0.0, -0.0]])
    for layer, slope in ((ReLU(), 0), (LeakyReLU(0.2), 0.2), (ELU(0.5), 0.5)):
        layer.forward(zeros, train=True)
        np.testing.assert_array_equal(layer.backward(np.ones((1, 2))), [[slope, slope]])


@pytest.mark.equation("eq-sigmoid")
@some
@given(inputs())
def test_sigmoid_of_z_and_of_minus_z_sum_to_1(Z):
    total = sigmoid(Z) + sigmoid(-Z)
    assert total.dtype == Z.dtype
    np.testing.assert_allclose(total, 1, rtol=2 * np.finfo(Z.dtype).eps)
    assert ((sigmoid(Z) >= 0) & (sigmoid(Z) <= 1)).all()


@pytest.mark.equation("eq-tanh")
@some
@given(inputs(20))
def test_tanh_is_a_sigmoid_stretched(Z):
    eps = np.finfo(Z.dtype).eps
    np.testing.assert_allclose(Tanh().f(Z), 2 * sigmoid(2 * Z) - 1, rtol=0, atol=4 * eps)
    np.testing.assert_allclose(Tanh().slope(Z), 4 * Sigmoid().slope(2 * Z), rtol=0, atol=4 * eps)


@pytest.mark.equation("eq-gelu")
def test_gelu_is_the_exact_one_to_1e_14():
    Z = np.concatenate([np.random.default_rng(0).normal(0, 4, 100_000), np.linspace(-10, 10, 20_001)])[None]
    tZ = torch.tensor(Z, requires_grad=True)
    tA = torch.nn.functional.gelu(tZ, approximate="none")
    tA.sum().backward()
    layer = GELU()
    assert np.abs(layer.forward(Z, train=True) - tA.detach().numpy()).max() < 1e-14
    assert np.abs(layer.backward(np.ones_like(Z)) - tZ.grad.numpy()).max() < 1e-14


@pytest.mark.equation("eq-normal-cdf")
@some
@given(st.floats(-1e300, 1e300) | st.floats(-10, 10))
def test_the_normal_distribution_against_python_s_own_erf(z):
    Z = np.array([z])
    assert normal_cdf(Z)[0] == pytest.approx(math.erfc(-z / math.sqrt(2)) / 2, abs=1e-15)
    assert normal_density(Z)[0] == pytest.approx(math.exp(-min(z * z / 2, 1e3)) / math.sqrt(2 * math.pi), abs=1e-16)


@pytest.mark.equation("eq-normal-cdf")
def test_outside_its_table_the_normal_distribution_is_0_or_1():
    np.testing.assert_array_equal(normal_cdf(np.array([-np.inf, -1e300, -9.5, 9.5, 1e300, np.inf])), [0, 0, 0, 1, 1, 1])
    for dtype in (np.float32, np.float64):
        rise = np.diff(normal_cdf(np.linspace(-9.2, 9.2, 30_001, dtype=dtype)))
        assert rise.min() >= -np.finfo(dtype).eps  # no step between two entries of the table


def test_an_activation_of_one_s_own_needs_f_and_slope():
    class Square(Activation):
        def f(self, Z):
            return Z**2

    layer = Square()
    layer.forward(np.ones((2, 2)), train=True)
    with pytest.raises(NotImplementedError, match=r"expected Square to have a method slope\(Z\)"):
        layer.backward(np.ones((2, 2)))
    with pytest.raises(NotImplementedError, match=r"expected Activation to have a method f\(Z\)"):
        Activation().forward(np.ones((2, 2)))
    Square.slope = lambda self, Z: 2 * Z
    agrees_with_differences(Sequential(Square(), Square()), np.array([[1.0, 2.0]]), np.array([[1.0, -1.0]]))


@pytest.mark.parametrize("kind", [ReLU, LeakyReLU, ELU, Sigmoid, Tanh, SiLU, GELU])
@pytest.mark.parametrize("dtype", [int, np.int32])
def test_whole_numbers_get_the_answers_of_all_others(kind, dtype):
    Z, layer = np.array([[-50, -2, -1], [0, 1, 2]], dtype), kind()
    for method in (layer.f, layer.slope, layer.forward):
        np.testing.assert_allclose(method(Z), method(Z.astype(float)), rtol=1e-12)


@pytest.mark.parametrize("function", [activations.sigmoid, activations.normal_cdf, activations.normal_density])
def test_pixels_and_lists_get_the_answers_of_all_others(function):
    Z = np.array([0, 1, 2, 200], np.uint8)
    np.testing.assert_array_equal(function(Z), function(Z.astype(float)))
    np.testing.assert_array_equal(function([0, 1, 2, 200]), function(Z.astype(float)))
