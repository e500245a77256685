"""The tests of assignment 7, a network for the digit page.

The functions of questions 1 to 3 are compared with their definitions. A network is trained once, by the student's
function and in the student's process, with digits that are drawn here; what it reads is found here, with its four
arrays alone. These digits are mirrored and their classes have other names, so that neither weights from elsewhere nor
the labels of MNIST are of use.
"""

import math
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np

from assignments.backpropagation.checks import right_gradients
from assignments.checks import check, numbers, several, shaped, untouched
from assignments.training.checks import agree_all, follow, follow_training, measured, number, parameters, passed
from assignments.training.checks import run as run_training
from assignments.training.checks import small as small_tower
from nnlib import data
from nnlib.augment import Shifts
from nnlib.exercise import agree

PAGE = ("W1", "b1", "W2", "b2")
SHUT = ("W2", "b2", "c2")  # of the second floor
LARGEST = 64  # hidden units
FIT, ASKED = 3000, 5000  # digits to train with, and to be asked


# What comes back


def page_of(value, D, K, what):
    """Return the page's four arrays, or say what is wrong with them."""
    assert isinstance(value, Mapping), f"{what}: expected a dictionary of four arrays, got {type(value).__name__}"
    assert set(value) == set(PAGE), f"{what}: expected the names W1, b1, W2 and b2, got {sorted(map(str, value))}"
    units = numbers(value["b1"], f"{what}, b1")
    assert units.ndim == 1, f"{what}: expected b1 to have a number for each unit, got shape {units.shape}"
    assert units.size, f"{what}: it has no unit; if it was trained, are its numbers still finite?"
    shapes = {"W1": (D, units.size), "b1": units.shape, "W2": (units.size, K), "b2": (K,)}
    net = {name: shaped(value[name], shape, f"{what}, {name}") for name, shape in shapes.items()}
    assert all(np.isfinite(array).all() for array in net.values()), f"{what}: expected finite numbers"
    return net


def page_scores(net, X):
    return np.maximum(X @ net["W1"] + net["b1"], 0) @ net["W2"] + net["b2"]


# 0 · Your functions


def reader(rng, N):
    """Return params, X and y of a small tower whose second floor is shut."""
    params, X, y = small_tower(rng, N)
    return params | {name: np.zeros_like(params[name]) for name in SHUT}, X, y


@check("own-functions", points=1)
def own_loss(student, rng):
    """Your `set_surprise` makes the mean loss of a batch."""
    for N in (6, 9):
        params, X, y = reader(rng, N)
        loss, _, _ = several(student.loss_and_gradients(params, X, y), 3, "loss_and_gradients")
        agree(number(loss, "the loss"), measured(params, X, y)[0], f"the mean loss of {N} examples")


@check("own-functions", points=1)
def own_gradients(student, rng):
    """Your functions of assignments 2 and 3 find the gradients of all that a reader learns, its caps too."""
    for N in (6, 9):
        params, X, y = reader(rng, N)
        _, _, grads = several(student.loss_and_gradients(params, X, y), 3, "loss_and_gradients")
        right = right_gradients("tower", params, X, data.one_hot(y, 3), np.ones(3))
        right |= {name: np.zeros_like(params[name]) for name in SHUT}
        agree_all(parameters(grads, "your gradients"), right, f"the gradients of {N} examples")


@check("own-functions", points=1)
def own_pass(student, rng):
    """Your `one_pass` takes a step for each batch, the shorter last one too."""
    params, X, y = reader(rng, 8)
    order, etas = rng.permutation(8), rng.uniform(0.1, 0.5, 3)
    expected, *_ = follow(student, params, X, y, order, 3, etas)
    got, *_ = passed(student, params, X, y, order, 3, etas.tolist())
    agree_all(got, expected, "the parameters after three batches, the last one shorter")


