"""The tests of assignment 6, convolution on a ring.

What is right is said once more by index: which pixel each weight of each output lies on. The gradients follow from the
same table of pixels, and those of the pooling from imaginary nudges (chapter 06).
"""

import numpy as np

from assignments.checks import check, numbers, several, shaped, untouched
from assignments.plain import Given
from assignments.training import checks as training
from nnlib.exercise import agree, exact_gradient

# 0 · Your functions: the first two tests of assignment 4

own_surprise, own_gradient = training.own_surprise, training.own_gradient


# What the tests draw


def pictures(rng, N, C, R, S):
    """Return pictures, and numbers of the same shape to come back."""
    return rng.normal(size=(N, C, R, S)), rng.normal(size=(N, C, R, S))


def kernels(rng, C, k):
    """Return a kernel for each channel, no two weights of which are alike."""
    return rng.permutation(np.linspace(0.3, 2.5, C * k * k)).reshape(C, k, k) * rng.choice([-1, 1], (C, k, k))


# What is right


def seen_by(i, j, u, v, d, R, S):
    return (i + d * u) % R, (j + d * v) % S


def right_ring(X, K, d):
    (R, S), Z = X.shape[2:], np.zeros(X.shape)
    for i, j in np.ndindex(R, S):
        for u, v in np.ndindex(K.shape[1:]):
            r, s = seen_by(i, j, u, v, d, R, S)
            Z[:, :, i, j] += X[:, :, r, s] * K[:, u, v]
    return Z


def right_back(dZ, X, K, d):
    (R, S), dX, dK = X.shape[2:], np.zeros(X.shape), np.zeros(K.shape)
    for i, j in np.ndindex(R, S):
        for u, v in np.ndindex(K.shape[1:]):
            r, s = seen_by(i, j, u, v, d, R, S)
            dX[:, :, r, s] += dZ[:, :, i, j] * K[:, u, v]
            dK[:, u, v] += (dZ[:, :, i, j] * X[:, :, r, s]).sum(axis=0)
    return dX, dK


def close(got, expected, what):
    """Eleven digits of the largest number: in which order a sum is added is up to the student."""
    agree(got, expected, what, rtol=1e-11, atol=1e-11 * np.abs(expected).max())


# 1 · A convolution on a ring


def compare_ring(student, rng, N, C, R, S, k, d, inside=False):
    X, K = pictures(rng, N, C, R, S)[0], kernels(rng, C, k)
    what = f"X {X.shape}, K {K.shape}, d = {d}"
    got, right = shaped(student.ring(X, K, d), X.shape, what), right_ring(X, K, d)
    if inside:  # the outputs whose windows end before the picture does
        rows, columns = R - d * (k - 1), S - d * (k - 1)
        got, right = got[:, :, :rows, :columns], right[:, :, :rows, :columns]
    close(got, right, what)


@check("ring", points=2)
def ring_inside(student, rng):
    """Where a window lies within the picture, the output is the sum of its pixels times the kernel of its channel."""
    for N, C, R, S, k in ((1, 1, 5, 5, 2), (2, 3, 5, 7, 3), (3, 2, 6, 4, 2)):
        compare_ring(student, rng, N, C, R, S, k, 1, inside=True)


@check("ring", points=2)
def ring_around(student, rng):
    """Behind the last row and column a window goes on with the first ones."""
    for N, C, R, S, k in ((1, 1, 4, 4, 2), (2, 2, 3, 5, 3), (2, 3, 6, 4, 3)):
        compare_ring(student, rng, N, C, R, S, k, 1)


@check("ring", points=1)
def ring_dilated(student, rng):
    """The pixels of a window lie d apart."""
    for R, S, k, d in ((7, 8, 3, 2), (8, 9, 3, 3), (6, 7, 2, 4)):
        compare_ring(student, rng, 2, 2, R, S, k, d, inside=True)


@check("ring", points=1)
def ring_winds(student, rng):
    """A window that is larger than the picture goes round more than once, and each of its weights counts."""
    for R, S, k, d in ((2, 3, 3, 2), (1, 4, 3, 1), (4, 6, 3, 7), (3, 2, 5, 1)):
        compare_ring(student, rng, 2, 2, R, S, k, d)


@check("ring", points=1)
def ring_leaves_what_it_is_given(student, rng):
    """The pictures and kernels stay as they are, and the answer depends on both, in the shape of the pictures."""
    (X, other), K = pictures(rng, 2, 3, 4, 5), kernels(rng, 3, 3)
    seen = [shaped(untouched(student.ring, *given, 1), X.shape, "ring") for given in ((X, K), (other, K), (X, K + 1))]
    assert all(np.abs(seen[0] - later).max() > 1e-3 for later in seen[1:]), "other pictures or kernels: the same answer"


