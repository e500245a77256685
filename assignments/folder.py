"""The folder of a course: what was released and handed in, and what was found, as files. Laid out as nbgrader's is.

    secret                        from which the tests draw their inputs; not for students
    release/NAME/NAME.ipynb       what students get
    submitted/KEY/NAME/NAME.ipynb what they handed in, byte for byte
    collected/NAME.json           who handed in what, and why what could not be read could not
    results/NAME/KEY.json         what the tests found
    autograded/KEY/NAME/NAME.ipynb, gradebook.db    for nbgrader's formgrader
    feedback/KEY/NAME/NAME.html   a page for each student
    marks/NAME.csv                for the LMS

NAME is an assignment's, KEY a student's, as `assignments.collect` makes it of a name: it is safe in a path.
"""

import json
import secrets
from pathlib import Path

from nnlib import files as whole_files

from . import collect, grade, notebook
from .files import Unreadable


class Course:
    """A course's folder.

    Parameters
    ----------
    path : path
        It is made where it is not there.
    """

    def __init__(self, path):
        self.path = Path(path)

    @property
    def secret(self):
        """The course's secret: drawn once, and then the same for every run, so that marks are the same twice."""
        path = self.path / "secret"
        if not path.exists() or not path.stat().st_size:  # an empty one was left by a run that was killed here
            self.path.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            write(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii").strip()

    def release(self, assignment):
        """Write what students get; return its path."""
        return write(self._notebook("release", assignment), notebook.text(assignment.release))

    def collect(self, assignment, path):
        """Take what a class handed in, from a folder or an LMS's archive; who handed in before and not now, stays.

        Returns
        -------
        dict
            By student what was found, and words on files that are nobody's.

        Raises
        ------
        Unreadable
            If there is nothing that can be read; not for one student's file.
        """
        found = collect.collect(path, assignment.name, assignment.released)
        known = self.collected(assignment)
        for key, student in found.students.items():
            entry = {"name": student.name, "outcome": student.outcome, "reason": student.reason, "file": student.file}
            try:
                if student.outcome == "found":
                    write(self._notebook("submitted", assignment, key), student.data())
            except Unreadable as reason:
                entry |= {"outcome": "unreadable", "reason": str(reason)}
            known[key] = entry | {"group": list(student.group)}
        write(self.path / "collected" / f"{assignment.name}.json", json.dumps(known, indent=1))
        return found

    def collected(self, assignment):
        """Return by student what was handed in: {key: {"name", "outcome", "reason", "file", "group"}}."""
        return _json(self.path / "collected" / f"{assignment.name}.json", {})

    def submissions(self, assignment):
        """Yield (key, name, bytes or None, reason) of each student who handed in this assignment or another.

        Of bytes the reason is a remark on how they were chosen or handed in.
        """
        known = self.collected(assignment)
        others = {}
        for path in sorted((self.path / "collected").glob("*.json")):
            others |= {key: entry["name"] for key, entry in _json(path, {}).items()}
        for key, name in sorted(others.items()):
            entry = known.get(key, {"outcome": "missing", "reason": "", "name": name})
            content = None
            if entry["outcome"] == "found":
                content = self._notebook("submitted", assignment, key).read_bytes()
            yield key, entry["name"], content, "" if entry["outcome"] == "missing" else entry["reason"]

    def grade(self, assignment, **how):
        """Grade what was collected and return the results; `how` as `assignments.grade.everyone` takes it."""
        folder = self.path / "results" / assignment.name
        return grade.everyone(assignment, self.submissions(assignment), folder, self.secret, **how)

    def results(self, assignment):
        """Return what was found so far, by student."""
        paths = sorted((self.path / "results" / assignment.name).glob("*.json"))
        return {path.stem: found for path in paths if (found := _json(path, None)) is not None}

    def place(self, kind, assignment, key, suffix=".ipynb"):
        """Return where a student's file of this kind is, "autograded" or "feedback"."""
        return self._notebook(kind, assignment, key).with_suffix(suffix)

    def _notebook(self, kind, assignment, key=""):
        return self.path / kind / key / assignment.name / f"{assignment.name}.ipynb"


def write(path, content):
    """Write a text or bytes, whole, below folders that are made where they are not there; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_files.whole(path) as part:
        part.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    return path


def _json(path, otherwise):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return otherwise
