"""pyproject.toml: what goes into the wheel."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

from setuptools import find_packages

ROOT = Path(__file__).parents[2]


SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def packages(folder):
    """The packages that the settings of this project find in a folder."""
    return find_packages(str(folder), **SETTINGS["packages"]["find"])


def test_the_library_and_nothing_else_is_packed():
    here = {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("nnlib/**/__init__.py")}
    assert set(packages(ROOT)) == {name.replace("/", ".") for name in here}


def test_a_folder_in_the_library_is_packed_too(tmp_path):
    for name in ("nnlib", "nnlib/gpu", "nnlib/gpu/kernels", "tests", "book"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    assert sorted(packages(tmp_path)) == ["nnlib", "nnlib.gpu", "nnlib.gpu.kernels"]


def test_what_is_no_python_is_packed_too():
    """The kernels of nnlib.gpu."""
    others = [path.relative_to(ROOT) for path in ROOT.glob("nnlib/**/*") if path.suffix not in ("", ".py", ".pyc")]
    assert len(others) > 10
    for path in others:
        patterns = SETTINGS["package-data"][".".join(path.parts[:-1])]
        assert any(fnmatch(path.name, pattern) for pattern in patterns), path
