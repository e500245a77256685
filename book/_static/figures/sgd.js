// One step (chapter 08): what each of 24 digits would do to two weights, and what their mean does.

import { Figure, arrow, axis, bar, clamp, fixed, frac, line, path, role, scale, shown, snap, sub, svg, text, words }
  from "./base.js";

const initial = { W: [-1, 3.5], eta: 3, order: "shuffled", t: 0 };
const ETAS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4];

// Each digit is two numbers: ink at the left minus ink at the right, in its upper and in its lower half. First come
// twelve 3s, then twelve 5s. SHUFFLED is four epochs of them, a letter a digit; PICTURES shows them as 14 × 14 pixels
// of 4 bits. tests/figure_data.py makes all three, and prints them: python tests/figure_data.py sgd
const X =
  [[-1.8, 0.31], [-0.94, -0.26], [0.41, -1.52], [-1.51, -0.42], [0.5, -1.84], [0.07, -0.77], [-1.17, -0.07], [-0.45,
  -0.22], [0.21, -0.79], [0.97, -1.58], [-0.17, -0.73], [-1.85, 0.24], [0.04, -0.15], [-0.97, 1.1], [-1.0, 0.59],
  [-1.0, 0.88], [-0.79, 1.21], [0.13, -0.51], [-0.48, -0.51], [-0.82, -0.23], [-0.64, 0.98], [-0.76, 0.74], [-1.02,
  0.38], [0.15, -1.0]];
const SHUFFLED =
  "sevklcwgxduiaqmtnhfrojbpcnetshlbxuwogkdfqrjvaimppawihbfeqoukcjxtnlrmvsgdxunbfhdwarqlktivjpgosmce";
