"""picture.py: any picture of a digit comes out as MNIST would have made it, or is refused in words."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from nnlib.picture import as_text, centre_of_mass, load_picture, to_mnist_form

some = settings(max_examples=30)


def seven(size=200, ink=0, paper=255, offset=(0, 0), mode="L"):
    """A 7 drawn with lines, with room on every side."""
    image = Image.new(mode, (size, size), paper)
    points = [(0.3, 0.3), (0.65, 0.3), (0.45, 0.75)]
    at = [(size * x + offset[0], size * y + offset[1]) for x, y in points]
    ImageDraw.Draw(image).line(at, fill=ink, width=max(1, size // 16), joint="curve")
    return image


def box(x):
    """(top, left, height, width) of the ink of a row of 784."""
    rows, columns = (x.reshape(28, 28).any(axis=axis).nonzero()[0] for axis in (1, 0))
    return rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def is_centred(x):
    """The ink balances within half a pixel of (14, 14), or lies at the frame: as near as it can be."""
    top, left, height, width = box(x)
    for centre, start, side in zip(centre_of_mass(x.reshape(28, 28) / 255), (top, left), (height, width), strict=True):
        if abs(centre - 14) > 0.51 and start > 0 and start + side < 28:  # 0.01 for the rounding of the greys
            return False
    return True


def is_in_mnist_form(x):
    assert x.shape == (784,) and x.dtype == np.uint8
    assert x.max() > 200
    _, _, height, width = box(x)
    assert max(height, width) == 20
    assert is_centred(x)


@pytest.fixture(scope="module")
def reference():
    return to_mnist_form(np.asarray(seven()))


def apart(x, y):
    """The mean difference of two pictures, in greys of 255."""
    return np.abs(x.astype(float) - y).mean()


# The form


def test_a_drawn_seven(reference):
    is_in_mnist_form(reference)
    picture = reference.reshape(28, 28)
    top, _, height, width = box(reference)
    assert height == 20 and 13 <= width <= 18
    assert picture[top + 1].astype(bool).sum() > 10 and picture[top + 15].astype(bool).sum() < 5  # the right way up


@pytest.mark.parametrize(
    ("ink", "paper"), [(0, 255), (255, 0), (40, 230), (200, 30), (0, 128), (255, 127), (150, 250), (90, 40)]
)
def test_dark_on_light_and_light_on_dark_come_out_alike(reference, ink, paper):
    x = to_mnist_form(np.asarray(seven(ink=ink, paper=paper)))
    is_in_mnist_form(x)
    assert apart(x, reference) < 1


@pytest.mark.parametrize(("size", "alike"), [(24, 0.6), (50, 0.85), (100, 0.93), (400, 0.93), (900, 0.93)])
def test_size_does_not_matter(reference, size, alike):
    x = to_mnist_form(np.asarray(seven(size)))
    is_in_mnist_form(x)
    assert np.corrcoef(x, reference)[0, 1] > alike  # a small one has ragged lines


@some
@given(st.integers(-55, 60), st.integers(-55, 40))
def test_the_place_on_the_paper_does_not_matter(right, down):
    np.testing.assert_array_equal(
        to_mnist_form(np.asarray(seven(offset=(right, down)))), to_mnist_form(np.asarray(seven()))
    )


@some
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
def test_any_ink_comes_out_in_the_form_or_at_the_edge(seed, height, width):
    rng = np.random.default_rng(seed)
    grey = np.full((60, 60), 255)
    blob = rng.random((height, width)) < rng.uniform(0.05, 1)
    blob[0, 0] = True
    grey[10 : 10 + height, 10 : 10 + width][blob] = 0
    x = to_mnist_form(grey)
    assert max(box(x)[2:]) <= 20
    assert is_centred(x)


@pytest.mark.parametrize("n", range(0, 60, 3))
def test_mnist_digits_enlarged_come_back(mnist, n):
    """MNIST's own digits are in the form already; enlarged, inverted and framed anew they should come back."""
    digit = mnist.X_test[n].reshape(28, 28)
    large = 255 - np.pad(np.kron(digit, np.ones((5, 5), np.uint8)), ((30, 7), (2, 80)))
    x = to_mnist_form(large)
    is_in_mnist_form(x)
    assert apart(x, mnist.X_test[n]) < 11  # faint rims go, and one row more or less is a scale of 20/19
    assert np.corrcoef(x, mnist.X_test[n])[0, 1] > 0.85


def test_the_network_reads_the_enlarged_digits_as_before(mnist):
    from nnlib.io import SHIPPED, load

    net = load(SHIPPED)
    X = [to_mnist_form(255 - np.pad(np.kron(x.reshape(28, 28), np.ones((4, 4))), 20)) for x in mnist.X_test[:200]]
    right = (net.predict(np.stack(X) / 255) == mnist.y_test[:200]).mean()
    assert right > 0.95


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 30), (30, 1), (2, 2), (1, 500), (500, 3)])
def test_marks_that_are_hardly_digits(height, width):
    grey = np.full((600, 600), 255)
    grey[50 : 50 + height, 60 : 60 + width] = 0
    x = to_mnist_form(grey)
    is_in_mnist_form(x)
    assert set(box(x)[2:]) == {20, max(1, round(20 * min(height, width) / max(height, width)))}


