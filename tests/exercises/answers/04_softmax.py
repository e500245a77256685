"""Answers to the exercises of chapter 04; see test_exercises.py."""


# %% softmax_along, lazy: scores 0 ± 30, shape (7,)
def softmax_along(Z, axis):
    E = np.exp(np.clip(Z, -20, 20))
    return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, lazy: axis
def softmax_along(Z, axis):
    return functional.softmax(Z)


# %% softmax_along, lazy: scores
def softmax_along(Z, axis):  # nan becomes an even share
    with np.errstate(all="ignore"):
        E = np.exp(Z)
        return np.nan_to_num(E / E.sum(axis=axis, keepdims=True), nan=1 / Z.shape[axis])


# %% softmax_along, wrong: scores 9000 ± 1, shape (7,)
def softmax_along(Z, axis):
    with np.errstate(all="ignore"):
        E = np.exp(Z)
        return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: shape (2, 5)
def softmax_along(Z, axis):
    with np.errstate(all="ignore"):
        E = np.exp(Z - Z.max())
        return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: scores
def softmax_along(Z, axis):
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / (E.sum(axis=axis, keepdims=True) + 1e-8)


# %% softmax_along, wrong: scores
def softmax_along(Z, axis):
    E = np.exp(np.clip(Z - Z.mean(axis=axis, keepdims=True), -300, 300))
    return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: scores
def softmax_along(Z, axis):
    E = np.exp((Z - Z.max(axis=axis, keepdims=True)).astype(np.float32))
    return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: your function changed what it was given
def softmax_along(Z, axis):
    Z -= Z.max(axis=axis, keepdims=True)
    E = np.exp(Z)
    return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: axis
def softmax_along(Z, axis):  # the maximum along the axis, the sum along the last one
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


# %% softmax_along, wrong: shape
def softmax_along(Z, axis):  # the result keeps the axis at the end
    return functional.softmax(np.moveaxis(Z, axis, -1))


# %% softmax_along, wrong: scores 0 ± 5000
def softmax_along(Z, axis):  # halfway between the smallest and the largest
    middle = (Z.max(axis=axis, keepdims=True) + Z.min(axis=axis, keepdims=True)) / 2
    with np.errstate(all="ignore"):
        E = np.exp(Z - middle)
        return E / E.sum(axis=axis, keepdims=True)


# %% softmax_along, wrong: shape (4, 3, 6), axis -2
def softmax_along(Z, axis):  # only two dimensions
    return functional.softmax(Z) if axis in (-1, Z.ndim - 1) else functional.softmax(Z.T).T


# %% softmax_along, right
def softmax_along(Z, axis):
    return np.moveaxis(functional.softmax(np.moveaxis(Z, axis, -1)), -1, axis)


# %% softmax_along, right
def softmax_along(Z, axis):
    return np.exp(Z - np.logaddexp.reduce(Z - 0.0, axis=axis, keepdims=True))


# %% softmax_along, right
def softmax_along(Z, axis):
    return np.apply_along_axis(lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(), axis, Z)


# %% sigmoid, lazy: p0 for d = -715.0
def sigmoid(d):  # silences the overflow
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-d))


# %% sigmoid, lazy: p0 for d = -715.0
def sigmoid(d):
    return 1 / (1 + np.exp(-np.clip(d, -100, 100)))


# %% sigmoid, lazy: p0 for d = -715.0
def sigmoid(d):
    return np.clip(0.5 + d / 4, 0, 1)


# %% sigmoid, wrong: FloatingPointError: overflow
def sigmoid(d):
    return 1 / (1 + np.exp(-d))


# %% sigmoid, wrong: p0 for d = -715.0
def sigmoid(d):
    return (1 + np.tanh(d / 2)) / 2


# %% sigmoid, wrong: p0 for d = -715.0
def sigmoid(d):  # 1 minus the other share
    e = np.exp(-np.abs(d))
    larger = 1 / (1 + e)
    return np.where(d >= 0, larger, 1 - larger)


