"""The tests of assignment 5, normalised weights.

What is right is found by imaginary nudges (chapter 06) of a normalisation written here once more for complex numbers.
What is put together from parts is compared with the student's own parts, so a wrong number is paid for once,
where it is.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from assignments.backpropagation.checks import right_gradients
from assignments.checks import check, keeps, numbers, several, shaped, untouched
from assignments.training.checks import TOWER, agree_all, follow, follow_training, measured, number, parameters, passed
from assignments.training.checks import run as run_training
from assignments.training.checks import small as small_tower
from nnlib import data, functional
from nnlib.exercise import agree, exact_gradient

NORMALISED = ("V1", "gamma1", "b1", "c1", "V2", "gamma2", "b2", "c2", "W3", "b3")
SHARED = ("b1", "c1", "b2", "c2", "W3", "b3")  # of both kinds of tower


# The normalisation, for complex numbers


def forward(V, gamma):
    C = V - V.mean(axis=0)
    s = (C * np.sign(C.real)).mean(axis=0)  # of |C|, with the slope 0 at the kink
    return gamma * C / s / np.sqrt(len(V))


def way_back(dW, V, gamma):
    return (
        exact_gradient(lambda V: (dW * forward(V, gamma)).sum(), V),
        exact_gradient(lambda gamma: (dW * forward(V, gamma)).sum(), gamma),
    )


# What the tests draw


def columns(rng, D, H):
    """Return V and gamma, with no entry near the mean of its column, some gammas below 0, and a dW."""
    V = np.zeros((D, H))
    while np.abs(V - V.mean(axis=0)).min() < 1e-2:
        V = rng.normal(2 * rng.normal(size=H), rng.uniform(0.5, 3, H), (D, H))
    signs = np.where(rng.permutation(H) % 2, -1, 1)
    return V, signs * rng.uniform(0.3, 2, H), rng.normal(size=(D, H))


SHAPES = ((5, 3), (3, 5), (7, 7), (9, 2))  # odd D: never as many entries above the mean as below it


# 0 · Your functions


def labelled(rng, N):
    params, X, y = small_tower(rng, N)
    return params, X, y, data.one_hot(y, 3)


@check("own-functions", points=1)
def own_loss(student, rng):
    """Your `set_surprise` makes the mean loss of a batch."""
    for N in (6, 9):
        params, X, y, _ = labelled(rng, N)
        loss, _, _ = several(student.ordinary_gradients(params, X, y), 3, "ordinary_gradients")
        agree(number(loss, "the loss"), measured(params, X, y)[0], f"the mean loss of {N} examples")


@check("own-functions", points=1)
def own_gradients(student, rng):
    """Your functions of assignments 2 and 3 find the gradients of all eight parameters."""
    for N in (6, 9):
        params, X, y, Y = labelled(rng, N)
        _, _, grads = several(student.ordinary_gradients(params, X, y), 3, "ordinary_gradients")
        right = right_gradients("tower", params, X, Y, np.ones(3))
        agree_all(parameters(grads, "your gradients"), right, f"the gradients of {N} examples")


@check("own-functions", points=1)
def own_pass(student, rng):
    """Your `one_pass` takes a step for each batch, the shorter last one too, and changes nothing that it is given."""
    params, X, y, _ = labelled(rng, 8)
    order, etas = rng.permutation(8), rng.uniform(0.1, 0.5, 3)
    expected, *_ = follow(student, params, X, y, order, 3, etas)
    got, *_ = untouched(lambda *given: passed(student, *given, 3, etas.tolist()), params, X, y, order)
    agree_all(got, expected, "the parameters after three batches, the last one shorter")


@check("own-functions", points=1)
def own_training(student, rng):
    """Your `train` goes on from epoch to epoch, with one schedule for the whole training."""
    got, _, given = run_training(student, rng, epochs=2, warm=2, fall=3)
    agree_all(got, follow_training(student, *given)[0], "after two epochs")


# 1 · Normalise


# There is no epsilon in the text. Who adds one of 1e-8 is off by less than this where columns have sizes near 1, and
# pays where they are small: once, in the test that is about sizes.
HARMLESS = 1e-6


def made(student, V, gamma, what):
    return shaped(student.normalised(V, gamma), V.shape, what)


@check("normalised", points=2)
def weights_are_right(student, rng):
    """All entries of W are right, for matrices of several shapes."""
    for D, H in SHAPES:
        V, gamma, _ = columns(rng, D, H)
        what = f"W for D, H = {D}, {H}"
        agree(made(student, V, gamma, what), forward(V, gamma), what, rtol=HARMLESS)


@check("normalised", points=1)
def blind_to_shift_and_scale(student, rng):
    """A number added to a column, and a column times a positive number, change nothing in W."""
    for D, H in SHAPES:
        V, gamma, _ = columns(rng, D, H)
        W = made(student, V, gamma, "W")
        assert np.isfinite(W).all() and (np.ptp(W, axis=0) > 0).all(), "expected a W whose columns are not constant"
        other = made(student, columns(rng, D, H)[0], gamma, "W")
        assert np.abs(W - other).max() > 1e-6, "expected another W for another V, got the same"
        factors, shifts = 10.0 ** rng.uniform(-6, 1, H), 5 * rng.normal(size=H)
        moved = made(student, factors * (V + shifts), gamma, "W")
        agree(moved, W, "W for columns that are scaled and shifted, compared with your own", rtol=1e-8, atol=1e-10)


@check("normalised", points=1)
def gamma_is_a_factor(student, rng):
    """Column h of W is gamma[h] times a column that sums to 0, for a gamma below 0 and for 0 too."""
    for D, H in SHAPES:
        V, gamma, _ = columns(rng, D, H)
        gamma[0] = 0
        W, ones = made(student, V, gamma, "W"), made(student, V, np.ones(H), "W")
        assert np.isfinite(ones).all() and ones.any(axis=0).all(), "expected a W without columns of zeros"
        sums = np.abs(ones.sum(axis=0)) / np.abs(ones).sum(axis=0)
        assert sums.max() < 1e-9, "expected columns that sum to 0"
        agree(W, gamma * ones, "W, compared with gamma times your own W for a gamma of ones", rtol=1e-9)


@check("normalised", points=1)
def small_matrices(student, rng):
    """Matrices of two rows and of one column are right, and nothing that was given is changed."""
    for D, H in ((2, 3), (2, 1), (6, 1)):
        V, gamma, _ = columns(rng, D, H)
        what = f"W for D, H = {D}, {H}"
        agree(made(student, V, gamma, what), forward(V, gamma), what, rtol=HARMLESS)
    keeps(student.normalised, columns(rng, 4, 3)[:2], columns(rng, 4, 3)[:2])


# 3 · The way back


def back(student, dW, V, gamma, what):
    dV, dgamma = several(student.normalised_backward(dW, V, gamma), 2, what)
    return numbers(dV, f"{what}, dV"), numbers(dgamma, f"{what}, dgamma")


def own_dv(student, dW, V, gamma):
    """Return the student's dV, of the right shape, finite, and with no column of zeros."""
    dV = shaped(back(student, dW, V, gamma, "the way back")[0], V.shape, "dV")
    assert np.isfinite(dV).all() and dV.any(axis=0).all(), "expected finite numbers in dV, and no column of zeros"
    return dV