const PICTURES = atob(`
AAAAAAAAAAAAAAAAAAAAAAEndzAAAAA97//RAAAAKGRe4QAAAAAAX6AAAAAFbPxAAAAAj//3AAAAAAMRqgAAAAEAAcoAAABOVFzmAAAATf/qIAAAAAJ0
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABsxwAAAAAAX+8wAAAAAAvvEAAAAAAE70AAAAAAn/8wAAAAACqvUAAAAAAADXAAAAAxAG8gAAAArGnpAA
AAACfPsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADRlUwAAAAX/3c7CAAABIQAJ8wAAAAABj2AAAAAACv+CAAAAAASL/5AAAAAAAE70AAAA
IQAM8wAAA+ECr7AAAALu3voQAAAAFGUgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAF3UhAAAArO//+yAAAHhqv/+AAAAQA378EAAAAH//wQAAAABKz/
MAAAAAAAr5AAAAAAAb9AAACel439MAAAj//+pAAAAAV3MQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAkREAAAABd7KrZAAAANAAE6AAAAA
AAf/ZQAAAAAImr2QAAAAABcBxAAAAABaEbcAAAAALe7RAAAAAABEEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALmZhAAAAAAlZn
0AAAAAAACXAAAAAAAHsAAAAAAATkIAAAAAABWcwAAAAAAAA8AAAAAAAAxQAAAAAACZAAAAAAAqcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA3dAAA
AAAc//7SAAEAB6rPsQAAAAKv6CAAAAAN/CAAAAAAAk3CAAAAAAABqgAAAAAAAJsAAAAclKz1AAAACv/qMAAAAAFkAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAOL1gAAAAAGQRwAAAAAAABKAAAAAAAF5QAAAAAAi4mQAAAAAAAAsAAAAAAAAKAAAAACAALQAAAAHVNtQAAAAATdlAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAWZAAAAAAAz/9AAAAAAWVfkAAAAAABn0AAAAAAHc6wAAAAABYW9AAAAAAAAfsAAAAAAAC8AAAAADcF5AAAAAA/33AAAAAA
B3MAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABJ3/tAAAAANRA6wAAAAAAAj5EAAAAAAGjNMAAAAAAAB9MAAAAAAABuAAAAAAAADDAAAAAAAA
tQAAAACDNeEAAAAAOIpAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAnYQAAAAAF6soAAAAAB1BrAAAAAAACxAAAAAAAj/kAAAAAAEUscAAAAAAAB7AAAA
AAAAiwAAAAABAtcAAAAAH66QAAAAAAdzAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACbvwgAAAAHsu/gAAAAAIAT4AAAAAAAt0QAAAAAV78AAAAAAv4
nAAAAAADIGwAAAAAAAHaAAAAeGm+0QAAAL67dhAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABQ2YAAAGL7/iUAAAAreagAAAAAATAAAAA
AAAAtyAAAAAAABvTAAAAAAAAnhAAAAAAOu0AAAAAGe6BAAAAOu+RAAAAAGdSAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABVgAAAA
AFv7cAAAAAikEAAAAAKyAAAAAAAHwQAAAAADYKkAAAAADJfUAAAAAAJnMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAVrlAAAAAJ2nEAAAAAeRAAAAAAAthAAAAAADwkgAAAAAAACWAAAABUApoAAAAAXsowAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAGv/wAAAAAXrh0AAAAhhAAAAAABeIAAAAAAAb8cAAAAAAAJ+UAAAAAAAHGAAAAAIuM4gAAAADdyCAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAABWt4AAAAIvnVRAAAB3VEAAAAAAa5AAAAAAAAJUAAAAAChDjAAAAAAnsgAAAAAAAEAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEi+kAAAAAj6cQAAAAAN0AAAAAAACoAAAAAAAApwAAAAAAAHtiAAAAAAA6zjAAAAAAAA
xwAAAAAAAHgAAAAAAAC0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB+QAAAAAAB/jAAAAAAAKoAAAAAAAB9EAAAAAAAPmAAAAAAAAmwAAAAAAAJ0AAA
AAAALLAAAAAAFa8wAAAAAW+1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAOdgAAAAAG/1xAAAAAK1QAAAAAAA/wgAAAAAAA90wAAAAAA
Aa5AAAAH6AALsAAAC+MAC7AAAAHOiMwgAAAABt1xAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEkAAAAADa+yQAABBu3UQ
AAAA9iAAAAAAAI/EAAAAAAEAbjAAAAAMEW0QAAAACP7DAAAAAAAhAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADIAAA
AAVr2iAAAACthBAAAAADxAAAAAAAB40QAAAABAAtAAAAAGu9wwAAAAAEQwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAACUwAAAAOVz8oAAAAI61IAAAAAbjAAAAAAAK/mAAAAAGQAbRAAAADnEW4AAAAAbf/mAAAAAAEiEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAD2VEAAAAAPt/6AAAAAe9AAQAAAABK6zAAAAAAABfWAAAAAAAAPXAAAAAAAAeQAAAAUwA+wAAAAHxI7jAAAAAK/5IAAAAAAAAAAAAAAAAA
AAAA`);
const N = X.length, y = X.map((_, n) => Number(n >= 12));  // 1: it is a 5

// ---- the model: p = 1/(1 + exp(−xW)), the share of "it is a 5" ----------------------------------------------------

const score = (W, n) => X[n][0] * W[0] + X[n][1] * W[1];
const share = (W, n) => 1 / (1 + Math.exp(-score(W, n)));
const lossOf = (W, n) => Math.log1p(Math.exp(-Math.abs(score(W, n)))) + Math.max(score(W, n), 0) - y[n] * score(W, n);
const gradient = (W, n) => X[n].map((x) => (share(W, n) - y[n]) * x);
const step = (W, eta, dW) => W.map((w, i) => w - eta * dW[i]);

