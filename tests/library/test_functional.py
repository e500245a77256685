"""functional.py against finite differences, against PyTorch, and at the edges of floating point."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib import functional as F
from nnlib.gradcheck import numerical_gradient

some = settings(max_examples=40)
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])


@st.composite
def scores(draw, largest=1e4, rows=True):
    """Scores, (K,), (N, K) or (M, N, K), in either precision, up to ±largest: far beyond where exp overflows."""
    dtype = draw(dtypes)
    shapes = st.tuples(sizes)
    if rows:
        shapes |= st.tuples(sizes, sizes) | st.tuples(st.integers(1, 3), sizes, sizes)
    shape = draw(shapes)
    elements = st.floats(-largest, largest, width=32) | st.sampled_from([0.0, largest, -largest])
    return draw(hnp.arrays(dtype, shape, elements=elements))


def targets(rng, shape, soft):
    """Rows of targets, one-hot or any shares that sum to 1."""
    if soft:
        return rng.dirichlet(np.ones(shape[-1]), shape[:-1])
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


def away_from_zero(rng, shape):
    """Numbers of either sign, at least 0.1 from the kink: a finite difference across it measures neither side."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.1, 2, shape)


def agrees_with_difference(gradient, loss, x):
    # In float64, with values near 1, rounding leaves about 1e-11 of a central difference at step 1e-5.
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, numerical_gradient(loss, x), rtol=1e-6, atol=1e-9)


def agrees_with_torch(ours, theirs, dtype):
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-13}
    np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)


# The linear layer


@pytest.mark.equation("eq-linear")
def test_linear_by_hand():
    X, W, b = np.array([[1.0, 2]]), np.array([[1.0, -1], [0.5, -0.5]]), np.array([0, 0.5])
    np.testing.assert_array_equal(F.linear(X, W, b), [[2, -1.5]])


@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@some
@given(sizes, sizes, sizes, seeds)
def test_linear_against_differences(N, D, H, seed):
    rng = np.random.default_rng(seed)
    X, W, b, dZ = (rng.normal(size=shape) for shape in ((N, D), (D, H), (H,), (N, H)))
    gradients = F.linear_backward(dZ, X, W)
    for gradient, x in zip(gradients, (X, W, b), strict=True):
        agrees_with_difference(gradient, lambda: (dZ * F.linear(X, W, b)).sum(), x)


@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@some
@given(sizes, sizes, sizes, seeds, dtypes)
def test_linear_against_torch(N, D, H, seed, dtype):
    rng = np.random.default_rng(seed)
    X, W, b, dZ = (rng.normal(size=shape).astype(dtype) for shape in ((N, D), (D, H), (H,), (N, H)))
    tX, tW, tb = (torch.tensor(a, requires_grad=True) for a in (X, W, b))
    tZ = torch.nn.functional.linear(tX, tW.T, tb)
    tZ.backward(torch.tensor(dZ))
    agrees_with_torch(F.linear(X, W, b), tZ, dtype)
    for ours, theirs in zip(F.linear_backward(dZ, X, W), (tX, tW, tb), strict=True):
        agrees_with_torch(ours, theirs.grad, dtype)


# ReLU


@pytest.mark.equation("eq-relu")
def test_relu_by_hand():
    np.testing.assert_array_equal(F.relu(np.array([-2.0, -0.5, 0, 0.5, 2])), [0, 0, 0, 0.5, 2])


@pytest.mark.equation("eq-relu-dZ")
def test_relu_has_gradient_zero_at_the_kink():
    dA = np.array([3.0, 3, 3, 3])
    np.testing.assert_array_equal(F.relu_backward(dA, np.array([-1.0, -0.0, 0.0, 1e-300])), [0, 0, 0, 3])


@pytest.mark.equation("eq-relu", "eq-relu-dZ")
@some
@given(sizes, sizes, seeds)
def test_relu_against_differences(N, H, seed):
    rng = np.random.default_rng(seed)
    Z, dA = away_from_zero(rng, (N, H)), rng.normal(size=(N, H))
    agrees_with_difference(F.relu_backward(dA, Z), lambda: (dA * F.relu(Z)).sum(), Z)


