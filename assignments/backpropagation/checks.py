"""The tests of assignment 3, backpropagation.

What is right is found by imaginary nudges (chapter 06) of the two networks, written here once more for complex
numbers: of each entry where arrays are small, along a random direction where they are large. Nudging each entry of a
large one takes longer than a call may, so an answer that nudges is no answer.
"""

from collections.abc import Mapping

import numpy as np

from assignments.checks import check, numbers, several, untouched
from nnlib.data import one_hot
from nnlib.exercise import agree, exact_gradient
from nnlib.functional import softmax

TOWER = ("W1", "b1", "c1", "W2", "b2", "c2", "W3", "b3")
GATED = ("W1", "b1", "W2", "b2", "W3", "b3")


# The networks and the loss, for complex numbers


def capped(Z, c):
    inside = np.where(Z.real < np.real(c), Z, c + 0 * Z)
    return np.where(Z.real > 0, inside, 0)


def tower(params, X, s=1.0):
    z1 = X @ params["W1"] + params["b1"]
    a1 = capped(z1, params["c1"])
    z2 = a1 @ params["W2"] + params["b2"]
    a2 = capped(z2, params["c2"])
    r = s * a1 + a2
    return {"X": X, "s": s, "z1": z1, "a1": a1, "z2": z2, "a2": a2, "r": r, "z3": r @ params["W3"] + params["b3"]}


def gated(params, X):
    z1, z2 = (X @ params[W] + params[b] for W, b in (("W1", "b1"), ("W2", "b2")))
    a1, a2 = np.tanh(z1), 1 / (1 + np.exp(-z2))
    r = a1 * a2
    return {"X": X, "z1": z1, "a1": a1, "z2": z2, "a2": a2, "r": r, "z3": r @ params["W3"] + params["b3"]}


def loss_of_scores(Z, Y, w):
    top = Z.real.max(axis=1, keepdims=True)
    logP = Z - top - np.log(np.exp(Z - top).sum(axis=1, keepdims=True))
    counts = np.array([w[k] for k in Y.argmax(axis=1)])
    return -(counts[:, None] * Y * logP).sum() / counts.sum()


def exact(f, params, names=None):
    """Return {name: gradient} of f(params), a function of complex parameters."""
    return {name: exact_gradient(lambda p, n=name: f(params | {n: p}), params[name]) for name in names or params}


def agree_along(rng, grad, f, param, what):
    """Assert that a large gradient is right along a random direction: all entries have their say at once."""
    assert grad.shape == param.shape, f"{what}: expected shape {param.shape}, got {grad.shape}"
    direction = rng.normal(size=param.shape)
    right = f(param + 1e-30j * direction).imag / 1e-30
    got, size = (grad * direction).sum(), np.abs(grad * direction).sum()
    close = abs(got - right) <= 1e-10 * size + 1e-9 * abs(right)
    assert close, f"{what}: along a random direction expected a slope of {right:.12g}, got {got:.12g}"


def rounded(grads):
    return {name: np.array(grad) for name, grad in grads.items()}


# What the tests draw


def examples(rng, N, D, K):
    labels = rng.permutation(np.arange(N) % K)  # no class is missing that need not be
    return rng.normal(size=(N, D)), one_hot(labels, K)


def random_params(rng, names, D, H, K):
    into = {"1": D, "2": H if "c1" in names else D, "3": H}
    params = {}
    for name in names:
        kind, layer = name
        outputs = K if layer == "3" else H
        size = (into[layer], outputs) if kind == "W" else (outputs,)
        params[name] = rng.uniform(0.4, 1.4, size) if kind == "c" else 0.7 * rng.normal(size=size)
    return params


def random_tower(rng, N, D, H, K, s=1.0, gates="mixed"):
    """Return params, X and Y, with no score near a kink.

    gates is "open", where all scores lie between 0 and their caps, or "mixed", where in both layers some lie below 0
    and some above their caps; "any" leaves it to chance.
    """
    while True:
        params = random_params(rng, TOWER, D, H, K)
        X, Y = examples(rng, N, D, K)
        if gates == "open":
            for layer in "12":  # the first layer's values move the second's scores, so one after the other
                Z = tower(params, X, s)[f"z{layer}"]
                params[f"b{layer}"] += rng.uniform(0.2, 1, H) - Z.min(axis=0)
                params[f"c{layer}"] = tower(params, X, s)[f"z{layer}"].max(axis=0) + rng.uniform(0.2, 1, H)
        states = tower(params, X, s)
        layers = [(states["z1"], params["c1"]), (states["z2"], params["c2"])]
        clear = all(min(np.abs(Z).min(), np.abs(Z - c).min()) > 2e-3 for Z, c in layers)
        parts = [np.sign(Z) + np.sign(Z - c) for Z, c in layers]  # -2 below 0, 0 between, 2 above the cap
        mixed = all(set(part.ravel()) == {-2, 0, 2} for part in parts)
        if clear and (mixed or gates != "mixed"):
            return params, X, Y


