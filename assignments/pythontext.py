"""A cell's text as Python: whether it parses, what it binds, what of it runs without IPython. Nothing is executed."""

import ast
import re
import textwrap
import warnings

LIMIT = 100_000  # characters that are parsed; no cell that a person wrote is near it

_OPENING = re.compile(r'"""|\'\'\'|["\'#()\[\]{}]|\\.')
_CLOSING = {quote: re.compile(rf"\\.|{quote}") for quote in ('"""', "'''", '"', "'")}
_MAGIC = re.compile(r"\s*(%{1,2}\s*[A-Za-z]|!|\?|[\w.*]+\?{1,2}\s*(#.*)?$)")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parsed(source):
    """Return the syntax tree of a text, or None where it is no Python, too long, or too deep for the parser."""
    if len(source) > LIMIT:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the student's escapes, not ours
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def statements(tree):
    """Yield the statements that run in the module itself, also those under if, try, for, while, with and match."""
    left = list(tree.body)
    while left:
        node = left.pop()
        yield node
        if isinstance(node, _SCOPES):
            continue
        for inside in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            for part in ("body", "orelse", "finalbody"):
                left.extend(getattr(inside, part, ()))


def bound(source):
    """Return the names that a text binds in its module: by def, class, an assignment, an import, for or with."""
    names = set()
    tree = parsed(source)
    for node in statements(tree) if tree else ():
        if isinstance(node, _SCOPES):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
        targets += [item.optional_vars for item in getattr(node, "items", ())]
        for target in filter(None, targets):
            names.update(part.id for part in ast.walk(target) if isinstance(part, ast.Name))
    return names


def returns(source):
    """Return whether a text has a return that stands in no function: the rest of one that was split."""
    tree = parsed(source)
    return tree is not None and any(isinstance(node, ast.Return) for node in statements(tree))


def continues(first, second):
    """Return whether two cells are the halves of one that was split within a block."""
    if not indented(second) or parsed(first + "\n" + second) is None:
        return False
    alone = textwrap.dedent(second)
    return parsed(first) is None or parsed(alone) is None or returns(alone)


def indented(source):
    """Return whether the first line that says something is indented."""
    start = len(source) - len(source.lstrip())
    return 0 < start < len(source) and source[start - 1] in " \t"


def runnable(source):
    """Return a cell's text for plain Python, as many lines long: magics and shell lines become comments.

    A cell whose magic is another than time or capture becomes a comment as a whole. A cell that is indented as a whole
    loses the indentation, as in IPython.
    """
    if parsed(source) is not None:
        return source
    if indented(source):
        source = textwrap.dedent(source)
    lines = source.split("\n")
    for number, line in enumerate(lines):
        magic = re.match(r"%%(\w*)", line)
        if magic and magic[1] in ("time", "capture"):
            lines[number] = "pass  # " + line
        elif magic:
            return "\n".join("# " + line for line in source.split("\n"))
        elif line.strip():
            break
    remaining = "\n".join(lines)
    return remaining if parsed(remaining) is not None else _without_magics(lines)


def _assigned(line):
    """Return the two sides of `files = !ls`, or None."""
    left, _, right = line.partition("=")
    if right.lstrip()[:1] in ("!", "%") and re.fullmatch(r"[\w.,\[\]'\"* ]+", left):
        return left, right.lstrip()
    return None


def _without_magics(given):
    lines, quote, depth, continued, magic = [], "", 0, False, False
    for line in given:
        begins = not (quote or depth or continued)
        if magic:  # the line above it ended in a backslash
            made = "# " + line
        elif begins and (sides := _assigned(line)):
            made = f"{sides[0]}= None  # {sides[1]}"
        elif begins and _MAGIC.match(line):
            indent = line[: len(line) - len(line.lstrip())]
            made = f"{indent}pass  # {line.strip()}"
        else:
            quote, depth, continued = _scan(line, quote, depth)
            lines.append(line)
            continue
        magic = line.endswith("\\")
        lines.append(made.removesuffix("\\").rstrip())
    return "\n".join(lines)


def _scan(line, quote, depth):
    """Return the open quote, the depth of brackets, and whether the statement goes on, behind a line."""
    at = 0
    while found := (_CLOSING[quote] if quote else _OPENING).search(line, at):
        at, sign = found.end(), found[0]
        if sign == "#" and not quote:
            return "", depth, False
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _CLOSING:
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth = max(depth - 1, 0)
    goes_on = line.endswith("\\")
    if len(quote) == 1 and not goes_on:
        quote = ""  # it was never closed: the line is an error, the next begins anew
    return quote, depth, goes_on and not quote
