"""train.py with parts: any optimizer, loss, augmentation and network, patience, stopping and going on."""

import copy
import math
import tracemalloc

import numpy as np
import pytest
import torch
from linear_net import LinearNet
from twins import agree

from nnlib.activations import ReLU
from nnlib.augment import Affine
from nnlib.data import one_hot, scale
from nnlib.functional import log_softmax
from nnlib.layers import Dropout, Flatten, Linear, Reshape
from nnlib.losses import MeanSquaredError, SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.optim import SGD, Adam, AdamW, Momentum
from nnlib.schedules import cosine_decay, linear_decay, warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import History, evaluate, fit
from nnlib.two_layer import TwoLayerNet


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist.X_train[:200], mnist.y_train[:200]


def new_rng(seed=1):
    return np.random.default_rng(seed)


def new_net(norm=False, dtype=np.float64):
    rng = new_rng(0)
    between = [BatchNorm(8)] if norm else []
    return Sequential(Linear(784, 8, rng), *between, ReLU(), Linear(8, 10, rng), dtype=dtype)


def bits(net):
    return {name: array.tobytes() for name, array in {**net.params, **getattr(net, "state", {})}.items()}


def quiet(net, digits, **options):
    return fit(net, *digits, **({"rng": new_rng(), "batch_size": 50, "verbose": False} | options))


# The same as by hand


@pytest.mark.parametrize("loss", [None, SoftmaxCrossEntropy(0.1), MeanSquaredError()])
def test_fit_is_the_loop_written_out(digits, loss):
    net, plain = new_net(norm=True), new_net(norm=True)
    optimizer, by_hand, rng = AdamW(warm_up_and_decay(0.02)), AdamW(warm_up_and_decay(0.02)), new_rng()
    history = quiet(net, digits, epochs=2, optimizer=optimizer, loss=loss)
    f, t = loss or SoftmaxCrossEntropy(), 0
    steps = history.steps
    for epoch in range(2):
        order, losses = rng.permutation(200), []
        for start in range(0, 200, 50):
            rows = order[start : start + 50]
            X, Y = scale(digits[0][rows]), one_hot(digits[1][rows])
            Z, grads = plain.scores_and_grads(X, Y, f)
            assert steps["loss"][t] == pytest.approx(f.forward(Z, Y), rel=1e-12)
            assert steps["learning_rate"][t] == warm_up_and_decay(0.02)(t, 8)
            losses.append(f.forward(Z, Y))
            by_hand.step(plain.params, grads, 8)
            t += 1
        assert history.epochs[epoch]["loss"] == pytest.approx(np.mean(losses), rel=1e-12)
    assert bits(net) == bits(plain) and optimizer.t == 8
    assert len(steps) == 8 and steps.index.name == "step"


def test_the_curves_of_a_last_batch_that_is_smaller(digits):
    X, y = digits[0][:130], digits[1][:130]
    history = quiet(new_net(), (X, y), epochs=3, optimizer=SGD(0.1))
    assert [curve.shape for curve in history.curves] == [(2, 3)] * 3
    assert len(history.steps) == 9
    losses = history.steps["loss"].to_numpy().reshape(3, 3)
    for row, three in zip(history.epochs, losses, strict=True):  # each example counts once
        assert row["loss"] == pytest.approx((50 * three[0] + 50 * three[1] + 30 * three[2]) / 130)
    empty = History().steps
    assert list(empty.columns) == ["loss", "learning_rate"] and len(empty) == 0


