"""Where the ink is: what is darker than its paper, on a drawing and on a
photograph.
"""

import warnings

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

FAINTEST = 16  # greys between paper and ink; below it there is none
_FAR, _NEAR = 288, 160  # pixels a side, in which the digit is looked for, and then looked at
_OUT_OF_GRAIN = 8  # times the grain: what stands out most on empty paper was 4 to 6 times as dark, pencil 25 and more
_OTHERS = 0.3  # of the digit's ink; more than that elsewhere, and it may be the wrong thing
_NO_INK = "expected a digit, got a picture without ink: every pixel is like its border"
_UNSURE = "the paper is uneven or shows more than the digit: crop the picture to the digit, with some paper around it"


def find_ink(grey):
    """Return the ink of the digit in a grey picture, (height, width) of 0 to
    255: how dark each pixel is, 0 to 255, of the part that has ink.

    A drawing or a scan has paper of one grey. A photograph has not: there the
    paper is found pixel by pixel, and the digit first in the whole picture,
    then again in the part around it. Ink is what is darker than its paper by
    more than the grain, which is measured; a light picture on dark paper is
    turned round first.

    Warns
    -----
    UserWarning
        If what was found may be no digit, or not all of it: it reaches the
        border, there is much else, it is small, or it hardly stands out.

    Raises
    ------
    ValueError
        If there is none: every pixel is like its border.
    """
    if np.ptp(grey) < FAINTEST:
        raise ValueError(_NO_INK)
    ink = _ink_on_even_paper(grey)
    if ink is None:
        ink = _ink_on_any_paper(grey)
    top, bottom, left, right = _box(ink > 0)
    return ink[top:bottom, left:right]


def _dark_on_light(grey, paper):
    """Return the picture, turned round where its paper is dark and what stands
    out most is light.
    """
    return 255 - grey if paper <= 127 and grey.max() - paper >= paper - grey.min() else grey


def _ink_on_even_paper(grey):
    """Return the ink, 0 to 255, on paper of one grey, or None where one grey
    does not explain the picture.

    It does where all that is faint lies beside what is strong, as the soft rim
    of a stroke does and a shadow, grain or a printed line does not; and where
    no ink reaches the border, or all of it hangs together with it and is the
    smaller part, as in a picture that is cut to the digit.
    """
    grey = _dark_on_light(grey, np.median(_border(grey)))
    ink = np.clip(np.median(_border(grey)) - grey, 0, None)
    if ink.max() == 0:
        return None
    ink *= 255 / ink.max()
    ink[ink < 32] = 0  # noise of a JPEG
    if max(grey.shape) <= 40:  # pixels: too few for a photograph, and all of a stroke is rim
        return ink
    faint, strong = (np.array(_box(ink > level)) for level in (0, 127))
    tenth = max(strong[1] - strong[0], strong[3] - strong[2]) / 10
    if np.abs(faint - strong).max() > tenth + 1:
        return None
    touched, small = (_border(ink) > 0).mean(), _shrunk(ink, _NEAR) > 127
    if touched and (touched < 0.05 or small.mean() > 0.5 or _inner(_pieces(small)).size):
        return None
    return ink


def _ink_on_any_paper(grey):
    """Return the ink, 0 to 255, of the digit in a photograph, cut to its
    surroundings.
    """
    grey = _dark_on_light(grey, np.median(grey))  # a dark table may take up most of the border
    for side in (_FAR, _NEAR):
        small = _shrunk(grey, side)
        depth, grain = _depth(small)
        if depth.max() < _OUT_OF_GRAIN * grain:
            raise ValueError(_NO_INK)
        mask = depth > max(_OUT_OF_GRAIN * grain, depth.max() / 2)  # a blurred edge is where half the ink is left
        digit = _digit(depth, mask)
        if side == _FAR:
            top, bottom, left, right = _box(digit)
            margin = max(bottom - top, right - left) / 2 + 3
            scale = len(grey) / len(small)
            top, left = (max(0, int(scale * (start - margin))) for start in (top, left))
            bottom, right = (int(scale * (end + margin)) + 1 for end in (bottom, right))
            grey = grey[top:bottom, left:right]
            others = depth[mask & ~digit].sum() / depth[digit].sum()
            alone = others < _OTHERS
    top, bottom, left, right = _box(digit)
    doubts = (
        not alone,
        _border(digit).any(),
        max(bottom - top, right - left) < 12,
        depth.max() < 2 * _OUT_OF_GRAIN * grain,
    )
    if any(doubts):
        warnings.warn(_UNSURE, stacklevel=4)  # the line that called to_mnist_form
    full = np.quantile(depth[digit], 0.8)  # pressed hard; a pencil leaves gaps
    return 255 * np.clip((depth / full - 0.3) / 0.4, 0, 1) * _running(np.pad(digit, 1), 3, np.maximum)


