"""nnlib, as a reader uses it."""

import numpy as np

from benchmarks.peers import scores


def nnlib(recipe):
    """`Sequential` and `fit`; one digit at a time by `TwoLayerNet`."""
    from nnlib.activations import ReLU
    from nnlib.layers import Linear
    from nnlib.losses import SoftmaxCrossEntropy
    from nnlib.optim import AdamW
    from nnlib.schedules import warm_up_and_decay
    from nnlib.sequential import Sequential
    from nnlib.train import fit
    from nnlib.two_layer import TwoLayerNet

    def one_at_a_time(X, y, rng):
        net = TwoLayerNet(np.random.default_rng(0), dtype=np.float32)
        for param, first in zip(net.params.values(), recipe.first_weights(rng), strict=True):
            param[...] = first
        settings = {"learning_rate": recipe.rate, "decay": False, "shuffle": False, "verbose": False}
        fit(net, X, y, rng=rng, epochs=recipe.epochs, **settings)
        return scores(*net.params.values())

    def train(X, y, rng):
        examples, unfolded = recipe.examples(X)
        net = Sequential(Linear(examples.shape[1], 64, rng), ReLU(), Linear(64, 10, rng), dtype=np.float32)
        schedule = warm_up_and_decay(recipe.rate, warm_up=recipe.warm_up, start=recipe.start)
        adamw = AdamW(schedule, weight_decay=recipe.weight_decay, beta1=recipe.beta1, beta2=recipe.beta2)
        settings = {"epochs": recipe.epochs, "batch_size": recipe.batch, "verbose": False}
        fit(net, examples, y, rng=rng, optimizer=adamw, loss=SoftmaxCrossEntropy(recipe.smoothing), **settings)
        W1, b1, W2, b2 = net.params.values()
        return scores(unfolded(W1), b1, W2, b2)

    return one_at_a_time if recipe.batch == 1 else train
