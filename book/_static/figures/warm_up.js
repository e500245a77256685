// Nudge (chapter 00): a nudge of x travels to L. Slopes multiply along a path, and add where two paths meet.

import { Figure, arrow, axis, bar, factor, fixed, frac, line, plain, role, scale, shown, sum, text } from "./base.js";

const initial = { x: 1, nudge: 0.1, twice: false };
const MIN = -1, MAX = 1.5;

/** Every number of the figure. The chain is x → r → s → L; with `twice`, x → r → L and x → s → L. */
export function numbers({ x, nudge, twice }) {
  const forward = (at) => {
    const r = 3 * at, s = twice ? at + 2 : r + 2;
    return { r, s, L: twice ? r * s : s * s };
  };
  const { r, s, L } = forward(x), moved = forward(x + nudge).L;
  const paths = twice ? [s * 3, r * 1] : [2 * s * 1 * 3];  // the slopes along each path, multiplied
  return { r, s, L, paths, dx: sum(paths), moved, measured: (moved - L) / nudge };
}

/** Left, the graph: values in its nodes, local slopes on its arrows. */
function drawGraph({ x, twice, r, s, L }, rows, narrow) {
  const middle = narrow ? 64 : 100, half = narrow ? 38 : 48, apart = twice ? (narrow ? 24 : 50) : 0;
  const column = { x: middle, r: middle - apart, s: middle + apart, L: middle };
  const node = (name, value) => [
    bar(column[name] - half, rows[name] - 16, column[name] + half, rows[name] + 16, { class: "node", rx: 16 }),
    text(column[name], rows[name] + 5, `*${name}* = ${value}`, { anchor: "middle", class: "value", shows: name })];
  const edge = (from, to, slope, side = 0) => {  // side: -1 and 1 where two paths part
    const a = column[from] + (from === "x" ? side * half * 0.6 : 0);
    const b = column[to] + (to === "L" ? side * half * 0.6 : 0);
    return [arrow(a, rows[from] + 18, b, rows[to] - 19),
      text((a + b) / 2 + (side || 1) * 9, (rows[from] + rows[to]) / 2 + 5, `× ${slope}`,
        { class: "gradient", anchor: side < 0 ? "end" : "start" })];
  };
  const edges = twice
    ? [edge("x", "r", 3, -1), edge("x", "s", 1, 1), edge("r", "L", fixed(s), -1), edge("s", "L", fixed(r), 1)]
    : [edge("x", "r", 3), edge("r", "s", 1), edge("s", "L", fixed(2 * s))];
  return [...edges, node("x", fixed(x)), node("r", fixed(r)), node("s", fixed(s)), node("L", fixed(L, 2))].flat();
}

/** Right, how far each number moves: bars in units of the nudge, each slope in turn making them longer. */
function drawMoves({ nudge, twice, r, s, paths, dx, measured }, rows, along, narrow) {
  const digits = nudge < 0.1 ? 3 : 2, e = fixed(nudge, digits - 1), zero = along(0), end = along(measured);
  const [a, b = 0] = paths, added = narrow ? `${fixed(a)} + ${factor(b)}` : `${factor(s)} · 3 + ${factor(r)} · 1`;
  const really = `really ${fixed(measured * nudge, digits + 1)}`, room = (words) => 6.4 * words.length;
  const push = (from, to, y, height = 14) =>
    bar(along(from), y - height / 2, along(to), y + height / 2, { class: "fill gradient" });
  const says = (name, slopes, times) => {
    const start = narrow ? "" : `*${name}* moves by `, product = `${slopes} · ${e} = ${fixed(times * nudge, digits)}`;
    const words = start + (narrow ? product.replaceAll(" · ", "·") : product);
    const x = Math.min(zero, along.range[1] - room(words));  // a long one on a small phone begins further left
    return text(x, rows[name] - 9, words, { class: "gradient", shows: `moves.${name}` });
  };
  return [
    line(zero, 88, zero, rows.L + 26, { class: "stroke rule" }),
    text(zero, 84, narrow ? `nudge ${e}` : `*x* moves by the nudge, ${e}`, { class: "gradient" }), push(0, 1, 99),
    says("r", "3", 3), push(0, 3, rows.r + 6),
    says("s", twice ? "1" : "1 · 3", twice ? 1 : 3), push(0, twice ? 1 : 3, rows.s + 6),
    says("L", twice ? `(${added})` : `${factor(2 * s)} · 1 · 3`, dx),
    ...(twice  // the second path's bar begins where the first one's ends
      ? [push(0, a, rows.L + 3, 8), push(a, dx, rows.L + 12, 8)]
      : [push(0, dx, rows.L + 6)]),
    line(end, rows.L - 6, end, rows.L + 26, { class: "stroke ink" }),
    text(end, rows.L + 42, really, { anchor: end + room(really) > along.range[1] ? "end" : "start", shows: "really" }),
  ];
}

