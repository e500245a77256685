"""What chapter 22 writes in its own cells: weights in a byte, coverage and accuracy, ink by NumPy."""

import re

import nbformat
import numpy as np
import pytest
from chapter_names import CHAPTERS, names
from make_digit import CONVOLUTION

from nnlib import data, functional, io

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


def doubts(dense, other, X):
    """Return the answers of the dense network and the six measures of the last exercise, by its order."""
    Z = dense.scores(X)
    answers, P, Q = Z.argmax(axis=1), functional.softmax(Z), functional.softmax(other.scores(X))
    largest, second = np.sort(P)[:, :-3:-1].T
    first_score, second_score = np.sort(Z)[:, :-3:-1].T
    both = np.where(answers == Q.argmax(axis=1), np.minimum(largest, Q.max(axis=1)), -1)
    wide = np.pad(X.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)))
    moved = [wide[:, i : i + 28, j : j + 28].reshape(-1, 784) for i, j in ((0, 2), (4, 2), (2, 0), (2, 4))]
    stays = sum((dense.predict(one) == answers).astype(int) for one in moved)
    return answers, [largest, largest - second, first_score - second_score, first_score, both, stays + largest], stays


def test_the_measures_of_doubt_do_what_the_solution_says(mnist):
    """The numbers of the last exercise: of each measure the wrong answers, and those more and fewer."""
    X, y = data.scale(mnist.X_test), mnist.y_test
    dense = io.load(io.SHIPPED, np.float64)
    other = io.load(CONVOLUTION, np.float64)
    answers, measures, stays = doubts(dense, other, X)
    halves = np.concatenate([X[:2000, :392], X[2000:4000, 392:]], axis=1)
    of_halves = doubts(dense, other, halves)[1]
    rows, shares, first_wrong = [], [], None
    for c, d in zip(measures, of_halves, strict=True):
        threshold = np.sort(c[::2])[250]
        given = c[1::2] >= threshold
        wrong = given & (answers != y)[1::2]
        first_wrong = wrong if first_wrong is None else first_wrong
        more, fewer = (wrong & ~first_wrong).sum(), (first_wrong & ~wrong).sum()
        rows.append((wrong.sum(), round(100 - 100 * wrong.sum() / given.sum(), 2), more, fewer))
        shares.append(f"{100 * (d >= threshold).mean():.0f}")
    cells = nbformat.read(CHAPTERS / "22_page.ipynb", as_version=4).cells
    (text,) = (cell.source for cell in cells if cell.source.startswith(":::{solution} ex-22-5"))
    said = re.findall(r"^\| [^|]+ \| (\d+) \| ([\d.]+) \| (?:(\d+), (\d+))? ?\|$", text, re.MULTILINE)
    assert [tuple(float(number or 0) for number in row) for row in said] == rows
    assert f"{', '.join(shares[:-1])} and {shares[-1]} %" in text
    assert 0.4 < (stays < 4)[answers == y].mean() < 0.5  # nearly half
    Q = functional.softmax(other.scores(X))
    given = Q.max(axis=1)[1::2] >= np.sort(Q.max(axis=1)[::2])[250]
    assert (given & (Q.argmax(axis=1) != y)[1::2]).sum() == 3 and round(100 * given.mean()) == 94
