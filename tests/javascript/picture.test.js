// From strokes to the picture that the network gets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pictureOf } from "../../book/_static/digit/picture.js";

const ring = Array.from({ length: 40 }, (_, i) => [Math.cos(i * 0.16), 1.4 * Math.sin(i * 0.16)]);
const moved = (points, by, times) => points.map(([x, y]) => [by + times * x, by + times * y]);
const inked = (x) => [...x.keys()].filter((d) => x[d] > 0);

test("no stroke is paper everywhere", () => assert.deepEqual(inked(pictureOf([])), []));

test("where and how large one draws makes no difference", () => {
  assert.deepEqual(pictureOf([moved(ring, 300, 60)]), pictureOf([ring]));
});

test("the ink fills 20 pixels and balances in the middle", () => {
  const x = pictureOf([ring]), rows = inked(x).map((d) => Math.floor(d / 28));
  assert.equal(Math.max(...rows) - Math.min(...rows), 19);
  const mass = x.reduce((a, b) => a + b), centre = x.reduce((sum, ink, d) => sum + ink * (d % 28), 0) / mass;
  assert.ok(Math.abs(centre - 14) <= 0.5, `${centre}`);
  assert.ok(x.every((ink) => ink >= 0 && ink <= 1));
});

test("one dot is a disc", () => assert.ok(inked(pictureOf([[[5, 5]]])).length > 200));
