// What each kernel is tried on, and what it should give, in doubles: as its equation reads, and as slowly.
//
// A case has
//   sizes     several, each a list of numbers: the first fills whole groups, the others leave edges;
//   names     of such a list's first numbers, where they are sizes of matrices;
//   say       such a list in words;
//   arrays    the names of what lies at bindings 1, 2, …;
//   given     the arrays that go in;
//   answer    those that come out; one that goes in too is changed in place;
//   numbers   what lies at binding 0: the sizes themselves, where nothing is said;
//   groups    of threads, in x and in y;
//   counted   true where the kernel asks how long an array is, so that nothing may follow within its reach.

import { packed, tiles } from "./device.js";

// ---- words for mathematics ------------------------------------------------------------------------------------------

/** A matrix, row by row: f(i, j) in row i and column j. */
function matrix(rows, columns, f) {
  const numbers = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) numbers[i * columns + j] = f(i, j);
  return numbers;
}

const vector = (n, f) => matrix(1, n, (_, j) => f(j));

/** f(0) + f(1) + … + f(n − 1) */
function sum(n, f) {
  let total = 0;
  for (let k = 0; k < n; k++) total += f(k);
  return total;
}

/** Numbers that are the same at each run: `seed` says which. */
class Draw {
  constructor(seed) {
    this.state = seed;
  }

