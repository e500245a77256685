"""Answers to the exercises of chapter 20; see test_exercises.py."""


# %% layer, wrong: operations for N = 1, D = 1, H = 1, 4 bytes: expected 8
def layer(N, D, H, size):
    product = N * D + D * H + N * H
    return 3 * N * D * H + 2 * N * H, size * (3 * product + 3 * N * H + 2 * H)


# %% layer, wrong: operations for N = 1, D = 1, H = 1, 4 bytes: expected 8
def layer(N, D, H, size):
    product = N * D + D * H + N * H
    return 6 * N * D * H, size * (3 * product + 3 * N * H + 2 * H)


# %% layer, wrong: bytes for N = 1, D = 1, H = 1, 4 bytes: expected
def layer(N, D, H, size):
    product = N * D + D * H + N * H
    return 6 * N * D * H + 2 * N * H, size * (3 * product + H)


# %% layer, wrong: bytes for N = 1, D = 1, H = 1, 4 bytes: expected
def layer(N, D, H, size):
    return 6 * N * D * H + 2 * N * H, size * (N * D + D * H + N * H)


# %% layer, wrong: bytes for N = 5, D = 3, H = 2, 8 bytes: expected
def layer(N, D, H, size):
    product = N * D + D * H + N * H
    return 6 * N * D * H + 2 * N * H, 4 * (3 * product + 3 * N * H + 2 * H)


# %% layer, wrong: operations for N = 1, D = 7, H = 3, 4 bytes: expected
def layer(N, D, H, size):
    product = N * D + D * H + N * H
    return 6 * N * D * H + N * H + N * D, size * (3 * product + 3 * N * H + 2 * H)


# %% layer, lazy: expected operations and bytes
def layer(N, D, H, size):
    return ()


# %% layer, lazy: operations for N = 1, D = 7, H = 3
def layer(N, D, H, size):
    return 8, size * 14


# %% layer, right
def layer(N, D, H, size):
    X, W, b, Z = N * D, D * H, H, N * H
    calls = (X, W, Z), (Z, b, Z), (X, Z, W), (Z, b), (Z, W, X)
    return Z * (2 * D + 2) + W * 2 * N + X * 2 * H, size * sum(map(sum, calls))


# %% lit_epoch, wrong: W1 after 1 digits
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        lit = x.nonzero()[0]
        v, rows = x[lit], net.W1[lit]
        z1 = v @ rows + net.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ net.W2 + net.b2
        dz2 = np.exp(z2 - z2.max())
        dz2 /= dz2.sum()
        dz2[label] -= 1
        net.W2 -= np.outer(a1, eta * dz2)
        net.b2 -= eta * dz2
        dz1 = (net.W2 @ dz2) * (z1 > 0)  # W2 has moved
        rows -= np.outer(v, eta * dz1)
        net.W1[lit] = rows
        net.b1 -= eta * dz1


# %% lit_epoch, wrong: W1 after 1 digits
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        lit = x.nonzero()[0]
        v, rows = x[lit], net.W1[lit]
        z1 = v @ rows + net.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ net.W2 + net.b2
        dz2 = np.exp(z2 - z2.max())
        dz2 /= dz2.sum()
        dz2[label] -= 1
        dz1 = (net.W2 @ dz2) * (z1 > 0)
        rows -= np.outer(v, eta * dz1)  # a copy, which never goes back
        net.b1 -= eta * dz1
        net.W2 -= np.outer(a1, eta * dz2)
        net.b2 -= eta * dz2


# %% lit_epoch, wrong: a dark pixel's row was used
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        z1 = x @ net.W1 + net.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ net.W2 + net.b2
        dz2 = np.exp(z2 - z2.max())
        dz2 /= dz2.sum()
        dz2[label] -= 1
        dz1 = (net.W2 @ dz2) * (z1 > 0)
        net.W1 -= np.outer(x, eta * dz1)
        net.b1 -= eta * dz1
        net.W2 -= np.outer(a1, eta * dz2)
        net.b2 -= eta * dz2


