"""The seed's network, 784 → 64 → 10, written out: forward, backward, update,
and one example at a time.
"""

import numpy as np

from . import functional as F
from .checks import check_scaled, check_size
from .flat import Arrays
from .init import drawn, he_normal


class TwoLayerNet:
    """A linear layer, ReLU, a linear layer, softmax.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the first weights come from.
    inputs, hidden, classes : int
        The sizes D, H and K.
    init : callable (rng, fan_in, fan_out) -> array
        `nnlib.init.he_normal` or `nnlib.init.uniform`.
    dtype : numpy dtype
        Of every parameter, a floating one. float64 keeps the book's printed numbers the same
        on every machine (chapter 08).

    Attributes
    ----------
    W1, b1, W2, b2 : arrays (D, H), (H,), (H, K) and (K,)
    """

    def __init__(
        self, rng, inputs=784, hidden=64, classes=10, init=he_normal, dtype=np.float64
    ):  # fmt: skip
        for name, size in {"inputs": inputs, "hidden": hidden, "classes": classes}.items():
            check_size(name, size)
        if not np.issubdtype(dtype, np.floating):  # whole numbers would round every weight to 0
            raise ValueError(f"expected dtype to be float64 or float32, got {np.dtype(dtype)}")
        self.W1 = drawn(init, rng, inputs, hidden).astype(dtype)
        self.b1 = np.zeros(hidden, dtype)
        self.W2 = drawn(init, rng, hidden, classes).astype(dtype)
        self.b2 = np.zeros(classes, dtype)

    @property
    def params(self):
        """The four parameters by name; the arrays themselves, not copies."""
        return Arrays(W1=self.W1, b1=self.b1, W2=self.W2, b2=self.b2)

    @property
    def inputs(self):
        """D, the numbers in one picture."""
        return len(self.W1)

    @property
    def classes(self):
        """K, the scores of one picture."""
        return len(self.b2)

    @property
    def dtype(self):
        """The type in which the network computes."""
        return self.W1.dtype

    def forward(self, X):
        """Return (z1, a1, z2, a2) for rows X, (N, D); a2 holds the
        probabilities, (N, K).
        """
        D = self.inputs
        if X.ndim != 2 or X.shape[1] != D:
            raise ValueError(f"expected one picture a row, shape (N, {D}), got {X.shape}")
        z1 = X @ self.W1 + self.b1  # eq-two-layer-forward
        a1 = F.relu(z1)
        z2 = a1 @ self.W2 + self.b2
        a2 = F.softmax(z2)
        return z1, a1, z2, a2

    def backward(self, X, Y, z1, a1, z2, a2):
        """Return (dW1, db1, dW2, db2), the gradients of the mean loss over the
        rows.

        Takes what `forward` was given and returned, and the one-hot labels Y,
        (N, K).
        """
        F.check_same_shape(a2, Y)
        dz2 = (a2 - Y) / len(X)  # eq-two-layer-dZ2
        dW2 = a1.T @ dz2  # eq-two-layer-dW2
        db2 = dz2.sum(axis=0)  # eq-two-layer-db2
        da1 = dz2 @ self.W2.T  # eq-two-layer-dA1
        dz1 = da1 * (z1 > 0)  # eq-two-layer-dZ1
        dW1 = X.T @ dz1  # eq-two-layer-dW1
        db1 = dz1.sum(axis=0)  # eq-two-layer-db1
        return dW1, db1, dW2, db2

    def scores(self, X):
        """Return z2, (N, K), the scores of rows X before softmax."""
        check_scaled(X)
        return self.forward(X)[2]

    def scores_and_grads(self, X, Y):
        """Return the scores of rows X and {parameter's name: gradient of the
        mean loss}: what `nnlib.train.fit` asks of any network.
        """
        check_scaled(X)
        states = self.forward(X)
        grads = self.backward(X, Y, *states)
        return states[2], dict(zip(self.params, grads, strict=True))

    def update(self, dW1, db1, dW2, db2, learning_rate):
        """Take one step downhill, in place."""
        for param, grad in zip(self.params.values(), (dW1, db1, dW2, db2), strict=True):
            param -= learning_rate * grad  # eq-sgd

    def loss(self, X, Y):
        """Return the mean cross-entropy of rows X with one-hot labels Y, from
        the scores.
        """
        return F.softmax_cross_entropy(self.scores(X), Y)

    def predict(self, X):
        """Return the most probable class of each row, (N,)."""
        return self.scores(X).argmax(axis=1)

    def step(self, x, label, learning_rate):
        """Forward, backward and update on one picture x, (D,); return its
        scores from before the update.

        The same step as the four methods above, to rounding. It touches only
        the rows of W1 whose pixel is lit: a blank pixel adds 0 to z1, and its
        row of dW1 is 0.
        """
        D, K = self.inputs, self.classes
        if x.shape != (D,) or not 0 <= label < K:
            raise ValueError(
                f"expected a picture ({D},) and a label 0 to {K - 1}, got {x.shape} and {label}"
            )
        lit = x.nonzero()[0]
        v, rows = x[lit], self.W1[lit]
        z1 = v @ rows + self.b1
        a1 = F.relu(z1)
        z2 = a1 @ self.W2 + self.b2

        dz2 = F.softmax(z2)
        dz2[label] -= 1
        dz1 = (self.W2 @ dz2) * (z1 > 0)  # before W2 moves

        self.W2 -= np.outer(a1, learning_rate * dz2)
        self.b2 -= learning_rate * dz2
        rows -= np.outer(v, learning_rate * dz1)
        self.W1[lit] = rows  # eq-lit-rows
        self.b1 -= learning_rate * dz1
        return z2
