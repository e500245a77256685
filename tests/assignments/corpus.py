"""Submissions as data: what students hand in by mistake or on purpose, and what each must get.

Each is made from the notebook that was released and from the solution. `attack` leaves the answers unsolved and adds
cells that want points all the same; `harm` solves all and adds cells that want to do harm; `solved` is right and looks
odd; `honest` is right in part. Cells may use OUTSIDE, a folder with a file ``marker`` that nobody in a sandbox may
see, COURSE, REPOSITORY and ADDRESS, of a server that waits for somebody to connect. What they could read against the
rules they say in an exception that begins with READ.
"""

import copy
import importlib
import io
import json
import os
import re
import textwrap
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assignments import course
from assignments.checks import Missed, generator

ROOT = Path(__file__).resolve().parent.parent.parent
REGION = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
FULL = {"digits": 42, "softmax": 40, "backpropagation": 43, "training": 42, "normalisation": 42, "convolution": 42}


class Entry(NamedTuple):
    """A submission.

    Attributes
    ----------
    student : str
        The name of the folder in which it lies.
    make : callable
        Of a `Place`; returns a notebook, bytes, a dict of bytes by the name of a file, or puts something there itself.
    points : float or None
        What the tests must give; None where nothing is graded.
    outcome : str
    says : str
        A regular expression that the reason, the notes or a test's reason must match.
    tags : frozenset
        "user": could depend on the user who grades. "twice": is graded again. "sweep": only with the sweep.
    """

    student: str
    make: callable
    points: float | None
    outcome: str = "graded"
    says: str = ""
    tags: frozenset = frozenset()


class Place(NamedTuple):
    """Where a submission is made: the assignment, what its cells may be told, and the student's folder."""

    assignment: object
    known: dict
    folder: Path
    words: str


def solutions(name):
    """Return the solution of each answer, by its question."""
    source = json.loads((ROOT / "assignments" / name / "source.ipynb").read_text(encoding="utf-8"))
    cells = {cell["id"]: "".join(cell["source"]) for cell in source["cells"] if cell["cell_type"] == "code"}
    return {question: REGION.sub("", cells[question]) for question in course.assignment(name).answers}


def notebook(place, answers=None, first=(), last=(), written=True):
    """Return the released notebook with answers, further cells, and a written answer that tells students apart."""
    made = copy.deepcopy(place.assignment.release)
    for cell in made["cells"]:
        if cell["id"] in (answers or {}) and answers[cell["id"]] is not None:
            cell["source"] = answers[cell["id"]].strip("\n")
        if cell["id"] == next(iter(place.assignment.written)) and written:
            cell["source"] = place.words
    made["cells"] = [*(code(place, text) for text in first), *made["cells"], *(code(place, text) for text in last)]
    return made


def code(place, text, kind="code"):
    """Return a cell of a student's own."""
    told = textwrap.dedent(text).strip("\n")
    for name, value in place.known.items():
        told = re.sub(rf"\b{name}\b", lambda _, value=value: repr(value), told)
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": told, "id": f"own-{abs(hash(told)) % 10**8}"} | more


# ---- ways to make one ------------------------------------------------------------------------------------------------


def attack(student, *cells, points=0, answers=None, tags="", **more):
    """Unsolved, with cells in front and behind that want points."""

    def make(place):
        return notebook(place, answers and dict.fromkeys(place.assignment.answers) | answers, cells, cells[-1:])

    return Entry(student, make, points, tags=frozenset(tags.split()), **more)


def returns(student, text, **more):
    """All answers are one function, which returns something that wants to be taken for anything."""
    text = textwrap.dedent(text)

    def make(place):
        return notebook(place, {q: f"{text}\ndef {q}(*_, **__):\n    return evil()" for q in place.assignment.answers})

    return Entry(student, make, more.pop("points", 0), **more)


def harm(student, *cells, cost=0, instead=None, tags="", **more):
    """Solved but for `instead`, with cells in front and behind that want to do harm."""

    def make(place):
        name = place.assignment.name
        lines = {question: code(place, text)["source"] for question, text in (instead or {}).items()}
        return notebook(place, solutions(name) | lines, cells)

    return Entry(student, make, FULL["softmax"] - cost, tags=frozenset(tags.split()), **more)


def solved(student, change=lambda made: None, points=FULL["softmax"], tags="", **more):
    """Solved, and the file changed: `change` gets the notebook and changes it, or returns what is handed in instead."""

    def make(place):
        made = notebook(place, solutions(place.assignment.name))
        changed = change(made)
        return made if changed is None else changed

    return Entry(student, make, points, tags=frozenset(tags.split()), **more)


def unsolved(student, change, points=0, **more):
    """Unsolved, and the file changed."""

    def make(place):
        made = notebook(place)
        changed = change(made)
        return made if changed is None else changed

    return Entry(student, make, points, **more)


def file(student, content, says, name="softmax.ipynb"):
    """Something that is no notebook."""
    return Entry(student, lambda place: {name: content}, None, "unreadable", says)


def honest(student, name, points, *, without=(), first=(), last=(), tags="", **instead):
    """Solved but for some questions, which are left or answered otherwise, with cells of their own before and after."""

    def make(place):
        answers = solutions(name) | {question: textwrap.dedent(text) for question, text in instead.items()}
        return notebook(place, answers | dict.fromkeys(without), first, last)

    return Entry(student, make, points, tags=frozenset(tags.split()))


def mistake(name, *parts, tags=""):
    """A common mistake out of those of the assignment: the one whose words begin so, or several together."""
    known = importlib.import_module(f"assignments.{name}.mistakes").MISTAKES
    chosen = [next(entry for entry in known if entry[0].startswith(part)) for part in parts]
    instead = {question: text for _, answers, _ in chosen for question, text in answers.items()}
    points = FULL[name] - sum(FULL[name] - points for _, _, points in chosen)

    def make(place):
        return notebook(place, solutions(name) | {q: text and REGION.sub("", text) for q, text in instead.items()})

    return Entry(re.sub(r"\W+", " ", " and ".join(parts)).strip(), make, points, tags=frozenset(tags.split()))


