"""What a mistake is made of: the solution with a few words changed, and answers left as they were released."""

import json
from pathlib import Path


def but_of(folder):
    """Return the function that changes words of an assignment's solution.

    Parameters
    ----------
    folder : path
        The assignment's.

    Returns
    -------
    callable
        ``but(question, (old, new), …)`` is ``{question: code}``, with each old text, which stands there once, made new.
    """
    source = json.loads(Path(folder, "source.ipynb").read_text(encoding="utf-8"))
    answers = {cell["id"]: "".join(cell["source"]) for cell in source["cells"]}

    def but(question, *changes):
        code = answers[question]
        for old, new in changes:
            assert code.count(old) == 1, f"{question}: expected {old!r} once, found it {code.count(old)} times"
            code = code.replace(old, new)
        return {question: code}

    return but


def without(*questions):
    """Leave the cells of these questions as they were released."""
    return dict.fromkeys(questions)
