"""Python alone, NumPy without nnlib, and NumPy's rows compiled by Numba: one digit an update, and batches as tutorials
write them.
"""

import math

import numpy as np

from benchmarks.peers import scores


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def step_in_lists(x, label, W1, b1, W2, b2, eta):
    """One update on lists of Python's floats, number by number."""
    hidden, classes = range(len(b1)), range(len(b2))
    z1, z2 = list(b1), list(b2)
    for d, row in enumerate(W1):
        for h in hidden:
            z1[h] += x[d] * row[h]
    a1 = [max(z, 0.0) for z in z1]
    for h in hidden:
        for k in classes:
            z2[k] += a1[h] * W2[h][k]

    largest = max(z2)
    e = [math.exp(z - largest) for z in z2]
    dz2 = [ek / sum(e) for ek in e]
    dz2[label] -= 1
    dz1 = [0.0 for _ in hidden]
    for h in hidden:
        if z1[h] > 0:
            dz1[h] = sum(W2[h][k] * dz2[k] for k in classes)

    for h in hidden:
        for k in classes:
            W2[h][k] -= eta * a1[h] * dz2[k]
        b1[h] -= eta * dz1[h]
    for k in classes:
        b2[k] -= eta * dz2[k]
    for d, row in enumerate(W1):
        for h in hidden:
            row[h] -= eta * x[d] * dz1[h]


def lists(recipe):
    """Python's own lists and loops, as chapter 20 has them."""

    def train(X, y, rng):
        params = [first.tolist() for first in recipe.first_weights(rng)]
        X = (X / 255).tolist()
        for _ in range(recipe.epochs):
            for x, label in zip(X, y.tolist(), strict=True):
                step_in_lists(x, label, *params, recipe.rate)
        return scores(*(np.array(param, np.float32) for param in params))

    return train


def step(x, target, W1, b1, W2, b2, eta):
    """One update, as the equations read."""
    z1 = x @ W1 + b1
    a1 = np.maximum(z1, 0)
    dz2 = softmax(a1 @ W2 + b2) - target
    dz1 = (W2 @ dz2) * (z1 > 0)
    W1 -= eta * np.outer(x, dz1)
    b1 -= eta * dz1
    W2 -= eta * np.outer(a1, dz2)
    b2 -= eta * dz2


def numpy(recipe):
    """As the equations read; batches with Adam as it is usually written, with a new array for each result."""

    def one_at_a_time(X, y, rng):
        params = recipe.first_weights(rng)
        X, Y = X.astype(np.float32) / 255, np.eye(10, dtype=np.float32)[y]
        for _ in range(recipe.epochs):
            for x, target in zip(X, Y, strict=True):
                step(x, target, *params, recipe.rate)
        return scores(*params)

    def train(X, y, rng):
        examples, unfolded = recipe.examples(X)
        params = recipe.first_weights(rng, examples.shape[1])
        X, Y = examples.astype(np.float32) / 255, recipe.targets(y)
        means, squares = ([np.zeros_like(param) for param in params] for _ in range(2))
        updates = zip(recipe.batches(len(y), rng), recipe.rates(len(y)), strict=True)
        for t, (rows, eta) in enumerate(updates, 1):
            W1, b1, W2, b2 = params
            x = X[rows]
            z1 = x @ W1 + b1
            a1 = np.maximum(z1, 0)
            dz2 = (softmax(a1 @ W2 + b2) - Y[rows]) / len(rows)
            dz1 = (dz2 @ W2.T) * (z1 > 0)
            for n, grad in enumerate((x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0))):
                means[n] = recipe.beta1 * means[n] + (1 - recipe.beta1) * grad
                squares[n] = recipe.beta2 * squares[n] + (1 - recipe.beta2) * grad**2
                mean, square = means[n] / (1 - recipe.beta1**t), squares[n] / (1 - recipe.beta2**t)
                decay = recipe.weight_decay if params[n].ndim > 1 else 0.0
                params[n] = (1 - eta * decay) * params[n] - eta * mean / (np.sqrt(square) + 1e-8)
        W1, b1, W2, b2 = params
        return scores(unfolded(W1), b1, W2, b2)

    return one_at_a_time if recipe.batch == 1 else train


