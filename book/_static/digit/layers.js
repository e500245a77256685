// A network that is a list of layers, as a file of nnlib's says it (chapters 11 and 17), for one picture: forward, and
// backward as far as the picture.
//
// Numbers lie flat, row after row: of C pictures of H rows and W columns, x[c][r][s] is x[(c * H + r) * W + s].

import { expect, expectFinite, expectNames, shape, whole } from "./weights.js";

const MOST_WORK = 2e8, LONGEST = 200;  // products for one drawing, and layers; above them a page would stand still

// ---- Each kind of layer: what it makes of shapes, and of numbers --------------------------------------------------
//
// to(from, settings): the shape that comes out. arrays(from, settings): the shapes of its parameters. forward(x, layer).
// backward(dz, layer, x): dx, where x is what came in.

const size = (sizes) => sizes.reduce((product, n) => product * n, 1);
const isPictures = (from) => expect(from.length === 3, "pictures", shape(from));

/** A picture with so many zeros around it, and what is left of one without its rim. */
function padded(x, [C, rows, columns], rim) {
  const wide = new Float64Array(C * (rows + 2 * rim) * (columns + 2 * rim));
  for (let row = 0; row < C * rows; row++) {
    const at = (row + rim * (1 + 2 * Math.floor(row / rows))) * (columns + 2 * rim) + rim;
    wide.set(x.subarray(row * columns, (row + 1) * columns), at);
  }
  return wide;
}

function cropped(wide, [C, rows, columns], rim) {
  const x = new Float64Array(C * rows * columns);
  for (let row = 0; row < C * rows; row++) {
    const at = (row + rim * (1 + 2 * Math.floor(row / rows))) * (columns + 2 * rim) + rim;
    x.set(wide.subarray(at, at + columns), row * columns);
  }
  return x;
}

/** Calls visit(k, z, x) for weight k and each row of outputs: the first of these is z, and its pixel is x. */
function alongRows({ from: [C, rows, columns], to: [F, down, across], settings }, visit) {
  const { size: k, stride, padding } = settings, width = columns + 2 * padding;
  for (let f = 0; f < F; f++) for (let c = 0; c < C; c++) for (let u = 0; u < k; u++) for (let v = 0; v < k; v++) {
    for (let i = 0; i < down; i++) {
      const row = c * (rows + 2 * padding) + stride * i + u;
      visit(((f * C + c) * k + u) * k + v, (f * down + i) * across, row * width + v);
    }
  }
}

/** For each window of a pooling, the places of its pixels. */
function windows({ from: [C, rows, columns], to: [, down, across], settings: { size: k } }) {
  const found = [];
  for (let c = 0; c < C; c++) for (let i = 0; i < down; i++) for (let j = 0; j < across; j++) {
    found.push(Array.from({ length: k * k }, (_, n) =>
      (c * rows + k * i + Math.floor(n / k)) * columns + k * j + (n % k)));
  }
  return found;
}

const pooled = ([C, rows, columns], { size: k }) => [C, Math.floor(rows / k), Math.floor(columns / k)];

const convolution = {
  settings: ["channels", "filters", "size", "stride", "padding"],
  to([C, rows, columns], { channels, filters, size: k, stride, padding }) {
    expect(C === channels, `${channels} channels`, C);
    return [filters, ...[rows, columns].map((side) => Math.floor((side + 2 * padding - k) / stride) + 1)];
  },
  arrays: (_, { channels, filters, size: k }) => ({ K: [filters, channels, k, k], b: [filters] }),
  forward(x, layer) {
    const { K, b, from, to: [F, down, across], settings: { stride, padding } } = layer;
    const wide = padded(x, from, padding), z = new Float64Array(F * down * across);
    for (let f = 0; f < F; f++) z.fill(b[f], f * down * across, (f + 1) * down * across);
    alongRows(layer, (k, zi, d) => {
      for (let j = 0; j < across; j++) z[zi + j] += K[k] * wide[d + stride * j];
    });
    return z;
  },
  backward(dz, layer) {
    const { K, from: [C, rows, columns], to: [, , across], settings: { stride, padding } } = layer;
    const wide = new Float64Array(C * (rows + 2 * padding) * (columns + 2 * padding));
    alongRows(layer, (k, zi, d) => {
      for (let j = 0; j < across; j++) wide[d + stride * j] += K[k] * dz[zi + j];
    });
    return cropped(wide, layer.from, padding);
  },
};

