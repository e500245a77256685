"""train.py: what fit promises about order, steps, repeatability and refusal; and that it learns."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linear_net import LinearNet

from nnlib import train
from nnlib.data import one_hot, scale
from nnlib.functional import softmax_cross_entropy
from nnlib.train import History, evaluate, fit
from nnlib.two_layer import TwoLayerNet


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist.X_train[:200], mnist.y_train[:200]


def new_net(seed=0, hidden=16, **options):
    return TwoLayerNet(np.random.default_rng(seed), hidden=hidden, **options)


class Recorder(TwoLayerNet):
    """A network that writes down which label and step size each step was given."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.seen = []

    def step(self, x, label, learning_rate):
        self.seen.append((int(label), x.copy(), learning_rate))
        return super().step(x, label, learning_rate)


def recorder(inputs=1, classes=10):
    return Recorder(np.random.default_rng(0), inputs=inputs, hidden=2, classes=classes)


class Slope:
    """A network of one parameter whose gradient is always 1: each batch moves it by its step size."""

    inputs, classes, dtype = 1, 10, np.dtype(float)

    def __init__(self):
        self.params, self.seen = {"w": np.zeros(())}, [0.0]

    def scores(self, X):
        return np.zeros((len(X), self.classes))

    def scores_and_grads(self, X, Y):
        self.seen.append(float(self.params["w"]))
        return self.scores(X), {"w": np.ones(())}


def turns(epochs, batch_size, eta, decay=True, N=200):
    """Yield (epoch, rows, step size) of each update, as `fit` takes them with a generator of seed 1."""
    rng, t, steps = np.random.default_rng(1), 0, epochs * int(np.ceil(N / batch_size))
    for epoch in range(epochs):
        order = rng.permutation(N)
        for start in range(0, N, batch_size):
            yield epoch, order[start : start + batch_size], eta * (1 - t / steps) if decay else eta
            t += 1


@pytest.mark.parametrize("batch_size", [1, 32])
def test_equal_generators_give_the_same_bits(digits, batch_size):
    runs = []
    for _ in range(2):
        net = new_net()
        history = fit(net, *digits, rng=np.random.default_rng(1), epochs=2, batch_size=batch_size, verbose=False)
        runs.append((net, history.epochs))
    (one, history1), (two, history2) = runs
    assert history1 == history2
    for name, param in one.params.items():
        assert param.tobytes() == two.params[name].tobytes()


def test_each_example_comes_once_an_epoch_in_a_new_order():
    X, y, net = np.arange(10, dtype=np.uint8)[:, None], np.arange(10), recorder()
    fit(net, X, y, rng=np.random.default_rng(0), epochs=3, verbose=False)
    epochs = [[label for label, _, _ in net.seen[start : start + 10]] for start in (0, 10, 20)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert all(x == scale(np.uint8(label)) for label, x, _ in net.seen)  # each picture with its own label


def test_without_shuffling_the_order_is_the_given_one_and_the_rng_is_not_asked():
    X, y, net = np.zeros((10, 1), np.uint8), np.arange(10)[::-1], recorder()
    rng = np.random.default_rng(0)
    fit(net, X, y, rng=rng, epochs=2, shuffle=False, verbose=False)
    assert [label for label, _, _ in net.seen] == [*range(9, -1, -1)] * 2
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


@pytest.mark.equation("eq-linear-decay")
@settings(max_examples=30)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 9), st.floats(1e-4, 1))
def test_the_step_size_falls_on_a_line_that_reaches_0_after_the_last_step(N, epochs, batch_size, first):
    batch_size = min(batch_size, N)
    net, slope = recorder(), Slope()
    options = {"epochs": epochs, "batch_size": batch_size, "learning_rate": first, "verbose": False}
    for each in (net, slope):
        fit(each, np.zeros((N, 1), np.uint8), np.arange(N), rng=np.random.default_rng(0), **options)
    etas = -np.diff([*slope.seen[1:], slope.params["w"]])
    if batch_size == 1:
        assert [eta for _, _, eta in net.seen] == pytest.approx(etas, rel=1e-9, abs=1e-12)
    steps = epochs * int(np.ceil(N / batch_size))
    np.testing.assert_allclose(etas, np.linspace(first, 0, steps + 1)[:-1], rtol=1e-9, atol=1e-12)


