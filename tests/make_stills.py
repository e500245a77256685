"""Draw the still pictures of the interactive figures: what a page shows without scripts, on paper and in JupyterLab.

    python tests/make_stills.py [NAME …]

Each is the figure's own first state, drawing and equations, as it stands in Chromium at the width of the text; in the
colours of the book's static figures, which read on white and on the dark page alike.
"""

import re
import sys

from chromium import open_browser
from figure_page import FIGURES, NAMES, served
from playwright.sync_api import sync_playwright

WIDTH = 704
COLOURS = """.live { --ink: #767f8a; --muted: #767f8a; --ground: transparent; --rule: #a9b1ba; --value: #0072b2;
  --gradient: #d55e00; --label: #009e73; --parameter: #b65e9f; } body { margin: 0 !important; }"""

# The drawing with its styles written out, and below it every word and fraction bar of the equations.
AS_SVG = """() => {
  const root = document.querySelector('.live'), box = root.getBoundingClientRect();
  const PLAIN = {fill: 'rgb(0, 0, 0)', stroke: 'none', 'stroke-width': '1px', opacity: '1', 'stroke-dasharray': 'none',
    'text-anchor': 'start'};
  const short = value => String(value).replace(/\\d+\\.\\d{3,}/g, number => Number(Number(number).toFixed(2)));
  const make = (name, attributes, ...children) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, short(value));
    node.append(...children);
    return node;
  };
  const SANS = 'Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial, sans-serif';
  const SERIF = 'STIX Two Text, Times New Roman, Liberation Serif, serif';
  const font = style => ({...(style.fontSize !== '14px' && {'font-size': style.fontSize}),
    ...(/Times/.test(style.fontFamily) && {'font-family': SERIF}),
    ...(style.fontStyle !== 'normal' && {'font-style': style.fontStyle})});
  const copy = node => {
    const style = getComputedStyle(node), twin = make(node.localName, {});
    for (const {name, value} of node.attributes)
      if (!/^(class|style|tabindex|role|data-.*|aria-.*|fill|stroke|opacity)$/.test(name))
        twin.setAttribute(name, short(value));
    if (node.localName !== 'g') for (const [key, value] of Object.entries(PLAIN))
      if (style.getPropertyValue(key) !== value) twin.setAttribute(key, style.getPropertyValue(key));
    if (/text|tspan/.test(node.localName))
      for (const [key, value] of Object.entries(font(style))) twin.setAttribute(key, value);
    for (const child of node.childNodes)
      if (child.nodeType === Node.TEXT_NODE) twin.append(child.data);
      else if (!/\\b(reach|ring)\\b/.test(child.getAttribute('class'))) twin.append(copy(child));
    return twin;
  };
  const out = [...document.querySelector('.stage').children].map(copy);
  const pen = document.createElement('canvas').getContext('2d');
  let bottom = document.querySelector('.stage').getBoundingClientRect().bottom - box.top;
  for (const equation of root.querySelectorAll('.equation')) {
    bottom = equation.getBoundingClientRect().bottom - box.top;
    const walker = document.createTreeWalker(equation, NodeFilter.SHOW_TEXT);
    for (let text; (text = walker.nextNode());) {
      if (!text.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const at = range.getBoundingClientRect(), style = getComputedStyle(text.parentElement);
      pen.font = `${style.fontStyle} ${style.fontSize} ${style.fontFamily}`;
      out.push(make('text', {x: at.left - box.left, y: at.top - box.top + pen.measureText('x').fontBoundingBoxAscent,
        fill: style.color, ...font(style)}, text.data));
    }
    for (const fraction of equation.querySelectorAll('mfrac')) {
      const [top, below] = [...fraction.children].map(child => child.getBoundingClientRect());
      const y = (top.bottom + below.top) / 2 - box.top, at = fraction.getBoundingClientRect();
      out.push(make('line', {x1: at.left - box.left, x2: at.right - box.left, y1: y, y2: y,
        stroke: getComputedStyle(fraction).color}));
    }
  }
  const height = Math.ceil(bottom) + 4;
  const svg = make('svg', {width: box.width, height, viewBox: `0 0 ${box.width} ${height}`,
    'font-family': SANS, 'font-size': '14px'}, ...out);
  return new XMLSerializer().serializeToString(svg);
}"""


def still(tab, address, name):
    """Return the still picture of the figure `name`, as SVG text."""
    tab.set_viewport_size({"width": WIDTH, "height": 900})
    tab.goto(f"{address}/{name}.page")
    tab.wait_for_selector(".mounted")
    tab.add_style_tag(content=COLOURS)
    tab.wait_for_function(f"document.querySelector('.live').clientWidth === {WIDTH}")
    tab.wait_for_function(f"document.querySelector('.stage').clientWidth === {WIDTH}")
    return re.sub(r"(?<=>)(?=<(?:text|line|rect|path|circle|g)\b)", "\n", tab.evaluate(AS_SVG)) + "\n"


def main(names):
    (FIGURES / "still").mkdir(exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = open_browser(playwright)
        tab = browser.new_page()
        for name in names:
            svg = still(tab, address, name)
            (FIGURES / "still" / f"{name}.svg").write_text(svg, encoding="utf-8")
            print(f"{name}.svg: {len(svg) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:] or NAMES)
