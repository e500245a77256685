"""nbval with numbers: re-execute every notebook, compare every output, and allow rounding where a cell says so.

nbval runs the cells and compares text with text. This plugin steps in just before it compares: a fresh output that
agrees with the stored one within the cell's tolerance is replaced by the stored one. Whatever nbval still finds
different is different. The tolerance of a cell is in its tags:

    (no tag)          text must be the same, character by character
    rtol=… atol=…     each number may differ by atol + rtol·|stored|; the words between must be the same
    svg-atol=…        coordinates of a figure may differ by this many pixels (2 where nothing is said); in step with
                      it a colour channel, and a picture's mean, by four levels of 255 for each pixel allowed

How two outputs are compared is in compare.py. Progress bars on stderr do not count; everything else does.
"""

import math
import os
import signal
import time
from collections import defaultdict
from queue import Empty
from unittest import mock

import pytest
from compare import Tolerance, difference, found_no_device, printed
from execute_notebooks import KERNEL_ENVIRONMENT, clean_outputs
from gpu_devices import own
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, coalesce_streams

# ---- outputs --------------------------------------------------------------------------------------------------------


def fields(outputs):
    """Yield (container, key, name) of everything comparable in `outputs`, in nbval's terms."""
    for output in outputs:
        if output.output_type == "stream":
            yield output, "text", output.name
        else:
            data = output.get("data", {})
            yield from ((data, mime, mime) for mime in sorted(data))


def adopt(stored, fresh, tolerance):
    """Put the stored text in place of the fresh one wherever the two agree within `tolerance`."""
    waiting = defaultdict(list)
    for container, key, name in fields(stored):
        waiting[name].append(container[key])
    for container, key, name in fields(fresh):
        if waiting[name]:
            old = waiting[name].pop(0)
            if difference(name, old, container[key], tolerance) is None:
                container[key] = old


# ---- pytest ---------------------------------------------------------------------------------------------------------


class KernelDiedError(Exception):
    """The process that runs a notebook's cells has ended; the message says how."""


class WatchedKernel(RunningKernel):
    """A kernel that is looked at while a message is awaited: nbval would wait for a dead one until its time is up."""

    def __init__(self, *args, **kwargs):
        try:
            super().__init__(*args, **kwargs)
        except RuntimeError:  # a port that was free may be taken, by another notebook's kernel, before this one has it
            if hasattr(self, "km"):  # it started, and then did not answer
                self.stop()
            super().__init__(*args, **kwargs)

    def get_message(self, stream, timeout=None):
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            alive = self.is_alive()  # asked first: what it said before its end may still be on the way
            try:
                return super().get_message(stream, timeout=max(0, min(1, end - time.monotonic())))
            except Empty:
                if not alive:
                    raise KernelDiedError(self.how_it_ended()) from None
                if time.monotonic() >= end:
                    raise

    def how_it_ended(self):
        status = getattr(getattr(self.km.provisioner, "process", None), "returncode", None)
        if status is None:
            return "its process is gone"
        if status >= 0:
            return f"its process ended with status {status}"
        memory = ", as the system does where memory runs out" if -status == signal.SIGKILL else ""
        return f"its process was ended by {signal.Signals(-status).name}{memory}"


class NumericCell(IPyNbCell):
    """A code cell whose outputs are compared within the cell's tolerance."""

    def __init__(self, *, tolerance, **kwargs):
        super().__init__(**kwargs)
        self.tolerance = tolerance

    def runtest(self):
        if self.parent.dead:
            pytest.skip(self.parent.dead)
        if self.cell.execution_count is None:  # nbval would compare nothing
            self.raise_cell_error("This cell was stored without being executed")
        try:
            super().runtest()
        except KernelDiedError as error:
            self.parent.dead = f"the kernel died in cell {self.cell_num}"
            self.raise_cell_error(f"The kernel died: {error}")

    def compare_outputs(self, test, ref, skip_compare=None):
        stored, fresh = coalesce_streams(clean_outputs(ref)), coalesce_streams(clean_outputs(test))
        if found_no_device(self.cell, printed(fresh)):
            own()  # the cell is skipped, with the reason; where there is a driver, it has failed
        adopt(stored, fresh, self.tolerance)
        if not super().compare_outputs(fresh, stored, skip_compare):
            return False
        orders = [[name for _, _, name in fields(outputs) if name != "stderr"] for outputs in (stored, fresh)]
        if orders[0] != orders[1]:
            self.comparison_traceback.append("The order was {}, now it is {}".format(*orders))
            return False
        return True

    def format_output_compare(self, key, left, right):
        """Say first what differs; leave nbval's line-by-line report to texts (a figure's would be endless)."""
        self.comparison_traceback.append(f"{key}: {difference(key, left, right, self.tolerance)}")
        if not key.startswith("image/"):
            super().format_output_compare(key, left, right)


class NumericNotebook(IPyNbFile):
    """A notebook whose cells are re-executed, in order, in one kernel of this environment."""

    dead = ""  # where its kernel died; what comes after is skipped

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.skip_compare = tuple(key for key in self.skip_compare if not key.startswith("image/"))

    def setup(self):
        kernel = mock.patch("nbval.plugin.RunningKernel", WatchedKernel)
        with kernel, mock.patch.dict(os.environ, KERNEL_ENVIRONMENT):
            super().setup()

    def collect(self):
        for item in super().collect():
            try:
                tolerance = Tolerance.from_tags(item.cell.metadata.get("tags", []))
            except ValueError as error:
                raise self.CollectError(f"{self.path.name}, {item.name}: {error}\n\n{item.cell.source}") from error
            yield NumericCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options, tolerance=tolerance
            )


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(parent):
    """Where nbval collects a notebook, collect ours instead."""
    collectors = yield
    return [NumericNotebook.from_parent(parent, path=c.path) if type(c) is IPyNbFile else c for c in collectors]
