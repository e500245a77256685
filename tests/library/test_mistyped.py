"""The ten-line program of a training, and slips that its user's fingers make: each is answered in a sentence."""

import re

import numpy as np
import pytest

from nnlib.activations import ReLU
from nnlib.data import one_hot, split
from nnlib.layers import Dropout, Linear
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.optim import SGD, AdamW, Momentum
from nnlib.schedules import linear_decay, warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import fit

PROGRAM = """
rng = np.random.default_rng(0)
(X, y), (X_val, y_val) = split(mnist.X_train[:600], mnist.y_train[:600], 100)
net = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng))
loss = SoftmaxCrossEntropy(smoothing=0.05)
optimizer = AdamW(schedule=warm_up_and_decay(0.02), weight_decay=0.1)
history = fit(
    net, X, y, loss=loss, optimizer=optimizer, batch_size=128, epochs=2,
    validation=(X_val, y_val), rng=rng, verbose=False,
)
"""
NAMES = {
    part.__name__: part
    for part in (
        *(AdamW, BatchNorm, Dropout, Linear, Momentum, ReLU, SGD, Sequential, SoftmaxCrossEntropy),
        *(fit, linear_decay, one_hot, split, warm_up_and_decay),
    )
}


def run(mnist, *slips):
    """Run the program, with each (right, wrong) put in."""
    program = PROGRAM
    for right, wrong in slips:
        assert right in program
        program = program.replace(right, wrong, 1)
    names = {**NAMES, "np": np, "mnist": mnist}
    exec(compile(program, "program", "exec"), names)
    return names


def test_the_program_learns(mnist):
    names = run(mnist)
    assert names["history"].epochs[-1]["validation_accuracy"] > 0.6


