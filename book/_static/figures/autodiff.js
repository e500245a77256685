// Who is ready? (chapter 18): nodes send their gradients on, in an order that the reader chooses.
//
// A node that fires sends what has arrived at it so far, times a slope, along each of its uses of an operand. Each node
// fires once. Fired before all of its users, it has sent too little, and what arrives later stays with it.

import { Figure, clamp, factor, fixed, line, plain, role, shown, sub, svg, text } from "./base.js";

const initial = { graph: "power", fired: "0 2", at: 1 };  // L and, too early, b; the ring is at c

const sigma = (z) => 1 / (1 + Math.exp(-z));
const miss = sigma(3);  // the share of the wrong class in the 2-2-2 net: its scores are 2 and −1
// Each node: its name, its value, its row and column (−1 left, 0 middle, 1 right), and for each use of an operand the
// operand's place in the list and the slope. Users stand before what they use.
const GRAPHS = {
  power: [
    { name: ["L"], value: 24, row: 0, side: 0, uses: [[1, 4], [2, 6]] },
    { name: ["c"], value: 6, row: 1, side: -1, uses: [[2, 1], [3, 1]] },
    { name: ["b"], value: 4, row: 2, side: 1, uses: [[3, 2], [3, 2]] },
    { name: ["a"], value: 2, row: 3, side: 0, uses: [] }],
  net: [
    { name: ["L"], value: Math.log(1 + Math.exp(3)), row: 0, side: 0, uses: [[1, miss], [2, -miss]] },
    { name: ["z", "2,0"], value: 2, row: 1, side: -1, uses: [[3, 1], [4, 0.5]] },
    { name: ["z", "2,1"], value: -1, row: 1, side: 1, uses: [[3, -1], [4, 2]] },
    { name: ["a", "1,0"], value: 2, row: 2, side: -1, uses: [[5, 1]] },
    { name: ["a", "1,1"], value: 0, row: 2, side: 1, uses: [[6, 0]] },
    { name: ["z", "1,0"], value: 2, row: 3, side: -1, uses: [[7, 2]] },
    { name: ["z", "1,1"], value: -1.5, row: 3, side: 1, uses: [] },
    { name: ["W", "1,1,0"], value: 0.5, row: 4, side: 0, uses: [] }],
};

/** The places of the nodes that have fired, in their order. */
const firedOf = (words) => words.split(" ").filter(Boolean).map(Number);

/** What is at each node after these have fired: how much, from how many uses, and what it has sent, or null. */
function send(nodes, fired) {
  const total = nodes.map((_, n) => (n ? 0 : 1)), arrived = nodes.map(() => 0), sent = nodes.map(() => null);
  const parts = nodes.map(() => []);
  for (const n of fired) {
    sent[n] = total[n];
    for (const [operand, slope] of nodes[n].uses) {
      total[operand] += total[n] * slope;
      arrived[operand]++;
      parts[operand].push([n, total[n], slope]);
    }
  }
  return { total, arrived, sent, parts };
}

/** Every number of a state. The right gradients are those of the nodes' own order; slopes of 1 count paths. */
export function numbers({ graph, fired, at }) {
  const nodes = GRAPHS[graph], everyone = nodes.map((_, n) => n), now = send(nodes, firedOf(fired));
  const right = send(nodes, everyone), ones = nodes.map((node) => ({ uses: node.uses.map(([operand]) => [operand, 1]) }));
  const count = send(ones, everyone).total;
  const ready = everyone.filter((n) => now.sent[n] === null && now.arrived[n] === right.arrived[n]);
  return { nodes, here: Math.min(at, nodes.length - 1), ...now, right: right.total, expected: right.arrived, ready,
    visits: firedOf(fired).length, paths: count.reduce((a, b) => a + b, 0),
    wrong: now.total.map((x, n) => Math.abs(x - right.total[n]) > 1e-9),
    early: now.sent.map((x, n) => x !== null && Math.abs(x - right.total[n]) > 1e-9) };
}

const place = ({ nodes }, n, { middle, apart, top }) =>
  [middle + nodes[n].side * apart, top + 62 * nodes[n].row];

function layout(width, { nodes }) {
  const rows = 1 + Math.max(...nodes.map((node) => node.row));
  return { height: 40 + 62 * rows, width, top: 56, middle: width / 2, apart: Math.min(110, 0.2 * width), narrow: width < 480 };
}

