"""tables.py: digits in CSV files there and back, and every way in which a file can be wrong."""

import gzip
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlib.picture import load_picture
from nnlib.tables import read_csv, write_csv

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Tables


@pytest.mark.filterwarnings("ignore:the paper is white")  # noise has no paper
@settings(some, max_examples=10)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_round_trip(tmp_path, N, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(256, size=(N, 784)).astype(np.uint8), rng.integers(10, size=N).astype(np.uint8)
    write_csv(tmp_path / "file.csv", X, y)
    for read, wrote in zip(read_csv(tmp_path / "file.csv"), (X, y), strict=True):
        assert read.dtype == np.uint8 and read.flags.c_contiguous
        np.testing.assert_array_equal(read, wrote)


def test_idx_to_csv_and_back(tmp_path, mnist):
    X, y = mnist.X_test[:1100], mnist.y_test[:1100]  # more than one of the parts that are read at a time
    path = tmp_path / "mnist_test.csv"
    write_csv(path, X, y)
    read = read_csv(path)
    assert read[0].tobytes() == X.tobytes() and read[1].tobytes() == y.tobytes()
    lines = path.read_text().splitlines()
    assert lines[0].startswith("label,pixel0,pixel1,") and lines[0].endswith(",pixel783")
    assert lines[1] == ",".join(map(str, [y[0], *X[0]]))
    lines[1050] = lines[1050].replace(",", ",1.5,", 1).rsplit(",", 1)[0]
    path.write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"line 1051: expected pixel 0, 0 to 255, got '1\.5'"):
        read_csv(path)


def test_write_csv_refuses_what_does_not_fit_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text("old")
    for X, y in ((np.zeros((2, 783)), np.zeros(2)), (np.zeros((2, 784)), np.zeros(3)), (np.zeros((2, 28, 28)), [0, 0])):
        with pytest.raises(ValueError, match=r"expected pictures of shape \(\d, 784\) for \d labels, got"):
            write_csv(path, X, y)

    def broken(self, file, **options):
        Path(file).write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr(pd.DataFrame, "to_csv", broken)
    with pytest.raises(OSError, match="no space left"):
        write_csv(path, np.zeros((1, 784), np.uint8), np.zeros(1))
    assert [file.name for file in tmp_path.iterdir()] == ["file.csv"]
    assert path.read_text() == "old"


ROW = ["7", *map(str, (n % 256 for n in range(784)))]
HEADER = ["label", *(f"{row}x{column}" for row in range(28) for column in range(28))]


def csv(tmp_path, *rows, newline="\n", mark=b""):
    path = tmp_path / "file.csv"
    path.write_bytes(mark + newline.join(",".join(row) for row in rows).encode())
    return path


@pytest.mark.parametrize(("newline", "mark"), [("\n", b""), ("\r\n", b"\xef\xbb\xbf")])
@pytest.mark.parametrize(
    "header",
    [
        [],
        [HEADER],
        [["Label", *map(str, range(784))]],
        [["", *map(str, range(784))]],
        [[f'"{name}"' for name in HEADER]],
        [["", *HEADER[1:]]],
        [[*map(str, range(785))]],
        [[*map(str, range(1, 786))]],
    ],
)
def test_forms(tmp_path, newline, mark, header):
    end = [[]] if mark else []  # with and without a last line end
    X, y = read_csv(csv(tmp_path, *header, ROW, ROW, *end, newline=newline, mark=mark))
    assert y.tolist() == [7, 7]
    assert X.tolist() == [list(map(int, ROW[1:]))] * 2


def test_numbers_may_be_quoted_spaced_or_written_as_floats(tmp_path):
    for form in ('"{}"', " {}", "{}.0", "0{}"):
        X, y = read_csv(csv(tmp_path, [form.format(value) for value in ROW]))
        assert y.tolist() == [7] and X[0].tolist() == list(map(int, ROW[1:]))


def changed(place, value):
    return [*ROW[:place], value, *ROW[place + 1 :]]


