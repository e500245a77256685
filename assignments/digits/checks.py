"""The tests of assignment 1, digits and shapes."""

import numpy as np

from assignments.checks import check, flat, keeps, several, shaped
from nnlib.exercise import agree, exact_gradient

# Where no nudge could pass for an answer: six digits tell each wrong formula, and neither float32 nor a small epsilon
# against 0/0 is one.
FORWARD = 1e-6

# jumps: pictures in which one thing at a time can go wrong


def rising(rng, N):
    """Pictures that nowhere grow lighter, from the first of the 784 pixels to the last, and nowhere change from the end
    of a row to the start of the next.
    """
    darkest = rng.integers(15, 37, (N, 1))  # another for each picture; in steps of 7, as one of 1 wraps round to 255
    X = 7 * np.floor(darkest * np.sort(rng.random((N, 784)), axis=1)).reshape(N, 28, 28)
    return joined(X)


def scribbles(rng, N):
    """Pictures that grow darker and lighter, by up to 255 at a step, and do not change between two rows."""
    return joined(rng.integers(0, 256, (N, 28, 28)))


def joined(X):
    """Rows of pixels, as bytes, in which the end of a picture's row is as dark as the start of the next."""
    X[:, 1:, 0] = X[:, :-1, -1]
    return X.reshape(len(X), 784).astype(np.uint8)


def by_pixel(X):
    """The jumps of each picture, over 255, pixel by pixel in whole numbers of Python."""
    sums = []
    for picture in X.reshape(-1, 28, 28).tolist():
        sums.append(sum(abs(row[c + 1] - row[c]) for row in picture for c in range(27)))
    return np.array(sums) / 255


def in_any_unit(got, X, what):
    """Assert the jumps of pictures, scaled or not: another test asks for the unit."""
    got, expected = flat(got, len(X), what), by_pixel(X)
    unit = 255 if got.max() > 5 * expected.max() else 1
    agree(got, unit * expected, what, rtol=1e-6)


@check("jumps", points=2)
def jumps_of_rising_pictures(student, rng):
    """Pictures that grow darker from pixel to pixel have the right jumps, in units of full ink."""
    for N in (1, 4):
        X = rising(rng, N)
        agree(flat(student.jumps(X), N, "the jumps"), by_pixel(X), f"rising pictures, N = {N}: the jumps", rtol=1e-6)


@check("jumps", points=2)
def jumps_downwards(student, rng):
    """A step from dark to light counts as much as one from light to dark, also where a row has both."""
    X = rising(rng, 4)[:, ::-1].copy()
    in_any_unit(student.jumps(X), X, "pictures that grow lighter from pixel to pixel")
    X = scribbles(rng, 4)
    in_any_unit(student.jumps(X), X, "pictures that grow darker and lighter in each row")


@check("jumps", points=2)
def jumps_at_row_ends(student, rng):
    """The jumps of each row are its own: a row's last pixel and the next one's first are no neighbours."""
    X = rng.integers(0, 256, (5, 28, 28))  # 64 bits: nothing can wrap round
    X[:, :, 0], X[:, :, -1] = 0, 255
    X = X.reshape(5, 784)
    in_any_unit(student.jumps(X), X, "pictures whose rows begin light, go up and down, and end dark")


@check("jumps", points=1)
def jumps_have_a_shape(student, rng):
    """One number comes back for each picture, in the shape (N,), for one picture too."""
    for N in (3, 1):
        X = rng.integers(0, 256, (N, 784)).astype(np.uint8)
        got = shaped(student.jumps(X), (N,), f"the jumps, N = {N}")
        assert N == 1 or np.ptp(got) > 0, "expected different jumps for different pictures of random pixels"


