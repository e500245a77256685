"""A copy of a part of the repository, in which a test may write, and programs that run in it."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def copied(folder, trees, files=()):
    """Copy folders and files of the repository into a folder, beside links to the data and the library; return it."""
    for name in trees:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in files:
        shutil.copy(ROOT / name, folder)
    for name in ("data", "nnlib"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def run(folder, *command):
    """Run Python there, and return what came of it."""
    return subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
