"""Common mistakes of assignment 3: each is the solution with a few words changed, and what it must get."""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

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
    ("nudged with another loss than the gradient's", but("reported", ("np.ones(4)", "w_small")), 42),
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
