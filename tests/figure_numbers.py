"""What each figure shows, computed in Python: a function of its state, with nnlib, for each number with a name."""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from figure_data import (
    STOPS,
    chosen,
    contrasts,
    epochs,
    first_digit,
    first_digits,
    linear_layer,
    mean_pictures,
    on_the_test_digits,
    threes_and_fives,
)

from nnlib import data, functional, gradcheck, metrics, two_layer


def warm_up(state):
    x, nudge = state["x"], state["nudge"]

    def forward(x):
        r = 3 * x
        s = x + 2 if state["twice"] else r + 2
        return r, s, r * s if state["twice"] else s**2

    r, s, L = forward(x)
    at = np.array([float(x)])
    dx = float(gradcheck.numerical_gradient(lambda: forward(at[0])[2], at)[0])
    moved = forward(x + nudge)[2] - L
    moves = {"r": 3 * nudge, "s": (1 if state["twice"] else 3) * nudge, "L": dx * nudge}
    return {"x": x, "r": r, "s": s, "L": L, "dx": dx, "moves": moves, "really": moved, "measured": moved / nudge}


def linear(state):
    """Scores of the moved digit; evidence for and against is the score of the weights' two signs, without a bias."""
    W, b = linear_layer()
    dx, dy, k, d = (state[name] for name in ("dx", "dy", "k", "pixel"))
    x = data.scale(np.pad(first_digit(), 4)[4 - dy : 32 - dy, 4 - dx : 32 - dx].reshape(1, 784))
    return {
        "z": functional.linear(x, W, b)[0],
        "plus": functional.linear(x, functional.relu(W), 0)[0, k],  # x is nowhere negative
        "minus": functional.linear(x, functional.relu(-W), 0)[0, k],
        "b": b[k],
        "x": x[0, d],
        "w": W[d, k],
        "product": x[0, d] * W[d, k],
    }


def softmax(state):
    dtype = np.dtype(state["format"]).type
    with np.errstate(all="ignore"):
        Z = (np.array(state["z"], dtype) + dtype(state["c"])) / dtype(state["T"])
        E = np.exp(Z)
        p = functional.softmax(Z) if state["shift"] else E / E.sum()
        return {"p": p, "J": functional.softmax_jacobian(p)}


def gradient_check(state):
    """The slope of 1/x at 0.7, in NumPy's arithmetic; its central difference in float64 is gradcheck's."""
    h, method = state["h"], state["method"]
    real, complex_ = {"float64": (np.float64, np.complex128), "float32": (np.float32, np.complex64)}[state["format"]]
    x, step = real(0.7), real(h)
    exact, unit = -1 / (float(x) * float(x)), np.finfo(real).eps / 2
    f, slope_size, second, third = 1 / 0.7, 1 / 0.7**2, 2 / 0.7**3, 6 / 0.7**4
    up, down = 1 / (x + step), 1 / (x if method == "forward" else x - step)
    numbers = {"up": up, "down": down, "difference": up - down, "exact": exact}
    if method == "forward":
        slope, rounding, truncation = (up - down) / step, 2 * unit * f / h, h / 2 * second
    elif method == "central":
        slope, rounding, truncation = (up - down) / (2 * step), unit * f / h, h**2 / 6 * third
        if real is np.float64:
            at = np.array([x])
            slope = gradcheck.numerical_gradient(lambda: float(1 / at[0]), at, step=h)[0]
    else:
        sideways = 1 / complex_(complex(x, step))
        numbers |= {"real": sideways.real, "imaginary": sideways.imag}
        slope, rounding, truncation = sideways.imag / step, unit * slope_size, h**2 / 6 * third
    assert slope.dtype == real
    error = abs(float(slope) - exact)
    return numbers | {"slope": slope, "error": error, "rounding": rounding, "truncation": truncation}


def backpropagation(state):
    """The chapter's 2-2-2 net: two_layer's gradients, or a faulty line in their place, beside those by nudging."""
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    net = two_layer.TwoLayerNet(np.random.default_rng(0), 2, 2, 2)
    net.W1[:], net.b1[:] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[:], net.b2[:] = [[1, -1], [0.5, 2]], [0, 1]
    z1, a1, z2, a2 = net.forward(x)
    nudged = {"d" + name: gradcheck.numerical_gradient(lambda: net.loss(x, y), p) for name, p in net.params.items()}
    for name, array, loss in (
        ("dz2", z2, lambda: functional.softmax_cross_entropy(z2, y)),
        ("da1", a1, lambda: functional.softmax_cross_entropy(a1 @ net.W2 + net.b2, y)),
        ("dz1", z1, lambda: functional.softmax_cross_entropy(functional.relu(z1) @ net.W2 + net.b2, y)),
    ):
        nudged[name] = gradcheck.numerical_gradient(loss, array)[0]

    dz2 = functional.softmax_cross_entropy_backward(z2, y)
    da1 = dz2 @ (net.W2 if state["bug"] == "transpose" else net.W2.T)
    dz1 = da1 * (a1 >= 0) if state["bug"] == "mask" else functional.relu_backward(da1, z1)
    _, dW2, db2 = functional.linear_backward(dz2, a1, net.W2)
    _, dW1, db1 = functional.linear_backward(dz1, x, net.W1)
    if state["bug"] == "none":
        same = zip(net.backward(x, y, z1, a1, z2, a2), (dW1, db1, dW2, db2), strict=True)
        assert all(np.allclose(a, b) for a, b in same)
    values = {"x": x[0], "z1": z1[0], "a1": a1[0], "z2": z2[0], "a2": a2[0], "y": y[0], "L": net.loss(x, y)}
    gradients = {"dz2": dz2[0], "dW2": dW2, "db2": db2, "da1": da1[0], "dz1": dz1[0], "dW1": dW1, "db1": db1}
    return values | gradients | {"nudged": nudged}


