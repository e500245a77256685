"""The process that runs students' code, seen from the trusted side: every byte that comes from it may be a lie."""

import os
import secrets
import select
import shutil
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from . import wire
from .plain import Hostile, NotPlain

HEADER = 8  # bytes of a message's length
TEXT = 2  # seconds for the text of an exception, which may never come
START = 60  # seconds until a process is ready
CROWD = 20_000  # files in the scratch folder: the kernel's memory for their names is no process's
ANSWERS = ({"value"}, {"strange"}, {"missing"}, {"error", "text"})


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds, bytes and numbers."""

    cell: float = 30
    call: float = 10
    total: float = 300
    hangs: int = 2  # so many times a function may time out; then it is not asked again
    memory: int = 2 * 2**30
    processes: int = 32
    file: int = 10_000_000
    files: int = 64
    scratch: int = 64_000_000
    message: int = 96_000_000

    @classmethod
    def of(cls, seconds):
        """Return the limits where a call may take so many seconds: a cell three times, all thirty times as long."""
        return cls(call=seconds, cell=3 * seconds, total=30 * seconds)

    def of_the_process(self):
        cpu = int(2 * self.total) + 10
        names = {"AS": self.memory, "FSIZE": self.file, "NOFILE": self.files, "CORE": 0, "CPU": cpu}
        return {f"RLIMIT_{name}": value for name, value in names.items()}


class Lost(Exception):  # noqa: N818
    """A worker is gone: it took too long, ended, or sent what it was not asked for.

    Parameters
    ----------
    outcome : str
        "timed out" or "crashed".
    """

    def __init__(self, outcome, words):
        super().__init__(words)
        self.outcome = outcome


class Worker:
    """A process that runs students' code and answers questions.

    Parameters
    ----------
    command : list of str
    limits : Limits
    inner : callable, optional
        Returns the number of the process in the sandbox that takes all others with it; asked once the process answers.
        The sandbox's scratch folder is its ``/tmp``.
    folder : path, optional
        Removed in the end.
    **options
        For `subprocess.Popen`.

    The thread that makes one must live as long: bubblewrap ends with it.

    Raises
    ------
    Lost
        If the process does not come so far as to answer; in its words.

    Attributes
    ----------
    alive : bool
        Whether it can be asked; an answer without a text may have been its last.
    """

    def __init__(self, command, limits, inner=None, folder=None, **options):
        self._limits, self._folder, self._inner, self._thread = limits, folder, None, None
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self._process = subprocess.Popen(command, bufsize=0, start_new_session=True, **pipes, **options)
        self.alive = True
        try:
            self.ask({"do": "ready"}, START)
            if inner:
                self._number = inner()
                self._inner, self._few = os.pidfd_open(self._number), self._files()
        except BaseException as error:
            self.kill()
            if not isinstance(error, Lost):
                raise
            words = self._process.stderr.read(4000).decode(errors="replace").strip() or str(error)
            raise Lost("crashed", words[-500:]) from None
        finally:
            self._process.stderr.close()  # no student's code has run

    def ask(self, question, seconds):
        """Return the answer to a question: a dict with one key of ``value``, ``strange`` (words about a value that does
        not cross) and ``missing``, or with two, ``error`` (the kind of an exception) and ``text``.

        Raises
        ------
        Lost
            If no answer comes in time, the process ends, or what it sends is no answer. It is gone then.
        """
        token = secrets.token_hex(8)
        try:
            answer = self._exchange(wire.encode({"ask": token} | question).encode(), seconds, token)
            if set(answer) == {"error"}:
                try:
                    answer |= self._exchange(b"", TEXT, token)
                except Lost:
                    answer["text"] = ""
            words = [text for kind, text in answer.items() if kind in ("strange", "error", "text")]
            if set(answer) not in ANSWERS or not all(type(text) is str for text in words):
                raise Lost("crashed", "it answered what it was not asked")
        except BaseException as error:
            if not isinstance(error, NotPlain):  # a question that cannot be asked has not been
                self.kill()
            raise
        return answer

    def _exchange(self, question, seconds, token):
        """Send bytes, if any, and return the message that comes back. A thread talks, so that nobody waits for ever."""
        came = []
        thread = self._thread = threading.Thread(target=self._talk, args=(question, came), daemon=True)
        thread.start()
        until = time.monotonic() + seconds
        while thread.is_alive() and (left := until - time.monotonic()) > 0:
            thread.join(min(left, 0.25))
            if self._inner is not None and self._files() - self._few > CROWD:
                self.kill()
                raise Lost("crashed", "too many files in the scratch folder")
        if thread.is_alive():
            self.kill()
            raise Lost("timed out", f"no answer after {seconds:.3g} seconds")
        if not came:
            self.kill()
            raise Lost("crashed", "the process ended")
        try:
            answer = wire.decode(came[0])
        except Hostile:
            answer = None
        if type(answer) is not dict or answer.pop("to", None) != token:
            self.kill()
            raise Lost("crashed", "it answered what it was not asked")
        return answer

    def _talk(self, question, came):
        try:
            rest = memoryview(len(question).to_bytes(HEADER, "big") + question if question else b"")
            while rest:
                rest = rest[self._process.stdin.write(rest) :]
            size = int.from_bytes(self._read(HEADER), "big")
            came.append(self._read(size) if size <= self._limits.message else b"")  # too long is no answer
        except (OSError, ValueError, EOFError):  # the process ended, or was killed meanwhile
            pass

    def _read(self, size):
        read = bytearray()
        while len(read) < size:
            part = self._process.stdout.read(min(size - len(read), 1 << 20))
            if not part:
                raise EOFError
            read += part
        return bytes(read)

    def _files(self):
        """Count the files in the sandbox's scratch folder."""
        try:
            found = os.statvfs(f"/proc/{self._number}/root/tmp")
        except OSError:  # the process has ended
            return 0
        return found.f_files - found.f_ffree

    def kill(self):
        """End the process and all that it started, and wait until they are gone; a second time does nothing."""
        if not self.alive:
            return
        self.alive = False
        if self._inner is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._inner, signal.SIGKILL)
                gone = select.poll()
                gone.register(self._inner, select.POLLIN)
                gone.poll(10_000)
            os.close(self._inner)
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        if self._thread is not None:
            self._thread.join(2)  # it reads to the end; without a sandbox some other process may keep that from coming
        if self._thread is None or not self._thread.is_alive():
            self._process.stdin.close()
            self._process.stdout.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
