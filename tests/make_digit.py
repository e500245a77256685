"""Make what the sheet to draw on needs and a program can know: python tests/make_digit.py

* book/_static/digit/tested.js: how often the two networks were right on the test digits, by their confidence;
* book/_static/digit/still.svg: what the page shows without scripts and on paper, as the page itself reads it.
"""

import base64
import io as streams
from itertools import pairwise

import numpy as np
from chromium import open_browser
from figure_page import STATIC, served
from PIL import Image
from playwright.sync_api import sync_playwright

from nnlib import data, functional, io

FOLDER = STATIC / "digit"
CONVOLUTION = io.SHIPPED.with_name("convolution.safetensors")
EDGES = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1)
GREY, BLUE = "#767f8a", "#0072b2"


def tested(net, mnist):
    """Return a list of rows, one for each bin of the confidence: its ends, how many test digits, how many right."""
    A2 = functional.softmax(net.scores(data.scale(mnist.X_test)))
    right = A2.argmax(axis=1) == mnist.y_test
    which = np.digitize(A2.max(axis=1), EDGES[1:-1])
    return [
        f"    {{ from: {start}, to: {end}, count: {(which == i).sum()}, right: {right[which == i].sum()} }},"
        for i, (start, end) in enumerate(pairwise(EDGES))
    ]


def table(mnist):
    """Return the module with the rows of both networks."""
    nets = {"dense": io.load(io.SHIPPED), "convolution": io.load(CONVOLUTION, np.float64)}
    parts = [[f"  {name}: [", *tested(net, mnist), "  ],"] for name, net in nets.items()]
    return "\n".join(
        [
            "// How often the networks of chapters 08 and 17 were right on the 10,000 test digits, by their confidence",
            "// (chapter 09). Made by tests/make_digit.py.",
            "export const TESTED = {",
            *(line for part in parts for line in part),
            "};\n",
        ]
    )


def still(tab, address):
    """Return the sheet's first state as SVG text: the strokes, the picture that is fed, the ten confidences."""
    tab.goto(f"{address}/sheet.digit")
    tab.wait_for_selector(".mounted")
    strokes, x, a2 = tab.evaluate(
        "() => (({pad, now}) => [pad.strokes, [...now.x], [...now.a2]])(document.querySelector('.digit').digit)"
    )
    shares = tab.locator(".digit .classes td:last-child").all_text_contents()
    picture = streams.BytesIO()
    Image.fromarray(np.rint(255 - 255 * np.reshape(x, (28, 28))).astype(np.uint8)).save(picture, "PNG")
    png = base64.b64encode(picture.getvalue()).decode()
    lines = [
        "M" + "L".join(f"{8 + 204 * px:.1f} {30 + 204 * py:.1f}" for px, py in stroke).replace("M", "")
        for stroke in strokes
    ]
    frame = f'fill="#fff" stroke="{GREY}"'
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="704" height="250" viewBox="0 0 704 250" font-size="14" '
        f'font-family="Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif" fill="{GREY}">',
        '<text x="8" y="20">strokes</text><text x="252" y="20">fed to the network: 28 × 28</text>',
        f'<text x="500" y="20">read as {int(np.argmax(a2))}</text>',
        f'<rect x="8" y="30" width="204" height="204" {frame}/><rect x="252" y="30" width="204" height="204" {frame}/>',
        f'<path d="{" ".join(lines)}" fill="none" stroke="#000" stroke-width="14" stroke-linecap="round" '
        'stroke-linejoin="round"/>',
        f'<image x="253" y="31" width="202" height="202" style="image-rendering: pixelated" '
        f'href="data:image/png;base64,{png}"/>',
    ]
    for k, (p, share) in enumerate(zip(a2, shares, strict=True)):
        y = 46 + 20.4 * k
        parts.append(
            f'<text x="500" y="{y:.1f}">{k}</text>'
            f'<rect x="518" y="{y - 11:.1f}" width="{max(1, 120 * p):.1f}" height="12" fill="{BLUE}"/>'
            f'<text x="645" y="{y:.1f}">{share.replace(">", "&gt;").replace("<", "&lt;")}</text>'
        )
    return "\n".join([*parts, "</svg>\n"])


def main():
    (FOLDER / "tested.js").write_text(table(data.load_mnist()), encoding="utf-8")
    with served() as address, sync_playwright() as playwright:
        browser = open_browser(playwright)
        svg = still(browser.new_page(), address)
        browser.close()
    (FOLDER / "still.svg").write_text(svg, encoding="utf-8")
    print(f"still.svg: {len(svg) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
