"""Chapter 19: the bytes of the 2-2-2 net's file, changed and damaged; what a reader without questions gets, and which
check of the library's stops it.
"""

import json
import re
import struct
import tempfile
from pathlib import Path

import numpy as np

from nnlib import tensors
from nnlib.two_layer import TwoLayerNet

NAMES = ("W1", "W2", "b1", "b2")
DAMAGES = ("none", "cut by a byte", "a byte more", "a nan in b2", "type I32", "a name twice", "length 2⁶⁰")
STATES = [
    *({"at": 2, "begin": 32, "end": 40, "damage": damage} for damage in DAMAGES),
    {"at": 0, "begin": 0, "end": 15},
    {"at": 1, "begin": 17, "end": 33},
    {"at": 2, "begin": 30, "end": 38, "over": 0},
    {"at": 3, "begin": 48, "end": 0},
]
# The library's words, by the check that says them.
WORDS = (
    r"expected a safetensors file, got something else \(a header of", r"expected a .* \(a name stands twice",
    r"expected \w+ in F32 or F64", "expected a whole safetensors file;", "expected finite numbers",
)  # fmt: skip


def net():
    """The 2-2-2 net of chapter 04 in float32."""
    net = TwoLayerNet(np.random.default_rng(0), 2, 2, 2, dtype=np.float32)
    net.W1[:], net.b1[:] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[:], net.b2[:] = [[1, -1], [0.5, 2]], [0, 1]
    return net


def file(state):
    """The bytes of the file in a state, and where its header ends."""
    good = tensors.pack(net().params, {})
    (length,) = struct.unpack("<Q", good[:8])
    header, numbers = json.loads(good[8 : 8 + length]), good[8 + length :]
    name, damage = NAMES[state["at"]], state["damage"]
    header[name]["data_offsets"] = [state["begin"], state["end"]]
    if damage == "type I32":
        header[name]["dtype"] = "I32"
    text = json.dumps(header, separators=(",", ":"))
    if damage == "a name twice":
        text = text.replace(f'"{NAMES[(state["at"] + 1) % 4]}":', f'"{name}":')
    text = text.encode()
    text += b" " * (-len(text) % 8)
    numbers = {
        "cut by a byte": numbers[:-1],
        "a byte more": numbers + b"\0",
        "a nan in b2": numbers[:-4] + np.array(np.nan, "<f4").tobytes(),
    }.get(damage, numbers)
    told = 2**60 if damage == "length 2⁶⁰" else len(text)
    return struct.pack("<Q", told) + text + numbers, 8 + len(text)


def said(content):
    """What the library says of a file; "" where it reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net"
        path.write_bytes(content)
        try:
            tensors.read(path)
        except ValueError as error:
            return str(error).removeprefix(f"{path}: ")
    return ""


def shows(state):
    content, behind = file(state)
    sentence = said(content)
    check = next((k for k, words in enumerate(WORDS, 1) if re.match(words, sentence)), 0)
    assert bool(sentence) == bool(check)
    part = content[behind + state["begin"] : behind + max(state["begin"], state["end"])]
    values = np.frombuffer(part[: len(part) // 4 * 4], "<f4").tolist()
    return {"total": len(content), "length": behind - 8, "check": check, "values": values}
