"""Common mistakes and honest partial submissions of assignment 2, and the points that the tests give to each."""

FULL = 40

MISTAKES = [
    (
        "shares_among: the scores come back as they are",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return Z
"""
        },
        FULL - 10 - 2,
    ),
    (
        "shares_among: no largest score subtracted",
        {
            "shares_among": """
def shares_among(Z, allowed):
    E = np.exp(Z) * allowed
    return E / E.sum(axis=1, keepdims=True)
"""
        },
        FULL - 4 - 2,
    ),
    (
        "shares_among: shifted by the largest score of the row, forbidden or not",
        {
            "shares_among": """
def shares_among(Z, allowed):
    E = np.exp(Z - Z.max(axis=1, keepdims=True)) * allowed
    return E / E.sum(axis=1, keepdims=True)
"""
        },
        FULL - 2 - 2,
    ),
    (
        "shares_among: one largest score for the whole batch",
        {
            "shares_among": """
def shares_among(Z, allowed):
    Z = np.where(allowed, Z, -np.inf)
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)
"""
        },
        FULL - 2,
    ),
    (
        "shares_among: a softmax whose forbidden shares are set to 0",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return functional.softmax(Z) * allowed
"""
        },
        FULL - 5 - 2,
    ),
    (
        "shares_among: forbidden scores set to 0 in place of minus infinity",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return functional.softmax(Z * allowed)
""",
        },
        FULL - 6 - 2,
    ),
    (
        "shares_among: sums along axis 0",
        {
            "shares_among": """
def shares_among(Z, allowed):
    Z = np.where(allowed, Z, -1e9)
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0) * allowed
""",
        },
        FULL - 7 - 2,
    ),
    (
        "shares_among: the first row's set for all rows",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return functional.softmax(np.where(allowed[:1], Z, -np.inf))
""",
        },
        FULL - 6,
    ),
    (
        "shares_among: writes minus infinity into the scores",
        {
            "shares_among": """
def shares_among(Z, allowed):
    Z[~allowed] = -np.inf
    return functional.softmax(Z)
"""
        },
        FULL - 2 - 1,
    ),
    (
        "shares_among: 1e-300 added to the sum, against a division by 0",
        {
            "shares_among": """
def shares_among(Z, allowed):
    E = np.exp(Z - Z.max(axis=1, keepdims=True)) * allowed
    return E / (E.sum(axis=1, keepdims=True) + 1e-300)
"""
        },
        FULL - 2 - 2,
    ),
    (
        "shares_among: -1e9 for forbidden scores",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return functional.softmax(np.where(allowed, Z, -1e9))
"""
        },
        FULL - 1,
    ),
    (
        "shares_among: scores cut off at 700",
        {
            "shares_among": """
def shares_among(Z, allowed):
    E = np.exp(np.clip(Z, -700, 700)) * allowed
    return E / E.sum(axis=1, keepdims=True)
"""
        },
        FULL - 2,
    ),
    (
        "shares_among: in short floats, which a score near 1000 needs longer",
        {
            "shares_among": """
def shares_among(Z, allowed):
    return functional.softmax(np.where(allowed, Z, -np.inf).astype(np.float32))
""",
            "set_gradient": """
def set_gradient(Z, candidates):
    return (functional.softmax(Z) - functional.softmax(np.where(candidates, Z, -np.inf))) / len(Z)
""",
        },
        FULL - 2,
    ),
    (
        "shares_among: right, row by row, in lists",
        {
            "shares_among": """
def shares_among(Z, allowed):
    rows = []
    for z, among in zip(Z.tolist(), allowed.tolist()):
        highest = max(value for value, inside in zip(z, among) if inside)
        e = [float(np.exp(value - highest)) if inside else 0.0 for value, inside in zip(z, among)]
        rows.append([value / sum(e) for value in e])
    return rows
""",
            "set_gradient": """
def set_gradient(Z, candidates):
    dZ = np.zeros(Z.shape)
    for n in range(len(Z)):
        dZ[n] = functional.softmax(Z[n])
        dZ[n, candidates[n]] -= functional.softmax(Z[n, candidates[n]])
    return dZ / len(Z)
""",
        },
        FULL,
    ),
    (
        "set_surprise: the logarithm of rounded shares",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    return -np.log((functional.softmax(Z) * candidates).sum(axis=1))
"""
        },
        FULL - 3,
    ),
    (
        "set_surprise: shares cut off at 1e-12",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    return -np.log(np.maximum((functional.softmax(Z) * candidates).sum(axis=1), 1e-12))
"""
        },
        FULL - 3,
    ),
    (
        "set_surprise: 1e-12 added to the shares",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    return -np.log((functional.softmax(Z) * candidates).sum(axis=1) + 1e-12)
"""
        },
        FULL - 3,
    ),
    (
        "set_surprise: the best candidate's surprise where the shares round to 0",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    inside = (functional.softmax(Z) * candidates).sum(axis=1)
    best = np.where(candidates, Z, -np.inf).max(axis=1)
    return np.where(inside > 0, -np.log(inside), functional.logsumexp(Z) - best)
"""
        },
        FULL - 3,
    ),
    (
        "set_surprise: right, with logaddexp",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    inside = np.where(candidates, Z, -np.inf)
    return np.logaddexp.reduce(Z, axis=1) - np.logaddexp.reduce(inside, axis=1)
"""
        },
        FULL,
    ),
    (
        "set_surprise: the mean of the candidates' surprises",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    return -(functional.log_softmax(Z) * candidates).sum(axis=1) / candidates.sum(axis=1)
"""
        },
        FULL - 7,
    ),
    (
        "set_surprise: in bits",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    inside = functional.logsumexp(np.where(candidates, Z, -np.inf))
    return (functional.logsumexp(Z) - inside) / np.log(2)
"""
        },
        FULL - 8,
    ),
    (
        "set_surprise: the sign turned round",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    return functional.logsumexp(np.where(candidates, Z, -np.inf)) - functional.logsumexp(Z)
"""
        },
        FULL - 10,
    ),
    (
        "set_surprise: the mean of the rows, one number",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    inside = functional.logsumexp(np.where(candidates, Z, -np.inf))
    return (functional.logsumexp(Z) - inside).mean()
"""
        },
        FULL - 10,
    ),
    (
        "set_surprise: a column comes back, (N, 1)",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    inside = functional.logsumexp(np.where(candidates, Z, -np.inf), keepdims=True)
    return functional.logsumexp(Z, keepdims=True) - inside
"""
        },
        FULL - 1,
    ),
    (
        "set_surprise: shifted by the largest score of all for the candidates too",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.log(E.sum(axis=1)) - np.log((E * candidates).sum(axis=1))
"""
        },
        FULL - 3,
    ),
    (
        "set_surprise: works on the scores themselves",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    Z -= Z.max(axis=1, keepdims=True)
    return functional.logsumexp(Z) - functional.logsumexp(np.where(candidates, Z, -np.inf))
"""
        },
        FULL - 1,
    ),
    (
        "set_gradient: the candidates wanted alike, p - 1/m",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    return (functional.softmax(Z) - candidates / candidates.sum(axis=1, keepdims=True)) / len(Z)
"""
        },
        FULL - 8,
    ),
    (
        "set_gradient: every candidate wants the whole, p - y with several ones",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    return (functional.softmax(Z) - candidates) / len(Z)
"""
        },
        FULL - 8,
    ),
    (
        "set_gradient: without the 1/N of the mean",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    return functional.softmax(Z) - shares_among(Z, candidates)
"""
        },
        FULL - 3,
    ),
    (
        "set_gradient: divided by N and by K",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    return (functional.softmax(Z) - shares_among(Z, candidates)) / Z.size
"""
        },
        FULL - 9,
    ),
    (
        "set_gradient: the pull in place of the gradient",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    return (shares_among(Z, candidates) - functional.softmax(Z)) / len(Z)
"""
        },
        FULL - 9,
    ),
    (
        "set_gradient: through shares that round to 0",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    P = functional.softmax(Z)
    inside = (P * candidates).sum(axis=1, keepdims=True)
    return (P - P * candidates / inside) / len(Z)
"""
        },
        FULL - 2,
    ),
    (
        "set_gradient: by finite differences with a step of 1e-5",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    dZ = np.zeros(Z.shape)
    for index in np.ndindex(Z.shape):
        up, down = Z.copy(), Z.copy()
        up[index] += 1e-5
        down[index] -= 1e-5
        dZ[index] = (set_surprise(up, candidates) - set_surprise(down, candidates)).mean() / 2e-5
    return dZ
"""
        },
        FULL - 9,
    ),
    (
        "set_gradient: by finite differences in long floats",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    Z = np.asarray(Z, np.longdouble) - Z.max(axis=1, keepdims=True)
    dZ, h = np.zeros(Z.shape), np.longdouble(1e-3)

    def surprise(Z):
        inside = np.where(candidates, Z, -np.inf)
        high = inside.max(axis=1, keepdims=True)
        return np.log(np.exp(Z).sum(axis=1)) - high[:, 0] - np.log(np.exp(inside - high).sum(axis=1))

    for k in range(Z.shape[1]):
        step = h * (np.arange(Z.shape[1]) == k)
        one, two, three = (surprise(Z + c * step) - surprise(Z - c * step) for c in (1, 2, 3))
        dZ[:, k] = (45 * one - 9 * two + three) / (60 * h) / len(Z)
    return dZ
"""
        },
        FULL - 7,
    ),
    (
        "set_gradient: by imaginary nudges, one score after the other",
        {
            "set_gradient": """
def set_gradient(Z, candidates):
    def loss(Z):
        Z = Z - Z.real.max(axis=1, keepdims=True)
        inside = np.where(candidates, Z, -np.inf)
        high = inside.real.max(axis=1, keepdims=True)
        return (np.log(np.exp(Z).sum(axis=1)) - high[:, 0] - np.log(np.exp(inside - high).sum(axis=1))).mean()

    return exercise.exact_gradient(loss, Z)
"""
        },
        FULL - 3,
    ),
    (
        "mixture_surprise: the scores are averaged",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    return -functional.log_softmax(Zs.mean(axis=0))[np.arange(len(labels)), labels]
"""
        },
        FULL - 5,
    ),
    (
        "mixture_surprise: the surprises are averaged",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    return -functional.log_softmax(Zs)[:, np.arange(len(labels)), labels].mean(axis=0)
"""
        },
        FULL - 5,
    ),
    (
        "mixture_surprise: the sum of the shares in place of their mean",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    logs = functional.log_softmax(Zs)[:, np.arange(len(labels)), labels]
    return -functional.logsumexp(logs.T)
"""
        },
        FULL - 5,
    ),
    (
        "mixture_surprise: the logarithm of rounded shares",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    return -np.log(functional.softmax(Zs).mean(axis=0)[np.arange(len(labels)), labels])
"""
        },
        FULL - 2,
    ),
    (
        "mixture_surprise: one shift for all rows",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    logs = functional.log_softmax(Zs)[:, np.arange(len(labels)), labels]
    return -logs.max() - np.log(np.exp(logs - logs.max()).mean(axis=0))
"""
        },
        FULL - 2,
    ),
    (
        "mixture_surprise: right, one network after the other",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    total = np.full(len(labels), -np.inf)
    for Z in Zs:
        total = np.logaddexp(total, (Z - np.logaddexp.reduce(Z, axis=1)[:, None])[np.arange(len(labels)), labels])
    return np.log(len(Zs)) - total
"""
        },
        FULL,
    ),
    (
        "mixture_surprise: labels off by one",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    logs = functional.log_softmax(Zs)[:, np.arange(len(labels)), labels.astype(int) - 1]
    return np.log(len(Zs)) - functional.logsumexp(logs.T)
"""
        },
        FULL - 6,
    ),
    (
        "mixture_surprise: a lse of raw scores, without each network's own sum",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    inside = functional.logsumexp(Zs[:, np.arange(len(labels)), labels].T)
    return functional.logsumexp(np.moveaxis(Zs, 0, 1).reshape(len(labels), -1)) - inside
"""
        },
        FULL - 6,
    ),
    (
        "mixture_surprise: one label for all rows",
        {
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    logs = functional.log_softmax(Zs)[:, :, labels[0]]
    return np.log(len(Zs)) - functional.logsumexp(logs.T)
"""
        },
        FULL - 6,
    ),
    (
        "prediction: shares in words",
        {
            "prediction": """
def prediction():
    return {"5": 70, "9": 30}
"""
        },
        FULL - 2,
    ),
    (
        "partial: the first question alone, right for small scores",
        {
            "shares_among": """
def shares_among(Z, allowed):
    P = np.zeros(Z.shape)
    for n in range(len(Z)):
        total = 0.0
        for k in range(Z.shape[1]):
            if allowed[n, k]:
                total += np.exp(Z[n, k])
        for k in range(Z.shape[1]):
            if allowed[n, k]:
                P[n, k] = np.exp(Z[n, k]) / total
    return P
""",
            "set_surprise": None,
            "set_gradient": None,
            "prediction": None,
            "mixture_surprise": None,
        },
        8,
    ),
    (
        "partial: no gradient, and losses through rounded shares",
        {
            "set_surprise": """
def set_surprise(Z, candidates):
    P = functional.softmax(Z)
    return np.array([-np.log(sum(p[c])) for p, c in zip(P, candidates)])
""",
            "set_gradient": None,
            "mixture_surprise": """
def mixture_surprise(Zs, labels):
    P = np.mean([functional.softmax(Z) for Z in Zs], axis=0)
    return np.array([-np.log(p[label]) for p, label in zip(P, labels)])
""",
        },
        FULL - 3 - 10 - 2,
    ),
    (
        "partial: the surprise of sets and a prediction",
        {"shares_among": None, "set_gradient": None, "mixture_surprise": None},
        12,
    ),
    (
        "partial: the gradient with a typing error in its name",
        {
            "set_gradient": """
def set_gradeint(Z, candidates):
    return (functional.softmax(Z) - shares_among(Z, candidates)) / len(Z)
""",
            "mixture_surprise": None,
        },
        FULL - 10 - 8,
    ),
]
