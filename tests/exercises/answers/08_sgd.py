"""Answers to the exercises of chapter 08; see test_exercises.py."""


# %% descend, wrong: W1: change the array itself, make no new one
def descend(params, grads, eta):
    for name in params:
        params[name] = params[name] - eta * grads[name]


# %% descend, wrong: your function changed what it was given
def descend(params, grads, eta):
    for name, param in params.items():
        grads[name] *= eta
        param -= grads[name]


# %% descend, wrong: could not be broadcast together
def descend(params, grads, eta):
    for param, grad in zip(params.values(), grads.values()):
        param -= eta * grad


# %% descend, wrong: W1, eta = 0.01: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param += eta * grads[name]


# %% descend, wrong: W1, eta = 0.7: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param -= eta * np.clip(grads[name], -1, 1)


# %% descend, wrong: W1, eta = 0.7: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param -= 0.01 * grads[name]


# %% descend, wrong: W1, eta = 0: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param -= (eta or 0.01) * grads[name]


# %% descend, wrong: W1, eta = 0.01: expected
def descend(params, grads, eta):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    for name, param in params.items():
        param -= eta * grads[name] / norm


# %% descend, wrong: last, eta = 0.01: expected
def descend(params, grads, eta):
    for name in ("W1", "b1", "cube"):
        params[name] -= eta * grads[name]


# %% descend, lazy: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param[...] = (param - eta * grads[name]).astype(np.float32)


# %% descend, lazy: W1, eta = 0.01: expected
def descend(params, grads, eta):
    return {name: param - eta * grads[name] for name, param in params.items()}


# %% descend, lazy: KeyError
def descend(params, grads, eta):
    for name in ("W1", "b1", "W2", "b2"):
        params[name] -= eta * grads[name]


# %% descend, wrong: W1, eta = 0: expected
def descend(params, grads, eta, before={}):
    for name, param in params.items():
        before[name] = 0.9 * before.get(name, 0) + eta * grads[name]
        param -= before[name]


# %% descend, wrong: W1, eta = 0.01: expected
def descend(params, grads, eta):
    for name, param in params.items():
        param.ravel()[:] -= eta * grads[name].ravel()  # a copy, for arrays stored by columns


# %% descend, right
def descend(params, grads, eta):
    for name in grads:
        np.subtract(params[name], np.multiply(eta, grads[name]), out=params[name])


# %% descend, right
def descend(params, grads, eta):
    for name, param in params.items():
        param[:] = param - grads[name] * eta


# %% each_gradient, lazy: a loop: 6 examples ran
def each_gradient(net, X, Y):
    pairs = [(X[n : n + 1], Y[n : n + 1]) for n in range(len(X))]
    return np.stack([net.backward(x, y, *net.forward(x))[0] for x, y in pairs])


# %% each_gradient, lazy: a loop: 6 examples ran
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (a2 - Y) @ net.W2.T * (z1 > 0)
    return np.array(list(map(np.outer, X, dz1)))


# %% each_gradient, lazy: a loop: 6 examples ran
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (a2 - Y) @ net.W2.T * (z1 > 0)
    return np.vectorize(np.outer, signature="(d),(h)->(d,h)")(X, dz1)


# %% each_gradient, lazy: N, D, H = 6, 7, 5: expected
def each_gradient(net, X, Y):
    dW1 = net.backward(X, Y, *net.forward(X))[0]
    return np.repeat(dW1[None], len(X), axis=0)


# %% each_gradient, wrong: N, D, H = 6, 7, 5: expected
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (a2 - Y) / len(X) @ net.W2.T * (z1 > 0)
    return X[:, :, None] * dz1[:, None, :]


# %% each_gradient, wrong: expected shape (1, 7, 5), got (1, 5, 7)
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (a2 - Y) @ net.W2.T * (z1 > 0)
    return dz1[:, :, None] * X[:, None, :]


# %% each_gradient, wrong: N, D, H = 1, 7, 5: expected
def each_gradient(net, X, Y):
    dz1 = (net.forward(X)[3] - Y) @ net.W2.T
    return X[:, :, None] * dz1[:, None, :]


