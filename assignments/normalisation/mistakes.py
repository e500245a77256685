"""Common mistakes of assignment 5: each is the solution with a few words changed, and what it must get."""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

SQUARES = ("np.abs(deviations).mean(axis=0)", "np.sqrt((deviations**2).mean(axis=0))")
PLAN = '"batch": 50, "eta_0": 0.2, "angle_0": 0.1, "warm": 0, "fall": 100'
HANDED_ON = """\
dW = grads.pop("W" + layer)
        grads["V" + layer], grads["gamma" + layer] = dW, normalised_backward(dW, V, gamma)[1]"""
NUDGED = """\
    V, gamma = V.copy(), gamma.copy()

    def loss():
        return (dW * normalised(V, gamma)).sum()

    return gradcheck.numerical_gradient(loss, V), gradcheck.numerical_gradient(loss, gamma)
"""
CENTRAL = "gradcheck.numerical_gradient(lambda: (dW * normalised(V, gamma)).sum(), V, 1e-5)"
ONE_SIDED = """\
np.empty(V.shape)
    for index in np.ndindex(V.shape):
        moved = V.copy()
        moved[index] += 1e-5
        nudged[index] = (dW * (normalised(moved, gamma) - normalised(V, gamma))).sum() / 1e-5\
"""
NEAR = "np.abs(dV - nudged) <= 1e-6 * np.abs(nudged).max()"
SEARCH = """\
def tried(plan):
    return measure(turning_pass(new_normalised(0, 784, 8), X_fit[:100], y_fit[:100], plan, 0), X_val, y_val)


tried({"batch": 50, "eta_0": 0.2, "angle_0": 0.1, "warm": 0, "fall": 2})


"""

