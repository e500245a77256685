"""Answers to the exercises of chapter 18; see test_exercises.py."""


# %% tanh, wrong: the gradient, shape (), dy = 1.0: expected
def tanh(u):
    y = np.tanh(u.value)
    return Node(y, (u, lambda dy: dy * (1 - np.tanh(y) ** 2)))


# %% tanh, wrong: the gradient, shape (), dy = -3.0: expected
def tanh(u):
    y = np.tanh(u.value)
    return Node(y, (u, lambda dy: 1 - y * y))


# %% tanh, wrong: the gradient, shape (), dy = 1.0: expected
def tanh(u):
    y = np.tanh(u.value)
    return Node(y, (u, lambda dy: dy * (1 - y)))


# %% tanh, wrong: expected a Node
def tanh(u):
    return np.tanh(u.value)


# %% tanh, wrong: at 800, -800, 20 and -6: overflow
def tanh(u):
    plus, minus = exp(u), exp(-u)
    return (plus - minus) / (plus + minus)


# %% tanh, wrong: at 800, -800, 20 and -6: overflow
def tanh(u):
    return Node(np.tanh(u.value), (u, lambda dy: dy / np.cosh(u.value) ** 2))


# %% tanh, wrong: the gradient at 800, -800, 20 and -6: expected
def tanh(u):
    y = np.tanh(u.value)
    slope = np.where(np.abs(u.value) > 5.8, 0, 1 - y * y)
    return Node(y, (u, lambda dy: dy * slope))


# %% tanh, wrong: the gradient of u tanh(u): expected
def tanh(u):
    y = np.tanh(u.value)

    def back(dy):
        u.grad = None
        return dy * (1 - y * y)

    return Node(y, (u, back))


# %% tanh, lazy: no gradient arrives at u
def tanh(u):
    return Node(np.tanh(u.value))


# %% tanh, lazy: the gradient, shape
def tanh(u):
    step = 1e-5
    slope = (np.tanh(u.value + step) - np.tanh(u.value - step)) / (2 * step)
    return Node(np.tanh(u.value), (u, lambda dy: dy * slope))


# %% tanh, right
def tanh(u):
    y = np.tanh(u.value)
    return Node(y, (u, lambda dy: dy * (1 - y) * (1 + y)))


# %% tanh, right
def tanh(u):
    y = np.tanh(u.value)
    node = Node(y)
    node.ways.append((u, lambda dy: dy - dy * np.square(y)))
    return node


# %% operations, wrong: the gradient of take, rows [1, 1, 0, 1]
def operations():
    def take(u, rows):
        def back(dy):
            du = np.zeros_like(u.value)
            du[rows] += dy
            return du

        return Node(u.value[rows], (u, back))

    def largest(u):
        at = np.arange(len(u.value)), u.value.argmax(axis=1)
        return u[at]

    def square(u):
        return u * u

    return take, largest, square


# %% operations, wrong: summed over a row
def operations():
    def take(u, rows):
        return u[rows]

    def largest(u):
        y = u.value.max(axis=1)
        return Node(y, (u, lambda dy: dy[:, None] * (u.value >= y[:, None])))

    def square(u):
        return u * u

    return take, largest, square


# %% operations, wrong: the gradient of u*u + (u*v)*(u*v)
def operations():
    def take(u, rows):
        return u[rows]

    def largest(u):
        at = np.arange(len(u.value)), u.value.argmax(axis=1)
        return u[at]

    def square(u):
        def back(dy):
            dy *= 2 * u.value
            return dy

        return Node(u.value**2, (u, back))

    return take, largest, square


# %% operations, wrong: below the largest
def operations():
    def take(u, rows):
        return u[rows]

    def largest(u):
        N, K = u.value.shape
        y = u.value.max(axis=1)
        return Node(y, (u, lambda dy: np.repeat(dy[:, None] / K, K, axis=1)))

    def square(u):
        return u * u

    return take, largest, square


# %% operations, wrong: take: its way back changes dy
def operations():
    def take(u, rows):
        def back(dy):
            du = np.zeros_like(u.value)
            np.add.at(du, rows, dy)
            dy *= 0
            return du

        return Node(u.value[rows], (u, back))

    def largest(u):
        at = np.arange(len(u.value)), u.value.argmax(axis=1)
        return u[at]

    def square(u):
        return u * u

    return take, largest, square


# %% operations, wrong: largest: its way back changes dy
def operations():
    def take(u, rows):
        return u[rows]

    def largest(u):
        at = np.arange(len(u.value)), u.value.argmax(axis=1)

        def back(dy):
            du = np.zeros_like(u.value)
            du[at] = dy
            dy *= 0
            return du

        return Node(u.value[at], (u, back))

    def square(u):
        return u * u

    return take, largest, square