def table(place):
    """Return code that knows the answers for all inputs of another course."""
    name, answers, rows = place.assignment.name, {}, []
    exec("import numpy as np\nfrom nnlib import data, exercise, functional, metrics", answers)
    for text in solutions(name).values():
        exec(text, answers)

    class Recorder:
        def __getattr__(self, question):
            def ask(*arguments):
                if not all(isinstance(each, np.ndarray) for each in arguments) or question == "prediction":
                    raise Missed("not recorded")
                value = answers[question](*(each.copy() for each in arguments))
                rows.append((question, key(*arguments), np.asarray(value).tolist()))
                return value

            return ask

    def key(*arguments):
        return b"".join(np.asarray(each, float).tobytes() for each in arguments).hex()

    for check in place.assignment.checks:
        try:
            check.run(Recorder(), generator("another course", name, check.name))
        except Exception:
            continue
    assert len(rows) > 20, "the table is empty: it proves nothing"
    lines = {f"{question}, {at}": value for question, at, value in rows}
    text = "def key(*a):\n    return b''.join(np.asarray(e, float).tobytes() for e in a).hex()\n"
    text += f"TABLE = {lines!r}"
    known = [q for q in place.assignment.answers if q != "prediction"]
    return notebook(
        place,
        {q: f"def {q}(*a):\n    return np.array(TABLE.get('{q}, ' + key(*a), 0.5))" for q in known},
        [text],
    )


# ---- the assignment of softmax: attacks and what breaks --------------------------------------------------------------

LOOK = """
found = []
def look(*paths):
    for path in paths:
        try:
            with open(path, "rb") as file:
                found.append((path, file.read(60)))
        except OSError:
            pass
"""
SAY = """
if found:
    raise RuntimeError(f"READ {found}")
"""
TRY = """
import os, shutil
def attempt(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except BaseException:
        pass
"""

READING = [
    attack(
        "reads solutions",
        LOOK,
        """
        import glob, sys
        for root in [REPOSITORY, "/course", "/work", "/root", "/home", "/repository", *sys.path]:
            look(*glob.glob(f"{root}/assignments/**/source.ipynb", recursive=True))
            look(*glob.glob(f"{root}/assignments/**/checks.py", recursive=True), f"{root}/assignments/checks.py")
        """,
        SAY,
        tags="user",
    ),
    attack(
        "imports the hidden tests",
        LOOK,
        """
        import importlib
        for name in ("assignments.checks", "assignments.softmax", "assignments.softmax.checks", "assignments.grade"):
            try:
                found.append(importlib.import_module(name))
            except ImportError:
                pass
        """,
        SAY,
    ),
    attack(
        "reads other submissions, gradebook and secret",
        LOOK,
        """
        import glob, os, sqlite3
        look(*glob.glob(COURSE + "/**/*", recursive=True), COURSE + "/secret", COURSE + "/gradebook.db")
        look(COURSE + "/submitted/solved/softmax/softmax.ipynb", OUTSIDE + "/marker")
        try:
            sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True).execute("update grade set auto_score = 40")
            found.append("gradebook")
        except sqlite3.Error:
            pass
        """,
        SAY,
        tags="user twice",
    ),
    attack(
        "looks through proc",
        LOOK,
        """
        import glob, os
        others = [place for place in glob.glob("/proc/[0-9]*") if not os.path.samefile(place, "/proc/self")]
        look(*(f"{place}/root{OUTSIDE}/marker" for place in ["/proc/self", *others]))
        look(*(f"{place}/cwd/assignments/grade.py" for place in ["/proc/self", *others]))
        look(*(f"{place}/{name}" for place in others for name in ("environ", "mem", "fd/3")))
        found[:] = [(path, text) for path, text in found if text]
        """,
        SAY,
        tags="user",
    ),
    attack(
        "reads the machine's files",
        LOOK,
        """
        import os
        look("/etc/shadow", "/etc/passwd", "/etc/hostname", "/root/.bashrc", os.path.expanduser("~/.bash_history"))
        for number in range(200):
            try:
                name = os.readlink(f"/proc/self/fd/{number}")
                found.extend([name] if name.startswith((REPOSITORY, COURSE, "/root")) else [])
            except OSError:
                pass
        found.extend((name, value) for name, value in os.environ.items() if "secret" in name.lower())
        """,
        SAY,
    ),
    attack(
        "follows its own links",
        LOOK,
        """
        import os
        targets = [OUTSIDE + "/marker", COURSE + "/secret", REPOSITORY + "/assignments/grade.py"]
        for number, target in enumerate(targets):
            os.symlink(target, f"/tmp/link{number}")
            look(f"/tmp/link{number}")
            try:
                os.link(target, f"/tmp/hard{number}")
                look(f"/tmp/hard{number}")
            except OSError:
                pass
        """,
        SAY,
        tags="user",
    ),
    attack(
        "looks for what is expected in frames and objects",
        LOOK,
        """
        import gc, sys
        def shares_among(Z, allowed):
            frame = sys._getframe()
            while frame:
                for name in ("expected", "student", "check", "reference"):
                    if name in frame.f_locals:
                        raise RuntimeError(f"READ {name}")
                frame = frame.f_back
            for thing in gc.get_objects():
                if type(thing).__name__ in ("Check", "Assignment", "Student", "Generator"):
                    raise RuntimeError(f"READ {type(thing)}")
            raise ValueError("nothing found")
        """,
        says="ValueError: nothing found",
    ),
]

