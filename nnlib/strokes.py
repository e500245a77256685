"""A digit that was drawn: from strokes to MNIST's form, each step of which can be left out to see what it is worth."""

from numbers import Real

import numpy as np

from .picture import centre_of_mass

BOX, SIDE = 20, 28  # pixels: into which the digit is fitted, and of the picture
_FINE = 8  # samples along a side of a pixel
_FIXED = 0.07  # the pen on the sheet, as a share of the sheet
_MOST = 100_000  # points of a drawing


def picture_of(strokes, scale=True, pen=0.12, soft=True, place="mass"):
    """Return a drawing as MNIST would have made a digit of it: a uint8 row, (784,), 255 where there is ink.

    The page that reads digits does the same in JavaScript (``book/_static/digit/picture.js``).

    Parameters
    ----------
    strokes : list of arrays (n, 2)
        Each a line through points [x, y], from 0 to 1 on the sheet, y downwards. Without a stroke all is paper.
    scale : bool
        Whether the digit is fitted into 20 × 20 pixels; else the whole sheet becomes the 28 × 28.
    pen : float or None
        The width of the pen as a share of the digit's longer side; with None it is 0.07 of the sheet.
    soft : bool
        Whether a pixel is the mean over its area; else it is ink where its middle is.
    place : {"mass", "half", "box", "sheet"}
        What is brought to the middle: the centre of mass, to 14.5 from the edge, as MNIST has it; or to 14, half a
        pixel off; the middle of the ink's box; or nothing, and the digit lies as on the sheet.

    Raises
    ------
    ValueError
        If a stroke is no list of points, a point is not finite, or an option is none of these.
    """
    strokes = [_points(stroke) for stroke in strokes]
    if sum(map(len, strokes)) > _MOST:
        raise ValueError(f"expected a drawing of at most {_MOST:,} points, got more")
    if pen is not None and not (isinstance(pen, Real) and 0 < pen < 1):
        raise ValueError(f"expected a pen between 0 and 1, or None, got {pen!r}")
    if place not in ("mass", "half", "box", "sheet"):
        raise ValueError(f"expected a place of mass, half, box, sheet, got {place!r}")
    if not strokes:
        return np.zeros(SIDE * SIDE, np.uint8)
    small, middle = _fitted(strokes, scale, pen, _FINE if soft else 1)
    return np.rint(255 * _placed(small, middle, scale, place)).astype(np.uint8).ravel()


def _points(stroke):
    points = np.asarray(stroke, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"expected a stroke of points [x, y], (n, 2), got shape {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("expected points that are finite, got nan or inf")
    return points


def _fitted(strokes, scale, pen, fine):
    """Return the ink of each pixel, (rows, columns) from 0 to 1, and the
    middle of the digit's box on the sheet.
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    # One dot has no size: any pen gives the same disc.
    longest = max(*(high - low), 0.0) or 1.0
    width = _FIXED if pen is None else longest * pen / (1 - pen)  # eq-pen
    sides = high - low + width
    if scale:
        box = np.rint(BOX * sides / sides.max())  # eq-fit
        columns, rows = np.maximum(1, box).astype(int)
        origin = low - width / 2
        step = sides / (fine * np.array([columns, rows]))
    else:
        columns = rows = SIDE
        origin, step = np.zeros(2), np.full(2, 1 / (fine * SIDE))
    ink = np.zeros((fine * rows, fine * columns))
    for stroke in strokes:
        before = np.concatenate([stroke[:1], stroke[:-1]])
        for a, b in zip(before, stroke, strict=True):
            _draw(ink, a, b, width / 2, origin, step)
    samples = ink.reshape(rows, fine, columns, fine)
    return samples.mean(axis=(1, 3)), (low + high) / 2  # eq-area-mean


def _draw(ink, a, b, r, origin, step):
    """Set each sample whose distance from the segment a–b is at most r."""
    low = np.floor((np.minimum(a, b) - r - origin) / step)
    high = np.ceil((np.maximum(a, b) + r - origin) / step)
    start = np.maximum(0, low).astype(int)
    stop = np.minimum(ink.shape[::-1], high).astype(int)
    if (start >= stop).any():
        return  # beside the sheet
    # From a to the middles of the samples.
    ends = zip(start, stop, strict=True)
    middles = (np.arange(*each) + 0.5 for each in ends)
    x, y = (origin[i] + m * step[i] - a[i] for i, m in enumerate(middles))
    (dx, dy), x, y = b - a, x[None, :], y[:, None]
    square, along = dx * dx + dy * dy, x * dx + y * dy
    t = np.clip(along / square, 0, 1) if square else 0.0  # eq-segment
    near = (x - t * dx) ** 2 + (y - t * dy) ** 2 <= r * r  # eq-segment
    ink[start[1] : stop[1], start[0] : stop[0]][near] = 1


def _placed(small, middle, scale, place):
    """Return the ink as 28 × 28, moved by whole pixels."""
    rows, columns = small.shape
    if place in ("mass", "half"):
        to = 14 if place == "mass" else 13.5  # counted from the first pixel's centre
        shift = np.rint(to - np.array(centre_of_mass(small))) if small.any() else np.zeros(2)  # eq-place
    elif place == "box":
        lit = [np.flatnonzero(small.any(axis=axis)) for axis in (1, 0)]
        shift = np.array([np.rint(13.5 - (along[0] + along[-1]) / 2) if len(along) else 0 for along in lit])
    else:
        shift = np.rint(SIDE * middle[::-1] - [rows / 2, columns / 2]) if scale else np.zeros(2)
    if scale:
        shift = np.clip(shift, 0, [SIDE - rows, SIDE - columns])
    top, left = shift.astype(int)
    x = np.zeros((SIDE, SIDE))
    row, column = np.indices(small.shape)
    inside = (row + top >= 0) & (row + top < SIDE) & (column + left >= 0) & (column + left < SIDE)
    x[(row + top)[inside], (column + left)[inside]] = small[inside]
    return x
