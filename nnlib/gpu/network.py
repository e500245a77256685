"""A network on a graphics card: its arrays, and the calls of each pass over them."""

import numpy as np

from ..activations import ReLU
from ..layers import Linear
from ..sequential import Sequential
from .device import tiles
from .flat import Vector


class Network:
    """A Sequential of Linear and ReLU, with room for a batch.

    Parameters
    ----------
    device : Device
    net : Sequential
        Its numbers are copied, `put` and `get`, as float32.
    rows : int
        The most that a batch may have.

    Attributes
    ----------
    X, labels, scores : Array
        The batch, and what the forward pass makes of it.
    losses : Array
        Of each row, from the backward pass.

    Raises
    ------
    ValueError
        If there is a layer in it that no kernel is for.
    """

    def __init__(self, device, net, rows):
        self.device, self.net, self.rows, self.blocks = device, net, rows, blocks(net)
        shapes = {name: param.shape for name, param in net.params.items()}
        self.params, self.grads = Vector(device, shapes), Vector(device, shapes)
        self.X, self.labels = device.empty((rows, net.inputs)), device.empty((rows,), np.uint32)
        widths = [W.shape[1] for W, *_ in self._matrices()]
        self.outputs, self.deltas = ([device.empty((rows, H)) for H in widths] for _ in range(2))
        self.scores, self.losses = self.outputs[-1], device.empty((rows,))
        self.put()

    def put(self):
        """Copy the network's parameters onto the device."""
        self.params.put(self.net.params)

    def get(self):
        """Copy the device's parameters into the network."""
        self.params.get(self.net.params)

    def gather(self, N, pixels, labels, rows):
        """Return the calls that make examples `rows` the first N of the batch."""
        D, call = self.net.inputs, self.device.call
        return [call("gather", (N, D), pixels, labels, rows, self.X, self.labels, groups=tiles(N, D, 16))]

    def forward(self, N):
        """Return the calls from the first N rows of X to their scores."""
        calls, A, call = [], self.X, self.device.call
        for (W, b, _, _, relu), Z in zip(self._matrices(), self.outputs, strict=True):
            D, H = W.shape
            calls += [
                call("product_blocked", (N, D, H), A, W, Z, groups=tiles(N, H, 64)),
                call("bias_relu" if relu else "bias", (N, H), b, Z, groups=tiles(N, H, 16)),
            ]
            A = Z
        return calls

    def backward(self, N, smoothing):
        """Return the calls from the scores of N rows to the gradient of their mean loss, for each parameter."""
        K, call = self.net.classes, self.device.call
        arrays = self.scores, self.labels, self.losses, self.deltas[-1]
        calls = [call("softmax_cross_entropy", (N, K, smoothing), *arrays, groups=tiles(1, N, 64))]
        inputs = [self.X, *self.outputs]  # of each block
        for i, (W, _, dW, db, relu) in reversed([*enumerate(self._matrices())]):
            (D, H), dZ = W.shape, self.deltas[i]
            if relu:
                calls.append(call("relu_gradient", (N, H), self.outputs[i], dZ, groups=tiles(N, H, 16)))
            calls.append(call("product_dW", (D, N, H), inputs[i], dZ, dW, groups=tiles(D, H, 64)))
            if db:
                calls.append(call("column_sums", (N, H), dZ, db, groups=tiles(1, H, 16)))
            if i:
                calls.append(call("product_dX", (N, H, D), dZ, W, self.deltas[i - 1], groups=tiles(N, D, 64)))
        return calls

    def _matrices(self):
        """Yield W, b, dW, db and whether a ReLU follows, of each block; the b of a layer without bias is zeros."""
        for place, relu in self.blocks:
            W, dW = (vector.parts[f"{place}.W"] for vector in (self.params, self.grads))
            b, db = (vector.parts.get(f"{place}.b") for vector in (self.params, self.grads))
            yield W, b or self.device.empty(W.shape[1:]), dW, db, relu


def blocks(net):
    """Return the places of the Linear layers of a network, and whether a ReLU stands behind each.

    Raises
    ------
    ValueError
        If it is made of anything else, or otherwise.
    """
    wanted = "expected for the device a Sequential of Linear layers, each with a ReLU behind it or none, got"
    if type(net) is not Sequential:
        raise ValueError(f"{wanted} {type(net).__name__}")
    found, before = [], None
    for place, layer in enumerate(net.layers):
        if type(layer) is Linear:
            found.append((place, False))
        elif type(layer) is ReLU and type(before) is Linear:
            found[-1] = (place - 1, True)
        else:
            raise ValueError(f"{wanted} {layer} in place {place}")
        before = layer
    return found
