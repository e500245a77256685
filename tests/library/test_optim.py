"""optim.py step for step against torch.optim; one vector or many arrays; and whose parameters an optimizer moves."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import seeds

from nnlib import flat
from nnlib.activations import ReLU
from nnlib.layers import Linear
from nnlib.optim import SGD, Adam, AdamW, Momentum, Optimizer, RMSprop
from nnlib.schedules import cosine_decay, linear_decay, warm_up_and_decay
from nnlib.sequential import Sequential
from nnlib.two_layer import TwoLayerNet

SHAPES = {"0.W": (5, 4), "0.b": (4,), "2.W": (4, 3), "2.b": (3,), "s": ()}


def torch_adamw(params, **options):
    decay = options.pop("weight_decay")
    matrices, rows = [p for p in params if p.ndim > 1], [p for p in params if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": rows, "weight_decay": 0}]
    return torch.optim.AdamW(groups, **options)


t = torch.optim
TWINS = {
    "SGD": (lambda s: SGD(s), lambda p: t.SGD(p, lr=0.03)),
    "Momentum": (lambda s: Momentum(s), lambda p: t.SGD(p, lr=0.03, momentum=0.9)),
    "Momentum(0.5)": (lambda s: Momentum(s, 0.5), lambda p: t.SGD(p, lr=0.03, momentum=0.5)),
    "Nesterov": (lambda s: Momentum(s, nesterov=True), lambda p: t.SGD(p, lr=0.03, momentum=0.9, nesterov=True)),
    "RMSprop": (lambda s: RMSprop(s), lambda p: t.RMSprop(p, lr=0.03)),
    "RMSprop(0.9, 0.1)": (lambda s: RMSprop(s, 0.9, 0.1), lambda p: t.RMSprop(p, lr=0.03, alpha=0.9, eps=0.1)),
    "Adam": (lambda s: Adam(s), lambda p: t.Adam(p, lr=0.03)),
    "Adam(0.8, 0.99, 0.1)": (
        lambda s: Adam(s, 0.8, 0.99, 0.1),
        lambda p: t.Adam(p, lr=0.03, betas=(0.8, 0.99), eps=0.1),
    ),
    "AdamW": (lambda s: AdamW(s), lambda p: torch_adamw(p, lr=0.03, weight_decay=0.01)),
    "AdamW(0.5)": (
        lambda s: AdamW(s, weight_decay=0.5, beta2=0.95),
        lambda p: torch_adamw(p, lr=0.03, weight_decay=0.5, betas=(0.9, 0.95)),
    ),
}
KINDS = {name: ours for name, (ours, _) in TWINS.items() if "(" not in name}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def drawn(seed, dtype=np.float64, joined=True):
    """Parameters of a few shapes, in one vector or not."""
    rng = np.random.default_rng(seed)
    params = flat.zeros(SHAPES, dtype) if joined else {name: np.zeros(shape, dtype) for name, shape in SHAPES.items()}
    for param in params.values():
        param[...] = rng.normal(size=param.shape)
    assert (flat.joined(params) is not None) == joined
    return params


def gradients(params, step, joined=True):
    """Of a quadratic with noise, some of them 0; anew at each step, as TwoLayerNet's."""
    rng = np.random.default_rng(step)
    grads = drawn(0, next(iter(params.values())).dtype, joined)
    for name, param in params.items():
        grads[name][...] = (2 * param + rng.normal(size=param.shape)) * (rng.random(param.shape) > 0.2)
    return grads


@pytest.mark.equation(
    "eq-momentum", "eq-nesterov", "eq-rmsprop", "eq-adam-means", "eq-adam-correction", "eq-adam", "eq-weight-decay"
)
@pytest.mark.parametrize(("ours", "theirs"), TWINS.values(), ids=TWINS)
@pytest.mark.parametrize("joined", [True, False])
def test_100_steps_against_torch(ours, theirs, joined):
    params, optimizer = drawn(1, joined=joined), ours(0.03)
    tparams = {name: torch.tensor(param, requires_grad=True) for name, param in params.items()}
    toptimizer = theirs(list(tparams.values()))
    for step in range(100):
        grads = gradients(params, step, joined)
        for name, grad in grads.items():
            tparams[name].grad = torch.tensor(grad)
        toptimizer.step()
        optimizer.step(params, grads)
        for name, param in params.items():
            np.testing.assert_allclose(param, tparams[name].detach().numpy(), rtol=1e-11, atol=1e-12)
    assert optimizer.t == 100


