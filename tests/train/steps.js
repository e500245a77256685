// Some steps of the page's mathematics, for Python to compare: node steps.js < given.json > weights.json

import { readFileSync } from "node:fs";
import { Trainer } from "../../book/_static/train/trainer.js";

const { start, X, y, batches, ...given } = JSON.parse(readFileSync(0, "utf-8"));
const arrays = Object.fromEntries(Object.entries(start).map(([name, values]) => [name, Float32Array.from(values)]));
const trainer = new Trainer({ start: arrays, X: Uint8Array.from(X), y: Uint8Array.from(y), ...given });
for (const rows of batches) await trainer.step(Int32Array.from(rows));
const weights = Object.fromEntries(Object.entries(await trainer.weights()).map(([name, its]) => [name, [...its]]));
console.log(JSON.stringify({ weights, loss: await trainer.loss() }));