# Nudges of one's own `normalised` are no answer, but they come near the right one. So they are asked for what a nudge
# of 1e-5 cannot find: where gamma is so large that it is lost, and where V is so small that it goes past other entries.


def close(got, right, what, within):
    """Assert that all entries are right, within this share of the largest."""
    agree(got, right, what, rtol=within, atol=within * np.abs(right).max())


@check("normalised_backward", points=2)
def back_to_gamma(student, rng):
    """`dgamma` is right, in the shape of gamma, whatever gamma is."""
    for D, H in (*SHAPES, (4, 1)):
        V, gamma, dW = columns(rng, D, H)
        what, right = f"D, H = {D}, {H}", way_back(dW, V, gamma)[1]
        for factor in (1, 1e8):
            got = back(student, dW, V, factor * gamma, what)[1]
            close(got, right, f"dgamma for {what}, gamma times {factor:g}", HARMLESS)


@check("normalised_backward", points=3)
def back_to_the_weights(student, rng):
    """All entries of `dV` are right, for matrices of several shapes, and for a V that is small."""
    for D, H in SHAPES:
        V, gamma, dW = columns(rng, D, H)
        what, right = f"D, H = {D}, {H}", way_back(dW, V, gamma)[0]
        close(back(student, dW, V, gamma, what)[0], right, f"dV for {what}", HARMLESS)
        small = back(student, dW, 1e-5 * V, gamma, what)[0]
        close(1e-5 * small, right, f"1e-5 times dV for {what}, V times 1e-5", 0.05)


