"""A graphics card: arrays on it, the kernels of this folder, and how they are called.

WebGPU is the way to it, from Python through `wgpu`. We ask for no more than a browser grants, so each kernel runs there
too.
"""

import math
import os
import struct
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

# What every browser with WebGPU grants. A driver may allow more, and a kernel that used more would fail elsewhere.
LIMITS = {
    "max-compute-invocations-per-workgroup": 256,
    "max-compute-workgroup-size-x": 256,
    "max-compute-workgroup-size-y": 256,
    "max-compute-workgroup-size-z": 64,
    "max-compute-workgroups-per-dimension": 65_535,
    "max-compute-workgroup-storage-size": 16_384,  # bytes
    "max-storage-buffers-per-shader-stage": 8,
    "max-storage-buffer-binding-size": 128 * 2**20,  # bytes
    "max-buffer-size": 256 * 2**20,
}
ALIGNMENT = 256  # bytes: an array that begins within a buffer begins at a multiple
WORD = 4  # bytes: what is copied is whole words


class NoDevice(RuntimeError):  # noqa: N818 - it says what is the matter
    """There is no graphics card, or not what it takes to use one."""


class Array(NamedTuple):
    """Numbers on a device.

    Attributes
    ----------
    buffer : wgpu.GPUBuffer
    start : int
        Where in the buffer they begin, in bytes.
    shape : tuple
    dtype : numpy dtype
    """

    buffer: object
    start: int
    shape: tuple
    dtype: np.dtype

    @property
    def nbytes(self):
        """How many bytes the numbers take, up to the next whole word; at least one."""
        return max(WORD, up(math.prod(self.shape) * self.dtype.itemsize, WORD))

    def rows(self, start, stop):
        """Return rows start to stop − 1, a view."""
        row = math.prod(self.shape[1:]) * self.dtype.itemsize
        return self._replace(start=self.start + start * row, shape=(stop - start, *self.shape[1:]))


class Call(NamedTuple):
    """A kernel, the arrays that it works on, and how many groups of threads: recorded once, and run again and again."""

    pipeline: object
    arrays: object
    groups: tuple


