"""Common mistakes and honest partial submissions of assignment 1, and the points that the tests give to each."""

FULL = 42

MISTAKES = [
    (
        "jumps: differences of bytes, which wrap round",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28)
    return np.abs(np.diff(squares, axis=2)).sum(axis=(1, 2)) / 255
"""
        },
        FULL - 2,
    ),
    (
        "jumps: the end of a row is a neighbour of the next",
        {
            "jumps": """
def jumps(X):
    return np.abs(np.diff(X / 255, axis=1)).sum(axis=1)
"""
        },
        FULL - 2,
    ),
    (
        "jumps: both, bytes and the ends of rows",
        {
            "jumps": """
def jumps(X):
    return np.abs(np.diff(X, axis=1)).sum(axis=1) / 255
"""
        },
        FULL - 4,
    ),
    (
        "jumps: grey levels in place of full ink",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28).astype(int)
    return np.abs(np.diff(squares, axis=2)).sum(axis=(1, 2))
"""
        },
        FULL - 2,
    ),
    (
        "jumps: from top to bottom",
        {
            "jumps": """
def jumps(X):
    return np.abs(np.diff(X.reshape(-1, 28, 28) / 255, axis=1)).sum(axis=(1, 2))
"""
        },
        FULL - 6,
    ),
    (
        "jumps: a column comes back, (N, 1)",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28) / 255
    return np.abs(np.diff(squares, axis=2)).sum(axis=(1, 2)).reshape(-1, 1)
"""
        },
        FULL - 1,
    ),
    (
        "jumps: without the absolute value",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28) / 255
    return np.diff(squares, axis=2).sum(axis=(1, 2))
"""
        },
        FULL - 4,
    ),
    (
        "jumps: the absolute value of a row's sum",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28) / 255
    return np.abs(np.diff(squares, axis=2).sum(axis=2)).sum(axis=1)
"""
        },
        FULL - 4,
    ),
    (
        "jumps: from the lightest to the darkest of each row",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28) / 255
    return (squares.max(axis=2) - squares.min(axis=2)).sum(axis=1)
"""
        },
        FULL - 4,
    ),
    (
        "jumps: squares in place of sizes",
        {
            "jumps": """
def jumps(X):
    squares = X.reshape(-1, 28, 28) / 255
    return (np.diff(squares, axis=2) ** 2).sum(axis=(1, 2))
"""
        },
        FULL - 6,
    ),
    (
        "jumps: bytes made signed, which wrap round",
        {
            "jumps": """
def jumps(X):
    squares = X.astype(np.int8).reshape(-1, 28, 28)
    return np.abs(np.diff(squares, axis=2)).sum(axis=(1, 2)) / 255
"""
        },
        FULL - 4,
    ),
    (
        "jumps: right, in short floats, and a list",
        {
            "jumps": """
def jumps(X):
    squares = X.astype(np.float32).reshape(-1, 28, 28) / 255
    return [float(np.abs(square[:, 1:] - square[:, :-1]).sum()) for square in squares]
"""
        },
        FULL,
    ),
    (
        "jumps: right for one picture only",
        {
            "jumps": """
def jumps(X):
    picture = X.reshape(-1, 28, 28)[0] / 255
    return np.array([np.abs(picture[:, 1:] - picture[:, :-1]).sum()])
"""
        },
        FULL - 7,
    ),
    (
        "class_means: 0 divided by 0 for a class without pictures",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K)[labels]
    counts = Y.sum(axis=0)
    return (Y.T @ X) / counts[:, None], counts
"""
        },
        FULL - 2,
    ),
    (
        "class_means: counts without a second axis",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K)[labels]
    counts = Y.sum(axis=0)
    return (Y.T @ X) / np.maximum(counts, 1), counts
"""
        },
        FULL - 7,
    ),
    (
        "class_means: divided by all N pictures",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K)[labels]
    return Y.T @ X / len(X), Y.sum(axis=0)
