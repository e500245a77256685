"""What a test sees of a student: functions to call and values to read, all of them plain data that crossed."""

import re
import time
from pathlib import Path

from .checks import Missed
from .plain import Given, Handle
from .process import Limits, Lost
from .sandbox import Sandbox

__all__ = ["Given", "Missed", "Student"]
LONGEST = 300  # letters of what a student's code says


class Student:
    """A student's answers, which run in a process of their own: ``student.softmax(Z)`` calls the student's function.

    The cells run when the first question is asked, or `load` is called. What a cell defined before it raised stays; a
    cell that takes too long or ends the process is left out, and the others run again without it. After a call that
    does so the process is started anew.

    Parameters
    ----------
    code : list of str
        The cells, in their order.
    sandbox : Sandbox, optional
    limits : Limits, optional
    folder : path, optional
        The assignment's. What `Given` stands for is built by ``given.py`` here, and by one of its own, if it has one.
    """

    def __init__(self, code, sandbox=None, limits=None, folder=None):
        self._code, self._sandbox, self._limits = list(code), sandbox or Sandbox(), limits or Limits()
        given = [place / "given.py" for place in (Path(__file__).parent, *([Path(folder)] if folder else []))]
        self._given = "\n".join(path.read_text(encoding="utf-8") for path in given if path.is_file())
        self._worker, self._starts, self._left = None, 0, self._limits.total
        self._faults, self._lost, self._hung = {}, set(), {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the process; the next question would start it anew."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    @property
    def notes(self):
        """Sentences about cells that raised, took too long or ended the process, in their order."""
        return [f"cell {number + 1} ({_title(self._code[number])}) {words}" for number, words in self._in_order()]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **keywords: self.call(name, *arguments, **keywords)

    def call(self, name, *arguments, **keywords):
        """Call a function and return its value.

        Raises
        ------
        Missed
            If it gives none; in words for the student.
        """
        return self._call(name, arguments, keywords)

    def after(self, name, *arguments, **keywords):
        """Call a function and return its value and its arguments, a list, as the call left them."""
        result = self._call(name, arguments, keywords, back="both")
        if type(result) is not tuple or len(result) != 2 or not isinstance(result[1], list | tuple):
            raise Missed(f"{name} gave no value", "crashed")
        return result[0], list(result[1])

    def make(self, name, *arguments, **keywords):
        """Call a class or function and return the object that it makes, which stays with the student's code.

        Its methods are called as ``it.forward(X)`` and its values read by ``it.value("W")``; it may be an argument.
        """
        number = self._call(name, arguments, keywords, back="object")
        if type(number) is not int:
            raise Missed(f"{name} gave no object", "crashed")
        return Object(self, number, self._starts, name)

    def value(self, name):
        """Return a module-level value."""
        return self._ask(name, {"do": "value", "name": name})

    def has(self, name):
        """Return whether a name is defined."""
        return self._ask(name, {"do": "has", "name": name}) is True

    def source(self, name):
        """Return the text of the definition that won, or "". To be shown: it is the student's process that says it."""
        try:
            text = self._ask(name, {"do": "source", "name": name})
        except Missed:
            return ""
        return text if isinstance(text, str) else ""

    def load(self):
        """Run the cells, if they have not run; called by whatever asks."""
        while (self._worker is None or not self._worker.alive) and self._left > 0:
            began = time.monotonic()
            self._worker = self._sandbox.start(self._limits)
            self._starts += 1
            self._left -= time.monotonic() - began
            if self._given and set(self._timed({"do": "build", "source": self._given}, self._limits.cell)) != {"value"}:
                raise ValueError("expected given.py to run, got an exception")
            for number, source in enumerate(self._code):
                if number not in self._lost and not self._cell(number, source):
                    break

    def _cell(self, number, source):
        """Run a cell; return whether the process is still there."""
        try:
            answer = self._timed({"do": "cell", "number": number + 1, "source": source}, self._limits.cell)
        except Lost as lost:
            self._lost.add(number)
            words = "took too long" if lost.outcome == "timed out" else "ended the process"
            self._faults[number] = f"{words} and was left out"
            return False
        if "error" in answer:
            self._faults[number] = f"raised {_words(answer)}"
        if not self._worker.alive:  # the exception's text did not come
            self._lost.add(number)
        return self._worker.alive

    def _call(self, name, arguments, keywords, back="value", of=None):
        if self._hung.get(name, 0) >= self._limits.hangs:
            raise Missed(f"{name} took too long before and was not called again", "timed out")
        question = {"do": "call", "name": name, "arguments": list(arguments), "keywords": keywords, "back": back}
        return self._ask(name, question, of)

    def _ask(self, name, question, of=None):
        """Return the value of an answer, or raise `Missed` in words for the student."""
        self.load()
        for thing in [of, *question.get("arguments", ())]:
            if isinstance(thing, Object) and thing.start != self._starts:
                raise Missed(f"the object that {thing.name} made was lost when the process ended", "crashed")
        if self._worker is None or self._left <= 0:
            raise Missed(f"all the code together took more than {self._limits.total:g} seconds", "timed out")
        try:
            answer = self._timed(question | ({} if of is None else {"of": of}), self._limits.call)
        except Lost as lost:
            if lost.outcome == "timed out":
                self._hung[name] = self._hung.get(name, 0) + 1
                raise Missed(f"{name} gave no answer within {self._limits.call:g} seconds", "timed out") from None
            raise Missed(f"{name} ended its process", "crashed") from None
        if "value" in answer:
            return answer["value"]
        if "missing" in answer:
            raise Missed(f"there is no {name}{self._why(name)}")
        if "strange" in answer:
            raise Missed(f"{name}: {printable(answer['strange'])}")
        raise Missed(f"{name} raised {_words(answer)}")

    def _timed(self, question, seconds):
        began = time.monotonic()
        try:
            return self._worker.ask(question, max(min(seconds, self._left), 0.01))
        except Lost:
            self._worker = None
            raise
        finally:
            self._left -= time.monotonic() - began

    def _in_order(self):
        return sorted(self._faults.items())

    def _why(self, name):
        """Say what happened to the cell that should define a name."""
        defines = re.compile(rf"\b(def|class)\s+{re.escape(name)}\b|\b{re.escape(name)}\s*=")
        found = [words for number, words in self._in_order() if defines.search(self._code[number])]
        return f": its cell {found[-1]}" if found else ""


class Object(Handle):
    """An object that stays with the student's code; see `Student.make`."""

    def __init__(self, student, number, start, name):
        super().__init__(number)
        self.student, self.start, self.name = student, start, name

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **keywords: self.student._call(name, arguments, keywords, of=self)

    def value(self, name):
        """Return an attribute's value."""
        return self.student._ask(name, {"do": "value", "name": name}, self)

    def make(self, name, *arguments, **keywords):
        """Call a method and return the object that it makes."""
        number = self.student._call(name, arguments, keywords, "object", self)
        if type(number) is not int:
            raise Missed(f"{name} gave no object", "crashed")
        return Object(self.student, number, self.start, name)


def printable(text, longest=LONGEST):
    """Return a text as one line of letters that can be shown: no control letters, no half ones, not too long."""
    text = "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\ufffd" for letter in text[:longest]
    )
    return " ".join(text.split())


def _words(answer):
    kind, text = printable(answer["error"], 100), printable(answer["text"])
    return f"{kind}: {text}" if text else kind


def _title(source):
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return printable(lines[0], 60) if lines else "empty"