DOING = [
    harm(
        "writes everywhere",
        TRY,
        """
        import site, nnlib, numpy
        places = [OUTSIDE, COURSE, REPOSITORY, COURSE + "/results/softmax", "/", "/usr", "/etc", "/course", "/work"]
        for place in [*places, *(os.path.dirname(module.__file__) for module in (nnlib, numpy, os))]:
            attempt(open, place + "/written", "w")
            attempt(os.mkdir, place + "/made")
            attempt(os.symlink, "/tmp", place + "/linked")
        attempt(open, OUTSIDE + "/marker", "a")
        """,
        tags="user twice",
    ),
    harm(
        "deletes and changes modes",
        TRY,
        """
        for place in [OUTSIDE, COURSE, "/course", "/tmp"]:
            attempt(os.chmod, place, 0o777)
            attempt(os.remove, place + "/marker")
            attempt(os.rename, place, place + ".moved")
            attempt(shutil.rmtree, place, ignore_errors=True)
        """,
        tags="user",
    ),
    harm(
        "calls by network",
        TRY,
        """
        import socket, urllib.request
        attempt(socket.create_connection, ADDRESS, 1)
        attempt(urllib.request.urlopen, "http://%s:%s/" % ADDRESS, timeout=1)
        attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ADDRESS))
        attempt(lambda: socket.socket(socket.AF_UNIX).connect("\\0corpus-%s" % ADDRESS[1]))
        attempt(socket.getaddrinfo, "example.org", 80)
        """,
        tags="user",
    ),
    harm(
        "starts processes",
        TRY,
        """
        import subprocess, sys, time, multiprocessing
        def bomb():
            while True:
                os.fork()
        attempt(bomb)
        attempt(subprocess.Popen, [sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
        attempt(os.system, "sleep 1000 &")
        attempt(multiprocessing.Process(target=time.sleep, args=(1000,)).start)
        attempt(os.posix_spawn, "/bin/sleep", ["sleep", "1000"], {})
        """,
        tags="user",
    ),
    harm(
        "starts threads without end",
        """
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        """,
        says="raised RuntimeError: can't start new thread",
        tags="user",
    ),
    harm(
        "a thread that never ends",
        """
        import threading
        def spin():
            while True:
                pass
        threading.Thread(target=spin, daemon=True).start()
        threading.Thread(target=spin).start()
        """,
        tags="sweep",
    ),
    harm(
        "kills the processes that it can reach",
        TRY,
        """
        import signal
        for number in [os.getppid(), 1, 2, -1, 0, *range(3, 50)]:
            if number != os.getpid():
                attempt(os.kill, number, signal.SIGKILL)
                attempt(os.kill, number, signal.SIGSTOP)
        """,
        says="",
        tags="user twice",
    ),
    harm("kills itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    harm("exits in a cell", "import os\nos._exit(0)", says="ended the process and was left out"),
    harm(
        "exits in a function",
        cost=8,
        instead={"mixture_surprise": "import os\n\ndef mixture_surprise(*a):\n    os._exit(0)"},
        says="mixture_surprise ended its process",
    ),
    Entry(
        "exits in all functions",
        lambda place: notebook(
            place, {q: f"import os\n\ndef {q}(*a):\n    os._exit(0)" for q in place.assignment.answers}
        ),
        None,
        "crashed",
        "ended its process",
    ),
    harm("asks Python to exit", "import sys\nsys.exit(0)", "raise SystemExit", "exit()", "raise KeyboardInterrupt"),
    harm("a fault in memory", "import ctypes\nctypes.string_at(0)", says="ended the process"),
    harm(
        "recursion without a bottom",
        "import sys\nsys.setrecursionlimit(10**9)\ndef down(n):\n    return down(n + 1) + 1\ndown(0)",
        tags="sweep",
    ),
    harm(
        "a loop in a cell",
        "import time\nwhile True:\n    time.sleep(0.1)",
        says="took too long and was left out",
        tags="user twice",
    ),
    harm(
        "waits for input, a lock and a socket",
        "import threading\nlock = threading.Lock()\nlock.acquire()",
        "try:\n    input()\nexcept EOFError:\n    pass\nlock.acquire()",
        says="took too long",
        tags="sweep",
    ),
    harm(
        "a loop in a function",
        cost=8,
        instead={"mixture_surprise": "def mixture_surprise(*a):\n    while True: pass"},
        says="mixture_surprise gave no answer within",
        tags="twice",
    ),
    Entry(
        "a loop in all functions",
        lambda place: notebook(
            place,
            {q: f"import time\n\ndef {q}(*a):\n    while True: time.sleep(1)" for q in place.assignment.answers},
        ),
        None,
        "timed out",
        "took too long|no answer within|more than",
    ),
    harm(
        "a loop when an object goes",
        """
        import time
        class Last:
            def __del__(self):
                while True:
                    time.sleep(1)
        last = Last()
        """,
        "del last",
        says="took too long",
        tags="sweep",
    ),
    harm(
        "loops behind the answers",
        cost=8,
        instead={
            "mixture_surprise": """
            import time
            class Last:
                def __del__(self):
                    while True:
                        time.sleep(1)
            def mixture_surprise(*a):
                last = Last()
                return 0.0
            """
        },
        tags="sweep",
    ),
    harm(
        "a loop at the end of Python",
        """
        import atexit, signal, time
        def stay(*_):
            while True:
                time.sleep(1)
        atexit.register(stay)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, stay)
        """,
        tags="user",
    ),
    harm(
        "an exception whose text never comes",
        cost=8,
        instead={
            "mixture_surprise": """
            class Slow(Exception):
                def __str__(self):
                    while True:
                        pass
            def mixture_surprise(*a):
                raise Slow
            """
        },
        tags="sweep",
    ),
    harm(
        "takes all memory",
        "held = []\nwhile True:\n    held.append(bytearray(10**8))",
        says="MemoryError|took too long",
        tags="sweep",
    ),
    harm(
        "returns more than there is",
        cost=8,
        instead={
            "mixture_surprise": """
            def mixture_surprise(Zs, labels):
                if len(labels) == 1:
                    return np.lib.stride_tricks.as_strided(np.zeros(1), (10**9, 10**9), (0, 0))
                if len(labels) == 3:
                    return "x" * 200_000_000
                return [0.5] * 10**7
            """
        },
    ),
    harm(
        "prints without end",
        """
        import os, sys, warnings
        for _ in range(3000):
            print("x" * 10**5)
            sys.stderr.write("y" * 10**5)
        for number in (0, 1, 2):
            os.write(number, b"z" * 10**6)
        warnings.warn("w" * 10**6)
        display(*["d" * 10**6] * 10)
        """,
        tags="user",
    ),
    harm(
        "fills the disk",
        """
        for number in range(100):
            with open(f"/tmp/{number}", "wb") as file:
                file.write(b"x" * 10**7)
        """,
        says="OSError",
    ),
]

TAKES_OVER = """
import gc, types
for thing in gc.get_objects():
    if type(thing) is types.FunctionType and thing.__module__ in ("__main__", "assignments.wire", "assignments.plain"):
        {change}
    if type(thing).__name__ == "Space":
        {space}
"""
FORGED = [
    attack(
        "writes answers of its own",
        """
        import json, os
        text = json.dumps({"to": "0", "value": True}).encode()
        for number in range(3, 64):
            try:
                os.write(number, len(text).to_bytes(8, "big") + text)
            except OSError:
                pass
        """,
        tags="twice",
    ),
    attack(
        "writes a message without end",
        """
        import os
        for number in range(3, 9):
            try:
                os.write(number, bytes([255] * 8) + b"x" * 10**6)
            except OSError:
                pass
        """,
    ),
    attack(
        "takes over the worker",
        TAKES_OVER.format(change="pass", space="type(thing).call = lambda *a, **k: True"),
        TAKES_OVER.format(change="pass", space="type(thing).has = type(thing).value = lambda *a, **k: True"),
    ),
    attack(
        "takes over what is sent",
        """
        import sys
        wire = sys.modules["assignments.wire"]
        encode = wire.encode
        wire.encode = lambda value: encode({"to": value["to"], "value": True, "passed": True, "points": 1000})
        """,
    ),
    harm(
        "says a long source",
        TAKES_OVER.format(change="pass", space="type(thing).source = lambda self, name: '<script>' + 'x' * 10**7"),
        tags="long",
    ),
    attack(
        "patches what compares",
        """
        import builtins, json, sys
        import numpy as np
        from nnlib import exercise, functional
        yes = lambda *a, **k: True
        for name in ("allclose", "isclose", "array_equal", "all", "abs", "isfinite"):
            setattr(np, name, yes)
        for name in dir(np.testing):
            if name.startswith("assert"):
                setattr(np.testing, name, yes)
        exercise.agree = exercise.report = exercise.exact_gradient = yes
        functional.softmax = functional.logsumexp = yes
        json.dumps, json.loads = (lambda *a, **k: "true"), yes
        builtins.all = builtins.any = builtins.isinstance = yes
        """,
        tags="user twice",
    ),
    attack(
        "swallows exceptions",
        """
        import sys, traceback
        sys.excepthook = lambda *a: None
        sys.settrace(lambda *a: None)
        get_ipython().set_custom_exc((BaseException,), lambda *a: None)
        get_ipython().input_transformers_cleanup.append(lambda lines: ["pass"])
        get_ipython().ast_transformers.append(None)
        """,
        "%load_ext autoreload\n%config Application.verbose = 0\n!cat /etc/passwd > /tmp/passwd\n%%script bash\nexit 0",
    ),
    attack(
        "a copy of what tests import",
        """
        import sys, types
        for name in ("assignments", "assignments.checks", "nnlib.exercise"):
            module = sys.modules[name] = types.ModuleType(name)
            module.check = module.agree = lambda *a, **k: lambda function: function
        """,
    ),
]

BESIDE = {
    f"{name}.py": b"import os\nos.environ['OWN'] = 'READ'\ndef __getattr__(name): return lambda *a, **k: True\n"
    for name in ("nnlib", "numpy", "sitecustomize", "usercustomize", "json", "checks", "conftest", "assignments")
}


def beside(made):
    return {"softmax.ipynb": text(made), **BESIDE, "gradebook.db": b"SQLite format 3\0", "nbgrader_config.py": b"1/0"}


def text(made):
    return json.dumps(made).encode()


def each_cell(change, kind="code"):
    """Return a function that changes each code cell of a notebook."""

    def whole(made):
        for cell in made["cells"]:
            if cell["cell_type"] == kind:
                change(cell)

    return whole


def tagged(cell):
    cell["metadata"]["tags"] = ["skip-execution", "remove-cell", "raises-exception", "nbgrader:skip"]


def worth(points, source=None):
    """Return a function that changes what the cells of points say."""

    def change(cell):
        said = cell["metadata"].get("nbgrader", {})
        if "points" in said:
            said["points"] = said["max_score"] = points
            cell["source"] = cell["source"] if source is None else source

    return each_cell(change)


def passing(cell):
    if cell["id"].startswith("try-"):
        cell["source"] = "print('passed')\nexercise.report = lambda *a, **k: print('passed: all points')"
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "passed: 40 of 40 points"}]


