"""What a reader meets first: the Makefile and what it sets up, on machines that lack something."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from served_site import free_port

ROOT = Path(__file__).parents[2]
TOOLS = "bash cat cksum cut dirname env grep ls make mkdir mv nproc rm sed sh sleep sort tail touch tr"


@pytest.fixture
def machine(tmp_path):
    """A copy of what sets up, on a machine that has nothing but what a test gives it, for a user without rights."""
    return Machine(tmp_path)


class Machine:
    def __init__(self, folder):
        self.folder = folder / "a book, #1 über"
        self.bin = folder / "bin"
        self.bin.mkdir()
        shutil.copytree(ROOT / ".ci", self.folder / ".ci")
        for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-torch.txt"):
            shutil.copy(ROOT / name, self.folder)
        for tool in TOOLS.split():
            if path := shutil.which(tool):
                (self.bin / tool).symlink_to(path)
        self.program("id", "echo 1000")
        self.program("uname", "echo Linux")
        self.program("ldconfig", "true")  # knows no library
        self.program("sudo", "exit 1")  # asks for a password
        self.program("apt-get", f"touch {folder}/apt-get-ran")
        self.apt_get_ran = folder / "apt-get-ran"

    def program(self, path, script):
        """Write a program: into the search path, or, with a slash in its name, into the folder."""
        path = self.folder / path if "/" in path else self.bin / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def python(self, path, **answers):
        """Write a Python that is the one of the tests, but for commands with certain words: these it answers."""
        cases = "".join(f'*"{words}"*) {answer} ;;\n' for words, answer in answers.items())
        self.program(path, f'case "$*" in\n{cases}esac\nexec {sys.executable} "$@"')

    def run(self, *command, **variables):
        return subprocess.run(
            command,
            cwd=self.folder,
            env={"PATH": str(self.bin), "LC_ALL": "C.UTF-8"} | variables,
            capture_output=True,
            text=True,
            check=False,
        )


def test_what_the_machine_lacks_is_named_once_before_anything_is_installed(machine):
    machine.python("python3", ensurepip="exit 1")
    result = machine.run("make", "test")
    assert result.returncode != 0
    lines = [line.split() for line in result.stderr.splitlines() if "apt-get install" in line]
    assert len(lines) == 1 and lines[0][:3] == ["sudo", "apt-get", "install"]
    assert {f"python3.{sys.version_info.minor}-venv", "libatomic1"} <= set(lines[0])
    assert "hromium" in result.stderr
    assert "installing" not in result.stdout + result.stderr and not machine.apt_get_ran.exists()
    assert not (machine.folder / ".venv").exists()


def test_what_is_asked_for_is_what_is_needed(machine):
    """The form of the code and the notebooks need neither a browser nor PyTorch."""
    wanted = {name: machine.run("make", "-n", name).stdout for name in ("lint", "notebooks", "book", "test")}
    assert ".ci/setup lint npm\n" in wanted["lint"] and ".ci/setup notebooks \n" in wanted["notebooks"]
    assert "torch" not in wanted["book"] and "chromium" not in wanted["book"]
    assert {"book", "web", "notebooks", "test", "npm", "torch", "chromium"} <= set(wanted["test"].split())


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (["notebooks", "NOTEBOOKS=notebooks/21_gpu.ipynb"], True),
        (["check", "CHAPTER=21"], True),
        (["lab"], True),
        (["test-matrix"], True),
        (["notebooks", "NOTEBOOKS=notebooks/04_softmax.ipynb"], False),
        (["check", "CHAPTER=04"], False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_driver_for_a_graphics_card_is_asked_for_where_a_chapter_needs_one(machine, command, needed):
    """Chapter 21 does."""
    asked = machine.run("make", "-n", *command).stdout.splitlines()[0].split()
    assert asked[0] == ".ci/setup" and ("gpu" in asked) == needed


def test_a_driver_in_software_is_installed_where_one_may_and_else_named(machine):
    """It is no condition: without one the tests of the graphics card are skipped, and say so."""
    machine.python("python3")
    machine.python(".venv/bin/python", pip="exit 0")
    result = machine.run(".ci/setup", "gpu")
    assert result.returncode == 0 and not machine.apt_get_ran.exists(), result.stderr
    assert "skipped" in result.stdout and "sudo apt-get install mesa-vulkan-drivers libvulkan1\n" in result.stdout
    machine.program("id", "echo 0")
    result = machine.run(".ci/setup", "gpu")
    assert result.returncode == 0 and machine.apt_get_ran.exists(), result.stderr
    assert "installing with apt-get: mesa-vulkan-drivers libvulkan1\n" in result.stdout


@pytest.mark.parametrize("there", [True, False])
def test_a_python_that_is_named_is_never_passed_over(machine, there):
    machine.python("python3")
    machine.python("another", base_prefix="echo 3.99.0 in /elsewhere; exit")
    machine.python("old", version_info="exit 1", version="echo Python 3.9.2; exit")
    if there:
        machine.python(".venv/bin/python")
        result = machine.run("make", "lint", PYTHON="another")
        assert result.returncode and "3.99.0 in /elsewhere" in result.stderr and "rm -r .venv" in result.stderr
    result = machine.run("make", "lint", PYTHON="nowhere")
    assert result.returncode and "PYTHON=nowhere" in result.stderr and "no Python of this name" in result.stderr
    result = machine.run("make", "PYTHON=old", "lint")
    assert result.returncode and "3.11 or newer, found Python 3.9.2" in result.stderr


def test_a_python_that_is_the_environments_own_goes_on(machine):
    machine.python("python3")
    machine.python(".venv/bin/python", pip="exit 0", ruff="exit 0", npm="exit 0")
    assert machine.run("make", "lint", PYTHON="python3").returncode == 0


def test_the_last_lines_of_a_build_can_be_clicked_and_name_the_server(machine):
    machine.program(".ci/setup", "true")
    machine.python(".venv/bin/python", jupyter_book="exit 0")
    result = machine.run("make", "book")
    assert result.returncode == 0, result.stderr
    assert "file://" in result.stdout and "/a%20book%2C%20%231%20%C3%BCber/_build/html/index.html\n" in result.stdout
    assert "make serve" in result.stdout.splitlines()[-1]


def test_clean_keeps_what_was_fetched(machine):
    kept = [machine.folder / ".cache", machine.folder / ".venv"]
    for folder in [*kept, machine.folder / "_build"]:
        folder.mkdir()
    assert machine.run("make", "clean").returncode == 0
    assert not (machine.folder / "_build").exists() and all(folder.exists() for folder in kept)
    assert machine.run("make", "distclean").returncode == 0
    assert not any(folder.exists() for folder in kept)


# ---- the server -----------------------------------------------------------------------------------------------------


def serve(port, *build):
    return subprocess.Popen(
        [sys.executable, ROOT / ".ci" / "serve.py", str(port), *build],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore Ctrl-C
    )


def test_a_port_that_is_taken_is_said_before_building(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = serve(port, "touch", str(tmp_path / "built"))
        _, said = server.communicate(timeout=60)
    assert server.returncode == 1 and f"port {port} " in said and "make serve PORT=" in said
    assert int(said.rpartition("PORT=")[2]) != port
    assert not (tmp_path / "built").exists()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "²"])
def test_a_port_that_is_none_is_refused(port):
    server = serve(port, "true")
    _, said = server.communicate(timeout=60)
    assert server.returncode == 1 and f"PORT={port}: expected a number" in said


def test_a_build_that_fails_serves_nothing():
    server = serve(free_port(), "false")
    assert server.communicate(timeout=60) == ("", "") and server.returncode == 1


def test_the_server_ends_with_one_line():
    port = free_port()
    server = serve(port, "true")
    assert server.stdout.readline() == f"• http://127.0.0.1:{port}/ until Ctrl-C\n"
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()
    except urllib.error.HTTPError as error:  # nothing is built here
        assert error.code == 404
    server.send_signal(signal.SIGINT)
    assert server.communicate(timeout=60) == ("\n• stopped\n", "") and server.returncode == 0


def test_an_interrupted_set_up_says_nothing_itself(machine):
    """Make says that it was interrupted; one line is enough."""
    machine.python("python3", **{"-m venv": "kill -INT 0; sleep 5"})
    command = subprocess.Popen(
        [machine.folder / ".ci" / "setup", "python"],
        env={"PATH": str(machine.bin), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    out, err = command.communicate(timeout=60)
    assert command.returncode == -signal.SIGINT and err == "" and out.startswith("• making") and out.count("\n") == 1


# ---- what the pages for readers and contributors say ----------------------------------------------------------------

PAGES = ["README.md", "CONTRIBUTING.md", "book/running.md"]


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_files_that_are_named_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert named and named <= targets, named - targets
    places = set(re.findall(r"`(?:python |\.venv/bin/\w+ )?((?:book|data|nnlib|notebooks|tests|\.ci)/[\w./-]+)", text))
    made = {place for place in places if "NN_" in place or "NAME" in place}
    assert [place for place in sorted(places - made) if not (ROOT / place).exists()] == []


def test_the_readme_names_every_package_of_the_system_at_once():
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    wanted = {name for names in re.findall(r"packages\+=\(([a-z][^)]*)\)", setup) for name in names.split()}
    lines = re.findall(r"^sudo apt-get install (.*)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == 1 and wanted | {"python3-venv"} <= set(lines[0].split()) and len(wanted) >= 3
