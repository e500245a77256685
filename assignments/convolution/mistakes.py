"""Common mistakes of assignment 6: each is the solution with a few words changed, and what it must get."""

from pathlib import Path

from assignments.mistakes import but_of, without

but = but_of(Path(__file__).parent)

FLIPPED = """\
    K = K[:, ::-1, ::-1]
    Z = np.zeros(X.shape)
"""
RIM = """\
    Z = np.zeros(X.shape)
    R, S = X.shape[2:]
    reach = d * (K.shape[1] - 1)
    X = np.pad(X, [(0, 0), (0, 0), (0, reach), (0, reach)])
"""
WRAPPED_ONCE = """\
    Z = np.zeros(X.shape)
    R, S = X.shape[2:]
    X = np.concatenate([X, X], axis=2)
    X = np.concatenate([X, X], axis=3)
"""
CUT = "X[:, :, d * u : d * u + R, d * v : d * v + S]"
NUDGED = """\
    for given, grad in ((X.copy(), dX), (K.copy(), dK)):
        for index in np.ndindex(given.shape):
            old = given[index]
            both = []
            for nudge in (1e-5, -1e-5):
                given[index] = old + nudge
                both.append((ring(given, K, d) if grad is dX else ring(X, given, d)) * dZ)
            given[index] = old
            grad[index] = (both[0].sum() - both[1].sum()) / 2e-5
    return dX, dK
"""
NUDGED_FAR = NUDGED.replace("(1e-5, -1e-5)", "(far, -far)").replace("2e-5", "(2 * far)")
NUDGED_POOL = """\
    from nnlib import gradcheck

    A = A.copy()
    return gradcheck.numerical_gradient(lambda: (soft_pool(A, beta) * dP).sum(), A)
"""
POOL = "return (functional.logsumexp(beta * A.reshape(N, C, R * S)) - np.log(R * S)) / beta"
CENTRED = """\
middle = A.mean(axis=(2, 3), keepdims=True)
    return np.log(np.exp(beta * (A - middle)).mean(axis=(2, 3))) / beta + middle[:, :, 0, 0]\
"""
SLOPES = "functional.softmax(beta * A.reshape(N, C, R * S))"
UNSHIFTED = "np.exp(beta * A).reshape(N, C, R * S)\n    slopes = slopes / slopes.sum(axis=2, keepdims=True)"
MOVED = "moved(X, -d * u, -d * v)"
BACK = "moved(K[:, u, v, None, None] * dZ, d * u, d * v)"

