"""A network as a graph of ONNX, which other programs run without knowing layers: written by hand, read by them."""

import math

import numpy as np

from . import activations, architecture, conv, files, layers, norm, pool
from .sequential import Sequential
from .two_layer import TwoLayerNet

# ONNX's operations of this version, in a file of this form: old enough for all readers, new enough for all layers.
_OPERATIONS, _FORM = 13, 7
_TYPES = {"float32": 1, "float64": 11, "int64": 7}


def save(path, net):
    """Write what a network computes in use, from rows X, (N, D), to scores Z, (N, K), as an ONNX file, in its own type.

    Dropout is not in it, as it does nothing then; a batch normalisation has its running statistics. Some readers know
    few operations in float64.

    Parameters
    ----------
    path : path
    net : nnlib.sequential.Sequential or nnlib.two_layer.TwoLayerNet

    Raises
    ------
    ValueError
        If it is another network, or has a layer that is none of nnlib's: what it computes is known to its author alone.
    OSError
        If it cannot be written; what was there stays.
    """
    files.write(path, pack(net))


def pack(net):
    """Return the bytes that `save` writes.

    Parameters
    ----------
    net : nnlib.sequential.Sequential or nnlib.two_layer.TwoLayerNet

    Raises
    ------
    ValueError
        As `save`.
    """
    graph = _Graph(np.dtype(net.dtype))
    if type(net) is TwoLayerNet:
        graph.add("Gemm", net.W1, net.b1)
        graph.add("Relu")
        graph.add("Gemm", net.W2, net.b2)
    elif type(net) is Sequential:
        graph.follow(net)
    else:
        raise ValueError(f"expected a Sequential or a TwoLayerNet, got {type(net).__name__}")
    return graph.file(net.inputs, net.classes)


class _Graph:
    """Operations one behind the other, each from what the one before it gives."""

    def __init__(self, dtype):
        self.dtype, self.nodes, self.arrays, self.last = dtype, [], [], "X"

    def follow(self, net):
        """Add the layers of a network, those of nested ones too."""
        for layer in net.layers:
            if type(layer) is Sequential:
                self.follow(layer)
            else:
                self.layer(layer)

    def layer(self, layer):
        """Add what a layer computes in use."""
        if type(layer) not in architecture.kinds().values():
            raise ValueError(f"expected layers of nnlib, got {layer}")
        p = layer.params
        match layer:
            case layers.Linear():
                self.add("Gemm", *p.values())
            case layers.Reshape():
                self.add("Reshape", np.array([-1, *layer.shape], np.int64))
            case layers.Flatten():
                self.add("Flatten", axis=1)
            case layers.Dropout():
                pass
            case activations.LeakyReLU() | activations.ELU():
                self.add({"LeakyReLU": "LeakyRelu", "ELU": "Elu"}[type(layer).__name__], alpha=float(layer.alpha))
            case activations.ReLU() | activations.Sigmoid() | activations.Tanh():
                self.add(type(layer).__name__.capitalize())
            case activations.SiLU():
                z = self.last
                self.add("Sigmoid")
                self.add("Mul", z)
            case activations.GELU():  # z (1 + erf(z / √2)) / 2
                z = self.last
                self.add("Mul", self.number(math.sqrt(0.5)))
                self.add("Erf")
                self.add("Add", self.number(1))
                self.add("Mul", z)
                self.add("Mul", self.number(0.5))
            case norm.BatchNorm():
                arrays = p["gamma"], p["beta"], layer.state["mean"], layer.state["variance"]
                self.add("BatchNormalization", *arrays, epsilon=float(layer.eps))
            case conv.Conv2d():
                self.add("Conv", p["K"], p["b"], strides=2 * [layer.stride], pads=4 * [layer.padding])
            case pool.MaxPool2d() | pool.AvgPool2d():
                kind = "MaxPool" if isinstance(layer, pool.MaxPool2d) else "AveragePool"
                self.add(kind, kernel_shape=2 * [layer.size], strides=2 * [layer.size])
            case _:
                raise ValueError(f"expected a layer that ONNX knows too, got {layer}")

    def number(self, x):
        return np.array(x, self.dtype)

    def add(self, operation, *inputs, **settings):
        """Add an operation on what came last, on arrays of its own and on what came before, by name."""
        names = [self.last]
        for one in inputs:
            if isinstance(one, str):
                names.append(one)
            else:
                names.append(f"a{len(self.arrays)}")
                self.arrays.append(_tensor(names[-1], one))
        attributes = [_field(5, _attribute(name, value)) for name, value in settings.items()]
        self.nodes.append([*(_field(1, name) for name in names), _field(4, operation), *attributes])
        self.last = f"v{len(self.nodes)}"

    def file(self, inputs, classes):
        """Return the graph as a file: what it takes, X, and gives, Z, has so many columns and any number of rows."""
        if not self.nodes:
            self.add("Identity")
        names = [f"v{n}" for n in range(1, len(self.nodes))] + ["Z"]
        graph = [_field(1, [*node, _field(2, name)]) for node, name in zip(self.nodes, names, strict=True)]
        graph += [_field(2, "nnlib"), *(_field(5, array) for array in self.arrays)]
        for field, name, columns in ((11, "X", inputs), (12, "Z", classes)):
            shape = [_field(1, [_field(2, "N")]), _field(1, [_field(1, columns)] if columns else [])]
            tensor = [_field(1, _TYPES[self.dtype.name]), _field(2, shape)]
            graph.append(_field(field, [_field(1, name), _field(2, [_field(1, tensor)])]))
        operations = [_field(1, ""), _field(2, _OPERATIONS)]
        return b"".join([_field(1, _FORM), _field(2, "nnlib"), _field(7, graph), _field(8, operations)])


def _tensor(name, array):
    array = np.asarray(array, array.dtype.newbyteorder("<"))
    sizes = [_field(1, size) for size in array.shape]
    return [*sizes, _field(2, _TYPES[array.dtype.name]), _field(8, name), _field(9, array.tobytes())]


def _attribute(name, value):
    match value:
        case float():
            return [_field(1, name), _field(2, np.array(value, "<f4")), _field(20, 1)]
        case int():
            return [_field(1, name), _field(3, value), _field(20, 2)]
    return [_field(1, name), *(_field(8, number) for number in value), _field(20, 7)]


def _field(number, value):
    """Return a field of protobuf: its number and its kind, then a whole number, four bytes, or a length and so many."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, np.ndarray):
        return _varint(number << 3 | 5) + value.tobytes()
    content = value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b"".join(value)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(n):
    """Return a whole number in pieces of seven bits, the lowest first; each but the last has the eighth bit set."""
    found = bytearray()
    while n > 127:
        found.append(n & 127 | 128)
        n >>= 7
    return bytes([*found, n])
