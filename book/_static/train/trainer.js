// The network of the book, trained in plain JavaScript: forward, loss, backward and update of chapters 02 to 14.
//
// Names and steps are those of nnlib.two_layer and nnlib.optim. A matrix W of n columns is a flat array, row after row:
// W[d][h] is W[d * n + h]. The examples of a batch come one after the other, and their gradients add up. Two things are
// passed over because they add exactly 0: pixels without ink, and hidden units that are silent. All is computed in 64
// bits, the numbers that JavaScript has; what is handed out has 32.

const NAMES = ["W1", "b1", "W2", "b2"];

/** Three moves of a parameter w by its gradient g. `t` counts the updates, from 1.
 * @type {Record<string, (w: Float64Array, g: Float64Array, lr: number, t: number, options: any, kept: any) => void>} */
const OPTIMIZERS = {
  sgd(w, g, lr) {
    for (let i = 0; i < w.length; i++) w[i] -= lr * g[i];  // eq-sgd
  },

  momentum(w, g, lr, t, { beta = 0.9 }, { v }) {
    for (let i = 0; i < w.length; i++) {
      v[i] = beta * v[i] + g[i];  // eq-momentum
      w[i] -= lr * v[i];
    }
  },

  adam(w, g, lr, t, { beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }, { m, s }) {
    const rate = lr / (1 - beta1 ** t), root = 1 / Math.sqrt(1 - beta2 ** t);  // eq-adam-correction
    for (let i = 0; i < w.length; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];  // eq-adam-means
      s[i] = beta2 * s[i] + (1 - beta2) * g[i] * g[i];  // eq-adam-means
      w[i] -= rate * m[i] / (root * Math.sqrt(s[i]) + eps);  // eq-adam
    }
  },
};

const MEMORIES = { sgd: [], momentum: ["v"], adam: ["m", "s"] };

/** First weights: W ~ N(0, 2/inputs), b = 0. `normal` draws from N(0, 1). */
export function heNormal(normal, D, H, K = 10) {
  const draw = (inputs, outputs) =>
    Float32Array.from({ length: inputs * outputs }, () => Math.sqrt(2 / inputs) * normal());  // eq-he-normal
  return { W1: draw(D, H), b1: new Float32Array(H), W2: draw(H, K), b2: new Float32Array(K) };
}

/** The share of the highest step size after the share `tau` of a training: up for a while, then down to 0. */
export function warmUpAndDecay(tau, warmUp = 0.2, first = 0.04) {
  if (tau < warmUp) return first + (1 - first) * tau / warmUp;  // eq-warm-up
  return (1 - tau) / (1 - warmUp);
}

/** Four arrays one behind the other in `vector`, under their names. */
function named(vector, sizes) {
  let from = 0;
  return Object.fromEntries(NAMES.map((name, i) => [name, vector.subarray(from, from += sizes[i])]));
}

export class Trainer {
  /**
   * @param {object} given
   * @param {Record<string, Float32Array>} given.start - the first W1 (D × H), b1, W2 (H × K) and b2
   * @param {Float32Array | Uint8Array} given.X - the pictures, N × D, from 0 to 1; or bytes, which are divided by 255
   * @param {Uint8Array} given.y - their labels
   * @param {number} given.hidden - H
   * @param {string} given.optimizer - "sgd", "momentum" or "adam"
   * @param {number} given.lr - the step size η; it may be changed between two steps
   * @param {number} given.batch - how many examples a step has at most
   * @param {any} [given.options] - beta; beta1, beta2, eps; and of all: decay, smoothing
   */
  constructor({ start, X, y, hidden, optimizer, lr, batch, options = {} }) {
    const D = start.W1.length / hidden, K = start.b2.length;
    if (!OPTIMIZERS[optimizer]) throw new Error(`expected ${Object.keys(OPTIMIZERS).join(", ")}, got ${optimizer}`);
    if (X.length !== D * y.length) throw new Error(`expected ${y.length} pictures of ${D}, got ${X.length} numbers`);
    this.X = X;
    this.y = y;
    this.D = D;
    this.H = hidden;
    this.K = K;
    this.lr = lr;
    this.batch = batch;
    this.options = options;
    this.move = OPTIMIZERS[optimizer];
    this.w = new Float64Array(D * hidden + hidden + hidden * K + K);  // all parameters in one vector,
    this.g = new Float64Array(this.w.length);  // all gradients in another
    this.kept = Object.fromEntries(MEMORIES[optimizer].map((name) => [name, new Float64Array(this.w.length)]));
    const sizes = NAMES.map((name) => start[name].length);
    this.params = named(this.w, sizes);
    this.grads = named(this.g, sizes);
    this.put(start);
    this.scale = X instanceof Uint8Array ? 1 / 255 : 1;
    this.z1 = new Float64Array(hidden);  // of one example at a time
    this.a1 = new Float64Array(hidden);
    this.dz1 = new Float64Array(hidden);
    this.z2 = new Float64Array(K);
    this.a2 = new Float64Array(K);
    this.dz2 = new Float64Array(K);
    this.lit = new Int32Array(D);  // where this example's pixels with ink begin in W1,
    this.ink = new Float64Array(D);  // and how much they have
    this.active = new Int32Array(hidden);  // its hidden units that are not silent
    this.t = this.losses = this.steps = 0;
  }

  /** Take these numbers for the parameters. */
  put(weights) {
    for (const name of NAMES) this.params[name].set(weights[name]);
  }

