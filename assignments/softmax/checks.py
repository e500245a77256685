"""The tests of assignment 2, softmax and cross-entropy."""

from decimal import Decimal

import numpy as np

from assignments.checks import check, flat, keeps, shaped
from nnlib import functional
from nnlib.exercise import agree, exact_gradient


def finite(got, what):
    assert not np.isnan(got).any(), f"{what}: some are nan. Which exponential, or which logarithm, is not a number?"
    assert np.isfinite(got).all(), f"{what}: some are infinite. Of what is the logarithm taken?"
    return got


def sets(rng, N, K, least=1, most=None):
    """Random sets of classes, one for each row, with `least` members or more, and `most` or fewer."""
    sizes = rng.integers(least, (most or K) + 1, N)
    return rng.permuted(np.arange(K) < sizes[:, None], axis=1)


def exact(z, among):
    """Return the natural logarithm of the sum of exponentials of some scores, with 28 digits."""
    return sum(Decimal(float(value)).exp() for value in z[among]).ln()


# Where no nudge could pass for an answer: five digits tell each wrong formula, and neither float32 nor a small epsilon
# is one.
FORWARD = 1e-5

# shares_among


def shares(Z, allowed):
    P = np.zeros(Z.shape)
    for n, k in zip(*np.nonzero(allowed), strict=True):
        P[n, k] = float((Decimal(float(Z[n, k])) - exact(Z[n], allowed[n])).exp())
    return P


def right_shares(student, Z, allowed, what):
    P = finite(shaped(student.shares_among(Z, allowed), Z.shape, "the shares"), what)
    agree(P, shares(Z, allowed), what, rtol=FORWARD, atol=1e-7)


@check("shares_among", points=3)
def shares_of_the_allowed(student, rng):
    """The shares of the allowed classes are those of a softmax over them alone."""
    for N, K in ((1, 4), (5, 3), (4, 4), (3, 10)):
        Z = rng.normal(0, 2, (N, K))
        got = shaped(student.shares_among(Z, allowed := sets(rng, N, K)), Z.shape, "the shares")
        got = np.where(allowed, finite(got, "the shares"), 0)  # what the others get is another test's question
        agree(got, shares(Z, allowed), f"the shares of the allowed classes, N = {N}", rtol=FORWARD, atol=1e-7)


@check("shares_among", points=1)
def shares_of_the_forbidden(student, rng):
    """A class that is not allowed gets exactly 0, however low the scores of the others are, and an allowed one more."""
    Z = rng.normal(0, 2, (6, 5))
    allowed = sets(rng, 6, 5, most=4)
    P = finite(shaped(student.shares_among(Z, allowed), Z.shape, "the shares"), "the shares")
    assert (P[~allowed] == 0).all(), f"expected 0 for forbidden classes, got {np.abs(P[~allowed]).max():.3g}"
    assert (P[allowed] > 0).all(), "expected more than 0 for allowed classes"
    for low in (-1000.0, -1e10):  # a number that stands for "forbidden" would have to be lower; nan is another test's
        P = shaped(student.shares_among(low + Z, allowed), Z.shape, "the shares")
        got = P[~allowed & (P > 0)]
        assert not got.size, f"all scores near {low:g}: expected 0 for forbidden classes, got {got.max():.3g}"


@check("shares_among", points=2)
def shares_of_large_scores(student, rng):
    """Scores near 1000 and near -1000, in rows of one batch, have the shares that their differences give."""
    Z = rng.normal(0, 2, (4, 5)) + np.array([[1000.0], [-1000.0], [0.0], [1000.0]])
    right_shares(student, Z, np.ones((4, 5), bool), "the shares of scores near ±1000")


@check("shares_among", points=2)
def shares_beside_a_large_forbidden_score(student, rng):
    """A forbidden class with by far the largest score of its row disturbs nothing."""
    Z = rng.normal(0, 2, (3, 5))
    allowed = sets(rng, 3, 5, most=4)
    Z[~allowed] += 900
    right_shares(student, Z, allowed, "the shares beside a large forbidden score")


