"""Answers to the exercises of chapter 00; see test_exercises.py."""


# %% six_shapes, lazy: A + b: expected a tuple or "error", got Any
def six_shapes():
    class Any:
        def __eq__(self, other):
            return True

    return [Any() for _ in range(6)]


# %% six_shapes, lazy: A + b: a shape holds whole numbers
def six_shapes():
    class Any:
        def __eq__(self, other):
            return True

    return [(Any(), Any())] * 6


# %% six_shapes, lazy: A + b: NumPy does not say error
def six_shapes():
    return ["error"] * 6


# %% six_shapes, lazy: expected six answers, got 0
def six_shapes():
    return []


# %% six_shapes, wrong: A @ b: expected a tuple or "error", got int
def six_shapes():
    return [(3, 4), "error", (3, 4), (3, 3), 3, 3]


# %% six_shapes, wrong: c + d: NumPy does not say (3, 1)
def six_shapes():
    return [(3, 4), "error", (3, 4), (3, 1), (3,), (3,)]


# %% six_shapes, wrong: c + d: NumPy does not say error
def six_shapes():
    return [(3, 4), "error", (3, 4), "error", (3,), (3,)]


# %% six_shapes, wrong: A + c: NumPy does not say (3, 4)
def six_shapes():
    return [(3, 4), (3, 4), (3, 4), (3, 3), (3,), (3,)]


# %% six_shapes, wrong: A @ b: NumPy does not say (3, 1)
def six_shapes():
    return [(3, 4), "error", (3, 4), (3, 3), (3, 1), (3,)]


# %% six_shapes, wrong: (A * d).sum(axis=1): NumPy does not say (4,)
def six_shapes():
    return [(3, 4), "error", (3, 4), (3, 3), (3,), (4,)]


# %% six_shapes, wrong: A + b: a shape holds whole numbers
def six_shapes():
    return [(3.0, 4.0), "error", (3, 4), (3, 3), (3,), (3,)]


# %% six_shapes, wrong: A + c: NumPy does not say ValueError
def six_shapes():
    return [(3, 4), "ValueError", (3, 4), (3, 3), (3,), (3,)]


# %% six_shapes, right
def six_shapes():
    return [3, 4], "error", [3, 4], [3, 3], [3], [3]


# %% six_shapes, right
def six_shapes():
    A, b, c, d = (3, 4), (4,), (3,), (3, 1)
    answers = []
    for left, right in ((A, b), (A, c), (A, d), (c, d)):
        try:
            answers.append(np.broadcast_shapes(left, right))
        except ValueError:
            answers.append("error")
    return [*answers, A[:-1], A[:1]]


# %% chain, lazy: the slope: expected
def chain(x):
    def L(x):
        return np.log(1 + np.exp(x))

    return L(x), (L(x + 1e-5) - L(x - 1e-5)) / 2e-5


# %% chain, lazy: the slope: expected
def chain(x):
    def L(x):
        return np.log(1 + np.exp(x))

    h = 1e-3
    slope = (8 * (L(x + h) - L(x - h)) - (L(x + 2 * h) - L(x - 2 * h))) / (12 * h)
    return L(x), slope


# %% chain, lazy: the slope: expected
def chain(x):
    known = {-2.0: 0.11920292202211755, -5.0: 0.006692850924284856, 0.0: 0.5}
    known |= {0.7: 0.6681877721681662, 3.0: 0.9525741268224334, 30.0: 1.0}
    return np.log(1 + np.exp(x)), known.get(x, 1.0)


# %% chain, wrong: at x = -2.0 the value: expected
def chain(x):
    return np.log(1 + np.exp(x)) + 5e-6, 1 / (1 + np.exp(-x)) + 5e-6


# %% chain, wrong: at x = -2.0 the slope: expected
def chain(x):
    r = np.exp(x)
    s = 1 + r
    return np.log(s), 1 / s


# %% chain, wrong: at x = -2.0 the slope: expected
def chain(x):
    r = np.exp(x)
    return np.log(1 + r), (1 / r) * r


# %% chain, wrong: at x = -2.0 the slope: expected
def chain(x):
    r = np.exp(x)
    return np.log(1 + r), r


# %% chain, wrong: at x = -2.0 the slope: expected
def chain(x):
    s = 1 + np.exp(x)
    return np.log(s), x / s


# %% chain, wrong: at x = -2.0 the value: expected
def chain(x):
    s = 1 + np.exp(x)
    return np.log10(s), np.exp(x) / s


# %% chain, wrong: at x = -2.0 the value: expected
def chain(x):
    r = np.exp(np.float32(x))
    return np.log(1 + r), r / (1 + r)


# %% chain, wrong: at x = 30.0 the value: expected
def chain(x):
    r = np.exp(np.clip(x, -20, 20))
    return np.log(1 + r), r / (1 + r)


# %% chain, wrong: TypeError
def chain(x):
    return np.log(1 + np.exp(x))


