// TITLE (chapter NN). TODO: what the figure says, in one sentence.

import { Figure, axis, fixed, line, role, scale, shown, sup, text } from "./base.js";

const initial = { x: 1.5 };
const MOST = 3;

/** Every number of the figure. */
export function numbers({ x }) {
  return { x, square: x * x };
}

function render(anywidget) {
  const figure = new Figure(anywidget, "TODO: a number and its square", initial);
  let across;

  function draw(state, width) {
    const { square } = numbers(state);
    across = scale([-MOST, MOST], [40, width - 40]);
    return { height: 150, art: [
      text(8, 20, "TODO: drag the point", { class: "muted" }),
      line(across(-MOST), 70, across(MOST), 70, { class: "stroke rule" }),
      axis(across, 84, [-3, -2, -1, 0, 1, 2, 3], { name: "*x*" }),
      text(across(0), 44, `*x* squared = ${fixed(square, 2)}`, { anchor: "middle", class: "value", shows: "square" })] };
  }

  figure.handle({
    label: "x", min: -MOST, max: MOST, step: 0.1, page: 1, cursor: "ew-resize",
    value: ({ x }) => x, change: (x) => ({ x }), spot: ({ x }) => [across(x), 70], read: ([px]) => across.invert(px),
    text: ({ x }) => fixed(x),
  });

  figure.equation((state) => {
    const { square } = numbers(state);
    return [[sup("x", "2"), "="], [role("value", shown("square", fixed(square, 2)))]];
  });

  return figure.start({ draw, describe: (state) => `TODO: x is ${fixed(state.x)}, ` +
    `and its square is ${fixed(numbers(state).square, 2)}.` });
}

export default { render };