def random_network(network, rng, N, D, H, K):
    """Return params, X, Y and class weights for a network of this name."""
    if network == "tower":
        params, X, Y = random_tower(rng, N, D, H, K)
    else:
        params, (X, Y) = random_params(rng, GATED, D, H, K), examples(rng, N, D, K)
    return params, X, Y, rng.uniform(0.3, 3, K)


def right_gradients(network, params, X, Y, w):
    forward = {"tower": tower, "gated": gated}[network]
    return exact(lambda p: loss_of_scores(forward(p, X)["z3"], Y, w), params)


# What comes back


def names_in(value, what):
    ok = isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)
    assert ok, f"{what}: expected a list of names, got {type(value).__name__}"
    return list(value)


def gradient(grads, name, what):
    assert isinstance(grads, Mapping), f"{what}: expected a dictionary of gradients, got {type(grads).__name__}"
    assert name in grads, f"{what}: there is no gradient of {name}"
    return numbers(grads[name], f"{what}, d{name}")


def agree_flat(got, expected, what, **tolerance):
    """As `agree`; a row (1, H) passes for (H,), as the shape has a test of its own."""
    if got.shape == (1, *expected.shape):
        got = got[0]
    agree(got, expected, what, **tolerance)


# 1 · The instrument


def report(student, network, params, claims, X, Y, w, what):
    return names_in(student.wrong_gradients(network, params, claims, X, Y, w), what)


def small_entry(grads, name):
    """Return the place of the smallest entry that is above the floor, and its size."""
    sizes = np.where(np.abs(grads[name]) > 2e-4, np.abs(grads[name]), np.inf)
    place = np.unravel_index(sizes.argmin(), sizes.shape)
    return place, sizes[place]


def spoil_one(rng, grads, name, part=1e-3):
    """Return the gradients with one entry, not a small one, off by a part of its size."""
    spoilt = rounded(grads)
    large = np.argwhere(np.abs(grads[name]) >= 0.5 * np.abs(grads[name]).max())
    spoilt[name][tuple(rng.choice(large))] *= 1 + part
    return spoilt


@check("wrong_gradients", points=2)
def right_ones_pass(student, rng):
    """Right gradients are not reported, and a doubled one is, for both networks."""
    for network, sizes in (("tower", (5, 4, 3, 4)), ("gated", (4, 3, 5, 3)), ("tower", (7, 3, 4, 3))):
        params, X, Y, w = random_network(network, rng, *sizes)
        grads = right_gradients(network, params, X, Y, w)
        said = report(student, network, params, grads, X, Y, w, network)
        assert said == [], f"{network}: all gradients are right, and you report {', '.join(said)}"
        name = str(rng.choice(["W3", "b3"]))
        said = report(student, network, params, grads | {name: 2 * grads[name]}, X, Y, w, network)
        assert said == [name], f"{network}: d{name} alone is doubled, and you report {', '.join(said) or 'nothing'}"


@check("wrong_gradients", points=1)
def one_entry_shows(student, rng):
    """A single entry that is off by a thousandth is reported, too large or too small, in each parameter; two wrong
    gradients are reported in the order of the parameters.
    """
    for network, sizes in (("tower", (5, 3, 4, 3)), ("gated", (6, 4, 3, 4))):
        params, X, Y, w = random_network(network, rng, *sizes)
        grads = right_gradients(network, params, X, Y, w)
        for k, name in enumerate(params):
            if not np.abs(grads[name]).max() > 1e-3:
                continue
            spoilt = spoil_one(rng, grads, name, 1e-3 * (-1) ** k)
            said = report(student, network, params, spoilt, X, Y, w, network)
            assert said == [name], f"{network}: one entry of d{name} is off, you report {', '.join(said) or 'nothing'}"
        spoilt = dict(reversed((grads | {"b3": -grads["b3"], "W1": grads["W1"] + 0.1}).items()))
        said = report(student, network, params, spoilt, X, Y, w, network)
        assert said == ["W1", "b3"], f"{network}: expected ['W1', 'b3'], got {said}"


