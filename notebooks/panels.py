"""Panels: an experiment with knobs that trains in the kernel while one watches, in JupyterLab and JupyterLite.

import panels

def train(batch_size, learning_rate):      # a generator: it trains a little, then says how far it is
    ...
    yield seen, {"training loss": loss, "validation loss": other}

panels.play(train, batch_size=[8, 32, 128], learning_rate=(0.01, 1.0))

A list is a choice, two whole numbers are the ends of a range, two fractions those of a range in powers of ten, and a
truth value is a switch. Between two words of the experiment the kernel listens, so that *Stop* works.
"""

import asyncio
import io
from itertools import count
from math import log10

try:
    import ipywidgets
    from ipywidgets import VBox
except ModuleNotFoundError:
    ipywidgets, VBox = None, object

KEPT = 3  # earlier runs that stay in the picture
PAUSE = 0.02  # seconds in which the kernel hears what was pressed
REDRAW = 0.5  # seconds from one picture to the next
ABSENT = "The panel comes alive where ipywidgets is installed, when this cell is run."


class Absent:
    """What stands in for a panel where ipywidgets is not installed."""

    def __repr__(self):
        return ABSENT


def play(train, x="pictures seen", y="", **knobs):
    """Return a panel that runs `train` with what its knobs say, alive where ipywidgets is installed.

    Parameters
    ----------
    train : callable -> generator
        Called with the knobs' values by name; it yields (x, {name of a curve: y}) again and again.
    x, y : str
        The axes' labels.
    **knobs : list, pair of numbers, or bool
        See the module's text. A name is shown with spaces for "_".
    """
    return Panel(train, x, y, knobs) if ipywidgets else Absent()


class Panel(VBox):
    """Knobs, Start and Stop, a line on what is going on, and a picture of this run and those before it."""

    def __init__(self, train, x, y, knobs):
        self.train, self.x, self.y = train, x, y
        self.knobs = {name: knob(name, values) for name, values in knobs.items()}
        self.start = ipywidgets.Button(description="Start")
        self.stop = ipywidgets.Button(description="Stop", disabled=True)
        self.words = ipywidgets.Label("Start trains with these settings. Earlier runs stay in the picture, in grey.")
        self.picture = ipywidgets.Image(format="svg+xml", layout={"display": "none", "max_width": "100%"})
        self.runs, self.task, self.numbers = [], None, count(1)
        self.start.on_click(lambda _: self.begin())
        self.stop.on_click(lambda _: self.end())
        buttons = ipywidgets.HBox([self.start, self.stop])
        super().__init__([*self.knobs.values(), buttons, self.words, self.picture])

    def begin(self):
        """Train with what the knobs say, beside whatever else the kernel does; return the task."""
        self.end()
        self.runs = [*self.runs[-KEPT:], {"number": next(self.numbers), "curves": {}}]
        self.start.disabled, self.stop.disabled = True, False
        settings = {name: control.value for name, control in self.knobs.items()}
        self.task = asyncio.get_running_loop().create_task(self.run(self.runs[-1], settings))
        return self.task

    def end(self):
        """Stop the training; what it drew stays."""
        if self.task is not None:
            self.task.cancel()

    async def run(self, run, settings):
        clock, drawn, words, end = asyncio.get_running_loop().time, 0.0, "", "finished"
        try:
            for at, values in self.train(**settings):
                for name, value in values.items():
                    run["curves"].setdefault(name, []).append((at, value))
                said = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
                self.words.value = words = f"Run {run['number']} · {self.x}: {at:,} · {said}"
                if clock() - drawn > REDRAW:
                    self.draw()
                    drawn = clock()
                await asyncio.sleep(PAUSE)
        except asyncio.CancelledError:
            end = "stopped"
        except Exception as error:  # in a task nobody would see it
            end = f"{type(error).__name__}: {error}"
        if run is self.runs[-1]:
            self.draw()
            self.words.value = f"{words} · {end}" if words else end
            self.start.disabled, self.stop.disabled = False, True

    def draw(self):
        """Draw the curves of this run in colours, and of those before it in grey, with their numbers."""
        from matplotlib.figure import Figure  # here, because who presses nothing need not wait for it

        from nnlib import plot

        figure = Figure(figsize=(7, 3.2), layout="constrained")
        axes = figure.add_subplot(xlabel=self.x, ylabel=self.y)
        styles = [("-", plot.BLUE), ("--", plot.ORANGE), ("-.", plot.GREEN), (":", plot.PURPLE)]
        for run in self.runs:
            now = run is self.runs[-1]
            for (name, points), (dashes, colour) in zip(run["curves"].items(), styles, strict=False):
                axes.plot(*zip(*points, strict=True), dashes, color=colour if now else plot.GREY)
                axes.annotate(
                    f" {name}" if now else f" run {run['number']}", points[-1], color=colour if now else plot.GREY
                )
        axes.spines[["top", "right"]].set_visible(False)
        content = io.BytesIO()
        figure.savefig(content, format="svg")
        self.picture.value, self.picture.layout.display = content.getvalue(), None

    def __repr__(self):
        return ABSENT


def knob(name, values):
    """Return the control for what a knob may be."""
    words = {"description": name.replace("_", " "), "style": {"description_width": "initial"}}
    match values:
        case bool():
            return ipywidgets.Checkbox(values, **words)
        case [*options] if options and isinstance(values, list):
            return ipywidgets.Dropdown(options=options, **words)
        case (int(low), int(high)) if low < high:
            return ipywidgets.IntSlider((low + high) // 2, low, high, **words)
        case (float(low), float(high)) if 0 < low < high:
            ends = {"min": log10(low), "max": log10(high), "step": 0.05}
            return ipywidgets.FloatLogSlider((low * high) ** 0.5, **ends, readout_format=".2g", **words)
    raise ValueError(f"expected {name} to be a list, two numbers in order, or a truth value, got {values!r}")