SLIPS = {
    "a class for a layer": ("ReLU(),", "ReLU,", "layers.*ReLU"),
    "a function for a layer": ("ReLU(),", "np.tanh,", "layers.*tanh"),
    "a name for a layer": ("ReLU(),", "'relu',", "layers.*'relu'"),
    "layers in a list": (
        "Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng))",
        "Sequential([Linear(784, 64, rng), ReLU(), Linear(64, 10, rng)])",
        r"layers.*\[Linear",
    ),
    "no rng": ("Linear(784, 64, rng)", "Linear(784, 64)", "random generator.*None"),
    "a seed for rng": ("Linear(784, 64, rng)", "Linear(784, 64, 0)", "random generator.*got 0"),
    "no outputs": ("Linear(64, 10, rng)", "Linear(64, rng)", "outputs.*Generator"),
    "sizes that do not chain": ("Linear(64, 10, rng)", "Linear(32, 10, rng)", r"layer 2, .*\(N, 32\).*\(1, 64\)"),
    "one layer twice": (
        "net = Seq",
        "h = ReLU()\nnet = Sequential(Linear(784, 10, rng), h, h)\nSeq",
        "once.*two places",
    ),
    "other pixels": ("Linear(784, 64, rng)", "Linear(728, 64, rng)", r"pixels.*\(N, 728\).*\(500, 784\)"),
    "too few classes": ("Linear(64, 10, rng)", "Linear(64, 9, rng)", "labels 0 to 8.*got 9"),
    "scaled before": ("net, X, y,", "net, X / 255, y,", "uint8.*float64"),
    "pictures": ("net, X, y,", "net, X.reshape(-1, 28, 28), y,", r"\(N, 784\).*\(500, 28, 28\)"),
    "one-hot labels": ("net, X, y,", "net, X, one_hot(y),", r"a label for each picture.*\(500, 10\)"),
    "labels 1 to 10": ("net, X, y,", "net, X, y + 1,", "labels 0 to 9.*got 10"),
    "labels that are no whole numbers": ("net, X, y,", "net, X, y / 1,", "whole numbers.*float64"),
    "y before X": ("net, X, y,", "net, y, X,", r"\(N, 784\).*\(500,\)"),
    "one example too few": ("net, X, y,", "net, X[1:], y,", r"\(499, 784\).*\(500,\)"),
    "no examples": ("net, X, y,", "net, X[:0], y[:0],", r"at least one.*\(0, 784\)"),
    "an optimizer's class": ("optimizer=optimizer", "optimizer=AdamW", "optimizer.*<class"),
    "an optimizer's name": ("optimizer=optimizer", "optimizer='adamw'", "optimizer.*'adamw'"),
    "another's optimizer": ("optimizer=optimizer", "optimizer=SoftmaxCrossEntropy()", "optimizer.*SoftmaxCrossEntropy"),
    "a schedule's name": ("schedule=warm_up_and_decay(0.02)", "schedule='cosine'", "step size.*'cosine'"),
    "a schedule that is not called": (
        "schedule=warm_up_and_decay(0.02)",
        "schedule=linear_decay",
        "step size.*linear_decay",
    ),
    "a schedule that is not called either": ("warm_up_and_decay(0.02)", "warm_up_and_decay", "warm_up.*got 8"),
    "a negative rate": ("warm_up_and_decay(0.02)", "warm_up_and_decay(-0.02)", r"step size.*-0\.02"),
    "two rates": ("optimizer=optimizer", "optimizer=optimizer, learning_rate=0.02", "alone.*learning_rate"),
    "a decay as words": ("weight_decay=0.1", "weight_decay='0.1'", "weight_decay.*'0.1'"),
    "smoothing in classes": ("smoothing=0.05", "smoothing=5", "from 0 to below 1.*got 5"),
    "smoothing as words": ("smoothing=0.05", "smoothing='0.05'", "from 0 to below 1.*'0.05'"),
    "a loss's class": ("loss=loss", "loss=SoftmaxCrossEntropy", "loss.*<class"),
    "validation as one array": ("(X_val, y_val), rng=", "X_val, rng=", r"validation=\(X, y\).*ndarray"),
    "validation of three": ("(X_val, y_val), rng=", "(X_val, y_val, 1), rng=", r"validation=\(X, y\).*3 parts"),
    "validation the wrong way round": ("(X_val, y_val), rng=", "(y_val, X_val), rng=", r"\(N, 784\).*\(100,\)"),
    "no batch": ("batch_size=128", "batch_size=0", "a batch of 1 to 500, got 2 and 0"),
    "a batch too large": ("batch_size=128", "batch_size=512", "a batch of 1 to 500, got 2 and 512"),
    "half a batch": ("batch_size=128", "batch_size=128 / 2", "a batch of 1 to 500.*64.0"),
    "no epochs": ("epochs=2", "epochs=0", "epochs ≥ 1.*got 0"),
    "epochs as words": ("epochs=2", "epochs='2'", "epochs ≥ 1.*'2'"),
    "a seed for rng in fit": ("rng=rng", "rng=0", "random generator.*got 0"),
    "the class of a network": ("    net, X, y", "    Sequential, X, y", "network.*the class Sequential"),
    "a layer for a network": ("    net, X, y", "    net.layers[0], X, y", "network.*Linear"),
    "a network from another page": ("    net, X, y", "    'net', X, y", "network.*str"),
    "dropout the wrong way round": ("ReLU(),", "ReLU(), Dropout(rng, 0.5),", "p to be.*Generator"),
    "normalisation of another size": ("ReLU(),", "BatchNorm(10), ReLU(),", r"layer 1, BatchNorm\(10\).*\(1, 64\)"),
    "patience without validation": ("validation=(X_val, y_val)", "patience=2", "patience.*no validation"),
    "a training's optimizer for the next": (
        "history = fit",
        "first = Sequential(Linear(784, 64, rng), ReLU(), Linear(64, 10, rng))\n"
        "fit(first, X, y, optimizer=optimizer, batch_size=100, epochs=1, rng=rng, verbose=False)\nhistory = fit",
        "network of the updates before.*another one",
    ),
}


@pytest.mark.parametrize(("right", "wrong", "words"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_answered_in_a_sentence(mnist, right, wrong, words):
    with pytest.raises(ValueError) as error:
        run(mnist, (right, wrong))
    message = str(error.value)
    assert "expected" in message and "got" in message
    assert re.search(words, message), message
    assert len(message) < 400


def test_fit_itself_asks_for_its_generator(mnist):
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'rng'"):
        run(mnist, ("rng=rng, ", ""))
