"""Augmentation: each picture a little changed every time its turn comes, so that none is seen twice.

Each class here makes what ``fit(augment=…)`` asks for: a callable that takes pixels, (N, D) of uint8, and an rng, and
returns as many. Pictures are square, D = side²; the labels stay, which is a statement about the task.
"""

import math
from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from . import memory
from .checks import check_size

memory.keep_freed()


def pictures(pixels):
    """Return rows of pixels, (N, D) of uint8, as square pictures, (N, side, side)."""
    if pixels.ndim != 2 or pixels.dtype != np.uint8:
        raise ValueError(f"expected pixels 0 to 255, (N, D) of uint8, got {pixels.shape} of {pixels.dtype}")
    side = math.isqrt(pixels.shape[1])
    if side * side != pixels.shape[1] or not side:
        raise ValueError(f"expected square pictures, D = side², got rows of {pixels.shape[1]}")
    return pixels.reshape(-1, side, side)


class Shifts:
    """Each picture shifted by whole pixels, from −most to most, down and across, each as likely. Zeros come in on one
    side, and what leaves on the other is gone.

    Parameters
    ----------
    most : int
    """

    def __init__(self, most=1):
        self.most = check_size("most", most, least=0)

    def __call__(self, pixels, rng):
        images, most = pictures(pixels), self.most
        N, side, _ = images.shape
        around = framed(images, most, most)
        # Each place where a window of the old size fits is a shift.
        windows = sliding_window_view(around, (side, side), axis=(1, 2))
        down, across = rng.integers(0, 2 * most, (2, N), endpoint=True)
        return windows[np.arange(N), down, across].reshape(pixels.shape)  # eq-shift

    def __repr__(self):
        return f"Shifts({self.most})"


class Affine:
    """Each picture rotated, scaled, sheared and shifted about its middle; each amount is drawn evenly from −most to
    most.

    Each new pixel is read where it came from. That place lies between four pixels, whose mean, each weighted by how
    near it is, is rounded: bilinear interpolation. Around the picture all is 0.

    Parameters
    ----------
    degrees : float
        The largest angle, either way.
    scale : float
        The largest growth, below 1: 0.1 is from 0.9 to 1.1 times the size.
    shear : float
        How far at most a row moves against the next one, in pixels.
    shift : float
        How far at most the picture moves, down and across, in pixels.
    """

    def __init__(self, degrees=10, scale=0.1, shear=0.1, shift=0.5):
        for name, most in (("degrees", degrees), ("scale", scale), ("shear", shear), ("shift", shift)):
            if not isinstance(most, Real) or not 0 <= most < (1 if name == "scale" else math.inf):
                below = "to below 1" if name == "scale" else "on"
                raise ValueError(f"expected {name} to be a number from 0 {below}, got {most!r}")
        self.degrees, self.scale, self.shear, self.shift = degrees, scale, shear, shift

    def __call__(self, pixels, rng):
        images = pictures(pixels)
        return bilinear(images, self.draw(len(images), rng)).reshape(pixels.shape)

    def draw(self, N, rng):
        """Return, for each of N pictures, the matrix and the shift beside it that lead from a place in the new picture,
        (down, across) from its middle, to one in the old: (2, N, 3), one array for down and one for across.
        """
        angle, scale, shear, down, across = rng.uniform(-1, 1, (5, N))
        angle, scale, shear = math.radians(self.degrees) * angle, 1 + self.scale * scale, self.shear * shear
        c, s = np.cos(angle) / scale, np.sin(angle) / scale
        # the rotation and scale (c, s; −s, c) after the shear (1, 0; shear, 1)
        maps = [[c + s * shear, s, self.shift * down], [c * shear - s, c, self.shift * across]]  # eq-affine
        return np.array(maps).transpose(0, 2, 1)

    def __repr__(self):
        return f"Affine(degrees={self.degrees}, scale={self.scale}, shear={self.shear}, shift={self.shift})"


def bilinear(images, maps):
    """Return pictures (N, side, side) of uint8 whose pixels are read from `images` at the places to which `maps`, as
    `Affine.draw` returns them, lead. Most is computed in place: arrays of a number a pixel leave the cache soon.
    """
    N, side, _ = images.shape
    around, width = framed(images, 1, 2), side + 3  # so each place from 0 to side + 1 has four pixels around it
    steps = np.arange(side) - (side - 1) / 2
    new = np.stack([np.repeat(steps, side), np.tile(steps, side), np.ones(side * side)])
    maps = maps + np.array([0, 0, (side + 1) / 2])  # now the places are counted in `around`
    old = maps.reshape(2 * N, 3).astype(np.float32) @ new.astype(np.float32)
    np.clip(old, 0, side + 1, out=old)
    whole = np.floor(old)
    old -= whole
    (row, column), (dy, dx) = whole.reshape(2, N, side * side), old.reshape(2, N, side * side)
    row *= width
    row += column
    first = row.astype(np.intp)  # of the four pixels, where it lies in `around`
    first += np.arange(N)[:, None] * width**2
    a, b, c, d = (around.reshape(-1)[further:].take(first) for further in (0, 1, width, width + 1))
    value = between(between(a, b, dx), between(c, d, dx), dy)  # eq-bilinear
    value += np.float32(0.5)
    return value.astype(np.uint8).reshape(images.shape)


def between(a, b, t):
    """Return a + t(b − a)."""
    between = b.astype(np.float32)
    between -= a
    between *= t
    between += a
    return between


def framed(images, before, after):
    """Return pictures with so many rows and columns of zeros before them and after."""
    N, side, _ = images.shape
    around = np.zeros((N, before + side + after, before + side + after), np.uint8)
    around[:, before : before + side, before : before + side] = images
    return around
