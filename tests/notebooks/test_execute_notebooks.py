"""The command that executes notebooks: what it writes agrees with itself, and holds nothing of the moment."""

import base64
import io

import nbformat
import numpy as np
import pytest
from execute_notebooks import NOTEBOOK_METADATA, PNG, main, with_a_palette, without_progress
from nbformat import v4
from PIL import Image

SOURCES = [
    "import os\nprint(os.environ['MPLBACKEND'], os.path.basename(os.getcwd()))",
    "from tqdm import tqdm\nfor n in tqdm(range(3)): pass\nprint(n)",
    "from nnlib import plot\nimport matplotlib.pyplot as plt\nplot.use_book_style()\nplt.plot([1, 3, 2])\nplt.show()",
    "1 / 3",
    "1 / 3",
]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Write a notebook of these sources, with the litter that editors leave, and return its path."""
    monkeypatch.setenv("MPLBACKEND", "Agg")

    def write(sources):
        litter = {"collapsed": True, "tags": ["hide-output"]}
        cells = [v4.new_code_cell(source, metadata=litter, execution_count=9) for source in sources]
        path = tmp_path / "04_softmax.ipynb"
        nbformat.write(
            v4.new_notebook(cells=cells, metadata={"jupytext": {}, "kernelspec": {"name": "x", "display_name": "X"}}),
            path,
        )
        return path

    return write


def test_execution_writes_one_clean_form(notebook, tmp_path, pytester):
    path = notebook(SOURCES)
    assert main([str(path)]) == 0
    first = path.read_bytes()
    written = nbformat.read(path, as_version=4)
    assert written.metadata == NOTEBOOK_METADATA
    assert [cell.execution_count for cell in written.cells] == [1, 2, 3, 4, 5]
    assert all(cell.metadata == {"tags": ["hide-output"]} for cell in written.cells)
    assert "matplotlib_inline" in written.cells[0].outputs[0].text
    assert tmp_path.name in written.cells[0].outputs[0].text  # a notebook runs in its own folder
    assert [output.get("text") for output in written.cells[1].outputs] == ["2\n"]  # no progress bar
    assert "<metadata>" not in written.cells[2].outputs[0].data["image/svg+xml"]

    assert main([str(path)]) == 0
    assert path.read_bytes() == first
    assert main(["--format-only", str(path)]) == 0
    assert path.read_bytes() == first

    count = len(SOURCES)
    result = pytester.runpytest("-p", "numeric_nbval", "--nbval", "--nbval-current-env", str(path))
    result.assert_outcomes(passed=count)


NONE = "expected the package wgpu, got none: pip install nnlib[gpu]"


@pytest.fixture
def on_a_card(tmp_path):
    """A notebook that was executed where there is a graphics card, and whose cells now find none."""
    said = (f"not run: {NONE}", f"f: not yet: NoDevice: {NONE}", "6")
    cells = [
        v4.new_code_cell(
            f"print({words!r})",
            metadata={"tags": ["device"]} if count < 2 else {},
            outputs=[v4.new_output("stream", text=f"{7 + count}\n")],
            execution_count=count + 1,
        )
        for count, words in enumerate(said)
    ]
    path = tmp_path / "21_gpu.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def test_a_cell_that_finds_no_card_keeps_what_was_stored(on_a_card, capsys):
    assert main([str(on_a_card)]) == 0
    cells = nbformat.read(on_a_card, as_version=4).cells
    assert [cell.outputs[0].text for cell in cells] == ["7\n", "8\n", "6\n"]
    assert "2 cells found no graphics card; what was stored of them stands" in capsys.readouterr().out


def test_a_cell_that_finds_no_card_is_skipped_with_the_reason(on_a_card, pytester, monkeypatch):
    monkeypatch.setattr("numeric_nbval.own", lambda: pytest.skip(NONE))
    options = "-p", "numeric_nbval", "--nbval", "--nbval-current-env", "-rs", str(on_a_card)
    result = pytester.runpytest(*options)
    result.assert_outcomes(skipped=2, failed=1)
    result.stdout.fnmatch_lines(["*SKIPPED*expected the package wgpu, got none*"])
    monkeypatch.setattr("numeric_nbval.own", lambda: "a card, for the tests")
    pytester.runpytest(*options).assert_outcomes(failed=3)


@pytest.mark.parametrize(("end", "words"), [("1 / 0", "ZeroDivisionError"), ("os._exit(3)", "the kernel died")])
def test_a_cell_that_does_not_end_well_leaves_the_file_as_it_was(notebook, capsys, end, words):
    path = notebook(["import os\nprint(1)", end])
    before = path.read_bytes()
    assert main([str(path)]) == 1
    assert path.read_bytes() == before
    assert words in capsys.readouterr().err


def test_an_id_depends_on_the_source_alone(notebook):
    def ids(sources):
        path = notebook(sources)
        main(["--format-only", str(path)])
        return [cell.id for cell in nbformat.read(path, as_version=4).cells]

    one, two, again = ids(["a = 1", "b = 2", "a = 1"])
    assert len({one, two, again}) == 3
    assert ids(["c = 3", "a = 1", "b = 2"])[1:] == [one, two]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\r  0%|          | 0/3 [00:00<?, ?it/s]\r100%|██████████| 3/3 [00:00<00:00, 912.3it/s]\n", ""),
        ("epoch 1:  40%|████      | 4/10 [00:01<00:02,  2.31it/s, loss=0.3]", ""),
        ("\r0it [00:00, ?it/s]\r3it [00:00,  4.98it/s]\n", ""),
        ("\r50%|█████     | 1/2 [00:00<00:00]\nx.py:3: UserWarning: look\n", "x.py:3: UserWarning: look\n"),
        ("97% of the digits [see above]\n", "97% of the digits [see above]\n"),
    ],
)
def test_a_progress_bar_leaves_nothing(text, left):
    assert without_progress(text) == left


@pytest.mark.parametrize("colours", [1, 2, 17, 256, 257, "clear"])
def test_a_picture_in_a_drawing_keeps_its_pixels_in_fewer_bytes(colours):
    """With 256 colours and none that one sees through; other pictures stay byte for byte."""
    rng = np.random.default_rng(0)
    table = rng.permutation(1 << 24)[: colours if colours != "clear" else 2]
    pixels = np.stack([table >> 16, table >> 8 & 255, table & 255, np.full_like(table, 255)], axis=1).astype(np.uint8)
    if colours == "clear":
        pixels[0, 3] = 9
    pixels = pixels[rng.permutation(np.arange(28 * 28) % len(pixels))].reshape(28, 28, 4)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    before = f'<image href="data:image/png;base64,\n{base64.b64encode(file.getvalue()).decode()}"/>'
    after = PNG.sub(with_a_palette, before)
    again = Image.open(io.BytesIO(base64.b64decode(PNG.search(after)[0]))).convert("RGBA")
    np.testing.assert_array_equal(np.asarray(again), pixels)
    assert PNG.sub(with_a_palette, after) == after
    if colours in (257, "clear"):
        assert after == before
    else:
        assert len(after) <= len(before) - (1000 if colours == 256 else 0)
