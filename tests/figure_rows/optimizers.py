"""Chapter 14: five optimizers on the bowl (p² + 100q²)/2, along its axes, turned by 45°, and bent."""

from functools import cache

import numpy as np

from nnlib.optim import SGD, Adam, Momentum, RMSprop

STATES = [
    {"surface": "turned", "opt": "RMSprop", "t": 20},
    {"surface": "valley", "opt": "Nesterov", "k": 3},
    {"surface": "valley", "rates": "same", "k": 2, "t": 45, "W": [1.5, -1.0]},
    {"rates": "same", "k": 8, "opt": "SGD"},
    {"correct": False, "t": 12, "opt": "Adam"},
    {"opt": "Momentum", "t": 0, "k": 0},
]
LOOSE = 1e-12  # the two programs' powers of 0.999 may differ in the last digit
KAPPA, LOST, COMMON, LAST, START = 100, 1e6, 0.02, 60, [-1.7, -0.7]
KINDS = {
    "SGD": SGD,
    "Momentum": Momentum,
    "Nesterov": lambda eta: Momentum(eta, nesterov=True),
    "RMSprop": RMSprop,
    "Adam": Adam,
}


def turned(v):
    """A vector turned by 45° and mirrored, there and back. Number by number, as on the page: a fused product rounds
    otherwise, and on the diagonal, where one coordinate is 0, a step size too large makes anything of a rounding error.
    """
    return np.sqrt(0.5) * np.array([v[0] + v[1], v[0] - v[1]])


def loss_and_gradient(surface, W):
    a, b = W
    if surface == "valley":
        p, q = 1 - a, b + a * a - 1
        return (p * p + KAPPA * q * q) / 2, np.array([2 * a * KAPPA * q - p, KAPPA * q])
    turn = turned if surface == "turned" else np.asarray
    p, q = turn(W)
    return (p * p + KAPPA * q * q) / 2, turn([p, KAPPA * q])


def race(name, eta, surface, W, t, correct=True):
    """Return the loss after t steps, or where it is lost; the last gradient; and the next step's direction."""
    optimizer = Adam(eta, correct=correct) if name == "Adam" else KINDS[name](eta)
    params = {"W": np.array(W, float)}
    for _ in range(t):
        loss, gradient = loss_and_gradient(surface, params["W"])
        if loss > LOST:
            break
        optimizer.step(params, {"W": gradient})
    loss, gradient = loss_and_gradient(surface, params["W"])
    before = params["W"].copy()
    optimizer.schedule = lambda t, total: 1.0  # the direction is a step of the size 1
    optimizer.step(params, {"W": gradient})
    return loss, gradient, before - params["W"]


@cache
def best_rates():
    """Return for each surface and optimizer the learning rate with the lowest loss in the last ten of the figure's
    steps, from its start, among those whose loss stays below twice that of the start.
    """
    etas = [float(f"{10 ** (k / 20):.2g}") for k in range(-60, 11)]

    def worst(surface, name, eta):
        optimizer, params, losses = KINDS[name](eta), {"W": np.array(START)}, []
        for _ in range(LAST + 1):
            loss, gradient = loss_and_gradient(surface, params["W"])
            losses.append(loss)
            if loss > 2 * losses[0]:
                return np.inf
            optimizer.step(params, {"W": gradient})
        return max(losses[-10:])

    def best(surface, name):
        return min(etas, key=lambda eta: worst(surface, name, eta))

    return {surface: [best(surface, name) for name in KINDS] for surface in ("bowl", "turned", "valley")}


def constants():
    return {"BEST": "{\n" + "".join(f"  {surface}: {rates},\n" for surface, rates in best_rates().items()) + "}"}


def shows(state):
    best = best_rates()[state["surface"]] if state["rates"] == "best" else [COMMON] * len(KINDS)
    rates = [2.0 ** (state["k"] - 4) * rate for rate in best]
    where = [state[part] for part in ("surface", "W", "t", "correct")]
    ways = [race(name, eta, *where) for name, eta in zip(KINDS, rates, strict=True)]
    _, gradient, direction = ways[list(KINDS).index(state["opt"])]
    return {"eta": rates, "L": [loss for loss, *_ in ways], "g": gradient, "d": direction}
