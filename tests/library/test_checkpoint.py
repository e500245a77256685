"""checkpoint.py: a training that is stopped anywhere and goes on has the bits of one that was not; a file that is
damaged, foreign or another training's is refused in words, and nothing is changed.
"""

import json
import re
import signal
import struct
import threading
import time
import tracemalloc
from contextlib import suppress
from functools import partial

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linear_net import LinearNet

from nnlib import io, tensors, train
from nnlib.activations import GELU, ReLU
from nnlib.augment import Affine, Shifts
from nnlib.conv import Conv2d
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.losses import MeanSquaredError, SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.optim import SGD, Adam, AdamW, Momentum, Optimizer, RMSprop
from nnlib.pool import MaxPool2d
from nnlib.schedules import cosine_decay, linear_decay, step_decay, warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.train import History, fit
from nnlib.two_layer import TwoLayerNet

some = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
OPTIMIZERS = {
    "none": lambda: None,
    "SGD": lambda: SGD(step_decay(0.1, 7, 0.5)),
    "momentum": lambda: Momentum(linear_decay(0.05)),
    "Nesterov": lambda: Momentum(cosine_decay(0.05), nesterov=True),
    "RMSprop": lambda: RMSprop(0.005),
    "Adam": lambda: Adam(warm_up_and_decay(0.01)),
    "Adam, uncorrected": lambda: Adam(0.001, correct=False),
    "AdamW": lambda: AdamW(warm_up_and_decay(0.02), weight_decay=0.1),
}


def rows(rng, others):
    return Sequential(
        *(Linear(784, 6, rng, bias=False), BatchNorm(6), GELU(), Dropout(0.3, others)),
        Sequential(Linear(6, 6, rng), ReLU(), Dropout(0.1, rng)),
        Linear(6, 10, rng),
        dtype=np.float32,
    )


def pictures(rng, others):
    layers = Reshape(1, 28, 28), Conv2d(1, 2, 5, rng, stride=3), BatchNorm(2), ReLU(), MaxPool2d(2), Flatten()
    return Sequential(*layers, Dropout(0.2, others), Linear(32, 10, rng))


class Dropping(LinearNet):
    """A network of one's own with a part that draws."""

    def __init__(self, rng):
        super().__init__()
        self.steps = {"first": [Dropout(0.2, rng)]}

    def scores_and_grads(self, X, Y):
        return super().scores_and_grads(self.steps["first"][0].forward(X, train=True), Y)


NETS = {
    "rows": rows,
    "pictures": pictures,
    "the book's": lambda rng, others: TwoLayerNet(rng, hidden=5),
    "one's own": lambda rng, others: Dropping(others),
}


class Stopping:
    """An augmentation that presses Ctrl-C, or breaks, at its k-th batch; where it does is no setting."""

    def __init__(self, change=None, at=None, how=KeyboardInterrupt):
        self.change, self._left, self._how = change, at, how

    def __call__(self, pixels, rng):
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None
                if self._how is KeyboardInterrupt:
                    signal.raise_signal(signal.SIGINT)
                else:
                    raise self._how("broken")
        return self.change(pixels, rng) if self.change else pixels


class Training:
    """All parts of a training made anew, as in a new process."""

    def __init__(self, digits, net="rows", optimizer="AdamW", change=None, shared=True, validation=None, **options):
        self.rng = np.random.default_rng(3)
        self.others = self.rng if shared else np.random.default_rng(4)
        self.net, self.optimizer = NETS[net](self.rng, self.others), OPTIMIZERS[optimizer]()
        self.digits, self.history, self.change = digits, History(), change
        self.options = {"epochs": 3, "batch_size": 12, "validation": validation} | options

    def fit(self, checkpoint=None, at=None, how=KeyboardInterrupt, **other):
        options = self.options | {"verbose": False} | other
        stopping = Stopping(self.change, at, how)
        return fit(
            self.net, *self.digits, rng=self.rng, optimizer=self.optimizer, augment=stopping, history=self.history,
            checkpoint=checkpoint, **options,
        )  # fmt: skip

    def bits(self):
        """All that a training leaves: what goes on from it is decided by it."""
        arrays = {**self.net.params, **getattr(self.net, "state", {})}
        if self.optimizer:
            arrays |= self.optimizer.kept(self.net.params) | {"t": np.array(self.optimizer.t)}
        arrays |= {f"curve {n}": curve for n, curve in enumerate(self.history.curves)}
        states = [rng.bit_generator.state for rng in (self.rng, self.others)]
        return {name: array.tobytes() for name, array in arrays.items()}, self.history.epochs, states


