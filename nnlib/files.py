"""Files in and out: what is read is there and named for what it is, and what is written appears only whole."""

import os
import secrets
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path

# How files begin that people take for weights, digits or tables.
_BEGINNINGS = (
    (b"\x93NUMPY", "NumPy's .npy"),
    (b"\x89HDF\r\n\x1a\n", "HDF5, as Keras' .h5"),
    (b"GGUF", "a GGUF model"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"FUJIFILMCCD-RAW", "a camera's raw data"),
    (b"IIRO", "a camera's raw data"),
    (b"IIU\0", "a camera's raw data"),
    (b"version https://git-lfs", "a Git LFS pointer, which stands for the file: git lfs pull brings it"),
)
# What stands from the fifth byte on in files of films, as telephones also store photographs.
_FILMS = (
    (b"ftyphei", "a HEIC photograph"),
    (b"ftyphev", "a HEIC photograph"),
    (b"ftypmif1", "a HEIC photograph"),
    (b"ftypmsf1", "a HEIC photograph"),
    (b"ftypavi", "an AVIF picture"),
    (b"ftypcrx", "a camera's raw data"),
    (b"ftyp", "a film"),
)
_RIFF = ((b"WEBP", "a WebP picture"),)  # from the ninth byte on, in a container for sound and films too
_MARKUP = (
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "XML, of an SVG drawing perhaps"),
)


def kind_of(content):
    """Return what a file is, in words, from its first and last bytes; None if
    it begins like nothing known.
    """
    if not content:
        return "an empty file"
    text = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    places = ((content, _BEGINNINGS), (content[4:12], _FILMS), (content[8:12], _RIFF), (text, _MARKUP))
    for start, kinds in places:
        for beginning, words in kinds:
            if start.startswith(beginning):
                return words
    if content[:4] in (b"PK\3\4", b"PK\5\6"):
        names = content[:4000] + content[-4000:]  # the first entry's name, and the list of all at the end
        for part, words in (
            (b"data.pkl", "PyTorch's .pt"),
            (b".weights.h5", "Keras' .keras"),
            (b".npy", "NumPy's .npz"),
            (b"xl/", "an Excel file"),
        ):
            if part in names:
                return words
        return "a zip archive"
    if content[:2] in (b"\x80\2", b"\x80\3", b"\x80\4", b"\x80\5"):
        return "a Python pickle, as an older .pt"
    return None


def kind_at(path):
    """Return what an ordinary file is, as `kind_of` does, without reading more
    than its ends.
    """
    with Path(path).open("rb") as file:
        start = file.read(4000)
        file.seek(max(len(start), os.fstat(file.fileno()).st_size - 4000))
        return kind_of(start + file.read())


def read(path, expected):
    """Return the bytes of an ordinary file.

    Raises
    ------
    FileNotFoundError, ValueError
        If nothing is there, or a folder or a device: in words that begin with
        the path and say what was `expected`.
    """
    check_there(path, expected)
    return Path(path).read_bytes()


def check_there(path, expected):
    """Raise, as `read` does, unless an ordinary file is at the path."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: expected {expected}, found nothing there")
    if not path.is_file():
        raise ValueError(f"{path}: expected {expected}, got {_no_file(path)}")


def check_writable(path):
    """Return where a file written to the path will lie: behind a link, the
    file that it leads to.

    Raises
    ------
    FileNotFoundError, PermissionError, ValueError
        If there is no folder to write into, one may not, or what is there is
        no ordinary file: a pipe or a device would be replaced by one.
    """
    target = Path(os.path.realpath(path))  # Path.resolve stops at a circle of links, before Python 3.13
    if target.is_symlink():
        raise ValueError(f"{path}: expected an ordinary file, got a link that leads round in a circle")
    if target.exists() and not target.is_file():
        raise ValueError(f"{path}: expected an ordinary file, got {_no_file(target)}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path}: expected a folder to write into, found none at {target.parent}")
    for place in (target.parent, target):
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(f"{path}: expected to be allowed to write, got no permission for {place}")
    return target


@contextmanager
def whole(path):
    """Give the path of a new file beside `path`; it takes that name when the
    block ends well, and is gone when it does not.
    """
    target = check_writable(path)
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write(path, content):
    """Write bytes to a file, which takes its name only when all of them are
    on the disk: whatever fails before, and a machine that goes off too,
    leaves the file that was there.

    Raises
    ------
    OSError, ValueError
        As `check_writable`, and where the disk is full.
    """
    try:
        with whole(path) as part, part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno is None:  # it names the path already
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def _no_file(path):
    mode = path.stat().st_mode
    for test, words in ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket")):
        if test(mode):
            return words
    return "a device"