@pytest.mark.parametrize("schedule", [linear_decay(0.05), cosine_decay(0.05), warm_up_and_decay(0.05)])
def test_with_a_schedule_it_is_torch_with_its_step_size_set_by_hand(schedule):
    params, optimizer = drawn(2), Adam(schedule)
    tparams = [torch.tensor(param, requires_grad=True) for param in params.values()]
    toptimizer = torch.optim.Adam(tparams)
    for step in range(50):
        grads = gradients(params, step)
        assert optimizer.rate(50) == schedule(step, 50)
        toptimizer.param_groups[0]["lr"] = schedule(step, 50)
        for theirs, grad in zip(tparams, grads.values(), strict=True):
            theirs.grad = torch.tensor(grad)
        toptimizer.step()
        optimizer.step(params, grads, total=50)
    for param, theirs in zip(params.values(), tparams, strict=True):
        np.testing.assert_allclose(param, theirs.detach().numpy(), rtol=1e-11, atol=1e-12)


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=10)
@given(seed=seeds, steps=st.integers(1, 12))
def test_one_vector_and_many_arrays_give_the_same_bits(kind, dtype, seed, steps):
    results = []
    for joined in ((True, True), (False, False), (True, False), (False, True)):  # parameters, gradients
        params, optimizer = drawn(seed, dtype, joined[0]), kind(0.05)
        for step in range(steps):
            optimizer.step(params, gradients(params, step, joined[1]))
        results.append(b"".join(param.tobytes() for param in params.values()))
        assert {param.dtype for param in params.values()} == {np.dtype(dtype)}
    assert len(set(results)) == 1


@every_kind
def test_gradients_are_only_read_and_parameters_stay_the_same_arrays(kind):
    params, optimizer = drawn(1), kind(0.1)
    arrays = dict(params)
    for step in range(3):
        grads = gradients(params, step)
        before = copy.deepcopy(grads)
        optimizer.step(params, grads)
        for name, grad in grads.items():
            np.testing.assert_array_equal(grad, before[name])
    assert all(param is arrays[name] for name, param in params.items())


@every_kind
def test_no_gradient_is_no_division_by_0(kind):
    params = drawn(1)
    before = copy.deepcopy(params)
    zeros = {name: np.zeros_like(param) for name, param in params.items()}
    optimizer = kind(0.1)
    with np.errstate(all="raise"):
        for _ in range(3):
            optimizer.step(params, zeros)
    for name, param in params.items():
        decays = isinstance(optimizer, AdamW) and param.ndim > 1
        np.testing.assert_allclose(param, before[name] * ((1 - 0.1 * 0.01) ** 3 if decays else 1), rtol=1e-14)


@pytest.mark.equation("eq-weight-decay")
def test_weight_decay_leaves_rows_of_numbers_alone():
    params, zeros = drawn(1), {name: np.zeros(shape) for name, shape in SHAPES.items()}
    before = copy.deepcopy(params)
    AdamW(0.5, weight_decay=1).step(params, zeros)
    for name, param in params.items():
        np.testing.assert_array_equal(param, before[name] * (0.5 if len(SHAPES[name]) > 1 else 1))


@pytest.mark.equation("eq-adam-correction", "eq-adam")
def test_without_correction_adam_s_first_steps_have_the_size_of_their_own_formula():
    """m = (1 − β₁ᵗ)g and s = (1 − β₂ᵗ)g², with a constant g: the step is η(1 − β₁ᵗ)/√(1 − β₂ᵗ), 3.16η at first."""
    eta, g = 0.01, np.array([[2.0, -0.3]])
    for correct in (False, True):
        params, optimizer = {"W": np.zeros((1, 2))}, Adam(eta, eps=1e-300, correct=correct)
        for t in range(1, 30):
            before = params["W"].copy()
            optimizer.step(params, {"W": g})
            size = eta if correct else eta * (1 - 0.9**t) / (1 - 0.999**t) ** 0.5
            np.testing.assert_allclose(before - params["W"], size * np.sign(g), rtol=1e-10)
            if t == 1:
                assert size == pytest.approx(eta if correct else eta * 0.1 / 0.001**0.5)


@pytest.mark.equation("eq-momentum")
def test_a_constant_gradient_moves_momentum_by_eta_over_1_minus_beta():
    params, optimizer = {"w": np.zeros(1)}, Momentum(0.1, 0.9)
    for _ in range(300):
        before = params["w"].copy()
        optimizer.step(params, {"w": np.ones(1)})
    assert (before - params["w"])[0] == pytest.approx(0.1 / (1 - 0.9))


