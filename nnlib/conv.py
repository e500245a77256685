"""Convolution: the same small kernel at every place of a picture."""

import numpy as np

from . import memory
from .checks import check_gradient, check_rng, check_size
from .init import drawn, he_normal
from .layers import Layer

_LARGEST = 2**26  # numbers that one picture may become, half a gigabyte; a typing error may ask for any

# Pictures are (N, C, H, W) outside. In memory these layers put the rows of a picture first, then its channels, its
# columns and, last, the examples. NumPy's functions of single numbers keep the order in which their input lies, so
# that from one such layer to the next nothing is moved.


def to_rows(X, padding=0):
    """Return pictures (N, C, H, W), which may lie in any order in memory, as an array (H, C, W, N) that lies in this
    one, with so many zeros around each picture.
    """
    x = X.transpose(2, 1, 3, 0)
    if not padding:
        return np.ascontiguousarray(x)  # what lies so already is not copied
    H, C, W, N = x.shape
    padded = np.zeros((H + 2 * padding, C, W + 2 * padding, N), x.dtype)
    padded[padding:-padding, :, padding:-padding] = x
    return padded


def to_pictures(x):
    """Return an array (H, C, W, N) as pictures (N, C, H, W): the same memory, named otherwise."""
    return x.transpose(3, 1, 0, 2)


