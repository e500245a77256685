"""Begin an assignment: its notebook, its tests, its common mistakes and its mark scheme, whole and right as they are.

    python .ci/assignment/new.py NUMBER SLUG TITLE

What an author must replace says TODO. Nothing is overwritten, and nothing is written before all is known to be right.
"""

import json
import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent
FILES = ("checks.py", "mistakes.py", "scheme.md")
MINUTES = 90


def stop(words):
    sys.exit(f"{words}\nUsage: make assignment N=8 SLUG=momentum TITLE='Momentum'")


def asked(number, slug, title):
    """Return the number and the title, or stop with what is wrong."""
    if not re.fullmatch(r"[1-9]\d?", number):
        stop(f"N={number}: expected the assignment's number, from 1 on")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug) or keyword.iskeyword(slug):
        stop(f"SLUG={slug}: expected small letters, digits and _, such as momentum or batch_norm")
    if not title.strip() or re.search(r"[\n|]", title):
        stop(f"TITLE={title}: expected the title, in one line and without |")
    folder = ROOT / "assignments"
    for taken in (folder / slug, folder / f"{slug}.py"):
        if taken.exists():
            stop(f"SLUG={slug}: there is {taken.relative_to(ROOT)} already")
    for path in sorted(folder.glob("*/source.ipynb")):
        if json.loads(path.read_text(encoding="utf-8"))["metadata"]["assignment"]["number"] == int(number):
            stop(f"N={number}: there is {path.parent.relative_to(ROOT)} already")
    return int(number), title.strip()


def filled(name, number, title):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return text.replace("NUMBER", str(number)).replace("TITLE", title)


def notebook(text, slug, number, title):
    """Return the notebook of the template: a line that begins with %% opens a cell, and says what it is."""
    parts = re.split(r"^%% ", text, flags=re.MULTILINE)[1:]
    cells = [cell(*head.split(), source=source) for head, _, source in (part.partition("\n") for part in parts)]
    about = {"name": slug, "number": number, "title": title, "minutes": MINUTES}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"assignment": about, "kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def cell(role, name, points=None, source=""):
    """Return a cell with nbgrader's metadata, as the role asks for them."""
    kind = "markdown" if role in ("text", "written") else "code"
    label = {"given": f"given-{name}", "check": f"try-{name}", "points": f"points-{name}"}.get(role, name)
    source = f"# {points} points for {name}" if role == "points" else source.strip("\n")
    made = {"cell_type": kind, "id": label, "metadata": {}, "source": source.splitlines(keepends=True)}
    if role != "text":
        marks = {"cell_type": kind, "grade_id": label, "schema_version": 3, "task": False}
        marks |= {"solution": role in ("answer", "written"), "grade": role in ("points", "written")}
        marks |= {"locked": not marks["solution"]} | ({"points": int(points)} if marks["grade"] else {})
        made["metadata"] = {"nbgrader": marks}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def main(number="", slug="", title=""):
    number, title = asked(number, slug, title)
    made = notebook(filled("cells.txt", number, title), slug, number, title)
    folder = ROOT / "assignments" / slug
    texts = {"source.ipynb": json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"}
    texts |= {name: filled(name, number, title) for name in FILES}
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    print("• written:", *(f"  assignments/{slug}/{name}" for name in texts), sep="\n")
    print("• replace what says TODO, and give it a week in the plan of book/teaching.md; then:")
    print(f"  .venv/bin/pytest tests/assignments/test_assignments.py -k {slug}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