def unrolled(grads, beta):
    """Return Σ βⁱ g₍ₜ₋ᵢ₎ after each step t, by definition."""
    return [sum(beta**i * grads[t - i] for i in range(t + 1)) for t in range(len(grads))]


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("make", [Momentum, lambda eta: Momentum(eta, 0.6, nesterov=True), Adam, AdamW])
def test_what_fades_is_0_before_it_is_subnormal_and_no_weight_sees_it(make, joined, monkeypatch):
    def trained():
        params, optimizer = drawn(0, np.float32, joined), make(0.01)
        for t in range(1200):
            grads = drawn(t, np.float32) if t < 3 else {name: np.zeros_like(param) for name, param in params.items()}
            optimizer.step(params, grads)
        return params, optimizer.kept(params)

    params, kept = trained()
    first = [memory for name, memory in kept.items() if not name.startswith("s.")]
    assert not np.concatenate([memory.ravel() for memory in first]).any()
    monkeypatch.setattr(Optimizer, "_forget", lambda self: None)
    same, faded = trained()
    for name, param in params.items():
        np.testing.assert_array_equal(param, same[name])
    tiny = np.concatenate([memory.ravel() for name, memory in faded.items() if not name.startswith("s.")])
    assert np.any((tiny != 0) & (abs(tiny) < np.finfo(np.float32).tiny))  # so it would be


@pytest.mark.equation("eq-momentum", "eq-rmsprop", "eq-adam-means", "eq-adam-correction", "eq-adam")
def test_each_memory_is_its_unrolled_sum():
    """The sums by definition, with weights that add up to 1 where Adam corrects."""
    grads = np.random.default_rng(3).normal(size=(20, 2, 3))
    v, s = unrolled(grads, 0.8), unrolled(grads**2, 0.95)
    ages = [0.8 ** np.arange(t + 1) for t in range(20)], [0.95 ** np.arange(t + 1) for t in range(20)]
    expected = {
        Momentum(0.1, 0.8): v,
        RMSprop(0.1, 0.95): [g / (np.sqrt(0.05 * square) + 1e-8) for g, square in zip(grads, s, strict=True)],
        Adam(0.1, 0.8, 0.95): [v[t] / ages[0][t].sum() / (np.sqrt(s[t] / ages[1][t].sum()) + 1e-8) for t in range(20)],
    }
    for optimizer, directions in expected.items():
        params = {"W": np.zeros((2, 3))}
        for g, direction in zip(grads, directions, strict=True):
            params["W"][...] = 0
            optimizer.step(params, {"W": g})
            np.testing.assert_allclose(params["W"], -0.1 * direction, rtol=1e-11)


@pytest.mark.equation("eq-nesterov")
def test_nesterov_is_momentum_with_its_gradient_at_the_look_ahead():
    slopes, theta, v = np.array([1.0, 40.0]), np.array([1.5, -0.5]), np.zeros(2)
    params, optimizer = {"w": theta.copy()}, Momentum(0.02, 0.8, nesterov=True)
    for _ in range(40):
        v = 0.8 * v + slopes * (theta - 0.02 * 0.8 * v)
        theta = theta - 0.02 * v
        optimizer.step(params, {"w": slopes * params["w"]})
        np.testing.assert_allclose(params["w"], theta - 0.02 * 0.8 * v, rtol=1e-9, atol=1e-14)


@pytest.mark.equation("eq-weight-decay")
def test_without_a_gradient_a_matrix_shrinks_by_the_product_of_its_factors():
    params, optimizer = {"W": np.full((2, 2), 3.0)}, AdamW(warm_up_and_decay(0.05), weight_decay=0.7)
    factor = 1.0
    for t in range(30):
        factor *= 1 - 0.7 * optimizer.rate(30)
        optimizer.step(params, {"W": np.zeros((2, 2))}, total=30)
        assert optimizer.t == t + 1
    np.testing.assert_allclose(params["W"], 3 * factor, rtol=1e-13)