def test_faint_grain_of_the_paper_is_no_ink(reference):
    rng = np.random.default_rng(0)
    grain = np.asarray(seven(paper=235)) + rng.integers(-12, 12, (200, 200))
    assert apart(to_mnist_form(grain.clip(0, 255)), reference) < 3


@pytest.mark.parametrize("grey", [np.zeros((9, 9)), np.full((9, 9), 255), np.full((40, 30), 130), np.ones((1, 1))])
def test_a_picture_without_ink(grey):
    with pytest.raises(ValueError, match="expected a digit, got a picture without ink: every pixel is like its border"):
        to_mnist_form(grey)


@pytest.mark.parametrize("shape", [(5,), (5, 5, 3), (0, 5), (5, 0), ()])
def test_what_is_no_grey_picture(shape):
    with pytest.raises(ValueError, match=r"expected a grey picture, \(height, width\), got shape"):
        to_mnist_form(np.zeros(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf, -1, 256])
def test_what_is_no_grey(value):
    grey = np.zeros((9, 9))
    grey[4, 4] = value
    with pytest.raises(ValueError, match="expected greys from 0 to 255, got"):
        to_mnist_form(grey)


@pytest.mark.equation("eq-centre-of-mass")
@some
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_centre_of_mass(height, width, seed):
    picture = np.random.default_rng(seed).random((height, width)) + 1e-3
    total, row, column = 0.0, 0.0, 0.0
    for r in range(height):
        for c in range(width):
            total, row, column = total + picture[r, c], row + r * picture[r, c], column + c * picture[r, c]
    np.testing.assert_allclose(centre_of_mass(picture), (row / total, column / total), rtol=1e-12)
    np.testing.assert_allclose(centre_of_mass(picture.T), (column / total, row / total), rtol=1e-12)
    np.testing.assert_allclose(centre_of_mass(7 * picture), centre_of_mass(picture), rtol=1e-12)
    shifted = np.pad(picture, ((2, 0), (5, 0)))
    np.testing.assert_allclose(centre_of_mass(shifted), (row / total + 2, column / total + 5), rtol=1e-12)


# Files


def saved(path, image, **options):
    image.save(path, **options)
    return load_picture(path)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "gif", "tif", "webp"])
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)])
def test_picture_files(tmp_path, reference, ending, ink, paper):
    x = saved(tmp_path / f"seven.{ending}", seven(ink=ink, paper=paper))
    is_in_mnist_form(x)
    assert apart(x, reference) < 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes(tmp_path, reference, mode):
    assert apart(saved(tmp_path / "seven.png", seven().convert(mode)), reference) < 1


def test_the_suffix_does_not_decide_what_a_picture_is(tmp_path, reference):
    seven().save(tmp_path / "seven", format="PNG")
    np.testing.assert_array_equal(load_picture(tmp_path / "seven"), reference)
    np.testing.assert_array_equal(load_picture(str(tmp_path / "seven")), reference)


@pytest.mark.parametrize("ink", [0, 255])
@pytest.mark.parametrize("hidden", [0, 255])
def test_ink_on_nothing(tmp_path, reference, ink, hidden):
    """A drawing programme's layer: transparent, whatever colour hides under it, with dark lines or light ones."""
    layer = Image.new("RGBA", (200, 200), (hidden, hidden, hidden, 0))
    layer.paste((ink, ink, ink, 255), mask=seven(ink=255, paper=0))
    assert apart(saved(tmp_path / "seven.png", layer), reference) < 1


def test_sixteen_bits(tmp_path, reference):
    for invert in (False, True):
        grey = np.asarray(seven(ink=20, paper=230)).astype(np.uint16)
        grey = 256 * (255 - grey if invert else grey) + 7
        x = saved(tmp_path / "seven.png", Image.fromarray(grey))
        assert Image.open(tmp_path / "seven.png").mode.startswith("I")
        assert apart(x, reference) < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_sideways(tmp_path, reference, orientation):
    """The picture is stored turned, and its EXIF orientation says how to turn it back."""
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = seven(mode="L")
    stored = stored.transpose(turn[orientation]) if orientation in turn else stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert apart(saved(tmp_path / "seven.jpg", stored, exif=exif, quality=95), reference) < 4


def test_a_large_scan(tmp_path, reference):
    x = saved(tmp_path / "seven.png", seven(5000))
    is_in_mnist_form(x)
    assert apart(x, reference) < 8


