"""Keras on JAX, scikit-learn and tinygrad, each as its own pages write it."""

import os
import warnings

import numpy as np

from benchmarks.peers import scores


def keras(recipe):
    """`Sequential`, `compile` and `fit`; its rows of 60,000 are scaled before."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    def train(X, y, rng):
        net = keras.Sequential([keras.Input((784,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10)])
        net.set_weights(recipe.first_weights(rng))
        rates = recipe.rates(len(y))

        class Rates(keras.optimizers.schedules.LearningRateSchedule):
            def __call__(self, t):
                return keras.ops.take(keras.ops.convert_to_tensor(rates), keras.ops.cast(t, "int32"))

        if recipe.batch == 1:
            optimizer = keras.optimizers.SGD(recipe.rate)
        else:
            betas = {"beta_1": recipe.beta1, "beta_2": recipe.beta2, "epsilon": 1e-8}
            optimizer = keras.optimizers.AdamW(Rates(), weight_decay=recipe.weight_decay, **betas)
            optimizer.exclude_from_weight_decay(var_names=["bias"])
        smoothing = recipe.smoothing if recipe.batch > 1 else 0.0
        entropy = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
        net.compile(optimizer, entropy)
        settings = {"batch_size": recipe.batch, "epochs": recipe.epochs, "shuffle": recipe.batch > 1, "verbose": 0}
        net.fit(X.astype(np.float32) / 255, np.eye(10, dtype=np.float32)[y], **settings)
        return scores(*net.get_weights())

    return train


def scikit_learn(recipe):
    """`MLPClassifier`, which has neither label smoothing nor a step size that rises; eight epochs with its own Adam."""
    from sklearn.neural_network import MLPClassifier

    def train(X, y, rng):
        settings = {"hidden_layer_sizes": (64,), "random_state": int(rng.integers(2**31)), "batch_size": recipe.batch}
        if recipe.batch == 1:
            settings |= {"solver": "sgd", "momentum": 0.0, "learning_rate_init": recipe.rate, "shuffle": False}
            settings |= {"max_iter": recipe.epochs, "alpha": 0.0}
        else:
            settings |= {"learning_rate_init": 0.002, "max_iter": 8}
        net = MLPClassifier(**settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged
            net.fit(X.astype(np.float32) / 255, y)
        return scores(net.coefs_[0], net.intercepts_[0], net.coefs_[1], net.intercepts_[1])

    return train


def tinygrad(recipe):
    """Eager code whose step is compiled."""
    from tinygrad import Context, Tensor, TinyJit, nn

    def train(X, y, rng):
        params = [Tensor(first) for first in recipe.first_weights(rng)]
        W1, b1, W2, b2 = params
        pictures, labels = Tensor(X), Tensor(y.astype(np.int32))
        smoothing = recipe.smoothing if recipe.batch > 1 else 0.0
        if recipe.batch == 1:
            optimizers = [nn.optim.SGD(params, lr=recipe.rate)]
        else:
            betas = {"lr": 0.001, "b1": recipe.beta1, "b2": recipe.beta2, "eps": 1e-8}
            optimizers = [nn.optim.AdamW([W1, W2], weight_decay=recipe.weight_decay, **betas)]
            optimizers += [nn.optim.AdamW([b1, b2], weight_decay=0.0, **betas)]

        def step(rows):
            x = pictures[rows].cast("float32") / 255
            z2 = (x @ W1 + b1).relu() @ W2 + b2
            loss = z2.sparse_categorical_crossentropy(labels[rows], label_smoothing=smoothing)
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            return loss.realize(*(part for optimizer in optimizers for part in optimizer.schedule_step()))

        compiled = {}  # by the length of a batch
        one_by_one = (np.array([n]) for _ in range(recipe.epochs) for n in range(len(y)))
        turns = one_by_one if recipe.batch == 1 else recipe.batches(len(y), rng)
        rates = recipe.rates(len(y)).tolist() if recipe.batch > 1 else None
        with Context(TRAINING=1):
            for t, rows in enumerate(turns):
                if rates is not None:
                    for optimizer in optimizers:
                        optimizer.lr.assign(Tensor([rates[t]])).realize()
                compiled.setdefault(len(rows), TinyJit(step))(Tensor(rows.astype(np.int32)).realize())
        return scores(*(param.numpy() for param in params))

    return train
