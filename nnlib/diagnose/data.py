"""Probes of the data alone: no network is asked."""

import numpy as np


def numbers(case):
    """Every input is a number. One that is none makes every loss none."""
    wrong = sum(int(np.count_nonzero(~np.isfinite(X))) for X in (case.X, case.X_test) if X is not None)
    return wrong, "0", f"{wrong:,} inputs are nan or infinite" if wrong else ""


def label_range(case):
    """Labels are whole numbers from 0 to K − 1. Others would count from the end, or name no class."""
    sets = [y for y in (case.y, case.y_test) if y is not None]
    low, high = min(y.min() for y in sets), max(y.max() for y in sets)
    fits = low >= 0 and high < case.K and all(np.array_equal(y, y.astype(int)) for y in sets)
    words = f"labels lie between {low} and {high}: expected whole numbers from 0 to {case.K - 1}"
    return f"{low} to {high}", f"0 to {case.K - 1}", "" if fits else words


def enough(case):
    """At least fifty examples a class: fewer are learned by heart."""
    few = case.N < 50 * case.K
    words = f"too few examples, {case.N} for {case.K} classes: they will be learned by heart"
    return case.N, f">= {50 * case.K}", words if few else ""


def input_scale(case):
    """The standard deviation of all inputs is about 1 or somewhat less, .3 for pixels from 0 to 1. That of pixels from
    0 to 255 is 79, of pixels divided by 255 twice .001.
    """
    std = float(case.rows(1000)[0].astype(float).std())
    words = ""
    if std > 5:
        words = "the inputs are not scaled: pixels from 0 to 255 are to be divided by 255"
    elif std < 0.03:
        words = "the inputs hardly differ from one number: constant, or scaled twice"
    return std, "0.03 to 5", words


def levels(case):
    """Pixels have many levels of grey. Two are left where a whole-number type rounded them, and then the upper one is
    rare, as only full white is rounded to it; of pixels that were made black and white on purpose it has its share.
    """
    X, _ = case.rows(300)
    count, upper = (len(np.unique(X)), np.mean(X.max() == X)) if case.D >= 64 else (np.inf, 1)
    fine = count >= 8 or (count == 2 and upper > 0.05)
    return (
        count,
        ">= 8, or 2 on purpose",
        "" if fine else f"the inputs have only {count} values: rounded to whole numbers?",
    )


def different(case):
    """Examples differ from one another."""
    X, _ = case.rows(2000)
    share = len({row.tobytes() for row in X}) / len(X)
    return share, ">= 0.9", "" if share >= 0.9 else "the same examples again and again: too few different ones"


def classes(case):
    """Each class has its share of the examples, in both sets."""
    share = min(
        np.bincount(y.astype(int), minlength=case.K)[: case.K].min() * case.K / len(y)
        for y in (case.y, case.y_test)
        if y is not None
    )
    words = "a class has no or hardly any examples" if share < 0.2 else ""
    return share, ">= 0.2 of an equal share", words


def order(case):
    """Neighbours have the same label about as often as chance has it, once in K. Sorted examples show a network one
    class after the other.
    """
    if case.batches is not None:
        return None  # the loop decides
    y = case.y
    same, chance = float(np.mean(y[1:] == y[:-1])), float(np.square(np.bincount(y.astype(int)) / len(y)).sum())
    words = "sorted by label: shuffle the examples, or a batch holds one class" if same > chance + 0.3 else ""
    return same, f"about {chance:.2f}", words


def label_in_input(case):
    """No single input tells the class: of its variance, at most about half lies between the classes. A column of the
    table that is the label itself has all of it there.
    """
    X, y = case.rows(3000, np.float32)
    total, between = X.var(axis=0), np.zeros(case.D)
    for k in range(case.K):
        part = X[y == k]
        if len(part):
            between += len(part) / len(X) * (part.mean(axis=0) - X.mean(axis=0)) ** 2
    share = np.where(total > 1e-9, between / np.maximum(total, 1e-9), 0)
    words = f"input {share.argmax()} alone tells the class: the label is among the inputs" if share.max() > 0.9 else ""
    return float(share.max()), "<= 0.9", words


def labels_belong(case):
    """An example's nearest neighbour has the same label, nine times in ten. Shuffled labels: one in K. A fifth of wrong
    labels: seven in ten.
    """
    predicted, y = neighbours(case)
    share = float(np.mean(predicted == y))
    words = ""
    if share < 0.4:
        words = "the labels do not belong to the examples: shuffled, or shifted by a row?"
    elif share < 0.78:
        words = "many labels are wrong"
    return share, ">= 0.78", words


