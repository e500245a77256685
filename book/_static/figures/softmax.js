// Scores to shares (chapter 04): drag a score, and every share answers. Only differences of scores count.

import { Figure, axis, bar, fixed, frac, line, onPuor, puor, role, scale, shown, snap, sub, sup, text, words } from "./base.js";

const initial = { z: [2, -1, 0.5, 1, 0], k: 0, T: 1, c: 0, format: "float64", shift: false };
const OFFSETS = [-1000, -120, -20, 0, 20, 120, 1000], TOP = 4, K = 5;

/** x rounded to float16: 11 significant bits, nothing above 65504. */
function half(x) {
  if (!Number.isFinite(x) || x === 0) return x;
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(x)))) - 10);
  const n = x / unit, floor = Math.floor(n), even = floor + (n - floor > 0.5 || (n - floor === 0.5 && floor % 2 !== 0));
  return Math.abs(even * unit) > 65504 ? Math.sign(x) * Infinity : even * unit;
}
const ROUND = { float16: half, float32: Math.fround, float64: (x) => x };

/** Every number of the figure, each step rounded to the format: exponents, exponentials, sum, shares, Jacobian. */
export function numbers({ z, T, c, format, shift }) {
  const round = ROUND[format];
  const scores = z.map((zi) => round(round(zi) + c));
  const divided = scores.map((score) => round(score / round(T)));
  const m = shift ? Math.max(...divided) : 0;
  const exponents = divided.map((score) => round(score - m));
  const e = exponents.map((exponent) => round(Math.exp(exponent)));
  const sum = e.reduce((total, ei) => round(total + ei), 0);
  const p = e.map((ei) => round(ei / sum));
  const J = p.map((pi, i) => p.map((pj, j) => (i === j ? pi : 0) - pi * pj));
  return { scores, m, exponents, e, sum, p, J };
}

const short = (x) => (!Number.isFinite(x) || x === 0 || (x < 1e4 && x >= 1e-3) ? fixed(x, x < 1 ? 3 : 2) : x.toExponential(2).replace("e+", "e").replace("-", "−"));
const percent = (p) => (Number.isFinite(p) ? `${fixed(100 * p)} %` : fixed(p));
const two = (x) => fixed(x, 2).replace(/0\./, ".");

