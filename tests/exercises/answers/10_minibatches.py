"""Answers to the exercises of chapter 10; see test_exercises.py."""


# %% batches, wrong: N = 10, B = 3: expected sizes [3, 3, 3, 1], got [3, 3, 3]
def batches(N, B, rng):
    order = rng.permutation(N)
    return [order[k * B : (k + 1) * B] for k in range(N // B)]


# %% batches, wrong: N = 10, B = 3: expected sizes [3, 3, 3, 1], got [3, 3, 3, 3]
def batches(N, B, rng):
    order = np.resize(rng.permutation(N), -(-N // B) * B)  # fills up with the first ones
    return list(order.reshape(-1, B))


# %% batches, wrong: N = 10, B = 3: expected sizes [3, 3, 3, 1], got [3, 3, 2, 2]
def batches(N, B, rng):
    return np.array_split(rng.permutation(N), -(-N // B))


# %% batches, wrong: expected each example once
def batches(N, B, rng):
    return [rng.integers(N, size=min(B, N - start)) for start in range(0, N, B)]


# %% batches, wrong: expected each example once
def batches(N, B, rng):
    return [rng.choice(N, min(B, N - start), replace=False) for start in range(0, N, B)]


# %% batches, wrong: N = 10, B = 3: expected sizes [3, 3, 3, 1], got
def batches(N, B, rng):  # the batches are shuffled, the examples are not
    return [np.arange(start, min(start + B, N)) for start in rng.permutation(range(0, N, B))]


# %% batches, wrong: each epoch needs a new order
def batches(N, B, rng):
    order = rng.permutation(N)
    return [np.sort(order[start : start + B]) for start in range(0, N, B)]


# %% batches, wrong: some orders occur more often than others
def batches(N, B, rng):
    order = np.roll(np.arange(N), rng.integers(N))
    return [order[start : start + B] for start in range(0, N, B)]


# %% batches, wrong: each epoch needs a new order
def batches(N, B, rng):
    order = np.random.default_rng(N).permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


# %% batches, lazy: the same rng must give the same batches
def batches(N, B, rng):
    order = np.random.permutation(N)
    return [order[start : start + B] for start in range(0, N, B)]


# %% batches, lazy: each epoch needs a new order
def batches(N, B, rng):
    return [np.arange(N)[start : start + B] for start in range(0, N, B)]


# %% batches, right
def batches(N, B, rng):
    order = np.argsort(rng.random(N))
    return np.split(order, range(B, N, B))


# %% batches, right
def batches(N, B, rng):
    order = np.arange(N)
    rng.shuffle(order)
    made = []
    while len(order):
        made.append(order[:B])
        order = order[B:]
    return made


# %% accumulated, wrong: dW1 for pieces of (5, 1, 3): expected
def accumulated(net, pieces):
    total, count = [0.0] * 4, 0
    for X, Y in pieces:
        grads = net.backward(X, Y, *net.forward(X))
        total = [t + g for t, g in zip(total, grads)]
        count += 1
    return [t / count for t in total]


# %% accumulated, wrong: dW1 for pieces of (5, 1, 3): expected
def accumulated(net, pieces):
    total, N, size = [0.0] * 4, 0, 0
    for X, Y in pieces:
        size = size or len(X)
        if len(X) < size:
            break
        grads = net.backward(X, Y, *net.forward(X))
        total = [t + len(X) * g for t, g in zip(total, grads)]
        N += len(X)
    return [t / N for t in total]


# %% accumulated, wrong: dW1 for pieces of (6,): expected
def accumulated(net, pieces):
    total = [0.0] * 4
    for X, Y in pieces:
        grads = net.backward(X, Y, *net.forward(X))
        total = [t + len(X) * g for t, g in zip(total, grads)]
    return total


# %% accumulated, wrong: dW1 for pieces of (4, 4): expected
def accumulated(net, pieces):
    total = [0.0] * 4
    for X, Y in pieces:
        grads = net.backward(X, Y, *net.forward(X))
        total = [t + g for t, g in zip(total, grads)]
    return total


# %% accumulated, wrong: dW1 for pieces of (4, 4): expected
def accumulated(net, pieces):
    total = None
    for n, (X, Y) in enumerate(pieces, 1):  # a running mean whose weights are the wrong way round
        grads = net.backward(X, Y, *net.forward(X))
        total = grads if total is None else [t / n + g * (n - 1) / n / 2 for t, g in zip(total, grads)]
    return total


# %% accumulated, wrong: TypeError
def accumulated(net, pieces):
    N = sum(len(X) for X, _ in pieces[:])
    total = [0.0] * 4
    for X, Y in pieces:
        total = [t + len(X) / N * g for t, g in zip(total, net.backward(X, Y, *net.forward(X)))]
    return total


# %% accumulated, lazy: the pieces fit in one by one only
def accumulated(net, pieces):
    X, Y = (np.concatenate(arrays) for arrays in zip(*pieces))
    return net.backward(X, Y, *net.forward(X))


# %% accumulated, lazy: dW1 for pieces of (4, 4): expected
def accumulated(net, pieces):
    for X, Y in pieces:
        grads = net.backward(X, Y, *net.forward(X))
    return grads


# %% accumulated, right
def accumulated(net, pieces):
    mean, seen = None, 0
    for X, Y in pieces:
        grads = net.backward(X, Y, *net.forward(X))
        seen += len(X)
        share = len(X) / seen
        mean = grads if mean is None else [m + share * (g - m) for m, g in zip(mean, grads)]
    return mean


# %% accumulated, right
def accumulated(net, pieces):
    singles = []
    for X, Y in pieces:
        for x, y in zip(X[:, None], Y[:, None]):
            singles.append(net.backward(x, y, *net.forward(x)))
    return tuple(np.mean(part, axis=0) for part in zip(*singles))


# %% clipped, wrong: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):  # each layer has a length of its own
    z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    out = []
    for x, dz in ((X, dz1), (a1, dz2)):
        length = np.sqrt(((x**2).sum(1) + 1) * (dz**2).sum(1))
        dz = dz * np.minimum(1, c / np.maximum(length, 1e-300))[:, None] / len(X)
        out += [x.T @ dz, dz.sum(0)]
    return out


# %% clipped, wrong: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):  # the mean is shortened, not each of its terms
    grads = net.backward(X, Y, *net.forward(X))
    length = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * (c / length if length > c else 1) for g in grads]


# %% clipped, wrong: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):  # the biases are forgotten in the length
    z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    length = np.sqrt((X**2).sum(1) * (dz1**2).sum(1) + (a1**2).sum(1) * (dz2**2).sum(1))
    f = np.minimum(1, c / np.maximum(length, 1e-300))[:, None] / len(X)
    return X.T @ (f * dz1), (f * dz1).sum(0), a1.T @ (f * dz2), (f * dz2).sum(0)


# %% clipped, wrong: dW1 for N = 1, c = 0.01: expected
def clipped(net, X, Y, c):  # 0/0 where a gradient is 0
    z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    with np.errstate(all="ignore"):
        length = np.sqrt(measure.squared_lengths([(X, dz1), (a1, dz2)]))
        f = c / length[:, None] * (np.minimum(length, c) / c)[:, None] / len(X)
    return X.T @ (f * dz1), (f * dz1).sum(0), a1.T @ (f * dz2), (f * dz2).sum(0)


# %% clipped, wrong: dW1 for N = 6, c = 2.5: expected
def clipped(net, X, Y, c):  # short ones are made longer
    z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    length = np.sqrt(measure.squared_lengths([(X, dz1), (a1, dz2)]))
    f = np.where(np.isfinite(c), c / np.maximum(length, 1e-300), 1)[:, None] / len(X)
    return X.T @ (f * dz1), (f * dz1).sum(0), a1.T @ (f * dz2), (f * dz2).sum(0)


# %% clipped, wrong: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):  # the lengths carry the 1/N
    z1, a1, _, a2 = net.forward(X)
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    length = np.sqrt(measure.squared_lengths([(X, dz1), (a1, dz2)]))
    f = np.minimum(1, c / np.maximum(length, 1e-300))[:, None]
    return X.T @ (f * dz1), (f * dz1).sum(0), a1.T @ (f * dz2), (f * dz2).sum(0)


# %% clipped, wrong: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):  # dz2 is shortened first, and its length taken from then on
    z1, a1, _, a2 = net.forward(X)
    dz2 = (a2 - Y) * np.minimum(1, c / np.maximum(np.linalg.norm(a2 - Y, axis=1), 1e-300))[:, None] / len(X)
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    return X.T @ dz1, dz1.sum(0), a1.T @ dz2, dz2.sum(0)


# %% clipped, lazy: a loop:
def clipped(net, X, Y, c):
    total = [np.zeros_like(p) for p in net.params.values()]
    for x, y in zip(X[:, None], Y[:, None]):
        grads = net.backward(x, y, *net.forward(x))
        length = np.sqrt(sum((g**2).sum() for g in grads))
        total = [t + g * (c / length if length > c else 1) / len(X) for t, g in zip(total, grads)]
    return total


# %% clipped, lazy: MB: you made the gradients g_n
def clipped(net, X, Y, c):
    z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    parts = [X[:, :, None] * dz1[:, None], dz1, a1[:, :, None] * dz2[:, None], dz2]
    length = np.sqrt(sum((p.reshape(len(X), -1) ** 2).sum(axis=1) for p in parts))
    f = np.minimum(1, c / np.maximum(length, 1e-300))
    return [(f.reshape(-1, *[1] * (p.ndim - 1)) * p).mean(axis=0) for p in parts]


# %% clipped, lazy: dW1 for N = 6, c = 0.01: expected
def clipped(net, X, Y, c):
    return net.backward(X, Y, *net.forward(X))


# %% clipped, right
def clipped(net, X, Y, c):
    z1, a1, _, a2 = net.forward(X)
    D2 = np.subtract(a2, Y)
    D1 = np.where(z1 > 0, np.einsum("nk,hk->nh", D2, net.W2), 0)
    squares = np.einsum("nd,nd->n", X, X) * np.einsum("nh,nh->n", D1, D1) + (D1**2).sum(1)
    squares += np.einsum("nd,nd->n", a1, a1) * np.einsum("nh,nh->n", D2, D2) + (D2**2).sum(1)
    f = np.where(squares > c**2, c / np.sqrt(np.where(squares > 0, squares, 1)), 1) / len(X)
    return np.einsum("nd,nh,n->dh", X, D1, f, optimize=True), f @ D1, a1.T @ (f[:, None] * D2), f @ D2


# %% clipped, right
def clipped(net, X, Y, c):  # one label row for each example, weighted in the loss
    states = z1, a1, _, a2 = net.forward(X)
    dz2 = a2 - Y
    dz1 = dz2 @ net.W2.T * (z1 > 0)
    length = np.sqrt(measure.squared_lengths([(X, dz1), (a1, dz2)]))
    f = np.minimum(1, c / np.maximum(length, 1e-300))[:, None]
    return net.backward(X, a2 - f * dz2, *states)
