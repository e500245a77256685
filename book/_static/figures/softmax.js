// Scores to shares (chapter 04): drag a score, and every share answers. Only differences of scores count.

import { Figure, axis, bar, fixed, frac, line, onPuor, percent, plain, power, puor, role, scale, shown, snap, sub, sum,
  sup, text } from "./base.js";

const initial = { z: [2, -1, 0.5, 1, 0], k: 0, T: 1, c: 0, format: "float64", shift: false };
const CLASSES = [0, 1, 2, 3, 4], TOP = 4, OFFSETS = [-1000, -120, -20, 0, 20, 120, 1000];

/** x rounded to float16: 11 significant bits, nothing above 65504, ties to even. */
function half(x) {
  if (!Number.isFinite(x) || x === 0) return x;
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(x)))) - 10);
  const floor = Math.floor(x / unit), rest = x / unit - floor;
  const rounded = unit * (floor + (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)));
  return Math.abs(rounded) > 65504 ? Math.sign(x) * Infinity : rounded;
}

const ROUND = { float16: half, float32: Math.fround, float64: (x) => x };

/** Every number of the figure, each step rounded as the format does: scores, exponentials, sum, shares, Jacobian. */
export function numbers({ z, T, c, format, shift }) {
  const round = ROUND[format];
  const scores = z.map((zi) => round(round(zi) + c));
  const cooled = scores.map((score) => round(score / round(T)));
  const m = shift ? Math.max(...cooled) : 0;
  const exponents = cooled.map((score) => round(score - m));
  const e = exponents.map((exponent) => round(Math.exp(exponent)));
  const total = e.reduce((before, ei) => round(before + ei), 0);
  const p = e.map((ei) => round(ei / total));
  const J = p.map((pi, i) => p.map((pj, j) => (i === j ? pi : 0) - pi * pj));
  return { scores, m, exponents, e, total, p, J };
}

const two = (x) => fixed(x, 2).replace(/^(−?)0\./, "$1.");

/** 13.12, 0.368, 1.40e52. */
const short = (x) =>
  (!Number.isFinite(x) || x === 0 || (x >= 1e-3 && x < 1e4) ? fixed(x, x < 1 ? 3 : 2) : power(x, 2));

/** Above, the scores as pale bars on a scale that moves with c; below, the shares. */
function drawBars({ z, c, scores, p }, { across, right }) {
  const [first, second] = [0, 1].map(across), small = second - first < 52 ? "cell " : "";  // on a small phone
  const floor = 390, share = scale([0, 1], [floor, floor - 96]), thick = Math.min(17, (second - first) * 0.3);
  const column = (i) => {
    const known = Number.isFinite(p[i]), x = across(i);
    return [
      bar(x - thick, up(0), x + thick, up(z[i]), { class: "fill value pale" }),
      text(x, up(z[i]) + (z[i] < 0 ? 30 : -18), fixed(scores[i]),
        { anchor: "middle", class: `${small}value` }),
      bar(x - thick, floor, x + thick, share(known ? p[i] : 0), { class: "fill value" }),
      text(x, share(known ? p[i] : 0) - 8, percent(p[i]),
        { anchor: "middle", class: small + (known ? "value" : ""), shows: `p.${i}` }),
      text(x, floor + 20, `*p*_${i}`, { anchor: "middle" })];
  };
  return [
    text(2, 20, "scores: drag them", { class: "muted" }), text(2, 264, "shares", { class: "muted" }),
    axis(up, 50, [-TOP, 0, TOP], { side: "left", print: (tick) => fixed(tick + c, 0) }),
    line(50, up(0), right, up(0), { class: "stroke rule" }), line(50, floor, right, floor, { class: "stroke rule" }),
    ...CLASSES.flatMap(column)];
}

