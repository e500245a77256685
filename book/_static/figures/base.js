// What every figure here is made of: a drawing in SVG, handles to drag, controls, an equation, and words that follow.
//
// A figure is a function of its state. A control or a handle changes the state; then everything is drawn anew from it.
// Nothing moves by itself. The state lives in anywidget's model, so that the same file works in JupyterLab.
//
// All that a figure says and draws comes from two values, made once for each state and width: `all`, the state and
// every number computed from it, and `at`, where on the screen things lie. Each function that a figure hands over, to
// draw, to say a number in words, to find a handle's spot, gets these two.

// ---- Numbers ------------------------------------------------------------------------------------------------------

export const clamp = (x, min, max) => Math.min(max, Math.max(min, x));

/** The multiple of `step` nearest to x, without the dust of binary fractions: 0.1, not 0.30000000000000004. */
export const snap = (x, step) => Number((Math.round(x / step) * step).toFixed(10));

/** x as it is printed: a true minus, never −0, and NaN and Infinity in Python's words. */
export function fixed(x, digits = 1) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const size = Math.abs(x).toFixed(digits);
  return x < 0 && Number(size) ? `−${size}` : size;
}

/** x inside a product, a sum or a difference: a negative one in brackets. */
export const factor = (x, digits) => (x < 0 ? `(${fixed(x, digits)})` : fixed(x, digits));

/** x as a power of ten, with so many decimals or as many as it needs: 2e−7, 1.3e52, 0. */
export const power = (x, decimals) =>
  (x ? x.toExponential(decimals).replace("e+0", "").replace("e+", "e").replaceAll("-", "−") : "0");

/** A share as it is printed, 56.3 %; where it is no number, that. Only 1 is 100 %, and only 0 is 0 %: what would be
 * rounded to them is > 99.9 % or < 0.1 %. */
export function percent(share, digits = 1) {
  if (!Number.isFinite(share)) return fixed(share);
  const printed = fixed(100 * share, digits), least = 10 ** -digits;
  if (share < 1 && Number(printed) === 100) return `>\u00a0${fixed(100 - least, digits)}\u00a0%`;
  if (share > 0 && Number(printed) === 0) return `<\u00a0${fixed(least, digits)}\u00a0%`;
  return `${printed}\u00a0%`;
}

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** The place of the largest number; the first one of equals. */
export const argmax = (numbers) => numbers.indexOf(Math.max(...numbers));

/** Where the ink of a digit, 784 numbers, begins and ends. */
export function inkEdges(x) {
  const inked = x.flatMap((value, d) => (value ? [d] : [])), columns = inked.map((d) => d % 28);
  return { left: Math.min(...columns), right: Math.max(...columns) + 1,
    top: Math.floor(inked[0] / 28), bottom: Math.floor(inked.at(-1) / 28) + 1 };
}

/** "2 right, 1 up". */
export const moveInWords = ({ right, down }) =>
  `${Math.abs(right)} ${right < 0 ? "left" : "right"}, ${Math.abs(down)} ${down < 0 ? "up" : "down"}`;

/** A function that takes numbers from the interval `domain` to the pixels `range`; `invert` goes back. */
export function scale([d0, d1], [r0, r1], { log = false } = {}) {
  const [to, from] = log ? [Math.log10, (u) => 10 ** u] : [(u) => u, (u) => u];
  const slope = (r1 - r0) / (to(d1) - to(d0));
  const map = (x) => r0 + (to(x) - to(d0)) * slope;
  map.invert = (pixel) => from(to(d0) + (pixel - r0) / slope);
  map.range = [r0, r1];
  return map;
}

// ---- Data ---------------------------------------------------------------------------------------------------------
//
// A figure that carries pictures or weights has them in data/NAME.js, which tests/figure_data.py makes.

/** The bytes that a text in base64 stands for. */
export const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** Numbers from 0 to 15, two in a byte, the first one above. */
export const nibbles = (packed) => Array.from(packed).flatMap((byte) => [byte >> 4, byte & 15]);

/** Numbers where each run of zeros is written as a 0 and its length, less 1. */
export function runs(packed) {
  const values = [];
  for (let i = 0; i < packed.length; i++) {
    if (packed[i]) values.push(packed[i]);
    else for (let zeros = packed[++i]; zeros >= 0; zeros--) values.push(0);
  }
  return values;
}

