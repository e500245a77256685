"""First weights: where training starts."""

import numpy as np


def drawn(init, rng, fan_in, fan_out):
    """Return the first weights that a function of this form draws; raise a ValueError unless they are such a matrix."""
    if not callable(init):
        raise ValueError(f"expected init to be a function, such as nnlib.init.he_normal, got {init!r}")
    W = init(rng, fan_in, fan_out)
    if np.shape(W) != (fan_in, fan_out):
        raise ValueError(f"expected init to return a matrix {(fan_in, fan_out)}, got shape {np.shape(W)}")
    return W


def he_normal(rng, fan_in, fan_out):
    """Return a (fan_in, fan_out) matrix of N(0, 2/fan_in) draws, the scale
    that suits ReLU (He et al., 2015).
    """
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))  # eq-he-normal


def uniform(rng, fan_in, fan_out, limit=0.5):
    """Return a (fan_in, fan_out) matrix of draws from [−limit, limit): what
    the seed program starts from.
    """
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_uniform(rng, fan_in, fan_out):
    """Return a (fan_in, fan_out) matrix of uniform draws with the variance of `he_normal`, 2/fan_in."""
    limit = np.sqrt(6 / fan_in)  # eq-he-uniform
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def xavier_normal(rng, fan_in, fan_out):
    """Return a (fan_in, fan_out) matrix of N(0, 2/(fan_in + fan_out)) draws, between what keeps the forward and what
    keeps the backward pass at one size where the slope is 1 (Glorot and Bengio, 2010).
    """
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))  # eq-xavier-normal


def xavier_uniform(rng, fan_in, fan_out):
    """Return a (fan_in, fan_out) matrix of uniform draws with the variance of `xavier_normal`."""
    limit = np.sqrt(6 / (fan_in + fan_out))  # eq-xavier-uniform
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def orthogonal(rng, fan_in, fan_out):
    """Return a random (fan_in, fan_out) matrix whose shorter side is orthonormal: all its singular values are 1, so
    that the smaller space keeps its lengths and angles (Saxe, McClelland and Ganguli, 2014).
    """
    longer, shorter = max(fan_in, fan_out), min(fan_in, fan_out)
    Q, R = np.linalg.qr(rng.normal(size=(longer, shorter)))
    Q = Q * np.sign(np.diag(R))  # without it some orthogonal matrices would be likelier than others
    return Q if fan_in >= fan_out else Q.T  # eq-orthogonal
