"""The gallery of chapter 23: faults of a training, each planted in a few lines.

`healthy(seed)` returns the pieces of a training that is as it should be, as `nnlib.diagnose.look` takes them. Each
function here changes one of them.
"""

from functools import cache

import numpy as np

from nnlib import data, functional, optim
from nnlib.activations import ReLU, Sigmoid
from nnlib.augment import pictures
from nnlib.layers import Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

PLANTS = {}
load_mnist = cache(data.load_mnist)


def plant(function):
    """Enter a fault in the gallery under its function's name."""
    PLANTS[function.__name__.replace("_", " ")] = function
    return function


def healthy(seed, dtype=np.float32, net=TwoLayerNet, rate=0.1, **options):
    """Return the pieces of a training without a fault: 784-64-10, batches of 64, plain descent."""
    mnist = load_mnist()
    return {
        "net": net(np.random.default_rng(seed), dtype=dtype, **options),
        "X": mnist.X_train, "y": mnist.y_train, "X_test": mnist.X_test, "y_test": mnist.y_test,
        "optimizer": optim.SGD(rate),
    }  # fmt: skip


def layers(seed, *between, last=None, dtype=np.float32, classes=10, loss=None):
    """Return a network of layers, 784-64-10, with these between the two linear ones, as a piece."""
    rng = np.random.default_rng(seed)
    parts = [Linear(784, 64, rng), *between, last or Linear(64, classes, rng)]
    return {"net": Sequential(*parts, dtype=dtype), "loss": loss or SoftmaxCrossEntropy()}


def batches_of(X, Y, size=64, order=None, dtype=np.float32):
    """Return a loop over scaled examples, in a new order each time."""
    rng = np.random.default_rng(5)

    def batches():
        places = rng.permutation(len(X)) if order is None else order
        for start in range(0, len(X) - size + 1, size):
            rows = places[start : start + size]
            yield data.scale(X[rows], dtype), Y[rows]

    return batches


# ---- data ------------------------------------------------------------------------------------------------------------


@plant
def labels_shuffled(seed):
    pieces = healthy(seed)
    return pieces | {"y": np.random.default_rng(seed).permutation(pieces["y"])}


@plant
def labels_one_row_off(seed):
    pieces = healthy(seed)
    return pieces | {"y": np.roll(pieces["y"], 1)}


@plant
def pixels_0_to_255(seed):
    pieces = healthy(seed)
    return pieces | {name: pieces[name].astype(np.float32) for name in ("X", "X_test")}


@plant
def test_in_training(seed):
    pieces = healthy(seed)
    return pieces | {
        "X": np.concatenate([pieces["X"], pieces["X_test"]]), "y": np.concatenate([pieces["y"], pieces["y_test"]]),
    }  # fmt: skip


@plant
def sorted_by_label(seed):
    pieces = healthy(seed)
    order = np.argsort(pieces["y"], kind="stable")
    Y = data.one_hot(pieces["y"], dtype=np.float32)
    return pieces | {"batches": batches_of(pieces["X"], Y, order=order)}


@plant
def one_hot_of_label_minus_1(seed):
    pieces = healthy(seed)
    Y = np.eye(10, dtype=np.float32)[pieces["y"].astype(int) - 1]  # −1 is the last row
    return pieces | {"batches": batches_of(pieces["X"], Y)}


@plant
def mirrored_digits(seed):
    def mirrored(pixels, rng):
        turned = rng.random(len(pixels)) < 0.5
        images = pictures(pixels).copy()
        images[turned] = images[turned, :, ::-1]
        return images.reshape(pixels.shape)

    return healthy(seed) | {"augment": mirrored}


@plant
def noisy_labels(seed):
    pieces, rng = healthy(seed), np.random.default_rng(seed)
    y = pieces["y"].copy()
    wrong = rng.random(len(y)) < 0.3
    y[wrong] = rng.integers(0, 10, wrong.sum())
    return pieces | {"y": y}


# ---- the loop and the metric -----------------------------------------------------------------------------------------


@plant
def accuracy_of_every_pair(seed):
    return healthy(seed) | {"metric": lambda predicted, labels: np.mean(predicted[:, None] == labels)}


# ---- loss ------------------------------------------------------------------------------------------------------------


class Forgotten(SoftmaxCrossEntropy):
    """A gradient without 1/N."""

    def backward(self, Z, Y):
        return functional.softmax(Z) - Y


class Unshifted(SoftmaxCrossEntropy):
    """Softmax as its equation stands."""

    def each(self, Z, Y):
        E = np.exp(Z)
        return -np.log((Y * E).sum(axis=1) / E.sum(axis=1))

    def backward(self, Z, Y):
        E = np.exp(Z)
        return (E / E.sum(axis=1, keepdims=True) - Y) / len(Z)


class Diagonal(SoftmaxCrossEntropy):
    """The way back through the softmax with the diagonal of its Jacobian alone."""

    def backward(self, Z, Y):
        P = functional.softmax(Z)
        dP = -Y / np.maximum(P, 1e-7) / len(Z)
        return dP * P * (1 - P)


class Log10(SoftmaxCrossEntropy):
    """The loss in another unit than its gradient."""

    def each(self, Z, Y):
        return super().each(Z, Y) / np.log(10)


@plant
def N_forgotten(seed):  # noqa: N802
    return healthy(seed) | layers(seed, ReLU(), loss=Forgotten())


@plant
def softmax_unshifted(seed):
    return healthy(seed) | layers(seed, ReLU(), loss=Unshifted())


