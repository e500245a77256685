"""Numbers that stand in chapter 01's exercises for pencil and for finding out: they are computed here, and compared."""

import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np

from nnlib import data

CHAPTER = Path(__file__).parents[2] / "notebooks" / "01_digits.ipynb"


@cache
def prose():
    cells = nbformat.read(CHAPTER, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@cache
def digits():
    mnist = data.load_mnist()
    return data.scale(mnist.X_train), mnist.y_train, data.scale(mnist.X_test), mnist.y_test


def nearest(X, means):
    return ((means**2).sum(axis=1) - 2 * (X @ means.T)).argmin(axis=1)


def test_the_numbers_of_the_inverted_digits():
    X, y, X_test, y_test = digits()
    means = np.stack([X[y == k].mean(axis=0) for k in range(10)])
    charges = 2 * means.sum(axis=1) - (means**2).sum(axis=1)
    assert f"from 0 to 9: {', '.join(f'{c:.0f}' for c in charges)}." in prose()
    products = 2 * (X_test[y_test == 1] @ means.T).mean(axis=0)
    for k, words in enumerate(("the mean of 0", "that of 1", "that of 2")):
        assert f"{products[k]:.0f} for {words}" in prose()
        said = rf"${products[k]:.0f} - {charges[k]:.0f} = {round(products[k]) - round(charges[k])}$ for the {k}"
        assert said in prose()
    shares = np.bincount(nearest(1 - X_test, means), minlength=10) / len(X_test)
    assert f"{shares[0]:.0%} were called 0 and {shares[2]:.0%} were called 2".replace("%", " %") in prose()
    assert np.argsort(shares)[-2:].tolist() == [2, 0] and shares[1:].sum() - shares[2] < 0.08


def test_how_many_pictures_a_mean_needs():
    X, y, X_test, y_test = digits()
    rng = np.random.default_rng(0)
    rows = re.findall(r"^\| ([\d,]+) \| ([\d.]+) % \| ([\d.]+) to ([\d.]+) % \|$", prose(), re.MULTILINE)
    assert [row[0] for row in rows] == ["1", "3", "10", "30", "100", "300", "1,000"]
    for n, *stated in rows:
        scores = []
        for _ in range(10):
            drawn = [rng.choice(np.flatnonzero(y == k), int(n.replace(",", "")), replace=False) for k in range(10)]
            means = np.stack([X[chosen].mean(axis=0) for chosen in drawn])
            scores.append((nearest(X_test, means) == y_test).mean())
        decimals = len(stated[0].partition(".")[2])
        assert [f"{100 * it:.{decimals}f}" for it in (np.mean(scores), min(scores), max(scores))] == stated, n
