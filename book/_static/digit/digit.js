// Draw a digit: the strokes become 28 × 28, the network reads them, and every array on the way is a picture.
//
// All numbers are a function of the strokes and the network, `reading`; `show` puts them on the page.

import { argmax, clamp, fixed, html, percent, puor } from "../figures/base.js";
import { compared, inWords } from "./compare.js";
import { DIGITS, EXAMPLES } from "./examples.js";
import { gradient, pictured, through } from "./layers.js";
import { backward, forward, load, softmax, template } from "./network.js";
import { Pad } from "./pad.js";
import { pictureOf } from "./picture.js";
import { TESTED } from "./tested.js";

export const FILE = "784-64-10.safetensors";
export const CONVOLUTION = "convolution.safetensors";
const FIRST = 5;  // the drawing that is read before the reader has drawn one

// ---- The numbers ------------------------------------------------------------------------------------------------

const largest = (row) => row.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The ten shares for a picture x. */
export const shares = (net, x) => (net.layers ? softmax(through(net, x).at(-1)) : forward(net, x).a2);

/** All that is shown of a drawing. @returns {any} */
export function reading(net, strokes) {
  const x = pictureOf(strokes);
  return net.layers ? readingOfLayers(net, x) : readingOfDense(net, x);
}

function readingOfLayers(net, x) {
  const found = through(net, x), z2 = found.at(-1), a2 = softmax(z2), answer = argmax([...a2]);
  const dz2 = a2.map((ak, k) => ak - Number(k === answer));  // as if the answer were the label
  return { x, found, z2, a2, answer, dx: gradient(net, x, found, dz2) };
}

function readingOfDense(net, x) {
  const passed = forward(net, x), answer = argmax([...passed.a2]);
  const { dx } = backward(net, passed, answer);  // as if the answer were the label
  const share = [...passed.a1].map((a, h) => a * net.W2[h * net.K + answer]);
  return { x, ...passed, answer, dx, share, strongest: argmax(share) };
}

// ---- In words ---------------------------------------------------------------------------------------------------

const short = (v) => (v === 0 || Math.abs(v) >= 0.01 ? fixed(v, 2) : v.toExponential(0).replaceAll("-", "−"));

/** How often a network of the book's was right on test digits when it was as sure as this (chapter 09). */
export function trust(confidence, tested = TESTED.dense) {
  const { from, to, count, right } = tested.find((bin) => confidence < bin.to) ?? tested.at(-1);
  const q = right / count, error = Math.sqrt((q * (1 - q)) / count);
  const sure = to === 1 ? `more than ${100 * from} % sure` : from ? `${100 * from} to ${100 * to} % sure` :
    `less than ${100 * to} % sure`;
  const few = 100 * error < 0.05;  // the error would be printed as 0.0
  const missed = few ? `all but ${count - right}` : `${percent(q)} (±\u00a0${fixed(100 * error)})`;
  const read = right === count ? "all" : missed;
  return `Of the 10,000 test digits it was ${sure} on ${count.toLocaleString("en")}, and it read ${read} of these. ` +
    "That holds for digits like those. For anything else, a house for example, the number says nothing.";
}

// ---- Pictures ---------------------------------------------------------------------------------------------------

/** A square of small squares: draw(values, columns, colour, outline) paints them, and a digit's outline above. */
function grid(label) {
  const canvas = html("canvas", { role: "img", "aria-label": label });
  const draw = (values, columns, colour, outline = null) => {
    const side = Math.max(1, Math.floor(336 / columns));
    Object.assign(canvas, { width: columns * side, height: columns * side });
    const pen = canvas.getContext("2d");
    values.forEach((value, i) => {
      pen.fillStyle = colour(value);
      pen.fillRect((i % columns) * side, Math.floor(i / columns) * side, side, side);
    });
    pen.fillStyle = "#1f2328";
    outline?.forEach((ink, i) => {  // a thin line between ink and paper
      const [x, y] = [(i % columns) * side, Math.floor(i / columns) * side];
      if (ink > 0.5 !== outline[i + 1] > 0.5) pen.fillRect(x + side - 1, y, 2, side);
      if (ink > 0.5 !== outline[i + columns] > 0.5) pen.fillRect(x, y + side - 1, side, 2);
    });
  };
  return { canvas, draw };
}