@pytest.mark.parametrize(
    "value", ["-1", "256", "1.5", "x", "", "nan", "inf", "1e9", "-0.5", "99999999999999999999", "True"]
)
@pytest.mark.parametrize(("place", "before"), [(1, []), (784, [ROW]), (300, [HEADER, ROW])])
def test_a_bad_pixel_is_named(tmp_path, value, place, before):
    path = csv(tmp_path, *before, changed(place, value), ROW)
    words = f"{re.escape(str(path))}, line {len(before) + 1}: expected pixel {place - 1}, 0 to 255, got '{value[:1]}"
    with pytest.raises(ValueError, match=words):
        read_csv(path)


@pytest.mark.parametrize("value", ["-1", "10", "0.5", "x", "", "nan", "True"])
@pytest.mark.parametrize("before", [[], [HEADER], [ROW], [HEADER, ROW]])
def test_a_bad_label_is_named(tmp_path, value, before):
    path = csv(tmp_path, *before, changed(0, value))
    words = f"{re.escape(str(path))}, line {len(before) + 1}: expected a label, 0 to 9, got"
    with pytest.raises(ValueError, match=words):
        read_csv(path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "expected rows of a label and 784 pixels, got an empty file"),
        ([[], []], "expected rows of a label and 784 pixels, got an empty first line"),
        ([HEADER], "expected rows below the header, got none"),
        ([ROW[:-1]], "expected 785 columns, a label and 784 pixels, got 784"),
        ([[*ROW, "0"]], "expected 785 columns, a label and 784 pixels, got 786"),
        ([["5"]], "got 1"),
        ([ROW, ROW[:-1], ROW], "line 2: expected pixel 783, 0 to 255, got ''"),
        ([ROW, ROW, [*ROW, "0"]], "Expected 785 fields in line 3, saw 786"),
        ([HEADER, ROW, [], ROW], "line 3: expected a label, 0 to 9, got"),
        ([[], ROW], "got an empty first line"),
        ([ROW, ['"7', *ROW[1:]]], "expected"),
        ([HEADER, HEADER, ROW], "line 2: expected a label, 0 to 9, got 'label'"),
        ([["|".join(ROW)]], "got 1"),
        ([HEADER[1:], ROW[1:]], "expected 785 columns, a label and 784 pixels, got 784: the label is missing, it"),
        ([["ImageId", *HEADER[1:]], ["1", *ROW[1:]]], "got 'imageid' as the first column's name and none of a label"),
        ([["Unnamed: 0", *HEADER[1:]], ["0", *ROW[1:]]], "got 'unnamed: 0' as the first column's name and none"),
        ([["7", *784 * ["0"]], ["7", *392 * ["0", "1"]]], "got none above 1: multiply them by 255"),
        ([["7", *783 * ["0"], "0.5"]], "got '0.5' in a row of none above 1: multiply the pixels by 255"),
        ([[*HEADER, "class"], [*ROW, "0"]], "expected one column with the label, got 'label' and 'class' in the"),
        ([["", *HEADER], ["0", *ROW], ["1", *ROW]], "got 786: the first counts the rows, it seems"),
        ([["0", *ROW], ["1", *ROW]], "got 786: the first counts the rows, it seems"),
        ([[ROW[0], "9" * 400, *ROW[2:]]], "expected rows of a label and 784 pixels; "),
    ],
)
def test_ragged_and_empty(tmp_path, rows, words):
    path = csv(tmp_path, *rows)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}.*{words}"):
        read_csv(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "got a PNG picture"),
        ("5,0,0\n".encode("utf-16"), "got text in UTF-16: save it as UTF-8"),
        (b"@RELATION mnist_784\n", "got ARFF: keep what is below @DATA"),
        (gzip.compress(b"5,0,0\n", mtime=0), "got a gzip file"),
        (b"PK\3\4" + bytes(26) + b"mnist_train.csv", "got a zip archive"),
        (b"PK\3\4" + bytes(26) + b"[Content_Types].xml xl/workbook.xml", "got an Excel file"),
        (b"\0" * 3000, ""),
    ],
)
def test_foreign_files(tmp_path, content, words):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        read_csv(path)


