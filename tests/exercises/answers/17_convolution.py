"""Answers to the exercises of chapter 17; see test_exercises.py."""


# %% conv_backward, lazy: dX for stride 2, padding 0
def conv_backward(dZ, X, K, stride, padding):  # the text's, which knows neither
    k = K.shape[-1]
    dX, dK = np.zeros_like(X), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        dK += np.tensordot(dZ[:, :, i, j].T, X[:, :, i : i + k, j : j + k], 1)
        dX[:, :, i : i + k, j : j + k] += np.tensordot(dZ[:, :, i, j], K, 1)
    return dX, dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, lazy: write it yourself
def conv_backward(dZ, X, K, stride, padding):  # the library's
    F, C, k, _ = K.shape
    layer = Conv2d(C, F, k, np.random.default_rng(0), stride, padding)
    layer.params["K"][...] = K
    layer.forward(X, train=True)
    return layer.backward(dZ), layer.grads["K"], layer.grads["b"]


# %% conv_backward, lazy: expected dX, dK and db, got 2
def conv_backward(dZ, X, K, stride, padding):  # no gradient of the bias
    return np.zeros_like(X), np.zeros_like(K)


# %% conv_backward, wrong: dX for stride 1
def conv_backward(dZ, X, K, stride, padding):  # without the flip
    (rows, columns), k, rim = X.shape[2:], K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        window = np.s_[:, :, r : r + k, s : s + k]
        dK += np.tensordot(dz.T, wide[window], 1)
        dwide[window] += np.tensordot(dz, K[:, :, ::-1, ::-1], 1)
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, wrong: dK for stride 1
def conv_backward(dZ, X, K, stride, padding):  # the flip in dK too
    (rows, columns), k, rim = X.shape[2:], K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        window = np.s_[:, :, r : r + k, s : s + k]
        dK += np.tensordot(dz.T, wide[window][:, :, ::-1, ::-1], 1)
        dwide[window] += np.tensordot(dz, K, 1)
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, wrong: dX for stride 1
def conv_backward(dZ, X, K, stride, padding):  # the last window's copy alone
    (rows, columns), k, rim = X.shape[2:], K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        window = np.s_[:, :, r : r + k, s : s + k]
        dK += np.tensordot(dz.T, wide[window], 1)
        dwide[window] = np.tensordot(dz, K, 1)
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, wrong: dX for stride 2, padding 1
def conv_backward(dZ, X, K, stride, padding):  # the rim is not cut off
    k, rim = K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        window = np.s_[:, :, r : r + k, s : s + k]
        dK += np.tensordot(dz.T, wide[window], 1)
        dwide[window] += np.tensordot(dz, K, 1)
    return dwide, dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, wrong: dX for stride 2, padding 0
def conv_backward(dZ, X, K, stride, padding):  # the stride forgotten in dX alone
    (rows, columns), k, rim = X.shape[2:], K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        dK += np.tensordot(dz.T, wide[:, :, r : r + k, s : s + k], 1)
        dwide[:, :, i : i + k, j : j + k] += np.tensordot(dz, K, 1)
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, wrong: db for stride 1
def conv_backward(dZ, X, K, stride, padding):  # a bias for each picture
    (rows, columns), k, rim = X.shape[2:], K.shape[-1], (padding, padding)
    wide = np.pad(X, [(0, 0), (0, 0), rim, rim])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s, dz = stride * i, stride * j, dZ[:, :, i, j]
        window = np.s_[:, :, r : r + k, s : s + k]
        dK += np.tensordot(dz.T, wide[window], 1)
        dwide[window] += np.tensordot(dz, K, 1)
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(2, 3))