@check("wrong_gradients", points=1)
def small_entries_show(student, rng):
    """A small entry among larger ones is reported where it is off by a part of its own size, and nothing is where all
    entries are off by two millionths of theirs.
    """
    sizes = []
    while not sizes or max(sizes) > 3e-3:
        params, X, Y, w = random_network("gated", rng, 5, 12, 5, 4)
        grads = right_gradients("gated", params, X, Y, w)
        sizes = [small_entry(grads, name)[1] for name in ("W1", "W2", "W3")]
    for name in ("W1", "W2", "W3"):
        spoilt, (place, size) = rounded(grads), small_entry(grads, name)
        spoilt[name][place] -= 3e-4 * size
        said = report(student, "gated", params, spoilt, X, Y, w, name)
        what = f"d{name} has an entry of {size:.1g} that is off by {3e-4 * size:.1g}"
        assert said == [name], f"{what}: you report {', '.join(said) or 'nothing'}"
    near = {name: (1 + 2e-6) * grad for name, grad in grads.items()}
    said = report(student, "gated", params, near, X, Y, w, "near")
    assert said == [], f"all gradients are right to two millionths of their size, and you report {', '.join(said)}"


@check("wrong_gradients", points=1)
def shapes_count(student, rng):
    """A gradient of another shape is reported, also where NumPy would stretch it; so is one that is missing."""
    params, X, Y, w = random_network("tower", rng, 5, 4, 3, 4)
    grads = right_gradients("tower", params, X, Y, w)
    for name, claim in (("b1", grads["b1"][None]), ("b2", grads["b2"][:, None]), ("W1", grads["W1"].ravel())):
        said = report(student, "tower", params, grads | {name: claim}, X, Y, w, name)
        assert said == [name], f"d{name} has the shape {claim.shape}, and you report {', '.join(said) or 'nothing'}"
    claims = {name: grad for name, grad in grads.items() if name != "c2"}
    said = report(student, "tower", params, claims, X, Y, w, "c2")
    assert said == ["c2"], f"there is no gradient of c2, and you report {', '.join(said) or 'nothing'}"


@check("wrong_gradients", points=1)
def lost_numbers_count(student, rng):
    """An entry that is nan or infinite is reported."""
    params, X, Y, w = random_network("gated", rng, 5, 4, 3, 4)
    grads = right_gradients("gated", params, X, Y, w)
    for name, value in (("W3", np.nan), ("b1", np.inf), ("W2", -np.inf), ("b3", np.nan)):
        spoilt = rounded(grads)
        spoilt[name].flat[int(rng.integers(spoilt[name].size))] = value
        said = report(student, "gated", params, spoilt, X, Y, w, name)
        assert said == [name], f"an entry of d{name} is {value}, and you report {', '.join(said) or 'nothing'}"


@check("wrong_gradients", points=1)
def noise_does_not(student, rng):
    """Entries that should be 0, and are 1e-10 instead, are not reported: below 1e-4 the error is compared with 1e-4."""
    params, X, Y, w = random_network("tower", rng, 5, 4, 4, 3)
    params["b1"][1] = -60.0  # a unit that is silent for all examples
    grads = right_gradients("tower", params, X, Y, w)
    grads["W1"][:, 1] += 1e-10
    said = report(student, "tower", params, grads, X, Y, w, "noise")
    assert said == [], f"all gradients are right to 1e-10, and you report {', '.join(said)}"
    said = report(student, "tower", params, grads | {"b3": 2 * grads["b3"]}, X, Y, w, "noise")
    assert said == ["b3"], f"db3 alone is doubled, and you report {', '.join(said) or 'nothing'}"


