"""strokes.py: a drawing comes out as MNIST would have made it; each step that is left out is seen to be missing."""

import re
from itertools import pairwise

import numpy as np
import pytest

from nnlib.picture import centre_of_mass, to_mnist_form
from nnlib.strokes import picture_of

SEVEN = [np.array([[0.3, 0.2], [0.7, 0.2], [0.45, 0.8]]), np.array([[0.42, 0.5], [0.66, 0.5]])]


def square(x):
    return x.reshape(28, 28)


def lit(x):
    """(top, left, height, width) of the ink."""
    rows, columns = (square(x).any(axis=axis).nonzero()[0] for axis in (1, 0))
    return rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


@pytest.mark.equation("eq-fit")
def test_the_longer_side_is_twenty_pixels_wherever_and_however_large_one_draws():
    x = picture_of(SEVEN)
    assert max(lit(x)[2:]) == 20
    for size, shift in ((0.5, (0.1, 0.4)), (0.25, (0, 0)), (2.0, (-0.3, 0.1))):
        again = picture_of([size * stroke + shift for stroke in SEVEN])
        assert np.abs(again.astype(int) - x).max() <= 255 / 64 + 1  # a sample on the very edge of the ink may differ
    wide = picture_of([np.array([[0.1, 0.5], [0.9, 0.5]]), np.array([[0.1, 0.5], [0.1, 0.3]])])
    assert lit(wide)[3] == 20 and lit(wide)[2] < 10


@pytest.mark.equation("eq-pen")
@pytest.mark.parametrize("share", [0.05, 0.12, 0.3])
def test_the_pen_is_a_share_of_the_longer_side(share):
    """An upright line of 20 pixels with its ends is as wide as the pen: its ink is that of the stadium."""
    x = square(picture_of([np.array([[0.5, 0.1], [0.5, 0.9]])], pen=share)) / 255
    assert abs(x[14].sum() - max(1, round(20 * share))) < 0.51  # whole pixels: fitted, and then as wide as its box
    thin = picture_of(SEVEN, pen=share / 2)
    assert thin.sum() < picture_of(SEVEN, pen=share).sum()


@pytest.mark.equation("eq-segment")
def test_a_pixel_is_ink_where_a_stroke_is_near():
    """Without a scale a sample is a place on the sheet, and its distance can be found by trying many points."""
    a, b = np.array([0.2, 0.3]), np.array([0.7, 0.6])
    x = square(picture_of([np.array([a, b])], scale=False, pen=None, soft=False, place="sheet"))
    along = a + np.linspace(0, 1, 2001)[:, None] * (b - a)
    for row in range(28):
        for column in range(28):
            middle = (np.array([column, row]) + 0.5) / 28
            near = np.sqrt(((along - middle) ** 2).sum(axis=1)).min()
            assert abs(near - 0.035) < 1e-4 or (x[row, column] == 255) == (near < 0.035)
    dot = square(picture_of([np.array([[0.5, 0.5]])], scale=False, pen=None, place="sheet"))
    assert abs(dot.sum() / 255 - np.pi * (0.035 * 28) ** 2) < 0.1


@pytest.mark.equation("eq-area-mean")
def test_a_pixel_is_the_mean_of_its_area():
    x = square(picture_of([np.array([[0.2, 0.5], [0.8, 0.5]])], scale=False, pen=None, place="sheet")) / 255
    assert abs(x[:, 14].sum() - 0.07 * 28) < 0.13  # the stroke is so wide, wherever its edges lie
    assert set(np.unique(picture_of(SEVEN, soft=False))) == {0, 255}
    assert len(np.unique(picture_of(SEVEN))) > 20


@pytest.mark.equation("eq-place")
def test_the_centre_of_mass_comes_to_the_middle_of_pixel_14():
    for place, target in (("mass", 14), ("half", 13.5)):
        for strokes in (SEVEN, [SEVEN[0]], [SEVEN[0][:2]]):
            for at in centre_of_mass(square(picture_of(strokes, place=place)) / 255):
                assert abs(at - target) <= 0.51
    boxed = lit(picture_of(SEVEN, place="box"))
    assert abs(boxed[0] + boxed[2] / 2 - 14) <= 0.5 and abs(boxed[1] + boxed[3] / 2 - 14) <= 0.5
    corner = lit(picture_of([0.2 * stroke for stroke in SEVEN], place="sheet"))
    assert corner[:2] == (0, 0)


def test_it_is_the_form_that_a_picture_of_the_same_ink_gets():
    fine = picture_of(SEVEN)
    x, y = np.meshgrid((np.arange(800) + 0.5) / 800, (np.arange(800) + 0.5) / 800)
    ink = np.zeros((800, 800), bool)
    width = 0.6 * 0.12 / 0.88
    for stroke in SEVEN:
        for a, b in pairwise(stroke):
            t = np.clip(((x - a[0]) * (b - a)[0] + (y - a[1]) * (b - a)[1]) / ((b - a) @ (b - a)), 0, 1)
            ink |= np.hypot(x - a[0] - t * (b - a)[0], y - a[1] - t * (b - a)[1]) <= width / 2
    assert np.abs(to_mnist_form(255 * ink).astype(int) - fine).max() < 40  # both soften an edge, at other places


def test_no_stroke_is_paper_and_a_sheet_beside_the_ink_too():
    assert not picture_of([]).any()
    assert not picture_of([np.array([[3.0, 3.0], [4.0, 4.0]])], scale=False, place="sheet").any()
    assert not picture_of([np.array([[3.0, 3.0], [4.0, 4.0]])], scale=False).any()


@pytest.mark.parametrize(
    ("strokes", "options", "words"),
    [
        ([[1, 2, 3]], {}, "expected a stroke of points [x, y], (n, 2), got shape (3,)"),
        ([np.zeros((0, 2))], {}, "got shape (0, 2)"),
        ([[[0, np.nan]]], {}, "expected points that are finite"),
        (SEVEN, {"pen": 1}, "expected a pen between 0 and 1, or None, got 1"),
        (SEVEN, {"place": "middle"}, "expected a place of mass, half, box, sheet, got 'middle'"),
        ([np.zeros((100_001, 2))], {}, "expected a drawing of at most 100,000 points"),
    ],
)
def test_what_is_no_drawing_is_refused(strokes, options, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        picture_of(strokes, **options)