function render(anywidget) {
  const figure = new Figure(anywidget, "Five scores become five shares", initial);
  let across, up;  // where on the screen each class and each score lies

  function draw(state, width) {
    const { z, c, k, T } = state, { scores, p, J } = numbers(state), wide = width >= 600;
    const chart = wide ? width * 0.5 : width;
    across = scale([0, K - 1], [72, chart - 32]);
    up = scale([-TOP, TOP], [238, 62]);
    const floor = 390, share = scale([0, 1], [floor, floor - 96]);
    const thick = Math.min(17, (across(1) - across(0)) * 0.3), classes = [...z.keys()];

    const draggable = classes.flatMap((i) => [
      bar(across(i) - thick, up(0), across(i) + thick, up(z[i]), { class: "fill value pale" }),
      text(across(i), z[i] < 0 ? up(z[i]) + 30 : up(z[i]) - 18, fixed(scores[i]), { anchor: "middle", class: "value" }),
    ]);
    const shares = classes.flatMap((i) => [
      Number.isFinite(p[i]) && bar(across(i) - thick, floor, across(i) + thick, share(p[i]), { class: `fill value` }),
      text(across(i), (Number.isFinite(p[i]) ? share(p[i]) : floor) - 8, percent(p[i]),
        { anchor: "middle", class: Number.isFinite(p[i]) ? "value" : "gradient", shows: `p.${i}` }),
      text(across(i), floor + 20, `*p*_${i}`, { anchor: "middle" }),
    ]).filter(Boolean);

    // The Jacobian: beside the bars, or below them on a phone.
    const [x0, y0] = wide ? [chart + 46, 82] : [34, 496];
    const cell = Math.min(56, (width - x0 - 44) / K);
    const cells = classes.flatMap((i) => classes.flatMap((j) => {
      const entry = J[i][j], known = Number.isFinite(entry), t = known ? entry / 0.25 : 0;
      return [bar(x0 + j * cell, y0 + i * cell, x0 + (j + 1) * cell - 1, y0 + (i + 1) * cell - 1,
        known ? { fill: puor(t) } : { class: "cell unknown" }),
        text(x0 + (j + 0.5) * cell, y0 + (i + 0.5) * cell + 4.5, two(entry),
          { anchor: "middle", class: "cell", style: known ? `fill: ${onPuor(t)}` : null, shows: `J.${i}.${j}` })];
    }));
    const labels = classes.flatMap((i) => [
      text(x0 + (i + 0.5) * cell, y0 - 10, `*z*_${i}`, { anchor: "middle" }),
      text(x0 - 10, y0 + (i + 0.5) * cell + 5, `*p*_${i}`, { anchor: "end" }),
      text(x0 + K * cell + 8, y0 + (i + 0.5) * cell + 5, two(J[i].reduce((a, b) => a + b)), { class: "muted" }),
    ]);
    const grid = y0 + K * cell;
    return { height: wide ? 430 : grid + 14, art: [
      text(8, 20, "scores: drag them", { class: "muted" }), text(8, 274, "shares", { class: "muted" }),
      axis(up, 46, [-TOP, 0, TOP], { side: "left", print: (tick) => fixed(tick + c, 0) }), line(42, up(0), chart - 8, up(0), { class: "stroke rule" }),
      line(42, floor, chart - 8, floor, { class: "stroke rule" }), ...draggable, ...shares,
      text(x0 - 28, wide ? 20 : y0 - 46, `*J*: how share *i* answers to score *j*${T === 1 ? "" : " ÷ *T*"}`, { class: "muted" }),
      text(x0 + K * cell + 8, y0 - 10, "sum", { class: "muted" }),
      ...cells, ...labels, bar(x0 - 1, y0 + k * cell - 1, x0 + K * cell, y0 + (k + 1) * cell, { class: "frame" })] };
  }

  initial.z.forEach((_, i) => figure.handle({
    label: `score ${i}`, min: -TOP, max: TOP, step: 0.1, cursor: "ns-resize",
    value: ({ z }) => z[i], change: (value, { z }) => ({ z: z.with(i, value), k: i }),
    text: (state) => `${fixed(state.z[i] + state.c)}, share ${percent(numbers(state).p[i])}`,
    spot: ({ z }) => [across(i), up(z[i])], read: ([, y]) => up.invert(y),
  }));
  const value = (...parts) => role("value", ...parts), power = (exponent) => sup("e", value(fixed(exponent)));
  figure.equation((state) => {
    const { k, shift } = state, { m, exponents, e, sum, p } = numbers(state);
    const terms = exponents.map((exponent, j) => [j ? "+" : "", power(exponent)]);
    return [...(shift ? [["m =", value(fixed(m)), ","]] : []), sub("p", k), ["=", frac(power(exponents[k]), terms)],
      ["=", frac(short(e[k]), short(sum))],
      ["=", role(Number.isFinite(p[k]) ? "value" : "gradient", shown(`p.${k}`, fixed(p[k], 3)))]];
  });
  figure.equation((state) => {
    const entries = numbers(state).J[state.k], total = entries.reduce((a, b) => a + b, 0);
    return [[words(`row ${state.k} of\u00a0`), "J:"], ...entries.map((entry, j) => (j && !(entry < 0) ? "+" : "") + fixed(entry, 3)), ["=", fixed(total, 3)]];
  });
  figure.row();
  figure.slider({ label: "temperature *T*", min: -1, max: 1, step: 0.05, text: ({ T }) => fixed(T, 2),
    value: ({ T }) => snap(Math.log10(T), 0.05), change: (u) => ({ T: snap(10 ** u, 0.01) }) });
  figure.slider({ label: "add *c* to all", min: 0, max: OFFSETS.length - 1, step: 1, text: ({ c }) => `${c > 0 ? "+" : ""}${fixed(c, 0)}`,
    value: ({ c }) => OFFSETS.indexOf(c), change: (i) => ({ c: OFFSETS[i] }) });
  figure.row();
  figure.choice({ label: "computed in", options: Object.keys(ROUND).map((name) => [name, name]),
    value: ({ format }) => format, change: (format) => ({ format }) });
  figure.toggle({ label: "subtract the largest", value: ({ shift }) => shift, change: (shift) => ({ shift }) });

  return figure.start({ draw, describe: (state) => {
    const { scores, p } = numbers(state), { k } = state;
    return `Scores ${scores.map((score) => fixed(score)).join(", ")}. Shares ${p.map(percent).join(", ")}. ` +
      (p.every(Number.isFinite) ? `Share ${k} answers to its own score with slope ${fixed(p[k] * (1 - p[k]), 3)}; row ${k} of J sums to 0.`
        : `The exponentials leave the range of ${state.format}, and what is not a number is shown as nan.`);
  } });
}

export default { render };