/** C pictures side by side in a square, with a white line between them: the values and their columns. */
function mosaic(values, [C, rows, columns]) {
  const across = Math.ceil(Math.sqrt(C)), side = across * (Math.max(rows, columns) + 1) - 1;
  const square = new Float64Array(side * side);
  values.forEach((value, i) => {
    const c = Math.floor(i / (rows * columns)), row = Math.floor(i / columns) % rows, column = i % columns;
    const top = Math.floor(c / across) * (rows + 1), left = (c % across) * (columns + 1);
    square[(top + row) * side + left + column] = value;
  });
  return [square, side];
}

const ink = (v) => { const grey = Math.round(255 * (1 - v)); return `rgb(${grey}, ${grey}, ${grey})`; };
const signed = (limit) => (v) => puor(limit ? v / limit : 0);

/** A picture with its name, and below a scale of colours where it has signs. */
function panel(name, words, picture, hasSigns = true) {
  const [low, high] = [html("span"), html("span")];
  const box = html("div", { class: "panel" }, html("div", { class: "name" }, ...name), picture,
    hasSigns ? html("div", { class: "scale" }, low, html("i"), high) : "", html("div", { class: "words" }, words));
  const limit = (most) => [low.textContent, high.textContent] = [short(-most), short(most)];
  return { box, limit };
}

const symbol = (letter, below) => [html("i", { class: "symbol" }, letter), below ? html("sub", {}, below) : ""];

// ---- The page ---------------------------------------------------------------------------------------------------

export class Digit {
  constructor(root, net) {
    this.book = net;
    this.convolution = null;  // the other network of the book's, once it is asked for
    this.net = net;
    this.unit = null;  // the hidden unit that the reader looks at; null: the one that says most
    this.pad = new Pad({ changed: () => this.changed(), said: (words) => this.say(words) });
    this.root = root;
    this.heard = html("p", { class: "heard", role: "status" });
    root.append(this.board(), this.inside(), this.files(), this.heard);
    root.digit = this;  // for the console, and for the tests
    Object.assign(this.pad, { strokes: DIGITS[FIRST], given: true });
    this.show();
  }

  // ---- the parts, in the order of the page ----

  board() {
    const button = (label, action) => {
      const made = html("button", { type: "button" }, label);
      made.addEventListener("click", action);
      return made;
    };
    const options = EXAMPLES.map(([name], i) => html("option", { value: i }, name));
    const stored = html("select", { "aria-label": "a stored drawing" },
      html("option", { value: "" }, "examples …"), ...options);
    stored.addEventListener("change", () => {
      if (stored.value !== "") this.pad.put(EXAMPLES[stored.value][1]);
      stored.value = "";
    });
    const help = html("p", { class: "words" },
      "Draw with a finger, a pen or the mouse. By keyboard: Tab to the sheet, ", html("kbd", {}, "Space"),
      " lowers and lifts the pen, the arrow keys move it.");
    const tools = html("div", { class: "settings" }, button("Undo", () => this.pad.undo()),
      button("Clear", () => this.pad.put([], false)), stored);

    this.x = grid("The picture that the network is fed");
    this.dx = grid("Which pixels speak for the answer and which against it");
    const fed = panel(["fed: ", ...symbol("x")], "784 numbers, from 0 (paper) to 1 (ink).", this.x.canvas, false);
    this.against = panel([html("span", {}, "for and against: −"), ...symbol("dx")], "", this.dx.canvas);

    this.answer = html("p", { class: "answer" });
    this.classes = html("table", { class: "classes" });
    this.trusted = html("p", { class: "words" });
    this.versus = html("p", { class: "words versus", hidden: "" });
    const name = html("div", { class: "name" }, "draw here");
    return html("div", { class: "board" }, html("div", { class: "sheet" }, name, this.pad.canvas, tools, help),
      html("div", { class: "fed" }, fed.box, this.against.box),
      html("div", { class: "said" }, this.choice(), this.answer, this.classes, this.trusted, this.versus));
  }

