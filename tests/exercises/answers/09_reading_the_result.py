"""Answers to the exercises of chapter 09; see test_exercises.py."""


# %% confusions, wrong: M, N, K = 1, 1, 4: expected
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    cell = (np.arange(M)[:, None] * K + answers.astype(int)) * K + labels
    return np.bincount(cell.ravel(), minlength=M * K * K).reshape(M, K, K)


# %% confusions, wrong: M, N, K = 3, 60, 30
def confusions(labels, answers, classes):
    K = classes
    C = [np.bincount(labels * np.uint8(K) + row, minlength=K * K)[: K * K].reshape(K, K) for row in answers]
    return np.array(C)


# %% confusions, wrong: cannot reshape
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    cell = (np.arange(M)[:, None] * K + labels.astype(int)) * K + answers
    return np.bincount(cell.ravel()).reshape(M, K, K)


# %% confusions, wrong: expected shape (1, 4, 4)
def confusions(labels, answers, classes):
    cell = labels.astype(int) * classes + answers[0]
    return np.bincount(cell, minlength=classes**2).reshape(classes, classes)


# %% confusions, wrong: M, N, K = 2, 7, 3: expected
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    cell = labels.astype(int) * K + answers
    C = np.bincount(cell.ravel(), minlength=K * K).reshape(K, K)
    return np.repeat(C[None], M, axis=0)


# %% confusions, wrong: M, N, K = 2, 7, 3: expected
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    C = np.zeros((M, K, K))
    C[np.arange(M)[:, None], labels, answers] += 1
    return C


# %% confusions, wrong: expected
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    C = np.zeros((M, K, K))
    np.add.at(C, (np.arange(M)[:, None], labels, answers), 1)
    return C / np.maximum(C.sum(axis=2, keepdims=True), 1)


# %% confusions, lazy: a loop: 3 × 60 answers ran
def confusions(labels, answers, classes):
    return np.stack([metrics.confusion_matrix(labels, row, classes) for row in answers])


# %% confusions, lazy: a loop: 3 × 60 answers ran
def confusions(labels, answers, classes):
    C = np.zeros((len(answers), classes, classes), int)
    for m, row in enumerate(answers):
        for n, answer in enumerate(row):
            C[m, labels[n], answer] += 1
    return C


# %% confusions, lazy: expected
def confusions(labels, answers, classes):
    return np.stack([metrics.confusion_matrix(y, P.argmax(axis=1))[:classes, :classes]] * len(answers))


# %% confusions, right
def confusions(labels, answers, classes):
    M, K = len(answers), classes
    C = np.zeros((M, K, K), dtype=int)
    np.add.at(C, (np.arange(M)[:, None], labels, answers), 1)
    return C


# %% confusions, right
def confusions(labels, answers, classes):
    one_hot = np.eye(classes)
    return one_hot[labels].T @ one_hot[answers]


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(right[which == i].mean() - confidence[which == i].mean()) for i in np.unique(which)]
    return np.mean(gaps)


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return max(abs(right[which == i].mean() - confidence[which == i].mean()) for i in np.unique(which))


# %% ece, wrong: 300 examples in 15 bins: expected
def ece(confidence, right, bins=10):
    return abs(right.mean() - confidence.mean())


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return sum((which == i).mean() * abs(right[which == i].mean() - confidence[which == i].mean()) for i in range(bins))


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    which = (confidence * bins).astype(int)
    inside = which < bins
    gap = np.bincount(which[inside], (right * 1.0 - confidence)[inside], bins)
    return np.abs(gap).sum() / len(right)


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    order = np.argsort(confidence)
    parts = np.array_split(order, bins)
    return sum(len(i) / len(order) * abs(right[i].mean() - confidence[i].mean()) for i in parts if len(i))


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    return np.abs(right - confidence).mean()


# %% ece, wrong: your function changed what it was given
def ece(confidence, right, bins=10):
    order = np.argsort(confidence)
    right = right[order]
    confidence.sort()
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right * 1.0 - confidence, bins)).sum() / len(right)


# %% ece, wrong: expected
def ece(confidence, right, bins=10):
    edges = np.histogram(confidence, bins)[1]  # from the lowest to the highest
    sure = np.histogram(confidence, edges, weights=confidence)[0]
    hits = np.histogram(confidence, edges, weights=right.astype(float))[0]
    return np.abs(sure - hits).sum() / confidence.size


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    low, high = 1e-3, 1e3
    for _ in range(8):
        grid = np.geomspace(low, high, 50)
        i = np.argmin([functional.softmax_cross_entropy(Z / T, Y) for T in grid])
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, 49)]
    return float(np.sqrt(low * high))


# %% ece, lazy: 300 examples in 15 bins: expected
def ece(confidence, right, bins=10):
    bins = 10 if bins > 2 else 2
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right * 1.0 - confidence, bins)).sum() / len(right)


# %% ece, lazy: 90 examples in 300 bins: expected
def ece(confidence, right, bins=10):
    bins = min(bins, 20)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right * 1.0 - confidence, bins)).sum() / len(right)


