// The file, byte by byte (chapter 19): a 2-2-2 net as nnlib packs it, and what its reader says where it is changed.
//
// The header stands as the letters that its bytes are, the other two parts in hexadecimal. The offsets of one array can
// be moved, and the file damaged; the header is then written anew, as somebody would who wants to confuse. The sentence
// is the library's own (nnlib/tensors.py): tests/figures/test_saving.py compares.

import { Figure, bar, clamp, fixed, line, plain, power, role, shown, text } from "./base.js";

// Each array in the order of the file: its name, its shape, where its bytes begin and end, its numbers.
const ARRAYS = [
  { name: "W1", shape: [2, 2], begin: 0, end: 16, numbers: [1, -1, 0.5, -0.5] },
  { name: "W2", shape: [2, 2], begin: 16, end: 32, numbers: [1, -1, 0.5, 2] },
  { name: "b1", shape: [2], begin: 32, end: 40, numbers: [0, 0.5] },
  { name: "b2", shape: [2], begin: 40, end: 48, numbers: [0, 1] }];
const SIZE = 48;
const DAMAGES = ["none", "cut by a byte", "a byte more", "a nan in b2", "type I32", "a name twice", "length 2⁶⁰"];
const CHECKS = ["the header fits into the file", "JSON, each name once", "types F32 or F64",
  "bytes from end to end", "finite numbers"];

const initial = { at: 1, begin: 16, end: 32, damage: "none", over: -1 };

/** The bytes behind the header. */
function body(damage) {
  const bytes = new DataView(new ArrayBuffer(SIZE + 1));
  ARRAYS.flatMap((array) => array.numbers).forEach((x, i) => bytes.setFloat32(4 * i, x, true));
  if (damage === "a nan in b2") bytes.setUint32(SIZE - 4, 0x7fc00000, true);
  const length = SIZE + { "cut by a byte": -1, "a byte more": 1 }[damage] || SIZE;
  return new Uint8Array(bytes.buffer, 0, length);
}

/** The header: its text, filled up to a multiple of 8, and for each array where its entry begins and ends in it. */
function written({ at, begin, end, damage }) {
  let words = '{"__metadata__":{}';
  const entries = ARRAYS.map((array, k) => {
    const dtype = k === at && damage === "type I32" ? "I32" : "F32", from = words.length + 1;
    const offsets = k === at ? [begin, end] : [array.begin, array.end];
    const name = k === (at + 1) % 4 && damage === "a name twice" ? ARRAYS[at].name : array.name;
    words += `,"${name}":{"dtype":"${dtype}","shape":[${array.shape}],"data_offsets":[${offsets}]}`;
    return [from, words.length];
  });
  words += "}";
  return { words: words.padEnd(8 * Math.ceil(words.length / 8)), entries };
}

/** Which check fires, 1 to 5, and what the library says; 0 and nothing where it takes the file. */
function verdict({ at, begin, end, damage }, total, length) {
  const { name } = ARRAYS[at];
  const foreign = (what) => `expected a safetensors file, got something else (${what})`;
  if (damage === "length 2⁶⁰")
    return [1, foreign(`a header of 1,152,921,504,606,846,976 bytes in a file of ${total}`)];
  if (damage === "a name twice") return [2, foreign("a name stands twice")];
  if (damage === "type I32") return [3, `expected ${name} in F32 or F64, got I32`];
  const inOrder = ARRAYS.map((array, k) => (k === at ? { ...array, begin, end } : array))
    .toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  const broken = (what) => [4, `expected a whole safetensors file; ${what}`];
  let next = 0;
  for (const array of inOrder) {
    const { shape } = array, bytes = `${array.name} of shape [${shape.join(", ")}] in bytes ${array.begin} to ${array.end}`;
    if (array.begin !== next || array.end - array.begin !== 4 * array.numbers.length)
      return broken(`${bytes}, where ${next} comes next`);
    if (array.end > length) return broken(`${array.name} in bytes ${array.begin} to ${array.end}, of ${length} behind the header`);
    next = array.end;
  }
  if (next !== length) return broken(`arrays of ${next} bytes in a file that has ${length} behind its header`);
  if (damage === "a nan in b2") return [5, "expected finite numbers, in float32 too, got nan in b2"];
  return [0, ""];
}

