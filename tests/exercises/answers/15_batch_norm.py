"""Answers to the exercises of chapter 15; see test_exercises.py."""


# %% layer_norm, lazy: A for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # the batch normalisation of the text, as it stands
    layer = BatchNorm(len(gamma), eps=eps)
    layer.params["gamma"][...], layer.params["beta"][...] = gamma, beta
    A = layer.forward(np.concatenate([Z, Z]), train=True)[: len(Z)]  # twice, so that one row is enough
    dZ = layer.backward(np.concatenate([dA, dA]))[: len(Z)]
    return A, dZ, layer.grads["gamma"] / 2, layer.grads["beta"] / 2


# %% layer_norm, lazy: A for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # the library's layer turned round
    layer = BatchNorm(len(Z), eps=eps)
    A = layer.forward(Z.T, train=True).T
    return A, layer.backward(dA.T).T, layer.grads["gamma"], layer.grads["beta"]


# %% layer_norm, wrong: dZ for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # gamma behind the means
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    Zhat = centred / s
    along = (dA * Zhat).mean(axis=1, keepdims=True)
    dZ = gamma * (dA - dA.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, wrong: dgamma for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # the gradients of gamma and beta along the rows too
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    Zhat, dZhat = centred / s, dA * gamma
    along = (dZhat * Zhat).mean(axis=1, keepdims=True)
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=1), dA.sum(axis=1)


# %% layer_norm, wrong: dgamma for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # a mean over the batch where a sum belongs
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    Zhat, dZhat = centred / s, dA * gamma
    along = (dZhat * Zhat).mean(axis=1, keepdims=True)
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).mean(axis=0), dA.mean(axis=0)


# %% layer_norm, wrong: dZ for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # the path through s is missing
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    Zhat, dZhat = centred / s, dA * gamma
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True)) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, wrong: dZ for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # the path through the mean is missing
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    Zhat, dZhat = centred / s, dA * gamma
    dZ = (dZhat - Zhat * (dZhat * Zhat).mean(axis=1, keepdims=True)) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, wrong: A for N = 3, H = 5
def layer_norm(Z, gamma, beta, dA, eps):  # H - 1 in the variance
    s = np.sqrt(Z.var(axis=1, keepdims=True, ddof=1) + eps)
    Zhat, dZhat = (Z - Z.mean(axis=1, keepdims=True)) / s, dA * gamma
    along = (dZhat * Zhat).mean(axis=1, keepdims=True)
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, wrong: A for N = 1, H = 4
def layer_norm(Z, gamma, beta, dA, eps):  # eps of its own
    centred = Z - Z.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    Zhat, dZhat = centred / s, dA * gamma
    along = (dZhat * Zhat).mean(axis=1, keepdims=True)
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, wrong: for N = 4, H = 4
def layer_norm(Z, gamma, beta, dA, eps):  # the mean of squares less the square of the mean: far from 0 it cancels
    variance = (Z**2).mean(axis=1, keepdims=True) - Z.mean(axis=1, keepdims=True) ** 2
    s = np.sqrt(variance + eps)
    Zhat, dZhat = (Z - Z.mean(axis=1, keepdims=True)) / s, dA * gamma
    along = (dZhat * Zhat).mean(axis=1, keepdims=True)
    dZ = (dZhat - dZhat.mean(axis=1, keepdims=True) - Zhat * along) / s
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, right
def layer_norm(Z, gamma, beta, dA, eps):  # the text's, turned round, with gamma and beta outside
    columns, dcolumns = Z.T, (dA * gamma).T
    s = np.sqrt(columns.var(axis=0) + eps)
    Zhat = (columns - columns.mean(axis=0)) / s
    dZ = (dcolumns - dcolumns.mean(axis=0) - Zhat * (dcolumns * Zhat).mean(axis=0)) / s
    return gamma * Zhat.T + beta, dZ.T, (dA * Zhat.T).sum(axis=0), dA.sum(axis=0)


