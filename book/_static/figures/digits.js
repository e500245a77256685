// Which mean is nearest? (chapter 01): a digit among ten mean pictures. Two pixels to the right, and another is nearer.

import { Figure, bar, bytes, chunks, clamp, fixed, inkEdges, line, moveInWords, picture, role, runs, scale, shown, sub, sum,
  sup, text } from "./base.js";
import { DIGITS, LABELS, MEANS } from "./data/digits.js";

const initial = { n: 0, right: 2, down: 0, ink: 1 };
const REACH = 4, MOVES = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

// The first twenty training digits, and the mean pictures of the ten classes: rows of 784 numbers from 0 to 1.
const pictures = (packed) => chunks(runs(bytes(packed)).map((byte) => byte / 255), 784);
const digits = pictures(DIGITS), means = pictures(MEANS);

const edges = digits.map(inkEdges);

const m2 = means.map((m) => sum(m.map((value) => value * value)));

/** Where pixel d lies after a move; what leaves on one side comes back on the other, as with np.roll. */
const moved = (d, right, down) => 28 * ((Math.floor(d / 28) + down + 28) % 28) + ((d + right + 28) % 28);

const aDigit = (k) => (k === 8 ? "an 8" : `a ${k}`);
const smallest = (d) => d.indexOf(Math.min(...d));

