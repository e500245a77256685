"""A submitted notebook, whatever became of it, is read as what it is, or is unreadable for a reason in words."""

import contextlib
import copy
import json
import os
import random
import socket
import zipfile

import pytest

from assignments import files, notebook, pythontext
from assignments.notebook import Unreadable, answers, read, release

SOFTMAX = '''def softmax(Z):
    """Return the probabilities of each row."""
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION'''
LOSS = (
    "def loss(P, y):\n    ### BEGIN SOLUTION\n    return -np.log(P[np.arange(len(y)), y]).mean()\n    ### END SOLUTION"
)
EXPLAIN = "=== BEGIN MARK SCHEME ===\nThe same factor stands above and below.\n=== END MARK SCHEME ==="


def graded(name, **settings):
    given = {"grade_id": name, "solution": False, "grade": False, "locked": True, "schema_version": 3}
    return {"nbgrader": given | settings}


def code(name, source, **settings):
    cell = {"cell_type": "code", "id": name, "metadata": graded(name, **settings), "source": source}
    return cell | {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": "0.5"}]}


def text(name, source, metadata=None):
    return {"cell_type": "markdown", "id": name, "metadata": metadata or {}, "source": source}


def source():
    """Return an assignment as its author writes it: two answers in code, a written one."""
    answer = {"solution": True, "locked": False}
    written = graded("explain-shift", solution=True, locked=False, grade=True, points=3)
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"assignment": {"name": "softmax", "number": 2}, "kernelspec": {"name": "python3"}, "widgets": {}},
        "cells": [
            text("title", "# Softmax"),
            code("given-imports", "import numpy as np\n"),
            text("task-softmax", "Write `softmax`."),
            code("softmax", SOFTMAX, **answer),
            code("try-softmax", "report(check_softmax, softmax)"),
            code("points-softmax", "# 8 points", grade=True, points=8),
            code("loss", LOSS, **answer),
            code("try-loss", "report(check_loss, loss)"),
            code("points-loss", "# 4 points", grade=True, points=4),
            text("task-explain", "Why may a number be subtracted?"),
            text("explain-shift", EXPLAIN, written),
        ],
    }


RELEASED = read(release(source()))
DONE = "def softmax(Z):\n    return np.exp(Z)"
DONE_LOSS = "def loss(P, y):\n    return 0.0"


def student(**changed):
    """Return a submission: the release with the sources of cells changed, by id."""
    made = copy.deepcopy(release(source()))
    for cell in made["cells"]:
        cell["source"] = changed.get(cell["id"], cell["source"])
    return made


def cell_of(made, name):
    return next(cell for cell in made["cells"] if cell["id"] == name)


def solved():
    return student(softmax=DONE, loss=DONE_LOSS, **{"explain-shift": "It cancels."})


def code_of(made):
    return answers(read(made), RELEASED)[0]


def data(made):
    return json.dumps(made).encode()


EXPECTED = ["import numpy as np\n", DONE, DONE_LOSS]


# Reading


def test_a_solved_notebook():
    submission = read(data(solved()))
    assert submission.notes == []
    assert [cell.id for cell in submission.cells][:4] == ["title", "given-imports", "task-softmax", "softmax"]
    assert submission.cells[3] == notebook.Cell("softmax", "softmax", "code", DONE, "answer")
    question = ["answer", "self-check", "points"]
    roles = ["given", "given", "given", *question, *question, "given", "written"]
    assert [cell.role for cell in submission.cells] == roles
    assert answers(submission, RELEASED) == (EXPECTED, {"explain-shift": "It cancels."})