# %% layer_norm, right
def layer_norm(Z, gamma, beta, dA, eps):  # row by row, by the Jacobian
    A, dZ, dgamma = np.empty_like(Z), np.empty_like(Z), np.zeros_like(gamma)
    H = len(gamma)
    for n, (z, da) in enumerate(zip(Z, dA, strict=True)):
        s = np.sqrt(z.var() + eps)
        zhat = (z - z.mean()) / s
        J = (np.eye(H) - 1 / H - np.outer(zhat, zhat) / H) / s
        A[n], dZ[n] = gamma * zhat + beta, (da * gamma) @ J
        dgamma += da * zhat
    return A, dZ, dgamma, np.einsum("nh->h", dA)


# %% layer_norm, right
def layer_norm(Z, gamma, beta, dA, eps):  # the library's layer turned round, one unit a row
    layer = BatchNorm(len(Z), eps=eps)
    Zhat = layer.forward(Z.T, train=True).T
    dZ = layer.backward((dA * gamma).T).T
    return gamma * Zhat + beta, dZ, (dA * Zhat).sum(axis=0), dA.sum(axis=0)


# %% OurNorm, lazy: the running variance after batch 0
class OurNorm:  # one mended, where the text says which path is forgotten
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        mean, variance = self.mean, self.variance
        if train:
            mean, variance = Z.mean(axis=0), Z.var(axis=0)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * variance
        self.s = np.sqrt(variance + 1e-5)
        self.Zhat = (Z - mean) / self.s
        return self.gamma * self.Zhat + self.beta

    def backward(self, dA):
        self.dgamma = (dA * self.Zhat).sum(axis=0)
        self.dbeta = dA.sum(axis=0)
        dZhat = dA * self.gamma
        along = (dZhat * self.Zhat).mean(axis=0)
        return (dZhat - dZhat.mean(axis=0) - self.Zhat * along) / self.s


# %% OurNorm, lazy: the output of batch 0
class OurNorm:  # nothing is normalised, so nothing is faulty
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        return self.gamma * Z + self.beta

    def backward(self, dA):
        return dA * self.gamma


# %% OurNorm, wrong: dZ of batch 0
class OurNorm(BatchNorm):  # the statistics and eps are mended, the way back is not
    def __init__(self, features):
        super().__init__(features)
        self.gamma, self.beta = np.ones(features), np.zeros(features)

    def forward(self, Z, train):
        Zhat = super().forward(Z, train)
        if train:
            self.s, self.Zhat = np.sqrt(Z.var(axis=0) + 1e-5), Zhat
        self.mean, self.variance = self.state["mean"], self.state["variance"]
        return self.gamma * Zhat + self.beta

    def backward(self, dA):
        self.dgamma, self.dbeta = (dA * self.Zhat).sum(axis=0), dA.sum(axis=0)
        dZhat = dA * self.gamma
        return (dZhat - dZhat.mean(axis=0)) / self.s


# %% OurNorm, wrong: the output of batch 0
class OurNorm:  # eps stays beside the root
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        mean, variance = self.mean, self.variance
        if train:
            mean, variance = Z.mean(axis=0), Z.var(axis=0)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * Z.var(axis=0, ddof=1)
        self.s = np.sqrt(variance) + 1e-5
        self.Zhat = (Z - mean) / self.s
        return self.gamma * self.Zhat + self.beta

    def backward(self, dA):
        self.dgamma, self.dbeta = (dA * self.Zhat).sum(axis=0), dA.sum(axis=0)
        dZhat = dA * self.gamma
        along = (dZhat * self.Zhat).mean(axis=0)
        return (dZhat - dZhat.mean(axis=0) - self.Zhat * along) / self.s


# %% OurNorm, wrong: the output of batch 0
class OurNorm:  # N - 1 in the batch too
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        mean, variance = self.mean, self.variance
        if train:
            mean, variance = Z.mean(axis=0), Z.var(axis=0, ddof=1)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * variance
        self.s = np.sqrt(variance + 1e-5)
        self.Zhat = (Z - mean) / self.s
        return self.gamma * self.Zhat + self.beta

    def backward(self, dA):
        self.dgamma, self.dbeta = (dA * self.Zhat).sum(axis=0), dA.sum(axis=0)
        dZhat = dA * self.gamma
        along = (dZhat * self.Zhat).mean(axis=0)
        return (dZhat - dZhat.mean(axis=0) - self.Zhat * along) / self.s


