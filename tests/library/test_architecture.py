"""architecture.py: what is written down is built again; a description from anywhere gets a network or a sentence."""

import json
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlib import architecture, io
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.conv import Conv2d
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.norm import BatchNorm
from nnlib.pool import AvgPool2d, MaxPool2d
from nnlib.sequential import Sequential


def whole_net(dtype=np.float64):
    rng = np.random.default_rng(0)
    inner = Sequential(Linear(5, 4, rng), ELU(0.5))
    return Sequential(
        Reshape(2, 3), Flatten(), Linear(6, 5, rng, bias=False), BatchNorm(5, momentum=0.3, eps=1e-4), ReLU(),
        Dropout(0.25, rng), inner, LeakyReLU(0.2), GELU(), Linear(4, 3, rng), dtype=dtype,
    )  # fmt: skip


def test_a_description_is_plain_data_that_builds_the_same_layers():
    net = whole_net()
    description = json.loads(json.dumps(architecture.describe(net)))
    again = architecture.build(description)
    assert repr(again) == repr(net) and architecture.describe(again) == architecture.describe(net)
    shapes = [{name: array.shape for name, array in each.params.items()} for each in (net, again)]
    assert shapes[0] == shapes[1] and not any(array.any() for name, array in again.params.items() if "W" in name)


def test_every_layer_of_the_library_can_be_written_down():
    """A new layer that keeps something else under its settings' names would be built otherwise."""
    for name, kind in architecture.kinds().items():
        assert kind.__name__ == name and isinstance(kind.settings, tuple)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_saved_network_comes_back_with_its_state_and_answers_alike(tmp_path, dtype):
    net, rng = whole_net(dtype), np.random.default_rng(1)
    net.forward(rng.normal(size=(9, 6)).astype(dtype), train=True)  # the running means move
    io.save(tmp_path / "net.safetensors", net)
    again = io.load(tmp_path / "net.safetensors")
    X = rng.normal(size=(4, 6)).astype(dtype)
    assert again.dtype == dtype and again.scores(X).tobytes() == net.scores(X).tobytes()
    assert again.layers[3].state.keys() == net.layers[3].state.keys() and again.layers[3].state["mean"].any()


class Doubling(Layer):
    def forward(self, X, train=False):
        self.remember(train)
        return 2 * X

    def backward(self, dA):
        self.recall()
        return 2 * dA


def test_a_layer_of_one_s_own_is_named_and_its_network_still_saved(tmp_path):
    net = Sequential(Linear(3, 2, np.random.default_rng(0)), Doubling())
    with pytest.raises(ValueError, match=r"expected layers of nnlib, got Doubling\(\) at place 1: .*load_into"):
        architecture.describe(net)
    io.save(tmp_path / "own.safetensors", net)
    again = Sequential(Linear(3, 2, np.random.default_rng(1)), Doubling())
    io.load_into(again, tmp_path / "own.safetensors")
    assert again.layers[0].params["W"].tobytes() == net.layers[0].params["W"].tobytes()


class Skip(Sequential):
    def forward(self, X, train=False):
        return X + super().forward(X, train)