  /** Which of the book's two networks reads. */
  choice() {
    const button = (words, use) => {
      const made = html("button", { type: "button", "aria-pressed": "false" }, words);
      made.addEventListener("click", use);
      return made;
    };
    this.dense = button("dense", () => this.use(this.book, ""));
    this.other = button("convolutional", () => this.useConvolution());
    this.loading = html("span", { class: "words", role: "status" }, "53\u00a0kB, loaded when it is chosen");
    return html("div", { class: "settings choice deeper", role: "group", "aria-label": "which network reads" },
      this.dense, this.other, this.loading);
  }

  async useConvolution() {
    try {
      if (!this.convolution) {
        this.loading.textContent = "loading …";
        const response = await fetch(new URL(CONVOLUTION, import.meta.url));
        if (!response.ok) throw new Error(`${response.status}`);
        this.convolution = load(await response.arrayBuffer());
      }
      this.loading.textContent = "";
      this.use(this.convolution, "");
    } catch (error) {
      this.loading.textContent = `The weights did not come (${error.message}). The network in use stays.`;
    }
  }

  inside() {
    this.z1 = grid("The scores of the hidden units");
    this.a1 = grid("What the hidden units pass on");
    this.column = grid("The template of the chosen hidden unit");
    this.slider = this.units(this.z1.canvas, { role: "slider", tabindex: 0, "aria-label": "hidden unit",
      "aria-valuemin": 0 });
    this.panels = {
      z1: panel([...symbol("z", "1"), " hidden scores"], "Point at a unit, tap it, or use the arrow keys.",
        this.slider),
      a1: panel([...symbol("a", "1"), " after ReLU"], "", this.units(this.a1.canvas, {})),
      W1: panel([html("span", { class: "of" })], "", this.column.canvas) };
    this.inner = html("div", { class: "inside" }, ...Object.values(this.panels).map(({ box }) => box));
    this.maps = html("div", { class: "inside maps", hidden: "" });
    return html("div", { class: "deeper" }, this.inner, this.maps);
  }

