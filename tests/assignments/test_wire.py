"""Plain data crosses as what it is, and a hostile text is refused before it costs anything."""

import base64
import collections
import contextlib
import json
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from assignments import plain, wire

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**3999), 10**3999)
    | st.floats()
    | st.complex_numbers()
    | st.text()
    | st.binary()
)
KEYS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4)
ARRAYS = npst.arrays(
    st.sampled_from([np.dtype(kind) for kind in "?bhilBHILefdFD"] + [np.dtype(">f8"), np.dtype(">i4")]),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
PLAIN = st.recursive(
    LEAVES | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.lists(inner, max_size=5).map(tuple) | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=20,
)


def same(a, b):
    """Whether two values are alike in kind, in their numbers' bits, in order."""
    if isinstance(a, np.ndarray):
        native = a.astype(a.dtype.newbyteorder("="))
        return type(b) is np.ndarray and (native.dtype, a.shape, native.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(map(same, a.items(), b.items()))
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return a == b


@given(PLAIN)
def test_what_is_plain_comes_back_as_it_was(value):
    assert same(value, wire.decode(wire.encode(value)))


@given(PLAIN)
def test_the_text_is_ascii_and_json(value):
    text = wire.encode(value)
    assert text.isascii()
    json.loads(text, parse_constant=pytest.fail)


def test_an_array_that_crossed_can_be_written_and_is_a_copy():
    A = np.arange(6.0).reshape(2, 3).T
    B = wire.decode(wire.encode(A))
    B[0, 0] = 9
    assert A[0, 0] == 0
    assert (B[1:] == A[1:]).all()


@pytest.mark.parametrize(
    ("value", "crossed"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.int8(-3), -3),
        (np.bool_(True), True),
        (np.complex64(1j), 1j),
        (np.str_("a"), "a"),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.namedtuple("P", "x y")(1, 2), (1, 2)),
    ],
)
def test_close_relatives_cross_as_the_plain_kind(value, crossed):
    assert same(wire.decode(wire.encode(value)), crossed)


def test_extended_precision_crosses_as_double():
    assert same(wire.decode(wire.encode(np.array([0.5], "g"))), np.array([0.5]))


class Hooks:
    def __getattribute__(self, name):
        raise AssertionError("a hook ran")

    __len__ = __iter__ = __float__ = __int__ = __index__ = __str__ = __repr__ = __eq__ = __getattribute__
    __hash__ = None


def subclass(base, *arguments):
    return type("Sly", (base,), dict(vars(Hooks)) | {"__hash__": base.__hash__})(*arguments)


class Lies:
    __class__ = float


def recursive():
    a = []
    a.append(a)
    return a


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


def laughing(depth):
    """A list that holds one list many times over, which holds one many times over, …"""
    value = []
    for _ in range(depth):
        value = [value] * 100
    return value


def strided(*shape):
    return np.lib.stride_tricks.as_strided(np.zeros(1), shape, [0] * len(shape))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (object, "got an object"),
        (lambda: {1, 2}, "got a set"),
        (lambda: (i for i in range(3)), "got a generator"),
        (lambda: len, "got a builtin_function_or_method"),
        (lambda: Hooks(), "got a Hooks"),
        (lambda: Lies(), "got a Lies"),
        (lambda: subclass(float, 1.5), "got a Sly"),
        (lambda: subclass(int, 1), "got a Sly"),
        (lambda: subclass(str, "a"), "got a Sly"),
        (lambda: subclass(list, [1]), "got a Sly"),
        (lambda: subclass(dict, {1: 2}), "got a Sly"),
        (lambda: [1, (2, {"a": subclass(str, "a")})], "got a Sly"),
        (lambda: {subclass(str, "a"): 1}, "plain keys"),
        (lambda: {frozenset(): 1}, "plain keys of a dict, got a frozenset"),
        (lambda: np.zeros(3).view(type("Sly", (np.ndarray,), {})), "got a Sly"),
        (lambda: np.ma.masked_array([1.0]), "got a MaskedArray"),
        (lambda: np.array([1, "a", None], object), "an array of objects"),
        (lambda: np.zeros(2, "M8[D]"), "an array of datetime64"),
        (lambda: np.zeros(2, "f8,i4"), "an array of"),
        (lambda: np.array(["a"]), "an array of <U1"),
        (lambda: np.datetime64("2020-01-01"), "got a date"),
        (recursive, "contains itself"),
        (lambda: nested(100), "at most 50"),
        (lambda: nested(100_000), "at most 50"),
        (lambda: laughing(40), "at most 500,000 values"),
        (lambda: strided(10**9, 10**9), "at most 64 MB of arrays, got far more"),
        (lambda: strided(10**7), "got 80 MB"),
        (lambda: [np.zeros(7 * 10**6, np.int8)] * 10, "got 70 MB"),
        (lambda: np.zeros((0, 10**10)), "at most 64 MB"),
        (lambda: bytes(65 * 10**6), "got 65 MB"),
        (lambda: 10**4001, "at most 4,000 digits"),
        (lambda: {i: 0 for i in range(3000)}, "at most 2,000 keys"),
        (lambda: "," * 5_000_000, "less text"),
        (lambda: [np.zeros(1)] * 900_000, "values in lists"),
    ],
)
def test_what_is_not_plain_is_refused_in_words(make, words):
    value = make()
    began = time.process_time()
    with pytest.raises(plain.NotPlain) as refused:
        wire.encode(value)
    assert words in str(refused.value)
    assert time.process_time() - began < 5


