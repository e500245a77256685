"""nnlib.gpu: a training on a device beside the same training in NumPy, in float64."""

import re
from itertools import pairwise

import numpy as np
import pytest
from gpu_devices import device
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import gpu, train
from nnlib.activations import ReLU, Sigmoid
from nnlib.augment import Shifts
from nnlib.data import one_hot, scale
from nnlib.gpu.network import Network
from nnlib.gpu.train import Turns
from nnlib.layers import Dropout, Linear
from nnlib.losses import MeanSquaredError, SoftmaxCrossEntropy
from nnlib.optim import SGD, Adam, AdamW, Momentum, RMSprop
from nnlib.schedules import cosine_decay
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

__all__ = ["device"]


def network(*widths, dtype=float, bias=True, relu=True, seed=0):
    rng, layers = np.random.default_rng(seed), []
    for D, H in pairwise(widths):
        layers += [Linear(D, H, rng, bias=bias), *([ReLU()] if relu else [])]
    return Sequential(*(layers[:-1] if relu else layers), dtype=dtype)


def digits(N, D=784, K=10, seed=0):
    """Pixels and labels that can be learned: each class has its own pixels."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, K, N)
    return (rng.random((K, D))[y] * rng.integers(100, 256, (N, D))).astype(np.uint8), y


def largest(one, other):
    """The largest difference between two networks' weights."""
    return max(np.abs(one.params[name] - other.params[name]).max() for name in one.params)


