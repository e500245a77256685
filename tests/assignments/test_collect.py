"""What a class handed in, as a folder or as an LMS packs it, becomes one file for each student, or a reason."""

import contextlib
import io
import json
import os
import random
import re
import stat
import struct
import zipfile
import zlib

import pytest

from assignments import archive, collect, files, gradescope
from assignments.notebook import Unreadable, read

RELEASED = read(
    {"cells": [{"cell_type": "code", "id": name, "source": "a = 1"} for name in ("softmax", "loss", "given")]}
)


def notebook(mark, assignment=None, ids=()):
    metadata = {"assignment": {"name": assignment}} if assignment else {}
    cells = [{"cell_type": "code", "id": each, "source": mark} for each in ids or ("x",)]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}).encode()


def mark(found):
    return read(found.data()).cells[0].source


def packed(path, entries):
    """Write a zip of pairs of a name (or a ZipInfo) and bytes; None is a folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items() if isinstance(entries, dict) else entries:
            made.writestr(name, b"" if data is None else data)
    return path


def laid(folder, entries):
    for name, data in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def marks(collection):
    return {
        key: mark(found) if found.outcome == "found" else found.outcome for key, found in collection.students.items()
    }


A, B = notebook("a"), notebook("b")


# Folders


def test_flat(tmp_path):
    laid(tmp_path, {"ada.ipynb": A, "bob.ipynb": B, ".DS_Store": b"", "marks.csv": b"", "._ada.ipynb": b"\0"})
    found = collect.collect(tmp_path)
    assert marks(found) == {"ada": "a", "bob": "b"}
    assert found.students["ada"].name == "ada"
    assert found.left_out == ["marks.csv: no notebook"]


def test_numbered_files_are_students_and_a_browsers_copies_are_attempts(tmp_path):
    laid(tmp_path, {"student-1.ipynb": A, "student-2.ipynb": B, "ada.ipynb": A, "ada (1).ipynb": B, "eve (1).ipynb": A})
    found = collect.collect(tmp_path)
    assert found.students["ada"].file == "ada (1).ipynb"
    assert "latest" in found.students["ada"].reason
    assert len(found.students) == 4


def test_a_folder_for_each_student(tmp_path):
    laid(tmp_path, {"ada/x.ipynb": A, "bob/deep/y.ipynb": B, "bob/.ipynb_checkpoints/y-checkpoint.ipynb": A})
    (tmp_path / "eve").mkdir()
    laid(tmp_path, {"fay/.DS_Store": b""})
    found = collect.collect(str(tmp_path))
    assert marks(found) == {"ada": "a", "bob": "b", "eve": "missing", "fay": "missing"}


def test_one_student_alone(tmp_path):
    assert marks(collect.collect(laid(tmp_path, {"ada/x.ipynb": A}))) == {"ada": "a"}


def test_nbgraders(tmp_path):
    laid(tmp_path, {"submitted/ada/softmax/softmax.ipynb": A, "submitted/ada/digits/digits.ipynb": B})
    laid(tmp_path, {"submitted/bob/digits/digits.ipynb": B, "submitted/ada/softmax/timestamp.txt": b"2026"})
    for path in (tmp_path, tmp_path / "submitted"):
        assert marks(collect.collect(path, "softmax")) == {"ada": "a", "bob": "missing"}


def test_links_pipes_and_folders_with_that_name(tmp_path):
    laid(tmp_path, {"ada/x.ipynb": A, "bob/keep": b""})
    (tmp_path / "bob" / "keep").unlink()
    (tmp_path / "bob" / "x.ipynb").symlink_to(tmp_path / "ada" / "x.ipynb")
    (tmp_path / "eve").symlink_to("ada")
    (tmp_path / "fay").mkdir()
    os.mkfifo(tmp_path / "fay" / "x.ipynb")
    (tmp_path / "gus" / "x.ipynb").mkdir(parents=True)
    found = collect.collect(tmp_path).students
    assert found["ada"].outcome == "found"
    for key, word in {"bob": "link", "eve": "link", "fay": "pipe", "gus": "folder"}.items():
        assert found[key].outcome == "unreadable" and word in found[key].reason
        with pytest.raises(Unreadable, match=word):
            found[key].data()


def test_a_file_replaced_by_a_link_after_collecting(tmp_path):
    laid(tmp_path, {"ada/x.ipynb": A, "bob/x.ipynb": B})
    found = collect.collect(tmp_path).students["bob"]
    (tmp_path / "bob" / "x.ipynb").unlink()
    (tmp_path / "bob" / "x.ipynb").symlink_to(tmp_path / "ada" / "x.ipynb")
    with pytest.raises(Unreadable, match="link"):
        found.data()


def test_there_is_no_such_path(tmp_path):
    with pytest.raises(Unreadable, match="no such"):
        collect.collect(tmp_path / "none")


# Which of several


def test_several_notebooks(tmp_path):
    right, wrong = notebook("right", "softmax"), notebook("wrong", "digits")
    laid(tmp_path, {"ada/a.ipynb": wrong, "ada/b.ipynb": right})
    laid(tmp_path, {"bob/a.ipynb": notebook("x"), "bob/b.ipynb": notebook("right", ids=("softmax", "loss"))})
    laid(tmp_path, {"eve/a.ipynb": notebook("x"), "eve/b.ipynb": notebook("y")})
    laid(tmp_path, {"fay/a.ipynb": b"no notebook", "fay/b.ipynb": notebook("right")})
    laid(tmp_path, {"gus/a.ipynb": A, "gus/b.ipynb": A})
    laid(tmp_path, {"hal/a.ipynb": notebook("right"), "hal/b.pdf": b"%PDF", "hal/c.zip": b"PK"})
    found = collect.collect(tmp_path, "softmax", RELEASED).students
    right = [key for key in found if found[key].outcome == "found" and mark(found[key]) == "right"]
    assert right == ["ada", "bob", "fay", "hal"]
    assert "names the assignment" in found["ada"].reason
    assert "shares" in found["bob"].reason
    assert (
        found["eve"].outcome == "unreadable" and "a.ipynb" in found["eve"].reason and "b.ipynb" in found["eve"].reason
    )
    assert mark(found["gus"]) == "a"


@pytest.mark.parametrize(
    "older, newer",
    [
        ("x.ipynb", "x-1.ipynb"),
        ("x-2.ipynb", "x-10.ipynb"),
        ("x (1).ipynb", "x (2).ipynb"),
        ("x_v1.ipynb", "x_v2.ipynb"),
        ("attempt_1/x.ipynb", "attempt_2/x.ipynb"),
        ("Attempt 2/x-7.ipynb", "Attempt 10/x.ipynb"),
    ],
)
def test_two_attempts(tmp_path, older, newer):
    laid(tmp_path, {f"ada/{older}": A, f"ada/{newer}": B})
    found = collect.collect(tmp_path).students["ada"]
    assert mark(found) == "b" and "latest" in found.reason


def test_no_notebook_at_all(tmp_path):
    laid(
        tmp_path,
        {"ada/a.pdf": b"%PDF", "bob/a.pdf": b"%PDF", "bob/b.docx": b"PK", "eve/notebook": A, "fay/x.py": b"# %%"},
    )
    found = collect.collect(tmp_path).students
    assert mark(found["eve"]) == "a"
    with pytest.raises(Unreadable, match="PDF"):
        read(found["ada"].data())
    assert found["bob"].outcome == "unreadable" and "a.pdf, b.docx" in found["bob"].reason
    assert found["fay"].file == "fay/x.py"


def test_a_students_own_zip(tmp_path):
    inside, deeper, empty = io.BytesIO(), io.BytesIO(), io.BytesIO()
    packed(inside, {"x.ipynb": A, "__MACOSX/._x.ipynb": b"\0", "../bob/y.ipynb": B})
    packed(deeper, {"x.zip": inside.getvalue()})
    packed(empty, {})
    entries = {"ada/x.zip": inside.getvalue(), "bob/x.zip": deeper.getvalue(), "eve/x.zip": b"PK\3\4damaged"}
    entries["fay/x.zip"] = empty.getvalue()
    laid(tmp_path, entries)
    for path in (tmp_path, packed(tmp_path / "class.zip", entries)):
        found = collect.collect(path).students
        assert mark(found["ada"]) == "a"
        assert found["ada"].file == "ada/x.zip/x.ipynb"
        for key, word in {"bob": "zip within", "eve": "no end", "fay": "no notebook"}.items():
            assert found[key].outcome == "unreadable" and word in found[key].reason


# What LMSs make


def test_moodle(tmp_path):
    entries = {
        "Ada Lovelace_1234567_assignsubmission_file_/x.ipynb": A,
        "Ada Lovelace_1234567_assignsubmission_onlinetext_/onlinetext.html": b"<p>See the file",
        "Zoë O'Neil-Å_1234568_assignsubmission_file_/sub/y.ipynb": B,
        "Ada Lovelace_1234569_assignsubmission_file_z.ipynb": B,
        "Bo_77_assignsubmission_onlinetext_/onlinetext.html": b"<p>def softmax",
        "Participant 8_78_assignsubmission_file_/": None,
        "李 明_79_assignsubmission_file_/x.ipynb": A,
        "Eve_80_assignsubmission_file_/Ada Lovelace_1234567_assignsubmission_file_/x.ipynb": B,
    }
    for top in ("", "CS101-softmax-5678/"):
        path = packed(tmp_path / "class.zip", {top + name: data for name, data in entries.items()})
        found = collect.collect(path).students
        assert marks(collect.collect(path)) == {
            "ada-lovelace-1234567": "a",
            "ada-lovelace-1234569": "b",
            "bo-77": "unreadable",
            "eve-80": "b",
            "participant-8-78": "missing",
            "student-79": "a",
            "zoe-o-neil-a-1234568": "b",
        }
        assert found["zoe-o-neil-a-1234568"].name == "Zoë O'Neil-Å"
        assert "text box" in found["bo-77"].reason


def test_canvas(tmp_path):
    entries = {
        "lovelaceada_12345_67890_softmax.ipynb": A,
        "lovelaceada_12345_67899_softmax-1.ipynb": B,
        "lovelaceada_LATE_12346_67891_my_file_2.ipynb": A,
        "o'neilzoë_12347_67892_x.pdf": b"%PDF",
        "bobbo_12348_text.html": b"<p>",
        "anon_aB3dE_67893_x.ipynb": B,
        "turing_12349_900_x.ipynb": A,
        "turing_12349_901_x.ipynb": B,
    }
    found = collect.collect(packed(tmp_path / "submissions.zip", entries)).students
    assert list(found) == [
        "anon-ab3de", "bobbo-12348", "lovelaceada-12345", "lovelaceada-12346", "o-neilzoe-12347", "turing-12349",
    ]  # fmt: skip
    assert mark(found["lovelaceada-12345"]) == "b"
    assert "late" in found["lovelaceada-12346"].reason
    assert mark(found["turing-12349"]) == "b"
    assert "text box" in found["bobbo-12348"].reason
    assert found["lovelaceada-12345"].name == "lovelaceada"


METADATA = """---
submission_101:
  :submitters:
  - :name: Ada Lovelace
    :sid: '30001'
    :email: ada@example.org
  - :name: Bob
    :sid:
    :email: bob@example.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-01-01 00:00:00.000000000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: Zoë
    :sid: '30003'