def test_the_same_training_as_torch_s(digits):
    X, y = digits
    net = new_net()
    theirs = torch.nn.Sequential(torch.nn.Linear(784, 8), torch.nn.ReLU(), torch.nn.Linear(8, 10)).double()
    with torch.no_grad():
        for ours, twin in zip(net.params.values(), theirs.parameters(), strict=True):
            twin.copy_(torch.tensor(ours.T.copy()))
    toptimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    for _ in range(3):
        for start in range(0, 200, 50):
            tX, ty = torch.tensor(X[start : start + 50] / 255), torch.tensor(y[start : start + 50].astype(int))
            toptimizer.zero_grad()
            torch.nn.functional.cross_entropy(theirs(tX), ty, label_smoothing=0.05).backward()
            toptimizer.step()
    parts = {"optimizer": Momentum(0.1, nesterov=True), "loss": SoftmaxCrossEntropy(0.05)}
    quiet(net, digits, epochs=3, shuffle=False, **parts)
    for ours, twin in zip(net.params.values(), theirs.parameters(), strict=True):
        agree(ours, twin.T if ours.ndim == 2 else twin, np.float64, 100)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [lambda: {}, lambda: {"optimizer": Momentum(linear_decay(0.05))}])
def test_the_network_in_layers_has_the_bits_of_the_one_written_out(digits, dtype, make):
    net = new_net(dtype=dtype)
    twin = TwoLayerNet(new_rng(0), hidden=8, dtype=dtype)
    options = {"epochs": 3, "validation": digits}
    history, history_too = quiet(net, digits, **options, **make()), quiet(twin, digits, **options, **make())
    assert list(bits(net).values()) == list(bits(twin).values())
    assert history.epochs == history_too.epochs
    np.testing.assert_array_equal(history.curves, history_too.curves)


