"""io.py: a network there and back, and every file that is not exactly a network's."""

import json
import os
import re
import resource
import struct
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from bad_weights import FILES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from linear_net import LinearNet

from nnlib import files, io, tensors
from nnlib.activations import ReLU
from nnlib.conv import Conv2d
from nnlib.data import scale
from nnlib.layers import Dropout, Flatten, Linear, Reshape
from nnlib.norm import BatchNorm
from nnlib.pool import MaxPool2d
from nnlib.sequential import Sequential
from nnlib.train import evaluate, fit
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
sizes = st.integers(1, 6)
NAMES = ("W1", "b1", "W2", "b2")
SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
DATA = 4 * (12 + 4 + 8 + 2)  # bytes of the four arrays


def small_net(seed=0, sizes=(3, 4, 2), dtype=np.float64):
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(rng, *sizes, dtype=dtype)
    net.b1[...], net.b2[...] = rng.normal(size=net.b1.shape), rng.normal(size=net.b2.shape)
    return net


def entry(name, shape, start=0, dtype="F32", size=4):
    end = start + size * int(np.prod(shape))
    return f'"{name}":' + json.dumps({"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}), end


def file_of(entries, data):
    header = ("{" + ",".join(entries) + "}").encode()
    return struct.pack("<Q", len(header)) + header + data


def written(shapes=SHAPES, dtype="F32", size=4, fill=b"\0"):
    """The bytes of a safetensors file, written by hand, so that it may be wrong."""
    entries, end = [], 0
    for name, shape in shapes.items():
        text, end = entry(name, shape, end, dtype, size)
        entries.append(text)
    return file_of(entries, fill * end)


def refused(path, content, words):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*{words}"):
        io.load(path)


@some
@given(sizes, sizes, sizes, st.integers(0, 2**32 - 1), st.sampled_from([np.float32, np.float64]))
def test_round_trip(tmp_path, D, H, K, seed, dtype):
    """Bit for bit, in the type of the network."""
    net = small_net(seed, (D, H, K), dtype)
    io.save(tmp_path / "net.safetensors", net)
    loaded = io.load(tmp_path / "net.safetensors")
    for name in NAMES:
        assert loaded.params[name].dtype == dtype
        assert loaded.params[name].tobytes() == net.params[name].tobytes()


@pytest.mark.parametrize("of_file", [np.float32, np.float64])
@pytest.mark.parametrize("asked", [np.float32, np.float64])
def test_the_type_may_be_asked_for(tmp_path, of_file, asked):
    net = small_net(dtype=of_file)
    io.save(tmp_path / "net", net)
    loaded = io.load(tmp_path / "net", dtype=asked)
    for name in NAMES:
        assert loaded.params[name].dtype == asked
        np.testing.assert_array_equal(loaded.params[name], net.params[name].astype(asked))


def test_bytes_in_another_order_are_saved_right(tmp_path):
    net = small_net()
    expected = net.W1.copy()
    net.W1 = net.W1.astype(">f8")
    io.save(tmp_path / "net", net)
    np.testing.assert_array_equal(io.load(tmp_path / "net").W1, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_a_type_without_a_place_in_the_file_is_refused(tmp_path, dtype):
    if np.dtype(dtype) == np.float64:
        pytest.skip("long double is float64 here")
    with pytest.raises(ValueError, match=f"expected weights in float64 or float32, got W1 in {np.dtype(dtype)}"):
        io.save(tmp_path / "net", small_net(dtype=dtype))
    assert not list(tmp_path.iterdir())


def test_any_network_is_trained_saved_and_read_again(tmp_path, mnist):
    X, y = mnist.X_train[:300], mnist.y_train[:300]
    net, again = LinearNet(dtype=np.float32), LinearNet(dtype=np.float32)
    fit(net, X, y, rng=np.random.default_rng(0), epochs=2, batch_size=10, learning_rate=0.1, verbose=False)
    io.save(tmp_path / "net", net)
    arrays = list(again.params.values())
    io.load_into(again, tmp_path / "net")
    assert [a is b for a, b in zip(again.params.values(), arrays, strict=True)] == [True, True]
    assert evaluate(again, X, y) == evaluate(net, X, y) and evaluate(net, X, y).accuracy > 0.8
    np.testing.assert_array_equal(again.scores(scale(X, np.float32)), net.scores(scale(X, np.float32)))
    read = tensors.arrays("net", *tensors.parts(tmp_path / "net"))
    assert sorted(read) == ["W", "b"] and read["W"].tobytes() == net.params["W"].tobytes()
    with pytest.raises(ValueError, match="expected the arrays W1, b1, W2 and b2, got W, b"):
        io.load(tmp_path / "net")


def test_what_is_no_network_is_neither_saved_nor_filled(tmp_path):
    for what in (tmp_path / "net", TwoLayerNet, None):  # the first where the two change places
        for function, args in ((io.save, (tmp_path / "net", what)), (io.load_into, (what, tmp_path / "net"))):
            with pytest.raises(ValueError, match="expected a network with params, a dictionary of arrays, got"):
                function(*args)
    assert not list(tmp_path.iterdir())


def test_load_into_changes_all_or_nothing(tmp_path):
    io.save(tmp_path / "net", small_net(1))
    net = small_net(2)
    net.b2 = np.zeros(3)
    before = {name: param.copy() for name, param in net.params.items()}
    with pytest.raises(ValueError, match=r"expected b2 of shape \(3,\), got \(2,\)"):
        io.load_into(net, tmp_path / "net")
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, before[name])


@pytest.mark.parametrize("name", FILES)
def test_the_table_of_good_and_bad_files(tmp_path, name):
    """The same table as the digit page's, so that both take the same files."""
    path, (content, words, _) = tmp_path / "net.safetensors", FILES[name]
    path.write_bytes(content)
    if words:
        with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected .*") as error:
            io.load(path)
        assert words in str(error.value)
    else:
        assert all(np.isfinite(param).all() for param in io.load(path).params.values())


def test_a_second_round_trip_gives_the_same_bytes(tmp_path):
    io.save(tmp_path / "one", small_net())
    io.save(tmp_path / "two", io.load(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda W: W.T.copy().T, lambda W: np.repeat(W, 2, 0)[::2]])
def test_the_layout_in_memory_does_not_matter(tmp_path, layout):
    net = small_net()
    expected = net.W1.copy()
    net.W1, net.W2 = layout(net.W1), layout(net.W2)
    assert not net.W1.flags.c_contiguous
    io.save(tmp_path / "net", net)
    np.testing.assert_array_equal(io.load(tmp_path / "net").W1, expected)


def test_what_is_shipped_loads():
    net = io.load(io.SHIPPED)
    assert (net.W1.shape, net.W2.shape) == ((784, 64), (64, 10))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])  # the last is finite, but not in float32
