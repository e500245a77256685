"""A diagnosis: each fault of the gallery gets its name on three seeds, and no healthy training an alarm."""

import copy
import time
from functools import cache

import numpy as np
import pytest
from chapter_names import names

from nnlib import data, diagnose, init, optim, recipe
from nnlib.activations import ReLU
from nnlib.augment import Affine, Shifts
from nnlib.layers import Linear
from nnlib.losses import MeanSquaredError, SoftmaxCrossEntropy
from nnlib.schedules import cosine_decay, linear_decay, step_decay, warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

PARTS = ["healthy", "layers", "loop", "Forgotten", "Unshifted", "Diagonal", "Log10", "AlwaysBatch", "NeverFollows"]
PARTS += ["AlongTheBatch", "Softmax", "fill", "OpenMask", "spoilt"]


@cache
def chapter():
    """Return what the cells of chapter 23 define: its faults, and a training without any."""
    found = names("23_failing", *PARTS, *NAMES)
    found["mnist"] = load_mnist()
    return found


def planted(fault):
    return chapter()[fault]


def healthy(seed):
    """Return the pieces of a training without a fault, in float32, which takes less time."""
    return planted("healthy")(seed, dtype=np.float32)


def batches_of(X, Y):
    return planted("loop")(X, Y)["batches"]


load_mnist = cache(data.load_mnist)

# What the first alarm is to be called, and a word of what it is to say.
NAMES = {
    "labels_shuffled": ("data: labels belong", "do not belong"),
    "labels_one_row_off": ("data: labels belong", "do not belong"),
    "labels_noisy": ("data: labels belong", "many labels are wrong"),
    "pixels_not_scaled": ("data: input scale", "not scaled"),
    "test_in_training": ("data: no leak", "10,000"),
    "sorted_by_label": ("loop: batch order", "sorted"),
    "one_hot_of_y_minus_1": ("loop: batch labels", "shifted by 9"),
    "digits_mirrored": ("loop: augmented upright", "mirrored"),
    "accuracy_of_every_pair": ("loop: metric counts", "does not count"),
    "one_over_N_forgotten": ("loss: slope", "1/N is forgotten"),
    "softmax_unshifted": ("loss: shift", "subtract the largest"),
    "diagonal_Jacobian": ("loss: slope", "Jacobian"),
    "loss_to_base_10": ("loss: equal scores", "base 10"),
    "batch_norm_by_the_batch": ("forward: rows by themselves", "batch in use"),
    "running_means_stand_still": ("run: running statistics", "never move"),
    "bias_along_the_batch": ("forward: rows by themselves", "fails for"),
    "softmax_twice": ("forward: ends in scores", "softmax"),
    "all_weights_0": ("start: weights drawn", "W1, W2"),
    "first_weights_0": ("start: weights drawn", "W1: all"),
    "units_dead": ("start: units alive", "dead"),
    "both_layers_constant": ("start: units differ", "alike"),
    "sigmoids_saturated": ("start: units unsaturated", "at the ends"),
    "mask_always_true": ("gradient: gradients", "right are W2, b2"),
    "first_biases_never_move": ("gradient: gradients", "b1 is missing"),
    "last_biases_climb": ("gradient: gradients", "b2 has the wrong sign"),
    "first_gradient_doubled": ("gradient: gradients", "W1 is 2 times"),
    "W2_updated_first": ("step: own step", "before its old value was used"),
    "step_size_3": ("run: step size", "too high"),
    "step_size_1e_4": ("run: step size", "too low"),
    "float16_unshifted": ("loss: shift", "subtract the largest"),
    "float16_with_a_short_step": ("run: no lost updates", "rounding in float16"),
}


def named(fault, seed):
    verdict = diagnose.look(**planted(fault)(seed)).verdict
    assert verdict is not None
    assert (verdict.name, NAMES[fault][1] in verdict.meaning) == (NAMES[fault][0], True), verdict


@pytest.mark.parametrize("fault", NAMES)
def test_each_fault_of_the_gallery_gets_its_name(fault):
    named(fault, 0)


@pytest.mark.sweep(seconds=60)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_fault_gets_its_name_on_other_seeds(seed):
    for fault in NAMES:
        named(fault, seed)


# ---- healthy trainings -----------------------------------------------------------------------------------------------

