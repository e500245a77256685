// The sliding kernel (chapter 17): what an output sees of a picture, and, backward, which outputs saw a pixel.

import { Figure, bar, bytes, chunks, clamp, factor, fixed, ink, nibbles, onPuor, picture, puor, role, runs, shown, sub,
  sum, text } from "./base.js";
import { DIGITS, LABELS } from "./data/convolution.js";

const KERNELS = {
  "lopsided": [1, 2, 1, 0, 0, -1, -1, -2, 0],
  "edge": [1, 0, -1, 2, 0, -2, 1, 0, -1],
  "sum": [1, 1, 1, 1, 1, 1, 1, 1, 1],
  "copy": [0, 0, 0, 0, 0, 0, 0, 0, 1],
};
const SIDE = 28, PLACES = 26, MOST = 3;
const initial = { ask: "output", output: 26 * 8 + 12, pixel: 28 * 9 + 13, weight: 0, n: 0, kernel: KERNELS.lopsided };
const NINE = [0, 1, 2, 3, 4, 5, 6, 7, 8], row = (cell, columns) => Math.floor(cell / columns);

// The first four training digits, 784 numbers from 0 to 1, in sixteenths.
const digits = chunks(runs(nibbles(bytes(DIGITS))).map((shade) => shade / 15), SIDE * SIDE);

/** Every number of the figure. Cell by cell, row by row: the nine pixels that the chosen output sees; around the chosen
 * pixel the nine outputs that saw it, from the first to the last, null where there is none. */
