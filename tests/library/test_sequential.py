"""sequential.py against autograd at random depth: nesting, copies, types, layers of one's own, and refusals."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import agree, agrees_with_differences, dtypes, laid, layouts, seeds

from nnlib import flat
from nnlib.activations import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dropout, Flatten, Layer, Linear, Reshape
from nnlib.losses import MeanSquaredError, SoftmaxCrossEntropy
from nnlib.norm import BatchNorm
from nnlib.optim import SGD, Momentum
from nnlib.sequential import Sequential
from nnlib.train import fit
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=40)
ACTIVATIONS = {
    kind: twin
    for kind, twin in (
        (ReLU, torch.nn.ReLU),
        (LeakyReLU, torch.nn.LeakyReLU),
        (ELU, torch.nn.ELU),
        (Sigmoid, torch.nn.Sigmoid),
        (Tanh, torch.nn.Tanh),
        (SiLU, torch.nn.SiLU),
        (GELU, torch.nn.GELU),
    )
}


@st.composite
def plans(draw, depth=5):
    """What a network is made of: a list of (kind, sizes) from 6 inputs on."""
    plan, width = [], 6
    for _ in range(draw(st.integers(1, depth))):
        kind = draw(st.sampled_from(["linear", "linear", "activation", "norm", "reshape"]))
        if kind == "linear":
            new = draw(st.integers(1, 6))
            plan.append((kind, width, new, draw(st.booleans())))
            width = new
        elif kind == "activation":
            plan.append((kind, draw(st.sampled_from(list(ACTIVATIONS)))))
        else:
            plan.append((kind, width))
    return plan


def made(plan, seed, dtype=np.float64):
    """Our network and torch's, with the same weights."""
    rng, layers, twins = np.random.default_rng(seed), [], []
    tdtype = torch.float32 if dtype == np.float32 else torch.float64
    for kind, *of in plan:
        if kind == "linear":
            layers.append(Linear(*of[:2], rng, bias=of[2]))
            twins.append(torch.nn.Linear(*of[:2], bias=of[2], dtype=tdtype))
        elif kind == "activation":
            layers.append(of[0]())
            twins.append(ACTIVATIONS[of[0]]())
        elif kind == "norm":
            layers.append(BatchNorm(of[0], eps=0.1))
            twins.append(torch.nn.BatchNorm1d(of[0], eps=0.1, dtype=tdtype))
        else:
            layers += [Reshape(1, of[0]), Flatten()]
            twins += [torch.nn.Unflatten(1, (1, of[0])), torch.nn.Flatten()]
    net = Sequential(*layers, dtype=dtype)
    for param in net.params.values():
        param += 0.3 * rng.normal(size=param.shape)
    with torch.no_grad():
        for layer, twin in zip(layers, twins, strict=True):
            for (name, ours), theirs in zip(layer.params.items(), twin.parameters(), strict=True):
                theirs.copy_(torch.tensor(ours.T.copy() if name == "W" else ours))
    return net, torch.nn.Sequential(*twins)


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@some
@given(plans(), st.integers(2, 6), seeds, dtypes, layouts)
def test_any_depth_against_autograd(plan, N, seed, dtype, layout):
    net, theirs = made(plan, seed, dtype)
    rng = np.random.default_rng(seed)
    X = laid(rng.normal(size=(N, 6)).astype(dtype), layout)
    tX = torch.tensor(X.copy(), requires_grad=True)
    tA = theirs(tX)
    dA = rng.normal(size=tuple(tA.shape)).astype(dtype)
    tA.backward(torch.tensor(dA))
    tolerant = 100 if dtype == np.float32 else 10
    agree(net.forward(X, train=True), tA, dtype, tolerant)
    agree(net.backward(dA), tX.grad, dtype, tolerant)
    for grad, twin in zip(net.grads.values(), theirs.parameters(), strict=True):
        agree(grad, twin.grad.T if grad.ndim == 2 else twin.grad, dtype, tolerant)
    assert all(
        grad.dtype == param.dtype == dtype for grad, param in zip(net.grads.values(), net.params.values(), strict=True)
    )
    theirs.eval()
    agree(net.forward(X), theirs(tX), dtype, tolerant)
    assert net.dtype == dtype or not net.params


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.equation("eq-linear", "eq-linear-dX", "eq-linear-dW", "eq-linear-db")
@settings(max_examples=15)
@given(plans(), seeds)
def test_any_depth_against_differences(plan, seed):
    smooth = [(kind, Tanh if of[0] in (ReLU, LeakyReLU, ELU) else of[0], *of[1:]) for kind, *of in plan]  # no kinks
    net, _ = made(smooth, seed)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(4, 6))
    agrees_with_differences(net, X, rng.normal(size=net.forward(X).shape))


