// From strokes to 28 × 28 (chapter 22): draw, leave a step out, and see what the network is fed and what it says.
//
// The preparation is the drawing page's own, digit/picture.js. The weights are the book's, each in one byte.

import { Figure, argmax, bar, bytes, clamp, fixed, line, path, percent, picture, plain, shown, svg, text } from "./base.js";
import { B1, B2, DIGITS, S1, S2, W1, W2 } from "./data/page.js";
import { pictureOf } from "../digit/picture.js";

const initial = { digit: 5, strokes: null, size: 0.4, right: 6, down: 5, scale: true, soft: true, pen: true, place: "mass" };
const CLASSES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], SHEET_PEN = 0.07;
const PLACES = [["mass", "mass"], ["half", "½ off"], ["box", "box"], ["sheet", "no"]];

const [first, second] = [W1, W2].map((packed) => Int8Array.from(bytes(packed), (byte) => byte - 128));

/** x times a matrix of bytes, a scale for each column, and b. */
function linear(x, q, s, b) {
  const z = new Array(b.length).fill(0);
  x.forEach((xd, d) => {
    if (xd) z.forEach((_, h) => { z[h] += xd * q[d * z.length + h]; });
  });
  return z.map((sum, h) => sum * s[h] + b[h]);
}

function shares(x) {
  const z = linear(linear(x, first, S1, B1).map((z1) => Math.max(0, z1)), second, S2, B2), top = Math.max(...z);
  const e = z.map((zk) => Math.exp(zk - top)), total = e.reduce((a, b) => a + b, 0);
  return e.map((ek) => ek / total);
}

/** The row and the column where a picture balances, from its edge; null where there is no ink. */
function balance(x) {
  const mass = x.reduce((a, b) => a + b, 0);
  const along = (of) => x.reduce((total, ink, d) => total + ink * (of(d) + 0.5), 0) / mass;
  return mass ? [along((d) => Math.floor(d / 28)), along((d) => d % 28)] : null;
}

/** Where the drawing's own square lies on the sheet: its corner, [x, y]; its side is `size`. */
const corner = ({ size, right, down }) => [right, down].map((by) => ((1 - size) * (by + 10)) / 20);

const onSheet = (state) => {
  const [left, top] = corner(state), { strokes, digit, size } = state;
  const own = strokes ?? DIGITS[digit].map((stroke) => stroke.map(([x, y]) => [x / 112, y / 112]));
  return own.map((stroke) => stroke.map(([x, y]) => [left + size * x, top + size * y]));
};

export function numbers(state) {
  const { scale, soft, pen, place } = state, strokes = onSheet(state);
  const x = pictureOf(strokes, { scale, soft, pen: pen ? 0.12 : null, place });
  const shrunk = pictureOf(strokes, { scale: false, pen: null, place: "sheet" });
  return { lines: strokes, x, p: shares(x), shrunk: shares(shrunk), mass: balance(x) };
}

/** The sheet, the picture, the bars: side by side, or the bars below. */
function layout(width) {
  const wide = width >= 600, side = wide ? 224 : Math.floor((width - 14) / 2), top = 30;
  const bars = wide ? [2 * side + 64, top] : [26, top + side + 60];
  return { height: wide ? top + side + 12 : bars[1] + 226, side, top, bars, right: width - 66,
    row: 22, picture: side + (wide ? 24 : 14) };
}

function drawSheet({ lines }, { side, top }) {
  const d = lines.map((stroke) => `M${stroke.map((point) => point.join(" ")).join("L")}${stroke[1] ? "" : "h0"}`).join("");
  return [
    text(2, 20, "draw here", { class: "muted" }),
    svg("svg", { x: 0, y: top, width: side, height: side, viewBox: "0 0 1 1" },
      bar(0, 0, 1, 1, { fill: "#ffffff" }),
      path(d, { stroke: "#000000", "stroke-width": SHEET_PEN, "stroke-linecap": "round", "stroke-linejoin": "round" })),
    bar(0.5, top, side - 0.5, top + side, { class: "stroke muted", fill: "none", style: "stroke-width: 1px" })];
}

function drawPicture({ x }, { side, top, picture: left }) {
  const middle = (14.5 / 28) * side;
  return [
    text(left + 2, 20, "the net sees", { class: "muted" }),
    ...picture(Array.from(x), left, top, side),
    line(left + middle, top, left + middle, top + side, { class: "stroke gradient", style: "stroke-width: 1px" }),
    line(left, top + middle, left + side, top + middle, { class: "stroke gradient", style: "stroke-width: 1px" })];
}

