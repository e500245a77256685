"""A Ctrl-C that waits until what is begun is whole."""

import signal
import threading
from contextlib import contextmanager


@contextmanager
def held_back():
    """Give a list in which a Ctrl-C leaves a note, in place of the KeyboardInterrupt; a second one interrupts at once.
    Where somebody else takes care of it, and beside the main thread, it stays as it is.
    """
    came, usual = [], signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield came
        return

    def note(*_):
        came.append(True)
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, note)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, usual)