def test_the_line_that_excel_reads_first(tmp_path):
    path = tmp_path / "file.csv"
    for mark, first in ((";", "sep=;"), (",", "sep=,"), ("\t", "SEP=\t"), ("|", '"sep=|"')):
        path.write_text("\n".join([first, mark.join(HEADER), mark.join(ROW)]))
        X, y = read_csv(path)
        assert y.tolist() == [7] and X[0].tolist() == list(map(int, ROW[1:]))
        path.write_text("\n".join([first, mark.join(ROW), mark.join(changed(3, "300"))]))
        with pytest.raises(ValueError, match="line 3: expected pixel 2, 0 to 255, got '300'"):
            read_csv(path)
    path.write_text("sep=;\n")
    with pytest.raises(ValueError, match="expected rows of a label and 784 pixels, got an empty first line"):
        read_csv(path)


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("before", [[], [HEADER], [ROW]])
def test_decimal_commas_are_named(tmp_path, separator, before):
    path = tmp_path / "file.csv"
    for row, words in (
        (changed(9, "12,5"), "expected pixel 8, 0 to 255, got '12,5', with a decimal comma: write whole numbers, or"),
        ([f"{value},0" for value in ROW], "expected a label, 0 to 9, got '7,0', with a decimal comma"),
    ):
        path.write_text("\n".join(separator.join(cells) for cells in [*before, row]))
        with pytest.raises(ValueError, match=f"line {len(before) + 1}: {words}"):
            read_csv(path)


def test_comments_are_named(tmp_path):
    comment, advice = ["# by hand", " in May"], "a comment: take that"
    for rows, words in (
        ([comment, ROW], f": expected rows of a label and 784 pixels, got '# by hand, in May', {advice}"),
        ([ROW, comment, ROW], f", line 2: expected a label, 0 to 9, got '# by hand', {advice}"),
        (
            [[*HEADER[1:], "y"], [*ROW[1:], "7"], comment],
            f", line 3: expected pixel 0, 0 to 255, got '# by hand', {advice}",
        ),
    ):
        with pytest.raises(ValueError, match=f"file.csv{words}"):
            read_csv(csv(tmp_path, *rows))


@pytest.mark.parametrize("label", ["label", "digit"])
def test_a_header_as_numpy_writes_it(tmp_path, label):
    path, header = tmp_path / "file.csv", ",".join([*HEADER[1:], label])
    np.savetxt(path, [[*map(int, ROW[1:]), 7]], fmt="%d", delimiter=",", header=header)
    X, y = read_csv(path)
    assert y.tolist() == [7] and X[0].tolist() == list(map(int, ROW[1:]))


@pytest.mark.parametrize(("white", "words"), [(1, None), (3, " in 3 of 20 pictures"), (20, " in 20 of 20 pictures")])
def test_white_paper_is_read_with_a_warning(tmp_path, mnist, white, words):
    X, y, path = mnist.X_test[:20].copy(), mnist.y_test[:20], tmp_path / "file.csv"
    X[:white] = 255 - X[:white]
    write_csv(path, X, y)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        np.testing.assert_array_equal(read_csv(path)[0], X)
    sentences = [f"the paper is white{words}: MNIST's is 0 and its ink 255; subtract each number from 255"]
    assert [str(warning.message) for warning in said] == (sentences if words else [])
    assert {warning.filename for warning in said} <= {__file__}


# Where the label is


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", [False, True])
def test_separators(tmp_path, separator, header):
    rows = [HEADER, ROW, ROW] if header else [ROW, ROW]
    path = tmp_path / "file.csv"
    path.write_bytes("\r".join(separator.join(row) for row in rows).encode())  # the third of the line ends
    X, y = read_csv(path)
    assert y.tolist() == [7, 7] and X.tolist() == [list(map(int, ROW[1:]))] * 2


