"""metrics.py against formulas written out in plain Python, and the invariances that each measure has."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlib import metrics

some = settings(max_examples=50)


@st.composite
def answers(draw, classes=4):
    """Labels and answers, equally long."""
    N = draw(st.integers(1, 30))
    return [draw(hnp.arrays(np.int64, N, elements=st.integers(0, classes - 1))) for _ in range(2)]


@st.composite
def probabilities(draw):
    """Rows of probabilities over 3 classes, some of them certain, and labels."""
    N, seed = draw(st.integers(1, 40)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(3, draw(st.sampled_from([0.05, 1, 10]))), N)
    P[: N // 4] = np.eye(3)[rng.integers(3, size=N // 4)]
    return P, rng.integers(3, size=N)


@pytest.mark.equation("eq-accuracy")
@some
@given(answers())
def test_accuracy_counts(pair):
    labels, predicted = pair
    right = sum(int(a == b) for a, b in zip(labels, predicted, strict=True))
    assert metrics.accuracy(predicted, labels) == pytest.approx(right / len(labels), rel=1e-15)
    assert metrics.accuracy(labels, labels) == 1


@pytest.mark.parametrize(("predicted", "labels"), [((3, 1), (3,)), ((3,), (1,)), ((3,), (4,)), ((), ()), ((0,), (0,))])
def test_answers_that_do_not_pair_are_refused(predicted, labels):
    predicted, labels = np.zeros(predicted, int), np.zeros(labels, int)
    for measure in (metrics.accuracy, metrics.confusion_matrix):
        with pytest.raises(ValueError, match="expected two rows of N ≥ 1 classes, got shapes"):
            measure(predicted, labels)


@pytest.mark.equation("eq-standard-error")
def test_standard_error_is_the_spread_of_measured_shares():
    assert metrics.standard_error(0.98, 10_000) == pytest.approx(0.0014, rel=1e-12)
    assert metrics.standard_error(0.5, 25) == pytest.approx(0.1, rel=1e-12)
    assert metrics.standard_error(1.0, 10) == 0
    shares = np.random.default_rng(0).binomial(200, 0.8, 20_000) / 200
    assert metrics.standard_error(0.8, 200) == pytest.approx(shares.std(), rel=0.03)


@pytest.mark.equation("eq-confusion-matrix", "eq-accuracy")
@some
@given(answers())
def test_confusion_matrix(pair):
    labels, predicted = pair
    C = metrics.confusion_matrix(labels, predicted, 4)
    for t in range(4):
        for p in range(4):
            assert C[t, p] == sum(1 for a, b in zip(labels, predicted, strict=True) if (a, b) == (t, p))
    np.testing.assert_array_equal(C.sum(axis=1), np.bincount(labels, minlength=4))
    np.testing.assert_array_equal(C.sum(axis=0), np.bincount(predicted, minlength=4))
    np.testing.assert_array_equal(metrics.confusion_matrix(predicted, labels, 4), C.T)
    assert np.trace(C) / C.sum() == pytest.approx(metrics.accuracy(predicted, labels))


@pytest.mark.parametrize(
    ("labels", "predicted"), [([0, -1], [0, 0]), ([0, 0], [-1, 0]), ([0, 4], [0, 0]), ([0, 0], [4, 0])]
)
def test_confusion_matrix_refuses_a_class_outside(labels, predicted):
    with pytest.raises(ValueError, match=r"expected labels 0 to 3, got (-1|4) at example"):
        metrics.confusion_matrix(labels, predicted, 4)


@pytest.mark.equation("eq-precision-recall")
@some
@given(answers())
def test_precision_and_recall(pair):
    labels, predicted = pair
    precision, recall = metrics.precision_recall(metrics.confusion_matrix(labels, predicted, 4))
    for k in range(4):
        right = sum(1 for a, b in zip(labels, predicted, strict=True) if a == b == k)
        answered, seen = (predicted == k).sum(), (labels == k).sum()
        assert precision[k] == pytest.approx(right / answered if answered else math.nan, nan_ok=True)
        assert recall[k] == pytest.approx(right / seen if seen else math.nan, nan_ok=True)


@pytest.mark.equation("eq-precision-recall")
def test_precision_and_recall_by_hand():
    precision, recall = metrics.precision_recall(np.array([[8, 2], [4, 6]]))
    np.testing.assert_allclose(precision, [8 / 12, 6 / 8])
    np.testing.assert_allclose(recall, [8 / 10, 6 / 10])


def calibration_by_hand(P, labels, bins):
    """The gap of each bin, weighted by its share, one example at a time."""
    members = [[] for _ in range(bins)]
    for p, label in zip(P, labels, strict=True):
        top = max(p)
        members[min(int(top * bins), bins - 1)].append((top, list(p).index(top) == label))
    gaps = [abs(sum(right for _, right in m) - sum(top for top, _ in m)) for m in members]
    return sum(gaps) / len(labels), [len(m) for m in members]


@pytest.mark.equation("eq-expected-calibration-error")
@some
@given(probabilities(), st.integers(1, 20), st.randoms(use_true_random=False))
def test_expected_calibration_error(pair, bins, random):
    P, labels = pair
    error, counts = calibration_by_hand(P, labels, bins)
    assert metrics.expected_calibration_error(P, labels, bins) == pytest.approx(error, abs=1e-12)
    bars = metrics.reliability(P, labels, bins)
    assert bars.count.tolist() == counts
    np.testing.assert_array_equal(np.isnan(bars.confidence), bars.count == 0)
    np.testing.assert_array_equal(np.isnan(bars.accuracy), bars.count == 0)
    order = list(range(len(labels)))
    random.shuffle(order)
    assert metrics.expected_calibration_error(P[order], labels[order], bins) == pytest.approx(error, abs=1e-12)
    names = np.array([2, 0, 1])  # the classes under other names
    renamed = metrics.expected_calibration_error(P[:, names.argsort()], names[labels], bins)
    assert renamed == pytest.approx(error, abs=1e-12)


@pytest.mark.equation("eq-expected-calibration-error")
def test_calibration_error_is_0_where_confidence_tells_the_truth_and_1_for_the_certain_and_wrong():
    rng = np.random.default_rng(0)
    P = rng.dirichlet(np.full(10, 0.3), 100_000)
    labels = (P.cumsum(axis=1) > rng.random((100_000, 1))).argmax(axis=1)  # each class as often as P says
    assert metrics.expected_calibration_error(P, labels) < 0.01
    assert metrics.expected_calibration_error(P**2 / (P**2).sum(axis=1, keepdims=True), labels) > 0.05  # overconfident
    assert metrics.expected_calibration_error(np.eye(3), np.array([1, 2, 0])) == 1
    assert metrics.expected_calibration_error(np.eye(3), np.arange(3)) == 0


def test_reliability_puts_certainty_in_the_last_bin():
    bars = metrics.reliability(np.array([[1.0, 0], [0.55, 0.45], [0.5, 0.5]]), [0, 1, 0], bins=10)
    assert bars.count.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 1]
    assert bars.confidence[5] == pytest.approx(0.525) and bars.accuracy[5] == 0.5
    assert bars.confidence[9] == bars.accuracy[9] == 1