@check("wrong_gradients", points=1)
def coarse_parameters(student, rng):
    """Parameters that come as float32 or as whole numbers are nudged as float64."""
    params, X, Y, w = random_network("gated", rng, 4, 3, 4, 3)
    for kind in (np.float32, np.int64):
        coarse = {name: np.asarray(np.round(2 * p) if kind is np.int64 else p, kind) for name, p in params.items()}
        fine = {name: p.astype(float) for name, p in coarse.items()}
        grads = right_gradients("gated", fine, X, Y, w)
        said = report(student, "gated", coarse, grads, X, Y, w, np.dtype(kind).name)
        assert said == [], f"{np.dtype(kind).name}: all gradients are right, and you report {', '.join(said)}"
        said = report(student, "gated", coarse, grads | {"b3": 2 * grads["b3"]}, X, Y, w, np.dtype(kind).name)
        what = f"{np.dtype(kind).name}: db3 alone is doubled"
        assert said == ["b3"], f"{what}, and you report {', '.join(said) or 'nothing'}"


# 2 · A gate with a ceiling


def gate_examples(rng, N, H):
    """Return dA, Z and c, with scores in all three parts, none near a kink."""
    c = rng.uniform(0.3, 2.5, H)
    share = np.stack([rng.uniform(*part, (N, H)) for part in ((-1, -0.1), (0.1, 0.9), (1.1, 2.5))])
    part = rng.permutation(np.arange(N * H) % 3).reshape(N, H)
    return rng.normal(size=(N, H)), np.take_along_axis(share, part[None], axis=0)[0] * c, c


def through_the_gate(student, dA, Z, c, what):
    dZ, dc = several(student.cap_backward(dA, Z, c), 2, what)
    return numbers(dZ, f"{what}, dZ"), numbers(dc, f"{what}, dc")


GATES = ((4, 3), (3, 5), (4, 4), (9, 2))


@check("cap_backward", points=2)
def scores_through_the_gate(student, rng):
    """`dZ` lets pass what belongs to scores between 0 and the cap, and stops what belongs to all others."""
    for N, H in GATES:
        dA, Z, c = gate_examples(rng, N, H)
        dZ, _ = through_the_gate(student, dA, Z, c, f"N = {N}, H = {H}")
        agree(dZ, exact_gradient(lambda Z, dA=dA, c=c: (dA * capped(Z, c)).sum(), Z), f"dZ for N = {N}, H = {H}")


@check("cap_backward", points=2)
def caps_are_shared(student, rng):
    """`dc` adds up what all examples above the cap send back, unit by unit."""
    for N, H in GATES:
        dA, Z, c = gate_examples(rng, N, H)
        _, dc = through_the_gate(student, dA, Z, c, f"N = {N}, H = {H}")
        expected = exact_gradient(lambda c, dA=dA, Z=Z: (dA * capped(Z, c)).sum(), c)
        agree_flat(dc, expected, f"dc for N = {N}, H = {H}")


@check("cap_backward", points=1)
def gate_shapes(student, rng):
    """`dZ` has the shape of Z and dc that of c, also for one example and for one unit."""
    for N, H in ((4, 3), (1, 5), (6, 1), (1, 1)):
        dA, Z, c = gate_examples(rng, N, H)
        dZ, dc = through_the_gate(student, dA, Z, c, f"N = {N}, H = {H}")
        assert dZ.shape == Z.shape, f"dZ for N = {N}, H = {H}: expected shape {Z.shape}, got {dZ.shape}"
        assert dc.shape == c.shape, f"dc for N = {N}, H = {H}: expected shape {c.shape}, got {dc.shape}"


@check("cap_backward", points=1)
def gate_kinks(student, rng):
    """At the kinks, z = 0 and z = c, both gradients are 0, and the other examples do not notice; just beside a kink
    they are what they are farther off.
    """
    for N, H in ((5, 3), (6, 4)):
        dA, Z, c = gate_examples(rng, N, H)
        kinks = rng.permutation(N)[:2]
        silent = Z.copy()
        silent[kinks] = -1.0
        Z[kinks] = np.stack([np.zeros(H), c])
        dZ, dc = through_the_gate(student, dA, Z, c, "at the kinks")
        _, silent_dc = through_the_gate(student, dA, silent, c, "without the kinks")
        assert dZ.shape == Z.shape, f"dZ: expected shape {Z.shape}, got {dZ.shape}"
        assert dZ.any() and dc.any(), "expected gradients that are not all 0"
        agree(dZ[kinks], np.zeros((2, H)), "dZ at z = 0 and at z = c")
        agree(dc, silent_dc, "dc, compared with your own dc for scores of -1 instead of 0 and c")
    dA, _, c = gate_examples(rng, 4, 5)
    zero = np.zeros(5)
    beside = np.stack([zero - 1e-300, zero + 1e-300, np.nextafter(c, 0), np.nextafter(c, 9)])
    got = through_the_gate(student, dA, beside, c, "just beside the kinks")
    farther = through_the_gate(student, dA, np.stack([zero - 1, c / 2, c / 2, 2 * c]), c, "farther off")
    for part, other, name in zip(got, farther, ("dZ", "dc"), strict=True):
        agree(part, other, f"{name} just beside 0 and c, compared with your own farther off")