/** A list in parts of `size`, one after the other. */
export const chunks = (values, size) =>
  Array.from({ length: values.length / size }, (_, n) => values.slice(size * n, size * (n + 1)));

// ---- Elements -----------------------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg", MATHML = "http://www.w3.org/1998/Math/MathML";

function element(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value != null) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export const html = (name, attributes = {}, ...children) => element(document.createElement(name), attributes, children);
export const svg = (name, attributes = {}, ...children) =>
  element(document.createElementNS(SVG, name), attributes, children);

/** Words with symbols in them: "score *z*_0" sets z in italics and 0 below the line. `make` makes one piece. */
function symbols(words, make) {
  return String(words).split(/(\*[^*]+\*(?:_\w+)?)/).flatMap((piece) => {
    const [, letter, below] = piece.match(/^\*([^*]+)\*(?:_(\w+))?$/) ?? [];
    if (!letter) return piece ? [piece] : [];
    return below ? [make("symbol", letter), make("below", below)] : [make("symbol", letter)];
  });
}

/** Words in the drawing. A number that is printed carries `shows`, its name: the tests compare it with nnlib. */
export function text(x, y, words, /** @type {Record<string, any>} */ { shows, anchor, ...attributes } = {}) {
  const pieces = symbols(words, (kind, word) => svg("tspan", { class: kind }, word));
  pieces.forEach((piece, i) => {  // a subscript lowers the line, and what follows it raises the line again
    if (pieces[i - 1]?.classList?.contains("below")) {
      if (typeof piece === "string") piece = pieces[i] = svg("tspan", {}, piece);
      piece.setAttribute("dy", "-0.25em");
    }
    if (piece.classList?.contains("below")) piece.setAttribute("dy", "0.25em");
  });
  return svg("text", { x, y, "text-anchor": anchor, "data-shows": shows, ...attributes }, ...pieces);
}

export const line = (x1, y1, x2, y2, attributes = {}) => svg("line", { x1, y1, x2, y2, ...attributes });
export const path = (d, attributes = {}) => svg("path", { d, fill: "none", ...attributes });

/** A bar between two points of a row or column, whichever comes first. */
export function bar(x1, y1, x2, y2, attributes = {}) {
  const [x, y, width, height] = [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)];
  return svg("rect", { x, y, width, height, ...attributes });
}

/** A straight arrow, its head at the second point. */
export function arrow(x1, y1, x2, y2, attributes = {}) {
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const wing = (turn) => `${x2 - 8 * Math.cos(angle + turn)} ${y2 - 8 * Math.sin(angle + turn)}`;
  const d = `M${x1} ${y1}L${x2} ${y2}M${wing(0.45)}L${x2} ${y2}L${wing(-0.45)}`;
  return path(d, { class: "stroke muted", ...attributes });
}

/** An axis with its ticks and its name: below the drawing at the height `at`, or with `side: "left"` at its left. */
export function axis(map, at, ticks, { name = "", side = "bottom", print = (x) => fixed(x, 0) } = {}) {
  const [a, b] = map.range, across = side === "bottom";
  const marks = ticks.flatMap((tick) => (across
    ? [line(map(tick), at, map(tick), at + 5), text(map(tick), at + 20, print(tick), { anchor: "middle" })]
    : [line(at - 5, map(tick), at, map(tick)), text(at - 9, map(tick) + 5, print(tick), { anchor: "end" })]));
  const [x, y, anchor] = across ? [(a + b) / 2, at + 40, "middle"] : [at - 5, Math.min(a, b) - 10, "start"];
  const rule = across ? line(a, at, b, at) : line(at, a, at, b);
  return svg("g", { class: "axis" }, rule, ...marks, text(x, y, name, { anchor }));
}

const PUOR = [0x7f3b08, 0xb35806, 0xe08214, 0xfdb863, 0xfee0b6, 0xf7f7f7,
  0xd8daeb, 0xb2abd2, 0x8073ac, 0x542788, 0x2d004b];

