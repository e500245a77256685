// The page that trains. A worker has the digits and the mathematics; here are the buttons, what one sees, and what is
// said where something fails. What was learned up to the last report is here too: it outlives the worker.

import { html, percent, power, svg } from "../figures/base.js";
import { DIGITS } from "../digit/examples.js";
import { Pad } from "../digit/pad.js";
import { pictureOf } from "../digit/picture.js";
import { bytesOf, Drawings, KEY, write } from "./drawings.js";
import { FILES } from "./files.js";
import { download, safetensors } from "./save.js";
import { Course, confidences, curves, drawDigit, drawTemplates, reading } from "./views.js";

const RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const USUAL = { sgd: 0.1, momentum: 0.03, adam: 0.003 };  // step sizes, at 128 examples
const LARGEST_SEED = 4_294_967_295;  // 32 bits
const FIRST = 7;  // the drawing that is read before the reader has drawn one
const READING = 3;  // ms of a frame in which drawings are read
const SILENT = 10_000;  // ms without a word of a worker that should report,
const SILENT_CARD = 60_000;  // and of one that waits for a graphics card: it may be one in software
const LEARN = { recipe: "drawings", optimizer: "adam", lr: 0.001, batch: 100, passes: 1, count: 20_000, shifted: true,
  shuffled: false };  // how the reader's drawings are learned by a network that is trained already

/** Where a file of the site is; an import map knows the version of a module. */
const resolve = (name) => import.meta.resolve?.(name) ?? new URL(name, import.meta.url).href;
const fileAt = ({ name, ...facts }) => ({ url: new URL(`${name}?v=${facts.sha256.slice(0, 8)}`, import.meta.url).href,
  ...facts });

/** Whether steps were so long that a weight is no number any more. */
const isBroken = ({ step, weights }) => step > 0 && !Number.isFinite(weights.W1[0] + weights.b2[0]);

const whole = (n) => n.toLocaleString("en");
/** Put words into an element, unless they are there: it would be laid out, and read out, anew. */
const put = (element, words) => {
  if (element.textContent !== words) element.textContent = words;
};
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function button(label, action, attributes = {}) {
  const made = html("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", action);
  return made;
}

/** A choice among options, [[value, words], …].
 * @param {string} label @param {any[][]} options @param {any} value @param {(value: string) => void} [changed] */
function choice(label, options, value, changed) {
  const select = html("select", { "aria-label": label }, ...options.map(([its, words]) => html("option", { value: its }, words)));
  select.value = value;
  select.addEventListener("change", () => changed?.(select.value));
  return { box: html("label", { class: "control" }, label, select), get value() { return select.value; } };
}

function tick(label, checked) {
  const box = html("input", { type: "checkbox" });
  box.checked = checked;
  return { box: html("label", { class: "control tick" }, box, label), get value() { return box.checked; } };
}

export class Training {
  constructor(root) {
    this.root = root;
    this.state = "idle";  // fetching, training, paused, idle
    this.latest = null;  // the last report: step, total, weights, read, …
    this.frame = this.readingFrame = 0;
    this.pictured = new WeakMap();  // what was made of a drawing's strokes
    this.drawings = new Drawings(() => localStorage);
    this.pad = new Pad({ changed: () => this.drawSoon(), said: (words) => this.hear(words) });
    this.heard = html("p", { class: "heard", role: "status" });
    this.status = html("p", { class: "status" });
    this.message = html("p", { class: "message" });
    root.append(this.buttons(), this.knobs(), this.status, this.message, this.pictures(), this.sheet(), this.own(),
      this.files(), this.heard);
    root.training = this;  // for the console, and for the tests
    Object.assign(this.pad, { strokes: DIGITS[FIRST], given: true });
    new ResizeObserver(() => this.drawSoon()).observe(this.stage.parentElement);
    document.addEventListener("visibilitychange", () => this.seen());
    setInterval(() => this.listen(), 1000);
    addEventListener("storage", ({ key }) => {  // another window of this page kept a drawing, or removed one
      if (key === KEY && this.drawings.reread()) this.show();
    });
    this.show();
  }

  // ---- the parts, in the order of the page ----