@check("cap_backward", points=1)
def gate_in_float32(student, rng):
    """Gradients of 1e-12 or 1e12 and numbers in float32 keep their digits, and nothing that was given is changed."""
    dA, Z, c = (array.astype(np.float32) for array in gate_examples(rng, 3, 4))
    fine = through_the_gate(student, *(array.astype(float) for array in (dA, Z, c)), "float64")
    assert all(part.any() for part in fine), "expected gradients that are not all 0"
    coarse = several(untouched(student.cap_backward, dA, Z, c), 2, "float32")
    for name, got, expected in zip(("dZ", "dc"), coarse, fine, strict=True):
        agree(numbers(got, name), expected, f"{name} in float32, compared with your own in float64", rtol=1e-5)
    for size in (1e-12, 1e12):
        scaled = through_the_gate(student, size * dA.astype(float), Z.astype(float), c.astype(float), f"size {size:g}")
        for name, got, expected in zip(("dZ", "dc"), scaled, fine, strict=True):
            agree(
                got, size * expected, f"{name} for dA times {size:g}, compared with your own times {size:g}", rtol=1e-9
            )


# 3 · Some classes count more

SCORES = ((5, 3), (3, 4), (4, 4), (8, 2))


def scores(rng, N, K):
    Z = 2 * rng.normal(size=(N, K))
    return Z, one_hot(rng.permutation(np.arange(N) % K), K)


def dz_of(student, Z, Y, w, what):
    dZ = numbers(student.weighted_backward(Z, Y, w), what)
    assert dZ.shape == Z.shape, f"{what}: expected shape {Z.shape}, got {dZ.shape}"
    return dZ


def right_dz(Z, Y, w):
    return exact_gradient(lambda Z: loss_of_scores(Z, Y, w), Z)


def compare_many(student, rng, w):
    Z, Y = scores(rng, 4000, len(w))
    what = f"4000 examples, K = {len(w)}"
    agree_along(rng, dz_of(student, Z, Y, w, what), lambda Z: loss_of_scores(Z, Y, w), Z, what)


@check("weighted_backward", points=1)
def weights_of_one(student, rng):
    """With all class weights 1 it is the gradient of the mean loss, 1/N included."""
    for N, K in SCORES:
        Z, Y = scores(rng, N, K)
        what = f"weights 1, N = {N}, K = {K}"
        agree(dz_of(student, Z, Y, np.ones(K), what), right_dz(Z, Y, np.ones(K)), what)
    compare_many(student, rng, np.ones(10))


@check("weighted_backward", points=2)
def rows_by_class(student, rng):
    """Each row is weighted by its own class, as compared with the other rows."""
    for N, K in SCORES:
        (Z, Y), w = scores(rng, N, K), rng.uniform(0.2, 5, K)
        what = f"rows compared with each other, N = {N}, K = {K}"
        got, right = dz_of(student, Z, Y, w, what), right_dz(Z, Y, w)
        size = np.abs(got).sum()
        assert np.isfinite(size) and size > 0, f"{what}: expected finite numbers, not all 0"
        agree(got / size, right / np.abs(right).sum(), what, rtol=1e-9)


@check("weighted_backward", points=2)
def whole_weighted(student, rng):
    """With different weights all entries are right, and weights ten times as large change nothing."""
    for N, K in SCORES:
        (Z, Y), w = scores(rng, N, K), rng.uniform(0.2, 5, K)
        for factor in (1.0, 10.0):
            what = f"different weights times {factor:g}, N = {N}, K = {K}"
            agree(dz_of(student, Z, Y, factor * w, what), right_dz(Z, Y, w), what)
    compare_many(student, rng, rng.uniform(0.2, 5, 10))


