"""The form of a chapter: its parts, its exercises, its figures, and that it was executed from top to bottom.

Each check is a function that yields one sentence for each thing it finds wrong. What the cells print is not judged
here: they are re-executed (numeric_nbval.py), and with them the stub that fails its check and the solution that passes.
"""

import json
import re
from collections import Counter
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from budget import BUDGET
from compare import RASTER, Tolerance
from execute_notebooks import NOTEBOOK_METADATA, clean
from nbformat import v4
from run_cells import smaller

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))

# Every tag that a cell may carry, beside the tolerances rtol=…, atol=…, svg-atol=…
TAGS = {"exercise", "check", "solution", "hide-cell", "hide-input", "hide-output", "remove-cell", "nbval-ignore-output"}
METADATA = {"tags", "mystnb", "slow", "budget"}  # slow: run_cells.py; budget: budget.py
CLOCK_TAG = "nbval-ignore-output"
CLOCK_CELLS = 2  # in a chapter: what a clock says is the one thing that cannot be compared
CLOCK = re.compile(r"\b(time|perf_counter|timeit)\b")

MACHINE = re.compile(r"/(?:home|root|tmp|Users)/|[A-Z]:\\+Users|ipykernel_\d|\bat 0x[0-9a-f]{6,}")
FENCE = re.compile(r"^ *(`{3,}|:{3,})[^\n]*\n.*?^ *\1 *$", re.MULTILINE | re.DOTALL)
LARGEST_FILE = 3_000_000  # bytes


class Chapter:
    """A chapter's notebook: its number, its cells, and its prose without directives."""

    def __init__(self, path):
        self.path = path
        self.number = path.name[:2]
        self.notebook = nbformat.read(path, as_version=4)
        self.cells = self.notebook.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.markdown = "\n\n".join(cell.source for cell in self.cells if cell.cell_type == "markdown")
        self.prose = FENCE.sub("", self.markdown)


def tags(cell):
    return cell.metadata.get("tags", [])


def printed(cell):
    """What a cell wrote to stdout."""
    return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")


def name_of(cell):
    """How a sentence names a cell."""
    return f"the cell that begins {cell.source[:60]!r}"


# ---- the parts ------------------------------------------------------------------------------------------------------


def opens_with_its_label_and_title(chapter):
    if not re.match(rf"\(ch-{chapter.number}\)=\n+# \S", chapter.cells[0].source):
        yield f"expected the first cell to begin with (ch-{chapter.number})= and the title below it"
    titles = re.findall(r"^# .*", chapter.prose, re.MULTILINE)
    if len(titles) != 1:
        yield f"expected one title, found {titles}"


def has_its_parts(chapter):
    if len(re.findall(r"^:class: goals\b", chapter.cells[0].source + chapter.cells[1].source, re.MULTILINE)) != 1:
        yield "expected one admonition of class goals at the top: what one will be able to do, needs, and how long"
    headings = re.findall(r"^## (.*?) *$", chapter.prose, re.MULTILINE)
    if headings[-3:] != ["Exercises", "What to remember", "Sources"]:
        yield f"expected the last sections Exercises, What to remember, Sources; found {headings[-3:]}"
    if "{cite" not in chapter.prose.rpartition("\n## Sources")[2]:
        yield "expected a citation under Sources"


def reads_as_text_everywhere(chapter):
    """Where MyST is not known, a fence of backticks shows its source, and a line beside a colon fence runs into it."""
    for fence in re.findall(r"^ *`{3,}\{.*", chapter.markdown, re.MULTILINE):
        yield f"expected {fence.replace('`', ':')!r}, which reads as text in every editor; found {fence!r}"
    for box in re.finditer(r"^:::(?:\{.*\n(?::[\w-]+:.*\n)*+(?!\n)|(?<!\n\n:::)$)", chapter.markdown, re.MULTILINE):
        yield f"expected an empty line between a box's text and its fences, found {box[0]!r}"


def asks_for_predictions(chapter):
    asked = [n for n, cell in enumerate(chapter.cells) if re.search(r"^:class: predict\b", cell.source, re.MULTILINE)]
    if not asked:
        yield "expected at least one admonition of class predict"
    for n in asked:
        following = next((cell for cell in chapter.cells[n + 1 :] if cell.cell_type == "code"), None)
        if following is None or "hide-output" not in tags(following):
            yield f"expected the code cell after the prediction in cell {n} to be tagged hide-output"


# ---- the exercises --------------------------------------------------------------------------------------------------