@check("shares_among", points=1)
def shares_of_other_numbers(student, rng):
    """Scores that are whole numbers or short floats have the same shares."""
    for dtype, rtol in ((int, 1e-9), (np.float32, 1e-4)):
        Z = rng.integers(-4, 5, (3, 4)).astype(dtype)
        allowed = sets(rng, 3, 4, least=2)
        got = shaped(student.shares_among(Z, allowed), Z.shape, "the shares")
        like = shaped(student.shares_among(Z.astype(float), allowed), Z.shape, "the shares")
        assert np.ptp(like) > 0, "expected shares that depend on the scores"
        assert_shares(like)
        agree(got, like, f"the shares of scores in {np.dtype(dtype).name}", rtol=rtol, atol=1e-6)


def assert_shares(P):
    assert (P >= 0).all() and (P <= 1 + 1e-9).all(), "expected shares, from 0 to 1; some are not"


@check("shares_among", points=1)
def shares_leave_the_scores(student, rng):
    """The scores and the table of what is allowed are left as they were."""
    Z, allowed = rng.normal(size=(3, 4)), sets(rng, 3, 4, least=2)
    keeps(student.shares_among, [Z, allowed], [2 * Z, allowed])
    assert_shares(shaped(student.shares_among(Z, allowed), Z.shape, "the shares"))


# set_surprise


def surprises(Z, candidates):
    """The surprise of each row, from sums with 28 digits."""
    return np.array([float(exact(z, z == z) - exact(z, among)) for z, among in zip(Z, candidates, strict=True)])


def right_surprises(student, Z, candidates, what):
    got = finite(flat(student.set_surprise(Z, candidates), len(Z), "the surprises"), what)
    agree(got, surprises(Z, candidates), what, rtol=FORWARD, atol=FORWARD)


@check("set_surprise", points=3)
def surprises_of_sets(student, rng):
    """The surprise at a set of several candidates is that of the sum of their shares."""
    for N, K in ((1, 4), (5, 3), (4, 4), (3, 10)):
        right_surprises(student, rng.normal(0, 2, (N, K)), sets(rng, N, K, least=2), f"the surprises, N = {N}")


@check("set_surprise", points=2)
def surprises_of_labels(student, rng):
    """With one candidate a row, the surprise is the cross-entropy of this label."""
    Z, labels = rng.normal(size=(5, 6)), rng.integers(0, 6, 5)
    Y = np.eye(6)[labels]
    got = finite(flat(student.set_surprise(Z, Y > 0), 5, "the surprises"), "the surprises")
    each = [functional.softmax_cross_entropy(z, y) for z, y in zip(Z, Y, strict=True)]
    agree(got, np.array(each), "the surprises at one candidate", rtol=FORWARD, atol=FORWARD)


@check("set_surprise", points=1)
def surprises_of_what_is_certain(student, rng):
    """Where every class is a candidate, nothing can surprise, and where one is left out, something can."""
    Z = rng.normal(0, 2, (3, 5))
    candidates = np.ones((3, 5), bool)
    candidates[1, rng.integers(5)] = False
    got = finite(flat(student.set_surprise(Z, candidates), 3, "the surprises"), "the surprises")
    agree(got[[0, 2]], np.zeros(2), "the surprises where all are candidates", atol=FORWARD)
    assert got[1] > 1e-4, f"expected a surprise above 0 where one class is left out, got {got[1]:.3g}"


@check("set_surprise", points=3)
def surprises_of_large_scores(student, rng):
    """Surprises of a thousand nats and more are right, and so are those of scores that are all large."""
    Z = rng.normal(0, 2, (4, 5))
    candidates = sets(rng, 4, 5, most=4)
    Z[:2][~candidates[:2]] += 1500  # the candidates' shares round to 0
    Z[2:] += np.array([[2000.0], [-2000.0]])
    right_surprises(student, Z, candidates, "the surprises of large scores")


@check("set_surprise", points=1)
def surprises_have_a_shape(student, rng):
    """One surprise comes back for each row, in the shape (N,), and the arguments are left as they were."""
    for N in (1, 3):
        got = shaped(student.set_surprise(rng.normal(size=(N, 4)), sets(rng, N, 4, most=3)), (N,), "the surprises")
        assert (got > 0).all(), "expected surprises above 0 where not all classes are candidates"
    Z, candidates = rng.normal(size=(3, 4)), sets(rng, 3, 4, most=3)
    keeps(student.set_surprise, [Z, candidates], [2 * Z, candidates])


# set_gradient


def by_nudges(Z, candidates):
    """The gradient of the mean surprise, by imaginary nudges."""

    def loss(Z):
        each = [
            np.log(np.exp(z).sum()) - np.log(np.exp(z[among]).sum()) for z, among in zip(Z, candidates, strict=True)
        ]
        return sum(each) / len(each)

    return exact_gradient(loss, Z)


