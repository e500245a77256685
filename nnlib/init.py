"""First weights: where training starts."""

import numpy as np


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