rng = np.random.default_rng
OPTIMIZERS = {
    "SGD": lambda: optim.SGD(0.1),
    "SGD, short steps": lambda: optim.SGD(0.01),
    "SGD, long steps": lambda: optim.SGD(0.5),
    "SGD, falling": lambda: optim.SGD(linear_decay(0.1)),
    "SGD, cosine": lambda: optim.SGD(cosine_decay(0.2)),
    "SGD, in steps": lambda: optim.SGD(step_decay(0.1, 3000)),
    "momentum": lambda: optim.Momentum(0.1),
    "momentum, short steps": lambda: optim.Momentum(0.01),
    "Nesterov": lambda: optim.Momentum(0.05, nesterov=True),
    "RMSprop": lambda: optim.RMSprop(0.001),
    "RMSprop, warm-up": lambda: optim.RMSprop(warm_up_and_decay(0.005)),
    "Adam": lambda: optim.Adam(0.001),
    "Adam, warm-up": lambda: optim.Adam(warm_up_and_decay(0.01), beta2=0.99),
    "Adam, uncorrected": lambda: optim.Adam(0.001, correct=False),
    "AdamW": lambda: optim.AdamW(0.001),
    "AdamW, strong": lambda: optim.AdamW(warm_up_and_decay(0.01), weight_decay=0.1),
}


def own_step(net, X, Y):
    _, grads = net.scores_and_grads(X, Y)
    for name, param in net.params.items():
        param -= 0.1 * grads[name]


def step_of_optimizer(net, optimizer, X, Y):
    optimizer.step(net.params, net.scores_and_grads(X, Y)[1])


def decayed_step(net, X, Y):
    _, grads = net.scores_and_grads(X, Y)
    for name, param in net.params.items():
        param -= 0.1 * (grads[name] + 1e-4 * param)


class Plain:
    """An optimizer that derives from nothing of nnlib."""

    def __init__(self, rate, beta):
        self.lr, self.beta, self.v = rate, beta, {}

    def step(self, params, grads):
        for name, param in params.items():
            self.v[name] = self.beta * self.v.get(name, 0) + grads[name]
            param -= self.lr * self.v[name]


class Penalised(TwoLayerNet):
    def scores_and_grads(self, X, Y):
        Z, grads = super().scores_and_grads(X, Y)
        return Z, {name: grad + 1e-4 * self.params[name] for name, grad in grads.items()}


