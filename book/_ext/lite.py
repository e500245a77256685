"""*Open in JupyterLite*: the chapters as notebooks that run in the browser, in the folder ``lite`` of the site, and the
assignments as students get them.

JupyterLite's application is built once, with the settings in book/lite and by an environment of its own, in
.cache/jupyterlite. Into each site go that application and the notebooks; Python itself is in ``_static/pyodide``.

    python book/_ext/lite.py            # build the application if it is not there yet
"""

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pyodide_folder import ROOT, copy, link, say, sha256

sys.path.append(str(ROOT))
from assignments import release

CACHE = ROOT / ".cache" / "jupyterlite"
SETTINGS = ROOT / "book" / "lite"
APPS = ["lab", "notebooks", "tree"]
# What a reader finds in JupyterLite: the chapters and their still pictures. What the cells import and read comes with
# Python, from pyodide_folder.py: a browser without service workers shows Python no file of these.
CONTENTS = ["notebooks/*.ipynb", "book/_static/figures/still/*.svg"]
# Begins the head of each application: its icon, without which browsers ask the host's root for one, and a word to
# those who have opened the page from a disk, or whose browser has no service worker.
HEAD = SETTINGS / "head.html"


def run(*command, cwd):
    result = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        sys.exit(f"expected this command to succeed: {' '.join(map(str, command))}\n{result.stdout.strip()}")


def prepare():
    """Build the application, unless it is there; return the folder that it is in."""
    inputs = [Path(__file__), *sorted(SETTINGS.iterdir())]
    done = CACHE / sha256(b"\0".join(path.read_bytes() for path in inputs))[:16]
    if done.is_dir():
        return done
    say("building JupyterLite; the first time this takes ten seconds")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        environment, settings, app = (Path(folder, name) for name in ("environment", "settings", "app"))
        venv.create(environment, symlinks=True)
        python = environment / "bin" / "python"
        shutil.copytree(SETTINGS, settings)
        pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
        run(*pip, "--no-deps", "--requirement", settings / "requirements.txt", cwd=ROOT)
        run(python, "-m", "jupyterlite_core", "build", "--output-dir", app, cwd=settings)
        for font in app.glob("build/fa-*"):
            if font.suffix != ".woff2":  # the form that every browser of today takes
                font.unlink()
        for state in ("busy-1", "notebook"):  # the icons that the notebook asks for; a fuller build would bring them
            link(app / "icon-120x120.png", app / "static" / "favicons" / f"favicon-{state}.ico")
        head = HEAD.read_text(encoding="utf-8").rstrip()
        for page in (app / name / "index.html" for name in APPS):
            page.write_text(page.read_text(encoding="utf-8").replace("<head>", head, 1), encoding="utf-8")
        with suppress(OSError):  # another build was faster
            app.rename(done)
    return done


def entry(path, root, **more):
    """Describe a file or folder as Jupyter's contents interface does."""
    kind = "directory" if path.is_dir() else "notebook" if path.suffix == ".ipynb" else "file"
    time = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat()
    return {
        "name": "" if path == root else path.name, "path": "" if path == root else path.relative_to(root).as_posix(),
        "type": kind, "format": None, "mimetype": None, "content": None, "writable": True,
        "size": None if kind == "directory" else path.stat().st_size, "created": time, "last_modified": time,
    } | more  # fmt: skip


def make(target):
    """Make the folder `target` anew."""
    shutil.rmtree(target, ignore_errors=True)
    app = prepare()
    for path in app.rglob("*"):
        if path.is_file():
            link(path, target / path.relative_to(app))
    files = target / "files"
    for path in (path for pattern in CONTENTS for path in sorted(ROOT.glob(pattern))):
        copy(path, files / path.relative_to(ROOT))
    for source in sorted(ROOT.glob("assignments/*/source.ipynb")):
        made = files / "assignments" / f"{source.parent.name}.ipynb"
        made.parent.mkdir(exist_ok=True)
        made.write_text(release.text(release.release(source)), encoding="utf-8")
    for folder in [files, *(path for path in sorted(files.rglob("*")) if path.is_dir())]:
        listing = entry(folder, files, content=[entry(path, files) for path in sorted(folder.iterdir())], format="json")
        index = target / "api" / "contents" / folder.relative_to(files) / "all.json"
        index.parent.mkdir(parents=True, exist_ok=True)
        index.write_text(json.dumps(listing))


def build_finished(app, exception):
    if exception is None and app.builder.format == "html":
        make(Path(app.outdir, "lite"))


def add_button(app, pagename, templatename, context, doctree):
    """Put the button beside the others in the head of a chapter."""
    if pagename.startswith("notebooks/"):
        address = context["pathto"]("lite/notebooks/index.html", 1) + f"?path={pagename}.ipynb"
        button = {
            "type": "link", "url": address, "text": "Open in JupyterLite", "classes": "lite-button",
            "tooltip": "The chapter as a notebook that runs in this browser: widgets, free editing, saving",
        }  # fmt: skip
        context["header_buttons"].append(button)


def setup(app):
    app.connect("build-finished", build_finished)
    app.connect("html-page-context", add_button, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    prepare()