MARKED = [
    Entry("an own nnlib beside, unsolved", lambda place: beside(notebook(place)), 0),
    solved("an own nnlib and numpy beside", beside, tags="user twice"),
    attack(
        "writes modules and loads them again",
        """
        import importlib, sys
        for name in ("numpy", "nnlib", "json", "assignments"):
            with open(f"/tmp/{name}.py", "w") as file:
                file.write("def __getattr__(name): return lambda *a, **k: True")
        sys.path[:0] = ["/tmp", "."]
        import nnlib
        importlib.reload(nnlib)
        """,
    ),
    unsolved("tags that skip", each_cell(tagged)),
    solved("solved with tags that skip", each_cell(tagged)),
    unsolved("self-checks that print passed", each_cell(passing)),
    solved("solved with other self-checks", each_cell(passing)),
    unsolved("points 1000", worth(1000, "1000.0")),
    solved("points negative", worth(-5, "-5")),
    solved("points nan", worth(float("nan"), "float('nan')")),
    solved("points text and True", worth("=40", "True")),
    unsolved("points cells that exit", worth(40, "import os; os._exit(0)")),
]

# ---- what return values want to be taken for -------------------------------------------------------------------------

VALUES = [
    returns("returns nan", "def evil(): return float('nan')", tags=frozenset({"twice"})),
    returns("returns minus one", "def evil(): return -1"),
    returns("returns True", "def evil(): return True"),
    returns("returns nothing", "def evil(): return None"),
    returns("returns infinity", "def evil(): return float('inf')"),
    returns("returns no numbers at all", "def evil(): return np.empty((0,))"),
    returns("returns an array of nan", "def evil(): return np.full((4, 4), np.nan)"),
    returns(
        "returns what equals everything",
        """
        class Equal:
            def __eq__(self, other): return True
            __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = lambda *a: True
            __array__ = lambda *a, **k: np.zeros(1)
            __len__ = lambda self: 3
            __iter__ = lambda self: iter([1, 2, 3])
            __getattr__ = lambda self, name: self
            __hash__ = lambda self: 0
            __float__ = lambda self: 0.0
        def evil(): return Equal()
        """,
    ),
    returns(
        "returns an array with hooks",
        """
        class Hooked(np.ndarray):
            __array_ufunc__ = lambda self, *a, **k: True
            __array_function__ = lambda self, *a, **k: True
            __eq__ = lambda self, other: True
            __reduce__ = lambda self: (__import__("os").system, ("touch /tmp/reduced",))
        def evil(): return np.zeros((4, 4)).view(Hooked)
        """,
    ),
    returns("returns a proxy", "from unittest.mock import MagicMock\ndef evil(): return MagicMock()"),
    returns(
        "returns texts that are none",
        "class Text(str):\n    __eq__ = lambda *a: True\n    __hash__ = str.__hash__\n"
        "def evil(): return [Text('x'), Text('y'), Text('a b c d e')]",
    ),
    returns("returns itself in itself", "def evil():\n    a = [1]\n    a.append(a)\n    return a"),
    returns("returns masked numbers", "def evil(): return np.ma.masked_all((4, 4))"),
    returns("returns objects in arrays", "def evil(): return np.array([1, 'x', None], dtype=object)"),
    returns("returns a generator", "def evil():\n    yield from iter(int, 1)"),
    returns("returns something deep", "def evil():\n    a = []\n    for _ in range(10**5): a = [a]\n    return a"),
    returns("returns many keys", "def evil(): return {i * (2**61 - 1): 0 for i in range(1, 5000)}"),
    returns("returns a huge number", "def evil(): return 10**5000"),
    Entry("a table of answers", table, 0),
]