@pytest.mark.parametrize("name", NAMES)
def test_save_refuses_what_is_not_finite_and_leaves_the_old_file(tmp_path, name, value):
    path, net = tmp_path / "net", small_net()
    path.write_bytes(b"old")
    net.params[name].flat[-1] = value
    words = re.escape(f"expected finite weights, in float32 too, got {value} in {name}")
    with pytest.raises(ValueError, match=words):
        io.save(path, net)
    assert [file.name for file in tmp_path.iterdir()] == ["net"]
    assert path.read_bytes() == b"old"


def test_a_disk_that_is_full_at_any_byte_leaves_the_old_file(tmp_path):
    path, usual = tmp_path / "net", resource.getrlimit(resource.RLIMIT_FSIZE)
    io.save(path, small_net(1))
    old = path.read_bytes()
    for size in range(len(old)):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))  # no file may have more bytes
        try:
            with pytest.raises(OSError, match="File too large") as error:
                io.save(path, small_net(2))
            assert error.value.filename == str(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert path.read_bytes() == old and [file.name for file in tmp_path.iterdir()] == ["net"]
    io.save(path, small_net(2))
    assert path.read_bytes() != old


@pytest.mark.parametrize("step", ["fsync", "replace", "open", "chmod"])
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_step_that_fails_leaves_the_old_file(tmp_path, monkeypatch, step, error):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    called = []

    def broken(*args, **options):
        called.append(step)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(type(path) if step in ("open", "replace") else os, step, broken)
        with pytest.raises(type(error)):
            io.save(path, small_net())
    assert called and [file.name for file in tmp_path.iterdir()] == ["net"]
    assert path.read_bytes() == b"old"


def test_what_is_on_the_disk_when_the_name_changes_is_whole(tmp_path, monkeypatch):
    """After a machine that went off, too: the bytes are asked to be there first."""
    order = []
    fsync, replace = os.fsync, type(tmp_path).replace
    monkeypatch.setattr(os, "fsync", lambda number: order.append(os.fstat(number).st_size) or fsync(number))
    monkeypatch.setattr(type(tmp_path), "replace", lambda self, to: order.append("named") or replace(self, to))
    io.save(tmp_path / "net", small_net())
    assert order == [(tmp_path / "net").stat().st_size, "named"]


def test_what_no_reader_would_take_is_not_written(tmp_path):
    net = LinearNet(4000, 4001)
    with pytest.raises(
        ValueError, match=r"expected a header of at most 100,000 bytes in a file of at most 64,000,000, g"
    ):
        io.save(tmp_path / "net", net)
    with pytest.raises(ValueError, match=r"expected a header of at most 100,000 bytes"):
        io.save(tmp_path / "net", small_net(), {"words": 200_000 * "x"})
    for facts in ({"net": small_net()}, {1j: 2}, {"when": {3}}):
        with pytest.raises(ValueError, match="expected plain data to write beside the weights, got"):
            io.save(tmp_path / "net", small_net(), facts)
    with pytest.raises(ValueError, match="expected another name for an array"):
        tensors.write(tmp_path / "net", {"__metadata__": np.zeros(2)}, {})
    assert not list(tmp_path.iterdir())


def test_of_a_link_the_file_behind_it_is_written(tmp_path):
    behind, link = tmp_path / "behind", tmp_path / "link"
    link.symlink_to("behind")
    for content in (None, b"old"):  # the file may be there already
        if content:
            behind.write_bytes(content)
            behind.chmod(0o640)
        io.save(link, small_net())
        assert link.is_symlink() and not behind.is_symlink()
        np.testing.assert_array_equal(io.load(behind).W1, small_net().W1)
    assert behind.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in tmp_path.iterdir()) == ["behind", "link"]