/** Every number of the figure: the three parts of each distance, the ranking, and the distances at all places. */
export function numbers({ n, right, down, ink }) {
  const inked = digits[n].flatMap((value, d) => (value ? [[d, Math.min(1, ink * value)]] : []));  // the rest is 0
  const x2 = sum(inked.map(([, value]) => value * value));
  const after = (across, along) => {
    const x = Array(784).fill(0), pixels = inked.map(([d, value]) => [moved(d, across, along), value]);
    for (const [d, value] of pixels) x[d] = value;
    const xm = means.map((m) => sum(pixels.map(([d, value]) => value * m[d])));
    return { x, xm, d: xm.map((agreement, k) => x2 - 2 * agreement + m2[k]) };
  };
  const here = after(right, down), order = here.d.map((_, k) => k).sort((a, b) => here.d[a] - here.d[b]);
  const everywhere = MOVES.flatMap((along) => MOVES.map((across) => after(across, along).d));
  return { ...here, x2, order, label: LABELS[n], before: after(0, 0).d, map: everywhere.map(smallest),
    most: Math.max(...everywhere.flat()) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** For each move the answer: pale green where it is the label. */
function drawMap({ right, down, map, label }, { map: [x0, y0], big: { size } }) {
  const cell = size / MOVES.length, corner = (move) => (move + REACH) * cell;
  return [
    ...map.flatMap((k, i) => {
      const x = x0 + (i % 9) * cell, y = y0 + Math.floor(i / 9) * cell, mine = k === label;
      return [
        ...(mine ? [bar(x, y, x + cell - 1, y + cell - 1, { class: "fill label", style: "opacity: 0.16" })] : []),
        text(x + cell / 2, y + cell / 2 + 4.5, k,
          { class: `cell ${mine ? "label" : "value"}`, anchor: "middle", shows: `map.${i}` })];
    }),
    bar(x0 + corner(right), y0 + corner(down), x0 + corner(right + 1) - 1, y0 + corner(down + 1) - 1,
      { class: "frame" })];
}

/** The ten means, the nearest first, ✓ if it is right; each bar is a distance, the thin mark that before the move. */
function drawMeans({ right, down, d, most, order, label, before }, { end: x1, ranking: { left: x0, top: y0, high } }) {
  const along = scale([0, most], [x0 + 62, x1 - 44]), still = !right && !down;
  const verdict = order[0] === label ? " ✓" : " ✗";
  const row = (k, rank) => {
    const y = y0 + rank * high, middle = y + high / 2 - 2, colour = k === label ? "label" : "value";
    const fill = `fill ${colour}${rank && k !== label ? " pale" : ""}`;
    return [
      ...picture(means[k], x0, y, high - 5, { shades: 5 }),
      text(x0 + 50, middle + 5, k, { anchor: "middle", class: colour, "font-weight": rank ? null : 700 }),
      bar(along(0), middle - 6, along(d[k]), middle + 6, { class: fill }),
      ...(still ? [] : [line(along(before[k]), middle - 10, along(before[k]), middle + 10, { class: "stroke ink" })]),
      text(Math.max(along(d[k]), still ? 0 : along(before[k])) + 7, middle + 5, fixed(d[k]) + (rank ? "" : verdict),
        { class: colour, "font-weight": rank ? null : 700, shows: `d.${k}` })];
  };
  return order.flatMap(row);
}

/** The row of digits to pick from, the digit itself, its map, and the ranking. */
function layout(width) {
  const wide = width >= 600, columns = wide ? 20 : 10, pitch = width / columns, rows = digits.length / columns;
  const big = { y: pitch * rows + 34, size: wide ? 196 : (width - 20) / 2 };
  const map = wide ? [0, big.y + big.size + 44] : [big.size + 20, big.y];
  const ranking = wide
    ? { left: big.size + 44, top: big.y, high: 42 } : { left: 0, top: big.y + big.size + 46, high: 35 };
  const height = wide ? map[1] + big.size + 4 : ranking.top + 10 * ranking.high;
  return { height, end: width, columns, pitch, rows, big, map, ranking };
}

function draw(all, at) {
  const { n, right, down } = all, { columns, pitch, big, map, ranking } = at;
  const corner = (i) => [(i % columns) * pitch, Math.floor(i / columns) * pitch];
  const [px, py] = corner(n), edge = edges[n], pixel = (i) => (clamp(i, 0, 28) * big.size) / 28;
  return [
    ...digits.flatMap((x, i) => picture(x, corner(i)[0] + 2, corner(i)[1] + 2, pitch - 5, { shades: 3 })),
    bar(px + 1, py + 1, px + pitch - 2, py + pitch - 2, { class: "frame" }),
    text(0, big.y - 10, `drag the digit *x*, ${aDigit(all.label)}`, { class: "muted" }),
    ...picture(all.x, 0, big.y, big.size),
    bar(pixel(edge.left + right), big.y + pixel(edge.top + down),
      pixel(edge.right + right), big.y + pixel(edge.bottom + down),
      { class: "stroke value", fill: "none", "stroke-dasharray": "4 4" }),
    text(map[0], map[1] - 10, "nearest, by place", { class: "muted" }), ...drawMap(all, at),
    text(ranking.left, ranking.top - 10, "‖*x* − *m*_k‖², nearest first; thin mark: unmoved", { class: "muted" }),
    ...drawMeans(all, at)];
}

function render(anywidget) {
  const label = "Which mean picture is nearest to the digit?";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  // A click on a digit of the row picks it; the slider below does the same by keyboard.
  figure.clickable((all, { columns, rows, pitch }) => [0, 0, columns * pitch, rows * pitch],
    ([px, py], all, { columns, pitch }) =>
      ({ n: clamp(columns * Math.floor(py / pitch) + Math.floor(px / pitch), 0, digits.length - 1) }));

  figure.movedDigit({ most: REACH, edge: ({ n }) => edges[n], area: (all, { big: { y, size } }) => [0, y, size, size] });

  const norm = (...inside) => sup(["‖", ...inside, "‖"], "2"), m = (k) => role("parameter", sub("m", k));
  const x = () => role("value", "x");
  // The nearest mean; below it that of the digit's own class or, where this is the nearest, the second.
  const expanded = (k, { x2, xm, d, label: own }) => [
    [norm(x(), "−", m(k))], ["=", norm(x()), "− 2", x(), "·", m(k), "+", norm(m(k))],
    ["=", role("value", shown("x2", fixed(x2))), "− 2 ·", shown(`xm.${k}`, fixed(xm[k])), "+",
      role("parameter", shown(`m2.${k}`, fixed(m2[k])))],
    ["=", role(k === own ? "label" : "value", shown(`d.${k}`, fixed(d[k])))]];
  figure.equation((all) => expanded(all.order[0], all));
  figure.equation((all) => expanded(all.order[0] === all.label ? all.order[1] : all.label, all));

  figure.slider({ label: "training digit", of: "n", max: digits.length - 1,
    say: ({ n }) => `${n}, ${aDigit(LABELS[n])}` });
  figure.slider({ label: "ink", of: "ink", max: 2, step: 0.1, say: ({ ink }) => `× ${fixed(ink)}` });

  return figure.start({ draw, describe: (all) => {
    const { n, ink, order, d, label: own, before } = all, [first, second] = order;
    return `Training digit ${n}, ${aDigit(own)}, ${moveInWords(all)}, ink times ${fixed(ink)}. The nearest mean is that of ` +
      `${first}, at ${fixed(d[first])}, which is ${first === own ? "right" : "wrong"}; then ${second}, at ` +
      `${fixed(d[second])}. The ${own} is in place ${order.indexOf(own) + 1}. ` +
      `Unmoved, the nearest is ${smallest(before)}.`;
  } });
}

export default { render };
