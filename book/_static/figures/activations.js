// Slope and ink (chapter 12): of the gradient of 2,000 digits comes back to a unit what lies under the slope.

import { Figure, axis, bytes, chunks, clamp, fixed, line, path, percent, role, scale, shown, sum, svg, text } from "./base.js";
import { SCORES } from "./data/activations.js";

const initial = { f: "sigmoid", unit: 0, c: 8, z: 1.5, at: "z" };
const MOST = 8, TOP = 1.6, LOW = -1.1, WIDTH = 0.25;  // of the axes; how wide a bar is
const SCALES = [0.25, 0.5, 1, 2, 4, 8, 16], UNITS = ["new", "trained", "dead"];

// The scores of three units, whole multiples of 1/1000.
const units = chunks(chunks(Array.from(bytes(SCORES)), 2).map(([high, low]) => (256 * high + low - 32768) / 1000), 2000);

// ---- the functions and their slopes -------------------------------------------------------------------------------

const sigmoid = (z) => 1 / (1 + Math.exp(-z)), density = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);

/** The share of a normal distribution below z, to 1e-7: Abramowitz and Stegun's 7.1.26. */
function below(z) {
  const x = Math.abs(z) / Math.SQRT2, t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = series * Math.exp(-x * x) / 2;
  return z < 0 ? tail : 1 - tail;
}

