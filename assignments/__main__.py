"""The course in one tool: ``python -m assignments release | collect | grade | feedback | marks | status``."""

import argparse
import sys
from collections import Counter
from concurrent.futures import CancelledError
from pathlib import Path

import pandas as pd

from . import course, feedback, grade, marks
from .files import Unreadable
from .folder import Course, write
from .process import Limits
from .sandbox import NoSandbox


def main(argv=None):
    """Run a command; return the exit status."""
    args = _parser().parse_args(argv)
    try:
        return args.run(args) or 0
    except (ValueError, OSError, Unreadable, NoSandbox, RuntimeError) as error:
        print(f"assignments: {error}", file=sys.stderr)
        return 1
    except CancelledError:
        print("assignments: the cluster is gone. The same command goes on where it was.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("assignments: stopped. The same command goes on where it was.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="python -m assignments", description=__doc__)
    parser.add_argument("--course", type=Path, default=Path("course"), help="the course's folder (course)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(run, text, name="NAME", **more):
        added = commands.add_parser(run.__name__.strip("_"), help=text, description=text)
        added.add_argument("name", metavar=name, help="the assignment's name", **more)
        added.set_defaults(run=run)
        return added

    command(_release, "write the notebooks that students get", "[NAME …]", nargs="*")
    taken = command(_collect, "take what a class handed in, from a folder or an LMS's archive")
    taken.add_argument("path", type=Path, help="a folder, or a zip of Moodle's, Canvas's or Gradescope's")
    graded = command(_grade, "grade what was collected; a run that was stopped goes on")
    graded.add_argument("path", type=Path, nargs="?", help="collect from here first")
    graded.add_argument("--unsafe", action="store_true", help="run students' code without a sandbox, with your rights")
    graded.add_argument("--workers", type=int, metavar="N", help="so many at once (one a core)")
    text = "a call may take so long, a cell three times and all thirty times as long (10, or what the assignment says)"
    graded.add_argument("--seconds", type=float, metavar="S", help=text)
    graded.add_argument("--dask", metavar="ADDRESS", help="of a Dask cluster that does the work")
    command(_feedback, "write a page for each student")
    command(_marks, "write the marks for the LMS, and nbgrader's gradebook")
    status = commands.add_parser("status", help="say how far each assignment is", description="say how far each is")
    status.set_defaults(run=_status)
    return parser


def _release(args):
    for name in args.name or course.names():
        print(Course(args.course).release(course.assignment(name)))


def _collect(args):
    assignment = course.assignment(args.name)
    found = Course(args.course).collect(assignment, args.path)
    for key, student in found.students.items():
        if student.outcome != "found":
            print(f"{key}: {student.outcome}: {student.reason}")
    for words in found.left_out:
        print(words)
    print(f"{assignment.title}: {len(found.students)} students; {_counts(found.students.values())}")


def _grade(args):
    assignment, its = course.assignment(args.name), Course(args.course)
    if args.path:
        _collect(args)
    limits = Limits.of(args.seconds) if args.seconds else None
    how = {"unsafe": args.unsafe, "workers": args.workers, "limits": limits}
    if args.dask:
        from dask.distributed import Client  # an extra: only a class that outgrows one machine needs it

        with Client(args.dask) as client:
            results = its.grade(assignment, executor=client.get_executor(pure=False), **how)
    else:
        grade.try_the_sandbox(args.unsafe)  # a first refusal, and not one for each submission
        results = its.grade(assignment, **how)
    for result in results:
        if result["outcome"] not in ("graded", "missing"):
            print(f"{result['student']}: {result['outcome']}: {result['reason']}")
    print(f"{assignment.title}: " + (_counts(results) or "nothing was collected"))


def _feedback(args):
    assignment, its = course.assignment(args.name), Course(args.course)
    results = _results(its, assignment)
    given, comments = _from_persons(its, assignment)
    for key, result in results.items():
        page = feedback.page(assignment, result, given.get(key), comments.get(key))
        write(its.place("feedback", assignment, key, ".html"), page)
    print(f"{len(results)} pages in {its.path / 'feedback'}")


def _marks(args):
    assignment, its = course.assignment(args.name), Course(args.course)
    results = _results(its, assignment)
    with marks.Gradebook(its.path / "gradebook.db") as gradebook:
        gradebook.enter(assignment, results.values())
        given, _ = gradebook.given(assignment)
    (its.path / "source" / assignment.name).mkdir(parents=True, exist_ok=True)  # what formgrader lists
    for key, result in results.items():
        if result["outcome"] != "missing":
            write(its.place("autograded", assignment, key), marks.notebook_of(assignment, result))
    path = its.path / "marks" / f"{assignment.name}.csv"
    path.parent.mkdir(exist_ok=True)
    table = marks.table(assignment, results.values(), given)
    marks.write(path, table)
    waiting = int(table["to mark"].sum())
    print(f"{path}: {len(table)} students, {waiting} written answers to mark")


def _status(args):
    its, rows = Course(args.course), []
    for name in course.names():
        assignment = course.assignment(name)
        results, collected = its.results(assignment), its.collected(assignment)
        counts = Counter(result["outcome"] for result in results.values())
        row = {"assignment": name, "points": assignment.points, "minutes": assignment.minutes}
        rows.append(row | {"collected": len(collected)} | {outcome: counts[outcome] for outcome in feedback.WORDS})
    print(pd.DataFrame(rows).to_string(index=False))


def _results(its, assignment):
    results = its.results(assignment)
    if not results:
        raise ValueError(f"expected results of {assignment.name}, found none: python -m assignments grade comes first")
    return results


def _from_persons(its, assignment):
    path = its.path / "gradebook.db"
    if not path.exists():
        return {}, {}
    with marks.Gradebook(path) as gradebook:
        return gradebook.given(assignment)


def _counts(entries):
    """Return how many there are of each outcome, in words."""
    outcomes = (entry["outcome"] if isinstance(entry, dict) else entry.outcome for entry in entries)
    return ", ".join(f"{count} {outcome}" for outcome, count in Counter(outcomes).most_common())


if __name__ == "__main__":
    sys.exit(main())
