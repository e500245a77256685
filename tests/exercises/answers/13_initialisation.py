"""Answers to the exercises of chapter 13; see test_exercises.py."""


# %% he_leaky, lazy: for alpha = 0.3, D = 784, H = 64 the variance is 1.08
def he_leaky(rng, fan_in, fan_out, alpha):  # the leak is small
    return init.he_normal(rng, fan_in, fan_out)


# %% he_leaky, lazy: another generator, the same draws
def he_leaky(rng, fan_in, fan_out, alpha):  # a generator of its own
    rng = np.random.default_rng(0)
    return rng.normal(0, np.sqrt(2 / ((1 + alpha**2) * fan_in)), (fan_in, fan_out))


# %% he_leaky, lazy: the draws are not normal
def he_leaky(rng, fan_in, fan_out, alpha):  # a uniform one is at hand
    return init.he_uniform(rng, fan_in, fan_out) / np.sqrt(1 + alpha**2)


# %% he_leaky, lazy: the draws are not normal
def he_leaky(rng, fan_in, fan_out, alpha):  # coins
    return rng.choice([-1.0, 1.0], (fan_in, fan_out)) * np.sqrt(2 / ((1 + alpha**2) * fan_in))


# %% he_leaky, wrong: for alpha = 0, D = 784, H = 64 the variance is 0.00
def he_leaky(rng, fan_in, fan_out, alpha):  # without the root
    return rng.normal(0, 2 / ((1 + alpha**2) * fan_in), (fan_in, fan_out))


# %% he_leaky, wrong: for alpha = 0, D = 784, H = 64 the variance is 12
def he_leaky(rng, fan_in, fan_out, alpha):  # by the fan-out
    return rng.normal(0, np.sqrt(2 / ((1 + alpha**2) * fan_out)), (fan_in, fan_out))


# %% he_leaky, wrong: for alpha = 0.3, D = 784, H = 64 the variance is 0.8
def he_leaky(rng, fan_in, fan_out, alpha):  # alpha not squared
    return rng.normal(0, np.sqrt(2 / ((1 + alpha) * fan_in)), (fan_in, fan_out))


# %% he_leaky, wrong: for alpha = 0.3, D = 784, H = 64 the variance is 1.1
def he_leaky(rng, fan_in, fan_out, alpha):  # the factor on the wrong side
    return rng.normal(0, np.sqrt(2 * (1 + alpha**2) / fan_in), (fan_in, fan_out))


# %% he_leaky, wrong: for alpha = 0, D = 784, H = 64 the variance is 0.49
def he_leaky(rng, fan_in, fan_out, alpha):  # without the half that ReLU takes
    return rng.normal(0, np.sqrt(1 / ((1 + alpha**2) * fan_in)), (fan_in, fan_out))


# %% he_leaky, wrong: for alpha = 0.3, D = 784, H = 64 the variance is 1.
def he_leaky(rng, fan_in, fan_out, alpha):  # keeps the variance of the values, not the mean square
    kept = (1 + alpha**2) / 2 - (1 - alpha) ** 2 / (2 * np.pi) * (alpha != 0)
    return rng.normal(0, np.sqrt(1 / (kept * fan_in)), (fan_in, fan_out))


# %% he_leaky, wrong: the shape for alpha = 0
def he_leaky(rng, fan_in, fan_out, alpha):  # as in columns
    return rng.normal(0, np.sqrt(2 / ((1 + alpha**2) * fan_in)), (fan_out, fan_in))


# %% he_leaky, wrong: the mean is not 0
def he_leaky(rng, fan_in, fan_out, alpha):  # only positive weights
    deviation = np.sqrt(2 / ((1 + alpha**2) * fan_in))
    return rng.normal(deviation, deviation, (fan_in, fan_out))


# %% he_leaky, right
def he_leaky(rng, fan_in, fan_out, alpha):
    return init.he_normal(rng, fan_in, fan_out) / np.hypot(1, alpha)


