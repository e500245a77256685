"""augment.py: where each pixel goes, that nothing wraps, and that all comes from the rng."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_net import LinearNet

from nnlib.augment import Affine, Shifts, bilinear
from nnlib.train import fit

STILL = {"degrees": 0, "scale": 0, "shear": 0, "shift": 0}
seeds = st.integers(0, 2**32 - 1)


class Fixed:
    """In place of an rng: whole numbers and shares of the way from −1 to 1 that a test chose, for each picture."""

    def __init__(self, *amounts):
        self.amounts = amounts

    def integers(self, low, high, size, endpoint):
        assert endpoint and size[0] == len(self.amounts)
        return np.broadcast_to((low + high) // 2 + np.array(self.amounts)[:, None], size)

    def uniform(self, low, high, size):
        assert (low, high) == (-1, 1) and size[0] == len(self.amounts)
        return np.broadcast_to(np.array(self.amounts, float)[:, None], size)


def pictures(seed, N=3, side=6):
    return np.random.default_rng(seed).integers(0, 256, (N, side * side)).astype(np.uint8)


def shifted(picture, down, across):
    """Return a picture, (side, side), moved pixel by pixel."""
    moved = np.zeros_like(picture)
    for row, column in np.ndindex(picture.shape):
        if 0 <= row + down < len(picture) and 0 <= column + across < len(picture):
            moved[row + down, column + across] = picture[row, column]
    return moved


@pytest.mark.equation("eq-shift")
@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(0, 9), seeds)
def test_each_picture_is_shifted_as_a_whole_and_nothing_wraps(side, most, seed):
    X = pictures(seed, N=4, side=side)
    new = Shifts(most)(X, np.random.default_rng(seed))
    assert new.shape == X.shape and new.dtype == np.uint8
    steps = range(-most, most + 1)
    for before, after in zip(X.reshape(-1, side, side), new.reshape(-1, side, side), strict=True):
        assert any((shifted(before, down, across) == after).all() for down in steps for across in steps)


def test_all_shifts_are_equally_likely_and_independent():
    dot = np.zeros((9000, 25), np.uint8)
    dot[:, 12] = 255
    counts = np.bincount(Shifts(1)(dot, np.random.default_rng(0)).argmax(axis=1), minlength=25).reshape(5, 5)
    assert counts.sum() == counts[1:4, 1:4].sum()
    np.testing.assert_allclose(counts[1:4, 1:4], 1000, atol=5 * np.sqrt(1000))


@pytest.mark.parametrize("augment", [Shifts(0), Affine(**STILL)], ids=repr)
@pytest.mark.parametrize("side", [1, 2, 5, 28])
def test_without_room_to_move_each_picture_stays(augment, side):
    X = pictures(side, side=side)
    np.testing.assert_array_equal(augment(X, np.random.default_rng(0)), X)


@pytest.mark.parametrize("augment", [Shifts(2), Affine()], ids=repr)
def test_equal_generators_draw_the_same_and_the_pixels_given_are_left_alone(augment):
    X = pictures(0, N=5, side=8)
    X.flags.writeable = False
    one, rng = augment(X, np.random.default_rng(1)), np.random.default_rng(1)
    np.testing.assert_array_equal(augment(X, rng), one)
    assert not np.array_equal(augment(X, rng), one)  # the generator has moved on
    assert one.flags.writeable and not np.shares_memory(one, X)
    np.testing.assert_array_equal(augment(np.asfortranarray(X), np.random.default_rng(1)), one)
    wide = np.repeat(X, 2, axis=1)[:, ::2]
    np.testing.assert_array_equal(augment(wide, np.random.default_rng(1)), one)
    assert augment(X[:1], rng).shape == (1, 64) and augment(X[:0], rng).shape == (0, 64)


@pytest.mark.equation("eq-affine", "eq-shift")
@settings(max_examples=30)
@given(st.integers(2, 9), st.integers(-3, 3), st.integers(-3, 3), seeds)
def test_an_affine_map_by_whole_pixels_is_a_shift(side, down, across, seed):
    X = pictures(seed, side=side)
    # A place is read where it came from, so that the picture moves the other way.
    new = Affine(**STILL | {"shift": 1})(X, Fixed(0, 0, 0, -down, -across))
    for before, after in zip(X.reshape(-1, side, side), new.reshape(-1, side, side), strict=True):
        np.testing.assert_array_equal(after, shifted(before, down, across))


@pytest.mark.equation("eq-bilinear")
def test_an_affine_map_by_half_a_pixel_is_the_mean_of_two_and_zeros_come_in():
    X = np.array([[10, 21, 30, 255]], np.uint8)
    new = Affine(**STILL | {"shift": 0.5})(X, Fixed(0, 0, 0, 0, 1))
    np.testing.assert_array_equal(new, [[16, 11, 143, 128]])  # 15.5, 10.5, 142.5 and 127.5, rounded up


@pytest.mark.parametrize("quarters", [-1, 1, 2])
def test_a_quarter_turn_is_that_of_rot90(quarters):
    X = pictures(0, side=7)
    new = Affine(**STILL | {"degrees": 180})(X, Fixed(quarters / 2, 0, 0, 0, 0)).reshape(-1, 7, 7)
    turned = np.rot90(X.reshape(-1, 7, 7), quarters, axes=(1, 2))
    inner = np.s_[:, 1:-1, 1:-1]  # at the edge, rounding may read a hair beyond it
    assert np.abs(new.astype(int) - turned)[inner].max() <= 1


def test_twice_the_size_is_half_the_way_from_the_middle():
    X = np.zeros((1, 81), np.uint8)
    X.reshape(9, 9)[3:6, 3:6] = 200
    new = Affine(**STILL | {"scale": 0.999})(X, Fixed(0, 1, 0, 0, 0)).reshape(9, 9)
    assert (new[2:7, 2:7] >= 199).all() and new[4, 0] == 0 and 50 < new[4, 1] < 150


def test_shear_moves_a_row_against_the_next_one():
    X = np.zeros((1, 81), np.uint8)
    X.reshape(9, 9)[:, 4] = 255
    new = Affine(**STILL | {"shear": 1})(X, Fixed(0, 0, -1, 0, 0)).reshape(9, 9)
    np.testing.assert_array_equal(new, 255 * np.eye(9, dtype=np.uint8))


@pytest.mark.equation("eq-bilinear")
@settings(max_examples=40)
@given(st.integers(2, 12), seeds)
def test_bilinear_reads_as_grid_sample_of_pytorch(side, seed):
    rng = np.random.default_rng(seed)
    X = pictures(seed, N=3, side=side).reshape(3, side, side)
    maps = Affine(60, 0.5, 0.5, side).draw(3, rng)
    new = bilinear(X, maps)
    steps = np.arange(side) - (side - 1) / 2
    down, across = np.meshgrid(steps, steps, indexing="ij")
    old = maps @ np.stack([down, across, np.ones_like(down)]).reshape(3, -1)  # (2, N, D), from the middle
    grid = torch.tensor(np.stack([old[1], old[0]], axis=-1).reshape(3, side, side, 2) * 2 / side)
    expected = torch.nn.functional.grid_sample(torch.tensor(X[:, None].astype(float)), grid, align_corners=False)
    assert np.abs(new - expected[:, 0].numpy()).max() <= 0.5 + 0.01


def test_amounts_are_drawn_evenly_up_to_the_largest():
    maps = Affine(degrees=10, scale=0, shear=0, shift=0).draw(4000, np.random.default_rng(0))
    angles = np.degrees(np.arctan2(maps[0, :, 1], maps[0, :, 0]))
    assert -10 <= angles.min() < -9.9 and 9.9 < angles.max() <= 10 and abs(angles.mean()) < 0.5
    sizes = 1 / Affine(0, 0.1, 0, 0).draw(4000, np.random.default_rng(0))[0, :, 0]
    assert 0.9 <= sizes.min() < 0.901 and 1.099 < sizes.max() <= 1.1
    moves = Affine(0, 0, 0, 0.5).draw(4000, np.random.default_rng(0))[:, :, 2]
    assert -0.5 <= moves.min() < -0.499 and 0.499 < moves.max() <= 0.5
    assert abs(np.corrcoef(moves)[0, 1]) < 0.1


def test_black_and_white_pictures_stay_within_their_colours():
    white = np.full((50, 100), 255, np.uint8)
    new = Affine(45, 0.5, 0.5, 3)(white, np.random.default_rng(0))
    assert (new.reshape(-1, 10, 10)[:, 4:6, 4:6] == 255).all()
    assert not Affine()(np.zeros_like(white), np.random.default_rng(0)).any()


@pytest.mark.parametrize("augment", [Shifts(1), Affine()], ids=repr)
def test_fit_trains_with_it(augment, mnist):
    X, y = mnist.X_train[:64], mnist.y_train[:64]
    before = X.copy()
    history = fit(
        LinearNet(), X, y, rng=np.random.default_rng(0), epochs=2, batch_size=32, augment=augment, verbose=False
    )  # fmt: skip
    assert history.epochs[1]["loss"] < history.epochs[0]["loss"]
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("augment", [Shifts(1), Affine()], ids=repr)
def test_pixels_that_do_not_fit_are_refused_in_words(augment):
    rng = np.random.default_rng(0)
    for wrong in (np.zeros((2, 9)), np.zeros(9, np.uint8), np.zeros((2, 3, 3), np.uint8)):
        with pytest.raises(ValueError, match=r"expected pixels 0 to 255, \(N, D\) of uint8, got \("):
            augment(wrong, rng)
    for D in (0, 8, 27):
        with pytest.raises(ValueError, match=f"expected square pictures, D = side², got rows of {D}"):
            augment(np.zeros((2, D), np.uint8), rng)


def test_settings_that_do_not_fit_are_refused_in_words():
    for most in (-1, 1.5, None):
        with pytest.raises(ValueError, match=f"expected most to be a whole number from 0 on, got {most}"):
            Shifts(most)
    for name in STILL:
        for most in (-1, np.nan, np.inf, "10", None):
            with pytest.raises(ValueError, match=f"expected {name} to be a number from 0 .*, got {most!r}"):
                Affine(**{name: most})
    with pytest.raises(ValueError, match="expected scale to be a number from 0 to below 1, got 1"):
        Affine(scale=1)


def test_names_are_what_one_would_write():
    assert repr(Shifts()) == "Shifts(1)"
    assert repr(Affine()) == "Affine(degrees=10, scale=0.1, shear=0.1, shift=0.5)"


@pytest.mark.equation("eq-affine")
@settings(max_examples=30)
@given(*[st.floats(-1, 1) for _ in range(5)])
def test_the_map_is_a_shear_then_a_turn_that_shrinks(angle, scale, shear, down, across):
    """Where a pixel of the new picture comes from; what grows is read from nearer the middle."""
    found = Affine(60, 0.5, 0.7, 3).draw(1, Fixed(angle, scale, shear, down, across))[:, 0]
    c, s = np.cos(np.radians(60 * angle)), np.sin(np.radians(60 * angle))
    turn, slant = np.array([[c, s], [-s, c]]) / (1 + 0.5 * scale), np.array([[1, 0], [0.7 * shear, 1]])
    np.testing.assert_allclose(found[:, :2], turn @ slant, atol=1e-12)
    np.testing.assert_allclose(found[:, 2], [3 * down, 3 * across])
    assert np.linalg.det(found[:, :2]) == pytest.approx(1 / (1 + 0.5 * scale) ** 2)