@pytest.mark.equation("eq-chain-of-layers")
@some
@given(plans(), seeds, st.data())
def test_nesting_changes_no_bit(plan, seed, data):
    plain, nested = made(plan, seed)[0], made(plan, seed)[0]
    layers = list(nested.layers)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(layers) - 1))
        end = data.draw(st.integers(start + 1, len(layers)))
        layers[start:end] = [Sequential(*layers[start:end])]
    nested = Sequential(*layers)
    assert len(nested.params) == len(plain.params)
    for net in (plain, nested):
        assert not net.params or flat.joined(net.params) is not None
        assert not net.grads or flat.joined(net.grads) is not None
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 6))
    A = plain.forward(X, train=True)
    np.testing.assert_array_equal(nested.forward(X, train=True), A)
    dA = rng.normal(size=A.shape)
    np.testing.assert_array_equal(nested.backward(dA), plain.backward(dA))
    for kind in ("params", "grads", "state"):
        for one, two in zip(getattr(plain, kind).values(), getattr(nested, kind).values(), strict=True):
            np.testing.assert_array_equal(one, two)


def test_the_names_say_where_each_array_lies():
    rng = np.random.default_rng(0)
    inner = Sequential(Linear(5, 4, rng, bias=False), BatchNorm(4), ReLU())
    net = Sequential(Linear(6, 5, rng), inner, Linear(4, 3, rng))
    assert list(net.params) == ["0.W", "0.b", "1.0.W", "1.1.gamma", "1.1.beta", "2.W", "2.b"]
    assert list(net.grads) == list(net.params)
    assert list(net.state) == ["1.1.mean", "1.1.variance"]
    assert (net.inputs, net.classes) == (6, 3)
    assert net.params["1.0.W"] is inner.params["0.W"] is inner.layers[0].params["W"]
    assert (
        repr(net)
        == "Sequential(Linear(6, 5), Sequential(Linear(5, 4, bias=False), BatchNorm(4), ReLU()), Linear(4, 3))"
    )


def new_net(dtype=np.float64):
    rng = np.random.default_rng(0)
    inner = Sequential(Linear(5, 5, rng, bias=False), BatchNorm(5), GELU(), dtype=dtype)
    return Sequential(Linear(6, 5, rng), ReLU(), inner, Linear(5, 3, rng), dtype=dtype)


def batch(seed=0, N=7, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, 6)).astype(dtype), np.eye(3, dtype=dtype)[rng.integers(3, size=N)]


def trained(net, optimizer, steps=3):
    for step in range(steps):
        optimizer.step(net.params, net.scores_and_grads(*batch(step, dtype=net.dtype))[1])
    return net


def bits(net):
    return {name: array.tobytes() for name, array in {**net.params, **net.state}.items()}


def test_parameters_and_gradients_are_always_the_same_arrays():
    net = new_net()
    arrays = [*net.params.values(), *net.grads.values(), *net.state.values()]
    trained(net, Momentum(0.1))
    net.predict(batch()[0])
    now = [*net.params.values(), *net.grads.values(), *net.state.values()]
    assert len(now) == len(arrays) and all(one is two for one, two in zip(arrays, now, strict=True))


@pytest.mark.parametrize("make", [new_net, lambda: TwoLayerNet(np.random.default_rng(0), 6, 5, 3)])
def test_an_array_put_in_another_s_place_would_not_be_seen_and_is_refused(make):
    net = make()
    for name, param in net.params.items():
        with pytest.raises(
            ValueError, match=r"expected new numbers to be put into the array, \['.*'\]\[...\] = …, got"
        ):
            net.params[name] = np.zeros_like(param)
        with pytest.raises(ValueError, match="expected new numbers"):
            net.params["more"] = param
        net.params[name] += 1  # in place
        net.params[name][...] = 0
        assert not param.any() and net.params[name] is param
    copied = copy.deepcopy(net.params)
    copied["more"] = pickle.loads(pickle.dumps(net.params))
    assert type(copied) is type(copied["more"]) is dict