class Device:
    """A graphics card, or what stands in for one.

    Attributes
    ----------
    name : str
        What its driver calls it.
    gpu : wgpu.GPUDevice
        For what is not here.
    in_software : bool
        Whether it is the processor that stands in for a card.

    Raises
    ------
    NoDevice
        If there is none, or no package `wgpu`, or if this Python runs in a browser.
    """

    def __init__(self):
        if sys.platform == "emscripten":
            raise NoDevice("expected Python on your own machine, got one in a browser, which reaches no graphics card")
        try:
            import wgpu  # here, because nobody else needs it
        except ImportError as error:
            raise NoDevice("expected the package wgpu, got none: pip install nnlib[gpu]") from error
        # Mesa would ask the screen which card to take, and complain where there is no screen; we choose ourselves.
        os.environ.setdefault("NODEVICE_SELECT", "1")
        try:
            adapter = wgpu.gpu.request_adapter_sync(power_preference="high-performance")
            self.gpu = adapter.request_device_sync(required_limits=LIMITS)
        except RuntimeError as error:
            raise NoDevice(
                "expected a graphics card with a driver for Vulkan, Metal or Direct3D 12, got none; "
                "one in software is Debian's mesa-vulkan-drivers"
            ) from error
        use = wgpu.BufferUsage
        self.in_software = adapter.info["adapter_type"] == "CPU"
        self.name, self._usage = adapter.info["device"], use.STORAGE | use.UNIFORM | use.COPY_SRC | use.COPY_DST
        self._pipelines = {}

    # ---- arrays -----------------------------------------------------------------------------------------------------

    def empty(self, shape, dtype=np.float32):
        """Return an array of zeros on the device; raise a ValueError if a kernel could not be given so large a one."""
        array, most = Array(None, 0, tuple(shape), np.dtype(dtype)), LIMITS["max-storage-buffer-binding-size"]
        if array.nbytes > most:
            raise ValueError(
                f"expected an array of at most {most:,} bytes on the device, got {array.nbytes:,}, {shape}"
            )
        return array._replace(buffer=self._buffer(array.nbytes))

    def array(self, numbers):
        """Return a copy of a NumPy array on the device, in the type that it has there."""
        numbers = np.asarray(numbers)
        array = self.empty(numbers.shape, numbers.dtype)
        self.write(array, numbers)
        return array

    def write(self, array, numbers):
        """Put numbers into an array on the device, from its beginning; it is done before what is run after this."""
        numbers = np.ascontiguousarray(numbers, array.dtype).tobytes()
        self.gpu.queue.write_buffer(array.buffer, array.start, numbers + bytes(-len(numbers) % WORD))

    def read(self, array):
        """Return an array as NumPy has it, when all that was run before this is done."""
        data = self.gpu.queue.read_buffer(array.buffer, array.start, array.nbytes)
        return np.frombuffer(data, array.dtype, math.prod(array.shape)).reshape(array.shape)

    # ---- kernels ----------------------------------------------------------------------------------------------------

    def call(self, kernel, sizes, *arrays, groups):
        """Return the `Call` of a kernel.

        Parameters
        ----------
        kernel : str
            Its name, ``"sgd"`` for ``sgd.wgsl``, or its text.
        sizes : tuple of int and float, or Array
            What it has at binding 0; an array, where that changes from one run to the next.
        *arrays : Array
            What it has at bindings 1, 2, …: the order of its file.
        groups : tuple of int
            The groups of threads in x and in y.

        Raises
        ------
        ValueError
            If there are more groups on a side than a device takes.
        """
        most = LIMITS["max-compute-workgroups-per-dimension"]
        if max(groups) > most:
            raise ValueError(f"expected at most {most:,} groups of threads on a side, got {groups}")
        if not isinstance(sizes, Array):
            packed = b"".join(struct.pack("f" if isinstance(size, float) else "I", size) for size in sizes)
            sizes = self.array(np.frombuffer(packed, np.uint8))
        return self._bind(kernel, (sizes, *arrays), groups)

    def run(self, calls, copy=None):
        """Run calls, each when the one before is done, and then copy an array onto another, ``copy=(source, target)``.

        This returns before they are done, and what is run after it waits for them.
        """
        encoder = self.gpu.create_command_encoder()
        compute = encoder.begin_compute_pass()
        for call in calls:
            compute.set_pipeline(call.pipeline)
            compute.set_bind_group(0, call.arrays)
            compute.dispatch_workgroups(*call.groups)
        compute.end()
        if copy:
            source, target = copy
            encoder.copy_buffer_to_buffer(source.buffer, source.start, target.buffer, target.start, target.nbytes)
        self.gpu.queue.submit([encoder.finish()])

    def _buffer(self, nbytes):
        return self.gpu.create_buffer(size=nbytes, usage=self._usage)

    def _bind(self, kernel, arrays, groups):
        pipeline = self._pipeline(kernel)
        entries = [
            {"binding": place, "resource": {"buffer": array.buffer, "offset": array.start, "size": array.nbytes}}
            for place, array in enumerate(arrays)
        ]
        layout = pipeline.get_bind_group_layout(0)
        return Call(pipeline, self.gpu.create_bind_group(layout=layout, entries=entries), groups)

    def _pipeline(self, kernel):
        """Return a kernel that is ready to run; each is compiled once."""
        if kernel not in self._pipelines:
            module = self.gpu.create_shader_module(code=kernel if "@compute" in kernel else source(kernel))
            compute = {"module": module, "entry_point": "main"}
            self._pipelines[kernel] = self.gpu.create_compute_pipeline(layout="auto", compute=compute)
        return self._pipelines[kernel]


@cache
def find():
    """Return the graphics card, the same `Device` at each call."""
    return Device()


def on_device(work):
    """Do what needs a graphics card; where there is none, print in one sentence what is missing.

    Parameters
    ----------
    work : callable (Device) -> object

    Returns
    -------
    object or None
        What `work` returns, or None where there is no card.
    """
    try:
        device = find()
    except NoDevice as error:
        print(f"not run: {error}")
        return None
    return work(device)


def source(kernel):
    """Return the text of a kernel: of its file, and of the one that its last line names, ``// and blocks.wgsl``."""
    text = (Path(__file__).parent / f"{kernel}.wgsl").read_text(encoding="utf-8")
    *_, last = text.splitlines()
    return text + source(last.removeprefix("// and ").removesuffix(".wgsl")) if last.startswith("// and ") else text


def tiles(rows, columns, side):
    """Return how many squares of side × side it takes to cover a matrix, in x and in y."""
    return math.ceil(columns / side), math.ceil(rows / side)


def up(size, step):
    """Return a size, or the next multiple of step above it."""
    return math.ceil(size / step) * step
