// Step size (chapter 06): a long step measures another slope, a short one measures rounding. Between them lies a V.
//
// The function is 1/x, and only + − × ÷ are used. IEEE 754 fixes every digit of these, so the rounding errors here are
// NumPy's, to the last bit. (The last bit of exp or sin may differ from one library to the next.)

import { Figure, axis, clamp, fixed, frac, line, path, plain, power, role, scale, shown, snap, sup, svg, text }
  from "./base.js";

const initial = { h: 2e-7, format: "float32", method: "central" };
const MIN = -16, MAX = -1;  // of log10 of the step
const LOWEST = 1e-16;  // where an error of 0 is drawn, as a logarithmic axis has no 0

const FORMATS = {  // how a format rounds, the relative error u of one rounding, the decimals of its numbers near 1
  float64: { round: (x) => x, u: 2 ** -53, decimals: 17 },
  float32: { round: Math.fround, u: 2 ** -24, decimals: 9 },
};
const OTHER = { float64: "float32", float32: "float64" };

/** The slope of 1/x at 0.7, measured with the step h, each operation rounded as the format does. */
export function measure({ h, format, method }) {
  const { round } = FORMATS[format], x = round(0.7), e = round(h), f = (u) => round(1 / u), exact = -1 / (x * x);
  const at = (slope, more) => ({ x, f, slope, exact, error: Math.abs(slope - exact), ...more });
  if (method === "complex") {  // 1 / (x + iε), as NumPy divides
    const ratio = round(e / x), real = round(1 / round(x + round(e * ratio))), imaginary = round(-ratio * real);
    return at(round(imaginary / e), { real, imaginary });
  }
  const right = round(x + e), left = method === "central" ? round(x - e) : x;
  const up = f(right), down = f(left), difference = round(up - down);
  return at(round(difference / (method === "central" ? round(2 * e) : e)), { right, left, up, down, difference });
}

/** What the chapter derives: the error from rounding and the error from truncation. */
export function expected({ h, format, method }) {
  const { u } = FORMATS[format], [f, first, second, third] = [1, 1, 2, 6].map((c, n) => c / 0.7 ** (n + 1));
  if (method === "forward") return { rounding: 2 * u * f / h, truncation: h / 2 * second };
  return { rounding: method === "central" ? u * f / h : u * first, truncation: h ** 2 / 6 * third };
}

/** Every number of the figure. */
export const numbers = (state) => ({ ...measure(state), ...expected(state) });

/** The digits at the beginning that two printed numbers share, and the rest of the first. */
function shared(a, b) {
  const n = [...a].findIndex((digit, i) => digit !== b[i]);
  return n < 0 ? [a, ""] : [a.slice(0, n), a.slice(n)];
}

/** A lens on the curve, 4ε wide: the function as the format has it, the exact slope, and the measured one. */
function drawLens({ h, format, x, f, slope, exact, right, left }, { lens: [x0, x1] }) {
  const { round } = FORMATS[format], y0 = 34, y1 = y0 + 172, top = 4.5;  // half the height, in steps
  const across = scale([-2, 2], [x0, x1]), up = scale([-top, top], [y1, y0]);
  const place = (number) => [(number - x) / h, (f(number) - f(x)) / h], inside = ([, rise]) => Math.abs(rise) <= top;
  const curve = Array.from({ length: 481 }, (_, i) => i / 120 - 2)
    .map((t) => [t, place(round(x + t * h))[1]]).filter(inside).map(([t, rise]) => `${across(t)} ${up(rise)}`);
  const straight = (m, [t0, rise], attributes) => {  // of slope m through the point, from edge to edge
    const ends = [-top, top].map((edge) => (m ? t0 + (edge - rise) / m : edge)).sort((a, b) => a - b);
    const [a, b] = [Math.max(-2, ends[0]), Math.min(2, ends[1])], height = (t) => up(rise + m * (t - t0));
    return line(across(a), height(a), across(b), height(b), { style: "stroke-width: 2", ...attributes });
  };
  const spots = [right, left].filter((number) => number !== undefined).map(place).filter(inside);
  const strokes = [{ class: "stroke value" }, { class: "stroke ink", "stroke-dasharray": "6 4" },
    { class: "stroke gradient" }];
  const legend = ["1/*x* as computed", "exact slope", "measured slope"].flatMap((name, i) => [
    line(x1 - 20, y0 + 12 + 20 * i, x1, y0 + 12 + 20 * i, { ...strokes[i], style: "stroke-width: 2" }),
    text(x1 - 28, y0 + 17 + 20 * i, name, { anchor: "end", class: strokes[i].class.replace("stroke", "") })]);
  return [
    ...legend,
    axis(across, y1, [-1, 0, 1], { print: (t) => ["*x* − *ε*", "*x*", "*x* + *ε*"][t + 1] }),
    path(`M${curve.join("L")}`, { ...strokes[0], style: "stroke-width: 2" }),
    straight(exact, [0, 0], strokes[1]), straight(slope, spots[0] ?? [0, 0], strokes[2]),
    ...spots.map(([t, rise]) => svg("circle", { cx: across(t), cy: up(rise), r: 4.5, class: "fill value" }))];
}

