"""The comparison itself: what it lets pass, and what it must never let pass."""

import base64
import io
import json
import re
from functools import partial

import nbformat
import nbval.kernel
import numpy as np
import pytest
from compare import NUMBER, Tolerance, difference, text_difference, value
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from nbformat import v4
from nbval.kernel import RunningKernel
from PIL import Image

EXACT = Tolerance()
LOOSE = Tolerance(rtol=0.01, atol=0.1)


# ---- tags -----------------------------------------------------------------------------------------------------------


def test_tags_give_the_tolerance():
    assert Tolerance.from_tags(["hide-output"]) == EXACT
    assert Tolerance.from_tags(["rtol=1e-6", "atol=0.3"]) == Tolerance(rtol=1e-6, atol=0.3)
    assert Tolerance.from_tags(["svg-atol=10"]) == Tolerance(svg_atol=10)


@pytest.mark.parametrize(
    "tags",
    [["rtol"], ["rtol:1e-3"], ["atol=-1"], ["atol=x"], ["atol=inf"], ["atol=1e999"], ["rtol=1"], ["tol=1"],
     ["RTOL=0.1"], ["svg_atol=3"], ["rtol= 1e-3"], ["rtol=1e-3", "rtol=1e-2"]],
)  # fmt: skip
def test_a_malformed_tag_is_an_error(tags):
    with pytest.raises(ValueError, match="expected"):
        Tolerance.from_tags(tags)


# ---- numbers in text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a = -0.5, b = +2", [-0.5, 2]),
        ("[ 1. -2.e-03\n  .5 ]", [1, -0.002, 0.5]),
        ("60,000 digits, 1,234.5, not 12,34", [60000, 1234.5, 12, 34]),
        ("W1 float32 z_2 x86 ex-04-1", [4, 1]),  # a word's digits are letters; a hyphen is no sign
        ("97.6% of 10000, 3x, 12ms", [97.6, 10000, 3, 12]),
        ("5-3 (a)-2 1.2.3", [5, 3, 2, 1.2]),
        ("tick \u22121.5", [-1.5]),
        ("nan inf -inf", []),
        ("<td>0.25</td>", [0.25]),
    ],
)
def test_numbers_are_found(text, numbers):
    assert [value(number) for number in NUMBER.findall(text)] == numbers


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("loss 0.5", "loss 0.55"),
        ("[ 0.1  0.2]", "[-0.     0.25]"),
        ("[1000 2]", "[1010\n 2]"),
        ("0.1 nan", "0.2 nan"),
        ("0.3", "0.4"),
        ("1e-9", "-1e-9"),
        ("60,000", "60,600"),
        ("9.99 %", "10.01 %"),
    ],
)
def test_rounding_passes_where_the_cell_allows_it(stored, fresh):
    assert difference("stdout", stored, fresh, LOOSE) is None
    assert difference("text/html", f"<td>{stored}</td>", f"<td>{fresh}</td>", LOOSE) is None
    assert difference("stdout", stored, fresh, EXACT) is not None


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("loss 0.5", "loss 0.7"),  # a digit beyond the tolerance
        ("loss 0.5", "cost 0.5"),  # a word
        ("loss 0.5", "0.5 loss"),
        ("loss 0.5", "loss 0.5 0.5"),  # a number more
        ("0.1 0.2", "0.1"),
        ("0.1", "nan"),
        ("nan", "0.1"),
        ("inf", "-inf"),
        ("1", "1e5"),
        ("W1 = 2", "W2 = 2"),  # a name
        ("True", "False"),
        ("0.5", ""),
        ("5 %", "5"),
        ("10000", "-10000"),
    ],
)
def test_more_than_rounding_fails(stored, fresh):
    assert difference("stdout", stored, fresh, LOOSE) is not None
    assert difference("text/html", f"<td>{stored}</td>", f"<td>{fresh}</td>", LOOSE) is not None


def test_html_structure_counts():
    assert difference("text/html", "<td>1</td>", "<th>1</th>", LOOSE)
    assert difference("text/html", "<td>1</td><td>2</td>", "<td>1</td>", LOOSE)


