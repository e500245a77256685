"""Assignment 7: the file that it saves, as the digit page's own code and nnlib read it, and the seconds it may take."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import npm
import numpy as np
import pytest
import safetensors.numpy

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from assignments import course, feedback, grade  # noqa: E402
from assignments.process import Limits  # noqa: E402
from nnlib import functional, io  # noqa: E402

SOURCE = ROOT / "assignments" / "project" / "source.ipynb"
# What the page does with a file that a reader chooses, and with a drawing.
READ = """
import { readFileSync } from "node:fs";
import { DIGITS } from "./book/_static/digit/examples.js";
import { forward, load } from "./book/_static/digit/network.js";
import { pictureOf } from "./book/_static/digit/picture.js";
const bytes = readFileSync(process.argv[1]);
const net = load(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const pictures = DIGITS.map(pictureOf);
const shares = pictures.map((x) => [...forward(net, x).a2]);
console.log(JSON.stringify({ units: net.H, pictures: pictures.map((x) => [...x]), shares }));
"""


def cells():
    return json.loads(SOURCE.read_text(encoding="utf-8"))["cells"]


@pytest.fixture(scope="module")
def solution():
    """The names of the solution: all of its cells but the self-checks."""
    names = {"__name__": "__main__"}
    for cell in cells():
        if cell["cell_type"] == "code" and not cell["id"].startswith("try-"):
            exec("".join(cell["source"]), names)
    return names


@pytest.fixture(scope="module")
def net(solution):
    return solution["train_reader"](solution["X_fit"], solution["y_fit"], 0)


def test_the_page_reads_the_file_and_answers_as_numpy_does(solution, net, tmp_path):
    path = tmp_path / "my-digits.safetensors"
    assert solution["save"](path, net) == path.read_bytes()
    run = subprocess.run(
        [npm.node(), "--input-type=module", "--eval", READ, path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    stored = {name: array.astype(np.float32).astype(float) for name, array in net.items()}
    expected = functional.softmax(solution["page_scores"](stored, np.array(said["pictures"])))
    assert said["units"] == 32 and np.allclose(said["shares"], expected, rtol=0, atol=1e-12)
    assert np.argmax(said["shares"], axis=1).tolist() == list(range(10)), "the ten drawings of the page"


def test_nnlib_and_the_library_of_the_format_read_it_too(solution, tmp_path):
    """Whatever the order of its numbers in memory, and their type."""
    rng, path = np.random.default_rng(0), tmp_path / "my-digits.safetensors"
    net = {"W1": rng.normal(size=(3, 784)).T, "b1": np.arange(3), "W2": rng.normal(size=(10, 3)).T, "b2": np.ones(10)}
    solution["save"](path, net)
    read, page = io.load(path).params, safetensors.numpy.load_file(path)
    for name, array in net.items():
        assert np.array_equal(read[name], array.astype(np.float32)) and np.array_equal(read[name], page[name])


def test_an_assignment_may_take_longer():
    assert course.assignment("project").limits == Limits(call=30, cell=90, total=900)
    assert course.assignment("softmax").limits == Limits()


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("bwrap"), reason="bubblewrap is for Linux, and not installed here"
)
def test_its_solution_has_the_seconds_in_the_sandbox():
    """Trained in the student's own process, with the limits of the assignment, unless others are asked for."""
    kept = [cell for cell in cells() if not cell["id"].startswith("try-")]
    content = json.dumps(json.loads(SOURCE.read_text(encoding="utf-8")) | {"cells": kept}).encode()
    project = course.assignment("project")
    found = grade.grade(project, content, "secret")
    assert found["outcome"] == "graded" and found["score"] == 40, [
        each for each in found["checks"] if each["outcome"] != "passed"
    ]
    page = feedback.page(project, found | {"student": "ada", "name": "Ada"})
    assert re.search(r"32 units; of 5,000 new digits it reads \d\d\.\d %, moved \d\d\.\d %", page)
    assert len(re.findall(r"you claim 9\d\.\d %, it reads 9\d\.\d %", page)) == 2
    assert grade.grade(project, content, "secret") == found, "the same submission and secret: the same words"
    found = grade.grade(project, content, "secret", limits=Limits(call=0.3))
    reasons = {check["reason"] for check in found["checks"] if check["question"] == "train_reader"}
    assert "train_reader gave no answer within 0.3 seconds" in reasons
