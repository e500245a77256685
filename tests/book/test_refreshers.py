"""book/refreshers.md has no cells; each number of its examples is computed here."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

PAGE = (Path(__file__).parents[2] / "book" / "refreshers.md").read_text(encoding="utf-8")
EXAMPLES = dict(
    zip(
        re.findall(r"^\(refresh-([\w-]+)\)=", PAGE, re.MULTILINE),
        re.findall(r"^\*\*An example\..*", PAGE, re.MULTILINE),
        strict=True,
    )
)


def rules():
    def f(x):
        return x * math.exp(-x)

    return [f"$-e^{{-2}} = {-math.exp(-2):.4f}$", f"−{-(f(2.001) - f(1.999)) / 0.002:.4f}."]


def taylor():
    first, second, truth = 1 + 0.1, 1 + 0.1 + 0.1**2 / 2, math.exp(0.1)
    assert 0.1**2 / 2 < truth - first < 1.05 * 0.1**2 / 2
    assert truth - second == pytest.approx(0.1**3 / 6, rel=0.03)
    return [
        f"= {first:.1f}$",
        f"= {second:.3f}$",
        f"in truth {truth:.5f}",
        f"by {truth - first:.5f}",
        f"by {truth - second:.5f}",
    ]


def expectation():
    die = np.arange(1, 7)
    return [
        f"= {die.mean()}$",
        f"of the sum is {2 * die.mean():.0f}",
        f"= {np.outer(die, die).mean()}$",
        f"= {(die**2).mean():.2f}$",
    ]


def variance():
    share, error = 0.976, math.sqrt(0.976 * 0.024 / 10_000)
    ends = 100 * (share - 1.96 * error), 100 * (share + 1.96 * error)
    return [f"= {error:.5f}$", f"{100 * error:.2f} points", "from {:.2f} % to {:.2f} %".format(*ends)]


def cauchy_schwarz():
    x, y = np.array([3, 4]), np.array([4, 3])
    lengths = np.linalg.norm(x), np.linalg.norm(y)
    return [
        f"length {lengths[0]:.0f}",
        f"product is {x @ y}",
        f"less than {math.prod(lengths):.0f}",
        f"is {x @ y / math.prod(lengths):.2f}.",
    ]


def rank():
    A, v = np.array([[1, 2], [2, 4], [0, 1]]), np.array([2, -1, 0])
    found = np.linalg.matrix_rank(A)
    assert found == np.linalg.matrix_rank(A.T) and not (v @ A).any()
    rows, columns = ([f"${tuple(row.tolist())}$" for row in M] for M in (A, A.T))
    return [
        f"rows {rows[0]}, {rows[1]} and {rows[2]} have rank {found}:",
        f"{columns[0]} and {columns[1]}, and have rank {found} as well",
        f"$v = {tuple(v.tolist())}$",
        f"${len(A)} - {found} = {len(A) - found}$ direction",
    ]


def eigenvalues():
    p = np.array([0.5, 0.5])
    J = np.diag(p) - np.outer(p, p)
    v, w = np.array([1, -1]), np.array([1, 1])
    assert (v @ J).tolist() == [0.5, -0.5] and not (w @ J).any() and v @ w == 0
    assert np.linalg.eigvalsh(J) == pytest.approx([0, 0.5])
    return [
        f"rows ${tuple(J[0].tolist())}$ and ${tuple(J[1].tolist())}$",
        f"takes $(1, -1)$ to ${tuple((v @ J).tolist())}$: eigenvalue 0.5.",
        "takes $(1, 1)$ to $(0, 0)$: eigenvalue 0.",
        f"the rank is {np.linalg.matrix_rank(J)}.",
    ]


SECTIONS = [rules, taylor, expectation, variance, cauchy_schwarz, rank, eigenvalues]


@pytest.mark.parametrize("says", SECTIONS, ids=lambda f: f.__name__)
def test_an_example_has_its_numbers(says):
    example = EXAMPLES[says.__name__.replace("_", "-")]
    missing = [words for words in says() if words not in example]
    assert not missing, f"expected {missing} in {example}"


def test_every_section_has_its_example():
    assert list(EXAMPLES) == [says.__name__.replace("_", "-") for says in SECTIONS]


def test_95_percent_lie_within_1_96_standard_deviations():
    assert math.erf(1.96 / math.sqrt(2)) == pytest.approx(0.95, abs=1e-4)