# Copies


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_independent_still_joined_and_learns_the_same(copied, dtype):
    net = trained(new_net(dtype), Momentum(0.1))
    other = copied(net)
    assert bits(other) == bits(net) and other.dtype == dtype
    assert flat.joined(other.params) is not None and flat.joined(other.grads) is not None
    for kind in ("params", "grads", "state"):
        for name, array in getattr(net, kind).items():
            assert not np.shares_memory(array, getattr(other, kind)[name])
    before = bits(net)
    trained(other, Momentum(0.1))
    assert bits(net) == before
    trained(net, Momentum(0.1))
    assert bits(other) == bits(net) != before
    assert (other.inputs, other.classes, repr(other)) == (net.inputs, net.classes, repr(net))
    again = copied(copied(other))
    assert bits(again) == bits(other) and flat.joined(again.params) is not None


def test_a_copied_inner_network_is_independent_too():
    net = new_net()
    inner = copy.deepcopy(net.layers[2])
    assert flat.joined(inner.params) is not None
    inner.params["0.W"][...] = 7
    assert not (net.params["2.0.W"] == 7).any()


def test_layers_that_move_to_a_new_network_stay_those_of_the_old_one():
    """For a new last layer on a trained network: the rest is shared, and says so by training together."""
    old, rng = new_net(), np.random.default_rng(5)
    X, _ = batch()
    before = old.forward(X)
    new = Sequential(*old.layers[:-1], Linear(5, 3, rng))
    np.testing.assert_array_equal(old.forward(X), before)
    assert flat.joined(new.params) is not None and flat.joined(old.params) is None
    start = bits(old)
    trained(old, SGD(0.1))  # by the way of single arrays
    assert all(start[name] != now for name, now in bits(old).items())
    np.testing.assert_array_equal(new.params["0.W"], old.params["0.W"])


# Types


@pytest.mark.parametrize("inner", [np.float32, np.float64])
@pytest.mark.parametrize("outer", [np.float32, np.float64])
def test_the_outermost_network_says_the_type_of_all(inner, outer):
    rng = np.random.default_rng(0)
    net = Sequential(Sequential(Linear(6, 3, rng), BatchNorm(3), dtype=inner), dtype=outer)
    arrays = [*net.params.values(), *net.grads.values(), *net.state.values()]
    assert {array.dtype for array in arrays} == {np.dtype(outer)} == {net.dtype}
    assert flat.joined(net.params) is not None and flat.joined(net.grads) is not None
    X, Y = batch(dtype=outer)
    Z, grads = net.scores_and_grads(X, Y)
    assert {Z.dtype, *(grad.dtype for grad in grads.values())} == {np.dtype(outer)}
    assert net.scores(X).dtype == outer


def test_float32_is_float64_rounded():
    one, two = new_net(np.float32), new_net(np.float64)
    for name, param in one.params.items():
        np.testing.assert_array_equal(param, two.params[name].astype(np.float32))
    X, _ = batch()
    np.testing.assert_allclose(one.forward(X.astype(np.float32)), two.forward(X), rtol=1e-3, atol=1e-4)


def test_without_a_type_the_layers_keep_their_own():
    old = new_net(np.float32)
    features = Sequential(*old.layers[:2])  # a look at what the network finds on the way
    assert features.dtype == np.float32 and {param.dtype for param in old.params.values()} == {np.dtype(np.float32)}
    assert Sequential(Sequential(Linear(6, 5, np.random.default_rng(0)), dtype=np.float32)).dtype == np.float32
    mixed = Sequential(*old.layers[:2], Linear(5, 3, np.random.default_rng(0)))
    assert {param.dtype for param in mixed.params.values()} == {np.dtype(float)}


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex])
def test_a_type_without_fractions_is_refused(dtype):
    with pytest.raises(ValueError, match=f"expected dtype to be float64 or float32, got {np.dtype(dtype)}"):
        Sequential(ReLU(), dtype=dtype)


