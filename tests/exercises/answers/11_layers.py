"""Answers to the exercises of chapter 11; see test_exercises.py."""


# %% Scale, wrong: dg for N = 6: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"][...] = (dA * X).mean(axis=0)
        return dA * self.params["g"]


# %% Scale, wrong: dg for N = 1: expected shape (4,), got (1, 4)
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"] = dA * X
        return dA * self.params["g"]


# %% Scale, wrong: dg for N = 1, second batch: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"] += (dA * X).sum(axis=0)
        return dA * self.params["g"]


# %% Scale, wrong: dg for N = 1: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(True, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"][...] = (dA * X).sum(axis=0)
        return dA * self.params["g"]


# %% Scale, wrong: a second way back needs a forward pass
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        if train:
            self.X = X
        return X * self.params["g"]

    def backward(self, dA):
        self.grads["g"][...] = (dA * self.X).sum(axis=0)
        return dA * self.params["g"]


# %% Scale, wrong: dX for N = 1: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"][...] = (dA * X).sum(axis=0)
        return dA


# %% Scale, wrong: your function changed what it was given
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X.copy())
        X *= self.params["g"]
        return X

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"][...] = (dA * X).sum(axis=0)
        return dA * self.params["g"]


# %% Scale, lazy: A for N = 1: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"][...] = (dA * X).sum(axis=0)
        return dA


# %% Scale, lazy: for N = 1: expected
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X)
        return X * self.params["g"]

    def backward(self, dA):
        (X,) = self.recall()
        X, g = X.copy(), self.params["g"].copy()
        loss = lambda: (dA * X * g).sum()
        self.grads["g"][...] = gradcheck.numerical_gradient(loss, g)
        return gradcheck.numerical_gradient(loss, X)


# %% Scale, right
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))

    def forward(self, X, train=False):
        self.remember(train, X.copy())
        return X @ np.diag(self.params["g"])

    def backward(self, dA):
        (X,) = self.recall()
        self.grads["g"] = np.einsum("nd,nd->d", dA, X)
        return np.einsum("nd,d->nd", dA, self.params["g"])


# %% Scale, right
class Scale(layers.Layer):
    def __init__(self, D):
        super().__init__()
        self.parameter("g", np.ones(D))
        self.batch = []

    def forward(self, X, train=False):
        if train:
            self.batch = [X]
        return self.params["g"][None] * X

    def backward(self, dA):
        if not self.batch:
            raise RuntimeError("forward first")
        X = self.batch.pop()
        self.grads["g"][:] = np.diag(X.T @ dA)
        return self.params["g"] * dA


# %% Add, wrong: dX for N = 1: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.f.forward(X, train) + self.g.forward(X, train)

    def backward(self, dA):
        self.g.backward(dA)
        return self.f.backward(dA)


# %% Add, wrong: dX for N = 1: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.f.forward(X, train) + self.g.forward(X, train)

    def backward(self, dA):
        return (self.f.backward(dA) + self.g.backward(dA)) / 2


# %% Add, wrong: expected a forward pass with train=True
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.f.forward(X) + self.g.forward(X)

    def backward(self, dA):
        return self.f.backward(dA) + self.g.backward(dA)


# %% Add, wrong: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.f.forward(X, train=True) + self.g.forward(X, train=True)

    def backward(self, dA):
        return self.f.backward(dA) + self.g.backward(dA)


# %% Add, wrong: A for N = 1: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.g.forward(self.f.forward(X, train), train)

    def backward(self, dA):
        return self.f.backward(self.g.backward(dA))


# %% Add, wrong: your function changed what it was given
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        return self.f.forward(X, train) + self.g.forward(X, train)

    def backward(self, dA):
        dX = self.g.backward(dA)
        dX += self.f.backward(dA)
        return dX


# %% Add, lazy: A for N = 1: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f = f

    def forward(self, X, train=False):
        return 2 * self.f.forward(X, train)

    def backward(self, dA):
        return 2 * self.f.backward(dA)


# %% Add, lazy: a branch's gradient
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = deepcopy(f), deepcopy(g)
        for branch in (f, g):
            for grad in branch.grads.values():
                grad[...] = 0

    def forward(self, X, train=False):
        return self.f.forward(X, train) + self.g.forward(X, train)

    def backward(self, dA):
        return self.f.backward(dA) + self.g.backward(dA)


# %% Add, lazy: dX for N = 1: expected
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.f, self.g = f, g

    def forward(self, X, train=False):
        if train:
            self.X = X.copy()
        return self.f.forward(X, train) + self.g.forward(X, train)

    def backward(self, dA):
        self.f.backward(dA), self.g.backward(dA)
        return gradcheck.numerical_gradient(lambda: (dA * self.forward(self.X)).sum(), self.X)