""",
        },
        FULL - 5,
    ),
    (
        "class_means: bytes are added as bytes",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K, dtype=X.dtype)[labels]
    counts = np.bincount(labels, minlength=K)
    return Y.T @ X / np.maximum(counts, 1)[:, None], counts
"""
        },
        FULL - 1,
    ),
    (
        "class_means: as many classes as the labels show",
        {
            "class_means": """
def class_means(X, labels, K):
    counts = np.bincount(labels)
    means = np.stack([X[labels == k].sum(axis=0) for k in range(len(counts))])
    return means / np.maximum(counts, 1)[:, None], counts
""",
        },
        FULL - 3,
    ),
    (
        "class_means: labels counted from 1",
        {
            "class_means": """
def class_means(X, labels, K):
    counts = np.array([(labels == k + 1).sum() for k in range(K)])
    means = np.stack([X[labels == k + 1].sum(axis=0) for k in range(K)])
    return means / np.maximum(counts, 1)[:, None], counts
""",
        },
        FULL - 6,
    ),
    (
        "class_means: counts kept as bytes",
        {
            "class_means": """
def class_means(X, labels, K):
    means, counts = np.zeros((K, X.shape[1])), np.zeros(K, np.uint8)
    for x, k in zip(X, labels):
        means[k] += x
        counts[k] += 1
    return means / np.maximum([(labels == k).sum() for k in range(K)], 1)[:, None], counts
"""
        },
        FULL - 1,
    ),
    (
        "class_means: the mean kept in the type of the pictures",
        {
            "class_means": """
def class_means(X, labels, K):
    means, counts = np.zeros((K, X.shape[1]), X.dtype), np.bincount(labels, minlength=K)
    for k in np.flatnonzero(counts):
        means[k] = X[labels == k].mean(axis=0)
    return means, counts
"""
        },
        FULL - 1,
    ),
    (
        "class_means: right, with 1e-8 added against 0/0",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K)[labels]
    counts = Y.sum(axis=0)
    return Y.T @ X / (counts[:, None] + 1e-8), counts
"""
        },
        FULL,
    ),
    (
        "class_means: right, in short floats",
        {
            "class_means": """
def class_means(X, labels, K):
    Y = np.eye(K, dtype=np.float32)[labels]
    counts = Y.sum(axis=0)
    return Y.T @ X.astype(np.float32) / np.maximum(counts, 1)[:, None], counts
