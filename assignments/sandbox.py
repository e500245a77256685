"""A place where students' code can do no harm: bubblewrap, with a user of its own, and limits.

Inside there are the system's libraries, Python with its packages, nnlib and MNIST, all to be read, and a small scratch
folder; no network, no other process, no other file. Run as root the user is really another one; an ordinary user's
sandbox is a user namespace. Each submission has a process, in a sandbox of its own.
"""

import json
import os
import platform
import random
import shutil
import socket
import sys
import tempfile
import warnings
from pathlib import Path

from . import seccomp
from .process import Limits, Lost, Worker

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
INSTALL = (
    "install bubblewrap 0.7 or newer (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap), or "
    "pass --unsafe to run students' code with your own rights"
)
FLAGS = ("-P", "-s", "-S", "-B")  # of Python: no user's folder, no site, nothing written beside the modules
COURSE = "/course"
INSIDE = ("__init__.py", "plain.py", "wire.py", "worker.py")  # all of this package that students' code may see
DERIVING = ("torch", "jax", "tensorflow", "autograd")  # packages that find gradients, which is what students are to do


class NoSandbox(RuntimeError):  # noqa: N818
    """There is no sandbox here; says in words what is missing."""


class Sandbox:
    """Where workers are started.

    Parameters
    ----------
    unsafe : bool
        Whether to do without: a process with this user's rights and a few limits. For machines that have no
        sandbox, and students who are trusted.
    """

    def __init__(self, unsafe=False):
        self.unsafe = unsafe
        if unsafe:
            warnings.warn("there is no sandbox: students' code runs with your own rights", stacklevel=2)

    def start(self, limits=None):
        """Return a `Worker`, ready for questions.

        Raises
        ------
        NoSandbox
            If none can be started here.
        """
        limits = limits or Limits()
        try:
            return _plain(limits) if self.unsafe else _confined(limits)
        except (Lost, OSError) as error:
            raise NoSandbox(f"expected to start a sandbox, got: {error}; {INSTALL}") from None

    def probe(self):
        """Start one and try from inside what must not be possible; raises `NoSandbox` where something is."""
        if self.unsafe:
            return
        with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
            os.chmod(folder, 0o755)  # so that nothing but the sandbox hides the marker
            marker = Path(folder, "marker")
            marker.write_text("seen")
            marker.chmod(0o644)
            worker = self.start()
            try:
                source = PROBE.format(marker=str(marker), address=server.getsockname(), repository=str(ROOT))
                answer = worker.ask({"do": "cell", "number": 0, "source": source}, 30)
                leaks = worker.ask({"do": "value", "name": "leaks"}, 30).get("value", answer)
            except Lost as lost:
                raise NoSandbox(f"the sandbox does not run Python: {lost}") from None
            finally:
                worker.kill()
        if leaks != []:
            raise NoSandbox(f"the sandbox does not hold: inside it {leaks} was possible; {INSTALL}")


PROBE = """
import os, socket

leaks = []

def no(what, attempt):
    try:
        attempt()
    except OSError:
        pass
    else:
        leaks.append(what)

def root():
    if 0 not in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
        raise PermissionError

def alone():
    if sum(name.isdigit() for name in os.listdir("/proc")) <= 2:  # bubblewrap's and this
        raise PermissionError

no("reading a file outside", lambda: open({marker!r}).read())
no("seeing the repository", lambda: os.listdir({repository!r}))
no("writing to the system", lambda: open("/usr/marker", "w"))
no("writing to /", lambda: open("/marker", "w"))
no("reaching the network", lambda: socket.create_connection({address!r}, 1))
no("being root", root)
no("becoming root", lambda: os.setuid(0))
no("starting a process", lambda: os.fork() or os._exit(0))
no("writing a file outside", lambda: open({marker!r} + "s", "w"))
no("seeing other processes", alone)
"""


def _plain(limits):
    """Start a process with this user's rights. Its limits leave out processes, which count all that the user has."""
    folder = tempfile.mkdtemp()
    python = [sys.executable, *FLAGS, str(HERE / "worker.py")]
    arguments = _arguments([str(ROOT), *_packages()], limits.of_the_process(), strict=False)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return Worker(python + arguments, limits, folder=folder, cwd=folder, env=kept | _environment(folder))


