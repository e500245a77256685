"""Whose a file is, by the names that Moodle, Canvas and Gradescope give, nbgrader's, or those of a folder of files."""

import hashlib
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from assignments import gradescope
from assignments.files import Unreadable
from assignments.listing import Item, shown

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)
_CANVAS = re.compile(
    r"(?P<name>anon(?=_(?:LATE_)?\w{5}_\d)|[^_]+)_(?P<late>LATE_)?(?P<id>\d+|(?<=anon_)\w{5}|(?<=anon_LATE_)\w{5})"
    r"_(?:(?P<attachment>\d+)_(?P<file>.+)|text\.html)",
    re.DOTALL,
)
_EXPORT = re.compile(r"submitted|submissions|assignment_\d+_export")
_SUBMISSION = re.compile(r"submission_\d+")
_METADATA = "submission_metadata.yml"
_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.@+-]{0,62}[A-Za-z0-9_@+-])?")
_RESERVED = re.compile(
    r"(?:con|nul|aux|prn|com\d|lpt\d)(?:\..*)?", re.IGNORECASE
)  # names that Windows keeps for itself
_NOTEBOOK = re.compile(r".*\.(?:ipynb|py|zip)", re.IGNORECASE | re.DOTALL)
_FLAT = re.compile(r".*\.(?:ipynb|py|zip|html?|pdf|txt|json|docx?|rtf|gz|rar|7z)|[^.]+", re.IGNORECASE | re.DOTALL)
_COPY = re.compile(r"(?P<name>.+?) ?\((?P<number>\d+)\)", re.DOTALL)


class Student(NamedTuple):
    """A name as the folder or the LMS has it, and what the LMS tells two of the same name apart by."""

    name: str
    id: str = ""


class HandedIn(NamedTuple):
    """A file of a student: the parts of its name below the student's, and the LMS's own count of attempts."""

    parts: tuple
    item: Item
    attempt: int = 0
    remark: str = ""  # "typed": the LMS's text box; "late"
    group: tuple = ()  # the names of all who handed it in


def students(items, stem, is_archive, assignment=None):
    """Sort files by student.

    Parameters
    ----------
    items : list of Item
    stem : str
        The name of the folder or of the archive.
    is_archive : bool
    assignment : str, optional
        Its name: a folder of that name is none of a student.

    Returns
    -------
    handed_in : dict of list of HandedIn
        By Student; an empty list where there is a folder with no file.
    left_out : list of str
        Files that are nobody's.
    """
    items = _unwrapped(items, stem, is_archive, assignment)
    handed_in, left_out = {}, []
    people = _people(items)
    nested = any(item.parts[1:2] == (assignment,) and item.place and len(item.parts) > 2 for item in items)
    names = {item.parts[0].rpartition(".")[0] for item in items if len(item.parts) == 1}
    loose = _NOTEBOOK if any(len(item.parts) > 1 for item in items) else _FLAT  # what counts beside students' folders
    for item in items:
        if people and item.parts == (_METADATA,):
            continue
        owner, handed = _whose(item, names, loose)
        if owner is None:
            if item.place:
                left_out.append(f"{shown('/'.join(item.parts))[:200]}: no notebook")
            continue
        owners = people.get(item.parts[0]) or [owner]
        group = tuple(each.name for each in owners) if len(owners) > 1 else ()
        number = re.sub(r"\D", "", item.parts[0]) if item.parts[0] in people else ""
        for each in owners:
            into = handed_in.setdefault(each, [])
            if item.place and not (nested and handed.parts[:1] != (assignment,)):
                into.append(handed._replace(group=group, attempt=int(number[:18] or handed.attempt)))
    for each in (each for owners in people.values() for each in owners):
        handed_in.setdefault(each, [])
    return handed_in, left_out