  /** The hidden units as a grid in which one can be chosen. */
  units(canvas, attributes) {
    const box = html("div", { class: "units", ...attributes }, canvas, html("span", { class: "chosen" }));
    const choose = (unit) => {
      this.unit = clamp(unit, 0, this.net.H - 1);
      this.show();
    };
    const point = (event) => {
      const at = canvas.getBoundingClientRect(), columns = this.columns;
      const [column, row] = [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height]
        .map((u) => clamp(Math.floor(u * columns), 0, columns - 1));
      if (row * columns + column < this.net.H) choose(row * columns + column);
    };
    box.addEventListener("pointermove", point);
    box.addEventListener("pointerdown", point);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
        Home: -Infinity, End: Infinity }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      choose(this.shown + step);
    });
    return box;
  }

  files() {
    const input = html("input", { type: "file", accept: ".safetensors", class: "heard" });
    const back = this.back = html("button", { type: "button", hidden: "" }, "Back to the book's network");
    this.message = html("p", { class: "message", role: "status" });
    this.using = html("span");
    input.addEventListener("change", async () => {
      if (input.files.length) await this.open(input.files[0]);
      input.value = "";  // the same file can be chosen again, after it was trained anew
    });
    back.addEventListener("click", () => {
      this.use(this.book, "");
      input.focus();
    });
    const label = html("label", { class: "button" }, "Read with your own network …", input);
    return html("div", { class: "file deeper" }, html("div", { class: "settings" }, label, back, this.using),
      this.message);
  }

  // ---- the network in use ----

  /** Read with the network in a file of the reader's; where it is none, say why and keep the present one. */
  async open(file) {
    try {
      if (file.size > 64e6) throw new Error(`expected at most 64,000,000 bytes, got ${file.size.toLocaleString("en")}`);
      const net = load(await file.arrayBuffer());
      const right = DIGITS.filter((strokes, digit) => reading(net, strokes).answer === digit).length;
      const hint = right > 5 ? "" : " That is few. Is it trained, on pixels divided by 255, and is W1[d, h] the " +
        "weight from pixel d to unit h?";
      this.use(net, `${file.name} is in use. It reads ${right} of the 10 stored digits.${hint}`);
    } catch (error) {
      this.message.textContent = `${file.name}: ${error.message}. The network in use stays.`;
    }
  }

  use(net, message) {
    this.net = net;
    this.unit = null;
    this.message.textContent = message;
    this.back.hidden = this.isBook;
    this.versus.textContent = "";
    if (net.layers) this.makeMaps();
    this.show();
  }

  get isBook() {
    return this.net === this.book || this.net === this.convolution;
  }

  /** Its name in sentences. */
  nameOf(net) {
    return net === this.book ? "the dense network" : net === this.convolution ? "the convolutional one" : "yours";
  }

  get size() {
    const { net } = this;
    if (!net.layers) return `${net.D}-${net.H}-${net.K}`;
    const numbers = net.layers.flatMap((layer) => Object.values(layer)).filter((part) => part instanceof Float64Array);
    const count = numbers.reduce((sum, part) => sum + part.length, 0);
    return `${net.layers.length} layers, ${count.toLocaleString("en")} numbers`;
  }

  // ---- what follows the strokes ----

  get columns() {
    return Math.ceil(Math.sqrt(this.net.H));
  }

  show() {
    const { net, pad } = this, now = reading(net, pad.strokes);
    this.now = now;
    this.shown = this.unit ?? now.strongest ?? 0;
    this.x.draw(now.x, 28, ink);
    const most = largest(now.dx);
    this.dx.draw(now.dx.map((slope) => -slope), 28, signed(most), now.x);
    this.against.limit(most);
    this.against.box.querySelector(".words").textContent =
      `Purple: more ink would make it surer of the ${now.answer}. Orange: less sure.`;
    this.showAnswer(now);
    this.dense.setAttribute("aria-pressed", String(net === this.book));
    this.other.setAttribute("aria-pressed", String(net === this.convolution));
    [this.inner.hidden, this.maps.hidden] = [Boolean(net.layers), !net.layers];
    if (net.layers) this.showMaps(now);
    else this.showUnits(now);
    const whose = net === this.book ? "chapter 08’s" : net === this.convolution ? "chapter 17’s" : "yours";
    this.using.textContent = `in use: ${whose}, ${this.size}`;
    this.compare();
  }

  /** How the network in use differs from the other, once there are two. It takes ten readings: not while one draws. */
  compare() {
    const { net, book, convolution, pad } = this, other = net === book ? convolution : book;
    this.versus.hidden = !other || !pad.strokes.length;
    if (this.versus.hidden || (pad.drawing && this.versus.textContent)) return;
    const pair = net === book ? [net, other] : [other, net];
    const [first, second] = pair.map((one) => (x) => shares(one, x));
    this.versus.textContent = inWords(compared(first, second, this.now.x), pair.map((one) => this.nameOf(one)));
  }

  /** A panel for each layer whose numbers are worth a picture. */
  makeMaps() {
    const { layers } = this.net;
    this.mosaics = pictured(this.net).slice(0, 6).map((place) => {
      const { kind, to } = layers[place], picture = grid(`What layer ${place}, ${kind}, gives out`);
      const many = to.length === 3 ? `${to[0]} pictures of ${to[1]} × ${to[2]}` : `${to[0]} numbers`;
      return { place, picture, ...panel([`layer ${place}: ${kind}`], many, picture.canvas) };
    });
    this.maps.replaceChildren(...this.mosaics.map(({ box }) => box));
  }

  showMaps({ found }) {
    for (const { place, picture, limit } of this.mosaics) {
      const values = found[place], { to } = this.net.layers[place], most = largest(values);
      if (to.length === 3) picture.draw(...mosaic(values, to), signed(most));
      else picture.draw(values, Math.ceil(Math.sqrt(values.length)), signed(most));
      limit(most);
    }
  }

  showAnswer({ z2, a2, answer }) {
    const empty = !this.pad.strokes.length, limit = largest(z2);
    this.answer.replaceChildren(...(empty ? ["An empty sheet"] :
      ["Read as ", html("b", {}, answer), `, ${percent(a2[answer])}`]));
    this.trusted.textContent = empty
      ? `The network has no answer for “nothing”. Its ten shares must sum to 1, so it says ${answer} even here.`
      : this.isBook ? trust(a2[answer], this.net === this.book ? TESTED.dense : TESTED.convolution)
        : "How far these confidences can be trusted was not measured for your network: chapter 09 shows how.";
    const head = html("tr", {}, html("td"), html("th", { scope: "col", colspan: 2 }, ...symbol("z", "2"), " score"),
      html("th", { scope: "col", colspan: 2 }, ...symbol("a", "2"), " confidence"));
    const rows = [...a2].map((p, k) => html("tr", k === answer ? { class: "best" } : {},
      html("th", { scope: "row" }, k),
      html("td", {}, html("span", { class: "score", style: `--t: ${signed(limit)(z2[k])}` })),
      html("td", {}, fixed(z2[k])),
      html("td", { class: "bar" }, html("span", { style: `width: ${100 * p}%` })), html("td", {}, percent(p))));
    this.classes.replaceChildren(html("tbody", {}, head, ...rows));
  }

  showUnits({ x, z1, a1, answer, share }) {
    const { columns, shown: h, net } = this, most = largest(z1);
    for (const [name, values] of Object.entries({ z1, a1 })) {
      this[name].draw(values, columns, signed(most));
      this.panels[name].limit(most);
      const cell = 100 / columns, place = { left: h % columns, top: Math.floor(h / columns), width: 1, height: 1 };
      for (const [key, cells] of Object.entries(place)) {
        this[name].canvas.nextSibling.style[key] = `${cells * cell}%`;
      }
    }
    const weights = template(net, h), weight = net.W2[h * net.K + answer];
    this.column.draw(weights, 28, signed(largest(weights)), x);
    this.panels.W1.limit(largest(weights));
    this.panels.W1.box.querySelector(".of").replaceChildren(...symbol("W", "1"), `: template of unit ${h}`);
    const adds = z1[h] > 0 ? `Its weight into ${answer} is ${fixed(weight, 2)}: it adds ${fixed(share[h], 2)} to ` +
      `the score of ${answer}.` : "It is silent and adds nothing.";
    const words = `Score ${fixed(z1[h], 2)}, passes on ${fixed(a1[h], 2)}. ${adds}`;
    this.panels.W1.box.querySelector(".words").textContent = words;
    this.panels.a1.box.querySelector(".words").textContent =
      `${a1.filter((a) => a > 0).length} of ${net.H} units answer; the others pass on 0.`;
    this.slider.setAttribute("aria-valuemax", net.H - 1);
    this.slider.setAttribute("aria-valuenow", h);
    this.slider.setAttribute("aria-valuetext", `unit ${h}. ${words}`);
  }

  // ---- for those who listen: the answer, once the pen is lifted ----

  changed() {
    this.show();
    clearTimeout(this.timer);
    if (!this.pad.drawing) this.timer = setTimeout(() => this.say(this.spoken), 500);
  }

  get spoken() {
    const { a2, answer } = this.now;
    if (!this.pad.strokes.length) return "The sheet is empty.";
    const second = argmax([...a2.with(answer, -1)]);
    return `Read as ${answer}, ${percent(a2[answer])}. Next is ${second}, ${percent(a2[second])}.`;
  }

  say(words) {
    if (this.heard.textContent !== words) this.heard.textContent = words;
  }
}