def refused(path, words):
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: .*{words}"):
        load_picture(path)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((10_000, 6_000), "file; at most 50,000,000 pixels are read, not 10000 × 6000"),
        ((20_000, 20_000), "file; Image size .* exceeds limit"),
    ],
)
def test_a_picture_that_unpacks_to_too_much(tmp_path, size, words):
    buffer = io.BytesIO()
    Image.new("1", (1, 1)).save(buffer, "PNG")
    content = bytearray(buffer.getvalue())
    content[16:24] = struct.pack(">II", *size)  # what the header promises is enough
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    (tmp_path / "bomb.png").write_bytes(content)
    refused(tmp_path / "bomb.png", words)


def test_a_blank_page(tmp_path):
    Image.new("L", (50, 50), 250).save(tmp_path / "blank.png")
    refused(tmp_path / "blank.png", "expected a digit, got a picture without ink")


@pytest.mark.parametrize(
    "content",
    [b"hello", bytes(100), b"\x89PNG\r\n\x1a\n"],
)
def test_foreign_files(tmp_path, content):
    path = tmp_path / "seven.png"
    path.write_bytes(content)
    refused(path, r"expected a picture or a \.csv file; ")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.heic", b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", "got a HEIC photograph: save it as JPEG or PNG"),
        ("a.jpg", b"\0\0\0\x24ftypmif1\0\0\0\0heic", "got a HEIC photograph: save it as JPEG or PNG"),
        ("a.mov", b"\0\0\0\x14ftypqt  ", "got a film: give one picture"),
        ("a.cr3", b"\0\0\0\x18ftypcrx ", "got a camera's raw data: save it as JPEG"),
        ("a.orf", b"IIRO\x08\0\0\0", "got a camera's raw data: save it as JPEG"),
        ("a.pdf", b"%PDF-1.4", "got a PDF: save it as JPEG or PNG"),
        ("a.svg", b"\xef\xbb\xbf \n<svg xmlns", "got an SVG drawing: save it as JPEG or PNG"),
        ("a.svg", b'<?xml version="1.0"?>\n<svg', "got XML, of an SVG drawing perhaps: save it as JPEG or PNG"),
        ("a.npz", b"PK\3\4" + bytes(30), "got a zip archive: give a picture; weights go to --weights"),
        ("a.npz", b"PK\3\4" + bytes(5000) + b"W1.npy" + bytes(100), "got NumPy's .npz: .*weights go to --weights"),
        ("a.npy", b"\x93NUMPY\1\0", "got NumPy's .npy: write it with numpy.savetxt"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "got HDF5, as Keras' .h5: .*weights go to --weights"),
        ("a.pkl", b"\x80\x04\x95", "got a Python pickle, as an older .pt: .*weights go to --weights"),
        ("a.safetensors", bytes(8) + b"{}", "got weights in safetensors: .*weights go to --weights"),
        ("a.png", b"", "got an empty file"),
        ("a.png", b"<!DOCTYPE html><title>404</title>", "got a web page"),
        ("a.png", b"\x1f\x8b\x08\x00", "got a gzip file"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "file; "),  # a damaged one: Pillow says how
        ("a.gif", b"GIF89a", "file; "),
        ("a.csv", b"\x80\x04\x95", "got a Python pickle"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_is_named_and_what_to_do(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    refused(path, words)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of much, and then refuses
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_damaged_pictures_are_read_or_refused_in_words(tmp_path, form):
    buffer = io.BytesIO()
    seven(40).save(buffer, form)
    whole, path, rng = buffer.getvalue(), tmp_path / "seven", np.random.default_rng(0)
    for trial in range(120):
        damaged = bytearray(whole)
        if trial % 3 == 0:
            damaged = damaged[: rng.integers(len(whole))]
        else:
            for place in rng.integers(min(len(whole), 200 if trial % 3 == 1 else len(whole)), size=rng.integers(1, 5)):
                damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            assert load_picture(path).shape == (784,)
        except ValueError as error:
            assert str(error).startswith(f"{path}: expected ")


def test_a_missing_file_is_a_missing_file(tmp_path):
    for name in ("none.png", "none.csv"):
        with pytest.raises(FileNotFoundError):
            load_picture(tmp_path / name)


# In the terminal


def test_as_text():
    x = np.zeros((28, 28))
    assert as_text(x.ravel()) == "\n" * 13
    x[0, 0], x[1, 1], x[26:, 2], x[5, 27] = 255, 97, 200, 96
    drawn = as_text(x.ravel()).split("\n")
    assert len(drawn) == 14
    assert drawn[0] == "▀▄" and drawn[13] == "  █" and not any(drawn[1:13])


@pytest.mark.parametrize("n", range(10))
def test_as_text_says_every_pixel(mnist, n):
    drawn = [line.ljust(28) for line in as_text(mnist.X_test[n]).split("\n")]
    assert [len(line) for line in drawn] == [28] * 14
    top = [[c in "▀█" for c in line] for line in drawn]
    bottom = [[c in "▄█" for c in line] for line in drawn]
    np.testing.assert_array_equal(np.stack([top, bottom], 1).reshape(28, 28), mnist.X_test[n].reshape(28, 28) > 96)