@pytest.mark.equation("eq-linear-decay")
def test_without_decay_the_step_size_stays():
    net = recorder()
    fit(net, np.zeros((4, 1), np.uint8), np.arange(4), rng=np.random.default_rng(0), decay=False, verbose=False)
    assert {eta for _, _, eta in net.seen} == {0.01}


@pytest.mark.parametrize("batch_size", [1, 2, 64, 199, 200])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fit_is_the_loop_written_out(digits, batch_size, dtype):
    X, y = digits
    net = new_net(dtype=dtype)
    plain = copy.deepcopy(net)
    options = {"epochs": 2, "batch_size": batch_size, "learning_rate": 0.1, "verbose": False}
    history = fit(net, X, y, rng=np.random.default_rng(1), **options)
    loss, right = np.zeros(2), np.zeros(2)
    for epoch, rows, eta in turns(2, batch_size, 0.1):
        x, Y = X[rows].astype(dtype) / dtype(255), np.eye(10, dtype=dtype)[y[rows]]
        states = plain.forward(x)
        loss[epoch] -= (Y * np.log(states[-1])).sum()
        right[epoch] += (states[-1].argmax(axis=1) == y[rows]).sum()
        plain.update(*plain.backward(x, Y, *states), eta)
    tolerance, ties = (1e-3, 0.02) if dtype == np.float32 else (1e-9, 0)
    assert [row["loss"] for row in history.epochs] == pytest.approx(loss / 200, rel=tolerance)
    assert [row["train_accuracy"] for row in history.epochs] == pytest.approx(right / 200, abs=ties)
    for name, param in net.params.items():
        assert param.dtype == dtype
        np.testing.assert_allclose(param, plain.params[name], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("batch_size", [1, 50])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fit_gives_the_bits_of_the_network_s_own_methods(digits, batch_size, dtype):
    """To the last bit: the numbers that the chapters print stay as they are, whatever `fit` learns to do besides."""
    X, y = digits
    net = new_net(dtype=dtype)
    plain = copy.deepcopy(net)
    options = {"epochs": 3, "batch_size": batch_size, "learning_rate": 0.05, "verbose": False}
    fit(net, X, y, rng=np.random.default_rng(1), **options)
    for _, rows, eta in turns(3, batch_size, 0.05):
        x = scale(X[rows], dtype)
        if batch_size == 1:
            plain.step(x[0], y[rows[0]], eta)
        else:
            plain.update(*plain.backward(x, one_hot(y[rows], dtype=dtype), *plain.forward(x)), eta)
    for name, param in net.params.items():
        assert param.tobytes() == plain.params[name].tobytes()


@pytest.mark.parametrize("batch_size", [1, 7, 50])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_network_with_these_names_is_trained_and_scored(digits, batch_size, dtype):
    X, y = digits
    net, W, b = LinearNet(784, 10, dtype), np.zeros((784, 10)), np.zeros(10)
    options = {"epochs": 2, "batch_size": batch_size, "learning_rate": 0.05, "decay": False, "verbose": False}
    history = fit(net, X, y, rng=np.random.default_rng(1), validation=(X, y), **options)
    losses = [[], []]
    for epoch, rows, eta in turns(2, batch_size, 0.05, decay=False):
        x, Y = X[rows] / 255, np.eye(10)[y[rows]]
        P = np.exp(x @ W + b)
        P /= P.sum(axis=1, keepdims=True)
        losses[epoch] += list(-np.log(P[Y == 1]))
        W, b = W - eta * x.T @ (P - Y) / len(rows), b - eta * (P - Y).sum(axis=0) / len(rows)
    tolerance = 1e-4 if dtype == np.float32 else 1e-10
    assert [row["loss"] for row in history.epochs] == pytest.approx(np.mean(losses, axis=1), rel=tolerance)
    np.testing.assert_allclose(net.params["W"], W, rtol=tolerance, atol=tolerance)
    score = evaluate(net, X, y)
    assert score == (history.epochs[-1]["validation_loss"], history.epochs[-1]["validation_accuracy"])
    assert score.accuracy == np.mean((X / 255 @ W + b).argmax(axis=1) == y) > 0.5


def test_it_learns(mnist):
    net = new_net(hidden=32)
    X, y = mnist.X_train[:2000], mnist.y_train[:2000]
    before = evaluate(net, mnist.X_test[:1000], mnist.y_test[:1000])
    history = fit(net, X, y, rng=np.random.default_rng(0), epochs=3, verbose=False)
    after = evaluate(net, mnist.X_test[:1000], mnist.y_test[:1000])
    assert before.accuracy < 0.3 and before.loss > 2
    assert after.accuracy > 0.83 and after.loss < 0.6
    assert history.table["loss"].is_monotonic_decreasing


def test_twenty_digits_can_be_learnt_by_heart(digits):
    net = new_net(hidden=32)
    X, y = digits[0][:20], digits[1][:20]
    fit(net, X, y, rng=np.random.default_rng(0), epochs=100, learning_rate=0.02, decay=False, verbose=False)
    assert evaluate(net, X, y).accuracy == 1
    assert evaluate(net, X, y).loss < 0.01


def test_history_and_printed_lines(digits, capsys):
    X, y = digits
    net = new_net()
    history = fit(net, X, y, rng=np.random.default_rng(0), epochs=2, validation=(X[:50], y[:50]))
    table = history.table
    assert list(table.columns) == ["loss", "train_accuracy", "validation_loss", "validation_accuracy"]
    assert table.index.tolist() == [0, 1] and table.index.name == "epoch"
    assert tuple(table.iloc[-1, 2:]) == evaluate(net, X[:50], y[:50])
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"Epoch {e}: Avg Loss = {row['loss']:.4f}, Train Acc = {100 * row['train_accuracy']:.2f}%"
        for e, row in enumerate(history.epochs)
    ]