const mean = (terms) => terms.reduce((sum, term) => sum + term, 0) / terms.length;
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
function drawPlane({ t }, all, across, up) {
  const [x0, x1] = across.range, [y1, y0] = up.range, at = ([a, b]) => [across(a) - x0, up(b) - y0];
  const through = (points, name) => path(`M${points.map(at).join("L")}`, { class: `stroke ${name}` });
  const single = (n, style) => arrow(...at(all.W), ...at(all.ends[n]),
    { class: "stroke gradient", style, "stroke-dasharray": all.changes[n] > 0 ? "4 3" : null });
  valley ??= contours();
  const named = valley.filter(({ level, spot: [, b] }) => [0.55, 0.7, 1].includes(level) && up(b) < y1 - 16);
  return [
    svg("svg", { x: x0, y: y0, width: x1 - x0, height: y1 - y0 },  // cuts off what lies outside
      ...valley.map(({ points }) => through(points, "rule")),
      through(all.walk, "parameter"),
      ...X.map((_, n) => single(n, "opacity: 0.55")), single(all.next, "stroke-width: 3px"),
      arrow(...at(all.W), ...at(all.meanEnd), { class: "stroke ink", style: "stroke-width: 3.5px" })),
    ...named.map(({ level, spot: [a, b] }) =>
      text(across(a), up(b) + 4, fixed(level, 2), { class: "cell muted", anchor: "middle", ...HALO })),
    axis(across, y1, [-2, 0, 2, 4], { name: "*w*_1" }),
    axis(up, x0, [0, 2, 4], { side: "left", name: "*w*_2" }),
    text(x1, y0 - 10, t ? `step ${t}; ${all.rose} steps have raised the loss` : "drag the weights",
      { class: "muted", anchor: "end" })];
}

/** A digit, black on white as on paper, and the cross that parts it into the quarters whose ink is counted. */
function drawDigit(n, x0, y0, size) {
  const pixel = size / 14, shades = Array(16).fill(""), middle = [x0 + size / 2, y0 + size / 2];
  const cross = { class: "stroke value", "stroke-dasharray": "3 3" };
  for (let i = 0; i < 196; i++) {
    const byte = PICTURES.charCodeAt(98 * n + (i >> 1)), shade = i % 2 ? byte & 15 : byte >> 4;
    shades[shade] += `M${x0 + (i % 14) * pixel} ${y0 + Math.floor(i / 14) * pixel}h${pixel}v${pixel}h${-pixel}z`;
  }
  return [
    ...shades.map((d, shade) => path(d, { fill: `rgb(${Array(3).fill(255 - 17 * shade)})` })),
    line(middle[0], y0, middle[0], y0 + size, cross), line(x0, middle[1], x0 + size, middle[1], cross),
    bar(x0, y0, x0 + size, y0 + size, { class: "stroke muted", fill: "none", style: "stroke-width: 1px" })];
}

function drawNext({ next, p }, x0, y0) {
  const says = (down, words, name, shows) => text(x0 + 102, y0 + down, words, { class: name, shows });
  return [
    text(x0, y0, `the next digit, a ${y[next] ? 5 : 3}`, { class: "muted" }), ...drawDigit(next, x0, y0 + 12, 84),
    ...X[next].map((x, i) => says(30 + 21 * i, `*x*_${i + 1} = ${fixed(x, 2)}`, "value", `x.${i}`)),
    says(72, `*p* = ${fixed(p, 2)}`, "value", "p"), says(93, `*y* = ${y[next]}`, "label")];
}

