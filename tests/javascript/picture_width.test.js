// At which width a drawing's words are still legible: the rule of book/_ext/picture_width.py, on the same drawings.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leastWidth } from "../../book/_static/run/picture_width.js";

const drawing = (...sizes) =>
  `<?xml version="1.0"?>\n<svg xmlns:xlink="x" width="300pt" height="90pt" viewBox="0 0 300 90">${sizes
    .map((size) => `<g transform="translate(3 4) scale(${size} -${size})"><use/></g>`).join("")}</svg>`;

test("the smallest words decide", () => {
  assert.equal(leastWidth(drawing(0.09)), 300); // 12 px high at 400
  assert.equal(leastWidth(drawing(0.09, 0.06, 0.12)), 450);
});

test("a drawing without words may become small, and what is no drawing too", () => {
  assert.equal(leastWidth(drawing()), null);
  assert.equal(leastWidth(drawing(1)), null);
  assert.equal(leastWidth("<svg></svg>"), null);
});
