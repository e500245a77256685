"""An equation is a promise: which equations the chapters state, which code keeps them, which tests hold them up.

`collect(root)` lists the equations of the book with their code and their tests; `gaps(root)` says, one plain sentence
each, where a promise is broken. The tests and the book's equation index are made from these same facts.

An equation stands in a chapter between two lines `$$`, with its label behind: `$$ (eq-…)`. Its code is a line of nnlib
that ends in the comment `# eq-…` (several labels: `# eq-a, eq-b`; a comment on a line of its own speaks of the next
line), or such a line of a chapter's cell, for code that is no part of the library. The page that trains has the same
equations once more, in JavaScript. Its tests carry
`@pytest.mark.equation("eq-…")`, on the function, its class, its module or one of its parameters; a test that is skipped
or expected to fail holds nothing up.
"""

import ast
import io
import json
import re
import tokenize
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

LABEL = r"eq-[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
MENTION = re.compile(rf"(?<![\w/-]){LABEL}(?![\w-])")
CODE_COMMENT = re.compile(rf"(?:#|//)\s*({LABEL}(?:\s*,\s*{LABEL})*)(?![\w-])")
STATEMENT = re.compile(r"^\$\$[ ]*\n(?P<tex>[^$]*?)\n\$\$[ ]*\((?P<label>[^)\n]*)\)[ ]*$", re.MULTILINE)
DIRECTIVE = re.compile(r"^[ ]*(?:`{3,}|:{3,})\{math\}[^\n]*\n[ ]*:label:[ ]*(?P<label>\S+)", re.MULTILINE)


class Line(NamedTuple):
    """A place in the repository: a line, and its text or the name of the test that stands there."""

    path: str
    number: int
    text: str


@dataclass
class Equation:
    """An equation of the book and what holds it up."""

    label: str
    chapter: str  # the notebook's name without its suffix
    tex: str
    code: list[Line] = field(default_factory=list)
    tests: list[Line] = field(default_factory=list)


def collect(root):
    """List the equations of the book at `root` in reading order; of a label stated twice, the first."""
    code, tests = _code(root), _tests(root)
    equations = {}
    for label, chapter, tex in _statements(root):
        if label.startswith("eq-"):
            equations.setdefault(label, Equation(label, chapter, tex, code[label], tests[label]))
    return list(equations.values())


def gaps(root):
    """Say in one sentence each what is missing between equations, code, tests and prose."""
    code, tests = _code(root), _tests(root)
    found = []
    stated = {}
    for label, chapter, _ in _statements(root):
        if not re.fullmatch(LABEL, label):
            if label.startswith("eq"):
                found.append(f"{chapter} labels an equation {label!r}: expected eq- and then letters, digits, hyphens.")
        elif label in stated:
            found.append(f"{label} is stated twice, in {stated[label]} and in {chapter}.")
        else:
            stated[label] = chapter
    for path, cells in _notebooks(root):
        directives = [match["label"] for _, source in cells for match in DIRECTIVE.finditer(source)]
        shown = "expected $$ … $$ ({0}), which every editor shows."
        found += [f"{path.stem} states {label} in a directive: {shown.format(label)}" for label in directives]
    for label, chapter in stated.items():
        if not code[label]:
            found.append(f"{label} is stated in {chapter}, but no line of nnlib or a cell has the comment # {label}.")
        if not tests[label]:
            found.append(f'{label} is stated in {chapter}, but no test carries @pytest.mark.equation("{label}").')
    reported = set(stated)
    for places, what in ((code, "implements"), (tests, "tests"), (_mentions(root), "mentions")):
        for label in sorted(label for label in places if places[label] and label not in reported):
            line = places[label][0]
            found.append(f"{line.path}:{line.number} {what} {label}, which no chapter states.")
        reported.update(code)  # a line of code both implements and mentions
    return found


