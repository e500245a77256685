"""The tape of chapter 18, as it stands in its cells, against PyTorch, finite differences and the library."""

import ast
import re

import nbformat
import numpy as np
import pytest
import torch
from chapter_names import CHAPTERS, names
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import seeds

from nnlib.gradcheck import check_gradients
from nnlib.two_layer import TwoLayerNet

TAPE = ["order", "unbroadcast", "value", "Node", "exp", "log", "relu", "add_up", "backward"]
tape = names("18_autodiff", *TAPE, "cross_entropy", "from_primitives", "network", "gradients", "as_found", "paths")
Node, backward, order, unbroadcast, add_up = map(tape.get, ("Node", "backward", "order", "unbroadcast", "add_up"))
SHAPES = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 2, 3), (4, 1, 1)]  # any two fit


class Torch:
    """The functions that a program of the tape uses, for tensors."""

    exp, log, relu, add_up = torch.exp, torch.log, torch.relu, torch.sum


class Ours:
    exp, log, relu, add_up = (staticmethod(tape[name]) for name in ("exp", "log", "relu", "add_up"))


# Each step takes two earlier values; slopes stay moderate, and no kink or pole is near.
STEPS = {
    "+": lambda lib, u, v: u + v,
    "-": lambda lib, u, v: u - v,
    "*": lambda lib, u, v: u * v * 0.5,
    "/": lambda lib, u, v: u / (v * v + 1.0),
    "1 /": lambda lib, u, v: 1.0 / (u * u + 1.0) - v,
    "**": lambda lib, u, v: (u * u + 0.5) ** 0.5 + v,
    "exp": lambda lib, u, v: lib.exp(u * 0.1) * v,
    "log": lambda lib, u, v: lib.log(u * u + 1.0) + v,
    "relu": lambda lib, u, v: lib.relu(u + 0.01) + v,
    "-u": lambda lib, u, v: -u + v,
}


def run(lib, program, leaves):
    """Carry a program out; return the mean square of what it made last."""
    values = list(leaves)
    for name, i, j in program:
        values.append(STEPS[name](lib, values[i % len(values)], values[j % len(values)]))
    return lib.add_up(values[-1] * values[-1])


step = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 30), st.integers(0, 30))
programs = st.lists(step, min_size=1, max_size=12)


@pytest.mark.equation("eq-reverse-mode", "eq-unbroadcast")
@settings(max_examples=150, deadline=None)
@given(programs, st.lists(st.sampled_from(SHAPES), min_size=2, max_size=4), seeds)
def test_random_programs_agree_with_torch(program, shapes, seed):
    """Values with many uses, of shapes that are broadcast."""
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(-1, 1, shape) for shape in shapes]
    ours, theirs = [Node(a) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]
    L = run(Ours, program, ours)
    backward(L)
    right = run(Torch, program, theirs)
    right.backward()
    np.testing.assert_allclose(L.value, right.detach().numpy(), rtol=1e-10)
    size = max(float(t.grad.abs().max()) for t in theirs if t.grad is not None)
    for node, tensor in zip(ours, theirs, strict=True):
        assert (node.grad is None) == (tensor.grad is None), "a value that has no use gets none"
        if node.grad is not None:
            assert np.shape(node.grad) == node.value.shape
            np.testing.assert_allclose(node.grad, tensor.grad.numpy(), rtol=1e-9, atol=1e-11 * max(size, 1))


@pytest.mark.equation("eq-reverse-mode", "eq-unbroadcast")
@settings(max_examples=40, deadline=None)
@given(programs, st.lists(st.sampled_from(SHAPES), min_size=2, max_size=3), seeds)
def test_random_programs_agree_with_differences(program, shapes, seed):
    program = [(name, i, j) for name, i, j in program[:6] if name != "relu"] or [("+", 0, 1)]  # no kinks
    rng = np.random.default_rng(seed)
    arrays = {f"v{i}": rng.uniform(-1, 1, shape) for i, shape in enumerate(shapes)}
    nodes = {name: Node(array) for name, array in arrays.items()}
    backward(run(Ours, program, nodes.values()))
    used = {name: node.grad for name, node in nodes.items() if node.grad is not None}

    def loss():
        return float(run(Ours, program, [Node(a) for a in arrays.values()]).value)

    errors = check_gradients(loss, {name: arrays[name] for name in used}, used, floor=1e-2)
    assert max(errors.values()) < 1e-5, errors


@pytest.mark.equation("eq-reverse-mode")
@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("constant", [True, False])
def test_matrix_product_and_places_agree_with_torch(left, constant):
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(4, 3)), rng.normal(size=(3, 5))
    places = [0, 0, 3, 1], [1, 1, 2, 0]  # one of them twice
    ours = [Node(A), Node(B)]
    theirs = [torch.tensor(a, requires_grad=True) for a in (A, B)]
    if constant:
        ours[left], theirs[left] = ours[left].value, theirs[left].detach()
    backward(add_up((ours[0] @ ours[1])[places] ** 3))
    ((theirs[0] @ theirs[1])[places] ** 3).sum().backward()
    for node, tensor in zip(ours, theirs, strict=True):
        if isinstance(node, Node):
            np.testing.assert_allclose(node.grad, tensor.grad.numpy(), rtol=1e-12)