@plant
def diagonal_Jacobian(seed):  # noqa: N802
    return healthy(seed) | layers(seed, ReLU(), loss=Diagonal())


@plant
def loss_to_the_base_10(seed):
    return healthy(seed) | layers(seed, ReLU(), loss=Log10())


# ---- forward ---------------------------------------------------------------------------------------------------------


class AlwaysBatch(BatchNorm):
    """Normalises with the statistics of the batch in use too."""

    def forward(self, Z, train=False):
        return super().forward(Z, len(Z) > 1)


class NeverFollows(BatchNorm):
    """Its running statistics stay where they began."""

    def forward(self, Z, train=False):
        kept = {name: array.copy() for name, array in self.state.items()}
        A = super().forward(Z, train)
        for name, array in self.state.items():
            array[...] = kept[name]
        return A


class AlongTheBatch(Linear):
    """Adds a bias to each example in place of each unit, which fits where there are as many of both."""

    def forward(self, X, train=False):
        self.remember(train, X)
        b = self.params["b"]
        return X @ self.params["W"] + (b[:, None] if len(X) != 1 else b)

    def backward(self, dZ, dX=True):
        (X,) = self.recall()
        self.grads["W"][...], self.grads["b"][...] = X.T @ dZ, dZ.sum(axis=1)
        return dZ @ self.params["W"].T if dX else None


@plant
def batch_statistics_at_test(seed):
    return healthy(seed) | layers(seed, AlwaysBatch(64), ReLU())


@plant
def running_statistics_never_follow(seed):
    return healthy(seed) | layers(seed, NeverFollows(64), ReLU())


@plant
def bias_along_the_batch(seed):
    rng = np.random.default_rng(seed)
    first = AlongTheBatch(784, 64, rng)
    net = Sequential(first, ReLU(), Linear(64, 10, rng), dtype=np.float32)
    return healthy(seed) | {"net": net}


@plant
def softmax_twice(seed):
    class Twice(TwoLayerNet):
        def scores(self, X):
            return functional.softmax(super().scores(X))

        def scores_and_grads(self, X, Y):
            z1, a1, _, P = self.forward(X)
            dP = (functional.softmax(P) - Y) / len(X)
            dz2 = functional.softmax_backward(dP, P)
            dz1 = dz2 @ self.W2.T * (z1 > 0)
            grads = {"W1": X.T @ dz1, "b1": dz1.sum(axis=0), "W2": a1.T @ dz2, "b2": dz2.sum(axis=0)}
            return P, grads

    return healthy(seed, net=Twice)


# ---- first weights ---------------------------------------------------------------------------------------------------


def _with(pieces, **values):
    for name, value in values.items():
        pieces["net"].params[name][...] = value
    return pieces


@plant
def all_weights_0(seed):
    return _with(healthy(seed), W1=0, W2=0)


@plant
def first_weights_0(seed):
    return _with(healthy(seed), W1=0)


@plant
def dead_units(seed):
    return _with(healthy(seed), b1=-10)


@plant
def both_layers_constant(seed):
    return _with(healthy(seed), W1=0.01, W2=0.01)


@plant
def saturated_sigmoids(seed):
    pieces = healthy(seed) | layers(seed, Sigmoid())
    pieces["net"].params["0.W"][...] = np.random.default_rng(seed).normal(0, 1.5, (784, 64))
    return pieces


# ---- gradient --------------------------------------------------------------------------------------------------------


class OpenMask(TwoLayerNet):
    """The mask of ReLU from its output, with ≥: always true."""

    def backward(self, X, Y, z1, a1, z2, a2):
        dz2 = (a2 - Y) / len(X)
        dz1 = dz2 @ self.W2.T * (a1 >= 0)
        return X.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)


def _spoilt(name, change):
    class Spoilt(TwoLayerNet):
        def scores_and_grads(self, X, Y):
            Z, grads = super().scores_and_grads(X, Y)
            return Z, grads | {name: change(grads[name])}

    return Spoilt


@plant
def mask_always_true(seed):
    return healthy(seed, net=OpenMask)


@plant
def first_biases_never_move(seed):
    return healthy(seed, net=_spoilt("b1", lambda g: 0 * g))


@plant
def last_biases_climb(seed):
    return healthy(seed, net=_spoilt("b2", lambda g: -g))


@plant
def first_gradient_doubled(seed):
    return healthy(seed, net=_spoilt("W1", lambda g: 2 * g))


# ---- step ------------------------------------------------------------------------------------------------------------


@plant
def W2_updated_first(seed):  # noqa: N802
    def step(net, X, Y, eta=0.1):
        z1, a1, _, a2 = net.forward(X)
        dz2 = (a2 - Y) / len(X)
        net.W2 -= eta * a1.T @ dz2
        dz1 = dz2 @ net.W2.T * (z1 > 0)
        net.b2 -= eta * dz2.sum(axis=0)
        net.W1 -= eta * X.T @ dz1
        net.b1 -= eta * dz1.sum(axis=0)

    return healthy(seed) | {"step": step}


@plant
def step_size_3(seed):
    return healthy(seed, rate=3.0)


@plant
def step_size_1e_4(seed):
    return healthy(seed, rate=1e-4)


@plant
def float16_unshifted(seed):
    return healthy(seed) | layers(seed, ReLU(), dtype=np.float16, loss=Unshifted())


@plant
def float16_small_step(seed):
    return healthy(seed, dtype=np.float16, rate=0.003)
