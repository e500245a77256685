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
from chapter_length import Length, length
from compare import DEVICE_TAG, RASTER, Tolerance, printed
from execute_notebooks import NOTEBOOK_METADATA, clean
from nbformat import v4
from run_cells import smaller

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted(ROOT.glob("notebooks/*.ipynb"))

# Every tag that a cell may carry, beside the tolerances rtol=…, atol=…, svg-atol=…
# device: it says one sentence where there is no graphics card (compare.py); kernel: it prints a kernel.
TAGS = {"exercise", "check", "solution", "hide-cell", "hide-input", "hide-output", "remove-cell", "nbval-ignore-output"}
TAGS |= {DEVICE_TAG, "kernel"}
METADATA = {"tags", "mystnb", "slow", "budget"}  # slow: run_cells.py; budget: budget.py
CLOCK_TAG = "nbval-ignore-output"
CLOCK_CELLS = 2  # in a chapter: what a clock says is the one thing that cannot be compared
CLOCK = re.compile(r"\b(time|perf_counter|timeit)\b")

MOST_PREDICTIONS = 3
PREDICT = r"^:::\{admonition\} Predict\n:class: predict\n\n(.*?)\n\n:::\s*\Z"
ELSEWHERE = r"^:::\{admonition\} Elsewhere\n:class: elsewhere$"
MINUTES_OFF = 5  # between what the first box says and what is counted: a sentence more changes no box
EXERCISE = r"^:{3,}\{exercise\}"
MOST_LINES = 30  # of a check, empty ones not counted: CONTRIBUTING asks for about 25
KINDS = (
    "write",
    "fault",
    "plot",
    "pencil",
    "experiment",
)  # an exercise's class; without one a function is to be written
ON_PAPER = (
    "pencil",
    "experiment",
)  # two cells, the task and a solution with what earns each point; the others have four

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
    """One to three, each of three cells: question and choices, the cell whose output is hidden, what came out."""
    asked = [n for n, cell in enumerate(chapter.cells) if re.search(r"^:class: predict\b", cell.source, re.MULTILINE)]
    if not 1 <= len(asked) <= MOST_PREDICTIONS:
        yield f"expected one to {MOST_PREDICTIONS} admonitions of class predict, found {len(asked)}"
    for n in asked:
        yield from (f"the prediction in cell {n}: {problem}" for problem in prediction(*chapter.cells[n : n + 3]))
    revealed = len(re.findall(r"^:class: reveal\b", chapter.markdown, re.MULTILINE))
    if revealed != len(asked):
        yield f"expected as many admonitions of class reveal as of class predict, {len(asked)}, found {revealed}"


def prediction(box, code=None, answer=None):
    found = re.search(PREDICT, box.source, re.MULTILINE | re.DOTALL)
    if not found:
        yield "expected a box with the title Predict at the end of its cell"
        return
    question, *choices = re.split(r"^[-*] +", found[1], flags=re.MULTILINE)
    if not question.strip() or not 2 <= len(choices) <= 4:
        yield f"expected a question and then a list of two to four choices, found {len(choices)}"
    if any(re.match(r"\d+[.)](?:\s|$)", choice) for choice in choices):
        yield r"expected no choice that Markdown takes for a list, as it does with 7. (write 7\\. or a word before it)"
    if any(re.search(r"\n\n(?! )", choice.strip()) for choice in choices):
        yield "expected the choices at the end of the box, found text after them"
    if code is None or code.cell_type != "code" or "hide-output" not in tags(code):
        yield "expected the next cell to be code, tagged hide-output"
    elif re.search(r"^assert\b", code.source, re.MULTILINE):
        yield "expected no assert between question and answer, which it gives away: it stands after the answer"
    if answer is None or not answer.source.startswith(":::{admonition} What came out\n:class: reveal\n"):
        yield "expected the cell after that to begin with the box What came out, of class reveal"


def keeps_its_core_short(chapter):
    its = length(chapter.notebook)
    yield from its.excess()
    stated = re.search(r"^\*\*It takes\*\* about (\d+) minutes", chapter.markdown, re.MULTILINE)
    if not stated:
        yield f"expected the first box to say **It takes** about {its.minutes} minutes"
    elif abs(int(stated[1]) - its.minutes) > MINUTES_OFF:
        yield f"expected the first box to say about {its.minutes} minutes (tests/chapter_length.py), found {stated[1]}"


