"""picture.py reads photographs: on each kind of paper, light and camera, digits on which it was not tuned."""

import io
import re
import tracemalloc

import numpy as np
import photographs
import pytest
from PIL import Image

from nnlib.__main__ import main
from nnlib.io import SHIPPED, load
from nnlib.picture import load_picture, to_mnist_form


@pytest.fixture(scope="module")
def net():
    return load(SHIPPED)


def seen(kind, count, mnist, net, folder):
    some = np.arange(7, 10_000, 10_000 // count)[:count]
    return photographs.read(kind, mnist.X_test[some], mnist.y_test[some], net, folder)


def is_read(rows, share):
    right = rows.answer == rows.label
    assert right.mean() >= share, f"{right.sum()} of {len(rows)} read; the others: {rows[~right].to_string()}"
    assert ((rows.warning != "") & right).mean() <= 0.1, "warned of what was read"


# How many of 100 are read is seen by python tests/photographs.py; here is the part of it that takes seconds: a pencil's
# gaps, printed lines and grain; an edge of light; a dark table; light on dark, in a slope of light.
@pytest.mark.parametrize("kind", ["pencil on ruled paper", "a phone's shadow", "the sheet's edge", "chalk on a board"])
def test_twenty_photographs_of_a_kind(kind, mnist, net, tmp_path):
    is_read(seen(kind, 20, mnist, net, tmp_path), 0.8)


@pytest.mark.sweep
@pytest.mark.parametrize("kind", photographs.KINDS)
def test_a_hundred_photographs_of_a_kind(kind, mnist, net, tmp_path):
    is_read(seen(kind, 20 if kind in photographs.LARGE else 100, mnist, net, tmp_path), 0.9)


def crowded(mnist):
    """Return a photograph of three digits side by side, in sloping light."""
    rng = np.random.default_rng(0)
    cover = np.zeros((300, 600))
    for i, x in enumerate(mnist.X_test[:3]):
        cover[60:240, 200 * i : 200 * i + 200] += photographs.drawn(x, rng, (180, 200), (0.5, 0.6))
    return photographs.coloured(cover).mean(axis=2) * photographs.slope((300, 600), rng, 0.3)


def test_what_may_be_no_single_digit_is_said(mnist, tmp_path, capsys):
    words = "crop the picture to the digit"
    with pytest.warns(UserWarning, match=words):
        to_mnist_form(crowded(mnist))
    path = tmp_path / "three.png"
    photographs.as_image(crowded(mnist)).save(path)
    assert main(["predict", str(path)]) == 0
    printed = capsys.readouterr()
    assert re.match(f"nnlib: {re.escape(str(path))}: .*{words}", printed.err) and "Predicted label" in printed.out


def test_paper_in_uneven_light_has_no_ink():
    rng = np.random.default_rng(0)
    for make in (photographs.slope, photographs.vignette):
        empty = 220 * make((200, 300), rng, 0.4) + rng.normal(0, 6, (200, 300))
        with pytest.raises(ValueError, match="got a picture without ink"):
            to_mnist_form(empty.clip(0, 255))


@pytest.mark.usefixtures("no_warning")
def test_a_picture_of_28_by_28_is_never_taken_for_a_photograph(mnist, net):
    X = np.stack([to_mnist_form(x.reshape(28, 28)) for x in mnist.X_test[:300]])
    assert (net.predict(X / 255) == mnist.y_test[:300]).mean() > 0.95


@pytest.mark.filterwarnings("ignore:the paper is uneven")  # a few are as doubtful as any that reach the border
@pytest.mark.parametrize("fill", [0, 3])
def test_pictures_cut_to_the_digit_are_read(mnist, net, fill):
    """A drawing without paper around it, or with little: what touches the border is the digit."""
    some, X = range(0, 10_000, 100), []
    for n in some:
        square = mnist.X_test[n].reshape(28, 28)
        rows, columns = (square.any(axis=axis).nonzero()[0] for axis in (1, 0))
        tight = np.pad(square[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], fill)
        X.append(to_mnist_form(255 - np.kron(tight, np.ones((6, 6)))))
    assert (net.predict(np.stack(X) / 255) == mnist.y_test[some]).mean() > 0.9


def test_twelve_megapixels_take_little(mnist, tmp_path):
    """The picture is shrunk while it is read: no array of all its pixels in float64, with red, green and blue."""
    (content,) = photographs.photographs("light falls by 20 %", mnist.X_test[:1])
    Image.open(io.BytesIO(content)).resize((4000, 3000)).save(tmp_path / "large.jpg")
    tracemalloc.start()
    load_picture(tmp_path / "large.jpg")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6, f"{peak / 1e6:.0f} MB"
