"""An optimizer on a graphics card: its memories stay there, and a step sends a few numbers."""

import math

from ..optim import SGD, Adam, Momentum
from .device import tiles
from .flat import Vector

KERNELS = {SGD: ("sgd", 1), Momentum: ("momentum", 3), Adam: ("adam", 7)}  # and how many numbers a step has


class Descent:
    """The steps of an optimizer on a device.

    Parameters
    ----------
    network : nnlib.gpu.network.Network
    optimizer : nnlib.optim.Optimizer
        SGD, Momentum or Adam.

    Attributes
    ----------
    calls : list of Call
        A step: one thread a parameter, all of them in one vector.

    Raises
    ------
    ValueError
        If it is an optimizer that no kernel is for.
    """

    def __init__(self, network, optimizer):
        if type(optimizer) not in KERNELS:
            names = ", ".join(kind.__name__ for kind in KERNELS)
            raise ValueError(f"expected for the device one of the optimizers {names}, got {optimizer!r}")
        self.device, self.optimizer, params = network.device, optimizer, network.net.params
        self.kept, self.memories = optimizer.kept(params), {}
        for memory in optimizer.memories:
            self.memories[memory] = Vector(self.device, {name: param.shape for name, param in params.items()})
            self.memories[memory].put({name: self.kept[f"{memory}.{name}"] for name in params})
        kernel, width = KERNELS[type(optimizer)]
        self.step, vectors = self.device.empty((width,)), [network.grads, network.params, *self.memories.values()]
        groups = tiles(1, network.params.whole.shape[0], 256)
        self.calls = [self.device.call(kernel, self.step, *(vector.whole for vector in vectors), groups=groups)]

    def begin(self, eta):
        """Begin a step of size η: it is told to the device, and counted."""
        self.optimizer.t += 1
        self.device.write(self.step, _numbers(self.optimizer, eta))

    def get(self):
        """Copy the memories into the optimizer's."""
        for memory, vector in self.memories.items():
            vector.get({name: self.kept[f"{memory}.{name}"] for name in vector.parts})


def _numbers(optimizer, eta):
    """Return what a step's kernel has at binding 0."""
    if type(optimizer) is Adam:
        beta1, beta2, first, root = optimizer.beta1, optimizer.beta2, 1, 1
        if optimizer.correct:
            first, root = 1 - beta1**optimizer.t, math.sqrt(1 - beta2**optimizer.t)  # eq-adam-correction
        return eta / first, beta1, 1 - beta1, beta2, 1 - beta2, root, optimizer.eps
    if type(optimizer) is Momentum:
        return eta, optimizer.beta, optimizer.nesterov
    return (eta,)