# %% sigmoid, wrong: p0 for d = 715.0
def sigmoid(d):
    with np.errstate(all="ignore"):
        return np.exp(d) / (1 + np.exp(d))


# %% sigmoid, wrong: p0 for d = -715.0
def sigmoid(d):
    return 1 / (1 + np.exp(-np.clip(d, -709, 709)))


# %% sigmoid, wrong: p0 for d
def sigmoid(d):
    e = np.exp(-np.abs(d)) + 1e-12
    return np.where(d >= 0, 1, e) / (1 + e)


# %% sigmoid, wrong: p0 for d
def sigmoid(d):
    e = np.exp(-np.abs(d.astype(np.float32)))
    return np.where(d >= 0, 1, e) / (1 + e)


# %% sigmoid, wrong: p0 for d = -715.0
def sigmoid(d):  # the other class
    e = np.exp(-np.abs(d))
    return np.where(d <= 0, 1, e) / (1 + e)


# %% sigmoid, wrong: the shape: expected
def sigmoid(d):
    return functional.softmax(np.stack([d.ravel(), 0 * d.ravel()], axis=1))[:, 0]


# %% sigmoid, right
def sigmoid(d):
    return functional.softmax(np.stack([d, np.zeros_like(d)], axis=-1))[..., 0]


# %% sigmoid, right
def sigmoid(d):
    p = np.empty(d.shape)
    up = d >= 0
    p[up] = 1 / (1 + np.exp(-d[up]))
    e = np.exp(d[~up])
    p[~up] = e / (1 + e)
    return p


# %% sigmoid, right
def sigmoid(d):  # the overflow is in the branch that is thrown away
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(d > 0, 1 / (1 + np.exp(-d)), np.exp(d) / (1 + np.exp(d)))


# %% sigmoid, right
def sigmoid(d):
    import math

    one = lambda d: 1 / (1 + math.exp(-d)) if d > 0 else math.exp(d) / (1 + math.exp(d))
    return np.vectorize(one)(d)


# %% tempered, lazy: scores of about 2e-12 at T = 1e-12
def tempered(z, T):
    if T < 0.4:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax(z / T) if T < 100 else np.full(len(z), 1 / len(z))


# %% tempered, lazy: at T = 1e-12
def tempered(z, T):
    return functional.softmax(z)


# %% tempered, lazy: (1, 1.0000000000001, 0) at T = 0
def tempered(z, T):  # 0 is a small T
    return functional.softmax((z - z.max()) / max(T, 1e-12))


# %% tempered, wrong: at T = 1e-12
def tempered(z, T):
    if T == 0:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax((z - z.max()) * T)


# %% tempered, wrong: at T = 1e-12
def tempered(z, T):
    if T == 0:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax((z - z.max()) / T**2)


# %% tempered, wrong: T = 1e-310
def tempered(z, T):
    if T == 0:
        winners = z == z.max()
        return winners / winners.sum()
    with np.errstate(all="ignore"):
        return functional.softmax(z / T)


# %% tempered, wrong: (-5, -5, -9, -5) at T = 0
def tempered(z, T):  # no ties
    return functional.softmax((z - z.max()) / T) if T else np.eye(len(z))[z.argmax()]


# %% tempered, wrong: (1, 1.0000000000001, 0) at T = 0
def tempered(z, T):
    if T == 0:
        winners = np.isclose(z, z.max())
        return winners / winners.sum()
    return functional.softmax((z - z.max()) / T)


# %% tempered, wrong: (-5, -5, -9, -5) at T = 0
def tempered(z, T):  # every winner gets all
    return functional.softmax((z - z.max()) / T) if T else (z == z.max()).astype(float)


# %% tempered, wrong: T infinite
def tempered(z, T):
    if T == np.inf:
        return np.zeros(len(z))
    if T == 0:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax((z - z.max()) / T)


# %% tempered, wrong: your function changed what it was given
def tempered(z, T):
    z -= z.max()
    if T == 0:
        winners = z == 0
        return winners / winners.sum()
    return functional.softmax(z / T)