@pytest.mark.equation("eq-relu", "eq-relu-dZ")
@some
@given(scores(), seeds)
def test_relu_against_torch(Z, seed):
    dA = np.random.default_rng(seed).normal(size=Z.shape).astype(Z.dtype)
    tZ = torch.tensor(Z, requires_grad=True)
    tA = torch.relu(tZ)
    tA.backward(torch.tensor(dA))
    np.testing.assert_array_equal(F.relu(Z), tA.detach().numpy())
    np.testing.assert_array_equal(F.relu_backward(dA, Z), tZ.grad.numpy())  # zeros drawn as scores: torch says 0 too


# Softmax


@pytest.mark.equation("eq-softmax", "eq-logsumexp", "eq-log-softmax")
@some
@given(scores())
def test_softmax_family_against_torch(Z):
    for ours, theirs in (
        (F.softmax(Z), torch.softmax(torch.tensor(Z), -1)),
        (F.logsumexp(Z), torch.logsumexp(torch.tensor(Z), -1)),
        (F.logsumexp(Z, keepdims=True), torch.logsumexp(torch.tensor(Z), -1, keepdim=True)),
        (F.log_softmax(Z), torch.log_softmax(torch.tensor(Z), -1)),
    ):
        assert ours.dtype == Z.dtype
        assert np.shape(ours) == tuple(theirs.shape)
        agrees_with_torch(ours, theirs, Z.dtype)


@pytest.mark.equation("eq-softmax")
@some
@given(scores())
def test_softmax_is_shares_in_the_order_of_the_scores(Z):
    P = F.softmax(Z)
    assert ((P >= 0) & (P <= 1)).all()
    np.testing.assert_allclose(P.sum(axis=-1), 1, rtol=1e-6)
    assert (np.diff(np.take_along_axis(P, Z.argsort(axis=-1), -1), axis=-1) >= 0).all()


@pytest.mark.equation("eq-softmax", "eq-log-softmax")
@some
@given(sizes, seeds, st.integers(-1000, 1000))
def test_softmax_sees_only_differences(K, seed, c):
    # Quarters and whole shifts add without rounding, so the two must agree to the last bit, not nearly.
    Z = np.random.default_rng(seed).integers(-80, 80, (3, K)) / 4
    for dtype in (np.float32, np.float64):
        np.testing.assert_array_equal(F.softmax((Z + c).astype(dtype)), F.softmax(Z.astype(dtype)))
        np.testing.assert_array_equal(F.log_softmax((Z + c).astype(dtype)), F.log_softmax(Z.astype(dtype)))


@pytest.mark.equation("eq-softmax")
def test_each_row_has_its_own_largest_score():
    Z = np.array([[1e4, 1e4], [-1e4, -1e4], [0, np.log(3)]])
    np.testing.assert_allclose(F.softmax(Z), [[0.5, 0.5], [0.5, 0.5], [0.25, 0.75]])


@pytest.mark.equation("eq-logsumexp")
def test_logsumexp_by_hand():
    assert F.logsumexp(np.array([1e4, 1e4])) == pytest.approx(1e4 + np.log(2), rel=1e-15)
    assert F.logsumexp(np.array([-1e4, -1e4])) == pytest.approx(-1e4 + np.log(2), rel=1e-15)
    np.testing.assert_allclose(F.logsumexp(np.log([[1.0, 2, 5], [1, 1, 2]])), np.log([8, 4]))


@pytest.mark.equation("eq-softmax-jacobian", "eq-softmax-dZ")
@some
@given(sizes, seeds)
def test_softmax_jacobian(K, seed):
    rng = np.random.default_rng(seed)
    z, dp = rng.normal(size=K), rng.normal(size=K)
    p = F.softmax(z)
    J = F.softmax_jacobian(p)
    assert J.shape == (K, K)
    for i in range(K):
        agrees_with_difference(J[i], lambda i=i: F.softmax(z)[i], z)
    theirs = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, -1), torch.tensor(z))
    agrees_with_torch(J, theirs, np.float64)
    np.testing.assert_allclose(F.softmax_backward(dp, p), dp @ J, rtol=1e-12, atol=1e-14)