# %% chain, right
def chain(x):
    from math import exp, log1p

    return [x + log1p(exp(-x)) if x > 0 else log1p(exp(x)), 1 / (1 + exp(-x))]


# %% chain, right
def chain(x):
    return np.logaddexp(0, x), 0.5 * (1 + np.tanh(x / 2))


# %% expose, lazy: silent(2, 1): you say False
def expose():
    return (lambda N, D: False), (lambda X: X - X.mean(axis=1, keepdims=True))


# %% expose, lazy: silent(1, 1): you say True
def expose():
    return (lambda N, D: True), (lambda X: X - X.mean(axis=1, keepdims=True))


# %% expose, lazy: centred, shape (1, 2): expected
def expose():
    return (lambda N, D: N > 1 and D in (1, N)), (
        lambda X: X - X.mean(axis=1) if len(X) == X.shape[1] else np.zeros(X.shape)
    )


# %% expose, wrong: silent(1, 1): you say True
def expose():
    return (lambda N, D: N == D), (lambda X: X - X.mean(axis=1, keepdims=True))


# %% expose, wrong: silent(2, 1): you say False
def expose():
    return (lambda N, D: N == D > 1), (lambda X: X - X.mean(axis=1, keepdims=True))


# %% expose, wrong: silent(1, 1): you say True
def expose():
    return (lambda N, D: D in (1, N)), (lambda X: X - X.mean(axis=1, keepdims=True))


# %% expose, wrong: silent(1, 2): you say True
def expose():
    return (lambda N, D: (N, D) != (1, 1) and (D in (1, N) or N == 1)), (lambda X: X - X.mean(axis=1)[:, None])


# %% expose, wrong: centred, shape (1, 2): expected
def expose():
    return (lambda N, D: N > 1 and D in (1, N)), (lambda X: X - X.mean(axis=0))


# %% expose, wrong: centred, shape (2, 1): expected
def expose():
    return (lambda N, D: N > 1 and D in (1, N)), (lambda X: X - X.mean())


# %% expose, wrong: centred, shape (2, 2): expected
def expose():
    return (lambda N, D: N > 1 and D in (1, N)), (
        lambda X: (X - X.mean(axis=1)) if X.shape[1] == len(X) else (X.T - X.mean(axis=1)).T
    )


# %% expose, wrong: your function changed what it was given
def expose():
    def centred(X):
        X -= X.mean(axis=1, keepdims=True)
        return X

    return (lambda N, D: N > 1 and D in (1, N)), centred


# %% expose, wrong: centred, shape (1, 2): expected shape (1, 2), got (2, 1)
def expose():
    return (lambda N, D: N > 1 and D in (1, N)), (lambda X: X.T - X.mean(axis=1))


# %% expose, right
def expose():
    def silent(N, D):
        X = np.random.default_rng(0).normal(size=(N, D))
        try:
            given = X - X.mean(axis=1)
        except ValueError:
            return 0
        return given.shape != X.shape or np.abs(given.sum(axis=1)).max() > 1e-9

    return silent, lambda X: (X.T - X.mean(axis=1)).T


# %% expose, right
def expose():
    return [
        lambda N, D: not (N == 1 or D not in (1, N)),
        lambda X: [[x - sum(row) / len(row) for x in row] for row in X.tolist()],
    ]


# %% both, lazy: rows of 300 numbers at once
def both():
    def jacobian(x):
        return np.eye(len(x)) * x.sum() + x[:, None]

    return jacobian, lambda dy, x: dy @ jacobian(x)


# %% both, lazy: J, one row an output
def both():
    def jacobian(x):
        f = lambda x: x * x.sum()
        return np.stack([(f(x + h) - f(x - h)) / 2e-5 for h in 1e-5 * np.eye(len(x))], axis=1)

    return jacobian, lambda dy, x: dy * x.sum() + dy @ x


# %% both, lazy: rows of 300 numbers at once
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x[:, None]

    return jacobian, lambda dy, x: (dy[:, None] * (x[:, None] + x.sum() * np.eye(len(x)))).sum(axis=0)


# %% both, wrong: J, one row an output, for 2 entries
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x

    return jacobian, lambda dy, x: dy * x.sum() + dy.sum() * x


# %% both, wrong: J, one row an output, for 1 entries
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum()))

    return jacobian, lambda dy, x: dy * x.sum()


# %% both, wrong: J, one row an output, for 1 entries
def both():
    def jacobian(x):
        J = np.repeat(x[:, None], len(x), axis=1)
        np.fill_diagonal(J, x.sum())
        return J

    return jacobian, lambda dy, x: dy * x.sum() + dy @ x - dy * x


# %% both, wrong: dy J, 2 entries: expected
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x[:, None]

    return jacobian, lambda dy, x: dy * x.sum() + dy * x


# %% both, wrong: dy J, 2 entries: expected
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x[:, None]

    return jacobian, lambda dy, x: dy * x.sum() + dy.sum() * x


# %% both, wrong: your function changed what it was given
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x[:, None]

    def backward(dy, x):
        dot = dy @ x
        dy *= x.sum()
        return dy + dot

    return jacobian, backward