def test_batches_of_one_give_the_network_in_layers_the_same_weights_to_rounding(digits):
    net, twin = new_net(), TwoLayerNet(new_rng(0), hidden=8)
    for each in (net, twin):
        quiet(each, digits, epochs=2, batch_size=1)
    for one, two in zip(net.params.values(), twin.params.values(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)


def test_an_optimizer_is_obeyed_at_batches_of_one_too(digits, monkeypatch):
    def not_here(*_):
        raise AssertionError("the path of plain descent alone")

    monkeypatch.setattr(TwoLayerNet, "step", not_here)
    net, plain, few = *(TwoLayerNet(new_rng(0), hidden=8) for _ in range(2)), (digits[0][:30], digits[1][:30])
    quiet(net, few, epochs=1, batch_size=1, optimizer=AdamW(0.01), shuffle=False)
    by_hand = AdamW(0.01)
    for x, label in zip(*few, strict=True):
        by_hand.step(plain.params, plain.scores_and_grads(scale(x[None]), one_hot([label]))[1])
    assert bits(net) == bits(plain)
    moved = net.W1 != TwoLayerNet(new_rng(0), hidden=8).W1
    assert moved.all() and not few[0].any(axis=0).all()  # the decay moves the rows of dark pixels too


def test_it_learns_with_all_parts(mnist):
    rng = new_rng(0)
    net = Sequential(
        *(Linear(784, 32, rng, bias=False), BatchNorm(32), ReLU(), Dropout(0.1, rng), Linear(32, 10, rng)),
        dtype=np.float32,
    )
    X, y = mnist.X_train[:3000], mnist.y_train[:3000]
    history = quiet(
        net,
        (X, y),
        epochs=3,
        batch_size=64,
        optimizer=AdamW(warm_up_and_decay(0.02), weight_decay=0.1),
        loss=SoftmaxCrossEntropy(0.05),
        validation=(mnist.X_test[:1000], mnist.y_test[:1000]),
    )
    assert history.epochs[-1]["validation_accuracy"] > 0.87
    assert history.table["loss"].is_monotonic_decreasing


def test_evaluate_with_another_loss(digits):
    net = new_net()
    Z, Y = net.scores(scale(digits[0])), one_hot(digits[1])
    assert evaluate(net, *digits).loss == pytest.approx(-(Y * log_softmax(Z)).sum(axis=1).mean())
    for loss in (MeanSquaredError(), SoftmaxCrossEntropy(0.3)):
        for chunk in (7, 2000):
            score = evaluate(net, *digits, chunk, loss=loss)
            assert score.loss == pytest.approx(loss.forward(Z, Y))
            assert score.accuracy == evaluate(net, *digits).accuracy
    row = quiet(net, digits, epochs=1, loss=MeanSquaredError(), optimizer=SGD(0.1), validation=digits).epochs[0]
    assert row["validation_loss"] == evaluate(net, *digits, loss=MeanSquaredError()).loss


# Going on


@pytest.mark.parametrize("schedule", [0.05, linear_decay, cosine_decay, warm_up_and_decay])
def test_two_and_two_epochs_are_four(digits, schedule):
    results = []
    for parts in ([4], [2, 2], [1, 3], [1, 1, 1, 1]):
        net, rng, history = new_net(norm=True), new_rng(), History()
        optimizer = AdamW(schedule(0.02, steps=16) if callable(schedule) else schedule)
        for epochs in parts:
            quiet(net, digits, epochs=epochs, rng=rng, optimizer=optimizer, history=history)
        results.append((bits(net), history.epochs, np.concatenate(history.curves, axis=1).tobytes()))
        assert optimizer.t == 16
    assert all(result == results[0] for result in results)


def test_a_training_that_is_interrupted_goes_on(digits):
    class Impatient(Sequential):
        left = 9  # batches; the third epoch's first is the last whole one

        def scores_and_grads(self, *args):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return super().scores_and_grads(*args)

    net = Impatient(*new_net(norm=True).layers)
    optimizer, history, rng = Adam(cosine_decay(0.02, steps=20)), History(), new_rng()
    options = {"rng": rng, "optimizer": optimizer, "history": history, "validation": digits}
    with pytest.raises(KeyboardInterrupt):
        quiet(net, digits, epochs=5, **options)
    assert [row["epoch"] for row in history.epochs] == [0, 1] and len(history.steps) == 8
    assert optimizer.t == 9
    net.left = 100
    quiet(net, digits, epochs=2, **options)
    assert [row["epoch"] for row in history.epochs] == [0, 1, 2, 3] and len(history.steps) == 16
    assert optimizer.t == 17
    np.testing.assert_allclose(
        history.steps["learning_rate"][8:], [cosine_decay(0.02)(t, 20) for t in range(9, 17)], rtol=1e-12
    )
    assert evaluate(net, *digits).loss == history.epochs[-1]["validation_loss"]


def test_a_copied_network_goes_on_with_a_copied_optimizer(digits):
    net, optimizer, rng = new_net(norm=True), Adam(0.01), new_rng()
    quiet(net, digits, epochs=2, rng=rng, optimizer=optimizer)
    net_too, optimizer_too, rng_too = copy.deepcopy((net, optimizer, rng))
    quiet(net, digits, epochs=2, rng=rng, optimizer=optimizer)
    assert bits(net) != bits(net_too)
    quiet(net_too, digits, epochs=2, rng=rng_too, optimizer=optimizer_too)
    assert bits(net) == bits(net_too)
    with pytest.raises(ValueError, match="expected the network of the updates before, got another one"):
        quiet(net_too, digits, epochs=1, optimizer=optimizer)


def test_a_used_optimizer_is_refused_by_another_network_at_batches_of_one_too(digits):
    few, optimizer = (digits[0][:30], digits[1][:30]), SGD(linear_decay(0.1))
    net, other = (TwoLayerNet(new_rng(seed), hidden=8) for seed in (0, 1))
    quiet(net, few, epochs=1, batch_size=1, optimizer=optimizer)
    before = bits(other)
    for size in (1, 2):
        with pytest.raises(ValueError, match="expected the network of the updates before, got another one"):
            quiet(other, few, epochs=1, batch_size=size, optimizer=optimizer)
    assert bits(other) == before and optimizer.t == 30
    quiet(net, few, epochs=1, batch_size=1, optimizer=optimizer)
    quiet(net, few, epochs=1, batch_size=2, optimizer=optimizer)
    assert optimizer.t == 75
    fresh = SGD(0.1)
    with pytest.raises(ValueError, match="expected SoftmaxCrossEntropy"):
        quiet(net, few, batch_size=10, optimizer=fresh, loss=MeanSquaredError())
    quiet(new_net(), few, epochs=1, batch_size=10, optimizer=fresh)  # it has moved nothing yet


@pytest.mark.parametrize("size", [1, 2])
def test_a_smoothed_loss_and_a_rule_of_one_s_own_are_obeyed_at_batches_of_one(digits, size):
    class Half(SGD):
        def move(self, eta, w, g, work):
            super().move(eta / 2, w, g, work)

    few, results = (digits[0][:30], digits[1][:30]), []
    for make in (lambda: TwoLayerNet(new_rng(0), hidden=8), new_net):
        for parts in ({"loss": SoftmaxCrossEntropy(0.3)}, {"optimizer": Half(0.1)}, {"optimizer": SGD(0.05)}):
            net = make()
            quiet(net, few, epochs=1, batch_size=size, shuffle=False, **parts)
            results.append(np.concatenate([param.ravel() for param in net.params.values()]))
    for one, other in ((0, 3), (1, 4), (1, 2)):
        np.testing.assert_allclose(results[one], results[other], rtol=1e-9, atol=1e-12)
    assert not np.allclose(results[0], results[2], rtol=1e-3)


@pytest.mark.parametrize("N", [100, 130])
def test_a_second_training_falls_from_where_the_first_one_ended(digits, N):
    """The whole is then both, also where the last batch is short."""
    few, optimizer, history = (digits[0][:N], digits[1][:N]), Momentum(linear_decay(0.1)), History()
    net, batches = new_net(), -(-N // 50)
    for epochs in (2, 3):
        quiet(net, few, epochs=epochs, optimizer=optimizer, history=history)
    t = np.arange(5 * batches)
    steps = np.where(t < 2 * batches, 2, 5) * batches
    np.testing.assert_allclose(history.steps["learning_rate"], 0.1 * (1 - t / steps), rtol=1e-12)


# Patience


def test_with_patience_a_second_training_leaves_no_worse_a_network(digits):
    held_out = digits[0][:60], (digits[1][:60] + 1) % 10
    net, history = new_net(norm=True), History()
    options = {"validation": held_out, "patience": 3, "history": history, "epochs": 50}
    quiet(net, digits, optimizer=SGD(0.2), **options)
    best, epochs = evaluate(net, *held_out).loss, len(history.epochs)
    quiet(net, digits, optimizer=SGD(1.0), **options)
    assert len(history.epochs) == epochs + 3 and min(row["validation_loss"] for row in history.epochs[epochs:]) > best
    assert evaluate(net, *held_out).loss == best == min(row["validation_loss"] for row in history.epochs)


def test_patience_stops_and_leaves_the_best_epoch_s_weights(digits):
    class Noting(Sequential):
        """Writes down all its arrays whenever it is scored."""

        def scores(self, X):
            self.noted = [*getattr(self, "noted", []), bits(self)]
            return super().scores(X)

    held_out = digits[0][:60], (digits[1][:60] + 1) % 10  # of other labels: it gets worse soon
    net = Noting(*new_net(norm=True).layers)
    history = quiet(net, digits, epochs=50, optimizer=SGD(0.2), validation=held_out, patience=3)
    losses = [row["validation_loss"] for row in history.epochs]
    best = int(np.argmin(losses))
    assert len(losses) == best + 4 < 50
    assert bits(net) == net.noted[best] != net.noted[-1]  # running means and variances too
    assert evaluate(net, *held_out).loss == losses[best]


def test_with_patience_the_best_weights_outlive_a_training_that_is_lost(digits):
    held_out = digits[0][:60], digits[1][:60]
    net, noted = new_net(norm=True), []
    each = math.ceil(len(digits[1]) / 20)

    def schedule(t, total):
        if t == each:  # after the first epoch
            noted.append(bits(net))
        return 0.1 if t < each else 1e200

    with pytest.raises(FloatingPointError, match="in epoch 1"):
        quiet(net, digits, epochs=2, batch_size=20, optimizer=SGD(schedule), validation=held_out, patience=5)
    assert noted[0] == bits(net)


def test_with_patience_to_spare_the_best_epoch_is_restored_as_well(digits):
    held_out = digits[0][:60], (digits[1][:60] + 1) % 10
    net = new_net()
    history = quiet(net, digits, epochs=6, optimizer=SGD(0.3), validation=held_out, patience=100)
    losses = [row["validation_loss"] for row in history.epochs]
    assert len(losses) == 6 and losses[-1] > min(losses)
    assert evaluate(net, *held_out).loss == min(losses)
    quiet(net, digits, epochs=2, optimizer=SGD(0.3), validation=held_out)  # without patience the last one stays
    assert evaluate(net, *held_out).loss > min(losses)


# Augmentation


def test_augmentation_is_given_pixels_and_the_generator(digits):
    seen, rng = [], new_rng()

    def noting(pixels, generator):
        assert generator is rng and pixels.dtype == np.uint8 and pixels.flags.writeable
        seen.append(pixels.copy())
        pixels[...] = 0  # in place: the data set stays as it is
        return pixels

    before = digits[0].copy()
    net = new_net()
    start = net.params["0.W"].copy()
    quiet(net, digits, epochs=2, batch_size=60, rng=rng, optimizer=SGD(0.1), augment=noting)
    assert [len(pixels) for pixels in seen] == [60, 60, 60, 20] * 2
    np.testing.assert_array_equal(digits[0], before)
    order = new_rng().permutation(200)
    np.testing.assert_array_equal(np.concatenate(seen[:4]), before[order])
    np.testing.assert_array_equal(net.params["0.W"], start)  # of black pictures no pixel's weight moves


def test_augmentation_that_changes_nothing_changes_nothing(digits):
    nets = [new_net(), new_net()]
    for net, augment in zip(nets, (None, lambda pixels, rng: pixels), strict=True):
        quiet(net, digits, epochs=2, augment=augment)
    assert bits(nets[0]) == bits(nets[1])


@pytest.mark.parametrize(
    ("augment", "got"),
    [
        (lambda pixels, rng: scale(pixels), r"got \(50, 784\) of float64"),
        (lambda pixels, rng: pixels[:, :700], r"got \(50, 700\) of uint8"),
        (lambda pixels, rng: pixels.reshape(-1, 28, 28), r"got \(50, 28, 28\) of uint8"),
        (lambda pixels, rng: None, "got NoneType$"),
        (lambda pixels, rng: (pixels, rng), "got tuple$"),
    ],
)
def test_augmentation_that_returns_no_pixels_is_refused(digits, augment, got):
    net = new_net()
    before = bits(net)
    words = r"expected augment to return pixels, \(50, 784\) of uint8, .*"
    with pytest.raises(ValueError, match=words + got):
        quiet(net, digits, augment=augment)
    assert bits(net) == before


# What does not fit


def test_a_layer_that_a_network_keeps_beside_its_own_is_refused_before_training(digits):
    net = new_net()
    net.shortcut = Linear(784, 10, new_rng())
    before = bits(net)
    with pytest.raises(ValueError, match=r"^Sequential: expected a layer .* got some in self.shortcut: they would not"):
        quiet(net, digits)
    assert bits(net) == before


def test_a_last_batch_of_one_stops_batch_normalisation_in_words(digits):
    few = digits[0][:101], digits[1][:101]
    net, rng = new_net(norm=True), new_rng()
    for size in (50, 1):
        with pytest.raises(
            ValueError, match=r"layer 1, BatchNorm\(8\): expected two examples .* Choose a batch size that"
        ):
            quiet(net, few, epochs=1, batch_size=size, rng=rng)
    assert bits(net) == bits(new_net(norm=True)) and rng.bit_generator.state == new_rng().bit_generator.state
    pictures = Sequential(Reshape(1, 28, 28), BatchNorm(1), Flatten(), Linear(784, 10, rng))
    quiet(pictures, few, epochs=1)  # one picture has many pixels
    quiet(new_net(norm=True), few, epochs=1, batch_size=25 + 1)
    quiet(new_net(), few, epochs=1)  # without it, one is enough


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (TwoLayerNet, "expected a network, such as .* got the class TwoLayerNet$"),
        (Sequential, "expected a network, such as .* got the class Sequential$"),
        (LinearNet, "got the class LinearNet$"),
        ("784-64-10", "got str: it has no inputs"),
        (None, "got NoneType: it has no inputs"),
        ([new_net()], "got list: it has no inputs"),
        (Linear(784, 10, new_rng()), "got Linear: it has no classes"),
        (ReLU(), "got ReLU: it has no classes"),
        (
            Sequential(Flatten(), Linear(784, 10, new_rng())),
            r"its first layer says how many .* got Sequential\(Flatten",
        ),
        (Sequential(Reshape(1, 28, 28)), r"what comes out is \(N, K\); got Sequential\(Reshape"),
        (Sequential(Linear(783, 10, new_rng())), r"expected pixels 0 to 255, \(N, 783\) of uint8, got \(200, 784\)"),
        (Sequential(Linear(784, 5, new_rng())), "expected labels 0 to 4, got"),
    ],
)
def test_what_is_no_network_is_refused(digits, net, words):
    with pytest.raises(ValueError, match=words):
        quiet(net, digits)
    with pytest.raises(ValueError, match=words):
        evaluate(net, *digits)


