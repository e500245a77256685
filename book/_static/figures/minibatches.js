// Mini-batches (chapter 10): how near the mean of B gradients comes to the mean of all, at four stages of a training.

import { Figure, arrow, axis, bytes, chunks, clamp, fixed, frac, line, path, plain, role, scale, shown, sum, svg,
  text } from "./base.js";
import { G, POINTS, TRACE } from "./data/minibatches.js";

const initial = { B: 8, stage: 0, zoom: 1, draw: 0 };
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const STAGES = ["before training", "after 100 steps", "after 1 epoch", "after 5 epochs"];
const MEANS = 60, MOST = SIZES.at(-1);

// The gradients of 200 digits at each stage, seen in a plane: along g, the gradient of all, and across it.
const numbersOf = (packed) => chunks(Array.from(packed), 2).map(([high, low]) => (256 * high + low - 32768) / 1000);
const stages = chunks(chunks(numbersOf(bytes(POINTS)), 2), 200);

// ---- the batches --------------------------------------------------------------------------------------------------

const drawn = new Map();

/** For each of 60 batches the digits that come one after the other: random ones, the same at each visit. */
function draws(draw) {
  let x = 1 + draw;
  const next = () => Math.floor((200 * (x = (Math.imul(1664525, x) + 1013904223) >>> 0)) / 2 ** 32);
  if (!drawn.has(draw)) drawn.set(draw, chunks(Array.from({ length: MEANS * MOST }, next), MOST));
  return drawn.get(draw);
}

const mean = (values) => sum(values) / values.length;
const apart = (point, length) => (point[0] - length) ** 2 + point[1] ** 2;  // the squared distance from the end of g

