"""What a submitted file holds: its bytes, its text, its JSON, or the reason in words why it is no notebook.

A file is opened once, without following a link, and only when it is a regular file of bearable size. Nothing in it is
executed.
"""

import codecs
import errno
import json
import os
import re
import stat

SIZE = 100_000_000  # bytes of a file
VALUES = 4_000_000  # strings, lists and objects of a file; so many fit into about 400 MB
SMALL = 8_000_000  # characters, in which there cannot be too many

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link to another file",
}
_SIGNATURES = {
    b"PK\x03\x04": "a zip archive, or an Office document, that was renamed. Take the notebook out of it",
    b"PK\x05\x06": "an empty zip archive",
    b"%PDF": "a PDF. Hand in the notebook itself, the file that ends in .ipynb",
    b"\x1f\x8b": "a gzip archive. Take the notebook out of it",
    b"7z\xbc\xaf": "a 7z archive. Take the notebook out of it",
    b"Rar!": "a RAR archive. Take the notebook out of it",
    b"\x89PNG": "a picture. Hand in the notebook itself, the file that ends in .ipynb",
    b"\xff\xd8\xff": "a picture. Hand in the notebook itself, the file that ends in .ipynb",
    b"\xd0\xcf\x11\xe0": "an Office document. Hand in the notebook itself, the file that ends in .ipynb",
    b"{\\rtf": "a text document (RTF). Hand in the notebook itself, the file that ends in .ipynb",
    b"version https://git-lfs": "a pointer of Git LFS, not the file that it points to",
}
_MARKS = {  # the longer first: the one of UTF-32 begins as the one of UTF-16 does
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class Unreadable(Exception):  # noqa: N818 - the name of the outcome
    """A submission that cannot be read; its text is the reason, in words for the student."""


def content(path):
    """Return the bytes of a regular file; a link is not followed, and a pipe not waited for.

    Raises
    ------
    Unreadable
        With what it is instead, or with its size where that is above `SIZE`.
    """
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        what = stat.S_IFMT(os.lstat(path).st_mode)
        if what != stat.S_IFREG:  # looked at first: opening a device can already do something
            raise Unreadable(f"expected a file, got {_KINDS.get(what, 'something else')}")
        opened = os.open(path, flags)
    except OSError as error:
        raise Unreadable(_why_not(error)) from None
    except ValueError:
        raise Unreadable("there is no such file") from None
    try:
        state = os.fstat(opened)
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("expected a file, got something else, which took its place")
        bearable(state.st_size)
        with open(opened, "rb", closefd=False) as file:
            data = file.read(SIZE + 1)
    except OSError as error:
        raise Unreadable(_why_not(error)) from None
    finally:
        os.close(opened)
    bearable(len(data))
    return data


def _why_not(error):
    if error.errno == errno.ELOOP:
        return "expected a file, got a link to another file"
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
        return "there is no such file"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "the file cannot be opened: no permission"
    return f"the file cannot be opened: {error.strerror}"


def bearable(size):
    """Raise Unreadable when a file has too many bytes to be read."""
    if size > SIZE:
        raise Unreadable(
            f"it has {size / 1e6:.0f} MB, expected at most {SIZE / 1e6:.0f} MB: clear its outputs and hand it in again"
        )


def decoded(data):
    """Return the text of a file and notes on how it was encoded.

    Raises
    ------
    Unreadable
        When the bytes are those of another kind of file.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(
            "the file holds nothing but null bytes: it was not saved whole" if b"\0" in data else "the file is empty"
        )
    for signature, words in _SIGNATURES.items():
        if data.startswith(signature):
            raise Unreadable(f"the file is no notebook, but {words}")
    text, notes = _text(data)
    text = text.rstrip("\0 \t\r\n").lstrip("\0 \t\r\n\ufeff")
    if not text:
        raise Unreadable("the file is empty")
    if text.startswith("<") and not text.startswith("<<<<<<<"):
        raise Unreadable(
            "the file is a web page, no notebook. Download not the page but the notebook, the file that ends in .ipynb"
        )
    return text, notes


def _text(data):
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return data.decode(name, "replace"), [f"{name} instead of UTF-8"]
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig", "replace"), ["a byte order mark"]
    guess = json.detect_encoding(data)
    for encoding in (guess, "utf-8", "cp1252"):
        try:
            return data.decode(encoding), [] if encoding == "utf-8" else [f"{encoding.upper()} instead of UTF-8"]
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), ["bytes that are no text"]


def parsed_json(text):
    """Return what a text says in JSON, without stored outputs, and notes.

    Raises
    ------
    Unreadable
        With where the text ends or breaks off.
    """
    _count(text)
    decoder = json.JSONDecoder(object_pairs_hook=_without_outputs, parse_int=_number, strict=False)
    try:
        value, end = decoder.raw_decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_where(text, error)) from None
    except (RecursionError, MemoryError):
        raise Unreadable("the file is no notebook: its lists are nested too deeply") from None
    return value, ["text behind the end of the notebook"] if text[end:].strip("\0 \t\r\n") else []


def _count(text):
    """Refuse a text that would take all memory as a value, by its number of strings, lists and objects."""
    if len(text) < SMALL:
        return
    # The string that the end cuts off matches too: else each quote in it would be tried, in a time that is quadratic.
    strings_and_containers = re.finditer(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[{\[]', text, re.DOTALL)
    count = sum(1 for _ in strings_and_containers)
    if count > VALUES:
        raise Unreadable(
            f"the file holds {count:,} values; expected at most {VALUES:,}. Clear its outputs and hand it in again"
        )


def _without_outputs(pairs):
    return {key: None if key == "outputs" else value for key, value in pairs}


def _number(digits):
    return int(digits) if len(digits) < 20 else float(digits)  # int() refuses thousands of digits


def _where(text, error):
    if re.search(r"^<{7} ", text, re.MULTILINE):
        return "the file holds both sides of an unfinished merge (<<<<<<<): choose one, save, and hand it in again"
    if error.pos >= len(text) - 10 or error.msg.startswith("Unterminated string"):
        last = printable(text[-40:])
        lines = text.count("\n") + 1
        where = f"at line {lines}, in the middle of the notebook, after “{last}”"
        return f"the file ends {where}: it was not saved or sent whole"
    message = error.msg[:1].lower() + error.msg[1:]
    return f"the file is no valid JSON at line {error.lineno}, column {error.colno}: {message}"


def printable(text, length=80):
    """Return the beginning of a text in one line, what cannot be printed replaced."""
    text = re.sub(r"\s+", " ", text[:length]).strip()
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