/** Every number of a state. `values` is what a reader gets that asks nothing, or null where the bytes are no array. */
export function numbers(state) {
  const { words, entries } = written(state), bytes = body(state.damage), total = 8 + words.length + bytes.length;
  const [check, sentence] = verdict(state, total, bytes.length), { shape } = ARRAYS[state.at];
  const part = bytes.slice(state.begin, Math.max(state.begin, state.end)), view = new DataView(part.buffer);
  const fits = part.length === 4 * shape.reduce((a, b) => a * b);
  const values = fits ? Array.from({ length: part.length / 4 }, (_, i) => view.getFloat32(4 * i, true)) : null;
  return { words, entries, bytes, total, length: words.length, check, sentence, values, got: part.length };
}

// ---- where things lie -----------------------------------------------------------------------------------------------

const MONO = { "font-family": "ui-monospace, Menlo, Consolas, monospace", class: "cell" };
const LEFT = 18, PITCH = 19, ROW = 58;  // where the numbers begin; from line to line of the header, and of the numbers with their handles

function layout(width, { words, sentence }) {
  const wide = width > 600, columns = wide ? 64 : 32, lines = Math.ceil(words.length / columns);
  const letter = Math.min(9.6, (width - 8) / columns), per = wide ? 16 : 8, cell = wide ? 27 : (width - 108) / 8;
  const header = 95, behind = header + lines * PITCH + 22, rows = SIZE / per;
  const checks = behind + 24 + rows * ROW, said = checks + 21 * CHECKS.length + 12;
  const wrapped = wrap(sentence || "The file is read.", Math.floor(width / 7.4));
  return { width, wide, columns, lines, letter, per, cell, header, behind, rows, checks, said, wrapped,
    height: said + 20 * wrapped.length + 4 };
}

