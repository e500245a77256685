// Sixteen threads, one tile (chapter 21): a product of 4 × 8 and 8 × 4, by a group of 4 × 4 threads, each of which owns a
// number of Z. In two pieces, each loaded by all and then used by all; or without tiles; or with tiles and no barriers.

import { Figure, bar, fixed, frac, line, plain, role, shown, sub, sum, text } from "./base.js";

const SIDE = 4, DEPTH = 8, STEPS = 8;
const initial = { kernel: "tiled", step: 3, thread: 6 };
const FOUR = [0, 1, 2, 3], ALL = FOUR, UPPER = [0, 1], LOWER = [2, 3];

// Numbers from 1 to 3: a tile that is empty, 0, is like none of them.
const X = FOUR.map((n) => Array.from({ length: DEPTH }, (_, d) => 1 + ((n + 2 * d + n * d) % 3)));
const W = Array.from({ length: DEPTH }, (_, d) => FOUR.map((h) => 1 + ((2 * d + h + d * h * h) % 3)));

// What happens at each step: an act, its piece, and the rows of threads that do it. Without barriers the lower two rows
// come late: one way of many in which it can go.
const load = (piece, rows) => ({ act: "load", piece, rows }), use = (piece, rows) => ({ act: "use", piece, rows });
const BARRIER = { act: "barrier", rows: ALL };
const EVENTS = {
  tiled: [0, 1].flatMap((piece) => [load(piece, ALL), BARRIER, use(piece, ALL), BARRIER]),
  late: [load(0, UPPER), use(0, UPPER), load(0, LOWER), load(1, UPPER), use(0, LOWER), use(1, UPPER), load(1, LOWER),
    use(1, LOWER)],
  naive: Array.from({ length: STEPS }, (_, d) => ({ act: "fetch", d, rows: ALL })),
};

const grid = (value) => FOUR.map(() => FOUR.map(() => value));

/** Every number of the figure. `pieceX` and `pieceW` say of each cell of the tiles which piece it is of, −1 for none;
 * `terms` are the products that the chosen thread adds at this step, `staleX` and `staleW` what was used and is of
 * another piece than it should be. */
export function numbers({ kernel, step, thread }) {
  const Z = grid(0), right = grid(0), pieceX = grid(-1), pieceW = grid(-1), row = Math.floor(thread / SIDE), column = thread % SIDE;
  const x = (n, k) => (pieceX[n][k] < 0 ? 0 : X[n][SIDE * pieceX[n][k] + k]);
  const w = (k, h) => (pieceW[k][h] < 0 ? 0 : W[SIDE * pieceW[k][h] + k][h]);
  let fetched = 0, used = 0, terms = [], staleX = grid(false), staleW = grid(false), before = 0;
  for (const { act, piece, d, rows } of EVENTS[kernel].slice(0, step)) {
    [terms, staleX, staleW, before] = [[], grid(false), grid(false), Z[row][column]];
    for (const n of act === "barrier" ? [] : rows) for (const h of FOUR) {
      const mine = n === row && h === column;
      if (act === "load") {
        pieceX[n][h] = pieceW[n][h] = piece;
        fetched += 2;
        continue;
      }
      const factors = act === "fetch" ? [[X[n][d], W[d][h]]] : FOUR.map((k) => [x(n, k), w(k, h)]);
      const wanted = act === "fetch" ? factors : FOUR.map((k) => [X[n][SIDE * piece + k], W[SIDE * piece + k][h]]);
      Z[n][h] += sum(factors.map(([a, b]) => a * b));
      right[n][h] += sum(wanted.map(([a, b]) => a * b));
      used += 2 * factors.length;
      if (act === "fetch") fetched += 2;
      if (mine) terms = factors;
      if (act === "use") for (const k of FOUR) {
        staleX[n][k] ||= pieceX[n][k] !== piece;
        staleW[k][h] ||= pieceW[k][h] !== piece;
      }
    }
  }
  const event = step ? EVENTS[kernel][step - 1] : null;
  const wrong = Z.map((ofRow, n) => ofRow.map((z, h) => z !== right[n][h])), mistakes = wrong.flat().filter(Boolean).length;
  return { Z, wrong, mistakes, pieceX, pieceW, tileX: FOUR.map((n) => FOUR.map((k) => x(n, k))),
    tileW: FOUR.map((k) => FOUR.map((h) => w(k, h))), staleX, staleW, fetched, used, terms, before, event, row, column,
    times: fetched ? used / fetched : 0 };
}