def exercises_come_in_four_cells(chapter):
    places = [n for n, cell in enumerate(chapter.cells) if re.search(r"^:{3,}\{exercise\}", cell.source, re.MULTILINE)]
    if not 3 <= len(places) <= 5:
        yield f"expected three to five exercises, found {len(places)}"
    for count, n in enumerate(places, 1):
        for problem in exercise(chapter, chapter.cells[n : n + 4], f"ex-{chapter.number}-{count}"):
            yield f"exercise {count}: {problem}"
    for tag in ("exercise", "check", "solution"):
        tagged = sum(tag in tags(cell) for cell in chapter.cells)
        if tagged != len(places):
            yield f"expected as many cells tagged {tag} as exercises, {len(places)}, found {tagged}"


def exercise(chapter, cells, label):
    kinds = [(cell.cell_type, tags(cell)) for cell in cells]
    forms = [["check", "hide-cell"], ["exercise"], ["solution", "hide-cell"]]
    expected = [("markdown", []), *(("code", form) for form in forms)]
    if kinds != expected:
        yield f"expected the cells {expected}, found {kinds}"
        return
    task, check, stub, solution = cells
    if not re.search(rf"^:::\{{exercise\}} \S.*\n:label: {label}$", task.source, re.MULTILINE):
        yield f"expected a title and :label: {label}"
    name = re.search(r"^def check_(\w+)\(", check.source, re.MULTILINE)
    if not name:
        yield "expected the check to define check_NAME"
        return
    name = name[1]
    defines = re.compile(rf"^(?:def|class) {name}\b", re.MULTILINE)
    if not defines.search(stub.source) or 'raise NotImplementedError("your turn")' not in stub.source:
        yield f'expected a stub of {name} that raises NotImplementedError("your turn")'
    if not solution.source.startswith("#") or not defines.search(solution.source):
        yield f"expected a solution that defines {name} and begins with a comment that says why"
    report = f"exercise.report(check_{name}, {name})"
    if stub.source.rstrip().splitlines()[-1] != report or report not in solution.source.splitlines():
        yield f"expected the stub to end with {report}, and the solution, which runs in its place, to hold that line"
    if check.outputs or "exercise.report" in check.source:
        yield "expected the check to report and print nothing: that comes with the answer, below it"
    if len(stub.outputs) != 1 or not re.fullmatch(f"{name}: not yet.*\n", printed(stub)):
        yield f"expected the stub to print one line, {name}: not yet; found {printed(stub)!r}"
    if not printed(solution).startswith(f"{name}: passed\n"):
        yield f"expected the solution to print {name}: passed; found {printed(solution)!r}"
    for cell, show, what in ((check, "Show the", "check"), (solution, "Show a", "solution")):
        prompts = {"code_prompt_show": f"{show} {what}", "code_prompt_hide": f"Hide the {what}"}
        if not prompts.items() <= cell.metadata.get("mystnb", {}).items():
            yield f"expected the {what}'s metadata mystnb to hold {prompts}"


# ---- the figures ----------------------------------------------------------------------------------------------------


def figures_have_a_name_a_caption_and_a_text_alternative(chapter):
    names = Counter()
    for cell in chapter.code:
        kinds = [kind for output in cell.outputs for kind in output.get("data", {}) if kind.startswith("image/")]
        settings = cell.metadata.get("mystnb", {})
        if not kinds:
            if "figure" in settings or "image" in settings:
                yield f"{name_of(cell)} has a caption but draws nothing"
            continue
        if kinds != ["image/svg+xml"]:
            yield f"expected one figure, an SVG, from {name_of(cell)}; found {kinds}"
        figure, image = settings.get("figure", {}), settings.get("image", {})
        name = figure.get("name", "")
        names[name] += 1
        if not re.fullmatch(rf"fig-{chapter.number}(-[a-z0-9]+)+", name):
            yield f"expected a figure name like fig-{chapter.number}-slug on {name_of(cell)}, found {name!r}"
        if len(figure.get("caption", "").strip()) < 20:
            yield f"expected a caption on {name_of(cell)}"
        if len(image.get("alt", "").strip()) < 20:
            yield f"expected a text alternative on {name_of(cell)}"
    yield from (f"the figure name {name!r} stands {count} times" for name, count in names.items() if count > 1)


# ---- the execution --------------------------------------------------------------------------------------------------