def test_from_a_path(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(data(solved()))
    assert read(path) == read(str(path)) == read(path.read_bytes())


@pytest.mark.parametrize(
    "encode",
    [
        lambda made: b"\xef\xbb\xbf" + data(made),
        lambda made: json.dumps(made).encode("utf-16"),
        lambda made: json.dumps(made).encode("utf-16-le"),
        lambda made: json.dumps(made).encode("utf-32"),
        lambda made: json.dumps(made, indent=1).replace("\n", "\r\n").encode(),
        lambda made: json.dumps(made).replace("\\n", "\\r\\n").encode(),
        lambda made: json.dumps(made, ensure_ascii=False).replace("Softmax", "Schönes").encode("cp1252"),
        lambda made: data(made) + b"\0" * 500,
        lambda made: b"\n\n  " + data(made) + b"\n and what was typed behind it",
    ],
    ids=["bom", "utf-16", "utf-16 without a mark", "utf-32", "crlf", "crlf in cells", "cp1252", "nul behind", "tail"],
)
def test_encodings(encode):
    assert code_of(encode(solved())) == EXPECTED


def test_what_was_odd_is_noted():
    assert read(b"\xef\xbb\xbf" + data(solved())).notes == ["a byte order mark"]
    assert "UTF-16" in read(json.dumps(solved()).encode("utf-16")).notes[0]


def nbformat3(made):
    cells = []
    for cell in made["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        key = "input" if cell["cell_type"] == "code" else "source"
        cells.append(old | {key: cell["source"].splitlines(keepends=True)})
    cells[0] = {"cell_type": "heading", "level": 1, "source": ["Softmax"], "metadata": {}}
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def colab(made):
    for cell in made["cells"]:
        cell["metadata"] = {"id": "aB3_" + cell.pop("id"), "outputId": "x", "colab": {"base_uri": "https://x"}}
    made["cells"].append({"cell_type": "code", "source": [], "metadata": {"id": "q"}, "outputs": []})
    return made | {"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}, "accelerator": "GPU"}}


def vs_code(made):
    for cell in made["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}}
        cell["id"] = "4f8a" + cell["id"][::-1]
        cell["source"] = cell["source"].splitlines(keepends=True)
    return made | {"metadata": {"kernelspec": {"name": "python310"}}, "nbformat_minor": 2}


def unkeyed(made):
    return {"cells": made["cells"]}


def without_types(made):
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            del cell["cell_type"]
    return made


def odd_lists(made):
    made["cells"][3]["source"] = DONE.split("\n")
    return made


@pytest.mark.parametrize("rewrite", [nbformat3, colab, vs_code, unkeyed, without_types, odd_lists])
def test_other_programs_rewrite_a_notebook(rewrite):
    code, written = answers(read(data(rewrite(solved()))), RELEASED)
    assert [text for text in code if text.strip()] == EXPECTED
    assert written == {"explain-shift": "It cancels."}


@pytest.mark.parametrize("minor", range(6))
def test_every_nbformat_4(minor):
    made = solved() | {"nbformat_minor": minor}
    for cell in made["cells"]:
        if minor < 5:
            del cell["id"]
    assert answers(read(data(made)), RELEASED) == (EXPECTED, {"explain-shift": "It cancels."})


@pytest.mark.parametrize(
    "source, read_as",
    [
        ("a = 1\x00\nb = 2", "a = 1\nb = 2"),
        ("a = '\ud800'", "a = '\ufffd'"),
        (["a = '\ud83d", "\ude00'\n"], "a = '\U0001f600'\n"),
        (["a = 1\n", 3, None, "b = 2"], "a = 1\nb = 2"),
        (None, ""),
        ({"a": 1}, ""),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_sources(source, read_as):
    submission = read({"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]})
    assert submission.cells[0].source == read_as
    read_as.encode()
    bare = read(json.dumps({"cells": [{"cell_type": "code", "source": source}]}).encode())
    assert bare.cells[0].source == read_as


def test_a_raw_null_byte_inside_a_string():
    assert code_of(data(solved()).replace(b"It cancels.", b"It\0cancels.")) == EXPECTED


NONE = {"cell_type": 7, "metadata": 3, "id": [], "source": 1}


@pytest.mark.parametrize("cells", [[], [None, 3, "x", []], [{}], [NONE]])
def test_odd_cells(cells):
    submission = read({"cells": cells})
    assert all(cell.source == "" for cell in submission.cells)
    assert answers(submission, RELEASED) == (["import numpy as np\n"], {"explain-shift": ""})


def test_odd_metadata_is_no_error():
    made = solved()
    for cell, odd in zip(made["cells"], [None, 3, [], {"nbgrader": 3}, {"nbgrader": {"grade_id": 5}}], strict=False):
        cell["metadata"] = odd
    assert code_of(data(made)) == EXPECTED


def test_stored_outputs_never_matter():
    made = solved()
    made["cells"][3]["outputs"] = [{"output_type": "stream", "text": "x" * 30_000_000}, {"data": [1.5] * 200_000}, 3]
    made["cells"][4]["outputs"] = "no list"
    assert code_of(data(made)) == EXPECTED


def test_a_million_little_values_are_refused(monkeypatch):
    monkeypatch.setattr(files, "VALUES", 1000)
    monkeypatch.setattr(files, "SMALL", 10)
    made = solved()
    made["cells"][3]["outputs"] = [{}] * 2000
    with pytest.raises(Unreadable, match=r"2,\d\d\d values.*[Cc]lear"):
        read(data(made))
    made["cells"][3]["outputs"] = ["{[" * 3000]
    assert code_of(data(made)) == EXPECTED


def test_a_huge_extra_cell():
    made = solved()
    made["cells"].insert(5, code("huge", "x = 1 + \\\n" * 1_000_000))
    submission = read(data(made))
    assert answers(submission, RELEASED)[0] == EXPECTED
    assert any("huge" in note or "MB" in note for note in submission.notes)


# What cannot be read


UNREADABLE = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\n", "empty"),
    "zeros": (b"\0" * 4096, "null bytes"),
    "web page": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "web page"),
    "web page, BOM": (b"\xef\xbb\xbf<html lang='en'>", "web page"),
    "zip": (b"PK\x03\x04rest", "zip"),
    "pdf": (b"%PDF-1.7 ...", "PDF"),
    "gzip": (b"\x1f\x8b\x08...", "gzip"),
    "picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
    "LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
    "pickle": (b"\x80\x04\x95\x00", "no notebook"),
    "list": (b"[1, 2]", "no notebook"),
    "number": (b"3", "no notebook"),
    "null": (b"null", "no notebook"),
    "config": (b'{"name": "x"}', "list of cells"),
    "cells no list": (b'{"cells": {"a": 1}, "nbformat": 4}', "list of cells"),
    "deep": (b'{"cells": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested"),
    "deep objects": (b'{"a":' * 100_000, "nested"),
    "merge": (b'{"cells": [\n<<<<<<< HEAD\n{},\n=======\n{}\n>>>>>>> x\n]}', "merge"),
    "prose": (b"My answer is 3.", "no notebook"),
    "noise": (bytes(range(256)) * 40, "no notebook"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable(name):
    given, word = UNREADABLE[name]
    with pytest.raises(Unreadable, match=word) as caught:
        read(given)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_truncated_says_where():
    made = json.dumps(solved(), indent=1)
    for part in (0.3, 0.5, 0.9):
        cut = made[: int(len(made) * part)]
        with pytest.raises(Unreadable, match=rf"ends at line {cut.rstrip().count(chr(10)) + 1}, in the middle"):
            read(cut.encode())
    with pytest.raises(Unreadable, match="in the middle"):
        read((made[:800]).encode("utf-16"))


def test_a_comma_too_many_says_where():
    with pytest.raises(Unreadable, match="line 2"):
        read(b'{"cells": [],\n,"nbformat": 4}')


def test_too_large_is_refused_by_its_size(tmp_path, monkeypatch):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # no block of it is on the disk
    monkeypatch.setattr(files.os, "read", None)
    with pytest.raises(Unreadable, match="200 MB"):
        read(path)


def test_what_is_no_file(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(tmp_path)  # the name of a socket may have only about 100 characters
        listening.bind("socket.ipynb")
        for name, word in {"pipe": "pipe", "folder": "folder", "socket": "socket", "none": "no such file"}.items():
            with pytest.raises(Unreadable, match=word):
                read(tmp_path / f"{name}.ipynb")
    with pytest.raises(Unreadable, match="device"):
        read("/dev/zero")
    with pytest.raises(Unreadable, match="no such file"):
        read("a\0b")


def test_links_are_not_followed(tmp_path):
    inside, outside = tmp_path / "me", tmp_path / "neighbour.ipynb"
    inside.mkdir()
    outside.write_bytes(data(solved()))
    (inside / "x.ipynb").symlink_to(outside)
    (inside / "y.ipynb").symlink_to("nowhere")
    for name in ("x.ipynb", "y.ipynb"):
        with pytest.raises(Unreadable, match="link"):
            read(inside / name)


def test_no_permission(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(b"{}")
    path.chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    with pytest.raises(Unreadable, match="permission"):
        read(path)


def test_a_zip_renamed(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.ipynb", "w") as archive:
        archive.writestr("x.ipynb", "{}")
    with pytest.raises(Unreadable, match="zip"):
        read(tmp_path / "x.ipynb")


def test_changed_bytes_raise_unreadable_alone():
    whole, rng = data(solved()), random.Random(0)
    for _ in range(300):
        made = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            made[rng.randrange(len(made))] = rng.choice(b'{}[]",:\\ud8\xff\0n1')
        with contextlib.suppress(Unreadable):
            answers(read(bytes(made)), RELEASED)


def test_a_string_that_never_ends_takes_no_time(monkeypatch):
    monkeypatch.setattr(files, "SMALL", 10)
    with pytest.raises(Unreadable, match="in the middle"):
        read(b'{"a": "' + b'\\"' * 2_000_000)


# A script, the last resort


PERCENT = f"""# %%
import numpy as np

# %% [markdown]
# Write `softmax`.

# %% nbgrader={{"grade_id": "softmax", "solution": true}}
{DONE}

# %%
%matplotlib inline
report(check_softmax, softmax)

# %% [markdown]
# Why may a number be subtracted?

# %% [markdown]
# It cancels.
"""
NBCONVERT = f"""#!/usr/bin/env python
# coding: utf-8

# # Softmax

# In[1]:


import numpy as np


# Write `softmax`.

# In[ ]:


{DONE}


# In[3]:


get_ipython().run_line_magic('matplotlib', 'inline')
report(check_softmax, softmax)
"""
PLAIN = f'"""Made by Colab."""\n\nimport numpy as np\n\n{DONE}\n\nreport(check_softmax, softmax)\n'


@pytest.mark.parametrize("script", [PERCENT, NBCONVERT, PLAIN], ids=["percent", "nbconvert", "plain"])
def test_scripts(script, tmp_path):
    path = tmp_path / "softmax.py"
    path.write_text(script)
    submission = read(path)
    assert submission == read(script.encode())
    assert any("script" in note for note in submission.notes)
    code, _ = answers(submission, RELEASED)
    assert sum("def softmax" in text for text in code) == 1
    assert next(text for text in code if "def softmax" in text).strip() == DONE
    for text in code:
        compile(text, "cell", "exec")


def test_text_cells_of_a_script():
    submission = read(PERCENT.encode())
    assert [cell.kind for cell in submission.cells].count("markdown") == 3
    assert answers(submission, RELEASED)[1] == {"explain-shift": "It cancels."}
    assert submission.cells[3].grade_id == "softmax"


# Which answers count


def test_an_empty_notebook():
    assert answers(read({"cells": []}), RELEASED) == (["import numpy as np\n"], {"explain-shift": ""})


def test_the_release_itself_has_no_answers():
    code, written = answers(RELEASED, RELEASED)
    assert len(code) == 3 and all('raise NotImplementedError("your turn")' in text for text in code[1:])
    assert written == {"explain-shift": ""}


def test_given_cells_come_from_the_release_also_where_they_are_deleted():
    made = solved()
    made["cells"] = [cell for cell in made["cells"] if cell["id"] not in ("given-imports", "try-softmax", "title")]
    assert code_of(made) == EXPECTED


def test_what_a_student_adds_to_a_given_cell_counts():
    made = student(softmax=DONE, **{"given-imports": "import numpy as np\nSHIFT = 3"})
    assert code_of(made)[:2] == ["import numpy as np\n", "import numpy as np\nSHIFT = 3"]


def test_trailing_blanks_make_no_given_cell_a_students():
    made = solved()
    cell_of(made, "given-imports")["source"] = "import numpy as np   \r\n\n"
    assert code_of(made) == EXPECTED


def test_helpers_in_cells_of_their_own():
    made = solved()
    made["cells"].append({"cell_type": "code", "source": "SHIFT = 3", "metadata": {}})
    assert code_of(made) == [*EXPECTED, "SHIFT = 3"]


def test_order_is_the_students():
    made = solved()
    made["cells"].reverse()
    assert code_of(made) == [EXPECTED[0], DONE_LOSS, DONE]


def test_merged_cells():
    made = solved()
    cell_of(made, "softmax")["source"] = DONE + "\n" + DONE_LOSS
    made["cells"] = [cell for cell in made["cells"] if cell["id"] != "loss"]
    assert code_of(made) == [EXPECTED[0], DONE + "\n" + DONE_LOSS]


def test_an_answer_merged_into_the_cell_above_it():
    made = solved()
    merged = "report(check_softmax, softmax)\n# 8 points\n" + DONE_LOSS
    cell_of(made, "try-softmax")["source"] = merged
    made["cells"] = [cell for cell in made["cells"] if cell["id"] not in ("loss", "points-softmax")]
    assert code_of(made) == [EXPECTED[0], DONE, merged]


def test_a_split_function_is_joined():
    top, rest = "def softmax(Z):\n    E = np.exp(Z)", "    return E / E.sum()"
    made = student(softmax=top)
    made["cells"].insert(4, copy.deepcopy(cell_of(made, "softmax")) | {"source": rest})
    assert top + "\n" + rest in code_of(made)
    made["cells"][3]["source"], made["cells"][4]["source"] = "def softmax(Z):", "    E = 1\n    return E"
    assert "def softmax(Z):\n    E = 1\n    return E" in code_of(made)


def test_an_indented_cell_is_no_half_of_a_function():
    made = student(softmax=DONE)
    made["cells"].insert(4, {"cell_type": "code", "source": "    a = 1\n    b = a"})
    assert code_of(made)[1:3] == [DONE, "a = 1\nb = a"]


def test_split_between_statements():
    made = student(softmax="def helper(Z):\n    return Z")
    made["cells"].insert(4, copy.deepcopy(cell_of(made, "softmax")) | {"source": DONE})
    assert code_of(made)[1:3] == ["def helper(Z):\n    return Z", DONE]


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_a_retyped_answer_counts(kind):
    made = solved()
    cell_of(made, "softmax")["cell_type"] = kind
    assert code_of(made) == EXPECTED


def test_a_retyped_answer_by_its_id_alone():
    made = solved()
    cell_of(made, "softmax").update(cell_type="raw", metadata={})
    assert code_of(made) == EXPECTED


@pytest.mark.parametrize(
    "decoy",
    [
        {"cell_type": "raw", "source": "def softmax(Z):\n    return 0"},
        {"cell_type": "markdown", "source": "def softmax(Z):\n    return 0"},
        {"cell_type": "markdown", "id": "softmax", "source": "I wrote softmax above."},
        {"cell_type": "raw", "id": "softmax", "metadata": {}, "source": "def softmax(Z):\n    return 0"},
        {"cell_type": "raw", "id": "softmax", "source": "class A:\n    def softmax(self, Z): pass"},
    ],
)
def test_decoys(decoy):
    made = solved()
    made["cells"].append(decoy)
    assert code_of(made) == EXPECTED


def test_a_method_or_inner_function_binds_no_name():
    text = "class A:\n    def f(self): pass\ndef g():\n    def h(): pass\n    k = 1"
    assert pythontext.bound(text) == {"A", "g"}


@pytest.mark.parametrize(
    "text",
    [
        "f = lambda Z: Z",
        "f: object = 3",
        "from a import b as f",
        "import f.g",
        "if True:\n    pass\nelse:\n    def f(): pass",
        "try:\n    import x\nexcept ImportError:\n    async def f(): pass",
        "try:\n    pass\nfinally:\n    f = 1",
        "with a as b:\n    (c, *f), d = 1",
        "for f in x: pass",
        "match a:\n    case 1:\n        class f: pass",
        "while a:\n    f = g = 2",
    ],
)
def test_what_binds_a_name(text):
    assert "f" in pythontext.bound(text)


def test_the_untouched_stub_is_no_last_definition():
    made = solved()
    stub = cell_of(release(source()), "softmax")
    made["cells"].append(stub)
    assert code_of(made) == EXPECTED
    assert stub["source"] in code_of(student(loss=DONE_LOSS))


def test_of_two_attempts_both_run_in_order():
    made = solved()
    made["cells"].append(cell_of(made, "softmax") | {"source": "softmax = lambda Z: Z"})
    submission = read(made)
    assert answers(submission, RELEASED)[0] == [*EXPECTED, "softmax = lambda Z: Z"]
    assert any("softmax" in note and "twice" in note for note in submission.notes)


def test_a_changed_self_check_is_left_out():
    made = student(softmax=DONE, loss=DONE_LOSS, **{"try-softmax": "softmax(3)", "points-loss": "print(1)"})
    assert code_of(made) == EXPECTED
    cell_of(made, "try-softmax")["metadata"] = {}
    assert code_of(made) == EXPECTED


def test_helpers_written_into_a_self_check_count():
    changed = "SHIFT = 3\nreport(check_softmax, softmax)"
    assert changed in code_of(student(**{"try-softmax": changed}))


def test_a_syntax_error_stays_in_its_cell():
    made = student(softmax="def softmax(Z:\n  return", loss=DONE_LOSS)
    assert code_of(made) == [EXPECTED[0], "def softmax(Z:\n  return", DONE_LOSS]


# Written answers


def test_written_by_grade_id_then_id_then_place():
    made = solved()
    cell = cell_of(made, "explain-shift")
    for lost in ({"metadata": {}}, {"id": "x1"}, {"cell_type": "code"}, {"cell_type": "raw"}):
        kept = dict(cell)
        cell.update(lost)
        if lost == {"id": "x1"}:
            cell["metadata"] = graded("explain-shift")
        code, written = answers(read(made), RELEASED)
        assert written == {"explain-shift": "It cancels."}
        assert code == EXPECTED
        cell.clear()
        cell.update(kept)
    cell.update(metadata={}, id="x1")
    assert answers(read(made), RELEASED)[1] == {"explain-shift": "It cancels."}


def test_written_twice():
    made = solved()
    made["cells"].append(cell_of(made, "explain-shift") | {"source": "And more."})
    made["cells"].append(cell_of(made, "explain-shift") | {"source": "YOUR ANSWER HERE"})
    assert answers(read(made), RELEASED)[1] == {"explain-shift": "It cancels.\n\nAnd more."}


def test_written_deleted_or_unchanged():
    assert answers(read(student(softmax=DONE)), RELEASED)[1] == {"explain-shift": ""}
    made = solved()
    made["cells"].pop()
    assert answers(read(made), RELEASED)[1] == {"explain-shift": ""}


# Magics


@pytest.mark.parametrize(
    "source, runs",
    [
        ("%matplotlib inline\na = 1", "pass  # %matplotlib inline\na = 1"),
        ("if a:\n    !ls\nb = 1", "if a:\n    pass  # !ls\nb = 1"),
        ("a = !ls\nb = %who\nc = 1", "a = None  # !ls\nb = None  # %who\nc = 1"),
        ("np.max?\n?np\nb = 1", "pass  # np.max?\npass  # ?np\nb = 1"),
        ("!pip install \\\n  numpy\nb = 1", "pass  # !pip install\n#   numpy\nb = 1"),
        ("%%time\na = 1", "pass  # %%time\na = 1"),
        ("%%capture out\n%%time\na = 1\n%who", "pass  # %%capture out\npass  # %%time\na = 1\npass  # %who"),
        ("\n%%bash\nrm x\n\nls", "# \n# %%bash\n# rm x\n# \n# ls"),
        ("%%writefile a.py\ndef softmax(Z): pass", "# %%writefile a.py\n# def softmax(Z): pass"),
        ('a = """\n%no magic\n!nor this\n"""', 'a = """\n%no magic\n!nor this\n"""'),
        ("a = (3\n%b)", "a = (3\n%b)"),
        ("a = 7 \\\n%b", "a = 7 \\\n%b"),
        ('%pip x\na = """\n%s\n""" # "(\nb = (3\n%c)', 'pass  # %pip x\na = """\n%s\n""" # "(\nb = (3\n%c)'),
        ("    a = 1\n    b = 2", "a = 1\nb = 2"),
        ("a = 'what?'\n# why?", "a = 'what?'\n# why?"),
        ("!echo \"(\n%time a = softmax('%')", "pass  # !echo \"(\npass  # %time a = softmax('%')"),
    ],
)
def test_magics(source, runs):
    assert pythontext.runnable(source) == runs


@pytest.mark.parametrize(
    "source",
    ["-" * 90_000 + "1", "a" + ".b" * 40_000, "a" + "()" * 40_000, "(" * 90_000, "9" * 90_000, "a\0b", "{1:" * 9000],
    ids=["minus", "attributes", "calls", "brackets", "digits", "null", "dictionaries"],
)
def test_hostile_python_is_just_no_python(source):
    assert pythontext.parsed(source) is None
    assert pythontext.bound(source) == set()
    assert pythontext.runnable(source) == source


def test_reading_prints_no_warnings(recwarn):
    pythontext.parsed("a = '\\d'\nb = 1 is 1")
    assert not recwarn.list


# The release


def test_release():
    made = release(source())
    cells = {cell["id"]: cell for cell in made["cells"]}
    stub = '    raise NotImplementedError("your turn")'
    assert cells["softmax"]["source"] == "\n".join(SOFTMAX.split("\n")[:2]) + "\n" + stub
    assert cells["loss"]["source"] == "def loss(P, y):\n" + stub
    assert cells["explain-shift"]["source"] == "YOUR ANSWER HERE"
    assert cells["given-imports"]["source"] == "import numpy as np\n"
    ran = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in ran)
    assert made["metadata"]["assignment"] == {"name": "softmax", "number": 2}
    assert "widgets" not in made["metadata"]
    assert notebook.leaks(source(), notebook.text(made)) == []


def test_release_takes_a_path_and_makes_the_same_bytes(tmp_path):
    path = tmp_path / "source.ipynb"
    path.write_text(json.dumps(source()))
    assert notebook.text(release(path)) == notebook.text(release(source())) == notebook.text(release(path.read_bytes()))
    assert json.loads(notebook.text(release(path))) == release(source())
    assert notebook.text(release(path)).endswith("}\n")


def test_release_changes_no_source():
    given = source()
    release(given)
    assert given == source()


def changed(name, old, new):
    made = source()
    cell = cell_of(made, name)
    assert old in cell["source"]
    cell["source"] = cell["source"].replace(old, new)
    return made


@pytest.mark.parametrize(
    "made, words",
    [
        (changed("loss", "    ### END SOLUTION", ""), "loss.*no ### END SOLUTION"),
        (changed("loss", "    ### BEGIN SOLUTION\n", ""), "loss.*### END SOLUTION.*without"),
        (changed("loss", "    return", "    ### BEGIN SOLUTION\n    return"), "loss.*inside"),
        (changed("loss", LOSS, "def loss(): pass"), "loss.*no solution"),
        (changed("loss", "    return -np.log(P[np.arange(len(y)), y]).mean()\n", ""), "loss.*empty"),
        (changed("explain-shift", EXPLAIN, "Say it."), "explain-shift.*no solution"),
        (changed("given-imports", "import", SOFTMAX), "given-imports.*no answer"),
        (changed("title", "# Softmax", EXPLAIN), "title.*no answer"),
    ],
)
def test_release_refuses(made, words):
    with pytest.raises(ValueError, match=words):
        release(made)


def test_release_refuses_ids_that_differ_or_come_twice():
    made = source()
    cell_of(made, "loss")["id"] = "other"
    with pytest.raises(ValueError, match="grade_id"):
        release(made)
    made = source()
    made["cells"].append(copy.deepcopy(made["cells"][3]))
    with pytest.raises(ValueError, match="twice"):
        release(made)


def test_a_solution_that_leaks_is_found():
    made = source()
    made["cells"][0]["metadata"]["remark"] = ["see", "return E / E.sum(axis=1, keepdims=True)"]
    with pytest.raises(ValueError, match="remains"):
        release(made)
    page = "<pre>return E / E.sum(axis=1, keepdims=True)\n</pre>"
    assert notebook.leaks(source(), page) == ["return E / E.sum(axis=1, keepdims=True)"]


def test_a_line_that_stands_outside_too_is_no_leak():
    made = changed("title", "# Softmax", "# Softmax\n    return -np.log(P[np.arange(len(y)), y]).mean()")
    assert "np.log" in notebook.text(release(made))


def test_two_solutions_in_one_cell():
    twice = "a = 1\n### BEGIN SOLUTION\nsecret = 1\n### END SOLUTION\nb = 2\n"
    twice += "  ### BEGIN SOLUTION\n  other = 2\n  ### END SOLUTION\nc = 3"
    made = changed("loss", LOSS, twice)
    stub = 'raise NotImplementedError("your turn")'
    assert cell_of(release(made), "loss")["source"] == f"a = 1\n{stub}\nb = 2\n  {stub}\nc = 3"


def test_a_written_answer_keeps_what_stands_around_its_sample():
    sample = "### BEGIN SOLUTION\nIt cancels.\n### END SOLUTION"
    made = changed("explain-shift", EXPLAIN, f"**Your answer.**\n\n{sample}\n{EXPLAIN}")
    assert cell_of(release(made), "explain-shift")["source"] == "**Your answer.**\n\nYOUR ANSWER HERE"
    released = read(release(made))
    handed_in = release(made)
    cell_of(handed_in, "explain-shift")["source"] = "**Your answer.**\n\n"
    assert answers(read(handed_in), released)[1] == {"explain-shift": ""}
