// The fold (chapter 03): three units on a line. Between kinks their sum is straight, and at each kink it folds.

import { Figure, axis, factor, fixed, line, path, role, scale, shown, sub, svg, text, words } from "./base.js";

const initial = { kink: [0, 1, 2], W2: [1, 1, -1.5], x: 0.5, relu: true };
const UNITS = [0, 1, 2], W1 = [1, -1, 1], LEFT = -1.5, RIGHT = 3.5, TOP = 4;
const DASHES = ["9 4", "3 3", "10 3 2 3"];

/** The network at x: scores, values, what each unit adds, the output and its slope. */
export function numbers({ kink, W2, relu }, x) {
  const z1 = UNITS.map((h) => x * W1[h] - kink[h] * W1[h]);
  const passes = z1.map((z) => !relu || z > 0);
  const a1 = z1.map((z, h) => (passes[h] ? z : 0));
  const adds = a1.map((a, h) => a * W2[h]);
  const slopes = UNITS.map((h) => (passes[h] ? W1[h] * W2[h] : 0));
  const [z2, slope] = [adds, slopes].map(([p, q, r]) => p + q + r);
  return { z1, passes, a1, adds, z2, slopes, slope };
}

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
  const corners = ends(state), at = (place) => `${x(place)} ${y(numbers(state, place).z2)}`;
  const pieces = corners.slice(1).map((end, i) => [(end + corners[i]) / 2, x(end) - x(corners[i])]);
  return [
    text(8, y(TOP) - 20, "*z*_2, the sum", { class: "muted" }),
    axis(y, x(LEFT), [-4, -2, 0, 2, 4], { side: "left" }),
    line(x(LEFT), y(0), x(RIGHT), y(0), { class: "stroke rule" }),
    panel(x, y, path(`M${corners.map(at).join("L")}`, { class: "stroke value", style: "stroke-width: 3" })),
    ...corners.slice(1, -1).map((kink) => line(x(kink), y(TOP), x(kink), y(-TOP) + 30, { class: "stroke rule" })),
    ...pieces.filter(([, room]) => room > 44).flatMap(([middle]) =>
      lamps(x(middle), y(-TOP) + 16, numbers(state, middle).passes))];
}

/** Where the kink of each unit is dragged: a line of its own, so that two kinks may lie at one place. */
const track = (h) => 472 + 44 * h;