/** What happens at a step, in words. */
function happens({ event }) {
  if (!event) return "nothing yet";
  const who = event.rows === ALL ? "all" : event.rows === UPPER ? "upper rows" : "lower rows";
  if (event.act === "barrier") return "barrier: all arrive";
  if (event.act === "fetch") return `fetch and use, d = ${event.d}`;
  return `${event.act} piece ${event.piece + 1}: ${who}`;
}

// ---- the drawing --------------------------------------------------------------------------------------------------

/** X at the lower left, W at the upper right, Z where they meet; above X and beside W there is room for the tiles. */
function layout(width) {
  const cell = Math.min(33, Math.floor((width - 8) / 13)), gap = Math.round(0.9 * cell), top = 26;
  const left = Math.max(2, Math.round((width - 12 * cell - gap) / 2)), right = left + DEPTH * cell + gap;
  const below = top + DEPTH * cell + gap + 16;
  return { cell, left, height: below + SIDE * cell + 6, X: [left, below], W: [right, top], Z: [right, below],
    tileX: [left, top], tileW: [left + Math.round(4.25 * cell), top], words: [left, top + SIDE * cell + 24] };
}

/** A matrix of numbers in cells; mark(i, j) returns what a cell has besides: "soft", "mine", "crossed", or several. */
function cells(values, [x0, y0], cell, mark, { shows = null, role: colour = "value" } = {}) {
  return values.flatMap((ofRow, i) => ofRow.flatMap((value, j) => {
    const x = x0 + cell * j, y = y0 + cell * i, has = mark(i, j), corners = [x + 1, y + 1, x + cell - 1, y + cell - 1];
    return [
      bar(...corners, { class: "stroke rule", fill: "none", rx: 2 }),
      ...(has.includes("soft") ? [bar(...corners, { class: `fill ${colour}`, opacity: 0.18, rx: 2 })] : []),
      ...(has.includes("mine") ? [bar(...corners, { class: `stroke ${colour}`, fill: "none", rx: 2, style: "stroke-width: 2.5" })] : []),
      text(x + cell / 2, y + cell / 2 + 5, value === null ? "·" : fixed(value, 0),
        { anchor: "middle", class: value === null ? "cell muted" : "cell", shows: shows && `${shows}.${i}.${j}` }),
      ...(has.includes("crossed")
        ? [line(x + 3, y + cell - 4, x + cell - 3, y + 4, { class: "stroke gradient", style: "stroke-width: 2.5" })] : [])];
  }));
}

