"""The whole tool on submissions that attack it, are broken, or are right in part: what each gets, and what is left."""

import csv
import ctypes
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from ordinary_user import NOBODY, as_ordinary_user, can_become_one

from assignments import course, folder, marks
from tests.assignments import corpus

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("bwrap"), reason="bubblewrap is for Linux, and not installed here"
)
QUICK = ["--seconds", "2", "--workers", "3"]
PR_SET_CHILD_SUBREAPER = 36
TAGS = {"a", "body", "br", "caption", "code", "div", "h1", "h2", "head", "html", "li", "main", "meta", "p", "pre"}
TAGS |= {"section", "span", "strong", "style", "table", "tbody", "td", "th", "thead", "title", "tr", "ul"}
TOKEN = "a-marker-that-nobody-inside-may-see"


class Run(NamedTuple):
    """A class that was graded: its folder, its entries, and by a student's name the result."""

    assignment: object
    course: folder.Course
    entries: list
    results: dict
    output: str

    def result(self, entry):
        return self.results.get(shown(entry.student))


def shown(name):
    return re.sub("[\ud800-\udfff]", "\ufffd", name)


def words_of(entry):
    """Return what a student wrote, which no other page may show."""
    return f"only {entry.student.encode('utf-8', 'replace').hex()[:60]} wrote this"


class Here:
    """A place for a class: its submissions, a course's folder, a folder and a server that nobody inside may reach."""

    def __init__(self, path, name, entries):
        self.path, self.assignment, self.entries = Path(path), course.assignment(name), entries
        self.course, self.outside, self.handed_in = (self.path / part for part in ("course", "outside", "in"))
        self.outside.mkdir()
        self.outside.chmod(0o777)
        (self.outside / "marker").write_text(TOKEN)
        (self.outside / "marker").chmod(0o666)
        self.servers = [socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM)]
        address = self.servers[0].getsockname()
        self.servers[1].bind(address)
        self.servers.append(socket.socket(socket.AF_UNIX))
        self.servers[2].bind(f"\0corpus-{address[1]}")
        self.servers[2].listen()
        known = {"OUTSIDE": str(self.outside), "COURSE": str(self.course), "REPOSITORY": str(ROOT), "ADDRESS": address}
        for entry in entries:
            own = self.handed_in / entry.student
            own.mkdir(parents=True)
            made = entry.make(corpus.Place(self.assignment, known, own, words_of(entry)))
            if isinstance(made, dict) and "cells" in made:
                made = corpus.text(made)
            for file, content in ({f"{name}.ipynb": made} if isinstance(made, bytes) else made or {}).items():
                (own / file).write_bytes(content)

    def command(self, *words):
        return [sys.executable, "-m", "assignments", "--course", str(self.course), *map(str, words)]

    def run(self, *words, user=lambda command: command, **options):
        options = {"env": {**os.environ, "OPENBLAS_NUM_THREADS": "1"}} | options
        command = user(self.command(words[0], self.assignment.name, *words[1:]))
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, **options)

    def graded(self, *options, **more):
        done = self.run("grade", self.handed_in, *(options or QUICK), **more)
        assert done.returncode == 0, done.stderr[-3000:]
        return self.read(done.stdout)

    def read(self, output=""):
        its = folder.Course(self.course)
        results = {result["name"]: result for result in its.results(self.assignment).values()}
        return Run(self.assignment, its, self.entries, results, output)

    def reached(self):
        """Yield in words what was done outside."""
        if sorted(os.listdir(self.outside)) != ["marker"] or (self.outside / "marker").read_text() != TOKEN:
            yield f"outside there are now {os.listdir(self.outside)}"
        strange = [path for path in self.path.rglob("*") if path.name in ("written", "made", "linked", "reduced")]
        yield from (f"{path} was made" for path in strange)
        if select.select(self.servers, [], [], 0)[0]:
            yield "somebody came by network"


@pytest.fixture
def here():
    """Make places; any user of the machine may enter them."""
    made = []

    def make(name, entries):
        scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        os.chmod(scratch.name, 0o755)
        made.append((Here(scratch.name, name, entries), scratch))
        return made[-1][0]

    yield make
    for place, scratch in made:
        for server in place.servers:
            server.close()
        scratch.cleanup()


