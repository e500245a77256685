// Surprise (chapter 05): a step pulls each score by the miss of its share, y − p, however large the loss is.

import { Figure, arrow, axis, bar, factor, fixed, frac, line, path, plain, power, role, scale, shown, sub, sum, svg,
  text } from "./base.js";

const initial = { z: [1, 6, -1, 2], y: 2 };
const CLASSES = [0, 1, 2, 3], TOP = 10;
const HIGHEST = 12;  // of the losses that have a place on the axis; L = 12 is a share of one in 160,000

/** Every number of the figure: the loss of one example, and how two losses answer to its scores. */
export function numbers({ z, y }) {
  const m = Math.max(...z), e = z.map((zi) => Math.exp(zi - m)), total = sum(e);  // no exponent above 0
  const p = e.map((ei) => ei / total), lse = m + Math.log(total);
  const miss = p.map((pi, i) => pi - (i === y));
  const mean = sum(miss.map((d, i) => 2 * d * p[i]));  // of the squared error's dp = 2 (p − y), for the way back
  const squared = p.map((pi, i) => pi * (2 * miss[i] - mean));
  return { p, lse, L: lse - z[y], dz: miss, squared, slope: -1 / p[y], answer: p[y] * (1 - p[y]) };
}

/** Four digits, more or less: 0.9991, −1114.7, or 8.963e−4. */
function short(x) {
  const size = Math.abs(x);
  return size && (size < 1e-3 || size >= 1e5) ? power(x, 3) : fixed(x, size < 100 ? 4 : 1);
}

/** An arrow, its head never dashed; where the head has no room a stroke, and nothing where that would be a speck. */
function pull(x, y1, y2, attributes) {
  const length = Math.abs(y2 - y1), shaft = line(x, y1, x, y2, attributes);
  if (length < 10) return length < 3 ? [] : [shaft];
  return [shaft, arrow(x, y2 - Math.sign(y2 - y1), x, y2, { ...attributes, "stroke-dasharray": null })];
}

const STROKES = {
  dz: { class: "stroke gradient", style: "stroke-width: 3", "stroke-linejoin": "round" },
  squared: { class: "stroke gradient", "stroke-dasharray": "3 2" },
};

/** The scores, as pale bars. */
function drawScores({ z, y }, { across, left, right }) {
  return [
    text(0, 18, `scores: drag them; the label is *y* = ${y}`, { class: "muted" }),
    axis(up, left, [-TOP, 0, TOP], { side: "left" }),
    line(left, up(0), right, up(0), { class: "stroke rule" }),
    ...CLASSES.flatMap((i) => [
      bar(across(i) - 16, up(0), across(i) + 16, up(z[i]), { class: "fill value pale" }),
      text(across(i), up(z[i]) + (z[i] < 0 ? 30 : -18), fixed(z[i]), { anchor: "middle", class: "value" })])];
}

/** Each share, what the label asks of it, and from the one to the other the pull. Below, the same in numbers. */
function drawPulls(all, { across, left, right }) {
  const { y } = all, ceiling = 284, floor = ceiling + 112, share = scale([0, 1], [floor, ceiling]);
  const column = (i) => {
    const x = across(i), { p, dz, squared } = all;
    return [
      bar(x - 16, floor, x + 16, share(p[i]), { class: "fill value pale" }),
      ...pull(x - 5, share(p[i]), share(p[i] - dz[i]), STROKES.dz),
      ...pull(x + 8, share(p[i]), share(p[i] - squared[i]), STROKES.squared),
      text(x, floor + 20, `${i}`, { anchor: "middle", class: i === y ? "label" : "muted" })];
  };
  const digits = across(1) - across(0) < 45 ? 2 : 3;  // two on a small phone
  const row = (name, label, colour, at) => [
    text(26, at, label, { class: colour }),
    ...CLASSES.map((i) => text(across(i) + 20, at, fixed(all[name][i], digits),
      { anchor: "end", class: `cell ${colour}`, shows: `${name}.${i}` })),
    text(across(4) + 20, at, fixed(sum(all[name]), digits), { anchor: "end", class: "cell muted", shows: `sum.${name}` })];
  const swatch = (name, at) => line(2, at - 5, 20, at - 5, STROKES[name]);
  return [
    text(0, ceiling - 28, "shares, and the pull of a step: from *p* to *y*", { class: "muted" }),
    axis(share, left, [0, 1], { side: "left" }),
    line(left, floor, right, floor, { class: "stroke rule" }),
    bar(across(y) - 16, floor, across(y) + 16, ceiling, { class: "stroke label", fill: "none" }),
    text(across(y), ceiling - 7, "label", { anchor: "middle", class: "label" }),
    ...CLASSES.flatMap(column), text(across(4) + 20, floor + 20, "sum", { anchor: "end", class: "muted" }),
    ...row("p", "*p*", "value", floor + 46),
    swatch("dz", floor + 70), ...row("dz", "*p* − *y*", "gradient", floor + 70),
    swatch("squared", floor + 94), ...row("squared", left < 100 ? "squared" : "squared error", "gradient", floor + 94)];
}

