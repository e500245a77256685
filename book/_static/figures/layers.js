// Conveyor (chapter 11): values run down through five layers, gradients up; each layer works with what it remembers.
//
// The layers lie in a list. What runs between them is r[0] to r[5]; layer i makes r[i + 1] from r[i], and on the way
// back dr[i] from dr[i + 1] and its memory, which should be r[i].

import { Figure, bar, clamp, fixed, line, plain, role, shown, sub, sup, text } from "./base.js";

const initial = { at: 9, shared: false, look: false };  // at the first ReLU, on the way back

const X = [1, 2], OTHER = [-1, -1], RIGHT = 0;  // the example, one of another batch, the class that is right
const LAYERS = [
  { W: [[1, -1], [0.5, -0.5]], b: [0, 0.5] }, null, { W: [[-0.5, 1], [0.5, 2]], b: [0, 0] }, null,  // null: a ReLU
  { W: [[1, -1], [0.5, 2]], b: [0, 1] }];
const LAST = LAYERS.length, STEPS = 2 * LAST;  // steps 0 to 4 go forward, 5 is the loss, 6 to 10 go back

const through = (i, r) => {
  const { W, b } = LAYERS[i] ?? {};
  return W ? b.map((bias, h) => r[0] * W[0][h] + r[1] * W[1][h] + bias) : r.map((z) => Math.max(0, z));
};
const forward = (x) => LAYERS.reduce((r, _, i) => [...r, through(i, r[i])], [x]);
const lossOf = (z) => Math.log(Math.exp(z[0]) + Math.exp(z[1])) - z[RIGHT];
const lossFrom = (i, r) => (i < LAST ? lossFrom(i + 1, through(i, r)) : lossOf(r));

/** All gradients, from the scores and the memories of the layers. */
function backward(scores, memory) {
  const e = scores.map(Math.exp), dr = Array(LAST + 1), dW = Array(LAST).fill(null);
  dr[LAST] = e.map((ek, k) => ek / (e[0] + e[1]) - (k === RIGHT));
  for (let i = LAST - 1; i >= 0; i--) {
    const { W } = LAYERS[i] ?? {}, back = dr[i + 1];
    if (W) dW[i] = memory[i].map((m) => back.map((d) => m * d));
    dr[i] = W ? W.map((row) => row[0] * back[0] + row[1] * back[1]) : back.map((d, h) => d * (memory[i][h] > 0));
  }
  return { dr, dW };
}

/** Every number: what runs between the layers, what each remembers at this step and whose it is, and the gradients. */
export function numbers({ at, shared, look }) {
  const r = forward(X), other = forward(OTHER), looked = look && at >= LAST;
  const place = (i, upto) => (shared && i === 1 && upto >= 3 ? 3 : i);  // where the object at place i was used last
  const from = looked ? other : r, memory = LAYERS.map((_, i) => from[place(i, at)]);
  const whose = LAYERS.map((_, i) => (looked ? "other batch" : place(i, at) !== i ? `layer ${place(i, at)}'s` : ""));
  const final = LAYERS.map((_, i) => (look ? other : r)[place(i, LAST)]);
  const nudged = r.map((ri, i) => ri.map((_, k) =>
    (lossFrom(i, ri.with(k, ri[k] + 1e-5)) - lossFrom(i, ri.with(k, ri[k] - 1e-5))) / 2e-5));
  return { r, memory, whose, L: lossOf(r[LAST]), nudged, right: backward(r[LAST], r), ...backward(r[LAST], final) };
}

const turn = ({ at }) => (at <= LAST ? at : STEPS - at);  // the layer, or the loss, that works at this step
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function layout(width) {
  const [a, b] = width < 520 ? [0.42, 0.82] : [0.4, 0.86], apart = Math.min(58, 0.15 * width);
  const top = (i) => 60 + 73 * i;  // of a layer's box; above it lies r[i]
  return { height: top(LAST) + 46, width, top, gap: (i) => top(i) - 15, narrow: width < 520,
    values: [a * width, a * width + apart], weights: [0.62 * width, 0.69 * width],
    gradients: [b * width, b * width + apart] };
}

/** Two numbers side by side. */
const pair = (xs, y, two, name, kind, digits, struck) => two.map((number, k) =>
  text(xs[k], y + 5, fixed(number, digits), { anchor: "end", class: kind, shows: `${name}.${k}`,
    "text-decoration": struck ? "line-through" : null }));

/** Between two layers: the values on their way down, and the gradients on their way up. */
function drawBelt(i, { at, r, dr, right }, { gap, values, gradients }) {
  const y = gap(i), down = i === 0 || at >= i - 1, up = at >= STEPS - i;
  const head = (x, sign, kind) => [line(x, y - 9, x, y + 9, { class: `stroke ${kind}` }),
    ...[-4, 4].map((d) => line(x, y + 9 * sign, x + d, y + 4 * sign, { class: `stroke ${kind}` }))];
  return [
    text(values[0] - 62, y + 5, `*r*_${i}`, { class: "muted", anchor: "end" }),
    ...head(values[0] - 50, 1, down ? "value" : "rule"),
    ...(down ? pair(values, y, r[i], `r.${i}`, "value", 1) : []),
    ...head(gradients[0] - 56, -1, up ? "gradient" : "rule"),
    ...(up ? pair(gradients, y, dr[i], `dr.${i}`, "gradient", 2, !same(dr[i], right.dr[i])) : [])];
}

