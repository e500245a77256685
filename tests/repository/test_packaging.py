"""pyproject.toml: what goes into the wheel."""

import tomllib
from pathlib import Path

from setuptools import find_packages

ROOT = Path(__file__).parents[2]


def packages(folder):
    """The packages that the settings of this project find in a folder."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    return find_packages(str(folder), **settings["packages"]["find"])


def test_the_library_and_nothing_else_is_packed():
    here = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("nnlib/**/__init__.py")}
    assert set(packages(ROOT)) == {name.replace("/", ".") for name in here}


def test_a_folder_in_the_library_is_packed_too(tmp_path):
    for name in ("nnlib", "nnlib/gpu", "nnlib/gpu/kernels", "tests", "book"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    assert sorted(packages(tmp_path)) == ["nnlib", "nnlib.gpu", "nnlib.gpu.kernels"]