@check("normalised_backward", points=1)
def right_angle_to_ones(student, rng):
    """Each column of `dV` sums to 0."""
    for D, H in SHAPES:
        V, gamma, dW = columns(rng, D, H)
        dV = own_dv(student, dW, 1e-3 * V, gamma)
        left = np.abs(dV.sum(axis=0)) / np.abs(dV).sum(axis=0)
        assert left.max() < 1e-9, f"D, H = {D}, {H}: expected columns that sum to 0, one is off by {left.max():.2g}"


@check("normalised_backward", points=1)
def right_angle_to_itself(student, rng):
    """Each column of `dV` is at right angles to that of V less its mean."""
    for D, H in SHAPES:
        V, gamma, dW = columns(rng, D, H)
        parts = own_dv(student, dW, 1e-3 * V, gamma) * (V - V.mean(axis=0))
        left = np.abs(parts.sum(axis=0)) / np.abs(parts).sum(axis=0)
        assert left.max() < 1e-9, f"D, H = {D}, {H}: expected right angles, one is off by {left.max():.2g}"


@check("normalised_backward", points=1)
def back_from_other_scales(student, rng):
    """For a column of V times c, and with any number added, `dV` is divided by c."""
    for D, H in SHAPES:
        V, gamma, dW = columns(rng, D, H)
        factors, shifts = 10.0 ** rng.uniform(-3, 1, H), 5 * rng.normal(size=H)
        dV, moved = own_dv(student, dW, V, gamma), own_dv(student, dW, factors * V + shifts, gamma)
        agree(factors * moved, dV, "c times dV for c V + t, compared with your own dV", rtol=1e-7, atol=1e-9)


@check("normalised_backward", points=1)
def back_at_kinks(student, rng):
    """An entry at the mean of its column, where |v − μ| has a kink, and two rows alone are right; nothing given is
    changed.
    """
    steps = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    V = 1e-3 * np.stack([rng.permutation(steps), 2 * rng.permutation(steps)], axis=1)
    gamma, dW = rng.uniform(0.5, 2, 2), rng.normal(size=(5, 2))
    dV, _ = untouched(lambda *given: back(student, *given, "at a kink"), dW, V, gamma)
    close(dV, way_back(dW, V, gamma)[0], "dV with an entry at the mean", 3e-5)
    for H in (3, 1):
        V, gamma, dW = columns(rng, 2, H)
        dV, _ = back(student, dW, V, gamma, "two rows")
        bound = np.abs(gamma * dW).max() / np.abs(V - V.mean(axis=0)).min()  # of what has to cancel
        agree(dV, np.zeros((2, H)), "dV for two rows", atol=HARMLESS * bound)


# 4 · Three tests


FAULTS = ("s", "mean", "gamma")


@check("predicted_table", points=1)
def table_predicted(student, rng):
    """You wrote down which tests each fault passes, before you tried. Any table of the right form counts."""
    table = student.predicted_table()
    right = isinstance(table, Mapping) and set(table) == set(FAULTS)
    assert right, f"expected a dictionary with the names {', '.join(FAULTS)}"
    for fault in FAULTS:
        row = several(table[fault], 3, f"the row of {fault}")
        assert all(isinstance(entry, bool) for entry in row), f"the row of {fault}: expected True or False"


def faulty(dW, V, gamma):
    """Return {fault: a claimed dV that has it}."""
    C, D = V - V.mean(axis=0), len(V)
    s, signs = np.abs(C).mean(axis=0), np.sign(C)
    dU = dW * gamma / np.sqrt(D)
    centred, along = dU - dU.mean(axis=0), (dU * C).mean(axis=0) / s
    return {
        "s": centred / s,
        "mean": (centred - signs * along) / s,
        "gamma": way_back(dW, V, np.ones_like(gamma))[0],
    }


def judged(student, dV, V, gamma, dW, place, what):
    """Return what the test in this place, 0, 1 or 2, says to a claim."""
    said = several(student.three_tests(dV, V, gamma, dW), 3, "three_tests")[place]
    found = np.asarray(said)
    assert found.dtype == bool and found.size == 1, f"{what}: expected True or False, got {type(said).__name__}"
    return bool(found.reshape(()))


