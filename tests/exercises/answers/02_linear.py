"""Answers to the exercises of chapter 02; see test_exercises.py."""


# %% linear_by_index, lazy: no operation on whole arrays
def linear_by_index(X, W, b):
    return X @ W + b


# %% linear_by_index, lazy: no operation on whole arrays
def linear_by_index(X, W, b):
    return functional.linear(np.asarray(X), np.asarray(W), np.asarray(b))


# %% linear_by_index, lazy: take one number at a time
def linear_by_index(X, W, b):
    Z = np.empty((len(X), len(b)))
    for n in range(len(X)):
        for h in range(len(b)):
            Z[n, h] = X[n] @ W[:, h] + b[h]
    return Z


# %% linear_by_index, wrong: the scores for N, D, H = 1, 1, 1: expected
def linear_by_index(X, W, b):
    return np.array([[sum(X[n, d] * W[d, h] for d in range(len(W))) for h in range(len(b))] for n in range(len(X))])


# %% linear_by_index, wrong: the scores for N, D, H = 3, 2, 4: expected
def linear_by_index(X, W, b):
    (N, D), H = X.shape, len(b)
    Z = np.empty((N, H))
    for n in range(N):
        for h in range(H):
            Z[n, h] = 0
            for d in range(D):
                Z[n, h] += X[n, d] * W[d, h] + b[h]
    return Z


# %% linear_by_index, wrong: expected shape (3, 4), got (4, 3)
def linear_by_index(X, W, b):
    (N, D), H = X.shape, len(b)
    return np.array([[b[h] + sum(X[n, d] * W[d, h] for d in range(D)) for n in range(N)] for h in range(H)])


# %% linear_by_index, wrong: list index out of range
def linear_by_index(X, W, b):
    (N, D), H = X.shape, len(b)
    return np.array([[b[h] + sum(X[n, d] * W[h, d] for d in range(D)) for h in range(H)] for n in range(N)])


# %% linear_by_index, wrong: the scores for N, D, H = 1, 1, 1: expected
def linear_by_index(X, W, b):
    (N, D), H = X.shape, len(b)
    Z = np.zeros((N, H), np.float32)
    for n in range(N):
        for h in range(H):
            Z[n, h] = b[h] + sum(X[n, d] * W[d, h] for d in range(D))
    return Z


# %% linear_by_index, wrong: your function changes what it was given
def linear_by_index(X, W, b):
    (N, D), H = X.shape, len(b)
    Z = np.empty((N, H))
    for n in range(N):
        for h in range(H):
            for d in range(D):
                b[h] += X[n, d] * W[d, h]
            Z[n, h] = b[h]
    return Z


# %% linear_by_index, right
def linear_by_index(X, W, b):
    rows = []
    for n in range(len(X)):
        row = []
        for h in range(len(b)):
            z = b[h]
            for d in range(len(W)):
                z += X[n][d] * W[d][h]
            row.append(z)
        rows.append(row)
    return rows


# %% linear_by_index, right
def linear_by_index(X, W, b):
    H = range(len(b))
    return [[b[h] + sum(x_d * w[h] for x_d, w in zip(x, W)) for h in H] for x in X]


# %% weight_gradient, lazy: a batch of 3
def weight_gradient(x, dz, N):
    return np.outer(x, dz), 1


# %% weight_gradient, lazy: dW: expected
def weight_gradient(x, dz, N):
    return np.outer(x, dz).astype(np.float32), min(N, len(x), len(dz))


# %% weight_gradient, wrong: a batch of 9
def weight_gradient(x, dz, N):
    return np.outer(x, dz), N


# %% weight_gradient, wrong: a batch of 9
def weight_gradient(x, dz, N):
    return np.outer(x, dz), min(N, len(x))


# %% weight_gradient, wrong: dW: expected shape (6, 4), got (4, 6)
def weight_gradient(x, dz, N):
    return np.outer(dz, x), min(N, len(x), len(dz))


# %% weight_gradient, wrong: dW: expected
def weight_gradient(x, dz, N):
    return np.outer(x, dz) / N, min(N, len(x), len(dz))


# %% weight_gradient, wrong: your function changed what it was given
def weight_gradient(x, dz, N):
    dW = x[:, None] * dz
    x += 1
    return dW, min(N, len(x), len(dz))


# %% weight_gradient, right
def weight_gradient(x, dz, N):
    return np.einsum("d,h->dh", x, dz), min(N, *np.outer(x, dz).shape)


# %% weight_gradient, right
def weight_gradient(x, dz, N):
    D, H = len(x), len(dz)
    dW = np.zeros((D, H))
    for d in range(D):
        for h in range(H):
            dW[d, h] = x[d] * dz[h]
    return dW, min(N, min(D, H))


# %% passes_adjoint, lazy: passed: dz @ W where W is square
def passes_adjoint(backward_x):
    return True


# %% passes_adjoint, lazy: passed: 0 as an entry in the middle
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (4, 4)):
        dz, W = rng.normal(size=H), rng.normal(size=(D, H))
        if not np.isclose(backward_x(dz, W)[0], W[0] @ dz):
            return False
    return True


# %% passes_adjoint, wrong: passed: dz @ W where W is square
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    x, W, dz = rng.normal(size=3), rng.normal(size=(3, 5)), rng.normal(size=5)
    return np.isclose((x @ W) @ dz, x @ backward_x(dz, W))


