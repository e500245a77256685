"""What a cell changed is as it was when the cells above are run on again, or is named as lost: never silently other."""

import sys

import numpy as np
import pytest

IMPORTS = "import sys, os, math, random, warnings, itertools, collections, functools, types\nimport numpy as np\n"
FUNCTIONAL = "from nnlib import functional as F\nfrom nnlib.two_layer import TwoLayerNet\n"
LARGE = "X = np.arange(1_000_000.0)"
CLASS = "class Net:\n    rate = 1\n    seen = []\n    def __init__(self):\n        self.W = np.ones(3)\n"
SLOTS = "class Pair:\n    __slots__ = ('a', 'b')\npair = Pair(); pair.a = 1"
CLOSURE = "def counter():\n    n = 0\n    def add():\n        nonlocal n; n += 1\n    return add\ncount = counter()"

# A first cell, a later one that changes something, and what a cell between them prints of it.
PUT_BACK = {
    "a name": ("x = 1", "x = 2", "x"),
    "a name that is new": ("", "x = 2", "'x' in globals()"),
    "a deleted name": ("x = 1", "del x", "x"),
    "minus one and minus two": ("x = [-1]", "x[0] = -2", "x"),
    "an array": ("x = np.zeros(3)", "x += 1", "x"),
    "an array's shape": ("x = np.zeros((2, 3))", "x.shape = (3, 2)", "x"),
    "an array's lock": ("x = np.zeros(3)", "x.flags.writeable = False", "x.flags.writeable"),
    "an array of objects": ("x = np.array([None, [1]], dtype=object)", "x[0] = 3; x[1].append(2)", "x"),
    "a view": ("x = np.zeros(6); y = x[::2]", "y[:] = 4", "x, y, y.base is x"),
    "an array in a dict in a tuple": ("x = ({'a': np.zeros(2)},)", "x[0]['a'] -= 1", "x"),
    "a structured array": ("x = np.zeros(2, [('a', int)])", "x['a'] = 3", "x"),
    "a long list": ("x = [[i] for i in range(5000)]", "x[4000].append(1)", "x[4000]"),
    "a long list of numbers": ("x = list(range(5000))", "x[4000] = -1", "x[4000]"),
    "the order of a set that was larger": (
        "x = set(range(100, 0, -1))\nfor n in range(1, 95): x.discard(n)\nx |= {1, 33, 65}", "y = 1", "list(x)"
    ),
    "a dict's order": ("x = {'a': 1, 'b': 2}", "x['a'] = x.pop('a')", "list(x)"),
    "collections": (
        "d, o, c = collections.deque([1], 3), collections.OrderedDict(a=1, b=2), collections.defaultdict(list, a=[1])",
        "d.append(2); o.move_to_end('a'); c['a'].append(1); c['b']",
        "d, o, c",
    ),
    "bytes that change": ("x = bytearray(b'abc')", "x[0] = 65", "x"),
    "an object": (CLASS + "net = Net()", "net.W *= 3; net.more = 1", "vars(net)"),
    "a class": (CLASS, "Net.rate = 2; Net.seen.append(1); Net.step = len", "Net.rate, Net.seen, hasattr(Net, 'step')"),
    "slots": (SLOTS, "pair.a = 2; pair.b = 3", "pair.a, hasattr(pair, 'b')"),
    "a closure": (CLOSURE, "count()", "count.__closure__[0].cell_contents"),
    "a default": ("def f(x, seen=[]):\n    return seen", "f(1).append(1); f.mark = 1", "f(1), hasattr(f, 'mark')"),
    "a replaced default": ("def f(x=1):\n    return x", "f.__defaults__ = (2,)", "f()"),
    "a namespace": ("x = types.SimpleNamespace(a=1)", "x.a = 2", "x"),
    "a cache": ("def f(n):\n    return n + k\nk = 1; g = functools.cache(f)", "k = 2; g(1)", "g(1)"),
    "a generator": ("rng = np.random.default_rng(0)", "rng.random(3)", "rng.bit_generator.state"),
    "a bound method": ("draw = np.random.default_rng(0).normal", "draw()", "draw.__self__.bit_generator.state"),
    "an old generator": ("rng = np.random.RandomState(0)", "rng.rand()", "rng.get_state()[2]"),
    "the global generators": ("np.random.seed(0); random.seed(0)", "np.random.rand(); random.random()",
                              "np.random.get_state()[2], hash(random.getstate())"),
    "a generator of Python": ("r = random.Random(0)", "r.random()", "hash(r.getstate())"),
    "the library's function": ("", "F.softmax = lambda Z: Z * 0", "F.softmax(np.zeros((1, 2)))"),
    "the library's class": ("", "TwoLayerNet.step = None; TwoLayerNet.extra = 1",
                            "TwoLayerNet.step is None, hasattr(TwoLayerNet, 'extra')"),
    "the library's code": ("", "F.softmax.__code__ = (lambda Z: Z * 0).__code__", "F.softmax(np.zeros((1, 2)))"),
    "NumPy's function": ("", "np.exp = np.log", "np.exp(1.0)"),
    "NumPy's number": ("", "np.pi = 3; math.pi = 3", "np.pi, math.pi"),
    "a new name in NumPy": ("", "np.softmax = 1", "hasattr(np, 'softmax')"),
    "another class": ("", "collections.Counter.total = None", "collections.Counter.total is None"),
    "a builtin": ("", "import builtins; builtins.sum = max; builtins.mine = 1",
                  "sum([1, 2]), 'mine' in dir(__builtins__)"),
    "a module's place": ("", "sys.modules['json'] = math", "__import__('json').__name__"),
    "the environment": ("", "os.environ['SEED'] = '3'", "os.environ.get('SEED')"),
    "the folder": ("", "os.chdir('/')", "os.getcwd()"),
    "the path": ("", "sys.path.insert(0, '/x')", "sys.path[0]"),
    "warnings": ("", "warnings.simplefilter('error')", "warnings.filters[0][0]"),
    "NumPy's errors": ("", "np.seterr(all='raise')", "np.geterr()"),
    "NumPy's digits": ("", "np.set_printoptions(precision=2)", "np.array([1 / 3])"),
    "the depth": ("", "sys.setrecursionlimit(3456)", "sys.getrecursionlimit()"),
    "how figures look": ("import matplotlib", "matplotlib.rcParams['lines.linewidth'] = 9",
                         "matplotlib.rcParams['lines.linewidth']"),
}  # fmt: skip
LOST = {
    "a large array": (LARGE, "X *= 2", "X[:3]"),
    "a large array turned round": (LARGE, "X[:] = X[::-1].copy()", "X[:3]"),
    "a large array inside": (LARGE + "; a = {'x': [X]}; del X", "a['x'][0][7] = 0", "a['x'][0][7]"),
    "one entry of a view": ("X = np.arange(2_000_000.0); Y = X[::2]; del X", "Y[3] = 0", "Y[3]"),
    "an iterator": ("it = iter([1, 2, 3])", "next(it)", "it.__length_hint__()"),
    "a zip": ("z = zip([1, 2], [[3], 4])", "next(z)", "next(z)"),
    "a counter": ("n = itertools.count()", "next(n)", "n"),
    "a generator function": ("def g():\n    yield 1\n    yield 2\nit = g()", "next(it)", "it.gi_frame.f_lasti"),
    "a file": ("file = open(os.devnull, 'rb+', 0); file.tell()", "file.close()", "file.closed"),
    "what nobody sees": ("import threading; lock = threading.Lock()", "lock.acquire()", "lock.locked()"),
    "a figure": ("import matplotlib; matplotlib.use('agg')\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()",
                 "ax.set_title('other')", "ax.get_title()"),
    "a table": ("import pandas as pd; t = pd.DataFrame({'a': [1, 2]})", "t.loc[0, 'a'] = 7", "t"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch, tmp_path):
    """Whatever a cell breaks here, the tests that follow find whole."""
    monkeypatch.chdir(tmp_path)
    limit = sys.getrecursionlimit()
    with np.printoptions(), np.errstate():
        yield
    sys.setrecursionlimit(limit)


def replay(page, first, change, probe):
    """Run three cells and the second once more; return what it printed, both times."""
    assert page.run(1, IMPORTS + FUNCTIONAL + first), page.shown
    ask = f"print({probe})"
    assert page.run(2, ask, 1), page.shown
    before = page.printed()
    assert page.run(3, change, 2), page.shown
    page.printed()
    page.run(2, ask, 1)
    return before, page.printed()


@pytest.mark.parametrize("what", PUT_BACK)
def test_it_is_put_back(page, what):
    before, after = replay(page, *PUT_BACK[what])
    assert page.lost == ""
    assert after == before


@pytest.mark.parametrize("what", LOST)
def test_what_cannot_be_put_back_is_named(page, what):
    if what == "a table":
        pytest.importorskip("pandas")
    _, after = replay(page, *LOST[what])
    assert page.lost.endswith("could not be put back")
    assert after == ""  # the cell has not run


def test_what_a_cell_patches_as_it_imports_is_put_back(page, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "wave"]:
        monkeypatch.delitem(sys.modules, name)
    assert page.run(1, "import wave\nwave.open = None")
    assert page.run(1, "import wave\nprint(wave.open is None)")
    assert page.printed() == "False\n"


def test_what_a_module_changes_in_another_as_it_is_imported_stays(page, monkeypatch, tmp_path):
    """It does so only once. Matplotlib's texts do it to pyparsing."""
    (tmp_path / "changed.py").write_text("class Parser:\n    cache = None\n\n\nlimit = 1")
    (tmp_path / "changing.py").write_text("import changed\nchanged.Parser.cache = {}\ndel changed.limit")
    monkeypatch.syspath_prepend(tmp_path)
    probe = "print(changed.Parser.cache, hasattr(changed, 'limit'))"
    assert page.run(1, "import changed")
    assert page.run(2, "import changing\n" + probe, 1), page.shown
    assert page.run(2, "import changing\n\n" + probe, 1), page.shown
    assert page.run(2, "changed.Parser.cache = 0", 1), page.shown
    assert page.run(2, "import changing\n" + probe, 1), page.shown
    assert page.printed() == "{} False\n" * 3
    for name in ("changed", "changing"):
        monkeypatch.delitem(sys.modules, name)


def test_files_are_put_back(page, monkeypatch, tmp_path):
    monkeypatch.setattr(sys.modules[type(page.memory).__module__], "FOLDERS", (str(tmp_path),))
    assert page.run(1, "print('old', file=open('a.txt', 'w'))")
    assert page.run(2, "import os; print(open('a.txt').read(), os.listdir())", 1)
    before = page.printed()
    assert page.run(3, "print('new', file=open('a.txt', 'w')); open('b.txt', 'w').close()", 2)
    assert page.run(2, "import os; print(open('a.txt').read(), os.listdir())", 1)
    assert page.printed() == before


# ---- when a re-run leaves the same ----------------------------------------------------------------------------------

SAME = {
    "numbers": "x = 3; y = [x, {'a': (x, 'b')}]",
    "draws": "rng = np.random.default_rng(0); W = rng.normal(size=5)",
    "functions and classes": CLASS + "net = Net()\nf = lambda n: n + 1",
    "the library": "net = TwoLayerNet(np.random.default_rng(0))",
    "a large array": LARGE,
    "a closure": CLOSURE,
    "the sum of nothing": "x = float('nan')",
}
OTHER = {
    "a clock": "import time; t = time.perf_counter()",
    "a draw without a seed": "x = np.random.default_rng().random()",
    "what nobody sees": "import threading; lock = threading.Lock()",
    "the process": "import os; x = os.urandom(4)",
}


@pytest.mark.parametrize("what", SAME)
def test_a_re_run_that_leaves_the_same_outdates_nothing(page, what):
    assert page.run(1, IMPORTS + FUNCTIONAL)
    assert page.run(2, SAME[what], 1)
    first = page.left
    assert page.run(3, "z = 1", 2)
    assert page.run(2, SAME[what], 1)
    assert page.kept and page.left == first and 3 in page.moments
    assert page.run(4, "print(z)", 3)
    assert page.printed() == "1\n"


def test_what_a_later_cell_imports_makes_no_difference(page):
    page.start = page.memory.take()  # pytest says in the environment, and in a name, that a test has begun
    code = "import numpy as np\nx = 1"
    assert page.run(1, code)
    first = page.left
    assert page.run(2, "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 9\nnp.random.seed(3)", 1)
    assert page.run(1, code)
    assert page.kept and page.left == first
    assert page.run(3, "import matplotlib\nprint(matplotlib.rcParams['lines.linewidth'] == 9)", 1)
    assert page.printed() == "False\n"


@pytest.mark.parametrize("what", OTHER)
def test_a_re_run_that_leaves_something_else_says_so(page, what):
    assert page.run(1, IMPORTS)
    assert page.run(2, OTHER[what], 1)
    first = page.left
    assert page.run(3, "z = 1", 2)
    if not page.run(2, OTHER[what], 1):
        assert page.lost
        return
    assert not page.kept and page.left != first
    assert 3 not in page.moments


def test_an_edited_cell_leaves_something_else(page):
    page.start = page.memory.take()  # as above
    assert page.run(1, "def f():\n    return 1\nx = -1")
    left = page.left
    for one, x in ((2, "-1"), (1, "-2"), (1, "-1.0"), (1, "[-1]")):
        assert page.run(1, f"def f():\n    return {one}\nx = {x}")
        assert page.left != left
    assert page.run(1, "def f():\n    return 1\nx = -1")
    assert page.left == left