  buttons() {
    this.main = button("Train", () => this.train(), { class: "main" });
    this.pausing = button("Pause", () => this.pause());
    this.stepping = button("One step", () => this.step());
    this.again = button("Go on from the last step known", () => this.resume(), { hidden: "" });
    const recipe = (value, words) => {
      const radio = html("input", { type: "radio", name: "recipe", value });
      radio.checked = value === "fast";
      radio.addEventListener("change", () => this.show());
      return html("label", {}, radio, words);
    };
    this.recipes = html("div", { class: "options", role: "radiogroup", "aria-label": "how to train" },
      recipe("fast", "fast recipe"), recipe("own", "my settings"));
    return html("div", { class: "settings" }, this.main, this.pausing, this.stepping, this.again, this.recipes);
  }

  knobs() {
    const follow = () => this.follow();
    this.rate = html("input", { type: "range", min: 0, max: RATES.length - 1, step: 1 });
    this.rateSays = html("output");
    this.rate.addEventListener("input", follow);
    this.optimizer = choice("optimizer", [["sgd", "SGD"], ["momentum", "momentum"], ["adam", "Adam"]], "sgd", (name) => {
      this.rate.value = RATES.indexOf(USUAL[name]);
      this.sayRate();
    });
    this.batch = choice("batch", [1, 8, 32, 128, 512].map((n) => [n, n]), 128, follow);
    this.hidden = choice("hidden units", [1, 4, 16, 64, 128].map((n) => [n, n]), 64);
    this.count = choice("digits", [200, 1000, 5000, 20_000].map((n) => [n, whole(n)]), 20_000);
    this.passes = choice("passes", [1, 5, 20, 100].map((n) => [n, n]), 5);
    this.seed = html("input", { type: "number", min: 0, max: LARGEST_SEED, step: 1, value: 0 });
    this.seed.addEventListener("change", () => {
      this.seed.value = Math.min(Math.max(0, Math.round(Number(this.seed.value))), LARGEST_SEED);
    });
    this.shifted = tick("shifted by up to a pixel", true);
    this.shuffled = tick("shuffled labels", false);
    this.card = tick("on the graphics card (WebGPU)", false);
    this.rate.value = RATES.indexOf(USUAL.sgd);
    this.sayRate();
    this.knobBox = html("div", { class: "settings knobs", role: "group", "aria-label": "my settings" },
      html("label", { class: "control" }, "step size η", this.rate, this.rateSays), this.batch.box, this.optimizer.box,
      this.hidden.box, this.count.box, this.passes.box, html("label", { class: "control" }, "seed", this.seed),
      this.shifted.box, this.shuffled.box, this.card.box,
      html("p", { class: "words" }, "Step size and batch can be changed while it trains. All else counts from the next " +
        "Train on."));
    return this.knobBox;
  }

  pictures() {
    this.stage = html("div", { class: "stage" });
    this.templates = html("canvas", { role: "img", "aria-label": "The templates of the hidden units" });
    const name = (letter, below, words) =>
      html("div", { class: "name" }, html("i", { class: "symbol" }, letter), html("sub", {}, below), words);
    return html("div", { class: "views" },
      html("div", {}, html("div", { class: "name" }, "how it learns"), this.stage),
      html("div", {}, name("W", "1", ": a template for each hidden unit"), this.templates,
        html("p", { class: "words" }, "Ink on purple raises a unit's score, ink on orange lowers it. Each has its own " +
          "scale.")));
  }

  sheet() {
    this.answer = html("p", { class: "answer" });
    this.classes = html("table", { class: "classes" });
    this.x = html("canvas", { role: "img", "aria-label": "The picture that the network is fed" });
    const labels = Array.from({ length: 10 }, (_, k) => [k, k]);
    this.label = choice("this is a", labels, FIRST);
    const tools = html("div", { class: "settings" }, button("Undo", () => this.pad.undo()),
      button("Clear", () => this.pad.put([], false)));
    const keep = html("div", { class: "settings" }, this.label.box, button("Keep it", () => this.keep()));
    return html("div", { class: "board" },
      html("div", { class: "sheet" }, html("div", { class: "name" }, "draw here"), this.pad.canvas, tools, keep),
      html("div", { class: "fed" }, html("div", {}, html("div", { class: "name" }, "fed: ",
        html("i", { class: "symbol" }, "x")), this.x)),
      html("div", { class: "said" }, this.answer, this.classes));
  }