def says_what_it_is_elsewhere(chapter):
    before = chapter.markdown.partition("\n## What to remember")[0]
    if [len(re.findall(ELSEWHERE, text, re.MULTILINE)) for text in (before, chapter.markdown)] != [1, 1]:
        yield "expected one admonition Elsewhere, of class elsewhere, before What to remember"


# ---- the exercises --------------------------------------------------------------------------------------------------


def exercises_have_their_cells(chapter):
    places = [n for n, cell in enumerate(chapter.cells) if re.search(EXERCISE, cell.source, re.MULTILINE)]
    with_code = 0
    for count, n in enumerate(places, 1):
        label = f"ex-{chapter.number}-{count}"
        if kind(chapter.cells[n]) in ON_PAPER:
            found = on_paper(chapter.cells[n], chapter.cells[n + 1], label)
        else:
            found = exercise(chapter, chapter.cells[n : n + 4], label)
            with_code += 1
        yield from (f"exercise {count}: {problem}" for problem in found)
    for tag in ("exercise", "check", "solution"):
        tagged = sum(tag in tags(cell) for cell in chapter.cells)
        if tagged != with_code:
            yield f"expected as many cells tagged {tag} as exercises with a check, {with_code}, found {tagged}"


def exercises_vary_and_say_what_their_check_tries(chapter):
    tasks = [cell for cell in chapter.cells if re.search(EXERCISE, cell.source, re.MULTILINE)]
    if not 3 <= len(tasks) <= 6:
        yield f"expected three to six exercises, found {len(tasks)}"
    kinds = {kind(task) for task in tasks}
    if len(kinds) < 3:
        yield f"expected three of the kinds {', '.join(KINDS)}, found {', '.join(sorted(kinds))}"
    for count, task in enumerate(tasks, 1):
        if kind(task) not in KINDS:
            yield f"exercise {count}: expected no class or one of {', '.join(KINDS[1:])}, found {kind(task)}"
        paragraphs = re.split(r"\n{2,}", task.source.rstrip().removesuffix(":::").rstrip())
        if kind(task) not in ON_PAPER and not paragraphs[-1].startswith("The check "):
            yield f'exercise {count}: expected a last paragraph that begins with "The check "; found {paragraphs[-1]!r}'


def kind(task):
    """What kind an exercise is of: its class, or "write" where it has none."""
    found = re.search(EXERCISE + r".*\n(?::label:.*\n)?:class: *(.*)", task.source, re.MULTILINE)
    return found[1].strip() if found else KINDS[0]


def on_paper(task, solution, label):
    if not re.search(rf"^:::\{{exercise\}} \S.*\n:label: {label}\n:class: ", task.source, re.MULTILINE):
        yield f"expected a title, :label: {label}, and its class below it"
    if not solution.source.startswith(f":::{{solution}} {label}\n:class: dropdown\n\n"):
        yield f"expected the next cell to begin with :::{{solution}} {label}, of class dropdown"
    elif not re.search(r"\bpoints?\b", solution.source):
        yield "expected the solution to say what earns each point"


def exercise(chapter, cells, label):
    kinds = [(cell.cell_type, [tag for tag in tags(cell) if tag != DEVICE_TAG]) for cell in cells]
    forms = [["check", "hide-cell"], ["exercise"], ["solution", "hide-cell"]]
    expected = [("markdown", []), *(("code", form) for form in forms)]
    if kinds != expected:
        yield f"expected the cells {expected}, found {kinds}"
        return
    task, check, stub, solution = cells
    if not re.search(rf"^:::\{{exercise\}} \S.*\n:label: {label}(?:\n:class: .*)?$", task.source, re.MULTILINE):
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
    lines = sum(bool(line.strip()) for line in check.source.splitlines())
    if lines > MOST_LINES:
        yield f"expected at most {MOST_LINES} lines in the check of {name}, found {lines}"
    if check.outputs or "exercise.report" in check.source:
        yield "expected the check to report and print nothing: that comes with the answer, below it"
    if len(stub.outputs) != 1 or not re.fullmatch(f"{name}: not yet.*\n", printed(stub.outputs)):
        yield f"expected the stub to print one line, {name}: not yet; found {printed(stub.outputs)!r}"
    if not printed(solution.outputs).startswith(f"{name}: passed\n"):
        yield f"expected the solution to print {name}: passed; found {printed(solution.outputs)!r}"
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