def test_silence(digits, capsys):
    fit(new_net(), *digits, rng=np.random.default_rng(0), epochs=1, verbose=False)
    assert capsys.readouterr() == ("", "")


def test_validation_does_not_change_the_training(digits):
    nets = [new_net(), new_net()]
    for net, validation in zip(nets, (None, digits), strict=True):
        fit(net, *digits, rng=np.random.default_rng(1), epochs=2, validation=validation, verbose=False)
    np.testing.assert_array_equal(nets[0].W1, nets[1].W1)


GOOD = {"X": np.zeros((4, 784), np.uint8), "y": np.zeros(4, int)}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"X": np.zeros((4, 783), np.uint8)}, r"expected pixels 0 to 255, \(N, 784\) of uint8, got \(4, 783\)"),
        ({"X": np.zeros((4, 28, 28), np.uint8)}, r"got \(4, 28, 28\)"),
        ({"X": np.zeros((4, 784))}, "of uint8, got .* of float64"),  # scaled already; it would be scaled again
        ({"X": np.full((4, 784), np.nan)}, "of float64"),
        ({"y": np.zeros(3, int)}, r"expected a label for each picture and at least one, got \(4, 784\) and \(3,\)"),
        ({"y": np.zeros((4, 1), int)}, r"got \(4, 784\) and \(4, 1\)"),
        ({"X": np.zeros((0, 784), np.uint8), "y": np.zeros(0, int)}, "at least one"),
        ({"y": np.array([0, 1, 10, 0])}, "expected labels 0 to 9, got 10 at example 2"),
        ({"y": np.array([0, -1, 0, 0])}, "expected labels 0 to 9, got -1 at example 1"),
        ({"y": np.array([0, 1.5, 0, 0])}, "expected a row of whole numbers"),
        ({"y": np.array([0, np.nan, 0, 0])}, "expected a row of whole numbers"),
        ({"epochs": 0}, "expected epochs ≥ 1 .* got 0 and 1$"),
        ({"batch_size": 0}, "a batch of 1 to 4"),
        ({"batch_size": 5}, "a batch of 1 to 4, got 1 and 5$"),
        ({"learning_rate": -0.1}, "expected learning_rate to be a number ≥ 0, got -0.1"),
        ({"learning_rate": np.nan}, "expected learning_rate to be a number ≥ 0, got nan"),
        ({"validation": (GOOD["X"][:, :3], GOOD["y"])}, r"got \(4, 3\)"),
        ({"validation": (GOOD["X"], GOOD["y"][:2])}, "a label for each picture"),
        ({"validation": (GOOD["X"], GOOD["y"] + 10)}, "expected labels 0 to 9, got 10"),
    ],
)
def test_fit_refuses_before_anything_is_changed(wrong, words):
    net, rng = new_net(), np.random.default_rng(0)
    before = copy.deepcopy(net.params)
    with pytest.raises(ValueError, match=words):
        fit(net, **({**GOOD, "rng": rng, "epochs": 1, "verbose": False} | wrong))
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, before[name])


