"""Execute notebooks in place, each in a fresh kernel of this environment, and write them in one clean form.

    python tests/execute_notebooks.py notebooks/04_softmax.ipynb …
    python tests/execute_notebooks.py --format-only notebooks/04_softmax.ipynb

Nothing is written when a cell raises or the kernel dies. What is written holds no trace of the machine or of the
moment: no timings, no widget state, no progress bars, no dates in figures, and a cell's id depends on its source alone,
so that running twice gives the same bytes wherever the numbers are the same.
"""

import argparse
import base64
import copy
import hashlib
import io
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
from compare import found_no_device, printed
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager
from PIL import Image

# Whatever the caller's shell says, figures go into the notebook.
KERNEL_ENVIRONMENT = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
VOLATILE_CELL_METADATA = {"ExecuteTime", "collapsed", "editable", "execution", "scrolled", "trusted"}

# " 40%|████      | 4/10 [00:01<00:02,  2.31it/s]" and, where the total is unknown, "4it [00:01,  2.31it/s]".
PROGRESS = re.compile(r"\d+%\|.*\|.*\[.*|[\d.]+[kMG]?\w+ \[\d+:\d\d.*")
WIDGET = "application/vnd.jupyter.widget-view+json"  # dead where no kernel runs; words are stored with it
SVG_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
PNG = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")


def without_progress(text):
    """What a progress bar leaves of `text`, which went to stderr: every other line of it."""
    kept = [part for part in re.split(r"[\r\n]+", text) if part.strip() and not PROGRESS.search(part)]
    return "".join(part + "\n" for part in kept)


def with_a_palette(found):
    """A picture inside a drawing, in base64, with a table of its colours: the same pixels in half the bytes or less."""
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(found[0]))).convert("RGBA"))
    colours, places = np.unique(picture.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > 256 or colours[:, 3].min() < 255:
        return found[0]
    indexed, file = Image.fromarray(places.reshape(picture.shape[:2]).astype(np.uint8)), io.BytesIO()
    indexed.putpalette(colours[:, :3].tobytes())
    indexed.save(file, "PNG", optimize=True)
    smaller = base64.b64encode(file.getvalue()).decode()
    return smaller if len(smaller) < len(found[0]) else found[0]


def clean_outputs(outputs):
    """`outputs` without progress bars and live widgets, and the figures in them without their date, and small."""
    kept = []
    for output in outputs:
        output = nbformat.from_dict(output)  # a deep copy
        if output.output_type == "stream" and output.name == "stderr":
            output.text = without_progress(output.text)
            if not output.text:
                continue
        output.get("data", {}).pop(WIDGET, None)
        svg = output.get("data", {}).get("image/svg+xml")
        if svg is not None:
            output.data["image/svg+xml"] = PNG.sub(with_a_palette, SVG_METADATA.sub("", svg))
        kept.append(output)
    return kept


def clean(notebook):
    """Bring `notebook` to the committed form, in place."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    seen = Counter()
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k not in VOLATILE_CELL_METADATA}
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if cell.cell_type == "code":
            cell.outputs = clean_outputs(cell.outputs)
    nbformat.validate(notebook)


def execute(notebook, folder):
    """Run every cell of `notebook` in a fresh kernel of this environment, in `folder`, as nbval does."""
    manager = AsyncKernelManager(kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=None,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env={**os.environ, **KERNEL_ENVIRONMENT}, stderr=subprocess.DEVNULL)


def keep(notebook, before):
    """Give the cells that found no graphics card what was stored before; return how many they are."""
    kept = [
        (cell, old)
        for cell, old in zip(notebook.cells, before, strict=True)
        if cell.cell_type == "code" and found_no_device(cell, printed(cell.outputs)) and old.outputs
    ]
    for cell, old in kept:
        cell.outputs = old.outputs
    return len(kept)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--format-only", action="store_true", help="write the clean form, run nothing")
    options = parser.parse_args(arguments)

    failures = 0
    for path in options.notebooks:
        notebook = nbformat.read(path, as_version=4)
        before, kept = copy.deepcopy(notebook.cells), 0
        start = time.perf_counter()
        if not options.format_only:
            try:
                execute(notebook, path.resolve().parent)
            except (CellExecutionError, DeadKernelError) as error:
                failures += 1
                what = "a cell raised" if isinstance(error, CellExecutionError) else "the kernel died"
                print(f"{path}: {what}, the file is left as it was\n{error}", file=sys.stderr)
                continue
            kept = keep(notebook, before)
        clean(notebook)
        nbformat.write(notebook, path)
        code_cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        seconds = time.perf_counter() - start
        print(f"{path}: {code_cells} code cells, {seconds:.1f} s, {path.stat().st_size / 1000:.0f} kB", flush=True)
        if kept:
            print(f"{path}: {kept} cells found no graphics card; what was stored of them stands")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
