"""Chapter 00: a nudge at the beginning of a chain."""

import numpy as np

from nnlib import gradcheck

STATES = [{"x": -0.7, "nudge": 0.5, "twice": True}, {"x": 1.5, "nudge": 0.01}]


def shows(state):
    x, nudge = state["x"], state["nudge"]

    def forward(x):
        r = 3 * x
        s = x + 2 if state["twice"] else r + 2
        return r, s, r * s if state["twice"] else s**2

    r, s, L = forward(x)
    at = np.array([float(x)])
    dx = float(gradcheck.numerical_gradient(lambda: forward(at[0])[2], at)[0])
    moved = forward(x + nudge)[2] - L
    moves = {"r": 3 * nudge, "s": (1 if state["twice"] else 3) * nudge, "L": dx * nudge}
    return {"x": x, "r": r, "s": s, "L": L, "dx": dx, "moves": moves, "really": moved, "measured": moved / nudge}