WORDS = st.text(st.sampled_from("abcxyz%():=é"), min_size=1, max_size=6).filter(lambda w: "e" not in w)
FORMATS = st.sampled_from(["{!r}", "{:.17e}", "{:,.3f}", "{:+.9g}", "{:>24.12f}"])
FINITE = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(WORDS, FORMATS, FINITE), min_size=1, max_size=8))
def test_every_printed_number_is_found_as_it_was_printed(items):
    text = " ".join(f"{word} {style.format(number)}" for word, style, number in items)
    assert [value(number) for number in NUMBER.findall(text)] == [
        float(style.format(number).replace(",", "")) for _, style, number in items
    ]
    assert difference("stdout", text, text, EXACT) is None


@given(
    numbers=st.lists(FINITE, min_size=1, max_size=8),
    rtol=st.sampled_from([0, 1e-6, 1e-2]),
    atol=st.sampled_from([1e-6, 0.3]),
    share=st.floats(-0.99, 0.99),
    data=st.data(),
)
def test_within_the_tolerance_passes_and_beyond_fails(numbers, rtol, atol, share, data):
    tolerance = Tolerance(rtol=rtol, atol=atol)
    room = [atol + rtol * abs(number) for number in numbers]

    def printed(values):
        return " ".join(f"w: {number!r}" for number in values)

    near = [number + share * most for number, most in zip(numbers, room, strict=True)]
    assert difference("stdout", printed(numbers), printed(near), tolerance) is None

    place = data.draw(st.integers(0, len(numbers) - 1))
    near[place] = numbers[place] + data.draw(st.sampled_from([-1.01, 1.01, 3.0])) * room[place]
    assert difference("stdout", printed(numbers), printed(near), tolerance) is not None


@given(st.lists(WORDS, min_size=2, max_size=8), st.data())
def test_a_changed_word_is_always_seen(words, data):
    place = data.draw(st.integers(0, len(words) - 1))
    changed = list(words)
    changed[place] = data.draw(WORDS.filter(lambda word: word != words[place]))
    assert text_difference("1 ".join(words), "1 ".join(changed), lambda old, new: True) is not None


# ---- figures --------------------------------------------------------------------------------------------------------