@pytest.mark.parametrize("header", [[], [HEADER]])
def test_lines_that_end_in_a_separator(tmp_path, header):
    X, y = read_csv(csv(tmp_path, *([*row, ""] for row in [*header, ROW, ROW])))
    assert y.tolist() == [7, 7] and X.tolist() == [list(map(int, ROW[1:]))] * 2


@pytest.mark.parametrize(
    ("name", "place"), [("label", 784), ("Class", 784), (" digit", 0), ('"target"', 1), ("y", 400), ("labels", 783)]
)
def test_the_header_says_where_the_label_is(tmp_path, mnist, name, place):
    X, y = mnist.X_test[:30], mnist.y_test[:30]
    table = np.insert(X.astype(int), place, y, axis=1)
    header = [f"pixel{n + 1}" for n in range(784)]
    header.insert(place, name)
    path = csv(tmp_path, header, *(map(str, row) for row in table))
    for read, wrote in zip(read_csv(path), (X, y), strict=True):
        assert read.dtype == np.uint8 and read.flags.c_contiguous
        np.testing.assert_array_equal(read, wrote)
    table[4, place] = 11
    with pytest.raises(ValueError, match="line 6: expected a label, 0 to 9, got '11'"):
        read_csv(csv(tmp_path, header, *(map(str, row) for row in table)))


@pytest.mark.parametrize(
    "header", [[], [["", *HEADER[1:]]], [[f"column{n}" for n in range(785)]], [[*map(str, range(785))]]]
)
@pytest.mark.parametrize("rows", [range(1), range(5)])
def test_labels_that_stand_last_are_refused_where_no_header_names_them(tmp_path, mnist, header, rows):
    X, y = mnist.X_test[rows], mnist.y_test[rows]
    last = np.insert(X.astype(int), 784, y, axis=1)
    path = csv(tmp_path, *header, *(map(str, row) for row in last))
    with pytest.raises(ValueError, match="expected the label first, got rows that end in it, it seems: move"):
        read_csv(path)
    first = np.insert(X.astype(int), 0, y, axis=1)
    np.testing.assert_array_equal(read_csv(csv(tmp_path, *header, *(map(str, row) for row in first)))[1], y)


def test_labels_that_stand_last_behind_pictures_with_bright_corners(tmp_path, mnist):
    X, y = mnist.X_test[:20].astype(int), mnist.y_test[:20]
    X[:, 0] = 200
    path = csv(tmp_path, *(map(str, row) for row in np.insert(X, 784, y, axis=1)))
    with pytest.raises(ValueError, match="line 1: expected a label, 0 to 9, got '200' in rows that end in it"):
        read_csv(path)


def test_the_right_form_is_never_taken_for_the_other(tmp_path, mnist):
    """Of no class alone, nor of all; in MNIST the last pixel is always 0, so no subset of it can look like labels."""
    assert not mnist.X_train[:, -1].any() and not mnist.X_test[:, -1].any()
    for digit in range(10):
        X = mnist.X_test[mnist.y_test == digit][:3]
        write_csv(tmp_path / "file.csv", X, np.full(len(X), digit))
        X_read, y = read_csv(tmp_path / "file.csv")
        assert set(y) == {digit}
        np.testing.assert_array_equal(X_read, X)


def test_a_missing_file_and_a_folder_are_said_to_be(tmp_path):
    path = tmp_path / "none.csv"
    for read, what in ((read_csv, "a CSV file, rows of a label"), (load_picture, "a CSV file, 28 rows of 28 numbers")):
        with pytest.raises(FileNotFoundError, match=f"{re.escape(str(path))}: expected {what}.*, found nothing there"):
            read(path)
    with pytest.raises(ValueError, match=f"{re.escape(str(tmp_path))}: expected a CSV file, .*, got a folder"):
        read_csv(tmp_path)


# Single pictures, taken as they are


def refused(path, words):
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: .*{words}"):
        load_picture(path)


def lines(rows, separator=","):
    return "\n".join(separator.join(map(str, row)) for row in rows)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("name", ["seven.csv", "SEVEN.CSV"])