def healthy_trainings():
    """Yield {name: function that makes the pieces}."""
    mnist = load_mnist()
    for seed in range(2):
        for dtype in (np.float32, np.float64):
            yield f"seed {seed}, {dtype.__name__}", lambda s=seed, d=dtype: {"net": TwoLayerNet(rng(s), dtype=d)}
    for name, make in OPTIMIZERS.items():
        yield name, lambda make=make: {"net": TwoLayerNet(rng(1), dtype=np.float32), "optimizer": make()}
    for name, act in recipe.ACTIVATIONS.items():
        yield name, lambda act=act: {"net": Sequential(Linear(784, 64, rng(3)), act(), Linear(64, 10, rng(4)))}
    for name in recipe.INITS:
        yield name, lambda name=name: {
            "net": TwoLayerNet(rng(1), init=getattr(init, name), dtype=np.float32), "optimizer": optim.SGD(0.05),
        }  # fmt: skip
    for name, (options, make) in {
        "batch norm": ({"batch_norm": True}, lambda: optim.Momentum(0.1)),
        "dropout": ({"dropout": 0.5}, lambda: optim.Adam(0.001)),
        "dropout three times": ({"layers": "784-128-128-128-10", "dropout": 0.5}, lambda: optim.Adam(0.001)),
        "both, deep": ({"layers": "784-128-64-32-10", "batch_norm": True, "dropout": 0.2}, lambda: optim.AdamW(0.002)),
        "deep tanh": ({"layers": "784-100-50-30-10", "activation": "tanh"}, lambda: optim.SGD(0.1)),
        "deep sigmoid": ({"layers": "784-100-50-10", "activation": "sigmoid"}, lambda: optim.Adam(0.002)),
        "deep GELU": ({"layers": "784-100-50-10", "activation": "gelu", "dtype": float}, lambda: optim.Adam(0.002)),
        "convolution": ({"conv": True}, lambda: optim.Adam(0.002)),
        "convolution with all": ({"conv": True, "batch_norm": True, "dropout": 0.3}, lambda: optim.Momentum(0.05)),
    }.items():
        yield name, lambda o=options, make=make: {"net": recipe.network(rng(1), **o), "optimizer": make()}
    small = lambda: recipe.network(rng(0), "784-32-32-10")  # noqa: E731
    plain = lambda: TwoLayerNet(rng(0), dtype=np.float32)  # noqa: E731
    yield "linear", lambda: {"net": Sequential(Linear(784, 10, rng(0)))}
    yield "nested", lambda: {
        "net": Sequential(Linear(784, 64, rng(0)), Sequential(ReLU(), Linear(64, 32, rng(1)), ReLU()),
                          Linear(32, 10, rng(2)))}  # fmt: skip
    yield "smoothing", lambda: {"net": plain(), "loss": SoftmaxCrossEntropy(0.1)}
    yield "smoothing, layers", lambda: {"net": small(), "loss": SoftmaxCrossEntropy(0.1)}
    yield "squares", lambda: {"net": small(), "loss": MeanSquaredError(), "optimizer": optim.SGD(0.5)}
    yield "an optimizer of one's own", lambda: {"net": plain(), "optimizer": Plain(0.01, 0.9)}
    yield "penalty", lambda: {"net": Penalised(rng(0))}
    yield "one by one", lambda: {"net": plain(), "optimizer": optim.SGD(linear_decay(0.01)), "batch_size": 1}
    yield "batches of 8", lambda: {"net": plain(), "optimizer": optim.SGD(0.05), "batch_size": 8}
    yield "batches of 512", lambda: {"net": plain(), "optimizer": optim.Momentum(0.1), "batch_size": 512}
    yield "shifts", lambda: {"net": plain(), "augment": Shifts(1)}
    yield "far shifts", lambda: {"net": plain(), "augment": Shifts(2)}
    yield "affine", lambda: {"net": plain(), "augment": Affine(15, 0.15, 0.15, 1.5)}
    yield "few", lambda: {"net": plain(), "X": mnist.X_train[:1000], "y": mnist.y_train[:1000]}
    yield "no test", lambda: {"net": plain(), "X_test": None, "y_test": None}
    X, T = data.scale(mnist.X_train[:10_000]), data.scale(mnist.X_test)
    floats = {"y": mnist.y_train[:10_000], "y_test": mnist.y_test}
    yield "floats", lambda: {"net": plain(), "X": X, "X_test": T, **floats}
    standard = lambda A: (A - X.mean()) / X.std()  # noqa: E731
    yield "standardised", lambda: {
        "net": plain(), "X": standard(X), "X_test": standard(T), **floats, "optimizer": optim.SGD(0.03),
    }  # fmt: skip
    Y = data.one_hot(mnist.y_train, dtype=np.float32)
    yield "one-hot labels", lambda: {"net": plain(), "y": Y}
    yield "own batches", lambda: {"net": plain(), "batches": batches_of(mnist.X_train, Y)}
    yield "own batches of labels", lambda: {"net": plain(), "batches": batches_of(mnist.X_train, mnist.y_train)}
    yield "own step", lambda: {"net": plain(), "step": own_step, "optimizer": None}
    yield "own step, batch norm", lambda: {
        "net": recipe.network(rng(0), batch_norm=True), "step": own_step, "optimizer": None}  # fmt: skip
    dropped = lambda: recipe.network(rng(0), dropout=0.3)  # noqa: E731
    own = {"step": step_of_optimizer}
    yield "own step, dropout", lambda: {"net": dropped(), "optimizer": optim.Adam(0.001), **own}
    yield "own step, decay", lambda: {"net": plain(), "step": decayed_step, "optimizer": None}
    yield "metric", lambda: {"net": plain(), "metric": lambda predicted, y: (predicted == y).mean()}
    yield "metric of a net", lambda: {"net": plain(), "metric": lambda net, X, y: 100 * (net.predict(X) == y).mean()}


HEALTHY = dict(healthy_trainings())
BEFORE = {"X", "batches", "step", "batch_size"}  # fit takes these otherwise


def test_there_are_fifty_of_them():
    assert len(HEALTHY) >= 50


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_training_gets_no_alarm(name):
    pieces = healthy(0) | HEALTHY[name]()
    report = diagnose.look(**pieces)
    assert report.verdict is None and len(report) >= 40, report


