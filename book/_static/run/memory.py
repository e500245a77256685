"""Remembers what the cells of a page left, brings it back, and sees whether it is the same.

Most of what a cell can change is put back: names, lists, dicts and sets, arrays, objects, functions, random generators,
the functions of modules, settings and small files. For what cannot be put back, a large array or an iterator that has
gone on, there is a digest of all that the names lead to: where it differs, something is lost, and is named.
"""

import ast
import builtins
import collections
import contextlib
import decimal
import hashlib
import importlib
import io
import itertools
import marshal
import os
import pickle
import random
import sys
import types
import warnings
import weakref
import zlib
from functools import partial
from operator import is_

LARGEST = 4_000_000  # bytes of an array, or of a file, that is put back; a larger one is only compared
MOST = 300_000  # objects that are looked at
OWN = ("__main__", "nnlib")  # packages whose objects, functions and classes are looked into and put back
FOLDERS = ("/home/pyodide", "/tmp") if sys.platform == "emscripten" else ()  # their files are put back

ATOMS = {int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented)}
PLAIN = {"Decimal", "Fraction", "PosixPath", "datetime", "date", "time", "timedelta"}  # they never change
PLAIN |= {"dtype", "Pattern", "Match", "range", "slice", "SystemRandom"}
ABSENT = object()


class Memory:
    """What the names of a page, and all that they lead to, were at some moments."""

    def __init__(self, names):
        self.names = names
        self.originals = {}  # module or class -> what it held when it was new
        self.born = {}  # module of nnlib -> how to make it what it was when it was new
        self.copies = {}  # id of an array -> its digest, and a copy that several moments share
        self.defaults = {}  # setting -> what it was when its module was new
        self.filters = []  # those of warnings that modules add when they are new
        self.note_modules()

    def prepare(self, tree):
        """Import what a cell is going to import, to know these modules before the cell can change them."""
        filters = warnings.filters.copy()
        before = patches(self.originals)
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                package, _, last = name.rpartition(".")
                if name not in sys.modules and not hasattr(sys.modules.get(package), last):
                    with contextlib.suppress(Exception):  # what is wrong the cell itself will say
                        importlib.import_module(name)
        self.filters[:0] = [known for known in warnings.filters if known not in filters + self.filters]
        # A module may change another as it is imported. It does so only once, so that is never put back.
        for (holder, name), value in patches(self.originals).items():
            if before.get((holder, name), self.originals[holder].get(name, ABSENT)) is not value:
                self.originals[holder][name] = value
        self.note_modules()

    def note_modules(self):
        for name, module in list(sys.modules.items()):
            if isinstance(module, types.ModuleType) and module not in self.originals and name != "__main__":
                self.note(name, module)
        for name, get, _ in settings():
            if name not in self.defaults:
                self.defaults[name] = get()

    def note(self, name, module):
        """Keep what a module holds when it is new."""
        self.originals[module] = dict(vars(module))
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == name and changeable(value):
                self.originals.setdefault(value, dict(vars(value)))
        if name.partition(".")[0] == "nnlib":
            self.born[module] = View([vars(module)], self.copies).undo

    def with_filters(self, values):
        """Settings with the filters of the modules that are there now: these come only once."""
        known = values["warnings"]
        return {**values, "warnings": [*(new for new in self.filters if new not in known), *known]}

    def take(self, shown=""):
        """Return what all is now; `shown` stands for what the figures show, which are not looked into."""
        self.note_modules()
        return Moment(self, shown)


