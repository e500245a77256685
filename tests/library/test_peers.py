"""The programs of `make bench`: all train the same network by the same recipe."""

import importlib
import re
import shutil

import numpy as np
import pytest

from benchmarks.peers import PLAIN, POOLED, RECIPES, SEED, pool, rust, unfold
from benchmarks.peers.__main__ import PROGRAMS
from benchmarks.seed_table import plan, size
from nnlib.data import load_mnist, one_hot, scale
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.schedules import warm_up_and_decay
from nnlib.two_layer import TwoLayerNet

FEW = 300


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


def trained(name, recipe, mnist, N=FEW):
    """Return the scores of 500 digits, of a program that was trained with the first N."""
    module, function = PROGRAMS[name].place.split(":")
    if PROGRAMS[name].needs not in (None, "nnlib", "numpy"):
        pytest.importorskip(PROGRAMS[name].needs)
    train = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(recipe)
    return train(mnist.X_train[:N], mnist.y_train[:N], np.random.default_rng(3))(mnist.X_test[:500])


@pytest.mark.skipif(not shutil.which("rustc"), reason="there is no rustc here")
def test_the_seed_in_rust_is_the_network_of_the_book_in_all_three_forms(mnist, tmp_path):
    program, recipe = tmp_path / "seed", SEED._replace(epochs=2)
    rust.build(program)
    X, y = mnist.X_train[:FEW], mnist.y_train[:FEW]
    net = TwoLayerNet(np.random.default_rng(0), dtype=np.float64)
    for param, first in zip(net.params.values(), recipe.first_weights(np.random.default_rng(1)), strict=True):
        param[...] = first
    first = [param.copy() for param in net.params.values()]
    found = {form: rust.run(form, recipe, X, y, first, program) for form in ("by-unit", "by-row", "in-place")}
    losses = []
    for _ in range(2):
        before = []
        for x, label in zip(scale(X), y, strict=True):
            z = net.step(x, label, recipe.rate)
            before.append(np.log(np.exp(z - z.max()).sum()) + z.max() - z[label])
        losses.append(np.mean(before))
    for form, (params, said) in found.items():
        for param, other, same in zip(params, found["by-unit"][0], net.params.values(), strict=True):
            assert np.array_equal(param, other), form
            assert np.allclose(param, same, rtol=0, atol=2e-5), form
        assert np.allclose([float(loss) for loss in re.findall(r"loss ([0-9.]+)", said)], losses, atol=1e-4)


@pytest.mark.parametrize("name", ["NumPy, lit rows", "nnlib", "PyTorch, usual", "Numba, lit rows", "JAX"])
def test_one_digit_at_a_time_all_are_the_same(mnist, name):
    recipe = SEED._replace(epochs=2)
    assert np.allclose(trained(name, recipe, mnist), trained("NumPy", recipe, mnist), rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", ["nnlib", "PyTorch, usual", "PyTorch, best", "JAX"])
@pytest.mark.parametrize("recipe", [PLAIN, POOLED], ids=["plain", "pooled"])
def test_in_batches_all_are_the_same(mnist, name, recipe):
    """The last batch is shorter."""
    found, expected = (trained(each, recipe, mnist, 128 * 4 + 17) for each in (name, "NumPy"))
    assert np.abs(expected).max() > 1 and np.allclose(found, expected, rtol=0, atol=0.02)


def test_the_recipe_is_what_nnlib_calls_by_its_names():
    N = 1000
    schedule = warm_up_and_decay(PLAIN.rate, warm_up=PLAIN.warm_up, start=PLAIN.start)
    expected = [schedule(t, PLAIN.updates(N)) for t in range(PLAIN.updates(N))]
    assert PLAIN.updates(N) == 16 and np.allclose(PLAIN.rates(N), expected, rtol=1e-6)
    labels = np.arange(10)
    assert np.allclose(PLAIN.targets(labels), SoftmaxCrossEntropy(PLAIN.smoothing).targets(one_hot(labels, 10)))
    for epoch in np.split(np.array(list(PLAIN.batches(512, np.random.default_rng(0)))), 2):
        assert sorted(epoch.ravel()) == list(range(512))


def test_what_was_trained_on_means_reads_pixels(mnist):
    W1 = np.random.default_rng(0).normal(size=(144, 5))
    pictures = mnist.X_test[:50].reshape(-1, 28, 28)[:, 2:26, 2:26].reshape(-1, 12, 2, 12, 2)
    means = pictures.mean(axis=(2, 4)).reshape(50, 144)
    assert np.allclose(mnist.X_test[:50] @ unfold(W1), means @ W1)
    assert np.abs(pool(mnist.X_test[:50]) - means).max() <= 0.5 and pool(mnist.X_test[:50]).dtype == np.uint8


def test_programs_take_turns():
    runs = plan(PROGRAMS, ["start", *RECIPES], 3, 2)
    assert len(runs) == len(set(runs)) and [run[0] for run in runs] == sorted(run[0] for run in runs)
    for name, program in PROGRAMS.items():
        assert set(program.recipes.split()) <= set(RECIPES)
        for task in RECIPES:
            rounds = [round_ for round_, each, recipe in runs if (each, recipe) == (name, task)]
            assert len(rounds) == (task in program.recipes.split()) * (2 if task == "seed" else 3)


def test_a_size_counts_what_is_needed_once():
    assert size("numpy") > 10 and size("nnlib") > size("numpy")
    assert size("no-such-distribution") == 0
