"""Answers to the exercises of chapter 06; see test_exercises.py."""


# %% nudged, lazy: write it yourself
def nudged(f, x, step=1e-5):
    x = x.copy()
    return gradcheck.numerical_gradient(lambda: f(x), x, step)


# %% nudged, lazy: a x³ for float64 in shape (3,) with step 1e-05: expected
def nudged(f, x, step=1e-5):
    return 3 * x**2


# %% nudged, wrong: a x³ for float64 in shape (3,) with step 1e-05: expected
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        above = x.astype(float)
        above[index] += step
        g[index] = (f(above) - f(x)) / step
    return g


# %% nudged, wrong: a x³ for float64 in shape (2, 4) with step 0.1: expected
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        nudge = np.zeros(x.shape, complex)
        nudge[index] = 1j * step
        g[index] = f(x + nudge).imag / step
    return g


# %% nudged, wrong: a x³ for float64 in shape (2, 4) with step 0.1: expected
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] += 1e-5
        below[index] -= 1e-5
        g[index] = (f(above) - f(below)) / 2e-5
    return g


# %% nudged, wrong: a x³ for float64 in shape (3,) with step 1e-05: expected
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] += step
        below[index] -= step
        g[index] = (f(above) - f(below)) / step
    return g


# %% nudged, wrong: your function changed what it was given
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += step
        above = f(x)
        x[index] -= 2 * step
        g[index] = (above - f(x)) / (2 * step)
        x[index] += step
    return g


# %% nudged, wrong: a x³ for int64 in shape (3,) with step 0.4: expected
def nudged(f, x, step=1e-5):
    g = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        g[index] = (f(above) - f(below)) / (2 * step)
    return g


# %% nudged, wrong: your function changed what it was given
def nudged(f, x, step=1e-5):
    if x.dtype != float:
        return nudged(f, x.astype(float), step)
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + step
        above = f(x)
        x[index] = old - step
        below = f(x)
        x[index] = old
        g[index] = (above - below) / (2 * step)
    return g


# %% nudged, wrong: the error that f raises must come out
def nudged(f, x, step=1e-5):
    g = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] += step
        below[index] -= step
        try:
            g[index] = (f(above) - f(below)) / (2 * step)
        except ValueError:
            pass
    return g


# %% nudged, wrong: a x³ for float64 in shape (3,) with step 1e-05: expected
def nudged(f, x, step=1e-5):
    g = np.empty(x.shape, np.float32)
    for index in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[index] += step
        below[index] -= step
        g[index] = (f(above) - f(below)) / (2 * step)
    return g


# %% nudged, wrong: a x³ for float64 in shape (2, 4) with step 0.1: expected
def nudged(f, x, step=1e-5):
    g = []
    for j in range(len(x)):
        above, below = x.astype(float), x.astype(float)
        above[j] += step
        below[j] -= step
        g.append((f(above) - f(below)) / (2 * step))
    return np.array(g) if x.ndim == 1 else np.resize(g, x.shape)


# %% nudged, wrong: a x³ for float64 in shape (2, 4) with step 0.1: expected
def nudged(f, x, step=1e-5):
    nudge = x.astype(float).ravel(order="K")
    g = np.empty(x.size)
    for j in range(x.size):
        old, both = nudge[j], []
        for side in (1, -1):
            nudge[j] = old + side * step
            both.append(f(nudge.reshape(x.shape)))
        nudge[j] = old
        g[j] = (both[0] - both[1]) / (2 * step)
    return g.reshape(x.shape)


# %% nudged, right
def nudged(f, x, step=1e-5):
    y = x if x.dtype == float else x.astype(float)
    g = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        old = y[index]
        try:
            y[index] = old + step
            above = f(y)
            y[index] = old - step
            g[index] = (above - f(y)) / (2 * step)
        finally:
            y[index] = old
    return g


# %% nudged, right
def nudged(f, x, step=1e-5):
    one = step * np.eye(x.size)
    return np.array([(f(x + e.reshape(x.shape)) - f(x - e.reshape(x.shape))) / (2 * step) for e in one]).reshape(
        x.shape
    )


