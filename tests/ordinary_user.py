"""A command run as a user without rights, from root's shell, on a machine whose Python may lie in root's home."""

import os
import shlex
import sys
from pathlib import Path

NOBODY = 65534


def as_ordinary_user(command, scratch):
    """Return the command that runs another one as nobody, in a mount namespace of its own.

    A folder that only root may enter and that Python or this repository lies in is covered there by an empty one, with
    nothing in it but these: no mode and no owner is changed.

    Parameters
    ----------
    command : list of str
    scratch : path
        An empty folder, where what is shown is held meanwhile.
    """
    root = Path(__file__).resolve().parent.parent
    steps, held = [], {}
    for number, path in enumerate(dict.fromkeys(map(Path, (sys.base_prefix, sys.prefix, root)))):
        closed = [folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001]
        if closed:
            held.setdefault(closed[0], []).append((path, f"{scratch}/{number}"))
    for places in held.values():
        for path, place in places:
            steps += [f"mkdir {q(place)}", f"mount --bind {q(path)} {q(place)}"]
    for closed, places in held.items():
        steps.append(f"mount -t tmpfs -o mode=755 tmpfs {q(closed)}")
        for path, place in places:
            steps += [f"mkdir -p {q(path)}", f"mount --bind {q(place)} {q(path)}"]
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]
    steps.append(shlex.join(["exec", *user, *command]))
    return ["unshare", "--mount", "sh", "-ec", "\n".join(["umask 022", *steps])]


def can_become_one():
    """Say whether this process can run something as another user."""
    return os.name == "posix" and os.geteuid() == 0 and sys.platform == "linux"


def q(path):
    return shlex.quote(str(path))