@pytest.mark.parametrize(("kind", "loose"), [(RMSprop, 1e-4), (Adam, 1e-4), (AdamW, 1e-4)])
def test_a_loss_times_a_thousand_makes_the_same_steps(kind, loose):
    results = []
    for size in (1, 1000):
        params, optimizer = drawn(1), kind(0.01)
        for step in range(20):
            rng = np.random.default_rng(step)
            optimizer.step(params, {name: size * rng.normal(size=shape) for name, shape in SHAPES.items()})
        results.append(np.concatenate([np.ravel(param) for param in params.values()]))
    np.testing.assert_allclose(results[0], results[1], atol=loose)


# Whose parameters


def new_net(seed=0, **options):
    rng = np.random.default_rng(seed)
    return Sequential(Linear(6, 5, rng), ReLU(), Linear(5, 3, rng), **options)


def two_layer(seed=0):
    return TwoLayerNet(np.random.default_rng(seed), 6, 5, 3)


def train(net, optimizer, steps, start=0):
    for step in range(start, start + steps):
        rng = np.random.default_rng(step)
        X, Y = rng.normal(size=(7, 6)), np.eye(3)[rng.integers(3, size=7)]
        optimizer.step(net.params, net.scores_and_grads(X, Y)[1])


def bits(net):
    return b"".join(param.tobytes() for param in net.params.values())


@every_kind
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
@pytest.mark.parametrize("make", [new_net, two_layer])
def test_a_network_copied_with_its_optimizer_goes_on_as_the_original(kind, copied, make):
    net, optimizer = make(), kind(0.05)
    train(net, optimizer, 5)
    net_too, optimizer_too = copied((net, optimizer))
    before = bits(net)
    train(net_too, optimizer_too, 5, start=5)
    assert bits(net) == before
    train(net, optimizer, 5, start=5)
    assert bits(net) == bits(net_too) != before


@every_kind
@pytest.mark.parametrize("make", [new_net, two_layer])
def test_an_optimizer_in_use_refuses_another_network_and_touches_nothing(kind, make):
    optimizer = kind(0.05)
    first = make()
    train(first, optimizer, 3)
    others = [make(seed=1), copy.deepcopy(first), new_net(dtype=np.float32), two_layer(4)]
    others.append(Sequential(Linear(6, 3, np.random.default_rng(0))))
    for other in others:
        before = bits(other)
        with pytest.raises(
            ValueError, match=r"expected the (network|parameters) of the updates before, .*got .*make a new"
        ):
            train(other, optimizer, 1)
        assert bits(other) == before and optimizer.t == 3
    train(first, optimizer, 2, start=3)
    whole, alone = make(), kind(0.05)
    train(whole, alone, 5)
    assert bits(whole) == bits(first)  # the attempts left no trace


@every_kind
def test_a_parameter_that_was_put_in_another_s_place_is_the_one_that_moves(kind):
    net, plain = new_net(), new_net()
    optimizer, optimizer_too = kind(0.05), kind(0.05)
    for each, joined in ((net, True), (plain, False)):
        train(each, optimizer if joined else optimizer_too, 3)
    new = np.random.default_rng(9).normal(size=(6, 5))
    net.layers[0].params["W"] = new.copy()  # its own array from now on
    plain.layers[0].params["W"][...] = new  # in place
    train(net, optimizer, 4, start=3)
    train(plain, optimizer_too, 4, start=3)
    assert bits(net) == bits(plain)
    assert not np.array_equal(net.layers[0].params["W"], new)
    other = two_layer()
    optimizer = kind(0.05)
    train(other, optimizer, 2)
    other.W1 = np.ones((6, 5))
    train(other, optimizer, 1)
    assert (other.W1 != 1).any()


@every_kind
def test_gradients_in_another_order_go_to_their_own_parameters(kind):
    results = []
    for order in (1, -1):
        params, optimizer = drawn(1), kind(0.05)
        for step in range(3):
            given = gradients(params, step)
            names = list(SHAPES)[::order]
            grads = flat.zeros({name: SHAPES[name] for name in names}, float)  # a vector too, the other way round
            for name in names:
                grads[name][...] = given[name]
            optimizer.step(params, grads)
        results.append(b"".join(param.tobytes() for param in params.values()))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    "wrong",
    [{"0.b": np.ones(1)}, {"0.W": np.ones(4)}, {"0.W": np.ones((4, 5))}, {"more": np.ones(3)}, {"s": np.ones(1)}],
)
@every_kind
def test_gradients_that_do_not_fit_are_refused_before_anything_moves(kind, wrong):
    params, optimizer = drawn(1), kind(0.05)
    before = copy.deepcopy(params)
    grads = gradients(params, 0) | wrong
    for bad in (grads, {"0.W": grads["0.W"]}):
        with pytest.raises(ValueError, match=r"expected a gradient for each parameter, in its shape, .* got"):
            optimizer.step(params, bad)
    assert optimizer.t == 0
    for name, param in params.items():
        np.testing.assert_array_equal(param, before[name])