def test_forms_of_a_picture(tmp_path, mnist, mark, end, name):
    x, path = mnist.X_test[0], tmp_path / name
    for rows in (x.reshape(28, 28), [x], [[7, *x]], [["label", *range(784)], [7, *x]]):
        path.write_text(mark + lines(rows) + end, encoding="utf-8")
        read = load_picture(path)
        assert read.dtype == np.uint8
        np.testing.assert_array_equal(read, x)
    path.write_text(lines(x.reshape(28, 28)).replace("\n", "\r\n"), newline="")
    np.testing.assert_array_equal(load_picture(path), x)


@pytest.mark.parametrize("separator", [";", "\t", " ", "  ", ", "])
def test_separators_in_a_picture(tmp_path, mnist, separator):
    path = tmp_path / "seven.csv"
    path.write_text(lines(mnist.X_test[0].reshape(28, 28), separator))
    np.testing.assert_array_equal(load_picture(path), mnist.X_test[0])


def test_a_picture_as_numpy_writes_it(tmp_path, mnist):
    np.savetxt(tmp_path / "seven.csv", mnist.X_test[0].reshape(28, 28))
    np.testing.assert_array_equal(load_picture(tmp_path / "seven.csv"), mnist.X_test[0])


@pytest.mark.parametrize("name", ["label", "Class", "y", "digit", "labels"])
@pytest.mark.parametrize("place", [0, 5, 784])
def test_a_picture_whose_header_says_where_the_label_is(tmp_path, mnist, name, place):
    path = tmp_path / "seven.csv"
    header = [f"pixel{i}" for i in range(784)]
    header.insert(place, name)
    path.write_text(lines([header, np.insert(mnist.X_test[0], place, 7)]))
    np.testing.assert_array_equal(load_picture(path), mnist.X_test[0])


@pytest.mark.parametrize("header", [[], [[f"c{n}" for n in range(785)]]])
def test_a_picture_whose_label_is_last_and_has_no_name(tmp_path, mnist, header):
    path = tmp_path / "seven.csv"
    path.write_text(lines([*header, [*mnist.X_test[0], 7]]))
    refused(path, "expected the label first, got a row that ends in it, it seems: take that number away")


@pytest.mark.parametrize("end", [",", " "])
def test_a_picture_whose_lines_end_in_a_separator_or_begin_with_their_columns(tmp_path, mnist, end):
    x, path = mnist.X_test[0], tmp_path / "seven.csv"
    grid = x.reshape(28, 28)
    for rows in (grid, [x], [[7, *x]], [range(28), *grid], [[f"c{n}" for n in range(28)], *grid]):
        path.write_text("".join(end.join(map(str, row)) + end + "\n" for row in rows))
        np.testing.assert_array_equal(load_picture(path), x)


