"""Layers one behind the other: the chain rule as a loop."""

from itertools import dropwhile

import numpy as np

from . import flat
from .checks import check_gradient, check_scaled
from .layers import Layer
from .losses import SoftmaxCrossEntropy


class Sequential(Layer):
    """Layers one behind the other: itself a layer, and a network that `nnlib.train.fit` trains.

    Parameters
    ----------
    *layers : Layer
        Each is its own object: one used in two places would remember only its last input.
    dtype : numpy dtype, optional
        Of all parameters: float64, or float32, which takes about half the time. By default the one that all layers
        have, and float64 where they differ.

    Attributes
    ----------
    params, grads, state : dict of arrays
        Those of the layers, each named by its layer's place: ``0.W``, ``0.b``, ``2.W``, …
    inputs, classes : int or None
        The numbers in an example and in its output, where the first layer says what it asks for.

    Raises
    ------
    ValueError
        If a layer stands in two places, or one does not fit the one before; the message names its place. If a layer
        keeps parameters, or layers, where no training would find them.

    Notes
    -----
    A layer that is made of layers, as a sum of two branches, derives from this class: it hands them to
    ``super().__init__(…)``, where they are trained, and writes `forward` and ``backward(dA, dX=True)`` anew.

    The parameters lie one behind the other in one vector, the gradients in another, so that an optimizer moves all of
    them by a few operations on vectors; on the network of the book that saves a tenth of a step.
    """

    can_skip_dx = True

    def __init__(self, *layers, dtype=None):
        if not layers:
            raise ValueError("expected at least one layer, got none")
        for layer in layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"expected layers, such as Linear(784, 64, rng) and ReLU(), got {layer!r}")
            if not hasattr(layer, "params"):
                name = type(layer).__name__
                raise ValueError(f"expected __init__ of {name} to begin with super().__init__(), got a {name} without")
        if dtype is not None and not np.issubdtype(dtype, np.floating):
            raise ValueError(f"expected dtype to be float64 or float32, got {np.dtype(dtype)}")
        self.layers, self.inputs = layers, layers[0].inputs
        self.check()
        types = {param.dtype for param in self.params.values()}
        self._lay_out(np.dtype(dtype or (types.pop() if len(types) == 1 else float)))
        self.classes = None if self.inputs is None else self._probe()

    @property
    def params(self):
        return self._collect("params")

    @property
    def grads(self):
        return self._collect("grads")

    @property
    def state(self):
        return self._collect("state")

    @property
    def dtype(self):
        """The type in which the network computes."""
        return next(iter(self.params.values())).dtype if self.params else np.dtype(float)

    def forward(self, X, train=False):
        check_scaled(X)
        for place, layer in enumerate(self.layers):
            try:
                X = layer.forward(X, train)  # eq-sequential
            except ValueError as error:
                raise ValueError(f"layer {place}, {layer}: {error}") from error
        return X

    def backward(self, dA, dX=True):
        """Also with ``dX=False``, as `Linear.backward`: below the first layer
        with parameters nothing is computed.
        """
        layers = self.layers
        if not dX:
            layers = tuple(dropwhile(lambda layer: not layer.params, layers))
        for layer in reversed(layers):
            if not dX and layer is layers[0] and layer.can_skip_dx:
                return layer.backward(dA, dX=False)
            dA = layer.backward(dA)  # eq-chain-of-layers
        return dA if dX else None

    def scores(self, X):
        """Return the scores before softmax, (N, K), of rows X, (N, D)."""
        return self.forward(X)

    def scores_and_grads(self, X, Y, loss=None):
        """Return the scores of rows X, (N, K), and `grads` of the mean loss with one-hot rows Y, (N, K).

        Parameters
        ----------
        loss : nnlib.losses.Loss, optional
            By default `nnlib.losses.SoftmaxCrossEntropy`.
        """
        loss = loss or SoftmaxCrossEntropy()
        Z = self.forward(X, train=True)
        dZ = loss.backward(Z, Y)
        check_gradient(dZ, Z.shape)
        self.backward(dZ, dX=False)
        return Z, self.grads

    def predict(self, X):
        """Return the class with the highest score of each row, (N,)."""
        return self.scores(X).argmax(axis=1)

    def __repr__(self):
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def __setstate__(self, state):
        self.__dict__ |= state
        self._lay_out(self.dtype)  # the arrays of a copy, or from a pickle, lie anywhere

    def _collect(self, kind):
        return flat.Arrays(
            {
                f"{place}.{name}": array
                for place, layer in enumerate(self.layers)
                for name, array in getattr(layer, kind).items()
            }
        )

    def check(self):
        """Raise a ValueError unless each layer stands in one place, and all that is to be trained in its params."""
        seen = []
        for layer in self.parts():
            for key, value in vars(layer).items():
                if _has_layers(value) and not (key == "layers" and isinstance(layer, Sequential)):
                    raise ValueError(
                        f"{type(layer).__name__}: expected a layer that is made of layers to derive from Sequential, "
                        f"and to hand them all to super().__init__(…), got some in self.{key}: they would not train"
                    )
        for layer in self._leaves():
            if any(layer.params is other.params for other in seen):  # those of a shallow copy too
                raise ValueError(f"expected each layer once, got {layer} in two places: make a second one")
            seen.append(layer)
            for kind in ("params", "grads", "state"):
                arrays = getattr(layer, kind)
                if not isinstance(arrays, dict) or getattr(layer, kind) is not arrays:  # a change in it would be lost
                    raise ValueError(f"{layer}: expected {kind} to be a dictionary, at each look the same one")
                for name, array in arrays.items():
                    if not isinstance(array, np.ndarray):
                        raise ValueError(f"{layer}: expected {kind} to be arrays, got {name} of {type(array).__name__}")
            own = vars(layer).items()
            kept = [(name, key) for name, param in layer.params.items() for key, value in own if value is param]
            if kept:  # another array takes the parameter's place here, and the layer would compute with the old one
                name, key = kept[0]
                raise ValueError(f"{layer}: expected {name} to be read from params alone, got it as self.{key} too")

    def parts(self):
        """Yield this network and all layers in it, those of nested ones too."""
        yield self
        for layer in self.layers:
            if isinstance(layer, Sequential):
                yield from layer.parts()
            else:
                yield layer

    def _leaves(self):
        """Yield all layers that are no Sequential."""
        return (layer for layer in self.parts() if not isinstance(layer, Sequential))

    def _lay_out(self, dtype):
        """Put the parameters one behind the other, and the gradients, in `dtype`, unless they lie so."""
        for kind in ("params", "grads"):
            owners = [getattr(leaf, kind) for leaf in self._leaves()]
            arrays = {(place, name): array for place, owner in enumerate(owners) for name, array in owner.items()}
            vector = flat.joined(arrays)
            if vector is None or vector.dtype != dtype:
                for (place, name), view in flat.zeros({key: a.shape for key, a in arrays.items()}, dtype).items():
                    view[...] = arrays[place, name]
                    owners[place][name] = view
        for leaf in self._leaves():
            leaf.state |= {name: array.astype(dtype) for name, array in leaf.state.items()}

    def _probe(self):
        """Return how many numbers come out for one example, from a forward pass of zeros."""
        Z = self.forward(np.zeros((1, self.inputs), self.dtype))
        return Z.shape[1] if Z.ndim == 2 else None


def _has_layers(value):
    """Return whether something is a layer, or a collection with one in it."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else [value]
    return any(isinstance(part, Layer) for part in parts)