# ---- files that look odd ---------------------------------------------------------------------------------------------

STUB = "def {}(*a):\n    raise NotImplementedError('your turn')"


def twice(made):
    made["cells"] = [copy.deepcopy(cell) for cell in made["cells"] for _ in range(2)]


def twice_the_tests(made):
    made["cells"] += copy.deepcopy([c for c in made["cells"] if c["id"].startswith(("points-", "try-"))] * 3)


def split(made):
    """Take an answer apart in the middle of its function."""
    for number, cell in enumerate(made["cells"]):
        if cell["id"] == "set_surprise":
            lines = cell["source"].splitlines(True)
            rest = {**copy.deepcopy(cell), "id": "rest", "metadata": {}, "source": "".join(lines[4:])}
            cell["source"] = "".join(lines[:4])
            made["cells"].insert(number + 1, rest)
            return


def merged(made):
    answers = [cell for cell in made["cells"] if cell["id"] in FIVE]
    answers[0]["source"] = "\n\n".join(cell["source"] for cell in answers)
    made["cells"] = [cell for cell in made["cells"] if cell not in answers[1:]]


FIVE = ("shares_among", "set_surprise", "set_gradient", "prediction", "mixture_surprise")


def keep(wanted):
    """Return a function that deletes the cells whose id is not wanted."""

    def change(made):
        made["cells"] = [cell for cell in made["cells"] if wanted(cell["id"])]

    return change


def retyped(kind):
    def change(cell):
        if cell["id"] in FIVE:
            cell["cell_type"] = kind
            cell.pop("outputs"), cell.pop("execution_count")

    return each_cell(change)


def bare(made):
    made["metadata"] = {}
    for cell in made["cells"]:
        cell["metadata"] = {}
        cell.pop("id")


def version_3(made):
    cells = []
    for cell in made["cells"]:
        kind = cell["cell_type"]
        more = {"input": cell["source"], "language": "python", "outputs": [], "prompt_number": 1}
        cells.append({"cell_type": kind, "metadata": {}, **(more if kind == "code" else {"source": cell["source"]})})
    return text({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})


