"""Mutants: programs with a planted fault, for exercises in which the reader's own test is examined."""

import numpy as np

from .layers import Linear


def of_gradients(gradients, names):
    """Yield for each name some wrong programs, with words for what is wrong: planted faults for an exercise in testing.

    Parameters
    ----------
    gradients : callable (params, X, Y) -> dict
        A right program. Each fault spoils one entry of what it returns.
    names : iterable of str
        Which entries.
    """

    def spoilt(name, change):
        def program(params, X, Y):
            grads = gradients(params, X, Y)
            return {**grads, name: change(np.array(grads[name]), len(X))}

        return program

    def without(entry):
        def change(g, _):
            g.flat[entry(g.size)] = 0
            return g

        return change

    changes = {
        "off by one part in a thousand": lambda g, N: 1.001 * g,
        "with the wrong sign": lambda g, N: -g,
        "divided by N once more": lambda g, N: g / N,
        "right for 5 examples alone": lambda g, N: g * N / 5,
        "with its entries in another order": lambda g, N: g[::-1],
        "without its first entry": without(lambda size: 0),
        "without an entry inside": without(lambda size: 2 * size // 3),
        "without its last entry": without(lambda size: -1),
    }
    for name in names:
        for what, change in changes.items():
            yield f"d{name} {what}", spoilt(name, change)


LAYER_FAULTS = (
    "no transpose",
    "dX, a part in a thousand",
    "dX of three examples alone",
    "db as a mean",
    "all outputs taken as one",
    "no db",
    "dW that adds up",
    "one entry of dW",
    "a look is remembered",
    "the first batch is remembered",
    "a second way back",
    "X is changed",
    "dA is changed",
)


class MutantLinear(Linear):
    """A linear layer with one of the faults `LAYER_FAULTS`, planted; with None it is right.

    Parameters
    ----------
    fault : str or None
    inputs, outputs, rng
        As of `nnlib.layers.Linear`.
    """

    def __init__(self, fault, inputs, outputs, rng):
        if fault is not None and fault not in LAYER_FAULTS:
            raise ValueError(f"expected a fault, one of {', '.join(LAYER_FAULTS)}, got {fault!r}")
        super().__init__(inputs, outputs, rng)
        self.fault, self._first = fault, None

    def remember(self, train, *what):
        super().remember(train or self.fault == "a look is remembered", *what)
        if self.fault == "X is changed":
            what[0][-1] = 0

    def recall(self):
        kept = self._memory if self.fault == "a second way back" else super().recall()
        self._first = self._first or kept
        return self._first if self.fault == "the first batch is remembered" else kept

    def backward(self, dZ):
        W, old = self.params["W"], self.grads["W"].copy()
        if self.fault == "dA is changed":
            dZ[-1] = 0
        dX, (dW, db) = super().backward(dZ), self.grads.values()
        match self.fault:
            case "no transpose":
                dX = dZ @ W
            case "dX, a part in a thousand":
                dX *= 1.001
            case "dX of three examples alone":
                dX[3:] = 0
            case "db as a mean":
                db /= len(dZ)
            case "all outputs taken as one":
                dX = np.full_like(dZ, dZ.mean()) @ W.T
            case "no db":
                db[...] = 0
            case "dW that adds up":
                dW += old
            case "one entry of dW":
                dW[-2, 1] = 0
        return dX

    def __repr__(self):
        return f"Linear({self.inputs}, {self.outputs})"