def _notebooks(root):
    for path in sorted(Path(root).glob("notebooks/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path, [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def _statements(root):
    """Yield (label, chapter, tex) of every labelled equation."""
    for path, cells in _notebooks(root):
        for kind, source in cells:
            for match in STATEMENT.finditer(source) if kind == "markdown" else ():
                yield match["label"], path.stem, match["tex"].strip()


def _code(root):
    """Map each label to the lines of nnlib, of the page that trains, and of the chapters' cells, that carry it as a
    comment.
    """
    places = defaultdict(list)

    def note(name, text, suffix, numbers=None):
        lines = text.splitlines()
        for number, comment in _comments(text, suffix):
            match = CODE_COMMENT.match(comment)
            if not match:
                continue
            if lines[number - 1].lstrip().startswith(("#", "//")):  # on a line of its own: it speaks of the next
                following = (n for n, line in enumerate(lines[number:], number + 1) if _is_code(line))
                number = next(following, number)
            source = lines[number - 1].split(comment)[0].strip()
            for label in re.findall(LABEL, match[1]):
                places[label].append(Line(name, numbers[number - 1] if numbers else number, source))

    for path in sorted(Path(root).glob("nnlib/**/*")):
        if path.suffix in (".py", ".wgsl"):
            note(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), path.suffix)
    for path in sorted(Path(root).glob("book/_static/train/*.js")):
        note(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), path.suffix)
    for path, cells in _notebooks(root):
        stored = [line.strip().removesuffix(",") for line in path.read_text(encoding="utf-8").splitlines()]
        for kind, source in cells:
            if kind == "code" and CODE_COMMENT.search(source):
                written = [json.dumps(line, ensure_ascii=False) for line in source.splitlines(keepends=True)]
                numbers = [stored.index(line) + 1 if line in stored else 1 for line in written]
                note(path.relative_to(root).as_posix(), source, ".py", numbers)
    return places


def _is_code(line):
    return line.strip() and not line.lstrip().startswith(("#", "//"))


def _comments(text, suffix):
    """Yield (line number, comment) of a Python, WGSL or JavaScript source."""
    if suffix == ".py":
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if match := re.search("//.*", line):
                yield number, match[0]


def _tests(root):
    """Map each label to the test functions that carry it."""
    places = defaultdict(list)
    for path in sorted(Path(root).glob("tests/**/test_*.py")):  # those that pytest collects
        name = path.relative_to(root).as_posix()
        for function, qualified_name, labels in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            for label in labels:
                places[label].append(Line(name, function.lineno, qualified_name))
    return places


def _marked(node, inherited=(), names=()):
    """Yield (function, its name, its labels) of every test below `node`."""
    for statement in node.body:
        if isinstance(statement, ast.Assign) and any(getattr(t, "id", "") == "pytestmark" for t in statement.targets):
            inherited = (*inherited, *_labels([statement.value]))
    for child in filter(_counts, node.body):
        if isinstance(child, ast.ClassDef) and child.name.startswith("Test"):
            labels = (*inherited, *_labels(child.decorator_list))
            yield from _marked(child, labels, (*names, child.name))
        elif isinstance(child, ast.FunctionDef) and child.name.startswith("test"):
            labels = (*inherited, *_labels(child.decorator_list))
            yield child, "::".join((*names, child.name)), tuple(dict.fromkeys(labels))


def _counts(statement):
    """Whether no decorator keeps a test from being run, or from mattering."""
    decorators = getattr(statement, "decorator_list", [])
    return not any(getattr(getattr(d, "func", d), "attr", "") in ("skip", "xfail") for d in decorators)


def _labels(expressions):
    """List the labels in every `mark.equation(…)` within `expressions`."""
    calls = [call for expression in expressions for call in ast.walk(expression) if isinstance(call, ast.Call)]
    marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "equation"]
    return [argument.value for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)]


def _mentions(root):
    """Map each label to the places where chapters, pages and the library speak of it."""
    places = defaultdict(list)

    def note(name, text):
        for number, line in enumerate(text.splitlines(), 1):
            for label in MENTION.findall(line):
                places[label].append(Line(name, number, line.strip()))

    for path, cells in _notebooks(root):
        for index, (_, source) in enumerate(cells):
            note(f"{path.name} cell {index}", source)
    for pattern in ("book/**/*.md", "nnlib/**/*.py", "nnlib/**/*.wgsl"):
        for path in sorted(Path(root).glob(pattern)):
            note(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    return places