@check("own-functions", points=1)
def own_training(student, rng):
    """Your `train` goes on from epoch to epoch, with one schedule for the whole training."""
    got, _, given = run_training(student, rng, epochs=2, warm=2, fall=3)
    agree_all(got, follow_training(student, *given)[0], "after two epochs")


# 1 · Fold


def capped_reader(rng, caps, D, K):
    """Return the parameters of a reader with these caps, a centre, and pictures that reach every piece of its units."""
    H = len(caps)
    params = {"W1": rng.normal(size=(D, H)), "b1": rng.normal(size=H), "c1": np.array(caps, float)}
    params |= {"W2": np.zeros((H, H)), "b2": np.zeros(H), "c2": np.zeros(H)}
    params |= {"W3": rng.normal(size=(H, K)), "b3": rng.normal(size=K)}
    return params, rng.normal(size=D), 3 * rng.normal(size=(60, D))


def compare_fold(student, rng, caps, centred=False):
    """Compare the scores of a folded reader, and return how many units it has."""
    for D, K in ((5, 3), (2, 4)):
        params, centre, X = capped_reader(rng, caps, D, K)
        centre *= centred
        net = page_of(untouched(student.fold, params, centre), D, K, "fold")
        a1 = np.minimum(np.maximum((X - centre) @ params["W1"] + params["b1"], 0), params["c1"])
        right = a1 @ params["W3"] + params["b3"]
        agree(page_scores(net, X), right, f"the scores, with caps of {np.round(caps, 2).tolist()}", 1e-8, 1e-10)
    return len(net["b1"])


def some_caps(rng, count):
    return rng.uniform(0.3, 2, count).tolist()


@check("fold", points=1)
def folds_without_caps(student, rng):
    """Without caps, and with a centre of zeros, the four arrays give the reader's scores; nothing given is changed."""
    for H in (1, 4):
        compare_fold(student, rng, [math.inf] * H)


@check("fold", points=1)
def folds_the_centre(student, rng):
    """A centre that is subtracted from the pictures is folded into the biases."""
    for H in (1, 4):
        compare_fold(student, rng, [math.inf] * H, centred=True)


@check("fold", points=2)
def folds_caps(student, rng):
    """Units with caps above 0 give the same scores, below their caps and above."""
    for H in (1, 4):
        compare_fold(student, rng, some_caps(rng, H))


@check("fold", points=2)
def folds_shut_units(student, rng):
    """Units whose caps are 0 or below give the same number for each picture, and it is in the scores."""
    for caps in ([math.inf, *-rng.uniform(0.3, 2, 3)], [-rng.uniform(0.3, 2), math.inf, 0.0, math.inf]):
        compare_fold(student, rng, caps)


@check("fold", points=1)
def folds_into_few_units(student, rng):
    """There is one unit for each without a cap, two for each with a cap above 0, and none for the others."""
    for free, ends, shut in ((2, 0, 0), (2, 3, 0), (3, 0, 2), (1, 2, 2)):
        caps = [*[math.inf] * free, *some_caps(rng, ends), *-rng.uniform(0, 1, shut)]
        params, centre, _ = capped_reader(rng, rng.permutation(caps), 4, 3)
        H = len(page_of(student.fold(params, centre), 4, 3, "fold")["b1"])
        kinds = f"{free} without a cap, {ends} with one, {shut} at 0 or below"
        assert free + 2 * ends == H, f"{kinds}: expected {free + 2 * ends} units, got {H}"


# 2 · Cut


def page_net(rng, H, D=4, K=3):
    """Return a page's network and pictures for it."""
    net = {"W1": rng.normal(size=(D, H)), "b1": rng.normal(size=H)}
    return net | {"W2": rng.normal(size=(H, K)), "b2": rng.normal(size=K)}, rng.uniform(0, 1, (30, D))


def hidden(net, X):
    return np.maximum(X @ net["W1"] + net["b1"], 0)