# %% instruments, lazy: has order 4
def instruments():
    def order(difference, f, exact, x):
        return {"forward": 1, "central": 2}.get(difference.__name__, 3)

    return order, lambda f, x, step: (f(x - 2 * step) - 8 * f(x - step) + 8 * f(x + step) - f(x + 2 * step)) / 12 / step


# %% instruments, lazy: five_point looks at f
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: np.imag(f(x + 1e-100j)) / 1e-100


# %% instruments, wrong: five_point looks at f at x + ε times [-1.0, -0.5, 0.5, 1.0]
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: (4 * central(f, x, step / 2) - central(f, x, step)) / 3


# %% instruments, wrong: five_point for x^3
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: (2 * central(f, x, step) + central(f, x, 2 * step)) / 3


# %% instruments, wrong: five_point for x^1
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: 4 * central(f, x, step) - central(f, x, 2 * step)


# %% instruments, wrong: five_point for x^3
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: central(f, x, step)


# %% instruments, wrong: has order 4
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log(errors[0] / errors[1]))

    return order, lambda f, x, step: (4 * central(f, x, step) - central(f, x, 2 * step)) / 3


# %% instruments, wrong: has order 4
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(errors[0] / errors[1] / 10)

    return order, lambda f, x, step: (4 * central(f, x, step) - central(f, x, 2 * step)) / 3


# %% instruments, wrong: order
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(central(f, x, step) - exact) for step in (1e-1, 1e-2)]
        return round(np.log10(errors[0] / errors[1]))

    return order, lambda f, x, step: (4 * central(f, x, step) - central(f, x, 2 * step)) / 3


# %% instruments, wrong: has order 4, you said
def instruments():
    def order(difference, f, exact, x):
        errors = [abs(difference(f, x, step) - exact) for step in (1e-3, 1e-4)]
        return round(np.log10((errors[0] + 1e-15) / (errors[1] + 1e-15)))

    return order, lambda f, x, step: (4 * central(f, x, step) - central(f, x, 2 * step)) / 3


# %% instruments, right
def instruments():
    def order(difference, f, exact, x):
        steps = np.array([1e-1, 1e-2])
        errors = np.abs([difference(f, x, step) - exact for step in steps])
        return np.rint(np.diff(np.log(errors)) / np.diff(np.log(steps)))[0]

    def five_point(f, x, step):
        return np.array([1, -8, 8, -1]) @ f(x + step * np.array([-2, -1, 1, 2])) / (12 * step)

    return order, five_point


# %% trustworthy, lazy: passed: the wrong sign
def trustworthy(f, arrays, grads, rng):
    return True


# %% trustworthy, lazy: a right gradient was rejected
def trustworthy(f, arrays, grads, rng):
    return False


# %% trustworthy, lazy: you evaluated f
def trustworthy(f, arrays, grads, rng):
    return all(gradcheck.relative_error(g, gradcheck.numerical_gradient(f, x)) < 1e-6 for x, g in zip(arrays, grads))


# %% trustworthy, wrong: passed: a fault that your directions of earlier runs miss
def trustworthy(f, arrays, grads, rng):
    v = [np.linspace(0.5, 1.5, x.size).reshape(x.shape) for x in arrays]
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    measured = gradcheck.directional_derivative(f, arrays, v, step=1e-6)
    length = np.sqrt(sum((g**2).sum() for g in grads))
    return bool(abs(claimed - measured) < 1e-5 * length)


# %% trustworthy, wrong: passed: a fault that your directions of earlier runs miss
def trustworthy(f, arrays, grads, rng):
    rng = np.random.default_rng(0)
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for _ in range(5):
        v = [rng.normal(size=x.shape) for x in arrays]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-6 * length:
            return False
    return True


# %% trustworthy, wrong: passed:
def trustworthy(f, arrays, grads, rng):
    v = [np.ones(x.shape) for x in arrays]
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    measured = gradcheck.directional_derivative(f, arrays, v, step=1e-6)
    length = np.sqrt(sum((g**2).sum() for g in grads))
    return bool(abs(claimed - measured) < 1e-5 * length)