def test_what_is_no_ordinary_file_is_neither_written_nor_read(tmp_path):
    pipe, folder, loop = tmp_path / "pipe", tmp_path / "folder", tmp_path / "loop"
    os.mkfifo(pipe)
    folder.mkdir()
    loop.symlink_to("loop")
    (tmp_path / "link").symlink_to("pipe")
    for path, words in ((pipe, "a pipe"), (tmp_path / "link", "a pipe"), (folder, "a folder")):
        with pytest.raises(ValueError, match=f"{path}: expected an ordinary file, got {words}"):
            io.save(path, small_net())
        with pytest.raises(ValueError, match=f"{path}: expected a file of weights, .*, got {words}"):
            io.load(path)
    with pytest.raises((ValueError, OSError, RuntimeError)):
        io.save(loop, small_net())
    assert pipe.is_fifo() and loop.is_symlink()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "link", "loop", "pipe"]


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        io.save(tmp_path / "none" / "net", small_net())
    with pytest.raises(FileNotFoundError, match=r"none: expected a file of weights, .* --save FILE"):
        io.load(tmp_path / "none")


# What is told beside the numbers


def test_facts_come_back(tmp_path):
    told = {"epochs": 3, "seed": 0, "accuracy": 0.97, "words": ["two", None], "deep": {"η": [0.1, 1e-300]}}
    for net in (small_net(), LinearNet()):
        io.save(tmp_path / "net", net, told)
        assert io.facts(tmp_path / "net") == told
        io.save(tmp_path / "net", net)
        assert io.facts(tmp_path / "net") == {}
    assert io.facts(io.SHIPPED) == {}
    io.save(tmp_path / "net", small_net(), {1: (2,)})
    assert io.facts(tmp_path / "net") == {"1": [2]}
    io.save(tmp_path / "net", small_net(), {"x": 1})
    assert io.load(tmp_path / "net").W1.tobytes() == small_net().W1.tobytes()