def figure(y=(1, 3, 2), label="loss", colour="#0072b2", picture=None, salt="book", note=None, font="path", line=True):
    """An SVG as matplotlib writes it."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": font}):
        fig = Figure(figsize=(4, 3))
        ax = fig.subplots()
        ax.set(xlim=(0, 2), ylim=(0, 4), xlabel=label)
        if line:
            ax.plot(y, color=colour, marker="o")
        if picture is not None:
            ax.imshow(picture, interpolation="none", extent=(0, 1, 0, 1))
        if note is not None:
            ax.text(1, 3.5, note)
        target = io.StringIO()
        fig.savefig(target, format="svg", metadata={"Date": None} if salt == "book" else {})
    return target.getvalue()


def svg(stored, fresh, tolerance=EXACT):
    return difference("image/svg+xml", stored, fresh, tolerance)


@pytest.mark.parametrize("font", ["path", "none"])
def test_a_figure(font):
    base = figure(font=font)
    assert svg(base, figure(font=font)) is None
    assert svg(base, figure(salt="another salt", font=font)) is None  # other ids, another date
    assert svg(base, figure(y=(1, 3.02, 2), font=font)) is None  # 222 px high for 4 units: 1 px
    assert "px" in svg(base, figure(y=(1, 3.1, 2), font=font))
    assert svg(base, figure(y=(1, 3.1, 2), font=font), Tolerance(svg_atol=10)) is None
    assert svg(base, figure(y=(1, 1, 2), font=font), Tolerance(svg_atol=10))
    assert "'loss'" in svg(base, figure(label="cost", font=font))
    assert svg(base, figure(label="cost", font=font), LOOSE)
    assert svg(base, figure(y=(1, 3), font=font))
    assert svg(base, figure(line=False, font=font))
    assert "colour" in svg(base, figure(colour="#d55e00", font=font))
    assert svg(base, figure(colour="#0074b4", font=font)) is None


@pytest.mark.parametrize("font", ["path", "none"])
def test_numbers_written_into_a_figure(font):
    base = figure(note="97.60 %", font=font)
    assert svg(base, figure(note="97.61 %", font=font))
    assert svg(base, figure(note="97.61 %", font=font), LOOSE) is None
    assert svg(base, figure(note="89.13 %", font=font), LOOSE)
    assert svg(base, figure(note="97.61", font=font), LOOSE)
    assert svg(base, figure(font=font), LOOSE)


def test_letters_that_do_not_spell_the_words():
    """Of the words in a figure a reader sees the outlines, not the comment before them."""
    base = figure(note="97.60 %")
    word = re.search(r"<!-- 97.60 % -->.*?</g>", base, re.DOTALL)[0]
    nine, seven = re.findall('href="#(.*?)"', word)[:2]
    assert svg(base, base.replace(word, word.replace(f'href="#{nine}"', f'href="#{seven}"')))
    assert svg(base, base.replace(word, re.sub(rf'(id="{nine}" d=")M \d', r"\1M 9", word)))
    assert svg(base, figure(note="97.61 %"), LOOSE) is None


def test_pictures_inside_a_figure():
    rng = np.random.default_rng(0)
    digit = rng.uniform(size=(28, 28)) < 0.2
    base = figure(picture=digit)
    assert svg(base, figure(picture=digit * 0.9999)) is None
    assert "on average" in svg(base, figure(picture=np.roll(digit, 9)))
    assert "28×28" in svg(base, figure(picture=digit[:-1]))
    assert svg(base, figure())
    assert svg(figure(), base)


def png(pixels):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, format="png")
    return base64.b64encode(target.getvalue()).decode()


def test_pictures_of_pixels():
    black, white = np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)
    assert difference("image/png", png(black), png(black + 1), EXACT) is None
    assert difference("image/png", png(black), png(white), EXACT)
    assert difference("image/png", png(black), png(black[:4]), EXACT)
    html = '<p>A digit</p><img src="data:image/png;base64,{}">'
    assert difference("text/html", html.format(png(black)), html.format(png(black + 1)), EXACT) is None
    assert difference("text/html", html.format(png(black)), html.format(png(white)), EXACT)
    assert difference("text/html", html.format(png(black)), "<p>A digit</p>", EXACT)


# ---- a whole notebook -----------------------------------------------------------------------------------------------


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def result(**data):
    return v4.new_output("execute_result", data={k.replace("_", "/"): v for k, v in data.items()}, execution_count=1)


def display(svg):
    return v4.new_output("display_data", data={"image/svg+xml": svg, "text/plain": "<Figure>"})


TABLE = "from IPython.display import HTML\nHTML('<td>{}</td>')"
DRAW = "from IPython.display import display\ndisplay({{'image/svg+xml': {!r}, 'text/plain': '<Figure>'}}, raw=True)"
PLAIN = "<IPython.core.display.HTML object>"

CELLS = {  # name: (passes, source, stored outputs, tags)
    "exact": (True, "print(1 / 3)", [stream("0.3333333333333333\n")], []),
    "last digit": (False, "print(1 / 3)", [stream("0.3333333333333334\n")], []),
    "within": (True, "print(1 / 3)", [stream("0.3333333333333334\n")], ["rtol=1e-12"]),
    "beyond": (False, "print(1 / 3)", [stream("0.3334\n")], ["rtol=1e-6"]),
    "result": (True, "1 / 3", [result(text_plain="0.33")], ["atol=0.01"]),
    "word": (False, "print('loss 1')", [stream("cost 1\n")], ["rtol=0.1"]),
    "missing": (False, "print(1)", [stream("1\n"), result(text_plain="2")], ["rtol=0.1"]),
    "added": (False, "print(1)\n2", [stream("1\n")], ["rtol=0.1"]),
    "nothing stored": (False, "print(1)", [], []),
    "nothing came": (False, "pass", [stream("1\n")], []),
    "html": (True, TABLE.format(0.5), [result(text_html="<td>0.51</td>", text_plain=PLAIN)], ["atol=0.1"]),
    "html digit": (False, TABLE.format(0.5), [result(text_html="<td>0.7</td>", text_plain=PLAIN)], ["atol=0.1"]),
    "html lost": (False, TABLE.format(0.5), [result(text_plain=PLAIN)], ["atol=0.1"]),
    "svg": (True, DRAW.format(figure()), [display(figure(y=(1, 3.01, 2)))], []),
    "svg curve": (False, DRAW.format(figure()), [display(figure(y=(1, 2, 2)))], []),
    "svg label": (False, DRAW.format(figure()), [display(figure(label="cost"))], ["rtol=0.1"]),
    "svg lost": (False, "print(0)", [stream("0\n"), display(figure())], []),
    "order": (False, "print(0)\n" + DRAW.format(figure()), [display(figure()), stream("0\n")], []),
    "progress": (True, "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass", [], []),
    "stored progress": (True, "pass", [stream("\r100%|██████| 3/3 [00:00<00:00, 9.1it/s]\n", "stderr")], []),
    "warning": (False, "import warnings\nwarnings.warn('look')", [], []),
    "error": (False, "1 / 0", [], []),
    "clock": (True, "import time\nprint(time.time())", [stream("0\n")], ["nbval-ignore-output"]),
    "backend": (True, "import os\nprint('inline' in os.environ['MPLBACKEND'])", [stream("True\n")], []),
}  # fmt: skip


def write(path, cells):
    notebook = v4.new_notebook()
    for n, (source, outputs, tags) in enumerate(cells, 1):
        notebook.cells.append(v4.new_code_cell(source, outputs=outputs, metadata={"tags": tags}, execution_count=n))
    nbformat.write(notebook, path)


@pytest.fixture
def compare(pytester, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")  # a caller's shell must not empty the figures

    def run(*arguments):
        return pytester.runpytest("-p", "numeric_nbval", "--nbval", "--nbval-current-env", "-rA", *arguments)

    return run


def test_a_notebook_cell_by_cell(pytester, compare):
    write(pytester.path / "chapter.ipynb", [cell[1:] for cell in CELLS.values()])
    result = compare("chapter.ipynb")
    outcomes = {f"Cell {n}": name for n, name in enumerate(CELLS)}
    passed = {
        outcomes[line.split("::")[1].split(" - ")[0]] for line in result.outlines if line.startswith("PASSED chapter")
    }
    assert passed == {name for name, cell in CELLS.items() if cell[0]}
    result.assert_outcomes(passed=len(passed), failed=len(CELLS) - len(passed))


def test_a_kernel_that_does_not_start_is_started_once_more(pytester, compare, monkeypatch):
    write(pytester.path / "chapter.ipynb", [("print(1)", [stream("1\n")], [])])
    real, starts = nbval.kernel.start_new_kernel, []

    def start(failures, *args, **kwargs):
        starts.append(failures)
        if len(starts) <= failures:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return real(*args, **kwargs)

    monkeypatch.setattr("nbval.kernel.start_new_kernel", partial(start, 1))
    compare("chapter.ipynb").assert_outcomes(passed=1)
    assert len(starts) == 2
    starts.clear()
    monkeypatch.setattr("nbval.kernel.start_new_kernel", partial(start, 2))
    compare("chapter.ipynb").assert_outcomes(errors=1)


def test_a_kernel_that_starts_and_does_not_answer_is_stopped_before_the_next(pytester, compare, monkeypatch):
    write(pytester.path / "chapter.ipynb", [("print(1)", [stream("1\n")], [])])
    real, managers = RunningKernel._ensure_iopub_up, []

    def answers(kernel):
        managers.append(kernel.km)
        if len(managers) == 1:
            raise RuntimeError("Kernel info request timed out")
        real(kernel)

    monkeypatch.setattr(RunningKernel, "_ensure_iopub_up", answers)
    compare("chapter.ipynb").assert_outcomes(passed=1)
    assert len(managers) == 2 and not managers[0].is_alive()


def test_a_malformed_tag_names_its_cell(pytester, compare):
    write(pytester.path / "chapter.ipynb", [("1", [], []), ("print(1)", [stream("1\n")], ["rtol=1e"])])
    result = compare("chapter.ipynb")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*chapter.ipynb, Cell 1: expected a tag like rtol=1e-6*got 'rtol=1e'*"])


def test_a_cell_that_was_never_executed_fails(pytester, compare):
    write(pytester.path / "chapter.ipynb", [("print(1)", [], [])])
    notebook = json.loads((pytester.path / "chapter.ipynb").read_text())
    notebook["cells"][0]["execution_count"] = None
    (pytester.path / "chapter.ipynb").write_text(json.dumps(notebook))
    result = compare("chapter.ipynb")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stored without being executed*"])


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("os._exit(3)", "its process ended with status 3"),
        ("print(end='', flush=True)\nos.kill(os.getpid(), 9)", "its process was ended by SIGKILL, as *memory*"),
    ],
)
def test_a_kernel_that_dies_is_red_at_once_and_says_so(pytester, compare, end, words):
    sources = ["import os", end, "print(1)", "print(2)"]
    write(pytester.path / "chapter.ipynb", [(source, [], []) for source in sources])
    result = compare("chapter.ipynb", "--nbval-cell-timeout=300")
    result.assert_outcomes(passed=1, failed=1, skipped=2)
    result.stdout.fnmatch_lines([f"*Cell 1: The kernel died: {words}*", "*SKIPPED*the kernel died in cell 1*"])
    assert result.duration < 60