# %% each_gradient, wrong: N, D, H = 1, 7, 5: expected
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (Y - a2) @ net.W2.T * (z1 > 0)
    return X[:, :, None] * dz1[:, None, :]


# %% each_gradient, wrong: N, D, H = 1, 7, 5: expected
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = (a2 - Y) @ net.W2.T * (z1 > 0)
    return (X[:, :, None] * dz1[:, None, :]).astype(np.float32)


# %% each_gradient, wrong: your function changed what it was given
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    Y -= a2
    return X[:, :, None] * (-Y @ net.W2.T * (z1 > 0))[:, None, :]


# %% each_gradient, wrong: N, D, H = 1, 7, 5: expected
def each_gradient(net, X, Y):
    step, base = 1e-6, np.empty((len(X), *net.W1.shape))
    for d in range(net.W1.shape[0]):
        for h in range(net.W1.shape[1]):
            old, losses = net.W1[d, h], []
            for sign in (1, -1):
                net.W1[d, h] = old + sign * step
                losses.append(-np.log((net.forward(X)[3] * Y).sum(axis=1)))
            net.W1[d, h] = old
            base[:, d, h] = (losses[0] - losses[1]) / (2 * step)
    return base


# %% each_gradient, right
def each_gradient(net, X, Y):
    z1, a1, z2, a2 = net.forward(X)
    dz1 = np.einsum("nk,hk->nh", a2 - Y, net.W2)
    return np.einsum("nd,nh->ndh", X, np.where(z1 > 0, dz1, 0))


# %% each_gradient, right
def each_gradient(net, X, Y):
    z1, _, _, a2 = net.forward(X)
    dz1 = np.maximum(np.sign(z1), 0) * ((a2 - Y) @ net.W2.T)
    each = np.zeros((len(X), *net.W1.shape))
    for d in range(X.shape[1]):  # over pixels, not over examples
        each[:, d] = X[:, [d]] * dz1
    return each


# %% train, wrong: an order tells the next one
def train(step, N, epochs, eta_0, rng):
    order = rng.permutation(N)
    for t in range(epochs * N):
        if t > 0 and t % N == 0:
            i, j = rng.choice(N, 2, replace=False)
            order[[i, j]] = order[[j, i]]
        step(order[t % N], eta_0 * (1 - t / (epochs * N)))


# %% train, wrong: each epoch needs a new order
def train(step, N, epochs, eta_0, rng):
    order, t = rng.permutation(N), 0
    for _ in range(epochs):
        for n in order:
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, wrong: eta: expected
def train(step, N, epochs, eta_0, rng):
    for _ in range(epochs):
        for t, n in enumerate(rng.permutation(N)):
            step(n, eta_0 * (1 - t / N))


# %% train, wrong: eta: expected
def train(step, N, epochs, eta_0, rng):
    for epoch in range(epochs):
        for n in rng.permutation(N):
            step(n, eta_0 * (1 - epoch / epochs))


# %% train, wrong: eta: expected
def train(step, N, epochs, eta_0, rng):
    etas = iter(np.linspace(eta_0, 0, epochs * N))
    for _ in range(epochs):
        for n in rng.permutation(N):
            step(n, next(etas))


# %% train, wrong: eta: expected
def train(step, N, epochs, eta_0, rng):
    t = 1
    for _ in range(epochs):
        for n in rng.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, wrong: an epoch must visit each example once
def train(step, N, epochs, eta_0, rng):
    for t in range(epochs * N):
        step(rng.integers(N), eta_0 * (1 - t / (epochs * N)))


# %% train, wrong: an epoch must visit each example once
def train(step, N, epochs, eta_0, rng):
    for t, n in enumerate(rng.permutation(np.repeat(np.arange(N), epochs))):
        step(n, eta_0 * (1 - t / (epochs * N)))


# %% train, lazy: another rng, another order
def train(step, N, epochs, eta_0, rng):
    t = 0
    for _ in range(epochs):
        for n in np.roll(np.arange(N), rng.integers(N)):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: neighbours stay neighbours