/** The subtraction, as one writes it at school: equal digits above one another cancel. */
function drawDigits({ format, method, up, down, difference, real, imaginary }, { lens: [left, right] }) {
  const { decimals } = FORMATS[format], y = 262;
  const row = (i, label, [first, rest], name) => {
    const number = text(right, y + 22 * i, first, { anchor: "end", class: "muted", shows: name });
    number.append(svg("tspan", { class: "value" }, rest));
    return [text(left, y + 22 * i, label), number];
  };
  if (method === "complex") return [
    ...row(0, "*f*(*x* + i*ε*), real", [fixed(real, decimals), ""], "real"),
    ...row(1, "imaginary", ["", power(imaginary, decimals - 3)], "imaginary"),
    text(left, y + 44, "nothing is subtracted, so nothing cancels", { class: "muted" })];
  const [a, b, zeros] = [fixed(up, decimals), fixed(down, decimals), `−${fixed(0, decimals)}`];
  return [
    ...row(0, "*f*(*x* + *ε*)", shared(a, b), "up"),
    ...row(1, method === "central" ? "− *f*(*x* − *ε*)" : "− *f*(*x*)", shared(b, a), "down"),
    line(left, y + 29, right, y + 29, { class: "stroke rule" }),
    ...row(2, "difference", shared(fixed(difference, decimals), zeros), "difference")];
}

/** The V: the error for every step, in both formats; dashed, what the chapter expects. */
function drawV(state, { across, up }) {
  const steps = Array.from({ length: 10 * (MAX - MIN) + 1 }, (_, i) => rounded(10 ** (MIN + i / 10)));
  const curve = (errors, attributes) => {
    const points = errors.map((error, i) => [steps[i], error]).filter(([, error]) => error >= LOWEST && error <= 10);
    return path(`M${points.map(([h, error]) => `${across(h)} ${up(error)}`).join("L")}`, attributes);
  };
  const measured = (format) => steps.map((h) => Math.max(LOWEST, measure({ ...state, format, h }).error));
  const arm = (name) => curve(steps.map((h) => expected({ ...state, h })[name]),
    { class: "stroke ink", "stroke-dasharray": "3 4", style: "stroke-width: 1.2" });
  const labels = state.method === "complex"
    ? { float32: [1e-13, 1e-6], float64: [1e-13, 1e-14] } : { float32: [1e-13, 0.08], float64: [2e-11, 1e-4] };
  const label = (format, colour) => text(across(labels[format][0]), up(labels[format][1]), format, { class: colour });
  const strong = state.format, weak = OTHER[strong];
  return [
    axis(across, up.range[0], [1e-15, 1e-10, 1e-5, 1e-1], { name: "step *ε*: drag the dot", print: power }),
    axis(up, across.range[0], [1e-15, 1e-10, 1e-5, 1], { side: "left", name: "error of the slope", print: power }),
    curve(measured(weak), { class: "stroke muted" }), label(weak, "muted"),
    curve(measured(strong), { class: "stroke value", style: "stroke-width: 2" }), label(strong, "value"),
    arm("rounding"), arm("truncation")];
}