@pytest.mark.parametrize("make", [Skip, lambda *layers: Sequential(Skip(*layers), ReLU())])
def test_a_class_that_derives_from_sequential_is_not_saved_as_one(tmp_path, make):
    net = make(Linear(3, 3, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"expected a Sequential, got Skip: .*load_into"):
        architecture.describe(net)
    io.save(tmp_path / "own.safetensors", net)
    with pytest.raises(ValueError, match=r"W2 and b2, got .*\. .*load_into"):
        io.load(tmp_path / "own.safetensors")
    again = make(Linear(3, 3, np.random.default_rng(1)))
    io.load_into(again, tmp_path / "own.safetensors")
    X = np.random.default_rng(2).normal(size=(4, 3))
    assert again.scores(X).tobytes() == net.scores(X).tobytes()


def linear(**other):
    return ["Linear", {"inputs": 7, "outputs": 3, "bias": True} | other]


@pytest.mark.parametrize(
    "description",
    [
        [],
        {},
        3,
        None,
        [None],
        [["Linear"]],
        [["Linear", {}]],
        ["Linear"],
        [["os", {}]],
        [["Layer", {}]],
        [["__import__", {}]],
        [linear(inputs=1e9, outputs=1000)],
        [linear(inputs=10**7, outputs=10**7)],
        [linear(inputs="7")],
        [linear(inputs=7.5)],
        [linear(outputs=-3)],
        [linear(inputs=[7])],
        [["Reshape", {"shape": 7}]],
        [["Reshape", {"shape": [-1, 7]}]],
        [["Reshape", {"shape": []}]],
        [["Dropout", {"p": float("nan")}]],
        [["Dropout", {"p": 1}]],
        [linear(), linear()],
        [linear(), ["BatchNorm", {"features": 4, "momentum": 0.1, "eps": 1e-5}]],
        [[]],
        [["ReLU", {"rng": 3}]],
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_what_describes_no_network_is_refused_in_words(description):
    with pytest.raises(ValueError, match="expected"):
        architecture.build(description)


names = st.sampled_from([*architecture.kinds(), "inputs", "outputs", "bias", "p", ""])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats() | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner),
)


@settings(max_examples=200, deadline=None)
@given(plain)
def test_any_data_gives_a_network_or_a_sentence(description):
    try:
        net = architecture.build(description)
    except ValueError as error:
        assert "expected" in str(error)
    else:
        assert isinstance(net, Sequential)


def nested(description, depth):
    for _ in range(depth):
        description = [description]
    return description


def conv(**other):
    return ["Conv2d", {"channels": 1, "filters": 1, "size": 3, "stride": 1, "padding": 0} | other]


def norm(features):
    return ["BatchNorm", {"features": features, "momentum": 0.1, "eps": 1e-5}]


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (40 * [linear(inputs=4000, outputs=4000)], "the numbers that are there, got layers with more"),
        (30 * [norm(900_000)], "the numbers that are there, got layers with more"),
        ([linear(inputs=7, outputs=900_000)], "the numbers that are there, got layers with more"),
        ([norm(10**9)], "numbers up to 1,000,000, got features 1000000000"),
        ([["Reshape", {"shape": [9000, 9000]}]], r"numbers up to 1,000,000, got shape \[9000, 9000\]"),
        (
            [["Reshape", {"shape": [1, 9, 9]}], conv(padding=100_000)],
            r"at most 1,000,000 numbers in a layer, .* got more in Conv2d\(1, 1, 3, padding=100000\)",
        ),
        ([["Reshape", {"shape": [1, 1000, 1000]}], conv(filters=900)], "at most 1,000,000 numbers in a"),
        ([["Reshape", {"shape": [1, 900, 900]}], conv(size=30)], "at most 1,000,000 numbers in a layer"),
        ([["Reshape", {"shape": [1, 999, 1001]}], *30 * [["GELU", {}]]], "1,000,000,000 products in all, .* in GELU"),
        ([["Reshape", {"shape": [1, 500, 500]}], *200 * [conv(padding=1)]], "Conv2d"),
        (4000 * [["ReLU", {}]], "at most 1,000 layers, of lists in lists fewer, got more"),
        (nested(60 * [["ReLU", {}]], 18), "at most 1,000 layers"),
        ([["MaxPool2d", {"size": 10}], ["Flatten", {}], linear(outputs=900_000, inputs=1)], "got layers with more"),
    ],
    ids=range(13),
)
def test_a_file_gets_no_more_memory_than_its_numbers_need(description, words):
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ValueError, match=words):
        architecture.build(description, most=10_000)
    seconds, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6 and seconds < 1