function draw(all, at) {
  const { kernel, event, row, column, Z, wrong, mistakes, tileX, tileW, pieceX, pieceW, staleX, staleW, fetched, used } = all;
  const { cell, words: [wx, wy] } = at, act = event?.act, takes = event?.rows.includes(row);
  const inPiece = (d) => (act === "fetch" ? d === event.d : act === "load" && Math.floor(d / SIDE) === event.piece);
  const mineX = (n, d) => n === row && takes && (act === "fetch" ? d === event.d : act === "load" && d === SIDE * event.piece + column);
  const mineW = (d, h) => h === column && takes && (act === "fetch" ? d === event.d : act === "load" && d === SIDE * event.piece + row);
  const marks = (...pairs) => pairs.filter(([holds]) => holds).map(([, name]) => name);
  const loads = (n) => act === "load" && event.rows.includes(n), uses = act === "use" && takes;
  const name = ([x, y], words, colour) => text(x, y - 8, words, { class: colour });
  const counter = (n, words, shows, colour) => text(wx, wy + 20 * n, words, { shows, class: colour });
  return [
    name(at.X, "*X*", "value"), name(at.W, "*W*", "parameter"), name(at.Z, "*Z*", "value"),
    ...cells(X, at.X, cell, (n, d) => marks([inPiece(d) && (act === "fetch" || loads(n)), "soft"], [mineX(n, d), "mine"])),
    ...cells(W, at.W, cell, (d, h) => marks([inPiece(d) && (act === "fetch" || loads(d % SIDE)), "soft"], [mineW(d, h), "mine"]),
      { role: "parameter" }),
    ...cells(Z, at.Z, cell, (n, h) => marks([act === "use" && event.rows.includes(n), "soft"], [wrong[n][h], "crossed"]),
      { shows: "Z" }),
    ...(kernel === "naive"
      ? [text(at.tileX[0], at.tileX[1] + 20, "no tiles", { class: "muted" })]
      : [name(at.tileX, "tile of *X*", "value"), name(at.tileW, "tile of *W*", "parameter"),
        ...cells(tileX.map((ofRow, n) => ofRow.map((t, k) => (pieceX[n][k] < 0 ? null : t))), at.tileX, cell, (n, k) =>
          marks([loads(n), "soft"], [(uses && n === row) || (loads(n) && n === row && k === column), "mine"],
            [staleX[n][k], "crossed"])),
        ...cells(tileW.map((ofRow, k) => ofRow.map((t, h) => (pieceW[k][h] < 0 ? null : t))), at.tileW, cell, (k, h) =>
          marks([loads(k), "soft"], [(uses && h === column) || (loads(k) && k === row && h === column), "mine"],
            [staleW[k][h], "crossed"]), { role: "parameter" })]),
    counter(0, happens(all), null, "ink"),
    counter(1, `fetched from far: ${fetched}`, "fetched", "value"),
    counter(2, `used: ${used}`, "used", "muted"),
    ...(mistakes ? [counter(3, `wrong sums: ${mistakes}`, "mistakes", "gradient")] : [])];
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "Sixteen threads, one tile", initial, numbers, layout });

  figure.grid({ label: "thread", of: "thread", columns: SIDE, rows: SIDE, ring: 13,
    areas: [({ Z: [x, y], cell }) => [x, y, SIDE * cell, SIDE * cell]],
    say: ({ row, column, Z }) => `row ${row}, column ${column}: ${Z[row][column]}` });

  figure.equation(({ row, column, Z, before, terms, fetched, used, times }) => [
    [role("value", sub("Z", [`${row}`, ",", `${column}`])), "=", ...(terms.length ? [fixed(before, 0)] : [])],
    ...terms.map(([a, b]) => ["+", role("value", fixed(a, 0)), "·", role("parameter", fixed(b, 0))]),
    [...(terms.length ? ["="] : []), shown(`Z.${row}.${column}`, fixed(Z[row][column], 0)), plain("\u2003")],
    ...(fetched ? [[frac("used", "fetched"), "=", frac(`${used}`, `${fetched}`), "=", shown("times", fixed(times, Number.isInteger(times) ? 0 : 1))]] : [])]);

  figure.slider({ label: "step", of: "step", min: 0, max: STEPS, say: ({ step }) => `${step} of ${STEPS}` });
  figure.row();
  figure.choice({ label: "kernel", of: "kernel",
    options: [["tiled", "tiles and barriers"], ["late", "tiles, no barriers"], ["naive", "no tiles"]] });

  return figure.start({ draw, describe: (all) => {
    const { kernel, step, row, column, Z, fetched, used, mistakes, staleX, staleW } = all;
    const stale = [...staleX.flat(), ...staleW.flat()].filter(Boolean).length;
    const names = { tiled: "With tiles and barriers", late: "With tiles and no barriers", naive: "Without tiles" };
    return `${names[kernel]}, step ${step}: ${happens(all)}. ${fetched} numbers fetched from far, ${used} used. The thread of ` +
      `row ${row} and column ${column} has ${Z[row][column]}.` +
      `${stale ? ` ${stale} cells of the tiles that were used are stale.` : ""}` +
      `${mistakes ? ` ${mistakes} of 16 sums are wrong.` : " No sum is wrong."}`;
  } });
}

export default { render };
