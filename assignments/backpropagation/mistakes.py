"""Common mistakes of assignment 3: each is the solution with a few words changed, and what it must get."""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

ALONG_A_DIRECTION = """
def wrong_gradients(network, params, grads, X, Y, w):
    params = {name: np.array(param, dtype=np.float64) for name, param in params.items()}
    wrong = []
    for name, param in params.items():
        claimed = np.asarray(grads.get(name, np.nan))
        if claimed.shape != param.shape or not np.isfinite(claimed).all():
            wrong.append(name)
            continue
        v = np.random.default_rng(0).normal(size=param.shape)
        above = loss_of(network, params | {name: param + 1e-5 * v}, X, Y, w)
        below = loss_of(network, params | {name: param - 1e-5 * v}, X, Y, w)
        a, n = (claimed * v).sum(), (above - below) / 2e-5
        if abs(a - n) / max(abs(a), abs(n), 1e-4) > 1e-5:
            wrong.append(name)
    return wrong
"""
BY_NUDGES_ROUNDED = """
def cap_backward(dA, Z, c):
    step = 2.0**-20
    slope = np.round((capped(Z + step, c) - capped(Z - step, c)) / (2 * step) - 0.01)
    share = np.round((capped(Z, c + step) - capped(Z, c - step)) / (2 * step) - 0.01)
    return dA * slope, (dA * share).sum(axis=0)
"""
# Imaginary nudges, which have all digits, of one entry after the other
NUDGED = """
def nudged(f, x):
    gradient = np.empty(np.shape(x))
    for i in np.ndindex(gradient.shape):
        moved = np.array(x, complex)
        moved[i] += 1e-30j
        gradient[i] = f(moved).imag / 1e-30
    return gradient


"""
NUDGED_LOSS = (
    NUDGED
    + """
def weighted_backward(Z, Y, w):
    def loss(Z):
        Z = Z - Z.real.max(axis=1, keepdims=True)
        each = np.log(np.exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1)
        return (Y @ w * each).sum() / (Y @ w).sum()

    return nudged(loss, Z)
"""
)
NUDGED_TOWER = (
    NUDGED
    + """
def gate(Z, c):
    return np.where(Z.real > 0, np.where(Z.real < c.real, Z, c + 0 * Z), 0)


def tower_backward(params, states, dz3):
    def out(name, moved):
        W1, b1, c1, W2, b2, c2, W3, b3 = ((params | {name: moved})[key] for key in TOWER)
        a1 = gate(states["X"] @ W1 + b1, c1)
        return (dz3 * ((states["s"] * a1 + gate(a1 @ W2 + b2, c2)) @ W3 + b3)).sum()

    return {name: nudged(lambda moved, name=name: out(name, moved), params[name]) for name in TOWER}
"""
)
NUDGED_GATED = (
    NUDGED
    + """
def mended_backward(params, states, dz3):
    def out(name, moved):
        W1, b1, W2, b2, W3, b3 = ((params | {name: moved})[key] for key in GATED)
        X = states["X"]
        return (dz3 * ((np.tanh(X @ W1 + b1) / (1 + np.exp(-X @ W2 - b2))) @ W3 + b3)).sum()

    return {name: nudged(lambda moved, name=name: out(name, moved), params[name]) for name in GATED}
"""
)
RIGHT_OTHERWISE = {
    "wrong_gradients": """
def wrong_gradients(network, params, grads, X, Y, w):
    fine = {name: np.array(param, float) for name, param in params.items()}
    bad = lambda name: not (
        name in grads
        and np.shape(grads[name]) == fine[name].shape
        and np.all(np.isfinite(grads[name]))
        and gradcheck.relative_error(
            grads[name], gradcheck.numerical_gradient(lambda: loss_of(network, fine, X, Y, w), fine[name])
        )
        <= 1e-5
    )
    return list(filter(bad, fine))
""",
    "cap_backward": """
def cap_backward(dA, Z, c):
    A, dZ, dc = capped(Z, c), [], [0.0] * len(c)
    for row, z, a in zip(dA, Z, A):
        dZ.append([d if z[h] == a[h] and 0 < a[h] < c[h] else 0.0 for h, d in enumerate(row)])
        for h in range(len(c)):
            dc[h] += row[h] * bool(z[h] > c[h])
    return [np.reshape(dZ, np.shape(Z)), dc]
""",
    "weighted_backward": """
def weighted_backward(Z, Y, w):
    labels = Y.argmax(axis=1)
    total = sum(w[k] for k in labels)
    return [(w[k] / total * (functional.softmax(z) - y)).tolist() for z, y, k in zip(Z, Y, labels)]
""",
    "tower_backward": """
def tower_backward(params, states, dz3):
    grads = {name: np.zeros(np.shape(param)) for name, param in params.items()}
    for n, d in enumerate(dz3):
        x, z1, a1, z2, r = (states[name][n] for name in ("X", "z1", "a1", "z2", "r"))
        dr = np.einsum("k,hk->h", d, params["W3"])
        dz2 = np.where((0 < z2) & (z2 < params["c2"]), dr, 0)
        da1 = states["s"] * dr + params["W2"] @ dz2
        dz1 = np.where((0 < z1) & (z1 < params["c1"]), da1, 0)
        for name, row, back in (("W1", x, dz1), ("W2", a1, dz2), ("W3", r, d)):
            grads[name] += np.outer(row, back)
            grads["b" + name[1]] += back
        grads["c1"] += np.where(z1 > params["c1"], da1, 0)
        grads["c2"] += np.where(z2 > params["c2"], dr, 0)
    return grads
""",
}