def step_on_lit_rows(lit, x, target, W1, b1, W2, b2, eta):
    """One update of the rows of W1 at the places `lit`, whose pixels x are not 0."""
    rows = W1[lit]
    z1 = x @ rows + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    dz2 = np.exp(z2 - z2.max())
    dz2 /= dz2.sum()
    dz2 -= target
    dz1 = (W2 @ dz2) * (z1 > 0)
    dz1 *= eta
    rows -= x[:, None] * dz1
    W1[lit] = rows
    b1 -= dz1
    dz2 *= eta
    W2 -= a1[:, None] * dz2
    b2 -= dz2


def lit_rows(recipe):
    """Only the rows of W1 whose pixel is not 0: the others add nothing and do not move."""

    def train(X, y, rng):
        params = recipe.first_weights(rng)
        Y, eta = np.eye(10, dtype=np.float32)[y], np.float32(recipe.rate)
        digits = [(lit, (x[lit] / 255).astype(np.float32)) for x in X for lit in x.nonzero()]
        for _ in range(recipe.epochs):
            for (lit, x), target in zip(digits, Y, strict=True):
                step_on_lit_rows(lit, x, target, *params, eta)
        return scores(*params)

    return train


def numba(recipe):
    """The same in loops, compiled for 64 units and 10 classes, so that the compiler knows how long each loop is."""
    from numba import njit

    H, K = 64, 10

    @njit
    def lit_pixels(X):
        """Return the places of the pixels that are not 0, their values, and where each digit's begin."""
        count = 0
        for x in X.ravel():
            count += x > 0
        places, values = np.empty(count, np.uint16), np.empty(count, np.float32)
        starts, at = np.zeros(len(X) + 1, np.int64), 0
        for n in range(len(X)):
            for i in range(X.shape[1]):
                if X[n, i]:
                    places[at], values[at] = i, X[n, i] / np.float32(255)
                    at += 1
            starts[n + 1] = at
        return places, values, starts

    @njit(fastmath=True)  # sums may be added up in another order, many at a time
    def epoch(places, values, starts, y, W1, b1, W2, b2, eta):
        z1, dz1, z2 = np.empty(H, np.float32), np.empty(H, np.float32), np.empty(K, np.float32)
        for n in range(len(y)):
            for j in range(H):
                z1[j] = b1[j]
            fours = starts[n + 1] - (starts[n + 1] - starts[n]) % 4
            for at in range(starts[n], fours, 4):  # z1 is read and written a fourth as often
                a, b, c, d = W1[places[at]], W1[places[at + 1]], W1[places[at + 2]], W1[places[at + 3]]
                p, q, r, s = values[at], values[at + 1], values[at + 2], values[at + 3]
                for j in range(H):
                    z1[j] += p * a[j] + q * b[j] + r * c[j] + s * d[j]
            for at in range(fours, starts[n + 1]):
                row, x = W1[places[at]], values[at]
                for j in range(H):
                    z1[j] += x * row[j]
            for k in range(K):
                z2[k] = b2[k]
            for j in range(H):
                if z1[j] > 0:
                    for k in range(K):
                        z2[k] += z1[j] * W2[j, k]
            largest, total = z2.max(), np.float32(0)
            for k in range(K):
                z2[k] = np.exp(z2[k] - largest)
                total += z2[k]
            for k in range(K):  # from here on all is eta times what it is in the equations
                z2[k] = eta * (z2[k] / total)
            z2[y[n]] -= eta
            for j in range(H):
                dz1[j] = 0
                if z1[j] > 0:
                    for k in range(K):
                        dz1[j] += W2[j, k] * z2[k]
                        W2[j, k] -= z1[j] * z2[k]
                b1[j] -= dz1[j]
            for k in range(K):
                b2[k] -= z2[k]
            for at in range(starts[n], starts[n + 1]):
                row, x = W1[places[at]], values[at]
                for j in range(H):
                    row[j] -= x * dz1[j]

    def train(X, y, rng):
        params, digits = recipe.first_weights(rng), lit_pixels(X)
        for _ in range(recipe.epochs):
            epoch(*digits, y, *params, np.float32(recipe.rate))
        return scores(*params)

    return train
