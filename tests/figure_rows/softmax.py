"""Chapter 04: shares from scores, in four formats."""

import numpy as np

from nnlib import functional

STATES = [
    {"c": 20, "format": "float16"},
    {"c": 120, "format": "float32"},
    {"c": 1000, "format": "float64", "shift": True, "T": 0.5},
    {"c": -1000, "format": "float64"},
    {"T": 10, "format": "float32", "shift": True},
]
LOOSE = 2e-3  # of a share in float16


def shows(state):
    dtype = np.dtype(state["format"]).type
    with np.errstate(all="ignore"):
        Z = (np.array(state["z"], dtype) + dtype(state["c"])) / dtype(state["T"])
        E = np.exp(Z)
        p = functional.softmax(Z) if state["shift"] else E / E.sum()
        return {"p": p, "J": functional.softmax_jacobian(p)}