# 2 · Back around the ring


# As many numbers as a batch of the training has. The layer is linear, so a finite difference with a long step is right;
# here, with a nudge for each number, it takes minutes. What goes over all places in loops takes a second. A function
# that took too long twice is not called again, so the tests behind the first few need no batch.
BATCH = 56, 42, 4, 5


def compare_back(student, rng, parts, N, C, R, S, k, d):
    (X, dZ), K = pictures(rng, N, C, R, S), kernels(rng, C, k)
    X, K = 1e6 * X, 1e6 * K  # a small step is lost in these, so that a finite difference with one is far off
    got = several(student.ring_backward(dZ, X, K, d), 2, "ring_backward")
    right = dict(zip(("dX", "dK"), zip(got, right_back(dZ, X, K, d), strict=True), strict=True))
    for name in parts:
        value, expected = right[name]
        what = f"{name} for X {X.shape}, K {K.shape}, d = {d}"
        close(shaped(value, expected.shape, what), expected, what)


@check("ring_backward", points=1)
def back_leaves_what_it_is_given(student, rng):
    """What it is given stays as it is, and the pair has the shapes of the pictures and of the kernels."""
    (X, dZ), K = pictures(rng, 2, 3, 4, 5), kernels(rng, 3, 2)
    got = several(untouched(student.ring_backward, dZ, X, K, 1), 2, "ring_backward")
    for value, like, name in zip(got, (X, K), ("dX", "dK"), strict=True):
        assert shaped(value, like.shape, name).any(), f"{name} is 0 everywhere"


@check("ring_backward", points=1)
def back_to_one_kernel(student, rng):
    """For one picture of one channel, `dK` sums over all places at which a weight was used."""
    for R, S, k in ((4, 5, 2), (6, 3, 3)):
        compare_back(student, rng, ["dK"], 1, 1, R, S, k, 1)
    (X, dZ), K = pictures(rng, *BATCH), kernels(rng, BATCH[1], 3)
    student.ring_backward(dZ, X, K, 1)  # what comes is compared in the tests of several channels, how soon here too


@check("ring_backward", points=1)
def back_to_the_kernels(student, rng):
    """For several pictures and channels, `dK` sums over the pictures, and each channel has its own."""
    for N, C, R, S, k in ((3, 2, 4, 5, 2), (2, 3, 5, 4, 3), (*BATCH, 3)):
        compare_back(student, rng, ["dK"], N, C, R, S, k, 1)


@check("ring_backward", points=2)
def back_to_the_pictures(student, rng):
    """Without a dilation, each pixel gets back from the outputs that saw it, with the weights that they saw it with."""
    for N, C, R, S, k in ((1, 1, 4, 5, 2), (2, 3, 5, 4, 3), (*BATCH, 3)):
        compare_back(student, rng, ["dX"], N, C, R, S, k, 1)


@check("ring_backward", points=1)
def back_to_far_kernels(student, rng):
    """With a dilation, `dK` takes the pixels that the weights lay on."""
    for R, S, k, d in ((5, 7, 3, 2), (8, 6, 2, 3)):
        compare_back(student, rng, ["dK"], 2, 2, R, S, k, d)


@check("ring_backward", points=1)
def back_to_far_pictures(student, rng):
    """With a dilation, a pixel gets back from outputs that lie d apart."""
    for R, S, k, d in ((5, 7, 3, 2), (8, 6, 2, 3)):
        compare_back(student, rng, ["dX"], 2, 2, R, S, k, d)


@check("ring_backward", points=1)
def back_from_winding(student, rng):
    """Where a window goes round more than once, every weight that lay on a pixel sends something back."""
    for R, S, k, d in ((2, 3, 3, 2), (1, 4, 3, 1), (4, 6, 3, 7)):
        compare_back(student, rng, ["dX", "dK"], 2, 2, R, S, k, d)


# 3 · What goes along with a shift


def compare_kept(student, rng, R, S, layer, kept, what, ink=None):
    """kept is a rule: of rows down and columns to the right, whether this shift is kept. Outside of the ink, if there
    is one, the pictures are 0.
    """
    X = rng.normal(size=(2, 3, R, S)) if ink is None else rng.uniform(1, 2, (2, 3, R, S)) * ink
    table = numbers(student.shifts_kept(layer, X), what)
    assert table.shape == (R, S), f"{what}: expected a table of shape {(R, S)}, got {table.shape}"
    assert set(np.unique(table)) <= {0, 1}, f"{what}: expected True and False, got other numbers"
    right = np.array([[kept(a, b) for b in range(S)] for a in range(R)])
    wrong = np.argwhere(table.astype(bool) != right)
    if len(wrong):
        a, b = wrong[0].tolist()
        raise AssertionError(f"{what}, {R} by {S}: the shift ({a}, {b}) is {'' if right[a, b] else 'not '}kept")


