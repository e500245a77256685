"""A notebook that was exported as a script, a student's last resort: its cells.

Read are the percent format (``# %%``), nbconvert's (``# In[3]:``) and plain Python.
"""

import re

from assignments.files import Unreadable, printable
from assignments.pythontext import bound, parsed

_PERCENT = re.compile(r"^#[ \t]?%%.*$", re.MULTILINE)
_PROMPT = re.compile(r"^#[ \t]?In[ \t]?\[[\d *]*\]:?[ \t]*$", re.MULTILINE)


def cells(text, named=False):
    """Return the cells of a script, as dictionaries.

    Parameters
    ----------
    text : str
    named : bool
        Whether its name says that it is a script: else it must look like one.

    Raises
    ------
    Unreadable
        When the text is no script.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _PERCENT.search(text):
        return _percent(text)
    # IPython's calls stand for the magics of the notebook.
    text = re.sub(r"^([ \t]*)(get_ipython\(\).*)$", r"\1pass  # \2", text, flags=re.MULTILINE)
    if _PROMPT.search(text):
        parts = _PROMPT.split(text)
        return [_code(re.sub(r"(\n#.*|\n[ \t]*)+\Z", "", "\n" + part)) for part in parts]  # text cells are comments
    if named or any(f"def {name}" in text for name in bound(text)):
        return _plain(text)
    raise Unreadable(
        f"the file is no notebook: it begins with “{printable(text, 40)}”. Hand in the file that ends in .ipynb"
    )


def _code(source, **metadata):
    return {"cell_type": "code", "source": source.strip("\n"), "metadata": metadata}


def _percent(text):
    starts = [*_PERCENT.finditer(text)]
    ends = [start.start() for start in starts[1:]] + [len(text)]
    made = [_code(text[: starts[0].start()])]
    for start, end in zip(starts, ends, strict=True):
        head, body = start[0], text[start.end() : end].strip("\n")
        grade_id = re.search(r'"grade_id":\s*"([^"]*)"', head)
        cell = _code(body, nbgrader={"grade_id": grade_id[1]} if grade_id else None)
        kind = re.search(r"\[(markdown|md|raw)\]", head)
        if kind:
            cell["cell_type"] = "raw" if kind[1] == "raw" else "markdown"
            quoted = re.fullmatch(r'\s*("""|\'\'\')\n?(.*?)\n?\1\s*', body, re.DOTALL)
            cell["source"] = quoted[2] if quoted else re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        made.append(cell)
    return made


def _plain(text):
    """Return a cell for each statement, so that one that raises costs no other."""
    tree = parsed(text)
    if tree is None:
        return [_code(text)]
    lines = text.split("\n")
    decorated = [[node.lineno, *(part.lineno for part in getattr(node, "decorator_list", ()))] for node in tree.body]
    starts = sorted({0, *(min(numbers) - 1 for numbers in decorated)})
    return [_code("\n".join(lines[start:end])) for start, end in zip(starts, [*starts[1:], None], strict=True)]
