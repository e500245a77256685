// Stepper (chapter 07): backward through the 2-2-2 net, one number at a time, each made from its neighbours' numbers.
//
// A number has a key: "dz2.1", "W2.0.1". For each number of its array a line of the program says which keys it uses:
// products of them, summed. From this one list come the number, its equation, and the marks in the graph.

import { Figure, bar, clamp, factor, fixed, line, plain, role, shown, sub, svg, text } from "./base.js";

const initial = { at: 8, bug: "none" };  // at da1.0, where two paths meet

const NET = { x: [1, 2], y: [0, 1], W1: [[1, -1], [0.5, -0.5]], b1: [0, 0.5], W2: [[1, -1], [0.5, 2]], b2: [0, 1] };

const linear = (x, W, b) => b.map((bias, k) => x.reduce((sum, xi, i) => sum + xi * W[i][k], bias));

/** Forward. What is given in `changed` is taken as it is, and what comes after it follows. */
function forward(changed) {
  const given = { ...NET, ...changed }, { x, y, W1, b1, W2, b2 } = given;
  const { z1 = linear(x, W1, b1), a1 = z1.map((z) => Math.max(0, z)), z2 = linear(a1, W2, b2) } = given;
  const e = z2.map(Math.exp), a2 = e.map((ek) => ek / (e[0] + e[1]));
  return { ...given, z1, a1, z2, a2, L: -Math.log(a2[y.indexOf(1)]) };
}

const two = [[0], [1]], four = [[0, 0], [0, 1], [1, 0], [1, 1]];
const LINES = {  // each line of the program, the entries of its array, and for each entry the terms of its sum
  dz2: { code: "dz2 = (a2 - Y) / len(X)", entries: two, terms: (k) => [[`a2.${k}`], [`y.${k}`]], joined: "−" },
  dW2: { code: "dW2 = a1.T @ dz2", entries: four, terms: (h, k) => [[`a1.${h}`, `dz2.${k}`]] },
  db2: { code: "db2 = dz2.sum(axis=0)", entries: two, terms: (k) => [[`dz2.${k}`]] },
  da1: { code: "da1 = dz2 @ W2.T", entries: two, terms: (h) => [0, 1].map((k) => [`dz2.${k}`, `W2.${h}.${k}`]) },
  dz1: { code: "dz1 = da1 * (z1 > 0)", entries: two, terms: (h) => [[`da1.${h}`, `z1.${h}`]] },
  dW1: { code: "dW1 = X.T @ dz1", entries: four, terms: (d, h) => [[`x.${d}`, `dz1.${h}`]] },
  db1: { code: "db1 = dz1.sum(axis=0)", entries: two, terms: (h) => [[`dz1.${h}`]] },
};
const BUGS = {  // each puts a line in the place of the right one
  none: {},
  transpose: { da1: { ...LINES.da1, code: "da1 = dz2 @ W2",
    terms: (h) => [0, 1].map((k) => [`dz2.${k}`, `W2.${k}.${h}`]) } },
  mask: { dz1: { ...LINES.dz1, code: "dz1 = da1 * (a1 >= 0)", terms: (h) => [[`da1.${h}`, `a1.${h}`]] } },
};
const NAMES = Object.keys(LINES);
const ORDER = NAMES.flatMap((name) =>
  LINES[name].entries.map((entry) => ({ name, entry, key: [name, ...entry].join(".") })));

const look = (all, key) => key.split(".").reduce((found, part) => found[part], all);

/** All numbers: forward, backward with its bug, and each gradient by nudging. */
export function numbers({ bug }) {
  const all = forward({}), lines = { ...LINES, ...BUGS[bug] }, nudged = {};
  for (const { name, entry: [i, j], key } of ORDER) {
    const { terms, joined } = lines[name];
    const products = terms(i, j).map((keys) => keys.reduce((product, used) => product * factorOf(all, name, used), 1));
    const found = products.reduce((sum, product) => (joined ? sum - product : sum + product));
    const put = (array, value) => (j === undefined ? array.with(i, value) : array.with(i, array[i].with(j, value)));
    all[name] = put(all[name] ?? (name[1] === "W" ? [[0, 0], [0, 0]] : [0, 0]), found);
    const from = name.slice(1), moved = (e) => forward({ [from]: put(all[from], look(all, key.slice(1)) + e) }).L;
    nudged[key] = (moved(1e-5) - moved(-1e-5)) / 2e-5;
  }
  return { ...all, lines, nudged, right: (key) => Math.abs(look(all, key) - nudged[key]) < 1e-6 };
}

/** In the line of dz1 a value is a gate only, open or shut. */
const isGate = (name, key) => name === "dz1" && !key.startsWith("d");

/** The number that a key contributes: itself, or as a gate 1 or 0. */
function factorOf(all, name, key) {
  const value = look(all, key);
  if (!isGate(name, key)) return value;
  return Number(key.startsWith("z") ? value > 0 : value >= 0);
}

const ROLES = { d: "gradient", W: "parameter", b: "parameter", y: "label" };
const roleOf = (key) => ROLES[key[0]] ?? "value";
const short = (x) => fixed(x, Number.isInteger(x) ? 0 : 1);

