"""norm.py against finite differences and PyTorch: rows and pictures, in training and in use."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import agree, agrees_with_differences, dtypes, laid, layouts, seeds

from nnlib.layers import Linear
from nnlib.norm import BatchNorm, fold
from nnlib.sequential import Sequential

pytestmark = pytest.mark.usefixtures("no_warning")
some = settings(max_examples=30)
few = st.integers(1, 4)


@st.composite
def batches(draw):
    """Shapes (N, H) and (N, C, H, W) with two numbers or more for each feature."""
    rows = st.tuples(st.integers(2, 8), few)
    pictures = st.tuples(few, few, few, few).filter(lambda s: s[0] * s[2] * s[3] > 1)
    return draw(rows | pictures)


def torch_twin(shape, momentum, eps, dtype):
    kind = torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d
    return kind(shape[1], eps, momentum, dtype=torch.float32 if dtype == np.float32 else torch.float64)


@pytest.mark.equation(
    "eq-batch-norm", "eq-batch-norm-statistics", "eq-batch-norm-running", "eq-batch-norm-gradients", "eq-batch-norm-dZ"
)
@some
@given(batches(), seeds, dtypes, layouts, st.sampled_from([0.1, 0.3, 1.0]), st.sampled_from([1e-5, 1e-2]))
def test_against_torch_over_three_batches_and_in_use(shape, seed, dtype, layout, momentum, eps):
    rng = np.random.default_rng(seed)
    layer = BatchNorm(shape[1], momentum, eps)
    net, theirs = Sequential(layer, dtype=dtype), torch_twin(shape, momentum, eps, dtype)
    for name, param in (("gamma", theirs.weight), ("beta", theirs.bias)):
        layer.params[name][...] = rng.normal(size=shape[1])
        with torch.no_grad():
            param.copy_(torch.tensor(layer.params[name]))
    tolerant = 1e3  # a feature may be nearly constant: then 1/s is large
    for _ in range(3):
        Z, dA = (laid(rng.normal(1, 2, shape).astype(dtype), layout) for _ in range(2))
        tZ = torch.tensor(Z.copy(), requires_grad=True)
        theirs.zero_grad()
        tA = theirs(tZ)
        tA.backward(torch.tensor(dA.copy()))
        A, dZ = net.forward(Z, train=True), net.backward(dA)
        if dtype == np.float64:
            agree(A, tA, dtype, tolerant)
            agree(dZ, tZ.grad, dtype, tolerant)
            agree(net.grads["0.gamma"], theirs.weight.grad, dtype, tolerant)
            agree(net.grads["0.beta"], theirs.bias.grad, dtype, tolerant)
        agree(layer.state["mean"], theirs.running_mean, dtype)
        agree(layer.state["variance"], theirs.running_var, dtype)
    theirs.eval()
    tZ = torch.tensor(Z.copy())
    agree(net.forward(Z), theirs(tZ), dtype, 10)


@pytest.mark.parametrize("shape", [(64, 5), (8, 3, 6, 5)])
def test_in_float32_against_torch_where_no_feature_is_nearly_constant(shape):
    rng = np.random.default_rng(0)
    net, theirs = Sequential(BatchNorm(shape[1]), dtype=np.float32), torch_twin(shape, 0.1, 1e-5, np.float32)
    Z, dA = (rng.normal(1, 2, shape).astype(np.float32) for _ in range(2))
    tZ = torch.tensor(Z, requires_grad=True)
    tA = theirs(tZ)
    tA.backward(torch.tensor(dA))
    agree(net.forward(Z, train=True), tA, np.float32)
    agree(net.backward(dA), tZ.grad, np.float32)
    agree(net.grads["0.gamma"], theirs.weight.grad, np.float32, 10)
    agree(net.grads["0.beta"], theirs.bias.grad, np.float32, 10)


@pytest.mark.equation("eq-batch-norm-gradients", "eq-batch-norm-dZ")
@some
@given(batches(), seeds)
def test_against_differences(shape, seed):
    rng = np.random.default_rng(seed)
    layer = BatchNorm(shape[1], eps=0.1)
    layer.params["gamma"][...], layer.params["beta"][...] = rng.normal(size=(2, shape[1]))
    agrees_with_differences(layer, rng.normal(size=shape), rng.normal(size=shape))


@pytest.mark.equation("eq-batch-norm", "eq-batch-norm-statistics")
@some
@given(batches(), seeds, dtypes)
def test_each_feature_comes_out_with_mean_beta_and_standard_deviation_gamma(shape, seed, dtype):
    rng = np.random.default_rng(seed)
    layer = BatchNorm(shape[1], eps=1e-12)
    net = Sequential(layer, dtype=dtype)
    layer.params["gamma"][...], layer.params["beta"][...] = 3, -2
    axes = (0, *range(2, len(shape)))
    # Equally spaced, in any order: no feature is nearly constant.
    n = int(np.prod(shape)) // shape[1]
    columns = np.stack([rng.permutation(n) for _ in range(shape[1])], axis=1).reshape(shape[0], *shape[2:], shape[1])
    A = net.forward(np.moveaxis(columns, -1, 1).astype(dtype), train=True)
    np.testing.assert_allclose(A.mean(axis=axes), -2, rtol=1e-4)
    np.testing.assert_allclose(A.std(axis=axes), 3, rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0, 1, -1e4, 1e4])
def test_a_constant_feature_gives_beta_and_stops_no_training(dtype, value):
    layer = BatchNorm(3)
    net = Sequential(layer, dtype=dtype)
    layer.params["beta"][...] = [1, 2, 3]
    Z = np.random.default_rng(0).normal(size=(50, 3)).astype(dtype)
    Z[:, 1] = value
    A = net.forward(Z, train=True)
    np.testing.assert_allclose(A[:, 1], 2)
    dZ = net.backward(np.ones_like(A))
    assert np.isfinite(dZ).all()
    np.testing.assert_allclose(dZ[:, 1], 0, atol=1e-3)
    assert np.isfinite(net.forward(Z)).all()


def test_in_use_no_answer_depends_on_the_others_and_nothing_is_learned():
    rng = np.random.default_rng(0)
    layer = BatchNorm(4)
    for _ in range(5):
        layer.forward(rng.normal(3, 2, (20, 4)), train=True)
    before = copy.deepcopy(layer.state)
    Z = rng.normal(size=(6, 4))
    whole = layer.forward(Z)
    for n in range(6):
        np.testing.assert_array_equal(layer.forward(Z[n : n + 1]), whole[n : n + 1])
    for name, array in layer.state.items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.equation("eq-batch-norm-running")
def test_the_running_statistics_are_always_the_same_arrays_and_find_the_data_s():
    rng, layer = np.random.default_rng(0), BatchNorm(2)
    net = Sequential(layer)
    arrays = dict(net.state)
    assert list(arrays) == ["0.mean", "0.variance"] and not set(arrays) & set(net.params)
    for _ in range(300):
        net.forward(rng.normal([5, -3], [2, 0.5], (100, 2)), train=True)
    assert all(array is arrays[name] for name, array in net.state.items())
    np.testing.assert_allclose(layer.state["mean"], [5, -3], rtol=0.05)
    np.testing.assert_allclose(layer.state["variance"], [4, 0.25], rtol=0.2)


def test_float32_stays_float32_whatever_type_the_settings_have():
    net = Sequential(BatchNorm(3, np.float64(0.1), np.float64(1e-5)), dtype=np.float32)
    Z = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    assert net.forward(Z, train=True).dtype == net.backward(Z).dtype == net.forward(Z).dtype == np.float32
    assert {array.dtype for array in (*net.state.values(), *net.params.values())} == {np.dtype(np.float32)}


@some
@given(seeds, st.integers(2, 6))
def test_what_goes_back_has_no_part_along_ones_and_none_along_zhat(seed, N):
    """Without eps it is a projection; two examples leave nothing."""
    rng, layer = np.random.default_rng(seed), BatchNorm(3, eps=0)
    Z, dA = rng.permuted(np.arange(3.0 * N).reshape(N, 3), axis=0), rng.normal(size=(N, 3))
    Zhat = layer.forward(Z, train=True)  # gamma is 1, beta is 0
    dZ = layer.backward(dA)
    np.testing.assert_allclose([dZ.sum(axis=0), (dZ * Zhat).sum(axis=0)], 0, atol=1e-12)
    if N == 2:
        np.testing.assert_allclose(dZ, 0, atol=1e-12)


@pytest.mark.equation("eq-fold")
@some
@given(seeds, dtypes, st.booleans(), few, few)
def test_a_folded_layer_computes_what_both_computed(seed, dtype, bias, D, H):
    rng = np.random.default_rng(seed)
    linear, norm = Linear(D, H, rng, bias=bias), BatchNorm(H)
    net = Sequential(linear, norm, dtype=dtype)
    for param in net.params.values():
        param[...] = rng.normal(size=param.shape)
    for _ in range(3):
        net.forward(rng.normal(1, 2, (20, D)).astype(dtype), train=True)
    before, X = copy.deepcopy(net), rng.normal(size=(7, D)).astype(dtype)
    both = Sequential(fold(linear, norm), dtype=dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-4
    np.testing.assert_allclose(both.forward(X), net.forward(X), rtol=tolerance, atol=tolerance)
    assert both.forward(X).dtype == dtype
    both.params["0.W"][...] = 0
    for kind in ("params", "state"):
        for name, array in getattr(net, kind).items():
            np.testing.assert_array_equal(array, getattr(before, kind)[name])
    assert linear.bias == bias and repr(both.layers[0]) == f"Linear({D}, {H})"


def test_only_a_normalisation_that_fits_is_folded():
    with pytest.raises(ValueError, match=r"expected a BatchNorm\(3\) behind Linear\(2, 3\), got BatchNorm\(2\)"):
        fold(Linear(2, 3, np.random.default_rng(0)), BatchNorm(2))


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1)])
def test_a_batch_of_one_has_no_variance_and_is_refused_in_training_alone(shape):
    layer = BatchNorm(3)
    net, state = Sequential(layer), copy.deepcopy(layer.state)
    with pytest.raises(
        ValueError, match=r"layer 0, BatchNorm\(3\): expected two examples or more .* got 1: its variance"
    ):
        net.forward(np.ones(shape), train=True)
    np.testing.assert_array_equal(layer.state["mean"], state["mean"])
    assert net.forward(np.ones(shape)).shape == shape
    if len(shape) == 4:  # one picture of several places has one
        assert net.forward(np.ones((1, 3, 2, 1)), train=True).shape == (1, 3, 2, 1)


def test_a_running_variance_below_0_is_refused():
    layer = BatchNorm(3)
    layer.state["variance"][1] = -0.5  # as a file may have it
    with pytest.raises(ValueError, match=r"expected running variances from 0 on, got -0\.5"):
        layer.forward(np.ones((2, 3)))


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 3, 5), (4, 2, 3, 3), (3,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected rows \(N, 3\) or pictures \(N, 3, H, W\), got \("):
        BatchNorm(3).forward(np.ones(shape))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: BatchNorm(0), "expected features to be a whole number from 1 on, got 0"),
        (lambda: BatchNorm(Linear(2, 3, np.random.default_rng(0))), r"got Linear\(2, 3\)"),
        (lambda: BatchNorm(3, momentum=0), "expected a momentum above 0, at most 1, got 0"),
        (lambda: BatchNorm(3, momentum=1.1), "got 1.1"),
        (lambda: BatchNorm(3, momentum="0.1"), "got '0.1'"),
        (lambda: BatchNorm(3, eps=-1e-5), "expected eps to be a number ≥ 0, got -1e-05"),
        (lambda: BatchNorm(3, eps=np.nan), "expected eps .* got nan"),
    ],
)
def test_what_makes_no_normalisation_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()