def error(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


# ---- one step -------------------------------------------------------------------------------------------------------


def check_gradients_of(device, net, X, y, smoothing=0.0):
    """Compare what a device has after a backward pass with float64."""
    loss, N = SoftmaxCrossEntropy(smoothing), len(y)
    on_device = Network(device, net, N)
    turns = Turns(on_device, X, y, lambda n: on_device.backward(n, smoothing))
    turns.take(0, np.arange(N))
    Z, grads = net.scores_and_grads(scale(X), one_hot(y, net.classes), loss)
    assert error(turns.scores(), Z) < 1e-6
    found = {name: np.zeros_like(grad) for name, grad in grads.items()}
    on_device.grads.get(found)
    for name, grad in grads.items():
        assert error(found[name], grad) < 1e-6, name


@pytest.mark.parametrize("widths", [(784, 64, 10), (784, 100, 50, 10), (785, 17, 3), (784, 10)])
@pytest.mark.parametrize("N", [1, 100, 127])
def test_the_gradients_are_numpys(device, widths, N):
    check_gradients_of(device, network(*widths), *digits(N, widths[0], widths[-1]))


@settings(max_examples=8)
@given(
    st.integers(1, 70), st.lists(st.integers(1, 70), min_size=2, max_size=4), st.booleans(), st.booleans(),
    st.sampled_from([0.0, 0.1]),
)  # fmt: skip
def test_the_gradients_of_any_network_are_numpys(device, N, widths, bias, relu, smoothing):
    widths[-1] += 1  # with one class there is nothing to learn
    check_gradients_of(device, network(*widths, bias=bias, relu=relu), *digits(N, widths[0], widths[-1]), smoothing)


OPTIMIZERS = {
    "SGD": lambda: SGD(0.1),
    "momentum": lambda: Momentum(0.05),
    "Nesterov": lambda: Momentum(0.05, nesterov=True),
    # A gradient that cancels to nearly 0 is all rounding, and Adam divides by its size: with the usual eps one
    # weight of the 50,176 is 1e-5 off in float32, in NumPy's too.
    "Adam": lambda: Adam(1e-3, eps=1e-6),
    "Adam, not corrected": lambda: Adam(1e-3, eps=1e-6, correct=False),
    "a schedule": lambda: SGD(cosine_decay(0.2)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_are_numpys(device, mnist, name):
    nets = [network(784, 64, 10) for _ in range(2)]
    for net, fit in zip(nets, (train.fit, gpu.fit), strict=True):
        options = {"device": device} if fit is gpu.fit else {}
        examples = mnist.X_train[:1230], mnist.y_train[:1230]
        fit(net, *examples, rng=np.random.default_rng(1), optimizer=OPTIMIZERS[name](), epochs=1, batch_size=128,
            verbose=False, **options)  # fmt: skip
    assert largest(*nets) < 1e-5


# ---- a training -----------------------------------------------------------------------------------------------------


def both(device, *widths, N=150, dtype=float, optimizer=lambda: Momentum(0.1), **options):
    """Train on a device and in NumPy; return both networks and both histories."""
    X, y = digits(N, widths[0], widths[-1])
    options = {"epochs": 2, "batch_size": 32, "verbose": False} | options
    found = []
    for fit, more in ((gpu.fit, {"device": device}), (train.fit, {})):
        net = network(*widths, dtype=dtype if fit is gpu.fit else float)
        rng = np.random.default_rng(3)
        found.append((net, fit(net, X, y, rng=rng, optimizer=optimizer(), **options, **more), rng))
    (net, history, rng), (other, wanted, other_rng) = found
    assert rng.bit_generator.state == other_rng.bit_generator.state
    return net, other, history, wanted


@pytest.mark.parametrize("dtype", [float, np.float32])
@pytest.mark.parametrize("widths", [(784, 16, 10), (20, 30, 40, 5)])
def test_a_history_is_numpys(device, widths, dtype):
    """With a last batch of 22, validation on 40, label smoothing."""
    held_out = digits(40, widths[0], widths[-1], seed=1)
    net, other, history, wanted = both(device, *widths, dtype=dtype, loss=SoftmaxCrossEntropy(0.1), validation=held_out)
    assert net.dtype == dtype and largest(net, other) < 1e-5
    assert history.table.columns.tolist() == wanted.table.columns.tolist() and len(history.steps) == 10
    np.testing.assert_allclose(history.table, wanted.table, rtol=1e-5)
    np.testing.assert_allclose(history.steps, wanted.steps, rtol=1e-5)
    score = gpu.evaluate(net, *held_out, chunk=7, device=device, loss=SoftmaxCrossEntropy(0.1))
    np.testing.assert_allclose(score, wanted.table.iloc[-1, -2:], rtol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 7, 20])
def test_batches_of_any_size(device, batch_size):
    net, other, *_ = both(device, 20, 10, 5, N=20, batch_size=batch_size, optimizer=lambda: SGD(0.1))
    assert largest(net, other) < 1e-5


def test_without_an_optimizer_it_is_the_descent_of_the_book(device):
    net, other, history, wanted = both(device, 20, 10, 5, optimizer=lambda: None, learning_rate=0.1, shuffle=False)
    assert largest(net, other) < 1e-5 and history.steps.learning_rate.tolist() == wanted.steps.learning_rate.tolist()


def test_an_optimizer_goes_on_where_it_was(device):
    """On the device and off it: what it keeps is the optimizer's own."""
    X, y = digits(100, 20, 5)
    nets = [network(20, 10, 5) for _ in range(2)]
    for net, fits in zip(nets, ([train.fit] * 4, [gpu.fit, train.fit, gpu.fit, gpu.fit]), strict=True):
        rng, adam, history = np.random.default_rng(0), Adam(1e-3), train.History()
        for fit in fits:
            options = {"device": device} if fit is gpu.fit else {}
            fit(net, X, y, rng=rng, optimizer=adam, epochs=1, batch_size=30, history=history, verbose=False, **options)
        assert adam.t == 16 and len(history.epochs) == 4
    assert largest(*nets) < 1e-5


def test_the_best_weights_are_put_back(device):
    net, other, history, wanted = both(
        device, 20, 30, 5, epochs=9, patience=2, validation=digits(30, 20, 5, seed=4), optimizer=lambda: SGD(2.0)
    )
    losses = wanted.table.validation_loss
    assert len(history.epochs) == len(wanted.epochs) and losses.iloc[-1] > losses.min()
    assert largest(net, other) < 1e-3


def test_an_interrupted_training_leaves_what_it_had(device):
    def rate(t, total):
        if t == 3:
            raise KeyboardInterrupt
        return 0.1

    X, y = digits(100, 20, 5)
    nets = [network(20, 10, 5) for _ in range(2)]
    for net, fit in zip(nets, (train.fit, gpu.fit), strict=True):
        options, optimizer = {"device": device} if fit is gpu.fit else {}, Momentum(rate)
        with pytest.raises(KeyboardInterrupt):
            fit(net, X, y, rng=np.random.default_rng(0), optimizer=optimizer, batch_size=10, verbose=False, **options)
        assert optimizer.t == 3 and np.abs(optimizer.kept(net.params)["v.0.W"]).max() > 0
    assert largest(*nets) < 1e-6


def test_a_training_that_is_lost_is_said(device):
    X, y = digits(100, 20, 5)
    with pytest.raises(FloatingPointError, match="in epoch 0: updates with the step size"):
        gpu.fit(network(20, 10, 5), X, y, rng=np.random.default_rng(0), optimizer=SGD(1e9), batch_size=10,
                verbose=False, device=device)  # fmt: skip


def test_a_line_an_epoch_is_printed(device, capsys):
    X, y = digits(100, 20, 5)
    gpu.fit(network(20, 10, 5), X, y, rng=np.random.default_rng(0), epochs=2, batch_size=50, device=device)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and re.fullmatch(r"Epoch 1: Avg Loss = \d\.\d{4}, Train Acc = \d+\.\d\d%", lines[1])


# ---- what is not to be had ------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("net", "options", "message"),
    [
        (network(20, 10, 5), {"optimizer": RMSprop(0.1)}, "the optimizers SGD, Momentum, Adam, got RMSprop"),
        (network(20, 10, 5), {"optimizer": AdamW(0.1)}, "the optimizers SGD, Momentum, Adam, got AdamW"),
        (network(20, 10, 5), {"loss": MeanSquaredError()}, r"SoftmaxCrossEntropy\(\), got MeanSquaredError\(\)"),
        (network(20, 10, 5), {"augment": Shifts()}, "no augment for the device, got .*nnlib.train.fit takes one"),
        (network(20, 10, 5), {"checkpoint": "a"}, "expected no checkpoint for the device, got 'a'"),
        (network(20, 10, 5), {"batch_size": 0}, "a batch of 1 to 30"),
        (Sequential(Linear(20, 10, RNG), Sigmoid(), Linear(10, 5, RNG)), {}, r"got Sigmoid\(\) in place 1"),
        (Sequential(Linear(20, 5, RNG), ReLU(), ReLU()), {}, r"got ReLU\(\) in place 2"),
        (Sequential(Linear(20, 10, RNG), Dropout(0.5, RNG), Linear(10, 5, RNG)), {}, r"got Dropout\(0\.5\) in place 1"),
        (TwoLayerNet(RNG, inputs=20, hidden=4, classes=5), {}, "a Sequential of Linear layers.*got TwoLayerNet"),
    ],
)  # fmt: skip
def test_what_is_not_to_be_had_is_one_sentence(device, net, options, message):
    X, y = digits(30, 20, 5)
    before = {name: param.copy() for name, param in net.params.items()}
    with pytest.raises(ValueError, match=message):
        gpu.fit(net, X, y, rng=np.random.default_rng(0), verbose=False, device=device, **options)
    assert all(np.array_equal(before[name], param) for name, param in net.params.items())


def test_evaluation_of_another_network_is_refused(device):
    net = Sequential(Linear(20, 5, RNG), Sigmoid())
    with pytest.raises(ValueError, match=r"got Sigmoid\(\) in place 1"):
        gpu.evaluate(net, *digits(30, 20, 5), device=device)