  own() {
    this.list = html("ul", { class: "drawings" });
    this.scores = html("p", { class: "words scores" });
    this.warning = html("p", { class: "message" });
    this.with = tick("in each training", false);
    this.learning = button("Learn my drawings", () => this.learn());
    const input = html("input", { type: "file", accept: ".json,application/json", class: "heard" });
    input.addEventListener("change", async () => {
      if (input.files.length) await this.join(input.files[0]);
      input.value = "";
    });
    this.exporting = button("Save drawings", () => download(write(this.drawings.all), "drawings.json", "application/json"));
    return html("div", { class: "own", role: "group", "aria-label": "my drawings" }, html("div", { class: "name" },
      "my drawings"), this.list, this.scores, html("div", { class: "settings" }, this.learning, this.with.box,
      this.exporting, html("label", { class: "button" }, "Add from a file …", input)), this.warning);
  }

  files() {
    this.saving = button("Save the weights", () => this.save());
    this.checking = button("Read the test digits in all their greys", () => this.check());
    this.checked = html("p", { class: "words" });
    return html("div", { class: "file" }, html("div", { class: "settings" }, this.saving, this.checking), this.checked);
  }

  // ---- the settings ----

  get recipe() {
    return this.recipes.querySelector(":checked").value;
  }

  get settings() {
    const number = ({ value }) => Number(value);
    return { recipe: this.recipe, lr: RATES[number(this.rate)], batch: number(this.batch), hidden: number(this.hidden),
      count: number(this.count), passes: number(this.passes), seed: number(this.seed),
      optimizer: this.optimizer.value, shifted: this.shifted.value, shuffled: this.shuffled.value };
  }

  sayRate() {
    const eta = RATES[this.rate.value];
    this.rateSays.textContent = eta < 0.001 ? power(eta, 0) : String(eta);
    this.rate.setAttribute("aria-valuetext", this.rateSays.textContent);
  }

  /** What may change while it trains. */
  follow() {
    this.sayRate();
    const { lr, batch } = this.settings;
    if (this.state !== "idle" && this.asked?.settings.recipe === "own") {
      Object.assign(this.asked.settings, { lr, batch });  // for one who goes on later
      this.send({ do: "set", lr, batch });
    }
  }

  // ---- the worker ----

  send(message, transfer = []) {
    this.worker?.postMessage(message, transfer);
  }

