"""io.py: a network there and back, and every file that is not exactly a network's."""

import json
import re
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlib import io
from nnlib.two_layer import TwoLayerNet

some = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
sizes = st.integers(1, 6)
NAMES = ("W1", "b1", "W2", "b2")
SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
DATA = 4 * (12 + 4 + 8 + 2)  # bytes of the four arrays


def by_length(value):
    """The name of a case whose parameter is the content of a file."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else None


def small_net(seed=0, sizes=(3, 4, 2)):
    rng = np.random.default_rng(seed)
    net = TwoLayerNet(rng, *sizes)
    net.b1[...], net.b2[...] = rng.normal(size=net.b1.shape), rng.normal(size=net.b2.shape)
    return net


def entry(name, shape, start=0, dtype="F32", size=4):
    end = start + size * int(np.prod(shape))
    return f'"{name}":' + json.dumps({"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}), end


def file_of(entries, data):
    header = ("{" + ",".join(entries) + "}").encode()
    return struct.pack("<Q", len(header)) + header + data


def tensors(shapes=SHAPES, dtype="F32", size=4, fill=b"\0"):
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
@given(sizes, sizes, sizes, st.integers(0, 2**32 - 1))
def test_round_trip(tmp_path, D, H, K, seed):
    net = small_net(seed, (D, H, K))
    io.save(tmp_path / "net.safetensors", net)
    loaded = io.load(tmp_path / "net.safetensors")
    for name in NAMES:
        assert loaded.params[name].dtype == np.float64
        np.testing.assert_array_equal(loaded.params[name], net.params[name].astype(np.float32))
    np.testing.assert_allclose(loaded.forward(np.ones((2, D)))[3], net.forward(np.ones((2, D)))[3], atol=1e-6)


def test_a_second_round_trip_gives_the_same_bytes(tmp_path):
    io.save(tmp_path / "one", small_net())
    io.save(tmp_path / "two", io.load(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("layout", [np.asfortranarray, lambda W: W.T.copy().T, lambda W: np.repeat(W, 2, 0)[::2]])
def test_the_layout_in_memory_does_not_matter(tmp_path, layout):
    net = small_net()
    expected = net.W1.astype(np.float32)
    net.W1, net.W2 = layout(net.W1), layout(net.W2)
    assert not net.W1.flags.c_contiguous
    io.save(tmp_path / "net", net)
    np.testing.assert_array_equal(io.load(tmp_path / "net").W1, expected)


def test_what_is_shipped_loads():
    net = io.load(io.SHIPPED)
    assert (net.W1.shape, net.W2.shape) == ((784, 64), (64, 10))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e39])  # the last is finite, but not in float32
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
def test_save_refuses_what_is_not_finite_and_leaves_the_old_file(tmp_path, name, value):
    path, net = tmp_path / "net", small_net()
    path.write_bytes(b"old")
    net.params[name].flat[-1] = value
    with pytest.raises(ValueError, match=f"expected finite weights, got nan or infinity in {name}"):
        io.save(path, net)
    assert [file.name for file in tmp_path.iterdir()] == ["net"]
    assert path.read_bytes() == b"old"


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    whole = type(path).write_bytes

    def broken(self, content):
        whole(self, content[:20])
        raise OSError("no space left")

    monkeypatch.setattr(type(path), "write_bytes", broken)
    with pytest.raises(OSError, match="no space left"):
        io.save(path, small_net())
    assert [file.name for file in tmp_path.iterdir()] == ["net"]
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        io.save(tmp_path / "none" / "net", small_net())
    with pytest.raises(FileNotFoundError, match=r"none: expected a file of weights; .* --save FILE"):
        io.load(tmp_path / "none")


def test_the_hand_written_file_is_a_good_one(tmp_path):
    (tmp_path / "net").write_bytes(tensors())
    assert not io.load(tmp_path / "net").W1.any()
    header = tensors()[8:-DATA].replace(b"{", b'{"__metadata__":{"epochs":"10"},', 1)
    (tmp_path / "net").write_bytes(struct.pack("<Q", len(header)) + header + bytes(DATA))
    assert not io.load(tmp_path / "net").W1.any()


def test_a_file_cut_or_lengthened_anywhere(tmp_path):
    whole = tensors()
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
        (b"", "a safetensors file, got something else"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "something else .a header of .* bytes in a file of 208"),
        (b"\x80\x04\x95" + bytes(200), "a safetensors file, got something else"),
        (b"PK\3\4" + bytes(200), "a safetensors file, got something else"),
        (struct.pack("<Q", 2) + b"[]", "a header that is no object"),
        (struct.pack("<Q", 4) + b"null", "a header that is no object"),
        (struct.pack("<Q", 2) + b"{}", "the arrays W1, b1, W2 and b2, got none"),
        (struct.pack("<Q", 9) + b"not json!", "a safetensors file, got something else"),
        (struct.pack("<Q", 3) + b"\xff\xfe\xfd", "a safetensors file, got something else"),
        (struct.pack("<Q", 2**63) + bytes(100), "a header of 9,223,372,036,854,775,808 bytes in a file of 108"),
        (struct.pack("<Q", 90_000) + b"[" * 90_000, "a safetensors file, got something else"),
        (struct.pack("<Q", 200_000) + b" " * 200_000, "a header of 200,000 bytes in a file of 200,008"),
    ],
    ids=by_length,
)  # fmt: skip
def test_foreign_files(tmp_path, content, words):
    refused(tmp_path / "net", content, words)


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
    content = tensors(shapes)
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    refused(tmp_path / "net", content, words)
    assert tracemalloc.get_traced_memory()[1] - before < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(("dtype", "size"), [("F64", 8), ("F16", 2), ("BF16", 2), ("F8_E4M3", 1), ("F8_E5M2", 1),
                                             ("I32", 4), ("U32", 4), ("BOOL", 1), ("X99", 4), ("f32", 4)])  # fmt: skip
def test_other_types(tmp_path, dtype, size):
    refused(tmp_path / "net", tensors(dtype=dtype, size=size), f"W1 in F32, got {dtype}")


@pytest.mark.parametrize("bits", [0x7FC00000, 0x7F800000, 0xFF800000, 0x7F800001])
def test_numbers_that_are_not_finite(tmp_path, bits):
    content = tensors()
    refused(tmp_path / "net", content[:-4] + struct.pack("<I", bits), "finite numbers, got nan or infinity in b2")


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
    content = tensors()
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