# Settings


@every_kind
@pytest.mark.parametrize("eta", [-0.1, np.nan, np.inf, "0.1", None])
def test_a_step_size_that_is_none_is_refused(kind, eta):
    with pytest.raises(ValueError, match=f"expected the step size to be a number ≥ 0, got {eta!r}"):
        kind(eta)


@pytest.mark.parametrize("returned", [-0.1, np.nan, None, "0.1", linear_decay])
def test_a_schedule_that_returns_no_step_size_is_refused(returned):
    params, optimizer = drawn(1), SGD(lambda t, total: returned)
    before = copy.deepcopy(params)
    with pytest.raises(ValueError, match="expected the step size of update 0 to be a number ≥ 0, got"):
        optimizer.step(params, gradients(params, 0))
    assert optimizer.t == 0
    np.testing.assert_array_equal(params["0.W"], before["0.W"])


@pytest.mark.parametrize("name", [linear_decay, cosine_decay, warm_up_and_decay])
def test_a_schedule_that_was_not_called_is_refused(name):
    params = drawn(1)
    with pytest.raises(ValueError, match=r"expected .*, got"):
        AdamW(schedule=name).step(params, gradients(params, 0), total=938)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Momentum(0.1, 1), "expected beta to be a number from 0 to below 1, got 1"),
        (lambda: Momentum(0.1, -0.5), "expected beta .* got -0.5"),
        (lambda: RMSprop(0.1, "0.9"), "expected beta .* got '0.9'"),
        (lambda: Adam(0.1, (0.9, 0.999)), r"expected beta1 .* got \(0.9, 0.999\)"),
        (lambda: Adam(0.1, beta2=1.0), "expected beta2 .* got 1.0"),
        (lambda: AdamW(0.1, weight_decay=-0.1), "expected weight_decay to be a number ≥ 0, got -0.1"),
        (lambda: AdamW(0.1, weight_decay=np.nan), "expected weight_decay .* got nan"),
    ],
)
def test_other_settings_that_do_not_fit_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_no_beta_is_taken_for_a_weight_decay():
    with pytest.raises(TypeError, match="positional"):
        AdamW(0.1, 0.9)


def test_an_optimizer_of_one_s_own():
    class SignSGD(Optimizer):
        def move(self, eta, w, g, work):
            w -= eta * np.sign(g)

    params, optimizer = drawn(1), SignSGD(0.5)
    before = copy.deepcopy(params)
    optimizer.step(params, {name: np.full(shape, -3.0) for name, shape in SHAPES.items()})
    np.testing.assert_allclose(params["0.W"], before["0.W"] + 0.5)
    with pytest.raises(NotImplementedError, match=r"expected Optimizer to have a method move\(eta, w, g, …\)"):
        Optimizer(0.1).step(params, params)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("joined", [True, False])
def test_what_lies_in_one_vector_is_moved_at_once_and_remembered_in_its_type(dtype, joined):
    """A tenth of a step, and in float32 half the memory."""
    seen = []

    class Noting(Momentum):
        def move(self, eta, w, g, v, work):
            seen.append((w.shape, {array.dtype for array in (w, g, v, work)}))
            super().move(eta, w, g, v, work)

    params, optimizer = drawn(0, dtype, joined), Noting(0.1)
    grads = flat.zeros(SHAPES, dtype) if joined else {name: np.zeros(shape, dtype) for name, shape in SHAPES.items()}
    for _ in range(2):
        optimizer.step(params, grads)
    shapes = [(sum(param.size for param in params.values()),)] if joined else list(SHAPES.values())
    assert [shape for shape, _ in seen] == 2 * shapes
    assert all(types == {np.dtype(dtype)} for _, types in seen)


@pytest.mark.parametrize("make", [Adam, AdamW, RMSprop])
@pytest.mark.parametrize("eps", ["1e-8", -1, 0, np.nan, None])
def test_a_term_that_keeps_no_division_finite_is_refused(make, eps):
    with pytest.raises(ValueError, match=f"expected eps to be a number above 0, got {eps!r}"):
        make(0.01, eps=eps)