def test_facts_lie_in_a_hundred_lists_at_most(tmp_path):
    """And brackets in words are words, whatever stands before them."""
    deep = []
    for _ in range(96):  # around them the two that say whose they are
        deep = [deep]
    told = {"deep": deep, "words": ["[" * 200, '\\"' + "{" * 200, "\\", '"', '["\\\\"' + "[" * 200]}
    io.save(tmp_path / "net", small_net(), told)
    assert io.facts(tmp_path / "net") == told
    with pytest.raises(ValueError, match=r"expected plain data .* more than 100 lists in lists"):
        io.save(tmp_path / "net", small_net(), {"deep": [deep, [[deep]]]})
    assert io.facts(tmp_path / "net") == told


def test_the_same_network_gives_the_same_bytes(tmp_path):
    told = {str(n): n for n in range(20)}
    for name, facts in (("one", told), ("two", dict(reversed(told.items())))):
        io.save(tmp_path / name, small_net(), facts)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@some
@given(st.data())
def test_a_changed_number_is_seen(tmp_path, data):
    """Any bits of a file that nnlib wrote: a weight that is another one, too, though it looks like any."""
    path = tmp_path / "net"
    io.save(path, small_net(dtype=np.float32), {"seed": 3})
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(len(whole) - DATA, len(whole) - 1) | st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        loaded = io.load(path)
    except ValueError as error:
        assert str(error).startswith(f"{path}: expected ")
    else:  # the same in other words, or the name changed under which it is told what was written
        assert place < len(whole) - DATA
        assert loaded.W1.tobytes() == small_net(dtype=np.float32).W1.tobytes()


@pytest.mark.parametrize(
    "words",
    ['"x"', "", "[]", "{}", "[" * 30_000, '{"sha256": 3}', '{"sha256": ["x"]}',
     '{"layers": [["ReLU", {}]], "sha256": "0"}', '{"sha256": ' + "9" * 20_000 + "}"],
    ids=range(9),
)  # fmt: skip
def test_what_nnlib_did_not_write_of_itself_is_refused(tmp_path, words):
    content = safetensors.numpy.save({name: np.zeros(shape) for name, shape in SHAPES.items()}, {"nnlib": words})
    refused(tmp_path / "net", content, "")


def test_a_file_as_it_was_once_written_is_read(tmp_path):
    """Layers under a name of their own, and no sum."""
    layers = '[["Linear", {"inputs": 3, "outputs": 2, "bias": true}], ["ReLU", {}]]'
    arrays = {"0.W": np.ones((3, 2), np.float32), "0.b": np.zeros(2, np.float32)}
    (tmp_path / "net").write_bytes(safetensors.numpy.save(arrays, {"nnlib.layers": layers}))
    net = io.load(tmp_path / "net")
    assert repr(net) == "Sequential(Linear(3, 2), ReLU())" and net.params["0.W"].all()


def test_a_parameter_that_is_one_number_keeps_its_shape(tmp_path):
    net, again = LinearNet(3, 2), LinearNet(3, 2)
    net.params["a"], again.params["a"] = np.array(0.25), np.array(0.0)
    io.save(tmp_path / "net", net)
    io.load_into(again, tmp_path / "net")
    assert again.params["a"].shape == () and again.params["a"] == 0.25


# Elsewhere


@some
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=4).filter(lambda name: name != "__metadata__"),
        st.tuples(st.lists(st.integers(0, 3), max_size=3), st.sampled_from(["f4", "f8"]), st.booleans()),
        max_size=6,
    ),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_the_bytes_are_those_of_the_format_s_own_library(parts, words):
    """Whatever the names, the sizes and the layout; that library is given each array row by row."""
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=shape).astype(dtype) for name, (shape, dtype, _) in parts.items()}
    turned = {name: np.asarray(a, order="F" if parts[name][2] else "C") for name, a in arrays.items()}
    other = {name: a.astype(a.dtype.newbyteorder(">")) if parts[name][2] else a for name, a in arrays.items()}
    expected = safetensors.numpy.save(arrays, {"nnlib": words})
    assert tensors.pack(turned, {"nnlib": words}) == tensors.pack(other, {"nnlib": words}) == expected


