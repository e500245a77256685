// A network D-H-K on the graphics card: whole steps with the kernels of nnlib.gpu, as nnlib/gpu/network.py, optim.py and
// train.py call them. What a step needs stays on the card: it is sent the numbers of its rows, and nothing comes back
// before somebody asks. It works in a page and in a worker.

import { ALIGNMENT, find, packed, source, tiles, up } from "./device.js";

const NAMES = ["W1", "b1", "W2", "b2"];
const AHEAD = 32; // steps that may wait on the card: then we wait for it
const KERNELS = [
  "gather", "product_blocked", "bias_relu", "bias", "softmax_cross_entropy", "relu_gradient", "product_dW",
  "column_sums", "product_dX", "sgd", "momentum", "adam",
]; // prettier-ignore

/** How many memories an optimizer has, and what its kernel has at binding 0 in step t.
 * @type {Record<string, { memories: number, numbers: (eta: number, t: number, options: any) => number[] }>} */
const OPTIMIZERS = {
  sgd: { memories: 0, numbers: (eta) => [eta] },
  momentum: { memories: 1, numbers: (eta, t, { beta = 0.9 }) => [eta, beta, 0] },
  adam: {
    memories: 2,
    numbers(eta, t, { beta1 = 0.9, beta2 = 0.999, eps = 1e-8 }) {
      const [first, root] = [1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)]; // eq-adam-correction
      return [eta / first, beta1, 1 - beta1, beta2, 1 - beta2, root, eps];
    },
  },
};

/** Arrays of float32 that lie one behind the other, so that an optimizer moves all of them at once. */
class Vector {
  constructor(device, sizes) {
    this.device = device;
    const places = {};
    let end = 0;
    for (const [name, length] of Object.entries(sizes)) {
      places[name] = end;
      end += up(4 * length, ALIGNMENT);
    }
    this.whole = device.empty(end / 4);
    /** @type {Record<string, import("./device.js").Numbers>} */
    this.parts = {};
    for (const [name, length] of Object.entries(sizes)) this.parts[name] = { ...this.whole, start: places[name], length };
  }

  put(arrays) {
    for (const [name, part] of Object.entries(this.parts)) this.device.write(part, arrays[name]);
  }

  /** {name: Float32Array}, when all that was run before is done. */
  async get() {
    const whole = await this.device.read(this.whole);
    const arrays = Object.entries(this.parts).map(([name, { start, length }]) => {
      return [name, whole.slice(start / 4, start / 4 + length)];
    });
    return Object.fromEntries(arrays);
  }
}

/** Pixels as bytes, where all of them are 255ths; else null. */
function asBytes(X) {
  if (X instanceof Uint8Array) return X;
  const bytes = new Uint8Array(X.length);
  for (let i = 0; i < X.length; i++) {
    bytes[i] = Math.round(255 * X[i]);
    if (Math.fround(bytes[i] / 255) !== X[i]) return null;
  }
  return bytes;
}

export class Trainer {
  #ready; // the promise of all that follows
  #device;
  #texts; // of the kernels, by name
  #calls = new Map(); // how many rows -> the calls of a step
  #steps = 0; // since somebody asked for the loss
  #ahead = 0;
  t = 0; // steps taken

  /**
   * @param {object} given
   * @param {{W1: Float32Array, b1: Float32Array, W2: Float32Array, b2: Float32Array}} given.start
   * @param {Float32Array | Uint8Array} given.X Pictures, N × D, from 0 to 1; or bytes, which are divided by 255.
   * @param {Uint8Array} given.y Labels, N.
   * @param {number} given.hidden H.
   * @param {"sgd" | "momentum" | "adam"} given.optimizer
   * @param {number} given.lr The step size η; `lr` may be changed between steps.
   * @param {number} given.batch The most rows that a step may have.
   * @param {any} [given.options] beta; beta1, beta2, eps; smoothing.
   */
  constructor({ start, X, y, hidden, optimizer, lr, batch, options = {} }) {
    const [D, K] = [X.length / y.length, start.b2.length];
    const lengths = { W1: D * hidden, b1: hidden, W2: hidden * K, b2: K };
    for (const name of NAMES) {
      if (start[name]?.length !== lengths[name]) {
        throw new Error(`expected ${lengths[name]} numbers in ${name}, got ${start[name]?.length}`);
      }
    }
    if (!OPTIMIZERS[optimizer]) throw new Error(`expected sgd, momentum or adam, got ${optimizer}`);
    if (options.decay) throw new Error(`expected no weight decay on the graphics card, got ${options.decay}`);
    this.D = D;
    this.H = hidden;
    this.K = K;
    this.batch = batch;
    this.optimizer = optimizer;
    this.lr = lr;
    this.options = options;
    this.#ready = this.#prepare(start, X, y, lengths);
    this.#ready.catch(() => {}); // it is told to whoever asks first
  }

