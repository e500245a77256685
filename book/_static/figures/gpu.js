// On the GPU (chapter 21). TODO: what the figure says, in one sentence.

import { Figure, axis, fixed, line, role, scale, shown, sup, text } from "./base.js";

const initial = { x: 1.5 };
const MOST = 3;

/** Every number of the figure. */
export const numbers = ({ x }) => ({ square: x * x });

/** Where things lie. */
const layout = (width) => ({ height: 150, across: scale([-MOST, MOST], [40, width - 40]) });

const draw = ({ square }, { across }) => [
  text(8, 20, "TODO: drag the point", { class: "muted" }),
  line(across(-MOST), 70, across(MOST), 70, { class: "stroke rule" }),
  axis(across, 84, [-3, -2, -1, 0, 1, 2, 3], { name: "*x*" }),
  text(across(0), 44, `*x* squared = ${fixed(square, 2)}`, { anchor: "middle", class: "value", shows: "square" })];

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "TODO: a number and its square", initial, numbers, layout });

  figure.handle({ label: "x", of: "x", min: -MOST, max: MOST, step: 0.1, page: 1, cursor: "ew-resize",
    say: ({ x }) => fixed(x), spot: ({ x }, { across }) => [across(x), 70],
    read: ([px], all, { across }) => across.invert(px) });

  figure.equation(({ square }) => [[sup("x", "2"), "="], [role("value", shown("square", fixed(square, 2)))]]);

  return figure.start({ draw, describe: ({ x, square }) =>
    `TODO: x is ${fixed(x)}, and its square is ${fixed(square, 2)}.` });
}

export default { render };
