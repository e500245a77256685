// Moving templates (chapter 02): a score is evidence for a class, less evidence against it, plus a bias.

import { Figure, argmax, axis, bar, bytes, chunks, clamp, factor, fixed, line, picture, plain, puor, role, scale, shown,
  sub, sum, svg, text } from "./base.js";
import { B, STEPS, W, X } from "./data/linear.js";

const initial = { dx: 0, dy: 0, k: 0, pixel: 407 };  // where the digit lies, the class looked at, and a pixel

// Training picture 0, a 5; the linear layer that chapter 02 trains: ten templates, whose weights are whole numbers of
// steps, and ten biases.
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], SIDE = 28, FAR = 4, TRUE = 5, ROW = 30;
const DIGIT = Array.from(bytes(X), (byte) => byte / 255);
const TEMPLATES = chunks(Array.from(new Int8Array(bytes(W).buffer), (steps) => steps / STEPS), SIDE * SIDE);

/** The digit moved by dx and dy pixels; ink that leaves the picture is lost. */
const moved = (dx, dy) => DIGIT.map((_, d) => {
  const column = (d % SIDE) - dx, row = Math.floor(d / SIDE) - dy, inside = (i) => i >= 0 && i < SIDE;
  return inside(column) && inside(row) ? DIGIT[SIDE * row + column] : 0;
});

