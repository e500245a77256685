// The race (chapter 14): five optimizers on the same bowl, seen along its axes, turned, and bent.

import { Figure, axis, clamp, fixed, line, path, plain, power, role, scale, shown, snap, svg, text } from "./base.js";
import { BEST } from "./data/optimizers.js";

const initial = { surface: "bowl", opt: "Adam", rates: "best", k: 4, correct: true, t: 60, W: [-1.7, -0.7] };
const KAPPA = 100, LAST = 60, LOST = 1e6;  // how much steeper one way than the other; the steps; a loss that is lost
const FACTORS = [-4, -3, -2, -1, 0, 1, 2, 3, 4].map((k) => 2 ** k), COMMON = 0.02;
const NAMES = ["SGD", "Momentum", "Nesterov", "RMSprop", "Adam"];
const KINDS = { "one rate": NAMES.slice(0, 3), "a rate for each": NAMES.slice(3) };
const SURFACES = [["bowl", "bowl"], ["turned", "turned"], ["valley", "bent"]];

// ---- the surfaces: L = (p² + κq²)/2 in three coordinates -----------------------------------------------------------

const R = Math.SQRT1_2;
const FORMS = {
  bowl: { to: ([a, b]) => [a, b], from: ([p, q]) => [p, q], pull: (_, [dp, dq]) => [dp, dq] },
  turned: { to: ([a, b]) => [R * (a + b), R * (a - b)], from: ([p, q]) => [R * (p + q), R * (p - q)],
    pull: (_, [dp, dq]) => [R * (dp + dq), R * (dp - dq)] },
  valley: { to: ([a, b]) => [1 - a, b + a * a - 1], from: ([p, q]) => [1 - p, q + 1 - (1 - p) * (1 - p)],
    pull: ([a], [dp, dq]) => [2 * a * dq - dp, dq] },
};
const loss = (surface, W) => { const [p, q] = FORMS[surface].to(W); return (p * p + KAPPA * q * q) / 2; };
const gradient = (surface, W) => { const [p, q] = FORMS[surface].to(W); return FORMS[surface].pull(W, [p, KAPPA * q]); };

// ---- the optimizers: what each makes of a gradient, to be multiplied by −η ------------------------------------------

const averaged = (beta, old, now) => old.map((x, i) => beta * x + (1 - beta) * now[i]);
const squares = (g) => g.map((x) => x * x), summed = (v, g) => v.map((x, i) => 0.9 * x + g[i]);

const RULES = {
  SGD: (g) => g,
  Momentum: (g, memory) => (memory.m = summed(memory.m, g)),
  Nesterov: (g, memory) => summed(memory.m = summed(memory.m, g), g),
  RMSprop: (g, memory) => {
    memory.v = averaged(0.99, memory.v, squares(g));
    return g.map((x, i) => x / (Math.sqrt(memory.v[i]) + 1e-8));
  },
  Adam: (g, memory, t, correct) => {
    memory.m = averaged(0.9, memory.m, g);
    memory.v = averaged(0.999, memory.v, squares(g));
    const [c, d] = correct ? [1 - 0.9 ** t, Math.sqrt(1 - 0.999 ** t)] : [1, 1];
    return memory.m.map((x, i) => x / c / (Math.sqrt(memory.v[i]) / d + 1e-8));
  },
};

/** The way of one optimizer, as far as it is not lost, and what it would do next: its direction. */
function race(name, eta, { surface, W, t, correct }) {
  const way = [W], memory = { m: [0, 0], v: [0, 0] };
  for (let step = 1; ; step++) {
    const g = gradient(surface, way.at(-1)), d = RULES[name](g, memory, step, correct), L = loss(surface, way.at(-1));
    if (step > t || L > LOST) return { way, eta, g, d, L, lost: L > LOST };
    way.push(way.at(-1).map((w, i) => w - eta * d[i]));
  }
}