submission_103:
  :submitters:
  - :name: Bob
    :email: bob@example.org
submission_104:
  :submitters:
  - :name: Nobody
    :sid: '30005'
"""


@pytest.mark.parametrize("top", ["assignment_7_export/", ""])
def test_gradescope(tmp_path, top):
    entries = {
        f"{top}submission_metadata.yml": METADATA.encode(),
        f"{top}submission_101/x.ipynb": A,
        f"{top}submission_102/y.ipynb": B,
        f"{top}submission_102/submission_metadata.yml": b"submission_101: {}",
        f"{top}submission_103/x.ipynb": B,
        f"{top}submission_999/x.ipynb": A,
    }
    folder = tmp_path / "folder"
    for path in (packed(tmp_path / "export.zip", entries), laid(folder, entries)):
        found = collect.collect(path).students
        assert mark(found["ada-lovelace-30001"]) == "a"
        assert found["ada-lovelace-30001"].group == ("Ada Lovelace", "Bob")
        assert mark(found["bob-bob-example-org"]) == "b"
        assert found["zoe-30003"].name == "Zoë"
        assert found["nobody-30005"].outcome == "missing"
        assert mark(found["submission_999"]) == "a"
        assert len(found) == 5


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "- " * 100_000,
        "? " * 50_000,
        "a: &a [x]\nb: *c",
        "{",
        "submission_1: !!python/object/apply:os.system ['touch /tmp/owned']",
        "3",
        "\0",
        "submission_1: {':submitters': 3}",
        "submission_1: {':submitters': [3, {':name': [1]}]}",
        "submission_1: {':created_at': 2026-99-99}",
    ],
)
def test_odd_metadata_of_gradescope(text):
    assert gradescope.submitters(text.encode()) == {}


def test_yaml_that_doubles_is_not_followed():
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert gradescope.submitters("\n".join(lines).encode()) == {}


# Hostile archives


def test_names_that_lead_out(tmp_path):
    entries = {
        "/etc/ada.ipynb": A,
        "../bob.ipynb": A,
        "C:\\eve.ipynb": A,
        "ada/../bob/x.ipynb": B,
        "ada-2/x.ipynb": B,
        "fay\\x.ipynb": A,
        "gus/./x.ipynb": A,
        "..": A,
    }
    before = {path: path.stat().st_mtime for path in tmp_path.rglob("*")}
    path = packed(tmp_path / "class.zip", entries)
    found = collect.collect(path)
    assert marks(found) == {"ada": "unreadable", "ada-2": "b", "fay": "a", "gus": "a"}
    assert "leads out" in found.students["ada"].reason
    assert len(found.left_out) == 4 and all("leads out" in words for words in found.left_out)
    assert {each for each in tmp_path.rglob("*")} - set(before) == {path}


def test_links_in_a_zip(tmp_path):
    link = zipfile.ZipInfo("bob/x.ipynb")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    found = collect.collect(packed(tmp_path / "class.zip", [("ada/x.ipynb", A), (link, b"../ada/x.ipynb")])).students
    assert mark(found["ada"]) == "a"
    assert found["bob"].outcome == "unreadable" and "link" in found["bob"].reason


def patched(path, name, change):
    """Change the record of an entry in the table of contents: flags at 8, method at 10, size at 24, and so on."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name.encode()) - 46
    assert data[at : at + 4] == b"PK\1\2"
    change(data, at)
    path.write_bytes(data)


