"""Write requirements.txt and requirements-torch.txt from the environment that runs this, or compare them with it.

    python .ci/pins.py            write both
    python .ci/pins.py --check    say where the environment and the files differ; exit status 1 if they do

A pin stands in the group of the first part of the project that needs it, directly or through others.
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]

HEAD = """\
# The environment in which every number on the site was made: Python 3.11 on Linux, all versions exact.
# `make` installs from it as constraints, so each command takes only the part that it needs. pyproject.toml says
# which ranges nnlib accepts; .ci/pins.py writes this file.
"""
GROUPS = {
    "nnlib": PROJECT["dependencies"],
    "the book": EXTRAS["book"],
    "what runs the notebooks": EXTRAS["notebooks"],
    "the tests": EXTRAS["test"],
    "what grades assignments": EXTRAS["classroom"],
    "the graphics card": EXTRAS["gpu"],
    "the form of the code": EXTRAS["lint"],
    "JupyterLab": EXTRAS["lab"],
}

WITH_TORCH = ("nnlib", "the book", "what runs the notebooks", "the tests")  # the groups that are there where PyTorch is

# PyTorch releases for Linux on PyPI bring several GB of CUDA; those named +cpu do not, and have an index of their own.
TORCH_HEAD = """\
# PyTorch's CPU build, which the tests compare gradients with; nothing else uses it. `make test` installs it. By hand:
#   pip install --no-deps --index-url https://download.pytorch.org/whl/cpu torch==VERSION
#   pip install -r requirements-torch.txt
"""
TORCH_LINES = 'torch=={0}+cpu ; sys_platform == "linux"\ntorch=={0} ; sys_platform != "linux"\n'


def pins(requirements, extras=("",), seen=None):
    """Return {name: version} of the installed packages that `requirements` need, directly or through others."""
    seen = {} if seen is None else seen
    for requirement in map(Requirement, requirements):
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        key = (name, *sorted(requirement.extras))
        if key not in seen:
            package = distribution(name)
            seen[key] = package.version
            pins(package.requires or [], ("", *requirement.extras), seen)
    return {key[0]: version for key, version in seen.items()}


def main():
    try:
        text, known, with_torch = HEAD, {}, set()
        for title, requirements in GROUPS.items():
            group = {name: version for name, version in pins(requirements).items() if name not in known}
            known |= group
            with_torch |= group.keys() if title in WITH_TORCH else set()
            text += f"\n# {title}\n" + "".join(f"{name}=={group[name]}\n" for name in sorted(group))
        torch = {name: version for name, version in pins(["torch"]).items() if name not in with_torch}
        torch_text = TORCH_HEAD + TORCH_LINES.format(torch.pop("torch").removesuffix("+cpu"))
        torch_text += "".join(f"{name}=={torch[name]}\n" for name in sorted(torch))
    except PackageNotFoundError as error:
        sys.exit(f"expected an environment with everything in it, found no package {error.name}: make test, make lab")

    status = 0
    for name, wanted in {"requirements.txt": text, "requirements-torch.txt": torch_text}.items():
        path = ROOT / name
        if "--check" not in sys.argv:
            path.write_text(wanted)
            continue
        pinned = set(path.read_text().splitlines())
        for line in wanted.splitlines():
            if line not in pinned:
                print(f"{name} lacks what is installed: {line}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