@contextmanager
def nothing_stays():
    """What runs below this process is its own, also when its parent ended; fails if something is left at the end."""
    libc, before = ctypes.CDLL(None), set(psutil.Process().children(recursive=True))
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1) == 0
    try:
        yield
        until = time.monotonic() + 15
        while (left := below() - before) and time.monotonic() < until:
            time.sleep(0.1)
        assert not left, [process.cmdline()[:5] for process in left]
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0)


def below():
    """Return the processes below this one; those that ended are waited for."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                if "resource_tracker" not in " ".join(process.cmdline()):  # multiprocessing's, of this process
                    found.add(process)
            elif process.ppid() == os.getpid():
                with suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)
    return found


# ---- what must be so for every class ---------------------------------------------------------------------------------


def wrong_results(run):
    for entry in run.entries:
        result = run.result(entry)
        if result is None:
            yield f"{entry.student!a}: no result"
            continue
        said = " | ".join([result["reason"], *result["notes"], *(check["reason"] for check in result["checks"])])
        got = result["outcome"], result["score"]
        if got[0] not in entry.outcome.split("|") or got[1] != entry.points:
            lost = [f"{check['name']}: {check['reason']}" for check in result["checks"] if not check["points"]]
            yield f"{entry.student!a}: expected {entry.outcome} {entry.points}, got {got}; {said[:300]!a}; {lost[:3]!a}"
        if not re.search(entry.says, said):
            yield f"{entry.student!a}: expected words like {entry.says!r}, got {said[:500]!a}"
        if "READ" in said or TOKEN in json.dumps(result):
            yield f"{entry.student!a}: something was read: {said[:500]!a}"
        if len(json.dumps(result)) > 1_000_000:
            yield f"{entry.student!a}: its result has {len(json.dumps(result)):,} characters"
        if result["outcome"] not in ("graded", "missing") and not result["reason"]:
            yield f"{entry.student!a}: {result['outcome']} without a reason"
    if len(run.results) != len(run.entries):
        yield f"expected {len(run.entries)} results, got {len(run.results)}"


def wrong_marks(run):
    """Compare marks.csv with the results and with nbgrader's gradebook."""
    from nbgrader.api import Gradebook, MissingEntry

    name, path = run.assignment.name, run.course.path
    with open(path / "marks" / f"{name}.csv", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    if (path / "marks" / f"{name}.csv").read_text(encoding="utf-8").count("\n") != len(rows) + 1:
        yield "a row of marks.csv has more than one line"
    by_key = {result["student"]: result for result in run.results.values()}
    if sorted(row[0] for row in rows) != sorted(by_key):
        yield "marks.csv has other students than there are results"
    book = Gradebook(f"sqlite:///{path / 'gradebook.db'}")
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        result = by_key[cells["student"]]
        if any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row):
            yield f"{row}: a spreadsheet would compute"
        if cells["outcome"] != result["outcome"] or cells["name"].lstrip("'") != marks.harmless(result["name"]).lstrip(
            "'"
        ):
            yield f"{row}: not what the result says"
        tested = [cells[question] for question in run.assignment.answers]
        sums = sum(map(float, tested)) if all(tested) else None
        if sums != result["score"]:
            yield f"{cells['student']}: marks.csv has {tested}, the result {result['score']}"
        if cells["points"] != ("" if sums is None else cells["points"]):
            yield f"{cells['student']}: {cells['outcome']} and {cells['points']} points"
        try:
            grades = book.find_submission_notebook(name, name, cells["student"]).grades
        except MissingEntry:
            if result["outcome"] != "missing":
                yield f"{cells['student']}: not in the gradebook"
            continue
        for question in run.assignment.questions:
            (grade,) = [g for g in grades if g.name == run.assignment.points_cell(question)]
            same = grade.auto_score is None if cells[question] == "" else grade.auto_score == float(cells[question])
            if not same or grade.manual_score is not None or grade.needs_manual_grade != (cells[question] == ""):
                yield f"{cells['student']}, {question}: {cells[question]!r}, and {grade.auto_score} for nbgrader"
    book.close()


class Tags(HTMLParser):
    """Notes what a page holds that only a text could have brought there."""

    def __init__(self, text):
        super().__init__()
        self.strange = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.strange.append(tag)
        for name, value in attributes:
            if name.startswith("on") or (name in ("href", "src") and not value.startswith("#")):
                self.strange.append((tag, name, value))