const FUNCTIONS = {
  "ReLU": [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  "leaky": [(z) => (z > 0 ? z : 0.01 * z), (z) => (z > 0 ? 1 : 0.01)],
  "ELU": [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
  "sigmoid": [sigmoid, (z) => sigmoid(z) * sigmoid(-z)],
  "tanh": [Math.tanh, (z) => 4 * sigmoid(2 * z) * sigmoid(-2 * z)],
  "SiLU": [(z) => z * sigmoid(z), (z) => sigmoid(z) + z * sigmoid(z) * sigmoid(-z)],
  "GELU": [(z) => z * below(z), (z) => below(z) + z * density(z)],
};

const KINDS = { "straight above 0": ["ReLU", "leaky", "ELU"], "bounded": ["sigmoid", "tanh"], "gated": ["SiLU", "GELU"] };

/** A function, and its slope as a program takes it: at the score z, or by mistake at the value a. */
function pair({ f, at }) {
  const [value, slope] = FUNCTIONS[f];
  return [value, at === "z" ? slope : (z) => slope(value(z))];
}

/** Every number of the figure; the bars with their digits, and how much of each the slope lets through. */
export function numbers(state) {
  const [value, slope] = pair(state), scores = units[state.unit].map((z) => z * state.c);
  const sizes = scores.map((z) => Math.abs(slope(z))), bars = Array.from({ length: 2 * MOST / WIDTH }, () => [0, 0]);
  scores.forEach((z, n) => {
    const bar = bars[clamp(Math.floor((z + MOST) / WIDTH), 0, bars.length - 1)];
    bar[0] += 1;
    bar[1] += sizes[n];
  });
  const share = (test) => scores.filter(test).length / scores.length;
  return { bars, a: value(state.z), slope: slope(state.z), passes: sum(sizes) / sizes.length,
    flat: share((_, n) => sizes[n] < 0.01), positive: share((z) => z > 0), outside: share((z) => Math.abs(z) > MOST) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const curve = (f, { x, y }) => Array.from({ length: 321 }, (_, i) => i / 20 - MOST)
  .map((z, i) => `${i ? "L" : "M"}${x(z).toFixed(1)} ${y(clamp(f(z), LOW - 1, TOP + 1)).toFixed(1)}`).join("");

/** The function, its slope, and the tangent that this slope makes at the point. */
function drawCurves(all, at) {
  const { x, y } = at, [value, slope] = pair(all), [x0, x1] = x.range, [y1, y0] = y.range;
  const end = (step) => `${x(all.z + step)} ${y(all.a + step * all.slope)}`, reach = 1.6 / Math.hypot(1, 2 * all.slope);
  return [
    axis(y, x0, [-1, 0, 1], { side: "left" }),
    line(x0, y(0), x1, y(0), { class: "stroke rule" }), line(x(0), y0, x(0), y1, { class: "stroke rule" }),
    svg("svg", { x: x0, y: y0, width: x1 - x0, height: y1 - y0, viewBox: `${x0} ${y0} ${x1 - x0} ${y1 - y0}` },
      path(curve(slope, at), { class: "stroke gradient", "stroke-dasharray": "7 4", style: "stroke-width: 2" }),
      path(curve(value, at), { class: "stroke value", style: "stroke-width: 2.5" }),
      path(`M${end(-reach)}L${end(reach)}`, { class: "stroke gradient", style: "stroke-width: 4" })),
    line(x0 + 8, y0 - 4, x0 + 36, y0 - 4, { class: "stroke value", style: "stroke-width: 2.5" }),
    text(x0 + 44, y0, all.f, { class: "value" }),
    line(x0 + 8, y0 + 16, x0 + 36, y0 + 16, { class: "stroke gradient", "stroke-dasharray": "7 4" }),
    text(x0 + 44, y0 + 20, all.at === "z" ? "its slope at *z*" : "its slope, taken at *a*", { class: "gradient" })];
}

/** The digits' scores as bars, as high as the digits are many, and filled as far as the slope lets through. */
function drawBars({ bars, unit, c, outside }, { x, base, tall }) {
  const most = Math.max(...bars.map(([count]) => count)), up = scale([0, most], [base, base - tall]);
  const ends = (i) => [x(-MOST + i * WIDTH) + 0.5, x(-MOST + (i + 1) * WIDTH) - 0.5], [x0, x1] = x.range;
  const boxes = bars.flatMap(([count, passed], i) => (count ? [[ends(i), count, passed]] : []));
  const d = (height) => boxes.map(([[a, b], count, passed]) => `M${a} ${base}V${up(height(count, passed))}H${b}V${base}`);
  return [
    path(d((count) => count).join(""), { class: "stroke muted", style: "stroke-width: 1px" }),
    path(d((count, passed) => Math.min(passed, count)).join(""),
      { class: "fill gradient", style: "fill-opacity: 0.75; stroke: none" }),
    axis(x, base, [-8, -4, 0, 4, 8], { name: "score *z*" }),
    text(x0 + 8, base - tall - 8, `${UNITS[unit]} unit${c === 1 ? "" : ` × ${c}`}`, { class: "muted" }),
    text(x1, base - tall - 8, outside ? `beyond ±8: ${percent(outside, 0)}` : "",
      { class: "muted", anchor: "end", shows: outside ? "outside" : null })];
}

/** The same in numbers. */
function drawNumbers({ passes, flat, positive, z, a, slope }, { x0, y0, x1 }) {
  const row = (i, what, number, name, more) => [text(x0, y0 + 24 * i, what, more),
    text(x1, y0 + 24 * i, number, { anchor: "end", shows: name, ...more })];
  return [
    text(x0, y0, `at the point, *z* = ${fixed(z)}`, { class: "muted" }),
    ...row(1, "value *a*", fixed(a, 3), "a", { class: "value" }),
    ...row(2, "slope", fixed(slope, 3), "slope", { class: "gradient" }),
    text(x0, y0 + 88, "of the 2,000 digits", { class: "muted" }),
    ...row(112 / 24, "mean size of the slope", fixed(passes, 3), "passes", { class: "gradient" }),
    ...row(136 / 24, "with a slope below 0.01", percent(flat), "flat"),
    ...row(160 / 24, "with a score above 0", percent(positive), "positive")];
}

/** The curves above the bars; the numbers beside them, or below. */
function layout(width) {
  const wide = width >= 600, right = wide ? width - 240 : width - 12, x = scale([-MOST, MOST], [34, right]);
  return { height: wide ? 400 : 590, x, y: scale([LOW, TOP], [212, 20]), base: 346, tall: 96,
    x0: wide ? right + 28 : 8, y0: wide ? 60 : 416, x1: width - 8 };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "A function, its slope, and one unit's scores", initial, numbers, layout });

  figure.handle({ label: "point z", of: "z", min: -MOST, max: MOST, step: 0.1, page: 1, colour: "value",
    cursor: "ew-resize", say: ({ z, a, slope }) => `z = ${fixed(z)}, value ${fixed(a, 3)}, slope ${fixed(slope, 3)}`,
    spot: ({ z, a }, { x, y }) => [x(z), y(clamp(a, LOW, TOP))], read: ([px], all, { x }) => x.invert(px) });

  figure.equation(({ at, slope }) => [
    [role("gradient", "dz"), "=", role("gradient", "da"), "·", "f′(", at, ")"],
    ["=", role("gradient", "da"), "·", role("gradient", shown("slope", fixed(slope, 3)))]]);

  for (const [label, options] of Object.entries(KINDS)) figure.choice({ label, options, of: "f" });
  figure.row();
  figure.choice({ label: "unit", options: UNITS.map((words, u) => [u, words]), of: "unit" });
  figure.slider({ label: "weights ×", of: "c", among: SCALES, say: ({ c }) => `${c}` });
  figure.choice({ label: "slope taken at", options: [["z", "*z*"], ["a", "*a*"]], of: "at" });

  return figure.start({
    draw: (all, at) => [...drawBars(all, at), ...drawCurves(all, at), ...drawNumbers(all, at)],
    describe: ({ f, unit, c, z, a, slope, at, passes, flat, positive }) =>
      `${f}, at z = ${fixed(z)}: value ${fixed(a, 3)}, slope ${fixed(slope, 3)}${at === "a" ? ", taken at a" : ""}. ` +
      `Of 2,000 digits, for a ${UNITS[unit]} unit with its weights times ${c}: the mean size of the slope is ` +
      `${fixed(passes, 3)}; ${percent(flat)} have a slope below 0.01, and ${percent(positive)} a score above 0.` });
}

export default { render };
