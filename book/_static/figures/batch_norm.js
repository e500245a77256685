// The company of a digit (chapter 15): one unit's scores for a batch, before and behind the normalisation, and what of a
// gradient comes back through it.

import { Figure, axis, clamp, factor, fixed, frac, line, percent, plain, role, scale, shown, sum, svg, text,
} from "./base.js";
import { GRADIENTS, MEAN, SCORES, VARIANCE } from "./data/batch_norm.js";

const initial = { N: 8, mate: 2.5, stats: "batch", pull: "loss", draw: 0 };
const SIZES = [2, 3, 4, 8, 16, 32, 64, 128], MOST = 3, EPS = 1e-5;
const PULLS = [["one", "1 for the 5"], ["alike", "all alike"], ["zhat", "as ẑ"], ["loss", "of the loss"]];
const STATS = [["batch", "of the batch"], ["running", "running"]];

// ---- the normalisation --------------------------------------------------------------------------------------------

const mean = (values) => sum(values) / values.length;

/** The digits of a batch: the 5, the companion whose score can be moved, and others. */
const members = (N, draw) => Array.from({ length: N }, (_, i) => (i < 2 ? i : 2 + ((i - 2 + 21 * draw) % 126)));

/** Every number of the figure. `flat` and `slope` are the line that is taken away, `left` is s dz. */
export function numbers({ N, mate, stats, pull, draw }) {
  const batch = stats === "batch", digits = members(N, draw);
  const z = digits.map((n, i) => (i === 1 ? mate : SCORES[n] / 1000));
  const mu = batch ? mean(z) : MEAN, variance = batch ? mean(z.map((zn) => (zn - mu) ** 2)) : VARIANCE;
  const s = Math.sqrt(variance + EPS), zhat = z.map((zn) => (zn - mu) / s);
  const pulls = { one: (n, i) => (i ? 0 : 1), alike: () => 1, zhat: (n, i) => zhat[i], loss: (n) => GRADIENTS[n] / 1000 };
  const dzhat = digits.map(pulls[pull]);
  const flat = batch ? mean(dzhat) : 0, slope = batch ? mean(dzhat.map((d, i) => d * zhat[i])) : 0;
  const left = dzhat.map((d, i) => d - flat - slope * zhat[i]);
  const share = sum(left.map((d) => d * d)) / sum(dzhat.map((d) => d * d));
  return { z, mu, s, zhat, dzhat, flat, slope, left, share, dz: left[0] / s };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const dot = (x, y, r, attributes) => svg("circle", { cx: x, cy: y, r, ...attributes });
const INK = { class: "stroke ink", style: "stroke-width: 3px" };

/** Scores above, what the normalisation makes of them below, each joined to its own. */
function drawScores({ z, zhat, mu, s, mate }, { scores, hats, put, top, low, x0, x1 }) {
  const ours = { class: "fill value" }, other = { class: "fill muted", opacity: 0.75 };
  return [
    text(8, 18, "scores *z*"), text(x1 - 92, 18, `*μ* = ${fixed(mu, 2)},`, { anchor: "end", shows: "mu" }),
    text(x1, 18, `*s* = ${fixed(s, 3)}`, { anchor: "end", shows: "s" }),
    ...z.map((zn, i) => line(scores(zn), top, put(zhat[i]), low,
      i ? { class: "stroke rule" } : { class: "stroke value", style: "stroke-width: 2.5px" })),
    axis(scores, top + 26, [-3, -2, -1, 0, 1, 2, 3]),
    line(clamp(scores(mu - s), x0, x1), top + 18, clamp(scores(mu + s), x0, x1), top + 18, INK),
    line(scores(mu), top + 12, scores(mu), top + 24, INK),
    ...z.slice(2).map((zn) => dot(scores(zn), top, 3.5, other)),
    ...zhat.slice(1).map((value) => dot(put(value), low, 3.5, other)),
    dot(scores(z[0]), top, 7, ours), dot(put(zhat[0]), low, 7, ours),
    text(scores(z[0]), top - 11, "5", { anchor: "middle", class: "value" }),
    ...(Math.abs(scores(mate) - scores(z[0])) > 64 ? [text(clamp(scores(mate), x0 + 40, x1 - 40), top - 14, "companion",
      { anchor: "middle", class: "value" })] : []),
    text(8, low - 16, "ẑ"), axis(hats, low + 12, [-4, -2, 0, 2, 4])];
}

/** The gradient that arrives, the line that is taken away, and what is left. */
function drawGradients({ zhat, dzhat, left, flat, slope, share }, { hats, put, back, largest, x0, x1 }) {
  const [y1, y0] = back.range, [a, b] = [-5, 5].map((value) => back(flat + slope * value));
  const filled = left.map((d, i) => [
    line(put(zhat[i]), back(0), put(zhat[i]), back(d), { class: "stroke gradient", style: "stroke-width: 1.5px" }),
    dot(put(zhat[i]), back(d), i ? 3 : 5, { class: "fill gradient" })]);
  return [
    text(8, y0 - 30, "hollow: *d*ẑ, filled: *s* *dz*", { class: "gradient" }),
    text(x1, y0 - 30, `left: ${percent(share)}`, { anchor: "end", class: "gradient", shows: "share" }),
    axis(back, x0, [-largest, 0, largest], { side: "left", print: (d) => fixed(d) }),
    line(x0, back(0), x1, back(0), { class: "stroke rule" }),
    svg("svg", { x: x0, y: y0 - 8, width: x1 - x0, height: y1 - y0 + 16, viewBox: `${x0} ${y0 - 8} ${x1 - x0} ${y1 - y0 + 16}` },
      line(hats(-5), a, hats(5), b, { class: "stroke ink", "stroke-dasharray": "6 4" })),
    ...filled.flat(),
    ...dzhat.map((d, i) => dot(put(zhat[i]), back(d), i ? 4.5 : 7, { class: "stroke gradient", fill: "none" }))];
}

function layout(width, { dzhat, left }) {
  const x0 = 44, x1 = width - 12, hats = scale([-5, 5], [x0, x1]), top = 62, low = 154;
  const largest = Math.ceil(10 * Math.max(...[...dzhat, ...left].map(Math.abs))) / 10;
  return { height: 364, x0, x1, top, low, largest, hats, put: (zhat) => clamp(hats(zhat), x0, x1),
    scores: scale([-MOST - 0.5, MOST + 0.5], [x0, x1]), back: scale([-largest, largest], [350, 240]) };
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "A digit and its company in a batch", initial, numbers, layout });

  figure.handle({ label: "the score of a companion", of: "mate", min: -MOST, max: MOST, step: 0.1, page: 1,
    cursor: "ew-resize", say: ({ mate }) => fixed(mate), spot: ({ mate }, { scores, top }) => [scores(mate), top],
    read: ([px], all, { scores }) => scores.invert(px) });

  figure.equation(({ z, mu, s, zhat, dzhat, flat, slope, dz }) => [
    [plain("the 5:\u2002"), "ẑ", "=", frac([fixed(z[0], 3), "−", factor(mu, 3)], fixed(s, 3)), "=",
      role("value", shown("zhat", fixed(zhat[0], 3))), plain(",\u2003")],
    [role("gradient", "d", "z"), "=", frac([fixed(dzhat[0], 3), "−", shown("flat", factor(flat, 3)), "−",
      factor(zhat[0], 3), "·", shown("slope", factor(slope, 3))], fixed(s, 3)), "=",
    role("gradient", shown("dz", fixed(dz, 3)))]]);

  figure.slider({ label: "digits in the batch", of: "N", among: SIZES, say: ({ N }) => `${N}` });
  figure.button("Other companions", () => figure.change({ draw: figure.state.draw + 1 }));
  figure.row();
  figure.choice({ label: "statistics", of: "stats", options: STATS });
  figure.choice({ label: "*d*ẑ", of: "pull", options: PULLS });

  return figure.start({
    draw: (all, at) => [...drawScores(all, at), ...drawGradients(all, at)],
    describe: ({ N, mate, stats, z, mu, s, zhat, share, dz, pull }) =>
      `A batch of ${N}, statistics ${Object.fromEntries(STATS)[stats]}: mean ${fixed(mu, 2)}, s ${fixed(s, 3)}. The ` +
      `companion has the score ${fixed(mate)}, the 5 has ${fixed(z[0], 3)}, normalised ${fixed(zhat[0], 2)}. Of the ` +
      `gradient, ${Object.fromEntries(PULLS)[pull]}${pull === "loss" ? ", its mean square made 1 over 128 digits" : ""}, ` +
      `${percent(share)} of the squared length is left; dz of the 5 is ${fixed(dz, 2)}.`,
  });
}

export default { render };