const written = ([letter, below]) => (below ? `*${letter}*_${below}` : `*${letter}*`);
const spoken = ([letter, below]) => (below ? `${letter} ${below.replaceAll(",", " ")}` : letter);
const short = (x) => fixed(x, Number.isInteger(x) ? 0 : Math.abs(x * 10 % 1) < 1e-9 ? 1 : 2);
const decimals = (x) => (Number.isInteger(x) ? 0 : 3);  // of an equation, so that what it prints adds up

/** The uses, as lines from the result down to the operand: thick and orange where something was sent. */
function drawUses(all, at) {
  return all.nodes.flatMap(({ uses }, n) => uses.flatMap(([operand, slope], i) => {
    const [x0, y0] = place(all, n, at), [x1, y1] = place(all, operand, at), twin = uses.filter(([o]) => o === operand);
    const length = Math.hypot(x1 - x0, y1 - y0), [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
    const shift = twin.length > 1 ? 6 * (i ? 1 : -1) : 0, [sx, sy] = [-dy * shift, dx * shift];
    const sent = all.sent[n] !== null, t = Math.abs(dx) > 0.05 ? 0.34 : 0.5;
    const ends = [x0 + 21 * dx + sx, y0 + 21 * dy + sy, x1 - 21 * dx + sx, y1 - 21 * dy + sy];
    const [mx, my] = [x0 + t * (x1 - x0), y0 + t * (y1 - y0)], out = mx < at.middle ? -1 : 1;  // beside it, outwards
    const gap = twin.length > 1 ? 14 : 8, up = Math.sign(dy) * out;
    const label = twin.length > 1 && i ? [] : [text(mx + up * dy * gap, my - up * dx * gap + 5,
      `${twin.length > 1 ? "2 × " : ""}${short(slope)}`, { class: "muted", anchor: out < 0 ? "end" : "start" })];
    return [line(...ends, { class: sent ? "stroke gradient" : "stroke muted", opacity: sent ? 1 : 0.5,
      style: sent ? "stroke-width: 3" : null, "stroke-dasharray": sent && all.early[n] ? "6 4" : null }), ...label];
  }));
}

/** A node: its value inside; beside it its name, what has arrived, and of how many uses. */
function drawNode(all, n, at) {
  const { name, value, side } = all.nodes[n], [x, y] = place(all, n, at), fired = all.sent[n] !== null;
  const [edge, anchor] = side < 0 ? [x - 27, "end"] : [x + 27, "start"], ready = all.ready.includes(n);
  const known = all.arrived[n] > 0 || n === 0;
  const low = side === 0 ? (n ? 9 : -8) : 0;  // below the uses that come from the right, above those that go there
  const muted = { class: "muted" }, done = all.arrived[n] === all.expected[n];
  const amount = `${done && all.wrong[n] ? "≠" : "="} ${short(all.total[n])}${done ? "" : " + …"}`;
  const sent = { class: "gradient", shows: `total.${n}` };
  const d = [`*d*${written(name)}`, { class: "gradient" }], uses = [`${all.arrived[n]} of ${all.expected[n]}`, muted];
  const lines = !known ? [[written(name), {}], uses] : !n ? [[`*d*${written(name)} ${amount}`, sent]]
    : at.narrow ? [d, [done ? amount : amount.slice(2), sent], uses] : [[`*d*${written(name)} ${amount}`, sent], uses];
  return [
    svg("circle", { cx: x, cy: y, r: 19, class: ready ? "node stroke gradient" : "node",
      "stroke-dasharray": ready ? "3 3" : null }),
    ...(fired ? [svg("circle", { cx: x, cy: y, r: 19, class: "fill gradient", opacity: 0.25 })] : []),
    text(x, y + 5, short(value), { anchor: "middle", class: "value", shows: `value.${n}` }),
    ...lines.map(([words, attributes], i) =>
      text(edge, y + low + 5 + 16 * (i - (lines.length - 1) / 2), words, { anchor, ...attributes }))];
}

const draw = (all, at) => [
  text(4, 18, `visits ${all.visits} of ${all.nodes.length}`, { class: "muted", shows: "size" }),
  text(at.width - 4, 18, `path by path ${all.paths}`, { class: "muted", anchor: "end", shows: "paths" }),
  ...drawUses(all, at), ...all.nodes.flatMap((_, n) => drawNode(all, n, at))];

function render(anywidget) {
  const label = "A graph of operations whose gradients are sent back, one node at a time";
  const figure = new Figure(anywidget, { label, initial, numbers, layout });

  const fire = ({ fired, sent }, n) => (sent[n] === null ? { fired: `${fired} ${n}`.trim(), at: n } : { at: n });
  const nearest = ([px, py], all, at) => {
    const row = clamp(Math.round((py - at.top) / 62), 0, all.nodes.at(-1).row);
    const inRow = all.nodes.map((node, n) => n).filter((n) => all.nodes[n].row === row);
    return inRow.toSorted((m, n) => Math.abs(place(all, m, at)[0] - px) - Math.abs(place(all, n, at)[0] - px))[0];
  };
  figure.clickable((all, at) => [0, 26, at.width, at.height - 26], (point, all, at) => fire(all, nearest(point, all, at)));
  const ring = figure.handle({
    label: "node", min: 0, max: 7, step: 1, up: -1, page: 2, ring: 23, colour: "gradient", cursor: "pointer",
    value: ({ here }) => here, change: (n, { nodes }) => ({ at: Math.min(n, nodes.length - 1) }), read: nearest,
    say: (all) => `${spoken(all.nodes[all.here].name)}, ${all.sent[all.here] !== null ? "has fired"
      : all.ready.includes(all.here) ? "ready" : "not ready"}`,
    spot: (all, at) => place(all, all.here, at),
  });
  let begun;  // where a press of the pointer began: a click without a drag fires
  ring.addEventListener("pointerdown", () => (begun = figure.all.here));
  ring.addEventListener("click", () => begun === figure.all.here && figure.change(fire(figure.all, begun)));
  ring.addEventListener("keydown", ({ key }) => key === "Enter" && figure.change(fire(figure.all, figure.all.here)));
  figure.parts.push(({ nodes }) => ring.setAttribute("aria-valuemax", nodes.length - 1));

  figure.button("Back", () => figure.change({ fired: firedOf(figure.state.fired).slice(0, -1).join(" ") }));
  figure.button("Fire", () => figure.change(fire(figure.all, figure.all.here)));
  figure.button("Fire one that is ready", () => figure.all.ready.length &&
    figure.change(fire(figure.all, figure.all.ready[0])));
  figure.row();
  figure.choice({ label: "graph", options: [["power", "(*a*·*a* + *a*)·(*a*·*a*)"], ["net", "2-2-2 net"]],
    value: ({ graph }) => graph, change: (graph) => ({ graph, fired: "", at: 0 }) });

  const symbol = ([letter, below]) => (below ? sub(letter, below) : letter);
  figure.equation((all) => {
    const { here, nodes, parts, total, right, wrong, arrived, expected, early } = all;
    const sum = parts[here].map(([, dy, slope], i) => [i ? "+" : "", factor(dy, decimals(dy)), "·",
      factor(slope, decimals(slope))]);
    const missing = expected[here] - arrived[here];
    return [[role("gradient", ["d", symbol(nodes[here].name)]), "=", here ? (sum.length ? sum : "0") : "1"],
      ...(sum.length ? [["=", role("gradient", shown(`total.${here}`, fixed(total[here], decimals(total[here]))))]] : []),
      ...(missing ? [[plain(`\u2003${missing} of ${expected[here]} uses still to come`)]] : []),
      ...(!missing && wrong[here] ? [[plain("\u2003wrong! it should be\u2002"),
        shown(`right.${here}`, fixed(right[here], decimals(right[here])))]] : []),
      ...(early[here] ? [[plain("\u2003it has sent only\u2002"), shown(`sent.${here}`, fixed(all.sent[here], decimals(all.sent[here])))]] : [])];
  });

  return figure.start({ draw, describe: (all) => {
    const { nodes, here, total, arrived, expected, ready, wrong, early, right, paths } = all;
    const list = (those) => those.map((n) => spoken(nodes[n].name)).join(", ") || "none";
    const others = nodes.map((_, n) => n);
    const bad = others.filter((n) => early[n]), off = others.filter((n) => wrong[n] && arrived[n] === expected[n]);
    return `${all.visits} of ${nodes.length} nodes have fired: ${list(firedOf(all.fired))}. Ready: ${list(ready)}. ` +
      (bad.length ? `Fired too early: ${list(bad)}. ` : "") +
      off.map((n) => `The gradient of ${spoken(nodes[n].name)} is wrong, ${short(total[n])} and not ${short(right[n])}. `).join("") +
      `At ${spoken(nodes[here].name)}, ${arrived[here]} of ${expected[here]} uses have arrived, in all ` +
      `${short(total[here])}. Path by path it would take ${paths} visits.`;
  } });
}

export default { render };