# %% OurNorm, wrong: the running mean after batch 0
class OurNorm(BatchNorm):  # the share of the old taken for that of the new
    def __init__(self, features):
        super().__init__(features, momentum=0.9)
        self.gamma, self.beta = self.params["gamma"], self.params["beta"]

    def forward(self, Z, train):
        self.params["gamma"][...], self.params["beta"][...] = self.gamma, self.beta
        try:
            return super().forward(Z, train) if train else BatchNorm.forward(self.right, Z)
        finally:
            self.mean, self.variance = self.state["mean"], self.state["variance"]
            self.right = copy.deepcopy(self)

    def backward(self, dA):
        dZ = super().backward(dA)
        self.dgamma, self.dbeta = self.grads["gamma"], self.grads["beta"]
        return dZ


# %% OurNorm, wrong: the running variance after batch 0 and 1 looks
class OurNorm(BatchNorm):  # a look at other digits moves the running variance
    def __init__(self, features):
        super().__init__(features)
        self.gamma, self.beta = self.params["gamma"], self.params["beta"]

    def forward(self, Z, train):
        self.params["gamma"][...], self.params["beta"][...] = self.gamma, self.beta
        A = super().forward(Z, train)
        self.mean, self.variance = self.state["mean"], self.state["variance"].copy()
        if not train:
            self.variance += 0.1 * (Z.var(axis=0, ddof=1) - self.variance)
        return A

    def backward(self, dA):
        dZ = super().backward(dA)
        self.dgamma, self.dbeta = self.grads["gamma"], self.grads["beta"]
        return dZ


# %% OurNorm, wrong: dZ of batch 0
class OurNorm:  # the three are mended, but a look in use overwrites what backward needs
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        mean, variance = self.mean, self.variance
        if train:
            mean, variance = Z.mean(axis=0), Z.var(axis=0)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.variance = 0.9 * self.variance + 0.1 * Z.var(axis=0, ddof=1)
        self.s = np.sqrt(variance + 1e-5)
        self.Zhat = (Z - mean) / self.s
        return self.gamma * self.Zhat + self.beta

    def backward(self, dA):
        self.dgamma, self.dbeta = (dA * self.Zhat).sum(axis=0), dA.sum(axis=0)
        dZhat = dA * self.gamma
        along = (dZhat * self.Zhat).mean(axis=0)
        return (dZhat - dZhat.mean(axis=0) - self.Zhat * along) / self.s


# %% OurNorm, right
class OurNorm:  # the library's layer inside
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.layer = BatchNorm(features)

    def forward(self, Z, train):
        self.layer.params["gamma"][...], self.layer.params["beta"][...] = self.gamma, self.beta
        A = self.layer.forward(Z, train)
        self.mean, self.variance = self.layer.state["mean"], self.layer.state["variance"]
        return A

    def backward(self, dA):
        dZ = self.layer.backward(dA)
        self.dgamma, self.dbeta = self.layer.grads["gamma"], self.layer.grads["beta"]
        return dZ


# %% OurNorm, right
class OurNorm:  # the Jacobian of each column
    def __init__(self, features):
        self.gamma, self.beta = np.ones(features), np.zeros(features)
        self.mean, self.variance = np.zeros(features), np.ones(features)

    def forward(self, Z, train):
        if not train:
            return self.gamma * (Z - self.mean) / np.sqrt(self.variance + 1e-5) + self.beta
        self.mean = self.mean + 0.1 * (Z.mean(axis=0) - self.mean)
        self.variance = self.variance + 0.1 * (Z.var(axis=0, ddof=1) - self.variance)
        self.s = np.sqrt(Z.var(axis=0) + 1e-5)
        self.Zhat = (Z - Z.mean(axis=0)) / self.s
        return self.gamma * self.Zhat + self.beta

    def backward(self, dA):
        self.dgamma, self.dbeta = np.einsum("nh,nh->h", dA, self.Zhat), np.einsum("nh->h", dA)
        dZ, N = np.empty_like(dA), len(dA)
        for h, zhat in enumerate(self.Zhat.T):
            J = np.eye(N) - 1 / N - np.outer(zhat, zhat) / N
            dZ[:, h] = self.gamma[h] * dA[:, h] @ J / self.s[h]
        return dZ