def wrong_pages(run):
    everybody = {words_of(entry): entry for entry in run.entries}
    own = 0
    for entry in run.entries:
        result = run.result(entry)
        page = run.course.place("feedback", run.assignment, result["student"], ".html").read_text(encoding="utf-8")
        if strange := Tags(page).strange:
            yield f"{entry.student!a}: its page holds {strange}"
        others = [words for words in everybody if words in page and everybody[words] is not entry]
        if others:
            yield f"{entry.student!a}: its page holds {others}"
        own += words_of(entry) in page
        shown_points = f"{result['score']:g} of" if result["score"] is not None else result["reason"][:20]
        if result["outcome"] == "graded" and "<strong>" + shown_points not in page:
            yield f"{entry.student!a}: its page does not say {shown_points!r}"
    if own < len(run.entries) / 3:
        yield f"only {own} pages show what their student wrote"


def whole(place, *options, **more):
    """Grade a class, write its marks and its pages, and return in words all that is not as it must be."""
    with nothing_stays():
        run = place.graded(*options, **more)
        for command in ("marks", "feedback"):
            done = place.run(command, **more)
            assert done.returncode == 0, done.stderr[-3000:]
    return [*wrong_results(run), *place.reached(), *wrong_marks(run), *wrong_pages(run)]


# ---- the classes -----------------------------------------------------------------------------------------------------

MANY = [*corpus.MARKED, *corpus.VALUES, *corpus.SHAPES, *corpus.HONEST]
FEW = [
    entry for entry in corpus.SOFTMAX if "sweep" not in entry.tags and (entry not in MANY or MANY.index(entry) % 8 == 0)
]
REST = [entry for entry in corpus.SOFTMAX if entry not in FEW]


def test_the_corpus_is_as_large_as_it_should_be():
    honest = [*corpus.HONEST, *(entry for entries in corpus.OTHER_HONEST.values() for entry in entries)]
    assert len(corpus.ATTACKS) >= 100 and len(honest) >= 30
    assert len(FEW) >= 50


def test_softmax(here):
    wrong = whole(here("softmax", FEW))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sweep
def test_the_rest_of_softmax(here):
    wrong = whole(here("softmax", REST))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sweep
@pytest.mark.parametrize("name", corpus.OTHER_HONEST)
def test_honest_ones_of(here, name):
    wrong = whole(here(name, corpus.OTHER_HONEST[name]))
    assert not wrong, "\n".join(wrong)


@pytest.mark.sweep(seconds=60)
@pytest.mark.parametrize("name", corpus.OTHER_ATTACKS)
def test_attacks_on(here, name):
    wrong = whole(here(name, corpus.OTHER_ATTACKS[name]), "--seconds", "5", "--workers", "2")
    assert not wrong, "\n".join(wrong)


def tagged(tag):
    return [entry for entry in corpus.SOFTMAX if tag in entry.tags]


def same(run):
    return {
        name: {key: value for key, value in result.items() if key != "fingerprint"}
        for name, result in run.results.items()
    }


@pytest.mark.sweep
def test_the_same_marks_twice_on_one_core_and_on_two(here):
    entries = tagged("twice")
    assert len(entries) >= 10
    one, two = here("softmax", entries), here("softmax", entries)
    for place in (one, two):
        place.course.mkdir()
        (place.course / "secret").write_text("the same secret")
    first = one.graded("--seconds", "2", "--workers", "1")
    second = two.graded("--seconds", "2", "--workers", "2")
    told = json.dumps(same(first)).replace(str(one.path), "").replace(str(one.servers[0].getsockname()), "")
    again = json.dumps(same(second)).replace(str(two.path), "").replace(str(two.servers[0].getsockname()), "")
    assert json.loads(told) == json.loads(again)


@pytest.mark.sweep
@pytest.mark.skipif(not can_become_one(), reason="only root can run something as another user")
def test_all_this_holds_for_an_ordinary_user(here):
    place = here("softmax", tagged("user"))
    assert len(place.entries) >= 10
    place.course.mkdir()
    os.chown(place.course, NOBODY, NOBODY)
    number = iter(range(100))

    def user(command):
        held = place.path / f"held{next(number)}"
        held.mkdir()
        return as_ordinary_user(["env", f"HOME={place.course}", *command], str(held))

    allowed = subprocess.run(user(["unshare", "--user", "true"]), capture_output=True).returncode == 0
    if not allowed:
        done = place.run("grade", place.handed_in, user=user)
        assert done.returncode == 1 and re.search(r"expected to start a sandbox.*--unsafe", done.stderr)
        assert not list(place.course.glob("results/*/*.json"))
        pytest.skip("this machine forbids its users namespaces, and the tool says so")
    wrong = whole(place, user=user)
    assert not wrong, "\n".join(wrong)
    assert (place.course / "secret").stat().st_uid == NOBODY