# One layer, one place


def test_a_layer_in_two_places_is_refused():
    rng = np.random.default_rng(0)
    layer, relu = Linear(4, 4, rng), ReLU()
    inner = Sequential(Linear(4, 4, rng), relu)
    for layers in (
        (layer, layer),
        (layer, relu, Linear(4, 4, rng), relu),
        (inner, inner),
        (inner, relu),
        (relu, inner),
        (Sequential(relu), Sequential(Sequential(relu))),
        (layer, copy.copy(layer)),  # it has the same arrays
    ):
        with pytest.raises(ValueError, match=r"expected each layer once, got .* in two places: make a second one"):
            Sequential(*layers)
    Sequential(layer, copy.deepcopy(layer), relu, ReLU(), inner.layers[0])


# Forward and backward


def test_other_examples_in_use_between_forward_and_backward_change_nothing():
    net, plain = new_net(), new_net()
    X, Y = batch()
    loss = SoftmaxCrossEntropy()
    for each, between in ((net, True), (plain, False)):
        Z = each.forward(X, train=True)
        if between:
            each.forward(np.ones((2, 6)))
            each.predict(batch(3)[0])
        each.backward(loss.backward(Z, Y))
    for name, grad in net.grads.items():
        np.testing.assert_array_equal(grad, plain.grads[name])


def test_backward_twice_or_before_forward_says_so():
    net, dA = new_net(), np.ones((7, 3))
    words = r"Linear\(5, 3\): expected a forward pass with train=True before each backward pass"
    with pytest.raises(RuntimeError, match=words):
        net.backward(dA)
    net.forward(batch()[0])
    with pytest.raises(RuntimeError, match=words):
        net.backward(dA)
    for dX in (True, False):
        net.forward(batch()[0], train=True)
        net.backward(dA, dX=dX)
        with pytest.raises(RuntimeError, match=words):
            net.backward(dA)


@pytest.mark.parametrize("first", [[], [Reshape(1, 6), Flatten()], [Tanh()]])
def test_without_dx_the_gradients_are_the_same_and_nothing_is_computed_below(first, monkeypatch):
    net = Sequential(*first, Linear(6, 5, np.random.default_rng(0)), ReLU(), Linear(5, 3, np.random.default_rng(1)))
    X, Y = batch()
    Z = net.forward(X, train=True)
    dZ = SoftmaxCrossEntropy().backward(Z, Y)
    assert net.backward(dZ).shape == X.shape
    whole = copy.deepcopy(net.grads)
    for layer in first:
        monkeypatch.setattr(layer, "backward", None)
    again, grads = net.scores_and_grads(X, Y)
    np.testing.assert_array_equal(again, Z)
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, whole[name])


def test_any_loss():
    net, (X, Y) = new_net(), batch()
    for loss in (None, SoftmaxCrossEntropy(0.1), MeanSquaredError()):
        _, grads = net.scores_and_grads(X, Y, loss)
        f = loss or SoftmaxCrossEntropy()
        errors = check_gradients(
            lambda f=f: float(f.forward(net.forward(X, train=True), Y)), net.params, copy.deepcopy(grads)
        )
        assert max(errors.values()) < 1e-5


@pytest.mark.equation("eq-sequential", "eq-chain-of-layers")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_has_the_bits_of_the_network_written_out(dtype):
    """Of every gradient, for any batch, and of every weight after a training; chapter 11 says so."""
    rngs = [np.random.default_rng(4), np.random.default_rng(4)]
    net = Sequential(Linear(784, 64, rngs[0]), ReLU(), Linear(64, 10, rngs[0]), dtype=dtype)
    twin = TwoLayerNet(rngs[1], dtype=dtype)
    rng = np.random.default_rng(5)
    pixels, y = rng.integers(256, size=(160, 784), dtype=np.uint8), rng.integers(10, size=160)
    for N in (1, 7, 128):
        X, Y = (pixels[:N] / 255).astype(dtype), np.eye(10, dtype=dtype)[y[:N]]
        (Z, grads), (Z_too, grads_too) = net.scores_and_grads(X, Y), twin.scores_and_grads(X, Y)
        assert Z.tobytes() == Z_too.tobytes()
        assert [grad.tobytes() for grad in grads.values()] == [grad.tobytes() for grad in grads_too.values()]
        np.testing.assert_array_equal(net.predict(X), twin.predict(X))
    for network, rng in zip((net, twin), rngs, strict=True):
        fit(network, pixels, y, rng=rng, epochs=3, batch_size=32, learning_rate=0.2, verbose=False)
    assert [param.tobytes() for param in net.params.values()] == [param.tobytes() for param in twin.params.values()]
    assert net.dtype == twin.dtype == dtype


