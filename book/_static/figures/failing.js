// Which one is it? (chapter 23) A curve from the gallery, and measurements to buy until one fault is left.

import { Figure, axis, fixed, line, path, plain, scale, shown, sum, text } from "./base.js";
import { ALARMS, CURVES, HEALTHY, NAMES, PRICES } from "./data/failing.js";

const initial = { hidden: 16, bought: 0 };
const PARTS = ["data", "loop", "loss", "forward", "start", "gradient", "step", "run"], EPOCH = 8;
const has = (bought, i) => Math.floor(bought / 2 ** i) % 2 === 1;

/** The last value of a curve that is not yet at `end`, or the one there. */
const last = (curve, end) => curve[Math.min(end, curve.length - 1)];

/** Whether two faults are alike in what is known: one epoch or two, and the first alarm of each part that was bought. */
function alike(a, b, bought) {
  const near = (end) => Math.abs(last(CURVES[a][0], end) - last(CURVES[b][0], end)) <= 25 &&
    Math.abs(last(CURVES[a][1], end) - last(CURVES[b][1], end)) <= 40;
  return near(10) && (!has(bought, EPOCH) || near(20)) &&
    PARTS.every((_, i) => !has(bought, i) || ALARMS[a][i]?.[0] === ALARMS[b][i]?.[0]);
}

/** Which faults are left, what was spent, and the curves as far as they are known. */
export function numbers({ hidden, bought }) {
  const possible = NAMES.map((_, other) => alike(hidden, other, bought));
  const end = has(bought, EPOCH) ? 20 : 10, [loss, right] = CURVES[hidden].map((curve) => curve.slice(0, end + 1));
  const spent = sum(PRICES.filter((_, i) => has(bought, i)));
  return { possible, left: possible.filter(Boolean).length, spent, loss, right };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** A curve over two epochs, in steps of a tenth. */
const through = (values, across, up, attributes) =>
  path(`M${values.map((value, i) => `${fixed(across(i), 1)} ${fixed(up(value), 1)}`).join("L")}`.replaceAll("−", "-"),
    attributes);

function drawCurves({ loss, right }, { across, up, climb, x0, y1, y2 }) {
  return [
    text(x0, 18, "training loss (dashed: healthy)", { class: "muted" }),
    axis(up, x0, [0, 200, 400], { side: "left", print: (x) => fixed(x / 100, 0) }),
    through(HEALTHY[0], across, up, { class: "stroke muted", "stroke-dasharray": "4 4" }),
    through(loss, across, up, { class: "stroke value" }),
    line(across(0), y1, across(20), y1, { class: "stroke rule" }),
    text(x0, y1 + 30, "test accuracy", { class: "muted" }),
    axis(climb, x0, [0, 500, 1000], { side: "left", print: (x) => `${x / 10} %` }),
    through(HEALTHY[1], across, climb, { class: "stroke muted", "stroke-dasharray": "4 4" }),
    through(right, across, climb, { class: "stroke label" }),
    axis(across, y2, [0, 10, 20], { name: "epoch", print: (x) => fixed(x / 10, 0) })];
}

/** The suspects; those that are no longer possible are struck out. */
function drawSuspects({ possible, left }, { list, columnWidth, rows }) {
  const place = (i) => [list[0] + Math.floor(i / rows) * columnWidth, list[1] + 24 + 18 * (i % rows)];
  return [
    text(list[0], list[1], `suspects left: ${left}`, { shows: "left" }),
    ...NAMES.flatMap((name, i) => {
      const [x, y] = place(i);
      return possible[i] ? text(x, y, name, { class: "cell value" })
        : text(x, y, name, { class: "cell muted", style: "text-decoration: line-through" });
    })];
}

/** What was bought: of each part its first alarm, or nothing. */
function drawFindings({ hidden, bought }, { found }) {
  const bill = PARTS.flatMap((part, i) => (has(bought, i) ? [[part, ALARMS[hidden][i]]] : []));
  return bill.length ? bill.map(([part, alarm], i) =>
    text(found[0], found[1] + 19 * i, `${part}: ${alarm ? alarm[0].length + alarm[1].length > 34 ? alarm[0] : alarm.join(", ") : "nothing"}`,
      { class: alarm ? "gradient" : "muted" }))
    : [text(found[0], found[1], "nothing is measured yet: buy below", { class: "muted" })];
}

function layout(width, { bought }) {
  const wide = width >= 600, x0 = 54, x1 = wide ? 0.42 * width : width - 14, y1 = 150, y2 = 300;
  const list = wide ? [x1 + 28, 18] : [4, y2 + 70];
  const columns = width < 340 ? 1 : 2, rows = Math.ceil(NAMES.length / columns), columnWidth = (width - list[0] - 4) / columns;
  const found = wide ? [x1 + 28, 348] : [4, list[1] + 24 + 18 * rows + 24];
  const lines = PARTS.filter((_, i) => has(bought, i)).length;
  return { height: Math.max(found[1] + 19 * lines, y2 + 50), across: scale([0, 20], [x0, x1]), up: scale([0, 400], [y1, 32]),
    climb: scale([0, 1000], [y2, y1 + 44]), x0, y1, y2, list, rows, columnWidth, found };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "A training with an unknown fault", initial, numbers, layout });

  figure.equation(({ spent, left, possible }) => [
    [plain("spent:\u00a0"), shown("spent", fixed(spent, 0)), plain("\u00a0ms,\u2002")],
    [plain(left === 1 ? `it is: ${NAMES[possible.indexOf(true)]}` : `${left} suspects`)]]);

  figure.slider({ label: "training", of: "hidden", min: 0, max: NAMES.length - 1, say: ({ hidden }) => `${hidden + 1}`,
    change: (hidden) => ({ hidden, bought: 0 }) });
  figure.row();
  [...PARTS, "one more epoch"].forEach((part, i) => figure.toggle({ label: `${part}, ${PRICES[i]} ms`,
    value: ({ bought }) => has(bought, i),
    change: (on, { bought }) => ({ bought: bought + (on ? 1 : -1) * 2 ** i }) }));

  return figure.start({
    draw: (all, at) => [...drawCurves(all, at), ...drawSuspects(all, at), ...drawFindings(all, at)],
    describe: ({ hidden, bought, left, spent, loss, right, possible }) =>
      `Training ${hidden + 1}: the loss is ${fixed(loss.at(-1) / 100, 2)}, the test accuracy ` +
      `${fixed(right.at(-1) / 10, 1)} %. ` +
      PARTS.flatMap((part, i) => (has(bought, i)
        ? [`${part}: ${ALARMS[hidden][i]?.join(", ") ?? "nothing"}. `] : [])).join("") +
      `Spent ${fixed(spent, 0)} ms. ` + (left > 6 ? `${left} suspects are left.`
      : `Left: ${NAMES.filter((_, i) => possible[i]).join("; ")}.`),
  });
}

export default { render };