# %% lit_epoch, wrong: b1 after
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        lit = x.nonzero()[0]
        v = x[lit]
        z1 = v @ net.W1[lit] + net.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ net.W2 + net.b2
        dz2 = np.exp(z2 - z2.max())
        dz2 /= dz2.sum()
        dz2[label] -= 1
        dz1 = (net.W2 @ dz2) * (z1 > 0)
        net.W1[lit] -= np.outer(v, eta * dz1)
        net.W2 -= np.outer(a1, eta * dz2)
        net.b2 -= eta * dz2


# %% lit_epoch, wrong: rows of dark pixels were changed
def lit_epoch(net, X, labels, eta):
    net.W1[np.isnan(net.W1)] = 0
    for x, label in zip(X, labels, strict=True):
        lit = x.nonzero()[0]
        v = x[lit]
        z1 = v @ net.W1[lit] + net.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ net.W2 + net.b2
        dz2 = np.exp(z2 - z2.max())
        dz2 /= dz2.sum()
        dz2[label] -= 1
        dz1 = (net.W2 @ dz2) * (z1 > 0)
        net.W1[lit] -= np.outer(v, eta * dz1)
        net.b1 -= eta * dz1
        net.W2 -= np.outer(a1, eta * dz2)
        net.b2 -= eta * dz2


# %% lit_epoch, lazy: write it yourself
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        net.step(x, label, eta)


# %% lit_epoch, lazy: after 1 digits
def lit_epoch(net, X, labels, eta):
    pass


# %% lit_epoch, right
def lit_epoch(net, X, labels, eta):
    for x, label in zip(X, labels, strict=True):
        lit = x > 0
        v = x[lit]
        z1 = net.b1 + (v[:, None] * net.W1[lit]).sum(axis=0)
        open_ = z1 > 0
        a1 = z1 * open_
        z2 = a1 @ net.W2 + net.b2
        e = np.exp(z2 - z2.max())
        dz2 = e / e.sum() - np.eye(len(net.b2))[label]
        dz1 = dz2 @ net.W2.T * open_
        net.W1[lit] -= eta * v[:, None] * dz1
        net.b1 -= eta * dz1
        net.W2 -= eta * a1[:, None] * dz2
        net.b2 -= eta * dz2


# %% adam, wrong: bytes at once: an array was made
def adam(w, g, m, s, work, t, eta):
    m[:] = 0.9 * m + (1 - 0.9) * g
    s[:] = 0.999 * s + (1 - 0.999) * g * g
    w -= eta * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


# %% adam, wrong: m after update 1 in float32: expected
def adam(w, g, m, s, work, t, eta):
    m = 0.9 * m + (1 - 0.9) * g
    s = 0.999 * s + (1 - 0.999) * g * g
    w -= eta * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)


# %% adam, wrong: g was changed
def adam(w, g, m, s, work, t, eta):
    m *= 0.9
    np.multiply(g, 1 - 0.9, out=work[0])
    m += work[0]
    s *= 0.999
    np.multiply(g, 1 - 0.999, out=work[0])
    g *= work[0]
    s += g
    np.divide(m, 1 - 0.9**t, out=work[0])
    work[0] *= eta
    np.divide(s, 1 - 0.999**t, out=work[1])
    np.sqrt(work[1], out=work[1])
    work[1] += 1e-8
    work[0] /= work[1]
    w -= work[0]


# %% adam, wrong: w after update 1 in float32: expected
def adam(w, g, m, s, work, t, eta):
    m *= 0.9
    np.multiply(g, 1 - 0.9, out=work[0])
    m += work[0]
    s *= 0.999
    np.multiply(g, 1 - 0.999, out=work[0])
    work[0] *= g
    s += work[0]
    np.multiply(m, eta, out=work[0])  # without the corrections
    np.sqrt(s, out=work[1])
    work[1] += 1e-8
    work[0] /= work[1]
    w -= work[0]