  /** One update by the gradient of the mean loss over some rows of X. @param {Int32Array} rows */
  async step(rows) {
    let loss = 0;
    this.g.fill(0);
    for (const n of rows) {
      this.forward(n);
      loss += this.backward(this.y[n], rows.length);
    }
    this.update();
    this.losses += loss / rows.length;
    this.steps += 1;
  }

  forward(n) {
    const { X, D, H, K, scale, z1, a1, z2, a2, lit, ink, active } = this, { W1, b1, W2, b2 } = this.params;
    let count = 0;
    for (let d = 0, from = n * D; d < D; d++) {
      const x = X[from + d];
      if (x !== 0) {
        lit[count] = d * H;
        ink[count++] = scale * x;
      }
    }
    this.litCount = count;
    z1.set(b1);
    let i = 0;
    for (; i + 3 < count; i += 4) {  // four pixels at a time: z1 is read and written a fourth as often
      const A = lit[i], B = lit[i + 1], C = lit[i + 2], E = lit[i + 3];
      const p = ink[i], q = ink[i + 1], r = ink[i + 2], s = ink[i + 3];
      for (let h = 0; h < H; h++) z1[h] += p * W1[A + h] + q * W1[B + h] + r * W1[C + h] + s * W1[E + h];
    }
    for (; i < count; i++) {
      const x = ink[i], from = lit[i];
      for (let h = 0; h < H; h++) z1[h] += x * W1[from + h];  // eq-two-layer-forward
    }
    z2.set(b2);
    this.activeCount = 0;
    for (let h = 0; h < H; h++) {
      a1[h] = z1[h] > 0 ? z1[h] : 0;  // eq-two-layer-forward
      if (a1[h] === 0) continue;
      active[this.activeCount++] = h;
      for (let k = 0; k < K; k++) z2[k] += a1[h] * W2[h * K + k];  // eq-two-layer-forward
    }
    let top = z2[0], total = 0;
    for (let k = 1; k < K; k++) if (z2[k] > top) top = z2[k];
    for (let k = 0; k < K; k++) total += a2[k] = Math.exp(z2[k] - top);
    for (let k = 0; k < K; k++) a2[k] /= total;  // eq-softmax
    this.logTotal = top + Math.log(total);
  }

  /** The most probable class of row n. */
  predict(n) {
    const { K, z2 } = this;
    let best = 0;
    this.forward(n);  // and no Math.max(...z2): after it Firefox runs all of this a hundred times slower
    for (let k = 1; k < K; k++) if (z2[k] > z2[best]) best = k;
    return best;
  }

  /** Add the gradients of one of `count` examples; return its loss. */
  backward(label, count) {
    const { H, K, a1, z2, a2, dz2, dz1, lit, ink, active, litCount, activeCount } = this;
    const { W2 } = this.params, { W1: dW1, b1: db1, W2: dW2, b2: db2 } = this.grads;
    const { smoothing = 0 } = this.options;
    let loss = 0;
    for (let k = 0; k < K; k++) {
      const y = (k === label ? 1 - smoothing : 0) + smoothing / K;  // eq-label-smoothing
      loss += y * (this.logTotal - z2[k]);
      dz2[k] = (a2[k] - y) / count;  // eq-two-layer-dZ2
      db2[k] += dz2[k];  // eq-two-layer-db2
    }
    dz1.fill(0);
    for (let i = 0; i < activeCount; i++) {  // of a silent unit all these are 0
      const h = active[i];
      let da1 = 0;
      for (let k = 0; k < K; k++) {
        dW2[h * K + k] += a1[h] * dz2[k];  // eq-two-layer-dW2
        da1 += dz2[k] * W2[h * K + k];  // eq-two-layer-dA1
      }
      dz1[h] = da1;  // eq-two-layer-dZ1
      db1[h] += da1;  // eq-two-layer-db1
    }
    let i = 0;
    for (; i + 3 < litCount; i += 4) {  // again four pixels at a time
      const A = lit[i], B = lit[i + 1], C = lit[i + 2], E = lit[i + 3];
      const p = ink[i], q = ink[i + 1], r = ink[i + 2], s = ink[i + 3];
      for (let j = 0; j < activeCount; j++) {
        const h = active[j], dz = dz1[h];
        dW1[A + h] += p * dz;  // eq-two-layer-dW1
        dW1[B + h] += q * dz;
        dW1[C + h] += r * dz;
        dW1[E + h] += s * dz;
      }
    }
    for (; i < litCount; i++) {
      const x = ink[i], from = lit[i];
      for (let h = 0; h < H; h++) dW1[from + h] += x * dz1[h];  // eq-two-layer-dW1
    }
    return loss;
  }

  update() {
    const { w, g, lr, options, kept } = this;
    this.t += 1;
    if (options.decay) {
      for (const W of [this.params.W1, this.params.W2]) {  // matrices decay, biases do not
        for (let i = 0; i < W.length; i++) W[i] *= 1 - lr * options.decay;  // eq-weight-decay
      }
    }
    this.move(w, g, lr, this.t, options, kept);
  }

  /** The mean loss of the steps since this was asked last. */
  async loss() {
    const mean = this.losses / this.steps;
    this.losses = this.steps = 0;
    return mean;
  }

  /** Copies of the parameters. @returns {Promise<Record<string, Float32Array>>} */
  async weights() {
    return Object.fromEntries(NAMES.map((name) => [name, Float32Array.from(this.params[name])]));
  }

  dispose() {}  // nothing that the browser would not take back itself
}