def _confined(limits):
    """Start a process in bubblewrap."""
    tools = ("bwrap", "setpriv") if os.geteuid() == 0 else ("bwrap",)
    lacking = [tool for tool in tools if not shutil.which(tool)]
    if sys.platform != "linux" or lacking or not seccomp.supported():
        raise OSError(f"no {lacking[0]}" if lacking else f"no filter for {sys.platform} on {platform.machine()}")
    with tempfile.TemporaryFile() as filters, tempfile.TemporaryFile() as info:
        filters.write(seccomp.program())
        filters.seek(0)

        def inner():
            info.seek(0)
            return json.load(info)["child-pid"]

        options = ["--seccomp", str(filters.fileno()), "--info-fd", str(info.fileno()), "--"]
        command = [shutil.which("bwrap"), *_rooms(limits), *options, *_python(limits)]
        return Worker(command, limits, inner, env={}, pass_fds=(filters.fileno(), info.fileno()))


def _rooms(limits):
    """Return what bubblewrap is told of the place: what is in it, and what it is parted from."""
    root = os.geteuid() == 0
    rooms = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    rooms += [] if root else ["--unshare-user"]
    rooms += ["--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for name, value in _environment("/tmp").items():
        rooms += ["--setenv", name, value]
    inside = map(Path, (*_interpreters(), *_seen().values(), f"{COURSE}/data/mnist", f"{COURSE}/assignments/worker.py"))
    for parent in sorted({parent for place in inside for parent in place.parents} - {Path("/")}):
        rooms += ["--perms", "0755", "--dir", str(parent)]  # without it they are root's alone
    for path in ("/bin", "/sbin", *sorted(map(str, Path("/").glob("lib*")))):
        if os.path.islink(path):
            rooms += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            rooms += ["--ro-bind", path, path]
    for path in ("/etc/ld.so.cache", "/etc/alternatives"):
        rooms += ["--ro-bind-try", path, path]
    for path in ("/usr", *_interpreters()):
        rooms += ["--ro-bind", path, path]
    for path, seen in _seen().items():
        rooms += ["--ro-bind", path, seen]
    for path in _packages():
        for name in (name for name in DERIVING if Path(path, name).is_dir()):
            over = f"{_seen().get(path, path)}/{name}"
            rooms += ["--tmpfs", over, "--remount-ro", over]  # an empty folder lies over it
    for name in ("nnlib", "data/mnist"):
        rooms += ["--ro-bind-try", str(ROOT / name), f"{COURSE}/{name}"]
    for name in INSIDE:
        rooms += ["--ro-bind", str(HERE / name), f"{COURSE}/assignments/{name}"]
    rooms += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    rooms += ["--perms", "1777", "--size", str(limits.scratch), "--tmpfs", "/tmp"]
    return [*rooms, "--remount-ro", "/", "--chdir", "/tmp"]


def _python(limits):
    """Return the command that runs inside, as another user where root starts it."""
    user = []
    if os.geteuid() == 0:
        number = random.SystemRandom().randrange(61184, 65520)  # nobody's, and not a neighbour's: it counts processes
        user = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--no-new-privs"]
        user += ["--inh-caps=-all", "--bounding-set=-all"]
    python = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    numbers = limits.of_the_process() | {"RLIMIT_NPROC": limits.processes}
    paths = [COURSE, *(_seen().get(path, path) for path in _packages())]
    return [*user, python, *FLAGS, f"{COURSE}/assignments/worker.py", *_arguments(paths, numbers, strict=True)]


def _arguments(paths, limits, strict):
    return [json.dumps(paths), json.dumps({"limits": limits, "strict": strict})]


def _environment(home):
    kept = {name: os.environ[name] for name in ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES") if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    text = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
    return {"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin"} | text | threads | kept


def _interpreters():
    """Return the folders of Python itself that lie outside of /usr; they keep their place, which it remembers."""
    return sorted({path for path in (sys.base_prefix, sys.base_exec_prefix) if not _within(path, ["/usr"])})


def _packages():
    """Return the folders of installed packages."""
    folders = (path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages"))
    return [path for path in dict.fromkeys(map(os.path.realpath, folders)) if os.path.isdir(path)]


def _seen():
    """Return where packages are found inside that lie elsewhere outside: {path: path inside}."""
    elsewhere = [path for path in _packages() if not _within(path, ["/usr", *_interpreters()])]
    return {path: f"/packages/{number}" for number, path in enumerate(elsewhere)}


def _within(path, folders):
    return any(Path(path).is_relative_to(folder) for folder in folders)