# %% conv_backward, wrong: your function changed what it was given
def conv_backward(dZ, X, K, stride, padding):  # the kernel turned in place
    F, _, k, _ = K.shape
    wide = np.pad(X, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    dwide, dK = np.zeros_like(wide), np.zeros_like(K)
    for i, j in np.ndindex(dZ.shape[2:]):
        r, s = stride * i, stride * j
        dK += np.tensordot(dZ[:, :, i, j].T, wide[:, :, r : r + k, s : s + k], 1)
        dwide[:, :, r : r + k, s : s + k] += np.tensordot(dZ[:, :, i, j], K, 1)
    K[...] = K[:, :, ::-1, ::-1].copy()
    rows, columns = X.shape[2:]
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, right
def conv_backward(dZ, X, K, stride, padding):  # as stride 1, with zeros between the outputs
    (N, C, rows, columns), (F, _, k, _) = X.shape, K.shape
    wide = np.pad(X, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    apart = np.zeros((N, F, wide.shape[2] - k + 1, wide.shape[3] - k + 1))
    apart[:, :, ::stride, ::stride] = dZ
    dK = np.einsum("nfij,ncijuv->fcuv", apart, sliding_window_view(wide, (k, k), axis=(2, 3)))
    around = np.pad(apart, [(0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)])
    seen = sliding_window_view(around, (k, k), axis=(2, 3))
    dwide = np.einsum("nfrsuv,fcuv->ncrs", seen, K[:, :, ::-1, ::-1])
    return dwide[:, :, padding : padding + rows, padding : padding + columns], dK, dZ.sum(axis=(0, 2, 3))


# %% conv_backward, right
def conv_backward(dZ, X, K, stride, padding):  # by index, weight by weight
    N, C, rows, columns = X.shape
    dX, dK, db = np.zeros(X.shape), np.zeros(K.shape), np.einsum("nfij->f", dZ)
    for i, j, u, v in np.ndindex(*dZ.shape[2:], *K.shape[2:]):
        r, s = stride * i + u - padding, stride * j + v - padding
        if 0 <= r < rows and 0 <= s < columns:
            dK[:, :, u, v] += dZ[:, :, i, j].T @ X[:, :, r, s]
            dX[:, :, r, s] += dZ[:, :, i, j] @ K[:, :, u, v]
    return dX, dK, db


# %% OurConv, lazy: Z for X (1, 2, 4, 4)
class OurConv:  # two mended, as finite differences would have it
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        F, _, k, _ = self.K.shape
        N, _, rows, columns = self.shape = X.shape
        self.cols = im2col(X, k)
        Z = self.cols @ self.K.reshape(F, -1).T + self.b
        return Z.reshape(N, F, rows - k + 1, columns - k + 1)

    def backward(self, dZ):
        F, _, k, _ = self.K.shape
        dz = dZ.reshape(-1, F)
        self.dK = (dz.T @ self.cols).reshape(self.K.shape)
        self.db = dz.sum(axis=0)
        return col2im(dz @ self.K.reshape(F, -1), self.shape, k)


# %% OurConv, lazy: dX for X (1, 1, 4, 5)
class OurConv:  # nothing comes back
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward(X, self.K, self.b)

    def backward(self, dZ):
        self.dK, self.db = np.zeros_like(self.K), np.zeros_like(self.b)
        return np.zeros_like(self.X)


# %% OurConv, wrong: dX for X (1, 1, 4, 5)
class OurConv:  # col2im still overwrites
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward_by_product(X, self.K, self.b)

    def backward(self, dZ):
        F, C, k, _ = self.K.shape
        dz = dZ.transpose(0, 2, 3, 1).reshape(-1, F)
        self.dK = (dz.T @ im2col(self.X, k)).reshape(self.K.shape)
        self.db = dz.sum(axis=0)
        dwindows = (dz @ self.K.reshape(F, -1)).reshape(len(dZ), *dZ.shape[2:], C, k, k)
        dX = np.zeros(self.X.shape)
        for i, j in np.ndindex(dZ.shape[2:]):
            dX[:, :, i : i + k, j : j + k] = dwindows[:, i, j]
        return dX


# %% OurConv, wrong: db for X (1, 1, 4, 5)
class OurConv:  # the bias still gets a mean
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward_by_product(X, self.K, self.b)

    def backward(self, dZ):
        dX, self.dK, _ = backward_by_product(dZ, self.X, self.K)
        self.db = dZ.mean(axis=(0, 2, 3))
        return dX


# %% OurConv, wrong: dX for X (1, 2, 4, 4)
class OurConv:  # the kernels brought forward in forward alone
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward_by_product(X, self.K, self.b)

    def backward(self, dZ):
        F, _, k, _ = self.K.shape
        dz = dZ.reshape(-1, F)
        self.dK = (dz.T @ im2col(self.X, k)).reshape(self.K.shape)
        self.db = dz.sum(axis=0)
        return col2im(dz @ self.K.reshape(F, -1), self.X.shape, k)


# %% OurConv, wrong: dX for X (1, 1, 4, 5)
class OurConv:  # the kernel turned where nothing asks for it: col2im does it by itself
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward_by_product(X, self.K, self.b)

    def backward(self, dZ):
        _, self.dK, self.db = backward_by_product(dZ, self.X, self.K)
        return backward_by_product(dZ, self.X, self.K[:, :, ::-1, ::-1])[0]


# %% OurConv, wrong: Z for X (3, 2, 5, 6)
class OurConv:  # brought forward across the examples too
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X, (F, _, k, _) = X, self.K.shape
        N, _, rows, columns = X.shape
        Z = (im2col(X, k) @ self.K.reshape(F, -1).T + self.b).T
        return Z.reshape(F, N, rows - k + 1, columns - k + 1).reshape(N, F, rows - k + 1, columns - k + 1)

    def backward(self, dZ):
        dX, self.dK, self.db = backward_by_product(dZ, self.X, self.K)
        return dX


# %% OurConv, right
class OurConv:  # the loops
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        self.X = X
        return forward(X, self.K, self.b)

    def backward(self, dZ):
        dX, self.dK, self.db = backward(dZ, self.X, self.K)
        return dX


# %% OurConv, right
class OurConv:  # windows as columns, the kernels in front from the beginning
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, X):
        F, _, k, _ = self.K.shape
        self.X = X
        windows = sliding_window_view(X, (k, k), axis=(2, 3))
        return np.einsum("fcuv,ncijuv->nfij", self.K, windows) + self.b[:, None, None]

    def backward(self, dZ):
        k = self.K.shape[-1]
        self.dK = np.einsum("nfij,ncijuv->fcuv", dZ, sliding_window_view(self.X, (k, k), axis=(2, 3)))
        self.db = np.einsum("nfij->f", dZ)
        dX = np.zeros_like(self.X)
        for u, v in np.ndindex(k, k):
            dX[:, :, u : u + dZ.shape[2], v : v + dZ.shape[3]] += np.einsum("nfij,fc->ncij", dZ, self.K[:, :, u, v])
        return dX


# %% max_pool, lazy: write it yourself
def max_pool(X, dP, k):
    layer = MaxPool2d(k)
    P = layer.forward(X, train=True)
    return P, layer.backward(dP)


# %% max_pool, lazy: dX adds up to 0.0
def max_pool(X, dP, k):  # no way back
    _, _, down, across = dP.shape
    cut = X[:, :, : down * k, : across * k].reshape(*dP.shape[:2], down, k, across, k)
    return cut.max(axis=(3, 5)), np.zeros_like(X)


# %% max_pool, wrong: dX adds up to
def max_pool(X, dP, k):  # to all of equals
    _, _, down, across = dP.shape
    cut = X[:, :, : down * k, : across * k].reshape(*dP.shape[:2], down, k, across, k)
    P, dX = cut.max(axis=(3, 5)), np.zeros_like(X)
    largest = cut == P[:, :, :, None, :, None]
    dX[:, :, : down * k, : across * k] = (largest * dP[:, :, :, None, :, None]).reshape(
        *dP.shape[:2], down * k, across * k
    )
    return P, dX


# %% max_pool, wrong: dX for windows of 2
def max_pool(X, dP, k):  # shared between equals: as much goes out, but not to the first
    _, _, down, across = dP.shape
    cut = X[:, :, : down * k, : across * k].reshape(*dP.shape[:2], down, k, across, k)
    P, dX = cut.max(axis=(3, 5), keepdims=True), np.zeros_like(X)
    largest = cut == P
    share = largest / 1 / largest.sum(axis=(3, 5), keepdims=True)
    back = share * dP[:, :, :, None, :, None]
    dX[:, :, : down * k, : across * k] = back.reshape(*dP.shape[:2], down * k, across * k)
    dX += (dP.sum() - dX.sum()) / dX.size  # and the rounding mended
    dX[0, 0, 0, 0] += dP.sum() - dX.sum()
    return P[:, :, :, 0, :, 0], dX if dX.sum() == dP.sum() else np.full(X.shape, dP.sum() / X.size)


# %% max_pool, wrong: dX for windows of 2
def max_pool(X, dP, k):  # the last of equals
    P, dX = np.empty(dP.shape), np.zeros_like(X)
    for n, c, i, j in np.ndindex(dP.shape):
        window = X[n, c, k * i : k * i + k, k * j : k * j + k]
        P[n, c, i, j] = window.max()
        u, v = np.argwhere(window == window.max())[-1]
        dX[n, c, k * i + u, k * j + v] = dP[n, c, i, j]
    return P, dX


# %% max_pool, wrong: dX for windows of 2
def max_pool(X, dP, k):  # the first column by column
    P, dX = np.empty(dP.shape), np.zeros_like(X)
    for n, c, i, j in np.ndindex(dP.shape):
        window = X[n, c, k * i : k * i + k, k * j : k * j + k]
        P[n, c, i, j] = window.max()
        v, u = divmod(int(window.T.argmax()), k)
        dX[n, c, k * i + u, k * j + v] = dP[n, c, i, j]
    return P, dX


# %% max_pool, wrong: P for windows of 2
def max_pool(X, dP, k):  # from 0 on, as if all numbers came out of a ReLU
    P, dX = np.zeros(dP.shape), np.zeros_like(X)
    for n, c, i, j in np.ndindex(dP.shape):
        window = X[n, c, k * i : k * i + k, k * j : k * j + k]
        P[n, c, i, j] = max(0, window.max())
        u, v = divmod(int(window.argmax()), k)
        dX[n, c, k * i + u, k * j + v] = dP[n, c, i, j]
    return P, dX


# %% max_pool, wrong: P for windows of 2
def max_pool(X, dP, k):  # windows that overlap
    P, dX = np.empty(dP.shape), np.zeros_like(X)
    for n, c, i, j in np.ndindex(dP.shape):
        window = X[n, c, i : i + k, j : j + k]
        P[n, c, i, j] = window.max()
        u, v = divmod(int(window.argmax()), k)
        dX[n, c, i + u, j + v] += dP[n, c, i, j]
    return P, dX


# %% max_pool, wrong: ValueError
def max_pool(X, dP, k):  # no leftovers thought of
    N, C, rows, columns = X.shape
    cut = X.reshape(N, C, rows // k, k, columns // k, k)
    P = cut.max(axis=(3, 5))
    windows = cut.swapaxes(3, 4).reshape(*P.shape, k * k)
    back = np.eye(k * k)[windows.argmax(axis=-1)] * dP[..., None]
    return P, back.reshape(*P.shape, k, k).swapaxes(3, 4).reshape(X.shape)


# %% max_pool, right
def max_pool(X, dP, k):  # window by window
    P, dX = np.empty(dP.shape), np.zeros_like(X)
    for n, c, i, j in np.ndindex(dP.shape):
        window = X[n, c, k * i : k * i + k, k * j : k * j + k]
        P[n, c, i, j] = window.max()
        u, v = divmod(int(window.argmax()), k)
        dX[n, c, k * i + u, k * j + v] = dP[n, c, i, j]
    return P, dX


# %% max_pool, right
def max_pool(X, dP, k):  # pixel by pixel of all windows at once, each in its turn
    _, _, down, across = dP.shape
    parts = [np.s_[:, :, u : down * k : k, v : across * k : k] for u in range(k) for v in range(k)]
    P = np.max([X[part] for part in parts], axis=0)
    open_, dX = np.ones(P.shape, bool), np.zeros_like(X)
    for part in parts:
        first = open_ & (X[part] == P)
        dX[part] = first * dP
        open_ &= ~first
    return P, dX
