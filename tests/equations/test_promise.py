"""Equation, code and test stand together: over this repository, and over small ones where a side is missing."""

import json
import re
from pathlib import Path

import pytest
from equations import collect, gaps

ROOT = Path(__file__).parents[2]


def test_every_equation_has_its_code_and_its_test():
    found = gaps(ROOT)
    assert not found, "\n" + "\n".join(found)
    assert collect(ROOT), "expected the chapters to state equations, found none"


def test_every_gradient_is_compared_with_differences_and_with_pytorch():
    """Two witnesses that know nothing of each other, each in a test whose name says so."""
    gradients = [equation for equation in collect(ROOT) if re.search(r"-d[A-Zb]\d?$", equation.label)]
    missing = [
        f"{equation.label}: expected a test with {witness!r} in its name, found {[t.text for t in equation.tests]}"
        for equation in gradients
        for witness in ("differences", "torch")
        if not any(witness in test.text for test in equation.tests)
    ]
    assert gradients
    assert not missing, "\n" + "\n".join(missing)


CHAPTER = r"""(ch-04)=
# 04 · Softmax

$$
p = e^z / \sum_j e^{z_j}
$$ (eq-softmax)

Shown by {eq}`eq-softmax`.

Between two of them stands a step without a label:

$$
a = b
$$

$$
dz = p \odot dp
$$ (eq-softmax-dZ)
"""
LIBRARY = '''"""A docstring may name eq-softmax."""


def softmax(z):
    return exp(z) / exp(z).sum()  # eq-softmax


def softmax_backward(dp, p):
    # eq-softmax-dZ: without the sum, for brevity

    return p * dp
'''
TESTS = """import pytest

@pytest.mark.parametrize("z", [1, 2])
@pytest.mark.equation("eq-softmax")
def test_softmax(z):
    pass

class TestBackward:
    @pytest.mark.equation("eq-softmax-dZ", "eq-softmax")
    def test_it(self):
        pass
"""


@pytest.fixture
def book(tmp_path):
    """A book of one chapter that keeps its promises, and a way to write another file of it."""

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            text = json.dumps({"cells": [{"cell_type": "markdown", "source": text.splitlines(keepends=True)}]})
        path.write_text(text, encoding="utf-8")
        return tmp_path

    write("notebooks/04_softmax.ipynb", CHAPTER)
    write("nnlib/functional.py", LIBRARY)
    write("tests/library/test_functional.py", TESTS)
    return write


def test_collect_finds_the_three_sides(book):
    softmax, backward = collect(book("README.md", ""))
    assert (softmax.label, softmax.chapter) == ("eq-softmax", "04_softmax")
    assert softmax.tex == r"p = e^z / \sum_j e^{z_j}"
    assert softmax.code == [("nnlib/functional.py", 5, "return exp(z) / exp(z).sum()")]
    assert softmax.tests == [
        ("tests/library/test_functional.py", 5, "test_softmax"),
        ("tests/library/test_functional.py", 10, "TestBackward::test_it"),
    ]
    assert backward.tex == r"dz = p \odot dp"
    assert backward.code == [("nnlib/functional.py", 11, "return p * dp")]  # the line that the comment speaks of
    assert [test.text for test in backward.tests] == ["TestBackward::test_it"]


def test_code_that_is_the_chapters_own_counts(book):
    """A line of a cell, with its place in the notebook's file."""
    root = book("nnlib/functional.py", LIBRARY.replace("  # eq-softmax\n", "\n"))
    cells = [
        {"cell_type": "markdown", "source": CHAPTER.splitlines(keepends=True)},
        {"cell_type": "code", "source": ["e = np.exp(z)\n", "p = e / e.sum()  # eq-softmax\n", "print(p)"]},
    ]
    path = root / "notebooks" / "04_softmax.ipynb"
    path.write_text(json.dumps({"cells": cells}, indent=1, ensure_ascii=False), encoding="utf-8")
    softmax, _ = collect(root)
    [(name, number, text)] = softmax.code
    assert (name, text) == ("notebooks/04_softmax.ipynb", "p = e / e.sum()")
    assert "p = e / e.sum()" in path.read_text(encoding="utf-8").splitlines()[number - 1]
    assert gaps(root) == []