def always(a, b):
    return True


def never(a, b):
    return a == b == 0


def alone(shape, *place):
    """Return an array with a 1 at one place."""
    array = np.zeros(shape)
    array[place] = 1
    return array


@check("shifts_kept", points=2)
def all_or_none(student, rng):
    """A layer that is the same everywhere keeps all shifts; one with weights for each place none but (0, 0)."""
    for R, S in ((4, 5), (3, 6)):
        window = Given("windows", rng.normal(size=(2, 2)))
        compare_kept(student, rng, R, S, window, always, "the same window everywhere")
        compare_kept(student, rng, R, S, Given("at_places", rng.normal(size=(R, S))), never, "a weight for each place")
        compare_kept(student, rng, R, S, Given("largest_channel"), always, "the largest channel, (N, 1, R, S)")


@check("shifts_kept", points=2)
def some_shifts(student, rng):
    """A layer may keep the shifts of one direction alone, every other one, or those that keep ink out of one column."""
    for R, S in ((4, 6), (6, 4)):
        rows, columns = rng.normal(size=(R, 1)), rng.normal(size=(1, S))
        compare_kept(student, rng, R, S, Given("at_places", rows), lambda a, b: a == 0, "a weight for each row")
        compare_kept(student, rng, R, S, Given("at_places", columns), lambda a, b: b == 0, "a weight for each column")
        compare_kept(student, rng, R, S, Given("blocks", 1, 2, False), lambda a, b: b % 2 == 0, "blocks of 1 by 2")
    compare_kept(student, rng, 6, 4, Given("blocks", 3, 2, False), lambda a, b: a % 3 == b % 2 == 0, "blocks of 3 by 2")
    last, ink = 1.0 + (np.arange(6) == 5), np.arange(6) < 2
    what = "ink in the first two columns, and the last one doubled"
    compare_kept(student, rng, 4, 6, Given("at_places", last), lambda a, b: b < 4, what, ink)


@check("shifts_kept", points=1)
def rows_stay(student, rng):
    """Where a layer returns rows, (N, F), a shift is kept if they stay."""
    for R, S in ((4, 5), (3, 3)):
        compare_kept(student, rng, R, S, Given("blocks", R, S, True), always, "the largest of all places")
        compare_kept(student, rng, R, S, Given("total", rng.normal(size=(R, S))), never, "a weighted sum of all places")
    compare_kept(
        student, rng, 4, 3, Given("blocks", 2, 1, True), lambda a, b: a % 2 == 0, "the smallest of blocks of 2 by 1"
    )
    first = alone((4, 5), 0, 0)  # moved away from it, the sum becomes smaller and nowhere larger
    compare_kept(student, rng, 4, 5, Given("total", first), never, "ink at (0, 0), the pixel that is read", first)


@check("shifts_kept", points=1)
def last_digits_are_forgiven(student, rng):
    """A difference in the last digits of a sum is forgiven; one of 1e-7 is not, nor one that others make up for."""
    compare_kept(student, rng, 5, 6, Given("one_after_the_other"), always, "less the sum, added in another order")
    near = 1 + 1e-7 * rng.permutation(np.arange(30)).reshape(5, 6)
    compare_kept(student, rng, 5, 6, Given("at_places", near), never, "weights that differ by 1e-7")
    places = rng.normal(size=(4, 5))
    compare_kept(student, rng, 4, 5, Given("plus", places), never, "a number added at each place, alike in sum")
    ink = alone((2, 3, 1, 1), 1, 2)
    compare_kept(student, rng, 4, 5, Given("at_places", places), never, "ink in a single picture and channel", ink)


# 4 · What an output sees


def right_seen(layers):
    """From the last layer down: which outputs of the one below it needs."""
    needed = {0}
    for k, d, stride in reversed(layers):
        needed = {stride * i + d * u for i in needed for u in range(k)}
    return sorted(needed)


def compare_seen(student, layers):
    got = student.seen(layers)
    assert isinstance(got, tuple | list | np.ndarray), f"{layers}: expected a list, got {type(got).__name__}"
    found, right = numbers(list(got), f"{layers}"), right_seen(layers)
    assert found.ndim == 1 and found.tolist() == right, f"{layers}: expected {right}, got {found.tolist()}"