def compare_judged(student, place, cases):
    for what, claim, right in cases:
        said = judged(student, *claim, place, what)
        assert said == right, f"{what}: expected {right}, got {said}"


def claims(rng, D=5, H=3):
    """Return V, gamma and dW, and {what it is: a claimed dV}: right, and with each of the faults."""
    V, gamma, dW = columns(rng, D, H)
    gamma = np.where(np.abs(gamma - 1) < 0.1, 1.5, gamma)
    return (V, gamma, dW), {"right": way_back(dW, V, gamma)[0]} | faulty(dW, V, gamma)


def noise(rng, V):
    """Return random numbers that sum to more than 0 in their first column, and lean towards V in their second."""
    made_up, C = rng.normal(size=V.shape), V - V.mean(axis=0)
    made_up[:, 0] *= np.sign(made_up[:, 0].sum())
    made_up[:, 1] *= np.sign((made_up[:, 1] * C[:, 1]).sum())
    return made_up


def in_one_column(rng, right, wrong):
    h, mixed = int(rng.integers(right.shape[1])), right.copy()
    mixed[:, h] = wrong[:, h]
    return mixed


def in_two_columns(rng, right, ways):
    """Return a claim that is off along these ways in two columns, by as much in the one as it lacks in the other."""
    one, other = rng.permutation(right.shape[1])[:2]
    mixed, share = right.copy(), 0.1 * np.abs(right).max() * len(right)
    for h, sign in ((one, 1), (other, -1)):
        mixed[:, h] += sign * share * ways[:, h] / (ways[:, h] ** 2).sum()
    return mixed


UNITS = ((1, 1), (1e-8, 1e-8), (1e8, 1))  # V and dW times these


def compare_units(student, place, given, cases):
    """Ask for the cases as they are, and with V and dW in other units, in which no absolute bound is right."""
    V, gamma, dW = given
    for v, w in UNITS:
        for what, dV, right in cases:
            what = f"{('first', 'second')[place]} test, {what}, V times {v:g}, dW times {w:g}"
            compare_judged(student, place, [(what, (w / v * dV, v * V, gamma, w * dW), right)])


@check("three_tests", points=1)
def right_and_random(student, rng):
    """A right gradient passes the first two tests, and random numbers pass none."""
    for D, H in ((5, 3), (7, 2)):
        given, made_up = claims(rng, D, H)
        for place in (0, 1):
            compare_judged(student, place, [("a right gradient", (made_up["right"], *given), True)])
        for place in (0, 1, 2):
            compare_judged(student, place, [("random numbers", (noise(rng, given[0]), *given), False)])


@check("three_tests", points=1)
def test_of_sums(student, rng):
    """The first test looks at each column by itself, and finds those that do not sum to 0, and only them."""
    for D in (5, 7):
        given, made_up = claims(rng, D)
        wrong = in_one_column(rng, made_up["right"], made_up["mean"])
        cases = [("s held fixed", made_up["s"], True), ("the mean held fixed in s", made_up["mean"], False)]
        cases.append(("the mean held fixed in s, in one column", wrong, False))
        cases.append(("the mean held fixed in s, in one column, the other way", 2 * made_up["right"] - wrong, False))
        both = in_two_columns(rng, made_up["right"], np.ones_like(wrong))
        cases.append(("two columns off, one above and one below", both, False))
        compare_units(student, 0, given, cases)


@check("three_tests", points=1)
def test_of_angles(student, rng):
    """The second test looks at each column by itself, and finds those that are not at right angles, and only them."""
    for D in (5, 7):
        given, made_up = claims(rng, D)
        wrong = in_one_column(rng, made_up["right"], made_up["s"])
        cases = [("the mean held fixed in s", made_up["mean"], True), ("s held fixed", made_up["s"], False)]
        cases.append(("s held fixed, in one column", wrong, False))
        cases.append(("s held fixed, in one column, the other way", 2 * made_up["right"] - wrong, False))
        both = in_two_columns(rng, made_up["right"], given[0] - given[0].mean(axis=0))
        cases.append(("two columns off, one above and one below", both, False))
        compare_units(student, 1, given, cases)