@pytest.mark.equation("eq-unbroadcast")
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(SHAPES), seeds)
def test_unbroadcast_is_the_adjoint_of_copying(shape, other, seed):
    """<copies of v, dY> = <v, unbroadcast(dY)>."""
    rng = np.random.default_rng(seed)
    full = np.broadcast_shapes(shape, other)
    v, dY = rng.normal(size=shape), rng.normal(size=full)
    dv = unbroadcast(dY, shape)
    assert np.shape(dv) == shape
    np.testing.assert_allclose((np.broadcast_to(v, full) * dY).sum(), (v * dv).sum(), rtol=1e-9, atol=1e-12)


@pytest.mark.equation("eq-reverse-mode")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("B", [1, 7, 128])
def test_the_fused_loss_gives_the_bits_of_the_lines_by_hand(mnist, dtype, B):
    net = TwoLayerNet(np.random.default_rng(0), dtype=dtype)
    X, Y = (mnist.X_train[:B] / 255).astype(dtype), np.eye(10, dtype=dtype)[mnist.y_train[:B]]
    right = net.backward(X, Y, *net.forward(X))
    _, found = tape["gradients"](net.params.values(), X, Y)
    for ours, theirs in zip(found, right, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_array_equal(ours, theirs)
    _, found = tape["gradients"](net.params.values(), X, Y, tape["from_primitives"])
    rtol = 1e-5 if dtype == np.float32 else 1e-13
    for ours, theirs in zip(found, right, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * np.abs(theirs).max())


@pytest.mark.equation("eq-reverse-mode")
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), seeds)
def test_each_node_stands_once_and_after_all_of_its_users(size, seed):
    rng = np.random.default_rng(seed)
    nodes = [Node(1.0)]
    for _ in range(size):
        operands = rng.choice(nodes[-5:], rng.integers(1, 4))
        nodes.append(Node(1.0, *[(operand, lambda dy: dy) for operand in operands]))
    found = order(nodes[-1])
    assert len(set(found)) == len(found) and found[0] is nodes[-1]
    place = {node: i for i, node in enumerate(found)}
    for node in found:
        for operand, _ in node.ways:
            assert place[operand] > place[node]
    backward(nodes[-1])  # with slopes of 1 a gradient counts paths
    assert all(node.grad == count for node, count in tape["paths"](nodes[-1]).items())


@pytest.mark.equation("eq-reverse-mode")
def test_a_second_call_begins_anew_and_a_long_chain_ends():
    a = Node(3.0)
    y = a * a + a
    for _ in range(2):
        backward(y)
        assert a.grad == 7
    for _ in range(50_000):
        y = y + 1.0
    backward(y)
    assert a.grad == 7


@pytest.mark.parametrize("left, right", [((2, 4, 3), (3, 5)), ((3,), (3, 5)), ((4, 3), (3,)), ((3,), (3,))])
@pytest.mark.parametrize("constant", [None, "left", "right"])
def test_a_product_of_anything_but_two_matrices_is_refused(left, right, constant):
    """Its way back, with transposes, is that of matrices: of stacks it would be wrong without a word."""
    A = np.ones(left) if constant == "left" else Node(np.ones(left))
    B = np.ones(right) if constant == "right" else Node(np.ones(right))
    with pytest.raises(ValueError, match=re.escape(f"expected two matrices, got {left} @ {right}")):
        A @ B


def test_the_gradient_of_many_numbers_is_refused():
    u = Node(np.ones((2, 3)))
    with pytest.raises(ValueError, match=re.escape("expected one number, got (2, 3)")):
        backward(u * 2)
    assert u.grad is None
    backward(add_up(u * 2, axis=0)[[0]])  # one number in an array is one number
    assert u.grad.tolist() == [[2, 0, 0], [2, 0, 0]]


def test_nodes_that_do_not_lead_to_the_root_are_left_alone():
    a, b = Node(2.0), Node(3.0)
    b.grad = 7.0
    c = a * b
    c.grad = 5.0
    backward(a * a)
    assert (a.grad, b.grad, c.grad) == (4, 7, 5)


def test_the_tape_has_fewer_than_a_hundred_lines():
    lines = 0
    for cell in nbformat.read(CHAPTERS / "18_autodiff.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and "exercise" not in cell.metadata.get("tags", []):
            for part in ast.parse(cell.source).body:
                if getattr(part, "name", None) in TAPE:
                    source = cell.source.splitlines()[part.lineno - 1 : part.end_lineno]
                    lines += sum(bool(line.strip()) for line in source)
    assert 60 < lines < 100, lines
