"""Students' code that wants more than an answer: what it can see, do and say, from inside the sandbox."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from ordinary_user import as_ordinary_user, can_become_one

from assignments import sandbox, wire
from assignments.process import Limits
from assignments.sandbox import NoSandbox, Sandbox
from assignments.student import Given, Missed, Student

ROOT = Path(__file__).resolve().parent.parent.parent
needed = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("bwrap"), reason="bubblewrap is for Linux, and not installed here"
)
pytestmark = [needed, pytest.mark.filterwarnings("ignore:there is no sandbox")]
QUICK = Limits(cell=2, call=1.2)
ATTEMPT = """
def attempt(source):
    names = {}
    exec(source, names)
    return names.get("result", "done")
"""


@pytest.fixture(scope="module")
def inside():
    """Run lines in a student's function and return their ``result``."""
    with Student([ATTEMPT], limits=Limits(call=20)) as student:
        yield lambda source: student.attempt(textwrap.dedent(source))


@pytest.fixture
def student():
    """Make a student of cells."""
    made = []

    def make(*code, limits=QUICK, **options):
        made.append(Student([textwrap.dedent(cell) for cell in code], limits=limits, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def outside():
    """A folder that any user of this machine may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


# ---- the sandbox is there --------------------------------------------------------------------------------------------


def test_the_sandbox_holds():
    Sandbox().probe()


def test_without_bubblewrap_there_are_words_and_no_grading(monkeypatch, outside):
    monkeypatch.setenv("PATH", str(outside))
    with pytest.raises(NoSandbox, match=r"no bwrap.*apt install bubblewrap.*--unsafe"):
        Sandbox().probe()
    with pytest.raises(NoSandbox):
        Student(["x = 1"]).value("x")


def fake(folder, script):
    path = folder / "bwrap"
    path.write_text(f"#!{sys.executable}\nimport os, sys\n{script}")
    path.chmod(0o755)


def test_where_namespaces_are_forbidden_the_words_are_bubblewraps(monkeypatch, outside):
    fake(outside, "sys.exit('bwrap: No permissions to create new namespace')")
    monkeypatch.setenv("PATH", str(outside), prepend=os.pathsep)
    with pytest.raises(NoSandbox, match="No permissions to create new namespace"):
        Sandbox().probe()


def test_a_sandbox_that_is_silently_none_is_found_out(monkeypatch, outside):
    lines = f"""
        words = sys.argv[sys.argv.index('--info-fd') + 2 + 1:]
        os.write(int(sys.argv[sys.argv.index('--info-fd') + 1]), b'{{"child-pid": %d}}' % os.getpid())
        words = words[[i for i, word in enumerate(words) if 'python' in word][0]:]
        words = [word.replace('/course/', {str(ROOT) + "/"!r}) for word in words]
        words[-2] = {sandbox.json.dumps([str(ROOT), *sandbox._packages()])!r}
        os.execv(words[0], words)
    """
    fake(outside, textwrap.dedent(lines))
    monkeypatch.setenv("PATH", str(outside), prepend=os.pathsep)
    with pytest.raises(NoSandbox, match=r"reading a file outside.*the repository.*the network"):
        Sandbox().probe()


def test_the_user_is_another_one_without_any_rights(inside):
    lines = inside("import os; result = open('/proc/self/status').read(), os.getresuid(), os.getgroups()")
    status = dict(line.split(":\t") for line in lines[0].splitlines() if ":\t" in line)
    if os.geteuid() == 0:
        assert all(61184 <= user < 65520 for user in lines[1])
        assert lines[2] == [] or 0 not in lines[2]
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"


# ---- what can be seen ------------------------------------------------------------------------------------------------


def test_no_file_outside_can_be_read(inside, outside):
    marker = outside / "marker"
    marker.write_text("seen")
    marker.chmod(0o644)
    places = [marker, "/etc/shadow", "/etc/passwd", ROOT / "README.md", ROOT / "assignments" / "checks.py", __file__]
    places += ["/proc/kcore", "/dev/mem", f"/proc/{os.getpid()}/environ", "/proc/1/root" + str(marker)]
    for place in map(str, places):
        with pytest.raises(Missed, match=r"FileNotFoundError|PermissionError|NotADirectoryError"):
            inside(f"result = open({place!r}, 'rb').read(100)")


def test_what_is_there_is_the_system_python_and_the_course(inside):
    seen = inside("""
        import os
        skip = ("/proc", "/sys", "/usr", "/dev")
        result = []
        for folder, folders, files in os.walk("/"):
            folders[:] = [name for name in folders if not os.path.join(folder, name).startswith(skip)]
            if not any(name in folder for name in ("site-packages", "/packages", "/lib/python")):
                result += [os.path.join(folder, name) for name in files]
    """)
    known = ("/lib", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/alternatives/", "/course/nnlib/", "/course/data/mnist/")
    known += ("/course/assignments/", *sandbox._interpreters())
    assert [path for path in seen if not path.startswith(known)] == []
    shown = {path.removeprefix("/course/assignments/") for path in seen if "assignments" in path}
    assert shown == {"__init__.py", "plain.py", "wire.py", "worker.py"}


def test_what_finds_gradients_is_not_there(inside):
    names = [name for name in sandbox.DERIVING if any(Path(path, name).is_dir() for path in sandbox._packages())]
    assert "torch" in names or not importlib.util.find_spec("torch")
    for name in names:
        assert inside(f"import os, {name}; result = os.listdir(list({name}.__path__)[0])") == []
        with pytest.raises(Missed, match=r"Read-only|Permission denied"):
            inside(f"import {name}; open(list({name}.__path__)[0] + '/marker', 'w')")


def test_the_graders_environment_is_not_seen(monkeypatch, student):
    monkeypatch.setenv("COURSE_SECRET", "a-secret-of-the-course")
    lines = """
        import glob, os
        def look():
            seen = str(dict(os.environ)).encode()
            for path in glob.glob("/proc/[0-9]*/*") + glob.glob("/proc/[0-9]*/task/*/*"):
                if path.endswith(("environ", "cmdline", "auxv")):
                    try:
                        seen += open(path, "rb").read()
                    except OSError:
                        pass
            return b"a-secret-of-the-course" in seen, seen.decode(errors="replace")
    """
    found, seen = student(lines).look()
    assert not found
    assert "HOME=/root" not in seen


def test_no_other_process_is_seen(inside):
    processes = inside("import os; result = [int(name) for name in os.listdir('/proc') if name.isdigit()]")
    assert len(processes) <= 2
    assert os.getpid() not in processes


def test_no_descriptor_is_left_open_but_the_two_pipes(inside):
    held = inside("""
        import os
        result = []
        for name in os.listdir("/proc/self/fd"):
            try:
                result.append(os.readlink("/proc/self/fd/" + name))
            except OSError:
                pass
    """)
    assert sum(name.startswith("pipe:") for name in held) == 2
    assert all(name.startswith("pipe:") or name in ("/dev/null", "/proc/2/fd") or "/fd" in name for name in held), held


# ---- what can be done ------------------------------------------------------------------------------------------------


def test_nothing_can_be_written_but_the_scratch_folder(inside):
    folders = "/ /usr /usr/lib /etc /dev /dev/shm /proc /proc/1 /sys /course /course/assignments /course/nnlib"
    folders = [*folders.split(), "/packages", "/packages/0", "/root", "/home", "/run", "/var", *sandbox._interpreters()]
    for folder in folders:
        with pytest.raises(Missed, match=r"Error"):
            inside(f"open({folder!r} + '/mine', 'w')")
    with pytest.raises(Missed, match=r"Read-only|Permission"):
        inside("open('/course/assignments/wire.py', 'a')")
    for path in ("/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches"):
        with pytest.raises(Missed, match=r"Error"):
            inside(f"open({path!r}, 'w').write('1')")
    assert inside("open('/tmp/mine', 'w').write('x'); result = open('/tmp/mine').read()") == "x"


def test_files_are_bounded_each_and_together(inside):
    with pytest.raises(Missed, match="File too large"):
        inside("f = open('/tmp/big', 'wb')\nfor _ in range(20): f.write(bytes(1_000_000)); f.flush()")
    with pytest.raises(Missed, match="No space left"):
        inside("for i in range(100): open(f'/tmp/{i}', 'wb').write(bytes(9_000_000))")
    inside("import os\nfor name in os.listdir('/tmp'): os.remove('/tmp/' + name)")


def test_links_and_pipes_in_the_scratch_folder_lead_nowhere_and_are_gone(student):
    lines = """
        import os
        def leave():
            os.symlink("/etc/shadow", "link")
            os.symlink("/", "root"); os.mkfifo("pipe"); os.mkdir("d"); os.chmod("d", 0)
            return sorted(os.listdir("."))
        def look():
            return os.listdir("/tmp")
        def follow():
            return open("link").read()
    """
    one, another = student(lines), student(lines)
    assert one.leave() == ["d", "link", "pipe", "root"]
    with pytest.raises(Missed, match=r"FileNotFoundError|PermissionError"):
        one.follow()
    assert another.look() == []


def test_there_is_no_network(inside):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0a-name-of-the-classroom")
        local.listen()
        for kind, address in (("AF_INET", server.getsockname()), ("AF_UNIX", "\0a-name-of-the-classroom")):
            with pytest.raises(Missed, match=r"Error"):
                inside(f"import socket; socket.socket(socket.{kind}).connect({address!r})")
        with pytest.raises(Missed, match=r"Error"):
            inside(f"import socket; socket.create_connection({server.getsockname()!r}, 1)")
    for kind in ("AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_INET6", "AF_ALG"):
        with pytest.raises(Missed, match=r"PermissionError"):
            inside(f"import socket; socket.socket(socket.{kind}, socket.SOCK_DGRAM)")
    assert inside("result = open('/proc/net/dev').read().count(':')") == 1  # lo


def test_the_event_loop_still_works(inside):
    assert inside("import asyncio\nasync def f(): return 3\nresult = asyncio.run(f())") == 3


@pytest.mark.parametrize(
    "lines",
    [
        "os.fork()",
        "os.forkpty()",
        "subprocess.run(['true'])",
        "os.posix_spawn('/usr/bin/true', ['true'], {})",
        "subprocess.run(['su', '-c', 'id'])",
        "os.system('true') == 0 or os.fork()",
        "os.setuid(0)",
        "os.setgid(0)",
        "os.setgroups([0])",
        "os.chroot('/tmp')",
        "os.mknod('/tmp/device', 0o60644, os.makedev(8, 0))",
        "os.chown('/tmp', 0, 0)",
        "resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)",
        "resource.setrlimit(resource.RLIMIT_NPROC, (1000, 1000))",
        "os.kill(1, 9); os.kill(1, 0); raise OSError('still there')",
        "os.kill(-1, 9)",
        "os.setpriority(os.PRIO_PROCESS, 0, -20)",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))",
        "os.memfd_create('m')",
        "system('unshare', 0x10000000)",
        "system('unshare', 0x20000)",
        "system('setns', 0, 0)",
        "system('ptrace', 16, 1, 0, 0)",
        "system('mount', b'none', b'/tmp', b'tmpfs', 0, 0)",
        "system('umount2', b'/tmp', 2)",
        "system('shmget', 0, 1 << 30, 0o1600)",
        "system('keyctl', 0, 0, 0)",
        "system('syscall', 56 if x86 else 220, 0x10000011, 0, 0, 0, 0)",
        "system('syscall', 435, 0, 0)",
        "system('syscall', 425, 8, 0)",
        "system('syscall', 321 if x86 else 280, 0, 0, 0)",
    ],
)
def test_what_only_an_attack_asks_for_is_refused(inside, lines):
    before = """
        import ctypes, os, platform, resource, subprocess
        x86 = platform.machine() == "x86_64"
        numbers = {"keyctl": 250 if x86 else 219, "ptrace": 101 if x86 else 117}
        def system(name, *arguments):
            library = ctypes.CDLL(None, use_errno=True)
            arguments = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
            if name in numbers:
                name, arguments = "syscall", [ctypes.c_long(numbers[name]), *arguments]
            if getattr(library, name)(*arguments) == -1:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    """
    with pytest.raises(Missed, match=r"OSError|PermissionError|ProcessLookupError|ValueError|SubprocessError"):
        inside(textwrap.dedent(before) + lines)
    assert inside("result = 1") == 1


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only these processors know two more ways to the kernel")
@pytest.mark.parametrize("code", ["b802000000cd80c3", "b8390000400f05c3"], ids=["32 bits", "x32"])
def test_the_other_ways_to_the_kernel_are_closed(student, code):
    lines = f"""
        import ctypes, mmap
        def fork():
            memory = mmap.mmap(-1, 4096, prot=7)
            memory.write(bytes.fromhex("{code}"))
            return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
    """
    with pytest.raises(Missed) as missed:
        student(lines).fork()
    assert missed.value.outcome == "crashed"


def test_memory_is_bounded(inside):
    with pytest.raises(Missed, match="MemoryError"):
        inside("import numpy as np; np.ones(3 * 2**30, np.uint8)")
    with pytest.raises(Missed, match="MemoryError"):
        inside("a = []\nwhile True: a.append(bytearray(10**8))")
    with pytest.raises(Missed, match=r"OSError|MemoryError"):
        inside("import mmap\na = [mmap.mmap(-1, 2**28) for _ in range(20)]")


def test_threads_are_bounded_and_do_not_take_a_neighbours(student):
    lines = """
        import threading, time
        held = []
        def many():
            try:
                for _ in range(200):
                    thread = threading.Thread(target=time.sleep, args=(30,), daemon=True)
                    thread.start()
                    held.append(thread)
            except RuntimeError:
                pass
            return len(held)
    """
    one, another = student(lines), student(lines)
    assert 10 <= one.many() <= 32
    assert 10 <= another.many() <= 32


def test_so_is_the_number_of_files(student):
    lines = """
        def bad():
            for number in range(10**7): open(f"/tmp/{number}", "w").close()
    """
    one = student(HONEST, lines, limits=Limits(call=30))
    began = time.monotonic()
    with pytest.raises(Missed) as missed:
        one.bad()
    assert missed.value.outcome == "crashed"
    assert time.monotonic() - began < 15
    assert one.honest() == 7


def test_open_files_are_bounded(inside):
    with pytest.raises(Missed, match="Too many open files"):
        inside("a = [open('/dev/null') for _ in range(100)]")


# ---- what ends or never ends -----------------------------------------------------------------------------------------

HONEST = "def honest(): return 7"
LOOPS = {
    "a loop": "while True: pass",
    "a loop that swallows": """
        while True:
            try:
                while True: pass
            except BaseException: pass
    """,
    "a loop in C": "sum(range(10**13))",
    "a power": "10 ** 10**9",
    "a search": "import re; re.match('(a*)*b', 'a' * 60)",
    "a sleep": "import time; time.sleep(1e6)",
    "a stop": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "a lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "signals that are ignored": """
        import signal
        for number in range(1, 65):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True: pass
    """,
    "a pipe of one's own": "import os; os.mkfifo('p'); open('p').read()",
    "another program": "import os; os.execv('/usr/bin/yes', ['yes'])",
    "a value that is never ready": """
        def endless():
            while True: pass
        from assignments import wire
        wire.encode = lambda value: endless()
    """,
}


@pytest.mark.parametrize("lines", LOOPS.values(), ids=LOOPS)
def test_what_never_ends_costs_its_limit_and_nothing_else(student, lines):
    one = student(HONEST, "def bad():\n" + textwrap.indent(textwrap.dedent(lines), "    "))
    one.load()
    began = time.monotonic()
    with pytest.raises(Missed, match=r"no answer within 1.2 seconds") as missed:
        one.bad()
    assert missed.value.outcome == "timed out"
    assert time.monotonic() - began < 4
    assert one.honest() == 7


ENDS = {
    "_exit": "import os; os._exit(0)",
    "abort": "import os; os.abort()",
    "a wrong address": "import ctypes; ctypes.string_at(0)",
    "killing itself": "import os; os.kill(os.getpid(), 9)",
    "killing its group": "import os; os.kill(0, 9)",
    "another program": "import os; os.execv('/usr/bin/true', ['true'])",
    "a program with another owner's rights": "import os; os.execv('/usr/bin/su', ['su', '-c', 'id'])",
    "closing everything": "import os; os.closerange(0, 64)",
    "a recursion in C": """
        import sys
        sys.setrecursionlimit(10**9)
        class A:
            def __repr__(self): return repr([self])
        repr(A())
    """,
    "strides past the end": """
        import numpy as np
        return np.lib.stride_tricks.as_strided(np.zeros(1), (10**6,), (10**9,))
    """,
}


@pytest.mark.parametrize("lines", ENDS.values(), ids=ENDS)
def test_what_ends_the_process_is_a_crash_and_costs_nothing_else(student, lines):
    one = student(HONEST, "def bad():\n" + textwrap.indent(textwrap.dedent(lines), "    "), limits=Limits(call=10))
    with pytest.raises(Missed) as missed:
        one.bad()
    assert missed.value.outcome == "crashed"
    assert one.honest() == 7


@pytest.mark.parametrize(
    "lines", ["import sys; sys.exit()", "exit()", "raise KeyboardInterrupt", "raise GeneratorExit"]
)
def test_an_exit_is_an_exception(student, lines):
    one = student(HONEST, f"def bad():\n    {lines}")
    with pytest.raises(Missed) as missed:
        one.bad()
    assert missed.value.outcome == "failed"
    assert one.honest() == 7


LEFTOVERS = {
    "a thread": """
        import threading
        def go_on():
            while True: pass
        threading.Thread(target=go_on).start()
    """,
    "an end": """
        import atexit
        def never():
            while True: pass
        atexit.register(never)
    """,
    "an alarm": "import signal; signal.signal(signal.SIGALRM, lambda *_: 1 / 0); signal.alarm(9)",
    "a destructor": """
        class Sticky:
            def __del__(self):
                while True: pass
        import gc
        kept.append(Sticky()); kept.append(kept)
    """,
    "a trace": "import sys; sys.settrace(lambda *_: None); sys.setprofile(lambda *_: None)",
    "another folder": "import os; os.chdir('/usr')",
    "no warnings": "import warnings; warnings.simplefilter('error'); import numpy; numpy.seterr(all='raise')",
    "an output that is closed": "import sys; sys.stdout.close(); sys.stderr = None",
}


@pytest.mark.parametrize("lines", LEFTOVERS.values(), ids=LEFTOVERS)
def test_what_a_call_leaves_behind_is_no_ones_harm(student, lines):
    body = textwrap.indent(textwrap.dedent(lines), "    ")
    one = student(HONEST, f"kept = []\ndef bad():\n{body}\n    return 1", limits=Limits(call=5))
    assert one.bad() == 1
    assert one.honest() == 7
    began = time.monotonic()
    one.close()
    assert time.monotonic() - began < 2


def test_a_thread_that_holds_on_to_everything_costs_the_next_call(student):
    lines = """
        import threading
        def bad():
            threading.Timer(0.2, lambda: sum(range(10**13))).start()
            return 1
    """
    one = student(HONEST, lines)
    assert one.bad() == 1
    time.sleep(2)  # its timer is in the sandbox: nobody sees that it has run
    with pytest.raises(Missed):
        one.honest()
    assert one.honest() == 7


def test_output_goes_nowhere_however_much_there_is(student):
    lines = """
        import os, sys
        def loud():
            for _ in range(2000): print("x" * 10_000); os.write(1, b"y" * 10_000); os.write(2, b"z" * 10_000)
            print("\\ud800", file=sys.stderr); sys.__stdout__.write("q")
            return 3
        def ask():
            return input("your mark? ")
    """
    one = student(lines, limits=Limits(call=10))
    assert one.loud() == 3
    with pytest.raises(Missed, match=r"EOFError: input\(\) has nobody to ask"):
        one.ask()


# ---- lies in the pipes -----------------------------------------------------------------------------------------------

PIPES = """
import os, sys, time, threading
import numpy as np

def pipes():
    found = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    return [n for n in found if os.path.exists(f"/proc/self/fd/{n}") and "pipe" in os.readlink(f"/proc/self/fd/{n}")]

def say(data):
    for n in pipes():
        try: os.write(n, data)
        except OSError: pass

def token():
    frame = sys._getframe()
    while "token" not in frame.f_locals: frame = frame.f_back
    return frame.f_locals["token"]

def message(text):
    return len(text).to_bytes(8, "big") + text.encode()

def honest(): return 7
"""
LIES = {
    "garbage": "say(b'garbage' * 100)",
    "a great length": "say(b'\\xff' * 8)",
    "an answer to nothing": 'say(message(\'{"dict":[["to","0"],["value",1]]}\'))',
    "no dict": "say(message('[1]'))",
    "an empty message": "say(bytes(8))",
    "no answer": 'say(message(\'{"dict":[["to","%s"]]}\' % token()))',
    "an unknown kind": 'say(message(\'{"dict":[["to","%s"],["points",10]]}\' % token()))',
    "two kinds": 'say(message(\'{"dict":[["to","%s"],["value",1],["missing",true]]}\' % token()))',
    "words that are none": 'say(message(\'{"dict":[["to","%s"],["strange",[1]]]}\' % token()))',
    "a handle": 'say(message(\'{"dict":[["to","%s"],["value",{"handle":0}]]}\' % token()))',
    "an endless message": "say((9 * 10**7).to_bytes(8, 'big'))\n    while True: say(bytes(10**6))",
    "an endless number of messages": "while True: say(message('[]'))",
    "half a message, and an end": "say(message('[1, 2, 3]')[:12]); os._exit(0)",
}


@pytest.mark.parametrize("lines", LIES.values(), ids=LIES)
@pytest.mark.parametrize("unsafe", [False, True], ids=["sandbox", "unsafe"])
def test_a_lie_is_a_crash(student, lines, unsafe):
    one = student(PIPES, f"def bad():\n    {lines}\n    return 1", sandbox=Sandbox(unsafe), limits=Limits(call=10))
    with pytest.raises(Missed) as missed:
        one.bad()
    assert missed.value.outcome == "crashed"
    assert one.honest() == 7


def test_half_a_message_and_a_pause_take_the_limit_and_no_more(student):
    one = student(PIPES, "def bad():\n    say(message('[1, 2, 3]')[:12]); time.sleep(60)")
    with pytest.raises(Missed) as missed:
        one.bad()
    assert missed.value.outcome == "timed out"
    assert one.honest() == 7


def test_an_answer_twice_spoils_the_students_next_call_and_no_more(student):
    lines = """
        def twice():
            say(message('{"dict":[["to","%s"],["value",5]]}' % token()))
            return 6
    """
    one = student(PIPES, lines)
    assert one.twice() == 5  # as if the function had returned it
    with pytest.raises(Missed) as missed:
        one.honest()
    assert missed.value.outcome == "crashed"
    assert one.honest() == 7


def test_an_answer_before_the_question_is_a_crash(student):
    lines = """
        def bad():
            threading.Timer(0.1, lambda: say(message('{"dict":[["to","0"],["value",1]]}'))).start()
            return 1
    """
    one = student(PIPES, lines)
    assert one.bad() == 1
    time.sleep(2)  # its timer is in the sandbox: nobody sees that it has run
    with pytest.raises(Missed) as missed:
        one.honest()
    assert missed.value.outcome == "crashed"


def test_a_process_that_does_not_listen_times_out(student):
    one = student(HONEST, "import os, signal\ndef bad(x): return 1\ndef stop(): os.kill(os.getpid(), signal.SIGSTOP)")
    with pytest.raises(Missed):
        one.stop()
    one = student(
        "import threading, os, signal\nthreading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGSTOP)).start()"
    )
    one.load()
    time.sleep(0.6)
    with pytest.raises(Missed) as missed:
        one.bad(np.zeros(10**6))  # more than a pipe holds
    assert missed.value.outcome == "timed out"


PATCHES = [
    "import numpy as np; np.asarray = np.array = np.ndarray = np.allclose = lambda *a, **k: True",
    "import numpy as np; np.ndarray.tobytes = None",
    "import json; json.dumps = json.loads = lambda *a, **k: '1'",
    "import json.encoder; json.encoder.c_make_encoder = None; json.encoder.JSONEncoder.encode = lambda *a: '{}'",
    "import base64; base64.b64encode = lambda data: b''",
    "import builtins; builtins.type = builtins.len = builtins.isinstance = builtins.issubclass = lambda *a: True",
    "import builtins; builtins.dict = builtins.set = builtins.getattr = builtins.BaseException = None",
    "from assignments import wire; wire.encode = lambda value: '1'",
    "from assignments import wire; wire.decode = lambda *a: {}",
    "from assignments import wire; wire._Writer.tree = lambda *a: {'dict': [['to', {'handle': 1}]]}",
    "import sys; sys.modules.clear()",
    "import gc\nfor it in gc.get_objects():\n    if type(it).__name__ == 'Space': type(it).call = lambda *a, **k: 5",
    "import os, io; os.write = os.read = io.open = None",
    "import sys; sys.stdout = sys.stderr = sys.stdin = None",
    "import random; random.seed = lambda *a: 1 / 0",
    "import sys; sys.setrecursionlimit(60)",
    "__builtins__ = {}",
    "globals().clear()",
]


@pytest.mark.parametrize("lines", PATCHES)
def test_what_is_patched_spoils_the_students_own_answers_at_worst(student, lines):
    mine = lambda: [np.asarray, np.array, np.ndarray, wire.encode, wire.decode, len, type]  # noqa: E731
    before = mine()
    one = student(HONEST, lines)
    try:
        assert one.honest() in (7, 5)
    except Missed as missed:
        assert missed.outcome in ("failed", "crashed")
    assert all(a is b for a, b in zip(before, mine(), strict=True))
    assert student(HONEST).honest() == 7


# ---- what a function returns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("result = object()", "got an object"),
        ("class Row(np.ndarray): pass\nresult = np.zeros(3).view(Row)", "got a Row"),
        ("class Name(str):\n    def __eq__(self, other): return True\nresult = Name('a')", "got a Name"),
        ("class Table(dict):\n    def items(self): return 1 / 0\nresult = Table()", "got a Table"),
        ("class One(int):\n    def __eq__(self, other): return True\nresult = [One(1)]", "got an One"),
        ("class Half(float):\n    def __sub__(self, other): return 0.0\nresult = (1, Half(1))", "got a Half"),
        ("class Yes:\n    __class__ = float\n    def __eq__(self, other): return True\nresult = Yes()", "got a Yes"),
        ("class Yes:\n    def __array__(self, *a): return 1 / 0\nresult = Yes()", "got a Yes"),
        ("result = np.array([1, None])", "an array of objects"),
        ("result = []; result.append(result)", "contains itself"),
        ("result = {}; result[1] = result", "contains itself"),
        ("result = np.lib.stride_tricks.as_strided(np.zeros(1), (10**9, 10**9), (0, 0))", "at most 64 MB"),
        ("result = np.zeros(3, 'M8[s]')", "an array of datetime64"),
        ("result = np.zeros(3, 'f8,i8')", "an array of"),
        ("result = np.ma.array([1.0])", "got a MaskedArray"),
        ("result = np.matrix([1.0])", "got a matrix"),
        ("result = 10 ** 5000", "at most 4,000 digits"),
        ("result = (i for i in range(3))", "got a generator"),
        ("result = lambda: 1", "got a function"),
        ("result = np", "got a module"),
        ("class K(type):\n    __name__ = 'float'\nclass A(metaclass=K): pass\nresult = A()", "got an A"),
        ("result = type('\\x1b[31m\\u202e' + 'x' * 1000, (), {})()", "got a \ufffd[31m\ufffdxxx"),
    ],
)
def test_what_is_no_plain_data_is_missed_in_words(inside, lines, words):
    with pytest.raises(Missed) as missed:
        inside("import numpy as np\n" + lines)
    assert words in str(missed.value)
    assert str(missed.value).isprintable()
    assert len(str(missed.value)) < 500
    assert missed.value.outcome == "failed"


def test_odd_numbers_cross_as_what_they_are(inside):
    values = inside(
        "import numpy as np; result = [float('nan'), -0.0, float('inf'), 10**3999, np.float32(0.1), '\\ud800']"
    )
    assert np.isnan(values[0])
    assert np.signbit(values[1])
    assert values[2:] == [np.inf, 10**3999, float(np.float32(0.1)), "\ufffd"]
    A = inside("import numpy as np; result = np.array([[np.nan, -0.0], [np.inf, 5e-324]])")
    assert np.isnan(A[0, 0]) and np.signbit(A[0, 1]) and A[1, 1] == 5e-324


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("raise ValueError('no')", "ValueError: no"),
        ("raise ValueError('a\\nb\\x00\\x1b[1m\\ud800\\u202e')", "ValueError: a b\ufffd\ufffd[1m\ufffd\ufffd"),
        ("raise ValueError('x' * 10**7)", "ValueError: " + "x" * 290),
        ("{}['a']", "KeyError: 'a'"),
        ("raise Bad", "raised Bad"),
        ("Bad.__str__ = lambda self: 1 / 0\nraise Bad", "raised Bad"),
        ("Bad.__str__ = lambda self: 5\nraise Bad", "raised Bad"),
        (
            "class S(str):\n    def __getitem__(self, i): return 1\nBad.__str__ = lambda self: S('so')\nraise Bad",
            "Bad: so",
        ),
        ("class M(type(Bad)):\n    __name__ = 1\nclass Worse(Bad, metaclass=M): pass\nraise Worse", "raised Worse"),
        ("class Worse(Bad):\n    def __getattribute__(self, name): return 1 / 0\nraise Worse", "raised Worse"),
        ("raise type('\\x01\\u202e' * 500, (Bad,), {})", "raised \ufffd\ufffd"),
        ("raise type('e' * 10**6, (Bad,), {})", "raised eee"),
        ("raise ExceptionGroup('several', [ValueError()])", "ExceptionGroup: several"),
        ("f = lambda: f()\nf()", "RecursionError"),
    ],
)
def test_an_exception_crosses_as_its_name_and_text(inside, lines, words):
    with pytest.raises(Missed) as missed:
        inside("class Bad(BaseException): pass\n" + lines)
    assert words in str(missed.value)
    assert str(missed.value).isprintable()
    assert len(str(missed.value)) < 450


@pytest.mark.parametrize("lines", ["while True: pass", "import os; os._exit(1)", "sum(range(10**13))"])
def test_an_exception_whose_text_never_comes_is_an_exception(student, lines):
    one = student(HONEST, f"class Bad(Exception):\n    def __str__(self):\n        {lines}\ndef bad(): raise Bad")
    with pytest.raises(Missed, match=r"bad raised Bad$") as missed:
        one.bad()
    assert missed.value.outcome == "failed"
    assert one.honest() == 7


# ---- arguments -------------------------------------------------------------------------------------------------------


def test_what_a_function_changes_is_not_the_tests(student):
    one = student("def spoil(X, rows):\n    X[:] = 0\n    rows.append(1)\n    return X")
    X, rows = np.ones(3), [1]
    assert (one.spoil(X, rows) == 0).all()
    assert (X == 1).all() and rows == [1]
    result, (X, rows) = one.after("spoil", np.ones(3), [])
    assert (result == 0).all() and (X == 0).all() and rows == [1]


def test_a_given_function_is_built_where_the_code_runs(student, tmp_path):
    (tmp_path / "given.py").write_text("def line(a, b):\n    return lambda x: a * x + b\n")
    one = student("def slope(f): return f(1) - f(0)", folder=tmp_path)
    assert one.slope(Given("line", 3, 4)) == 3


def test_objects_stay_where_they_are(student):
    lines = """
        import os
        class Layer:
            def __init__(self, W): self.W = W
            def forward(self, X): return X @ self.W
            def copy(self): return Layer(self.W.copy())
            def leave(self): os._exit(0)
        def run(layer, X): return layer.forward(X)
    """
    one = student(lines)
    layer = one.make("Layer", np.full((2, 2), 3.0))
    assert (layer.forward(np.eye(2)) == 3).all()
    assert (one.run(layer, np.eye(2)) == layer.value("W")).all()
    assert (layer.make("copy").value("W") == 3).all()
    with pytest.raises(Missed, match="got a Layer"):
        one.Layer(1)
    with pytest.raises(Missed, match="AttributeError"):
        layer.backward(1)
    with pytest.raises(Missed, match="ended its process"):
        layer.leave()
    for use in (lambda: layer.forward(np.eye(2)), lambda: one.run(layer, np.eye(2))):
        with pytest.raises(Missed, match="was lost") as missed:
            use()
        assert missed.value.outcome == "crashed"


# ---- cells -----------------------------------------------------------------------------------------------------------


def test_the_last_definition_counts_wherever_it_stands(student):
    one = student(
        "import numpy as np\ndef f(): return 1",
        "class A:\n    def f(self): return 3\ndef outer():\n    def f(): return 4",
        "if True:\n    try:\n        @staticmethod\n        def f(): return 2\n    finally: pass",
        "g = lambda x: x + 1\nfrom functools import partial\nh = partial(g, 3)",
        "class Call:\n    def __call__(self): return 9\nk = Call()\nfrom math import sqrt as root\nfrom math import *",
    )
    assert (one.f(), one.g(1), one.h(), one.k(), one.root(4), one.cos(0)) == (2, 2, 4, 9, 2, 1)
    assert one.source("f") == "        @staticmethod\n        def f(): return 2"
    assert one.source("g") == "g = lambda x: x + 1"
    assert one.source("k") == "k = Call()"
    assert one.source("A").startswith("class A")
    assert one.source("nothing") == ""
    assert one.has("k")
    assert not one.has("nothing")


def test_a_cell_that_fails_costs_itself(student):
    one = student(
        "a = 1\n1 / 0\nb = 2",
        "def f(:\n    pass",
        "c = 3",
        "import sys; sys.exit(0)",
        "\0",
        "while True: pass",
        "def leave():\n    d = 4\nimport os; os._exit(0)",
        "( " * 5000,
        "-" * 200_000 + "1",
        "e = 5",
        "raise SystemError('a\\nb')",
    )
    assert (one.value("a"), one.value("c"), one.value("e")) == (1, 3, 5)
    for name, words in (("b", "ZeroDivisionError"), ("f", "SyntaxError"), ("leave", "ended the process")):
        with pytest.raises(Missed, match=f"there is no {name}.*{words}"):
            one.call(name)
    numbers = [int(note.split()[1]) for note in one.notes]
    assert numbers == [1, 2, 4, 5, 6, 7, 8, 9, 11]
    assert "took too long and was left out" in one.notes[4]
    assert all(note.isprintable() for note in one.notes)


def test_the_limit_in_all_holds_for_cells_and_calls(student):
    one = student(*["while True: pass"] * 9, HONEST, limits=Limits(cell=1, total=4))
    began = time.monotonic()
    with pytest.raises(Missed, match="more than 4 seconds") as missed:
        one.honest()
    assert missed.value.outcome == "timed out"
    assert time.monotonic() - began < 8
    with pytest.raises(Missed):
        one.honest()
    assert one.source("honest") == ""


def test_a_function_that_hangs_twice_is_not_called_again(student):
    one = student(HONEST, "def bad():\n    while True: pass")
    for _ in range(2):
        with pytest.raises(Missed, match="no answer"):
            one.bad()
    began = time.monotonic()
    with pytest.raises(Missed, match="was not called again") as missed:
        one.bad()
    assert time.monotonic() - began < 0.5
    assert missed.value.outcome == "timed out"
    assert one.honest() == 7
    assert one.source("bad").startswith("def bad")


def test_what_notebooks_do_besides_is_possible(student):
    lines = """
        import inspect, dataclasses, typing
        from nnlib import data, functional
        get_ipython().run_line_magic("matplotlib", "inline")
        display(3)
        help(f"{3}"); help(print)
        def f(): return 1
        @dataclasses.dataclass
        class P:
            x: int
            y: typing.ClassVar[int] = 3
        text = inspect.getsource(f)
        here = __name__
        def digits(): return data.load_mnist().X_test[:2]
    """
    one = student(lines, limits=Limits())
    assert one.value("text") == "def f(): return 1\n"
    assert one.value("here") == "__main__"
    assert one.digits().shape == (2, 784)
    assert one.notes == []


def test_the_same_code_gives_the_same_numbers_twice(student):
    lines = """
        import numpy as np, random
        def draw():
            names = {"softmax", "loss", "gradient", "step"}
            return [np.random.rand(), random.random(), np.random.default_rng().random(), np.random.RandomState().rand(),
                    list(names), hash("a")]
    """
    one, another = student(lines), student(lines)
    first = one.draw()
    assert one.draw() == another.draw() == first


# ---- and nothing stays -----------------------------------------------------------------------------------------------


def workers():
    """The processes on this machine that run the worker for this user's tests."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"worker.py" in path.read_bytes():
                found.add(int(path.parent.name))
        except OSError:
            pass
    return found


@pytest.mark.parametrize("unsafe", [False, True], ids=["sandbox", "unsafe"])
def test_nothing_stays_when_it_is_closed(student, unsafe, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads, before = threading.active_count(), workers()
    one = student(HONEST, "open('left', 'w')", sandbox=Sandbox(unsafe))
    assert one.honest() == 7
    mine = set(one._worker._process.args) and {one._worker._process.pid}
    assert mine <= workers()
    one.close()
    assert not mine & workers()
    assert not any(Path(f"/proc/{number}").exists() for number in mine)
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() <= threads + 1
    assert len(workers()) <= len(before) + 50  # neighbours may run their own


def test_nothing_stays_when_the_grader_is_killed(tmp_path):
    lines = """
        import os, threading
        from assignments.student import Student
        one = Student(["import os, threading\\ndef f():\\n    while True: pass"])
        one.load()
        fdinfo = open(f"/proc/self/fdinfo/{one._worker._inner}").read()
        print([line.split()[1] for line in fdinfo.splitlines() if line.startswith("Pid:")][0], flush=True)
        one.f()
    """
    grader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(lines)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    inner = int(grader.stdout.readline())
    assert Path(f"/proc/{inner}").exists()
    time.sleep(0.2)
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    until = time.monotonic() + 10
    while Path(f"/proc/{inner}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{inner}").exists()


def test_unsafe_runs_too_and_says_so():
    with pytest.warns(match="your own rights"):
        place = Sandbox(unsafe=True)
    place.probe()
    with Student([HONEST, "while True: pass"], sandbox=place, limits=QUICK) as one:
        assert one.honest() == 7
        assert len(one.notes) == 1


@pytest.mark.skipif(not can_become_one(), reason="only root can run something as another user")
def test_all_this_holds_for_an_ordinary_user(tmp_path_factory):
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        home = Path(scratch, "home")
        home.mkdir()
        os.chmod(home, 0o1777)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__]
        same = "lie or patched or exception or plain or cell or again or text or another or power or search or sleep"
        command += ["-k", f"not ({same} or swallows)"]  # what is the same for all users is tried above
        done = subprocess.run(
            as_ordinary_user(["env", f"HOME={home}", f"TMPDIR={home}", *command, f"--basetemp={home}/base"], scratch),
            cwd=ROOT, capture_output=True, text=True, timeout=900,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert " passed" in done.stdout