# %% trustworthy, wrong: passed:
def trustworthy(f, arrays, grads, rng):
    length = np.sqrt(sum((g**2).sum() for g in grads))
    v = [rng.choice([-1.0, 1.0], size=x.shape) for x in arrays]
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    return bool(abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-6 * length)


# %% trustworthy, wrong: passed: everything
def trustworthy(f, arrays, grads, rng):
    length = np.sqrt(sum((g**2).sum() for g in grads))
    v = [rng.normal(size=x.shape) for x in arrays]
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    measured = gradcheck.directional_derivative(f, arrays, v, step=1e-6)
    return bool(abs(claimed - measured) < 1e-2 * length)


# %% trustworthy, wrong: a right gradient was rejected (seed 2)
def trustworthy(f, arrays, grads, rng):
    for _ in range(4):
        v = [rng.normal(size=x.shape) for x in arrays]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-7:
            return False
    return True


# %% trustworthy, wrong: passed: everything
def trustworthy(f, arrays, grads, rng):
    for _ in range(4):
        v = [rng.normal(size=x.shape) for x in arrays]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-5 * max(1, abs(claimed)):
            return False
    return True


# %% trustworthy, wrong: passed: not a number
def trustworthy(f, arrays, grads, rng):
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for _ in range(4):
        v = [rng.normal(size=x.shape) for x in arrays]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) > 1e-6 * length:
            return False
    return True


# %% trustworthy, wrong: passed: one entry
def trustworthy(f, arrays, grads, rng):
    g, x = grads[-1], arrays[-1]
    return bool(gradcheck.relative_error(g, gradcheck.numerical_gradient(f, x)) < 1e-6)


# %% trustworthy, wrong: passed
def trustworthy(f, arrays, grads, rng):
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for _ in range(5):
        k = rng.integers(len(arrays))
        entry = rng.integers(arrays[k].size)
        v = [np.zeros(x.shape) for x in arrays]
        v[k].flat[entry] = 1
        measured = gradcheck.directional_derivative(f, arrays, v)
        if not abs(grads[k].flat[entry] - measured) < 1e-6 * length:
            return False
    return True


# %% trustworthy, wrong: your function changed what it was given
def trustworthy(f, arrays, grads, rng):
    v = [rng.normal(size=x.shape) for x in arrays]
    for x, d in zip(arrays, v):
        x += 1e-6 * d
    above = f()
    for x, d in zip(arrays, v):
        x -= 2e-6 * d
    measured = (above - f()) / 2e-6
    for x, d in zip(arrays, v):
        x += 1e-6 * d
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    return bool(abs(claimed - measured) < 1e-5 * abs(claimed))


# %% trustworthy, wrong: passed: a fault that your directions of earlier runs miss
def trustworthy(f, arrays, grads, rng):
    fixed = np.random.default_rng(1)
    basis = [[fixed.normal(size=x.shape) for x in arrays] for _ in range(3)]
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for _ in range(5):
        mix = rng.normal(size=3)
        v = [sum(m * d for m, d in zip(mix, parts)) for parts in zip(*basis)]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-6 * length:
            return False
    return True


# %% trustworthy, wrong: passed: two entries
def trustworthy(f, arrays, grads, rng):
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for k in range(4):
        v = [rng.normal(size=x.shape) * (k == j < 3) for j, x in enumerate(arrays)]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-6 * length:
            return False
    return True


# %% trustworthy, wrong: passed: a fault that your directions of earlier runs miss
def trustworthy(f, arrays, grads, rng):
    fixed = np.random.default_rng(0)
    length = np.sqrt(sum((g**2).sum() for g in grads))
    for _ in range(5):  # fixed directions; only the sign in each array is drawn
        v = [rng.choice([-1.0, 1.0]) * fixed.choice([-1.0, 1.0], size=x.shape) for x in arrays]
        claimed = sum((g * d).sum() for g, d in zip(grads, v))
        if not abs(claimed - gradcheck.directional_derivative(f, arrays, v, step=1e-6)) < 1e-6 * length:
            return False
    return True