/** A layer: its name, what it remembers and, once it has worked back, the gradient of its weights. */
function drawLayer(i, all, { top, width, narrow, values, weights, gradients }) {
  const y = top(i), now = turn(all) === i, back = all.at > LAST, loss = i === LAST;
  const keeps = !loss && all.at >= i, wrong = keeps && all.whose[i] !== "", ready = LAYERS[i] && all.at >= STEPS - i;
  const name = loss ? "loss" : `${i} ${LAYERS[i] ? "Linear" : "ReLU"}`, kind = back ? "gradient" : "value";
  const twin = all.shared && !loss && !LAYERS[i], note = wrong ? all.whose[i] : twin ? "one object" : "";
  return [
    bar(1, y, width - 1, y + 43, { rx: 6, class: wrong ? "node stroke gradient" : "node",
      "stroke-dasharray": wrong ? "5 4" : null }),
    ...(now ? [bar(1, y, width - 1, y + 43, { rx: 6, class: `fill ${kind}`, opacity: 0.14 })] : []),
    text(10, note ? y + 18 : y + 27, name, { style: now ? "font-weight: 700" : null }),
    text(10, y + 36, note, { class: wrong ? "gradient" : "muted" }),
    ...(keeps ? pair(values, y + 22, all.memory[i], `memory.${i}`, "value", 1, wrong) : []),
    ...(LAYERS[i] && !narrow ? LAYERS[i].W.flatMap((row, d) => row.map((w, k) =>
      text(weights[k], y + 17 + 19 * d, fixed(w, 1), { anchor: "end", class: "parameter" }))) : []),
    ...(ready ? all.dW[i].flatMap((row, d) => pair(gradients, y + 12 + 19 * d, row, `dW.${i}.${d}`, "gradient", 2,
      !same(row, all.right.dW[i][d]))) : []),
    ...(loss && all.at >= LAST
      ? [text(values[1], y + 27, `*L* = ${fixed(all.L, 2)}`, { anchor: "end", shows: "L" })] : [])];
}

const draw = (all, at) => [
  ...(at.narrow ? [["remembers", at.values], ["gradients", at.gradients]]
    : [["↓ values; in a box: what it remembers", at.values], ["*W*", at.weights],
      ["↑ gradients; in a box: *dW*", at.gradients]])
    .map(([words, xs]) => text(xs[1], 14, words, { anchor: "end", class: "muted" })),
  ...Array.from({ length: LAST + 1 }, (_, i) => [...drawBelt(i, all, at), ...drawLayer(i, all, at)]).flat()];

function render(anywidget) {
  const label = "Five layers on a conveyor: values go down, gradients go up";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  const go = (by) => figure.change({ at: clamp(figure.state.at + by, 0, STEPS) });
  figure.button("Back", () => go(-1));
  figure.button("Next", () => go(1));
  figure.slider({ label: "step", of: "at", max: STEPS, say: ({ at }) => `${at + 1} of ${STEPS + 1}` });
  figure.row();
  figure.toggle({ label: "one shared ReLU", of: "shared" });
  figure.toggle({ label: "another batch in between", of: "look" });

  const written = (kind, two, digits, name) => role(kind, "(", two.map((x, k) =>
    [k ? "," : "", name ? shown(`${name}.${k}`, fixed(x, digits)) : fixed(x, digits)]), ")");
  figure.equation((all) => {
    const i = turn(all), { r, dr, memory, at } = all, linear = LAYERS[i];
    if (at < LAST) return [[sub("r", i + 1), "="], linear ? [sub("r", i), "W + b"] : ["max(0,", sub("r", i), ")"],
      ["=", written("value", r[i + 1], 1)]];
    if (at === LAST) return [[sub("dr", i), "= p − y ="], [written("gradient", dr[i], 2)]];
    const made = linear ? [sub("dr", i + 1), sup("W", "⊤")]
      : [sub("dr", i + 1), "⊙ [", written("value", memory[i], 1), "> 0]"];
    return [[role("gradient", sub("dr", i)), "=", made], ["=", written("gradient", dr[i], 2)],
      [plain(same(dr[i], all.right.dr[i]) ? "\u2003by nudging, too:\u2002" : "\u2003wrong! by nudging:\u2002"),
        written("gradient", all.nudged[i], 2, `nudged.${i}`)]];
  });

  return figure.start({ draw, describe: (all) => {
    const i = turn(all), { at, dr, memory, whose, r } = all;
    const spoken = (two, digits) => two.map((x) => fixed(x, digits)).join(", ");
    const name = LAYERS[i] ? `Linear ${i}` : `ReLU ${i}`, step = `Step ${at + 1} of ${STEPS + 1}. `;
    const memoryOf = whose[i] ? `the wrong memory, ${whose[i]}, ` : "its memory, ";
    if (at < LAST) return `${step}Forward through ${name}: from ${spoken(r[i], 1)} it makes ${spoken(r[i + 1], 1)}.`;
    if (at === LAST)
      return `${step}The loss is ${fixed(all.L, 2)}; the gradient of the scores is ${spoken(dr[i], 2)}.` +
        (all.look ? " Before, another batch went forward, and every layer remembers that." : "");
    return `${step}Back through ${name}, with ${memoryOf}${spoken(memory[i], 1)}: ${spoken(dr[i + 1], 2)} becomes ` +
      `${spoken(dr[i], 2)}; by nudging ${spoken(all.nudged[i], 2)}.`;
  } });
}

export default { render };
