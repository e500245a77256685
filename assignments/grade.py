"""Grading: one submission, and a whole class of them, in parallel and so that a run that was stopped goes on.

Each submission has a process of its own (``python -m assignments.grade``), and its code a sandbox inside: whatever it
does, it costs nobody else anything. Results are files, one a student, which appear whole; nothing else is remembered.
"""

import argparse
import ctypes
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

from nnlib import files

from . import course, notebook
from .checks import Missed, generator
from .process import Limits
from .sandbox import NoSandbox, Sandbox
from .student import Student

ROOT = Path(__file__).parent
LONGEST = 2_000  # characters of a reason
CODE = 50_000  # characters of an answer that are shown: it is the student's process that says what its code is
PR_SET_PDEATHSIG = 1  # of prctl
EMPTY = "empty: nothing was added to the notebook as it was given"


def grade(assignment, content, secret, *, limits=None, unsafe=False):
    """Return what a submission earns, as plain data; whatever was handed in, it does not raise.

    Parameters
    ----------
    assignment : Assignment
    content : bytes
        Of the file that was handed in.
    secret : str
        The course's: from it come the inputs of the tests.
    limits : Limits, optional
        On what the student's code may use; by default the assignment's.
    unsafe : bool
        Whether to run it without a sandbox.

    Returns
    -------
    dict
        ``outcome`` (graded, timed out, crashed or unreadable), ``reason``, ``notes``, ``checks``, ``written``,
        ``code``, ``score`` and ``max``.

    Raises
    ------
    NoSandbox
        If there is none, and it is not to be done without.
    """
    try:
        submission = notebook.read(content)
    except notebook.Unreadable as reason:
        return record(assignment, "unreadable", str(reason))
    code, written = notebook.answers(submission, assignment.released)
    untouched, _ = notebook.answers(assignment.released, assignment.released)
    if set(code) <= set(untouched) and not any(written.values()):
        return record(assignment, "graded", EMPTY, submission.notes)
    folder = ROOT / assignment.name
    with Student(code, Sandbox(unsafe=unsafe), limits or assignment.limits, folder) as student:
        checks = [_run(check, student, generator(secret, assignment.name, check.name)) for check in assignment.checks]
        sources = {question: _cut(student.source(question), CODE) for question in assignment.answers}
        notes = [*submission.notes, *student.notes]
    found = record(assignment, "graded", "", notes, checks, written, sources)
    lost = {check["outcome"] for check in checks} & {"timed out", "crashed"}
    if lost and all(check["outcome"] in lost for check in checks):
        found |= {"outcome": min(lost), "reason": checks[0]["reason"], "score": None}
    return found


def record(assignment, outcome, reason="", notes=(), checks=None, written=None, code=None):
    """Return a result; where nothing was tested each test has 0 points for the same reason."""
    if checks is None:
        checks = [_entry(check, "failed" if outcome == "graded" else outcome, reason) for check in assignment.checks]
    score = sum(check["points"] for check in checks) if outcome in ("graded", "missing") else None
    return {
        "assignment": assignment.name,
        "outcome": outcome,
        "reason": _cut(reason),
        "notes": [_cut(note) for note in notes],
        "score": score,
        "max": assignment.points,
        "checks": checks,
        "written": written or {},
        "code": code or {},
    }


def _run(check, student, rng):
    """Run one test. What a student's value makes it stumble over is the value's fault: the solution passes. Words that
    a test returns are said where it passed.
    """
    outcome, reason = "passed", ""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reason = check.run(student, rng) or ""
    except Missed as missed:
        outcome, reason = missed.outcome, str(missed)
    except AssertionError as error:
        outcome, reason = "failed", str(error) or "not as asked"
    except NoSandbox:  # nobody's fault here
        raise
    except Exception as error:  # of any kind: a text in place of an array, a list of another length
        outcome, reason = "failed", f"what came could not be compared: {type(error).__name__}: {error}"
    return _entry(check, outcome, reason)


def _entry(check, outcome, reason):
    points = float(check.points) if outcome == "passed" else 0.0
    question = {"question": check.question, "name": check.name, "says": check.says}
    return question | {"points": points, "max": float(check.points), "outcome": outcome, "reason": _cut(reason)}


def _cut(text, longest=LONGEST):
    text = str(text).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= longest else text[:longest] + " …"


# ---- a whole class ---------------------------------------------------------------------------------------------------