def test_what_is_saved_in_a_browser_is_saved_without_that_library(tmp_path):
    code = (
        "import sys; sys.modules['safetensors'] = None; from nnlib import io, two_layer; import numpy as np; "
        "io.save(sys.argv[1], two_layer.TwoLayerNet(np.random.default_rng(0), 3, 4, 2)); io.load(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "net"], check=True, cwd=io.SHIPPED.parents[2])
    assert set(safetensors.numpy.load_file(tmp_path / "net")) == set(NAMES)


def test_pytorch_reads_the_file_and_predicts_the_same(tmp_path, mnist):
    """What is saved in float64 agrees to rounding; a matrix stands there transposed."""
    rng, X = np.random.default_rng(0), mnist.X_test[:200]
    nets = {
        "two layers": TwoLayerNet(rng),
        "layers": Sequential(
            *(Reshape(1, 28, 28), Conv2d(1, 4, 3, rng, padding=1), BatchNorm(4), ReLU(), MaxPool2d(2), Flatten()),
            *(Linear(784, 10, rng), Dropout(0.5, rng)),
        ),
    }
    for name, net in nets.items():
        fit(net, mnist.X_train[:200], mnist.y_train[:200], rng=rng, epochs=5, batch_size=20, learning_rate=0.1,
            verbose=False)  # fmt: skip
        io.save(tmp_path / name, net)
    read = safetensors.torch.load_file(tmp_path / "two layers")
    two = torch.nn.Sequential(torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)).double()
    two.load_state_dict(
        {"0.weight": read["W1"].T, "0.bias": read["b1"], "2.weight": read["W2"].T, "2.bias": read["b2"]}
    )
    read = safetensors.torch.load_file(tmp_path / "layers")
    layers = torch.nn.Sequential(
        torch.nn.Unflatten(1, (1, 28, 28)), torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(784, 10), torch.nn.Dropout(0.5),
    ).double().eval()  # fmt: skip
    theirs = {
        "1.weight": read["1.K"], "1.bias": read["1.b"], "2.weight": read["2.gamma"], "2.bias": read["2.beta"],
        "2.running_mean": read["2.mean"], "2.running_var": read["2.variance"], "6.weight": read["6.W"].T,
        "6.bias": read["6.b"],
    }  # fmt: skip
    layers.load_state_dict(theirs, strict=False)  # without the count of batches, which nnlib does not keep
    for name, twin in (("two layers", two), ("layers", layers)):
        ours = io.load(tmp_path / name).scores(scale(X))
        with torch.no_grad():
            scores = twin(torch.tensor(scale(X))).numpy()
        np.testing.assert_allclose(ours, scores, rtol=1e-10, atol=1e-12)
        np.testing.assert_array_equal(ours.argmax(axis=1), scores.argmax(axis=1))
        assert (ours.argmax(axis=1) == mnist.y_test[:200]).mean() > 0.5  # it is about digits


@some
@given(st.lists(st.integers(1, 4), max_size=4), st.sampled_from(["F32", "F64"]), st.data())
@pytest.mark.equation("eq-row-major")
def test_each_number_is_read_from_its_own_bytes(tmp_path, shape, kind, data):
    """A struct, which knows nothing of arrays, finds there what NumPy put there."""
    size = {"F32": 4, "F64": 8}[kind]
    text, end = entry("a", shape, 0, kind, size)
    numbers = np.random.default_rng(0).normal(size=int(np.prod(shape))).astype(f"<f{size}").tobytes()
    (tmp_path / "net").write_bytes(file_of([text], numbers))
    array = tensors.read(tmp_path / "net")[0]["a"]
    place = [data.draw(st.integers(0, n - 1)) for n in shape]
    byte = size * sum(i * int(np.prod(shape[k + 1 :])) for k, i in enumerate(place))
    assert array[tuple(place)] == struct.unpack_from({4: "<f", 8: "<d"}[size], numbers, byte)[0]
    assert end == len(numbers) and tensors.pack({"a": array}, {}).endswith(numbers)


