"""Runs inside the sandbox: executes a student's cells, one at a time, and answers calls.

Started with two JSON texts: where modules are found, and the limits of the process. Questions come by standard input
and answers go by standard output, which are moved away before any student's code runs. Whatever that code does to this
process, to NumPy or to this module, spoils its own answers alone: the trusted side takes no byte on trust, and nothing
of the tests is here.
"""

import ast
import builtins
import json
import linecache
import os
import random
import site
import sys
import types

sys.path[:0] = json.loads(sys.argv[1])

import numpy as np  # noqa: E402

from assignments import plain, wire  # noqa: E402

HEADER = 8  # bytes of a message's length


class Missing(Exception):  # noqa: N818
    """There is no such name."""


class Quiet:
    """Stands for what IPython gives a notebook, and does nothing."""

    def __getattr__(self, name):
        return lambda *arguments, **keywords: None


class Space:
    """The one namespace in which all cells run, and the objects that stay here."""

    def __init__(self):
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        self.names, self.given = vars(module), {}
        self.names |= {"display": Quiet().display, "get_ipython": Quiet}
        self.origin, self.objects = {}, []

    def ready(self):
        return os.getpid()

    def cell(self, number, source):
        """Run a cell; what it defined before it raised stays."""
        file = f"<cell {number}>"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)  # for inspect.getsource
        code = compile(source, file, "exec", dont_inherit=True)
        before = dict(self.names)
        try:
            exec(code, self.names)
        finally:
            changed = (name for name in list(self.names) if name not in before or before[name] is not self.names[name])
            self.origin |= dict.fromkeys(changed, source)

    def build(self, source):
        """Run an assignment's ``given.py``."""
        exec(compile(source, "<given>", "exec", dont_inherit=True), self.given)

    def resolve(self, kind, *what):
        return self.objects[what[0]] if kind == "handle" else self.given[what[0]](*what[1])

    def has(self, name):
        return name in self.names

    def value(self, name, of=None):
        if of is not None:
            return getattr(of, name)
        if name not in self.names:
            raise Missing(name)
        return self.names[name]

    def call(self, name, arguments, keywords, of=None, back="value"):
        """Call a function and return its value, the number of the object that it made, or the arguments too."""
        result = self.value(name, of)(*arguments, **keywords)
        if back == "object":
            self.objects.append(result)
            return len(self.objects) - 1
        return (result, arguments) if back == "both" else result

    def source(self, name):
        """Return the text of the statement that last bound a name at the level of its cell."""
        text = self.origin.get(name, "")
        found = list(binding(ast.parse(text), name)) if text else []
        if not found:
            return text
        first = min([found[-1].lineno, *(line.lineno for line in getattr(found[-1], "decorator_list", []))])
        return "\n".join(text.splitlines()[first - 1 : found[-1].end_lineno])


def binding(tree, name):
    """Yield the statements that bind a name, not those inside functions and classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name == name:
                yield node
        elif isinstance(node, ast.ExceptHandler | ast.match_case) or hasattr(node, "body"):
            yield from binding(node, name)
        elif isinstance(node, ast.stmt):
            stored = (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            imported = (n.asname or n.name for n in ast.walk(node) if isinstance(n, ast.alias))
            if name in (*stored, *imported):
                yield node


def restrict(limits, strict):
    """Set the limits of this process, for good."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for name, value in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, ValueError, OSError):
            if strict:
                raise


def channel():
    """Move standard input and output to where no print reaches them; in their place is nothing."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.close(nothing)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    return questions, answers


def no_input(prompt=""):
    raise EOFError("input() has nobody to ask: the code runs without a keyboard")


def serve(questions, answers):
    space = Space()

    def say(token, **answer):
        text = wire.encode({"to": token} | answer).encode()
        answers.write(len(text).to_bytes(HEADER, "big") + text)
        answers.flush()

    while len(header := questions.read(HEADER)) == HEADER:
        question = wire.decode(questions.read(int.from_bytes(header, "big")), space.resolve)
        token, do = question.pop("ask"), question.pop("do")
        random.seed(0)
        np.random.seed(0)
        try:
            say(token, value=getattr(space, do)(**question))
        except plain.NotPlain as error:
            say(token, strange=str(error))
        except Missing:
            say(token, missing=True)
        except BaseException as error:  # sys.exit() too
            say(token, error=plain.article(type(error)).split(" ", 1)[1])  # at once: the text may never come
            try:
                text = str.__str__(str(error))[:300]
            except BaseException:
                text = ""
            say(token, text=text)
        question = None


def main():
    questions, answers = channel()
    restrict(**json.loads(sys.argv[2]))
    sys.argv[:] = [""]
    builtins.input = no_input
    site.sethelper()
    site.setquit()
    # A generator without a seed draws one: the same in each call, so that the same answers earn the same marks.
    np.random.bit_generator.randbits = random.getrandbits
    serve(questions, answers)


if __name__ == "__main__":
    main()
