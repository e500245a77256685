"""Chapter 20, as it stands in its cells: counts, ceilings, and the map that folds back; and what measures them."""

import ast
from inspect import getsource

import numpy as np
import pytest
from chapter_names import CHAPTERS, names

from benchmarks import roofline as bench
from benchmarks.peers import POOLED, plain, pool, unfold
from nnlib.data import load_mnist
from nnlib.two_layer import TwoLayerNet

speed = names("20_speed", "product", "intensity", "roofline", "update", "ceilings", "pool", "means", "step_in_lists")


@pytest.mark.equation("eq-batch-intensity")
@pytest.mark.parametrize("shape", [(1, 784, 64), (128, 784, 64), (3, 5, 7), (1, 1, 1)])
def test_intensity_is_what_a_product_counted_one_by_one_has(shape):
    B, D, H = shape
    X, W = np.ones((B, D)), np.ones((D, H))
    counted = int((X @ W).sum()) * 2  # each product of ones adds 1
    moved = X.nbytes + W.nbytes + (X @ W).nbytes
    assert speed["product"](B, D, H, 8) == (counted, moved)
    assert speed["intensity"](B, D, H, 8) == pytest.approx(counted / moved, rel=1e-14)


@pytest.mark.equation("eq-batch-intensity")
def test_intensity_rises_with_the_batch_to_its_limit():
    found = [speed["intensity"](B) for B in (1, 2, 8, 64, 4096, 1e9)]
    assert found == sorted(found) and found[0] < 0.5
    assert found[-1] == pytest.approx(2 * 64 / 4 * 784 / (784 + 64), rel=1e-6)


@pytest.mark.equation("eq-roofline")
@pytest.mark.parametrize("operations", [1e3, 1e6, 1e9])
def test_the_roofline_is_the_rate_at_the_longer_of_two_times(operations):
    r_F, r_Q, moved = 1e11, 2e10, 1e6
    longest = max(operations / r_F, moved / r_Q)
    assert speed["roofline"](operations / moved, r_F, r_Q) == pytest.approx(operations / longest)


@pytest.mark.equation("eq-ceilings")
def test_three_ceilings_are_three_times():
    speed["ceilings"].__globals__.update(r_F=1e11, r_Q=2e10)
    operations, moved = speed["update"](1)
    times = speed["ceilings"](operations, moved, 2e-5)
    assert times == pytest.approx([operations / 1e11, moved / 2e10, 2e-5])
    rate = speed["roofline"](operations / moved, 1e11, 2e10)
    assert operations / times[:2].max() == pytest.approx(rate)


def test_an_update_of_the_first_layer_counted_from_its_arrays():
    B, D, H = 3, 5, 4
    X, W, Z = (np.ones(shape, np.float32) for shape in ((B, D), (D, H), (B, H)))
    products = 2 * (X.nbytes + W.nbytes + Z.nbytes)
    assert speed["update"](B, D, H) == (2 * 2 * B * D * H + 2 * D * H, products + 5 * W.nbytes + X.nbytes)


@pytest.mark.equation("eq-fold-map")
def test_a_map_in_front_folds_into_the_weights():
    rng, M = np.random.default_rng(0), speed["means"]()
    x, W = rng.random((20, 784)), rng.normal(size=(144, 64))
    np.testing.assert_allclose((x @ M) @ W, x @ (M @ W), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(M @ W, unfold(W))


def test_the_chapter_pools_as_the_benchmark_does():
    X = load_mnist().X_test[:200]
    pooled = speed["pool"](X)
    np.testing.assert_array_equal(pooled, pool(X))
    assert np.abs(pooled - X @ speed["means"]()).max() <= 0.5


def test_the_chapter_trains_with_the_pooled_recipe_of_the_benchmark():
    (cell,) = (source for source in _code("20_speed") if "def pool(" in source)
    its = POOLED
    for setting in (
        f"[:{its.digits:_}]",
        f"warm_up_and_decay({its.rate}, warm_up={its.warm_up})",
        f"weight_decay={its.weight_decay}, beta1={its.beta1}, beta2={its.beta2},",
        f"epochs={its.epochs},",
        f"batch_size={its.batch},",
        f"SoftmaxCrossEntropy({its.smoothing})",
    ):
        assert setting in cell


def test_the_benchmark_runs_the_lists_of_the_chapter():
    source = next(
        node
        for node in ast.walk(ast.parse("\n".join(_code("20_speed"))))
        if getattr(node, "name", "") == "step_in_lists"
    )
    assert ast.dump(source) == ast.dump(ast.parse(getsource(plain.step_in_lists)).body[0])


def test_lists_make_the_step_of_the_network():
    net, x = TwoLayerNet(np.random.default_rng(0)), load_mnist().X_train[0] / 255
    lists = [param.tolist() for param in net.params.values()]
    speed["step_in_lists"](x.tolist(), 5, *lists, 0.1)
    net.step(x, 5, 0.1)
    for made, right in zip(lists, net.params.values(), strict=True):
        np.testing.assert_allclose(made, right, rtol=1e-12)


def test_the_kernels_are_counted_as_the_chapter_counts(monkeypatch):
    monkeypatch.setattr(bench, "BATCHES", (1, 3))
    found = bench.kernels(np.random.default_rng(0))
    for batch in (1, 3):
        for kind in (("forward", "X @ W"), ("backward", "X.T @ dZ")):
            call, *counts = found[*kind, batch]
            assert tuple(counts) == speed["product"](batch)
            call()
    assert bench.seconds(found["roof", "calls", 1][0]) > 0


def test_an_epoch_is_scaled_up_and_a_preparation_taken_off(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(bench, "processor_time", lambda: now[0])

    def train(epochs, preparation=5.0):
        return lambda X, y, rng: now.__setitem__(0, now[0] + preparation + epochs * len(X))

    X = np.zeros((100, 1))
    assert bench.epoch(train(1, 0.0), None, X, X, 50, None) == 60_000
    assert bench.epoch(train(1), train(3), X, X, 50, None) == 60_000


def _code(chapter):
    import nbformat

    cells = nbformat.read(CHAPTERS / f"{chapter}.ipynb", as_version=4).cells
    return [
        cell.source for cell in cells if cell.cell_type == "code" and "exercise" not in cell.metadata.get("tags", [])
    ]