/** Every number of the figure. */
export function numbers({ B, stage, draw }) {
  const points = stages[stage], length = G[stage], bstar = TRACE[stage] / length ** 2;
  const means = draws(draw).map((digits) => [0, 1].map((i) => mean(digits.slice(0, B).map((n) => points[n][i]))));
  return { points, length, means, measured: Math.sqrt(mean(means.map((point) => apart(point, length)))),
    predicted: Math.sqrt(mean(points.map((point) => apart(point, length))) / B), noise: Math.sqrt(TRACE[stage] / B),
    bstar, ratio: Math.sqrt(bstar / B), against: means.filter(([x]) => x < 0).length };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const short = (x) => Number(x.toFixed(1));
const dots = (places, width, attributes) => path(places.map(([x, y]) => `M${short(x)} ${short(y)}h0`).join(""),
  { "stroke-linecap": "round", ...attributes, style: `stroke-width: ${width}px; ${attributes.style ?? ""}` });

/** The plane: the single gradients, the means of the batches round the end of g, and how far off they should be. */
function drawPlane({ points, means, length, predicted, zoom, against }, { across, up }) {
  const [x0, x1] = across.range, [y1, y0] = up.range, place = ([a, b]) => [across(a) - x0, up(b) - y0];
  const [ox, oy] = place([0, 0]), [gx, gy] = place([length, 0]);
  const arms = means.map(place).map(([x, y]) => `M${short(ox)} ${short(oy)}L${short(x)} ${short(y)}`).join("");
  const ticks = zoom > 1 ? [-0.5, 0, 0.5] : [-4, -2, 0, 2, 4], print = (x) => fixed(x, zoom > 1 ? 1 : 0);
  return [
    svg("svg", { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },  // cuts off what lies outside
      line(ox, 0, ox, y1 - y0, { class: "stroke rule" }),
      dots(points.map(place), 3, { class: "stroke muted", style: "opacity: 0.55" }),
      path(arms, { class: "stroke gradient", style: "opacity: 0.3; stroke-width: 1px" }),
      dots(means.map(place), 5.5, { class: "stroke gradient" }),
      svg("circle", { cx: gx, cy: gy, r: predicted * (across(1) - across(0)), class: "stroke ink", fill: "none",
        "stroke-dasharray": "5 4" }),
      arrow(ox, oy, gx, gy, { class: "stroke ink", style: "stroke-width: 3.5px" })),
    axis(across, y1, ticks, { name: "along *g*", print }),
    axis(up, x0, ticks, { side: "left", name: "across it", print }),
    text(x1, y0 - 10, `60 means, against *g*: ${against}`, { class: "gradient", anchor: "end", shows: "against" })];
}

/** Noise against batch size, both on logarithmic axes: a line of slope −1/2 for each stage. */
function drawLines({ stage, bstar }, { sizes, ratios }) {
  const [x0, x1] = sizes.range, [y1, y0] = ratios.range;
  const of = (s) => (B) => Math.sqrt(TRACE[s] / B) / G[s];
  const through = (s, attributes) => line(x0, ratios(of(s)(1)), x1, ratios(of(s)(4096)), attributes);
  return [
    line(x0, ratios(1), x1, ratios(1), { class: "stroke ink", "stroke-dasharray": "5 4" }),
    text(x0 + 6, ratios(1) + 18, "as long as *g*", { class: "muted" }),
    ...STAGES.map((_, s) => through(s, { class: "stroke rule" })), through(stage, { class: "stroke gradient" }),
    line(sizes(bstar), ratios(1), sizes(bstar), y1, { class: "stroke muted", "stroke-dasharray": "2 3" }),
    text(sizes(bstar) - 5, y1 - 8, `*B** = ${fixed(bstar, 0)}`, { anchor: "end", shows: "scale" }),
    axis(sizes, y1, [1, 8, 64, 512, 4096], { name: "batch size *B*" }),
    axis(ratios, x0, [0.1, 1, 10], { side: "left", name: "distance ÷ length of g", print: (x) => String(x) }),
    text(x1, y0 - 10, STAGES[stage], { class: "muted", anchor: "end" })];
}

/** The same in numbers, for the plane and for all directions. */
function drawNumbers({ measured, predicted, noise, length }, { x0, y0, x1 }) {
  const says = (down, what, number, name, shows) => [text(x0, y0 + down, what, { class: name }),
    text(x1, y0 + down, fixed(number, 2), { anchor: "end", class: name, shows })];
  return [
    ...says(0, "the full gradient *g*, its length", length, "", "length"),
    text(x0, y0 + 26, "how far from its end the means are", { class: "muted" }),
    ...says(48, "in this plane, the 60 of them", measured, "gradient", "measured"),
    ...says(69, "in this plane, by the formula", predicted, "", "predicted"),
    ...says(90, "in all 50,890 directions", noise, "", "noise")];
}

/** The plane; the lines and the numbers beside it, or below. */
function layout(width, { zoom }) {
  const wide = width >= 600, left = 40, size = wide ? 0.48 * width - left : width - left - 10, most = 4.4 / zoom;
  const x0 = wide ? left + size + 64 : 44, top = wide ? 26 : size + 110, tall = wide ? size - 128 : 170;
  return { height: top + tall + 174, across: scale([-most, most], [left, left + size]),
    up: scale([-most, most], [26 + size, 26]), sizes: scale([1, 4096], [x0, width - 18], { log: true }),
    ratios: scale([0.1, 60], [top + tall, top], { log: true }), x0: wide ? x0 - 34 : 8, x1: width - 8, y0: top + tall + 68 };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Batches round the full gradient", initial, numbers, layout });

  figure.handle({ label: "batch size B", of: "B", among: SIZES, min: 0, max: SIZES.length - 1, step: 1, page: 3,
    colour: "gradient", cursor: "ew-resize", say: ({ B }) => `${B}`,
    spot: ({ B, ratio }, { sizes, ratios }) => [sizes(B), ratios(ratio)],
    read: ([px], all, { sizes }) => clamp(Math.log2(sizes.invert(px)), 0, SIZES.length - 1) });

  figure.equation(({ B, bstar, ratio }) => [
    [frac(plain("distance"), plain("length")), "="], [frac([plain("√"), "(", plain("tr"), "Σ", "/", "B", ")"], ["‖", "g", "‖"]), "="],
    [plain("√"), "(", shown("scale", fixed(bstar, 0)), "/", `${B}`, ")"],
    ["=", role("gradient", shown("ratio", fixed(ratio, 2)))]]);

  figure.slider({ label: "batch size *B*", of: "B", among: SIZES, say: ({ B }) => `${B}` });
  figure.button("Draw 60 others", () => figure.change({ draw: figure.state.draw + 1 }));
  figure.row();
  figure.choice({ label: "stage", of: "stage", options: STAGES.map((words, s) => [s, words.replace(/^after /, "")]) });
  figure.choice({ label: "view", of: "zoom", options: [[1, "whole"], [8, "× 8"]] });

  return figure.start({
    draw: (all, at) => [...drawPlane(all, at), ...drawLines(all, at), ...drawNumbers(all, at)],
    describe: ({ B, stage, length, measured, noise, bstar, against }) =>
      `${STAGES[stage]}, batches of ${B}: the full gradient is ${fixed(length, 2)} long. In this plane 60 batch means ` +
      `lie ${fixed(measured, 2)} from its end, in all directions ${fixed(noise, 2)}; ${against} of them point against it. ` +
      `Noise and signal are equal at a batch of ${fixed(bstar, 0)}.`,
  });
}

export default { render };