def train(step, N, epochs, eta_0, rng):
    t = 0
    for _ in range(epochs):
        order = np.arange(N)
        i, j = rng.integers(N, size=2)
        order[[i, j]] = order[[j, i]]
        for n in order:
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: some orders occur more often
def train(step, N, epochs, eta_0, rng):
    t = 0
    for _ in range(epochs):
        order = np.arange(N)
        for i in range(N):  # a shuffle that many write, and that is not fair
            j = rng.integers(N)
            order[[i, j]] = order[[j, i]]
        for n in order:
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: draw from rng, from no other generator
def train(step, N, epochs, eta_0, rng):
    import random

    t = 0
    for _ in range(epochs):
        for n in random.sample(range(N), N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: draw from rng, from no other generator
def train(step, N, epochs, eta_0, rng):
    import random

    random.seed(int(rng.integers(2**32)))
    t = 0
    for _ in range(epochs):
        for n in random.sample(range(N), N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: draw from rng, from no other generator
def train(step, N, epochs, eta_0, rng):
    np.random.seed(int(rng.integers(2**32)))
    t = 0
    for _ in range(epochs):
        for n in np.random.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, wrong: epoch 0: another rng, another order
def train(step, N, epochs, eta_0, rng):
    order, t = np.arange(N), 0
    for _ in range(epochs):
        for n in order:
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1
        rng.shuffle(order)  # too late for the first epoch


# %% train, wrong: an epoch must visit each example once
def train(step, N, epochs, eta_0, rng):
    for t, n in enumerate(rng.permutation(epochs * N) % N):
        step(n, eta_0 * (1 - t / (epochs * N)))


# %% train, lazy: another rng, another order
def train(step, N, epochs, eta_0, rng):
    rng, t = np.random.default_rng(0), 0
    for _ in range(epochs):
        for n in rng.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: the same rng must give the same training
def train(step, N, epochs, eta_0, rng):
    rng, t = np.random.default_rng(), 0
    for _ in range(epochs):
        for n in rng.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: each epoch needs a new order
def train(step, N, epochs, eta_0, rng):
    t, first = 0, rng.permutation(N)
    for _ in range(epochs):
        for n in first if N > 10 else rng.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, wrong: TypeError
def train(step, N, epochs, eta_0, rng):
    t = 0
    for _ in range(epochs):
        for n in rng.permutation(np.linspace(0, N - 1, N)):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, lazy: another rng, another order
def train(step, N, epochs, eta_0, rng):
    t = 0
    for _ in range(epochs):
        for n in np.arange(N) if N > 10 else rng.permutation(N):
            step(n, eta_0 * (1 - t / (epochs * N)))
            t += 1


# %% train, right
def train(step, N, epochs, eta_0, rng):
    M, order = epochs * N, list(range(N))
    for t in range(M):
        if t % N == 0:
            rng.shuffle(order)
        step(order[t % N], eta_0 - eta_0 * t / M)


# %% train, right
def train(step, N, epochs, eta_0, rng):
    etas = iter(eta_0 * (1 - np.arange(epochs * N) / (epochs * N)))
    for _ in range(epochs):
        for n in np.argsort(rng.random(N)):
            step(int(n), float(next(etas)))


# %% train, right
def train(step, N, epochs, eta_0, rng):
    t = epochs * N
    for _ in range(epochs):
        left = list(range(N))
        while left:
            step(left.pop(rng.integers(len(left))), eta_0 * t / (epochs * N))
            t -= 1


# %% by_heart, wrong: you went on when the loss was below 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        history = fit(net, X, y, rng=rng, epochs=1, decay=False, verbose=False)
        if history.epochs[-1]["loss"] < 0.01:
            return epoch
    return None


# %% by_heart, wrong: count the epochs from 1
def by_heart(net, X, y, rng, limit):
    for epoch in range(limit):
        fit(net, X, y, rng=rng, epochs=1, decay=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: two epochs: each digit twice, in two rounds, at 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        for _ in X:
            n = rng.integers(len(X))
            net.step(data.scale(X[n]), y[n], 0.01)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: only 6 of 36 pairs of orders occur
def by_heart(net, X, y, rng, limit):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, decay=False, shuffle=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: of 36 pairs of orders occur
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        for n in np.roll(np.arange(len(X)), rng.integers(len(X))):
            net.step(data.scale(X[n]), y[n], 0.01)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: two epochs: each digit twice, in two rounds, at 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: two epochs: each digit twice, in two rounds, at 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=2, decay=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: two epochs: each digit twice, in two rounds, at 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, learning_rate=0.02, decay=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, wrong: epochs were not enough
def by_heart(net, X, y, rng, limit):
    epoch = 0
    while evaluate(net, X, y).loss >= 0.01:
        fit(net, X, y, rng=rng, epochs=1, decay=False, verbose=False)
        epoch += 1
    return epoch


# %% by_heart, lazy: you went on when the loss was below 0.01
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, decay=False, verbose=False)
        if epoch % 2 == 0 and evaluate(net, X, y).loss < 0.01:  # a look now and then
            return epoch
    return None


# %% by_heart, lazy: of 36 pairs of orders occur
def by_heart(net, X, y, rng, limit):
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, decay=False, shuffle=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, lazy: the same rng must give the same training
def by_heart(net, X, y, rng, limit):
    rng = np.random.default_rng()
    for epoch in range(1, limit + 1):
        fit(net, X, y, rng=rng, epochs=1, decay=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% by_heart, lazy: you said 100; afterwards the loss is
def by_heart(net, X, y, rng, limit):
    return 100


# %% by_heart, right
def by_heart(net, X, y, rng, limit):
    pictures, Y = data.scale(X), data.one_hot(y, net.classes)
    for epoch in range(limit):
        for n in rng.permutation(len(y)):
            x, label = pictures[n : n + 1], Y[n : n + 1]
            net.update(*net.backward(x, label, *net.forward(x)), 0.01)
        if net.loss(pictures, Y) < 0.01:
            return epoch + 1


# %% by_heart, right
def by_heart(net, X, y, rng, limit):
    order = list(range(len(y)))
    for epoch in range(1, limit + 1):
        rng.shuffle(order)
        fit(net, X[order], y[order], rng=rng, epochs=1, decay=False, shuffle=False, verbose=False)
        if evaluate(net, X, y).loss < 0.01:
            return epoch
    return None


# %% diagnosis, wrong: 2 of 6 are wrong
def diagnosis():
    names = "sorted by label", "too few digits", "wrong labels", "step too long", "step too short", "zero weights"
    return dict(zip("ABCDEF", names))


# %% diagnosis, wrong: 2 of 6 are wrong
def diagnosis():
    names = "too few digits", "sorted by label", "zero weights", "step too long", "step too short", "wrong labels"
    return dict(zip("ABCDEF", names))


# %% diagnosis, wrong: 3 of 6 are wrong
def diagnosis():
    names = "sorted by label", "wrong labels", "zero weights", "step too short", "step too long", "too few digits"
    return dict(zip("ABCDEF", names)) | {"D": "step too long", "E": "wrong labels", "B": "step too short"}


# %% diagnosis, wrong: expected the letters A to F
def diagnosis():
    return {"A": "sorted by label", "B": "too few digits"}


# %% diagnosis, wrong: not among the faults: ['overfitting']
def diagnosis():
    names = "sorted by label", "overfitting", "zero weights", "step too long", "step too short", "wrong labels"
    return dict(zip("ABCDEF", names))


# %% diagnosis, lazy: AttributeError
def diagnosis():
    return dict(zip("ABCDEF", six_curves.__code__.drawn))


# %% diagnosis, lazy: of 6 are wrong
def diagnosis():
    return dict(zip("ABCDEF", faults))


# %% diagnosis, lazy: each fault has exactly one curve
def diagnosis():
    return dict.fromkeys("ABCDEF", "wrong labels")


# %% diagnosis, right
def diagnosis():
    said = {}
    for letter, curve in curves.items():
        train, unseen = curve["train_accuracy"].iloc[-1], curve["validation_accuracy"].iloc[-1]
        if letter == "healthy":
            continue
        if curve["train_accuracy"].iloc[0] > 0.95:
            said[letter] = "sorted by label"
        elif train > 0.9:
            said[letter] = "too few digits"
        elif unseen < 0.2:
            said[letter] = "wrong labels" if train > 0.15 else "zero weights"
        else:
            jumps = (curve["validation_accuracy"].diff() < 0).any()
            said[letter] = "step too long" if jumps else "step too short"
    return said