class Moment:
    """What all was when a cell had run. `digest` is the same for two of them only if a cell sees no difference."""

    def __init__(self, memory, shown=""):
        self.memory = memory
        self.modules = sys.modules.copy()
        self.view = self.look(memory.copies)
        memory.copies = self.view.copies
        self.patches = patches(memory.originals)
        self.settings = {**memory.defaults, **{name: get() for name, get, _ in settings()}}
        self.files = files()
        patched = sorted((str(holder), name, id(value)) for (holder, name), value in self.patches.items())
        sums = [(path, zlib.crc32(f) if isinstance(f, bytes) else f) for path, f in sorted(self.files.items())]
        told = {name: plainly(self.wanted(name)) for name in self.settings}
        defaults = memory.with_filters(memory.defaults)
        told = {name: value for name, value in told.items() if value != plainly(defaults[name])}
        text = repr([self.view.digests, patched, sums, told, shown if self.view.artists else ""])
        if self.view.unknown:
            text += os.urandom(8).hex()
        self.digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def look(self, copies=None):
        return View([self.memory.names, *map(vars, own_modules(self.modules).values())], copies)

    def bring_back(self):
        """Make all what it was; return the names of what could not be put back."""
        for module, undo in self.memory.born.items():
            if self.modules.get(module.__name__) is not module:
                perform(undo)
        perform(self.view.undo)
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        originals = self.memory.originals
        for holder, name in {**patches(originals), **self.patches}:
            with contextlib.suppress(Exception):
                restore(holder, name, self.patches.get((holder, name), originals[holder].get(name, ABSENT)))
        for name, _, put in settings():
            with contextlib.suppress(Exception):
                put(self.wanted(name))
        put_files(self.files)
        return self.view.unknown | self.lost()

    def wanted(self, setting):
        """What a setting was then; of a module that was not there yet, what it was when it was new."""
        return self.memory.with_filters({**self.memory.defaults, **self.settings})[setting]

    def lost(self):
        """The names of what is not as it was."""
        now = self.look()
        lost = {name for name, get, _ in settings() if plainly(get()) != plainly(self.wanted(name))}
        patched = patches(self.memory.originals)
        lost |= {name for _, name in {*patched, *self.patches} if patched != self.patches}
        lost |= {path for path, content in files().items() if self.files.get(path) != content}
        pairs = itertools.zip_longest(self.view.digests, now.digests)
        lost |= {self.view.origins[min(n, len(self.view.origins) - 1)] for n, (a, b) in enumerate(pairs) if a != b}
        if now.marks != self.view.marks:
            lost.add("a figure")
        return lost


def perform(undo):
    for step in undo:
        with contextlib.suppress(Exception):  # what could not be put back shows in the digest
            step()


