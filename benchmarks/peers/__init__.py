"""Programs that train 784-64-10 on MNIST, each as its library wants it; `benchmarks/seed_table.py` has them take turns.

A module has one function a program. It is given a `Recipe`, imports its library, and returns ``train(X, y, rng)``,
which goes from pixels, (N, 784) of uint8, and labels to trained weights, with all that has to be prepared and compiled,
and returns a function of the scores of pixels.
"""

from typing import NamedTuple

import numpy as np


class Recipe(NamedTuple):
    """How 784-64-10 is trained. Where a batch is larger than one example AdamW moves the weights, and the step size
    rises over a share of the updates to its peak and falls to 0.
    """

    name: str
    epochs: int
    batch: int
    rate: float
    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.1
    smoothing: float = 0.05
    warm_up: float = 0.2
    start: float = 0.04  # of the peak, where the step size begins
    digits: int = 60_000  # that are trained on, the first ones

    def updates(self, N):
        """Return how many updates a training on N examples takes."""
        return self.epochs * -(-N // self.batch)

    def rates(self, N):
        """Return the step size of each update."""
        tau, w = np.arange(self.updates(N)) / self.updates(N), self.warm_up
        rising = self.start + (1 - self.start) * tau / w
        return (self.rate * np.where(tau < w, rising, (1 - tau) / (1 - w))).astype(np.float32)

    def batches(self, N, rng):
        """Yield the places of the examples of each batch."""
        for _ in range(self.epochs):
            order = rng.permutation(N)
            for start in range(0, N, self.batch):
                yield order[start : start + self.batch]

    def targets(self, y):
        """Return rows that sum to 1, (N, 10) in float32."""
        return (1 - self.smoothing) * np.eye(10, dtype=np.float32)[y] + np.float32(self.smoothing / 10)

    def examples(self, X):
        """Return what is trained on, and the function of W1 that makes it see pixels."""
        return (pool(X), unfold) if self.name == "pooled" else (X, lambda W1: W1)

    def first_weights(self, rng, D=784, H=64, K=10):
        """Return W1, b1, W2 and b2 in float32, (D, H) to (K,): between -0.5 and 0.5 for the seed, He's normal ones
        otherwise.
        """
        if self.name == "seed":
            W1, W2 = rng.uniform(-0.5, 0.5, (D, H)), rng.uniform(-0.5, 0.5, (H, K))
        else:
            W1, W2 = rng.normal(0, (2 / D) ** 0.5, (D, H)), rng.normal(0, (2 / H) ** 0.5, (H, K))
        return [array.astype(np.float32) for array in (W1, np.zeros(H), W2, np.zeros(K))]


# As the system of this book began: plain descent, one digit after the other in the order of the file.
SEED = Recipe("seed", epochs=10, batch=1, rate=0.01)
# Chapter 16's recipe of two epochs.
PLAIN = Recipe("plain", epochs=2, batch=128, rate=0.02)
# Less work: the network is trained on 144 means of four pixels, and then its first weights are unfolded onto 784. Its
# settings were chosen on the last 10,000 digits, by trainings on the first 50,000.
POOLED = Recipe(
    "pooled", epochs=2, batch=320, rate=0.065, beta1=0.7, beta2=0.85, weight_decay=0.05, smoothing=0.02, warm_up=0.1,
    digits=51_200,  # whole batches: programs that compile for a size compile once
)  # fmt: skip
RECIPES = {recipe.name: recipe for recipe in (SEED, PLAIN, POOLED)}


def pool(X):
    """Return the means of 2 x 2 pixels of the inner 24 x 24, (N, 144) of uint8, rounded."""
    means = np.empty((len(X), 12, 12), np.uint8)
    for start in range(0, len(X), 500):  # what is made on the way stays in the cache
        pairs = X[start : start + 500].view(np.uint16)  # two pixels side by side are one number
        pairs = (pairs & 255) + (pairs >> 8)
        rows = pairs.reshape(-1, 14, 2, 14)[:, 1:13, :, 1:13]
        fours = rows[:, :, 0] + rows[:, :, 1]
        fours += 2
        means[start : start + 500] = fours >> 2
    return means.reshape(len(X), 144)


def unfold(W1):
    """Return the weights, (784, H), that give for pixels what W1, (144, H), gives for their means."""
    whole = np.zeros((28, 28, W1.shape[1]), W1.dtype)
    whole[2:26, 2:26] = np.repeat(np.repeat(W1.reshape(12, 12, -1) / 4, 2, axis=0), 2, axis=1)
    return whole.reshape(784, -1)


def scores(W1, b1, W2, b2):
    """Return the function of the scores of pixels."""
    return lambda X: np.maximum(X.astype(np.float32) / 255 @ W1 + b1, 0) @ W2 + b2