/** The colour of t from −1 (orange) over 0 (white) to 1 (purple): ColorBrewer's PuOr, as in the book's pictures. */
export function puor(t) {
  const place = clamp((t + 1) * 5, 0, 10), i = Math.min(9, Math.floor(place));
  const channel = (shift) => {
    const [a, b] = [(PUOR[i] >> shift) & 255, (PUOR[i + 1] >> shift) & 255];
    return Math.round(a + (b - a) * (place - i));
  };
  return `rgb(${channel(16)}, ${channel(8)}, ${channel(0)})`;
}

/** The colour of words on puor(t). */
export const onPuor = (t) => (Math.abs(t) > 0.55 ? "#ffffff" : "#1f2328");

/** The colour of t from 0 (white) to 1 (black): ink on paper. */
export const ink = (t) => `rgb(${Array(3).fill(Math.round(255 * (1 - t)))})`;

/** A picture, `columns` pixels wide and high, in a square of the drawing. Its numbers are taken to so many `shades` of
 * the colour of 1 (and of −1); pixels of one shade that lie side by side are one stroke. */
export function picture(values, x0, y0, size, { columns = 28, shades = 15, colour = ink, framed = true } = {}) {
  const shade = values.map((t) => Math.round(shades * clamp(t, -1, 1))), strokes = new Map();
  for (let d = 0, end; d < shade.length; d = end) {
    for (end = d + 1; end % columns && shade[end] === shade[d];) end++;
    const drawn = strokes.get(shade[d]) ?? "";
    if (shade[d]) strokes.set(shade[d], `${drawn}M${d % columns} ${Math.floor(d / columns)}h${end - d}`);
  }
  const square = { x: x0, y: y0, width: size, height: size, viewBox: `0 -0.5 ${columns} ${columns}` };
  return [
    svg("svg", { ...square, "shape-rendering": "crispEdges" },
      bar(0, -0.5, columns, columns - 0.5, { fill: colour(0) }),
      ...[...strokes].map(([level, d]) => path(d, { stroke: colour(level / shades) }))),
    ...(framed
      ? [bar(x0, y0, x0 + size, y0 + size, { class: "stroke muted", fill: "none", style: "stroke-width: 1px" })] : [])];
}

// ---- Equations ----------------------------------------------------------------------------------------------------

const TOKEN = /\d[\d.]*(?:e[+−]?\d+)?|nan|inf|exp|max|log|[A-Za-zα-ωΑ-Ω∂]|\S/g;

const tag = (name, attributes, ...children) =>
  element(document.createElementNS(MATHML, name), attributes, children);

function token(word, i, all) {
  if (/^(\d|nan|inf)/.test(word)) return tag("mn", {}, word);
  if (/^\w\w/.test(word)) return tag("mtext", {}, word);
  if (/[\p{L}∂]/u.test(word)) return tag("mi", {}, word);
  const form = word === "=" ? "infix" : "(=·+−".includes(all[i - 1] ?? " ") ? "prefix" : null;  // a sign, as in (−2)
  return tag("mo", { form, stretchy: "false" }, word);
}

const tokens = (piece) => (piece instanceof Node ? [piece] : (String(piece).match(TOKEN) ?? []).map(token));
const row = (...parts) => tag("mrow", {}, ...parts.flat(Infinity).flatMap(tokens));

export const plain = (words) => tag("mtext", {}, words);
export const sub = (a, b) => tag("msub", {}, row(a), row(b));
export const sup = (a, b) => tag("msup", {}, row(a), row(b));
export const frac = (a, b) => tag("mfrac", {}, row(a), row(b));

/** A part of an equation in the colour of its role: "value", "gradient", "label" or "parameter". */
export const role = (name, ...parts) => element(row(...parts), { class: name }, []);

/** A number that the tests compare with nnlib. */
export const shown = (name, number) => element(row(number), { "data-shows": name }, []);

// ---- The figure ---------------------------------------------------------------------------------------------------

// JupyterLab has shortcuts on the arrow keys; on an element with this attribute it leaves them alone.
const OURS = { "data-lm-suppress-shortcuts": "true" };

/** What `of: "ink"` stands for: a part of the state that a control shows and changes; with `among`, a list of values of
 * which the control has the place. */