def draw(rng, low, high):
    return int(rng.integers(low, high + 1))


@check("seen", points=1)
def seen_near(student, rng):
    """Layers without dilation and stride, one on the other."""
    for count in (1, 2, 3):
        compare_seen(student, [(draw(rng, 2, 5), 1, 1) for _ in range(count)])


@check("seen", points=1)
def seen_with_holes(student, rng):
    """Dilated layers: between the pixels that are seen there may be others that are not."""
    compare_seen(student, [(draw(rng, 2, 4), draw(rng, 2, 6), 1)])
    compare_seen(student, [(2, draw(rng, 5, 9), 1), (3, 1, 1)])
    compare_seen(student, [(3, 1, 1), (2, draw(rng, 5, 9), 1), (2, 2, 1)])


@check("seen", points=1)
def seen_with_strides(student, rng):
    """Behind a stride the windows of the layers above reach farther."""
    for above in (1, 2):
        compare_seen(student, [(3, 1, draw(rng, 2, 5)), (draw(rng, 2, 4), above, 1)])
    compare_seen(student, [(2, 1, 2), (3, 2, draw(rng, 2, 3)), (2, draw(rng, 1, 3), 2)])


@check("seen", points=1)
def seen_by_none(student, rng):
    """With no layers, or with windows of a single pixel, output 0 depends on pixel 0 alone."""
    compare_seen(student, [])
    compare_seen(student, [(1, draw(rng, 1, 4), draw(rng, 2, 4))])
    compare_seen(student, [(1, 1, draw(rng, 2, 4)), (1, draw(rng, 2, 4), 1)])


def pixels_of_design(student):
    dilations = several(student.design(), 3, "design")
    right = all(type(d) is int and 1 <= d <= 1000 for d in dilations)
    assert right, f"expected three whole numbers from 1 on, got {dilations}"
    pixels = right_seen([(3, d, 1) for d in dilations])
    holes = pixels[-1] + 1 - len(pixels)
    assert not holes, f"with the dilations {dilations} there are {holes} holes"
    return len(pixels)


@check("design", points=1)
def design_sees_farther(student, rng):
    """Your three dilations leave no hole, and an output sees more than 7 pixels in a row."""
    count = pixels_of_design(student)
    assert count > 7, f"expected more than 7 pixels in a row, got {count}"


@check("design", points=2)
def design_sees_farthest(student, rng):
    """With your three dilations an output sees as many pixels in a row as can be."""
    count = pixels_of_design(student)
    assert count == 27, f"an output sees {count} pixels in a row: with other dilations it sees more"


# 5 · The price


def counted(student, rng):
    """Yield what `costs` counts for some sizes, and what is right."""
    for _ in range(4):
        C, F, k, R, S = (draw(rng, *bounds) for bounds in ((2, 9), (2, 9), (2, 5), (3, 9), (3, 9)))
        what = f"C = {C}, F = {F}, k = {k}, R = {R}, S = {S}"
        got = numbers(several(student.costs(C, F, k, R, S), 4, what), what)
        assert got.shape == (4,), f"{what}: expected four numbers, got shape {got.shape}"
        full, apart = F * C * k * k, C * k * k + F * C
        yield got, (full + F, full * R * S, apart + F, apart * R * S), what


@check("costs", points=1)
def costs_of_full(student, rng):
    """The parameters and the products of the full layer."""
    for got, right, what in counted(student, rng):
        assert tuple(got[:2]) == right[:2], f"full, {what}: expected {right[:2]}, got {got[:2].tolist()}"


@check("costs", points=1)
def parameters_of_separable(student, rng):
    """The parameters of the separable layer: the ring layer's and the mix's."""
    for got, right, what in counted(student, rng):
        assert got[2] == right[2], f"separable, {what}: expected {right[2]} parameters, got {got[2]}"


@check("costs", points=1)
def products_of_separable(student, rng):
    """The products of the separable layer: of its two parts, at every place."""
    for got, right, what in counted(student, rng):
        assert got[3] == right[3], f"separable, {what}: expected {right[3]} products, got {got[3]}"


# 6 · One number for all places


def soft(A, beta):
    """The formula, shifted, also for complex numbers."""
    top = A.real.max(axis=(2, 3), keepdims=True)
    mean = np.exp(beta * (A - top)).sum(axis=(2, 3)) / (A.shape[2] * A.shape[3])
    return top[:, :, 0, 0] + np.log(mean) / beta