def was_executed_once_from_top_to_bottom(chapter):
    counts = [cell.execution_count for cell in chapter.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"expected the execution counts 1 to {len(counts)}, found {counts}"
    for cell in chapter.code:
        if not cell.source.strip():
            yield "expected no empty code cell"
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"{name_of(cell)} stores an error: {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"{name_of(cell)} stores a warning: {output.text[:200]!r}"
            if any("widget" in kind for kind in output.get("data", {})):
                yield f"{name_of(cell)} stores a widget, which is dead on a page"


def carries_only_known_tags(chapter):
    for cell in chapter.cells:
        try:
            Tolerance.from_tags(tags(cell))
        except ValueError as error:
            yield f"{name_of(cell)}: {error}"
        unknown = {tag for tag in tags(cell) if "=" not in tag} - TAGS
        if unknown:
            yield f"{name_of(cell)} has the unknown tags {sorted(unknown)}; known are {sorted(TAGS)}"
        if "NBVAL_" in cell.source:
            yield f"{name_of(cell)} speaks to nbval in a comment, which nobody counts: use a tag"
        if CLOCK_TAG in tags(cell) and not CLOCK.search(cell.source):
            yield f"{name_of(cell)} is exempt from comparison but reads no clock"


def exempts_few_cells_from_comparison(chapter):
    exempt = [name_of(cell) for cell in chapter.cells if CLOCK_TAG in tags(cell)]
    if len(exempt) > CLOCK_CELLS:
        yield f"expected at most {CLOCK_CELLS} cells tagged {CLOCK_TAG}, found {exempt}"


def states_its_budget_in_its_first_cell(chapter):
    for n, cell in enumerate(chapter.cells):
        if "budget" in cell.metadata:
            budget = cell.metadata["budget"]
            if n or budget.keys() != {"seconds", "why"} or not budget["seconds"] > BUDGET or not budget["why"]:
                yield f'expected "budget": {{"seconds": above {BUDGET}, "why": …}} in the first cell, found {budget}'


def offers_a_smaller_setting_that_fits(chapter):
    for cell in chapter.cells:
        try:
            smaller(cell.source, cell.metadata.get("slow", {}))
        except ValueError as error:
            yield f"{name_of(cell)}: {error}"


def holds_no_trace_of_a_machine(chapter):
    for cell in chapter.cells:
        text = RASTER.sub("", str([cell.source, cell.get("outputs", [])]))
        if found := MACHINE.search(text):
            yield f"{name_of(cell)} holds {text[max(0, found.start() - 20) : found.end() + 40]!r}"


def is_written_in_the_common_form(chapter):
    if chapter.path.stat().st_size > LARGEST_FILE:
        yield f"expected at most {LARGEST_FILE} bytes, found {chapter.path.stat().st_size}"
    cleaned = deepcopy(chapter.notebook)
    clean(cleaned)
    for old, new in zip(chapter.cells, cleaned.cells, strict=True):
        new.id = old.id  # editing a cell need not change its id
        if old != new or not old.metadata.keys() <= METADATA:
            yield f"{name_of(old)} holds what `make notebooks` would not leave; its metadata: {dict(old.metadata)}"
    if chapter.notebook.metadata != NOTEBOOK_METADATA:
        yield f"expected the metadata {NOTEBOOK_METADATA}, found {chapter.notebook.metadata}"
    ids = Counter(cell.get("id") for cell in json.loads(chapter.path.read_text(encoding="utf-8"))["cells"])
    yield from (f"the cell id {name} stands {count} times" for name, count in ids.items() if count > 1)


CHECKS = [
    opens_with_its_label_and_title,
    has_its_parts,
    reads_as_text_everywhere,
    asks_for_predictions,
    exercises_come_in_four_cells,
    figures_have_a_name_a_caption_and_a_text_alternative,
    was_executed_once_from_top_to_bottom,
    carries_only_known_tags,
    exempts_few_cells_from_comparison,
    states_its_budget_in_its_first_cell,
    offers_a_smaller_setting_that_fits,
    holds_no_trace_of_a_machine,
    is_written_in_the_common_form,
]


def problems(path):
    chapter = Chapter(path)
    return [f"{path.name}: {problem}" for check in CHECKS for problem in check(chapter)]


# ---- this book ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path):
    found = problems(path)
    assert not found, "\n" + "\n".join(found)


def test_the_chapters_are_numbered_without_a_gap():
    assert CHAPTERS, "expected chapters in notebooks/, found none"
    assert [path.name[:3] for path in CHAPTERS] == [f"{n:02d}_" for n in range(len(CHAPTERS))]


# ---- the checks themselves ------------------------------------------------------------------------------------------


def made_up_chapter():
    """A chapter without a fault."""

    def code(source, *outputs, tags=(), **mystnb):
        metadata = {**({"tags": list(tags)} if tags else {}), **({"mystnb": mystnb} if mystnb else {})}
        cells.append(v4.new_code_cell(source, metadata=metadata, outputs=list(outputs)))

    def says(text):
        return v4.new_output("stream", name="stdout", text=text)

    def markdown(source):
        cells.append(v4.new_markdown_cell(source))

    cells = []
    markdown("(ch-04)=\n# 04 · Softmax\n\n:::{admonition} In this chapter\n:class: goals\n\nAll of it.\n\n:::")
    markdown("```python\n# no title\n```\n\n:::{admonition} Predict\n:class: predict\n\nHow many?\n\n:::")
    code("print(7)", says("7\n"), tags=["hide-output"])
    code(
        "plt.show()",
        v4.new_output("display_data", data={"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}),
        figure={"name": "fig-04-curve", "caption": "The curve falls. Left is the start."},
        image={"alt": "A curve that falls from 1 to 0."},
    )
    code("import time\nprint(time.time())", says("12\n"), tags=[CLOCK_TAG])
    markdown("## Exercises")
    for n in (1, 2, 3):
        report = f"exercise.report(check_f{n}, f{n})"
        markdown(f":::{{exercise}} Try\n:label: ex-04-{n}\n\nWrite `f{n}`.\n\n:::")
        code(
            f"def check_f{n}(f):\n    f()",
            tags=["check", "hide-cell"],
            code_prompt_show="Show the check",
            code_prompt_hide="Hide the check",
        )
        code(
            f'def f{n}():\n    raise NotImplementedError("your turn")\n\n\n{report}',
            says(f"f{n}: not yet: your turn\n"),
            tags=["exercise"],
        )
        code(
            f"# Because.\ndef f{n}():\n    pass\n\n\n{report}",
            says(f"f{n}: passed\n"),
            tags=["solution", "hide-cell"],
            code_prompt_show="Show a solution",
            code_prompt_hide="Hide the solution",
        )
    markdown("## What to remember\n\nIt falls.\n\n## Sources\n\n{cite:t}`bridle1990` saw it.")
    notebook = v4.new_notebook(cells=cells)
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
    clean(notebook)
    return notebook


def with_output(cell, **fields):
    cell.outputs.append(nbformat.from_dict(fields))


FAULTS = {  # what is wrong: (how to make it so, words that the complaint must hold)
    "label": (lambda nb: nb.cells[0].update(source=nb.cells[0].source.replace("04)=", "05)=")), "ch-04"),
    "two titles": (lambda nb: nb.cells[1].update(source="# Another\n" + nb.cells[1].source), "one title"),
    "goals": (lambda nb: nb.cells[0].update(source="(ch-04)=\n# 04"), "goals"),
    "backticks": (lambda nb: nb.cells[1].update(source=nb.cells[1].source.replace(":::", "```")), "every editor"),
    "no room above": (lambda nb: nb.cells[0].update(source=nb.cells[0].source.replace("\n\nAll", "\nAll")), "empty"),
    "no room below": (lambda nb: nb.cells[0].update(source=nb.cells[0].source.replace(".\n\n", ".\n")), "empty"),
    "no prediction": (lambda nb: nb.cells[1].update(source="Look."), "class predict"),
    "answer open": (lambda nb: nb.cells[2].update(metadata={}), "hide-output"),
    "sections": (lambda nb: nb.cells[-1].update(source="## Sources\n{cite:t}`a`"), "last sections"),
    "no source": (lambda nb: nb.cells[-1].update(source="## What to remember\n\n## Sources\n"), "citation"),
    "two exercises": (lambda nb: nb.cells.__delitem__(slice(-5, -1)), "three to five"),
    "no check": (lambda nb: nb.cells.__delitem__(-3), "exercise 3: expected the cells"),
    "exercise label": (lambda nb: nb.cells[6].update(source=":::{exercise} Try\n:label: ex-04-7\n\n:::"), "ex-04-1"),
    "stub passes": (lambda nb: nb.cells[8].outputs[0].update(text="f1: passed\n"), "f1: not yet"),
    "solution fails": (lambda nb: nb.cells[9].outputs[0].update(text="f1: not yet: no\n"), "f1: passed"),
    "stub solved": (lambda nb: nb.cells[8].update(source="def f1():\n    pass"), "stub of f1"),
    "another name": (lambda nb: nb.cells[9].update(source=nb.cells[9].source.replace("def f1", "def g")), "defines f1"),
    "no reason": (lambda nb: nb.cells[9].update(source=nb.cells[9].source.split("\n", 1)[1]), "says why"),
    "no report": (lambda nb: nb.cells[8].update(source=nb.cells[8].source.rpartition("\n")[0]), "to end with"),
    "answer first": (lambda nb: nb.cells.insert(7, nb.cells.pop(8)), "expected the cells"),
    "check reports": (lambda nb: with_output(nb.cells[7], output_type="stream", name="stdout", text="f1\n"), "nothing"),
    "no prompts": (lambda nb: nb.cells[9].metadata.pop("mystnb"), "Show a solution"),
    "no alt": (lambda nb: nb.cells[3].metadata.mystnb.pop("image"), "text alternative"),
    "no caption": (lambda nb: nb.cells[3].metadata.mystnb.figure.update(caption=""), "caption"),
    "figure name": (lambda nb: nb.cells[3].metadata.mystnb.figure.update(name="fig-05-curve"), "fig-04-slug"),
    "raster": (lambda nb: with_output(nb.cells[2], output_type="display_data", data={"image/png": "AAAA"}, metadata={}),
               "an SVG"),
    "caption alone": (lambda nb: nb.cells[3].update(outputs=[]), "draws nothing"),
    "not executed": (lambda nb: nb.cells[2].update(execution_count=None), "execution counts"),
    "out of order": (lambda nb: nb.cells[2].update(execution_count=5), "execution counts"),
    "error": (lambda nb: with_output(nb.cells[2], output_type="error", ename="E", evalue="", traceback=[]),
              "stores an error"),
    "warning": (lambda nb: with_output(nb.cells[2], output_type="stream", name="stderr", text="Look out\n"),
                "stores a warning"),
    "empty": (lambda nb: nb.cells[2].update(source=" "), "empty"),
    "tag": (lambda nb: nb.cells[2].update(metadata={"tags": ["hide-outputs"]}), "unknown tags"),
    "tolerance": (lambda nb: nb.cells[2].metadata.tags.append("rtol=1e"), "rtol=1e-6"),
    "comment to nbval": (lambda nb: nb.cells[2].update(source="# NBVAL_SKIP\nprint(7)"), "nobody counts"),
    "no clock": (lambda nb: nb.cells[4].update(source="print(1)"), "reads no clock"),
    "clocks": (lambda nb: [nb.cells.insert(4, deepcopy(nb.cells[4])) for _ in range(CLOCK_CELLS)], "cells tagged"),
    "budget": (lambda nb: nb.cells[0].metadata.update(budget={"seconds": 90}), "why"),
    "budget elsewhere": (lambda nb: nb.cells[2].metadata.update(budget={"seconds": 90, "why": "long"}), "first cell"),
    "smaller": (lambda nb: nb.cells[2].metadata.update(slow={"smaller": {"replace": {"8": "1"}}}), "once"),
    "path": (lambda nb: nb.cells[2].outputs[0].update(text="/home/me/data\n"), "/home/me/data"),
    "path in source": (lambda nb: nb.cells[2].update(source="open('/tmp/x')"), "/tmp/x"),
    "address": (lambda nb: nb.cells[2].outputs[0].update(text="<f at 0x7f3a5c2b>\n"), "0x7f3a5c2b"),
    "metadata": (lambda nb: nb.cells[2].metadata.update(jupyter={"outputs_hidden": True}), "make notebooks"),
    "kernel": (lambda nb: nb.metadata.kernelspec.update(name="mine"), "expected the metadata"),
    "progress bar": (lambda nb: with_output(nb.cells[2], output_type="stream", name="stderr",
                                            text="100%|███| 3/3 [00:00<00:00, 9it/s]\n"), "make notebooks"),
    "same id": (lambda nb: nb.cells[2].update(id=nb.cells[3].id), "cell id"),
}  # fmt: skip


@pytest.fixture
def chapter(tmp_path):
    def write(notebook):
        path = tmp_path / "04_softmax.ipynb"
        path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
        return path

    return write


def test_a_chapter_without_a_fault(chapter):
    assert problems(chapter(made_up_chapter())) == []


@pytest.mark.filterwarnings("ignore:Non-unique cell id")
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(chapter, fault):
    spoil, words = FAULTS[fault]
    notebook = made_up_chapter()
    spoil(notebook)
    found = problems(chapter(notebook))
    assert any(words in problem for problem in found), found
