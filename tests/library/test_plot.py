"""plot.py: what is drawn, in which colours and on which scale."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from nnlib import plot

mpl.use("Agg")


@pytest.fixture(autouse=True)
def clean():
    with mpl.rc_context():
        yield
    plt.close("all")


def test_style():
    plot.use_book_style()
    assert plt.rcParams["figure.facecolor"] == plt.rcParams["axes.facecolor"] == "none"
    assert plt.rcParams["axes.prop_cycle"].by_key()["color"][:4] == [plot.BLUE, plot.ORANGE, plot.GREEN, plot.PURPLE]


def test_the_same_picture_gives_the_same_file(tmp_path):
    plot.use_book_style()
    for name in ("one", "two"):
        plt.figure().gca().plot([1, 2], color=plot.BLUE)
        plt.savefig(tmp_path / name, format="svg", metadata={"Date": None})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def luminance(colour):
    rgb = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(rgb, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("ground", ["#FFFFFF", "#14181E"])
@pytest.mark.parametrize("colour", ["BLUE", "ORANGE", "GREEN", "PURPLE", "GREY"])
def test_every_colour_stands_out_on_both_pages(colour, ground):
    low, high = sorted(luminance(c) + 0.05 for c in (getattr(plot, colour), ground))
    assert high / low >= 3


def image_of(ax):
    (image,) = ax.images
    return image


def test_digit_is_black_on_white_over_the_whole_range():
    pixels = np.arange(784, dtype=np.uint16).astype(np.uint8)
    image = image_of(plot.digit(pixels, title="7"))
    np.testing.assert_array_equal(image.get_array(), pixels.reshape(28, 28))
    assert image.get_clim() == (0, 255) and image.get_cmap().name == "gray_r"
    assert image_of(plot.digit(pixels / 255)).get_clim() == (0, 1)
    assert image.axes.get_title() == "7" and not len(image.axes.get_xticks())


@pytest.mark.parametrize(("N", "rows"), [(1, 1), (10, 1), (11, 2), (20, 2)])
def test_digits_fill_rows_and_leave_the_rest_blank(N, rows):
    figure = plot.digits(np.zeros((N, 784), np.uint8), titles=range(N))
    assert len(figure.axes) == 10 * rows
    assert [ax.get_title() for ax in figure.axes if ax.images] == [str(n) for n in range(N)]
    assert all(ax.images or not ax.axison for ax in figure.axes)


def test_signed_pictures_are_white_at_zero_and_share_a_scale():
    x = np.zeros(784)
    x[3] = -2
    image = image_of(plot.signed(x))
    assert image.get_clim() == (-2, 2)
    assert to_rgb(image.cmap(image.norm(0)))[0] > 0.95
    figure = plot.signed_grid(np.stack([x, 5 * x]), columns=2)
    assert [image_of(ax).get_clim() for ax in figure.axes] == [(-10, 10)] * 2
    assert image_of(plot.signed(np.zeros(784))).get_clim() == (-1, 1)
    assert image_of(plot.signed(x, limit=3)).get_clim() == (-3, 3)


def test_matrix_writes_its_numbers_where_they_can_be_read():
    ax = plot.matrix([[1.0, -0.25], [0, 0.125]], numbers=".2f")
    assert [text.get_text() for text in ax.texts] == ["1.00", "-0.25", "0.00", "0.12"]
    assert [text.get_position() for text in ax.texts] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [text.get_color() for text in ax.texts] == ["white", "black", "black", "black"]
