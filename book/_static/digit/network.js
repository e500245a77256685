// The book's networks in the page: forward, and backward as far as the picture.
//
// Names and steps are those of chapter 07, for one picture x. A matrix W of n columns is a flat array, row after row:
// W[d][h] is W[d * n + h]. A network of other layers, as chapter 17's convolutions, is in layers.js.

import { build } from "./layers.js";
import { expect, expectFinite, read, shape } from "./weights.js";

const NAMES = ["W1", "b1", "W2", "b2"];

/** The network in a safetensors file, an ArrayBuffer; an Error that says what is wrong where it is none. It is either
 * { D, H, K, W1, b1, W2, b2 }, or, where the file says of which layers it is made, what `build` returns. */
export function load(content) {
  const { layers, arrays } = read(content, NAMES);
  if (layers !== null) return build(layers, arrays);
  const H = arrays.b1.shape[0];
  expect(H >= 1, "at least one hidden unit in b1", shape(arrays.b1.shape));
  const net = { D: 784, H, K: 10, layers: null };
  for (const [name, sizes] of Object.entries({ W1: [784, H], b1: [H], W2: [H, 10], b2: [10] })) {
    const { shape: its, values } = arrays[name];
    expect(shape(its) === shape(sizes), `${name} of shape ${shape(sizes)}`, shape(its));
    expectFinite(name, values);
    net[name] = values;
  }
  return net;
}

/** xW + b */
export function linear(x, W, b) {
  const z = Float64Array.from(b), n = z.length;
  for (let d = 0; d < x.length; d++) {
    if (x[d] !== 0) for (let h = 0; h < n; h++) z[h] += x[d] * W[d * n + h];
  }
  return z;
}

/** dz Wᵀ, the gradient with respect to the x of xW + b */
export function linearBackward(dz, W) {
  const n = dz.length, dx = new Float64Array(W.length / n);
  for (let d = 0; d < dx.length; d++) {
    for (let h = 0; h < n; h++) dx[d] += dz[h] * W[d * n + h];
  }
  return dx;
}

export function softmax(z) {
  const top = Math.max(...z), e = z.map((zk) => Math.exp(zk - top));
  const sum = e.reduce((total, ek) => total + ek, 0);
  return e.map((ek) => ek / sum);
}

export function forward({ W1, b1, W2, b2 }, x) {
  const z1 = linear(x, W1, b1);
  const a1 = z1.map((z) => Math.max(0, z));
  const z2 = linear(a1, W2, b2);
  const a2 = softmax(z2);
  return { z1, a1, z2, a2 };
}

/** How the loss −log a2[label] answers to the scores, to the hidden units and to every pixel. */
export function backward({ W1, W2 }, { z1, a2 }, label) {
  const dz2 = a2.map((ak, k) => ak - Number(k === label));
  const da1 = linearBackward(dz2, W2);
  const dz1 = da1.map((da, h) => da * Number(z1[h] > 0));
  const dx = linearBackward(dz1, W1);
  return { dz2, da1, dz1, dx };
}

/** Column h of W1, the template of hidden unit h. */
export const template = ({ W1, D, H }, h) => Float64Array.from({ length: D }, (_, d) => W1[d * H + h]);
