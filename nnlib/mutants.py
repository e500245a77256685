"""Mutants: programs with a planted fault, for exercises in which the reader's own test is examined."""

import numpy as np

from .activations import ReLU
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


def of_layers(rng):
    """Yield layers for rows of 4 numbers that break the contract of a layer (chapter 11), each with words for what is
    wrong. What they return forward is right.
    """

    def gate(**methods):
        return type("ReLU", (ReLU,), methods)()

    def linear(change):
        def backward(self, dZ):
            old = {name: grad.copy() for name, grad in self.grads.items()}
            return change(self, Linear.backward(self, dZ), dZ, old)

        layer = type("Linear", (Linear,), {"backward": backward})(4, 4, rng)
        layer.params["b"][...] = rng.normal(size=4)
        return layer

    def noted(name, how):  # another gradient of one parameter
        def change(self, dX, dZ, old):
            self.grads[name][...] = how(self.grads[name], dZ, old[name])
            return dX

        return linear(change)

    def keep(self, train, *what):
        self._memory = what

    def keep_first(self, train, *what):
        self._memory = self.__dict__.setdefault("first", what)

    spare = np.arange(16).reshape(4, 4) != 9
    yield "no transpose", linear(lambda self, dX, dZ, old: dZ @ self.params["W"])
    yield "dX, a part in a thousand", linear(lambda self, dX, *_: 1.001 * dX)
    yield "dX of three examples alone", linear(lambda self, dX, *_: dX * (np.arange(len(dX)) < 3)[:, None])
    yield "all outputs taken as one", linear(lambda self, dX, dZ, old: np.full_like(dZ, dZ.mean()) @ self.params["W"].T)
    yield "db as a mean", noted("b", lambda grad, dZ, old: dZ.mean(axis=0))
    yield "no db", noted("b", lambda grad, dZ, old: 0)
    yield "dW that adds up", noted("W", lambda grad, dZ, old: grad + old)
    yield "one entry of dW", noted("W", lambda grad, dZ, old: grad * spare)
    yield "a look is remembered", gate(remember=keep)
    yield "the first batch is remembered", gate(remember=keep_first)
    yield "a second way back", gate(recall=lambda self: self._memory)
    yield "a mask that is always open", gate(slope=lambda self, Z: self.f(Z) >= 0)
    yield "X is changed", gate(f=lambda self, Z: np.maximum(Z, 0, out=Z))
    yield "dA is changed", gate(backward=lambda self, dA: np.multiply(dA, self.slope(*self.recall()), out=dA))