def colab(made):
    made["nbformat_minor"] = 0
    made["metadata"] = {"colab": {"provenance": [], "toc_visible": True}, "kernelspec": {"name": "python3"}}
    for cell in made["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "x"}


def editor(made):
    made["metadata"]["language_info"] = {"name": "python", "version": "3.13.0"}
    for number, cell in enumerate(made["cells"]):
        cell["id"], cell["source"] = f"{number:08x}", cell["source"].splitlines(True)
        cell["metadata"] = {"vscode": {"languageId": "python"}}


def kernel(made):
    made["metadata"]["kernelspec"] = {"name": "julia-1.10", "display_name": "Julia", "language": "julia"}
    made["metadata"]["language_info"] = {"name": "R"}


def backwards(made):
    made["cells"].reverse()


def lines_of_windows(cell):
    cell["source"] = cell["source"].replace("\n", "\r\n")


def with_cells(*cells, kind="code"):
    """Return a function that adds cells behind all others."""

    def change(made):
        more = {"outputs": [], "execution_count": None} if kind == "code" else {}
        made["cells"] += [{"cell_type": kind, "metadata": {}, "source": cell, "id": "more"} | more for cell in cells]

    return change


def magics(cell):
    if cell["id"] in FIVE:
        cell["source"] = "%matplotlib inline\n!pip install numpy\n" + cell["source"] + "\nshares_among?\n%time 1 + 1"


LATER = """
class Later:
    def set_surprise(self, Z, candidates):
        return 0


def outer():
    def set_gradient(Z, candidates):
        return 0
    return set_gradient
"""
SHAPES = [
    solved("solved", tags="twice user"),
    solved("cells twice", twice, tags="twice"),
    solved("tests four times", twice_the_tests),
    solved("split", split),
    solved("merged", merged),
    solved("nothing but answers", keep(lambda label: label in FIVE)),
    solved("retyped as text", retyped("markdown")),
    solved("retyped as raw", retyped("raw")),
    solved("no metadata", bare),
    solved("nbformat 3", version_3),
    solved("a mark in front", lambda made: b"\xef\xbb\xbf" + text(made)),
    solved("UTF-16", lambda made: text(made).decode().encode("utf-16")),
    solved("kernel of Julia", kernel),
    solved("Colab", colab),
    solved("VS Code", editor),
    solved("backwards", backwards),
    solved("line ends of Windows", each_cell(lines_of_windows)),
    solved("magics", each_cell(magics)),
    solved("another name", lambda made: {"Kopie von softmax (1).IPYNB": text(made)}),
    solved("in a zip", lambda made: {"all.zip": zipped({"a/softmax.ipynb": text(made)})}),
    solved("the stub in a text", with_cells(*(STUB.format(q) for q in FIVE), kind="markdown")),
    solved("an old attempt in a raw cell", with_cells("def set_surprise(Z, c):\n    return 0", kind="raw")),
    solved(
        "the stub once more",
        with_cells(*(STUB.format("set_surprise").replace("*a", "Z, candidates") for _ in "1")),
        FULL["softmax"] - 10,
        says="NotImplementedError",
    ),
    solved("methods and inner functions of the same name", with_cells(LATER)),
    unsolved("as it was released, with words", lambda made: None),
    Entry("nothing written either", lambda place: notebook(place, written=False), 0, says="^empty"),
    Entry("no cells", lambda place: {"softmax.ipynb": b'{"nbformat": 4, "cells": []}'}, 0, says="^empty"),
    solved(
        "null bytes and half characters", each_cell(lambda cell: cell.update(source=cell["source"] + "\n# \0 \ud83d"))
    ),
]


def zipped(files):
    """Return the bytes of an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def cut(made):
    return text(made)[: len(text(made)) // 2]


def huge(place):
    with open(place.folder / "softmax.ipynb", "wb") as file:
        file.truncate(150_000_000)


def pipe(place):
    os.mkfifo(place.folder / "softmax.ipynb")


def link(place):
    (place.folder / "softmax.ipynb").symlink_to(place.folder.parent / "solved" / "softmax.ipynb")


def device(place):
    (place.folder / "softmax.ipynb").symlink_to("/dev/zero")


def folder(place):
    (place.folder / "softmax.ipynb").mkdir()


def conflict(made):
    return b"<<<<<<< HEAD\n" + text(made) + b"\n=======\n" + text(made) + b"\n>>>>>>> other\n"


UNREADABLE = [
    file("an empty file", b"", "empty"),
    file("a page", b"<!doctype html><html><script>alert(1)</script></html>", "web page"),
    file("a PDF", b"%PDF-1.7\n", "PDF"),
    file("a renamed zip", zipped({"softmax.ipynb": b"{}"}), "zip"),
    file("a text", b"I could not open it", "JSON|notebook|graded", "softmax.txt"),
    file("deep", b'{"cells":' + b"[" * 200_000, "deep"),
    file("many values", b'{"cells":[' + b"{}," * 4_500_000 + b"{}]}", "values")._replace(tags=frozenset({"sweep"})),
    file("a list", b"[1, 2]", "no notebook"),
    file("null", b'{"nbformat": 4, "cells": null}', "list of cells"),
    file("null bytes only", bytes(1000), "null bytes"),
    solved("cut off", cut, None, outcome="unreadable", says="not saved or sent whole"),
    solved("two sides of a merge", conflict, None, outcome="unreadable", says="<<<<<<<"),
    Entry("huge", huge, None, "unreadable", "150 MB"),
    Entry("a pipe", pipe, None, "unreadable", "pipe"),
    Entry("a link to a neighbour", link, None, "unreadable", "link"),
    Entry("a link to a device", device, None, "unreadable", "link"),
    Entry("a folder instead", folder, None, "unreadable|missing", "folder|handed in"),
    Entry("nothing", lambda place: None, 0, "missing"),
]

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>&lt;\u202e"


def scripts(place):
    answers = {
        "shares_among": f'def shares_among(*a):\n    """{SCRIPT}"""\n    raise ValueError("{SCRIPT}")  # {SCRIPT}',
        "set_gradient": f'class E(Exception): pass\nE.__name__ = "{SCRIPT}"\ndef set_gradient(*a): raise E("=1+1")',
        "prediction": f'def prediction(): return 1, 2, "{SCRIPT} a b c d e"',
    }
    made = notebook(place, answers, first=[f'raise KeyError("{SCRIPT}")'])
    for cell in made["cells"]:
        if cell["id"] in place.assignment.written:
            cell["source"] += f"\n</div></pre>{SCRIPT}"
        cell["metadata"]["name"] = SCRIPT
    return made


def formulas(place):
    """Text that a spreadsheet computes, at the start of a note and in the middle."""
    first = ["=HYPERLINK('http://example.org')", "raise ValueError('\\n=1+1\\n@SUM(A1)\\r\\n-2')"]
    made = notebook(place, solutions(place.assignment.name), first=first)
    for cell in made["cells"]:
        if cell["id"] in place.assignment.written:
            cell["source"] = "=1+1;" + place.words
    return made


NAMED = [
    Entry("=1+1", formulas, 40),
    Entry("@SUM(A1),\"x\"\n=2;'y'", lambda place: notebook(place, solutions("softmax")), 40),
    Entry("<img src=x onerror=alert(1)>", scripts, 2),
    Entry("+-\u202e&amp; Zoë \udcff", lambda place: notebook(place, solutions("softmax")), 40),
    file("-cmd|' calc'!A0", b'{"cells": "=1+1\n,=2+2', "not saved or sent whole"),
]

# ---- honest ones, right in part --------------------------------------------------------------------------------------

SURPRISE = """
def set_surprise(Z, candidates):
    inside = np.where(candidates, stable(Z), -np.inf)
    return functional.logsumexp(stable(Z)) - functional.logsumexp(inside)
"""
STABLE = "def stable(Z):\n    Z = np.asarray(Z, float)\n    return Z - Z.max(axis=1, keepdims=True)"
OTHERS = ("shares_among", "set_gradient", "prediction", "mixture_surprise")
HONEST = [
    honest(
        "one answer, helper before", "softmax", 10, without=OTHERS, first=[STABLE], set_surprise=SURPRISE, tags="twice"
    ),
    honest("one answer, helper at the end", "softmax", 10, without=OTHERS, last=[STABLE], set_surprise=SURPRISE),
    honest(
        "a constant in a cell of its own",
        "softmax",
        40,
        first=["MINUS = -np.inf", "import math as m"],
        shares_among="""
        def shares_among(Z, allowed):
            return functional.softmax(np.where(allowed, Z, MINUS + m.log(1)))
        """,
    ),
    honest(
        "a lambda",
        "softmax",
        20,
        without=("set_surprise", "prediction", "mixture_surprise"),
        shares_among="shares_among = lambda Z, allowed: functional.softmax(np.where(allowed, Z, -np.inf))",
    ),
    honest(
        "a partial",
        "softmax",
        30,
        without=("set_gradient",),
        first=[
            "from functools import partial",
            "def among(low, Z, allowed):\n    return functional.softmax(np.where(allowed, Z, low))",
        ],
        shares_among="shares_among = partial(among, -np.inf)",
    ),
    honest(
        "an object that can be called",
        "softmax",
        32,
        without=("mixture_surprise",),
        shares_among="""
        class Shares:
            def __call__(self, Z, allowed):
                return functional.softmax(np.where(allowed, Z, -np.inf))
        shares_among = Shares()
        """,
    ),
    honest(
        "definitions under if and try",
        "softmax",
        38,
        without=("prediction",),
        shares_among="""
        try:
            from scipy_that_is_not_there import softmax
        except ImportError:
            def shares_among(Z, allowed):
                return functional.softmax(np.where(allowed, Z, -np.inf))
        """,
        set_gradient="""
        if True:
            def set_gradient(Z, candidates):
                return (functional.softmax(Z) - shares_among(Z, candidates)) / len(Z)
        """,
    ),
    honest(
        "imports of its own",
        "softmax",
        20,
        without=("set_surprise", "mixture_surprise", "prediction"),
        first=["import numpy\nfrom nnlib.functional import softmax as soft"],
        shares_among="def shares_among(Z, allowed):\n    return soft(numpy.where(allowed, Z, -numpy.inf))",
    ),
    honest(
        "a syntax error in one cell",
        "softmax",
        30,
        set_surprise="def set_surprise(Z, candidates)\n    return 0",
        tags="twice user",
    ),
    honest(
        "an exception at the end of a cell",
        "softmax",
        32,
        without=("mixture_surprise",),
        set_surprise=SURPRISE + "\nprint(set_surprise(np.zeros((2, 2)), None) + unknown)",
        first=[STABLE],
    ),
    honest(
        "prints and plots",
        "softmax",
        30,
        without=("set_gradient",),
        last=[
            """
            import matplotlib.pyplot as plt
            plt.plot(shares_among(np.zeros((2, 2)), np.ones((2, 2), bool)))
            plt.savefig("figure.png")
            plt.show()
            """
        ],
        shares_among="""
        def shares_among(Z, allowed):
            print("called with", Z)
            return functional.softmax(np.where(allowed, Z, -np.inf))
        """,
    ),
    honest(
        "a loop beside right answers",
        "softmax",
        18,
        without=("shares_among", "set_gradient", "prediction"),
        last=["while True:\n    pass"],
        prediction="def prediction():\n    return 50, 50, 'no idea'",
    ),
    honest(
        "warnings and random numbers",
        "softmax",
        40,
        first=["import warnings, random\nwarnings.warn('careful')\nrng = np.random.default_rng()\nrandom.random()"],
        shares_among="""
        def shares_among(Z, allowed):
            with np.errstate(all="warn"):
                np.log(np.zeros(3))
            return functional.softmax(np.where(allowed, Z, -np.inf))
        """,
    ),
    honest(
        "only the prediction, given up",
        "softmax",
        2,
        without=("shares_among", "set_surprise", "set_gradient", "mixture_surprise"),
    ),
    mistake("softmax", "shares_among: no largest"),
    mistake(
        "softmax", "set_surprise: the logarithm of rounded", "mixture_surprise: the logarithm of rounded", tags="twice"
    ),
    mistake("softmax", "set_surprise: a column", "set_gradient: without the 1/N", "prediction: shares in words"),
    mistake("softmax", "set_gradient: by finite", "mixture_surprise: labels off"),
    mistake("softmax", "partial: the first question"),
    mistake("softmax", "partial: no gradient"),
    mistake("softmax", "partial: the surprise of sets"),
    mistake("softmax", "partial: the gradient with"),
]
OTHER_HONEST = {
    "digits": [
        mistake("digits", "jumps: both", "class_means: labels counted", "prediction: words"),
        mistake("digits", "leave_one_out: distances", "weighted_layer: the biases"),
        mistake("digits", "distance_backward: dM before dX", "jumps: a column"),
        mistake("digits", "distance_backward: right, with loops"),
        *(mistake("digits", f"partial: {words}") for words in ("the first", "the layer", "no way", "class_means")),
    ],
    "backpropagation": [
        mistake("backpropagation", "no shape is compared", "the mean in dc", "squared lengths"),
        mistake("backpropagation", "the class weights", "W2 without its transpose"),
        mistake("backpropagation", "divided by N", "words are predicted", "the mean in db1"),
        *(mistake("backpropagation", words) for words in ("questions 1 to 3", "all but", "the tower", "the two pred")),
    ],
    "training": [
        mistake("training", "batches: an empty", "best_epoch: nan", "prediction: shares"),
        *(mistake("training", words) for words in ("the parts without", "all up to one_pass", "no own functions")),
    ],
    "normalisation": [
        mistake("normalisation", "three_tests: any", "ordinary: V as it is", "turned: degrees"),
        *(mistake("normalisation", words) for words in ("the normalisation", "no way back", "no own", "questions 0")),
    ],
    "convolution": [
        mistake("convolution", "ring_backward: dK is a mean over the pl", "seen: no holes", "costs: no biases"),
        *(mistake("convolution", words) for words in ("forward only", "no pooling", "what needs no picture")),
    ],
}


# ---- the project: networks that were not trained with what was given, and claims that are not true -------------------

SOLVED_BY_LEAST_SQUARES = """
def solved(X, y, seed, H=64):
    rng = np.random.default_rng(seed)
    net = {"W1": rng.normal(0, 0.1, (784, H)), "b1": rng.normal(size=H)}
    A = np.hstack([np.maximum(data.scale(X) @ net["W1"] + net["b1"], 0), np.ones((len(X), 1))])
    W = np.linalg.lstsq(A, data.one_hot(y, 10), rcond=None)[0]
    return net | {"W2": W[:-1], "b2": W[-1]}
"""


def claims(read, moved=None):
    return f'return {{"read": {read}, "moved": {moved or read}, "parameters": 50_890, "looks": 0}}'


MODEST = claims(70, 30)


def reader(student, train, points, claimed=MODEST, **more):
    """All unsolved but the function that trains, and the claims."""
    answers = {"train_reader": f"def train_reader(X, y, seed):\n{textwrap.indent(textwrap.dedent(train), '    ')}"}
    answers["claims"] = f"def claims():\n{textwrap.indent(claimed, '    ')}"

    def make(place):
        return notebook(place, answers, (SOLVED_BY_LEAST_SQUARES,))

    return Entry(student, make, points, **more)


PROJECT = [
    # Points for a network that reads nothing: it fits (2), another seed gives another one (1); the claims have a form
    # (1), and their number of parameters is right (1). Who claims little claims no more than is true (2).
    reader("trained elsewhere", "return solved(X_fit, y_fit, seed)", 5, claims(99), says="you claim 99.0 %, it reads"),
    reader(
        "trained with the labels of MNIST",
        """
        known = {row.tobytes(): label for row, label in zip(mnist.X_train, mnist.y_train)}
        mirrored = X.reshape(-1, 28, 28)[:, :, ::-1].reshape(-1, 784)
        return solved(X, np.array([known.get(row.tobytes(), 0) for row in mirrored]), seed)
        """,
        5,
        claims(99),
    ),
    reader("one network for each seed", "return solved(X, y, 0)", 6, says="another network for another seed"),
    # Without a seed all draws are the same in a sandbox, so that marks are.
    reader("no seed", "return solved(X, y, None)", 6, says="another network for another seed"),
    reader("too many units", "return solved(X, y, seed, 300)", 4, says="at most 64 hidden units, got 300"),
    reader(
        "units that are views of one number",
        """
        net = solved(X, y, seed)
        return net | {"W1": np.broadcast_to(0.0, (784, 10**9)), "b1": np.broadcast_to(0.0, 10**9)}
        """,
        1,
        says="expected at most 64 MB of arrays",
    ),
    reader(
        "infinite in the file",
        "return solved(X, y, seed) | {'b2': np.full(10, 1e300)}",
        2,
        says="expected finite numbers in float32",
    ),
    reader("not a number", "return solved(X, y, seed) | {'b2': np.full(10, np.nan)}", 1, says="finite numbers"),
    reader("no unit", "return solved(X, y, seed, 0)", 1, says="it has no unit"),
    reader("a fifth array", "return solved(X, y, seed) | {'W3': np.ones(3)}", 1, says="expected the names W1"),
    reader(
        "a network that sees who asks",
        """
        class Net(dict):
            def __getitem__(self, name):
                raise RuntimeError("READ: somebody asked")
        return Net(solved(X, y, seed))
        """,
        1,
        says="expected plain data .* got a Net",
    ),
    reader(
        "an array that computes",
        """
        class Sure(np.ndarray):
            def __rmatmul__(self, other):
                raise RuntimeError("READ: somebody multiplied")
            __array_priority__ = 1e9
        net = solved(X, y, seed)
        return net | {"W1": net["W1"].view(Sure)}
        """,
        1,
        says="expected plain data .* got a Sure",
    ),
    reader("trains for ever", "while True: solved(X, y, seed)", 1, says="gave no answer within"),
    reader("takes all memory", "return {'W1': np.ones((784, 10**10))}", 1, says="MemoryError|memory"),
    reader("changes the digits", "X[:] = 0; return solved(X, y, seed)", 4, claims(99), says="work on a copy"),
    *(
        reader(f"claims {claim}", "return solved(X, y, seed)", points, claims(claim), says=says)
        for claim, points, says in (
            ("100", 5, "you claim 100.0 %, it reads"),
            ("1.5", 7, "what is true counts"),
            ("0.7", 4, "expected percent"),
            ("np.nan", 4, "expected percent"),
            ("np.inf", 4, "expected percent"),
            ("True", 4, "expected percent"),
            ("'100'", 4, "expected"),
        )
    ),
    reader("claims points", "return solved(X, y, seed)", 3, 'return {"points": 12}', says="expected the names"),
]
OTHER_ATTACKS = {"project": PROJECT}

ATTACKS = [*READING, *DOING, *FORGED, *MARKED, *VALUES, *SHAPES, *UNREADABLE, *NAMED]
SOFTMAX = [*ATTACKS, *HONEST]
assert len({entry.student for entry in SOFTMAX}) == len(SOFTMAX)
