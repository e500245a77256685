"""What the cells of a chapter define, for tests and benchmarks of code that stands in a notebook and not in nnlib."""

import ast
from pathlib import Path

import nbformat

CHAPTERS = Path(__file__).parents[1] / "notebooks"


def names(chapter, *wanted):
    """Run a chapter's imports and the definitions of these functions and classes, and no other line of it; return all
    that is then defined, by name.
    """
    cells = nbformat.read(CHAPTERS / f"{chapter}.ipynb", as_version=4).cells
    found = {"__name__": chapter}
    missing = set(wanted)
    for cell in cells:
        if cell.cell_type != "code" or "exercise" in cell.metadata.get("tags", []):
            continue
        tree = ast.parse(cell.source)
        kept = [statement for statement in tree.body if _is_kept(statement, missing)]
        exec(compile(ast.Module(kept, []), f"{chapter}.ipynb", "exec"), found)
        missing -= {getattr(statement, "name", "") for statement in kept}
    if missing:
        raise LookupError(f"{chapter}.ipynb: expected definitions of {', '.join(sorted(missing))}")
    return found


def _is_kept(statement, missing):
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return getattr(statement, "module", "") != "figures" and [name.name for name in statement.names] != ["figures"]
    return getattr(statement, "name", None) in missing