  /** A worker, made when it is needed first. */
  employ() {
    if (this.worker) return;
    this.worker = new Worker(resolve("./worker.js"), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => {
      this.word = performance.now();
      if ((data.of ?? this.number) === this.number) this[`on_${data.is}`](data);  // else it tells of a training before
    });
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.stopped(event.message ? `The worker stopped: ${event.message.replace(/[.]?$/, ".")}`
        : "The worker could not be loaded. A page that was opened as a file may start none: serve the site, make serve.");
    });
  }

  dismiss() {
    this.worker?.terminate();
    this.worker = null;
    this.loaded = false;
  }

  /** Begin a training, from random weights or from `more.weights`. */
  begin(settings, more = {}) {
    this.pressed = performance.now();
    this.number = (this.number ?? 0) + 1;
    this.say("");
    this.checked.textContent = "";
    const own = more.own ?? (this.with.value ? this.drawings.learned : []);
    const seen = own.map((drawing) => ({ x: bytesOf(this.pictureOf(drawing).x), label: drawing.label }));
    if (!more.step) {
      this.reported = false;  // nothing of this training is known yet
      this.course = new Course();
      this.before = own.length && this.trained ? { weights: this.trained.weights, read: this.trained.read } : null;
    }
    const modules = { trainer: resolve("./trainer.js"), data: resolve("./data.js"), card: resolve("../gpu/trainer.js") };
    const files = { digits: fileAt(FILES.digits), test: fileAt(FILES.test) };
    this.asked = { settings, own: own.length, from: more.weights ? "trained" : "random", paused: more.paused,
      card: more.card, weights: more.weights };
    this.state = "fetching";
    this.finished = false;
    this.held = Boolean(more.paused || more.step);
    this.took = this.fetched = null;
    this.word = performance.now();
    try {
      this.employ();
    } catch (error) {
      return this.stopped(`No worker could be started here: ${error.message}. Where pages come from a server, it can.`);
    }
    this.send({ ...more, do: "start", number: this.number, modules, files, settings, own: seen });
    this.show();
  }

  train(paused = false) {
    const settings = this.settings;
    this.begin(settings, { card: settings.recipe === "own" && this.card.value, paused });
    this.hear("Training has begun.");
  }

  pause() {
    const going = this.state === "training";
    this.state = going ? "paused" : "training";
    this.held = true;
    this.word = performance.now();
    this.send({ do: going ? "pause" : "go" });
    this.hear(going ? "Paused." : "Going on.");
    this.show();
  }

  step() {
    this.held = true;
    if (this.state === "idle") return this.train(true);
    this.state = "paused";
    this.send({ do: "step" });
    this.show();
  }

  /** Go on in a new worker, or without the graphics card, from the weights that are known. */
  resume() {
    const { weights, step, pass } = this.latest;
    this.again.hidden = true;
    this.dismiss();
    this.begin(this.asked.settings, { weights, step, pass, own: this.asked.own ? this.drawings.learned : [] });
  }

  learn() {
    const { weights } = this.trained;
    this.begin({ ...LEARN, hidden: weights.b1.length, seed: this.settings.seed }, { weights, own: this.drawings.learned });
    this.hear("Your drawings are being learned.");
  }

  // ---- what the worker says ----

  on_fetched({ name, bytes, count, ms }) {
    if (name !== "digits") return;
    this.fetched = { bytes, count, ms };  // by this training
    this.loaded = true;  // by this worker
  }

  on_progress(report) {
    if (this.state === "fetching") this.state = this.asked.paused ? "paused" : "training";
    this.take(report);
  }

  on_trained({ worked }) {
    this.took = { all: performance.now() - this.pressed, worked };
  }

  on_done(report) {
    this.state = "idle";
    this.finished = true;
    this.take(report);
    if (isBroken(report)) return;
    this.trained = this.latest;
    const { test } = report.read;
    if (test) this.hear(`Trained. ${percent(test.right / test.count)} of the test digits are read right.`);
  }

  on_card({ name, most }) {
    this.say(`${name} trains. Checked against JavaScript here: after three steps of both from the same weights no ` +
      `weight differs by more than ${power(most, 0)}.`);
  }

  on_note({ words }) {
    this.say(words);
  }

  on_lost({ words }) {
    const { weights, step = 0, pass } = this.reported ? this.latest : { weights: this.asked.weights };
    this.begin(this.asked.settings, { weights, step, pass, own: this.asked.own ? this.drawings.learned : [] });
    this.say(`${words} JavaScript goes on from step ${whole(step)}; the optimizer begins anew.`);
  }

  on_failed({ words }) {
    this.stopped(words);
  }

  on_checked({ right, count }) {
    this.checking.disabled = false;
    this.checked.textContent = `In all their greys, as MNIST has them and nnlib reads them: ${whole(right)} of ` +
      `${whole(count)}, ${percent(right / count, 2)}.`;
    this.hear(this.checked.textContent);
  }

  on_unchecked({ words }) {
    this.checking.disabled = false;
    this.checked.textContent = words;
    this.hear(words);
  }

  /** The end of a worker, in words; what it had learned up to its last report is here. */
  stopped(words) {
    this.dismiss();
    const going = this.state !== "idle" && !this.finished && this.reported;
    this.state = "idle";
    this.checking.disabled = false;
    this.again.hidden = !going;
    this.say(going ? `${words} What it had learned up to step ${whole(this.latest.step)} is here: read with it, save ` +
      "it, or go on." : words);
    this.show();
  }

  /** Once a second: has a worker that should train gone silent? */
  listen() {
    if (document.hidden) this.word = performance.now();  // a browser may hold up what is not seen
    const patience = this.asked?.card ? SILENT_CARD : SILENT;
    if (!["training", "fetching"].includes(this.state) || performance.now() < this.word + patience) return;
    if (this.state === "fetching" && !this.loaded) this.say("The digits have not come yet.");
    else this.stopped(`The worker has not said a word for ${patience / 1000} s.`);
  }

  /** The tab was left, or is seen again. */
  seen() {
    if (this.state !== "training") return;
    if (document.hidden) this.left = this.latest?.step;
    else if (this.left !== undefined && this.latest.step > this.left) {
      this.say(`While this tab was in the background the training went on, from step ${whole(this.left)}.`);
    }
    this.drawSoon();
  }

  take(report) {
    this.latest = report;
    this.reported = true;
    this.finished = report.is === "done";
    const share = (of) => (of ? of.right / of.count : undefined);
    this.course.add({ step: report.step, loss: report.loss, test: share(report.read.test),
      training: share(report.read.training) });
    if (isBroken(report)) {
      if (this.state === "training") this.pause();
      this.say("A weight is no number any more: the steps were too long. Take a smaller step size and train anew.");
    }
    this.drawSoon();
  }

  // ---- the reader's drawings ----

  keep() {
    if (!this.pad.strokes.length) return this.hear("The sheet is empty.");
    if (this.drawings.add(Number(this.label.value), this.pad.strokes)) {
      this.hear(`Kept as a ${this.label.value}.`);
      this.pad.put([], false);
    }
    this.showDrawings();
    this.show();
  }

  async join(file) {
    try {
      const fresh = this.drawings.join(await file.text());
      this.hear(fresh ? `${fresh} drawing${fresh > 1 ? "s" : ""} came in.` : "All of them are here already.");
    } catch (error) {
      this.drawings.warning = `${file.name}: ${error.message}.`;
    }
    this.showDrawings();
    this.show();
  }

  // ---- files ----

  async save() {
    const { weights, step } = this.latest, { settings, own } = this.asked;
    try {
      const facts = { drawings: own, made: "in the page that trains", recipe: settings.recipe, seed: settings.seed, step };
      download(await safetensors(weights, facts), `my-784-${weights.b1.length}-10.safetensors`);
      this.hear("Saved.");
    } catch (error) {
      this.say(`Not saved: ${error.message}.`);
    }
  }

  check() {
    this.checking.disabled = true;
    this.checked.textContent = "Fetching them …";
    this.employ();
    this.send({ do: "check", number: this.number, files: { images: fileAt(FILES.images), labels: fileAt(FILES.labels) },
      weights: this.latest.weights });
  }

  // ---- what one sees ----

  /** At most once a frame, whatever comes in meanwhile; a tab in the background draws when it is seen. */
  drawSoon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.show();
    });
  }

  show() {
    const { state, latest, trained } = this, busy = state !== "idle";
    this.main.textContent = busy || latest ? "Train anew" : "Train";
    this.pausing.textContent = state === "paused" ? "Go on" : "Pause";
    this.pausing.disabled = !["training", "paused"].includes(state);
    this.stepping.disabled = state === "fetching";
    this.knobBox.hidden = this.recipe === "fast";
    this.saving.disabled = this.checking.disabled = !latest || state === "training" || state === "fetching";
    this.learning.disabled = busy || !trained || !this.drawings.learned.length;
    this.status.textContent = this.inWords;
    this.showReading();
    this.showDrawings();
    const width = this.stage.clientWidth;
    if (width) {
      const points = this.course?.points ?? [];
      const drawing = svg("svg", { width, height: 345, viewBox: `0 0 ${width} 345`, role: "img",
        "aria-label": `Loss and share of digits read right, over the steps. ${this.inWords}` },
      ...curves(points, latest?.total ?? 1, width));
      this.stage.replaceChildren(drawing);
    }
    if (latest && latest !== this.drawn) drawTemplates(this.templates, latest.weights);
    this.drawn = latest;
  }

  get inWords() {
    const { state, latest, fetched, asked } = this;
    if (state === "fetching") return this.loaded ? "Making ready …" : "Fetching the digits …";
    if (!latest) {
      return `Nothing is trained yet. The digits are ${Math.round(FILES.digits.bytes / 1000)} kB to learn from and ` +
        `${Math.round(FILES.test.bytes / 1000)} kB to be tried on; they come when you press Train.`;
    }
    const { step, total, loss, read: { test, training } } = latest;
    const share = ({ right, count }, of) => `${percent(right / count)} of ${whole(count)} ${of} digits`;
    const right = [test && share(test, "test"), training && share(training, "training")].filter(Boolean).join(", ");
    const steps = `step ${whole(step)} of ${whole(total)}`;
    if (this.finished && this.took) {
      const first = fetched ? `, ${seconds(fetched.ms)} of them for fetching` : "";
      const time = this.held ? `with ${whole(step)} steps` : `in ${seconds(this.took.all)} from your click${first}`;
      return `Trained ${time}. It reads ${right}${test ? "; these are black and white, as the page has them" : ""}.`;
    }
    const how = state === "paused" ? "Paused at" : state === "idle" ? "Stopped at" : "Training,";
    const first = step > 0 ? ": the loss is no number" : asked.from === "random" ? ": random weights" : "";
    const loses = Number.isFinite(loss) ? `: loss ${loss.toFixed(2)}` : first;
    return `${how} ${steps}${loses}${right ? `; it reads ${right}` : ""}.`;
  }

  showReading() {
    const x = pictureOf(this.pad.strokes), { latest } = this;
    drawDigit(this.x, x);
    if (!latest) {
      this.answer.textContent = "Read as nothing yet";
      this.classes.replaceChildren();
      return;
    }
    if (isBroken(latest)) {
      this.answer.textContent = "Read as nothing: the scores are no numbers";
      this.classes.replaceChildren();
      return;
    }
    const now = reading(latest.weights, x);
    this.answer.replaceChildren(...(this.pad.strokes.length
      ? ["Read as ", html("b", {}, now.answer), `, ${percent(now.a2[now.answer])}`] : ["An empty sheet"]));
    this.classes.replaceChildren(confidences(now));
  }

  showDrawings() {
    const { all } = this.drawings;
    if (this.warning.textContent !== this.drawings.warning) {
      this.warning.textContent = this.drawings.warning;
      if (this.drawings.warning) this.hear(this.drawings.warning);
    }
    this.exporting.disabled = !all.length;
    if (this.listed !== all) {  // only when a drawing came or went
      this.listed = all;
      this.list.replaceChildren(...all.map((drawing) => {
        const { picture, words } = this.pictureOf(drawing), { label, apart } = drawing;
        return html("li", {}, picture, html("span", {}, `a ${label}, ${apart ? "kept apart" : "to learn"}`), words,
          button("Remove", () => {
            this.drawings.remove(drawing);
            this.show();
            this.hear("Removed.");
          }, { "aria-label": `Remove this ${label}` }));
      }));
    }
    this.readDrawings();
  }

  /** What is made of a drawing once: { x, picture, words, answers: of the networks that have read it }. */
  pictureOf({ label, strokes }) {
    if (!this.pictured.has(strokes)) {
      const x = pictureOf(strokes), picture = html("canvas", { role: "img", "aria-label": `Your drawing of a ${label}` });
      drawDigit(picture, x);
      this.pictured.set(strokes, { x, picture, words: html("span"), answers: new WeakMap() });
    }
    return this.pictured.get(strokes);
  }

  /** Let the newest network read the drawings. A round takes a few ms of each frame, and keeps the network with which it
   * began; then the next one begins, where there is a newer network.
   */
  readDrawings() {
    const { all } = this.drawings, { latest, before } = this, until = performance.now() + READING;
    const read = () => put(this.scores, this.scoresInWords());
    if (!latest || !all.length) return read();
    this.reader ??= latest.weights;
    for (const weights of before ? [before.weights, this.reader] : [this.reader]) {
      for (const drawing of all) {
        const { x, words, answers } = this.pictureOf(drawing);
        if (!answers.has(weights)) {
          if (performance.now() > until) return this.readSoon();
          answers.set(weights, reading(weights, x).answer);
        }
        const answer = answers.get(weights);  // −1 where the scores are no numbers
        if (weights === this.reader) put(words, answer < 0 ? "" : `read as ${answer}`);
      }
    }
    read();
    const newer = this.reader !== latest.weights;
    this.reader = null;
    if (newer) this.readSoon();
  }

  readSoon() {
    this.readingFrame ||= requestAnimationFrame(() => {
      this.readingFrame = 0;
      this.readDrawings();
    });
  }

  scoresInWords() {
    const { latest, before, asked } = this, { learned, apart } = this.drawings;
    if (!this.drawings.all.length) {
      return "Draw a digit, say which it is, and keep it. Every other drawing of a digit is kept apart: it is never " +
        "learned from, so it says what the others do for the next one that you draw.";
    }
    if (!latest) return "Train a network first: then you see how it reads them.";
    const right = (weights, drawings) =>
      drawings.filter((drawing) => this.pictureOf(drawing).answers.get(weights) === drawing.label).length;
    const line = (what, drawings) => (drawings.length ? `Of ${drawings.length} ${what} it reads ` +
      `${before ? `${right(before.weights, drawings)} before and ` : ""}${right(this.reader, drawings)}` +
      `${before ? " after" : ""}. ` : "");
    const test = before?.read.test && latest.read.test && asked.own
      ? `Of the test digits: ${percent(before.read.test.right / before.read.test.count)} before, ` +
        `${percent(latest.read.test.right / latest.read.test.count)} after.` : "";
    return line(asked.own === learned.length ? "that were learned" : "to learn", learned) + line("kept apart", apart) + test;
  }

  /** What must be known now; an empty text takes it away. */
  say(words) {
    this.message.textContent = words;
    if (words) this.hear(words);
  }

  /** For those who listen. */
  hear(words) {
    put(this.heard, words);
  }
}
