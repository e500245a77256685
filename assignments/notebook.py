"""A notebook that was handed in, read as what it is; the answers in it; and the version that students get.

What a student's programs did to the file does not matter: the format's version, ids, metadata, outputs.
"""

import re
from pathlib import Path
from typing import NamedTuple

from assignments import files, scripts
from assignments.answers import answers
from assignments.files import Unreadable
from assignments.release import leaks, release, text

__all__ = ["Cell", "Submission", "Unreadable", "answers", "leaks", "read", "release", "text"]

CELL = 1_000_000  # characters of a cell
ALL = 10_000_000  # characters of all cells
KINDS = ("code", "markdown", "raw")


class Cell(NamedTuple):
    """A cell; its role, to be trusted in a release alone, is "answer", "self-check", "points", "written" or "given"."""

    id: str
    grade_id: str | None
    kind: str
    source: str
    role: str = "given"


class Submission(NamedTuple):
    """The cells of a notebook, and notes on what was odd in it and was read nevertheless."""

    cells: list
    notes: list
    assignment: str | None = None  # the name in its metadata


def read(source, name=""):
    """Read a notebook.

    Parameters
    ----------
    source : str or Path, bytes, or dict
        A file, the bytes of one, or what its JSON says.
    name : str
        The name of the file that the bytes came from; where it ends in .py, they are a script, however broken.

    Returns
    -------
    Submission

    Raises
    ------
    Unreadable
        With the reason, in words for the student.
    """
    notes = []
    if isinstance(source, str | Path):
        name, source = str(source), files.content(source)
    if isinstance(source, bytes):
        files.bearable(len(source))
        found, notes = files.decoded(source)
        if not found.startswith(("{", "[")):
            cells = scripts.cells(found, name.lower().endswith(".py"))
            return _submission(cells, {}, [*notes, "a script instead of a notebook"])
        source, more = files.parsed_json(found)
        notes += more
    cells = _cells(source, notes)
    return _submission(cells, _dict(source.get("metadata")), notes)


def _cells(notebook, notes):
    """Return the list of cells, of nbformat 3 too."""
    if not isinstance(notebook, dict):
        raise Unreadable("the file is valid JSON, but no notebook")
    version = notebook.get("nbformat")
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
        version = 3
    if not isinstance(cells, list):
        raise Unreadable("the file is valid JSON, but no notebook: it has no list of cells")
    if version != 4 or isinstance(version, bool):
        notes.append(f"nbformat {version}" if isinstance(version, int) else "no number of its format")
    return cells


def _submission(given, metadata, notes):
    cells, left, notes = [], ALL, dict.fromkeys(notes)
    for each in given:
        if not isinstance(each, dict):
            notes["something that is no cell was left out"] = None
            continue
        cell = _cell(each, notes)
        if len(cell.source) > min(CELL, left):
            notes[f"a {cell.kind} cell of {len(cell.source) / 1e6:.1f} MB was left out"] = None
            cell = cell._replace(source="")
        left -= len(cell.source)
        cells.append(cell)
    for key in ("grade_id", "id"):
        labels = [label for cell in cells if (label := getattr(cell, key))]
        twice = dict.fromkeys(label for label in labels if labels.count(label) > 1) if len(labels) < 2000 else ()
        notes.update({f"twice the {key} {files.printable(label)}": None for label in list(twice)[:5]})
    name = _dict(metadata.get("assignment")).get("name")
    return Submission(cells, list(notes), name if isinstance(name, str) else None)


def _cell(given, notes):
    metadata = _dict(given.get("metadata"))
    nbgrader = _dict(metadata.get("nbgrader"))
    kind = given.get("cell_type")
    if kind == "heading":
        kind = "markdown"
    if kind not in KINDS:
        kind = "code" if "outputs" in given or "execution_count" in given or "input" in given else "raw"
        notes["a cell of no known type"] = None
    source = _clean(_joined(given.get("source", given.get("input"))), notes)
    labels = [given.get("id"), metadata.get("id"), nbgrader.get("grade_id")]
    labels = [_clean(label[:200], notes) if isinstance(label, str) and label else None for label in labels]
    return Cell(labels[0] or labels[1] or "", labels[2], kind, source, _role(kind, nbgrader, labels[2] or ""))


def _role(kind, nbgrader, grade_id):
    if nbgrader.get("solution") is True:
        return "written" if kind == "markdown" else "answer"
    if nbgrader.get("grade") is True:
        return "points"
    return "self-check" if grade_id.startswith("try-") else "given"


def _dict(value):
    return value if isinstance(value, dict) else {}


def _joined(source):
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        bare = (
            len(lines) > 1
            and not any("\n" in line for line in lines)
            and not any("\ud800" <= line[-1:] <= "\udfff" for line in lines)
        )
        return ("\n" if bare else "").join(lines)
    return source if isinstance(source, str) else ""


def _clean(source, notes):
    """Return a text without what no editor wrote: null bytes, half surrogates, line ends of other systems."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in source:
        notes["null bytes were left out"] = None
        source = source.replace("\0", "")
    if re.search("[\ud800-\udfff]", source):
        source = source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two halves become one again
        if "\ufffd" in source:
            notes["half characters were replaced"] = None
    return source