const rows = { x: 34, r: 154, s: 238, L: 322 };

function layout(width, { twice }) {
  const narrow = width < 520, left = narrow ? 138 : 220;
  return { height: rows.L + 54, narrow, track: scale([MIN, MAX], [left + 4, width - 16]),  // where each x is dragged to
    along: scale(twice ? [-4, 18] : [-7, 44], [left, width - 4]) };
}

const draw = (all, { track, along, narrow }) => [
  text(track(MIN), 12, "drag *x*", { class: "muted" }),
  axis(track, rows.x, track(0.5) - track(0) < 34 ? [-1, 0, 1] : [-1, -0.5, 0, 0.5, 1, 1.5], { print: (x) => fixed(x) }),
  ...drawGraph(all, rows, narrow), ...drawMoves(all, rows, along, narrow)];

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Nudge x and follow the nudge to L", initial, numbers, layout });

  figure.handle({ label: "x", of: "x", min: MIN, max: MAX, step: 0.1, page: 0.5, cursor: "ew-resize",
    say: ({ x }) => `x = ${fixed(x)}`, spot: ({ x }, { track }) => [track(x), rows.x],
    read: ([px], all, { track }) => track.invert(px) });

  const d = (a, b) => frac(`d${a}`, `d${b}`), partial = (a, b) => frac(`∂${a}`, `∂${b}`);
  figure.equation(({ twice, r, s, dx, paths }) => {
    const slopes = (product) => ["=", role("gradient", product)];
    return [...(twice
      ? [["dx =", partial("L", "r"), "·", d("r", "x"), "+", partial("L", "s"), "·", d("s", "x")], "= s · 3 + r · 1",
        slopes(`${factor(s)} · 3 + ${factor(r)} · 1`), slopes(`${factor(paths[0])} + ${factor(paths[1])}`)]
      : [["dx =", d("L", "s"), "·", d("s", "r"), "·", d("r", "x")], "= 2s · 1 · 3",
        slopes(`${factor(2 * s)} · 1 · 3`)]),
    slopes(shown("dx", fixed(dx)))];
  });
  figure.equation(({ nudge, L, moved, measured }) => {
    const digits = nudge < 0.1 ? 4 : 2, difference = `${fixed(moved, digits)} − ${factor(L, digits)}`;
    return [plain("measured:"), frac("L(x + ε) − L(x)", "ε"),
      ["=", frac(difference, fixed(nudge, digits / 2))], ["=", shown("measured", fixed(measured, 2))]];
  });

  figure.choice({ label: "nudge *ε*", options: [0.5, 0.1, 0.01], of: "nudge" });
  figure.toggle({ label: "use *x* twice", of: "twice" });

  return figure.start({ draw, describe: ({ x, nudge, twice, r, s, L, paths, dx, measured }) => {
    const rule = twice
      ? `Through r the slopes multiply to ${fixed(paths[0])}, through s to ${fixed(paths[1])}; the two paths add to`
      : `The slopes 3, 1 and ${fixed(2 * s)} multiply to`;
    return `x is ${fixed(x)}, r ${fixed(r)}, s ${fixed(s)}, L ${fixed(L, 2)}. ${rule} dx = ${fixed(dx)}. ` +
      `Measured with a nudge of ${nudge}: ${fixed(measured, 2)}.`;
  } });
}

export default { render };