# %% trustworthy, right
def trustworthy(f, arrays, grads, rng):
    v = [rng.normal(size=x.shape) for x in arrays]
    claimed = sum((g * d).sum() for g, d in zip(grads, v))
    measured = gradcheck.directional_derivative(f, arrays, v)
    return bool(abs(claimed - measured) < 1e-5 * np.linalg.norm(np.concatenate([g.ravel() for g in grads])))


# %% trustworthy, right
def trustworthy(f, arrays, grads, rng):
    olds = [x.copy() for x in arrays]
    size = sum(float(np.abs(g).sum()) for g in grads)
    try:
        for _ in range(5):
            v = [rng.uniform(-1, 1, x.shape) for x in arrays]
            values = []
            for t in (1e-5, -1e-5):
                for x, old, d in zip(arrays, olds, v):
                    x[...] = old + t * d
                values.append(f())
            measured = (values[0] - values[1]) / 2e-5
            if not np.isclose(sum(np.vdot(g, d) for g, d in zip(grads, v)), measured, rtol=0, atol=1e-6 * size):
                return False
    finally:
        for x, old in zip(arrays, olds):
            x[...] = old
    return True


# %% complex_step, lazy: the gradient of log Σ exp z at
def complex_step(f, z):
    z = np.array(z, float)
    return gradcheck.numerical_gradient(lambda: f(z), z)


# %% complex_step, lazy: the gradient of Σ z³ at
def complex_step(f, z):
    return functional.softmax(z)


# %% complex_step, wrong: expected
def complex_step(f, z):
    g = np.empty(len(z))
    for j in range(len(z)):
        nudge = np.zeros(len(z), complex)
        nudge[j] = 1e-8j
        g[j] = f(z + nudge).imag / 1e-8
    return g


# %% complex_step, wrong: expected
def complex_step(f, z):
    g = np.empty_like(z)
    for j in range(len(z)):
        nudge = np.zeros(len(z), complex)
        nudge[j] = 1e-100j
        g[j] = f(z + nudge).imag / 1e-100
    return g


# %% complex_step, wrong: expected real numbers, got complex128
def complex_step(f, z):
    g = np.empty(len(z), complex)
    for j in range(len(z)):
        nudge = np.zeros(len(z), complex)
        nudge[j] = 1e-100j
        g[j] = f(z + nudge) / 1e-100
    return g


# %% complex_step, wrong: expected
def complex_step(f, z):
    g = np.empty(len(z))
    for j in range(len(z)):
        nudge = np.zeros(len(z), complex)
        nudge[j] = 1e-100j
        g[j] = (f(z + nudge).real - f(z)) / 1e-100
    return g


# %% complex_step, wrong: expected
def complex_step(f, z):
    g = np.empty(len(z))
    for j in range(len(z)):
        nudge = np.zeros(len(z), complex)
        nudge[j] = 1e-100j
        g[j] = f(z + nudge).imag
    return g


# %% complex_step, wrong: expected shape (6,), got ()
def complex_step(f, z):
    return f(z + 1e-100j).imag / 1e-100


# %% complex_step, wrong: expected
def complex_step(f, z):
    z, g = z.astype(complex), np.empty(len(z))
    for j in range(len(z)):
        z[j] += 1e-100j
        g[j] = f(z).imag / 1e-100
    return g


# %% complex_step, right
def complex_step(f, z):
    return [float(np.imag(f(z + row)) / 1e-100) for row in 1e-100j * np.eye(len(z))]


# %% complex_step, right
def complex_step(f, z):
    z, g = np.array(z, complex), []
    for j in range(len(z)):
        z[j] += 1e-200j
        g.append(f(z).imag * 1e200)
        z[j] = z[j].real
    return np.array(g)


# %% agrees, lazy: write it yourself
def agrees(f, x, g):
    return gradcheck.relative_error(g, gradcheck.numerical_gradient(f, x)) < 1e-6


# %% agrees, lazy: passed: entry
def agrees(f, x, g):
    return True


