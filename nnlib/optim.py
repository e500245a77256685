"""Optimizers: how gradients move parameters."""

import math
from operator import is_

import numpy as np

from . import flat
from .checks import check_above_zero, check_from_zero, check_share
from .schedules import constant


class Optimizer:
    """What every optimizer has. A new one derives from it, names its `memories` and writes `move`. A training that is
    stopped, `nnlib.checkpoint`, keeps the memories and t: no other number may change from one update to the next.

    Parameters
    ----------
    schedule : float or callable (t, total) -> float
        The step size η, or how it changes: `linear_decay`, `cosine_decay`, `step_decay`, `warm_up_and_decay`, or any
        function of the number of updates so far and in all.

    Attributes
    ----------
    t : int
        The updates so far: an optimizer that is used again goes on where it was.
    """

    memories = ()  # names of arrays, of the parameters' shape, that are kept from one update to the next
    fading = ()  # those of them that shrink towards 0 where no gradient comes, and move nothing when they are tiny

    def __init__(self, schedule):
        self.schedule = schedule if callable(schedule) else constant(schedule)
        self.t, self._slots, self._arrays, self._moves = 0, {}, [], []

    def begin(self, params):
        """Take a network's parameters for a training.

        Raises
        ------
        ValueError
            If the updates so far were of another network's, whose step size and memories this one would go on with.
        """
        if self.t and self._arrays and not any(map(is_, params.values(), self._arrays)):
            raise ValueError("expected the network of the updates before, got another one: make a new optimizer")
        if not self.t:
            self._arrays = [*params.values()]

    def rate(self, total=None):
        """Return the step size of the next update, in a training of `total` updates."""
        eta = self.schedule(self.t, total)
        check_from_zero(f"the step size of update {self.t}", eta)
        return eta

    def step(self, params, grads, total=None):
        """Move parameters once, in place.

        Parameters
        ----------
        params, grads : dict of arrays
            The same names and shapes in both.
        total : int, optional
            How many updates the whole training takes, for a schedule that asks.

        Raises
        ------
        ValueError
            If gradients do not fit, or the parameters are another network's than in the updates before; before
            anything is changed.
        """
        arrays = [*params.values(), *grads.values()]
        if len(arrays) != len(self._arrays) or not all(map(is_, arrays, self._arrays)):
            self._meet(params, grads)
            self._arrays = arrays
        eta = self.rate(total)
        self.t += 1
        self.decay(params, eta)
        for together in self._moves:
            self.move(eta, *together)
        if self.t % 32 == 0:
            self._forget()

    def kept(self, params):
        """Return what is kept from one update of these parameters to the next, {memory.name: array}: the arrays
        themselves, which are 0 before the first update.
        """
        self._remember(params)
        return {f"{memory}.{name}": self._slots[memory][name] for memory in self.memories for name in params}

    def decay(self, params, eta):
        """Shrink weights before the update; most optimizers do not."""

    def move(self, eta, w, g, *memories):
        """Move one parameter w by its gradient g, in place."""
        raise NotImplementedError(f"expected {type(self).__name__} to have a method move(eta, w, g, …)")

    def _forget(self):
        """Set to 0 what has faded. Processors are many times slower with subnormal numbers, those below the smallest
        that has all its digits, and a memory of weights that get no gradient any more would end there.
        """
        for _, _, *memories, work in self._moves:
            for name, memory in zip(self.memories, memories, strict=True):
                if name in self.fading:
                    limits = np.finfo(memory.dtype)
                    memory[np.abs(memory, out=work) < limits.tiny / limits.eps] = 0

    def _remember(self, params):
        """Make room for the memories, unless there is some."""
        if not self._slots:
            shapes, dtype = {name: param.shape for name, param in params.items()}, np.result_type(*params.values())
            self._slots = {memory: flat.zeros(shapes, dtype) for memory in (*self.memories, "work")}

    def _meet(self, params, grads):
        """Look at arrays that are not those of the last update: do they fit, and do they lie in vectors?"""
        shapes = {name: param.shape for name, param in params.items()}
        given = {name: np.shape(grad) for name, grad in grads.items()}
        if given != shapes:
            raise ValueError(f"expected a gradient for each parameter, in its shape, {shapes}, got {given}")
        self._remember(params)
        before = {name: array.shape for name, array in self._slots["work"].items()}
        if before != shapes:
            raise ValueError(
                f"expected the parameters of the updates before, {before}, got {shapes}: make a new optimizer"
            )
        self.begin(params)
        groups = [{name: group[name] for name in params} for group in (params, grads, *self._slots.values())]
        vectors = [flat.joined(group) for group in groups]
        if all(vector is not None for vector in vectors):  # the same numbers, by fewer operations
            self._moves = [vectors]
        else:
            self._moves = list(zip(*(group.values() for group in groups), strict=True))

    def __getstate__(self):
        return self.__dict__ | {"_arrays": [], "_moves": []}  # a copy's memories are other arrays

    def __repr__(self):
        return f"{type(self).__name__}()"


