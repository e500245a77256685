"""Draw the picture of the network on the introduction: one digit on its way through 784 → 64 → 10.

Every mark is a number of a real forward pass, with the weights that the repository ships and training picture 0. Run it
again after those weights have changed: ``python book/draw_network.py``.
"""

from pathlib import Path

import numpy as np

from nnlib import data, io, plot

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "data" / "weights" / "784-64-10.safetensors"
WIDTH, HEIGHT = 540, 404
TOP, BOTTOM = 10, 356  # where the two columns of units begin and end
PICTURE_X, PICTURE_SIDE, HIDDEN_X, CLASS_X = 4, 182, 310, 428
PURPLE, ORANGE = "#8073AC", plot.ORANGE  # above and below 0, as in the book's pictures of weights


def draw(net, x):
    """Return the SVG of a network that reads the picture x, (784,), uint8."""
    v = data.scale(x)
    _, a1, _, a2 = (rows[0] for rows in net.forward(v[None]))
    hidden_y = np.linspace(TOP, BOTTOM, len(a1))
    class_y = np.linspace(TOP + 14, BOTTOM - 14, len(a2))
    pixel = PICTURE_SIDE / 28
    picture_y = (TOP + BOTTOM - PICTURE_SIDE) / 2

    def centre(d):
        return PICTURE_X + (d % 28 + 0.5) * pixel, picture_y + (d // 28 + 0.5) * pixel

    parts = [f'<rect x="{PICTURE_X}" y="{picture_y}" width="{PICTURE_SIDE}" height="{PICTURE_SIDE}" fill="#fff"/>']
    votes = v[:, None] * net.W1  # what each pixel adds to each hidden score
    for h in range(len(a1)):
        for d in np.argsort(-np.abs(votes[:, h]))[:4]:  # the four strongest
            parts.append(_curve(*centre(d), HIDDEN_X, hidden_y[h], votes[d, h] / np.abs(votes).max()))
    for d in x.nonzero()[0]:  # over the curves, so that the digit stays readable
        left, top = (c - pixel / 2 for c in centre(d))
        parts.append(_square(left, top, pixel, 255 - x[d]))
    votes = a1[:, None] * net.W2  # what each hidden unit adds to each class score
    for h, k in np.argwhere(np.abs(votes) > 0.04 * np.abs(votes).max()):
        parts.append(_curve(HIDDEN_X, hidden_y[h], CLASS_X, class_y[k], votes[h, k] / np.abs(votes).max()))

    for y, a in zip(hidden_y, a1 / a1.max(), strict=True):  # an open ring is a unit that ReLU switched off
        fill = f'fill="{plot.BLUE}" fill-opacity="{0.25 + 0.75 * a:.2f}"' if a > 0 else 'fill="none"'
        parts.append(f'<circle cx="{HIDDEN_X}" cy="{y:.1f}" r="2.3" stroke="{plot.BLUE}" stroke-width=".8" {fill}/>')
    for k, (y, p) in enumerate(zip(class_y, a2, strict=True)):
        ink = plot.GREEN if k == a2.argmax() else plot.GREY
        bar = max(2, 68 * p)
        parts.append(f'<circle cx="{CLASS_X}" cy="{y:.1f}" r="4" fill="{ink}"/>')
        parts.append(_text(CLASS_X + 20, y + 7, str(k), ink))
        parts.append(f'<rect x="{CLASS_X + 36}" y="{y - 6:.1f}" width="{bar:.1f}" height="12" rx="2" fill="{ink}"/>')

    parts.append(
        f'<rect x="{PICTURE_X}" y="{picture_y}" width="{PICTURE_SIDE}" height="{PICTURE_SIDE}" fill="none" '
        f'stroke="{plot.GREY}"/>'
    )
    for middle, words in (
        (PICTURE_X + PICTURE_SIDE / 2, "784 pixels"), (HIDDEN_X - 4, "64 hidden units"), (CLASS_X + 56, "10 digits"),
    ):  # fmt: skip
        parts.append(_text(middle, HEIGHT - 10, words, plot.GREY))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="21" text-anchor="middle">\n{body}\n</svg>\n'
    )


def _square(x, y, side, grey):
    # a hair larger than the pixel, so that no seam shows between neighbours
    side += 0.2
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" fill="rgb({grey},{grey},{grey})"/>'


def _curve(x1, y1, x2, y2, strength):
    middle = (x1 + x2) / 2
    ink, size = PURPLE if strength > 0 else ORANGE, abs(strength)
    return (
        f'<path d="M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}" fill="none" '
        f'stroke="{ink}" stroke-opacity="{0.1 + 0.75 * size:.2f}" stroke-width="{0.5 + 1.1 * size:.2f}"/>'
    )


def _text(x, y, words, ink):
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}">{words}</text>'


if __name__ == "__main__":
    picture = data.load_mnist().X_train[0]
    (HERE / "_static" / "network.svg").write_text(draw(io.load(WEIGHTS), picture), encoding="utf-8")