def _depth(grey):
    """Return how much darker than its paper each pixel is, as a share of the
    paper's grey, and the grain: the standard deviation of that on paper.

    The light multiplies what the paper sends back, so a share is the same in
    light and in shadow. The paper behind a stroke is found by a *closing*
    (Serra, 1982): of all squares that hold the pixel, each with the grey of
    its lightest point, the darkest. A stroke is too narrow to hold such a
    square; a shadow or a table is not, and comes out as it is. A printed line is narrow
    too, but goes from border to border: of all such lines through the pixel,
    each as faint as its faintest point, the strongest belongs to the paper.
    The grain is 1.4826 times the median distance from the median (Hampel,
    1974), which the ink, being the smaller part, does not move.
    """
    wide = np.pad(grey, 1, mode="edge")
    wide = wide[:-2] + wide[1:-1] + wide[2:]
    f = (wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]) / 9  # no single pixel is the lightest or the darkest
    width = max(3, round(0.3 * min(f.shape)))
    paper = _running(_running(np.pad(f, width - 1, mode="edge"), width, np.maximum), width, np.minimum)
    depth = 1 - f / np.maximum(paper, 1)
    depth -= np.median(depth)
    depth -= np.maximum(_lines(depth), _lines(depth.T).T)
    depth -= np.median(depth)
    return depth, max(1.4826 * np.median(np.abs(depth)), 1 / 255)


def _lines(depth):
    """Return the strongest line from left to right through each pixel, at most
    0.1 steep, as deep as its faintest point.
    """
    thick = np.pad(depth, ((1, 1), (0, 0)), mode="edge")
    thick = np.maximum(np.maximum(thick[:-2], thick[1:-1]), thick[2:])
    (height, width), columns = depth.shape, np.arange(depth.shape[1])
    reach = width // 20 + 1  # rows that a line is above or below its middle
    moved = sliding_window_view(np.pad(thick.T, ((0, 0), (reach, reach)), mode="edge"), height, axis=1)
    strongest = np.zeros((width, height))
    for rise in range(-width // 10, width // 10 + 1, 2):
        shift = np.rint(rise * (columns / width - 0.5)).astype(int)
        along = moved[columns, reach + shift].min(axis=0)
        back = sliding_window_view(np.pad(along, reach, mode="edge"), height)
        np.maximum(strongest, back[reach - shift], out=strongest)
    return strongest.T


def _digit(depth, mask):
    """Return where the digit is: the piece with the most ink that does not
    reach the border, and what lies beside it and is no speck.
    """
    pieces = _pieces(mask)
    ink = np.bincount(pieces.ravel(), (depth * mask).ravel())
    inner = _inner(pieces)
    candidates = inner if inner.size else np.arange(1, len(ink))
    main = candidates[ink[candidates].argmax()]
    top, bottom, left, right = _box(pieces == main)
    near = max(bottom - top, right - left) / 4
    digit = pieces == main
    for piece in candidates[ink[candidates] > 0.03 * ink[main]]:
        t, b, le, r = _box(pieces == piece)
        if max(t - bottom, top - b, le - right, left - r) <= near:
            digit |= pieces == piece
    return digit


def _pieces(mask):
    """Return a number for each pixel, the same for those of the mask that hang
    together, 0 outside.
    """
    label = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:  # each takes the largest number beside it, and then the number that stands there
        grown = np.where(mask, _running(np.pad(label, 1), 3, np.maximum), 0)
        grown = np.append(0, grown)[grown]
        if np.array_equal(grown, label):
            label[mask] = 1 + np.unique(label[mask], return_inverse=True)[1]
            return label
        label = grown


def _inner(pieces):
    """Return the numbers of the pieces that do not reach the border."""
    return np.setdiff1d(np.arange(1, pieces.max() + 1), _border(pieces))


def _border(picture):
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _box(mask):
    """Return (top, bottom, left, right) of what is marked, the ends excluded."""
    rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _shrunk(grey, side):
    """Return the picture so small that no side is longer than this, each pixel
    the mean over its area.
    """
    scale = max(grey.shape) / side
    if scale <= 1:
        return grey
    width, height = (max(1, round(n / scale)) for n in grey.shape[::-1])
    return np.asarray(Image.fromarray(grey.astype(np.float32)).resize((width, height), Image.Resampling.BOX), float)


def _running(f, width, take):
    """Return take, the maximum or the minimum, over each square of this width
    that lies in f.
    """
    for axis in (0, 1):
        f, span = f.swapaxes(0, axis), 1
        while span < width:
            step = min(span, width - span)
            f, span = take(f[:-step], f[step:]), span + step
        f = f.swapaxes(0, axis)
    return f
