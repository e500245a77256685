"""Runs the cells of a page, each on what the cells above it left, and shows what they print, draw and return.

It knows nothing of the browser: `show(kind, value)` is given, and takes text, error, html, svg, png, and cut, which
says how much is not shown.
"""

import ast
import builtins
import linecache
import sys
import traceback
import warnings
from functools import partial

from outputs import Outputs

LARGEST = 1_000_000  # bytes of an array that is remembered; a larger one keeps what a cell has written into it

warnings.filterwarnings("ignore", "tqdm:disabling monitor")  # there are no threads here; the bar needs none


class Cells:
    """The names of a page, what they were after each cell, and a way to run the next."""

    def __init__(self, show):
        self.outputs = Outputs(show)
        self.names = {"__name__": "__main__", "__builtins__": builtins}
        self.start = remember(self.names)
        self.moments = {}  # cell -> (the cell it was run after, a function that brings back what was then)
        self.now = None  # the cell after which the names are as they are; -1 if none
        builtins.display = self.display
        builtins.input = no_input

    def run(self, cell, source, before=None, name_missing=False):
        """Run a cell as if `before` had just been run; return whether it came to its end.

        With `name_missing`, where a module is not there, return its name.
        """
        self.forget(cell)
        last, self.now = self.now, -1
        stdout, stderr, sys.stdout, sys.stderr = sys.stdout, sys.stderr, self.outputs, self.outputs
        self.outputs.begin()
        try:
            if last != before:
                (self.moments[before][1] if before in self.moments else self.start)()
            value = execute(source, self.names, f"<cell {cell}>")
            if value is not None:
                self.display(value)
            show_figures()
            self.outputs.settle()
            self.moments[cell] = (before, remember(self.names))
            self.now = cell
            return True
        except BaseException as error:  # SystemExit too: a page has nothing to exit to
            close_figures()
            self.outputs.show_error(report(error))
            missing = name_missing and isinstance(error, ModuleNotFoundError) and isinstance(error.name, str)
            return (missing and error.name) or False
        finally:
            sys.stdout, sys.stderr = stdout, stderr

    def forget(self, cell):
        """Forget what was after a cell and after those that were run on it."""
        self.moments.pop(cell, None)
        for later in [later for later, (before, _) in self.moments.items() if before == cell]:
            self.forget(later)
        if self.now not in self.moments:
            self.now = -1

    def display(self, *values):
        """Show values as a notebook does: as a table or a picture if they have such a form, else as text."""
        for value in values:
            self.outputs.display(value)


def execute(source, names, where):
    """Run Python source; return the value of its last line if that is an expression without a semicolon."""
    linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)  # for the traceback
    tree = ast.parse(source, where)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
        exec(compile(tree, where, "exec"), names)
        return None
    tree.body.pop()
    exec(compile(tree, where, "exec"), names)
    return eval(compile(ast.Expression(last.value), where, "eval"), names)


def no_input(prompt=""):
    raise OSError("a cell of a page cannot ask for input: write the value into the code")


def report(error):
    """The traceback of an error, from the cell on, with a word on what a page has not."""
    if isinstance(error, SyntaxError) and (error.text or "").lstrip().startswith(("%", "!")):
        error.add_note("Lines that begin with % or ! are commands of a notebook: open the chapter in JupyterLite.")
    elif isinstance(error, ModuleNotFoundError):
        error.add_note("A page has Python's own modules, NumPy, Matplotlib, pandas, tqdm and nnlib.")
    frames = error.__traceback__
    while frames and not frames.tb_frame.f_code.co_filename.startswith("<cell"):
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))


# ---- figures --------------------------------------------------------------------------------------------------------


def show_figures():
    """Show all open figures and close them; nothing where nothing has been drawn."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.show()


def close_figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


# ---- what the names were --------------------------------------------------------------------------------------------


def remember(names):
    """Return a function that makes `names` what they are now: which they are, and what is in them.

    What can change in place gets its present contents back: lists, dicts, sets, the arrays up to `LARGEST`, random
    generators, and the objects of nnlib and of the page's own classes. Any other object stays as it is by then.
    """
    undo = list(contents(names))

    def bring_back():
        for step in undo:
            step()

    return bring_back


def contents(value):
    """Yield functions that put back what `value` holds now, and what that holds in turn."""
    seen, waiting = {}, [value]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen[id(value)] = value
        kind = type(value)
        inside = ()
        if kind in (dict, list, set):
            copy = value.copy()
            yield partial(refill, value, copy)
            inside = copy.values() if kind is dict else copy
        elif kind is tuple:
            inside = value
        elif kind.__module__ == "numpy" and kind.__name__ == "ndarray":
            if value.nbytes <= LARGEST and value.flags.writeable:
                yield partial(put, value, value.copy())
        elif kind.__name__ == "Generator" and kind.__module__.startswith("numpy.random"):
            yield partial(setattr, value.bit_generator, "state", value.bit_generator.state)
        elif kind.__module__.split(".")[0] in ("__main__", "nnlib") and hasattr(value, "__dict__"):
            inside = (vars(value),)
        if len(inside) <= 1000:  # a longer list is one of numbers
            waiting.extend(inside)


def refill(container, copy):
    container.clear()
    (container.extend if isinstance(container, list) else container.update)(copy)


def put(array, copy):
    array.flags.writeable = True  # a later cell may have locked it
    array.shape = copy.shape
    array[...] = copy