function drawBars({ p, shrunk }, { bars: [left, top], right, row }) {
  const length = right - left;
  return [
    text(left, top - 10, "grey: sheet merely shrunk", { class: "muted" }),
    ...CLASSES.flatMap((k) => {
      const y = top + k * row;
      return [
        text(left - 10, y + 14, k, { anchor: "end" }),
        bar(left, y + 1, left + Math.max(1, length * p[k]), y + 12, { class: "fill value" }),
        bar(left, y + 13, left + Math.max(1, length * shrunk[k]), y + 17, { class: "fill muted" }),
        text(right + 62, y + 14, percent(p[k]), { anchor: "end", class: "value", shows: `p.${k}` })];
    })];
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "From strokes to the picture that the network is fed", initial, numbers,
    layout });

  // On the sheet one draws: each stroke is kept in the square of the drawing, so that it can be moved and scaled.
  const own = ([px, py]) => {
    const { side, top } = figure.at, { size } = figure.all, [left, above] = corner(figure.all);
    return [(clamp(px / side, 0, 1) - left) / size, (clamp((py - top) / side, 0, 1) - above) / size];
  };
  const sheet = svg("rect", { fill: "transparent", style: "cursor: crosshair; touch-action: none" });
  figure.drag(sheet, (point) => {
    const strokes = figure.state.strokes ?? [];  // a key may have taken the drawing away meanwhile
    figure.change({ strokes: [...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), own(point)]] });
  });
  sheet.addEventListener("pointerdown", (event) => {
    if (!event.button) figure.change({ strokes: [...(figure.state.strokes ?? []), [own(figure.point(event))]] });
  });
  figure.put(sheet, (_, { side, top }) => [0, top, side, side]);

  figure.handle({
    label: "place of the drawing", min: -330, max: 330, step: 1, up: -32, page: -64,
    value: ({ right, down }) => 32 * down + right,
    change: (number) => {
      const down = clamp(Math.round(number / 32), -10, 10);
      return { down, right: clamp(number - 32 * down, -10, 10) };
    },
    say: ({ right, down }) => `${fixed(5 * (right + 10), 0)} % from the left, ${fixed(5 * (down + 10), 0)} % from above`,
    spot: (all, { side, top }) => {
      const [left, above] = corner(all);
      return [clamp((left + all.size) * side, 16, side - 16), top + clamp((above + all.size) * side, 16, side - 16)];
    },
    read: ([px, py], { size }, { side, top }) => {
      const free = Math.max(1e-6, 1 - size);
      const [right, down] = [px / side, (py - top) / side].map((at) =>
        clamp(Math.round((20 * (at - size)) / free) - 10, -10, 10));
      return 32 * down + right;
    },
  });

  figure.equation(({ mass }) => [
    [plain("centre of mass, from the edge:\u00a0"), ...(mass
      ? ["(", shown("mass.0", fixed(mass[0], 1)), ",", shown("mass.1", fixed(mass[1], 1)), ")"] : [plain("no ink")])],
    [plain("\u00a0\u00a0 MNIST’s:\u00a0"), "( 14.5, 14.5 )"]]);

  figure.slider({ label: "stored digit", min: 0, max: 9, say: ({ digit, strokes }) => (strokes ? "yours" : fixed(digit, 0)),
    value: ({ digit }) => digit, change: (digit) => ({ digit, strokes: null }) });
  figure.slider({ label: "its size", min: 0.1, max: 0.9, step: 0.05, of: "size", say: ({ size }) => percent(size, 0) });
  figure.button("Clear the sheet", () => figure.change({ strokes: [] }));
  figure.row();
  figure.toggle({ label: "scale to 20", of: "scale" });
  figure.toggle({ label: "pen to size", of: "pen" });
  figure.toggle({ label: "soft edges", of: "soft" });
  figure.choice({ label: "centre", of: "place", options: PLACES });

  return figure.start({
    draw: (all, at) => [...drawSheet(all, at), ...drawPicture(all, at), ...drawBars(all, at)],
    describe: ({ strokes, digit, scale, soft, pen, place, p, shrunk }) =>
      `${strokes ? "Your drawing" : `A drawn ${digit}`}, ${scale ? "scaled to 20 pixels" : "not scaled"}, ` +
      `${{ mass: "centred by its mass", half: "centred half a pixel off", box: "centred by its box", sheet: "left where it lies" }[place]}, ` +
      `${soft ? "soft" : "hard"} edges, ${pen ? "a pen that fits" : "the sheet’s pen"}: read as ${argmax(p)}, ` +
      `${percent(Math.max(...p))}. The sheet merely shrunk is read as ${argmax(shrunk)}, ${percent(Math.max(...shrunk))}.`,
  });
}

export default { render };