class View:
    """One look at all that some roots lead to: how to put it back, and a digest of each object, in their order."""

    def __init__(self, roots, copies=None):
        self.undo, self.digests, self.origins, self.marks = [], [], [], []
        self.unknown = set()  # names that lead to something that nobody can look into
        self.artists = False  # a part of a figure is there
        self.old, self.copies = copies, {}  # without `copies` it only compares
        self.modules = {id(vars(module)) for module in own_modules(sys.modules).values()}
        self.objects, self.numbers, self.origin = [], {}, ""
        for root in roots:
            self.number(root, "" if root is roots[0] else root["__name__"])
        for n, value in enumerate(self.objects):  # it grows
            self.origin = self.origins[n]
            if n == MOST:
                self.unknown.add(self.origin)
                break
            try:
                self.digests.append(self.look(value))
            except Exception:
                self.unknown.add(self.origin)
                self.digests.append(None)
        if copies is None:
            del self.undo, self.objects

    def number(self, value, origin=None):
        """What stands for a value inside another: itself if it is an atom, else the number of the object."""
        kind = type(value)
        if kind in ATOMS:
            return kind.__name__, atom(value)
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
            self.origins.append(origin if origin is not None else self.origin)
        return self.numbers[id(value)]

    def every(self, values):
        """The same of many values; those that hold nothing but atoms are told by their bytes."""
        values = list(values)
        if len(values) > 100 and set(map(type, values)) <= ATOMS:
            return zlib.crc32(marshal.dumps(values, 2)), len(values)
        return [self.number(value) for value in values]

    def pairs(self, mapping):
        if mapping is self.objects[0]:  # the names themselves
            return [(name, self.number(value, origin=str(name))) for name, value in mapping.items()]
        return self.every(mapping), self.every(mapping.values())

    # ---- the kinds of objects ---------------------------------------------------------------------------------------

    def look(self, value):
        kind = type(value)
        if kind.__flags__ & (1 << 9) and kind.__module__ == "__main__":
            self.number(kind)
        if isinstance(value, type):
            return self.look_class(value)
        if isinstance(value, types.FunctionType):
            return self.look_function(value)
        if isinstance(value, types.ModuleType):
            return "module", value.__name__
        if isinstance(value, dict):
            return self.look_dict(value)
        if isinstance(value, list | set | bytearray | collections.deque):
            return self.look_container(value)
        if isinstance(value, tuple | frozenset):
            return kind.__qualname__, self.every(value), self.inside(value)
        if isinstance(value, types.MethodType):
            return "method", self.number(value.__func__), self.number(value.__self__)
        if isinstance(value, types.CellType):
            return self.look_cell(value)
        if isinstance(value, property):
            return "property", *map(self.number, (value.fget, value.fset, value.fdel))
        if isinstance(value, staticmethod | classmethod):
            return kind.__name__, self.number(value.__func__)
        if isinstance(value, types.BuiltinFunctionType | types.MethodWrapperType):
            return "builtin", value.__qualname__, self.number(getattr(value, "__self__", None))
        if isinstance(value, types.CodeType):
            return "code", code(value)
        if isinstance(value, types.GeneratorType):
            frame = value.gi_frame
            inside = frame and (frame.f_lasti, [(name, self.number(v)) for name, v in frame.f_locals.items()])
            return "generator", code(value.gi_code), inside
        if isinstance(value, io.IOBase):
            return "file", str(getattr(value, "name", "")), value.closed or value.tell()
        if kind.__name__ in PLAIN:
            return kind.__name__, repr(value)
        package = kind.__module__.partition(".")[0]
        if package == "numpy" or ("numpy" in sys.modules and isinstance(value, sys.modules["numpy"].ndarray)):
            known = self.look_numpy(value)
            if known is not None:
                return known
        if package == "matplotlib":
            self.artists = True
            self.marks.append(artist_marks(value))
            return "matplotlib", kind.__qualname__
        if isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
            self.undo.append(partial(value.setstate, value.getstate()))
            return "random", value.getstate()
        if kind is types.SimpleNamespace:
            return kind.__name__, self.inside(value)
        if package in OWN and changeable(kind):
            native = [base for base in kind.__mro__[:-1] if not base.__flags__ & (1 << 9)]
            return kind.__qualname__, self.inside(value), self.look_foreign(value) if native else None
        if kind.__name__ == "_lru_cache_wrapper":  # a cache may hold what later cells made
            self.undo.append(value.cache_clear)
            return "cached", self.number(value.__wrapped__), self.inside(value)
        if kind is types.MappingProxyType:
            return "proxy", self.every(value), self.every(value.values())
        if kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
            return kind.__name__, self.number(value.mapping)
        if kind is memoryview:
            return "memoryview", value.format, value.shape, zlib.crc32(value.tobytes())
        if isinstance(value, weakref.ref):
            return "weakref", self.number(value())
        return self.look_foreign(value)

    def look_dict(self, value):
        items = value.copy() if type(value) is not collections.defaultdict else dict(value)
        if id(value) in self.modules:
            self.undo.append(partial(refill_module, value, items))
            kept = {name: part for name, part in items.items() if not isinstance(part, types.ModuleType)}
            return "module", [(name, self.number(part)) for name, part in kept.items() if name[:2] != "__"]
        ordered = isinstance(value, collections.OrderedDict)
        methods = collections.OrderedDict if ordered else dict
        self.undo.append(partial(refill_dict, value, dict(items), methods))
        return type(value).__qualname__, self.pairs(value), self.inside(value)

    def look_container(self, value):
        kind = next(kind for kind in (list, set, bytearray, collections.deque) if isinstance(value, kind))
        self.undo.append(partial(refill, value, kind(value) if kind is not collections.deque else list(value), kind))
        what = zlib.crc32(value) if kind is bytearray else self.every(value)
        return type(value).__qualname__, what, self.inside(value)

    def look_cell(self, value):
        try:
            content = value.cell_contents
        except ValueError:
            return "cell", "empty"
        self.undo.append(partial(setattr, value, "cell_contents", content))
        return "cell", self.number(content)

    def look_function(self, value):
        if value.__module__ is not None and value.__module__.partition(".")[0] not in OWN:
            return "function", value.__module__, value.__qualname__
        fields = ("__code__", "__defaults__", "__kwdefaults__")
        self.undo += [partial(setattr, value, field, getattr(value, field)) for field in fields]
        inside = [value.__defaults__, value.__kwdefaults__, value.__closure__, value.__dict__]
        return "function", code(value.__code__), [self.number(part) for part in inside]

    def look_class(self, value):
        if value.__module__.partition(".")[0] not in OWN or not changeable(value):
            return "class", value.__module__, value.__qualname__
        hidden = ("__dict__", "__weakref__", "__doc__", "_abc_impl")
        items = {name: part for name, part in vars(value).items() if name not in hidden}
        self.undo.append(partial(refill_class, value, items))
        bases = [self.number(base) for base in value.__bases__]
        return "class", value.__qualname__, bases, [(name, self.number(part)) for name, part in items.items()]

    def look_numpy(self, value):
        numpy, kind = sys.modules["numpy"], type(value)
        if isinstance(value, numpy.ndarray):
            return self.look_array(value)
        if isinstance(value, numpy.generic):
            return kind.__name__, value.tobytes()
        if kind.__name__ in ("Generator", "RandomState"):
            return kind.__name__, self.number(getattr(value, "bit_generator", None) or value._bit_generator)
        if isinstance(value, numpy.random.BitGenerator):
            state = value.state
            self.undo.append(partial(setattr, value, "state", state))
            return kind.__name__, repr(state)
        return None

    def look_array(self, value):
        # By its bit: the name would make NumPy warn of what numpy.broadcast_arrays returned, on the reader's page.
        writeable = bool(value.flags.num & 0x400)
        form = (type(value).__qualname__, value.dtype.str, value.shape, value.strides, writeable)
        if value.dtype.hasobject:
            if value.dtype != object:
                self.unknown.add(self.origin)
            items = value.copy()
            self.undo.append(partial(put, value, items, writeable))
            return form, self.every(items.ravel().tolist()), self.inside(value)
        digest = array_digest(value)
        if self.old is None:
            return form, digest, self.inside(value)
        if value.nbytes <= LARGEST:
            known, copy = self.old.get(id(value), (None, None))
            if known != (form, digest):
                copy = value.copy()
            self.copies[id(value)] = ((form, digest), copy)
            self.undo.append(partial(put, value, copy, writeable))
        else:
            self.undo.append(partial(lock, value, value.shape, writeable))
        return form, digest, self.inside(value)

    def inside(self, value):
        """What an object has beside its contents: its attributes, in a dict or in slots."""
        held = []
        attributes = getattr(value, "__dict__", None)
        if type(attributes) is dict:
            held.append(self.number(attributes))
        for kind in type(value).__mro__:
            if not kind.__flags__ & (1 << 9):
                continue
            slots = vars(kind).get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else tuple(slots):
                if name in ("__dict__", "__weakref__"):
                    continue
                part = getattr(value, name, ABSENT)
                self.undo.append(partial(restore, value, name, part))
                held.append((name, "absent" if part is ABSENT else self.number(part)))
        return held

    def look_foreign(self, value):
        """Of another package: what pickle finds in it, else what it is made from; it can only be compared."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            buffers = []
            try:
                packed = pickle.dumps(value, 5, buffer_callback=buffers.append)
                return "pickle", zlib.crc32(packed), len(packed), [zlib.crc32(buffer.raw()) for buffer in buffers]
            except Exception:
                made = value.__reduce_ex__(4)
        if isinstance(made, str):
            return "global", made
        parts = [list(part) if i in (3, 4) and part is not None else part for i, part in enumerate(made)]
        return "made", [self.number(part) for part in parts]


def changeable(kind):
    return bool(kind.__flags__ & (1 << 9)) and not kind.__flags__ & (1 << 8)


def atom(value):
    if type(value) is int and not -(2**63) < value < 2**63:
        return hex(value)
    return repr(value) if type(value) in (float, complex) else value


def code(value):
    return zlib.crc32(marshal.dumps(value, 2))


def array_digest(array):
    numpy = sys.modules["numpy"]
    if array.flags.c_contiguous or array.flags.f_contiguous:
        whole = array.T if not array.flags.c_contiguous else array
    else:
        whole = numpy.ascontiguousarray(array)
    raw = numpy.frombuffer(whole.reshape(-1).view(numpy.uint8), numpy.uint8) if whole.size else b""
    return zlib.crc32(raw)


def artist_marks(value):
    """What can be told of a figure, or of a part of one, without drawing it."""
    figure = getattr(value, "figure", None) or value
    marks = [id(value)]
    for artist in figure.findobj() if hasattr(figure, "findobj") else [value]:
        marks.append(id(artist))
        for name, part in sorted(getattr(artist, "__dict__", {}).items()):
            if name != "stale" and (type(part) in ATOMS or (type(part) is tuple and {*map(type, part)} <= ATOMS)):
                marks.append((name, repr(part)))
            elif type(part).__name__ == "ndarray" and not part.dtype.hasobject:
                marks.append((name, part.shape, array_digest(part)))
        limits = getattr(artist, "_viewLim", None)
        if limits is not None:
            marks.append(limits.get_points().tobytes())
    return marks


# ---- putting back ---------------------------------------------------------------------------------------------------


def refill(value, copy, kind):
    """Make a container what it was. One that is as it was is left alone: a set may hold its parts in another order."""
    if kind is set and set(map(id, value)) == set(map(id, copy)):
        return
    kind.clear(value)
    (kind.update if kind is set else kind.extend)(value, copy)


def refill_dict(value, copy, methods):
    if len(value) == len(copy) and all(map(is_, value, copy)) and all(map(is_, value.values(), copy.values())):
        return
    methods.clear(value)
    methods.update(value, copy)


def refill_module(value, copy):
    for name, part in list(value.items()):
        if name not in copy and not isinstance(part, types.ModuleType):
            del value[name]
    value.update(copy)


def refill_class(kind, items):
    hidden = ("__dict__", "__weakref__", "__doc__", "_abc_impl")
    for name in [name for name in vars(kind) if name not in items and name not in hidden]:
        restore(kind, name, ABSENT)
    for name, part in items.items():
        if vars(kind).get(name, ABSENT) is not part:
            restore(kind, name, part)


def restore(holder, name, value):
    if value is not ABSENT:
        setattr(holder, name, value)
    elif name in vars(holder) if hasattr(holder, "__dict__") else hasattr(holder, name):
        delattr(holder, name)


def put(array, copy, writeable):
    array.flags.writeable = True  # a later cell may have locked it
    array.shape = copy.shape
    array[...] = copy
    array.flags.writeable = writeable


def lock(array, shape, writeable):
    array.shape = shape
    array.flags.writeable = writeable


# ---- modules, settings and files ------------------------------------------------------------------------------------


def own_modules(modules):
    return {
        name: module
        for name, module in list(modules.items())
        if name.partition(".")[0] == "nnlib" and isinstance(module, types.ModuleType)
    }


def patches(originals):
    """What public names of modules and classes are no longer what they were when these were new."""
    found = {}
    for holder, old in originals.items():
        now = vars(holder)
        if len(now) == len(old) and all(map(is_, now.values(), old.values())):
            continue
        for name in {*now, *old}:
            value = now.get(name, ABSENT)
            public = not name.startswith("_") or name in ("__init__", "__call__", "__getattr__")
            if holder is sys and name in ("stdout", "stderr"):  # each run sets them
                continue
            if public and value is not old.get(name, ABSENT) and not isinstance(value, types.ModuleType):
                found[holder, name] = value
    return found


def settings():
    """What is set for all of Python: a name, what gives it, what puts it back."""
    yield "builtins", vars(builtins).copy, partial(refill_module, vars(builtins))
    yield "random", random.getstate, random.setstate
    yield "environment", os.environ.copy, lambda value: (os.environ.clear(), os.environ.update(value))
    yield "folder", os.getcwd, os.chdir
    yield "path", sys.path.copy, partial(sys.path.__setitem__, slice(None))
    yield "warnings", warnings.filters.copy, put_warnings
    yield "recursion", sys.getrecursionlimit, sys.setrecursionlimit
    yield "decimal", lambda: decimal.getcontext().copy(), lambda value: decimal.setcontext(value.copy())
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        yield "numpy.random", numpy.random.get_state, numpy.random.set_state
        yield "numpy.errors", numpy.geterr, lambda value: numpy.seterr(**value)
        yield "numpy.print", numpy.get_printoptions, lambda value: numpy.set_printoptions(**value)
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None and hasattr(matplotlib, "rcParams"):
        yield "matplotlib", lambda: dict(dict.items(matplotlib.rcParams)), partial(dict.update, matplotlib.rcParams)


def put_warnings(value):
    if warnings.filters != value:
        warnings.simplefilter("default", append=True)  # so that Python notices
        warnings.filters[:] = value


def plainly(value):
    """A text that is the same for settings that are the same."""
    if isinstance(value, dict):
        return [(name, id(part) if callable(part) else plainly(part)) for name, part in value.items()]
    if type(value).__name__ == "ndarray":
        return value.tobytes()
    if isinstance(value, tuple | list):
        return [plainly(part) for part in value]
    return repr(value)


def files():
    """The files that cells may have written: their contents, of a large one its size and time."""
    found = {}
    for folder in FOLDERS:
        for place, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name not in ("__pycache__", ".cache")]
            for name in names:
                path = os.path.join(place, name)
                with contextlib.suppress(OSError):
                    about = os.stat(path)
                    if about.st_size > LARGEST:
                        found[path] = about.st_size, about.st_mtime
                    else:
                        with open(path, "rb") as file:
                            found[path] = file.read()
    return found


def put_files(wanted):
    now = files()
    for path in now.keys() - wanted.keys():
        with contextlib.suppress(OSError):
            os.remove(path)
    for path, content in wanted.items():
        if isinstance(content, bytes) and now.get(path) != content:
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content)