function drawUnits(state, x, y) {
  const unit = (h) => {
    const corners = state.relu ? [LEFT, state.kink[h], RIGHT] : [LEFT, RIGHT];
    const points = corners.map((place) => `${x(place)} ${y(numbers(state, place).adds[h])}`);
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
function drawTable(state, x0, y0, step) {
  const { z1, passes, a1, adds, z2 } = numbers(state, state.x);
  const cell = (column, row, words, more) =>
    text(x0 + column * step, y0 + 28 * row, words, { anchor: "end", ...more });
  return [
    ...["*z*_1", "*a*_1", "*W*_2", "*a*_1*W*_2"].map((head, i) => cell(i + 1, 0, head)),
    ...UNITS.flatMap((h) => [
      line(x0 - 30, y0 + 28 * (h + 1) - 5, x0 - 6, y0 + 28 * (h + 1) - 5,
        { class: "stroke parameter", "stroke-dasharray": DASHES[h] }),
      cell(1, h + 1, fixed(z1[h], 2), { class: passes[h] ? "value" : "muted", shows: `z1.${h}` }),
      cell(2, h + 1, fixed(a1[h], 2), { class: "value", shows: `a1.${h}` }),
      cell(3, h + 1, fixed(state.W2[h]), { class: "parameter" }),
      cell(4, h + 1, fixed(adds[h], 2), { class: "value", shows: `adds.${h}` })]),
    line(x0 + 3.2 * step, y0 + 93, x0 + 4 * step, y0 + 93, { class: "stroke muted" }),
    cell(4, 4, fixed(z2, 2), { class: "value", shows: "z2" }), cell(3, 4, "*z*_2 =")];
}

function render(anywidget) {
  const figure = new Figure(anywidget, "Three units with a kink each, and their sum", initial);
  let x, sum, units;

  function draw(state, width) {
    const wide = width >= 600, right = wide ? width - 246 : width - 16;
    x = scale([LEFT, RIGHT], [40, right]);
    [sum, units] = [scale([-TOP, TOP], [196, 40]), scale([-TOP, TOP], [424, 288])];
    const { z2 } = numbers(state, state.x), here = x(state.x), atEnd = state.x > 2.5;
    const table = wide ? [right + 52, 110, 47] : [70, 666, Math.min(62, (width - 74) / 4)];
    return { height: wide ? 636 : 792, art: [
      ...drawSum(state, x, sum), ...drawUnits(state, x, units), ...drawTable(state, ...table),
      ...[[sum(TOP), 240], [units(TOP), units(-TOP)]].map(([from, to]) =>
        line(here, from, here, to, { class: "stroke muted", "stroke-dasharray": "2 4" })),
      panel(x, sum, svg("circle", { cx: here, cy: sum(z2), r: 6, class: "fill value" })),
      text(here + (atEnd ? -16 : 16), 245, `*x* = ${fixed(state.x)}`,
        { class: "value", anchor: atEnd ? "end" : "start" })] };
  }

  figure.handle({
    label: "input x", min: LEFT, max: RIGHT, step: 0.1, page: 0.5, cursor: "ew-resize",
    value: (s) => s.x, change: (value) => ({ x: value }), spot: (s) => [x(s.x), 240], read: ([px]) => x.invert(px),
    text: (s) => `x = ${fixed(s.x)}, sum ${fixed(numbers(s, s.x).z2, 2)}`,
  });
  for (const h of UNITS) {
    figure.handle({
      label: `kink of unit ${h}`, min: -0.5, max: 2.5, step: 0.1, page: 0.5, colour: "parameter", cursor: "ew-resize",
      value: (s) => s.kink[h], change: (value, s) => ({ kink: s.kink.with(h, value) }), text: (s) => fixed(s.kink[h]),
      spot: (s) => [x(s.kink[h]), track(h)], read: ([px]) => x.invert(px),
    });
    figure.handle({
      label: `weight of unit ${h}`, min: -2, max: 2, step: 0.1, page: 0.5, colour: "parameter",
      cursor: "ns-resize", value: (s) => s.W2[h], change: (value, s) => ({ W2: s.W2.with(h, value) }),
      text: (s) => fixed(s.W2[h]), read: ([, py]) => units.invert(py),
      spot: (s) => [x(s.kink[h] + W1[h]), units(s.W2[h])],  // one step from the kink the height is the slope
    });
  }

  const parameter = (h, state) => role("parameter", factor(state.W2[h], 1));
  const joined = (term) => UNITS.map((h) => [h ? "+" : "", ...term(h)]);
  figure.equation((state) => {
    const { a1, z2 } = numbers(state, state.x);
    return [[sub("z", "2"), "=", ...joined((h) => [sub("a", `1${h}`), sub("W", `2${h}`)])],
      ["=", ...joined((h) => [role("value", factor(a1[h], 1)), "·", parameter(h, state)])],
      ["=", role("value", shown("z2", fixed(z2, 2)))]];
  });
  figure.equation((state) => {
    const { slopes, slope } = numbers(state, state.x);
    return [[words("slope"), "=", ...joined((h) => [role("gradient", factor(slopes[h], 1))])],
      ["=", role("gradient", shown("slope", fixed(slope)))]];
  });

  figure.choice({ label: "between the layers", options: [["relu", "ReLU"], ["nothing", "nothing"]],
    value: ({ relu }) => (relu ? "relu" : "nothing"), change: (name) => ({ relu: name === "relu" }) });

  return figure.start({ draw, describe: (state) => {
    const { z2, slope, passes } = numbers(state, state.x);
    const speak = UNITS.filter((h) => passes[h]);
    return `At x = ${fixed(state.x)} the sum is ${fixed(z2, 2)} and its slope ${fixed(slope)}; ` +
      `${speak.length ? `these units speak: ${speak.join(", ")}` : "no unit speaks"}. ` +
      (state.relu ? `The sum is straight except at ${state.kink.map((k) => fixed(k)).join(", ")}.`
        : "Without ReLU the sum is one straight line.");
  } });
}

export default { render };