# %% adam, wrong: near, and not the same bits
def adam(w, g, m, s, work, t, eta):
    m *= 0.9
    np.multiply(g, 1 - 0.9, out=work[0])
    m += work[0]
    s *= 0.999
    np.multiply(g, g, out=work[0])  # another order
    work[0] *= 1 - 0.999
    s += work[0]
    np.divide(m, 1 - 0.9**t, out=work[0])
    work[0] *= eta
    np.divide(s, 1 - 0.999**t, out=work[1])
    np.sqrt(work[1], out=work[1])
    work[1] += 1e-8
    work[0] /= work[1]
    w -= work[0]


# %% adam, lazy: m after update 1 in float32: expected
def adam(w, g, m, s, work, t, eta):
    w -= 0


# %% adam, lazy: m after update 1 in float32: expected
def adam(w, g, m, s, work, t, eta):
    np.multiply(np.sign(g), eta, out=work[0])
    w -= work[0]


# %% adam, right
def adam(w, g, m, s, work, t, eta):
    a, b = work
    m *= 0.9
    np.multiply(1 - 0.9, g, out=a)
    m += a
    s *= 0.999
    np.multiply(1 - 0.999, g, out=b)
    b *= g
    s += b
    np.divide(s, 1 - 0.999**t, out=b)
    np.sqrt(b, out=b)
    b += 1e-8
    np.divide(m, 1 - 0.9**t, out=a)
    a *= eta
    a /= b
    w -= a


# %% race, wrong: first runs take 4 s, all others 1
def race(programs, rounds, clock):
    seconds = {name: [] for name in programs}
    for _ in range(rounds + 1):
        for name, program in programs.items():
            start = clock()
            program()
            seconds[name].append(clock() - start)
    return {n: (np.median(each), min(each), max(each)) for n, each in seconds.items()}


# %% race, wrong: the machine becomes slower
def race(programs, rounds, clock):
    found = {}
    for name, program in programs.items():
        program()
        seconds = []
        for _ in range(rounds):
            start = clock()
            program()
            seconds.append(clock() - start)
        found[name] = np.median(seconds), min(seconds), max(seconds)
    return found


# %% race, wrong: one of 7 runs is disturbed: expected the median 1
def race(programs, rounds, clock):
    for program in programs.values():
        program()
    seconds = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            start = clock()
            program()
            seconds[name].append(clock() - start)
    return {n: (np.mean(each), min(each), max(each)) for n, each in seconds.items()}


# %% race, wrong: expected 6 runs of each, got 5
def race(programs, rounds, clock):
    seconds = {name: [] for name in programs}
    for round_ in range(rounds):
        for name, program in programs.items():
            start = clock()
            program()
            if round_:
                seconds[name].append(clock() - start)
    return {n: (np.median(each), min(each), max(each)) for n, each in seconds.items()}


# %% race, wrong: expected the range 1 to 501
def race(programs, rounds, clock):
    for program in programs.values():
        program()
    seconds = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            start = clock()
            program()
            seconds[name].append(clock() - start)
    middle = {name: np.median(each) for name, each in seconds.items()}
    return {name: (middle[name],) * 3 for name in programs}


# %% race, lazy: expected a, b and c
def race(programs, rounds, clock):
    return {}


# %% race, lazy: expected 6 runs of each, got 0
def race(programs, rounds, clock):
    return dict.fromkeys(programs, (1, 1, 1))


# %% race, right
def race(programs, rounds, clock):
    table = np.empty((rounds + 1, len(programs)))
    for turn in range(rounds + 1):
        for place, program in enumerate(programs.values()):
            before = clock()
            program()
            table[turn, place] = clock() - before
    table = table[1:]
    columns = np.median(table, axis=0), table.min(axis=0), table.max(axis=0)
    return dict(zip(programs, zip(*columns)))
