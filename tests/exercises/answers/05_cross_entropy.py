"""Answers to the exercises of chapter 05; see test_exercises.py."""


# %% loss_from_labels, lazy: write it yourself
def loss_from_labels(Z, labels):
    return functional.softmax_cross_entropy(Z, data.one_hot(labels, Z.shape[1]))


# %% loss_from_labels, lazy: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    return np.log(Z.shape[1])


# %% loss_from_labels, wrong: 7 rows of 3 scores near ±10000: expected
def loss_from_labels(Z, labels):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return -np.log(P[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: 7 rows of 3 scores near ±10000: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.max()
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: 7 rows of 3 scores near ±10000: expected
def loss_from_labels(Z, labels):
    Z = np.clip(Z, -500, 500)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: 7 rows of 3 scores near ±10000: expected
def loss_from_labels(Z, labels):
    return -np.log(functional.softmax(Z)[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    return -np.log(functional.softmax(Z)[np.arange(len(Z)), labels] + 1e-12).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1) + 1e-10) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).sum()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    return (np.log2(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels] / np.log(2)).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[:, labels]).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected shape (), got (6,)
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    return np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]


# %% loss_from_labels, wrong: your function changed what it was given
def loss_from_labels(Z, labels):
    Z -= Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, wrong: ValueError
def loss_from_labels(Z, labels):
    Z = Z - Z.max(axis=1, keepdims=True)
    Y = np.eye(labels.max() + 1)[labels]
    return (np.log(np.exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1)).mean()


# %% loss_from_labels, wrong: 6 rows of 10 scores near ±0: expected
def loss_from_labels(Z, labels):
    Z = Z.astype(np.float32)
    Z = Z - Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, right
def loss_from_labels(Z, labels):
    return -(np.eye(Z.shape[1])[labels] * functional.log_softmax(Z)).sum(axis=1).mean()


# %% loss_from_labels, right
def loss_from_labels(Z, labels):
    total = 0.0
    for z, label in zip(Z, labels):
        total += np.logaddexp.reduce(z) - z[label]
    return float(total / len(Z))


# %% loss_from_labels, right
def loss_from_labels(Z, labels):
    gaps = Z - np.take_along_axis(Z, labels[:, None].astype(int), axis=1)
    return functional.logsumexp(gaps).mean()


# %% loss_from_labels, wrong: scores near ±10000: expected
def loss_from_labels(Z, labels):
    Z = Z - Z.mean(axis=1, keepdims=True)
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), labels]).mean()


# %% loss_from_labels, right
def loss_from_labels(Z, labels):
    picked = np.choose(labels, Z.T)
    top = np.max(Z, axis=1)
    return np.mean(top - picked + np.log1p(np.exp(Z - top[:, None]).sum(axis=1) - 1))


# %% gradient_from_labels, lazy: write it yourself
def gradient_from_labels(Z, labels):
    return functional.softmax_cross_entropy_backward(Z, data.one_hot(labels, Z.shape[1]))


# %% gradient_from_labels, lazy: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    Z = Z.copy()
    Y = data.one_hot(labels, Z.shape[1])
    return gradcheck.numerical_gradient(lambda: functional.softmax_cross_entropy(Z, Y), Z)


# %% gradient_from_labels, lazy: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    Z, Y = Z.copy(), data.one_hot(labels, Z.shape[1])
    near, far = (
        gradcheck.numerical_gradient(lambda: functional.softmax_cross_entropy(Z, Y), Z, step) for step in (1e-3, 2e-3)
    )
    return (4 * near - far) / 3


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    dZ = functional.softmax(Z)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    dZ = functional.softmax(Z)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ / Z.shape[1]


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    dZ = functional.softmax(Z)
    dZ[:, labels] -= 1
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    dZ = -functional.softmax(Z)
    dZ[np.arange(len(Z)), labels] += 1
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    P = functional.softmax(Z)
    dZ = np.zeros_like(P)
    rows = np.arange(len(Z))
    dZ[rows, labels] = P[rows, labels] - 1
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 6 rows of 3 scores near ±10000: expected
def gradient_from_labels(Z, labels):
    dZ = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected shape (5, 4), got (4, 5)
def gradient_from_labels(Z, labels):
    dZ = functional.softmax(Z)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ.T / len(Z)