const maximum = {
  settings: ["size"],
  to: pooled,
  forward: (x, layer) => Float64Array.from(windows(layer), (places) => Math.max(...places.map((d) => x[d]))),
  backward(dz, layer, x) {
    const dx = new Float64Array(x.length);
    windows(layer).forEach((places, i) => {  // to the first of the largest
      dx[places.reduce((best, d) => (x[d] > x[best] ? d : best))] += dz[i];
    });
    return dx;
  },
};

const average = {
  settings: ["size"],
  to: pooled,
  forward: (x, layer) => Float64Array.from(windows(layer), (places) =>
    places.reduce((sum, d) => sum + x[d], 0) / places.length),
  backward(dz, layer) {
    const dx = new Float64Array(size(layer.from));
    windows(layer).forEach((places, i) => places.forEach((d) => { dx[d] = dz[i] / places.length; }));
    return dx;
  },
};

const linear = {
  settings: ["inputs", "outputs", "bias"],
  to(from, { inputs, outputs }) {
    expect(from.length === 1 && from[0] === inputs, `${inputs} numbers`, shape(from));
    return [outputs];
  },
  arrays: (_, { inputs, outputs, bias }) => ({ W: [inputs, outputs], ...(bias ? { b: [outputs] } : {}) }),
  forward(x, { W, b, to: [n] }) {
    const z = b ? Float64Array.from(b) : new Float64Array(n);
    x.forEach((xd, d) => { for (let h = 0; h < n; h++) z[h] += xd * W[d * n + h]; });
    return z;
  },
  backward(dz, { W, from: [D], to: [n] }) {
    const dx = new Float64Array(D);
    dx.forEach((_, d) => { for (let h = 0; h < n; h++) dx[d] += dz[h] * W[d * n + h]; });
    return dx;
  },
};

/** In use, a batch norm multiplies each feature and adds to it. */
const batchNorm = {
  settings: ["features", "momentum", "eps"],
  to(from, { features }) {
    expect(from[0] === features, `${features} features`, from[0]);
    return from;
  },
  arrays: (_, { features: n }) => ({ gamma: [n], beta: [n], mean: [n], variance: [n] }),
  slope: ({ gamma, variance, settings: { eps } }, c) => gamma[c] / Math.sqrt(variance[c] + eps),
  forward(x, layer) {
    const each = x.length / layer.settings.features;
    return x.map((v, i) => {
      const c = Math.floor(i / each);
      return (v - layer.mean[c]) * batchNorm.slope(layer, c) + layer.beta[c];
    });
  },
  backward(dz, layer) {
    const each = dz.length / layer.settings.features;
    return dz.map((d, i) => d * batchNorm.slope(layer, Math.floor(i / each)));
  },
};

const unchanged = { to: (from) => from, forward: (x) => x, backward: (dz) => dz };

/** A function of each number by itself, and its slope. */
const activation = (f, slope, settings = []) => ({
  ...unchanged, settings, shown: true,
  forward: (x, { settings: { alpha } }) => x.map((z) => f(z, alpha)),
  backward: (dz, { settings: { alpha } }, x) => dz.map((d, i) => d * slope(x[i], alpha)),
});

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