function part(/** @type {Record<string, any>} */ { of, among, ...its }) {
  if (!of) return its;
  return { value: (all) => (among ? among.indexOf(all[of]) : all[of]),
    change: (number) => ({ [of]: among ? among[number] : number }), ...its };
}

export class Figure {
  /** A figure, named by `label` for those who hear it; `initial` is its first state, a plain object.
   *
   * numbers(state) computes every number of the figure; `all` is these and the state. layout(width, all) returns `at`:
   * the height of the drawing in pixels, and whatever says where things lie. */
  constructor({ model, el }, { label, initial, numbers, layout }) {
    this.model = model;
    this.initial = { ...initial, ...model.get("state") };
    this.numbers = numbers;
    this.layout = layout;
    this.parts = [];  // what follows the state: functions of (all, at) that each draw one control, handle or equation
    this.art = svg("g", { "aria-hidden": "true" });
    this.knobs = svg("g");
    this.stage = svg("svg", { class: "stage" }, this.art, this.knobs);
    this.root = html("div", { class: "live", role: "group", "aria-label": label }, this.stage);
    el.append(this.root);
    this.root.figure = this;  // for the console, and for the tests
  }

  get state() {
    return { ...this.initial, ...this.model.get("state") };
  }

  change(changes) {
    this.model.set("state", { ...this.state, ...changes });
    this.model.save_changes();
  }

  /** Draw now, after each change and at each new width. Return what stops it.
   *
   * draw(all, at) returns the elements of the drawing, none of which can be reached by keyboard. describe(all) returns
   * the same in words, for those who do not see it. */
  start({ draw, describe }) {
    this.button("Reset", () => this.change(this.initial));
    const heard = html("p", { class: "heard", role: "status" });
    this.root.append(heard);
    let width, timer;
    const update = () => {
      width = this.root.clientWidth;
      if (!width) return;
      const { state } = this;
      this.all = { ...state, ...this.numbers(state) };
      this.at = this.layout(width, this.all);
      const { all, at: { height } } = this;
      element(this.stage, { width, height, viewBox: `0 0 ${width} ${height}` }, []);
      this.art.replaceChildren(...draw(all, this.at));
      for (const follow of this.parts) follow(all, this.at);
      clearTimeout(timer);
      timer = setTimeout(() => (heard.textContent = describe(all)), heard.textContent ? 400 : 0);
    };
    const resized = new ResizeObserver(() => this.root.clientWidth !== width && update());
    this.model.on("change:state", update);
    resized.observe(this.root);
    update();
    return () => {
      this.model.off("change:state", update);
      resized.disconnect();
      clearTimeout(timer);
      this.root.remove();
    };
  }

  /** A point that can be dragged, and moved by arrow keys, Page Up and Down, Home and End: a slider to those who hear.
   *
   * value(all) is its number, change(number, all) the changes it makes to the state, or both are a part `of` the state;
   * spot(all, at) is where it stands, [x, y], and read([x, y], all, at) the number that the pointer means there;
   * say(all) says it in words. `up` is what the key ↑ adds (in a grid of cells: minus a row). With `ring` it is a ring
   * of that radius round what lies there, in its colour; then a click within its reach, without a drag, is read too.
   * reach(all, at) is the circle where it can be grasped. */
  handle(/** @type {Record<string, any>} */ { label, min, max, step, up = step, page = 10 * step, colour = "value",
    cursor = "grab", ring = 0, reach = () => ({ r: 22 }), ...rest }) {
    const its = part(rest), spoken = { "aria-label": label, "aria-valuemin": min, "aria-valuemax": max };
    const grip = svg("circle", { class: "reach" });
    const node = svg("g", { class: `handle ${colour}${ring ? " hollow" : ""}`, style: `cursor: ${cursor}`, tabindex: 0,
      role: "slider", ...spoken, ...OURS },
    grip, svg("circle", { class: "ring", r: 15 }), svg("circle", { class: "knob", r: ring || 9 }));
    const move = (number) => this.change(its.change(clamp(snap(number, step), min, max), this.all));
    const read = (point) => move(its.read(point, this.all, this.at));
    const keys = { ArrowRight: step, ArrowLeft: -step, ArrowUp: up, ArrowDown: -up, PageUp: page, PageDown: -page,
      Home: -Infinity, End: Infinity };
    node.addEventListener("keydown", (event) => {
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      move(its.value(this.all) + keys[event.key]);
    });
    let before;  // its number when it was taken
    this.drag(node, read, () => {
      node.focus({ preventScroll: true });
      before = its.value(this.all);
      return its.spot(this.all, this.at);
    });
    if (ring) node.addEventListener("click", (event) => its.value(this.all) === before && read(this.point(event)));
    this.parts.push((all, at) => {
      node.setAttribute("transform", `translate(${its.spot(all, at).join(" ")})`);
      node.setAttribute("aria-valuenow", its.value(all));
      node.setAttribute("aria-valuetext", its.say(all));
      element(grip, reach(all, at), []);
    });
    this.knobs.append(node);
    return node;
  }