def test_a_history_is_continued(digits):
    X, y = digits
    whole, history, net = History(), History(), new_net()
    assert list(history.table.columns) == ["loss", "train_accuracy"] and history.table.index.name == "epoch"
    fit(new_net(), X, y, rng=np.random.default_rng(0), epochs=3, decay=False, history=whole, verbose=False)
    rng = np.random.default_rng(0)
    for epochs in (2, 1):
        same = fit(net, X, y, rng=rng, epochs=epochs, decay=False, history=history, verbose=False)
        assert same is history
    assert history.epochs == whole.epochs and history.table.index.tolist() == [0, 1, 2]


def test_an_interrupted_training_leaves_the_epochs_before(digits):
    X, y, history = *digits, History()

    class Interrupted(TwoLayerNet):
        steps = 0

        def step(self, *args):
            self.steps += 1
            if self.steps == 500:  # in the third epoch
                raise KeyboardInterrupt
            return super().step(*args)

    options = {"rng": np.random.default_rng(0), "verbose": False, "history": history}
    with pytest.raises(KeyboardInterrupt):
        fit(Interrupted(np.random.default_rng(0), hidden=4), X, y, **options)
    assert [row["epoch"] for row in history.epochs] == [0, 1]
    with pytest.raises(FloatingPointError, match="in epoch 2: "):
        fit(new_net(), X, y, learning_rate=1e6, **options)
    assert [row["epoch"] for row in history.epochs] == [0, 1]


@pytest.mark.parametrize("batch_size", [1, 50, 700])
def test_divergence_is_noticed_within_a_thousand_examples(mnist, batch_size):
    class Counting(LinearNet):
        seen = 0

        def scores_and_grads(self, X, Y):
            self.seen += len(X)
            return super().scores_and_grads(X, Y)

    net = Counting(784, 10)
    options = {"rng": np.random.default_rng(0), "batch_size": batch_size, "verbose": False}
    with pytest.raises(FloatingPointError, match=r"in epoch 0: updates with the step size 1e.308"):
        fit(net, mnist.X_train[:6000], mnist.y_train[:6000], learning_rate=1e308, **options)
    assert net.seen <= 1000 + batch_size


@pytest.mark.parametrize("batch_size", [1, 20])
def test_an_answer_that_is_sure_stops_no_training_in_float32(digits, batch_size):
    """The probability of its label rounds to 0 there; the loss, from the scores, is a number like any other."""
    net = new_net(dtype=np.float32)
    net.W2 *= 300
    before = evaluate(net, *digits).loss
    assert (net.forward(scale(digits[0], np.float32))[3] == 0).any() and np.isfinite(before)
    options = {"epochs": 1, "batch_size": batch_size, "learning_rate": 1e-9, "verbose": False}
    history = fit(net, *digits, rng=np.random.default_rng(0), **options)
    assert history.epochs[0]["loss"] == pytest.approx(before, rel=1e-3)


