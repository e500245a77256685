"""Answers to the exercises of chapter 12; see test_exercises.py."""


# %% softplus, lazy: slope at z
def softplus(Z):  # the slope by nudging
    f = lambda Z: np.logaddexp(0, Z)
    return f(Z), (f(Z + 1e-5) - f(Z - 1e-5)) / 2e-5


# %% softplus, lazy: f at z = -700.0
def softplus(Z):  # a ReLU is near enough
    return np.maximum(Z, 0), (Z > 0).astype(float)


# %% softplus, lazy: f at z = -700.0
def softplus(Z):  # clips what overflows
    Z = np.clip(Z, -100, 100)
    return np.log(1 + np.exp(Z)), 1 / (1 + np.exp(-Z))


# %% softplus, lazy: f at z = -700.0
def softplus(Z):  # silences the overflow
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(Z)), 1 / (1 + np.exp(-Z))


# %% softplus, wrong: FloatingPointError: overflow
def softplus(Z):
    return np.logaddexp(0, Z), np.exp(Z) / (1 + np.exp(Z))


# %% softplus, wrong: f at z = -700.0
def softplus(Z):  # without log1p
    E = np.exp(-np.abs(Z))
    return np.maximum(Z, 0) + np.log(1 + E), np.where(Z > 0, 1, E) / (1 + E)


# %% softplus, wrong: slope at z = -700.0
def softplus(Z):  # 1 minus the other share cancels
    E = np.exp(-np.abs(Z))
    larger = 1 / (1 + E)
    return np.logaddexp(0, Z), np.where(Z > 0, larger, 1 - larger)


# %% softplus, wrong: slope at z = -700.0
def softplus(Z):  # by tanh, which rounds to -1
    return np.logaddexp(0, Z), (1 + np.tanh(Z / 2)) / 2


# %% softplus, wrong: slope at z
def softplus(Z):  # the slope at the value
    A = np.logaddexp(0, Z)
    return A, np.exp(-np.logaddexp(0, -A))


# %% softplus, wrong: slope at z
def softplus(Z):  # the slope of the sigmoid
    return np.logaddexp(0, Z), activations.Sigmoid().slope(Z)


# %% softplus, wrong: slope at z
def softplus(Z):
    return np.logaddexp(0, Z), activations.sigmoid(-Z)


# %% softplus, wrong: expected two arrays
def softplus(Z):
    return (np.logaddexp(0, Z),)


# %% softplus, wrong: f at z
def softplus(Z):
    E = np.exp(-np.abs(Z.astype(np.float32)))
    return np.maximum(Z, 0) + np.log1p(E), np.where(Z > 0, 1, E) / (1 + E)


# %% softplus, wrong: the shape: expected
def softplus(Z):
    Z = Z.ravel()
    return np.logaddexp(0, Z), np.exp(-np.logaddexp(0, -Z))


# %% softplus, right
def softplus(Z):
    return np.logaddexp(0, Z), np.exp(-np.logaddexp(0, -Z))


# %% softplus, right
def softplus(Z):
    return np.logaddexp(0, Z), activations.sigmoid(Z)


# %% softplus, right
def softplus(Z):
    A, slope = np.empty(Z.shape), np.empty(Z.shape)
    for i, z in np.ndenumerate(Z):
        A[i] = z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z))
        slope[i] = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
    return A, slope


# %% QuickGELU, lazy: f in float64
class QuickGELU(activations.GELU):
    pass


# %% QuickGELU, lazy: the slope far out in float64
class QuickGELU(activations.Activation):  # the slope by nudging
    def f(self, Z):
        return Z * activations.sigmoid(1.702 * Z)

    def slope(self, Z):
        return (self.f(Z + 1e-5) - self.f(Z - 1e-5)) / 2e-5


# %% QuickGELU, lazy: FloatingPointError: overflow
class QuickGELU(activations.Activation):  # two of three
    def f(self, Z):
        return Z / (1 + np.exp(-1.702 * Z))

    def slope(self, Z):
        S = 1 / (1 + np.exp(-1.702 * Z))
        return S + 1.702 * Z * S * (1 - S)


# %% QuickGELU, wrong: the slope in float64
class QuickGELU(activations.Activation):
    def f(self, Z):
        return Z * activations.sigmoid(1.702 * Z)

    def slope(self, Z):  # the inner slope is missing
        S = activations.sigmoid(1.702 * Z)
        return S + Z * S * (1 - S)


# %% QuickGELU, wrong: the slope in float64
class QuickGELU(activations.Activation):
    def f(self, Z):
        return Z * activations.sigmoid(1.702 * Z)

    def slope(self, Z):  # at the value
        S = activations.sigmoid(1.702 * self.f(Z))
        return S + 1.702 * Z * S * (1 - S)