CHANGES = {
    "encrypted": (lambda data, at: data.__setitem__(at + 8, 1), "encrypted"),
    "method": (lambda data, at: data.__setitem__(at + 10, 99), "compressed"),
    "crc": (lambda data, at: data.__setitem__(at + 16, data[at + 16] ^ 1), "damaged"),
    "offset": (lambda data, at: data.__setitem__(slice(at + 42, at + 46), b"\xff\xff\xff\x7f"), "damaged"),
    "size": (lambda data, at: data.__setitem__(slice(at + 24, at + 28), struct.pack("<L", 200_000_000)), "200 MB"),
    "real size": (lambda data, at: data.__setitem__(slice(at + 24, at + 28), struct.pack("<L", 10)), "damaged"),
    "packed size": (lambda data, at: data.__setitem__(slice(at + 20, at + 24), b"\5\0\0\0"), "damaged"),
    "data": (lambda data, at: data.__setitem__(slice(36, 46), b"\xff" * 10), "damaged"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_one_damaged_entry(tmp_path, kind):
    change, word = CHANGES[kind]
    path = packed(tmp_path / "class.zip", {"ada/x.ipynb": A, "bob/x.ipynb": B})
    patched(path, "ada/x.ipynb", change)
    found = collect.collect(path).students
    assert mark(found["bob"]) == "b"
    with pytest.raises(Unreadable, match=word):
        found["ada"].data()


@pytest.mark.parametrize("cut", [0, 10, 50, 300])
def test_a_truncated_archive(tmp_path, cut):
    path = packed(tmp_path / "class.zip", {"ada/x.ipynb": A, "bob/x.ipynb": B})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Unreadable, match=r"archive|empty"):
        collect.collect(path)


def test_a_bomb_that_lies(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "SIZE", 1_000_000)
    path = packed(tmp_path / "class.zip", {"ada/x.ipynb": b" " * 50_000_000, "bob/x.ipynb": B})
    found = collect.collect(path).students
    with pytest.raises(Unreadable, match="50 MB"):
        found["ada"].data()
    patched(path, "ada/x.ipynb", lambda data, at: data.__setitem__(slice(at + 24, at + 28), struct.pack("<L", 999)))
    read_of = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, *given):
            self.real = real(*given)

        def __getattr__(self, name):
            return getattr(self.real, name)

        def decompress(self, *given):
            out = self.real.decompress(*given)
            read_of.append(len(out))
            return out

    monkeypatch.setattr(archive.zlib, "decompressobj", Counting)
    with pytest.raises(Unreadable, match="damaged"):
        collect.collect(path).students["ada"].data()
    assert sum(read_of) <= 1_000_001