# %% agrees, lazy: a right gradient was rejected
def agrees(f, x, g):
    return False


# %% agrees, wrong: not yet
def agrees(f, x, g):
    worst = 0.0
    for i in np.ndindex(x.shape):
        x[i] += 1e-5
        above = f()
        x[i] -= 2e-5
        below = f()
        x[i] += 1e-5
        n = (above - below) / 2e-5
        worst = max(worst, (g[i] - n) / max(abs(g[i]), abs(n), 1e-12))
    return worst < 1e-6


# %% agrees, wrong: passed: entry 3 is
def agrees(f, x, g):
    worst = 0.0
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        n = (above - below) / 2e-5
        worst = max(worst, (g[i] - n) / max(abs(g[i]), abs(n), 1e-4))
    return worst < 1e-6


# %% agrees, wrong: is not a number
def agrees(f, x, g):
    worst = 0.0
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        n = (above - below) / 2e-5
        worst = max(worst, abs(g[i] - n) / max(abs(g[i]), abs(n), 1e-4))
    return worst < 1e-6


# %% agrees, wrong: is infinite
def agrees(f, x, g):
    worst = 0.0
    if np.isnan(g).any():
        return False
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        n = (above - below) / 2e-5
        worst = max(worst, abs(g[i] - n) / max(abs(g[i]), abs(n), 1e-4))
    return worst < 1e-6


# %% agrees, wrong: a right gradient was rejected
def agrees(f, x, g):
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        n = (above - below) / 2e-5
        if not abs(g[i] - n) / max(abs(g[i]), abs(n), 1e-12) < 1e-6:
            return False
    return True


# %% agrees, wrong: your function changed what it was given
def agrees(f, x, g):
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + 1e-5
        above = f()
        x[i] = old - 1e-5
        below = f()
        x[i] = old
        n = (above - below) / 2e-5
        if not abs(g[i] - n) / max(abs(g[i]), abs(n), 1e-4) < 1e-6:
            return False
    return True


# %% agrees, wrong: is 0.0005 % too long
def agrees(f, x, g):
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        if not np.isclose(g[i], (above - below) / 2e-5, rtol=1e-5):
            return False
    return True


# %% agrees, wrong: passed: entry
def agrees(f, x, g):
    old, v = x.copy(), np.ones(x.shape)
    try:
        x[...] = old + 1e-5 * v
        above = f()
        x[...] = old - 1e-5 * v
        n = (above - f()) / 2e-5
    finally:
        x[...] = old
    return bool(abs((g * v).sum() - n) < 1e-6 * np.abs(g).sum())


# %% agrees, wrong: too long
def agrees(f, x, g):
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        if not abs(g[i] - (above - below) / 2e-5) < 1e-6:
            return False
    return True


# %% agrees, wrong: passed: entry
def agrees(f, x, g):
    n = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            n[i] = (above - f()) / 2e-5
        finally:
            x[i] = old
    return bool(np.linalg.norm(g - n) < 1e-6 * max(np.linalg.norm(g), np.linalg.norm(n)))


# %% agrees, right
def agrees(f, x, g):
    old, n = x.copy(), np.empty(x.shape)
    for i in range(x.size):
        try:
            x.flat[i] = old.flat[i] + 1e-5
            above = f()
            x.flat[i] = old.flat[i] - 1e-5
            n.flat[i] = (above - f()) / 2e-5
        finally:
            x[...] = old
    scale = np.maximum(np.maximum(abs(g), abs(n)), 1e-4)
    with np.errstate(invalid="ignore"):
        return bool((abs(g - n) / scale < 1e-6).all())


# %% agrees, right
def agrees(f, x, g):
    errors = []
    for i in np.ndindex(x.shape):
        old = x[i]
        try:
            x[i] = old + 1e-5
            above = f()
            x[i] = old - 1e-5
            below = f()
        finally:
            x[i] = old
        errors.append(abs(g[i] - (n := (above - below) / 2e-5)) / max(abs(g[i]), abs(n), 1e-4))
    return bool(np.max(errors) < 1e-6)
