"""onnx.py: what another program computes from the file is what the network computes."""

import numpy as np
import onnxruntime
import pytest

from nnlib import architecture, io, onnx
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.conv import Conv2d
from nnlib.data import scale
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.norm import BatchNorm
from nnlib.pool import AvgPool2d, MaxPool2d
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet


def theirs(content, X):
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (Z,) = session.run(["Z"], {"X": X})
    return Z


def agree(net, X, rtol):
    """On X, on one row of it and on none more; the type too."""
    for rows in (X, X[:1]):
        Z = theirs(onnx.pack(net), rows)
        assert Z.dtype == net.dtype
        np.testing.assert_allclose(Z, net.scores(rows), rtol=rtol, atol=rtol * np.abs(Z).max())


def rows(rng):
    return [
        *(Linear(12, 9, rng), BatchNorm(9), ReLU(), Dropout(0.3, rng), Linear(9, 9, rng, bias=False), GELU()),
        *(SiLU(), Sequential(Linear(9, 8, rng), LeakyReLU(0.2), Sequential(ELU(0.7))), Tanh(), Sigmoid()),
        Linear(8, 4, rng),
    ]


def pictures(rng):
    return [
        *(Reshape(2, 9, 7), Conv2d(2, 3, 3, rng, stride=2, padding=2), BatchNorm(3), ReLU(), Conv2d(3, 5, 2, rng)),
        *(MaxPool2d(2), AvgPool2d(2), Flatten(), Linear(5, 3, rng)),
    ]


NETS = {"rows": rows, "pictures": pictures}


@pytest.mark.parametrize(("name", "dtype"), [("rows", np.float32), ("rows", np.float64), ("pictures", np.float32)])
def test_another_program_computes_the_same(name, dtype):
    rng = np.random.default_rng(0)
    parts = NETS[name](rng)
    if dtype == np.float64:  # in which that program has no others
        parts = [part for part in parts if isinstance(part, Linear | BatchNorm | ReLU | Dropout | Tanh | Sigmoid)]
        parts.insert(-1, Linear(9, 8, rng))
    net = Sequential(*parts, dtype=dtype)
    X = rng.normal(size=(20, net.inputs or 126)).astype(dtype)
    for _ in range(3):
        net.forward(X, train=True)  # for the running statistics
    for param in net.params.values():
        param += 0.1 * rng.normal(size=param.shape).astype(dtype)
    agree(net, X, 2e-5 if dtype == np.float32 else 1e-12)


def test_these_networks_have_every_layer_of_the_library():
    layers = {type(part) for make in NETS.values() for part in Sequential(*make(np.random.default_rng(0))).parts()}
    assert layers - {Sequential} == set(architecture.kinds().values())


def test_the_shipped_network_reads_the_same_digits(mnist):
    net = io.load(io.SHIPPED)
    X = scale(mnist.X_test[:1000], net.dtype)
    Z = theirs(onnx.pack(net), X)
    np.testing.assert_array_equal(Z.argmax(axis=1), net.predict(X))
    assert (Z.argmax(axis=1) == mnist.y_test[:1000]).mean() > 0.95
    agree(TwoLayerNet(np.random.default_rng(0)), scale(mnist.X_test[:9]), 1e-12)


def test_a_network_that_does_nothing_in_use():
    X = np.ones((2, 3))
    np.testing.assert_array_equal(theirs(onnx.pack(Sequential(Dropout(0.5, np.random.default_rng(0)))), X), X)


def test_the_file_has_these_bytes_and_the_same_again(tmp_path):
    net = TwoLayerNet(np.random.default_rng(0), 3, 4, 2)
    onnx.save(tmp_path / "net.onnx", net)
    assert (tmp_path / "net.onnx").read_bytes() == onnx.pack(net) == onnx.pack(io_round(tmp_path, net))
    with pytest.raises(ValueError, match="expected an ordinary file, got a folder"):
        onnx.save(tmp_path, net)


def io_round(folder, net):
    io.save(folder / "net", net)
    return io.load(folder / "net")


class Doubling(ReLU):
    """Computes something else than the layer that it derives from."""

    def forward(self, X, train=False):
        return 2 * super().forward(X, train)


class Skip(Sequential):
    """The same of a network."""

    def forward(self, X, train=False):
        return X + super().forward(X, train)


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (Sequential(Linear(2, 2, np.random.default_rng(0)), Doubling()), "expected layers of nnlib, got Doubling"),
        (Sequential(Skip(Linear(2, 2, np.random.default_rng(0)))), "expected layers of nnlib, got "),
        (Skip(Linear(2, 2, np.random.default_rng(0))), "expected a Sequential or a TwoLayerNet, got Skip"),
        (type("Own", (TwoLayerNet,), {})(np.random.default_rng(0), 2, 2, 2), "expected a Seq.*, got Own"),
        (Sequential(Layer()), "expected layers of nnlib, got Layer"),
    ],
)
def test_what_another_author_computes_is_refused(net, words):
    with pytest.raises(ValueError, match=words):
        onnx.pack(net)