class Conv2d(Layer):
    """z = Σ window · kernel + b at each place of a picture, over all its channels, for each of F kernels; the kernel is
    not flipped, so that strictly this is a cross-correlation.

    Parameters
    ----------
    channels, filters, size : int
        C, F and k: F kernels of k by k pixels, C channels deep.
    rng : numpy.random.Generator
        Where the first kernels come from.
    stride : int
        How far it is from one window to the next; one that would reach over the edge is left out.
    padding : int
        How many zeros stand around each picture.
    init : callable (rng, fan_in, fan_out) -> array
        From `nnlib.init`, given C·k·k, the numbers in a window, and F.

    Attributes
    ----------
    params : the kernels and b, (F, C, k, k) and (F,), as ``K`` and ``b``

    Notes
    -----
    With the windows of one row of the output as columns of a matrix, and each kernel as a row, that row of the output
    is one product. To copy each window would copy each pixel k·k times. Here it is copied k times: each row of the
    picture has its k shifts, by 0 to k − 1 columns, one behind the other, and the k rows that a row of windows needs
    already lie in one piece. Below the shifts stands a row of ones, whose weight is b: b and its gradient come with
    the products, and nothing is read a second time. All that one product needs fits into the cache.
    """

    settings = ("channels", "filters", "size", "stride", "padding")
    can_skip_dx = True

    def __init__(self, channels, filters, size, rng=None, stride=1, padding=0, init=he_normal):
        super().__init__()
        memory.keep_freed()
        sizes = {"channels": channels, "filters": filters, "size": size, "stride": stride, "padding": padding}
        for name, value in sizes.items():
            setattr(self, name, check_size(name, value, least=0 if name == "padding" else 1))
        check_rng(rng)
        K = drawn(init, rng, self.channels * self.size**2, self.filters)
        self.parameter("K", np.ascontiguousarray(K.T).reshape(filters, channels, size, size))
        self.parameter("b", np.zeros(filters))

    def forward(self, X, train=False):
        self._check(X)
        K = self._flat_kernels()
        shifts = self._shifts_of(to_rows(X.astype(np.result_type(X, K), copy=False), self.padding))  # and ones, for b
        N, _, H, W = X.shape
        H_out, W_out = self._places(H), self._places(W)
        Z = np.empty((H_out, self.filters, W_out * N), shifts.dtype)
        for i, Z_i in enumerate(Z):
            np.matmul(K, self._cols(shifts, i), out=Z_i)  # eq-conv2d
        self.remember(train, shifts, X.shape)
        return to_pictures(Z.reshape(H_out, self.filters, W_out, N))

    def backward(self, dZ, dX=True):
        """Also with ``dX=False``, as `nnlib.layers.Linear.backward`."""
        shifts, (N, C, H, W) = self.recall()
        F, k, H_out, W_out = self.filters, self.size, self._places(H), self._places(W)
        check_gradient(dZ, (N, F, H_out, W_out))
        dz = to_rows(dZ).reshape(H_out, F, W_out * N)
        dKT = sum(self._cols(shifts, i) @ dZ_i.T for i, dZ_i in enumerate(dz))  # eq-conv2d-dK
        dK = dKT.T.reshape(F, k, k * C + 1)
        self.grads["K"][...] = dK[:, :, :-1].reshape(F, k, k, C).transpose(0, 3, 1, 2)
        self.grads["b"][...] = dK[:, 0, -1]  # of a row of ones, whose weight is b
        return self._to_input(dz, H, W, N) if dX else None

    def _check(self, X):
        if X.ndim != 4 or X.shape[1] != self.channels:
            raise ValueError(f"expected pictures (N, {self.channels}, H, W), got {X.shape}")
        least = max(1, self.size - 2 * self.padding)
        if min(X.shape[2:]) < least:
            raise ValueError(f"expected pictures of {least} by {least} or more, got {X.shape[2]} by {X.shape[3]}")
        padded = (X.shape[2] + 2 * self.padding) * (X.shape[3] + 2 * self.padding)
        if padded * max(self.filters, self.size * self.channels) > _LARGEST:
            raise ValueError(f"expected pictures that become at most {_LARGEST:,} numbers each, got {X.shape[1:]}")

    def _places(self, length):
        """Return how many windows fit one behind the other."""
        return (length + 2 * self.padding - self.size) // self.stride + 1  # eq-places

    def _flat_kernels(self):
        """Return each kernel as a row, (F, k·(k·C + 1)), in the order of a column of `_cols`; of the k ones in such a
        column the first has the weight b, the others 0.
        """
        F, C, k, _ = self.params["K"].shape
        rows = np.zeros((F, k, k * C + 1), self.params["K"].dtype)
        rows[:, :, :-1] = self.params["K"].transpose(0, 2, 3, 1).reshape(F, k, k * C)
        rows[:, 0, -1] = self.params["b"]
        return rows.reshape(F, -1)

    def _shifts_of(self, x):
        """Return the k shifts of each row of x and a row of ones, (H, k·C + 1, W'·N); in shift v are the pixels that
        are v-th in a row of a window.
        """
        (H, C, W, N), k = x.shape, self.size
        W_out = (W - k) // self.stride + 1
        shifts = np.empty((H, k * C + 1, W_out, N), x.dtype)
        for v in range(k):
            shifts[:, v * C : (v + 1) * C] = x[:, :, v :: self.stride][:, :, :W_out]
        shifts[:, -1] = 1
        return shifts.reshape(H, k * C + 1, W_out * N)

    def _cols(self, shifts, i):
        """Return the windows of row i of the output as columns, (k·(k·C + 1), W'·N): a view."""
        rows = shifts[self.stride * i :][: self.size]
        return rows.reshape(self.size * rows.shape[1], rows.shape[2])  # eq-im2col

    def _to_input(self, dz, H, W, N):
        """Return dX from dZ as an array (H', F, W'·N). A row of X gets the sum over all windows that it was in: over
        rows of windows within one product, over shifts by adding.
        """
        p, s, k, C, F = self.padding, self.stride, self.size, self.channels, self.filters
        flipped = np.ascontiguousarray(self.params["K"][:, :, ::-1].transpose(3, 1, 2, 0))  # (k, C, k, F)
        dx = np.zeros((H + 2 * p, C, W + 2 * p, N), dz.dtype)
        for h, dx_h in enumerate(dx):
            # Row h was in the windows of rows first to end − 1: in row i's as row h − s·i, the later the higher up, so
            # that the kernel is run through from below.
            first, end = max(0, -((k - 1 - h) // s)), min(len(dz), h // s + 1)
            n = end - first
            KT = flipped[:, :, k - 1 - h + s * first :: s][:, :, :n].reshape(k * C, n * F)
            dshifts = KT @ dz[first:end].reshape(n * F, dz.shape[2])  # eq-conv2d-dX
            for v, dshift in enumerate(dshifts.reshape(k, C, self._places(W), N)):
                dx_h[:, v::s][:, : dshift.shape[1]] += dshift  # eq-col2im
        return to_pictures(dx[p : p + H, :, p : p + W])