def test_what_is_lost_before_the_first_update_is_not_blamed_on_the_step(digits):
    net = new_net(dtype=np.float32)
    net.W1 *= 1e30
    net.W2 *= 1e30
    with pytest.raises(FloatingPointError, match=r"in epoch 0: already before the first update, with weights up to"):
        fit(net, *digits, rng=np.random.default_rng(0), epochs=1, learning_rate=1e-4, verbose=False)
    for name, value in (("W1", np.nan), ("b2", -np.inf)):
        net = new_net()
        net.params[name].flat[3] = value
        words = rf"expected finite weights to start from, got {value} in {name}, 1 of \d+: draw them anew"
        with pytest.raises(ValueError, match=words):
            fit(net, *digits, rng=np.random.default_rng(0), epochs=1, verbose=False)

    class Failing(LinearNet):
        """Its scores are no numbers from the second batch on, and its weights do not move."""

        calls = 0

        def scores_and_grads(self, X, Y):
            self.calls += 1
            Z = np.zeros((len(X), 10)) if self.calls == 1 else np.full((len(X), 10), np.nan)
            return Z, {name: np.zeros_like(param) for name, param in self.params.items()}

    with pytest.raises(FloatingPointError, match="the loss became nan in epoch 0: the weights are up to 0, as"):
        fit(Failing(784, 10), *digits, rng=np.random.default_rng(0), epochs=1, batch_size=20, verbose=False)


@pytest.mark.parametrize("wrong", [{"b": np.ones(1)}, {"W": np.ones(10)}, {"c": np.ones(10)}])
def test_a_gradient_that_would_be_spread_over_its_parameter_is_refused(digits, wrong):
    class Wrong(LinearNet):
        def scores_and_grads(self, X, Y):
            Z, grads = super().scores_and_grads(X, Y)
            return Z, grads | wrong

    net = Wrong(784, 10)
    with pytest.raises(ValueError, match=r"expected a gradient for each parameter, in its shape, .*, got"):
        fit(net, *digits, rng=np.random.default_rng(0), batch_size=20, verbose=False)
    assert not net.params["W"].any() and not net.params["b"].any()


@pytest.mark.parametrize(
    ("wrong", "got"),
    [
        (lambda W, b: (W, b), "tuple"),
        (lambda W, b: [W, b], "list"),
        (lambda W, b: None, "NoneType"),
    ],
)
def test_gradients_without_names_are_refused(digits, wrong, got):
    class Wrong(LinearNet):
        def scores_and_grads(self, X, Y):
            Z, grads = super().scores_and_grads(X, Y)
            return Z, wrong(*grads.values())

    net = Wrong()
    with pytest.raises(ValueError, match=f"expected a dictionary with the gradients of W, b, got {got}$"):
        fit(net, *digits, rng=np.random.default_rng(0), batch_size=20, verbose=False)
    assert not net.params["W"].any()


def test_a_weight_that_is_lost_in_the_last_step_is_noticed():
    class Last(Slope):
        def scores_and_grads(self, X, Y):
            return self.scores(X), {"w": np.full((), np.inf)}

    with pytest.raises(FloatingPointError, match=r"a weight became inf in epoch 0: .* size 0.5 took"):
        fit(Last(), np.zeros((1, 1), np.uint8), np.zeros(1, int), rng=np.random.default_rng(0), learning_rate=0.5)


@pytest.mark.parametrize("batch_size", [1, 20])
def test_divergence_is_said_in_words(digits, batch_size, no_warning):
    words = r"the loss became (nan|inf|\d.*) in epoch 0: updates with the step size 1000000.0 took the largest weight"
    with pytest.raises(FloatingPointError, match=words):
        fit(new_net(), *digits, rng=np.random.default_rng(0), batch_size=batch_size, learning_rate=1e6, verbose=False)