@pytest.mark.parametrize(
    "description",
    [
        [["Reshape", {"shape": [1, 990, 990]}], *9 * [["GELU", {}]]],
        [["Reshape", {"shape": [1, 500, 500]}], conv(padding=1), *40 * [["GELU", {}]]],
        [["Reshape", {"shape": [10, 150, 150]}], conv(channels=10, filters=30), conv(channels=30, filters=30)],
        990 * [["ReLU", {}]],
        nested(60 * [["Sigmoid", {}]], 15),
    ],
    ids=range(5),
)
def test_what_is_just_allowed_takes_little_too(description):
    tracemalloc.start()
    begun = time.process_time()
    try:
        architecture.build(description, most=100_000)
    except ValueError as error:
        assert "expected" in str(error)
    seconds, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6 and seconds < 3  # tracing takes its time too


def test_lists_in_lists_without_end_are_refused():
    for depth in (20, 3000):
        with pytest.raises(ValueError, match="expected layers in at most 20 lists in lists, got more"):
            architecture.build(nested([["ReLU", {}]], depth))
    architecture.build(nested([["ReLU", {}]], 19))


# Any network that the library can build


@st.composite
def networks(draw):
    """Rows or pictures through layers of every kind, also in lists of their own, to ten scores."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    small = st.integers(1, 3)
    plain = [
        ReLU, GELU, SiLU, Sigmoid, Tanh,
        lambda: LeakyReLU(draw(st.floats(0, 1))), lambda: ELU(draw(st.floats(0, 2))),
        lambda: Dropout(draw(st.floats(0, 0.9)), rng),
    ]  # fmt: skip
    layers, shape = [], (16,)
    if draw(st.booleans()):
        layers, shape = [Reshape(1, 4, 4)], (1, 4, 4)
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["plain", "norm", "product", "nested", "pool"]))
        if kind == "plain":
            made = [draw(st.sampled_from(plain))()]
        elif kind == "norm":
            made = [BatchNorm(shape[0], momentum=draw(st.floats(0.01, 1)), eps=draw(st.floats(1e-9, 1e-2)))]
        elif kind == "pool" and len(shape) == 3 and min(shape[1:]) > 1:
            made, shape = [draw(st.sampled_from([MaxPool2d, AvgPool2d]))(2)], (shape[0], shape[1] // 2, shape[2] // 2)
        elif kind == "product" and len(shape) == 3:
            k, F, s, p = draw(st.integers(1, min(shape[1:]))), draw(small), draw(small), draw(st.integers(0, 2))
            made = [Conv2d(shape[0], F, k, rng, stride=s, padding=p)]
            shape = F, *((size + 2 * p - k) // s + 1 for size in shape[1:])
        elif kind == "product":
            made, shape = [Linear(shape[0], size := draw(st.integers(1, 9)), rng, bias=draw(st.booleans()))], (size,)
        else:
            made = [Sequential(draw(st.sampled_from(plain))(), Sequential(ReLU()))]
        layers += made
    layers += [*([Flatten()] if len(shape) == 3 else []), Linear(int(np.prod(shape)), 10, rng)]
    return Sequential(*layers, dtype=draw(st.sampled_from([np.float32, np.float64])))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks())
def test_any_network_comes_back_to_the_bit(tmp_path, net):
    path, rng = tmp_path / "net.safetensors", np.random.default_rng(0)
    X = rng.normal(size=(5, 16)).astype(net.dtype)
    for _ in range(3):  # the running statistics move, and no parameter stays 0
        net.scores_and_grads(X, np.eye(10, dtype=net.dtype)[:5])
    for param in net.params.values():
        param += rng.normal(size=param.shape).astype(net.dtype)
    io.save(path, net)
    again = io.load(path)
    assert repr(again) == repr(net) and again.dtype == net.dtype
    assert again.scores(X).tobytes() == net.scores(X).tobytes()
    for kind in ("params", "state"):
        ours, theirs = ({name: a.tobytes() for name, a in getattr(each, kind).items()} for each in (net, again))
        assert ours == theirs
    saved = path.read_bytes()
    io.save(path, again)
    assert path.read_bytes() == saved


def test_the_numbers_that_a_network_keeps_are_just_enough():
    net = whole_net()
    numbers = sum(array.size for array in (*net.params.values(), *net.state.values()))
    description = json.loads(json.dumps(architecture.describe(net)))
    architecture.build(description, most=numbers)
    with pytest.raises(ValueError, match="got layers with more"):
        architecture.build(description, most=numbers - 1)


def test_what_is_dropped_after_loading_can_be_drawn_again(tmp_path):
    path = tmp_path / "net.safetensors"
    io.save(path, whole_net())
    X, answers = np.ones((4, 6)), []
    for _ in range(2):
        answers.append(io.load(path, rng=np.random.default_rng(3)).forward(X, train=True))
    np.testing.assert_array_equal(*answers)


def test_sizes_and_shares_from_numpy_are_saved_and_read_as_python_s(tmp_path):
    rng, of = np.random.default_rng(0), np.int64
    net = Sequential(
        Reshape(of(1), of(4), np.uint8(4)), Conv2d(of(1), of(2), np.int32(3), rng, of(1), of(1)), MaxPool2d(of(2)),
        Flatten(), BatchNorm(np.prod((2, 4)), np.float32(0.25), np.float64(1e-4)), LeakyReLU(np.float32(0.5)),
        Linear(np.prod((4, 2)), of(3), rng, bias=np.bool_(True)), Dropout(np.float32(0.5), rng), dtype=np.float32,
    )  # fmt: skip
    io.save(tmp_path / "net.safetensors", net)
    again = io.load(tmp_path / "net.safetensors")
    assert repr(again) == repr(net) and "np." not in repr(net)
    X = rng.normal(size=(3, 16)).astype(np.float32)
    assert net.forward(X, train=True).dtype == np.float32  # nothing widens it
    io.load_into(again, tmp_path / "net.safetensors")


@pytest.mark.parametrize("make", [LeakyReLU, ELU])
@pytest.mark.parametrize("alpha", [np.nan, np.inf, None, "0.1", [0.1]])
def test_a_slope_that_no_file_could_hold_is_refused(make, alpha):
    with pytest.raises(ValueError, match="expected alpha to be a finite number, got"):
        make(alpha)


def test_a_network_without_numbers_is_read_too(tmp_path):
    io.save(tmp_path / "net.safetensors", Sequential(Reshape(2, 3), Flatten(), ReLU()))
    assert repr(io.load(tmp_path / "net.safetensors")) == "Sequential(Reshape(2, 3), Flatten(), ReLU())"


def test_other_layers_with_the_same_arrays_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    io.save(tmp_path / "net.safetensors", Sequential(Linear(3, 3, rng), ReLU(), Linear(3, 2, rng)))
    for between, got in ((GELU(), r"\['GELU', {}\], got \['ReLU', {}\]"), (LeakyReLU(0.1), r"'alpha': 0.1}\], got")):
        other = Sequential(Linear(3, 3, rng), between, Linear(3, 2, rng))
        before = other.params["0.W"].copy()
        with pytest.raises(ValueError, match=r"net\.safetensors: expected the network's layers, .*" + got):
            io.load_into(other, tmp_path / "net.safetensors")
        np.testing.assert_array_equal(other.params["0.W"], before)


def test_a_name_for_a_parameter_and_a_state_is_refused(tmp_path):
    class Both(Doubling):
        def __init__(self):
            super().__init__()
            self.parameter("k", np.ones(2))
            self.state["k"] = np.zeros(2)

    with pytest.raises(ValueError, match=r"expected each name once in params and state, got 0\.k in both"):
        io.save(tmp_path / "net.safetensors", Sequential(Both()))


@pytest.mark.parametrize("words", ["x", "[" * 5000, json.dumps([linear(outputs=4)])])
def test_a_file_whose_description_does_not_fit_names_the_file(tmp_path, words):
    import safetensors.numpy

    path = tmp_path / "odd.safetensors"
    safetensors.numpy.save_file({"0.W": np.zeros((7, 4))}, path, {"nnlib.layers": words})
    with pytest.raises(ValueError, match=r"odd\.safetensors: expected"):
        io.load(path)
