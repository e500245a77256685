// One code cell: its source, its buttons, its outputs, and whether what it shows still holds.

import { Bar, make } from "./bar.js";
import { Output } from "./output.js";

export class Cell {
  before = null; // the cell that this one builds on
  after = []; // those that build on this one
  made = null; // what made the output of the last run: {text, on: what it ran on, left: what it left, end}
  alive = false; // Python has what this cell left
  state = "new"; // waiting, running, ran, raised, outdated
  hasRun = false; // so there is another output than the stored one
  agreed = false; // the reader knows that it takes long
  #editor = null;
  #draft = null; // edited code where no editor is open

  constructor(element, number, page) {
    this.element = element;
    this.number = number;
    this.page = page;
    this.kind = ["exercise", "check", "solution"].find((kind) => element.classList.contains(`tag_${kind}`)) ?? "text";
    this.slow = JSON.parse(element.querySelector("script.run-slow")?.textContent ?? "null");
    this.input = element.querySelector(".cell_input");
    this.code = this.input.querySelector("pre");
    this.published = this.code.textContent.replace(/\n$/, "");
    this.text = this.published;
    this.#addBar();
    this.output = new Output(element, this.bar.element);
    this.showsStored = true;
    this.code.addEventListener("pointerup", (event) => this.#clicked(event));
    this.element.addEventListener("keydown", (event) => this.#typed(event));
    this.#recall();
  }

  #addBar() {
    const { number, page } = this;
    this.bar = new Bar("run-bar", `Cell ${number}`);
    this.bar.add("run", "Run", `Run cell ${number}`, () => page.press(this));
    this.bar.add("stop", "Stop", `Stop cell ${number}`, () => page.stop());
    this.bar.add("edit", "Edit", `Edit cell ${number}`, () => this.edit());
    this.bar.add("reset", "Reset", `Reset cell ${number}`, () => this.reset());
    this.storedButton = this.bar.add("swap", "", null, () => this.showStored(!this.showsStored));
    this.input.after(this.bar.element);
    for (const key of ["stop", "reset", "swap"]) this.bar.toggle(key, false);
  }

  get edited() {
    return this.text !== this.published;
  }

  // Whether what the last run showed and left is what a run of the present text, on the present text above, would.
  get holds() {
    const { before, made, text } = this;
    if (made?.end !== "ran" || made.text !== text) return false;
    return !before || (before.holds && before.made.left === made.on);
  }

  // Whether cells can be run on what this one left.
  get fresh() {
    return this.alive && this.holds && (!this.before || this.before.fresh);
  }

  // The cells that this one builds on, from the top.
  get above() {
    return this.before ? [...this.before.above, this.before] : [];
  }

  // ---- running ------------------------------------------------------------------------------------------------------

  // Run on what the cells above left; they have run. Return how it ended: ran, raised, stopped or lost; see python.js.
  async run(python) {
    const started = performance.now();
    const known = this.made;
    this.made = { text: this.text, on: this.before?.made.left, end: "running" };
    this.become("running", "Running");
    this.judge(); // what was said of the output before is not true of the one that comes
    this.hasRun = true;
    this.output.clear();
    this.element.setAttribute("aria-busy", "true");
    const job = { cell: this.number, source: this.text, before: this.before?.number };
    let result;
    try {
      result = await python.run(job, {
        show: (kind, value) => this.#show(kind, value),
        clear: () => this.output.clear(),
      });
    } finally {
      this.element.removeAttribute("aria-busy");
    }
    const { end, left, kept, lost } = result;
    const seconds = (performance.now() - started) / 1000;
    Object.assign(this.made, { end, left });
    this.alive = end === "ran";
    if (!kept) this.#lose();
    if (end === "lost") {
      this.lost = lost;
      this.made = known;
      this.become("waiting", "Waiting");
    } else if (end === "stopped") {
      this.become("new", "Stopped. Python starts again at the next run.");
    } else {
      this.showStored(false);
      const what = end === "ran" ? "ran in" : "raised an error after";
      this.become(end, `Cell ${this.number} ${what} ${duration(seconds)}`);
    }
    this.judge();
    if (end === "ran") this.element.dispatchEvent(new CustomEvent("cell-ran", { bubbles: true, detail: this }));
    return end;
  }

  // Python has forgotten what the cells left that were run on this one.
  #lose() {
    for (const cell of this.after) {
      cell.alive = false;
      cell.#lose();
    }
  }

  become(state, status) {
    this.state = this.element.dataset.run = state;
    this.bar.say(status);
    const busy = state === "running" || state === "waiting";
    this.bar.toggle("stop", busy);
  }

