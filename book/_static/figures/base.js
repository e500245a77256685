// What every figure here is made of: a drawing in SVG, handles to drag, controls, an equation, and words that follow.
//
// A figure is a function of its state. A control or a handle changes the state; then everything is drawn anew from it.
// Nothing moves by itself. The state lives in anywidget's model, so that the same file works in JupyterLab.

// ---- Numbers ------------------------------------------------------------------------------------------------------

export const clamp = (x, min, max) => Math.min(max, Math.max(min, x));

/** The multiple of `step` nearest to x, without the dust of binary fractions: 0.1, not 0.30000000000000004. */
export const snap = (x, step) => Number((Math.round(x / step) * step).toFixed(10));

/** x as it is printed: a true minus, never −0, and NaN and Infinity in Python's words. */
export function fixed(x, digits = 1) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
  const text = Math.abs(x).toFixed(digits);
  return x < 0 && Number(text) ? `−${text}` : text;
}

/** x inside a product, a sum or a difference: a negative one in brackets. */
export const factor = (x, digits) => (x < 0 ? `(${fixed(x, digits)})` : fixed(x, digits));

/** A function that takes numbers from the interval `domain` to the pixels `range`; `invert` goes back. */
export function scale([d0, d1], [r0, r1], { log = false } = {}) {
  const [to, from] = log ? [Math.log10, (u) => 10 ** u] : [(u) => u, (u) => u];
  const slope = (r1 - r0) / (to(d1) - to(d0));
  const map = (x) => r0 + (to(x) - to(d0)) * slope;
  map.invert = (pixel) => from(to(d0) + (pixel - r0) / slope);
  map.range = [r0, r1];
  return map;
}

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

const tokens = (part) => (part instanceof Node ? [part] : (String(part).match(TOKEN) ?? []).map(token));
const row = (...parts) => tag("mrow", {}, ...parts.flat(Infinity).flatMap(tokens));

export const words = (plain) => tag("mtext", {}, plain);
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

