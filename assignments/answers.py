"""What of a submission counts: the code that is executed, and the text that a person reads.

The rule of precedence: all cells of code run in one namespace, in the notebook's order, so the last definition in the
module wins, wherever it stands. Text and raw cells never run, except an answer's own cell whose kind was changed, where
nothing else defines its name. A copy of the release's unsolved cell is no definition where there is another.
"""

from typing import NamedTuple

from assignments.pythontext import bound, continues, parsed, runnable
from assignments.release import YOUR_ANSWER


def _same(source):
    """Return what of a text must be the same for a cell to be the release's, word for word."""
    return "\n".join(line.rstrip() for line in source.split("\n")).strip()


class _Piece(NamedTuple):
    source: str
    names: set
    weak: str  # why it is no answer where another is: "stub", "retyped"; or ""


def answers(submission, released):
    """Return what of a submission is executed, in order, and what a person reads.

    Parameters
    ----------
    submission, released : Submission
        What was handed in, and what the students got.

    Returns
    -------
    code : list of str
        The given cells of the release, then the student's; a self-check is left out, also a changed one, unless it
        binds a name that was not bound in it.
    written : dict of str
        The text by question; "" where there is none or it is unchanged.
    """
    code = [runnable(cell.source) for cell in released.cells if cell.kind == "code" and cell.role == "given"]
    strong = set()
    pieces = _pieces(submission, released)
    for piece in pieces:
        strong |= set() if piece.weak else piece.names
    for piece in pieces:
        if piece.weak == "stub" and piece.names and piece.names <= strong:
            continue
        if piece.weak == "retyped" and piece.names & strong:
            continue
        code.append(runnable(piece.source))
    return code, _written(submission, released)


def _pieces(submission, released):
    roles = {label: cell for cell in released.cells for label in (cell.id, cell.grade_id) if label}
    skipped = {
        _same(cell.source) for cell in released.cells if cell.kind == "code" and cell.role not in ("answer", "written")
    }
    stubs = {_same(cell.source) for cell in released.cells if cell.role == "answer"}
    pieces, before = [], None  # before: the student's cell just above, where it is code
    for cell in submission.cells:
        own = roles.get(cell.grade_id) or roles.get(cell.id)
        role, above, before = own.role if own else "", before, None
        if not cell.source.strip() or (cell.kind == "code" and _same(cell.source) in skipped):
            continue
        if cell.kind == "code" and above is not None and continues(above, cell.source):
            before = above + "\n" + cell.source
            pieces[-1] = _Piece(before, bound(runnable(before)), "")
            continue
        names = bound(runnable(cell.source))
        if cell.kind != "code":
            wanted = names & bound(own.source) if role == "answer" else ()
            if wanted:
                pieces.append(_Piece(cell.source, wanted, "retyped"))
            continue
        if role in ("self-check", "points") and not names - bound(own.source):
            continue
        if role == "written" and parsed(cell.source) is None:
            continue
        before = cell.source
        pieces.append(_Piece(before, names, "stub" if _same(before) in stubs else ""))
    return pieces


def _written(submission, released):
    written = {}
    known = {_same(cell.source) for cell in released.cells}
    for number, question in enumerate(released.cells):
        if question.role != "written":
            continue
        label = question.grade_id
        cells = [cell for cell in submission.cells if cell.grade_id == label]
        cells = cells or [cell for cell in submission.cells if cell.id in (label, question.id)]
        cells = cells or _behind(released.cells[number - 1] if number else None, submission, known)
        untouched = (_same(question.source), _same(question.source.replace(YOUR_ANSWER, "")))
        texts = dict.fromkeys(_same(cell.source) for cell in cells if _same(cell.source) not in untouched)
        written[label] = "\n\n".join(filter(None, texts))
    return written


def _behind(before, submission, known):
    """Return the cells of text behind the one that stands before a question in the release, up to a known one."""
    found = []
    places = [
        number for number, cell in enumerate(submission.cells) if before and _same(cell.source) == _same(before.source)
    ]
    for cell in submission.cells[places[0] + 1 :] if places else ():
        if cell.kind == "code" or _same(cell.source) in known:
            break
        found.append(cell)
    return found
