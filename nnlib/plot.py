"""The book's way of drawing: one style for light and dark pages, digits, and weights with a sign."""

import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

# A value is blue, a gradient orange, a label green, a parameter purple; categories have dashes and markers, and grey.
# Okabe and Ito's colours, the purple darker than theirs, so that all have 3:1 contrast on white and on the dark page.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#B65E9F", "#767F8A"

STYLE = {
    "figure.figsize": (6.8, 3.4),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.titlecolor": GREY,
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": mpl.cycler(color=[BLUE, ORANGE, GREEN, PURPLE, GREY]),
    "xtick.color": GREY,
    "ytick.color": GREY,
    "text.color": GREY,
    "lines.linewidth": 1.8,
    "font.size": 10.5,
    "path.simplify": False,  # which points it drops depends on the last bits
    "svg.hashsalt": "nnlib",  # the same picture gives the same file
    "svg.fonttype": "path",  # looks the same on every machine
}


def use_book_style():
    """Draw in the book's style from here on; in a notebook, as SVG."""
    plt.rcParams.update(STYLE)
    if sys.modules.keys() & {"ipykernel", "pyodide_kernel"}:  # the second is JupyterLite's
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


def digit(x, ax=None, title=None):
    """Draw one picture, a row of 784 numbers, black on white as on paper in either theme; return its axes."""
    ax = ax or plt.subplots(figsize=(1.6, 1.8))[1]
    x = np.asarray(x).reshape(28, 28)
    ax.imshow(x, cmap="gray_r", vmin=0, vmax=255 if x.dtype == np.uint8 else 1, interpolation="none")
    return _framed(ax, title)


def digits(X, titles=None, columns=10):
    """Draw pictures X, (N, 784), in rows of `columns`, each with its title; return the figure."""
    return _grid(digit, X, titles, columns)


def signed(x, ax=None, title=None, limit=None):
    """Draw signed weights, a row of 784 numbers: orange below 0, white at 0, purple above; return the axes.

    `limit` is the weight at full colour, to compare several pictures; by default the largest one drawn.
    """
    ax = ax or plt.subplots(figsize=(1.6, 1.8))[1]
    x = np.asarray(x).reshape(28, 28)
    limit = limit or np.abs(x).max() or 1
    ax.imshow(x, cmap="PuOr", vmin=-limit, vmax=limit, interpolation="none")
    return _framed(ax, title)


def signed_grid(X, titles=None, columns=10, limit=None):
    """Draw rows of signed weights X, (N, 784), on one colour scale; return the figure."""
    limit = limit or np.abs(X).max() or 1
    return _grid(lambda x, ax, title: signed(x, ax, title, limit), X, titles, columns)


def matrix(M, ax=None, title=None, numbers=None, limit=None):
    """Draw a small signed matrix, one square an entry, with its numbers in a format such as ``".2f"``."""
    M = np.asarray(M)
    ax = ax or plt.subplots(figsize=(0.55 * M.shape[1] + 1, 0.55 * M.shape[0] + 0.6))[1]
    limit = limit or np.abs(M).max() or 1
    ax.imshow(M, cmap="PuOr", vmin=-limit, vmax=limit)
    if numbers is not None:
        for (i, j), value in np.ndenumerate(M):
            ink = "white" if abs(value) > 0.6 * limit else "black"
            ax.text(j, i, format(value, numbers), ha="center", va="center", color=ink, fontsize="small")
    return _framed(ax, title)


def _framed(ax, title):
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, linewidth=0.8, color=GREY)
    if title is not None:
        ax.set_title(title, fontsize="medium")
    return ax


def _grid(draw, X, titles, columns):
    rows = -(-len(X) // columns)
    height = 0.86 if titles is not None else 0.68
    figure, axes = plt.subplots(rows, columns, figsize=(0.68 * columns, height * rows), squeeze=False)
    for ax in axes.ravel()[len(X) :]:
        ax.set_axis_off()
    for n, (x, ax) in enumerate(zip(X, axes.ravel(), strict=False)):
        draw(x, ax, None if titles is None else titles[n])
    return figure