def nudged(student, V, gamma, dW):
    """Return dV as nudges of the student's own `normalised` say it."""
    dV = np.empty(V.shape)
    for index in np.ndindex(V.shape):
        losses = []
        for step in (1e-5, -1e-5):
            moved = V.copy()
            moved[index] += step
            losses.append((dW * made(student, moved, gamma, "your normalised")).sum())
        dV[index] = (losses[0] - losses[1]) / 2e-5
    assert np.isfinite(dV).all() and np.abs(dV).max() > 1e-6, "your normalised does not feel a nudge"
    return dV


@check("three_tests", points=1)
def test_of_nudges(student, rng):
    """The third test finds what nudges of your `normalised` do not confirm, a single entry too, and only that."""
    (V, gamma, dW), _ = claims(rng)
    V = 0.1 * V  # more curved, so that nudges to one side are off
    given = V, gamma, dW
    right = nudged(student, *given)
    largest, cases = np.abs(right).max(), []
    for place, off, said in (
        (rng.integers(right.size), 1e-3, False),
        (np.abs(right).argmax(), 5e-6, False),
        (np.abs(right).argmin(), 5e-7, True),
    ):
        one = right.copy()
        one.flat[place] += off * largest
        cases.append((f"one entry off by {off:g} of the largest", one, said))
    rounded = right + 1e-8 * largest * rng.uniform(-1, 1, right.shape)
    cases.append(("right but for rounding", rounded, True))
    cases.append(("gamma forgotten", nudged(student, V, np.ones_like(gamma), dW), False))
    compare_judged(student, 2, [(f"third test, {what}", (dV, *given), is_right) for what, dV, is_right in cases])


@check("three_tests", points=1)
def nothing_and_nan(student, rng):
    """A claim of zeros passes the first two tests alone, one with a nan passes none; nothing given is changed."""
    given, made_up = claims(rng)
    lost = made_up["right"].copy()
    lost.flat[rng.integers(lost.size)] = np.nan
    for place, right in enumerate((True, True, False)):
        zeros = ("zeros", (np.zeros_like(lost), *given), right)
        compare_judged(student, place, [zeros, ("a nan", (lost, *given), False)])
    several(untouched(student.three_tests, made_up["right"], *given), 3, "three_tests")


# 5 · The normalised tower


def small(rng, N, D=5, H=4, K=3):
    """Return params of a normalised tower, X and y."""
    params = {}
    for layer, inputs in (("1", D), ("2", H)):
        params["V" + layer], params["gamma" + layer], _ = columns(rng, inputs, H)
        params["b" + layer], params["c" + layer] = rng.normal(size=H), rng.uniform(0.5, 1.5, H)
    params |= {"W3": rng.normal(size=(H, K)), "b3": rng.normal(size=K)}
    return params, rng.normal(size=(N, D)), rng.integers(K, size=N)


def folded(student, params):
    return parameters(student.ordinary(params), "ordinary")


@check("ordinary", points=1)
def folds_the_normalisation(student, rng):
    """`W1` and `W2` are what your `normalised` makes of V and gamma."""
    params, _, _ = small(rng, 3)
    got = folded(student, params)
    for layer in "12":
        V, gamma = params["V" + layer], params["gamma" + layer]
        own = made(student, V, gamma, "your normalised")
        assert own.any() and (own != V).any(), "your normalised gives zeros, or V as it is: no layer can be normalised"
        agree(got["W" + layer], own, f"W{layer}, compared with your own normalised(V{layer}, gamma{layer})", rtol=1e-9)


@check("ordinary", points=1)
def folds_nothing_else(student, rng):
    """The six other parameters stay as they are, there are eight names, and nothing that was given is changed."""
    params, _, _ = small(rng, 3)
    got = untouched(student.ordinary, params)
    assert isinstance(got, Mapping) and set(got) == set(TOWER), f"expected the names {', '.join(TOWER)}"
    for name in SHARED:
        agree(numbers(got[name], name), params[name], name)


def gradients_of(student, params, X, y, names):
    """Yield for each name the student's gradient, and the one that the student's own parts give."""
    _, _, grads = several(student.normalised_gradients(params, X, y), 3, "normalised_gradients")
    assert isinstance(grads, Mapping), f"the gradients: expected a dictionary, got {type(grads).__name__}"
    _, _, own = several(student.ordinary_gradients(folded(student, params), X, y), 3, "ordinary_gradients")
    own = parameters(own, "your gradients")
    for name in names:
        assert name in grads, f"there is no gradient of {name}"
        if name in SHARED:
            right = own[name]
        else:
            layer = name[-1]
            arguments = own["W" + layer], params["V" + layer], params["gamma" + layer]
            right = back(student, *arguments, "your normalised_backward")[name[:-1] == "gamma"]
        yield name, numbers(grads[name], f"d{name}"), right


