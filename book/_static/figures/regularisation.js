// Where is the digit? (chapter 16): one digit under two networks. One learned from digits in their places, the other from
// digits moved by up to two pixels.

import { Figure, argmax, bar, bytes, chunks, clamp, fixed, inkEdges, moveInWords, nibbles, percent, picture, runs, text } from "./base.js";
import { DIGITS, MOVED, MOVED_UNITS, PLAIN, PLAIN_UNITS } from "./data/regularisation.js";

const initial = { n: 9, right: 2, down: 2 };
const REACH = 4, MOVES = [-4, -3, -2, -1, 0, 1, 2, 3, 4], SIDE = MOVES.length, H = 64, K = 10;

// One digit of each class, 0 to 9, of 16 greys.
const digits = chunks(runs(nibbles(bytes(DIGITS))).map((shade) => shade / 15), 784);

const edges = digits.map(inkEdges);

/** W1, b1, W2, b2 from whole numbers from −127 to 127, one after the other, and the unit of each of the four. */
function unpacked(packed, units) {
  const whole = new Int8Array(bytes(packed).buffer), ends = [784 * H, 785 * H, 785 * H + H * K, 785 * H + H * K + K];
  return units.map((unit, i) => Float64Array.from(whole.subarray(ends[i - 1] ?? 0, ends[i]), (value) => value * unit));
}

const nets = { plain: unpacked(PLAIN, PLAIN_UNITS), moved: unpacked(MOVED, MOVED_UNITS) };

// ---- the networks -------------------------------------------------------------------------------------------------

/** The inked pixels of a digit that was moved, [place, value] each: zeros come in, and what leaves is gone. */
const movedDigit = (x, right, down) => x.flatMap((value, d) => {
  const row = Math.floor(d / 28) + down, column = (d % 28) + right;
  return value && row >= 0 && row < 28 && column >= 0 && column < 28 ? [[28 * row + column, value]] : [];
});

/** The shares of the ten classes. */
function shares([W1, b1, W2, b2], inked) {
  const z1 = Float64Array.from(b1), z2 = Array.from(b2);
  for (const [d, value] of inked) for (let h = 0; h < H; h++) z1[h] += value * W1[H * d + h];
  for (let h = 0; h < H; h++) if (z1[h] > 0) for (let k = 0; k < K; k++) z2[k] += z1[h] * W2[K * h + k];
  const most = Math.max(...z2), exps = z2.map((z) => Math.exp(z - most)), total = exps.reduce((a, b) => a + b);
  return exps.map((e) => e / total);
}

/** Of each network the share of the right class and the answer at all 81 places, and at how many it is right. */
export function numbers({ n, right, down }) {
  const places = MOVES.flatMap((along) => MOVES.map((across) => movedDigit(digits[n], across, along)));
  const under = (net) => {
    const P = places.map((inked) => shares(net, inked)), map = P.map(argmax);
    return { map, share: P.map((p) => p[n]), p: P[SIDE * (down + REACH) + right + REACH][n],
      read: map.filter((k) => k === n).length };
  };
  const x = Array(784).fill(0);
  for (const [d, value] of movedDigit(digits[n], right, down)) x[d] = value;
  return { x, plain: under(nets.plain), moved: under(nets.moved) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** For each move the answer, on green as strong as the share of the right class. */
function drawMap(name, words, { n, right, down, [name]: { map, share, p, read } }, [x0, y0, size]) {
  const cell = size / SIDE, corner = (move) => (move + REACH) * cell;
  return [
    text(x0, y0 - 28, words), text(x0, y0 - 9, `of 81 right: ${read}`, { class: "muted", shows: `${name}.read` }),
    ...map.flatMap((k, i) => {
      const x = x0 + (i % SIDE) * cell, y = y0 + Math.floor(i / SIDE) * cell;
      return [
        bar(x, y, x + cell - 1, y + cell - 1, { class: "fill label", style: `opacity: ${fixed(0.03 + 0.32 * share[i], 3)}` }),
        text(x + cell / 2, y + cell / 2 + 4.5, k,
          { class: `cell ${k === n ? "label" : "value"}`, anchor: "middle", shows: `${name}.map.${i}` })];
    }),
    text(x0, y0 + size + 20, `*p*_${n} here: ${percent(p)}`, { class: "label", shows: `${name}.p` }),
    bar(x0 + corner(right), y0 + corner(down), x0 + corner(right + 1) - 1, y0 + corner(down + 1) - 1,
      { class: "frame" })];
}

/** The digit and the two maps; on a phone the maps below. */
function layout(width) {
  const wide = width >= 600, gap = wide ? 24 : 20;
  const size = wide ? (width - 2 * gap) / 3 : (width - gap) / 2, top = 44;
  const big = [wide ? 0 : (width - size) / 2, wide ? top : 26, size], second = big[1] + size + 60;
  const maps = wide ? [[size + gap, top, size], [2 * (size + gap), top, size]]
    : [[0, second, size], [size + gap, second, size]];
  return { big, maps, height: maps[1][1] + size + 30 };
}

const draw = (all, { big: [x0, y0, size], maps }) => [
  text(x0, y0 - 9, "drag the digit", { class: "muted" }), ...picture(all.x, x0, y0, size),
  ...drawMap("plain", "learned in place", all, maps[0]), ...drawMap("moved", "learned moved", all, maps[1])];

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Where is the digit?", initial, numbers, layout });

  figure.movedDigit({ most: REACH, edge: ({ n }) => edges[n], area: (all, { big: [x0, y0, size] }) => [x0, y0, size, size] });
  for (const i of [0, 1])  // a click in a map moves it there
    figure.clickable((all, { maps: { [i]: [x0, y0, size] } }) => [x0, y0, size, size],
      ([px, py], all, { maps: { [i]: [x0, y0, size] } }) => {
        const step = (pixels) => clamp(Math.floor((SIDE * pixels) / size) - REACH, -REACH, REACH);
        return { right: step(px - x0), down: step(py - y0) };
      });

  figure.slider({ label: "digit", of: "n", max: K - 1, say: ({ n }) => `${n}` });

  return figure.start({ draw, describe: (all) => {
    const { n, plain: here, moved } = all, at = SIDE * (all.down + REACH) + all.right + REACH;
    const says = (net) => `answers ${net.map[at]} and gives the ${n} ${percent(net.p)}; ` +
      `it is right at ${net.read} of 81 places`;
    return `The ${n}, ${moveInWords(all)}. The network that learned from digits in their places ${says(here)}. ` +
      `The one that learned from moved digits ${says(moved)}.`;
  } });
}

export default { render };
