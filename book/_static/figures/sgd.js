// One step (chapter 08): what each of 24 digits would do to two weights, and what their mean does.

import { Figure, arrow, axis, bar, bytes, chunks, clamp, fixed, frac, line, nibbles, path, picture, plain, role, scale,
  shown, snap, sub, sum, svg, text } from "./base.js";
import { PICTURES, SHUFFLED, X } from "./data/sgd.js";

const initial = { W: [-1, 3.5], eta: 3, order: "shuffled", t: 0 };
const ETAS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4];

// Each digit is two numbers: ink at the left minus ink at the right, in its upper and in its lower half. First come
// twelve 3s, then twelve 5s. SHUFFLED is four epochs of them, a letter a digit; the pictures have 14 × 14 pixels.
const digits = chunks(nibbles(bytes(PICTURES)).map((shade) => shade / 15), 196);
const N = X.length, y = X.map((_, n) => Number(n >= 12));  // 1: it is a 5

// ---- the model: p = 1/(1 + exp(−xW)), the share of "it is a 5" ----------------------------------------------------

const score = (W, n) => X[n][0] * W[0] + X[n][1] * W[1];
const share = (W, n) => 1 / (1 + Math.exp(-score(W, n)));
const lossOf = (W, n) => Math.log1p(Math.exp(-Math.abs(score(W, n)))) + Math.max(score(W, n), 0) - y[n] * score(W, n);
const gradient = (W, n) => X[n].map((x) => (share(W, n) - y[n]) * x);
const step = (W, eta, dW) => W.map((w, i) => w - eta * dW[i]);

const mean = (terms) => sum(terms) / terms.length;
const loss = (W) => mean(X.map((_, n) => lossOf(W, n)));
const meanOf = (gradients) => [0, 1].map((i) => mean(gradients.map((dW) => dW[i])));

/** The digit of step t. */
const turn = ({ order }, t) => (order === "sorted" ? t % N : SHUFFLED.charCodeAt(t % SHUFFLED.length) - 97);

/** Every number of the figure: the walk so far, and what each digit would do next. */
export function numbers(state) {
  const walk = [state.W], losses = [loss(state.W)];
  for (let t = 0; t < state.t; t++) {
    walk.push(step(walk[t], state.eta, gradient(walk[t], turn(state, t))));
    losses.push(loss(walk[t + 1]));
  }
  const W = walk.at(-1), L = losses.at(-1), next = turn(state, state.t);
  const gradients = X.map((_, n) => gradient(W, n)), dW = meanOf(gradients);
  const ends = gradients.map((g) => step(W, state.eta, g)), changes = ends.map((end) => loss(end) - L);
  const meanEnd = step(W, state.eta, dW);
  return { walk, W, L, next, p: share(W, next), gradients, dW, ends, changes, meanEnd, meanChange: loss(meanEnd) - L,
    raise: changes.filter((change) => change > 0).length, rose: losses.filter((l, t) => l > losses[t - 1]).length };
}

/** Lines of equal loss. The loss is convex: each ray from its lowest place crosses each level once. */
function contours() {
  let lowest = [0, 0];
  for (let t = 0; t < 500; t++) lowest = step(lowest, 1, meanOf(X.map((_, n) => gradient(lowest, n))));
  const at = (angle, r) => [lowest[0] + r * Math.cos(angle), lowest[1] + r * Math.sin(angle)];
  const crossing = (level, angle) => {
    let [near, far] = [0, 40];
    for (let i = 0; i < 20; i++) {
      const middle = (near + far) / 2;
      if (loss(at(angle, middle)) < level) near = middle; else far = middle;
    }
    return at(angle, near);
  };
  const angles = Array.from({ length: 91 }, (_, i) => (i * Math.PI) / 45);
  return [0.51, 0.55, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3].map((level) =>
    ({ level, points: angles.map((angle) => crossing(level, angle)), spot: crossing(level, -2.2) }));
}

// ---- the drawing --------------------------------------------------------------------------------------------------

// The part of the plane that is shown, and the grid on which the weights can be put.
const LEFT = -2.5, BOTTOM = -1.5, SIZE = 7, CELL = 0.1, COLUMNS = SIZE / CELL + 1;
const HALO = { "paint-order": "stroke", style: "stroke: var(--ground); stroke-width: 4px" };  // words on lines
let valley;

