"""Trying a kernel: what it writes, in more than one order of its threads, and what it must not touch.

A driver in software runs the threads of a group in order, and so hides what a card shows. So a kernel is also run with
its threads and groups reversed; its inputs end where NaN begin, and what it writes lies between sentinels.
"""

import re

import numpy as np

from .device import ALIGNMENT, source

SENTINEL = -7e7
WORKGROUP = re.compile(r"@workgroup_size\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)")
MAIN = re.compile(r"fn\s+main\s*\(([^{]*)\)\s*\{")
BUILTIN = re.compile(r"@builtin\((\w+)\)\s*(\w+)\s*:\s*vec3(?:u|<u32>)")


def reversed_order(text):
    """Return a kernel whose threads do what their opposites would: the last of the last group the first's work.

    Raises
    ------
    ValueError
        If there is no ``fn main(…) {`` with a ``@workgroup_size`` in it, or if its threads are told who they are by
        anything but the three-part numbers ``global_invocation_id``, ``workgroup_id`` and ``local_invocation_id``.
    """
    size, main = WORKGROUP.search(text), MAIN.search(text)
    if not (size and main):
        raise ValueError("expected a kernel with @workgroup_size(…) and fn main(…) {, got none")
    params, lines = main[1], []
    x, y = size[1], size[2] or "1"
    counts = {
        "global_invocation_id": (f"all_groups.x * {x}", f"all_groups.y * {y}"),
        "workgroup_id": ("all_groups.x", "all_groups.y"),
        "local_invocation_id": (x, y),
    }
    found = BUILTIN.findall(params)
    if len(found) != params.count("@builtin") or not {builtin for builtin, _ in found} <= counts.keys():
        raise ValueError(f"expected of {', '.join(counts)} what main needs, each a vec3u, got {params!r}")
    for builtin, name in found:
        opposite = (
            f"u32({count}) - 1u - other_{name}.{axis}" for count, axis in zip(counts[builtin], "xy", strict=True)
        )
        lines.append(f"    let {name} = vec3u({', '.join(opposite)}, 0u);\n")
    params = BUILTIN.sub(r"@builtin(\1) other_\2: vec3u", params).rstrip().rstrip(",")
    params += ", @builtin(num_workgroups) all_groups: vec3u"
    return text.replace(main[0], f"fn main({params}) {{\n{''.join(lines)}")


ORDERS = {"in order": lambda text: text, "reversed": reversed_order}


class Field:
    """Arrays on a device with NaN or sentinels before and behind them; those behind are within a kernel's reach.

    Parameters
    ----------
    device : Device
    """

    def __init__(self, device):
        self.device, self.fields = device, []

    def array(self, numbers, margin, reach=True):
        """Return an array on the device with `margin` around it; with `reach` it goes on into the margin behind it."""
        numbers, pad = np.asarray(numbers), ALIGNMENT // 4
        whole = np.concatenate([np.full(pad, margin), numbers.ravel(), np.full(pad, margin)]).astype(numbers.dtype)
        shape = (numbers.size + pad * reach,)
        view = self.device.array(whole)._replace(start=ALIGNMENT, shape=shape)
        self.fields.append((view, numbers.shape, margin))
        return view

    def given(self, numbers, dtype=np.float32, **options):
        """Return an array that a kernel reads, among NaN; one of whole numbers, among 99."""
        numbers = np.asarray(numbers, dtype)
        return self.array(numbers, np.nan if numbers.dtype.kind == "f" else 99, **options)

    def wanted(self, *shape, dtype=np.float32):
        """Return an array that a kernel writes: sentinels, among sentinels."""
        sentinel = SENTINEL if dtype is np.float32 else 77
        return self.array(np.full(shape, sentinel, dtype), sentinel)

    def read(self, view):
        """Return an array's numbers; raise an AssertionError if what is around them has changed."""
        _, shape, margin = next(field for field in self.fields if field[0] == view)
        pad, size = ALIGNMENT // 4, int(np.prod(shape))
        whole = self.device.read(view._replace(start=0, shape=(size + 2 * pad,)))
        around = np.concatenate([whole[:pad], whole[pad + size :]])
        same = np.array_equal(around, np.full(2 * pad, margin, whole.dtype), equal_nan=whole.dtype.kind == "f")
        assert same, f"the kernel wrote beyond the {size} numbers that it was given to write"
        return whole[pad : pad + size].reshape(shape)


def trials(device, kernel, sizes, *given, wanted, groups):
    """Run a kernel in both orders, and yield the order and what it has written.

    Parameters
    ----------
    device : Device
    kernel : str
        Its name or its text.
    sizes : tuple of int and float
        What it has at binding 0.
    *given : array_like
        What it reads, at bindings 1, 2, …; whole numbers as 32-bit ones without sign, all others as float32.
    wanted : tuple of int
        The shape of what it writes, at the binding behind those.
    groups : tuple of int
        The groups of threads in x and in y.

    Yields
    ------
    order : str
    written : array

    Raises
    ------
    AssertionError
        If it has written beyond its array.
    ValueError
        If `kernel` is no kernel, none that the device takes, or none whose threads can be reversed.
    """
    if not (isinstance(kernel, str) and kernel):
        raise ValueError(f"expected a kernel's name or its text, got {kernel!r}")
    text = kernel if "@compute" in kernel else source(kernel)
    given = [np.asarray(numbers) for numbers in given]
    for order, arranged in ORDERS.items():
        field = Field(device)
        arrays = [field.given(numbers, np.uint32 if numbers.dtype.kind in "iu" else np.float32) for numbers in given]
        written = field.wanted(*wanted)
        try:
            call = device.call(arranged(text), sizes, *arrays, written, groups=groups)
        except Exception as error:  # each driver has its own
            raise ValueError(f"the device refuses the kernel: {_reason(error, len(arrays) + 2)}") from error
        device.run([call])
        yield order, field.read(written)


def _reason(error, bindings):
    """Return what a driver says against a kernel, without where in itself it says so."""
    words = str(error)
    if "Number of bindings" in words:
        return f"it must use each of its {bindings} bindings, the sizes and the arrays, and no other"
    lines = words.partition("Caused by:")[2].splitlines() or [words]
    return "\n".join(line for line in lines if line.strip() and not line.startswith("  In wgpu")).strip()
