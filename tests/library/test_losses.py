"""losses.py against finite differences and PyTorch: whole and smoothed targets, and scores of any size."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from twins import agree, dtypes, laid, layouts, seeds, sizes

from nnlib import functional as F
from nnlib.gradcheck import numerical_gradient
from nnlib.losses import Loss, MeanSquaredError, SoftmaxCrossEntropy

pytestmark = pytest.mark.usefixtures("no_warning")
some = settings(max_examples=40)
smoothings = st.sampled_from([0, 0.05, 0.3, 0.9])


@st.composite
def scores_and_labels(draw, largest=1e4):
    """Scores (N, K) in either precision and one-hot rows."""
    dtype, N, K, seed = draw(dtypes), draw(sizes), draw(st.integers(1, 6)), draw(seeds)
    elements = st.floats(-largest, largest, width=32) | st.sampled_from([0.0, largest, -largest])
    Z = draw(hnp.arrays(dtype, (N, K), elements=elements))
    return Z, np.eye(K, dtype=dtype)[np.random.default_rng(seed).integers(K, size=N)]


def compared(loss, theirs, Z, Y, layout):
    """The loss and its gradient, as torch has them."""
    scale = float(max(1, np.abs(Z).max()))
    tZ = torch.tensor(Z, requires_grad=True)
    tloss = theirs(tZ, torch.tensor(Y))
    tloss.backward()
    Z, Y = laid(Z, layout), laid(Y, layout)
    each, dZ = loss.each(Z, Y), loss.backward(Z, Y)
    assert each.shape == Z.shape[:1]
    agree(loss.forward(Z, Y), tloss, Z.dtype, scale)
    np.testing.assert_allclose(each.mean(), loss.forward(Z, Y))
    agree(dZ, tZ.grad, Z.dtype)


@pytest.mark.equation("eq-label-smoothing")
@some
@given(scores_and_labels(), smoothings, layouts)
def test_softmax_cross_entropy_against_torch(pair, smoothing, layout):
    def theirs(Z, Y):
        return torch.nn.functional.cross_entropy(Z, Y, label_smoothing=smoothing)

    compared(SoftmaxCrossEntropy(smoothing), theirs, *pair, layout)


@some
@given(scores_and_labels(largest=100), layouts)
def test_mean_squared_error_against_torch(pair, layout):
    Z, Y = pair
    scale = float(max(1, np.square(Z).max()))
    tZ = torch.tensor(Z, requires_grad=True)
    tloss = torch.nn.functional.mse_loss(tZ, torch.tensor(Y))
    tloss.backward()
    loss, Z, Y = MeanSquaredError(), laid(Z, layout), laid(Y, layout)
    agree(loss.forward(Z, Y), tloss, Z.dtype, scale)
    agree(loss.each(Z, Y), np.square(Z - Y).mean(axis=1), Z.dtype)
    agree(loss.backward(Z, Y), tZ.grad, Z.dtype)


@pytest.mark.parametrize(
    "loss", [SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.1), SoftmaxCrossEntropy(0.9), MeanSquaredError()], ids=repr
)
@some
@given(N=sizes, K=sizes, seed=seeds, soft=st.booleans())
def test_against_differences(loss, N, K, seed, soft):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(N, K))
    Y = rng.dirichlet(np.ones(K), N) if soft else np.eye(K)[rng.integers(K, size=N)]
    numeric = numerical_gradient(lambda: loss.forward(Z, Y), Z)
    np.testing.assert_allclose(loss.backward(Z, Y), numeric, rtol=1e-6, atol=1e-9)


@some
@given(scores_and_labels())
def test_without_smoothing_it_is_the_function_of_chapter_05(pair):
    Z, Y = pair
    loss = SoftmaxCrossEntropy()
    assert loss.targets(Y) is Y
    np.testing.assert_array_equal(loss.backward(Z, Y), F.softmax_cross_entropy_backward(Z, Y))
    np.testing.assert_allclose(loss.forward(Z, Y), F.softmax_cross_entropy(Z, Y), rtol=1e-5, atol=1e-6)


@some
@given(scores_and_labels(largest=10), st.floats(0, 0.99))
def test_smoothed_rows_sum_to_1_and_give_each_class_its_share(pair, smoothing):
    _, Y = pair
    rows = SoftmaxCrossEntropy(smoothing).targets(Y)
    assert rows.dtype == Y.dtype
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(rows[Y == 0], smoothing / Y.shape[1], rtol=1e-6, atol=1e-30)


@pytest.mark.equation("eq-label-smoothing")
def test_with_smoothing_the_loss_is_lowest_at_finite_scores():
    K, smoothing = 10, 0.1
    Y, loss = np.eye(K)[:1], SoftmaxCrossEntropy(smoothing)
    Z = np.log(loss.targets(Y))  # the probabilities are then the targets
    np.testing.assert_allclose(loss.backward(Z, Y), 0, atol=1e-15)
    entropy = -(loss.targets(Y) * np.log(loss.targets(Y))).sum()
    assert loss.forward(Z, Y) == pytest.approx(entropy)
    assert loss.forward(100 * Z, Y) > loss.forward(2 * Z, Y) > entropy


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.1), MeanSquaredError()], ids=repr)
def test_what_is_no_number_stays_so_in_its_row(loss):
    Z, Y = np.zeros((3, 4)), np.eye(4)[:3]
    Z[1, 2] = np.nan
    np.testing.assert_array_equal(np.isnan(loss.each(Z, Y)), [False, True, False])
    assert np.isnan(loss.backward(Z, Y)[1]).any()
    assert np.isfinite(loss.backward(Z, Y)[[0, 2]]).all()


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.1), MeanSquaredError()], ids=repr)
@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1), (4, 3), (9,)])
def test_targets_that_would_broadcast_are_refused(loss, shape):
    for method in (loss.each, loss.backward, loss.forward):
        with pytest.raises(
            ValueError, match=r"expected one row of targets for each row of scores, shape \(3, 3\), got"
        ):
            method(np.zeros((3, 3)), np.zeros(shape))


@pytest.mark.parametrize("smoothing", [5, 1, -0.1, np.nan, "0.05", None])
def test_a_smoothing_that_is_no_share_is_refused(smoothing):
    with pytest.raises(ValueError, match=f"expected smoothing to be a number from 0 to below 1, got {smoothing!r}"):
        SoftmaxCrossEntropy(smoothing)


def test_a_loss_of_one_s_own():
    class Hinge(Loss):
        def each(self, Z, Y):
            return np.maximum(0, 1 + (Z * (1 - 2 * Y))).sum(axis=-1)

    Y = np.eye(2)
    assert Hinge().forward(np.zeros((2, 2)), Y) == 2
    with pytest.raises(NotImplementedError, match=r"expected Hinge to have a method backward\(Z, Y\)"):
        Hinge().backward(np.zeros((2, 2)), Y)
    with pytest.raises(NotImplementedError, match=r"expected Loss to have a method each\(Z, Y\)"):
        Loss().forward(np.zeros((2, 2)), Y)


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), SoftmaxCrossEntropy(0.1), MeanSquaredError()], ids=repr)
def test_one_hot_rows_of_whole_numbers_are_as_good(loss):
    Z, Y = np.arange(6.0).reshape(2, 3), np.eye(3)[[0, 2]]
    for method in (loss.each, loss.backward):
        np.testing.assert_array_equal(method(Z, Y.astype(int)), method(Z, Y))
