"""Arrays on a graphics card that lie one behind the other, as `nnlib.flat` has them on the host: an optimizer moves all
of them at once.
"""

import math

import numpy as np

from .device import ALIGNMENT, up


class Vector:
    """Arrays of float32, parts of one.

    Parameters
    ----------
    device : Device
    shapes : dict of tuples

    Attributes
    ----------
    whole : Array
        All of them and what is between, zeros.
    parts : dict of Array
        By name.
    """

    def __init__(self, device, shapes):
        self.device, places, end = device, {}, 0
        for name, shape in shapes.items():
            places[name], end = end, end + up(4 * math.prod(shape), ALIGNMENT)
        self.whole = device.empty((end // 4,))
        self.parts = {name: self.whole._replace(start=places[name], shape=shape) for name, shape in shapes.items()}

    def put(self, arrays):
        """Copy the host's arrays, a dictionary with the same names, onto the device."""
        host = np.zeros(self.whole.shape, np.float32)
        for name, part in self.parts.items():
            self._place(host, part)[...] = arrays[name]
        self.device.write(self.whole, host)

    def get(self, arrays):
        """Copy the device's numbers into the host's arrays."""
        host = self.device.read(self.whole)
        for name, part in self.parts.items():
            arrays[name][...] = self._place(host, part)

    def _place(self, host, part):
        first = part.start // 4
        return host[first : first + math.prod(part.shape)].reshape(part.shape)