def compare_gradients(student, rng, names):
    seen = False
    for N in range(4, 12):  # several, as all gates may be shut in one
        params, X, y = small(rng, N)
        for name, got, right in gradients_of(student, params, X, y, names):
            agree(got, right, f"d{name} for N = {N}, compared with your own parts", rtol=1e-9, atol=1e-13)
            seen = seen or bool(right.any())
    assert seen, "your own parts give gradients that are all 0: nothing can be seen"


@check("normalised_gradients", points=1)
def loss_of_the_normalised(student, rng):
    """The loss and the share of right answers are those of the ordinary tower that computes the same."""
    for N in (6, 9):
        params, X, y = small(rng, N)
        loss, accuracy, _ = several(student.normalised_gradients(params, X, y), 3, "normalised_gradients")
        right = several(student.ordinary_gradients(folded(student, params), X, y), 3, "ordinary_gradients")[:2]
        got = number(loss, "the loss"), number(accuracy, "the accuracy")
        agree(got, [number(value, "your own") for value in right], "loss and accuracy", rtol=1e-9)


@check("normalised_gradients", points=1)
def gradient_of_v1(student, rng):
    """`V1` has the gradient that your `normalised_backward` makes of that of W1."""
    compare_gradients(student, rng, ["V1"])


@check("normalised_gradients", points=1)
def gradient_of_v2(student, rng):
    """`V2` has the gradient that your `normalised_backward` makes of that of W2."""
    compare_gradients(student, rng, ["V2"])


@check("normalised_gradients", points=1)
def gradients_of_gammas(student, rng):
    """`gamma1` and `gamma2` have the gradients that your `normalised_backward` finds."""
    compare_gradients(student, rng, ["gamma1", "gamma2"])


@check("normalised_gradients", points=1)
def gradients_of_the_others(student, rng):
    """The six other parameters have their gradients as before."""
    compare_gradients(student, rng, SHARED)


@check("normalised_gradients", points=1)
def gradients_have_the_names(student, rng):
    """There are ten gradients, each in the shape of its parameter, for one example too; nothing given is changed."""
    for N in (4, 1):
        params, X, y = small(rng, N)
        got = untouched(student.normalised_gradients, params, X, y)
        grads = several(got, 3, "normalised_gradients")[2]
        right = isinstance(grads, Mapping) and set(grads) == set(NORMALISED)
        assert right, f"expected the names {', '.join(NORMALISED)}"
        for name, param in params.items():
            shaped(grads[name], param.shape, f"d{name}")
    params, X, y = small(rng, 4)
    for _, got, right in gradients_of(student, params, X, y, ["b3"]):
        agree(got, right, "db3, compared with your own parts", rtol=1e-9)


# 6 · Bright pictures


@check("prediction", points=1)
def brightness_predicted(student, rng):
    """You wrote down four percentages before you measured. Any four count."""
    guess = several(student.prediction(), 4, "your prediction")
    right = all(isinstance(g, int | float) and 0 <= g <= 100 for g in guess)
    assert right and max(guess) > 1, "expected four numbers in percent, from 0 to 100"


# 7 · A step is an angle


def directions(rng, D, H):
    """Return V and a dV at right angles to ones and to V less its mean, with columns of lengths from 0.5 to 2."""
    V, gamma, dW = columns(rng, D, H)
    dV = way_back(dW, V, gamma)[0]
    return V, dV * rng.uniform(0.5, 2, H) / np.linalg.norm(dV, axis=0)


TURNS = ((5, 3), (4, 4), (9, 2), (3, 1))


def moved(student, V, dV, angle, what):
    got = shaped(student.turned(V, dV, angle), V.shape, what)
    assert np.isfinite(got).all(), f"{what}: expected finite numbers"
    assert (np.abs(got - V).max(axis=0) > 1e-6).all(), f"{what}: expected columns that have moved"
    return got


def lengths(V):
    return np.linalg.norm(V - V.mean(axis=0), axis=0)


