// Twenty layers (chapter 13): how large values and gradients are in each, for weights of any scale, before training.

import { Figure, argmax, axis, bar, bytes, chunks, clamp, fixed, frac, line, nibbles, plain, power, role, runs, scale,
  shown, sum, sup, text } from "./base.js";
import { DIGITS } from "./data/initialisation.js";

const initial = { f: "ReLU", c: 1, layer: 10, draw: 0 };
const SCALES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, Math.SQRT2, 1.5, 1.6, 1.8, 2, 2.3, 2.6, 3];  // of σ√D
const SIZES = [784, ...Array(19).fill(64), 10], DEPTH = SIZES.length - 1;

// One digit of each class, 0 to 9, of 16 greys.
const digits = chunks(runs(nibbles(bytes(DIGITS))).map((shade) => shade / 15), 784);

// ---- the network --------------------------------------------------------------------------------------------------

/** A number between 0 and 1 for each whole number i, as if drawn: the generator mulberry32. */
function uniform(i) {
  let t = Math.imul(i, 0x6d2b79f5);
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
}

const drawn = new Map();

/** The weights of all layers as draws from N(0, 1), the same at each visit (Box and Muller). */
function draws(draw) {
  let i = 2 ** 18 * draw;
  const normal = () => Math.sqrt(-2 * Math.log(uniform(++i))) * Math.cos(2 * Math.PI * uniform(++i));
  if (!drawn.has(draw))
    drawn.set(draw, SIZES.slice(1).map((H, l) => Float64Array.from({ length: SIZES[l] * H }, normal)));
  return drawn.get(draw);
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const FUNCTIONS = {  // each with its slope
  "ReLU": [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
  "tanh": [Math.tanh, (z) => 1 - Math.tanh(z) ** 2],
  "sigmoid": [sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))],
};

/** Rows through weights, A W; `back` is the way of a gradient, A Wᵀ. W has D rows and H columns. */
const through = (A, W, D, H, factor) => A.map((a) => {
  const z = new Float64Array(H);
  for (let d = 0; d < D; d++) if (a[d]) for (let h = 0; h < H; h++) z[h] += factor * a[d] * W[d * H + h];
  return z;
});
const back = (dZ, W, D, H, factor) => dZ.map((dz) => Float64Array.from({ length: D }, (_, d) => {
  let da = 0;
  for (let h = 0; h < H; h++) da += dz[h] * W[d * H + h];
  return factor * da;
}));

/** The inner products of all rows with all rows. */
const products = (A) => A.map((a) => A.map((b) => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}));

/** The mean cosine of the angle between two different rows, from their products. */
function likeness(P) {
  const N = P.length, all = P.flatMap((row, n) => row.map((product, i) => product / Math.sqrt(P[n][n] * P[i][i])));
  return (sum(all) - N) / (N * (N - 1));
}

function softmaxLess(z, n, N) {  // (p − y) / N, where the right class is n
  const exps = z.map((zk) => Math.exp(zk - z[argmax(Array.from(z))])), total = exps.reduce((a, b) => a + b);
  return exps.map((e, k) => (e / total - (k === n ? 1 : 0)) / N);
}