# A layer of one's own


class Scale(Layer):
    """Each feature times its own number, written as a reader would: with fresh gradients at each turn."""

    def __init__(self, features):
        super().__init__()
        self.parameter("k", np.ones(features))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["k"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["k"] = (dA * X).sum(axis=0)
        return dA * self.params["k"]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_layer_of_one_s_own_works_in_any_place(place):
    rng = np.random.default_rng(0)
    layers = [Linear(6, 5, rng), Tanh(), Linear(5, 3, rng)]
    layers.insert(place, Scale([6, 5, 5, 3][place]))
    net = Sequential(*layers)
    X, Y = batch()
    for inside in (net, Sequential(net)):
        _, grads = inside.scores_and_grads(X, Y)
        errors = check_gradients(
            lambda n=inside: float(SoftmaxCrossEntropy().forward(n.scores(X), Y)), inside.params, copy.deepcopy(grads)
        )
        assert max(errors.values()) < 1e-5
    start = bits(net)
    trained(net, Momentum(0.1))
    assert all(start[name] != now for name, now in bits(net).items())
    assert bits(trained(copy.deepcopy(net), SGD(0.1))) == bits(trained(net, SGD(0.1)))


def test_a_layer_that_keeps_its_parameter_elsewhere_too_is_refused():
    class Mine(Scale):
        def __init__(self):
            super().__init__(3)
            self.k = self.params["k"]  # another array after the network is made: it would not learn

    with pytest.raises(ValueError, match=r"Mine\(\): expected k to be read from params alone, got it as self.k too"):
        Sequential(Linear(6, 3, np.random.default_rng(0)), Mine())


def test_a_layer_that_forgets_super_is_told():
    class Mine(Scale):
        def __init__(self):
            pass

    with pytest.raises(ValueError, match=r"expected __init__ of Mine to begin with super\(\).__init__\(\), got"):
        Sequential(Mine())


class Skip(Sequential):
    """X + f(X), written as a layer made of layers is to be."""

    def forward(self, X, train=False):
        return X + super().forward(X, train)

    def backward(self, dA, dX=True):
        below = super().backward(dA, dX)
        return dA + below if dX else None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_layer_made_of_layers_trains_its_inside(dtype):
    rng = np.random.default_rng(0)
    net = Sequential(Linear(6, 5, rng), Skip(Linear(5, 5, rng), Tanh()), Linear(5, 3, rng), dtype=dtype)
    assert {param.dtype for param in net.params.values()} == {np.dtype(dtype)} and flat.joined(net.params) is not None
    before = bits(net)
    trained(net, Momentum(0.1))
    assert all(before[name] != now for name, now in bits(net).items())
    double = Sequential(Skip(Linear(6, 6, rng), Tanh()), Linear(6, 3, rng))
    X, Y = batch()
    _, grads = double.scores_and_grads(X, Y)
    errors = check_gradients(
        lambda: float(SoftmaxCrossEntropy().forward(double.scores(X), Y)), double.params, copy.deepcopy(grads)
    )
    assert max(errors.values()) < 1e-5


class Holding(Layer):
    """The obvious way to write it, which would never train its inside."""

    def __init__(self, inner, own=None):
        super().__init__()
        self.inner = inner
        for kind in own or ():
            setattr(self, kind, getattr(inner, kind))

    def forward(self, X, train=False):
        return X + self.inner.forward(X, train)


class Shortcut(Sequential):
    def __init__(self, *layers, other):
        super().__init__(*layers)
        self.other = other


@pytest.mark.parametrize(
    "make",
    [
        lambda one: Holding(one),
        lambda one: Holding([ReLU(), one]),
        lambda one: Holding({"a": one}),
        lambda one: Holding(Sequential(one), ("params", "grads", "state")),
        lambda one: Sequential(ReLU(), Sequential(Holding(one))),
        lambda one: Shortcut(ReLU(), other=one),
    ],
)
def test_layers_that_nobody_would_train_are_refused(make):
    rng = np.random.default_rng(0)
    words = r"expected a layer that is made of layers to derive from Sequential, .* got some in self.(inner|other)"
    with pytest.raises(ValueError, match=words):
        Sequential(Linear(6, 5, rng), make(Linear(5, 5, rng)), Linear(5, 3, rng))


def test_dictionaries_that_are_new_at_each_look_are_refused():
    class Looking(Layer):
        params = property(lambda self: {"k": np.ones(3)}, lambda self, value: None)

    with pytest.raises(ValueError, match=r"Looking\(\): expected params to be a dictionary, at each look the same one"):
        Sequential(Looking())


def test_a_parameter_that_is_no_array_is_refused():
    layer = Scale(3)
    layer.params["k"] = 1.0
    with pytest.raises(ValueError, match=r"Scale\(\): expected params to be arrays, got k of float"):
        Sequential(layer)


# What does not fit


class Sum(SoftmaxCrossEntropy):
    def backward(self, Z, Y):
        return super().backward(Z, Y).sum(axis=1, keepdims=True)  # it would be spread over the classes


def test_a_loss_s_gradient_of_another_shape_is_refused():
    net = Sequential(Linear(6, 3, np.random.default_rng(0)), Tanh())
    with pytest.raises(ValueError, match=r"expected the gradient in the shape of the output, \(7, 3\), got \(7, 1\)"):
        net.scores_and_grads(*batch(), Sum())


def test_a_size_that_does_not_fit_names_its_place():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"^layer 2, Linear\(4, 3\): expected rows \(N, 4\), got \(1, 5\)$"):
        Sequential(Linear(6, 5, rng), ReLU(), Linear(4, 3, rng))
    with pytest.raises(
        ValueError, match=r"layer 1, BatchNorm\(4\): expected rows \(N, 4\) or pictures .* got \(1, 5\)$"
    ):
        Sequential(Linear(6, 5, rng), BatchNorm(4))
    inner = Sequential(Tanh(), Linear(4, 3, rng))
    with pytest.raises(
        ValueError, match=r"^layer 1, Sequential\(.*\): layer 1, Linear\(4, 3\): expected rows \(N, 4\), got"
    ):
        Sequential(Linear(6, 5, rng), inner)
    net = new_net()
    for shape in ((7, 5), (6,), (2, 3, 6), (7, 6, 1)):
        with pytest.raises(ValueError, match=r"^layer 0, Linear\(6, 5\): expected rows \(N, 6\), got \("):
            net.scores(np.ones(shape))