export class Figure {
  /** A figure in `el`, named by `label` for those who hear it; `initial` is its first state, a plain object. */
  constructor({ model, el }, label, initial) {
    this.model = model;
    this.initial = { ...initial, ...model.get("state") };
    this.parts = [];  // what follows the state: functions that each draw one control, handle or equation
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
   * draw(state, width) returns { height, art }: pixels, and the elements of the drawing, none of which can be reached
   * by keyboard. describe(state) returns the same in words, for those who do not see it. */
  start({ draw, describe }) {
    this.button("Reset", () => this.change(this.initial));
    const words = html("p", { class: "heard", role: "status" });
    this.root.append(words);
    let width, timer;
    const update = () => {
      width = this.root.clientWidth;
      if (!width) return;
      const state = this.state, { height, art } = draw(state, width);
      element(this.stage, { width, height, viewBox: `0 0 ${width} ${height}` }, []);
      this.art.replaceChildren(...art);
      for (const part of this.parts) part(state);
      clearTimeout(timer);
      timer = setTimeout(() => (words.textContent = describe(state)), words.textContent ? 400 : 0);
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
   * value(state) is its number, change(number, state) the changes it makes to the state; spot(state) is where it
   * stands, [x, y], and read([x, y], state) the number that the pointer means there; text(state) says it in words.
   * `up` is what the key ↑ adds (in a grid of cells: minus a row). */
  handle({ label, min, max, step, up = step, page = 10 * step, colour = "value", cursor = "grab", ...its }) {
    const spoken = { role: "slider", "aria-label": label, "aria-valuemin": min, "aria-valuemax": max };
    const node = svg("g", { class: `handle ${colour}`, style: `cursor: ${cursor}`, tabindex: 0, ...spoken, ...OURS },
      ...[["reach", 22], ["ring", 15], ["knob", 9]].map(([name, r]) => svg("circle", { class: name, r })));
    const move = (number) => this.change(its.change(clamp(snap(number, step), min, max), this.state));
    const keys = { ArrowRight: step, ArrowLeft: -step, ArrowUp: up, ArrowDown: -up, PageUp: page, PageDown: -page,
      Home: -Infinity, End: Infinity };
    node.addEventListener("keydown", (event) => {
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      move(its.value(this.state) + keys[event.key]);
    });
    this.drag(node, (point) => move(its.read(point, this.state)), () => {
      node.focus({ preventScroll: true });
      return its.spot(this.state);
    });
    this.parts.push((state) => {
      node.setAttribute("transform", `translate(${its.spot(state).join(" ")})`);
      node.setAttribute("aria-valuenow", its.value(state));
      node.setAttribute("aria-valuetext", its.text(state));
    });
    this.knobs.append(node);
    return node;
  }

  /** Call moved([x, y]) while `node` is dragged. begin() may return the point that is meant where the drag begins, so
   * that a grip beside the centre does not make it jump. */
  drag(node, moved, begin = () => null) {
    const at = (event) => {
      const box = this.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    let offset = null;
    node.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      node.setPointerCapture(event.pointerId);
      const point = at(event), meant = begin() ?? point;
      offset = [meant[0] - point[0], meant[1] - point[1]];
    });
    // A finger that drags does not scroll. CSS's touch-action alone does not hold on a part of an SVG in Chromium.
    node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    node.addEventListener("pointermove", (event) => offset && moved(at(event).map((p, i) => p + offset[i])));
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (offset = null));
  }

  // ---- below the drawing: equations, and rows of controls ----

  /** An equation with the current numbers in it. parts(state) returns a list; the line may break between its pieces. */
  equation(parts) {
    const node = html("p", { class: "equation" });
    this.root.append(node);
    const math = (part) => tag("math", { displaystyle: "true" }, row(part));
    this.parts.push((state) => node.replaceChildren(...parts(state).map(math)));
  }

  /** Begin a new row of controls. */
  row() {
    this.controls = html("div", { class: "controls" });
    this.root.append(this.controls);
  }

  place(...nodes) {
    if (!this.controls) this.row();
    this.controls.append(...nodes);
  }

  name(label) {
    return symbols(label, (kind, word) => html(kind === "below" ? "sub" : "i", { class: kind }, word));
  }

  /** A slider (or, with type "number", a field) for one number. value, change and text are as for a handle. */
  slider({ label, min, max, step, type = "range", value, change, text }) {
    const input = html("input", { type, min, max, step, ...OURS });
    const output = html("output", {});
    this.place(html("label", { class: "control" }, html("span", {}, ...this.name(label)), input, output));
    input.addEventListener("input", () => {
      if (input.value !== "" && input.validity.valid) this.change(change(Number(input.value), this.state));
    });
    this.parts.push((state) => {
      if (Number(input.value) !== value(state) || input.value === "") input.value = value(state);
      input.setAttribute("aria-valuetext", text(state));
      output.textContent = type === "range" ? text(state) : "";
    });
  }

  /** A switch between a few options, [value, label] each. */
  choice({ label, options, value, change }) {
    const name = `choice-${Math.random()}`;
    const inputs = options.map(([option]) => html("input", { type: "radio", name, value: option, ...OURS }));
    const labels = options.map(([, words], i) => html("label", {}, inputs[i], html("span", {}, ...this.name(words))));
    this.place(html("span", { class: "control choice", role: "radiogroup", "aria-label": label.replaceAll("*", "") },
      html("span", {}, ...this.name(label)), html("span", { class: "options" }, ...labels)));
    inputs.forEach((input, i) => {
      const [option] = options[i];
      input.addEventListener("change", () => this.change(change(option, this.state)));
      this.parts.push((state) => (input.checked = option === value(state)));
    });
  }

  /** A button that is on or off. */
  toggle({ label, value, change }) {
    const button = this.button(label, () => this.change(change(!value(this.state), this.state)));
    button.classList.add("toggle");
    this.parts.push((state) => button.setAttribute("aria-pressed", value(state)));
  }

  button(label, action) {
    const button = html("button", { type: "button" }, ...this.name(label));
    button.addEventListener("click", action);
    this.place(button);
    return button;
  }
}