# %% fold_behind, lazy: the scores, BatchNorm(3
def fold_behind(norm, linear):  # at the start of a training a normalisation in use does nearly nothing
    return linear.params["W"].copy(), linear.params.get("b", np.zeros(linear.outputs))


# %% fold_behind, lazy: ValueError
def fold_behind(norm, linear):  # the text's own, which is for the layer in front
    import nnlib.norm

    both = nnlib.norm.fold(linear, norm)
    return both.params["W"], both.params["b"]


# %% fold_behind, lazy: the scores, BatchNorm(3
def fold_behind(norm, linear):  # as if the statistics were still those of the start
    c = norm.params["gamma"]
    return c[:, None] * linear.params["W"], norm.params["beta"] @ linear.params["W"] + linear.params.get("b", 0)


# %% fold_behind, wrong: ValueError
def fold_behind(norm, linear):  # c multiplies the columns
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    at_zero = norm.params["beta"] - norm.state["mean"] * c
    return linear.params["W"] * c, at_zero @ linear.params["W"] + linear.params.get("b", 0)


# %% fold_behind, wrong: the scores, BatchNorm(3
def fold_behind(norm, linear):  # the bias through the new W
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    W = c[:, None] * linear.params["W"]
    return W, (norm.params["beta"] - norm.state["mean"] * c) @ W + linear.params.get("b", 0)


# %% fold_behind, wrong: the scores, BatchNorm(3
def fold_behind(norm, linear):  # the mean before it is stretched
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    at_zero = norm.params["beta"] - norm.state["mean"]
    return c[:, None] * linear.params["W"], at_zero @ linear.params["W"] + linear.params.get("b", 0)


# %% fold_behind, wrong: the scores, BatchNorm(4, eps=0.5)
def fold_behind(norm, linear):  # eps is forgotten, which shows where it is not small
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + 1e-5)
    at_zero = norm.params["beta"] - norm.state["mean"] * c
    return c[:, None] * linear.params["W"], at_zero @ linear.params["W"] + linear.params.get("b", 0)


# %% fold_behind, wrong: KeyError
def fold_behind(norm, linear):  # a layer without biases is not thought of
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    at_zero = norm.params["beta"] - norm.state["mean"] * c
    return c[:, None] * linear.params["W"], at_zero @ linear.params["W"] + linear.params["b"]


# %% fold_behind, wrong: your function changed what it was given
def fold_behind(norm, linear):  # in place
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    b = (norm.params["beta"] - norm.state["mean"] * c) @ linear.params["W"] + linear.params.get("b", 0)
    linear.params["W"] *= c[:, None]
    return linear.params["W"], b


# %% fold_behind, wrong: the shape of b
def fold_behind(norm, linear):  # b as a matrix of one row
    c = norm.params["gamma"] / np.sqrt(norm.state["variance"] + norm.eps)
    at_zero = (norm.params["beta"] - norm.state["mean"] * c)[None]
    return c[:, None] * linear.params["W"], at_zero @ linear.params["W"] + linear.params.get("b", 0)


# %% fold_behind, right
def fold_behind(norm, linear):  # asked: the scores of 0 are the bias, those of the unit rows less it the weights
    asked = Sequential(copy.deepcopy(norm), copy.deepcopy(linear))
    b = asked.forward(np.zeros((1, norm.features)))[0]
    return asked.forward(np.eye(norm.features)) - b, b


# %% fold_behind, right
def fold_behind(norm, linear):  # as a product with a diagonal matrix
    deviation = (norm.state["variance"] + norm.eps) ** 0.5
    W = np.diag(norm.params["gamma"] / deviation) @ linear.params["W"]
    b = norm.params["beta"] @ linear.params["W"] - norm.state["mean"] @ W
    return W, b + linear.params["b"] if linear.bias else b
