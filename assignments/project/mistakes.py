"""Common mistakes of assignment 7: each is the solution with a few words changed, and what it must get.

Those in `LONG` train a network of their own, which takes a second or two; the sweep tries them.
"""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

CENTRE = "data.scale(move(X, rng)).mean(axis=0)"
PICTURES = "data.scale(move(X, rng))\n"

MISTAKES = [
    # 2, cut
    ("cut: the units that cost least stay", but("cut", ("argsort(-cost)", "argsort(cost)")), 38),
    ("cut: the mean square in place of the variance", but("cut", ("a1.var(axis=0)", "(a1**2).mean(axis=0)")), 38),
    ("cut: W2 is left out of the cost", but("cut", (' * (net["W2"] ** 2).sum(axis=1)', "")), 39),
    ("cut: by the weights alone", but("cut", ("a1.var(axis=0) * ", "")), 38),
    ("cut: the standard deviation, not the variance", but("cut", ("a1.var", "a1.std")), 39),
    ("cut: the largest weight of a unit, not its row", but("cut", ("** 2).sum(axis=1)", "** 2).max(axis=1)")), 39),
    ("cut: no constants", but("cut", (" + constants}", "}")), 38),
    ("cut: the constants are subtracted", but("cut", (" + constants}", " - constants}")), 38),
    (
        "cut: the means of the scores, before ReLU",
        but("cut", ("a1[:, ~stays].mean(axis=0)", '(X @ net["W1"] + net["b1"])[:, ~stays].mean(axis=0)')),
        38,
    ),
    ("cut: the constants of all units", but("cut", ("a1[:, ~stays]", "a1"), ('["W2"][~stays]', '["W2"]')), 37),
    (
        "cut: in the order of the costs",
        but(
            "cut",
            ("    stays = np.zeros(len(cost), bool)\n    stays[np.argsort(-cost)[:H]] = True\n", ""),
            ("    constants", "    stays, goes = np.split(np.argsort(-cost), [H])\n    constants"),
            ("a1[:, ~stays]", "a1[:, goes]"),
            ('["W2"][~stays]', '["W2"][goes]'),
        ),
        39,
    ),
    ("cut: H units go, the others stay", but("cut", ("[:H]", "[H:]")), 34),
    # 3, choose
    ("chosen: the last of equals", but("chosen", ("counts.argmax()", "len(counts) - 1 - counts[::-1].argmax()")), 39),
    ("chosen: how many, not which share", but("chosen", ("counts.max() / right.shape[1]", "counts.max()")), 39),
    (
        "chosen: the best one's number counts from 1",
        but("chosen", ("int(counts.argmax())", "int(counts.argmax()) + 1")),
        38,
    ),
    (
        "chosen: judged by the half that chose",
        but("chosen", ("odd[by_even].sum() + even[by_odd].sum()", "even[by_even].sum() + odd[by_odd].sum()")),
        38,
    ),
    (
        "chosen: one half chooses, the other judges, and that is all",
        but("chosen", ("odd[by_even].sum() + even[by_odd].sum()", "odd[by_even].mean() * right.shape[1]")),
        38,
    ),
    (
        "chosen: the mean of two shares, of halves that are not equal",
        but(
            "chosen",
            ("odd[by_even].sum() + even[by_odd].sum()", "(odd[by_even].mean() + even[by_odd].mean()) / 2"),
            ("read / right.shape[1]", "read"),
        ),
        39,
    ),
    (
        "chosen: the first half and the second half",
        but("chosen", ("right[:, ::2], right[:, 1::2]", "np.array_split(right, 2, axis=1)")),
        38,
    ),
    # 4
    ("prediction: shares in place of percent", but("prediction", ("90, 87", "0.9, 0.87")), 39),
    # 6, claims
    ("claims: shares in place of percent", but("claims", ("94.0", "0.94"), ("91.5", "0.915")), 36),
    ("claims: what it reads of the digits it was trained with", but("claims", ("94.0", "99.2"), ("91.5", "95.1")), 37),
    (
        "claims: of a network that was trained with all 60,000 digits",
        but("claims", ("94.0", "97.4"), ("91.5", "96.5")),
        37,
    ),
    ("claims: that it reads everything", but("claims", ("94.0", "100"), ("91.5", "100")), 37),
    ("claims: of the digits that it was chosen by", but("claims", ("94.0", "94.4"), ("91.5", "92.4")), 40),
    ("claims: modest", but("claims", ("94.0", "90"), ("91.5", "85")), 39),
    ("claims: the page's own parameters", but("claims", ("25_450", "50_890")), 39),
    ("claims: the weights without the biases", but("claims", ("25_450", "25_408")), 39),
    ("claims: the looks in words", but("claims", ('"looks": 1', '"looks": "none"')), 39),
    ("claims: the network is not in it", but("claims", ('"parameters": 25_450, ', "")), 35),
    # Honest partial submissions
    ("the tools without the project: questions 0 to 4", without("train_reader", "claims"), 23),
    ("the project without cutting and choosing", without("cut", "chosen", "prediction"), 28),
    ("no own functions: only what trains nothing", without("own-functions", "train_reader"), 20),
    (
        "only what can be thought about: fold, cut and choose",
        without("own-functions", "prediction", "train_reader", "claims"),
        18,
    ),
]