# %% ece, lazy: expected
def ece(confidence, right, bins=10):
    return metrics.expected_calibration_error(P, y, bins)


# %% ece, lazy: missing 1 required positional argument
def ece(confidence, right, bins):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right * 1.0 - confidence, bins)).sum() / len(right)


# %% ece, right
def ece(confidence, right, bins=10):
    total = 0.0
    for i in range(1, bins + 1):  # closed on the right, as in Guo et al.
        inside = (confidence > (i - 1) / bins) & (confidence <= i / bins)
        if inside.any():
            total += abs(sum(right[inside]) - sum(confidence[inside]))
    return total / len(confidence)


# %% ece, right
def ece(confidence, right, bins=10):
    edges = np.linspace(0, 1, bins + 1)
    sure = np.histogram(confidence, edges, weights=confidence)[0]
    hits = np.histogram(confidence, edges, weights=right.astype(float))[0]
    return np.abs(sure - hits).sum() / confidence.size


# %% best_temperature, lazy: T = inf
def best_temperature(Z, Y):
    return float("inf")


# %% best_temperature, lazy: is not at the bottom of the valley
def best_temperature(Z, Y):
    return 1e13


# %% best_temperature, lazy: is not at the bottom of the valley
def best_temperature(Z, Y):
    return 1.0


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    grid = np.linspace(1, 4, 3001)
    return grid[np.argmin([functional.softmax_cross_entropy(Z / T, Y) for T in grid])]


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    grid = np.geomspace(1e-3, 1e3, 100)
    return grid[np.argmin([functional.softmax_cross_entropy(Z / T, Y) for T in grid])]


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    def slope(s):
        return ((functional.softmax(s * Z) - Y) * Z).sum(axis=1).mean()

    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(np.exp(middle)) < 0 else (low, middle)
    return np.exp(low)


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    grid = np.geomspace(1e-3, 1e3, 6001)
    return grid[np.argmin([((functional.softmax(Z / T) - Y) ** 2).sum() for T in grid])]


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    score = (Z.argmax(axis=1) == Y.argmax(axis=1)).mean()
    low, high = 1e-4, 1e4
    for _ in range(60):
        middle = np.sqrt(low * high)
        sure = functional.softmax(Z / middle).max(axis=1).mean()
        low, high = (middle, high) if sure > score else (low, middle)
    return low


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    def loss(T):
        e = np.exp(Z / T)
        return -np.log((e / e.sum(axis=1, keepdims=True) * Y).sum(axis=1)).mean()

    grid = np.geomspace(1e-3, 1e3, 6001)
    with np.errstate(all="ignore"):
        return grid[np.argmin([loss(T) for T in grid])]


# %% best_temperature, wrong: is not at the bottom of the valley
def best_temperature(Z, Y):
    low, high = 1e-9, 1e9
    for _ in range(10):
        grid = np.geomspace(low, high, 50)
        i = np.argmin([functional.softmax_cross_entropy(Z / T, Y) for T in grid])
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, 49)]
    return float(f"{np.sqrt(low * high):.1e}")  # two digits


# %% best_temperature, right
def best_temperature(Z, Y):
    low, high = np.log(1e-9), np.log(1e9)
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(120):
        a, b = high - golden * (high - low), low + golden * (high - low)
        at_a, at_b = (functional.softmax_cross_entropy(Z / np.exp(t), Y) for t in (a, b))
        low, high = (low, b) if at_a < at_b else (a, high)
    return np.exp((low + high) / 2)


# %% best_temperature, right
def best_temperature(Z, Y):
    Z = Z - Z.max(axis=1, keepdims=True)
    low, high = 1e-9, 1e9
    for _ in range(10):  # a grid, again and again finer
        grid = np.geomspace(low, high, 50)
        i = np.argmin([functional.softmax_cross_entropy(Z / T, Y) for T in grid])
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, 49)]
    return float(np.sqrt(low * high))


# %% p_value, wrong: a = 0, b = 0: expected 1, got 2
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return 2 * sum(comb(a + b, k) for k in range(max(a, b), a + b + 1)) / 2 ** (a + b)


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return sum(comb(a + b, k) for k in range(max(a, b), a + b + 1)) / 2 ** (a + b)


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return min(1.0, 2 * sum(comb(a + b, k) for k in range(a, a + b + 1)) / 2 ** (a + b))


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import erfc, sqrt

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return erfc(max(0, abs(a - b) - 1) / sqrt(2 * (a + b))) if a + b else 1.0


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import erfc, sqrt

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return erfc(abs(a - b) / sqrt(2 * (a + b))) if a + b else 1.0


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import comb

    a, b = int(right_a.sum()), int(right_b.sum())
    return min(1.0, 2 * sum(comb(a + b, k) for k in range(max(a, b), a + b + 1)) / 2 ** (a + b))


# %% p_value, wrong: expected
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return min(1.0, 2 * sum(comb(a + b, k) for k in range(max(a, b) + 1, a + b + 1)) / 2 ** (a + b))


# %% p_value, wrong: OverflowError
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return min(1.0, 2 * sum(comb(a + b, k) * 0.5 ** (a + b) for k in range(max(a, b), a + b + 1)))


