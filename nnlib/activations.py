"""Activations: functions of each number by itself, with their slopes."""

import math

import numpy as np

from . import functional as F
from .checks import check_finite, check_gradient
from .layers import Layer


class Activation(Layer):
    """A = f(Z) number by number, so that dZ = dA ⊙ f′(Z). A new one derives from it and writes `f` and `slope`.

    The slope is always taken at the input z, not at the output a: of SiLU and GELU, two z share an a.
    """

    def f(self, Z):
        """Return f(z) for each z, in the shape and type of Z."""
        raise NotImplementedError(f"expected {type(self).__name__} to have a method f(Z)")

    def slope(self, Z):
        """Return f′(z) for each z; at a kink, that of the left side."""
        raise NotImplementedError(f"expected {type(self).__name__} to have a method slope(Z)")

    def forward(self, Z, train=False):
        self.remember(train, Z)
        return self.f(Z)

    def backward(self, dA):
        (Z,) = self.recall()
        check_gradient(dA, Z.shape)
        return dA * self.slope(Z)  # eq-activation-dZ


class ReLU(Activation):
    """max(0, z) (Nair and Hinton, 2010)."""

    def f(self, Z):
        return F.relu(Z)

    def slope(self, Z):
        return Z > 0


class LeakyReLU(Activation):
    """z above 0 and αz below (Maas, Hannun and Ng, 2013).

    Parameters
    ----------
    alpha : float
        The slope below 0.
    """

    settings = ("alpha",)

    def __init__(self, alpha=0.01):
        super().__init__()
        self.alpha = check_finite("alpha", alpha)

    def f(self, Z):
        return np.where(Z > 0, Z, self.alpha * Z)  # eq-leaky-relu

    def slope(self, Z):
        Z = F.floating(Z)
        return np.where(Z > 0, Z.dtype.type(1), Z.dtype.type(self.alpha))  # eq-leaky-relu


class ELU(Activation):
    """z above 0 and α(exp z − 1) below (Clevert, Unterthiner and Hochreiter, 2016).

    Parameters
    ----------
    alpha : float
        How far below 0 it can get.
    """

    settings = ("alpha",)

    def __init__(self, alpha=1.0):
        super().__init__()
        self.alpha = check_finite("alpha", alpha)

    def f(self, Z):
        below = self.alpha * np.expm1(np.minimum(Z, 0))  # above 0, exp could overflow
        return np.where(Z > 0, Z, below)  # eq-elu

    def slope(self, Z):
        below = self.alpha * np.exp(np.minimum(Z, 0))
        return np.where(Z > 0, Z.dtype.type(1), below)  # eq-elu


class Sigmoid(Activation):
    """1/(1 + exp(−z))."""

    def f(self, Z):
        return sigmoid(Z)

    def slope(self, Z):
        A = sigmoid(Z)
        return A * (1 - A)  # eq-sigmoid-slope


class Tanh(Activation):
    """(exp z − exp −z)/(exp z + exp −z)."""

    def f(self, Z):
        return np.tanh(Z)  # eq-tanh

    def slope(self, Z):
        return 1 - np.tanh(Z) ** 2  # eq-tanh-slope


class SiLU(Activation):
    """z times its sigmoid (Hendrycks and Gimpel, 2016; also called swish)."""

    def f(self, Z):
        return Z * sigmoid(Z)  # eq-silu

    def slope(self, Z):
        A = sigmoid(Z)
        return A + Z * A * (1 - A)  # eq-silu


class GELU(Activation):
    """z times Φ(z), the share of a normal distribution below z, in its exact
    form (Hendrycks and Gimpel, 2016).
    """

    def f(self, Z):
        return Z * normal_cdf(Z)  # eq-gelu

    def slope(self, Z):
        return normal_cdf(Z) + Z * normal_density(Z)  # eq-gelu


def sigmoid(Z):
    """Return 1/(1 + exp(−z)) for each z; no exponent is above 0, so that none overflows."""
    Z = F.floating(Z)
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, Z.dtype.type(1), E) / (1 + E)  # eq-sigmoid


def normal_density(Z):
    """Return φ(z) = exp(−z²/2)/√(2π) for each z."""
    Z = np.clip(F.floating(Z), -40, 40)  # beyond, it is 0 in float64 too, and z² could overflow
    return np.exp(Z * Z / -2) / math.sqrt(2 * math.pi)


_STEPS = 256  # table entries for each unit of z: then five terms of Taylor's series leave an error of 1e-16
_END = 9  # from here on Φ is 0 or 1 to 1e-18
_GRID = np.arange(-_END * _STEPS, _END * _STEPS + 1) / _STEPS
_CDF = np.array([(1 + math.erf(z / math.sqrt(2))) / 2 for z in _GRID])


def normal_cdf(Z):
    """Return Φ(z), the share of a normal distribution below z, for each z, to 1e-15.

    NumPy has no erf. Python's own is tabulated once, and Taylor's series leads from the nearest entry to z: Φ′ = φ,
    φ′ = −zφ.
    """
    Z = np.clip(F.floating(Z), -_END, _END)
    near = np.nan_to_num(np.rint(Z * _STEPS))  # what is no number is still none in d
    z, index = near / _STEPS, near.astype(int) + _END * _STEPS
    d = Z - z
    series = d * (1 - d * (z / 2 - d * ((z * z - 1) / 6 + d * (3 * z - z**3) / 24)))
    return _CDF[index].astype(Z.dtype) + normal_density(z) * series  # eq-normal-cdf