def sgd(state):
    pictures, labels = threes_and_fives()
    X, Y = contrasts(pictures).round(2), np.stack([1 - labels, labels], axis=1)
    order = np.arange(24) if state["order"] == "sorted" else epochs()

    def scores(W, rows):  # a network of two weights: the score of "it is a 3" is always 0
        z = functional.linear(X[rows], W[:, None], 0.0)
        return np.hstack([np.zeros_like(z), z])

    def loss(W):
        return functional.softmax_cross_entropy(scores(W, slice(None)), Y)

    def moved(W, rows):
        dZ = functional.softmax_cross_entropy_backward(scores(W, rows), Y[rows])
        dW = functional.linear_backward(dZ[:, 1:], X[rows], W[:, None])[1][:, 0]
        return W - state["eta"] * dW, dW

    W = np.array(state["W"], float)
    for t in range(state["t"]):
        W, _ = moved(W, order[t % len(order)][None])
    n = order[state["t"] % len(order)]
    singles = [moved(W, np.array([n])) for n in range(24)]
    meanW, dW = moved(W, slice(None))
    assert np.abs(np.mean([single for _, single in singles], axis=0) - dW).max() < 1e-12
    losses = [loss(end) for end, _ in singles]
    return {
        "x": X[n],
        "p": functional.softmax(scores(W, [n]))[0, 1],
        "W": W,
        "next": singles[n][0],
        "mean": dW,
        "raise": sum(after > loss(W) for after in losses),
        "after": losses[n],
        "afterMean": loss(meanW),
    }


network_answers = cache(on_the_test_digits)


def reading_the_result(state):
    _, labels, P = network_answers()
    answers, confidence = P.argmax(axis=1), P.max(axis=1)
    kept = confidence >= STOPS[state["stop"]]
    C = metrics.confusion_matrix(labels[kept], answers[kept])
    accuracy = metrics.accuracy(answers[kept], labels[kept])
    i, j = divmod(state["cell"], 10)
    rows = chosen(labels, P)
    return {
        "C": C,
        "right": np.trace(C),
        "answered": kept.sum(),
        "refused": 1 - kept.mean(),
        "accuracy": accuracy,
        "error": metrics.standard_error(accuracy, kept.sum()),
        "recall": metrics.precision_recall(C)[1][i],
        "p": confidence[rows[(labels[rows] == i) & (answers[rows] == j)]],
    }


def cross_entropy(state):
    """One example: its loss, the gradient of it, and that of the squared error; each is right by nudging, too."""
    z, y = np.array(state["z"], float), data.one_hot(np.array([state["y"]]), 4)[0]
    p, L = functional.softmax(z), functional.softmax_cross_entropy(z, y)
    dz = functional.softmax_cross_entropy_backward(z, y)
    squared = functional.softmax_backward(2 * (p - y), p)
    nudged = gradcheck.numerical_gradient(lambda: functional.softmax_cross_entropy(z, y), z)
    assert np.abs(dz - nudged).max() < 1e-8
    nudged = gradcheck.numerical_gradient(lambda: ((functional.softmax(z) - y) ** 2).sum(), z)
    assert np.abs(squared - nudged).max() < 1e-8
    slope, answer = -1 / p[state["y"]], functional.softmax_jacobian(p)[state["y"], state["y"]]
    assert np.isclose(slope * answer, dz[state["y"]], rtol=1e-6)
    rows = {"p": p, "dz": dz, "squared": squared}
    sums = {name: row.sum() for name, row in rows.items()}
    return rows | {"sum": sums, "lse": functional.logsumexp(z), "L": L, "slope": slope, "answer": answer}