@pytest.mark.equation("eq-softmax-dZ")
@some
@given(sizes, sizes, seeds)
def test_softmax_backward_against_differences(N, K, seed):
    rng = np.random.default_rng(seed)
    Z, dP = rng.normal(size=(N, K)), rng.normal(size=(N, K))
    agrees_with_difference(F.softmax_backward(dP, F.softmax(Z)), lambda: (dP * F.softmax(Z)).sum(), Z)


@pytest.mark.equation("eq-softmax-dZ")
@some
@given(scores(), seeds)
def test_softmax_backward_against_torch(Z, seed):
    dP = np.random.default_rng(seed).normal(size=Z.shape).astype(Z.dtype)
    tZ = torch.tensor(Z, requires_grad=True)
    torch.softmax(tZ, -1).backward(torch.tensor(dP))
    agrees_with_torch(F.softmax_backward(dP, F.softmax(Z)), tZ.grad, Z.dtype)


# Cross-entropy


@pytest.mark.equation("eq-cross-entropy")
@some
@given(sizes, sizes, seeds, st.booleans(), st.booleans(), dtypes)
def test_cross_entropy_from_probabilities(N, K, seed, batch, soft, dtype):
    rng = np.random.default_rng(seed)
    shape = (N, K) if batch else (K,)
    P, Y = rng.dirichlet(np.ones(K), shape[:-1]).astype(dtype), targets(rng, shape, soft).astype(dtype)
    theirs = -torch.special.xlogy(torch.tensor(Y), torch.tensor(P)).sum(-1).mean()
    agrees_with_torch(F.cross_entropy(P, Y), theirs, dtype)


@pytest.mark.equation("eq-cross-entropy")
def test_a_class_that_is_not_the_label_may_have_probability_zero():
    assert F.cross_entropy(np.array([[1.0, 0]]), np.array([[1.0, 0]])) == 0  # 0 · log 0 is read as 0
    with np.errstate(divide="ignore"):
        assert F.cross_entropy(np.array([[1.0, 0]]), np.array([[0.0, 1]])) == np.inf


@pytest.mark.equation("eq-softmax-cross-entropy", "eq-softmax-cross-entropy-dZ")
@some
@given(scores(), seeds, st.booleans())
def test_softmax_cross_entropy_against_torch(Z, seed, soft):
    Y = targets(np.random.default_rng(seed), Z.shape, soft).astype(Z.dtype)
    tZ = torch.tensor(Z, requires_grad=True)
    rows = (-1, Z.shape[-1])  # torch takes the second of three dimensions for the classes
    theirs = torch.nn.functional.cross_entropy(tZ.reshape(rows), torch.tensor(Y).reshape(rows))
    theirs.backward()
    ours = F.softmax_cross_entropy(Z, Y)
    assert np.isfinite(ours)
    agrees_with_torch(ours, theirs, Z.dtype)
    dZ = F.softmax_cross_entropy_backward(Z, Y)
    assert dZ.dtype == Z.dtype
    agrees_with_torch(dZ, tZ.grad, Z.dtype)


@pytest.mark.equation("eq-softmax-cross-entropy", "eq-softmax-cross-entropy-dZ")
@some
@given(sizes, sizes, seeds, st.integers(0, 2), st.booleans())
def test_softmax_cross_entropy_against_differences(N, K, seed, before, soft):
    rng = np.random.default_rng(seed)
    shape = (2, N, K)[2 - before :]
    Z, Y = rng.normal(size=shape), targets(rng, shape, soft)
    agrees_with_difference(F.softmax_cross_entropy_backward(Z, Y), lambda: F.softmax_cross_entropy(Z, Y), Z)


@pytest.mark.equation("eq-softmax-cross-entropy", "eq-log-softmax", "eq-cross-entropy")
@some
@given(sizes, sizes, seeds)
def test_three_ways_to_one_loss(N, K, seed):
    rng = np.random.default_rng(seed)
    Z, Y = rng.normal(size=(N, K)), targets(rng, (N, K), soft=True)
    loss = F.softmax_cross_entropy(Z, Y)
    assert F.cross_entropy(F.softmax(Z), Y) == pytest.approx(loss, rel=1e-12, abs=1e-14)
    assert -(Y * F.log_softmax(Z)).sum(axis=1).mean() == pytest.approx(loss, rel=1e-12, abs=1e-14)