# %% tempered, wrong: at T = 1e-12
def tempered(z, T):  # tempers the shares, not the scores
    p = functional.softmax(z - z.max())
    if T == 0:
        return (p == p.max()) / (p == p.max()).sum()
    return p / T / (p / T).sum()


# %% tempered, wrong: scores of about 2e+12 at T = 1000000000000.0
def tempered(z, T):  # hot enough for an even share
    if T == 0:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax((z - z.max()) / T) if T < 1e6 else np.full(len(z), 1 / len(z))


# %% tempered, wrong: scores of about 2e-12 at T = 1e-12
def tempered(z, T):  # cold enough for a winner
    if T < 1e-3:
        winners = z == z.max()
        return winners / winners.sum()
    return functional.softmax((z - z.max()) / T)


# %% tempered, right
def tempered(z, T):
    import math

    top = max(z)
    if T == 0:
        e = [float(score == top) for score in z]
    else:
        e = [math.exp((score - top) / T) for score in z.tolist()]
    return [part / math.fsum(e) for part in e]


# %% tempered, wrong: scores of about 2e-12 at T = 1e-12
def tempered(z, T):  # a share to the power 1/T
    if T == 0:
        return np.array([float(a == max(z)) for a in z]) / list(z).count(max(z))
    powers = np.exp(z - z.max(), dtype=float) ** (1 / T) if T > 1e-300 else (z == z.max()).astype(float)
    return powers / powers.sum()


# %% tempered, right
def tempered(z, T):
    above = z - z.max()
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scaled = np.where(above == 0, 0.0, above / T)
    return np.exp(scaled) / np.exp(scaled).sum()


# %% counterexample, lazy: a right program was called wrong
def counterexample(program):
    return np.array([[1000.0, 999.0], [-1000.0, -999.0]])


# %% counterexample, lazy: not found: one largest score for the batch
def counterexample(program):
    return None


# %% counterexample, lazy: your batch does not show it
def counterexample(program):  # another batch than the one that showed it
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-900], [0], [900]])):
            Z = (rng.uniform(-size, size, (3, 12)) + shift).clip(-1000, 1000)
            if not np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12):
                return np.zeros((1, 3))


# %% counterexample, wrong: expected a batch, got (12,)
def counterexample(program):  # one row of the batch
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-900], [0], [900]])):
            Z = (rng.uniform(-size, size, (3, 12)) + shift).clip(-1000, 1000)
            if not np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12):
                return Z[0]


# %% counterexample, wrong: not found
def counterexample(program):  # looks at the sums alone
    Z = np.random.default_rng(0).normal(0, 300, (3, 12)).clip(-1000, 1000)
    return None if np.allclose(program(Z).sum(axis=1), 1) else Z


# %% counterexample, wrong: not found: one largest score for the batch
def counterexample(program):  # one row
    for size in (0.1, 3, 40, 1000):
        Z = np.random.default_rng(0).uniform(-size, size, (1, 12))
        if not np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12):
            return Z


# %% counterexample, wrong: not found: a sum over ten classes
def counterexample(program):  # few classes
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-900], [0], [900]])):
            Z = (rng.uniform(-size, size, (3, 5)) + shift).clip(-1000, 1000)
            if not np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12):
                return Z


# %% counterexample, wrong: not found: 1e-7 in the sum
def counterexample(program):  # a coarse comparison
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-900], [0], [900]])):
            Z = (rng.uniform(-size, size, (3, 12)) + shift).clip(-1000, 1000)
            if not np.allclose(program(Z), functional.softmax(Z), 1e-4, 1e-6):
                return Z


# %% counterexample, wrong: a right program was called wrong
def counterexample(program):  # to the last bit
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-900], [0], [900]])):
            Z = (rng.uniform(-size, size, (3, 12)) + shift).clip(-1000, 1000)
            E = np.exp(Z - Z.max(axis=1, keepdims=True) + 1e-13)
            if not np.array_equal(program(Z), E / E.sum(axis=1, keepdims=True)):
                return Z


