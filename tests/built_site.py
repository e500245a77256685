"""The fixture `site`: the book, built once in a test run and shared by the tests of its pages and of the browser."""

import fcntl
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
STRICT = ["-W", "-n", "--keep-going"]  # warnings are errors, nothing unresolved, and all of them are reported


@dataclass
class Site:
    """A built book: the folder with its pages, and how the build went."""

    html: Path
    returncode: int
    log: str

    def files(self):
        """List the built pages; the root's index.html is only a redirect to the first one."""
        return [path for path in sorted(self.html.rglob("*.html")) if "_static" not in path.parts]


def pages():
    """List the pages of the table of contents, in reading order, without suffix: ``notebooks/04_softmax``."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [toc["root"]]
    for entry in (entry for part in toc["parts"] for entry in part["chapters"]):
        if "glob" in entry:
            names += sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.glob(entry["glob"]))
        else:
            names.append(entry["file"])
    return names


def build(source, target, *options):
    """Build the book at `source` into `target`, and return the site; a build that fails still has pages."""
    jupyter_book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command = [*jupyter_book, "build", source, "--path-output", target, *options]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return Site(Path(target, "_build/html"), result.returncode, result.stdout)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The book of this working tree, built strictly into a temporary folder, once even with several workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # the folder that the workers of one run have in common
    with open(shared / "site.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = shared / "site.json"
        if not record.exists():
            built = build(ROOT, shared / "site", *STRICT)
            record.write_text(json.dumps([str(built.html), built.returncode, built.log]))
    html, returncode, log = json.loads(record.read_text())
    return Site(Path(html), returncode, log)