def test_a_thing_is_decoded_only_where_it_is_expected():
    text = wire.encode([plain.Given("step", 2, [3.0]), plain.Handle(7)])
    assert wire.decode(text, lambda *what: what) == [("given", "step", [2, [3.0]]), ("handle", 7)]
    with pytest.raises(plain.Hostile):
        wire.decode(text)


def packed(n):
    return base64.b64encode(bytes(n)).decode()


def array(kind="<f8", shape=(2,), data=None):
    return json.dumps({"array": [kind, list(shape), packed(16) if data is None else data]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "nul",
        "NaN",
        "Infinity",
        "[1,]",
        b"\xff\xfe",
        b"\x00",
        '{"a": 1}',
        '{"__class__": 1}',
        '{"value": 1}',
        '{"tuple": [], "list": []}',
        '{"tuple": 1}',
        '{"tuple": {"tuple": []}}',
        '{"dict": [1]}',
        '{"dict": [[1]]}',
        '{"dict": [[[], 1]]}',
        '{"dict": [[{"array": ["<f8", [0], ""]}, 1]]}',
        '{"dict": [[{"dict": []}, 1]]}',
        '{"float": 1}',
        '{"float": "1e5"}',
        '{"float": []}',
        '{"float": {"float": "nan"}}',
        '{"complex": [1, 2]}',
        '{"complex": [1.0]}',
        '{"complex": ["1", "2"]}',
        '{"bytes": "é"}',
        '{"bytes": "a"}',
        '{"bytes": 1}',
        '{"handle": 1}',
        '{"given": ["a", []]}',
        array(kind="O"),
        array(kind="|O"),
        array(kind="<M8[D]"),
        array(kind="<U2"),
        array(kind=["<f8"]),
        array(shape=(3,)),
        array(shape=(-2,)),
        array(shape=(-1, -2)),
        array(shape=(2.0,)),
        array(shape=(True, 2)),
        array(shape=("2",)),
        array(shape=(1,) * 33 + (2,)),
        array(shape=(0, 10**10), data=""),
        array(shape=(0, 10**30), data=""),
        array(shape=(10**18,)),
        array(data="*" * 24),
        array(data=[1]),
        array("|b1", (1,), "/w=="),
        '{"array": ["<f8", [1]]}',
        '{"array": {"tuple": []}}',
        "[" * 60 + "]" * 60,
        "[" * 100_000,
        "[" * 3_000_000,
        '{"tuple":[' * 100_000,
        "9" * 5_000,
        "9" * 1_000_000,
        "[" + "[]," * 5_000_000 + "0]",
        '{"a":' * 5_000_000,
        '{"dict": [' + ",".join(f"[{k * (2**61 - 1)}, 0]" for k in range(1, 3_000)) + "]}",
        json.dumps([{"bytes": packed(40 * 10**6)}] * 2),
    ],
    ids=lambda text: repr(text[:40]),
)
def test_a_hostile_text_is_refused_at_once(text):
    began = time.process_time()
    with pytest.raises(plain.Hostile):
        wire.decode(text)
    assert time.process_time() - began < 5


@given(st.text() | st.binary())
def test_any_text_is_a_value_or_refused(text):
    with contextlib.suppress(plain.Hostile):
        wire.decode(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(wire._Reader.READ)), inner, max_size=2)
        | st.tuples(st.sampled_from(sorted(plain.KINDS)), st.lists(st.integers()), inner).map(
            lambda a: {"array": list(a)}
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_a_value_or_refused(tree):
    try:
        value = wire.decode(json.dumps(tree))
    except plain.Hostile:
        return
    assert same(value, wire.decode(wire.encode(value)))


def test_lone_surrogates_are_replaced_and_pairs_are_letters():
    assert wire.decode(wire.encode(["\ud800", "a\udfff", {"\udc00": 1}])) == ["\ufffd", "a\ufffd", {"\ufffd": 1}]
    assert wire.decode('"\\ud83d\\ude00"') == "😀"