def fingerprint(assignment, content, secret, unsafe, limits=None):
    """Return what a result depends on, as a short text: the submission, tests, grader, secret, limits."""
    digest = hashlib.sha256(content + secret.encode() + bytes([unsafe]) + repr(limits or assignment.limits).encode())
    folder = ROOT / assignment.name
    for path in sorted([*ROOT.glob("*.py"), *folder.glob("*.py"), folder / "source.ipynb"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def everyone(
    assignment, submissions, folder, secret, *, unsafe=False, limits=None, workers=None, executor=None, verbose=True
):
    """Grade a class; what an earlier run finished is taken from its file.

    Parameters
    ----------
    assignment : Assignment
    submissions : iterable of (student, name, content or None, reason)
        The file's bytes, with a remark on how it was chosen or handed in; None with a reason where none could be read.
    folder : path
        Where the results are written, one file a student.
    secret : str
    unsafe : bool
    limits : Limits, optional
        On what each student's code may use; by default the assignment's.
    workers : int, optional
        How many at once; by default one a core.
    executor : concurrent.futures.Executor, optional
        Where the work is done, such as a Dask client's; by default threads here, which wait for processes.
    verbose : bool
        Whether to show a progress bar.

    Returns
    -------
    list of dict

    Raises
    ------
    RuntimeError
        When all others are graded, if some could not be and it was not their fault.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    results, tasks = [], {}
    for student, name, content, reason in submissions:
        entry = {"student": student, "name": name, "remark": "" if content is None else reason}
        path = folder / f"{student}.json"
        if content is None:
            outcome = "unreadable" if reason else "missing"
            results.append(store(path, record(assignment, outcome, reason) | entry | {"fingerprint": ""}))
            continue
        mark = fingerprint(assignment, content, secret, unsafe, limits)
        done = stored(path)
        if done and done.get("fingerprint") == mark:
            results.append(done if done == done | entry else store(path, done | entry))
        else:
            tasks[student] = (path, entry | {"fingerprint": mark}, content)
            path.unlink(missing_ok=True)  # of another submission: its marks must not stand for this one
    lost = []
    with executor or ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        futures = {
            pool.submit(in_a_process, assignment.name, content, secret, unsafe, limits): (path, entry)
            for path, entry, content in tasks.values()
        }
        try:
            for future in tqdm(as_completed(futures), "grading", len(futures), disable=not verbose, unit="submission"):
                path, entry = futures[future]
                if error := future.exception():  # no sandbox, or no machine: the others go on
                    lost.append(f"{entry['student']}: {error}")
                else:
                    results.append(store(path, entry | future.result()))
        finally:
            for future in futures:  # when it is stopped, those that have not begun do not begin
                future.cancel()
    if lost:
        raise RuntimeError(f"{len(lost)} of {len(futures)} submissions could not be graded; {'; '.join(lost[:5])}")
    return sorted(results, key=lambda result: result["student"])


@cache
def try_the_sandbox(unsafe):
    """Try, once in a process and before anybody's code, that the sandbox of this machine holds; `NoSandbox` if not."""
    Sandbox(unsafe=unsafe).probe()


def in_a_process(name, content, secret, unsafe=False, limits=None):
    """Return what a submission earns, found in a process of its own; one that dies or hangs is an outcome too."""
    try_the_sandbox(unsafe)  # here, as it may be another machine
    assignment = course.assignment(name)
    limits = limits or assignment.limits
    with tempfile.TemporaryDirectory() as scratch:
        given, found = Path(scratch, "submission"), Path(scratch, "result.json")
        given.write_bytes(content)
        command = [sys.executable, "-m", "assignments.grade", name, given, found, *["--unsafe"] * unsafe]
        command += ["--limits", json.dumps(asdict(limits))]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
        try:
            done = subprocess.run(
                command, input=secret.encode(), cwd=ROOT.parent, env=environment, capture_output=True,
                timeout=limits.total + 60,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return record(assignment, "timed out", f"no result after {limits.total + 60} seconds")
        if done.returncode == 3:
            raise RuntimeError(done.stderr.decode(errors="replace").strip())  # no sandbox: nobody's fault here
        if done.returncode or not found.is_file():
            words = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"status {done.returncode}"]
            found = record(assignment, "crashed", f"the grader ended: {words[0]}")
            return found | {"fingerprint": ""}  # perhaps for want of memory: the next run tries again
        return json.loads(found.read_text(encoding="utf-8"))


def store(path, result):
    """Write a result, whole, and return it."""
    with files.whole(path) as part:
        part.write_text(json.dumps(result, ensure_ascii=True), encoding="utf-8")
    return result


def stored(path):
    """Return the result in a file, or None where there is none that can be read."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def main():
    """Grade one file; the secret comes by standard input, where no other process reads it."""
    parser = argparse.ArgumentParser(prog="python -m assignments.grade", description=main.__doc__)
    parser.add_argument("assignment")
    parser.add_argument("submission", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--unsafe", action="store_true", help="run students' code without a sandbox")
    parser.add_argument("--limits", type=json.loads, default={}, help="JSON, by name")
    asked = parser.parse_args()
    if sys.platform == "linux":  # when the process ends that waits for this one, so does this one, killed or not
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    assignment, content = course.assignment(asked.assignment), asked.submission.read_bytes()
    try:
        limits = Limits(**asked.limits) if asked.limits else None
        store(asked.result, grade(assignment, content, sys.stdin.read(), limits=limits, unsafe=asked.unsafe))
    except NoSandbox as error:
        print(error, file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