  /** Cells in rows and columns, of which one is chosen: by a click in any of the `areas`, functions of `at` that return
   * [x, y, width, height], and by a ring in the last of them. Their number, from 0 at the upper left, row by row, is
   * the part `of` the state. The rest is as for a handle. */
  grid(/** @type {Record<string, any>} */ { of, columns, rows, areas, ...its }) {
    const within = ([x, y, width, height]) => ([px, py]) =>
      columns * clamp(Math.floor((rows * (py - y)) / height), 0, rows - 1) +
      clamp(Math.floor((columns * (px - x)) / width), 0, columns - 1);
    for (const area of areas)
      this.clickable((all, at) => area(at), (point, all, at) => ({ [of]: within(area(at))(point) }));
    const last = areas.at(-1);
    return this.handle({ of, min: 0, max: rows * columns - 1, step: 1, up: -columns, page: -columns, cursor: "pointer",
      read: (point, all, at) => within(last(at))(point),
      spot: (all, at) => {
        const [x, y, width, height] = last(at);
        return [x + (((all[of] % columns) + 0.5) * width) / columns,
          y + ((Math.floor(all[of] / columns) + 0.5) * height) / rows];
      }, ...its });
  }

  /** A digit that can be dragged anywhere in its square, area(all, at) = [x, y, size, size], by up to `most` pixels each
   * way: the parts `right` and `down` of the state. The handle stands where its ink ends, edge(all) = {right, bottom}. As
   * a number for the keys a move is 32 · down + right, so that a step to the right at the right edge does not become a
   * step down. */
  movedDigit({ most, edge, area }) {
    const spot = (all, at) => {
      const [x0, y0, size] = area(all, at), { right, bottom } = edge(all);
      return [x0 + (clamp(right + all.right, 0, 28) * size) / 28, y0 + (clamp(bottom + all.down, 0, 28) * size) / 28];
    };
    const read = ([px, py], all, at) => {
      const [x0, y0, size] = area(all, at), { right, bottom } = edge(all);
      const steps = (pixels, from) => clamp(Math.round((28 * pixels) / size) - from, -most, most);
      return 32 * steps(py - y0, bottom) + steps(px - x0, right);
    };
    const change = (number) => {
      const down = Math.round(number / 32);
      return { right: clamp(number - 32 * down, -most, most), down: clamp(down, -most, most) };
    };
    const sheet = svg("rect", { fill: "transparent", style: "cursor: grab; touch-action: none" });
    this.drag(sheet, (point) => this.change(change(read(point, this.all, this.at))), () => spot(this.all, this.at));
    this.put(sheet, area);
    return this.handle({ label: "place of the digit", min: -33 * most, max: 33 * most, step: 1, up: -32, page: -64, spot,
      read, change, value: ({ right, down }) => 32 * down + right, say: moveInWords });
  }

  /** A click in the place [x, y, width, height], a function of (all, at), makes changes([x, y], all, at). */
  clickable(place, changes) {
    const area = svg("rect", { fill: "transparent", style: "cursor: pointer" });
    area.addEventListener("click", (event) => this.change(changes(this.point(event), this.all, this.at)));
    this.put(area, place);
    return area;
  }

  /** Keep a rectangle at its place, [x, y, width, height], among the handles. */
  put(area, place) {
    this.parts.push((all, at) => {
      const [x, y, width, height] = place(all, at);
      element(area, { x, y, width, height }, []);
    });
    this.knobs.append(area);
  }

