"""Run what concerns one chapter: its cells, form, equations, figure, and page, in a strictly built book.

python .ci/chapter/check.py 04 [an option of pytest …]
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "book" / "_ext")]

TESTS = ["notebooks/test_structure.py", "equations/test_promise.py", "library", "figures", "browser"]
TESTS += ["book/test_site.py", "repository/test_contents.py"]
WHOLE = ["test_site.py", "test_promise.py", "test_contents.py"]  # of these all tests, of the others the chapter's own


def arguments(notebook):
    """Return pytest's arguments for the chapter in `notebook`."""
    from equations import collect

    labels = [equation.label for equation in collect(ROOT) if equation.chapter == notebook.stem]
    figures = re.findall(r"figures/still/(\w+)\.svg", notebook.read_text(encoding="utf-8"))
    wanted = [notebook.stem, *WHOLE, *(f"[{figure}]" for figure in figures), *labels]
    paths = [notebook.relative_to(ROOT).as_posix(), *(f"tests/{path}" for path in TESTS)]
    return [*paths, "-k", " or ".join(dict.fromkeys(wanted))]


def main(chapter="", *options):
    number = f"{int(chapter):02d}" if re.fullmatch(r"\d{1,2}", chapter) else ""
    found = sorted(ROOT.glob(f"notebooks/{number}_*.ipynb")) if number else []
    if not found:
        there = ", ".join(path.name[:2] for path in sorted(ROOT.glob("notebooks/*.ipynb")))
        sys.exit(f"CHAPTER={chapter}: expected the number of a chapter, one of {there}: make check CHAPTER=04")
    import pytest

    return pytest.main([*options, *arguments(found[0])])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