/** The net from left to right, as in the chapter: values in the nodes, parameters on the edges, gradients outside. */
function drawNet(all, { place, net }) {
  const { key: current, name: array, entry } = ORDER[all.at];
  const used = all.lines[array].terms(...entry).flat();
  const found = new Set(ORDER.slice(0, all.at + 1).map(({ key }) => key));
  const own = { dz2: `loss.${entry}`, dz1: `relu.${entry}` }[array] ?? current.slice(1);  // the edge it belongs to
  const column = { x: 0, z1: 2.45, a1: 3.75, z2: 6.2, L: 8 };
  const spot = (name, i) => [column[name], i === undefined ? 0 : 1.6 - 3.2 * i];
  const write = (x, y, key, what, attributes) => {
    const now = key === current, half = 5 + 4 * what.replaceAll("*", "").length;
    const [at, py] = place(x, y), px = Math.min(at, net - half);  // its mark stays inside
    return [
      ...(now || used.includes(key) ? [bar(px - half, py - 11, px + half, py + 11,
        { rx: 6, class: `fill ${roleOf(key)}`, opacity: now ? 0.28 : 0.16 })] : []),
      text(px, py + 5, what, { anchor: "middle", class: roleOf(key), style: now ? "font-weight: 700" : null,
        ...attributes })];
  };
  const gradient = (x, y, key) => (found.has(key) ? write(x, y, key, fixed(look(all, key), 2),
    { shows: key, "text-decoration": all.right(key) ? null : "line-through" }) : []);
  const edge = ([x0, y0], [x1, y1], key) => {
    const gap = 0.42 / Math.hypot(x1 - x0, y1 - y0), lit = key === own || used.includes(key);
    const ends = [gap, 1 - gap].flatMap((t) => place(x0 + t * (x1 - x0), y0 + t * (y1 - y0)));
    return line(...ends, { class: lit ? "stroke gradient" : "stroke muted", opacity: lit ? 1 : 0.45,
      style: lit ? "stroke-width: 3.5" : null, "stroke-dasharray": key === "relu.1" ? "2 5" : null });
  };
  const weights = (W, start, end) => four.flatMap(([i, j]) => {
    const [x, y] = spot(start, i), out = 1 - 2 * i;
    const [wx, wy, dy] = i === j ? [x + 1, y + 0.25 * out, 0.4 * out] : [x + 0.33, 0.62 * out, -0.37 * out];
    return [edge([x, y], spot(end, j), `${W}.${i}.${j}`), ...write(wx, wy, `${W}.${i}.${j}`, short(all[W][i][j])),
      ...gradient(wx, wy + dy, `d${W}.${i}.${j}`)];
  });
  const biases = (b, end) => [0, 1].flatMap((i) => {
    const [x, y] = spot(end, i), out = 1 - 2 * i;
    return [edge([x - 1.3, y + 1.2 * out], [x, y], `${b}.${i}`),
      ...write(x - 1.1, y + 1.25 * out, `${b}.${i}`, short(all[b][i])),
      ...gradient(x - 1.1, y + 1.65 * out, `d${b}.${i}`)];
  });
  const circle = (name, i, what, key) => {
    const [cx, cy] = place(...spot(name, i)), lit = used.includes(key);
    return [svg("circle", { cx, cy, r: 17, class: lit ? "node stroke value" : "node",
      style: lit ? "stroke-width: 3.5" : null }),
      text(cx, cy + 5, what, { anchor: "middle", class: "value", shows: key })];
  };
  const nodes = (name) => [0, 1].flatMap((i) => {
    const [x, y] = spot(name, i), out = 1 - 2 * i, [px, py] = place(x, y + 0.7 * out);
    const label = text(px, py + 5, `*${name[0]}*_${name[1] ?? i}`, { anchor: "middle" });
    if (name[1]) label.append(svg("tspan", { class: "below" }, `,${i}`));
    return [...circle(name, i, short(all[name][i]), `${name}.${i}`), label,
      ...gradient(x, y + 1.12 * out, `d${name}.${i}`)];
  });
  const [lx, ly] = place(8, 0.68);
  return [
    ...weights("W1", "x", "z1"), ...weights("W2", "a1", "z2"), ...biases("b1", "z1"), ...biases("b2", "z2"),
    ...[0, 1].flatMap((i) => [
      edge(spot("z1", i), spot("a1", i), `relu.${i}`), edge(spot("z2", i), spot("L"), `loss.${i}`),
      ...write(8, 2.05 - 3.6 * i, `a2.${i}`, `*a* ${fixed(all.a2[i], 2)}`, { shows: `a2.${i}` }),
      ...write(8, 1.6 - 3.6 * i, `y.${i}`, `*y* ${all.y[i]}`, { shows: `y.${i}` })]),
    ...["x", "z1", "a1", "z2"].flatMap(nodes), ...circle("L", undefined, fixed(all.L, 2), "L"),
    text(lx, ly + 5, "*L*", { anchor: "middle" })];
}