/** A sentence in lines of at most so many letters. */
function wrap(sentence, most) {
  const lines = [""];
  for (const word of sentence.split(" ")) {
    if (lines.at(-1) && `${lines.at(-1)} ${word}`.length > most) lines.push(word);
    else lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

const rowOf = (at, byte) => clamp(Math.floor(byte / at.per), 0, at.rows - 1);
const middle = (at, row) => at.behind + 34 + row * ROW;  // of a row of numbers

/** The rectangles of places `from` to `to` in rows of so many: [row, first column, column behind the last]. */
function pieces(from, to, columns) {
  const found = [];
  for (let start = from; start < to;) {
    const row = Math.floor(start / columns), stop = Math.min(to, (row + 1) * columns);
    found.push([row, start - row * columns, stop - row * columns]);
    start = stop;
  }
  return found;
}

function lit(x0, y0, x1, y1) {
  return [bar(x0, y0, x1, y1, { class: "fill parameter", opacity: 0.16, rx: 3 }),
    bar(x0, y0, x1, y1, { class: "stroke parameter", fill: "none", rx: 3 })];
}

// ---- drawing --------------------------------------------------------------------------------------------------------

const hex = (byte) => byte.toString(16).padStart(2, "0");
const short = (x) => (Number.isFinite(x) && x && (Math.abs(x) < 0.01 || Math.abs(x) >= 1e4) ? power(x, 1)
  : fixed(x, Number.isInteger(x) ? 0 : Number.isInteger(2 * x) ? 1 : 3));

function drawHeader({ words, entries, length, total, damage, lit: which }, at) {
  const size = damage === "length 2⁶⁰" ? [0, 0, 0, 0, 0, 0, 0, 16] : [length & 255, length >> 8, 0, 0, 0, 0, 0, 0];
  const means = damage === "length 2⁶⁰" ? [] : [text(236, 42, `= ${length}`, { shows: "length" })];
  const rows = Array.from({ length: at.lines }, (_, i) => words.slice(i * at.columns, (i + 1) * at.columns));
  return [
    text(4, 18, "length of the header", { class: "muted" }),
    text(at.width - 4, 18, `in all ${total} bytes`, { class: "muted", anchor: "end", shows: "total" }),
    ...size.map((byte, i) => text(4 + 27 * i, 42, hex(byte), MONO)), ...means,
    text(4, 74, "header", { class: "muted" }),
    ...pieces(...entries[which], at.columns).flatMap(([row, a, b]) => lit(4 + a * at.letter, at.header + row * PITCH - 13,
      4 + b * at.letter, at.header + row * PITCH + 5)),
    ...rows.flatMap((row, i) => {
      const end = row.trimEnd();  // of the last one spaces
      return end ? [text(4, at.header + i * PITCH, end, { ...MONO, textLength: end.length * at.letter,
        "xml:space": "preserve" })] : [];
    })];
}

function drawNumbers({ bytes, begin, end, at: chosen, over }, at) {
  const one = over < 0 || over === chosen, range = one ? [begin, end] : [ARRAYS[over].begin, ARRAYS[over].end];
  const x = (column) => LEFT + column * at.cell;
  const names = ARRAYS.flatMap((array) => array.numbers.map((_, i) => (i ? "" : array.name)));
  const view = new DataView(bytes.buffer, 0, bytes.length);
  return [
    text(4, at.behind, "numbers", { class: "muted" }),
    ...pieces(range[0], Math.min(range[1], SIZE), at.per).flatMap(([row, a, b]) => lit(x(a), middle(at, row) - 14, x(b),
      middle(at, row) + 6)),
    ...Array.from(bytes).flatMap((byte, i) => (i < SIZE
      ? [text(x(i % at.per) + at.cell / 2, middle(at, rowOf(at, i)), hex(byte), { ...MONO, anchor: "middle" })]
      : [text(x(at.per) + 4, middle(at, at.rows - 1) + 20, `+ ${hex(byte)}`, MONO)])),
    ...names.flatMap((name, k) => {
      const row = Math.floor((4 * k) / at.per), column = k - (row * at.per) / 4, step = at.wide ? 58 : 42;
      const place = x(at.per) + (at.wide ? 60 : 46) + column * step;
      return [text(place, middle(at, row), 4 * k + 4 > bytes.length ? "–" : short(view.getFloat32(4 * k, true)), { anchor: "end" }),
        ...(name ? [text(place, middle(at, row) - 19, name, { anchor: "end", class: "muted" })] : [])];
    })];
}

const drawVerdict = ({ check, sentence }, at) => [
  ...CHECKS.map((words, k) => {
    const [mark, kind] = check === k + 1 ? ["✗", "gradient"] : check && check < k + 1 ? ["·", "muted"] : ["✓", "label"];
    return text(4, at.checks + 21 * k, `${mark} ${k + 1} · ${words}`, { class: kind });
  }),
  ...at.wrapped.map((words, k) => text(4, at.said + 20 * k, words, { class: sentence ? "gradient" : "label" }))];

const draw = (all, at) => {
  const with_ = { ...all, lit: all.over < 0 ? all.at : all.over };
  return [...drawHeader(with_, at), ...drawNumbers(with_, at), ...drawVerdict(all, at),
    ...[[all.begin, -1], [all.end, 1]].map(([byte, side]) => {
      const [x, y] = spot(byte, side, at);
      return line(x, y - side * 9, x, y - side * 30, { class: "stroke parameter" });
    })];
};

/** Where the handle of an offset stands: that of the beginning above its row, that of the end below. */
function spot(byte, side, at) {
  const row = rowOf(at, side < 0 ? byte : byte - 1);
  return [LEFT + (byte - row * at.per) * at.cell, middle(at, row) - 4 + side * 22];
}

function render(anywidget) {
  const figure = new Figure(anywidget, { label: "A file of weights, byte by byte", initial, numbers, layout });

  const choose = (k) => ({ at: k, begin: ARRAYS[k].begin, end: ARRAYS[k].end, over: -1 });
  // Which array a point of the header, or of the numbers, is about; −1 if none.
  const inHeader = ([px, py], { entries }, at) => {
    const row = clamp(Math.floor((py - at.header + 14) / PITCH), 0, at.lines - 1), place = row * at.columns + (px - 4) / at.letter;
    return entries.findIndex(([from, to]) => from <= place && place < to);
  };
  const inNumbers = ([px, py], all, at) => {
    const row = clamp(Math.floor((py - middle(at, 0) + ROW / 2) / ROW), 0, at.rows - 1), column = (px - LEFT) / at.cell;
    const byte = row * at.per + column;
    return column < at.per ? ARRAYS.findIndex(({ begin, end }) => begin <= byte && byte < end) : -1;
  };
  for (const [place, find] of [
    [(all, at) => [0, at.header - 14, at.width, at.lines * PITCH + 4], inHeader],
    [(all, at) => [0, at.behind + 8, at.width, at.rows * ROW], inNumbers]]) {
    const area = figure.clickable(place, (point, all, at) => {
      const k = find(point, all, at);
      return k < 0 ? {} : choose(k);
    });
    const hover = (over) => over !== figure.state.over && figure.change({ over });
    area.addEventListener("pointermove", (event) => event.pointerType === "mouse" && !event.buttons &&
      hover(find(figure.point(event), figure.all, figure.at)));
    area.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && hover(-1));
  }
  for (const [of, label, side] of [["begin", "where it begins", -1], ["end", "where it ends", 1]]) {
    figure.handle({ label, of, min: 0, max: SIZE, step: 1, up: -8, page: -16, colour: "parameter",
      say: (all) => `byte ${all[of]}`, spot: (all, at) => spot(all[of], side, at),
      read: ([px, py], all, at) => {
        const row = clamp(Math.round((py - middle(at, 0) + 4 - side * 22) / ROW), 0, at.rows - 1);
        return row * at.per + clamp(Math.round((px - LEFT) / at.cell), 0, at.per);
      } });
  }
  figure.choice({ label: "array", options: ARRAYS.map(({ name }, k) => [k, name]), value: ({ at }) => at, change: choose });
  figure.slider({ label: "damage", of: "damage", among: DAMAGES, say: ({ damage }) => damage });

  figure.equation(({ at, values, got, check }) => [
    [plain("who asks nothing reads\u2002")],
    ...(values ? values.map((x, i) => [...(i ? [] : [role("parameter", plain(ARRAYS[at].name)), "="]),
      shown(`values.${i}`, short(x)), ...(i + 1 < values.length ? [","] : [])])
      : [[plain(`an error: ${got} bytes are not ${ARRAYS[at].numbers.length} numbers`)]]),
    ...(check ? [[plain("\u2003who asks stops at check\u2002"), shown("check", String(check))]] : [])]);

  return figure.start({ draw, describe: ({ at, begin, end, damage, total, length, check, sentence, over }) =>
    `A file of ${total} bytes: 8 with the length of the header, ${damage === "length 2⁶⁰" ? "2 to the 60" : length}, the header, and the numbers. ` +
    `Its entry says that ${ARRAYS[at].name} lies in bytes ${begin} to ${end}. ` +
    (over < 0 || over === at ? "" : `Lit is ${ARRAYS[over].name}. `) + (damage === "none" ? "" : `Damage: ${damage}. `) +
    (check ? `Check ${check}, ${CHECKS[check - 1]}, fires: ${sentence}.` : "All five checks pass: the file is read.") });
}

export default { render };
