"""What a class handed in: for each student the file that counts, and why, or the reason why none does.

Taken are a folder of notebooks, a folder for each student, nbgrader's `submitted`, and what Moodle, Canvas and
Gradescope make. Nothing is written; a file keeps its place until its bytes are asked for.
"""

import os
import re
from typing import NamedTuple

from assignments.files import Unreadable, printable
from assignments.layouts import HandedIn, keys, students
from assignments.listing import Place, listing, shown, stem, within, zipped
from assignments.notebook import read

CANDIDATES = 20  # files of one student that are opened to find the one that counts

_COUNTER = re.compile(
    r"(?P<stem>.*?)(?: ?\((?P<a>\d+)\)|-(?P<b>\d+)|[_ -]?(?:v|attempt|version)[_ -]?(?P<c>\d+))",
    re.IGNORECASE | re.DOTALL,
)
_ATTEMPT = re.compile(r"attempt[_ -]?(\d+)", re.IGNORECASE)
_ENDINGS = (  # in the order in which they count
    re.compile(r"\.ipynb$", re.IGNORECASE),
    re.compile(r"\.ipynb\.\w+$|\.ipynb ?\(\d+\)$|\.json$", re.IGNORECASE),
    re.compile(r"\.zip$", re.IGNORECASE),
    re.compile(r"\.py$", re.IGNORECASE),
    re.compile(r""),
)
_ZIP = 2


class Found(NamedTuple):
    """What was found of a student: `outcome` is "found", "unreadable" or "missing", `reason` says why."""

    key: str  # unique and safe
    name: str  # as the folder or the LMS has it
    outcome: str
    reason: str = ""
    file: str = ""  # to be shown
    group: tuple = ()  # the names of all who handed in the same
    place: Place | None = None

    def data(self):
        """Return the bytes of the file, or raise Unreadable."""
        if self.outcome != "found":
            raise Unreadable(self.reason)
        return self.place.data()


class Collection(NamedTuple):
    """What was found by a student's key, and words on files that are nobody's."""

    students: dict
    left_out: list


def collect(path, assignment=None, released=None):
    """Find for each student the file that counts.

    Of two attempts the latest counts, by the LMS's counter, else by the number in the name. Of several notebooks the
    one whose metadata names the assignment counts, else the one that shares most ids with the release.

    Parameters
    ----------
    path : str or Path
        A folder or a zip archive.
    assignment : str, optional
        The assignment's name.
    released : Submission, optional
        What the students got.

    Returns
    -------
    Collection

    Raises
    ------
    Unreadable
        When there is nothing at the path that can be read; not for one student's file.
    """
    items, left_out = listing(path)
    handed_in, nobodys = students(items, stem(path), not os.path.isdir(path), assignment)
    found = {}
    for student, key in sorted(keys(handed_in).items(), key=lambda pair: pair[1]):
        try:
            chosen, reason = _choose(handed_in[student], assignment, released)
            outcome = "found" if chosen else "missing"
        except Unreadable as error:
            chosen, reason, outcome = None, str(error), "unreadable"
        found[key] = Found(key, shown(student.name), outcome, reason)
        if chosen:
            more = {"late": "the LMS marks it as late"}.get(chosen.remark, "")
            reason = "; ".join(filter(None, [reason, more]))
            found[key] = found[key]._replace(
                reason=reason, file=_shown(chosen), group=tuple(map(shown, chosen.group)), place=chosen.item.place
            )
    return Collection(found, left_out + nobodys)


def _shown(handed):
    return shown("/".join(handed.item.parts))[:300]


def _choose(handed, assignment, released, inside=False):
    """Return the file that counts, or None, and why."""
    if not handed:
        return None, "nothing was handed in"
    typed = [each for each in handed if each.remark == "typed"]
    handed = [each for each in handed if each.remark != "typed"]
    if typed and not handed:
        raise Unreadable("the answer was typed into the LMS's text box: expected a notebook as a file")
    rank = min(map(_rank, handed))
    best, reason = _latest([each for each in handed if _rank(each) == rank])
    if rank == _ZIP:
        if inside:
            raise Unreadable("no notebook was handed in, but a zip within a zip")
        return _choose(_unzipped(best), assignment, released, True)
    sound = [each for each in best if not each.item.problem]
    if not sound:
        raise Unreadable(f"{best[0].item.problem} ({printable(_shown(best[0]))})")
    if len(sound) == 1:
        return sound[0], reason
    if rank == len(_ENDINGS) - 1:
        raise Unreadable(f"expected a notebook, got {_list(sound)}")
    return _of_several(sound, assignment, released)


