"""Common mistakes of assignment 4: each is the solution with a few words changed, and what it must get."""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

AFTER = """\
        batch_loss, batch_accuracy = measure(params, X[n], y[n])
        loss += len(n) * batch_loss
        accuracy += len(n) * batch_accuracy
"""
PLAN = '"batch": 20, "eta_0": 0.2, "warm": 40, "fall": 375'

ONES = """
def set_surprise(Z, candidates):
    return functional.logsumexp(Z) - functional.logsumexp(np.where(candidates, Z, -np.inf))


def set_gradient(Z, candidates):
    return np.ones(np.shape(Z))


def cap_backward(dA, Z, c):
    return dA, c


def tower_backward(params, states, dz3):
    return {name: np.ones(np.shape(param)) for name, param in params.items()}


def loss_and_gradients(params, X, y):
    return 0.0, 0.0, tower_backward(params, None, None)
"""
ALL_AT_ONCE = """
def one_pass(params, X, y, order, B, etas):
    return {name: param - sum(etas) for name, param in params.items()}, 0.0, 0.0
"""
RIGHT_OTHERWISE = {
    "batches": """
def batches(order, B):
    return [piece.tolist() for piece in np.split(order, range(B, len(order), B))]
""",
    "step_size": """
def step_size(t, M, eta_0, warm, fall):
    rise = np.interp(t, [-1, warm - 1], [0, eta_0]) if warm else eta_0
    return min(rise, np.interp(t, [M - fall, M], [eta_0, 0]) if fall else eta_0)
""",
    "one_pass": """
def one_pass(params, X, y, order, B, etas):
    losses, hits = np.zeros(len(order)), np.zeros(len(order))
    for i, eta in enumerate(etas):
        rows = order[i * B : (i + 1) * B]
        states = tower(params, X[rows])
        candidates = np.eye(len(params["b3"]), dtype=bool)[y[rows]]
        losses[i * B : (i + 1) * B] = set_surprise(states["z3"], candidates)
        hits[i * B : (i + 1) * B] = states["z3"].argmax(axis=1) == y[rows]
        grads = tower_backward(params, states, set_gradient(states["z3"], candidates))
        params = {name: params[name] - eta * grads[name] for name in params}
    return params, losses.mean(), hits.mean()
""",
    "best_epoch": """
def best_epoch(losses, patience):
    losses = np.where(np.isnan(losses), np.inf, losses)
    for last in range(len(losses)):
        best = losses[: last + 1].argmin()
        if losses[best] == np.inf:
            best = None
        if last - (-1 if best is None else best) >= patience:
            break
    return [np.int64(last), best]
""",
}

