// What the page that trains shows: curves that grow, the templates of W₁ as they form, and how a picture is read.

import { axis, fixed, html, line, path, percent, puor, scale, svg, text } from "../figures/base.js";
import { forward } from "../digit/network.js";

// ---- Curves ------------------------------------------------------------------------------------------------------

const MOST_POINTS = 400;

/** Points of a training, [{ step, loss, test, training }]; when they are many, every other one goes. */
export class Course {
  points = [];
  every = 1;

  add(point) {
    this.count = (this.count ?? -1) + 1;
    if (this.count % this.every) this.points.pop();  // the last one is always there
    this.points.push(point);
    if (this.points.length < MOST_POINTS) return;
    this.points = this.points.filter((_, i) => i % 2 === 0);
    this.every *= 2;
  }
}

const wave = (points, x, y, name) => points.filter((point) => Number.isFinite(point[name]))
  .map((point, i) => `${i ? "L" : "M"}${x(point.step).toFixed(1)} ${y(point[name]).toFixed(1)}`).join("");

const lastOf = (points, name) => points.findLast((point) => Number.isFinite(point[name]))?.[name];

/** The last number of a curve, at its end. */
function ending(points, x, y, name, words, colour, below = false) {
  const last = points.findLast((point) => Number.isFinite(point[name]));
  if (!last) return [];
  return [svg("circle", { class: `fill ${colour}`, cx: x(last.step), cy: y(last[name]), r: 3.5 }),
    text(x(last.step) - 6, Math.max(14, y(last[name]) + (below ? 20 : -8)), words, { anchor: x(last.step) > 110 ? "end" : "start",
      class: colour })];
}

/** Loss and accuracy over the steps, one above the other, as elements of a drawing of this width. */
export function curves(points, total, width) {
  const left = 48, right = width - 22, last = points.at(-1)?.step ?? 0;
  const x = scale([0, Math.max(total, last, 1)], [left, right]);
  const most = Math.max(2.4, ...points.map(({ loss }) => (Number.isFinite(loss) ? Math.min(loss, 10) : 0)));
  const loss = scale([0, most], [130, 30]), share = scale([0, 1], [300, 200]);
  const bound = (u) => Math.max(20, loss(u));
  const steps = [0, Math.round(x.invert((left + right) / 2)), Math.round(x.invert(right))];
  return [
    axis(loss, left, most < 4 ? [0, 1, 2] : [0, 5, 10].filter((u) => u <= most), { name: "loss", side: "left" }),
    line(left, 130, right, 130, { class: "stroke rule" }),
    path(wave(points, x, bound, "loss"), { class: "stroke gradient" }),
    axis(share, left, [0, 0.5, 1], { name: "share read right", side: "left", print: (u) => `${100 * u} %` }),
    axis(x, 300, steps, { name: "steps", print: (u) => u.toLocaleString("en") }),
    path(wave(points, x, share, "training"), { class: "stroke label", "stroke-dasharray": "5 4" }),
    path(wave(points, x, share, "test"), { class: "stroke value" }),
    ...ending(points, x, bound, "loss", fixed(lastOf(points, "loss"), 2), "gradient"),
    ...ending(points, x, share, "training", `training ${percent(lastOf(points, "training"))}`, "label",
      lastOf(points, "training") <= lastOf(points, "test")),
    ...ending(points, x, share, "test", `test ${percent(lastOf(points, "test"))}`, "value",
      lastOf(points, "training") > lastOf(points, "test")),
  ];
}

// ---- Templates ---------------------------------------------------------------------------------------------------

const SHADES = 255;
const CELL = 30;  // the 28 pixels of a template and a rim
/** The colours of −1 to 1, each as one number of four bytes, as a canvas has its pixels. */
const COLOURS = Uint32Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
  const [red, green, blue] = puor(i / SHADES - 1).match(/\d+/g);
  return new Uint32Array(Uint8Array.of(Number(red), Number(green), Number(blue), 255).buffer)[0];
});

/** Draw each column of W1 as a picture, the units row by row, each in its own scale. */
export function drawTemplates(canvas, { W1, b1 }) {
  const H = b1.length, columns = Math.ceil(Math.sqrt(H)), width = columns * CELL;
  const height = Math.ceil(H / columns) * CELL;
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
    canvas.style.aspectRatio = `${width} / ${height}`;
  }
  const pen = canvas.getContext("2d"), image = pen.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer).fill(0xffffffff);
  for (let h = 0; h < H; h++) {
    let most = 0;
    for (let i = h; i < W1.length; i += H) most = Math.max(most, Math.abs(W1[i]));
    const corner = (Math.floor(h / columns) * CELL + 1) * width + (h % columns) * CELL + 1, unit = most ? SHADES / most : 0;
    for (let row = 0, i = h; row < 28; row++) {
      for (let column = 0, at = corner + row * width; column < 28; column++, i += H) {
        pixels[at + column] = COLOURS[Math.round(SHADES + unit * W1[i])];
      }
    }
  }
  pen.putImageData(image, 0, 0);
}

// ---- A picture and how it is read --------------------------------------------------------------------------------

/** Draw 784 numbers from 0 to 1 as ink on paper. */
export function drawDigit(canvas, x) {
  Object.assign(canvas, { width: 28, height: 28 });
  const pen = canvas.getContext("2d"), image = pen.createImageData(28, 28);
  const pixels = new Uint32Array(image.data.buffer);
  x.forEach((ink, d) => { pixels[d] = 0xff000000 + 0x010101 * Math.round(255 * (1 - ink)); });
  pen.putImageData(image, 0, 0);
}

/** What a network says of a picture: { answer, a2 }. */
export function reading(weights, x) {
  const { a2 } = forward(weights, x);
  return { answer: a2.indexOf(Math.max(...a2)), a2 };
}

/** Ten rows, a confidence each. */
export function confidences({ answer, a2 }) {
  return html("tbody", {}, ...[...a2].map((p, k) => html("tr", k === answer ? { class: "best" } : {},
    html("th", { scope: "row" }, k),
    html("td", { class: "bar" }, html("span", { style: `width: ${100 * p}%` })), html("td", {}, percent(p)))));
}