def test_evaluate_in_chunks_is_evaluate_at_once(digits):
    X, y = digits
    net = new_net()
    Z = net.forward(scale(X))[2]
    loss, right = softmax_cross_entropy(Z, one_hot(y)), np.mean(Z.argmax(axis=1) == y)
    for chunk in (1, 7, 199, 200, 1000):
        score = evaluate(net, X, y, chunk)
        assert score.accuracy == right
        assert score.loss == pytest.approx(loss, rel=1e-12)


def test_evaluate_stays_finite_where_a_probability_rounds_to_0(digits):
    net = new_net(dtype=np.float32)
    net.W2 *= 1e4
    assert np.isfinite(evaluate(net, *digits).loss)


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (GOOD["X"], GOOD["y"][:3], "a label for each picture"),
        (GOOD["X"][:0], GOOD["y"][:0], "at least one"),
        (GOOD["X"] / 255, GOOD["y"], "of uint8, got .* of float64"),
        (GOOD["X"][:, 1:], GOOD["y"], r"got \(4, 783\)"),
        (GOOD["X"], GOOD["y"] - 1, "expected labels 0 to 9, got -1"),
    ],
)
def test_evaluate_refuses(X, y, words):
    with pytest.raises(ValueError, match=words):
        evaluate(new_net(), X, y)


def test_one_example_at_a_time_takes_the_path_of_step(digits, monkeypatch):
    def not_here(*_):
        raise AssertionError("the slow path")

    monkeypatch.setattr(TwoLayerNet, "backward", not_here)
    fit(new_net(), digits[0][:5], digits[1][:5], rng=np.random.default_rng(0), epochs=1, verbose=False)
    assert train.Score._fields == ("loss", "accuracy")


def test_a_network_whose_scores_are_no_row_of_classes_is_refused(digits):
    class OneScore(TwoLayerNet):
        def scores(self, X):
            return super().scores(X)[:, :1]

        def scores_and_grads(self, X, Y):
            scores, grads = super().scores_and_grads(X, Y)
            return scores[:, :1], grads

        def step(self, *args):
            return super().step(*args)[:1]

    net = OneScore(np.random.default_rng(0), hidden=4)
    with pytest.raises(ValueError, match=r"expected scores \(200, 10\) from the network, got shape \(200, 1\)"):
        evaluate(net, *digits)
    with pytest.raises(ValueError, match=r"expected scores \(50, 10\) from the network, got shape \(50, 1\)"):
        fit(net, *digits, rng=np.random.default_rng(0), batch_size=50, verbose=False)
    with pytest.raises(ValueError, match=r"expected scores \(N, 10\) from the network, got shape \(1, 1\)"):
        fit(net, *digits, rng=np.random.default_rng(0), verbose=False)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (lambda net: {name: param.copy() for name, param in net.items()}, "own arrays, got a new W1 at each look"),
        (lambda net: {}, "a network with parameters, got none"),
        (lambda net: list(net.values()), "params to be a dictionary of arrays by name, got list"),
        (lambda net: {**net, "n": np.zeros(3, int)}, r"floating-point numbers, got n, shape \(3,\) of int64"),
        (lambda net: {**net, "n": np.zeros((0, 3))}, r"floating-point numbers, got n, shape \(0, 3\) of float64"),
        (lambda net: {**net, "n": 1.0}, r"floating-point numbers, got n, shape \(\) of float$"),
    ],
)
def test_parameters_that_training_could_not_move_are_refused(digits, params, words):
    class Other(TwoLayerNet):
        @property
        def params(self):
            return params(super().params)

    net = Other(np.random.default_rng(0), hidden=4)
    with pytest.raises(ValueError, match=words):
        fit(net, *digits, rng=np.random.default_rng(0), verbose=False)