MISTAKES = [
    # 0, the own functions: what is trained with them is compared with them
    ("own functions: nothing comes back through the shortcut", but("own-functions", ("s * dr + ", "")), 40),
    ("own functions: W2 without its transpose", but("own-functions", ('"W2"].T', '"W2"]')), 40),
    ("own functions: no 1/N in set_gradient", but("own-functions", (") / len(Z)", ")")), 41),
    (
        "own functions: set_surprise gives the mean",
        but(
            "own-functions",
            ("return functional.logsumexp(Z) - ", "return np.mean(functional.logsumexp(Z)) - np.mean"),
            (
                "np.meanfunctional.logsumexp(np.where(candidates, Z, -np.inf))",
                "np.mean(functional.logsumexp(np.where(candidates, Z, -np.inf)))",
            ),
        ),
        41,
    ),
    ("own functions: the ceiling is forgotten", but("own-functions", ("((Z > 0) & (Z < c))", "(Z > 0)")), 40),
    (
        "own functions: gradients that are all 1, and a pass that is made for them",
        {"own-functions": ONES, "one_pass": ALL_AT_ONCE},
        31,
    ),
    # 1, batches
    ("batches: the last, shorter one is left out", but("batches", ("len(order), B", "len(order) - B + 1, B")), 38),
    ("batches: an empty one at the end", but("batches", ("len(order), B", "len(order) + 1, B")), 41),
    ("batches: the order in one piece", {"batches": "def batches(order, B):\n    return [order]\n"}, 33),
    # 2, the step size
    ("step_size: the first step is 0", but("step_size", ("(t + 1) / warm", "t / warm")), 40),
    ("step_size: the last step is 0", but("step_size", ("(M - t) / fall", "(M - 1 - t) / fall")), 40),
    (
        "step_size: divides by warm = 0 and fall = 0",
        but("step_size", (" if warm else 1.0", ""), (" if fall else 1.0", "")),
        41,
    ),
    (
        "step_size: rise times fall in place of the smaller",
        but("step_size", ("min(1.0, rising, falling)", "min(1.0, rising) * min(1.0, falling)")),
        41,
    ),
    (
        "step_size: no limit of eta_0 in between",
        but("step_size", ("min(1.0, rising, falling)", "min(rising, falling)")),
        41,
    ),
    # 3, one pass
    (
        "one_pass: all gradients from the parameters at the start",
        but(
            "one_pass",
            ("loss_and_gradients(params,", "loss_and_gradients(start,"),
            ("    loss = acc", "    start = {name: param.copy() for name, param in params.items()}\n    loss = acc"),
        ),
        36,
    ),
    ("one_pass: uphill", but("one_pass", ("-= eta", "+= eta")), 35),
    ("one_pass: the first step size for all", but("one_pass", ("-= eta * grad", "-= etas[0] * grad")), 41),
    ("one_pass: the parameters given are changed", but("one_pass", ("name: param.copy() for", "name: param for")), 40),
    (
        "one_pass: the mean over batches, not over examples",
        but(
            "one_pass",
            ("len(n) * batch_loss", "batch_loss"),
            ("len(n) * batch_accuracy", "batch_accuracy"),
            ("loss / len(order), accuracy / len(order)", "loss / len(etas), accuracy / len(etas)"),
        ),
        41,
    ),
    (
        "one_pass: the accuracy alone is a mean over batches",
        but(
            "one_pass",
            ("len(n) * batch_accuracy", "batch_accuracy"),
            ("accuracy / len(order)", "accuracy / len(etas)"),
        ),
        41,
    ),
    (
        "one_pass: the caps are not moved",
        but("one_pass", ("        for name, grad", "        del grads['c1'], grads['c2']\n        for name, grad")),
        35,
    ),
    ("one_pass: in float32", but("one_pass", ("param.copy()", "param.astype(np.float32)")), 34),
    (
        "one_pass: measured after the step",
        but(
            "one_pass",
            ("        loss += len(n) * batch_loss\n        accuracy += len(n) * batch_accuracy\n", ""),
            ("-= eta * grad\n", f"-= eta * grad\n{AFTER}"),
        ),
        41,
    ),
    ("one_pass: the order is ignored", but("one_pass", ("batches(order, B)", "batches(np.arange(len(order)), B)")), 36),
    (
        "one_pass: the number of right answers, not their share",
        but("one_pass", ("accuracy / len(order)", "accuracy")),
        41,
    ),
    # 4, the training
    (
        "train: the order of the first epoch for all",
        but(
            "train",
            ("    log = []", "    order = rng.permutation(len(X))\n    log = []"),
            ("rng.permutation(len(X)), plan", "order, plan"),
        ),
        36,
    ),
    (
        "train: a new generator from the seed in each epoch",
        but("train", ("rng.permutation", "np.random.default_rng(seed).permutation")),
        36,
    ),
    (
        "train: the step size begins anew in each epoch",
        but(
            "train",
            ("range(epoch * steps, (epoch + 1) * steps)", "range(steps)"),
            ('M = plan["epochs"] * steps', "M = steps"),
        ),
        40,
    ),
    (
        "train: each epoch starts from the first parameters",
        but(
            "train",
            ("params, loss, accuracy = one_pass(params", "new, loss, accuracy = one_pass(params"),
            ("measure(params", "measure(new"),
            ("return params, log", "return new, log"),
        ),
        36,
    ),
    (
        "train: the log of the last epoch only",
        but("train", ("log.append({", "log = [({"), ("val_accuracy})", "val_accuracy})]")),
        40,
    ),
    (
        "train: validation before the epoch",
        but(
            "train",
            ("        val_loss, val_accuracy = measure(params, *val)\n", ""),
            ("        turns", "        val_loss, val_accuracy = measure(params, *val)\n        turns"),
        ),
        41,
    ),
    (
        "train: M without the shorter last batch",
        but("train", ('-(-len(X) // plan["batch"])', 'len(X) // plan["batch"]')),
        41,
    ),
    # 5, when to stop
    ("best_epoch: one epoch too long", but("best_epoch", ("waited == patience", "waited > patience")), 41),
    (
        "best_epoch: patience counts all epochs without a new lowest",
        but("best_epoch", ("epoch, loss, 0", "epoch, loss, waited")),
        41,
    ),
    ("best_epoch: equal counts as lower", but("best_epoch", ("loss < lowest", "loss <= lowest")), 41),
    (
        "best_epoch: nan at the start stays the lowest",
        but("best_epoch", ("best, lowest, waited = None, np.inf, 0", "best, lowest, waited = 0, losses[0], -1")),
        41,
    ),
    (
        "best_epoch: keeps the last epoch",
        but("best_epoch", ("return epoch, best", "return epoch, epoch"), ("1, best", "1, len(losses) - 1")),
        37,
    ),
    (
        "best_epoch: the lowest of all, also of those never run",
        but("best_epoch", ("return epoch, best", "return epoch, int(np.argmin(losses))")),
        41,
    ),
    (
        "best_epoch: the lowest of all, and no patience",
        {"best_epoch": "def best_epoch(losses, patience):\n    return len(losses) - 1, int(np.nanargmin(losses))\n"},
        38,
    ),
    (
        "best_epoch: lower than the loss before it",
        but(
            "best_epoch",
            ("            waited += 1\n", "            waited += 1\n        lowest = loss\n"),
        ),
        40,
    ),
    # 6 and 7
    ("prediction: shares in place of percent", but("prediction", ("10, 88", "0.1, 0.88")), 41),
    (
        "recipe: the poor plan of the text",
        but("recipe", (PLAN, '"batch": 100, "eta_0": 0.03, "warm": 0, "fall": 0')),
        39,
    ),
    (
        "recipe: short steps that do not fall",
        but("recipe", (PLAN, '"batch": 20, "eta_0": 0.05, "warm": 0, "fall": 0')),
        41,
    ),
    (
        "recipe: steps that are too long",
        but("recipe", (PLAN, '"batch": 20, "eta_0": 3.0, "warm": 40, "fall": 375')),
        39,
    ),
    (
        "recipe: numbers that are not whole",
        but("recipe", (PLAN, '"batch": 20, "eta_0": 0.2, "warm": 40, "fall": 375.5')),
        38,
    ),
    ("recipe: more epochs than the budget", but("recipe", ('"epochs": 3', '"epochs": 10')), 38),
    # Right, by other ways: lists, np.interp, no loss_and_gradients, NumPy's numbers
    ("all right, written otherwise", RIGHT_OTHERWISE, 42),
    # Honest partial submissions
    ("the parts without the loop: questions 0, 1, 2 and 5", without("one_pass", "train", "prediction", "recipe"), 19),
    ("all up to one_pass, and nothing after it", without("train", "best_epoch", "prediction", "recipe"), 23),
    ("no own functions: only what needs no network", without("own-functions", "one_pass", "train"), 20),
]