/** The surprise at each share; its slope at the share that the label has. */
function drawCurve({ y, p, L, slope }, { curve: [[x0, x1], [y0, y1]] }) {
  const across = scale([0, 1], [x0, x1]), up = scale([0, HIGHEST], [y0, y1]);
  const losses = Array.from({ length: 121 }, (_, i) => (i / 120) ** 2 * HIGHEST);
  const tangent = [Math.max(0, p[y] * (1 + L - HIGHEST)), Math.min(1, p[y] * (1 + L))];  // from edge to edge
  const height = (q) => up(L + slope * (q - p[y])), [x, at] = [across(p[y]), up(Math.min(L, HIGHEST))];
  const left = Math.min(x + 14, x1 - 96), above = Math.max(at - (left < x + 14 ? 44 : 24), y1 + 20);  // of the words
  return [
    axis(across, y0, [0, 0.5, 1], { name: "share of the right class, *p*_y".replace("_y", `_${y}`),
      print: (tick) => fixed(tick, tick % 1 ? 1 : 0) }),
    axis(up, x0, [0, 4, 8, 12], { side: "left", name: "loss, in nats" }),
    path(`M${losses.map((loss) => `${across(Math.exp(-loss))} ${up(loss)}`).join("L")}`,
      { class: "stroke value", style: "stroke-width: 2" }),
    line(across(tangent[0]), height(tangent[0]), across(tangent[1]), height(tangent[1]),
      { class: "stroke gradient", style: "stroke-width: 2" }),
    svg("circle", { cx: x, cy: at, r: 6, class: "fill label" }),
    text(left, above, `*L* = ${fixed(L, 2)}${L > HIGHEST ? " ↑" : ""}`, { class: "value", shows: "L" }),
    text(left, above + 20, `slope ${short(slope)}`, { class: "gradient", shows: "slope" })];
}

const up = scale([-TOP, TOP], [202, 62]);  // where each score lies

/** The columns of the classes; 4 is the sum's. The curve stands beside them, or below. */
function layout(width) {
  const narrow = width < 600, chart = narrow ? width : width - 290, left = narrow ? 86 : 120;
  const across = scale([0, 4], [left + 26, chart - 22]);
  return { height: narrow ? 826 : 500, across, left, right: across(3) + 26,
    curve: narrow ? [[36, width - 12], [780, 574]] : [[chart + 66, width - 12], [396, 62]] };
}

function render(anywidget) {
  const label = "A label, its surprise, and the pull on four scores";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  for (const i of CLASSES) figure.handle({
    label: `score ${i}`, min: -TOP, max: TOP, step: 0.1, cursor: "ns-resize",
    value: ({ z }) => z[i], change: (number, { z }) => ({ z: z.with(i, number) }),
    say: ({ z, dz }) => `${fixed(z[i])}, pull ${fixed(-dz[i], 3)}`,
    spot: ({ z }, { across }) => [across(i), up(z[i])], read: ([, y]) => up.invert(y),
  });

  const value = (...parts) => role("value", ...parts), gradient = (...parts) => role("gradient", ...parts);
  figure.equation(({ z, y, p, lse, L }) => [
    ["L =", plain("lse"), "(z) −", sub("z", y)],
    ["=", shown("lse", fixed(lse, 4)), "−", value(factor(z[y], 1))], ["=", value(shown("L", short(L)))],
    ["= −", plain("log\u00a0"), value(shown(`p.${y}`, short(p[y])))]]);
  figure.equation(({ y, p, dz, slope, answer }) => {
    const py = () => sub("p", y);
    return [[gradient(sub("dz", y)), "=", gradient(frac("−1", py())), "·", value(py(), "(1 −", py(), ")")],
      ["=", gradient(shown("slope", short(slope))), "·", value(shown("answer", short(answer)))],
      ["=", value(short(p[y])), "−", role("label", "1")], ["=", gradient(shown(`dz.${y}`, short(dz[y])))]];
  });

  figure.choice({ label: "label *y*", options: CLASSES, of: "y" });

  return figure.start({
    draw: (all, at) => [...drawScores(all, at), ...drawPulls(all, at), ...drawCurve(all, at)],
    describe: ({ z, y, p, L, dz, squared, slope }) => {
      const list = (row) => row.map((x) => fixed(x, 3)).join(", ");
      return `Scores ${z.map((score) => fixed(score)).join(", ")}; the label is ${y}. Shares ${list(p)}. ` +
        `The loss is ${fixed(L, 2)}, the surprise at a share of ${short(p[y])}, where the curve has the slope ` +
        `${short(slope)}. p − y is ${list(dz)}; these sum to 0. The squared error would give ${list(squared)}.`;
    },
  });
}

export default { render };