export function numbers({ output, pixel, n, kernel }) {
  const x = digits[n], first = (place) => SIDE * row(place, PLACES) + (place % PLACES);
  const windowOf = (place) => NINE.map((cell) => x[first(place) + SIDE * row(cell, 3) + (cell % 3)]);
  const z = Array.from({ length: PLACES * PLACES }, (_, place) => sum(windowOf(place).map((t, i) => t * kernel[i])));
  const dz = NINE.map((cell) => {  // the loss is half the sum of all z², so that dz is z
    const i = row(pixel, SIDE) - 2 + row(cell, 3), j = (pixel % SIDE) - 2 + (cell % 3);
    return i >= 0 && j >= 0 && i < PLACES && j < PLACES ? z[PLACES * i + j] : null;
  });
  const turned = [...kernel].reverse();
  return { x, z, seen: windowOf(output), dz, turned, dx: sum(dz.map((t, cell) => (t ?? 0) * turned[cell])) };
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** A square of nine cells; each has a weight and, if there is one, a number below it. */
function nine(weights, [x0, y0], size, below = null, colour = "value", shows = "") {
  return NINE.flatMap((cell) => {
    const x = x0 + size * (cell % 3), y = y0 + size * row(cell, 3), w = weights[cell], number = below?.[cell];
    const ground = { style: `fill: ${puor(w / 4)}` }, words = { anchor: "middle", style: `fill: ${onPuor(w / 4)}` };
    const high = below ? 20 : size / 2 + 5, turned = below && colour === "gradient";
    return [
      bar(x, y, x + size - 2, y + (below ? 27 : size - 2), ground),
      text(x + size / 2 - 1, y + high, fixed(w, 0), { ...words, shows: `w.${turned ? 8 - cell : cell}` }),
      ...(below ? [text(x + size / 2 - 1, y + 43, number === null ? "–" : fixed(number, 2),
        { anchor: "middle", class: colour, shows: number === null ? null : `${shows}.${cell}` })] : [])];
  });
}

function layout(width) {
  const wide = width >= 600, rim = 8, pitch = wide ? 7 : Math.floor((width - 40) / 27) / 2, top = 30;
  const left = [rim, wide ? 28 * pitch + 30 : width - rim - PLACES * pitch];
  const y = wide ? top : top + SIDE * pitch + 34, x = wide ? left[1] + PLACES * pitch + 28 : rim;
  const end = width - 2, size = 52;
  return { height: Math.max(top + SIDE * pitch, y + 3 * size) + 8, pitch, top, left, kernel: [x, y], cell: wide ? 34 : 32, size,
    zoom: [end - 3 * size, y] };
}

function draw({ ask, x, z, output, pixel, kernel, turned, seen, dz }, { pitch, top, left, kernel: place, zoom, cell, size }) {
  const largest = Math.max(1e-9, ...z.map(Math.abs)), forward = ask === "output";
  const corner = (i) => clamp(i, 0, PLACES), [r, s] = [row(pixel, SIDE), pixel % SIDE];
  const frame = (i, r0, r1, s0, s1, colour) => bar(left[i] + pitch * s0, top + pitch * r0, left[i] + pitch * s1,
    top + pitch * r1, { class: `stroke ${colour}`, fill: "none", style: "stroke-width: 2.5px" });
  return [
    text(left[0], top - 10, "pixels *x*", { class: "value" }), text(left[1], top - 10, "outputs *z*", { class: "value" }),
    ...picture(x, left[0], top, SIDE * pitch, { colour: ink }),
    ...picture(z.map((t) => t / largest), left[1], top, PLACES * pitch, { columns: PLACES, colour: puor }),
    forward
      ? frame(0, row(output, PLACES), row(output, PLACES) + 3, output % PLACES, (output % PLACES) + 3, "value")
      : frame(1, corner(r - 2), corner(r + 1), corner(s - 2), corner(s + 1), "gradient"),
    text(place[0], place[1] - 10, "kernel *K*", { class: "parameter" }), ...nine(kernel, place, cell),
    text(zoom[0], zoom[1] - 10, forward ? "*K* on its window" : "turned, on *dz*", { class: forward ? "value" : "gradient" }),
    ...(forward ? nine(kernel, zoom, size, seen, "value", "x") : nine(turned, zoom, size, dz, "gradient", "dz"))];
}

/** A product for each of the nine pairs whose weight is not 0 and that are there. */
function terms(weights, values, colour) {
  const used = NINE.filter((cell) => weights[cell] && values[cell] !== null);
  return used.map((cell, i) => [i ? "+" : "=", role(colour, factor(values[cell], 2)), "·",
    role("parameter", factor(weights[cell], 0))]);
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "A kernel slides over a digit", initial, numbers, layout });

  // A cell of either picture can be chosen by a click, dragged, and moved by keys; that also asks its question.
  const cells = (ask, i, columns, colour, say) => {
    const at = (all, { left, top, pitch }) => [left[i], top, columns * pitch, columns * pitch];
    const read = ([px, py], all, { left, top, pitch }) => columns * clamp(row(py - top, pitch), 0, columns - 1) +
      clamp(row(px - left[i], pitch), 0, columns - 1);
    figure.clickable(at, (...where) => ({ ask, [ask]: read(...where) }));
    const ring = figure.handle({ label: ask, min: 0, max: columns ** 2 - 1, step: 1, up: -columns, page: -columns, ring: 8, colour,
      cursor: "pointer", say, read, value: (all) => all[ask], change: (number) => ({ ask, [ask]: number }),
      spot: (all, { left, top, pitch }) => [left[i] + ((all[ask] % columns) + 0.5) * pitch,
        top + (row(all[ask], columns) + 0.5) * pitch] });
    figure.parts.push((all) => (ring.style.opacity = all.ask === ask ? 1 : 0.4));
  };
  const place = (cell, columns) => `row ${row(cell, columns)}, column ${cell % columns}`;
  cells("output", 1, PLACES, "value", ({ output, z }) => `${place(output, PLACES)}: z = ${fixed(z[output], 2)}`);
  cells("pixel", 0, SIDE, "gradient", ({ pixel, dx }) => `${place(pixel, SIDE)}: dx = ${fixed(dx, 2)}`);
  figure.grid({ label: "weight", of: "weight", columns: 3, rows: 3, ring: 15, colour: "parameter",
    areas: [({ kernel: [x, y], cell }) => [x, y, 3 * cell - 2, 3 * cell - 2]],
    say: ({ weight, kernel }) => `${place(weight, 3)}: ${fixed(kernel[weight], 0)}` });

  figure.equation(({ ask, output, pixel, z, dx, kernel, turned, seen, dz }) => {
    const K = role("parameter", sub("K", "uv"));
    const [i, j] = [row(output, PLACES), output % PLACES], [r, s] = [row(pixel, SIDE), pixel % SIDE];
    return ask === "output"
      ? [[role("value", sub("z", [i, ",", j])), "=", sub("Σ", "uv"), role("value", sub("x", [i, "+ u ,", j, "+ v"])), K],
        ...terms(kernel, seen, "value"), ["=", role("value", shown("z", fixed(z[output], 2)))]]
      : [[role("gradient", "d", sub("x", [r, ",", s])), "=", sub("Σ", "uv"),
        role("gradient", "d", sub("z", [r, "− u ,", s, "− v"])), K],
      ...terms(turned, dz, "gradient"), ["=", role("gradient", shown("dx", fixed(dx, 2)))]];
  });

  figure.choice({ label: "ask", of: "ask", options: [["output", "what an output sees"], ["pixel", "who saw a pixel"]] });
  figure.row();
  figure.choice({ label: "kernel", options: Object.keys(KERNELS),
    value: ({ kernel }) => Object.keys(KERNELS).find((name) => `${KERNELS[name]}` === `${kernel}`),
    change: (name) => ({ kernel: KERNELS[name] }) });
  figure.slider({ label: "chosen weight", min: -MOST, max: MOST, value: ({ kernel, weight }) => kernel[weight],
    change: (number, { kernel, weight }) => ({ kernel: kernel.map((w, i) => (i === weight ? number : w)) }),
    say: ({ kernel, weight }) => fixed(kernel[weight], 0) });
  figure.slider({ label: "digit", of: "n", max: digits.length - 1, say: ({ n }) => `training digit ${n}, a ${LABELS[n]}` });

  return figure.start({ draw, describe: ({ ask, output, pixel, z, dx, seen, dz, kernel, turned }) => {
    const list = (values) => values.map((t) => (t === null ? "none" : fixed(t, 2))).join(", ");
    return ask === "output"
      ? `The output in ${place(output, PLACES)} sees nine pixels: ${list(seen)}. Times the kernel, ` +
        `${kernel.map((w) => fixed(w, 0)).join(", ")}, they add up to ${fixed(z[output], 2)}.`
      : `Around the pixel in ${place(pixel, SIDE)} the outputs have the gradients ${list(dz)}` +
        `${dz.includes(null) ? " (none: no output there)" : ""}. Times the kernel read ` +
        `backwards, ${turned.map((w) => fixed(w, 0)).join(", ")}, they add up to a gradient of ${fixed(dx, 2)}.`;
  } });
}

export default { render };