/** What each of the 24 steps, and the mean of them, does to the mean loss: a bar up or down, the longest one 44 px. */
function drawChanges({ L, next, changes, meanChange, raise }, x0, x1, y0) {
  const most = Math.max(...[...changes, meanChange].map(Math.abs)), zero = y0 + 84;
  const up = scale([-most, most], [zero + 44, zero - 44]), place = scale([0, N + 3], [x0, x1]), half = place(0.36) - x0;
  const one = (spot, change, style, name = "") =>
    bar(place(spot) - half, zero, place(spot) + half, up(change), { class: name, style });
  const below = (spot, words, name) => text(place(spot), zero + 64, words, { anchor: "middle", class: name });
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

function render(anywidget) {
  const figure = new Figure(anywidget, "Two weights, 24 digits, one step", initial);
  let across, up;  // where on the screen the weights lie

  function draw(state, width) {
    const wide = width >= 600, all = numbers(state), left = 30, size = wide ? 0.6 * width - 40 : width - left - 8;
    across = scale([LEFT, LEFT + SIZE], [left, left + size]);
    up = scale([BOTTOM, BOTTOM + SIZE], [26 + size, 26]);
    const [x0, y0] = wide ? [left + size + 32, 16] : [left, size + 96];
    return { height: wide ? size + 70 : y0 + 346, art: [
      ...drawPlane(state, all, across, up), ...drawNext(all, x0, y0), ...drawChanges(all, x0, width - 8, y0 + 136)] };
  }

  // For a handle the plane is a grid of cells, numbered row by row. A new place begins a new walk.
  const nearest = (w, low) => clamp(Math.round((w - low) / CELL), 0, COLUMNS - 1);
  const cell = ([a, b]) => nearest(b, BOTTOM) * COLUMNS + nearest(a, LEFT);
  const middle = (i) => [snap(LEFT + CELL * (i % COLUMNS), CELL), snap(BOTTOM + CELL * Math.floor(i / COLUMNS), CELL)];
  figure.handle({
    label: "the two weights", min: 0, max: COLUMNS ** 2 - 1, step: 1, up: COLUMNS, page: 10 * COLUMNS,
    colour: "parameter", cursor: "move",
    value: (state) => cell(numbers(state).W), change: (i) => ({ W: middle(i), t: 0 }),
    text: (state) => numbers(state).W.map((w, i) => `w${i + 1} = ${fixed(w, 2)}`).join(", "),
    spot: (state) => {
      const [a, b] = numbers(state).W;
      return [across(clamp(a, LEFT, LEFT + SIZE)), up(clamp(b, BOTTOM, BOTTOM + SIZE))];
    },
    read: ([px, py]) => cell([across.invert(px), up.invert(py)]),
  });

  const pair = (name, [a, b], shows) => {
    const one = (i, w) => role(name, shows ? shown(`${shows}.${i}`, fixed(w, 2)) : fixed(w, 2));
    return ["(", one(0, a), ",", one(1, b), ")"];
  };
  figure.equation(({ eta, ...state }) => {
    const { W, p, next, ends } = numbers({ eta, ...state });
    return ["W ← W − η dW",
      ["=", pair("parameter", W, "W")], [words("\u2009−\u2009"), `${eta} ·`, "(", role("value", fixed(p, 2)), "−",
        role("label", `${y[next]}`), ")", "·", pair("value", X[next], "x")],
      ["=", pair("parameter", ends[next], "next")]];
  });
  figure.equation((state) => {
    const { dW } = numbers(state);
    return [[words("mean of all 24:\u00a0"), frac("1", "24"), words("\u2009Σ\u2009")],
      ["(", sub("p", "n"), "−", sub("y", "n"), ")", sub("x", "n")], ["=", pair("gradient", dW, "mean")]];
  });

  figure.button("Take this step", () => figure.change({ t: figure.state.t + 1 }));
  figure.button("Take 24", () => figure.change({ t: figure.state.t + N }));
  figure.row();
  figure.slider({ label: "learning rate *η*", min: 0, max: ETAS.length - 1, step: 1, text: ({ eta }) => `${eta}`,
    value: ({ eta }) => ETAS.indexOf(eta), change: (i) => ({ eta: ETAS[i] }) });
  figure.choice({ label: "order", options: [["shuffled", "shuffled"], ["sorted", "sorted"]],
    value: ({ order }) => order, change: (order) => ({ order }) });

  return figure.start({ draw, describe: (state) => {
    const { W, L, next, changes, meanChange, raise, rose } = numbers(state);
    return `After ${state.t} steps, of which ${rose} raised the mean loss, the weights are ${fixed(W[0], 2)} and ` +
      `${fixed(W[1], 2)}, the mean loss ${fixed(L, 3)}. Next comes a ${y[next] ? 5 : 3}: its step makes the loss ` +
      `${fixed(L + changes[next], 3)}. Of 24 digits, ${raise} would raise it. ` +
      `The mean step makes it ${fixed(L + meanChange, 3)}.`;
  } });
}

export default { render };