@check("jumps", points=1)
def jumps_leave_the_pictures(student, rng):
    """The pictures are left as they were."""
    X = rng.integers(0, 200, (2, 784)).astype(np.uint8)
    keeps(student.jumps, [X], [X // 2])


# class_means


def pictures(rng, counts, D):
    """Rows of numbers with whole thousandths, so many of each class, in no order, and their labels."""
    labels = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    X = rng.integers(0, 1000, (len(labels), D)) / 1000 + 0.3 * labels[:, None]
    return X, labels


def means_by_row(X, labels, K):
    sums, counts = np.zeros((K, X.shape[1])), np.zeros(K, int)
    for x, k in zip(X.astype(float), labels, strict=True):
        sums[k] += x
        counts[k] += 1
    return sums / np.maximum(counts, 1)[:, None], counts


def means_and_counts(got):
    return several(got, 2, "the means and the counts")


@check("class_means", points=2)
def means_of_every_class(student, rng):
    """Each row of the means is the mean of the pictures of its class."""
    for counts, D in (([4, 1, 7], 5), ([2, 3, 1, 6], 4), ([3], 6)):
        K = len(counts)
        X, labels = pictures(rng, counts, D)
        means, _ = means_and_counts(student.class_means(X, labels, K))
        means = shaped(means, (K, D), "the means")
        agree(means, means_by_row(X, labels, K)[0], f"the means of {K} classes", rtol=FORWARD)


@check("class_means", points=1)
def counts_of_every_class(student, rng):
    """The counts say how many pictures each class has, 0 for a class without."""
    counts = [*rng.integers(1, 9, 2).tolist(), int(rng.integers(260, 300)), 0]  # more than a byte can count
    X, labels = pictures(rng, counts, 6)
    _, got = means_and_counts(student.class_means(X, labels, 4))
    agree(shaped(got, (4,), "the counts"), counts, "the counts")


@check("class_means", points=2)
def a_class_without_pictures(student, rng):
    """A class without pictures has a row of zeros, and the others have their means all the same."""
    for counts in ([3, 0, 2, 0], [0, 1, 0]):
        K = len(counts)
        X, labels = pictures(rng, counts, 7)
        means, _ = means_and_counts(student.class_means(X, labels, K))
        means = shaped(means, (K, 7), "the means")
        assert not np.isnan(means).any(), "the means hold nan: what is 0 divided by 0?"
        agree(means, means_by_row(X, labels, K)[0], f"the means of classes with {counts} pictures", rtol=FORWARD)


@check("class_means", points=1)
def means_of_bytes(student, rng):
    """Pictures of bytes, with labels that are bytes too, give the means that their numbers have; so do short floats."""
    labels = np.arange(40).astype(np.uint8) % 3
    for dtype in (np.uint8, np.float32):
        X = rng.integers(100, 256, (40, 9)).astype(dtype)
        means, _ = means_and_counts(student.class_means(X, labels, 3))
        means = shaped(means, (3, 9), "the means")
        agree(means, means_by_row(X, labels, 3)[0], f"the means of {np.dtype(dtype).name}", rtol=1e-5)


@check("class_means", points=1)
def means_leave_the_pictures(student, rng):
    """The pictures and the labels are left as they were."""
    X, labels = pictures(rng, [3, 2], 4)
    keeps(student.class_means, [X, labels, 2], [2 * X, labels, 2])


# leave_one_out


def without(X, labels, K):
    """The squared distances, each to a mean that is made anew, without the picture."""
    D = np.full((len(X), K), np.inf)
    for n in range(len(X)):
        for k in range(K):
            others = [m for m in range(len(X)) if labels[m] == k and m != n]
            if others:
                D[n, k] = ((X[n] - X[others].mean(axis=0)) ** 2).sum()
    return D


def distances(student, X, labels, K):
    means, counts = means_by_row(X, labels, K)
    return shaped(student.leave_one_out(X, labels, means, counts), (len(X), K), "the squared distances")


def close(got, expected, what):
    agree(got, expected, what, rtol=FORWARD, atol=1e-6 * np.abs(expected[np.isfinite(expected)]).max(initial=1))


@check("leave_one_out", points=2)
def distances_to_other_classes(student, rng):
    """The distance to the mean of another class is the plain one."""
    for counts, D in (([3, 5, 2], 6), ([4, 4, 4, 4], 4)):
        X, labels = pictures(rng, counts, D)
        other = np.arange(len(counts)) != labels[:, None]
        got = distances(student, X, labels, len(counts))
        close(got[other], without(X, labels, len(counts))[other], "the squared distances to other classes")


@check("leave_one_out", points=4)
def distances_to_the_own_class(student, rng):
    """The distance to the mean of the own class is that to the mean of the others of this class."""
    for counts, D in (([2, 5, 3], 6), ([6, 2], 9)):
        X, labels = pictures(rng, counts, D)
        own = np.arange(len(counts)) == labels[:, None]
        got = distances(student, X, labels, len(counts))
        close(got[own], without(X, labels, len(counts))[own], "the squared distances to the own class")


@check("leave_one_out", points=1)
def the_only_picture_of_a_class(student, rng):
    """The only picture of its class has no mean to compare with: its distance there is infinite."""
    counts = [4, 1, 3]
    X, labels = pictures(rng, counts, 5)
    got = distances(student, X, labels, 3)
    alone = got[labels == 1, 1][0]
    assert alone == np.inf, f"expected inf for the only picture of its class, got {alone}"
    assert np.isfinite(got).sum() == got.size - 1, "expected every other distance to be finite"


@check("leave_one_out", points=1)
def distances_to_a_class_without_pictures(student, rng):
    """The distance to a class that has no pictures at all is infinite."""
    X, labels = pictures(rng, [3, 0, 4], 5)
    got = distances(student, X, labels, 3)
    assert (got[:, 1] == np.inf).all(), f"expected inf for a class without pictures, got {got[0, 1]}"
    assert np.isfinite(got[:, [0, 2]]).all(), "expected finite distances to the other classes"


@check("leave_one_out", points=1)
def leave_one_out_leaves_the_pictures(student, rng):
    """The pictures and the labels are left as they were, and those that are bytes are measured as numbers."""
    X = rng.integers(0, 256, (7, 6)).astype(np.uint8)
    labels = np.array([0, 1, 0, 1, 0, 1, 1])
    means, counts = means_by_row(X, labels, 2)
    keeps(student.leave_one_out, [X, labels, means, counts], [X // 2, labels, means, counts])
    given, expected = (student.leave_one_out(pictures, labels, means, counts) for pictures in (X, X.astype(float)))
    expected = shaped(expected, (7, 2), "the squared distances")
    agree(shaped(given, (7, 2), "the squared distances"), expected, "the squared distances of bytes")


# weighted_layer


def layer(student, means, s):
    W, b = several(student.weighted_layer(means, s), 2, "W and b")
    K, D = means.shape
    return shaped(W, (D, K), "W"), flat(b, K, "b")


def means_and_points(rng, K, D):
    """Means of different lengths, and pictures about half-way between two of them."""
    means = rng.normal(size=(K, D)) * rng.uniform(0.3, 2, (K, 1))
    ends = rng.integers(0, K, (2, 400))
    return means, means[ends].mean(axis=0) + 0.2 * rng.normal(size=(400, D))


def weighted(X, means, s):
    return np.stack([[(s * (x - m) ** 2).sum() for m in means] for x in X])


@check("weighted_layer", points=1)
def the_layer_of_equal_weights(student, rng):
    """With all weights equal, the largest score is that of the nearest mean."""
    for K, D, size in ((3, 5, 1.0), (4, 4, 2.5)):
        means, X = means_and_points(rng, K, D)
        s = np.full(D, size)
        W, b = layer(student, means, s)
        right = ((X @ W + b).argmax(axis=1) == weighted(X, means, s).argmin(axis=1)).mean()
        assert right == 1, f"expected the nearest mean for every picture, got it for {right:.0%} of them"


@check("weighted_layer", points=2)
def the_layer_of_any_weights(student, rng):
    """With any weights, the largest score is that of the mean with the smallest weighted distance."""
    for K, D in ((3, 6), (5, 5)):
        means, X = means_and_points(rng, K, D)
        s = rng.uniform(0, 3, D)
        W, b = layer(student, means, s)
        right = ((X @ W + b).argmax(axis=1) == weighted(X, means, s).argmin(axis=1)).mean()
        assert right == 1, f"expected the smallest distance for every picture, got it for {right:.0%} of them"


@check("weighted_layer", points=2)
def the_size_of_the_scores(student, rng):
    """Two scores differ by half of what the two weighted squared distances differ by."""
    means, X = means_and_points(rng, 4, 5)
    s = rng.uniform(0.1, 3, 5)
    W, b = layer(student, means, s)
    Z, D = X @ W + b, weighted(X, means, s)
    agree(Z[:, 1:] - Z[:, :1], -(D[:, 1:] - D[:, :1]) / 2, "differences of scores", rtol=FORWARD, atol=1e-5)


@check("weighted_layer", points=1)
def the_shapes_of_the_layer(student, rng):
    """W has the shape (D, K) and b the shape (K,), for one class and for one pixel too."""
    for K, D in ((3, 7), (1, 4), (2, 1)):
        means, s = rng.normal(size=(K, D)), rng.uniform(0.5, 2, D)
        W, b = several(student.weighted_layer(means, s), 2, "W and b")
        shaped(b, (K,), "b")
        depends = np.ptp(shaped(W, (D, K), "W")) > 0
        assert K == 1 or depends, "expected a W that depends on the means"  # one class leads by nothing: 0 is right too


@check("weighted_layer", points=1)
def the_layer_leaves_the_means(student, rng):
    """The means and the weights are left as they were."""
    means, s = rng.normal(size=(3, 5)), rng.uniform(0.5, 2, 5)
    keeps(student.weighted_layer, [means, s], [means, 2 * s])


# distance_backward
#
# The scores are squares, so a difference with a long step is exact, and one with a short step right to ten digits where
# the numbers are about 1. So the pictures are of grey levels, in which a short step is lost, and each test has a case
# as large as a batch of the training: nudges, one for each number, take a minute there, and loops over all two seconds.
LARGE = (100, 10, 784)


def by_differences(dZ, X, M):
    """dX and dM, from all differences between a picture and a mean."""
    pulls = dZ[:, :, None] * (X[:, None] - M)  # (N, K, D)
    return -pulls.sum(axis=1), pulls.sum(axis=0)


def by_nudges(dZ, X, M):
    """dX and dM, by imaginary nudges of the sum of dZ times the scores, a picture and a mean at a time."""

    def loss(X, M):
        return sum(dZ[n, k] * -0.5 * ((x - m) ** 2).sum() for n, x in enumerate(X) for k, m in enumerate(M) if dZ[n, k])

    return exact_gradient(lambda X: loss(X, M), X), exact_gradient(lambda M: loss(X, M), M)


def problem(rng, N, K, D, balanced=False):
    dZ, X, M = rng.normal(size=(N, K)), rng.uniform(0, 255, (N, D)), rng.uniform(0, 255, (K, D))
    return dZ - balanced * dZ.mean(axis=1, keepdims=True), X, M


def gradient(student, problem, which):
    got = several(student.distance_backward(*problem), 2, "dX and dM")[which]
    name, like = ("dX", problem[1]) if which == 0 else ("dM", problem[2])
    expected = (by_nudges if like.size < 100 else by_differences)(*problem)[which]
    agree(shaped(got, like.shape, name), expected, name, rtol=1e-9, atol=1e-9)


@check("distance_backward", points=2)
def gradient_of_the_pictures_behind_a_softmax(student, rng):
    """The gradient dX is right where each row of dZ sums to 0, as behind a softmax it does."""
    for N, K, D in ((1, 3, 4), (5, 2, 6), (4, 4, 4), LARGE):
        gradient(student, problem(rng, N, K, D, balanced=True), 0)


@check("distance_backward", points=2)
def gradient_of_the_pictures(student, rng):
    """The gradient dX is right for any dZ."""
    for N, K, D in ((1, 3, 4), (5, 2, 6), (4, 4, 4), LARGE):
        gradient(student, problem(rng, N, K, D), 0)


@check("distance_backward", points=2)
def gradient_of_the_means_for_one_picture(student, rng):
    """The gradient dM is right for a single picture."""
    for K, D in ((3, 4), (2, 2), (300, 784)):
        gradient(student, problem(rng, 1, K, D), 1)


@check("distance_backward", points=2)
def gradient_of_the_means_for_a_batch(student, rng):
    """The gradient dM is right for a batch, in which every picture adds to it."""
    for N, K, D in ((5, 3, 4), (3, 3, 3), (2, 1, 5), LARGE):
        gradient(student, problem(rng, N, K, D), 1)


@check("distance_backward", points=1)
def the_backward_pass_leaves_its_arguments(student, rng):
    """What comes in, dZ, X and M, is left as it was, and pictures of whole numbers count as numbers."""
    dZ, X, M = problem(rng, 3, 2, 4)
    keeps(student.distance_backward, [dZ, X, M], [2 * dZ, X, M])
    whole = rng.integers(-9, 10, X.shape)
    given, expected = (student.distance_backward(dZ, pictures, M) for pictures in (whole, whole.astype(float)))
    for name, got, right in zip(("dX", "dM"), several(given, 2, "dX and dM"), expected, strict=True):
        agree(shaped(got, np.shape(right), name), np.asarray(right), f"{name} for whole numbers")


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
