"""A network's arrays: by name, and one behind the other in one vector, so that what is done to each of them is done to
all at once.
"""

from collections.abc import Mapping

import numpy as np


def zeros(shapes, dtype):
    """Return {name: array of zeros}, views one behind the other into one vector.

    Parameters
    ----------
    shapes : dict of tuples
    dtype : numpy dtype
    """
    sizes = [int(np.prod(shape)) for shape in shapes.values()]
    parts = np.split(np.zeros(sum(sizes), dtype), np.cumsum(sizes)[:-1]) if sizes else []
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def joined(arrays):
    """Return the vector that the arrays of a dictionary fill from end to end, in their order, or None.

    That is looked for, not known: a copied or pickled network has arrays of its own.
    """
    arrays = list(arrays.values())
    vector = getattr(arrays[0], "base", None) if arrays else None
    if not isinstance(vector, np.ndarray) or vector.ndim != 1 or not vector.flags.c_contiguous:
        return None
    place = _address(vector)
    for array in arrays:
        if array.base is not vector or array.dtype != vector.dtype:
            return None
        if not array.flags.c_contiguous or _address(array) != place:
            return None
        place += array.nbytes
    return vector if place == _address(vector) + vector.nbytes else None


class Arrays(dict):
    """A network's arrays by name. Another one put under a name would change nothing in the network: it is refused."""

    def __setitem__(self, name, array):
        if array is not self.get(name):  # += puts back the one that it changed
            raise ValueError(f"expected new numbers to be put into the array, [{name!r}][...] = …, got another array")

    def __reduce__(self):
        return dict, (dict(self),)  # a copy is an ordinary dictionary


def arrays_of(net):
    """Return all arrays of a network by name: its ``params``, and its ``state``, where it has any."""
    params, state = getattr(net, "params", None), getattr(net, "state", {})
    if not isinstance(params, Mapping):
        raise ValueError(f"expected a network with params, a dictionary of arrays, got {net!r}")
    if both := params.keys() & state.keys():
        raise ValueError(f"expected each name once in params and state, got {min(both)} in both")
    return {**params, **state}


def _address(array):
    return array.__array_interface__["data"][0]
