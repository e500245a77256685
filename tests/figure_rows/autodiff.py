"""Chapter 18: nodes fire in an order that may be wrong; what has arrived, what was sent, and what is right."""

import numpy as np

from nnlib import functional as F
from nnlib.two_layer import TwoLayerNet

STATES = [
    *(
        {"graph": "power", "fired": fired, "at": at}
        for fired, at in (("", 0), ("0", 2), ("0 1 2 3", 3), ("0 2 1 3", 3))
    ),
    *(
        {"graph": "net", "fired": fired, "at": at}
        for fired, at in (("", 0), ("0 1 3 5", 7), ("0 1 2 3 5", 7), ("0 1 3 2 5 7", 7), ("0 1 2 3 4 5 6 7", 4))
    ),
]


def power():
    """Values, right gradients and uses (operand, slope) of L = b c, c = b + a, b = a a at a = 2, users first."""
    a = 2.0
    b = a * a
    c = b + a
    uses = [[(1, b), (2, c)], [(2, 1.0), (3, 1.0)], [(3, a), (3, a)], []]
    return [b * c, c, b, a], [1.0, b, c + b, 4 * a**3 + 3 * a**2], uses


def net():
    """The same of the 2-2-2 net: L, its scores, values, hidden scores, and W1[1, 0]; gradients by the library."""
    x, y = np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
    net = TwoLayerNet(np.random.default_rng(0), 2, 2, 2)
    net.W1[:], net.b1[:] = [[1, -1], [0.5, -0.5]], [0, 0.5]
    net.W2[:], net.b2[:] = [[1, -1], [0.5, 2]], [0, 1]
    z1, a1, z2, a2 = net.forward(x)
    dz2 = F.softmax_cross_entropy_backward(z2, y)
    da1 = dz2 @ net.W2.T
    dz1 = F.relu_backward(da1, z1)
    dW1 = net.backward(x, y, z1, a1, z2, a2)[0]
    open_ = (z1[0] > 0).astype(float)
    uses = [
        [(1, dz2[0, 0]), (2, dz2[0, 1])],
        [(3, net.W2[0, 0]), (4, net.W2[1, 0])], [(3, net.W2[0, 1]), (4, net.W2[1, 1])],
        [(5, open_[0])], [(6, open_[1])], [(7, x[0, 1])], [], [],
    ]  # fmt: skip
    values = [net.loss(x, y), *z2[0], *a1[0], *z1[0], net.W1[1, 0]]
    return values, [1.0, *dz2[0], *da1[0], *dz1[0], dW1[1, 0]], uses


def shows(state):
    values, right, uses = {"power": power, "net": net}[state["graph"]]()
    total, sent = [1.0] + [0.0] * (len(values) - 1), [np.nan] * len(values)
    for n in map(int, state["fired"].split()):
        sent[n] = total[n]
        for operand, slope in uses[n]:
            total[operand] += total[n] * slope
    counts = [1] + [0] * (len(values) - 1)
    for n, those in enumerate(uses):
        for operand, _ in those:
            counts[operand] += counts[n]
    return {
        "value": values, "total": total, "right": right, "sent": sent, "size": len(values), "paths": sum(counts),
    }  # fmt: skip