def most_costly(net, X, H):
    """Return the places of the H units that cost most, and the costs in falling order."""
    cost = hidden(net, X).var(axis=0) * (net["W2"] ** 2).sum(axis=1)
    return np.sort(np.argsort(-cost)[:H]), np.sort(cost)[::-1]


def clear(rng, H, keep, make=page_net):
    """Return a network and pictures for which it is clear which units stay."""
    while True:
        net, X = make(rng, H)
        _, costs = most_costly(net, X, keep)
        if costs[keep] < 0.8 * costs[keep - 1]:
            return net, X


def kept(student, net, X, H):
    """Return what `cut` gives, and the places in the old network of the units in it."""
    small = page_of(untouched(student.cut, net, X, H), len(net["W1"]), len(net["b2"]), "cut")
    assert len(small["b1"]) == H, f"expected {H} units, got {len(small['b1'])}"
    old, new = (np.vstack([each["W1"], each["b1"], each["W2"].T]) for each in (net, small))
    same = np.isclose(old[:, :, None], new[:, None]).all(axis=0)  # (old, new)
    assert same.any(axis=0).all(), "expected units with the weights that they had, W1, b1 and W2"
    return small, same.argmax(axis=0)


def compare_cut(student, net, X, H):
    expected, _ = most_costly(net, X, H)
    _, units = kept(student, net, X, H)
    assert set(units) == set(expected), f"{len(net['b1'])} units to {H}: the units that stay are not the costliest"


@check("cut", points=1)
def cut_keeps_whole_units(student, rng):
    """So many different units stay as were asked for, each with the weights it had; nothing given is changed."""
    for H, keep in ((5, 2), (4, 3), (3, 1)):
        net, X = clear(rng, H, keep)
        _, units = kept(student, net, X, keep)
        assert len(set(units)) == keep, "expected different units"


@check("cut", points=1)
def cut_by_variation(student, rng):
    """Where all rows of W2 are equally long, those units stay that vary most, and not those that are large."""

    def make(rng, H):
        net, X = page_net(rng, H)
        net["W2"] /= np.linalg.norm(net["W2"], axis=1)[:, None]
        net["b1"][:2] += 9  # large, and no more varied
        return net, X

    for H, keep in ((5, 2), (6, 3)):
        net, X = clear(rng, H, keep, make)
        while set(most_costly(net, X, keep)[0]) >= {0, 1}:
            net, X = clear(rng, H, keep, make)
        compare_cut(student, net, X, keep)


@check("cut", points=1)
def cut_by_weights(student, rng):
    """Units of any kind: those stay that change the scores most, by their variation and by their row of W2."""

    others = {
        "the variations alone": lambda a1, W2: a1.var(axis=0),
        "standard deviations": lambda a1, W2: a1.std(axis=0) * (W2**2).sum(axis=1),
        "the lengths of the rows": lambda a1, W2: a1.var(axis=0) * np.linalg.norm(W2, axis=1),
        "the largest weights": lambda a1, W2: a1.var(axis=0) * (W2**2).max(axis=1),
    }

    def make(rng, H):
        net, X = page_net(rng, H)
        net["W2"] *= rng.choice([0.05, 0.3, 2], (H, 1))
        return net, X

    for other in others.values():
        for H, keep in ((5, 2), (6, 3)):
            same = True
            while same:  # draw until another way would keep others
                net, X = clear(rng, H, keep, make)
                cost = other(hidden(net, X), net["W2"])
                same = set(np.argsort(-cost)[:keep]) == set(most_costly(net, X, keep)[0])
            compare_cut(student, net, X, keep)