OFFSETS = st.lists(st.integers(0, 20), min_size=2, max_size=2)


@settings(parent=some, max_examples=300)
@given(st.lists(st.tuples(st.lists(st.integers(0, 3), max_size=2), OFFSETS), max_size=3), st.integers(0, 24))
@pytest.mark.equation("eq-data-offsets")
def test_a_file_is_read_exactly_where_each_byte_belongs_to_one_array(tmp_path, layout, length):
    """Byte by byte, from the definition; made right as often as drawn wild."""
    for straight in (False, True):
        entries, end = {}, 0
        for n, (shape, offsets) in enumerate(layout):
            size = 4 * int(np.prod(shape))
            entries[f"a{n}"] = (size, [end, end + size] if straight else [4 * place for place in offsets])
            end += size
        length = end if straight else 4 * length
        texts = [
            f'"{name}":' + json.dumps({"dtype": "F32", "shape": layout[n][0], "data_offsets": offsets})
            for n, (name, (_, offsets)) in enumerate(entries.items())
        ]
        owners = [sum(b <= byte < e for _, (b, e) in entries.values()) for byte in range(length)]
        sizes = all(e - b == size and e <= length for size, (b, e) in entries.values())
        (tmp_path / "net").write_bytes(file_of(texts, bytes(length)))
        try:
            found = tensors.read(tmp_path / "net")[0]
        except ValueError as error:
            assert not straight
            # An empty array in the middle of another's bytes owns none; it is refused all the same.
            assert set(owners) - {1} or not sizes or not all(size for size, _ in entries.values()), error
        else:
            assert (
                set(owners) <= {1} and sizes and {a.nbytes for a in found.values()} <= {s for s, _ in entries.values()}
            )


def test_the_hand_written_file_is_a_good_one(tmp_path):
    (tmp_path / "net").write_bytes(written())
    assert not io.load(tmp_path / "net").W1.any()
    header = written()[8:-DATA].replace(b"{", b'{"__metadata__":{"epochs":"10"},', 1)
    (tmp_path / "net").write_bytes(struct.pack("<Q", len(header)) + header + bytes(DATA))
    assert not io.load(tmp_path / "net").W1.any()


def test_a_file_cut_or_lengthened_anywhere(tmp_path):
    whole = written()
    for length in range(len(whole)):
        refused(tmp_path / "net", whole[:length], "")
    refused(tmp_path / "net", whole + b"\0", "a whole safetensors file")


def test_a_file_with_one_byte_changed(tmp_path):
    """Every change in the header is refused, or the file still says the same in other words."""
    path = tmp_path / "net"
    io.save(path, small_net())
    whole, net = path.read_bytes(), io.load(path)
    for place in range(8 + struct.unpack("<Q", whole[:8])[0]):
        for flip in (0x01, 0x02, 0x20, 0x80):
            damaged = bytearray(whole)
            damaged[place] ^= flip
            path.write_bytes(damaged)
            try:
                loaded = io.load(path)
            except ValueError as error:
                assert str(error).startswith(f"{path}: expected ")
            else:
                assert {name: p.shape for name, p in loaded.params.items()} == SHAPES
                assert all(np.isfinite(p).all() for p in loaded.params.values())
                if loaded.W1.tobytes() != net.W1.tobytes():
                    pytest.fail(f"byte {place} ^ {flip:#x} read as other weights: {bytes(damaged[8 : place + 20])}")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x7fELF" + bytes(200), "something else .a header of .* bytes in a file of 204"),
        (struct.pack("<Q", 2) + b"[]", "a header that is no object"),
        (struct.pack("<Q", 4) + b"null", "a header that is no object"),
        (struct.pack("<Q", 2) + b"{}", "the arrays W1, b1, W2 and b2, got none"),
        (struct.pack("<Q", 9) + b"not json!", "a safetensors file, got something else"),
        (struct.pack("<Q", 3) + b"\xff\xfe\xfd", "a safetensors file, got something else"),
        (struct.pack("<Q", 3) + b" {}", "a header that is no object"),
        (struct.pack("<Q", 20) + b'{"__metadata__": []}', "a __metadata__ that is no words by name"),
        (struct.pack("<Q", 26) + b'{"__metadata__": {"a": 1}}', "a __metadata__ that is no words by name"),
        (struct.pack("<Q", 28) + b'{"__metadata__": {"a": NaN}}', "NaN, which JSON has not"),
        (struct.pack("<Q", 14) + b'{"\\ud800": {}}', "got something else .*surrogates not allowed"),
        (struct.pack("<Q", 2**63) + bytes(100), "a header of 9,223,372,036,854,775,808 bytes in a file of 108"),
        (struct.pack("<Q", 90_000) + b"[" * 90_000, "got something else .more than 100 lists in lists"),
        (struct.pack("<Q", 606) + b'{"a":' * 101 + b"}" * 101, "got something else .more than 100 lists in lists"),
        (struct.pack("<Q", 200_000) + b" " * 200_000, "a header of 200,000 bytes in a file of 200,008"),
    ],
)  # fmt: skip
def test_foreign_files(tmp_path, content, words):
    refused(tmp_path / "net", content, words)