/** A step with two digits, so that the one that is printed is the one that is used. */
const rounded = (h) => Number(h.toPrecision(2));

/** The lens from left to right; where each step and each error lies in the V, beside it or below. */
function layout(width) {
  const narrow = width < 600, [x0, y0] = narrow ? [58, 592] : [0.42 * width + 84, 312], top = narrow ? 352 : 40;
  return { height: y0 + 48, lens: narrow ? [8, width - 8] : [8, 0.42 * width],
    across: scale([10 ** MIN, 10 ** MAX], [x0, width - 18], { log: true }),
    up: scale([LOWEST, 10], [y0, top], { log: true }) };
}

const draw = (all, at) => [
  text(8, 18, `near *x* = 0.7, *ε* = ${power(all.h)}, ${all.format}`, { class: "muted" }),
  ...drawLens(all, at), ...drawDigits(all, at), ...drawV(all, at)];

function render(anywidget) {
  const label = "The slope of 1/x at 0.7, measured with a step";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  figure.handle({
    label: "step", min: MIN, max: MAX, step: 0.1, page: 1, colour: "value", cursor: "ew-resize",
    value: ({ h }) => snap(Math.log10(h), 0.1), change: (k) => ({ h: rounded(10 ** k) }),
    say: ({ h, error }) => `${power(h)}, error ${power(error, 1)}`,
    spot: ({ h, error }, { across, up }) => [across(h), up(clamp(error, LOWEST, 10))],
    read: ([px], all, { across }) => Math.log10(across.invert(px)),
  });

  const square = () => sup("ε", "2");
  const formulas = {  // the slope as it is measured, and its errors from rounding and from truncation
    forward: () => [frac("f(x + ε) − f(x)", "ε"), frac("2u|f|", "ε"), [frac("ε", "2"), "|f″|"]],
    central: () => [frac("f(x + ε) − f(x − ε)", "2ε"), frac("u|f|", "ε"), [frac(square(), "6"), "|f‴|"]],
    complex: () => [frac([plain("Im\u00a0"), "f(x + iε)"], "ε"), "u|f′|", [frac(square(), "6"), "|f‴|"]],
  };
  figure.equation(({ h, format, method, slope, exact, difference, imaginary }) => {
    const digits = FORMATS[format].decimals - 2, run = Number((h * (method === "central" ? 2 : 1)).toPrecision(3));
    const [same, rest] = shared(fixed(slope, digits), fixed(exact, digits));
    const right = same.length > 1 ? role("gradient", same) : same;  // a sign alone is no digit
    return [formulas[method]()[0], ["=", frac(role("value", power(difference ?? imaginary, 3)), power(run))],
      ["=", shown("slope", [right, rest])],
      [plain("\u2003exact\u2002"), shown("exact", fixed(exact, digits))]];
  });
  figure.equation(({ method, error, rounding, truncation }) => {
    const [, a, b] = formulas[method]();
    return [[plain("error\u2002"), role("value", shown("error", power(error, 1)))],
      [plain("\u2003expected: rounding\u00a0"), a], ["+", plain("\u00a0truncation\u00a0"), b],
      ["=", shown("rounding", power(rounding, 1)), "+", shown("truncation", power(truncation, 1))]];
  });

  figure.choice({ label: "computed in", options: Object.keys(FORMATS), of: "format" });
  figure.choice({ label: "slope", options: ["forward", "central", "complex"], of: "method" });

  return figure.start({ draw, describe: ({ h, format, method, slope, exact, error, rounding, truncation }) =>
    `Step ${power(h)} in ${format}, ${method}: the measured slope is ${fixed(slope, 4)}, the exact one ` +
    `${fixed(exact, 4)}. Error ${power(error, 1)}. Expected: ${power(rounding, 1)} from rounding and ` +
    `${power(truncation, 1)} from truncation.` });
}

export default { render };
