"""Zip archives that nobody vouches for: what is in them, and the bytes of an entry. Nothing is written to disk.

`zipfile` refuses a whole archive for the name of one entry. Here a damaged entry costs itself alone.
"""

import contextlib
import io
import os
import re
import stat
import struct
import zlib
from typing import NamedTuple

from assignments import files
from assignments.files import Unreadable

ENTRIES = 100_000
TABLE = 64_000_000  # bytes of the table of contents

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_DAMAGED = "the archive is damaged"


class Entry(NamedTuple):
    """An entry as the table of contents has it; `problem` says why it cannot be read, "" where nothing does."""

    name: str  # with surrogates where its bytes are no text
    problem: str
    start: int
    packed: int
    size: int
    method: int
    crc: int

    @property
    def parts(self):
        """The folders and the name; a backslash separates as well, as Windows writes it."""
        return tuple(part for part in re.split(r"[/\\]", self.name) if part not in ("", "."))

    @property
    def is_folder(self):
        return self.name.endswith(("/", "\\"))

    @property
    def is_rooted(self):
        """Whether it leads out of the archive before it names any folder of it."""
        return bool(re.match(r"[/\\]|[A-Za-z]:", self.name)) or self.parts[:1] in ((), ("..",))


def is_archive(data):
    """Return whether bytes, or the first of them, are those of a zip archive."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def entries(source):
    """Return the entries of an archive, in the order of its table of contents.

    Parameters
    ----------
    source : str or bytes
        The archive's path, or the archive.

    Raises
    ------
    Unreadable
        When the table of contents is damaged or too long.
    """
    with _opened(source) as file:
        count, size, offset, before = _table(file)
        if count > ENTRIES:
            raise Unreadable(f"the archive has {count:,} entries; expected at most {ENTRIES:,}")
        if size > TABLE:
            raise Unreadable(_DAMAGED)
        file.seek(offset + before)
        table = file.read(size)
    found, at = [], 0
    while at < len(table) and len(found) < count:
        if table[at : at + 4] != b"PK\1\2" or at + _ENTRY.size > len(table):
            raise Unreadable(f"{_DAMAGED}: its table of contents breaks off after {len(found)} entries")
        fields = _ENTRY.unpack_from(table, at)
        name, extra, comment = fields[10:13]
        at += _ENTRY.size
        found.append(_entry(fields, table[at : at + name], table[at + name : at + name + extra], before))
        at += name + extra + comment
    return found


@contextlib.contextmanager
def _opened(source):
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        with open(source, "rb") as file:
            yield file
    except OSError as error:
        raise Unreadable(f"the archive cannot be read: {error.strerror}") from None
    except ValueError:
        raise Unreadable(_DAMAGED) from None


def _table(file):
    """Return the number of entries, the table's size and offset, and the number of bytes before the archive begins."""
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - _END.size - 65_535))
    first = file.tell()
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise Unreadable("the archive has no end: it was not saved or sent whole")
    _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, at)
    end = first + at
    if tail[max(at - 20, 0) : at].startswith(b"PK\x06\x07") and at >= 20 + _END64.size:
        record = _END64.unpack_from(tail, at - 20 - _END64.size)
        if record[0] == b"PK\x06\x06":
            count, size, offset = record[7:10]
            end -= 20 + _END64.size
    before = end - size - offset
    if before < 0:
        raise Unreadable(f"{_DAMAGED}: its table of contents lies outside of it")
    return count, size, offset, before


def _entry(fields, name, extra, before):
    _, made_by, _, flags, method, _, _, crc, packed, size, *_, attributes, start = fields
    wide = _wide(extra)
    size, packed, start = (next(wide, value) if value == 0xFFFFFFFF else value for value in (size, packed, start))
    kind = stat.S_IFMT(attributes >> 16)
    entry = Entry(_name(name, flags & 0x800), "", start + before, packed, size, method, crc)
    problem = ""
    if ".." in entry.parts or entry.is_rooted:
        problem = "its name in the archive leads out of the folder"
    elif made_by >> 8 == 3 and kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        problem = "expected a file, got a link to another file" if kind == stat.S_IFLNK else "expected a file"
    elif flags & 0x41:
        problem = "the file in the archive is encrypted: hand it in without a password"
    elif method not in (0, 8):
        problem = f"the file in the archive is compressed in a way that is not known (method {method})"
    return entry._replace(problem=problem)


def _wide(extra):
    """Yield the numbers of 8 bytes that an entry has where 4 do not suffice."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            data = extra[4 : 4 + length]
            yield from struct.unpack(f"<{len(data) // 8}Q", data[: len(data) // 8 * 8])
            return
        extra = extra[4 + length :]


def _name(name, is_utf8):
    try:
        return name.decode()  # also without the flag: macOS does not set it
    except UnicodeDecodeError:
        return name.decode("utf-8", "surrogateescape") if is_utf8 else name.decode("cp437")


def content(source, entry):
    """Return the bytes of an entry: at most `files.SIZE`, whatever it declares, and only if its checksum agrees.

    Raises
    ------
    Unreadable
    """
    if entry.problem:
        raise Unreadable(entry.problem)
    files.bearable(entry.size)
    with _opened(source) as file:
        file.seek(min(entry.start, 2**62))
        local = file.read(_LOCAL.size)
        if len(local) < _LOCAL.size or local[:4] != b"PK\x03\x04":
            raise Unreadable("the file in the archive is damaged")
        file.seek(sum(_LOCAL.unpack(local)[-2:]), os.SEEK_CUR)
        data = _unpacked(file, entry)
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise Unreadable("the file in the archive is damaged: it is not what its checksum says")
    return data


def _unpacked(file, entry):
    if entry.method == 0:
        return file.read(entry.size)
    made, left, unpack = [], entry.size + 1, zlib.decompressobj(-zlib.MAX_WBITS)
    packed = entry.packed
    try:
        while left > 0 and not unpack.eof:
            data = unpack.unconsumed_tail or file.read(min(packed, 65_536))
            if not unpack.unconsumed_tail:
                packed -= len(data)
            if not data:
                break
            made.append(unpack.decompress(data, left))
            left -= len(made[-1])
    except zlib.error:
        raise Unreadable("the file in the archive is damaged") from None
    return b"".join(made)
