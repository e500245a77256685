"""Chapter 06: a slope by three differences, in two formats."""

import numpy as np

from nnlib import gradcheck

STATES = [
    {"h": h, "format": format, "method": method}
    for h in (0.1, 1.6e-5, 3.2e-10, 1e-16)
    for format in ("float64", "float32")
    for method in ("forward", "central", "complex")
]


def shows(state):
    """The slope of 1/x at 0.7, in NumPy's arithmetic; its central difference in float64 is gradcheck's."""
    h, method = state["h"], state["method"]
    real, complex_ = {"float64": (np.float64, np.complex128), "float32": (np.float32, np.complex64)}[state["format"]]
    x, step = real(0.7), real(h)
    exact, unit = -1 / (float(x) * float(x)), np.finfo(real).eps / 2
    f, slope_size, second, third = 1 / 0.7, 1 / 0.7**2, 2 / 0.7**3, 6 / 0.7**4
    up, down = 1 / (x + step), 1 / (x if method == "forward" else x - step)
    numbers = {"up": up, "down": down, "difference": up - down, "exact": exact}
    if method == "forward":
        slope, rounding, truncation = (up - down) / step, 2 * unit * f / h, h / 2 * second
    elif method == "central":
        slope, rounding, truncation = (up - down) / (2 * step), unit * f / h, h**2 / 6 * third
        if real is np.float64:
            at = np.array([x])
            slope = gradcheck.numerical_gradient(lambda: float(1 / at[0]), at, step=h)[0]
    else:
        sideways = 1 / complex_(complex(x, step))
        numbers |= {"real": sideways.real, "imaginary": sideways.imag}
        slope, rounding, truncation = sideways.imag / step, unit * slope_size, h**2 / 6 * third
    assert slope.dtype == real
    error = abs(float(slope) - exact)
    return numbers | {"slope": slope, "error": error, "rounding": rounding, "truncation": truncation}