def each_label_belongs(case):
    """So it is in each class. In one whose labels are mixed up with another's, every second."""
    predicted, y = neighbours(case)
    recall, least = _recall(predicted, y, case.K), 0.68 if len(y) >= 200 * case.K else 0.5
    words = f"many labels of class {np.nanargmin(recall)} are wrong" if np.nanmin(recall) < least else ""
    return float(np.nanmin(recall)), f">= {least}", words


def test_alike(case):
    """Test inputs have the mean and the spread of training inputs."""
    if case.X_test is None:
        return None
    A, B = case.rows(1000, np.float64)[0], case.rows(1000, np.float64, test=True)[0]
    ratio, shift = B.std() / max(A.std(), 1e-12), abs(B.mean() - A.mean()) / max(A.std(), 1e-12)
    alike = 0.8 < ratio < 1.25 and shift < 0.2
    words = "the test inputs are prepared in another way than the training inputs"
    return f"spread × {ratio:.2f}, mean {shift:.2f} away", "× 0.8 to 1.25, < 0.2", "" if alike else words


def test_labels(case):
    """The nearest training example names a test example's label as often as another training example's."""
    if case.X_test is None:
        return None
    X, y = case.once("neighbourhood", lambda: case.rows(2000, np.float32))
    Q, q = case.rows(1000, np.float32, test=True)
    predicted, (own, y_own) = y[nearest(Q, X)], neighbours(case)
    share, usual = float(np.mean(predicted == q)), float(np.mean(own == y_own))
    drop = _recall(own, y_own, case.K) - _recall(predicted, q, case.K)
    words = ""
    if share < usual - 0.12:
        words = "test examples do not look like training examples of their class: prepared or labelled in another way"
    elif np.nanmax(drop) > 0.4:
        words = f"test examples of class {np.nanargmax(drop)} are labelled in another way than training examples"
    return share, f">= {usual - 0.12:.2f}", words


def no_leak(case):
    """No test example is among the training examples."""
    if case.X_test is None or case.X.dtype != case.X_test.dtype:
        return None
    seen = {hash(row.tobytes()) for row in case.X}
    shared = sum(hash(row.tobytes()) in seen for row in case.X_test)
    return shared, "0", f"{shared:,} test examples are in the training set" if shared else ""


def no_near_leak(case):
    """Test examples are as far from their nearest training example as training examples are from each other: one in
    fifty is nearer than the nearest fiftieth of those.
    """
    if case.X_test is None or case.N < 2000:
        return None
    P = np.random.default_rng(1).normal(size=(case.D, 64)).astype(np.float32)  # lengths stay, to a tenth
    X = case.rows(12_000, np.float32)[0] @ P
    inside, outside = X[:300], case.rows(300, np.float32, test=True)[0] @ P
    usual, found = distances(inside, X[300:]).min(axis=1), distances(outside, X[300:]).min(axis=1)
    share = float(np.mean(found < np.quantile(usual, 0.02)))
    words = "test examples are nearly copies of training examples" if share > 0.15 else ""
    return share, "about 0.02, <= 0.15", words


PROBES = (numbers, label_range, enough, input_scale, levels, different, classes, order, label_in_input, labels_belong,
          each_label_belongs, test_alike, test_labels, no_leak, no_near_leak)  # fmt: skip


# ---- neighbours ------------------------------------------------------------------------------------------------------


def neighbours(case):
    """Return the labels of the nearest neighbours of 2,000 examples among them, and their own."""

    def look():
        X, y = case.once("neighbourhood", lambda: case.rows(2000, np.float32))
        D = distances(X, X)
        np.fill_diagonal(D, np.inf)
        return y[D.argmin(axis=1)], y

    return case.once("neighbours", look)


def nearest(A, B):
    """Return for each row of A which row of B is nearest."""
    return distances(A, B).argmin(axis=1)


def distances(A, B):
    """Return the squared distances of rows, (len(A), len(B))."""
    return (A * A).sum(axis=1)[:, None] - 2 * (A @ B.T) + (B * B).sum(axis=1)


def _recall(predicted, y, K):
    """Return the share of right answers in each class, nan where there are fewer than 20."""
    return np.array([np.mean(predicted[y == k] == k) if np.sum(y == k) >= 20 else np.nan for k in range(K)])