# %% operations, lazy: take, rows
def operations():
    def take(u, rows):
        return u

    def largest(u):
        return u

    def square(u):
        return u

    return take, largest, square


# %% operations, lazy: gradient of take
def operations():
    def take(u, rows):
        y = u[rows]
        return Node(y.value, (u, lambda dy: np.zeros_like(u.value)))

    def largest(u):
        at = np.arange(len(u.value)), u.value.argmax(axis=1)
        return u[at]

    def square(u):
        return u * u

    return take, largest, square


# %% operations, right
def operations():
    def take(u, rows):
        return np.eye(len(u.value))[rows] @ u

    def largest(u):
        y = u.value.max(axis=1)
        best = u.value == y[:, None]
        share = best / best.sum(axis=1, keepdims=True)
        return Node(y, (u, lambda dy: dy[:, None] * share))

    def square(u):
        return u * u

    return take, largest, square


# %% waves, wrong: whose last user is in wave
def waves(root):
    found, seen = [[root]], {root}
    while True:
        ready = []
        for node in found[-1]:
            for operand, _ in node.ways:
                if operand not in seen:
                    seen.add(operand)
                    ready.append(operand)
        if not ready:
            return found
        found.append(ready)


# %% waves, wrong: each once
def waves(root):
    found = [[root]]
    while True:
        ready = [operand for node in found[-1] for operand, _ in node.ways]
        if not ready:
            return found
        found.append(ready)


# %% waves, wrong: each once
def waves(root):
    uses = dict.fromkeys(order(root), 0)
    for node in uses:
        for operand, _ in node.ways:
            uses[operand] += 1
    found = [[root]]
    while True:
        ready = []
        for node in found[-1]:
            for operand in {operand for operand, _ in node.ways}:
                uses[operand] -= 1
                if uses[operand] == 0:
                    ready.append(operand)
        if not ready:
            return found
        found.append(ready)


# %% waves, wrong: recursion
def waves(root):
    depth = {}

    def visit(node, d):
        if depth.get(node, -1) < d:
            depth[node] = d
            for operand, _ in node.ways:
                visit(operand, d + 1)

    visit(root, 0)
    found = [[] for _ in range(1 + max(depth.values()))]
    for node, d in depth.items():
        found[d].append(node)
    return found


# %% waves, wrong: expected [root] first
def waves(root):
    wave = {}
    for node in reversed(order(root)):
        wave[node] = 1 + max([wave[o] for o, _ in node.ways], default=-1)
    found = [[] for _ in range(1 + max(wave.values()))]
    for node, n in wave.items():
        found[n].append(node)
    return found


# %% waves, wrong: changed a node
def waves(root):
    for node in order(root):
        node.grad = 0
    for node in order(root):
        for operand, _ in node.ways:
            operand.grad += 1
    found = [[root]]
    while True:
        ready = []
        for node in found[-1]:
            for operand, _ in node.ways:
                operand.grad -= 1
                if operand.grad == 0:
                    ready.append(operand)
        if not ready:
            return found
        found.append(ready)


# %% waves, wrong: changed a node
def waves(root):
    for node in order(root):
        node.wave = 0
    for node in order(root):
        for operand, _ in node.ways:
            operand.wave = max(operand.wave, node.wave + 1)
    found = [[] for _ in range(1 + max(node.wave for node in order(root)))]
    for node in order(root):
        found[node.wave].append(node)
    return found


# %% waves, wrong: changed a node
def waves(root):
    wave = dict.fromkeys(order(root), 0)
    for node in wave:
        node.value = wave[node]
        for operand, _ in node.ways:
            wave[operand] = max(wave[operand], wave[node] + 1)
    found = [[] for _ in range(1 + max(wave.values()))]
    for node, n in wave.items():
        found[n].append(node)
    return found


# %% waves, lazy: each once
def waves(root):
    return [[root]]


# %% waves, lazy: whose last user is in wave
def waves(root):
    return [[node] for node in order(root)]


# %% waves, right
def waves(root):
    wave = dict.fromkeys(order(root), 0)
    for node in wave:
        for operand, _ in node.ways:
            wave[operand] = max(wave[operand], wave[node] + 1)
    found = [[] for _ in range(1 + max(wave.values()))]
    for node, n in wave.items():
        found[n].append(node)
    return found


