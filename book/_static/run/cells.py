"""Runs the cells of a page, each on what the cells above it left, and shows what they print, draw and return.

It knows nothing of the browser: `show(kind, value)` is given, and takes text, error, html, svg, png, and cut, which
says how much is not shown.
"""

import ast
import builtins
import hashlib
import linecache
import sys
import traceback
import warnings

from memory import Memory
from outputs import Outputs

warnings.filterwarnings("ignore", "tqdm:disabling monitor")  # there are no threads here; the bar needs none


class Cells:
    """The names of a page, what they were after each cell, and a way to run the next."""

    def __init__(self, show):
        self.outputs = Outputs(self.noting(show))
        self.names = {"__name__": "__main__", "__builtins__": builtins}
        builtins.display = self.display
        builtins.input = no_input
        self.memory = Memory(self.names)
        self.start = self.memory.take()
        self.moments = {}  # cell -> (the cell it was run after, what was then)
        self.now = None  # the cell after which the names are as they are; -1 if none
        self.left = ""  # a digest of what the last run left: the same where the same was left
        self.lost = ""  # why the last run could not begin: what could not be put back
        self.kept = False  # whether what was run on this cell before still stands

    def noting(self, show):
        """`show`, with a note of the pictures: they stand for figures, which the memory does not look into."""
        self.pictures = hashlib.blake2b()

        def note_and_show(kind, value):
            if kind in ("svg", "png"):
                self.pictures.update(str(value).encode())
            show(kind, value)

        return note_and_show

    def run(self, cell, source, before=None, name_missing=False):
        """Run a cell as if `before` had just been run; return whether it came to its end.

        With `name_missing`, where a module is not there, return its name. Where what `before` left cannot be brought
        back, `lost` says why, nothing is run, and this Python is of no more use.
        """
        self.left, self.lost, self.kept = "", "", False
        last, self.now = self.now, -1
        if last != before:
            self.lost = self.bring_back(before)
            if self.lost:
                return False
        self.pictures = hashlib.blake2b()
        stdout, stderr, sys.stdout, sys.stderr = sys.stdout, sys.stderr, self.outputs, self.outputs
        self.outputs.begin()
        try:
            value = execute(source, self.names, f"<cell {cell}>", self.memory.prepare)
            if value is not None:
                self.display(value)
            show_figures()
            self.outputs.settle()
            self.remember(cell, before)
            return True
        except BaseException as error:  # SystemExit too: a page has nothing to exit to
            close_figures()
            self.outputs.show_error(report(error))
            self.forget(cell)
            missing = name_missing and isinstance(error, ModuleNotFoundError) and isinstance(error.name, str)
            return (missing and error.name) or False
        finally:
            sys.stdout, sys.stderr = stdout, stderr

    def bring_back(self, cell):
        """Make all what it was after a cell; return a sentence on what could not be put back."""
        if cell is not None and cell not in self.moments:
            return "what the cells above left is gone"
        moment = self.start if cell is None else self.moments[cell][1]
        lost = sorted(name or "a name" for name in moment.bring_back())
        if not lost:
            return ""
        return f"{' and '.join(lost[:2])}{' and more' if len(lost) > 2 else ''} could not be put back"

    def remember(self, cell, before):
        """Remember what is now. What was run on this cell is forgotten if it was run on something else."""
        moment = self.memory.take(self.pictures.hexdigest())
        known = self.moments.get(cell)
        self.kept = known is not None and known[1].digest == moment.digest
        if not self.kept:
            self.forget(cell)
        self.moments[cell] = (before, moment)
        self.now, self.left = cell, moment.digest

    def forget(self, cell):
        """Forget what was after a cell and after those that were run on it."""
        self.moments.pop(cell, None)
        for later in [later for later, (before, _) in self.moments.items() if before == cell]:
            self.forget(later)

    def display(self, *values):
        """Show values as a notebook does: as a table or a picture if they have such a form, else as text."""
        for value in values:
            self.outputs.display(value)


def execute(source, names, where, prepare):
    """Run Python source; return the value of its last line if that is an expression without a semicolon."""
    linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)  # for the traceback
    tree = ast.parse(source, where)
    prepare(tree)
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
