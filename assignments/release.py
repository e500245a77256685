"""The version of an assignment that students get: its source without solutions, samples and outputs."""

import copy
import html
import json
import re
from pathlib import Path

from assignments import files

SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
SCHEME = ("=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ===")
YOUR_TURN = 'raise NotImplementedError("your turn")'
YOUR_ANSWER = "YOUR ANSWER HERE"
KEPT = ("assignment", "kernelspec", "language_info")  # of the notebook's metadata
CLOCKS = ("execution", "ExecuteTime")  # of a cell's: when its author ran it


def release(source):
    """Return the student version of an assignment.

    Parameters
    ----------
    source : dict, Path or str, or bytes
        The notebook of its author, a file with it, or the bytes of one.

    Returns
    -------
    dict
        The notebook; `text` makes the file of it.

    Raises
    ------
    ValueError
        When its markers do not fit together, an answer has no solution, a solution stands in no answer, or a line of a
        solution would remain.
    """
    notebook = _loaded(source)
    made = {
        "cells": [_released(cell) for cell in notebook["cells"]],
        "metadata": {key: notebook["metadata"][key] for key in KEPT if key in notebook["metadata"]},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    grade_ids = [_nbgrader(cell).get("grade_id") for cell in made["cells"]]
    for cell, grade_id in zip(made["cells"], grade_ids, strict=True):
        if grade_id is not None and grade_ids.count(grade_id) > 1:
            raise ValueError(f"the grade_id {grade_id} stands twice: expected another for each cell")
        if _nbgrader(cell).get("solution") and cell.get("id") != grade_id:
            raise ValueError(
                f"expected the id of an answer's cell to be its grade_id, {grade_id}, got {cell.get('id')}"
            )
    if left := leaks(notebook, text(made)):
        raise ValueError(f"a line of a solution remains in the release: {left[0]}")
    return made


def text(notebook):
    """Return the file of a notebook, the same bytes for the same notebook."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def leaks(source, made):
    """Return the lines of an assignment's solutions that stand in a text, and not also outside of them in the source.

    Parameters
    ----------
    source : dict, Path or str, or bytes
        The notebook of its author.
    made : str
        Plain text, JSON or HTML. Lines of fewer than two words or numbers say nothing and are not looked for.
    """
    kept, removed = [], {}
    for cell in _loaded(source)["cells"]:
        outside, inside = _parts(cell, "", "")
        kept += outside
        removed.update(dict.fromkeys(line.strip() for line in inside))
    outside = "\n".join(kept)
    found = []
    for line in removed:
        if len(re.findall(r"\w+", line)) < 2 or line in outside:
            continue
        ways = {
            line,
            json.dumps(line)[1:-1],
            json.dumps(line, ensure_ascii=False)[1:-1],
            html.escape(line),
            html.escape(line, False),
        }
        # No part of a longer word; in JSON a line may begin behind \n.
        if any(re.search(rf"(?:(?<!\w)|(?<=\\n)){re.escape(way)}(?!\w)", made) for way in ways):
            found.append(line)
    return found


def _loaded(source):
    if isinstance(source, str | Path):
        source = Path(source).read_bytes()
    notebook = json.loads(source) if isinstance(source, bytes) else copy.deepcopy(source)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])  # a string, or the list of its lines
    return notebook


def _nbgrader(cell):
    return cell.get("metadata", {}).get("nbgrader", {})


def _released(cell):
    answer = bool(_nbgrader(cell).get("solution"))
    name = _nbgrader(cell).get("grade_id") or cell.get("id") or files.printable(cell["source"], 40)
    stub = YOUR_TURN if cell["cell_type"] == "code" else YOUR_ANSWER
    kept, removed = _parts(cell, stub, name)
    marked = kept != cell["source"].split("\n")
    if marked and not answer:
        raise ValueError(f"{name}: a solution stands in a cell that is no answer")
    if answer and not marked:
        raise ValueError(f"{name}: an answer has no solution, expected {SOLUTION[0]}")
    if answer and not any(line.strip() for line in removed):
        raise ValueError(f"{name}: the solution is empty")
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key not in CLOCKS}
    made = cell | {"source": "\n".join(kept), "metadata": metadata}
    if cell["cell_type"] == "code":
        made |= {"outputs": [], "execution_count": None}
    return made


def _parts(cell, stub, name):
    """Return the lines outside of solutions, with the stub in their place, and those inside."""
    kept, removed, end = [], [], None
    for line in cell["source"].split("\n"):
        markers = [(begin, close) for begin, close in (SOLUTION, SCHEME) if begin in line or close in line]
        if not markers:
            (removed if end else kept).append(line)
            continue
        begin, close = markers[0]
        if begin in line:
            if end:
                raise ValueError(f"{name}: {begin} stands inside of another solution, expected {end}")
            end = close
            indent = line[: len(line) - len(line.lstrip())]
            if cell["cell_type"] == "code" or stub not in kept:
                kept.append(indent + stub)
        elif end != close:
            raise ValueError(
                f"{name}: {close} without {begin}" if end is None else f"{name}: expected {end}, got {close}"
            )
        else:
            end = None
    if end:
        raise ValueError(f"{name}: there is no {end}")
    return kept, removed