MISTAKES = [
    # 1, the instrument
    (
        "nan and infinity pass, as nan > 1e-5 is false",
        but("wrong_gradients", (" or not np.isfinite(claimed).all()", "")),
        42,
    ),
    (
        "no shape is compared, NumPy stretches (1, H)",
        but("wrong_gradients", ("claimed.shape != param.shape or ", "")),
        42,
    ),
    ("the error has no floor of 1e-4", but("wrong_gradients", ("1e-4", "1e-300")), 42),
    (
        "no absolute value: an entry that is too small is not seen",
        but("wrong_gradients", ("(np.abs(claimed - nudged) / size).max()", "((claimed - nudged) / size).max()")),
        41,
    ),
    ("parameters are nudged in the type they come in", but("wrong_gradients", (", dtype=np.float64", "")), 42),
    (
        "the nudged entry is not put back",
        but("wrong_gradients", ("            param[index] = old\n", "")),
        35,
    ),
    (
        "the error is absolute, not relative",
        but("wrong_gradients", ("(np.abs(claimed - nudged) / size).max()", "np.abs(claimed - nudged).max()")),
        42,
    ),
    (
        "the size of the error is compared with a and n, not with |a| and |n|",
        but("wrong_gradients", ("np.maximum(np.abs(claimed), np.abs(nudged))", "np.maximum(claimed, nudged)")),
        42,
    ),
    (
        "each parameter is nudged along a direction only, not entry by entry",
        {"wrong_gradients": ALONG_A_DIRECTION},
        42,
    ),
    (
        "nothing is ever reported",
        {"wrong_gradients": "def wrong_gradients(*given):\n    return []\n"},
        33,
    ),
    # 2, the gate
    ("the ceiling is forgotten in dZ, a plain ReLU", but("cap_backward", ("((Z > 0) & (Z < c))", "(Z > 0)")), 38),
    (
        "masks that are not strict: z >= 0, z <= c, z >= c",
        but("cap_backward", ("((Z > 0) & (Z < c))", "((Z >= 0) & (Z <= c))"), ("(Z > c)", "(Z >= c)")),
        42,
    ),
    ("the mean in dc in place of the sum", but("cap_backward", (".sum(", ".mean(")), 39),
    ("dc is summed over the units, not over the examples", but("cap_backward", ("axis=0", "axis=1")), 37),
    ("dc has the shape (1, H)", but("cap_backward", ("axis=0", "axis=0, keepdims=True")), 41),
    ("dc is not summed at all", but("cap_backward", (".sum(axis=0)", "")), 37),
    ("the gate is nudged, and the slopes are rounded", {"cap_backward": BY_NUDGES_ROUNDED}, 42),
    # 3, the loss
    ("divided by N, not by the sum of the weights", but("weighted_backward", ("counts.sum()", "len(Z)")), 40),
    ("not divided at all", but("weighted_backward", (" / counts.sum()", "")), 39),
    (
        "the weights multiply the columns, not the rows",
        but("weighted_backward", ("(counts / counts.sum())[:, None]", "w / counts.sum()")),
        38,
    ),
    ("the class weights are left out", but("weighted_backward", ("Y @ w", "np.ones(len(Y))")), 38),
    (
        "the softmax overflows",
        but("weighted_backward", ("functional.softmax(Z)", "np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)")),
        42,
    ),
    # 5, the tower
    ("nothing comes back through the shortcut", but("tower_backward", ("s * dr + ", "")), 37),
    ("nothing comes back through the middle layer", but("tower_backward", (' + dz2 @ params["W2"].T', "")), 36),
    ("the shortcut is there although s is 0", but("tower_backward", ("s * dr", "dr")), 40),
    ("W2 without its transpose, which fits as it is square", but("tower_backward", ('"W2"].T', '"W2"]')), 36),
    ("dW3 from a2, without the shortcut", but("tower_backward", ("r.T @", 'states["a2"].T @')), 42),
    (
        "a mean in the biases in place of the sum",
        but(
            "tower_backward",
            *((f"{dz}.sum(axis=0)", f"{dz}.mean(axis=0)") for dz in ("dz1", "dz2", "dz3")),
        ),
        41,
    ),
    (
        "the biases' gradients have the shape (1, H)",
        but(
            "tower_backward",
            *((f"{dz}.sum(axis=0)", f"{dz}.sum(axis=0, keepdims=True)") for dz in ("dz1", "dz2", "dz3")),
        ),
        42,
    ),
    (
        "1/N a second time",
        but("tower_backward", ("    dW3 = r.T", "    dz3 = dz3 / len(X)\n    dW3 = r.T")),
        34,
    ),
    (
        "W3 is moved before the way back is complete",
        but("tower_backward", ("    dr = dz3", '    params["W3"] -= 0.1 * dW3\n    dr = dz3')),
        32,
    ),
    # 6, the shortcut
    ("one number is predicted where two are asked for", but("predicted_lengths", ("1.0, 0.001", "0.5")), 42),
    ("the two ratios in the other order", but("measured_lengths", ("(1.0, 0.0)", "(0.0, 1.0)")), 41),
    (
        "W2 is multiplied in place, twice in the end",
        but("measured_lengths", ('params | {"W2": factor * params["W2"]}', 'params; params["W2"] *= factor')),
        41,
    ),
    (
        "squared lengths",
        but("measured_lengths", ('["W1"])', '["W1"]) ** 2')),
        41,
    ),
    # 7, the three faults
    ("words are predicted where names are asked for", but("predicted_names", ('["W2", "b2", "W3"]', '["all"]')), 42),
    ("nudged with another loss than the gradient's", but("reported", ("np.ones(Y", "np.arange(1.0, 1 + Y")), 42),
    (
        "the names that are printed for the small network, for any network",
        {"reported": "def reported(params, X, Y):\n    return ['b1', 'W2', 'b2', 'W3'][len(X) == 1 :]\n"},
        41,
    ),
    (
        "the small network, whatever is given",
        but(
            "reported",
            ("    states", "    params, X, Y = small_gated, X_small[: len(X)], Y_small[: len(X)]\n    states"),
        ),
        41,
    ),
    (
        "the mean in db1 is not found",
        but("mended_backward", ("dz1.sum(axis=0)", "dz1.mean(axis=0)")),
        42,
    ),
    (
        "the gate gets its own value in place of the other factor",
        but("mended_backward", ("da2 = dr * a1", "da2 = dr * a2")),
        40,
    ),
    (
        "the slope of the gate is mended, which was right",
        but("mended_backward", ("da2 = dr * a1", "da2 = dr"), ("a2 * (1 - a2)", "a1 * a2 * (1 - a2) ** 2")),
        40,
    ),
    # Right, by other ways: loops, lists, einsum, what nnlib has
    ("all right, written otherwise", RIGHT_OTHERWISE, 43),
    # Honest partial submissions
    (
        "questions 1 to 3, and nothing after them",
        without(
            "tower_backward", "predicted_lengths", "measured_lengths", "predicted_names", "reported", "mended_backward"
        ),
        22,
    ),
    (
        "all but the instrument; the faults are found by reading",
        without("wrong_gradients", "reported"),
        33,
    ),
    (
        "the tower as far as its middle layer, without question 6",
        but(
            "tower_backward",
            (
                '    da1 = s * dr + dz2 @ params["W2"].T\n'
                '    dz1, dc1 = cap_backward(da1, z1, params["c1"])\n'
                "    dW1 = X.T @ dz1\n"
                "    db1 = dz1.sum(axis=0)\n",
                "",
            ),
            ('"W1": dW1, "b1": db1, "c1": dc1, ', ""),
        )
        | without("predicted_lengths", "measured_lengths"),
        34,
    ),
    (
        "the two predictions and nothing else",
        without(
            *("wrong_gradients", "cap_backward", "weighted_backward"),
            *("tower_backward", "measured_lengths", "reported", "mended_backward"),
        ),
        2,
    ),
]

# Each entry of a network of full size is nudged, until the call has taken too long
LONG = [
    ("the loss of question 3 is nudged, with all digits", {"weighted_backward": NUDGED_LOSS}, 38),
    ("the tower is nudged, with all digits", {"tower_backward": NUDGED_TOWER}, 33),
    ("the gated network is nudged, with all digits", {"mended_backward": NUDGED_GATED}, 38),
]