/** The program; what has run is dark, the line that runs now is lit. */
function drawCode({ at, bug, lines }, { code: { x, y } }) {
  const now = NAMES.indexOf(ORDER[at].name);
  return NAMES.flatMap((name, i) => [
    ...(i === now ? [bar(x - 8, y(i) - 13, x + 198, y(i) + 13, { rx: 5, class: "fill gradient", opacity: 0.15 })] : []),
    text(x, y(i) + 5, lines[name].code, { class: `cell ${i === now ? "gradient" : i > now ? "muted" : ""}`,
      "font-family": "ui-monospace, Menlo, Consolas, monospace" }),
    ...(name in BUGS[bug] ? [text(x + 194, y(i) + 5, "✗", { anchor: "end" })] : [])]);
}

/** Where a point of the net lies, and where the program: its left edge, and the middle of each line. */
function layout(width) {
  const narrow = width < 600, net = narrow ? width : width - 254, unit = net / 9.2, tall = narrow ? 44 : 47;
  return { height: narrow ? 582 : 330, net, place: (x, y) => [(x + 0.6) * unit, 165 - y * tall],
    code: { x: narrow ? 56 : net + 44, y: (i) => (narrow ? 376 : 74) + 31 * i } };
}

const draw = (all, at) => [
  ...drawNet(all, at), ...drawCode(all, at),
  text(at.code.x, at.code.y(-1) + 5, `number ${all.at + 1} of ${ORDER.length}`, { class: "muted" })];

function render(anywidget) {
  const label = "Backward through a small net, one number at a time";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  figure.handle({
    label: "position in the program", of: "at", min: 0, max: ORDER.length - 1, step: 1, up: -1, page: 4,
    colour: "gradient", cursor: "ns-resize",
    say: (all) => `${ORDER[all.at].key} = ${fixed(look(all, ORDER[all.at].key), 4)}`,
    spot: (all, { code }) => [code.x - 26, code.y(NAMES.indexOf(ORDER[all.at].name))],
    read: ([, y], all, { code }) => {  // the first number of the line under the pointer; inside it nothing moves
      const name = NAMES[clamp(Math.round((y - code.y(0)) / 31), 0, NAMES.length - 1)];
      return ORDER[all.at].name === name ? all.at : ORDER.findIndex((one) => one.name === name);
    },
  });
  const go = (by) => figure.change({ at: clamp(figure.state.at + by, 0, ORDER.length - 1) });
  figure.button("Back", () => go(-1));
  figure.button("Next", () => go(1));
  figure.choice({ label: "bug", options: ["none", ["transpose", "no .T"], ["mask", "a1 >= 0"]],
    value: ({ bug }) => bug, change: (bug, { at }) => ({ bug, at: { none: at, transpose: 8, mask: 11 }[bug] }) });

  const symbol = (key) => {  // da_{1,0}, W_{2,0,1}, x_0
    const [, letters, layer, below] = key.match(/^([a-zA-Z]+)(\d?)\.(.*)$/);
    return sub(letters, (layer && `${layer},`) + below.replace(".", ","));
  };
  const digits = (key, x) => (/^(d|a2)/.test(key) ? 4 : Number.isInteger(x) ? 0 : 1);
  const sum = (products, joined, write) => products.map((keys, i) => [i ? joined : "",
    keys.map((key, j) => [j ? "·" : "", role(roleOf(key), write(key))])]);
  figure.equation((all) => {
    const { name, entry, key } = ORDER[all.at], { terms, joined = "+" } = all.lines[name];
    const products = terms(...entry), gate = (used) => isGate(name, used);
    const named = (used) => (gate(used) ? ["[", symbol(used), used.startsWith("z") ? "> 0]" : "≥ 0]"] : symbol(used));
    const numbered = (used) => factor(factorOf(all, name, used), gate(used) ? 0 : digits(used, look(all, used)));
    const result = fixed(look(all, key), 4), one = products.flat().length === 1;
    return [[role("gradient", symbol(key)), "=", sum(products, joined, named)],
      ...(one ? [] : [["=", sum(products, joined, numbered)]]), ["=", role("gradient", shown(key, result))],
      [plain(all.right(key) ? "\u2003by nudging, too:\u2002" : "\u2003wrong! by nudging:\u2002"),
        shown(`nudged.${key}`, fixed(all.nudged[key], 4))]];
  });

  return figure.start({ draw, describe: (all) => {
    const { name, entry, key } = ORDER[all.at], { code, terms, joined = "+" } = all.lines[name];
    const gate = (used) => (isGate(name, used) ? "the gate of " : "");
    const spoken = (used) => `${gate(used)}${used} (${fixed(factorOf(all, name, used), 2)})`;
    const recipe = terms(...entry).map((keys) => keys.map(spoken).join(" times "));
    return `Number ${all.at + 1} of ${ORDER.length}, ${key}, by the line ${code}: ${recipe.join(` ${joined} `)}. ` +
      `It is ${fixed(look(all, key), 4)}; by nudging ${fixed(all.nudged[key], 4)}.`;
  } });
}

export default { render };