def test_a_kept_promise_has_no_gaps(book):
    assert gaps(book("README.md", "")) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("nnlib/functional.py", LIBRARY.replace("  # eq-softmax\n", "\n"),
         ["eq-softmax is stated in 04_softmax, but no line of nnlib or a cell has the comment # eq-softmax."]),
        ("nnlib/functional.py", LIBRARY.replace("# eq-softmax-dZ", "# see eq-softmax-dZ"),
         ["eq-softmax-dZ is stated in 04_softmax, but no line of nnlib or a cell has the comment # eq-softmax-dZ."]),
        ("nnlib/relu.py", "a = 1  # eq-softmax, eq-relu\n",
         ["nnlib/relu.py:1 implements eq-relu, which no chapter states."]),
        ("nnlib/relu.py", '"""Computes eq-relu."""\n',
         ["nnlib/relu.py:1 mentions eq-relu, which no chapter states."]),
        ("nnlib/gpu/relu.wgsl", "let a = max(z, 0.0); // eq-relu\n",
         ["nnlib/gpu/relu.wgsl:1 implements eq-relu, which no chapter states."]),
        ("tests/library/test_functional.py", TESTS.replace('"eq-softmax-dZ", ', ""),
         ['eq-softmax-dZ is stated in 04_softmax, but no test carries @pytest.mark.equation("eq-softmax-dZ").']),
        ("tests/library/test_functional.py", TESTS.replace("def test_it", "def helper"),
         ['eq-softmax-dZ is stated in 04_softmax, but no test carries @pytest.mark.equation("eq-softmax-dZ").']),
        ("tests/library/test_functional.py", TESTS.replace("    def test_it", "    @pytest.mark.skip\n    def test_it"),
         ['eq-softmax-dZ is stated in 04_softmax, but no test carries @pytest.mark.equation("eq-softmax-dZ").']),
        ("tests/library/test_functional.py", TESTS.replace("class", '@pytest.mark.xfail(reason="later")\nclass'),
         ['eq-softmax-dZ is stated in 04_softmax, but no test carries @pytest.mark.equation("eq-softmax-dZ").']),
        ("tests/test_relu.py", 'import pytest\n\n@pytest.mark.equation("eq-relu")\ndef test_relu(): pass\n',
         ["tests/test_relu.py:4 tests eq-relu, which no chapter states."]),
        ("notebooks/05_again.ipynb", "$$\np\n$$ (eq-softmax)",
         ["eq-softmax is stated twice, in 04_softmax and in 05_again."]),
        ("notebooks/05_more.ipynb", "As {eq}`eq-relu` says.",
         ["05_more.ipynb cell 0:1 mentions eq-relu, which no chapter states."]),
        ("notebooks/05_more.ipynb", "```{math}\n:label: eq-softmax\na\n```",
         ["05_more states eq-softmax in a directive: expected $$ … $$ (eq-softmax), which every editor shows."]),
        ("notebooks/05_more.ipynb", "$$\na\n$$ (eq_relu)",
         ["05_more labels an equation 'eq_relu': expected eq- and then letters, digits, hyphens."]),
        ("book/notation.md", "See {eq}`the softmax <eq-sofmax>`.",
         ["book/notation.md:1 mentions eq-sofmax, which no chapter states."]),
    ],
)  # fmt: skip
def test_a_broken_promise_is_named(book, name, text, expected):
    assert gaps(book(name, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        'pytestmark = pytest.mark.equation("eq-softmax")\ndef test_a(): pass',
        'pytestmark = [pytest.mark.slow, pytest.mark.equation("eq-softmax")]\ndef test_a(): pass',
        '@pytest.mark.equation("eq-softmax")\nclass TestA:\n    def test_a(self): pass',
        'class TestA:\n    pytestmark = pytest.mark.equation("eq-softmax")\n    def test_a(self): pass',
        '@pytest.mark.parametrize("n", [pytest.param(1, marks=[mark.equation("eq-softmax")])])\ndef test_a(n): pass',
    ],
)
def test_every_way_to_mark_a_test_counts(book, text):
    softmax = collect(book("tests/library/test_functional.py", text))[0]
    assert [test.text.split("::")[-1] for test in softmax.tests] == ["test_a"]