def _rank(handed):
    return next(rank for rank, ending in enumerate(_ENDINGS) if ending.search(_name(handed)))


def _name(handed):
    return handed.parts[-1] if handed.parts else handed.item.parts[-1]


def _list(handed):
    more = f" and {len(handed) - 5} more" if len(handed) > 5 else ""
    return ", ".join(printable(shown(_name(each)), 60) for each in handed[:5]) + more


def _latest(handed):
    """Return the last attempt of each file, and in words that there were others."""
    last = {}
    for number, each in enumerate(handed):
        name, folders, counted = _name(each), [], [0]
        for part in each.parts[:-1]:
            attempt = _ATTEMPT.fullmatch(part)
            folders.append("attempt" if attempt else part)
            counted = [int(attempt[1][:18])] if attempt else counted
        base, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        counter = _COUNTER.fullmatch(base)
        count = next((int(counter[key][:18]) for key in "abc" if counter[key]), 0) if counter else 0
        key = (*folders, (counter["stem"] if counter else base) + dot + ending)
        place = (*counted, count, each.attempt, number)
        last.setdefault(key, []).append((place, each))
    latest = [max(attempts, key=lambda pair: pair[0])[1] for attempts in last.values()]
    if len({each.item.parts for each in handed}) < len(handed):
        return latest, "the name stands twice in the archive: the latter counts"
    return latest, "" if len(latest) == len(handed) else f"the latest of {len(handed)} attempts"


def _unzipped(zips):
    """Return what is in a student's own archives."""
    found, words = [], ""
    for each in zips[:CANDIDATES]:
        try:
            if each.item.problem:
                raise Unreadable(each.item.problem)
            data = each.item.place.data()
            if not zipped(data):
                raise Unreadable("the zip archive is damaged, or none")
            for item in within(each.item.place, data)[0]:
                if item.place:
                    found.append(HandedIn(item.parts, item._replace(parts=(*each.item.parts, *item.parts)), *each[2:]))
        except Unreadable as error:
            words = words or f"{error} ({printable(_name(each))})"
    if not found:
        raise Unreadable(words or f"there is no notebook in {_list(zips)}")
    return found


def _of_several(handed, assignment, released):
    """Return the notebook that is the assignment's, and why; or raise Unreadable with the list."""
    if len(handed) > CANDIDATES:
        raise Unreadable(f"expected one notebook, got {len(handed):,}: {_list(handed)}")
    submissions, contents, words = {}, {}, ""
    for number, each in enumerate(handed):
        try:
            data = each.item.place.data()
            if contents.setdefault(data, number) == number:
                submissions[number] = read(data, _name(each))
        except Unreadable as error:
            words = words or f"{error} ({printable(_name(each))}), and none of {len(handed)} files can be read"
    if not submissions:
        raise Unreadable(words)
    ids = {label for cell in released.cells for label in (cell.id, cell.grade_id)} - {"", None} if released else set()

    def shared(submission):
        return len(ids & {label for cell in submission.cells for label in (cell.id, cell.grade_id)})

    left = list(submissions)
    reason = f"the only one of {len(handed)} files that can be read, or the same as the others"
    for words, measure in (
        ("names the assignment", lambda number: assignment and submissions[number].assignment == assignment),
        ("shares most cells with the assignment", lambda number: shared(submissions[number])),
        ("has the assignment's name", lambda number: stem(_name(handed[number])) == assignment),
    ):
        if len(left) == 1:
            break
        values = {number: measure(number) or 0 for number in left}
        left = [number for number in left if values[number] == max(values.values())]
        reason = f"of {len(handed)} notebooks the one that {words}"
    if len(left) > 1:
        raise Unreadable(f"expected one notebook, got {len(handed)}: {_list(handed)}; none is clearly the assignment's")
    return handed[left[0]], reason