def marks_what_needs_a_device_and_what_shows_a_kernel(chapter):
    check = ""
    for cell in chapter.code:
        check = cell.source if "check" in tags(cell) else check
        solved_on_it = "solution" in tags(cell) and "find()" in check
        needs = {
            DEVICE_TAG: solved_on_it or bool(re.search(r"^on_device\(", cell.source, re.MULTILINE)),
            "kernel": bool(re.search(r"^print\(source\(", cell.source, re.MULTILINE)),
        }
        for tag, needed in needs.items():
            if needed != (tag in tags(cell)):
                yield f"expected {'the tag' if needed else 'no tag'} {tag} on {name_of(cell)}"


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
    keeps_its_core_short,
    says_what_it_is_elsewhere,
    exercises_have_their_cells,
    exercises_vary_and_say_what_their_check_tries,
    figures_have_a_name_a_caption_and_a_text_alternative,
    was_executed_once_from_top_to_bottom,
    carries_only_known_tags,
    marks_what_needs_a_device_and_what_shows_a_kernel,
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
    goals = "All of it.\n\n**It takes** about 35 minutes."
    markdown(f"(ch-04)=\n# 04 · Softmax\n\n:::{{admonition}} In this chapter\n:class: goals\n\n{goals}\n\n:::")
    question = "How many?\n\n- Six.\n- Seven."
    markdown(f"```python\n# no title\n```\n\n:::{{admonition}} Predict\n:class: predict\n\n{question}\n\n:::")
    code("print(7)", says("7\n"), tags=["hide-output"])
    markdown(":::{admonition} What came out\n:class: reveal\n\nSeven.\n\n:::")
    code(
        "plt.show()",
        v4.new_output("display_data", data={"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}),
        figure={"name": "fig-04-curve", "caption": "The curve falls. Left is the start."},
        image={"alt": "A curve that falls from 1 to 0."},
    )
    code("import time\nprint(time.time())", says("12\n"), tags=[CLOCK_TAG])
    markdown("## Exercises")
    for n in (1, 2):
        report = f"exercise.report(check_f{n}, f{n})"
        of_kind = ":class: fault\n" if n == 2 else ""
        task = f"Write `f{n}`.\n\nThe check calls it."
        markdown(f":::{{exercise}} Try\n:label: ex-04-{n}\n{of_kind}\n{task}\n\n:::")
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
    markdown(":::{exercise} Prove\n:label: ex-04-3\n:class: pencil\n\nShow it.\n\n:::")
    markdown(":::{solution} ex-04-3\n:class: dropdown\n\nIt is so. One point for each word, 3 in all.\n\n:::")
    markdown(":::{admonition} Elsewhere\n:class: elsewhere\n\nThe same.\n\n:::")
    markdown("## What to remember\n\nIt falls.\n\n## Sources\n\n{cite:t}`bridle1990` saw it.")
    notebook = v4.new_notebook(cells=cells)
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
    clean(notebook)
    return notebook


def with_output(cell, **fields):
    cell.outputs.append(nbformat.from_dict(fields))


def put(notebook, n, old, new):
    """Replace something in the source of a cell, which must hold it."""
    assert old in notebook.cells[n].source
    notebook.cells[n].update(source=notebook.cells[n].source.replace(old, new))


FAULTS = {  # what is wrong: (how to make it so, words that the complaint must hold)
    "label": (lambda nb: put(nb, 0, "04)=", "05)="), "ch-04"),
    "two titles": (lambda nb: nb.cells[1].update(source="# Another\n" + nb.cells[1].source), "one title"),
    "goals": (lambda nb: nb.cells[0].update(source="(ch-04)=\n# 04"), "goals"),
    "backticks": (lambda nb: put(nb, 1, ":::", "```"), "every editor"),
    "no room above": (lambda nb: put(nb, 0, "\n\nAll", "\nAll"), "empty"),
    "no room below": (lambda nb: put(nb, 0, "minutes.\n\n", "minutes.\n"), "empty"),
    "no prediction": (lambda nb: nb.cells[1].update(source="Look."), "class predict"),
    "four predictions": (lambda nb: nb.cells.__setitem__(slice(1, 4), deepcopy(nb.cells[1:4] * 4)), "one to 3"),
    "no choices": (lambda nb: put(nb, 1, "\n\n- Six.\n- Seven.", ""), "two to four choices"),
    "one choice": (lambda nb: put(nb, 1, "\n- Seven.", ""), "two to four choices"),
    "five choices": (lambda nb: put(nb, 1, "- Six.", "- Six.\n" * 4), "two to four choices"),
    "a number alone": (lambda nb: put(nb, 1, "- Six.", "- 6."), "takes for a list"),
    "no question": (lambda nb: put(nb, 1, "How many?\n\n", ""), "a question"),
    "text after the choices": (lambda nb: put(nb, 1, "Seven.\n", "Seven.\n\nIt is seven.\n"), "text after them"),
    "text after the box": (lambda nb: nb.cells[1].update(source=nb.cells[1].source + "\n\nSeven."), "end of its cell"),
    "answer open": (lambda nb: nb.cells[2].update(metadata={}), "hide-output"),
    "answer asserted": (lambda nb: nb.cells[2].update(source="print(7)\nassert 7 == 7"), "gives away"),
    "text between": (lambda nb: nb.cells.insert(2, v4.new_markdown_cell("Now:")), "next cell to be code"),
    "answer elsewhere": (lambda nb: nb.cells[3].update(source="Seven.\n\n" + nb.cells[3].source), "What came out"),
    "answer without a question": (lambda nb: nb.cells.insert(4, deepcopy(nb.cells[3])), "as many admonitions"),
    "no minutes": (lambda nb: put(nb, 0, "about 35 minutes", "a while"), "about 35 minutes"),
    "wrong minutes": (lambda nb: put(nb, 0, "35", "60"), "about 35 minutes"),
    "words": (lambda nb: nb.cells[3].update(source=nb.cells[3].source + "\n\nso" * 2000), "2,000 words"),
    "displays": (lambda nb: nb.cells[3].update(source=nb.cells[3].source + "\n\n$$\nx\n$$" * 13), "12 displays"),
    "nothing elsewhere": (lambda nb: nb.cells.__delitem__(17), "admonition Elsewhere"),
    "elsewhere at the end": (lambda nb: nb.cells.append(nb.cells.pop(17)), "admonition Elsewhere"),
    "sections": (lambda nb: nb.cells[-1].update(source="## Sources\n{cite:t}`a`"), "last sections"),
    "no source": (lambda nb: nb.cells[-1].update(source="## What to remember\n\n## Sources\n"), "citation"),
    "two exercises": (lambda nb: nb.cells.__delitem__(slice(15, 17)), "three to six"),
    "two kinds": (lambda nb: put(nb, 11, ":class: fault\n", ""), "three of the kinds"),
    "unknown kind": (lambda nb: put(nb, 11, "fault", "faults"), "found faults"),
    "no word on the check": (lambda nb: put(nb, 7, "\n\nThe check calls it.", ""), "The check "),
    "the check not last": (lambda nb: put(nb, 7, "calls it.", "calls it.\n\nGo on."), "The check "),
    "no check": (lambda nb: nb.cells.__delitem__(12), "exercise 2: expected the cells"),
    "exercise label": (lambda nb: put(nb, 7, "ex-04-1", "ex-04-7"), "ex-04-1"),
    "label on paper": (lambda nb: put(nb, 15, "ex-04-3", "ex-04-7"), "ex-04-3"),
    "nothing behind the pencil": (lambda nb: nb.cells.__delitem__(16), "{solution} ex-04-3"),
    "solution open": (lambda nb: put(nb, 16, ":class: dropdown\n", ""), "dropdown"),
    "no rubric": (lambda nb: put(nb, 16, "One point for each word, 3 in all.", ""), "earns each point"),
    "stub passes": (lambda nb: nb.cells[9].outputs[0].update(text="f1: passed\n"), "f1: not yet"),
    "solution fails": (lambda nb: nb.cells[10].outputs[0].update(text="f1: not yet: no\n"), "f1: passed"),
    "stub solved": (lambda nb: nb.cells[9].update(source="def f1():\n    pass"), "stub of f1"),
    "another name": (lambda nb: put(nb, 10, "def f1", "def g"), "defines f1"),
    "no reason": (lambda nb: nb.cells[10].update(source=nb.cells[10].source.split("\n", 1)[1]), "says why"),
    "no report": (lambda nb: nb.cells[9].update(source=nb.cells[9].source.rpartition("\n")[0]), "to end with"),
    "answer first": (lambda nb: nb.cells.insert(8, nb.cells.pop(9)), "expected the cells"),
    "check reports": (lambda nb: with_output(nb.cells[8], output_type="stream", name="stdout", text="f1\n"), "nothing"),
    "long check": (lambda nb: put(nb, 8, "    f()", "    f()\n\n" * MOST_LINES), f"at most {MOST_LINES} lines"),
    "no prompts": (lambda nb: nb.cells[10].metadata.pop("mystnb"), "Show a solution"),
    "no alt": (lambda nb: nb.cells[4].metadata.mystnb.pop("image"), "text alternative"),
    "no caption": (lambda nb: nb.cells[4].metadata.mystnb.figure.update(caption=""), "caption"),
    "figure name": (lambda nb: nb.cells[4].metadata.mystnb.figure.update(name="fig-05-curve"), "fig-04-slug"),
    "raster": (lambda nb: with_output(nb.cells[2], output_type="display_data", data={"image/png": "AAAA"}, metadata={}),
               "an SVG"),
    "caption alone": (lambda nb: nb.cells[4].update(outputs=[]), "draws nothing"),
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
    "no device": (lambda nb: nb.cells[2].metadata.tags.append("device"), "expected no tag device"),
    "a device": (lambda nb: put(nb, 2, "print(7)", "on_device(print)"), "expected the tag device"),
    "a kernel": (lambda nb: put(nb, 2, "print(7)", "print(source('sgd'))"), "expected the tag kernel"),
    "no clock": (lambda nb: nb.cells[5].update(source="print(1)"), "reads no clock"),
    "clocks": (lambda nb: [nb.cells.insert(5, deepcopy(nb.cells[5])) for _ in range(CLOCK_CELLS)], "cells tagged"),
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
    "same id": (lambda nb: nb.cells[2].update(id=nb.cells[4].id), "cell id"),
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


# ---- how long a chapter is ------------------------------------------------------------------------------------------

LONG = """(ch-04)=
# 04 · Softmax

One *two* `three` $a + b$, {ref}`five six <ch-05>` and [eight](https://nine.ten).

:::{admonition} Nine
:class: goals

Ten
eleven – twelve.

:::

$$
x = y
$$ (eq-none)

```python
not counted
```

:::{figure} picture.svg
:class: interactive
:alt: Not counted either.

Thirteen.

:::

### Further: what folds

It has six words of text:

$$
a
$$

#### Within it

Two more.

## Back

:::{admonition} Elsewhere
:class: elsewhere

Not counted.

:::

## Exercises

:::{exercise} Not counted
:label: ex-04-1

$$
b
$$

:::
"""


def test_the_length_of_a_chapter():
    """The title has two words with a letter or digit, the last heading one, the caption of the drawing one."""
    drawing = v4.new_code_cell("plt.show()", metadata={"mystnb": {"figure": {"caption": "Fourteen."}}})
    here, cut, rest = LONG.partition("\n### Further")
    found = length(v4.new_notebook(cells=[v4.new_markdown_cell(here), drawing, v4.new_markdown_cell(cut + rest)]))
    assert (found.words, found.displays, found.exercises) == (2 + 13 + 1 + 1, 1, 1)
    assert (found.further_words, found.further_displays) == (3 + 6 + 2 + 2, 1)
    assert (found.reading, found.minutes, list(found.excess())) == (0, 10, [])


def test_its_minutes():
    its = Length(words=1300, displays=7, exercises=4)
    assert (its.reading, its.minutes) == (25, 75)  # 10 + 14 and 48, each to the nearest 5
    assert len(list(Length(words=2001, displays=13).excess())) == 2