/** Every number of the figure: x, and for each class the products x_d W_dk, the sums for and against it, the score. */
export function numbers({ dx, dy }) {
  const x = moved(dx, dy);
  const classes = DIGITS.map((k) => {
    const products = x.map((xd, d) => xd * TEMPLATES[k][d]);
    const [plus, minus] = [1, -1].map((sign) => sum(products.map((product) => Math.max(0, sign * product))));
    return { products, plus, minus, z: plus - minus + B[k] };
  });
  const scores = classes.map(({ z }) => z);
  return { x, classes, scores, answer: argmax(scores) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

const PLUS = puor(0.65), MINUS = puor(-0.65), STRONG = 0.3;  // the weight that has the full colour

/** Products or weights as a picture: purple for, orange against. */
const signed = (values, x0, y0, size, more) =>
  picture(values.map((value) => value / STRONG), x0, y0, size, { shades: 16, colour: puor, ...more });

/** The middle of a pixel in the i-th of the three pictures. */
const spotOf = (pixel, { cell, left, top }, i) =>
  [left[i] + ((pixel % SIDE) + 0.5) * cell, top + (Math.floor(pixel / SIDE) + 0.5) * cell];

/** The sum of products in pictures: the digit times a template is what speaks for and against, pixel by pixel. */
function drawPictures({ k, pixel, x, classes }, at) {
  const { left, top, size } = at, middle = left.map((x0) => x0 + size / 2);
  const y = top + size / 2 + 8, below = top + size + 22;
  const between = (i) => (left[i] + size + left[i + 1]) / 2, centred = { anchor: "middle" };
  const number = (shows) => ({ ...centred, shows }), wide = size > 150;
  return [
    text(middle[0], 16, "digit *x*: drag it", { ...centred, class: "value" }),
    text(middle[1], 16, `template of ${k}`, { ...centred, class: "parameter" }),
    text(middle[2], 16, wide ? "products: choose a pixel" : "products", centred),
    ...picture(x, left[0], top, size, { shades: 16 }), ...signed(TEMPLATES[k], left[1], top, size),
    ...signed(classes[k].products, left[2], top, size),
    ...[0, 1].map((i) => {
      const [cx, cy] = spotOf(pixel, at, i);
      return svg("circle", { cx, cy, r: 8, class: "stroke value", fill: "none" });
    }),
    text(between(0), y + 5, "·", { ...centred, style: "font-size: 44px" }),
    text(between(1), y, "=", { ...centred, style: `font-size: ${wide ? 20 : 14}px` }),
    text(middle[0], below, `*x*_d = ${fixed(x[pixel], 2)}`, { ...number("x"), class: "value" }),
    text(middle[1], below, `*W*_d${k} = ${fixed(TEMPLATES[k][pixel], 2)}`, { ...number("w"), class: "parameter" }),
    text(middle[2], below, `product ${fixed(classes[k].products[pixel], 2)}`, number("product"))];
}

/** A class: its products, and the way to its score: out by what speaks for it, back by what speaks against, and b. */
function drawClass({ products, plus, minus, z }, k, wins, score, y) {
  const lane = (from, to, down, colour) =>
    bar(score(from), y + down, score(to), y + down + 7, { style: `fill: ${colour}` });
  return [
    text(14, y + 20, k, { anchor: "middle", class: k === TRUE ? "label" : null }),
    ...signed(products, 32, y + 1, 28, { framed: false }),
    lane(0, plus, 3, PLUS), lane(plus, plus - minus, 11, MINUS), lane(plus - minus, z, 19, "var(--muted)"),
    svg("circle", { cx: score(z), cy: y + 22.5, r: 4, class: "fill value" }),
    text(score.range[1] + 58, y + 20, fixed(z, 2),
      { anchor: "end", class: "value", "font-weight": wins ? 700 : null, shows: `z.${k}` })];
}

function drawScores({ k, classes, scores, answer }, { score, y0 }) {
  const [x0, x1] = score.range, end = y0 + 10 * ROW, z = score(scores[answer]), key = Math.min(x0, x1 - 215);
  return [
    ...[["for →", 0, PLUS], ["← against", 62, MINUS], ["+ bias", 152, "var(--muted)"]].flatMap(([name, right, fill]) =>
      [bar(key + right, y0 - 19, key + right + 10, y0 - 9, { style: `fill: ${fill}` }),
        text(key + right + 15, y0 - 10, name)]),
    text(x1 + 58, y0 - 10, "score *z*_k", { class: "value", anchor: "end" }),
    bar(0, y0 + ROW * k, x1 + 62, y0 + ROW * (k + 1), { style: "fill: var(--panel)" }),
    line(score(0), y0, score(0), end, { class: "stroke rule" }),
    line(z, y0, z, end, { class: "stroke value", "stroke-dasharray": "4 4" }),
    ...classes.flatMap((one, i) => drawClass(one, i, i === answer, score, y0 + ROW * i)),
    axis(score, end, [-10, -5, 0, 5, 10])];
}

const pixels = (n, less, more) => n && `${Math.abs(n)} pixel${n * n > 1 ? "s" : ""} ${n < 0 ? less : more}`;
const where = ({ dx, dy }) =>
  [pixels(dx, "left", "right"), pixels(dy, "up", "down")].filter(Boolean).join(", ") || "not moved";
const factors = ({ x, classes, pixel, k }) =>
  `${fixed(x[pixel], 2)} times ${fixed(TEMPLATES[k][pixel], 2)} is ${fixed(classes[k].products[pixel], 2)}`;

/** The three pictures, and below them the classes with the scale of their scores. */
function layout(width) {
  const cell = width >= 600 ? 7 : Math.min(3.5, Math.floor((width - 30) / 42) / 2), size = SIDE * cell;
  const top = 26, y0 = top + size + 66, rim = 7;  // the ring round a pixel at the edge has room
  return { height: y0 + 10 * ROW + 26, cell, size, top, left: [rim, (width - size) / 2, width - size - rim], y0,
    score: scale([-12, 13], [68, width - 62]) };
}

function render(anywidget) {
  const label = "A digit on ten templates: evidence for and against each class";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  const ACROSS = 2 * FAR + 1, CORNER = 24;  // so many places in a row; where the ink ends
  const placeOf = ({ dx, dy }) => ACROSS * (dy + FAR) + dx + FAR;
  figure.handle({
    label: "place of the digit", min: 0, max: ACROSS ** 2 - 1, step: 1, up: -ACROSS, page: -ACROSS,
    value: placeOf,
    change: (place, old) => {
      const [dx, dy] = [(place % ACROSS) - FAR, Math.floor(place / ACROSS) - FAR];
      const round = Math.abs(place - placeOf(old)) === 1 && dy !== old.dy;  // past the end of a row
      return round ? {} : { dx, dy };
    },
    say: where,
    spot: ({ dx, dy }, { cell, top, left }) => [left[0] + (CORNER + dx) * cell, top + (CORNER + dy) * cell],
    read: ([px, py], all, { cell, top, left }) => {
      const [dx, dy] = [px - left[0], py - top].map((offset) => Math.round(offset / cell - CORNER));
      return placeOf({ dx: clamp(dx, -FAR, FAR), dy: clamp(dy, -FAR, FAR) });
    },
    reach: (all, { cell }) => ({ cx: -10 * cell, cy: -10 * cell, r: Math.max(22, 14 * cell) }),  // all of its ink
  });

  // The template, the product and the classes can be clicked. What is chosen has a handle too, for keys and fingers.
  figure.grid({ label: "pixel", of: "pixel", columns: SIDE, rows: SIDE, ring: 8,
    areas: [1, 2].map((i) => ({ left, top, size }) => [left[i], top, size, size]),
    say: (all) => `row ${Math.floor(all.pixel / SIDE)}, column ${all.pixel % SIDE}: ${factors(all)}` });
  figure.grid({ label: "class", of: "k", columns: 1, rows: 10, page: -3, ring: 12, colour: "ink",
    areas: [({ y0, score }) => [0, y0, score.range[1] + 62, 10 * ROW]],
    say: ({ k, scores }) => `${k}, score ${fixed(scores[k], 2)}`,
    spot: ({ k }, { y0 }) => [14, y0 + (k + 0.5) * ROW] });

  figure.equation(({ k, classes }) => {
    const { plus, minus, z } = classes[k];
    return [sub("z", `${k}`),
      ["=", sub("Σ", "d"), role("value", sub("x", "d")), role("parameter", sub("W", `d${k}`)), "+", sub("b", `${k}`)],
      ["=", plain("for\u00a0"), shown("plus", fixed(plus, 2)), "−", plain("against\u00a0"), shown("minus", fixed(minus, 2)),
        "+", shown("b", factor(B[k], 2))],
      ["=", role("value", shown(`z.${k}`, fixed(z, 2)))]];
  });

  return figure.start({
    draw: (all, at) => [...drawPictures(all, at), ...drawScores(all, at)],
    describe: (all) => {
      const { k, classes, scores, answer } = all, { plus, minus, z } = classes[k];
      return `Digit ${where(all)}. Class ${k}: evidence for ${fixed(plus, 2)}, against ${fixed(minus, 2)}, bias ` +
        `${fixed(B[k], 2)}, score ${fixed(z, 2)}. Class ${answer} has the largest score, ` +
        `${fixed(scores[answer], 2)}. In the pixel, ${factors(all)}.`;
    },
  });
}

export default { render };