# ---- what happens to the grader --------------------------------------------------------------------------------------


def right(number):
    return corpus.solved(f"student {number}")


def files_of(place):
    found = place.course.glob("results/*/*.json")
    return {path.name: path.stat().st_mtime_ns for path in found}


def test_killed_in_the_middle_it_goes_on_and_grades_nobody_twice(here):
    place = here("softmax", [right(number) for number in range(5)])
    with nothing_stays():
        command = place.command("grade", "softmax", place.handed_in, "--workers", "2")
        first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 200
        while len(files_of(place)) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        first.kill()
        first.wait()
    before = files_of(place)
    assert 2 <= len(before) < 5
    run = place.graded("--workers", "2")
    assert before.items() <= files_of(place).items()
    assert [run.result(entry)["score"] for entry in place.entries] == [40] * 5


def test_one_that_hangs_costs_its_limits_and_no_more(here):
    (hangs,) = [entry for entry in corpus.DOING if entry.student == "a loop in all functions"]
    in_cells = corpus.harm("loops in cells", *["import time\nwhile True: time.sleep(1)"] * 9)._replace(
        points=None, outcome="timed out"
    )
    place = here("softmax", [hangs, in_cells])
    began = time.monotonic()
    run = place.graded("--seconds", "0.5", "--workers", "2")
    assert time.monotonic() - began < 15 + 60  # all its code, and what comes before and after on a busy machine
    assert all(result["outcome"] == "timed out" and result["reason"] for result in run.results.values())


def test_without_a_sandbox_nothing_is_graded(here, tmp_path):
    place = here("softmax", [right(1)])
    (tmp_path / "setpriv").symlink_to(shutil.which("setpriv"))
    for script in ("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n", None):
        fake = tmp_path / "bwrap"
        fake.unlink(missing_ok=True)
        if script:
            fake.write_text(script)
            fake.chmod(0o755)
        done = place.run("grade", place.handed_in, env={**os.environ, "PATH": str(tmp_path)})
        assert done.returncode == 1 and done.stdout.count("graded") == 0
        assert re.search("install bubblewrap.*--unsafe", done.stderr)
        assert ("No permissions" if script else "no bwrap") in done.stderr
        assert not files_of(place)


def test_unsafe_is_said_and_grades(here):
    place = here("softmax", [right(1)])
    run = place.graded("--unsafe")
    assert run.result(place.entries[0])["score"] == 40


def test_odd_names_in_an_archive(here):
    place = here("softmax", [])
    name = "Nul@lZo\\_12_assignsubmission_file_"
    archive = corpus.zipped({f"{name}/softmax.ipynb": b"", "=1+1_13_assignsubmission_file_/softmax.ipynb": b"%PDF"})
    (place.path / "moodle.zip").write_bytes(archive.replace(b"Nul@l", b"Nul\0l"))
    assert place.run("grade", place.path / "moodle.zip").returncode == 0
    assert place.run("marks").returncode == 0 and place.run("feedback").returncode == 0
    content = (place.course / "marks" / "softmax.csv").read_bytes()
    assert b"\0" not in content and content.count(b"\n") == 3 and b"'=1+1" in content
    assert content.count(b",unreadable,") == 2


@pytest.mark.sweep
def test_on_a_cluster_a_worker_that_is_killed_costs_nothing(here):
    distributed = pytest.importorskip("dask.distributed")
    place = here("softmax", [right(number) for number in range(6)])
    with nothing_stays():
        cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        with cluster:
            command = place.command("grade", "softmax", place.handed_in, "--dask", cluster.scheduler_address)
            grading = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            until = time.monotonic() + 200
            while not files_of(place) and time.monotonic() < until:
                time.sleep(0.05)
            os.kill(cluster.workers[0].process.pid, signal.SIGKILL)
            said, _ = grading.communicate(timeout=400)
    assert grading.returncode == 0, said
    run = place.read()
    assert [run.result(entry)["score"] for entry in place.entries] == [40] * 6
    alone = place.graded()
    assert same(alone) == same(run)