class SGD(Optimizer):
    """Stochastic gradient descent, w ← w − ηg.

    Parameters
    ----------
    schedule : float or callable
    """

    def move(self, eta, w, g, work):
        w -= np.multiply(eta, g, out=work)  # eq-sgd


class Momentum(Optimizer):
    """A step along a sum of all gradients so far, each with less weight the older it is: v ← βv + g, w ← w − ηv
    (Polyak, 1964), as PyTorch writes it: a constant gradient moves w by η/(1 − β) a step.

    Parameters
    ----------
    schedule : float or callable
    beta : float
        The share of v that stays.
    nesterov : bool
        Whether to step along g + βv, the gradient and where the momentum will lead (Sutskever et al., 2013).
    """

    memories = fading = ("v",)

    def __init__(self, schedule, beta=0.9, nesterov=False):
        super().__init__(schedule)
        self.beta, self.nesterov = check_share("beta", beta), nesterov

    def move(self, eta, w, g, v, work):
        v *= self.beta
        v += g  # eq-momentum
        if self.nesterov:
            np.multiply(self.beta, v, out=work)
            work += g  # eq-nesterov
            work *= eta
        else:
            np.multiply(eta, v, out=work)
        w -= work


class RMSprop(Optimizer):
    """Each gradient divided by its own recent size: s ← βs + (1 − β)g², w ← w − ηg/(√s + ε) (Tieleman and Hinton,
    2012).

    Parameters
    ----------
    schedule : float or callable
    beta : float
    eps : float
        Keeps the division finite where a gradient was always 0.
    """

    memories = ("s",)

    def __init__(self, schedule, beta=0.99, eps=1e-8):
        super().__init__(schedule)
        self.beta, self.eps = check_share("beta", beta), check_above_zero("eps", eps)

    def move(self, eta, w, g, s, work):
        _average_of_squares(s, g, self.beta, work)
        np.sqrt(s, out=work)
        work += self.eps
        np.divide(g, work, out=work)  # eq-rmsprop
        work *= eta
        w -= work


class Adam(Optimizer):
    """Momentum divided by recent size, both corrected for their start at 0 (Kingma and Ba, 2015).

    Parameters
    ----------
    schedule : float or callable
    beta1, beta2 : float
        The shares of m, the mean of the gradients, and of s, that of their squares, that stay.
    eps : float
        Keeps the division finite where a gradient was always 0.
    correct : bool
        Whether to correct for the start at 0.
    """

    memories, fading = ("m", "s"), ("m",)

    def __init__(self, schedule, beta1=0.9, beta2=0.999, eps=1e-8, correct=True):
        super().__init__(schedule)
        self.beta1, self.beta2 = check_share("beta1", beta1), check_share("beta2", beta2)
        self.eps, self.correct = check_above_zero("eps", eps), correct

    # Each line computes in place: arrays made anew would be taken from the system and given back at each update.
    def move(self, eta, w, g, m, s, work):
        _average(m, g, self.beta1, work)
        _average_of_squares(s, g, self.beta2, work)
        np.sqrt(s, out=work)
        if self.correct:
            work /= math.sqrt(1 - self.beta2**self.t)  # eq-adam-correction
            eta = eta / (1 - self.beta1**self.t)
        work += self.eps
        np.divide(m, work, out=work)  # eq-adam
        work *= eta
        w -= work


class AdamW(Adam):
    """Adam beside a decay of the weights that its division does not touch, w ← (1 − ηλ)w (Loshchilov and Hutter,
    2019).

    Parameters
    ----------
    schedule, beta1, beta2, eps, correct
        As of `Adam`.
    weight_decay : float
        λ. Matrices and kernels decay; biases, and what else is one row of numbers, do not.
    """

    def __init__(self, schedule, *, weight_decay=0.01, **options):
        super().__init__(schedule, **options)
        self.weight_decay = check_from_zero("weight_decay", weight_decay)

    def decay(self, params, eta):
        for w in params.values():
            if w.ndim > 1:
                w *= 1 - eta * self.weight_decay  # eq-weight-decay


def _average(m, g, beta, work):
    """m ← βm + (1 − β)g"""
    m *= beta
    m += np.multiply(1 - beta, g, out=work)  # eq-adam-means


def _average_of_squares(s, g, beta, work):
    """s ← βs + (1 − β)g²"""
    s *= beta
    np.multiply(g, g, out=work)
    work *= 1 - beta
    s += work  # eq-adam-means