def _unwrapped(items, stem, is_archive, assignment):
    """Take off the folders that stand around all, such as `submitted` or what an export is called."""
    while True:
        placed = [item for item in items if item.place]
        tops = {item.parts[0] for item in placed}
        if len(tops) != 1 or any(len(item.parts) == 1 for item in placed):
            return items
        (top,) = tops
        second = {item.parts[1] for item in placed}
        folders = {item.parts[1] for item in placed if len(item.parts) > 2}
        named = _EXPORT.fullmatch(top) or (is_archive and top == stem)
        of_lms = all(_MOODLE.fullmatch(part) or _CANVAS.fullmatch(part) for part in second)
        around = is_archive and len(folders) > 1 and assignment not in folders  # of students
        if _MOODLE.fullmatch(top) or _SUBMISSION.fullmatch(top) or not (named or of_lms or around):
            return items
        items = [item._replace(parts=item.parts[1:]) for item in items if item.parts[0] == top and len(item.parts) > 1]


def _people(items):
    """Return the students of each of Gradescope's submissions, from its name."""
    metadata = next((item for item in items if item.parts == (_METADATA,) and item.place and not item.problem), None)
    try:
        found = gradescope.submitters(metadata.place.data()) if metadata else {}
    except Unreadable:
        found = {}
    found = {name: people for name, people in found.items() if people and _SUBMISSION.fullmatch(name)}
    return {name: [Student(*each) for each in people] for name, people in found.items()}


def _whose(item, names, loose):
    """Return the Student and what was handed in, or None twice where it is nobody's.

    Parameters
    ----------
    item : Item
    names : set of str
        All names of files that lie in no folder: with "ada", also "ada (1)" is Ada's.
    loose : re.Pattern
        Which of those are a student's.
    """
    first, *rest = item.parts
    if moodle := _MOODLE.fullmatch(first):
        parts = (*((moodle["file"],) if moodle["file"] else ()), *rest)
        remark = "typed" if moodle["kind"] == "onlinetext" else ""
        return Student(moodle["name"], moodle["id"]), HandedIn(parts, item, remark=remark)
    if rest or not item.place:
        return Student(first), HandedIn(tuple(rest), item)
    if canvas := _CANVAS.fullmatch(first):
        remark = "late" if canvas["late"] else "" if canvas["file"] else "typed"
        handed = HandedIn((canvas["file"] or "text.html",), item, int((canvas["attachment"] or "0")[:18]), remark)
        return Student(canvas["name"], canvas["id"]), handed
    name = first.rpartition(".")[0] or first
    if item.problem:
        return Student(name if first.lower().endswith(".ipynb") else first), HandedIn((first,), item)
    if not loose.fullmatch(first):
        return None, None
    copy = _COPY.fullmatch(name)
    if copy and copy["name"] in names:
        return Student(copy["name"]), HandedIn((first,), item, int(copy["number"][:18]))
    return Student(name), HandedIn((first,), item)


def keys(found):
    """Return for each Student a key that is unique, also where case does not count, and safe as the name of a file."""
    plain = {each: _key(each) for each in found}
    for length in (10, 64):
        counts = Counter(key.casefold() for key in plain.values())
        # Of names that differ in case alone, the one in small letters keeps its own.
        kept = {
            each for each, key in plain.items() if counts[key.casefold()] == 1 or key == each.name == key.casefold()
        }
        plain = {each: key if each in kept else f"{key[:14]}-{_digest(each)[:length]}" for each, key in plain.items()}
    return plain


def _key(student):
    if student.id:
        key = f"{_slug(student.name) or 'student'}-{_slug(student.id) or _digest(student)[:10]}"
        return key if len(student.id) < 40 else f"{key[:40]}-{_digest(student)[:10]}"
    if _SAFE.fullmatch(student.name) and not _RESERVED.fullmatch(student.name):
        return student.name
    return f"{_slug(student.name) or 'student'}-{_digest(student)[:10]}"


def _slug(name):
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def _digest(student):
    return hashlib.sha256("\0".join(student).encode("utf-8", "surrogatepass")).hexdigest()
