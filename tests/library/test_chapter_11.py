"""Layers in a list: the two loops of chapter 11 against finite differences, PyTorch and the network written out."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlib.activations import ReLU, Tanh
from nnlib.gradcheck import check_gradients
from nnlib.layers import Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.sequential import Sequential
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=25)
widths = st.lists(st.integers(1, 6), min_size=2, max_size=6)
seeds = st.integers(0, 2**32 - 1)


def chain(sizes, seed, gate=Tanh):
    """Linear layers with a gate between them, no bias 0; rows, and one-hot labels."""
    rng = np.random.default_rng(seed)
    parts = [part for D, H in pairwise(sizes) for part in (Linear(D, H, rng), gate())]
    net = Sequential(*parts[:-1])
    for param in net.params.values():
        param += rng.normal(size=param.shape)
    N = int(rng.integers(1, 6))
    return net, rng.normal(size=(N, sizes[0])), np.eye(sizes[-1])[rng.integers(sizes[-1], size=N)]


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@some
@given(widths, seeds)
def test_a_chain_against_differences(sizes, seed):
    net, X, Y = chain(sizes, seed)
    loss = SoftmaxCrossEntropy()
    dX = net.backward(loss.backward(net.forward(X, train=True), Y))
    with warnings.catch_warnings(record=True) as kinks:
        warnings.simplefilter("always")
        errors = check_gradients(lambda: loss.forward(net.scores(X), Y), net.params | {"X": X}, net.grads | {"X": dX})
    assume(not kinks)  # beside a kink a difference says nothing
    assert max(errors.values()) < 1e-5


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@some
@given(widths, seeds)
def test_a_chain_against_torch(sizes, seed):
    net, X, Y = chain(sizes, seed, ReLU)
    theirs = [torch.tensor(param, requires_grad=True) for param in (X, *net.params.values())]
    A = theirs[0]
    for i in range(1, len(theirs), 2):
        Z = A @ theirs[i] + theirs[i + 1]
        A = torch.relu(Z)
    torch.nn.functional.cross_entropy(Z, torch.tensor(Y)).backward()
    scores = net.forward(X, train=True)
    dX = net.backward(SoftmaxCrossEntropy().backward(scores, Y))
    np.testing.assert_allclose(scores, Z.detach().numpy(), 1e-11, 1e-12)
    for ours, its in zip((dX, *net.grads.values()), theirs, strict=True):
        np.testing.assert_allclose(ours, its.grad.numpy(), 1e-10, 1e-12)


@pytest.mark.equation("eq-chain-of-layers")
@some
@given(widths, seeds, st.data())
def test_a_list_of_layers_is_a_layer(sizes, seed, data):
    """However a chain is cut into lists, scores and gradients keep their bits."""
    net, X, Y = chain(sizes, seed, ReLU)
    Z, grads = net.scores_and_grads(X, Y)
    grads = [grad.copy() for grad in grads.values()]
    layers, nested = list(net.layers), []
    while layers:
        n = data.draw(st.integers(1, len(layers)))
        nested.append(Sequential(*layers[:n]) if n > 1 else layers[0])
        del layers[:n]
    other = Sequential(*nested)
    Z_too, grads_too = other.scores_and_grads(X, Y)
    np.testing.assert_array_equal(Z_too, Z)
    for one, two in zip(grads, grads_too.values(), strict=True):
        np.testing.assert_array_equal(two, one)


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_composed_and_written_out_have_the_same_bits(dtype):
    """Of every gradient, for any batch, and of every weight after a training; chapter 11 says so."""
    nets, rngs = [], []
    for compose in (False, True):
        rng = np.random.default_rng(4)
        if compose:
            net = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng), dtype=dtype)
        else:
            net = TwoLayerNet(rng, dtype=dtype)
        nets.append(net)
        rngs.append(rng)
    rng = np.random.default_rng(5)
    pixels, y = rng.integers(256, size=(160, 784), dtype=np.uint8), rng.integers(10, size=160)
    for N in (1, 7, 128):
        X, Y = (pixels[:N] / 255).astype(dtype), np.eye(10, dtype=dtype)[y[:N]]
        (Z, grads), (Z_too, grads_too) = (net.scores_and_grads(X, Y) for net in nets)
        np.testing.assert_array_equal(Z, Z_too)
        for one, two in zip(grads.values(), grads_too.values(), strict=True):
            np.testing.assert_array_equal(one, two)
    for net, rng in zip(nets, rngs, strict=True):
        fit(net, pixels, y, rng=rng, epochs=3, batch_size=32, learning_rate=0.2, verbose=False)
    for one, two in zip(nets[0].params.values(), nets[1].params.values(), strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.dtype == dtype
