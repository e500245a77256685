// What the figures are made of, as far as it needs no browser: numbers, data, and how an equation is read.

import assert from "node:assert/strict";
import { test } from "node:test";

class Node {
  constructor(name) {
    Object.assign(this, { name, attributes: {}, children: [] });
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
}
globalThis.Node = Node;
globalThis.document = { createElementNS: (_, name) => new Node(name) };

const { argmax, bytes, chunks, factor, fixed, frac, ink, nibbles, percent, picture, power, puor, role, runs, scale, snap,
  sub, sum } = await import("../../book/_static/figures/base.js");

/** An equation as text: <mi>x</mi> is mi:x. */
const read = (node) => (node instanceof Node
  ? `${node.name}${node.attributes.form === "prefix" ? "!" : ""}:${node.children.map(read).join(" ")}`
  : node);
const tokens = (text) => role("value", text).children.map(read);

test("numbers are printed with a true minus, and never as −0", () => {
  assert.deepEqual([-1.25, -0.04, 0, NaN, -Infinity].map((x) => fixed(x)), ["−1.3", "0.0", "0.0", "nan", "−inf"]);
  assert.deepEqual([factor(-2, 0), factor(2, 0), snap(0.30000000000000004, 0.1)], ["(−2)", "2", 0.3]);
});

test("powers of ten have one form", () => {
  const printed = [[2e-7], [1.3e52, 2], [5.3e2, 1], [-1.5e-10, 1], [0], [1]].map((x) => power(...x));
  assert.deepEqual(printed, ["2e−7", "1.30e52", "5.3e2", "−1.5e−10", "0", "1"]);
});

test("shares, sums and the largest", () => {
  assert.deepEqual([percent(0.5631), percent(0.9815, 2), percent(NaN)], ["56.3\u00a0%", "98.15\u00a0%", "nan"]);
  assert.deepEqual([sum([]), sum([1, 2, 3]), argmax([1, 3, 3, 0]), argmax([-2, -1])], [0, 6, 1, 1]);
});

test("a share that is not quite 1 is not 100 %, and one that is not quite 0 is not 0 %", () => {
  const printed = [[1], [0.99951], [0.99949], [0.995, 0], [0], [0.0004], [0.0006], [1e-9, 2]].map((x) => percent(...x));
  const plain = ["100.0 %", "> 99.9 %", "99.9 %", "> 99 %", "0.0 %", "< 0.1 %", "0.1 %", "< 0.01 %"];
  assert.deepEqual(printed.map((words) => words.replaceAll("\u00a0", " ")), plain);
});

test("a scale goes there and back, on a logarithmic axis too", () => {
  for (const map of [scale([0, 4], [10, 90]), scale([1e-16, 1e-1], [50, 700], { log: true })]) {
    for (const pixel of [60, 77.5]) assert.ok(Math.abs(map(map.invert(pixel)) - pixel) < 1e-9);
  }
});

test("data is unpacked", () => {
  assert.deepEqual([...bytes("AP8H\nAg==")], [0, 255, 7, 2]);
  assert.deepEqual(nibbles([0x1f, 0xa0]), [1, 15, 10, 0]);
  assert.deepEqual(runs([5, 0, 2, 7, 0, 0]), [5, 0, 0, 0, 7, 0]);
  assert.deepEqual(chunks([1, 2, 3, 4], 2), [[1, 2], [3, 4]]);
});

test("a picture draws equal neighbours as one stroke, and none across the end of a row", () => {
  const [drawn, frame] = picture([0, 1, 1, 0.5], 0, 0, 20, { columns: 2, shades: 2 });
  const strokes = drawn.children.slice(1).map(({ attributes: { d, stroke } }) => [d, stroke]);
  assert.deepEqual(strokes, [["M1 0h1M0 1h1", ink(1)], ["M1 1h1", ink(0.5)]]);
  assert.equal(frame.attributes.width, 20);
  assert.equal(picture([0, 0, 0, -1], 0, 0, 9, { columns: 2, colour: puor, framed: false })[0].children.length, 2);
});

test("an equation is read into numbers, symbols and operators", () => {
  assert.deepEqual(tokens("2.5e−7 · x + ∂L"), ["mn:2.5e−7", "mo:·", "mi:x", "mo:+", "mi:∂", "mi:L"]);
  assert.deepEqual(tokens("log 0.5 = nan"), ["mtext:log", "mn:0.5", "mo:=", "mn:nan"]);
});

test("a minus after an operator is a sign, and after a number it is not", () => {
  assert.deepEqual(tokens("−2 − (−3)"), ["mo:−", "mn:2", "mo:−", "mo!:(", "mo!:−", "mn:3", "mo:)"]);
});

test("parts of an equation nest", () => {
  assert.equal(read(frac(["1 +", sub("x", "0")], 2)), "mfrac:mrow:mn:1 mo:+ msub:mrow:mi:x mrow:mn:0 mrow:mn:2");
});