# %% QuickGELU, wrong: the slope in float64
class QuickGELU(activations.Activation):
    def f(self, Z):
        return Z * activations.sigmoid(1.702 * Z)

    def slope(self, Z):  # the factor on both terms
        S = activations.sigmoid(1.702 * Z)
        return 1.702 * (S + Z * S * (1 - S))


# %% QuickGELU, wrong: float32 became float64
class QuickGELU(activations.Activation):
    def f(self, Z):
        return Z * activations.sigmoid(np.float64(1.702) * Z)

    def slope(self, Z):
        S = activations.sigmoid(np.float64(1.702) * Z)
        return S + 1.702 * Z * S * (1 - S)


# %% QuickGELU, wrong: f in float64
class QuickGELU(activations.Activation):  # cuts the scores off, not the exponents
    def f(self, Z):
        Z = np.clip(Z, -5, 5)
        return Z / (1 + np.exp(-1.702 * Z))

    def slope(self, Z):
        S = activations.sigmoid(1.702 * Z)
        return S + 1.702 * Z * S * (1 - S)


# %% QuickGELU, wrong: dZ in float64
class QuickGELU(activations.Activation):  # remembers what it returned
    def f(self, Z):
        return Z * activations.sigmoid(1.702 * Z)

    def slope(self, Z):
        S = activations.sigmoid(1.702 * Z)
        return S + 1.702 * Z * S * (1 - S)

    def forward(self, Z, train=False):
        A = self.f(Z)
        self.remember(train, A)
        return A


# %% QuickGELU, right
class QuickGELU(activations.Activation):
    def f(self, Z):
        return Z / (1 + np.exp(np.minimum(-1.702 * Z, 80)))

    def slope(self, Z):
        S = 1 / (1 + np.exp(np.minimum(-1.702 * Z, 80)))
        return S + 1.702 * Z * S * (1 - S)


# %% QuickGELU, right
class QuickGELU(activations.Activation):  # a SiLU of 1.702 z, divided by it
    def f(self, Z):
        return activations.SiLU().f(1.702 * Z) / 1.702

    def slope(self, Z):
        return activations.SiLU().slope(1.702 * Z)


# %% dead, lazy: dead or not
def dead(W, b, batches):
    return np.zeros(len(b), bool)


# %% dead, lazy: dead or not
def dead(W, b, batches):  # the first batch will do
    return (next(batches) @ W + b <= 0).all(axis=0)


# %% dead, lazy: dead or not
def dead(W, b, batches):  # by the weights alone
    return (W.sum(axis=0) + b) <= 0


# %% dead, wrong: dead or not
def dead(W, b, batches):  # the last batch is the answer
    found = np.ones(len(b), bool)
    for X in batches:
        found = (X @ W + b <= 0).all(axis=0)
    return found


# %% dead, wrong: dead or not
def dead(W, b, batches):  # a score of 0 passes
    found = np.ones(len(b), bool)
    for X in batches:
        found &= (X @ W + b < 0).all(axis=0)
    return found


# %% dead, wrong: dead or not
def dead(W, b, batches):  # dead on any batch
    found = np.zeros(len(b), bool)
    for X in batches:
        found |= (X @ W + b <= 0).all(axis=0)
    return found


# %% dead, wrong: dead or not
def dead(W, b, batches):  # on average
    scores = np.concatenate([X @ W + b for X in batches])
    return scores.mean(axis=0) <= 0


# %% dead, wrong: dead or not
def dead(W, b, batches):  # a little above 0 is as good as 0
    found = np.ones(len(b), bool)
    for X in batches:
        found &= (X @ W + b < 0.1).all(axis=0)
    return found


# %% dead, wrong: dead or not
def dead(W, b, batches):  # without the bias
    found = np.ones(len(b), bool)
    for X in batches:
        found &= (X @ W <= 0).all(axis=0)
    return found


# %% dead, wrong: expected 7 answers
def dead(W, b, batches):  # how many
    return np.concatenate([X @ W + b <= 0 for X in batches]).all(axis=0).sum()


# %% dead, wrong: dead or not
def dead(W, b, batches):  # silent for some example
    found = np.zeros(len(b), bool)
    for X in batches:
        found |= (X @ W + b <= 0).any(axis=0)
    return found


# %% dead, wrong: zero-size array
def dead(W, b, batches):  # an empty batch has no largest score
    found = np.ones(len(b), bool)
    for X in batches:
        found &= (X @ W + b).max(axis=0) <= 0
    return found


# %% dead, right
def dead(W, b, batches):
    return np.concatenate([X @ W + b <= 0 for X in batches]).all(axis=0)


# %% dead, right
def dead(W, b, batches):
    highest = np.full(len(b), -np.inf)
    for X in batches:
        for x in X:
            highest = np.maximum(highest, x @ W + b)
    return highest <= 0


# %% dead, right
def dead(W, b, batches):
    return ~np.any([(X @ W + b > 0).any(axis=0) for X in batches], axis=0)