@check("weighted_backward", points=1)
def alone_or_without_weight(student, rng):
    """For a single example its weight cancels, and examples of a class with weight 0 get the gradient 0."""
    for K in (2, 5):
        (Z, Y), w = scores(rng, 1, K), rng.uniform(2, 5, K)
        what = f"one example, K = {K}"
        agree(dz_of(student, Z, Y, w, what), right_dz(Z, Y, np.ones(K)), what)
    (Z, Y), w = scores(rng, 7, 3), np.array([2.0, 0.0, 3.0])
    agree(dz_of(student, Z, Y, w, "a class with weight 0"), right_dz(Z, Y, w), "a class with weight 0")


@check("weighted_backward", points=1)
def large_scores(student, rng):
    """Scores of ±1000 and scores in float32 give the right numbers (all weights 1), and nothing given is changed."""
    for size, dtype, rtol in ((1000.0, np.float64, 1e-9), (1.0, np.float32, 1e-4)):
        Z, Y = scores(rng, 6, 4)
        Z = (size * np.clip(Z, -1, 1)).astype(dtype)
        for n in range(6):  # one at a time: what is divided by has tests of its own
            z, y, what = Z[[n]], Y[[n]], f"scores of ±{size:g} in {np.dtype(dtype).name}"
            got = numbers(untouched(student.weighted_backward, z, y, np.ones(4)), what)
            agree(got, right_dz(z.astype(float), y, np.ones(4)), what, rtol=rtol, atol=1e-12 if size > 1 else 1e-7)


# 5 · Back through the tower


def back(student, rng, names, sizes, s=1.0, gates="mixed"):
    """Yield what is tested, the student's gradient and the right one, for some of a random tower's parameters."""
    N, D, H, K = sizes
    params, X, _ = random_tower(rng, N, D, H, K, s, gates)
    states, dz3 = tower(params, X, s), rng.normal(size=(N, K))
    grads = student.tower_backward(params, states, dz3)
    right = exact(lambda p: (dz3 * tower(p, X, s)["z3"]).sum(), params, names)
    for name in names:
        what = f"N, D, H, K = {N}, {D}, {H}, {K} and s = {s:.3g}"
        yield f"d{name} for {what}", gradient(grads, name, what), right[name]


TOWERS = ((4, 5, 3, 2), (3, 4, 4, 4), (6, 2, 3, 5))


FULL_SIZE = (16, 784, 64, 10)  # N, D, H, K


def compare_full_size(student, rng, names):
    N, D, H, K = FULL_SIZE
    params, X, _ = random_tower(rng, N, D, H, K, gates="open")
    dz3 = rng.normal(size=(N, K))
    grads = student.tower_backward(params, tower(params, X), dz3)
    for name in names:
        what = f"d{name} for N, D, H, K = {N}, {D}, {H}, {K}"
        grad = gradient(grads, name, what)
        if grad.shape == (1, *params[name].shape):
            grad = grad[0]  # the shape has a test of its own
        agree_along(rng, grad, lambda p, n=name: (dz3 * tower(params | {n: p}, X)["z3"]).sum(), params[name], what)


def compare_open(student, rng, names):
    for sizes in TOWERS:
        for what, got, right in back(student, rng, names, sizes, gates="open"):
            agree_flat(got, right, what, rtol=1e-9)
    compare_full_size(student, rng, names)


@check("tower_backward", points=1)
def third_weights(student, rng):
    """`dW3` is right where all gates are open."""
    compare_open(student, rng, ["W3"])


@check("tower_backward", points=2)
def second_weights(student, rng):
    """`dW2` is right where all gates are open."""
    compare_open(student, rng, ["W2"])


@check("tower_backward", points=2)
def first_weights(student, rng):
    """`dW1` is right where all gates are open: what comes back through the layer and through the shortcut."""
    compare_open(student, rng, ["W1"])


@check("tower_backward", points=1)
def later_biases(student, rng):
    """`db3` and `db2` are right where all gates are open."""
    compare_open(student, rng, ["b3", "b2"])


@check("tower_backward", points=1)
def first_biases(student, rng):
    """`db1` is right where all gates are open."""
    compare_open(student, rng, ["b1"])