  // Say of this cell, and of those that build on it, whether what they show is what their text makes.
  judge() {
    if (this.state === "running") return this.output.note(""); // when it has run, it is judged
    const { made, state, holds } = this;
    const changed = made && made.text !== this.text;
    const why = changed ? "Changed since it ran." : "A cell above was changed or run again after this one.";
    if (state === "ran" && !holds) this.become("outdated", why);
    if (state === "outdated") this.become(holds ? "ran" : "outdated", holds ? "This holds again." : why);
    let note = "";
    if (this.showsStored && this.edited) note = "This is the output of the published code, not of the code above.";
    else if (!this.showsStored && changed) note = "This is the output of other code: the code above was changed since.";
    else if (!this.showsStored && made?.end === "ran" && !holds)
      note = "This output is older than a cell above, which was changed or run again.";
    this.output.note(note);
    for (const cell of this.after) cell.judge();
  }

  #show(kind, value) {
    if (this.showsStored) this.showStored(false);
    this.output.show(kind, value, this.edited);
  }

  showStored(stored) {
    this.showsStored = stored;
    this.element.classList.toggle("run-shows-fresh", !stored);
    this.bar.toggle("swap", this.hasRun && Boolean(this.output.stored));
    const what = stored ? "new" : "stored";
    this.storedButton.textContent = `Show the ${what} output`;
    this.storedButton.ariaLabel = `Show the ${what} output of cell ${this.number}`;
    this.judge();
  }

  // Open the answer that a reader has asked for by running the cell.
  open() {
    const details = this.output.fresh.closest("details");
    if (details) details.open = true;
  }

  // ---- editing ------------------------------------------------------------------------------------------------------

  // Change the source; whatever shows it follows.
  change(text) {
    if (text === this.text) return;
    this.text = text;
    this.#editor?.setText(text);
    if (!this.#editor) this.#showDraft();
    this.element.classList.toggle("run-edited", this.edited);
    this.bar.toggle("reset", this.edited);
    this.judge();
    this.#keep();
  }

  // Open the editor, at a place of the window where one is given.
  async edit(place) {
    if (!this.#editor) {
      try {
        const { openEditor } = await import("./editor.js");
        if (this.#editor) return; // pressed twice
        this.#editor = openEditor(this.code.parentElement, {
          text: this.text,
          name: `Code of cell ${this.number}. Shift+Enter runs it, Escape leaves it.`,
          onChange: (text) => this.change(text),
          onRun: () => this.page.press(this),
          onLeave: () => this.bar.focus(),
        });
        this.#draft?.remove();
        this.element.classList.add("run-editing");
      } catch {
        this.bar.say("The editor could not be loaded: this is plain text to edit.");
        this.#showDraft({ editable: true });
      }
    }
    (this.#editor ?? this.#draft).focus(place);
  }

  // The code as published, and the stored output.
  reset() {
    this.change(this.published);
    this.#editor?.close();
    this.#editor = null;
    this.#draft?.remove();
    this.#draft = null;
    this.element.classList.remove("run-editing");
    if (this.state === "waiting" || this.state === "running") return;
    this.output.clear();
    this.agreed = this.hasRun = this.alive = false;
    this.made = null;
    this.become("new", "");
    this.showStored(true);
  }

  #showDraft({ editable = false } = {}) {
    if (!this.#draft) {
      this.#draft = make("pre", { className: "run-draft" });
      this.#draft.addEventListener("input", () => this.change(this.#draft.textContent));
      this.code.after(this.#draft);
      this.element.classList.add("run-editing");
    }
    if (this.#draft.textContent !== this.text) this.#draft.textContent = this.text;
    if (!editable) return;
    try {
      this.#draft.contentEditable = "plaintext-only";
    } catch {
      this.#draft.contentEditable = "true"; // browsers of before 2025
    }
  }

  // A click into the code opens the editor there. A finger scrolls past the code: it has the button.
  #clicked(event) {
    const selecting = !getSelection().isCollapsed;
    if (event.pointerType !== "mouse" || event.button !== 0 || selecting) return;
    this.edit({ x: event.clientX, y: event.clientY });
  }

  #typed(event) {
    if (event.target.isContentEditable) event.stopPropagation(); // "/" is a character here, and no search
    if (event.defaultPrevented || event.key !== "Enter" || !event.shiftKey || event.target.closest("button")) return;
    event.preventDefault();
    this.page.press(this);
  }

  // An edit is kept in this browser until it is reset, or the published cell changes.
  get #key() {
    return `run ${location.pathname} ${this.published}`;
  }

  #keep() {
    try {
      if (this.edited) localStorage.setItem(this.#key, this.text);
      else localStorage.removeItem(this.#key);
    } catch {
      // no storage, or none left: the edit lasts as long as the page
    }
  }

  #recall() {
    try {
      this.change(localStorage.getItem(this.#key) ?? this.published);
    } catch {
      // as above
    }
  }
}

function duration(seconds) {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