def test_a_file_that_grows_while_it_is_read_is_read_as_it_was(tmp_path, monkeypatch):
    path, good, size_of = tmp_path / "net", written(), Path.stat
    path.write_bytes(good)
    expected = io.load(path).W1

    def stat(self, **options):  # as soon as the size is asked for, somebody writes on
        found = size_of(self, **options)
        with self.open("ab") as file:
            file.write(bytes(1000))
        return found

    monkeypatch.setattr(files, "check_there", lambda *of: None)
    monkeypatch.setattr(Path, "stat", stat)
    assert np.array_equal(io.load(path).W1, expected)
    monkeypatch.undo()
    assert path.stat().st_size > len(good)


def many_empty_tensors():
    return {f"t{n}": (0,) for n in range(2_000)}


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({name: SHAPES[name] for name in NAMES[:3]}, "the arrays W1, b1, W2 and b2, got W1, W2, b1"),
        (SHAPES | {"W3": (1,)}, "the arrays W1, b1, W2 and b2, got W1, W2, W3, b1, b2"),
        ({"w1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}, "got W2, b1, b2, w1"),
        (SHAPES | {"b1": (3,)}, "shapes that fit together, .*, got"),
        (SHAPES | {"b2": (2, 1)}, "shapes that fit together"),
        (SHAPES | {"W2": (2, 4)}, "shapes that fit together"),
        (SHAPES | {"W1": (12,)}, r"W1 and W2 to be matrices, got \(12,\) and \(4, 2\)"),
        (SHAPES | {"W2": ()}, "W1 and W2 to be matrices"),
        (SHAPES | {"W2": (4, 1, 2)}, "W1 and W2 to be matrices"),
        ({"W1": (0, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}, "shapes that fit together"),
        ({"W1": (3, 0), "b1": (0,), "W2": (0, 2), "b2": (2,)}, "shapes that fit together"),
        (SHAPES | {"b2": (1,) * 70}, ""),
        (many_empty_tensors(), "a header of .* bytes"),
    ],
)
def test_other_names_and_shapes(tmp_path, shapes, words):
    tracemalloc.start()
    content = written(shapes)
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    refused(tmp_path / "net", content, words)
    assert tracemalloc.get_traced_memory()[1] - before < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(("dtype", "size"), [("F16", 2), ("BF16", 2), ("F8_E4M3", 1), ("F8_E5M2", 1),
                                             ("I32", 4), ("U32", 4), ("BOOL", 1), ("X99", 4), ("f32", 4)])  # fmt: skip
def test_other_types(tmp_path, dtype, size):
    refused(tmp_path / "net", written(dtype=dtype, size=size), f"W1 in F32 or F64, got {dtype}")


@pytest.mark.parametrize("bits", [0x7FC00000, 0x7F800000, 0xFF800000, 0x7F800001])
def test_numbers_that_are_not_finite(tmp_path, bits):
    content = written()[:-4] + struct.pack("<I", bits)
    refused(tmp_path / "net", content, "finite numbers, in float32 too, got (nan|-?inf) in b2")


def test_a_name_that_stands_twice(tmp_path):
    entries, end = [], 0
    for name, shape in SHAPES.items():
        text, end = entry(name, shape, end)
        entries.append(text)
    refused(tmp_path / "net", file_of([*entries, entries[-1]], bytes(end)), "a name stands twice")
    twice = entries[0].replace('"dtype"', '"dtype": "F16", "dtype"')
    refused(tmp_path / "net", file_of([twice, *entries[1:]], bytes(end)), "a name stands twice")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"shape": [3, 4]', '"shape": [3, -4]'),
        ('"shape": [3, 4]', '"shape": [4, 4]'),
        ('"shape": [3, 4]', '"shape": "3x4"'),
        ('"shape": [3, 4]', '"shape": [4294967296, 4294967296]'),
        ('"data_offsets": [0, 48]', '"data_offsets": [48, 0]'),
        ('"data_offsets": [0, 48]', '"data_offsets": [0, 99999999]'),
        ('"data_offsets": [0, 48]', '"data_offsets": [16, 64]'),
        ('"dtype": "F32", "shape": [3, 4]', '"dtype": ["F32"], "shape": [3, 4]'),
        ('"W1":{', '"W1":7,"x":{'),
    ],
)
def test_entries_that_make_no_sense(tmp_path, old, new):
    content = written()
    header, data = content[8:-DATA], content[-DATA:]
    assert old.encode() in header
    header = header.replace(old.encode(), new.encode(), 1)
    refused(tmp_path / "net", struct.pack("<Q", len(header)) + header + data, "")


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "net"
    with path.open("wb") as file:
        file.truncate(10**12)  # a hole: no bytes on the disk
    with pytest.raises(ValueError, match="expected at most 64,000,000 bytes, got 1,000,000,000,000"):
        io.load(path)