@pytest.fixture(autouse=True, scope="module")
def ctrl_c():
    """A program that a shell started behind itself is deaf to it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist.X_train[:130], mnist.y_train[:130]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "training.safetensors"


def stopped(training, path, at, **how):
    with pytest.raises(how.get("how", KeyboardInterrupt)):
        training.fit(path, at, **how)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# The same bits


@settings(max_examples=60, **some)
@given(
    st.sampled_from([*NETS]), st.sampled_from([*OPTIMIZERS]), st.sampled_from([None, Shifts(1), Affine()]),
    st.booleans(), st.booleans(), st.sampled_from([None, 1, 3]), st.sampled_from([2, 12, 43]),
    st.lists(st.integers(0, 60), min_size=1, max_size=3),
    st.sampled_from([KeyboardInterrupt, KeyboardInterrupt, OSError]),
)  # fmt: skip
def test_stopped_anywhere_and_gone_on_with_is_not_stopped(
    tmp_path, mnist, net, optimizer, change, shared, shuffle, patience, batch_size, stops, how
):
    path = tmp_path / "training.safetensors"
    path.unlink(missing_ok=True)
    N = {2: 30, 12: 130, 43: 129}[batch_size]  # none leaves one alone, of which there is no variance
    digits, held_out = (mnist.X_train[:N], mnist.y_train[:N]), (mnist.X_train[200:230], mnist.y_train[200:230])
    parts = digits, net, optimizer, change, shared, held_out if patience else None
    options = {"shuffle": shuffle, "patience": patience, "batch_size": batch_size}
    whole = Training(*parts, **options)
    whole.fit()
    for at in stops:  # each in a new process; the last ones may come after the end
        with suppress(how):
            Training(*parts, **options).fit(path, at, how)
    last = Training(*parts, **options)
    if path.exists():  # not where it broke before the first epoch's end
        last.rng.random(7)  # wherever it stands, the file knows better
    last.fit(path)
    assert last.bits() == whole.bits()


@settings(max_examples=25, **some)
@given(st.sampled_from([np.float32, np.float64]), st.lists(st.integers(0, 2500), min_size=1, max_size=3))
def test_one_example_at_a_time(tmp_path, mnist, dtype, stops):
    """The path of plain descent alone; the losses are looked at every thousand."""
    path = tmp_path / "training.safetensors"
    path.unlink(missing_ok=True)
    X, y, results = mnist.X_train[:1200], mnist.y_train[:1200], []
    for stops_here in ([], stops):
        for at in [*stops_here, None]:
            rng = np.random.default_rng(0)
            net = TwoLayerNet(rng, hidden=4, dtype=dtype)
            file = path if stops_here else None
            try:
                history = fit(net, X, y, rng=rng, epochs=2, augment=Stopping(at=at), checkpoint=file, verbose=False)
            except KeyboardInterrupt:
                assert at is not None
        results.append(
            (
                [p.tobytes() for p in net.params.values()],
                history.epochs,
                np.array(history.curves).tobytes(),
                rng.bit_generator.state,
            )
        )
    assert results[0] == results[1]


@pytest.mark.parametrize("left_out", ["optimizer.m.0.W", "net.1.mean", "epoch.scores", "curves"])
def test_these_tests_see_what_is_left_out(digits, path, monkeypatch, left_out):
    whole = Training(digits)
    whole.fit()
    stopped(Training(digits), path, 15)
    arrays, told = tensors.read(path)
    tensors.write(path, arrays | {left_out: np.zeros_like(arrays[left_out])}, told)
    last = Training(digits)
    last.fit(path)
    assert last.bits() != whole.bits()


def test_a_ctrl_c_is_written_after_the_update_in_which_it_comes(digits, path, capsys):
    stopped(Training(digits), path, 14)  # 11 updates an epoch
    again = Training(digits)
    again.fit(path, verbose=True)
    assert capsys.readouterr().out.startswith(f"{path}: goes on in epoch 1, after 4 of its 11 updates\nEpoch 1: ")
    again = Training(digits)
    assert again.fit(path, 0, verbose=True) is again.history  # no batch more: it would press
    assert capsys.readouterr().out == f"{path}: this training is over, after 3 epochs\n"
    assert again.optimizer.t == 33 and len(again.history.epochs) == 3


def test_what_breaks_leaves_the_file_of_the_epoch_before(digits, path, capsys):
    stopped(Training(digits), path, 14, how=OSError)
    Training(digits).fit(path, verbose=True)
    assert capsys.readouterr().out.startswith(f"{path}: goes on in epoch 1\nEpoch 1: ")


def test_a_ctrl_c_while_the_file_is_written_waits_for_it(digits, path, monkeypatch):
    def fsync(number):
        signal.raise_signal(signal.SIGINT)
        monkeypatch.undo()

    monkeypatch.setattr("os.fsync", fsync)
    training = Training(digits)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from"):
        training.fit(path)
    assert len(training.history.epochs) == 1
    _, told = tensors.read(path)
    assert told["training"]["noted"] == [0, 0] and len(told["training"]["rows"]) == 1


def test_with_patience_a_training_that_is_over_stays_over(digits, path, capsys):
    options = {"epochs": 40, "patience": 2, "validation": (digits[0][:50], (digits[1][:50] + 1) % 10)}
    one, two = Training(digits, **options), Training(digits, **options)
    one.fit(path)
    assert len(one.history.epochs) < 40
    two.fit(path, 0, verbose=True)  # no batch more: it would press
    assert capsys.readouterr().out == f"{path}: this training is over, after {len(one.history.epochs)} epochs\n"
    assert two.bits() == one.bits()


def test_a_second_ctrl_c_does_not_wait(digits, path):
    class Impatient(Stopping):
        def __call__(self, pixels, rng):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    training = Training(digits)
    with pytest.raises(KeyboardInterrupt):
        fit(training.net, *digits, rng=training.rng, augment=Impatient(), checkpoint=path, batch_size=12, verbose=False)
    assert not path.exists() and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_a_file_and_beside_the_main_thread_ctrl_c_is_what_it_was(digits, path):
    training = Training(digits)
    with pytest.raises(KeyboardInterrupt):
        training.fit(None, 3)
    assert training.optimizer.t == 3
    beside, failed = Training(digits), []

    def run():
        try:
            beside.fit(path)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed and path.exists()


def test_somebody_else_s_ctrl_c_stays_theirs(digits, path):
    seen = []
    usual = signal.signal(signal.SIGINT, lambda *_: seen.append(True))
    try:
        Training(digits).fit(path, 5)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert seen == [True]


def test_a_second_training_has_a_file_of_its_own(digits, tmp_path):
    """And both go on in a new process, the second from where the first ends."""
    one, two, results = tmp_path / "one", tmp_path / "two", []
    for files in ([None, None], [one, two]):
        for at in (None, 5) if files[0] else (None,):
            training = Training(digits)
            training.fit(files[0])
            try:
                training.fit(files[1], at, epochs=2)
            except KeyboardInterrupt:
                training = Training(digits)
                training.fit(files[0])
                training.fit(files[1], epochs=2)
        results.append(training.bits())
    assert results[0] == results[1] and len(training.history.epochs) == 5
    with pytest.raises(ValueError, match="a history of 0 epochs and an optimizer of 0 updates, got 5 and 55; a new"):
        training.fit(one)


def test_what_a_stopped_training_left_may_be_given_to_the_same_call(digits, path):
    """As in a notebook, where its cell is run again: the same network, optimizer, generator and history."""
    whole, training = Training(digits), Training(digits)
    whole.fit()
    for at in (5, 14):
        stopped(training, path, at)
    training.fit(path)
    assert training.bits() == whole.bits()
    words = "a history of 0 epochs and an optimizer of 0 updates, got 3 and 33; a new training begins in a new file, "
    words += "and one that is over is run again with both made anew"
    refused(training, path, words)  # it is over; whoever wants more epochs is not left with none
    fresh = Training(digits)
    fresh.optimizer = training.optimizer
    with pytest.raises(ValueError, match="expected the network of the updates before"):
        fresh.fit(path)


def test_a_training_that_is_lost_after_it_went_on_says_what_the_whole_one_says(digits, path):
    """From where the weights came, too, though the network brings those of the epoch in which it was stopped."""
    words = []
    for stops in ([], [20]):
        training = Training(digits, epochs=4)
        training.optimizer = SGD(lambda t, total: 0.1 if t < 35 else 1e9)
        for at in stops:
            stopped(training, path, at)
            training.net.params["0.W"][...] *= 7
        with pytest.raises(FloatingPointError) as error:
            training.fit(path if stops else None)
        words.append(str(error.value))
    assert words[0] == words[1] and "took the largest weight from" in words[0]


def test_sizes_from_numpy_are_the_same_settings(digits, path):
    options = {"validation": digits, "patience": 5}
    stopped(Training(digits, **options), path, 15)
    sizes = {"epochs": np.int64(3), "batch_size": np.int32(12), "patience": np.uint8(5), "shuffle": np.bool_(True)}
    again, whole = Training(digits, **options | sizes), Training(digits, **options)
    again.fit(path)
    whole.fit()
    assert again.bits() == whole.bits()


@pytest.mark.parametrize("eta", [1, lambda t, total: 1, lambda t, total: np.float32(0.01)])
def test_step_sizes_of_other_types(digits, path, eta):
    whole, training, again = (Training(digits) for _ in range(3))
    for each in (whole, training, again):
        each.optimizer = SGD(eta)
    whole.fit()
    stopped(training, path, 14)
    again.fit(path)
    assert again.bits() == whole.bits()


def aside(own, pixels, rng):
    return Shifts(1)(pixels, own)


class Aside:
    def __init__(self, own):
        self.own = {"of one's own": [own]}

    def shift(self, pixels, rng):
        return aside(*self.own["of one's own"], pixels, rng)


AUGMENTATIONS = {
    "a closure": lambda own: lambda pixels, rng: aside(own, pixels, rng),
    "a default": lambda own: lambda pixels, rng, own=own: aside(own, pixels, rng),
    "a name that has to be said": lambda own: lambda pixels, rng, *, own=own: aside(own, pixels, rng),
    "a part of a call": lambda own: partial(aside, own),
    "a method": lambda own: Aside(own).shift,
    "in another": lambda own: Stopping(partial(aside, own)),
    "in a circle": lambda own: around(Stopping(partial(aside, own))),
}


def around(change):
    change.itself = [change]
    return change


@pytest.mark.parametrize("kind", AUGMENTATIONS)
def test_a_generator_is_found_wherever_a_part_has_it(digits, path, kind):
    whole, training, again = (Training(digits, change=AUGMENTATIONS[kind](np.random.default_rng(9))) for _ in range(3))
    whole.fit()
    stopped(training, path, 14)
    again.fit(path)
    assert again.bits() == whole.bits()


def test_a_generator_is_found_in_a_network_of_one_s_own(digits, path):
    whole, training, again = (Training(digits, "one's own", shared=False) for _ in range(3))
    whole.fit()
    stopped(training, path, 14)
    again.fit(path)
    assert again.bits() == whole.bits()


def test_whatever_a_function_of_another_module_holds_is_not_looked_through(digits, path):
    """The module is among it, and all that it has."""
    training = Training(digits)
    training.net.note = [json.loads, np.zeros, time.sleep, np.random, np.random.Generator]
    stopped(training, path, 14)
    Training(digits).fit(path)


class Twenty(Optimizer):
    memories = tuple("abcdefghijklmnopqrst")

    def move(self, eta, w, g, *memories):
        for memory in memories:
            memory += g
            w -= eta * memory


def test_an_optimizer_with_many_memories(digits, path):
    training, again = (Training(digits, "the book's") for _ in range(2))
    training.optimizer, again.optimizer = Twenty(0.0001), Twenty(0.0001)
    stopped(training, path, 14)
    again.fit(path)
    assert again.optimizer.t == 33


def test_a_ctrl_c_while_the_bar_is_closed_is_not_lost(digits, path, monkeypatch):
    def closing(turns, *_):
        class Bar:
            def __iter__(self):
                yield from turns
                if not path.exists():
                    signal.raise_signal(signal.SIGINT)

            def set_postfix(self, **_):
                pass

        return Bar()

    monkeypatch.setattr(train, "_bar", closing)
    whole, training, again = Training(digits), Training(digits), Training(digits)
    stopped(training, path, None)
    assert tensors.read(path)[1]["training"]["noted"] == [130, 130]
    again.fit(path)
    whole.fit()
    assert again.bits() == whole.bits()


def test_a_ctrl_c_where_the_weights_are_lost_leaves_the_file_of_the_epoch_before(digits, path):
    training = Training(digits)

    def spoil(pixels, rng):
        if training.optimizer.t == 14:
            training.net.params["0.W"][...] = np.nan
        return pixels

    training.change = spoil
    with pytest.raises(KeyboardInterrupt, match=f"{path} stays as it was: expected finite weights"):
        training.fit(path, 14)
    assert tensors.read(path)[1]["training"]["noted"] == [0, 0]


def test_a_schedule_is_asked_for_the_settings_once(digits, path):
    asked = []

    def schedule(t, total):
        asked.append(t)  # twice in each update
        return 0.01

    for at, moments in ((14, 5 + 2 * 15), (None, 5 + 2 * 18)):
        training = Training(digits)
        training.optimizer = SGD(schedule)
        with suppress(KeyboardInterrupt):
            training.fit(path, at)
        assert len(asked) == moments
        asked.clear()


def test_a_schedule_that_ends_with_the_training_may_be_used_again(digits, path):
    """What a stopped training left begins with more updates; no step size is asked for beyond the last."""
    training, whole = Training(digits), Training(digits)
    etas = np.linspace(0.1, 0, 33)
    training.optimizer, whole.optimizer = SGD(lambda t, total: etas[t]), SGD(lambda t, total: etas[t])
    stopped(training, path, 14)
    training.fit(path)
    whole.fit()
    assert training.bits() == whole.bits()


# What is refused


def sets(**changes):
    return lambda training: training.options.update(changes)


def refused(training, path, words):
    before = training.bits()
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        training.fit(path)
    assert training.bits() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (sets(epochs=4), "the settings of the training in this file, epochs 3, got 4; a new training begins"),
        (sets(batch_size=13), "batch_size 12, got 13"),
        (sets(shuffle=False), "shuffle True, got False"),
        (sets(shuffle=False, epochs=1), "file, shuffle True, got False; epochs 3, got 1; a new"),
        (sets(loss=SoftmaxCrossEntropy(0.1)), r"loss SoftmaxCrossEntropy\(smoothing=0.0\), got .*=0.1"),
        (sets(loss=MeanSquaredError()), r"got MeanSquaredError\(\)"),
        (lambda training: setattr(training, "change", Shifts(2)), r"augment Stopping.*None\), got .*Shifts\(2\)"),
        (sets(validation=(np.zeros((5, 784), np.uint8), np.arange(5))), "validation None, got 5 with the sum"),
        (sets(validation="itself", patience=2), "patience None, got 2"),
        (lambda training: setattr(training, "optimizer", AdamW(warm_up_and_decay(0.03), weight_decay=0.1)),
         r"optimizer AdamW\(schedule=warm_up_and_decay\(eta=0.02, .*, got AdamW\(schedule=.*\(eta=0.03"),
        (lambda training: setattr(training, "optimizer", AdamW(warm_up_and_decay(0.02))), "got .*weight_decay=0.01"),
        (lambda training: setattr(training, "optimizer", Momentum(0.1)), r"got Momentum\("),
        (lambda training: setattr(training, "digits", (training.digits[0], training.digits[1][::-1])),
         "examples 130 with the sum .*, got 130 with"),
        (lambda training: setattr(training, "digits", (training.digits[0][:129], training.digits[1][:129])), "got 129"),
        (lambda training: setattr(training, "net", rows(training.rng, np.random.default_rng(4))),
         r"generators \[0, 0, 0\], got \[0, 1, 0\]"),
        (lambda training: setattr(training, "net", pictures(training.rng, training.rng)),
         r"network Sequential\(Linear\(784, 6, bias=False\), .*, got Sequential\(Reshape.*Conv2d"),
        (lambda training: setattr(training, "net", TwoLayerNet(training.rng)), "network .*Linear.*, got TwoLayerNet"),
    ],
)  # fmt: skip
def test_another_training_is_refused_with_what_differs(digits, path, change, words):
    stopped(Training(digits), path, 15)
    training = Training(digits)
    change(training)
    if training.options["validation"] == "itself":
        training.options["validation"] = digits
    refused(training, path, words)


def test_two_functions_of_one_s_own_differ_in_their_step_sizes(digits, path):
    def training(eta):
        made = Training(digits)
        made.optimizer = SGD(lambda t, total: eta * (1 - t / total))
        return made

    stopped(training(0.1), path, 15)
    refused(training(0.2), path, r"step sizes \[0.1, .*, got \[0.2")
    training(0.1).fit(path)


def test_another_seed_is_refused(digits, path):
    def training(seed):
        made = Training(digits, "the book's")
        made.rng = np.random.default_rng(seed)
        return made

    for seed, other in ((5, 6), (0, None), ([1, 2], [1, 3])):
        stopped(training(seed), path, 15)
        refused(training(other), path, rf"file, seeds \[{re.escape(repr(str(seed)))}\], got")
        training(seed).fit(path)
        path.unlink()
    stopped(training(None), path, 15)
    training(None).fit(path)  # each from another number, which the system drew
    path.unlink()
    stopped(training(np.int64(5)), path, 15)
    training(5).fit(path)


def test_parts_of_one_s_own_differ_in_what_is_around_them_and_given_to_them(digits, path):
    class Same(Layer):
        def forward(self, X, train=False):
            return X

        def backward(self, dA):
            return dA

    class Net(Sequential):
        pass

    def training(p=0.1, kind=Net):
        made = Training(digits)
        made.net = kind(Linear(784, 10, made.rng), Same(), Dropout(p, made.rng))
        return made

    stopped(training(), path, 15)
    refused(training(0.9), path, r"Net\(Linear\(784, 10\), Same\(\), Dropout\(0.1\)\), got Net.*Dropout\(0.9\)")
    refused(training(kind=Sequential), path, "network Net.*, got Sequential")
    training().fit(path)


def test_a_part_of_a_call_differs_in_what_it_was_given(digits, tmp_path):
    def moved(pixels, rng, most):
        return Shifts(most)(pixels, rng)

    def run(most):
        training = Training(digits)
        options = {"batch_size": 12, "epochs": 1, "verbose": False, "checkpoint": tmp_path / "file"}
        fit(training.net, *digits, rng=training.rng, augment=partial(moved, most=most), **options)

    run(1)
    with pytest.raises(ValueError, match=r"augment .*moved\(\) with \(\) \{'most': 1\}, got .*'most': 3"):
        run(3)
    run(1)


def test_what_is_no_checkpoint_is_refused_and_a_checkpoint_is_no_network(digits, path):
    io.save(path, Training(digits).net)
    refused(Training(digits), path, "a training that was stopped, got a file of weights alone")
    path.write_bytes(b"GIF89a")
    refused(Training(digits), path, "a safetensors file, got a GIF")
    path.unlink()
    stopped(Training(digits), path, 15)
    for read in (io.load, partial(io.load_into, Training(digits).net)):
        with pytest.raises(ValueError, match="expected a network, got a training that was stopped"):
            read(path)


def test_where_no_file_can_be_written_nothing_begins(digits, tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a folder to write into"):
        Training(digits).fit(tmp_path / "none" / "file", 0)


def test_generators_of_another_kind_are_refused(digits, path):
    training = Training(digits)
    training.rng = np.random.Generator(np.random.MT19937(0))
    with pytest.raises(
        ValueError, match=r"expected random generators as np\.random\.default_rng makes them, .* MT19937"
    ):
        training.fit(path)


# Damaged and hostile files


@pytest.fixture(scope="module")
def good(digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "training.safetensors"
    with pytest.raises(KeyboardInterrupt):
        Training(digits).fit(path, 15)
    return path


@settings(max_examples=300, **some)
@given(st.data())
def test_a_damaged_file_is_refused(digits, good, tmp_path, data):
    """A byte or some changed anywhere, or cut, or lengthened."""
    path, training, good = tmp_path / "training.safetensors", Training(digits), good.read_bytes()
    damaged = bytearray(good)
    (length,) = struct.unpack("<Q", good[:8])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(good) - 1) | st.integers(0, length + 8))
        damaged[place] ^= data.draw(st.integers(1, 255))
    end = data.draw(st.just(len(good)) | st.integers(0, len(good)))
    path.write_bytes(damaged[:end] + data.draw(st.binary(max_size=3)))
    before = training.bits()
    try:
        training.fit(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: expected ")
        assert training.bits() == before
    else:  # the same in other words
        assert json.loads(damaged[8 : 8 + length].decode())


def resealed(path, good, change):
    arrays, told = tensors.read(good)
    arrays, training = change(arrays, told["training"]) or (arrays, told["training"])
    tensors.write(path, arrays, told | {"training": training})


def put(**changes):
    return lambda arrays, training: training.update(changes)


def without(name):
    return lambda arrays, training: ({key: a for key, a in arrays.items() if key != name}, training)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@settings(max_examples=200, **some)
@given(
    st.sampled_from(["rows", "updates", "noted", "best", "watch", "generators", "before", "over", "x"]),
    PLAIN,
)
def test_a_file_that_was_made_to_look_right_does_no_harm(digits, good, tmp_path, name, value):
    path, training = tmp_path / "training.safetensors", Training(digits)
    resealed(path, good, put(**{name: value}))
    before = training.bits()
    try:
        training.fit(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: expected ")
        assert training.bits() == before
    else:
        assert name in ("best", "watch", "over")


@pytest.mark.parametrize(
    "change",
    [
        put(noted=[48, 49]), put(noted=[-12, 0]), put(noted=[10**9, 0]), put(rows=[]), put(updates=[10]),
        put(updates=[]), put(updates=[10**15]), put(best=[1.0, 0]), put(rows=[7]), put(generators=[]),
        put(generators=[[{}], [{}]]),
        put(rows=[{"epoch": "0"}]), put(noted=None), put(t=3), put(before=[1, 11]),
        put(before=[-1, -11]), put(before=[0, 10**9]), without("curves"), without("net.0.W"),
        without("epoch.rates"),
        lambda arrays, training: (arrays | {"net.0.W": np.zeros((6, 784), np.float32)}, training),
        lambda arrays, training: (arrays | {"net.0.W": np.zeros((784, 6))}, training),
        lambda arrays, training: (arrays, []), lambda arrays, training: (arrays | {"more": np.zeros(3)}, training),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(digits, good, path, change):
    resealed(path, good, change)
    refused(Training(digits), path, "")


def test_what_stands_before_all_counts_is_refused(digits, path):
    stopped(Training(digits, optimizer="RMSprop"), path, 15)
    resealed(path, path, put(before=[0, -(10**9)]))
    refused(Training(digits, optimizer="RMSprop"), path, "a whole training, got parts that do not fit together$")


def test_a_huge_file_is_refused_unread(digits, path):
    with path.open("wb") as file:
        file.truncate(10**12)
    tracemalloc.start()
    begun = time.process_time()
    refused(Training(digits), path, "at most .* bytes, got 1,000,000,000,000")
    assert time.process_time() - begun < 1 and tracemalloc.get_traced_memory()[1] < 30e6
    tracemalloc.stop()


def test_the_library_itself_reads_the_file(digits, path):
    training = Training(digits)
    stopped(training, path, 15)
    found = safetensors.numpy.load_file(path)
    np.testing.assert_array_equal(found["net.0.W"], training.net.params["0.W"])
    assert found["epoch.scores"].shape == (60, 10)