# %% gradient_from_labels, wrong: your function changed what it was given
def gradient_from_labels(Z, labels):
    np.exp(Z - Z.max(axis=1, keepdims=True), out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    Z[np.arange(len(Z)), labels] -= 1
    return Z / len(Z)


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    P = functional.softmax(Z) + 1e-12
    return (P - data.one_hot(labels, Z.shape[1])) / len(Z)


# %% gradient_from_labels, right
def gradient_from_labels(Z, labels):
    return (functional.softmax(Z) - np.eye(Z.shape[1])[labels]) / len(Z)


# %% gradient_from_labels, right
def gradient_from_labels(Z, labels):
    rows = []
    for z, label in zip(Z, labels):
        p = functional.softmax(z)
        rows.append([(p_k - (k == label)) / len(Z) for k, p_k in enumerate(p)])
    return rows


# %% gradient_from_labels, right
def gradient_from_labels(Z, labels):
    dZ = np.exp(functional.log_softmax(Z))
    np.subtract.at(dZ, (np.arange(len(Z)), labels), 1)
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 6 rows of 3 scores near ±10000: expected
def gradient_from_labels(Z, labels):
    dZ = np.clip(functional.softmax(Z), 1e-12, 1)
    dZ[np.arange(len(Z)), labels] -= 1
    return dZ / len(Z)


# %% gradient_from_labels, wrong: dZ for 5 rows of 4 scores near ±0: expected
def gradient_from_labels(Z, labels):
    P = functional.softmax(Z)
    one = P[np.arange(len(Z)), labels][:, None] * (P - data.one_hot(labels, Z.shape[1]))
    return one / len(Z)


# %% traps, lazy: nan: expected scores from -1e6 to 1e6
def traps():
    z, y = np.array([np.nan, 0.0]), np.array([1.0, 0.0])
    return {"nan": (z, y), "inf": (np.array([-np.inf, 0.0]), y), "wrong": (z, y)}


# %% traps, lazy: nan: expected a one-hot row
def traps():
    z = np.array([0.0, 0.0])
    return {"nan": (z, z * np.nan), "inf": (z, np.array([np.inf, 0])), "wrong": (z, np.array([2.0, 3.0]))}


# %% traps, lazy: wrong: expected scores from -1e6 to 1e6
def traps():
    return {
        "nan": (np.array([1000.0, 0.0]), np.array([1.0, 0.0])),
        "inf": (np.array([0.0, 1000.0]), np.array([1.0, 0.0])),
        "wrong": (np.array([1.7e308, 1.7e308]), np.array([1.0, 0.0])),
    }


# %% traps, wrong: inf: the line gives nan
def traps():
    z = np.array([1000.0, 0.0])
    return {"nan": (z, np.array([1.0, 0.0])), "inf": (z, np.array([1.0, 0.0])), "wrong": (z, np.array([0.0, 1.0]))}


# %% traps, wrong: wrong: the line gives inf
def traps():
    z = np.array([1000.0, 0.0])
    return {"nan": (z, np.array([1.0, 0.0])), "inf": (z, np.array([0.0, 1.0])), "wrong": (z, np.array([0.0, 1.0]))}


# %% traps, wrong: wrong: the line gives 700
def traps():
    return {
        "nan": (np.array([1000.0, 0.0]), np.array([1.0, 0.0])),
        "inf": (np.array([0.0, 1000.0]), np.array([1.0, 0.0])),
        "wrong": (np.array([700.0, 0.0]), np.array([0.0, 1.0])),
    }


# %% traps, wrong: wrong: the line gives 0.69
def traps():
    return {
        "nan": (np.array([1000.0, 0.0]), np.array([1.0, 0.0])),
        "inf": (np.array([0.0, 1000.0]), np.array([1.0, 0.0])),
        "wrong": (np.array([1e6, 1e6]), np.array([0.0, 1.0])),
    }


# %% traps, wrong: expected the keys
def traps():
    return {"nan": ([1000, 0], [1, 0]), "inf": ([0, 1000], [1, 0])}


# %% traps, right
def traps():
    return {"nan": ([1000, 0], [1, 0]), "inf": ([0, 1000, 999], [1, 0, 0]), "wrong": ([744, 0, 0], [0, 0, 1])}


# %% traps, right
def traps():
    found = {}
    y = np.array([0.0, 1.0])
    with np.errstate(all="ignore"):
        for gap in np.arange(700, 760, 0.5):
            z = np.array([gap, 0.0])
            loss = -np.log(functional.softmax(z)[1])
            if np.isinf(loss):
                return found | {"inf": (z, y), "nan": (z, y[::-1])}
            if abs(loss - gap) > 0.01:
                found["wrong"] = z, y


# %% votes_gradient, lazy: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    Z = Z.copy()
    return gradcheck.numerical_gradient(lambda: -(V * functional.log_softmax(Z)).sum(), Z)


# %% votes_gradient, lazy: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    return np.zeros_like(Z)


# %% votes_gradient, wrong: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    return functional.softmax(Z) - V


# %% votes_gradient, wrong: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    return functional.softmax(Z) - V / np.maximum(V.sum(axis=1, keepdims=True), 1)


# %% votes_gradient, wrong: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    return (functional.softmax(Z) * V.sum(axis=1, keepdims=True) - V) / len(Z)


# %% votes_gradient, wrong: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    return functional.softmax(Z) * V.sum() - V


# %% votes_gradient, wrong: dZ for 7 rows of 3 scores near ±0: expected
def votes_gradient(Z, V):
    total = V.sum(axis=1, keepdims=True)
    return functional.softmax(Z) * total.astype(int) - V


# %% votes_gradient, wrong: dZ for 7 rows of 3 scores near ±0: expected
def votes_gradient(Z, V):
    total = np.maximum(V.sum(axis=1, keepdims=True), 1) * (V.any(axis=1, keepdims=True))
    return functional.softmax(Z) * total - np.ceil(V)


# %% votes_gradient, wrong: dZ for 3 rows of 6 scores near ±1000: expected
def votes_gradient(Z, V):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return P * V.sum(axis=1, keepdims=True) - V


# %% votes_gradient, wrong: dZ for 3 rows of 6 scores near ±1000: expected
def votes_gradient(Z, V):
    e = np.exp(np.clip(Z, -20, 20))
    return e / e.sum(axis=1, keepdims=True) * V.sum(axis=1, keepdims=True) - V


# %% votes_gradient, wrong: your function changed what it was given
def votes_gradient(Z, V):
    Z -= Z.max(axis=1, keepdims=True)
    return functional.softmax(Z) * V.sum(axis=1, keepdims=True) - V


# %% votes_gradient, wrong: dZ for 4 rows of 5 scores near ±0: expected
def votes_gradient(Z, V):
    total = V.sum(axis=1, keepdims=True)
    return total * (functional.softmax(Z) - V / total)


# %% votes_gradient, wrong: dZ for 3 rows of 6 scores near ±1000: expected
def votes_gradient(Z, V):
    P = functional.softmax(Z)
    dP = -V / P
    return np.array([dp @ functional.softmax_jacobian(p) for dp, p in zip(dP, P)])


# %% votes_gradient, right
def votes_gradient(Z, V):
    e = np.exp(Z - Z.max(axis=1)[:, None])
    return np.einsum("nk,n->nk", e, V.sum(axis=1) / e.sum(axis=1)) - V


# %% votes_gradient, right
def votes_gradient(Z, V):
    dZ = -np.array(V, dtype=float)
    for n, k in np.ndindex(*V.shape):
        dZ[n] += V[n, k] * functional.softmax(Z[n])
    return dZ.tolist()


# %% best_constant, lazy: p for 5 classes
def best_constant(labels, classes):
    q = np.bincount(mnist.y_train, minlength=classes)[:classes] / 60_000
    return q, -(q * np.log2(q)).sum()


# %% best_constant, lazy: the loss for 5 classes
def best_constant(labels, classes):
    return np.bincount(labels, minlength=classes) / len(labels), 1.5


# %% best_constant, wrong: the loss for 5 classes
def best_constant(labels, classes):
    p = np.bincount(labels, minlength=classes) / len(labels)
    seen = p[p > 0]
    return p, -(seen * np.log(seen)).sum()


# %% best_constant, wrong: p for 5 classes
def best_constant(labels, classes):
    p = np.bincount(labels, minlength=classes) / len(labels) + 1e-12
    return p, -(p * np.log2(p)).sum()


# %% best_constant, wrong: the loss for 5 classes
def best_constant(labels, classes):
    p = np.bincount(labels, minlength=classes) / len(labels)
    return p, -(p * np.log2(p + 1e-12)).sum()


# %% best_constant, wrong: the loss for 5 classes
def best_constant(labels, classes):
    p = np.bincount(labels, minlength=classes) / len(labels)
    with np.errstate(all="ignore"):
        return p, -(p * np.log2(p)).sum()


# %% best_constant, wrong: expected shape (5,), got (4,)
def best_constant(labels, classes):
    p = np.bincount(labels) / len(labels)
    seen = p[p > 0]
    return p, -(seen * np.log2(seen)).sum()


# %% best_constant, wrong: p for 5 classes
def best_constant(labels, classes):
    p = (np.bincount(labels, minlength=classes) + 1) / (len(labels) + classes)
    return p, -np.log2(p)[labels].mean()


# %% best_constant, wrong: p for 5 classes
def best_constant(labels, classes):
    return np.full(classes, 1 / classes), np.log2(classes)


# %% best_constant, right
def best_constant(labels, classes):
    p = [float(np.mean(labels == k)) for k in range(classes)]
    return p, np.mean([-np.log2(p[label]) for label in labels])


# %% best_constant, right
def best_constant(labels, classes):
    p = np.eye(classes)[labels].mean(axis=0)
    log = np.log2(p, where=p > 0, out=np.zeros(classes))
    return p, -(p @ log)