@check("cut", points=1)
def cut_keeps_the_order(student, rng):
    """The units that stay stand in their old order, and where all stay, nothing changes."""
    for H, keep in ((6, 4), (7, 5)):
        places = np.arange(keep)
        while (places == np.sort(places)[::-1]).all() or (places == np.sort(places)).all():
            net, X = clear(rng, H, keep)
            cost = hidden(net, X).var(axis=0) * (net["W2"] ** 2).sum(axis=1)
            places = np.argsort(-cost)[:keep]  # as they would come by their costs: neither rising nor falling
        _, units = kept(student, net, X, keep)
        assert (np.diff(units) > 0).all(), "expected the units that stay in their old order"
    same = page_of(student.cut(net, X, H), len(net["W1"]), len(net["b2"]), "cut")
    for name in PAGE:
        agree(same[name], net[name], f"all units stay: {name}")


@check("cut", points=2)
def cut_leaves_constants(student, rng):
    """The biases b2 have the constants of the units that went, so that no score changes on average."""
    for H, keep in ((5, 2), (4, 1), (6, 5)):
        net, X = clear(rng, H, keep)
        small, units = kept(student, net, X, keep)
        gone = np.setdiff1d(np.arange(H), units)
        constants = hidden(net, X)[:, gone].mean(axis=0) @ net["W2"][gone]
        agree(small["b2"], net["b2"] + constants, f"b2, {H} units cut to {keep}", 1e-9, 1e-12)


# 3 · Choose


def answered(rng, M, N):
    """Return which network read which digit: M networks that are about equally good."""
    return rng.random((M, N)) < rng.uniform(0.6, 0.8, (M, 1))


def asked(student, right):
    best, claimed, judged = several(untouched(student.chosen, right), 3, "chosen")
    return number(best, "the best"), number(claimed, "claimed"), number(judged, "judged")


@check("chosen", points=1)
def the_best_is_chosen(student, rng):
    """The network that reads the most digits is chosen."""
    for M, N in ((4, 30), (9, 40), (1, 8)):
        right = answered(rng, M, N)
        while M > 1 and np.ptp(np.sort(right.sum(axis=1))[-2:]) == 0:
            right = answered(rng, M, N)
        best = right.sum(axis=1).argmax()
        found = asked(student, right)[0]
        assert found == best, f"{M} networks, {N} digits: expected number {best}, got {found:g}"


@check("chosen", points=1)
def the_first_of_equals(student, rng):
    """Of several that are equally good, the first is chosen."""
    for M in (3, 5):
        first = int(rng.integers(1, M - 1))
        right = answered(rng, M, 20)
        right[:, 0] = False
        right[[first, -1]] = True
        found = asked(student, right)[0]
        assert found == first, f"the networks {first} and {M - 1} read everything: expected {first}, got {found:g}"


@check("chosen", points=1)
def the_claim(student, rng):
    """Claimed is the share of all digits that the best network reads."""
    for M, N in ((4, 30), (7, 11)):
        right = answered(rng, M, N)
        agree(asked(student, right)[1], right.mean(axis=1).max(), f"{M} networks, {N} digits: claimed", 1e-6)


def judge(right):
    """Return the share of digits that are read by the network that the other half chose."""
    halves = right[:, ::2], right[:, 1::2]
    sums = [half.sum(axis=1) for half in halves]
    return (halves[1][sums[0].argmax()].sum() + halves[0][sums[1].argmax()].sum()) / right.shape[1]


def compare_judged(student, rng, shapes):
    for M, N in shapes:
        right = answered(rng, M, N)
        while judge(right) >= right.mean(axis=1).max() - 1.5 / N:  # which would say little
            right = answered(rng, M, N)
        agree(asked(student, right)[2], judge(right), f"{M} networks, {N} digits: judged", 1e-6)


@check("chosen", points=1)
def judged_by_the_other_half(student, rng):
    """Judged is the share of an even number of digits, each asked the network that the other half chose."""
    compare_judged(student, rng, ((4, 30), (9, 12), (6, 50)))


@check("chosen", points=1)
def judged_odd(student, rng):
    """With an odd number of digits each still counts once."""
    compare_judged(student, rng, ((4, 7), (9, 11), (6, 13)))


# 4 · The best of forty