/** Every number of the figure: the ways of all five. */
export function numbers(state) {
  const etas = NAMES.map((_, i) => FACTORS[state.k] * (state.rates === "best" ? BEST[state.surface][i] : COMMON));
  const ways = NAMES.map((name, i) => race(name, etas[i], state)), mine = ways[NAMES.indexOf(state.opt)];
  const first = ways.reduce((best, way, i) => (!way.lost && !(way.L >= ways[best]?.L) ? i : best), -1);
  return { ways, mine, first };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const LEFT = -2, BOTTOM = -2, SIZE = 4, CELL = 0.1, COLUMNS = SIZE / CELL + 1;
const MARKS = ["M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z", "M-5 -5H5V5H-5Z", "M0 -6L6 5H-6Z", "M0 6L6 -5H-6Z",
  "M0 -7L7 0L0 7L-7 0Z"];
const LEVELS = [0.1, 0.5, 2, 5, 10, 20, 40, 80, 160];
const mark = (i, x, y, chosen) => path(MARKS[i], { transform: `translate(${x} ${y})`,
  class: `stroke ${chosen ? "parameter" : "muted"}`, style: "fill: var(--ground); stroke-width: 2" });

/** Lines of equal loss: in the coordinates p and q all of them are ellipses. */
function contour(surface, level, place) {
  const points = Array.from({ length: 121 }, (_, i) => (i * Math.PI) / 60).map((angle) => {
    const size = Math.sqrt(2 * level);
    return place(FORMS[surface].from([size * Math.cos(angle), (size * Math.sin(angle)) / Math.sqrt(KAPPA)]));
  });
  return path(`M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`, { class: "stroke rule" });
}

function drawPlane({ surface, ways, opt }, { across, up }) {
  const [x0, x1] = across.range, [y1, y0] = up.range;
  const place = ([a, b]) => [clamp(across(a) - x0, -5000, 5000), clamp(up(b) - y0, -5000, 5000)];
  const chosen = NAMES.indexOf(opt), order = [0, 1, 2, 3, 4].sort((i, j) => (i === chosen) - (j === chosen));  // on top
  const through = (i) => ways[i].way.map((W) => place(W).map((x) => x.toFixed(1)).join(" ")).join("L");
  const way = (i) => path(`M${through(i)}`, i === chosen
    ? { class: "stroke parameter", style: "stroke-width: 3" } : { class: "stroke muted", "stroke-dasharray": "4 3" });
  const dots = ways[chosen].way.map(place).map(([x, y]) =>
    `M${(x - 2.5).toFixed(1)} ${y.toFixed(1)}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`).join("");
  return [
    svg("svg", { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },  // cuts off what lies outside
      ...LEVELS.map((level) => contour(surface, level, place)),
      ...order.map(way), path(dots, { class: "fill parameter", style: "stroke: none" }),
      ...order.map((i) => mark(i, ...place(ways[i].way.at(-1)), i === chosen))),
    axis(across, y1, [-2, -1, 0, 1, 2], { name: "*θ*_0" }),
    axis(up, x0, [-2, -1, 0, 1, 2], { side: "left", name: "*θ*_1" })];
}

/** For each optimizer its learning rate and the loss that it has reached. */
function drawTable({ ways, opt, first, t }, { x0, x1, y0 }) {
  const rows = NAMES.flatMap((name, i) => {
    const y = y0 + 58 + 34 * i, more = { class: name === opt ? "parameter" : "" }, { eta, L, lost } = ways[i];
    return [mark(i, x0 + 8, y - 5, name === opt), text(x0 + 24, y, name, more),
      text(x1 - 72, y, power(eta, 1), { anchor: "end", shows: `eta.${i}`, ...more }),
      text(x1, y, lost ? "lost" : power(L, 1), { anchor: "end", shows: lost ? null : `L.${i}`, ...more }),
      ...(i === first ? [line(x0 + 22, y + 7, x1, y + 7, { class: "stroke ink" })] : [])];
  });
  const head = { class: "muted" };
  return [text(x0, y0, `after ${t} steps`, head), text(x1 - 72, y0 + 24, "*η*", { anchor: "end", ...head }),
    text(x1, y0 + 24, "loss", { anchor: "end", ...head }), ...rows,
    text(x0, y0 + 58 + 34 * 5, first < 0 ? "all are lost" : "underlined: the lowest", head)];
}

/** The table beside the plane, or below it. */
function layout(width) {
  const wide = width >= 600, left = 30, size = wide ? 0.58 * width - 40 : width - left - 8;
  const [x0, y0] = wide ? [left + size + 36, 60] : [8, size + 96];
  return { height: wide ? size + 76 : y0 + 240, across: scale([LEFT, LEFT + SIZE], [left, left + size]),
    up: scale([BOTTOM, BOTTOM + SIZE], [28 + size, 28]), x0, x1: width - 8, y0 };
}

const factorSaid = (k) => (k < 4 ? `1/${2 ** (4 - k)}` : `${2 ** (k - 4)}`);

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Five optimizers on one surface", initial, numbers, layout });

  // For a handle the plane is a grid of cells, numbered row by row.
  const nearest = (w, low) => clamp(Math.round((w - low) / CELL), 0, COLUMNS - 1);
  const cell = ([a, b]) => nearest(b, BOTTOM) * COLUMNS + nearest(a, LEFT);
  const middle = (i) => [snap(LEFT + CELL * (i % COLUMNS), CELL), snap(BOTTOM + CELL * Math.floor(i / COLUMNS), CELL)];
  figure.handle({
    label: "the start", min: 0, max: COLUMNS ** 2 - 1, step: 1, up: COLUMNS, page: 10 * COLUMNS,
    colour: "parameter", cursor: "move",
    value: ({ W }) => cell(W), change: (i) => ({ W: middle(i) }),
    say: ({ W }) => W.map((w, i) => `θ${i} = ${fixed(w)}`).join(", "),
    spot: ({ W: [a, b] }, { across, up }) => [across(a), up(b)],
    read: ([px, py], all, { across, up }) => cell([across.invert(px), up.invert(py)]),
  });

  const pair = (name, [a, b], shows) => {
    const one = (i, w) => role(name, shown(`${shows}.${i}`, power(w, 1)));
    return ["(", one(0, a), ",", one(1, b), ")"];
  };
  figure.equation(({ mine, opt }) => (mine.lost ? [plain(`${opt} is lost`)] : [
    [plain("next:\u00a0"), "θ ← θ −", `${power(mine.eta, 1)} ·`, pair("parameter", mine.d, "d")],
    [plain("from the gradient\u00a0"), pair("gradient", mine.g, "g")]]));

  figure.choice({ label: "surface", options: SURFACES, of: "surface" });
  for (const [label, options] of Object.entries(KINDS)) figure.choice({ label, options, of: "opt" });
  figure.row();
  figure.slider({ label: "steps", of: "t", min: 0, max: LAST, say: ({ t }) => `${t}` });
  figure.choice({ label: "learning rates", options: [["best", "each its best"], ["same", "one for all"]], of: "rates" });
  figure.slider({ label: "times", of: "k", min: 0, max: 8, say: ({ k }) => factorSaid(k) });
  figure.toggle({ label: "Adam's correction", of: "correct" });

  return figure.start({
    draw: (all, at) => [...drawPlane(all, at), ...drawTable(all, at)],
    describe: ({ surface, t, ways, first, W, rates, k, correct }) =>
      `After ${t} steps on the ${Object.fromEntries(SURFACES)[surface]}${surface === "bowl" ? "" : " bowl"} from ` +
      `${W.map((w) => fixed(w)).join(", ")}, ${rates === "best" ? "each with its best" : "all with one"} learning rate ` +
      `times ${factorSaid(k)}${correct ? "" : ", Adam without its correction"}: ` +
      `${NAMES.map((name, i) => `${name} ${ways[i].lost ? "is lost" : power(ways[i].L, 1)}`).join(", ")}. ` +
      (first < 0 ? "All are lost." : `The lowest: ${NAMES[first]}.`) });
}

export default { render };