@pytest.mark.sweep(seconds=120)
def test_nor_does_it_after_training():
    for name, make in HEALTHY.items():
        pieces = healthy(0) | make()
        if BEFORE & set(make()) or pieces["y"].ndim > 1 or isinstance(pieces["optimizer"], Plain):
            continue
        options = {part: pieces.get(part) for part in ("loss", "augment")}
        fit(pieces["net"], pieces["X"][:6000], pieces["y"][:6000], rng=rng(0), epochs=1, batch_size=64,
            optimizer=pieces["optimizer"], verbose=False, **options)  # fmt: skip
        report = diagnose.look(**pieces)
        assert report.verdict is None, (name, report)


# ---- the call --------------------------------------------------------------------------------------------------------


def test_nothing_that_it_is_given_changes():
    pieces = healthy(0) | planted("layers")(0, ReLU()) | {"optimizer": optim.Adam(0.001)}
    net, before = pieces["net"], copy.deepcopy(pieces)
    fit(net, pieces["X"][:640], pieces["y"][:640], rng=rng(0), epochs=1, batch_size=64, optimizer=pieces["optimizer"],
        verbose=False)  # fmt: skip
    params = {name: param.copy() for name, param in net.params.items()}
    kept, t = {n: a.copy() for n, a in pieces["optimizer"].kept(net.params).items()}, pieces["optimizer"].t
    diagnose.look(**pieces)
    for name, param in params.items():
        np.testing.assert_array_equal(net.params[name], param)
    for name, array in kept.items():
        np.testing.assert_array_equal(pieces["optimizer"].kept(net.params)[name], array)
    assert pieces["optimizer"].t == t
    for name in ("X", "y", "X_test", "y_test"):
        np.testing.assert_array_equal(pieces[name], before[name])


def test_a_step_that_moves_another_network_is_told_and_taken_back():
    pieces = healthy(0)
    net = pieces["net"]

    def step(_, X, Y):
        own_step(net, X, Y)

    before = {name: param.copy() for name, param in net.params.items()}
    report = diagnose.look(**pieces | {"step": step})
    assert any("another network than the one" in finding.meaning for finding in report.alarms)
    for name, param in before.items():
        np.testing.assert_array_equal(net.params[name], param)


def test_a_probe_that_fails_is_an_alarm_and_the_others_go_on():
    def metric(predicted, labels):
        raise RuntimeError("no file")

    report = diagnose.look(**healthy(0) | {"metric": metric})
    assert report.alarms == [report.verdict]
    assert report.verdict[0] == "loop: metric counts" and report.verdict.meaning == "RuntimeError: no file"


def test_a_report_says_its_verdict_and_is_a_table():
    report = diagnose.look(**planted("units_dead")(0))
    lines = repr(report).splitlines()
    assert lines[0].startswith("start: units alive: 100% of the units of a1")
    assert lines[1] == "  measured 1, expected <= 0.5"
    assert lines[2].startswith("then ")
    assert list(report.table.columns) == ["number", "expected", "meaning"] and len(report.table) == len(report)
    assert repr(diagnose.look(**healthy(0))).startswith("nothing found in ")
    assert [finding.wrong for finding in report].index(True) == report.index(report.verdict)


def test_twice_the_same_pieces_have_the_same_report():
    one, two = (diagnose.look(**planted("W2_updated_first")(0)) for _ in range(2))
    assert list(map(str, one)) == list(map(str, two))


def test_it_takes_less_than_a_second():
    """Of one core, by itself; convolutions too."""
    for net in (TwoLayerNet(rng(0), dtype=np.float32), recipe.network(rng(0), conv=True)):
        pieces = healthy(0) | {"net": net, "optimizer": optim.Adam(0.002)}
        diagnose.look(**pieces)
        start = time.process_time()
        diagnose.look(**pieces)
        assert time.process_time() - start < 3  # three times what was measured on an idle machine, for busy ones


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"net": 3}, "expected a network"),
        ({"X": np.zeros((5, 3))}, r"expected X and y as numbers \(N, 784\)"),
        ({"y": np.zeros(3, int)}, "with a label, or a one-hot row, for each row"),
        ({"X_test": np.zeros((5, 784), np.uint8)}, "expected X_test and y_test with a label"),
        ({"y": np.full(60_000, "a")}, "labels that are numbers"),
        ({"batch_size": 0}, "batch_size to be a whole number from 1 on"),
    ],
)
def test_what_is_no_training_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        diagnose.look(**healthy(0) | change)