def many_names():
    return file_of([entry(f"t{n}", (0,))[0] for n in range(1_500)], b"")


def many_sizes():
    sizes = json.dumps(20 * [int("9" * 4000)])
    return file_of([f'"W1":{{"dtype":"F32","shape":{sizes},"data_offsets":[0,4]}}'], bytes(4))


def large(shape=(15_900_000,), last=b"", cut=0):
    content = written({"W1": shape, **{name: (1,) for name in NAMES[1:]}})
    return content[: len(content) - len(last) - cut] + last


@pytest.mark.parametrize(
    "content",
    [
        many_names,
        many_sizes,
        lambda: struct.pack("<Q", 90_000) + b"[" * 90_000,
        lambda: struct.pack("<Q", 90_000) + b'{"":' * 22_500,
        lambda: struct.pack("<Q", 90_000) + b"9" * 90_000,
        lambda: large(last=struct.pack("<f", np.nan)),
        lambda: large(last=struct.pack("<4f", np.nan, 0, 0, 0)),
        lambda: large(cut=1),
        lambda: large(),
        lambda: large(shape=(1, 15_900_000)),
        lambda: safetensors.numpy.save({"x": np.zeros((4_000, 3_900), np.float32)}, {"nnlib": "{}"}),
        lambda: safetensors.numpy.save({"x": np.zeros(15_000_000, np.float32)}, {"nnlib.layers": '[["ReLU", {}]]'}),
    ],
    ids=range(12),
)
def test_a_hostile_file_costs_little_time_and_memory(tmp_path, content):
    path = tmp_path / "net"
    path.write_bytes(content())
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}: expected ") as error:
        io.load(path)
    seconds, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100e6 and seconds < 1 and len(str(error.value)) < 1000 + len(str(path))


def test_what_a_file_says_of_its_layers_costs_six_times_its_memory(tmp_path):
    """And no more where it brings an array that no layer has."""
    path = tmp_path / "net"
    io.save(path, Sequential(Linear(1000, 1000, np.random.default_rng(0)), dtype=np.float32))
    arrays, told = tensors.read(path)
    tensors.write(path, arrays | {"more": np.zeros(1, np.float32)}, told)
    del arrays
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"expected the arrays 0.W and 0.b, got 0.W, 0.b, more"):
        io.load(path)
    assert tracemalloc.get_traced_memory()[1] < 6.5 * path.stat().st_size
    tracemalloc.stop()