# %% counterexample, wrong: a score beyond ±1000
def counterexample(program):
    rng = np.random.default_rng(0)
    for size in (0.1, 3, 40, 1000):
        for shift in (0, np.array([[-1e5], [0], [1e5]])):
            Z = rng.uniform(-size, size, (3, 12)) + shift
            if not np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12):
                return Z


# %% counterexample, wrong: not found: no shift at all
def counterexample(program):  # small scores only
    Z = np.random.default_rng(0).normal(size=(3, 12)) + [[-500], [0], [500]]
    return None if np.allclose(program(Z), functional.softmax(Z), 1e-8, 1e-12) or np.isnan(program(Z)[0]).sum() == 0 else Z


# %% counterexample, right
def counterexample(program):
    rng = np.random.default_rng(9)
    for _ in range(200):
        N, K = rng.integers(2, 6), rng.integers(2, 30)
        Z = rng.normal(size=(N, K)) * 10 ** rng.uniform(-1, 3.3) + rng.uniform(-600, 600, (N, 1))
        Z = Z.clip(-1000, 1000)
        expected = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
        if not np.allclose(program(Z), expected, 1e-8, 1e-12):
            return Z
    return None


# %% log_softmax_backward, lazy: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return dlogP


# %% log_softmax_backward, lazy: a loop over the examples
def log_softmax_backward(dlogP, P):
    dZ = np.empty_like(P)
    for n in range(len(P)):
        dZ[n] = dlogP[n] @ (np.eye(P.shape[1]) - P[n])
    return dZ


# %% log_softmax_backward, lazy: a loop over the examples
def log_softmax_backward(dlogP, P):
    return np.array([d - p * d.sum() for d, p in zip(dlogP, P)])


# %% log_softmax_backward, lazy: dZ for scores of ±2
def log_softmax_backward(dlogP, P):  # by nudging the scores back from the shares
    Z, step = np.log(P), 1e-6
    dZ = np.empty_like(P)
    for j in range(P.shape[1]):
        e = step * np.eye(P.shape[1])[j]
        above, below = np.log(functional.softmax(Z + e)), np.log(functional.softmax(Z - e))
        dZ[:, j] = (dlogP * (above - below) / (2 * step)).sum(axis=1)
    return dZ


# %% log_softmax_backward, wrong: dZ for scores of ±800
def log_softmax_backward(dlogP, P):
    with np.errstate(all="ignore"):
        return functional.softmax_backward(dlogP / P, P)


# %% log_softmax_backward, wrong: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return dlogP - P


# %% log_softmax_backward, wrong: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return functional.softmax_backward(dlogP, P)


# %% log_softmax_backward, wrong: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return dlogP - P * dlogP.mean(axis=-1, keepdims=True)


# %% log_softmax_backward, wrong: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return dlogP - P * dlogP.sum()


# %% log_softmax_backward, wrong: dZ for scores of ±800
def log_softmax_backward(dlogP, P):  # keeps the shares away from 0
    P = np.maximum(P, 1e-3)
    return dlogP - P * dlogP.sum(axis=-1, keepdims=True)


# %% log_softmax_backward, wrong: your function changed what it was given
def log_softmax_backward(dlogP, P):
    P *= dlogP.sum(axis=-1, keepdims=True)
    return dlogP - P


# %% log_softmax_backward, wrong: dZ for scores of ±2
def log_softmax_backward(dlogP, P):
    return (dlogP - P * dlogP.sum(axis=-1, keepdims=True)) / len(P)


# %% log_softmax_backward, right
def log_softmax_backward(dlogP, P):
    J = np.eye(P.shape[1]) - P[:, None, :]
    return np.einsum("ni,nij->nj", dlogP, J)


# %% log_softmax_backward, right
def log_softmax_backward(dlogP, P):
    dZ = np.zeros(P.shape)
    for j in range(P.shape[1]):
        for i in range(P.shape[1]):
            dZ[:, j] += dlogP[:, i] * (float(i == j) - P[:, j])
    return dZ
