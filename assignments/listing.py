"""All files below a folder or in a zip archive, each with the place where its bytes are. No link is followed."""

import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

from assignments import archive, files
from assignments.files import Unreadable

ITEMS = 100_000
DEPTH = 12  # of folders in folders

_JUNK = re.compile(r"__MACOSX|__pycache__|Thumbs\.db|desktop\.ini|\.ipynb_checkpoints|\..*[^.].*")


class Place(NamedTuple):
    """Where bytes are: a file, an entry of an archive, or an entry of an archive that is one; plain data throughout."""

    path: str
    entries: tuple = ()

    def data(self):
        """Return the bytes, or raise Unreadable."""
        source = self.path
        for entry in self.entries:
            source = archive.content(source, entry)
        return source if self.entries else files.content(source)


class Item(NamedTuple):
    """A file, or a folder, by the parts of its name; `problem` says why it cannot be read."""

    parts: tuple
    place: Place | None  # None for a folder
    problem: str = ""


def listing(path):
    """Return what is below a folder, or in an archive, in the order of names, and words on what was left out.

    Raises
    ------
    Unreadable
        When there is no such folder or archive, or too much in it.
    """
    path = os.path.realpath(path)  # the instructor's own path may be a link
    if os.path.isdir(path):
        return _folder(path), []
    if not os.path.exists(path):
        raise Unreadable("there is no such file or folder")
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise Unreadable("expected a folder or a zip archive")
    with open(path, "rb") as file:
        if not zipped(file.read(4)) and not path.lower().endswith(".zip"):
            return [Item((os.path.basename(path),), Place(path))], []
    return within(Place(path), path)


zipped = archive.is_archive


def within(place, source):
    """Return the files of an archive, whose bytes or path are the source, and words on what was left out."""
    items, left_out = [], []
    for entry in archive.entries(source):
        if entry.is_rooted:
            left_out.append(f"{shown(entry.name)[:200]}: its name leads out of the archive")
        elif not junk(entry.parts):
            where = None if entry.is_folder else place._replace(entries=(*place.entries, entry))
            items.append(Item(entry.parts, where, entry.problem))
    return items, left_out


def _folder(root):
    found, left = [], [()]
    while left:
        parts = left.pop()
        try:
            inside = sorted(os.scandir(os.path.join(root, *parts)), key=lambda each: each.name)
        except OSError as error:
            words = f"the folder cannot be opened: {error.strerror}"
            if not parts:
                raise Unreadable(words) from None
            found.append(Item(parts, Place(os.path.join(root, *parts)), words))
            continue
        for each in inside:
            name = (*parts, each.name)
            if junk(name):
                continue
            problem = ""
            if each.is_dir(follow_symlinks=False):
                if not each.name.lower().endswith(".ipynb"):
                    found.append(Item(name, None))
                    if len(name) < DEPTH:
                        left.append(name)
                    continue
                problem = "expected a file, got a folder"
            elif each.is_symlink():
                problem = "expected a file, got a link to another file"
            elif not each.is_file(follow_symlinks=False):
                problem = "expected a file, got a pipe, a socket or a device"
            found.append(Item(name, Place(each.path), problem))
        if len(found) > ITEMS:
            raise Unreadable(f"the folder has more than {ITEMS:,} files")
    return sorted(found, key=lambda item: item.parts)


def junk(parts):
    """Return whether a file is of those that systems and editors leave behind: hidden ones, checkpoints, previews."""
    return any(_JUNK.fullmatch(part) for part in parts if part != "..")


def shown(name):
    """Return a name as text that can be written: what was no text in it is replaced."""
    return re.sub("[\ud800-\udfff]", "\ufffd", name)


def stem(path):
    """Return the name of a file without its ending."""
    return Path(path).stem
