// Two networks that read the same picture: how their answers differ, in words.

import { argmax, fixed, percent, sum } from "../figures/base.js";

const BY = 2;  // pixels by which the picture is moved
/** @type {[number, number][]} */
const WAYS = [[-BY, 0], [BY, 0], [0, -BY], [0, BY]];  // up, down, left, right

/** A picture of 28 × 28 moved by whole pixels; what leaves is gone, what comes in is paper. */
export function moved(x, [down, right]) {
  return x.map((_, d) => {
    const row = Math.floor(d / 28) - down, column = (d % 28) - right;
    return row >= 0 && row < 28 && column >= 0 && column < 28 ? x[row * 28 + column] : 0;
  });
}

/** What two networks, functions of x that return ten shares, say of a picture: `same`, the confidence that they place
 * alike, Σ min(p, q); and how many of the four moved pictures each reads as the picture itself. */
export function compared(first, second, x) {
  const [p, q] = [first(x), second(x)], pictures = WAYS.map((way) => moved(x, way));
  const kept = [first, second].map((read) => pictures.filter((picture) => argmax([...read(picture)]) ===
    argmax([...read(x)])).length);
  return { p, q, same: sum([...p].map((pk, k) => Math.min(pk, q[k]))), kept };
}

const said = (name, p, k) => `${name} reads ${k} (${percent(p[k])})`;

/** That in sentences; `names` are those of the two networks. */
export function inWords({ p, q, same, kept }, names) {
  const [a, b] = [argmax([...p]), argmax([...q])];
  const answers = a === b
    ? `Both read ${a}: ${names[0]} with ${percent(p[a])}, ${names[1]} with ${percent(q[b])}.`
    : `They differ: ${said(names[0], p, a)}, ${said(names[1], q, b)}. To the other’s answer the first gives ` +
      `${percent(p[b])}, the second ${percent(q[a])}.`;
  const [c, d] = [p, q].map((shares) => argmax([...shares.with(argmax([...shares]), -1)]));
  const next = c === d ? `For both the next best is ${c}.` : `The next best is ${c} for the first, ${d} for the second.`;
  return `${answers} ${next} They place ${percent(same)} of their confidence alike. Moved by ${fixed(BY, 0)} ` +
    `pixels up, down, left and right, ${names[0]} keeps its answer for ${kept[0]} of the four, ${names[1]} for ${kept[1]}.`;
}