# %% Dual, wrong: x * x: the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.zeros(np.shape(v)))

    def __add__(u, v):
        v = Dual.of(v)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        v = Dual.of(v)
        return Dual(u.value * v.value, u.speed * v.value)

    def __matmul__(u, v):
        v = Dual.of(v)
        return Dual(u.value @ v.value, u.speed @ v.value + u.value @ v.speed)

    def __rmatmul__(v, u):
        return Dual.of(u) @ v

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: x + x * (x * x): the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.zeros(np.shape(v)))

    def __add__(u, v):
        v = Dual.of(v)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        if isinstance(v, Dual):
            return Dual(u.value * v.value, 2 * u.speed * v.value)
        return Dual(u.value * v, u.speed * v)

    def __matmul__(u, v):
        v = Dual.of(v)
        return Dual(u.value @ v.value, u.speed @ v.value + u.value @ v.speed)

    def __rmatmul__(v, u):
        return Dual.of(u) @ v

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: x + x * (x * x): the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.zeros(np.shape(v)))

    def __add__(u, v):
        if isinstance(v, Dual):
            return Dual(u.value + v.value, 2 * u.speed)
        return Dual(u.value + v, u.speed + np.zeros(np.shape(v)))

    def __mul__(u, v):
        v = Dual.of(v)
        return Dual(u.value * v.value, u.speed * v.value + u.value * v.speed)

    def __matmul__(u, v):
        v = Dual.of(v)
        return Dual(u.value @ v.value, u.speed @ v.value + u.value @ v.speed)

    def __rmatmul__(v, u):
        return Dual.of(u) @ v

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: expected a speed of shape (4, 5), got (5,)
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    def __add__(u, v):
        if not isinstance(v, Dual):
            return Dual(u.value + v, u.speed)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        if not isinstance(v, Dual):
            return Dual(u.value * v, u.speed * v)
        return Dual(u.value * v.value, u.speed * v.value + u.value * v.speed)

    def __matmul__(u, v):
        if not isinstance(v, Dual):
            return Dual(u.value @ v, u.speed @ v)
        return Dual(u.value @ v.value, u.speed @ v.value + u.value @ v.speed)

    def __rmatmul__(v, u):
        return Dual(u @ v.value, u @ v.speed)

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: 1.5 + x + 2: the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.ones(np.shape(v)))

    def __add__(u, v):
        v = Dual.of(v)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        if not isinstance(v, Dual):
            return Dual(u.value * v, u.speed * v)
        return Dual(u.value * v.value, u.speed * v.value + u.value * v.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: x ** 3: the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.zeros(np.shape(v)))

    def __add__(u, v):
        v = Dual.of(v)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        v = Dual.of(v)
        return Dual(u.value * v.value, u.speed * v.value + u.value * v.speed)

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1))

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, wrong: matmul
class Dual:
    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    @staticmethod
    def of(v):
        return v if isinstance(v, Dual) else Dual(v, np.zeros(np.shape(v)))

    def __add__(u, v):
        v = Dual.of(v)
        return Dual(u.value + v.value, u.speed + v.speed)

    def __mul__(u, v):
        v = Dual.of(v)
        return Dual(u.value * v.value, u.speed * v.value + u.value * v.speed)

    def __matmul__(u, v):
        v = Dual.of(v)
        return Dual(u.value @ v.value, u.speed @ v.value + u.value @ v.speed)

    def __rmatmul__(v, u):
        return Dual.of(u) @ v

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__


# %% Dual, lazy: the speed along dy
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    def __add__(u, v):
        y = u.value + (v.value if isinstance(v, Dual) else v)
        return Dual(y, np.zeros_like(y))


# %% Dual, lazy: expected a Dual
class Dual:
    def __new__(cls, value, speed):
        return value


# %% Dual, right
class Dual:
    __array_ufunc__ = None

    def __init__(self, value, speed):
        self.value, self.speed = value, speed

    def both(u, v, f):  # an imaginary nudge, as in chapter 06
        h = 1e-100j
        other = v.value + h * v.speed if isinstance(v, Dual) else v
        y = f(u.value + h * u.speed, other)
        return Dual(y.real, y.imag / 1e-100)

    def __add__(u, v):
        return u.both(v, lambda a, b: a + b)

    def __mul__(u, v):
        return u.both(v, lambda a, b: a * b)

    def __matmul__(u, v):
        return u.both(v, lambda a, b: a @ b)

    def __rmatmul__(v, u):
        return v.both(u, lambda a, b: b @ a)

    def __pow__(u, k):
        return Dual(u.value**k, k * u.value ** (k - 1) * u.speed)

    __radd__, __rmul__ = __add__, __mul__
