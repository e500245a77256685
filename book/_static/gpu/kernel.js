// One kernel, opened: its text in an editor, and what comes out when it is run on the reader's graphics card.

import { make } from "../run/bar.js";
import { CASES } from "./cases.js";
import { find, Refused, source } from "./device.js";
import { summary, trial, verdict } from "./trial.js";

const PATIENCE = 5; // seconds without an answer, after which the reader is told

/** Open the kernel of that name below what its cell prints; `bar` is the row of buttons that offered it. */
export async function open(cell, name, bar) {
  const kernel = new Kernel(cell, name, bar, await source(name));
  await kernel.openEditor();
  kernel.focus();
}

class Kernel {
  #running = null; // {stop}, while it runs
  #editor = null;
  #draft = null; // a plain field, where the editor cannot be loaded

  constructor(cell, name, bar, published) {
    this.name = name;
    this.bar = bar;
    this.published = this.text = published;
    this.place = make("div", { className: "kernel-editor highlight" }); // in the colours of the page's code
    this.result = make("div", { className: "kernel-result" });
    bar.element.before(this.place);
    bar.element.after(this.result);
    bar.add("run", "Run", `Run the kernel ${name}`, () => this.run());
    bar.add("stop", "Stop", `Stop the kernel ${name}`, () => this.#running?.stop());
    bar.add("reset", "Reset", `Reset the kernel ${name}`, () => this.reset());
    bar.toggle("stop", false);
    this.#recall();
    cell.kernel = this; // for the console, and for the tests
  }

  async openEditor() {
    const label = `Text of the kernel ${this.name}. Shift+Enter runs it, Escape leaves it.`;
    let said = "";
    try {
      const { openEditor } = await import("../run/editor.js");
      this.#editor = openEditor(this.place, {
        text: this.text,
        name: label,
        language: "wgsl",
        onChange: (text) => this.change(text),
        onRun: () => this.run(),
        onLeave: () => this.bar.focus(),
      });
    } catch {
      this.#openDraft(label);
      said = "The editor could not be loaded: this is plain text to edit. ";
    }
    this.bar.toggle("open", false);
    this.#mark();
    this.bar.say(said + (this.edited ? "This is your text, kept in this browser." : ""));
  }

  #openDraft(ariaLabel) {
    const rows = Math.min(30, this.text.split("\n").length);
    this.#draft = make("textarea", { value: this.text, rows, ariaLabel, spellcheck: false, className: "kernel-draft" });
    this.#draft.addEventListener("input", () => this.change(this.#draft.value));
    this.#draft.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.bar.focus();
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      this.run();
    });
    this.place.append(this.#draft);
  }

  focus() {
    (this.#editor ?? this.#draft).focus();
  }

  get edited() {
    return this.text !== this.published;
  }

  // ---- the text -----------------------------------------------------------------------------------------------------

  change(text) {
    this.text = text;
    this.#editor?.setText(text);
    if (this.#draft && this.#draft.value !== text) this.#draft.value = text;
    this.#mark();
    this.result.classList.add("kernel-old"); // what stands there is another text's
    try {
      if (this.edited) localStorage.setItem(this.#key, text);
      else localStorage.removeItem(this.#key);
    } catch {
      // no storage, or none left: the edit lasts as long as the page
    }
  }

  reset() {
    this.#running?.stop();
    this.change(this.published);
    this.#clear();
    this.bar.say("");
  }

  #clear() {
    this.#editor?.mark([]);
    this.result.replaceChildren();
    this.result.classList.remove("kernel-old");
  }

  #mark() {
    this.place.classList.toggle("kernel-edited", this.edited);
    this.bar.toggle("reset", this.edited);
  }

  get #key() {
    return `kernel ${this.name} ${this.published}`;
  }

  #recall() {
    try {
      this.text = localStorage.getItem(this.#key) ?? this.published;
    } catch {
      // as above
    }
  }

  // ---- running ------------------------------------------------------------------------------------------------------

  async run() {
    if (this.#running) return;
    const { text } = this;
    this.#clear();
    this.bar.toggle("stop", true);
    this.bar.say("Running");
    const watch = this.#watch();
    try {
      await Promise.race([watch.stopped, this.#try(text)]);
    } catch (error) {
      if (this.#running === watch) this.#fail(error);
    } finally {
      watch.end();
      this.#running = null;
      this.bar.toggle("stop", false);
    }
  }

  /** Tell the reader when nothing comes back, and let it be stopped. */
  #watch() {
    let seconds = 0;
    const timer = setInterval(() => {
      seconds += PATIENCE;
      this.bar.say(
        `Nothing has come back for ${seconds} s. Does a loop never end? The browser may end it; ` +
          "or press Stop. Your text stays.",
      );
    }, 1000 * PATIENCE);
    let stop;
    const stopped = new Promise((_, reject) => {
      stop = () => {
        this.device?.close();
        reject(new Error("Stopped. The graphics card was given back; the next run asks for it again."));
      };
    });
    stopped.catch(() => {}); // it may never be waited for
    this.#running = { stop, stopped, end: () => clearInterval(timer) };
    return this.#running;
  }

  async #try(text) {
    const running = this.#running;
    const device = await find();
    if (this.#running !== running) return; // stopped meanwhile
    if (typeof device === "string") throw new Error(`${device} What is printed above is the kernel as published.`);
    this.device = device;
    const lost = device.lost.then((words) => Promise.reject(new Error(words)));
    const attempt = trial(device, text, this.name).catch(async (error) => Promise.reject(await device.why(error)));
    const tried = await Promise.race([attempt, lost]);
    if (this.#running !== running) return;
    this.#show(tried, text);
  }

  #show(tried, text) {
    const [first, ...others] = verdict(tried, text, this.published);
    this.#tell(tried.messages);
    const said = others.map((textContent) => make("p", { textContent }));
    this.result.append(...said, this.#table(tried.results));
    this.bar.say(first);
    this.result.classList.toggle("kernel-old", text !== this.text); // edited while it ran
  }

  #table(results) {
    const orders = Object.keys(results[0].found);
    const table = make("table");
    const row = (cells) => table.insertRow().append(...cells);
    const head = (scope, textContent) => make("th", { scope, textContent });
    row([head("col", CASES[this.name].names ?? "sizes"), ...orders.map((order) => head("col", `threads ${order}`))]);
    for (const { sizes, found } of results) {
      row([head("row", sizes), ...orders.map((order) => make("td", { textContent: summary(found[order]) }))]);
    }
    table.createCaption().textContent =
      `On ${this.device.name}, against JavaScript in doubles. ` +
      "A difference is a share of the largest number of the answer; up to 10⁻⁵ is right. " +
      "Around what the kernel reads lie NaN, around what it writes numbers that must stay.";
    return table;
  }

  /** What the compiler says: below its line in the editor, and as a list that leads there. */
  #tell(messages) {
    const told = messages.map(({ lineNum, type, message }) => ({ line: lineNum, kind: type, text: message }));
    this.#editor?.mark(told.filter(({ line }) => line > 0));
    const list = make("ul", { className: "kernel-messages" });
    for (const { line, kind, text } of told) {
      const item = make("li");
      const place = make("button", { type: "button", className: "run-button", textContent: `line ${line}` });
      place.addEventListener("click", () => this.#editor?.goTo(line));
      item.append(...(line > 0 && this.#editor ? [place] : []), ` ${kind}: ${text}`);
      list.append(item);
    }
    if (told.length) this.result.append(list);
  }

  #fail(error) {
    if (!(error instanceof Refused)) return this.bar.say(error.message);
    this.#tell(error.messages);
    const [first, ...others] = error.messages.filter(({ type }) => type === "error");
    if (error.own) return this.bar.say(first ? `Not run: in line ${first.lineNum}, ${error.message}` : `Not run: ${error.message}`);
    if (!first) return this.bar.say(`Not run: it compiles, but the device does not take it. ${error.message}`);
    const count = others.length ? `${1 + others.length} errors` : "an error";
    this.bar.say(`Not run: the browser’s compiler finds ${count}, the first in line ${first.lineNum}: ${first.message}`);
    if (!/uniform control flow/.test(first.message)) return;
    const textContent =
      "A barrier waits for all threads of its group. The compiler cannot see that all of them reach this one, " +
      "because some may have left or gone another way, and so it refuses the kernel.";
    this.result.prepend(make("p", { textContent }));
  }
}