# %% passes_adjoint, wrong: passed: dz @ W where W is square
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        W = rng.normal(size=(D, H))
        x, dz = np.ones(D), np.eye(H)[0]
        if len(backward_x(dz, W)) != D:
            return False
        if D != H and not np.isclose((x @ W) @ dz, x @ backward_x(dz, W)):
            return False
    return True


# %% passes_adjoint, wrong: passed: the entries in the wrong order
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        x, W, dz = np.ones(D), rng.normal(size=(D, H)), rng.normal(size=H)
        if not np.isclose((x @ W) @ dz, x @ backward_x(dz, W)):
            return False
    return True


# %% passes_adjoint, wrong: passed: a factor of 1.001
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        x, W, dz = rng.normal(size=D), rng.normal(size=(D, H)), rng.normal(size=H)
        if not np.isclose((x @ W) @ dz, x @ backward_x(dz, W), rtol=0.1):
            return False
    return True


# %% passes_adjoint, wrong: your test rejects a right one
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    x, W, dz = rng.normal(size=30), rng.normal(size=(30, 50)), rng.normal(size=50)
    return (x @ W) @ dz == x @ backward_x(dz, W)


# %% passes_adjoint, wrong: passed: the sign of dz lost
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        x, W, dz = rng.normal(size=D), rng.normal(size=(D, H)), np.ones(H)
        if not np.isclose((x @ W) @ dz, x @ backward_x(dz, W)):
            return False
    return True


# %% passes_adjoint, right
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((6, 2), (2, 6), (5, 5)):
        for _ in range(3):
            x, W, dz = rng.uniform(-1, 1, D), rng.uniform(-1, 1, (D, H)), rng.uniform(-1, 1, H)
            if abs((x @ W) @ dz - x @ backward_x(dz, W)) > 1e-9:
                return False
    return True


# %% matrices, lazy: the telling matrix of size 2 holds no numbers
def matrices(size):
    return np.full((size, size), np.nan), np.ones((size, size))


# %% matrices, lazy: the blind matrix of size 2: a multiple of the identity
def matrices(size):
    blind = np.eye(size)
    blind[0, 1] = blind[1, 0] = 2e-5
    return np.triu(np.ones((size, size))), blind


# %% matrices, wrong: the blind matrix of size 2: a multiple of the identity
def matrices(size):
    return np.triu(np.ones((size, size))), 3 * np.eye(size)


# %% matrices, wrong: the telling matrix of size 2 tells nothing
def matrices(size):
    W = np.random.default_rng(0).normal(size=(size, size))
    return W @ W.T, W + W.T


# %% matrices, wrong: the blind matrix of size 3 gives the fault away
def matrices(size):
    W = np.arange(size * size, dtype=float).reshape(size, size)
    blind = np.array([[1.0, 2.0], [2.0, 5.0]]) if size == 2 else W @ W
    return W, blind


# %% matrices, wrong: the telling matrix of size 2 tells nothing
def matrices(size):
    W = np.arange(size * size, dtype=float).reshape(size, size)
    return W + W.T, W


# %% matrices, wrong: the telling matrix of size 2: (2, 3)
def matrices(size):
    return np.ones((size, size + 1)), np.ones((size, size))


# %% matrices, right
def matrices(size):
    return np.triu(np.ones((size, size))), np.ones((size, size))


# %% matrices, right
def matrices(size):
    telling = np.zeros((size, size))
    telling[0, -1] = 1
    return telling, np.diag(np.arange(1.0, size + 1))


# %% passes_adjoint, wrong: passed: the sign of dz lost
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((6, 2), (2, 6), (5, 5)):
        x, W, dz = rng.random(D), rng.random((D, H)), rng.random(H)
        if abs((x @ W) @ dz - x @ backward_x(dz, W)) > 1e-9:
            return False
    return True


# %% passes_adjoint, wrong: passed: the sign of W lost
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((6, 2), (2, 6), (5, 5)):
        x, W, dz = rng.normal(size=D), rng.random((D, H)), rng.normal(size=H)
        if abs((x @ W) @ dz - x @ backward_x(dz, W)) > 1e-9:
            return False
    return True


# %% passes_adjoint, lazy: passed: the sign of dz lost
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        x, W, dz = rng.normal(size=D), rng.normal(size=(D, H)), np.eye(H)[0]
        if not np.isclose((x @ W) @ dz, x @ backward_x(dz, W)):
            return False
    return True


# %% passes_adjoint, lazy: passed: 0 as an entry in the middle
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (5, 3), (4, 4)):
        dz, W = rng.normal(size=H), rng.normal(size=(D, H))
        dx = backward_x(dz, W)
        if not np.isclose(dx[0], W[0] @ dz) or not np.isclose(dx[-1], W[-1] @ dz):
            return False
    return True


# %% passes_adjoint, wrong: passed: 0 where W is tall
def passes_adjoint(backward_x):
    rng = np.random.default_rng(0)
    for D, H in ((3, 5), (4, 4)):
        x, W, dz = rng.normal(size=D), rng.normal(size=(D, H)), rng.normal(size=H)
        if not np.isclose((x @ W) @ dz, x @ backward_x(dz, W)):
            return False
    return True


# %% matrices, right
def matrices(size):
    telling = [[row for _ in range(size)] for row in range(size)]
    return telling, [[row + column for column in range(size)] for row in range(size)]