MISTAKES = [
    # 0, the own functions: what is put together from them is compared with them
    ("own functions: nothing comes back through the shortcut", but("own-functions", ("s * dr + ", "")), 41),
    (
        "own functions: the last, shorter batch is left out",
        but("own-functions", ("len(order), B", "len(order) - B + 1, B")),
        41,
    ),
    (
        "own functions: the order of the first epoch for all",
        but(
            "own-functions",
            ("    log = []", "    order = rng.permutation(len(X))\n    log = []"),
            ("rng.permutation(len(X)), plan", "order, plan"),
        ),
        41,
    ),
    (
        "own functions: the caps get no gradient",
        but("own-functions", ("dc = (dA * (Z > c)).sum(axis=0)", "dc = np.zeros(len(c))")),
        41,
    ),
    (
        "own functions: one_pass changes the parameters it is given",
        but("own-functions", ("{name: param.copy() for name, param in params.items()}", "dict(params)")),
        41,
    ),
    # 1, normalise
    ("normalised: the root of the mean square in place of the mean absolute deviation", but("normalised", SQUARES), 39),
    ("normalised: the mean of |V|, not of |V - mu|", but("normalised", ("np.abs(deviations)", "np.abs(V)")), 38),
    (
        "normalised: by rows",
        but(
            "normalised",
            ("V.mean(axis=0)", "V.mean(axis=1, keepdims=True)"),
            ("np.abs(deviations).mean(axis=0)", "np.abs(deviations).mean(axis=1, keepdims=True)"),
        ),
        37,
    ),
    ("normalised: no root of D", but("normalised", (" / np.sqrt(len(V))", "")), 39),
    ("normalised: the mean is not subtracted", but("normalised", ("V - V.mean(axis=0)", "V * 1.0")), 37),
    ("normalised: the root of the columns' number, not of the rows'", but("normalised", ("len(V)", "V.shape[1]")), 39),
    (
        "normalised: an epsilon of 1e-8 beside s",
        but("normalised", ("deviations / spread", "deviations / (spread + 1e-8)")),
        41,
    ),
    # 3, the way back
    (
        "normalised_backward: the formula of chapter 15",
        but("normalised_backward", ("lost = (signs - signs.mean(axis=0))", "lost = Vhat")),
        37,
    ),
    (
        "normalised_backward: the mean of the signs is forgotten",
        but("normalised_backward", ("(signs - signs.mean(axis=0))", "signs")),
        38,
    ),
    ("normalised_backward: s is taken for a constant", but("normalised_backward", (" - lost)", ")")), 37),
    (
        "normalised_backward: mu is taken for a constant",
        but("normalised_backward", ("(signs - signs.mean(axis=0))", "signs"), ("dVhat - dVhat.mean(axis=0)", "dVhat")),
        37,
    ),
    (
        "normalised_backward: gamma is forgotten on the way to dV",
        but("normalised_backward", ("dWroot * gamma", "dWroot")),
        38,
    ),
    ("normalised_backward: no root of D", but("normalised_backward", ("dW / np.sqrt(len(V))", "dW")), 36),
    ("normalised_backward: not divided by s", but("normalised_backward", (" - lost) / spread", " - lost)")), 37),
    ("normalised_backward: gamma in dgamma", but("normalised_backward", ("(dWroot * Vhat)", "(dVhat * Vhat)")), 40),
    (
        "normalised_backward: signs as a quotient, nan at the kink",
        but("normalised_backward", ("np.sign(deviations)", "deviations / np.abs(deviations)")),
        41,
    ),
    (
        "normalised_backward: the gradient as it came, less its mean",
        but("normalised_backward", ("return dV, (", "return dW - dW.mean(axis=0), (")),
        36,
    ),
    (
        "normalised_backward: nudges of one's own normalised",
        but("normalised_backward", ("    deviations = V", NUDGED + "    deviations = V")),
        33,
    ),
    (
        "normalised_backward: an epsilon of 1e-8 beside s",
        but("normalised_backward", ("np.abs(deviations).mean(axis=0)", "np.abs(deviations).mean(axis=0) + 1e-8")),
        40,
    ),
    # 4, three tests
    (
        "predicted_table: words in place of True and False",
        but("predicted_table", ("(True, False, False)", '("yes", "no", "no")')),
        41,
    ),
    (
        "three_tests: all columns together",
        but("three_tests", ("terms.sum(axis=0)", "terms.sum()"), ("np.abs(terms).sum(axis=0)", "np.abs(terms).sum()")),
        40,
    ),
    (
        "three_tests: sums by rows",
        but(
            "three_tests",
            ("terms.sum(axis=0)", "terms.sum(axis=1)"),
            ("np.abs(terms).sum(axis=0)", "np.abs(terms).sum(axis=1)"),
        ),
        39,
    ),
    (
        "three_tests: any in place of all",
        but(
            "three_tests",
            ("1e-6 * np.abs(terms).sum(axis=0)).all()", "1e-6 * np.abs(terms).sum(axis=0)).any()"),
            ("near.all()", "near.any()"),
        ),
        38,
    ),
    (
        "three_tests: exactly 0, without room for rounding",
        but("three_tests", ("<= 1e-6 * np.abs(terms).sum(axis=0)", "== 0"), ("<= 1e-6 * np.abs(nudged).max()", "== 0")),
        38,
    ),
    (
        "three_tests: nan passes, as it is not above the bound",
        but(
            "three_tests",
            (
                "bool((np.abs(terms.sum(axis=0)) <= 1e-6 * np.abs(terms).sum(axis=0)).all())",
                "not (np.abs(terms.sum(axis=0)) > 1e-6 * np.abs(terms).sum(axis=0)).any()",
            ),
            (
                "np.abs(dV - nudged) <= 1e-6 * np.abs(nudged).max()",
                "~(np.abs(dV - nudged) > 1e-6 * np.abs(nudged).max())",
            ),
        ),
        41,
    ),
    (
        "three_tests: right angles to V as it is, and below the bound for zeros too",
        but(
            "three_tests",
            ("dV * (V - V.mean(axis=0))", "dV * V"),
            ("terms.sum(axis=0)) <= 1e-6", "terms.sum(axis=0)) < 1e-6"),
        ),
        40,
    ),
    (
        "three_tests: True for all",
        but(
            "three_tests",
            ("return no_rest(dV), no_rest(dV * (V - V.mean(axis=0))), bool(near.all())", "return True, True, True"),
        ),
        37,
    ),
    (
        "three_tests: sums without their absolute values",
        but("three_tests", ("np.abs(terms.sum(axis=0))", "terms.sum(axis=0)")),
        40,
    ),
    (
        "three_tests: an absolute bound for sums and angles",
        but("three_tests", ("1e-6 * np.abs(terms).sum(axis=0)", "1e-6")),
        40,
    ),
    (
        "three_tests: angles measured against the sum of |dV|",
        but(
            "three_tests",
            ("no_rest(terms)", "no_rest(terms, parts)"),
            ("np.abs(terms).sum(axis=0)", "np.abs(parts).sum(axis=0)"),
            (
                "no_rest(dV), no_rest(dV * (V - V.mean(axis=0)))",
                "no_rest(dV, dV), no_rest(dV * (V - V.mean(axis=0)), dV)",
            ),
        ),
        41,
    ),
    ("three_tests: nudges to one side", but("three_tests", (CENTRAL, ONE_SIDED)), 41),
    ("three_tests: nudges by np.isclose", but("three_tests", (NEAR, "np.isclose(dV, nudged)")), 41),
    (
        "three_tests: nudges with a bound for each entry",
        but("three_tests", ("np.abs(nudged).max()", "np.abs(nudged)")),
        41,
    ),
    (
        "three_tests: nudges by gradcheck.relative_error",
        but("three_tests", (NEAR, "np.array(gradcheck.relative_error(dV, nudged) <= 1e-6)")),
        41,
    ),
    # 5, the tower
    ("ordinary: V and gamma are left in", but("ordinary", ("return kept |", "return params |")), 41),
    (
        "ordinary: V as it is",
        but("ordinary", ('normalised(params["V" + layer], params["gamma" + layer])', 'params["V" + layer]')),
        41,
    ),
    (
        "normalised_gradients: the gradients of W are handed on as those of V",
        but(
            "normalised_gradients",
            (
                'grads["V" + layer], grads["gamma" + layer] = normalised_backward(grads.pop("W" + layer), V, gamma)',
                HANDED_ON,
            ),
        ),
        40,
    ),
    (
        "normalised_gradients: the gradients of W are left in",
        but("normalised_gradients", ("grads.pop(", "grads.get(")),
        41,
    ),
    (
        "normalised_gradients: the first layer only",
        but("normalised_gradients", ('for layer in "12"', 'for layer in "1"')),
        39,
    ),
    # 6 and 7
    ("prediction: shares in place of percent", but("prediction", ("40, 88, 60, 88", "0.4, 0.88, 0.6, 0.88")), 41),
    (
        "turned: along the tangent, so it grows",
        but("turned", ("np.cos(angle) * deviations - np.sin(angle) * way", "deviations - np.tan(angle) * way")),
        39,
    ),
    (
        "turned: V is turned, its mean too",
        but("turned", ("mean + np.cos(angle) * deviations", "np.cos(angle) * V")),
        39,
    ),
    ("turned: towards the gradient", but("turned", ("* deviations - np.sin", "* deviations + np.sin")), 40),
    (
        "turned: one length for the whole matrix",
        but(
            "turned",
            (
                "np.linalg.norm(deviations, axis=0), np.linalg.norm(dV, axis=0)",
                "np.linalg.norm(deviations), np.linalg.norm(dV)",
            ),
        ),
        38,
    ),
    (
        "turned: 0 / 0 where there is no gradient",
        but(
            "turned",
            ("length / np.where(there, size, 1)", "length / size"),
            ("np.where(there, mean + ", "(mean + "),
            (" * way, V)", " * way)"),
        ),
        41,
    ),
    (
        "turned: degrees",
        but("turned", ("np.cos(angle)", "np.cos(np.radians(angle))"), ("np.sin(angle)", "np.sin(np.radians(angle))")),
        40,
    ),
    (
        "turned: an epsilon of 1e-8 beside the gradient's length",
        but("turned", ("length / np.where(there, size, 1)", "length / (size + 1e-8)")),
        41,
    ),
    (
        "turned: an epsilon where there is no gradient, so such a column shrinks",
        but(
            "turned",
            ("length / np.where(there, size, 1)", "length / (size + 1e-8)"),
            ("np.where(there, mean + ", "(mean + "),
            (" * way, V)", " * way)"),
        ),
        40,
    ),
    (
        "recipe: right, and in its cell a search with turning_pass",
        but("recipe", ("def recipe", SEARCH + "def recipe")),
        42,
    ),
    ("recipe: a quotient for the steps of the fall", but("recipe", ('"fall": 100', '"fall": 5000 / 50')), 39),
    (
        "recipe: the poor plan of the text",
        but("recipe", (PLAN, '"batch": 100, "eta_0": 0.05, "angle_0": 0.01, "warm": 0, "fall": 0')),
        40,
    ),
    (
        "recipe: turns of 0.1 that do not get smaller",
        but("recipe", (PLAN, '"batch": 20, "eta_0": 0.1, "angle_0": 0.1, "warm": 0, "fall": 0')),
        40,
    ),
    ("recipe: the angle in degrees", but("recipe", ('"angle_0": 0.1', '"angle_0": 6')), 39),
    # Honest partial submissions
    (
        "the normalisation without the tower: questions 0 to 4",
        without("ordinary", "normalised_gradients", "prediction", "turned", "recipe"),
        24,
    ),
    (
        "no way back: questions 0, 1 and 4, the fold and the prediction",
        without("normalised_backward", "normalised_gradients", "turned", "recipe"),
        18,
    ),
    ("no own functions: only what needs no network", without("own-functions", "normalised_gradients"), 32),
    (
        "questions 0 and 1 only",
        without(
            "normalised_backward",
            "predicted_table",
            "three_tests",
            "ordinary",
            "normalised_gradients",
            "prediction",
            "turned",
            "recipe",
        ),
        9,
    ),
]
