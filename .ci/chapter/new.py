"""Begin a chapter: its notebook, executed; its figure, with its row and its still picture; its place in every list.

    python .ci/chapter/new.py NN SLUG TITLE

What an author must replace says TODO. Nothing is overwritten, and nothing is written before all is known to be right.
"""

import json
import re
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "book" / "_ext")]

# The parts of the book: the last number, the caption, and which notebooks belong to it.
PARTS = [
    (9, "Part I · One network, by hand", ["notebooks/0[0-9]_*"]),
    (18, "Part II · The network as a library", ["notebooks/1[0-8]_*"]),
    (29, "Part III · The network in the world", ["notebooks/19_*", "notebooks/2[0-9]_*"]),
]


def stop(words):
    sys.exit(f"{words}\nUsage: make chapter N=10 SLUG=momentum TITLE='Momentum'")


def asked(number, slug, title):
    """Return the number as two digits and the title, or stop with what is wrong."""
    if not re.fullmatch(r"\d{1,2}", number) or int(number) > PARTS[-1][0]:
        stop(f"N={number}: expected the chapter's number, 0 to {PARTS[-1][0]}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug) or slug in ("base", "mount"):
        stop(f"SLUG={slug}: expected small letters, digits and _, such as momentum or batch_norm; not base, not mount")
    if not title.strip() or re.search(r"[\n|]", title):
        stop(f"TITLE={title}: expected the title, in one line and without |")
    number = f"{int(number):02d}"
    there = sorted(ROOT.glob(f"notebooks/{number}_*.ipynb"))
    if there:
        stop(f"N={number}: there is {there[0].relative_to(ROOT)} already")
    taken = [path for path in paths(number, slug).values() if path.exists()]
    if taken:
        stop(f"SLUG={slug}: there is {taken[0].relative_to(ROOT)} already")
    return number, title.strip()


def paths(number, slug):
    return {
        "notebook": ROOT / "notebooks" / f"{number}_{slug}.ipynb",
        "figure": ROOT / "book" / "_static" / "figures" / f"{slug}.js",
        "row": ROOT / "tests" / "figure_rows" / f"{slug}.py",
    }


def filled(name, number, slug, title):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return text.replace("NN", number).replace("NAME", slug).replace("TITLE", title)


def cells(text):
    """Yield the cells of the template: a line that begins with %% opens one, and says its kind and its metadata."""
    from nbformat import v4

    for part in re.split(r"^%% ", text, flags=re.MULTILINE)[1:]:
        head, _, source = part.partition("\n")
        kind, _, rest = head.partition(" ")
        source = source.rstrip("\n")
        if kind == "markdown":
            yield v4.new_markdown_cell(source)
        elif kind == "code":
            yield v4.new_code_cell(source, metadata=json.loads(rest or "{}"))
        else:
            yield from exercise(*rest.split(" ", 2))


def exercise(name, argument, answer):
    """Yield check, stub and solution of an exercise: a function of one number."""
    from nbformat import v4

    report = f"\n\n\nexercise.report(check_{name}, {name})"
    check = (
        f"def check_{name}({name}):\n    for {argument} in (-1.5, 0.0, 2.0):\n        got = {name}({argument})\n"
        f'        assert got == {answer}, f"{name}({{{argument}}}): expected {{{answer}}}, got {{got}}"'
    )
    stub = f'def {name}({argument}):\n    raise NotImplementedError("your turn"){report}'
    solution = f"# TODO: say why.\ndef {name}({argument}):\n    return {answer}{report}"
    for source, tags, show in (
        (check, ["check", "hide-cell"], "the check"),
        (stub, ["exercise"], None),
        (solution, ["solution", "hide-cell"], "a solution"),
    ):
        prompts = {"code_prompt_show": f"Show {show}", "code_prompt_hide": f"Hide the {show and show.split()[1]}"}
        yield v4.new_code_cell(source, metadata={"tags": tags} | ({"mystnb": prompts} if show else {}))


def contents(number):
    """Put the chapter's part into _toc.yml where it is the first of its part, and the pattern of its name where that is
    not there: one that finds no notebook is a fault of the book.
    """
    path = ROOT / "_toc.yml"
    text = path.read_text(encoding="utf-8")
    caption, globs = next((caption, globs) for last, caption, globs in PARTS if int(number) <= last)
    pattern = f"      - glob: {next(glob for glob in globs if fnmatch(f'notebooks/{number}_', glob))}\n"
    part = f"  - caption: {caption}\n    chapters:\n"
    if part not in text:
        head, mark, rest = text.partition("  - caption: In a course\n")
        text = head + part + mark + rest
    if pattern.rstrip() not in text:  # behind the others of its part
        head, _, rest = text.partition(part)
        there, mark, behind = rest.partition("  - caption: ")
        text = head + part + there + pattern + mark + behind
    path.write_text(text, encoding="utf-8")


def rows(number, title):
    """Put the chapter into the README's table and into the weekly plan, each behind the chapter before it."""
    before = max(path.name[:2] for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb") if path.name[:2] < number)
    new_row = f"| {number} | {title} | TODO |\n"
    new_week = f"| TODO | {{ref}}`{number} <ch-{number}>` | TODO | TODO |\n"
    for name, row, new in (
        ("README.md", rf"^\| {before} \|.*\n", new_row),
        ("book/introduction.md", rf"^\| (?:\d+|TODO) \|.*<ch-{before}>.*\n", new_week),
    ):
        path = ROOT / name
        text = path.read_text(encoding="utf-8")
        last = re.search(row, text, re.MULTILINE)
        if not last:
            sys.exit(f"{name}: expected a row of chapter {before} to put the new row behind, found none")
        path.write_text(text[: last.end()] + new + text[last.end() :], encoding="utf-8")


def main(number="", slug="", title=""):
    number, title = asked(number, slug, title)
    from execute_notebooks import clean
    from execute_notebooks import main as execute
    from nbformat import v4

    place = paths(number, slug)
    rows(number, title)
    contents(number)
    place["figure"].write_text(filled("figure.js", number, slug, title), encoding="utf-8")
    place["row"].write_text(filled("row.py", number, slug, title), encoding="utf-8")
    notebook = v4.new_notebook(cells=list(cells(filled("cells.txt", number, slug, title))))
    clean(notebook)
    place["notebook"].write_text(v4.writes(notebook), encoding="utf-8")
    if execute([str(place["notebook"])]):
        return 1

    import make_stills

    make_stills.main([slug])
    written = [*place.values(), place["figure"].parent / "still" / f"{slug}.svg"]
    written += [ROOT / name for name in ("README.md", "book/introduction.md", "_toc.yml")]
    print("• written:", *(f"  {path.relative_to(ROOT)}" for path in written), sep="\n")
    print(f"• replace what says TODO; then: make check CHAPTER={number}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