def relu(state):
    W1, b1 = np.array([[1.0, -1.0, 1.0]]), np.array([-1.0, 1.0, -1.0]) * state["kink"]
    W2 = np.array(state["W2"], float)[:, None]
    between = functional.relu if state["relu"] else np.positive
    z1 = functional.linear(np.array([[state["x"]]], float), W1, b1)
    a1 = between(z1)
    passed = functional.relu_backward(np.ones_like(z1), z1) if state["relu"] else np.ones_like(z1)
    slope = functional.linear_backward(passed * W2.T, np.ones((1, 1)), W1)[0]
    return {"z1": z1[0], "a1": a1[0], "adds": a1[0] * W2[:, 0], "z2": (a1 @ W2).item(), "slope": slope.item()}


def rolled(x, state):
    """A picture, a row of 784 numbers, moved as the state says."""
    return np.roll(x.reshape(28, 28), (state["down"], state["right"]), axis=(0, 1)).ravel()


digits_and_means = cache(lambda: (data.scale(first_digits()[0]), data.scale(mean_pictures())))


def digits(state):
    """The distances by the chapter's definition, a sum of squares; the parts of the expanded one by nnlib's layer."""
    X, means = digits_and_means()
    x, squares = np.minimum(1, state["ink"] * X[state["n"]]), (means**2).sum(axis=1)
    places = np.stack([rolled(x, {"right": right, "down": down}) for down in range(-4, 5) for right in range(-4, 5)])
    all_distances = ((places[:, None] - means) ** 2).sum(axis=2)
    scores = functional.linear(places, means.T, -squares / 2)
    here = 9 * (state["down"] + 4) + state["right"] + 4
    assert np.allclose(all_distances, (x**2).sum() - 2 * scores)
    return {
        "d": all_distances[here],
        "x2": (x**2).sum(),
        "xm": scores[here] + squares / 2,
        "m2": squares,
        "map": all_distances.argmin(axis=1),
    }


@dataclass
class Row:
    """What the tests must know of a figure."""

    shows: object  # a function: state -> every number that is printed with a name
    states: list = field(default_factory=list)  # some states besides the first one
    loose: float = 0.0  # by how much a number may differ besides the rounding of its print


FIGURES = {
    "digits": Row(
        digits,
        [
            {"right": 0},
            {"n": 1, "right": -4, "down": -4},
            {"n": 19, "right": 4, "down": 4, "ink": 2},
            {"n": 7, "ink": 0},
            {"n": 12, "right": 0, "down": -3, "ink": 0.3},
        ],
    ),
    "relu": Row(
        relu,
        [
            {"x": 2.6, "kink": [1.5, -0.5, 1.5], "W2": [2, -2, 2]},
            {"relu": False, "x": -1.2},
            {"x": 1, "kink": [1, 1, 1], "W2": [-2, 0, 0.3]},
        ],
    ),
    "cross_entropy": Row(
        cross_entropy,
        [
            {"y": 1},
            {"z": [0, 0, 0, 0]},
            {"z": [10, 10, -10, 10]},
            {"z": [-10, -10, 10, -10]},
            {"z": [10, 10, 10, 10], "y": 3},
        ],
    ),
    "backpropagation": Row(
        backpropagation,
        [{"at": at, "bug": bug} for bug in ("none", "transpose", "mask") for at in (0, 5, 9, 11, 15, 17)],
    ),
    "gradient_check": Row(
        gradient_check,
        [
            {"h": h, "format": format, "method": method}
            for h in (0.1, 1.6e-5, 3.2e-10, 1e-16)
            for format in ("float64", "float32")
            for method in ("forward", "central", "complex")
        ],
    ),
    "linear": Row(
        linear,
        [
            {"k": 3},
            {"k": 5, "dx": 1, "pixel": 320},
            {"k": 4, "dx": -4, "dy": 4, "pixel": 0},
            {"dx": 4, "dy": -4, "k": 9},
        ],
    ),
    "warm_up": Row(warm_up, [{"x": -0.7, "nudge": 0.5, "twice": True}, {"x": 1.5, "nudge": 0.01}]),
    "softmax": Row(
        softmax,
        [
            {"c": 20, "format": "float16"},
            {"c": 120, "format": "float32"},
            {"c": 1000, "format": "float64", "shift": True, "T": 0.5},
            {"c": -1000, "format": "float64"},
            {"T": 10, "format": "float32", "shift": True},
        ],
        loose=2e-3,  # of a share in float16
    ),
    "sgd": Row(
        sgd,
        [
            {"t": 24},
            {"t": 24, "order": "sorted"},
            {"W": [2, 2.5], "eta": 0.1, "t": 100},
            {"eta": 4, "t": 50, "order": "sorted"},
        ],
    ),
    "reading_the_result": Row(
        reading_the_result,
        [{"cell": 0}, {"cell": 49, "stop": 5}, {"cell": 3, "stop": 10}, {"cell": 10, "stop": 9}],
        loose=1e-5,  # the shares are stored in 16 bits
    ),
}