const KINDS = {
  Conv2d: convolution,
  MaxPool2d: { ...maximum, shown: true },
  AvgPool2d: { ...average, shown: true },
  Linear: linear,
  BatchNorm: batchNorm,
  Flatten: { ...unchanged, settings: [], to: (from) => [size(from)] },
  Reshape: { ...unchanged, settings: ["shape"], to: (_, settings) => settings.shape },
  Dropout: { ...unchanged, settings: ["p"] },  // in use it drops nothing
  ReLU: activation((z) => Math.max(0, z), (z) => Number(z > 0)),
  LeakyReLU: activation((z, alpha) => (z > 0 ? z : alpha * z), (z, alpha) => (z > 0 ? 1 : alpha), ["alpha"]),
  ELU: activation((z, alpha) => (z > 0 ? z : alpha * Math.expm1(z)),
    (z, alpha) => (z > 0 ? 1 : alpha * Math.exp(z)), ["alpha"]),
  SiLU: activation((z) => z * sigmoid(z), (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
  Sigmoid: activation(sigmoid, (z) => sigmoid(z) * (1 - sigmoid(z))),
  Tanh: activation(Math.tanh, (z) => 1 - Math.tanh(z) ** 2),
};

// ---- The network --------------------------------------------------------------------------------------------------

/** Settings that are what they should be: whole numbers where they are sizes. */
function checkSettings(kind, settings) {
  const names = KINDS[kind].settings;
  const right = settings && typeof settings === "object" && Object.keys(settings).length === names.length &&
    names.every((name) => Object.hasOwn(settings, name));
  expect(right, `${kind} with ${names.join(", ") || "no settings"}`, JSON.stringify(settings).slice(0, 80));
  for (const [name, value] of Object.entries(settings)) {
    const fine = ["momentum", "eps", "alpha", "p"].includes(name) ? Number.isFinite(value) :
      name === "bias" ? typeof value === "boolean" :
        name === "shape" ? Array.isArray(value) && value.every(whole) : whole(value) && (value > 0 || name === "padding");
    expect(fine, `${name} of ${kind} that fit`, JSON.stringify(value).slice(0, 40));
  }
}

/** A network { D, K, layers } of the layers that a file tells, [[kind, settings], …], and of its arrays. */
export function build(told, arrays) {
  expect(Array.isArray(told) && told.length && told.length <= LONGEST, `a list of 1 to ${LONGEST} layers`,
    JSON.stringify(told).slice(0, 80));
  let from = [784], work = 0;
  const names = [];
  const layers = told.map((entry, place) => {
    const [kind, settings] = Array.isArray(entry) ? entry : [];
    expect(Object.hasOwn(KINDS, kind), `layers of ${Object.keys(KINDS).join(", ")}`, JSON.stringify(entry).slice(0, 40));
    checkSettings(kind, settings);
    const { to, arrays: needs } = KINDS[kind], layer = { kind, settings, from, to: [] };
    if (/Conv|Pool/.test(kind)) isPictures(from);
    layer.to = to(from, settings);
    expect(layer.to.every((n) => n >= 1), `${shape(from)} to be large enough for ${kind}`, shape(layer.to));
    expect(kind !== "Reshape" || size(layer.to) === size(from), `a shape of ${size(from)} numbers`, shape(layer.to));
    for (const [name, sizes] of Object.entries(needs?.(from, settings) ?? {})) {
      const full = `${place}.${name}`, found = arrays[full];
      names.push(full);
      if (!found) continue;  // the names are compared below, all at once
      expect(shape(found.shape) === shape(sizes), `${full} of shape ${shape(sizes)}`, shape(found.shape));
      expectFinite(full, found.values);
      layer[name] = found.values;
      work += kind === "Conv2d" ? found.values.length * layer.to[1] * layer.to[2] : found.values.length;
    }
    work += size(layer.to);
    expect(work <= MOST_WORK, `a network of at most ${MOST_WORK.toLocaleString("en")} products a drawing`, "more");
    from = layer.to;
    return layer;
  });
  expectNames(Object.keys(arrays), names);
  expect(shape(from) === shape([10]), "ten scores at the end", shape(from));
  return { D: 784, K: 10, layers };
}

/** What each layer gives out for a picture x. The last are the scores. */
export function through({ layers }, x) {
  const found = [];
  for (const layer of layers) found.push(KINDS[layer.kind].forward(found.at(-1) ?? x, layer));
  return found;
}

/** dx, from the gradient dz of the scores; `found` is what `through` returned. */
export function gradient({ layers }, x, found, dz) {
  return layers.reduceRight((back, layer, i) => KINDS[layer.kind].backward(back, layer, found[i - 1] ?? x), dz);
}

/** Which layers are worth a picture: what activations and poolings give out. */
export const pictured = ({ layers }) => [...layers.keys()].filter((i) => KINDS[layers[i].kind].shown);