def by_columns(Z, candidates):
    """The same for many rows: a score moves the surprise of its own row only, so all of a column are nudged at once."""
    dZ = np.empty(Z.shape)
    for k in range(Z.shape[1]):
        E = np.exp(Z + 1e-100j * (np.arange(Z.shape[1]) == k))
        dZ[:, k] = (np.log(E.sum(axis=1)) - np.log((E * candidates).sum(axis=1))).imag / 1e-100
    return dZ / len(Z)


def right_gradient(student, Z, candidates, expected, what):
    """Assert the gradient, to more digits than finite differences have. One that is right but for the student's own
    shares_among passes too: that mistake has its cost already.
    """
    got = gradient(student, Z, candidates, what)
    try:
        agree(got, expected, what, rtol=1e-11, atol=1e-14)
        tiny_slopes(got, expected, what)
    except AssertionError:
        if not follows(student, got, Z, candidates):
            raise


def tiny_slopes(got, expected, what):
    """Assert that slopes below 1e-20 have their digits: those of a difference are noise, in 80 bits too."""
    tiny = np.abs(expected) < 1e-20
    agree(got[tiny], expected[tiny], f"{what}, the slopes of far lower scores", rtol=1e-9, atol=0)


def with_a_low_one(Z, candidates):
    """Add a class, no candidate, whose score is so low that its slope is tiny."""
    N = len(Z)
    return np.hstack([Z, np.full((N, 1), -60.0)]), np.hstack([candidates, np.zeros((N, 1), bool)])


def gradient(student, Z, candidates, what):
    return finite(shaped(student.set_gradient(Z, candidates), Z.shape, "dZ"), what)


def follows(student, got, Z, candidates):
    """Return whether a gradient is the softmax minus what the student's shares_among gives, which is another."""
    try:
        inside = shaped(student.shares_among(Z, candidates), Z.shape, "the shares")
    except AssertionError:
        return False
    mine = (functional.softmax(Z) - inside) / len(Z)
    tiny = (inside == 0) & (mine < 1e-20)  # where nothing cancels, these have their digits too
    alike = np.allclose(got, mine, rtol=1e-11, atol=1e-14) and np.allclose(got[tiny], mine[tiny], rtol=1e-9, atol=0)
    return alike and np.abs(mine).max() * len(Z) > 1e-9


@check("set_gradient", points=3)
def gradient_of_one_row(student, rng):
    """The gradient is right for one row and several candidates."""
    for K in (3, 5, 10):
        Z, candidates = rng.normal(0, 2, (1, K)), sets(rng, 1, K, least=2, most=K - 1)
        right_gradient(student, Z, candidates, by_nudges(Z, candidates), f"dZ, K = {K}")
    Z, candidates = with_a_low_one(Z, candidates)
    right_gradient(student, Z, candidates, by_nudges(Z, candidates), "dZ")


@check("set_gradient", points=3)
def gradient_of_a_batch(student, rng):
    """The gradient is that of the mean over a batch, whose rows have sets of different sizes."""
    for N, K in ((4, 5), (3, 3), (7, 4)):
        Z, candidates = rng.normal(0, 2, (N, K)), sets(rng, N, K, most=K - 1)
        candidates[-1] = True
        right_gradient(student, Z, candidates, by_nudges(Z, candidates), f"dZ, N = {N}")
    Z, candidates = with_a_low_one(rng.normal(0, 2, (3000, 20)), sets(rng, 3000, 20))  # too many to nudge one by one
    right_gradient(student, Z, candidates, by_columns(Z, candidates), "dZ, N = 3000")


@check("set_gradient", points=1)
def gradient_of_a_label(student, rng):
    """With one candidate, the gradient of a row is its shares minus the one-hot row."""
    for label in range(3):
        Z, Y = with_a_low_one(rng.normal(0, 2, (1, 3)), np.eye(3)[[label]])
        expected = functional.softmax_cross_entropy_backward(Z, Y)
        right_gradient(student, Z, Y > 0, expected, "dZ for one candidate")