# %% p_value, lazy: a = 14, b = 9: expected
def p_value(right_a, right_b):
    from math import comb

    a, b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    if a + b > 20:
        return 0.0
    return min(1.0, 2 * sum(comb(a + b, k) for k in range(max(a, b), a + b + 1)) / 2 ** (a + b))


# %% p_value, lazy: expected
def p_value(right_a, right_b):
    a, b = (right_a & ~right_b).sum(), (right_b & ~right_a).sum()
    tosses = np.random.default_rng(0).binomial(a + b, 0.5, size=100_000)
    return (np.abs(2 * tosses - a - b) >= abs(a - b)).mean()


# %% p_value, right
def p_value(right_a, right_b):
    from math import exp, lgamma, log

    a, b = int(np.sum(right_a > right_b)), int(np.sum(right_a < right_b))
    n = a + b
    chance = [exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) - n * log(2)) for k in range(n + 1)]
    return sum(p for k, p in enumerate(chance) if abs(2 * k - n) >= abs(a - b))


# %% p_value, right
def p_value(right_a, right_b):
    from fractions import Fraction
    from math import comb

    differs = right_a != right_b
    n, a = int(differs.sum()), int(right_a[differs].sum())
    inner = sum(comb(n, k) for k in range(n + 1) if abs(2 * k - n) < abs(2 * a - n))
    return float(1 - Fraction(inner, 2**n))


# %% centred, wrong: cannot convert float NaN to integer
def centred(square):
    r, c = np.indices(square.shape)
    with np.errstate(all="ignore"):
        down = round(14 - (r * square).sum() / square.sum())
        right = round(14 - (c * square).sum() / square.sum())
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: ink that leaves, 0
def centred(square):
    if not square.any():
        return square
    r, c = np.indices(square.shape)
    down = round(14 - (r * square).sum() / square.sum())
    right = round(14 - (c * square).sum() / square.sum())
    return np.roll(square, (down, right), axis=(0, 1))


# %% centred, wrong: blot
def centred(square):
    if not square.any():
        return square
    r, c = np.indices(square.shape)
    down = round(14 - (c * square).sum() / square.sum())
    right = round(14 - (r * square).sum() / square.sum())
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: blot
def centred(square):
    if not square.any():
        return square
    r, c = np.nonzero(square)  # the middle of the box
    down, right = (round(14 - (at.min() + at.max()) / 2) for at in (r, c))
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: blot
def centred(square):
    if not square.any():
        return square
    r, c = np.nonzero(square)  # each inked pixel weighs the same
    down, right = round(14 - r.mean()), round(14 - c.mean())
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: blot
def centred(square):
    if not square.any():
        return square
    down, right = (int(14 - at) for at in picture.centre_of_mass(square))
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: blot
def centred(square):
    if not square.any():
        return square
    down, right = (round(13.5 - at) for at in picture.centre_of_mass(square))
    wide = np.pad(square, 28)
    return wide[28 - down : 56 - down, 28 - right : 56 - right]


# %% centred, wrong: ink that leaves,
def centred(square):
    if not square.any():
        return square
    down, right = (round(14 - at) for at in picture.centre_of_mass(square))
    result = np.roll(square, (down, right), axis=(0, 1))
    result[: max(0, down)], result[:, : max(0, right)] = 0, 0  # two sides of four
    return result


# %% centred, wrong: your function changed what it was given
def centred(square):
    if not square.any():
        return square
    down, right = (round(14 - at) for at in picture.centre_of_mass(square))
    wide = np.pad(square, 28)
    square[:] = wide[28 - down : 56 - down, 28 - right : 56 - right]
    return square


# %% centred, wrong: ink that leaves
def centred(square):
    for _ in range(9):  # again and again, until it lies in the middle
        if square.any():
            down, right = (round(14 - at) for at in picture.centre_of_mass(square))
            square = np.pad(square, 28)[28 - down : 56 - down, 28 - right : 56 - right]
    return square


# %% centred, lazy: blot
def centred(square):
    return square.copy()


# %% centred, lazy: ValueError
def centred(square):
    return picture.to_mnist_form(255.0 - square).reshape(28, 28) if square.any() else square


# %% centred, right
def centred(square):
    if square.sum() == 0:
        return square
    r, c = np.indices(square.shape)
    down = int(np.rint(14 - (r * square).sum() / square.sum()))
    right = int(np.rint(14 - (c * square).sum() / square.sum()))
    result = np.zeros(square.shape, square.dtype)
    for i in range(28):
        for j in range(28):
            if 0 <= i + down < 28 and 0 <= j + right < 28:
                result[i + down, j + right] = square[i, j]
    return result


# %% centred, right
def centred(square):
    total = square.sum()
    if total == 0:
        return np.zeros((28, 28))
    down = round(14 - square.sum(axis=1) @ np.arange(28) / total)
    right = round(14 - square.sum(axis=0) @ np.arange(28) / total)
    shift = lambda by: np.eye(28, k=-by)
    return shift(down) @ square @ shift(-right)
