"""The tests of a sweep take turns.

With MINUTES in the environment, as many of them are run as take no longer than that in all, one after the other;
without it all are. Whatever changes in a notebook or in the library draws anew. `sweep(seconds=…)` is for one that
takes long; one that takes longer than the MINUTES is left to the whole sweep.
"""

import hashlib

USUAL = 30  # seconds, of which most are for the start of Python in a browser, or for the layout of a page


def now(root):
    """Return what decides whose turn it is: all notebooks and the library, as bytes."""
    files = sorted([*root.glob("notebooks/*.ipynb"), *root.glob("nnlib/**/*.py"), *root.glob("nnlib/**/*.wgsl")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def chosen(seconds, minutes, now):
    """Return the names whose turn it is, of a dictionary from names to seconds."""
    left, names = 60 * float(minutes), set()
    for name in sorted(seconds, key=lambda name: hashlib.sha256(now + name.encode()).digest()):
        if seconds[name] <= left:
            names.add(name)
            left -= seconds[name]
    return names


def take(config, items, minutes):
    """Deselect the tests whose turn it is not."""
    marks = {item.nodeid: item.get_closest_marker("sweep") for item in items}
    seconds = {name: mark.kwargs.get("seconds", USUAL) for name, mark in marks.items() if mark}
    stay = chosen(seconds, minutes, now(config.rootpath))
    gone = [item for item in items if item.nodeid in seconds and item.nodeid not in stay]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]