@check("turned", points=2)
def turns_are_right(student, rng):
    """Each column is turned by the angle, in the plane of itself and its gradient, away from the gradient."""
    for D, H in TURNS:
        V, dV = directions(rng, D, H)
        for angle in (*rng.uniform(0.01, 1.5, 2), np.pi / 2):
            mean, C = V.mean(axis=0), V - V.mean(axis=0)
            way = dV / np.linalg.norm(dV, axis=0)
            right = mean + np.cos(angle) * C - np.sin(angle) * lengths(V) * way
            what = f"D, H = {D}, {H}, angle {angle:.3f}"
            close(moved(student, V, dV, angle, what), right, what, HARMLESS)


@check("turned", points=1)
def means_stay(student, rng):
    """Each column keeps its mean."""
    for D, H in TURNS:
        V, dV = directions(rng, D, H)
        got = moved(student, V, dV, rng.uniform(0.2, 1.5), "a turn")
        agree(got.mean(axis=0), V.mean(axis=0), f"the means for D, H = {D}, {H}", rtol=1e-8, atol=1e-10)


@check("turned", points=1)
def lengths_stay(student, rng):
    """Each column keeps its length, its mean taken away."""
    for D, H in TURNS:
        V, dV = directions(rng, D, H)
        got = moved(student, V, dV, rng.uniform(0.2, 1.5), "a turn")
        agree(lengths(got), lengths(V), f"the lengths for D, H = {D}, {H}", rtol=HARMLESS)


@check("turned", points=1)
def without_a_gradient(student, rng):
    """A column whose gradient is 0 stays as it is, and the others turn as they would without it."""
    V, dV = directions(rng, 6, 4)
    silent = dV.copy()
    silent[:, 2] = 0
    others, angle = [0, 1, 3], rng.uniform(0.2, 1.5)
    got = shaped(student.turned(V, silent, angle), V.shape, "a gradient of 0")
    agree(got[:, 2], V[:, 2], "the column whose gradient is 0", rtol=1e-9, atol=1e-12)
    alone = moved(student, V[:, others], dV[:, others], angle, "the other columns")
    agree(got[:, others], alone, "the other columns, compared with your own without it", rtol=1e-9)


@check("turned", points=1)
def size_of_the_gradient(student, rng):
    """The size of the gradient does not matter, an angle of 0 changes nothing, and nothing given is changed."""
    V, dV = directions(rng, 6, 3)
    angle = rng.uniform(0.2, 1.5)
    plain = moved(student, V, dV, angle, "a turn")
    untouched(lambda *given: student.turned(*given, angle), V, dV)
    for size in (1e-9, 1e6):
        got = moved(student, V, size * dV, angle, f"a gradient times {size:g}")
        agree(got, plain, f"a gradient times {size:g}, compared with your own without", rtol=1e-8, atol=1e-10)
    still = shaped(student.turned(V, dV, 0.0), V.shape, "an angle of 0")
    agree(still, V, "an angle of 0", rtol=1e-9, atol=1e-12)


# A plan


def plan_of(student):
    plan = student.recipe()
    assert isinstance(plan, Mapping), f"expected a dictionary, got {type(plan).__name__}"
    names = ("batch", "eta_0", "angle_0", "warm", "fall")
    assert set(plan) == set(names), f"expected the names {', '.join(names)}"
    assert type(plan["batch"]) is int and 10 <= plan["batch"] <= 500, "expected a batch from 10 to 500"
    assert isinstance(plan["eta_0"], int | float) and 0 < plan["eta_0"] <= 10, "expected an eta_0 above 0, at most 10"
    right = isinstance(plan["angle_0"], int | float) and 0 < plan["angle_0"] <= np.pi / 2
    assert right, "expected an angle_0 above 0, at most a right angle"
    for name in ("warm", "fall"):
        assert type(plan[name]) is int and 0 <= plan[name] < 10**9, f"expected {name} to be a whole number from 0 on"
    return tuple(plan[name] for name in names)


@cache
def digits():
    mnist = data.load_mnist()
    fit = data.scale(mnist.X_train[:5000], np.float32), mnist.y_train[:5000]
    return *fit, data.scale(mnist.X_train[50_000:54_000], np.float32), mnist.y_train[50_000:54_000]


