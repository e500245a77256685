"""Chapter 11: a chain of five layers, forward and back; right, with one ReLU in two places, and after a look at another
batch.
"""

import numpy as np

from nnlib import functional as F
from nnlib import gradcheck
from nnlib.activations import ReLU
from nnlib.layers import Linear
from nnlib.sequential import Sequential

STATES = [{"at": at, "shared": shared, "look": look} for at in (2, 5, 8, 10) for shared in (0, 1) for look in (0, 1)]


def chain():
    rng = np.random.default_rng(0)
    net = Sequential(Linear(2, 2, rng), ReLU(), Linear(2, 2, rng), ReLU(), Linear(2, 2, rng))
    for place, W, b in (
        (0, [[1, -1], [0.5, -0.5]], [0, 0.5]), (2, [[-0.5, 1], [0.5, 2]], [0, 0]), (4, [[1, -1], [0.5, 2]], [0, 1]),
    ):  # fmt: skip
        net.params[f"{place}.W"][...], net.params[f"{place}.b"][...] = W, b
    return net


def forward(net, x):
    """What runs between the layers: x, then what each gives."""
    r = [np.array([x], float)]
    for layer in net.layers:
        r.append(layer.forward(r[-1]))
    return r


def backward(net, scores, y, memory):
    """All gradients, from the memories of the layers."""
    dr, dW = [F.softmax_cross_entropy_backward(scores, y)], []
    for layer, kept in zip(reversed(net.layers), reversed(memory), strict=True):
        if isinstance(layer, Linear):
            dX, dW_here, _ = F.linear_backward(dr[0], kept, layer.params["W"])
        else:
            dX, dW_here = F.relu_backward(dr[0], kept), None
        dr.insert(0, dX)
        dW.insert(0, dW_here)
    return dr, dW


def shows(state):
    """Sequential's gradients where nothing is broken; else each layer's own function with the memory that it has."""
    net, y = chain(), np.array([[1.0, 0.0]])
    r, other = forward(net, [1, 2]), forward(net, [-1, -1])
    at, shared, look = state["at"], state["shared"], state["look"]

    def memories(step):
        kept = list((other if look and step >= 5 else r)[:5])
        if shared and step >= 3:
            kept[1] = kept[3]
        return kept

    dr, dW = backward(net, r[5], y, memories(10))
    if not shared and not look:
        net.scores_and_grads(r[0], y)
        assert all(np.array_equal(dW[place], net.grads[f"{place}.W"]) for place in (0, 2, 4))

    def loss(i):
        return F.softmax_cross_entropy(Sequential(*net.layers[i:]).scores(r[i]) if i < 5 else r[5], y)

    nudged = [gradcheck.numerical_gradient(lambda i=i: loss(i), r[i])[0] for i in range(6)]
    return {
        "r": [row[0] for row in r], "memory": [row[0] for row in memories(at)], "L": F.softmax_cross_entropy(r[5], y),
        "dr": [row[0] for row in dr], "dW": dW, "nudged": nudged,
    }  # fmt: skip
