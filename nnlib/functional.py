"""The equations of the network as functions: linear, ReLU, softmax,
cross-entropy, and the gradient of each.

One example is one row: X is (N, D), W is (D, H), Z = XW + b is (N, H). In a
gradient's name, ``dZ`` is short for ∂L/∂Z and has the shape of Z.
"""

import numpy as np


def floating(X):
    """Return X as an array of floating-point numbers: whole ones, which would
    be cut or overflow, as float64.
    """
    X = np.asarray(X)
    return X if X.dtype.kind == "f" else X.astype(float)


def linear(X, W, b):
    """Return the scores Z = XW + b of a linear layer.

    Parameters
    ----------
    X : array (N, D)
        One example a row.
    W : array (D, H)
        Weights; column h is the template of output h.
    b : array (H,)
        Biases.

    Returns
    -------
    array (N, H)

    Raises
    ------
    ValueError
        If the shapes do not fit; b as a column would give each *row* its bias
        in silence.
    """
    if (X.shape[-1:], b.shape) != (W.shape[:1], W.shape[1:]):
        raise ValueError(
            f"expected X (N, D), W (D, H) and b (H,), got {X.shape}, {W.shape} and {b.shape}"
        )
    return X @ W + b  # eq-linear


def linear_backward(dZ, X, W):
    """Return the gradients (dX, dW, db) of a linear layer from dZ = ∂L/∂Z.

    Parameters
    ----------
    dZ : array (N, H)
        The gradient with respect to the layer's output.
    X, W : arrays (N, D) and (D, H)
        What the forward pass was given.

    Returns
    -------
    dX, dW, db : arrays (N, D), (D, H) and (H,)
        Each in the shape of what it is the gradient of.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    if X.ndim != 2 or X.shape[1:] != W.shape[:1] or dZ.shape != X.shape[:1] + W.shape[1:]:
        raise ValueError(
            f"expected dZ (N, H), X (N, D) and W (D, H), got {dZ.shape}, {X.shape} and {W.shape}"
        )
    dX = dZ @ W.T  # eq-linear-dX
    dW = X.T @ dZ  # eq-linear-dW
    db = dZ.sum(axis=0)  # eq-linear-db
    return dX, dW, db


def relu(Z):
    """Return max(0, z), entry by entry (Nair and Hinton, 2010)."""
    return np.maximum(Z, 0)  # eq-relu


def relu_backward(dA, Z):
    """Return dZ from dA for A = relu(Z).

    The mask comes from the *input* Z and is strict: at z = 0, where ReLU has
    no derivative, we choose 0. A mask ``A >= 0`` from the output would always
    be true.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    check_same_shape(Z, dA, "one gradient for each entry of Z")
    return dA * (Z > 0)  # eq-relu-dZ


def softmax(Z):
    """Return exp(z) / Σ exp(z) along the last axis: positive numbers that sum
    to 1 (Bridle, 1990).

    The largest score is subtracted first. The shares are the same, and no
    exponent is above 0, so no exponential overflows (Blanchard, Higham and
    Higham, 2021).
    """
    Z = np.asfortranarray(Z)  # in memory class by class: sums over a few classes are fast then
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)  # eq-softmax


def softmax_jacobian(p):
    """Return J, (K, K), with J[i, j] = ∂p_i/∂z_j, for one row p = softmax(z)."""
    if p.ndim != 1:
        raise ValueError(f"expected one row of probabilities, (K,), got shape {p.shape}")
    return np.diag(p) - np.outer(p, p)  # eq-softmax-jacobian


def softmax_backward(dP, P):
    """Return dZ from dP for P = softmax(Z), all (N, K), without forming a Jacobian."""
    check_same_shape(P, dP, "one gradient for each entry of P")
    return P * (dP - (dP * P).sum(axis=-1, keepdims=True))  # eq-softmax-dZ


def logsumexp(Z, keepdims=False):
    """Return log Σ exp(z) along the last axis, shifted by the largest score so
    that nothing overflows.
    """
    top = Z.max(axis=-1, keepdims=True)
    total = top + np.log(np.exp(Z - top).sum(axis=-1, keepdims=True))  # eq-logsumexp
    return total if keepdims else total.squeeze(-1)


def log_softmax(Z):
    """Return log softmax(Z) along the last axis; finite even where softmax
    itself rounds to 0.
    """
    # The same result; beside a large score the logarithm would lose its digits.
    Z = Z - Z.max(axis=-1, keepdims=True)
    return Z - logsumexp(Z, keepdims=True)  # eq-log-softmax


def cross_entropy(P, Y):
    """Return the mean of −Σ y log p over the rows, from probabilities.

    Classes with y = 0 contribute nothing, as 0 · log 0 is read as 0. Training
    uses `softmax_cross_entropy`, which stays finite where a probability rounds
    to 0.

    Parameters
    ----------
    P : array (..., K)
        Probabilities, a row for each example; also (K,), or more dimensions.
    Y : array of the same shape
        One-hot rows, or any rows that sum to 1.

    Raises
    ------
    ValueError
        If the shapes differ; broadcasting would otherwise average the wrong
        pairs in silence.
    """
    check_same_shape(P, Y)
    logP = np.log(P, where=Y > 0, out=np.zeros_like(P))
    return -(Y * logP).sum(axis=-1).mean()  # eq-cross-entropy


def softmax_cross_entropy(Z, Y):
    """Return the mean cross-entropy straight from the scores,
    log Σ exp(z) − z_label: stable as long as no score is larger in size
    than half the largest float.

    Parameters
    ----------
    Z : array (..., K)
        Scores, before softmax, a row for each example; also (K,), or more
        dimensions.
    Y : array of the same shape
        One-hot rows, or any rows that sum to 1.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    check_same_shape(Z, Y)
    Z = Z - Z.max(axis=-1, keepdims=True)  # the same loss, as in log_softmax
    return (logsumexp(Z) - (Y * Z).sum(axis=-1)).mean()  # eq-softmax-cross-entropy


def softmax_cross_entropy_backward(Z, Y):
    """Return dZ for the mean loss of `softmax_cross_entropy` over N rows,
    (softmax(Z) − Y)/N: the 1/N of the mean.
    """
    check_same_shape(Z, Y)
    N = Z[..., 0].size
    return (softmax(Z) - Y) / N  # eq-softmax-cross-entropy-dZ


def check_same_shape(A, B, expected="one row of targets for each row of scores"):
    """Raise a ValueError unless two arrays have one shape: broadcasting hides
    mistakes.
    """
    if A.shape != B.shape:
        raise ValueError(f"expected {expected}, shape {A.shape}, got {B.shape}")