@check("prediction", points=1)
def forty_predicted(student, rng):
    """You wrote down two percentages before you measured. Any two count."""
    guess = several(student.prediction(), 2, "your prediction")
    right = all(isinstance(g, int | float) and 0 <= g <= 100 for g in guess)
    assert right and max(guess) > 1, "expected two numbers in percent, from 0 to 100"


# 5 · The project


@cache
def mirrored():
    """Return all training digits, mirrored, and their labels."""
    mnist = data.load_mnist()
    return mnist.X_train.reshape(-1, 28, 28)[:, :, ::-1].reshape(-1, 784), mnist.y_train


def draw(rng, *sizes):
    """Return so many digits each, no digit twice, under other names: [(X, y), …]."""
    X, y = mirrored()
    places, names = rng.permutation(len(X)), rng.permutation(10)
    cuts = np.cumsum((0, *sizes))
    return [(X[n], names[y[n]]) for n in (places[start:end] for start, end in pairwise(cuts))]


FOUND = WeakKeyDictionary()  # what each student's network is and reads


def trained(student, rng):
    """Return (units, percent read, percent read of moved digits) of the network that the student's function trains.

    It is trained for the first test that asks, with what is drawn from that test's generator.
    """
    if student not in FOUND:
        try:
            FOUND[student] = train_and_ask(student, rng)
        except AssertionError as missed:
            FOUND[student] = missed
    if isinstance(FOUND[student], AssertionError):
        raise FOUND[student]
    return FOUND[student]


def train_and_ask(student, rng):
    (X, y), (asked, answers) = draw(rng, FIT, ASKED)
    net = page_of(student.train_reader(X, y, int(rng.integers(1000))), 784, 10, "the network")
    with np.errstate(over="ignore"):
        net = {name: array.astype(np.float32).astype(float) for name, array in net.items()}  # as the file has it
    assert all(np.isfinite(array).all() for array in net.values()), "the network: expected finite numbers in float32"
    moved = Shifts(2)(asked, rng)
    read = [100 * np.mean(page_scores(net, data.scale(X)).argmax(axis=1) == answers) for X in (asked, moved)]
    return len(net["b1"]), *read


def allowed(student, rng):
    """Return the same, of a network that is not too large for the project."""
    units, read, moved = trained(student, rng)
    assert units <= LARGEST, f"expected at most {LARGEST} hidden units, got {units}"
    return units, read, moved


def reads(student, rng, percent):
    _, read, _ = allowed(student, rng)
    assert read > percent, f"expected more than {percent} % of {ASKED:,} digits as they are, it reads {read:.1f} %"


def reads_moved(student, rng, percent):
    _, _, moved = allowed(student, rng)
    assert moved > percent, f"expected more than {percent} % of {ASKED:,} digits that are moved, it reads {moved:.1f} %"


def is_small(student, rng, most):
    units, read, moved = allowed(student, rng)
    assert units <= most, f"expected at most {most} hidden units, got {units}"
    fine = read > 90 and moved > 80
    assert fine, f"a small network counts if it reads more than 90 %, and 80 % moved: {read:.1f} % and {moved:.1f} %"


@check("train_reader", points=2)
def fits_the_page(student, rng):
    """Your function returns four arrays that fit the page, finite, with at most 64 hidden units."""
    units, read, moved = allowed(student, rng)
    return f"{units} units; of {ASKED:,} new digits it reads {read:.1f} %, moved {moved:.1f} %"


@check("train_reader", points=1)
def one_seed_one_network(student, rng):
    """The same seed gives the same network, another seed another one, and the digits stay as they are."""
    ((X, y),) = draw(rng, 200)
    seed = int(rng.integers(1000))
    seeds = seed, seed, seed + 1
    nets = (untouched(student.train_reader, X, y, each) for each in seeds)
    first, same, other = (page_of(net, 784, 10, "trained with 200 digits") for net in nets)
    for name in PAGE:
        agree(same[name], first[name], f"{name}, trained twice with the seed {seed}", 1e-6, 1e-9)
    assert any(not np.allclose(other[name], first[name]) for name in PAGE), "expected another network for another seed"


