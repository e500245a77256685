// The mathematics of the page that trains: its gradients against nudging, what it passes over, and the maps before it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, fillPooled, fold, MEANS, normal, shifts, shuffle, unfold, uniform } from
  "../../book/_static/train/data.js";
import { heNormal, Trainer, warmUpAndDecay } from "../../book/_static/train/trainer.js";

const random = uniform(1);
const N = 6, D = 13, H = 5;
const X = Float32Array.from({ length: N * D }, () => (random() < 0.4 ? 0 : random()));  // some pixels without ink
const y = Uint8Array.from({ length: N }, () => Math.floor(10 * random()));
const rows = Int32Array.from([0, 1, 2, 3, 4, 5]);
const given = { start: heNormal(normal(random), D, H), X, y, hidden: H, optimizer: "sgd", lr: 0.1, batch: N };

/** The mean loss, without an update. */
async function meanLoss(trainer) {
  const lr = trainer.lr;
  trainer.lr = 0;
  await trainer.step(rows);
  trainer.lr = lr;
  return trainer.loss();
}

for (const smoothing of [0, 0.1]) {
  test(`all gradients agree with nudging, label smoothing ${smoothing}`, async () => {
    const trainer = new Trainer({ ...given, options: { smoothing } });
    await meanLoss(trainer);
    const grads = trainer.g.slice();
    for (let i = 0; i < grads.length; i++) {
      const w = trainer.w[i], [up, down] = [1e-6, -1e-6];
      trainer.w[i] = w + up;
      const above = await meanLoss(trainer);
      trainer.w[i] = w + down;
      const below = await meanLoss(trainer);
      trainer.w[i] = w;
      assert.ok(Math.abs((above - below) / 2e-6 - grads[i]) < 1e-7, `parameter ${i}`);
    }
  });
}

test("a training learns six examples by heart, with each optimizer", async () => {
  const wide = { start: heNormal(normal(uniform(2)), D, 32), hidden: 32 };
  for (const [optimizer, lr] of [["sgd", 0.5], ["momentum", 0.1], ["adam", 0.05]]) {
    const trainer = new Trainer({ ...given, ...wide, optimizer, lr });
    for (let t = 0; t < 400; t++) await trainer.step(rows);
    assert.deepEqual([...rows].map((n) => trainer.predict(n)), [...y], optimizer);
  }
});

test("bytes are divided by 255", async () => {
  const bytes = Uint8Array.from(X, (x) => Math.round(255 * x));
  const both = [bytes, Float32Array.from(bytes, (byte) => byte / 255)].map((pictures) =>
    new Trainer({ ...given, X: pictures }));
  for (const trainer of both) await trainer.step(rows);
  assert.ok(both[0].w.every((w, i) => Math.abs(w - both[1].w[i]) < 1e-7));
});

test("what does not fit is refused in words", () => {
  assert.throws(() => new Trainer({ ...given, optimizer: "adma" }), /expected sgd, momentum, adam, got adma/);
  assert.throws(() => new Trainer({ ...given, X: X.slice(1) }), /expected 6 pictures of 13, got 77 numbers/);
});

test("folded weights give the scores of the means", () => {
  const hidden = 3, W = Float32Array.from({ length: MEANS * hidden }, () => random() - 0.5);
  const pixels = Uint8Array.from({ length: 784 }, () => Math.floor(256 * random())), means = new Float32Array(MEANS);
  fillPooled(means, pixels, null);
  const W1 = fold(W, hidden);
  for (let h = 0; h < hidden; h++) {
    const ofMeans = means.reduce((z, mean, i) => z + mean * W[i * hidden + h], 0);
    const ofPixels = pixels.reduce((z, byte, d) => z + byte / 255 * W1[d * hidden + h], 0);
    assert.ok(Math.abs(ofMeans - ofPixels) < 1e-5);
  }
  assert.deepEqual(unfold(W1, hidden), W);
});

test("a shift moves a picture down and across, of pixels and of means alike", () => {
  const picture = new Uint8Array(784);
  picture[28 * 10 + 12] = 255;  // the upper left one of four
  for (const [down, across, d, mean] of [[0, 0, 292, 12 * 4 + 5], [1, 0, 320, 12 * 4 + 5], [-1, 0, 264, 12 * 3 + 5],
    [0, 1, 293, 12 * 4 + 5], [0, -1, 291, 12 * 4 + 4], [1, 1, 321, 12 * 4 + 5]]) {
    const moved = new Uint8Array(784), pooled = new Float32Array(MEANS), by = Int8Array.from([down, across]);
    fill(moved, picture, by);
    fillPooled(pooled, picture, by);
    assert.equal(moved.indexOf(255), d);
    assert.equal(pooled.indexOf(0.25), mean);
  }
  const all = shifts(3000, 1, random);
  for (const step of [-1, 0, 1]) assert.ok(Math.abs(all.filter((by) => by === step).length - 2000) < 200);
});

test("draws of chance: the same seed, the same numbers; N(0, 1); an order that loses none", () => {
  const one = uniform(7), other = uniform(7);
  assert.deepEqual(Array.from({ length: 5 }, one), Array.from({ length: 5 }, other));
  const draw = normal(uniform(3)), draws = Array.from({ length: 20_000 }, draw);
  const mean = draws.reduce((a, b) => a + b) / 20_000, square = draws.reduce((a, b) => a + b * b, 0) / 20_000;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.04);
  const order = shuffle(Int32Array.from({ length: 100 }, (_, i) => i), random);
  assert.deepEqual(order.slice().sort(), Int32Array.from({ length: 100 }, (_, i) => i));
  assert.ok(order.some((n, i) => n !== i));
});

test("the step size rises, and falls to 0", () => {
  assert.deepEqual([0, 0.1, 0.2, 0.6, 1].map((tau) => Number(warmUpAndDecay(tau).toFixed(6))), [0.04, 0.52, 1, 0.5, 0]);
});