@pytest.mark.parametrize("scaled", [lambda x: x // 128, lambda x: x / 255, lambda x: (x > 99).astype(float)])
def test_a_picture_of_numbers_from_0_to_1(tmp_path, mnist, scaled):
    path = tmp_path / "seven.csv"
    path.write_text(lines(scaled(mnist.X_test[0]).reshape(28, 28)))
    refused(path, "expected whole numbers from 0 to 255, got none above 1: multiply them by 255$")


@pytest.mark.parametrize("grey", [0, 9, 255])
def test_a_picture_without_ink(tmp_path, grey):
    path = tmp_path / "none.csv"
    path.write_text(lines([[grey] * 28] * 28))
    refused(path, f"got a picture without ink: every pixel is {grey}$")


def test_a_picture_of_white_paper_is_taken_with_a_warning(tmp_path, mnist):
    path = tmp_path / "seven.csv"
    path.write_text(lines(255 - mnist.X_test[0].reshape(28, 28)))
    with pytest.warns(UserWarning, match="the paper is white: MNIST's is 0") as said:
        np.testing.assert_array_equal(load_picture(path), 255 - mnist.X_test[0])
    assert said[0].filename == __file__


@pytest.mark.parametrize(("first", "mark"), [("sep=;", ";"), ('"sep=\t"', "\t"), ("sep=|", "|")])
def test_a_picture_below_the_line_that_excel_reads_first(tmp_path, mnist, first, mark):
    x, path = mnist.X_test[0], tmp_path / "seven.csv"
    for rows in (x.reshape(28, 28), [x], [[7, *x]], [["label", *range(784)], [7, *x]]):
        path.write_text(f"{first}\n{lines(rows, mark)}\n")
        np.testing.assert_array_equal(load_picture(path), x)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_decimal_commas_in_a_picture_are_named(tmp_path, mnist, mark):
    path = tmp_path / "seven.csv"
    path.write_text(lines([[f"{value},0" for value in row] for row in mnist.X_test[0].reshape(28, 28)], mark))
    refused(path, "got '0,0' in row 0, column 0 of the picture, with a decimal comma: write whole numbers, or a point$")


def test_comments_in_a_picture_are_named(tmp_path, mnist):
    grid, path = mnist.X_test[0].reshape(28, 28), tmp_path / "seven.csv"
    path.write_text(f"# a seven\n{lines(grid)}")  # one is taken for the names of the columns
    np.testing.assert_array_equal(load_picture(path), mnist.X_test[0])
    for text in (f"# a seven\n# of MNIST\n{lines(grid)}", f"{lines(grid[:9])}\n# the lower part\n{lines(grid[9:])}"):
        path.write_text(text)
        refused(path, "expected 28 rows of 28 numbers, .*, got '# .*', a comment: take that line away$")


X = [[0] * 28] * 28


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "28 rows of 28 numbers, or one of 784 or 785, got an empty file$"),
        (X[:27], "28 rows of 28 numbers.*got 27 × 28$"),
        ([[0] * 783], "28 rows of 28 numbers.*got 1 × 783$"),
        ([[0] * 785] * 2, "28 rows of 28 numbers.*got 2 × 785: keep one row, of one picture$"),
        ([[0] * 784] * 99, "28 rows of 28 numbers.*got 99 × 784: keep one row, of one picture$"),
        ([*X[:27], [0] * 27], "28 rows of 28 numbers, or one of 784 or 785, got 28 × 27 to 28$"),
        ([*X[:27], [0] * 27 + ["x"]], "whole numbers from 0 to 255, got 'x' in row 27, column 27 of the picture"),
        ([[7, *[0] * 56, "x" * 99, *[0] * 727]], "whole numbers from 0 to 255, got 'x{40}' in row 2, column 0"),
        ([*X[:27], [0] * 27 + [""]], "whole numbers from 0 to 255, got ''"),
        ([*X[:27], [0] * 27 + [-1]], "whole numbers from 0 to 255, got '-1'"),
        ([*X[:27], [0] * 27 + [256]], "whole numbers from 0 to 255"),
        ([*X[:27], [0] * 27 + [0.5]], "whole numbers from 0 to 255"),
        ([*X[:27], [0] * 27 + ["nan"]], "whole numbers from 0 to 255"),
        ([*X[:27], [0] * 27 + ["inf"]], "whole numbers from 0 to 255"),
        ([["1" * 200_000]], "28 rows of 28 numbers"),
        ([['"', *X[0]]], "28 rows of 28 numbers"),
    ],
)
def test_what_is_no_picture(tmp_path, rows, words):
    path = tmp_path / "seven.csv"
    path.write_text(lines(rows))
    refused(path, f"expected {words}")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "got a PNG picture$"),
        (b"\0\0\0", ""),
        ("1,2".encode("utf-16"), "got text in UTF-16: save it as UTF-8$"),
        (b"PK\3\4" + bytes(26) + b"[Content_Types].xml xl/workbook.xml", "got an Excel file$"),
    ],
)
def test_foreign_files_are_no_picture(tmp_path, content, words):
    path = tmp_path / "seven.csv"
    path.write_bytes(content)
    refused(path, f"expected 28 rows of 28 numbers.*{words}")
