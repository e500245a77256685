"""Pooling: each window of a picture as one number."""

from functools import reduce

import numpy as np

from .checks import check_gradient, check_size
from .conv import to_pictures, to_rows
from .functional import floating
from .layers import Layer


class Pool(Layer):
    """What both poolings have: windows of k by k pixels side by side, and how to cut pictures into them. Rows and
    columns left over at the end are not looked at.

    Parameters
    ----------
    size : int
        k.
    """

    settings = ("size",)

    def __init__(self, size):
        super().__init__()
        self.size = check_size("size", size)

    def _cut(self, X):
        """Return pictures X as an array (H, C, W, N), after a look whether a window fits into them."""
        k = self.size
        if X.ndim != 4 or min(X.shape[2:]) < k:
            raise ValueError(f"expected pictures (N, C, H, W) of {k} by {k} pixels or more, got {X.shape}")
        return to_rows(X)

    def _across_windows(self, f, x):
        """Return f of the k·k pixels of each window, (H', C, W', N), where f of two arrays is taken again and again:
        first of the rows, because a whole row lies in one piece, and k times fewer numbers are left for the columns.
        """
        k, H, W = self.size, *self._used(x)
        rows = reduce(f, [x[u:H:k] for u in range(k)])
        return reduce(f, [rows[:, :, v:W:k] for v in range(k)])

    def _parts(self, x):
        """Return k·k views of x, each (H', C, W', N): the first pixel of all windows, the second, …, row by row."""
        k, H, W = self.size, *self._used(x)
        return [x[u:H:k, :, v:W:k] for u in range(k) for v in range(k)]

    def _used(self, x):
        """Return how many rows and columns of x are in windows."""
        return len(x) // self.size * self.size, x.shape[2] // self.size * self.size

    def _gradient(self, dP, shape, shares):
        """Return dX for pictures that lay as `shape`, (H, C, W, N): dP times the share of each pixel of a window."""
        H, C, W, N = shape
        check_gradient(dP, (N, C, H // self.size, W // self.size))
        dp, dx = to_rows(dP), np.empty(shape, dP.dtype)
        for part, share in zip(self._parts(dx), shares, strict=True):
            np.multiply(dp, share, out=part)  # eq-pooling-dX
        H, W = self._used(dx)
        dx[H:], dx[:, :, W:] = 0, 0
        return to_pictures(dx)


class MaxPool2d(Pool):
    """The largest number of each window. Its gradient goes to the pixel that it came from; of several with the same
    number, to the first, row by row.
    """

    def forward(self, X, train=False):
        x = self._cut(X)
        P = self._across_windows(np.maximum, x)  # eq-pooling
        if train:  # in use it would be found for nothing; one byte a pixel, and X need not be kept
            self.remember(train, self._first_largest(x, P), x.shape)
        return to_pictures(P)

    def backward(self, dP):
        is_first, shape = self.recall()
        return self._gradient(dP, shape, is_first)

    def _first_largest(self, x, P):
        """Return for each of the k·k pixels where it is the first largest one of its window: (k·k, H', C, W', N)."""
        *parts, _ = self._parts(x)
        is_first = np.empty((len(parts) + 1, *P.shape), bool)
        *masks, open_ = is_first  # the last pixel gets what is still open when all others had their turn
        open_[...] = True
        for part, mask in zip(parts, masks, strict=True):
            np.equal(part, P, out=mask)
            mask &= open_
            open_ ^= mask
        return is_first


class AvgPool2d(Pool):
    """The mean of each window: each of its pixels gets the same share of its gradient."""

    def forward(self, X, train=False):
        x = self._cut(floating(X))
        self.remember(train, x.shape)
        return to_pictures(self._across_windows(np.add, x) / self.size**2)  # eq-pooling

    def backward(self, dP):
        (shape,) = self.recall()
        return self._gradient(dP, shape, [1 / self.size**2] * self.size**2)