class Layer:
    """The normalised weights of a layer, in float32, for speed; means stay 0, and lengths what they are."""

    def __init__(self, W):
        self.V = W - W.mean(axis=0)
        self.length, self.root = np.linalg.norm(self.V, axis=0), np.float32(np.sqrt(len(W)))
        self.gamma = self.root * np.abs(self.V).mean(axis=0)

    def weights(self):
        self.s = np.abs(self.V).mean(axis=0)
        self.directions = self.V / self.s
        return self.directions * (self.gamma / self.root)

    def step(self, dW, eta, angle):
        dU, signs = dW * (self.gamma / self.root), np.sign(self.V)
        along = (dU * self.directions).mean(axis=0)
        dV = dU - dU.mean(axis=0) - (signs - signs.mean(axis=0)) * along
        size = np.linalg.norm(dV, axis=0)
        part = np.where(size > 0, self.length / np.where(size > 0, size, 1), 0)
        turn = np.cos(angle) * self.V - np.sin(angle) * part * dV
        self.V = np.where(size > 0, turn, self.V).astype(np.float32)
        self.gamma = self.gamma - eta * (dW * self.directions).sum(axis=0) / self.root


@cache
def reached(B, eta_0, angle_0, warm, fall, seed):
    """Return the share of 4,000 validation digits that a normalised tower reads after one pass of turns."""
    X, y, X_val, y_val = digits()
    rng, N, H = np.random.default_rng(seed), len(X), 64
    W1, W2, W3 = (rng.normal(0, np.sqrt(2 / D), (D, K)).astype(np.float32) for D, K in ((784, H), (H, H), (H, 10)))
    first, second = Layer(W1), Layer(W2)
    b1, b2, b3 = (np.zeros(K, np.float32) for K in (H, H, 10))
    c1, c2 = np.full((2, H), 3, np.float32)
    M, order, Y = -(-N // B), rng.permutation(N), data.one_hot(y, dtype=np.float32)
    with np.errstate(all="ignore"):
        for t in range(M):
            n = order[t * B : (t + 1) * B]
            x, W1, W2 = X[n], first.weights(), second.weights()
            z1 = x @ W1 + b1
            a1 = np.minimum(np.maximum(z1, 0), c1)
            z2 = a1 @ W2 + b2
            r = a1 + np.minimum(np.maximum(z2, 0), c2)
            dz3 = (functional.softmax(r @ W3 + b3) - Y[n]) / np.float32(len(n))
            dr = dz3 @ W3.T
            dz2 = dr * ((z2 > 0) & (z2 - c2 < 0))
            da1 = dr + dz2 @ W2.T
            dz1 = da1 * ((z1 > 0) & (z1 - c1 < 0))
            share = min(1, (t + 1) / warm if warm else 1, (M - t) / fall if fall else 1)
            eta, angle = np.float32(eta_0 * share), np.float32(angle_0 * share)
            c1, c2 = c1 - eta * (da1 * (z1 > c1)).sum(axis=0), c2 - eta * (dr * (z2 > c2)).sum(axis=0)
            first.step(x.T @ dz1, eta, angle)
            second.step(a1.T @ dz2, eta, angle)
            W3 = W3 - eta * (r.T @ dz3)
            b1, b2, b3 = b1 - eta * dz1.sum(axis=0), b2 - eta * dz2.sum(axis=0), b3 - eta * dz3.sum(axis=0)
        a1 = np.minimum(np.maximum(X_val @ first.weights() + b1, 0), c1)
        z3 = (a1 + np.minimum(np.maximum(a1 @ second.weights() + b2, 0), c2)) @ W3 + b3
    return float(np.mean(z3.argmax(axis=1) == y_val))


def lowest_of_three(plan, rng):
    return min(reached(*plan, int(seed)) for seed in rng.integers(2**32, size=3))


@check("recipe", points=1)
def recipe_can_be_run(student, rng):
    """Your plan has the five names, and numbers that are allowed."""
    plan_of(student)


@check("recipe", points=1)
def recipe_reads(student, rng):
    """All of three trainings with your plan read more than 87 % of the validation digits."""
    lowest = lowest_of_three(plan_of(student), rng)
    assert lowest > 0.87, f"expected more than 87 % in each of three trainings; the lowest reads {lowest:.1%}"


@check("recipe", points=1)
def recipe_reads_well(student, rng):
    """All of three trainings with your plan read more than 89.5 % of the validation digits."""
    lowest = lowest_of_three(plan_of(student), rng)
    assert lowest > 0.895, f"expected more than 89.5 % in each of three trainings; the lowest reads {lowest:.1%}"