  /** Where on the drawing an event of the pointer is, [x, y]; on a slide the drawing is magnified. */
  point(event) {
    const box = this.stage.getBoundingClientRect(), scaled = box.width / this.stage.width.baseVal.value;
    return [event.clientX - box.left, event.clientY - box.top].map((pixels) => pixels / scaled);
  }

  /** Call moved([x, y]) while `node` is dragged. begin() may return the point that is meant where the drag begins, so
   * that a grip beside the centre does not make it jump. */
  drag(node, moved, begin = () => null) {
    let offset = null;
    node.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      node.setPointerCapture(event.pointerId);
      const point = this.point(event), meant = begin() ?? point;
      offset = [meant[0] - point[0], meant[1] - point[1]];
    });
    // A finger that drags does not scroll. CSS's touch-action alone does not hold on a part of an SVG in Chromium.
    node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    node.addEventListener("pointermove", (event) => offset && moved(this.point(event).map((p, i) => p + offset[i])));
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (offset = null));
  }

  // ---- below the drawing: equations, and rows of controls ----

  /** An equation with the current numbers in it. parts(all) returns a list; the line may break between its pieces. */
  equation(parts) {
    const node = html("p", { class: "equation" });
    this.root.append(node);
    const math = (piece) => tag("math", { displaystyle: "true" }, row(piece));
    this.parts.push((all) => node.replaceChildren(...parts(all).map(math)));
  }

  /** Begin a new row of controls. */
  row() {
    this.controls = html("div", { class: "settings" });
    this.root.append(this.controls);
  }

  place(...nodes) {
    if (!this.controls) this.row();
    this.controls.append(...nodes);
  }

  name(label) {
    return symbols(label, (kind, word) => html(kind === "below" ? "sub" : "i", { class: kind }, word));
  }

  /** A slider (or, with type "number", a field) for one number. value, change, of and say are as for a handle; with
   * `among` it moves through a list of values. */
  slider(/** @type {Record<string, any>} */ { label, among, min = 0, max = among?.length - 1, step = 1, type = "range",
    ...rest }) {
    const its = part({ among, ...rest }), input = html("input", { type, min, max, step, ...OURS });
    const output = html("output", {});
    this.place(html("label", { class: "control" }, html("span", {}, ...this.name(label)), input, output));
    input.addEventListener("input", () => {
      if (input.value !== "" && input.validity.valid) this.change(its.change(Number(input.value), this.all));
    });
    this.parts.push((all) => {
      if (Number(input.value) !== its.value(all) || input.value === "") input.value = its.value(all);
      input.setAttribute("aria-valuetext", its.say(all));
      output.textContent = type === "range" ? its.say(all) : "";
    });
  }

  /** A switch between a few options: values, or [value, label] each. */
  choice({ label, options, ...rest }) {
    const its = part(rest), name = `choice-${Math.random()}`;
    const pairs = options.map((option) => (Array.isArray(option) ? option : [option, option]));
    const inputs = pairs.map(([value]) => html("input", { type: "radio", name, value, ...OURS }));
    const labels = pairs.map(([, words], i) => html("label", {}, inputs[i], html("span", {}, ...this.name(words))));
    this.place(html("span", { class: "control choice", role: "radiogroup", "aria-label": label.replaceAll("*", "") },
      html("span", {}, ...this.name(label)), html("span", { class: "options" }, ...labels)));
    inputs.forEach((input, i) => {
      const [option] = pairs[i];
      input.addEventListener("change", () => this.change(its.change(option, this.all)));
      this.parts.push((all) => (input.checked = option === its.value(all)));
    });
  }

  /** A button that is on or off. */
  toggle({ label, ...rest }) {
    const its = part(rest), button = this.button(label, () => this.change(its.change(!its.value(this.all), this.all)));
    button.classList.add("toggle");
    this.parts.push((all) => button.setAttribute("aria-pressed", its.value(all)));
  }

  button(label, action) {
    const button = html("button", { type: "button" }, ...this.name(label));
    button.addEventListener("click", action);
    this.place(button);
    return button;
  }
}
