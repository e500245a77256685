// The network of the page of drawings, against what its own file says and against nudging.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { backward, forward, load, softmax } from "../../book/_static/digit/network.js";

const bytes = readFileSync(new URL("../../data/weights/784-64-10.safetensors", import.meta.url));
const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const picture = Float64Array.from({ length: 784 }, (_, d) => ((d * 37) % 101) / 100);

test("the shipped weights are a network of 64 hidden units", () => {
  const { D, H, K, W1, b2 } = load(content);
  assert.deepEqual([D, H, K, W1.length, b2.length], [784, 64, 10, 784 * 64, 10]);
});

test("a file that is cut off or of another kind is refused in words", () => {
  assert.throws(() => load(content.slice(0, -4)), /expected a whole file/);
  assert.throws(() => load(content.slice(0, 4)), /expected a safetensors file, got 4 bytes/);
  assert.throws(() => load(new TextEncoder().encode("label,pixel1,pixel2").buffer), /expected a safetensors file/);
});

test("shares sum to 1, also for scores that no exponential holds", () => {
  for (const z of [[0, 0], [1000, 999], [-1e6, 0]]) {
    assert.ok(Math.abs(softmax(z).reduce((a, b) => a + b) - 1) < 1e-12);
  }
});

test("backward agrees with nudging", () => {
  const net = load(content), label = 3, all = forward(net, picture), { dx } = backward(net, all, label);
  const loss = (x) => -Math.log(forward(net, x).a2[label]);
  for (const d of [0, 300, 407, 783]) {
    const [up, down] = [1e-5, -1e-5].map((e) => loss(picture.with(d, picture[d] + e)));
    assert.ok(Math.abs((up - down) / 2e-5 - dx[d]) < 1e-6, `pixel ${d}`);
  }
});