  /** From 0 to 1, evenly: mulberry32. */
  next() {
    let t = (this.state = (this.state + 0x6d2b79f5) | 0);
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** n numbers with mean 0 and variance 1 (Box and Muller), as float32. */
  normal(n) {
    return Float32Array.from({ length: n }, () => {
      return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
    });
  }

  /** n whole numbers below a bound, in an array of a type. */
  whole(n, below, type = Uint32Array) {
    return type.from({ length: n }, () => Math.floor(below * this.next()));
  }
}

const times = (sizes) => sizes.join(" × ");

// ---- products -------------------------------------------------------------------------------------------------------

const product = {
  sizes: [
    [64, 64, 64],
    [100, 785, 10],
    [33, 17, 65],
    [1, 5, 1],
  ],
  names: "rows × inner × columns",
  say: times,
};

/** Z = X W, with the groups of a kernel that has side × side numbers a group. */
const forward = (side) => ({
  ...product,
  arrays: ["X", "W", "Z"],
  given: ([rows, inner, columns], draw) => ({ X: draw.normal(rows * inner), W: draw.normal(inner * columns) }),
  answer: ([rows, inner, columns], { X, W }) => ({
    Z: matrix(rows, columns, (i, j) => sum(inner, (k) => X[i * inner + k] * W[k * columns + j])),
  }),
  groups: ([rows, , columns]) => tiles(rows, columns, side),
});

/** dW = Xᵀ dZ: X[k, i] stands in row k of the batch. */
const weightGradient = {
  ...product,
  arrays: ["X", "dZ", "dW"],
  given: ([rows, inner, columns], draw) => ({ X: draw.normal(inner * rows), dZ: draw.normal(inner * columns) }),
  answer: ([rows, inner, columns], { X, dZ }) => ({
    dW: matrix(rows, columns, (i, j) => sum(inner, (k) => X[k * rows + i] * dZ[k * columns + j])),
  }),
  groups: ([rows, , columns]) => tiles(rows, columns, 64),
};

/** dX = dZ Wᵀ */
const inputGradient = {
  ...product,
  arrays: ["dZ", "W", "dX"],
  given: ([rows, inner, columns], draw) => ({ dZ: draw.normal(rows * inner), W: draw.normal(columns * inner) }),
  answer: ([rows, inner, columns], { dZ, W }) => ({
    dX: matrix(rows, columns, (i, j) => sum(inner, (k) => dZ[i * inner + k] * W[j * inner + k])),
  }),
  groups: ([rows, , columns]) => tiles(rows, columns, 64),
};

// ---- what is done to each number ------------------------------------------------------------------------------------

const elements = {
  sizes: [
    [32, 32],
    [100, 17],
    [127, 1],
    [33, 785],
  ],
  names: "rows × columns",
  say: times,
  groups: ([rows, columns]) => tiles(rows, columns, 16),
};

/** f(Z + b), in place */
const biased = (f) => ({
  ...elements,
  arrays: ["b", "Z"],
  given: ([rows, columns], draw) => ({ b: draw.normal(columns), Z: draw.normal(rows * columns) }),
  answer: ([rows, columns], { b, Z }) => ({ Z: matrix(rows, columns, (i, j) => f(Z[i * columns + j] + b[j])) }),
});

const reluGradient = {
  ...elements,
  arrays: ["A", "dA"],
  given: ([rows, columns], draw) => ({
    A: draw.normal(rows * columns).map((z) => Math.max(0, z)),
    dA: draw.normal(rows * columns),
  }),
  answer: ([rows, columns], { A, dA }) => ({ dA: vector(rows * columns, (i) => (A[i] > 0 ? dA[i] : 0)) }),
};

const columnSums = {
  ...elements,
  arrays: ["dZ", "db"],
  given: ([rows, columns], draw) => ({ dZ: draw.normal(rows * columns) }),
  answer: ([rows, columns], { dZ }) => ({ db: vector(columns, (j) => sum(rows, (i) => dZ[i * columns + j])) }),
  groups: ([, columns]) => tiles(1, columns, 16),
};

const PICTURES = 50; // of which some are gathered

const gather = {
  sizes: [
    [16, 64],
    [21, 785],
    [7, 3],
  ],
  say: ([rows, columns]) => `${rows} of ${PICTURES} pictures of ${columns} pixels`,
  arrays: ["pixels", "all_labels", "rows", "X", "labels"],
  given: ([rows, columns], draw) => ({
    pixels: draw.whole(PICTURES * columns, 256, Uint8Array),
    all_labels: draw.whole(PICTURES, 10),
    rows: draw.whole(rows, PICTURES),
  }),
  answer: ([, columns], { pixels, all_labels: labels, rows }) => ({
    X: matrix(rows.length, columns, (i, j) => pixels[rows[i] * columns + j] / 255),
    labels: rows.map((row) => labels[row]),
  }),
  groups: ([rows, columns]) => tiles(rows, columns, 16),
};

// ---- the loss -------------------------------------------------------------------------------------------------------

/** L = −Σ y log p for each row, and ∂(mean L)/∂z = (p − y)/N, where y is smoothed by s. */
const softmaxCrossEntropy = {
  sizes: [
    [64, 16, 0],
    [100, 10, 0],
    [127, 17, 0.1],
    [1, 3, 0.1],
  ],
  names: "rows × classes",
  say: ([rows, classes, smoothing]) => times([rows, classes]) + (smoothing ? `, smoothed by ${smoothing}` : ""),
  arrays: ["Z", "labels", "losses", "dZ"],
  given: ([rows, classes], draw) => ({
    Z: draw.normal(rows * classes).map((z) => 3 * z),
    labels: draw.whole(rows, classes),
  }),
  answer([rows, classes, smoothing], { Z, labels }) {
    const z = (i, k) => Z[i * classes + k];
    const y = (i, k) => (k === labels[i] ? 1 - smoothing : 0) + smoothing / classes;
    const highest = vector(rows, (i) => Math.max(...Z.subarray(i * classes, (i + 1) * classes)));
    const total = vector(rows, (i) => sum(classes, (k) => Math.exp(z(i, k) - highest[i])));
    const log_p = (i, k) => z(i, k) - highest[i] - Math.log(total[i]);
    return {
      losses: vector(rows, (i) => -sum(classes, (k) => y(i, k) * log_p(i, k))),
      dZ: matrix(rows, classes, (i, k) => (Math.exp(log_p(i, k)) - y(i, k)) / rows),
    };
  },
  numbers: ([rows, classes, smoothing]) => packed([rows, classes], [smoothing]),
  groups: ([rows]) => tiles(1, rows, 64),
};

// ---- optimizers -----------------------------------------------------------------------------------------------------

const optimizer = {
  sizes: [[1024], [1000], [255], [1]],
  say: ([n]) => (n === 1 ? "1 weight" : `${n} weights`),
  groups: ([n]) => tiles(1, n, 256),
  counted: true,
};

const ETA = 0.1;

const sgd = {
  ...optimizer,
  arrays: ["g", "w"],
  given: ([n], draw) => ({ g: draw.normal(n), w: draw.normal(n) }),
  answer: ([n], { g, w }) => ({ w: vector(n, (i) => w[i] - ETA * g[i]) }),
  numbers: () => packed([], [ETA]),
};

const BETA = 0.8;

const momentum = {
  ...optimizer,
  sizes: [
    [1024, 0],
    [1000, 0],
    [255, 1],
    [1, 1],
  ],
  say: ([n, nesterov]) => optimizer.say([n]) + (nesterov ? ", Nesterov’s step" : ""),
  arrays: ["g", "w", "v"],
  given: ([n], draw) => ({ g: draw.normal(n), w: draw.normal(n), v: draw.normal(n) }),
  answer([n, nesterov], { g, w, v }) {
    const next = vector(n, (i) => BETA * v[i] + g[i]);
    return { v: next, w: vector(n, (i) => w[i] - ETA * (nesterov ? g[i] + BETA * next[i] : next[i])) };
  },
  numbers: ([, nesterov]) => packed([], [ETA, BETA, nesterov]),
};

const [BETA1, BETA2, EPS, STEP] = [0.9, 0.999, 1e-8, 3];

const adam = {
  ...optimizer,
  arrays: ["g", "w", "m", "s"],
  given: ([n], draw) => ({
    g: draw.normal(n),
    w: draw.normal(n),
    m: draw.normal(n).map((m) => 0.3 * m),
    s: draw.normal(n).map((s) => 0.01 * s * s),
  }),
  answer([n], { g, w, m, s }) {
    const mean = vector(n, (i) => BETA1 * m[i] + (1 - BETA1) * g[i]);
    const square = vector(n, (i) => BETA2 * s[i] + (1 - BETA2) * g[i] ** 2);
    const m_hat = (i) => mean[i] / (1 - BETA1 ** STEP);
    const s_hat = (i) => square[i] / (1 - BETA2 ** STEP);
    return { m: mean, s: square, w: vector(n, (i) => w[i] - (ETA * m_hat(i)) / (Math.sqrt(s_hat(i)) + EPS)) };
  },
  numbers() {
    const [first, second] = [1 - BETA1 ** STEP, 1 - BETA2 ** STEP];
    return packed([], [ETA / first, BETA1, 1 - BETA1, BETA2, 1 - BETA2, Math.sqrt(second), EPS]);
  },
};

export const CASES = {
  adam,
  bias: biased((z) => z),
  bias_relu: biased((z) => Math.max(0, z)),
  column_sums: columnSums,
  gather,
  momentum,
  product_blocked: forward(64),
  product_dW: weightGradient,
  product_dX: inputGradient,
  product_naive: forward(16),
  product_tiled: forward(16),
  relu_gradient: reluGradient,
  sgd,
  softmax_cross_entropy: softmaxCrossEntropy,
};

/** What a case gives for one of its sizes: {numbers, given, answer, groups}. */
export function problem(kernel, sizes) {
  const its = CASES[kernel];
  const given = its.given(sizes, new Draw(sizes.reduce((seed, size) => 31 * seed + size, 7)));
  const numbers = its.numbers?.(sizes) ?? packed(sizes);
  return { numbers, given, answer: its.answer(sizes, given), groups: its.groups(sizes) };
}
