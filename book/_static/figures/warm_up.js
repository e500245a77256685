// Nudge (chapter 00): a nudge of x travels to L. Slopes multiply along a path, and add where two paths meet.

import { Figure, arrow, axis, bar, fixed, frac, line, role, scale, shown, text, words } from "./base.js";

const initial = { x: 1, nudge: 0.1, twice: false };
const MIN = -1, MAX = 1.5;

/** Every number of the figure. The chain is x → r → s → L; with `twice`, x → r → L and x → s → L. */
export function numbers({ x, nudge, twice }) {
  const forward = (x) => {
    const r = 3 * x, s = twice ? x + 2 : r + 2;
    return { r, s, L: twice ? r * s : s * s };
  };
  const { r, s, L } = forward(x), moved = forward(x + nudge).L;
  const paths = twice ? [s * 3, r * 1] : [2 * s * 1 * 3];  // the slopes along each path, multiplied
  const dx = paths.reduce((sum, path) => sum + path, 0);
  return { x, r, s, L, paths, dx, moved, measured: (moved - L) / nudge };
}

function render(anywidget) {
  const figure = new Figure(anywidget, "Nudge x and follow the nudge to L", initial);
  let track;  // where on the screen each x lies

  function draw(state, width) {
    const { nudge, twice } = state, { r, s, L, paths, dx, measured } = numbers(state);
    const narrow = width < 520, left = narrow ? 138 : 220, middle = narrow ? 62 : 100, apart = twice ? (narrow ? 24 : 50) : 0;
    const digits = nudge < 0.1 ? 3 : 2, half = narrow ? 38 : 48, bottom = 322;
    const place = { x: [middle, 34], r: [middle - apart, 154], s: [middle + apart, 238], L: [middle, bottom] };
    track = scale([MIN, MAX], [left + 4, width - 16]);
    const along = scale(twice ? [-4, 18] : [-7, 44], [left, width - 4]);  // bars, in units of the nudge

    const node = (name, number) => {
      const [x, y] = place[name];
      return [bar(x - half, y - 16, x + half, y + 16, { class: "node", rx: 16 }),
        text(x, y + 5, `*${name}* = ${number}`, { anchor: "middle", class: "value", shows: name })];
    };
    const edge = (from, to, slope, side = 0) => {
      const [x1, y1] = place[from], [x2, y2] = place[to], x = side * half * 0.6;
      const [a, b] = [side && from === "x" ? x1 + x : x1, side && to === "L" ? x2 + x : x2];
      return [arrow(a, y1 + 18, b, y2 - 19), text((a + b) / 2 + (side || 1) * 9, (y1 + y2) / 2 + 5, `× ${slope}`,
        { class: "gradient", anchor: side < 0 ? "end" : "start" })];
    };
    const moves = (name, y, amount, slopes) => text(along(0), y - 15,
      `${narrow ? "" : `*${name}* moves by `}${slopes} = ${fixed(amount * nudge, digits)}`, { class: "gradient", shows: `moves.${name}` });
    const push = (y, from, to, height = 14) => bar(along(from), y - height / 2, along(to), y + height / 2, { class: "fill gradient" });

    const [rs, ss] = [fixed(r), fixed(s)], e = fixed(nudge, digits - 1);
    const graph = twice
      ? [...edge("x", "r", 3, -1), ...edge("x", "s", 1, 1), ...edge("r", "L", ss, -1), ...edge("s", "L", rs, 1)]
      : [...edge("x", "r", 3), ...edge("r", "s", 1), ...edge("s", "L", fixed(2 * s))];
    const end = along(measured);
    const bars = [
      text(along(0), 99 - 15, narrow ? `nudge ${e}` : `*x* moves by the nudge, ${e}`, { class: "gradient" }), push(99, 0, 1),
      moves("r", 160, 3, `3 · ${e}`), push(160, 0, 3),
      moves("s", 244, twice ? 1 : 3, twice ? `1 · ${e}` : `1 · 3 · ${e}`), push(244, 0, twice ? 1 : 3),
      moves("L", bottom + 6, dx, twice ? `(${ss} · 3 + ${rs} · 1) · ${e}` : `${fixed(2 * s)} · 1 · 3 · ${e}`),
      ...(twice  // the second path's bar begins where the first one ends
        ? [push(bottom + 3, 0, paths[0], 8), push(bottom + 12, paths[0], dx, 8)]
        : [push(bottom + 6, 0, dx)]),
      line(end, bottom - 6, end, bottom + 26, { class: "stroke ink" }),
      text(end, bottom + 42, `really ${fixed(measured * nudge, digits + 1)}`, { anchor: end > width - 60 ? "end" : "middle", class: "ink", shows: "really" }),
    ];
    return { height: bottom + 54, art: [
      text(track(MIN), 12, "drag *x*", { class: "muted" }),
      axis(track, 34, [-1, -0.5, 0, 0.5, 1, 1.5], { print: (x) => fixed(x) }),
      line(along(0), 88, along(0), bottom + 26, { class: "stroke rule" }),
      ...graph, ...node("x", fixed(state.x)), ...node("r", rs), ...node("s", ss), ...node("L", fixed(L, 2)), ...bars] };
  }

  figure.handle({
    label: "x", min: MIN, max: MAX, step: 0.1, page: 0.5, cursor: "ew-resize",
    value: ({ x }) => x, change: (x) => ({ x }), text: ({ x }) => `x = ${fixed(x)}`,
    spot: ({ x }) => [track(x), 34], read: ([px]) => track.invert(px),
  });
  figure.equation((state) => {
    const { r, s, dx, paths } = numbers(state), d = (a, b) => frac(`d${a}`, `d${b}`), partial = (a, b) => frac(`∂${a}`, `∂${b}`);
    const slopes = (...parts) => role("gradient", ...parts), total = slopes(shown("dx", fixed(dx)));
    return state.twice
      ? [["dx =", partial("L", "r"), "·", d("r", "x"), "+", partial("L", "s"), "·", d("s", "x")], "= s · 3 + r · 1",
        ["=", slopes(`${fixed(s)} · 3 + ${fixed(r)} · 1`)], ["=", slopes(`${fixed(paths[0])} + ${fixed(paths[1])}`)], ["=", total]]
      : [["dx =", d("L", "s"), "·", d("s", "r"), "·", d("r", "x")], "= 2s · 1 · 3", ["=", slopes(`${fixed(2 * s)} · 1 · 3`)], ["=", total]];
  });
  figure.equation((state) => {
    const { L, moved, measured } = numbers(state), digits = state.nudge < 0.1 ? 4 : 2;
    return [[words("measured:")], frac("L(x + ε) − L(x)", "ε"),
      ["=", frac(`${fixed(moved, digits)} − ${fixed(L, digits)}`, fixed(state.nudge, digits / 2))], ["=", shown("measured", fixed(measured, 2))]];
  });
  figure.row();
  figure.choice({ label: "nudge *ε*", options: [[0.5, "0.5"], [0.1, "0.1"], [0.01, "0.01"]],
    value: ({ nudge }) => nudge, change: (nudge) => ({ nudge }) });
  figure.toggle({ label: "use *x* twice", value: ({ twice }) => twice, change: (twice) => ({ twice }) });

  return figure.start({ draw, describe: (state) => {
    const { r, s, L, paths, dx, measured } = numbers(state), path = state.twice
      ? `Two paths: through r the slopes multiply to ${fixed(paths[0])}, through s to ${fixed(paths[1])}; they add to`
      : `The slopes 3, 1 and ${fixed(2 * s)} multiply to`;
    return `x is ${fixed(state.x)}, r ${fixed(r)}, s ${fixed(s)}, L ${fixed(L, 2)}. ${path} dx = ${fixed(dx)}. ` +
      `Measured with a nudge of ${state.nudge}: ${fixed(measured, 2)}.`;
  } });
}

export default { render };
