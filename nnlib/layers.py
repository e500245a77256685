"""Layers: each turns rows into rows, and a gradient of what it returned into gradients of what it was given."""

import math
from inspect import signature

import numpy as np

from .checks import check_gradient, check_rng, check_share, check_size
from .functional import floating
from .init import drawn, he_normal


class Layer:
    """What every layer has. A new one derives from it, fills `params` and `state` where it has any, and writes
    `forward` and `backward`.

    Attributes
    ----------
    params, grads : dict of arrays
        The parameters by name, and under the same names and in the same shapes the gradients that the last backward
        pass left: the next one overwrites them.
    state : dict of arrays
        What is learned by watching and not by gradients, as the running means of `nnlib.norm.BatchNorm`. Files keep
        params and state: what a layer counts elsewhere is lost where a training is stopped.
    inputs : int or None
        How many numbers an example has, where the layer asks for rows, (N, inputs).
    settings : tuple of str
        What the layer is made from, apart from its numbers: parameters of its constructor, whole numbers or others,
        that it keeps under the same names. `nnlib.architecture` writes them down.
    """

    inputs = None
    settings = ()
    can_skip_dx = False  # whether `backward` takes dX=False, and then saves the product that nobody asks for
    _memory = None

    def __init__(self):
        self.params, self.grads, self.state = {}, {}, {}

    def forward(self, X, train=False):
        """Return the layer's output for X. In training, what `backward` needs is remembered, and a layer may compute
        otherwise than in use.
        """
        raise NotImplementedError(f"expected {type(self).__name__} to have a method forward(X, train)")

    def backward(self, dA):
        """Return ∂L/∂X from ∂L/∂output, and leave ∂L/∂parameter in `grads`.

        It belongs to the last ``forward(X, train=True)``, whose memory it uses up.

        Raises
        ------
        RuntimeError
            If there was none since the last backward pass.
        """
        raise NotImplementedError(f"expected {type(self).__name__} to have a method backward(dA)")

    def remember(self, train, *what):
        """Keep what `backward` needs, in training. A look at other examples
        in between changes nothing.
        """
        if train:
            self._memory = what

    def recall(self):
        """Return what `forward` kept, once: twice used, it would belong to
        another pass.
        """
        if self._memory is None:
            first = "a forward pass with train=True before each backward pass"
            raise RuntimeError(f"{self}: expected {first}")
        memory, self._memory = self._memory, None
        return memory

    def parameter(self, name, value):
        """Give the layer a parameter, and a place for its gradient.

        From then on it is to be read from `params` alone: a Sequential puts another array in its place.
        """
        self.params[name], self.grads[name] = value, np.zeros_like(value)

    def __repr__(self):
        usual = signature(type(self)).parameters
        given = {name: getattr(self, name) for name in self.settings if name in usual}
        words = [
            repr(value) if usual[name].default is usual[name].empty else f"{name}={value!r}"
            for name, value in given.items()
            if value != usual[name].default
        ]
        return f"{type(self).__name__}({', '.join(words)})"

    def __getstate__(self):
        return self.__dict__ | {"_memory": None}  # a copy has not seen the batch


class Linear(Layer):
    """Z = XW + b.

    Parameters
    ----------
    inputs, outputs : int
        D and H.
    rng : numpy.random.Generator
        Where the first weights come from.
    init : callable (rng, fan_in, fan_out) -> array
        From `nnlib.init`.
    bias : bool
        Whether there is a b; in front of a batch normalisation it would do nothing.
    """

    settings = ("inputs", "outputs", "bias")
    can_skip_dx = True

    def __init__(self, inputs, outputs, rng=None, init=he_normal, bias=True):
        super().__init__()
        self.inputs, self.outputs = check_size("inputs", inputs), check_size("outputs", outputs)
        self.bias = bool(bias)
        check_rng(rng)
        self.parameter("W", drawn(init, rng, self.inputs, self.outputs))
        if bias:
            self.parameter("b", np.zeros(outputs))

    def forward(self, X, train=False):
        W = self.params["W"]
        if X.ndim != 2 or X.shape[1] != len(W):
            raise ValueError(f"expected rows (N, {len(W)}), got {X.shape}")
        self.remember(train, X)
        Z = X @ W  # eq-linear
        return Z + self.params["b"] if self.bias else Z

    def backward(self, dZ, dX=True):
        """Also with ``dX=False``, for a layer whose input nobody can move:
        that product is saved, and None returned.
        """
        (X,) = self.recall()
        np.matmul(X.T, dZ, out=self.grads["W"])  # eq-linear-dW
        if self.bias:
            np.sum(dZ, axis=0, out=self.grads["b"])  # eq-linear-db
        return dZ @ self.params["W"].T if dX else None  # eq-linear-dX


class Reshape(Layer):
    """Each row as an array of another shape: pixels as a picture of one channel, ``Reshape(1, 28, 28)``."""

    settings = ("shape",)

    def __init__(self, *shape):
        super().__init__()
        if not shape or not all(isinstance(size, int | np.integer) and size > 0 for size in shape):
            raise ValueError(f"expected the sizes of one example, as Reshape(1, 28, 28), got {shape}")
        self.shape = tuple(map(int, shape))
        self.inputs = math.prod(self.shape)

    def forward(self, X, train=False):
        if X.ndim != 2 or X.shape[1] != self.inputs:
            raise ValueError(f"expected rows (N, {self.inputs}), got {X.shape}")
        self.remember(train, len(X))
        return X.reshape(len(X), *self.shape)

    def backward(self, dA):
        (N,) = self.recall()
        check_gradient(dA, (N, *self.shape))
        return dA.reshape(N, self.inputs)

    def __repr__(self):
        return f"Reshape({', '.join(map(str, self.shape))})"


class Flatten(Layer):
    """Each example's numbers as one row, (N, …) to (N, D): between pictures and `Linear`."""

    def forward(self, X, train=False):
        self.remember(train, X.shape)
        return X.reshape(len(X), -1)

    def backward(self, dA):
        (shape,) = self.recall()
        check_gradient(dA, (shape[0], math.prod(shape[1:])))
        return dA.reshape(shape)


class Dropout(Layer):
    """In training, each number is set to 0 with probability p and else divided by 1 − p, so that its mean stays; in
    use, nothing (eq-dropout; Srivastava et al., 2014, in the inverted form).

    Parameters
    ----------
    p : float
        From 0 to below 1.
    rng : numpy.random.Generator
        Draws what is dropped, anew in each forward pass.
    """

    settings = ("p",)

    def __init__(self, p, rng=None):
        super().__init__()
        self.p, self.rng = check_share("p", p), rng
        check_rng(rng)

    def forward(self, X, train=False):
        if not train:
            return X
        X = floating(X)
        kept = self.rng.random(X.shape, dtype=np.float32) >= self.p
        mask = kept * X.dtype.type(1 / (1 - self.p))
        self.remember(train, mask)
        return X * mask  # eq-dropout

    def backward(self, dA):
        (mask,) = self.recall()
        check_gradient(dA, mask.shape)
        return dA * mask  # eq-dropout-dX