@check("set_gradient", points=2)
def gradient_of_large_scores(student, rng):
    """Where the candidates' shares round to 0, the gradient still pulls them up."""
    for _ in range(3):
        Z, candidates = rng.normal(0, 2, (1, 5)), sets(rng, 1, 5, least=2, most=4)
        far = Z + 1500 * ~candidates  # which changes no share among the candidates
        expected = functional.softmax(far) - shares(Z, candidates)
        got = gradient(student, far, candidates, "dZ")
        agree(got, expected, "dZ for large scores", rtol=1e-9, atol=1e-12)
        tiny_slopes(got, expected, "dZ for large scores")


@check("set_gradient", points=1)
def gradient_leaves_the_scores(student, rng):
    """The scores and the candidates are left as they were."""
    Z, candidates = rng.normal(size=(3, 4)), sets(rng, 3, 4, least=2, most=3)
    keeps(student.set_gradient, [Z, candidates], [2 * Z, candidates])


# mixture_surprise


def mixtures(Zs, labels):
    """The surprise at the mean of the networks' shares, with 28 digits."""
    result = []
    for n, label in enumerate(labels):
        given = [(Decimal(float(Z[n, label])) - exact(Z[n], Z[n] == Z[n])).exp() for Z in Zs]
        result.append(float(-(sum(given) / len(given)).ln()))
    return np.array(result)


def right_mixtures(student, Zs, labels, what):
    got = finite(flat(student.mixture_surprise(Zs, labels), len(labels), "the surprises"), what)
    agree(got, mixtures(Zs, labels), what, rtol=FORWARD, atol=FORWARD)


@check("mixture_surprise", points=1)
def mixture_of_one(student, rng):
    """One network alone has the surprise of its own share."""
    right_mixtures(student, rng.normal(0, 2, (1, 4, 5)), rng.integers(0, 5, 4), "the surprises of one network")


@check("mixture_surprise", points=3)
def mixture_of_several(student, rng):
    """Several networks together have the surprise of the mean of their shares."""
    for M, N, K in ((3, 1, 4), (2, 5, 3), (4, 4, 4)):
        Zs, labels = rng.normal(0, 3, (M, N, K)), rng.integers(0, K, N)
        right_mixtures(student, Zs, labels, f"the surprises of {M} networks, N = {N}")


@check("mixture_surprise", points=2)
def mixture_of_large_scores(student, rng):
    """Labels to which all networks give shares that round to 0 have the right surprise, and others beside them too."""
    Zs, labels = rng.normal(0, 3, (3, 4, 5)), rng.integers(0, 5, 4)
    Zs[:, np.arange(3), labels[:3]] -= 1500
    right_mixtures(student, Zs, labels, "the surprises at shares near 0")


@check("mixture_surprise", points=1)
def mixture_of_shifted_scores(student, rng):
    """A number of its own, added to all scores of one network, changes nothing."""
    Zs, labels = rng.normal(0, 3, (3, 4, 5)), rng.integers(0, 5, 4)
    moved = Zs + rng.uniform(-50, 50, (3, 1, 1))
    before, after = (flat(student.mixture_surprise(scores, labels), 4, "the surprises") for scores in (Zs, moved))
    assert np.ptp(before) > 0, "expected surprises that depend on the scores"
    agree(after, before, "the surprises with shifted scores", rtol=1e-8, atol=1e-10)


@check("mixture_surprise", points=1)
def mixture_has_a_shape(student, rng):
    """One surprise comes back for each row, (N,), with labels in bytes too, and the scores are left as they were."""
    for N in (1, 3):
        labels = rng.integers(0, 4, N).astype(np.uint8)
        got = shaped(student.mixture_surprise(rng.normal(size=(2, N, 4)), labels), (N,), "the surprises")
        assert (got != 0).all(), "expected surprises that are not 0"
    Zs, labels = rng.normal(size=(2, 3, 4)), rng.integers(0, 4, 3)
    keeps(student.mixture_surprise, [Zs, labels], [2 * Zs, labels])


@check("prediction", points=2)
def a_prediction_in_its_form(student, rng):
    """The prediction is two percentages and a reason in words; whether it came true earns nothing."""
    got = student.prediction()
    assert isinstance(got, list | tuple) and len(got) == 3, "expected two numbers and a reason"
    *percentages, reason = got
    for value in percentages:
        assert isinstance(value, int | float) and not isinstance(value, bool), (
            f"expected a number, got {type(value).__name__}"
        )
        assert 0 <= value <= 100, "expected a percentage from 0 to 100, got one beyond"
    assert isinstance(reason, str) and len(reason.split()) >= 5, "expected a reason of five words or more"