/** Every number of the figure: forward, and back through all layers. */
export function numbers({ f, c, layer, draw }) {
  const [value, slope] = FUNCTIONS[f], weights = draws(draw), As = [digits], Zs = [];
  weights.forEach((W, l) => {
    Zs.push(through(As[l], W, SIZES[l], SIZES[l + 1], c / Math.sqrt(SIZES[l])));
    As.push(Zs[l].map((z) => z.map(value)));
  });
  const Ps = As.slice(0, DEPTH).map(products), lengths = Array(DEPTH);
  let dZ = Zs[DEPTH - 1].map((z, n) => softmaxLess(z, n, digits.length));
  for (let l = DEPTH - 1; l >= 0; l--) {
    const Q = products(dZ);  // ‖dW‖² from this and P, without dW
    lengths[l] = Math.sqrt(Math.max(0, sum(Ps[l].flatMap((row, n) => row.map((product, i) => product * Q[n][i])))));
    if (l) dZ = back(dZ, weights[l], SIZES[l], SIZES[l + 1], c / Math.sqrt(SIZES[l]))
      .map((da, n) => da.map((d, i) => d * slope(Zs[l - 1][n][i])));
  }
  const squares = Ps.map((P, l) => sum(P.map((row, n) => row[n])) / P.length / SIZES[l]), cosines = Ps.map(likeness);
  return { sizes: squares.map(Math.sqrt), lengths, cosines, rms: Math.sqrt(squares[layer]), length: lengths[layer - 1],
    cosine: cosines[layer], factor: (squares[19] / squares[1]) ** (1 / 18), predicted: c * c / 2 };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** Three rows of bars over the layers: how large the values are, how long the gradients, how alike the digits. */
function drawBars({ sizes, lengths, cosines, layer, rms, length, cosine }, { x, values, gradients, alike, half }) {
  const [x0, x1] = x.range, most = (map, v) => clamp(map(Math.max(v, 1e-300)), map.range[1], map.range[0]);
  const column = (map, from, colour) => (v, i) => bar(x(i) - half, map(from), x(i) + half, most(map, v),
    { class: `fill ${colour}`, opacity: i === layer ? 1 : 0.6 });
  const head = (map, words, number, shows, colour) => [
    text(x0, map.range[1] - 12, words, { class: colour }),
    text(x1, map.range[1] - 12, number, { class: colour, anchor: "end", shows })];
  const print = (v) => power(v, 0);
  return [
    line(x(layer), values.range[1], x(layer), alike.range[0], { class: "stroke muted", "stroke-dasharray": "2 4" }),
    ...sizes.map(column(values, 1, "value")), line(x0, values(1), x1, values(1), { class: "stroke rule" }),
    axis(values, x0, [1e-8, 1e-4, 1, 1e4], { side: "left", print }),
    ...head(values, "size of the values", `layer ${layer}: ${power(rms, 1)}`, "rms", "value"),
    ...lengths.map((v, l) => column(gradients, 1, "gradient")(v, l + 1)),
    line(x0, gradients(1), x1, gradients(1), { class: "stroke rule" }),
    axis(gradients, x0, [1e-16, 1e-12, 1e-8, 1e-4, 1, 1e4], { side: "left", print }),
    ...head(gradients, "length of *dW*", `layer ${layer}: ${power(length, 1)}`, "length", "gradient"),
    ...cosines.map(column(alike, 0, "muted")),
    axis(alike, x0, [0, 1], { side: "left" }),
    ...head(alike, "cosine of two digits", `layer ${layer}: ${fixed(cosine, 3)}`, "cosine", "muted"),
    axis(x, alike.range[0], [0, 5, 10, 15, 20], { name: "layer (0: the pixels)" })];
}

function layout(width) {
  const x0 = 52, step = (width - x0 - 10) / 21, decade = 5;
  const rows = (top, decades) => [top + decade * decades, top];
  return { height: 448, half: Math.max(2, 0.36 * step), x: scale([-0.5, 20.5], [x0, width - 10]),
    values: scale([1e-10, 1e8], rows(28, 18), { log: true }), gradients: scale([1e-18, 1e8], rows(154, 26), { log: true }),
    alike: scale([0, 1], [396, 322]) };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Values and gradients in twenty layers", initial, numbers, layout });

  const reading = ({ layer, rms, length, cosine }) => `layer ${layer}: size of the values ${power(rms, 1)}, ` +
    `length of dW ${power(length, 1)}, cosine ${fixed(cosine, 3)}`;

  figure.handle({ label: "layer", of: "layer", min: 1, max: DEPTH - 1, step: 1, page: 5, colour: "value",
    cursor: "ew-resize", say: reading, spot: ({ layer }, { x, alike }) => [x(layer), alike.range[0]],
    read: ([px], all, { x }) => x.invert(px) });

  figure.equation(({ f, c, predicted, factor }) => [
    ...(f === "ReLU" ? [[frac("1", "2"), role("parameter", "D", "σ²"), "=", frac("1", "2"), "·", sup(fixed(c, 2), "2")],
      ["=", shown("predicted", fixed(predicted, 2)), plain("\u2003")]] : []),
    [plain("measured a layer:\u2002"), role("value", shown("factor", fixed(factor, 2)))]]);

  figure.slider({ label: "weights, *σ*√*D*", of: "c", among: SCALES,
    say: ({ c }) => fixed(c, 2) + ({ [Math.SQRT2]: " (He)", 1: " (Xavier)" }[c] ?? "") });
  figure.choice({ label: "function", of: "f", options: Object.keys(FUNCTIONS) });
  figure.button("Other weights", () => figure.change({ draw: figure.state.draw + 1 }));

  return figure.start({ draw: drawBars,
    describe: (all) => {
      const { f, c, sizes, lengths, cosines, factor } = all;
      return `${f}, σ√D = ${fixed(c, 2)}: the mean square of the values changes by ${fixed(factor, 2)} a layer. Their ` +
        `size is ${power(sizes[1], 1)} in layer 1, ${power(sizes[19], 1)} in layer 19. The gradient of the weights is ` +
        `${power(lengths[1], 1)} long in layer 2, ${power(lengths[10], 1)} in layer 11, ${power(lengths[19], 1)} in ` +
        `layer 20. The cosine of two digits goes from ${fixed(cosines[0], 2)} to ${fixed(cosines[19], 2)}. In ${reading(all)}.`;
    } });
}

export default { render };