@pytest.mark.parametrize(
    ("layers", "got"),
    [
        ((), "expected at least one layer, got none"),
        ((ReLU,), r"got <class 'nnlib.activations.ReLU'>"),
        (([ReLU(), ReLU()],), r"got \[ReLU\(\), ReLU\(\)\]"),
        (("relu",), "got 'relu'"),
        ((np.tanh,), "got <ufunc 'tanh'>"),
        ((None,), "got None"),
    ],
)
def test_what_is_no_layer_is_refused(layers, got):
    with pytest.raises(ValueError, match=f"expected .*layer.*{got}|{got}"):
        Sequential(*layers)


def test_only_a_first_layer_that_knows_them_tells_the_inputs():
    rng = np.random.default_rng(0)
    assert Sequential(ReLU(), Linear(6, 3, rng)).inputs is None
    assert Sequential(Reshape(2, 3)).classes is None  # what comes out are no rows
    assert Sequential(Reshape(2, 3), Flatten(), Dropout(0.5, rng)).classes == 6
    assert Sequential(Sequential(Linear(6, 4, rng)), ReLU()).inputs == 6


@pytest.mark.parametrize("first", [Scale, BatchNorm])
def test_without_dx_nothing_is_returned_whatever_comes_first(first):
    net = Sequential(first(6), Linear(6, 3, np.random.default_rng(0)))
    Z = net.forward(batch()[0], train=True)
    assert net.backward(np.ones_like(Z), dX=False) is None