def test_a_network_without_parameters_can_be_scored_and_not_trained(digits):
    net = Sequential(Reshape(1, 28, 28), Flatten())
    assert np.isfinite(evaluate(net, *digits).loss)
    with pytest.raises(ValueError, match="expected a network with parameters, got none"):
        quiet(net, digits)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"optimizer": SGD(0.1), "learning_rate": 0.1},
            r"the step size in the optimizer alone, .* got learning_rate or",
        ),
        (
            {"optimizer": SGD(0.1), "decay": False},
            r"the step size in the optimizer alone, .* got learning_rate or decay",
        ),
        (
            {"optimizer": SGD(0.1), "learning_rate": 0.01},
            "the step size in the optimizer alone, .* got learning_rate or",
        ),
        ({"decay": 0.95}, "expected decay to be True or False, .* got 0.95"),
        ({"decay": None}, "expected decay to be True or False, .* got None"),
        ({"history": []}, r"expected history to be a History, as fit returns it, got \[\]"),
        ({"history": History}, "expected history to be a History, .* got <class"),
        ({"history": History().table}, "expected history to be a History, as fit returns it, got Empty"),
        ({"augment": Affine}, "expected augment to be a function of pixels and rng, got <class"),
        ({"optimizer": SGD}, "expected optimizer to be one of nnlib's, such as .* got <class"),
        ({"optimizer": "adam"}, "expected optimizer to be one of nnlib's, such as .* got 'adam'"),
        ({"optimizer": 0.1}, "expected optimizer to be one of nnlib's, such as .* got 0.1"),
        ({"loss": SoftmaxCrossEntropy}, "expected loss to be one of nnlib's, such as .* got <class"),
        ({"loss": "mse"}, "expected loss to be one of nnlib's, such as .* got 'mse'"),
        ({"augment": "shift"}, "expected augment to be a function of pixels and rng, got 'shift'"),
        ({"rng": 0}, r"expected rng to be a random generator, such as np.random.default_rng\(0\), got 0"),
        ({"rng": None}, "expected rng to be a random generator, .* got None"),
        ({"rng": np.random}, "expected rng to be a random generator, .* got <module"),
        ({"patience": 3}, r"expected a patience of 1 or more epochs, and validation=\(X, y\) .* got no validation"),
        ({"patience": 0, "validation": "it"}, "expected a patience of 1 or more epochs, .* got 0"),
        ({"patience": 2.5, "validation": "it"}, "expected a patience of 1 or more epochs, .* got 2.5"),
        ({"epochs": 2.0}, "expected epochs ≥ 1 .* got 2.0"),
        ({"batch_size": "50"}, "expected .* a batch of 1 to 200, got 10 and '50'"),
        ({"learning_rate": "0.1"}, "expected learning_rate to be a number ≥ 0, got '0.1'"),
        ({"learning_rate": linear_decay(0.1)}, "expected learning_rate to be a number ≥ 0, got"),
    ],
)
def test_parts_that_do_not_fit_are_refused_before_anything_is_changed(digits, options, words):
    net = new_net(norm=True)
    before, rng = bits(net), new_rng()
    if options.get("validation"):
        options = options | {"validation": digits}
    with pytest.raises(ValueError, match=words):
        quiet(net, digits, **({"rng": rng} | options))
    assert bits(net) == before
    assert rng.bit_generator.state == new_rng().bit_generator.state