@check("tower_backward", points=2)
def closed_gates(student, rng):
    """The gradients of weights and caps are right where some gates are shut and some caps are reached, with the
    shortcut and without it.
    """
    for sizes, s in zip(((6, 4, 3, 2), (5, 3, 4, 4), (7, 3, 2, 4)), (1.0, 0.0, rng.uniform(0.2, 2)), strict=True):
        for what, got, right in back(student, rng, ["W2", "c2", "W1", "c1"], sizes, s):
            agree_flat(got, right, what, rtol=1e-9)


@check("tower_backward", points=1)
def tower_shapes(student, rng):
    """Each parameter has one gradient, in its shape, also for one example, unit or class; nothing given is changed."""
    for N, D, H, K in ((4, 5, 3, 2), (1, 3, 4, 2), (5, 2, 1, 3), (3, 1, 2, 1), (1, 1, 1, 1)):
        params, X, _ = random_tower(rng, N, D, H, K, gates="any")
        grads = untouched(student.tower_backward, params, tower(params, X), rng.normal(size=(N, K)))
        what = f"N, D, H, K = {N}, {D}, {H}, {K}"
        for name, param in params.items():
            shape = gradient(grads, name, what).shape
            assert shape == param.shape, f"{what}: expected d{name} of shape {param.shape}, got {shape}"
        assert set(grads) == set(params), f"{what}: expected eight names, got {len(grads)}"


# 6 · What a shortcut is good for


@check("predicted_lengths", points=1)
def lengths_predicted(student, rng):
    """You wrote down two numbers before you measured. Any two from 0 to 1000 count."""
    guess = several(student.predicted_lengths(), 2, "your prediction")
    ok = all(isinstance(g, int | float) and 0 <= g <= 1000 for g in guess)
    assert ok, "expected two numbers from 0 to 1000"


def length_of_dw1(params, X, Y, s):
    w = np.ones(Y.shape[1])
    return np.linalg.norm(exact(lambda p: loss_of_scores(tower(p, X, s)["z3"], Y, w), params, ["W1"])["W1"])


def compare_lengths(student, rng, place, s):
    for sizes in ((6, 5, 4, 3), (8, 3, 5, 4)):
        factor, all_open = 10.0 ** -rng.uniform(0.5, 3), False
        while not all_open:  # before and after, so that a fault in the gate costs nothing here
            params, X, Y = random_tower(rng, *sizes, gates="open")
            weaker = params | {"W2": factor * params["W2"]}
            z2 = tower(weaker, X, s)["z2"]
            all_open = ((z2 > 1e-3) & (z2 < params["c2"] - 1e-3)).all()
        before, after = (length_of_dw1(p, X, Y, s) for p in (params, weaker))
        lengths = several(student.measured_lengths(params, X, Y, factor), 2, "the lengths")
        got = numbers(lengths[place], "a ratio of lengths")
        agree(got, after / before, f"the ratio for s = {s:g} and W2 times {factor:.3g}", rtol=1e-8)


@check("measured_lengths", points=1)
def length_with(student, rng):
    """The first ratio, with the shortcut, is right for towers and factors that you have not seen."""
    compare_lengths(student, rng, 0, 1.0)


@check("measured_lengths", points=1)
def length_without(student, rng):
    """The second ratio, without the shortcut, is right for towers and factors that you have not seen."""
    compare_lengths(student, rng, 1, 0.0)


# 7 · Three faults


@check("predicted_names", points=1)
def names_predicted(student, rng):
    """You wrote down which gradients you expect to be reported for one example. Any names of parameters count."""
    guess = names_in(student.predicted_names(), "your prediction")
    assert set(guess) <= set(GATED), f"expected names out of {', '.join(GATED)}"


def suspect(params, X, Y):
    """Return the gradients of the program with the three faults, for the mean loss."""
    states = gated(params, X)
    a1, a2 = states["a1"], states["a2"]
    dz3 = (softmax(states["z3"]) - Y) / len(Y)
    dr = dz3 @ params["W3"].T
    dz1, dz2 = dr * a2 * (1 - a1**2), dr * a2 * a2 * (1 - a2)
    grads = {"W1": X.T @ dz1, "b1": dz1.mean(axis=0), "W2": X.T @ dz2, "b2": dz2.sum(axis=0)}
    return grads | {"W3": a1.T @ dz3, "b3": dz3.sum(axis=0)}