# %% Add, right
class Add(layers.Layer):
    def __init__(self, f, g):
        super().__init__()
        self.branches = g, f

    def forward(self, X, train=False):
        return sum(branch.forward(X, train=train) for branch in self.branches)

    def backward(self, dA):
        return np.stack([branch.backward(dA) for branch in self.branches]).sum(axis=0)


# %% Add, right
class Add(layers.Layer):
    def __init__(self, *both):
        super().__init__()
        self.both = both

    def forward(self, X, train=False):
        A = self.both[0].forward(X, train).copy()
        A += self.both[1].forward(X, train)
        return A

    def backward(self, dA):
        dX = np.zeros_like(dA)
        for layer in self.both:
            dX += layer.backward(dA)
        return dX


# %% Tower, wrong: dW of layer 0, 3 layers, first batch: expected
class Tower:
    def __init__(self, sizes, rng):
        gate, self.layers = ReLU(), []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), gate]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        self.right = (Z.argmax(axis=1) == Y.argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        for layer in reversed(self.layers):
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, wrong: scores of 1 layers, first batch: expected
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        self.right = (Z.argmax(axis=1) == Y.argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        for layer in reversed(self.layers):
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, wrong: dW of layer 0, 1 layers, first batch
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        shuffled = np.random.default_rng(0).permutation(len(X))
        answers = self.forward(X[shuffled]).argmax(axis=1)
        self.right = (answers == Y[shuffled].argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        for layer in reversed(self.layers):
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, wrong: dW of layer 0, 3 layers, first batch: expected
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        self.right = (Z.argmax(axis=1) == Y.argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        self.layers.reverse()
        for layer in self.layers:
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, wrong: scores of 3 layers, second batch: expected
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        self.right = (Z.argmax(axis=1) == Y.argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        self.layers.reverse()
        for layer in self.layers:
            dR = layer.backward(dR)
        return [layer.grads for layer in reversed(self.layers) if layer.params]


# %% Tower, wrong: right: expected
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        dR = loss_backward(Z, Y)
        shuffled = np.random.default_rng(0).permutation(len(X))
        self.right = (Z.argmax(axis=1) == Y[shuffled].argmax(axis=1)).mean()
        for layer in reversed(self.layers):
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, lazy: scores of 1 layers
class Tower:
    def __init__(self, sizes, rng):
        gate, self.layers = ReLU(), []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), gate]

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        Z = self.forward(X)
        shuffled = np.random.default_rng(0).permutation(len(X))
        answers = self.forward(X[shuffled]).argmax(axis=1)
        self.right = (answers == Y[shuffled].argmax(axis=1)).mean()
        dR = loss_backward(Z, Y)
        self.layers.reverse()
        for layer in self.layers:
            dR = layer.backward(dR)
        return [layer.grads for layer in self.layers if layer.params]


# %% Tower, lazy: of layer 0, 1 layers, first batch: expected
class Tower:
    def __init__(self, sizes, rng):
        self.layers = []
        for D, H in zip(sizes, sizes[1:]):
            W, b = init.he_normal(rng, D, H), np.zeros(H)
            self.layers += [Linear(W, b), ReLU()]
        self.layers.pop()

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def gradients(self, X, Y):
        self.right = (self.forward(X).argmax(axis=1) == Y.argmax(axis=1)).mean()
        loss = lambda: functional.softmax_cross_entropy(self.forward(X), Y)
        return [
            {name: gradcheck.numerical_gradient(loss, param) for name, param in layer.params.items()}
            for layer in self.layers
            if layer.params
        ]


# %% Tower, right
class Tower:
    def __init__(self, sizes, rng):
        self.linear = [Linear(init.he_normal(rng, D, H), np.zeros(H)) for D, H in zip(sizes, sizes[1:])]
        self.layers = [self.linear[0]]
        for layer in self.linear[1:]:
            self.layers += [ReLU(), layer]
        self.net = Sequential(*self.layers)

    def forward(self, X):
        return self.net.forward(X)

    def gradients(self, X, Y):
        self.right = (self.forward(X).argmax(axis=1) == Y.argmax(axis=1)).mean()
        self.net.backward(loss_backward(self.forward(X), Y))
        return [layer.grads for layer in self.linear]


# %% keeps_contract, wrong: a fault approved: db as a mean
def keeps_contract(layer, X):
    rng = np.random.default_rng(0)
    A = layer.forward(X, train=True)
    dA = rng.normal(size=A.shape)
    dX = layer.backward(dA)
    numeric = gradcheck.numerical_gradient(lambda: (dA * layer.forward(X)).sum(), X)
    return gradcheck.relative_error(dX, numeric) < 1e-6


# %% keeps_contract, wrong: a fault approved: dW that adds up
def keeps_contract(layer, X):
    rng = np.random.default_rng(0)
    A = layer.forward(X, train=True)
    dA = rng.normal(size=A.shape)
    dX = layer.backward(dA)
    errors = gradcheck.check_gradients(
        lambda: (dA * layer.forward(X)).sum(), layer.params | {"X": X}, layer.grads | {"X": dX}
    )
    return max(errors.values()) < 1e-6


# %% keeps_contract, wrong: a fault approved: all outputs taken as one
def keeps_contract(layer, X):
    for X in (X.copy(), X[::-1].copy()):
        before, look = X.copy(), X[::-1].copy()
        dA = np.ones(layer.forward(X, train=True).shape)
        layer.forward(look)
        dX = layer.backward(dA)
        if (X != before).any() or (dA != 1).any():
            return False
        grads = {name: grad.copy() for name, grad in layer.grads.items()}
        errors = gradcheck.check_gradients(
            lambda: (dA * layer.forward(X)).sum(), layer.params | {"X": X}, grads | {"X": dX}
        )
        if max(errors.values()) > 1e-6:
            return False
        try:
            layer.backward(dA)
            return False
        except RuntimeError:
            pass
    return True


# %% keeps_contract, wrong: a fault approved: dX, a part in a thousand
def keeps_contract(layer, X):
    rng = np.random.default_rng(0)
    for X in (X.copy(), X[::-1].copy()):
        before, look = X.copy(), X[::-1].copy()
        dA = rng.normal(size=layer.forward(X, train=True).shape)
        kept = dA.copy()
        layer.forward(look)
        dX = layer.backward(dA)
        if (X != before).any() or (dA != kept).any():
            return False
        grads = {name: grad.copy() for name, grad in layer.grads.items()}
        errors = gradcheck.check_gradients(
            lambda: (dA * layer.forward(X)).sum(), layer.params | {"X": X}, grads | {"X": dX}
        )
        if max(errors.values()) > 1e-2:
            return False
        try:
            layer.backward(dA)
            return False
        except RuntimeError:
            pass
    return True


# %% keeps_contract, wrong: a fault approved: a second way back
def keeps_contract(layer, X):
    rng = np.random.default_rng(0)
    for X in (X.copy(), X[::-1].copy()):
        before, look = X.copy(), X[::-1].copy()
        dA = rng.normal(size=layer.forward(X, train=True).shape)
        kept = dA.copy()
        layer.forward(look)
        dX = layer.backward(dA)
        if (X != before).any() or (dA != kept).any():
            return False
        grads = {name: grad.copy() for name, grad in layer.grads.items()}
        errors = gradcheck.check_gradients(
            lambda: (dA * layer.forward(X)).sum(), layer.params | {"X": X}, grads | {"X": dX}
        )
        if max(errors.values()) > 1e-6:
            return False
    return True


# %% keeps_contract, wrong: a fault approved: dA is changed
def keeps_contract(layer, X):
    rng = np.random.default_rng(0)
    for X in (X.copy(), X[::-1].copy()):
        look = X[::-1].copy()
        dA = rng.normal(size=layer.forward(X, train=True).shape)
        layer.forward(look)
        dX = layer.backward(dA)
        grads = {name: grad.copy() for name, grad in layer.grads.items()}
        errors = gradcheck.check_gradients(
            lambda: (dA * layer.forward(X.copy())).sum(), layer.params | {"X": X}, grads | {"X": dX}
        )
        if max(errors.values()) > 1e-6:
            return False
        try:
            layer.backward(dA)
            return False
        except RuntimeError:
            pass
    return True


# %% keeps_contract, lazy: a fault approved: no transpose
def keeps_contract(layer, X):
    return True


# %% keeps_contract, lazy: a right layer turned down
def keeps_contract(layer, X):
    return False


# %% keeps_contract, lazy: a fault approved
def keeps_contract(layer, X):
    return isinstance(layer, layers.Layer) and layer.forward(X).ndim == 2


# %% keeps_contract, right
def keeps_contract(layer, X):
    rng = np.random.default_rng(1)
    for N in (3, 6, 2):
        batch = rng.permutation(X)[:N]
        batch.flags.writeable = False
        A = layer.forward(batch.copy(), train=True)
        try:
            if not np.array_equal(layer.forward(batch), A):
                return False
            layer.forward(X.copy())
            dA = rng.normal(size=A.shape)
            dA.flags.writeable = False
            dX = layer.backward(dA)
        except ValueError:  # it writes into what it was given
            return False
        for _ in range(3):  # slopes along random directions of everything at once
            arrays = [batch.copy(), *layer.params.values()]
            ways = [rng.normal(size=a.shape) for a in arrays]
            claimed = sum((g * v).sum() for g, v in zip((dX, *layer.grads.values()), ways))
            slope = gradcheck.directional_derivative(lambda: (dA * layer.forward(arrays[0])).sum(), arrays, ways)
            if abs(claimed - slope) > 1e-6 * max(abs(slope), 1e-3):
                return False
        try:
            layer.backward(dA)
        except RuntimeError:
            pass
        else:
            return False
    return True