def test_a_network_with_cross_entropy_written_in_takes_smoothed_rows_and_no_other_loss(digits):
    """The same bits as the network of parts, which is given the loss itself."""
    one, two = TwoLayerNet(new_rng(), hidden=8), new_net()
    for name, param in zip(("0.W", "0.b", "2.W", "2.b"), one.params.values(), strict=True):
        two.params[name][...] = param
    histories = [quiet(net, digits, batch_size=50, loss=SoftmaxCrossEntropy(0.1)) for net in (one, two)]
    assert histories[0].epochs == histories[1].epochs
    assert [p.tobytes() for p in one.params.values()] == [p.tobytes() for p in two.params.values()]
    for net in (TwoLayerNet(new_rng()), LinearNet()):
        words = rf"expected SoftmaxCrossEntropy\(\), which {type(net).__name__} has written in, got MeanSquaredError"
        with pytest.raises(ValueError, match=words):
            quiet(net, digits, loss=MeanSquaredError())


def test_divergence_with_an_optimizer_is_said_in_words(digits, no_warning):
    words = "in epoch 0: updates with the step size 1000000.0 took"
    with pytest.raises(FloatingPointError, match=words):
        quiet(new_net(), digits, optimizer=Momentum(1e6))


# Memory


@pytest.mark.parametrize("parts", [{}, {"optimizer": Adam(0.001), "augment": lambda pixels, rng: pixels}])
def test_no_scaled_copy_of_the_set_is_made(mnist, parts):
    X, y = mnist.X_train[:10_000], mnist.y_train[:10_000]
    net = new_net(dtype=np.float32)
    tracemalloc.start()
    quiet(net, (X, y), epochs=1, batch_size=100, validation=(X, y), **parts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A chunk of 2,000 scaled pictures is 6.3 MB; one-hot rows and scores of all are 0.8 MB each, in float64.
    assert peak < 14e6 < X.size * 4


@pytest.mark.parametrize("chunk", [0, -5, 2.5, "20", None, MeanSquaredError()])
def test_a_chunk_that_is_no_size_is_refused(digits, chunk):
    with pytest.raises(ValueError, match="expected chunk to be a whole number from 1 on, got"):
        evaluate(new_net(), *digits, chunk)


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy, "mse"])
def test_a_score_by_what_is_no_loss_is_refused(digits, loss):
    with pytest.raises(ValueError, match=r"expected loss to be one of nnlib's, such as .* got"):
        evaluate(new_net(), *digits, loss=loss)