@pytest.mark.equation("eq-softmax-cross-entropy")
def test_a_small_loss_survives_beside_large_scores():
    for dtype in (np.float32, np.float64):
        Z, Y = np.array([1e4, 1e4 - 1], dtype), np.array([1, 0], dtype)
        assert F.softmax_cross_entropy(Z, Y) == pytest.approx(np.log1p(np.exp(-1)), rel=1e-6)
        assert F.softmax_cross_entropy(Z, Y[::-1]) == pytest.approx(1 + np.log1p(np.exp(-1)), rel=1e-6)


@pytest.mark.parametrize("f", [F.cross_entropy, F.softmax_cross_entropy, F.softmax_cross_entropy_backward])
@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (2, 3, 1), (6,)])
def test_targets_that_would_broadcast_are_refused(f, shape):
    with pytest.raises(ValueError, match=r"expected .* shape \(3, 3\), got"):
        f(np.full((3, 3), 1 / 3), np.zeros(shape))


@pytest.mark.parametrize(
    ("X", "W", "b"),
    [
        ((4, 3), (3, 2), (4, 1)),  # a column of biases would give each row its own
        ((4, 3), (3, 2), (1, 2)),
        ((4, 3), (3, 2), ()),
        ((4, 3), (3, 2), (1,)),
        ((4, 3), (3, 2), (3,)),
        ((4, 3), (2, 3), (3,)),
        ((4,), (3, 2), (2,)),
        ((), (3, 2), (2,)),
    ],
)
def test_linear_refuses_what_would_broadcast(X, W, b):
    with pytest.raises(ValueError, match=r"expected X \(N, D\), W \(D, H\) and b \(H,\), got"):
        F.linear(np.zeros(X), np.zeros(W), np.zeros(b))


@pytest.mark.parametrize(
    ("dZ", "X", "W"),
    [
        ((3,), (3,), (3, 3)),  # one row without its dimension: dW would be a single number
        ((4, 1), (4, 3), (3, 2)),
        ((1, 2), (4, 3), (3, 2)),
        ((4, 2), (4, 2), (3, 2)),
        ((2, 4, 2), (2, 4, 3), (3, 2)),
    ],
)
def test_linear_backward_refuses_shapes_that_do_not_fit(dZ, X, W):
    with pytest.raises(ValueError, match=r"expected dZ \(N, H\), X \(N, D\) and W \(D, H\), got"):
        F.linear_backward(np.zeros(dZ), np.zeros(X), np.zeros(W))


@pytest.mark.parametrize("f", [F.relu_backward, F.softmax_backward])
@pytest.mark.parametrize("shape", [(4, 1), (3,), (1, 3), (1,), ()])
def test_a_gradient_of_another_shape_is_refused(f, shape):
    with pytest.raises(ValueError, match=r"expected one gradient for each entry of ., shape \(4, 3\), got"):
        f(np.zeros(shape), np.zeros((4, 3)))


@pytest.mark.parametrize("shape", [(1, 3), (2, 3), ()])
def test_a_jacobian_is_of_one_row(shape):
    with pytest.raises(ValueError, match=r"expected one row of probabilities, \(K,\), got"):
        F.softmax_jacobian(np.zeros(shape))


def test_nothing_is_changed_in_place():
    rng = np.random.default_rng(0)
    Z, W, b = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)
    Y = np.eye(3)
    before = [a.copy() for a in (Z, W, b, Y)]
    F.linear(Z, W, b), F.linear_backward(Z, Z, W), F.relu(Z), F.relu_backward(W, Z)
    F.softmax(Z), F.softmax_backward(W, Z), F.logsumexp(Z), F.log_softmax(Z)
    F.cross_entropy(F.softmax(Z), Y), F.softmax_cross_entropy(Z, Y), F.softmax_cross_entropy_backward(Z, Y)
    for a, old in zip((Z, W, b, Y), before, strict=True):
        np.testing.assert_array_equal(a, old)