"""
        },
        FULL,
    ),
    (
        "leave_one_out: the picture is left in",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    squared[:, counts == 0] = np.inf
    return squared
"""
        },
        FULL - 5,
    ),
    (
        "leave_one_out: the factor is not squared",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    squared[:, counts == 0] = np.inf
    for n, k in enumerate(labels):
        squared[n, k] = squared[n, k] * counts[k] / (counts[k] - 1) if counts[k] > 1 else np.inf
    return squared
"""
        },
        FULL - 4,
    ),
    (
        "leave_one_out: distances, not their squares",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    squared[:, counts == 0] = np.inf
    for n, k in enumerate(labels):
        squared[n, k] = squared[n, k] * (counts[k] / (counts[k] - 1)) ** 2 if counts[k] > 1 else np.inf
    return np.sqrt(squared)
"""
        },
        FULL - 6,
    ),
    (
        "leave_one_out: nan for the only picture of a class",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    squared[:, counts == 0] = np.inf
    n, rows = counts[labels], np.arange(len(X))
    squared[rows, labels] *= (n / (n - 1)) ** 2
    return squared
"""
        },
        FULL - 1,
    ),
    (
        "leave_one_out: a class without pictures has the mean 0",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    for n, k in enumerate(labels):
        squared[n, k] = squared[n, k] * (counts[k] / (counts[k] - 1)) ** 2 if counts[k] > 1 else np.inf
    return squared
"""
        },
        FULL - 1,
    ),
    (
        "leave_one_out: a class of one picture is infinitely far from all",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    n = counts[labels]
    squared[np.arange(len(X)), labels] *= (n / np.maximum(n - 1, 1)) ** 2
    squared[:, counts <= 1] = np.inf
    return squared
"""
        },
        FULL - 1,
    ),
    (
        "leave_one_out: right, with the means made anew for each picture",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.full((len(X), len(means)), np.inf)
    for n in range(len(X)):
        for k in range(len(means)):
            others = (labels == k) & (np.arange(len(X)) != n)
            if others.any():
                squared[n, k] = ((X[n] - X[others].mean(axis=0)) ** 2).sum()
    return squared
"""
        },
        FULL,
    ),
    (
        "leave_one_out: takes one off the counts that it was given",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    squared = np.stack([((X - m) ** 2).sum(axis=1) for m in means], axis=1)
    squared[:, counts == 0] = np.inf
    counts -= 1
    for n, k in enumerate(labels):
        squared[n, k] = squared[n, k] * ((counts[k] + 1) / counts[k]) ** 2 if counts[k] else np.inf
    return squared
"""
        },
        FULL - 1,
    ),
    (
        "weighted_layer: the bias without the half",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return (s * means).T, -(s * means**2).sum(axis=1)
"""
        },
        FULL - 5,
    ),
    (
        "weighted_layer: the bias without the weights",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return (s * means).T, -0.5 * (means**2).sum(axis=1)
"""
        },
        FULL - 5,
    ),
    (
        "weighted_layer: all scores twice as large",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return 2 * (s * means).T, -(s * means**2).sum(axis=1)
"""
        },
        FULL - 2,
    ),
    (
        "weighted_layer: the largest score for the farthest mean",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return -(s * means).T, 0.5 * (s * means**2).sum(axis=1)
"""
        },
        FULL - 5,
    ),
    (
        "weighted_layer: plain distances, without weights",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return means.T.copy(), -0.5 * (means**2).sum(axis=1)
"""
        },
        FULL - 5,
    ),
    (
        "weighted_layer: each mean times its weights, squared in the bias",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    weighted = means * s
    return weighted.T, -0.5 * (weighted**2).sum(axis=1)
"""
        },
        FULL - 5,
    ),
    (
        "weighted_layer: right, with the mean of the means taken off and a number added",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return ((means - means.mean(axis=0)) * s).T, 7 - 0.5 * (s * means**2).sum(axis=1)
"""
        },
        FULL,
    ),
    (
        "weighted_layer: right, in short floats",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    means, s = means.astype(np.float32), s.astype(np.float32)
    return (s * means).T, -0.5 * (s * means**2).sum(axis=1)
"""
        },
        FULL,
    ),
    (
        "weighted_layer: the biases as a column, (K, 1)",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    return (s * means).T, -0.5 * (s * means**2).sum(axis=1, keepdims=True)
"""
        },
        FULL - 1,
    ),
    (
        "weighted_layer: the means are multiplied in place",
        {
            "weighted_layer": """
def weighted_layer(means, s):
    b = -0.5 * (s * means**2).sum(axis=1)
    means *= s
    return means.T, b
"""
        },
        FULL - 1,
    ),
    (
        "distance_backward: both signs turned round",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX = dZ.sum(axis=1, keepdims=True) * X - dZ @ M
    dM = dZ.sum(axis=0)[:, None] * M - dZ.T @ X
    return dX, dM
"""
        },
        FULL - 8,
    ),
    (
        "distance_backward: the picture's own term is forgotten in dX",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    return dZ @ M, dZ.T @ X - dZ.sum(axis=0)[:, None] * M
"""
        },
        FULL - 2,
    ),
    (
        "distance_backward: the mean's own term is forgotten in dM",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    return dZ @ M - dZ.sum(axis=1, keepdims=True) * X, dZ.T @ X
"""
        },
        FULL - 4,
    ),
    (
        "distance_backward: dM is a mean over the batch",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX = dZ @ M - dZ.sum(axis=1, keepdims=True) * X
    dM = dZ.T @ X - dZ.sum(axis=0)[:, None] * M
    return dX, dM / len(X)
"""
        },
        FULL - 2,
    ),
    (
        "distance_backward: a factor 2 from the square",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX = dZ @ M - dZ.sum(axis=1, keepdims=True) * X
    dM = dZ.T @ X - dZ.sum(axis=0)[:, None] * M
    return 2 * dX, 2 * dM
"""
        },
        FULL - 8,
    ),
    (
        "distance_backward: dM before dX",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX = dZ @ M - dZ.sum(axis=1, keepdims=True) * X
    dM = dZ.T @ X - dZ.sum(axis=0)[:, None] * M
    return dM, dX
"""
        },
        FULL - 8,
    ),
    (
        "distance_backward: right, with loops over everything",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX, dM = np.zeros(X.shape), np.zeros(M.shape)
    for n in range(len(X)):
        for k in range(len(M)):
            dX[n] += dZ[n, k] * (M[k] - X[n])
            dM[k] += dZ[n, k] * (X[n] - M[k])
    return dX, dM
"""
        },
        FULL,
    ),
    (
        "distance_backward: by finite differences with a step of 1e-5",
        {
            "distance_backward": """
from nnlib import gradcheck


def distance_backward(dZ, X, M):
    X, M = np.array(X, float), np.array(M, float)

    def loss():
        return (dZ * -0.5 * ((X[:, None] - M) ** 2).sum(axis=2)).sum()

    return gradcheck.numerical_gradient(loss, X), gradcheck.numerical_gradient(loss, M)
"""
        },
        FULL - 8,
    ),
    (
        "distance_backward: by finite differences with a long step, exact and slow",
        {
            "distance_backward": """
from nnlib import gradcheck


def distance_backward(dZ, X, M):
    X, M = np.array(X, float), np.array(M, float)

    def loss():
        return (dZ * -0.5 * ((X[:, None] - M) ** 2).sum(axis=2)).sum()

    return gradcheck.numerical_gradient(loss, X, 1.0), gradcheck.numerical_gradient(loss, M, 1.0)
"""
        },
        FULL - 9,
    ),
    (
        "distance_backward: by imaginary nudges, exact and slow",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    def loss(X, M):
        return (dZ * -0.5 * ((X[:, None] - M) ** 2).sum(axis=2)).sum()

    return exercise.exact_gradient(lambda X: loss(X, M), X), exercise.exact_gradient(lambda M: loss(X, M), M)
"""
        },
        FULL - 9,
    ),
    (
        "distance_backward: right, with all differences at once",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    apart = X[:, None, :] - M[None]
    return -np.einsum("nk,nkd->nd", dZ, apart), np.einsum("nk,nkd->kd", dZ, apart)
"""
        },
        FULL,
    ),
    (
        "distance_backward: sums that start as whole numbers",
        {
            "distance_backward": """
def distance_backward(dZ, X, M):
    dX, dM = np.zeros_like(X), np.zeros_like(M)
    for n in range(len(X)):
        for k in range(len(M)):
            dX[n] += (dZ[n, k] * (M[k] - X[n])).astype(X.dtype)
            dM[k] += dZ[n, k] * (X[n] - M[k])
    return dX, dM
"""
        },
        FULL - 1,
    ),
    (
        "prediction: words without numbers",
        {
            "prediction": """
def prediction():
    return "about 80", "less", "because the pictures have made the means themselves"
"""
        },
        FULL - 2,
    ),
    (
        "partial: the first two questions, and no more",
        {"leave_one_out": None, "prediction": None, "weighted_layer": None, "distance_backward": None},
        15,
    ),
    (
        "partial: the layer alone",
        {"jumps": None, "class_means": None, "leave_one_out": None, "prediction": None, "distance_backward": None},
        7,
    ),
    (
        "partial: no way back, and the picture left in",
        {
            "leave_one_out": """
def leave_one_out(X, labels, means, counts):
    return np.array([[((x - m) ** 2).sum() for m in means] for x in X])
""",
            "distance_backward": None,
        },
        FULL - 9 - 6,
    ),
    (
        "partial: class_means in a loop with a syntax error in jumps",
        {
            "jumps": """
def jumps(X)
    return np.abs(np.diff(X.reshape(-1, 28, 28) / 255, axis=2)).sum(axis=(1, 2))
""",
            "class_means": """
def class_means(X, labels, K):
    means, counts = [], []
    for k in range(K):
        rows = X[labels == k]
        counts.append(len(rows))
        means.append(rows.mean(axis=0) if len(rows) else np.zeros(X.shape[1]))
    return np.array(means), np.array(counts)
""",
            "distance_backward": None,
        },
        FULL - 8 - 9,
    ),
]