def compare_reported(student, cases):
    """Compare with what is wrong, or with what the student's own instrument says: its faults have been paid for."""
    by_own = []
    for params, X, Y, right, what in cases:
        said = sorted(names_in(student.reported(params, X, Y), what))
        if said == right:
            continue
        own = sorted(report(student, "gated", params, suspect(params, X, Y), X, Y, np.ones(Y.shape[1]), what))
        wanted = f"expected {len(right)} names, or what your own instrument says"
        assert said == own, f"{what}: {wanted}, got {', '.join(said) or 'none'}"
        by_own.append(own)
    assert len(by_own) < len(cases) or by_own[0] != by_own[-1], "your instrument says the same of every network"


@check("reported", points=1)
def reported_for_several(student, rng):
    """With several examples the instrument reports what the three faults do to a network, also where the pixels are 0
    or nothing comes back.
    """
    cases = []
    for N, D, H, K in ((6, 5, 4, 3), (3, 4, 3, 5)):
        params, (X, Y) = random_params(rng, GATED, D, H, K), examples(rng, N, D, K)
        cases += [
            (params, X, Y, ["W2", "W3", "b1", "b2"], f"{N} examples"),
            (params, 0 * X, Y, ["W3", "b1", "b2"], f"{N} examples, X = 0"),
            (params | {"W3": np.zeros((H, K))}, X, Y, ["W3"], f"{N} examples, W3 = 0"),
        ]
    compare_reported(student, cases)


@check("reported", points=1)
def reported_for_one(student, rng):
    """So it does with a single example, where one of the faults cannot be seen."""
    cases = []
    for D, H, K in ((5, 4, 3), (4, 3, 5)):
        params, (X, Y) = random_params(rng, GATED, D, H, K), examples(rng, 1, D, K)
        cases += [
            (params, X, Y, ["W2", "W3", "b2"], "one example"),
            (params, 0 * X, Y, ["W3", "b2"], "one example, X = 0"),
        ]
    compare_reported(student, cases)


def compare_gated(student, rng, names, all_sizes):
    for N, D, H, K in all_sizes:
        params, X = random_params(rng, GATED, D, H, K), rng.normal(size=(N, D))
        dz3 = rng.normal(size=(N, K))
        grads = student.mended_backward(params, gated(params, X), dz3)
        right = exact(lambda p, dz3=dz3, X=X: (dz3 * gated(p, X)["z3"]).sum(), params, names)
        what = f"N, D, H, K = {N}, {D}, {H}, {K}"
        for name in names:
            agree(gradient(grads, name, what), right[name], f"d{name} for {what}", rtol=1e-9)


def compare_gated_full_size(student, rng, names):
    N, D, H, K = FULL_SIZE
    params, X = random_params(rng, GATED, D, H, K), rng.normal(size=(N, D)) / np.sqrt(D)
    dz3 = rng.normal(size=(N, K))
    grads = student.mended_backward(params, gated(params, X), dz3)
    for name in names:
        what = f"d{name} for N, D, H, K = {N}, {D}, {H}, {K}"
        agree_along(
            rng,
            gradient(grads, name, what),
            lambda p, n=name: (dz3 * gated(params | {n: p}, X)["z3"]).sum(),
            params[name],
            what,
        )


GATED_SIZES = ((5, 4, 3, 2), (4, 4, 4, 4), (3, 2, 5, 3))


@check("mended_backward", points=1)
def mended_third(student, rng):
    """The first fault is mended: dW3 is right."""
    compare_gated(student, rng, ["W3"], GATED_SIZES)
    compare_gated_full_size(student, rng, ["W3"])


@check("mended_backward", points=2)
def mended_gate(student, rng):
    """The second fault is mended: dW2 and db2 are right."""
    compare_gated(student, rng, ["W2", "b2"], GATED_SIZES)
    compare_gated_full_size(student, rng, ["W2", "b2"])


@check("mended_backward", points=1)
def mended_bias(student, rng):
    """The third fault is mended: db1 is right."""
    compare_gated(student, rng, ["b1"], GATED_SIZES)
    compare_gated_full_size(student, rng, ["b1"])


@check("mended_backward", points=1)
def nothing_broken(student, rng):
    """All six gradients are right for one example, and what was right before is still right."""
    compare_gated(student, rng, GATED, ((1, 3, 4, 2), (1, 1, 1, 1)))
    compare_gated(student, rng, ["W1", "b3"], GATED_SIZES)