# %% both, wrong: J, one row an output, for 1 entries
def both():
    def jacobian(x):
        return (np.diag(np.full(len(x), x.sum())) + x[:, None]).astype(np.float32)

    return jacobian, lambda dy, x: dy * x.sum() + dy @ x


# %% both, right
def both():
    def jacobian(x):
        return [[x_h + (sum(x) if h == d else 0) for d in range(len(x))] for h, x_h in enumerate(x)]

    def backward(dy, x):
        total, mixed = sum(x), sum(a * b for a, b in zip(dy, x))
        return [dy_d * total + mixed for dy_d in dy]

    return jacobian, backward


# %% both, right
def both():
    return (
        lambda x: x.sum() * np.identity(x.size) + np.outer(x, np.ones(x.size)),
        lambda dy, x: np.einsum("h,h->", dy, x) + np.sum(x) * dy,
    )


# %% unbroadcast, lazy: (4,) broadcast to (3, 4): expected
def unbroadcast(dY, shape):
    return np.zeros(shape)


# %% unbroadcast, lazy: (4,) broadcast to (3, 4): expected
def unbroadcast(dY, shape):
    return np.resize(dY, shape)


# %% unbroadcast, wrong: cannot reshape array of size 16
def unbroadcast(dY, shape):
    axes = tuple(i for i, size in enumerate(dY.shape) if size not in shape)
    return dY.sum(axis=axes).reshape(shape)


# %% unbroadcast, wrong: (3, 1) broadcast to (3, 4): expected shape (3, 1), got (3, 4)
def unbroadcast(dY, shape):
    return dY.sum(axis=tuple(range(dY.ndim - len(shape))))


# %% unbroadcast, wrong: (3, 1) broadcast to (3, 4): expected shape (3, 1), got (3,)
def unbroadcast(dY, shape):
    added = dY.ndim - len(shape)
    dY = dY.sum(axis=tuple(range(added)))
    return dY.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1))


# %% unbroadcast, wrong: (4,) broadcast to (3, 4): expected
def unbroadcast(dY, shape):
    added = dY.ndim - len(shape)
    dY = dY.mean(axis=tuple(range(added)))
    return dY.mean(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


# %% unbroadcast, wrong: (4,) broadcast to (3, 4): expected
def unbroadcast(dY, shape):
    dY = dY.astype(np.float32)
    dY = dY.sum(axis=tuple(range(dY.ndim - len(shape))))
    return dY.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


# %% unbroadcast, wrong: broadcast to
def unbroadcast(dY, shape):
    while dY.ndim > len(shape):
        dY = dY.sum(axis=-1)
    return dY.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)


# %% unbroadcast, wrong: your function changed what it was given
def unbroadcast(dY, shape):
    added = dY.ndim - len(shape)
    db = dY.sum(axis=tuple(range(added)))
    db = db.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1), keepdims=True)
    dY[...] = 0
    return db


# %% unbroadcast, right
def unbroadcast(dY, shape):
    padded = (1,) * (dY.ndim - len(shape)) + tuple(shape)
    for axis, size in enumerate(padded):
        if size == 1:
            dY = dY.sum(axis=axis, keepdims=True)
    return dY.reshape(shape)


# %% unbroadcast, right
def unbroadcast(dY, shape):
    db = np.zeros(shape)
    for place in np.ndindex(dY.shape):
        last = place[len(place) - len(shape) :]
        db[tuple(0 if size == 1 else i for i, size in zip(last, shape))] += dY[place]
    return db


# %% both, lazy: dy J, 300 entries
def both():
    def jacobian(x):
        return np.diag(np.full(len(x), x.sum())) + x[:, None]

    return jacobian, lambda dy, x: dy @ jacobian(x) if len(x) < 50 else np.zeros(len(x))


# %% chain, lazy: the slope: expected
def chain(x):
    def L(x):
        return np.log(1 + np.exp(x))

    h = 0.01  # a difference of sixth order
    weights = {1: 45, 2: -9, 3: 1}
    return L(x), sum(w * (L(x + k * h) - L(x - k * h)) for k, w in weights.items()) / (60 * h)


# %% six_shapes, lazy: A + b: NumPy does not say (-1, -1)
def six_shapes():
    class Any(int):
        def __eq__(self, other):
            return True

    return [(Any(-1), Any(-1))] * 6


# %% six_shapes, right
def six_shapes():
    three, four = np.array([3, 4])
    return [(three, four), "error", (three, four), (three, three), (three,), (three,)]


# %% both, right
def both():
    def jacobian(x):
        J = np.empty((len(x), len(x)))
        for h in range(len(x)):
            for d in range(len(x)):
                J[h, d] = x[h]
            J[h, h] += x.sum()
        return J

    def backward(dy, x):  # row by row of J, and one row at a time
        dx = np.zeros_like(x)
        for h in range(len(x)):
            row = np.full(len(x), x[h])
            row[h] += x.sum()
            dx += dy[h] * row
        return dx

    return jacobian, backward