@check("train_reader", points=2)
def reads_digits(student, rng):
    """It reads more than 90 % of new digits as they are."""
    reads(student, rng, 90)


@check("train_reader", points=1)
def reads_digits_well(student, rng):
    """It reads more than 92.5 % of new digits as they are."""
    reads(student, rng, 92.5)


@check("train_reader", points=2)
def reads_moved_digits(student, rng):
    """It reads more than 80 % of new digits that are moved by up to two pixels."""
    reads_moved(student, rng, 80)


@check("train_reader", points=1)
def reads_moved_digits_well(student, rng):
    """It reads more than 87 % of new digits that are moved by up to two pixels."""
    reads_moved(student, rng, 87)


@check("train_reader", points=1)
def reads_moved_digits_very_well(student, rng):
    """It reads more than 89 % of new digits that are moved by up to two pixels."""
    reads_moved(student, rng, 89)


@check("train_reader", points=1)
def has_few_units(student, rng):
    """It has at most 48 hidden units, and reads more than 90 % of new digits and more than 80 % of moved ones."""
    is_small(student, rng, 48)


@check("train_reader", points=1)
def has_very_few_units(student, rng):
    """It has at most 32 hidden units, and reads more than 90 % of new digits and more than 80 % of moved ones."""
    is_small(student, rng, 32)


# 6 · What you claim


def claimed(student):
    said = student.claims()
    assert isinstance(said, Mapping), f"your claims: expected a dictionary, got {type(said).__name__}"
    names = ("read", "moved", "parameters", "looks")
    assert set(said) == set(names), f"your claims: expected the names {', '.join(names)}"
    return said


def percent(said, name):
    """Return a claim in percent."""
    value = number(said[name], f"your claim {name}")
    assert 1 < value <= 100, f"your claim {name}: expected percent, above 1 and at most 100"
    return value


def not_too_good(said, name, found, room):
    claim = percent(said, name)
    compared = f"you claim {claim:.1f} %, it reads {found:.1f} %"
    assert claim <= found + room, compared
    return compared


@check("claims", points=1)
def claims_have_a_form(student, rng):
    """You claim two percentages and two whole numbers, under the four names."""
    said = claimed(student)
    percent(said, "read")
    percent(said, "moved")
    for name in ("parameters", "looks"):
        assert type(said[name]) is int and said[name] >= 0, f"your claim {name}: expected a whole number from 0 on"


@check("claims", points=1)
def claims_the_size(student, rng):
    """Your network has as many parameters as you claim."""
    said = number(claimed(student)["parameters"], "your claim parameters")
    count = 795 * trained(student, rng)[0] + 10
    assert said == count, f"expected {count:,} parameters, you claim {said:,.0f}"


@check("claims", points=1)
def claims_no_better_reading(student, rng):
    """Your claim for digits as they are is no more than 1.5 points above what your network reads of new ones."""
    return not_too_good(claimed(student), "read", trained(student, rng)[1], 1.5)


@check("claims", points=1)
def claims_no_better_reading_of_moved(student, rng):
    """Your claim for moved digits is no more than 2 points above what your network reads of new ones."""
    return not_too_good(claimed(student), "moved", trained(student, rng)[2], 2)


@check("claims", points=1)
def claims_are_near(student, rng):
    """Neither claim is more than 3 points away from what your network reads of new digits, above it or below."""
    said, found = claimed(student), trained(student, rng)
    for name, read in zip(("read", "moved"), found[1:], strict=True):
        claim = percent(said, name)
        near = abs(claim - read) <= 3
        assert near, f"{name}: you claim {claim:.1f} %, and it reads {read:.1f} %: what is true counts"