MISTAKES = [
    # 0, the own functions: nothing else is tested with them
    ("own functions: no 1/N in set_gradient", but("own-functions", (") / len(Z)", ")")), 41),
    (
        "own functions: the surprise with its sign turned round",
        but(
            "own-functions",
            ("return functional.logsumexp(Z) - functional.", "return -functional.logsumexp(Z) + functional."),
        ),
        41,
    ),
    # 1, a convolution on a ring
    ("ring: the picture moves the wrong way", but("ring", ("-d * u, -d * v", "d * u, d * v")), 36),
    ("ring: the kernel is turned by half a turn", but("ring", ("    Z = np.zeros(X.shape)\n", FLIPPED)), 36),
    ("ring: a rim of zeros in place of the ring", but("ring", ("    Z = np.zeros(X.shape)\n", RIM), (MOVED, CUT)), 39),
    (
        "ring: the picture set beside itself once, for windows that go round twice",
        but("ring", ("    Z = np.zeros(X.shape)\n", WRAPPED_ONCE), (MOVED, CUT)),
        41,
    ),
    ("ring: the dilation is left out", but("ring", (MOVED, "moved(X, -u, -v)")), 40),
    ("ring: rows and columns of the kernel exchanged", but("ring", (MOVED, "moved(X, -d * v, -d * u)")), 36),
    ("ring: the first channel's kernel for all", but("ring", ("K[:, u, v, None, None]", "K[0, u, v]")), 36),
    (
        "ring: the channels are added up",
        but("ring", ("return Z", "return np.repeat(Z.sum(axis=1, keepdims=True), Z.shape[1], axis=1)")),
        36,
    ),
    ("ring: works on the picture itself", but("ring", ("return Z", "X[...] = Z\n    return X")), 41),
    # 2, its way back
    (
        "ring_backward: dX moves the same way as forward",
        but("ring_backward", ("d * u, d * v)\n    return", "-d * u, -d * v)\n    return")),
        38,
    ),
    ("ring_backward: dK from the picture as it lies", but("ring_backward", (MOVED, "X")), 38),
    (
        "ring_backward: dK is a mean over the examples",
        but("ring_backward", (".sum(axis=(0, 2, 3))", ".sum(axis=(0, 2, 3)) / len(X)")),
        39,
    ),
    (
        "ring_backward: dK is a mean over the places",
        but("ring_backward", (".sum(axis=(0, 2, 3))", ".sum(axis=0).mean(axis=(1, 2))")),
        38,
    ),
    ("ring_backward: one dK for all channels", but("ring_backward", (".sum(axis=(0, 2, 3))", ".sum()")), 39),
    ("ring_backward: the last weight's dX in place of the sum", but("ring_backward", ("dX += ", "dX = ")), 38),
    (
        "ring_backward: dX with the kernel turned by half a turn",
        but("ring_backward", (BACK, "moved(K[:, -1 - u, -1 - v, None, None] * dZ, d * u, d * v)")),
        38,
    ),
    ("ring_backward: the dilation is left out in dX", but("ring_backward", ("* dZ, d * u, d * v)", "* dZ, u, v)")), 40),
    ("ring_backward: (dK, dX) in place of (dX, dK)", but("ring_backward", ("return dX, dK", "return dK, dX")), 34),
    (
        "ring_backward: by finite differences with a step of 1e-5",
        but(
            "ring_backward",
            ("    for u, v in np.ndindex(K.shape[1:]):\n", NUDGED + "    for u, v in np.ndindex(K.shape[1:]):\n"),
        ),
        35,
    ),
    (
        "ring_backward: by finite differences with a long step, exact and slow",
        but(
            "ring_backward",
            (
                "    for u, v in np.ndindex(K.shape[1:]):\n",
                "    far = np.abs(X).max() + np.abs(K).max() + 1\n"
                + NUDGED_FAR
                + "    for u, v in np.ndindex(K.shape[1:]):\n",
            ),
        ),
        35,
    ),
    # 3, what goes along with a shift
    ("shifts_kept: compared exactly", but("shifts_kept", ("<= 1e-9", "== 0")), 41),
    (
        "shifts_kept: compared by allclose, which forgives more",
        but(
            "shifts_kept",
            ("np.abs(f(moved(X, a, b)) - expected).max() <= 1e-9", "np.allclose(f(moved(X, a, b)), expected)"),
        ),
        41,
    ),
    (
        "shifts_kept: the output is moved back the wrong way",
        but("shifts_kept", ("moved(before, a, b)", "moved(before, -a, -b)")),
        37,
    ),
    (
        "shifts_kept: all outputs should stay",
        but("shifts_kept", ("moved(before, a, b) if before.ndim == 4 else before", "before")),
        37,
    ),
    (
        "shifts_kept: moved down, and never to the right",
        but("shifts_kept", ("f(moved(X, a, b)) - expected", "f(moved(X, a, 0)) - expected")),
        36,
    ),
    (
        "shifts_kept: the pictures moved up and to the left",
        but(
            "shifts_kept",
            ("f(moved(X, a, b))", "f(moved(X, -a, -b))"),
            ("moved(before, a, b)", "moved(before, -a, -b)"),
        ),
        40,
    ),
    (
        "shifts_kept: the largest difference without its absolute value",
        but("shifts_kept", ("np.abs(f(moved(X, a, b)) - expected).max()", "(f(moved(X, a, b)) - expected).max()")),
        41,
    ),
    (
        "shifts_kept: the absolute value of the sum of all differences",
        but("shifts_kept", ("np.abs(f(moved(X, a, b)) - expected).max()", "abs((f(moved(X, a, b)) - expected).sum())")),
        41,
    ),
    (
        "shifts_kept: the first picture alone",
        but("shifts_kept", ("np.abs(f(moved(X, a, b)) - expected)", "np.abs(f(moved(X, a, b)) - expected)[0]")),
        41,
    ),
    (
        "shifts_kept: the first channel alone",
        but("shifts_kept", ("np.abs(f(moved(X, a, b)) - expected)", "np.abs(f(moved(X, a, b)) - expected)[:, 0]")),
        41,
    ),
    ("shifts_kept: the table the wrong way round", but("shifts_kept", ("return kept", "return kept.T")), 36),
    # 4, what an output sees
    (
        "seen: the stride acts on its own layer",
        but(
            "seen",
            ("        step *= stride\n", ""),
            ("    for k, d, stride in layers:\n", "    for k, d, stride in layers:\n        step *= stride\n"),
        ),
        41,
    ),
    ("seen: the strides are left out", but("seen", ("        step *= stride\n", "")), 41),
    (
        "seen: no holes, all pixels up to the last",
        but("seen", ("return sorted(pixels)", "return list(range(max(pixels) + 1))")),
        40,
    ),
    ("seen: the dilation is left out", but("seen", ("step * d * u", "step * u")), 40),
    ("seen: the number of pixels", but("seen", ("return sorted(pixels)", "return len(pixels)")), 38),
    ("design: 1, 2, 4", but("design", ("1, 3, 9", "1, 2, 4")), 40),
    ("design: far, with holes", but("design", ("1, 3, 9", "1, 4, 16")), 39),
    # 5, the price
    (
        "costs: no biases",
        but("costs", ("return full + F,", "return full,"), ("apart + mixed + F", "apart + mixed")),
        40,
    ),
    (
        "costs: each channel has F kernels of its own",
        but("costs", ("F * C * k**2, C * k**2, F * C", "F * C * k**2, F * C * k**2, F * C")),
        40,
    ),
    (
        "costs: k weights a kernel in the separable layer",
        but("costs", ("F * C * k**2, C * k**2, F * C", "F * C * k**2, C * k, F * C")),
        40,
    ),
    (
        "costs: the products of a single place",
        but("costs", ("full * R * S", "full"), ("(apart + mixed) * R * S", "apart + mixed")),
        40,
    ),
    (
        "costs: the biases counted as products",
        but(
            "costs", ("full * R * S", "(full + F) * R * S"), ("(apart + mixed) * R * S", "(apart + mixed + F) * R * S")
        ),
        40,
    ),
    # 6, one number for all places
    ("soft_pool: the sum in place of the mean", but("soft_pool", (" - np.log(R * S)", "")), 38),
    ("soft_pool: not divided by beta", but("soft_pool", (") / beta", ")")), 38),
    (
        "soft_pool: no largest number subtracted",
        but(
            "soft_pool",
            ("functional.logsumexp(beta * A.reshape(N, C, R * S))", "np.log(np.exp(beta * A).sum(axis=(2, 3)))"),
        ),
        41,
    ),
    ("soft_pool: the mean of a channel subtracted", but("soft_pool", (POOL, CENTRED)), 41),
    (
        "soft_pool: the plain mean",
        but(
            "soft_pool",
            (
                POOL,
                "return A.mean(axis=(2, 3))",
            ),
        ),
        38,
    ),
    (
        "soft_pool: the largest number",
        but(
            "soft_pool",
            (
                POOL,
                "return A.max(axis=(2, 3))",
            ),
        ),
        38,
    ),
    ("soft_pool_backward: a factor beta too many", but("soft_pool_backward", ("* slopes)", "* beta * slopes)")), 38),
    (
        "soft_pool_backward: divided by the number of places",
        but("soft_pool_backward", ("* slopes)", "* slopes / (R * S))")),
        38,
    ),
    ("soft_pool_backward: beta left out of the softmax", but("soft_pool_backward", ("(beta * A", "(A")), 39),
    (
        "soft_pool_backward: a softmax along each row alone",
        but(
            "soft_pool_backward",
            (
                SLOPES,
                "functional.softmax(beta * A).reshape(N, C, R * S) / R",
            ),
        ),
        39,
    ),
    (
        "soft_pool_backward: exponentials without a shift",
        but(
            "soft_pool_backward",
            (
                SLOPES,
                UNSHIFTED,
            ),
        ),
        41,
    ),
    (
        "soft_pool_backward: the mean of a channel subtracted",
        but(
            "soft_pool_backward",
            (
                SLOPES,
                UNSHIFTED.replace("beta * A", "beta * (A - A.mean(axis=(2, 3), keepdims=True))"),
            ),
        ),
        41,
    ),
    (
        "soft_pool_backward: to the largest alone",
        but(
            "soft_pool_backward",
            (
                SLOPES,
                "(A == A.max(axis=(2, 3), keepdims=True)).reshape(N, C, R * S)",
            ),
        ),
        39,
    ),
    (
        "soft_pool_backward: the mean's, alike for all places",
        but(
            "soft_pool_backward",
            (SLOPES, "np.full((N, C, R * S), 1 / (R * S))"),
        ),
        38,
    ),
    (
        "soft_pool_backward: by finite differences",
        but("soft_pool_backward", ("    N, C, R, S = A.shape\n", NUDGED_POOL + "    N, C, R, S = A.shape\n")),
        39,
    ),
    # 7, the prediction
    ("prediction: shares in place of percent", but("prediction", ("20, 85, 40", "0.2, 0.85, 0.4")), 41),
    # Lazy answers
    ("ring: the picture comes back as it is", but("ring", ("return Z", "return X.copy()")), 35),
    ("shifts_kept: True everywhere", but("shifts_kept", ("return kept", "return kept | True")), 36),
    ("soft_pool_backward: nothing comes back", but("soft_pool_backward", ("* slopes)", "* 0 * slopes)")), 38),
    # Honest partial submissions
    (
        "forward only: the ring, the counts and the pooling",
        without("own-functions", "ring_backward", "shifts_kept", "design", "soft_pool_backward", "prediction"),
        18,
    ),
    ("no pooling and no prediction", without("soft_pool", "soft_pool_backward", "prediction"), 33),
    (
        "what needs no picture: own functions, seen, design, costs",
        without("ring", "ring_backward", "shifts_kept", "soft_pool", "soft_pool_backward", "prediction"),
        12,
    ),
]
