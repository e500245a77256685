"""What the tests of layers, losses and optimizers share: arrays in any layout, finite differences of a whole layer, and
how near two libraries come.
"""

import numpy as np
import torch
from hypothesis import strategies as st

from nnlib.gradcheck import check_gradients

sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from([np.float32, np.float64])
layouts = st.sampled_from(["rows", "columns", "every second", "backwards", "read-only"])


def laid(array, layout):
    """An equal array that lies otherwise in memory."""
    if layout == "columns":
        return np.asfortranarray(array)
    if layout == "every second":
        return np.repeat(array, 2, axis=-1)[..., ::2]
    if layout == "backwards":
        return array[::-1].copy()[::-1]
    array = array.copy()
    array.flags.writeable = layout != "read-only"
    return array


def away_from_zero(rng, shape):
    """Numbers of either sign, at least 0.1 from the kink: a finite difference across it measures neither side."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.1, 2, shape)


def agree(ours, theirs, dtype, scale=1.0):
    """To rounding, for numbers of about `scale`."""
    if isinstance(theirs, torch.Tensor):
        theirs = theirs.detach().numpy()
    rtol, atol = (1e-4, 1e-5) if dtype == np.float32 else (1e-11, 1e-12)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol * scale)


def agrees_with_differences(layer, X, dA, before=lambda: None):
    """All gradients of a layer, its input's too; `before` prepares each forward pass."""

    def loss():
        before()
        return float((dA * layer.forward(X, train=True)).sum())

    loss()
    dX = layer.backward(dA)
    grads = {name: grad.copy() for name, grad in layer.grads.items()}
    errors = check_gradients(loss, {**layer.params, "X": X}, {**grads, "X": dX}, floor=1e-3)
    assert max(errors.values()) < 1e-6, errors
