"""Plain data as text and back: all that crosses between the trusted process and students' code.

The text is JSON. What JSON has no word for is an object with one key, its kind: ``{"tuple": […]}``,
``{"array": ["<f8", [2, 3], base64]}``. Nothing is pickled and nothing evaluated, so that a hostile text can do
no more than be refused. `decode` never runs into a text's size: it counts before it builds.
"""

import base64
import json
import math
import re

import numpy as np

from .plain import (
    BYTES,
    DEPTH,
    DIGITS,
    KEYS,
    KINDS,
    MARKS,
    VALUES,
    Given,
    Handle,
    Hostile,
    NotPlain,
    article,
    hashable,
    marks,
    size,
)

_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(value):
    """Return the text of a value.

    Parameters
    ----------
    value : object
        None, bool, int, float, complex, str, bytes, list, tuple, dict, NumPy's arrays of numbers, `Given`, `Handle`.
        NumPy's single numbers cross as Python's, extended precision as double, named tuples as tuples.

    Raises
    ------
    NotPlain
        For anything else, for subclasses too, and for what is too large or too deep.
    """
    text = json.dumps(_Writer().tree(value, 0), allow_nan=False, separators=(",", ":"))
    if marks(text, ",[{") > MARKS:
        raise NotPlain(f"expected less text or fewer values, got {marks(text, ',[{'):,} commas and brackets")
    return text


class _Writer:
    def __init__(self):
        self.values = self.bytes = self.keys = 0

    def tree(self, value, depth):
        self.values += 1
        if depth > DEPTH:
            raise NotPlain(f"expected at most {DEPTH} lists in one another, got more, or a list that contains itself")
        if self.values > VALUES:
            raise NotPlain(f"expected at most {VALUES:,} values in lists, got more")
        kind = type(value)  # never isinstance, which asks the value
        if issubclass(kind, np.generic) and kind.__module__ == "numpy":
            value = self.double(value).item()
            kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if kind is int:
            if value.bit_length() > DIGITS * math.log2(10):
                raise NotPlain(f"expected whole numbers of at most {DIGITS:,} digits, got a longer one")
            return value
        if kind is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if kind is complex:
            return {"complex": [self.tree(part, depth + 1) for part in (value.real, value.imag)]}
        if kind is bytes:
            return {"bytes": self.packed(value, len(value))}
        if kind is list:
            return [self.tree(item, depth + 1) for item in value]
        if kind is tuple or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
            return {"tuple": [self.tree(item, depth + 1) for item in tuple.__iter__(value)]}
        if kind is dict or (issubclass(kind, dict) and kind.__module__ == "collections"):
            return {"dict": [[self.key(key, depth + 1), self.tree(item, depth + 1)] for key, item in value.items()]}
        if kind is np.ndarray:
            return {"array": self.array(value)}
        if kind is Given:
            return {"given": [value.name, self.tree(list(value.arguments), depth + 1)]}
        if issubclass(kind, Handle):
            return {"handle": value.number}
        raise NotPlain(f"expected plain data (numbers, text, lists, arrays), got {article(kind)}")

    def key(self, key, depth):
        self.keys += 1
        if self.keys > KEYS:
            raise NotPlain(f"expected at most {KEYS:,} keys of dicts, got more")
        if not hashable(key):
            raise NotPlain(f"expected plain keys of a dict, got {article(type(key))}")
        return self.tree(key, depth)

    def array(self, value):
        self.values += 20  # an array of one number costs as much
        value = self.double(value)
        dtype = value.dtype.newbyteorder("=")
        if dtype.str not in KINDS:
            what = "objects" if dtype.char == "O" else str(dtype)[:40]
            raise NotPlain(f"expected an array of numbers, got an array of {what}")
        payload = self.packed(None, size(value.shape) * dtype.itemsize, value.astype(dtype, copy=False).tobytes)
        return [dtype.str, list(value.shape), payload]

    def double(self, value):
        return value.astype({"g": "d", "G": "D"}[value.dtype.char]) if value.dtype.char in "gG" else value

    def packed(self, data, size, make=None):
        self.bytes += size
        if self.bytes > BYTES:
            found = f"{self.bytes / 1e6:,.0f} MB" if self.bytes < 1e12 else "far more"
            raise NotPlain(f"expected at most {BYTES // 1_000_000} MB of arrays, got {found}")
        return base64.b64encode(data if make is None else make()).decode()