/** The weights, the steps that the 24 digits would make from there (dashed: the mean loss rises), and their mean. */
function drawPlane(all, { across, up }) {
  const [x0, x1] = across.range, [y1, y0] = up.range, place = ([a, b]) => [across(a) - x0, up(b) - y0];
  const through = (points, name) => path(`M${points.map(place).join("L")}`, { class: `stroke ${name}` });
  const single = (n, style) => arrow(...place(all.W), ...place(all.ends[n]),
    { class: "stroke gradient", style, "stroke-dasharray": all.changes[n] > 0 ? "4 3" : null });
  valley ??= contours();
  const named = valley.filter(({ level, spot: [, b] }) => [0.55, 0.7, 1].includes(level) && up(b) < y1 - 16);
  return [
    svg("svg", { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },  // cuts off what lies outside
      ...valley.map(({ points }) => through(points, "rule")),
      through(all.walk, "parameter"),
      ...X.map((_, n) => single(n, "opacity: 0.55")), single(all.next, "stroke-width: 3px"),
      arrow(...place(all.W), ...place(all.meanEnd), { class: "stroke ink", style: "stroke-width: 3.5px" })),
    ...named.map(({ level, spot: [a, b] }) =>
      text(across(a), up(b) + 4, fixed(level, 2), { class: "cell muted", anchor: "middle", ...HALO })),
    axis(across, y1, [-2, 0, 2, 4], { name: "*w*_0" }),
    axis(up, x0, [0, 2, 4], { side: "left", name: "*w*_1" }),
    text(x1, y0 - 10, all.t ? `step ${all.t}; ${all.rose} raised the loss` : "drag the weights",
      { class: "muted", anchor: "end" })];
}

/** A digit, and the cross that parts it into the quarters whose ink is counted. */
function drawDigit(n, x0, y0, size) {
  const [x, y1] = [x0 + size / 2, y0 + size / 2], cross = { class: "stroke value", "stroke-dasharray": "3 3" };
  return [
    ...picture(digits[n], x0, y0, size, { columns: 14 }),
    line(x, y0, x, y0 + size, cross), line(x0, y1, x0 + size, y1, cross)];
}

function drawNext({ next, p }, { x0, y0 }) {
  const says = (down, what, name, shows) => text(x0 + 102, y0 + down, what, { class: name, shows });
  return [
    text(x0, y0, `the next digit, a ${y[next] ? 5 : 3}`, { class: "muted" }), ...drawDigit(next, x0, y0 + 12, 84),
    ...X[next].map((x, i) => says(30 + 21 * i, `*x*_${i} = ${fixed(x, 2)}`, "value", `x.${i}`)),
    says(72, `*p* = ${fixed(p, 2)}`, "value", "p"), says(93, `*y* = ${y[next]}`, "label")];
}

/** What each of the 24 steps, and the mean of them, does to the mean loss: a bar up or down, the longest one 44 px. */
function drawChanges({ L, next, changes, meanChange, raise }, { x0, x1, y0: top }) {
  const y0 = top + 136;
  const most = Math.max(...[...changes, meanChange].map(Math.abs)), zero = y0 + 84;
  const up = scale([-most, most], [zero + 44, zero - 44]), place = scale([0, N + 3], [x0, x1]), half = place(0.36) - x0;
  const one = (spot, change, style, name = "") =>
    bar(place(spot) - half, zero, place(spot) + half, up(change), { class: name, style });
  const below = (spot, what, name) => text(place(spot), zero + 64, what, { anchor: "middle", class: name });
  const said = (down, what, change, name, shows) => [text(x0, zero + down, what, { class: name }),
    text(x1, zero + down, `${fixed(L, 3)} → ${fixed(L + change, 3)}`, { anchor: "end", class: name, shows })];
  return [
    text(x0, y0, "the mean loss after one step", { class: "muted" }),
    text(x0, y0 + 20, `of 24 digits, ${raise} would raise it`, { class: "gradient", shows: "raise" }),
    ...changes.map((change, n) => one(n + 0.5, change, n === next ? null : "opacity: 0.5", "fill gradient")),
    one(N + 1.75, meanChange, "fill: var(--ink)"), line(x0, zero, x1, zero, { class: "stroke muted" }),
    below(6, "the 3s", "muted"), below(18, "the 5s", "muted"), below(N + 1.6, "mean"),
    ...said(94, "this digit", changes[next], "gradient", "after"),
    ...said(115, "mean of 24", meanChange, "", "afterMean")];
}