LONG = [
    # 0, the own functions: a network is trained with them
    ("own functions: nothing comes back through the shortcut", but("own-functions", ("s * dr + ", "")), 27),
    ("own functions: no 1/N in set_gradient", but("own-functions", (") / len(Z)", ")")), 24),
    (
        "own functions: the last, shorter batch is left out",
        but("own-functions", ("range(0, len(order), B)", "range(0, len(order) - B + 1, B)")),
        39,
    ),
    (
        "own functions: the caps learn nothing",
        but("own-functions", ("dc = (dA * (Z > c))", "dc = 0 * (dA * (Z > c))")),
        39,
    ),
    ("own functions: a step uphill", but("own-functions", ("params[name] -= eta", "params[name] += eta")), 24),
    (
        "own functions: the order of the first epoch for all",
        but(
            "own-functions",
            ("    log = []", "    order = rng.permutation(len(X))\n    log = []"),
            ("rng.permutation(len(X)), plan", "order, plan"),
        ),
        39,
    ),
    # 1, fold: the network that is graded is folded with it
    (
        "fold: caps are left out",
        but("fold", ("lives, ends = caps > 0, (caps > 0) & (caps < np.inf)", "lives, ends = caps > 0, caps == 0")),
        35,
    ),
    ("fold: the second unit is added, not taken away", but("fold", ("-W3[ends]", "W3[ends]")), 38),
    ("fold: the cap is added to the second bias", but("fold", ("b1[ends] - caps", "b1[ends] + caps")), 38),
    ("fold: the second unit begins where the first one does", but("fold", ("b1[ends] - caps[ends]", "b1[ends]")), 38),
    ("fold: the centre is left out", but("fold", (" - centre @ W1", "")), 27),
    ("fold: the centre is added", but("fold", (" - centre @", " + centre @")), 27),
    ("fold: shut units are left out without their constant", but("fold", (" + caps[~lives] @ W3[~lives]", "")), 38),
    ("fold: shut units are taken for 0, with the sign turned", but("fold", ("+ caps[~lives]", "- caps[~lives]")), 38),
    (
        "fold: two units for each, also without a cap",
        but(
            "fold",
            ("(caps > 0) & (caps < np.inf)", "caps > 0"),
            ("    return {", "    caps = np.minimum(caps, 1e6)\n    return {"),
        ),
        36,
    ),
    ("fold: a second unit for shut ones too", but("fold", ("caps > 0, (caps", "caps > -np.inf, (caps")), 37),
    ("fold: the names of the reader", but("fold", ('"W2":', '"W3":'), ('"b2":', '"b3":')), 17),
    # 5, the project
    (
        "train_reader: digits as they are",
        but("train_reader", (PICTURES, "data.scale(X)\n"), (CENTRE, "data.scale(X).mean(axis=0)")),
        30,
    ),
    (
        "train_reader: moved once, and the same in each pass",
        but("train_reader", (PICTURES, "data.scale(X)\n"), (CENTRE, "data.scale(X := move(X, rng)).mean(axis=0)")),
        30,
    ),
    ("train_reader: moved by one pixel", but("train_reader", (PICTURES, "data.scale(Shifts(1)(X, rng))\n")), 36),
    (
        "train_reader: labels in another order than the digits",
        but("train_reader", ("reader, pictures, y, rng", "reader, pictures, rng.permutation(y), rng")),
        28,
    ),
    ("train_reader: one pass", but("train_reader", ("epochs, B = 24", "epochs, B = 1")), 28),
    ("train_reader: steps that are too long", but("train_reader", ("M, 0.4, 50, M)", "M, 40.0, 0, 0)")), 24),
    (
        "train_reader: a centre that is not folded",
        but("train_reader", ("fold(reader, centre)", "fold(reader, 0 * centre)")),
        28,
    ),
    ("train_reader: the reader itself, not folded", but("train_reader", ("fold(reader, centre)", "reader")), 24),
    (
        "train_reader: pixels from 0 to 255",
        but("train_reader", (PICTURES, "move(X, rng).astype(float)\n"), (CENTRE, "X.mean(axis=0)")),
        24,
    ),
    ("train_reader: the seed is left out", but("train_reader", ("default_rng(seed)", "default_rng(0)")), 39),
    ("train_reader: chance from nowhere", but("train_reader", ("default_rng(seed)", "default_rng()")), 39),
    ("train_reader: X_fit in place of X", but("train_reader", ("    rng", "    X, y = X_fit, y_fit\n    rng")), 28),
    ("train_reader: 64 units", but("train_reader", ("(rng, 32)", "(rng, 64)")), 37),
    ("train_reader: 100 units", but("train_reader", ("(rng, 32)", "(rng, 100)")), 28),
    ("train_reader: 4 units", but("train_reader", ("(rng, 32)", "(rng, 4)")), 27),
    ("train_reader: caps, and each costs a second unit", but("train_reader", ("(rng, 32)", "(rng, 32, 2.0)")), 37),
    (
        "train_reader: no pass at all",
        but("train_reader", ("epochs, B = 24, 25", "epochs, B = 0, 25")),
        28,
    ),
]