  async #prepare(start, X, y, lengths) {
    const device = await find();
    if (typeof device === "string") throw new Error(device);
    const texts = await Promise.all(KERNELS.map((name) => source(name)));
    this.#texts = Object.fromEntries(KERNELS.map((name, i) => [name, texts[i]]));
    this.#device = device;
    const { batch, D, H, K } = this;
    const { memories } = OPTIMIZERS[this.optimizer];
    const room = (length, type) => device.empty(length, type);
    this.params = new Vector(device, lengths);
    this.params.put(start);
    this.grads = new Vector(device, lengths);
    this.memories = Array.from({ length: memories }, () => room(this.params.whole.length));
    const bytes = asBytes(X);
    this.bytes = Boolean(bytes);
    this.pictures = device.array(bytes ?? X); // all of them, once
    this.all_labels = device.array(Uint32Array.from(y));
    this.rows = room(batch, Uint32Array);
    this.X = room(batch * D);
    this.labels = room(batch, Uint32Array);
    this.A1 = room(batch * H); // and before the ReLU, Z1
    this.Z2 = room(batch * K);
    this.dZ1 = room(batch * H);
    this.dZ2 = room(batch * K);
    this.losses = room(batch);
    this.total = room(batch); // of the losses since somebody asked
    this.numbers = room(OPTIMIZERS[this.optimizer].numbers(1, 1, {}).length);
  }

  /** The calls of a step with n rows. */
  async #step(n) {
    if (this.#calls.has(n)) return this.#calls.get(n);
    const { D, H, K, X, A1, Z2, dZ1, dZ2, labels, losses, optimizer } = this;
    const { W1, b1, W2, b2 } = this.params.parts;
    const { W1: dW1, b1: db1, W2: dW2, b2: db2 } = this.grads.parts;
    const call = (kernel, numbers, arrays, groups) => {
      return this.#device.call(this.#texts[kernel], Array.isArray(numbers) ? packed(numbers) : numbers, arrays, groups);
    };
    const gathered = [this.pictures, this.all_labels, this.rows, X, labels];
    const moved = [this.grads.whole, this.params.whole, ...this.memories];
    const mean = [losses, { ...this.total, length: n }];
    const calls = await Promise.all([
      ...(this.bytes ? [call("gather", [n, D], gathered, tiles(n, D, 16))] : []),
      call("product_blocked", [n, D, H], [X, W1, A1], tiles(n, H, 64)),
      call("bias_relu", [n, H], [b1, A1], tiles(n, H, 16)),
      call("product_blocked", [n, H, K], [A1, W2, Z2], tiles(n, K, 64)),
      call("bias", [n, K], [b2, Z2], tiles(n, K, 16)),
      call("softmax_cross_entropy", packed([n, K], [this.options.smoothing ?? 0]), [Z2, labels, losses, dZ2], tiles(1, n, 64)),
      call("sgd", packed([], [-1 / n]), mean, tiles(1, n, 256)), // w − ηg with η = −1/n adds up the mean loss
      call("product_dW", [H, n, K], [A1, dZ2, dW2], tiles(H, K, 64)),
      call("column_sums", [n, K], [dZ2, db2], tiles(1, K, 16)),
      call("product_dX", [n, K, H], [dZ2, W2, dZ1], tiles(n, H, 64)),
      call("relu_gradient", [n, H], [A1, dZ1], tiles(n, H, 16)),
      call("product_dW", [D, n, H], [X, dZ1, dW1], tiles(D, H, 64)),
      call("column_sums", [n, H], [dZ1, db1], tiles(1, H, 16)),
      call(optimizer, this.numbers, moved, tiles(1, this.params.whole.length, 256)),
    ]);
    this.#calls.set(n, calls);
    return calls;
  }

  /** One update with the examples of these rows. It returns before the card is done. */
  async step(rows) {
    await this.#ready;
    const n = rows.length;
    if (n < 1 || n > this.batch) throw new Error(`expected 1 to ${this.batch} rows, got ${n}`);
    const device = this.#device;
    const calls = await this.#step(n);
    if (device.fault) throw new Error(device.fault);
    this.t++;
    device.write(this.numbers, Float32Array.from(OPTIMIZERS[this.optimizer].numbers(this.lr, this.t, this.options)));
    if (this.bytes) device.write(this.rows, Uint32Array.from(rows));
    else device.copy(this.#copies(rows));
    device.run(calls);
    this.#steps++;
    if (++this.#ahead < AHEAD) return;
    this.#ahead = 0;
    await device.gpu.queue.onSubmittedWorkDone();
  }

  /** Pictures that are no bytes are copied as they are, row by row, on the card. */
  #copies(rows) {
    const row = (array, i, length) => ({ ...array, start: array.start + 4 * length * i, length });
    return [...rows].flatMap((picture, i) => [
      [row(this.pictures, picture, this.D), row(this.X, i, this.D)],
      [row(this.all_labels, picture, 1), row(this.labels, i, 1)],
    ]);
  }

  /** Other pictures in the place of those that were given, as many and of the same kind: shifted anew, for example. */
  async replace(X) {
    await this.#ready;
    const { bytes, pictures } = this;
    const numbers = bytes ? asBytes(X) : X;
    if (numbers?.length !== pictures.length || numbers.constructor !== pictures.type) {
      throw new Error(`expected ${pictures.length} numbers of the kind that was given first, got ${X.length}`);
    }
    this.#device.write(pictures, numbers);
  }

  /** The mean loss of the steps since somebody asked last; NaN if there were none. */
  async loss() {
    await this.#ready;
    const steps = this.#steps;
    this.#steps = 0;
    const total = this.#device.read(this.total); // is asked for before the zeros are sent
    this.#device.write(this.total, new Float32Array(this.total.length));
    return (await total).reduce((sum, loss) => sum + loss, 0) / steps;
  }

  /** {W1, b1, W2, b2}, row by row, after all steps so far. */
  async weights() {
    await this.#ready;
    return this.params.get();
  }

  /** The gradients of the last step, by the same names. */
  async gradients() {
    await this.#ready;
    return this.grads.get();
  }

  /** What the card calls itself. */
  async name() {
    await this.#ready;
    return this.#device.name;
  }

  /** Give back what lies on the card. */
  async dispose() {
    await this.#ready.catch(() => {});
    const arrays = [
      this.params?.whole, this.grads?.whole, ...(this.memories ?? []), this.pictures, this.all_labels, this.rows, this.X,
      this.labels, this.A1, this.Z2, this.dZ1, this.dZ2, this.losses, this.total, this.numbers,
    ]; // prettier-ignore
    for (const array of arrays) array?.buffer.destroy();
  }
}