/** Where the weights lie; the next digit and what the steps change beside the plane, or below. */
function layout(width) {
  const wide = width >= 600, left = 30, size = wide ? 0.6 * width - 40 : width - left - 8;
  const [x0, y0] = wide ? [left + size + 32, 16] : [left, size + 96];
  return { height: wide ? size + 70 : y0 + 346, across: scale([LEFT, LEFT + SIZE], [left, left + size]),
    up: scale([BOTTOM, BOTTOM + SIZE], [26 + size, 26]), x0, x1: width - 8, y0 };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Two weights, 24 digits, one step", initial, numbers, layout });

  // For a handle the plane is a grid of cells, numbered row by row. A new place begins a new walk.
  const nearest = (w, low) => clamp(Math.round((w - low) / CELL), 0, COLUMNS - 1);
  const cell = ([a, b]) => nearest(b, BOTTOM) * COLUMNS + nearest(a, LEFT);
  const middle = (i) => [snap(LEFT + CELL * (i % COLUMNS), CELL), snap(BOTTOM + CELL * Math.floor(i / COLUMNS), CELL)];
  figure.handle({
    label: "the two weights", min: 0, max: COLUMNS ** 2 - 1, step: 1, up: COLUMNS, page: 10 * COLUMNS,
    colour: "parameter", cursor: "move",
    value: ({ W }) => cell(W), change: (i) => ({ W: middle(i), t: 0 }),
    say: ({ W }) => W.map((w, i) => `w${i} = ${fixed(w, 2)}`).join(", "),
    spot: ({ W: [a, b] }, { across, up }) =>
      [across(clamp(a, LEFT, LEFT + SIZE)), up(clamp(b, BOTTOM, BOTTOM + SIZE))],
    read: ([px, py], all, { across, up }) => cell([across.invert(px), up.invert(py)]),
  });

  const pair = (name, [a, b], shows) => {
    const one = (i, w) => role(name, shows ? shown(`${shows}.${i}`, fixed(w, 2)) : fixed(w, 2));
    return ["(", one(0, a), ",", one(1, b), ")"];
  };
  figure.equation(({ eta, W, p, next, ends }) => [
    "W ← W − η dW",
    ["=", pair("parameter", W, "W")], [plain("\u2009−\u2009"), `${eta} ·`, "(", role("value", fixed(p, 2)), "−",
      role("label", `${y[next]}`), ")", "·", pair("value", X[next], "x")],
    ["=", pair("parameter", ends[next], "next")]]);
  figure.equation(({ dW }) => [
    [plain("mean of all 24:\u00a0"), frac("1", "24"), plain("\u2009Σ\u2009")],
    ["(", sub("p", "n"), "−", sub("y", "n"), ")", sub("x", "n")], ["=", pair("gradient", dW, "mean")]]);

  figure.button("Take this step", () => figure.change({ t: figure.state.t + 1 }));
  figure.button("Take 24", () => figure.change({ t: figure.state.t + N }));
  figure.row();
  figure.slider({ label: "learning rate *η*", of: "eta", among: ETAS, say: ({ eta }) => `${eta}` });
  figure.choice({ label: "order", options: ["shuffled", "sorted"], of: "order" });

  return figure.start({
    draw: (all, at) => [...drawPlane(all, at), ...drawNext(all, at), ...drawChanges(all, at)],
    describe: ({ t, W, L, next, changes, meanChange, raise, rose }) =>
      `After ${t} steps, of which ${rose} raised the mean loss, the weights are ${fixed(W[0], 2)} and ` +
      `${fixed(W[1], 2)}, the mean loss ${fixed(L, 3)}. Next comes a ${y[next] ? 5 : 3}: its step makes the loss ` +
      `${fixed(L + changes[next], 3)}. Of 24 digits, ${raise} would raise it. ` +
      `The mean step makes it ${fixed(L + meanChange, 3)}.`,
  });
}

export default { render };
