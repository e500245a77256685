// The fold (chapter 03): three units on a line. Between kinks their sum is straight, and at each kink it folds.

import { Figure, axis, factor, fixed, line, path, plain, role, scale, shown, sub, svg, text } from "./base.js";

const initial = { kink: [0, 1, 2], W2: [1, 1, -1.5], x: 0.5, relu: true };
const UNITS = [0, 1, 2], W1 = [1, -1, 1], LEFT = -1.5, RIGHT = 3.5, TOP = 4;
const DASHES = ["9 4", "3 3", "10 3 2 3"];

/** The network at x: scores, values, what each unit adds, the output and its slope. */
function network({ kink, W2, relu }, x) {
  const z1 = UNITS.map((h) => x * W1[h] - kink[h] * W1[h]);
  const passes = z1.map((z) => !relu || z > 0);
  const a1 = z1.map((z, h) => (passes[h] ? z : 0));
  const adds = a1.map((a, h) => a * W2[h]);
  const slopes = UNITS.map((h) => (passes[h] ? W1[h] * W2[h] : 0));
  const [z2, slope] = [adds, slopes].map(([p, q, r]) => p + q + r);
  return { z1, passes, a1, adds, z2, slopes, slope };
}

/** Every number of the figure: the network at the input that was chosen. */
export const numbers = (state) => network(state, state.x);

/** The ends of the straight pieces, from left to right. */
const ends = ({ kink, relu }) => [LEFT, ...(relu ? kink.toSorted((a, b) => a - b) : []), RIGHT];

/** What is drawn inside is cut at the edges of the panel. */
function panel(x, y, ...art) {
  const [x0, x1, y0] = [x(LEFT), x(RIGHT), y(TOP)], size = { width: x1 - x0, height: y(-TOP) - y0 };
  return svg("svg", { x: x0, y: y0, ...size, viewBox: `${x0} ${y0} ${size.width} ${size.height}` }, ...art);
}

/** A lamp for each unit: lit where it speaks. */
const lamps = (x, y, passes) => passes.map((lit, h) => svg("circle", {
  cx: x + 13 * (h - 1), cy: y, r: 5, class: lit ? "fill value" : "stroke muted", "fill-opacity": lit ? 1 : 0 }));

function drawSum(state, x, y) {
  const corners = ends(state), at = (place) => `${x(place)} ${y(network(state, place).z2)}`;
  const pieces = corners.slice(1).map((end, i) => [(end + corners[i]) / 2, x(end) - x(corners[i])]);
  return [
    text(8, y(TOP) - 20, "*z*_2, the sum", { class: "muted" }),
    axis(y, x(LEFT), [-4, -2, 0, 2, 4], { side: "left" }),
    line(x(LEFT), y(0), x(RIGHT), y(0), { class: "stroke rule" }),
    panel(x, y, path(`M${corners.map(at).join("L")}`, { class: "stroke value", style: "stroke-width: 3" })),
    ...corners.slice(1, -1).map((kink) => line(x(kink), y(TOP), x(kink), y(-TOP) + 30, { class: "stroke rule" })),
    ...pieces.filter(([, room]) => room > 44).flatMap(([middle]) =>
      lamps(x(middle), y(-TOP) + 16, network(state, middle).passes))];
}

/** Where the kink of each unit is dragged: a line of its own, so that two kinks may lie at one place. */
const track = (h) => 472 + 44 * h;

function drawUnits(state, x, y) {
  const unit = (h) => {
    const corners = state.relu ? [LEFT, state.kink[h], RIGHT] : [LEFT, RIGHT];
    const points = corners.map((place) => `${x(place)} ${y(network(state, place).adds[h])}`);
    return path(`M${points.join("L")}`, { class: "stroke parameter", "stroke-dasharray": DASHES[h] });
  };
  return [
    text(8, y(TOP) - 12, "the units: drag a weight up or down", { class: "muted" }),
    axis(y, x(LEFT), [-4, 0, 4], { side: "left" }), panel(x, y, ...UNITS.map(unit)),
    ...UNITS.flatMap((h) => [
      line(x(LEFT), track(h), x(RIGHT), track(h), { class: "stroke parameter", "stroke-dasharray": DASHES[h] }),
      line(x(state.kink[h]), y(0), x(state.kink[h]), track(h), { class: "stroke rule" })]),
    text(8, track(0) - 16, "kinks: drag them aside", { class: "muted" }),
    axis(x, track(2) + 26, [-1, 0, 1, 2, 3], { name: "input *x*" })];
}

