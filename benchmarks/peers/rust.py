"""The system that this book teaches, in Rust: `seed.rs`, in three forms with the same numbers."""

import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.peers import scores

SOURCE = Path(__file__).with_name("seed.rs")
PROGRAM = SOURCE.parents[2] / ".cache" / "peers" / "seed"
NATIVE = PROGRAM.with_name("seed-native")
SHAPES = (784, 64), (64,), (64, 10), (10,)


def build(program=PROGRAM, cpu=None):
    """Compile it, with what `cargo build --release` would ask for: for every processor of this kind, or for one."""
    program.parent.mkdir(parents=True, exist_ok=True)
    options = ["--edition", "2021", "-C", "opt-level=3", *(["-C", f"target-cpu={cpu}"] if cpu else [])]
    subprocess.run(["rustc", *options, "-o", program, SOURCE], check=True)


def run(form, recipe, X, y, params, program=PROGRAM):
    """Train these parameters, and return the new ones and what was printed."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, pixels, labels in (("train", X, y), ("test", X[:1], y[:1])):
            (folder / f"{name}.pixels").write_bytes(np.ascontiguousarray(pixels).tobytes())
            (folder / f"{name}.labels").write_bytes(labels.astype(np.uint8).tobytes())
        (folder / "weights").write_bytes(b"".join(param.astype("<f4").tobytes() for param in params))
        command = [program, folder, str(recipe.epochs), str(recipe.rate), form]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        trained = np.fromfile(folder / "trained", "<f4")
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])
    arrays = np.split(trained, ends[:-1])
    return [array.reshape(shape) for array, shape in zip(arrays, SHAPES, strict=True)], said


def program(form, recipe, program=PROGRAM):

    def train(X, y, rng):
        return scores(*run(form, recipe, X, y, recipe.first_weights(rng), program)[0])

    return train


by_unit, by_row, in_place = (partial(program, form) for form in ("by-unit", "by-row", "in-place"))
