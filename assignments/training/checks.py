"""The tests of assignment 4, the training loop.

A training is followed with what the student's own functions say: `one_pass` with their gradients, `train` with their
`one_pass` and `step_size`. So a fault is paid for once, where it is.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from assignments.backpropagation.checks import exact, random_tower
from assignments.backpropagation.checks import tower as complex_tower
from assignments.checks import check, numbers, several, untouched
from nnlib import data, functional
from nnlib.exercise import agree

TOWER = ("W1", "b1", "c1", "W2", "b2", "c2", "W3", "b3")
ENTRIES = ("loss", "accuracy", "val_loss", "val_accuracy")


# What comes back


def number(value, what):
    array = numbers(value, what)
    assert array.size == 1, f"{what}: expected one number, got shape {array.shape}"
    return float(array.reshape(()))


def parameters(value, what):
    assert isinstance(value, Mapping), f"{what}: expected a dictionary of parameters, got {type(value).__name__}"
    missing = [name for name in TOWER if name not in value]
    assert not missing, f"{what}: there is no {', '.join(missing)}"
    return {name: numbers(value[name], f"{what}, {name}") for name in TOWER}


def agree_all(got, expected, what):
    for name in TOWER:
        agree(got[name], expected[name], f"{what}, {name}", rtol=1e-9, atol=1e-12)


# What the tests draw


def small(rng, N, D=5, H=4, K=3):
    """Return params, X and y, with gates that are open, shut and at their caps in both layers."""
    params, X, Y = random_tower(rng, N, D, H, K)
    return params, X, Y.argmax(axis=1)


# 0 · Your functions


def hints(rng, N, K):
    Z, labels = 2 * rng.normal(size=(N, K)), rng.integers(K, size=N)
    return Z, data.one_hot(labels, K)


@check("own-functions", points=1)
def own_surprise(student, rng):
    """Your `set_surprise` is the cross-entropy of each row, if there is one candidate."""
    for N, K in ((4, 3), (1, 5)):
        Z, Y = hints(rng, N, K)
        each = [functional.softmax_cross_entropy(z, y) for z, y in zip(Z, Y, strict=True)]
        agree(numbers(student.set_surprise(Z, Y > 0), "set_surprise"), each, f"set_surprise, N = {N}")


@check("own-functions", points=1)
def own_gradient(student, rng):
    """Your `set_gradient` is the gradient of their mean."""
    for N, K in ((4, 3), (1, 5)):
        Z, Y = hints(rng, N, K)
        right = functional.softmax_cross_entropy_backward(Z, Y)
        agree(numbers(student.set_gradient(Z, Y > 0), "set_gradient"), right, f"set_gradient, N = {N}")


@check("own-functions", points=2)
def own_backward(student, rng):
    """Your `tower_backward` finds the gradients of all eight parameters."""
    params, X, _ = random_tower(rng, 6, 4, 3, 2)
    states, dz3 = complex_tower(params, X), rng.normal(size=(6, 2))
    grads = parameters(student.tower_backward(params, states, dz3), "tower_backward")
    agree_all(grads, exact(lambda p: (dz3 * complex_tower(p, X)["z3"]).sum(), params), "the gradients")


# 1 · Batches


def pieces_of(student, order, B):
    what = f"{len(order)} examples, B = {B}"
    pieces = student.batches(order, B)
    assert isinstance(pieces, tuple | list), f"{what}: expected a list of arrays, got {type(pieces).__name__}"
    return [numbers(piece, what) for piece in pieces], what


def compare_batches(student, order, B, empty=True):
    pieces, what = pieces_of(student, order, B)
    if empty:  # an empty piece has a test of its own
        pieces = [piece for piece in pieces if piece.size]
    expected = [order[i : i + B] for i in range(0, len(order), B)]
    sizes, right = [piece.size for piece in pieces], [piece.size for piece in expected]
    assert sizes == right, f"{what}: expected pieces of {right}, got {sizes}"
    for got, piece in zip(pieces, expected, strict=True):
        agree(got, piece, what)


@check("batches", points=1)
def even_batches(student, rng):
    """Where B divides the number of examples, all pieces have the length B and stand in the given order."""
    for N, B in ((12, 3), (8, 4), (5, 1)):
        compare_batches(student, rng.permutation(3 * N)[:N], B)


@check("batches", points=1)
def last_batch(student, rng):
    """Where it does not, the last piece is shorter and has the rest."""
    for N, B in ((11, 3), (7, 4), (9, 8)):
        compare_batches(student, rng.permutation(N), B)


@check("batches", points=1)
def one_batch(student, rng):
    """A batch as large as the order, or larger, gives one piece with all of it."""
    for N, B in ((6, 6), (5, 9), (1, 4)):
        compare_batches(student, rng.permutation(N), B)


@check("batches", points=1)
def no_empty_batch(student, rng):
    """There is no empty piece at the end."""
    for N, B in ((6, 3), (4, 4), (7, 7)):
        order = rng.permutation(N)
        pieces, what = pieces_of(student, order, B)
        assert N <= B or len(pieces) > 1, f"{what}: expected more than one piece"
        assert pieces and all(piece.size for piece in pieces), f"{what}: expected no empty piece"


# 2 · The step size


def compare_steps(student, rng, M, warm, fall, turns):
    eta_0 = rng.uniform(0.01, 2)
    for t in turns:
        expected = eta_0
        if t < warm:
            expected = eta_0 * (t + 1) / warm
        if t >= M - fall:
            expected = min(expected, eta_0 * (M - t) / fall)
        what = f"t = {t}, M = {M}, warm = {warm}, fall = {fall}"
        agree(number(student.step_size(t, M, eta_0, warm, fall), what), expected, what)


@check("step_size", points=1)
def it_rises(student, rng):
    """The step rises on a line, from eta_0 / warm at the first step to eta_0 at the last one of the rise."""
    compare_steps(student, rng, 40, 7, 1, range(7))


@check("step_size", points=1)
def it_falls(student, rng):
    """The step falls on a line over the last steps, to eta_0 / fall at the very last one."""
    compare_steps(student, rng, 40, 1, 9, range(31, 40))


@check("step_size", points=1)
def it_stays(student, rng):
    """Between the two the step is eta_0."""
    compare_steps(student, rng, 40, 7, 9, range(8, 30))


@check("step_size", points=1)
def without_one(student, rng):
    """With warm 0 nothing rises, with fall 0 nothing falls."""
    compare_steps(student, rng, 12, 0, 0, range(12))
    compare_steps(student, rng, 12, 0, 5, (0, 3, 6))
    compare_steps(student, rng, 12, 5, 0, (6, 8, 11))


@check("step_size", points=1)
def they_overlap(student, rng):
    """Where rise and fall overlap, the smaller of the two counts; a rise may be longer than the training."""
    compare_steps(student, rng, 10, 8, 6, range(10))
    compare_steps(student, rng, 6, 50, 3, range(6))


# 3 · One pass


def states_of(params, X):
    """Return all states of the tower, as `tower` of the notebook does."""
    z1 = X @ params["W1"] + params["b1"]
    a1 = np.minimum(np.maximum(z1, 0), params["c1"])  # a cap may have been moved below 0
    z2 = a1 @ params["W2"] + params["b2"]
    a2 = np.minimum(np.maximum(z2, 0), params["c2"])
    r = a1 + a2
    z3 = r @ params["W3"] + params["b3"]
    return {"X": X, "s": 1.0, "z1": z1, "a1": a1, "z2": z2, "a2": a2, "r": r, "z3": z3}


def said(student, params, X, y):
    """Return the loss, accuracy and gradients that the student's own functions of question 0 give for a batch.

    They are put together here, as `loss_and_gradients` does it: its cell is the student's to change.
    """
    states = states_of(params, X)
    candidates = data.one_hot(y, states["z3"].shape[1]) > 0
    loss = np.mean(numbers(student.set_surprise(states["z3"], candidates), "set_surprise"))
    dz3 = numbers(student.set_gradient(states["z3"], candidates), "set_gradient")
    grads = parameters(student.tower_backward(params, states, dz3), "your gradients")
    assert any(grad.any() for grad in grads.values()), "your gradients are all 0: no step can be seen"
    return number(loss, "your loss"), np.mean(states["z3"].argmax(axis=1) == y), grads


def follow(student, params, X, y, order, B, etas):
    """Return the parameters after a pass, and the loss, accuracy and size of each batch before its step."""
    figures, before = [], None
    for i, eta in enumerate(etas):
        n = order[i * B : (i + 1) * B]
        loss, accuracy, grads = said(student, params, X[n], y[n])
        same = before is not None and all(np.array_equal(before[name], grads[name]) for name in TOWER)
        assert not same, "your gradients are the same for every batch: no order can be seen"
        before = grads
        params = {name: params[name] - eta * grads[name] for name in TOWER}
        figures.append((loss, accuracy, len(n)))
    return params, *map(np.array, zip(*figures, strict=True))


def passed(student, *arguments):
    params, loss, accuracy = several(student.one_pass(*arguments), 3, "one_pass")
    return parameters(params, "one_pass"), loss, accuracy


def compare_pass(student, rng, N, B, equal=False):
    params, X, y = small(rng, N)
    order, count = rng.permutation(N), -(-N // B)
    etas = np.full(count, 0.3) if equal else rng.uniform(0.1, 0.5, count)
    expected, *_ = follow(student, params, X, y, order, B, etas)
    got, *_ = passed(student, params, X, y, order, B, etas.tolist())
    agree_all(got, expected, f"N = {N}, B = {B}")


@check("one_pass", points=2)
def one_step(student, rng):
    """With a single batch each parameter moves once, by the step size against its gradient."""
    for N in (6, 8):
        compare_pass(student, rng, N, N)


@check("one_pass", points=2)
def steps_in_order(student, rng):
    """With several batches each step starts where the last one ended, and the batches come in the given order."""
    compare_pass(student, rng, 12, 3, equal=True)
    compare_pass(student, rng, 8, 2, equal=True)


@check("one_pass", points=1)
def a_step_size_each(student, rng):
    """Each batch has its own step size."""
    compare_pass(student, rng, 12, 3)


@check("one_pass", points=1)
def short_last_batch(student, rng):
    """A shorter last batch is a step too."""
    compare_pass(student, rng, 7, 3, equal=True)
    compare_pass(student, rng, 5, 4, equal=True)


@check("one_pass", points=1)
def running_loss(student, rng):
    """The running loss is that of each batch just before its step."""
    params, X, y = small(rng, 12)
    order, etas = rng.permutation(12), [0.4] * 3
    _, losses, _, _ = follow(student, params, X, y, order, 4, etas)
    _, loss, _ = passed(student, params, X, y, order, 4, etas)
    agree(number(loss, "the running loss"), losses.mean(), "the running loss", rtol=1e-9)


@check("one_pass", points=1)
def loss_over_examples(student, rng):
    """With batches of different lengths the running loss is the mean over the examples (steps of 0), and so is the
    running accuracy.
    """
    for N, B in ((7, 3), (6, 5)):
        right = np.zeros(N)
        while right.mean() in (0, right[-1]):  # the mean over batches should not happen to be the same
            params, X, y = small(rng, N)
            order, etas = rng.permutation(N), [0.0] * -(-N // B)
            right = states_of(params, X)["z3"].argmax(axis=1)[order] == y[order]
        _, losses, _, sizes = follow(student, params, X, y, order, B, etas)
        _, loss, accuracy = passed(student, params, X, y, order, B, etas)
        agree(number(loss, "the running loss"), (losses * sizes).sum() / N, f"the running loss, N = {N}, B = {B}", 1e-9)
        _, _, singly = passed(student, params, X, y, order, 1, [0.0] * N)  # what it is of has a test of its own
        what = f"the running accuracy, N = {N}, compared with your own for B = 1"
        agree(number(accuracy, what), number(singly, what), f"{what}, for B = {B}", 1e-9)


@check("one_pass", points=1)
def running_accuracy(student, rng):
    """The running accuracy is the share of all examples that were answered rightly (steps of 0, equal batches)."""
    right = 0
    while not 0 < right < 1:  # neither of which would say much
        params, X, y = small(rng, 12)
        right = measured(params, X, y)[1]
    order, etas = rng.permutation(12), [0.0] * 3
    _, _, shares, _ = follow(student, params, X, y, order, 4, etas)
    _, _, accuracy = passed(student, params, X, y, order, 4, etas)
    agree(number(accuracy, "the running accuracy"), shares.mean(), "the running accuracy", rtol=1e-9)


@check("one_pass", points=1)
def pass_leaves_what_it_is_given(student, rng):
    """The parameters that were given, the examples and the order stay as they are, and the new parameters differ."""
    params, X, y = small(rng, 8)
    order = rng.permutation(8)
    got, *_ = untouched(lambda *given: passed(student, *given, 4, [0.1, 0.2]), params, X, y, order)
    assert any((got[name] != params[name]).any() for name in TOWER), "expected parameters that have moved"


# 4 · The training


def run(student, rng, N=9, **plan):
    """Return what `train` gives, and what it is followed with: start, sets, plan and seed."""
    start, X, y = small(rng, N)
    val = rng.normal(size=(7, 5)), rng.integers(3, size=7)
    plan = {"epochs": 1, "batch": 3, "eta_0": rng.uniform(0.1, 0.4), "warm": 1, "fall": 1} | plan
    seed = int(rng.integers(1000))
    params, log = several(student.train(start, (X, y), val, plan, seed), 2, "train")
    return parameters(params, "train"), log, (start, X, y, val, plan, seed)


def follow_training(student, start, X, y, val, plan, seed):
    """Return the parameters, and the entries of the log, of a training made of the student's own parts."""
    N, B, order_rng, params, log = len(X), plan["batch"], np.random.default_rng(seed), start, []
    steps = -(-N // B)
    M = plan["epochs"] * steps
    for epoch in range(plan["epochs"]):
        turns = range(epoch * steps, (epoch + 1) * steps)
        etas = [student.step_size(t, M, plan["eta_0"], plan["warm"], plan["fall"]) for t in turns]
        etas = [number(eta, "your step_size") for eta in etas]
        params, loss, accuracy = passed(student, params, X, y, order_rng.permutation(N), B, etas)
        log.append((loss, accuracy, *measured(params, *val)))
    assert any((params[name] != start[name]).any() for name in TOWER), "your one_pass does not move the parameters"
    return params, log


def measured(params, X, y):
    z3 = states_of(params, X)["z3"]
    return functional.softmax_cross_entropy(z3, data.one_hot(y, z3.shape[1])), np.mean(z3.argmax(axis=1) == y)


def entries(log, epochs, names):
    """Return an array, a row for each epoch, of the entries of a log."""
    assert isinstance(log, tuple | list), f"the log: expected a list, got {type(log).__name__}"
    assert len(log) == epochs, f"the log of {epochs} epochs: expected as many entries, got {len(log)}"
    for entry in log:
        assert isinstance(entry, Mapping), f"the log: expected dictionaries, got {type(entry).__name__}"
        missing = [name for name in names if name not in entry]
        assert not missing, f"the log: there is no {', '.join(missing)}"
    return [[number(entry[name], name) for name in names] for entry in log]


@check("train", points=1)
def first_epoch(student, rng):
    """A training of one epoch is one pass, in the order that the seed draws."""
    got, _, given = run(student, rng)
    agree_all(got, follow_training(student, *given)[0], "after one epoch")


@check("train", points=2)
def later_epochs(student, rng):
    """Each epoch goes on where the last one ended, in a new order from the same generator."""
    for epochs in (2, 3):
        got, _, given = run(student, rng, epochs=epochs)
        agree_all(got, follow_training(student, *given)[0], f"after {epochs} epochs")


@check("train", points=1)
def schedule_over_all(student, rng):
    """The step rises and falls once, over all steps of all epochs."""
    got, _, given = run(student, rng, epochs=3, warm=4, fall=5)
    agree_all(got, follow_training(student, *given)[0], "warm = 4, fall = 5, 3 epochs of 3 steps")


@check("train", points=1)
def schedule_with_short_batches(student, rng):
    """The step of a shorter last batch counts as one too, in the number of all steps."""
    got, _, given = run(student, rng, N=10, epochs=3, warm=2, fall=7)
    agree_all(got, follow_training(student, *given)[0], "warm = 2, fall = 7, 3 epochs of 4 steps, the last one shorter")


@check("train", points=1)
def running_log(student, rng):
    """The log has for each epoch the running loss and accuracy of its pass."""
    _, log, given = run(student, rng, epochs=3)
    right = [entry[:2] for entry in follow_training(student, *given)[1]]
    agree(entries(log, 3, ENTRIES[:2]), right, "running loss and accuracy", rtol=1e-9)


@check("train", points=1)
def validation_log(student, rng):
    """The log has for each epoch the loss and accuracy of the digits held out, with the weights after the epoch."""
    _, log, given = run(student, rng, epochs=3)
    right = [entry[2:] for entry in follow_training(student, *given)[1]]
    agree(entries(log, 3, ENTRIES[2:]), right, "val_loss and val_accuracy", rtol=1e-9)


@check("train", points=1)
def training_is_repeatable(student, rng):
    """The same seed gives the same training, another seed another one, and the parameters given stay as they are."""
    start, X, y = small(rng, 9)
    plan = {"epochs": 2, "batch": 3, "eta_0": 0.3, "warm": 1, "fall": 1}
    seen = []
    for seed in (5, 5, 6):
        got = untouched(lambda given, seed=seed: student.train(given, (X, y), (X, y), plan, seed), start)
        seen.append(parameters(several(got, 2, "train")[0], "train"))
    agree_all(seen[0], seen[1], "the same seed twice")
    assert any(np.abs(seen[0][name] - seen[2][name]).max() > 1e-9 for name in TOWER), "another seed: another order"


# 5 · When to stop


def stopped(student, losses, patience):
    return several(student.best_epoch(losses, patience), 2, f"losses {rounded(losses)}, patience {patience}")


def rounded(losses):
    return [round(loss, 2) for loss in losses]


def compare_stop(student, losses, patience, last=None, best=None):
    got = stopped(student, losses, patience)
    for value, right, what in ((got[0], last, "last epoch"), (got[1], best, "best epoch")):
        if right is not None:
            same = isinstance(value, int) and value == right
            assert same, f"losses {rounded(losses)}, patience {patience}: expected {what} {right}, got {value}"


def valley(rng, down, up):
    """Return losses that fall for so many epochs and then rise for so many."""
    falling = np.sort(rng.uniform(1, 2, down))[::-1]
    return [*falling.tolist(), *np.sort(rng.uniform(2, 3, up)).tolist()]


@check("best_epoch", points=1)
def stops_in_time(student, rng):
    """It stops after as many epochs without a new lowest loss as patience says."""
    for patience in (1, 2, 4):
        down = int(rng.integers(2, 6))
        compare_stop(student, valley(rng, down, 7), patience, last=down - 1 + patience)


@check("best_epoch", points=1)
def keeps_the_lowest(student, rng):
    """It keeps the epoch with the lowest loss of those that were run, and not a later one."""
    for patience in (1, 2, 4):
        down = int(rng.integers(2, 6))
        compare_stop(student, [*valley(rng, down, 7), 0.1], patience, best=down - 1)


@check("best_epoch", points=1)
def counts_anew(student, rng):
    """A new lowest loss makes patience begin anew."""
    losses = np.repeat(np.sort(rng.uniform(1, 2, 6))[::-1], 2) + np.tile([0, 2], 6)  # every other epoch is a new lowest
    losses = [*losses.tolist(), *np.sort(rng.uniform(4, 5, 9)).tolist()]
    compare_stop(student, losses, 3, best=10)
    last = stopped(student, losses, 3)[0]  # when exactly it stops has a test of its own
    what = f"losses {rounded(losses)}, patience 3"
    assert isinstance(last, int) and 12 <= last <= 15, f"{what}: epoch 10 is the last new lowest, you stop after {last}"


@check("best_epoch", points=1)
def runs_to_the_end(student, rng):
    """Where patience does not run out, the last epoch of the list is the last one."""
    down = int(rng.integers(2, 6))
    compare_stop(student, valley(rng, down, 3), 9, last=down + 2, best=down - 1)
    compare_stop(student, valley(rng, down, 0), 1, last=down - 1, best=down - 1)
    compare_stop(student, [rng.uniform(1, 2)], 3, last=0, best=0)


@check("best_epoch", points=1)
def equal_is_not_lower(student, rng):
    """A loss that is equal to the lowest so far is no new lowest."""
    low = rng.uniform(0.1, 0.9)
    compare_stop(student, [2.0, low, low, low, low, low], 9, best=1)
    compare_stop(student, [2.0, low, 1.0, low, 1.0], 9, best=1)


@check("best_epoch", points=1)
def nan_is_not_lower(student, rng):
    """A loss that is nan is never the lowest, also as the first one; nothing but nan leaves nothing to keep."""
    nan, low = float("nan"), rng.uniform(1, 2)
    compare_stop(student, [nan, 3.0, low, nan, nan], 9, best=2)
    compare_stop(student, [3.0, nan, low, nan, 4.0], 9, best=2)
    best = stopped(student, [nan, nan], 9)[1]
    assert best is None, f"losses that are all nan: expected None to be kept, got {best}"


# 6 · Three orders


@check("prediction", points=1)
def orders_predicted(student, rng):
    """You wrote down two percentages before you measured. Any two count."""
    guess = several(student.prediction(), 2, "your prediction")
    right = all(isinstance(g, int | float) and 0 <= g <= 100 for g in guess)
    assert right and max(guess) > 1, "expected two numbers in percent, from 0 to 100"


# 7 · A small budget


def plan_of(student):
    plan = student.recipe()
    assert isinstance(plan, Mapping), f"expected a dictionary, got {type(plan).__name__}"
    names = ("epochs", "batch", "eta_0", "warm", "fall")
    assert set(plan) == set(names), f"expected the names {', '.join(names)}"
    assert type(plan["epochs"]) is int and plan["epochs"] == 3, "expected three epochs"
    assert type(plan["batch"]) is int and 10 <= plan["batch"] <= 500, "expected a batch from 10 to 500"
    assert isinstance(plan["eta_0"], int | float) and 0 < plan["eta_0"] <= 10, "expected an eta_0 above 0, at most 10"
    for name in ("warm", "fall"):
        assert type(plan[name]) is int and 0 <= plan[name] < 10**9, f"expected {name} to be a whole number from 0 on"
    return tuple(plan[name] for name in names[1:])


@cache
def digits():
    mnist = data.load_mnist()
    fit = data.scale(mnist.X_train[:5000], np.float32), mnist.y_train[:5000]
    return *fit, data.scale(mnist.X_train[50_000:54_000], np.float32), mnist.y_train[50_000:54_000]


@cache
def reached(B, eta_0, warm, fall, seed):
    """Return the share of 4,000 validation digits that the tower reads after three epochs; float32, for its speed."""
    X, y, X_val, y_val = digits()
    rng, N, H = np.random.default_rng(seed), len(X), 64
    W1, W2, W3 = (rng.normal(0, np.sqrt(2 / D), (D, K)).astype(np.float32) for D, K in ((784, H), (H, H), (H, 10)))
    b1, b2, b3 = (np.zeros(K, np.float32) for K in (H, H, 10))
    c1, c2 = np.full((2, H), 3, np.float32)
    M, t, Y = 3 * -(-N // B), 0, data.one_hot(y, dtype=np.float32)
    with np.errstate(all="ignore"):
        for order in (rng.permutation(N) for _ in range(3)):
            for n in (order[i : i + B] for i in range(0, N, B)):
                x = X[n]
                z1 = x @ W1 + b1
                a1 = np.minimum(np.maximum(z1, 0), c1)
                z2 = a1 @ W2 + b2
                r = a1 + np.minimum(np.maximum(z2, 0), c2)
                dz3 = (functional.softmax(r @ W3 + b3) - Y[n]) / np.float32(len(n))
                dr = dz3 @ W3.T
                dz2 = dr * ((z2 > 0) & (z2 - c2 < 0))
                da1 = dr + dz2 @ W2.T
                dz1 = da1 * ((z1 > 0) & (z1 - c1 < 0))
                rise, drop = (t + 1) / warm if warm else 1, (M - t) / fall if fall else 1
                eta = np.float32(eta_0 * min(1, rise, drop))
                c1, c2 = c1 - eta * (da1 * (z1 > c1)).sum(axis=0), c2 - eta * (dr * (z2 > c2)).sum(axis=0)
                W1, W2, W3 = W1 - eta * (x.T @ dz1), W2 - eta * (a1.T @ dz2), W3 - eta * (r.T @ dz3)
                b1, b2, b3 = b1 - eta * dz1.sum(axis=0), b2 - eta * dz2.sum(axis=0), b3 - eta * dz3.sum(axis=0)
                t += 1
        a1 = np.minimum(np.maximum(X_val @ W1 + b1, 0), c1)
        z3 = (a1 + np.minimum(np.maximum(a1 @ W2 + b2, 0), c2)) @ W3 + b3
    return float(np.mean(z3.argmax(axis=1) == y_val))


def lowest_of_three(plan, rng):
    return min(reached(*plan, int(seed)) for seed in rng.integers(2**32, size=3))


@check("recipe", points=1)
def recipe_can_be_run(student, rng):
    """Your plan has the five names, and numbers that are allowed."""
    plan_of(student)


@check("recipe", points=2)
def recipe_reads(student, rng):
    """All of three trainings with your plan read more than 88 % of the validation digits."""
    lowest = lowest_of_three(plan_of(student), rng)
    assert lowest > 0.88, f"expected more than 88 % in each of three trainings; the lowest reads {lowest:.1%}"


@check("recipe", points=1)
def recipe_reads_well(student, rng):
    """All of three trainings with your plan read more than 91.5 % of the validation digits."""
    lowest = lowest_of_three(plan_of(student), rng)
    assert lowest > 0.915, f"expected more than 91.5 % in each of three trainings; the lowest reads {lowest:.1%}"
