"""A solution pasted into the answer's cell runs there and passes: on the text above, and on no other answer."""

import ast
import builtins
import symtable
from pathlib import Path

import matplotlib
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONG = 100  # seconds in a browser, about ten times what it takes here


def kind(cell):
    return next((tag for tag in ("exercise", "check", "solution") if tag in cell.metadata.get("tags", [])), "text")


def exercises(path):
    """Of each exercise of a chapter: the text's cells above it, its check and its solution."""
    above, check = [], None
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        if kind(cell) == "text":
            above.append(cell)
        elif kind(cell) == "check":
            check = cell.source
        elif kind(cell) == "solution":
            yield [*above], check, cell.source


def uses(source):
    """The names that a cell takes from the cells above it, and perhaps a few more."""
    waiting, names = [symtable.symtable(source, "cell", "exec")], set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        top = table.get_type() == "module"
        names |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return {name for name in names if not hasattr(builtins, name)}


def makes(source):
    """The names that a cell binds, and those in which an assignment of it changes something."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    changed = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Attribute | ast.Subscript):
                node = node.value
            changed |= {node.id} if isinstance(node, ast.Name) else set()
    return bound, changed


def needed(above, source):
    """Those cells of `above` without which `source` cannot run, from the top: few of a chapter's trainings are."""
    wanted, cells = uses(source), []
    for cell in reversed(above):
        bound, changed = makes(cell.source)
        if wanted & (bound | changed):
            wanted = wanted - bound | uses(cell.source)
            cells.append(cell)
    return cells[::-1]


def paste(path, long, capsys):
    """Run the solutions where the answers stand: those for which the text trains long, or the rest."""
    text, ran = {"__name__": "__main__"}, set()
    with matplotlib.rc_context({"backend": "agg"}):
        for above, check, solution in exercises(path):
            cells = needed(above, f"{check}\n{solution}")
            if long != (sum(cell.metadata.get("slow", {}).get("seconds", 0) for cell in cells) > LONG):
                continue
            for cell in cells:
                if cell.id not in ran:
                    exec(cell.source, text)
                    ran.add(cell.id)
            names = dict(text)
            exec(check, names)
            capsys.readouterr()
            exec(solution, names)
            assert ": passed\n" in capsys.readouterr().out, f"the solution to {check[:60]!r}"


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.sweep)], ids=["quick", "long"])
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_solution_pasted_into_the_answer_passes(path, long, capsys, monkeypatch):
    monkeypatch.chdir(path.parent)  # as nbval does
    paste(path, long, capsys)