def large(rng, N, C, R, S):
    """Return numbers near 1000 in some channels and near -1000 in the others, one of which has one near 1000 too."""
    signs = rng.permuted(np.where(np.arange(C) % 2, 1, -1))
    signs = np.tile(signs[:, None, None], (N, 1, R, S))
    signs[0, signs[0, :, 0, 0].argmin(), R // 2, S // 2] = 1
    return rng.normal(size=(N, C, R, S)) + 1000.0 * signs


@check("soft_pool", points=2)
def pool_of_some_numbers(student, rng):
    """The formula, for several sizes and several beta."""
    for N, C, R, S in ((1, 1, 2, 2), (2, 3, 4, 5), (3, 2, 1, 6)):
        A, beta = rng.normal(size=(N, C, R, S)), rng.uniform(0.4, 3)
        what = f"A {A.shape}, beta = {beta:.2f}"
        close(shaped(student.soft_pool(A, beta), (N, C), what), soft(A, beta), what)


@check("soft_pool", points=1)
def pool_of_large_numbers(student, rng):
    """Numbers near 1000 and near -1000, in one batch and in one channel."""
    for beta in (rng.uniform(0.8, 1), rng.uniform(3, 5)):
        A = large(rng, 2, 4, 3, 4)
        what = f"numbers of 1000 and -1000, beta = {beta:.2f}"
        agree(shaped(student.soft_pool(A, beta), (2, 4), what), soft(A, beta), what, rtol=1e-9)


@check("soft_pool", points=1)
def pool_leaves_what_it_is_given(student, rng):
    """What it is given stays as it is; a channel of equal numbers comes out as this number; beta matters."""
    A, level = rng.normal(size=(2, 3, 4, 5)), rng.uniform(1, 2)
    low, high = (shaped(untouched(student.soft_pool, A, beta), (2, 3), "soft_pool") for beta in (0.5, 3.0))
    assert (high - low > 1e-3).all(), "a larger beta comes nearer to the largest number: P should rise"
    equal = shaped(student.soft_pool(np.full((1, 2, 3, 3), level), 2.0), (1, 2), "equal numbers")
    close(equal, np.full((1, 2), level), "equal numbers")


def exact_pool_gradient(dP, A, beta):
    return exact_gradient(lambda a: (soft(a, beta) * dP).sum(), A)


@check("soft_pool_backward", points=2)
def back_to_all_places(student, rng):
    """The gradient of the pooling, for several sizes and several beta."""
    for N, C, R, S in ((1, 1, 2, 2), (2, 3, 4, 5), (3, 2, 1, 6)):
        A, dP, beta = rng.normal(size=(N, C, R, S)), rng.normal(size=(N, C)), rng.uniform(1.5, 3)
        A = A + rng.choice([-100, 100], C)[:, None, None]  # too much for a finite difference, not for an exponential
        what = f"dA for A {A.shape}, beta = {beta:.2f}"
        got = shaped(student.soft_pool_backward(dP, A, beta), A.shape, what)
        close(got, exact_pool_gradient(dP, A, beta), what)


@check("soft_pool_backward", points=1)
def back_to_large_numbers(student, rng):
    """The gradient where numbers are near 1000 and near -1000, in one batch and in one channel."""
    for beta in (rng.uniform(0.8, 0.95), rng.uniform(3, 5)):
        A, dP = large(rng, 2, 4, 3, 4), rng.normal(size=(2, 4))
        what = f"dA for numbers of 1000 and -1000, beta = {beta:.2f}"
        got = shaped(student.soft_pool_backward(dP, A, beta), A.shape, what)
        agree(got, exact_pool_gradient(dP, A, beta), what, rtol=1e-9, atol=1e-11)


@check("soft_pool_backward", points=1)
def pool_back_leaves_what_it_is_given(student, rng):
    """What it is given stays as it is, and what comes back to a channel adds up to what came in."""
    A, dP = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3))
    dA = shaped(untouched(student.soft_pool_backward, dP, A, 2.0), A.shape, "dA")
    agree(dA.sum(axis=(2, 3)), dP, "the sum of dA over the places", rtol=1e-6)
    assert np.ptp(dA, axis=(2, 3)).min() > 1e-6, "all places of a channel get the same, whatever their numbers are"


# 7 · A reader that forgets places


@check("prediction", points=1)
def readers_predicted(student, rng):
    """You wrote down three percentages before you measured. Any three count."""
    guess = several(student.prediction(), 3, "your prediction")
    right = all(isinstance(g, int | float) and 0 <= g <= 100 for g in guess)
    assert right and max(guess) > 1, "expected three numbers in percent, from 0 to 100"
