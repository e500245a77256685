"""Chapter 07: the 2-2-2 net's program, line by line, whole or with a bug."""

import numpy as np

from nnlib import functional, gradcheck, two_layer

STATES = [{"at": at, "bug": bug} for bug in ("none", "transpose", "mask") for at in (0, 5, 9, 11, 15, 17)]


def shows(state):
    """The chapter's 2-2-2 net: two_layer's gradients, or a faulty line in their place, beside those by nudging."""
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    net = two_layer.TwoLayerNet(np.random.default_rng(0), 2, 2, 2)
    net.W1[:], net.b1[:] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[:], net.b2[:] = [[1, -1], [0.5, 2]], [0, 1]
    z1, a1, z2, a2 = net.forward(x)
    nudged = {"d" + name: gradcheck.numerical_gradient(lambda: net.loss(x, y), p) for name, p in net.params.items()}
    for name, array, loss in (
        ("dz2", z2, lambda: functional.softmax_cross_entropy(z2, y)),
        ("da1", a1, lambda: functional.softmax_cross_entropy(a1 @ net.W2 + net.b2, y)),
        ("dz1", z1, lambda: functional.softmax_cross_entropy(functional.relu(z1) @ net.W2 + net.b2, y)),
    ):
        nudged[name] = gradcheck.numerical_gradient(loss, array)[0]

    dz2 = functional.softmax_cross_entropy_backward(z2, y)
    da1 = dz2 @ (net.W2 if state["bug"] == "transpose" else net.W2.T)
    dz1 = da1 * (a1 >= 0) if state["bug"] == "mask" else functional.relu_backward(da1, z1)
    _, dW2, db2 = functional.linear_backward(dz2, a1, net.W2)
    _, dW1, db1 = functional.linear_backward(dz1, x, net.W1)
    if state["bug"] == "none":
        same = zip(net.backward(x, y, z1, a1, z2, a2), (dW1, db1, dW2, db2), strict=True)
        assert all(np.allclose(a, b) for a, b in same)
    values = {"x": x[0], "z1": z1[0], "a1": a1[0], "z2": z2[0], "a2": a2[0], "y": y[0], "L": net.loss(x, y)}
    gradients = {"dz2": dz2[0], "dW2": dW2, "db2": db2, "da1": da1[0], "dz1": dz1[0], "dW1": dW1, "db1": db1}
    return values | gradients | {"nudged": nudged}
