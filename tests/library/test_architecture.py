"""architecture.py: what is written down is built again; a description from anywhere gets a network or a sentence."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlib import architecture, io
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.norm import BatchNorm
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


@pytest.mark.parametrize("words", ["x", "[" * 5000, json.dumps([linear(outputs=4)])])
def test_a_file_whose_description_does_not_fit_names_the_file(tmp_path, words):
    import safetensors.numpy

    path = tmp_path / "odd.safetensors"
    safetensors.numpy.save_file({"0.W": np.zeros((7, 4))}, path, {"nnlib.layers": words})
    with pytest.raises(ValueError, match=r"odd\.safetensors: expected"):
        io.load(path)