# %% he_leaky, right
def he_leaky(rng, fan_in, fan_out, alpha):  # one unit after the other
    deviation = (2 / (1 + alpha * alpha) / fan_in) ** 0.5
    return np.stack([deviation * rng.standard_normal(fan_in) for _ in range(fan_out)], axis=1)


# %% first_weights, lazy: expected the variance 2/784
def first_weights(sizes, seed):  # one mended
    rng = np.random.default_rng(seed)
    return [(rng.normal(0, 2 / H, (D, H)), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, lazy: expected the variance 2/300, got
def first_weights(sizes, seed):  # the three layers of the text alone
    rng = np.random.default_rng(seed)
    return [(rng.normal(0, np.sqrt(2 / {64: 784}.get(H, 64)), (D, H)), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: its weights repeat those of layer
def first_weights(sizes, seed):  # a new generator for each layer
    return [(init.he_normal(np.random.default_rng(seed), D, H), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: its weights repeat those of layer
def first_weights(sizes, seed):  # all from one large draw
    large = np.random.default_rng(seed).standard_normal((max(sizes), max(sizes)))
    return [(np.sqrt(2 / D) * large[:D, :H].copy(), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: expected the variance 2/784
def first_weights(sizes, seed):  # still a variance
    rng = np.random.default_rng(seed)
    return [(rng.normal(0, 2 / D, (D, H)), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: expected the variance 2/784
def first_weights(sizes, seed):  # still the fan-out
    rng = np.random.default_rng(seed)
    return [(rng.normal(0, np.sqrt(2 / H), (D, H)), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: expected the variance 2/784
def first_weights(sizes, seed):  # Xavier's
    rng = np.random.default_rng(seed)
    return [(init.xavier_normal(rng, D, H), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: the biases
def first_weights(sizes, seed):  # biases are drawn as well
    rng = np.random.default_rng(seed)
    return [(init.he_normal(rng, D, H), rng.normal(0, 0.01, H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: the biases
def first_weights(sizes, seed):  # as many biases as inputs
    rng = np.random.default_rng(seed)
    return [(init.he_normal(rng, D, H), np.zeros(D)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: seed 4 gave seed 3's
def first_weights(sizes, seed):  # the seed is forgotten
    rng = np.random.default_rng(0)
    return [(init.he_normal(rng, D, H), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: the same seed again
def first_weights(sizes, seed):  # no seed at all
    rng = np.random.default_rng()
    return [(init.he_normal(rng, D, H), np.zeros(H)) for D, H in pairwise(sizes)]


# %% first_weights, wrong: expected a pair a layer
def first_weights(sizes, seed):  # the last layer is left out
    rng = np.random.default_rng(seed)
    return [(init.he_normal(rng, D, H), np.zeros(H)) for D, H in pairwise(sizes[:-1])]


# %% first_weights, right
def first_weights(sizes, seed):  # one seed a layer, each its own
    seeds = np.random.SeedSequence(seed).spawn(len(sizes) - 1)
    pairs = zip(seeds, pairwise(sizes), strict=True)
    return [(init.he_normal(np.random.default_rng(s), D, H), np.zeros(H)) for s, (D, H) in pairs]


# %% first_weights, right
def first_weights(sizes, seed):  # uniform draws of the same variance
    rng, pairs = np.random.default_rng(seed), []
    for i in range(1, len(sizes)):
        limit = (6 / sizes[i - 1]) ** 0.5
        pairs.append((rng.uniform(-limit, limit, (sizes[i - 1], sizes[i])), np.zeros(sizes[i])))
    return pairs


# %% first_weights, right
def first_weights(sizes, seed):  # by layers
    rng = np.random.default_rng(seed)
    layers = [Linear(D, H, rng) for D, H in pairwise(sizes)]
    return [(layer.params["W"], layer.params["b"]) for layer in layers]