/** The Jacobian as a heat map, each row with its sum. */
function drawJacobian({ k, T, J }, { x0, y0, cell }) {
  const entry = (i, j) => {
    const t = J[i][j] / 0.25, known = Number.isFinite(t), [x, y] = [x0 + j * cell, y0 + i * cell];
    return [bar(x, y, x + cell - 1, y + cell - 1, known ? { fill: puor(t) } : { class: "cell unknown" }),
      text(x + cell / 2, y + cell / 2 + 4.5, two(J[i][j]),
        { anchor: "middle", class: "cell", style: known ? `fill: ${onPuor(t)}` : null, shows: `J.${i}.${j}` })];
  };
  const labels = (i) => [
    text(x0 + (i + 0.5) * cell, y0 - 10, `*z*_${i}`, { anchor: "middle" }),
    text(x0 - 10, y0 + (i + 0.5) * cell + 5, `*p*_${i}`, { anchor: "end" }),
    text(x0 + 5 * cell + 8, y0 + (i + 0.5) * cell + 5, two(sum(J[i])), { class: "muted" })];
  return [
    text(x0 - 28, y0 - 46, `*J*: how share *i* answers to score *j*${T === 1 ? "" : " ÷ *T*"}`, { class: "muted" }),
    text(x0 + 5 * cell + 8, y0 - 10, "sum", { class: "muted" }),
    ...CLASSES.flatMap((i) => [...labels(i), ...CLASSES.flatMap((j) => entry(i, j))]),
    bar(x0 - 1, y0 + k * cell - 1, x0 + 5 * cell, y0 + (k + 1) * cell, { class: "frame" })];
}

const up = scale([-TOP, TOP], [238, 62]);  // where each score lies

/** J stands beside the bars, or below. */
function layout(width) {
  const wide = width >= 600, chart = wide ? width / 2 : width, [x0, y0] = wide ? [chart + 46, 66] : [34, 496];
  const cell = Math.min(56, (width - x0 - 44) / 5);
  return { height: wide ? 420 : y0 + 5 * cell + 10, across: scale([0, 4], wide ? [72, chart - 32] : [68, chart - 26]), right: chart - 8, x0, y0,
    cell };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Five scores become five shares", initial, numbers, layout });

  for (const i of CLASSES) figure.handle({
    label: `score ${i}`, min: -TOP, max: TOP, step: 0.1, cursor: "ns-resize",
    value: ({ z }) => z[i], change: (value, { z }) => ({ z: z.with(i, value), k: i }),
    say: ({ z, c, p }) => `${fixed(z[i] + c)}, share ${percent(p[i])}`,
    spot: ({ z }, { across }) => [across(i), up(z[i])], read: ([, y]) => up.invert(y),
  });

  const value = (part) => role("value", part), exp = (exponent) => sup("e", value(fixed(exponent)));
  figure.equation(({ k, shift, m, exponents, e, total, p }) => {
    const terms = exponents.map((exponent, j) => [j ? "+" : "", exp(exponent)]);
    const share = role(Number.isFinite(p[k]) ? "value" : "none", shown(`p.${k}`, fixed(p[k], 3)));
    return [...(shift ? [["m =", value(fixed(m)), ","]] : []), sub("p", k), ["=", frac(exp(exponents[k]), terms)],
      ["=", frac(short(e[k]), short(total))], ["=", share]];
  });
  figure.equation(({ k, J }) => {
    const signed = (x, j) => (j && !(x < 0) ? "+" : "") + fixed(x, 3);
    return [[plain(`row ${k} of\u00a0`), "J:"], ...J[k].map(signed), ["=", fixed(sum(J[k]), 3)]];
  });

  figure.slider({ label: "temperature *T*", min: -1, max: 1, step: 0.05, say: ({ T }) => fixed(T, 2),
    value: ({ T }) => snap(Math.log10(T), 0.05), change: (u) => ({ T: snap(10 ** u, 0.01) }) });
  figure.slider({ label: "add *c* to all", of: "c", among: OFFSETS,
    say: ({ c }) => `${c > 0 ? "+" : ""}${fixed(c, 0)}` });
  figure.row();
  figure.choice({ label: "computed in", options: Object.keys(ROUND), of: "format" });
  figure.toggle({ label: "subtract the largest", of: "shift" });

  return figure.start({
    draw: (all, at) => [...drawBars(all, at), ...drawJacobian(all, at)],
    describe: ({ k, format, scores, p }) =>
      `Scores ${scores.map((score) => fixed(score)).join(", ")}. Shares ${p.map((pi) => percent(pi)).join(", ")}. ` +
      (p.every(Number.isFinite)
        ? `Share ${k} answers to its own score with slope ${fixed(p[k] * (1 - p[k]), 3)}; row ${k} of J sums to 0.`
        : `The exponentials leave the range of ${format}: nan means not a number.`),
  });
}

export default { render };