def decode(text, resolve=None):
    """Return the value of a text, which may be anything.

    Parameters
    ----------
    text : str or bytes
    resolve : callable, optional
        ``resolve("given", name, arguments)`` or ``resolve("handle", number)`` gives what such a value stands for.
        Without it, they are refused.

    Raises
    ------
    Hostile
        If the text is not one that `encode` writes. Lone surrogates alone are no reason: each becomes U+FFFD.
    """
    text = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if marks(text, (b",", b"[", b"{")) > MARKS:
        raise Hostile("more values than encode writes")
    try:
        return _Reader(resolve).value(json.loads(text, object_pairs_hook=_one_key, parse_constant=_refuse), 0)
    except Hostile:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise Hostile(f"{type(error).__name__}: {str(error)[:200]}") from None


class _Tagged(tuple):
    """The one pair of a JSON object: its kind and what it holds."""


def _one_key(pairs):
    if len(pairs) != 1:
        raise Hostile(f"expected one kind, got {len(pairs)} keys")
    return _Tagged(pairs[0])


def _refuse(word):
    raise Hostile(f"no JSON: {word}")


class _Reader:
    def __init__(self, resolve):
        self.resolve, self.values, self.bytes, self.keys = resolve, 0, 0, 0

    def value(self, tree, depth):
        self.values += 1
        if depth > DEPTH + 1 or self.values > 2 * VALUES:
            raise Hostile("deeper or more than encode writes")
        if type(tree) is list:
            return [self.value(item, depth + 1) for item in tree]
        if type(tree) is str:
            return _SURROGATE.sub("\ufffd", tree)
        if type(tree) is not _Tagged:
            return tree
        kind, held = tree
        read = getattr(self, f"_{kind}", None) if kind in self.READ else None
        if read is None:
            raise Hostile("no such kind")
        return read(held, depth + 1)

    READ = frozenset({"float", "complex", "bytes", "tuple", "dict", "array", "given", "handle"})

    def _float(self, held, _):
        if held not in ("nan", "inf", "-inf"):
            raise Hostile("no such float")
        return float(held)

    def _complex(self, held, depth):
        parts = self.value(_typed(held, list), depth)
        if len(parts) != 2 or not all(type(part) is float for part in parts):
            raise Hostile("no such complex number")
        return complex(*parts)

    def _bytes(self, held, _):
        return self.unpacked(held)

    def _tuple(self, held, depth):
        return tuple(self.value(_typed(held, list), depth - 1))

    def _dict(self, held, depth):
        result = {}
        for key, item in _typed(held, list):
            key = self.value(key, depth)
            self.keys += 1
            if self.keys > KEYS or not hashable(key):
                raise Hostile("no such keys")
            result[key] = self.value(item, depth)
        return result

    def _array(self, held, _):
        kind, shape, data = _typed(held, list)
        dtype = KINDS[_typed(kind, str)]
        if len(_typed(shape, list)) > 32 or not all(type(n) is int and n >= 0 for n in shape):
            raise Hostile("no such shape")
        data = self.unpacked(data)
        if math.prod(shape) * dtype.itemsize != len(data) or size(shape) * dtype.itemsize > BYTES:
            raise Hostile("an array of another size than its shape's")
        if kind == "|b1" and data.strip(b"\0\1"):
            raise Hostile("no such bool")
        return np.frombuffer(bytearray(data), dtype).reshape(shape)

    def _given(self, held, depth):
        name, arguments = _typed(held, list)
        return self.stands_for("given", _typed(name, str), self.value(_typed(arguments, list), depth))

    def _handle(self, held, _):
        return self.stands_for("handle", _typed(held, int))

    def stands_for(self, *what):
        if self.resolve is None:
            raise Hostile(f"a {what[0]} where none is expected")
        return self.resolve(*what)

    def unpacked(self, data):
        data = base64.b64decode(_typed(data, str), validate=True)
        self.bytes += len(data)
        if self.bytes > BYTES:
            raise Hostile("more bytes than encode writes")
        return data


def _typed(value, kind):
    if type(value) is not kind:
        raise Hostile(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