def test_ten_thousand_entries(tmp_path):
    entries = [(f"student{number:05}/x.ipynb", A) for number in range(10_000)]
    found = collect.collect(packed(tmp_path / "class.zip", entries)).students
    assert len(found) == 10_000
    assert mark(found["student09999"]) == "a"


def test_ten_thousand_files_of_one_student(tmp_path):
    entries = [(f"ada/{number}x.ipynb", A) for number in range(10_000)] + [("bob/x.ipynb", B)]
    found = collect.collect(packed(tmp_path / "class.zip", entries), "softmax", RELEASED).students
    assert found["ada"].outcome == "unreadable" and len(found["ada"].reason) < 500
    assert mark(found["bob"]) == "b"


def test_too_many_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ENTRIES", 10)
    path = packed(tmp_path / "class.zip", [(f"s{number}/x.ipynb", A) for number in range(11)])
    with pytest.raises(Unreadable, match="11 entries"):
        collect.collect(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(tmp_path):
    path = packed(tmp_path / "class.zip", [("ada/x.ipynb", A), ("ada/x.ipynb", B)])
    found = collect.collect(path).students["ada"]
    assert mark(found) == "b" and "twice" in found.reason


def raw_names(path, names):
    """Write a zip whose names are these bytes, whatever they are, with the flag that they are UTF-8 or without."""
    made = [(f"{number:04}".encode() * (len(name) // 4 + 1))[: len(name)] for number, (name, _) in enumerate(names)]
    packed(path, [(stand_in.decode(), A) for stand_in in made])
    data = path.read_bytes()
    for stand_in, (name, utf8) in zip(made, names, strict=True):
        for at in [found.start() for found in re.finditer(re.escape(stand_in), data)]:
            flags = at - 46 + 8 if data[at - 46 : at - 42] == b"PK\1\2" else at - 30 + 6
            data = (
                data[: flags + 1] + (b"\x08" if utf8 else b"\0") + data[flags + 2 : at] + name + data[at + len(name) :]
            )
    path.write_bytes(data)
    return path


def test_odd_names(tmp_path):
    names = [
        ("Zoë/x.ipynb".encode("cp437"), False),
        ("Åsa/x.ipynb".encode(), False),
        ("Çağla/x.ipynb".encode(), True),
        (b"half\xed\xa0\x80/x.ipynb", True),
        (b"half\xed\xa0\x81/x.ipynb", True),
        (b"two\nlines/x.ipynb", True),
        (b"nu\0l/x.ipynb", True),
        (b"l" * 3000 + b"/x.ipynb", True),
        (b"l" * 3001 + b"/x.ipynb", True),
        (b".../x.ipynb", True),
        (b"ada/x.ipynb", True),
        (b"Ada/x.ipynb", True),
        (b"con/x.ipynb", True),
        (b"=cmd|x/x.ipynb", True),
        (b"<script>/x.ipynb", True),
        (b"-rf/x.ipynb", True),
    ]
    found = collect.collect(raw_names(tmp_path / "class.zip", names)).students
    assert len(found) == len(names)
    assert len({key.casefold() for key in found}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,79}", key) for key in found)
    by_name = [each.name for each in found.values()]
    assert {"Zoë", "Åsa", "Çağla", "two\nlines", "nu\0l", "...", "ada", "Ada", "<script>"} <= set(by_name)
    for each in found.values():
        each.name.encode()
        each.file.encode()
        assert each.key == next(key for key in found if found[key] is each)
        assert mark(each) == "a"
    assert found["ada"].name == "ada"
    assert "con" not in found


def test_names_of_a_folder_that_are_no_text(tmp_path):
    folder = os.fsencode(tmp_path) + b"/b\xffb"
    os.mkdir(folder)
    with open(folder + b"/x.ipynb", "wb") as file:
        file.write(A)
    (found,) = collect.collect(tmp_path).students.values()
    assert found.name == "b\ufffdb" and mark(found) == "a"


def test_a_name_that_is_anothers_key(tmp_path):
    laid(tmp_path, {"Zoë/x.ipynb": A})
    (key,) = collect.collect(tmp_path).students
    laid(tmp_path, {f"{key}/x.ipynb": B})
    found = collect.collect(tmp_path).students
    assert len(found) == 2 and sorted(marks(collect.collect(tmp_path)).values()) == ["a", "b"]


def test_keys_do_not_depend_on_the_others(tmp_path):
    laid(tmp_path, {"Zoë/x.ipynb": A, "bob/x.ipynb": B})
    before = set(collect.collect(tmp_path).students)
    laid(tmp_path, {"abe/x.ipynb": A, "Žoe/x.ipynb": A})
    assert before < set(collect.collect(tmp_path).students)


def test_found_crosses_to_another_process(tmp_path):
    import pickle  # of our own values, as multiprocessing does

    path = packed(tmp_path / "class.zip", {"ada/x.ipynb": A})
    found = collect.collect(path).students["ada"]
    assert pickle.loads(pickle.dumps(found)).data() == A


def test_changed_bytes_raise_unreadable_alone(tmp_path):
    entries = {"ada/x.ipynb": A, "Bo_1_assignsubmission_file_/y.zip": b"PK\3\4", "c_1_2_x-1.ipynb": B, "d.ipynb": A}
    path = packed(tmp_path / "class.zip", entries)
    data, rng = path.read_bytes(), random.Random(0)
    for _ in range(300):
        made = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            made[rng.randrange(len(made))] = rng.choice([0, 1, 0xFF, rng.randrange(256)])
        path.write_bytes(made)
        try:
            found = collect.collect(path, "softmax", RELEASED).students
        except Unreadable:
            continue
        for each in found.values():
            with contextlib.suppress(Unreadable):
                read(each.data())


def test_zip64(tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as made, made.open("ada/x.ipynb", "w", force_zip64=True) as entry:
        entry.write(A)
    assert mark(collect.collect(path).students["ada"]) == "a"
    path.write_bytes(b"#!/bin/sh of a self-extracting archive\n" + path.read_bytes())
    assert mark(collect.collect(path).students["ada"]) == "a"


def test_one_folder_around_all_in_a_zip(tmp_path):
    around = {"class/ada/x.ipynb": A, "class/bob/x.ipynb": B, "class/notes.txt": b""}
    assert marks(collect.collect(packed(tmp_path / "other.zip", around))) == {"ada": "a", "bob": "b"}
    flat = {"week2/ada.ipynb": A}
    assert marks(collect.collect(packed(tmp_path / "week2.zip", flat))) == {"ada": "a"}
    assert marks(collect.collect(packed(tmp_path / "x.zip", {"__MACOSX/._a": b"", "ada/x.ipynb": A}))) == {"ada": "a"}