/** The same numbers as a table, one row for each unit. */
function drawTable({ W2, z1, passes, a1, adds, z2 }, { table: [x0, y0, step] }) {
  const cell = (column, row, what, more) =>
    text(x0 + column * step, y0 + 28 * row, what, { anchor: "end", ...more });
  return [
    ...["*z*_1", "*a*_1", "*W*_2", "*a*_1*W*_2"].map((head, i) => cell(i + 1, 0, head)),
    ...UNITS.flatMap((h) => [
      line(x0 - 30, y0 + 28 * (h + 1) - 5, x0 - 6, y0 + 28 * (h + 1) - 5,
        { class: "stroke parameter", "stroke-dasharray": DASHES[h] }),
      cell(1, h + 1, fixed(z1[h], 2), { class: passes[h] ? "value" : "muted", shows: `z1.${h}` }),
      cell(2, h + 1, fixed(a1[h], 2), { class: "value", shows: `a1.${h}` }),
      cell(3, h + 1, fixed(W2[h]), { class: "parameter" }),
      cell(4, h + 1, fixed(adds[h], 2), { class: "value", shows: `adds.${h}` })]),
    line(x0 + 3.2 * step, y0 + 93, x0 + 4 * step, y0 + 93, { class: "stroke muted" }),
    cell(4, 4, fixed(z2, 2), { class: "value", shows: "z2" }), cell(3, 4, "*z*_2 =")];
}

const sum = scale([-TOP, TOP], [196, 40]), units = scale([-TOP, TOP], [424, 288]);  // the heights in the two panels

function layout(width) {
  const wide = width >= 600, right = wide ? width - 246 : width - 16;
  return { height: wide ? 636 : 792, x: scale([LEFT, RIGHT], [40, right]),
    table: wide ? [right + 52, 110, 47] : [70, 666, Math.min(62, (width - 74) / 4)] };
}

function draw(all, at) {
  const { x } = at, here = x(all.x), atEnd = all.x > 2.5;
  return [
    ...drawSum(all, x, sum), ...drawUnits(all, x, units), ...drawTable(all, at),
    ...[[sum(TOP), 240], [units(TOP), units(-TOP)]].map(([from, to]) =>
      line(here, from, here, to, { class: "stroke muted", "stroke-dasharray": "2 4" })),
    panel(x, sum, svg("circle", { cx: here, cy: sum(all.z2), r: 6, class: "fill value" })),
    text(here + (atEnd ? -16 : 16), 245, `*x* = ${fixed(all.x)}`,
      { class: "value", anchor: atEnd ? "end" : "start" })];
}

function render(anywidget) {
  const label = "Three units with a kink each, and their sum";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  const across = { step: 0.1, page: 0.5, cursor: "ew-resize", read: ([px], all, { x }) => x.invert(px) };
  figure.handle({ label: "input x", of: "x", min: LEFT, max: RIGHT, ...across, spot: (all, { x }) => [x(all.x), 240],
    say: ({ x, z2 }) => `x = ${fixed(x)}, sum ${fixed(z2, 2)}` });
  for (const h of UNITS) {
    figure.handle({
      label: `kink of unit ${h}`, min: -0.5, max: 2.5, colour: "parameter", ...across,
      value: ({ kink }) => kink[h], change: (value, { kink }) => ({ kink: kink.with(h, value) }),
      say: ({ kink }) => fixed(kink[h]), spot: ({ kink }, { x }) => [x(kink[h]), track(h)],
    });
    figure.handle({
      label: `weight of unit ${h}`, min: -2, max: 2, step: 0.1, page: 0.5, colour: "parameter", cursor: "ns-resize",
      value: ({ W2 }) => W2[h], change: (value, { W2 }) => ({ W2: W2.with(h, value) }), say: ({ W2 }) => fixed(W2[h]),
      read: ([, py]) => units.invert(py),
      spot: ({ kink, W2 }, { x }) => [x(kink[h] + W1[h]), units(W2[h])],  // one step from the kink: height is slope
    });
  }

  const joined = (term) => UNITS.map((h) => [h ? "+" : "", ...term(h)]);
  figure.equation(({ W2, a1, z2 }) => [
    [sub("z", "2"), "=", ...joined((h) => [sub("a", `1${h}`), sub("W", `2${h}`)])],
    ["=", ...joined((h) => [role("value", factor(a1[h], 1)), "·", role("parameter", factor(W2[h], 1))])],
    ["=", role("value", shown("z2", fixed(z2, 2)))]]);
  figure.equation(({ slopes, slope }) => [
    [plain("slope"), "=", ...joined((h) => [role("gradient", factor(slopes[h], 1))])],
    ["=", role("gradient", shown("slope", fixed(slope)))]]);

  figure.choice({ label: "between the layers", options: [[true, "ReLU"], [false, "nothing"]], of: "relu" });

  return figure.start({ draw, describe: ({ x, kink, relu, z2, slope, passes }) => {
    const speak = UNITS.filter((h) => passes[h]);
    return `At x = ${fixed(x)} the sum is ${fixed(z2, 2)} and its slope ${fixed(slope)}; ` +
      `${speak.length ? `these units speak: ${speak.join(", ")}` : "no unit speaks"}. ` +
      (relu ? `The sum is straight except at ${kink.map((k) => fixed(k)).join(", ")}.`
        : "Without ReLU the sum is one straight line.");
  } });
}

export default { render };
