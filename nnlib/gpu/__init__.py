"""Training on a graphics card: ``from nnlib.gpu import fit`` in place of ``from nnlib.train import fit``.

Network, loss, optimizer and history are those of the other modules. What a card computes is written in the files
``*.wgsl`` of this folder, one idea each, and they run in a browser as they stand.
"""

from .device import Device, NoDevice, find, on_device
from .train import evaluate, fit

__all__ = ["Device", "NoDevice", "evaluate", "find", "fit", "on_device"]
