"""JAX on the processor: an epoch is one compiled loop over its batches."""

import numpy as np

from benchmarks.peers import scores


def jax(recipe):
    import jax
    import jax.numpy as jnp
    from jax import lax

    def loss(params, pixels, target):
        W1, b1, W2, b2 = params
        z2 = jax.nn.relu(pixels.astype(jnp.float32) / 255 @ W1 + b1) @ W2 + b2
        return -(target * jax.nn.log_softmax(z2)).sum(axis=-1).mean()

    gradient = jax.grad(loss)

    @jax.jit
    def descend(params, X, Y):
        def update(params, example):
            grads = gradient(params, *example)
            return [w - recipe.rate * g for w, g in zip(params, grads, strict=True)], None

        return lax.scan(update, params, (X, Y))[0]

    @jax.jit
    def adamw(state, X, Y, batches, rates):
        def update(state, turn):
            params, means, squares, t = state
            rows, eta = turn
            grads = gradient(params, X[rows], Y[rows])
            b1, b2 = recipe.beta1, recipe.beta2
            means = [b1 * m + (1 - b1) * g for m, g in zip(means, grads, strict=True)]
            squares = [b2 * s + (1 - b2) * g * g for s, g in zip(squares, grads, strict=True)]
            moved = []
            for w, m, s in zip(params, means, squares, strict=True):
                decay = recipe.weight_decay if w.ndim > 1 else 0.0
                step = m / (1 - b1**t) / (jnp.sqrt(s / (1 - b2**t)) + 1e-8)
                moved.append((1 - eta * decay) * w - eta * step)
            return (moved, means, squares, t + 1), None

        return lax.scan(update, state, (batches, rates))[0]

    def one_at_a_time(X, y, rng):
        params = recipe.first_weights(rng)
        X, Y = jnp.asarray(X), jnp.eye(10, dtype=jnp.float32)[y]
        for _ in range(recipe.epochs):
            params = descend(params, X, Y)
        return scores(*map(np.asarray, params))

    def train(X, y, rng):
        examples, unfolded = recipe.examples(X)
        params = recipe.first_weights(rng, examples.shape[1])
        zeros = [np.zeros_like(param) for param in params]
        state = params, zeros, zeros, np.float32(1)
        rows, rates = list(recipe.batches(len(y), rng)), recipe.rates(len(y))
        X, Y = jnp.asarray(examples), jnp.asarray(recipe.targets(y))
        # A loop has batches of one length; the shorter last one of each epoch is a loop of its own.
        start = 0
        while start < len(rows):
            stop = start + 1
            while stop < len(rows) and len(rows[stop]) == len(rows[start]):
                stop += 1
            state = adamw(state, X, Y, np.array(rows[start:stop]), rates[start:stop])
            start = stop
        W1, b1, W2, b2 = map(np.asarray, state[0])
        return scores(unfolded(W1), b1, W2, b2)

    return one_at_a_time if recipe.batch == 1 else train
